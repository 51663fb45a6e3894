"""The demand of a steel mill for electric energy, hour by hour: the file of DAEWOO Steel, and a simulated mill."""

import csv
from datetime import datetime, timedelta

import numpy as np

from course_lib.data.catalogue import ENERGY
from course_lib.data.download import fetch
from course_lib.data.time_series import TimeSeries
from course_lib.language import _
from course_lib.nn.checks import fraction, generator, number, whole

QUARTERS = 4  # rows of the file in one hour
DATE = "%d/%m/%Y %H:%M"
START = np.datetime64("2018-01-01T00", "h")  # a Monday
COLUMNS = (  # of the file, summed over the hour
    ("Usage_kWh", "demand", "kWh"),
    ("Lagging_Current_Reactive.Power_kVarh", "lagging reactive energy", "kVArh"),
    ("Leading_Current_Reactive_Power_kVarh", "leading reactive energy", "kVArh"),
    ("CO2(tCO2)", "CO2", "t"),
)
CALENDAR = ("hour sine", "hour cosine", "weekday sine", "weekday cosine", "weekend")


def load_energy(measured=False):
    """Return a TimeSeries of a real steel mill: 8,760 hours of the year 2018, y the demand of the hour [kWh].

    Columns: demand [kWh] (the sum of four quarters of an hour), then the calendar, which is known in advance: see
    `calendar`. With `measured`, three more: lagging and leading reactive energy [kVArh], CO2 [t]. They are measured in
    the same hour as the demand and follow from it (CO2 is 0.42 kg/kWh, rounded), so they are no inputs for the same
    hour: `forecast_windows` uses them as past only.

    Split by time: `split_by_time`. Source: Sathishkumar et al. (2021), UCI Machine Learning Repository 851, CC BY 4.0.
    Raises DataUnavailable.
    """
    time, values = read_quarters(fetch(ENERGY))
    hours = values.reshape(-1, QUARTERS, len(COLUMNS)).sum(axis=1)
    return _series(time[::QUARTERS], hours, measured, "real")


def simulate_energy(days=365, rng=0, noise=0.15, memory=0.7, growth=0.0, measured=False):
    """Return a TimeSeries like that of `load_energy`, of a simulated mill whose best possible forecast is known.

    The plan of the week (`plan`): two shifts from Monday to Friday, one on Saturday, little on Sunday; breaks at noon
    and between the shifts. The demand swings around it, and a swing lasts for some hours:

        level_t = plan(t) (1 + growth t / N)        d_t = memory d_(t-1) + noise e_t        y_t = level_t (1 + d_t)

    with e_t from the standard normal distribution, and y_t at least 1 kWh. `expected` is the mean of y_t given the
    past, level_t (1 + memory d_(t-1)): no forecast one hour ahead can be better, and its RMSE is that of
    noise level_t e_t.

    `days` of 24 hours from a Monday; `noise` and `memory` from 0 to below 1; `growth` of the demand until the end (0.3
    is 30 % more: drift). `rng` is a seed or a Generator; `measured` as in `load_energy`. All numbers are ours; the plan
    has the shape of the real mill.

    Raises ValueError for numbers out of range, TypeError for what is no number.
    """
    hours, rng = 24 * whole("days", days), generator(rng)
    noise, memory, growth = fraction("noise", noise), fraction("memory", memory), number("growth", growth)
    if not -1 < growth <= 10:
        raise ValueError(_("growth is {given}, but it must be above -1 and at most 10").format(given=growth))
    time = START + np.arange(hours).astype("timedelta64[h]")
    level = plan(time) * (1 + growth * np.arange(hours) / hours)
    swing, chance = np.zeros(hours + 1), noise * rng.normal(size=hours)
    for t in range(hours):  # swing[t + 1] belongs to hour t
        swing[t + 1] = memory * swing[t] + chance[t]
    demand = np.maximum(level * (1 + swing[1:]), 1)
    lagging = demand * np.clip(rng.normal(0.47, 0.06, hours), 0, None)
    leading = np.where(demand < 60, rng.gamma(4, 5, hours), rng.gamma(2, 1, hours))
    carbon = np.round(0.00042 * demand + rng.normal(0, 0.003, hours), 2).clip(0)
    values = np.column_stack([demand, lagging, leading, carbon])
    return _series(time, values, measured, "simulated", expected=level * (1 + memory * swing[:-1]))


def plan(time):
    """Return the planned demand (N,) [kWh] of the simulated mill for the hours `time` (N,) datetime64."""
    hour, weekday = hours_and_weekdays(time)
    work = np.full(len(hour), 20.0)
    work[(hour >= 8) & (hour < 17)] = 270
    work[(hour >= 17) & (hour < 21)] = 200
    work[hour >= 21] = 45
    work[hour == 12] = 35
    saturday = np.where((hour >= 8) & (hour < 17) & (hour != 12), 140.0, 25.0)
    sunday = np.where((hour >= 8) & (hour < 17) & (hour != 12), 55.0, 16.0)
    return np.select([weekday < 5, weekday == 5], [work, saturday], sunday)


def calendar(time):
    """Return what the calendar tells of the hours `time` (N,) datetime64, an array (N, 5); known for any future hour.

    sin and cos of 2 pi hour / 24, sin and cos of 2 pi weekday / 7 (Monday is 0), and 1 at the weekend, else 0. The two
    circles put 23 o'clock beside 0 o'clock, and Sunday beside Monday.
    """
    hour, weekday = hours_and_weekdays(time)
    day, week = 2 * np.pi * hour / 24, 2 * np.pi * weekday / 7
    return np.column_stack([np.sin(day), np.cos(day), np.sin(week), np.cos(week), weekday >= 5])


def hours_and_weekdays(time):
    """Return the hour of the day (N,) 0 to 23 and the weekday (N,) 0 (Monday) to 6 of `time` (N,) datetime64."""
    time = np.asarray(time)
    if time.dtype.kind != "M":
        raise TypeError(
            _(
                "time has dtype {dtype}, but datetime64 is needed: np.array(['2018-01-01T00'], dtype='datetime64[h]')"
            ).format(dtype=time.dtype)
        )
    days = time.astype("datetime64[D]")
    hour = (time - days).astype("timedelta64[h]").astype(int)
    return hour, (days.astype(int) + 3) % 7  # 1970-01-01 was a Thursday


def read_quarters(path):
    """Return (time, values) of the file: the start of each quarter of an hour (M,) datetime64, and COLUMNS (M, 4).

    The file stamps a row with the END of its quarter, and the last one of a day with 00:00 of the SAME date, 24 hours
    too early: here this is put right. Raises ValueError for a date that is none, for rows that are not 15 minutes
    apart, for a value that is no number or negative, and for an hour that is not whole.
    """
    with open(path, encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    times = []
    for number_, row in enumerate(rows, start=1):
        try:
            time = datetime.strptime(row["date"], DATE)
        except (TypeError, ValueError) as error:
            raise ValueError(
                _("{file}, row {row}: {date!r} is no date like 31/12/2018 23:45").format(
                    file=path.name, row=number_, date=row["date"]
                )
            ) from error
        if (time.hour, time.minute) == (0, 0):
            time += timedelta(days=1)
        if times and time - times[-1] != timedelta(minutes=15):
            raise ValueError(
                _("{file}, row {row}: {date} is not 15 minutes after the row before it").format(
                    file=path.name, row=number_, date=row["date"]
                )
            )
        times.append(time)
    if not times or len(times) % QUARTERS or times[0].minute != 15:
        raise ValueError(
            _("{file} has {rows} rows from {date} on, which are not whole hours").format(
                file=path.name, rows=len(times), date=rows[0]["date"] if rows else "-"
            )
        )
    return np.array(times, "datetime64[m]") - np.timedelta64(15, "m"), _numbers(rows, path.name)


def _numbers(rows, file):
    values = np.empty((len(rows), len(COLUMNS)))
    for k, (name, _meaning, _unit) in enumerate(COLUMNS):
        for i, row in enumerate(rows):
            try:
                values[i, k] = float(row[name])
            except (TypeError, ValueError):
                values[i, k] = np.nan
            if not values[i, k] >= 0:
                raise ValueError(
                    _("{file}, row {row}: {column} is {given!r}, but a number of at least 0 is needed").format(
                        file=file, row=i + 1, column=name, given=row[name]
                    )
                )
    return values


def _series(time, hours, measured, source, expected=None):
    used = COLUMNS if measured else COLUMNS[:1]
    time = time.astype("datetime64[h]")
    day = time.astype("datetime64[D]")
    return TimeSeries(
        x=np.column_stack([hours[:, : len(used)], calendar(time)]),
        y=hours[:, 0].copy(),
        feature_names=tuple(_(name) for _column, name, _unit in used) + tuple(map(_, CALENDAR)),
        units=tuple(unit for _column, _name, unit in used) + ("",) * len(CALENDAR),
        groups=(day - day[0]).astype(int),
        source=source,
        group_name=_("day"),
        time=time,
        known=(False,) * len(used) + (True,) * len(CALENDAR),
        y_unit="kWh",
        expected=expected,
    )
