"""Machines that run until they fail: one row a cycle, with the life that remains."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import first, number, whole


@dataclass(frozen=True)
class EngineRuns(Table):
    """A Table whose rows are the cycles of several engines, in their order, with the remaining life as label.

    `x` (N, D) are the settings and sensors, `groups` (N,) the engine's number, `cycle` (N,) counts 1, 2, 3 ... within
    an engine, and `y` (N,) is the remaining life [cycles]: how many cycles the engine still runs after this one. It is
    0 in the last cycle of an engine that ran to failure. `health` (N,) is known for simulated engines only: 1 is new,
    0 has failed. It is the truth behind the sensors, never an input.
    """

    cycle: np.ndarray | None = None
    health: np.ndarray | None = None

    def __post_init__(self):
        super().__post_init__()
        for name, values in (("cycle", self.cycle), ("health", self.health)):
            if values is not None and len(values) != len(self.x):
                raise ValueError(
                    _("{name} has {length} entries but x has {rows} rows").format(
                        name=name, length=len(values), rows=len(self.x)
                    )
                )
        if self.cycle is None:
            raise ValueError(_("cycle is missing: give the number of the cycle of each row, shape (N,)."))

    def rows(self, index):
        """Return the runs of these rows only; `index` is a boolean mask (N,) or row numbers."""
        chosen = {name: getattr(self, name)[index] for name in ("x", "y", "groups", "cycle")}
        return replace(self, **chosen, health=None if self.health is None else self.health[index])

    def engine(self, number):
        """Return the rows of one engine. Raises ValueError for an engine that is not among these."""
        own = self.groups == number
        if not own.any():
            raise ValueError(
                _("there is no engine {given!r} here; the engines are {first} to {last}").format(
                    given=number, first=self.groups.min(), last=self.groups.max()
                )
            )
        return self.rows(own)

    def columns(self, chosen):
        """Return the runs with these columns only: their numbers, or their names.

        Raises ValueError for one that is not there.
        """
        index = [self._column(column) for column in chosen]
        return replace(
            self,
            x=self.x[:, index],
            feature_names=tuple(self.feature_names[i] for i in index),
            units=tuple(self.units[i] for i in index),
        )

    def _column(self, column):
        if isinstance(column, str):
            if column not in self.feature_names:
                raise ValueError(
                    _("there is no column {given!r}; the columns are {names}").format(
                        given=column, names=", ".join(self.feature_names)
                    )
                )
            return self.feature_names.index(column)
        if not 0 <= whole("column", column, at_least=0) < len(self.feature_names):
            raise ValueError(
                _("there is no column {given}; the numbers are 0 to {last}").format(
                    given=column, last=len(self.feature_names) - 1
                )
            )
        return column

    def __repr__(self):
        return _(
            "EngineRuns ({source}): {rows} cycles of {engines} {group_name}s, "
            "remaining life {low} to {high} cycles, inputs: {labels}"
        ).format(
            source=self.source,
            rows=len(self),
            engines=len(np.unique(self.groups)),
            group_name=self.group_name,
            low=self.y.min() if len(self) else "-",
            high=self.y.max() if len(self) else "-",
            labels=", ".join(self.labels),
        )


def informative_columns(runs, at_least=0.2, cap=125):
    """Return the numbers of the columns that follow the remaining life, as a list.

    A column is kept when |correlation(column, min(remaining life, cap))| >= at_least. A constant column has none. Call
    it with training engines only: choosing columns is a part of training.

    Raises ValueError when no column is left, for missing values, and when at_least is not from 0 to 1.
    """
    if not 0 <= number("at_least", at_least) <= 1:
        raise ValueError(_("at_least is {given}, but it must be from 0 to 1.").format(given=at_least))
    all_finite(runs)
    target = np.minimum(runs.y, cap)
    target = target - target.mean()
    x = runs.x - runs.x.mean(axis=0)
    length = np.sqrt((x**2).sum(axis=0))
    moves = length > 1e-9 * np.sqrt(len(x)) * np.maximum(1.0, np.abs(runs.x).max(axis=0))
    correlation = (target @ x) / np.where(moves, length, 1) / (np.sqrt((target**2).sum()) or 1.0)
    chosen = np.flatnonzero(moves & (np.abs(correlation) >= at_least))
    if not len(chosen):
        raise ValueError(
            _("no column follows the remaining life with a correlation of at least {given}; give less.").format(
                given=at_least
            )
        )
    return chosen.tolist()


def all_finite(runs):
    """Raise a ValueError that names the column, the engine and the cycle of the first missing or infinite value."""
    bad = ~np.isfinite(runs.x)
    if bad.any():
        row, column = first(bad)
        raise ValueError(
            _(
                "runs has {count} missing or infinite values, the first in column '{name}' of {group_name} {engine}, "
                "cycle {cycle}. Fill them, for example with the last value before, or leave this column out."
            ).format(
                count=int(bad.sum()),
                name=runs.feature_names[column],
                group_name=runs.group_name,
                engine=runs.groups[row],
                cycle=runs.cycle[row],
            )
        )
