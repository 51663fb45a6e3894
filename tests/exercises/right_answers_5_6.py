"""Right answers to the exercises of chapters 5 and 6, written in the ways people write them."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_lib import nn


# --- chapter 5
def correlate_four_loops(image, kernel):
    (H, W), (kh, kw) = image.shape, kernel.shape
    y = []
    for i in range(H - kh + 1):
        row = []
        for j in range(W - kw + 1):
            total = 0.0
            for u in range(kh):
                for v in range(kw):
                    total += image[i + u][j + v] * kernel[u][v]
            row.append(total)
        y.append(row)
    return np.array(y)


def correlate_by_kernel(image, kernel):
    height, width = np.array(image.shape) - kernel.shape + 1
    return sum(
        kernel[u, v] * image[u : u + height, v : v + width]
        for u in range(kernel.shape[0])
        for v in range(kernel.shape[1])
    )


def correlate_views(image, kernel):
    return np.einsum("ijuv,uv->ij", sliding_window_view(image, kernel.shape), kernel)


def correlate_with_library(image, kernel):
    return nn.conv2d_forward(image[None, ..., None], kernel[..., None, None], np.zeros(1))[0][0, ..., 0]


def size_with_math(n, kernel_size, strides, padding):
    return math.ceil(n / strides) if padding == "same" else math.floor((n - kernel_size) / strides) + 1


def size_counted(n, kernel_size, strides, padding):
    count = 0
    for start in range(0, n, strides):
        if padding == "same" or start + kernel_size <= n:
            count += 1
    return count


def size_with_border(n, kernel_size, strides, padding):
    p = 0
    if padding == "same":
        p = max((int(np.ceil(n / strides)) - 1) * strides + kernel_size - n, 0)
        if kernel_size < strides:
            return int(np.ceil(n / strides))
    return (n + p - kernel_size) // strides + 1


def conv_loops(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho, Wo = (H - kh) // strides + 1, (width - kw) // strides + 1
    y = np.zeros((N, Ho, Wo, F))
    for n in range(N):
        for i in range(Ho):
            for j in range(Wo):
                for f in range(F):
                    y[n, i, j, f] = b[f]
                    for c in range(C):
                        part = x[n, i * strides : i * strides + kh, j * strides : j * strides + kw, c]
                        y[n, i, j, f] += (part * W[:, :, c, f]).sum()
    return y


def conv_einsum(x, W, b, strides):
    windows = sliding_window_view(x, W.shape[:2], axis=(1, 2))[:, ::strides, ::strides]
    return np.einsum("nijcuv,uvcf->nijf", windows, W) + b


def conv_rows(x, W, b, strides):
    windows = sliding_window_view(x, W.shape[:2], axis=(1, 2))[:, ::strides, ::strides]
    rows = windows.transpose(0, 1, 2, 4, 5, 3).reshape(*windows.shape[:3], -1)
    return rows @ W.reshape(-1, W.shape[3]) + b[None, None, None, :]


def conv_library(x, W, b, strides):
    return nn.conv2d_forward(x, W, b, strides)  # with its cache


def parameters_in_steps(kernel_size, channels, filters):
    one = 1
    for side in kernel_size:
        one *= side
    return (one * channels + 1) * filters


def parameters_of_layer(kernel_size, channels, filters):
    layer = nn.Conv2D(filters, kernel_size)
    layer.build((kernel_size[0], kernel_size[1], channels))
    return layer.count_params()


def parameters_numpy(kernel_size, channels, filters):
    return np.prod([*kernel_size, channels, filters]) + filters


def pool_reshape(x, pool_size):
    p = pool_size
    x = x[:, : x.shape[1] // p * p, : x.shape[2] // p * p]
    return x.reshape(len(x), x.shape[1] // p, p, x.shape[2] // p, p, x.shape[3]).max(axis=(2, 4))


def pool_running(x, pool_size):
    N, H, W, C = x.shape
    y = np.full((N, H // pool_size, W // pool_size, C), -np.inf)
    for u in range(pool_size):
        for v in range(pool_size):
            part = x[:, u::pool_size, v::pool_size][:, : y.shape[1], : y.shape[2]]
            y = np.maximum(y, part)
    return y


def pool_pixels(x, pool_size):
    y = np.empty((x.shape[0], x.shape[1] // pool_size, x.shape[2] // pool_size, x.shape[3]))
    for n, i, j, c in np.ndindex(*y.shape):
        rows = x[n, i * pool_size : i * pool_size + pool_size, j * pool_size : j * pool_size + pool_size, c]
        y[n, i, j, c] = max(max(row) for row in rows)
    return y


def pool_back_loops(dy, x, pool_size):
    dx = np.zeros_like(x)
    for n in range(dy.shape[0]):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                for c in range(dy.shape[3]):
                    best, place = -math.inf, None
                    for u in range(i * pool_size, (i + 1) * pool_size):
                        for v in range(j * pool_size, (j + 1) * pool_size):
                            if x[n, u, v, c] > best:
                                best, place = x[n, u, v, c], (n, u, v, c)
                    dx[place] += dy[n, i, j, c]
    return dx


def pool_back_library(dy, x, pool_size):
    return nn.max_pool2d_backward(dy, nn.max_pool2d_forward(x, pool_size)[1])


def pool_back_divmod(dy, x, pool_size):
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(dy.shape):
        u, v = divmod(int(np.argmax(x[n, i * pool_size :, j * pool_size :, c][:pool_size, :pool_size])), pool_size)
        dx[n, i * pool_size + u, j * pool_size + v, c] = dy[n, i, j, c]
    return dx


def conv_back_places(dy, x, W):
    dW, db = np.zeros_like(W), np.zeros(W.shape[-1])
    for n in range(len(x)):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                window = x[n, i : i + W.shape[0], j : j + W.shape[1]]
                dW += window[..., None] * dy[n, i, j]
                db += dy[n, i, j]
    return dW, db


def conv_back_einsum(dy, x, W):
    windows = sliding_window_view(x, W.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,nijf->uvcf", windows, dy), np.einsum("nijf->f", dy)


def conv_back_library(dy, x, W):
    _dx, dW, db = nn.conv2d_backward(dy, nn.conv2d_forward(x, W, np.zeros(W.shape[3]))[1])
    return [dW, db]


RIGHT = {
    "cross_correlate": [correlate_four_loops, correlate_by_kernel, correlate_views, correlate_with_library],
    "output_size": [size_with_math, size_counted, size_with_border],
    "conv2d": [conv_loops, conv_einsum, conv_rows, conv_library],
    "conv_parameters": [parameters_in_steps, parameters_of_layer, parameters_numpy],
    "max_pool": [pool_reshape, pool_running, pool_pixels],
    "max_pool_backward": [pool_back_loops, pool_back_library, pool_back_divmod],
    "conv2d_backward": [conv_back_places, conv_back_einsum, conv_back_library],
}
