"""The kernel explorer and the pooling explorer in real JupyterLab: keys and mouse, to Python and back."""

from tests.browser.labkit import command, pixels, screenshot
from tests.browser.test_lab_widgets import CELL_TYPES, complaints, picture_changes, until

CELLS = (
    "import numpy as np\nfrom course_lib import nn\nfrom course_lib.widgets import KernelExplorer, PoolingExplorer",
    "k = KernelExplorer(); k",
    "p = PoolingExplorer(); p",
    "own = KernelExplorer(use=nn.conv2d_forward); own",
)


def test_kernel_and_pooling_by_keyboard_by_mouse_and_from_python(page_with):
    page = page_with(*CELLS)
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})  # another test may have left it dark
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    kernel, pooling, own = (page.locator(".cw").nth(n) for n in range(3))

    canvas = kernel.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    with picture_changes(page, canvas, 0.05):
        canvas.focus()
        for key in ("ArrowUp", "ArrowUp", "ArrowRight"):
            page.keyboard.press(key)
    until(page, "k.row, k.column", "(4, 2)")
    kernel.get_by_role("spinbutton", name="weight in row 2, column 0").fill("2")
    until(page, "k.kernel[2]", "[2.0, 0.0, 1.0]")
    with picture_changes(page, canvas):
        kernel.get_by_role("button", name="falling scratch").click()
    with picture_changes(page, canvas, 0.05):
        page.get_by_role("button", name="sharpen").first.press("Enter")
    until(page, "k.kernel[1]", "[-1.0, 5.0, -1.0]")
    kernel.get_by_role("combobox", name="picture").focus()
    page.keyboard.press("w")  # the wafer map; in command mode a key would change the cell
    until(page, "k.scene", "'wafer'")
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
        { code: 'k.kernel = np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]); k.scene = "scratch"' }).done"""
    )
    kernel.locator(".cw-reached").wait_for(timeout=5000)
    assert kernel.get_by_role("spinbutton", name="weight in row 0, column 2").input_value() == "2"
    screenshot(kernel, "lab KernelExplorer goal")

    output = pooling.locator("canvas").nth(1)
    output.scroll_into_view_if_needed()
    assert pixels(output).mean() > 150, "numbers on light tiles: JupyterLab's own name for its page colour is `white`"
    with picture_changes(page, output, 0.05):
        output.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
    until(page, "p.row, p.column", "(2, 2)")
    with picture_changes(page, pooling.locator("canvas").first, 0.05):
        pooling.get_by_role("combobox", name="gradient").select_option("all")
    until(page, "p.gradient, float(p.input_gradient().sum())", "('all', 16.0)")
    pooling.get_by_role("spinbutton").fill("20")
    until(page, "p.image[2][3]", "20.0")

    # with the learner's function each change goes through Python
    own.get_by_role("combobox", name="padding").select_option("same")
    own.locator(".cw-readout", has_text="0 of 144 numbers of the map differ").wait_for(timeout=5000)
    assert page.evaluate(CELL_TYPES) == ["code"] * len(CELLS)
    assert complaints(page) == []
