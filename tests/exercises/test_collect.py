"""The instructor's table of a class, from the learners' files."""

import csv
import json

import numpy as np
import pytest

from course_lib import exercises as ex
from course_lib.exercises import collect


@pytest.fixture
def a_class(tmp_path, progress_file):
    """Two learners' files as `export_progress` writes them, in folders of their own, and three that are none."""
    (tmp_path / "li").mkdir()
    (tmp_path / "anna").mkdir()
    ex.relu.check(lambda z: np.maximum(z, 0))
    ex.record_quiz(1, 4, 6)
    ex.export_progress("李雷", folder=tmp_path / "li")
    for _try in range(3):
        ex.softmax.check(lambda z: np.exp(z))
    ex.export_progress("Anna", folder=tmp_path / "anna")
    (tmp_path / "progress_other.json").write_text('{"course": "another"}')
    (tmp_path / "progress_cut.json").write_text('{"course": "deep-lear')
    (tmp_path / "progress_lost.json").write_text(json.dumps({"course": collect.COURSE, "name": "X", "exercises": [1]}))
    return tmp_path


def test_a_class_as_a_table(a_class, capsys):
    assert collect.main([str(a_class)]) == 0
    shown = capsys.readouterr().out
    told = ["is no progress file of this course", "cannot be read", "holds a line that is no exercise", "2 learners"]
    for words in [*told, f"李雷: 1 of {len(ex.ALL)} exercises passed", "stuck at softmax: Anna"]:
        assert words in shown
    with open(a_class / "progress.csv", encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    assert [line[0] for line in lines] == ["Anna", "李雷"] and head[:3] == ["name", "passed", "quiz 1"]
    first = dict(zip(head, lines[0], strict=True))
    assert first["relu"] == "1" and first["softmax"] == "0" and first["quiz 1"] == "4" and first["passed"] == "1"
    assert head[3:] == list(ex.ALL)


def test_nothing_to_collect(tmp_path, capsys):
    assert collect.main([str(tmp_path)]) == 1 and "No progress file" in capsys.readouterr().out
    assert collect.main([str(tmp_path / "none")]) == 1 and "There is no folder" in capsys.readouterr().out
