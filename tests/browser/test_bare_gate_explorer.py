"""The gate explorer in a bare page: the numbers it shows are Python's, pointer, keys, words, and its looks.

There is no Python behind these pages: after a change that Python computes, `send` brings its answer.
"""

import re

import numpy as np
import pytest

from course_lib.widgets import GateExplorer
from course_lib.widgets.gate_explorer import GATES
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME
from tests.widgets.test_gate_explorer import X, random_model

ANSWERS = ("shape", "gate_names", "half_lives", "kept", "lasting")
BYTES = ("gates", "before", "edited")
SEND = """([plain, binary]) => {
    for (const [n, v] of Object.entries(plain)) window.fromPython(n, v);
    for (const [n, v] of Object.entries(binary)) window.fromPython(n, new DataView(new Uint8Array(v).buffer));
}"""


def send(page, widget):
    """What Python would send: settings, then what it computed from them."""
    plain = {name: getattr(widget, name) for name in (*widget.settings(), *ANSWERS)}
    page.evaluate(SEND, [plain, {name: list(getattr(widget, name)) for name in BYTES}])
    page.evaluate(FRAME)


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


# ---------------------------------------------------------------- the numbers
def test_every_value_is_found_at_its_place(show):  # noqa: F811
    rng = np.random.default_rng(0)
    for cell in GATES:
        widget = GateExplorer(cell=cell, edit="spike")
        page = show(widget)
        length, H, _first = widget.shape
        asked = [
            [int(rng.integers(len(GATES[cell]))), int(rng.integers(length)), int(rng.integers(H))] for _ in range(50)
        ]
        found = page.evaluate(
            """([asked, T, H]) => { const gates = widget.floats(model.get('gates'));
            return asked.map(([g, t, k]) => widget.valueAt(gates, T, H, g, t, k)); }""",
            [asked, length, H],
        )
        expected = [widget.values(k + 1, t + 1)[GATES[cell][g]] for g, t, k in asked]
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_sum_in_the_readout(show):  # noqa: F811
    page = show(GateExplorer())
    for cell in GATES:
        widget = GateExplorer(cell=cell)
        for unit, step in ((1, 1), (2, 30), (6, 117), (8, 234)):
            widget.unit, widget.step = unit, step
            send(page, widget)
            v, lines = widget.values(), page.locator(".cw-readout").inner_text().splitlines()
            if cell == "LSTM":
                assert lines[0].startswith("c = f · c₋₁ + i · g = ")
                shown = [v["f"], v["before"], v["i"], v["g"], v["c"]]
                np.testing.assert_allclose(numbers(lines[0].split(" g = ")[1]), shown, atol=0.0011)
                np.testing.assert_allclose(
                    numbers(lines[1].split(" = ", 1)[1].split(" = ", 1)[1]),
                    [v["o"], np.tanh(v["c"]), v["h"]],
                    atol=0.0011,
                )
            else:
                shown = [v["z"], v["before"], 1 - v["z"], v["n"], v["h"]]
                np.testing.assert_allclose(numbers(lines[0].split(" n = ")[1]), shown, atol=0.0011)
            mean, half = numbers(lines[-1].split("log 0.5 / log ")[1])[:2]
            assert mean == pytest.approx(widget.kept[unit - 1], abs=0.0006)
            assert half == pytest.approx(widget.half_life(), abs=0.051)


def test_the_words_and_the_goal_are_pythons(show):  # noqa: F811
    widget, rng, reached = GateExplorer(), np.random.default_rng(1), set()
    page = show(widget)
    for turn in range(30):
        widget.cell, widget.edit = str(rng.choice(list(GATES))), str(rng.choice(["none", "spike", "spike", "stuck"]))
        widget.unit = widget.longest if turn % 2 else int(rng.integers(1, 9))
        widget.step, widget.edit_step = int(rng.integers(1, 235)), int(rng.integers(1, 200))
        widget.sensor = str(rng.choice(widget.names))
        send(page, widget)
        label, v = page.locator("canvas").get_attribute("aria-label"), widget.values()
        assert f"{widget.cell}, unit {widget.unit}, cycle {widget.step}: keeps " in label
        kept, new = numbers(re.search(r"keeps (.* of the new)", label)[1])
        expected = (v["f"], v["i"]) if widget.cell == "LSTM" else (v["z"], 1 - v["z"])
        np.testing.assert_allclose([kept, new], 100 * np.array(expected), atol=0.51)
        assert f"Half-life about {widget.half_life():.1f} steps." in label
        if widget.edit == "spike":
            n = widget.lasting[widget.unit - 1]
            assert f"It remembers the spike at cycle {widget.edit_step} for {n} steps." in label
        if widget.edit == "stuck":
            change = float(re.search(r"is off by (.*?)\. Arrow", label)[1].replace("−", "-"))
            assert f"{change:.2f}" in widget.describe().replace("-0.00", "0.00") or abs(change) < 0.01
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
        reached.add(widget.goal_reached)
    assert reached == {True, False}


def test_half_an_answer_is_not_drawn_wrongly(show):  # noqa: F811
    """The parts of an answer arrive one after the other; none of the pictures between may fail."""
    page = show(GateExplorer())
    widget = GateExplorer([random_model("LSTM", H=6), random_model("GRU", H=2)], X, cell="GRU", edit="spike")
    for name in ("gates", "shape", "gate_names", "before", "edited", "half_lives", "kept", "lasting"):
        value = getattr(widget, name)
        page.evaluate(SEND, [{}, {name: list(value)}] if isinstance(value, bytes) else [{name: value}, {}])
        page.evaluate(FRAME)


# ---------------------------------------------------------------- pointer and keys
def place(page):
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    width = box["width"] - 74 - 56

    def x(step, T=234):
        return box["x"] + 74 + width * (step - 0.5) / T

    return canvas, box, x


def test_a_click_chooses_gate_unit_and_step(show):  # noqa: F811
    page = show(GateExplorer())
    _canvas, box, x = place(page)
    # from the top: the trace to 78, then i from 90 on, 20 high; f, large, from 114 on, 64 high, 8 for each unit
    page.mouse.click(x(60), box["y"] + 114 + 8 * 4 + 4)
    assert of(page, "gate", "unit", "step") == ["f", 5, 60]
    page.mouse.click(x(200), box["y"] + 90 + 10)
    assert of(page, "gate", "step") == ["i", 200]
    page.mouse.click(x(30), box["y"] + 50)  # on the trace: the step alone
    assert of(page, "gate", "step") == ["i", 30]
    page.mouse.move(x(40), box["y"] + 50)
    page.mouse.down()
    page.mouse.move(x(90), box["y"] + 55, steps=4)
    page.mouse.up()
    page.mouse.move(x(150), box["y"] + 55)
    assert of(page, "step") == 90


def test_hover_reads_a_value(show):  # noqa: F811
    widget = GateExplorer(edit="spike", edit_step=20)
    page = show(widget)
    canvas, box, x = place(page)

    def pointed():
        page.evaluate(FRAME)
        return canvas.evaluate("c => c.dataset.pointed")

    page.mouse.move(x(60), box["y"] + 114 + 8 * 4 + 4)
    assert pointed() == f"cycle 60, f of unit 5: {widget.values(5, 60)['f']:.3f}"
    page.mouse.move(x(20), box["y"] + 50)
    assert pointed().startswith("cycle 20, bearing temperature 8") and pointed().endswith(" °C")  # with the spike
    below = 114 + 64 + 4 + 4 * 24  # the strip of differences, 36 high
    page.mouse.move(x(25), box["y"] + below + 2)
    change = widget.inside()["c"][24, 0] - widget.inside(edited=False)["c"][24, 0]
    text, value = pointed().replace("−", "-").rsplit(": ", 1)
    assert text == "cycle 25, difference of c, unit 1" and float(value) == pytest.approx(change, abs=0.0006)
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] + 60)
    assert pointed() == ""
    assert of(page, "step") == 117


def test_keys_choose_step_unit_gate_and_move_the_edit(show):  # noqa: F811
    page = show(GateExplorer(unit=3, step=100, edit="spike", edit_step=50))
    page.locator("canvas").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowUp", "PageDown"):
        page.keyboard.press(key)
    assert of(page, "step", "unit", "gate") == [101, 4, "g"]
    said(page, "LSTM, unit 4, cycle 101: ")
    page.keyboard.press("Enter")
    assert of(page, "edit_step") == 101
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageUp")
    assert of(page, "step", "gate") == [234, "f"]
    page.keyboard.press("Home")
    assert of(page, "step") == 1
    for _press in range(9):
        page.keyboard.press("ArrowUp")
    assert of(page, "unit") == 1


def test_without_an_edit_enter_changes_nothing(show):  # noqa: F811
    page = show(GateExplorer(step=100, edit_step=50))
    page.locator("canvas").focus()
    page.keyboard.press("Enter")
    assert of(page, "edit_step") == 50


def test_the_other_cell(show):  # noqa: F811
    widget = GateExplorer(gate="o")
    page = show(widget)
    page.get_by_role("combobox", name="cell").select_option("GRU")
    assert of(page, "cell", "gate") == ["GRU", "r"]  # its likeness in the other cell, in one message
    widget.cell = "GRU"
    send(page, widget)
    options = page.get_by_role("combobox", name="gate").locator("option").all_inner_texts()
    assert options == ["z: keep", "r: look back", "n: the new", "h: state"]
    assert page.get_by_role("combobox", name="gate").input_value() == "r"
    assert "h = z · h₋₁" in page.locator(".cw-readout").inner_text()


def test_controls_of_the_edit_are_asleep_without_one(show):  # noqa: F811
    page = show(GateExplorer())
    at, height = (page.get_by_role("slider", name=n) for n in ("edit at step", "height of the spike (scaled)"))
    assert at.is_disabled() and height.is_disabled()
    page.get_by_role("combobox", name="edit").select_option("stuck")
    page.evaluate(FRAME)
    assert at.is_enabled() and height.is_disabled()
    page.get_by_role("combobox", name="edit").select_option("spike")
    page.evaluate(FRAME)
    assert height.is_enabled()
    page.get_by_role("combobox", name="sensor").select_option("oil pressure")
    assert of(page, "edit", "sensor") == ["spike", "oil pressure"]


def test_units_of_the_other_cell_limit_the_slider(show):  # noqa: F811
    widget = GateExplorer([random_model("LSTM", H=6), random_model("GRU", H=2)], X, unit=6)
    page = show(widget)
    slider = page.get_by_role("slider", name="unit")
    assert slider.get_attribute("max") == "6" and slider.input_value() == "6"
    widget.cell = "GRU"
    send(page, widget)
    assert slider.get_attribute("max") == "2" and slider.input_value() == "2"
    assert "step 6" in page.locator("canvas").get_attribute("aria-label")


def test_one_model_has_no_menu_of_cells(show):  # noqa: F811
    page = show(GateExplorer(random_model("GRU"), X, names=["a", "b", "c"], units=["°C", "", "bar"]))
    assert page.get_by_role("combobox", name="cell").count() == 0
    assert page.get_by_role("combobox", name="sensor").locator("option").all_inner_texts() == ["a [°C]", "b", "c [bar]"]


# ---------------------------------------------------------------- how it looks
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 900])
def test_screenshots(width, dark, show):  # noqa: F811
    widget = GateExplorer()
    widget.preset("stuck sensor" if dark else "trail of a spike")
    page = show(widget, width=width, dark=dark, height=1200)
    screenshot(page, f"bare GateExplorer {width} {'dark' if dark else 'light'}")
    assert page.locator("canvas").evaluate("c => c.getBoundingClientRect().right") <= width + 10


@pytest.mark.parametrize("units, length", [(1, 2), (40, 300)], ids=["smallest", "large"])
def test_other_sizes(units, length, show):  # noqa: F811
    x = np.random.default_rng(0).random((length, 3))
    page = show(GateExplorer(random_model("LSTM", H=units), x, edit="spike", edit_step=1), height=1200)
    screenshot(page, f"bare GateExplorer {units} units")
    assert page.locator("canvas").evaluate("c => c.clientHeight") < 600
