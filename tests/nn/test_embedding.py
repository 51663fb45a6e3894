"""Embedding, masked mean and attention: values, slopes, repeated tokens, masks through a model, purity, bad input."""

import copy
import functools
import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st

from course_lib import nn
from tests.nn.cases import quick, scattered, seeds

small = st.integers(1, 5)


def text_mask(rng, N, T):
    """Any pattern with at least one real step in each row."""
    mask = rng.random((N, T)) < 0.6
    mask[np.arange(N), rng.integers(0, T, N)] = True
    return mask


def attention_case(rng, N=2, Tq=3, Tk=4, d=5, D=2, dtype="float64", layout=lambda a: a):
    shapes = {"q": (N, Tq, d), "k": (N, Tk, d), "v": (N, Tk, D)}
    return {name: layout(rng.standard_normal(shape).astype(dtype)) for name, shape in shapes.items()}


# ---------------------------------------------------------------- embedding
@quick
@given(N=small, T=small, V=small, E=small, seed=seeds)
def test_an_embedding_is_a_one_hot_product(N, T, V, E, seed):
    rng = np.random.default_rng(seed)
    tokens, W = rng.integers(0, V, (N, T)), rng.standard_normal((V, E))
    y, _cache = nn.embedding_forward(tokens, W)
    assert y.shape == (N, T, E)
    np.testing.assert_array_equal(y, np.eye(V)[tokens] @ W)


@quick
@given(N=small, T=small, V=small, E=small, seed=seeds)
def test_the_gradient_of_the_table_is_the_slope(N, T, V, E, seed):
    rng = np.random.default_rng(seed)
    tokens, W = rng.integers(0, V, (N, T)), rng.standard_normal((V, E))
    check = nn.check_gradients(
        functools.partial(nn.embedding_forward, tokens), nn.embedding_backward, {"W": W}, rng=rng, tolerance=1e-6
    )
    assert check.passed, check


@quick
@given(N=st.integers(0, 6), T=small, V=small, E=small, seed=seeds)
def test_repeated_tokens_accumulate(N, T, V, E, seed):
    """The same as np.add.at, to the last digit: both add in the order of the places."""
    rng = np.random.default_rng(seed)
    tokens, dy = rng.integers(0, V, (N, T)), rng.standard_normal((N, T, E))
    _y, cache = nn.embedding_forward(tokens, np.zeros((V, E)))
    needed = np.zeros((V, E))
    np.add.at(needed, tokens, dy)
    np.testing.assert_array_equal(nn.embedding_backward(dy, cache), needed)


def test_a_text_on_paper():
    """Token 2 stands three times and token 0 once: their rows receive 1 + 2 + 4 and 3; the others 0."""
    W = np.array([[0.0, 0], [1, 1], [5, 6], [7, 8]])
    y, cache = nn.embedding_forward([[2, 2], [0, 2]], W)
    np.testing.assert_array_equal(y, [[[5, 6], [5, 6]], [[0, 0], [5, 6]]])
    dy = np.array([[[1.0, 10], [2, 20]], [[3, 30], [4, 40]]])
    np.testing.assert_array_equal(nn.embedding_backward(dy, cache), [[3, 30], [0, 0], [7, 70], [0, 0]])


def test_backward_writes_into_a_given_array():
    _y, cache = nn.embedding_forward([[1, 1, 2]], np.zeros((3, 2), "float32"))
    dy, out = np.ones((1, 3, 2), "float32"), np.full((3, 2), 7, "float32")
    assert nn.embedding_backward(dy, cache, out=out) is out
    np.testing.assert_array_equal(out, [[0, 0], [2, 2], [1, 1]])


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "int32", "uint64"])
def test_all_kinds_of_whole_numbers_are_tokens(kind):
    W, tokens = np.arange(400.0).reshape(100, 4), np.array([[99, 0, 99]], kind)
    y, cache = nn.embedding_forward(tokens, W)
    np.testing.assert_array_equal(y[0, :, 0], [396, 0, 396])
    dW = nn.embedding_backward(np.ones((1, 3, 4)), cache)  # places up to 399 do not fit into int8
    np.testing.assert_array_equal(dW[[0, 99]], [[1] * 4, [2] * 4])


# ---------------------------------------------------------------- masked mean
@quick
@given(N=small, T=small, E=small, seed=seeds, masked=st.booleans())
def test_the_masked_mean_is_the_mean_of_the_real_rows_and_its_gradient_the_slope(N, T, E, seed, masked):
    rng = np.random.default_rng(seed)
    x, mask = rng.standard_normal((N, T, E)), text_mask(rng, N, T) if masked else None
    y, _cache = nn.masked_mean_forward(x, mask)
    for n in range(N):
        np.testing.assert_allclose(y[n], (x[n] if mask is None else x[n, mask[n]]).mean(axis=0), atol=1e-15)
    check = nn.check_gradients(
        functools.partial(nn.masked_mean_forward, mask=mask), nn.masked_mean_backward, {"x": x}, rng=rng, tolerance=1e-6
    )
    assert check.passed, check


def test_what_stands_in_a_masked_step_does_not_count():
    x = np.array([[[1.0], [3.0], [np.nan]]])
    y, cache = nn.masked_mean_forward(x, [[True, True, False]])
    np.testing.assert_array_equal(y, [[2]])
    np.testing.assert_array_equal(nn.masked_mean_backward(np.ones((1, 1)), cache)[0, :, 0], [0.5, 0.5, 0])


# ---------------------------------------------------------------- attention
@quick
@given(N=small, Tq=small, Tk=small, d=small, D=small, seed=seeds, form=st.sampled_from([None, "keys", "pairs"]))
def test_attention_is_its_formula_and_the_gradients_are_the_slopes(N, Tq, Tk, d, D, seed, form):
    rng = np.random.default_rng(seed)
    inputs = attention_case(rng, N, Tq, Tk, d, D)
    mask = {"keys": text_mask(rng, N, Tk), "pairs": text_mask(rng, N * Tq, Tk).reshape(N, Tq, Tk)}.get(form)
    forward = functools.partial(nn.attention_forward, mask=mask)
    y, cache = forward(**inputs)
    assert y.shape == (N, Tq, D)
    np.testing.assert_allclose(y, nn.attention_loops(**inputs, mask=mask), rtol=0, atol=1e-14)
    A = nn.attention_weights(cache)
    np.testing.assert_allclose(A.sum(axis=-1), 1, rtol=1e-14)
    assert mask is None or not A[np.broadcast_to(~mask if form == "pairs" else ~mask[:, None], A.shape)].any()
    check = nn.check_gradients(forward, nn.attention_backward, inputs, rng=rng, tolerance=1e-6)
    assert check.passed, check
    assert list(check.errors) == ["q", "k", "v"]


def test_equal_scores_give_the_mean_and_one_high_score_takes_all():
    v = np.arange(6.0).reshape(1, 3, 2)
    y, cache = nn.attention_forward(np.zeros((1, 1, 4)), np.ones((1, 3, 4)), v)
    np.testing.assert_allclose(y[0, 0], [2, 3], rtol=1e-15)
    np.testing.assert_allclose(nn.attention_weights(cache), 1 / 3, rtol=1e-15)
    k = np.zeros((1, 3, 4))
    k[0, 1] = 1e6
    with np.errstate(over="raise", invalid="raise"):
        y, _cache = nn.attention_forward(np.ones((1, 1, 4)), k, v)
    np.testing.assert_array_equal(y[0, 0], [2, 3])


def test_two_steps_on_paper():
    """Scores 2 log(3) / sqrt(4) and 0: the weights are 3/4 and 1/4."""
    q, k = np.full((1, 1, 4), np.log(3) / 2), np.array([[[1.0, 1, 1, 1], [0, 0, 0, 0]]])
    y, cache = nn.attention_forward(q, k, np.array([[[8.0], [4.0]]]))
    np.testing.assert_allclose(nn.attention_weights(cache)[0, 0], [0.75, 0.25], rtol=1e-14)
    np.testing.assert_allclose(y, 7, rtol=1e-14)


def test_the_order_of_the_keys_does_not_matter():
    inputs = attention_case(np.random.default_rng(0))
    turned = {name: a if name == "q" else a[:, ::-1] for name, a in inputs.items()}
    np.testing.assert_allclose(nn.attention_forward(**inputs)[0], nn.attention_forward(**turned)[0], rtol=1e-13)


# ---------------------------------------------------------------- purity, dtype, memory layout
MASK = np.array([[True, False, True, True], [True, True, False, False]])
CASES = {  # what goes in, as a function of dtype and layout; forward, backward
    "embedding": (
        lambda dtype, form: {"W": form(np.random.default_rng(0).standard_normal((6, 3)).astype(dtype))},
        functools.partial(nn.embedding_forward, np.array([[1, 5, 1], [0, 0, 5]])),
        nn.embedding_backward,
    ),
    "masked mean": (
        lambda dtype, form: {"x": form(np.random.default_rng(0).standard_normal((2, 4, 3)).astype(dtype))},
        functools.partial(nn.masked_mean_forward, mask=MASK),
        nn.masked_mean_backward,
    ),
    "mean": (
        lambda dtype, form: {"x": form(np.random.default_rng(0).standard_normal((2, 4, 3)).astype(dtype))},
        nn.masked_mean_forward,
        nn.masked_mean_backward,
    ),
    "attention": (
        lambda dtype, form: attention_case(np.random.default_rng(0), dtype=dtype, layout=form),
        functools.partial(nn.attention_forward, mask=MASK),
        nn.attention_backward,
    ),
}


def call(case, dtype="float64", form=lambda a: a):
    """What goes in, the output and all gradients; everything that goes in is read-only."""
    make, forward, backward = CASES[case]
    inputs = make(dtype, form)
    for a in inputs.values():
        a.flags.writeable = False
    y, cache = forward(*inputs.values())
    dy = np.linspace(-1, 1, y.size).reshape(y.shape).astype(y.dtype)
    dy.flags.writeable = False
    gradients, again = backward(dy, cache), backward(dy, cache)
    gradients, again = ((g if isinstance(g, tuple) else (g,)) for g in (gradients, again))
    for a, b in zip(gradients, again, strict=True):
        np.testing.assert_array_equal(a, b)
    return inputs, [y, *gradients]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_kept_and_inputs_are_not_modified(case, dtype):
    inputs, results = call(case, dtype)
    before = copy.deepcopy(inputs)
    for result in results:
        assert result.dtype == dtype
        assert not any(np.shares_memory(result, a) for a in inputs.values())
        result[...] = -99
    for name, a in inputs.items():
        np.testing.assert_array_equal(a, before[name])


@pytest.mark.parametrize("case", CASES)
def test_non_contiguous_inputs_give_the_same(case):
    for a, b in zip(call(case)[1], call(case, form=scattered)[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_float32_and_float64_agree_to_float32():
    for case in CASES:
        for a, b in zip(call(case, "float32")[1], call(case)[1], strict=True):
            assert nn.relative_error(a.astype(float), b) < 1e-6, case


def test_tokens_are_not_modified_and_scattered_tokens_are_the_same():
    tokens = np.array([[1, 5, 1], [0, 0, 5]])
    tokens.flags.writeable = False
    W = np.random.default_rng(0).standard_normal((6, 3))
    dy = np.random.default_rng(1).standard_normal((2, 3, 3))
    wide = np.zeros((6, 4), int)[::2, ::2].T
    wide[...] = tokens
    one, other = nn.embedding_forward(tokens, W), nn.embedding_forward(wide, W)
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(nn.embedding_backward(dy, one[1]), nn.embedding_backward(dy, other[1]))
    np.testing.assert_array_equal(tokens, [[1, 5, 1], [0, 0, 5]])


# ---------------------------------------------------------------- layers and models
def texts(rng, N=8, T=6, V=9):
    """Tokens with padding behind; each text has at least one real token."""
    tokens = rng.integers(1, V, (N, T))
    tokens[np.arange(T) >= rng.integers(1, T + 1, N)[:, None]] = 0
    return tokens


def classifier(*middle, mask_zero=True, dtype="float64", optimizer="adam", T=6, V=9):
    first = nn.Embedding(V, 4, mask_zero=mask_zero, input_shape=(T,))
    model = nn.Sequential([first, *middle, nn.Dense(1, "sigmoid")], dtype=dtype, rng=0)
    model.compile(optimizer, "binary_crossentropy", ["accuracy"])
    return model


MIDDLES = {
    "GlobalAveragePooling1D": lambda: [nn.GlobalAveragePooling1D()],
    "SimpleRNN": lambda: [nn.SimpleRNN(3)],
    "LSTM": lambda: [nn.LSTM(3)],
    "GRU": lambda: [nn.GRU(3)],
    "Dropout, GRU and mean": lambda: [nn.Dropout(0.0), nn.GRU(3, return_sequences=True), nn.GlobalAveragePooling1D()],
}
middles = pytest.mark.parametrize("middle", MIDDLES)


@middles
def test_filled_up_texts_give_the_outputs_of_the_short_ones(middle):
    long, short = classifier(*MIDDLES[middle]()), classifier(*MIDDLES[middle](), T=3)
    short.set_weights(long.get_weights())
    tokens = np.random.default_rng(0).integers(1, 9, (5, 3))
    filled = np.pad(tokens, ((0, 0), (0, 3)))
    np.testing.assert_allclose(long.predict(filled), short.predict(tokens), rtol=1e-13)
    without = classifier(*MIDDLES[middle](), mask_zero=False)
    without.set_weights(long.get_weights())
    assert np.abs(without.predict(filled) - long.predict(filled)).max() > 1e-6


@middles
@pytest.mark.parametrize("mask_zero", [False, True])
def test_the_gradients_of_a_whole_model_are_the_slopes(middle, mask_zero):
    rng = np.random.default_rng(0)
    model, tokens, y = classifier(*MIDDLES[middle](), mask_zero=mask_zero), texts(rng), rng.integers(0, 2, (8, 1))
    model.set_weights([rng.standard_normal(w.shape) for w in model.get_weights()])
    _loss, gradients = model.loss_and_gradients(tokens, y)

    def loss(k, changed):
        weights = model.get_weights()
        model.set_weights([*weights[:k], changed, *weights[k + 1 :]])
        value = model.loss_and_gradients(tokens, y)[0]
        model.set_weights(weights)
        return value

    for k, (weight, gradient) in enumerate(zip(model.get_weights(), gradients, strict=True)):
        slope = nn.numerical_gradient(functools.partial(loss, k), weight)
        assert nn.relative_error(gradient, slope) < 1e-6, k
    assert mask_zero != gradients[0][0].any()  # with a mask the row of the padding learns nothing


@middles
def test_it_learns_which_word_matters_and_float32_is_kept(middle):
    """Token 7 anywhere in a text means a fault."""
    rng = np.random.default_rng(0)
    tokens = texts(rng, 200)
    y = (tokens == 7).any(axis=1)[:, None].astype(int)
    model = classifier(*MIDDLES[middle](), dtype="float32", optimizer=nn.Adam(0.02))
    history = model.fit(tokens, y, epochs=60, verbose=0, validation_data=(tokens, y)).history
    assert history["loss"][-1] < 0.3 * history["loss"][0]
    assert model.predict(tokens).dtype == np.float32
    assert model.evaluate(tokens, y)[1] > 0.95


@pytest.mark.parametrize("how", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_learns_alone(how):
    rng = np.random.default_rng(0)
    tokens, y, model = texts(rng), rng.integers(0, 2, (8, 1)), classifier(nn.GRU(3))
    model.train_on_batch(tokens, y)
    twin, before = how(model), model.get_weights()
    twin.train_on_batch(tokens, y)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_names_shapes_and_starting_weights_are_keras_ones():
    model = nn.Sequential(
        [nn.Input((12,)), nn.Embedding(500, 16, mask_zero=True), nn.GlobalAveragePooling1D(), nn.Dense(2)], rng=0
    )
    assert [layer.name for layer in model.layers] == ["embedding", "global_average_pooling1d", "dense"]
    assert [layer.output_shape for layer in model.layers] == [(12, 16), (16,), (2,)]
    assert [layer.count_params() for layer in model.layers] == [8000, 0, 34]
    assert 0.049 < np.abs(model.layers[0].embeddings).max() <= 0.05
    assert model.layers[0].get_config()["mask_zero"] is True
    assert "uniform" in nn.INITIALIZERS
    lists = model.predict([[1] * 12, [2] * 12])  # nested lists are tokens as well
    np.testing.assert_array_equal(lists, model.predict(np.array([[1] * 12, [2] * 12], "uint16")))


def test_a_layer_by_itself_and_an_unbuilt_model():
    layer = nn.Embedding(5, 3, mask_zero=True)
    y = layer(np.array([[1, 0, 4]]))
    assert y.shape == (1, 3, 3) and y.dtype == np.float32
    np.testing.assert_array_equal(layer.output_mask(), [[True, False, True]])
    np.testing.assert_array_equal(y[0, 1], layer.embeddings[0])  # padding has a row: the mask leaves it out later
    layer.backward(np.ones_like(y))
    np.testing.assert_array_equal(layer.gradients[0].sum(axis=1), [3, 3, 0, 0, 3])
    model = nn.Sequential([nn.Embedding(5, 3), nn.GlobalAveragePooling1D(), nn.Dense(1)])
    assert model.predict(np.ones((2, 7), int)).shape == (2, 1) and model.input_shape == (7,)


def test_an_output_for_each_token_counts_the_real_tokens_only():
    rng = np.random.default_rng(0)
    model = nn.Sequential([nn.Embedding(9, 4, mask_zero=True, input_shape=(6,)), nn.Dense(2)], dtype="float64", rng=0)
    model.compile("adam", "mse")
    tokens, y = texts(rng), rng.standard_normal((8, 6, 2))
    needed = ((model.predict(tokens) - y) ** 2)[tokens != 0].mean()
    np.testing.assert_allclose(model.evaluate(tokens, y), needed, rtol=1e-12)


def test_flatten_ends_the_mask():
    rng = np.random.default_rng(0)
    model, tokens, y = classifier(nn.Flatten()), texts(rng), rng.integers(0, 2, (8, 1))
    assert model.loss_and_gradients(tokens, y)[1][0][0].any()  # the padding is read like a word


def test_an_empty_text_ends_in_the_first_state_of_a_recurrent_layer():
    model = classifier(nn.GRU(3))
    tokens = texts(np.random.default_rng(0))
    tokens[3] = 0
    np.testing.assert_array_equal(model.predict(tokens)[3], 1 / (1 + np.exp(-model.layers[-1].bias)))


# ---------------------------------------------------------------- bad input
W, TOKENS, X = np.ones((5, 2)), np.array([[1, 2, 0], [4, 0, 0]]), np.ones((2, 3, 4))


def mean_model():
    return classifier(nn.GlobalAveragePooling1D(), T=3)


WRONG_VALUES = {
    "token = V": (lambda: nn.embedding_forward([[1, 5]], W),
                  r"tokens holds 5 at index \(0, 1\), but there are 5 rows of W: tokens go from 0 to 4"),
    "token below 0": (lambda: nn.embedding_forward([[1, 2], [-1, 0]], W),
                      r"tokens holds -1 at index \(1, 0\).*A number below 0 would be counted from the end"),
    "T = 0": (lambda: nn.embedding_forward(np.zeros((3, 0), int), W),
              r"tokens has shape \(3, 0\): T = 0, the texts are empty.*Leave empty texts out"),
    "empty lists": (lambda: nn.embedding_forward([[], []], W), "T = 0, the texts are empty"),
    "one text": (lambda: nn.embedding_forward([1, 2], W), r"tokens has shape \(2,\).*For one text use tokens\[None\]"),
    "one-hot tokens": (lambda: nn.embedding_forward(np.ones((2, 3, 5), int), W), r"\(2, 3, 5\), but two axes"),
    "unequal lengths": (lambda: nn.embedding_forward([[1, 2, 3], [4]], W),
                        "tokens holds texts of unequal length, from 1 to 3 tokens.*mask_zero=True"),
    "W of one axis": (lambda: nn.embedding_forward(TOKENS, np.ones(5)), r"W has shape \(5,\), but \(V, E\)"),
    "no words": (lambda: nn.embedding_forward(TOKENS, np.ones((0, 2))), r"W has shape \(0, 2\), but \(V, E\)"),
    "dy": (lambda: nn.embedding_backward(np.ones((2, 3, 3)), nn.embedding_forward(TOKENS, W)[1]),
           r"dy has shape \(2, 3, 3\), but y has shape \(2, 3, 2\)"),
    "mean of no step": (lambda: nn.masked_mean_forward(X, TOKENS > 2),
                        r"mask has no real step in 1 of 2 rows, the first at index \(0,\): an empty text has no mean"),
    "mask of the mean": (lambda: nn.masked_mean_forward(X, np.ones((3, 2), bool)),
                         r"mask has shape \(3, 2\), but \(N, T\) = \(2, 3\)"),
    "mask of tokens": (lambda: nn.masked_mean_forward(X, TOKENS), "mask must hold True.*False"),
    "mean of two axes": (lambda: nn.masked_mean_forward(X[0]), r"x has shape \(3, 4\), but three axes"),
    "mean of T = 0": (lambda: nn.masked_mean_forward(X[:, :0]), "T = 0, the sequences have no steps"),
    "dy of the mean": (lambda: nn.masked_mean_backward(X, nn.masked_mean_forward(X)[1]),
                       r"dy has shape \(2, 3, 4\), but y has shape \(2, 4\)"),
    "q of two axes": (lambda: nn.attention_forward(X[0], X, X), r"q has shape \(3, 4\).*use q\[None\]"),
    "no keys": (lambda: nn.attention_forward(X, X[:, :0], X[:, :0]), r"k has shape \(2, 0, 4\), .*none of them empty"),
    "d of k": (lambda: nn.attention_forward(X, X[..., :3], X), r"k has shape \(2, 3, 3\), but q has shape \(2, 3, 4\)"),
    "N of k": (lambda: nn.attention_forward(X, X[:1], X), r"k has shape \(1, 3, 4\), but q has shape \(2, 3, 4\)"),
    "T of v": (lambda: nn.attention_forward(X, X, X[:, :2]), r"v has shape \(2, 2, 4\), but k.*one value for each key"),
    "mask of attention": (lambda: nn.attention_forward(X, X, X, np.ones((3, 3), bool)),
                          r"mask has shape \(3, 3\), but \(2, 3\) is needed.*or \(2, 3, 3\)"),
    "numbers as a mask": (lambda: nn.attention_loops(X, X, X, TOKENS), "mask must hold True .a key that counts."),
    "no key to look at": (lambda: nn.attention_forward(X, X, X, TOKENS > 2), "mask has no real step in 1 of 2 rows"),
    "dy of attention": (lambda: nn.attention_backward(X[:1], nn.attention_forward(X, X, X)[1]),
                        r"dy has shape \(1, 3, 4\)"),
    "input_dim": (lambda: nn.Embedding(0, 4), "input_dim is 0, but it must be at least 1"),
    "initializer": (lambda: nn.Embedding(5, 4, "uniforn"), "Did you mean 'uniform'"),
    "layer on sequences": (lambda: nn.Sequential([nn.Embedding(5, 4, input_shape=(6, 3))]),
                           r"Embedding needs tokens .*\(6, 3\).*stands first"),
    "second embedding": (lambda: nn.Sequential([nn.Embedding(5, 4, input_shape=(6,)), nn.Embedding(5, 4)]),
                         "Embedding needs tokens"),
    "mean of features": (lambda: nn.Sequential([nn.Dense(5, input_shape=(3,)), nn.GlobalAveragePooling1D()]),
                         "GlobalAveragePooling1D needs sequences"),
    "model: token": (lambda: mean_model().predict([[1, 2, 9]]), r"x holds 9 at index \(0, 2\), but there are 9 rows"),
    "model: empty text": (lambda: mean_model().predict(np.zeros((2, 3), int)), "mask has no real step in 2 of 2 rows"),
    "model: unequal": (lambda: mean_model().predict([[1], [1, 2]]), "x holds texts of unequal length, from 1 to 2"),
    "model: other T": (lambda: mean_model().predict([[1, 2]]), r"x has shape \(1, 2\), but the first layer needs"),
    "model: T = 0": (lambda: mean_model().predict(np.zeros((2, 0), int)), "T = 0"),
    "model: validation": (lambda: mean_model().fit(TOKENS, [[0], [1]], verbose=0, validation_data=([[9] * 3], [[0]])),
                          r"validation_data: x holds 9 at index \(0, 0\)"),
}  # fmt: skip

WRONG_TYPES = {
    "fractions": (lambda: nn.embedding_forward(TOKENS + 0.5, W),
                  r"tokens has dtype float64, but tokens are whole numbers.*tokens\.astype\(int\)"),
    "true and false": (lambda: nn.embedding_forward(TOKENS > 0, W), "tokens has dtype bool, but tokens are whole"),
    "text": (lambda: nn.embedding_forward([["oil", "leak"]], W), r"tokens holds text.*vocabulary\.encode"),
    "None": (lambda: nn.embedding_forward([[1, None]], W), "tokens holds text or other objects"),
    "W is text": (lambda: nn.embedding_forward(TOKENS, [["a"]]), "W has dtype"),
    "q is text": (lambda: nn.attention_forward([[["a"]]], X, X), "q has dtype"),
    "units": (lambda: nn.Embedding(5, 2.5), "output_dim is 2.5, but a whole number is needed"),
    "model: text": (lambda: mean_model().predict(["oil leak"]), "x holds text.*Turn texts into tokens first"),
    "model: fractions": (lambda: mean_model().predict(np.ones((2, 3))), "x has dtype float64, but tokens are whole"),
    "embedding behind a layer": (lambda: nn.Sequential([nn.Dense(3, input_shape=(3,)), nn.Embedding(5, 2)]).predict(
        np.ones((2, 3))), "tokens has dtype float32, but tokens are whole numbers"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_wrong_values_are_explained(name):
    wrong, message = WRONG_VALUES[name]
    with pytest.raises(ValueError, match=message):
        wrong()


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_wrong_types_are_explained(name):
    wrong, message = WRONG_TYPES[name]
    with pytest.raises(TypeError, match=message):
        wrong()
