"""The unrolled network: its numbers against the formulas and finite differences, own layers, own code, its words."""

import itertools

import numpy as np
import pytest
import traitlets as T

from course_lib import nn
from course_lib.exercises.chapter7 import rnn_forward
from course_lib.widgets import UnrolledNetwork
from course_lib.widgets.unrolled_network import LARGEST, LEAST, SHOCK

KINDS = ["SimpleRNN", "LSTM", "GRU"]
LOOPS = {"SimpleRNN": nn.simple_rnn_loops, "LSTM": nn.lstm_loops, "GRU": nn.gru_loops}
X = [0.8, -0.3, 0.5, 1.2, -0.7, 0.1, 0.4, -1.0, 0.6]
BOTH = pytest.mark.parametrize(("kind", "units"), list(itertools.product(KINDS, (1, 3))))


def wavy(kind, units, **more):
    return UnrolledNetwork(
        cell=kind, units=units, sequence=X, w_x=0.9, w_h=-1.1, bias=0.3, keep_bias=0.8, seed=4, target=-0.6, **more
    )


@BOTH
def test_states_gates_and_sums_are_those_of_the_formula(kind, units):
    widget = wavy(kind, units)
    cell, x = widget.network(), np.reshape(X, (1, -1, 1))
    h = LOOPS[kind](x, *cell.weights)[0]
    got = np.frombuffer(widget.states).reshape(-1, units)
    np.testing.assert_allclose(got, np.vstack([np.zeros(units), h]), atol=1e-14)
    sums = np.frombuffer(widget.sums).reshape(len(X), -1, units)
    for t in range(1, len(X) + 1):
        np.testing.assert_array_equal(widget.state(t), got[t])
        gates = widget.gate_values(t)
        if kind == "SimpleRNN":
            assert gates == {}
            np.testing.assert_allclose(np.tanh(sums[t - 1, 0]), got[t])
        elif kind == "LSTM":
            i, f, g, o, c = (gates[name] for name in "ifgoc")
            for gate, value in zip((i, f, o), nn.sigmoid(sums[t - 1, [0, 1, 3]]), strict=True):
                np.testing.assert_allclose(gate, value)
            np.testing.assert_allclose(g, np.tanh(sums[t - 1, 2]))
            before = widget.gate_values(t - 1)["c"] if t > 1 else 0
            np.testing.assert_allclose(c, f * before + i * g)
            np.testing.assert_allclose(widget.state(t), o * np.tanh(c))
        else:
            z, r, n = (gates[name] for name in "zrn")
            np.testing.assert_allclose(np.stack([z, r]), nn.sigmoid(sums[t - 1, :2]))
            np.testing.assert_allclose(n, np.tanh(sums[t - 1, 2] + r * sums[t - 1, 3]))
            np.testing.assert_allclose(widget.state(t), z * got[t - 1] + (1 - z) * n)


@BOTH
def test_gradients_are_those_of_finite_differences(kind, units):
    """The state after step t is changed a little, and the rest of the sequence is run again."""
    widget = wavy(kind, units)
    cell, x, W_hy = widget.network(), np.reshape(X, (1, -1, 1)), np.array(widget.weights["W_hy"])

    def loss(t, h, c):
        states = {"h0": h[None], "c0": c[None]} if kind == "LSTM" else {"h0": h[None]}
        last = LOOPS[kind](x[:, t:], *cell.weights, **states)[0, -1] if t < len(X) else h
        return (last @ W_hy - widget.target) ** 2

    step = 1e-6
    for t in range(1, len(X) + 1):
        h, gates = widget.state(t), widget.gate_values(t)
        c = gates.get("c", np.zeros(units))
        for k, one in enumerate(step * np.eye(units)):
            slope = (loss(t, h + one, c) - loss(t, h - one, c)) / (2 * step)
            assert widget.gradient(t)[k] == pytest.approx(slope, abs=1e-8, rel=1e-6)
            if kind == "LSTM":  # h answers to c too: h = o tanh(c)
                up, down = (loss(t, gates["o"] * np.tanh(at), at) for at in (c + one, c - one))
                assert widget.gradient(t, of="c")[k] == pytest.approx((up - down) / (2 * step), abs=1e-8, rel=1e-6)
    at_h = np.linalg.norm([widget.gradient(t) for t in range(1, len(X) + 1)], axis=1)
    lanes = np.frombuffer(widget.sizes).reshape(-1, len(X))
    np.testing.assert_allclose(lanes[0], at_h)
    assert widget.ratio == pytest.approx(lanes[-1, 0] / lanes[-1, -1])


def test_a_change_of_an_input_moves_only_what_comes_after_it():
    widget = wavy("GRU", 2)
    before = np.frombuffer(widget.states).reshape(-1, 2)
    widget.sequence = X[:5] + [1.7] + X[6:]
    after = np.frombuffer(widget.states).reshape(-1, 2)
    np.testing.assert_array_equal(before[:6], after[:6])
    assert (before[6:] != after[6:]).all()


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_activations_of_the_simple_network(activation):
    widget = UnrolledNetwork(activation=activation, w_h=0.9, bias=0.2)
    h = nn.simple_rnn_loops(np.reshape(SHOCK, (1, -1, 1)), [[1.0]], [[0.9]], [0.2], activation=activation)[0]
    np.testing.assert_allclose(np.frombuffer(widget.states)[1:, None], h, atol=1e-14)
    slopes, at_h = np.frombuffer(widget.slopes), np.frombuffer(widget.at_h)
    np.testing.assert_allclose(at_h[:-1], at_h[1:] * slopes[1:] * 0.9)  # the formula in the readout
    widget.cell = "LSTM"
    lstm = widget.states
    widget.activation = "relu" if activation != "relu" else "tanh"
    assert widget.states == lstm, "an LSTM keeps its own activations"


def test_several_units_share_one_recurrent_weight():
    """W_hh is the recurrent weight times a rotation: it never lengthens a state by more than that."""
    for seed in range(5):
        W = UnrolledNetwork(units=3, w_h=1.5, seed=seed).network().W_h
        np.testing.assert_allclose(np.linalg.svd(W, compute_uv=False), 1.5, atol=0.02)
    assert (UnrolledNetwork(units=3, seed=1).network().W_h != UnrolledNetwork(units=3, seed=2).network().W_h).any()


# ---------------------------------------------------------------- your own
@pytest.mark.parametrize("kind", KINDS)
def test_your_own_layer_and_sequence(kind):
    rng = np.random.default_rng(0)
    layer = getattr(nn, kind)(6)
    x = rng.normal(size=(1, 15, 3))
    h = layer(x)
    layer.bias[...] = rng.normal(size=layer.bias.shape)
    h = layer(x)
    widget = UnrolledNetwork(layer=layer, x=x[0], feature=1, sensor="pressure [bar]", step=15, w_h=2.0)
    np.testing.assert_allclose(widget.state(), h[0], atol=1e-12)
    assert widget.network().kind == kind and widget.kind["units"] == 6 and widget.sensor == "pressure [bar]"
    assert widget.presets == {} and {"cell", "w_h", "sequence"} <= set(widget.hide)
    layer.kernel[...] = 0  # training goes on: the widget keeps what it was given
    np.testing.assert_allclose(widget.state(), h[0], atol=1e-12)
    changed = x.copy()
    changed[0, 7, 1] = 5.0
    column = changed[0, :, 1].tolist()
    widget.sequence = column
    np.testing.assert_array_equal(widget.x, changed[0])
    assert "…" in widget.describe() and widget.picture()


def test_the_learners_layer_of_one_feature():
    layer = nn.SimpleRNN(2, activation="relu")
    x = np.linspace(0, 1, 9)
    h = layer(x[None, :, None])
    for given in (x, x[:, None], x[None, :, None], list(x)):
        widget = UnrolledNetwork(layer=layer, x=given, step=9)
        np.testing.assert_allclose(widget.state(), h[0], atol=1e-12)
    assert "sequence" not in widget.hide  # 8 to 12 steps: the slider works
    assert UnrolledNetwork(layer=layer).sequence == SHOCK


def test_your_own_function_makes_the_states():
    widget = UnrolledNetwork(use=rnn_forward, units=2)
    assert widget.own_differs == 0 and widget.error == ""
    widget = UnrolledNetwork(use=lambda x, W_xh, W_hh, b_h: rnn_forward(x, W_xh, W_hh.T, b_h), units=2)
    assert 0 < widget.own_differs <= 20
    wrong = rnn_forward(np.reshape(SHOCK, (1, -1, 1)), widget.network().W_x, widget.network().W_h.T, widget.network().b)
    np.testing.assert_allclose(widget.state(5), wrong[0, 4])
    with_cache = UnrolledNetwork(use=nn.simple_rnn_forward)
    assert with_cache.own_differs == 0
    for change in ({"cell": "LSTM"}, {"activation": "relu"}):
        with_cache.reset()
        for name, value in change.items():
            setattr(with_cache, name, value)
        assert with_cache.own_differs == -1 and with_cache.error == ""


def test_your_function_may_change_what_it_gets():
    def spoils(x, W_xh, W_hh, b_h):
        h = rnn_forward(x, W_xh, W_hh, b_h)
        for array in (x, W_xh, W_hh, b_h):
            array[...] = 99
        return h

    widget = UnrolledNetwork(use=spoils)
    assert widget.own_differs == 0 and widget.weights["W_h"] == [[0.7]]


# ---------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"layer": nn.Dense(2)}, TypeError, "nn.SimpleRNN, nn.LSTM and nn.GRU is needed.*model.layers"),
        ({"layer": nn.LSTM(2)}, ValueError, "no weights yet.*layer\\(x\\)"),
        ({"x": np.zeros((4, 3))}, ValueError, r"\(4, 3\).*D = 1"),
        ({"x": np.zeros(50)}, ValueError, r"\(50,\).*2 to 30 steps.*x\[-12:\]"),
        ({"x": [0.1, np.nan, 0.2]}, ValueError, "x does not fit: .*no finite number"),
        ({"x": [0.1, 2e4]}, ValueError, "x does not fit: .*Scale them first"),
        ({"feature": 1}, ValueError, "feature is 1.*0 to 0"),
        ({"feature": True}, ValueError, "feature is True"),
        ({"sequence": [1.0]}, T.TraitError, "sequence: the sequence is 1, but a row of 2 to 30"),
        ({"sequence": [[1.0, 2.0]]}, T.TraitError, "1 x 2, but a row"),
        ({"sequence": 3.0}, T.TraitError, "one number, but a row"),
        ({"cell": "RNN"}, T.TraitError, "cell"),
        ({"use": 3}, TypeError, "use is 3"),
    ],
)
def test_what_does_not_fit_is_told(arguments, kind, words):
    with pytest.raises(kind, match=words):
        UnrolledNetwork(**arguments)


def test_a_diverged_layer_is_told():
    layer = nn.SimpleRNN(2)
    layer(np.zeros((1, 4, 1)))
    layer.recurrent_kernel[0, 0] = np.nan
    with pytest.raises(ValueError, match="training has diverged"):
        UnrolledNetwork(layer=layer)


def test_a_wrong_function_is_told():
    widget = UnrolledNetwork(use=lambda x, W_xh, W_hh, b_h: rnn_forward(x, W_xh, W_hh, b_h)[:, -1])
    assert "(1, 1)" in widget.error and "(1, 10, 1)" in widget.error and widget.own_differs == -1
    assert "NaN" in UnrolledNetwork(use=lambda x, W_xh, W_hh, b_h: np.full((1, 10, 1), np.nan)).error


# ---------------------------------------------------------------- presets, goal, words
def test_the_presets_show_what_they_say():
    widget = UnrolledNetwork()
    fates = {}
    for label in widget.presets:
        widget.preset(label)
        fates[label] = widget.output["fate"]
        assert (widget.output["fate"] == "kept") == widget.goal_reached
    assert fates == {
        "forgets": "vanishing", "explodes": "exploding", "saturates": "vanishing", "LSTM keeps": "kept",
        "LSTM forgets": "vanishing", "GRU keeps": "kept", "three units": "kept",
    }  # fmt: skip
    widget.preset("explodes")
    assert widget.ratio == pytest.approx(1.6**9)
    widget.preset("saturates")
    states = np.frombuffer(widget.states)[1:]
    assert (np.abs(states) > 0.85).all() and (np.frombuffer(widget.slopes) * widget.w_h < 0.5).all()
    widget.preset("LSTM keeps")
    lanes = np.frombuffer(widget.sizes).reshape(2, -1)
    assert lanes[1, 0] / lanes[1, -1] > LEAST > lanes[0, 0] / lanes[0, -1], "the cell keeps it, the state does not"
    widget.preset("LSTM forgets")
    assert widget.gate_values(5)["f"] == pytest.approx(0.27, abs=0.05)
    widget.preset("GRU keeps")
    assert widget.gate_values(1)["z"] < 0.3 and widget.gate_values(5)["z"] > 0.97


def test_goal():
    widget = UnrolledNetwork()
    assert not widget.goal_reached and widget.ratio < LEAST
    widget.w_h = 1.0
    assert not widget.goal_reached, "the large input bends tanh too far"
    widget.w_x = 0.5
    assert widget.goal_reached and LEAST <= widget.ratio <= LARGEST
    widget.sequence = SHOCK[:7]
    assert not widget.goal_reached, "over few steps it is no art"
    widget.reset()
    assert widget.sequence == SHOCK and not widget.goal_reached


def test_where_no_gradient_leaves_the_end():
    widget = UnrolledNetwork(activation="relu", w_x=-1.0, bias=-2.0)  # all units are dead, y = 0
    widget.target = 0.0
    assert widget.output["fate"] == "none" and not widget.goal_reached
    assert "No gradient leaves the end" in widget.describe() and widget.picture()


def test_words():
    widget = UnrolledNetwork(step=4)
    words = widget.describe()
    assert words.startswith("SimpleRNN with 1 unit(s), unrolled over 10 steps: the same weights at every step. Step 4:")
    assert f"h = {widget.state()[0]:.2f}" in words and f"{widget.ratio:.2g} times that of step 10: vanishing." in words
    widget.cell = "LSTM"
    assert f"f = {widget.gate_values()['f'][0]:.2f}" in widget.describe() and "At the cell c" in widget.describe()
    widget.step = 30  # beyond the sequence: its last step
    assert widget.place == 10 and "Step 10" in widget.describe()
