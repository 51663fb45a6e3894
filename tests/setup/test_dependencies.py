"""What the course imports is declared: by the course what it needs to run, by the test group what only tests need."""

import ast
import sys
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environment import ROOT
from tests.setup.test_packaging import PROJECT

OWN = {"course_lib", "tests", "start"}
WRITTEN_BY_TESTS = {"slow_to_import", "slow_to_import_too", "checks_at_import"}  # modules a test makes for itself
COURSE = [ROOT / "start.py", *(ROOT / "course_lib").rglob("*.py"), *(ROOT / "notebooks" / "text").rglob("*.py")]
TESTS = [p for p in (ROOT / "tests").rglob("*.py")]


def imported(source):
    """The top-level names a Python source imports, at its head or inside functions."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def declared(requirements):
    return {canonicalize_name(Requirement(r).name) for r in requirements}


def undeclared(names, distributions, requirements):
    """The imported names that no declared distribution brings; standard library and own packages aside."""
    wanted = names - OWN - set(sys.stdlib_module_names)
    allowed = declared(requirements)
    return sorted(
        name for name in wanted if not allowed & {canonicalize_name(d) for d in distributions.get(name, [name])}
    )


@pytest.fixture(scope="module")
def distributions():
    return dict(packages_distributions())


def all_imported(paths):
    """`{name: the first file that imports it}`."""
    found = {}
    for path in sorted(paths):
        for name in imported(path.read_text(encoding="utf-8")):
            found.setdefault(name, path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("what", ["course", "tests"])
def test_everything_imported_is_declared(what, distributions):
    groups = PROJECT["dependency-groups"]
    requirements = [*PROJECT["project"]["dependencies"], *groups["jax"]]  # JAX only where somebody asks for it
    if what == "tests":
        requirements += groups["test"]
    found = all_imported(COURSE if what == "course" else TESTS)
    made_here = WRITTEN_BY_TESTS if what == "tests" else set()
    missing = undeclared(set(found) - made_here, distributions, requirements)
    assert missing == [], {name: (found[name], distributions.get(name)) for name in missing}


def test_start_needs_nothing_but_python():
    assert imported((ROOT / "start.py").read_text(encoding="utf-8")) <= set(sys.stdlib_module_names)


def test_an_undeclared_import_is_noticed(distributions):
    source = "import os, numpy.linalg\ndef f():\n    from PIL import Image\n    from . import x\n    import course_lib"
    assert imported(source) == {"os", "numpy", "PIL", "course_lib"}
    assert undeclared(imported(source), distributions, ["numpy>=2"]) == ["PIL"]
    assert undeclared(imported(source), distributions, ["numpy>=2", "Pillow>=11"]) == []
    assert undeclared({"not_installed_here"}, distributions, ["numpy"]) == ["not_installed_here"]
