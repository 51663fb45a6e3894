"""Two sensors, two classes: the points and the map behind them that several widgets show."""

import numpy as np

from course_lib.language import _

LIMIT = 3.0  # the picture goes from -LIMIT to LIMIT in standardised units


def grid(side):
    """Return the (side * side, 2) points of the picture's cells, x1 fastest, row 0 at the bottom."""
    line = np.linspace(-LIMIT, LIMIT, side)
    x1, x2 = np.meshgrid(line, line)
    return np.column_stack([x1.ravel(), x2.ravel()])


def checked_points(x, y, shape="linear", n=160, seed=7, noise=0.1):
    """Return (x, y, names): the caller's own points after a check, or a simulated bearing.

    Raises ValueError naming what does not fit.
    """
    if x is None:
        from course_lib import data

        table = data.sensor_table(n, np.random.default_rng(seed), shape=shape, noise=noise)
        x, y = table.x[:, :2], table.y
        names = [_("bearing temperature"), _("vibration")]
        return (x - x.mean(0)) / x.std(0), y, names
    x, y = np.asarray(x, float), np.asarray(y)
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(_("x has shape {given}, but two sensors need (N, 2).").format(given=x.shape))
    if y.shape != (len(x),) or not np.isin(y, (0, 1)).all():
        raise ValueError(_("y has shape {given}; it needs {n} labels, each 0 or 1.").format(given=y.shape, n=len(x)))
    if not np.isfinite(x).all():
        raise ValueError(_("x contains NaN or infinite values. Remove those rows first."))
    return x, y.astype(int), ["x₁", "x₂"]


def draw_map(ax, values, x, y, low, high, names):
    """Draw the map and the points with matplotlib: class 0 blue circles, class 1 orange squares."""
    ax.imshow(
        values, origin="lower", extent=[-LIMIT, LIMIT] * 2, cmap=_colour_map(), vmin=low, vmax=high, aspect="auto"
    )
    for label, marker, colour in ((0, "o", "#0072B2"), (1, "s", "#D55E00")):
        ax.scatter(*x[y == label].T, s=18, marker=marker, c=colour, edgecolors="white", linewidths=0.6,
                   label=_("healthy") if label == 0 else _("needs maintenance"))  # fmt: skip
    ax.set(xlabel=_("x₁: {name} (standardised)").format(name=names[0]),
           ylabel=_("x₂: {name} (standardised)").format(name=names[1]))  # fmt: skip
    ax.grid(False)
    ax.legend(loc="upper left", fontsize=8)


def _colour_map():
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("course", ["#4d9cc9", "#f6f6f6", "#e39057"])
