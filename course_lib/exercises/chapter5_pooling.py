"""The exercises of chapter 5 on max pooling, forward and backward."""

import numpy as np

from course_lib import nn
from course_lib.exercises.adapt import first_of_pair
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def max_pool(x, pool_size):
    """The largest value of windows that lie side by side: x (N, H, W, C) -> (N, H // p, W // p, C)."""
    height, width = x.shape[1] // pool_size, x.shape[2] // pool_size
    y = np.zeros((len(x), height, width, x.shape[3]))
    for i in range(height):
        for j in range(width):
            window = x[:, i * pool_size : (i + 1) * pool_size, j * pool_size : (j + 1) * pool_size]
            y[:, i, j] = window.max(axis=(1, 2))
    return y


def pool_with(function):
    """A wrong max_pool: another function of the windows (N, p, p, C)."""

    def wrong(x, pool_size):
        p = pool_size
        return np.stack(
            [
                np.stack([function(x[:, i : i + p, j : j + p]) for j in range(0, x.shape[2] - p + 1, p)], axis=1)
                for i in range(0, x.shape[1] - p + 1, p)
            ],
            axis=1,
        )

    return wrong


def pool_cases(rng):
    yield np.array([[1.0, 3, 2, 0], [7, 4, 2, 2], [0, 1, 5, 5], [2, 1, 5, 5]])[None, :, :, None], 2
    yield rng.normal(size=(1, 2, 2, 1)).round(1) - 3, 2
    yield rng.normal(size=(2, 4, 6, 3)).round(1), 2
    yield rng.normal(size=(3, 7, 5, 2)), 2
    yield rng.normal(size=(2, 7, 8, 2)), 3
    yield rng.normal(size=(4, 9, 6, 3)).T, 3
    yield rng.normal(size=(2, 3, 2, 1)), 1


def pool_naive(places=lambda n, p: n // p, begin=lambda i, p: i * p, size=lambda p: p, take=np.max):
    """A wrong max_pool: another number of places, another begin or another size of the window.

    Here and below `take` is what is taken of a window: np.mean makes a wrong average_pool of it.
    """

    def wrong(x, pool_size):
        p = pool_size
        y = np.zeros((len(x), places(x.shape[1], p), places(x.shape[2], p), x.shape[3]))
        for i in range(x.shape[1] // p):
            for j in range(x.shape[2] // p):
                rows, columns = begin(i, p), begin(j, p)
                y[:, i, j] = take(x[:, rows : rows + size(p), columns : columns + size(p)], axis=(1, 2))
        return y

    return wrong


def pool_counted_in_pixels(x, pool_size, take=np.max):
    """A wrong max_pool: i counts pixels and is used as the place in the result too."""
    p = pool_size
    y = np.zeros((len(x), x.shape[1] // p, x.shape[2] // p, x.shape[3]))
    for i in range(0, x.shape[1], p):
        for j in range(0, x.shape[2], p):
            y[:, i, j] = take(x[:, i : i + p, j : j + p], axis=(1, 2))
    return y


def pool_without_cutting(x, pool_size, take=np.max):
    (n, height, width, c), p = x.shape, pool_size
    return take(x.reshape(n, height // p, p, width // p, p, c), axis=(2, 4))


def pool_list_reshaped(x, pool_size, pool=max_pool):
    y = pool(x, pool_size)
    return y.transpose(1, 2, 0, 3).reshape(y.shape)


def pool_channels_first(x, pool_size, take=np.max):
    (n, c, height, width), p = x.shape, pool_size
    y = np.zeros((n, c, height // p, width // p))
    for i in range(height // p):
        for j in range(width // p):
            y[:, :, i, j] = take(x[:, :, i * p : (i + 1) * p, j * p : (j + 1) * p], axis=(2, 3))
    return y


def pool_axes(shape, axes, take=np.max):
    """A wrong max_pool: the cut images reshaped to shape(n, h, w, p, c), with the largest over axes."""

    def wrong(x, pool_size):
        n, h, w, c = len(x), x.shape[1] // pool_size, x.shape[2] // pool_size, x.shape[3]
        cut = x[:, : h * pool_size, : w * pool_size]
        return take(cut.reshape(shape(n, h, w, pool_size, c)), axis=axes)

    return wrong


def pool_window_axes(x, pool_size, take=np.max):
    windows = np.lib.stride_tricks.sliding_window_view(x, (pool_size, pool_size), axis=(1, 2))
    return take(windows[:, ::pool_size, ::pool_size], axis=(3, 4))


MAX_POOL = Exercise(
    name="max_pool",
    chapter=5,
    title=_("Max pooling"),
    statement=_(
        "Return the largest value of each window of `pool_size` x `pool_size` pixels. The windows lie side by side; "
        "rows and columns at the end that do not fill a window are left out. `x` (N, H, W, C), the result "
        "(N, H // pool_size, W // pool_size, C): each channel by itself. "
        "On paper: the window [[1, 3], [7, 4]] gives 7."
    ),
    reference=max_pool,
    cases=pool_cases,
    outputs=("y",),
    adapt=first_of_pair,
    solution_note=_("`nn.max_pool2d_forward(x, pool_size)` does the same for any window, stride and padding."),
    misconceptions=[
        Misconception(
            "mean",
            pool_with(lambda w: w.mean(axis=(1, 2))),
            _("You took the mean of the window, not its largest value."),
        ),
        Misconception(
            "sum", pool_with(lambda w: w.sum(axis=(1, 2))), _("You added the window up. Its largest value is asked.")
        ),
        Misconception(
            "smallest", pool_with(lambda w: w.min(axis=(1, 2))), _("You took the smallest value of the window.")
        ),
        Misconception(
            "largest_amount",
            pool_with(lambda w: np.abs(w).max(axis=(1, 2))),
            _("You took the largest amount. A negative value is small, however large its amount."),
        ),
        Misconception(
            "never_below_zero",
            pool_with(lambda w: np.maximum(w.max(axis=(1, 2)), 0)),
            _("Where all pixels are negative you return 0. The largest of them is asked: do not begin with 0."),
        ),
        Misconception(
            "stride_one",
            lambda x, pool_size: nn.max_pool2d_forward(x, pool_size, 1)[0],
            _(
                "Your windows overlap: they move by one pixel. They lie side by side, so the next begins pool_size "
                "later."
            ),
        ),
        Misconception(
            "channels_mixed",
            pool_with(lambda w: np.broadcast_to(w.max(axis=(1, 2, 3))[:, None], (len(w), w.shape[3])) + 0),
            _("You took the largest value over all channels. Each channel is pooled by itself."),
        ),
        Misconception(
            "images_mixed",
            pool_with(lambda w: np.broadcast_to(w.max(axis=(0, 1, 2)), (len(w), w.shape[3])) + 0),
            _("You took the largest value over all images of the batch. Each image is pooled by itself."),
        ),
        Misconception(
            "upper_left",
            pool_with(lambda w: w[:, 0, 0]),
            _("You took the upper left pixel of each window. The largest of the window is asked."),
        ),
        Misconception(
            "rest_as_window",
            lambda x, pool_size: nn.max_pool2d_forward(
                np.pad(
                    x,
                    [(0, 0), (0, -x.shape[1] % pool_size), (0, -x.shape[2] % pool_size), (0, 0)],
                    constant_values=-np.inf,
                ),
                pool_size,
            )[0],
            _("The rest at the end became a window of its own. Here what does not fill a window is left out."),
        ),
        Misconception(
            "rows_only",
            pool_with(lambda w: w[:, :, 0].max(axis=1)),
            _("You looked down the first column of the window only. All its pixels count: `axis=(1, 2)`."),
        ),
        Misconception(
            "all_mixed",
            pool_with(lambda w: np.full((len(w), w.shape[3]), w.max())),
            _(
                "You took the largest value over all images and channels: `max` without an axis runs over everything. "
                "Use `axis=(1, 2)`."
            ),
        ),
        Misconception(
            "rest_not_cut",
            pool_without_cutting,
            _(
                "Your way works only where H and W are multiples of pool_size. Cut the rest off first: "
                "`x[:, : H // p * p, : W // p * p]`."
            ),
        ),
        Misconception(
            "place_counted_in_pixels",
            pool_counted_in_pixels,
            _(
                "Your i counts pixels, but the result has one place for each window: let i count the windows, "
                "`range(H // p)`, and begin the window at i * p."
            ),
        ),
        Misconception(
            "begins_at_i",
            pool_naive(begin=lambda i, p: i),
            _("Your result has the right size, but window i begins at row i. It must begin at row i * pool_size."),
        ),
        Misconception(
            "always_two",
            pool_naive(size=lambda p: 2),
            _("Your window always has 2 x 2 pixels. It has pool_size x pool_size."),
        ),
        Misconception(
            "window_one_short",
            pool_naive(size=lambda p: p - 1),
            _(
                "Your window is one row and one column short. The end of a slice does not belong to it, so end at (i + "
                "1) * p."
            ),
        ),
        Misconception(
            "list_out_of_order",
            pool_list_reshaped,
            _(
                "Your list begins with the windows, then come the images: `reshape` does not change this order, so "
                "images are mixed. Write each window to its place, `y[:, i, j] = ...`."
            ),
        ),
        Misconception(
            "channels_first",
            pool_channels_first,
            _("You read the axes as (N, C, H, W). Here, as in Keras, the channels come last: (N, H, W, C)."),
        ),
        Misconception(
            "every_pth_pixel",
            lambda x, pool_size: x[:, ::pool_size, ::pool_size] + 0,
            _("You took every pool_size-th pixel. Look at all pixels of a window and take the largest."),
        ),
        Misconception(
            "rest_of_zeros",
            pool_naive(places=lambda n, p: -(-n // p)),
            _(
                "Your result has a row or column of zeros at the end. What does not fill a window is left out: H // p "
                "places."
            ),
        ),
        Misconception(
            "place_of_the_largest",
            pool_with(lambda w: w.reshape(len(w), -1, w.shape[3]).argmax(axis=1)),
            _("`argmax` gives the place of the largest value. The value itself is asked: `max`."),
        ),
        Misconception(
            "reshaped_into_blocks",
            pool_axes(lambda n, h, w, p, c: (n, h, w, p, p, c), (3, 4)),
            _(
                "`reshape` keeps the reading order, so your blocks are not windows. Split each axis by itself: "
                "(N, H // p, p, W // p, p, C), then the largest over axis=(2, 4)."
            ),
        ),
        Misconception(
            "largest_over_the_places",
            pool_axes(lambda n, h, w, p, c: (n, h, p, w, p, c), (1, 3)),
            _(
                "You took the largest over the windows (axes 1 and 3) instead of over the pixels of a window: after "
                "this `reshape` these are the axes 2 and 4."
            ),
        ),
        Misconception(
            "axes_split_the_wrong_way",
            pool_axes(lambda n, h, w, p, c: (n, p, h, p, w, c), (1, 3)),
            _(
                "You split the rows into (p, H // p): then neighbours are apart. Split into (H // p, p): first which "
                "window, then which pixel in it."
            ),
        ),
        Misconception(
            "axes_of_the_windows",
            pool_window_axes,
            _(
                "`sliding_window_view` puts the axes of the window last: (N, Ho, Wo, C, p, p). Take the largest over "
                "axis=(-2, -1)."
            ),
        ),
    ],
    hints=[
        _("There are H // pool_size rows of windows. Window i begins at row i * pool_size."),
        _("`window.max(axis=(1, 2))` takes the largest over rows and columns, for each image and channel."),
        _("Loop over i and j as in exercise 3, with `window = x[:, i*p : (i+1)*p, j*p : (j+1)*p]`."),
    ],
)


def max_pool_backward(dy, x, pool_size):
    """The gradient of max pooling: the first largest pixel of each window receives dy, the others 0."""
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(dy.shape):
        rows, columns = slice(i * pool_size, (i + 1) * pool_size), slice(j * pool_size, (j + 1) * pool_size)
        window = x[n, rows, columns, c]
        winner = np.unravel_index(window.argmax(), window.shape)  # argmax finds the first in reading order
        dx[n, rows, columns, c][winner] = dy[n, i, j, c]
    return dx


def back_with(share):
    """A wrong max_pool_backward: share(window, dy) returns what each pixel of the window receives."""

    def wrong(dy, x, pool_size):
        dx = np.zeros(x.shape)
        for n, i, j, c in np.ndindex(dy.shape):
            rows, columns = slice(i * pool_size, (i + 1) * pool_size), slice(j * pool_size, (j + 1) * pool_size)
            dx[n, rows, columns, c] = share(x[n, rows, columns, c], dy[n, i, j, c])
        return dx

    return wrong


def one_of(window, place, value):
    out = np.zeros(window.shape)
    out[place] = value
    return out


def last_largest(window):
    return np.unravel_index(window.size - 1 - window[::-1, ::-1].argmax(), window.shape)


def first_in_column_order(window):
    return np.unravel_index(window.T.argmax(), window.shape[::-1])[::-1]


def first_largest(window):
    return np.unravel_index(window.argmax(), window.shape)


def pool_back_cases(rng):
    x = np.array([[1.0, 3, 2, 0], [7, 4, 2, 2], [0, 1, 5, 5], [2, 1, 5, 5]])[None, :, :, None]
    yield np.array([[1.0, 2], [3, 4]])[None, :, :, None], x, 2
    yield np.array([[[[2.0]]]]), np.array([[0.0, 1], [1, 0]])[None, :, :, None], 2  # a tie of (0, 1) and (1, 0)
    yield rng.normal(size=(2, 2, 3, 2)).round(1), rng.integers(-1, 2, (2, 4, 6, 2)).astype(float), 2
    yield rng.normal(size=(1, 3, 2, 1)), rng.normal(size=(1, 7, 5, 1)), 2
    yield rng.normal(size=(3, 2, 2, 2)), rng.normal(size=(2, 7, 6, 3)).T, 3


def pool_back_place_lost(dy, x, pool_size):
    """A wrong max_pool_backward: the place within the window is used as the place in the image."""
    dx, p = np.zeros(x.shape), pool_size
    for n, i, j, c in np.ndindex(dy.shape):
        u, v = first_largest(x[n, i * p : (i + 1) * p, j * p : (j + 1) * p, c])
        dx[n, u, v, c] = dy[n, i, j, c]
    return dx


def pool_back_started_from_x(dy, x, pool_size):
    dx, p = x.copy(), pool_size
    for n, i, j, c in np.ndindex(dy.shape):
        u, v = first_largest(x[n, i * p : (i + 1) * p, j * p : (j + 1) * p, c])
        dx[n, i * p + u, j * p + v, c] = dy[n, i, j, c]
    return dx


def pool_back_masked(largest):
    """A wrong max_pool_backward: a mask of the windows of all images and channels at once."""

    def wrong(dy, x, pool_size):
        dx, p = np.zeros(x.shape), pool_size
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                window = x[:, i * p : (i + 1) * p, j * p : (j + 1) * p]
                dx[:, i * p : (i + 1) * p, j * p : (j + 1) * p] = largest(window, dy[:, i : i + 1, j : j + 1])
        return dx

    return wrong


def pool_back_without_rest(dy, x, pool_size):
    return max_pool_backward(dy, x, pool_size)[:, : dy.shape[1] * pool_size, : dy.shape[2] * pool_size]


def pool_back_begins_at_i(dy, x, pool_size):
    dx, p = np.zeros(x.shape), pool_size
    for n, i, j, c in np.ndindex(dy.shape):
        u, v = first_largest(x[n, i : i + p, j : j + p, c])
        dx[n, i + u, j + v, c] += dy[n, i, j, c]
    return dx


def best_so_far(window, dy):
    """Each pixel that is larger than all before it in reading order keeps dy."""
    before = np.concatenate([[-np.inf], np.maximum.accumulate(window.ravel())[:-1]])
    return dy * (window.ravel() > before).reshape(window.shape)


MAX_POOL_BACKWARD = Exercise(
    name="max_pool_backward",
    chapter=5,
    title=_("Back through max pooling"),
    statement=_(
        "Return dL/dx for max pooling with windows side by side. The pixel that was the largest of its window receives "
        "the whole `dy` of this window, all others 0. **If several are equally large, the first in reading order** "
        "(row by row, from left to right) receives everything. `dy` (N, H // pool_size, W // pool_size, C), `x` (N, H, "
        "W, C); the result has the shape of x."
    ),
    reference=max_pool_backward,
    cases=pool_back_cases,
    outputs=("dx",),
    solution_note=_("`nn.max_pool2d_backward(dy, cache)` does the same without a loop over the pixels."),
    misconceptions=[
        Misconception(
            "all_ties",
            back_with(lambda w, d: d * (w == w.max())),
            _(
                "Where several pixels are equally large you gave dy to each of them, so the gradient counts several "
                "times. Only the first in reading order receives it."
            ),
        ),
        Misconception(
            "ties_shared",
            back_with(lambda w, d: d * (w == w.max()) / np.sum(w == w.max())),
            _("You shared dy among equally large pixels. TensorFlow and this course give all of it to the first one."),
        ),
        Misconception(
            "last_of_ties",
            back_with(lambda w, d: one_of(w, last_largest(w), d)),
            _("Of equally large pixels you chose the last. The first in reading order receives dy."),
        ),
        Misconception(
            "column_order",
            back_with(lambda w, d: one_of(w, first_in_column_order(w), d)),
            _("Of equally large pixels you chose the first column by column. Reading order goes row by row."),
        ),
        Misconception(
            "to_all",
            back_with(lambda w, d: np.full(w.shape, d)),
            _(
                "You gave dy to every pixel of the window. Only the largest decided the output, so only it gets a "
                "gradient."
            ),
        ),
        Misconception(
            "shared_equally",
            back_with(lambda w, d: np.full(w.shape, d / w.size)),
            _("You shared dy equally among the pixels. That is the gradient of the mean, not of the maximum."),
        ),
        Misconception(
            "dy_forgotten",
            back_with(lambda w, d: one_of(w, first_largest(w), 1.0)),
            _("You put a 1 at the largest pixel. The chain rule multiplies by what arrives: dy of this window."),
        ),
        Misconception(
            "multiplied_by_x",
            back_with(lambda w, d: one_of(w, first_largest(w), d * w.max())),
            _("You multiplied dy by the largest value. The slope of the maximum for its winner is 1."),
        ),
        Misconception(
            "upper_left",
            back_with(lambda w, d: one_of(w, (0, 0), d)),
            _("You always gave dy to the upper left pixel. Find the largest pixel of each window."),
        ),
        Misconception(
            "smallest",
            back_with(lambda w, d: one_of(w, np.unravel_index(w.argmin(), w.shape), d)),
            _("You gave dy to the smallest pixel of each window."),
        ),
        Misconception(
            "times_window_size",
            back_with(lambda w, d: one_of(w, first_largest(w), d * w.size)),
            _("You multiplied dy by the number of pixels in the window. The largest receives dy, once."),
        ),
        Misconception(
            "place_within_the_window",
            pool_back_place_lost,
            _(
                "The place that argmax finds counts from the corner of the window. In the image it lies at "
                "i * pool_size + u, j * pool_size + v."
            ),
        ),
        Misconception(
            "started_from_x",
            pool_back_started_from_x,
            _("The pixels that receive nothing still hold their x. Begin with zeros: `np.zeros(x.shape)`."),
        ),
        Misconception(
            "images_and_channels_mixed",
            pool_back_masked(lambda w, d: (w == w.max()) * d),
            _(
                "You looked for the largest value over all images and channels: `max` without an axis. Each image and "
                "each channel has a winner in each window."
            ),
        ),
        Misconception(
            "keepdims_missing",
            pool_back_masked(lambda w, d: (w == w.max(axis=(1, 2))) * d[:, 0, 0]),
            _(
                "`window.max(axis=(1, 2))` has the shape (N, C), and NumPy laid it on other axes of the window (N, p, "
                "p, C). Keep the axes with `keepdims=True`. And of equal pixels only the first may receive dy."
            ),
        ),
        Misconception(
            "row_and_column_swapped",
            back_with(lambda w, d: one_of(w, first_largest(w)[::-1], d)),
            _("Row and column of the winner are swapped: `np.unravel_index` gives the row first."),
        ),
        Misconception(
            "compared_with_zero",
            back_with(lambda w, d: one_of(w, first_largest(np.maximum(w, 0)), d)),
            _(
                "In windows without a positive pixel you gave dy to the upper left one. Does your search begin with 0? "
                "Begin with -np.inf, or use argmax."
            ),
        ),
        Misconception(
            "largest_amount",
            back_with(lambda w, d: one_of(w, first_largest(np.abs(w)), d)),
            _("You looked for the largest amount. A negative value is small, however large its amount."),
        ),
        Misconception(
            "value_of_the_pixel",
            back_with(lambda w, d: one_of(w, first_largest(w), w.max())),
            _("You put the largest value itself at its place. What goes back is the gradient: dy of this window."),
        ),
        Misconception(
            "rest_missing",
            pool_back_without_rest,
            _(
                "Your result ends with the last whole window. It needs the shape of x: rows and columns that no window "
                "saw receive 0."
            ),
        ),
        Misconception(
            "begins_at_i",
            pool_back_begins_at_i,
            _("Your window i begins at row i. The windows lie side by side: it begins at row i * pool_size."),
        ),
        Misconception(
            "earlier_best_kept",
            back_with(best_so_far),
            _(
                "A pixel that was the largest so far keeps its dy when a larger one follows. Look at the whole window "
                "first, then write dy to the winner."
            ),
        ),
        Misconception(
            "mask_only",
            back_with(lambda w, d: w == w.max()),
            _(
                "You return a mask of ones. Multiply it by the dy of each window, and of equal pixels keep only the "
                "first."
            ),
        ),
        Misconception(
            "dy_repeated",
            lambda dy, x, pool_size: dy.repeat(pool_size, axis=1).repeat(pool_size, axis=2),
            _(
                "You repeated dy for every pixel. Only the largest of each window receives it, and the result has the "
                "shape of x."
            ),
        ),
    ],
    hints=[
        _("Begin with zeros of the shape of x. In each window exactly one pixel gets something."),
        _(
            "`window.argmax()` finds the first of the largest, counted row by row; `np.unravel_index` turns it into a "
            "place."
        ),
        _("`dx[n, rows, columns, c][place] = dy[n, i, j, c]`, with the slices of this window."),
    ],
)
