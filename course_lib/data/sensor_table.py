"""Bearings of electric motors, simulated: two sensors, two classes, and a true boundary that we know."""

import numpy as np

from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import generator, number, whole

CENTRE = np.array([65.0, 4.0])  # bearing temperature [°C], vibration [mm/s RMS]
SPREAD = np.array([10.0, 1.0])  # one step of the standardised coordinates, in the same units


def _linear(u):
    """Hot and shaking at once: heat and vibration add up to one wear number."""
    return (u[:, 0] + u[:, 1]) / np.sqrt(2)


def _ring(u):
    """A good bearing works in a window; too cold (stiff grease), too hot, too rough and too still (no load) are bad."""
    return np.hypot(u[:, 0], u[:, 1]) - 1.7


def _xor(u):
    """Hot with much vibration is full load, cold with little is idling, both fine. The mixed cases are bad.

    Cold but shaking is a loose mounting; hot but still is a dragging brake.
    """
    return -np.sign(u[:, 0] * u[:, 1]) * np.minimum(np.abs(u[:, 0]), np.abs(u[:, 1]))


def _two_moons(u):
    """Two curves that a warming-up motor runs along: the upper one through a resonance is healthy, the lower worn."""
    healthy = _distance_to_arc(u, centre=(-0.8, -0.4), radius=1.7, upper=True)
    worn = _distance_to_arc(u, centre=(0.8, 0.4), radius=1.7, upper=False)
    return healthy - worn


SHAPES = {"linear": _linear, "ring": _ring, "xor": _xor, "two_moons": _two_moons}


def sensor_table(n=400, rng=0, shape="linear", noise=0.25, share=0.5, machines=None, standardised=False):
    """Return n readings of motor bearings as a Table: y = 1 means "needs maintenance".

    Columns: bearing temperature [°C] (65, step 10) and vibration [mm/s RMS] (4, step 1). With
    u = (x - centre) / step, each label is drawn with the true probability

        P(y = 1 | x) = sigmoid((g(u) - offset) / noise)

    where g is the signed distance of the chosen `shape` ("linear", "ring", "xor", "two_moons"). It is known:
    `table.boundary(x)` gives P for any x (N, 2), and P = 0.5 is the true boundary.

    Parameters: `n` readings; `rng` a seed or a Generator; `noise` the softness of the boundary in steps (0: sharp);
    `share` the expected share of class 1, which moves the boundary by `offset`; `machines` the number of motors
    (`groups`; 8 if not given, or n where n is smaller), each mounted a little differently, so its readings are
    shifted; `standardised` gives u (about -3 to 3) instead of °C and mm/s.

    Raises ValueError for an unknown shape or a number out of range, TypeError for what is no number.
    """
    n = whole("n", n)
    machines = min(8, n) if machines is None else whole("machines", machines)
    if shape not in SHAPES:
        raise ValueError(
            _("shape must be one of {known}, but is {given!r}").format(known=", ".join(SHAPES), given=shape)
        )
    for name, value, low, high in (
        ("n", n, 1, 10_000_000),
        ("noise", noise, 0, 10),
        ("share", share, 0.01, 0.99),
        ("machines", machines, 1, n),
    ):
        if not low <= number(name, value) <= high:
            raise ValueError(
                _("{name} must be from {low} to {high}, but is {given}").format(
                    name=name, low=low, high=high, given=value
                )
            )
    rng = generator(rng)
    distance = SHAPES[shape]

    groups = np.sort(rng.permutation(n) % machines)
    mounting = rng.normal(0, 0.15, (machines, 2))
    u = np.clip(rng.uniform(-2.7, 2.7, (n, 2)) + mounting[groups], -3, 3)
    offset = _offset(distance, noise, share)
    probability = _probability(u, distance, offset, noise)
    y = (rng.random(n) < probability).astype(int)

    def boundary(x):
        x = np.asarray(x, dtype=float)
        return _probability(x if standardised else (x - CENTRE) / SPREAD, distance, offset, noise)

    return Table(
        x=u if standardised else CENTRE + SPREAD * u,
        y=y,
        feature_names=(_("bearing temperature"), _("vibration")),
        units=("σ", "σ") if standardised else ("°C", "mm/s RMS"),
        groups=groups,
        source="simulated",
        class_names=(_("ok"), _("needs maintenance")),
        group_name=_("motor"),
        boundary=boundary,
    )


def _probability(u, distance, offset, noise):
    margin = distance(u) - offset
    if noise == 0:
        return (margin > 0).astype(float)
    return 0.5 * (1 + np.tanh(margin / (2 * noise)))  # the sigmoid, without overflow


def _offset(distance, noise, share):
    """The offset for which the mean probability over the whole range is `share`, by halving an interval."""
    line = np.linspace(-2.7, 2.7, 61)
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    low, high = -8.0, 8.0
    for _step in range(40):
        middle = (low + high) / 2
        too_many = _probability(grid, distance, middle, noise).mean() > share
        low, high = (middle, high) if too_many else (low, middle)
    return (low + high) / 2


def _distance_to_arc(u, centre, radius, upper):
    """Distance (N,) of the points u (N, 2) from a half circle, the upper or the lower one."""
    across = u[:, 0] - centre[0]
    up = (u[:, 1] - centre[1]) * (1 if upper else -1)
    to_circle = np.abs(np.hypot(across, up) - radius)
    to_end = np.hypot(np.abs(across) - radius, up)
    return np.where(up >= 0, to_circle, to_end)
