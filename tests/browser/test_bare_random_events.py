"""Random events on every widget's JavaScript. `python -m tests.browser.trust` does a thousand on each, this fewer."""

import pytest

from course_lib.widgets import MemoryKnob
from tests.browser.labkit import page_state
from tests.browser.random_events import HELPERS, growth, turn
from tests.widgets.cases import CLASSES

EVENTS = 200


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_random_events_and_nothing_grows(cls, new_context):
    errors, *held = turn(new_context(width=660), cls, EVENTS)
    assert errors == []
    assert growth(*held) == []


def test_the_pointer_rests_where_there_are_no_steps_any_more(bare_page):
    """What random events found: the picture stopped with an error."""
    page = bare_page(MemoryKnob(steps=100), width=640)
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 80)
    page.evaluate("() => { " + HELPERS + " window.putState = putState; }")
    page.evaluate("state => putState(state)", page_state(MemoryKnob(steps=10)))
    page.wait_for_timeout(100)
    assert page.errors == []
