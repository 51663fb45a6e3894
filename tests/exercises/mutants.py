"""Wrong answers made by a program: change one thing in a right answer, and ask the checker whether it is still right.

    python -m tests.exercises.mutants                         # every exercise, every mutant
    python -m tests.exercises.mutants softmax conv2d          # some exercises
    python -m tests.exercises.mutants --sample 20 --seed 1    # so many mutants of each exercise, drawn by chance
    python -m tests.exercises.mutants --json FILE             # write the result as well
    python -m tests.exercises.mutants relu --show             # the source of every survivor

The right answers are the solution that an exercise shows, the course's functions that it calls, and the bank of right
answers. A mutant that the checker calls right is a survivor. It must do the same as the right answer on every input
that the statement allows (then `mutants_equivalent.py` says why), or a case is missing in the exercise.
"""

import argparse
import ast
import contextlib
import copy
import functools
import inspect
import json
import linecache
import random
import sys
import textwrap
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib import exercises as ex
from course_lib.exercises import checking
from course_lib.exercises.checking import attempt, examine
from course_lib.exercises.comparing import same
from tests.exercises.mutants_equivalent import EQUIVALENT
from tests.exercises.mutations import changes
from tests.exercises.test_bank import RIGHT, WRONG
from tests.exercises.wide_inputs import WIDE

SECONDS = 2.0  # for one mutant; a right answer needs a few hundredths of a second
INPUTS = 200  # wide inputs that a survivor is compared on
FILE = Path(__file__).with_name("mutants.json")
ASIDE = {  # functions of the course that only test their input, or do what no exercise asks for
    "_", "_both", "amounts", "average_values", "column_and_labels", "counts", "counts_of_texts", "image_gradient",
    "known_values", "labels", "measured_pair", "numbers", "open_share", "pad", "parts", "runs", "scores_and_signs",
    "state_activation", "step_inputs", "targets_like", "two_prices", "two_tables",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One right answer with one change. `answer` is the function that the learner would hand in, `place` the function
    that was changed: the answer itself or a helper it calls."""

    exercise: str
    answer: object
    place: object
    line: int
    kind: str
    change: str
    statement: str
    source: str

    @property
    def key(self):
        return f"{self.place.__name__}: {self.change}"

    @property
    def name(self):
        return f"{self.exercise} {self.place.__name__}:{self.line} {self.kind}"

    def function(self):
        """Compile the changed source beside everything else that the answer uses."""
        file = f"<mutant {self.name} {hash(self.source)}>"
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(keepends=True), file)
        code = compile(self.source, file, "exec")
        scope = dict(self.place.__globals__)
        exec(code, scope)
        if self.place is self.answer:
            return scope[self.place.__name__]
        around = dict(self.answer.__globals__)  # the answer itself is unchanged, but meets the changed helper
        around[self.place.__name__] = scope[self.place.__name__]
        exec(compile(source_of(self.answer), inspect.getsourcefile(self.answer), "exec"), around)
        return around[self.answer.__name__]


@functools.cache
def source_of(function):
    return textwrap.dedent(inspect.getsource(function))


def called(function):
    """The functions of the course, or of the same file, that this one calls by their plain names."""
    names = {node.id for node in ast.walk(ast.parse(source_of(function))) if isinstance(node, ast.Name)}
    found = (function.__globals__.get(name) for name in sorted(names - {function.__name__}))
    return [one for one in found if inspect.isfunction(one) and one.__module__.startswith(("course_lib", "tests."))]


def is_check(function):
    """True for the course's functions that only test their input, or do what no exercise asks for."""
    return function.__name__ in ASIDE or function.__module__.endswith("checks") and function.__name__ != "earlier"


def checks(function):
    return frozenset(one.__name__ for one in called(function) if is_check(one))


def helpers(function):
    return [one for one in called(function) if not is_check(one)]


def places(one):
    """The pairs (answer, function to change in it) of an exercise, each function once."""
    seen = set()
    for answer in dict.fromkeys([one.reference, *RIGHT[one.name]]):
        if answer.__code__.co_freevars or not source_of(answer).startswith("def "):
            continue  # a lambda or a closure: its source alone is not the whole function
        if answer is not one.reference and answer.__module__.startswith("course_lib"):
            continue  # it can do more than the exercise asks for, and the checker cannot see that
        for place in (answer, *helpers(answer)):
            if place not in seen:
                seen.add(place)
                yield answer, place


@functools.cache
def mutants(name):
    """Every mutant of an exercise, in the order of the right answers and their lines."""
    found = {}
    for answer, place in places(ex.ALL[name]):
        start = place.__code__.co_firstlineno - 1
        for change in changes(source_of(place), checks(place)):
            mutant = Mutant(
                name, answer, place, start + change.line, change.kind, change.text, change.statement, change.source
            )
            found.setdefault((place.__name__, place.__module__, change.source), mutant)
    return list(found.values())


@contextlib.contextmanager
def quickly():
    """Stop endless loops sooner than for a learner, and keep NumPy's warnings about nonsense to ourselves."""
    before, checking.SECONDS = checking.SECONDS, SECONDS
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(None):
            warnings.simplefilter("ignore")
            yield
    finally:
        checking.SECONDS = before


def verdict(mutant, one=None):
    """Return the Result of a mutant's exercise, or of another form of it."""
    with quickly():
        return examine(one or ex.ALL[mutant.exercise], mutant.function())


def difference(one, function, inputs=INPUTS, seed=0):
    """Return the first wide input on which a function does not do what the solution does, or None."""
    rng = np.random.default_rng(seed)
    with quickly():
        for _number in range(inputs):
            case = WIDE[one.name](rng)
            wanted = attempt(one, one.reference, copy_of(case)).values
            assert wanted is not None, f"the solution of {one.name} fails on {case}"
            got = attempt(one, function, copy_of(case), wanted, SECONDS)
            if (
                got.values is None
                or got.modified
                or not all(same(*pair, one.tolerance) for pair in zip(got.values, wanted, strict=True))
            ):
                return case
    return None


def copy_of(case):
    return tuple(part if callable(part) else copy.deepcopy(part) for part in case)


def reason(mutant):
    """Why this mutant is no wrong answer, or None."""
    return next((why for why, keys in EQUIVALENT.get(mutant.exercise, {}).items() if mutant.key in keys), None)


def run(names, sample=None, seed=0, say=lambda text: None):
    """Examine the mutants of these exercises; return one row for each exercise and the list of survivors."""
    rows, survivors = [], []
    for name in names:
        all_of_them = mutants(name)
        chosen = all_of_them
        if sample is not None and sample < len(chosen):
            chosen = random.Random(f"{seed} {name}").sample(chosen, sample)
        kinds, alive = Counter(), []
        for mutant in chosen:
            result = verdict(mutant)
            kinds[result.kind] += 1
            if result.passed:
                alive.append(mutant)
        rows.append({
            "exercise": name,
            "mutants": len(chosen),
            "rejected": len(chosen) - len(alive),
            "named": kinds["misconception"],
            "stopped": kinds["error"],
            "endless": kinds["time limit"],
            "equivalent": sum(reason(mutant) is not None for mutant in alive),
        })  # fmt: skip
        survivors += alive
        say(row_text(rows[-1]))
    return rows, survivors


def total(rows):
    return {"exercise": "all"} | {key: sum(row[key] for row in rows) for key in rows[0] if key != "exercise"}


def share(part, whole):
    return 100 * part / whole if whole else 100.0


HEAD = (
    f"{'exercise':33}{'mutants':>8}{'rejected':>9}{'share':>8}{'named':>7}{'stopped':>8}{'endless':>8}"
    f"{'the same':>9}{'open':>6}"
)


def row_text(row):
    open_ = row["mutants"] - row["rejected"] - row["equivalent"]
    return (
        f"{row['exercise']:33}{row['mutants']:8}{row['rejected']:9}{share(row['rejected'], row['mutants']):7.1f}%"
        f"{row['named']:7}{row['stopped']:8}{row['endless']:8}{row['equivalent']:9}{open_:6}"
    )


def banks(names):
    """Count the hand-made wrong answers that are named, and the right ones that pass."""
    typical = [(ex.ALL[name], misconception, function) for name, misconception, function in WRONG if name in names]
    right = [(ex.ALL[name], function) for name in names for function in [ex.ALL[name].reference, *RIGHT[name]]]
    with contextlib.redirect_stdout(None):
        named = sum(examine(one, function).misconception == misconception for one, misconception, function in typical)
        refused = [f"{one.name} {function.__name__}" for one, function in right if not examine(one, function).passed]
    return {"typical": len(typical), "typical_named": named, "right": len(right), "right_refused": refused}


def is_open(survivor):
    return survivor["reason"] is None or survivor["wide_inputs"] == "differs"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.exercises.mutants", description=__doc__.split("\n")[0])
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help="names of exercises (default: all)")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants of each exercise, drawn by chance")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--show", action="store_true", help="show the source of every survivor without a reason")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result into this file")
    options = parser.parse_args(arguments)
    names = [ex.find(name).name for name in options.exercises] or list(ex.ALL)

    clock = time.perf_counter()
    print(HEAD)
    rows, survivors = run(names, options.sample, options.seed, lambda text: print(text, flush=True))
    everything, bank = total(rows), banks(names)
    print(row_text(everything))
    live = everything["mutants"] - everything["equivalent"]
    print(
        f"\n{everything['rejected']} of {everything['mutants']} mutants are rejected "
        f"({share(everything['rejected'], everything['mutants']):.2f} %); without the {everything['equivalent']} that "
        f"do the same as a right answer {share(everything['rejected'], live):.2f} %.\n"
        f"{bank['typical_named']} of {bank['typical']} hand-made typical mistakes are named "
        f"({share(bank['typical_named'], bank['typical']):.1f} %).\n"
        f"{bank['right'] - len(bank['right_refused'])} of {bank['right']} right answers pass"
        + "".join(f"\n  refused: {name}" for name in bank["right_refused"])
    )

    listed = []
    print("\nSurvivors:")
    for mutant in survivors:
        why = reason(mutant)
        counterexample = difference(ex.ALL[mutant.exercise], mutant.function())
        where = "the same" if counterexample is None else "DIFFERENT"
        print(f"{'   ' if why else 'OPEN'} {mutant.name}\n     {mutant.statement}\n     {where} on wide inputs; {why}")
        if counterexample is not None:
            print(f"     for example {counterexample}")
        if options.show and not why:
            print(textwrap.indent(mutant.source, "        "))
        listed.append({
            "exercise": mutant.exercise, "kind": mutant.kind, "change": mutant.key, "reason": why,
            "wide_inputs": INPUTS if counterexample is None else "differs",
        })  # fmt: skip
    seconds = time.perf_counter() - clock
    print(f"\n{seconds:.0f} seconds")
    if options.json:
        told = {"total": everything, "banks": bank, "exercises": rows, "survivors": listed, "seconds": round(seconds)}
        options.json.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if bank["right_refused"] or any(is_open(one) for one in listed) else 0


if __name__ == "__main__":
    sys.exit(main())
