"""A measured series with one row an hour, the split by time, and windows for looking ahead."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import as_float, first, whole


@dataclass(frozen=True)
class TimeSeries(Table):
    """A Table whose rows follow each other in time, with a number to forecast.

    `x` (N, D) are the values of the row's own time, `y` (N,) float64 the number to forecast at this time, `time` (N,)
    datetime64 the start of the row, `step` the constant distance of two rows. `known` (D,) is True for columns that
    are known in advance (the calendar) and False for what is measured. `y_unit` is the unit of `y`. `groups` (N,) is
    the day. `expected` (N,) is known for simulated series only: the mean of y given the whole past, so that y minus it
    is pure chance.

    Raises ValueError for rows that are not one step apart.
    """

    time: np.ndarray | None = None
    step: np.timedelta64 = np.timedelta64(1, "h")
    known: tuple[bool, ...] = ()
    y_unit: str = ""
    expected: np.ndarray | None = None

    def __post_init__(self):
        super().__post_init__()
        if self.time is None:
            raise ValueError(_("time is missing: give the start of each row, datetime64 of shape (N,)."))
        for name, values in (("time", self.time), ("expected", self.expected)):
            if values is not None and len(values) != len(self.x):
                raise ValueError(
                    _("{name} has {length} entries but x has {rows} rows").format(
                        name=name, length=len(values), rows=len(self.x)
                    )
                )
        if len(self.known) != self.x.shape[1]:
            raise ValueError(
                _("known has {length} entries but x has {columns} columns").format(
                    length=len(self.known), columns=self.x.shape[1]
                )
            )
        wrong = np.flatnonzero(np.diff(self.time) != self.step)
        if len(wrong):
            raise ValueError(
                _(
                    "row {row} starts at {start}, not {step} after the row before ({before}). Rows must follow each "
                    "other without a gap: do not shuffle; split by time with split_by_time."
                ).format(row=wrong[0] + 1, start=self.time[wrong[0] + 1], step=self.step, before=self.time[wrong[0]])
            )

    def rows(self, index):
        """Return these rows only: neighbours, so give a slice, or a mask (N,) or numbers without a gap."""
        chosen = {name: getattr(self, name)[index] for name in ("x", "y", "groups", "time")}
        return replace(self, **chosen, expected=None if self.expected is None else self.expected[index])

    def __repr__(self):
        return _(
            "TimeSeries ({source}): {rows} rows from {start} to {end}, y {low:g} to {high:g} {unit}, inputs: {labels}"
        ).format(
            source=self.source,
            rows=len(self),
            start=self.time[0] if len(self) else "-",
            end=self.time[-1] if len(self) else "-",
            low=self.y.min(initial=np.inf),
            high=self.y.max(initial=-np.inf),
            unit=self.y_unit,
            labels=", ".join(self.labels),
        )


@dataclass(frozen=True)
class ForecastWindows:
    """N windows: what is known at the moment of the forecast, and what was to be forecast.

    `x` (N, T, D) the rows t - T + 1 ... t; `known` (N, K) the calendar of the time to forecast; `y` (N,) the value
    there; `last` (N,) the value at t: what persistence ("as now") forecasts; `time` (N,) the time to forecast.
    `expected` (N,) as in TimeSeries, for one step ahead of a simulated series, else None.
    """

    x: np.ndarray
    known: np.ndarray
    y: np.ndarray
    last: np.ndarray
    time: np.ndarray
    expected: np.ndarray | None = None

    def __len__(self):
        return len(self.y)

    def flat(self):
        """Return one row a window, (N, T D + K): all past values, then the calendar. For ridge, trees and an MLP."""
        return np.concatenate([self.x.reshape(len(self), -1), self.known], axis=1)

    def __repr__(self):
        return _("ForecastWindows: {n} windows of {t} rows, {d} columns, and {k} columns known in advance").format(
            n=len(self), t=self.x.shape[1], d=self.x.shape[2], k=self.known.shape[1]
        )


def forecast_windows(series, length=24, horizon=1):
    """Cut a `series` into all windows of `length` rows, with the value `horizon` rows after each: ForecastWindows.

        x[i] = rows t - T + 1 ... t        known[i] = calendar at t + horizon        y[i] = value at t + horizon

    A row's measured columns (demand, power, CO2) enter as past only: those of the time to forecast are not in the
    window. n rows give n - T + 1 - horizon windows. Cut each part of a split by itself, so that no window is in two.

    Raises TypeError for what is no TimeSeries; ValueError for too few rows, missing values, length or horizon below 1.
    """
    if not isinstance(series, TimeSeries):
        raise TypeError(
            _(
                "series is a {given}, but a TimeSeries is needed, as data.load('steel_energy') returns it: an array "
                "alone does not tell what is known in advance."
            ).format(given=type(series).__name__)
        )
    length, horizon = whole("length", length), whole("horizon", horizon)
    count = len(series) - length + 1 - horizon
    if count < 1:
        raise ValueError(
            _(
                "series has {rows} rows, but a window of {length} and a look {horizon} ahead need {needed}. Use a "
                "shorter window."
            ).format(rows=len(series), length=length, horizon=horizon, needed=length + horizon)
        )
    for name, values in (("x", series.x), ("y", series.y)):
        bad = ~np.isfinite(values)
        if bad.any():
            raise ValueError(
                _("{name} has {count} missing or infinite values, first at {time}; fill them first").format(
                    name=name, count=int(bad.sum()), time=series.time[first(bad)[0]]
                )
            )
    view = np.lib.stride_tricks.sliding_window_view(series.x, length, axis=0)[:count]  # (N, D, T)
    target = slice(length - 1 + horizon, length - 1 + horizon + count)
    return ForecastWindows(
        x=np.ascontiguousarray(view.transpose(0, 2, 1)),
        known=series.x[target][:, np.array(series.known)],
        y=series.y[target],
        last=series.y[length - 1 : length - 1 + count],
        time=series.time[target],
        expected=series.expected[target] if horizon == 1 and series.expected is not None else None,
    )


def split_by_time(table, fractions=(0.7, 0.1, 0.2)):
    """Split a table with a `time` (N,) into parts of about these fractions of its rows: the past first.

    The rows are put in the order of time, and each cut lies between two days: a day is in one part only. So a model is
    always judged on days after those it learned from, as in the plant.

    Raises ValueError when the fractions do not sum to 1, and when there are fewer days than parts.
    """
    fractions = as_float("fractions", fractions)
    if fractions.ndim != 1 or np.any(fractions <= 0) or abs(fractions.sum() - 1) > 1e-9:
        raise ValueError(
            _("fractions must be positive and sum to 1, but are {given}").format(
                given=tuple(fractions.ravel().tolist())
            )
        )
    order = np.argsort(table.time, kind="stable")
    day = table.time[order].astype("datetime64[D]")
    starts = np.flatnonzero(np.append(True, day[1:] != day[:-1])) if len(day) else np.zeros(0, int)
    if len(starts) < len(fractions):
        raise ValueError(
            _("table has {days} days, too few for {parts} parts; give fewer fractions").format(
                days=len(starts), parts=len(fractions)
            )
        )
    ends = np.append(starts, len(day))
    wanted = np.cumsum(fractions)[:-1] * len(day) + 1e-9 * len(day)
    cuts = np.searchsorted(ends, wanted, side="right") - 1  # the last day's start that is not beyond the share
    cuts = np.maximum(cuts, 1 + np.arange(len(cuts)))  # a day at least for every part
    cuts = np.minimum(cuts, len(starts) - 1 - np.arange(len(cuts))[::-1])
    bounds = [0, *ends[cuts].tolist(), len(day)]
    return [table.rows(order[a:b]) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]


def time_leaks(train, *others):
    """Return a list of sentences, one for each part that holds rows from before the end of the part in front of it.

    An empty list means that every part lies after the one before: nothing of the future reached the training.
    """
    found, parts = [], (train, *others)
    for number, (earlier, later) in enumerate(zip(parts[:-1], parts[1:], strict=True), start=1):
        if len(earlier) and len(later) and later.time.min() <= earlier.time.max():
            found.append(
                _("part {number} begins at {start}, but the part before it goes on until {end}").format(
                    number=number, start=later.time.min(), end=earlier.time.max()
                )
            )
    return found
