"""Wrong answers of chapter 12 as learners write them, with the name of the mistake they must be told."""

import math

import numpy as np


# --- operations
def follow(layers, input_shape, conv, dense=lambda d, m: 2 * d * m, same=False):
    """Walk through the layers with these formulas; the shapes are right unless `same`."""
    shape, result = list(input_shape), []
    for kind, *numbers in layers:
        if kind == "conv":
            filters, k = numbers
            new = [n if same else n - k + 1 for n in shape[:2]] + [filters]
            result.append(conv(shape, new, k))
            shape = new
        elif kind == "pool":
            result.append(0)
            shape = [shape[0] // numbers[0], shape[1] // numbers[0], shape[2]]
        elif kind == "flatten":
            result.append(0)
            shape = [math.prod(shape)]
        else:
            result.append(dense(shape[0], numbers[0]))
            shape = numbers
    return result


def right_conv(old, new, k):
    return 2 * math.prod(new) * k * k * old[2]


def flops_macs(layers, input_shape):
    return follow(layers, input_shape, lambda old, new, k: math.prod(new) * k * k * old[2], lambda d, m: d * m)


def flops_input_size(layers, input_shape):
    return follow(layers, input_shape, lambda old, new, k: 2 * math.prod(old) * k * k * new[2])


def flops_per_kernel(layers, input_shape):
    return follow(layers, input_shape, lambda old, new, k: 2 * k * k * old[2] * new[2])


def flops_one_channel(layers, input_shape):
    return follow(layers, input_shape, lambda old, new, k: 2 * math.prod(new) * k**2)


def flops_same(layers, input_shape):
    return follow(layers, input_shape, right_conv, same=True)


def flops_sum(layers, input_shape):
    return sum(follow(layers, input_shape, right_conv))


def flops_with_bias(layers, input_shape):
    return follow(
        layers, input_shape, lambda old, new, k: math.prod(new) * (2 * k * k * old[2] + 1), lambda d, m: (2 * d + 1) * m
    )


def flops_bias_as_weight(layers, input_shape):
    return follow(
        layers, input_shape, lambda old, new, k: 2 * (k**2 * old[2] + 1) * math.prod(new), lambda d, m: 2 * (d + 1) * m
    )


def flops_weights(layers, input_shape):
    return follow(layers, input_shape, lambda old, new, k: (k * k * old[2] + 1) * new[2], lambda d, m: (d + 1) * m)


# --- saliency
def saliency_signed(dx):
    size = np.max(dx, axis=-1)
    top = size.max(axis=(1, 2), keepdims=True)
    return size / np.where(top == 0, 1, top)


def saliency_average(dx):
    size = np.mean(np.abs(dx), axis=-1)
    top = size.max(axis=(1, 2), keepdims=True)
    return size / np.where(top == 0, 1, top)


def saliency_total(dx):
    size = sum(np.abs(dx[..., c]) for c in range(dx.shape[-1]))
    return np.array([one / (one.max() or 1) for one in size])


def saliency_columns(dx):
    size = np.array([[[max(abs(v) for v in row[:, c]) for c in range(row.shape[1])] for row in one] for one in dx])
    return np.array([one / (one.max() or 1) for one in size])


def saliency_whole_batch(dx):
    size = np.abs(dx).max(-1)
    return size / size.max()


def saliency_raw(dx):
    return np.abs(dx).max(axis=-1)


def saliency_nan(dx):
    size = np.abs(dx).max(axis=-1)
    return np.array([one / one.max() for one in size])


def saliency_epsilon(dx):
    size = np.abs(dx).max(axis=-1)
    return size / (size.max(axis=(1, 2), keepdims=True) + 1e-8)


def saliency_min_max(dx):
    size = np.abs(dx).max(axis=-1)
    low = size.min(axis=(1, 2), keepdims=True)
    width = np.ptp(size, axis=(1, 2), keepdims=True)
    return (size - low) / np.where(width == 0, 1, width)


def saliency_late_abs(dx):
    size = np.abs(np.max(dx, axis=3))
    top = size.max(axis=(1, 2), keepdims=True)
    return size / np.where(top == 0, 1, top)


# --- one byte each
def quantize_128(w):
    scale = np.abs(w).max() / 128 or 1.0
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale


def quantize_truncated(w):
    scale = np.abs(w).max() / 127 or 1.0
    return (w / scale).astype(np.int8), scale


def quantize_affine(w):
    scale = (w.max() - w.min()) / 255 or 1.0
    q = np.round((w - w.min()) / scale) - 128
    return q.astype(np.int8), scale


def quantize_no_abs(w):
    scale = max(w.max(), 0) / 127 or 1.0
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale


def quantize_no_abs_no_clip(w):
    scale = max(w.max(), 0) / 127 or 1.0
    return np.round(w / scale).astype(int).astype(np.int8), scale


def quantize_signed(w):
    scale = w.max() / 127 or 1.0
    return np.round(w / scale).astype(int).astype(np.int8), scale


def quantize_late_abs(w):
    scale = abs(w.max()) / 127 or 1.0
    return np.round(w / scale).astype(int).astype(np.int8), scale


def quantize_inverse(w):
    scale = 127 / np.abs(w).max() if w.any() else 1.0
    return np.round(w * scale).astype(np.int8), scale


def quantize_columns(w):
    scale = np.abs(w).max(axis=0) / 127
    scale = np.where(scale == 0, 1, scale)
    return np.round(w / scale).astype(np.int8), scale


def quantize_turned(w):
    scale = np.abs(w).max() / 127 or 1.0
    return scale, np.round(w / scale).astype(np.int8)


def quantize_guarded(w):
    scale = np.abs(w).max() / 127 + 1e-8
    return np.round(w / scale).astype(np.int8), scale


# --- a layer in bytes
def dense_bytes(q_x, q_W, scale_x, scale_W):
    return (q_x @ q_W) * (scale_x * scale_W)


def dense_too_late(q_x, q_W, scale_x, scale_W):
    return (q_x @ q_W).astype(np.int32) * scale_x * scale_W


def dense_16(q_x, q_W, scale_x, scale_W):
    return (q_x.astype(np.int16) @ q_W.astype(np.int16)) * (scale_x * scale_W)


def dense_saturated(q_x, q_W, scale_x, scale_W):
    total = np.clip(q_x.astype(int) @ q_W.astype(int), -128, 127)
    return scale_x * scale_W * total


def dense_saturated_evenly(q_x, q_W, scale_x, scale_W):
    total = np.minimum(np.maximum(q_x.astype(int) @ q_W.astype(int), -127), 127)
    return scale_x * scale_W * total


def dense_one_scale(q_x, q_W, scale_x, scale_W):
    return scale_x * (q_x.astype(float) @ q_W.astype(float))


def dense_raw(q_x, q_W, scale_x, scale_W):
    return np.dot(q_x.astype(np.int32), q_W.astype(np.int32)).astype(float)


def dense_sum_of_scales(q_x, q_W, scale_x, scale_W):
    return np.dot(q_x.astype(np.int32), q_W.astype(np.int32)) * (scale_x + scale_W)


def dense_divided(q_x, q_W, scale_x, scale_W):
    return (q_x / scale_x) @ (q_W / scale_W)


# --- several workers
def average_plain(gradients, sizes):
    return np.mean(gradients, axis=0)


def average_sum(gradients, sizes):
    return np.sum(gradients, axis=0)


def average_weighted_sum(gradients, sizes):
    total = 0
    for n, g in zip(sizes, gradients, strict=True):
        total = total + n * g
    return total


def average_divided_twice(gradients, sizes):
    return sum(g / n for n, g in zip(sizes, gradients, strict=True)) / sum(sizes)


def average_by_largest(gradients, sizes):
    return sum(n * g for n, g in zip(sizes, gradients, strict=True)) / max(sizes)


def average_over_workers(gradients, sizes):
    return np.mean([n * g for n, g in zip(sizes, gradients, strict=True)], axis=0)


def average_overwritten(gradients, sizes):
    for n, g in zip(sizes, gradients, strict=True):
        total = n * g
    return total / sum(sizes)


def average_all_numbers(gradients, sizes):
    return np.stack(gradients).mean()


def average_rows_twice(gradients, sizes):
    return sum(gradients) / sum(sizes)


def traffic_all_to_all(parameters, workers, bytes_each):
    return parameters * bytes_each * (workers - 1)


def traffic_whole_gradients(parameters, workers, bytes_each):
    return 2 * (workers - 1) * parameters * bytes_each


def traffic_half(parameters, workers, bytes_each):
    return (workers - 1) * parameters * bytes_each / workers


def traffic_bits(parameters, workers, bytes_each):
    return 2 * (workers - 1) / workers * parameters * bytes_each * 8


def traffic_float32(parameters, workers, bytes_each):
    return 2 * (workers - 1) / workers * parameters * 4


def traffic_floor(parameters, workers, bytes_each):
    return 2 * (workers - 1) * bytes_each * (parameters // workers)


def traffic_zero(parameters, workers, bytes_each):
    return 2 * parameters * bytes_each * ((workers - 1) // workers)


def traffic_whole(parameters, workers, bytes_each):
    return (workers - 1) * parameters * bytes_each * 2 // workers


def traffic_limit(parameters, workers, bytes_each):
    return 2.0 * parameters * bytes_each


WRONG = [
    ("flops", "multiply_adds", flops_macs),
    ("flops", "pixels_of_the_input", flops_input_size),
    ("flops", "weights_doubled", flops_per_kernel),
    ("flops", "channels_forgotten", flops_one_channel),
    ("flops", "size_kept", flops_same),
    ("flops", "total", flops_sum),
    ("flops", "biases_counted", flops_with_bias),
    ("flops", "biases_counted_as_weights", flops_bias_as_weight),
    ("flops", "weights_counted", flops_weights),
    ("saliency", "sign_kept", saliency_signed),
    ("saliency", "mean_of_channels", saliency_average),
    ("saliency", "mean_of_channels", saliency_total),
    ("saliency", "other_axis", saliency_columns),
    ("saliency", "one_largest_for_all", saliency_whole_batch),
    ("saliency", "not_divided", saliency_raw),
    ("saliency", "zero_divided", saliency_nan),
    ("saliency", "added_1e_8", saliency_epsilon),
    ("saliency", "stretched", saliency_min_max),
    ("saliency", "absolute_after_maximum", saliency_late_abs),
    ("quantize", "divided_by_128", quantize_128),
    ("quantize", "cut_off", quantize_truncated),
    ("quantize", "zero_point", quantize_affine),
    ("quantize", "largest_without_sign", quantize_no_abs),
    ("quantize", "largest_without_sign_wrapped", quantize_no_abs_no_clip),
    ("quantize", "largest_signed_wrapped", quantize_signed),
    ("quantize", "sign_removed_too_late", quantize_late_abs),
    ("quantize", "scale_upside_down", quantize_inverse),
    ("quantize", "scale_of_each_column", quantize_columns),
    ("quantize", "wrong_order", quantize_turned),
    ("quantize", "added_1e_8", quantize_guarded),
    ("int8_dense", "wraps_in_8_bits", dense_bytes),
    ("int8_dense", "wraps_in_8_bits", dense_too_late),
    ("int8_dense", "wraps_in_16_bits", dense_16),
    ("int8_dense", "cut_off_at_127", dense_saturated),
    ("int8_dense", "cut_off_on_both_sides", dense_saturated_evenly),
    ("int8_dense", "scale_of_W_forgotten", dense_one_scale),
    ("int8_dense", "not_scaled", dense_raw),
    ("int8_dense", "scales_added", dense_sum_of_scales),
    ("int8_dense", "divided_by_scales", dense_divided),
    ("average_gradients", "plain_mean", average_plain),
    ("average_gradients", "plain_sum", average_sum),
    ("average_gradients", "not_divided", average_weighted_sum),
    ("average_gradients", "divided_by_workers", average_over_workers),
    ("average_gradients", "each_divided_then_by_all", average_divided_twice),
    ("average_gradients", "divided_by_the_largest", average_by_largest),
    ("average_gradients", "last_worker_only", average_overwritten),
    ("average_gradients", "mean_over_everything", average_all_numbers),
    ("average_gradients", "sum_divided_by_rows", average_rows_twice),
    ("ring_traffic", "to_everybody", traffic_all_to_all),
    ("ring_traffic", "not_cut", traffic_whole_gradients),
    ("ring_traffic", "one_way", traffic_half),
    ("ring_traffic", "bits", traffic_bits),
    ("ring_traffic", "four_bytes_always", traffic_float32),
    ("ring_traffic", "whole_parts", traffic_floor),
    ("ring_traffic", "whole_division_first", traffic_zero),
    ("ring_traffic", "whole_bytes", traffic_whole),
    ("ring_traffic", "twice_the_gradient", traffic_limit),
]
