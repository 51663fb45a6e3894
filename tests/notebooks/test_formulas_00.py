"""Chapter 0: its formula, executed."""

import math

from course_lib import exercises as ex
from tests.notebooks.formulas import executes


@executes("00", r"P = \frac{2 \pi \, n}{60} \cdot M \cdot \frac{1}{1000}")
def test_power_from_torque_and_speed():
    n, M = 1500.0, 40.0  # rpm, Nm: 157.08 rad/s times 40 Nm
    P = 2 * math.pi * n / 60 * M * (1 / 1000)
    assert math.isclose(P, 6.283185307179586)  # kW
    assert math.isclose(ex.units_check.solution_function(M, n), P, rel_tol=1e-12)
