"""Starting values of weights, as Keras draws them. Each function takes the shape and a np.random.Generator.

fan_in is the number of inputs that one unit sums, fan_out the number of units that one input reaches. Sources: Glorot
and Bengio, AISTATS 2010 (for tanh and sigmoid); He et al., ICCV 2015 (for relu).
"""

import math

import numpy as np

from course_lib.nn.checks import lookup


def fans(shape):
    """Return (fan_in, fan_out) of a kernel (..., inputs, units); leading axes are a convolution's window."""
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def zeros(shape, rng):
    """All 0, for biases. For kernels it is a trap: all units of a layer stay equal for ever."""
    return np.zeros(shape)


def ones(shape, rng):
    """All 1."""
    return np.ones(shape)


def random_uniform(shape, rng):
    """Uniform between -0.05 and 0.05. Keras's default for an embedding, where it is also called "uniform"."""
    return rng.uniform(-0.05, 0.05, shape)


def glorot_uniform(shape, rng):
    """Uniform between -a and a, a = sqrt(6 / (fan_in + fan_out)). Keras's default."""
    limit = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(-limit, limit, shape)


def glorot_normal(shape, rng):
    """Normal with variance 2 / (fan_in + fan_out), cut off at two standard deviations."""
    return truncated_normal(shape, rng, math.sqrt(2 / sum(fans(shape))))


def he_uniform(shape, rng):
    """Uniform between -a and a, a = sqrt(6 / fan_in)."""
    limit = math.sqrt(6 / fans(shape)[0])
    return rng.uniform(-limit, limit, shape)


def he_normal(shape, rng):
    """Normal with variance 2 / fan_in, cut off at two standard deviations."""
    return truncated_normal(shape, rng, math.sqrt(2 / fans(shape)[0]))


def truncated_normal(shape, rng, deviation):
    """Normal values with the given standard deviation; values beyond two deviations are drawn again.

    Cutting shrinks the deviation to 0.8796 of the uncut one, so the uncut one starts larger by that factor.
    """
    values = rng.standard_normal(shape)
    while (far := np.abs(values) > 2).any():
        values[far] = rng.standard_normal(far.sum())
    return values * deviation / 0.87962566103423978


def orthogonal(shape, rng):
    """Rows at right angles to each other and of length 1 (columns, if there are more rows). For recurrent weights.

    A product with a square matrix of this kind keeps the length of a state, however often it is repeated. Source: Saxe,
    McClelland and Ganguli, ICLR 2014; the signs make every such matrix equally likely (Mezzadri, Notices of the AMS
    54(5), 2007).
    """
    rows, columns = math.prod(shape[:-1]), shape[-1]
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q *= np.sign(np.diag(r))
    return (q if rows >= columns else q.T).reshape(shape)


INITIALIZERS = {
    f.__name__: f
    for f in (zeros, ones, random_uniform, glorot_uniform, glorot_normal, he_uniform, he_normal, orthogonal)
} | {"uniform": random_uniform}


def initializer(argument, name):
    """Return the function f(shape, rng) given by name or as such a function."""
    return name if callable(name) else lookup(argument, name, INITIALIZERS)
