"""The drawn diagrams of chapter 10: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures
from course_lib.drawings import BLUE, INK, ORANGE, SOFT, arrow, box, canvas
from course_lib.language import _

PALE = "#e8f1f8"
WARM = "#fbeee6"


def decision_loop():
    """A forecast in the plant: from data to decision, money, and back with the truth, which comes later."""
    figure, ax = canvas(8.8, 2.9, (-1.4, 12.4), (-2.5, 1.6))
    steps = (
        (0.0, _("what is known\nnow"), PALE),
        (3.65, _("forecast"), PALE),
        (7.3, _("decision"), WARM),
        (10.95, _("cost\n[EUR]"), WARM),
    )
    for x, text, fill in steps:
        box(ax, x, 0.5, text, width=2.3, height=1.3, colour=BLUE if fill == PALE else ORANGE, fill=fill)
    for (left, *_a), (right, *_b) in zip(steps[:-1], steps[1:], strict=True):
        arrow(ax, (left + 1.2, 0.5), (right - 1.2, 0.5))
    ax.plot([10.95, 10.95, 0, 0], [-0.2, -1.5, -1.5, -1.0], color=SOFT, lw=1.6, marker="", ls="--")
    arrow(ax, (0, -1.0), (0, -0.2))
    ax.text(5.5, -1.9, _("the truth, after the label delay: learn again"), ha="center", va="center", color=INK)
    return figure


def hours(time, curves, ylabel):
    """Some curves (N,) over the hours `time` (N,) datetime64; `curves` from a label to the values."""
    figure = figures.figure(8.6, 3.0)
    ax = figure.add_subplot()
    days = (time - time[0]) / np.timedelta64(24, "h")
    for label, values in curves.items():
        ax.plot(days, values, label=label, lw=1.4, markersize=3.5)
    ax.set(xlabel=_("days since {start}").format(start=time[0].astype("datetime64[D]")), ylabel=ylabel)
    ax.set_ylim(0, 1.2 * max(np.max(values) for values in curves.values()))  # room for the legend
    ax.legend(ncols=len(curves), loc="upper right")
    return figure


def bars(values, xlabel, reference=None):
    """One horizontal bar for each of `values` (label to number), in their order; `reference` (label, number) a line."""
    figure = figures.figure(7.2, 0.8 + 0.34 * len(values))
    ax = figure.add_subplot()
    ax.barh(np.arange(len(values)), list(values.values()), color=BLUE, height=0.62)
    ax.set_yticks(np.arange(len(values)), list(values))
    ax.invert_yaxis()
    for k, value in enumerate(values.values()):
        ax.text(value, k, f" {value:,.3g}" if value < 1000 else f" {value:,.0f}", va="center", color=INK, fontsize=9)
    if reference is not None:
        ax.axvline(reference[1], color=ORANGE, ls="--", lw=1.6, marker="", label=reference[0])
        ax.legend(loc="lower right")
    ax.set(xlabel=xlabel, xlim=(0, 1.14 * max(values.values())))
    ax.grid(visible=False, axis="y")
    return figure


def by_year(years, curves, ylabel):
    """Curves over the years; `curves` from a label to one value for each year."""
    figure = figures.figure(7.2, 3.2)
    ax = figure.add_subplot()
    for label, values in curves.items():
        ax.plot(years, values, label=label, markevery=1)
    ax.set(xlabel=_("year of the order"), ylabel=ylabel, ylim=(0, None), xticks=years)
    ax.legend(ncols=2)
    return figure


def some_parts(demand, months, chosen):
    """The monthly demand of some parts, one small picture below the other."""
    figure = figures.figure(8.2, 0.9 + 0.95 * len(chosen))
    axes = figure.subplots(len(chosen), 1, sharex=True)
    for ax, k in zip(axes, chosen, strict=True):
        ax.bar(np.arange(len(months)), demand[k], color=BLUE, width=0.8)
        ax.set(ylim=(0, max(3, 1.1 * demand[k].max())), ylabel=_("pieces"))
    january = np.flatnonzero(months.astype(int) % 12 == 0)
    axes[-1].set_xticks(january, [str(month) for month in months[january]])
    axes[-1].set_xlabel(_("month"))
    return figure


def cost_of_level(levels, holding, shortage, best, xlabel):
    """Cost of a year over the level of the shelf: what is held and what is missing, one on top of the other."""
    figure = figures.figure(6.8, 3.2)
    ax = figure.add_subplot()
    holding, shortage = (np.asarray(part) for part in (holding, shortage))
    ax.bar(levels, holding, color=BLUE, width=0.7, label=_("pieces held"))
    ax.bar(levels, shortage, bottom=holding, color=ORANGE, width=0.7, hatch="///", label=_("pieces missing"))
    ax.annotate(
        _("newsvendor: {best}").format(best=int(best)),
        (best, (holding + shortage)[list(levels).index(best)]),
        (best, 1.12 * (holding + shortage).max()),
        ha="center",
        color=INK,
        arrowprops={"arrowstyle": "->", "color": INK},
    )
    ax.set(xlabel=xlabel, ylabel=_("cost of a year [EUR]"), ylim=(0, 1.25 * (holding + shortage).max()), xticks=levels)
    ax.grid(visible=False, axis="x")
    ax.legend()
    return figure
