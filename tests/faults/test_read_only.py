"""A home, a cache and a data folder that may be read, not written: the course goes on and says so."""

import os
import subprocess
import sys
import textwrap

import pytest

from tests.data.conftest import left_in
from tests.environment import ROOT, data_folder
from tests.faults.conftest import as_anyone

# A chapter's steps that touch the disk: load data, check an exercise, save the progress, draw.
STEPS = textwrap.dedent("""
    import os, sys
    try:
        open(os.path.join(os.environ["HOME"], "probe"), "w")
        sys.exit("the home can be written to: the test would prove nothing")
    except OSError:
        pass
    import matplotlib
    matplotlib.use("Agg")
    from course_lib import data, exercises as ex, figures, widgets
    table = data.load("machine_failures", source="real" if os.environ.get("COURSE_DATA") else "simulated")
    print("rows", len(table))
    result = ex.relu.check(lambda z: z * (z > 0))
    print("passed", result.passed, "note", *result.notes)
    print(widgets.NeuronBench().describe())
    try:
        data.load("boards", source="real")
        print("boards are here")
    except data.DataUnavailable as error:
        print("told:", error)
""")


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX file modes")
def test_a_home_and_a_data_folder_that_are_read_only(tmp_path):
    home, found = tmp_path / "home", data_folder()
    home.mkdir()
    data = tmp_path / "data"
    data.mkdir()
    if found:
        (data / "ai4i2020").symlink_to(found / "ai4i2020")
    command = as_anyone([sys.executable, "-c", STEPS])
    if command is None:
        pytest.skip("root writes anywhere here")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE_", "XDG_", "MPL", "JUPYTER"))}
    env |= {"HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    if found:
        env["COURSE_DATA"] = str(data)
    home.chmod(0o500)
    data.chmod(0o500)
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)
    home.chmod(0o700)
    data.chmod(0o700)
    assert done.returncode == 0, done.stderr
    assert "rows 10000" in done.stdout or not found
    assert "passed True note Your progress could not be saved in" in done.stdout
    assert "told:" in done.stdout and "cannot be written to; set COURSE_CACHE" in done.stdout
    assert "Traceback" not in done.stderr
    assert left_in(home) == []
