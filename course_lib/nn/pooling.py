"""Pooling: a window of the image becomes one number, its largest value or its mean. Each channel by itself.

x (N, H, W, C) -> y (N, Ho, Wo, C). The largest value of a rectangle is the largest of its rows' largest values, and the
mean of a rectangle the mean of its rows' means: so both go along the width first, then along the height.
"""

import numpy as np

from course_lib.nn.checks import as_float, same_shape
from course_lib.nn.convolution import conv_output_size, crop, pad
from course_lib.nn.image_checks import images, pool_inputs
from course_lib.nn.workspace import fresh

HEIGHT, WIDTH = 1, 2  # axes of (N, H, W, C)


def max_pool2d_forward(x, pool_size=2, strides=None, padding="valid", work=fresh):
    """The largest value of each window: y[n, i, j, c] = max over u, v of x[n, i s + u, j s + v, c].

    pool_size and strides are one number or one for each axis; without strides the windows lie side by side.
    Padding "same" adds a border that never wins. Returns y (N, Ho, Wo, C) and the cache for `max_pool2d_backward`.
    """
    x, pool_size, strides, padding = pool_inputs(x, pool_size, strides, padding)
    padded, corner = pad(x, pool_size, strides, padding, work, value=-np.inf)
    across, won_across = max_along(padded, WIDTH, pool_size[1], strides[1], work)
    y, won_down = max_along(across, HEIGHT, pool_size[0], strides[0], work)
    cache = x.shape, padded.shape, corner, pool_size, strides, won_across, won_down, y, work
    return y, cache


def max_pool2d_backward(dy, cache):
    """The whole gradient goes to the pixel that won its window; the others get 0. Of equal pixels the first wins.

    dL/dx[p] = sum of dL/dy over the windows that pixel p won. "First" is in reading order, as in TensorFlow.
    """
    x_shape, padded_shape, corner, pool_size, strides, won_across, won_down, y, work = cache
    dy, y = same_shape("dy", dy, "y", y)
    N, H, _W, C = padded_shape
    d_across = give_to_winners(dy, won_down, HEIGHT, (N, H, *y.shape[2:]), strides[0], work)
    dx = give_to_winners(d_across, won_across, WIDTH, padded_shape, strides[1], work)
    return crop(dx, corner, x_shape)


def max_along(x, axis, size, stride, work):
    """The largest of `size` neighbours along one axis, and where each of them won: the first of the largest ones."""
    places = neighbours(x, axis, size, stride)
    largest = work(f"largest {axis}", places[0].shape, x.dtype)
    np.maximum(places[0], places[-1], out=largest)
    for place in places[1:-1]:
        np.maximum(largest, place, out=largest)
    won = work(f"won {axis}", (size, *largest.shape), bool)
    for k, place in enumerate(places[:-1]):
        np.equal(place, largest, out=won[k])
        for earlier in won[:k]:
            won[k] &= ~earlier
    taken = won[0] if size == 2 else won[:-1].any(axis=0)
    np.logical_not(taken, out=won[-1])
    return largest, won


def give_to_winners(dy, won, axis, shape, stride, work):
    """Each neighbour receives dy where it won and 0 elsewhere; where windows overlap, the sum."""
    size, count = len(won), dy.shape[axis]
    dx = work(f"dx {axis}", shape, dy.dtype)
    if stride != size or count * size != shape[axis]:  # some pixels lie in several windows, or in none
        dx[...] = 0
    for place, here in zip(neighbours(dx, axis, size, stride, count), won, strict=True):
        if stride < size:
            place += dy * here
        else:
            np.multiply(dy, here, out=place)
    return dx


def average_pool2d_forward(x, pool_size=2, strides=None, padding="valid", work=fresh):
    """The mean of each window: y[n, i, j, c] = mean over u, v of x[n, i s + u, j s + v, c].

    pool_size, strides and padding are as in `max_pool2d_forward`; with "same" the mean is over the real pixels only, as
    in Keras. Returns y (N, Ho, Wo, C) and the cache for `average_pool2d_backward`.
    """
    x, pool_size, strides, padding = pool_inputs(x, pool_size, strides, padding)
    padded, corner = pad(x, pool_size, strides, padding, work)
    pixels, _corner = pad(np.ones((1, *x.shape[1:3], 1), x.dtype), pool_size, strides, padding)
    count = sum_windows(pixels, pool_size, strides, fresh)  # the real pixels in each window
    y = sum_windows(padded, pool_size, strides, work)
    y /= count
    cache = x.shape, padded.shape, corner, pool_size, strides, count, y, work
    return y, cache


def average_pool2d_backward(dy, cache):
    """Every real pixel of a window gets an equal share: dL/dx[p] = sum over its windows of dL/dy / pixels in it."""
    x_shape, padded_shape, corner, pool_size, strides, count, y, work = cache
    dy, y = same_shape("dy", dy, "y", y)
    N, H, _W, C = padded_shape
    share = np.divide(dy, count, out=work("share", dy.shape, dy.dtype))
    rows = work("d rows", (N, H, *y.shape[2:]), dy.dtype)
    dx = work("dx", padded_shape, dy.dtype)
    rows[...], dx[...] = 0, 0
    for one in neighbours(rows, HEIGHT, pool_size[0], strides[0], count=y.shape[HEIGHT]):
        one += share
    for one in neighbours(dx, WIDTH, pool_size[1], strides[1], count=y.shape[WIDTH]):
        one += rows
    return crop(dx, corner, x_shape)


def sum_windows(x, pool_size, strides, work):
    """The sum of each window: along the width, then along the height."""
    for axis, size, stride in ((WIDTH, pool_size[1], strides[1]), (HEIGHT, pool_size[0], strides[0])):
        first, *others = neighbours(x, axis, size, stride)
        total = work(f"sum {axis}", first.shape, x.dtype)
        total[...] = first
        for one in others:
            total += one
        x = total
    return x


def global_average_pool2d_forward(x):
    """The mean of each channel over the image: y[n, c] = mean over i, j of x[n, i, j, c], (N, H, W, C) -> (N, C)."""
    x = images(x)
    return x.mean(axis=(1, 2)), x.shape


def global_average_pool2d_backward(dy, cache):
    """Every pixel gets an equal share: dL/dx[n, i, j, c] = dL/dy[n, c] / (H W)."""
    N, H, W, C = cache
    dy = as_float("dy", dy)
    dy, _y = same_shape("dy", dy, "y", np.broadcast_to(dy.dtype.type(0), (N, C)))
    return np.broadcast_to(dy[:, None, None] / (H * W), cache).copy()


def neighbours(x, axis, size, stride, count=None):
    """Views of x along one axis: the first pixels of all windows, the second pixels, ... `size` views in all."""
    count = conv_output_size(x.shape[axis], size, stride) if count is None else count
    before = (slice(None),) * axis
    return [x[(*before, slice(k, k + stride * (count - 1) + 1, stride))] for k in range(size)]
