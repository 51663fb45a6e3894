"""The exercises of chapter 10, forecasts: windows without the future, as one season before, scaled error.

What a forecast costs, and how much to order, is in `chapter10_stock.py`.
"""

import numpy as np

from course_lib import forecasting
from course_lib.exercises import chapter10_stock
from course_lib.exercises.adapt import list_as_array
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def lagged(series, length, horizon):
    """All windows of `length` values, and the value `horizon` periods after the last one of each.

    series (T,) -> x (N, length), the oldest value first, y (N,), with N = T - length - horizon + 1.
    """
    N = len(series) - length - horizon + 1
    x = np.array([series[i : i + length] for i in range(N)])
    y = np.array([series[i + length - 1 + horizon] for i in range(N)])
    return x, y


def mase(y_true, y_pred, past, season):
    """The mean absolute error, divided by that of "as one season before" in the past.

    y_true, y_pred (H,), past (M,) with M > season -> one number; below 1 is better than the naive forecast was.
    """
    naive = np.mean(np.abs(past[season:] - past[:-season]))
    return np.mean(np.abs(y_true - y_pred)) / naive


# ---------------------------------------------------------------- windows
def lagged_cases(rng):
    yield np.array([10.0, 11, 12, 13, 14, 15]), 3, 2
    yield rng.normal(50, 10, 9).round(1), 3, 1
    yield rng.normal(50, 10, 7).round(1), 1, 1
    yield rng.normal(50, 10, 12).round(1), 4, 3
    yield rng.normal(50, 10, 9).round(1), 4, 5  # one window only
    yield rng.normal(size=30)[::2], 5, 2


def cut(
    count=lambda T, length, horizon: T - length - horizon + 1,
    starts=lambda N, length: range(N),
    piece=lambda series, i, length: series[i : i + length],
    label=lambda series, i, length, horizon: series[i + length - 1 + horizon],
    finish=lambda x, y: (x, y),
):
    """The right windows with one part replaced: the mistakes below say which."""

    def windows(series, length, horizon):
        here = starts(count(len(series), length, horizon), length)
        x = np.array([piece(series, i, length) for i in here])
        return finish(x, np.array([label(series, i, length, horizon) for i in here]))

    return windows


def rolled(series, length, horizon):
    return np.stack([np.roll(series, horizon + k) for k in range(length)[::-1]], axis=1), series.copy()


def filled_with_zeros(series, length, horizon):
    long = np.concatenate([np.zeros(length + horizon - 1), series])
    return lagged(long, length, horizon)[0], series.copy()


def unequal_numbers(series, length, horizon):
    x = np.array([series[i : i + length] for i in range(len(series) - length + 1)])
    return x, lagged(series, length, horizon)[1]


LAGGED = Exercise(
    name="lagged",
    chapter=10,
    title=_("Windows that do not look into the future"),
    statement=_(
        "Cut a series of measurements into windows for a forecast. The moment of the forecast is the last value of "
        "the window:\n\n"
        "$$x_i = (s_i, \\ldots, s_{i + L - 1}), \\qquad y_i = s_{i + L - 1 + H}$$\n\n"
        "`series` has shape (T,), `length` is L, the number of values in a window, `horizon` is H, how many periods "
        "the model looks ahead: 1 is the very next one. Return `x, y`: x has shape (N, L) with the oldest value first, "
        "y has shape (N,), and N = T - L - H + 1 windows are all there are.\n\n"
        "On paper: series = 10, 11, 12, 13, 14, 15 with L = 3 and H = 2 gives the windows (10, 11, 12) and "
        "(11, 12, 13), and y = 14, 15."
    ),
    reference=lagged,
    cases=lagged_cases,
    outputs=("x", "y"),
    solution_note=_(
        "`data.forecast_windows(series, length, horizon)` does the same with several columns, and adds the calendar "
        "of the hour to forecast: it is known in advance."
    ),
    misconceptions=[
        Misconception(
            "leak",
            cut(label=lambda s, i, L, H: s[i + L - 2 + H]),
            _(
                "Your target is one period too early. With horizon 1 it is the last value of the window itself: the "
                "model sees the answer, a leak. The window ends at i + L - 1, so the target is at i + L - 1 + H."
            ),
        ),
        Misconception(
            "leak_and_one_more_window",
            cut(count=lambda T, L, H: T - L - H + 2, label=lambda s, i, L, H: s[i + L - 2 + H]),
            _(
                "Your target is one period too early, and so there is one window too many. With horizon 1 the answer "
                "is the last value of the window: a leak. Take the value at i + L - 1 + H."
            ),
        ),
        Misconception(
            "one_period_too_far",
            cut(count=lambda T, L, H: T - L - H, label=lambda s, i, L, H: s[i + L + H]),
            _("Your target is one period too late. A slice `i : i + L` ends at i + L - 1; from there H further."),
        ),
        Misconception(
            "always_the_next",
            cut(label=lambda s, i, L, H: s[i + L]),
            _("Your target is always the next value. `horizon` says how far ahead it is: i + L - 1 + H."),
        ),
        Misconception(
            "horizon_unused",
            cut(count=lambda T, L, H: T - L, label=lambda s, i, L, H: s[i + L]),
            _("You did not use `horizon`: your target is always the next value, in all T - L windows."),
        ),
        Misconception(
            "from_the_start_of_the_window",
            cut(label=lambda s, i, L, H: s[i + H]),
            _(
                "You counted `horizon` from the first value of the window, so the target may lie inside it. Count "
                "from the last one."
            ),
        ),
        Misconception(
            "all_up_to_the_horizon",
            cut(label=lambda s, i, L, H: s[i + L : i + L + H]),
            _("Your y holds all values up to the horizon, (N, H). Asked is the one `horizon` periods ahead, (N,)."),
        ),
        Misconception(
            "last_window_missing",
            cut(count=lambda T, L, H: T - L - H),
            _("The last window is missing, the one whose target is the newest value. `range(N)` ends before N."),
        ),
        Misconception(
            "first_window_missing",
            cut(starts=lambda N, L: range(1, N)),
            _("The first window is missing. It begins with `series[0]`."),
        ),
        Misconception(
            "no_overlap",
            cut(starts=lambda N, L: range(0, N, L)),
            _("Your windows do not overlap. Move on by one period each time, not by `length`."),
        ),
        Misconception(
            "newest_first",
            cut(piece=lambda s, i, L: s[i : i + L][::-1]),
            _("Your windows begin with the newest value. Put the oldest first: a network reads forward in time."),
        ),
        Misconception(
            "window_too_long",
            cut(piece=lambda s, i, L: s[i : i + L + 1]),
            _(
                "Your windows hold L + 1 values, and the last one is the future. A slice ends before its end: `i : i "
                "+ L` has L values."
            ),
        ),
        Misconception(
            "window_too_short",
            cut(piece=lambda s, i, L: s[i : i + L - 1]),
            _("Your windows hold L - 1 values. A slice ends before its end, so `i : i + L` has L values already."),
        ),
        Misconception(
            "rolled_round",
            rolled,
            _(
                "`np.roll` brings the newest values round to the first rows: there the window holds the future. Leave "
                "out the rows that have no whole past."
            ),
        ),
        Misconception(
            "filled_with_zeros",
            filled_with_zeros,
            _("You filled the first windows with zeros. A mill did not need 0 kWh then: keep whole windows only."),
        ),
        Misconception(
            "more_windows_than_targets",
            unequal_numbers,
            _("There are windows whose target is not measured yet. Keep as many windows as targets: T - L - H + 1."),
        ),
        Misconception(
            "target_as_column",
            cut(finish=lambda x, y: (x, y[:, None])),
            _("y has shape (N, 1); asked is (N,). Against predictions (N,), NumPy would combine each with each."),
        ),
        Misconception(
            "axis_for_features",
            cut(finish=lambda x, y: (x[..., None], y)),
            _("x has an axis for the features, (N, L, 1), as an RNN needs it. Asked is (N, L)."),
        ),
        Misconception("wrong_order", cut(finish=lambda x, y: (y, x)), _("The order is wrong: return x, y.")),
        Misconception(
            "transposed",
            cut(finish=lambda x, y: (x.T, y)),
            _("x has the windows in its columns. Each window is a row: (N, L). Is a `.T` or `axis=1` missing?"),
        ),
        Misconception(
            "differences",
            cut(label=lambda s, i, L, H: s[i + L - 1 + H] - s[i + L - 1]),
            _("Your y is the change since the last value. Asked is the value itself."),
        ),
    ],
    hints=[
        _("Window i begins at i. At which place does it end? And which place is `horizon` further?"),
        _("The last target is the newest value, at T - 1. So i + L - 1 + H = T - 1 for the last window."),
        _(
            "With N = len(series) - length - horizon + 1: for i in `range(N)` append `series[i : i + length]` and "
            "`series[i + length - 1 + horizon]`; `np.array(list)` at the end."
        ),
    ],
)


# ---------------------------------------------------------------- as one season before
def naive_cases(rng):
    yield np.array([9.0, 1, 2, 3]), 3, 5
    yield rng.normal(50, 10, 8).round(1), 1, 3
    yield rng.normal(50, 10, 11).round(1), 4, 4
    yield rng.normal(50, 10, 5).round(1), 5, 2
    yield rng.normal(50, 10, 14).round(1), 4, 11
    yield rng.normal(size=40)[::2], 7, 10


def by_place(place):
    """A forecast from the place in the series of each period: place(T, season, h) with h = 0, 1, ..."""
    return lambda series, season, horizon: series[place(len(series), season, np.arange(horizon))]


def mean_of_seasons(series, season, horizon):
    return np.array([series[(len(series) + h) % season :: season].mean() for h in range(horizon)])


def runs_over(series, season, horizon):
    return np.array([series[len(series) - season + h] for h in range(horizon)])


SEASONAL_NAIVE = Exercise(
    name="seasonal_naive",
    chapter=10,
    title=_("The forecast to beat: as one season before"),
    statement=_(
        "Forecast every coming period as the same period of the last season:\n\n"
        "$$f_h = s_{T - m + (h \\bmod m)}, \\qquad h = 0, 1, \\ldots, H - 1$$\n\n"
        "`series` has shape (T,), the newest value last. `season` is m, the number of periods in a season: 1 means "
        '"as now" (persistence), 24 hours are a day, 12 months a year. `horizon` is H. Return the forecast of the H '
        "periods after the series, shape (H,). If H is larger than m, the last season comes again.\n\n"
        "On paper: series = 9, 1, 2, 3 with m = 3 and H = 5 gives 1, 2, 3, 1, 2."
    ),
    reference=forecasting.seasonal_naive,
    cases=naive_cases,
    outputs=("forecast",),
    adapt=list_as_array,
    solution_note=_(
        "`known_values` checks the series and gives a clear error. A model that does not beat this one line is not "
        "worth its computer."
    ),
    misconceptions=[
        Misconception(
            "as_now",
            by_place(lambda T, m, h: np.full(len(h), T - 1)),
            _("You repeated the newest value, whatever the season is. Go back one season: T - m + h."),
        ),
        Misconception(
            "first_season",
            by_place(lambda T, m, h: h % m),
            _("You took the first season of the series. The newest one is at its end: `series[-season:]`."),
        ),
        Misconception(
            "one_period_early",
            by_place(lambda T, m, h: T - m - 1 + h % m),
            _(
                "Every value is one period too early. The newest value is at T - 1, so one season before the next "
                "period is T - m."
            ),
        ),
        Misconception(
            "one_period_late",
            by_place(lambda T, m, h: (T - m + 1 + h % m) % T),
            _(
                "Every value is one period too late. One season before the next period, T, is T - m; with 1 more, the "
                "phase of the season is wrong."
            ),
        ),
        Misconception(
            "wrapped_to_the_start",
            by_place(lambda T, m, h: h - m),
            _(
                "From h = m on, the index `h - season` is 0 or larger, and Python takes the oldest values of the "
                "series. Use `h % season`."
            ),
        ),
        Misconception(
            "runs_over_the_end",
            runs_over,
            _("Where the horizon is longer than a season, your index leaves the series. Use `h % season`."),
        ),
        Misconception(
            "too_short",
            lambda series, season, horizon: series[-season:][:horizon],
            _("Your forecast ends after one season. If the horizon is longer, the last season comes again."),
        ),
        Misconception(
            "not_cut",
            lambda series, season, horizon: np.tile(series[-season:], -(-horizon // season)),
            _("You return whole seasons. Cut the forecast to `horizon` values: `[:horizon]`."),
        ),
        Misconception(
            "last_horizon_values",
            lambda series, season, horizon: series[-horizon:].copy(),
            _("You took the last `horizon` values. The season says how far back to go, not the horizon."),
        ),
        Misconception(
            "backwards",
            by_place(lambda T, m, h: T - 1 - h % m),
            _("Your season runs backwards. Start at its oldest value, `series[-season]`, and go forward."),
        ),
        Misconception(
            "mean_of_all_seasons",
            mean_of_seasons,
            _("You took the mean of all seasons. That is another forecast; this one takes the last season alone."),
        ),
        Misconception(
            "mean_of_last_season",
            lambda series, season, horizon: np.full(horizon, series[-season:].mean()),
            _("You forecast the mean of the last season in every period. Keep its course, period by period."),
        ),
        Misconception(
            "mean_of_everything",
            lambda series, season, horizon: np.full(horizon, series.mean()),
            _("You forecast the mean of the whole series. Asked is the value one season before."),
        ),
        Misconception(
            "two_seasons_before",
            by_place(lambda T, m, h: np.maximum(T - 2 * m, 0) + h % m),
            _("You went back two seasons. One is enough: T - m."),
        ),
        Misconception(
            "past_shifted",
            lambda series, season, horizon: series[:-season],
            _(
                "You shifted the past by one season: those are forecasts for periods that are measured already. Asked "
                "are the `horizon` periods after the series."
            ),
        ),
        Misconception(
            "season_as_step",
            lambda series, season, horizon: series[::-season][:horizon],
            _("You took every m-th value, going back. Asked are the periods one after the other, one season earlier."),
        ),
        Misconception(
            "one_value",
            lambda series, season, horizon: series[len(series) - season + (horizon - 1) % season],
            _("You return the forecast of the last period only. Asked are all `horizon` periods, shape (H,)."),
        ),
        Misconception(
            "one_value_too_many",
            by_place(lambda T, m, h: T - m + np.arange(len(h) + 1) % m),
            _("There is one value too many. `range(horizon)` gives `horizon` periods already."),
        ),
    ],
    hints=[
        _("`series[-season:]` is the last season. What comes after it, if every season is like the last one?"),
        _("For h = 0, 1, 2, ... the place in the last season is h % season: it begins anew after each season."),
        _("`series[-season:][np.arange(horizon) % season]`."),
    ],
)


# ---------------------------------------------------------------- scaled error
def mase_cases(rng):
    yield np.array([3.0, 0, 1]), np.array([1.0, 1, 1]), np.array([0.0, 2, 1, 4]), 1
    yield rng.poisson(3.0, 5) + 1.0, np.full(5, 2.5), rng.poisson(3.0, 9) + 1.0, 2
    yield rng.poisson(1.0, 8).astype(float), np.zeros(8), rng.poisson(1.0, 30).astype(float), 3
    yield rng.normal(100, 10, 6), rng.normal(100, 10, 6), rng.normal(100, 10, 11), 4
    yield rng.normal(50, 5, 7), np.full(7, 60.0), rng.normal(50, 5, 13), 3
    yield rng.normal(50, 5, 12)[::2], rng.normal(52, 5, 12)[::2], rng.normal(50, 5, 30)[::2], 5


def mean_abs(values):
    return np.mean(np.abs(values))


def seasonal(past, season):
    return past[season:] - past[:-season]


def ratio(error=lambda e: mean_abs(e), scale=lambda past, season: mean_abs(seasonal(past, season))):
    """The right ratio with one part replaced: the mistakes below say which."""
    return lambda y_true, y_pred, past, season: error(y_true - y_pred) / scale(past, season)


def as_one_season_before(y_true, past, season):
    return forecasting.seasonal_naive(past, season, len(y_true))


MASE = Exercise(
    name="mase",
    chapter=10,
    title=_("An error without a unit that survives zeros"),
    statement=_(
        "A part that nobody asked for in a month has no error in percent: 100 % of 0 is 0. The mean absolute scaled "
        'error divides by the error of "as one season before", measured in the past:\n\n'
        "$$\\text{MASE} = \\frac{\\frac{1}{H} \\sum_h |y_h - f_h|}"
        "{\\frac{1}{M - m} \\sum_{t = m}^{M - 1} |p_t - p_{t - m}|}$$\n\n"
        "`y_true` and `y_pred` have shape (H,), `past` has shape (M,): what was known when the forecast was made. "
        "`season` is m. Return one number. Below 1 the forecast is better than the naive one was in the past.\n\n"
        "On paper: y = (3, 0, 1), f = (1, 1, 1), past = (0, 2, 1, 4), m = 1: the error is (2 + 1 + 0) / 3 = 1, the "
        "scale (2 + 1 + 3) / 3 = 2, so MASE = 0.5."
    ),
    reference=mase,
    cases=mase_cases,
    outputs=("mase",),
    solution_note=_(
        "`data.mase` does the same for many parts at once. Source: Hyndman and Koehler 2006, who propose it because it "
        "stays finite where a percentage does not."
    ),
    misconceptions=[
        Misconception(
            "scale_from_the_test",
            lambda y, f, past, m: mean_abs(y - f) / mean_abs(seasonal(y, m)),
            _(
                "Your scale comes from `y_true`, the months to be forecast. Then the same error counts less in a "
                "restless year, and nobody knows the scale beforehand. Take it from `past`."
            ),
        ),
        Misconception(
            "naive_of_the_test",
            lambda y, f, past, m: mean_abs(y - f) / mean_abs(y - as_one_season_before(y, past, m)),
            _(
                "You divided by the error of the naive forecast in the test months: a relative error, which explodes "
                "where that forecast happens to be right. The scale of MASE is the one in the past."
            ),
        ),
        Misconception(
            "scale_from_both",
            lambda y, f, past, m: mean_abs(y - f) / mean_abs(seasonal(np.concatenate([past, y]), m)),
            _("Your scale is measured over past and test months together. Only the past is known beforehand."),
        ),
        Misconception(
            "season_unused",
            ratio(scale=lambda past, m: mean_abs(np.diff(past))),
            _('Your scale compares with the month before. "One season before" is m back: `past[m:] - past[:-m]`.'),
        ),
        Misconception(
            "difference_of_differences",
            ratio(scale=lambda past, m: mean_abs(np.diff(past, m))),
            _(
                "`np.diff(past, m)` takes differences of differences, m times. One season apart is "
                "`past[m:] - past[:-m]`."
            ),
        ),
        Misconception(
            "wrapped_round",
            ratio(scale=lambda past, m: mean_abs(past - np.roll(past, m))),
            _("`np.roll` compares the oldest months with the newest. Leave out the first m: they have none before."),
        ),
        Misconception(
            "divided_by_M",
            ratio(scale=lambda past, m: np.abs(seasonal(past, m)).sum() / len(past)),
            _("There are M - m differences, but you divided their sum by M. `np.mean` counts them."),
        ),
        Misconception(
            "sums",
            ratio(lambda e: np.abs(e).sum(), lambda past, m: np.abs(seasonal(past, m)).sum()),
            _("You divided a sum over H months by one over M - m months. Take the mean of each."),
        ),
        Misconception(
            "upside_down",
            lambda y, f, past, m: mean_abs(seasonal(past, m)) / mean_abs(y - f),
            _("Your fraction is upside down. The error of the forecast stands above, the scale below."),
        ),
        Misconception(
            "not_scaled",
            ratio(scale=lambda past, m: 1.0),
            _("This is the mean absolute error, in pieces. Divide it by the scale from the past."),
        ),
        Misconception(
            "mean_of_past",
            ratio(scale=lambda past, m: mean_abs(past)),
            _("You divided by the mean demand. The scale is the error of the naive forecast in the past."),
        ),
        Misconception(
            "deviation_of_past",
            ratio(scale=lambda past, m: past.std()),
            _("You divided by the standard deviation of the past. The scale is the mean of |p_t - p_(t - m)|."),
        ),
        Misconception(
            "mean_deviation_of_past",
            ratio(scale=lambda past, m: mean_abs(past - past.mean())),
            _("Your scale compares the past with its mean. Compare each month with the one a season before."),
        ),
        Misconception(
            "squared",
            ratio(lambda e: np.sqrt(np.mean(e**2)), lambda past, m: np.sqrt(np.mean(seasonal(past, m) ** 2))),
            _("You took roots of mean squares (that is RMSSE). MASE takes absolute values."),
        ),
        Misconception(
            "squared_above",
            ratio(lambda e: np.sqrt(np.mean(e**2))),
            _("Above stands a root of mean squares, below a mean absolute error. Take the absolute value in both."),
        ),
        Misconception(
            "mean_squares",
            ratio(lambda e: np.mean(e**2), lambda past, m: np.mean(seasonal(past, m) ** 2)),
            _("You squared the errors. MASE takes absolute values: one bad month does not outweigh all others."),
        ),
        Misconception(
            "signs_kept_above",
            ratio(lambda e: np.mean(e)),
            _("Errors of both signs cancel above the line. Take absolute values before the mean: `np.abs`."),
        ),
        Misconception(
            "absolute_value_of_means",
            ratio(lambda e: np.abs(np.mean(e)), lambda past, m: np.abs(np.mean(seasonal(past, m)))),
            _("You took the absolute value of the means, so errors of both signs cancel. First `np.abs`."),
        ),
        Misconception(
            "signs_kept",
            ratio(lambda e: np.mean(e), lambda past, m: np.mean(seasonal(past, m))),
            _("Without absolute values, errors of both signs cancel, above and below. Use `np.abs`."),
        ),
        Misconception(
            "percentage",
            lambda y, f, past, m: mean_abs((y - f) / y),
            _(
                "This is the error in percent of the demand. In a month without demand it divides by 0. The scale "
                "comes from the past and is one number."
            ),
        ),
        Misconception(
            "medians",
            ratio(lambda e: np.median(np.abs(e)), lambda past, m: np.median(np.abs(seasonal(past, m)))),
            _("You took medians. Where most months have no demand they are 0: take means."),
        ),
        Misconception(
            "each_month",
            ratio(lambda e: np.abs(e)),
            _("You return a value for every month. Take the mean of the errors: one number."),
        ),
        Misconception(
            "one_more_season_step",
            ratio(scale=lambda past, m: mean_abs(past[m + 1 :] - past[: -m - 1])),
            _("Your months are m + 1 apart. `past[m:]` and `past[:-m]` are m apart."),
        ),
    ],
    hints=[
        _("Above: how far is the forecast off, on average? Below: how far was the naive forecast off, in the past?"),
        _("`past[season:]` are the months that have a season before them, and `past[:-season]` those seasons."),
        _("`np.mean(np.abs(y_true - y_pred)) / np.mean(np.abs(past[season:] - past[:-season]))`."),
    ],
)

EXERCISES = [LAGGED, SEASONAL_NAIVE, MASE, *chapter10_stock.EXERCISES]
