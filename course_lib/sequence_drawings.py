"""The drawn diagrams of the chapters on sequences: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures
from course_lib.drawings import BLUE, GREEN, INK, ORANGE, SOFT, arrow, box, canvas, node
from course_lib.language import _

PALE = "#e8f1f8"


def readings(sequences, labels, xlabel, ylabel):
    """Some sequences (T,) over their steps, with their labels."""
    figure = figures.figure(6.6, 3.0)
    ax = figure.add_subplot()
    for values, label in zip(sequences, labels, strict=True):
        ax.plot(np.arange(1, len(values) + 1), values, label=label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend()
    return figure


def unrolled(steps=4):
    """The recurrent network folded, with its loop, and unrolled: the same cell once for each step."""
    figure, ax = canvas(8.6, 3.1, (-1.6, 12.2), (-2.3, 2.3))
    node(ax, 0, -1.8, "$x_t$", radius=0.4)
    box(ax, 0, 0, _("hidden\nlayer"), width=1.3, height=0.9, colour=BLUE, fill=PALE)
    node(ax, 0, 1.8, "$y_t$", radius=0.4)
    arrow(ax, (0, -1.38), (0, -0.5))
    arrow(ax, (0, 0.5), (0, 1.38))
    loop = {"arrowstyle": "-|>", "color": ORANGE, "lw": 1.8, "connectionstyle": "arc3,rad=-1.6"}
    ax.annotate("", (0.67, -0.25), (0.67, 0.25), arrowprops=loop)
    ax.text(0.85, 0.55, "$W_{hh}$", color=ORANGE, fontsize=11)
    ax.text(-0.95, -1.0, "$W_{xh}$", fontsize=11, color=SOFT)
    ax.text(-0.95, 0.85, "$W_{hy}$", fontsize=11, color=SOFT)
    ax.text(2.2, 0, "=", fontsize=18, ha="center", va="center", color=INK)
    for t in range(1, steps + 1):
        x = 1.4 + 2.25 * t
        node(ax, x, -1.8, f"$x_{t}$", radius=0.4)
        box(ax, x, 0, f"$h_{t}$", width=1.1, height=0.9, colour=BLUE, fill=PALE, size=13)
        node(ax, x, 1.8, f"$y_{t}$", radius=0.4)
        arrow(ax, (x, -1.38), (x, -0.5))
        arrow(ax, (x, 0.5), (x, 1.38))
        if t > 1:
            arrow(ax, (x - 1.68, 0), (x - 0.58, 0), "$W_{hh}$", colour=ORANGE, above=0.3)
    ax.text(3.05, -1.0, "$W_{xh}$", fontsize=11, color=SOFT)
    ax.text(3.05, 0.85, "$W_{hy}$", fontsize=11, color=SOFT)
    return figure


def gradients_back(norms, ylabel):
    """Size of the gradient over the distance from the end [steps], on a log axis; `norms` from a label to values."""
    figure = figures.figure(6.8, 3.4)
    ax = figure.add_subplot()
    for label, values in norms.items():
        ax.plot(np.arange(len(values)), np.maximum(values, 1e-16), label=label, markevery=5)
    ax.set(yscale="log", xlabel=_("steps back from the end"), ylabel=ylabel)
    ax.legend()
    return figure


def lstm_cell():
    """One step of an LSTM: the cell's straight way with the forget gate and the input gate on it."""
    figure, ax = canvas(8.4, 3.3, (-0.4, 12.4), (-2.4, 2.6))
    arrow(ax, (0, 1.6), (2.55, 1.6), "$c_{t-1}$", colour=GREEN, lw=2.6, at=0.3, above=0.3)
    node(ax, 2.95, 1.6, "×", size=15)
    arrow(ax, (3.35, 1.6), (5.45, 1.6), colour=GREEN, lw=2.6)
    node(ax, 5.85, 1.6, "+", size=15)
    arrow(ax, (6.25, 1.6), (12, 1.6), "$c_t$", colour=GREEN, lw=2.6, at=0.85, above=0.3)
    gates = (
        (2.95, "$f$", _("keep?")),
        (4.75, "$i$", _("let in?")),
        (6.55, "$g$", _("the new")),
        (9.4, "$o$", _("show?")),
    )
    for x, name, question in gates:
        box(ax, x, -0.75, name, width=0.9, height=0.7, colour=BLUE, fill=PALE, size=13)
        ax.text(x, -1.32, question, ha="center", va="center", fontsize=9, color=INK)
        arrow(ax, (x, -2.0), (x, -1.5))
    ax.plot([0.6, 9.4], [-2.0, -2.0], color=SOFT, lw=1.6, marker="", zorder=1)
    ax.text(0.5, -2.0, "$x_t, \\; h_{t-1}$", ha="right", va="center", fontsize=12, color=INK)
    arrow(ax, (2.95, -0.38), (2.95, 1.2))
    node(ax, 5.65, 0.45, "×", size=15)
    arrow(ax, (4.75, -0.38), (5.35, 0.2))
    arrow(ax, (6.55, -0.38), (5.95, 0.2))
    arrow(ax, (5.68, 0.82), (5.8, 1.2))
    node(ax, 9.4, 0.45, "×", size=15)
    arrow(ax, (9.4, -0.38), (9.4, 0.05))
    arrow(ax, (9.4, 1.6), (9.4, 0.85))
    ax.text(9.6, 1.2, "tanh", fontsize=10, color=SOFT)
    arrow(ax, (9.8, 0.45), (12, 0.45), "$h_t$", colour=ORANGE, lw=2.2, at=0.72, above=0.3)
    return figure


def error_by_age(edges, errors, ylabel, without=None):
    """Error over the age of what had to be remembered; `errors` from a label to one value for each interval."""
    figure = figures.figure(6.8, 3.4)
    ax = figure.add_subplot()
    middle = (np.asarray(edges[:-1]) + np.asarray(edges[1:])) / 2
    for label, values in errors.items():
        ax.plot(middle, values, label=label)
    if without is not None:
        ax.axhline(without, color=SOFT, ls=":", lw=1.8, label=_("without any memory"))
    ax.set(xlabel=_("steps between the measurement and the end"), ylabel=ylabel, ylim=(0, None))
    ax.legend()
    return figure


def sensor_traces(runs, number, columns):
    """The readings of some columns over the life of one engine, one small picture each."""
    engine = runs.engine(number)
    figure = figures.figure(8.6, 2.5)
    for ax, column in zip(figure.subplots(1, len(columns)), columns, strict=True):
        k = runs.feature_names.index(column)
        ax.plot(engine.cycle, engine.x[:, k], marker="", lw=1.2)
        ax.set(xlabel=_("cycle"), title=column)
        ax.set_ylabel(f"[{runs.units[k]}]" if runs.units[k] else _("[no unit]"))
    return figure


def capped_life(life, cap):
    """The true remaining life of an engine and the target that is capped."""
    cycle = np.arange(1, life + 1)
    figure = figures.figure(5.6, 3.0)
    ax = figure.add_subplot()
    ax.plot(cycle, life - cycle, label=_("true remaining life"), markevery=20)
    ax.plot(cycle, np.minimum(life - cycle, cap), label=_("target, capped at {cap}").format(cap=cap), markevery=20)
    ax.set(xlabel=_("cycle"), ylabel=_("remaining life [cycles]"))
    ax.legend()
    return figure


def score_curve():
    """The NASA score of one engine over the error d, with the squared error beside it, both 1 at d = 10 or so."""
    from course_lib.remaining_life import nasa_score

    d = np.linspace(-40, 40, 161)
    figure = figures.figure(6.0, 3.0)
    ax = figure.add_subplot()
    ax.plot(d, [nasa_score([0.0], [v]) for v in d], label=_("NASA score"), markevery=20)
    ax.plot(d, (d / 10) ** 2, label=_("squared error / 100"), markevery=20)
    ax.set(xlabel=_("error d: predicted minus true [cycles]"), ylabel=_("penalty of one engine"), ylim=(0, 30))
    ax.axvline(0, color=SOFT, lw=1)
    ax.text(-38, 26, _("too early"), color=INK)
    ax.text(22, 1.0, _("too late"), color=INK)
    ax.legend(loc="upper center")
    return figure


def predicted_and_true(y_true, predictions, cap):
    """Predicted over true remaining life, one picture for each model."""
    figure = figures.figure(8.6, 3.1)
    for ax, (label, y_pred) in zip(figure.subplots(1, len(predictions), sharey=True), predictions.items(), strict=True):
        ax.plot([0, 150], [0, 150], color=SOFT, ls="-", marker="", lw=1)
        ax.axhline(cap, color=SOFT, ls=":", lw=1)
        ax.scatter(y_true, y_pred, s=14, color=BLUE, alpha=0.8)
        ax.set(title=label, xlabel=_("true [cycles]"), xlim=(0, 150), ylim=(0, 150))
    figure.axes[0].set_ylabel(_("predicted [cycles]"))
    return figure


def error_by_engine(y_true, y_pred):
    """The error of each test engine, in the order of its true remaining life: early downwards, late upwards."""
    order = np.argsort(y_true, kind="stable")
    d = (y_pred - y_true)[order]
    figure = figures.figure(8.6, 3.0)
    ax = figure.add_subplot()
    ax.bar(np.arange(len(d)), d, color=np.where(d > 0, ORANGE, BLUE), width=0.8)
    ticks = np.linspace(0, len(d) - 1, 6).astype(int)
    ax.set_xticks(ticks, [f"{y_true[order][k]:.0f}" for k in ticks])
    ax.set(xlabel=_("true remaining life of the engine [cycles]"), ylabel=_("predicted minus true [cycles]"))
    ax.axhline(0, color=INK, lw=0.8)
    return figure


def cost_over_line(lines, costs):
    """Cost over the alarm line; `costs` from a label to (lines or ages, values)."""
    figure = figures.figure(6.8, 3.2)
    ax = figure.add_subplot()
    for label, values in costs.items():
        ax.plot(lines, np.asarray(values) / 1000, label=label, markevery=10)
    ax.set(xlabel=_("alarm line [predicted cycles]"), ylabel=_("cost [1000 EUR for 1000 cycles]"), ylim=(0, None))
    ax.legend()
    return figure


def histories(curves, ylabel):
    """Error over the epochs; `curves` from a label to one value for each epoch."""
    figure = figures.figure(6.8, 3.2)
    ax = figure.add_subplot()
    for label, values in curves.items():
        ax.plot(np.arange(1, len(values) + 1), values, label=label, markevery=5)
    ax.set(xlabel=_("epoch"), ylabel=ylabel)
    ax.legend()
    return figure
