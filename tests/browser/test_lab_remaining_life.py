"""The remaining-life monitor and the gate explorer in real JupyterLab: keys to pixels, and Python follows."""

from tests.browser.labkit import cell_errors, python, screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, picture_changes, until


def test_the_alarm_line_in_jupyterlab(page_with):
    page = page_with("from course_lib.widgets import RemainingLifeMonitor\nw = RemainingLifeMonitor(line=60.0); w")
    widget = page.locator(".cw")
    widget.wait_for()
    life, costs = widget.locator("canvas").nth(0), widget.locator("canvas").nth(1)
    with picture_changes(page, costs, 0.2):
        life.press("ArrowDown")
    until(page, "w.line", "59.0")
    life.press("ArrowRight")
    until(page, "w.cycle", "101")
    life.press("r")  # in command mode the cell would turn raw
    until(page, "w.cycle", "1")
    widget.get_by_role("combobox", name="engine").select_option("52")
    until(page, "w.engine, w.cycle", "(52, 30)")
    with picture_changes(page, life, 0.2):  # from Python to the page
        python(page, "w.preset('cheap stop')")
    widget.locator(".cw-goal.cw-reached").wait_for()
    assert python(page, "w.goal_reached") == "True"
    with picture_changes(page, life, 0.2):
        widget.get_by_role("button", name="Reset").click()
    until(page, "w.line, w.cycle, w.engine", "(60.0, 100, 41)")
    assert page.evaluate(CELL_TYPES) == ["code"] and cell_errors(page) == []
    screenshot(widget, "lab RemainingLifeMonitor")
