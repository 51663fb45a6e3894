"""Long short-term memory (LSTM): beside the state h a cell c that is only added to, with gates that say how much.

x (N, T, D): N sequences of T steps with D features     h, c (N, T, H): state and cell of H units after each step
W_x (D, 4 H), W_h (H, 4 H), b (4 H,): four blocks of H columns, in Keras's order i, f, c, o

Sources: Hochreiter and Schmidhuber, Neural Computation 9(8), 1997; the forget gate: Gers, Schmidhuber and Cummins,
Neural Computation 12(10), 2000. `lstm_loops` is the formula, `lstm_forward` is what runs.
"""

import numpy as np

from course_lib.nn.activations import sigmoid
from course_lib.nn.sequence_checks import as_state, recurrent_inputs
from course_lib.nn.sequences import (
    arriving,
    blocks,
    outputs,
    rows,
    side_by_side,
    sigmoid_slope,
    skipped_steps,
    stacked,
    tanh_slope,
    through,
    time_first,
    write,
)
from course_lib.nn.workspace import fresh


def lstm_loops(x, W_x, W_h, b, h0=None, c0=None, mask=None):
    """The formula, one sequence and one step after the other, with s = sigmoid and * value by value:

    i_t = s(x_t W_xi + h_{t-1} W_hi + b_i)         input gate: how much of the new is let in
    f_t = s(x_t W_xf + h_{t-1} W_hf + b_f)         forget gate: how much of the old is kept
    g_t = tanh(x_t W_xc + h_{t-1} W_hc + b_c)      the new
    o_t = s(x_t W_xo + h_{t-1} W_ho + b_o)         output gate: how much is shown
    c_t = f_t * c_{t-1} + i_t * g_t,   h_t = o_t * tanh(c_t)

    x (N, T, D), W_x (D, 4 H), W_h (H, 4 H), b (4 H,), h0 and c0 (N, H) or None for zeros -> h (N, T, H). mask (N, T) is
    as in `simple_rnn_loops`. Slow: for reading, and to check the fast form with.
    """
    x, W_x, W_h, b, (h0, c0), mask = recurrent_inputs(x, W_x, W_h, b, {"h0": h0, "c0": c0}, mask, gates=4)
    N, T, _D = x.shape
    h = np.zeros((N, T, len(W_h)), x.dtype)
    for n in range(N):
        state, cell = h0[n], c0[n]
        for t in range(T):
            if mask is None or mask[n, t]:
                i, f, g, o = np.split(x[n, t] @ W_x + state @ W_h + b, 4)
                cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
                h[n, t] = state = sigmoid(o) * np.tanh(cell)
            elif t > 0:
                h[n, t] = h[n, t - 1]
    return h


def lstm_forward(x, W_x, W_h, b, h0=None, c0=None, mask=None, work=fresh):
    """The formula of `lstm_loops`, all sequences and all four gates together.

    sigmoid(z) = (1 + tanh(z / 2)) / 2: with halved weights, one tanh serves all gates. A masked step is one with i = 0,
    f = 1 and o = 0 that shows the old h. Returns h (N, T, H) and the cache for `lstm_backward` and `lstm_gates`.
    """
    x, W_x, W_h, b, (h0, c0), mask = recurrent_inputs(x, W_x, W_h, b, {"h0": h0, "c0": c0}, mask, gates=4)
    inputs, skipped = time_first(x, work), skipped_steps(mask)
    T, N, H = *inputs.shape[:2], len(W_h)
    halves = np.array([0.5, 0.5, 1, 0.5], x.dtype).reshape(4, 1, 1)  # the new, g, keeps its tanh
    half, shift = (np.broadcast_to(a, (4, N, H)).copy() for a in (halves, 1 - halves))  # quicker at full size
    gates = work("gates", (4, T, N, H), x.dtype)
    np.matmul(rows(inputs), blocks(stacked(W_x, b), 4) * halves, out=rows(gates))
    W_h_half = blocks(W_h, 4) * halves
    h, c = (work(name, (T + 1, N, H), x.dtype) for name in ("h", "c"))
    tanh_c, z = work("tanh_c", (T, N, H), x.dtype), work("z", (4, N, H), x.dtype)
    h[0], c[0] = h0, c0
    for t in range(T):
        np.matmul(h[t], W_h_half, out=z)
        z += gates[:, t]
        np.tanh(z, out=z)
        z *= half
        i, f, g, o = np.add(z, shift, out=gates[:, t])
        if mask is not None:
            for gate, value in ((i, 0), (f, 1), (o, 0)):
                np.copyto(gate, value, where=skipped[t])
        c_t = np.multiply(f, c[t], out=c[t + 1])
        c_t += i * g
        np.multiply(o, np.tanh(c_t, out=tanh_c[t]), out=h[t + 1])
        if mask is not None:
            np.copyto(h[t + 1], h[t], where=skipped[t])
    cache = inputs, gates, h, c, tanh_c, W_x, W_h, mask, work
    return outputs(h, mask), cache


def lstm_backward(dh, cache, dc=None, out=(None, None, None), needs_dx=True):
    """Backpropagation through time, from dh = dL/dh_t (N, T, H) of each step, or (N, H) of the last step alone.

    dc = dL/dc_T (N, H) is what arrives at the last cell, if it is used. From the last step to the first, with a_t all
    that arrives at h_t and e_t all that arrives at c_t:

    a_t = dh_t + dL/dz_{t+1} W_h^T                          from outside, and from the gates of the next step
    e_t = e_{t+1} * f_{t+1} + a_t * o_t (1 - tanh(c_t)^2)     from the next cell: no weights on this way
    dL/dz_i = e_t * g_t i_t (1 - i_t),   dL/dz_f = e_t * c_{t-1} f_t (1 - f_t)
    dL/dz_c = e_t * i_t (1 - g_t^2),     dL/dz_o = a_t * tanh(c_t) o_t (1 - o_t)

    The weights' gradients are then as in `simple_rnn_backward`. Returns dx (N, T, D), dW_x, dW_h, db, dh0, dc0 (N, H).
    `out` and `needs_dx` are as in `dense_backward`.
    """
    inputs, gates, h, c, tanh_c, W_x, W_h, mask, work = cache
    dh, arrived = arriving(dh, h, mask)
    skipped = skipped_steps(mask)
    dc = np.zeros_like(c[0]) if dc is None else as_state("dc", dc, c[-1], h.shape[-1]).copy()
    i, f, g, o = gates
    dz = work("dz", gates.shape, h.dtype)
    dz_i, dz_f, dz_g, dz_o = dz  # first what e_t and a_t are multiplied by, for all t
    for gate, meets, place in ((i, g, dz_i), (f, c[:-1], dz_f), (o, tanh_c, dz_o)):
        sigmoid_slope(gate, out=place)
        place *= meets
    tanh_slope(g, out=dz_g)
    dz_g *= i
    to_cell = tanh_slope(tanh_c, out=work("to_cell", tanh_c.shape, h.dtype))
    to_cell *= o
    W_h_T = np.ascontiguousarray(blocks(W_h, 4).transpose(0, 2, 1))
    back = work("z", dz[:, 0].shape, h.dtype)
    for t in reversed(range(len(h) - 1)):
        if dh is not None:
            arrived += dh[t]
        dc += arrived * to_cell[t]
        dz_t = dz[:, t]
        dz_t[:3] *= dc
        dz_t[3] *= arrived
        dc *= f[t]
        kept = None if mask is None else arrived * skipped[t]
        arrived = np.matmul(dz_t, W_h_T, out=back).sum(axis=0)
        if mask is not None:
            arrived += kept
    dW, dW_h = rows(inputs).T @ rows(dz), rows(h[:-1]).T @ rows(dz)
    gradients = write((side_by_side(dW[:, :-1]), side_by_side(dW_h), side_by_side(dW[:, -1:])[0]), out)
    dx = through(dz, W_x).transpose(1, 0, 2) if needs_dx else None
    return dx, *gradients, arrived, dc


def lstm_gates(cache):
    """What went on inside, for pictures: {"i", "f", "g", "o", "c"}, each (N, T, H), from `lstm_forward`'s cache."""
    _inputs, gates, _h, c, *_others = cache
    inside = dict(zip("ifgoc", (*gates, c[1:]), strict=True))
    return {name: values.transpose(1, 0, 2).copy() for name, values in inside.items()}
