"""Wrong answers of chapters 7 and 8 as learners write them, with the name of the mistake they must be told."""

import math

import numpy as np

from course_lib import nn


def step_linear(x_t, h, W_xh, W_hh, b_h):
    return np.dot(x_t, W_xh) + np.dot(h, W_hh) + b_h


def step_two_layers(x_t, h, W_xh, W_hh, b_h):
    return np.tanh(nn.dense_forward(x_t, W_xh, b_h)[0] + nn.dense_forward(h, W_hh, b_h)[0])


def step_columns(x_t, h, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + (W_hh @ h.T).T + b_h)


def step_exchanged(x_t, h, W_xh, W_hh, b_h):
    return np.tanh(h.dot(W_xh) + x_t.dot(W_hh) + b_h)


def forward_state_outside(x, W_xh, W_hh, b_h):
    h, all_states = np.zeros(len(b_h)), []
    for sequence in x:
        states = []
        for x_t in sequence:
            h = np.tanh(x_t @ W_xh + h @ W_hh + b_h)
            states.append(h)
        all_states.append(states)
    return np.array(all_states)


def forward_keras_default(x, W_xh, W_hh, b_h):
    h = np.zeros((len(x), len(b_h)))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
    return h


def forward_stacked_first(x, W_xh, W_hh, b_h):
    h, states = np.zeros((len(x), len(b_h))), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.array(states)


def forward_dense(x, W_xh, W_hh, b_h):
    h0 = np.zeros((len(x), len(b_h)))
    return np.stack([np.tanh(x[:, t] @ W_xh + h0 @ W_hh + b_h) for t in range(x.shape[1])], axis=1)


def forward_axis_zero(x, W_xh, W_hh, b_h):
    states, h = [], np.zeros((x.shape[1], len(b_h)))
    for x_t in x:
        h = np.tanh(x_t @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.array(states)


def through_time(dh, x, h, W_xh, W_hh, slope=lambda h: 1 - h**2, back=True, zero_first=True):
    dz, later = np.zeros(h.shape), 0.0
    for t in reversed(range(x.shape[1])):
        dz[:, t] = (dh[:, t] + later) * slope(h[:, t])
        later = dz[:, t] @ W_hh.T if back else 0.0
    before = np.roll(h, 1, axis=1)
    if zero_first:
        before[:, 0] = 0
    return dz, before


def gradients_of(dz, before, x, W_xh):
    return dz @ W_xh.T, np.einsum("ntd,nth->dh", x, dz), np.einsum("ntk,nth->kh", before, dz), dz.sum((0, 1))


def backward_no_path(dh, x, h, W_xh, W_hh):
    return gradients_of(*through_time(dh, x, h, W_xh, W_hh, back=False), x, W_xh)


def backward_tanh_again(dh, x, h, W_xh, W_hh):
    return gradients_of(*through_time(dh, x, h, W_xh, W_hh, slope=lambda h: 1 / np.cosh(h) ** 2), x, W_xh)


def backward_rolled(dh, x, h, W_xh, W_hh):
    return gradients_of(*through_time(dh, x, h, W_xh, W_hh, zero_first=False), x, W_xh)


def backward_same_state(dh, x, h, W_xh, W_hh):
    dz, _before = through_time(dh, x, h, W_xh, W_hh)
    return gradients_of(dz, h, x, W_xh)


def backward_time_only(dh, x, h, W_xh, W_hh):
    dz, before = through_time(dh, x, h, W_xh, W_hh)
    return dz @ W_xh.T, np.einsum("ntd,nth->ndh", x, dz), np.einsum("ntk,nth->nkh", before, dz), dz.sum(1)


def backward_assigned(dh, x, h, W_xh, W_hh):
    dx, later = np.zeros(x.shape), 0.0
    for t in reversed(range(x.shape[1])):
        dz = (dh[:, t] + later) * (1 - h[:, t] ** 2)
        dx[:, t] = dz @ W_xh.T
        dW_xh = x[:, t].T @ dz
        dW_hh = (h[:, t - 1] if t else np.zeros_like(dz)).T @ dz
        db_h = dz.sum(axis=0)
        later = dz @ W_hh.T
    return dx, dW_xh, dW_hh, db_h


def backward_mean_bias(dh, x, h, W_xh, W_hh):
    dx, dW_xh, dW_hh, db_h = gradients_of(*through_time(dh, x, h, W_xh, W_hh), x, W_xh)
    return dx, dW_xh, dW_hh, db_h / len(x)


def bound_eigenvalue(W_hh, largest_slope, steps):
    return (max(abs(np.linalg.eigvals(W_hh))) * largest_slope) ** steps


def bound_default_norm(W_hh, largest_slope, steps):
    return (math.sqrt((W_hh**2).sum()) * largest_slope) ** steps


def bound_precedence(W_hh, largest_slope, steps):
    return np.linalg.norm(W_hh, 2) * largest_slope**steps


def clip_values(gradients, clipnorm):
    return [np.maximum(np.minimum(g, clipnorm), -clipnorm) for g in gradients]


def clip_each(gradients, clipnorm):
    new = []
    for g in gradients:
        n = np.linalg.norm(g)
        new.append(g * clipnorm / n if n > clipnorm else g)
    return new


def clip_always(gradients, clipnorm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return [clipnorm * g / norm for g in gradients]


def clip_square(gradients, clipnorm):
    norm = sum((g**2).sum() for g in gradients)
    return [g * clipnorm / norm if norm > clipnorm else g for g in gradients]


def clip_names_only(gradients, clipnorm):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    for g in gradients:
        if norm > clipnorm:
            g = g * clipnorm / norm
    return gradients


def lstm_pieces(z):
    H = z.shape[1] // 4
    return (z[:, k * H : (k + 1) * H] for k in range(4))


def lstm_forget_first(x_t, h, c, W_x, W_h, b):
    f, i, g, o = lstm_pieces(x_t @ W_x + h @ W_h + b)
    c = nn.sigmoid(f) * c + nn.sigmoid(i) * np.tanh(g)
    return nn.sigmoid(o) * np.tanh(c), c


def lstm_candidate_last(x_t, h, c, W_x, W_h, b):
    i, f, o, g = lstm_pieces(x_t @ W_x + h @ W_h + b)
    c = nn.sigmoid(f) * c + nn.sigmoid(i) * np.tanh(g)
    return nn.sigmoid(o) * np.tanh(c), c


def lstm_all_sigmoid(x_t, h, c, W_x, W_h, b):
    i, f, g, o = lstm_pieces(nn.sigmoid(x_t @ W_x + h @ W_h + b))
    c = f * c + i * g
    return o * np.tanh(c), c


def lstm_bare_cell(x_t, h, c, W_x, W_h, b):
    i, f, g, o = lstm_pieces(x_t @ W_x + h @ W_h + b)
    c = nn.sigmoid(f) * c + nn.sigmoid(i) * np.tanh(g)
    return nn.sigmoid(o) * c, c


def rul_to_one(engine, cap):
    rul = np.ones(len(engine))
    for i in range(len(engine) - 2, -1, -1):
        rul[i] = rul[i + 1] + 1 if engine[i] == engine[i + 1] else 1
    return np.minimum(rul, cap)


def rul_whole_table(engine, cap):
    return np.clip(len(engine) - 1 - np.arange(len(engine)), 0, cap)


def rul_age(engine, cap):
    return np.array([min(np.sum(engine[:i] == engine[i]), cap) for i in range(len(engine))], dtype=float)


def rul_uncapped(engine, cap):
    return np.array([np.sum(engine[i + 1 :] == engine[i]) for i in range(len(engine))])


def scale_leaky(train, other):
    rows = np.vstack([train, other])
    m, s = rows.mean(0), rows.std(0)
    s[s == 0] = 1
    return (train - m) / s, (other - m) / s


def scale_own(train, other):
    def standard(x):
        s = x.std(0)
        return (x - x.mean(0)) / np.where(s == 0, 1, s)

    return standard(train), standard(other)


def scale_careless(train, other):
    return (train - train.mean(0)) / train.std(0), (other - train.mean(0)) / train.std(0)


def scale_overwritten(train, other):
    s = train.std(0)
    train = (train - train.mean(0)) / np.where(s > 0, s, 1)
    s = train.std(0)
    return train, (other - train.mean(0)) / np.where(s > 0.5, s, 1)


def scale_epsilon(train, other):
    m, s = train.mean(axis=0), train.std(axis=0)
    return (train - m) / (s + 1e-8), (other - m) / (s + 1e-8)


def windows_everywhere(sensors, engine, rul, length):
    n = len(sensors) - length + 1
    return np.array([sensors[i : i + length] for i in range(n)]), np.array([rul[i + length - 1] for i in range(n)])


def windows_cut(sensors, engine, rul, length, missing=0, label=-1):
    x, y = [], []
    for number in np.unique(engine):
        own, life = sensors[engine == number], rul[engine == number]
        for i in range(len(own) - length + 1 - missing):
            x.append(own[i : i + length])
            y.append(life[i : i + length][label])
    return np.array(x), np.array(y)


def windows_off_by_one(sensors, engine, rul, length):
    return windows_cut(sensors, engine, rul, length, missing=1)


def windows_first_label(sensors, engine, rul, length):
    return windows_cut(sensors, engine, rul, length, label=0)


def windows_forecast(sensors, engine, rul, length):
    x, y = [], []
    for number in np.unique(engine):
        own, life = sensors[engine == number], rul[engine == number]
        for i in range(len(own) - length):
            x.append(own[i : i + length])
            y.append(life[i + length])
    return np.array(x), np.array(y)


def windows_steps(sensors, engine, rul, length):
    x, y = [], []
    for number in np.unique(engine):
        own, life = sensors[engine == number], rul[engine == number]
        for i in range(0, len(own) - length + 1, length):
            x.append(own[i : i + length])
            y.append(life[i + length - 1])
    return np.array(x), np.array(y)


def score_other_sign(y_true, y_pred):
    d = y_true - y_pred
    return sum(math.exp(-v / 13) - 1 if v < 0 else math.exp(v / 10) - 1 for v in d)


def score_mean(y_true, y_pred):
    d = y_pred - y_true
    return np.where(d < 0, np.expm1(-d / 13), np.expm1(d / 10)).mean()


def score_no_one(y_true, y_pred):
    d = y_pred - y_true
    return np.exp(-d[d < 0] / 13).sum() + np.exp(d[d >= 0] / 10).sum()


def score_reward(y_true, y_pred):
    d = y_pred - y_true
    return np.sum(np.exp(d / np.where(d < 0, 13, 10)) - 1)


def alarm_zero_based(y_pred, line, lead_time, planned_cost, unplanned_cost):
    for cycle, life in enumerate(y_pred):
        if life <= line and cycle + lead_time <= len(y_pred):
            return planned_cost, cycle + lead_time
    return unplanned_cost, len(y_pred)


def alarm_argmax_alone(y_pred, line, lead_time, planned_cost, unplanned_cost):
    stop = np.argmax(y_pred <= line) + 1 + lead_time
    return (planned_cost, stop) if stop <= len(y_pred) else (unplanned_cost, len(y_pred))


def alarm_first_index(y_pred, line, lead_time, planned_cost, unplanned_cost):
    stop = np.where(y_pred <= line)[0][0] + 1 + lead_time
    return (planned_cost, stop) if stop <= len(y_pred) else (unplanned_cost, len(y_pred))


def alarm_any(y_pred, line, lead_time, planned_cost, unplanned_cost):
    if not (y_pred <= line).any():
        return unplanned_cost, len(y_pred)
    return planned_cost, min(np.argmax(y_pred <= line) + 1 + lead_time, len(y_pred))


def step_star(x_t, h, W_xh, W_hh, b_h):
    return np.tanh(x_t * W_xh + h * W_hh + b_h)


def forward_reshaped(x, W_xh, W_hh, b_h):
    states = forward_stacked_first(x, W_xh, W_hh, b_h)
    return states.reshape(len(x), x.shape[1], -1)


def forward_from_second_step(x, W_xh, W_hh, b_h):
    h = np.zeros((*x.shape[:2], len(b_h)))
    for t in range(1, x.shape[1]):
        h[:, t] = np.tanh(x[:, t] @ W_xh + h[:, t - 1] @ W_hh + b_h)
    return h


def forward_sequence_before(x, W_xh, W_hh, b_h):
    h = np.zeros((*x.shape[:2], len(b_h)))
    for n, t in np.ndindex(*x.shape[:2]):
        h[n, t] = np.tanh(x[n, t] @ W_xh + h[n - 1, t] @ W_hh + b_h)
    return h


def backward_plus_equals(dh, x, h, W_xh, W_hh):
    dz, later = np.zeros(h.shape), np.zeros(h[:, 0].shape)
    for t in reversed(range(x.shape[1])):
        dz[:, t] = (dh[:, t] + later) * (1 - h[:, t] ** 2)
        later += dz[:, t] @ W_hh.T
    before = np.concatenate([0 * h[:, :1], h[:, :-1]], axis=1)
    return gradients_of(dz, before, x, W_xh)


def backward_list_of_dx(dh, x, h, W_xh, W_hh):
    dz, before = through_time(dh, x, h, W_xh, W_hh)
    _dx, *rest = gradients_of(dz, before, x, W_xh)
    dx = []
    for t in reversed(range(x.shape[1])):
        dx.append(dz[:, t] @ W_xh.T)
    return np.stack(dx, axis=1), *rest


def bound_cut(W_hh, largest_slope, steps):
    return np.clip((np.linalg.norm(W_hh, 2) * largest_slope) ** steps, 0, 1)


def clip_replaced(gradients, clipnorm):
    new = [g.copy() for g in gradients]
    for g in new:
        g[abs(g) > clipnorm] = clipnorm
    return new


def lstm_cell_in_tanh(x_t, h, c, W_x, W_h, b):
    i, f, g, o = lstm_pieces(x_t @ W_x + h @ W_h + b)
    c = np.tanh(nn.sigmoid(f) * c + nn.sigmoid(i) * np.tanh(g))
    return nn.sigmoid(o) * c, c


def lstm_sigmoid_for_all(x_t, h, c, W_x, W_h, b):
    i, f, g, o = lstm_pieces(nn.sigmoid(x_t @ W_x + h @ W_h + b))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


def rul_in_order_of_numbers(engine, cap):
    rul = []
    for number in sorted(set(engine)):
        rul += [min(left, cap) for left in range(sum(engine == number) - 1, -1, -1)]
    return np.array(rul)


def scale_raised(train, other):
    m, s = train.mean(0), np.clip(train.std(0), 1e-12, None)
    return (train - m) / s, (other - m) / s


def windows_rul_of_table(sensors, engine, rul, length):
    x, y = [], []
    for number in np.unique(engine):
        own = sensors[engine == number]
        for i in range(len(own) - length + 1):
            x.append(own[i : i + length])
            y.append(rul[i + length - 1])
    return np.array(x), np.array(y)


def windows_numbers_from_zero(sensors, engine, rul, length):
    x, y = [], []
    for number in range(engine.max()):
        own, life = sensors[engine == number], rul[engine == number]
        for i in range(len(own) - length + 1):
            x.append(own[i : i + length])
            y.append(life[i + length - 1])
    return np.array(x), np.array(y)


def score_not_added(y_true, y_pred):
    for d in y_pred - y_true:
        total = math.exp(-d / 13) - 1 if d < 0 else math.exp(d / 10) - 1
    return total


def alarm_else_in_loop(y_pred, line, lead_time, planned_cost, unplanned_cost):
    for cycle, life in enumerate(y_pred, 1):
        if life <= line and cycle + lead_time <= len(y_pred):
            return planned_cost, cycle + lead_time
        else:
            return unplanned_cost, len(y_pred)


def alarm_without_break(y_pred, line, lead_time, planned_cost, unplanned_cost):
    for cycle, life in enumerate(y_pred, 1):
        if life <= line:
            stop = cycle + lead_time
    return (planned_cost, stop) if stop <= len(y_pred) else (unplanned_cost, len(y_pred))


WRONG = [
    ("rnn_step", "tanh_forgotten", step_linear),
    ("rnn_step", "bias_twice", step_two_layers),
    ("rnn_step", "W_hh_transposed", step_columns),
    ("rnn_step", "h_and_x_swapped", step_exchanged),
    ("rnn_forward", "carried_over", forward_state_outside),
    ("rnn_forward", "last_only", forward_keras_default),
    ("rnn_forward", "time_first", forward_stacked_first),
    ("rnn_forward", "state_not_updated", forward_dense),
    ("rnn_forward", "time_and_batch_swapped", forward_axis_zero),
    ("rnn_backward", "path_through_time_forgotten", backward_no_path),
    ("rnn_backward", "slope_of_state", backward_tanh_again),
    ("rnn_backward", "last_state_before_first", backward_rolled),
    ("rnn_backward", "state_after", backward_same_state),
    ("rnn_backward", "batch_kept", backward_time_only),
    ("rnn_backward", "first_step_only", backward_assigned),
    ("rnn_backward", "batch_averaged", backward_mean_bias),
    ("gradient_bound", "spectral_radius", bound_eigenvalue),
    ("gradient_bound", "frobenius", bound_default_norm),
    ("gradient_bound", "sigma_once", bound_precedence),
    ("clip_by_norm", "per_element", clip_values),
    ("clip_by_norm", "per_array", clip_each),
    ("clip_by_norm", "always_scaled", clip_always),
    ("clip_by_norm", "norm_not_rooted", clip_square),
    ("clip_by_norm", "unchanged", clip_names_only),
    ("lstm_step", "input_and_forget_swapped", lstm_forget_first),
    ("lstm_step", "order_i_f_o_c", lstm_candidate_last),
    ("lstm_step", "candidate_with_sigmoid", lstm_all_sigmoid),
    ("lstm_step", "cell_not_squashed", lstm_bare_cell),
    ("capped_rul", "one_at_the_end", rul_to_one),
    ("capped_rul", "over_all_engines", rul_whole_table),
    ("capped_rul", "counts_up", rul_age),
    ("capped_rul", "cap_forgotten", rul_uncapped),
    ("scale", "fitted_on_all", scale_leaky),
    ("scale", "each_by_itself", scale_own),
    ("scale", "divided_by_zero", scale_careless),
    ("scale", "other_not_scaled", scale_overwritten),
    ("scale", "added_1e_8", scale_epsilon),
    ("make_windows", "two_engines", windows_everywhere),
    ("make_windows", "last_window_missing", windows_off_by_one),
    ("make_windows", "label_of_first_row", windows_first_label),
    ("make_windows", "label_after", windows_forecast),
    ("make_windows", "no_overlap", windows_steps),
    ("nasa_score", "early_and_late_swapped", score_other_sign),
    ("nasa_score", "mean", score_mean),
    ("nasa_score", "minus_one_forgotten", score_no_one),
    ("nasa_score", "sign_of_early", score_reward),
    ("alarm_cost", "index_as_cycle", alarm_zero_based),
    ("alarm_cost", "no_alarm_is_first_cycle", alarm_argmax_alone),
    ("alarm_cost", "no_alarm_is_error", alarm_first_index),
    ("alarm_cost", "late_alarm_as_planned", alarm_any),
    ("rnn_step", "element_by_element", step_star),
    ("rnn_forward", "reshaped", forward_reshaped),
    ("rnn_forward", "first_step_left_out", forward_from_second_step),
    ("rnn_forward", "time_and_batch_swapped", forward_sequence_before),
    ("rnn_backward", "passed_on_added_up", backward_plus_equals),
    ("rnn_backward", "dx_turned_round", backward_list_of_dx),
    ("gradient_bound", "at_most_one", bound_cut),
    ("clip_by_norm", "sign_lost", clip_replaced),
    ("lstm_step", "squashed_cell_kept", lstm_cell_in_tanh),
    ("lstm_step", "sigmoid_before_tanh", lstm_sigmoid_for_all),
    ("capped_rul", "sorted_by_number", rul_in_order_of_numbers),
    ("scale", "at_least_1e_12", scale_raised),
    ("make_windows", "label_from_whole_table", windows_rul_of_table),
    ("make_windows", "last_engine_missing", windows_numbers_from_zero),
    ("nasa_score", "last_engine_only", score_not_added),
    ("alarm_cost", "first_cycle_only", alarm_else_in_loop),
    ("alarm_cost", "last_alarm_or_error", alarm_without_break),
]
