"""The progress file: kept, never lost, never in the way."""

import json
import os
import stat
import subprocess
import sys
import time

import numpy as np
import pytest

from course_lib import exercises as ex
from course_lib.exercises import store


def relu(z):
    return np.maximum(z, 0)


def stub(z): ...


def stored(file):
    return json.loads(file.read_text(encoding="utf-8"))["exercises"]


def test_tries_hints_and_passes_are_counted(progress_file):
    ex.relu.check(stub)
    assert not progress_file.exists()  # Run All leaves no trace
    ex.relu.check(np.abs)
    ex.relu.check(relu)
    ex.relu.check(np.abs)
    ex.softmax.solution()
    assert stored(progress_file) == {
        "relu": {"passed": True, "tries": 3, "hints": 0, "solution": False},
        "softmax": {"passed": False, "tries": 0, "hints": 0, "solution": True},
    }
    assert json.loads(progress_file.read_text())["version"] == store.VERSION


def test_hints_come_one_by_one(progress_file, capsys, monkeypatch):
    monkeypatch.setattr(ex.relu, "_hints_given", 0)
    for _ in range(len(ex.relu.hints) + 2):
        ex.relu.hint()
    shown = capsys.readouterr().out
    positions = [shown.index(hint) for hint in ex.relu.hints]
    assert positions == sorted(positions) and "That was the last hint" in shown
    assert stored(progress_file)["relu"]["hints"] == len(ex.relu.hints)


def test_the_table_lists_every_exercise():
    ex.relu.check(relu)
    table = ex.progress()
    assert [row["exercise"] for row in table.rows] == list(ex.ALL)
    assert f"1 of {len(ex.ALL)} exercises passed" in str(table)
    row = next(line for line in str(table).splitlines() if " relu " in line)
    assert "yes" in row
    assert table._repr_html_().count("<tr>") == len(ex.ALL) + 1


def test_a_damaged_file_is_set_aside_and_said_so(progress_file):
    progress_file.write_text('{"version": 1, "exer', encoding="utf-8")
    result = ex.relu.check(relu)
    assert result.passed and "damaged" in result.notes[0]
    aside = progress_file.with_name("progress-damaged-1.json")
    assert aside.read_text(encoding="utf-8") == '{"version": 1, "exer'
    assert stored(progress_file)["relu"]["passed"]
    progress_file.write_bytes(b"\xff\xfe\x00")
    ex.relu.check(relu)
    assert progress_file.with_name("progress-damaged-2.json").exists()


ENTRY = '{"passed": "yes", "tries": 1, "hints": 0, "solution": false}'


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "3",
        "[" * 9999,
        '{"version": 1}',
        '{"version": "1", "exercises": {}}',
        '{"version": 1, "exercises": {"relu": 7}}',
        '{"version": 1, "exercises": {"relu": ' + ENTRY + "}}",
    ],
)
def test_valid_json_with_the_wrong_content_is_damaged_too(progress_file, content):
    progress_file.write_text(content, encoding="utf-8")
    assert "damaged" in ex.relu.check(relu).notes[0]
    assert ex.relu.check(relu).notes == []


def test_a_file_of_a_newer_version_is_left_alone(progress_file):
    text = json.dumps({"version": store.VERSION + 1, "exercises": "something else"})
    progress_file.write_text(text, encoding="utf-8")
    result = ex.relu.check(relu)
    assert result.passed and "newer version" in result.notes[0]
    assert progress_file.read_text(encoding="utf-8") == text
    assert "newer version" in str(ex.progress())


def test_a_place_that_cannot_be_written_gives_one_sentence(tmp_path, monkeypatch, capsys):
    blocked = tmp_path / "a_file"
    blocked.write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(blocked / "progress.json"))
    result = ex.relu.check(relu)
    assert result.passed and len(result.notes) == 1 and "COURSE_PROGRESS" in result.notes[0]
    ex.relu.hint()
    ex.relu.solution()
    assert "could not be saved" in capsys.readouterr().out
    assert len(ex.progress().rows) == len(ex.ALL)


def test_a_read_only_folder_gives_one_sentence(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("COURSE_PROGRESS", str(folder / "progress.json"))
    real = os.open

    def refuse(path, flags, *mode, **options):  # root may write anywhere, so the refusal is played
        if str(path).startswith(str(folder)):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *mode, **options)

    monkeypatch.setattr(os, "open", refuse)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    start = time.perf_counter()
    result = ex.relu.check(relu)
    folder.chmod(stat.S_IRWXU)
    assert result.passed and "could not be saved" in result.notes[0] and time.perf_counter() - start < store.PATIENCE


def test_a_folder_where_the_file_should_be(progress_file):
    progress_file.mkdir()
    assert "could not be read" in ex.relu.check(relu).notes[0]
    assert "could not be read" in str(ex.progress())


def test_an_interrupted_write_leaves_the_old_file(progress_file, monkeypatch):
    ex.relu.check(relu)
    before = progress_file.read_text()

    def interrupted(handle):  # all is written, to the file beside; it has not been renamed yet
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ex.relu.check(relu)
    monkeypatch.undo()
    assert progress_file.read_text() == before
    assert [file.name for file in progress_file.parent.iterdir()] == ["progress.json"]


def test_two_notebooks_at_once_lose_nothing(progress_file):
    code = """
import sys
from course_lib.exercises import store

store.PATIENCE = 60
for k in range(25):
    assert store.record_try(sys.argv[1], True) is None
    assert store.record_try("both", False) is None
"""
    both = [subprocess.Popen([sys.executable, "-c", code, name], stderr=subprocess.PIPE) for name in ("one", "two")]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert {name: entry["tries"] for name, entry in stored(progress_file).items()} == {"one": 25, "two": 25, "both": 50}
    assert [file.name for file in progress_file.parent.iterdir()] == ["progress.json"]


def test_a_lock_is_waited_for_and_an_old_one_removed(progress_file, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    lock = progress_file.with_name("progress.json.lock")
    lock.write_text("")
    assert "busy" in ex.relu.check(relu).notes[0]
    assert lock.exists() and not progress_file.exists()
    old = time.time() - 2 * store.STALE
    os.utime(lock, (old, old))
    assert ex.relu.check(relu).notes == []
    assert stored(progress_file)["relu"]["passed"] and not lock.exists()


def test_the_file_for_the_instructor(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ex.relu.check(relu)
    ex.record_quiz(1, 4, 5)
    ex.record_quiz(1, 3, 5)
    file = ex.export_progress("李雷 <b>/../x")
    assert file.resolve().parent == tmp_path and "李雷" in file.name and "/" not in file.name
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["name"] == "李雷 <b>/../x"
    assert set(content) == {"course", "version", "name", "exercises", "quizzes"}
    assert content["quizzes"] == {"1": {"right": 4, "count": 5}}
    assert [row["exercise"] for row in content["exercises"]] == list(ex.ALL)
    assert set(content["exercises"][0]) == {"chapter", "exercise", "passed", "tries", "hints", "solution"}
    assert "Quiz of chapter 1: 4 of 5 right" in str(ex.progress())
    for bad in ("", "  ", None, 3):
        with pytest.raises(ValueError, match="name must be a text"):
            ex.export_progress(bad)
    with pytest.raises(OSError, match="could not be written"):
        ex.export_progress("x", folder=tmp_path / "missing")


def test_without_the_variable_the_file_lies_in_the_users_folder(monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    assert store.path().name == "progress.json" and "deep-learning-on-the-factory-floor" in str(store.path())
