"""An exercise: what is asked, the reference, the cases, the mistakes people make, hints and solution."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from course_lib.exercises import store
from course_lib.exercises.checking import SEED, examine
from course_lib.exercises.display import box, code, paragraphs, show
from course_lib.language import _

PASSED = {}  # name -> the learner's last function that passed in this session


@dataclass(frozen=True, eq=False)
class Misconception:
    """A mistake people make: a name, the wrong function, and the sentence that names the mistake and the remedy.

    `{output}` in the message stands for the name of the result that is wrong.
    """

    name: str
    function: Callable
    message: str


def as_is(function):
    return function


def call(function, *case):
    return function(*case)


@dataclass(eq=False)
class Exercise:
    """One checked exercise.

    `reference` is the solution, the library's own function wherever there is one. `cases(rng)` yields the arguments of
    each test, the statement's example first, then from small to large. `outputs` names the results. `adapt` turns the
    learner's function into the plain form (it drops the cache where both forms are right). `call(function, *case)` runs
    it, several steps where the exercise needs them; then `case_names` names the parts of a case and `returns` says what
    one call returns. `extreme` holds the places of the cases whose numbers overflow in a careless formula. `arguments`
    names the arguments where the library's names differ. `slopes(*case)` gives for each gradient the pair (loss as a
    function of one array, that array), to be measured by finite differences.
    """

    name: str
    chapter: int
    title: str
    statement: str
    reference: Callable
    cases: Callable
    misconceptions: list
    hints: list
    outputs: tuple = ("result",)
    tolerance: float = 1e-9
    extreme: tuple = ()
    arguments: tuple = ()
    adapt: Callable = as_is
    call: Callable = call
    case_names: tuple = ()
    returns: str = ""
    slopes: Callable | None = None
    solution_note: str = ""
    _hints_given: int = field(default=0, repr=False)

    @property
    def parameters(self):
        return self.arguments or tuple(inspect.signature(self.reference).parameters)

    @property
    def signature(self):
        if self.arguments:
            return f"{self.name}({', '.join(self.arguments)})"
        parts = inspect.signature(self.reference).parameters.values()
        return f"{self.name}({', '.join(str(part.replace(annotation=part.empty)) for part in parts)})"

    @property
    def solution_function(self):
        return self.reference

    @property
    def solution_source(self):
        return inspect.getsource(self.reference)

    @property
    def solution_imports(self):
        """The lines that the solution needs above it in a notebook: it uses what stands beside it in the library."""
        around = self.reference.__globals__
        used = {node.id for node in ast.walk(ast.parse(self.solution_source)) if isinstance(node, ast.Name)}
        found = {name: around[name] for name in sorted(used & set(around) - {self.reference.__name__})}
        modules = {name: value.__name__ for name, value in found.items() if inspect.ismodule(value)}
        lines = [f"import {full} as {name}" if full != name else f"import {name}" for name, full in modules.items()]
        if others := [name for name in found if name not in modules]:
            lines.append(f"from {self.reference.__module__} import {', '.join(others)}")
        return "\n".join(lines)

    def fresh_cases(self):
        """Build the cases anew: the same ones each time, and nobody else holds these arrays."""
        return list(self.cases(np.random.default_rng(SEED)))

    def check(self, function):
        """Run the tests on your function, show the verdict and return it as a Result."""
        result = examine(self, function)
        if result.passed:
            PASSED[self.name] = result.function
        if result.kind != "not attempted":
            note = store.record_try(self.name, result.passed)
            result.notes += [note] if note else []
            result.notes += [] if result.passed else [self._help()]
        result.show()
        return result

    def _help(self):
        if self._hints_given < len(self.hints):
            return _("`ex.{name}.hint()` gives a hint.").format(name=self.name)
        return _("`ex.{name}.solution()` shows a solution.").format(name=self.name)

    def hint(self):
        """Show the next hint; after the last one, where the solution is."""
        if self._hints_given == len(self.hints):
            show(_("That was the last hint. `ex.{name}.solution()` shows the solution.").format(name=self.name))
            return
        self._hints_given += 1
        head = _("Hint {number} of {count}").format(number=self._hints_given, count=len(self.hints))
        text = self.hints[self._hints_given - 1]
        note = store.record_hint(self.name, self._hints_given)
        text += "\n" + note if note else ""
        show(f"{head}: {text}", box(head, paragraphs(text), "#0072b2"))

    def solution(self):
        """Show the solution: the source of the function that the check compares with."""
        note = store.record_solution(self.name)
        head = _("One solution of {name}").format(name=self.name)
        said = "\n".join(filter(None, (self.solution_note, note)))
        source = "\n\n".join(filter(None, (self.solution_imports, self.solution_source)))
        show(f"{head}\n{source}\n{said}".rstrip(), box(head, code(source) + paragraphs(said), "#0072b2"))

    def __repr__(self):
        return f"{self.signature}\n{self.title}\n\n{self.statement}"

    def _repr_markdown_(self):
        head = _("Exercise: {title}").format(title=self.title)
        return f"**{head}**\n\n```python\n{self.signature}\n```\n\n{self.statement}"
