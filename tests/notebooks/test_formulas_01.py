"""Chapter 1: every displayed formula, executed against `course_lib.nn`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import NeuronBench, StraightOrBent
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)
x, w, b = rng.normal(size=2), rng.normal(size=2), 0.3
X, W, bias = rng.normal(size=(5, 2)), rng.normal(size=(2, 3)), rng.normal(size=3)
W1, b1, W2, b2 = W, bias, rng.normal(size=(3, 1)), rng.normal(size=1)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@executes("01", r"z = w_1 x_1 + w_2 x_2 + b, \qquad y = f(z)")
def test_one_neuron_is_a_layer_of_one():
    z = w[0] * x[0] + w[1] * x[1] + b
    layer, _ = nn.dense_forward(x[None], w[:, None], np.array([b]))
    close(layer, [[z]])
    close(nn.sigmoid(layer), [[1 / (1 + np.exp(-z))]])


@executes("01", r"\text{sigmoid}(z) = \frac{1}{1 + e^{-z}}")
def test_sigmoid():
    z = np.linspace(-8, 8, 33)
    close(nn.sigmoid(z), 1 / (1 + np.exp(-z)))


@executes("01", r"y = f(x W + b)")
def test_one_example_through_a_layer():
    by_hand = [sum(x[i] * W[i, j] for i in range(2)) + bias[j] for j in range(3)]
    close(nn.dense_forward(x[None], W, bias)[0][0], by_hand)


@claims("01", "one matrix is the other one turned over")
@executes("01", r"\left( W x \right)^\top = x^\top W^\top")
def test_the_two_orders_are_one_network():
    textbook = W.T  # one row for each neuron
    close((textbook @ x[:, None]).T, x[None] @ textbook.T)


@claims("01", "only depends on row $n$ of $x$")
@executes("01", r"Y_{nj} = f\Big( \sum_{i} X_{ni} W_{ij} + b_j \Big)")
def test_a_batch_row_by_row():
    Y = nn.tanh(nn.dense_forward(X, W, bias)[0])
    for n in range(5):
        for j in range(3):
            close(Y[n, j], np.tanh(sum(X[n, i] * W[i, j] for i in range(2)) + bias[j]))


@claims("01", "Ten straight layers are one straight layer")
@executes("01", r"(x W_1 + b_1) W_2 + b_2 = x \, (W_1 W_2) + (b_1 W_2 + b_2)")
def test_two_straight_layers_are_one():
    two = nn.dense_forward(nn.dense_forward(X, W1, b1)[0], W2, b2)[0]
    close(two, nn.dense_forward(X, W1 @ W2, b1 @ W2 + b2)[0])


@executes("01", r"\text{ReLU}(z) = \max(0, z)")
def test_relu():
    z = rng.normal(size=40)
    close(nn.relu(z), [max(0.0, v) for v in z])


@claims("01", "the output of one layer is the input of the next")
@executes("01", r"h = \text{ReLU}(x W_1 + b_1), \qquad y = \text{sigmoid}(h W_2 + b_2)")
def test_two_layers_are_a_sequential_model():
    model = nn.Sequential(dtype="float64")
    model.add(nn.Dense(3, activation="relu", input_shape=(2,)))
    model.add(nn.Dense(1, activation="sigmoid"))
    model.set_weights([W1, b1, W2, b2])
    close(model.predict(X), nn.sigmoid(nn.relu(X @ W1 + b1) @ W2 + b2))


# ---------------------------------------------------------------- claims of the text
def test_the_guess_about_the_first_neuron():
    z = 2 * 0.5 + 1 * (-1) + 0.5
    assert z == 0.5 and nn.sigmoid(np.array([z]))[0] > 0.5


@claims("01", "the weights *turn* the line, the bias *shifts* it")
def test_weights_turn_the_line_bias_shifts_it_and_scale_makes_it_surer():
    def direction(bench):
        return np.arctan2(bench.w2, bench.w1)

    start = NeuronBench(w1=1.0, w2=0.5, b=0.0)
    assert direction(NeuronBench(w1=1.0, w2=0.5, b=-2.0)) == direction(start)
    assert direction(NeuronBench(w1=1.0, w2=2.0)) != direction(start)
    surer = NeuronBench(w1=4.0, w2=2.0, b=0.0)
    assert ((start.map() > 0.5) == (surer.map() > 0.5)).all()  # the same line
    assert np.abs(surer.map() - 0.5).mean() > np.abs(start.map() - 0.5).mean()


@claims("01", "65 % are right with any number of neurons")
@pytest.mark.parametrize("units", [1, 3, 8])
def test_a_linear_network_stays_at_65_percent_of_the_ring(units):
    assert StraightOrBent(shape="ring", units=units, activation="linear").accuracy == pytest.approx(0.65, abs=0.005)


@claims("01", "Four of them close the ring, and more than 90 % are right")
def test_four_relu_units_close_the_ring():
    for seed in range(1, 6):
        assert StraightOrBent(shape="ring", units=4, activation="relu", seed=seed).accuracy > 0.9


def test_a_dead_sensor_that_sends_nan_makes_every_output_nan():
    assert np.isnan(nn.sigmoid(np.array([[np.nan, 0.3]]) @ W + bias)).all()
