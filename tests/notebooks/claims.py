"""Every formula and every claim of the chapters, with the test that can refute it.

    python -m tests.notebooks.claims            print the list
    python -m tests.notebooks.claims --write    store it as tests/notebooks/CLAIMS.md
    python -m tests.notebooks.claims --open     only the claims that have neither a test nor a reason

What counts as a claim says `prose.py`. A test that can refute one carries a mark with some of its words, enough that no
other sentence of the chapter holds them; a mark makes a claim of any sentence:

    from tests.notebooks.claims import claims

    @claims("04", "at 0.03 momentum arrives in half the steps", "and still arrive")
    def test_the_race():
        ...

With `every=True` it holds all sentences with the words. Such a test computes the figure, reads it from a result in
`course_lib/experiments/results`, or from an output that nbval compares at every run (`stored.py`). A claim that no run
here can refute stands with a reason in `claims_exempt.py`. `test_claims.py` fails on a claim or formula without a test
or reason, on words that stand in no sentence, and on a CLAIMS.md that is not this list.
"""

import ast
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.environment import ROOT
from tests.notebooks.chapter import FORMULA, normal
from tests.notebooks.claims_exempt import exempt
from tests.notebooks.prose import Sentence, is_claim, sentences
from tests.notebooks.stored import chapters

LIST = Path(__file__).with_name("CLAIMS.md")
STORED = {"line", "numbers", "rows", "says"}  # what a test calls that reads compared outputs


@dataclass(frozen=True)
class Mark:
    """A test and the words that it holds; `stored` when it reads compared outputs, `every` for all such sentences."""

    test: str
    chapter: str
    words: str
    every: bool
    stored: bool


@dataclass(frozen=True)
class Row:
    """A claim, the tests that hold it, and the reason when there is none; with neither it is open."""

    sentence: Sentence
    tests: tuple
    stored: bool
    reason: str = ""


def claims(_chapter, *_words, every=False):
    """Mark a test as one that can refute the sentences of a chapter with these words: for `marks`, which read it."""
    return lambda test: test


def marks(name="claims", folder=ROOT / "tests"):
    """The `Mark` of each decorator `@name("NN", "words", ...)` on a test in `folder`; nothing is imported."""
    found = []
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if f"@{name}(" in source:
            file = path.relative_to(folder.parent).as_posix()
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    called = {call.func.id for call in ast.walk(node) if is_call(call)}
                    for mark in node.decorator_list:
                        if is_call(mark) and mark.func.id == name:
                            chapter, *words = map(ast.literal_eval, mark.args)
                            every, stored = bool(mark.keywords), bool(called & STORED)
                            found += [Mark(f"{file}::{node.name}", chapter, one, every, stored) for one in words]
    return found


def is_call(node):
    """Whether this is `name(...)`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def holding(words, every, texts):
    """The sentences with these words; LookupError unless there is one, and no second where not `every`."""
    found = [text for text in texts if words in text]
    if not found or (len(found) > 1 and not every):
        raise LookupError(f"{len(found)} sentences hold the words {words!r}")
    return found


def settle(chapter, marked, exempt=exempt):
    """The `Row` of each claim of the chapter, and what is wrong: marks and exemptions that fit no sentence."""
    prose = sentences(chapter)
    texts = list(dict.fromkeys(sentence.text for sentence in prose))
    tests, reasons, complaints = {}, {}, []
    for mark in marked:
        if mark.chapter == chapter.number:
            try:
                for text in holding(mark.words, mark.every, texts):
                    tests.setdefault(text, []).append(mark)
            except LookupError as error:
                complaints.append(f"{mark.test}: {error}")
    for words, (reason, every) in exempt(chapter.number, texts).items():
        try:
            reasons |= {text: reason for text in holding(words, every, texts)}
        except LookupError as error:
            complaints.append(f"claims_exempt.py, chapter {chapter.number}: {error}")
    for text in texts:
        if text in tests and text in reasons:
            complaints.append(
                f"claims_exempt.py, chapter {chapter.number}, though {tests[text][0].test} holds it: {text}"
            )
    rows = []
    for one in prose:
        if one.text in tests or one.text in reasons or is_claim(one.text):
            held = tests.get(one.text, [])
            names = tuple(dict.fromkeys(mark.test for mark in held))
            rows.append(Row(one, names, any(mark.stored for mark in held), reasons.get(one.text, "")))
    return rows, complaints


def everything():
    """`{number: rows}` of all chapters, and the complaints; an open claim is one."""
    marked, found, complaints = marks(), {}, []
    for mark in marked:
        if mark.chapter not in chapters():
            complaints.append(f"{mark.test}: there is no chapter {mark.chapter}")
    for number, chapter in chapters().items():
        found[number], wrong = settle(chapter, marked)
        complaints += wrong + [
            f"chapter {number}, cell {row.sentence.cell}, without a test: {row.sentence.text}"
            for row in found[number]
            if not row.tests and not row.reason
        ]
    return found, complaints


def listing(found):
    """The list of formulas and claims as Markdown."""
    executed = {}
    for mark in marks("executes"):
        executed.setdefault((mark.chapter, normal(mark.words)), []).append(mark.test)
    lines = []
    for number, chapter in chapters().items():
        lines += ["", f"## {chapter.path.stem}", "", "| Cell | Formula or claim | Test, or (reason) |", "|---|---|---|"]
        shown = [" ".join(formula.split()) for formula in FORMULA.findall(chapter.markdown)]
        formulas = [(f"`$${formula}$$`", executed.get((number, normal(formula)), ("none",))) for formula in shown]
        claimed = [(row.sentence.text, row.tests or (f"({row.reason})",)) for row in found[number]]
        cells = [""] * len(formulas) + [row.sentence.cell for row in found[number]]
        for cell, (text, tests) in zip(cells, formulas + claimed, strict=True):
            lines.append(f"| {cell} | {text.replace('|', chr(92) + '|')} | {'<br>'.join(tests)} |")
    rows = [row for some in found.values() for row in some]
    reasons = Counter(row.reason for row in rows if not row.tests)
    stored = sum(row.stored for row in rows)
    head = f"""# Formulas and claims

Every displayed formula with the test that executes it, and every sentence that a run could refute with its test; in
brackets the reason where no run here can. Made by `python -m tests.notebooks.claims --write`, never by hand.

- Formulas: {sum(len(chapter.formulas) for chapter in chapters().values())}
- Claims: {len(rows)}
- held by a test that computes or reads a measured result: {sum(bool(row.tests) for row in rows) - stored}
- held by a test that reads an output compared at every run: {stored}
- with a reason: {sum(reasons.values())} ({", ".join(f"{reason}: {reasons[reason]}" for reason in sorted(reasons))})"""
    return "\n".join([head, *lines]) + "\n"


if __name__ == "__main__":
    rows_by_chapter, wrong = everything()
    if sys.argv[1:] == ["--open"]:
        print("\n".join(wrong) or "Every claim has its test or its reason.")
    elif sys.argv[1:] == ["--write"]:
        LIST.write_text(listing(rows_by_chapter), encoding="utf-8", newline="\n")
    else:
        print(listing(rows_by_chapter), end="")
