"""One recurrent cell over one short sequence, by `course_lib.nn`: its states, its gates, the gradient on its way back.

x (T, D): T steps with D features        h, c (T + 1, H): the state and the cell, row 0 before the first step
"""

from typing import NamedTuple

import numpy as np

from course_lib import nn

BLOCKS = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}  # blocks of H columns in the weights
FORWARD = {"LSTM": nn.lstm_forward, "GRU": nn.gru_forward}
BACKWARD = {"SimpleRNN": nn.simple_rnn_backward, "LSTM": nn.lstm_backward, "GRU": nn.gru_backward}
GATES = {"LSTM": nn.lstm_gates, "GRU": nn.gru_gates}
NAMES = {"SimpleRNN": "", "LSTM": "ifgo", "GRU": "zrn"}
# The built-in gates, (weight of the input, bias): open while something happens, shut while it is quiet. None: a slider.
LSTM_GATES = {"i": (3.0, -2.0), "f": (0.5, None), "o": (0.5, 1.0)}
GRU_GATES = {"z": (-4.0, None), "r": (0.5, 1.0)}
GATE_STATE = 0.2  # how much every gate listens to the state


class Cell(NamedTuple):
    """A cell and its weights: W_x (D, G H), W_h (H, G H), b (G H,) or for a GRU (2, 3 H), with G blocks of columns."""

    kind: str
    activation: str
    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray

    @property
    def units(self):
        """H, the number of units."""
        return len(self.W_h)

    @property
    def weights(self):
        """The three arrays, as the functions of `course_lib.nn` take them."""
        return self.W_x, self.W_h, self.b

    def forward(self, x, h0, c0=None):
        """Return h (1, T, H) and the cache for x (T, D), beginning with the states h0 and c0, (H,)."""
        if self.kind == "SimpleRNN":
            return nn.simple_rnn_forward(x[None], *self.weights, h0=h0[None], activation=self.activation)
        states = {"h0": h0[None], "c0": c0[None]} if self.kind == "LSTM" else {"h0": h0[None]}
        return FORWARD[self.kind](x[None], *self.weights, **states)


class Walk(NamedTuple):
    """What a cell did: h and c (T + 1, H), gates (T, G, H), and the sums inside the activations (T, S, H).

    The sums: SimpleRNN z; LSTM those of i, f, g, o; GRU those of z, r, and the two parts of n: x W_xh + b_xh and
    h W_hh + b_hh. c is of shape (0, H) where there is no cell, gates where there are none.
    """

    h: np.ndarray
    c: np.ndarray
    gates: np.ndarray
    sums: np.ndarray


def make_cell(kind, activation, units, w_x, w_h, bias, keep_bias, seed):
    """Return a `Cell` for one feature whose weights follow from a few numbers, rounded to two decimals.

    The new value listens to x with w_x and to the state with w_h times a rotation (1 for one unit). In an
    LSTM and a GRU, keep_bias is the bias of the gate that keeps: f or z.
    """
    rng = np.random.default_rng(seed)
    signs = np.ones(units) if units == 1 else rng.uniform(0.5, 1, units) * np.where(rng.random(units) < 0.4, -1, 1)
    Q = np.ones((1, 1)) if units == 1 else nn.orthogonal((units, units), rng)
    Q[:, 0] *= np.sign(np.linalg.det(Q))  # a rotation, not a reflection
    gates = {"SimpleRNN": {}, "LSTM": LSTM_GATES, "GRU": GRU_GATES}[kind]
    W_x, W_h, b = [], [], []
    for name in {"SimpleRNN": "n", "LSTM": "ifno", "GRU": "zrn"}[kind]:
        from_x, from_1 = gates.get(name, (w_x, bias))
        W_x.append(from_x * (signs if name == "n" else np.ones(units)))
        W_h.append((w_h if name == "n" else GATE_STATE) * Q)
        b.append(np.full(units, keep_bias if from_1 is None else from_1))
    b = np.concatenate(b)
    if kind == "GRU":
        b = np.stack([b, np.zeros_like(b)])  # the biases of the products with the state
    return Cell(kind, activation, np.concatenate(W_x)[None].round(2), np.concatenate(W_h, axis=1).round(2), b.round(2))


def walk(cell, x):
    """Return the `Walk` of `cell` over x (T, D), from a state of 0."""
    H, zeros = cell.units, np.zeros(cell.units)
    h, cache = cell.forward(x, zeros, zeros)
    h = np.vstack([zeros, h[0]])
    inside = GATES[cell.kind](cache) if cell.kind in GATES else {}
    gates = np.stack([inside[name][0] for name in NAMES[cell.kind]], axis=1) if inside else np.zeros((len(x), 0, H))
    c = np.vstack([zeros, inside["c"][0]]) if "c" in inside else np.zeros((0, H))
    if cell.kind == "GRU":
        from_x, from_h = (a.reshape(len(x), 3, H) for a in (x @ cell.W_x + cell.b[0], h[:-1] @ cell.W_h + cell.b[1]))
        sums = np.concatenate([(from_x + from_h)[:, :2], from_x[:, 2:], from_h[:, 2:]], axis=1)
    else:
        sums = (x @ cell.W_x + h[:-1] @ cell.W_h + cell.b).reshape(len(x), BLOCKS[cell.kind], H)
    return Walk(h, c, gates, sums)


def walk_back(cell, x, seen, dh):
    """Return dL/dh_t and, for an LSTM, dL/dc_t after each step, (T, H) and (T or 0, H), from dh = dL/dh_T (H,).

    One call of `course_lib.nn`'s backward function a step: what it gives as dh0 (and dc0) is what arrives at the state
    before. At c_t the way through h_t is counted too: e_t = e_{t+1} f_{t+1} + dL/dh_t o_t (1 - tanh(c_t)^2).
    """
    T, H, lstm = len(x), cell.units, cell.kind == "LSTM"
    at_h, at_c = np.zeros((T, H)), np.zeros((T if lstm else 0, H))
    arrived, from_next = dh, np.zeros(H)
    for t in reversed(range(T)):
        at_h[t] = arrived
        before = (seen.h[t], seen.c[t]) if lstm else (seen.h[t],)
        _h, cache = cell.forward(x[t : t + 1], *before)
        if lstm:
            at_c[t] = from_next + arrived * seen.gates[t, 3] * (1 - np.tanh(seen.c[t + 1]) ** 2)
            *_others, dh0, dc0 = nn.lstm_backward(arrived[None], cache, dc=from_next[None])
            from_next = dc0[0]
        else:
            *_others, dh0 = BACKWARD[cell.kind](arrived[None], cache)
        arrived = dh0[0]
    return at_h, at_c
