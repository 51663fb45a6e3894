"""Whole models: the same weights and batches give Keras's outputs, losses, gradients and training."""

import numpy as np
import pytest

from course_lib import nn, parity
from tests.parity.backend import JAX, about_tensorflow, exact

import keras  # isort: skip  after course_lib.parity, which sets TensorFlow up


def mlp(dtype="float64", rng=0, units=3, activation="softmax", extra=()):
    return nn.Sequential(
        [nn.Flatten(input_shape=(3, 2)), nn.Dense(8, "tanh"), nn.Dense(6, "relu"), *extra, nn.Dense(units, activation)],
        dtype=dtype,
        rng=rng,
    )


def single(x):
    """Values that float32 holds exactly: Keras's fit, evaluate and predict cut all data to float32."""
    return x.astype(np.float32).astype(np.float64)


def batch(loss, n=16, units=3, seed=0):
    rng = np.random.default_rng(seed)
    x = single(rng.standard_normal((n, 3, 2)))
    labels = rng.integers(0, units, n)
    y = {
        "mse": rng.standard_normal((n, units)),
        "binary_crossentropy": np.eye(units)[labels],
        "categorical_crossentropy": np.eye(units)[labels],
        "sparse_categorical_crossentropy": labels,
    }[loss]
    return x, y


unusual = about_tensorflow("there Keras takes this loss from the logits, too, as we do")
LOSSES = [
    ("mse", None),
    ("mse", "sigmoid"),
    ("mse", "softmax"),
    ("binary_crossentropy", "sigmoid"),
    pytest.param("binary_crossentropy", "softmax", marks=unusual),
    ("categorical_crossentropy", "softmax"),
    pytest.param("categorical_crossentropy", "sigmoid", marks=unusual),
    ("sparse_categorical_crossentropy", "softmax"),
    pytest.param("sparse_categorical_crossentropy", "sigmoid", marks=unusual),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("loss", "activation"), LOSSES)
def test_compare(loss, activation, dtype):
    model = mlp(dtype, activation=activation)
    model.compile(nn.Adam(0.01), loss)
    before = model.get_weights()
    comparison = parity.compare(model, None, *batch(loss), steps=2)
    assert comparison.passed, f"\n{comparison}"
    assert comparison.dtype == dtype
    names = [row.name for row in comparison.rows]
    assert names[:3] == ["outputs", "loss", "gradient of dense.kernel"] and names[-1] == "loss after 2 steps"
    assert len(names) == 3 + 6
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_compare_a_batch_of_one():
    model = mlp()
    model.compile("rmsprop", "sparse_categorical_crossentropy")
    comparison = parity.compare(model, None, *batch("sparse_categorical_crossentropy", n=1), steps=2)
    assert comparison.passed, f"\n{comparison}"


def test_compare_with_a_model_written_in_keras():
    model = mlp("float32", extra=[nn.Dropout(0.5)])
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    twin = keras.Sequential(
        [
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="tanh"),
            keras.layers.Dense(6, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    twin.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    comparison = parity.compare(model, twin, *batch("sparse_categorical_crossentropy"), steps=2)
    assert comparison.passed, f"\n{comparison}"


@about_tensorflow("elsewhere Keras takes the loss from probabilities, which are clipped")
def test_confident_and_wrong_is_computed_from_the_logits_on_both_sides():
    for layers in (
        [nn.Dense(3, "softmax", input_shape=(2,))],
        [nn.Dense(3, input_shape=(2,)), nn.Activation("softmax")],
    ):
        model = nn.Sequential(layers, dtype="float64", rng=0)
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.set_weights([100 * w for w in model.get_weights()])
        x, y = np.random.default_rng(0).standard_normal((8, 2)), [0] * 8
        assert model.evaluate(x, y) > 20  # beyond the clip's 16.118
        comparison = parity.compare(model, None, x, y)
        assert comparison.passed, f"\n{comparison}"


def test_a_difference_is_found():
    model = mlp()
    model.compile("sgd", "mse")
    x, y = batch("mse")
    twin = parity.to_keras(model)
    right = model.layers[1].backward
    model.layers[1].backward = lambda dy: (
        right(dy),
        np.multiply(model.layers[1].gradients[1], 1 + 1e-9, out=model.layers[1].gradients[1]),
    )[0]
    comparison = parity.compare(model, twin, x, y)
    assert [row.name for row in comparison.rows if not row.passed] == ["gradient of dense.bias"]


def test_another_network_is_refused():
    model = mlp()
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="not the same network"):
        parity.compare(model, parity.to_keras(mlp(units=4)), *batch("mse"))


def test_to_keras_keeps_names_options_and_weights():
    model = nn.Sequential(
        [nn.Dense(4, "relu", kernel_initializer="he_normal", input_shape=(3,)), nn.Dropout(0.25, seed=1), nn.Dense(2)],
        dtype="float64",
    )
    model.compile(nn.SGD(0.125, 0.5, nesterov=True, clipnorm=2.0), "mse", ["mae"])
    twin = parity.to_keras(model)
    assert [layer.name for layer in twin.layers] == [layer.name for layer in model.layers]
    assert twin.layers[0].kernel.dtype == "float64" and twin.layers[1].rate == 0.25
    assert twin.optimizer.momentum == 0.5 and twin.optimizer.nesterov and twin.optimizer.clipnorm == 2.0
    assert twin.count_params() == model.count_params()
    x = single(np.random.default_rng(0).standard_normal((5, 3)))
    np.testing.assert_allclose(twin.predict(x, verbose=0), model.predict(x), rtol=1e-12)


def test_weights_go_both_ways():
    model, other = mlp(rng=1), mlp(rng=2)
    twin = parity.to_keras(model)
    other.set_weights(twin.get_weights())
    twin.set_weights(other.get_weights())
    for a, b, c in zip(model.get_weights(), other.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


@pytest.mark.skipif(not JAX, reason="about Keras on JAX")
def test_the_device_is_the_gpu_where_jax_has_one():
    import jax

    device = parity.device()
    if jax.devices()[0].platform == "gpu":
        assert device.name == "gpu:0" and "GPU" in str(device)
        assert jax.config.jax_default_matmul_precision == "highest"
    else:
        assert device.name == "cpu:0" and str(device).endswith("on CPU")


@about_tensorflow("it asks TensorFlow for its devices")
def test_the_device_is_the_gpu_where_there_is_one():
    import tensorflow as tf

    device = parity.device()
    if tf.config.list_physical_devices("GPU"):
        assert device.name == "gpu:0" and "GPU" in str(device)
        assert not tf.config.experimental.tensor_float_32_execution_enabled()
    else:
        assert device.name == "cpu:0" and str(device).endswith("on CPU")


# ---------------------------------------------------------------- training
def f32(value):
    """As Keras rounds."""
    return float(np.float32(value))


# The optimizer on both sides, and the pure rule with the textbook's numbers, rounded to float32 where Keras rounds.
RATE = f32(0.05)
TRAJECTORIES = {
    "sgd": (lambda m: m.SGD(0.05), nn.sgd_step, dict(learning_rate=RATE)),
    "momentum": (lambda m: m.SGD(0.05, 0.9), nn.momentum_step, dict(learning_rate=RATE, momentum=f32(0.9))),
    "nesterov": (
        lambda m: m.SGD(0.05, 0.9, nesterov=True),
        nn.nesterov_step,
        dict(learning_rate=RATE, momentum=f32(0.9)),
    ),
    "rmsprop": (lambda m: m.RMSprop(), nn.rmsprop_step, dict(learning_rate=f32(0.001), rho=0.9)),
    "adam": (lambda m: m.Adam(), None, {}),
    "adam, rounded betas": (
        lambda m: m.Adam(0.001, f32(0.9), f32(0.999)),
        nn.adam_step,
        dict(learning_rate=f32(0.001), beta_1=f32(0.9), beta_2=f32(0.999)),
    ),
    "adam, clipnorm": (lambda m: m.Adam(clipnorm=0.25), None, {}),
    "sgd, global_clipnorm": (lambda m: m.SGD(0.05, global_clipnorm=0.25), None, {}),
}


def trajectory(make_ours, make_theirs, rule=None, numbers=None, steps=500, every=50):
    """Train the object, the pure rule and Keras on the same batches in float64.

    Returns both losses of each step, and (step, largest relative difference of any weight from Keras's) for every
    50th step and the last.
    """
    model, pure = mlp(), mlp()
    for m in (model, pure):
        m.compile(exact(make_ours(nn)), "sparse_categorical_crossentropy")
    x, y = batch("sparse_categorical_crossentropy", n=40)
    state, ours, theirs, differences = None, [], [], []
    with keras.device(parity.device().name):
        twin = parity.to_keras(model)
        twin.compile(exact(make_theirs(keras.optimizers)), twin.loss, jit_compile=JAX)
        for step in range(1, steps + 1):
            part = slice(8 * (step % 5), 8 * (step % 5) + 8)
            ours.append(model.train_on_batch(x[part], y[part]))
            twin.reset_metrics()
            theirs.append(float(twin.train_on_batch(x[part], y[part])))
            if rule:
                pure.loss_and_gradients(x[part], y[part])
                w, state = rule(pure.weight_vector, pure.gradient_vector, state, **numbers)
                pure.weight_vector[...] = w
            if step % every == 0 or step == 1:
                weights = twin.get_weights()
                differences += [
                    (step, parity.compare_arrays("weight", a, b, 1e-12).relative)
                    for m in ([model, pure] if rule else [model])
                    for a, b in zip(m.get_weights(), weights, strict=True)
                ]
    return ours, theirs, differences


@pytest.mark.parametrize("name", TRAJECTORIES)
def test_500_steps_of_training_are_keras_steps(name):
    """Same weights, same batches: at step 1 and every 50th, all weights are within 1e-12 of Keras's largest."""
    make, rule, numbers = TRAJECTORIES[name]
    ours, theirs, differences = trajectory(make, make, rule, numbers)
    assert ours[-1] < 0.95 * ours[0]  # something was learned, so there was something to compare
    # Keras's loss figure passes through a float32 mean; its weights do not.
    assert parity.compare_arrays("loss", ours, theirs, 1e-6).passed
    assert {step for step, _difference in differences} == {1, *range(50, 501, 50)}
    assert [row for row in differences if not row[1] <= 1e-12] == []


@pytest.mark.parametrize("kind", ["Adam", "RMSprop"])
def test_a_wrong_epsilon_is_seen_at_every_step(kind):
    """The comparison can fail: an epsilon of 1.001e-7 instead of 1e-7 shows from the first comparison on."""
    _ours, _theirs, differences = trajectory(
        lambda m: getattr(m, kind)(epsilon=1.001e-7), lambda m: getattr(m, kind)(), steps=100
    )
    for step in (1, 50, 100):
        assert max(difference for s, difference in differences if s == step) > 1e-12


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_fit_counts_as_keras_fit(dtype):
    """The whole of `fit` on the same weights and batches: history of loss, accuracy, validation, class weights."""
    rng = np.random.default_rng(0)
    x, y = single(rng.standard_normal((50, 3, 2))), rng.integers(0, 3, 50)
    model = mlp(dtype)
    model.compile(exact(nn.Adam()), "sparse_categorical_crossentropy", ["accuracy"])
    twin = parity.to_keras(model)
    options = dict(epochs=4, batch_size=16, shuffle=False, verbose=0, class_weight={0: 1.0, 1: 3.0, 2: 0.5})
    ours = model.fit(x, y, validation_data=(x[:20], y[:20]), **options).history
    theirs = twin.fit(x, y, validation_data=(x[:20], y[:20]), **options).history
    assert set(ours) == set(theirs)
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=2e-5 if dtype == "float32" else 1e-6, err_msg=name)
    if dtype == "float64":
        for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("loss", "units", "activation"),
    [("mse", 3, None), ("binary_crossentropy", 1, "sigmoid"), ("categorical_crossentropy", 3, "softmax")],
)
def test_evaluate_and_metrics_are_named_and_counted_as_in_keras(loss, units, activation):
    rng = np.random.default_rng(0)
    x = single(rng.standard_normal((21, 3, 2)))
    y = rng.integers(0, 2, (21, 1)) if units == 1 else np.eye(3)[rng.integers(0, 3, 21)]
    model = mlp(units=units, activation=activation)
    model.compile("sgd", loss, ["accuracy", "mse", "mae"])
    twin = parity.to_keras(model)
    ours = model.evaluate(x, y, return_dict=True)
    theirs = twin.evaluate(x, y, verbose=0, return_dict=True, batch_size=8)
    assert set(ours) == set(theirs)
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6, err_msg=name)


def test_summary_numbers_are_keras_numbers(capsys):
    model = mlp()
    model.summary()
    ours = capsys.readouterr().out
    lines = []
    parity.to_keras(model).summary(print_fn=lines.append)
    theirs = "\n".join(map(str, lines))
    for layer in model.layers:
        assert str((None, *layer.output_shape)) in ours and str((None, *layer.output_shape)) in theirs
        assert f" {layer.count_params():,}" in ours and f" {layer.count_params():,}" in theirs
