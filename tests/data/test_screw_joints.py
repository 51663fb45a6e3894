"""The simulated station that stops at a torque: the curve is that of a screw, and its window passes many faults."""

import inspect

import numpy as np
import pytest

from course_lib import data
from course_lib.data.screw_joints import (
    FLANK,
    HEAD,
    NOISE,
    PITCH,
    PREVAILING,
    SHARES,
    STIFFNESS,
    TARGET,
    WASHER,
)

GOOD, LOOSE, STRIPPED, CROSSED, MISSING = range(5)
RISE = STIFFNESS[0] * PITCH / 360 * (0.159 * PITCH + (0.577 * FLANK + HEAD / 2) * 0.12)  # Nm for 1°


@pytest.fixture(scope="module")
def joints():
    return data.simulate_screw_joints(6000, rng=3)


@pytest.fixture(scope="module")
def faulty():
    return data.simulate_screw_joints(4000, rng=4, fault_share=0.8)


def passed(x):
    low, high = data.TORQUE_WINDOW
    return (x[:, -1] >= low) & (x[:, -1] <= high)


def test_form_columns_and_units(joints):
    assert type(joints) is data.Table and joints.source == "simulated"
    assert joints.x.shape == (6000, 40) and joints.x.dtype == np.float64 and joints.y.shape == (6000,)
    assert set(joints.units) == {"Nm"} and joints.group_name == "lot"
    assert np.array_equal(data.SCREW_ANGLES, np.arange(9, 361, 9))
    assert joints.feature_names == tuple(f"torque at {angle} deg" for angle in range(9, 361, 9))
    assert "torque at 90 deg [Nm]" in joints.labels
    assert joints.class_names == data.SCREW_CLASSES
    assert joints.class_names == ("good", "too loose", "stripped thread", "cross-threaded", "washer missing")
    sheet = data.CATALOGUE["screw_joints"]
    assert {(c.name, c.unit) for c in sheet.columns} <= set(zip(joints.feature_names, joints.units, strict=True))
    assert [text.split(":")[0] for text in sheet.classes] == list(joints.class_names)


def test_class_shares(joints, faulty):
    assert np.mean(joints.y > 0) == pytest.approx(0.08, abs=0.012)
    assert np.mean(faulty.y > 0) == pytest.approx(0.8, abs=0.02)
    assert np.bincount(faulty.y)[1:] / np.sum(faulty.y > 0) == pytest.approx(np.array(SHARES), abs=0.03)
    assert sum(SHARES) == pytest.approx(1) and not data.simulate_screw_joints(500, fault_share=0).y.any()


def test_a_good_joint_runs_down_then_rises_as_in_vdi_2230_and_stops_at_the_target(joints):
    good = joints.x[joints.y == GOOD]
    for formula in ("F = c P (a - a_0) / 360", "M = M_0 + F (0.159 P + 0.577 d2 mu + D_Km / 2 mu)"):
        assert formula in inspect.getdoc(data.simulate_screw_joints)
    mean, angle = good.mean(axis=0), data.SCREW_ANGLES
    assert joints.x.min() >= 0 and joints.x.max() < 23
    assert mean[0] == pytest.approx(PREVAILING[0] + WASHER * 9 / 100, abs=0.1)
    assert np.all(good[:, angle <= 72].mean(axis=1) < 4) and np.all(good[:, angle <= 72] < good[:, [-1]] / 2)
    between = (angle >= 126) & (angle <= 162)
    slope = np.polyfit(angle[between], good[:, between].T, 1)[0]
    assert np.median(slope) == pytest.approx(RISE, rel=0.05)
    assert good[:, -1].mean() == pytest.approx(TARGET[0], abs=0.15)  # the tool stops up to 1° late
    assert good[:, -1].std() == pytest.approx(np.hypot(TARGET[1], NOISE), rel=0.1)


def test_behind_the_stop_the_last_reading_is_held(joints):
    good = joints.x[joints.y == GOOD]
    assert np.mean(good[:, -2] == good[:, -1]) > 0.98
    assert np.median(np.sum(good == good[:, [-1]], axis=1)) == pytest.approx((360 - 203) / 9, abs=2)


def test_the_window_of_today_passes_good_joints_and_many_faults(joints, faulty):
    assert np.mean(passed(joints.x[joints.y == GOOD])) > 0.98
    share = [np.mean(passed(faulty.x[faulty.y == k])) for k in range(5)]
    assert share[CROSSED] > 0.9 and share[MISSING] > 0.9
    assert 0.4 < share[LOOSE] < 0.8 and 0.2 < share[STRIPPED] < 0.7
    assert 0.55 < np.mean(passed(faulty.x[faulty.y > 0])) < 0.85


def test_each_fault_looks_as_its_entry_says(faulty):
    x, y, angle = faulty.x, faulty.y, data.SCREW_ANGLES
    early = angle <= 72
    assert 13.5 < x[y == LOOSE, -1].min() < 15 and np.mean(x[y == LOOSE, -1] < 19) > 0.3
    assert np.mean(x[y == STRIPPED].max(axis=1) - x[y == STRIPPED, -1] > 1) > 0.25  # falls
    assert x[y == CROSSED][:, early].mean() > x[y == GOOD][:, early].mean() + 0.5
    rough = x[:, early].std(axis=1)
    assert np.median(rough[y == CROSSED]) > 1.8 * np.median(rough[y == GOOD])
    reaches = [np.median((x[y == k] > 10).argmax(axis=1)) for k in (GOOD, MISSING)]
    assert reaches[1] <= reaches[0] - 2  # two columns: 18° earlier


def test_lots_differ(joints):
    good = joints.rows(joints.y == GOOD)
    lots = np.unique(joints.groups)
    assert np.array_equal(lots, np.arange(1, 81)) and set(np.bincount(joints.groups)[1:]) == {75}
    column = joints.feature_names.index("torque at 153 deg")
    for values, times in ((good.x[:, column], 1.5), (good.x[:, :6].mean(axis=1), 3)):  # friction; run-down
        means = np.array([values[good.groups == lot].mean() for lot in lots])
        inside = np.mean([values[good.groups == lot].std() for lot in lots])
        assert means.std() > times * inside / np.sqrt(75)  # by chance alone the factor would be 1


def test_another_supplier_has_less_friction(joints):
    other = data.simulate_screw_joints(6000, rng=5, condition="new_supplier")
    good, new = joints.x[joints.y == GOOD], other.x[other.y == GOOD]
    steps = [np.diff(x[:, 13:18], axis=1).mean() for x in (good, new)]  # 126 to 162°
    lever = [0.159 * PITCH + (0.577 * FLANK + HEAD / 2) * friction for friction in (0.12, 0.09)]
    assert steps[1] / steps[0] == pytest.approx(lever[1] / lever[0], rel=0.05)
    assert new[:, 0].mean() == pytest.approx(good[:, 0].mean(), abs=0.15)  # the run-down stays
    assert 0.8 < np.mean(passed(new)) < np.mean(passed(good))  # some screws yield before 20 Nm


def test_a_split_by_lot_does_not_leak(joints):
    parts = data.split_by_group(joints, (0.6, 0.2, 0.2))
    assert data.leaks(*parts) == [] and sum(map(len, parts)) == len(joints)
    by_row = joints.rows(np.arange(0, 6000, 2)), joints.rows(np.arange(1, 6000, 2))
    assert "80 lots are in the training rows and in part 1" in data.leaks(*by_row)[0]


def test_a_seed_repeats_the_joints():
    first, again, other = (data.simulate_screw_joints(150, rng=seed) for seed in (1, np.random.default_rng(1), 2))
    assert np.array_equal(first.x, again.x) and np.array_equal(first.y, again.y)
    assert not np.array_equal(first.x, other.x)
    assert len(data.simulate_screw_joints(1)) == 1


def test_it_can_be_loaded_by_name():
    joints = data.load("screw_joints", n=150, lots=5, fault_share=0.5)
    assert len(joints) == 150 and set(joints.groups) == {1, 2, 3, 4, 5}
    assert repr(joints).startswith("Table (simulated): 150 rows (good ") and "5 lots" in repr(joints)
    assert len(data.load("screw_joints")) == 3000


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"n": 0}, ValueError, "n is 0, but it must be at least 1"),
        ({"n": "many"}, TypeError, "n is 'many', but a whole number is needed"),
        ({"n": 2.5}, TypeError, "n is 2.5, but a whole number is needed"),
        ({"lots": 0}, ValueError, "lots is 0, but it must be at least 1"),
        ({"n": 5, "lots": 6}, ValueError, "lots is 6, but n is 5: a lot has at least one joint"),
        ({"fault_share": 1}, ValueError, "fault_share is 1, but it must be at least 0 and below 1"),
        ({"fault_share": -0.1}, ValueError, "fault_share is -0.1, but it must be at least 0 and below 1"),
        ({"fault_share": "few"}, TypeError, "fault_share is 'few', but a number is needed"),
        ({"rng": "x"}, TypeError, "rng is 'x', but a np.random.Generator"),
        ({"condition": "new supplier"}, ValueError, "Did you mean 'new_supplier'. Known: 'normal', 'new_supplier'"),
        ({"condition": 3}, ValueError, "condition 3 is unknown. Known: 'normal', 'new_supplier'"),
    ],
)
def test_wrong_options(options, kind, message):
    with pytest.raises(kind, match=message):
        data.simulate_screw_joints(**options)
