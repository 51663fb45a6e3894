"""The widget "which one wins" in real JupyterLab: keys and mouse, to Python and back."""

from tests.browser.labkit import command, screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, complaints, picture_changes, until

CELLS = ("from course_lib.widgets import WhichOneWins", "w = WhichOneWins(); w")


def test_which_one_wins_by_keyboard_by_mouse_and_from_python(page_with):
    page = page_with(*CELLS)
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    wins = page.locator(".cw").first
    canvas = wins.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    with picture_changes(page, canvas, 0.005):
        canvas.focus()
        page.keyboard.press("ArrowLeft")
    until(page, "w.size, w.samples", "(5, 4000)")
    with picture_changes(page, canvas, 0.02):
        wins.get_by_role("slider", name="size of the model").press("Home")
    until(page, "w.max_kilobytes, w.ranked()", "(1.0, [])")
    wins.locator(".cw-say", has_text="No model fits this budget.").wait_for(timeout=5000)
    wins.locator(".cw-wins tbody tr", has_text="random forest").click()
    until(page, "w.picked", "'forest'")
    wins.get_by_role("button", name="Reset").click()
    until(page, "w.max_kilobytes, w.size, w.picked", "(100000.0, 6, '')")
    with picture_changes(page, canvas, 0.05):
        page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
            { code: 'w.data = "turbofan"' }).done"""
        )
    wins.locator(".cw-say", has_text="Sequences of engine sensors, 80 engines").wait_for(timeout=5000)
    screenshot(wins, "lab WhichOneWins")
    assert page.evaluate(CELL_TYPES) == ["code"] * 2
    assert complaints(page) == []
