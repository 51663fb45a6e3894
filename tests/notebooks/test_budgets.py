"""The stored table of budgets: every chapter is in it, as it is now, and within its limits."""

import json

import pytest

from tests.notebooks import budgets, test_run
from tests.notebooks.chapter import chapter_paths

ROWS = json.loads(budgets.STORED.read_text(encoding="utf-8"))["chapters"]


def test_every_chapter_was_measured():
    assert list(ROWS) == [path.stem for path in chapter_paths()]


@pytest.mark.parametrize("name", ROWS)
def test_a_chapter_is_within_its_budget(name):
    row = ROWS[name]
    assert row["problems"] == []
    assert 0 < row["seconds"] <= row["most_seconds"] == (90 if name[:2] <= "04" else 180)
    assert 0 < row["peak_mb"] <= row["most_mb"] == 1024
    assert 0 < row["slowest_cell_seconds"] <= row["most_cell_seconds"] == 60


def test_a_chapter_beyond_its_budget_is_told(monkeypatch, capsys, tmp_path):
    slow = test_run.Nbval(0, "", 100.0, 700.0, {"Cell 1": 70.0}, [])
    monkeypatch.setattr(budgets, "nbval", lambda path, scratch: slow)
    monkeypatch.setattr(test_run, "SIDE_BY_SIDE", 1)
    assert budgets.main(["01", "--json", str(tmp_path / "rows.json")]) == 1
    said = capsys.readouterr().out
    assert "it took 100 s, 90 are the limit" in said and "70 s, 60 are the limit" in said
    [row] = json.loads((tmp_path / "rows.json").read_text())["chapters"].values()
    assert len(row["problems"]) == 2
