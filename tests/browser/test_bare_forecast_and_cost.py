"""Forecast and cost in a bare page: its stock and prices against Python's, pointer, keys, words, and its looks."""

import re

import numpy as np
import pytest

from course_lib.widgets import ForecastAndCost
from course_lib.widgets.forecast_and_cost import fill_up
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_remaining_life_monitor import place, send
from tests.browser.test_bare_widgets import FRAME

GOODS = "() => window.goods = widget.goodsOf(model.get('items'), widget.doubles(model.get('series')))"
TOP, HEIGHT, LEFT = 24, 124, 52  # pixels: the picture of the demand


def own():
    """A demand that is no whole number, and forecasts for three horizons."""
    rng = np.random.default_rng(0)
    return ForecastAndCost(rng.gamma(2, 10, 40), {"a": rng.normal(20, 15, (3, 40)), "b": rng.gamma(2, 10, (3, 40))})


def x_of(box, period, T):
    return box["x"] + LEFT + (box["width"] - 62) * (period - 0.5) / T


def y_of(box, value, most):
    return box["y"] + TOP + HEIGHT * (1 - value / (1.4 * most))


# ---------------------------------------------------------------- the numbers
@pytest.mark.parametrize("make", [ForecastAndCost, own], ids=["simulated", "own"])
def test_stock_curve_rule_and_error_are_pythons(make, show):  # noqa: F811
    widget = make()
    page = show(widget)
    page.evaluate(GOODS)
    for k, (item, one) in enumerate(widget._items.items()):
        widget.item = item
        for name, rows in one.forecasts.items():
            widget.forecast = name
            for h in (1, len(rows)):
                widget.horizon, widget.safety = h, 2.0
                arrived, left, missing = fill_up(one.demand, np.maximum(rows[h - 1] + 2, 0))
                found = page.evaluate(
                    """([k, name, h]) => { const g = window.goods[k], f = g.forecasts[name][h - 1];
                    const s = widget.stockOf(g.demand, f, 2);
                    return { left: [...s.left], missing: [...s.missing], there: [...s.there], level: [...s.level],
                      tried: widget.triedOf(g.demand, f, g.safeties), safeties: [...g.safeties],
                      rule: [[50, 5], [3, 40], [7, 0]].map(p => widget.ruleOf(g.demand, f, ...p)),
                      none: widget.ruleOf(g.demand, f, 0, 0), mae: widget.maeOf(g.demand, f) }; }""",
                    [k, name, h],
                )
                np.testing.assert_allclose(found["left"], left, atol=1e-9)
                np.testing.assert_allclose(found["missing"], missing, atol=1e-9)
                np.testing.assert_allclose(found["there"], arrived + np.append(0, left[:-1]), atol=1e-9)
                np.testing.assert_allclose(found["level"], widget.stock()["level"], atol=1e-9)
                safeties, costs = widget.costs()
                np.testing.assert_allclose(found["safeties"], safeties, atol=1e-9)
                tried = np.array(found["tried"])
                np.testing.assert_allclose(50 * tried[:, 0] + 5 * tried[:, 1], costs, atol=1e-6)
                assert found["mae"] == pytest.approx(widget.models()[name]["mae"], abs=1e-9) and found["none"] is None
                for prices, (_place, rule) in zip(((50, 5), (3, 40), (7, 0)), found["rule"], strict=True):
                    widget.cost_short, widget.cost_stock = prices
                    assert rule == widget.rule
                widget.cost_short, widget.cost_stock = 50.0, 5.0


@pytest.mark.parametrize("make", [ForecastAndCost, own], ids=["simulated", "own"])
def test_the_words_the_table_and_the_goal_are_pythons(make, show):  # noqa: F811
    widget, rng, reached, words = make(), np.random.default_rng(1), set(), set()
    page = show(widget)
    for turn in range(50):
        widget.item = str(rng.choice(list(widget._items)))
        widget.forecast = str(rng.choice(list(widget._items[widget.item].forecasts)))
        widget.horizon, widget.period = int(rng.integers(1, 15)), int(rng.integers(1, 71))
        widget.cost_short, widget.cost_stock = float(rng.integers(0, 20) * 5), float(rng.integers(0, 12))
        safeties = widget._safeties[widget.item]
        widget.safety = widget.best_safety if turn % 2 else float(rng.choice(safeties))
        send(page, widget)
        assert f". {widget.status()}. " in page.locator("canvas").first.get_attribute("aria-label")
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
        reached.add(widget.goal_reached)
        words.add(re.sub(r"[\d,.]+", "", widget.status()))
        numbers = page.locator(".cw-models tbody tr").evaluate_all(
            "rows => rows.map(r => [...r.querySelectorAll('td')].map(c => +c.textContent.replace(/[★▲, ]/g, '')))"
        )
        expected = [[one["mae"], one["cost"], one["lowest"]] for one in widget.models().values()]
        np.testing.assert_allclose(numbers, expected, atol=0.51, rtol=0)
        np.testing.assert_allclose(np.array(numbers)[:, 0], np.array(expected)[:, 0], atol=0.0051)
        readout = page.locator(".cw-readout").inner_text()
        so_far = float(re.search(r"cost so far: .* = ([\d,]+) EUR", readout)[1].replace(",", ""))
        assert so_far == pytest.approx(widget.cost_so_far, abs=0.51)
        if widget.rule is None:
            assert "rule: none" in readout
        else:
            rule = re.search(r"sorted\) = (-?[\d,.]+)", readout)[1]
            assert float(rule.replace(",", "")) == pytest.approx(widget.rule, abs=0.051)
        above = float(
            re.search(r"([\d.]+) % above the lowest", page.locator("canvas").nth(1).get_attribute("aria-label"))[1]
        )
        assert above == pytest.approx(100 * widget.above_lowest, abs=0.051)
    assert reached == {True, False} and len(words) >= 4


def test_the_sum_of_a_period_is_written_out(show):  # noqa: F811
    widget = ForecastAndCost([4.0, 0, 6, 5], {"flat": [4.0, 4, 4, 4]}, safety=1.0, period=3)
    page = show(widget)
    lines = page.locator(".cw-readout").inner_text().splitlines()
    assert lines == [
        "period 3: demand 6, level 5 = 4 + 1; 1 missing × 50 EUR = 50 EUR",
        "cost so far: 1 missing × 50 + 6 left × 5 = 80 EUR",
        "rule: 50 / (50 + 5) = 0.909; error 4 of 4 (demand − forecast, sorted) = 2",
    ]
    said(page, "All 4 periods with a safety of 1: 80 EUR, 77.8 % above the lowest, 45 EUR at 2.")
    widget.safety = -2.0
    send(page, widget)
    assert page.locator(".cw-readout").inner_text().startswith("period 3: demand 6, level 2 = 4 − 2; 4 missing × 50")
    widget.safety, widget.period = 1.0, 2
    send(page, widget)
    assert "level 5 = 4 + 1; 5 left × 5 EUR = 25 EUR" in page.locator(".cw-readout").inner_text()
    more = ForecastAndCost([1.0, 0, 0], {"a": [6.0, 2, 2]}, period=2)
    assert "level 2 = 2 + 0, but 5 are still there" in show(more).locator(".cw-readout").inner_text()
    low = ForecastAndCost([1.0, 3], {"a": [-6.0, 2]}, period=1)
    assert "level 0, because -6 + 0 is below 0" in show(low).locator(".cw-readout").inner_text()


# ---------------------------------------------------------------- pointer and keys
def test_the_safety_is_dragged_and_moved_by_keys(show):  # noqa: F811
    widget = ForecastAndCost()
    page = show(widget)
    canvas, box = place(page)
    level, most = widget.stock()["level"], widget._demand.max()
    x, y = x_of(box, 30, 70), y_of(box, level[29], most)
    page.mouse.move(x, y + 2)
    page.mouse.down()
    page.mouse.move(x, y + 2 - HEIGHT * 10 / (1.4 * most), steps=4)
    assert of(page, "safety") == pytest.approx(10, abs=1)
    page.mouse.up()
    page.mouse.move(x, y + 40)
    safety = of(page, "safety")
    assert of(page, "period") == 42 and safety == pytest.approx(10, abs=1) and safety % 1 == 0
    canvas.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert of(page, "safety") == safety + 2
    said(page, f"All 70 periods with a safety of {safety + 2:.0f}: ")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageDown")
    assert of(page, "horizon") == 2
    costs, _box = place(page, 1)
    costs.focus()
    for key in ("Home", "ArrowRight", "ArrowUp", "PageUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert of(page, "safety") == widget._safeties["housings"][0] + 6
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert of(page, "safety") == widget._safeties["housings"][-1]


def test_the_curve_is_clicked_and_dragged(show):  # noqa: F811
    page = show(ForecastAndCost())
    _canvas, box = place(page, 1)
    found = []
    for share in (0.2, 0.5, 0.8):
        page.mouse.click(box["x"] + 48 + (box["width"] - 62) * share, box["y"] + 90)
        found.append(of(page, "safety"))
    assert found[1] - found[0] == pytest.approx(found[2] - found[1], abs=1) and found[1] - found[0] > 8
    page.mouse.down()
    page.mouse.move(box["x"] + 48 + (box["width"] - 62) * 0.5, box["y"] + 60, steps=3)
    page.mouse.up()
    assert of(page, "safety") == found[1]
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    assert of(page, "safety") == found[1]


def test_the_period_is_dragged_stepped_and_played(show):  # noqa: F811
    page = show(ForecastAndCost())
    canvas, box = place(page)
    page.mouse.move(x_of(box, 42, 70), box["y"] + 200)  # on the stock, far from the line
    page.mouse.down()
    page.mouse.move(x_of(box, 50, 70), box["y"] + 205, steps=3)
    page.mouse.up()
    assert of(page, "period", "safety") == [50, 0]
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert of(page, "period") == 51
    page.keyboard.press("End")
    assert of(page, "period") == 70
    page.keyboard.press("Home")
    assert of(page, "period") == 1
    page.get_by_role("button", name="Step ▶").click()
    page.get_by_role("button", name="Step ▶").click()
    page.get_by_role("button", name="◀ Back").click()
    assert of(page, "period") == 2
    page.get_by_role("combobox", name="speed").select_option("10")
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function("() => window.model.get('period') > 6")
    page.get_by_role("button", name="❚❚ Pause").click()
    stopped = of(page, "period")
    page.wait_for_timeout(200)
    assert of(page, "period") == stopped
    canvas.focus()
    page.keyboard.press("r")
    assert of(page, "period") == 1


def test_play_ends_with_the_last_period(show):  # noqa: F811
    page = show(ForecastAndCost(period=68))
    page.locator("canvas").first.focus()
    page.keyboard.press(" ")
    page.wait_for_function("() => window.model.get('period') === 70")
    page.get_by_role("button", name="▶ Play").wait_for()
    page.keyboard.press("ArrowRight")
    assert of(page, "period") == 70


def test_hover_reads_a_period_and_what_is_ordered_but_not_the_future(show):  # noqa: F811
    widget = ForecastAndCost(period=30, horizon=5, safety=4.0)
    page = show(widget)
    _canvas, box = place(page)
    lines = {}
    for period in (12, 34, 60):
        page.mouse.move(x_of(box, period, 70), box["y"] + 200)
        page.evaluate(FRAME)
        lines[period] = page.locator(".cw-readout").inner_text().splitlines()[0]
    assert lines[12].startswith(f"day 12: demand {widget._demand[11]:.0f}, level {widget.stock()['level'][11]:.0f} = ")
    for period, ordered in ((34, 34), (60, 35)):  # told 5 days before: up to day 35
        level = f"level {widget.stock()['level'][ordered - 1]:.0f} = "
        assert lines[period].startswith(f"day {ordered}: {level}") and "the demand is not known yet" in lines[period]
    page.mouse.move(box["x"] + 100, box["y"] + box["height"] + 300)
    page.evaluate(FRAME)
    assert page.locator(".cw-readout").inner_text().startswith("day 30: demand ")
    assert of(page, "period", "safety") == [30, 4]


def test_another_good_brings_its_own_limits(show):  # noqa: F811
    page = show(ForecastAndCost([4.0, 0, 6, 5], {"flat": [4.0, 4, 4, 4]}))
    horizon, safety = page.get_by_role("slider", name="horizon"), page.get_by_role("slider", name="safety")
    assert horizon.is_disabled() and (safety.get_attribute("min"), safety.get_attribute("max")) == ("-2", "3")
    page.get_by_role("combobox", name="item").select_option("spare part")
    assert of(page, "item", "forecast", "horizon", "safety", "period") == ["spare part", "zero", 1, 0, 36]
    assert horizon.is_enabled() and safety.get_attribute("max") == "8"
    page.get_by_role("combobox", name="forecast").select_option("mean so far")
    assert of(page, "forecast") == "mean so far"
    safety.press("End")
    assert of(page, "safety") == 8
    page.evaluate(FRAME)
    assert page.locator(".cw-models tr[aria-current=true] th").inner_text() == "mean so far"
    page.get_by_role("combobox", name="item").select_option("own")
    assert of(page, "forecast", "safety", "period") == ["flat", 0, 2]


def test_the_table_marks_the_lowest_and_the_highest(show):  # noqa: F811
    widget = ForecastAndCost()
    page = show(widget)
    page.get_by_role("button", name="mostly zero demand").click()
    widget.preset("mostly zero demand")
    assert of(page, *widget.settings()) == [getattr(widget, name) for name in widget.settings()]
    assert page.locator(".cw-why").inner_text() == widget.presets["mostly zero demand"]["why"]
    rows = page.locator(".cw-models tbody tr").all_inner_texts()
    cells = {row.split("\t")[0]: row.split("\t")[1:] for row in rows}
    assert cells["nothing"][:2] == ["★ 0.88", "▲ 2,650"]
    assert cells["seasonal naive"][0].startswith("▲ ") and cells["seasonal naive"][1].startswith("★ ")


def test_both_prices_0(show):  # noqa: F811
    page = show(ForecastAndCost(cost_short=0.0, cost_stock=0.0))
    assert "rule: none, because both prices are 0" in page.locator(".cw-readout").inner_text()
    assert page.locator(".cw-goal.cw-reached").count() == 0


# ---------------------------------------------------------------- how it looks
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 900])
def test_screenshots(width, dark, show):  # noqa: F811
    widget = ForecastAndCost()
    widget.preset("far ahead" if dark else "mostly zero demand")
    page = show(widget, width=width, dark=dark, height=1400)
    screenshot(page, f"bare ForecastAndCost {width} {'dark' if dark else 'light'}")
    for canvas in page.locator("canvas").all():
        assert canvas.evaluate("c => c.getBoundingClientRect().right") <= width + 10
    assert page.locator(".cw-models").evaluate("n => n.getBoundingClientRect().right") <= width + 10
    if width == 900:
        assert page.locator(".cw-stock").evaluate("n => n.getBoundingClientRect().height") < 520
