"""The exercise of chapter 5 on average pooling."""

from functools import partial

import numpy as np

from course_lib import nn
from course_lib.exercises.adapt import first_of_pair
from course_lib.exercises.chapter5_pooling import (
    pool_axes,
    pool_cases,
    pool_channels_first,
    pool_counted_in_pixels,
    pool_list_reshaped,
    pool_naive,
    pool_window_axes,
    pool_with,
    pool_without_cutting,
)
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def average_pool(x, pool_size):
    """The mean of windows that lie side by side: x (N, H, W, C) -> (N, H // p, W // p, C)."""
    height, width = x.shape[1] // pool_size, x.shape[2] // pool_size
    y = np.zeros((len(x), height, width, x.shape[3]))
    for i in range(height):
        for j in range(width):
            window = x[:, i * pool_size : (i + 1) * pool_size, j * pool_size : (j + 1) * pool_size]
            y[:, i, j] = window.mean(axis=(1, 2))
    return y


def mean_over(axes):
    """A wrong average_pool: the mean of the windows (N, p, p, C) over other axes, written to all places of these."""
    return pool_with(lambda w: np.broadcast_to(w.mean(axis=axes, keepdims=True), w.shape)[:, 0, 0] + 0)


AVERAGE_POOL = Exercise(
    name="average_pool",
    chapter=5,
    title=_("Average pooling"),
    statement=_(
        "Return the mean of each window of `pool_size` x `pool_size` pixels. The windows lie side by side; rows and "
        "columns at the end that do not fill a window are left out. `x` (N, H, W, C), the result "
        "(N, H // pool_size, W // pool_size, C): each channel by itself. "
        "On paper: the window [[1, 3], [7, 4]] gives 15 / 4 = 3.75."
    ),
    reference=average_pool,
    cases=pool_cases,
    outputs=("y",),
    adapt=first_of_pair,
    solution_note=_("`nn.average_pool2d_forward(x, pool_size)` does the same for any window, stride and padding."),
    misconceptions=[
        Misconception(
            "sum",
            pool_with(lambda w: w.sum(axis=(1, 2))),
            _("You added the window up. Its mean is asked: divide by the number of pixels, pool_size ** 2."),
        ),
        Misconception(
            "largest",
            pool_with(lambda w: w.max(axis=(1, 2))),
            _("You took the largest value of the window: that is max pooling. Its mean is asked."),
        ),
        Misconception(
            "middle_value",
            pool_with(lambda w: np.median(w, axis=(1, 2))),
            _("You took the median of the window. Its mean is asked: the sum over the number of pixels."),
        ),
        Misconception(
            "channels_mixed",
            mean_over((1, 2, 3)),
            _("You took the mean over the channels too. Each channel is pooled by itself: `axis=(1, 2)`."),
        ),
        Misconception(
            "images_mixed",
            mean_over((0, 1, 2)),
            _("You took the mean over all images of the batch. Each image is pooled by itself: `axis=(1, 2)`."),
        ),
        Misconception(
            "all_mixed",
            mean_over((0, 1, 2, 3)),
            _(
                "You took the mean over all images and channels: `mean` without an axis runs over everything. Use "
                "`axis=(1, 2)`."
            ),
        ),
        Misconception(
            "stride_one",
            lambda x, pool_size: nn.average_pool2d_forward(x, pool_size, 1)[0],
            _(
                "Your windows overlap: they move by one pixel. They lie side by side, so the next begins pool_size "
                "later."
            ),
        ),
        Misconception(
            "divided_by_image",
            lambda x, pool_size: average_pool(x, pool_size) * pool_size**2 / (x.shape[1] * x.shape[2]),
            _("You divided by the number of pixels of the whole image. Divide by those of a window: pool_size ** 2."),
        ),
        Misconception(
            "divided_by_side",
            pool_with(lambda w: w.sum(axis=(1, 2)) / w.shape[1]),
            _("You divided by pool_size. A window has pool_size rows and pool_size columns: pool_size ** 2 pixels."),
        ),
        Misconception(
            "divided_by_twice_the_side",
            pool_with(lambda w: w.sum(axis=(1, 2)) / (w.shape[1] + w.shape[2])),
            _("You divided by 2 * pool_size. With windows of 2 x 2 that is right by chance; it is pool_size ** 2."),
        ),
        Misconception(
            "always_four",
            pool_with(lambda w: w.sum(axis=(1, 2)) / 4),
            _("You always divided by 4. A window has pool_size ** 2 pixels."),
        ),
        Misconception(
            "divided_by_channels_too",
            pool_with(lambda w: w.sum(axis=(1, 2)) / w[0].size),
            _("You divided by the channels too, `window[0].size`. A window has pool_size ** 2 pixels in each channel."),
        ),
        Misconception(
            "rounded_down",
            pool_with(lambda w: w.sum(axis=(1, 2)) // w.shape[1] ** 2),
            _("`//` divides and rounds down, so the digits behind the point are lost. Use `/`."),
        ),
        Misconception(
            "rows_and_columns_swapped",
            lambda x, pool_size: average_pool(x, pool_size).transpose(0, 2, 1, 3),
            _("Rows and columns of the result are swapped: i counts windows down, j to the right, `y[:, i, j]`."),
        ),
        Misconception(
            "sizes_swapped",
            lambda x, pool_size: average_pool(x, pool_size).reshape(
                len(x), x.shape[2] // pool_size, x.shape[1] // pool_size, x.shape[3]
            ),
            _("Height and width of the result are swapped. The shape is (N, H // pool_size, W // pool_size, C)."),
        ),
        Misconception(
            "rows_only",
            pool_with(lambda w: w[:, :, 0].mean(axis=1)),
            _("You used the first column of the window only. All its pixels count: `axis=(1, 2)`."),
        ),
        Misconception(
            "rest_as_window",
            lambda x, pool_size: nn.average_pool2d_forward(
                np.pad(x, [(0, 0), (0, -x.shape[1] % pool_size), (0, -x.shape[2] % pool_size), (0, 0)]), pool_size
            )[0],
            _(
                "The rest at the end was filled up with zeros and became a window of its own. Here what does not fill "
                "a window is left out."
            ),
        ),
        Misconception(
            "rest_as_smaller_window",
            lambda x, pool_size: nn.average_pool2d_forward(x, pool_size, padding="same")[0],
            _("The rest at the end became a smaller window. Here what does not fill a window is left out."),
        ),
        Misconception(
            "rest_not_cut",
            partial(pool_without_cutting, take=np.mean),
            _(
                "Your way works only where H and W are multiples of pool_size. Cut the rest off first: "
                "`x[:, : H // p * p, : W // p * p]`."
            ),
        ),
        Misconception(
            "rest_of_zeros",
            pool_naive(places=lambda n, p: -(-n // p), take=np.mean),
            _(
                "Your result has a row or column of zeros at the end. What does not fill a window is left out: H // p "
                "places."
            ),
        ),
        Misconception(
            "place_counted_in_pixels",
            partial(pool_counted_in_pixels, take=np.mean),
            _(
                "Your i counts pixels, but the result has one place for each window: let i count the windows, "
                "`range(H // p)`, and begin the window at i * p."
            ),
        ),
        Misconception(
            "begins_at_i",
            pool_naive(begin=lambda i, p: i, take=np.mean),
            _("Your result has the right size, but window i begins at row i. It must begin at row i * pool_size."),
        ),
        Misconception(
            "always_two",
            pool_naive(size=lambda p: 2, take=np.mean),
            _("Your window always has 2 x 2 pixels. It has pool_size x pool_size."),
        ),
        Misconception(
            "window_one_short",
            pool_naive(size=lambda p: p - 1, take=np.mean),
            _(
                "Your window is one row and one column short. The end of a slice does not belong to it, so end at (i + "
                "1) * p."
            ),
        ),
        Misconception(
            "list_out_of_order",
            partial(pool_list_reshaped, pool=average_pool),
            _(
                "Your list begins with the windows, then come the images: `reshape` does not change this order, so "
                "images are mixed. Write each window to its place, `y[:, i, j] = ...`."
            ),
        ),
        Misconception(
            "channels_first",
            partial(pool_channels_first, take=np.mean),
            _("You read the axes as (N, C, H, W). Here, as in Keras, the channels come last: (N, H, W, C)."),
        ),
        Misconception(
            "every_pth_pixel",
            lambda x, pool_size: x[:, ::pool_size, ::pool_size] + 0,
            _("You took every pool_size-th pixel. Look at all pixels of a window and take their mean."),
        ),
        Misconception(
            "reshaped_into_blocks",
            pool_axes(lambda n, h, w, p, c: (n, h, w, p, p, c), (3, 4), np.mean),
            _(
                "`reshape` keeps the reading order, so your blocks are not windows. Split each axis by itself: "
                "(N, H // p, p, W // p, p, C), then the mean over axis=(2, 4)."
            ),
        ),
        Misconception(
            "mean_over_the_places",
            pool_axes(lambda n, h, w, p, c: (n, h, p, w, p, c), (1, 3), np.mean),
            _(
                "You took the mean over the windows (axes 1 and 3) instead of over the pixels of a window: after this "
                "`reshape` these are the axes 2 and 4."
            ),
        ),
        Misconception(
            "axes_split_the_wrong_way",
            pool_axes(lambda n, h, w, p, c: (n, p, h, p, w, c), (1, 3), np.mean),
            _(
                "You split the rows into (p, H // p): then neighbours are apart. Split into (H // p, p): first which "
                "window, then which pixel in it."
            ),
        ),
        Misconception(
            "axes_of_the_windows",
            partial(pool_window_axes, take=np.mean),
            _(
                "`sliding_window_view` puts the axes of the window last: (N, Ho, Wo, C, p, p). Take the mean over "
                "axis=(-2, -1)."
            ),
        ),
    ],
    hints=[
        _("It is max pooling with another last step. Window i begins at row i * pool_size."),
        _("`window.mean(axis=(1, 2))` takes the mean over rows and columns, for each image and channel."),
        _("Loop over i and j as in max pooling, with `window = x[:, i*p : (i+1)*p, j*p : (j+1)*p]`."),
    ],
)
