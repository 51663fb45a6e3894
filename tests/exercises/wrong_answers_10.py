"""Wrong answers of chapter 10 as learners write them, with the name of the mistake they must be told."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.metrics import mean_absolute_error, root_mean_squared_error


# --- windows
def windows_end_at_now(series, length, horizon):
    """The classic: `series[now - length : now]` ends before now, and here now is the target of horizon 1."""
    x, y = [], []
    for i in range(len(series) - length - horizon + 1):
        x.append(series[i : i + length])
        y.append(series[i + length + horizon - 2])
    return np.array(x), np.array(y)


def windows_view_leak(series, length, horizon):
    x = sliding_window_view(series, length)
    return x[: len(x) - horizon + 1], series[length + horizon - 2 :]


def windows_plus_horizon(series, length, horizon):
    x = [series[i : i + length] for i in range(len(series) - length - horizon)]
    y = [series[i + length + horizon] for i in range(len(series) - length - horizon)]
    return np.array(x), np.array(y)


def windows_of_one_step(series, length, horizon):
    x = [series[i : i + length] for i in range(len(series) - length)]
    return np.array(x), series[length:].copy()


def windows_range_too_short(series, length, horizon):
    x, y = [], []
    for end in range(length, len(series) - horizon):
        x.append(series[end - length : end])
        y.append(series[end - 1 + horizon])
    return np.array(x), np.array(y)


def windows_lags(series, length, horizon):
    """Lag 1 first, as tables of lags are often written."""
    N = len(series) - length - horizon + 1
    now = np.arange(N) + length - 1
    return np.column_stack([series[now - lag] for lag in range(length)]), series[now + horizon]


def windows_keras_steps(series, length, horizon):
    N = len(series) - length - horizon + 1
    return sliding_window_view(series, length)[:N, :, None], series[-N:]


def windows_many_targets(series, length, horizon):
    both = sliding_window_view(series, length + horizon)
    return both[:, :length], both[:, length:]


def windows_all_views(series, length, horizon):
    return sliding_window_view(series, length), series[length + horizon - 1 :]


# --- as one season before
def naive_persistence(series, season, horizon):
    return np.array([series[-1]] * horizon)


def naive_without_modulo(series, season, horizon):
    return np.array([series[h - season] for h in range(horizon)])


def naive_shift(series, season, horizon):
    return np.array([series[len(series) - season - 1 + h % season] for h in range(horizon)])


def naive_slice(series, season, horizon):
    start = len(series) - season
    return series[start : start + horizon]


def naive_from_the_start(series, season, horizon):
    return np.resize(series, horizon) if season == len(series) else np.resize(series[:season], horizon)


def naive_last_h(series, season, horizon):
    return np.array(list(series)[-horizon:])


def naive_negative(series, season, horizon):
    return np.array([series[-1 - (h % season)] for h in range(horizon)])


def naive_flat(series, season, horizon):
    return np.repeat(np.mean(series[-season:]), horizon)


# --- scaled error
def mase_test_scale(y_true, y_pred, past, season):
    return mean_absolute_error(y_true, y_pred) / mean_absolute_error(y_true[season:], y_true[:-season])


def mase_relative(y_true, y_pred, past, season):
    naive = np.resize(past[-season:], len(y_true))
    return mean_absolute_error(y_true, y_pred) / mean_absolute_error(y_true, naive)


def mase_diff(y_true, y_pred, past, season):
    return mean_absolute_error(y_true, y_pred) / np.abs(np.diff(past)).mean()


def mase_diff_n(y_true, y_pred, past, season):
    return mean_absolute_error(y_true, y_pred) / np.abs(np.diff(past, n=season)).mean()


def mase_mape(y_true, y_pred, past, season):
    return np.mean(np.abs(y_true - y_pred) / np.abs(y_true))


def mase_wape(y_true, y_pred, past, season):
    return np.abs(y_true - y_pred).mean() / past.mean()


def mase_mae(y_true, y_pred, past, season):
    return mean_absolute_error(y_true, y_pred)


def mase_rmsse(y_true, y_pred, past, season):
    return root_mean_squared_error(y_true, y_pred) / root_mean_squared_error(past[season:], past[:-season])


def mase_of_sums(y_true, y_pred, past, season):
    return np.abs(y_true - y_pred).sum() / np.abs(past[season:] - past[:-season]).sum()


def mase_not_averaged(y_true, y_pred, past, season):
    return np.abs(y_true - y_pred) / mean_absolute_error(past[season:], past[:-season])


# --- the loss of a quantile
def pinball_error_turned(y_true, y_pred, quantile):
    e = y_pred - y_true
    return np.mean(np.maximum(quantile * e, (quantile - 1) * e))


def pinball_mae(y_true, y_pred, quantile):
    return mean_absolute_error(y_true, y_pred)


def pinball_forgot_minus(y_true, y_pred, quantile):
    d = y_true - y_pred
    return np.mean(np.where(d > 0, quantile * d, (1 - quantile) * d))


def pinball_relu(y_true, y_pred, quantile):
    return np.mean(quantile * np.maximum(y_true - y_pred, 0))


def pinball_total(y_true, y_pred, quantile):
    d = y_true - y_pred
    return sum(max(quantile * one, (quantile - 1) * one) for one in d)


def pinball_vector(y_true, y_pred, quantile):
    d = y_true - y_pred
    return np.maximum(quantile * d, (quantile - 1) * d)


def pinball_expectile(y_true, y_pred, quantile):
    d = y_true - y_pred
    return np.mean(np.abs(quantile - (d < 0)) * d**2)


# --- the quantity to order
def quantity_interpolated(demand, cost_short, cost_over):
    return np.percentile(demand, 100 * cost_short / (cost_short + cost_over))


def quantity_over(demand, cost_short, cost_over):
    return np.quantile(demand, cost_over / (cost_over + cost_short), method="inverted_cdf")


def quantity_int(demand, cost_short, cost_over):
    return sorted(demand)[int(len(demand) * cost_short / (cost_short + cost_over))]


def quantity_unsorted(demand, cost_short, cost_over):
    return demand[math.ceil(len(demand) * cost_short / (cost_short + cost_over)) - 1]


def quantity_mean(demand, cost_short, cost_over):
    return sum(demand) / len(demand)


def quantity_set(demand, cost_short, cost_over):
    once = sorted(set(demand))
    return once[math.ceil(len(once) * cost_short / (cost_short + cost_over)) - 1]


def quantity_asked_only(demand, cost_short, cost_over):
    asked = demand[demand != 0]
    return np.quantile(asked, cost_short / (cost_short + cost_over), method="inverted_cdf")


def quantity_argmax(demand, cost_short, cost_over):
    share = np.arange(1, len(demand) + 1) / len(demand)
    return np.argmax(share >= cost_short / (cost_short + cost_over))


# --- the cost of the stock
def stock_each_month(orders, demand, holding, shortage):
    d = orders - demand
    return holding * np.maximum(d, 0) + shortage * np.maximum(-d, 0)


def stock_negative_level(orders, demand, holding, shortage):
    level, cost = 0, []
    for order, wanted in zip(orders, demand, strict=True):
        level += order - wanted
        cost.append(holding * level if level > 0 else -shortage * level)
    return np.array(cost)


def stock_paid_in_the_morning(orders, demand, holding, shortage):
    left, cost = 0, np.zeros(len(demand))
    for t in range(len(demand)):
        left += orders[t]
        cost[t] = holding * left
        if demand[t] > left:
            cost[t] += shortage * (demand[t] - left)
        left = max(0, left - demand[t])
    return cost


def stock_total(orders, demand, holding, shortage):
    left, cost = 0, 0
    for t in range(len(demand)):
        d = left + orders[t] - demand[t]
        left = max(d, 0)
        cost += holding * left + shortage * max(-d, 0)
    return cost


def stock_penalty(orders, demand, holding, shortage):
    left, cost = 0, []
    for t in range(len(demand)):
        d = left + orders[t] - demand[t]
        left = max(d, 0)
        cost.append(shortage if d < 0 else holding * left)
    return np.array(cost)


def stock_returned_early(orders, demand, holding, shortage):
    left, cost = 0, []
    for t in range(len(demand)):
        d = left + orders[t] - demand[t]
        left = max(d, 0)
        cost.append(holding * left + shortage * max(-d, 0))
        return cost[0]


def stock_running(orders, demand, holding, shortage):
    left, total, cost = 0, 0, []
    for t in range(len(demand)):
        d = left + orders[t] - demand[t]
        left = max(d, 0)
        total += holding * left + shortage * max(-d, 0)
        cost.append(total)
    return np.array(cost)


WRONG = [
    ("lagged", "leak", windows_end_at_now),
    ("lagged", "leak_and_one_more_window", windows_view_leak),
    ("lagged", "one_period_too_far", windows_plus_horizon),
    ("lagged", "horizon_unused", windows_of_one_step),
    ("lagged", "last_window_missing", windows_range_too_short),
    ("lagged", "newest_first", windows_lags),
    ("lagged", "axis_for_features", windows_keras_steps),
    ("lagged", "all_up_to_the_horizon", windows_many_targets),
    ("lagged", "more_windows_than_targets", windows_all_views),
    ("seasonal_naive", "as_now", naive_persistence),
    ("seasonal_naive", "wrapped_to_the_start", naive_without_modulo),
    ("seasonal_naive", "one_period_early", naive_shift),
    ("seasonal_naive", "too_short", naive_slice),
    ("seasonal_naive", "first_season", naive_from_the_start),
    ("seasonal_naive", "last_horizon_values", naive_last_h),
    ("seasonal_naive", "backwards", naive_negative),
    ("seasonal_naive", "mean_of_last_season", naive_flat),
    ("mase", "scale_from_the_test", mase_test_scale),
    ("mase", "naive_of_the_test", mase_relative),
    ("mase", "season_unused", mase_diff),
    ("mase", "difference_of_differences", mase_diff_n),
    ("mase", "percentage", mase_mape),
    ("mase", "mean_of_past", mase_wape),
    ("mase", "not_scaled", mase_mae),
    ("mase", "squared", mase_rmsse),
    ("mase", "sums", mase_of_sums),
    ("mase", "each_month", mase_not_averaged),
    ("pinball_loss", "sides_swapped", pinball_error_turned),
    ("pinball_loss", "absolute_error", pinball_mae),
    ("pinball_loss", "negative_side", pinball_forgot_minus),
    ("pinball_loss", "only_too_low", pinball_relu),
    ("pinball_loss", "sum", pinball_total),
    ("pinball_loss", "each_row", pinball_vector),
    ("pinball_loss", "squared", pinball_expectile),
    ("newsvendor_quantity", "interpolated", quantity_interpolated),
    ("newsvendor_quantity", "prices_swapped", quantity_over),
    ("newsvendor_quantity", "share_must_be_larger", quantity_int),
    ("newsvendor_quantity", "not_sorted", quantity_unsorted),
    ("newsvendor_quantity", "mean_demand", quantity_mean),
    ("newsvendor_quantity", "each_demand_once", quantity_set),
    ("newsvendor_quantity", "zeros_left_out", quantity_asked_only),
    ("newsvendor_quantity", "index_returned", quantity_argmax),
    ("stock_cost", "nothing_carried_over", stock_each_month),
    ("stock_cost", "delivered_later", stock_negative_level),
    ("stock_cost", "held_before_the_demand", stock_paid_in_the_morning),
    ("stock_cost", "total", stock_total),
    ("stock_cost", "shortage_once_a_month", stock_penalty),
    ("stock_cost", "first_month_only", stock_returned_early),
    ("stock_cost", "so_far", stock_running),
]
