"""Right answers to the exercises of chapters 5 and 6, written in the ways people write them."""

import math

import numpy as np
import sklearn.metrics
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


def average_reshape(x, pool_size):
    p, (H, W) = pool_size, x.shape[1:3]
    x = x[:, : H - H % p, : W - W % p]
    return x.reshape(len(x), H // p, p, W // p, p, x.shape[3]).mean(axis=(2, 4))


def average_running(x, pool_size):
    N, H, W, C = x.shape
    total = np.zeros((N, H // pool_size, W // pool_size, C))
    for u in range(pool_size):
        for v in range(pool_size):
            total += x[:, u::pool_size, v::pool_size][:, : total.shape[1], : total.shape[2]]
    return total / pool_size**2


def average_pixels(x, pool_size):
    y = np.empty((x.shape[0], x.shape[1] // pool_size, x.shape[2] // pool_size, x.shape[3]))
    for n, i, j, c in np.ndindex(*y.shape):
        rows = x[n, i * pool_size : i * pool_size + pool_size, j * pool_size : j * pool_size + pool_size, c]
        y[n, i, j, c] = sum(sum(row) for row in rows) / len(rows) / len(rows[0])
    return y


def average_library(x, pool_size):
    return nn.average_pool2d_forward(x, pool_size)  # (y, cache)


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


# --- chapter 6
def summary_of_library(layers, input_shape):
    kinds = {
        "conv": lambda filters, k: nn.Conv2D(filters, k),
        "pool": nn.MaxPooling2D,
        "flatten": nn.Flatten,
        "dense": nn.Dense,
    }
    model = nn.Sequential([nn.Input(input_shape), *(kinds[kind](*numbers) for kind, *numbers in layers)])
    return [layer.count_params() for layer in model.layers]


def summary_step_by_step(layers, input_shape):
    H, W, C = input_shape
    width, result = None, []
    for layer in layers:
        name = layer[0]
        if name == "conv":
            result += [(layer[2] ** 2 * C + 1) * layer[1]]
            H, W, C = H - (layer[2] - 1), W - (layer[2] - 1), layer[1]
        if name == "pool":
            H, W = int(H / layer[1]), int(W / layer[1])
            result += [0]
        if name == "flatten":
            width = H * W * C
            result.append(0)
        if name == "dense":
            result.append((width + 1) * layer[1])
            width = layer[1]
    return tuple(result)


def summary_array(layers, input_shape):
    return np.array(summary_step_by_step(layers, input_shape))


def flatten_loops(x):
    return np.array([[v for row in image for pixel in row for v in pixel] for image in x])


def flatten_ravel(x):
    return np.stack([image.ravel() for image in x])


def flatten_product(x):
    N, H, W, C = x.shape
    return np.reshape(x, (N, H * W * C)).copy()


def matrix_add_at(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix.astype(int)


def matrix_bincount(y_true, y_pred, classes):
    return np.bincount(y_true * classes + y_pred, minlength=classes**2).reshape(classes, classes)


def matrix_one_hot(y_true, y_pred, classes):
    return np.eye(classes, dtype=int)[y_true].T @ np.eye(classes, dtype=int)[y_pred]


def matrix_scikit(y_true, y_pred, classes):
    return sklearn.metrics.confusion_matrix(y_true, y_pred, labels=range(classes))


def threshold_by_argmin(y_true, scores, cost_miss, cost_alarm):
    candidates = np.unique(scores)
    report = scores[None] >= candidates[:, None]
    cost = cost_miss * (report < y_true).sum(1) + cost_alarm * (report > y_true).sum(1)
    return candidates[cost.argmin()]


def threshold_sorted(y_true, scores, cost_miss, cost_alarm):
    costs = {}
    for t in sorted(scores.tolist()):
        cost = 0.0
        for truth, score in zip(y_true, scores, strict=True):
            if truth == 1 and score < t:
                cost += cost_miss
            elif truth == 0 and score >= t:
                cost += cost_alarm
        costs[t] = cost
    return min(costs, key=costs.get)


def threshold_from_above(y_true, scores, cost_miss, cost_alarm):
    best, least = None, float("inf")
    for t in sorted(set(scores), reverse=True):
        wrong = (scores >= t) != (y_true == 1)
        cost = np.where(y_true == 1, cost_miss, cost_alarm)[wrong].sum()
        if cost <= least:
            best, least = t, cost
    return best


def occlusion_where(predict, image, patch):
    rows, columns = np.indices(image.shape)
    drops = [
        [
            predict(image) - predict(np.where((rows // patch == i) & (columns // patch == j), 0, image))
            for j in range(image.shape[1] // patch)
        ]
        for i in range(image.shape[0] // patch)
    ]
    return np.array(drops)


def occlusion_put_back(predict, image, patch):
    picture = image + 0
    whole, drop = predict(picture), np.empty((image.shape[0] // patch, image.shape[1] // patch))
    for i, j in np.ndindex(drop.shape):
        place = np.s_[i * patch : i * patch + patch, j * patch : j * patch + patch]
        kept = picture[place].copy()
        picture[place] = 0
        drop[i, j] = whole - predict(picture)
        picture[place] = kept
    return drop


def occlusion_mask(predict, image, patch):
    H, W = image.shape
    drop = []
    for top in range(0, H - patch + 1, patch):
        for left in range(0, W - patch + 1, patch):
            mask = np.ones((H, W))
            mask[top : top + patch, left : left + patch] = 0
            drop.append(predict(image) - predict(image * mask))
    return np.reshape(drop, (H // patch, W // patch))


RIGHT = {
    "cross_correlate": [correlate_four_loops, correlate_by_kernel, correlate_views, correlate_with_library],
    "output_size": [size_with_math, size_counted, size_with_border],
    "conv2d": [conv_loops, conv_einsum, conv_rows, conv_library],
    "conv_parameters": [parameters_in_steps, parameters_of_layer, parameters_numpy],
    "max_pool": [pool_reshape, pool_running, pool_pixels],
    "average_pool": [average_reshape, average_running, average_pixels, average_library],
    "max_pool_backward": [pool_back_loops, pool_back_library, pool_back_divmod],
    "summary_numbers": [summary_of_library, summary_step_by_step, summary_array],
    "flatten": [flatten_loops, flatten_ravel, flatten_product],
    "confusion_matrix": [matrix_add_at, matrix_bincount, matrix_one_hot, matrix_scikit],
    "best_threshold": [threshold_by_argmin, threshold_sorted, threshold_from_above],
    "occlusion_map": [occlusion_where, occlusion_put_back, occlusion_mask],
    "conv2d_backward": [conv_back_places, conv_back_einsum, conv_back_library],
}
