"""What several test modules share: functions as (forward, backward) pairs, and arrays to put in."""

import numpy as np
from hypothesis import settings, strategies as st

from course_lib import nn

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 6)
quick = settings(max_examples=30, deadline=None, derandomize=True)

# name, loss, whether y_pred holds logits, kind of target
LOSS_CASES = [
    ("mse", nn.mean_squared_error, None, "real"),
    ("binary", nn.binary_crossentropy, False, "binary"),
    ("binary from logits", nn.binary_crossentropy, True, "binary"),
    ("categorical", nn.categorical_crossentropy, False, "onehot"),
    ("categorical from logits", nn.categorical_crossentropy, True, "onehot"),
    ("sparse", nn.sparse_categorical_crossentropy, False, "number"),
    ("sparse from logits", nn.sparse_categorical_crossentropy, True, "number"),
]


def activation_pair(name):
    """Return (forward, backward) of an activation in the uniform form (y, cache)."""
    forward, backward = nn.ACTIVATIONS[name]

    def with_cache(z):
        y = forward(z)
        return y, y

    return with_cache, backward


def away_from_zero(rng, shape):
    """Random values at least 0.1 from 0, where relu has its kink."""
    values = rng.standard_normal(shape)
    return values + np.where(values >= 0, 0.1, -0.1)


def scattered(array):
    """The same values in memory with gaps and in another order of axes: a non-contiguous view."""
    wide = np.full(tuple(2 * n for n in array.shape[::-1]), 7.0, array.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in array.shape)].T
    view[...] = array
    assert array.size <= 1 or not view.flags.c_contiguous
    return view


def loss_case(kind, logits, rng, n=5, classes=4):
    """Return y_true and y_pred for a loss; probabilities stay inside the clip."""
    if kind == "real":
        return rng.standard_normal((n, classes)), rng.standard_normal((n, classes))
    if kind == "binary":
        y_true = rng.integers(0, 2, (n, classes))
    else:
        y_true = rng.integers(0, classes, n)
    if logits:
        y_pred = 3 * rng.standard_normal((n, classes))
    elif kind == "binary":
        y_pred = rng.uniform(0.05, 0.95, (n, classes))
    else:
        y_pred = rng.uniform(0.1, 1, (n, classes))
        y_pred /= y_pred.sum(axis=1, keepdims=True)
    return (np.eye(classes)[y_true] if kind == "onehot" else y_true), y_pred


def call_loss(loss, y_true, y_pred, logits, **options):
    return loss(y_true, y_pred, **options) if logits is None else loss(y_true, y_pred, from_logits=logits, **options)


def small_model(dtype="float64", rng=0, loss="mse", optimizer="sgd", units=2, activation=None, metrics=None):
    """A compiled model for five features."""
    model = nn.Sequential([nn.Dense(7, "tanh", input_shape=(5,)), nn.Dense(units, activation)], dtype=dtype, rng=rng)
    model.compile(optimizer, loss, metrics)
    return model
