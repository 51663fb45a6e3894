"""How long a simple recurrent network remembers an impulse, and how far a gradient comes back, by `course_lib.nn`.

No input comes in and the biases are 0: the only thing that happens is the state h_0 at t = 0.
"""

from typing import NamedTuple

import numpy as np

from course_lib import nn

MAX_SLOPE = {"tanh": 1.0, "relu": 1.0, "sigmoid": 0.25, "linear": 1.0}  # max f', the steepest place of each activation


class Memory(NamedTuple):
    """Curves over t = 0 ... T, each 1 where it begins: `response` at t = 0, the others at t = T.

    response: |h_t - h_t without the impulse| / |impulse|    gradient: |dL/dh_t| / |dL/dh_T| for one direction
    most: the same for the direction that keeps most, which is the largest singular value of dh_T/dh_t
    weights: the gradients of W_hh and b_h for dL/dh_T of length 1
    """

    response: np.ndarray
    gradient: np.ndarray
    most: np.ndarray
    weights: list


def spectral_radius(W):
    """Return the largest absolute value of an eigenvalue of W (H, H)."""
    return float(np.abs(np.linalg.eigvals(W)).max())


def recurrent_matrix(kind, units, rho, seed):
    """Return W_hh (H, H) with the spectral radius rho.

    random: normally distributed; orthogonal: rho times a rotation, no direction is shortened more than another; chain:
    each unit keeps rho of its value and hands rho of it on to the next one; two units: rho [[0, 2], [0.5, 0]].
    """
    rng = np.random.default_rng(seed)
    if kind == "two units":
        return rho * np.array([[0.0, 2.0], [0.5, 0.0]])
    if kind == "chain":
        return rho * (np.eye(units) + np.eye(units, k=1))
    if kind == "orthogonal":
        return rho * nn.orthogonal((units, units), rng)
    W = rng.normal(size=(units, units))
    return W * (rho / spectral_radius(W))


def direction(units, seed, name):
    """Return a random vector (H,) of length 1: the impulse's or the gradient's."""
    v = np.random.default_rng([seed, name == "gradient"]).normal(size=units)
    return v / np.linalg.norm(v)


def remember(W, activation, steps, impulse, seed):
    """Return the `Memory` of a network with W_hh = W (H, H) over so many steps; impulse: the length of h_0.

    The gradient goes back one step at a time, through `simple_rnn_backward`: what it returns as dh0 arrives at the
    state before. A batch of H unit vectors gives the whole matrix dh_T/dh_t.
    """
    H = len(W)
    W_xh, b_h, silent = np.zeros((1, H)), np.zeros(H), np.zeros((2, steps, 1))
    h0 = np.stack([impulse * direction(H, seed, "impulse"), np.zeros(H)])
    states, cache = nn.simple_rnn_forward(silent, W_xh, W, b_h, h0=h0, activation=activation)
    h = np.concatenate([h0[:, None], states], axis=1)
    response = np.linalg.norm(h[0] - h[1], axis=1) / impulse
    u = direction(H, seed, "gradient")
    _dx, _dW_xh, *weights, _dh0 = nn.simple_rnn_backward(np.stack([u, np.zeros(H)]), cache)
    arrived, gradient, jacobians = np.eye(H), np.ones(steps + 1), np.ones((steps + 1, H, H))
    jacobians[steps] = arrived
    for t in range(steps, 0, -1):
        before = np.repeat(h[0, t - 1][None], H, axis=0)
        _h, cache = nn.simple_rnn_forward(silent[:1].repeat(H, 0)[:, :1], W_xh, W, b_h, before, activation)
        *_others, arrived = nn.simple_rnn_backward(arrived, cache)
        jacobians[t - 1], gradient[t - 1] = arrived, np.linalg.norm(u @ arrived)
    most = np.linalg.svd(jacobians, compute_uv=False)[:, 0]
    return Memory(response, gradient, most, weights)
