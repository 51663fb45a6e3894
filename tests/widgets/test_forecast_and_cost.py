"""Forecast and cost: its stock is priced by `stock_cost`, its rule is the newsvendor's, its words, and bad input."""

import numpy as np
import pytest
import traitlets as T

from course_lib.forecasting import newsvendor_quantity, seasonal_naive, stock_cost
from course_lib.widgets import ForecastAndCost
from course_lib.widgets.forecast_and_cost import fill_up
from course_lib.widgets.forecast_items import WEEK, simple_forecasts, simulated_items
from tests.notebooks.claims import claims

DEMAND = [4.0, 0, 6, 5]
FLAT = {"flat": [4.0, 4, 4, 4]}


# ---------------------------------------------------------------- the stock and its cost
def test_a_stock_by_hand():
    widget = ForecastAndCost(DEMAND, FLAT, safety=1.0, cost_short=50.0, cost_stock=5.0)
    stock = widget.stock()
    assert stock["level"].tolist() == [5, 5, 5, 5]
    assert stock["arrived"].tolist() == [5, 4, 0, 5]  # nobody came in period 2: 5 are still there
    assert stock["left"].tolist() == [1, 5, 0, 0] and stock["missing"].tolist() == [0, 0, 1, 0]
    assert stock["cost"].tolist() == [5, 25, 50, 0]
    widget.period = 2
    assert widget.cost_so_far == 30
    assert widget.errors().tolist() == [0, -4, 2, 1]


def test_more_is_left_than_the_level():
    arrived, left, missing = fill_up(np.array([1.0, 0, 0, 3]), np.array([[6.0, 2, 2, 2], [1, 1, 1, 1]]))
    assert arrived.tolist() == [[6, 0, 0, 0], [1, 1, 0, 0]]
    assert left.tolist() == [[5, 5, 5, 2], [0, 1, 1, 0]] and missing.tolist() == [[0, 0, 0, 0], [0, 0, 0, 2]]


def test_the_level_is_never_below_0():
    widget = ForecastAndCost(DEMAND, {"low": [-5.0, 1, 1, 1]}, safety=-2.0)
    assert widget.stock()["level"].tolist() == [0, 0, 0, 0] and widget.stock()["missing"].tolist() == DEMAND


def test_the_cost_of_every_safety_is_that_of_stock_cost():
    rng = np.random.default_rng(0)
    demand, forecast = rng.gamma(2, 10, 40), rng.gamma(2, 10, (3, 40))
    widget = ForecastAndCost(demand, {"a": forecast, "b": forecast[::-1]}, cost_short=37.0, cost_stock=3.5, horizon=2)
    safeties, costs = widget.costs()
    assert len(safeties) == 151 and safeties[0] < 0 < safeties[-1]
    for safety, cost in zip(safeties[::10], costs[::10], strict=True):
        arrived = fill_up(demand, np.maximum(forecast[1] + safety, 0))[0]
        each = stock_cost(arrived, demand, 3.5, 37.0)
        assert cost == pytest.approx(each.sum(), rel=1e-12)
        widget.safety = float(safety)
        np.testing.assert_allclose(widget.stock()["cost"], each, rtol=1e-12)
    assert widget.best_safety == safeties[np.argmin(costs)]
    widget.safety = float(safeties[30])
    assert widget.above_lowest == pytest.approx(costs[30] / costs.min() - 1)
    widget.horizon = 3
    assert widget.costs()[1].tolist() == pytest.approx(widget.costs("b", 1)[1].tolist())


def test_the_curve_follows_the_prices():
    widget = ForecastAndCost()
    before = widget.costs()[1]
    widget.cost_short = 100.0
    assert widget.costs()[1][0] > 1.9 * before[0] and widget.costs()[1][-1] == before[-1]
    widget.reset()
    assert widget.costs()[1].tolist() == before.tolist()


def test_the_rule_is_the_newsvendors():
    widget = ForecastAndCost()
    for short, stock in ((50.0, 5.0), (7.0, 7.0), (0.0, 5.0), (300.0, 1.0), (20.0, 0.0)):
        widget.cost_short, widget.cost_stock = short, stock
        errors = widget.errors()
        shifted = newsvendor_quantity(errors - errors.min(), short, stock)  # no demand is negative, but errors are
        assert widget.rule == shifted + errors.min()
    widget.cost_short = widget.cost_stock = 0.0
    assert widget.rule is None and widget.stock()["cost"].sum() == 0 and not widget.goal_reached


def test_the_rule_finds_the_minimum_where_nothing_is_carried_over():
    rng = np.random.default_rng(1)
    demand = rng.integers(20, 60, 200).astype(float)  # always more than is ever left: no period meets another
    widget = ForecastAndCost(demand, {"flat": np.full(200, 40.0)}, cost_short=30.0, cost_stock=10.0)
    assert widget.rule == widget.best_safety == np.sort(demand)[149] - 40


def test_all_forecasts_side_by_side():
    widget = ForecastAndCost(safety=6.0, horizon=3)
    found, safe = widget.models(), widget.safety
    assert list(found) == ["naive", "seasonal naive", "mean so far", "ridge"]
    for name, one in found.items():
        widget.forecast = name
        assert one["cost"] == widget.stock()["cost"].sum() and one["best_safety"] == widget.best_safety
        assert one["mae"] == np.abs(widget.errors()).mean() and one["lowest"] == widget.costs()[1].min()
    assert widget.safety == safe


# ---------------------------------------------------------------- the goods and their forecasts
def test_forecasts_know_the_past_only():
    rng = np.random.default_rng(2)
    demand = rng.poisson(30 * WEEK[np.arange(140) % 7]).astype(float)
    before = simple_forecasts(demand, 100, 7)
    changed = demand.copy()
    changed[120:] += 500
    after = simple_forecasts(changed, 100, 7)
    for name, rows in before.items():
        for h in range(1, 15):
            last = 20 + h  # the first period whose forecast may know period 120
            assert rows[h - 1, :last].tolist() == after[name][h - 1, :last].tolist(), (name, h)
            assert rows[h - 1, last] != after[name][h - 1, last] or name == "seasonal naive" and h % 7


def test_the_simple_forecasts_are_what_they_say():
    demand = np.arange(60.0) % 7 + np.arange(60) / 64  # not whole: nothing is rounded
    found = simple_forecasts(demand, 40, 7)
    for h in (1, 5, 9):
        for t in (0, 7, 19):
            known = demand[: 40 + t - h + 1]
            assert found["naive"][h - 1, t] == known[-1]
            assert found["seasonal naive"][h - 1, t] == seasonal_naive(known, 7, h)[-1]
            assert found["mean so far"][h - 1, t] == pytest.approx(known.mean())
    error = {name: np.abs(demand[40:] - rows[0]).mean() for name, rows in found.items()}
    assert error["ridge"] < 0.2 * error["naive"] and "zero" not in found
    whole = simple_forecasts(np.floor(demand), 40, 7)
    assert all((rows % 1 == 0).all() and (rows >= 0).all() for rows in whole.values())
    assert whole["mean so far"].min() == 3  # rounded up


def test_the_simulated_goods():
    housings, part = simulated_items()
    assert housings.is_whole and part.is_whole and len(housings.demand) == 70 and len(part.demand) == 60
    assert (part.demand == 0).mean() > 0.6 and "zero" in part.forecasts and "zero" not in housings.forecasts
    mae = np.abs(housings.demand - housings.forecasts["ridge"]).mean(axis=1)
    assert mae[13] > 1.2 * mae[0] and mae[0] < np.abs(housings.demand - housings.forecasts["seasonal naive"][0]).mean()
    again = simulated_items.__wrapped__()
    assert all(np.array_equal(a.demand, b.demand) for a, b in zip(again, (housings, part), strict=True))


@claims("10", "has the smallest error for the spare part and the highest cost")
def test_the_forecast_nothing_has_the_smallest_error_and_the_highest_cost():
    widget = ForecastAndCost()
    widget.preset("mostly zero demand")
    found = widget.models()
    assert widget.forecast == min(found, key=lambda n: found[n]["mae"]) == max(found, key=lambda n: found[n]["cost"])
    assert found["zero"]["mae"] < 0.8 * min(one["mae"] for name, one in found.items() if name != "zero")
    assert found["zero"]["cost"] > 1.3 * max(one["cost"] for name, one in found.items() if name != "zero")
    assert found["zero"]["mae"] == widget.stock()["level"].max() + widget.errors().mean()  # nothing is ever there


# ---------------------------------------------------------------- words, goal, presets
def test_the_words_follow_the_period():
    widget = ForecastAndCost([4.0, 0, 6, 5.5], FLAT, safety=1.0, unit="t", period_name="week")
    said = []
    for widget.period in (1, 2, 3, 4):
        said.append(widget.status())
        assert widget.status() in widget.describe()
    assert said == [
        "week 1: 1 t left over, 5 EUR", "week 2: 5 t left over, 25 EUR", "week 3: 1 t missing, 50 EUR",
        "week 4: 0.5 t missing, 25 EUR",
    ]  # fmt: skip
    assert "1.5 missing and 105 EUR in 4 periods. All 4 periods: 105 EUR" in widget.describe()
    assert ForecastAndCost([5.0, 5], {"a": [5, 5]}, period=1).status() == "period 1: exactly enough, 0 EUR"


def test_goal():
    widget = ForecastAndCost()
    assert not widget.goal_reached
    safeties, costs = widget.costs()
    for safety, cost in zip(safeties, costs, strict=True):
        widget.safety = safety
        assert widget.goal_reached == (cost <= 1.05 * costs.min())
    widget.safety = widget.best_safety
    assert widget.goal_reached
    widget.cost_short = 2 * widget.cost_stock - 1  # then it hardly matters
    widget.safety = widget.best_safety
    assert not widget.goal_reached
    widget.cost_short, widget.cost_stock = 50.0, 0.0  # a full shelf for nothing
    widget.safety = widget.best_safety
    assert not widget.goal_reached and widget.above_lowest == 0


def own_demands():
    rng = np.random.default_rng(4)
    yield "simulated", ForecastAndCost()
    yield "own", ForecastAndCost(rng.poisson(80 * WEEK[np.arange(200) % 7]))
    demand = rng.gamma(4, 500, 90)
    yield "forecasts", ForecastAndCost(demand, {"good": demand + rng.normal(0, 200, 90), "bad": demand[::-1]})


def test_the_presets_keep_what_they_promise():
    for name, widget in own_demands():
        widget.preset("too careful")
        assert widget.safety > widget.best_safety and widget.above_lowest > 0.5, name
        assert widget.stock()["missing"].sum() < 0.1 * widget.stock()["left"].sum(), name
        widget.preset("too bold")
        assert widget.safety < widget.best_safety and widget.above_lowest > 0.8, name
        assert ("far ahead" in widget.presets) == (name != "forecasts")
        widget.preset("mostly zero demand")
        assert widget.item == "spare part" and not widget.goal_reached, name
    widget = ForecastAndCost()
    widget.preset("far ahead")
    assert widget.horizon == 14 and widget.above_lowest > 0.2 and widget.best_safety > widget.safety + 3
    assert widget.safety == widget.costs("ridge", 1)[0][np.argmin(widget.costs("ridge", 1)[1])]
    for label in widget.presets:
        widget.preset(label)
        assert not widget.goal_reached, label  # for the learner to find


# ---------------------------------------------------------------- settings and input
def test_settings_stay_within_the_good():
    widget = ForecastAndCost(DEMAND, FLAT)
    assert (widget.item, widget.forecast, widget.horizon, widget.period) == ("own", "flat", 1, 2)
    widget.horizon, widget.period, widget.safety = 9, -3, 1e9
    assert (widget.horizon, widget.period, widget.safety) == (1, 1, 3.0)
    widget.item = "housings"
    assert widget.forecast == "naive"
    widget.period, widget.horizon, widget.safety = 70, 14, 50.0
    widget.item = "spare part"
    assert (widget.period, widget.horizon, widget.safety) == (60, 14, 8.0)
    widget.item = "own"
    assert (widget.period, widget.horizon, widget.safety, widget.forecast) == (4, 1, 3.0, "flat")
    with pytest.raises(T.TraitError, match="forecast is 'best'.*one of these is needed: flat"):
        widget.forecast = "best"
    with pytest.raises(T.TraitError, match="safety is not a number"):
        widget.safety = float("nan")
    with pytest.raises(T.TraitError, match="there is only housings, spare part. For your own: ForecastAndCost"):
        ForecastAndCost(item="own")


def test_the_demand_is_sent_once_and_forecasts_of_both_shapes_fit():
    widget = ForecastAndCost(DEMAND, {"one": [1, 2, 3, 4]})
    two = ForecastAndCost(DEMAND, {"one": [[1, 2, 3, 4], [0, 0, 0, 0]]})
    assert np.frombuffer(widget.series)[:8].tolist() == [*DEMAND, 1, 2, 3, 4]
    assert widget.items[0]["H"] == 1 and two.items[0]["H"] == 2 and two.items[0]["T"] == 4
    sent = widget.series
    widget.safety, widget.period = 2.0, 3
    assert widget.series is sent
    wide = ForecastAndCost(np.full(90, 1e5), {"a": np.full(90, 9e4)})
    assert len(wide._safeties["own"]) == 151  # not one for each of 10,000 pieces


def test_a_demand_alone_is_learned_from_and_played():
    demand = np.random.default_rng(5).poisson(30 * WEEK[np.arange(101) % 7])
    widget = ForecastAndCost(demand)
    assert widget._demand.tolist() == demand[50:].tolist() and widget.forecast == "ridge" and widget.horizon == 1
    assert len(ForecastAndCost(demand[:36], season=1)._demand) == 18


@pytest.mark.parametrize(
    "demand, forecasts, more, error, words",
    [
        (None, FLAT, {}, ValueError, "demand is missing"),
        ([4.0, -1, 2], FLAT, {}, ValueError, "demand is -1 at index"),
        ([4.0, np.nan, 2], FLAT, {}, ValueError, "demand holds 1 values that are NaN"),
        (np.ones((3, 2)), FLAT, {}, ValueError, r"demand has shape \(3, 2\), but one amount for each period"),
        (["much", "little"], FLAT, {}, TypeError, "demand has dtype"),
        ([4.0], {"a": [4]}, {}, ValueError, "demand has 1 periods, but 2 to 1000"),
        (np.ones(1001), {"a": np.ones(1001)}, {}, ValueError, "demand has 1001 periods"),
        (np.ones(83), None, {}, ValueError, "demand has 83 periods, but without forecasts 84 are needed"),
        (np.ones(83), None, {"season": 0}, ValueError, "season is 0, but it must be at least 1"),
        (np.ones(83), None, {"season": 7.5}, TypeError, "season is 7.5, but a whole number"),
        (DEMAND, [4, 4, 4, 4], {}, TypeError, "forecasts is list, but a dictionary is needed"),
        (DEMAND, {}, {}, TypeError, r"forecasts is \{\}|forecasts is \[\]"),
        (DEMAND, {3: [4, 4, 4, 4]}, {}, TypeError, r"forecasts is \[3\]"),
        (DEMAND, {"a": [4, 4]}, {}, ValueError, r"forecasts\['a'\] has shape \(2,\), but \(4,\) is needed"),
        (DEMAND, {"a": np.ones((15, 4))}, {}, ValueError, r"shape \(15, 4\).*at most 14"),
        (DEMAND, {"a": np.ones((4, 1))}, {}, ValueError, r"shape \(4, 1\), but \(4,\)"),
        (DEMAND, {"a": [1, 2, np.nan, 3]}, {}, ValueError, r"forecasts\['a'\] holds 1 values that are NaN"),
        (DEMAND, {"a": DEMAND, "b": [DEMAND, DEMAND]}, {}, ValueError, "differ in their number of horizons"),
        (DEMAND, {"a": "soon"}, {}, TypeError, r"forecasts\['a'\] has dtype"),
    ],
)  # fmt: skip
def test_input_that_does_not_fit(demand, forecasts, more, error, words):
    with pytest.raises(error, match=words):
        ForecastAndCost(demand, forecasts, **more)
