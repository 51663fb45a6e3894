"""The mill's demand: hours made of quarters, the midnight that is stamped a day too early, and the simulated mill."""

import csv
from datetime import datetime, timedelta

import numpy as np
import pytest

from course_lib import data
from course_lib.data import energy
from course_lib.data.catalogue import ENERGY
from course_lib.data.download import fetch
from course_lib.data.energy import COLUMNS, hours_and_weekdays, plan, read_quarters
from tests.data.real import real_data
from tests.notebooks.claims import claims

real = real_data(ENERGY)


def rmse(forecast, y):
    return float(np.sqrt(np.mean((forecast - y) ** 2)))


def ridge(train, test, strength=10.0):
    """Predictions for `test` of a ridge regression on the flat windows of `train` (ForecastWindows)."""
    x, centre = train.flat(), train.flat().mean(axis=0)
    a = (x - centre).T @ (x - centre) + strength * np.eye(x.shape[1])
    weights = np.linalg.solve(a, (x - centre).T @ (train.y - train.y.mean()))
    return (test.flat() - centre) @ weights + train.y.mean()


def prepared(series):
    """The windows of train, validation and test, scaled by the training hours."""
    parts = data.split_by_time(series)
    scaler = data.Standardizer().fit(parts[0])
    assert data.leaks(*parts, standardizer=scaler) == [] and data.time_leaks(*parts) == []
    return [data.forecast_windows(scaler.transform(part)) for part in parts]


@pytest.fixture(scope="module")
def mill():
    return data.load("steel_energy")


@real
def test_numbers_of_the_file(mill):
    assert mill.x.shape == (8760, 6) and mill.source == "real" and mill.y_unit == "kWh"
    assert (mill.time[0], mill.time[-1]) == (np.datetime64("2018-01-01T00"), np.datetime64("2018-12-31T23"))
    assert round(mill.y.mean(), 1) == 109.5 and (round(mill.y.min(), 2), round(mill.y.max(), 1)) == (9.83, 564.3)
    np.testing.assert_allclose(mill.y[0], 3.17 + 4.00 + 3.24 + 3.31)
    assert np.array_equal(mill.x[:, 0], mill.y) and mill.labels[0] == "demand [kWh]"
    month = mill.time.astype("datetime64[M]").astype(int) % 12
    assert [round(mill.y[month == m].mean()) for m in (0, 11)] == [170, 80]


@real
def test_midnight_is_put_right_and_sorting_by_the_stamp_would_not(mill):
    with open(fetch(ENERGY), encoding="utf-8-sig", newline="") as f:
        stamps = [datetime.strptime(row["date"], "%d/%m/%Y %H:%M") for row in csv.DictReader(f)]
    assert sum(b < a for a, b in zip(stamps[:-1], stamps[1:], strict=True)) == 365
    time, _values = read_quarters(fetch(ENERGY))
    assert np.all(np.diff(time) == np.timedelta64(15, "m"))
    days = mill.y.reshape(365, 24)[1:5]  # after New Year's Day, when the mill stands still
    assert days[:, 3].max() < 30 < 200 < days[:, 10].min() and mill.y[:24].max() < 30


@real
def test_the_split_and_the_figures_of_the_design(mill):
    """RMSE on the last 20 %: persistence 88.9, ridge 56 to 58; the mean of the training hours 122."""
    train, validation, test = windows = prepared(mill)
    assert [len(w) for w in windows] == [6096, 864, 1728] and train.x.shape[1:] == (24, 6)
    assert max(train.time) < min(validation.time) and max(validation.time) < min(test.time)
    assert abs(rmse(test.last, test.y) - 88.9) < 0.1
    assert 56 < rmse(ridge(train, test), test.y) < 58
    assert rmse(train.y.mean(), test.y) > 120


@real
def test_what_is_measured_in_the_same_hour_is_a_leak(mill):
    """CO2 of the same hour alone gives a demand with R² = 0.99, as the datasheet says; in a window it is past only."""
    with_all = data.load_energy(measured=True)
    assert with_all.labels[1:4] == ("lagging reactive energy [kVArh]", "leading reactive energy [kVArh]", "CO2 [t]")
    assert with_all.known == (False,) * 4 + (True,) * 5 and np.array_equal(with_all.y, mill.y)
    x = np.column_stack([with_all.x[:, 1:4], np.ones(len(with_all))])
    guess = x @ np.linalg.lstsq(x[:6120], mill.y[:6120], rcond=None)[0]
    assert 1 - np.mean((guess - mill.y)[7008:] ** 2) / mill.y[7008:].var() > 0.99
    assert data.forecast_windows(with_all).known.shape[1] == 5
    assert 0.0004 < with_all.x[:, 3].sum() / mill.y.sum() < 0.00044


# --- the simulated mill ---


@claims("10", "Nobody can be better than the dashed line", "the best possible forecast")
def test_the_simulated_mill_has_a_best_forecast():
    train, _validation, test = prepared(data.load("steel_energy", source="simulated"))
    floor = rmse(test.expected, test.y)
    assert 20 < floor < 27 and abs((test.y - test.expected).mean()) < 2
    assert floor < rmse(ridge(train, test), test.y) < rmse(test.last, test.y)
    error = test.y - test.expected
    assert abs(np.corrcoef(error[1:], error[:-1])[0, 1]) < 0.06  # nothing of the past is left in it
    assert len(test) == 1728 and data.simulate_energy(30).x.shape == (720, 6)


def test_the_simulated_mill_works_in_shifts():
    still = data.simulate_energy(14, noise=0)
    np.testing.assert_allclose(still.y, plan(still.time))
    np.testing.assert_allclose(still.y, still.expected)
    week = still.y.reshape(14, 24)
    assert np.array_equal(week[:7], week[7:]) and week[0, 10] > week[0, 18] > week[0, 22] > week[0, 3]
    assert week[0].sum() > week[5].sum() > week[6].sum() and week[0, 12] < 40
    grown = data.simulate_energy(14, noise=0, growth=0.5).y
    np.testing.assert_allclose(grown / still.y, 1 + 0.5 * np.arange(336) / 336)


def test_the_simulated_mill_has_the_shape_of_the_real_one_and_its_seed():
    a, b, c = data.simulate_energy(60), data.simulate_energy(60, rng=0), data.simulate_energy(60, rng=1)
    assert np.array_equal(a.y, b.y) and not np.array_equal(a.y, c.y) and a.y.min() >= 1
    assert 0.9 < a.y.mean() / plan(a.time).mean() < 1.1
    m = data.simulate_energy(60, measured=True)
    assert np.array_equal(m.y, a.y) and m.x.shape[1] == 9 and np.corrcoef(m.x[:, 3], m.y)[0, 1] > 0.98


@real
def test_real_and_simulated_have_the_same_columns(mill):
    for measured in (False, True):
        made, found = data.simulate_energy(20, measured=measured), data.load_energy(measured)
        assert (made.labels, made.known, made.y_unit) == (found.labels, found.known, found.y_unit)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"days": 0}, ValueError, "days is 0, but it must be at least 1"),
        ({"noise": 1.0}, ValueError, "noise is 1.0, but it must be at least 0 and below 1"),
        ({"memory": -0.1}, ValueError, "memory is -0.1"),
        ({"growth": -1}, ValueError, "growth is -1.0, but it must be above -1"),
        ({"growth": "much"}, TypeError, "growth is 'much', but a number is needed"),
        ({"growth": float("nan")}, ValueError, "growth is nan"),
    ],
)
def test_wrong_options(options, kind, message):
    with pytest.raises(kind, match=message):
        data.simulate_energy(**options)


# --- the calendar ---


def test_the_calendar_by_hand():
    time = np.array(
        ["2018-01-01T00", "2018-01-01T06", "2018-01-06T12", "2018-01-07T23", "1969-12-29T18"], "datetime64[h]"
    )
    hour, weekday = hours_and_weekdays(time)
    assert hour.tolist() == [0, 6, 12, 23, 18] and weekday.tolist() == [0, 0, 5, 6, 0]
    c = data.calendar(time)
    np.testing.assert_allclose(c[:3, :2], [[0, 1], [1, 0], [0, -1]], atol=1e-12)
    assert c[:, 4].tolist() == [0, 0, 1, 1, 0]
    with pytest.raises(TypeError, match="time has dtype int64, but datetime64 is needed"):
        data.calendar(np.arange(3))


# --- the file in small ---


def small(tmp_path, changes=(), quarters=192, header=True):
    """A file of two days like the real one; `changes` gives (row, column, text)."""
    rows = []
    for n in range(1, quarters + 1):
        end = datetime(2018, 3, 1) + timedelta(minutes=15 * n)
        shown = end - timedelta(days=1) if (end.hour, end.minute) == (0, 0) else end
        rows.append({"date": shown.strftime("%d/%m/%Y %H:%M")} | {name: n for name, _meaning, _unit in COLUMNS})
    for row, column, text in changes:
        rows[row - 1][column] = text
    path = tmp_path / "small.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.DictWriter(f, ["date", *(name for name, _meaning, _unit in COLUMNS)])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_four_quarters_make_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(energy, "fetch", lambda data_set: small(tmp_path))
    found = data.load_energy(measured=True)
    assert found.y[:2].tolist() == [1 + 2 + 3 + 4, 5 + 6 + 7 + 8] and len(found) == 48
    assert found.time[0] == np.datetime64("2018-03-01T00") and found.groups.tolist() == [0] * 24 + [1] * 24
    assert found.y[23] == 93 + 94 + 95 + 96  # the last hour of the first day, with the row of midnight


WRONG_ROWS = {
    "no date": ((7, "date", "soon"), "small.csv, row 7: 'soon' is no date like"),
    "American date": ((7, "date", "03/13/2018 01:45"), "row 7: '03/13/2018 01:45' is no date"),
    "empty date": ((7, "date", ""), "row 7: '' is no date"),
    "a date twice": ((7, "date", "01/03/2018 01:30"), "row 7: 01/03/2018 01:30 is not 15 minutes after"),
    "no number": ((9, "Usage_kWh", "high"), "row 9: Usage_kWh is 'high', but a number of at least 0"),
    "negative": ((9, "Usage_kWh", "-3"), "row 9: Usage_kWh is '-3'"),
    "empty": ((9, "CO2(tCO2)", ""), "row 9: CO2.tCO2. is ''"),
    "nan": ((9, "CO2(tCO2)", "nan"), "row 9: CO2.tCO2. is 'nan'"),
}


@pytest.mark.parametrize("case", WRONG_ROWS)
def test_a_row_that_cannot_be_read_is_told(case, tmp_path):
    change, message = WRONG_ROWS[case]
    with pytest.raises(ValueError, match=message):
        read_quarters(small(tmp_path, [change]))


def test_hours_that_are_not_whole_are_told(tmp_path):
    with pytest.raises(ValueError, match="small.csv has 5 rows from 01/03/2018 00:15 on, which are not whole hours"):
        read_quarters(small(tmp_path, quarters=5))
    with pytest.raises(ValueError, match="small.csv has 0 rows from - on"):
        read_quarters(small(tmp_path, quarters=0))
