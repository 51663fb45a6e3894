"""The simulated tightening station: torque and clamp force hang together as VDI 2230 says, and each fault shows."""

import inspect

import numpy as np
import pytest

from course_lib import data
from course_lib.data.tightening import ANGLES, CONDITIONS, FLANK, HEAD, JOINT_CLASSES, PITCH, RUN_DOWN

LEVER = 0.159 * PITCH + (0.577 * FLANK + HEAD / 2) * 0.12  # mm


@pytest.fixture(scope="module")
def joints():
    return data.simulate_tightening(12_000, 120, rng=3)


def of(joints, name):
    return joints.rows(joints.y == JOINT_CLASSES.index(name))


def test_form_columns_and_classes(joints):
    assert joints.x.shape == (12_000, 40) and joints.x.dtype == np.float64 and joints.x.min() >= 0
    assert np.array_equal(joints.angle, np.arange(5, 201, 5)) and set(joints.units) == {"Nm"}
    assert joints.feature_names[0] == "torque at 5°" and joints.feature_names[-1] == "torque at 200°"
    assert {c.name for c in data.CATALOGUE["tightening"].columns} <= set(joints.feature_names)
    assert len(data.CATALOGUE["tightening"].classes) == len(joints.class_names) == 5
    assert set(joints.y) == set(range(5)) and np.array_equal(joints.bad, joints.y > 0)
    assert len(np.unique(joints.groups)) == 120 and set(np.bincount(joints.groups)[1:]) == {100}


def test_faults_are_rare_and_come_in_bad_lots(joints):
    assert 0.025 < joints.bad.mean() < 0.035
    of_lot = np.bincount(joints.groups, joints.bad)[1:]
    assert of_lot.var() > 2 * of_lot.mean()  # by chance alone the two would be equal
    assert data.simulate_tightening(500, 5, faults=0).bad.sum() == 0
    assert 0.25 < data.simulate_tightening(4000, 200, faults=0.3).bad.mean() < 0.35


def test_torque_and_clamp_force_hang_together_as_in_vdi_2230(joints):
    good = of(joints, "good")
    assert "M = M_0 + F (0.159 P + 0.577 d2 mu + D_Km / 2 mu)" in inspect.getdoc(data.simulate_tightening)
    assert 1.3 < LEVER < 1.4
    assert (good.x[:, -1] - RUN_DOWN).mean() / good.clamp_force.mean() == pytest.approx(LEVER, rel=0.01)
    friction = ((good.x[:, -1] - RUN_DOWN) / good.clamp_force - 0.159 * PITCH) / (0.577 * FLANK + HEAD / 2)
    assert friction.std() == pytest.approx(np.hypot(*CONDITIONS["normal"][1:]), rel=0.25)


def test_a_good_joint_runs_down_then_rises_then_yields(joints):
    mean = of(joints, "good").x.mean(axis=0)
    slope = np.diff(mean) / 5  # Nm for 1°
    assert np.all(np.abs(mean[ANGLES <= 105] - RUN_DOWN) < 0.3)
    rising = slope[(ANGLES[1:] > 150) & (ANGLES[1:] < 180)]
    assert np.allclose(rising, 0.29 * LEVER, rtol=0.06) and slope[-1] < 0.5 * rising.mean()
    assert 15 < of(joints, "good").clamp_force.min() < of(joints, "good").clamp_force.max() < 20


def test_each_fault_looks_as_its_entry_says(joints):
    good, under, stripped, crossed, washer = (of(joints, name) for name in JOINT_CLASSES)
    assert under.clamp_force.max() < good.clamp_force.mean() and under.x[:, -1].mean() < 18
    fall = stripped.x.max(axis=1) - stripped.x[:, -1]
    assert np.median(fall) > 2 and np.quantile(good.x.max(axis=1) - good.x[:, -1], 0.99) < 1.5
    early = ANGLES <= 100
    assert crossed.x[:, early].mean() > 2.5 * good.x[:, early].mean()
    assert crossed.clamp_force.mean() < 0.75 * good.clamp_force.mean()
    low, high = np.quantile(good.x[:, -1], [0.005, 0.995])
    inside = lambda part: np.mean((part.x[:, -1] > low) & (part.x[:, -1] < high))  # noqa: E731
    assert inside(crossed) > 0.5 and inside(washer) > 0.2  # the end torque alone does not see them
    ends = washer.x[:, -1]
    assert np.sum(ends < 21) > 0.3 * len(ends) and np.sum(ends > 27) > 0.25 * len(ends)  # double and missing


def test_lots_differ_and_another_supplier_has_less_friction(joints):
    good = of(joints, "good")
    of_lot = [good.x[good.groups == lot, -1].mean() for lot in np.unique(good.groups)]
    assert np.std(of_lot) > 0.6 * good.x[:, -1].std()
    other = data.simulate_tightening(4000, 40, rng=5, condition="new_supplier")
    less = of(other, "good").x[:, -1].mean() / good.x[:, -1].mean()
    assert 0.80 < less < 0.88
    assert of(other, "good").clamp_force.mean() == pytest.approx(good.clamp_force.mean(), rel=0.01)


def test_a_split_by_lot_keeps_everything_together(joints):
    train, test = data.split_by_group(joints, (0.7, 0.3))
    assert data.leaks(train, test) == [] and len(train.clamp_force) == len(train)
    scaled = data.Standardizer().fit(train).transform(test)
    assert isinstance(scaled, data.Joints) and np.array_equal(scaled.clamp_force, test.clamp_force)


def test_a_seed_repeats_the_joints():
    first, again, other = (data.simulate_tightening(50, 5, rng=seed) for seed in (1, np.random.default_rng(1), 2))
    assert np.array_equal(first.x, again.x) and np.array_equal(first.y, again.y)
    assert not np.array_equal(first.x, other.x)
    assert len(data.simulate_tightening(1, 1)) == 1


def test_it_can_be_loaded_by_name_and_says_what_it_is():
    joints = data.load("tightening", n=90, lots=9)
    assert repr(joints).startswith("Joints (simulated): 90 joints of 9 lots (good ") and len(repr(joints)) < 220
    assert "torque [Nm] at 40 angles, 5 to 200°" in repr(joints)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"n": 0}, ValueError, "n is 0, but it must be at least 1"),
        ({"n": 2.5}, TypeError, "n is 2.5, but a whole number is needed"),
        ({"lots": 0}, ValueError, "lots is 0, but it must be at least 1"),
        ({"n": 5, "lots": 6}, ValueError, "lots is 6, but n is 5: a lot has at least one joint"),
        ({"faults": 1}, ValueError, "faults is 1, but it must be at least 0 and below 1"),
        ({"faults": "few"}, TypeError, "faults is 'few', but a number is needed"),
        ({"rng": "x"}, TypeError, "rng is 'x', but a np.random.Generator"),
        ({"condition": "new supplier"}, ValueError, "Did you mean 'new_supplier'"),
    ],
)
def test_wrong_options(options, kind, message):
    with pytest.raises(kind, match=message):
        data.simulate_tightening(**options)


def test_parts_that_do_not_fit_are_refused(joints):
    some = joints.rows(np.arange(3))
    with pytest.raises(ValueError, match="angle has 2 entries, but x needs 40"):
        data.Joints(**{**vars(some), "angle": some.angle[:2]})
    with pytest.raises(ValueError, match="clamp_force has 0 entries, but x needs 3"):
        data.Joints(**{**vars(some), "clamp_force": None})
