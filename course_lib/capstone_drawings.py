"""The pictures of the capstone: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures
from course_lib.drawings import BLUE, GREEN, INK, ORANGE
from course_lib.language import _


def torque_curves(joints, window, each=6):
    """Some joints of each kind: torque over angle; the band of the final `window` (low, high) at the right end."""
    figure = figures.figure(9.2, 4.2)
    axes = figure.subplots(2, 3, sharex=True, sharey=True).ravel()
    for k, name in enumerate(joints.class_names):
        for row in np.flatnonzero(joints.y == k)[:each]:
            axes[k].plot(joints.angle, joints.x[row], color=BLUE if k == 0 else ORANGE, lw=1.1, marker="", alpha=0.8)
        axes[k].axhspan(*window, xmin=0.93, color=GREEN, alpha=0.6, lw=0)
        axes[k].set_title(name, fontsize=10)
    axes[-1].axis("off")
    axes[-1].text(
        0.0, 0.5, _("green, at the end of each:\nthe window that the\nstation checks today"), color=INK, va="center"
    )
    for ax in axes[2:5]:
        ax.set_xlabel(_("angle [°]"))
        ax.tick_params(labelbottom=True)
    for ax in (axes[0], axes[3]):
        ax.set_ylabel(_("torque [Nm]"))
    return figure


def found_by_kind(names, found):
    """The share of each kind of fault that is found, as bars side by side; `found`: label -> shares, one a kind."""
    figure = figures.figure(8.0, 3.2)
    ax = figure.add_subplot()
    at, width = np.arange(len(names)), 0.8 / len(found)
    for i, (label, shares) in enumerate(found.items()):
        hatch = "//" if i % 2 else None
        ax.bar(at + (i - (len(found) - 1) / 2) * width, 100 * np.asarray(shares), width * 0.92, label=label,
               color=figures.COLOURS[i], hatch=hatch, edgecolor="white")  # fmt: skip
    ax.set_xticks(at, names)
    ax.set(ylabel=_("found [%]"), ylim=(0, 125))
    ax.grid(visible=False, axis="x")
    ax.legend(ncols=len(found), loc="upper center")
    return figure


def alarms_by_lot(parts, limit):
    """The share of joints with an alarm in each lot; `parts`: label -> shares, drawn one after the other."""
    figure = figures.figure(8.0, 3.0)
    ax = figure.add_subplot()
    start = 1
    for i, (label, shares) in enumerate(parts.items()):
        lots = np.arange(start, start + len(shares))
        ax.plot(lots, 100 * np.asarray(shares), color=figures.COLOURS[i], marker=figures.MARKERS[i], ms=5, ls="",
                markevery=1, label=label)  # fmt: skip
        start += len(shares)
    ax.axhline(100 * limit, color=INK, ls="--", lw=1.4, marker="", label=_("somebody looks"))
    ax.set(
        xlabel=_("lot of screws, in the order of the delivery"), ylabel=_("joints with an alarm [%]"), ylim=(-4, 128)
    )
    ax.legend(ncols=3, loc="upper left")
    return figure
