"""The drawn diagrams of the chapters: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures, nn
from course_lib.language import _

INK, SOFT = "#222222", "#666666"
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"


def canvas(width, height, x, y):
    """An empty figure of `width` by `height` inches, and its axes over the ranges `x` and `y`, without a frame."""
    figure = figures.figure(width, height)
    ax = figure.add_subplot()
    ax.set(xlim=x, ylim=y, aspect="equal")
    ax.axis("off")
    return figure, ax


def node(ax, x, y, text, radius=0.36, colour=INK, fill="white", size=12):
    """A circle with a text."""
    from matplotlib.patches import Circle

    ax.add_patch(Circle((x, y), radius, facecolor=fill, edgecolor=colour, lw=1.8, zorder=3))
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=INK, zorder=4)


def box(ax, x, y, text, width=1.0, height=0.6, colour=INK, fill="white", size=11):
    """A box with round corners and a text; x and y are its middle."""
    from matplotlib.patches import FancyBboxPatch

    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0.02,rounding_size=0.1",
            facecolor=fill,
            edgecolor=colour,
            lw=1.6,
            zorder=3,
        )
    )
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=INK, zorder=4)


def arrow(ax, start, end, text="", colour=SOFT, above=0.16, size=11, at=0.5, style="-|>", lw=1.6, dashed=False):
    """An arrow from `start` to `end`, with a text `above` it."""
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": style,
            "color": colour,
            "lw": lw,
            "shrinkA": 0,
            "shrinkB": 0,
            "linestyle": "--" if dashed else "-",
        },
        zorder=2,
    )
    if text:
        (x0, y0), (x1, y1) = start, end
        ax.text(
            x0 + at * (x1 - x0),
            y0 + at * (y1 - y0) + above,
            text,
            ha="center",
            va="center",
            fontsize=size,
            color=colour,
        )


def neuron(inputs, weights):
    """One neuron: inputs times weights, sum with the bias, activation, output."""
    n = len(inputs)
    figure, ax = canvas(7.2, 2.6, (-3.2, 5.2), (-1.6, 1.6))
    for i, (name, weight) in enumerate(zip(inputs, weights, strict=True)):
        y = 0.85 * (n - 1) - 1.7 * i if n > 1 else 0.0
        ax.text(-1.5, y, name, ha="right", va="center", fontsize=12, color=INK)
        arrow(ax, (-1.4, y), (0.6, 0.25 * np.sign(y)), weight, colour=BLUE, above=0.22)
    ax.text(1.0, 1.25, _("bias b"), ha="center", fontsize=12, color=INK)
    arrow(ax, (1.0, 1.15), (1.0, 0.42), colour=BLUE)
    node(ax, 1.0, 0, "Σ", radius=0.42, colour=BLUE, size=16)
    arrow(ax, (1.42, 0), (2.58, 0), "z")
    node(ax, 3.0, 0, "f", radius=0.42, colour=ORANGE, size=15)
    arrow(ax, (3.42, 0), (4.55, 0), "y = f(z)")
    ax.text(1.0, -0.75, _("sums"), ha="center", color=BLUE, fontsize=11)
    ax.text(3.0, -0.75, _("bends"), ha="center", color=ORANGE, fontsize=11)
    return figure


def activations(names=("linear", "relu", "sigmoid", "tanh")):
    """The curves of the activations, one small picture each."""
    figure = figures.figure(8.4, 2.3)
    z = np.linspace(-4, 4, 161)
    for i, (ax, name) in enumerate(zip(figure.subplots(1, len(names)), names, strict=True)):
        ax.plot(z, nn.ACTIVATIONS[name][0](z), color=BLUE, lw=2.2, ls="-", marker="")
        ax.set(title=name, xlabel="z", xlim=(-4, 4), xticks=[-4, 0, 4])
        ax.axhline(0, color=SOFT, lw=0.6)
        ax.axvline(0, color=SOFT, lw=0.6)
        if i == 0:
            ax.set_ylabel("f(z)")
    return figure


def chain(steps, below=()):
    """A row of boxes joined by arrows; `steps`: texts in the boxes, `below`: a text under each arrow."""
    width = 2.0
    figure, ax = canvas(min(9.0, 1.15 * width * len(steps)), 1.7, (-1, width * (len(steps) - 1) + 1), (-0.8, 0.8))
    for i, text in enumerate(steps):
        box(ax, width * i, 0, text, width=1.15)
        if i:
            arrow(
                ax, (width * (i - 1) + 0.6, 0), (width * i - 0.6, 0), below[i - 1] if below else "", above=-0.3, size=10
            )
    return figure


def learning_loop():
    """Forward, loss, backward, step: the loop that every training runs."""
    figure, ax = canvas(8.2, 2.9, (-1.2, 9.5), (-2.1, 1.5))
    texts = ((_("data"), INK), (_("network\n(weights)"), BLUE), (_("prediction"), INK), (_("loss"), ORANGE))
    for i, (text, colour) in enumerate(texts):
        box(ax, 2.75 * i, 0.6, text, width=1.7, height=0.9, colour=colour)
        if i:
            arrow(ax, (2.75 * (i - 1) + 0.9, 0.6), (2.75 * i - 0.9, 0.6))
    ax.text(2.75, 1.3, _("1  forward propagation"), ha="center", color=BLUE, fontsize=11)
    ax.text(8.25, 1.3, _("2  how wrong?"), ha="center", color=ORANGE, fontsize=11)
    box(ax, 5.5, -1.3, _("gradients"), width=1.7, height=0.7, colour=GREEN)
    for xs, ys in (((8.25, 8.25, 7.0), (0.12, -1.3, -1.3)), ((4.6, 2.75, 2.75), (-1.3, -1.3, -0.4))):
        ax.plot(xs, ys, color=GREEN, lw=1.6, ls="-", marker="", zorder=1)
    arrow(ax, (7.2, -1.3), (6.4, -1.3), colour=GREEN)
    arrow(ax, (2.75, -0.6), (2.75, 0.12), colour=GREEN)
    ax.text(7.5, -1.75, _("3  backpropagation"), ha="center", va="center", color=GREEN, fontsize=11)
    ax.text(3.0, -1.75, _("4  optimizer: a small step"), ha="center", va="center", color=GREEN, fontsize=11)
    return figure


def nested():
    """Deep learning inside machine learning inside artificial intelligence."""
    figure, ax = canvas(8.0, 2.9, (0, 10.4), (0, 3.7))
    from matplotlib.patches import FancyBboxPatch

    for x, y, width, height, colour, fill, title, text in (
        (
            0.2,
            0.2,
            10.0,
            3.3,
            SOFT,
            "#f4f4f2",
            _("artificial intelligence"),
            _("rules written\nby people,\nsearch, planning"),
        ),
        (3.0, 0.4, 7.0, 2.5, BLUE, "#e6f1f8", _("machine learning"), _("rules learned\nfrom examples:\ntrees, SVM")),
        (6.1, 0.6, 3.7, 1.75, ORANGE, "#fbeee6", _("deep learning"), _("many layers that\nfind their own\nfeatures")),
    ):
        ax.add_patch(
            FancyBboxPatch(
                (x, y),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.2",
                facecolor=fill,
                edgecolor=colour,
                lw=1.8,
            )
        )
        ax.text(x + 0.2, y + height - 0.3, title, va="center", fontsize=12, fontweight="bold", color=colour)
        ax.text(x + 0.2, y + 0.65, text, va="center", fontsize=11, color=INK)
    return figure


# Chapter 4: steps downhill, curves of a training, and figures about rare failures.


def descents(curvature, start, learning_rates, steps):
    """Gradient descent with one weight: the same valley once for each learning rate, with the first steps."""
    figure = figures.figure(8.6, 2.9)
    for ax, rate in zip(figure.subplots(1, len(learning_rates)), learning_rates, strict=True):
        path = np.array([start * (1 - rate * curvature) ** k for k in range(steps + 1)])
        reach = 1.1 * np.abs(path).max()
        w = np.linspace(-reach, reach, 201)
        ax.plot(w, curvature * w**2 / 2, color=SOFT, ls="-", marker="")
        ax.plot(path, curvature * path**2 / 2, color=BLUE, ls="-", lw=1.4, marker="o", markevery=1, ms=6)
        for k, at in enumerate(path):
            ax.annotate(
                f"{k}", (at, curvature * at**2 / 2), (0, 7), textcoords="offset points", ha="center", fontsize=9
            )
        ax.set(title=_("learning rate {rate}").format(rate=rate), xlabel=_("weight w"), xlim=(-reach, reach))
        ax.set_ylim(top=1.2 * curvature * reach**2 / 2)
    figure.axes[0].set_ylabel(_("loss L"))
    return figure


def descent_paths(curvatures, paths, steps):
    """Gradient descent with two weights, from above: level lines of the valley and the first steps of each path."""
    figure = figures.figure(8.6, 2.7)
    w1, w2 = np.meshgrid(np.linspace(-11, 11, 201), np.linspace(-5, 5, 101))
    loss = (curvatures[0] * w1**2 + curvatures[1] * w2**2) / 2
    for ax, (title, path) in zip(figure.subplots(1, len(paths), sharey=True), paths.items(), strict=True):
        ax.contour(w1, w2, loss, levels=[1, 5, 15, 30, 50], colors="#bbbbbb", linewidths=0.9)
        ax.plot(*path[: steps + 1].T, color=BLUE, ls="-", lw=1.0, marker="o", markevery=1, ms=3.5)
        ax.plot(*path[0], marker="s", color=ORANGE, ms=7, zorder=4, markevery=1)
        ax.plot(0, 0, marker="*", color=INK, ms=11, ls="", markevery=1)
        ax.set(title=title, xlabel=_("weight w₁"), xlim=(-11, 11), ylim=(-5, 5))
        ax.grid(False)
    figure.axes[0].set_ylabel(_("weight w₂"))
    return figure


def training_curves(curves, best=False, ylabel=None):
    """Loss over the epochs: `curves` from a label to a list; `best` marks the lowest point of the last one."""
    figure = figures.figure(6.6, 3.2)
    ax = figure.add_subplot()
    for label, values in curves.items():
        ax.plot(np.arange(1, len(values) + 1), values, label=label)
    if best:
        values = np.asarray(values)
        epoch = values.argmin()
        ax.axvline(epoch + 1, color=SOFT, lw=1, ls=":")
        text = _("lowest: epoch {epoch}").format(epoch=epoch + 1)
        ax.annotate(text, (epoch + 1, 0.93), (6, 0), ("data", "axes fraction"), "offset points", fontsize=9, color=SOFT)
    ax.set(xlabel=_("epoch"), ylabel=ylabel or _("loss"), ylim=(0, None))
    ax.legend()
    return figure


def dropout():
    """The same small network with all its neurons, and in one training step with two of them switched off."""
    figure, ax = canvas(8.2, 3.2, (-0.8, 11.2), (-2.9, 2.5))
    for left, title, off in ((0.0, _("in use: all neurons"), ()), (6.4, _("one training step: some are off"), (1, 3))):
        inputs = [(left, y) for y in (1.2, 0, -1.2)]
        hidden = [(left + 2, y) for y in (2, 1, 0, -1, -2)]
        output = (left + 4, 0)
        ax.text(left + 2, -2.75, title, ha="center", fontsize=11, color=INK)
        for k, there in enumerate(hidden):
            if k not in off:
                for end in [*inputs, output]:
                    ax.plot(*zip(there, end, strict=True), color=SOFT, ls="-", lw=0.9, marker="", zorder=1)
        for at in inputs:
            node(ax, *at, "", radius=0.28, colour=BLUE)
        for k, at in enumerate(hidden):
            node(ax, *at, "✕" if k in off else "", radius=0.28, colour=ORANGE if k in off else GREEN)
        node(ax, *output, "", radius=0.28, colour=INK)
    return figure


def tools(table, parts, rows=700):
    """Tool wear over the parts made: it falls to 0 at each tool change. Whole tools go to one of the `parts`."""
    figure = figures.figure(8.6, 2.9)
    ax = figure.add_subplot()
    wear = table.x[:, table.feature_names.index("tool wear")]
    for number, (label, part) in enumerate(parts.items()):
        for k, tool in enumerate(np.intersect1d(part.groups, table.groups[:rows])):
            at = np.flatnonzero(table.groups == tool)
            at = at[at < rows]
            ax.plot(at + 1, wear[at], color=figures.COLOURS[number], ls="-", marker=figures.MARKERS[number], ms=4,
                    markevery=15, lw=1.6, label=label if k == 0 else None)  # fmt: skip
    failed = np.flatnonzero(table.y[:rows])
    ax.plot(failed + 1, wear[failed], color=INK, marker="X", ls="", ms=7, markevery=1, label=_("failure"))
    ax.set(xlabel=_("part number"), ylabel=_("tool wear [min]"), xlim=(0, rows), ylim=(0, 330))
    ax.legend(ncols=len(parts) + 1, loc="upper left")
    return figure


def confusion(table, prices=None):
    """The four outcomes: `table` is ((right rejections, false alarms), (missed, found)), counts of parts."""
    figure, ax = canvas(5.6, 2.9, (-2.9, 4.4), (-2.1, 1.75))
    names = ((_("left alone, rightly"), _("false alarm")), (_("missed failure"), _("found failure")))
    for row, y in enumerate((0.7, -0.9)):
        ax.text(-0.2, y, (_("healthy"), _("failure"))[row], ha="right", va="center", fontsize=11, color=INK)
        for column, x in enumerate((1.1, 3.3)):
            good = row == column
            box(ax, x, y, f"{table[row][column]:,}", width=2.0, height=1.3, colour=GREEN if good else ORANGE, size=15)
            ax.text(x, y - 0.45, names[row][column], ha="center", va="center", fontsize=9, color=SOFT, zorder=5)
    for x, text in ((1.1, _("says healthy")), (3.3, _("says failure"))):
        ax.text(x, 1.55, text, ha="center", va="center", fontsize=11, color=INK)
    ax.text(-2.8, -0.1, _("really"), ha="left", va="center", fontsize=11, color=SOFT)
    if prices:
        missed, alarm = prices
        cost = table[1][0] * missed + table[0][1] * alarm
        ax.text(2.2, -1.95, _("cost: {cost:,} EUR").format(cost=cost), ha="center", va="center", fontsize=11, color=INK)
    return figure


def precision_recall(curves, share):
    """Precision over recall: `curves` from a label to (recall, precision); `share` of positives as a line."""
    figure = figures.figure(5.6, 3.6)
    ax = figure.add_subplot()
    for label, (recall, precision) in curves.items():
        ax.plot(recall, precision, label=label, drawstyle="steps-post")
    ax.axhline(share, color=SOFT, ls=":", lw=1.2)
    ax.text(0.02, share + 0.02, _("alarm by chance"), color=SOFT, fontsize=9)
    ax.set(xlabel=_("recall: share of the failures found"), ylabel=_("precision: share of right alarms"))
    ax.set(xlim=(0, 1.02), ylim=(0, 1.03))
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.1))
    return figure


def cost_curve(thresholds, costs, marks):
    """Cost over the threshold; `marks` from a label to a threshold."""
    figure = figures.figure(6.6, 3.2)
    ax = figure.add_subplot()
    ax.plot(thresholds, np.asarray(costs) / 1000, marker="")
    for k, (label, at) in enumerate(marks.items()):
        cost = np.interp(at, thresholds, costs) / 1000
        ax.plot(at, cost, color=figures.COLOURS[k + 1], marker=figures.MARKERS[k + 1], ls="", ms=9, label=label,
                markevery=1, zorder=4)  # fmt: skip
    ax.set(
        xscale="log", xlabel=_("threshold: alarm above this probability"), ylabel=_("cost [1000 EUR]"), ylim=(0, None)
    )
    ax.legend()
    return figure


def failure_maps(maps, speeds, torques, table, limits):
    """Alarm regions over speed and torque, one picture for each model, with the true limits of the power [W]."""
    figure = figures.figure(8.6, 3.4)
    speed, torque = (table.x[:, table.feature_names.index(name)] for name in ("rotational speed", "torque"))
    failed = table.y == 1
    for ax, (title, alarm) in zip(figure.subplots(1, len(maps), sharey=True), maps.items(), strict=True):
        ax.contourf(speeds, torques, alarm, levels=[-0.5, 0.5, 1.5], colors=["white", "#f6d9b8"])
        ax.plot(speed[~failed], torque[~failed], ".", color=BLUE, ms=1.5, ls="", markevery=4, alpha=0.5)
        ax.plot(speed[failed], torque[failed], color=ORANGE, marker="X", ms=5, ls="", markevery=1)
        for watts in limits:
            ax.plot(speeds, watts / (speeds * 2 * np.pi / 60), color=INK, ls="--", lw=1.3, marker="")
        ax.set(title=title, xlabel=_("rotational speed [rpm]"), xlim=(speeds[0], speeds[-1]))
        ax.set_ylim(torques[0], torques[-1])
    figure.axes[0].set_ylabel(_("torque [Nm]"))
    return figure


def surprise():
    """Cross-entropy and squared error of one defective part over the predicted probability."""
    figure = figures.figure(6.4, 3.2)
    ax = figure.add_subplot()
    p = np.linspace(0.006, 1, 400)
    ax.plot(p, -np.log(p), color=BLUE, ls="-", marker="", label=_("cross-entropy  −log p"))
    ax.plot(p, (p - 1) ** 2, color=ORANGE, ls="--", marker="", label=_("squared error  (p − 1)²"))
    for at in (0.1, 0.5, 0.9):
        ax.scatter(at, -np.log(at), color=BLUE, zorder=3)
        ax.text(at + 0.015, -np.log(at) + 0.2, f"{-np.log(at):.2f}", color=BLUE)
    ax.set(xlabel=_("predicted probability p of the truth"), ylabel=_("loss of this part"), xlim=(0, 1), ylim=(0, 5))
    ax.legend()
    return figure


def loss_slopes():
    """Slope of cross-entropy and squared error with respect to the logit, for a defective part."""
    figure = figures.figure(6.4, 3.2)
    ax = figure.add_subplot()
    z = np.linspace(-10, 5, 301)
    p = nn.sigmoid(z)
    ax.plot(z, p - 1, color=BLUE, ls="-", marker="")
    ax.plot(z, 2 * (p - 1) * p * (1 - p), color=ORANGE, ls="--", marker="")
    ax.text(-9.8, -0.93, _("cross-entropy: p − 1"), color=BLUE)
    ax.text(-9.8, -0.12, _("squared error: 2 (p − 1) p (1 − p)"), color=ORANGE)
    ax.text(-9.8, -0.5, _("surely wrong"), color=SOFT)
    ax.text(4.8, -0.3, _("surely right"), color=SOFT, ha="right")
    ax.set(xlabel=_("logit z (the truth is 1)"), ylabel=_("slope ∂L/∂z"), xlim=(-10, 5), ylim=(-1.1, 0.1))
    return figure


def cost_curves(defective, p, c_false, c_miss):
    """Cost per 1000 parts over the threshold, one curve for each cost of a missed defect; t* is marked."""
    figure = figures.figure(6.8, 3.4)
    ax = figure.add_subplot()
    thresholds = np.linspace(0, 1, 201)

    def cost(t, miss):
        stopped = p >= t
        return 1000 * np.mean(c_false * (stopped & ~defective) + miss * (~stopped & defective))

    for miss, colour, line in zip(c_miss, (BLUE, ORANGE, GREEN), ("-", "--", "-."), strict=False):
        label = _("missed defect {miss} EUR, false stop {false} EUR").format(miss=miss, false=c_false)
        ax.plot(thresholds, [cost(t, miss) for t in thresholds], color=colour, ls=line, marker="", label=label)
        best = c_false / (c_false + miss)
        below = (4, -16) if cost(best, miss) > 2000 else (4, 8)
        ax.scatter(best, cost(best, miss), color=colour, s=50, zorder=3)
        ax.annotate(f"t* = {best:.2f}", (best, cost(best, miss)), below, textcoords="offset points", color=colour)
    ax.set(xlabel=_("threshold: stop a part from this probability on"), ylabel=_("cost [EUR per 1000 parts]"),
           xlim=(0, 1), ylim=(0, 10_000))  # fmt: skip
    ax.legend(loc="upper right")
    return figure


def computational_graph():
    """L = (w x + b - t)^2 as boxes: values forward above the arrows, slopes backward below them."""
    figure, ax = canvas(8.6, 3.3, (-0.6, 11.0), (-2.35, 2.1))
    inputs = (("x", 1.2, "2", "−0.9"), ("w", -1.2, "0.5", "−3.6"))
    for name, y, value, slope in inputs:
        node(ax, 0, y, name, radius=0.4)
        _edge(ax, (0.4, 0.9 * y), (2.55, 0.2 * y), value, slope)
    box(ax, 3.1, 0, "×", width=1.0, height=0.9, colour=BLUE, size=16)
    _edge(ax, (3.65, 0), (5.45, 0), "1", "−1.8")
    box(ax, 6.0, 0, "+", width=1.0, height=0.9, colour=BLUE, size=16)
    node(ax, 6.0, -1.85, "b", radius=0.4)
    _edge(ax, (6.0, -1.42), (6.0, -0.5), "0.1", "−1.8", beside=True)
    _edge(ax, (6.55, 0), (8.15, 0), "y = 1.1", "−1.8")
    box(ax, 8.9, 0, "(y − t)²", width=1.4, height=0.9, colour=BLUE, size=12)
    _edge(ax, (9.65, 0), (10.9, 0), "L = 0.81", "1")
    ax.text(4.6, 1.75, _("black: values, forward"), ha="left", color=INK, fontsize=11)
    ax.text(4.6, 1.3, _("orange: slopes ∂L/∂..., backward"), ha="left", color=ORANGE, fontsize=11)
    return figure


def _edge(ax, start, end, value, slope, beside=False):
    """An arrow of a computational graph: the value above (or left), the slope that comes back below (or right)."""
    arrow(ax, start, end)
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    dx, dy = (0.4, 0) if beside else (0, 0.27)
    tilt = 0.15 * np.sign(end[1] - start[1]) if not beside and start[1] != end[1] else 0
    ax.text(x - dx - tilt, y + dy + abs(tilt), value, ha="center", va="center", fontsize=11, color=INK)
    ax.text(x + dx + tilt, y - dy - abs(tilt), slope, ha="center", va="center", fontsize=11, color=ORANGE)


def gradient_sizes(sizes):
    """Size of the weights' gradient in each layer of a deep network; `sizes`: activation -> one number a layer."""
    figure = figures.figure(6.8, 3.3)
    ax = figure.add_subplot()
    for activation, size in sizes.items():
        ax.semilogy(np.arange(1, len(size) + 1), size, label=activation, markevery=1)
    ax.set(xlabel=_("layer (1: at the input)"), ylabel=_("gradient, root mean square"), xticks=[1, 5, 10, 15, 20])
    ax.legend()
    return figure
