"""Machine failures of a milling machine: the AI4I 2020 file, and a simulator by the rules published with it."""

import csv

import numpy as np

from course_lib.data.catalogue import MACHINE_FAILURES
from course_lib.data.download import fetch
from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import as_float, generator, whole

QUALITIES = ("L", "M", "H")  # low, medium, high
WEAR_PER_PART = np.array([2.0, 3.0, 5.0])  # min of tool wear that one part of quality L, M, H adds
OVERSTRAIN_LIMIT = np.array([11_000.0, 12_000.0, 13_000.0])  # min Nm, for L, M, H
FAILURE_MODES = ("TWF", "HDF", "PWF", "OSF", "RNF")

FEATURES = (  # names pass through `_` where a table is made: the language is not fixed by the import
    ("product quality", ""),
    ("air temperature", "K"),
    ("process temperature", "K"),
    ("rotational speed", "rpm"),
    ("torque", "Nm"),
    ("tool wear", "min"),
)
PHYSICS_FEATURES = (("power", "W"), ("temperature difference", "K"), ("strain", "min Nm"))


def load_machine_failures(physics=False):
    """Return the AI4I 2020 data as a Table: 10,000 parts, 339 of them with a machine failure (y = 1).

    Columns: product quality (0 = L, 1 = M, 2 = H), air and process temperature [K], rotational speed [rpm],
    torque [Nm], tool wear [min]. Quality is one ordered number, not three: the machine's strain limit rises by the
    same 1,000 min Nm from L to M to H, so the order carries the meaning. The failure modes (TWF, HDF, PWF, OSF, RNF)
    are parts of the label and never among the inputs; `load_failure_modes` gives them for analysis.

    `groups` is the number of the tool, 0 to 119: wear grows with every part and falls back to 0 when the tool is
    changed. Split by it (`split_by_group`): rows of one tool share its wear and the weather of the same hours.

    With `physics`, three columns follow: see `physics_features`.

    Source: Matzka (2020), UCI Machine Learning Repository 601, CC BY 4.0. Raises DataUnavailable.
    """
    columns = _read(fetch(MACHINE_FAILURES))
    quality = np.array([QUALITIES.index(letter) for letter in columns["Type"]])
    numbers = (
        "Air temperature [K]",
        "Process temperature [K]",
        "Rotational speed [rpm]",
        "Torque [Nm]",
        "Tool wear [min]",
    )
    x = np.column_stack([quality, *(np.array(columns[name], dtype=float) for name in numbers)])
    return _table(x, np.array(columns["Machine failure"], dtype=int), physics, source="real")


def load_failure_modes():
    """Return {"TWF": (N,) bool, ...}: which mode made each row fail. For looking at results, never an input.

    TWF tool wear, HDF heat dissipation, PWF power, OSF overstrain, RNF random. Rows as in `load_machine_failures`.
    """
    columns = _read(fetch(MACHINE_FAILURES))
    return {mode: np.array(columns[mode]) == "1" for mode in FAILURE_MODES}


def simulate_machine_failures(n=10_000, rng=0, physics=False):
    """Return a Table like that of `load_machine_failures`, made by the rules published with AI4I 2020.

    n parts of one milling machine, 60 / 30 / 10 % of quality L / M / H. Rules of failure:

    - tool wear: a tool meets its end at a wear drawn between 200 and 240 min; in 40 % of these it fails (at random:
      the rest are changed in time), and either way a new tool follows
    - heat: process minus air temperature below 8.6 K and speed below 1380 rpm
    - power: torque times speed below 3500 W or above 9000 W
    - overstrain: wear times torque above 11,000 / 12,000 / 13,000 min Nm for L / M / H
    - random: 0.1 % of parts (in the real file these hardly touch the label)

    Air temperature is a random walk around 300 K (standard deviation 2 K), process temperature another, 10 K higher
    (1 K); torque is normal, 40 Nm with standard deviation 10 Nm. `rng` is a seed or a Generator.

    Source of the rules: Matzka (2020) and the description at UCI 601. Fitted to the file by us: the 40 % that fail,
    and the speed that goes with a torque.

    Raises ValueError when n is below 1, TypeError when it is no whole number.
    """
    n, rng = whole("n", n), generator(rng)
    quality = rng.choice(3, size=n, p=(0.6, 0.3, 0.1))
    air = 300 + _walk(n, rng, deviation=2.0)
    process = air + 10 + _walk(n, rng, deviation=1.0)
    torque = np.clip(rng.normal(40, 10, n), 3.8, None)
    # The faster the slacker: the curve of the real file, with its scatter of 3.9 %.
    slow = np.log(torque)
    speed = np.clip(np.exp(10.068 - 1.1567 * slow + 0.1111 * slow**2 + rng.normal(0, 0.039, n)), 1168, 2886)

    wear = np.zeros(n)
    worn_out = np.zeros(n, dtype=bool)
    life = rng.uniform(200, 240)
    for part in range(1, n):
        wear[part] = wear[part - 1] + WEAR_PER_PART[quality[part - 1]]
        if wear[part - 1] >= life:  # the tool reached its end with the part before
            worn_out[part - 1] = rng.random() < 0.4
            wear[part] = 0
            life = rng.uniform(200, 240)

    air, process, torque = np.round(air, 1), np.round(process, 1), np.round(torque, 1)
    x = np.column_stack([quality, air, process, np.round(speed), torque, wear])
    power, difference, strain = physics_features(x).T
    failed = (
        worn_out
        | ((difference < 8.6) & (x[:, 3] < 1380))
        | (power < 3500)
        | (power > 9000)
        | (strain > OVERSTRAIN_LIMIT[quality])
        | (rng.random(n) < 0.001)
    )
    return _table(x, failed.astype(int), physics, source="simulated")


def physics_features(x):
    """Return what the failures depend on, from the six columns x (N, 6): an array (N, 3).

    power [W]                    = torque [Nm] * 2 pi * speed [rpm] / 60
    temperature difference [K]   = process temperature [K] - air temperature [K]
    strain [min Nm]              = tool wear [min] * torque [Nm]

    Raises ValueError for another number of columns.
    """
    x = as_float("x", x)
    if x.ndim != 2 or x.shape[1] != len(FEATURES):
        raise ValueError(
            _("x has shape {given}, but (N, 6) is needed: the columns {names} in this order.").format(
                given=x.shape, names=", ".join(_(name) for name, _unit in FEATURES)
            )
        )
    air, process, speed, torque, wear = x[:, 1], x[:, 2], x[:, 3], x[:, 4], x[:, 5]
    # Not rounded: the makers of the file did not round either, see its known defects.
    return np.column_stack([torque * 2 * np.pi * speed / 60, process - air, wear * torque])


def tool_numbers(wear):
    """Return for each row the number of its tool: wear (N,) grows within a tool and falls when it is changed."""
    return np.concatenate([[0], np.cumsum(np.diff(wear) < 0)])


def _read(path):
    # utf-8-sig: the file begins with a byte order mark.
    with open(path, encoding="utf-8-sig", newline="") as f:
        header, *rows = csv.reader(f)
    return dict(zip(header, zip(*rows, strict=True), strict=True))


def _table(x, y, physics, source):
    features = FEATURES + (PHYSICS_FEATURES if physics else ())
    return Table(
        x=np.column_stack([x, physics_features(x)]) if physics else x,
        y=y,
        feature_names=tuple(_(name) for name, unit in features),
        units=tuple(unit for name, unit in features),
        groups=tool_numbers(x[:, 5]),
        source=source,
        class_names=(_("healthy"), _("failure")),
        group_name=_("tool"),
    )


def _walk(n, rng, deviation):
    """A random walk (n,), shifted and scaled to mean 0 and this standard deviation."""
    walk = np.cumsum(rng.normal(size=n))
    return deviation * (walk - walk.mean()) / (walk.std() or 1.0)
