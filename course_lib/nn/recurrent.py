"""The simple recurrent network: the state of one step goes into the next step, so the network has a memory.

x (N, T, D): N sequences of T steps with D features     h (N, T, H): the state of H units after each step
W_xh (D, H): from the input    W_hh (H, H): from the state before    b_h (H,): one bias for each unit

Source: Elman, Cognitive Science 14, 1990. `simple_rnn_loops` is the formula; `simple_rnn_forward` is the same with one
matrix product for the inputs of all steps. The output layer y_t = f(W_hy h_t + b_y) is a dense layer on h.
"""

import numpy as np

from course_lib.nn.activations import ACTIVATIONS
from course_lib.nn.checks import lookup
from course_lib.nn.sequence_checks import recurrent_inputs
from course_lib.nn.sequences import (
    arriving,
    outputs,
    rows,
    sigmoid_in_place,
    sigmoid_slope,
    skipped_steps,
    stacked,
    tanh_slope,
    time_first,
    write,
)
from course_lib.nn.workspace import fresh

NAMES = ("W_xh", "W_hh", "b_h")


def simple_rnn_loops(x, W_xh, W_hh, b_h, h0=None, activation="tanh", mask=None):
    """The formula: h_t = f(x_t W_xh + h_{t-1} W_hh + b_h), one sequence and one step after the other.

    x (N, T, D), W_xh (D, H), W_hh (H, H), b_h (H,), h0 (N, H) or None for zeros -> h (N, T, H). f is "tanh", "relu",
    "sigmoid" or "linear". mask (N, T): where it is False, the state and the output stay as they are (before the first
    real step the output is 0). Slow: for reading, and to check the fast form with.
    """
    x, W_xh, W_hh, b_h, (h0,), mask = recurrent_inputs(x, W_xh, W_hh, b_h, {"h0": h0}, mask, names=NAMES)
    f, _f_backward = ACTIVATIONS[state_activation(activation)]
    N, T, _D = x.shape
    h = np.zeros((N, T, len(W_hh)), x.dtype)
    for n in range(N):
        state = h0[n]
        for t in range(T):
            if mask is None or mask[n, t]:
                h[n, t] = state = f(x[n, t] @ W_xh + state @ W_hh + b_h)
            elif t > 0:
                h[n, t] = h[n, t - 1]
    return h


def simple_rnn_forward(x, W_xh, W_hh, b_h, h0=None, activation="tanh", mask=None, work=fresh):
    """The formula of `simple_rnn_loops`; only h_{t-1} W_hh has to wait for the step before.

    Returns the states h (N, T, H) after each step and the cache for `simple_rnn_backward`.
    """
    x, W_xh, W_hh, b_h, (h0,), mask = recurrent_inputs(x, W_xh, W_hh, b_h, {"h0": h0}, mask, names=NAMES)
    f, slope = IN_PLACE[state_activation(activation)]
    inputs, skipped = time_first(x, work), skipped_steps(mask)
    T, N, H = *inputs.shape[:2], len(W_hh)
    h = work("h", (T + 1, N, H), x.dtype)
    h[0] = h0
    np.matmul(rows(inputs), stacked(W_xh, b_h), out=rows(h[1:]))  # x_t W_xh + b_h for all t
    for t in range(T):
        h_t = h[t + 1]
        h_t += np.dot(h[t], W_hh)
        f(h_t)
        if mask is not None:
            np.copyto(h_t, h[t], where=skipped[t])
    cache = inputs, h, W_xh, W_hh, slope, mask, work
    return outputs(h, mask), cache


def simple_rnn_backward(dh, cache, out=(None, None, None), needs_dx=True):
    """Backpropagation through time, from dh = dL/dh_t (N, T, H) of each step, or (N, H) of the last step alone.

    From the last step to the first, with z_t = x_t W_xh + h_{t-1} W_hh + b_h and a_t all that arrives at h_t:

    a_t = dh_t + dL/dz_{t+1} W_hh^T        from outside, and from the next step
    dL/dz_t = a_t f'(z_t)
    dL/dW_xh = sum_t x_t^T dL/dz_t,   dL/dW_hh = sum_t h_{t-1}^T dL/dz_t,   dL/db_h = sum over n, t of dL/dz_t
    dL/dx_t = dL/dz_t W_xh^T,   dL/dh_0 = dL/dz_1 W_hh^T

    At a masked step a_t goes on to the step before unchanged. Returns dx (N, T, D), dW_xh, dW_hh, db_h, dh0 (N, H).
    `out` and `needs_dx` are as in `dense_backward`. Source: Werbos, Proceedings of the IEEE 78(10), 1990.
    """
    inputs, h, W_xh, W_hh, slope, mask, work = cache
    dh, arrived = arriving(dh, h, mask)
    skipped = skipped_steps(mask)
    dz = slope(h[1:], work("dz", h[1:].shape, h.dtype))  # f'(z_t) for all t
    if mask is not None:
        np.copyto(dz, 0, where=skipped)
    W_hh_T = np.ascontiguousarray(W_hh.T)
    for t in reversed(range(len(dz))):
        if dh is not None:
            arrived += dh[t]
        dz_t = dz[t]
        dz_t *= arrived
        kept = None if mask is None else arrived * skipped[t]
        arrived = np.dot(dz_t, W_hh_T)
        if mask is not None:
            arrived += kept
    weights = rows(inputs).T @ rows(dz)
    gradients = write((weights[:-1], rows(h[:-1]).T @ rows(dz), weights[-1]), out)
    dx = (dz @ W_xh.T).transpose(1, 0, 2) if needs_dx else None
    return dx, *gradients, arrived


def state_activation(name):
    """Return the name of an activation that bends each unit by itself; softmax does not."""
    lookup("activation", name, IN_PLACE)
    return name


# The activations of `activations.py` once more, written into the array that is there, and their slopes from h = f(z).
IN_PLACE = {
    "tanh": (lambda z: np.tanh(z, out=z), tanh_slope),
    "relu": (lambda z: np.maximum(z, 0, out=z), lambda h, out: np.greater(h, 0, out=out)),
    "sigmoid": (sigmoid_in_place, sigmoid_slope),
    "linear": (lambda z: z, lambda h, out: np.equal(h, h, out=out)),
}
