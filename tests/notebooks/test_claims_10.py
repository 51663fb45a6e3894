"""Chapter 10: the claims of its text beside those in `test_formulas_10.py`."""

import numpy as np
import pytest

from course_lib import data, forecasting
from course_lib.experiments import load_result
from course_lib.widgets import ForecastAndCost
from tests.notebooks.claims import claims
from tests.notebooks.stored import numbers, says

FULL = load_result("planning_run")
ENERGY, DELIVERIES = FULL["energy"]["models"], FULL["deliveries"]


@claims("10", 'is no better than "as now"')
def test_a_week_ago_is_no_better_than_now_on_the_real_mill():
    assert ENERGY["as a week ago"]["rmse"] >= ENERGY["as now"]["rmse"]


@claims("10", "Too little costs three times as much as too much")
def test_the_prices_of_a_kilowatt_hour():
    assert FULL["prices_eur"]["too_little"] == pytest.approx(3 * FULL["prices_eur"]["too_much"])


@claims("10", "The forecast with the smallest squared error is the mean; the cheapest order lies above it")
def test_the_cheapest_order_lies_above_the_mean():
    demand = np.random.default_rng(0).normal(100, 15, 2001)
    guesses = np.linspace(90, 120, 301)
    squares = [np.mean((demand - q) ** 2) for q in guesses]
    costs = [np.mean(0.3 * np.maximum(demand - q, 0) + 0.1 * np.maximum(q - demand, 0)) for q in guesses]
    assert abs(guesses[np.argmin(squares)] - demand.mean()) < 0.1 < 5 < guesses[np.argmin(costs)] - demand.mean()
    assert says("10", "a surcharge pays:")


@claims("10", "boosting is clearly cheaper")
def test_the_two_best_cost_differently():
    every = [run for runs in FULL["energy"]["runs"].values() for run in runs]
    assert abs(np.mean([run["rmse"] for run in every]) / ENERGY["boosting"]["rmse"] - 1) < 0.1
    assert ENERGY["boosting"]["eur_a_day"] < 0.85 * min(run["eur_a_day"] for run in every)


@claims("10", "the models beat the median of all by 10 to 20 days")
def test_the_models_beat_the_median_by_10_to_20_days():
    known = DELIVERIES["what was known"]
    for way in ("boosting", "MLP"):
        assert 10 <= known["median"] - np.mean(known[way]) <= 20


@claims("10", "from 2014 on there are those orders of 0 days")
def test_the_orders_of_0_days_begin_in_2014():
    share = {int(year): one["share_of_0_days"] for year, one in DELIVERIES["years"].items()}
    assert all((share[year] > 0.2) == (year >= 2014) and (year >= 2014 or share[year] < 0.02) for year in share)


@claims("10", "Late costs nine times as much as early", "900 for a day late, 100 for a day early")
@claims("10", "pays nine times for each day that is late", "clever promise is dearer than one day for all")
def test_the_price_of_a_promise():
    late, early = (1000 * forecasting.pinball_loss(y, p, 0.9) for y, p in (([5.0], [4.0]), ([4.0], [5.0])))
    np.testing.assert_allclose((late, early), (900, 100))
    assert says("10", "simulated: boosting is cheaper:") and not says("10", "real: boosting is cheaper:")


@claims("10", "In 20 months the demand was 15 times 0", "The shares up to 0, 1, 2 are 0.75, 0.90, 0.95")
def test_the_newsvendor_on_paper():
    demand = np.repeat([0, 1, 2, 4], [15, 3, 1, 1])
    assert len(demand) == 20 and [float(np.mean(demand <= q)) for q in (0, 1, 2)] == [0.75, 0.90, 0.95]
    assert forecasting.newsvendor_quantity(demand, 20, 1) == 4


@claims("10", "the best safety grows with the price of a missing piece and with the horizon")
def test_the_best_safety_grows():
    widget = ForecastAndCost()
    by_price = []
    for price in (20, 45, 100):
        widget.cost_short = price
        by_price.append(widget.best_safety)
    by_horizon = []
    for horizon in (1, 7, 14):
        widget.horizon = horizon
        by_horizon.append(widget.best_safety)
    assert (np.diff(by_price) > 0).all() and (np.diff(by_horizon) > 0).all()


@claims("10", "Nothing is easier to forecast than a plant that stands still")
def test_a_plant_that_stands_still_is_easy_to_forecast():
    mill = data.load("steel_energy", source="simulated")
    sunday = (mill.time.astype("datetime64[D]").astype(int) + 3) % 7 == 6
    error = np.abs(np.diff(mill.y))
    assert error[sunday[1:] & sunday[:-1]].mean() < 0.5 * error[~sunday[1:]].mean()
    assert says("10", "the holiday more than doubles the error:") and says(
        "10", "the guard takes away more than half of it:"
    )


@claims("10", "Half of the labels come only after a month or two")
def test_the_labels_come_after_a_month_or_two():
    for drift in (0, 40):
        assert 30 < np.median(data.simulate_shipments(drift=drift).y) < 61


@claims("10", "and it is wonderful")
def test_an_answer_among_the_inputs():
    past, same_hour = numbers("10", "with the past only:")
    assert same_hour < 0.3 * past
