"""Wrong answers to the exercises of chapters 5 and 6, with the name of the mistake they must be told."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.exercises.right_answers_5_6 import (
    average_running,
    conv_back_places,
    conv_rows,
    correlate_four_loops,
    occlusion_mask,
    pool_back_loops,
    pool_reshape,
    summary_step_by_step,
    threshold_by_argmin,
)
from tests.exercises.wrong_answers_5_6_hurried import WRONG as HURRIED


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


def average_as_a_sum(x, pool_size):
    return average_running(x, pool_size) * pool_size**2


def average_of_the_image(x, pool_size):
    N, H, W, C = x.shape
    y = np.zeros((N, H // pool_size, W // pool_size, C))
    for i, j in np.ndindex(y.shape[1:3]):
        window = x[:, i * pool_size : (i + 1) * pool_size, j * pool_size : (j + 1) * pool_size]
        y[:, i, j] = window.sum((1, 2)) / (H * W)
    return y


def average_sliding(x, pool_size):
    return sliding_window_view(x, (pool_size, pool_size), axis=(1, 2)).mean(axis=(-1, -2))


def average_of_all_channels(x, pool_size):
    return np.repeat(average_running(x, pool_size).mean(axis=3, keepdims=True), x.shape[3], axis=3)


def average_whole_numbers(x, pool_size):
    return np.floor_divide(average_as_a_sum(x, pool_size), pool_size * pool_size)


def average_column_first(x, pool_size):
    N, H, W, C = x.shape
    y = np.zeros((N, W // pool_size, H // pool_size, C))
    for i in range(H // pool_size):
        for j in range(W // pool_size):
            window = x[:, i * pool_size :, j * pool_size :][:, :pool_size, :pool_size]
            y[:, j, i] = window.mean(axis=1).mean(axis=1)
    return y


def average_quarter(x, pool_size):
    return average_as_a_sum(x, pool_size) / 4


def average_by_side(x, pool_size):
    return average_as_a_sum(x, pool_size) / pool_size


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


# --- chapter 6
def summary_weights_only(layers, input_shape):
    biases = {"conv": lambda layer: layer[1], "dense": lambda layer: layer[1]}
    counts = summary_step_by_step(layers, input_shape)
    return [n - biases.get(layer[0], lambda layer: 0)(layer) for n, layer in zip(counts, layers, strict=True)]


def summary_without_zeros(layers, input_shape):
    return [n for n in summary_step_by_step(layers, input_shape) if n > 0]


def summary_sum(layers, input_shape):
    return int(np.sum(summary_step_by_step(layers, input_shape)))


def summary_maps_keep_their_size(layers, input_shape):
    H, W, C = input_shape
    counts = []
    for kind, *numbers in layers:
        if kind == "conv":
            counts.append((numbers[1] ** 2 * C + 1) * numbers[0])
            C = numbers[0]
        elif kind == "pool":
            counts.append(0)
            H, W = H // numbers[0], W // numbers[0]
        elif kind == "flatten":
            counts.append(0)
            width = H * W * C
        else:
            counts.append((width + 1) * numbers[0])
            width = numbers[0]
    return counts


def flatten_everything(x):
    return x.ravel()


def flatten_maps(x):
    return np.concatenate([x[..., c].reshape(len(x), -1) for c in range(x.shape[3])], axis=1)


def flatten_fortran(x):
    return np.stack([image.ravel(order="F") for image in x])


def flatten_pixels(x):
    N, H, W, C = x.shape
    return x.reshape(N, H * W, C)


def matrix_indexed(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[y_true, y_pred] += 1
    return matrix


def matrix_other_way(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    for truth, answer in zip(y_true, y_pred, strict=True):
        matrix[answer, truth] += 1
    return matrix


def matrix_normed(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (y_true, y_pred), 1 / len(y_true))
    return matrix


def threshold_of_other_price(y_true, scores, cost_miss, cost_alarm):
    return threshold_by_argmin(y_true, scores, cost_alarm, cost_miss)


def threshold_above(y_true, scores, cost_miss, cost_alarm):
    candidates = np.unique(scores)
    report = scores[None] > candidates[:, None]
    return candidates[(cost_miss * (report < y_true).sum(1) + cost_alarm * (report > y_true).sum(1)).argmin()]


def threshold_accuracy(y_true, scores, cost_miss, cost_alarm):
    return threshold_by_argmin(y_true, scores, 1, 1)


def threshold_theory(y_true, scores, cost_miss, cost_alarm):
    return 1 / (1 + cost_miss / cost_alarm)


def occlusion_never_put_back(predict, image, patch):
    whole, picture = predict(image), image.copy()
    drop = np.zeros((image.shape[0] // patch, image.shape[1] // patch))
    for i, j in np.ndindex(drop.shape):
        picture[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0
        drop[i, j] = whole - predict(picture)
    return drop


def occlusion_negative(predict, image, patch):
    return -occlusion_mask(predict, image, patch)


def occlusion_scores(predict, image, patch):
    return predict(image) - occlusion_mask(predict, image, patch)


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
    ("average_pool", "sum", average_as_a_sum),
    ("average_pool", "largest", pool_reshape),
    ("average_pool", "divided_by_image", average_of_the_image),
    ("average_pool", "stride_one", average_sliding),
    ("average_pool", "channels_mixed", average_of_all_channels),
    ("average_pool", "rounded_down", average_whole_numbers),
    ("average_pool", "rows_and_columns_swapped", average_column_first),
    ("average_pool", "always_four", average_quarter),
    ("average_pool", "divided_by_side", average_by_side),
    ("max_pool_backward", "to_all", pool_back_equal),
    ("max_pool_backward", "all_ties", pool_back_mask),
    ("max_pool_backward", "dy_forgotten", pool_back_ones),
    ("max_pool_backward", "last_of_ties", pool_back_last),
    ("summary_numbers", "biases_forgotten", summary_weights_only),
    ("summary_numbers", "layers_without_weights_skipped", summary_without_zeros),
    ("summary_numbers", "total", summary_sum),
    ("summary_numbers", "same_padding", summary_maps_keep_their_size),
    ("flatten", "batch_flattened", flatten_everything),
    ("flatten", "channels_first", flatten_maps),
    ("flatten", "column_order", flatten_fortran),
    ("flatten", "channels_kept", flatten_pixels),
    ("confusion_matrix", "repeats_lost", matrix_indexed),
    ("confusion_matrix", "transposed", matrix_other_way),
    ("confusion_matrix", "shares_of_all", matrix_normed),
    ("best_threshold", "costs_swapped", threshold_of_other_price),
    ("best_threshold", "greater_only", threshold_above),
    ("best_threshold", "most_right_answers", threshold_accuracy),
    ("best_threshold", "from_the_formula", threshold_theory),
    ("occlusion_map", "covers_pile_up", occlusion_never_put_back),
    ("occlusion_map", "sign_turned", occlusion_negative),
    ("occlusion_map", "score_of_the_covered", occlusion_scores),
    ("conv2d_backward", "batch_averaged", conv_back_mean),
    ("conv2d_backward", "bias_averaged", conv_back_both_means),
    ("conv2d_backward", "bias_for_each_image", conv_back_without_sum),
    ("conv2d_backward", "first_image_only", conv_back_one_image),
    ("conv2d_backward", "kernel_turned", conv_back_flipped),
] + HURRIED
