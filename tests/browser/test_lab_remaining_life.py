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
    python(page, "setattr(w, 'line', w.best_line)")
    widget.locator(".cw-goal.cw-reached").wait_for()
    assert python(page, "w.goal_reached") == "True"
    with picture_changes(page, life, 0.2):
        widget.get_by_role("button", name="Reset").click()
    until(page, "w.line, w.cycle, w.engine", "(60.0, 100, 41)")
    assert page.evaluate(CELL_TYPES) == ["code"] and cell_errors(page) == []
    screenshot(widget, "lab RemainingLifeMonitor")


TRAIN = """
import numpy as np
from course_lib import data, nn
from course_lib.widgets import GateExplorer
runs = data.simulate_engines(engines=6, test_engines=1, rng=0)[0].columns(["vibration drive end", "load"])
scaler = data.MinMaxScaler().fit(runs)
cut = data.windows(scaler.transform(runs), 30)
model = nn.Sequential([nn.LSTM(6, input_shape=(30, 2)), nn.Dense(1)], rng=0)
model.compile("adam", "mse")
model.fit(cut.x, cut.y[:, None] / 125, epochs=1, verbose=0, rng=0)
w = GateExplorer(model, runs.engine(2), scaler, step=50)
w
"""


def test_the_gates_of_the_learners_model_in_jupyterlab(page_with):
    page = page_with(TRAIN)
    widget = page.locator(".cw")
    widget.wait_for()
    picture, readout = widget.locator("canvas").first, widget.locator(".cw-readout")
    assert widget.get_by_role("combobox", name="cell").count() == 0
    with picture_changes(page, picture, 0.2):
        picture.press("ArrowRight")
    until(page, "w.step", "51")
    picture.press("ArrowDown")
    until(page, "w.unit", python(page, "w.start['unit'] + 1"))
    before = readout.inner_text()
    with picture_changes(page, picture, 0.2):  # Python computes what the spike changes
        widget.get_by_role("combobox", name="edit").select_option("spike")
    until(page, "w.edit, len(w.lasting)", "('spike', 6)")
    picture.press("Home")
    picture.press("Enter")
    until(page, "w.edit_step, w.step", "(1, 1)")
    c = float(python(page, "w.values()['c']"))
    page.wait_for_function(
        "c => Math.abs(parseFloat(document.querySelector('.cw-readout').textContent.split('\\n')[0].split(' = ')[3]"
        ".replace('−', '-')) - c) < 0.0006",
        arg=c,
    )
    assert readout.inner_text() != before
    python(page, "setattr(w, 'unit', w.longest)")
    widget.locator(".cw-goal.cw-reached").wait_for()
    assert python(page, "w.goal_reached") == "True"
    with picture_changes(page, picture, 0.2):
        widget.get_by_role("button", name="Reset").click()
    until(page, "w.edit, w.step", "('none', 50)")
    assert page.evaluate(CELL_TYPES) == ["code"] and cell_errors(page) == []
    screenshot(widget, "lab GateExplorer")
