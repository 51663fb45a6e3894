"""The drawn diagrams of the chapters: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures, nn
from course_lib.language import _

INK, SOFT = "#222222", "#666666"
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"


def _canvas(width, height, x, y):
    figure = figures.figure(width, height)
    ax = figure.add_subplot()
    ax.set(xlim=x, ylim=y, aspect="equal")
    ax.axis("off")
    return figure, ax


def _node(ax, x, y, text, radius=0.36, colour=INK, fill="white", size=12):
    from matplotlib.patches import Circle

    ax.add_patch(Circle((x, y), radius, facecolor=fill, edgecolor=colour, lw=1.8, zorder=3))
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=INK, zorder=4)


def _box(ax, x, y, text, width=1.0, height=0.6, colour=INK, fill="white", size=11):
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


def _arrow(ax, start, end, text="", colour=SOFT, above=0.16, size=11, at=0.5, style="-|>", lw=1.6, dashed=False):
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
    figure, ax = _canvas(7.2, 2.6, (-3.2, 5.2), (-1.6, 1.6))
    for i, (name, weight) in enumerate(zip(inputs, weights, strict=True)):
        y = 0.85 * (n - 1) - 1.7 * i if n > 1 else 0.0
        ax.text(-1.5, y, name, ha="right", va="center", fontsize=12, color=INK)
        _arrow(ax, (-1.4, y), (0.6, 0.25 * np.sign(y)), weight, colour=BLUE, above=0.22)
    ax.text(1.0, 1.25, _("bias b"), ha="center", fontsize=12, color=INK)
    _arrow(ax, (1.0, 1.15), (1.0, 0.42), colour=BLUE)
    _node(ax, 1.0, 0, "Σ", radius=0.42, colour=BLUE, size=16)
    _arrow(ax, (1.42, 0), (2.58, 0), "z")
    _node(ax, 3.0, 0, "f", radius=0.42, colour=ORANGE, size=15)
    _arrow(ax, (3.42, 0), (4.55, 0), "y = f(z)")
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
    figure, ax = _canvas(min(9.0, 1.15 * width * len(steps)), 1.7, (-1, width * (len(steps) - 1) + 1), (-0.8, 0.8))
    for i, text in enumerate(steps):
        _box(ax, width * i, 0, text, width=1.15)
        if i:
            _arrow(
                ax, (width * (i - 1) + 0.6, 0), (width * i - 0.6, 0), below[i - 1] if below else "", above=-0.3, size=10
            )
    return figure


def learning_loop():
    """Forward, loss, backward, step: the loop that every training runs."""
    figure, ax = _canvas(8.2, 2.9, (-1.2, 9.5), (-2.1, 1.5))
    texts = ((_("data"), INK), (_("network\n(weights)"), BLUE), (_("prediction"), INK), (_("loss"), ORANGE))
    for i, (text, colour) in enumerate(texts):
        _box(ax, 2.75 * i, 0.6, text, width=1.7, height=0.9, colour=colour)
        if i:
            _arrow(ax, (2.75 * (i - 1) + 0.9, 0.6), (2.75 * i - 0.9, 0.6))
    ax.text(2.75, 1.3, _("1  forward propagation"), ha="center", color=BLUE, fontsize=11)
    ax.text(8.25, 1.3, _("2  how wrong?"), ha="center", color=ORANGE, fontsize=11)
    _box(ax, 5.5, -1.3, _("gradients"), width=1.7, height=0.7, colour=GREEN)
    for xs, ys in (((8.25, 8.25, 7.0), (0.12, -1.3, -1.3)), ((4.6, 2.75, 2.75), (-1.3, -1.3, -0.4))):
        ax.plot(xs, ys, color=GREEN, lw=1.6, ls="-", marker="", zorder=1)
    _arrow(ax, (7.2, -1.3), (6.4, -1.3), colour=GREEN)
    _arrow(ax, (2.75, -0.6), (2.75, 0.12), colour=GREEN)
    ax.text(7.5, -1.75, _("3  backpropagation"), ha="center", va="center", color=GREEN, fontsize=11)
    ax.text(3.0, -1.75, _("4  optimizer: a small step"), ha="center", va="center", color=GREEN, fontsize=11)
    return figure


def nested():
    """Deep learning inside machine learning inside artificial intelligence."""
    figure, ax = _canvas(8.0, 2.9, (0, 10.4), (0, 3.7))
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
