"""Right answers, written in the ways people write them. Every one must pass, none may be told it is wrong."""

import math

import numpy as np
import sklearn.metrics

from course_lib import nn


# --- chapter 0
def power_by_handbook(torque, speed):
    return torque * speed / 9550


def power_in_steps(torque, speed):
    omega = 2 * math.pi * speed / 60
    print("omega", omega)  # printing is fine
    return torque * omega / 1e3


def power_through_degrees(torque, speed):
    return torque * np.deg2rad(speed * 360 / 60) * 1e-3


# --- chapter 1
def neuron_loop(x, w, b):
    z = b
    for k in range(len(x)):
        z += x[k] * w[k]
    return 1 / (1 + math.exp(-z))


def neuron_dot(x, w, b):
    return 1.0 / (1.0 + np.exp(-(w.T @ x + b)))


def neuron_tanh(x, w, b):
    return 0.5 * (1 + np.tanh((np.dot(x, w) + b) / 2))


def dense_loops(x, W, b):
    y = np.zeros((len(x), W.shape[1]))
    for n in range(len(x)):
        for m in range(W.shape[1]):
            for d in range(W.shape[0]):
                y[n, m] += x[n, d] * W[d, m]
            y[n, m] += b[m]
    return y


def dense_einsum(x, W, b):
    return np.einsum("nd,dm->nm", x, W) + b[None, :]


def dense_broadcast(x, W, b):
    return (x[:, :, np.newaxis] * W).sum(axis=1) + b


def dense_with_ones(x, W, b):
    return np.hstack([x, np.ones((x.shape[0], 1))]) @ np.vstack([W, b])


def relu_where(z):
    return np.where(z > 0, z, 0)


def relu_mask(z):
    y = z.copy()
    y[y < 0] = 0
    return y


def relu_absolute(z):
    return (z + abs(z)) / 2


def relu_clip(z):
    return np.clip(z, 0, None)


def count_loop(layer_sizes):
    n = 0
    for i in range(len(layer_sizes) - 1):
        n += (layer_sizes[i] + 1) * layer_sizes[i + 1]
    return n


def count_numpy(layer_sizes):
    sizes = np.array(layer_sizes)
    return np.sum(sizes[:-1] * sizes[1:]) + np.sum(sizes[1:])


def count_by_arrays(layer_sizes):
    return sum(np.zeros((a, b)).size + np.zeros(b).size for a, b in zip(layer_sizes, layer_sizes[1:], strict=False))


# --- chapter 2
def mse_sum(y_true, y_pred):
    return ((y_true - y_pred) ** 2).sum() / y_true.size


def mse_norm(y_true, y_pred):
    return np.linalg.norm(y_pred - y_true) ** 2 / np.prod(y_true.shape)


def mse_loop(y_true, y_pred):
    total = 0
    for a, b in zip(y_true.flatten(), y_pred.flatten(), strict=True):
        total += (a - b) * (a - b)
    return total / len(y_true.flatten())


def softmax_rows(z):
    rows = []
    for row in z:
        e = np.exp(row - max(row))
        rows.append(e / sum(e))
    return np.array(rows)


def softmax_transposed(z):
    e = np.exp(z.T - z.max(axis=1))
    return (e / e.sum(axis=0)).T


def softmax_log(z):
    z = z - z.max(axis=-1)[:, None]
    return np.exp(z - np.log(np.exp(z).sum(-1))[:, None])


def entropy_loop(y_true, logits):
    total = 0.0
    for n in range(len(y_true)):
        z = logits[n] - np.max(logits[n])
        total -= z[y_true[n]] - math.log(np.sum(np.exp(z)))
    return total / len(y_true)


def entropy_logaddexp(y_true, logits):
    total = np.logaddexp.reduce(logits, axis=1)
    return np.mean(total - logits[np.arange(len(logits)), y_true])


def entropy_onehot(y_true, logits):
    onehot = np.eye(logits.shape[1])[y_true]
    m = logits.max(1, keepdims=True)
    log_p = logits - m - np.log(np.sum(np.exp(logits - m), axis=1, keepdims=True))
    return -(onehot * log_p).sum() / len(onehot)


def entropy_library(y_true, logits):
    return nn.sparse_categorical_crossentropy(y_true, logits, from_logits=True)  # (loss, gradient)


def cost_loop(y_true, y_prob, threshold, cost_miss, cost_false_alarm):
    total = 0
    for truth, p in zip(y_true, y_prob, strict=True):
        if truth == 1 and p < threshold:
            total = total + cost_miss
        elif truth == 0 and not p < threshold:
            total = total + cost_false_alarm
    return total / len(y_true)


def cost_mean(y_true, y_prob, threshold, cost_miss, cost_false_alarm):
    y_pred = (y_prob >= threshold).astype(int)
    return np.mean(y_true * (1 - y_pred) * cost_miss + (1 - y_true) * y_pred * cost_false_alarm)


def cost_table(y_true, y_prob, threshold, cost_miss, cost_false_alarm):
    price = np.array([[0.0, cost_false_alarm], [cost_miss, 0.0]])
    return price[y_true, (y_prob >= threshold).astype(int)].mean()


# --- chapter 3
def relu_backward_where(dy, z):
    return np.where(z > 0, dy, 0)


def relu_backward_copy(dy, z):
    dz = np.array(dy)
    dz[z <= 0] = 0.0
    return dz


def relu_backward_maximum(dy, z):
    y = np.maximum(0, z)
    return np.sign(y) * dy


def dense_backward_einsum(dy, x, W):
    return np.einsum("nm,dm->nd", dy, W), np.einsum("nd,nm->dm", x, dy), np.einsum("nm->m", dy)


def dense_backward_loop(dy, x, W):
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1])
    for n in range(len(x)):
        dx[n] = W @ dy[n]
        dW += np.outer(x[n], dy[n])
        db += dy[n]
    return dx, dW, db


def dense_backward_transposes(dy, x, W):
    dW = (dy.T @ x).T
    dx = (W @ dy.T).T
    return [dx, dW, np.ones(len(dy)) @ dy]


def numerical_flat(f, x, h):
    gradient = np.zeros(x.size)
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = h
        step = step.reshape(x.shape)
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient.reshape(x.shape)


def numerical_in_place_and_back(f, x, h):
    gradient = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        old = x[i]
        x[i] = old + h
        plus = f(x)
        x[i] = old - h
        minus = f(x)
        x[i] = old
        gradient[i] = (plus - minus) / h / 2
    return gradient


def numerical_two_halves(f, x, h):
    gradient = np.empty(x.shape)
    it = np.nditer(x, flags=["multi_index"])
    for _ in it:
        up, down = x.copy(), x.copy()
        up[it.multi_index] += h
        down[it.multi_index] -= h
        gradient[it.multi_index] = ((f(up) - f(x)) / h + (f(x) - f(down)) / h) / 2
    return gradient


def two_layers_with_parts(x, y_true, W1, b1, W2, b2):
    z1 = nn.dense_forward(x, W1, b1)[0]
    h = nn.relu(z1)
    y = h @ W2 + b2
    dy = nn.mean_squared_error(y_true, y)[1]
    dh, dW2, db2 = dense_backward_einsum(dy, h, W2)
    _, dW1, db1 = dense_backward_einsum(relu_backward_where(dh, z1), x, W1)
    return dW1, db1, dW2, db2


def two_layers_by_sample(x, y_true, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = (np.zeros_like(a) for a in (W1, b1, W2, b2))
    for n in range(len(x)):
        h = np.maximum(0, x[n] @ W1 + b1)
        dy = 2 * (h @ W2 + b2 - y_true[n]) / y_true.size
        dW2 += np.outer(h, dy)
        db2 += dy
        dz = (W2 @ dy) * (h > 0)
        dW1 += np.outer(x[n], dz)
        db1 += dz
    return dW1, db1, dW2, db2


def two_layers_mean_late(x, y_true, W1, b1, W2, b2):
    h = (x @ W1 + b1).clip(0)
    error = h @ W2 + b2 - y_true
    dz = np.where(h > 0, error @ W2.T, 0)
    k = 2 / (error.shape[0] * error.shape[1])
    return k * x.T @ dz, k * dz.sum(0), k * h.T @ error, k * error.sum(0)


# --- chapter 4
def sgd_alone(w, gradient, state, learning_rate):
    return w - learning_rate * gradient  # without the state


def sgd_copy(w, gradient, state=None, learning_rate=0.01):
    new = w.copy()
    new -= learning_rate * gradient
    return new, {}


def sgd_loop(w, gradient, state, learning_rate):
    new = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        new[i] = w[i] - learning_rate * gradient[i]
    return new, state


def momentum_of_pytorch(w, gradient, state, learning_rate, momentum):
    v = gradient if state is None else momentum * state + gradient  # the rate outside: the same path
    return w - learning_rate * v, v


def momentum_with_default(w, gradient, state, learning_rate=0.01, momentum=0.9):
    state = state or {"velocity": 0.0}
    velocity = momentum * state["velocity"] - learning_rate * gradient
    return w + velocity, {"velocity": velocity, "steps": 1}


def momentum_tuple_state(w, gradient, state, learning_rate, momentum):
    if state is None:
        state = (np.zeros(w.shape),)
    (m,) = state
    m = m * momentum - gradient * learning_rate
    return w + m, (m,)


def rmsprop_tuple_state(w, gradient, state, learning_rate, rho, epsilon):
    (v,) = (np.zeros(w.shape),) if state is None else state
    v = v * rho + np.square(gradient) * (1 - rho)
    return w - gradient * learning_rate / (v + epsilon) ** 0.5, (v,)


def rmsprop_other_form(w, gradient, state=None, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    state = state or {"average": 0.0}
    average = state["average"] + (1 - rho) * (gradient * gradient - state["average"])
    return w - learning_rate * (1 / np.sqrt(average + epsilon)) * gradient, {"average": average, "steps": 1}


def rmsprop_loop(w, gradient, state, learning_rate, rho=0.9, epsilon=1e-7):
    new, v = w.copy(), np.zeros_like(w) if state is None else state.copy()
    for i in np.ndindex(w.shape):
        v[i] = rho * v[i] + (1 - rho) * gradient[i] ** 2
        new[i] -= learning_rate * gradient[i] / math.sqrt(v[i] + epsilon)
    return new, v


def adam_without_alpha(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    m, v, t = state if state else (0, 0, 0)
    t += 1
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * np.square(gradient)
    correction = np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - learning_rate * correction * m / (v**0.5 + epsilon), (m, v, t)


def adam_other_form(w, gradient, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 1}
    m = state["m"] + (1 - beta_1) * (gradient - state["m"])
    v = state["v"] + (1 - beta_2) * (gradient * gradient - state["v"])
    t = state["t"]
    m_hat, root = m / (1 - beta_1**t), np.sqrt(v / (1 - beta_2**t))
    w = w - learning_rate * m_hat / (root + epsilon / np.sqrt(1 - beta_2**t))
    return w, {"m": m, "v": v, "t": t + 1}


def adam_powers_kept(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    m, v, p1, p2 = (np.zeros(w.shape), np.zeros(w.shape), 1.0, 1.0) if state is None else state
    m, v, p1, p2 = (
        beta_1 * m + (1 - beta_1) * gradient,
        beta_2 * v + (1 - beta_2) * gradient**2,
        p1 * beta_1,
        p2 * beta_2,
    )
    step = learning_rate * math.sqrt(1 - p2) / (1 - p1)
    return w - step * m / (np.sqrt(v) + epsilon), [m, v, p1, p2]


def batches_yield(x, y, batch_size, rng):
    indices = np.arange(len(x))
    rng.shuffle(indices)
    for i in range(0, len(x), batch_size):
        yield x[indices[i : i + batch_size]], y[indices[i : i + batch_size]]


def batches_shuffle_first(x, y, batch_size, rng):
    order = rng.permutation(x.shape[0])
    x, y = x[order], y[order]
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]


def batches_while(x, y, batch_size, rng):
    left = list(rng.choice(len(x), size=len(x), replace=False))
    batches = []
    while left:
        rows, left = left[:batch_size], left[batch_size:]
        batches.append([x[rows], y[rows]])
    return tuple(batches)


def batches_by_split(x, y, batch_size, rng):
    order = rng.permuted(np.arange(len(y)))
    return [(x[rows], y[rows]) for rows in np.split(order, range(batch_size, len(y), batch_size))]


def f1_harmonic(y_true, y_pred):
    tp = ((y_true == 1) & (y_pred == 1)).sum()
    if tp == 0:
        return 0
    precision, recall = tp / (y_pred == 1).sum(), tp / (y_true == 1).sum()
    return 2 * precision * recall / (precision + recall)


def f1_loop(y_true, y_pred):
    tp = fp = fn = 0
    for truth, said in zip(y_true, y_pred, strict=True):
        if truth and said:
            tp += 1
        elif said:
            fp += 1
        elif truth:
            fn += 1
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def f1_inverse_mean(y_true, y_pred):
    both = np.sum(y_true * y_pred)
    return float(2 * both / max(y_true.sum() + y_pred.sum(), 1))


def f1_sklearn(y_true, y_pred):
    return sklearn.metrics.f1_score(y_true, y_pred, zero_division=0.0)


RIGHT = {
    "units_check": [power_by_handbook, power_in_steps, power_through_degrees],
    "neuron_output": [neuron_loop, neuron_dot, neuron_tanh],
    "dense_forward": [dense_loops, dense_einsum, dense_broadcast, dense_with_ones, nn.dense_forward],
    "relu": [relu_where, relu_mask, relu_absolute, relu_clip, nn.relu],
    "parameter_count": [count_loop, count_numpy, count_by_arrays],
    "mean_squared_error": [mse_sum, mse_norm, mse_loop, nn.mean_squared_error],
    "softmax": [softmax_rows, softmax_transposed, softmax_log, nn.softmax],
    "sparse_categorical_crossentropy": [entropy_loop, entropy_logaddexp, entropy_onehot, entropy_library],
    "plant_cost": [cost_loop, cost_mean, cost_table],
    "relu_backward": [relu_backward_where, relu_backward_copy, relu_backward_maximum, nn.relu_backward],
    "dense_backward": [dense_backward_einsum, dense_backward_loop, dense_backward_transposes],
    "numerical_gradient": [numerical_flat, numerical_in_place_and_back, numerical_two_halves, nn.numerical_gradient],
    "two_layer_gradients": [two_layers_with_parts, two_layers_by_sample, two_layers_mean_late],
    "sgd_step": [sgd_alone, sgd_copy, sgd_loop, nn.sgd_step, nn.gradient_descent_step],
    "momentum_step": [momentum_of_pytorch, momentum_with_default, momentum_tuple_state, nn.momentum_step],
    "rmsprop_step": [rmsprop_tuple_state, rmsprop_other_form, rmsprop_loop, nn.rmsprop_step],
    "adam_step": [adam_without_alpha, adam_other_form, adam_powers_kept, nn.adam_step],
    "minibatches": [batches_yield, batches_shuffle_first, batches_while, batches_by_split],
    "f1_score": [f1_harmonic, f1_loop, f1_inverse_mean, f1_sklearn],
}
