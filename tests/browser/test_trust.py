"""The stored table of `python -m tests.browser.trust`: every widget is in it, and what it found wrong is known."""

import json

import pytest

from course_lib import widgets
from tests.browser.trust import latency
from tests.browser.trust.__main__ import FAR, RESULT

ROWS = json.loads(RESULT.read_text(encoding="utf-8"))["widgets"]
SLOWER = {"GradientChecker", "NetworkInspector", "OptimizerRace", "StraightOrBent"}  # than their target, so far


def test_every_widget_was_measured():
    assert sorted(ROWS) == sorted(widgets.__all__)


@pytest.mark.parametrize("name", ROWS)
def test_a_widget_under_load_has_no_problem(name):
    row = ROWS[name]
    assert row["bare"]["problems"] == row["lab"]["python_problems"] == row["lab"]["page_problems"] == []
    assert row["bare"]["events"] >= 1000 and row["lab"]["python_events"] >= 1000


@pytest.mark.parametrize("name", ROWS)
def test_every_key_showed_and_within_its_target_but_for_those_known(name):
    found = ROWS[name]["latency"]
    assert found["computes"] == latency.computes(getattr(widgets, name))
    assert found["target"] == latency.TARGETS[found["computes"]]
    for way in ("here", f"far_{FAR}_ms"):
        assert found[way]["seen"] == found[way]["presses"] >= 10
    assert (found["here"]["p95"] > found["target"]) == (name in SLOWER)
