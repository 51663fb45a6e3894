"""Explain an exception to the person whose code raised it: their line, the likely cause, the shapes at hand."""

import difflib
import linecache
import re
import sysconfig
import traceback
from pathlib import Path

import numpy as np

from course_lib.language import _

_OURS = str(Path(__file__).resolve().parents[1])
_NOT_THE_LEARNERS = (_OURS, sysconfig.get_paths()["stdlib"], sysconfig.get_paths()["purelib"], "<__array_function__")


def learners_line(error, function):
    """Return (line number, text) of the learner's own line that failed, or None when it has no source."""
    home = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == home or not frame.filename.startswith(_NOT_THE_LEARNERS)]
    if not own:
        return None
    text = own[-1].line or linecache.getline(own[-1].filename, own[-1].lineno)
    return own[-1].lineno, text.strip()


def explain(error, function, parameters):
    """Return one or two sentences on what probably went wrong."""
    text = str(error)
    if isinstance(error, NotImplementedError):
        return _("The function still says that it is not implemented. Remove the `raise` line once your code is there.")
    if isinstance(error, SystemExit):
        return _("Your function calls `exit`, which would stop the notebook. Leave it out: `return` ends a function.")
    if isinstance(error, RecursionError):
        return _("Your function calls itself without end. Does a line use its own name where another was meant?")
    if isinstance(error, UnboundLocalError):
        return _("A variable is used before the line that gives it a value. Give it its first value above.")
    if isinstance(error, NameError):
        return _name(error, text, parameters)
    if isinstance(error, ModuleNotFoundError):
        return _("This needs a package that is not installed. The exercise can be solved with NumPy alone.")
    if "mismatch in its core dimension" in text or "not aligned" in text:
        return _(
            "Two arrays of a matrix product do not fit: in `a @ b` the columns of `a` and the rows of `b` must be "
            "equally many. Write the shape of each beside it. Is the order wrong, or a transpose (`.T`) missing?"
        )
    if "inhomogeneous" in text:
        return _(
            "Arrays of different shapes cannot become one array. Work on them one by one in a loop; `np.concatenate` "
            "joins flat ones. If all were meant to have one shape: which is shorter, and why?"
        )
    if "equal division" in text:
        return _(
            "The axis that is cut does not divide equally. Without `axis=`, `np.split` cuts the rows; `axis=1` cuts "
            "the columns."
        )
    if "cannot assign" in text:
        return _("Left and right of the `=` there are different numbers of elements. Count them: is one missing?")
    if "non-broadcastable output" in text:
        return _(
            "`+=` keeps the shape of the array on its left, but what is added has a larger one. "
            "Is a sum over the batch (`axis=0`) missing?"
        )
    if "setting an array element with a sequence" in text:
        return _(
            "The right side of a `=` is a whole array, but the place on its left holds one number. "
            "Is a sum over the array missing, as in `np.sum(a * b)`?"
        )
    if "shape-mismatch for sum" in text:
        return _(
            "`np.tensordot(a, b, axes=3)` adds up the last three axes of `a` with the first three of `b`: they must be "
            "equally long, one by one. Write both shapes down. Does a window leave the image?"
        )
    if "cannot reshape" in text:
        return _(
            "`reshape` keeps all values: the lengths of the new axes, multiplied, must give as many. "
            "Is a length fixed that changes from test to test, or does a division leave a rest?"
        )
    if "cannot unpack non-iterable" in text:
        return _("There are several names on the left of a `=`, but a single value on the right.")
    if "bitwise_and" in text or "bitwise_or" in text or "for &" in text or "for |" in text:
        return _(
            "`&` and `|` come before `==` and `<` in Python. Put each comparison in brackets: `(a == 1) & (b < t)`."
        )
    if "unsupported operand" in text and "'str'" in text:
        return _("A text stands where a number is needed. Compare it instead, as in `if padding == 'same':`.")
    if "'tuple' object cannot be interpreted" in text:
        return _(
            "This function takes one axis only; `max`, `sum` and `mean` also take several, as in `axis=(1, 2)`. "
            "Or does a pair stand where one number is needed?"
        )
    if ("unsupported operand" in text or "can't multiply sequence" in text) and "'tuple'" in text:
        return _("A pair or tuple does not calculate. Take its parts first, as in `kh, kw = kernel_size`.")
    if "unsupported operand" in text and "'list'" in text:
        return _("A list does not calculate as an array does. Take its elements one by one in a loop.")
    if "could not be broadcast" in text or "cannot be broadcast" in text or "broadcast input array" in text:
        return _(
            "Two arrays have shapes that do not fit element by element. A sum over an axis drops that axis; "
            "`keepdims=True` keeps it with length 1."
        )
    if "truth value of an array" in text:
        return _(
            "`if` needs one yes or no, but it was given a whole array. "
            "Use `np.where(condition, a, b)`, `np.maximum`, or multiply by the condition. Join two conditions with "
            "`&`, each in brackets; ask for None with `is None`."
        )
    if "converted to Python scalar" in text or "only length-1 arrays" in text or "only 0-dimensional" in text:
        return _(
            "A function made for one number was given an array. "
            "Use NumPy's: `np.exp` instead of `math.exp`, for example."
        )
    if isinstance(error, np.exceptions.AxisError):
        return _(
            "The array has fewer axes than `axis=` asks for. Count from 0, or from the end with -1. "
            "Did a sum before it drop an axis?"
        )
    if "enough dimensions" in text:
        return _(
            "`@` is for arrays, but on one side of it there is a single number. Use `*` for a number. "
            "Or did a mean or a sum make one number of the array too early?"
        )
    if "values to unpack" in text:
        return _(
            "There are more or fewer names on the left of a `=` than values on the right. "
            "Were the right arguments handed to the function that is called here?"
        )
    if "bitwise_xor" in text or "for ^" in text:
        return _("A power is written `**` in Python, as in `g**2`. The sign `^` means something else.")
    if isinstance(error, IndexError) and "only integers" in text:
        return _(
            "The square brackets hold something that is no whole number, such as a name: that needs a dictionary, but "
            "this is an array. What you return as the state is what you are handed at the next step."
        )
    if isinstance(error, IndexError) and "must be of integer" in text:
        return _("An array of row numbers must hold whole numbers: `rng.permutation(len(x))` draws some, for example.")
    if isinstance(error, IndexError):
        return _("An index is larger than the array. The first element has index 0 and the last one length - 1.")
    if isinstance(error, KeyError):
        return _(
            "A dictionary has no entry of this name; `d.get(name, value)` returns the value then. If it is the state "
            "of an optimizer: was the entry made at the first step, when the state is None, and is it in what you "
            "return?"
        )
    if isinstance(error, ZeroDivisionError):
        return _("A number is divided by zero. What should the answer be when there is nothing to divide by?")
    if isinstance(error, OverflowError):
        return _(
            "A number became too large. An exponential of a large number does: subtract the largest first, "
            "or use NumPy's functions."
        )
    if isinstance(error, AttributeError) and "numpy" in text and "has no attribute" in text:
        return _("NumPy has no function of this name. Check the spelling.")
    if isinstance(error, AttributeError) and "NoneType" not in text:
        return _(
            "The object before the dot has nothing of this name. Check the spelling; a function is called as it is, "
            "`f(x)`, with nothing between its name and the brackets."
        )
    if "NoneType" in text:
        return _(
            "A value here is None. A function without `return` gives None, "
            "and the state of an optimizer is None at the first step."
        )
    if "ellipsis" in text:
        return _("A blank `...` is still in the calculation. Replace it.")
    if "not callable" in text:
        return _("Round brackets call a function; square brackets `[ ]` take an element. Is a `*` missing?")
    if "read-only" in text or "Cannot cast ufunc" in text:
        return _("The array cannot be changed in place. Make a new one: `a = a - b` instead of `a -= b`.")
    if "argument" in text and isinstance(error, TypeError):
        return _("A function was called with arguments that it does not take. Compare the call with its definition.")
    return _("Run the line on its own with small arrays and look at the shape of each.")


def _name(error, text, parameters):
    name = getattr(error, "name", None) or (re.findall(r"'(\w+)'", text) or ["?"])[0]
    if name == "np":
        return _("NumPy is not imported yet. Run the first cell of the notebook, or write `import numpy as np`.")
    near = difflib.get_close_matches(name, parameters, 1, 0.5)
    if not near:  # W instead of w is far away for difflib, and common
        near = [p for p in parameters if p.lower() == name.lower()]
    if near:
        return _(
            "There is no `{name}` here. Did you mean the argument `{near}`? Capital and small letters differ."
        ).format(name=name, near=near[0])
    return _(
        "There is no `{name}` here. Is it spelled as where it got its value? "
        "Inside the function only its arguments ({parameters}) and what you define there are certain."
    ).format(name=name, parameters=", ".join(parameters))


def describe(arguments, parameters):
    """One line an argument: `x: shape (3, 2)`."""
    lines = []
    for name, value in zip(parameters, arguments, strict=False):
        if isinstance(value, np.ndarray):
            lines.append(_("{name}: shape {shape}").format(name=name, shape=value.shape))
        elif isinstance(value, (int, float, list, tuple, type(None))):
            lines.append(f"{name}: {_short(value)}")
    return "\n".join(lines)


def reproduce(arguments, parameters):
    """Return Python lines that rebuild small arguments, or their shapes where they are large."""
    lines = []
    for name, value in zip(parameters, arguments, strict=False):
        if isinstance(value, np.ndarray) and value.size > 24:
            lines.append(_("# {name}: shape {shape}, random").format(name=name, shape=value.shape))
        elif isinstance(value, np.ndarray):
            numbers = np.array2string(
                value, separator=", ", prefix=f"{name} = np.array(", floatmode="unique", max_line_width=100
            )
            lines.append(f"{name} = np.array({numbers})")
        elif isinstance(value, np.random.Generator):
            lines.append(f"{name} = np.random.default_rng(0)")
        elif not callable(value):
            lines.append(f"{name} = {_short(value)}")
    return "\n".join(lines)


def _short(value):
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def in_pythons_words(error):
    """`ValueError: ...` as Python says it, cut where it is long."""
    text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    return text if len(text) <= 300 else text[:297] + "..."
