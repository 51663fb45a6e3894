"""Text pair and notebook say the same, and every chapter keeps the rules. Nothing is run here."""

import pytest
from jupytext.compare import NotebookDifference, compare_notebooks

from tests.environment import NOTEBOOKS
from tests.notebooks.chapter import Chapter, chapter_paths
from tests.notebooks.formulas import executed_formulas, formula_complaints
from tests.notebooks.regenerate import from_text, text_pairs
from tests.notebooks.rules import RULES

PAIRS = text_pairs()
CHAPTERS = [pytest.param(path, id=path.stem) for path in chapter_paths()]


def difference(text, notebook):
    """What differs between a text pair and its notebook by content, not by file time; None when nothing does."""
    if not notebook.exists():
        return f"{notebook.name} is missing"
    try:
        compare_notebooks(from_text(text), Chapter.read(notebook).notebook, fmt="py:percent")
    except NotebookDifference as error:
        return str(error)
    have, want = ([(c.id, c.source) for c in n.cells] for n in (Chapter.read(notebook).notebook, from_text(text)))
    return None if have == want else "the cell ids are not the ones regenerate gives"


@pytest.mark.parametrize(("text", "notebook"), [pytest.param(*pair, id=pair[1].stem) for pair in PAIRS])
def test_pair_is_in_sync(text, notebook):
    found = difference(text, notebook)
    assert found is None, f"{found}\nRun: python -m tests.notebooks.regenerate {text.name[:2]}"


def test_every_notebook_has_a_text_pair():
    made = {notebook for _, notebook in PAIRS}
    there = {p for p in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts and p.name[:2].isdigit()}
    assert there <= made, f"no text pair: {sorted(p.name for p in there - made)}"
    assert made, "there is no chapter at all"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS)
def test_rule(path, rule):
    complaints = rule(Chapter.read(path))
    assert complaints == [], "\n".join(complaints)


@pytest.mark.parametrize("path", CHAPTERS)
def test_every_formula_is_executed(path):
    complaints = formula_complaints(Chapter.read(path), executed_formulas())
    assert complaints == [], "\n".join(complaints)
