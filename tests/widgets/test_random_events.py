"""Random events on every widget, from Python. `python -m tests.browser.trust` does a thousand on each, this fewer."""

import tracemalloc

import pytest

from tests.widgets.cases import CLASSES
from tests.widgets.random_events import growth, turn

EVENTS = 50
# Those that compute for 2 to 40 ms an event.
SLOW = {
    "BackpropStepper": 20,
    "GateExplorer": 20,
    "GradientChecker": 10,
    "MemoryKnob": 20,
    "NetworkInspector": 10,
    "OptimizerRace": 10,
    "PrecisionBench": 10,
    "StraightOrBent": 10,
}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_random_events_and_nothing_grows(cls):
    turn(cls, 5, seed=1)
    tracemalloc.start()  # it makes Python slow, so it ends with the test
    try:
        assert growth(cls, *turn(cls, SLOW.get(cls.__name__, EVENTS))) == []
    finally:
        tracemalloc.stop()
