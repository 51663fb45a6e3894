"""SimpleRNN, LSTM and GRU against Keras: outputs, all gradients, masks, states and 500 steps of training."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from course_lib import nn, parity
from tests.nn.cases import scattered, seeds
from tests.nn.recurrent_cases import CELLS, STATE_ACTIVATIONS, cell_inputs, random_mask
from tests.parity.backend import JAX, exact

import keras  # isort: skip  after course_lib.parity, which sets TensorFlow up
from tests.notebooks.claims import claims

few = settings(max_examples=8, deadline=None, derandomize=True)
small = st.integers(1, 5)
kinds = pytest.mark.parametrize("kind", CELLS)


def keras_states(kind, units, mask=None, steps=True, **options):
    """A function of the tensors x, W_x, W_h, b and the states, computed by Keras's layer."""

    def reference(x, kernel, recurrent_kernel, bias, *states):
        layer = getattr(keras.layers, kind)(units, return_sequences=steps, dtype=str(x.dtype.name), **options)
        layer.build(x.shape)
        weights = [kernel, recurrent_kernel, bias]
        others = [v.value for v in layer.non_trainable_variables]
        states = {"initial_state": list(states)} if states else {}
        y, _others = layer.stateless_call(weights, others, x, mask=mask, **states)
        return y

    return reference


def mask_for(rng, N, T, started=True):
    """Any mask. On JAX the output of a masked first step is the given state, on TensorFlow and ours 0: not there."""
    mask = random_mask(rng, N, T)
    if JAX and started:
        mask[:, 0] = True
    return mask


def check_cell(kind, rng, N, T, D, H, dtype="float64", masked=False, started=True, form=lambda a: a, **options):
    forward, backward, *_others = CELLS[kind]
    inputs = cell_inputs(kind, rng, N, T, D, H, dtype, form)
    if not started:
        inputs = {name: a for name, a in inputs.items() if name not in ("h0", "c0")}
    mask = mask_for(rng, N, T, started) if masked else None
    comparison = parity.compare_functions(
        functools.partial(forward, mask=mask, **options),
        lambda dh, cache: backward(dh, cache)[: len(inputs)],
        keras_states(kind, H, mask, **options),
        inputs,
        rng=rng,
    )
    assert comparison.passed, f"\n{comparison}"
    assert len(comparison.rows) == 1 + len(inputs)


@kinds
@few
@given(N=small, T=small, D=small, H=small, seed=seeds, masked=st.booleans(), started=st.booleans())
def test_states_and_all_gradients(kind, N, T, D, H, seed, masked, started):
    check_cell(kind, np.random.default_rng(seed), N, T, D, H, masked=masked, started=started)


@kinds
@pytest.mark.parametrize("masked", [False, True])
def test_long_sequences(kind, masked):
    check_cell(kind, np.random.default_rng(0), 4, 60, 14, 32, masked=masked)


@kinds
def test_one_sequence_one_step_and_gaps_in_memory(kind):
    check_cell(kind, np.random.default_rng(0), 1, 1, 1, 1)
    check_cell(kind, np.random.default_rng(1), 1, 5, 3, 4, form=scattered)
    check_cell(kind, np.random.default_rng(2), 3, 1, 3, 4, masked=True, form=scattered)


@kinds
@pytest.mark.parametrize("masked", [False, True])
def test_in_float32(kind, masked):
    check_cell(kind, np.random.default_rng(0), 8, 30, 14, 32, "float32", masked=masked)


@pytest.mark.parametrize("activation", STATE_ACTIVATIONS)
@pytest.mark.parametrize("masked", [False, True])
def test_each_activation_of_the_simple_rnn(activation, masked):
    check_cell("SimpleRNN", np.random.default_rng(0), 4, 10, 3, 5, masked=masked, activation=activation)


@kinds
def test_the_last_step_alone(kind):
    forward, backward, *_others = CELLS[kind]
    rng = np.random.default_rng(0)
    inputs, mask = cell_inputs(kind, rng), mask_for(rng, 3, 5)

    def last(*arrays):
        h, cache = forward(*arrays, mask=mask)
        return h[:, -1], cache

    comparison = parity.compare_functions(last, backward, keras_states(kind, 4, mask, steps=False), inputs)
    assert comparison.passed, f"\n{comparison}"


def test_a_wrong_gate_order_is_seen():
    """The comparison can fail: with the blocks in another order the states differ."""
    inputs = cell_inputs("LSTM", np.random.default_rng(0))
    swapped = inputs | {name: np.roll(inputs[name], 4, axis=-1) for name in ("W_x", "W_h", "b")}
    ours, _cache = nn.lstm_forward(**swapped)
    comparison = parity.compare_functions(lambda *arrays: (ours, None), None, keras_states("LSTM", 4), inputs)
    assert not comparison.passed


# ---------------------------------------------------------------- whole models
def model(kind, steps=False, masked=False, dtype="float64", T=12, D=3, **options):
    layer = CELLS[kind][5]
    return nn.Sequential(
        [
            nn.Input((T, D)),
            *([nn.Masking(-9)] if masked else []),
            layer(7, return_sequences=True),
            layer(5, return_sequences=steps, **options),
            nn.Dense(2),
        ],
        dtype=dtype,
        rng=0,
    )


def batch(steps, masked, N=20, T=12, D=3):
    """Values that float32 holds exactly: Keras's fit, evaluate and predict cut all data to float32."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((N, T, D)), rng.standard_normal((N, T, 2) if steps else (N, 2))
    if masked:
        for n in range(N):
            x[n, rng.integers(0, T + 1) :] = -9
    return x.astype("float32").astype("float64"), y.astype("float32").astype("float64")


@kinds
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_compare_models(kind, steps, masked, dtype):
    network = model(kind, steps, masked, dtype)
    network.compile("adam", "mse")
    comparison = parity.compare(network, None, *batch(steps, masked), steps=2)
    assert comparison.passed, f"\n{comparison}"
    names = [row.name for row in comparison.rows]
    name = network.layers[-2].name
    assert {f"gradient of {name}.{w}" for w in ("kernel", "recurrent_kernel", "bias")} < set(names)


@kinds
def test_classes_for_each_step(kind):
    """Cross-entropy from the logits, of the real steps only."""
    layers = [nn.Masking(input_shape=(12, 3)), CELLS[kind][5](6, return_sequences=True), nn.Dense(4, "softmax")]
    network = nn.Sequential(layers, dtype="float64", rng=0)
    network.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    x, _y = batch(True, True)
    x[x == -9] = 0
    labels = np.random.default_rng(1).integers(0, 4, (20, 12))
    comparison = parity.compare(network, None, x, labels, steps=2)
    assert comparison.passed, f"\n{comparison}"
    twin = parity.to_keras(network)
    ours, theirs = network.evaluate(x, labels), twin.evaluate(x, labels, verbose=0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_a_cell_at_the_end_and_its_sigmoid():
    """Behind a SimpleRNN the cross-entropy is taken from the probabilities, in Keras too."""
    network = nn.Sequential([nn.SimpleRNN(1, "sigmoid", input_shape=(12, 3))], dtype="float64", rng=0)
    network.compile("adam", "binary_crossentropy")
    x, _y = batch(False, False)
    comparison = parity.compare(network, None, x, np.arange(20)[:, None] % 2, steps=2)
    assert comparison.passed, f"\n{comparison}"


@kinds
def test_weights_go_both_ways_and_options_are_kept(kind):
    options = {"LSTM": {"unit_forget_bias": False}, "SimpleRNN": {"activation": "relu"}}.get(kind, {})
    ours = model(kind, masked=True, recurrent_initializer="glorot_uniform", **options)
    theirs = parity.to_keras(ours)
    other = model(kind, masked=True, **options)
    other.set_weights(theirs.get_weights())
    for a, b in zip(ours.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [layer.name for layer in theirs.layers] == [layer.name for layer in ours.layers]
    config, name = theirs.layers[-2].get_config(), ours.layers[-2].name
    assert config["recurrent_initializer"]["class_name"] == "GlorotUniform" and name.endswith("_1")
    for option, value in options.items():
        assert config[option] == value
    x, _y = batch(False, True)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), rtol=0, atol=1e-12)


@kinds
def test_starting_weights_are_drawn_as_in_keras(kind):
    """The same shapes, orthogonal recurrent weights, and the biases' ones in the same places."""
    ours = CELLS[kind][5](6)
    ours.build((5, 3), rng=0)
    theirs = getattr(keras.layers, kind)(6)
    theirs.build((None, 5, 3))
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in theirs.get_weights()]
    np.testing.assert_array_equal(ours.bias, theirs.get_weights()[2])
    for W in (ours.recurrent_kernel, theirs.get_weights()[1]):
        np.testing.assert_allclose(W @ W.T, np.eye(6), atol=1e-5)


@claims("07", "the same weights, the same sequences, and 20 steps of Adam")
@kinds
@pytest.mark.parametrize("masked", [False, True])
def test_500_steps_of_training_are_keras_steps(kind, masked):
    """Same weights, same batches: at step 1 and every 50th, all weights are within 1e-12 of Keras's largest.

    At the usual rate there is something left to learn until the end. At three times this rate the few random targets
    are soon known by heart; Adam then divides round-off by its own size, and two engines part after 400 steps.
    """
    network = model(kind, masked=masked)
    network.compile(exact(nn.Adam()), "mse")
    x, y = batch(False, masked)
    losses = []
    with keras.device(parity.device().name):
        twin = parity.to_keras(network)
        for step in range(1, 501):
            part = slice(5 * (step % 4), 5 * (step % 4) + 5)
            losses.append(network.train_on_batch(x[part], y[part]))
            twin.train_on_batch(x[part], y[part])
            if step == 1 or step % 50 == 0:
                for a, b in zip(network.get_weights(), twin.get_weights(), strict=True):
                    row = parity.compare_arrays("weight", a, b, 1e-12)
                    assert row.passed, f"step {step}: {row.relative}"
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:4])  # something was learned


@kinds
def test_fit_counts_as_keras_fit_with_masked_steps(kind):
    """The history of losses and metrics over real steps, validation included, in batches of unequal size."""
    network = model(kind, steps=True, masked=True)
    network.compile(exact(nn.Adam(0.01, global_clipnorm=0.5)), "mse", ["mae"])
    twin = parity.to_keras(network)
    x, y = batch(True, True)
    options = dict(epochs=3, batch_size=8, shuffle=False, verbose=0, validation_data=(x[:7], y[:7]))
    ours, theirs = network.fit(x, y, **options).history, twin.fit(x, y, **options).history
    assert set(ours) == set(theirs)
    for name in set(ours) - ({"mae"} if JAX else set()):  # there, the mask is lost on the way to this metric
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6, err_msg=name)
    for a, b in zip(network.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)


def test_the_number_of_steps_may_be_open_on_both():
    network = nn.Sequential([nn.Input((None, 3)), nn.GRU(4), nn.Dense(1)], dtype="float64", rng=0)
    network.compile("adam", "mse")
    twin = parity.to_keras(network)
    for steps in (3, 8):
        x = np.random.default_rng(steps).normal(size=(5, steps, 3))
        comparison = parity.compare(network, twin, x, x[:, -1, :1], steps=3)
        assert comparison.passed, comparison
