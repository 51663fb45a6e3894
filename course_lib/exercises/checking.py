"""The check itself: run the learner's function on the cases, compare with the reference, find the words for it.

The cases are built anew from one seed for every run, so that nobody can spoil them for the next. What a function does
on a case is an `Outcome`; a misconception is named only where its outcomes equal the learner's on every case.
"""

import contextlib
import copy
import functools
import inspect
from dataclasses import dataclass, field

import numpy as np

from course_lib.exercises.comparing import (
    Mistake,
    difference_message,
    differs,
    dtype_message,
    listed,
    nan_message,
    number,
    same,
    shape_message,
)
from course_lib.exercises.explain import describe, explain, in_pythons_words, learners_line, reproduce
from course_lib.exercises.limits import Allowance, TimeLimitReached, call_within
from course_lib.exercises.result import Result
from course_lib.exercises.stubs import blank_line, has_return, is_untouched
from course_lib.language import _

SEED = 20
SECONDS = 10.0  # for the learner's calls of one check together


@dataclass
class Outcome:
    """What a function did on one case: values, or an error, or something unusable; and what it was given."""

    values: tuple | None = None
    error: BaseException | None = None
    mistake: str | None = None
    returned_none: bool = False
    modified: str | None = None
    arguments: tuple = field(default=())


class Watched:
    """Call the learner's function; keep what it was given and note which argument it changed."""

    def __init__(self, function, parameters):
        self.function, self.parameters = function, parameters
        self.arguments, self.modified, self.returned_none = (), None, False

    def __call__(self, *arguments):
        self.arguments = tuple(_copy(argument) for argument in arguments)
        value = self.function(*arguments)
        self.returned_none |= value is None
        for name, before, after in zip(self.parameters, self.arguments, arguments, strict=False):
            if not _unchanged(before, after):
                self.modified = name
        return value


def _copy(value):
    return value if callable(value) or isinstance(value, np.random.Generator) else copy.deepcopy(value)


def _unchanged(before, after):
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
        )
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_unchanged(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    if isinstance(before, (int, float, str, bool, type(None))):
        return before is after or before == after or before != before
    return True


def argument_names(exercise, function):
    """Return the learner's own names of the arguments, or the exercise's where they cannot be told."""
    with contextlib.suppress(TypeError, ValueError):
        names = tuple(inspect.signature(function).parameters)
        if len(names) >= len(exercise.parameters):
            return names[: len(exercise.parameters)]
    return exercise.parameters


def attempt(exercise, function, case, expected=None, seconds=None):
    """Run the function on one case and return its Outcome; only KeyboardInterrupt and the time limit pass through.

    A learner's function gets a limit of so many seconds, or an Allowance; our own need none.
    """
    watched = Watched(function, argument_names(exercise, function))
    outcome = Outcome()
    try:
        with np.errstate(all="ignore"):
            plain = exercise.adapt(watched)
            value = call_within(seconds, exercise.call, plain, *case) if seconds else exercise.call(plain, *case)
        outcome.values = listed(value, exercise.outputs, expected)
    except Mistake as error:
        outcome.mistake = str(error)
    except (Exception, SystemExit) as error:
        outcome.error = error
    outcome.arguments, outcome.modified = watched.arguments, watched.modified
    outcome.returned_none = watched.returned_none
    return outcome


def outcomes(exercise, function, expected=None):
    """Return the Outcome on every case."""
    cases = exercise.fresh_cases()
    expected = expected or [None] * len(cases)
    return [attempt(exercise, function, case, wanted) for case, wanted in zip(cases, expected, strict=True)]


@functools.cache
def expected_values(exercise):
    """Return the reference's values on every case; an error in the reference is ours and is raised."""
    results = outcomes(exercise, exercise.reference)
    for outcome in results:
        if outcome.error or outcome.mistake:
            raise RuntimeError(f"the reference of {exercise.name} fails: {outcome.mistake}") from outcome.error
    return [outcome.values for outcome in results]


@functools.cache
def known_outcomes(exercise):
    """Return what each misconception does on every case."""
    return [(known, outcomes(exercise, known.function)) for known in exercise.misconceptions]


def examine(exercise, function):
    """Return the Result of checking `function`, without showing or recording anything."""

    def verdict(kind, message, details="", misconception=None):
        return Result(exercise.name, False, kind, message, misconception, details)

    if not callable(function):
        return verdict("not callable", _not_callable(exercise, function))
    if is_untouched(function):
        return verdict(
            "not attempted",
            _(
                "Replace the `...` in `{name}` by your code and run the cell again. "
                "`ex.{name}.hint()` gives a first hint."
            ).format(name=exercise.name),
        )
    message = _wrong_arguments(exercise, function)
    if message:
        return verdict("wrong arguments", message)

    expected = expected_values(exercise)
    results, left = [], Allowance(SECONDS)
    for number_, (case, wanted) in enumerate(zip(exercise.fresh_cases(), expected, strict=True), 1):
        try:
            results.append(attempt(exercise, function, case, wanted, left))
        except TimeLimitReached as error:
            return verdict("time limit", _slow(number_), _line(error, function))
    findings = [
        finding(exercise, function, *parts) for parts in zip(results, expected, exercise.fresh_cases(), strict=True)
    ]
    if not any(findings):
        return _repeat(exercise, function, results, verdict) or _passed(exercise, function, len(results))

    blank = blank_line(function)
    if blank:
        return verdict(
            "unfinished",
            _("Line {line} is still blank. Replace the dots by your code.").format(line=blank[0]),
            _("line {line}: {text}").format(line=blank[0], text=blank[1]),
        )
    where = next(i for i, found in enumerate(findings) if found)
    kind, message, details = findings[where]
    if kind in ("error", "shape", "dtype", "nan", "difference"):
        known = recognise(exercise, results, expected)
        if known:
            misconception, place, other = known
            message = misconception.message.format(output=place)
            if other is not None and findings[other]:
                message += "\n" + _second_mistake(other + 1, *findings[other][:2])
            details = _proof(exercise, function, results, expected) if kind != "error" else details
            return verdict("misconception", message, details, misconception.name)
    if kind in ("nan", "difference"):
        constant = _constant(exercise, results, expected)
        if constant:
            return verdict("constant", constant, details)
        wobbly = _repeat(exercise, function, results, verdict, where)
        if wobbly:
            return wobbly
    return verdict(kind, message, details)


def finding(exercise, function, outcome, expected, case):
    """Return (kind, message, details) for one case, or None when all is right."""
    names = argument_names(exercise, function)
    given = describe(outcome.arguments, names)
    if outcome.error is not None:
        message = _("Your function stopped with {error}").format(error=in_pythons_words(outcome.error))
        return (
            "error",
            message + "\n" + explain(outcome.error, function, names),
            "\n".join(filter(None, (_line(outcome.error, function), given))),
        )
    if outcome.returned_none and outcome.mistake and not has_return(function):
        return (
            "no return",
            _(
                "Your function calculates, but it does not `return` anything, so its result is None. "
                "End it with `return {names}`."
            ).format(names=exercise.returns or ", ".join(exercise.outputs)),
            "",
        )
    if outcome.returned_none and outcome.mistake:
        return (
            "wrong type",
            _(
                "In this test your function returned None. Does it reach its end without a `return`, for example where "
                "an `if` is not true? Every way through it must end with `return {names}`."
            ).format(names=exercise.returns or ", ".join(exercise.outputs)),
            given,
        )
    if outcome.mistake:
        return "wrong type", outcome.mistake, given
    triples = list(zip(outcome.values, expected, exercise.outputs, strict=True))
    for got, wanted, name in triples:
        message = dtype_message(got, wanted, name)
        if message:
            return "dtype", message, given
    if outcome.modified:
        before = dict(zip(names, outcome.arguments, strict=False))[outcome.modified]
        message = _(
            "Your function changed its argument `{name}`. The caller still needs it as it was: make a new array "
            "(`a = a - b` instead of `a -= b`, or `{name}.copy()` first)."
        )
        if not isinstance(before, np.ndarray):
            message = _("Your function changed its argument `{name}`. Leave it as it was and return a new one.")
        return "modified", message.format(name=outcome.modified), given
    for got, wanted, name in triples:
        message = shape_message(got, wanted, name)
        if message:
            return "shape", message, given
        if same(got, wanted, exercise.tolerance):
            continue
        message = nan_message(got, wanted, name)
        details = reproduce(case, exercise.case_names or names)
        if message:
            return "nan", message, details
        return (
            "difference",
            difference_message(got, wanted, name, exercise.tolerance),
            "\n".join(filter(None, (details, _slope(exercise, case, got, wanted, name)))),
        )
    return None


def recognise(exercise, results, expected):
    """Return (misconception, name of the output, None) when exactly one known mistake gives the learner's results.

    First the whole result is compared on every case. If none equals it, a second mistake may hide the first one where
    the numbers are extreme: the cases that the exercise calls extreme, and those where the learner's values overflowed,
    are left out, and the third part of the answer is the first of them that shows it. At last, where the outputs are
    gradients, the first wrong one is compared alone, so that two mistakes in two gradients are still told apart.
    """
    theirs = known_outcomes(exercise)
    everything = range(len(exercise.outputs))
    found = [known for known, other in theirs if _equal(exercise, results, other, everything)]
    place = ", ".join(_wrong_outputs(exercise, results, expected)) or exercise.outputs[0]
    if found:
        return (found[0], place, None) if len(found) == 1 else None
    tame = [  # the cases where no number is extreme
        i for i in range(len(results)) if i not in exercise.extreme and _finite(results[i])
    ]
    if len(results) / 2 < len(tame) < len(results):
        mine, right = [results[i] for i in tame], [expected[i] for i in tame]
        found = [both for both in theirs if _equal(exercise, mine, [both[1][i] for i in tame], everything)]
        if len(found) == 1 and (_wrong_outputs(exercise, mine, right) or any(one.values is None for one in mine)):
            known, other = found[0]
            shown = (i for i in range(len(results)) if not _equal(exercise, [results[i]], [other[i]], everything))
            return known, place, next(i for i in shown if i not in tame)
    if exercise.slopes is None:
        return None
    for i, name in enumerate(exercise.outputs):
        if name not in _wrong_outputs(exercise, results, expected):
            continue
        found = [known for known, other in theirs if _equal(exercise, results, other, [i])]
        return (found[0], name, None) if found else None
    return None


def _second_mistake(number_, kind, message):
    if kind in ("nan", "error"):
        return _("And there is a second mistake: {finding}").format(finding=message)
    return _("And there is a second mistake: it shows in test {count}, where the numbers are very large.").format(
        count=number_
    )


def _finite(outcome):
    return outcome.values is None or all(np.isfinite(value.astype(float)).all() for value in outcome.values)


def _equal(exercise, results, other, outputs):
    """True when two lists of outcomes agree on the given outputs, values or kind of error, with one value at least."""
    values = 0
    for mine, yours in zip(results, other, strict=True):
        if mine.values is None or yours.values is None:
            if mine.error is None or type(mine.error) is not type(yours.error):
                return False
            continue
        if not all(same(mine.values[i], yours.values[i], exercise.tolerance) for i in outputs):
            return False
        values += 1
    return values > 0


def _wrong_outputs(exercise, results, expected):
    return [
        name
        for i, name in enumerate(exercise.outputs)
        if any(
            mine.values is not None and not same(mine.values[i], right[i], exercise.tolerance)
            for mine, right in zip(results, expected, strict=True)
        )
    ]


def _proof(exercise, function, results, expected):
    """Show the first difference in numbers, and the measured slope for a gradient."""
    for outcome, wanted, case in zip(results, expected, exercise.fresh_cases(), strict=True):
        for got, right, name in zip(outcome.values or (), wanted, exercise.outputs, strict=False):
            if got.shape != right.shape:
                return shape_message(got, right, name)
            if not same(got, right, exercise.tolerance):
                lines = (
                    reproduce(case, exercise.case_names or argument_names(exercise, function)),
                    "# " + difference_message(got, right, name, exercise.tolerance),
                    _slope(exercise, case, got, right, name),
                )
                return "\n".join(filter(None, lines))
    return ""


def _slope(exercise, case, got, expected, name):
    """Compare the learner's gradient with the slope measured by finite differences, at the first difference."""
    if exercise.slopes is None or got.shape != expected.shape:
        return ""
    from course_lib.nn import numerical_gradient

    loss, variable = exercise.slopes(*case)[name]
    index = tuple(np.argwhere(differs(got, expected, exercise.tolerance))[0])
    measured = numerical_gradient(loss, np.array(variable))[index]
    place = f"{name}[{', '.join(map(str, index))}]"
    return _("# measured slope (finite differences): {place} = {measured}; yours: {got}").format(
        place=place, measured=number(round(measured, 6)), got=number(got[index])
    )


def _repeat(exercise, function, results, verdict, where=-1):
    """Run one case again: a second answer that differs means chance or memory in the function."""
    try:
        outcome = attempt(exercise, function, exercise.fresh_cases()[where], seconds=SECONDS)
    except TimeLimitReached:
        outcome = Outcome()
    first, second = results[where].values, outcome.values
    if first is not None and second is not None and all(map(lambda a, b: same(a, b, 1e-12), first, second)):
        return None
    return verdict(
        "not repeatable",
        _(
            "Called twice with the same arguments, your function gives two different answers. Does it draw random "
            "numbers "
            "of its own, or use a variable from outside that changes?"
        ),
    )


def _constant(exercise, results, expected):
    """Say so when every case got the same answer."""
    values = [outcome.values for outcome in results]
    if len(values) < 2 or any(value is None for value in values):
        return None
    if not all(same(a, b, 1e-12) for value in values for a, b in zip(value, values[0], strict=True)):
        return None
    if all(same(a, b, max(exercise.tolerance, 5e-3)) for a, b in zip(values[0], expected[0], strict=True)):
        return _(
            "Your function returns the answer of the example, whatever it is given. "
            "Calculate it from the arguments: the check uses other numbers."
        )
    return _("Your function gives the same answer for every input. Does it use its arguments?")


def _not_callable(exercise, function):
    if isinstance(function, (np.ndarray, int, float, list, tuple, np.generic)):
        return _(
            "The check was given a value, not a function. Hand over the function itself, without brackets: "
            "`ex.{name}.check({name})`."
        ).format(name=exercise.name)
    if function is None:
        return _("The check was given None. Hand over your function: `ex.{name}.check({name})`.").format(
            name=exercise.name
        )
    return _(
        "The check needs your function, but was given {kind}. Write `ex.{name}.check({name})`, and run the cell "
        "that defines `{name}` first."
    ).format(kind=type(function).__name__, name=exercise.name)


def _wrong_arguments(exercise, function):
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    names = list(signature.parameters)
    try:
        signature.bind(*exercise.parameters)
    except TypeError:
        return _("The function must take {count} arguments: `{signature}`. Yours is `{name}{given}`.").format(
            count=len(exercise.parameters),
            signature=exercise.signature,
            given=signature,
            name=getattr(function, "__name__", "function"),
        )
    if (
        len(names) == len(exercise.parameters)
        and set(names) == set(exercise.parameters)
        and names != list(exercise.parameters)
    ):
        return _("The arguments are in another order: the check calls `{signature}`, yours is `{name}{given}`.").format(
            signature=exercise.signature, given=signature, name=getattr(function, "__name__", "function")
        )
    return None


def _slow(count):
    return _(
        "Your function was still running after {seconds} seconds (test {count}) and was stopped. "
        "Is there a loop whose condition never becomes false?"
    ).format(seconds=f"{SECONDS:g}", count=count)


def _line(error, function):
    line = learners_line(error, function)
    return _("line {line}: {text}").format(line=line[0], text=line[1]) if line else ""


def _passed(exercise, function, count):
    message = _("Right on all {count} tests.").format(count=count)
    return Result(exercise.name, True, "passed", message, function=exercise.adapt(function))
