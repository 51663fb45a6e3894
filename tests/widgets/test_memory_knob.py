"""The memory knob: its curves against the formula and finite differences, the bound, and that the radius is none."""

import numpy as np
import pytest
import traitlets as T

from course_lib import nn
from course_lib.exercises.chapter7 import gradient_bound
from course_lib.widgets import MemoryKnob
from course_lib.widgets.memory_curves import MAX_SLOPE, direction, recurrent_matrix, remember, spectral_radius
from course_lib.widgets.memory_knob import GOAL_STEPS, LARGEST_RHO, limits

KINDS = ["random", "orthogonal", "chain", "two units"]
EXAMPLE = [[0.0, 2.0], [0.5, 0.0]]  # spectral radius 1, largest singular value 2


def settings(seed=0, many=60):
    rng = np.random.default_rng(seed)
    for _turn in range(many):
        yield {
            "rho": float(rng.uniform(0.1, 1.6)), "activation": str(rng.choice(list(MAX_SLOPE))),
            "matrix": str(rng.choice(KINDS)), "units": int(rng.integers(16, 33)), "steps": int(rng.integers(10, 101)),
            "impulse": float(10 ** rng.uniform(-2, 1)), "seed": int(rng.integers(1000)),
        }  # fmt: skip


# ---------------------------------------------------------------- matrices
@pytest.mark.parametrize("kind", KINDS)
def test_every_matrix_has_the_radius_that_the_knob_says(kind):
    for seed, rho in enumerate((0.1, 0.6, 1.0, 1.6)):
        W = recurrent_matrix(kind, 20, rho, seed)
        assert W.shape == ((2, 2) if kind == "two units" else (20, 20))
        radius = rho if kind == "chain" else spectral_radius(W)  # a chain's equal eigenvalues stand on its diagonal
        assert radius == pytest.approx(rho)
    if kind == "chain":
        np.testing.assert_array_equal(np.diag(W), 1.6)
        assert (np.tril(W, -1) == 0).all() and (np.diag(W, 1) == 1.6).all() and (np.triu(W, 2) == 0).all()
    if kind == "orthogonal":
        np.testing.assert_allclose(W.T @ W, 1.6**2 * np.eye(20), atol=1e-12)
    if kind == "two units":
        np.testing.assert_allclose(W, 1.6 * np.array(EXAMPLE))


def test_the_knob_only_scales():
    one, two = MemoryKnob(rho=0.5), MemoryKnob(rho=1.5)
    np.testing.assert_allclose(3 * one.W_hh, two.W_hh)
    assert two.sigma == pytest.approx(3 * one.sigma) == np.linalg.norm(two.W_hh, 2)
    assert (MemoryKnob(seed=1).W_hh != MemoryKnob(seed=2).W_hh).all()


# ---------------------------------------------------------------- curves
@pytest.mark.parametrize("activation", list(MAX_SLOPE))
def test_the_state_is_the_formula_of_the_chapter(activation):
    W = recurrent_matrix("random", 16, 1.1, 3)
    memory = remember(W, activation, 12, 0.7, 3)
    f = getattr(nn, activation)
    with_it, without = 0.7 * direction(16, 3, "impulse"), np.zeros(16)
    for t in range(13):
        assert memory.response[t] == pytest.approx(np.linalg.norm(with_it - without) / 0.7)
        with_it, without = f(with_it @ W), f(without @ W)


@pytest.mark.parametrize("activation", list(MAX_SLOPE))
def test_the_gradient_is_that_of_finite_differences(activation):
    """L = u h_T: change the state at t a little, run on, and compare; for all directions together, too."""
    W, T, seed, step = recurrent_matrix("random", 16, 1.1, 3), 7, 3, 1e-6
    memory, f, u = remember(W, activation, T, 0.7, seed), getattr(nn, activation), direction(16, seed, "gradient")
    h = 0.7 * direction(16, seed, "impulse")
    for t in range(T + 1):
        ends = []
        for one in step * np.eye(16):
            up, down = h + one, h - one
            for _step in range(T - t):
                up, down = f(up @ W), f(down @ W)
            ends.append((up - down) / (2 * step))
        jacobian = np.array(ends).T  # dh_T/dh_t, one row for each unit of h_T
        assert memory.gradient[t] == pytest.approx(np.linalg.norm(u @ jacobian), rel=1e-5, abs=1e-9)
        assert memory.most[t] == pytest.approx(np.linalg.norm(jacobian, 2), rel=1e-5, abs=1e-9)
        h = f(h @ W)


def test_the_gradient_is_dh0_of_the_whole_sequence():
    W, seed = recurrent_matrix("random", 20, 1.2, 1), 1
    memory = remember(W, "tanh", 30, 1.0, seed)
    x, W_xh, b_h = np.zeros((1, 30, 1)), np.zeros((1, 20)), np.zeros(20)
    h0, u = direction(20, seed, "impulse")[None], direction(20, seed, "gradient")[None]
    _h, cache = nn.simple_rnn_forward(x, W_xh, W, b_h, h0=h0)
    _dx, _dW_xh, dW_hh, db_h, dh0 = nn.simple_rnn_backward(u, cache)
    assert memory.gradient[0] == pytest.approx(np.linalg.norm(dh0))
    np.testing.assert_allclose(memory.weights[0], dW_hh)
    np.testing.assert_allclose(memory.weights[1], db_h)


def test_the_bound_holds_always():
    for state in settings():
        widget = MemoryKnob(**state)
        bound = widget.curve("bound")
        slack = 1 + 1e-9
        assert (widget.curve("most") <= bound[::-1] * slack + 1e-300).all(), state
        assert (widget.curve("gradient") <= widget.curve("most") * slack + 1e-300).all(), state
        floor = 1e-14 / state["impulse"]  # the state is a difference of two: rounding is left
        assert (widget.curve("state") <= bound * slack + floor).all(), state
        expected = gradient_bound(widget.W_hh, MAX_SLOPE[state["activation"]], state["steps"])
        assert bound[-1] == pytest.approx(expected)


def test_with_the_spectral_radius_the_bound_would_be_false():
    for state in (
        {"matrix": "two units", "activation": "linear", "rho": 0.9, "steps": 10},
        {"matrix": "chain", "activation": "linear", "rho": 0.6, "steps": 100, "units": 16},
        {"matrix": "random", "activation": "linear", "rho": 0.9},
    ):
        widget = MemoryKnob(**state)
        assert (widget.curve("most") > 1.5 * widget.curve("typical")[::-1]).any()
        assert widget.result["above"] and "The spectral radius is no bound" in widget.describe()
    kept = MemoryKnob(matrix="orthogonal", activation="linear", rho=1.0)
    np.testing.assert_allclose(kept.curve("most"), kept.curve("typical"))
    assert not kept.result["above"] and "no bound" not in kept.describe()


# ---------------------------------------------------------------- clipping
def test_clipping_scales_the_whole_gradient():
    widget = MemoryKnob(rho=1.2, activation="linear", clip=True, clipnorm=2.0)
    assert widget.result["length"] > 100
    assert widget.result["length"] * widget.result["factor"] == pytest.approx(2.0)
    before = widget.curve("gradient")
    widget.clipnorm = 0.5
    assert widget.result["length"] * widget.result["factor"] == pytest.approx(0.5)
    np.testing.assert_array_equal(widget.curve("gradient"), before)
    short = MemoryKnob(rho=0.3, clip=True, clipnorm=100.0)
    assert short.result["factor"] == pytest.approx(1.0) and "Clipping multiplies the whole gradient by 1." in (
        short.describe()
    )


# ---------------------------------------------------------------- your own matrix
def test_your_own_matrix_begins_where_it_is():
    rng = np.random.default_rng(5)
    W = rng.normal(size=(12, 12)) * 0.3
    widget = MemoryKnob(W_hh=W)
    assert widget.matrix == "own" and widget.rho == pytest.approx(spectral_radius(W))
    np.testing.assert_allclose(widget.W_hh, W)
    widget.rho = 0.5
    np.testing.assert_allclose(widget.W_hh, W * 0.5 / spectral_radius(W))
    widget.preset("kept")
    assert widget.matrix == "orthogonal"
    widget.reset()
    np.testing.assert_allclose(widget.W_hh, W)
    assert ["own", "your own"] in widget.kinds and all(k[0] != "own" for k in MemoryKnob().kinds)
    layer = nn.SimpleRNN(8)
    layer(np.zeros((1, 3, 2)))
    assert MemoryKnob(W_hh=layer.recurrent_kernel).result["units"] == 8
    large = MemoryKnob(W_hh=4 * np.eye(3))  # beyond the knob: as far as it goes
    assert large.rho == LARGEST_RHO
    np.testing.assert_allclose(large.W_hh, 1.6 * np.eye(3))


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"W_hh": np.zeros((3, 4))}, ValueError, r"\(3, 4\), but a square.*Of an LSTM or a GRU take one block"),
        ({"W_hh": np.zeros(3)}, ValueError, r"\(3,\), but a square matrix of 2 to 64"),
        ({"W_hh": np.eye(80)}, ValueError, r"\(80, 80\)"),
        ({"W_hh": [["a", "b"], ["c", "d"]]}, ValueError, "no number"),
        ({"W_hh": [[1.0, np.nan], [0.0, 1.0]]}, ValueError, "training has diverged"),
        ({"W_hh": [[0.0, 1.0], [0.0, 0.0]]}, ValueError, "spectral radius 0.*after 2 steps"),
        ({"matrix": "own"}, ValueError, r"no matrix was given.*MemoryKnob\(W_hh="),
        ({"activation": "softmax"}, T.TraitError, "activation"),
    ],
)
def test_what_does_not_fit_is_told(arguments, kind, words):
    with pytest.raises(kind, match=words):
        MemoryKnob(**arguments)


def test_own_cannot_be_chosen_without_a_matrix():
    widget = MemoryKnob()
    with pytest.raises(T.TraitError, match="no matrix of your own"):
        widget.matrix = "own"


# ---------------------------------------------------------------- presets, goal, words
def test_the_presets_show_what_they_say():
    widget, fates = MemoryKnob(), {}
    for label in widget.presets:
        widget.preset(label)
        fates[label] = widget.result["state"], widget.result["gradient"]
    assert fates == {
        "fades": ("vanishing",) * 2, "explodes": ("exploding",) * 2, "kept": ("kept",) * 2,
        "sigmoid": ("vanishing",) * 2, "small ρ, and yet it grows": ("vanishing",) * 2, "two units": ("kept",) * 2,
        "clipped": ("exploding",) * 2,
    }  # fmt: skip
    widget.preset("fades")
    assert 1 / widget.curve("typical")[-1] == pytest.approx(70_000, rel=0.01)
    widget.preset("explodes")
    assert widget.curve("typical")[-1] == pytest.approx(9_100, rel=0.01)
    widget.preset("kept")
    np.testing.assert_allclose(widget.curve("gradient"), 1)
    np.testing.assert_allclose(widget.curve("state"), 1)
    widget.activation, widget.impulse = "tanh", 5.0  # what its sentence says to try
    assert widget.curve("gradient")[0] < 0.5
    widget.preset("sigmoid")
    most = widget.curve("most")
    assert (most[:-1] <= 0.25 * most[1:]).all() and 1e-7 < most[-11] < 1e-6
    widget.preset("small ρ, and yet it grows")
    assert 90 < widget.curve("most").max() < 110 and widget.sigma == pytest.approx(1.19, abs=0.005)
    assert widget.curve("most").argmax() == pytest.approx(widget.at, abs=2)
    widget.preset("two units")
    assert widget.sigma == pytest.approx(1.8) and widget.curve("most").max() == pytest.approx(1.8)
    assert widget.curve("most")[-3] == pytest.approx(0.81)
    widget.preset("clipped")
    assert widget.result["factor"] < 1e-3


def test_goal():
    widget = MemoryKnob()
    assert not widget.goal_reached
    widget.rho = 1.0
    assert widget.goal_reached
    widget.steps = GOAL_STEPS - 1
    assert not widget.goal_reached
    widget.steps, widget.activation = 60, "linear"
    assert not widget.goal_reached
    widget.activation, widget.impulse, widget.rho = "tanh", 10.0, 1.4  # the states are too large for tanh
    assert not widget.goal_reached
    widget.reset()
    widget.rho, widget.impulse = 1.1, 0.01  # too much on the way, or at its end
    assert widget.curve("gradient").max() > 10 and not widget.goal_reached


def test_words():
    widget = MemoryKnob(at=70)
    assert widget.place == 50
    words = widget.describe()
    assert words.startswith("random W_hh, 24 units, spectral radius 0.90, largest singular value ")
    assert f"At the end {widget.curve('state')[-1]:.2g} times the impulse is left: vanishing." in words
    assert "At t = 50: state" in words and words.count("gradient 1.") == 1


def test_limits_of_the_axes():
    assert limits([np.ones(5)], np.ones(5)) == pytest.approx((1e-2, 10))
    assert limits([np.array([1, 1e-4])], np.ones(5)) == pytest.approx((1e-4, 10))
    assert limits([np.array([1, 97.0])], np.array([1, 1e-22])) == pytest.approx((1e-4, 1e3))  # followed a little
    assert limits([np.array([0.0, 1e30])], np.ones(5)) == pytest.approx((1e-12, 1e12))
    for state in settings(1, 30):
        low, high = limits([MemoryKnob(**state).curve("gradient")], np.array([1.0]))
        assert low < high and low <= 1e-2 and high >= 10
