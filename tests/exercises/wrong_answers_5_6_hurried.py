"""More wrong answers to the exercises of chapters 5 and 6: first attempts as people in a hurry write them."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def correlate_window_ends_at_kernel(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(image[i:kh, j:kw] * kernel)
    return y


def correlate_rest_of_zeros(image, kernel):
    y = np.zeros_like(image)
    kh, kw = kernel.shape
    for i in range(image.shape[0] - kh + 1):
        for j in range(image.shape[1] - kw + 1):
            y[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return y


def correlate_places_of_the_image(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            y[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return y


def correlate_last_product_only(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for u in range(kh):
                for v in range(kw):
                    y[i, j] = image[i + u, j + v] * kernel[u, v]
    return y


def correlate_one_row(image, kernel):
    kh, kw = kernel.shape
    out = []
    for i in range(image.shape[0] - kh + 1):
        for j in range(image.shape[1] - kw + 1):
            out.append(np.sum(image[i : i + kh, j : j + kw] * kernel))
    return np.array(out)


def correlate_running_total(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    total = 0
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            total += np.sum(image[i : i + kh, j : j + kw] * kernel)
            y[i, j] = total
    return y


def correlate_divided_by_weights(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.dot(image[i : i + kh, j : j + kw].ravel(), kernel.ravel()) / kernel.sum()
    return y


def correlate_return_in_the_loop(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
            return y


def correlate_places_swapped(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(image[j : j + kh, i : i + kw] * kernel)
    return y


def size_same_stride_ignored(n, kernel_size, strides, padding):
    if padding == "same":
        return n
    return (n - kernel_size) // strides + 1


def size_same_like_valid(n, kernel_size, strides, padding):
    if padding == "SAME":
        return math.ceil(n / strides)
    return (n - kernel_size) // strides + 1


def size_valid_to_the_nearest(n, kernel_size, strides, padding):
    if padding == "same":
        return math.ceil(n / strides)
    return round((n - kernel_size) / strides) + 1


def size_border_of_a_whole_kernel(n, kernel_size, strides, padding):
    p = kernel_size - 1 if padding == "same" else 0
    return (n + 2 * p - kernel_size) // strides + 1


def size_same_one_too_many(n, kernel_size, strides, padding):
    if padding == "same":
        return n // strides + 1
    return (n - kernel_size) // strides + 1


def size_same_to_the_nearest(n, kernel_size, strides, padding):
    if padding == "same":
        return round(n / strides)
    return (n - kernel_size) // strides + 1


def size_brackets_missing(n, kernel_size, strides, padding):
    if padding == "same":
        return -(-n // strides)
    return n - kernel_size // strides + 1


def size_valid_one_too_many(n, kernel_size, strides, padding):
    if padding == "same":
        return math.ceil(n / strides)
    return math.ceil((n - kernel_size + 1) / strides) + 1


def size_border_of_an_odd_kernel(n, kernel_size, strides, padding):
    p = (kernel_size - 1) // 2 if padding == "same" else 0
    return (n + 2 * p - kernel_size) // strides + 1


def size_n_divided_first(n, kernel_size, strides, padding):
    if padding == "same":
        return -(-n // strides)
    return n // strides - kernel_size + 1


def conv_everything_summed(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho = (H - kh) // strides + 1
    Wo = (width - kw) // strides + 1
    y = np.zeros((N, Ho, Wo, F))
    for i in range(Ho):
        for j in range(Wo):
            y[:, i, j] = np.sum(x[:, i * strides : i * strides + kh, j * strides : j * strides + kw] * W) + b
    return y


def conv_last_channel_only(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho = (H - kh) // strides + 1
    Wo = (width - kw) // strides + 1
    y = np.zeros((N, Ho, Wo, F))
    for n in range(N):
        for i in range(Ho):
            for j in range(Wo):
                for f in range(F):
                    for c in range(C):
                        y[n, i, j, f] = (
                            np.sum(
                                x[n, i * strides : i * strides + kh, j * strides : j * strides + kw, c] * W[:, :, c, f]
                            )
                            + b[f]
                        )
    return y


def conv_places_counted_in_strides(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho = (H - kh) // strides + 1
    Wo = (width - kw) // strides + 1
    y = np.zeros((N, Ho, Wo, F))
    for i in range(0, Ho, strides):
        for j in range(0, Wo, strides):
            y[:, i, j] = np.tensordot(x[:, i : i + kh, j : j + kw], W, axes=3) + b
    return y


def conv_gaps_between_places(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    y = np.zeros((N, H - kh + 1, width - kw + 1, F))
    for i in range(0, H - kh + 1, strides):
        for j in range(0, width - kw + 1, strides):
            y[:, i, j] = np.tensordot(x[:, i : i + kh, j : j + kw], W, axes=3) + b
    return y


def conv_images_added(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho = (H - kh) // strides + 1
    Wo = (width - kw) // strides + 1
    y = np.zeros((N, Ho, Wo, F))
    for f in range(F):
        for i in range(Ho):
            for j in range(Wo):
                y[:, i, j, f] = (
                    x[:, i * strides : i * strides + kh, j * strides : j * strides + kw] * W[..., f]
                ).sum() + b[f]
    return y


def conv_window_axes_out_of_order(x, W, b, strides):
    w = sliding_window_view(x, W.shape[:2], axis=(1, 2))[:, ::strides, ::strides]
    return w.reshape(*w.shape[:3], -1) @ W.reshape(-1, W.shape[3]) + b


def conv_last_place_empty(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho = (H - kh) // strides
    Wo = (width - kw) // strides
    y = np.zeros((N, Ho + 1, Wo + 1, F))
    for i in range(Ho):
        for j in range(Wo):
            y[:, i, j] = (
                np.tensordot(x[:, i * strides : i * strides + kh, j * strides : j * strides + kw], W, axes=3) + b
            )
    return y


def conv_size_without_stride(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho = H - kh + 1
    Wo = width - kw + 1
    y = np.zeros((N, Ho, Wo, F))
    for i in range(Ho):
        for j in range(Wo):
            y[:, i, j] = (
                np.tensordot(x[:, i * strides : i * strides + kh, j * strides : j * strides + kw], W, axes=3) + b
            )
    return y


def parameters_one_kernel(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels + filters


def parameters_one_added_to_the_channels(kernel_size, channels, filters):
    kh, kw = kernel_size
    return kh * kw * (channels + 1) * filters


def parameters_channels_added(kernel_size, channels, filters):
    kh, kw = kernel_size
    return (kh * kw + channels) * filters + filters


def parameters_channels_and_biases_forgotten(kernel_size, channels, filters):
    kh, kw = kernel_size
    return kh * kw * filters


def parameters_biases_multiplied(kernel_size, channels, filters):
    kh, kw = kernel_size
    return (kh * kw * channels + filters) * filters


def pool_all_mixed(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    y = np.zeros((N, H // p, W // p, C))
    for i in range(H // p):
        for j in range(W // p):
            y[:, i, j] = np.max(x[:, i * p : (i + 1) * p, j * p : (j + 1) * p])
    return y


def pool_rest_not_cut(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    return x.reshape(N, H // p, p, W // p, p, C).max(axis=(2, 4))


def pool_place_counted_in_pixels(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    y = np.zeros((N, H // p, W // p, C))
    for i in range(0, H, p):
        for j in range(0, W, p):
            y[:, i, j] = x[:, i : i + p, j : j + p].max(axis=(1, 2))
    return y


def pool_begins_at_i(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    y = np.zeros((N, H // p, W // p, C))
    for i in range(H // p):
        for j in range(W // p):
            y[:, i, j] = x[:, i : i + p, j : j + p].max(axis=(1, 2))
    return y


def pool_always_two(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    y = np.zeros((N, H // p, W // p, C))
    for i in range(H // p):
        for j in range(W // p):
            y[:, i, j] = x[:, i * p : i * p + 2, j * p : j * p + 2].max(axis=(1, 2))
    return y


def pool_window_one_short(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    y = np.zeros((N, H // p, W // p, C))
    for i in range(H // p):
        for j in range(W // p):
            y[:, i, j] = x[:, i * p : (i + 1) * p - 1, j * p : (j + 1) * p - 1].max(axis=(1, 2))
    return y


def pool_list_out_of_order(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    y = []
    for i in range(H // p):
        for j in range(W // p):
            y.append(x[:, i * p : (i + 1) * p, j * p : (j + 1) * p].max(axis=(1, 2)))
    return np.array(y).reshape(N, H // p, W // p, C)


def pool_every_pth_pixel(x, pool_size):
    return x[:, ::pool_size, ::pool_size]


def pool_rest_of_zeros(x, pool_size):
    N, H, W, C = x.shape
    p = pool_size
    y = np.zeros((N, math.ceil(H / p), math.ceil(W / p), C))
    for i in range(H // p):
        for j in range(W // p):
            y[:, i, j] = x[:, i * p : (i + 1) * p, j * p : (j + 1) * p].max(axis=(1, 2))
    return y


def pool_back_times_window_size(dy, x, pool_size):
    p = pool_size
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        w = x[n, i * p : (i + 1) * p, j * p : (j + 1) * p, c]
        k = w.argmax()
        dx[n, i * p + k // p, j * p + k % p, c] = dy[n, i, j, c] * w.size
    return dx


def pool_back_place_within_the_window(dy, x, pool_size):
    p = pool_size
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        w = x[n, i * p : (i + 1) * p, j * p : (j + 1) * p, c]
        u, v = np.unravel_index(w.argmax(), w.shape)
        dx[n, u, v, c] = dy[n, i, j, c]
    return dx


def pool_back_started_from_x(dy, x, pool_size):
    p = pool_size
    dx = x.copy()
    for n, i, j, c in np.ndindex(dy.shape):
        w = x[n, i * p : (i + 1) * p, j * p : (j + 1) * p, c]
        u, v = np.unravel_index(w.argmax(), w.shape)
        dx[n, i * p + u, j * p + v, c] = dy[n, i, j, c]
    return dx


def pool_back_images_and_channels_mixed(dy, x, pool_size):
    p = pool_size
    dx = np.zeros_like(x)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            w = x[:, i * p : (i + 1) * p, j * p : (j + 1) * p]
            dx[:, i * p : (i + 1) * p, j * p : (j + 1) * p] = (w == w.max()) * dy[:, i, j][:, None, None]
    return dx


def pool_back_keepdims_missing(dy, x, pool_size):
    p = pool_size
    dx = np.zeros_like(x)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            w = x[:, i * p : (i + 1) * p, j * p : (j + 1) * p]
            dx[:, i * p : (i + 1) * p, j * p : (j + 1) * p] = (w == w.max(axis=(1, 2))) * dy[:, i, j]
    return dx


def pool_back_row_and_column_swapped(dy, x, pool_size):
    p = pool_size
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        w = x[n, i * p : (i + 1) * p, j * p : (j + 1) * p, c]
        u, v = np.unravel_index(w.argmax(), w.shape)
        dx[n, i * p + v, j * p + u, c] = dy[n, i, j, c]
    return dx


def conv_back_overwritten(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for n, i, j, f in np.ndindex(dy.shape):
        dW[:, :, :, f] = x[n, i : i + kh, j : j + kw] * dy[n, i, j, f]
    return (dW, dy.sum(axis=(0, 1, 2)))


def conv_back_bias_one_number(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for n, i, j, f in np.ndindex(dy.shape):
        dW[:, :, :, f] += x[n, i : i + kh, j : j + kw] * dy[n, i, j, f]
    return (dW, dy.sum())


def conv_back_bias_of_ones(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for n, i, j, f in np.ndindex(dy.shape):
        dW[:, :, :, f] += x[n, i : i + kh, j : j + kw] * dy[n, i, j, f]
    return (dW, np.ones(W.shape[3]))


def conv_back_window_summed(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for n, i, j, f in np.ndindex(dy.shape):
        dW[:, :, :, f] += x[n, i : i + kh, j : j + kw].sum() * dy[n, i, j, f]
    return (dW, dy.sum(axis=(0, 1, 2)))


def conv_back_channels_lie_on_kernels(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for u in range(kh):
        for v in range(kw):
            dW[u, v] = np.sum(x[:, u : u + dy.shape[1], v : v + dy.shape[2]] * dy)
    return (dW, dy.sum(axis=(0, 1, 2)))


def conv_back_pixels_as_large_as_the_kernel(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for u in range(kh):
        for v in range(kw):
            dW[u, v] = np.einsum("nijc,nijf->cf", x[:, u : u + kh, v : v + kw], dy)
    return (dW, dy.sum(axis=(0, 1, 2)))


def conv_back_kernels_before_channels(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for u in range(kh):
        for v in range(kw):
            dW[u, v] = np.einsum("nijc,nijf->fc", x[:, u : u + dy.shape[1], v : v + dy.shape[2]], dy)
    return (dW, dy.sum(axis=(0, 1, 2)))


def conv_back_bias_divided_by_images(dy, x, W):
    dW = np.zeros_like(W)
    kh, kw = W.shape[:2]
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            dW += np.tensordot(x[:, i : i + kh, j : j + kw], dy[:, i, j], axes=(0, 0))
    return (dW, dy.sum(axis=(0, 1, 2)) / len(x))


def conv_back_started_from_weights(dy, x, W):
    dW = W.copy()
    kh, kw = W.shape[:2]
    for n, i, j, f in np.ndindex(dy.shape):
        dW[:, :, :, f] += x[n, i : i + kh, j : j + kw] * dy[n, i, j, f]
    return (dW, dy.sum(axis=(0, 1, 2)))


def summary_channels_not_updated(layers, input_shape):
    H, W, C = input_shape
    out = []
    for layer in layers:
        if layer[0] == "conv":
            out.append((layer[2] * layer[2] * C + 1) * layer[1])
            H = H - layer[2] + 1
            W = W - layer[2] + 1
        elif layer[0] == "pool":
            out.append(0)
            H //= layer[1]
            W //= layer[1]
        elif layer[0] == "flatten":
            out.append(0)
            n = H * W * C
        else:
            out.append((n + 1) * layer[1])
            n = layer[1]
    return out


def summary_pool_not_rounded(layers, input_shape):
    H, W, C = input_shape
    out = []
    for layer in layers:
        if layer[0] == "conv":
            out.append((layer[2] * layer[2] * C + 1) * layer[1])
            H = H - layer[2] + 1
            W = W - layer[2] + 1
            C = layer[1]
        elif layer[0] == "pool":
            out.append(0)
            H /= layer[1]
            W /= layer[1]
        elif layer[0] == "flatten":
            out.append(0)
            n = H * W * C
        else:
            out.append((n + 1) * layer[1])
            n = layer[1]
    return out


def summary_width_not_updated(layers, input_shape):
    H, W, C = input_shape
    out = []
    for layer in layers:
        if layer[0] == "conv":
            out.append((layer[2] * layer[2] * C + 1) * layer[1])
            H = H - layer[2] + 1
            W = W - layer[2] + 1
            C = layer[1]
        elif layer[0] == "pool":
            out.append(0)
            H //= layer[1]
            W //= layer[1]
        elif layer[0] == "flatten":
            out.append(0)
            n = H * W * C
        else:
            out.append((n + 1) * layer[1])
    return out


def summary_filters_and_kernel_swapped(layers, input_shape):
    H, W, C = input_shape
    out = []
    for layer in layers:
        if layer[0] == "conv":
            out.append((layer[1] * layer[1] * C + 1) * layer[2])
            H = H - layer[1] + 1
            W = W - layer[1] + 1
            C = layer[2]
        elif layer[0] == "pool":
            out.append(0)
            H //= layer[1]
            W //= layer[1]
        elif layer[0] == "flatten":
            out.append(0)
            n = H * W * C
        else:
            out.append((n + 1) * layer[1])
            n = layer[1]
    return out


def summary_flatten_skipped(layers, input_shape):
    H, W, C = input_shape
    out = []
    for layer in layers:
        if layer[0] == "conv":
            out.append((layer[2] * layer[2] * C + 1) * layer[1])
            H = H - layer[2] + 1
            W = W - layer[2] + 1
            C = layer[1]
        elif layer[0] == "pool":
            out.append(0)
            H //= layer[1]
            W //= layer[1]
        elif layer[0] == "flatten":
            n = H * W * C
        else:
            out.append((n + 1) * layer[1])
            n = layer[1]
    return out


def summary_always_the_ten_class_network(layers, input_shape):
    return [320, 0, 18496, 0, 0, 102464, 650]


def flatten_pixels_as_rows(x):
    return x.reshape(-1, x.shape[-1])


def flatten_order_of_the_memory(x):
    return np.ravel(x, order="K").reshape(len(x), -1)


def flatten_batch_of_one_lost(x):
    return x.squeeze().reshape(len(x), -1).squeeze()


def flatten_channels_summed(x):
    return x.sum(axis=3).reshape(len(x), -1)


def flatten_rows_kept(x):
    return x.reshape(len(x), x.shape[1], -1)


def matrix_every_with_every(y_true, y_pred, classes):
    m = np.zeros((classes, classes))
    for i in range(len(y_true)):
        for j in range(len(y_pred)):
            m[y_true[i], y_pred[j]] += 1
    return m


def matrix_rows_are_one_list(y_true, y_pred, classes):
    m = [[0] * classes] * classes
    for t_, p in zip(y_true, y_pred, strict=True):
        m[t_][p] += 1
    return np.array(m)


def matrix_mistakes_both_ways(y_true, y_pred, classes):
    m = np.zeros((classes, classes))
    for t_, p in zip(y_true, y_pred, strict=True):
        if t_ == p:
            m[t_, t_] += 1
        else:
            m[t_, p] += 1
            m[p, t_] += 1
    return m


def matrix_classes_from_one(y_true, y_pred, classes):
    m = np.zeros((classes, classes))
    for t_, p in zip(y_true, y_pred, strict=True):
        m[t_ - 1, p - 1] += 1
    return m


def matrix_minlength_missing(y_true, y_pred, classes):
    return np.bincount(y_true * classes + y_pred).reshape(classes, classes)


def matrix_accuracy(y_true, y_pred, classes):
    return (y_true == y_pred).mean()


def matrix_shares_of_columns(y_true, y_pred, classes):
    m = np.zeros((classes, classes))
    for t_, p in zip(y_true, y_pred, strict=True):
        m[t_, p] += 1
    return m / m.sum(axis=0)


def matrix_size_of_the_classes_seen(y_true, y_pred, classes):
    n = len(np.unique(y_true))
    m = np.zeros((n, n))
    for t_, p in zip(y_true, y_pred, strict=True):
        m[t_, p] += 1
    return m


def threshold_place_in_scores_returned(y_true, scores, cost_miss, cost_alarm):
    c = [
        cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
        for t in scores
    ]
    return np.argmin(c)


def threshold_first_in_the_order_of_scores(y_true, scores, cost_miss, cost_alarm):
    c = [
        cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
        for t in scores
    ]
    return scores[np.argmin(c)]


def threshold_fixed_steps(y_true, scores, cost_miss, cost_alarm):
    ths = np.linspace(0, 1, 101)
    c = [
        cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
        for t in ths
    ]
    return ths[np.argmin(c)]


def threshold_rates(y_true, scores, cost_miss, cost_alarm):
    ths = np.unique(scores)
    c = [cost_miss * np.mean(scores[y_true == 1] < t) + cost_alarm * np.mean(scores[y_true == 0] >= t) for t in ths]
    return ths[np.argmin(c)]


def threshold_always_zero(y_true, scores, cost_miss, cost_alarm):
    best = 0
    least = 0
    for t in np.unique(scores):
        c = cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
        if c < least:
            best = t
            least = c
    return best


def threshold_everything_else_is_an_alarm(y_true, scores, cost_miss, cost_alarm):
    best = None
    least = np.inf
    for t in np.unique(scores):
        c = 0
        for y, s in zip(y_true, scores, strict=True):
            if y == 1 and s < t:
                c += cost_miss
            else:
                c += cost_alarm
        if c < least:
            best = t
            least = c
    return best


def threshold_all_reports_are_alarms(y_true, scores, cost_miss, cost_alarm):
    best = None
    least = np.inf
    for t in np.unique(scores):
        c = cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum(scores >= t)
        if c < least:
            best = t
            least = c
    return best


def threshold_labels_not_used(y_true, scores, cost_miss, cost_alarm):
    best = None
    least = np.inf
    for t in np.unique(scores):
        c = cost_miss * np.sum(scores < t) + cost_alarm * np.sum(scores >= t)
        if c < least:
            best = t
            least = c
    return best


def threshold_equal_scores_missed(y_true, scores, cost_miss, cost_alarm):
    best = None
    least = np.inf
    for t in np.unique(scores):
        c = cost_miss * np.sum((y_true == 1) & (scores <= t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
        if c < least:
            best = t
            least = c
    return best


def threshold_always_the_largest(y_true, scores, cost_miss, cost_alarm):
    for t in np.unique(scores):
        least = np.inf
        c = cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
        if c < least:
            best = t
            least = c
    return best


def threshold_nothing_missed(y_true, scores, cost_miss, cost_alarm):
    return scores[y_true == 1].min()


def threshold_between_the_scores(y_true, scores, cost_miss, cost_alarm):
    s = np.sort(scores)
    ths = (s[1:] + s[:-1]) / 2
    c = [
        cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
        for t in ths
    ]
    return ths[np.argmin(c)]


def occlusion_map_of_pixels(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H, W))
    s = predict(image)
    for i in range(0, H, patch):
        for j in range(0, W, patch):
            c = image.copy()
            c[i : i + patch, j : j + patch] = 0
            out[i : i + patch, j : j + patch] = s - predict(c)
    return out


def occlusion_square_cut_out(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H // patch, W // patch))
    s = predict(image)
    for i in range(H // patch):
        for j in range(W // patch):
            out[i, j] = s - predict(image[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch])
    return out


def occlusion_compared_with_the_last(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H // patch, W // patch))
    s = predict(image)
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0
            p = predict(c)
            out[i, j] = s - p
            s = p
    return out


def occlusion_square_one_short(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H // patch, W // patch))
    s = predict(image)
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch : (i + 1) * patch - 1, j * patch : (j + 1) * patch - 1] = 0
            out[i, j] = s - predict(c)
    return out


def occlusion_rest_covered_too(predict, image, patch):
    H, W = image.shape
    out = np.zeros((-(-H // patch), -(-W // patch)))
    s = predict(image)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            c = image.copy()
            c[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0
            out[i, j] = s - predict(c)
    return out


def occlusion_every_place(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H - patch + 1, W - patch + 1))
    s = predict(image)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            c = image.copy()
            c[i : i + patch, j : j + patch] = 0
            out[i, j] = s - predict(c)
    return out


def occlusion_one_pixel(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H // patch, W // patch))
    s = predict(image)
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch, j * patch] = 0
            out[i, j] = s - predict(c)
    return out


def occlusion_one_row(predict, image, patch):
    H, W = image.shape
    out = []
    s = predict(image)
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0
            out.append(s - predict(c))
    return np.array(out)


def occlusion_row_by_row_copies(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H // patch, W // patch))
    s = predict(image)
    for i in range(H // patch):
        c = image.copy()
        for j in range(W // patch):
            c[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0
            out[i, j] = s - predict(c)
    return out


def occlusion_covered_with_half(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H // patch, W // patch))
    s = predict(image)
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0.5
            out[i, j] = s - predict(c)
    return out


def occlusion_whole_rows(predict, image, patch):
    H, W = image.shape
    out = np.zeros((H // patch, W // patch))
    s = predict(image)
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch : (i + 1) * patch] = 0
            out[i, j] = s - predict(c)
    return out


def size_same_without_border(n, kernel_size, strides, padding):
    if padding == "valid":
        return (n - kernel_size) // strides + 1
    return math.ceil((n - kernel_size) / strides) + 1


def conv_stride_in_one_direction(x, W, b, strides):
    kh, kw = W.shape[:2]
    w = sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::strides]
    return np.einsum("nijcuv,uvcf->nijf", w, W) + b


def conv_places_rounded_up(x, W, b, strides):
    N, H, width, C = x.shape
    kh, kw, _, F = W.shape
    Ho = math.ceil((H - kh) / strides) + 1
    Wo = math.ceil((width - kw) / strides) + 1
    y = np.zeros((N, Ho, Wo, F))
    for i in range(Ho):
        for j in range(Wo):
            y[:, i, j] = (
                np.tensordot(x[:, i * strides : i * strides + kh, j * strides : j * strides + kw], W, axes=3) + b
            )
    return y


def conv_square_kernels(x, W, b, strides):
    N, H, width, C = x.shape
    k = W.shape[0]
    F = W.shape[3]
    Ho = (H - k) // strides + 1
    Wo = (width - k) // strides + 1
    y = np.zeros((N, Ho, Wo, F))
    for i in range(Ho):
        for j in range(Wo):
            y[:, i, j] = np.tensordot(x[:, i * strides : i * strides + k, j * strides : j * strides + k], W, axes=3) + b
    return y


def parameters_one_kernel_and_its_bias(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels + 1


def pool_place_of_the_largest(x, pool_size):
    N, H, W, C = x.shape
    y = np.zeros((N, H // pool_size, W // pool_size, C))
    for n in range(N):
        for c in range(C):
            for i in range(H // pool_size):
                for j in range(W // pool_size):
                    y[n, i, j, c] = np.argmax(
                        x[n, i * pool_size : (i + 1) * pool_size, j * pool_size : (j + 1) * pool_size, c]
                    )
    return y


def pool_axes_of_the_windows(x, pool_size):
    return sliding_window_view(x, (pool_size, pool_size), axis=(1, 2))[:, ::pool_size, ::pool_size].max(axis=(3, 4))


def pool_largest_over_the_places(x, pool_size):
    N, H, W, C = x.shape
    return (
        x[:, : H // pool_size * pool_size, : W // pool_size * pool_size]
        .reshape(N, H // pool_size, pool_size, W // pool_size, pool_size, C)
        .max(axis=(1, 3))
    )


def pool_axes_split_the_wrong_way(x, pool_size):
    N, H, W, C = x.shape
    return (
        x[:, : H // pool_size * pool_size, : W // pool_size * pool_size]
        .reshape(N, pool_size, H // pool_size, pool_size, W // pool_size, C)
        .max(axis=(1, 3))
    )


def pool_reshaped_into_blocks(x, pool_size):
    N, H, W, C = x.shape
    return (
        x[:, : H // pool_size * pool_size, : W // pool_size * pool_size]
        .reshape(N, H // pool_size, W // pool_size, pool_size, pool_size, C)
        .max(axis=(3, 4))
    )


def pool_back_begins_at_i(dy, x, pool_size):
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        w = x[n, i : i + pool_size, j : j + pool_size, c]
        u, v = np.unravel_index(w.argmax(), w.shape)
        dx[n, i + u, j + v, c] += dy[n, i, j, c]
    return dx


def pool_back_earlier_best_kept(dy, x, pool_size):
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        best = -1000000000.0
        for u in range(pool_size):
            for v in range(pool_size):
                if x[n, i * pool_size + u, j * pool_size + v, c] > best:
                    best = x[n, i * pool_size + u, j * pool_size + v, c]
                    dx[n, i * pool_size + u, j * pool_size + v, c] = dy[n, i, j, c]
    return dx


def conv_back_rows_and_columns_swapped(dy, x, W):
    kh, kw = W.shape[:2]
    w = sliding_window_view(x, (kh, kw), axis=(1, 2))
    return (np.einsum("nijcuv,nijf->vucf", w, dy), dy.sum((0, 1, 2)))


def conv_back_weights_for_each_image(dy, x, W):
    kh, kw = W.shape[:2]
    w = sliding_window_view(x, (kh, kw), axis=(1, 2))
    return (np.einsum("nijcuv,nijf->nuvcf", w, dy), dy.sum((0, 1, 2)))


def conv_back_bias_of_all_kernels(dy, x, W):
    dW = np.zeros_like(W)
    db = np.zeros(W.shape[3])
    kh, kw = W.shape[:2]
    for n in range(len(x)):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                for f in range(W.shape[3]):
                    dW[:, :, :, f] += dy[n, i, j, f] * x[n, i : i + kh, j : j + kw]
                    db += dy[n, i, j, f]
    return (dW, db)


def conv_back_bias_overwritten(dy, x, W):
    dW = np.zeros_like(W)
    db = np.zeros(W.shape[3])
    kh, kw = W.shape[:2]
    for n in range(len(x)):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                for f in range(W.shape[3]):
                    dW[:, :, :, f] += dy[n, i, j, f] * x[n, i : i + kh, j : j + kw]
                    db[f] = dy[n, i, j, f]
    return (dW, db)


def summary_channels_updated_too_early(layers, input_shape):
    out = []
    input_shape = list(input_shape)
    for layer in layers:
        if layer[0] == "conv":
            input_shape = [input_shape[0] - layer[2] + 1, input_shape[1] - layer[2] + 1, layer[1]]
            out.append(layer[2] * layer[2] * input_shape[2] * layer[1] + layer[1])
        elif layer[0] == "pool":
            out.append(0)
            input_shape = [input_shape[0] // layer[1], input_shape[1] // layer[1], input_shape[2]]
        elif layer[0] == "flatten":
            out.append(0)
            input_shape = [input_shape[0] * input_shape[1] * input_shape[2]]
        else:
            out.append(input_shape[0] * layer[1] + layer[1])
            input_shape = [layer[1]]
    return out


def matrix_one_class_too_many(y_true, y_pred, classes):
    m = np.zeros((classes + 1, classes + 1))
    for x, y in zip(y_true, y_pred, strict=True):
        m[x, y] += 1
    return m


def threshold_equal_alarms_free(y_true, scores, cost_miss, cost_alarm):
    u = np.unique(scores)
    c = [
        cost_miss * np.sum((y_true == 1) & (scores < threshold))
        + cost_alarm * np.sum((y_true == 0) & (scores > threshold))
        for threshold in u
    ]
    return u[np.argmin(c)]


def threshold_labels_turned(y_true, scores, cost_miss, cost_alarm):
    u = np.unique(scores)
    c = [
        cost_miss * np.sum((y_true == 0) & (scores < threshold))
        + cost_alarm * np.sum((y_true == 1) & (scores >= threshold))
        for threshold in u
    ]
    return u[np.argmin(c)]


def occlusion_slice_ends_at_patch(predict, image, patch):
    H, W = image.shape
    d = np.zeros((H // patch, W // patch))
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch : patch, j * patch : patch] = 0
            d[i, j] = predict(image) - predict(c)
    return d


def occlusion_two_pairs_of_brackets(predict, image, patch):
    H, W = image.shape
    d = np.zeros((H // patch, W // patch))
    for i in range(H // patch):
        for j in range(W // patch):
            c = image.copy()
            c[i * patch : (i + 1) * patch][j * patch : (j + 1) * patch] = 0
            d[i, j] = predict(image) - predict(c)
    return d


WRONG = [
    ("cross_correlate", "window_ends_at_kernel", correlate_window_ends_at_kernel),
    ("cross_correlate", "rest_of_zeros", correlate_rest_of_zeros),
    ("cross_correlate", "places_of_the_image", correlate_places_of_the_image),
    ("cross_correlate", "last_product_only", correlate_last_product_only),
    ("cross_correlate", "one_row", correlate_one_row),
    ("cross_correlate", "running_total", correlate_running_total),
    ("cross_correlate", "divided_by_weights", correlate_divided_by_weights),
    ("cross_correlate", "return_in_the_loop", correlate_return_in_the_loop),
    ("cross_correlate", "places_swapped", correlate_places_swapped),
    ("output_size", "same_stride_ignored", size_same_stride_ignored),
    ("output_size", "same_like_valid", size_same_like_valid),
    ("output_size", "valid_to_the_nearest", size_valid_to_the_nearest),
    ("output_size", "border_of_a_whole_kernel", size_border_of_a_whole_kernel),
    ("output_size", "same_one_too_many", size_same_one_too_many),
    ("output_size", "same_to_the_nearest", size_same_to_the_nearest),
    ("output_size", "brackets_missing", size_brackets_missing),
    ("output_size", "valid_one_too_many", size_valid_one_too_many),
    ("output_size", "border_of_an_odd_kernel", size_border_of_an_odd_kernel),
    ("output_size", "n_divided_first", size_n_divided_first),
    ("conv2d", "everything_summed", conv_everything_summed),
    ("conv2d", "last_channel_only", conv_last_channel_only),
    ("conv2d", "places_counted_in_strides", conv_places_counted_in_strides),
    ("conv2d", "gaps_between_places", conv_gaps_between_places),
    ("conv2d", "images_added", conv_images_added),
    ("conv2d", "window_axes_out_of_order", conv_window_axes_out_of_order),
    ("conv2d", "last_place_empty", conv_last_place_empty),
    ("conv2d", "size_without_stride", conv_size_without_stride),
    ("conv_parameters", "one_kernel", parameters_one_kernel),
    ("conv_parameters", "one_added_to_the_channels", parameters_one_added_to_the_channels),
    ("conv_parameters", "channels_added", parameters_channels_added),
    ("conv_parameters", "channels_and_biases_forgotten", parameters_channels_and_biases_forgotten),
    ("conv_parameters", "biases_multiplied", parameters_biases_multiplied),
    ("max_pool", "all_mixed", pool_all_mixed),
    ("max_pool", "rest_not_cut", pool_rest_not_cut),
    ("max_pool", "place_counted_in_pixels", pool_place_counted_in_pixels),
    ("max_pool", "begins_at_i", pool_begins_at_i),
    ("max_pool", "always_two", pool_always_two),
    ("max_pool", "window_one_short", pool_window_one_short),
    ("max_pool", "list_out_of_order", pool_list_out_of_order),
    ("max_pool", "every_pth_pixel", pool_every_pth_pixel),
    ("max_pool", "rest_of_zeros", pool_rest_of_zeros),
    ("max_pool_backward", "times_window_size", pool_back_times_window_size),
    ("max_pool_backward", "place_within_the_window", pool_back_place_within_the_window),
    ("max_pool_backward", "started_from_x", pool_back_started_from_x),
    ("max_pool_backward", "images_and_channels_mixed", pool_back_images_and_channels_mixed),
    ("max_pool_backward", "keepdims_missing", pool_back_keepdims_missing),
    ("max_pool_backward", "row_and_column_swapped", pool_back_row_and_column_swapped),
    ("conv2d_backward", "overwritten", conv_back_overwritten),
    ("conv2d_backward", "bias_one_number", conv_back_bias_one_number),
    ("conv2d_backward", "bias_of_ones", conv_back_bias_of_ones),
    ("conv2d_backward", "window_summed", conv_back_window_summed),
    ("conv2d_backward", "channels_lie_on_kernels", conv_back_channels_lie_on_kernels),
    ("conv2d_backward", "pixels_as_large_as_the_kernel", conv_back_pixels_as_large_as_the_kernel),
    ("conv2d_backward", "kernels_before_channels", conv_back_kernels_before_channels),
    ("conv2d_backward", "bias_divided_by_images", conv_back_bias_divided_by_images),
    ("conv2d_backward", "started_from_weights", conv_back_started_from_weights),
    ("summary_numbers", "channels_not_updated", summary_channels_not_updated),
    ("summary_numbers", "pool_not_rounded", summary_pool_not_rounded),
    ("summary_numbers", "width_not_updated", summary_width_not_updated),
    ("summary_numbers", "filters_and_kernel_swapped", summary_filters_and_kernel_swapped),
    ("summary_numbers", "flatten_skipped", summary_flatten_skipped),
    ("summary_numbers", "always_the_ten_class_network", summary_always_the_ten_class_network),
    ("flatten", "pixels_as_rows", flatten_pixels_as_rows),
    ("flatten", "order_of_the_memory", flatten_order_of_the_memory),
    ("flatten", "batch_of_one_lost", flatten_batch_of_one_lost),
    ("flatten", "channels_summed", flatten_channels_summed),
    ("flatten", "rows_kept", flatten_rows_kept),
    ("confusion_matrix", "every_with_every", matrix_every_with_every),
    ("confusion_matrix", "rows_are_one_list", matrix_rows_are_one_list),
    ("confusion_matrix", "mistakes_both_ways", matrix_mistakes_both_ways),
    ("confusion_matrix", "classes_from_one", matrix_classes_from_one),
    ("confusion_matrix", "minlength_missing", matrix_minlength_missing),
    ("confusion_matrix", "accuracy", matrix_accuracy),
    ("confusion_matrix", "shares_of_columns", matrix_shares_of_columns),
    ("confusion_matrix", "size_of_the_classes_seen", matrix_size_of_the_classes_seen),
    ("best_threshold", "place_in_scores_returned", threshold_place_in_scores_returned),
    ("best_threshold", "first_in_the_order_of_scores", threshold_first_in_the_order_of_scores),
    ("best_threshold", "fixed_steps", threshold_fixed_steps),
    ("best_threshold", "rates", threshold_rates),
    ("best_threshold", "always_zero", threshold_always_zero),
    ("best_threshold", "everything_else_is_an_alarm", threshold_everything_else_is_an_alarm),
    ("best_threshold", "all_reports_are_alarms", threshold_all_reports_are_alarms),
    ("best_threshold", "labels_not_used", threshold_labels_not_used),
    ("best_threshold", "equal_scores_missed", threshold_equal_scores_missed),
    ("best_threshold", "always_the_largest", threshold_always_the_largest),
    ("best_threshold", "nothing_missed", threshold_nothing_missed),
    ("best_threshold", "between_the_scores", threshold_between_the_scores),
    ("occlusion_map", "map_of_pixels", occlusion_map_of_pixels),
    ("occlusion_map", "square_cut_out", occlusion_square_cut_out),
    ("occlusion_map", "compared_with_the_last", occlusion_compared_with_the_last),
    ("occlusion_map", "square_one_short", occlusion_square_one_short),
    ("occlusion_map", "rest_covered_too", occlusion_rest_covered_too),
    ("occlusion_map", "every_place", occlusion_every_place),
    ("occlusion_map", "one_pixel", occlusion_one_pixel),
    ("occlusion_map", "one_row", occlusion_one_row),
    ("occlusion_map", "row_by_row_copies", occlusion_row_by_row_copies),
    ("occlusion_map", "covered_with_half", occlusion_covered_with_half),
    ("occlusion_map", "whole_rows", occlusion_whole_rows),
    ("output_size", "same_without_border", size_same_without_border),
    ("conv2d", "stride_in_one_direction", conv_stride_in_one_direction),
    ("conv2d", "places_rounded_up", conv_places_rounded_up),
    ("conv2d", "square_kernels", conv_square_kernels),
    ("conv_parameters", "one_kernel_and_its_bias", parameters_one_kernel_and_its_bias),
    ("max_pool", "place_of_the_largest", pool_place_of_the_largest),
    ("max_pool", "axes_of_the_windows", pool_axes_of_the_windows),
    ("max_pool", "largest_over_the_places", pool_largest_over_the_places),
    ("max_pool", "axes_split_the_wrong_way", pool_axes_split_the_wrong_way),
    ("max_pool", "reshaped_into_blocks", pool_reshaped_into_blocks),
    ("max_pool_backward", "begins_at_i", pool_back_begins_at_i),
    ("max_pool_backward", "earlier_best_kept", pool_back_earlier_best_kept),
    ("conv2d_backward", "rows_and_columns_swapped", conv_back_rows_and_columns_swapped),
    ("conv2d_backward", "weights_for_each_image", conv_back_weights_for_each_image),
    ("conv2d_backward", "bias_of_all_kernels", conv_back_bias_of_all_kernels),
    ("conv2d_backward", "bias_overwritten", conv_back_bias_overwritten),
    ("summary_numbers", "channels_updated_too_early", summary_channels_updated_too_early),
    ("confusion_matrix", "one_class_too_many", matrix_one_class_too_many),
    ("best_threshold", "equal_alarms_free", threshold_equal_alarms_free),
    ("best_threshold", "labels_turned", threshold_labels_turned),
    ("occlusion_map", "slice_ends_at_patch", occlusion_slice_ends_at_patch),
    ("occlusion_map", "two_pairs_of_brackets", occlusion_two_pairs_of_brackets),
]
