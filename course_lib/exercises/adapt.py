"""Accept the library's fuller form of an answer beside the plain one of the exercise."""

import functools

import numpy as np


def first_of_pair(function):
    """Let a function return `y`, or `(y, cache)` or `(loss, gradient)` as the library does; the first is checked."""

    @functools.wraps(function, updated=())
    def plain(*arguments, **options):
        value = function(*arguments, **options)
        return value[0] if isinstance(value, tuple) and len(value) == 2 else value

    return plain


def with_state(function):
    """Let a rule that remembers nothing return `w` alone; the library's form is `(w, state)`."""

    @functools.wraps(function, updated=())
    def step(*arguments, **options):
        answer = function(*arguments, **options)
        return answer if isinstance(answer, tuple | list) or answer is None else (answer, None)

    return step


def list_as_array(function):
    """Let a function return a list or a tuple where an array of the same numbers is checked."""

    @functools.wraps(function, updated=())
    def plain(*arguments, **options):
        value = function(*arguments, **options)
        return np.array(value) if isinstance(value, list | tuple) else value

    return plain
