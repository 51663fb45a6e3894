"""The drawn diagrams of the chapter on texts: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures
from course_lib.drawings import BLUE, GREEN, INK, ORANGE, SOFT, arrow, box, canvas
from course_lib.language import _

PALE, WARM = "#e8f1f8", "#fbe9dc"


def cells(ax, x, y, values, chosen=None, size=0.62, colour=BLUE, fill=PALE):
    """A table of `values` (rows, columns), its upper left corner at (x, y); the row `chosen` is marked."""
    from matplotlib.patches import Rectangle

    for r, row in enumerate(values):
        for c, value in enumerate(row):
            marked = r == chosen
            ax.add_patch(
                Rectangle(
                    (x + c * size, y - (r + 1) * size),
                    size,
                    size,
                    facecolor=fill if marked else "white",
                    edgecolor=colour if marked else SOFT,
                    lw=1.8 if marked else 0.9,
                    zorder=3 if marked else 2,
                )
            )
            middle = x + (c + 0.5) * size, y - (r + 0.5) * size
            ax.text(*middle, f"{value:g}", ha="center", va="center", fontsize=10, color=INK, zorder=4)


def one_hot_product(W, token, words):
    """A one-hot row times W (V, E): the product picks one row, the vector of the word."""
    W = np.asarray(W, float)
    V, E = W.shape
    figure, ax = canvas(7.6, 2.5, (-0.6, 11.0), (-2.0, 1.9))
    size, top = 0.62, 1.2
    row = np.zeros(V)
    row[token] = 1
    cells(ax, 0, top, [row], colour=ORANGE, fill=WARM, chosen=0)
    ax.text(V * size / 2, top + 0.3, _("one-hot row"), ha="center", fontsize=10, color=INK)
    ax.text(V * size + 0.4, top - size / 2, "·", ha="center", va="center", fontsize=20, color=INK)
    x = V * size + 2.1
    cells(ax, x, top, W, chosen=token)
    ax.text(x + E * size / 2, top + 0.3, "W", ha="center", fontsize=12, color=INK)
    for r, word in enumerate(words):
        ax.text(x - 0.15, top - (r + 0.5) * size, word, ha="right", va="center", fontsize=9, color=SOFT)
    ax.text(x + E * size + 0.5, top - size / 2, "=", ha="center", va="center", fontsize=16, color=INK)
    end = x + E * size + 1.0
    cells(ax, end, top, W[[token]], chosen=0, colour=GREEN, fill="#e3f4ee")
    ax.text(end + E * size / 2, top + 0.3, _("the row of the word"), ha="center", fontsize=10, color=INK)
    return figure


def attention_scheme():
    """Attention for one query: products with the keys, softmax, and the mean of the values with these weights."""
    figure, ax = canvas(8.8, 3.6, (-2.0, 12.6), (-2.9, 2.8))
    words, weights = (_("pump"), _("is"), _("leaking")), (0.25, 0.05, 0.70)
    box(ax, -1.1, 0.4, _("query q"), width=1.5, height=0.8, colour=ORANGE, fill=WARM)
    arrow(ax, (-0.33, 0.4), (0.3, 0.4), colour=ORANGE)
    box(ax, 4.5, 2.2, _("softmax"), width=8.2, height=0.7, colour=SOFT)
    for n, (word, weight) in enumerate(zip(words, weights, strict=True)):
        x = 1.8 + 2.7 * n
        ax.text(x, -2.55, word, ha="center", va="center", fontsize=11, color=INK)
        box(ax, x - 0.6, -1.4, f"$k_{n + 1}$", width=0.95, height=0.7, colour=BLUE, fill=PALE, size=13)
        box(ax, x + 0.6, -1.4, f"$v_{n + 1}$", width=0.95, height=0.7, colour=GREEN, fill="#e3f4ee", size=13)
        arrow(ax, (x, -2.3), (x - 0.5, -1.8))
        arrow(ax, (x, -2.3), (x + 0.5, -1.8))
        arrow(ax, (x - 0.6, -1.0), (x - 0.6, 0.1))
        ax.text(x - 0.6, 0.4, f"$q\\,k_{n + 1} / \\sqrt{{d}}$", ha="center", va="center", fontsize=11, color=INK)
        arrow(ax, (x - 0.6, 0.72), (x - 0.6, 1.82))
        arrow(ax, (x + 0.6, 1.82), (x + 0.6, -1.0), colour=ORANGE, lw=1 + 5 * weight)
        ax.text(x + 0.75, 0.4, f"{weight:.2f}", ha="left", va="center", fontsize=11, color=ORANGE)
    box(ax, 11.1, -1.4, _("answer y"), width=2.1, height=0.95, colour=GREEN, fill="#e3f4ee")
    ax.text(
        11.1,
        0.35,
        "$0.25\\,v_1$\n$+\\;0.05\\,v_2$\n$+\\;0.70\\,v_3$",
        ha="center",
        va="center",
        fontsize=11,
        color=INK,
    )
    arrow(ax, (11.1, -0.45), (11.1, -0.9), colour=GREEN)
    arrow(ax, (8.4, -1.4), (10.0, -1.4), colour=GREEN)
    return figure


def weights_on_words(texts, weights, labels):
    """Texts as lists of words, each word in a box that is the darker the larger its weight (0 ... 1)."""
    from matplotlib.colors import to_rgb

    longest = max(map(len, texts))
    figure, ax = canvas(8.8, 0.62 * len(texts) + 0.25, (-2.2, 1.55 * longest), (-len(texts) + 0.35, 0.6))
    ax.set_aspect("auto")
    strong = np.array(to_rgb(ORANGE))
    for r, (words, row, label) in enumerate(zip(texts, weights, labels, strict=True)):
        ax.text(-0.75, -r, label, ha="right", va="center", fontsize=10, color=SOFT)
        for c, (word, weight) in enumerate(zip(words, row, strict=True)):
            fill = 1 - 0.8 * float(weight) * (1 - strong)
            size = 8.5 if len(word) < 10 else 7.5
            box(ax, 1.55 * c, -r, f"{word}\n{weight:.2f}", width=1.4, height=0.74, colour=SOFT, fill=fill, size=size)
    return figure


def accuracy_by_kind(results, kinds):
    """Bars: one group for each kind of text, one bar for each model; `results` from a model to values (kinds)."""
    figure = figures.figure(7.4, 3.3)
    ax = figure.add_subplot()
    width = 0.8 / len(results)
    hatches = ("", "//", "..", "xx", "--")
    for n, (label, values) in enumerate(results.items()):
        places = np.arange(len(kinds)) + (n - (len(results) - 1) / 2) * width
        bars = ax.bar(
            places,
            100 * np.asarray(values),
            width * 0.92,
            label=label,
            color=figures.COLOURS[n],
            hatch=hatches[n % len(hatches)],
            edgecolor="white",
        )
        ax.bar_label(bars, [f"{100 * v:.0f}" for v in values], fontsize=8, padding=1)
    ax.set_xticks(np.arange(len(kinds)), kinds)
    ax.set(ylabel=_("right answers [%]"), ylim=(0, 112))
    ax.legend(ncols=len(results), loc="upper center", bbox_to_anchor=(0.5, -0.1), frameon=False, fontsize=9)
    return figure


def accuracy_over_texts(sizes, curves, title=None, ax=None, legend=True):
    """Right answers over the number of training texts; `curves` from a model to its values (sizes, starts)."""
    figure = figures.figure(6.8, 3.3) if ax is None else ax.figure
    ax = figure.add_subplot() if ax is None else ax
    for label, values in curves.items():
        values = 100 * np.asarray(values, float)
        (line,) = ax.plot(sizes, values.mean(axis=1), label=label, markevery=1)
        ax.fill_between(sizes, values.min(axis=1), values.max(axis=1), color=line.get_color(), alpha=0.15, lw=0)
    ax.set(xscale="log", xlabel=_("training texts"), ylabel=_("right answers [%]"), title=title or "")
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes], rotation=45)
    ax.minorticks_off()
    if legend:
        ax.legend()
    return figure


def two_learning_curves(left, right, titles):
    """Two sets of `accuracy_over_texts` side by side, each a pair (sizes, curves)."""
    figure = figures.figure(8.8, 3.6)
    for n, (ax, (sizes, curves), title) in enumerate(
        zip(figure.subplots(1, 2, sharey=True), (left, right), titles, strict=True)
    ):
        accuracy_over_texts(sizes, curves, title, ax, legend=n == 0)
    figure.axes[1].set_ylabel("")
    return figure


def accuracy_over_typos(shares, curves):
    """Right answers over the share of words with a typing error; `curves` from a model to its values."""
    figure = figures.figure(6.4, 3.0)
    ax = figure.add_subplot()
    for label, values in curves.items():
        ax.plot(100 * np.asarray(shares), 100 * np.asarray(values), label=label, markevery=1)
    ax.set(xlabel=_("words of four letters and more that are typed wrongly [%]"), ylabel=_("right answers [%]"))
    ax.legend()
    return figure
