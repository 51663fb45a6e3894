"""Gradient checking: compare the gradient from the formula with one from nothing but function values."""

from dataclasses import dataclass

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, generator, positive


def numerical_gradient(f, x, h=1e-5):
    """Slope of f at x by central differences, one value at a time: df/dx_i = (f(x + h e_i) - f(x - h e_i)) / (2 h).

    f takes an array of the shape of x and returns one number. The result has the shape and dtype of x; x is not
    modified. In float64, h = 1e-5 gives about 10 correct digits; float32 cannot do better than about 4.
    """
    x, h = as_float("x", x).copy(), positive("h", h)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + h
        above = value(f, x)
        x[i] = middle - h
        below = value(f, x)
        x[i] = middle
        gradient[i] = (above - below) / (2 * h)
    return gradient


def value(f, x):
    """Return f(x) as a float; f must return one number. f gets a copy, so it cannot spoil x."""
    y = f(x.copy())
    if y is None:
        raise TypeError(_("f returned None, but one number is needed. Is the line with return missing?"))
    y = np.asarray(y)
    if y.size != 1:
        raise ValueError(
            _(
                "f returned an array of shape {shape}, but one number is needed. Return a loss, for example "
                "np.sum(y * dy)."
            ).format(shape=y.shape)
        )
    return y.item()


def relative_error(a, b):
    """Largest difference over largest value: max|a - b| / max(|a|, |b|). 0 for two arrays of zeros.

    One scale for the whole array: a single tiny value with a tiny difference must not look like a big error.
    """
    a, b = as_float("a", a), as_float("b", b)
    if a.shape != b.shape:
        raise ValueError(_("a has shape {a}, but b has shape {b}: they must be equal.").format(a=a.shape, b=b.shape))
    if not a.size:
        return 0.0
    difference, scale = float(np.abs(a - b).max()), float(max(np.abs(a).max(), np.abs(b).max()))
    return difference / scale if scale != 0 else difference


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found: one relative error for each input, and whether all are small enough."""

    errors: dict
    tolerance: float

    @property
    def passed(self):
        return all(error <= self.tolerance for error in self.errors.values())

    def __str__(self):
        rows = [
            f"{name:<12} {error:9.1e}   " + (_("ok") if error <= self.tolerance else _("WRONG"))
            for name, error in self.errors.items()
        ]
        title = _("Gradient of the formula against finite differences (relative error, at most {tolerance:.0e})")
        return "\n".join([title.format(tolerance=self.tolerance), *rows])


def check_gradients(forward, backward, inputs, dy=None, rng=0, h=1e-5, tolerance=1e-7):
    """Check a function's gradient for each of its inputs; print the result, or read .passed and .errors.

    forward(*inputs) -> (y, cache) and backward(dy, cache) -> the gradients, in the order of the inputs (one array or a
    tuple; None skips an input). `inputs` is a dict name -> array or a list. dy is the gradient that arrives from above,
    random if not given: a dy of ones would hide many mistakes. L = sum(y * dy) is the number that is differentiated.
    """
    if not isinstance(inputs, dict):
        inputs = {_("input {k}").format(k=k): x for k, x in enumerate(inputs)}
    names, arrays = list(inputs), [as_float(name, x) for name, x in inputs.items()]
    result = forward(*arrays)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise TypeError(
            _("forward returned {kind}, but a pair is needed: return y, cache.").format(kind=type(result).__name__)
        )
    y, cache = result
    if dy is None:
        dy = generator(rng).standard_normal(np.shape(y)).astype(np.asarray(y).dtype)
    gradients = backward(dy, cache)
    if gradients is None:
        raise TypeError(_("backward returned None, but the gradients are needed. Is the line with return missing?"))
    gradients = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
    if len(gradients) != len(arrays):
        raise ValueError(
            _(
                "backward returned {given} gradients, but forward has {needed} inputs: return one gradient for "
                "each input, in the same order."
            ).format(given=len(gradients), needed=len(arrays))
        )
    errors = {}
    for k, (name, gradient) in enumerate(zip(names, gradients, strict=True)):
        if gradient is None:
            continue
        gradient = np.asarray(gradient)
        if gradient.shape != arrays[k].shape:
            raise ValueError(
                _(
                    "The gradient of {name} has shape {given}, but {name} has shape {needed}: they must be equal."
                ).format(name=name, given=gradient.shape, needed=arrays[k].shape)
            )

        def loss(changed, k=k):
            return np.sum(forward(*arrays[:k], changed, *arrays[k + 1 :])[0] * dy)

        error = relative_error(gradient, numerical_gradient(loss, arrays[k], h))
        errors[name] = error if np.isfinite(error) else float("inf")
    return GradientCheck(errors, tolerance)
