"""The checker is checked: right gradients pass, each kind of wrong one is found."""

import numpy as np
import pytest

from course_lib import nn


def data():
    rng = np.random.default_rng(0)
    return {"x": rng.standard_normal((4, 3)), "W": rng.standard_normal((3, 2)), "b": rng.standard_normal(2)}


def test_right_gradients_pass():
    check = nn.check_gradients(nn.dense_forward, nn.dense_backward, data())
    assert check.passed
    assert max(check.errors.values()) < 1e-9
    assert "WRONG" not in str(check)


def wrong(change):
    """dense_backward with its result changed."""
    return lambda dy, cache: change(*nn.dense_backward(dy, cache))


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (wrong(lambda dx, dW, db: (-dx, dW, db)), "x"),
        (wrong(lambda dx, dW, db: (dx, dW / 4, db)), "W"),  # a mean where the sum was asked
        (wrong(lambda dx, dW, db: (dx, dW, db * 1.00001)), "b"),
        (wrong(lambda dx, dW, db: (dx, np.full_like(dW, np.nan), db)), "W"),
        (wrong(lambda dx, dW, db: (0 * dx, dW, db)), "x"),
    ],
)
def test_a_wrong_gradient_is_found_and_named(broken, where):
    check = nn.check_gradients(nn.dense_forward, broken, data())
    assert not check.passed
    assert [name for name, error in check.errors.items() if not error <= check.tolerance] == [where]
    assert "WRONG" in str(check)


def test_a_softmax_gradient_that_a_constant_dy_cannot_tell_from_zero_is_found():
    y = nn.softmax
    zero = lambda dy, y: 0 * dy  # noqa: E731
    z = {"z": np.random.default_rng(0).standard_normal((3, 4))}
    assert nn.check_gradients(lambda z: (y(z), y(z)), zero, z, dy=np.zeros((3, 4))).passed
    assert not nn.check_gradients(lambda z: (y(z), y(z)), zero, z).passed


def test_a_gradient_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"gradient of W has shape \(2, 3\), but W has shape \(3, 2\)"):
        nn.check_gradients(nn.dense_forward, wrong(lambda dx, dW, db: (dx, dW.T, db)), data())


def test_a_missing_gradient_is_named():
    with pytest.raises(ValueError, match="returned 2 gradients, but forward has 3 inputs"):
        nn.check_gradients(nn.dense_forward, wrong(lambda dx, dW, db: (dW, db)), data())


def test_none_skips_an_input():
    check = nn.check_gradients(nn.dense_forward, wrong(lambda dx, dW, db: (None, dW, db)), list(data().values()))
    assert list(check.errors) == ["input 1", "input 2"]


def test_numerical_gradient_by_hand_and_without_touching_x():
    x = np.array([[1.0, -2.0], [3.0, 0.5]])
    before = x.copy()
    np.testing.assert_allclose(nn.numerical_gradient(lambda x: (x**3).sum(), x), 3 * before**2, rtol=1e-9)
    np.testing.assert_array_equal(x, before)


def test_numerical_gradient_is_not_fooled_by_a_function_that_modifies_its_argument():
    def f(x):
        x *= 2
        return (x**2).sum()

    np.testing.assert_allclose(nn.numerical_gradient(f, np.array([1.0, 2.0])), [8, 16], rtol=1e-8)


def test_float32_is_much_worse_than_float64():
    def error(dtype, h):
        x = np.linspace(0.5, 2, 5).astype(dtype)
        return nn.relative_error(
            nn.numerical_gradient(lambda x: np.sin(x).sum(), x, h).astype(float), np.cos(x.astype(float))
        )

    assert error(np.float64, 1e-5) < 1e-9
    assert min(error(np.float32, h) for h in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)) > 1e-6


def test_a_function_that_returns_an_array_is_explained():
    with pytest.raises(ValueError, match=r"array of shape \(2,\), but one number is needed"):
        nn.numerical_gradient(lambda x: x, np.ones(2))
    with pytest.raises(ValueError, match="h is 0"):
        nn.numerical_gradient(np.sum, np.ones(2), h=0)


def test_relative_error():
    assert nn.relative_error([1.0, 1e-9], [1.0, 2e-9]) == 1e-9  # one scale for the whole array
    assert nn.relative_error([0.0], [0.0]) == 0
    assert nn.relative_error([], []) == 0
    assert np.isnan(nn.relative_error([np.nan], [1.0]))
    with pytest.raises(ValueError, match=r"a has shape \(1,\), but b has shape \(2,\)"):
        nn.relative_error([1.0], [1.0, 2.0])
