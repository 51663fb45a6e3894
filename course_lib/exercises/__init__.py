"""Checked exercises: `ex.dense_forward.check(my_function)`, `.hint()`, `.solution()`.

In a notebook an exercise is one cell with a stub and its check; with nothing but `...` in the body the verdict is
"not attempted yet", and Run All goes on:

    def dense_forward(x, W, b):
        ...  # your code

    ex.dense_forward.check(dense_forward)

`ALL` maps every name to its Exercise, `QUIZZES` every chapter to its questions. `progress()` shows the learner's table,
`export_progress("name")` writes it into a file for the instructor. `passed("relu")` is the learner's own function once
it passed in this session, else None: `SomeWidget(use=ex.passed("relu"))` is safe in Run All, because with None a widget
uses the library's own code. A widget takes any other function too, and says in a sentence what goes wrong in it.

The texts are put into the learner's language when this package is imported, so `COURSE_LANGUAGE` must be set before: in
the terminal that starts Jupyter, or in the first cell.
"""

import difflib

from course_lib.exercises import (
    chapter0,
    chapter1,
    chapter2,
    chapter3,
    chapter4,
    chapter5,
    chapter6,
    chapter7,
    chapter8,
    chapter9,
    chapter10,
    chapter11,
    chapter12,
)
from course_lib.exercises.exercise import PASSED, Exercise, Misconception
from course_lib.exercises.question import Question
from course_lib.exercises.quizzes import QUIZZES
from course_lib.exercises.report import export_progress, progress
from course_lib.exercises.result import Result
from course_lib.exercises.store import record_quiz
from course_lib.language import _

CHAPTERS = (
    chapter0, chapter1, chapter2, chapter3, chapter4, chapter5, chapter6, chapter7, chapter8, chapter9, chapter10,
    chapter11, chapter12,
)  # fmt: skip
ALL = {one.name: one for chapter in CHAPTERS for one in chapter.EXERCISES}

__all__ = [
    "ALL",
    "Exercise",
    "Misconception",
    "QUIZZES",
    "Question",
    "Result",
    "export_progress",
    "find",
    "passed",
    "progress",
    "record_quiz",
    *ALL,
]


def find(name):
    """Return the exercise of this name; a name that is not there is answered with the nearest one."""
    try:
        return ALL[name]
    except (KeyError, TypeError):
        raise KeyError(_unknown(name)) from None


def passed(name):
    """Return the learner's last function that passed this exercise in this session, or None."""
    return PASSED.get(find(name).name)


def _unknown(name):
    near = difflib.get_close_matches(str(name), ALL, 1, 0.4)
    if near:
        return _("There is no exercise {name!r}. Did you mean {near!r}?").format(name=name, near=near[0])
    return _("There is no exercise {name!r}. The exercises are: {names}.").format(name=name, names=", ".join(ALL))


def __getattr__(name):
    if name in ALL:
        return ALL[name]
    raise AttributeError(_unknown(name))


def __dir__():
    return sorted(__all__)
