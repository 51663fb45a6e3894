"""Metrics: figures for people, beside the loss that the network learns from. Each returns one value per sample."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import lookup


def per_sample(values):
    """The mean over all axes but the first."""
    return values.reshape(len(values), -1).mean(axis=1)


def mean_squared_error(y_true, y_pred):
    """(y_pred - y_true)^2, averaged within each sample."""
    return per_sample((y_pred - like(y_true, y_pred)) ** 2)


def mean_absolute_error(y_true, y_pred):
    """|y_pred - y_true|, averaged within each sample, in the data's unit."""
    return per_sample(np.abs(y_pred - like(y_true, y_pred)))


def accuracy(y_true, y_pred):
    """1 for a correct answer, else 0.

    As in Keras, the shapes decide: one output is a yes/no answer at the threshold 0.5; targets (N,) beside outputs
    (N, C) are class numbers; targets (N, C) are one-hot. The answer is the class with the largest output.
    """
    if y_pred.shape[-1] == 1:
        return per_sample((y_pred > 0.5) == like(y_true, y_pred))
    answer = y_pred.argmax(axis=-1)
    if y_true.shape == y_pred.shape:
        y_true = y_true.argmax(axis=-1)
    return per_sample(answer == y_true.reshape(answer.shape))


def like(y_true, y_pred):
    """Targets (N,) as (N, 1) where the predictions have that shape."""
    if y_true.size != y_pred.size:
        raise ValueError(
            _(
                "A metric that subtracts cannot compare targets of shape {given} with predictions of shape {needed}. "
                "For class numbers use metrics=['accuracy']."
            ).format(given=y_true.shape, needed=y_pred.shape)
        )
    return y_true.reshape(y_pred.shape)


METRICS = {
    "accuracy": accuracy,
    "acc": accuracy,
    "mse": mean_squared_error,
    "mean_squared_error": mean_squared_error,
    "mae": mean_absolute_error,
    "mean_absolute_error": mean_absolute_error,
}


def metric_function(metric):
    """Return (name, function) of a metric given by name or as a function (y_true, y_pred) -> number or array."""
    if callable(metric):
        return getattr(metric, "__name__", "metric"), metric
    return metric, lookup("metric", metric, METRICS)
