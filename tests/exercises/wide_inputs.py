"""Arguments of every exercise, drawn by chance from all that its statement allows: far more than its cases.

`WIDE[name](rng)` returns the arguments of one case. Small sizes are frequent, so that 1 and equal sizes occur; values
are often small whole numbers, so that zeros, ties and values exactly on a threshold occur.
"""

import numpy as np

from course_lib.classical import gini
from course_lib.exercises.chapter3 import saturation, sum_of_cubes, sum_of_squares, wave
from course_lib.exercises.chapter6 import Detector
from course_lib.exercises.chapter7 import rnn_forward


def size(rng, most=5):
    return int(rng.integers(1, most + 1))


def values(rng, *shape, scale=3.0):
    """Numbers of both signs: decimals, or whole numbers and halves; sometimes all zero, or a view with gaps."""
    kind = rng.integers(0, 12)
    if kind == 0:
        return np.zeros(shape)
    if kind == 1 and shape:
        return rng.normal(0, scale, shape[::-1]).T
    if kind < 6:
        return rng.integers(-4, 5, shape) / 2
    return rng.normal(0, rng.choice([0.01, 1, 1, scale]), shape)


def dense(rng):
    N, D, M = size(rng), size(rng), size(rng)
    return values(rng, N, D), values(rng, D, M), values(rng, M)


def dense_back(rng):
    N, D, M = size(rng), size(rng), size(rng)
    return values(rng, N, M), values(rng, N, D), values(rng, D, M)


def any_shape(rng):
    return tuple(size(rng, 4) for _axis in range(size(rng, 4)))


def pair(rng, scale=3.0):
    shape = any_shape(rng)[:2]
    return values(rng, *shape, scale=scale), values(rng, *shape, scale=scale)


def scores(rng):
    return values(rng, size(rng, 6), size(rng), scale=rng.choice([1, 5, 800]))


def labelled(rng):
    z = scores(rng)
    return rng.integers(0, z.shape[1], len(z)), z


def marks(rng):
    N = size(rng, 8)
    return rng.integers(0, 2, N), rng.integers(0, 2, N)


def inspections(rng):
    N = size(rng, 12)
    return (
        rng.integers(0, 2, N), rng.integers(0, 9, N) / 8, rng.integers(0, 9) / 8, float(rng.integers(0, 200)),
        float(rng.integers(0, 50)),
    )  # fmt: skip


def network(rng):
    N, D, H, M = (size(rng) for _k in range(4))
    return values(rng, N, D), values(rng, N, M), values(rng, D, H), values(rng, H), values(rng, H, M), values(rng, M)


def measured_function(rng):
    f = [sum_of_cubes, sum_of_squares, saturation, wave][rng.integers(0, 4)]
    return f, values(rng, *any_shape(rng), scale=1), float(rng.choice([0.5, 0.1, 0.01, 1e-3]))


def steps(*options):
    def draw(rng):
        shape = any_shape(rng)
        gradients = values(rng, 3, *shape)
        if rng.integers(0, 3) == 0:
            gradients = gradients * 1e-3
        return values(rng, *shape), gradients, *(float(option(rng)) for option in options)

    return draw


def rate(rng):
    return rng.choice([1.0, 0.3, 0.1, 0.01, 1e-4])


def memory(rng):
    return rng.choice([0.0, 0.5, 0.8, 0.9, 0.99, 0.999])


def tiny(rng):
    return rng.choice([1e-7, 1e-3, 0.1])


def epoch(rng):
    return size(rng, 70), size(rng, 40), int(rng.integers(0, 1000))


def image_and_kernel(rng):
    H, W = size(rng, 7), size(rng, 7)
    return values(rng, H, W), values(rng, size(rng, H), size(rng, W))


def window_along_axis(rng):
    k = size(rng, 7)
    return int(rng.integers(k, 40)), k, size(rng), ("valid", "same")[rng.integers(0, 2)]


def convolution(rng):
    H, W, C, F = size(rng, 7), size(rng, 7), size(rng, 3), size(rng, 3)
    W_ = values(rng, size(rng, min(H, 4)), size(rng, min(W, 4)), C, F)
    return values(rng, size(rng, 3), H, W, C), W_, values(rng, F), size(rng, 3)


def convolution_back(rng):
    Ho, Wo, kh, kw, N, C, F = (size(rng, 3) for _k in range(7))
    return values(rng, N, Ho, Wo, F), values(rng, N, Ho + kh - 1, Wo + kw - 1, C), values(rng, kh, kw, C, F)


def pool(rng):
    p = size(rng, 3)
    H, W = int(rng.integers(p, 8)), int(rng.integers(p, 8))
    return values(rng, size(rng, 3), H, W, size(rng, 3)), p


def pool_back(rng):
    x, p = pool(rng)
    N, H, W, C = x.shape
    return values(rng, N, H // p, W // p, C), x, p


def layers(rng):
    shape = H, W, _C = int(rng.integers(6, 25)), int(rng.integers(6, 25)), size(rng, 4)
    stack = []
    for _layer in range(rng.integers(0, 4)):
        k = size(rng, 3)
        if rng.integers(0, 2):
            stack.append(("conv", size(rng, 9), k))
            H, W = H - k + 1, W - k + 1
        else:
            stack.append(("pool", k))
            H, W = H // k, W // k
        if min(H, W) < 3:
            break
    return [*stack, ("flatten",), *(("dense", size(rng, 20)) for _d in range(rng.integers(0, 4)))], shape


def answers(rng):
    K, N = size(rng, 6), size(rng, 20)
    return rng.integers(0, size(rng, K), N), rng.integers(0, size(rng, K), N), K


def reported(rng):
    N = size(rng, 12)
    return (
        rng.integers(0, 2, N), rng.integers(0, 9, N) / 8, float(rng.integers(1, 20)), float(rng.integers(1, 20)),
    )  # fmt: skip


def occlusion(rng):
    H, W = size(rng, 8), size(rng, 8)
    return Detector(values(rng, H, W, scale=1)), rng.uniform(0, 1, (H, W)), size(rng, min(H, W))


def rnn_step(rng):
    N, D, H = size(rng), size(rng), size(rng)
    return (
        values(rng, N, D), np.tanh(values(rng, N, H)), values(rng, D, H, scale=1), values(rng, H, H, scale=1),
        values(rng, H),
    )  # fmt: skip


def sequences(rng):
    N, T, D, H = size(rng), size(rng), size(rng), size(rng)
    return values(rng, N, T, D), values(rng, D, H, scale=1), values(rng, H, H, scale=1), values(rng, H, scale=1)


def sequences_back(rng):
    x, W_xh, W_hh, b_h = sequences(rng)
    x, W_xh, W_hh, b_h = (np.clip(part, -1, 1) / 2 for part in (x, W_xh, W_hh, b_h))
    h = rnn_forward(x, W_xh, W_hh, b_h)
    return values(rng, *h.shape), x, h, W_xh, W_hh


def bound(rng):
    K = size(rng)
    W_hh = rng.normal(size=(K, K)) if rng.integers(0, 2) else np.triu(rng.normal(size=(K, K)))
    return W_hh, float(rng.choice([1.0, 0.25, 0.5])), int(rng.integers(0, 12))


def gradients(rng):
    D, H = size(rng), size(rng)
    kind = rng.integers(0, 4)
    if kind == 0:  # the norm is exactly the limit
        dW_xh, dW_hh, db_h = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
        dW_xh[0, 0], db_h[-1] = 3, -4
        return [dW_xh, dW_hh, db_h], 5.0
    parts = [values(rng, *shape) for shape in ((D, H), (H, H), (H,))]
    return parts, float(rng.choice([0.01, 0.5, 1.0, 3.0, 100.0]))


def lstm(rng):
    N, D, H = size(rng), size(rng), size(rng)
    return (
        values(rng, N, D), np.tanh(values(rng, N, H)), values(rng, N, H), values(rng, D, 4 * H), values(rng, H, 4 * H),
        values(rng, 4 * H),
    )  # fmt: skip


def engines(rng, most=7):
    """Engine numbers, in blocks, in any order."""
    count = size(rng, 4)
    return np.repeat(rng.permutation(20)[:count], rng.integers(1, most + 1, count))


def scaled(rng):
    D = size(rng)
    train, other = values(rng, size(rng, 6), D) + rng.choice([0, 50]), values(rng, size(rng, 6), D)
    if rng.integers(0, 3) == 0:
        train[:, 0] = rng.choice([0, 2.5])
    return train, other


def engine_windows(rng):
    engine = engines(rng)
    longest = max(np.unique(engine, return_counts=True)[1])
    length = size(rng, longest)  # at least one window
    return values(rng, len(engine), size(rng, 3)), engine, rng.integers(0, 9, len(engine)).astype(float), length


def lives(rng):
    N = size(rng, 9)
    return rng.integers(0, 130, N) + 0.0, rng.integers(0, 130, N) + 0.0


def alarms(rng):
    y_pred = rng.integers(0, 10, size(rng, 12)) + 0.0
    return y_pred, float(rng.integers(0, 10)), int(rng.integers(0, 6)), size(rng, 20), 50 + size(rng, 99)


def work_orders(rng):
    words = ["oil", "pump", "hot", "belt", "leak", "seal", "noise"]
    known = rng.permutation(words)[: size(rng, 7)].tolist()
    vocabulary = dict(sorted(((word, number) for number, word in enumerate(known, 2))))
    texts = []
    for _text in range(size(rng)):
        chosen = rng.choice([*words, "Oil", "PUMP", "Seal"], rng.integers(1, 7))
        texts.append("".join(word + " " * int(rng.integers(1, 3)) for word in chosen))
    return texts, vocabulary, size(rng, 8)


def looked_up(rng):
    V = size(rng, 7)
    return rng.integers(0, V, (size(rng), size(rng))), values(rng, V, size(rng))


def looked_up_back(rng):
    V, N, T = size(rng, 7), size(rng), size(rng)
    return values(rng, N, T, size(rng)), rng.integers(0, V, (N, T)), V


def masked(rng):
    N, T = size(rng), size(rng)
    mask = rng.integers(0, 2, (N, T)).astype(bool)
    mask[np.arange(N), rng.integers(0, T, N)] = True
    return values(rng, N, T, size(rng)), mask


def word_counts(rng):
    return (rng.poisson(rng.choice([0.3, 1, 3]), (size(rng, 6), size(rng, 6))),)


def asked(rng):
    N, Tq, Tk, d, D = (size(rng) for _k in range(5))
    scale = rng.choice([1, 3, 90])
    return values(rng, N, Tq, d, scale=scale), values(rng, N, Tk, d, scale=scale), values(rng, N, Tk, D)


def series_windows(rng):
    length, horizon = size(rng, 6), size(rng, 5)
    return values(rng, length + horizon - 1 + size(rng, 9)), length, horizon


def season(rng):
    m = size(rng, 7)
    return values(rng, m - 1 + size(rng, 12)), m, size(rng, 15)


def scaled_error(rng):
    H, m = size(rng, 6), size(rng, 5)
    return values(rng, H), values(rng, H), np.cumsum(rng.integers(1, 5, m + size(rng, 9))) + 0.0, m


def forecast(rng):
    N = size(rng, 8)
    return rng.integers(0, 20, N) + 0.0, rng.integers(0, 20, N) + 0.0, float(rng.integers(1, 20) / 20)


def demands(rng):
    return rng.integers(0, 9, size(rng, 16)) + 0.0, int(rng.integers(1, 9)), int(rng.integers(1, 9))


def stock(rng):
    T = size(rng, 12)
    return (
        rng.integers(0, 7, T) + 0.0, rng.integers(0, 7, T) + 0.0, float(rng.integers(1, 9)), float(rng.integers(1, 30)),
    )  # fmt: skip


def classes(rng):
    return (rng.choice(rng.permutation(7)[: size(rng)], size(rng, 12)),)


def column(rng):
    """One split is the best: which of two equally good ones wins may hang on the last digit of a sum."""
    while True:
        x, y = any_column(rng)
        values = np.unique(x)
        impurity = sorted(np.mean(x <= t) * gini(y[x <= t]) + np.mean(x > t) * gini(y[x > t]) for t in values[:-1])
        if len(impurity) == 1 or impurity[1] - impurity[0] > 1e-9:
            return x, y


def any_column(rng):
    N = int(rng.integers(2, 12))
    x = rng.integers(0, 9, N) + 0.0 if rng.integers(0, 2) else rng.normal(size=N)
    if len(np.unique(x)) == 1:
        x[0] += 1
    y = rng.integers(0, size(rng, 4), N)
    y[rng.integers(0, N)] = 5  # not all of one class: then there is nothing to split
    return x, y


def margins(rng):
    N = size(rng, 9)
    return values(rng, N), rng.choice([-1, 1], N)


def table_of_answers(rng):
    K = size(rng)
    matrix = rng.integers(0, 9, (K, K)) * (rng.integers(0, 4, (K, 1)) > 0)
    matrix[0, 0] += matrix.sum() == 0
    return (matrix,)


def runs(rng):
    n = int(rng.integers(2, 12))
    return values(rng, n), values(rng, n)


def image_gradients(rng):
    dx = values(rng, size(rng), size(rng), size(rng), size(rng)) * rng.choice([1, 1e-9, 1e6])
    dx[0] *= rng.integers(0, 4) > 0
    return (dx,)


def weights(rng):
    """No value lies half way between two bytes: there the statement's "round" is open."""
    return (rng.normal(size=any_shape(rng)) * rng.choice([0, 1, 1e-7, 1e5]),)


def byte_tables(rng):
    N, D, M = size(rng), size(rng, 40), size(rng)
    q = (rng.integers(-127, 128, shape).astype(np.int8) for shape in ((N, D), (D, M)))
    return *q, float(rng.uniform(0.001, 2)), float(rng.uniform(0.001, 2))


def workers(rng):
    K, shape = size(rng), any_shape(rng)
    return [values(rng, *shape) for _k in range(K)], rng.integers(1, 99, K).tolist()


WIDE = {
    "units_check": lambda rng: (float(rng.integers(0, 500)) / 4, float(rng.integers(0, 6000))),
    "neuron_output": lambda rng: (*rng.normal(0, 2, (2, size(rng, 9))), float(rng.normal())),
    "dense_forward": dense,
    "parameter_count": lambda rng: (rng.integers(1, 40, size(rng, 6) + 1).tolist(),),
    "relu": lambda rng: (values(rng, *any_shape(rng)),),
    "mean_squared_error": pair,
    "softmax": lambda rng: (scores(rng),),
    "sparse_categorical_crossentropy": labelled,
    "plant_cost": inspections,
    "dense_backward": dense_back,
    "relu_backward": pair,
    "two_layer_gradients": network,
    "numerical_gradient": measured_function,
    "sgd_step": steps(rate),
    "minibatches": epoch,
    "momentum_step": steps(rate, memory),
    "rmsprop_step": steps(rate, memory, tiny),
    "adam_step": steps(rate, memory, memory, tiny),
    "f1_score": marks,
    "cross_correlate": image_and_kernel,
    "output_size": window_along_axis,
    "conv2d": convolution,
    "conv_parameters": lambda rng: ((size(rng, 9), size(rng, 9)), size(rng, 70), size(rng, 70)),
    "max_pool": pool,
    "average_pool": pool,
    "max_pool_backward": pool_back,
    "conv2d_backward": convolution_back,
    "summary_numbers": layers,
    "flatten": lambda rng: (values(rng, size(rng), size(rng), size(rng), size(rng)),),
    "confusion_matrix": answers,
    "best_threshold": reported,
    "occlusion_map": occlusion,
    "rnn_step": rnn_step,
    "rnn_forward": sequences,
    "rnn_backward": sequences_back,
    "gradient_bound": bound,
    "clip_by_norm": gradients,
    "lstm_step": lstm,
    "capped_rul": lambda rng: (engines(rng, 12), size(rng, 12)),
    "scale": scaled,
    "make_windows": engine_windows,
    "nasa_score": lives,
    "alarm_cost": alarms,
    "encode": work_orders,
    "embedding_forward": looked_up,
    "embedding_backward": looked_up_back,
    "masked_mean": masked,
    "tf_idf": word_counts,
    "attention": asked,
    "lagged": series_windows,
    "seasonal_naive": season,
    "mase": scaled_error,
    "pinball_loss": forecast,
    "newsvendor_quantity": demands,
    "stock_cost": stock,
    "gini": classes,
    "best_split": column,
    "hinge_loss": margins,
    "balanced_accuracy": table_of_answers,
    "paired_difference": runs,
    "flops": layers,
    "saliency": image_gradients,
    "quantize": weights,
    "int8_dense": byte_tables,
    "average_gradients": workers,
    "ring_traffic": lambda rng: (int(rng.integers(1, 10**6)), size(rng, 70), size(rng, 4)),
}
