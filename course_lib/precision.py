"""Fewer digits: float32 numbers rounded to the mantissa of bfloat16, TF32 or any shorter one."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, whole

MANTISSA = {"float32": 23, "tf32": 10, "float16": 10, "bfloat16": 7}  # bits that are stored; a leading 1 comes on top


def round_mantissa(x, bits):
    """Round x to `bits` stored bits of mantissa, to the nearest; a tie goes to the even neighbour. The sign and the 8
    bits of the exponent stay, so the range stays that of float32.

    x of any shape, float32 (float64 and whole numbers are made float32 first); bits 1 to 23: 7 is bfloat16, 10 is TF32,
    23 is float32 itself -> float32 of the same shape. With m bits the error is at most 2^-(m+1) |x|: 0.4 % for
    bfloat16, 0.05 % for TF32. Only below 1.2e-38, the subnormal numbers, it can be larger. Infinity and NaN are kept; a
    number that rounds beyond the largest one becomes infinity, as in IEEE 754.

    Source: Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training", arXiv 1905.12322. Raises TypeError
    if x is no array of numbers or bits is no whole number, ValueError if bits lies outside 1 to 23.
    """
    x, bits = as_float("x", x), whole("bits", bits)
    if bits > 23:
        raise ValueError(
            _("bits is {value}, but float32 stores 23 bits of mantissa: choose 1 to 23.").format(value=bits)
        )
    with np.errstate(over="ignore"):  # a float64 beyond float32 becomes infinity
        x = np.array(x, dtype=np.float32, order="C")
    dropped = 23 - bits
    if not dropped:
        return x
    word = x.view(np.uint32)
    last = (word >> np.uint32(dropped)) & np.uint32(1)  # of the bits that stay: 1 where the number below is odd
    half = np.uint32((1 << (dropped - 1)) - 1)
    kept = (word + half + last) & np.uint32((0xFFFFFFFF << dropped) & 0xFFFFFFFF)
    return np.where(np.isnan(x), x, kept.view(np.float32))
