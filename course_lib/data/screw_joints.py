"""A station that stops at a torque, simulated: torque over angle of screwed joints, and the faults that it passes.

The station turns an M8 screw until the torque reaches 20 Nm and then looks at the final torque only: 18.5 to 21.5 Nm is
good. Friction, a rough thread or a missing washer can make that torque without the clamp force it should stand for.
"""

import numpy as np

from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import fraction, generator, lookup, whole

SCREW_CLASSES = ("good", "too loose", "stripped thread", "cross-threaded", "washer missing")  # 0 is good
SHARES = (0.3, 0.3, 0.2, 0.2)  # how the faults divide into the four kinds
TORQUE_WINDOW = 18.5, 21.5  # Nm of final torque that the station passes today

SCREW_ANGLES = np.arange(1, 41) * 9.0  # ° after the head touches for the first time; the station gives up at 360°
PITCH, FLANK, HEAD = 1.25, 7.188, 10.8  # mm of M8: pitch P, flank diameter d2, friction diameter D_Km under the head
TARGET = 20.0, 0.5  # Nm at which the station stops: mean and standard deviation from joint to joint
PREVAILING = 1.5, 0.25, 0.2  # Nm in the run-down: mean, standard deviation from lot to lot, and within a lot
SNUG = 100.0, 7.0  # ° at which the washer is flat and the head sits: mean and standard deviation
STIFFNESS = 40.0, 0.05  # kN/mm of screw and parts together: mean, and relative standard deviation
YIELD = 19.0, 0.6, 0.3  # kN at which the screw yields: mean, standard deviation from lot to lot, and within a lot
WASHER = 0.9  # Nm to press a spring washer flat
NOISE = 0.25  # Nm, the torque transducer
JITTER = 2.0  # °, the angle encoder
LOT = 75  # joints of one lot, about, where `lots` is not given

CONDITIONS = {  # friction coefficient of thread and head: mean, standard deviation from lot to lot, and within a lot
    "normal": (0.120, 0.012, 0.004),
    "new_supplier": (0.090, 0.012, 0.004),  # other coating, 25 % less friction: more clamp force for the same torque
}


def simulate_screw_joints(n=3000, rng=0, condition="normal", fault_share=0.08, lots=None):
    """Return `n` screwed joints as a Table: torque [Nm] at 40 angles as x (N, 40), the class as y (N,).

    The clamp force F [kN] rises with the angle a [°] from where the head sits (a_0), with the stiffness c [kN/mm] of
    the joint, until the screw yields. The torque M [Nm] follows from it through the friction coefficient mu:

        F = c P (a - a_0) / 360        M = M_0 + F (0.159 P + 0.577 d2 mu + D_Km / 2 mu)

    with the pitch P, the diameters d2 and D_Km [mm] and the prevailing torque M_0 [Nm]. The tool stops at about 20 Nm,
    or at 360°; the columns behind the stop hold the last reading, so `x[:, -1]` is the final torque.

    Classes (`SCREW_CLASSES`): good; too loose (the tool stops at 14 to 19.5 Nm, or dirt in the thread takes 1.5 to 6
    Nm of the torque); stripped thread (from 5 to 12 kN on the force rises less, or falls); cross-threaded (the thread
    takes torque from the start, and jerks); washer missing (nothing to press flat, so the head sits 5 to 40° earlier,
    and the joint is stiffer).

    Parameters: `n` joints; `rng` a seed or a Generator; `condition` "normal" (mu 0.12) or "new_supplier" (another
    coating, mu 0.09); `fault_share` the expected share of all faults together, from 0 to below 1; `lots` the number of
    screw lots, the `groups` 1, 2, 3 ... (one for each 75 joints if not given), each with its own friction, strength
    and prevailing torque.

    Source of the formulas: VDI 2230 part 1 (torque, pitch, friction and clamp force). How often a fault occurs and how
    it looks are our guess, like all other numbers.

    Raises ValueError for an unknown condition, a number out of range or more lots than joints; TypeError for what is
    no number.
    """
    n, fault_share = whole("n", n), fraction("fault_share", fault_share)
    lots = max(1, n // LOT) if lots is None else whole("lots", lots)
    if lots > n:
        raise ValueError(_("lots is {lots}, but n is {n}: a lot has at least one joint.").format(lots=lots, n=n))
    friction = lookup("condition", condition, CONDITIONS)
    rng = generator(rng)
    lot = np.sort(np.arange(n) % lots)
    y = rng.choice(5, n, p=[1 - fault_share, *np.multiply(SHARES, fault_share)])
    friction, prevailing, limit = (_of_lots(rng, lot, *values) for values in (friction, PREVAILING, YIELD))
    friction, prevailing = np.clip(friction, 0.04, 0.3), np.clip(prevailing, 0.5, 3)
    blocks = np.array_split(np.arange(n), -(-n // 1000))  # a curve has 361 angles: all at once would need much memory
    x = [_record(rng, *_curves(rng, y[b], friction[b], prevailing[b], limit[b])) for b in blocks]
    return Table(
        x=np.concatenate(x),
        y=y,
        feature_names=tuple(_("torque at {angle:g} deg").format(angle=angle) for angle in SCREW_ANGLES),
        units=("Nm",) * len(SCREW_ANGLES),
        groups=lot + 1,
        source="simulated",
        class_names=tuple(_(name) for name in SCREW_CLASSES),
        group_name=_("lot"),
    )


def _of_lots(rng, lot, mean, between, within):
    """One value for each joint (N,): that of its lot, and a little of its own."""
    return rng.normal(mean, between, lot.max() + 1)[lot] + rng.normal(0, within, len(lot))


def _curves(rng, y, friction, prevailing, limit):
    """The torque [Nm] for each degree (N, 361), without noise, and the angle [°] at which the tool stops (N,)."""
    n, angle = len(y), np.arange(361.0)
    loose, stripped, crossed, missing = (y == k for k in (1, 2, 3, 4))
    early = loose & (rng.random(n) < 0.5)  # the tool stops too early
    dirty = loose & ~early

    snug = rng.normal(*SNUG, n) - missing * rng.uniform(5, 40, n)
    stiffness = STIFFNESS[0] * rng.normal(1, STIFFNESS[1], n) * np.where(missing, rng.uniform(1.05, 1.35, n), 1)
    elastic = (stiffness * PITCH / 360)[:, None] * _soft_ramp(angle - snug[:, None], 5.0)
    breaks, keeps = rng.uniform(5, 12, n)[:, None], rng.uniform(-0.5, 0.6, n)[:, None]  # kN, share of the slope left
    broken = elastic - (1 - keeps) * _soft_ramp(elastic - breaks, 0.3)
    force = np.where(stripped[:, None], np.maximum(broken, 0), elastic)
    force = limit[:, None] - _soft_ramp(limit[:, None] - force, 0.8)

    lever = 0.159 * PITCH + (0.577 * FLANK + HEAD / 2) * friction  # mm; kN times mm is Nm
    flat = np.clip(angle / snug[:, None], 0, 1)  # how far the washer is pressed flat
    spring = WASHER * np.where(missing, rng.uniform(0, 0.5, n), rng.normal(1, 0.15, n))
    torque = prevailing[:, None] + spring[:, None] * flat + force * lever[:, None]
    steps = 0.5 + 0.5 * np.tanh((angle - rng.uniform(0, 170, n)[:, None]) / rng.uniform(8, 30, n)[:, None])
    torque += (dirty * rng.uniform(1.5, 6, n))[:, None] * steps  # dirt gets between the flanks and stays there
    torque += (crossed * rng.uniform(0, 4, n))[:, None] * (0.5 + angle / 360)
    turns = angle / rng.uniform(25, 80, n)[:, None] + rng.random(n)[:, None]
    torque += (crossed * rng.uniform(0.6, 2, n))[:, None] * np.sin(2 * np.pi * turns)

    stops_at = np.where(early, rng.uniform(14, 19.5, n), rng.normal(*TARGET, n))
    reached = torque >= stops_at[:, None]
    return torque, np.where(reached.any(axis=1), reached.argmax(axis=1), 360)


def _record(rng, torque, stop):
    """What the station writes down (N, 40) [Nm]: torque with noise, at angles with jitter, held behind the stop."""
    shape = (len(torque), len(SCREW_ANGLES))
    seen = np.clip(np.rint(SCREW_ANGLES + rng.normal(0, JITTER, shape)), 0, 360).astype(int)
    seen[:, -1] = 360
    noise = rng.normal(0, NOISE, shape)
    held = SCREW_ANGLES >= stop[:, None]
    noise = np.where(held, noise[:, -1:], noise)
    seen = np.where(held, stop[:, None], np.minimum(seen, stop[:, None]))
    return np.maximum(np.take_along_axis(torque, seen, axis=1) + noise, 0)


def _soft_ramp(x, width):
    """0 on the left, x on the right, with a rounded corner: width * log(1 + exp(x / width))."""
    return width * np.logaddexp(0, x / width)
