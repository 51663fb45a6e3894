"""Checks of what a learner passes in: each message names the argument, what was given, what was needed, the remedy."""

import math

import numpy as np

from course_lib.language import _

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def as_float(name, value):
    """Return `value` as an array of float32 or float64.

    Both are kept as they are; whole numbers and booleans become float64. Text, objects, complex numbers and
    half precision raise a TypeError, rows of unequal length a ValueError.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            _(
                "{name} is not a rectangular table of numbers: its rows differ in length. Give every row the "
                "same number of values."
            ).format(name=name)
        ) from error
    if array.dtype in FLOATS:
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    raise TypeError(
        _(
            "{name} has dtype {dtype}, but float32, float64 or whole numbers are needed. "
            "Convert it first: np.asarray({name}, dtype=float)."
        ).format(name=name, dtype=array.dtype)
    )


def same_shape(name, value, other_name, other):
    """Return both as arrays of floats; raise a ValueError unless they have one shape."""
    value, other = as_float(name, value), as_float(other_name, other)
    if value.shape != other.shape:
        raise ValueError(
            _(
                "{name} has shape {given}, but {other_name} has shape {needed}: they must be equal. "
                "Print both shapes just before this call."
            ).format(name=name, given=value.shape, other_name=other_name, needed=other.shape)
        )
    return value, other


def rows(name, value):
    """Return `value` as floats with at least one axis, the last of which is not empty."""
    array = np.atleast_1d(as_float(name, value))
    if array.shape[-1] == 0:
        raise ValueError(
            _("{name} has shape {given}: the last axis is empty, but at least one value in each row is needed.").format(
                name=name, given=array.shape
            )
        )
    return array


def class_axis(name, array):
    """Raise a ValueError if the array is a single number: a row with one value for each class is needed."""
    if array.ndim == 0:
        raise ValueError(
            _(
                "{name} is a single number, but one value for each class is needed: shape (samples N, classes C)."
            ).format(name=name)
        )


def dense_inputs(x, W, b):
    """Return x (N, D), W (D, M), b (M,) as floats, or say which of the three does not fit."""
    x, W, b = as_float("x", x), as_float("W", W), as_float("b", b)
    if x.ndim != 2:
        raise ValueError(
            _(
                "x has shape {given}, but two axes are needed: (samples N, features D). For one sample use "
                "x.reshape(1, -1); for images use x.reshape(len(x), -1)."
            ).format(given=x.shape)
        )
    if W.ndim != 2:
        raise ValueError(
            _("W has shape {given}, but two axes are needed: (features D, units M).").format(given=W.shape)
        )
    if x.shape[1] != W.shape[0]:
        hint = _(" W looks transposed: try W.T.") if x.shape[1] == W.shape[1] else ""
        raise ValueError(
            _(
                "x has {given} columns but W has {needed} rows: they must be equal, because W holds one row for each "
                "feature."
            ).format(given=x.shape[1], needed=W.shape[0])
            + hint
        )
    if b.shape != (W.shape[1],):
        raise ValueError(
            _(
                "b has shape {given}, but W has {units} columns: b must have shape ({units},), one bias for each unit."
            ).format(given=b.shape, units=W.shape[1])
        )
    return x, W, b


def finite(name, array):
    """Raise a ValueError that names the first bad place if `array` holds NaN or infinity."""
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return
    bad = ~np.isfinite(array)
    if name in ("y", "y_true"):
        remedy = _("Remove these rows from x and y: a label must not be guessed.")
    else:
        remedy = _("Remove these rows or fill them, for example with the column's median of the training rows.")
    raise ValueError(
        _("{name} holds {count} values that are NaN or infinite, the first at index {place}.").format(
            name=name, count=int(bad.sum()), place=first(bad)
        )
        + " "
        + remedy
    )


def first(where):
    """The index of the first True of a boolean array, as a plain tuple."""
    return tuple(int(i) for i in np.argwhere(where)[0])


def finite_in(dtype, name, array):
    """Return `array` in this dtype; raise a ValueError for NaN, infinity and values too large for the dtype."""
    with np.errstate(over="ignore", invalid="ignore"):
        cast = array.astype(dtype, copy=False)
    if not np.isfinite(cast).all():
        finite(name, array)
        place = first(~np.isfinite(cast))
        raise ValueError(
            _(
                "{name} holds {value:g} at index {place}, but {dtype} ends at {largest:.1e}. Standardize {name}, use a "
                "larger unit, or build the model with dtype='float64'."
            ).format(name=name, value=array[place], place=place, dtype=np.dtype(dtype), largest=np.finfo(dtype).max)
        )
    return cast


class NotANumber(ValueError):
    """A loss that is NaN, because its inputs are. In a model it means that the training diverged."""


def loss_is_number(losses, loss):
    """Raise a NotANumber that names the first bad sample if the mean `loss` is NaN."""
    if np.isnan(loss):
        place = first(np.isnan(losses)) if np.isnan(losses).any() else ()
        raise NotANumber(
            _(
                "The loss at index {place} is not a number: y_pred, y_true or sample_weight holds NaN or infinity "
                "there, or y_pred has a row that adds up to 0. Print y_pred at this index and mend it first."
            ).format(place=place)
        )


def loss_and_gradient(result, y_pred):
    """Return (loss, gradient) as a loss function returned them, or say what a loss of one's own has to return."""
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        raise TypeError(
            _(
                "The loss function returned {kind}, but a pair is needed: return loss, gradient. The gradient is "
                "dL/dy_pred, with the shape of y_pred."
            ).format(kind=type(result).__name__)
        )
    loss, gradient = result
    if np.size(loss) != 1 or np.shape(gradient) != np.shape(y_pred):
        raise ValueError(
            _(
                "The loss function returned a loss of shape {loss} and a gradient of shape {gradient}, but one number "
                "and the shape of y_pred, {needed}, are needed. Take the mean for the loss, not for the gradient."
            ).format(loss=np.shape(loss), gradient=np.shape(gradient), needed=np.shape(y_pred))
        )
    return loss, gradient


def number(name, value):
    """Return `value` as a float, or raise a TypeError."""
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(_("{name} is {value!r}, but a number is needed.").format(name=name, value=value)) from error


def positive(name, value):
    """Return `value` as a float, or raise unless it is a finite number above zero."""
    given = number(name, value)
    if not (math.isfinite(given) and given > 0):
        raise ValueError(
            _("{name} is {value}, but it must be a finite number above 0, for example 0.01.").format(
                name=name, value=value
            )
        )
    return given


def fraction(name, value):
    """Return `value` as a float, or raise unless 0 <= value < 1."""
    given = number(name, value)
    if not 0 <= given < 1:
        raise ValueError(_("{name} is {value}, but it must be at least 0 and below 1.").format(name=name, value=value))
    return given


def class_weights(class_weight, classes):
    """Raise unless class_weight is a dictionary from some of the classes to finite weights of at least 0."""
    if not isinstance(class_weight, dict) or set(class_weight) - {float(c) for c in classes}:
        raise ValueError(
            _("class_weight is {value!r}, but a dictionary from the classes {classes} to weights is needed.").format(
                value=class_weight, classes=[int(c) for c in classes]
            )
        )
    for label, weight in class_weight.items():
        name = f"class_weight[{label!r}]"
        if not 0 <= number(name, weight) < math.inf:
            raise ValueError(
                _("{name} is {value}, but a finite weight of at least 0 is needed, for example 5.0.").format(
                    name=name, value=weight
                )
            )


def earlier(name, state, start):
    """Return state[name] of an optimizer, or zeros like `start` at the very first step, where state is None."""
    if state is None:
        return np.zeros_like(start) if isinstance(start, np.ndarray) else start
    if not isinstance(state, dict) or name not in state or np.shape(state[name]) != np.shape(start):
        raise ValueError(
            _(
                "state is {value}, but it needs {name!r} of shape {shape}. Start with state=None, then pass the state "
                "that the last step of the same rule returned."
            ).format(
                value=repr({key: np.shape(a) for key, a in state.items()}) if isinstance(state, dict) else repr(state),
                name=name,
                shape=np.shape(start),
            )
        )
    return state[name]


def float_dtype(dtype):
    """Return np.dtype("float32") or np.dtype("float64"), or raise a ValueError."""
    try:
        if np.dtype(dtype) in FLOATS:
            return np.dtype(dtype)
    except TypeError:
        pass  # NumPy does not know this name
    raise ValueError(_("dtype is {value!r}, but it must be 'float32' or 'float64'.").format(value=dtype))


def whole(name, value, at_least=1):
    """Return `value` as an int, or raise unless it is a whole number of at least `at_least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(_("{name} is {value!r}, but a whole number is needed.").format(name=name, value=value))
    if value < at_least:
        raise ValueError(
            _("{name} is {value}, but it must be at least {least}.").format(name=name, value=value, least=at_least)
        )
    return int(value)


def generator(rng):
    """Return a np.random.Generator from a Generator, a whole number (the seed) or None (a fresh one)."""
    if rng is None or isinstance(rng, (int, np.integer, np.random.Generator)) and not isinstance(rng, bool):
        return np.random.default_rng(rng)
    raise TypeError(
        _(
            "rng is {value!r}, but a np.random.Generator or a whole number is needed, for example "
            "np.random.default_rng(0)."
        ).format(value=rng)
    )


def lookup(argument, name, table):
    """Return table[name]; an unknown name raises a ValueError with the nearest match and all known names."""
    if isinstance(name, str) and name in table:
        return table[name]
    from difflib import get_close_matches  # only needed when something is wrong

    near = get_close_matches(str(name).lower(), table, 1)
    meant = _(" Did you mean {near!r}?").format(near=near[0]) if near else ""
    raise ValueError(
        _("{argument} {name!r} is unknown.").format(argument=argument, name=name)
        + meant
        + " "
        + _("Known: {known}.").format(known=", ".join(repr(key) for key in table))
    )
