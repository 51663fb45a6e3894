"""A table of measurements, an honest split, and a scaler that sees training rows only."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, generator


@dataclass(frozen=True)
class Table:
    """Measurements `x` (N, D) float64, labels `y` (N,) int, and for each row the `groups` (N,) it must stay with.

    `feature_names` and `units` have one entry a column. `source` says where the rows come from ("real", "simulated").
    `boundary` is known for simulated tables only: a function from x (N, D) to the true probability of class 1 (N,).
    """

    x: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    units: tuple[str, ...]
    groups: np.ndarray
    source: str
    class_names: tuple[str, ...] = ("0", "1")
    group_name: str = "group"
    boundary: Callable | None = None

    def __post_init__(self):
        if self.x.ndim != 2:
            raise ValueError(_("x must be a table (N, D), but has shape {shape}").format(shape=self.x.shape))
        rows, columns = self.x.shape
        for name, length in (("y", len(self.y)), ("groups", len(self.groups))):
            if length != rows:
                raise ValueError(
                    _("{name} has {length} entries but x has {rows} rows").format(name=name, length=length, rows=rows)
                )
        for name, length in (("feature_names", len(self.feature_names)), ("units", len(self.units))):
            if length != columns:
                raise ValueError(
                    _("{name} has {length} entries but x has {columns} columns").format(
                        name=name, length=length, columns=columns
                    )
                )

    def __len__(self):
        return len(self.y)

    @property
    def labels(self):
        """Column names with units, ready for an axis: `"torque [Nm]"`."""
        return tuple(f"{n} [{u}]" if u else n for n, u in zip(self.feature_names, self.units, strict=True))

    def rows(self, index):
        """Return the table of these rows only; `index` is a boolean mask (N,) or row numbers."""
        return replace(self, x=self.x[index], y=self.y[index], groups=self.groups[index])

    def __repr__(self):
        if len(self.class_names) > 2:
            counts = np.bincount(self.y, minlength=len(self.class_names))
            return _("Table ({source}): {rows} rows ({counts}), {groups} {group_name}s, inputs: {labels}").format(
                source=self.source,
                rows=len(self),
                counts=", ".join(f"{name} {count}" for name, count in zip(self.class_names, counts, strict=True)),
                groups=len(np.unique(self.groups)),
                group_name=self.group_name,
                labels=", ".join(self.labels),
            )
        return _(
            "Table ({source}): {rows} rows, {positives} of class '{name}', {groups} {group_name}s, inputs: {labels}"
        ).format(
            source=self.source,
            rows=len(self),
            positives=int(np.sum(self.y == 1)),
            name=self.class_names[1] if len(self.class_names) > 1 else "1",
            groups=len(np.unique(self.groups)),
            group_name=self.group_name,
            labels=", ".join(self.labels),
        )


def split_by_group(table, fractions=(0.6, 0.2, 0.2), rng=0, stratify=True):
    """Split a table into parts of about these fractions of its rows; all rows of one group go to one part.

    Groups are shuffled with `rng` (a seed or a Generator), then each goes to the part that lacks most of its share.
    With `stratify`, groups with the most rows of class 1 are dealt first, so that each part gets its share of them:
    with 3 % positives chance alone would make a test set of little use.

    Raises ValueError when the fractions do not sum to 1, or when there are fewer groups than parts.
    """
    fractions = as_float("fractions", fractions)
    if fractions.ndim != 1 or np.any(fractions <= 0) or abs(fractions.sum() - 1) > 1e-9:
        raise ValueError(
            _("fractions must be positive and sum to 1, but are {given}").format(
                given=tuple(fractions.ravel().tolist())
            )
        )
    names, member = np.unique(table.groups, return_inverse=True)
    if len(names) < len(fractions):
        raise ValueError(
            _("table has {groups} groups, too few for {parts} parts; give fewer fractions").format(
                groups=len(names), parts=len(fractions)
            )
        )
    rows = np.bincount(member).astype(float)
    positives = np.bincount(member, weights=table.y == 1)
    order = generator(rng).permutation(len(names))
    if stratify:
        order = order[np.argsort(-positives[order], kind="stable")]  # stable: equal groups keep their shuffled order

    part_of = np.empty(len(names), dtype=int)
    lacking = {"rows": fractions * rows.sum(), "positives": fractions * positives.sum()}
    for group in order:
        by = "positives" if stratify and positives[group] else "rows"
        part = np.argmax(lacking[by] / fractions)
        part_of[group] = part
        lacking["rows"][part] -= rows[group]
        lacking["positives"][part] -= positives[group]
    return [table.rows(part_of[member] == part) for part in range(len(fractions))]


class Standardizer:
    """Scale each column to mean 0 and standard deviation 1, with the numbers of the training rows.

        z = (x - mean) / deviation

    Fit on training rows only, then transform every part: nothing may be computed from the test rows. A column that
    never changes in training has deviation 0; it is divided by 1 instead, so it becomes 0.
    """

    def __init__(self):
        self.mean = None
        self.deviation = None

    def fit(self, data):
        """Take mean and deviation from `data`, a Table or an array (N, D); returns itself."""
        x = _values(data)
        if len(x) == 0:
            raise ValueError(_("x has no rows; fit needs at least one"))
        self.mean = x.mean(axis=0)
        deviation = x.std(axis=0)
        # Rounding gives a constant column a tiny deviation, not exactly 0.
        constant = deviation <= 1e-12 * np.maximum(1.0, np.abs(self.mean))
        self.deviation = np.where(constant, 1.0, deviation)
        return self

    def transform(self, data):
        """Return `data` scaled: an array (N, D) for an array, a Table for a Table."""
        z = (self._checked(data) - self.mean) / self.deviation
        if not isinstance(data, Table):
            return z
        known = data.boundary
        boundary = (lambda z: known(self.inverse(z))) if known else None
        return replace(data, x=z, units=("σ",) * z.shape[1], boundary=boundary)

    def inverse(self, z):
        """Return the scaled array `z` (N, D) in the columns' own units again."""
        return self._checked(z) * self.deviation + self.mean

    def _checked(self, data):
        if self.mean is None:
            raise ValueError(
                _("this {name} has seen no data; call fit(training_rows) first").format(name=type(self).__name__)
            )
        x = _values(data)
        if x.shape[1] != len(self.mean):
            raise ValueError(
                _("x has {given} columns but the {name} was fitted on {needed}").format(
                    name=type(self).__name__, given=x.shape[1], needed=len(self.mean)
                )
            )
        return x


def leaks(train, *others, standardizer=None):
    """Return a list of sentences, one for each way in which information about `others` reached the training.

    Looks for groups that are in two parts, and for a `standardizer` whose mean and deviation are not those of `train`.
    An empty list means that no leak was found.
    """
    found = []
    for number, other in enumerate(others, start=1):
        shared = np.intersect1d(train.groups, other.groups)
        if len(shared):
            found.append(
                _("{count} {group_name}s are in the training rows and in part {number}, for example {example}").format(
                    count=len(shared), group_name=train.group_name, number=number, example=shared[0]
                )
            )
    if standardizer is not None:
        if standardizer.mean is None:
            raise ValueError(
                _("this {name} has seen no data; call fit(training_rows) first").format(
                    name=type(standardizer).__name__
                )
            )
        own = type(standardizer)().fit(train)
        # In steps of the column's own deviation: 0.01 is much for a column that runs from 2387.9 to 2388.6.
        close = 1e-6 * own.deviation
        if not (
            np.allclose(own.mean, standardizer.mean, rtol=0, atol=close)
            and np.allclose(own.deviation, standardizer.deviation, rtol=0, atol=close)
        ):
            found.append(
                _("the {name} was fitted on other rows than the training rows").format(name=type(standardizer).__name__)
            )
    return found


def _values(data):
    """The array (N, D) of a Table or an array, checked for missing and infinite values."""
    x = as_float("x", data.x if isinstance(data, Table) else data).astype(np.float64, copy=False)
    if x.ndim != 2:
        raise ValueError(_("x must be a table (N, D), but has shape {shape}").format(shape=x.shape))
    bad = ~np.isfinite(x)
    if bad.any():
        column = int(np.argmax(bad.any(axis=0)))
        name = data.feature_names[column] if isinstance(data, Table) else column
        raise ValueError(
            _(
                "x has {count} missing or infinite values in column '{name}', first in row {row}; remove or fill them"
            ).format(count=int(bad[:, column].sum()), name=name, row=int(np.argmax(bad[:, column])))
        )
    return x
