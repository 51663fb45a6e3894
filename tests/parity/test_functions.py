"""Every function and its gradient against TensorFlow, in float64 within 1e-12 and in float32 within 1e-5."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from course_lib import classical, nn, parity
from tests.nn.cases import LOSS_CASES, activation_pair, call_loss, loss_case, scattered, seeds, sizes
from tests.parity.backend import JAX

import keras  # isort: skip  after course_lib.parity, which sets TensorFlow up

few = settings(max_examples=12, deadline=None, derandomize=True)
KERAS_ACTIVATIONS = {name: getattr(keras.activations, name) for name in nn.ACTIVATIONS}
KERAS_LOSSES = {
    nn.mean_squared_error: "MeanSquaredError",
    nn.binary_crossentropy: "BinaryCrossentropy",
    nn.categorical_crossentropy: "CategoricalCrossentropy",
    nn.sparse_categorical_crossentropy: "SparseCategoricalCrossentropy",
}


def agree(*arguments, **options):
    comparison = parity.compare_functions(*arguments, **options)
    assert comparison.passed, f"\n{comparison}"
    return comparison


def check_activation(name, rng, shape, dtype):
    # Up to 2 from 0: further out 1 - y^2 loses its digits to round-off, on both sides alike.
    z, dy = rng.uniform(-2, 2, shape).astype(dtype), rng.standard_normal(shape).astype(dtype)
    for form in (np.asarray, scattered):  # one piece of memory, and one with gaps and in another order
        agree(*activation_pair(name), KERAS_ACTIVATIONS[name], {"z": form(z)}, dy=form(dy))


def check_dense(rng, n, d, m, dtype):
    shapes = {"x": (n, d), "W": (d, m), "b": (m,)}
    inputs = {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}
    dy = rng.standard_normal((n, m)).astype(dtype)
    for form in (np.asarray, scattered):
        given = {name: form(a) for name, a in inputs.items()}
        agree(nn.dense_forward, nn.dense_backward, lambda x, W, b: keras.ops.matmul(x, W) + b, given, dy=form(dy))


def check_loss(loss, logits, kind, rng, n, dtype, weighted):
    y_true, y_pred = loss_case(kind, logits, rng, n)
    y_true = y_true.astype(dtype) if y_true.ndim == 2 else y_true
    ours = {"sample_weight": rng.uniform(0.5, 2, n).astype(dtype)} if weighted else {}
    options = {} if logits is None else {"from_logits": logits}
    theirs = getattr(keras.losses, KERAS_LOSSES[loss])(dtype=dtype, **options)
    for form in (np.asarray, scattered):
        agree(
            lambda p, form=form: call_loss(loss, form(y_true), p, logits, **ours),
            lambda dy, gradient: dy * gradient,
            lambda p: theirs(y_true, p, **ours),
            {"y_pred": form(y_pred.astype(dtype))},
            rng=0,
        )


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
@few
@given(n=sizes, m=sizes, seed=seeds)
def test_activations(name, n, m, seed):
    if name == "softmax" and m == 1:
        return  # always 1, with slope 0: nothing but round-off to compare
    check_activation(name, np.random.default_rng(seed), (n, m), "float64")


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_activations_in_float32(name):
    check_activation(name, np.random.default_rng(0), (8, 5), "float32")


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "softmax"])
def test_activations_at_extreme_values(name):
    agree(*activation_pair(name), KERAS_ACTIVATIONS[name], {"z": np.array([[-1e3, -30.0, 0.0, 30.0, 1e3]])})


@few
@given(n=sizes, d=sizes, m=sizes, seed=seeds)
def test_dense(n, d, m, seed):
    check_dense(np.random.default_rng(seed), n, d, m, "float64")


def test_dense_in_float32():
    check_dense(np.random.default_rng(0), 32, 20, 10, "float32")


@pytest.mark.parametrize(("name", "loss", "logits", "kind"), LOSS_CASES)
@few
@given(n=sizes, seed=seeds, weighted=st.booleans())
def test_losses(name, loss, logits, kind, n, seed, weighted):
    check_loss(loss, logits, kind, np.random.default_rng(seed), n, "float64", weighted)


@few
@given(n=sizes, seed=seeds)
def test_the_hinge_loss(n, seed):
    """Keras's Hinge and its gradient, with labels -1 and +1, as a linear SVM is trained."""
    rng = np.random.default_rng(seed)
    scores, y = 2 * rng.standard_normal(n), rng.choice([-1.0, 1.0], n)
    agree(
        lambda s: classical.hinge_loss(s, y),
        lambda dy, gradient: dy * gradient,
        lambda s: keras.ops.mean(keras.losses.hinge(y[:, None], s[:, None])),
        {"scores": scores},
    )


@pytest.mark.parametrize(("name", "loss", "logits", "kind"), LOSS_CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_losses_in_float32(name, loss, logits, kind, weighted):
    check_loss(loss, logits, kind, np.random.default_rng(0), 8, "float32", weighted)


@pytest.mark.parametrize(("name", "loss", "logits", "kind"), [case for case in LOSS_CASES if case[2] is False])
def test_losses_beyond_the_clip(name, loss, logits, kind):
    """Probabilities of exactly 0 and 1, right and wrong: the loss stops at 16.118 and the gradient is 0."""
    y_true = {"binary": np.array([[0.0, 1.0, 0.0]] * 4), "onehot": np.eye(3)[[1, 1, 1, 1]], "number": np.ones(4, int)}[
        kind
    ]
    y_pred = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.3, 0.6, 0.1], [1e-9, 1 - 1e-9, 0.0]])
    if JAX and kind == "number":
        pytest.skip("about Keras on TensorFlow: on JAX it divides by the sum first and then clips")
    theirs = getattr(keras.losses, KERAS_LOSSES[loss])(dtype="float64")
    agree(
        lambda p: call_loss(loss, y_true, p, logits),
        lambda dy, gradient: dy * gradient,
        lambda p: theirs(y_true, p),
        {"y_pred": y_pred},
    )


def test_dropout_divides_by_the_kept_share_as_keras_does():
    x = np.full((300, 300), 3.0)
    ours, _mask = nn.dropout_forward(x, 0.25, 0)
    theirs = np.asarray(
        keras.ops.convert_to_numpy(keras.layers.Dropout(0.25, seed=0, dtype="float64")(x, training=True))
    )
    np.testing.assert_allclose(np.unique(ours), np.unique(theirs), rtol=1e-12)


# ---------------------------------------------------------------- the comparison itself
def test_a_wrong_value_and_a_wrong_gradient_are_reported():
    z = {"z": np.random.default_rng(0).standard_normal((3, 4))}
    forward, backward = activation_pair("tanh")
    wrong_gradient = parity.compare_functions(forward, lambda dy, y: dy * (1 - y), keras.ops.tanh, z)
    assert wrong_gradient["output"].passed and not wrong_gradient["gradient of z"].passed and not wrong_gradient.passed
    wrong_value = parity.compare_functions(lambda z: (np.tanh(z) * (1 + 1e-11),) * 2, backward, keras.ops.tanh, z)
    assert not wrong_value["output"].passed
    nan = parity.compare_functions(lambda z: (np.tanh(z) * np.nan,) * 2, None, keras.ops.tanh, z)
    assert not nan.passed and len(nan.rows) == 1


def test_the_table_reads_well_as_text_and_as_html():
    forward, backward = activation_pair("tanh")
    good = parity.compare_functions(forward, backward, keras.ops.tanh, {"z": np.ones((3, 4))})
    text, html = str(good), good._repr_html_()
    assert str(parity.device()) in text and "float64: all rows agree" in text and "3 × 4" in text
    assert html.startswith("<table><caption>NumPy and Keras") and html.count("<tr>") == 3 and '<th scope="row">' in html
    bad = parity.compare_functions(forward, lambda dy, y: -dy, keras.ops.tanh, {"<z>": np.ones(2)})
    assert "some rows DIFFER" in str(bad) and "DIFFERS" in str(bad)
    assert "&lt;z&gt;" in bad._repr_html_() and "<z>" not in bad._repr_html_()
    with pytest.raises(KeyError, match="No row 'z'"):
        good["z"]


def test_a_difference_is_measured_against_the_largest_element():
    row = parity.compare_arrays("a", [1.0, 1e-14], [1.0, 2e-14], 1e-12)
    assert row.passed and row.absolute == 1e-14
    assert not parity.compare_arrays("a", [1.0], [1.0 + 1e-11], 1e-12).passed
    assert not parity.compare_arrays("a", np.ones((2, 1)), np.ones(2), 1e-12).passed
    assert parity.compare_arrays("a", np.zeros(3), np.zeros(3), 1e-12).relative == 0
