"""Forecasts and what they cost: as one season before, the loss of a quantile, the quantity to order, the stock."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, first, number, same_shape, whole


def seasonal_naive(series, season, horizon):
    """Forecast every coming period as the same period of the last season: f_h = y_(T - season + h mod season).

    series (T,): what was measured, the newest value last -> forecast (horizon,) for h = 0 ... horizon - 1 behind it.
    season is counted in periods: 1 "as now" (persistence), 24 for hours that repeat daily, 12 for months. Where the
    horizon is longer than a season, the last season comes again.

    Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", section 5.2. Raises ValueError for a
    series shorter than a season and for missing values.
    """
    series, season, horizon = known_values("series", series, season), whole("season", season), whole("horizon", horizon)
    return series[len(series) - season + np.arange(horizon) % season]


def pinball_loss(y_true, y_pred, quantile):
    """The loss that a quantile minimizes: mean of max(q (y - f), (q - 1) (y - f)), f the forecast.

    y_true and y_pred of one shape, quantile q between 0 and 1 -> one number in their unit. A forecast that is one unit
    too low costs q, one unit too high 1 - q. q = 0.5 is half the mean absolute error.

    Source: Koenker and Bassett 1978. Raises ValueError for shapes that differ, missing values and another quantile.
    """
    y_true, y_pred = measured_pair(y_true, y_pred)
    too_low = y_true - y_pred
    q = open_share("quantile", quantile)
    return float(np.mean(np.maximum(q * too_low, (q - 1) * too_low)))


def newsvendor_quantity(demand, cost_short, cost_over):
    """The quantity to order once, for a demand not yet known: the smallest demand Q with

        share of the demands <= Q  >=  cost_short / (cost_short + cost_over)

    demand (N,): what was asked for in N comparable periods, or N draws of a forecast. One piece too few costs
    `cost_short`, one too many `cost_over` [EUR]. No other quantity has a lower mean cost over these demands.

    Source: Arrow, Harris and Marschak 1951. Raises ValueError for no demand, missing or negative ones, and prices
    that are negative or both 0.
    """
    cost_short, cost_over = two_prices("cost_short", cost_short, "cost_over", cost_over)
    ordered = np.sort(amounts("demand", demand))
    n = len(ordered)
    enough = np.arange(1, n + 1) * (cost_short + cost_over) >= cost_short * n
    return float(ordered[np.argmax(enough)])


def stock_cost(orders, demand, holding, shortage):
    """The cost of each period: `holding` for each piece left at its end, `shortage` for each piece that was missing.

        there = left of the period before + order        left = max(there - demand, 0)
        missing = max(demand - there, 0)                 cost = holding * left + shortage * missing

    orders and demand (T,), the orders arrive at the beginning of their period; the shelf is empty before the first.
    holding and shortage in EUR a piece -> cost (T,) [EUR]. A missing piece is bought elsewhere, not delivered later.

    Raises ValueError for shapes that differ, missing or negative amounts, and prices that are negative or both 0.
    """
    holding, shortage = two_prices("holding", holding, "shortage", shortage)
    orders, demand = same_shape("orders", amounts("orders", orders), "demand", amounts("demand", demand))
    cost, left = np.zeros(len(demand)), 0.0
    for t in range(len(demand)):
        there = left + orders[t]
        left = max(there - demand[t], 0.0)
        missing = max(demand[t] - there, 0.0)
        cost[t] = holding * left + shortage * missing
    return cost


def known_values(name, values, least):
    """The values as floats (T,), none of them missing and at least so many."""
    values, least = as_float(name, values), whole("season", least)
    if values.ndim != 1 or len(values) < least:
        raise ValueError(
            _(
                "{name} has shape {given}, but (T,) with at least {least} values is needed: one whole season. Take a "
                "longer series or a shorter season."
            ).format(name=name, given=values.shape, least=least)
        )
    finite(name, values)
    return values


def measured_pair(y_true, y_pred):
    """Both as floats of one shape, not empty, without missing values."""
    y_true, y_pred = same_shape("y_true", y_true, "y_pred", y_pred)
    if not y_true.size:
        raise ValueError(_("y_true is empty, but at least one value is needed to compare a forecast with."))
    finite("y_true", y_true)
    finite("y_pred", y_pred)
    return y_true, y_pred


def open_share(name, value):
    """The value as a float, between 0 and 1 and neither of them."""
    given = number(name, value)
    if not 0 < given < 1:
        raise ValueError(
            _("{name} is {value}, but it must be above 0 and below 1. Divide percent by 100.").format(
                name=name, value=value
            )
        )
    return given


def amounts(name, values):
    """The amounts as floats (N,), N at least 1, none missing, none below 0."""
    values = as_float(name, values)
    if values.ndim != 1 or not len(values):
        raise ValueError(
            _("{name} has shape {given}, but one amount for each period is needed: (N,), N at least 1.").format(
                name=name, given=values.shape
            )
        )
    finite(name, values)
    if (values < 0).any():
        place = first(values < 0)
        raise ValueError(
            _(
                "{name} is {value:g} at index {place}, but an amount of at least 0 is needed. Book returns apart."
            ).format(name=name, value=values[place], place=place)
        )
    return values


def two_prices(name, value, other_name, other):
    """Both prices as floats of at least 0, not both 0."""
    for one, given in ((name, value), (other_name, other)):
        if not 0 <= number(one, given) < np.inf:
            raise ValueError(
                _("{name} is {value}, but a price of 0 EUR or more is needed.").format(name=one, value=given)
            )
    if float(value) == float(other) == 0:
        raise ValueError(
            _("{name} and {other} are both 0: then every quantity costs the same. Give at least one price.").format(
                name=name, other=other_name
            )
        )
    return float(value), float(other)
