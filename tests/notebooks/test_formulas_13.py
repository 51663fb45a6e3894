"""Chapter 13: every displayed formula, executed, and the claims of its text."""

import numpy as np
import pytest

from course_lib import capstone, data
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)


@executes("13", r"\frac{\partial L}{\partial z_{nk}} = \frac{1}{N} (p_{nk} - y_{nk})")
def test_the_gradient_of_the_logits():
    network = capstone.Network(capstone.library(), sizes=(4, 3), rng=0)
    x, y = rng.normal(size=(6, 4)), rng.integers(0, 3, 6)
    z = network.forward(x)
    dW, db = network.backward(y)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    dz = (p - np.eye(3)[y]) / 6
    np.testing.assert_allclose(dW, x.T @ dz, atol=1e-12)
    np.testing.assert_allclose(db, dz.sum(axis=0), atol=1e-12)


@claims("13", "the cost for 1,000 joints is")
@executes("13", r"C = 1000 \, \frac{400 \, m + 6 \, f}{N}")
def test_the_cost_of_a_thousand_joints():
    bad, alarm = rng.integers(0, 2, 50), rng.integers(0, 2, 50)
    missed, false = np.sum((alarm == 0) & (bad == 1)), np.sum((alarm == 1) & (bad == 0))
    by_hand = sum(400 if b and not a else 6 if a and not b else 0 for a, b in zip(alarm, bad, strict=True)) / 50 * 1000
    assert 1000 * (400 * missed + 6 * false) / 50 == pytest.approx(by_hand)


@claims("13", "less friction, so less torque for the same clamp force")
def test_the_new_screws_hold_as_well_with_less_torque():
    """ "Less torque for the same clamp force": the good joints of both suppliers."""
    known, new = (data.simulate_tightening(rng=1, condition=one) for one in ("normal", "new_supplier"))
    torque = [part.x[part.bad == 0, -1].mean() for part in (known, new)]
    force = [part.clamp_force[part.bad == 0].mean() for part in (known, new)]
    assert torque[1] < 0.9 * torque[0] and force[1] == pytest.approx(force[0], rel=0.01)
