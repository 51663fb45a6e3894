"""Demand that is mostly zero: the real parts, the measure and what it rewards, the cut in time, simulated parts."""

import numpy as np
import pytest

from course_lib import data
from course_lib.data import spare_parts
from course_lib.data.catalogue import SPARE_PARTS
from course_lib.data.spare_parts import read_parts
from tests.data.real import real_data
from tests.notebooks.claims import claims

real = real_data(SPARE_PARTS)


@pytest.fixture(scope="module")
def parts():
    return data.load("spare_parts")


# ---------------------------------------------------------------- the real parts
@claims("10", "2,674 parts, 51 months")
@real
def test_numbers_of_the_file(parts):
    assert parts.demand.shape == (2674, 51) and parts.source == "real" and len(set(parts.parts)) == 2674
    assert (parts.months[0], parts.months[-1]) == (np.datetime64("1998-01"), np.datetime64("2002-03"))
    assert parts.demand.max() == 52 and parts.filled.sum() == 6122 and parts.filled.any(axis=1).sum() == 165
    assert round(np.mean(parts.demand[~parts.filled] == 0), 3) == 0.748 and not parts.demand[parts.filled].any()
    assert np.all(np.diff(parts.filled.astype(int), axis=1) >= 0)  # once missing, missing until the end
    sold = data.load_spare_parts(missing="drop")
    assert len(sold) == 2509 and not sold.filled.any()
    year = sold.demand.mean(axis=0)
    assert round(year[:3].mean(), 1) == 0.7 and round(year[-3:].mean(), 1) == 0.4


@real
def test_ordering_nothing_has_the_mase_of_the_design_and_beats_the_mean(parts):
    past, future = parts.split(12)
    assert past.demand.shape == (2674, 39) and future.demand.shape == (2674, 12)
    assert round(data.mase(future.demand, 0, past.demand), 3) == 0.746
    assert data.mase(future.demand, past.demand.mean(axis=1, keepdims=True), past.demand) > 1.1
    assert data.mase(future.demand, np.median(past.demand, axis=1, keepdims=True), past.demand) > 0.77
    scale = np.abs(past.demand[:, 12:] - past.demand[:, :-12]).mean(axis=1)
    assert (scale == 0).sum() == 16
    sheet = SPARE_PARTS.datasheet()
    assert all(text in sheet for text in ("0.746", "6,122", "165 parts", "16 parts", "74.8 %", "CC BY 4.0"))


# ---------------------------------------------------------------- the cut in time
def small(demand=None, **changes):
    demand = np.arange(28, dtype=float).reshape(2, 14) if demand is None else np.array(demand, float)
    months = np.datetime64("2020-01", "M") + np.arange(demand.shape[1])
    return data.SpareParts(
        **{"demand": demand, "parts": np.array(["a", "b"]), "months": months, "source": "simulated"} | changes
    )


def test_the_future_follows_the_past():
    whole = small(expected=np.ones((2, 14)), filled=np.zeros((2, 14), bool))
    past, future = whole.split(3)
    assert past.months.max() < future.months.min() and len(past.months) + len(future.months) == 14
    assert np.array_equal(np.hstack([past.demand, future.demand]), whole.demand)
    assert past.expected.shape == (2, 11) and future.filled.shape == (2, 3)
    one = whole.rows(np.array([False, True])).split(13)
    assert one[0].demand.tolist() == [[14]] and one[1].parts.tolist() == ["b"]
    with pytest.raises(ValueError, match="horizon is 14, but there are only 14 months"):
        whole.split(14)
    with pytest.raises(ValueError, match="horizon is 0"):
        whole.split(0)


def test_it_tells_what_it_holds():
    assert repr(small()) == (
        "SpareParts (simulated): 2 parts, 14 months from 2020-01 to 2021-02, 3.6% of the months without demand, "
        "at most 27 pieces"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parts": np.array(["a"])}, r"demand has shape \(2, 14\), but \(parts, months\) = \(1, 14\) is needed"),
        ({"expected": np.ones((2, 3))}, r"expected has shape \(2, 3\)"),
        ({"demand": np.full((2, 14), -1.0)}, "demand is -1.0 for part a in 2020-01, but a number of at least 0"),
        ({"demand": np.full((2, 14), np.nan)}, "demand is nan for part a in 2020-01"),
        ({"months": np.array(["2020-01"] * 14, "datetime64[M]")}, "month 2020-01 follows 2020-01: .* without a gap"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        small(**changes)


# ---------------------------------------------------------------- the measure
def test_mase_by_hand():
    past = np.array([[0.0, 2, 0, 2], [1, 1, 1, 1], [0, 0, 4, 0]])
    y = np.array([[1.0, 3], [9, 9], [0, 2]])
    # scales with period 1: 2, none (left out), (0 + 4 + 4) / 3; errors of "always 1": (0 + 2) / 2, -, (1 + 1) / 2
    assert data.mase(y, 1, past, period=1) == pytest.approx((1 / 2 + 1 / (8 / 3)) / 2)
    # with period 2: 0 for the first, 0 for the second, (4 + 0) / 2 for the third
    assert data.mase(y, np.zeros((3, 1)), past, period=2) == pytest.approx(1 / 2)


def test_as_a_year_ago_has_mase_one_where_nothing_changes_its_habit():
    past = np.tile(np.array([[0.0, 3], [5, 1]]), (1, 20))
    assert data.mase(past[:, :2], past[:, -1:], past, period=1) == pytest.approx(0.5)


GOOD = np.arange(8.0).reshape(2, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.mase(GOOD[0], 0, GOOD, 1), r"y has shape \(4,\) and past \(2, 4\), but"),
        (lambda: data.mase(GOOD[:1], 0, GOOD, 1), r"y has shape \(1, 4\) and past \(2, 4\)"),
        (lambda: data.mase(GOOD, 0, GOOD), "past has 4 months, but more than the period of 12"),
        (lambda: data.mase(GOOD, np.zeros(3), GOOD, 1), r"forecast has shape \(3,\), but that of y, \(2, 4\)"),
        (lambda: data.mase(GOOD, np.nan, GOOD, 1), "forecast holds missing or infinite values"),
        (lambda: data.mase(GOOD, 0, np.ones((2, 4)), 1), "past never changes over 1 months in any part"),
    ],
)
def test_mase_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- simulated parts
def test_simulated_parts_keep_their_mean():
    s = data.simulate_spare_parts(4000, zeros=0.7, decline=0.4)
    assert s.demand.shape == (4000, 51) and abs(np.mean(s.demand == 0) - 0.7) < 0.02
    assert abs(s.demand.mean() - s.expected.mean()) < 0.02
    np.testing.assert_allclose(s.expected[:, -1] / s.expected[:, 0], 0.6)
    busy = s.expected.mean(axis=1)
    for group in np.array_split(np.argsort(busy), 5):  # rare parts and frequent ones
        assert abs(s.demand[group].mean() / s.expected[group].mean() - 1) < 0.1
    assert np.all(s.demand == np.round(s.demand)) and s.demand.min() == 0


def test_even_the_true_mean_loses_against_nothing_in_mase_and_wins_in_squares():
    past, future = data.load("spare_parts", source="simulated").split()
    assert data.mase(future.demand, 0, past.demand) < 0.7 < data.mase(future.demand, future.expected, past.demand)
    assert np.mean((future.demand - future.expected) ** 2) < 0.9 * np.mean(future.demand**2)


def test_the_seed_decides():
    a, b, c = (data.simulate_spare_parts(20, rng=seed) for seed in (0, 0, 1))
    assert np.array_equal(a.demand, b.demand) and not np.array_equal(a.demand, c.demand)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"parts": 0}, ValueError, "parts is 0"),
        ({"months": 1}, ValueError, "months is 1, but it must be at least 2"),
        ({"zeros": 1.0}, ValueError, "zeros is 1.0, but it must be at least 0 and below 1"),
        ({"zeros": 0.0}, ValueError, "give a share of zero months from 0.19 to 0.99"),
        ({"decline": "some"}, TypeError, "decline is 'some'"),
    ],
)
def test_wrong_options(options, kind, message):
    with pytest.raises(kind, match=message):
        data.simulate_spare_parts(**options)


def test_unknown_way_with_missing_values():
    with pytest.raises(ValueError, match="missing 'zeros' is unknown. Did you mean 'zero'"):
        data.load_spare_parts("zeros")


# ---------------------------------------------------------------- the file in small
def written(tmp_path, text):
    path = tmp_path / "small.csv"
    path.write_text(text)
    return path


def test_empty_cells_are_filled_or_the_part_is_dropped(tmp_path, monkeypatch):
    path = written(tmp_path, "Part,Dec-99,Jan-00\n1,0,3\n2,5,\n")
    monkeypatch.setattr(spare_parts, "fetch", lambda data_set: path)
    assert data.load_spare_parts().demand.tolist() == [[0, 3], [5, 0]]
    assert data.load_spare_parts().months.astype(str).tolist() == ["1999-12", "2000-01"]
    assert data.load_spare_parts("drop").parts.tolist() == ["1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Part,Dez-99\n1,0\n", "small.csv: the column 'Dez-99' is no month like Jan-98"),
        ("Part,1999-12\n1,0\n", "the column '1999-12' is no month"),
        ("Part,Dec-99\n1,0\n2\n", "small.csv, row 2: it has 1 cells, but the header has 2"),
        ("Part,Dec-99\n1,few\n", "small.csv, row 1: the demand in Dec-99 is 'few', but a number"),
    ],
)
def test_what_cannot_be_read_is_told(text, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read_parts(written(tmp_path, text))


def test_negative_demand_is_refused(tmp_path, monkeypatch):
    path = written(tmp_path, "Part,Dec-99\nX7,-2\n")
    monkeypatch.setattr(spare_parts, "fetch", lambda data_set: path)
    with pytest.raises(ValueError, match="demand is -2.0 for part X7 in 1999-12"):
        data.load_spare_parts()
