"""Every function against finite differences and against values worked out by hand; shapes, dtypes, purity."""

import numpy as np
import pytest
from hypothesis import given

from course_lib import nn
from tests.nn.cases import (
    LOSS_CASES,
    activation_pair,
    away_from_zero,
    call_loss,
    loss_case,
    quick,
    scattered,
    seeds,
    sizes,
)


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
@quick
@given(n=sizes, m=sizes, seed=seeds)
def test_activation_gradient_is_the_slope(name, n, m, seed):
    rng = np.random.default_rng(seed)
    forward, backward = activation_pair(name)
    check = nn.check_gradients(forward, backward, {"z": away_from_zero(rng, (n, m))}, rng=rng)
    # One class: the softmax is 1 whatever z is, the slope 0, and round-off over 0 means nothing.
    assert check.passed or name == "softmax" and m == 1 and abs(backward(np.ones((n, 1)), np.ones((n, 1)))).max() == 0


@quick
@given(n=sizes, d=sizes, m=sizes, seed=seeds)
def test_dense_gradients_are_the_slopes(n, d, m, seed):
    rng = np.random.default_rng(seed)
    inputs = {"x": rng.standard_normal((n, d)), "W": rng.standard_normal((d, m)), "b": rng.standard_normal(m)}
    check = nn.check_gradients(nn.dense_forward, nn.dense_backward, inputs, rng=rng)
    assert check.passed, check
    assert list(check.errors) == ["x", "W", "b"]


@pytest.mark.parametrize(("name", "loss", "logits", "kind"), LOSS_CASES)
@pytest.mark.parametrize("weighted", [False, True])
@quick
@given(n=sizes, classes=sizes, seed=seeds)
def test_loss_gradient_is_the_slope(name, loss, logits, kind, weighted, n, classes, seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred = loss_case(kind, logits, rng, n, classes)
    if not logits and kind in ("onehot", "number") and classes == 1:
        return  # the only probability is 1: outside the clip, slope 0
    options = {"sample_weight": rng.uniform(0.5, 2, n)} if weighted else {}
    value, gradient = call_loss(loss, y_true, y_pred, logits, **options)
    assert np.ndim(value) == 0
    assert gradient.shape == y_pred.shape
    slope = nn.numerical_gradient(lambda p: call_loss(loss, y_true, p, logits, **options)[0], y_pred)
    if classes == 1 and kind in ("onehot", "number"):
        np.testing.assert_allclose(gradient, 0, atol=1e-12)
    else:
        assert nn.relative_error(gradient, slope) < 1e-7


def test_dropout_gradient_is_the_slope():
    x = np.random.default_rng(0).standard_normal((6, 5))
    check = nn.check_gradients(lambda x: nn.dropout_forward(x, 0.4, 3), nn.dropout_backward, {"x": x})
    assert check.passed, check


# ---------------------------------------------------------------- numbers worked out by hand
def test_dense_forward_by_hand():
    y, _cache = nn.dense_forward(
        np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0], [6.0, 7.0, 8.0]]), np.array([0.5, 0, -1])
    )
    np.testing.assert_array_equal(y, [[15.5, 18.0, 20.0]])


def test_dense_backward_by_hand():
    x, W = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [10.0]])
    _y, cache = nn.dense_forward(x, W, np.zeros(1))
    dx, dW, db = nn.dense_backward(np.array([[1.0], [2.0]]), cache)
    np.testing.assert_array_equal(dx, [[1, 10], [2, 20]])
    np.testing.assert_array_equal(dW, [[7], [10]])
    np.testing.assert_array_equal(db, [3])


def test_dense_backward_writes_into_given_arrays_and_can_leave_out_dx():
    rng = np.random.default_rng(0)
    _y, cache = nn.dense_forward(rng.standard_normal((4, 3)), rng.standard_normal((3, 2)), np.zeros(2))
    dy = rng.standard_normal((4, 2))
    _dx, dW, db = nn.dense_backward(dy, cache)
    out = np.empty((3, 2)), np.empty(2)
    dx, dW_out, db_out = nn.dense_backward(dy, cache, out=out, needs_dx=False)
    assert dx is None
    assert dW_out is out[0] and db_out is out[1]
    np.testing.assert_array_equal(out[0], dW)
    np.testing.assert_array_equal(out[1], db)


def test_activations_by_hand():
    z = np.array([[-1.0, 0.0, 2.0]])
    np.testing.assert_array_equal(nn.relu(z), [[0, 0, 2]])
    np.testing.assert_array_equal(nn.linear(z), z)
    np.testing.assert_allclose(nn.sigmoid(z), 1 / (1 + np.exp(-z)), rtol=1e-15)
    np.testing.assert_array_equal(nn.tanh(z), np.tanh(z))
    np.testing.assert_allclose(nn.softmax(z), np.exp(z) / np.exp(z).sum(), rtol=1e-15)


def test_relu_slope_at_the_kink_is_zero():
    np.testing.assert_array_equal(nn.relu_backward(np.ones(3), nn.relu(np.array([-0.0, 0.0, 1e-300]))), [0, 0, 1])


def test_large_values_do_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        z = np.array([[-1e4, 1e4]])
        np.testing.assert_array_equal(nn.sigmoid(z), [[0, 1]])
        np.testing.assert_array_equal(nn.softmax(z), [[0, 1]])
        loss, gradient = nn.sparse_categorical_crossentropy([0], z, from_logits=True)
        assert loss == 2e4
        np.testing.assert_array_equal(gradient, [[-1, 1]])
        loss, _gradient = nn.binary_crossentropy([[1, 0]], z, from_logits=True)
        assert loss == 1e4


def test_losses_by_hand():
    assert nn.mean_squared_error([[1.0], [3.0]], [[2.0], [5.0]])[0] == 2.5
    np.testing.assert_allclose(nn.binary_crossentropy([[1.0]], [[0.25]])[0], np.log(4))
    np.testing.assert_allclose(nn.sparse_categorical_crossentropy([1], [[0.5, 0.25, 0.25]])[0], np.log(4))
    np.testing.assert_allclose(nn.categorical_crossentropy([[0, 1, 0]], [[0.5, 0.25, 0.25]])[0], np.log(4))
    # Any number of classes with equal chances: log C, the value to expect before training.
    np.testing.assert_allclose(
        nn.sparse_categorical_crossentropy([3], np.zeros((1, 10)), from_logits=True)[0], np.log(10)
    )


def test_confident_and_wrong_stops_at_the_clip_with_slope_zero():
    loss, gradient = nn.binary_crossentropy([[1.0]], [[0.0]])
    assert round(float(loss), 3) == 16.118
    assert gradient[0, 0] == 0
    _loss, from_logits = nn.binary_crossentropy([[1.0]], [[-50.0]], from_logits=True)
    np.testing.assert_allclose(from_logits, -1)


def test_targets_without_the_last_axis_do_not_broadcast():
    y_true, y_pred = np.array([0.0, 1.0, 1.0]), np.array([[0.2], [0.7], [0.9]])
    flat, column = nn.mean_squared_error(y_true, y_pred), nn.mean_squared_error(y_true[:, None], y_pred)
    assert flat[0] == column[0]
    assert flat[1].shape == (3, 1)
    both_flat = nn.mean_squared_error(y_true, y_pred[:, 0])
    assert both_flat[0] == column[0]


def test_sample_weight_counts_samples_not_weights():
    losses = nn.mean_squared_error([[0.0], [0.0]], [[1.0], [2.0]], sample_weight=[1.0, 3.0])
    assert losses[0] == (1 * 1 + 3 * 4) / 2


def test_dropout_keeps_the_mean_and_the_share():
    x = np.ones((200, 200))
    y, mask = nn.dropout_forward(x, 0.25, np.random.default_rng(0))
    np.testing.assert_array_equal(np.unique(y), [0, 1 / 0.75])
    assert abs((y == 0).mean() - 0.25) < 0.01
    assert abs(y.mean() - 1) < 0.01
    np.testing.assert_array_equal(nn.dropout_backward(2 * x, mask), 2 * mask)


def test_dropout_does_nothing_outside_training():
    x = np.random.default_rng(0).standard_normal((3, 4))
    for y, mask in (nn.dropout_forward(x, 0.5, 0, training=False), nn.dropout_forward(x, 0.0, 0)):
        np.testing.assert_array_equal(y, x)
        np.testing.assert_array_equal(nn.dropout_backward(x, mask), x)


# ---------------------------------------------------------------- purity, dtype, memory layout
def every_call(rng, dtype=np.float64, layout=np.array):
    """Yield (name, function, arguments) of every function with random arguments in a dtype and memory layout."""

    def random(*shape):
        return layout(rng.standard_normal(shape).astype(dtype))

    for name, (forward, backward) in nn.ACTIVATIONS.items():
        yield name, forward, [random(3, 4)]
        yield f"{name}_backward", backward, [random(3, 4), layout(forward(random(3, 4)))]
    x, W, b = random(3, 4), random(4, 2), random(2)
    yield "dense_forward", lambda *a: nn.dense_forward(*a)[0], [x, W, b]
    yield (
        "dense_backward",
        lambda dy, x, W, b: nn.dense_backward(dy, nn.dense_forward(x, W, b)[1]),
        [random(3, 2), x, W, b],
    )
    yield "dropout_forward", lambda x: nn.dropout_forward(x, 0.5, 1)[0], [x]
    yield "dropout_backward", lambda dy, x: nn.dropout_backward(dy, nn.dropout_forward(x, 0.5, 1)[1]), [random(3, 4), x]
    for name, loss, logits, kind in LOSS_CASES:
        y_true, y_pred = loss_case(kind, logits, rng)
        if y_true.ndim == 2:
            y_true = layout(y_true.astype(dtype))
        yield name, lambda t, p, f=loss, o=logits: call_loss(f, t, p, o), [y_true, layout(y_pred.astype(dtype))]
    for step in STEPS:
        yield step.__name__, lambda w, g, s=step: s(w, g)[0], [random(3, 4), random(3, 4)]
        state = step(random(3, 4), random(3, 4))[1]
        yield (
            f"{step.__name__} again",
            lambda w, g, s=step, state=state: s(w, g, state)[0],
            [random(3, 4), random(3, 4)],
        )


STEPS = [nn.gradient_descent_step, nn.sgd_step, nn.momentum_step, nn.nesterov_step, nn.rmsprop_step, nn.adam_step]


def flatten(result):
    """The arrays of a result as a list."""
    return [a for part in result for a in flatten(part)] if isinstance(result, tuple) else [np.asarray(result)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_dtype_is_kept(dtype):
    for name, function, arguments in every_call(np.random.default_rng(0), dtype):
        for result in flatten(function(*arguments)):
            assert result.dtype == dtype, name


def test_inputs_are_not_modified_and_results_are_new_arrays():
    for name, function, arguments in every_call(np.random.default_rng(0)):
        before = [a.copy() for a in arguments]
        results = flatten(function(*arguments))
        for result in results:
            assert not any(np.shares_memory(result, a) for a in arguments), name
            if result.ndim:
                result[...] = -99.0
        for a, b in zip(arguments, before, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)


def test_arguments_may_be_read_only():
    for name, function, arguments in every_call(np.random.default_rng(0)):
        for a in arguments:
            a.flags.writeable = False
        assert flatten(function(*arguments)), name


def test_non_contiguous_inputs_give_the_same():
    plain, gaps = (list(every_call(np.random.default_rng(0), layout=layout)) for layout in (np.array, scattered))
    for (name, function, arguments), (_name, again, views) in zip(plain, gaps, strict=True):
        assert any(not v.flags.c_contiguous for v in views if v.ndim == 2), name
        for a, b in zip(flatten(function(*arguments)), flatten(again(*views)), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-15, err_msg=name)


def test_whole_numbers_become_float64():
    assert nn.relu(np.array([-1, 2])).dtype == np.float64
    assert nn.relu([True, False]).dtype == np.float64
    y, _cache = nn.dense_forward([[1, 2]], [[1], [1]], [0])
    assert y.dtype == np.float64 and y[0, 0] == 3
    assert nn.mean_squared_error([0, 1], [1, 1])[0] == 0.5


def test_optimizer_states_are_not_modified():
    rng = np.random.default_rng(0)
    w, g = rng.standard_normal((2, 5))
    for step in STEPS:
        _w, state = step(w, g)
        kept = {name: np.copy(value) for name, value in state.items()}
        step(w, g, state)
        for name, value in state.items():
            np.testing.assert_array_equal(value, kept[name], err_msg=step.__name__)
