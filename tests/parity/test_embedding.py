"""Embedding, masked mean, attention and text models against Keras: outputs, all gradients, 500 steps of training."""

import functools

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from course_lib import nn, parity
from tests.nn.cases import scattered, seeds
from tests.nn.test_embedding import MIDDLES, attention_case, classifier, text_mask, texts
from tests.parity.backend import JAX, about_tensorflow, at_once, exact

import keras  # isort: skip  after course_lib.parity, which sets TensorFlow up

few = settings(max_examples=8, deadline=None, derandomize=True)
small = st.integers(1, 5)
dtypes = pytest.mark.parametrize("dtype", ["float64", "float32"])


def agrees(comparison, rows):
    assert comparison.passed, f"\n{comparison}"
    assert len(comparison.rows) == rows


# ---------------------------------------------------------------- functions
def check_embedding(rng, N, T, V, E, dtype="float64", layout=lambda a: a):
    tokens, W = rng.integers(0, V, (N, T)), layout(rng.standard_normal((V, E)).astype(dtype))
    agrees(
        parity.compare_functions(
            functools.partial(nn.embedding_forward, tokens),
            nn.embedding_backward,
            lambda W: keras.ops.take(W, tokens, axis=0),
            {"W": W},
            rng=rng,
        ),
        2,
    )


@few
@given(N=small, T=small, V=small, E=small, seed=seeds)
def test_the_rows_of_an_embedding_and_its_gradient(N, T, V, E, seed):
    check_embedding(np.random.default_rng(seed), N, T, V, E)


@dtypes
def test_many_texts(dtype):
    check_embedding(np.random.default_rng(0), 64, 40, 500, 32, dtype)
    check_embedding(np.random.default_rng(1), 3, 4, 5, 6, dtype, scattered)


@few
@given(N=small, T=small, E=small, seed=seeds, masked=st.booleans(), dtype=st.sampled_from(["float64", "float32"]))
def test_the_mean_over_the_real_steps(N, T, E, seed, masked, dtype):
    rng = np.random.default_rng(seed)
    mask = text_mask(rng, N, T) if masked else None
    agrees(
        parity.compare_functions(
            functools.partial(nn.masked_mean_forward, mask=mask),
            nn.masked_mean_backward,
            lambda x: keras.layers.GlobalAveragePooling1D(dtype=dtype).call(x, mask=mask),
            {"x": rng.standard_normal((N, T, E)).astype(dtype)},
            rng=rng,
        ),
        2,
    )


def scaled_dot_product(q, k, v, mask=None):
    """Keras's function has an axis for heads behind the steps, and here there is one head.

    By itself it computes 1 / sqrt(d) in float32, which costs half of the digits: so it is given here.
    """
    scale = np.asarray(1 / np.sqrt(q.shape[-1]), q.dtype.name)
    q, k, v = (keras.ops.expand_dims(a, 2) for a in (q, k, v))
    mask = None if mask is None else mask[:, None]
    return keras.ops.squeeze(keras.ops.dot_product_attention(q, k, v, mask=mask, scale=scale), 2)


def within_reach(reference, d, D, dtype):
    """Return (D, dtype), or what is left of them where Keras asks JAX for the whole attention.

    JAX takes the softmax in float32, whatever comes in, and only values that are as wide as the keys.
    """
    return (D, dtype) if reference is attention_layer or not JAX else (d, "float32")


def attention_layer(q, k, v, mask=None):
    """Keras's layer does not divide by sqrt(d), so the queries are divided before."""
    layer = keras.layers.Attention(use_scale=False, dtype=str(q.dtype.name))
    layer.build([q.shape, v.shape, k.shape])
    return layer.call([q / q.shape[-1] ** 0.5, v, k], mask=None if mask is None else [None, mask[:, 0]])


def one_head(q, k, v, mask=None):
    """MultiHeadAttention with one head whose kernels are identities: nothing is left but the attention.

    Its 1 / sqrt(d) passes through float32 too, so it is compared where that is exact: d = 1 or 4.
    """
    d, D = q.shape[-1], v.shape[-1]
    layer = keras.layers.MultiHeadAttention(1, d, D, use_bias=False, dtype=str(q.dtype.name))
    eyes = [np.eye(d)[:, None], np.eye(d)[:, None], np.eye(D)[:, None], np.eye(D, q.shape[-1])[None]]
    with at_once():
        layer.build(q.shape, v.shape, k.shape)
        layer.set_weights([eye.reshape(w.shape) for eye, w in zip(eyes, layer.get_weights(), strict=True)])
    return layer(q, v, k, attention_mask=mask)


@pytest.mark.parametrize("reference", [scaled_dot_product, attention_layer, one_head])
@few
@given(
    N=small, Tq=small, Tk=small, d=small, D=small, seed=seeds, masked=st.booleans(),
    dtype=st.sampled_from(["float64", "float32"]),
)  # fmt: skip
def test_attention_and_all_its_gradients(reference, N, Tq, Tk, d, D, seed, masked, dtype):
    rng = np.random.default_rng(seed)
    if reference is one_head:
        d = D = 1 if d == 1 else 4  # the last kernel leads back to the size of q
    D, dtype = within_reach(reference, d, D, dtype)
    mask = np.repeat(text_mask(rng, N, Tk)[:, None], Tq, axis=1) if masked else None
    assume(Tk > 1 if mask is None else mask.sum(axis=-1).max() > 1)  # a choice of one: see the next test
    agrees(
        parity.compare_functions(
            functools.partial(nn.attention_forward, mask=mask),
            nn.attention_backward,
            functools.partial(reference, mask=mask),
            attention_case(rng, N, Tq, Tk, d, D, dtype),
            rng=rng,
        ),
        4,
    )


@dtypes
def test_attention_over_one_place_has_nothing_to_choose(dtype):
    """The weight is 1 whatever q and k are, so their gradients are 0: both sides show round-off, which has no scale."""
    q, k, v = attention_case(np.random.default_rng(0), 3, 4, 1, 5, 2, dtype).values()
    y, cache = nn.attention_forward(q, k, v)
    dq, dk, dv = nn.attention_backward(np.ones_like(y), cache)
    assert max(np.abs(dq).max(), np.abs(dk).max()) < 8 * np.finfo(dtype).eps
    np.testing.assert_allclose(dv, 4, rtol=8 * np.finfo(dtype).eps)


@dtypes
@pytest.mark.parametrize("reference", [scaled_dot_product, attention_layer])
def test_attention_over_a_long_text(reference, dtype):
    D, dtype = within_reach(reference, 32, 16, dtype)
    agrees(
        parity.compare_functions(
            nn.attention_forward,
            nn.attention_backward,
            reference,
            attention_case(np.random.default_rng(0), 4, 50, 60, 32, D, dtype),
        ),
        4,
    )


def test_a_forgotten_sqrt_d_is_seen():
    """The comparison can fail: without the division the answers differ."""
    D, dtype = within_reach(scaled_dot_product, 5, 2, "float64")
    inputs = attention_case(np.random.default_rng(0), d=5, D=D, dtype=dtype)
    without = nn.attention_forward(inputs["q"] * 5**0.5, inputs["k"], inputs["v"])[0]
    comparison = parity.compare_functions(lambda *arrays: (without, None), None, scaled_dot_product, inputs)
    assert not comparison.passed


# ---------------------------------------------------------------- whole models
def batch(N=20):
    """A quarter of the labels is 1. With half of them the bias has hardly a gradient, and round-off looks large."""
    rng = np.random.default_rng(0)
    return texts(rng, N), (rng.random((N, 1)) < 0.25).astype(float)


@dtypes
@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize("middle", MIDDLES)
def test_compare_models(middle, mask_zero, dtype):
    model = classifier(*MIDDLES[middle](), mask_zero=mask_zero, dtype=dtype)
    comparison = parity.compare(model, None, *batch(), steps=2)
    assert comparison.passed, f"\n{comparison}"
    assert "gradient of embedding.embeddings" in [row.name for row in comparison.rows]


def test_an_output_for_each_token():
    model = nn.Sequential(
        [
            nn.Input((6,)),
            nn.Embedding(9, 4, mask_zero=True),
            nn.GRU(5, return_sequences=True),
            nn.Dense(3, "softmax"),
        ],
        dtype="float64",
        rng=0,
    )
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    tokens, labels = texts(np.random.default_rng(0), 20), np.random.default_rng(1).integers(0, 3, (20, 6))
    comparison = parity.compare(model, None, tokens, labels, steps=2)
    assert comparison.passed, f"\n{comparison}"
    theirs = parity.to_keras(model).evaluate(tokens, labels, verbose=0)
    np.testing.assert_allclose(model.evaluate(tokens, labels), theirs, rtol=1e-6)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_weights_go_both_ways_and_options_are_kept(mask_zero):
    ours = classifier(nn.GlobalAveragePooling1D(), mask_zero=mask_zero)
    theirs = parity.to_keras(ours)
    other = classifier(nn.GlobalAveragePooling1D(), mask_zero=mask_zero)
    other.set_weights(theirs.get_weights())
    for a, b in zip(ours.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [layer.name for layer in theirs.layers] == [layer.name for layer in ours.layers]
    config = theirs.layers[0].get_config()
    assert config["mask_zero"] is mask_zero and config["embeddings_initializer"]["class_name"] == "RandomUniform"
    assert theirs.inputs[0].dtype == "int32"
    tokens, _y = batch()
    np.testing.assert_allclose(ours.predict(tokens), theirs.predict(tokens, verbose=0), rtol=0, atol=1e-12)


def test_starting_weights_are_drawn_as_in_keras():
    ours, theirs = nn.Embedding(900, 8), keras.layers.Embedding(900, 8)
    ours.build((5,), rng=0)
    theirs.build((None, 5))
    for W in (ours.embeddings, theirs.get_weights()[0]):
        assert W.shape == (900, 8) and 0.0495 < np.abs(W).max() <= 0.05
        np.testing.assert_allclose(W.std(), 0.05 / 3**0.5, rtol=0.05)


@pytest.mark.parametrize("mask_zero, middle", [(False, "GlobalAveragePooling1D"), (True, "GlobalAveragePooling1D"),
                                               (True, "GRU"), (True, "LSTM"), (True, "SimpleRNN")])  # fmt: skip
def test_500_steps_of_training_are_keras_steps(mask_zero, middle):
    """Same weights, same batches: at step 1 and every 50th, all weights are within 1e-10 of Keras's largest.

    Keras's Adam moves the rows of all tokens in each step, also of those that are not in the batch, as ours does.
    """
    model = classifier(*MIDDLES[middle](), mask_zero=mask_zero, optimizer=exact(nn.Adam()))
    tokens, y = batch()
    losses = []
    with keras.device(parity.device().name):
        twin = parity.to_keras(model)
        for step in range(1, 501):
            part = slice(5 * (step % 4), 5 * (step % 4) + 5)
            losses.append(model.train_on_batch(tokens[part], y[part])[0])
            twin.train_on_batch(tokens[part], y[part])
            if step == 1 or step % 50 == 0:
                for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
                    row = parity.compare_arrays("weight", a, b, 1e-10)
                    assert row.passed, f"step {step}: {row.relative}"
    assert np.mean(losses[-4:]) < 0.98 * np.mean(losses[:4])  # something was learned


@pytest.mark.parametrize("optimizer", [nn.SGD(0.1, momentum=0.875), nn.RMSprop(), nn.Adam(global_clipnorm=0.01)])
def test_fit_counts_as_keras_fit(optimizer):
    """The history of losses and metrics, validation included, in batches of unequal size, for each optimizer."""
    model = classifier(nn.GlobalAveragePooling1D(), optimizer=exact(optimizer))
    twin = parity.to_keras(model)
    tokens, y = batch()
    options = dict(epochs=3, batch_size=8, shuffle=False, verbose=0, validation_data=(tokens[:7], y[:7]))
    ours, theirs = model.fit(tokens, y, **options).history, twin.fit(tokens, y, **options).history
    assert set(ours) == set(theirs)
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6, err_msg=name)
    for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)


@about_tensorflow("elsewhere the gradient of an embedding is one array")
@pytest.mark.parametrize("kind, differs", [("SGD", False), ("RMSprop", True), ("Adam", True)])
def test_keras_squares_the_parts_of_an_embeddings_gradient(kind, differs):
    """The reason for `adding_up`: left alone, Keras on TensorFlow has v = sum of g_i^2 where a token is repeated.

    When this fails, Keras has learned to add first, and `adding_up` can go.
    """
    import tensorflow as tf

    rows = {}
    for own in (False, True):
        variable = keras.layers.Embedding(3, 1, "ones", dtype="float64")
        variable.build((None, 3))
        optimizer = getattr(keras.optimizers, kind)(0.1)
        optimizer = optimizer if own else type(keras_twin(kind)).from_config(optimizer.get_config())
        gradient = tf.IndexedSlices(tf.constant([[3.0], [4.0], [1.0]], tf.float64), tf.constant([0, 0, 1]), (3, 1))
        optimizer.apply([gradient], variable.trainable_variables)
        rows[own] = variable.get_weights()[0][:, 0]
    np.testing.assert_allclose(rows[True][1:], rows[False][1:], rtol=1e-12)  # token 1 stands there once
    assert (abs(rows[True][0] - rows[False][0]) > 1e-3) == differs
    if kind == "Adam":  # the first step of Adam is the rate times g / |g|
        np.testing.assert_allclose(rows[False][0], 1 - 0.1, atol=1e-6)
        np.testing.assert_allclose(rows[True][0], 1 - 0.1 * 7 / 5, atol=1e-6)


def keras_twin(kind):
    """The optimizer that a twin made by `to_keras` has."""
    return parity.to_keras(classifier(nn.GlobalAveragePooling1D(), optimizer=kind.lower())).optimizer
