"""What the recurrent cells share: time comes first inside, so that each step is one piece of memory.

x (N, T, D): N sequences of T steps with D features        h (N, T, H): the state after each step
mask (N, T): True at real steps; at the others the state stays as it is, and x and its gradient count for nothing
"""

import numpy as np

from course_lib.nn.sequence_checks import finite_sequences, upstream
from course_lib.nn.workspace import fresh


def time_first(x, work):
    """Return x as (T, N, D + 1) with a 1 behind each step's features: a product with [W; b] is then x_t W + b."""
    if work is fresh:  # a model has looked at its data, and explains better what a divergence is
        finite_sequences(x)
    N, T, D = x.shape
    inputs = work("inputs", (T, N, D + 1), x.dtype)
    inputs[..., :D], inputs[..., D] = x.transpose(1, 0, 2), 1
    return inputs


def stacked(W, b):
    """[W; b]: the bias as a last row of the weights."""
    return np.concatenate([W, b[None]])


def rows(a):
    """All steps of all sequences as rows: (..., T, N, H) becomes (..., T N, H)."""
    return a.reshape(*a.shape[:-3], -1, a.shape[-1])


def blocks(W, count):
    """W (rows, count H) as (count, rows, H): the columns of each gate in one piece of memory, which products like."""
    return np.ascontiguousarray(W.reshape(len(W), count, -1).transpose(1, 0, 2))


def side_by_side(gradients):
    """The other way round: (count, rows, H) becomes (rows, count H)."""
    return gradients.transpose(1, 0, 2).reshape(gradients.shape[1], -1)


def through(dz, W):
    """Back through x W of all gates: the sum of dz_k W_k^T, (count, T, N, H) -> (T, N, D)."""
    return np.matmul(dz, blocks(W, len(dz)).transpose(0, 2, 1)[:, None]).sum(axis=0)


def sigmoid_in_place(z):
    """Overwrite z with 1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2, which never overflows."""
    z *= 0.5
    np.tanh(z, out=z)
    z *= 0.5
    z += 0.5


def sigmoid_slope(y, out):
    """y (1 - y), the slope where the sigmoid is y."""
    return np.multiply(y, np.subtract(1, y, out=out), out=out)


def tanh_slope(y, out):
    """1 - y^2, the slope where the tanh is y."""
    return np.subtract(1, np.multiply(y, y, out=out), out=out)


def skipped_steps(mask):
    """Where the mask says no, as (T, N, 1), or None without a mask."""
    return None if mask is None else ~mask.T[..., None]


def outputs(h, mask):
    """Return the states after each step (N, T, H). Before the first real step the output is 0, as in Keras."""
    h = h[1:].transpose(1, 0, 2)
    return h if mask is None else np.where(begun(mask), h, h.dtype.type(0))


def begun(mask):
    """True from the first real step on: (N, T, 1)."""
    return np.logical_or.accumulate(mask, axis=1)[..., None]


def arriving(dh, h, mask):
    """Return dL/dh_t from outside for each step (T, N, H), None if only the last step has one, and what comes after it.

    The second is where the walk back through time begins: dL/dh_T for dh (N, H), else 0.
    """
    dh = upstream(dh, h[1:].transpose(1, 0, 2)).astype(h.dtype, copy=False)
    if dh.ndim == 2:
        return None, dh.copy() if mask is None else dh * begun(mask)[:, -1]
    dh = dh if mask is None else dh * begun(mask)
    return dh.transpose(1, 0, 2), np.zeros(h.shape[1:], h.dtype)


def write(gradients, out):
    """Return the gradients, written into the arrays `out` where a layer has given some."""
    written = []
    for gradient, place in zip(gradients, out, strict=True):
        if place is not None:
            place[...] = gradient
        written.append(gradient if place is None else place)
    return written
