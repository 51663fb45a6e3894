"""The unrolled network in a bare page: JavaScript's sums, the formulas with their numbers, pointer, keys, the walk."""

import re

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import UnrolledNetwork
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME

KINDS = ["SimpleRNN", "LSTM", "GRU"]
PARTS = """([steps, blocks, units]) => {
    const n = widget.unpack(k => model.get(k));
    return [...Array(steps).keys()].map(t => [...Array(blocks).keys()].map(j => [...Array(units).keys()].map(k => {
        const p = widget.parts(n, t + 1, j, k); return p.x + p.h + p.b; })));
}"""


def lines(page):
    page.evaluate(FRAME)
    return page.locator(".cw-readout").inner_text().splitlines()


def put(page, widget):
    """Show another state: all that Python would have sent, in one message."""
    state = {
        name: {"bytes": list(value)} if isinstance(value, bytes) else value
        for name, value in ((n, getattr(widget, n)) for n in widget.traits(sync=True) if not n.startswith("_"))
        if name not in ("layout", "tabbable", "tooltip")
    }
    page.evaluate(
        """state => { for (const [name, value] of Object.entries(state))
        fromPython(name, value && value.bytes ? new DataView(Uint8Array.from(value.bytes).buffer) : value); }""",
        state,
    )
    page.evaluate(FRAME)


def column(canvas, step, steps=10):
    """The middle of the column of a step, in pixels from the left of the canvas."""
    left, width = 58, canvas.evaluate("c => c.clientWidth")
    return left + (step - 0.5) * (width - left - 10) / steps


# ---------------------------------------------------------------- the numbers
@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_sums_behind_the_gates(kind, units, show):  # noqa: F811
    widget = UnrolledNetwork(cell=kind, units=units, w_h=-0.9, bias=0.3, keep_bias=0.5, seed=3)
    page = show(widget)
    blocks = {"SimpleRNN": 1, "LSTM": 4, "GRU": 2}[kind]
    expected = np.frombuffer(widget.sums).reshape(10, -1, units)[:, :blocks]
    np.testing.assert_allclose(page.evaluate(PARTS, [10, blocks, units]), expected, atol=1e-6)
    left = page.evaluate("() => { const n = widget.unpack(k => model.get(k)); return [n.left(1, n.lanes - 1), n.T]; }")
    np.testing.assert_allclose(left, [widget.ratio, 10], rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_own_layers_have_two_rows_of_biases_and_several_features(kind, show):  # noqa: F811
    rng = np.random.default_rng(1)
    layer, x = getattr(nn, kind)(5), rng.normal(size=(6, 2))
    layer(x[None])
    layer.bias[...] = rng.normal(size=layer.bias.shape)
    widget = UnrolledNetwork(layer=layer, x=x, step=3)
    page = show(widget)
    blocks = {"SimpleRNN": 1, "LSTM": 4, "GRU": 2}[kind]
    expected = np.frombuffer(widget.sums).reshape(6, -1, 5)[:, :blocks]
    np.testing.assert_allclose(page.evaluate(PARTS, [6, blocks, 5]), expected, atol=1e-6)
    assert page.get_by_role("combobox", name="cell").count() == 0, "your weights are not those of the sliders"
    assert "…" in " ".join(lines(page))


def as_shown(value, digits=2):
    return f"{value:.{digits}f}".replace("-", "−")


def test_the_formulas_hold_the_real_numbers(show):  # noqa: F811
    widget = UnrolledNetwork(step=4, w_h=-0.8, bias=0.25)
    page = show(widget)
    h, before, x = widget.state(4)[0], widget.state(3)[0], widget.sequence[3]
    first, second, gradient = lines(page)
    assert first == (
        f"h₄ = tanh(x₄ W_xh + h₃ W_hh + b_h) = tanh({as_shown(x)}·1.00 + {as_shown(before)}·(−0.80) + 0.25)"
    )
    z = x + before * -0.8 + 0.25
    assert second.strip() == f"= tanh({as_shown(z)}) = {as_shown(h)}" and np.tanh(z) == pytest.approx(h)
    assert gradient.startswith("dL/dh₄ = dL/dh₅ · f'(z₅) · W_hh = ")
    assert gradient.endswith(f" = {as_shown(widget.gradient(4)[0], 2 if abs(widget.gradient(4)[0]) >= 0.1 else 4)}")
    factors = [float(v) for v in re.findall(r"-?\d+\.\d+", gradient.replace("−", "-").split("W_hh = ")[1])]
    slope = np.frombuffer(widget.slopes)[4]
    np.testing.assert_allclose(factors[:3], [widget.gradient(5)[0], slope, -0.8], atol=5e-3)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_every_gate_is_written_out(kind, show):  # noqa: F811
    widget = UnrolledNetwork(cell=kind, step=2)
    page = show(widget)
    text = lines(page)
    for name, value in widget.gate_values().items():
        (line,) = [one for one in text if one.startswith(name + "₂ = ")]
        assert line.endswith(" = " + as_shown(value[0])), line
    assert [one for one in text if one.startswith("h₂ = ")][0].endswith(" = " + as_shown(widget.state()[0]))
    if kind == "LSTM":
        (line,) = [one for one in text if one.startswith("dL/dc₂ = ")]
        last = widget.gradient(of="c")[0]
        assert line.endswith(" = " + as_shown(last, 2 if abs(last) >= 0.1 else 4)), line


def test_the_words_and_the_goal_are_pythons(show):  # noqa: F811
    page = show(UnrolledNetwork())
    reached = set()
    widget = UnrolledNetwork()
    for label in widget.presets:
        widget.preset(label)
        for steps in (10, 7):
            widget.sequence = widget.sequence[:steps]
            put(page, widget)
            assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
            reached.add(widget.goal_reached)
            label_of = page.locator("canvas").first.get_attribute("aria-label")
            assert f"of step {steps}: {widget.output['fate']}." in label_of and f"over {steps} steps" in label_of
    assert reached == {True, False}
    dead = UnrolledNetwork(activation="relu", w_x=-1.0, bias=-2.0, target=0.0)
    put(page, dead)
    assert "No gradient leaves the end" in page.locator("canvas").first.get_attribute("aria-label")


def test_the_learners_function_is_judged(show):  # noqa: F811
    page = show(UnrolledNetwork(use=nn.simple_rnn_forward))
    assert lines(page)[-1] == "Your rnn_forward: all 10 states as by course_lib.nn."
    put(page, UnrolledNetwork(use=lambda x, W_xh, W_hh, b_h: np.tanh(x @ W_xh + b_h)))
    assert lines(page)[-1] == "Your rnn_forward: 9 of 10 states differ from course_lib.nn."


# ---------------------------------------------------------------- pointer and keys
def test_a_step_is_chosen_by_click_by_hover_and_by_keys(show):  # noqa: F811
    page = show(UnrolledNetwork())
    canvas = page.locator("canvas").first
    canvas.click(position={"x": column(canvas, 6), "y": 80})
    assert of(page, "step") == 6 and lines(page)[0].startswith("h₆")
    canvas.hover(position={"x": column(canvas, 2), "y": 80})
    assert lines(page)[0].startswith("h₂") and of(page, "step") == 6
    page.mouse.move(2, 2)
    assert lines(page)[0].startswith("h₆")
    canvas.focus()
    for key, step in (("ArrowRight", 7), ("ArrowLeft", 6), ("End", 10), ("ArrowRight", 10), ("Home", 1),
                      ("ArrowLeft", 1)):  # fmt: skip
        page.keyboard.press(key)
        assert of(page, "step") == step
    said(page, "Step 1: h = 0.91.")


def test_an_input_is_dragged_and_moved_by_keys(show):  # noqa: F811
    page = show(UnrolledNetwork())
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    x, top, high = box["x"] + column(canvas, 3), box["y"] + 48 + 34 + 24, 68  # header, cells, gap
    page.mouse.move(x, top + high / 2)
    page.mouse.down()
    page.mouse.move(x + 60, top + high / 4, steps=3)  # sideways does not matter
    page.mouse.up()
    page.mouse.move(x, top + high)
    sequence = of(page, "sequence")
    assert sequence[2] == pytest.approx(1.0, abs=0.11) and sequence[:2] == [1.5, 0.1] and sequence[3] == 0.2
    assert of(page, "step") == 3
    canvas.focus()
    page.keyboard.press("ArrowUp")
    assert of(page, "sequence")[2] == pytest.approx(sequence[2] + 0.1)
    for _press in range(40):
        page.keyboard.press("ArrowDown")
    assert of(page, "sequence")[2] == -2.0, "not beyond the picture"
    assert page.evaluate("() => window.saved.some(s => s.sequence)"), "Python is told"


def test_the_walk_goes_forward_and_comes_back(show):  # noqa: F811
    page = show(UnrolledNetwork(sequence=[1.0, 0.0, 0.5, -0.5, 0.0, 0.1, 0.2, 0.3]))
    page.get_by_role("button", name="Start").click()
    assert of(page, "step", "back") == [1, False]
    step, back = page.get_by_role("button", name="Step ▶"), page.get_by_role("button", name="◀ Back")
    for k in range(2, 9):
        step.click()
        assert of(page, "step", "back") == [k, False]
    for k in range(8, 0, -1):
        step.click()
        assert of(page, "step", "back") == [k, True]
    back.click()
    assert of(page, "step", "back") == [2, True]
    page.get_by_role("combobox", name="speed").select_option("10")
    canvas = page.locator("canvas").first
    canvas.focus()
    page.keyboard.press("r")
    page.keyboard.press(" ")
    page.wait_for_function("() => model.get('back') && model.get('step') === 1", timeout=10_000)
    page.get_by_role("button", name="Play").wait_for(timeout=3000)  # it stops there by itself
    page.get_by_role("button", name="Play").click()  # and begins again
    page.wait_for_function("() => !model.get('back')", timeout=3000)
    canvas.click(position={"x": column(canvas, 4, 8), "y": 80})  # a click stops it
    page.wait_for_timeout(300)
    assert of(page, "step") == 4


def test_controls_that_do_nothing_are_not_shown(show):  # noqa: F811
    page = show(UnrolledNetwork())
    gate, activation = (
        page.get_by_role("slider", name="bias of gate f"),
        page.get_by_role("combobox", name="activation"),
    )
    assert (
        gate.count() == 0 and activation.is_visible() and page.get_by_role("button", name="Other weights").is_disabled()
    )
    page.get_by_role("combobox", name="cell").select_option("GRU")
    page.get_by_role("slider", name="units").press("ArrowRight")
    page.evaluate(FRAME)
    assert gate.is_visible() and activation.count() == 0
    page.get_by_role("button", name="Other weights").click()
    assert of(page, "seed") == 1
    page.get_by_role("slider", name="steps").press("ArrowRight")
    assert len(of(page, "sequence")) == 11 and of(page, "sequence")[-1] == 0
    page.get_by_role("checkbox", name="folded").check()
    assert of(page, "folded") is True


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [300, 900])
@pytest.mark.parametrize("label", ["forgets", "LSTM keeps", "three units"])
def test_screenshots(label, width, dark, show):  # noqa: F811
    widget = UnrolledNetwork()
    widget.preset(label)
    widget.step, widget.folded = 4, label == "three units"
    page = show(widget, width=width, dark=dark, height=1200)
    screenshot(page, f"bare UnrolledNetwork {label} {width} {'dark' if dark else 'light'}")
    assert page.evaluate("() => document.getElementById('host').scrollWidth") <= width
