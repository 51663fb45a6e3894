"""The confusion-and-cost widget in a bare page: the numbers JavaScript repeats, pointer, keys, and how it looks."""

import numpy as np
import pytest

from course_lib import costs
from course_lib.widgets import ConfusionAndCost
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME

NUMBERS = """([good, defective, thresholds, cases]) => {
    const list = widget.candidates(good, defective);
    return { list, rates: thresholds.map(t => widget.rates(good, defective, t)),
        costs: cases.map(s => thresholds.map(t => widget.cost(widget.rates(good, defective, t), s))),
        best: cases.map(s => widget.best(list, s)) };
}"""


@pytest.mark.parametrize("decimals", [1, 12], ids=["ties", "no ties"])
def test_numbers(decimals, show):  # noqa: F811
    page = show(ConfusionAndCost())
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    scores = np.clip(rng.normal(0.35 + 0.3 * labels, 0.2), 0, 1).round(decimals)
    good, defective = (np.sort(scores[labels == k]).tolist() for k in (0, 1))
    thresholds = np.linspace(0, 1.01, 102)
    prices = [(rng.uniform(0, 1000), rng.uniform(0, 200), rng.uniform(0.001, 0.5)) for _case in range(30)]
    prices += [(0, 0, 0.1), (0, 5, 0.1), (5, 0, 0.1)]
    cases = [dict(zip(("cost_miss", "cost_alarm", "defect_rate"), one, strict=True)) for one in prices]
    found = page.evaluate(NUMBERS, [good, defective, thresholds.tolist(), cases])
    np.testing.assert_allclose(np.transpose(found["rates"]), costs.rates(labels, scores, thresholds), atol=1e-12)
    each = costs.candidates(scores)
    np.testing.assert_allclose(np.array(found["list"])[:, 0], each, atol=1e-12)
    np.testing.assert_allclose(np.array(found["list"])[:, 1:].T, costs.rates(labels, scores, each), atol=1e-12)
    for one, curve, (threshold, least) in zip(prices, found["costs"], found["best"], strict=True):
        np.testing.assert_allclose(curve, costs.expected_cost(labels, scores, thresholds, *one), rtol=1e-6, atol=1e-9)
        best = costs.best_threshold(labels, scores, *one)
        assert threshold == pytest.approx(best, abs=1e-6)
        assert least == pytest.approx(costs.expected_cost(labels, scores, best, *one), rel=1e-6)


def test_the_goal_is_pythons_goal(show):  # noqa: F811
    page = show(ConfusionAndCost())
    widget, reached = ConfusionAndCost(), []
    for label in [None, *widget.presets]:
        if label:
            widget.preset(label)
        for threshold in (0.5, round(widget.best(), 3), 0.9, 1.01):
            widget.threshold = threshold
            for name in widget.settings():
                page.evaluate("([n, v]) => window.fromPython(n, v)", [name, getattr(widget, name)])
            page.evaluate(FRAME)
            assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
            reached.append(widget.goal_reached)
    assert set(reached) == {True, False}


def test_the_threshold_follows_pointer_and_keys(show):  # noqa: F811
    page = show(ConfusionAndCost())
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    part = box["width"] / 2 if box["width"] >= 520 else box["width"]
    left, width = 46, int(part) - 62

    def x(threshold):
        return box["x"] + left + threshold / 1.01 * width

    page.mouse.move(x(0.5), box["y"] + 100)
    page.mouse.down()
    page.mouse.move(x(0.3), box["y"] + 110, steps=3)
    assert of(page, "threshold") == pytest.approx(0.3, abs=0.006)
    page.mouse.move(x(2), box["y"] + 110)  # beyond the picture
    assert of(page, "threshold") == 1.01
    page.mouse.up()
    page.mouse.move(x(0.3), box["y"] + 110)
    assert of(page, "threshold") == 1.01  # the button is up: nothing is dragged
    said(page, "Nothing is stopped, so there is no precision.")
    canvas.focus()
    page.keyboard.press("Home")
    assert of(page, "threshold") == 0
    for key in ("PageUp", "ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert of(page, "threshold") == pytest.approx(0.11)


def test_words_and_money(show):  # noqa: F811
    y, p = np.array([0, 0, 1, 0, 1]), np.array([0.1, 0.3, 0.4, 0.6, 0.9])
    widget = ConfusionAndCost(p, y, threshold=0.5, cost_miss=100, cost_alarm=9, defect_rate=0.1, parts_per_day=500)
    page = show(widget)
    said(page, "Threshold 0.50: 1000 parts cost 7 700 €. The best threshold, 0.40, costs 2 700 €: 65 % less.")
    said(page, "Of 100 stopped parts 14 are defective (precision). Of 100 defective parts 50 are stopped (recall).")
    text = page.locator(".cw-readout").inner_text()
    assert "= 50.0 · 100 € + 300 · 9 € = 7 700 € for 1000 parts" in text
    assert "a day with 500 parts: 3 850 €; at the best threshold 1 350 €" in text
    page.get_by_role("slider", name="threshold: stop from score").fill("0.4")
    said(page, "No threshold is cheaper.")
    page.locator(".cw-reached").wait_for()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [300, 1260])
def test_screenshots(width, dark, show):  # noqa: F811
    page = show(ConfusionAndCost(), width=width, dark=dark, height=1500)
    screenshot(page, f"bare ConfusionAndCost {width} {'dark' if dark else 'light'}")
    canvas = page.locator("canvas").first
    assert canvas.evaluate("c => c.getBoundingClientRect().right") <= width + 10
