"""The widgets of chapter 9 in real JupyterLab: keys to pixels, typed texts, and Python follows."""

from tests.browser.labkit import cell_errors, command, python, screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, picture_changes, until


def light(page):
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})  # another test may have left it dark
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")


def test_the_token_explorer_in_jupyterlab(page_with):
    page = page_with("from course_lib.widgets import TokenExplorer\nw = TokenExplorer(); w")
    light(page)
    widget = page.locator(".cw")
    widget.wait_for()
    decision, embedding = widget.locator("canvas").nth(0), widget.locator("canvas").nth(1)
    assert python(page, "w.place") == "2"
    with picture_changes(page, embedding, 0.01):  # the neighbours of the next word are Python's
        decision.press("ArrowRight")
    until(page, "w.place, w.about['word']", "(3, 'hydraulic')")
    area = widget.get_by_role("textbox", name="text (type your own)")
    with picture_changes(page, decision, 0.01):
        area.fill("valve weeping")
        page.keyboard.type(" r")  # in command mode the cell would turn raw
    until(page, "w.tokens, w.known", "(['valve', 'weeping', 'r'], [True, False, True])")
    area.fill("液压泵漏油")
    widget.locator(".cw-say", has_text="Unknown words only (5 of 5)").wait_for(timeout=5000)
    until(page, "w.shares, len(w.tokens)", "([], 5)")
    with picture_changes(page, decision, 0.01):
        widget.get_by_role("button", name="sure, but why?").click()
    until(page, "w.class_names[w.decision], w.deciding", "('wear', 3)")
    widget.locator(".cw-say", has_text="Without “at”").wait_for(timeout=5000)
    embedding.press("ArrowDown")
    embedding.press("Enter")
    until(page, "w.word in w.tokens or len(w.word) > 2", "True")
    python(page, "setattr(w, 'text', 'pump leaking, losing fluid, leaks oil')")
    widget.locator(".cw-goal.cw-reached").wait_for(timeout=5000)
    assert python(page, "w.goal_reached") == "True"
    with picture_changes(page, decision, 0.01):
        widget.get_by_role("button", name="Reset").click()
    until(page, "w.text, w.word, w.place", "('replace leaking hydraulic hose line 2', '', 2)")
    assert page.evaluate(CELL_TYPES) == ["code"] and cell_errors(page) == []
    screenshot(widget, "lab TokenExplorer")


def test_the_attention_picture_in_jupyterlab(page_with):
    page = page_with("from course_lib.widgets import AttentionPicture\nw = AttentionPicture(); w")
    light(page)
    widget = page.locator(".cw")
    widget.wait_for()
    picture, readout = widget.locator("canvas").first, widget.locator(".cw-readout")
    with picture_changes(page, picture, 0.01):
        picture.press("ArrowDown")
        picture.press("ArrowDown")
    until(page, "w.word, w.tokens[w.word - 1]", "(3, 'valve')")
    with picture_changes(page, picture, 0.01):  # the weights without the mask are Python's
        widget.get_by_role("button", name="padding", exact=True).click()
    until(page, "w.mask, bool(w.matrix[2, 3:].sum() > 0.5)", "(False, True)")
    widget.locator(".cw-say", has_text="Padding takes ").wait_for(timeout=5000)
    area = widget.get_by_role("textbox", name="text (type your own)")
    area.fill("motor hot")
    page.keyboard.type(" r")  # in command mode the cell would turn raw
    until(page, "w.tokens, w.known", "(['motor', 'hot', 'r'], [True, True, False])")
    widget.get_by_role("button", name="no √d").click()
    until(page, "w.weights, w.dimension, w.scale", "('random', 64, False)")
    slider = widget.get_by_role("slider", name="temperature")
    for _press in range(24):  # 24 eighths of an octave: from 1 to 8
        slider.press("ArrowRight")
    until(page, "w.temperature, w.goal_reached", "(8.0, True)")
    widget.locator(".cw-goal.cw-reached").wait_for(timeout=5000)
    readout.get_by_text("largest difference to the weights").wait_for(timeout=5000)
    python(page, "setattr(w, 'guess_first', True)")
    widget.locator(".cw-say", has_text="Which word gets the largest weight?").wait_for(timeout=5000)
    with picture_changes(page, picture, 0.01):
        widget.get_by_role("button", name="Reset").click()
    until(page, "w.text, w.temperature, w.word", "('pump leaking, valve ok', 1.0, 1)")
    assert page.evaluate(CELL_TYPES) == ["code"] and cell_errors(page) == []
    screenshot(widget, "lab AttentionPicture")
