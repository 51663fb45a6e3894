"""Forecasts and their cost: numbers by hand, the properties that make them useful, and bad input."""

import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss

from course_lib.forecasting import newsvendor_quantity, pinball_loss, seasonal_naive, stock_cost
from tests.notebooks.claims import claims


def test_seasonal_naive_by_hand():
    assert seasonal_naive([9, 1, 2, 3], 3, 5).tolist() == [1, 2, 3, 1, 2]
    assert seasonal_naive([9, 1, 2, 3], 1, 3).tolist() == [3, 3, 3]
    assert seasonal_naive([9, 1, 2, 3], 4, 2).tolist() == [9, 1]


def test_a_series_that_repeats_is_forecast_without_error():
    t = np.arange(96)
    series = np.sin(2 * np.pi * t / 24)
    np.testing.assert_allclose(seasonal_naive(series[:60], 24, 36), series[60:], atol=1e-12)


def test_pinball_loss_by_hand_and_by_scikit_learn():
    assert pinball_loss([10.0, 10.0], [6.0, 15.0], 0.9) == pytest.approx((0.9 * 4 + 0.1 * 5) / 2)
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, 50))
    for q in (0.1, 0.5, 0.95):
        assert pinball_loss(y_true, y_pred, q) == pytest.approx(mean_pinball_loss(y_true, y_pred, alpha=q), 1e-14)
    assert pinball_loss(y_true, y_pred, 0.5) == pytest.approx(np.abs(y_true - y_pred).mean() / 2, 1e-14)


@claims("10", "There is a loss whose minimum is the quantile")
def test_the_best_constant_for_the_pinball_loss_is_the_quantile():
    y = np.random.default_rng(1).gamma(2.0, size=101)
    loss = [pinball_loss(y, np.full(101, f), 0.8) for f in np.sort(y)]
    assert np.sort(y)[np.argmin(loss)] == np.quantile(y, 0.8, method="inverted_cdf")


def test_newsvendor_quantity_by_hand():
    demand = [4, 0, 7, 1]
    assert newsvendor_quantity(demand, 3, 1) == 4  # 3 of 4 demands are at most 4, and the ratio is 3/4
    assert newsvendor_quantity(demand, 3.1, 1) == 7
    assert newsvendor_quantity(demand, 1, 3) == 0
    assert newsvendor_quantity(demand, 1, 0) == 7
    assert newsvendor_quantity(np.arange(1, 101), 7, 93) == 7  # 0.07 * 100 is 7.000000000000001


@pytest.mark.parametrize(("short", "over"), [(9, 1), (1, 1), (2, 5), (30, 7)])
def test_no_other_quantity_costs_less(short, over):
    demand = np.random.default_rng(2).poisson(3.0, 40)
    cost = [np.mean(short * np.maximum(demand - q, 0) + over * np.maximum(q - demand, 0)) for q in range(15)]
    assert cost[int(newsvendor_quantity(demand, short, over))] == pytest.approx(min(cost))


def test_stock_cost_by_hand():
    # left 3, 1, 0, 0; missing 0, 0, 4, 1
    assert stock_cost([5, 0, 0, 2], [2, 2, 5, 3], 1, 10).tolist() == [3, 1, 40, 10]


def test_what_comes_in_goes_out_or_stays():
    rng = np.random.default_rng(3)
    orders, demand = rng.poisson(2.0, (2, 60)).astype(float)
    left, missing = stock_cost(orders, demand, 1, 0), stock_cost(orders, demand, 0, 1)
    assert orders.sum() == demand.sum() - missing.sum() + left[-1]
    assert not (left * missing).any()  # never both in one period
    np.testing.assert_allclose(stock_cost(orders, demand, 2, 7), 2 * left + 7 * missing)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: seasonal_naive([1, 2], 3, 1), ValueError, "series has shape (2,), but (T,) with at least 3"),
        (lambda: seasonal_naive([1, np.nan], 1, 1), ValueError, "series holds 1 values that are NaN"),
        (lambda: seasonal_naive([1, 2], 0, 1), ValueError, "season is 0"),
        (lambda: seasonal_naive([1, 2], 1, 1.5), TypeError, "horizon is 1.5"),
        (lambda: seasonal_naive(["1", "2"], 1, 1), TypeError, "series has dtype"),
        (lambda: pinball_loss([1, 2], [1], 0.5), ValueError, "y_true has shape (2,), but y_pred has shape (1,)"),
        (lambda: pinball_loss([], [], 0.5), ValueError, "y_true is empty"),
        (lambda: pinball_loss([1.0], [np.inf], 0.5), ValueError, "y_pred holds 1 values"),
        (lambda: pinball_loss([1], [1], 90), ValueError, "quantile is 90, but it must be above 0 and below 1"),
        (lambda: newsvendor_quantity([], 1, 1), ValueError, "demand has shape (0,)"),
        (lambda: newsvendor_quantity([2, -1], 1, 1), ValueError, "demand is -1 at index"),
        (lambda: newsvendor_quantity([2], 0, 0), ValueError, "cost_short and cost_over are both 0"),
        (lambda: newsvendor_quantity([2], -1, 1), ValueError, "cost_short is -1"),
        (lambda: stock_cost([1], [1, 2], 1, 1), ValueError, "orders has shape (1,), but demand has shape (2,)"),
        (lambda: stock_cost([1], [1], 1, "two"), TypeError, "shortage is 'two'"),
        (lambda: stock_cost([1], [np.nan], 1, 1), ValueError, "demand holds 1 values"),
    ],
)
def test_bad_input_is_named(call, kind, words):
    with pytest.raises(kind) as error:
        call()
    assert words in str(error.value)
