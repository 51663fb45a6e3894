"""Right answers of chapters 7 and 8, written in the ways people write them. Every one must pass."""

import itertools
import math

import numpy as np
from sklearn.preprocessing import StandardScaler

from course_lib import nn, remaining_life


# --- chapter 7
def step_stacked(x_t, h, W_xh, W_hh, b_h):
    return np.tanh(np.concatenate([x_t, h], axis=1) @ np.concatenate([W_xh, W_hh]) + b_h)


def step_einsum(x_t, h, W_xh, W_hh, b_h):
    z = np.einsum("nd,dh->nh", x_t, W_xh)
    z = z + np.einsum("nk,kh->nh", h, W_hh)
    z = z + b_h
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def step_by_sample(x_t, h, W_xh, W_hh, b_h):
    new = np.zeros_like(h)
    for n in range(len(h)):
        for k in range(h.shape[1]):
            new[n, k] = math.tanh(x_t[n] @ W_xh[:, k] + h[n] @ W_hh[:, k] + b_h[k])
    return new


def forward_appended(x, W_xh, W_hh, b_h):
    N, T, _ = x.shape
    h = np.zeros((N, W_hh.shape[0]))
    states = []
    for t in range(T):
        h = np.tanh(np.dot(x[:, t, :], W_xh) + np.dot(h, W_hh) + b_h)
        states.append(h)
    return np.stack(states, axis=1)


def forward_by_sequence(x, W_xh, W_hh, b_h):
    result = []
    for sequence in x:
        h = np.zeros(len(b_h))
        result.append([])
        for x_t in sequence:
            h = np.tanh(W_xh.T @ x_t + W_hh.T @ h + b_h)
            result[-1].append(h)
    return np.array(result)


def forward_index_before(x, W_xh, W_hh, b_h):
    h = np.zeros((x.shape[0], x.shape[1] + 1, len(b_h)))
    inputs = x @ W_xh + b_h
    for t in range(x.shape[1]):
        h[:, t + 1] = np.tanh(inputs[:, t] + h[:, t] @ W_hh)
    return h[:, 1:]


def forward_minus_one(x, W_xh, W_hh, b_h):
    h = np.zeros((x.shape[0], x.shape[1], len(b_h)))
    for t in range(x.shape[1]):
        h[:, t] = np.tanh(x[:, t] @ W_xh + h[:, t - 1] @ W_hh + b_h)  # at t = 0 the last state is still zeros
    return h


def forward_library(x, W_xh, W_hh, b_h):
    return nn.simple_rnn_forward(x, W_xh, W_hh, b_h)[0]


def backward_all_dz_first(dh, x, h, W_xh, W_hh):
    dz, later = np.zeros_like(h), 0
    for t in range(x.shape[1] - 1, -1, -1):
        dz[:, t] = (dh[:, t] + later) * (1 - h[:, t] * h[:, t])
        later = dz[:, t] @ W_hh.T
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    return (
        np.einsum("nth,dh->ntd", dz, W_xh),
        np.einsum("ntd,nth->dh", x, dz),
        np.einsum("ntk,nth->kh", before, dz),
        dz.sum(axis=(0, 1)),
    )


def backward_recursive(dh, x, h, W_xh, W_hh):
    T = x.shape[1]

    def dz(t):
        arriving = dh[:, t] if t == T - 1 else dh[:, t] + dz(t + 1) @ W_hh.T
        return arriving / np.cosh(np.arctanh(h[:, t])) ** 2

    all_dz = [dz(t) for t in range(T)]
    dx = np.stack([d @ W_xh.T for d in all_dz], axis=1)
    dW_hh = sum((h[:, t - 1].T @ all_dz[t] for t in range(1, T)), np.zeros_like(W_hh))
    return [dx, sum(x[:, t].T @ all_dz[t] for t in range(T)), dW_hh, sum(d.sum(0) for d in all_dz)]


def backward_by_sequence(dh, x, h, W_xh, W_hh):
    dx, dW_xh, dW_hh, db = 0 * x, 0 * W_xh, 0 * W_hh, 0 * W_hh[0]
    for n in range(len(x)):
        passed = 0 * db
        for t in range(x.shape[1])[::-1]:
            before = h[n, t - 1] if t else 0 * db
            dz = (dh[n, t] + passed) * (1 - h[n, t] ** 2)
            dx[n, t] = W_xh @ dz
            dW_xh = dW_xh + np.outer(x[n, t], dz)
            dW_hh = dW_hh + np.outer(before, dz)
            db = db + dz
            passed = W_hh @ dz
    return dx, dW_xh, dW_hh, db


def bound_svd(W_hh, largest_slope, steps):
    return np.linalg.svd(W_hh)[1][0] ** steps * largest_slope**steps


def bound_eigenvalues(W_hh, largest_slope, steps):
    factor = math.sqrt(max(np.linalg.eigvalsh(W_hh.T @ W_hh))) * largest_slope
    bound = 1.0
    for _step in range(steps):
        bound *= factor
    return bound


def bound_log(W_hh, largest_slope, steps):
    return np.exp(steps * np.log(np.linalg.norm(W_hh, ord=2) * largest_slope))


def clip_flat(gradients, clipnorm):
    flat = np.concatenate([g.ravel() for g in gradients])
    length = np.linalg.norm(flat)
    if length > clipnorm:
        return [g / length * clipnorm for g in gradients]
    return gradients


def clip_minimum(gradients, clipnorm):
    length = math.sqrt(sum(float((g * g).sum()) for g in gradients))
    factor = min(1, clipnorm / (length + 1e-300))
    return tuple(factor * g for g in gradients)


def clip_copies(gradients, clipnorm):
    total = 0
    for g in gradients:
        total += np.linalg.norm(g) ** 2
    new = [g.copy() for g in gradients]
    if total > clipnorm**2:
        for g in new:
            g *= clipnorm / np.sqrt(total)
    return new


def lstm_slices(x_t, h, c, W_x, W_h, b):
    H = h.shape[1]
    z = x_t @ W_x + h @ W_h + b
    i = 1 / (1 + np.exp(-z[:, :H]))
    f = 1 / (1 + np.exp(-z[:, H : 2 * H]))
    g = np.tanh(z[:, 2 * H : 3 * H])
    o = 1 / (1 + np.exp(-z[:, 3 * H :]))
    c = f * c + i * g
    return o * np.tanh(c), c


def lstm_four_layers(x_t, h, c, W_x, W_h, b):
    blocks = zip(np.hsplit(W_x, 4), np.hsplit(W_h, 4), np.split(b, 4), strict=True)
    i, f, g, o = (x_t @ W + h @ U + bias for W, U, bias in blocks)
    cell = nn.sigmoid(i) * np.tanh(g) + nn.sigmoid(f) * c
    return [nn.sigmoid(o) * np.tanh(cell), cell]


def lstm_library(x_t, h, c, W_x, W_h, b):
    states, cache = nn.lstm_forward(x_t[:, None], W_x, W_h, b, h0=h, c0=c)
    return states[:, 0], nn.lstm_gates(cache)["c"][:, 0]


# --- chapter 8
def rul_backwards(engine, cap):
    rul = np.zeros(len(engine))
    for i in range(len(engine) - 2, -1, -1):
        if engine[i] == engine[i + 1]:
            rul[i] = rul[i + 1] + 1
    return np.clip(rul, 0, cap)


def rul_last_index(engine, cap):
    rows = np.arange(len(engine))
    last = np.array([rows[engine == number].max() for number in engine])
    return np.where(last - rows > cap, cap, last - rows)


def rul_groupby(engine, cap):
    parts = [[*own] for _number, own in itertools.groupby(engine)]
    return np.concatenate([[min(k, cap) for k in range(len(part) - 1, -1, -1)] for part in parts])


def scale_sklearn(train, other):
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(other)


def scale_by_column(train, other):
    a, b = np.zeros(train.shape), np.zeros(other.shape)
    for k in range(train.shape[1]):
        m, s = np.mean(train[:, k]), np.std(train[:, k])
        s = s if s > 0 else 1
        a[:, k] = (train[:, k] - m) / s
        b[:, k] = (other[:, k] - m) / s
    return a, b


def scale_in_place(train, other):
    m = train.sum(0) / len(train)
    s = np.sqrt(((train - m) ** 2).mean(0))
    s[s == 0] = 1
    return [(x - m) / s for x in (train, other)]


def windows_by_engine(sensors, engine, rul, length):
    x, y = [], []
    for number in dict.fromkeys(engine):
        own, life = sensors[engine == number], rul[engine == number]
        for i in range(len(own) - length + 1):
            x.append(own[i : i + length])
            y.append(life[i + length - 1])
    return np.stack(x), np.array(y)


def windows_view(sensors, engine, rul, length):
    view = np.lib.stride_tricks.sliding_window_view(sensors, length, axis=0).swapaxes(1, 2)
    inside = engine[: len(view)] == engine[length - 1 :]
    return view[inside], rul[length - 1 :][inside]


def windows_index(sensors, engine, rul, length):
    rows = np.arange(len(engine) - length + 1)[:, None] + np.arange(length)
    good = (engine[rows] == engine[rows[:, :1]]).all(axis=1)
    return sensors[rows[good]], rul[rows[good, -1]]


def score_loop(y_true, y_pred):
    total = 0
    for truth, said in zip(y_true, y_pred, strict=True):
        d = said - truth
        total += math.exp(-d / 13) - 1 if d < 0 else math.exp(d / 10) - 1
    return total


def score_masks(y_true, y_pred):
    d = y_pred - y_true
    return np.sum(np.exp(-d[d < 0] / 13) - 1) + np.sum(np.exp(d[d >= 0] / 10) - 1)


def score_maximum(y_true, y_pred):
    d = y_pred - y_true
    return np.sum(np.maximum(np.exp(-d / 13), np.exp(d / 10)) - 1)


def score_turned(y_true, y_pred):
    early = y_true - y_pred  # the other sign, with the other condition
    return float((np.exp(np.where(early > 0, early / 13, -early / 10)) - 1).sum())


def alarm_loop(y_pred, line, lead_time, planned_cost, unplanned_cost):
    for cycle, life in enumerate(y_pred, 1):
        if life <= line:
            stop = cycle + lead_time
            return (planned_cost, stop) if stop <= len(y_pred) else (unplanned_cost, len(y_pred))
    return unplanned_cost, len(y_pred)


def alarm_argmax(y_pred, line, lead_time, planned_cost, unplanned_cost):
    below = y_pred <= line
    stop = below.argmax() + 1 + lead_time if below.any() else np.inf
    return [planned_cost if stop <= y_pred.size else unplanned_cost, min(stop, y_pred.size)]


def alarm_while(y_pred, line, lead_time, planned_cost, unplanned_cost):
    cycle, left = 0, None
    while cycle < len(y_pred):
        if left == 0:
            return planned_cost, cycle
        cycle += 1
        if left is not None:
            left -= 1
        elif y_pred[cycle - 1] <= line:
            left = lead_time
    return (planned_cost if left == 0 else unplanned_cost), cycle


def alarm_library(y_pred, line, lead_time, planned_cost, unplanned_cost):
    cycle = np.arange(1, len(y_pred) + 1)
    result = remaining_life.alarm_policy(
        np.ones(len(cycle)), cycle, y_pred, len(cycle) - cycle, line, lead_time, planned_cost, unplanned_cost
    )
    return result.cost[0], result.stop[0]


RIGHT = {
    "rnn_step": [step_stacked, step_einsum, step_by_sample],
    "rnn_forward": [
        forward_appended, forward_by_sequence, forward_index_before, forward_minus_one, forward_library,
        nn.simple_rnn_loops,
    ],
    "rnn_backward": [backward_all_dz_first, backward_recursive, backward_by_sequence],
    "gradient_bound": [bound_svd, bound_eigenvalues, bound_log],
    "clip_by_norm": [clip_flat, clip_minimum, clip_copies, nn.clip_by_norm],
    "lstm_step": [lstm_slices, lstm_four_layers, lstm_library],
    "capped_rul": [rul_backwards, rul_last_index, rul_groupby],
    "scale": [scale_sklearn, scale_by_column, scale_in_place],
    "make_windows": [windows_by_engine, windows_view, windows_index],
    "nasa_score": [score_loop, score_masks, score_maximum, score_turned],
    "alarm_cost": [alarm_loop, alarm_argmax, alarm_while, alarm_library],
}  # fmt: skip
