"""Right answers of chapter 12, written in the ways people write them. Every one must pass."""

import math

import numpy as np

from course_lib import complexity, nn, parallel, quantization


# --- operations
def flops_library(layers, input_shape):
    kinds = {
        "conv": lambda filters, k: nn.Conv2D(filters, k),
        "pool": nn.MaxPooling2D,
        "flatten": nn.Flatten,
        "dense": nn.Dense,
    }
    model = nn.Sequential([nn.Input(input_shape), *(kinds[kind](*numbers) for kind, *numbers in layers)])
    return complexity.count_flops(model)


def flops_of_weights(layers, input_shape):
    """Number of weights without biases, times 2, times how often each is used."""
    H, W, C = input_shape
    result = []
    for layer in layers:
        match layer:
            case ("conv", filters, k):
                H, W = H - k + 1, W - k + 1
                weights, used, C = k**2 * C * filters, H * W, filters
            case ("pool", k):
                H, W, weights, used = H // k, W // k, 0, 0
            case ("flatten",):
                size, weights, used = H * W * C, 0, 0
            case ("dense", units):
                weights, used, size = size * units, 1, units
        result.append(2 * weights * used)
    return result


def flops_array(layers, input_shape):
    shape = list(input_shape)
    result = np.zeros(len(layers), dtype=int)
    for i, layer in enumerate(layers):
        if layer[0] == "conv":
            new = [shape[0] - (layer[2] - 1), shape[1] - (layer[2] - 1), layer[1]]
            result[i] = math.prod(new) * layer[2] * layer[2] * shape[-1] * 2
            shape = new
        elif layer[0] == "pool":
            shape = [int(shape[0] / layer[1]), int(shape[1] / layer[1]), shape[2]]
        elif layer[0] == "flatten":
            shape = [math.prod(shape)]
        elif layer[0] == "dense":
            result[i] = shape[0] * layer[1] * 2
            shape = [layer[1]]
    return result


# --- saliency
def saliency_loop(dx):
    N, H, W, C = dx.shape
    result = np.zeros((N, H, W))
    for n in range(N):
        for i in range(H):
            for j in range(W):
                result[n, i, j] = max(abs(dx[n, i, j, c]) for c in range(C))
        if result[n].max() > 0:
            result[n] = result[n] / result[n].max()
    return result


def saliency_extremes(dx):
    size = np.maximum(dx.max(-1), -dx.min(-1))
    top = np.amax(size, axis=(-2, -1))
    top[top == 0] = 1
    return size / top[:, None, None]


def saliency_divided_first(dx):
    size = np.abs(dx)
    top = size.max(axis=(1, 2, 3), keepdims=True)
    with np.errstate(all="ignore"):
        return np.nan_to_num(size / top).max(axis=-1)


def saliency_images(dx):
    maps = [np.max(np.abs(image), axis=2) for image in dx]
    return np.array([one / one.max() if one.any() else one for one in maps])


# --- one byte each
def quantize_lines(w):
    scale = np.max(np.abs(w)) / 127
    if scale == 0:
        scale = 1.0
    q = np.round(w / scale).astype(np.int8)
    return q, scale


def quantize_half_up(w):
    scale = max(w.max(), -w.min()) / 127.0
    scale = scale if scale > 0 else 1
    return np.floor(w / scale + 0.5).astype("int8"), scale


def quantize_loop(w):
    scale = max(abs(v) for v in w.ravel()) / 127 or 1.0
    q = np.zeros(w.shape, dtype=np.int8)
    for place, value in np.ndenumerate(w):
        q[place] = round(float(value) / scale)
    return q, np.float64(scale)


def quantize_reciprocal(w):
    largest = np.linalg.norm(w.ravel(), np.inf)
    if largest == 0:
        return np.zeros_like(w, dtype=np.int8), 1.0
    return np.rint(w * 127 / largest).clip(-128, 127).astype(np.int8), largest / 127


# --- a layer in bytes
def dense_floats(q_x, q_W, scale_x, scale_W):
    """Back to floats first; the same numbers, without the gain."""
    return (q_x * scale_x) @ (q_W * scale_W)


def dense_loop(q_x, q_W, scale_x, scale_W):
    N, M = q_x.shape[0], q_W.shape[1]
    y = np.zeros((N, M))
    for n in range(N):
        for m in range(M):
            total = 0
            for d in range(q_x.shape[1]):
                total += int(q_x[n, d]) * int(q_W[d, m])
            y[n, m] = total * scale_x * scale_W
    return y


def dense_einsum(q_x, q_W, scale_x, scale_W):
    return scale_x * scale_W * np.einsum("nd,dm->nm", q_x.astype(np.int64), q_W.astype(np.int64))


def dense_dtype(q_x, q_W, scale_x, scale_W):
    return np.matmul(q_x, q_W, dtype=np.int32) * scale_x * scale_W


# --- several workers
def average_loop(gradients, sizes):
    total = np.zeros_like(gradients[0])
    rows = 0
    for g, n in zip(gradients, sizes, strict=True):
        total += n * g
        rows += n
    return total / rows


def average_numpy(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)


def average_shares(gradients, sizes):
    share = np.array(sizes) / np.sum(sizes)
    return np.tensordot(share, np.stack(gradients), axes=1)


def average_running(gradients, sizes):
    mean, seen = 0.0, 0
    for g, n in zip(gradients, sizes, strict=True):
        seen += n
        mean = mean + (g - mean) * n / seen
    return mean


def traffic_parts(parameters, workers, bytes_each):
    part = parameters * bytes_each / workers
    rounds = 2 * (workers - 1)
    return rounds * part


def traffic_both_ways(parameters, workers, bytes_each):
    one_way = (1 - 1 / workers) * parameters * bytes_each
    return one_way + one_way


def traffic_rounds(parameters, workers, bytes_each):
    total = 0
    for _direction in ("add", "hand on"):
        for _round in range(workers - 1):
            total += parameters / workers * bytes_each
    return total


RIGHT = {
    "flops": [flops_library, flops_of_weights, flops_array],
    "saliency": [saliency_loop, saliency_extremes, saliency_divided_first, saliency_images, complexity.saliency],
    "quantize": [quantize_lines, quantize_half_up, quantize_loop, quantize_reciprocal, quantization.quantize],
    "int8_dense": [dense_floats, dense_loop, dense_einsum, dense_dtype, quantization.int8_dense],
    "average_gradients": [
        average_loop, average_numpy, average_shares, average_running, parallel.average_gradients,
    ],
    "ring_traffic": [traffic_parts, traffic_both_ways, traffic_rounds, parallel.ring_traffic],
}  # fmt: skip
