"""Operations counted by hand and by trying, saliency of a network, bad input."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.complexity import count_flops, saliency, score_gradient, tensorflow_flops
from tests.notebooks.claims import claims


def ten_classes():
    return nn.Sequential([
        nn.Input((28, 28, 1)), nn.Conv2D(32, 3, activation="relu"), nn.MaxPooling2D(2),
        nn.Conv2D(64, 3, activation="relu"), nn.MaxPooling2D(2), nn.Flatten(), nn.Dense(64, activation="relu"),
        nn.Dropout(0.5), nn.Dense(10),
    ])  # fmt: skip


def test_the_network_of_ten_classes():
    model = ten_classes()
    assert count_flops(model) == [389_376, 0, 4_460_544, 0, 0, 204_800, 0, 1_280]
    assert sum(count_flops(model)) == 5_056_000


@pytest.mark.parametrize(
    ("layers", "flops"),
    [
        ([nn.Input((7,)), nn.Dense(3)], [42]),
        ([nn.Input((5, 7)), nn.Dense(3)], [5 * 42]),  # the same weights at every step
        ([nn.Input((9, 8, 2)), nn.Conv2D(4, (3, 2), strides=2, padding="same")], [2 * 3 * 2 * 2 * 4 * 5 * 4]),
        ([nn.Input((30, 24)), nn.SimpleRNN(64)], [2 * 30 * (24 * 64 + 64 * 64)]),
        ([nn.Input((30, 24)), nn.LSTM(8, return_sequences=True), nn.GRU(5)],
         [2 * 30 * 4 * (24 * 8 + 8 * 8), 2 * 30 * 3 * (8 * 5 + 5 * 5)]),
        ([nn.Embedding(450, 16), nn.GlobalAveragePooling1D(), nn.Dense(2)], [0, 0, 64]),
    ],
)  # fmt: skip
def test_each_kind_of_layer(layers, flops):
    model = nn.Sequential(layers)
    if not model.built:
        model.build((20,))
    assert count_flops(model) == flops


class Counted(np.ndarray):
    """An array that counts the multiplications of the products it takes part in."""

    products = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [np.asarray(one) for one in inputs]
        result = getattr(ufunc, method)(*plain, **options)
        if ufunc is np.multiply:
            Counted.products += result.size
        return result.view(Counted) if isinstance(result, np.ndarray) else result


def test_the_formula_counts_the_multiplications_of_the_loops():
    """The four loops of the convolution, each product really counted."""
    x, W = np.ones((1, 6, 5, 2)), np.ones((3, 2, 2, 4))
    Counted.products = 0
    for i in range(4):
        for j in range(4):
            for f in range(4):
                np.multiply(x[0, i : i + 3, j : j + 2].view(Counted), W[..., f])
    model = nn.Sequential([nn.Input((6, 5, 2)), nn.Conv2D(4, (3, 2))])
    assert count_flops(model) == [2 * Counted.products]


@claims("12", "The same products, to the last one")
@claims("12", "Our count equals TensorFlow's")
def test_the_products_are_those_of_tensorflow():
    """Its profiler counts biases, pooling and softmax on top: each of them accounted for, to the last one."""
    from course_lib import parity

    model = ten_classes()
    found = tensorflow_flops(parity.to_keras(model))
    assert found["Conv2D"] + found["MatMul"] == sum(count_flops(model))
    assert found["BiasAdd"] == 26 * 26 * 32 + 11 * 11 * 64 + 64 + 10
    assert found["MaxPool"] == 4 * (13 * 13 * 32 + 5 * 5 * 64)
    assert set(found) == {"Conv2D", "MatMul", "BiasAdd", "MaxPool"}


@pytest.mark.parametrize("activation", ["softmax", None])
def test_the_gradient_of_a_score_against_finite_differences(activation):
    layers = [nn.Input((6, 6, 2)), nn.Conv2D(3, 3, activation="tanh"), nn.Flatten(), nn.Dense(4, activation=activation)]
    model = nn.Sequential(layers, dtype="float64", rng=0)
    x, classes = np.random.default_rng(1).normal(size=(3, 6, 6, 2)), np.array([0, 3, 1])

    def scores(x):
        model(x)
        return model.layers[-1].logits[np.arange(3), classes].sum()

    found = score_gradient(model, x, classes)
    assert nn.relative_error(nn.numerical_gradient(scores, x), found) < 1e-6
    np.testing.assert_array_equal(score_gradient(model, x, 3)[1], found[1])  # one class for all
    assert not model.layers[0].needs_dx  # training is as fast as before


def test_saliency_by_hand():
    dx = np.array([[[[1.0, -4], [2, 0]]], [[[0, 0], [0, 0]]]])
    assert saliency(dx).tolist() == [[[1, 0.5]], [[0, 0]]]


def test_saliency_finds_the_only_pixel_that_counts():
    rng = np.random.default_rng(0)
    W = np.zeros((4, 4, 1, 1))
    W[2, 1] = -3.0
    x = rng.normal(size=(3, 4, 4, 1))
    y, cache = nn.conv2d_forward(x, W, np.zeros(1))
    dx, _dW, _db = nn.conv2d_backward(np.ones_like(y), cache)
    wanted = np.zeros((3, 4, 4))
    wanted[:, 2, 1] = 1
    np.testing.assert_array_equal(saliency(dx), wanted)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: count_flops(nn.Sequential([nn.Dense(3)])), "no weights yet"),
        (lambda: count_flops(nn.Sequential([nn.Input((None, 3)), nn.SimpleRNN(3)])), "open number of steps"),
        (lambda: score_gradient(nn.Sequential([nn.Input((2,)), nn.Dense(3)]), np.ones((1, 2)), 3), "classes holds [3]"),
        (lambda: score_gradient(nn.Sequential([nn.Input((2,)), nn.Dense(3)]), np.ones((1, 2)), 2.0), "whole numbers"),
        (lambda: score_gradient(nn.Sequential([nn.Input((2,)), nn.Dense(3)]), np.ones((1, 2)), [0, 1]), "shape (2,)"),
        (lambda: score_gradient(nn.Sequential([nn.Dense(3)]), np.ones((1, 2)), 0), "needs a model with weights"),
        (lambda: score_gradient(nn.Sequential([]), np.ones((1, 2)), 0), "needs a model with weights"),
        (lambda: saliency(np.ones((4, 4))), "dx has shape (4, 4)"),
        (lambda: saliency(np.full((1, 2, 2, 1), np.nan)), "dx holds 4 values"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert words in str(error.value)
