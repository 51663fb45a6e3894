"""The exercise of chapter 0: a small one, to learn how a check works."""

import numpy as np

from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def units_check(torque_nm, speed_rpm):
    """Mechanical power in kW: P = torque * 2 pi * speed / 60 / 1000, torque in Nm, speed in revolutions per minute."""
    turns_per_second = speed_rpm / 60
    radians_per_second = 2 * np.pi * turns_per_second
    watts = torque_nm * radians_per_second
    return watts / 1000


def cases(rng):
    yield 40.0, 1500.0
    yield 0.0, 1500.0
    yield 12.0, 0.0
    for _repeat in range(4):
        yield round(rng.uniform(3, 80), 1), float(rng.integers(1000, 3000))


UNITS_CHECK = Exercise(
    name="units_check",
    chapter=0,
    title=_("The power of a spindle"),
    statement=_(
        "A spindle turns with `speed_rpm` in revolutions per minute and pulls with `torque_nm` in Nm. Return its "
        "power in kW:\n\n"
        "$$P = \\text{torque} \\cdot \\frac{2 \\pi \\cdot \\text{speed}}{60} \\cdot \\frac{1}{1000}$$\n\n"
        "Both arguments are numbers, and so is the result. On paper: 40 Nm at 1500 revolutions per minute give 6.28 kW."
    ),
    reference=units_check,
    cases=cases,
    outputs=("power",),
    tolerance=2e-4,  # every engineer's P = M n / 9550 is right too
    misconceptions=[
        Misconception(
            "minutes_forgotten",
            lambda torque, speed: torque * 2 * np.pi * speed / 1000,
            _(
                "Your power is 60 times too large: the speed is given per minute. Divide it by 60 to get turns per "
                "second."
            ),
        ),
        Misconception(
            "two_pi_forgotten",
            lambda torque, speed: torque * speed / 60 / 1000,
            _("2 pi is missing: one turn is an angle of 2 pi, and power is torque times angle per second."),
        ),
        Misconception(
            "pi_only",
            lambda torque, speed: torque * np.pi * speed / 60 / 1000,
            _("Your power is half of what it should be: a whole turn is 2 pi, not pi."),
        ),
        Misconception(
            "rounded_pi",
            lambda torque, speed: torque * 2 * 3.14 * speed / 60 / 1000,
            _("Your pi is rounded to 3.14, and the third digit of the power is wrong. NumPy has it whole: `np.pi`."),
        ),
        Misconception(
            "watts",
            lambda torque, speed: torque * 2 * np.pi * speed / 60,
            _("Your result is in W. Divide by 1000 to get kW."),
        ),
        Misconception(
            "degrees",
            lambda torque, speed: torque * 360 * speed / 60 / 1000,
            _("You counted the angle in degrees (360 a turn). The formula needs radians: 2 pi a turn."),
        ),
        Misconception(
            "hours",
            lambda torque, speed: torque * 2 * np.pi * speed / 3600 / 1000,
            _("You divided by 3600. The speed is given per minute, and a minute has 60 seconds."),
        ),
        Misconception(
            "horsepower",
            lambda torque, speed: torque * 2 * np.pi * speed / 60 / 735.49875,
            _("Your result is in metric horsepower. Divide the watts by 1000 to get kW."),
        ),
    ],
    hints=[
        _("Go in steps: turns per second, then angle per second, then power in W, then kW. One line for each."),
        _("A turn is 2 pi, so `2 * np.pi * speed_rpm / 60` is the angle per second. Power in W is torque times that."),
        _("The last line is `return watts / 1000`."),
    ],
)

EXERCISES = [UNITS_CHECK]
