"""Deliveries: what is dropped and counted, only what was known at the order, the split in time, simulated suppliers."""

import csv
import io
import zipfile

import numpy as np
import pytest

from course_lib import data
from course_lib.data import shipments
from course_lib.data.catalogue import SHIPMENTS
from course_lib.data.download import fetch
from course_lib.data.shipments import CATEGORIES, MEMBER, NUMBERS, parse_day, read_deliveries, season, shipments_of
from tests.data.real import real_data
from tests.notebooks.claims import claims

real = real_data(SHIPMENTS)


@pytest.fixture(scope="module")
def found():
    return data.load("shipments")


def mae(forecast, part):
    return float(np.mean(np.abs(forecast - part.y)))


# ---------------------------------------------------------------- the real file
@claims("10", "medicines and tests for 40 countries")
@real
def test_numbers_of_the_file(found):
    assert found.x.shape == (4587, 11) and found.source == "real" and len(np.unique(found.groups)) == 2690
    assert found.dropped == {"no order date": 5732, "negative lead time": 5}
    assert (found.y.min(), np.median(found.y), found.y.max()) == (0, 92, 616)
    assert [len(names) for names in found.categories] == [40, 7, 5, 5, 6, 68, 2, 0, 0, 0, 0]
    assert found.labels[7:9] == ("quantity [packs]", "value [USD]")
    assert (found.time[0], found.time[-1]) == (np.datetime64("2006-04-19"), np.datetime64("2015-08-24"))
    assert np.all(np.diff(found.time) >= np.timedelta64(0, "D")) and np.isfinite(found.x).all()
    assert np.array_equal(found.y, (found.delivered - found.time).astype(float))
    assert "Côte d'Ivoire" in found.categories[0]


@real
def test_the_datasheet_tells_what_is_there(found):
    rows = read_deliveries(fetch(SHIPMENTS))
    assert len(rows) == 10_324
    sheet = SHIPMENTS.datasheet()
    named = [name for column in SHIPMENTS.columns for name in column.name.split(", ")]
    assert sorted(named) == sorted(rows[0]) and len(named) == 33
    valid = [row for row in rows if row["PO Sent to Vendor Date"][0].isdigit()]
    lead = [(parse_day(r["Delivered to Client Date"]) - parse_day(r["PO Sent to Vendor Date"])).days for r in valid]
    assert sorted(d for d in lead if d < 0)[0] == -292 and sum(d < 0 for d in lead) == 5
    assert "292 days" in sheet and "5,732 of 10,324" in sheet
    moved = [r["Scheduled Delivery Date"] == r["Delivered to Client Date"] for r in valid]
    assert round(100 * np.mean(moved)) == 89 and "89 %" in sheet
    zero, late = found.y == 0, found.time >= np.datetime64("2014-07-09")
    assert zero.sum() == 352 and {found.categories[0][int(k)] for k in found.x[zero, 0]} == {"South Africa"}
    assert (zero & (found.time.astype("datetime64[M]") == np.datetime64("2014-08"))).sum() == 164
    assert round(100 * zero[late].mean()) == 35 and round(100 * zero[~late].mean(), 1) == 0.9
    year = found.time.astype("datetime64[Y]").astype(int) + 1970
    assert [round(np.median(found.y[year == y])) for y in (2007, 2011, 2015)] == [66, 123, 60]


@real
def test_the_split_in_time_and_the_median_of_the_design(found):
    parts = data.split_by_time(found)
    assert [len(part) for part in parts] == [3202, 466, 919]
    assert data.time_leaks(*parts) == [] and data.leaks(*parts) == []
    train, _validation, test = parts
    assert test.time[0] == np.datetime64("2014-07-09")
    assert abs(mae(np.median(train.y), test) - 78) < 0.5
    order = np.random.default_rng(0).permutation(len(found))  # row by row it would leak
    assert data.leaks(found.rows(order[:3000]), found.rows(order[3000:]))


@real
def test_boosting_is_better_than_the_median_where_it_learns_only_what_was_known(found):
    """65 days against 78, as in the design; with labels that were not known yet it is worse than the median."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    test = data.split_by_time(found)[2]
    past = found.rows(found.time < test.time[0])
    known = past.delivered_before(test.time[0])
    assert (len(past), len(known)) == (3668, 3393) and known.delivered.max() < test.time[0]
    codes = [bool(names) for names in found.categories]
    model = HistGradientBoostingRegressor(
        loss="absolute_error", categorical_features=codes, learning_rate=0.05, max_iter=200, random_state=0
    )
    assert 60 < mae(model.fit(known.x, known.y).predict(test.x), test) < 69 < mae(np.median(known.y), test)
    assert mae(model.fit(past.x, past.y).predict(test.x), test) > mae(np.median(past.y), test)


@real
def test_nothing_that_comes_after_the_order_is_an_input(found):
    used = {column for column, *_rest in CATEGORIES + NUMBERS}
    late = {c for column in SHIPMENTS.columns if "never an input" in column.meaning for c in column.name.split(", ")}
    assert len(late) == 5 and not used & late
    assert not any(np.allclose(found.x[:, k], found.y) for k in range(found.x.shape[1]))


# ---------------------------------------------------------------- the file in small
ROW = {
    "PO / SO #": "SCMS-1",
    "Country": "Vietnam",
    "Vendor INCO Term": "EXW",
    "Shipment Mode": "Air",
    "Product Group": "ARV",
    "Sub Classification": "Adult",
    "Vendor": "Somebody",
    "First Line Designation": "Yes",
    "PO Sent to Vendor Date": "11/24/06",
    "Delivered to Client Date": "2-Dec-06",
    "Line Item Quantity": "1000",
    "Line Item Value": "6200.5",
}


def made(*changes):
    return shipments_of([ROW | change for change in changes], "small.csv")


def test_rows_are_read_sorted_dropped_and_counted():
    s = made(
        {"PO / SO #": "SCMS-9", "PO Sent to Vendor Date": "1/2/10", "Delivered to Client Date": "12-Feb-10"},
        {},
        {"PO Sent to Vendor Date": "N/A - From RDC"},
        {"PO Sent to Vendor Date": "Date Not Captured"},
        {"Delivered to Client Date": "23-Nov-06"},  # a day before the order
        {"Delivered to Client Date": "24-Nov-06", "Country": "Haiti"},
    )
    assert s.dropped == {"no order date": 2, "negative lead time": 1}
    assert s.y.tolist() == [8, 0, 41] and s.groups.tolist() == [0, 0, 1]
    assert s.time.astype(str).tolist() == ["2006-11-24", "2006-11-24", "2010-01-02"]
    assert s.categories[0] == ("Haiti", "Vietnam") and s.x[:, 0].tolist() == [1, 0, 1]
    assert s.x[0, 7:9].tolist() == [1000, 6200.5]


WRONG = {
    "no date": (
        {"PO Sent to Vendor Date": "soon"},
        "row 2: PO Sent to Vendor Date is 'soon', which is no date like 11/24",
    ),
    "no month 13": ({"PO Sent to Vendor Date": "13/24/06"}, "row 2: PO Sent to Vendor Date is '13/24/06'"),
    "ISO date": ({"PO Sent to Vendor Date": "2006-11-24"}, "row 2: PO Sent to Vendor Date is '2006-11-24'"),
    "empty date": ({"Delivered to Client Date": ""}, "row 2: Delivered to Client Date is ''"),
    "missing date": ({"Delivered to Client Date": None}, "row 2: Delivered to Client Date is None"),
    "30 February": ({"Delivered to Client Date": "30-Feb-07"}, "row 2: Delivered to Client Date is '30-Feb-07'"),
    "German month": ({"Delivered to Client Date": "2-Dez-06"}, "row 2: Delivered to Client Date is '2-Dez-06'"),
    "four-digit year": ({"Delivered to Client Date": "2-Dec-2006"}, "row 2: Delivered to Client Date is '2-Dec-2006'"),
    "no quantity": ({"Line Item Quantity": "some"}, "row 2: Line Item Quantity is 'some', but a number of at least 0"),
    "negative value": ({"Line Item Value": "-1"}, "row 2: Line Item Value is '-1'"),
    "infinite value": ({"Line Item Value": "inf"}, "row 2: Line Item Value is 'inf'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_row_that_cannot_be_read_is_told(case):
    change, message = WRONG[case]
    with pytest.raises(ValueError, match=f"small.csv, {message}"):
        made({}, change)


def test_a_negative_lead_time_never_enters():
    with pytest.raises(
        ValueError, match="y is negative in 1 rows, first in row 1: delivered on 2006-11-01, ordered on"
    ):
        s = made({}, {})
        data.Shipments(
            **{name: getattr(s, name) for name in s.__dataclass_fields__}
            | {"y": np.array([8.0, -23.0]), "delivered": np.array(["2006-12-02", "2006-11-01"], "datetime64[D]")}
        )


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_may_end_in_three_ways(end, tmp_path, monkeypatch):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW), lineterminator="\n")
    writer.writeheader()
    writer.writerows([ROW | {"Vendor": "One, Ltd"}, ROW])
    path = tmp_path / "small.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, text.getvalue().replace("\n", end).encode("utf-8-sig"))
    monkeypatch.setattr(shipments, "fetch", lambda data_set: path)
    s = data.load_shipments()
    assert len(s) == 2 and s.categories[5] == ("One, Ltd", "Somebody")


# ---------------------------------------------------------------- codes, season, rows
def test_one_hot_knows_the_categories_of_the_training_rows_only():
    s = made({"Country": "Haiti"}, {}, {"Country": "Kenya"})
    train, test = data.one_hot(s.rows([0, 1]), s.rows([2]))
    assert train.feature_names[:2] == ("country: Haiti", "country: Vietnam") and len(train.feature_names) == 2 + 6 + 4
    assert train.x[:, :2].tolist() == [[1, 0], [0, 1]] and test.x[0, :2].tolist() == [0, 0]
    assert test.x[0, 8] == 1000 and train.labels[8] == "quantity [packs]" and not any(train.categories)


def test_the_season_is_a_circle():
    days = np.array(["2019-01-01", "2019-04-02", "2019-12-31"], "datetime64[D]")
    c = season(days)
    np.testing.assert_allclose(c[:2], [[0, 1], [1, 0]], atol=0.01)
    assert np.hypot(*(c[0] - c[2])) < 0.03


def test_it_tells_what_it_holds():
    assert repr(made({}, {"PO / SO #": "2"})).startswith(
        "Shipments (real): 2 deliveries of 2 orders from 2006-11-24 to 2006-11-24, "
        "lead time 8 to 8 days, median 8; inputs: country, delivery term,"
    )


# ---------------------------------------------------------------- the simulated suppliers
def test_simulated_deliveries_have_a_best_forecast():
    s = data.load("shipments", source="simulated")
    train, validation, test = data.split_by_time(s)
    assert data.time_leaks(train, validation, test) == [] and len(s) == 4000
    error = np.log((s.y + 1e-9) / s.expected)
    assert abs(np.median(error)) < 0.02 and abs(error.std() - 0.35) < 0.02
    assert mae(test.expected, test) < 0.65 * mae(np.median(train.y), test)
    for factor in (0.9, 1.1):
        assert mae(s.expected, s) < mae(factor * s.expected, s)


def test_simulated_deliveries_by_their_rule():
    s = data.simulate_shipments(500, noise=0)
    vendor, mode, quantity, distance = (s.x[:, k].astype(int) for k in (0, 1, 3, 5))
    assert np.all(np.abs(s.y - s.expected) <= 0.5)
    for row in range(20):
        _far, preparation = list(shipments.VENDORS.values())[vendor[row]]
        speed, handling = list(shipments.MODES.values())[mode[row]]
        day = (s.time[row] - s.time[row].astype("datetime64[Y]").astype("datetime64[D]")).astype(int)
        wave = 1 + 0.2 * np.cos(2 * np.pi * day / 365.25 - 0.52)
        slow = 2 * max(0, np.log2(quantity[row] / 500))
        assert abs(s.expected[row] - (wave * (preparation + slow) + distance[row] / speed + handling)) < 1e-9
    assert set(mode[distance < 2500]) == {0} and set(mode[distance > 2500]) == {1, 2}


def test_drift_makes_ships_later_from_seventy_percent_of_the_time_on():
    still, drift = data.simulate_shipments(noise=0), data.simulate_shipments(noise=0, drift=30)
    late = drift.expected - still.expected
    ships = still.x[:, 1] == 1
    after = still.time >= np.datetime64("2020-01-01") + np.timedelta64(int(0.7 * 1826), "D")
    assert set(late[ships & after].round(9)) == {30} and set(late[~(ships & after)]) == {0}


def test_the_seed_decides_and_labels_come_late():
    a, b, c = data.simulate_shipments(300), data.simulate_shipments(300), data.simulate_shipments(300, rng=1)
    assert np.array_equal(a.y, b.y) and not np.array_equal(a.y, c.y)
    known = a.delivered_before("2022-01-01")
    assert 0 < len(known) < (a.time < np.datetime64("2022-01-01")).sum()
    assert known.delivered.max() < np.datetime64("2022-01-01")


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"n": 0}, ValueError, "n is 0, but it must be at least 1"),
        ({"years": 0}, ValueError, "years is 0, but it must be a finite number above 0"),
        ({"drift": -1}, ValueError, "drift must be from 0 to 1000, but is -1"),
        ({"noise": float("nan")}, ValueError, "noise must be from 0 to 2, but is nan"),
        ({"drift": "late"}, TypeError, "drift is 'late', but a number is needed"),
    ],
)
def test_wrong_options(options, kind, message):
    with pytest.raises(kind, match=message):
        data.simulate_shipments(**options)
