"""Forecast and cost in real JupyterLab: keys to pixels, Python follows, and the learner's own demand."""

from tests.browser.labkit import cell_errors, python, screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, picture_changes, until

MAKE = """
import numpy as np
from course_lib.widgets import ForecastAndCost
demand = np.array([40.0, 44, 39, 51, 47, 20, 9] * 6)
w = ForecastAndCost(demand, {"flat": np.full(42, 36.0), "a week ago": np.append(demand[:7] + 2, demand[7:] - 1)})
w
"""


def test_forecast_and_cost_in_jupyterlab(page_with):
    page = page_with(MAKE)
    widget = page.locator(".cw")
    widget.wait_for()
    play, costs = widget.locator("canvas").nth(0), widget.locator("canvas").nth(1)
    with picture_changes(page, costs, 0.2):
        play.press("ArrowUp")
    until(page, "w.safety", "1.0")
    play.press("ArrowRight")
    until(page, "w.period", "26")
    play.press("r")  # in command mode the cell would turn raw
    until(page, "w.period", "1")
    widget.get_by_role("combobox", name="forecast").select_option("a week ago")
    until(page, "w.forecast, w.rule", "('a week ago', 1.0)")
    with picture_changes(page, play, 0.2):  # from Python to the page
        python(page, "w.preset('mostly zero demand')")
    widget.get_by_role("combobox", name="forecast").locator("option", has_text="nothing").wait_for(state="attached")
    python(page, "setattr(w, 'safety', w.best_safety)")
    widget.locator(".cw-goal.cw-reached").wait_for()
    assert python(page, "w.goal_reached") == "True"
    with picture_changes(page, play, 0.2):
        widget.get_by_role("button", name="Reset").click()
    until(page, "w.item, w.forecast, w.safety, w.period", "('own', 'flat', 0.0, 25)")
    assert page.evaluate(CELL_TYPES) == ["code"] and cell_errors(page) == []
    screenshot(widget, "lab ForecastAndCost")
