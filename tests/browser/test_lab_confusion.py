"""Confusion and cost, and data hunger, in real JupyterLab: keys and mouse, to Python and back."""

from tests.browser.labkit import screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, complaints, picture_changes, until

CELLS = (
    "import numpy as np\nfrom course_lib.widgets import ConfusionAndCost, DataHunger",
    "y = np.arange(200) % 2\np = np.clip(0.3 + 0.3 * y + np.random.default_rng(0).normal(0, 0.15, 200), 0, 1)",
    "c = ConfusionAndCost(p, y); c",
    "d = DataHunger(own=[(80, 0.75)]); d",
)


def test_threshold_and_samples_by_keyboard_by_mouse_and_from_python(page_with):
    page = page_with(*CELLS)
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    cost, hunger = (page.locator(".cw").nth(n) for n in range(2))

    canvas = cost.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    with picture_changes(page, canvas, 0.005):
        canvas.focus()
        for key in ("ArrowRight", "PageUp", "ArrowDown"):
            page.keyboard.press(key)
    until(page, "c.threshold", "0.6")
    box = canvas.bounding_box()
    with picture_changes(page, canvas, 0.005):
        page.mouse.move(box["x"] + 46 + 60, box["y"] + 90)
        page.mouse.down()
        page.mouse.move(box["x"] + 46 + 30, box["y"] + 100, steps=4)
        page.mouse.up()
    until(page, "c.threshold < 0.3", "True")
    with picture_changes(page, canvas, 0.005):
        cost.get_by_role("button", name="defects are rare").press("Enter")
    until(page, "c.defect_rate, c.threshold", "(0.01, 0.5)")
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
        { code: 'c.threshold = c.best()' }).done"""
    )
    cost.locator(".cw-reached").wait_for(timeout=5000)
    until(page, "c.goal_reached", "True")
    screenshot(cost, "lab ConfusionAndCost goal")

    canvas = hunger.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    with picture_changes(page, canvas, 0.005):
        canvas.focus()
        for key in ("r", "x", "ArrowRight", "ArrowUp"):  # r and x would change or cut the cell
            page.keyboard.press(key)
    until(page, "d.samples, d.target", "(84, 0.91)")
    with picture_changes(page, canvas, 0.005):
        hunger.get_by_role("checkbox", name="augmentation: flips and quarter turns").press("Space")
    until(page, "d.augmentation", "True")
    hunger.get_by_role("combobox", name="pictures of").select_option("wafers")
    until(page, "d.data", "'wafers'")
    hunger.locator(".cw-say", has_text="Simulated wafer maps, 84 pictures a class").wait_for(timeout=5000)
    assert page.evaluate(CELL_TYPES) == ["code"] * len(CELLS)
    assert complaints(page) == []
