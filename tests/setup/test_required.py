"""What CI may not leave out, the real data, stops the run with one clear line where it is missing."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.environment import ROOT, data_folder, missing_real_data

ONE_TEST = ["-q", "-p", "no:cacheprovider", "tests/test_source.py"]


def run(command, cwd=ROOT, **variables):
    """Run `command` without this run's own settings; None removes a variable."""
    variables = {"COURSE_REAL_DATA": None, "COURSE_DATA": None, "CI": None} | variables
    env = {k: v for k, v in os.environ.items() if k not in variables and not k.startswith("PYTEST_")}
    env |= {k: v for k, v in variables.items() if v is not None}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


def run_one_test(**variables):
    return run([sys.executable, "-m", "pytest", *ONE_TEST], **variables)


def test_required_data_that_are_missing_stop_the_run(tmp_path):
    refused = run_one_test(COURSE_REAL_DATA="required", COURSE_DATA=str(tmp_path))
    assert refused.returncode == 4
    assert "COURSE_REAL_DATA=required, but ai4i2020/" in refused.stderr
    assert run_one_test(COURSE_DATA=str(tmp_path)).returncode == 0


def test_data_that_were_edited_count_as_missing(tmp_path, monkeypatch):
    from course_lib.data import CATALOGUE

    data_set = CATALOGUE["machine_failures"]
    name = f"{data_set.folder}/{data_set.files[0].name}"
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert name in missing_real_data()
    (tmp_path / data_set.folder).mkdir()
    (tmp_path / name).write_bytes(b"UDI,Product ID,Type")
    assert name in missing_real_data()


@pytest.mark.skipif(data_folder() is None, reason="no real data on this computer (COURSE_DATA)")
def test_required_data_that_are_there_are_accepted():
    assert missing_real_data() == []
    assert run_one_test(COURSE_REAL_DATA="required", COURSE_DATA=str(data_folder())).returncode == 0


@pytest.mark.skipif(os.name != "posix" or shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("variables", "refused"),
    [({"CI": "true"}, True), ({"COURSE_DATA": "nowhere"}, True), ({"COURSE_REAL_DATA": "required"}, True), ({}, False)],
)
def test_ci_run_stops_where_the_data_folder_is_missing(tmp_path, variables, refused):
    copy = tmp_path / "checkout" / ".ci" / "run"
    copy.parent.mkdir(parents=True)
    # without the rest of the script, which would install things
    copy.write_text((ROOT / ".ci" / "run").read_text(encoding="utf-8").split("missing=()")[0] + "echo went on\n")
    done = run(["bash", str(copy)], cwd=tmp_path, **variables)
    assert (done.returncode == 1 and "No real data" in done.stderr) == refused
    assert ("went on" in done.stdout) == (not refused)


@pytest.mark.skipif(os.name != "posix" or shutil.which("bash") is None, reason="needs bash")
def test_ci_run_requires_the_data_it_finds(tmp_path):
    copy = tmp_path / "checkout" / ".ci" / "run"
    copy.parent.mkdir(parents=True)
    (tmp_path / "shared" / "data").mkdir(parents=True)
    said = 'echo "$COURSE_REAL_DATA $COURSE_DATA"\n'
    copy.write_text((ROOT / ".ci" / "run").read_text(encoding="utf-8").split("missing=()")[0] + said)
    done = run(["bash", str(copy)], cwd=tmp_path, CI="true")
    assert done.stdout.strip() == f"required {(tmp_path / 'shared' / 'data').resolve()}"
