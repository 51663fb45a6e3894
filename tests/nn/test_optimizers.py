"""The rules by hand, and the objects against the rules."""

import numpy as np
import pytest

from course_lib import nn
from tests.nn.cases import small_model

# Numbers that float32 holds exactly: the objects round as Keras does, so they then equal the pure rules.
RATE, NUMBERS = 2.0**-6, {"momentum": 0.875}
PAIRS = [
    (nn.SGD(RATE), nn.sgd_step, {"learning_rate": RATE}),
    (nn.SGD(RATE), nn.gradient_descent_step, {"learning_rate": RATE}),
    (nn.SGD(RATE, 0.875), nn.momentum_step, {"learning_rate": RATE, "momentum": 0.875}),
    (nn.SGD(RATE, 0.875, True), nn.nesterov_step, {"learning_rate": RATE, "momentum": 0.875}),
    (nn.RMSprop(RATE, 0.875), nn.rmsprop_step, {"learning_rate": RATE, "rho": 0.875}),
    (nn.Adam(RATE, 0.875, 0.9921875), nn.adam_step, {"learning_rate": RATE, "beta_1": 0.875, "beta_2": 0.9921875}),
]


@pytest.mark.parametrize(("optimizer", "step", "numbers"), PAIRS)
@pytest.mark.parametrize("block", [3, 32768])
def test_objects_equal_the_pure_rules(optimizer, step, numbers, block):
    rng = np.random.default_rng(0)
    w = rng.standard_normal(10)
    ours, state = w.copy(), None
    optimizer.reset()
    optimizer.block = block
    for _ in range(5):
        gradient = rng.standard_normal(10)
        ours, state = step(ours, gradient, state, **numbers)
        optimizer.update(w, gradient)
        np.testing.assert_array_equal(w, ours)


def test_objects_update_arrays_of_any_shape_in_place():
    rng = np.random.default_rng(0)
    weights, gradients = [[rng.standard_normal(s) for s in ((4, 3), (3,), ())] for _ in range(2)]
    before, views = [w.copy() for w in weights], list(weights)
    nn.SGD(0.5).apply(gradients, weights)
    for w, b, g, view in zip(weights, before, gradients, views, strict=True):
        np.testing.assert_array_equal(w, b - 0.5 * g)
        assert w is view


def test_rules_by_hand():
    w, g = np.array([1.0]), np.array([2.0])
    assert nn.gradient_descent_step(w, g, learning_rate=0.1)[0] == 0.8
    w1, state = nn.momentum_step(w, g, learning_rate=0.1, momentum=0.5)
    assert (w1[0], state["m"][0]) == (0.8, -0.2)
    w2, state = nn.momentum_step(w1, g, state, learning_rate=0.1, momentum=0.5)
    np.testing.assert_allclose(w2, 0.8 - 0.3)
    np.testing.assert_allclose(nn.nesterov_step(w, g, learning_rate=0.1, momentum=0.5)[0], 1 - 0.1 - 0.2)
    np.testing.assert_allclose(
        nn.rmsprop_step(w, g, learning_rate=0.1, rho=0.75, epsilon=3)[0], 1 - 0.2 / np.sqrt(1 + 3)
    )
    np.testing.assert_allclose(
        nn.adam_step(w, g, learning_rate=0.1, epsilon=1e-12)[0], 0.9
    )  # first step: the rate itself


def test_gradient_descent_is_stable_up_to_two_over_lambda_max():
    A = np.diag([1.0, 4.0])  # L = w^T A w / 2, largest curvature 4, limit 2 / 4 = 0.5
    for rate, grows in ((0.49, False), (0.51, True)):
        w = np.array([1.0, 1.0])
        for _ in range(200):
            w, _state = nn.gradient_descent_step(w, A @ w, learning_rate=rate)
        assert (np.abs(w).max() > 1) == grows


@pytest.mark.parametrize(("optimizer", "_step", "_numbers"), PAIRS)
def test_every_optimizer_finds_the_bottom_of_a_bowl(optimizer, _step, _numbers):
    optimizer.reset()
    w = np.array([1.0, -1.0])
    for _ in range(2000):
        optimizer.update(w, w * [1.0, 4.0])
    assert np.abs(w).max() < 0.02


def test_clipnorm_shortens_each_array_and_global_clipnorm_all_together():
    gradients = [np.array([3.0, 4.0]), np.array([0.6, 0.8])]
    each = nn.SGD(clipnorm=2.0).clip(gradients)
    np.testing.assert_allclose(each[0], [1.2, 1.6])
    np.testing.assert_allclose(each[1], [0.6, 0.8])
    together = nn.SGD(global_clipnorm=2.0).clip(gradients)
    np.testing.assert_allclose(np.sqrt(sum((g**2).sum() for g in together)), 2)
    np.testing.assert_allclose(together[0] / 5, together[1])
    assert nn.SGD().clip(gradients) is gradients
    np.testing.assert_array_equal(gradients[0], [3, 4])


@pytest.mark.parametrize("option", ["clipnorm", "global_clipnorm"])
def test_a_model_trains_with_clipped_gradients(option):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((8, 5)), 100 * rng.standard_normal((8, 2))
    model = small_model(optimizer=nn.SGD(1.0, **{option: 0.125}))
    before = model.get_weights()
    gradients = model.loss_and_gradients(x, y)[1]
    model.train_on_batch(x, y)
    expected = nn.SGD(1.0, **{option: 0.125}).clip(gradients)
    assert np.sqrt(sum((g**2).sum() for g in expected)) < np.sqrt(sum((g**2).sum() for g in gradients)) / 10
    for a, b, g in zip(model.get_weights(), before, expected, strict=True):
        np.testing.assert_allclose(a, b - g, rtol=1e-13)


def test_learning_rate_can_change_between_steps():
    optimizer, w = nn.SGD(0.5), np.array([0.0])
    optimizer.update(w, np.array([1.0]))
    optimizer.learning_rate = 0.25
    optimizer.update(w, np.array([1.0]))
    assert w[0] == -0.75


def test_two_models_do_not_share_one_state():
    optimizer = nn.Adam()
    first, second = small_model(optimizer=optimizer), small_model(optimizer=optimizer)
    assert first.optimizer is optimizer
    assert second.optimizer is not optimizer
    assert second.optimizer.get_config() == optimizer.get_config()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.SGD(0), "learning_rate is 0, but it must be a finite number above 0"),
        (lambda: nn.Adam(-0.1), "learning_rate is -0.1"),
        (lambda: nn.RMSprop(float("nan")), "learning_rate is nan"),
        (lambda: nn.SGD(0.1, momentum=1.0), "momentum is 1.0, but it must be at least 0 and below 1"),
        (lambda: nn.Adam(beta_2=2), "beta_2 is 2"),
        (lambda: nn.RMSprop(rho=-1), "rho is -1"),
        (lambda: nn.Adam(epsilon=0), "epsilon is 0"),
        (lambda: nn.SGD(clipnorm=1, global_clipnorm=1), "Only one of clipnorm and global_clipnorm"),
        (lambda: nn.sgd_step(np.ones(2), np.ones(2), learning_rate=-1), "learning_rate is -1"),
        (lambda: nn.adam_step(np.ones(2), np.ones(3)), r"gradient has shape \(3,\), but w has shape \(2,\)"),
        (lambda: nn.momentum_step(np.ones(2), np.ones(2), momentum=1.5), "momentum is 1.5"),
    ],
)
def test_bad_numbers_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_learning_rate_that_is_not_a_number_is_named():
    with pytest.raises(TypeError, match="learning_rate is 'fast', but a number is needed"):
        nn.SGD("fast")
