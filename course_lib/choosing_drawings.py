"""The drawn diagrams of chapter 11: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures
from course_lib.drawings import BLUE, INK, ORANGE
from course_lib.language import _


def boundaries(table, models, steps=161):
    """What models trained on two columns say for every point: one picture each, with the readings of `table`.

    `models`: title -> function from points (N, 2) to classes 0 or 1 (N,).
    """
    figure = figures.figure(2.6 * len(models) + 0.4, 3.1)
    lows, highs = table.x.min(axis=0) - 0.3, table.x.max(axis=0) + 0.3
    axes = [np.linspace(low, high, steps) for low, high in zip(lows, highs, strict=True)]
    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    good = table.y == 0
    for ax, (title, says) in zip(figure.subplots(1, len(models), sharey=True), models.items(), strict=True):
        ax.contourf(*axes, says(points).reshape(steps, steps), levels=[-0.5, 0.5, 1.5], colors=["white", "#f6d9b8"])
        ax.plot(*table.x[good].T, "o", color=BLUE, ms=3, ls="", markevery=1, alpha=0.7)
        ax.plot(*table.x[~good].T, color=ORANGE, marker="X", ms=5, ls="", markevery=1, alpha=0.8)
        ax.set(title=title, xlabel=f"{table.feature_names[0]} [{table.units[0]}]")
        ax.grid(visible=False)
    figure.axes[0].set_ylabel(f"{table.feature_names[1]} [{table.units[1]}]")
    return figure


def split_curve(x, y, thresholds, impurities, label):
    """A column with its two classes as two rows of marks; below it the impurity over the threshold."""
    figure = figures.figure(7.2, 3.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
    for k, (marker, colour, name) in enumerate((("o", BLUE, _("healthy")), ("X", ORANGE, _("worn")))):
        values = x[y == k]
        above.plot(values, np.full(len(values), k), color=colour, marker=marker, ls="", ms=5, markevery=1, alpha=0.6)
        above.text(1.01, (k + 0.5) / 2, name, transform=above.transAxes, va="center", color=INK)
    above.set(ylim=(-0.5, 1.5), yticks=[])
    below.plot(thresholds, impurities, color=INK, marker="")
    best = np.argmin(impurities)
    for ax in (above, below):
        ax.axvline(thresholds[best], color=ORANGE, ls="--", lw=1.5, marker="")
    below.set(xlabel=label, ylabel=_("impurity"))
    return figure


def hinge_curve():
    """Three losses of one sample over y s: the hinge loss, the cross-entropy, and the share of mistakes."""
    figure = figures.figure(6.4, 3.2)
    ax = figure.add_subplot()
    margin = np.linspace(-2, 3, 201)
    ax.plot(margin, np.maximum(0, 1 - margin), label=_("hinge loss (SVM)"), markevery=40)
    ax.plot(margin, np.log1p(np.exp(-margin)), label=_("cross-entropy (network)"), markevery=40)
    ax.plot(margin, (margin < 0).astype(float), label=_("mistake, 0 or 1"), markevery=40)
    ax.set(xlabel=_("y s: above 0 the class is right"), ylabel=_("loss of one sample"), ylim=(-0.1, 3.1))
    ax.legend()
    return figure


def beyond(x, y, at, curves, xlabel, ylabel):
    """Measured points (N,) and the answers of models at the places `at`, also where no point was measured."""
    figure = figures.figure(7.2, 3.3)
    ax = figure.add_subplot()
    ax.axvspan(x.min(), x.max(), color="#eeeeee", lw=0)
    ax.plot(x, y, "o", color=INK, ms=3, ls="", markevery=1, alpha=0.5, label=_("measured"))
    for name, values in curves.items():
        ax.plot(at, values, label=name, lw=2, markevery=len(at) // 8)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend()
    return figure


def scores(rows, names, xlabel, percent=False):
    """One line a model with its spread: `rows` of the table of chapter 11, in the order they are given."""
    figure = figures.figure(7.2, 0.9 + 0.36 * len(rows))
    ax = figure.add_subplot()
    factor = 100 if percent else 1
    at = np.arange(len(rows))
    means, spreads = (factor * np.array([row[k] for row in rows]) for k in ("mean", "std"))
    ax.errorbar(means, at, xerr=spreads, fmt="o", color=BLUE, ecolor=INK, capsize=4, lw=1.5)
    ax.set_yticks(at, [names[row["model"]] for row in rows])
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    return figure
