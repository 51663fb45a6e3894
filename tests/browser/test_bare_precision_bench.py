"""The precision bench in a bare page: the sum behind a weight, pointer and keys, its controls, and how it looks."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.quantization import quantize
from course_lib.widgets import PrecisionBench
from course_lib.widgets.precision_nets import FORMATS
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_unrolled_network import lines, put
from tests.browser.test_bare_widgets import FRAME


def sent(widget, name, kind="f4"):
    return np.frombuffer(getattr(widget, name), kind).astype(float)


def test_the_sum_behind_each_weight(show):  # noqa: F811
    page, rng = show(PrecisionBench()), np.random.default_rng(0)
    for _turn in range(24):
        widget = PrecisionBench(
            format=FORMATS[rng.integers(4)] if _turn % 2 else "int", bits=int(rng.integers(2, 17)),
            columns=bool(rng.integers(2)), percentile=float(rng.choice([100, 95])), layer=int(rng.integers(1, 4)),
        )  # fmt: skip
        w, codes, places = (sent(widget, name) for name in ("weights_sent", "codes", "places"))
        scales = sent(widget, "scales", "f8")
        scale = scales[places.astype(int) % len(scales)]
        found = page.evaluate(
            """([w, codes, scale, format, bits]) => w.map((v, i) => {
            const s = widget.sumOf(v, codes[i], scale[i], format, bits);
            return [s.value, s.error, s.bound, s.clipped ? 1 : 0, s.q ?? 0, s.ratio ?? 0]; })""",
            [w.tolist(), codes.tolist(), scale.tolist(), widget.format, widget.bits],
        )
        value, error, bound, clipped, q, ratio = np.array(found, float).T
        whole = widget.format == "int"
        np.testing.assert_allclose(value, codes * scale if whole else codes, rtol=1e-6)
        np.testing.assert_allclose(error, value - w, atol=1e-6)
        assert (np.abs(error)[clipped == 0] <= bound[clipped == 0] * (1 + 1e-6) + 1e-12).all()
        if whole:
            np.testing.assert_array_equal(q, codes)
            np.testing.assert_allclose(ratio, w / scale, rtol=1e-6)
            assert clipped.any() == (widget.percentile < 100)
        widget.close()


def test_the_nearest_weight(show):  # noqa: F811
    page, rng = show(PrecisionBench()), np.random.default_rng(1)
    for n in (1, 2, 3, 50):
        numbers = np.sort(rng.normal(size=n))
        for v in [-9, 9, *rng.normal(size=20)]:
            found = page.evaluate("([list, v]) => widget.nearest(list, v)", [numbers.tolist(), float(v)])
            assert found == np.abs(numbers - v).argmin()


def shown(v, digits=4):
    """A number as the widget writes it."""
    return f"{float(f'{v:.{digits}g}'):g}".replace("-", "−") if v else "0"


def test_the_sum_is_written_out(show):  # noqa: F811
    widget = PrecisionBench(bits=5, rank=1000, columns=True)
    page = show(widget)
    w, place = sent(widget, "weights_sent")[999], int(sent(widget, "places")[999])
    scale, q = sent(widget, "scales", "f8")[place % 24], sent(widget, "codes")[999]
    name, first, second = lines(page)
    assert name == (f"weight 1,000 of 1,176 by size, row {place // 24 + 1}, column {place % 24 + 1}: w = {shown(w)}")
    assert first == (
        f"scale = {shown(15 * scale)} / 15 = {shown(scale)}   q = round({shown(w)} / {shown(scale)}) = "
        f"round({shown(w / scale)}) = {shown(q)}"
    )
    assert second == (
        f"scale · q = {shown(scale)} · {shown(q)} = {shown(scale * q)}   error {shown(scale * q - w, 3)} "
        f"(at most scale / 2 = {shown(scale / 2, 3)})"
    )
    widget.columns, widget.percentile, widget.rank = False, 95.0, 1
    put(page, widget)
    assert "= −15 (clipped)" in lines(page)[1] and lines(page)[2].endswith(": beyond what the scale covers")
    widget.format = "bfloat16"
    put(page, widget)
    w, value = sent(widget, "weights_sent")[0], sent(widget, "codes")[0]
    power = int(np.floor(np.log2(abs(w))))
    kept = round(abs(value) / 2.0**power * 128)
    assert (
        power == 0
        and f"7 bits of mantissa: {shown(abs(w), 6)} → {kept} / 128 = {shown(kept / 128, 6)}" in lines(page)[1]
    )
    assert lines(page)[2].endswith(f"= {shown(value)}   error {shown(value - w, 3)} (at most 0.39 % of |w|)")
    widget.format = "float32"
    put(page, widget)
    assert "nothing is rounded" in lines(page)[1]


def test_the_sentence_is_pythons(show):  # noqa: F811
    widget = PrecisionBench()
    page = show(widget)
    for label in widget.presets:
        widget.preset(label)
        put(page, widget)
        assert widget.describe() in page.locator("canvas").first.get_attribute("aria-label")
        said(page, widget.describe())


def test_the_learners_function_is_told(show):  # noqa: F811
    widget = PrecisionBench(use=quantize)
    page = show(widget)
    assert lines(page)[-1] == (
        f"your quantize: all 1,720 numbers as the library's; scale {shown(widget.own_result['scales'][0][0])}; "
        "accuracy 85.0 %"
    )
    page.get_by_role("slider", name="bits of int").press("ArrowLeft")
    page.evaluate(FRAME)
    assert "your quantize" not in page.locator(".cw-readout").inner_text()
    page = show(PrecisionBench(use=lambda w: (quantize(w)[0] // 2, 2 * quantize(w)[1])))
    assert "1,720 numbers differ; scale" in lines(page)[-1] and "the library's is" in lines(page)[-1]


def test_a_weight_and_the_bits_by_keys(show):  # noqa: F811
    page = show(PrecisionBench())
    canvas = page.locator("canvas").first
    canvas.focus()
    for key, rank in (("ArrowRight", 901), ("ArrowLeft", 900), ("PageUp", 959), ("PageDown", 900), ("End", 1176),
                      ("ArrowRight", 1176), ("Home", 1), ("ArrowLeft", 1)):  # fmt: skip
        page.keyboard.press(key)
        assert of(page, "rank") == rank
    assert lines(page)[0].startswith("weight 1 of 1,176 by size")
    for key, state in (("ArrowDown", ["int", 7]), ("ArrowUp", ["int", 8])):
        page.keyboard.press(key)
        assert of(page, "format", "bits") == state
    for _press in range(9):
        page.keyboard.press("ArrowUp")
    assert of(page, "format", "bits") == ["bfloat16", 16]
    for _press in range(4):
        page.keyboard.press("ArrowUp")
    assert of(page, "format") == "float32"
    for _press in range(20):
        page.keyboard.press("ArrowDown")
    assert of(page, "format", "bits") == ["int", 2]


def test_a_weight_and_the_bits_by_pointer(show):  # noqa: F811
    widget = PrecisionBench()
    page = show(widget)
    canvas = page.locator("canvas").first
    box, width = canvas.bounding_box(), canvas.evaluate("c => c.clientWidth")
    w, end = sent(widget, "weights_sent"), 1.05 * widget.view["end"]

    def x(weight):
        return box["x"] + 46 + (weight + end) / (2 * end) * (width - 60)

    page.mouse.move(x(0.5), box["y"] + 90)
    assert of(page, "rank") == 900  # only looked at
    page.mouse.down()
    assert abs(w[of(page, "rank") - 1] - 0.5) < 0.02
    page.mouse.move(x(-0.8), box["y"] + 90, steps=3)
    assert abs(w[of(page, "rank") - 1] + 0.8) < 0.05
    page.mouse.up()
    page.mouse.move(x(0.2), box["y"] + 90)
    assert abs(w[of(page, "rank") - 1] + 0.8) < 0.05
    half = (width - 112) / 2

    def bits(place):
        return box["x"] + 46 + (place + 0.7) / 26.1 * half

    page.mouse.move(bits(2), box["y"] + 280)
    page.mouse.down()
    assert of(page, "format", "bits") == ["int", 4]
    page.mouse.move(bits(20.5), box["y"] + 280, steps=3)
    assert of(page, "format") == "tf32"
    page.mouse.move(bits(14), box["y"] + 280)
    assert of(page, "format", "bits") == ["int", 16]
    page.mouse.up()
    page.mouse.click(bits(6) + half + 46, box["y"] + 280)  # the other picture
    assert of(page, "bits") == 8


def test_controls(show):  # noqa: F811
    page = show(PrecisionBench())
    page.get_by_role("combobox", name="layer").select_option("3")
    assert of(page, "layer") == 3
    options = page.get_by_role("combobox", name="layer").locator("option")
    assert options.all_inner_texts() == ["1: 49 × 24", "2: 24 × 16", "3: 16 × 10"]
    page.get_by_role("slider", name="the scale covers").press("Home")
    assert of(page, "percentile") == 90
    page.get_by_role("button", name="Train anew").click()
    assert of(page, "seed") == 5
    page.get_by_role("combobox", name="format").select_option("tf32")
    page.evaluate(FRAME)
    for control in (page.get_by_role("slider", name="bits of int"), page.get_by_role("slider", name="the scale covers"),
                    page.get_by_role("checkbox", name="a scale for each column")):  # fmt: skip
        assert control.is_disabled()
    assert page.get_by_role("checkbox", name="round the inputs too").is_enabled()


def test_the_guess(show):  # noqa: F811
    page = show(PrecisionBench())
    check = page.get_by_role("button", name="Check")
    assert check.count() == 0
    page.get_by_role("checkbox", name="let me guess first").check()
    page.evaluate(FRAME)
    choice = page.get_by_role("combobox", name="bits needed")
    choice.select_option("5")
    assert of(page, "guess") == 0
    check.click()
    page.evaluate(FRAME)
    assert of(page, "guess") == 5 and check.count() == 0 and choice.is_disabled()


def test_the_learners_network(show):  # noqa: F811
    """One class number for each sample, outputs beyond 1, and no outlier to switch on."""
    rng = np.random.default_rng(0)
    model = nn.Sequential([nn.Conv2D(3, 3, input_shape=(5, 5, 1)), nn.Flatten(), nn.Dense(4)], rng=0)
    widget = PrecisionBench(model, 9 * rng.normal(size=(30, 5, 5, 1)), rng.integers(0, 4, 30), bits=4)
    page = show(widget)
    assert page.get_by_role("checkbox", name="one outlier weight").count() == 0
    assert page.get_by_role("button", name="Train anew").count() == 0
    assert lines(page)[0].startswith("weight 27 of 27 by size")
    assert page.get_by_role("combobox", name="layer").locator("option").first.inner_text() == "1: 3 × 3 × 1 × 3"
    said(page, widget.describe())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [300, 900])
@pytest.mark.parametrize("label", ["8 bits", "4 bits, each column", "outlier, clipped", "bfloat16"])
def test_screenshots(label, width, dark, show):  # noqa: F811
    widget = PrecisionBench(use=quantize)
    widget.preset(label)
    page = show(widget, width=width, dark=dark, height=1500)
    page.wait_for_timeout(200)
    screenshot(page, f"bare PrecisionBench {label[:7]} {width} {'dark' if dark else 'light'}")
    assert page.evaluate("() => document.getElementById('host').scrollWidth") <= width
    if width == 900:
        assert page.locator("#host").evaluate("n => n.getBoundingClientRect().height") <= 560
