"""The widgets in real JupyterLab: keyboard and mouse, to Python and back, reload, restart, dark theme, Stop.

One notebook with every widget of `widgets.__all__`, one kernel, one page: the tests run in the order of this file, and
the last one restarts the kernel. In the notebook, `w["NeuronBench"]` is the widget.
"""

import contextlib
import time

import numpy as np
import pytest

from course_lib import widgets
from tests.browser.labkit import (
    cell_errors,
    command,
    open_notebook,
    pixels,
    python,
    run_all,
    screenshot,
    wait_ready,
    write_notebook,
)

NAMES = list(widgets.__all__)
MADE = {"Quiz": "Quiz(chapter=1)", "NeuronBench": "NeuronBench(w2=0.5)"}
CELL_TYPES = "() => [...window.jupyterapp.shell.currentWidget.content.model.cells].map(c => c.type)"
SCROLL = "k => window.jupyterapp.shell.currentWidget.content.scrollToItem(k, 'start')"
HARMLESS = ("favicon", "ResizeObserver loop")
FIRST_CELL = """
import numpy as np
from course_lib import nn
from course_lib.widgets import *
w = {}
x = np.random.default_rng(0).normal(size=(2000, 16))
y = (x[:, 0] * x[:, 1] > 0).astype(float)
def train():
    model = nn.Sequential([nn.Dense(64, activation="relu", input_shape=(16,)), nn.Dense(1, activation="sigmoid")])
    model.compile(nn.Adam(0.001), "binary_crossentropy", ["accuracy"])
    w["TrainingMonitor"].fit(model, x, y, epochs=100_000, validation_data=(x[:200], y[:200]), block=False)
"""


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    cells = [FIRST_CELL, *(f"w['{n}'] = {MADE.get(n, n + '()')}; w['{n}']" for n in NAMES)]
    write_notebook(lab.root / "widgets.ipynb", cells)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = open_notebook(context, lab.url("widgets.ipynb"))
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("console", lambda m: page.heard.append(m.text) if m.type == "error" else None)
    run_all(page)
    assert cell_errors(page) == []
    yield page
    context.close()


@pytest.fixture
def show(notebook):
    """`show("NeuronBench")`: the page, and the widget's element scrolled into view. No complaint may come meanwhile."""

    def make(name):
        k = 1 + NAMES.index(name)
        notebook.evaluate(SCROLL, k)
        widget = notebook.locator(f".jp-Cell[data-windowed-list-index='{k}'] .cw")
        widget.wait_for(timeout=20_000)
        notebook.wait_for_timeout(200)
        return notebook, widget

    notebook.heard.clear()
    yield make
    assert complaints(notebook) == []
    assert notebook.evaluate(CELL_TYPES) == ["code"] * (1 + len(NAMES))  # no key has reached JupyterLab


def complaints(page):
    return [text for text in page.heard if not any(word in text for word in HARMLESS)]


def until(page, expression, wanted, timeout=5.0):
    """Wait until `expression` in the kernel is what we want, as its repr; fail with the last value."""
    deadline, value = time.monotonic() + timeout, None
    while time.monotonic() < deadline:
        value = python(page, expression)
        if wanted(value) if callable(wanted) else value == wanted:
            return value
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} is {value}")


@contextlib.contextmanager
def picture_changes(page, canvas, at_least=0.5):
    """The pixels of `canvas` differ before and after the block."""
    before = pixels(canvas)
    yield
    for _attempt in range(40):
        page.wait_for_timeout(50)
        after = pixels(canvas)
        if after.shape != before.shape or np.abs(after - before).mean() > at_least:
            return
    raise AssertionError(f"the picture did not change: {np.abs(after - before).mean():.3f}")


def drag(page, canvas, start, end, steps=8):
    """Drag inside `canvas`, from and to in shares of its width and height."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    place = [(box["x"] + fx * box["width"], box["y"] + fy * box["height"]) for fx, fy in (start, end)]
    page.mouse.move(*place[0])
    page.mouse.down()
    page.mouse.move(*place[1], steps=steps)
    page.mouse.up()


def test_every_widget_is_shown(show):
    for name in NAMES:
        page, widget = show(name)
        assert widget.get_attribute("aria-label")
        scroll, own, place = widget.evaluate("el => [el.scrollWidth, el.clientWidth, el.parentElement.clientWidth]")
        assert scroll <= own + 1 and own <= place, f"{name} is wider than its place"
        assert pixels(widget).std() > 10, f"{name} is empty"
        screenshot(widget, f"lab {name}")


def test_neuron_bench_by_keyboard_by_mouse_from_python_and_back(show):
    page, widget = show("NeuronBench")
    canvas, slider = widget.locator("canvas").first, widget.get_by_role("slider", name="weight w₁")
    with picture_changes(page, canvas):
        slider.focus()
        for _press in range(10):
            page.keyboard.press("ArrowLeft")
    until(page, "round(w['NeuronBench'].w1, 6)", "0.0")
    with picture_changes(page, canvas, 0.05):
        drag(page, canvas, (0.3, 0.3), (0.6, 0.6))
    until(page, "(w['NeuronBench'].probe_x1, w['NeuronBench'].probe_x2) != (1.0, -0.5)", "True")
    with picture_changes(page, canvas):
        python(page, "setattr(w['NeuronBench'], 'w2', -2.0)")
    assert widget.get_by_role("slider", name="weight w₂").input_value() == "-2"
    # 'r' in a menu chooses relu; in JupyterLab's command mode it would turn the cell raw and delete the widget
    widget.get_by_role("combobox", name="activation f").focus()
    page.keyboard.press("r")
    until(page, "w['NeuronBench'].activation", "'relu'")


def test_stepper_by_keyboard_and_by_mouse(show):
    page, widget = show("BackpropStepper")
    python(page, "globals().update(s=w['BackpropStepper'])")
    canvas = widget.locator("canvas").first
    with picture_changes(page, canvas, 0.05):
        canvas.focus()
        for _press in range(3):
            page.keyboard.press("ArrowRight")
    until(page, "s.step", "3")
    page.keyboard.press("n")
    page.keyboard.press("ArrowUp")
    until(page, "[round(v, 6) for v in s.weights[:2]]", "[0.5, -0.3]")
    page.keyboard.press("r")  # on the picture: back to the start
    until(page, "s.step", "0")
    # predict a gradient, by keyboard, wrong and then right
    python(page, "setattr(s, 'step', 9)")
    widget.get_by_role("checkbox", name="let me predict each gradient").check()
    answer = widget.get_by_label("Your prediction")
    answer.fill("99")
    page.keyboard.press("Enter")
    until(page, "s.step, s.streak", "(10, 0)")
    widget.locator(".cw-predict").get_by_text("Not yet").wait_for()
    answer.fill(python(page, "float(s.numbers()['dz2'][0, 0])"))
    page.keyboard.press("Enter")
    until(page, "s.step, s.streak", "(11, 1)")
    # the update, by mouse: the loss falls
    python(page, "setattr(s, 'step', 31)")
    before = float(python(page, "float(s.numbers()['loss'][0])"))
    with picture_changes(page, canvas, 0.05):
        widget.get_by_role("button", name="Step ▶").click()
    until(page, "s.step", "0")
    assert float(python(page, "float(s.numbers()['loss'][0])")) < before
    with picture_changes(page, canvas, 0.05):
        python(page, "s.preset('dead ReLU')")
    # a click on the number of an edge chooses that weight
    at = canvas.evaluate("cv => { const r = cv.getBoundingClientRect(); return [r.left, r.top, r.width]; }")
    hidden, output = 0.41 * at[2] + 56, 0.705 * at[2] - 56  # the edge from unit 2 to the output is level, at y = 208
    page.mouse.click(at[0] + hidden + 0.42 * (output - hidden), at[1] + 208)
    until(page, "s.selected", "10")
    screenshot(widget, "lab BackpropStepper dead relu")


def test_race_by_keyboard_and_by_mouse(show):
    page, widget = show("OptimizerRace")
    python(page, "globals().update(r=w['OptimizerRace'])")
    field, chart = widget.locator("canvas").nth(0), widget.locator("canvas").nth(1)
    with picture_changes(page, field):
        drag(page, field, (0.3, 0.3), (0.7, 0.6))
    x, y = eval(until(page, "r.begin", lambda value: value != "[]"))
    assert x > 0 > y
    field.focus()
    page.keyboard.press("ArrowLeft")
    until(page, f"abs(r.begin[0] - {x - 0.2}) < 0.011", "True")
    chart.focus()
    for _press in range(5):
        page.keyboard.press("ArrowLeft")
    until(page, "r.step", "55")
    widget.get_by_role("button", name="|◀ Start").click()
    until(page, "r.step", "0")
    with picture_changes(page, field):
        widget.get_by_role("button", name="▶ Play").click()
    until(page, "r.step > 3", "True")
    widget.get_by_role("button", name="❚❚ Pause").click()
    with picture_changes(page, field, 0.05):
        widget.get_by_role("checkbox", name="momentum").uncheck()
    until(page, "'momentum' in r.runners", "False")
    widget.get_by_role("slider", name="learning rate").focus()
    page.keyboard.press("ArrowRight")
    until(page, "r.learning_rate > 0.03", "True")
    widget.get_by_role("combobox", name="surface").focus()
    page.keyboard.press("s")
    until(page, "r.surface", "'saddle'")
    widget.get_by_role("button", name="just above the limit").click()
    widget.get_by_role("row", name="gradient descent").get_by_text("diverged").wait_for()
    screenshot(widget, "lab OptimizerRace above the limit")


def test_course_map_by_keyboard_and_by_mouse(show):
    page, widget = show("CourseMap")
    widget.get_by_role("button", name="Loss").click()
    until(page, "w['CourseMap'].selected", "'loss'")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until(page, "w['CourseMap'].selected", "'backpropagation'")
    widget.locator(".cw-card").get_by_text("The chain rule").wait_for()


def test_stop_during_training(show):
    page, widget = show("TrainingMonitor")
    python(page, "globals().update(m=w['TrainingMonitor'])")
    python(page, "train()")
    with picture_changes(page, widget.locator("canvas").first, 0.05):
        until(page, "m.progress > 0", "True")
    button = widget.get_by_role("button", name="■ Stop")
    begun = time.monotonic()
    button.click()
    widget.locator(".cw-word").get_by_text("stopped").wait_for(timeout=5000)
    seconds = time.monotonic() - begun
    assert python(page, "m.state, m._thread.is_alive(), len(m.history['loss']) > 1") == "('stopped', False, True)"
    assert button.is_disabled()
    print(f"Stop: {seconds * 1000:.0f} ms from the click to the word on the page")
    assert seconds < 2  # the target is 0.3 s; a busy machine may need longer
    # while a cell awaits the end, Stop is heard too
    python(page, "train()")
    page.evaluate(
        """() => { const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        window.awaiting = kernel.requestExecute({ code: 'await m.finished()' }).done; }"""
    )
    page.wait_for_timeout(500)
    button.click()
    assert page.evaluate("async () => (await window.awaiting).content.status") == "ok"
    assert python(page, "m.state") == "'stopped'"


def test_dark_theme_is_readable(show):
    page, widget = show("OptimizerRace")
    command(page, "apputils:change-theme", {"theme": "JupyterLab Dark"})
    page.wait_for_timeout(1500)
    for name in ("OptimizerRace", "BackpropStepper", "NeuronBench", "CourseMap", "TrainingMonitor"):
        page, widget = show(name)
        picture = pixels(widget)
        assert np.median(picture) < 70, f"{name}: the ground is not dark"
        assert picture.max() > 200, f"{name}: no light text"
        screenshot(widget, f"lab {name} dark")
    axis = pixels(show("OptimizerRace")[1].locator("canvas").first)[:, :46]  # the numbers of the axis live here
    assert axis.min() < 60 and axis.max() > 180
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})
    page.wait_for_timeout(1000)


def test_reload_and_restart(show, notebook):
    page, widget = show("NeuronBench")
    python(page, "setattr(w['NeuronBench'], 'w1', 2.0)")
    command(page, "docmanager:save")
    page.wait_for_timeout(500)
    page.reload(wait_until="domcontentloaded")
    wait_ready(page)
    page, widget = show("NeuronBench")
    slider = widget.get_by_role("slider", name="weight w₁")
    assert slider.input_value() == "2"
    slider.focus()
    page.keyboard.press("ArrowRight")
    until(page, "round(w['NeuronBench'].w1, 6)", "2.1")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    note = widget.locator(".cw-note")
    note.wait_for(timeout=15_000)
    assert "The picture still works; run this cell again" in note.inner_text()
    with picture_changes(page, widget.locator("canvas").first):  # this formula also runs in the browser
        slider.focus()
        for _press in range(10):
            page.keyboard.press("ArrowLeft")
    assert "Run this cell again" in show("OptimizerRace")[1].locator(".cw-note").inner_text()
    screenshot(page, "lab without kernel")
    notebook.heard.clear()  # the broken connection is mentioned in the console, rightly
