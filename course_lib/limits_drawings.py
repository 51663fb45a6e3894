"""The drawn diagrams of chapter 12: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures
from course_lib.drawings import BLUE, GREEN, INK, ORANGE
from course_lib.language import _


def accuracy_curves(samples, curves, xlabel, level=None):
    """Accuracy over the number of samples with bands of one standard deviation; `curves`: label -> {"mean", "std"}.

    `level` (label, accuracy): a line across.
    """
    figure = figures.figure(7.2, 3.4)
    ax = figure.add_subplot()
    for label, one in curves.items():
        mean, std = (100 * np.asarray(one[key]) for key in ("mean", "std"))
        (line,) = ax.plot(samples, mean, label=label, markevery=1)
        ax.fill_between(samples, mean - std, mean + std, color=line.get_color(), alpha=0.15, lw=0)
    if level:
        ax.axhline(100 * level[1], color=INK, ls="--", lw=1.5, marker="", label=level[0])
    ax.set(xscale="log", xlabel=xlabel, ylabel=_("right on new pictures [%]"))
    ax.set_xticks(samples, [f"{n:,}" for n in samples])
    ax.minorticks_off()
    ax.legend()
    return figure


def weights_and_operations(names, weights, operations):
    """Two rows of bars beside each other: the weights of each layer, and what it calculates for one picture."""
    figure = figures.figure(8.4, 0.9 + 0.42 * len(names))
    at = np.arange(len(names))
    for ax, values, label, colour in zip(
        figure.subplots(1, 2, sharey=True),
        (weights, operations),
        (_("weights [thousands]"), _("operations for one picture [millions]")),
        (BLUE, ORANGE),
        strict=True,
    ):
        ax.barh(at, values, color=colour, height=0.6)
        for k, value in enumerate(values):
            ax.text(value, k, f" {value:,.3g}" if value else " 0", va="center", color=INK, fontsize=9)
        ax.set(xlabel=label, xlim=(0, 1.2 * max(values)))
        ax.grid(visible=False, axis="y")
    figure.axes[0].set_yticks(at, names)
    figure.axes[0].invert_yaxis()
    return figure


def time_over_batch(sizes, times, ylabel):
    """Milliseconds for one picture over the size of the batch; `times`: label -> [ms a batch]."""
    figure = figures.figure(7.2, 3.3)
    ax = figure.add_subplot()
    for label, values in times.items():
        ax.plot(sizes, np.asarray(values) / np.asarray(sizes), label=label, markevery=1)
    ax.set(xscale="log", yscale="log", xlabel=_("pictures in one batch"), ylabel=ylabel)
    ax.set_xticks(sizes, [str(n) for n in sizes])
    ax.minorticks_off()
    ax.legend()
    return figure


def number_formats(formats):
    """The bits of number formats as rows of squares; `formats`: label -> (sign, exponent, mantissa) bits."""
    figure = figures.figure(8.4, 0.5 + 0.42 * len(formats))
    ax = figure.add_subplot()
    for k, bits in enumerate(formats.values()):
        start = 0
        for count, colour in zip(bits, (INK, ORANGE, BLUE), strict=True):
            for j in range(count):
                ax.barh(k, 0.9, left=start + j, height=0.62, color=colour)
            start += count
    ax.set_yticks(np.arange(len(formats)), list(formats))
    ax.invert_yaxis()
    ax.set(xlim=(-0.3, 32.3), xticks=[], xlabel=_("bits: sign (black), exponent (orange), mantissa (blue)"))
    ax.grid(visible=False)
    return figure


def compute_and_traffic(workers, compute, traffic):
    """Seconds of a step over the number of workers: what is calculated, what is sent, and both."""
    figure = figures.figure(7.2, 3.2)
    ax = figure.add_subplot()
    at = np.arange(len(workers))
    ax.bar(at, compute, color=BLUE, label=_("calculate"), width=0.6)
    ax.bar(at, traffic, bottom=compute, color=GREEN, hatch="//", edgecolor="white", label=_("send"), width=0.6)
    ax.set_xticks(at, [str(k) for k in workers])
    ax.set(xlabel=_("workers"), ylabel=_("time of one step [s]"),
           ylim=(0, 1.35 * max(c + t for c, t in zip(compute, traffic, strict=True))))  # fmt: skip
    ax.grid(visible=False, axis="x")
    ax.legend()
    return figure
