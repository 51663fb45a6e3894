"""The kernel explorer and the pooling explorer in a bare page: the numbers JavaScript repeats, pointer and keys."""

import itertools

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import KernelExplorer, PoolingExplorer
from tests.browser.labkit import mount, screenshot
from tests.browser.test_bare_widgets import FRAME
from tests.browser.theme import set_theme

UNEVEN = np.random.default_rng(0).normal(size=(9, 14))
GRID = [
    {"k": k, "strides": s, "padding": p, "relu": r}
    for k, s, p, r in itertools.product((1, 3, 5), (1, 2, 3), ("valid", "same"), (False, True))
]
POOLS = [
    {"pooling": kind, "pool_size": k, "strides": s, "padding": p}
    for kind, k, s, p in itertools.product(("max", "average"), (1, 2, 3, 4), (1, 2, 3, 4), ("valid", "same"))
]


@pytest.fixture
def show(new_context):
    """`show(widget, width=900, dark=False)`: the widget in a page; no error may come."""
    pages = []

    def make(widget, width=900, dark=False, **window):
        page = new_context(width=width + 20, **window).new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        mount(page, widget, width)
        set_theme(page, dark)
        page.evaluate(FRAME)
        pages.append(page)
        return page

    yield make
    for page in pages:
        assert page.errors == []


def of(page, *names):
    page.evaluate(FRAME)
    values = page.evaluate("names => names.map(n => window.model.get(n))", list(names))
    return values[0] if len(names) == 1 else values


def said(page, text):
    page.locator(".cw-say", has_text=text).wait_for(timeout=5000)


# ---------------------------------------------------------------- the numbers
def test_convolution_numbers(show):
    page = show(KernelExplorer())
    rng = np.random.default_rng(1)
    for case in GRID:
        kernel = rng.normal(size=(case["k"],) * 2)
        found = page.evaluate(
            """([x, H, W, kernel, s]) => { const y = widget.convolve(x, H, W, kernel, s);
            return [y.Ho, y.Wo, [...y.values]]; }""",
            [UNEVEN.ravel().tolist(), *UNEVEN.shape, kernel.ravel().tolist(), {**case, "bias": 0.4}],
        )
        x, W = UNEVEN[None, :, :, None], kernel[:, :, None, None]
        y = nn.conv2d_forward(x, W, np.array([0.4]), case["strides"], case["padding"])[0][0, :, :, 0]
        assert tuple(found[:2]) == y.shape, case
        np.testing.assert_allclose(np.reshape(found[2], y.shape), nn.relu(y) if case["relu"] else y, atol=1e-6)


def test_output_sizes(show):
    page = show(KernelExplorer())
    cases = [[n, k, s, p] for n in range(6, 65) for k in (1, 3, 5) for s in (1, 2, 3) for p in ("valid", "same")]
    found = page.evaluate("cases => cases.map(c => [widget.outputSize(...c), ...widget.border(...c)])", cases)
    assert found == [[nn.conv_output_size(*c), *nn.conv_padding(*c)] for c in cases]


@pytest.mark.parametrize("image", [UNEVEN.round(), np.full((4, 5), 3.0)], ids=["uneven", "ties"])
def test_pooling_numbers(image, show):
    page = show(PoolingExplorer())
    for case in POOLS:
        explorer = PoolingExplorer(image=image[:12, :12], gradient="all", **case)
        found = page.evaluate(
            """([rows, s]) => { const y = widget.pool(rows, s); return [y.Ho, y.Wo, y.values,
            widget.poolGradient(y, y.values.map(() => 1)), y.behind.map(p => p.length)]; }""",
            [explorer.image, case],
        )
        y = explorer.output()
        assert tuple(found[:2]) == y.shape, case
        np.testing.assert_allclose(np.reshape(found[2], y.shape), y, atol=1e-6)
        np.testing.assert_allclose(np.reshape(found[3], explorer.x.shape), explorer.input_gradient(), atol=1e-6)


def test_the_shift_of_the_picture(show):
    page = show(PoolingExplorer())
    for shift in (0, 1, 2):
        explorer = PoolingExplorer(shift=shift)
        assert page.evaluate("([x, s]) => widget.shifted(x, s)", [explorer.image, shift]) == explorer.x.tolist()


def test_the_goal_is_pythons_goal(show):
    page = show(KernelExplorer())
    rng = np.random.default_rng(3)
    rising = np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]])
    reached = []
    for turn in range(30):
        noise = rng.normal(size=(3, 3)) * (turn / 20)
        explorer = KernelExplorer(
            kernel=rising + noise, strides=1 + turn % 7 // 6, padding=("valid", "same")[turn % 2], flip=turn % 3 == 0
        )
        for name in ("kernel", "strides", "padding", "flip"):
            page.evaluate("([n, v]) => window.fromPython(n, v)", [name, getattr(explorer, name)])
        page.evaluate(FRAME)
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == explorer.goal_reached
        reached.append(explorer.goal_reached)
    assert set(reached) == {True, False}


# ---------------------------------------------------------------- the kernel explorer by hand
def test_the_window_follows_pointer_and_keys(show):
    page = show(KernelExplorer())
    canvas = page.locator("canvas").first
    canvas.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    assert of(page, "row", "column") == [8, 0]
    page.keyboard.press("ArrowLeft")  # the edge of the map holds it
    assert of(page, "row", "column") == [8, 0]
    page.keyboard.press("End")
    assert of(page, "row", "column") == [9, 9]
    page.keyboard.press("Home")
    said(page, "Row 0, column 0 of the map (counted from 0): the 9 products add up to")
    box = canvas.bounding_box()
    part = (box["width"] - 6 - 2 * 18) / 3 if box["width"] >= 540 else (box["width"] - 6 - 14) / 2
    cell = part / 12  # 12 pixels side by side in the picture, which begins 3 px from the left, 24 px from the top
    page.mouse.move(box["x"] + 3 + 5.5 * cell, box["y"] + 24 + 7.5 * cell)  # the middle of the window follows
    assert of(page, "row", "column") == [6, 4]


def test_weights_are_typed_and_a_wrong_one_is_marked(show):
    page = show(KernelExplorer())
    field = page.get_by_role("spinbutton", name="weight in row 0, column 2")
    field.fill("2.5")
    assert of(page, "kernel")[0] == [-1, 0, 2.5]
    field.press("ArrowUp")
    assert of(page, "kernel")[0] == [-1, 0, 3]
    for wrong in ("", "1000"):
        field.fill(wrong)
        assert of(page, "kernel")[0] == [-1, 0, 3] and field.get_attribute("aria-invalid") == "true"
    page.get_by_role("spinbutton", name="weight in row 0, column 0").focus()
    page.evaluate(FRAME)
    assert field.input_value() == "3" and field.get_attribute("aria-invalid") == "false"


def test_the_scratch_is_found_by_typing_four_numbers(show):
    page = show(KernelExplorer())
    page.get_by_role("button", name="falling scratch").click()
    assert page.locator(".cw-why").inner_text().endswith("which four numbers must change?")
    for row, column, weight in ((0, 0, -1), (0, 2, 2), (2, 0, 2), (2, 2, -1)):
        assert page.locator(".cw-reached").count() == 0
        page.get_by_role("spinbutton", name=f"weight in row {row}, column {column}").fill(str(weight))
        page.evaluate(FRAME)
    assert page.locator(".cw-reached").inner_text().startswith("✓ Goal reached")
    screenshot(page, "bare KernelExplorer goal")


@pytest.mark.parametrize("k", [1, 5])
def test_the_editor_has_as_many_fields_as_the_kernel(k, show):
    page = show(KernelExplorer(kernel=np.ones((k, k))))
    assert page.get_by_role("spinbutton").count() == k * k
    page.get_by_role("button", name="Laplace").click()
    page.evaluate(FRAME)
    assert page.get_by_role("spinbutton").count() == 9
    assert page.get_by_role("spinbutton", name="weight in row 1, column 1").input_value() == "-4"


def test_the_sum_and_the_size_are_written_out(show):
    page = show(KernelExplorer(row=6, column=1, bias=0.5, strides=1, relu=True))
    page.evaluate(FRAME)
    text = page.locator(".cw-readout").inner_text()
    assert "y[6, 1] = 0.2·(−1) + 0.2·0 + 0.2·1" in text and "0.40 + 0.50 = 0.90;  relu(0.90) = 0.90" in text
    assert "Ho = Wo = ⌊(n + p − k) / s⌋ + 1 = ⌊(12 + 0 − 3) / 1⌋ + 1 = 10" in text
    page.get_by_role("combobox", name="padding").select_option("same")
    page.get_by_role("slider", name="strides s").press("End")
    page.evaluate(FRAME)
    assert "⌊(12 + 0 − 3) / 3⌋ + 1 = 4" in page.locator(".cw-readout").inner_text()


def test_border_pixels_are_told(show):
    page = show(KernelExplorer(padding="same", row=0, column=0))
    said(page, "5 of the pixels are zeros of the border.")


def test_the_learners_map_is_shown_and_compared(show):
    page = show(KernelExplorer(use=lambda image, kernel: np.zeros((10, 10))))
    page.evaluate(FRAME)
    text = page.locator(".cw-readout").inner_text()
    assert "by your own function: 0.00;" in text and "of 100 numbers of the map differ" in text


# ---------------------------------------------------------------- the pooling explorer by hand
def test_outputs_are_chosen_by_click_and_by_keys(show):
    page = show(PoolingExplorer(gradient="one"))
    output = page.locator("canvas").nth(1)
    box = output.bounding_box()
    cell = (box["width"] - 6) / 4
    output.click(position={"x": 3 + 2.5 * cell, "y": 26 + 2.5 * cell})
    assert of(page, "row", "column") == [2, 2]
    said(page, "Output at row 2, column 2 (counted from 0): 7, from the pixel at row 4, column 5.")
    output.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert of(page, "row", "column") == [1, 1]
    said(page, "9, from the pixel at row 2, column 3. The gradient reaches 1 of 64 pixels.")


def test_inputs_are_edited_by_click_and_by_keys(show):
    page = show(PoolingExplorer())
    canvas = page.locator("canvas").first
    canvas.evaluate(
        """c => ['ArrowDown', 'ArrowLeft', 'Enter'].forEach(key =>
        c.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })))"""
    )  # faster than any picture: the number must be the new one, and selected
    page.evaluate(FRAME)
    field = page.get_by_role("spinbutton", name="input at row 3, column 2")
    page.keyboard.type("12")
    assert field.input_value() == "12" and of(page, "image")[3][2] == 12
    said(page, "12, from the pixel at row 3, column 2.")
    field.fill("")
    assert of(page, "image")[3][2] == 12 and field.get_attribute("aria-invalid") == "true"
    box = canvas.bounding_box()
    cell = (box["width"] - 6) / 8
    canvas.click(position={"x": 3 + 0.5 * cell, "y": 26 + 7.5 * cell})
    assert of(page, "pixel_row", "pixel_column") == [7, 0]


def test_ties_shifts_and_means_are_told(show):
    page = show(PoolingExplorer())
    page.get_by_role("button", name="a tie").click()
    said(page, "5 stands 4 times in the window: the first one counts.")
    page.get_by_role("button", name="one pixel to the right").click()
    said(page, "The shift changed 16 of 64 pixels and 4 of 16 outputs.")
    page.get_by_role("combobox", name="pooling").select_option("average")
    said(page, "the mean of 4 pixels")


def test_the_learners_outputs_are_shown_and_compared(show):
    page = show(PoolingExplorer(use=nn.average_pool2d_forward))
    page.evaluate(FRAME)
    assert "by your own function: 2.75; 16 of 16 outputs differ" in page.locator(".cw-readout").inner_text()


# ---------------------------------------------------------------- how they look
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [300, 1260])
@pytest.mark.parametrize("cls", [KernelExplorer, PoolingExplorer], ids=lambda cls: cls.__name__)
def test_screenshots(cls, width, dark, show):
    page = show(cls(padding="same"), width=width, dark=dark, height=1500)
    screenshot(page, f"bare {cls.__name__} {width} {'dark' if dark else 'light'}")
    for canvas in page.locator("canvas").all():
        assert canvas.evaluate("c => c.getBoundingClientRect().right") <= width + 10
