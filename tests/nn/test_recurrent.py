"""SimpleRNN, LSTM and GRU: the fast forms are the formulas, the gradients are the slopes, masks, purity, layers."""

import copy
import functools
import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st

from course_lib import nn
from tests.nn.cases import quick, scattered, seeds
from tests.nn.recurrent_cases import CELLS, STATE_ACTIVATIONS, cell_inputs, random_mask

small = st.integers(1, 4)
kinds = pytest.mark.parametrize("kind", CELLS)


# ---------------------------------------------------------------- the formula and its slope
@kinds
@quick
@given(N=small, T=small, D=small, H=small, seed=seeds, masked=st.booleans(), started=st.booleans())
def test_the_fast_form_is_the_formula(kind, N, T, D, H, seed, masked, started):
    rng = np.random.default_rng(seed)
    forward, _backward, loops, *_others = CELLS[kind]
    inputs = cell_inputs(kind, rng, N, T, D, H)
    if not started:
        inputs = {name: a for name, a in inputs.items() if name not in ("h0", "c0")}
    mask = random_mask(rng, N, T) if masked else None
    h, _cache = forward(**inputs, mask=mask)
    assert h.shape == (N, T, H)
    np.testing.assert_allclose(h, loops(**inputs, mask=mask), rtol=0, atol=1e-14)


@kinds
@quick
@given(N=small, T=small, D=small, H=small, seed=seeds, masked=st.booleans())
def test_gradients_are_the_slopes(kind, N, T, D, H, seed, masked):
    rng = np.random.default_rng(seed)
    forward, backward, _loops, names, *_others = CELLS[kind]
    mask = random_mask(rng, N, T) if masked else None
    check = nn.check_gradients(
        functools.partial(forward, mask=mask), backward, cell_inputs(kind, rng, N, T, D, H), rng=rng, tolerance=1e-6
    )
    assert check.passed, check
    assert list(check.errors) == list(names)


@pytest.mark.parametrize("activation", STATE_ACTIVATIONS)
@quick
@given(seed=seeds)
def test_each_activation_of_the_simple_rnn(activation, seed):
    inputs = cell_inputs("SimpleRNN", np.random.default_rng(seed), N=2, T=4)
    forward = functools.partial(nn.simple_rnn_forward, activation=activation)
    h, _cache = forward(**inputs)
    np.testing.assert_allclose(h, nn.simple_rnn_loops(**inputs, activation=activation), rtol=1e-13, atol=1e-14)
    if activation == "relu" and np.abs(h[h != 0]).min(initial=1) < 1e-3:
        return  # too close to the kink
    check = nn.check_gradients(forward, nn.simple_rnn_backward, inputs, tolerance=1e-6)
    assert check.passed, check


def test_the_gradient_of_the_cell_at_the_end():
    """dc is what arrives at c_T: here L = sum(h dh) + sum(c_T dc)."""
    rng = np.random.default_rng(0)
    inputs = cell_inputs("LSTM", rng)
    dh, dc = rng.standard_normal((3, 5, 4)), rng.standard_normal((3, 4))
    names = list(inputs)

    def loss(name, changed):
        h, cache = nn.lstm_forward(**(inputs | {name: changed}))
        return np.sum(h * dh) + np.sum(nn.lstm_gates(cache)["c"][:, -1] * dc)

    gradients = nn.lstm_backward(dh, nn.lstm_forward(**inputs)[1], dc=dc)
    for name, gradient in zip(names, gradients, strict=True):
        slope = nn.numerical_gradient(functools.partial(loss, name), inputs[name])
        assert nn.relative_error(gradient, slope) < 1e-8, name


def test_two_steps_on_paper():
    """x = 1, 2; W_xh = 0.5, W_hh = 0.1, no bias, no bend: h_1 = 0.5, h_2 = 1 + 0.05; L = h_2."""
    h, cache = nn.simple_rnn_forward(
        np.array([[[1.0], [2.0]]]), np.array([[0.5]]), np.array([[0.1]]), np.zeros(1), activation="linear"
    )
    np.testing.assert_allclose(h[0, :, 0], [0.5, 1.05], rtol=1e-15)
    dx, dW_xh, dW_hh, db_h, dh0 = nn.simple_rnn_backward(np.array([[[0.0], [1.0]]]), cache)
    np.testing.assert_allclose(dx[0, :, 0], [0.05, 0.5], rtol=1e-15)  # x_1 goes through W_hh
    np.testing.assert_allclose([dW_xh[0, 0], dW_hh[0, 0], db_h[0], dh0[0, 0]], [2.1, 0.5, 1.1, 0.01], rtol=1e-15)


def test_an_lstm_with_open_gates_adds_up_and_one_with_shut_gates_keeps():
    """Biases of 40 open a gate to 1 - 4e-18, of -40 shut it to 4e-18."""
    H, x = 1, np.array([[[0.1], [0.2], [0.3]]])
    W_x, W_h = np.array([[0, 0, 1.0, 0]]), np.zeros((H, 4))
    _h, cache = nn.lstm_forward(x, W_x, W_h, np.array([40.0, 40, 0, 40]))
    np.testing.assert_allclose(nn.lstm_gates(cache)["c"][0, :, 0], np.cumsum(np.tanh(x[0, :, 0])), rtol=1e-14)
    _h, cache = nn.lstm_forward(x, W_x, W_h, np.array([-40.0, 40, 0, 40]), c0=np.array([[0.7]]))
    np.testing.assert_allclose(nn.lstm_gates(cache)["c"][0, :, 0], 0.7, rtol=1e-14)


def test_a_gru_with_z_1_keeps_its_state_and_with_z_0_forgets_it():
    x, W_x, W_h = np.ones((1, 3, 1)), np.array([[0.0, 0, 1]]), np.zeros((1, 3))
    for bias, needed in ((40.0, 0.7), (-40.0, np.tanh(1))):
        b = np.array([[bias, 0, 0], [0, 0, 0]])
        h, cache = nn.gru_forward(x, W_x, W_h, b, h0=np.array([[0.7]]))
        np.testing.assert_allclose(h[0, :, 0], needed, rtol=1e-14)
        assert set(nn.gru_gates(cache)) == {"z", "r", "n"}
        np.testing.assert_allclose(nn.gru_gates(cache)["r"], 0.5)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_the_gates_are_those_of_the_formula(kind):
    inputs = cell_inputs(kind, np.random.default_rng(0))
    if kind == "LSTM":
        h, cache = nn.lstm_forward(**inputs)
        g = nn.lstm_gates(cache)
        before = np.concatenate([inputs["c0"][:, None], g["c"][:, :-1]], axis=1)
        np.testing.assert_allclose(g["c"], g["f"] * before + g["i"] * g["g"], rtol=1e-13)
        np.testing.assert_allclose(h, g["o"] * np.tanh(g["c"]), rtol=1e-13)
    else:
        h, cache = nn.gru_forward(**inputs)
        g = nn.gru_gates(cache)
        before = np.concatenate([inputs["h0"][:, None], h[:, :-1]], axis=1)
        np.testing.assert_allclose(h, g["z"] * before + (1 - g["z"]) * g["n"], rtol=1e-13)


@kinds
def test_huge_inputs_do_not_overflow(kind):
    forward, backward, *_others = CELLS[kind]
    inputs = cell_inputs(kind, np.random.default_rng(0), dtype="float32")
    inputs["x"] *= 1e6
    with np.errstate(all="raise", under="ignore"):
        h, cache = forward(**inputs)
        gradients = backward(np.ones_like(h), cache)
    assert all(np.isfinite(a).all() for a in (h, *gradients))


# ---------------------------------------------------------------- which steps count
@kinds
def test_the_gradient_of_the_last_step_alone(kind):
    forward, backward, *_others = CELLS[kind]
    rng = np.random.default_rng(0)
    inputs, last = cell_inputs(kind, rng), rng.standard_normal((3, 4))
    for mask in (None, random_mask(rng, 3, 5)):
        h, cache = forward(**inputs, mask=mask)
        dh = np.zeros_like(h)
        dh[:, -1] = last
        for a, b in zip(backward(last, cache), backward(dh, cache), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-15)


@kinds
def test_a_masked_step_keeps_the_state(kind):
    """Sequences of 5, 3 and 1 steps, filled up with anything, end in the states of the short sequences."""
    forward, backward, *_others = CELLS[kind]
    rng = np.random.default_rng(0)
    inputs = cell_inputs(kind, rng)
    lengths = [5, 3, 1]
    mask = np.arange(5) < np.array(lengths)[:, None]
    inputs["x"][~mask] = np.nan  # what lies in a masked step does not count
    h, cache = forward(**inputs, mask=mask)
    dx, *gradients = backward(np.ones((3, 4)), cache)
    sums = [np.zeros_like(g) for g in gradients[:3]]
    for n, length in enumerate(lengths):
        one = {name: a[n : n + 1] if name in ("x", "h0", "c0") else a for name, a in inputs.items()}
        one["x"] = one["x"][:, :length]
        short, short_cache = forward(**one)
        np.testing.assert_allclose(h[n, :length], short[0], rtol=0, atol=1e-15)
        np.testing.assert_array_equal(h[n, length:], np.broadcast_to(h[n, length - 1], (5 - length, 4)))
        short_dx, *others = backward(np.ones((1, 4)), short_cache)
        np.testing.assert_allclose(dx[n, :length], short_dx[0], rtol=0, atol=1e-14)
        assert not dx[n, length:].any()
        for total, gradient in zip(sums, others, strict=False):
            total += gradient
        np.testing.assert_allclose(gradients[3][n], others[3][0], rtol=0, atol=1e-14)
    for total, gradient in zip(sums, gradients, strict=False):
        np.testing.assert_allclose(gradient, total, rtol=0, atol=1e-13)


@kinds
def test_before_the_first_real_step_the_output_is_0_but_the_state_is_kept(kind):
    forward, *_others = CELLS[kind]
    inputs = cell_inputs(kind, np.random.default_rng(0))
    mask = np.ones((3, 5), bool)
    mask[:, :2] = False
    h, _cache = forward(**inputs, mask=mask)
    later, _cache = forward(**(inputs | {"x": inputs["x"][:, 2:]}))
    assert not h[:, :2].any()
    np.testing.assert_allclose(h[:, 2:], later, rtol=0, atol=1e-15)


# ---------------------------------------------------------------- purity, dtype, memory layout
def call(kind, mask=None, **inputs):
    """The states and all gradients."""
    forward, backward, *_others = CELLS[kind]
    h, cache = forward(**inputs, mask=mask)
    dh = np.linspace(-1, 1, h.size).reshape(h.shape).astype(h.dtype)
    return h, *backward(dh, cache)


@kinds
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("masked", [False, True])
def test_dtype_is_kept_and_inputs_are_not_modified(kind, dtype, masked):
    rng = np.random.default_rng(0)
    inputs = cell_inputs(kind, rng, dtype=dtype)
    mask = random_mask(rng, 3, 5) if masked else None
    before = copy.deepcopy(inputs)
    for a in inputs.values():
        a.flags.writeable = False
    results = call(kind, mask, **inputs)
    for result in results:
        assert result.dtype == dtype
        assert not any(np.shares_memory(result, a) for a in inputs.values())
        result[...] = -99
    for name, a in inputs.items():
        np.testing.assert_array_equal(a, before[name])
    assert CELLS[kind][2](**inputs, mask=mask).dtype == dtype


@kinds
def test_dh_is_not_modified_and_backward_can_be_called_twice(kind):
    forward, backward, *_others = CELLS[kind]
    for shape in ((3, 5, 4), (3, 4)):
        _h, cache = forward(**cell_inputs(kind, np.random.default_rng(0)))
        dh = np.ones(shape)
        dh.flags.writeable = False
        for a, b in zip(backward(dh, cache), backward(dh, cache), strict=True):
            np.testing.assert_array_equal(a, b)


@kinds
def test_non_contiguous_inputs_and_whole_numbers_give_the_same(kind):
    inputs = cell_inputs(kind, np.random.default_rng(0))
    gaps = {name: scattered(a) for name, a in inputs.items()}
    for a, b in zip(call(kind, **inputs), call(kind, **gaps), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    whole = inputs | {"x": np.ones((3, 5, 2), int)}
    for a, b in zip(call(kind, **whole), call(kind, **(whole | {"x": np.ones((3, 5, 2))})), strict=True):
        np.testing.assert_array_equal(a, b)


@kinds
def test_backward_writes_into_given_arrays_and_can_leave_out_dx(kind):
    forward, backward, *_others = CELLS[kind]
    h, cache = forward(**cell_inputs(kind, np.random.default_rng(0)))
    _dx, *gradients = backward(np.ones_like(h), cache)
    out = [np.empty_like(g) for g in gradients[:3]]
    dx, *written = backward(np.ones_like(h), cache, out=out, needs_dx=False)
    assert dx is None
    for a, b, place in zip(gradients, written, out, strict=False):
        assert b is place
        np.testing.assert_array_equal(a, b)


@kinds
def test_no_sequences_at_all(kind):
    h, *gradients = call(kind, **cell_inputs(kind, np.random.default_rng(0), N=0))
    assert h.shape == (0, 5, 4) and not any(g.any() for g in gradients)


# ---------------------------------------------------------------- clipping
def test_clipping_by_norm_shortens_and_keeps_the_direction():
    a, b = np.array([3.0, 0.0]), np.array([[4.0]])
    together = nn.clip_by_norm([a, b], 1.0)  # the length of both is 5
    np.testing.assert_allclose(together[0], [0.6, 0])
    np.testing.assert_allclose(together[1], [[0.8]])
    np.testing.assert_allclose(nn.clip_by_norm(a, 1.5), [1.5, 0])
    np.testing.assert_array_equal(nn.clip_by_norm(a, 3.5), a)
    assert nn.clip_by_norm(np.ones(2, np.float32), 0.1).dtype == np.float32
    np.testing.assert_array_equal(a, [3, 0])
    np.testing.assert_array_equal(nn.clip_by_norm(np.zeros(2), 1.0), 0)
    with pytest.raises(ValueError, match="clipnorm is 0"):
        nn.clip_by_norm(a, 0)


def test_the_gradient_vanishes_or_grows_with_the_spectral_radius():
    """For linear states dL/dh_0 is W_hh^T applied T times: its length changes by the factor rho^T."""
    H, T = 4, 30
    Q = nn.orthogonal((H, H), np.random.default_rng(0))
    for rho in (0.5, 1.0, 1.5):
        _h, cache = nn.simple_rnn_forward(np.zeros((1, T, 1)), np.ones((1, H)), rho * Q, np.zeros(H), None, "linear")
        dh0 = nn.simple_rnn_backward(np.full((1, H), 0.5), cache)[-1]
        np.testing.assert_allclose(np.linalg.norm(dh0), rho**T, rtol=1e-12)


# ---------------------------------------------------------------- layers
def model(kind, steps=False, masked=False, dtype="float64", rng=0, T=5, D=2, optimizer="adam", activation=None):
    layer = CELLS[kind][5]
    first = [nn.Masking()] if masked else []
    layers = [nn.Input((T, D)), *first, layer(4, return_sequences=True), layer(3, return_sequences=steps)]
    made = nn.Sequential([*layers, nn.Dense(2, activation)], dtype=dtype, rng=rng)
    made.compile(optimizer, "mse", ["mae"])
    return made


def batch(steps, masked, rng, N=6, T=5, D=2):
    x, y = rng.standard_normal((N, T, D)), rng.standard_normal((N, T, 2) if steps else (N, 2))
    if masked:
        for n in range(N):
            x[n, rng.integers(1, T + 1) :] = 0
    return x, y


@kinds
@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_of_the_whole_network_are_the_slopes(kind, steps, masked):
    network = model(kind, steps, masked)
    x, y = batch(steps, masked, np.random.default_rng(0))
    value, gradients = network.loss_and_gradients(x, y)
    start = network.weight_vector.copy()

    def loss_at(vector):
        network.weight_vector[...] = vector
        return network.loss_and_gradients(x, y)[0]

    slope = nn.numerical_gradient(loss_at, start)
    assert nn.relative_error(np.concatenate([g.ravel() for g in gradients]), slope) < 1e-7
    network.weight_vector[...] = start
    in_training = network.loss_and_gradients(x, y, training=True)  # with the layers' work arrays
    assert in_training[0] == value
    for a, b in zip(gradients, in_training[1], strict=True):
        np.testing.assert_array_equal(a, b)


@kinds
def test_the_layer_is_the_function(kind):
    forward, _backward, _loops, _names, blocks, layer = CELLS[kind]
    x = np.random.default_rng(0).standard_normal((3, 5, 2))
    states, last = layer(4, return_sequences=True), layer(4)
    h = states(x)
    assert h.shape == (3, 5, 4) and last(x).shape == (3, 4)
    np.testing.assert_array_equal(h, forward(x, states.kernel, states.recurrent_kernel, states.bias)[0])
    last.bind(states.weights, last.gradients)
    np.testing.assert_array_equal(last(x), h[:, -1])
    assert states.kernel.shape == (2, 4 * blocks) and states.recurrent_kernel.shape == (4, 4 * blocks)
    assert states.bias.shape == ((2, 12) if kind == "GRU" else (4 * blocks,))
    assert repr(layer(4)).startswith(f"{kind}(units=4")


def test_the_output_layer_of_each_step_is_a_dense_layer():
    """y_t = f(W_hy h_t + b_y)."""
    network = model("SimpleRNN", steps=True, activation="tanh")
    x, _y = batch(True, False, np.random.default_rng(0))
    W_hy, b_y = network.get_weights()[-2:]
    h = x
    for layer in network.layers[:2]:
        h, _cache = nn.simple_rnn_forward(h, *layer.get_weights())
    np.testing.assert_allclose(network.predict(x)[:, 3], np.tanh(h[:, 3] @ W_hy + b_y), rtol=1e-12)


def test_the_forget_gate_starts_open_and_recurrent_weights_are_orthogonal():
    for layer, bias in ((nn.LSTM(3), [0] * 3 + [1] * 3 + [0] * 6), (nn.LSTM(3, unit_forget_bias=False), [0] * 12)):
        layer.build((5, 2), rng=0)
        np.testing.assert_array_equal(layer.bias, bias)
    for shape in ((6, 6), (4, 12), (9, 3)):
        W = nn.orthogonal(shape, np.random.default_rng(0))
        product = W @ W.T if shape[0] <= shape[1] else W.T @ W
        np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-14)
    layer = nn.GRU(8)
    layer.build((5, 2), rng=0, dtype="float64")
    np.testing.assert_allclose(layer.recurrent_kernel @ layer.recurrent_kernel.T, np.eye(8), atol=1e-14)


def test_orthogonal_matrices_are_drawn_without_a_preferred_direction():
    """Without the signs of R's diagonal the first corner would always be below 0."""
    rng = np.random.default_rng(0)
    corner = np.array([nn.orthogonal((2, 2), rng)[0, 0] for _ in range(4000)])
    assert abs(corner.mean()) < 0.04 and abs((corner**2).mean() - 0.5) < 0.03


@kinds
def test_a_state_is_never_carried_to_the_next_batch(kind):
    network = model(kind)
    x, y = batch(False, False, np.random.default_rng(0))
    before = network.predict(x[:2])
    network.loss_and_gradients(x, y, training=True)
    np.testing.assert_array_equal(network.predict(x[:2]), before)
    np.testing.assert_allclose(network.predict(x, batch_size=1)[:2], before, rtol=1e-12)


@kinds
@pytest.mark.parametrize("how", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_learns_alone(kind, how):
    x, y = batch(True, True, np.random.default_rng(0))
    network = model(kind, True, True)
    network.train_on_batch(x, y)
    twin, before = how(network), network.get_weights()
    losses = [twin.train_on_batch(x, y)[0] for _ in range(3)]
    assert losses[2] < losses[0]
    for a, b in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert losses == [network.train_on_batch(x, y)[0] for _ in range(3)]


@kinds
def test_batches_of_changing_size_train_as_alone(kind):
    """The work arrays of a large batch must not leak into a small one."""
    x, y = batch(True, True, np.random.default_rng(0), N=7)
    a, b = model(kind, True, True), model(kind, True, True)
    a.loss_and_gradients(x, y, training=True)
    for part in (slice(0, 3), slice(3, 7), slice(2, 3)):
        one = a.loss_and_gradients(x[part], y[part], training=True)
        other = copy.deepcopy(b).loss_and_gradients(x[part], y[part], training=True)
        assert one[0] == other[0]
        for g, k in zip(one[1], other[1], strict=True):
            np.testing.assert_array_equal(g, k)


def test_a_divergence_between_two_layers_is_a_divergence_and_not_bad_data():
    layers = [nn.SimpleRNN(3, "relu", return_sequences=True, input_shape=(5, 2)), nn.SimpleRNN(3, "relu"), nn.Dense(1)]
    network = nn.Sequential(layers, rng=0)
    network.compile(nn.SGD(1e6), "mse")
    x, y = np.ones((4, 5, 2)), np.ones((4, 1))
    with np.errstate(all="ignore"):
        with pytest.raises(FloatingPointError, match="The training diverged"):
            network.fit(x, y, epochs=20, verbose=0, validation_data=(x, y))
        network.set_weights([np.full_like(w, 1e20) for w in network.get_weights()])
        assert not np.isfinite(network.evaluate(x, y))


@kinds
def test_it_learns_to_remember_the_first_step(kind):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 6, 1))
    network = nn.Sequential([nn.Input((6, 1)), CELLS[kind][5](8), nn.Dense(1)], rng=0)
    network.compile(nn.Adam(0.02), "mse")
    loss = network.fit(x, x[:, 0], epochs=150, verbose=0).history["loss"]
    assert loss[-1] < 0.05 * loss[0]


def test_names_and_shapes_are_keras_names_and_shapes():
    network = nn.Sequential(
        [
            nn.Masking(input_shape=(30, 14)),
            nn.SimpleRNN(8, return_sequences=True),
            nn.SimpleRNN(8, return_sequences=True),
            nn.LSTM(8, return_sequences=True),
            nn.GRU(8),
            nn.Dense(1),
        ]
    )
    assert [layer.name for layer in network.layers] == [
        "masking", "simple_rnn", "simple_rnn_1", "lstm", "gru", "dense"
    ]  # fmt: skip
    assert [layer.output_shape for layer in network.layers] == [(30, 14), *[(30, 8)] * 3, (8,), (1,)]
    assert [layer.count_params() for layer in network.layers] == [0, 184, 136, 544, 432, 9]


# ---------------------------------------------------------------- masks through a model
def test_filled_up_sequences_give_the_outputs_of_the_short_ones():
    network = model("LSTM", masked=True)
    x, _y = batch(False, False, np.random.default_rng(0))
    short = x.copy()
    short[:, 3:] = 0
    cut = nn.Sequential([nn.Input((3, 2)), nn.LSTM(4, return_sequences=True), nn.LSTM(3), nn.Dense(2)], dtype="float64")
    cut.set_weights(network.get_weights())
    np.testing.assert_allclose(network.predict(short), cut.predict(x[:, :3]), rtol=1e-12)


def test_losses_and_metrics_of_each_step_count_the_real_steps_only():
    network = model("GRU", steps=True, masked=True)
    x, y = batch(True, True, np.random.default_rng(0))
    real = x.any(axis=-1)
    assert 0 < (~real).sum()
    y_pred = network.predict(x)
    needed = ((y_pred - y) ** 2)[real].mean(), np.abs(y_pred - y)[real].mean()
    np.testing.assert_allclose(network.evaluate(x, y), needed, rtol=1e-12)
    changed = y.copy()
    changed[~real] = 1e3
    assert network.evaluate(x, changed) == network.evaluate(x, y)
    np.testing.assert_array_equal(network.loss_and_gradients(x, changed)[1][0], network.loss_and_gradients(x, y)[1][0])


def test_a_batch_without_a_real_step_has_no_loss_and_changes_nothing():
    network = model("SimpleRNN", steps=True, masked=True)
    loss, gradients = network.loss_and_gradients(np.zeros((2, 5, 2)), np.ones((2, 5, 2)))
    assert loss == 0 and not any(g.any() for g in gradients)


def test_flatten_and_the_last_step_end_a_mask():
    x, y = batch(False, True, np.random.default_rng(0))
    for layers in ([nn.Flatten()], [nn.GRU(3)]):
        network = nn.Sequential([nn.Masking(input_shape=(5, 2)), *layers, nn.Dense(2)], dtype="float64", rng=0)
        network.compile("sgd", "mse")
        np.testing.assert_allclose(network.evaluate(x, y), ((network.predict(x) - y) ** 2).mean(), rtol=1e-12)


def test_masking_with_another_value_and_backwards():
    layer = nn.Masking(-1)
    x = np.array([[[-1.0, -1], [-1, 2], [0, 0]]])
    np.testing.assert_array_equal(layer(x), [[[0, 0], [-1, 2], [0, 0]]])
    np.testing.assert_array_equal(layer.output_mask(), [[False, True, True]])
    np.testing.assert_array_equal(layer.backward(np.ones((1, 3, 2))), [[[0, 0], [1, 1], [1, 1]]])


# ---------------------------------------------------------------- bad input
X, W, U, B = np.ones((3, 5, 2)), np.ones((2, 4)), np.ones((4, 4)), np.ones(4)


def rnn(x=X, W_xh=W, W_hh=U, b_h=B, **options):
    return nn.simple_rnn_forward(x, W_xh, W_hh, b_h, **options)


def with_nan(x):
    x = x.copy()
    x[1, 2, 0] = np.nan
    return x


WRONG = {
    "unequal lengths": (lambda: rnn([np.ones((5, 2)), np.ones((3, 2))]),
                        r"x holds sequences of unequal length, from 3 to 5 steps.*pass mask \(N, T\)"),
    "unequal lists": (lambda: rnn([[[1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]]]), "unequal length, from 1 to 2 steps"),
    "T = 0": (lambda: rnn(np.ones((3, 0, 2))), r"x has shape \(3, 0, 2\): T = 0, the sequences have no steps"),
    "NaN": (lambda: rnn(with_nan(X)), r"x holds 1 values that are NaN.*\(1, 2, 0\).*Or skip these steps with mask"),
    "infinite": (lambda: rnn(X * np.inf), "x holds 30 values that are NaN or infinite"),
    "one sequence": (lambda: rnn(X[0]), r"x has shape \(5, 2\).*three axes.*For one sequence use x\[None\]"),
    "W_xh": (lambda: rnn(W_xh=np.ones((3, 4))), r"W_xh has shape \(3, 4\), but \(D, H\) = \(2, 4\) is needed"),
    "W_xh transposed": (lambda: rnn(W_xh=W.T), r"W_xh looks transposed: try W_xh\.T"),
    "W_hh": (lambda: rnn(W_hh=np.ones((4, 3))), r"W_hh has shape \(4, 3\), but \(H, H\) is needed.*must be square"),
    "b_h": (lambda: rnn(b_h=np.ones(3)), r"b_h has shape \(3,\), but \(4,\) is needed for 4 units"),
    "h0": (lambda: rnn(h0=np.ones((2, 4))), r"h0 has shape \(2, 4\), but \(N, H\) = \(3, 4\) is needed"),
    "h0 of one": (lambda: rnn(h0=np.ones(4)), r"For the same state in all sequences use np\.tile\(h0, \(3, 1\)\)"),
    "mask": (lambda: rnn(mask=np.ones((5, 3), bool)), r"mask has shape \(5, 3\), but \(N, T\) = \(3, 5\)"),
    "mask with features": (lambda: rnn(mask=np.ones((3, 5, 1), bool)), r"mask\[\.\.\., 0\]"),
    "mask of lengths": (lambda: rnn(mask=np.full((3, 5), 7)), r"mask must hold True \(a real step\) and False"),
    "softmax": (lambda: rnn(activation="softmax"), "activation 'softmax' is unknown.*Known: 'tanh'"),
    "dh": (lambda: nn.simple_rnn_backward(np.ones((3, 5, 3)), rnn()[1]),
           r"dh has shape \(3, 5, 3\), but h has shape \(3, 5, 4\)"),
    "W_h of an LSTM": (lambda: nn.lstm_forward(X, np.ones((2, 16)), U, np.ones(16)),
                       r"W_h has shape \(4, 4\), but \(H, 4 H\) is needed"),
    "c0": (lambda: nn.lstm_forward(X, np.ones((2, 16)), np.ones((4, 16)), np.ones(16), c0=np.ones((3, 5))),
           r"c0 has shape \(3, 5\), but \(N, H\) = \(3, 4\)"),
    "dc": (lambda: nn.lstm_backward(np.ones((3, 4)), nn.lstm_forward(X, np.ones((2, 16)), np.ones((4, 16)),
                                                                   np.ones(16))[1], dc=np.ones((3, 1))),
           r"dc has shape \(3, 1\)"),
    "one bias of a GRU": (lambda: nn.gru_forward(X, np.ones((2, 12)), np.ones((4, 12)), np.ones(12)),
                          r"b has shape \(12,\), but \(2, 12\) is needed"),
    "loops": (lambda: nn.gru_loops(X, np.ones((2, 12)), np.ones((4, 9)), np.ones((2, 12))), r"\(H, 3 H\) is needed"),
    "layer without steps": (lambda: nn.LSTM(3)(np.ones((4, 2))), r"LSTM needs sequences .*x\[\.\.\., None\]"),
    "layer on images": (lambda: nn.Sequential([nn.GRU(3, input_shape=(9, 9, 1))]), "GRU needs sequences"),
    "masking without steps": (lambda: nn.Masking()(np.ones((4, 2))), "Masking needs sequences"),
    "activation of an LSTM": (lambda: nn.LSTM(3, "relu"), "LSTM is built on its formula.*'relu'.*SimpleRNN takes"),
    "unequal lengths for a model": (lambda: model("GRU").predict([np.ones((5, 2)), np.ones((3, 2))]),
                                    r"its rows differ in length.*put Masking\(\) first"),
    "NaN for a model": (lambda: model("GRU").predict(with_nan(X)), r"x holds 1 values that are NaN.*\(1, 2, 0\)"),
    "other T for a model": (lambda: model("GRU").predict(np.ones((3, 4, 2))), r"\(3, 4, 2\).*needs \(N, 5, 2\)"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("name", WRONG)
def test_wrong_values_are_explained(name):
    wrong, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        wrong()


def test_text_is_no_sequence():
    with pytest.raises(TypeError, match="x has dtype"):
        rnn(np.full((3, 5, 2), "a"))


def test_the_number_of_steps_may_be_open():
    rng = np.random.default_rng(0)
    layers = [nn.SimpleRNN(4, return_sequences=True), nn.LSTM(3), nn.Dense(1)]
    model = nn.Sequential([nn.Input((None, 2)), *layers], dtype="float64", rng=0)
    fixed = nn.Sequential([nn.Input((7, 2)), nn.SimpleRNN(4, return_sequences=True), nn.LSTM(3), nn.Dense(1)],
                          dtype="float64", rng=0)  # fmt: skip
    assert "(None, None, 4)" in shown(model)
    model.compile(loss="mse")
    fixed.compile(loss="mse")
    for steps in (3, 7, 12):
        x = rng.normal(size=(5, steps, 2))
        assert model.predict(x).shape == (5, 1)
        model.fit(x, x[:, -1, :1], epochs=2, verbose=0, rng=0)
    fixed.set_weights(model.get_weights())
    x = rng.normal(size=(5, 7, 2))
    np.testing.assert_array_equal(model.predict(x), fixed.predict(x))
    for ours, theirs in zip(model.loss_and_gradients(x, x[:, -1, :1])[1], fixed.loss_and_gradients(x, x[:, -1, :1])[1],
                            strict=True):  # fmt: skip
        np.testing.assert_array_equal(ours, theirs)


def test_open_steps_with_an_answer_for_each():
    model = nn.Sequential([nn.Input((None, 2)), nn.GRU(4, return_sequences=True), nn.Dense(1)], rng=0)
    model.compile(loss="mse")
    for steps in (4, 9):
        x = np.ones((3, steps, 2))
        model.fit(x, x[..., :1], epochs=1, verbose=0)
        assert model.predict(x).shape == (3, steps, 1)
        assert model.predict(x[:0]).shape == (0, steps, 1)
        with pytest.raises(ValueError, match=r"y_true has shape \(3, 2, 1\), but y_pred has shape"):
            model.fit(x, x[:, :2, :1], verbose=0)


def test_open_steps_where_they_cannot_be():
    with pytest.raises(TypeError, match="Only sequences may leave their steps open"):
        nn.Input((None, 28, 1))
    with pytest.raises(TypeError, match="Only sequences may leave their steps open"):
        nn.Input((7, None))
    with pytest.raises(ValueError, match="Flatten needs to know all sizes, but the number of steps is open"):
        nn.Sequential([nn.Input((None, 2)), nn.Flatten(), nn.Dense(1)])
    with pytest.raises(ValueError, match="Dense needs to know the number of its features"):
        nn.Sequential([nn.Input((None,)), nn.Dense(1)])
    model = nn.Sequential([nn.Input((None, 2)), nn.SimpleRNN(3)])
    with pytest.raises(ValueError, match=r"x has shape \(4, 5, 3\), but the first layer needs \(N, any, 2\)"):
        model.predict(np.ones((4, 5, 3)))


def shown(model):
    lines = []
    model.summary(print_fn=lines.append)
    return "\n".join(lines)
