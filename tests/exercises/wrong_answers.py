"""Wrong answers as learners write them, with the name of the mistake they must be told.

The misconceptions in the package are tested on themselves too; these are written in another way, so that a mistake is
recognised by what it does, not by how it looks.
"""

import math

import numpy as np

from course_lib import nn
from tests.exercises.right_answers import adam_without_alpha, dense_backward_loop, f1_harmonic, two_layers_by_sample


def power_per_minute(torque, speed):
    return torque * speed * math.tau / 1000


def power_with_short_pi(torque, speed):
    turns = speed / 60
    return torque * turns * 6.28 / 1000


def neuron_z_only(x, w, b):
    total = 0
    for a, c in zip(x, w, strict=True):
        total += a * c
    return total + b


def neuron_bias_outside(x, w, b):
    return 1 / (1 + math.exp(-np.dot(w, x))) + b


def dense_transposed(x, W, b):
    return np.dot(x, W.T) + b


def dense_textbook(x, W, b):
    return W @ x + b


def dense_no_bias(x, W, b):
    return np.einsum("nd,dm->nm", x, W)


def relu_of_abs(z):
    return np.sqrt(z**2)


def relu_max(z):
    return max(0, z.max())


def count_without_biases(layer_sizes):
    total = 0
    for i in range(1, len(layer_sizes)):
        total += layer_sizes[i - 1] * layer_sizes[i]
    return total


def mse_not_mean(y_true, y_pred):
    total = 0.0
    for difference in (y_true - y_pred).ravel():
        total += difference**2
    return total


def mse_rmse(y_true, y_pred):
    return ((y_true - y_pred) ** 2).mean() ** 0.5


def softmax_without_maximum(z):
    return np.array([np.exp(row) / np.exp(row).sum() for row in z])


def softmax_of_columns(z):
    return np.array([np.exp(c - c.max()) / np.exp(c - c.max()).sum() for c in z.T]).T


def entropy_of_zero(y_true, logits):
    p = nn.softmax(logits)
    return sum(-np.log(p[n, y_true[n]]) for n in range(len(p))) / len(p)


def entropy_sum(y_true, logits):
    return len(y_true) * nn.sparse_categorical_crossentropy(y_true, logits, from_logits=True)[0]


def softmax_two_mistakes(z):
    return np.exp(z) / np.sum(np.exp(z))


def softmax_two_other_mistakes(z):
    return np.exp(z) / np.exp(z).sum(axis=0)


def softmax_sigmoid_in_python(z):
    return np.array([[1 / (1 + math.exp(-score)) for score in row] for row in z])


def careless_shares(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def entropy_of_rows(y_true, logits):
    return -np.log(careless_shares(logits)[y_true]).mean()


def entropy_labels_multiplied(y_true, logits):
    return -np.sum(y_true * np.log(careless_shares(logits))) / len(logits)


def entropy_sum_careless(y_true, logits):
    return -np.sum(np.log(careless_shares(logits)[np.arange(len(y_true)), y_true]))


def entropy_sum_clipped(y_true, logits):
    return -np.sum(np.log(np.clip(nn.softmax(logits), 1e-7, 1)[np.arange(len(y_true)), y_true]))


def entropy_plus(y_true, logits):
    return np.mean(np.log(nn.softmax(logits)[np.arange(len(y_true)), y_true]))


def cost_swapped(y_true, y_prob, threshold, cost_miss, cost_false_alarm):
    alarm = y_prob >= threshold
    misses, false_alarms = sum((y_true == 1) & ~alarm), sum((y_true == 0) & alarm)
    return (misses * cost_false_alarm + false_alarms * cost_miss) / len(y_true)


def cost_strict(y_true, y_prob, threshold, cost_miss, cost_false_alarm):
    total = 0
    for t, p in zip(y_true, y_prob, strict=True):
        if t == 1 and not p > threshold:
            total += cost_miss
        if t == 0 and p > threshold:
            total += cost_false_alarm
    return total / len(y_true)


def relu_backward_ge(dy, z):
    return np.where(z < 0, 0, dy)


def relu_backward_of_dy(dy, z):
    return np.maximum(dy, 0)


def dense_backward_mean_bias(dy, x, W):
    return dy @ W.T, x.T @ dy, np.mean(dy, 0)


def dense_backward_two_mistakes(dy, x, W):
    return dy @ W.T, (x.T @ dy).T, np.mean(dy, 0)  # the first wrong one is named


def dense_backward_not_summed(dy, x, W):
    dx, dW, _ = dense_backward_loop(dy, x, W)
    return dx, dW, dy


def numerical_one_side(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = x.copy()
        up[i] = up[i] + h
        gradient[i] = (f(up) - f(x)) / h
    return gradient


def numerical_not_doubled(f, x, h):
    return 2 * nn.numerical_gradient(f, x, h)


def two_layers_half(x, y_true, W1, b1, W2, b2):
    return tuple(g / 2 for g in two_layers_by_sample(x, y_true, W1, b1, W2, b2))


def two_layers_no_relu(x, y_true, W1, b1, W2, b2):
    h = np.maximum(0, x @ W1 + b1)
    dy = 2 * (h @ W2 + b2 - y_true) / y_true.size
    dh = dy @ W2.T
    return x.T @ dh, dh.sum(0), h.T @ dy, dy.sum(0)


def two_layers_wrong_layer(x, y_true, W1, b1, W2, b2):
    h = np.maximum(0, x @ W1 + b1)
    y = h @ W2 + b2
    dy = 2 * (y - y_true) / y_true.size
    dh = (dy @ W2.T) * np.where(y > 0, 1, 0)
    return x.T @ dh, dh.sum(0), h.T @ dy, dy.sum(0)


def sgd_plus(w, gradient, state, learning_rate):
    return w + learning_rate * gradient, state


def momentum_forgotten(w, gradient, state, learning_rate, momentum):
    m = np.zeros_like(w)
    m = momentum * m - learning_rate * gradient
    return w + m, {"m": m}


def momentum_averaged(w, gradient, state, learning_rate, momentum):
    v = np.zeros_like(w) if state is None else state
    v = momentum * v + (1 - momentum) * gradient
    return w - learning_rate * v, v


def rmsprop_of_the_textbook(w, gradient, state, learning_rate, rho, epsilon):
    v = np.zeros(w.shape) if state is None else state["v"]
    v = rho * v + (1 - rho) * np.square(gradient)
    return w - learning_rate / (np.sqrt(v) + epsilon) * gradient, {"v": v}


def rmsprop_without_root(w, gradient, state, learning_rate, rho, epsilon):
    v = (1 - rho) * gradient**2 + (0 if state is None else rho * state)
    return w - learning_rate * gradient / (epsilon + v), v


def rmsprop_late(w, gradient, state, learning_rate, rho, epsilon):
    if state is None:
        state = np.zeros_like(w)
    w = w - learning_rate * gradient / np.sqrt(state + epsilon)
    state = rho * state + (1 - rho) * gradient**2
    return w, state


def rmsprop_of_g(w, gradient, state, learning_rate, rho, epsilon):
    v = rho * (state or [0])[0] + (1 - rho) * gradient
    return w - learning_rate * gradient / (v + epsilon) ** 0.5, [v]


def rmsprop_sum(w, gradient, state, learning_rate, rho, epsilon):
    v = rho * (state or {"v": 0.0})["v"] + gradient * gradient
    return w - learning_rate * gradient / np.sqrt(v + epsilon), {"v": v}


def rmsprop_factors_swapped(w, gradient, state, learning_rate, rho, epsilon):
    v = 0.0 if state is None else state["v"]
    v = v + rho * (gradient**2 - v)
    return w - learning_rate * gradient / np.sqrt(v + epsilon), {"v": v}


def rmsprop_forgets(w, gradient, state, learning_rate, rho, epsilon):
    v = np.zeros_like(w)
    v = rho * v + (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(v + epsilon), {"v": v}


def rmsprop_epsilon_at_the_end(w, gradient, state, learning_rate, rho, epsilon):
    v = rho * (0 if state is None else state["v"]) + (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(v) + epsilon, {"v": v}


def adam_uncorrected(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    m, v = state or (0, 0)
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    return w - learning_rate * m / (np.sqrt(v) + epsilon), (m, v)


def adam_paper(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    m, v, t = state or (0, 0, 0)
    m, v, t = beta_1 * m + (1 - beta_1) * gradient, beta_2 * v + (1 - beta_2) * gradient**2, t + 1
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return w - learning_rate * m_hat / (v_hat**0.5 + epsilon), (m, v, t)


def adam_epsilon_inside(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    _, (m, v, t) = adam_without_alpha(w, gradient, state, learning_rate, beta_1, beta_2, epsilon)
    step = learning_rate * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    return w - step * m / (v + epsilon) ** 0.5, (m, v, t)


def batches_in_order(x, y, batch_size, rng):
    for i in range(0, len(x), batch_size):
        yield x[i : i + batch_size], y[i : i + batch_size]


def batches_x_only(x, y, batch_size, rng):
    x = rng.permutation(x)
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]


def batches_whole_only(x, y, batch_size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    for k in range(len(x) // batch_size):
        rows = order[batch_size * k : batch_size * (k + 1)]
        yield x[rows], y[rows]


def batches_from_elsewhere(x, y, batch_size, rng):
    order = np.random.permutation(len(x))
    return [(x[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(x), batch_size)]


def relu_backward_ones(dy, z):
    return np.where(z > 0, 1, 0)


def relu_backward_forward(dy, z):
    return np.where(z > 0, z, 0)


def dense_backward_all_divided(dy, x, W):
    N = len(x)
    return dy @ W.T / N, x.T @ dy / N, dy.sum(0) / N


def dense_backward_two_divided(dy, x, W):
    N = len(x)
    return dy @ W.T, x.T @ dy / N, dy.sum(0) / N


def numerical_same_array(f, x, h):
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up = down = x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


def numerical_return_in_loop(f, x, h):
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        gradient[i] = (f(x + e) - f(x - e)) / (2 * h)
        return gradient


def numerical_one_number(f, x, h):
    gradient = []
    for i in range(len(x)):
        gradient.append((f(x[i] + h) - f(x[i] - h)) / (2 * h))
    return np.array(gradient)


def two_layers_times_h(x, y_true, W1, b1, W2, b2):
    h = np.maximum(x @ W1 + b1, 0)
    dy = 2 * (h @ W2 + b2 - y_true) / y_true.size
    dz1 = dy @ W2.T * h
    return x.T @ dz1, dz1.sum(0), h.T @ dy, dy.sum(0)


def sgd_old_weights(w, gradient, state, learning_rate):
    state = w - learning_rate * gradient
    return w, state


def adam_counts_late(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    m, v, t = state or (0, 0, 0)
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    a = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - a * m / (np.sqrt(v) + epsilon), (m, v, t + 1)


def adam_keeps_corrected(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    state = state or {"m": 0, "v": 0, "t": 0}
    t = state["t"] + 1
    m = beta_1 * state["m"] + (1 - beta_1) * gradient
    v = beta_2 * state["v"] + (1 - beta_2) * gradient**2
    m = m / (1 - beta_1**t)
    v = v / (1 - beta_2**t)
    return w - learning_rate * m / (v**0.5 + epsilon), {"m": m, "v": v, "t": t}


def adam_epsilon_outside(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    _, (m, v, t) = adam_without_alpha(w, gradient, state, learning_rate, beta_1, beta_2, epsilon)
    step = learning_rate * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    return w - step * m / v**0.5 + epsilon, (m, v, t)


def batches_return_in_loop(x, y, batch_size, rng):
    order, batches = rng.permutation(len(x)), []
    for i in range(0, len(x), batch_size):
        rows = order[i : i + batch_size]
        batches.append((x[rows], y[rows]))
        return batches


def batches_stop_early(x, y, batch_size, rng):
    order, batches = rng.permutation(len(x)), []
    for i in range(0, len(x) - batch_size, batch_size):
        rows = order[i : i + batch_size]
        batches.append((x[rows], y[rows]))
    return batches


def f1_else(y_true, y_pred):
    tp = fp = fn = 0
    for a, b in zip(y_true, y_pred, strict=True):
        if a == 1 and b == 1:
            tp += 1
        elif b == 1:
            fp += 1
        else:
            fn += 1
    return 2 * tp / (2 * tp + fp + fn) if tp else 0


def f1_all_right_ones(y_true, y_pred):
    tp, fp, fn = (y_true == y_pred).sum(), (y_pred > y_true).sum(), (y_pred < y_true).sum()
    return 2 * tp / (2 * tp + fp + fn)


def f1_is_accuracy(y_true, y_pred):
    return sum(y_true == y_pred) / len(y_true)


def f1_both_classes(y_true, y_pred):
    return (f1_harmonic(y_true, y_pred) + f1_harmonic(1 - y_true, 1 - y_pred)) / 2


WRONG = [
    ("units_check", "minutes_forgotten", power_per_minute),
    ("units_check", "rounded_pi", power_with_short_pi),
    ("neuron_output", "no_activation", neuron_z_only),
    ("neuron_output", "bias_after_sigmoid", neuron_bias_outside),
    ("dense_forward", "W_transposed", dense_transposed),
    ("dense_forward", "W_first", dense_textbook),
    ("dense_forward", "bias_forgotten", dense_no_bias),
    ("relu", "absolute", relu_of_abs),
    ("relu", "largest_only", relu_max),
    ("parameter_count", "biases_forgotten", count_without_biases),
    ("mean_squared_error", "summed", mse_not_mean),
    ("mean_squared_error", "root", mse_rmse),
    ("softmax", "maximum_not_subtracted", softmax_without_maximum),
    ("softmax", "over_the_samples", softmax_of_columns),
    ("sparse_categorical_crossentropy", "log_of_zero", entropy_of_zero),
    ("sparse_categorical_crossentropy", "summed", entropy_sum),
    ("softmax", "over_everything", softmax_two_mistakes),
    ("softmax", "over_the_samples", softmax_two_other_mistakes),
    ("softmax", "sigmoid", softmax_sigmoid_in_python),
    ("sparse_categorical_crossentropy", "rows_picked", entropy_of_rows),
    ("sparse_categorical_crossentropy", "labels_multiplied", entropy_labels_multiplied),
    ("sparse_categorical_crossentropy", "summed", entropy_sum_careless),
    ("sparse_categorical_crossentropy", "summed", entropy_sum_clipped),
    ("sparse_categorical_crossentropy", "sign_forgotten", entropy_plus),
    ("plant_cost", "costs_swapped", cost_swapped),
    ("plant_cost", "strictly_above", cost_strict),
    ("relu_backward", "zero_included", relu_backward_ge),
    ("relu_backward", "mask_of_dy", relu_backward_of_dy),
    ("dense_backward", "bias_averaged", dense_backward_mean_bias),
    ("dense_backward", "weights_transposed", dense_backward_two_mistakes),
    ("dense_backward", "bias_not_summed", dense_backward_not_summed),
    ("numerical_gradient", "one_sided", numerical_one_side),
    ("numerical_gradient", "divided_by_h", numerical_not_doubled),
    ("two_layer_gradients", "factor_two_missing", two_layers_half),
    ("two_layer_gradients", "relu_forgotten", two_layers_no_relu),
    ("two_layer_gradients", "relu_of_output_layer", two_layers_wrong_layer),
    ("sgd_step", "uphill", sgd_plus),
    ("momentum_step", "no_memory", momentum_forgotten),
    ("momentum_step", "average", momentum_averaged),
    ("rmsprop_step", "epsilon_outside", rmsprop_of_the_textbook),
    ("rmsprop_step", "root_forgotten", rmsprop_without_root),
    ("rmsprop_step", "old_v", rmsprop_late),
    ("rmsprop_step", "gradient_not_squared", rmsprop_of_g),
    ("rmsprop_step", "not_averaged", rmsprop_sum),
    ("rmsprop_step", "rho_turned", rmsprop_factors_swapped),
    ("rmsprop_step", "no_memory", rmsprop_forgets),
    ("rmsprop_step", "brackets_of_epsilon", rmsprop_epsilon_at_the_end),
    ("adam_step", "no_correction", adam_uncorrected),
    ("adam_step", "epsilon_of_the_paper", adam_paper),
    ("adam_step", "epsilon_inside", adam_epsilon_inside),
    ("minibatches", "not_shuffled", batches_in_order),
    ("minibatches", "shuffled_apart", batches_x_only),
    ("minibatches", "last_batch_dropped", batches_whole_only),
    ("minibatches", "global_chance", batches_from_elsewhere),
    ("relu_backward", "dy_forgotten", relu_backward_ones),
    ("relu_backward", "forward_again", relu_backward_forward),
    ("dense_backward", "all_averaged", dense_backward_all_divided),
    ("dense_backward", "weights_averaged", dense_backward_two_divided),
    ("numerical_gradient", "no_copy", numerical_same_array),
    ("numerical_gradient", "returned_too_early", numerical_return_in_loop),
    ("numerical_gradient", "one_number_given", numerical_one_number),
    ("two_layer_gradients", "multiplied_by_h", two_layers_times_h),
    ("sgd_step", "nothing_moved", sgd_old_weights),
    ("adam_step", "t_from_zero", adam_counts_late),
    ("adam_step", "corrected_kept", adam_keeps_corrected),
    ("adam_step", "brackets_of_epsilon", adam_epsilon_outside),
    ("minibatches", "returned_too_early", batches_return_in_loop),
    ("minibatches", "range_too_short", batches_stop_early),
    ("f1_score", "negatives_as_missed", f1_else),
    ("f1_score", "right_ones_as_found", f1_all_right_ones),
    ("f1_score", "accuracy", f1_is_accuracy),
    ("f1_score", "mean_of_both_classes", f1_both_classes),
]
