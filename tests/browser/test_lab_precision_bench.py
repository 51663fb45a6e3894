"""The precision bench in real JupyterLab: keys and mouse, to Python and back."""

import numpy as np

from tests.browser.labkit import command, screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, complaints, picture_changes, until
from tests.environment import SIDE_BY_SIDE

CELLS = (
    "from course_lib.quantization import quantize\nfrom course_lib.widgets import PrecisionBench",
    "w = PrecisionBench(use=quantize); w",
)

# From a slider to the sum that Python answers with, drawn, in milliseconds: a new percentile is 33 networks to run.
MEASURE = """async ([slider, readout]) => {
    const frame = () => new Promise(requestAnimationFrame), times = [];
    for (let k = 0; k < 60; k++) {
        await new Promise(done => setTimeout(done, 120)); await frame();
        const before = readout.textContent, began = performance.now();
        slider.value = 99.9 - 0.1 * k;
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        while (readout.textContent === before && performance.now() - began < 3000) await frame();
        times.push(performance.now() - began);
    }
    return times;
}"""


def test_the_precision_bench_by_keyboard_by_mouse_and_from_python(page_with):
    page = page_with(*CELLS)
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    bench = page.locator(".cw").first
    canvas = bench.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    bench.locator(".cw-readout", has_text="your quantize: all 1,720 numbers as the library's").wait_for(timeout=5000)
    with picture_changes(page, canvas, 0.01):
        canvas.focus()
        page.keyboard.press("PageUp")
    until(page, "w.rank", "959")
    with picture_changes(page, canvas, 0.02):
        for _press in range(4):
            page.keyboard.press("ArrowDown")
    until(page, "w.bits, w.result['verdict']", "(4, 'broken')")
    bench.locator(".cw-say", has_text="the network is broken").wait_for(timeout=5000)
    bench.get_by_role("checkbox", name="a scale for each column").check()
    until(page, "w.columns, w.result['verdict']", "(True, 'no loss')")
    with picture_changes(page, canvas):
        bench.get_by_role("button", name="an outlier").click()
    until(page, "w.outlier, w.bits, w.columns", "(True, 8, False)")
    bench.get_by_role("combobox", name="format").focus()
    page.keyboard.press("b")  # bfloat16; in command mode a key would change the cell
    until(page, "w.format", "'bfloat16'")
    bench.locator(".cw-readout", has_text="7 bits of mantissa").wait_for(timeout=5000)
    box = canvas.bounding_box()
    with picture_changes(page, canvas, 0.005):
        page.mouse.click(box["x"] + 60, box["y"] + 280)
    until(page, "w.format, w.bits", "('int', 2)")
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
        { code: 'w.preset("outlier, clipped"); w.guess_first = True' }).done"""
    )
    bench.locator(".cw-say", has_text="Your guess first").wait_for(timeout=5000)
    bench.get_by_role("button", name="Check").click()
    bench.locator(".cw-say", has_text="You guessed 8 bits. Measured: ").wait_for(timeout=5000)
    screenshot(bench, "lab PrecisionBench")
    assert page.evaluate(CELL_TYPES) == ["code"] * 2
    assert complaints(page) == []


def test_a_setting_is_answered_at_once(page_with):
    """The promise is 60 ms (95th percentile) on a quiet machine; a busy one gets more."""
    page = page_with(*CELLS)
    slider, readout = page.get_by_role("slider", name="the scale covers"), page.locator(".cw-readout")
    slider.wait_for()
    times = page.evaluate(MEASURE, [slider.element_handle(), readout.element_handle()])
    print(f"slider to pixels: median {np.median(times):.0f} ms, p95 {np.percentile(times, 95):.0f} ms")
    until(page, "w.percentile", "94.0")
    assert np.median(times) < 120 * SIDE_BY_SIDE and np.percentile(times, 95) < 240 * SIDE_BY_SIDE
