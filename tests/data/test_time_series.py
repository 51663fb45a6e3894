"""Series in time: the split by days, windows counted by hand, and every refusal."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib import data


def series(hours=72, start="2024-01-01T00", **changes):
    time = np.datetime64(start, "h") + np.arange(hours)
    y = np.arange(hours, dtype=float)
    given = {
        "x": np.column_stack([y, 100 + time.astype(int) % 24]),
        "y": y,
        "feature_names": ("demand", "hour"),
        "units": ("kWh", "h"),
        "groups": np.arange(hours) // 24,
        "source": "simulated",
        "group_name": "day",
        "time": time,
        "known": (False, True),
        "y_unit": "kWh",
        "expected": y + 0.5,
    }
    return data.TimeSeries(**given | changes)


def test_windows_counted_by_hand():
    w = data.forecast_windows(series(10), length=3)
    assert w.x.shape == (7, 3, 2) and w.known.shape == (7, 1) and w.flat().shape == (7, 7) and len(w) == 7
    assert w.x[0, :, 0].tolist() == [0, 1, 2] and w.y.tolist() == [3, 4, 5, 6, 7, 8, 9]
    assert w.last.tolist() == [2, 3, 4, 5, 6, 7, 8] and w.known[:2, 0].tolist() == [103, 104]
    assert w.time[0] == np.datetime64("2024-01-01T03") and w.expected[0] == 3.5
    assert w.flat()[0].tolist() == [0, 100, 1, 101, 2, 102, 103]


def test_windows_further_ahead():
    w = data.forecast_windows(series(10), length=3, horizon=4)
    assert len(w) == 4 and w.y.tolist() == [6, 7, 8, 9] and w.last.tolist() == [2, 3, 4, 5]
    assert w.known[0, 0] == 106 and w.expected is None
    assert len(data.forecast_windows(series(10), length=9)) == 1


def test_a_window_never_holds_the_measured_values_of_the_time_to_forecast():
    w = data.forecast_windows(series(), length=24)
    assert np.all(w.x[:, :, 0].max(axis=1) == w.y - 1)
    assert not np.any(w.flat() == w.y[:, None])


def test_the_split_keeps_days_whole_and_the_past_in_front():
    parts = data.split_by_time(series(240), (0.7, 0.1, 0.2))
    assert [len(part) for part in parts] == [168, 24, 48]
    assert data.time_leaks(*parts) == [] and data.leaks(*parts) == []
    assert all(part.time[0].astype("datetime64[D]") == part.time[0] for part in parts)
    parts = data.split_by_time(series(240), (0.5, 0.5))
    assert [len(part) for part in parts] == [120, 120]
    parts = data.split_by_time(series(100), (0.1, 0.1, 0.8))  # a day at least for every part
    assert [len(part) for part in parts] == [24, 24, 52]
    assert [len(part) for part in data.split_by_time(series(72), (0.98, 0.01, 0.01))] == [24, 24, 24]


def test_a_split_by_row_is_found_out():
    whole = series(240)
    assert (
        "the part before it goes on until" in data.time_leaks(whole.rows(slice(0, 200)), whole.rows(slice(190, 240)))[0]
    )
    assert data.leaks(whole.rows(slice(0, 200)), whole.rows(slice(200, 240)))  # a day in two parts
    assert data.time_leaks(whole.rows(slice(100, 200)), whole.rows(slice(0, 100)))


def test_a_table_that_is_not_in_order_is_put_in_order():
    shuffled = Rows(np.datetime64("2024-01-01") + np.array([3, 0, 3, 1, 2, 2]))
    parts = data.split_by_time(shuffled, (0.5, 0.5))
    assert [part.time.astype(int).tolist() for part in parts] == [[19723, 19724], [19725, 19725, 19726, 19726]]


class Rows:
    def __init__(self, time):
        self.time = time

    def rows(self, index):
        return Rows(self.time[index])


def test_the_scaler_keeps_what_belongs_to_the_series():
    train, test = data.split_by_time(series(72), (0.7, 0.3))
    scaled = data.Standardizer().fit(train).transform(test)
    assert isinstance(scaled, data.TimeSeries) and np.array_equal(scaled.y, test.y) and scaled.known == (False, True)
    assert data.forecast_windows(scaled, 4).last[0] == test.y[3]


def test_it_tells_what_it_holds():
    assert repr(series(48)) == (
        "TimeSeries (simulated): 48 rows from 2024-01-01T00 to 2024-01-02T23, y 0 to 47 kWh, "
        "inputs: demand [kWh], hour [h]"
    )
    assert repr(data.forecast_windows(series(48), 24)) == (
        "ForecastWindows: 24 windows of 24 rows, 2 columns, and 1 columns known in advance"
    )


def missing(series):
    x = series.x.copy()
    x[5, 0] = np.nan
    return replace(series, x=x)


WRONG = {
    "shuffled rows": (
        lambda: series(9).rows(np.array([0, 2, 1])),
        ValueError,
        "row 1 starts at 2024-01-01T02, not 1 hours",
    ),
    "a gap": (lambda: series(9).rows(np.array([0, 1, 4])), ValueError, "row 2 starts at 2024-01-01T04.*without a gap"),
    "no time": (lambda: series(9, time=None), ValueError, "time is missing"),
    "short time": (lambda: series(9, time=series(8).time), ValueError, "time has 8 entries but x has 9 rows"),
    "short known": (lambda: series(9, known=(True,)), ValueError, "known has 1 entries but x has 2 columns"),
    "an array": (lambda: data.forecast_windows(np.zeros((9, 2))), TypeError, "series is a ndarray, but a TimeSeries"),
    "too short": (
        lambda: data.forecast_windows(series(24)),
        ValueError,
        "has 24 rows, but a window of 24 and a look 1.* 25",
    ),
    "length": (lambda: data.forecast_windows(series(), 0), ValueError, "length is 0, but it must be at least 1"),
    "horizon": (lambda: data.forecast_windows(series(), 3, 1.5), TypeError, "horizon is 1.5, but a whole number"),
    "NaN": (lambda: data.forecast_windows(missing(series())), ValueError, "x has 1 missing .* first at 2024-01-01T05"),
    "fractions": (lambda: data.split_by_time(series(), (0.5, 0.6)), ValueError, "sum to 1, but are"),
    "too few days": (
        lambda: data.split_by_time(series(48), (0.5, 0.3, 0.2)),
        ValueError,
        "2 days, too few for 3 parts",
    ),
    "no rows": (lambda: data.split_by_time(series(0, start="2024-01-01"), (0.5, 0.5)), ValueError, "0 days, too few"),
}


@pytest.mark.parametrize("case", WRONG)
def test_refusals(case):
    call, kind, message = WRONG[case]
    with pytest.raises(kind, match=message):
        call()
