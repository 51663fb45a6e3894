"""Gated recurrent unit (GRU): one state, and two gates that say how much of it is renewed and how much is looked at.

x (N, T, D): N sequences of T steps with D features     h (N, T, H): the state of H units after each step
W_x (D, 3 H), W_h (H, 3 H): three blocks of H columns, in Keras's order z, r, h     b (2, 3 H): one row for each product

Source: Cho et al., EMNLP 2014, in Keras's form (`reset_after=True`): the reset gate acts after the product with W_h,
so that product has biases of its own. `gru_loops` is the formula, `gru_forward` is what runs.
"""

import numpy as np

from course_lib.nn.activations import sigmoid
from course_lib.nn.sequence_checks import recurrent_inputs
from course_lib.nn.sequences import (
    arriving,
    blocks,
    outputs,
    rows,
    side_by_side,
    sigmoid_in_place,
    sigmoid_slope,
    skipped_steps,
    stacked,
    tanh_slope,
    through,
    time_first,
    write,
)
from course_lib.nn.workspace import fresh


def gru_loops(x, W_x, W_h, b, h0=None, mask=None):
    """The formula, one sequence and one step after the other, with s = sigmoid and * value by value:

    z_t = s(x_t W_xz + b_xz + h_{t-1} W_hz + b_hz)              update gate: how much of the old is kept
    r_t = s(x_t W_xr + b_xr + h_{t-1} W_hr + b_hr)              reset gate: how much of the old the new looks at
    n_t = tanh(x_t W_xh + b_xh + r_t * (h_{t-1} W_hh + b_hh))   the new
    h_t = z_t * h_{t-1} + (1 - z_t) * n_t

    x (N, T, D), W_x (D, 3 H), W_h (H, 3 H), b (2, 3 H), h0 (N, H) or None for zeros -> h (N, T, H). mask (N, T) is as
    in `simple_rnn_loops`. Slow: for reading, and to check the fast form with.
    """
    x, W_x, W_h, b, (h0,), mask = recurrent_inputs(x, W_x, W_h, b, {"h0": h0}, mask, gates=3, biases=2)
    N, T, _D = x.shape
    h = np.zeros((N, T, len(W_h)), x.dtype)
    for n in range(N):
        state = h0[n]
        for t in range(T):
            if mask is None or mask[n, t]:
                xz, xr, xh = np.split(x[n, t] @ W_x + b[0], 3)
                hz, hr, hh = np.split(state @ W_h + b[1], 3)
                z, r = sigmoid(xz + hz), sigmoid(xr + hr)
                new = np.tanh(xh + r * hh)
                h[n, t] = state = z * state + (1 - z) * new
            elif t > 0:
                h[n, t] = h[n, t - 1]
    return h


def gru_forward(x, W_x, W_h, b, h0=None, mask=None, work=fresh):
    """The formula of `gru_loops`, all sequences and gates together.

    A masked step is one with z = 1. Returns h (N, T, H) and the cache for `gru_backward` and `gru_gates`.
    """
    x, W_x, W_h, b, (h0,), mask = recurrent_inputs(x, W_x, W_h, b, {"h0": h0}, mask, gates=3, biases=2)
    inputs, skipped = time_first(x, work), skipped_steps(mask)
    T, N, H = *inputs.shape[:2], len(W_h)
    b_x, b_hh = b[0].copy(), b[1, 2 * H :]
    b_x[: 2 * H] += b[1, : 2 * H]  # both biases of a gate are simply added
    gates = work("gates", (3, T, N, H), x.dtype)
    np.matmul(rows(inputs), blocks(stacked(W_x, b_x), 3), out=rows(gates))
    W_h_blocks = blocks(W_h, 3)
    h, hh = work("h", (T + 1, N, H), x.dtype), work("hh", (T, N, H), x.dtype)
    product = work("product", (3, N, H), x.dtype)
    h[0] = h0
    for t in range(T):
        np.matmul(h[t], W_h_blocks, out=product)
        np.add(product[2], b_hh, out=hh[t])
        zr, new = gates[:2, t], gates[2, t]
        zr += product[:2]
        sigmoid_in_place(zr)
        z, r = zr
        new += r * hh[t]
        np.tanh(new, out=new)
        if mask is not None:
            np.copyto(z, 1, where=skipped[t])
        h_t = np.subtract(h[t], new, out=h[t + 1])  # z h + (1 - z) new = z (h - new) + new
        h_t *= z
        h_t += new
        if mask is not None:
            np.copyto(h_t, h[t], where=skipped[t])  # to the last digit
    cache = inputs, gates, h, hh, W_x, W_h, mask, work
    return outputs(h, mask), cache


def gru_backward(dh, cache, out=(None, None, None), needs_dx=True):
    """Backpropagation through time, from dh = dL/dh_t (N, T, H) of each step, or (N, H) of the last step alone.

    From the last step to the first, with a_t all that arrives at h_t, and v_t = h_{t-1} W_hh + b_hh:

    a_t = dh_t + a_{t+1} * z_{t+1} + (the gradients of the three blocks of h_t W_h) W_h^T
    block z: a_t * (h_{t-1} - n_t) z_t (1 - z_t)
    block n: a_t * (1 - z_t) (1 - n_t^2), which is dL/d(x_t W_xh + b_xh); times r_t it is dL/dv_t
    block r: block n * v_t r_t (1 - r_t)

    The weights' gradients are then as in `simple_rnn_backward`, dW_x from the blocks z, r, n and dW_h from z, r, n r.
    Returns dx (N, T, D), dW_x, dW_h, db (2, 3 H), dh0 (N, H). `out` and `needs_dx` are as in `dense_backward`.
    """
    inputs, gates, h, hh, W_x, W_h, mask, work = cache
    dh, arrived = arriving(dh, h, mask)
    z, r, new = gates
    # first what a_t is multiplied by, for all t; dhh is dL/dv_t
    to_new = np.subtract(1, z, out=work("to_new", new.shape, h.dtype))
    to_new *= tanh_slope(new, out=work("slope", new.shape, h.dtype))
    dz, dr, dhh = blocks_h = work("blocks_h", gates.shape, h.dtype)
    sigmoid_slope(z, out=dz)
    dz *= np.subtract(h[:-1], new, out=dhh)
    sigmoid_slope(r, out=dr)
    dr *= hh
    dr *= to_new
    np.multiply(to_new, r, out=dhh)
    W_h_T = np.ascontiguousarray(blocks(W_h, 3).transpose(0, 2, 1))
    back = work("product", blocks_h[:, 0].shape, h.dtype)
    for t in reversed(range(len(new))):
        if dh is not None:
            arrived += dh[t]
        blocks_h[:, t] *= arrived
        to_new[t] *= arrived
        arrived *= z[t]
        arrived += np.matmul(blocks_h[:, t], W_h_T, out=back).sum(axis=0)
    dW_h, db_h = rows(h[:-1]).T @ rows(blocks_h), rows(blocks_h).sum(axis=1)
    blocks_x = blocks_h
    blocks_x[2] = to_new
    dW = rows(inputs).T @ rows(blocks_x)
    db = np.stack([dW[:, -1].ravel(), db_h.ravel()])
    gradients = write((side_by_side(dW[:, :-1]), side_by_side(dW_h), db), out)
    dx = through(blocks_x, W_x).transpose(1, 0, 2) if needs_dx else None
    return dx, *gradients, arrived


def gru_gates(cache):
    """What went on inside, for pictures: {"z", "r", "n"} (n: the new), each (N, T, H), from `gru_forward`'s cache."""
    inside = dict(zip("zrn", cache[1], strict=True))
    return {name: values.transpose(1, 0, 2).copy() for name, values in inside.items()}
