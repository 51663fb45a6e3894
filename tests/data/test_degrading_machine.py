"""The simulated compressors: their wear follows the formula, their sensors follow the wear, and a ridge learns it."""

import inspect

import numpy as np
import pytest

from course_lib import data
from course_lib.data.degrading_machine import CONDITIONS, SENSORS, SETTINGS, simulate_engines


@pytest.fixture(scope="module")
def runs():
    return simulate_engines()


def per_engine(runs, values):
    return [values[runs.groups == number] for number in np.unique(runs.groups)]


def last_of(runs, values):
    return np.array([v[-1] for v in per_engine(runs, values)])


def test_train_runs_to_failure_and_test_is_cut_off_before(runs):
    train, test = runs
    assert np.all(last_of(train, train.y) == 0) and np.all(last_of(train, train.health) == 0)
    left, seen = last_of(test, test.y), last_of(test, test.cycle)
    assert left.min() >= 5 and left.max() <= 145 and 60 < left.mean() < 90 and seen.min() >= 31
    assert np.all(last_of(test, test.health) > 0)
    for part in runs:
        for cycle, remaining in zip(per_engine(part, part.cycle), per_engine(part, part.y), strict=True):
            assert np.array_equal(cycle, np.arange(1, len(cycle) + 1))
            assert np.array_equal(remaining, remaining[0] - np.arange(len(cycle)))


@pytest.mark.parametrize("rng", range(4))
def test_lives_are_about_120_to_360_cycles(rng):
    train, test = simulate_engines(rng=rng)
    lives = np.concatenate([last_of(train, train.cycle), last_of(test, test.cycle + test.y)])
    assert 100 <= lives.min() and lives.max() <= 380 and 190 < lives.mean() < 220
    assert np.all(np.percentile(lives, [2, 98]) >= [115, 280])


def test_the_test_engines_are_others(runs):
    train, test = runs
    assert data.leaks(train, test) == []
    assert np.array_equal(np.unique(train.groups), np.arange(1, 101))
    assert np.array_equal(np.unique(test.groups), np.arange(101, 201))


def used_life(health):
    """s from the health: the formula of the docstring, turned round."""
    return np.log1p((1 - health) * np.expm1(3)) / 3


def test_wear_only_grows_and_follows_the_formula_of_the_docstring(runs):
    train, _test = runs
    assert "w_t = (exp(3 s_t) - 1) / (exp(3) - 1)" in inspect.getdoc(simulate_engines)
    assert np.all((train.health >= 0) & (train.health <= 1))
    rates = []
    for health, load in zip(per_engine(train, train.health), per_engine(train, train.x[:, 1]), strict=True):
        used = used_life(health)[:-1]  # the last one is held at 1
        assert np.all(np.diff(used) > 0)
        # e_t / L: what a cycle used up, without its load; the mean of e is 1, its standard deviation 0.5.
        step = np.diff(used) / (load[1:-1] / 80) ** 3
        rates.append(step.mean() * len(health))
        assert 0.35 < step.std() / step.mean() < 0.65
        assert abs(np.corrcoef(step, load[1:-1])[0, 1]) < 0.35
    assert 0.9 < np.mean(rates) < 1.05  # L is the life under the nominal load


def test_wear_accelerates(runs):
    train, _test = runs
    for health in per_engine(train, train.health):
        half = len(health) // 2
        assert health[0] - health[half] < 0.5 * (health[half] - health[-1])


def test_each_sensor_changes_with_the_wear_as_its_entry_says(runs):
    """Least squares on wear^power, air and load finds the numbers of SENSORS again."""
    train, _test = runs
    air, load = train.x[:, 0] - 20, train.x[:, 1] - 80
    engine = np.eye(100)[train.groups - 1]  # a level for each machine
    for column, sensor in enumerate(SENSORS, start=len(SETTINGS)):
        wear = (1 - train.health) ** sensor.power
        found, *_rest = np.linalg.lstsq(np.column_stack([wear, air, load, engine]), train.x[:, column], rcond=None)
        within = 0.05 * max(sensor.noise, 1e-9) + 1e-9
        assert abs(found[0] - sensor.wear) < 2 * within, sensor.name
        assert abs(found[1] - sensor.air) < within and abs(found[2] - sensor.load) < within, sensor.name
        level = found[3:] - (2950 if sensor.name == "shaft speed" else 0)
        assert abs(level.mean() - sensor.new) <= 4 * (sensor.own / 10 + within), sensor.name
        rest = train.x[:, column] - np.column_stack([wear, air, load, engine]) @ found
        assert abs(rest.std() - sensor.noise) <= 0.05 * sensor.noise + 1e-9, sensor.name


def test_columns_units_and_the_useless_ones(runs):
    train, test = runs
    described = {(c.name, c.unit) for c in data.CATALOGUE["degrading_machine"].columns}
    assert set(zip(train.feature_names, train.units, strict=True)) == described
    assert train.feature_names == test.feature_names
    constant = {n for n, column in zip(train.feature_names, train.x.T, strict=True) if np.ptp(column) == 0}
    assert constant == {"speed setpoint", "valve position"}
    useless = {"inlet air temperature", "load", "supply voltage", "cooling water temperature"} | constant
    kept = {train.feature_names[i] for i in data.informative_columns(train)}
    assert kept == set(train.feature_names) - useless


def ridge_error(train, test):
    """RMSE [cycles] of a ridge on the flattened windows, and of the mean."""
    columns = data.informative_columns(train)
    train, test = train.columns(columns), test.columns(columns)
    scaler = data.Standardizer().fit(train)
    w, last = data.windows(scaler.transform(train)), data.last_windows(scaler.transform(test))
    x = w.x.reshape(len(w), -1)
    centre, mean = x.mean(axis=0), w.y.mean()
    weights = np.linalg.solve((x - centre).T @ (x - centre) + 100 * np.eye(x.shape[1]), (x - centre).T @ (w.y - mean))
    predicted = np.clip((last.x.reshape(len(last), -1) - centre) @ weights + mean, 0, 125)
    return [float(np.sqrt(np.mean((p - last.y) ** 2))) for p in (predicted, mean)]


@pytest.mark.parametrize("rng", range(3))
def test_a_ridge_beats_the_mean_and_fails_in_another_condition(rng):
    train, test = simulate_engines(rng=rng)
    ridge, mean = ridge_error(train, test)
    assert 10 < ridge < 0.65 * mean
    for condition in ("summer", "heavy"):
        other = simulate_engines(engines=1, rng=rng + 50, condition=condition)[1]
        assert ridge_error(train, other)[0] > 1.15 * ridge


def test_conditions_shift_the_readings_and_heavy_load_shortens_the_life():
    normal, summer, heavy = (simulate_engines(test_engines=1, condition=c)[0] for c in CONDITIONS)
    lives = [last_of(part, part.cycle).mean() for part in (normal, summer, heavy)]
    assert lives[0] == lives[1]
    assert abs(lives[0] / lives[2] - (95 / 80) ** 3) < 0.1
    assert abs(summer.x[:, 0].mean() - 33) < 0.5 and abs(heavy.x[:, 1].mean() - 95) < 0.5
    oil = normal.feature_names.index("oil temperature")
    assert abs(summer.x[:, oil].mean() - normal.x[:, oil].mean() - 0.4 * 13) < 0.3


def test_repeatable_with_a_seed_or_a_generator():
    first, again = simulate_engines(3, 2, rng=1), simulate_engines(3, 2, rng=np.random.default_rng(1))
    assert np.array_equal(first[0].x, again[0].x) and np.array_equal(first[1].y, again[1].y)
    assert not np.array_equal(first[0].x[:50], simulate_engines(3, 2, rng=2)[0].x[:50])
    assert len(np.unique(simulate_engines(1, 1)[1].groups)) == 1


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"engines": 0}, ValueError, "engines is 0, but it must be at least 1"),
        ({"test_engines": 2.5}, TypeError, "test_engines is 2.5, but a whole number is needed"),
        ({"rng": "x"}, TypeError, "rng is 'x', but a np.random.Generator"),
        ({"condition": "sumer"}, ValueError, "condition 'sumer' is unknown. Did you mean 'summer'"),
    ],
)
def test_wrong_options(options, kind, message):
    with pytest.raises(kind, match=message):
        simulate_engines(**options)


def test_it_can_be_loaded_by_name():
    train, _test = data.load("degrading_machine", engines=2, test_engines=1)
    assert train.source == "simulated" and "EngineRuns (simulated)" in repr(train) and "2 engines" in repr(train)
