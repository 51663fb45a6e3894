"""Every widget by keyboard alone, 320 pixels wide and with two pixels to the point."""

import pytest

from tests.browser import keyboard
from tests.browser.labkit import mount
from tests.browser.theme import set_theme
from tests.widgets.cases import CLASSES, make_shown


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_tab_reaches_every_control_and_keys_move_it(cls, new_context):
    page = mount(new_context(width=320, height=800, dpr=2).new_page(), make_shown(cls), 300)
    set_theme(page, dark=False)
    stops, problems = keyboard.walk(page)
    assert len(stops) > 1 and problems == []
    assert keyboard.operate(page, stops) == []
    set_theme(page, dark=True)
    page.keyboard.press("Tab")  # keys were pressed, so a ring is shown
    page.evaluate("() => document.querySelector('#host [data-stop]').focus()")
    ring = page.evaluate(keyboard.RING)
    assert ring["style"] != "none" and keyboard.contrast(ring["colour"], ring["page"]) >= 3
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "wider than 320 pixels"
