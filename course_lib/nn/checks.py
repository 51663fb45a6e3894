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
    """Return `value` as floats; raise a ValueError unless it has the shape of the array `other`."""
    value = as_float(name, value)
    if value.shape != other.shape:
        raise ValueError(
            _(
                "{name} has shape {given}, but {other_name} has shape {needed}: they must be equal. "
                "Print both shapes just before this call."
            ).format(name=name, given=value.shape, other_name=other_name, needed=other.shape)
        )
    return value


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
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    raise ValueError(
        _(
            "{name} holds {count} values that are NaN or infinite, the first at index {place}. Remove these "
            "rows or fill them, for example with the column's median of the training rows."
        ).format(name=name, count=int(bad.sum()), place=place)
    )


def positive(name, value):
    """Return `value` as a float, or raise unless it is a finite number above zero."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(_("{name} is {value!r}, but a number is needed.").format(name=name, value=value)) from error
    if not (math.isfinite(number) and number > 0):
        raise ValueError(
            _("{name} is {value}, but it must be a finite number above 0, for example 0.01.").format(
                name=name, value=value
            )
        )
    return number


def fraction(name, value):
    """Return `value` as a float, or raise unless 0 <= value < 1."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(_("{name} is {value!r}, but a number is needed.").format(name=name, value=value)) from error
    if not 0 <= number < 1:
        raise ValueError(_("{name} is {value}, but it must be at least 0 and below 1.").format(name=name, value=value))
    return number


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

    near = get_close_matches(str(name), table, 1)
    meant = _(" Did you mean {near!r}?").format(near=near[0]) if near else ""
    raise ValueError(
        _("{argument} {name!r} is unknown.").format(argument=argument, name=name)
        + meant
        + " "
        + _("Known: {known}.").format(known=", ".join(repr(key) for key in table))
    )
