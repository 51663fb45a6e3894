"""Seven surface faults of steel plates: the UCI table of Semeion, and simulated faults whose truth is known."""

import csv

import numpy as np

from course_lib.data.catalogue import STEEL_PLATES
from course_lib.data.download import fetch
from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import as_float, generator, whole

FEATURES = tuple((column.name, column.unit) for column in STEEL_PLATES.columns[:27])
FAULTS = (  # column of the file, name of the class
    ("Pastry_Fault", "pastry"),
    ("Z_Scratch_Fault", "Z-scratch"),
    ("K_Scatch_Fault", "K-scratch"),  # spelled so in the file
    ("Stains_Fault", "stains"),
    ("Dirtiness_Fault", "dirtiness"),
    ("Bumps_Fault", "bumps"),
    ("Other_Faults", "other"),
)
PLATE_CLASSES = tuple(name for _column, name in FAULTS)

# The simulated faults: share of the class, then mean and standard deviation of what tells it, rounded from the file.
SHARE = np.array([158, 190, 391, 72, 55, 402, 673]) / 1941
TELLING = {
    "log width": ((2.3, 2.8, 4.7, 1.9, 2.3, 2.6, 2.8), (0.35, 0.55, 1.0, 0.4, 0.5, 0.55, 0.8)),
    "log height": ((3.6, 3.2, 4.2, 1.5, 3.6, 2.8, 3.0), (0.9, 0.9, 0.9, 0.3, 1.0, 0.55, 0.95)),
    "logit filled": ((0.7, 0.1, 0.2, 0.4, 0.4, 0.6, 0.3), (0.4, 0.45, 0.55, 0.55, 0.4, 0.6, 0.6)),
    "luminosity": ((104, 104, 115, 126, 116, 109, 112), (15, 18, 22, 6, 9, 12, 21)),
    "log darker": ((3.1, 2.6, 4.0, 2.4, 2.4, 2.9, 2.7), (0.65, 0.4, 0.5, 0.4, 0.7, 0.5, 0.6)),
    "log brighter": ((3.0, 2.7, 3.05, 2.5, 2.75, 2.9, 2.8), (0.35, 0.35, 0.4, 0.3, 0.4, 0.45, 0.5)),
    "log thickness": ((4.4, 4.3, 3.7, 3.9, 4.4, 4.25, 4.4), (0.5, 0.25, 0.05, 0.1, 0.4, 0.4, 0.65)),
}
STEEL_A300 = np.array([0.31, 0.91, 0.01, 0.02, 0.16, 0.69, 0.40])  # share of this steel, the rest is A400


def load_steel_plates():
    """Return a Table of 1,941 real faults: 27 numbers each, y one of 7 kinds of fault (`PLATE_CLASSES`).

    Columns: where the fault lies, its size, its brightness, the steel (A300 or A400) and the thickness of the plate,
    and indices computed from these. Their scales differ by a factor of 10^7: standardise them for networks and SVMs.

    The file has no number of the plate. `groups` is the lot: rows with the same length of the conveyer, steel and
    thickness, 239 of them. Split by it (`split_by_group` with stratify=False): a split by row flatters a random forest
    by about 6 points. Some faults are in few lots only, so take the mean over several splits.

    Source: Buscema, Terzi and Tastle (2010), UCI Machine Learning Repository 198, CC BY 4.0. Raises DataUnavailable.
    """
    x, y = read_plates(fetch(STEEL_PLATES))
    names = [name for name, _unit in FEATURES]
    lot = x[:, [names.index(name) for name in ("Length_of_Conveyer", "TypeOfSteel_A300", "Steel_Plate_Thickness")]]
    return _table(x, y, np.unique(lot, axis=0, return_inverse=True)[1].ravel(), "real")


def simulate_steel_plates(n=2000, rng=0):
    """Return a Table like that of `load_steel_plates`, of simulated faults; `plate_probabilities` knows the truth.

    For each class the logarithms of width and height, the logit of the filled share of the box, the mean luminosity,
    the logarithms of how far the darkest and the brightest point are from it, and the logarithm of the thickness are
    normal and independent (`TELLING`); the share of the steel A300 is that of the class. The other columns follow from
    these by the formulas of the real table, or tell nothing. The classes are as frequent as in the real table. Every
    row is a plate of its own (`groups`). `rng` is a seed or a Generator.

    The form is ours; its numbers are rounded from the real table.

    Raises ValueError when n is below 1, TypeError when it is no whole number.
    """
    n, rng = whole("n", n), generator(rng)
    y = rng.choice(len(PLATE_CLASSES), size=n, p=SHARE)
    drawn = {name: rng.normal(np.array(mean)[y], np.array(sd)[y]) for name, (mean, sd) in TELLING.items()}
    width, height, thickness = (np.exp(drawn[f"log {name}"]) for name in ("width", "height", "thickness"))
    filled = 1 / (1 + np.exp(-drawn["logit filled"]))
    a300 = rng.random(n) < STEEL_A300[y]
    luminosity = drawn["luminosity"]
    conveyer = rng.uniform(1227, 1794, n)
    left = rng.uniform(0, 1, n) * np.maximum(conveyer - width, 0)
    bottom = np.exp(rng.normal(13.5, 1.2, n))
    around = np.exp(np.abs(rng.normal(0, 0.5, (n, 2))))  # how ragged the outline is
    area, x_perimeter, y_perimeter = filled * width * height, width * around[:, 0], height * around[:, 1]
    given = {
        "X_Minimum": left,
        "X_Maximum": left + width,
        "Y_Minimum": bottom,
        "Y_Maximum": bottom + height,
        "Pixels_Areas": area,
        "X_Perimeter": x_perimeter,
        "Y_Perimeter": y_perimeter,
        "Sum_of_Luminosity": luminosity * area,
        "Minimum_of_Luminosity": luminosity - np.exp(drawn["log darker"]),
        "Maximum_of_Luminosity": luminosity + np.exp(drawn["log brighter"]),
        "Length_of_Conveyer": conveyer,
        "TypeOfSteel_A300": a300,
        "TypeOfSteel_A400": ~a300,
        "Steel_Plate_Thickness": thickness,
    }
    values = given | indices(given)
    return _table(
        np.column_stack([values[name] for name, _unit in FEATURES]).astype(float), y, np.arange(n), "simulated"
    )


def indices(given):
    """Return the 13 columns that the table computes from its first 14, as a dictionary; `given` has these by name.

    With the width w, the height h, the area A, the conveyer's length C and the mean luminosity l:

        Edges_Index = 2 min(x_min, C - x_max) / C      Empty_Index = 1 - A / (w h)
        Square_Index = min(w, h) / max(w, h)
        Outside_X_Index = w / C      Edges_X_Index = w / perimeter_x      Edges_Y_Index = h / perimeter_y
        Outside_Global_Index = 1, 0.5 or 0 for h > w, h = w, h < w
        LogOfAreas = log10 A      Log_X_Index = log10 w      Log_Y_Index = log10 h
        Orientation_Index = 1 - w / h for h > w, else h / w - 1      Luminosity_Index = l / 128 - 1
        SigmoidOfAreas = sigmoid((w h - 302) / 150)

    Found by us in the table: these agree with it to its last digit (SigmoidOfAreas to 0.004).
    """
    left, right = given["X_Minimum"], given["X_Maximum"]
    width, height = right - left, given["Y_Maximum"] - given["Y_Minimum"]
    area, conveyer = given["Pixels_Areas"], given["Length_of_Conveyer"]
    return {
        "Edges_Index": 2 * np.minimum(left, conveyer - right) / conveyer,
        "Empty_Index": 1 - area / (width * height),
        "Square_Index": np.minimum(width, height) / np.maximum(width, height),
        "Outside_X_Index": width / conveyer,
        "Edges_X_Index": width / given["X_Perimeter"],
        "Edges_Y_Index": height / given["Y_Perimeter"],
        "Outside_Global_Index": (1 + np.sign(height - width)) / 2,
        "LogOfAreas": np.log10(area),
        "Log_X_Index": np.log10(width),
        "Log_Y_Index": np.log10(height),
        "Orientation_Index": np.where(height > width, 1 - width / height, height / width - 1),
        "Luminosity_Index": given["Sum_of_Luminosity"] / area / 128 - 1,
        "SigmoidOfAreas": 0.5 * (1 + np.tanh((width * height - 302) / 300)),  # the sigmoid, without overflow
    }


def plate_probabilities(x):
    """Return the true probability of each class (N, 7) for rows x (N, 27) of simulated plates, by Bayes' rule.

        P(class | x) = share(class) p(x | class) / sum over classes

    No classifier of simulated plates is right more often than the one that takes the largest of these. For a real table
    they are no truth.

    Raises ValueError for another number of columns.
    """
    x = as_float("x", x)
    if x.ndim != 2 or x.shape[1] != len(FEATURES):
        raise ValueError(
            _("x has shape {given}, but (N, 27) is needed: the columns of load('steel_plates').").format(given=x.shape)
        )
    c = {name: x[:, k] for k, (name, _unit) in enumerate(FEATURES)}
    luminosity = c["Sum_of_Luminosity"] / c["Pixels_Areas"]
    filled = 1 - c["Empty_Index"]
    told = {
        "log width": np.log(10) * c["Log_X_Index"],
        "log height": np.log(10) * c["Log_Y_Index"],
        "logit filled": np.log(filled / (1 - filled)),
        "luminosity": luminosity,
        "log darker": np.log(luminosity - c["Minimum_of_Luminosity"]),
        "log brighter": np.log(c["Maximum_of_Luminosity"] - luminosity),
        "log thickness": np.log(c["Steel_Plate_Thickness"]),
    }
    score = np.log(SHARE) + np.log(np.where(c["TypeOfSteel_A300"][:, None] > 0.5, STEEL_A300, 1 - STEEL_A300))
    for name, (mean, deviation) in TELLING.items():
        mean, deviation = np.array(mean), np.array(deviation)
        score = score - 0.5 * ((told[name][:, None] - mean) / deviation) ** 2 - np.log(deviation)
    score = np.exp(score - score.max(axis=1, keepdims=True))
    return score / score.sum(axis=1, keepdims=True)


def read_plates(path):
    """Return (x (N, 27), y (N,)) of the file. Raises ValueError for a row with another number of cells, a value that is
    no number, and a row that has not exactly one fault."""
    with open(path, encoding="utf-8", newline="") as f:
        header, *rows = csv.reader(f)
    wanted = [name for name, _unit in FEATURES] + [column for column, _name in FAULTS]
    if header != wanted:
        missing = next((name for name in wanted if name not in header), None)
        raise ValueError(
            _("{file}: the columns are not those of the data set (missing: {missing})").format(
                file=path.name, missing=missing or _("none, but the order differs")
            )
        )
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header) or not all(_is_number(cell) for cell in row):
            raise ValueError(
                _("{file}, row {row}: {needed} numbers are needed, but it is {given}").format(
                    file=path.name, row=number, needed=len(header), given=", ".join(row)[:80]
                )
            )
    values = np.array(rows, dtype=float).reshape(len(rows), len(header))
    faults = values[:, len(FEATURES) :]
    wrong = np.flatnonzero((np.sort(faults, axis=1) != [0] * 6 + [1]).any(axis=1))
    if len(wrong):
        raise ValueError(
            _("{file}, row {row}: exactly one of the seven faults must be 1, but they are {given}").format(
                file=path.name, row=wrong[0] + 1, given=faults[wrong[0]].tolist()
            )
        )
    return values[:, : len(FEATURES)], faults.argmax(axis=1)


def _is_number(cell):
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False


def _table(x, y, groups, source):
    return Table(
        x=x,
        y=y,
        feature_names=tuple(name.replace("_", " ") for name, _unit in FEATURES),
        units=tuple(unit for _name, unit in FEATURES),
        groups=groups,
        source=source,
        class_names=tuple(map(_, PLATE_CLASSES)),
        group_name=_("lot"),
    )
