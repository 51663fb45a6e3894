"""The exercises of chapter 12 on numbers of one byte: quantize weights, and multiply without wrapping round."""

import functools

import numpy as np

from course_lib import quantization
from course_lib.exercises.comparing import Mistake
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


# ---------------------------------------------------------------- one byte each
def bytes_only(function):
    """The numbers must be of the dtype int8: that is what the exercise is for."""

    @functools.wraps(function, updated=())
    def plain(*arguments):
        value = function(*arguments)
        q = value[0] if isinstance(value, tuple | list) and len(value) == 2 else None
        if isinstance(q, np.ndarray) and q.ndim and q.dtype != np.int8:
            raise Mistake(
                _(
                    "`q` has dtype {dtype}: {size} bytes a number, from another range. Asked is int8, one byte from "
                    "-128 to 127: `.astype(np.int8)` at the end."
                ).format(dtype=q.dtype, size=q.itemsize)
            )
        return value

    return plain


def quantize_cases(rng):
    yield (np.array([0.5, -1.27, 0.004]),)
    yield (rng.normal(0, 0.1, (4, 3)),)
    yield (np.array([[-3.0, 0.31], [1.17, 2.9]]),)
    yield (np.array([0.0, 0.0]),)
    yield (rng.uniform(0.2, 0.9, 7),)
    yield (-np.abs(rng.normal(size=(2, 3, 3))),)
    yield (1e-7 * rng.normal(size=(8, 5))[::2],)


def largest(w):
    return np.abs(w).max()


def or_one(scale):
    return np.where(scale > 0, scale, 1.0) if np.ndim(scale) else (float(scale) or 1.0)


def rounded(
    scale=lambda w: or_one(largest(w) / 127),
    whole=lambda x: np.clip(np.rint(x), -127, 127),
    finish=lambda q, scale: (q, scale),
):
    """The right bytes with one part replaced: the mistakes below say which."""

    def of(w):
        s = scale(w)
        q = np.nan_to_num(whole(w / s)).astype(int).astype(np.int8)
        return finish(q, s)

    return of


def zero_point(w):
    """The asymmetric form: the smallest number becomes -128, the largest 127."""
    scale = or_one((w.max() - w.min()) / 255)
    return np.clip(np.rint((w - w.min()) / scale) - 128, -128, 127).astype(np.int8), scale


def added(digits):
    """A known mistake: a small number is added to the scale."""
    return Misconception(
        f"added_1e_{digits}",
        rounded(lambda w: largest(w) / 127 + 10.0**-digits),
        _(
            "You added 1e-{digits} to the scale. Small weights then lose digits, and zeros get a scale that means "
            "nothing. Only where the scale is 0 take 1."
        ).format(digits=digits),
    )


QUANTIZE = Exercise(
    name="quantize",
    chapter=12,
    title=_("Four bytes become one"),
    statement=_(
        "Store weights in one byte each. The largest absolute value becomes 127, everything else in proportion:\n\n"
        "$$s = \\frac{\\max |w|}{127}, \\qquad q = \\text{round}(w / s), \\qquad w \\approx s\\, q$$\n\n"
        "`w` is an array of any shape. Return `q, scale`: q of the same shape with dtype int8, scale is s, one number. "
        "If all weights are 0, the scale is 1.\n\n"
        "On paper: w = (0.5, -1.27, 0.004): s = 0.01, q = (50, -127, 0). Back again: 0.5, -1.27, 0. The third weight "
        "is lost: it is smaller than half a step."
    ),
    reference=quantization.quantize,
    cases=quantize_cases,
    outputs=("q", "scale"),
    adapt=bytes_only,
    solution_note=_(
        "`or 1.0` takes 1 where the scale is 0. Tools take a scale for each column of the weights, so that one large "
        "weight does not coarsen all others. `numbers` checks w."
    ),
    misconceptions=[
        Misconception(
            "divided_by_128",
            rounded(lambda w: or_one(largest(w) / 128)),
            _("You divided by 128. The largest byte is 127; with 128 the largest weight does not fit."),
        ),
        Misconception(
            "wrapped_round",
            rounded(lambda w: or_one(largest(w) / 128), np.rint),
            _("You divided by 128, and 128 does not fit into int8: it becomes -128. Divide by 127."),
        ),
        Misconception(
            "divided_by_255",
            rounded(lambda w: or_one(largest(w) / 255)),
            _("You divided by 255, so half of the weights are cut off at 127. The 256 values lie on both sides of 0."),
        ),
        Misconception(
            "divided_by_255_wrapped",
            rounded(lambda w: or_one(largest(w) / 255), np.rint),
            _("You divided by 255. Values above 127 do not fit into int8 and become negative. Divide by 127."),
        ),
        Misconception(
            "half_of_255",
            rounded(lambda w: or_one(2 * largest(w) / 255)),
            _("You divided by 127.5. The steps are whole numbers: the largest is 127."),
        ),
        Misconception(
            "zero_point",
            zero_point,
            _(
                "You mapped the smallest number to -128 and the largest to 127 (asymmetric). Here 0 stays 0: the scale "
                "comes from the largest absolute value."
            ),
        ),
        Misconception(
            "largest_without_sign",
            rounded(lambda w: or_one(np.maximum(w.max(), 0) / 127)),
            _("A large negative weight was overlooked: take the largest absolute value, `np.abs(w).max()`."),
        ),
        Misconception(
            "largest_without_sign_wrapped",
            rounded(lambda w: or_one(np.maximum(w.max(), 0) / 127), np.rint),
            _("A large negative weight was overlooked and wraps round: take `np.abs(w).max()`."),
        ),
        Misconception(
            "largest_signed_wrapped",
            rounded(lambda w: w.max() / 127 if w.max() else 1.0, np.rint),
            _("Your scale can be negative or too small, and weights wrap round: take `np.abs(w).max()`."),
        ),
        Misconception(
            "sign_removed_too_late",
            rounded(lambda w: or_one(abs(w.max()) / 127), np.rint),
            _("You took the largest weight, then its absolute value. First `np.abs`: of -3 and 2.9 it is 3."),
        ),
        Misconception(
            "largest_signed",
            rounded(lambda w: w.max() / 127 if w.max() else 1.0),
            _("Your scale can be negative or too small: take the largest absolute value, `np.abs(w).max()`."),
        ),
        Misconception(
            "cut_off",
            rounded(whole=np.trunc),
            _("`astype(np.int8)` cuts off the digits, so every weight moves towards 0. Round first: `np.rint`."),
        ),
        Misconception(
            "rounded_down",
            rounded(whole=np.floor),
            _("You rounded down, so all weights become a little smaller. Round to the nearest: `np.rint`."),
        ),
        Misconception(
            "scale_upside_down",
            rounded(finish=lambda q, s: (q, 1 / s)),
            _("You return 127 / max, the inverse. The scale takes q back to w: w = scale * q."),
        ),
        Misconception(
            "not_scaled",
            rounded(lambda w: 1.0),
            _("You rounded the weights as they are: nearly all become 0. Divide by the scale first."),
        ),
        Misconception(
            "zero_scale",
            rounded(lambda w: largest(w) / 127),
            _("If all weights are 0, your scale is 0 and w / scale is 0 / 0. Take 1 then."),
        ),
        added(6),
        added(8),
        added(9),
        added(10),
        Misconception(
            "three_deviations",
            rounded(lambda w: or_one(3 * w.std() / 127)),
            _("You took three standard deviations as the largest value. Asked is the largest absolute value itself."),
        ),
        Misconception(
            "range_used",
            rounded(lambda w: or_one(np.ptp(w) / 127)),
            _("You divided the range from the smallest to the largest by 127. Divide the largest absolute value."),
        ),
        Misconception(
            "mean_used",
            rounded(lambda w: or_one(np.abs(w).mean() / 127)),
            _("You took the mean absolute value: about half of the weights are cut off. Take the largest."),
        ),
        Misconception(
            "negatives_lost",
            rounded(whole=lambda x: np.clip(np.rint(x), 0, 127)),
            _("Negative weights became 0. int8 goes from -128 to 127: clip at -127."),
        ),
        Misconception(
            "scale_of_each_column",
            rounded(lambda w: or_one(np.abs(w).max(axis=0) / 127)),
            _("You took a scale for each column. Tools do, and it is better; here one scale for all is asked for."),
        ),
        Misconception(
            "wrong_order",
            rounded(finish=lambda q, s: (s, q)),
            _("The order is wrong: return q, scale."),
        ),
        Misconception(
            "seven_bits",
            rounded(lambda w: or_one(largest(w) / 63), lambda x: np.clip(np.rint(x), -63, 63)),
            _("You used the numbers from -63 to 63 only. A byte holds -127 to 127."),
        ),
        Misconception(
            "largest_returned",
            rounded(finish=lambda q, s: (q, 127 * s)),
            _("You return the largest weight. The scale is a 127th of it: w = scale * q."),
        ),
    ],
    hints=[
        _("How large is one step if 127 steps reach the largest absolute value?"),
        _("`scale = np.abs(w).max() / 127`, and 1 if that is 0. How many steps is each weight? Round, do not cut off."),
        _("`q = np.clip(np.rint(w / scale), -127, 127).astype(np.int8)`."),
    ],
)


# ---------------------------------------------------------------- a layer in bytes
def int8_cases(rng):
    yield np.array([[100, 100]], np.int8), np.array([[100], [-50]], np.int8), 0.01, 0.1
    yield np.array([[2, -3]], np.int8), np.array([[4, 0], [1, -5]], np.int8), 0.5, 0.25
    for N, D, M in [(2, 3, 3), (3, 3, 3), (1, 8, 2)]:
        yield tuple(rng.integers(-127, 128, shape).astype(np.int8) for shape in ((N, D), (D, M))) + (0.03, 0.002)
    yield np.full((2, 40), 120, np.int8), np.full((40, 3), 111, np.int8), 0.02, 0.007
    yield (
        rng.integers(-127, 128, (8, 5)).astype(np.int8)[::2],
        rng.integers(-127, 128, (5, 4)).astype(np.int8),
        2.0,
        0.3,
    )


def widened(q_x, q_W):
    return q_x.astype(np.int32) @ q_W.astype(np.int32)


def product(total=widened, scale=lambda s_x, s_W: s_x * s_W, finish=lambda y: y):
    """The right layer with one part replaced: the mistakes below say which."""
    return lambda q_x, q_W, scale_x, scale_W: finish(total(q_x, q_W) * scale(scale_x, scale_W))


def in_16_bits(q_x, q_W):
    return (widened(q_x, q_W)).astype(np.int16)  # the same as to calculate in int16: both wrap round at 65,536


def in_8_bits(q_x, q_W):
    return (widened(q_x, q_W)).astype(np.int8)


INT8_DENSE = Exercise(
    name="int8_dense",
    chapter=12,
    title=_("A layer that calculates in bytes"),
    statement=_(
        "Inputs and weights are stored in bytes: x = scale_x q_x, W = scale_W q_W. Calculate the dense layer with "
        "whole numbers, and scale once at the end:\n\n"
        "$$y = x W = (s_x s_W)\\ (q_x\\, q_W)$$\n\n"
        "`q_x` has shape (N, D), `q_W` (D, M), both int8. `scale_x` and `scale_W` are numbers. Return y, (N, M). "
        "NumPy keeps the dtype of a product: two int8 arrays give int8, from -128 to 127, and what is larger wraps "
        "round without a warning.\n\n"
        "On paper: q_x = (100, 100), q_W = (100, -50), scales 0.01 and 0.1: the sum is 10,000 - 5,000 = 5,000, "
        "y = 5.0. In int8 it would be -120, y = -0.12."
    ),
    reference=quantization.int8_dense,
    cases=int8_cases,
    outputs=("y",),
    solution_note=_(
        "Chips for inference do just this: bytes in, sums in 32 bits, one multiplication at the end. Whoever scales "
        "first gets the same numbers, but multiplies floats. In NumPy bytes are no faster: its fast products are for "
        "floats. `two_tables` checks the arrays."
    ),
    misconceptions=[
        Misconception(
            "wraps_in_8_bits",
            product(in_8_bits),
            _("Your sums wrap round in int8: 5,000 became -120. Convert before the product: `q_x.astype(np.int32)`."),
        ),
        Misconception(
            "wraps_in_16_bits",
            product(in_16_bits),
            _("int16 ends at 32,767: two products of bytes fit, more do not. Calculate the sums in int32."),
        ),
        Misconception(
            "cut_off_at_127",
            product(lambda q_x, q_W: np.clip(widened(q_x, q_W), -128, 127)),
            _("You cut the sums off at the range of a byte. Keep them in int32; only the inputs are bytes."),
        ),
        Misconception(
            "cut_off_on_both_sides",
            product(lambda q_x, q_W: np.clip(widened(q_x, q_W), -127, 127)),
            _("You cut the sums off at -127 and 127. Keep them in int32; only the inputs are bytes."),
        ),
        Misconception(
            "scale_of_W_forgotten",
            product(scale=lambda s_x, s_W: s_x),
            _("`scale_W` is missing: y = scale_x scale_W (q_x q_W)."),
        ),
        Misconception(
            "scale_of_x_forgotten",
            product(scale=lambda s_x, s_W: s_W),
            _("`scale_x` is missing: y = scale_x scale_W (q_x q_W)."),
        ),
        Misconception(
            "not_scaled",
            product(scale=lambda s_x, s_W: 1.0),
            _("You return the sums of the bytes. Multiply them by both scales."),
        ),
        Misconception(
            "scales_added",
            product(scale=lambda s_x, s_W: s_x + s_W),
            _("You added the scales. A product of two scaled numbers carries the product of both scales."),
        ),
        Misconception(
            "divided_by_scales",
            product(scale=lambda s_x, s_W: 1 / (s_x * s_W)),
            _("You divided by the scales. q = x / scale, so the way back multiplies."),
        ),
        Misconception(
            "one_scale_divided",
            product(scale=lambda s_x, s_W: s_x / s_W),
            _("You divided by `scale_W`. Both scales multiply: y = scale_x scale_W (q_x q_W)."),
        ),
        Misconception(
            "other_scale_divided",
            product(scale=lambda s_x, s_W: s_W / s_x),
            _("You divided by `scale_x`. Both scales multiply: y = scale_x scale_W (q_x q_W)."),
        ),
        Misconception(
            "rounded",
            product(finish=np.rint),
            _("You rounded the result. y holds decimal numbers, like x and W."),
        ),
        Misconception(
            "mean",
            lambda q_x, q_W, s_x, s_W: widened(q_x, q_W) * (s_x * s_W) / q_W.shape[0],
            _("You divided by D. A dense layer adds up the products: no mean."),
        ),
        Misconception(
            "read_as_unsigned",
            product(lambda q_x, q_W: widened(q_x.astype(np.uint8), q_W.astype(np.uint8))),
            _("Negative bytes were read as numbers from 128 to 255 (uint8). The arrays are signed: int8."),
        ),
        Misconception(
            "transposed",
            product(lambda q_x, q_W: widened(q_x, q_W.T)),
            _("W is transposed. Its rows belong to the D inputs: q_x @ q_W."),
        ),
        Misconception(
            "divided_by_127",
            product(scale=lambda s_x, s_W: s_x * s_W / 127**2),
            _("You divided by 127 for each array. That is in the scales already: scale = max / 127."),
        ),
        Misconception(
            "sums_of_each_row",
            lambda q_x, q_W, s_x, s_W: widened(q_x, q_W).sum(axis=1) * (s_x * s_W),
            _("You added up over the units too. Each unit has an output of its own: (N, M)."),
        ),
        Misconception(
            "scaled_and_cut_off",
            product(finish=np.trunc),
            _("The digits of y are cut off. Keep the result as a float: no `astype(int)` after the scales."),
        ),
    ],
    hints=[
        _("How large can the sum of D products of two bytes become? Does it fit into a byte?"),
        _("`.astype(np.int32)` before the product, for both arrays. Afterwards it is too late."),
        _("`(q_x.astype(np.int32) @ q_W.astype(np.int32)) * (scale_x * scale_W)`."),
    ],
)

EXERCISES = [QUANTIZE, INT8_DENSE]
