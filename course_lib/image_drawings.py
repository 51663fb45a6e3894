"""The drawn diagrams of the chapters on images: each function returns a matplotlib figure for `figures.show`."""

import numpy as np

from course_lib import figures
from course_lib.language import _

INK, BLUE, ORANGE = "#222222", "#0072B2", "#D55E00"
GREY, SIGNED = "gray", "PuOr_r"  # pictures; numbers with a sign, orange above 0


def _numbers(ax, values, title, marked=(), colour=ORANGE, text="{:g}"):
    """A table of numbers as squares; the cells in `marked` (row, column, rows, columns) get a frame."""
    from matplotlib.patches import Rectangle

    rows, columns = values.shape
    ax.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05), aspect="equal", title=title)
    ax.axis("off")
    for i in range(rows):
        for j in range(columns):
            ax.add_patch(Rectangle((j, i), 1, 1, facecolor="white", edgecolor="#bbbbbb", lw=0.8))
            ax.text(j + 0.5, i + 0.5, text.format(values[i, j]), ha="center", va="center", fontsize=10, color=INK)
    for i, j, height, width in marked:
        ax.add_patch(Rectangle((j, i), width, height, facecolor="none", edgecolor=colour, lw=2.6, zorder=4))


def window_sum(image, kernel, output, at):
    """One place of the window: image, kernel, and the output with the number that belongs to this place."""
    figure = figures.figure(8.4, 3.0)
    axes = figure.subplots(1, 3, width_ratios=[image.shape[1], kernel.shape[1] + 0.6, output.shape[1]])
    _numbers(axes[0], image, _("image x"), [(*at, *kernel.shape)])
    _numbers(axes[1], kernel, _("kernel W"), [(0, 0, *kernel.shape)], colour=BLUE)
    _numbers(axes[2], output, _("output y"), [(*at, 1, 1)])
    return figure


def pictures(rows, titles, labels=(), signed_from=1):
    """Rows of pictures under common titles; from column `signed_from` on, orange is positive and blue negative."""
    count = len(rows[0])
    figure = figures.figure(1.55 * count + 0.4, 1.62 * len(rows) + 0.3)
    axes = figure.subplots(len(rows), count, squeeze=False)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            ax = axes[i, j]
            if j < signed_from:
                ax.imshow(picture, cmap=GREY, vmin=0, vmax=1)
            else:
                most = max(np.abs(picture).max(), 1e-9)
                ax.imshow(picture, cmap=SIGNED, vmin=-most, vmax=most)
            ax.set(xticks=[], yticks=[])
            ax.grid(False)
            if i == 0:
                ax.set_title(titles[j], fontsize=10)
            if j == 0 and labels:
                ax.set_ylabel(labels[i], fontsize=10)
    return figure


def patches_as_rows(image, kernel_size):
    """The windows of a small image, laid in rows: the matrix that is multiplied with the kernel."""
    k = kernel_size
    size = image.shape[0] - k + 1
    rows = np.array([image[i : i + k, j : j + k].ravel() for i in range(size) for j in range(size)])
    figure = figures.figure(7.0, 0.36 * len(rows) + 0.7)
    left, right = figure.subplots(1, 2, width_ratios=[image.shape[1], rows.shape[1] + 1])
    _numbers(left, image, _("image: first and last window"), [(0, 0, k, k)])
    _numbers(left, image, _("image: first and last window"), [(size - 1, size - 1, k, k)], colour=BLUE)
    with_one = np.hstack([rows, np.ones((len(rows), 1))])
    _numbers(right, with_one, _("every window is a row; the 1 is for the bias"), [(0, 0, 1, rows.shape[1])])
    _numbers(right, with_one, _("every window is a row; the 1 is for the bias"),
             [(len(rows) - 1, 0, 1, rows.shape[1])], colour=BLUE)  # fmt: skip
    return figure


def pooled(image, maxima, means, gradients):
    """A small image, its maximum and average pooling, and where the gradients of both go."""
    figure = figures.figure(9.6, 4.2)
    top, bottom = figure.subplots(2, 3, width_ratios=[4, 2.6, 4])
    for axes, name, values, gradient in (
        (top, _("largest value"), maxima, gradients[0]),
        (bottom, _("mean"), means, gradients[1]),
    ):
        _numbers(axes[0], image, _("x"), [(0, 0, 2, 2)])
        _numbers(axes[1], values, name, [(0, 0, 1, 1)])
        _numbers(axes[2], gradient, _("gradient that x gets, if dy = 1"), [(0, 0, 2, 2)])
    return figure


def gallery(images, titles, columns=5, size=1.5):
    """Grey pictures (N, H, W) in rows, each under its title."""
    rows = -(-len(images) // columns)
    figure = figures.figure(size * columns + 0.3, (size + 0.32) * rows)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes:
        ax.axis("off")
    for ax, image, title in zip(axes, images, titles, strict=False):
        ax.imshow(image, cmap=GREY, vmin=0, vmax=1)
        ax.set_title(title, fontsize=9)
    return figure


def confusion_matrix(matrix, names):
    """How often each true class (row) got each answer (column), with the numbers; right answers on the diagonal."""
    figure = figures.figure(7.0, 5.6)
    ax = figure.add_subplot()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(matrix):
        if count:
            ax.text(
                j, i, f"{count}", ha="center", va="center", fontsize=8, color="white" if shares[i, j] > 0.5 else INK
            )
    ticks = np.arange(len(names))
    ax.set(xticks=ticks, yticks=ticks, xlabel=_("answer of the network"), ylabel=_("true class"))
    ax.set_xticklabels(names, rotation=40, ha="right", fontsize=9)
    ax.set_yticklabels(names, fontsize=9)
    ax.grid(False)
    return figure


def feature_maps(image, kernels, maps):
    """A picture, some kernels (kh, kw, F) of the first layer, and below each what it answers, (H, W, F)."""
    count = kernels.shape[-1]
    figure = figures.figure(1.25 * (count + 1) + 0.3, 2.9)
    axes = figure.subplots(2, count + 1)
    for ax in axes.ravel():
        ax.axis("off")
    axes[1, 0].imshow(image, cmap=GREY, vmin=0, vmax=1)
    axes[1, 0].set_title(_("picture"), fontsize=9)
    most = np.abs(kernels).max()
    for k in range(count):
        axes[0, k + 1].imshow(kernels[..., k], cmap=SIGNED, vmin=-most, vmax=most)
        axes[0, k + 1].set_title(_("kernel {k}").format(k=k), fontsize=9)
        axes[1, k + 1].imshow(maps[..., k], cmap=GREY)
    return figure


def occlusion(images, drops, titles):
    """Pictures, and below each how much the score drops where it is covered: dark orange where it matters."""
    count = len(images)
    figure = figures.figure(1.7 * count + 0.9, 3.7)
    axes = figure.subplots(2, count, squeeze=False)
    most = max(np.abs(drop).max() for drop in drops)
    for k in range(count):
        axes[0, k].imshow(images[k], cmap=GREY, vmin=0, vmax=1)
        axes[0, k].set_title(titles[k], fontsize=9)
        shown = axes[1, k].imshow(drops[k], cmap=SIGNED, vmin=-most, vmax=most)
        for ax in axes[:, k]:
            ax.set(xticks=[], yticks=[])
            ax.grid(False)
    figure.colorbar(shown, ax=axes[1, :].tolist(), label=_("drop of the share"), shrink=0.9)
    return figure


def full_runs(histories):
    """Validation accuracy over the epochs: `histories` from a label to a list with one entry for each epoch."""
    figure = figures.figure(6.6, 3.2)
    ax = figure.add_subplot()
    for label, values in histories.items():
        ax.plot(np.arange(1, len(values) + 1), 100 * np.asarray(values), label=label)
    ax.set(xlabel=_("epoch"), ylabel=_("validation accuracy [%]"))
    ax.legend()
    return figure
