"""Convolution and pooling against TensorFlow over a grid and drawn configurations; the ten-class network as a whole."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from course_lib import nn, parity
from tests.nn.cases import scattered, seeds
from tests.nn.test_images import POOLINGS, convolution, reference_network, small_cnn
from tests.parity.backend import JAX, exact

import keras  # isort: skip  after course_lib.parity, which sets TensorFlow up
from tests.notebooks.claims import claims

some = settings(max_examples=40, deadline=None, derandomize=True)
KERAS_POOLINGS = {"max": keras.ops.max_pool, "average": keras.ops.average_pool}
sizes, channels, batches = st.integers(5, 12), st.integers(1, 8), st.integers(1, 8)
kernels, strides, paddings = st.integers(1, 5), st.integers(1, 3), st.sampled_from(["valid", "same"])


def check_convolution(rng, n, h, w, c, f, kernel_size, strides, padding, dtype="float64", form=np.asarray):
    inputs = {name: form(a.astype(dtype)) for name, a in convolution(rng, n, h, w, c, f, *kernel_size).items()}
    comparison = parity.compare_functions(
        lambda x, W, b: nn.conv2d_forward(x, W, b, strides, padding),
        nn.conv2d_backward,
        lambda x, W, b: keras.ops.conv(x, W, strides, padding) + b,
        inputs,
        rng=rng,
    )
    assert comparison.passed, f"\n{comparison}"
    return comparison


def check_pooling(kind, rng, shape, pool_size, strides, padding, dtype="float64", form=np.asarray):
    """On values that are often equal, so that the first of the largest must be the same one on both sides."""
    forward, backward = POOLINGS[kind]
    comparison = parity.compare_functions(
        lambda x: forward(x, pool_size, strides, padding),
        backward,
        lambda x: KERAS_POOLINGS[kind](x, pool_size, strides, padding),
        {"x": form(rng.integers(-2, 3, shape).astype(dtype))},
        rng=rng,
    )
    assert comparison.passed, f"\n{comparison}"


@claims("05", "Our functions and Keras's, with the same numbers")
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("size", [6, 7])
def test_convolution_and_pooling_over_a_grid(kernel, stride, padding, size):
    rng = np.random.default_rng(kernel)
    comparison = check_convolution(rng, 2, size, size, 3, 4, (kernel, kernel), stride, padding)
    assert [row.name for row in comparison.rows][1:] == ["gradient of x", "gradient of W", "gradient of b"]
    for kind in POOLINGS:
        check_pooling(kind, rng, (2, size, size, 3), (kernel, kernel), stride, padding)


@some
@given(batches, sizes, sizes, channels, channels, kernels, kernels, strides, paddings, seeds)
def test_drawn_convolutions(n, h, w, c, f, kh, kw, stride, padding, seed):
    for form in (np.asarray, scattered):
        check_convolution(np.random.default_rng(seed), n, h, w, c, f, (kh, kw), stride, padding, form=form)


@pytest.mark.parametrize("kind", POOLINGS)
@some
@given(n=batches, h=sizes, w=sizes, c=channels, kh=kernels, kw=kernels, stride=strides, padding=paddings, seed=seeds)
def test_drawn_poolings(kind, n, h, w, c, kh, kw, stride, padding, seed):
    for form in (np.asarray, scattered):
        check_pooling(kind, np.random.default_rng(seed), (n, h, w, c), (kh, kw), stride, padding, form=form)


def test_both_in_float32():
    rng = np.random.default_rng(0)
    check_convolution(rng, 8, 28, 28, 1, 32, (3, 3), 1, "valid", "float32")
    check_convolution(rng, 8, 13, 13, 32, 16, (3, 3), 1, "same", "float32")
    for kind in POOLINGS:
        check_pooling(kind, rng, (8, 26, 26, 8), (2, 2), 2, "valid", "float32")


def test_different_strides_for_the_two_axes():
    """TensorFlow has no gradient for them on the CPU, so the outputs are compared; the gradients are in tests/nn."""
    inputs = convolution(np.random.default_rng(0), 2, 9, 8, 3, 4, 3, 2)
    for padding in ("valid", "same"):
        ours, _cache = nn.conv2d_forward(**inputs, strides=(2, 1), padding=padding)
        theirs = keras.ops.conv(inputs["x"], inputs["W"], (2, 1), padding) + inputs["b"]
        assert parity.compare_arrays("y", ours, keras.ops.convert_to_numpy(theirs), 1e-12).passed


def test_global_average_pooling():
    comparison = parity.compare_functions(
        nn.global_average_pool2d_forward,
        nn.global_average_pool2d_backward,
        lambda x: keras.ops.mean(x, axis=(1, 2)),
        {"x": np.random.default_rng(0).standard_normal((3, 5, 4, 2))},
    )
    assert comparison.passed, f"\n{comparison}"


LAYERS = [
    [nn.Conv2D(3, 3, padding="same", activation="relu"), nn.MaxPooling2D(3, strides=2, padding="same")],
    [nn.Conv2D(3, (2, 3), strides=2, activation="sigmoid"), nn.AveragePooling2D((1, 2))],
    [nn.Conv2D(4, 1, activation="tanh"), nn.AveragePooling2D(2, padding="same"), nn.GlobalAveragePooling2D()],
    [nn.AveragePooling2D(3), nn.Dropout(0.3), nn.Conv2D(2, 2)],
    [nn.MaxPooling2D((3, 1)), nn.Conv2D(4, 2, kernel_initializer="he_normal"), nn.Activation("relu")],
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [1, 40])
@pytest.mark.parametrize("case", range(len(LAYERS)))
def test_models_of_these_layers(case, n, dtype):
    layers = [type(layer)(**layer.get_config()) for layer in LAYERS[case]]
    flatten = [] if isinstance(layers[-1], nn.GlobalAveragePooling2D) else [nn.Flatten()]
    model = nn.Sequential([nn.Input((11, 9, 2)), *layers, *flatten, nn.Dense(3, "softmax")], dtype=dtype, rng=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    comparison = parity.compare(model, None, rng.standard_normal((n, 11, 9, 2)), rng.integers(0, 3, n), steps=3)
    assert comparison.passed, f"\n{comparison}"


def test_a_wrong_gradient_is_seen():
    model = small_cnn()
    right = model.layers[2].backward
    model.layers[2].backward = lambda dy: right(dy) * (1 + 1e-9)
    rng = np.random.default_rng(0)
    comparison = parity.compare(model, None, rng.random((4, 9, 9, 1)), [0, 1, 2, 0])
    wrong = [row.name for row in comparison.rows if not row.passed]
    assert wrong == ["gradient of conv2d.kernel", "gradient of conv2d.bias"]


# ---------------------------------------------------------------- the ten-class network
def keras_network(dtype):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1), dtype=dtype),
            layers.Conv2D(32, (3, 3), activation="relu", dtype=dtype),
            layers.MaxPooling2D((2, 2), dtype=dtype),
            layers.Conv2D(64, (3, 3), activation="relu", dtype=dtype),
            layers.MaxPooling2D((2, 2), dtype=dtype),
            layers.Flatten(dtype=dtype),
            layers.Dense(64, activation="relu", dtype=dtype),
            layers.Dense(10, activation="softmax", dtype=dtype),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(dtype=dtype)  # by its name, its gradient would be cut to float32
    model.compile(exact(keras.optimizers.Adam()), loss, metrics=["accuracy"], jit_compile=JAX)
    return model


@claims("06", "Loss by loss, both engines agree", "and the losses agree step by step")
@pytest.mark.parametrize(("dtype", "steps", "tolerance"), [("float64", 50, 1e-10), ("float32", 20, 1e-4)])
def test_the_ten_class_network_trains_alike(dtype, steps, tolerance):
    """From the same weights and batches: the loss of every step agrees, and in float64 the weights at the end."""
    rng = np.random.default_rng(0)
    x = rng.random((32 * 5, 28, 28, 1), dtype="float32").astype(dtype)
    y = rng.integers(0, 10, len(x))
    ours = reference_network(dtype)
    ours.compile(exact(nn.Adam()), "sparse_categorical_crossentropy", ["accuracy"])
    with keras.device(parity.device().name):
        theirs = keras_network(dtype)
        theirs.set_weights(ours.get_weights())
        losses = []
        for step in range(steps):
            part = slice(32 * (step % 5), 32 * (step % 5) + 32)
            before = float(theirs.loss(y[part], theirs(x[part])))  # train_on_batch's own figure is cut to float32
            theirs.train_on_batch(x[part], y[part])
            losses.append((ours.train_on_batch(x[part], y[part])[0], before))
    for our_loss, their_loss in losses:
        assert abs(our_loss - their_loss) <= tolerance * their_loss
    assert losses[-1][0] != losses[0][0]
    if dtype == "float64":  # in float32, Adam lets a weight whose gradient is round-off go its own way
        for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            assert parity.compare_arrays("weight", a, b, 1e-12).passed


def test_weights_go_both_ways_and_the_summaries_agree(capsys):
    ours, theirs = reference_network(), keras_network("float32")
    ours.set_weights(theirs.get_weights())
    theirs.set_weights(ours.get_weights())
    assert ours.count_params() == theirs.count_params() == 121_930
    ours.summary()
    text = capsys.readouterr().out
    for layer in theirs.layers:
        assert str((None, *layer.output.shape[1:])) in text and f" {layer.count_params():,}" in text
