"""The table of differences between two sets of arrays, as text and as HTML."""

from dataclasses import dataclass
from html import escape

import numpy as np

from course_lib.language import _

# Largest difference allowed, as a share of the largest element: round-off and nothing else.
TOLERANCES = {"float64": 1e-12, "float32": 1e-5}


@dataclass(frozen=True)
class Row:
    """One compared quantity: its name, both results' largest absolute and relative difference, and what is allowed."""

    name: str
    shape: tuple
    absolute: float
    relative: float
    tolerance: float

    @property
    def passed(self):
        return self.relative <= self.tolerance  # False for NaN


@dataclass(frozen=True)
class Comparison:
    """The rows of a comparison, the dtype and the device it ran on. `passed` is True if every row is."""

    rows: tuple
    dtype: str
    device: object

    @property
    def passed(self):
        return all(row.passed for row in self.rows)

    def __getitem__(self, name):
        """Return the row of this name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(
            _("No row {name!r}; there are {names}.").format(name=name, names=", ".join(row.name for row in self.rows))
        )

    def caption(self):
        verdict = _("all rows agree") if self.passed else _("some rows DIFFER")
        return _("NumPy and {device}, {dtype}: {verdict} (relative difference at most {tolerance:.0e})").format(
            device=self.device, dtype=self.dtype, verdict=verdict, tolerance=self.rows[0].tolerance
        )

    def cells(self):
        """The table's head and its rows as text."""
        head = (_("Quantity"), _("Shape"), _("Largest difference"), _("Relative to the largest element"), _("Result"))
        return head, [
            (
                row.name,
                " × ".join(map(str, row.shape)) or _("number"),
                f"{row.absolute:.1e}",
                f"{row.relative:.1e}",
                _("ok") if row.passed else _("DIFFERS"),
            )
            for row in self.rows
        ]

    def __str__(self):
        head, rows = self.cells()
        width = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
        right = (False, False, True, True, False)

        def line(row):
            return "  ".join(
                f"{cell:>{w}}" if r else f"{cell:<{w}}" for cell, w, r in zip(row, width, right, strict=True)
            ).rstrip()

        return "\n".join([self.caption(), line(head), line(["-" * w for w in width]), *map(line, rows)])

    __repr__ = __str__

    def _repr_html_(self):
        head, rows = self.cells()
        top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
        body = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in rows
        )
        caption = escape(self.caption())
        return f"<table><caption>{caption}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def compare_arrays(name, ours, theirs, tolerance):
    """Return the `Row` of two arrays: max|a - b|, and that over the largest |element| of both.

    One scale for the whole array: comparing tiny elements one by one would say nothing.
    """
    a, b = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if a.shape != b.shape:
        return Row(
            _("{name}: shapes {a} and {b}").format(name=name, a=a.shape, b=b.shape), a.shape, np.inf, np.inf, tolerance
        )
    if not a.size:
        return Row(name, a.shape, 0.0, 0.0, tolerance)
    absolute, scale = float(np.abs(a - b).max()), float(max(np.abs(a).max(), np.abs(b).max()))
    return Row(name, a.shape, absolute, absolute / scale if scale else absolute, tolerance)
