"""The memory knob in a bare page: the lines that JavaScript repeats, the values told, pointer and keys, its looks."""

import numpy as np
import pytest

from course_lib.widgets import MemoryKnob
from course_lib.widgets.memory_knob import limits
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_unrolled_network import lines, put
from tests.browser.test_bare_widgets import FRAME


def test_the_straight_lines_and_the_axes(show):  # noqa: F811
    page = show(MemoryKnob())
    rng = np.random.default_rng(0)
    for _turn in range(20):
        widget = MemoryKnob(
            rho=float(rng.uniform(0.1, 1.6)), activation=str(rng.choice(["tanh", "sigmoid", "linear"])),
            steps=int(rng.integers(10, 101)), matrix=str(rng.choice(["random", "chain"])),
        )  # fmt: skip
        slope, T = widget.result["slope"], widget.steps
        found = page.evaluate(
            "([a, b, steps]) => [a, b].map(f => widget.straight(f, steps))",
            [slope * widget.rho, slope * widget.sigma, T],
        )
        np.testing.assert_allclose(np.array(found, float), [widget.curve("typical"), widget.curve("bound")], rtol=1e-6)
        curves = [widget.curve("gradient"), widget.curve("most")]
        ends = page.evaluate("([c, t]) => widget.limits(c, t)", [[c.tolist() for c in curves], found[0]])
        np.testing.assert_allclose(np.array(ends, float), limits(curves, widget.curve("typical")), rtol=1e-6)


def test_the_words_and_the_goal_are_pythons(show):  # noqa: F811
    widget = MemoryKnob()
    page, reached = show(widget), []
    states = [preset["set"] for preset in widget.presets.values()]
    for state in [*states, {"rho": 1.0, "steps": 50}, {"rho": 1.0, "steps": 49}, {"rho": 1.0, "activation": "linear"}]:
        widget.reset()
        for name, value in state.items():
            setattr(widget, name, value)
        put(page, widget)
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached, state
        reached.append(widget.goal_reached)
        label = page.locator("canvas").first.get_attribute("aria-label")
        assert f"over {widget.steps} steps" in label
        assert f"is left: {widget.result['state']}." in label and f"arrives: {widget.result['gradient']}." in label
        assert ("the spectral radius is no bound" in label) == widget.result["above"]
    assert set(reached) == {True, False}


def test_the_values_at_a_step(show):  # noqa: F811
    widget = MemoryKnob(at=30, rho=0.8)
    page = show(widget)
    state, powers, gradient, back = lines(page)
    assert state == f"t = 30, 30 steps after the impulse: |h| is {shown(widget.curve('state')[30])} times the impulse"
    assert powers.strip().startswith(f"(ρ·max f′)³⁰ = 0.80³⁰ = {shown(0.8**30)} ")
    assert powers.endswith(f"(σ·max f′)³⁰ = {widget.sigma:.2f}³⁰ = {shown(widget.sigma**30)}")
    assert gradient == (
        f"t = 30, 20 steps before the end: |dL/dh| is {shown(widget.curve('gradient')[30])} times the last "
        f"(at most {shown(widget.curve('most')[30])})"
    )
    assert back.strip().startswith(f"(ρ·max f′)²⁰ = 0.80²⁰ = {shown(0.8**20)} ")
    widget.clip, widget.rho, widget.activation = True, 1.2, "linear"
    put(page, widget)
    assert lines(page)[-1].endswith(f"clipped to 1: all of it times {shown(widget.result['factor'])}")
    widget.clipnorm, widget.rho = 100.0, 0.3
    put(page, widget)
    assert lines(page)[-1].endswith("below clipnorm: nothing is clipped")


def shown(v):
    """A value as the widget writes it."""
    if v >= 1e5 or v < 1e-3:
        digits, exponent = f"{v:.1e}".split("e")
        return f"{digits}e{int(exponent)}".replace("-", "−")
    return f"{v:.0f}" if v >= 100 else f"{v:.2f}" if v >= 0.1 else f"{v:.2g}"


def test_a_step_is_chosen_by_pointer_and_by_keys(show):  # noqa: F811
    page = show(MemoryKnob())
    canvas = page.locator("canvas").first
    box, width = canvas.bounding_box(), canvas.evaluate("c => c.clientWidth")

    def x(step):
        return box["x"] + 46 + step / 50 * (width - 46 - 196)

    page.mouse.move(x(40), box["y"] + 80)
    assert lines(page)[0].startswith("t = 40, ") and of(page, "at") == 20
    page.mouse.down()
    page.mouse.move(x(12), box["y"] + 90, steps=4)
    assert of(page, "at") == 12
    page.mouse.up()
    page.mouse.move(x(33), box["y"] + 90)
    assert of(page, "at") == 12
    page.mouse.move(2, 2)
    assert lines(page)[0].startswith("t = 12, ")
    canvas.focus()
    for key, at in (("ArrowRight", 13), ("ArrowLeft", 12), ("PageUp", 22), ("PageDown", 12), ("End", 50),
                    ("ArrowRight", 50), ("Home", 0), ("PageDown", 0)):  # fmt: skip
        page.keyboard.press(key)
        assert of(page, "at") == at
    page.keyboard.press("ArrowUp")
    assert of(page, "rho") == 0.91
    for _press in range(3):
        page.keyboard.press("ArrowDown")
    assert of(page, "rho") == 0.88
    said(page, "At the end ")


def test_controls(show):  # noqa: F811
    page = show(MemoryKnob())
    norm = page.get_by_role("slider", name="clipnorm")
    assert norm.is_disabled()
    page.get_by_role("checkbox", name="clip gradient").check()
    page.evaluate(FRAME)
    assert norm.is_enabled()
    norm.press("End")
    page.get_by_role("slider", name="size of the impulse").press("Home")
    assert of(page, "clipnorm", "impulse") == [100, 0.01]
    page.get_by_role("combobox", name="kind of W_hh").select_option("two units")
    page.evaluate(FRAME)
    assert page.get_by_role("slider", name="units", exact=True).is_disabled()
    page.get_by_role("button", name="Other random numbers").click()
    assert of(page, "seed") == 1
    options = page.get_by_role("combobox", name="kind of W_hh").locator("option")
    assert options.all_inner_texts() == ["random", "orthogonal", "one-way chain", "two-unit"]
    page = show(MemoryKnob(W_hh=np.diag([0.5, 0.7, -0.9])))
    assert "your own" in page.get_by_role("combobox", name="kind of W_hh").inner_text() and of(page, "rho") == 0.9


def test_beyond_the_axes(show):  # noqa: F811
    """The longest chain, linear, at the end of the knob: 10^50 and more, and the picture is still there."""
    widget = MemoryKnob(matrix="chain", activation="linear", rho=1.6, units=32, steps=100)
    page = show(widget)
    screenshot(page, "bare MemoryKnob beyond")
    assert widget.curve("most").max() > 1e40
    text = page.locator("canvas").first.get_attribute("aria-label")
    assert "exploding" in text and "Infinity" not in text and "NaN" not in text
    for state in ({"activation": "sigmoid", "rho": 0.1}, {"activation": "relu", "rho": 0.1, "matrix": "random"}):
        for name, value in state.items():
            setattr(widget, name, value)
        put(page, widget)
        text = page.locator("canvas").first.get_attribute("aria-label")
        assert "vanishing" in text and "NaN" not in text and "NaN" not in " ".join(lines(page))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [300, 900])
@pytest.mark.parametrize("label", ["fades", "small ρ, and yet it grows", "clipped"])
def test_screenshots(label, width, dark, show):  # noqa: F811
    widget = MemoryKnob()
    widget.preset(label)
    page = show(widget, width=width, dark=dark, height=1600)
    screenshot(page, f"bare MemoryKnob {label[:5]} {width} {'dark' if dark else 'light'}")
    assert page.evaluate("() => document.getElementById('host').scrollWidth") <= width
