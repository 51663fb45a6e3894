"""Loss surfaces over two weights, with gradients, for the optimizer race. Every lowest point has the loss 0."""

from dataclasses import dataclass

import numpy as np

from course_lib.language import _


@dataclass(frozen=True)
class Surface:
    """A loss over two weights: value(w1, w2) for numbers or arrays, slope(w1, w2) -> (dL/dw1, dL/dw2)."""

    value: callable
    slope: callable
    curvature: callable  # (w1, w2) -> the 2 x 2 matrix of second derivatives
    lowest: tuple  # where the loss is 0
    view: tuple  # w1 from, to, w2 from, to
    start: tuple

    @property
    def largest_curvature(self):
        """The largest eigenvalue of the curvature at the lowest point: plain descent settles below 2 / this."""
        return float(np.linalg.eigvalsh(self.curvature(*self.lowest)).max())


def bowl():
    """Curved alike in all directions: L = (w1^2 + w2^2) / 2."""
    return Surface(
        value=lambda a, b: 0.5 * (a * a + b * b),
        slope=lambda a, b: (a, b),
        curvature=lambda a, b: np.eye(2),
        lowest=(0, 0), view=(-4, 4, -3, 3), start=(-3.0, 2.0),
    )  # fmt: skip


def ravine(condition=25.0):
    """A long narrow valley: L = (w1^2 + condition * w2^2) / 2; `condition` is how many times steeper the walls are."""
    return Surface(
        value=lambda a, b: 0.5 * (a * a + condition * b * b),
        slope=lambda a, b: (a, condition * b),
        curvature=lambda a, b: np.diag([1.0, condition]),
        lowest=(0, 0), view=(-4, 4, -2, 2), start=(-3.0, 1.0),
    )  # fmt: skip


def saddle():
    """Level at (0, 0), yet no lowest point: L = w1^2 / 2 + (w2^2 - 1)^2 / 4, lowest at (0, -1) and (0, 1)."""
    return Surface(
        value=lambda a, b: 0.5 * a * a + 0.25 * (b * b - 1) ** 2,
        slope=lambda a, b: (a, b * (b * b - 1)),
        curvature=lambda a, b: np.diag([1.0, 3 * b * b - 1]),
        lowest=(0, 1), view=(-3, 3, -2, 2), start=(-2.5, 0.01),
    )  # fmt: skip


def two_valleys():
    """A shallow valley and a deep one: L = (w1^2 - 4)^2 / 16 + w1 / 4 + w2^2 / 2, less its lowest value."""
    deep = float(min(np.roots([0.25, 0, -1, 0.25]).real))  # where dL/dw1 = w1^3 / 4 - w1 + 1 / 4 = 0

    def value(a, b):
        return (a * a - 4) ** 2 / 16 + a / 4 + 0.5 * b * b - ((deep * deep - 4) ** 2 / 16 + deep / 4)

    return Surface(
        value=value,
        slope=lambda a, b: (a**3 / 4 - a + 0.25, b),
        curvature=lambda a, b: np.diag([0.75 * a * a - 1, 1.0]),
        lowest=(deep, 0), view=(-3.6, 3.6, -2.4, 2.4), start=(3.2, 1.6),
    )  # fmt: skip


def plateau():
    """Beale's function, divided by 10: steep walls round a wide flat floor, lowest at (3, 0.5).

    Source: E. M. L. Beale, On an iterative method for finding a local minimum, Princeton, 1958.
    """
    targets = (1.5, 2.25, 2.625)

    def value(a, b):
        return sum((c - a + a * b**k) ** 2 for k, c in enumerate(targets, 1)) / 10

    def slope(a, b):
        e = [c - a + a * b**k for k, c in enumerate(targets, 1)]
        return (
            sum(2 * r * (b**k - 1) for k, r in enumerate(e, 1)) / 10,
            sum(2 * r * a * k * b ** (k - 1) for k, r in enumerate(e, 1)) / 10,
        )

    def curvature(a, b):  # exact where the three terms are 0, at the lowest point
        rows = np.array([[b**k - 1, a * k * b ** (k - 1)] for k in (1, 2, 3)])
        return 2 * rows.T @ rows / 10

    return Surface(value, slope, curvature, lowest=(3, 0.5), view=(-0.5, 4.5, -1.2, 1.6), start=(1.0, 1.2))


SURFACES = {
    "bowl": (bowl, _("bowl")),
    "ravine": (ravine, _("ravine")),
    "saddle": (saddle, _("saddle")),
    "two valleys": (two_valleys, _("two valleys")),
    "plateau": (plateau, _("plateau (Beale)")),
}
