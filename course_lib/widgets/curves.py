"""Curves that were measured, as still pictures show them: a line of means with marks, and a band of their spread."""

import numpy as np


def draw_curve(ax, x, mean, std, colour, marker, label, faint=False):
    """Draw means over x with marks, and a band of one standard deviation to both sides; faint: a thin dashed line."""
    x, mean, std = (np.asarray(values, dtype=float) for values in (x, mean, std))
    ax.fill_between(x, mean - std, mean + std, color=colour, alpha=0.06 if faint else 0.2, lw=0)
    ax.plot(x, mean, color=colour, marker=marker, ls="--" if faint else "-", lw=1 if faint else 1.8, label=label,
            markerfacecolor="none" if faint else colour, alpha=0.7 if faint else 1)  # fmt: skip
