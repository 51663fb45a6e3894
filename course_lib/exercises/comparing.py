"""Compare what a function returned with what was expected: kind, dtype, shape, values. Each finding is one sentence."""

import numpy as np

from course_lib.language import _


class Mistake(Exception):
    """What a function returned cannot be used; the text tells the learner why."""


def listed(value, names, expected=None):
    """Return the learner's value as one array per name, or raise Mistake."""
    expected = expected or (None,) * len(names)
    wanted = _("return {names}").format(names=", ".join(names))
    if value is None:
        raise Mistake(_("Your function returned None. The last line must be `{wanted}`.").format(wanted=wanted))
    if len(names) == 1:
        if isinstance(value, tuple):
            if len(value) == 1:
                raise Mistake(
                    _("Your function returned a tuple with one element. Is there a comma too many after `return ...`?")
                )
            raise Mistake(
                _("Your function returned {count} values; only `{name}` is asked for.").format(
                    count=len(value), name=names[0]
                )
            )
        return (as_array(value, names[0], expected[0]),)
    if not isinstance(value, (tuple, list)):
        raise Mistake(
            _("Your function returned one {kind}, but {count} results are asked for: `{wanted}`.").format(
                kind=type(value).__name__, count=len(names), wanted=wanted
            )
        )
    if len(value) != len(names):
        raise Mistake(
            _("Your function returned {given} results, but {count} are asked for: `{wanted}`.").format(
                given=len(value), count=len(names), wanted=wanted
            )
        )
    return tuple(as_array(*part) for part in zip(value, names, expected, strict=True))


def as_array(value, name, expected=None):
    if value is None:
        raise Mistake(_("`{name}` is None. Give it a value before you return it.").format(name=name))
    if value is Ellipsis:
        raise Mistake(_("`{name}` is still `...`. Replace the dots by your code.").format(name=name))
    if callable(value):
        raise Mistake(_("`{name}` is a function, not its value. Are the brackets of a call missing?").format(name=name))
    if hasattr(value, "__next__"):
        raise Mistake(
            _("`{name}` is a generator, not a number. Write `sum(...)` around it, or use a list.").format(name=name)
        )
    if isinstance(value, list) and expected is not None and expected.ndim:
        raise Mistake(
            _(
                "`{name}` is a list, but an array is asked for. `np.array({name})` makes one; "
                "a calculation on whole arrays needs no loop and no list."
            ).format(name=name)
        )
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise Mistake(_("`{name}` cannot be turned into an array: {error}").format(name=name, error=error)) from None
    if array.dtype.kind == "c":
        raise Mistake(
            _(
                "`{name}` holds complex numbers, real numbers are asked for. `np.linalg.eigvals` gives such: are "
                "eigenvalues what you need?"
            ).format(name=name)
        )
    if array.dtype.kind not in "biuf":
        raise Mistake(
            _("`{name}` does not hold numbers but {kind}.").format(
                name=name, kind=type(value).__name__ if array.ndim == 0 else array.dtype
            )
        )
    return array


def same(a, b, tolerance):
    """True when shapes agree and values agree within `tolerance` of the largest element; NaN equals NaN."""
    return a.shape == b.shape and not np.any(differs(a, b, tolerance))


def differs(got, expected, tolerance):
    """Return where two arrays of one shape differ, as an array of True and False."""
    got, expected = got.astype(float), expected.astype(float)
    finite = np.abs(expected[np.isfinite(expected)])
    allowed = tolerance * max(finite.max(initial=0.0), 1e-3)
    with np.errstate(all="ignore"):
        close = np.abs(got - expected) <= allowed
    return ~(close | (got == expected) | (np.isnan(got) & np.isnan(expected)))


def dtype_message(got, expected, name):
    """Float64 in, float64 out: name a narrower or unsuited type, or return None."""
    if expected.dtype.kind == "f" and got.dtype.kind == "f" and got.dtype.itemsize < 8:
        return _(
            "`{name}` has dtype {given}, but float64 is asked for, NumPy's usual one. "
            "With {given} more than half of the digits are lost."
        ).format(name=name, given=got.dtype)
    whole = np.array_equal(expected, np.rint(expected))
    if (
        expected.dtype.kind == "f"
        and got.dtype.kind in "iub"
        and got.ndim
        and not whole
        and got.shape == expected.shape
        and any(np.array_equal(got, cut(expected)) for cut in (np.trunc, np.floor, np.rint))
    ):
        return _(
            "`{name}` holds {given} values: the digits behind the point are cut off. Start from an array of "
            "floats, for example `np.zeros(shape)` or `np.zeros_like(x, dtype=float)`."
        ).format(name=name, given=got.dtype)
    return None


def shape_message(got, expected, name):
    """Name both shapes and, where it can be told, the way from one to the other; None when they agree."""
    if got.shape == expected.shape:
        return None
    if not got.ndim:
        text = _("`{name}` is one number, but an array of shape {needed} is asked for.")
    else:
        text = _("`{name}` has shape {given}, but {needed} is asked for.")
    text = text.format(name=name, given=got.shape, needed=expected.shape if expected.ndim else _("one number"))
    if expected.ndim == 2 and got.shape == expected.shape[::-1]:
        return text + " " + _("It looks transposed. Is the order of the product right, or is a `.T` missing?")
    if expected.size == 1 and got.size == 1:
        return text + " " + _("Take the one element out, for example with `y[0]`, or sum without `keepdims`.")
    if expected.ndim == 0:
        return text + " " + _("Is a sum or a mean missing?")
    if got.size == expected.size and [n for n in got.shape if n > 1] != [n for n in expected.shape if n > 1]:
        return text + " " + _("There are as many values as asked for, but in another arrangement: check `reshape`.")
    if got.size == expected.size:
        return (
            text
            + " "
            + _(
                "The values may be right, but (N, 1) and (N,) are different shapes: check `keepdims`, "
                "`reshape` and indexing."
            )
        )
    if expected.ndim <= 2 and got.ndim == 2 and got.shape[0] == got.shape[1] == expected.size:
        return text + " " + _("An array (N, 1) met an array (N,): NumPy combined each with each. Give both one shape.")
    if got.ndim == 0:
        return (
            text
            + " "
            + _(
                "A sum or a mean without `axis=` runs over everything; say over which axis. "
                "And `@` or `np.dot` of two vectors adds up; `*` works element by element."
            )
        )
    if got.ndim < expected.ndim:
        return text + " " + _("An axis was lost. A sum needs `keepdims=True` to keep it.")
    if got.ndim > expected.ndim:
        return text + " " + _("There is an axis too many. Is a sum over the batch (`axis=0`) missing?")
    return text + " " + _("Write the shape of each array beside your lines and find the first one that surprises you.")


def nan_message(got, expected, name):
    """Say that NaN or infinity appeared where a number belongs, or return None."""
    bad = ~np.isfinite(got.astype(float)) & np.isfinite(expected.astype(float))
    if not bad.any():
        return None
    what = "NaN" if np.isnan(got.astype(float)[bad]).any() else _("infinity")
    return _(
        "`{name}` holds {what} (not a number or too large to store). It comes from 0/0, the logarithm of 0, "
        "or an exponential of a large number."
    ).format(name=name, what=what)


def difference_message(got, expected, name, tolerance):
    """Name the first element that differs, with expected and got, and a constant factor if there is one."""
    wrong = differs(got, expected, tolerance)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    shown, given = number(expected[index]), number(got[index])
    if shown == given:  # they differ only in later digits
        shown, given = number(expected[index], 16), number(got[index], 16)
    text = _("{place} should be {expected}, but your function gives {got}.").format(
        place=place, expected=shown, got=given
    )
    if not index:
        return text
    text += " " + _("{wrong} of {total} elements differ.").format(wrong=int(wrong.sum()), total=wrong.size)
    filled = np.abs(expected) > 1e-12
    if filled.sum() > 1 and expected.dtype.kind == "f":
        with np.errstate(all="ignore"):
            ratio = got[filled] / expected[filled]
        if np.allclose(ratio, ratio[0], rtol=1e-6) and not wrong[~filled].any() and _tells(ratio[0]):
            text += " " + _("Every element is {ratio} times the expected one.").format(ratio=number(ratio[0]))
    if expected.dtype.kind == "f" and got.dtype.kind in "iu" and not np.array_equal(expected, np.rint(expected)):
        text += " " + _("All of yours are whole numbers: an array of {given} cuts off what is put into it.").format(
            given=got.dtype
        )
    return text


def _tells(ratio):
    """True for -1, for a whole number and for one over a whole number: other factors are chance and help nobody."""
    size = max(abs(ratio), 1 / max(abs(ratio), 1e-12))
    return size < 1e6 and abs(size - round(size)) < 1e-6 * size and (round(size) > 1 or ratio < 0)


def number(value, digits=6):
    """Print a number with six digits, so that a message reads the same on every machine."""
    value = np.asarray(value)
    return str(value) if value.dtype.kind in "biu" else f"{float(value):.{digits}g}"
