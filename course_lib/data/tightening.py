"""A station that tightens screws, simulated: torque over angle of each joint, and the clamp force that nobody measures.

The station turns an M8 screw of grade 8.8 by a fixed angle (angle-controlled, VDI 2230) and writes down the torque of
the last 200°. What holds the parts together is the clamp force; the torque also has to overcome friction.
"""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import fraction, generator, lookup, whole

JOINT_CLASSES = ("good", "under-tightened", "stripped thread", "cross-threaded", "wrong washer")  # 0 is good
KINDS = (0.35, 0.2, 0.2, 0.25)  # how the faults divide into the four kinds

ANGLES = np.arange(1, 41) * 5.0  # ° of the record; it ends at 200°
PITCH, FLANK, HEAD = 1.25, 7.188, 10.8  # mm of M8: pitch P, flank diameter d2, friction diameter D_Km under the head
SNUG = 132.0, 4.0  # ° at which the head sits: mean and standard deviation; it is set by the machine
STIFFNESS = 0.29  # kN of clamp force for 1°, when the head sits
YIELD = 18.0, 0.35  # kN at which the screw yields: mean and standard deviation from screw to screw
ROUNDING = 4.0  # ° over which the parts come to lie flat
RUN_DOWN = 1.5  # Nm before the head sits
NOISE = 0.15  # Nm, the torque sensor

CONDITIONS = {  # friction coefficient: mean, standard deviation from lot to lot, and within a lot
    "normal": (0.120, 0.008, 0.005),
    "new_supplier": (0.095, 0.008, 0.005),  # other coating: less friction, so less torque for the same clamp force
}


@dataclass(frozen=True)
class Joints(Table):
    """A Table with one row for each joint: the torque at the `angle` (D,) [°] as columns, the kind of fault as label.

    `x` (N, D) is the torque [Nm], `y` (N,) the number of the class (0 is good), `groups` (N,) the lot of screws.
    `clamp_force` (N,) [kN] is known for simulated joints only: the truth behind the torque, never an input.
    """

    angle: np.ndarray | None = None
    clamp_force: np.ndarray | None = None

    def __post_init__(self):
        super().__post_init__()
        for name, values, needed in (
            ("angle", self.angle, self.x.shape[1]), ("clamp_force", self.clamp_force, len(self.x))
        ):  # fmt: skip
            if values is None or len(values) != needed:
                raise ValueError(
                    _("{name} has {given} entries, but x needs {needed}: x has one row a joint, one column an angle")
                    .format(name=name, given=0 if values is None else len(values), needed=needed)
                )  # fmt: skip

    @property
    def bad(self):
        """1 for a joint with any fault, 0 for a good one, (N,)."""
        return (self.y > 0).astype(int)

    def rows(self, index):
        """Return the joints of these rows only; `index` is a boolean mask (N,) or row numbers."""
        return replace(self, **{name: getattr(self, name)[index] for name in ("x", "y", "groups", "clamp_force")})

    def __repr__(self):
        counts = np.bincount(self.y, minlength=len(self.class_names))
        return _(
            "Joints ({source}): {rows} joints of {lots} {group_name}s ({counts}), torque [{unit}] at {n} angles, "
            "{first:g} to {last:g}°"
        ).format(
            source=self.source,
            rows=len(self),
            lots=len(np.unique(self.groups)),
            group_name=self.group_name,
            counts=", ".join(f"{name} {count}" for name, count in zip(self.class_names, counts, strict=True)),
            unit=self.units[0],
            n=len(self.angle),
            first=self.angle[0],
            last=self.angle[-1],
        )


def simulate_tightening(n=6000, lots=60, rng=0, condition="normal", faults=0.03):
    """Return the Joints of `n` screws from `lots` lots, a share of `faults` of them bad.

    The clamp force F rises with the angle from the moment the head sits, and levels off where the screw yields. Torque
    M and clamp force hang together through the friction coefficient mu (thread and head), with the run-down torque M_0:

        M = M_0 + F (0.159 P + 0.577 d2 mu + D_Km / 2 mu)

    Classes (`JOINT_CLASSES`): good; under-tightened (friction in the run-down starts the counting of the angle 10 to
    55° too early); stripped thread (the torque breaks down at 5 to 17 kN and goes on falling); cross-threaded (high
    and rough torque already in the run-down, and less clamp force); wrong washer (missing: more friction under the
    head; or double: a soft joint that sits late). mu differs from lot to lot, and bad screws come in bad lots.

    `condition`: "normal" or "new_supplier" (another coating: mu 0.095 instead of 0.12). `faults` is from 0 to below 1;
    `rng` a seed or a Generator.

    Source of the formula: VDI 2230, part 1 (screwed joints: torque and clamp force, tightening beyond the yield
    point). How often a fault occurs and how it looks are our guess, like all other numbers.

    Raises ValueError for an unknown condition, a share outside of that range, or more lots than joints; TypeError for
    what is no number.
    """
    n, lots, faults = whole("n", n), whole("lots", lots), fraction("faults", faults)
    mean, between, within = lookup("condition", condition, CONDITIONS)
    if lots > n:
        raise ValueError(_("lots is {lots}, but n is {n}: a lot has at least one joint.").format(lots=lots, n=n))
    rng = generator(rng)
    lot = np.sort(np.arange(n) % lots)
    friction = np.clip(rng.normal(mean, between, lots)[lot] + rng.normal(0, within, n), 0.05, 0.3)
    run_down = RUN_DOWN + rng.normal(0, 0.25, lots)[lot]
    worse = np.minimum(faults * rng.gamma(2.0, 0.5, lots), 0.9)  # the mean is `faults`
    y = np.where(rng.random(n) < worse[lot], rng.choice([1, 2, 3, 4], n, p=KINDS), 0)
    x, force = _curves(y, friction, run_down, rng)
    return Joints(
        x=x,
        y=y,
        feature_names=tuple(_("torque at {angle:g}°").format(angle=angle) for angle in ANGLES),
        units=("Nm",) * len(ANGLES),
        groups=lot + 1,
        source="simulated",
        class_names=tuple(_(name) for name in JOINT_CLASSES),
        group_name=_("lot"),
        angle=ANGLES.copy(),
        clamp_force=force[:, -1],
    )


def _curves(y, friction, run_down, rng):
    """The torque (N, D) [Nm] and the clamp force (N, D) [kN] of joints of the classes y (N,)."""
    n = len(y)
    under, stripped, crossed, washer = (y == k for k in (1, 2, 3, 4))
    double = washer & (rng.random(n) < 0.5)
    missing = washer & ~double
    snug = rng.normal(*SNUG, n) + under * rng.uniform(10, 55, n) + double * rng.uniform(3, 14, n)
    stiffness = STIFFNESS * rng.normal(1, 0.03, n) * np.where(double, 0.75, 1) * np.where(missing, 1.08, 1)
    rounding = ROUNDING * np.where(double, 2.5, np.where(missing, 0.6, 1))
    force = stiffness[:, None] * _soft_ramp(ANGLES - snug[:, None], rounding[:, None])

    limit = rng.normal(*YIELD, n)
    limit *= np.where(crossed, rng.uniform(0.45, 0.85, n), 1)  # cross-threaded: the thread takes up the torque
    force = limit[:, None] - _soft_ramp(limit[:, None] - force, 0.6)
    breaks, falls = rng.uniform(5, 17, n), rng.uniform(0.02, 0.25, n)  # kN at which a thread strips, kN for 1°
    beyond = _soft_ramp(force - breaks[:, None], 0.2)
    after = np.cumsum(beyond > 0.3, axis=1) * (ANGLES[1] - ANGLES[0])
    broken = np.maximum(force - beyond - falls[:, None] * after, 0.5)
    force = np.where(stripped[:, None] & (after > 0), broken, force)

    head = friction * np.where(missing, rng.uniform(1.08, 1.4, n), 1)
    lever = 0.159 * PITCH + 0.577 * FLANK * friction + HEAD / 2 * head  # mm, VDI 2230; kN times mm is Nm
    wave = 0.25 * np.sin(np.deg2rad(ANGLES) + rng.uniform(0, 2 * np.pi, (n, 1)))
    torque = run_down[:, None] + wave + force * lever[:, None] + rng.normal(0, NOISE, force.shape)
    extra = rng.uniform(0.8, 8, n)[:, None] * (0.5 + ANGLES / 400)  # a thread that eats itself in deeper and deeper
    rough = rng.normal(0, 0.5, force.shape)
    return np.maximum(torque + crossed[:, None] * (extra + rough), 0), force


def _soft_ramp(x, width):
    """0 on the left, x on the right, with a rounded corner: width * log(1 + exp(x / width))."""
    return width * np.logaddexp(0, x / width)
