"""The widgets of chapter 7 in real JupyterLab: keys and mouse, to Python and back."""

from tests.browser.labkit import command, python, screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, complaints, picture_changes, until

CELLS = (
    "import numpy as np\nfrom course_lib import nn\nfrom course_lib.widgets import MemoryKnob, UnrolledNetwork",
    "u = UnrolledNetwork(); u",
    "own = UnrolledNetwork(use=nn.simple_rnn_forward); own",
)


def test_the_unrolled_network_by_keyboard_by_mouse_and_from_python(page_with):
    page = page_with(*CELLS)
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})  # another test may have left it dark
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    network, own = (page.locator(".cw").nth(n) for n in range(2))
    canvas = network.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    with picture_changes(page, canvas, 0.02):
        canvas.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    until(page, "u.step", "3")
    with picture_changes(page, canvas, 0.02):  # the states after it move too: Python has computed them
        for _press in range(5):
            page.keyboard.press("ArrowUp")
    until(page, "u.sequence[2]", "0.4")
    state = float(python(page, "float(u.state(10)[0])"))
    network.locator(".cw-readout", has_text="h₃ = ").wait_for(timeout=5000)
    page.keyboard.press("End")
    network.locator(".cw-readout", has_text=f"= {state:.2f}".replace("-", "−")).wait_for(timeout=5000)
    with picture_changes(page, canvas):
        network.get_by_role("button", name="LSTM keeps").click()
    until(page, "u.network().kind, u.goal_reached", "('LSTM', True)")
    network.locator(".cw-reached").wait_for(timeout=5000)
    network.locator(".cw-readout", has_text="dL/dc₁ = ").wait_for(timeout=5000)
    network.get_by_role("slider", name="bias of gate f").press("Home")
    until(page, "u.keep_bias, u.goal_reached", "(-4.0, False)")
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
        { code: 'u.cell = "GRU"; u.keep_bias = 5; u.units = 2' }).done"""
    )
    network.locator(".cw-readout", has_text="n₁ = tanh(x₁ W_xh + b_xh + r₁·(h₀ W_hh + b_hh)) = (").wait_for(
        timeout=5000
    )
    assert network.get_by_role("slider", name="units").input_value() == "2"
    screenshot(network, "lab UnrolledNetwork")

    own.get_by_role("slider", name="recurrent weight").press("ArrowRight")
    until(page, "own.w_h, own.own_differs", "(0.75, 0)")
    own.locator(".cw-readout", has_text="all 10 states as by course_lib.nn").wait_for(timeout=5000)
    assert page.evaluate(CELL_TYPES) == ["code"] * len(CELLS)
    assert complaints(page) == []


def test_the_memory_knob_by_keyboard_by_mouse_and_from_python(page_with):
    page = page_with(CELLS[0], "m = MemoryKnob(); m")
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    knob = page.locator(".cw").first
    canvas = knob.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    with picture_changes(page, canvas, 0.05):
        canvas.focus()
        page.keyboard.press("PageUp")
    until(page, "m.at", "30")
    with picture_changes(page, canvas, 0.2):  # the curves are Python's: they come back with the new radius
        for _press in range(10):
            page.keyboard.press("ArrowUp")
    until(page, "m.rho, m.goal_reached", "(1.0, True)")
    knob.locator(".cw-reached").wait_for(timeout=5000)
    with picture_changes(page, canvas):
        knob.get_by_role("button", name="small ρ, and yet it grows").click()
    until(page, "m.matrix, round(m.sigma, 2)", "('chain', 1.19)")
    knob.locator(".cw-say", has_text="the spectral radius is no bound").wait_for(timeout=5000)
    knob.get_by_role("combobox", name="activation").focus()
    page.keyboard.press("s")  # sigmoid; in command mode a key would change the cell
    until(page, "m.activation", "'sigmoid'")
    box = canvas.bounding_box()
    with picture_changes(page, canvas, 0.02):
        page.mouse.click(box["x"] + 60, box["y"] + 80)
    until(page, "m.at < 10", "True")
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
        { code: 'm.preset("clipped")' }).done"""
    )
    knob.locator(".cw-readout", has_text="clipped to 1: all of it times").wait_for(timeout=5000)
    screenshot(knob, "lab MemoryKnob")
    assert page.evaluate(CELL_TYPES) == ["code"] * 2
    assert complaints(page) == []
