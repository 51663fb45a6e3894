"""The exercises of chapter 5 on the convolution layer: forward, its number of weights, and backward."""

import numpy as np

from course_lib import nn
from course_lib.exercises.adapt import first_of_pair
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def conv2d(x, W, b, strides):
    """A convolution layer without padding, as one sum for each place of the window: see `nn.conv2d_loops`."""
    kh, kw = W.shape[:2]
    height, width = (x.shape[1] - kh) // strides + 1, (x.shape[2] - kw) // strides + 1
    y = np.zeros((len(x), height, width, W.shape[3])) + b
    for i in range(height):
        for j in range(width):
            window = x[:, i * strides : i * strides + kh, j * strides : j * strides + kw]
            y[:, i, j] += np.tensordot(window, W, axes=3)  # over row, column and channel
    return y


def conv2d_cases(rng):
    yield np.arange(9.0).reshape(1, 3, 3, 1), np.array([[1.0, 0], [0, -1]])[:, :, None, None], np.array([10.0]), 1
    yield rng.normal(size=(1, 4, 4, 1)).round(1), rng.normal(size=(2, 2, 1, 1)).round(1), np.array([0.5]), 1
    yield rng.normal(size=(2, 5, 4, 3)).round(1), rng.normal(size=(2, 3, 3, 2)).round(1), np.array([0.5, -1.0]), 1
    yield rng.normal(size=(2, 6, 7, 2)).round(1), rng.normal(size=(3, 2, 2, 4)).round(1), rng.normal(size=4).round(1), 2
    yield rng.normal(size=(3, 8, 8, 2)), rng.normal(size=(2, 2, 2, 2)), rng.normal(size=2), 3
    yield rng.normal(size=(3, 6, 5, 4)).T, rng.normal(size=(4, 4, 6, 8))[::2, ::2, ::2, ::2], rng.normal(size=8)[::2], 1


def conv2d_changed(change):
    """A wrong conv2d: change(x, W, b, strides) returns the arguments for the right one, or a finished result."""

    def wrong(x, W, b, strides):
        changed = change(x, W, b, strides)
        return conv2d(*changed) if isinstance(changed, tuple) else changed

    return wrong


def conv2d_naive(places=lambda n, k, s: (n - k) // s + 1, product=None, last=0):
    """A wrong conv2d: another number of places, another product of the window, or last places left at 0."""

    def wrong(x, W, b, strides):
        (kh, kw), s = W.shape[:2], strides
        height, width = places(x.shape[1], kh, s), places(x.shape[2], kw, s)
        y = np.zeros((len(x), height, width, W.shape[3]))
        for i in range(height - last):
            for j in range(width - last):
                window = x[:, i * s : i * s + kh, j * s : j * s + kw]
                y[:, i, j] = (product or (lambda w, W: np.tensordot(w, W, axes=3)))(window, W) + b
        return y

    return wrong


def conv2d_stepping_places(x, W, b, strides):
    """A wrong conv2d: i counts pixels and is used as the place in the result too."""
    kh, kw = W.shape[:2]
    y = np.zeros((len(x), (x.shape[1] - kh) // strides + 1, (x.shape[2] - kw) // strides + 1, W.shape[3]))
    for i in range(0, y.shape[1], strides):
        for j in range(0, y.shape[2], strides):
            y[:, i, j] = np.tensordot(x[:, i : i + kh, j : j + kw], W, axes=3) + b
    return y


def conv2d_with_gaps(x, W, b, strides):
    """A wrong conv2d: the places that the stride skips stay in the result, filled with 0."""
    y = np.zeros((len(x), x.shape[1] - W.shape[0] + 1, x.shape[2] - W.shape[1] + 1, W.shape[3]))
    y[:, ::strides, ::strides] = conv2d(x, W, b, strides)
    return y


def conv2d_axes_out_of_order(x, W, b, strides):
    """A wrong conv2d: the windows' axes are (C, kh, kw), but they are laid in a row as if they were (kh, kw, C)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, W.shape[:2], axis=(1, 2))[:, ::strides, ::strides]
    return windows.reshape(*windows.shape[:3], -1) @ W.reshape(-1, W.shape[3]) + b


def conv2d_with_square_kernels(x, W, b, strides):
    """A wrong conv2d: the height of the kernel is used for its width too."""
    k, s = W.shape[0], strides
    y = np.zeros((len(x), (x.shape[1] - k) // s + 1, (x.shape[2] - k) // s + 1, W.shape[3]))
    for i in range(y.shape[1]):
        for j in range(y.shape[2]):
            y[:, i, j] = np.tensordot(x[:, i * s : i * s + k, j * s : j * s + k], W, axes=3) + b
    return y


CONV2D = Exercise(
    name="conv2d",
    chapter=5,
    title=_("A convolution layer"),
    statement=_(
        "Return the maps of all kernels for a batch of images, without padding:\n\n"
        "$$y_{nijf} = \\sum_u \\sum_v \\sum_c x_{n,\\; is+u,\\; js+v,\\; c} \\, W_{uvcf} + b_f$$\n\n"
        "`x` (N, H, W, C), `W` (kh, kw, C, F), `b` (F,), `strides` s is one whole number for both directions. The "
        "result `y` has the shape (N, Ho, Wo, F) with Ho = (H - kh) // s + 1. On paper: the image 0 to 8 in three "
        "rows, the kernel [[1, 0], [0, -1]] and b = 10 give 0 - 4 + 10 = 6 at every place."
    ),
    reference=nn.conv2d_loops,
    arguments=("x", "W", "b", "strides"),
    cases=conv2d_cases,
    outputs=("y",),
    adapt=first_of_pair,
    solution_note=_("This is the library's formula in loops. `nn.conv2d_forward` is the same as one matrix product."),
    misconceptions=[
        Misconception(
            "bias_forgotten",
            conv2d_changed(lambda x, W, b, s: (x, W, 0 * b, s)),
            _("The bias is missing: add `b[f]` to every place of map f."),
        ),
        Misconception(
            "stride_ignored",
            conv2d_changed(lambda x, W, b, s: (x, W, b, 1)),
            _("The stride is missing: place i begins at pixel i * strides."),
        ),
        Misconception(
            "stride_in_the_window",
            conv2d_changed(
                lambda x, W, b, s: conv2d(x, W, b, 1)[
                    :, : (x.shape[1] - len(W)) // s + 1, : (x.shape[2] - W.shape[1]) // s + 1
                ]
            ),
            _(
                "Your result has the right size, but the window moves by one pixel: place i must begin at pixel "
                "i * strides, not at pixel i."
            ),
        ),
        Misconception(
            "kernel_turned",
            conv2d_changed(lambda x, W, b, s: (x, W[::-1, ::-1], b, s)),
            _(
                "You turned the kernels by 180 degrees. Deep learning does not: weight [0, 0] meets the upper left "
                "pixel."
            ),
        ),
        Misconception(
            "first_channel_only",
            conv2d_changed(lambda x, W, b, s: (x[..., :1], W[:, :, :1], b, s)),
            _("Only the first channel is used. A kernel looks at all channels: add up over c as well."),
        ),
        Misconception(
            "channels_averaged",
            conv2d_changed(lambda x, W, b, s: (x, W / x.shape[3], b, s)),
            _("You took the mean over the channels where the sum was asked."),
        ),
        Misconception(
            "bias_for_each_weight",
            conv2d_changed(lambda x, W, b, s: (x, W, b * W[..., 0].size, s)),
            _("The bias was added once for each weight. It is added once for each place: after the sum."),
        ),
        Misconception(
            "channels_first",
            conv2d_changed(lambda x, W, b, s: np.moveaxis(conv2d(x, W, b, s), -1, 1)),
            _(
                "Your result has the maps on axis 1, (N, F, Ho, Wo). Here, as in Keras, the channels come last: "
                "(N, Ho, Wo, F)."
            ),
        ),
        Misconception(
            "window_transposed",
            conv2d_changed(lambda x, W, b, s: (x, W.transpose(1, 0, 2, 3), b, s)),
            _("Rows and columns of the kernel are swapped: W[u, v] belongs to row u and column v of the window."),
        ),
        Misconception(
            "last_place_missing",
            conv2d_changed(lambda x, W, b, s: conv2d(x, W, b, s)[:, :-1, :-1]),
            _("The last row and column of places are missing: (H - kh) // strides + 1 places."),
        ),
        Misconception(
            "batch_summed",
            conv2d_changed(lambda x, W, b, s: conv2d(x, W, b, s).sum(axis=0, keepdims=True)),
            _("You added up over the images. Every image has maps of its own: the first axis of y is n."),
        ),
        Misconception(
            "relu_added",
            conv2d_changed(lambda x, W, b, s: np.maximum(conv2d(x, W, b, s), 0)),
            _("You also applied a ReLU. Here only the sums are asked, also negative ones."),
        ),
        Misconception(
            "last_channel_only",
            conv2d_changed(lambda x, W, b, s: (x[..., -1:], W[:, :, -1:], b, s)),
            _("Only the last channel is left: `=` in the loop over the channels overwrites the others. Add with `+=`."),
        ),
        Misconception(
            "bias_for_each_channel",
            conv2d_changed(lambda x, W, b, s: (x, W, b * x.shape[3], s)),
            _("The bias was added once for each channel. It is added once for each place: outside the loop over c."),
        ),
        Misconception(
            "everything_summed",
            conv2d_naive(product=lambda w, W: np.sum(w * W)),
            _(
                "`window * W` lays the axes (N, kh, kw, C) on (kh, kw, C, F): they do not belong together, and the sum "
                "runs over images and kernels too. Take one kernel `W[..., f]` and sum over axis=(1, 2, 3), or use "
                "`np.tensordot`."
            ),
        ),
        Misconception(
            "images_added",
            conv2d_naive(product=lambda w, W: np.tensordot(w, W, axes=3).sum(axis=0)),
            _(
                "The images of the batch are added up: `.sum()` without an axis runs over all of them. Sum over "
                "axis=(1, 2, 3), so that each image keeps its own value."
            ),
        ),
        Misconception(
            "places_counted_in_strides",
            conv2d_stepping_places,
            _(
                "Most places stay 0, because your loops skip them. Let i count the places one by one, `range(Ho)`; "
                "only the window begins at pixel i * strides."
            ),
        ),
        Misconception(
            "gaps_between_places",
            conv2d_with_gaps,
            _(
                "The places that the stride skips are still in your result, as zeros. The result has (H - kh) // "
                "strides + 1 rows: count the places, not the pixels."
            ),
        ),
        Misconception(
            "size_without_stride",
            conv2d_naive(places=lambda n, k, s: n - k + 1),
            _(
                "With strides 1 your result is right; with more the windows leave the image or have another size. "
                "Window i begins at pixel i * strides and ends at i * strides + kh, and there are (H - kh) // strides "
                "+ 1 of them."
            ),
        ),
        Misconception(
            "last_place_empty",
            conv2d_naive(last=1),
            _("The last row and column of places stay 0: the loops stop one place early. `range(Ho)` ends at Ho - 1."),
        ),
        Misconception(
            "window_axes_out_of_order",
            conv2d_axes_out_of_order,
            _(
                "`sliding_window_view` puts the axes of the window last: (N, Ho, Wo, C, kh, kw). The rows of W are in "
                "the order kh, kw, C: move the channels behind kw before you reshape."
            ),
        ),
        Misconception(
            "border_added",
            conv2d_changed(lambda x, W, b, s: nn.conv2d_forward(x, W, b, s, "same")[0]),
            _('You put a border of zeros around the images, as "same" does. Here there is none.'),
        ),
        Misconception(
            "stride_in_one_direction",
            conv2d_changed(lambda x, W, b, s: conv2d(x, W, b, 1)[:, ::s]),
            _("The stride counts for the rows only. The window skips columns too."),
        ),
        Misconception(
            "biases_added_up",
            conv2d_changed(lambda x, W, b, s: (x, W, np.zeros(b.shape) + b.sum(), s)),
            _("Every map got the sum of all biases. Map f gets its own, `b[f]`."),
        ),
        Misconception(
            "first_image_only",
            conv2d_changed(lambda x, W, b, s: conv2d(x[:1], W, b, s)[0]),
            _("Only the first image is in your result. The first axis of y counts the images: (N, Ho, Wo, F)."),
        ),
        Misconception(
            "places_rounded_up",
            conv2d_naive(places=lambda n, k, s: -(-(n - k) // s) + 1),
            _(
                "You rounded the number of places up, so the last window leaves the image. Round down: (H - kh) // "
                "strides + 1."
            ),
        ),
        Misconception(
            "square_kernels",
            conv2d_with_square_kernels,
            _(
                "You used the height of the kernels for their width too. They need not be square: `kh, kw = "
                "W.shape[:2]`."
            ),
        ),
    ],
    hints=[
        _(
            "Begin with exercise 1: loops over i and j. The window of all images is `x[:, i*s : i*s + kh, j*s : j*s + "
            "kw]`."
        ),
        _(
            "Three axes are added up: row, column and channel. `np.tensordot(window, W, axes=3)` does that; so do "
            "loops."
        ),
        _("`y[:, i, j] = np.tensordot(window, W, axes=3) + b`, with y of the shape (N, Ho, Wo, F)."),
    ],
)


def conv_parameters(kernel_size, channels, filters):
    """Weights and biases of a convolution layer: kh kw C F + F."""
    kh, kw = kernel_size
    return kh * kw * channels * filters + filters


def parameter_cases(rng):
    yield (3, 3), 1, 32
    yield (3, 3), 32, 64
    yield (1, 1), 5, 2
    yield (5, 2), 3, 7
    for _case in range(4):
        yield tuple(int(k) for k in rng.integers(1, 8, 2)), int(rng.integers(1, 9)), int(rng.integers(1, 9))


def parameters_with(count):
    """A wrong conv_parameters: another formula of kh, kw, channels and filters."""
    return lambda kernel_size, channels, filters: count(*kernel_size, channels, filters)


CONV_PARAMETERS = Exercise(
    name="conv_parameters",
    chapter=5,
    title=_("Count the weights of a convolution"),
    statement=_(
        "Return how many weights and biases a convolution layer holds. `kernel_size` is a pair (kh, kw), `channels` "
        "the number of channels that come in, `filters` the number of kernels. On paper: 3 x 3, 1 channel, 32 kernels "
        "give 9 * 32 + 32 = 320."
    ),
    reference=conv_parameters,
    cases=parameter_cases,
    outputs=("count",),
    misconceptions=[
        Misconception(
            "biases_forgotten",
            lambda kernel_size, channels, filters: kernel_size[0] * kernel_size[1] * channels * filters,
            _("The biases are missing: one for each kernel."),
        ),
        Misconception(
            "channels_forgotten",
            lambda kernel_size, channels, filters: kernel_size[0] * kernel_size[1] * filters + filters,
            _("The channels are missing: a kernel has a weight for each pixel of the window in each channel."),
        ),
        Misconception(
            "one_bias",
            lambda kernel_size, channels, filters: kernel_size[0] * kernel_size[1] * channels * filters + 1,
            _("You counted one bias for the whole layer. There is one for each kernel."),
        ),
        Misconception(
            "bias_for_each_channel",
            lambda kernel_size, channels, filters: (kernel_size[0] * kernel_size[1] + 1) * channels * filters,
            _("You counted a bias for each channel of each kernel. A kernel adds all channels up and has one bias."),
        ),
        Misconception(
            "bias_for_channels",
            lambda kernel_size, channels, filters: kernel_size[0] * kernel_size[1] * channels * filters + channels,
            _("You counted one bias for each channel that comes in. There is one for each kernel, thus for each map."),
        ),
        Misconception(
            "square_kernel",
            lambda kernel_size, channels, filters: kernel_size[0] ** 2 * channels * filters + filters,
            _("You used the height of the window twice. Its width may differ: kh * kw."),
        ),
        Misconception(
            "sides_added",
            lambda kernel_size, channels, filters: sum(kernel_size) * channels * filters + filters,
            _("You added the sides of the window. It has kh * kw pixels."),
        ),
        Misconception(
            "one_kernel",
            parameters_with(lambda kh, kw, c, f: kh * kw * c + f),
            _(
                "You counted the weights of one kernel only. There are `filters` of them: (kh * kw * channels + 1) * "
                "filters."
            ),
        ),
        Misconception(
            "one_added_to_the_channels",
            parameters_with(lambda kh, kw, c, f: kh * kw * (c + 1) * f),
            _(
                "You counted the bias like one more channel, at every pixel of the window. A kernel has one bias in "
                "all."
            ),
        ),
        Misconception(
            "bias_for_each_weight",
            parameters_with(lambda kh, kw, c, f: 2 * kh * kw * c * f),
            _("You counted one bias for each weight. There is one for each kernel."),
        ),
        Misconception(
            "channels_added",
            parameters_with(lambda kh, kw, c, f: (kh * kw + c) * f + f),
            _(
                "You added the channels to the pixels of the window. The window has kh * kw pixels in each channel: "
                "multiply."
            ),
        ),
        Misconception(
            "channels_and_biases_forgotten",
            parameters_with(lambda kh, kw, c, f: kh * kw * f),
            _("Channels and biases are missing: a kernel has kh * kw weights in each channel, and one bias."),
        ),
        Misconception(
            "biases_multiplied",
            parameters_with(lambda kh, kw, c, f: (kh * kw * c + f) * f),
            _(
                "You gave every kernel as many biases as there are kernels. Each has one: `+ filters` after "
                "multiplying."
            ),
        ),
        Misconception(
            "one_kernel_and_its_bias",
            parameters_with(lambda kh, kw, c, f: kh * kw * c + 1),
            _("You counted one kernel with its bias. The layer has `filters` of them: multiply."),
        ),
    ],
    hints=[
        _("How many numbers lie in one window, over all channels? So many weights has one kernel."),
        _("Every kernel has one bias."),
        _("`kh * kw * channels * filters + filters`."),
    ],
)


def conv2d_backward(dy, x, W):
    """The gradients of a convolution, stride 1: dW_uvcf = sum over n, i, j of x_(n, i+u, j+v, c) dy_nijf, and db."""
    dW = np.zeros(W.shape)
    height, width = dy.shape[1:3]
    for u in range(W.shape[0]):
        for v in range(W.shape[1]):
            pixels = x[:, u : u + height, v : v + width]  # what this weight has met, at all places of all images
            dW[u, v] = np.tensordot(pixels, dy, axes=([0, 1, 2], [0, 1, 2]))
    db = dy.sum(axis=(0, 1, 2))
    return dW, db


def conv_back_cases(rng):
    yield np.ones((1, 2, 2, 1)), np.arange(9.0).reshape(1, 3, 3, 1), np.zeros((2, 2, 1, 1))
    yield rng.normal(size=(2, 3, 2, 1)).round(1), rng.normal(size=(2, 4, 4, 1)).round(1), rng.normal(size=(2, 3, 1, 1))
    yield rng.normal(size=(2, 3, 3, 2)), rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(3, 2, 3, 2))
    yield rng.normal(size=(1, 1, 1, 3)), rng.normal(size=(1, 2, 2, 2)), rng.normal(size=(2, 2, 2, 3))
    yield rng.normal(size=(3, 4, 4, 2)), rng.normal(size=(2, 5, 6, 3)).T, rng.normal(size=(3, 2, 2, 2))


def conv_slopes(dy, x, W):
    b = np.zeros(W.shape[3])
    return {
        "dW": (lambda changed: np.sum(dy * conv2d(x, changed, b, 1)), W),
        "db": (lambda changed: np.sum(dy * conv2d(x, W, changed, 1)), b),
    }


def conv_changed(change):
    """The right gradients of a convolution, changed: change(dy, x, W, dW, db) returns the wrong two."""
    return lambda dy, x, W: change(dy, x, W, *conv2d_backward(dy, x, W))


def conv_weights_with(product, height=None):
    """A wrong conv2d_backward: dW[u, v] = product(pixels, dy), of pixels with another number of rows and columns."""

    def wrong(dy, x, W):
        dW = np.zeros(W.shape)
        rows, columns = height(W) if height else dy.shape[1:3]
        for u in range(W.shape[0]):
            for v in range(W.shape[1]):
                dW[u, v] = product(x[:, u : u + rows, v : v + columns], dy)
        return dW, dy.sum(axis=(0, 1, 2))

    return wrong


def conv_last_window(dy, x, W):
    """The gradient of the last place of the last image, which is what is left when nothing is added up."""
    last = x[-1, dy.shape[1] - 1 :, dy.shape[2] - 1 :][: W.shape[0], : W.shape[1]]
    return last[..., None] * dy[-1, -1, -1]


CONV2D_BACKWARD = Exercise(
    name="conv2d_backward",
    chapter=5,
    title=_("Back through a convolution"),
    statement=_(
        "Return the gradients of the weights and of the biases, for stride 1 without padding:\n\n"
        "$$\\frac{\\partial L}{\\partial W_{uvcf}} = \\sum_{n,i,j} x_{n,\\, i+u,\\, j+v,\\, c} \\, dy_{nijf}, \\qquad "
        "\\frac{\\partial L}{\\partial b_f} = \\sum_{n,i,j} dy_{nijf}$$\n\n"
        "`dy` (N, Ho, Wo, F), `x` (N, H, W, C), `W` (kh, kw, C, F). Return `dW, db` with the shapes of W and b. Do not "
        "divide by N: the loss has already done it. On paper: the image 0 to 8 in three rows, a kernel of 2 x 2 and "
        "dy = 1 at its four places give dW = [[8, 12], [20, 24]] and db = 4."
    ),
    reference=conv2d_backward,
    cases=conv_back_cases,
    outputs=("dW", "db"),
    slopes=conv_slopes,
    solution_note=_("`nn.conv2d_backward(dy, cache)` does it as one matrix product, and returns dx as well."),
    misconceptions=[
        Misconception(
            "batch_averaged",
            conv_changed(lambda dy, x, W, dW, db: (dW / len(x), db)),
            _("`{output}`: you took the mean over the images where the sum was asked. The loss has divided already."),
        ),
        Misconception(
            "bias_averaged",
            conv_changed(lambda dy, x, W, dW, db: (dW, dy.mean(axis=(0, 1, 2)))),
            _("`{output}`: you took the mean where the sum over all images and places was asked."),
        ),
        Misconception(
            "first_image_only",
            conv_changed(lambda dy, x, W, dW, db: (conv2d_backward(dy[:1], x[:1], W)[0], db)),
            _("`{output}` holds the first image only: the sum over the batch is missing."),
        ),
        Misconception(
            "bias_for_each_image",
            conv_changed(lambda dy, x, W, dW, db: (dW, dy.sum(axis=(1, 2)))),
            _("`{output}` has a row for each image: the sum over the batch is missing. Use axis=(0, 1, 2)."),
        ),
        Misconception(
            "bias_for_each_place",
            conv_changed(lambda dy, x, W, dW, db: (dW, dy.sum(axis=0))),
            _("`{output}` still has the places: a bias is added at every place, so add up over i and j as well."),
        ),
        Misconception(
            "kernel_turned",
            conv_changed(lambda dy, x, W, dW, db: (dW[::-1, ::-1], db)),
            _("`{output}` is turned by 180 degrees: weight (u, v) has met the pixels x[:, i + u, j + v]."),
        ),
        Misconception(
            "window_not_moved",
            conv_changed(lambda dy, x, W, dW, db: (np.zeros(W.shape) + dW[0, 0], db)),
            _("`{output}` is the same for every place of the kernel. Weight (u, v) begins at row u and column v of x."),
        ),
        Misconception(
            "places_averaged",
            conv_changed(lambda dy, x, W, dW, db: (dW / (dy.shape[1] * dy.shape[2]), db)),
            _("`{output}`: you took the mean over the places where the sum was asked."),
        ),
        Misconception(
            "times_weights",
            conv_changed(lambda dy, x, W, dW, db: (dW * W, db)),
            _(
                "`{output}`: you multiplied by W as well. A product gives each factor the other one: x times dy, "
                "without W."
            ),
        ),
        Misconception(
            "order_swapped",
            conv_changed(lambda dy, x, W, dW, db: (db, dW)),
            _("The two results are in another order: return `dW, db`."),
        ),
        Misconception(
            "channels_and_kernels_swapped",
            conv_changed(lambda dy, x, W, dW, db: (dW.transpose(0, 1, 3, 2), db)),
            _("`{output}`: the axes of channels and kernels are swapped. W has the shape (kh, kw, C, F)."),
        ),
        Misconception(
            "overwritten",
            conv_changed(lambda dy, x, W, dW, db: (conv_last_window(dy, x, W), db)),
            _("`{output}` holds the last place of the last image only: `=` in the loop overwrites. Add with `+=`."),
        ),
        Misconception(
            "dy_forgotten",
            conv_changed(lambda dy, x, W, dW, db: (conv2d_backward(np.ones(dy.shape), x, W)[0], db)),
            _("`{output}`: you added up the pixels alone. Each pixel is first multiplied by the dy of its place."),
        ),
        Misconception(
            "window_summed",
            conv_changed(lambda dy, x, W, dW, db: (np.zeros(W.shape) + dW.sum(axis=(0, 1, 2)), db)),
            _(
                "`{output}`: you added up the whole window, so all weights get the same. Each weight has its own pixel "
                "in it."
            ),
        ),
        Misconception(
            "everything_averaged",
            conv_changed(lambda dy, x, W, dW, db: (dW / (dy.size // dy.shape[3]), db)),
            _("`{output}`: you took the mean over images and places where the sum was asked."),
        ),
        Misconception(
            "started_from_weights",
            conv_changed(lambda dy, x, W, dW, db: (dW + W, db)),
            _("`{output}` begins with the weights themselves. Begin with zeros: `np.zeros(W.shape)`."),
        ),
        Misconception(
            "channels_lie_on_kernels",
            conv_weights_with(lambda pixels, dy: np.sum(pixels * dy)),
            _(
                "`pixels * dy` lays channel c on kernel f, but each channel meets each kernel. Use "
                "`np.einsum('nijc,nijf->cf', pixels, dy)` or `np.tensordot`."
            ),
        ),
        Misconception(
            "pixels_as_large_as_the_kernel",
            conv_weights_with(lambda pixels, dy: np.einsum("nijc,nijf->cf", pixels, dy), lambda W: W.shape[:2]),
            _(
                "The pixels that one weight has met are as many as there are places: `x[:, u : u + Ho, v : v + Wo]`. "
                "You took kh x kw of them."
            ),
        ),
        Misconception(
            "kernels_before_channels",
            conv_weights_with(lambda pixels, dy: np.einsum("nijc,nijf->fc", pixels, dy)),
            _(
                "The product at one place of the kernel has the shape (F, C). W needs (C, F): channels first, then "
                "kernels."
            ),
        ),
        Misconception(
            "bias_one_number",
            conv_changed(lambda dy, x, W, dW, db: (dW, dy.sum())),
            _("`{output}` is one number: `sum()` without an axis adds the kernels up as well. Use axis=(0, 1, 2)."),
        ),
        Misconception(
            "bias_of_ones",
            conv_changed(lambda dy, x, W, dW, db: (dW, np.ones(db.shape))),
            _("`{output}` is 1 everywhere. That is the slope of y; the chain rule multiplies it by dy and adds up."),
        ),
        Misconception(
            "bias_divided_by_images",
            conv_changed(lambda dy, x, W, dW, db: (dW, db / len(x))),
            _("`{output}`: you divided by the number of images. The sum was asked; the loss has divided already."),
        ),
        Misconception(
            "weights_for_each_image",
            conv_changed(
                lambda dy, x, W, dW, db: (
                    np.array([conv2d_backward(d[None], i[None], W)[0] for d, i in zip(dy, x, strict=True)]),
                    db,
                )
            ),
            _(
                "`{output}` has a first axis for the images: the sum over the batch is missing. All images share the "
                "weights."
            ),
        ),
        Misconception(
            "rows_and_columns_swapped",
            conv_changed(lambda dy, x, W, dW, db: (dW.swapaxes(0, 1), db)),
            _("`{output}`: rows and columns of the kernel are swapped. The first axis of W is the row u."),
        ),
        Misconception(
            "channels_first",
            conv_changed(lambda dy, x, W, dW, db: (np.moveaxis(dW, 2, 0), db)),
            _("`{output}` begins with the channels. W has the shape (kh, kw, C, F)."),
        ),
        Misconception(
            "bias_of_each_image_alone",
            conv_changed(lambda dy, x, W, dW, db: (dW, dy.sum(axis=(1, 2, 3)))),
            _(
                "`{output}` has one number for each image. One for each kernel is asked: keep the last axis, add up "
                "the others."
            ),
        ),
        Misconception(
            "bias_for_each_pixel",
            conv_changed(lambda dy, x, W, dW, db: (dW, dy.sum(axis=3))),
            _("`{output}`: you added up over the kernels, which is the one axis to keep. Use axis=(0, 1, 2)."),
        ),
        Misconception(
            "bias_of_all_kernels",
            conv_changed(lambda dy, x, W, dW, db: (dW, np.zeros(db.shape) + dy.sum())),
            _("`{output}`: every kernel got the dy of all kernels. In a loop over f write to `db[f]`."),
        ),
        Misconception(
            "bias_overwritten",
            conv_changed(lambda dy, x, W, dW, db: (dW, dy[-1, -1, -1].copy())),
            _("`{output}` holds the last place only: `=` in the loop overwrites. Add with `+=`."),
        ),
    ],
    hints=[
        _(
            "One weight W[u, v, c, f] has met the pixels `x[:, u : u + Ho, v : v + Wo, c]`, one at each place of each "
            "image."
        ),
        _("Each of these pixels is multiplied by the `dy[:, :, :, f]` of its place, and everything is added up."),
        _("`np.tensordot(pixels, dy, axes=([0, 1, 2], [0, 1, 2]))` gives all channels and kernels at once, (C, F)."),
    ],
)
