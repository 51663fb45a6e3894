"""The AI4I 2020 file, as it is (where it is), and the simulator that stands in for it."""

import hashlib

import numpy as np
import pytest

from course_lib import data
from course_lib.data.machine_failures import FEATURES, OVERSTRAIN_LIMIT, WEAR_PER_PART, tool_numbers
from tests.environment import data_folder

FILE = data.CATALOGUE["machine_failures"].files[0]
HERE = data_folder() and (data_folder() / "ai4i2020" / FILE.name)
real = pytest.mark.skipif(
    not (HERE and HERE.is_file()), reason="the AI4I 2020 file is not on this computer (COURSE_DATA)"
)
NAMES = tuple(name for name, unit in FEATURES)


@pytest.fixture(scope="module")
def table():
    return data.load_machine_failures(physics=True)


@real
def test_the_file_is_the_one_of_the_catalogue():
    content = HERE.read_bytes()
    assert len(content) == FILE.size
    assert hashlib.sha256(content).hexdigest() == FILE.sha256


@real
def test_numbers_of_the_file(table):
    assert table.x.shape == (10_000, 9) and table.x.dtype == np.float64
    assert table.y.sum() == 339 and set(np.unique(table.y)) == {0, 1} and table.y.dtype.kind == "i"
    assert np.bincount(table.x[:, 0].astype(int)).tolist() == [6000, 2997, 1003]
    low, high = table.x[:, 1:6].min(axis=0), table.x[:, 1:6].max(axis=0)
    assert low.tolist() == [295.3, 305.7, 1168, 3.8, 0] and high.tolist() == [304.5, 313.8, 2886, 76.6, 253]
    assert table.labels[1:6] == (
        "air temperature [K]", "process temperature [K]", "rotational speed [rpm]", "torque [Nm]", "tool wear [min]",
    )  # fmt: skip
    assert table.source == "real"


@real
def test_parts_of_the_label_are_no_inputs(table):
    assert table.feature_names[:6] == NAMES
    modes = data.load_failure_modes()
    assert {m: int(v.sum()) for m, v in modes.items()} == {"TWF": 46, "HDF": 115, "PWF": 95, "OSF": 98, "RNF": 19}
    for column in table.x.T:
        for mode in modes.values():
            assert abs(np.corrcoef(column, mode)[0, 1]) < 0.6
    assert int((table.y.astype(bool) & ~np.any(list(modes.values()), axis=0)).sum()) == 9  # a known defect


@real
def test_tool_wear_tells_the_tool(table):
    """Wear grows by 2, 3, 5 min after a part of quality L, M, H, and falls to 0 with a new tool: 120 tools."""
    wear, quality = table.x[:, 5], table.x[:, 0].astype(int)
    step = np.diff(wear)
    changed = step < 0
    assert np.array_equal(step[~changed], WEAR_PER_PART[quality[:-1]][~changed])
    assert np.all(wear[1:][changed] == 0)
    assert len(np.unique(table.groups)) == 120 and table.groups[-1] == 119
    last_of_tool = np.append(changed, True)
    assert np.all(last_of_tool[data.load_failure_modes()["TWF"]])  # a tool that failed by wear made no further part


@real
def test_physics_features_are_what_the_failures_follow(table):
    power, difference, strain = table.x[:, 6:].T
    modes, quality = data.load_failure_modes(), table.x[:, 0].astype(int)
    assert np.array_equal((power < 3500) | (power > 9000), modes["PWF"])
    assert np.array_equal(strain > OVERSTRAIN_LIMIT[quality], modes["OSF"])
    assert np.array_equal((difference < 8.6) & (table.x[:, 3] < 1380), modes["HDF"])
    assert table.labels[6:] == ("power [W]", "temperature difference [K]", "strain [min Nm]")


@real
def test_the_split_by_tool_leaks_nothing(table):
    parts = data.split_by_group(table, rng=0)
    scaler = data.Standardizer().fit(parts[0])
    assert data.leaks(*parts, standardizer=scaler) == [] and data.leaks(parts[1], parts[2]) == []
    assert [int(p.y.sum()) for p in parts] == [203, 68, 68]


def test_physics_by_hand():
    x = np.array([[0, 300.0, 310.0, 1500.0, 40.0, 100.0]])
    power, difference, strain = data.physics_features(x)[0]
    assert power == pytest.approx(6283.185307, abs=1e-6)  # 40 Nm * 2 pi * 25 / s
    assert (difference, strain) == (10, 4000)


def test_tool_numbers_by_hand():
    assert tool_numbers(np.array([0, 2, 5, 0, 3, 0])).tolist() == [0, 0, 0, 1, 1, 2]


def test_the_simulator_stands_in_for_the_file():
    table = data.simulate_machine_failures(physics=True)
    assert table.source == "simulated"
    assert table.x.shape == (10_000, 9) and table.feature_names[:6] == NAMES
    assert 0.02 < table.y.mean() < 0.05
    assert 100 < len(np.unique(table.groups)) < 140
    means = table.x[:, :6].mean(axis=0)
    assert np.allclose(means, [0.5, 300, 310, 1539, 40, 108], rtol=0.05)
    assert abs(np.corrcoef(table.x[:, 3], table.x[:, 4])[0, 1] + 0.875) < 0.05  # torque and speed as in the file
    assert np.array_equal(table.groups, tool_numbers(table.x[:, 5]))
    assert np.all(np.isfinite(table.x))


def test_every_simulated_failure_of_heat_power_and_strain_follows_its_rule():
    table = data.simulate_machine_failures(physics=True, rng=3)
    power, difference, strain = table.x[:, 6:].T
    hot = (difference < 8.6) & (table.x[:, 3] < 1380)
    must = hot | (power < 3500) | (power > 9000) | (strain > OVERSTRAIN_LIMIT[table.x[:, 0].astype(int)])
    assert np.all(table.y[must] == 1)
    worn_or_random = table.y[~must].sum()
    assert 10 < worn_or_random < 90


def test_the_simulator_is_repeatable_and_takes_a_generator_and_any_size():
    first, again = (
        data.simulate_machine_failures(50, rng=1),
        data.simulate_machine_failures(50, np.random.default_rng(1)),
    )
    assert np.array_equal(first.x, again.x) and np.array_equal(first.y, again.y)
    assert not np.array_equal(first.x, data.simulate_machine_failures(50, rng=2).x)
    assert len(data.simulate_machine_failures(1)) == 1
    with pytest.raises(ValueError, match="n is 0, but it must be at least 1"):
        data.simulate_machine_failures(0)
