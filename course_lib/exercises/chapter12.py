"""The exercises of chapter 12, complexity: operations counted, saliency; bytes and several workers are beside."""

import numpy as np

from course_lib import complexity
from course_lib.exercises import chapter12_bytes, chapter12_workers
from course_lib.exercises.adapt import list_as_array
from course_lib.exercises.chapter6_layers import TEN_CLASSES, summary_numbers
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def flops(layers, input_shape):
    """The floating-point operations of each layer for one image: two for each multiply-add of a weight.

    layers: ("conv", filters, k), ("pool", k), ("flatten",) or ("dense", units); kernels k x k, stride 1, no padding.
    """
    shape, counts = tuple(input_shape), []
    for kind, *numbers in layers:
        if kind == "conv":
            filters, k = numbers
            h, w = shape[0] - k + 1, shape[1] - k + 1
            counts.append(2 * h * w * k * k * shape[2] * filters)
            shape = (h, w, filters)
        elif kind == "pool":
            counts.append(0)
            shape = (shape[0] // numbers[0], shape[1] // numbers[0], shape[2])
        elif kind == "flatten":
            counts.append(0)
            shape = (shape[0] * shape[1] * shape[2],)
        else:
            counts.append(2 * shape[0] * numbers[0])
            shape = (numbers[0],)
    return counts


# ---------------------------------------------------------------- operations
def flops_cases(rng):
    yield TEN_CLASSES, (28, 28, 1)
    yield [("flatten",), ("dense", 10)], (28, 28, 1)
    yield [("conv", 8, 5), ("flatten",), ("dense", 3)], (12, 10, 3)
    yield [("conv", 4, 3), ("pool", 2), ("conv", 6, 2), ("pool", 3), ("flatten",), ("dense", 5)], (21, 18, 2)
    for _case in range(3):
        filters, k, units = (int(v) for v in rng.integers(2, 6, 3))
        yield [("conv", filters, k), ("pool", 2), ("flatten",), ("dense", units), ("dense", 2)], (15, 16, 3)


def counted(
    conv=lambda h, w, k, c, f, H, W: 2 * h * w * k * k * c * f,
    dense=lambda d, m: 2 * d * m,
    pool=lambda h, w, k, c: 0,
    flat=lambda n: 0,
    size=lambda n, k: n - k + 1,
    half=lambda n, k: n // k,
    channels=lambda c, f: f,
    length=lambda h, w, c: h * w * c,
    width=lambda d, m: m,
    finish=lambda counts, layers: counts,
):
    """The right count with one part replaced; h, w are the sizes of the output of a layer, H, W of its input."""

    def of(layers, input_shape):
        (H, W, c), n, counts = input_shape, 0, []
        for kind, *numbers in layers:
            if kind == "conv":
                f, k = numbers
                h, w = size(H, k), size(W, k)
                counts.append(conv(h, w, k, c, f, H, W))
                H, W, c = h, w, channels(c, f)
            elif kind == "pool":
                H, W = half(H, numbers[0]), half(W, numbers[0])
                counts.append(pool(H, W, numbers[0], c))
            elif kind == "flatten":
                n = length(H, W, c)
                counts.append(flat(n))
            else:
                counts.append(dense(n, numbers[0]))
                n = width(n, numbers[0])
        return np.array(finish(counts, layers))

    return of


FLOPS = Exercise(
    name="flops",
    chapter=12,
    title=_("Count the operations"),
    statement=_(
        "Return how many floating-point operations (FLOPs) each layer needs for one image, as a list with one number a "
        "layer. Each weight takes part in a multiplication and an addition: 2 FLOPs, every time it is used.\n\n"
        "$$\\text{dense: } 2 D M \\qquad \\text{convolution: } 2\\, h\\, w\\, k^2\\, C F \\text{, with h x w the size "
        "of its output}$$\n\n"
        '`layers` is a list of `("conv", filters, k)`, `("pool", k)`, `("flatten",)` and `("dense", units)`, as in '
        "`summary_numbers` of chapter 6: kernels and windows are k x k, kernels have stride 1 and no padding, pooling "
        "windows lie side by side. `input_shape` is (H, W, C). Biases, activations and pooling are not counted: 0.\n\n"
        "On paper: the first layer of the ten-class network turns (28, 28, 1) into 26 x 26 pixels with 32 kernels of "
        "3 x 3: 2 * 26 * 26 * 9 * 1 * 32 = 389,376."
    ),
    reference=flops,
    cases=flops_cases,
    outputs=("counts",),
    adapt=list_as_array,
    solution_note=_(
        "`complexity.count_flops(model)` counts them for any model of the course. The ten-class network needs 5 "
        "million for one image: the second convolution takes 88 % of them with 15 % of the weights."
    ),
    misconceptions=[
        Misconception(
            "multiply_adds",
            counted(lambda h, w, k, c, f, H, W: h * w * k * k * c * f, lambda d, m: d * m),
            _("You counted multiply-adds (MACs). A multiplication and an addition are 2 FLOPs: everything is doubled."),
        ),
        Misconception(
            "weights_counted",
            summary_numbers,
            _("These are the weights, as in `summary_numbers`. Ask how often each one is used for an image."),
        ),
        Misconception(
            "weights_doubled",
            counted(lambda h, w, k, c, f, H, W: 2 * k * k * c * f),
            _("A kernel is used at every place of the output, not once: multiply by h w."),
        ),
        Misconception(
            "pixels_of_the_input",
            counted(lambda h, w, k, c, f, H, W: 2 * H * W * k * k * c * f),
            _("You multiplied by the pixels of the input. The kernel is used once for each pixel of the output."),
        ),
        Misconception(
            "biases_counted",
            counted(lambda h, w, k, c, f, H, W: h * w * f * (2 * k * k * c + 1), lambda d, m: 2 * d * m + m),
            _("You counted the biases too. Many do; here they are left out, as they are few beside the products."),
        ),
        Misconception(
            "biases_counted_as_weights",
            counted(lambda h, w, k, c, f, H, W: 2 * h * w * f * (k * k * c + 1), lambda d, m: 2 * (d + 1) * m),
            _("You counted the biases like weights, twice each. Here they are left out: k^2 C F weights, and D M."),
        ),
        Misconception(
            "first_addition_left_out",
            counted(lambda h, w, k, c, f, H, W: h * w * f * (2 * k * k * c - 1), lambda d, m: (2 * d - 1) * m),
            _("A sum of n products has n - 1 additions, true. By convention each weight counts as 2 FLOPs anyway."),
        ),
        Misconception(
            "channels_forgotten",
            counted(lambda h, w, k, c, f, H, W: 2 * h * w * k * k * f),
            _("Each kernel goes through all channels of its input: k^2 C weights, not k^2."),
        ),
        Misconception(
            "filters_forgotten",
            counted(lambda h, w, k, c, f, H, W: 2 * h * w * k * k * c),
            _("You counted one kernel. A convolution has `filters` of them."),
        ),
        Misconception(
            "kernel_not_squared",
            counted(lambda h, w, k, c, f, H, W: 2 * h * w * k * c * f),
            _("A kernel has k x k places: k^2, not k."),
        ),
        Misconception(
            "pooling_counted",
            counted(pool=lambda h, w, k, c: h * w * k * k * c),
            _("Pooling compares, but it multiplies nothing. It counts as 0 here."),
        ),
        Misconception(
            "flatten_counted",
            counted(flat=lambda n: n),
            _("Flatten only writes the values in another order: 0."),
        ),
        Misconception(
            "size_kept",
            counted(size=lambda n, k: n),
            _("Without padding a convolution makes the map smaller: n - k + 1 pixels."),
        ),
        Misconception(
            "size_without_plus_one",
            counted(size=lambda n, k: n - k),
            _("A kernel of k pixels fits at n - k + 1 places, not n - k."),
        ),
        Misconception(
            "pooling_ignored",
            counted(half=lambda n, k: n),
            _("Pooling makes the maps smaller: later layers see n // k pixels."),
        ),
        Misconception(
            "channels_stay",
            counted(channels=lambda c, f: c),
            _("After a convolution there are as many channels as it has kernels. You took those of the image."),
        ),
        Misconception(
            "flatten_without_channels",
            counted(length=lambda h, w, c: h * w),
            _("Flatten keeps the channels too: h w C values go into the first dense layer."),
        ),
        Misconception(
            "first_width_for_all",
            counted(width=lambda d, m: d),
            _("The second dense layer gets the outputs of the first one, as many as it has units."),
        ),
        Misconception(
            "total",
            counted(finish=lambda counts, layers: sum(counts)),
            _("You return the total. Asked is the number of each layer: where is the time spent?"),
        ),
        Misconception(
            "zeros_left_out",
            counted(finish=lambda counts, layers: [n for n in counts if n]),
            _("Layers without weights are missing in your list. They count as 0."),
        ),
        Misconception(
            "training_step",
            counted(lambda h, w, k, c, f, H, W: 6 * h * w * k * k * c * f, lambda d, m: 6 * d * m),
            _("You counted a training step: backward costs twice as much again. Asked is the answer to one image."),
        ),
        Misconception(
            "so_far",
            counted(finish=lambda counts, layers: np.cumsum(counts)),
            _("You added the layers up on the way. Asked is the number of each layer by itself."),
        ),
    ],
    hints=[
        _("Follow the shape through the layers as in `summary_numbers`. How many weights has a layer, without biases?"),
        _("A weight of a dense layer is used once for an image, one of a convolution at each pixel of the output."),
        _("`2 * h * w * k * k * C * filters` with h = H - k + 1, w = W - k + 1; dense: `2 * D * units`; else 0."),
    ],
)


# ---------------------------------------------------------------- saliency
def saliency_cases(rng):
    yield (np.array([[[[1.0, -4], [2, 0]]]]),)
    yield (rng.normal(size=(1, 3, 2, 1)),)
    yield (rng.normal(size=(3, 4, 4, 3)) * np.array([1.0, 50, 0.1])[:, None, None, None],)
    yield (np.concatenate([rng.normal(size=(1, 3, 3, 2)), np.zeros((1, 3, 3, 2))]),)
    yield (1e-9 * rng.normal(size=(2, 3, 4, 2)),)  # a very sure network has very small gradients
    yield (rng.normal(size=(4, 5, 6, 4))[::2, :, ::2],)
    yield (np.array([[[[0.0, 0], [3, -1]], [[0, -6], [0, 0]]]]),)  # pixels on which nothing depends


def largest_of(size):
    return size.max(axis=(1, 2), keepdims=True)


def or_one(x):
    return np.where(x > 0, x, 1)


def shown(
    size=lambda dx: np.abs(dx).max(axis=3),
    scale=lambda size: or_one(largest_of(size)),
    shift=lambda size: 0,
    finish=lambda s: s,
):
    """The right map with one part replaced: the mistakes below say which."""

    def of(dx):
        s = size(dx)
        s = s - shift(s)
        return finish(s / scale(s))

    return of


def added_to_largest(digits):
    """A known mistake: a small number is added below the line."""
    return Misconception(
        f"added_1e_{digits}",
        shown(scale=lambda size: largest_of(size) + 10.0**-digits),
        _(
            "You added 1e-{digits} below the line. Where a network is very sure, all gradients are that small, and the "
            "map fades. Only where the largest value is 0 divide by 1."
        ).format(digits=digits),
    )


SALIENCY = Exercise(
    name="saliency",
    chapter=12,
    title=_("Which pixels does the answer depend on?"),
    statement=_(
        "Backpropagation also gives the gradient of a score with respect to the image. Make a map of it that can be "
        "drawn:\n\n"
        "$$s_{nij} = \\max_c \\left| \\frac{\\partial L}{\\partial x_{nijc}} \\right|, \\qquad "
        "m_{nij} = \\frac{s_{nij}}{\\max_{i, j} s_{nij}}$$\n\n"
        "`dx` is this gradient, shape (N, H, W, C). Take the largest absolute value over the channels, then divide "
        "each image by its own largest value, so that it runs from 0 to 1. An image whose gradient is 0 everywhere "
        "stays 0. Return the map, (N, H, W).\n\n"
        "On paper: an image of two pixels with two channels, dx = (1, -4), (2, 0): s = 4, 2, and m = 1, 0.5."
    ),
    reference=complexity.saliency,
    cases=saliency_cases,
    outputs=("saliency",),
    solution_note=_(
        "`image_gradient` checks dx and gives a clear error. The map tells how the answer reacts to a very small "
        "change, not what the network recognizes: cover the place and see whether the answer changes."
    ),
    misconceptions=[
        Misconception(
            "sign_kept",
            shown(lambda dx: dx.max(axis=3), lambda s: np.where(largest_of(s) != 0, largest_of(s), 1)),
            _("A pixel that lowers the score when it becomes brighter counts as well: take absolute values, `np.abs`."),
        ),
        Misconception(
            "only_brighter",
            shown(lambda dx: np.maximum(dx, 0).max(axis=3)),
            _("You cut off negative gradients. The answer depends on such a pixel too: `np.abs`."),
        ),
        Misconception(
            "absolute_after_maximum",
            shown(lambda dx: np.abs(dx.max(axis=3))),
            _("You took the largest channel first, then its absolute value. Of 1 and -4 that is 1: first `np.abs`."),
        ),
        Misconception(
            "mean_of_channels",
            shown(lambda dx: np.abs(dx).mean(axis=3)),
            _("You took the mean or the sum over the channels. Asked is the largest."),
        ),
        Misconception(
            "other_axis",
            lambda dx: np.abs(dx).max(axis=2) / or_one(np.abs(dx).max(axis=(1, 2, 3)))[:, None, None],
            _("You took the largest value along a side of the image. The channels are the last axis: `max(axis=3)`."),
        ),
        Misconception(
            "sum_of_channels_signed",
            shown(lambda dx: np.abs(dx.sum(axis=3))),
            _("You added up the channels, so red and green can cancel. Take the largest absolute value of them."),
        ),
        Misconception(
            "length_over_channels",
            shown(lambda dx: np.sqrt((dx**2).sum(axis=3))),
            _("You took the length over the channels. Asked is the largest absolute value of them."),
        ),
        Misconception(
            "first_channel",
            shown(lambda dx: np.abs(dx[..., 0])),
            _("You took the first channel only. Look at all of them: `max(axis=3)`."),
        ),
        Misconception(
            "squared",
            shown(lambda dx: (dx**2).max(axis=3)),
            _("You squared the gradient: weak pixels vanish. Take the absolute value."),
        ),
        Misconception(
            "one_largest_for_all",
            shown(scale=lambda s: or_one(s.max())),
            _("You divided all images by one largest value. Each is divided by its own: `axis=(1, 2), keepdims=True`."),
        ),
        Misconception(
            "largest_of_each_row",
            shown(scale=lambda s: or_one(s.max(axis=2, keepdims=True))),
            _("You divided each row of pixels by its own largest value. Divide each image: `axis=(1, 2)`."),
        ),
        Misconception(
            "not_divided",
            shown(scale=lambda s: 1),
            _("The map is not divided by its largest value. Very small gradients would give a black picture."),
        ),
        Misconception(
            "zero_divided",
            shown(scale=largest_of),
            _("An image without any gradient gives 0 / 0. It stays 0: `np.where(largest > 0, largest, 1)`."),
        ),
        added_to_largest(6),
        added_to_largest(7),
        added_to_largest(8),
        added_to_largest(9),
        added_to_largest(10),
        added_to_largest(12),
        Misconception(
            "stretched",
            shown(
                shift=lambda s: s.min(axis=(1, 2), keepdims=True),
            ),
            _("You subtracted the smallest value. Then a pixel with a gradient looks as if it had none."),
        ),
        Misconception(
            "shares",
            shown(scale=lambda s: or_one(s.sum(axis=(1, 2), keepdims=True))),
            _("You divided by the sum, so the map adds up to 1. Divide by the largest value."),
        ),
        Misconception(
            "axis_kept",
            shown(finish=lambda s: s[..., None]),
            _("The map still has an axis for the channels, (N, H, W, 1). Asked is (N, H, W)."),
        ),
        Misconception(
            "channels_kept",
            shown(lambda dx: np.abs(dx)),
            _("The channels are still there. Take the largest over them: `max(axis=3)`."),
        ),
        Misconception(
            "all_channels_alike",
            lambda dx: (np.abs(dx) / or_one(np.abs(dx).max(axis=(1, 2), keepdims=True))).max(axis=3),
            _("You divided each channel by its own largest value first. Take the largest channel, then divide."),
        ),
    ],
    hints=[
        _("A large negative gradient matters as much as a large positive one. Which axis are the channels?"),
        _("`size = np.abs(dx).max(axis=3)`, and `size.max(axis=(1, 2), keepdims=True)` is the largest of each image."),
        _("`size / np.where(largest > 0, largest, 1)`."),
    ],
)

EXERCISES = [FLOPS, SALIENCY, *chapter12_bytes.EXERCISES, *chapter12_workers.EXERCISES]
