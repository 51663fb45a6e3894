r"""Every displayed formula of a chapter is executed by a test.

A test says which formula it runs, in the words of the chapter:

    from tests.notebooks.formulas import executes

    @executes("01", r"y = f(Wx + b)")
    def test_dense():
        ...

It stands in a file `tests/notebooks/test_formulas_NN.py`, one for each chapter. White space does not matter.
`test_pairs_and_rules.py` fails on a formula without a test, and on a test for a formula that is no longer there.
"""

import importlib
from pathlib import Path

import pytest

from tests.notebooks.chapter import normal


def executes(chapter, formula):
    """Mark a test as the one that runs `formula` of `chapter` (`"01"`); a test may carry several."""
    return pytest.mark.executes(chapter, formula)


def executed_formulas(folder=Path(__file__).parent, package=__package__):
    """`{(chapter, formula): [tests]}` of the test functions in the files `test_formulas*.py` of `folder`."""
    found = {}
    for path in sorted(folder.glob("test_formulas*.py")):
        module = importlib.import_module(f"{package}.{path.stem}" if package else path.stem)
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function):
                for mark in getattr(function, "pytestmark", []):
                    if mark.name == "executes":
                        chapter, formula = mark.args
                        found.setdefault((chapter, normal(formula)), []).append(f"{path.name}::{name}")
    return found


def formula_complaints(chapter, executed):
    """What is wrong between the formulas of `chapter` and the tests `executed` (from `executed_formulas`)."""
    shown = set(chapter.formulas)
    tested = {formula: names for (number, formula), names in executed.items() if number == chapter.number}
    untested = [f"no test executes $${formula}$$" for formula in sorted(shown - set(tested))]
    return untested + [
        f"{tested[f]} executes a formula that is not shown: $${f}$$" for f in sorted(set(tested) - shown)
    ]
