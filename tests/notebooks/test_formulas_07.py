"""Chapter 7: every displayed formula, executed against `course_lib.nn`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import nn
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)
N, T, D, H = 3, 6, 2, 4
X, W_XH, W_HH = rng.normal(size=(N, T, D)), rng.normal(size=(D, H)), 0.6 * rng.normal(size=(H, H))
B_H = rng.normal(size=H)
STATES, CACHE = nn.simple_rnn_forward(X, W_XH, W_HH, B_H)
DH = rng.normal(size=STATES.shape)


def close(a, b, tolerance=1e-12):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=1e-12)


@executes("07", r"h_t = f(x_t W_{xh} + h_{t-1} W_{hh} + b_h)")
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_the_state(activation):
    f = getattr(nn, activation)
    h = np.zeros((N, H))
    states, _cache = nn.simple_rnn_forward(X, W_XH, W_HH, B_H, activation=activation)
    for t in range(T):
        h = f(X[:, t] @ W_XH + h @ W_HH + B_H)
        close(states[:, t], h)


def test_the_states_on_paper():
    one = np.ones((1, 1))
    states, _cache = nn.simple_rnn_forward(np.array([[[1.0], [0.0], [0.0]]]), one, 0.5 * one, np.zeros(1))
    assert states.ravel().round(3).tolist() == [0.762, 0.363, 0.180]


@executes("07", r"y_t = f(h_t W_{hy} + b_y)")
def test_the_output_layer():
    layers = [nn.SimpleRNN(H, return_sequences=True), nn.Dense(2, activation="tanh")]
    model = nn.Sequential([nn.Input((None, D)), *layers], dtype="float64", rng=0)
    W_hy, b_y = layers[1].weights
    h, _cache = nn.simple_rnn_forward(X, *layers[0].weights)
    y = model.predict(X)
    for t in range(T):
        close(y[:, t], np.tanh(h[:, t] @ W_hy + b_y))


def arrived_and_through():
    """a_t and dL/dz_t of each step, by the two formulas."""
    a, dz, after = np.zeros_like(STATES), np.zeros_like(STATES), np.zeros((N, H))
    for t in reversed(range(T)):
        a[:, t] = DH[:, t] + after @ W_HH.T
        dz[:, t] = a[:, t] * (1 - STATES[:, t] ** 2)
        after = dz[:, t]
    return a, dz


@claims("07", "the state is used twice", "Where a value is used twice, gradients add up")
@executes(
    "07",
    r"a_t = \frac{\partial L}{\partial y_t} \frac{\partial y_t}{\partial h_t} + "
    r"\frac{\partial L}{\partial z_{t+1}} W_{hh}^T",
)
@executes("07", r"\frac{\partial L}{\partial z_t} = a_t \cdot f'(z_t)")
def test_what_arrives_at_a_state():
    a, dz = arrived_and_through()
    for t in range(1, T):  # what arrives at h_(t-1) of a network that begins there
        _h, cache = nn.simple_rnn_forward(X[:, t:], W_XH, W_HH, B_H, h0=STATES[:, t - 1])
        close(DH[:, t - 1] + nn.simple_rnn_backward(DH[:, t:], cache)[-1], a[:, t - 1])
    close(nn.simple_rnn_backward(DH, CACHE)[0], dz @ W_XH.T)


@executes(
    "07",
    r"\frac{\partial L}{\partial W_{xh}} = \sum_t x_t^T \frac{\partial L}{\partial z_t}, \quad "
    r"\frac{\partial L}{\partial W_{hh}} = \sum_t h_{t-1}^T \frac{\partial L}{\partial z_t}, \quad "
    r"\frac{\partial L}{\partial b_h} = \sum_{n,t} \frac{\partial L}{\partial z_t}",
)
def test_the_gradients_of_the_weights():
    dz = arrived_and_through()[1]
    before = np.concatenate([np.zeros((N, 1, H)), STATES[:, :-1]], axis=1)
    _dx, dW_xh, dW_hh, db_h, _dh0 = nn.simple_rnn_backward(DH, CACHE)
    close(dW_xh, sum(X[:, t].T @ dz[:, t] for t in range(T)))
    close(dW_hh, sum(before[:, t].T @ dz[:, t] for t in range(T)))
    close(db_h, sum(dz[n, t] for n in range(N) for t in range(T)))


@executes("07", r"\frac{\partial h_T}{\partial h_t} = w^{T-t}")
@pytest.mark.parametrize("w", [0.9, 1.0, 1.1])
def test_one_weight(w):
    one = np.ones((1, 1))
    _h, cache = nn.simple_rnn_forward(np.zeros((1, 50, 1)), one, w * one, np.zeros(1), h0=one, activation="linear")
    assert nn.simple_rnn_backward(one, cache)[-1].item() == pytest.approx(w**50, rel=1e-12)


@claims("07", "The slope of tanh is at most 1", "each step back loses at least three quarters")
@executes(
    "07",
    r"\left\| \frac{\partial L}{\partial h_t} \right\| \le \left( \sigma \cdot \max |f'| \right)^{T-t} "
    r"\left\| \frac{\partial L}{\partial h_T} \right\|",
)
@pytest.mark.parametrize(("activation", "slope"), [("tanh", 1), ("sigmoid", 0.25), ("relu", 1), ("linear", 1)])
def test_the_bound(activation, slope):
    closest = 0
    for seed in range(40):
        own = np.random.default_rng(seed)
        W_hh, x, last = own.normal(size=(H, H)), own.normal(size=(1, 8, D)), own.normal(size=(1, H))
        h, _cache = nn.simple_rnn_forward(x, W_XH, W_hh, B_H, activation=activation)
        sigma = np.linalg.norm(W_hh, 2)
        for t in range(7):
            _h, cache = nn.simple_rnn_forward(x[:, t + 1 :], W_XH, W_hh, B_H, h0=h[:, t], activation=activation)
            norm = np.linalg.norm(nn.simple_rnn_backward(last, cache)[-1])
            bound = (sigma * slope) ** (7 - t) * np.linalg.norm(last)
            assert norm <= bound * (1 + 1e-12)
            closest = max(closest, norm / bound)
    assert closest > 0.2  # it says something: now and then a gradient comes near


@claims("07", "Many texts write the bound with the", "The bound needs the largest singular value")
def test_the_spectral_radius_is_no_bound():
    W = np.array([[0.0, 2.0], [0.5, 0.0]])
    assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(1)
    _h, cache = nn.simple_rnn_forward(np.zeros((1, 1, 1)), np.zeros((1, 2)), W, np.zeros(2), activation="linear")
    lengths = [np.linalg.norm(nn.simple_rnn_backward(np.eye(2)[[k]], cache)[-1]) for k in range(2)]
    assert max(lengths) == 2 and np.linalg.norm(W, 2) == pytest.approx(2)


@claims("07", "longer than `clipnorm`, shorten it")
@executes("07", r"g \leftarrow g \cdot \frac{\text{clipnorm}}{\|g\|} \quad \text{if } \|g\| > \text{clipnorm}")
def test_clipping():
    gradients = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    for clipnorm in (0.5 * norm, 2 * norm):
        for g, clipped in zip(gradients, nn.clip_by_norm(gradients, clipnorm), strict=True):
            close(clipped, g * clipnorm / norm if norm > clipnorm else g)


W_X, W_H, B = rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)
LSTM_STATES, LSTM_CACHE = nn.lstm_forward(X, W_X, W_H, B)


@executes(
    "07",
    r"f_t = s(x_t W_{xf} + h_{t-1} W_{hf} + b_f), \quad i_t = s(x_t W_{xi} + h_{t-1} W_{hi} + b_i), \quad "
    r"o_t = s(x_t W_{xo} + h_{t-1} W_{ho} + b_o)",
)
@executes("07", r"g_t = \tanh(x_t W_{xc} + h_{t-1} W_{hc} + b_c)")
@executes("07", r"c_t = f_t \cdot c_{t-1} + i_t \cdot g_t, \qquad h_t = o_t \cdot \tanh(c_t)")
def test_the_lstm():
    inside = nn.lstm_gates(LSTM_CACHE)
    h, c = np.zeros((N, H)), np.zeros((N, H))
    for t in range(T):
        z = X[:, t] @ W_X + h @ W_H + B
        z_i, z_f, z_c, z_o = (z[:, k * H : (k + 1) * H] for k in range(4))  # Keras's order
        i, f, g, o = nn.sigmoid(z_i), nn.sigmoid(z_f), np.tanh(z_c), nn.sigmoid(z_o)
        c = f * c + i * g
        h = o * np.tanh(c)
        for name, value in (("i", i), ("f", f), ("g", g), ("o", o), ("c", c)):
            close(inside[name][:, t], value)
        close(LSTM_STATES[:, t], h)


@claims("07", "one step back multiplies by the forget gate and by nothing else")
@executes("07", r"\frac{\partial c_t}{\partial c_{t-1}} = f_t")
def test_the_straight_way():
    """One step: dL/dc_0 from dL/dc_1 alone is the forget gate, since the gates do not see c_0."""
    c0, dc = rng.normal(size=(1, H)), rng.normal(size=(1, H))
    _h, cache = nn.lstm_forward(X[:1, :1], W_X, W_H, B, c0=c0)
    close(nn.lstm_backward(np.zeros((1, H)), cache, dc=dc)[-1], dc * nn.lstm_gates(cache)["f"][:, 0])


@executes(
    "07",
    r"h_t = z_t \cdot h_{t-1} + (1 - z_t) \cdot n_t, \qquad "
    r"n_t = \tanh(x_t W_{xh} + b_{xh} + r_t \cdot (h_{t-1} W_{hh} + b_{hh}))",
)
def test_the_gru():
    W_x, W_h, b = rng.normal(size=(D, 3 * H)), rng.normal(size=(H, 3 * H)), rng.normal(size=(2, 3 * H))
    states, cache = nn.gru_forward(X, W_x, W_h, b)
    inside = nn.gru_gates(cache)
    h = np.zeros((N, H))
    for t in range(T):
        z, r = inside["z"][:, t], inside["r"][:, t]
        n = np.tanh(X[:, t] @ W_x[:, 2 * H :] + b[0, 2 * H :] + r * (h @ W_h[:, 2 * H :] + b[1, 2 * H :]))
        close(inside["n"][:, t], n)
        h = z * h + (1 - z) * n
        close(states[:, t], h)


@claims("07", "Half-life: a gate that stays")
def test_half_lives():
    half_life = lambda f: np.log(0.5) / np.log(f)  # noqa: E731
    assert half_life(0.9) == pytest.approx(6.6, abs=0.05) and half_life(0.99) == pytest.approx(69, abs=0.5)
