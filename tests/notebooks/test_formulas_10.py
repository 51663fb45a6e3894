"""Chapter 10: every displayed formula, executed against `course_lib`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import data, exercises as ex, forecasting
from course_lib.data.catalogue import SHIPMENTS
from course_lib.experiments import load_result, planning_run
from tests.data.real import real_data
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)


@claims("10", "If the forecast reaches further than one season")
@executes("10", r"\hat y_{t+h} = y_{t+h-m}")
def test_as_one_season_before():
    y, m = rng.normal(size=30), 7
    forecast = forecasting.seasonal_naive(y, m, 7)
    t = len(y) - 1
    for h in range(1, 8):
        assert forecast[h - 1] == y[t + h - m]
    np.testing.assert_array_equal(forecasting.seasonal_naive(y, m, 10), np.append(y[-7:], y[-7:-4]))  # it comes again


@claims("10", "Below 1: better than the naive forecast was")
@executes(
    "10",
    r"\text{MASE} = \frac{\frac{1}{H} \sum_h |y_h - \hat y_h|}{\frac{1}{M - m} \sum_{t=m+1}^{M} |y_t - y_{t-m}|}",
)
def test_mase():
    past, y, y_hat, m = rng.normal(size=40), rng.normal(size=6), rng.normal(size=6), 4
    above = sum(abs(a - b) for a, b in zip(y, y_hat, strict=True)) / 6
    below = sum(abs(past[t] - past[t - m]) for t in range(m, 40)) / (40 - m)
    assert data.mase(y[None], y_hat[None], past[None], period=m) == pytest.approx(above / below)
    assert ex.mase.reference(y, y_hat, past, m) == pytest.approx(above / below)


@executes("10", r"C = c_+ \max(y - q, 0) + c_- \max(q - y, 0)")
def test_the_cost_of_an_hour():
    y, q = rng.uniform(0, 100, 50), rng.uniform(0, 100, 50)
    by_hand = sum(0.30 * max(a - b, 0) + 0.10 * max(b - a, 0) for a, b in zip(y, q, strict=True)) / 50
    assert planning_run.balance_cost(y, q) == pytest.approx(24 * by_hand)


@executes("10", r"L_q = \frac{1}{N} \sum_n \max\big( q \, (y_n - \hat y_n), \; (q - 1)(y_n - \hat y_n) \big)")
def test_the_pinball_loss():
    y, y_hat, q = rng.normal(size=40), rng.normal(size=40), 0.9
    by_hand = sum(max(q * (a - b), (q - 1) * (a - b)) for a, b in zip(y, y_hat, strict=True)) / 40
    assert forecasting.pinball_loss(y, y_hat, q) == pytest.approx(by_hand)
    # 1000 times the loss is 900 EUR for a day late and 100 EUR for a day early
    assert 1000 * forecasting.pinball_loss([5.0], [4.0], q) == pytest.approx(900)
    assert 1000 * forecasting.pinball_loss([5.0], [6.0], q) == pytest.approx(100)


@claims("10", "One more piece is worth it while the chance", "So the level is the smallest $Q$ with")
@claims("10", "It is the quantile again", "A cost on two sides asks for a quantile, never for the mean")
@executes("10", r"P(D \le Q) \ge \frac{c_s}{c_s + c_o}")
def test_the_newsvendor():
    paper = [0] * 15 + [1] * 3 + [2, 4]
    assert [np.mean(np.array(paper) <= q) for q in (0, 1, 2)] == pytest.approx([0.75, 0.90, 0.95])
    assert forecasting.newsvendor_quantity(paper, 20, 1) == 4
    for _turn in range(20):
        demand = rng.integers(0, 9, 30)
        short, over = rng.uniform(0.5, 20, 2)
        chosen = forecasting.newsvendor_quantity(demand, short, over)
        enough = [q for q in range(10) if np.mean(demand <= q) >= short / (short + over)]
        assert chosen == enough[0]
        costs = [np.sum(short * np.maximum(demand - q, 0) + over * np.maximum(q - demand, 0)) for q in range(10)]
        assert costs[int(chosen)] == pytest.approx(min(costs))  # and it is the cheapest


@executes("10", r"\text{left}_t = \max(\text{left}_{t-1} + o_t - y_t, \; 0)")
@executes("10", r"C_t = c_o \, \text{left}_t + c_s \max(y_t - \text{left}_{t-1} - o_t, \; 0)")
def test_the_shelf():
    orders, demand, left = rng.integers(0, 5, 24), rng.integers(0, 5, 24), 0
    costs = forecasting.stock_cost(orders, demand, 1.5, 20)
    for t in range(24):
        missing = max(demand[t] - left - orders[t], 0)
        left = max(left + orders[t] - demand[t], 0)
        assert costs[t] == pytest.approx(1.5 * left + 20 * missing)


@claims("10", "This metric rewards ordering nothing", "learned to forecast 0 for every part")
@claims("10", "a metric can reward doing nothing")
@claims("10", "The network halves the error of", "So does boosting, which needs no recurrent layer")
@claims("10", "The figures over three starts, 20 epochs", "But one line, the median of each vendor, beats them")
@claims("10", "all four ways are within 6 days", "The winner changes from year to year")
@claims("10", "boosting seems to be twice as good", "The one that is right about the pieces has the worst MASE")
@claims("10", "costs two and a half times as much as the newsvendor's line", "network and boosting halve the error")
@claims("10", "Deliveries: a median is hard to beat", "measured, it does harm here")
def test_the_full_run_is_what_the_text_says():
    full = load_result("planning_run")
    assert full["command"] == planning_run.COMMAND and full["source"] == "real" and full["epochs"] == 20
    models, runs = full["energy"]["models"], full["energy"]["runs"]
    assert models["as now"]["rmse"] < models["as yesterday"]["rmse"] < models["as a week ago"]["rmse"] * 1.2
    for values in runs.values():
        assert len(values) == 3 and all(run["rmse"] < 0.55 * models["as now"]["rmse"] for run in values)
    assert models["boosting"]["rmse"] < 0.5 * models["as now"]["rmse"]
    ways = ("median", "median of the vendor", "boosting", "MLP")
    years = full["deliveries"]["years"].values()
    winners = {min(ways, key=lambda way, year=year: np.mean(year[way])) for year in years}
    assert len(winners) >= 2, "the winner changes from year to year"
    known, rows = full["deliveries"]["what was known"], full["deliveries"]["random rows"]
    assert np.mean(rows["boosting"]) < 0.6 * np.mean(known["boosting"])  # "twice as good"
    without = full["deliveries"]["what was known, without 0 days"]
    each = [np.mean(without[way]) for way in ways]
    assert max(each) - min(each) < 6 and max(each) == without["median"]
    assert known["median of the vendor"] == min(np.mean(known[way]) for way in ways)
    later = full["deliveries"]["all earlier orders"]  # it does harm
    assert all(np.mean(later[way]) > np.mean(known[way]) for way in ways)
    runs = [run["eur_a_day"] for values in runs.values() for run in values]
    assert models["boosting"]["eur_a_day"] < min(runs) < max(runs) < models["ridge"]["eur_a_day"]
    parts = full["parts"]
    assert min(parts["models"].values(), key=lambda model: model["mase"])["mase"] == parts["models"]["always 0"]["mase"]
    assert parts["models"]["always 0"]["mase"] == pytest.approx(0.746, abs=0.001)
    assert parts["models"]["boosting, absolute error"]["pieces"] == 0
    worst = max(parts["models"], key=lambda name: parts["models"][name]["mase"])
    nearest = min(parts["models"], key=lambda name: abs(parts["models"][name]["pieces"] - parts["pieces"]))
    assert worst == nearest == "boosting, mean demand"  # right about the pieces, the worst MASE
    assert parts["policies"]["nothing"]["eur"] > 2.5 * parts["policies"]["newsvendor"]["eur"]
    assert min(parts["policies"], key=lambda name: parts["policies"][name]["eur"]) == "newsvendor"


@claims("10", "had seen a few such lines and says 0")
@claims("10", "all in one country by two vendors", "The orders that were still on their way are the slow ones")
@real_data(SHIPMENTS)
def test_the_orders_of_0_days_come_from_one_country_and_the_open_ones_are_slow():
    orders = data.load("shipments", source="real")
    asked = data.split_by_time(orders)[2]
    country, vendor = (orders.feature_names.index(name) for name in ("country", "vendor"))
    zero = asked.y == 0
    assert len(set(asked.x[zero, country])) == 1 and len(set(asked.x[zero, vendor])) == 2
    assert 0.33 < zero.mean() < 0.36
    past = orders.rows(orders.time < asked.time[0])
    known, still_open = past.delivered_before(asked.time[0]), past.rows(past.delivered >= asked.time[0])
    assert np.median(still_open.y) > 1.4 * np.median(known.y) and len(still_open) + len(known) == len(past)
    of_vendor = [np.median(known.y[known.x[:, vendor] == code]) for code in set(asked.x[zero, vendor])]
    assert min(of_vendor) == 0  # "The vendor's median had seen a few such lines and says 0"


@claims("10", "The absolute error is smallest at the median")
@claims("10", "The forecast that says nothing beats the truth")
def test_the_true_mean_loses_against_nothing():
    past, future = data.load("spare_parts", source="simulated").split(12)
    truth, zero = (data.mase(future.demand, forecast, past.demand) for forecast in (future.expected, 0.0))
    assert zero < 0.7 * truth
    squares = [np.mean((future.demand - forecast) ** 2) for forecast in (future.expected, 0.0)]
    assert squares[0] < squares[1]  # where the error is squared, the truth wins


@claims("10", "we repeat the Sunday of 23 December")
def test_the_sunday_of_the_holiday_week():
    day = np.datetime64("2018-12-24")
    assert (day.astype(int) + 3) % 7 == 0  # a Monday
    test = data.split_by_time(data.load("steel_energy", source="simulated"))[2]
    assert test.time[0].astype("datetime64[D]") < day < test.time[-1].astype("datetime64[D]") - np.timedelta64(6, "D")


def test_a_small_run_has_the_form_of_the_shipped_result():
    shipped, quiet = load_result("planning_run"), lambda *a, **k: None
    energy = planning_run.measure_energy("simulated", seeds=(0,), epochs=1, engines=("numpy",), log=quiet)
    assert set(energy["models"]) - {"the best possible"} == set(shipped["energy"]["models"])
    assert set(energy["runs"]["SimpleRNN, numpy"][0]) == set(shipped["energy"]["runs"]["SimpleRNN, numpy"][0])
    parts = planning_run.measure_parts("simulated", log=quiet)
    for name in ("models", "policies"):
        assert set(parts[name]) == set(shipped["parts"][name])
