"""Dropout: switch off random units during training, so that no unit can rely on a single other one."""

import numpy as np

from course_lib.nn.checks import as_float, fraction, generator, same_shape


def dropout_forward(x, rate, rng, training=True):
    """Set each value to 0 with probability `rate` and divide the others by 1 - rate, so that the mean stays.

    y = x * mask, mask = 0 with probability rate, else 1 / (1 - rate). When training is False, y = x.
    `rng` is a np.random.Generator or a seed. Returns y and the cache (the mask). Source: Srivastava et al., Dropout,
    JMLR 15, 2014, in the "inverted" form that Keras uses.
    """
    x, rate = as_float("x", x), fraction("rate", rate)
    if not training or rate == 0:
        mask = np.ones_like(x)
    else:
        kept = generator(rng).random(x.shape, dtype=x.dtype) >= rate
        mask = kept.astype(x.dtype) / (1 - rate)
    return x * mask, mask


def dropout_backward(dy, cache):
    """dL/dx = dL/dy * mask: a unit that was off learns nothing."""
    dy, mask = same_shape("dy", dy, "y", cache)
    return dy * mask
