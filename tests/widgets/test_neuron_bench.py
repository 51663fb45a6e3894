"""The neuron bench: its numbers are those of course_lib.nn, or of the learner's own dense_forward."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import NeuronBench
from course_lib.widgets.neuron_bench import ACTIVATIONS, SIDE
from course_lib.widgets.points import LIMIT, checked_points, grid


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_map_is_the_output_of_a_dense_layer(activation):
    bench = NeuronBench(w1=-1.3, w2=0.7, b=0.4, activation=activation)
    layer = nn.Dense(1, activation=activation, input_shape=(2,))
    model = nn.Sequential([layer])
    model.set_weights([np.array([[-1.3], [0.7]]), np.array([0.4])])
    expected = model.predict(grid(SIDE), verbose=0)[:, 0]
    np.testing.assert_allclose(bench.map().ravel(), expected, rtol=1e-6, atol=1e-6)


def test_the_grid_runs_from_the_lower_left_corner():
    points = grid(3)
    assert points[0].tolist() == [-LIMIT, -LIMIT] and points[1].tolist() == [0, -LIMIT]
    assert points[-1].tolist() == [LIMIT, LIMIT]


def test_accuracy_counts_the_points_on_their_side():
    x, y = np.array([[1.0, 0], [2, 0], [-1, 0], [-2, 0]]), np.array([1, 1, 0, 1])
    bench = NeuronBench(x, y, w1=1, w2=0, b=0)
    assert bench.accuracy == 0.75
    bench.w1 = -1
    assert bench.accuracy == 0.25


def test_the_goal_needs_small_weights_too():
    bench = NeuronBench(w1=1.5, w2=1.5, b=0)
    share = bench.accuracy
    bench.w1 = bench.w2 = 3.0
    assert bench.accuracy == share and not bench.goal_reached


def test_the_goal_can_be_reached():
    assert any(NeuronBench(w1=1.5, w2=1.5, b=b).goal_reached for b in (0.0, 0.1, 0.2))
    assert not NeuronBench().goal_reached, "not before anything was tried"


def test_the_learners_function_computes_the_map():
    def twice(x, W, b):
        return 2 * (x @ W + b)

    own, ours = NeuronBench(use=twice, activation="linear", b=0.3), NeuronBench(activation="linear", b=0.3)
    np.testing.assert_allclose(own.map(), 2 * ours.map())
    sent = np.frombuffer(own.own_map, "f4").reshape(SIDE, SIDE)
    np.testing.assert_allclose(sent, own.map(), rtol=1e-6)
    own.w1 = -2.0
    assert not np.array_equal(sent, np.frombuffer(own.own_map, "f4").reshape(SIDE, SIDE))
    assert NeuronBench().own_map == b""


def test_a_function_that_returns_the_cache_too_is_welcome():
    bench = NeuronBench(use=nn.dense_forward)
    assert bench.error == "" and np.allclose(bench.map(), NeuronBench().map())


@pytest.mark.parametrize(
    "wrong", [lambda x, W, b: x @ W.T + b, lambda x, W, b: None, lambda x, W, b: 1 / 0, lambda x: x]
)
def test_a_wrong_function_gets_a_sentence(wrong):
    bench = NeuronBench(use=wrong)
    assert "Your function" in bench.error and bench.own_map == b""
    bench.w1 = 2.0  # and moving on does not raise
    assert bench.error


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (np.zeros((4, 3)), np.zeros(4), "two sensors"),
        (np.zeros((4, 2)), np.zeros(3), "4 labels"),
        (np.zeros((4, 2)), np.array([0, 1, 2, 0]), "each 0 or 1"),
        (np.full((4, 2), np.nan), np.zeros(4), "NaN"),
    ],
)
def test_points_that_do_not_fit_are_explained(x, y, words):
    with pytest.raises(ValueError, match=words):
        NeuronBench(x, y)


def test_the_simulated_bearing_is_standardised():
    x, y, names = checked_points(None, None)
    np.testing.assert_allclose([x.mean(0), x.std(0)], [[0, 0], [1, 1]], atol=1e-12)
    assert set(y) == {0, 1} and len(names) == 2
