"""The exercises of chapter 5, seeing with kernels: one kernel on one image, and the size of what comes out."""

import numpy as np

from course_lib.exercises.chapter5_average import AVERAGE_POOL
from course_lib.exercises.chapter5_convolution import CONV2D, CONV2D_BACKWARD, CONV_PARAMETERS
from course_lib.exercises.chapter5_pooling import MAX_POOL, MAX_POOL_BACKWARD
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def cross_correlate(image, kernel):
    """One kernel on one image: y_ij = sum over u, v of x_(i+u, j+v) W_uv; image (H, W), kernel (kh, kw)."""
    kh, kw = kernel.shape
    height, width = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    y = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = image[i : i + kh, j : j + kw]
            y[i, j] = np.sum(window * kernel)
    return y


def correlate_windows(image, kernel, function=lambda window, kernel: np.sum(window * kernel), cut=0):
    """A wrong cross_correlate: another function of the window, or `cut` places fewer in each direction."""
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1 - cut, image.shape[1] - kw + 1 - cut))
    for i, j in np.ndindex(y.shape):
        y[i, j] = function(image[i : i + kh, j : j + kw], kernel)
    return y


def correlate_cases(rng):
    image = np.array([[1.0, 0, 2, 1], [0, 1, 3, 1], [2, 1, 0, 0], [1, 0, 1, 2]])
    yield image, np.array([[1.0, -1], [2, 0]])
    yield np.array([[2.0]]), np.array([[-1.5]])
    yield rng.normal(size=(5, 4)).round(1), rng.normal(size=(2, 3)).round(1)
    yield rng.normal(size=(6, 6)).round(1), rng.normal(size=(3, 3)).round(1)
    yield rng.normal(size=(3, 7)), rng.normal(size=(3, 7))
    yield rng.normal(size=(12, 14))[::2, ::2].T, rng.normal(size=(4, 6))[::2, ::2]


def correlate_places(image, kernel, window, full=False):
    """A wrong cross_correlate: the window cut by another rule (image, i, j, kh, kw), or all pixels as places."""
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i, j in np.ndindex(image.shape if full else y.shape):
        y[i, j] = np.sum(window(image, i, j, kh, kw) * kernel)
    return y


def correlate_stopped(image, kernel, row=False):
    """A wrong cross_correlate that returns after its first place, or after its first row."""
    y = correlate_windows(image, kernel)
    y[1 if row else 0 :, 0 if row else 1 :] = 0
    if not row:
        y[1:] = 0
    return y


def correlate_running(image, kernel):
    y = correlate_windows(image, kernel)
    return np.cumsum(y).reshape(y.shape)


def correlate_into_image(image, kernel):
    y = np.zeros(image.shape)
    right = correlate_windows(image, kernel)
    y[: right.shape[0], : right.shape[1]] = right
    return y


CROSS_CORRELATE = Exercise(
    name="cross_correlate",
    chapter=5,
    title=_("One kernel on one image"),
    statement=_(
        "Move the kernel over the image and return the sum of products at each place:\n\n"
        "$$y_{ij} = \\sum_u \\sum_v x_{i+u,\\, j+v} \\, W_{uv}$$\n\n"
        "`image` (H, W), `kernel` (kh, kw). The window must not leave the image, so the result has the shape "
        "(H - kh + 1, W - kw + 1). On paper: the window [[0, 2], [1, 3]] and the kernel [[1, -1], [2, 0]] give "
        "0 - 2 + 2 + 0 = 0."
    ),
    reference=cross_correlate,
    cases=correlate_cases,
    outputs=("y",),
    misconceptions=[
        Misconception(
            "kernel_turned",
            lambda image, kernel: correlate_windows(image, kernel[::-1, ::-1]),
            _(
                "You turned the kernel by 180 degrees. That is the convolution of mathematics. Deep learning does not "
                "turn it: the upper left weight meets the upper left pixel of the window."
            ),
        ),
        Misconception(
            "kernel_transposed",
            lambda image, kernel: correlate_windows(image, kernel.T),
            _("The kernel is transposed: its rows must lie on the rows of the window, not on the columns."),
        ),
        Misconception(
            "last_place_missing",
            lambda image, kernel: correlate_windows(image, kernel, cut=1),
            _("The last row and the last column of places are missing: there are H - kh + 1 places, not H - kh."),
        ),
        Misconception(
            "mean",
            lambda image, kernel: correlate_windows(image, kernel, lambda w, k: np.mean(w * k)),
            _("You took the mean of the products where the sum was asked."),
        ),
        Misconception(
            "sum_of_window_times_sum_of_kernel",
            lambda image, kernel: correlate_windows(image, kernel, lambda w, k: np.sum(w) * np.sum(k)),
            _(
                "You multiplied the sum of the window by the sum of the kernel. Multiply pixel by pixel first, then "
                "add."
            ),
        ),
        Misconception(
            "matrix_product",
            lambda image, kernel: correlate_windows(image, kernel, lambda w, k: np.sum(w @ k.T)),
            _(
                "You used the matrix product of window and kernel. Here every pixel meets only the weight that lies on "
                "it: `window * kernel`."
            ),
        ),
        Misconception(
            "same_size",
            lambda image, kernel: correlate_windows(
                np.pad(image, [((k - 1) // 2, k - 1 - (k - 1) // 2) for k in kernel.shape]), kernel
            ),
            _("You put a border of zeros around the image. Here there is none: the result is smaller than the image."),
        ),
        Misconception(
            "kernel_not_used",
            lambda image, kernel: correlate_windows(image, kernel, lambda w, k: np.sum(w)),
            _("You added up the window alone. Each pixel is first multiplied by the weight that lies on it."),
        ),
        Misconception(
            "windows_side_by_side",
            lambda image, kernel: correlate_windows(image, kernel)[:: kernel.shape[0], :: kernel.shape[1]],
            _("Your windows lie side by side. The window moves by one pixel at a time, so windows overlap."),
        ),
        Misconception(
            "rows_and_columns_swapped",
            lambda image, kernel: correlate_windows(image, kernel).T,
            _("Rows and columns of the result are swapped: the first index is the row of the window."),
        ),
        Misconception(
            "last_product_only",
            lambda image, kernel: correlate_windows(image, kernel, lambda w, k: w[-1, -1] * k[-1, -1]),
            _(
                "Only the last product of each window is left: `=` overwrites the others. Begin with 0 and add with "
                "`+=`."
            ),
        ),
        Misconception(
            "running_total",
            lambda image, kernel: np.cumsum(correlate_windows(image, kernel)).reshape(
                correlate_windows(image, kernel).shape
            ),
            _("Your sum goes on from window to window. Begin with 0 again at every place."),
        ),
        Misconception(
            "return_in_the_loop",
            correlate_stopped,
            _(
                "Only the first place is calculated, the rest stays 0. Does `return` stand inside the loops? Move it "
                "out."
            ),
        ),
        Misconception(
            "return_in_the_outer_loop",
            lambda image, kernel: correlate_stopped(image, kernel, row=True),
            _("Only the first row of places is calculated. Does `return` stand inside the outer loop? Move it out."),
        ),
        Misconception(
            "places_swapped",
            lambda image, kernel: correlate_places(image, kernel, lambda x, i, j, kh, kw: x[j : j + kh, i : i + kw]),
            _("Row and column of the place are swapped: i moves the window down, j to the right."),
        ),
        Misconception(
            "window_ends_at_kernel",
            lambda image, kernel: correlate_places(image, kernel, lambda x, i, j, kh, kw: x[i:kh, j:kw]),
            _("Your window ends at kh and kw wherever it begins, so it shrinks. It ends at i + kh and j + kw."),
        ),
        Misconception(
            "square_kernel",
            lambda image, kernel: correlate_places(image, kernel, lambda x, i, j, kh, kw: x[i : i + kh, j : j + kh]),
            _("You used the kernel's height for its width too. It need not be square: `kh, kw = kernel.shape`."),
        ),
        Misconception(
            "places_of_the_image",
            lambda image, kernel: correlate_places(
                image, kernel, lambda x, i, j, kh, kw: x[i : i + kh, j : j + kw], full=True
            ),
            _(
                "Your loops run over all pixels, so the window leaves the image at the end. There are only H - kh + 1 "
                "rows and W - kw + 1 columns of places."
            ),
        ),
        Misconception(
            "rest_of_zeros",
            correlate_into_image,
            _(
                "Your result has the size of the image, with zeros at the end. Make it as large as there are places: "
                "(H - kh + 1, W - kw + 1)."
            ),
        ),
        Misconception(
            "one_row",
            lambda image, kernel: correlate_windows(image, kernel).ravel(),
            _("All places are in one row. The result has rows and columns: (H - kh + 1, W - kw + 1)."),
        ),
        Misconception(
            "divided_by_weights",
            lambda image, kernel: correlate_windows(image, kernel, lambda w, k: np.sum(w * k) / np.sum(k)),
            _("You divided by the sum of the weights. Here nothing is divided; an edge kernel even has the sum 0."),
        ),
        Misconception(
            "full",
            lambda image, kernel: correlate_windows(np.pad(image, [(k - 1, k - 1) for k in kernel.shape]), kernel),
            _(
                "Your window also stands where it covers one pixel only (SciPy calls this full). It must not leave the "
                "image: valid."
            ),
        ),
        Misconception(
            "relu_added",
            lambda image, kernel: np.maximum(correlate_windows(image, kernel), 0),
            _("Negative sums became 0. Only the sums are asked here, also negative ones."),
        ),
        Misconception(
            "first_place_skipped",
            lambda image, kernel: np.pad(correlate_windows(image, kernel)[1:, 1:], ((1, 0), (1, 0))),
            _("The first row and column of places stay 0. Count from 0: `range(height)`, not `range(1, height)`."),
        ),
        Misconception(
            "last_place_empty",
            lambda image, kernel: np.pad(correlate_windows(image, kernel)[:-1, :-1], ((0, 1), (0, 1))),
            _(
                "The last row and column of places stay 0: the loops stop one place early. `range(height)` ends at "
                "height - 1."
            ),
        ),
    ],
    hints=[
        _("How many places has the window? The last start is H - kh, counted from 0."),
        _("At place i, j the window is `image[i : i + kh, j : j + kw]`."),
        _("`np.sum(window * kernel)` multiplies pixel by pixel and adds up."),
    ],
)


def output_size(n, kernel_size, strides, padding):
    """Places of a window along one axis: floor((n - k) / s) + 1 without padding ("valid"), ceil(n / s) for "same"."""
    if padding == "same":
        return -(-n // strides)
    return (n - kernel_size) // strides + 1


def size_cases(rng):
    yield 28, 3, 1, "valid"
    yield 28, 3, 2, "valid"
    yield 28, 3, 1, "same"
    yield 7, 3, 3, "same"
    yield 7, 2, 2, "valid"
    yield 9, 3, 2, "valid"
    yield 10, 4, 1, "same"
    for _case in range(8):
        kernel_size, strides = int(rng.integers(1, 6)), int(rng.integers(1, 4))
        yield int(rng.integers(kernel_size, 40)), kernel_size, strides, ("valid", "same")[_case % 2]
    yield 11, 2, 4, "same"  # windows with gaps between them
    yield 34, 1, 1, "same"


def size_with(valid=None, same=None):
    """A wrong output_size: another rule for one of the paddings."""

    def wrong(n, kernel_size, strides, padding):
        rule = same if padding == "same" else valid
        return rule(n, kernel_size, strides) if rule else output_size(n, kernel_size, strides, padding)

    return wrong


OUTPUT_SIZE = Exercise(
    name="output_size",
    chapter=5,
    title=_("The size of the output"),
    statement=_(
        "Return how many places a window has along one axis of n pixels:\n\n"
        '- `padding="valid"`: no border, $\\lfloor (n - k) / s \\rfloor + 1$ places,\n'
        '- `padding="same"`: so many zeros that there are $\\lceil n / s \\rceil$ places (rounded up).\n\n'
        "`n`, `kernel_size` k and `strides` s are whole numbers, and so is the result. "
        "On paper: 28 pixels, k = 3, s = 2 give floor(25 / 2) + 1 = 13."
    ),
    reference=output_size,
    cases=size_cases,
    outputs=("size",),
    solution_note=_("`nn.conv_output_size` does the same and checks what it is given."),
    misconceptions=[
        Misconception(
            "one_place_missing",
            size_with(valid=lambda n, k, s: (n - k) // s),
            _("One place is missing: the window also stands at the very start. Add 1."),
        ),
        Misconception(
            "stride_ignored",
            size_with(lambda n, k, s: n - k + 1, lambda n, k, s: n),
            _("The stride is missing: with strides=2 the window skips every second place."),
        ),
        Misconception(
            "plus_one_before_dividing",
            size_with(valid=lambda n, k, s: (n - k + 1) // s),
            _("You added the 1 before dividing. First divide the way n - k by the stride and round down, then add 1."),
        ),
        Misconception(
            "rounded_up",
            size_with(valid=lambda n, k, s: -(-(n - k) // s) + 1),
            _(
                "You rounded up: your last window leaves the image. Without padding the pixels that do not fill a "
                "window are left out, so round down."
            ),
        ),
        Misconception(
            "same_rounded_down",
            size_with(same=lambda n, k, s: n // s),
            _('For "same" you rounded down. The border is made so large that no pixel is left out: round up.'),
        ),
        Misconception(
            "kernel_ignored",
            size_with(valid=lambda n, k, s: -(-n // s)),
            _('You treated "valid" like "same": without a border the window has only n - k + 1 places to start from.'),
        ),
        Misconception(
            "padding_counted_once",
            size_with(same=lambda n, k, s: (n + (k - 1) // 2 - k) // s + 1),
            _("You counted the border on one side only. It lies on both sides: n + p with p for both sides together."),
        ),
        Misconception(
            "padding_of_half_the_kernel",
            size_with(same=lambda n, k, s: (n + 2 * (k // 2) - k) // s + 1),
            _(
                'For "same" you padded k // 2 on both sides. For an even kernel that is one pixel too much: the size '
                "is ceil(n / s) for every kernel."
            ),
        ),
        Misconception(
            "not_whole",
            size_with(lambda n, k, s: (n - k) / s + 1, lambda n, k, s: n / s),
            _("Your number of places is not whole. Round it: `//` rounds down, `-(-a // b)` rounds up."),
        ),
        Misconception(
            "paddings_swapped",
            lambda n, k, s, padding: output_size(n, k, s, "valid" if padding == "same" else "same"),
            _('The two paddings are swapped: "same" is the one with a border.'),
        ),
        Misconception(
            "valid_stride_ignored",
            size_with(valid=lambda n, k, s: n - k + 1),
            _('For "valid" the stride is missing: the window moves by s pixels at a time.'),
        ),
        Misconception(
            "same_stride_ignored",
            size_with(same=lambda n, k, s: n),
            _('For "same" the stride is missing: there are n places only with strides 1.'),
        ),
        Misconception(
            "same_like_valid",
            size_with(same=lambda n, k, s: (n - k) // s + 1),
            _(
                'For "same" you return the number without a border. Does your `if` compare with "same", in small '
                "letters?"
            ),
        ),
        Misconception(
            "valid_to_the_nearest",
            size_with(valid=lambda n, k, s: round((n - k) / s) + 1),
            _("`round` goes to the nearest whole number, up or down. Without a border always round down: `//`."),
        ),
        Misconception(
            "same_to_the_nearest",
            size_with(same=lambda n, k, s: round(n / s)),
            _('`round` goes to the nearest whole number, up or down. For "same" always round up: `-(-n // s)`.'),
        ),
        Misconception(
            "same_one_too_many",
            size_with(same=lambda n, k, s: n // s + 1),
            _('n // s + 1 is one too many where s divides n. "same" means n / s rounded up: `-(-n // s)`.'),
        ),
        Misconception(
            "valid_not_whole",
            size_with(valid=lambda n, k, s: (n - k) / s + 1),
            _('For "valid" your number of places is not whole. `//` divides and rounds down.'),
        ),
        Misconception(
            "valid_one_too_many",
            size_with(valid=lambda n, k, s: -(-(n - k + 1) // s) + 1),
            _("One place too many: n - k + 1 already counts the place at the start, so no 1 is added after dividing."),
        ),
        Misconception(
            "brackets_missing",
            size_with(valid=lambda n, k, s: n - k // s + 1),
            _("Only k is divided by the stride. Brackets are missing: first `n - kernel_size`, then divide."),
        ),
        Misconception(
            "n_divided_first",
            size_with(valid=lambda n, k, s: n // s - k + 1),
            _("You divided n by the stride before the kernel was subtracted. First `n - kernel_size`, then divide."),
        ),
        Misconception(
            "border_of_a_whole_kernel",
            size_with(same=lambda n, k, s: (n + 2 * (k - 1) - k) // s + 1),
            _("Your border has k - 1 pixels on each side. With strides 1 both sides together need k - 1."),
        ),
        Misconception(
            "border_of_an_odd_kernel",
            size_with(same=lambda n, k, s: (n + 2 * ((k - 1) // 2) - k) // s + 1),
            _(
                "Your border is right for odd kernels. For an even one, (k - 1) // 2 on both sides is one pixel short: "
                "the size is n / s rounded up for every kernel."
            ),
        ),
        Misconception(
            "one_place_missing_rounded_up",
            size_with(valid=lambda n, k, s: -(-(n - k) // s)),
            _('For "valid" you rounded up where the place at the start should be counted. Round down, then add 1.'),
        ),
        Misconception(
            "kernel_not_subtracted",
            size_with(valid=lambda n, k, s: n // s),
            _('For "valid" the kernel is missing: the window can begin at the pixels 0 to n - k only.'),
        ),
        Misconception(
            "same_without_border",
            size_with(same=lambda n, k, s: -(-(n - k) // s) + 1),
            _(
                'For "same" you rounded up, but the border is missing: the size does not depend on the kernel, only '
                "on n and s."
            ),
        ),
    ],
    hints=[
        _("Without a border the first place is 0 and the last is at most n - k. With a stride, count in steps of s."),
        _("`a // b` divides and rounds down; `-(-a // b)` divides and rounds up."),
        _('"valid": `(n - kernel_size) // strides + 1`. "same": `-(-n // strides)`.'),
    ],
)


EXERCISES = [
    CROSS_CORRELATE, OUTPUT_SIZE, CONV2D, CONV_PARAMETERS, MAX_POOL, AVERAGE_POOL, MAX_POOL_BACKWARD, CONV2D_BACKWARD,
]  # fmt: skip
