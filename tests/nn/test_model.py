"""Layers and Sequential: shapes, weights, gradients of the whole network, and what must not be shared."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given

from course_lib import nn
from tests.nn.cases import quick, scattered, seeds, sizes, small_model

CASES = [
    ("mse", "relu", lambda rng, n: rng.standard_normal((n, 3))),
    ("mse", None, lambda rng, n: rng.standard_normal((n, 3))),
    ("binary_crossentropy", "sigmoid", lambda rng, n: rng.integers(0, 2, (n, 3))),
    ("binary_crossentropy", "softmax", lambda rng, n: rng.integers(0, 2, (n, 3))),
    ("sparse_categorical_crossentropy", "sigmoid", lambda rng, n: rng.integers(0, 3, n)),
    ("categorical_crossentropy", "softmax", lambda rng, n: np.eye(3)[rng.integers(0, 3, n)]),
    ("sparse_categorical_crossentropy", "softmax", lambda rng, n: rng.integers(0, 3, n)),
]


@pytest.mark.parametrize(("loss", "activation", "targets"), CASES)
@quick
@given(n=sizes, d=sizes, hidden=sizes, seed=seeds)
def test_gradients_of_the_whole_network_are_the_slopes(loss, activation, targets, n, d, hidden, seed):
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        [
            nn.Input((d, 2)),
            nn.Flatten(),
            nn.Dense(hidden, "tanh"),
            nn.Dropout(0.5),
            nn.Dense(3),
            nn.Activation("sigmoid"),
        ],
        dtype="float64",
        rng=rng,
    )
    model.add(nn.Dense(3, activation, bias_initializer=lambda shape, rng: rng.uniform(0.5, 1, shape)))
    model.compile("sgd", loss)
    x, y = rng.standard_normal((n, d, 2)), targets(rng, n)
    value, gradients = model.loss_and_gradients(x, y)
    start = model.weight_vector.copy()

    def loss_at(vector):
        model.weight_vector[...] = vector
        return model.loss_and_gradients(x, y)[0]

    if activation == "relu" and np.abs(model.predict(x)).min() < 1e-3:
        return  # too close to the kink of relu
    slope = nn.numerical_gradient(loss_at, start)
    model.weight_vector[...] = start
    assert value == loss_at(start)
    assert nn.relative_error(np.concatenate([g.ravel() for g in gradients]), slope) < 1e-7


def test_the_model_is_the_functions_in_a_row():
    rng = np.random.default_rng(0)
    model = small_model(activation="softmax", units=3, loss="sparse_categorical_crossentropy")
    x, y = rng.standard_normal((6, 5)), rng.integers(0, 3, 6)
    W1, b1, W2, b2 = model.get_weights()
    z1, cache1 = nn.dense_forward(x, W1, b1)
    h = nn.tanh(z1)
    z2, cache2 = nn.dense_forward(h, W2, b2)
    np.testing.assert_array_equal(model.predict(x), nn.softmax(z2))
    loss, dz2 = nn.sparse_categorical_crossentropy(y, z2, from_logits=True)
    dh, dW2, db2 = nn.dense_backward(dz2, cache2)
    _dx, dW1, db1 = nn.dense_backward(nn.tanh_backward(dh, h), cache1)
    value, gradients = model.loss_and_gradients(x, y)
    assert value == loss
    for a, b in zip(gradients, [dW1, db1, dW2, db2], strict=True):
        np.testing.assert_array_equal(a, b)
    assert model.train_on_batch(x, y) == loss
    for w, before, g in zip(model.get_weights(), [W1, b1, W2, b2], gradients, strict=True):
        np.testing.assert_array_equal(w, nn.sgd_step(before, g, learning_rate=float(np.float32(0.01)))[0])


def test_softmax_and_sigmoid_at_the_end_are_computed_from_the_logits():
    """Confident and wrong: the clip would give 16.118 and no gradient at all."""
    for activation, loss, y in (
        ("softmax", "sparse_categorical_crossentropy", [1]),
        ("sigmoid", "binary_crossentropy", [[0, 1]]),
    ):
        for layers in ([nn.Dense(2, activation)], [nn.Dense(2), nn.Activation(activation)]):
            model = nn.Sequential([nn.Input((1,)), *layers], dtype="float64")
            model.compile("sgd", loss)
            model.set_weights([np.array([[100.0, -100.0]]), np.zeros(2)])
            value, gradients = model.loss_and_gradients([[1.0]], y)
            assert value > 99
            assert np.abs(gradients[0]).max() > 0.4


def test_layers_are_named_and_counted_as_in_keras(capsys):
    model = nn.Sequential(
        [nn.Flatten(input_shape=(28, 28)), nn.Dense(256, "relu"), nn.Dropout(0.5), nn.Dense(128, "relu"), nn.Dense(10)]
    )
    assert [layer.name for layer in model.layers] == ["flatten", "dense", "dropout", "dense_1", "dense_2"]
    assert model.count_params() == 235_146
    assert model.output_shape == (10,)
    model.summary()
    text = capsys.readouterr().out
    for part in ("dense (Dense)", "(None, 256)", "200,960", "32,896", "1,290", "Total params: 235,146 (918.54 KB)"):
        assert part in text


def test_weights_go_in_and_out_in_keras_order():
    model, other = small_model(rng=1), small_model(rng=2)
    assert [w.shape for w in model.get_weights()] == [(5, 7), (7,), (7, 2), (2,)]
    other.set_weights(model.get_weights())
    x = np.random.default_rng(0).standard_normal((3, 5))
    np.testing.assert_array_equal(model.predict(x), other.predict(x))
    model.get_weights()[0][...] = 0  # a copy
    assert model.layers[0].kernel.any()


def test_the_layers_arrays_are_pieces_of_the_models_vectors():
    model = small_model()
    model.weight_vector[...] = 7
    assert (model.layers[0].kernel == 7).all() and (model.layers[1].bias == 7).all()
    assert np.shares_memory(model.layers[1].gradients[0], model.gradient_vector)


def test_the_first_layer_computes_no_gradient_for_the_data():
    model = small_model()
    model.loss_and_gradients(np.ones((2, 5)), np.ones((2, 2)))
    assert model.layers[0].backward(np.ones((2, 7))) is None
    assert model.layers[1].backward(np.ones((2, 2))).shape == (2, 7)


def test_weights_can_wait_for_the_first_data():
    model = nn.Sequential([nn.Dense(3), nn.Dense(1)], rng=0)
    model.compile("sgd", "mse")
    assert not model.built
    model.fit(np.ones((4, 6)), np.ones(4), verbose=0)
    assert model.layers[0].kernel.shape == (6, 3)


def test_a_layer_added_later_leaves_the_weights_of_the_others():
    model = nn.Sequential([nn.Dense(3, input_shape=(2,))], rng=0)
    before = model.get_weights()
    model.add(nn.Dense(1))
    for a, b in zip(before, model.get_weights(), strict=False):
        np.testing.assert_array_equal(a, b)
    assert model.output_shape == (1,)


def test_the_same_seed_gives_the_same_weights_and_never_touches_numpys_global_seed():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    a, b, c = small_model(rng=3), small_model(rng=3), small_model(rng=4)
    a.fit(np.ones((4, 5)), np.ones((4, 2)), verbose=0)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    assert np.array_equal(b.get_weights()[0], small_model(rng=3).get_weights()[0])
    assert not np.array_equal(b.get_weights()[0], c.get_weights()[0])


@pytest.mark.parametrize("how", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_learns_alone_and_really_learns(how):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((8, 5)), rng.standard_normal((8, 2))
    model = small_model(optimizer="adam")
    model.train_on_batch(x, y)
    twin = how(model)
    before = model.get_weights()
    losses = [twin.train_on_batch(x, y) for _ in range(3)]
    assert losses[2] < losses[0]
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert losses == [model.train_on_batch(x, y) for _ in range(3)]  # the optimizer's state was copied too


def test_a_layer_belongs_to_one_model():
    layer = nn.Dense(3)
    nn.Sequential([layer])
    with pytest.raises(ValueError, match="already in a model"):
        nn.Sequential([layer])


def test_dense_works_on_the_last_axis():
    rng = np.random.default_rng(0)
    model = nn.Sequential([nn.Dense(4, "tanh", input_shape=(3, 5)), nn.Dense(2)], dtype="float64", rng=0)
    model.compile("sgd", "mse")
    x, y = rng.standard_normal((6, 3, 5)), rng.standard_normal((6, 3, 2))
    flat = nn.Sequential([nn.Dense(4, "tanh", input_shape=(5,)), nn.Dense(2)], dtype="float64")
    flat.compile("sgd", "mse")
    flat.set_weights(model.get_weights())
    np.testing.assert_array_equal(model.predict(x).reshape(18, 2), flat.predict(x.reshape(18, 5)))
    for a, b in zip(
        model.loss_and_gradients(x, y)[1], flat.loss_and_gradients(x.reshape(18, 5), y.reshape(18, 2))[1], strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_a_layer_runs_by_itself():
    layer = nn.Dense(3, "relu")
    y = layer(np.ones((2, 4)))
    assert y.shape == (2, 3) and layer.kernel.shape == (4, 3) and layer.count_params() == 15
    assert nn.Flatten()(np.ones((2, 3, 4))).shape == (2, 12)
    assert repr(nn.Dropout(0.25)) == "Dropout(rate=0.25)"


@pytest.mark.parametrize(
    ("name", "variance", "limit"),
    [
        ("glorot_uniform", 2 / 300, np.sqrt(6 / 300)),
        ("glorot_normal", 2 / 300, 2 * np.sqrt(2 / 300) / 0.8796),
        ("he_uniform", 2 / 200, np.sqrt(6 / 200)),
        ("he_normal", 2 / 200, 2 * np.sqrt(2 / 200) / 0.8796),
    ],
)
def test_initializers_have_the_variance_and_the_range_of_their_papers(name, variance, limit):
    layer = nn.Dense(100, kernel_initializer=name)
    layer.build((200,), rng=0, dtype="float64")
    assert abs(layer.kernel.var() / variance - 1) < 0.03
    assert 0.98 * limit < np.abs(layer.kernel).max() <= limit * 1.0001
    assert abs(layer.kernel.mean()) < 0.002
    assert not layer.bias.any()


def test_initializers_count_a_convolutions_window():
    kernel = nn.INITIALIZERS["he_uniform"]((3, 3, 2, 8), np.random.default_rng(0))
    assert 0.9 * np.sqrt(6 / 18) < np.abs(kernel).max() <= np.sqrt(6 / 18)


def test_predict_does_not_depend_on_the_batch_size_or_the_memory_layout():
    x = np.random.default_rng(0).standard_normal((300, 5))
    model = small_model()
    whole = model.predict(x)
    np.testing.assert_allclose(model.predict(x, batch_size=7), whole, rtol=1e-13)
    np.testing.assert_allclose(model.predict(scattered(x)), whole, rtol=1e-13)
    np.testing.assert_array_equal(model(x[:3]), model.predict(x[:3]))
    assert model.predict(x[:0]).shape == (0, 2)
    assert model.predict(np.ones((1, 5), int)).dtype == np.float64


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_models_dtype_holds_everywhere(dtype):
    model = small_model(dtype, optimizer="adam")
    model.fit(np.ones((4, 5)), np.ones((4, 2)), verbose=0)
    assert model.predict(np.ones((2, 5))).dtype == dtype
    _loss, gradients = model.loss_and_gradients(np.ones((4, 5)), np.ones((4, 2)))
    assert {g.dtype for g in gradients} == {w.dtype for w in model.get_weights()} == {np.dtype(dtype)}


def test_evaluate_averages_over_samples_not_batches():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((10, 5)), rng.standard_normal((10, 2))
    model = small_model(metrics=["mae", lambda y, p: np.abs(y - p).max()])
    whole = model.evaluate(x, y)
    parts = model.evaluate(x, y, batch_size=4)
    np.testing.assert_allclose(parts[:2], whole[:2], rtol=1e-13)
    np.testing.assert_allclose(whole[0], ((model.predict(x) - y) ** 2).mean())
    np.testing.assert_allclose(whole[1], np.abs(model.predict(x) - y).mean())
    assert list(model.evaluate(x, y, return_dict=True)) == ["loss", "mae", "<lambda>"]
    model.compile("sgd", "mse")
    assert isinstance(model.evaluate(x, y), float)


def test_accuracy_follows_the_shapes():
    accuracy = nn.METRICS["accuracy"]
    np.testing.assert_array_equal(accuracy(np.array([[0.0], [1], [1]]), np.array([[0.5], [0.6], [0.2]])), [1, 1, 0])
    p = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
    np.testing.assert_array_equal(accuracy(np.array([1, 2]), p), [1, 0])
    np.testing.assert_array_equal(accuracy(np.eye(3)[[1, 2]], p), [1, 0])


def test_a_loss_of_your_own():
    def absolute(y_true, y_pred):
        difference = y_pred - y_true
        return np.abs(difference).mean(), np.sign(difference) / difference.size

    rng = np.random.default_rng(0)
    model = small_model(loss=absolute, optimizer=nn.SGD(0.2))
    x, y = rng.standard_normal((16, 5)), rng.standard_normal((16, 2))
    history = model.fit(x, y, epochs=60, verbose=0, rng=0).history["loss"]
    assert history[-1] < 0.7 * history[0]
