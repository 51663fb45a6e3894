"""The exercises of chapter 6 on the layers of a CNN: how many weights each holds, and the order of Flatten."""

import math

import numpy as np

from course_lib.exercises.adapt import list_as_array
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def summary_numbers(layers, input_shape):
    """The weights of each layer of a CNN: follow the shape through the layers and count.

    layers: ("conv", filters, k), ("pool", k), ("flatten",) or ("dense", units); kernels k x k, stride 1, no padding.
    """
    shape, counts = tuple(input_shape), []
    for kind, *numbers in layers:
        if kind == "conv":
            filters, k = numbers
            counts.append(k * k * shape[2] * filters + filters)
            shape = (shape[0] - k + 1, shape[1] - k + 1, filters)
        elif kind == "pool":
            counts.append(0)
            shape = (shape[0] // numbers[0], shape[1] // numbers[0], shape[2])
        elif kind == "flatten":
            counts.append(0)
            shape = (shape[0] * shape[1] * shape[2],)
        else:
            counts.append(shape[0] * numbers[0] + numbers[0])
            shape = (numbers[0],)
    return counts


def summary_with(conv=None, pool=None, flatten=None, dense=None, map_size=None):
    """A wrong summary_numbers: other rules for the counts or the shapes."""

    def wrong(layers, input_shape):
        shape, counts = tuple(input_shape), []
        for kind, *numbers in layers:
            if kind == "conv":
                filters, k = numbers
                counts.append((conv or (lambda k, c, f: k * k * c * f + f))(k, shape[2], filters))
                size = map_size or (lambda n, k: n - k + 1)
                shape = (size(shape[0], k), size(shape[1], k), filters)
            elif kind == "pool":
                counts.append(0)
                half = pool or (lambda n, k: n // k)
                shape = (half(shape[0], numbers[0]), half(shape[1], numbers[0]), shape[2])
            elif kind == "flatten":
                counts.append(0)
                shape = ((flatten or math.prod)(shape),)
            else:
                counts.append((dense or (lambda d, m: d * m + m))(shape[0], numbers[0]))
                shape = (numbers[0],)
        return counts

    return wrong


TEN_CLASSES = [("conv", 32, 3), ("pool", 2), ("conv", 64, 3), ("pool", 2), ("flatten",), ("dense", 64), ("dense", 10)]


def summary_cases(rng):
    yield TEN_CLASSES, (28, 28, 1)
    yield [("flatten",), ("dense", 10)], (28, 28, 1)
    yield [("conv", 8, 5), ("flatten",), ("dense", 3)], (12, 10, 3)
    yield [("conv", 4, 3), ("pool", 2), ("conv", 6, 2), ("pool", 3), ("flatten",), ("dense", 5)], (21, 18, 2)
    for _case in range(3):
        filters, k, units = (int(v) for v in rng.integers(2, 6, 3))
        yield [("conv", filters, k), ("pool", 2), ("flatten",), ("dense", units), ("dense", 2)], (15, 16, 3)


def summary_rules(
    kernel=lambda layer: layer,
    channels=lambda before, filters: filters,
    window=lambda k: k,
    width=lambda before, units: units,
    flat=lambda h, w, c: h * w * c,
    weights=lambda k, h, w: k * k,
    flatten_counts=lambda n: [0],
):
    """A wrong summary_numbers: one other rule for what goes on from layer to layer."""

    def wrong(layers, input_shape):
        (h, w, c), n, counts = input_shape, 0, []
        for kind, *numbers in layers:
            if kind == "conv":
                filters, k = kernel(numbers)
                counts.append(weights(k, h, w) * c * filters + filters)
                h, w, c = h - k + 1, w - k + 1, channels(c, filters)
            elif kind == "pool":
                counts.append(0)
                h, w = h // window(numbers[0]), w // window(numbers[0])
            elif kind == "flatten":
                n = flat(h, w, c)
                counts += flatten_counts(n)
            else:
                counts.append(n * numbers[0] + numbers[0])
                n = width(n, numbers[0])
        return counts

    return wrong


def summary_kernels_of_three(layers, input_shape):
    """A wrong summary_numbers: every convolution makes the maps two pixels smaller, whatever its kernel."""
    (h, w, c), n, counts = input_shape, 0, summary_numbers(layers, input_shape)
    for place, (kind, *numbers) in enumerate(layers):
        if kind == "conv":
            h, w, c = h - 2, w - 2, numbers[0]
        elif kind == "pool":
            h, w = h // numbers[0], w // numbers[0]
        elif kind == "flatten":
            n = h * w * c
        else:
            counts[place], n = n * numbers[0] + numbers[0], numbers[0]
    return counts


SUMMARY_NUMBERS = Exercise(
    name="summary_numbers",
    chapter=6,
    title=_("Every number of summary()"),
    statement=_(
        "Return how many weights each layer of a network holds, as a list with one number for each layer. `layers` is "
        'a list of `("conv", filters, k)`, `("pool", k)`, `("flatten",)` and `("dense", units)`. Kernels and '
        "windows are k x k; kernels have stride 1 and no padding; pooling windows lie side by side. `input_shape` is "
        "(H, W, C). For the ten-class network the answer is [320, 0, 18496, 0, 0, 102464, 650]."
    ),
    reference=summary_numbers,
    cases=summary_cases,
    outputs=("counts",),
    adapt=list_as_array,
    misconceptions=[
        Misconception(
            "biases_forgotten",
            summary_with(conv=lambda k, c, f: k * k * c * f, dense=lambda d, m: d * m),
            _("The biases are missing: one for each kernel and one for each unit."),
        ),
        Misconception(
            "channels_forgotten",
            summary_with(conv=lambda k, c, f: k * k * f + f),
            _(
                "The second convolution gets 32 channels, and each kernel has weights for all of them: k * k * C * F + "
                "F."
            ),
        ),
        Misconception(
            "same_padding",
            summary_with(map_size=lambda n, k: n),
            _("Your maps keep their size. Without padding a k x k kernel makes them k - 1 pixels smaller."),
        ),
        Misconception(
            "map_one_too_small",
            summary_with(map_size=lambda n, k: n - k),
            _("Your maps are one pixel too small: there are n - k + 1 places."),
        ),
        Misconception(
            "pool_rounded_up",
            summary_with(pool=lambda n, k: -(-n // k)),
            _("Pooling rounds down: a row that does not fill a window is left out. 11 becomes 5."),
        ),
        Misconception(
            "pool_like_a_convolution",
            summary_with(pool=lambda n, k: n - k + 1),
            _("Your pooling windows move by one pixel. They lie side by side: n // k places."),
        ),
        Misconception(
            "pool_not_applied",
            summary_with(pool=lambda n, k: n),
            _("Pooling has no weights, but it changes the shape: half as high and half as wide with k = 2."),
        ),
        Misconception(
            "flatten_without_channels",
            summary_with(flatten=lambda s: s[0] * s[1]),
            _("Flatten lays height x width x channels in a row. You left the channels out."),
        ),
        Misconception(
            "one_bias_for_each_layer",
            summary_with(conv=lambda k, c, f: k * k * c * f + 1, dense=lambda d, m: d * m + 1),
            _("You counted one bias for each layer. There is one for each kernel and for each unit."),
        ),
        Misconception(
            "layers_without_weights_skipped",
            lambda layers, input_shape: [count for count in summary_numbers(layers, input_shape) if count],
            _("Layers without weights belong into the list too, with a 0."),
        ),
        Misconception(
            "total",
            lambda layers, input_shape: sum(summary_numbers(layers, input_shape)),
            _("You returned the total. A list with one number for each layer is asked."),
        ),
        Misconception(
            "channels_not_updated",
            summary_rules(channels=lambda before, filters: before),
            _(
                "Behind a convolution you still count with the channels that came in. It gives one map for each "
                "kernel: from there on C is `filters`."
            ),
        ),
        Misconception(
            "channels_multiplied",
            summary_rules(channels=lambda before, filters: before * filters),
            _(
                "You multiplied the channels by the kernels. A kernel adds all channels up to one map: C becomes "
                "`filters`."
            ),
        ),
        Misconception(
            "width_not_updated",
            summary_rules(width=lambda before, units: before),
            _("Behind a dense layer you still count with the inputs it had. It gives as many numbers as it has units."),
        ),
        Misconception(
            "pool_not_rounded",
            summary_with(pool=lambda n, k: n / k),
            _("Pooling leaves you half a pixel. A window that is not full is left out: divide with `//`."),
        ),
        Misconception(
            "pool_of_two",
            summary_rules(window=lambda k: 2),
            _("Your pooling always halves the map. The window is k x k: `layer[1]` says how large."),
        ),
        Misconception(
            "kernel_of_three",
            summary_kernels_of_three,
            _("Each of your convolutions makes the map 2 pixels smaller. That is right for k = 3 only: it is k - 1."),
        ),
        Misconception(
            "filters_and_kernel_swapped",
            summary_rules(kernel=lambda numbers: numbers[::-1]),
            _('You took k for the number of kernels and the number for k. The order is `("conv", filters, k)`.'),
        ),
        Misconception(
            "weights_for_each_pixel",
            summary_rules(weights=lambda k, h, w: h * w),
            _(
                "You gave a kernel a weight for every pixel of the map. It has k * k for each channel, shared by all "
                "places."
            ),
        ),
        Misconception(
            "square_maps",
            summary_rules(flat=lambda h, w, c: h * h * c),
            _("You used the height of the map for its width too. The input need not be square: follow H and W."),
        ),
        Misconception(
            "flatten_counted",
            summary_rules(flatten_counts=lambda n: [n]),
            _("For flatten you returned how many numbers it hands on. It holds no weights: 0."),
        ),
        Misconception(
            "flatten_skipped",
            summary_rules(flatten_counts=lambda n: []),
            _("The layer flatten has no entry in your list. It holds no weights, so its number is 0."),
        ),
        Misconception(
            "conv_biases_forgotten",
            summary_with(conv=lambda k, c, f: k * k * c * f),
            _("The biases of the convolutions are missing: one for each kernel."),
        ),
        Misconception(
            "dense_biases_forgotten",
            summary_with(dense=lambda d, m: d * m),
            _("The biases of the dense layers are missing: one for each unit."),
        ),
        Misconception(
            "always_the_ten_class_network",
            lambda layers, input_shape: [320, 0, 18496, 0, 0, 102464, 650],
            _(
                "You always return the numbers of the ten-class network. Calculate them from `layers`, which may be "
                "others."
            ),
        ),
        Misconception(
            "half_a_kernel_cut",
            summary_with(map_size=lambda n, k: n - k // 2),
            _("You cut the border on one side only. The map loses k - 1 pixels: k // 2 on each side if k is odd."),
        ),
        Misconception(
            "kernel_not_squared",
            summary_with(conv=lambda k, c, f: k * c * f + f),
            _("A kernel has k rows and k columns: k * k weights in each channel, not k."),
        ),
        Misconception(
            "pool_counted",
            lambda layers, input_shape: [
                layer[1] ** 2 if layer[0] == "pool" else n
                for layer, n in zip(layers, summary_numbers(layers, input_shape), strict=True)
            ],
            _("You counted the pixels of the pooling window. Pooling takes the largest and has nothing to learn: 0."),
        ),
        Misconception(
            "channels_updated_too_early",
            summary_with(conv=lambda k, c, f: k * k * f * f + f),
            _(
                "You counted with the channels that come out. A kernel has weights for the channels that come in: "
                "count first, then change the shape."
            ),
        ),
        Misconception(
            "biases_of_the_inputs",
            summary_with(dense=lambda d, m: d * m + d),
            _("A dense layer has one bias for each unit. You counted one for each input."),
        ),
        Misconception(
            "first_layer_only",
            lambda layers, input_shape: summary_numbers(layers, input_shape)[:1],
            _("Only the first layer is in your list. Does `return` stand inside the loop? Move it to the left."),
        ),
    ],
    hints=[
        _("Keep the shape of one sample in a variable and change it layer by layer. Only conv and dense have weights."),
        _("conv: k * k * C * F + F weights, then (H - k + 1, W - k + 1, F). pool: no weights, (H // k, W // k, C)."),
        _("flatten: (H * W * C,). dense: inputs * units + units, then (units,)."),
    ],
)


def flatten(x):
    """All values of a sample in one row, in reading order, the channels of a pixel side by side: (N, H, W, C)."""
    return x.reshape(len(x), -1)


def flatten_cases(rng):
    yield (np.arange(8.0).reshape(1, 2, 2, 2),)
    yield (rng.normal(size=(1, 1, 1, 1)),)
    yield (rng.normal(size=(3, 2, 4, 2)).round(1),)
    yield (rng.normal(size=(2, 5, 3, 1)),)
    yield (rng.normal(size=(4, 3, 2, 5)).T,)
    yield (rng.normal(size=(4, 6, 6, 4))[::2, ::2, ::3, ::2],)


FLATTEN = Exercise(
    name="flatten",
    chapter=6,
    title=_("From maps to a row"),
    statement=_(
        "Return every image as one row of numbers, as the layer Flatten does: `x` (N, H, W, C) becomes (N, H * W * C). "
        "The order is that of reading: row by row, in a row from left to right, and the channels of a pixel side by "
        "side. The next layer has learned its weights for this order. On paper: the pixels [0, 1], [2, 3] of the first "
        "row and [4, 5], [6, 7] of the second give 0, 1, 2, 3, 4, 5, 6, 7."
    ),
    reference=flatten,
    cases=flatten_cases,
    outputs=("y",),
    misconceptions=[
        Misconception(
            "batch_flattened",
            lambda x: x.reshape(-1),
            _("You flattened the batch as well. Each image keeps a row of its own: the first axis stays."),
        ),
        Misconception(
            "batch_as_one_row",
            lambda x: x.reshape(1, -1),
            _("All images are in one row. Each image needs its own: `x.reshape(len(x), -1)`."),
        ),
        Misconception(
            "channels_first",
            lambda x: x.transpose(0, 3, 1, 2).reshape(len(x), -1),
            _(
                "You laid map after map. Here the channels of a pixel stand side by side, because they are the last "
                "axis."
            ),
        ),
        Misconception(
            "column_order",
            lambda x: x.reshape(len(x), -1, order="F"),
            _("You went down the columns first (Fortran's order). Reading order goes along the rows: NumPy's order C."),
        ),
        Misconception(
            "columns_first",
            lambda x: x.transpose(0, 2, 1, 3).reshape(len(x), -1),
            _("You went column by column. Reading order goes row by row."),
        ),
        Misconception(
            "channels_kept",
            lambda x: x.reshape(len(x), -1, x.shape[3]),
            _("The channels are still an axis. All values of an image go into one row: `x.reshape(len(x), -1)`."),
        ),
        Misconception(
            "transposed",
            lambda x: x.reshape(len(x), -1).T,
            _("Rows and columns of the result are swapped: one row for each image."),
        ),
        Misconception(
            "channels_averaged",
            lambda x: x.mean(axis=3).reshape(len(x), -1),
            _("You took the mean over the channels. Nothing is calculated here, only laid in a row."),
        ),
        Misconception(
            "regrouped",
            lambda x: x.reshape(-1, len(x)).T,
            _("The values of different images are mixed. Keep the first axis: `x.reshape(len(x), -1)`."),
        ),
        Misconception(
            "pixels_as_rows",
            lambda x: x.reshape(-1, x.shape[3]),
            _("Every pixel has become a row. One row for each image is asked: `x.reshape(len(x), -1)`."),
        ),
        Misconception(
            "rows_kept",
            lambda x: x.reshape(len(x), x.shape[1], -1),
            _("The rows of the image are still an axis. All values of an image go into one row."),
        ),
        Misconception(
            "channels_summed",
            lambda x: x.sum(axis=3).reshape(len(x), -1),
            _("You added the channels up. Nothing is calculated here: all H * W * C values are kept."),
        ),
        Misconception(
            "first_image_only",
            lambda x: x[0].reshape(-1),
            _("Only the first image is in your result, without an axis for the batch: `x.reshape(len(x), -1)`."),
        ),
        Misconception(
            "batch_of_one_lost",
            lambda x: x.reshape(len(x), -1).squeeze(),
            _("A batch of one image has lost its first axis: leave out `squeeze()`, the result always has two axes."),
        ),
        Misconception(
            "order_of_the_memory",
            lambda x: np.ravel(x, order="K").reshape(len(x), -1),
            _(
                'order="K" or "A" takes the values as they lie in memory, which differs after a transpose. Reading '
                'order is the default, order="C".'
            ),
        ),
    ],
    hints=[
        _("`reshape` gives the same values another shape, in reading order."),
        _("The first axis stays: its length is `len(x)`. For the other, -1 lets NumPy calculate it."),
        _("`return x.reshape(len(x), -1)`."),
    ],
)
