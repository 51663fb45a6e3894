"""Right answers of chapter 10, written in the ways people write them. Every one must pass."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.metrics import mean_absolute_error, mean_pinball_loss

from course_lib import data, forecasting


# --- windows
def windows_loop(series, length, horizon):
    x, y = [], []
    for now in range(length - 1, len(series) - horizon):
        x.append([series[now - k] for k in range(length - 1, -1, -1)])
        y.append(series[now + horizon])
    return np.array(x), np.array(y)


def windows_view(series, length, horizon):
    x = sliding_window_view(series, length)
    return x[: len(x) - horizon], series[length + horizon - 1 :]


def windows_places(series, length, horizon):
    start = np.arange(series.size - length - horizon + 1)
    return series[start[:, None] + np.arange(length)], series[start + length + horizon - 1]


def windows_columns(series, length, horizon):
    N = len(series) - length - horizon + 1
    return np.column_stack([series[k : k + N] for k in range(length)]), series[-N:]


# --- as one season before
def naive_loop(series, season, horizon):
    forecast = []
    for h in range(horizon):
        forecast.append(series[len(series) - season + h % season])
    return np.array(forecast)


def naive_list(series, season, horizon):
    """A list is accepted as it is."""
    last = list(series[-season:])
    return (last * horizon)[:horizon]


def naive_tile(series, season, horizon):
    return np.tile(series[-season:], math.ceil(horizon / season))[:horizon]


def naive_grow(series, season, horizon):
    """Each forecast is appended and may be the season before of a later one."""
    longer = list(series)
    for _h in range(horizon):
        longer.append(longer[-season])
    return np.array(longer[len(series) :])


def naive_resize(series, season, horizon):
    return np.resize(series[-season:], horizon)


# --- scaled error
def mase_loop(y_true, y_pred, past, season):
    error = sum(abs(y - f) for y, f in zip(y_true, y_pred, strict=True)) / len(y_true)
    scale = sum(abs(past[t] - past[t - season]) for t in range(season, len(past))) / (len(past) - season)
    return error / scale


def mase_each(y_true, y_pred, past, season):
    scale = mean_absolute_error(past[season:], past[:-season])
    return np.mean(np.abs((y_true - y_pred) / scale))


def mase_library(y_true, y_pred, past, season):
    return data.mase(y_true[None], y_pred[None], past[None], season)


def mase_roll(y_true, y_pred, past, season):
    change = (past - np.roll(past, season))[season:]
    return mean_absolute_error(y_true, y_pred) / np.abs(change).mean()


# --- the loss of a quantile
def pinball_loop(y_true, y_pred, quantile):
    total = 0.0
    for y, f in zip(y_true, y_pred, strict=True):
        total += quantile * (y - f) if y >= f else (1 - quantile) * (f - y)
    return total / len(y_true)


def pinball_where(y_true, y_pred, quantile):
    d = y_true - y_pred
    return np.where(d > 0, quantile, 1 - quantile) @ np.abs(d) / d.size


def pinball_two_parts(y_true, y_pred, quantile):
    low, high = np.maximum(y_true - y_pred, 0), np.maximum(y_pred - y_true, 0)
    return np.mean(quantile * low + (1 - quantile) * high)


def pinball_half(y_true, y_pred, quantile):
    d = y_true - y_pred
    return (np.abs(d) / 2 + (quantile - 0.5) * d).mean()


def pinball_sklearn(y_true, y_pred, quantile):
    return mean_pinball_loss(y_true, y_pred, alpha=quantile)


# --- the quantity to order
def quantity_numpy(demand, cost_short, cost_over):
    return np.quantile(demand, cost_short / (cost_short + cost_over), method="inverted_cdf")


def quantity_loop(demand, cost_short, cost_over):
    ratio = cost_short / (cost_short + cost_over)
    for q in sorted(demand):
        if sum(d <= q for d in demand) / len(demand) >= ratio:
            return q
    return max(demand)


def quantity_place(demand, cost_short, cost_over):
    k = math.ceil(len(demand) * cost_short / (cost_short + cost_over))
    return float(np.sort(demand)[k - 1])


def quantity_cheapest(demand, cost_short, cost_over):
    """Try every demand: the first one with the lowest cost."""
    tried = np.unique(demand)
    cost = [
        np.sum(cost_short * np.maximum(demand - q, 0) + cost_over * np.maximum(q - demand, 0)).round(6) for q in tried
    ]
    return tried[np.argmin(cost)]


# --- the cost of the stock
def stock_array(orders, demand, holding, shortage):
    cost = np.zeros_like(demand)
    left = 0
    for t, (order, wanted) in enumerate(zip(orders, demand, strict=True)):
        left = left + order - wanted
        if left < 0:
            cost[t] = shortage * -left
            left = 0
        else:
            cost[t] = holding * left
    return cost


def stock_list(orders, demand, holding, shortage):
    """A list is accepted as it is."""
    costs, left = [], 0
    for order, wanted in zip(orders, demand, strict=True):
        sold = min(left + order, wanted)
        missing = wanted - sold
        left = left + order - sold
        costs.append(left * holding + missing * shortage)
    return costs


def stock_reflected(orders, demand, holding, shortage):
    """Without a loop: the level, lifted by as much as it has been below 0 so far."""
    level = np.cumsum(orders - demand)
    bought = np.maximum.accumulate(np.maximum(-level, 0))
    return holding * (level + bought) + shortage * np.diff(bought, prepend=0)


RIGHT = {
    "lagged": [windows_loop, windows_view, windows_places, windows_columns],
    "seasonal_naive": [
        naive_loop, naive_list, naive_tile, naive_grow, naive_resize, forecasting.seasonal_naive,
    ],
    "mase": [mase_loop, mase_each, mase_library, mase_roll],
    "pinball_loss": [pinball_loop, pinball_where, pinball_two_parts, pinball_half, pinball_sklearn],
    "newsvendor_quantity": [quantity_numpy, quantity_loop, quantity_place, quantity_cheapest],
    "stock_cost": [stock_array, stock_list, stock_reflected, forecasting.stock_cost],
}  # fmt: skip
