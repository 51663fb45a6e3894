"""Activation functions and their gradients.

Each function takes z of any shape and returns y of the same shape. Each gradient takes dy = dL/dy and the output y,
and returns dz = dL/dz: all five need only y, so y is the whole cache. The dtype of z is kept.
"""

import numpy as np

from course_lib.nn.checks import as_float, lookup, rows, same_shape


def linear(z):
    """No bend at all: y = z."""
    return as_float("z", z).copy()


def linear_backward(dy, y):
    """dL/dz = dL/dy, because dy/dz = 1."""
    dy, y = same_shape("dy", dy, "y", y)
    return dy.copy()


def relu(z):
    """Rectified linear unit: y = max(0, z)."""
    z = as_float("z", z)
    return np.maximum(z, 0)


def relu_backward(dy, y):
    """dL/dz = dL/dy where y > 0, else 0. At the kink z = 0 the slope is taken as 0, as Keras does."""
    dy, y = same_shape("dy", dy, "y", y)
    return dy * (y > 0)


def sigmoid(z):
    """Logistic function: y = 1 / (1 + exp(-z)), between 0 and 1.

    For z < 0 the equal form exp(z) / (1 + exp(z)) is used, so that exp never overflows.
    """
    z = as_float("z", z)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def sigmoid_backward(dy, y):
    """dL/dz = dL/dy * y (1 - y)."""
    dy, y = same_shape("dy", dy, "y", y)
    return dy * y * (1 - y)


def tanh(z):
    """Hyperbolic tangent: y = (exp(z) - exp(-z)) / (exp(z) + exp(-z)), between -1 and 1."""
    return np.tanh(as_float("z", z))


def tanh_backward(dy, y):
    """dL/dz = dL/dy * (1 - y^2)."""
    dy, y = same_shape("dy", dy, "y", y)
    return dy * (1 - y * y)


def softmax(z):
    """Shares that add up to 1 over the last axis: y_k = exp(z_k) / sum_j exp(z_j).

    The largest z is subtracted first. That changes nothing in the result, and exp never overflows.
    """
    z = rows("z", z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(dy, y):
    """dL/dz_k = y_k (dL/dy_k - sum_j dL/dy_j y_j): every output depends on every z."""
    dy, y = same_shape("dy", dy, "y", y)
    return y * (dy - (dy * y).sum(axis=-1, keepdims=True))


ACTIVATIONS = {
    "linear": (linear, linear_backward),
    "relu": (relu, relu_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (tanh, tanh_backward),
    "softmax": (softmax, softmax_backward),
}


def activation_name(activation):
    """Return the name of an activation given as a name, as one of the functions above, or as None (linear)."""
    if activation is None:
        return "linear"
    for name, (forward, _backward) in ACTIVATIONS.items():
        if activation is forward:
            return name
    lookup("activation", activation, ACTIVATIONS)
    return activation


def activation_forward(z, activation):
    """Return y = f(z) and the cache for the way back, with f chosen by name ("relu", "tanh", ...)."""
    forward, backward = lookup("activation", activation, ACTIVATIONS)
    y = forward(z)
    return y, (y, backward)


def activation_backward(dy, cache):
    """Return dL/dz from dy = dL/dy and the cache of `activation_forward`."""
    y, backward = cache
    return backward(dy, y)
