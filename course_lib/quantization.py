"""Weights and inputs in one byte each: symmetric quantization to int8, and a dense layer that calculates with it."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, positive

LARGEST = 127  # of the 256 values of a byte -128 is left out, so that q and -q both exist


def quantize(w):
    """Numbers as bytes: scale = max |w| / 127, q = round(w / scale), so that w is about scale * q.

    w of any shape -> (q int8 of the same shape, scale). The rounding error is at most scale / 2. If w is 0 everywhere
    the scale is 1. Inverse: `dequantize`.

    Source: Jacob et al. 2018, with the zero point 0. Raises ValueError for an empty array and missing values.
    """
    w = numbers("w", w)
    scale = float(np.abs(w).max()) / LARGEST or 1.0
    return np.clip(np.rint(w / scale), -LARGEST, LARGEST).astype(np.int8), scale


def dequantize(q, scale):
    """Bytes back to numbers: scale * q, float64 of the same shape. Raises TypeError if q is not int8."""
    return bytes_of("q", q).astype(np.float64) * positive("scale", scale)


def int8_dense(q_x, q_W, scale_x, scale_W):
    """A dense layer without bias in bytes: y = scale_x scale_W (q_x q_W), the sums in int32.

    q_x (N, D) and q_W (D, M) int8, the scales from `quantize` -> y (N, M) float64. A product of two bytes needs two
    bytes, and a sum of D products more: in int8 it would wrap round.

    Source: Jacob et al. 2018, section 2.2. Raises TypeError for arrays that are not int8, ValueError for shapes that
    do not fit.
    """
    q_x, q_W = two_tables("q_x", q_x, "q_W", q_W)
    total = q_x.astype(np.int32) @ q_W.astype(np.int32)
    return total * (positive("scale_x", scale_x) * positive("scale_W", scale_W))


def numbers(name, w):
    """The numbers as floats, at least one, none missing."""
    w = as_float(name, w)
    if not w.size:
        raise ValueError(_("{name} is empty, but at least one number is needed for a scale.").format(name=name))
    finite(name, w)
    return w


def bytes_of(name, q):
    """The array, if it is int8."""
    q = np.asarray(q)
    if q.dtype != np.int8:
        raise TypeError(
            _("{name} has dtype {given}, but int8 is needed, as quantize returns it.").format(name=name, given=q.dtype)
        )
    return q


def two_tables(name, a, other_name, b):
    """Two int8 matrices whose product exists."""
    a, b = bytes_of(name, a), bytes_of(other_name, b)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(
            _(
                "{name} has shape {given} and {other} {shape}, but (N, D) and (D, M) are needed: the columns of the "
                "first are the rows of the second."
            ).format(name=name, given=a.shape, other=other_name, shape=b.shape)
        )
    return a, b
