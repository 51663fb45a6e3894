"""The data-hunger widget in a bare page: what JavaScript reads from the curves, pointer, keys, and how it looks."""

import numpy as np
import pytest

from course_lib.widgets import DataHunger, data_hunger
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME


def test_numbers(show):  # noqa: F811
    page = show(DataHunger())
    samples = np.unique(np.geomspace(10, 1000, 60).round()).tolist()
    targets = np.arange(0.3, 1, 0.01).tolist()
    for name, one in DataHunger().curves.items():
        for model in ("cnn", "augmented", "ten_epochs", "svm"):
            curve = DataHunger(data=name).curve(model)
            found = page.evaluate(
                """([x, mean, std, samples, targets]) => [samples.map(n => widget.at(x, mean, n)),
                samples.map(n => widget.at(x, std, n)), targets.map(v => widget.needed(x, mean, v))]""",
                [one["samples"], one[model]["mean"], one[model]["std"], samples, targets],
            )
            np.testing.assert_allclose(found[0], [data_hunger.at(curve, n) for n in samples], atol=1e-6)
            np.testing.assert_allclose(found[1], [data_hunger.at(curve, n, "std") for n in samples], atol=1e-6)
            expected = [data_hunger.needed(curve, v) for v in targets]
            assert [n is None for n in found[2]] == [n is None for n in expected]
            both = [(a, b) for a, b in zip(found[2], expected, strict=True) if b is not None]
            np.testing.assert_allclose(*zip(*both, strict=True), rtol=1e-6)


def test_the_words_and_the_goal_are_pythons(show):  # noqa: F811
    page = show(DataHunger())
    reached = []
    for name in ("boards", "wafers"):
        for augmentation in (False, True):
            for samples in (10, 80, 110, 130, 150, 170, 320, 1000):
                widget = DataHunger(data=name, augmentation=augmentation, samples=samples)
                for trait in widget.settings():
                    page.evaluate("([n, v]) => window.fromPython(n, v)", [trait, getattr(widget, trait)])
                page.evaluate(FRAME)
                assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
                reached.append(widget.goal_reached)
                label = page.locator("canvas").first.get_attribute("aria-label")
                assert widget._lead_in_words() in label
                assert f"SVM {100 * widget.accuracy('svm'):.1f} %" in label
    assert set(reached) == {True, False}


def test_the_marker_follows_pointer_and_keys(show):  # noqa: F811
    page = show(DataHunger())
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    left, width = 46, box["width"] - 60

    def x(samples):
        low, high = np.log10(10 / 1.06), np.log10(1060)
        return box["x"] + left + (np.log10(samples) - low) / (high - low) * width

    page.mouse.move(x(80), box["y"] + 120)
    page.mouse.down()
    page.mouse.move(x(300), box["y"] + 130, steps=3)
    assert of(page, "samples") == pytest.approx(300, rel=0.02)
    page.mouse.up()
    page.mouse.move(x(20), box["y"] + 130)
    assert of(page, "samples") == pytest.approx(300, rel=0.02)
    canvas.focus()
    page.keyboard.press("Home")
    assert of(page, "samples") == 10
    for key in ("ArrowRight", "PageUp", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert of(page, "samples", "target") == [21, 0.91]
    said(page, "Real circuit boards, 21 pictures a class: CNN ")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert of(page, "samples") == 1000


def test_curves_come_and_go_and_the_need_is_told(show):  # noqa: F811
    widget = DataHunger(target=0.85)
    page = show(widget)
    page.evaluate(FRAME)
    readout = page.locator(".cw-readout")
    assert "pictures a class for 85 %:" in readout.inner_text() and "augmentation" not in readout.inner_text()
    page.get_by_role("checkbox", name="augmentation: flips and quarter turns").check()
    page.evaluate(FRAME)
    needs = {m: widget.needed(m) for m in ("cnn", "augmented")}
    lines = readout.inner_text().splitlines()
    assert f"CNN with augmentation: about {needs['augmented']:.0f}" in lines
    assert f"CNN: about {needs['cnn']:.0f}" in lines
    page.get_by_role("checkbox", name="show the CNN after only ten epochs").check()
    page.evaluate(FRAME)
    assert "CNN, ten epochs" in readout.inner_text()


def test_the_learners_points(show):  # noqa: F811
    page = show(DataHunger(own=[(80, 0.7), (5, 0.4)]))
    page.evaluate(FRAME)
    cnn = DataHunger().accuracy("cnn", 80)
    text = page.locator(".cw-readout").inner_text()
    assert f"yours at 80: 70.0 %, the CNN here has {100 * cnn:.1f} %" in text and "yours at 5" not in text


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [300, 1260])
def test_screenshots(width, dark, show):  # noqa: F811
    page = show(DataHunger(augmentation=True, ten_epochs=True, own=[(200, 0.8)]), width=width, dark=dark, height=1200)
    screenshot(page, f"bare DataHunger {width} {'dark' if dark else 'light'}")
    canvas = page.locator("canvas").first
    assert canvas.evaluate("c => c.getBoundingClientRect().right") <= width + 10
