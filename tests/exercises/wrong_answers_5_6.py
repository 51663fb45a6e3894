"""Wrong answers to the exercises of chapters 5 and 6, with the name of the mistake they must be told."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.exercises.right_answers_5_6 import conv_back_places, conv_rows, correlate_four_loops, pool_back_loops


# --- chapter 5
def correlate_flipped(image, kernel):
    return np.einsum("ijuv,uv->ij", sliding_window_view(image, kernel.shape), np.flip(kernel))


def correlate_short(image, kernel):
    y = np.zeros((image.shape[0] - kernel.shape[0], image.shape[1] - kernel.shape[1]))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (image[i : i + kernel.shape[0], j : j + kernel.shape[1]] * kernel).sum()
    return y


def correlate_mean(image, kernel):
    return correlate_four_loops(image, kernel) / kernel.size


def correlate_column_first(image, kernel):
    (H, W), (kh, kw) = image.shape, kernel.shape
    return np.array(
        [[(image[i : i + kh, j : j + kw] * kernel).sum() for i in range(H - kh + 1)] for j in range(W - kw + 1)]
    )


def size_no_one(n, kernel_size, strides, padding):
    return -(-n // strides) if padding == "same" else int((n - kernel_size) / strides)


def size_no_stride(n, kernel_size, strides, padding):
    return n if padding == "same" else n - kernel_size + 1


def size_float(n, kernel_size, strides, padding):
    return n / strides if padding == "same" else (n - kernel_size) / strides + 1


def size_other_way_round(n, kernel_size, strides, padding):
    return (n - kernel_size) // strides + 1 if padding == "same" else -(-n // strides)


def conv_no_bias(x, W, b, strides):
    return conv_rows(x, W, np.zeros_like(b), strides)


def conv_torch(x, W, b, strides):
    return conv_rows(x, W, b, strides).transpose(0, 3, 1, 2)


def conv_flipped(x, W, b, strides):
    return conv_rows(x, W[::-1, ::-1], b, strides)


def conv_stride_one(x, W, b, strides):
    return conv_rows(x, W, b, 1)


def conv_one_channel(x, W, b, strides):
    windows = sliding_window_view(x[..., 0], W.shape[:2], axis=(1, 2))[:, ::strides, ::strides]
    return np.einsum("nijuv,uvf->nijf", windows, W[:, :, 0]) + b


def conv_bias_in_the_loop(x, W, b, strides):
    windows = sliding_window_view(x, W.shape[:2], axis=(1, 2))[:, ::strides, ::strides]
    return (windows.transpose(0, 1, 2, 4, 5, 3)[..., None] * W + b).sum(axis=(3, 4, 5))


def parameters_weights(kernel_size, channels, filters):
    kh, kw = kernel_size
    return filters * channels * kh * kw


def parameters_grey(kernel_size, channels, filters):
    kh, kw = kernel_size
    return (kh * kw + 1) * filters


def pool_from_zero(x, pool_size):
    y = np.zeros((x.shape[0], x.shape[1] // pool_size, x.shape[2] // pool_size, x.shape[3]))
    for u in range(pool_size):
        for v in range(pool_size):
            y = np.maximum(y, x[:, u::pool_size, v::pool_size][:, : y.shape[1], : y.shape[2]])
    return y


def pool_average(x, pool_size):
    p = pool_size
    x = x[:, : x.shape[1] // p * p, : x.shape[2] // p * p]
    return x.reshape(len(x), x.shape[1] // p, p, x.shape[2] // p, p, x.shape[3]).mean(axis=(2, 4))


def pool_sliding(x, pool_size):
    return sliding_window_view(x, (pool_size, pool_size), axis=(1, 2)).max(axis=(-1, -2))


def pool_back_equal(dy, x, pool_size):
    y = np.repeat(np.repeat(dy, pool_size, axis=1), pool_size, axis=2)
    dx = np.zeros(x.shape)
    dx[:, : y.shape[1], : y.shape[2]] = y
    return dx


def pool_back_mask(dy, x, pool_size):
    dx, p = np.zeros(x.shape), pool_size
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            window = x[:, i * p : i * p + p, j * p : j * p + p]
            mask = window == window.max(axis=(1, 2), keepdims=True)
            dx[:, i * p : i * p + p, j * p : j * p + p] = mask * dy[:, i : i + 1, j : j + 1]
    return dx


def pool_back_ones(dy, x, pool_size):
    return pool_back_loops(np.ones(dy.shape), x, pool_size)


def pool_back_last(dy, x, pool_size):
    turned = pool_back_mask(dy, x, pool_size)
    p = pool_size
    for n, i, j, c in np.ndindex(dy.shape):
        window = turned[n, i * p : i * p + p, j * p : j * p + p, c]
        places = [
            place
            for place in np.ndindex(p, p)
            if x[n, i * p + place[0], j * p + place[1], c] == x[n, i * p : i * p + p, j * p : j * p + p, c].max()
        ]
        window[...] = 0
        window[places[-1]] = dy[n, i, j, c]
    return turned


def conv_back_mean(dy, x, W):
    dW, db = conv_back_places(dy, x, W)
    return dW / x.shape[0], db


def conv_back_both_means(dy, x, W):
    dW, db = conv_back_places(dy, x, W)
    return dW, db / (dy.size // dy.shape[3])


def conv_back_without_sum(dy, x, W):
    return conv_back_places(dy, x, W)[0], dy.sum((1, 2))


def conv_back_one_image(dy, x, W):
    return conv_back_places(dy[0:1], x[0:1], W)[0], dy.sum((0, 1, 2))


def conv_back_flipped(dy, x, W):
    dW, db = conv_back_places(dy, x, W)
    return np.flip(dW, (0, 1)), db


WRONG = [
    ("cross_correlate", "kernel_turned", correlate_flipped),
    ("cross_correlate", "last_place_missing", correlate_short),
    ("cross_correlate", "mean", correlate_mean),
    ("cross_correlate", "rows_and_columns_swapped", correlate_column_first),
    ("output_size", "one_place_missing", size_no_one),
    ("output_size", "stride_ignored", size_no_stride),
    ("output_size", "not_whole", size_float),
    ("output_size", "paddings_swapped", size_other_way_round),
    ("conv2d", "bias_forgotten", conv_no_bias),
    ("conv2d", "channels_first", conv_torch),
    ("conv2d", "kernel_turned", conv_flipped),
    ("conv2d", "stride_ignored", conv_stride_one),
    ("conv2d", "first_channel_only", conv_one_channel),
    ("conv2d", "bias_for_each_weight", conv_bias_in_the_loop),
    ("conv_parameters", "biases_forgotten", parameters_weights),
    ("conv_parameters", "channels_forgotten", parameters_grey),
    ("max_pool", "never_below_zero", pool_from_zero),
    ("max_pool", "mean", pool_average),
    ("max_pool", "stride_one", pool_sliding),
    ("max_pool_backward", "to_all", pool_back_equal),
    ("max_pool_backward", "all_ties", pool_back_mask),
    ("max_pool_backward", "dy_forgotten", pool_back_ones),
    ("max_pool_backward", "last_of_ties", pool_back_last),
    ("conv2d_backward", "batch_averaged", conv_back_mean),
    ("conv2d_backward", "bias_averaged", conv_back_both_means),
    ("conv2d_backward", "bias_for_each_image", conv_back_without_sum),
    ("conv2d_backward", "first_image_only", conv_back_one_image),
    ("conv2d_backward", "kernel_turned", conv_back_flipped),
]
