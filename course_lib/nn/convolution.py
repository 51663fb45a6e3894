"""Convolution: one small kernel looks at every place of an image and gives a number for each.

x (N, H, W, C): N images with C channels      W (kh, kw, C, F): F kernels, each kh x kw pixels over all C channels
b (F,): one bias for each kernel              y (N, Ho, Wo, F): one map of numbers for each kernel

`conv2d_loops` is the formula. `conv2d_forward` is the same as one matrix product: every window of the image becomes a
row, so all windows times all kernels is (N Ho Wo, kh kw C) (kh kw C, F). As in Keras the kernel is not flipped (in
mathematics this is called cross-correlation).
"""

import functools

import numpy as np
from numpy.lib.stride_tricks import as_strided

from course_lib.nn.checks import same_shape, whole
from course_lib.nn.image_checks import conv_inputs, padding_name, window_fits
from course_lib.nn.workspace import fresh


@functools.lru_cache(typed=True)
def conv_output_size(size, kernel_size, strides=1, padding="valid"):
    """How many windows find a place along one axis: floor((n + p - k) / s) + 1.

    n = size, k = kernel_size and p = pixels of padding on both sides together, all in pixels; s = strides.
    """
    before, after = conv_padding(size, kernel_size, strides, padding)
    return (size + before + after - kernel_size) // strides + 1


@functools.lru_cache(typed=True)
def conv_padding(size, kernel_size, strides=1, padding="valid"):
    """Pixels to add (before, after) along one axis: none for "valid"; for "same" as many as ceil(n / s) windows need.

    p = max((ceil(n / s) - 1) s + k - n, 0). An odd pixel goes to the end, as in TensorFlow.
    """
    size, kernel_size = whole("size", size), whole("kernel_size", kernel_size)
    strides, padding = whole("strides", strides), padding_name(padding)
    window_fits("kernel_size", (kernel_size, 1), (size, 1), padding)
    if padding == "valid":
        return 0, 0
    total = max((-(-size // strides) - 1) * strides + kernel_size - size, 0)
    return total // 2, total - total // 2


def conv2d_loops(x, W, b, strides=1, padding="valid"):
    """The formula: y[n, i, j, f] = sum over u, v, c of x[n, i s + u, j s + v, c] W[u, v, c, f] + b[f].

    x (N, H, W, C), W (kh, kw, C, F), b (F,), strides s (one number or one for each axis), padding "valid" (none) or
    "same" (zeros around x, so that Ho = ceil(H / s)). Slow: for reading, and to check the fast form with.
    """
    x, W, b, (sh, sw) = conv_inputs(x, W, b, strides, padding)
    kh, kw, _channels, filters = W.shape
    x, _corner = pad(x, (kh, kw), (sh, sw), padding)
    N, Ho, Wo = len(x), (x.shape[1] - kh) // sh + 1, (x.shape[2] - kw) // sw + 1
    y = np.empty((N, Ho, Wo, filters), x.dtype)
    for n in range(N):
        for i in range(Ho):
            for j in range(Wo):
                window = x[n, i * sh : i * sh + kh, j * sw : j * sw + kw]
                for f in range(filters):
                    y[n, i, j, f] = np.sum(window * W[..., f]) + b[f]
    return y


def conv2d_forward(x, W, b, strides=1, padding="valid", work=fresh):
    """The formula of `conv2d_loops` as one matrix product: y = patches(x) W + b.

    Each row of the patches is one window, with a 1 behind it; b is the last row of the weights, so the product adds it.
    Returns y (N, Ho, Wo, F) and the cache for `conv2d_backward`.
    """
    x, W, b, strides = conv_inputs(x, W, b, strides, padding)
    kernel_size, filters = W.shape[:2], W.shape[3]
    padded, corner = pad(x, kernel_size, strides, padding, work)
    windows = all_windows(padded, kernel_size, strides)
    N, Ho, Wo = windows.shape[:3]
    patches = patch_rows(windows, work)
    weights = work("weights", (patches.shape[1], filters), x.dtype)
    weights[:-1], weights[-1] = W.reshape(-1, filters), b
    y = work("y", (N, Ho, Wo, filters), x.dtype)
    np.matmul(patches, weights, out=y.reshape(-1, filters))
    cache = x.shape, padded.shape, corner, strides, W, patches, y, work
    return y, cache


def conv2d_backward(dy, cache, out=(None, None), needs_dx=True):
    """The gradients of the loss L, by the chain rule, from dy = dL/dy (N, Ho, Wo, F).

    dL/dW[u, v, c, f] = sum over n, i, j of dy[n, i, j, f] x[n, i s + u, j s + v, c]       (patches^T dy)
    dL/db[f] = sum over n, i, j of dy[n, i, j, f]                                         (the last row of it)
    dL/dx: each window's pixels receive dy[n, i, j, f] W[u, v, c, f]; where windows overlap, the sum.

    Returns dx (N, H, W, C), dW, db. `out` and `needs_dx` are as in `dense_backward`.
    """
    x_shape, padded_shape, corner, strides, W, patches, y, work = cache
    dy, y = same_shape("dy", dy, "y", y)
    rows = dy.reshape(-1, y.shape[-1])
    d_weights = work("d_weights", (patches.shape[1], y.shape[-1]), y.dtype)
    np.matmul(patches.T, rows, out=d_weights)
    dW, db = (
        np.empty(shape, y.dtype) if a is None else a for a, shape in zip(out, (W.shape, W.shape[3:]), strict=True)
    )
    dW[...], db[...] = d_weights[:-1].reshape(W.shape), d_weights[-1]
    dx = input_gradient(dy, W, padded_shape, strides, work) if needs_dx else None
    return crop(dx, corner, x_shape) if needs_dx else None, dW, db


def input_gradient(dy, W, shape, strides, work):
    """Give every pixel of the padded image its share: first kernel row by kernel row, then column by column.

    Two passes of kh and kw long additions instead of one of kh kw short ones.
    """
    (kh, kw, C, F), (sh, sw), (N, Ho, Wo, _F) = W.shape, strides, dy.shape
    part = work("part", (N, Ho, Wo, kw, C), dy.dtype)
    columns = work("columns", (N, shape[1], Wo, kw, C), dy.dtype)
    columns[...] = 0
    for u in range(kh):
        np.matmul(dy.reshape(-1, F), W[u].reshape(kw * C, F).T, out=part.reshape(-1, kw * C))
        columns[:, u : u + sh * Ho : sh] += part
    dx = work("dx", shape, dy.dtype)
    dx[...] = 0
    for v in range(kw):
        dx[:, :, v : v + sw * Wo : sw] += columns[:, :, :, v]
    return dx


def all_windows(x, kernel_size, strides):
    """Every window of the images as a view, without a copy: (N, H, W, C) -> (N, Ho, Wo, kh, kw, C)."""
    (N, H, W, C), (kh, kw), (sh, sw), (n, h, w, c) = x.shape, kernel_size, strides, x.strides
    shape = N, (H - kh) // sh + 1, (W - kw) // sw + 1, kh, kw, C
    return as_strided(x, shape, (n, h * sh, w * sw, h, w, c), writeable=False)


def patch_rows(windows, work):
    """Lay every window in a row, with a 1 behind it: (N, Ho, Wo, kh, kw, C) -> (N Ho Wo, kh kw C + 1).

    With one channel a window's rows are short: then the rows are stored as columns, which copies long runs.
    """
    N, Ho, Wo, kh, kw, C = windows.shape
    count, size = N * Ho * Wo, kh * kw * C
    if C == 1:
        columns = work("patches", (size + 1, count), windows.dtype)
        columns[:-1].reshape(kh, kw, N, Ho, Wo)[...] = windows[..., 0].transpose(3, 4, 0, 1, 2)
        columns[-1] = 1
        return columns.T
    rows = work("patches", (count, size + 1), windows.dtype)
    rows[:, :-1].reshape(windows.shape)[...] = windows
    rows[:, -1] = 1
    return rows


def pad(x, kernel_size, strides, padding, work=fresh, value=0):
    """Put the border of `value` around x that the padding asks for; also return where x begins in the result."""
    (top, bottom), (left, right) = (
        conv_padding(*axis, padding) for axis in zip(x.shape[1:3], kernel_size, strides, strict=True)
    )
    if not (top or bottom or left or right):
        return x, (0, 0)
    N, H, W, C = x.shape
    padded = work("padded", (N, top + H + bottom, left + W + right, C), x.dtype)
    padded[...] = value
    padded[:, top : top + H, left : left + W] = x
    return padded, (top, left)


def crop(dx, corner, shape):
    """Take the border away again: what lies in it belongs to no pixel."""
    (top, left), (_N, H, W, _C) = corner, shape
    return dx[:, top : top + H, left : left + W]
