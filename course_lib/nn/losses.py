"""Losses: how wrong the predictions are, as one number, and the gradient of that number.

Each function returns (loss, gradient). The loss is the mean over the batch: the mean is taken once, here, so nothing
else in the network divides by the batch size. The gradient is dL/dy_pred and has the shape of y_pred; with
from_logits=True, y_pred holds the values before the sigmoid or the softmax (the logits) and so does the gradient.

Probabilities are clipped to [1e-7, 1 - 1e-7] as Keras does: log(0) never happens, but beyond the clip the gradient
is 0 and nothing is learned. From logits there is no such cliff. `sample_weight` (N,) makes some samples count more:
the loss is then sum_n weight_n loss_n / N, as in Keras.
"""

import numpy as np

from course_lib.language import _
from course_lib.nn.activations import sigmoid, softmax
from course_lib.nn.checks import as_float, class_axis, finite, lookup, loss_is_number

EPSILON = 1e-7


def mean_squared_error(y_true, y_pred, sample_weight=None):
    """Mean of the squared differences: L = mean((y_pred - y_true)^2), in the square of the data's unit.

    y_true and y_pred (N, ...). The gradient is 2 (y_pred - y_true) / number of values.
    """
    y_true, y_pred = targets_like(y_true, y_pred)
    difference = y_pred - y_true
    losses = difference**2
    gradient = 2 * difference
    return average_values(losses, gradient, sample_weight)


def binary_crossentropy(y_true, y_pred, from_logits=False, sample_weight=None):
    """Cross-entropy of yes/no answers: L = mean(-t log p - (1 - t) log(1 - p)).

    t = y_true (N, M), 0 or 1 (or a probability); y_pred (N, M) holds p, or the logits z with p = sigmoid(z). From
    logits: L = mean(max(z, 0) - z t + log(1 + exp(-|z|))) and the gradient is simply (p - t) / number of values.
    """
    t, y_pred = targets_like(y_true, y_pred)
    probabilities("y_true", t)
    if from_logits:
        z = y_pred
        losses = np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))
        gradient = sigmoid(z) - t
    else:
        p, inside = clipped(y_pred)
        losses = -t * np.log(p) - (1 - t) * np.log(1 - p)
        gradient = inside * (p - t) / (p * (1 - p))
    return average_values(losses, gradient, sample_weight)


def categorical_crossentropy(y_true, y_pred, from_logits=False, sample_weight=None):
    """Cross-entropy of one class out of C: L = mean over samples of -sum_k t_k log p_k.

    t = y_true (N, C), one-hot rows (or probabilities that add up to 1); y_pred (N, C) holds p, or the logits z with
    p = softmax(z). From logits the gradient is (p - t) / N. Probabilities are first divided by their sum.
    """
    t, y_pred = targets_like(y_true, y_pred)
    class_axis("y_pred", y_pred)
    distributions("y_true", t)
    if from_logits:
        losses = -(t * log_softmax(y_pred)).sum(axis=-1)
        gradient = softmax(y_pred) - t
    else:
        total = y_pred.sum(axis=-1, keepdims=True)
        q = y_pred / total
        p, inside = clipped(q)
        losses = -(t * np.log(p)).sum(axis=-1)
        dq = inside * -t / p
        gradient = (dq - (dq * q).sum(axis=-1, keepdims=True)) / total
    return average_samples(losses, gradient, sample_weight)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, sample_weight=None):
    """Cross-entropy of one class out of C, with class numbers as targets: L = mean over samples of -log p_t.

    t = y_true (N,), whole numbers 0 ... C-1; y_pred (N, C) holds p, or the logits z with p = softmax(z). From logits
    the gradient is (p - onehot(t)) / N. Probabilities are clipped and then divided by their sum, as Keras does.
    """
    y_pred = as_float("y_pred", y_pred)
    t = class_numbers(y_true, y_pred)
    true = (*np.indices(t.shape, sparse=True), t)  # the place of each sample's true class
    if from_logits:
        log_p = log_softmax(y_pred)
        p = np.exp(log_p)
    else:
        c, inside = clipped(y_pred)
        p = c / c.sum(axis=-1, keepdims=True)
        log_p = np.log(p)
    losses = -log_p[true]
    gradient = p
    gradient[true] -= 1  # p - onehot(t)
    if not from_logits:
        gradient = inside * gradient / c  # through the logarithm
    return average_samples(losses, gradient, sample_weight)


LOSSES = {
    "mse": mean_squared_error,
    "mean_squared_error": mean_squared_error,
    "binary_crossentropy": binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
}


def log_softmax(z):
    """log(softmax(z)) = z - max(z) - log(sum(exp(z - max(z)))), which stays finite for any z ("log-sum-exp")."""
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def clipped(p):
    """Return p clipped to [1e-7, 1 - 1e-7], and where it was inside (there the slope of the clip is 1, else 0)."""
    low, high = p.dtype.type(EPSILON), p.dtype.type(1 - EPSILON)
    return np.clip(p, low, high), (p >= low) & (p <= high)


def average_samples(losses, gradient, sample_weight):
    """The mean of one loss per sample; the gradient has one more axis than the losses."""
    if sample_weight is not None:
        weight = weights_like(sample_weight, losses)
        losses, gradient = losses * weight, gradient * weight[..., np.newaxis]
    loss = losses.mean()
    loss_is_number(losses, loss)
    return loss, gradient / losses.size


def average_values(losses, gradient, sample_weight):
    """The mean of one loss per value; the gradient has the shape of the losses."""
    if sample_weight is not None:
        weight = weights_like(sample_weight, losses)
        losses, gradient = losses * weight, gradient * weight
    loss = losses.mean()
    loss_is_number(losses, loss)
    return loss, gradient / losses.size


def weights_like(sample_weight, losses):
    """Return sample_weight (N,) with as many axes as the losses, so that both multiply sample by sample."""
    weight = as_float("sample_weight", sample_weight).astype(losses.dtype, copy=False)
    if weight.shape != losses.shape[:1]:
        raise ValueError(
            _("sample_weight has shape {given}, but one weight for each of the {n} samples is needed.").format(
                given=weight.shape, n=len(losses)
            )
        )
    return weight.reshape(weight.shape + (1,) * (losses.ndim - 1))


def targets_like(y_true, y_pred):
    """Return both as floats of one dtype and shape; targets (N,) fit predictions (N, 1), as in Keras."""
    y_pred = as_float("y_pred", y_pred)
    y_true = as_float("y_true", y_true).astype(y_pred.dtype, copy=False)
    if y_true.shape != y_pred.shape and {y_true.shape + (1,), y_true.shape} & {y_pred.shape, y_pred.shape + (1,)}:
        y_true = y_true.reshape(y_pred.shape)
    if y_true.shape != y_pred.shape:
        hint = ""
        if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] > 1:
            hint = _(
                " For class numbers use sparse_categorical_crossentropy, or turn them into one-hot rows: "
                "np.eye(C)[y_true]."
            )
        raise ValueError(
            _("y_true has shape {given}, but y_pred has shape {needed}: they must be equal.").format(
                given=y_true.shape, needed=y_pred.shape
            )
            + hint
        )
    if not y_pred.size:
        raise ValueError(_("y_pred is empty: at least one sample is needed to take a mean."))
    return y_true, y_pred


def probabilities(name, values):
    """Raise a ValueError unless all values are between 0 and 1."""
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= 1):  # also true for NaN
        finite(name, values)
        raise ValueError(
            _(
                "{name} holds values from {low} to {high}, but labels between 0 and 1 are needed. Labels -1 and "
                "1 become 0 and 1 with (y + 1) / 2."
            ).format(name=name, low=low, high=high)
        )


def distributions(name, rows):
    """Raise a ValueError unless the values are between 0 and 1 and each row adds up to 1."""
    probabilities(name, rows)
    if (np.abs(rows.sum(axis=-1) - 1) > 1e-3).any():
        raise ValueError(
            _(
                "{name} must have rows that add up to 1, such as one-hot rows, but one row adds up to {total}. "
                "From class numbers: np.eye(C)[y]."
            ).format(name=name, total=rows.sum(axis=-1).flat[np.abs(rows.sum(axis=-1) - 1).argmax()])
        )


def class_numbers(y_true, y_pred):
    """Return the class numbers as whole numbers of shape y_pred.shape[:-1], each from 0 to C-1."""
    t = np.asarray(y_true)
    class_axis("y_pred", y_pred)
    if t.shape == y_pred.shape[:-1] + (1,):
        t = t[..., 0]
    if t.shape != y_pred.shape[:-1]:
        hint = ""
        if t.shape == y_pred.shape:
            hint = _(" y_true looks one-hot: use categorical_crossentropy, or y_true.argmax(axis=-1).")
        raise ValueError(
            _(
                "y_true has shape {given}, but y_pred has shape {shape}: one class number for each sample is "
                "needed, so y_true must have shape {needed}."
            ).format(given=t.shape, shape=y_pred.shape, needed=y_pred.shape[:-1])
            + hint
        )
    if not t.size:
        raise ValueError(_("y_pred is empty: at least one sample is needed to take a mean."))
    finite("y_true", t)
    if t.dtype.kind not in "iub":
        if t.dtype.kind != "f" or not (t == np.floor(t)).all():
            raise TypeError(
                _(
                    "y_true must hold whole class numbers 0, 1, 2, ..., but it has dtype {dtype}. Turn names "
                    "into numbers first: names, y = np.unique(y_true, return_inverse=True)."
                ).format(dtype=t.dtype)
            )
        t = t.astype(np.int64)
    low, high, classes = t.min(), t.max(), y_pred.shape[-1]
    if low < 0 or high >= classes:
        raise ValueError(
            _(
                "y_true holds class numbers from {low} to {high}, but y_pred has {classes} columns: the numbers "
                "must be 0 to {last}. Count classes from 0, or give the last layer {needed} units."
            ).format(low=low, high=high, classes=classes, last=classes - 1, needed=max(int(high) + 1, 1))
        )
    return t.astype(np.int64, copy=False)


def loss_function(loss):
    """Return the loss given by name or as a function (y_true, y_pred) -> (loss, gradient)."""
    return loss if callable(loss) else lookup("loss", loss, LOSSES)
