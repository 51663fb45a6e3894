"""Windows stay within one engine, their targets are capped, and the leaks made here on purpose are found."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib import data
from course_lib.data import (
    EngineRuns,
    MinMaxScaler,
    Standardizer,
    last_windows,
    leaks,
    simulate_engines,
    split_by_group,
    windows,
)
from tests.notebooks.claims import claims


def counting_runs(lives=(5, 3, 7), at_the_end=0):
    """Engines of these many cycles; the one column is 100 * engine + cycle, so that every window tells its rows."""
    engine = np.repeat(np.arange(1, len(lives) + 1), lives)
    cycle = np.concatenate([np.arange(1, life + 1) for life in lives])
    return EngineRuns(
        x=(100.0 * engine + cycle)[:, np.newaxis],
        y=np.repeat(lives, lives) - cycle + at_the_end,
        feature_names=("counter",),
        units=("",),
        groups=engine,
        source="simulated",
        group_name="engine",
        cycle=cycle,
    )


def test_windows_by_hand():
    w = windows(counting_runs((4, 3)), length=3, cap=None)
    assert w.x[:, :, 0].tolist() == [[101, 102, 103], [102, 103, 104], [201, 202, 203]]
    assert w.y.tolist() == [1, 0, 0] and w.y.dtype == np.float64
    assert w.groups.tolist() == [1, 1, 2] and w.cycle.tolist() == [3, 4, 3] and w.mask is None
    assert repr(w) == "Windows: 3 windows of 3 cycles, 1 inputs, from 2 engines"


@claims("08", "A window never holds cycles of two engines")
@pytest.mark.parametrize("length", [1, 2, 3, 17, 60])
def test_no_window_holds_two_engines_and_none_is_missing(length):
    runs = counting_runs((60, 75, 61, 120))
    w = windows(runs, length)
    assert w.x.shape == (sum(n - length + 1 for n in (60, 75, 61, 120)), length, 1)
    cycles = w.cycle[:, np.newaxis] - np.arange(length)[::-1]  # the last one is that of the target
    assert cycles.min() == 1 and np.array_equal(w.x[:, :, 0], 100 * w.groups[:, np.newaxis] + cycles)
    assert np.unique(w.groups, return_counts=True)[1].tolist() == [n - length + 1 for n in (60, 75, 61, 120)]


def test_the_target_is_capped_and_the_truth_is_kept():
    runs = counting_runs((200,))
    w = windows(runs, 30)
    assert w.y.max() == 125 and np.array_equal(w.y, np.minimum(w.remaining, 125)) and w.remaining.max() == 170
    assert np.array_equal(windows(runs, 30, cap=None).y, w.remaining)
    assert windows(runs, 30, cap=7.5).y.max() == 7.5


def test_the_last_window_of_each_engine_has_the_true_remaining_life():
    last = last_windows(counting_runs((40, 31, 90), at_the_end=140), 30)
    assert last.groups.tolist() == [1, 2, 3] and last.cycle.tolist() == [40, 31, 90]
    assert last.y.tolist() == [140, 140, 140]
    assert last.x[:, -1, 0].tolist() == [140, 231, 390]
    assert last_windows(counting_runs((40,), at_the_end=140), cap=125).y.tolist() == [125]


def test_a_short_engine_is_an_error_or_padded_with_a_mask():
    runs = counting_runs((4, 2, 3))
    with pytest.raises(ValueError, match="engine 2 has 2 cycles, fewer than the window of 3. Use a shorter window"):
        windows(runs, 3)
    w = windows(runs, 3, pad=True)
    assert w.x[:, :, 0].tolist() == [[101, 102, 103], [102, 103, 104], [0, 201, 202], [301, 302, 303]]
    assert w.mask.tolist() == [[True] * 3, [True] * 3, [False, True, True], [True] * 3]
    assert w.y.tolist() == [1, 0, 0, 0] and w.cycle.tolist() == [3, 4, 2, 3]
    assert last_windows(runs, 3, pad=True).mask.tolist() == [[True] * 3, [False, True, True], [True] * 3]


def test_the_runs_are_not_modified_and_windows_are_copies():
    runs = counting_runs()
    before = runs.x.copy()
    windows(runs, 3).x[:] = -1
    assert np.array_equal(runs.x, before)


def with_hole(runs):
    x = runs.x.copy()
    x[6, 0] = np.nan
    return replace(runs, x=x)


RUNS = counting_runs()
WRONG = {
    "T = 0": (lambda: windows(RUNS, 0), ValueError, "length is 0, but it must be at least 1"),
    "T with a fraction": (lambda: windows(RUNS, 2.5), TypeError, "length is 2.5, but a whole number is needed"),
    "cap 0": (lambda: windows(RUNS, 3, cap=0), ValueError, "cap is 0, but it must be a finite number above 0"),
    "NaN": (lambda: windows(with_hole(RUNS), 3), ValueError,
            "1 missing or infinite values, the first in column 'counter' of engine 2, cycle 2. Fill them"),
    "NaN in training": (lambda: data.prepare_engines(with_hole(RUNS), RUNS, 0.34), ValueError, "column 'counter' of"),
    "an array": (lambda: windows(RUNS.x, 3), TypeError, "runs is a ndarray, but EngineRuns are needed"),
    "no rows": (lambda: windows(RUNS.rows(np.zeros(15, bool)), 3), ValueError, "runs has no rows"),
    "shuffled": (lambda: windows(RUNS.rows(np.arange(15)[::-1]), 3), ValueError, "Do not shuffle or split single rows"),
    "a row left out": (lambda: windows(RUNS.rows(np.arange(15) != 2), 2), ValueError,
                       "engine 1 has cycle 4 after cycle 2.*split by engine: split_by_group"),
    "an engine in two places": (lambda: windows(RUNS.rows(np.r_[0:2, 5:8, 2:5]), 2), ValueError, "one after the other"),
    "no cycle": (lambda: replace(RUNS, cycle=None), ValueError, "cycle is missing"),
    "short cycle": (lambda: replace(RUNS, cycle=np.ones(3)), ValueError, "cycle has 3 entries but x has 15 rows"),
    "no such engine": (lambda: RUNS.engine(4), ValueError, "there is no engine 4 here; the engines are 1 to 3"),
    "no such column": (lambda: RUNS.columns(["T3"]), ValueError, "there is no column 'T3'; the columns are counter"),
    "no such number": (lambda: RUNS.columns([1]), ValueError, "there is no column 1; the numbers are 0 to 0"),
    "nothing follows": (lambda: data.informative_columns(replace(RUNS, x=np.ones((15, 1)))), ValueError,
                        "no column follows the remaining life"),
    "at_least": (lambda: data.informative_columns(RUNS, 20), ValueError, "at_least is 20, but it must be from 0 to 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_explained(name):
    call, kind, message = WRONG[name]
    with pytest.raises(kind, match=message):
        call()


def test_runs_of_one_engine_and_of_some_columns():
    train, _test = simulate_engines(3, 1)
    own = train.engine(2)
    assert np.all(own.groups == 2) and own.y[-1] == 0 and len(own.health) == len(own.cycle) == len(own)
    some = train.columns(["oil pressure", 0])
    assert some.labels == ("oil pressure [bar]", "inlet air temperature [°C]")
    assert np.array_equal(some.x, train.x[:, [train.feature_names.index("oil pressure"), 0]])
    assert "3 engines" in repr(train) and "remaining life 0 to" in repr(train)


def test_informative_columns_by_hand():
    """Correlations 1, -1, 0 and one that is found only under the cap; a constant column counts as none."""
    runs = counting_runs((200,))
    y = runs.y
    x = np.column_stack([y, -np.minimum(y, 125), np.resize([1, -1], 200), np.full(200, 0.1), np.where(y > 125, 0, 1)])
    runs = replace(runs, x=x.astype(float), feature_names=tuple("abcde"), units=("",) * 5)
    assert data.informative_columns(runs) == [0, 1, 4]
    assert data.informative_columns(runs, at_least=0.999) == [1]
    assert data.informative_columns(runs, at_least=0.999, cap=1000) == [0]


# --- leaks: each of these preparations but the first is wrong on purpose ---


@pytest.fixture(scope="module")
def engines():
    return simulate_engines(20, 5)[0]


def test_the_right_way_has_no_leak(engines):
    train, test = split_by_group(engines, (0.8, 0.2), stratify=False)
    assert isinstance(train, EngineRuns)
    scaler = Standardizer().fit(train)
    assert leaks(train, test, standardizer=scaler) == []
    assert leaks(windows(scaler.transform(train)), windows(scaler.transform(test))) == []
    assert leaks(*data.prepare_engines(engines, simulate_engines(20, 5)[1])) == []


def test_a_split_of_the_windows_by_row_is_found(engines):
    w = windows(engines)
    chosen = np.random.default_rng(0).random(len(w)) < 0.8
    found = leaks(w.rows(chosen), w.rows(~chosen))
    assert len(found) == 1 and "20 engines are in the training rows and in part 1" in found[0]


def test_a_split_of_the_cycles_by_row_gives_no_windows(engines):
    chosen = np.random.default_rng(0).random(len(engines)) < 0.8
    assert "20 engines" in leaks(engines.rows(chosen), engines.rows(~chosen))[0]
    with pytest.raises(ValueError, match="split by engine"):
        windows(engines.rows(chosen))


def test_one_engine_in_both_parts_is_found(engines):
    found = leaks(windows(engines.rows(engines.groups <= 15)), windows(engines.rows(engines.groups >= 15)))
    assert len(found) == 1 and "1 engines" in found[0] and "example 15" in found[0]


@pytest.mark.parametrize("scaler", [Standardizer, MinMaxScaler])
def test_a_scaler_that_saw_the_test_engines_is_found(scaler, engines):
    train, test = split_by_group(engines, (0.8, 0.2), stratify=False)
    assert leaks(train, test, standardizer=scaler().fit(train)) == []
    for seen in (engines, test):
        found = leaks(train, test, standardizer=scaler().fit(seen))
        assert len(found) == 1 and f"the {scaler.__name__} was fitted on other rows" in found[0]


def test_a_scaler_that_saw_one_more_row_is_found_where_the_numbers_are_large():
    runs = counting_runs((5, 3))
    runs = replace(runs, x=2388 + 1e-3 * runs.y[:, np.newaxis] / 5)
    train, test = runs.rows(runs.groups == 1), runs.rows(runs.groups == 2)
    scaler = Standardizer().fit(runs)
    assert np.allclose(scaler.mean, Standardizer().fit(train).mean)  # to five digits they are the same
    assert len(leaks(train, test, standardizer=scaler)) == 1
    assert leaks(train, test, standardizer=Standardizer().fit(train)) == []


def test_min_max_by_hand():
    scaler = MinMaxScaler().fit([[10.0, 7.0], [20.0, 7.0]])
    z = scaler.transform(np.array([[10.0, 7.0], [15.0, 7.0], [25.0, 8.0]]))
    assert z.tolist() == [[0, 0], [0.5, 0], [1.5, 1]]
    assert scaler.inverse(z).tolist() == [[10, 7], [15, 7], [25, 8]]
    runs = counting_runs()
    scaled = MinMaxScaler().fit(runs).transform(runs)
    assert isinstance(scaled, EngineRuns) and scaled.units == ("",) and np.array_equal(scaled.cycle, runs.cycle)
    with pytest.raises(ValueError, match="this MinMaxScaler has seen no data"):
        MinMaxScaler().transform(runs)
    with pytest.raises(ValueError, match="1 missing or infinite values in column 'counter', first in row 6"):
        MinMaxScaler().fit(with_hole(runs))


def test_nothing_of_the_prepared_training_windows_depends_on_the_other_engines(engines):
    """The test engines and those held back may hold anything: the training windows stay the same to the last bit."""
    test = simulate_engines(20, 5)[1]
    train, held_back, _last = data.prepare_engines(engines, test)
    others = ~np.isin(engines.groups, train.groups)
    spoiled = replace(engines, x=np.where(others[:, np.newaxis], 1e3 + 7 * engines.x, engines.x))
    again, held_back_again, _last = data.prepare_engines(spoiled, replace(test, x=1e3 + 7 * test.x))
    assert np.array_equal(train.x, again.x) and np.array_equal(train.y, again.y)
    assert not np.array_equal(held_back.x, held_back_again.x)


def test_prepared_windows_are_scaled_capped_and_not_capped_for_the_test(engines):
    test = simulate_engines(20, 5)[1]
    train, held_back, last = data.prepare_engines(engines, test, length=20, cap=60)
    assert train.x.shape[1:] == (20, 11) and train.y.max() == held_back.y.max() == 60
    assert last.y.tolist() == test.y[np.append(test.groups[1:] != test.groups[:-1], True)].tolist()
    assert train.x.min() == 0 and train.x.max() == 1 and 0 < last.x.mean() < 1
    assert len(np.unique(held_back.groups)) in (3, 4, 5)


def test_windows_in_single_precision():
    train, test = data.simulate_engines(engines=3, test_engines=2, rng=0)
    for cut, runs in ((data.windows, train), (data.last_windows, test)):
        double, single = cut(runs, 30), cut(runs, 30, dtype="float32")
        assert single.x.dtype == np.float32 and single.y.dtype == np.float64
        np.testing.assert_array_equal(single.x, double.x.astype("float32"))
    short = train.rows((train.groups == 1) & (train.cycle <= 12))
    padded = data.windows(short, 30, pad=True, dtype="float32")
    assert padded.x.dtype == np.float32 and not padded.x[0, :18].any() and padded.mask.sum() == 12
