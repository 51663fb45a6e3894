"""Every formula and every claim of the chapters has its test, and the list of them is up to date."""

from pathlib import Path

import nbformat
import pytest

from tests.notebooks import claims_exempt as exempt
from tests.notebooks.chapter import Chapter
from tests.notebooks.claims import LIST, everything, listing, marks, settle
from tests.notebooks.formulas import formula_complaints
from tests.notebooks.prose import is_claim, split
from tests.notebooks.stored import chapters, line, numbers, says

MOST_DEBTS = {exempt.NOT_TESTED: 0, exempt.FALSE: 0}  # to be lowered, never raised
MOST_REASONS = 1 / 3


@pytest.fixture(scope="module")
def found():
    return everything()


def test_every_claim_has_its_test_or_its_reason(found):
    assert found[1] == [], "\n".join(["python -m tests.notebooks.claims --open", *found[1]])


def test_every_formula_has_its_test():
    executed = {}
    for mark in marks("executes"):
        executed.setdefault((mark.chapter, "".join(mark.words.split())), []).append(mark.test)
    complaints = [one for chapter in chapters().values() for one in formula_complaints(chapter, executed)]
    assert complaints == [], "\n".join(complaints)


def test_the_list_is_up_to_date(found):
    assert LIST.read_text(encoding="utf-8") == listing(found[0]), "python -m tests.notebooks.claims --write"


def test_reasons_are_few_and_debts_fall(found):
    rows = [row for some in found[0].values() for row in some]
    reasons = [row.reason for row in rows if not row.tests]
    assert len(reasons) < MOST_REASONS * len(rows) and set(reasons) <= set(exempt.REASONS)
    assert {debt: reasons.count(debt) for debt in MOST_DEBTS} == MOST_DEBTS, "fewer are welcome: lower MOST_DEBTS"


# ---------------------------------------------------------------- a made-up chapter
PROSE = """## A test

The network is right in 97 % of the cases. The tree is faster than the network. It is blue.

**Guess first.** You have 200 pictures. Which is better?

<details><summary>Answer</summary>

The tree, by 3 points.

</details>
"""


def chapter(markdown=PROSE):
    cell = nbformat.v4.new_markdown_cell(markdown)
    return Chapter(Path("99_made_up.ipynb"), nbformat.v4.new_notebook(cells=[cell]))


def marked(folder, text):
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "test_made_up.py").write_text(text, encoding="utf-8")
    return marks(folder=folder / "tests")


def none(number, texts):
    return {}


def test_a_claim_without_a_test_is_open():
    rows, complaints = settle(chapter(), [], none)
    assert [row.sentence.text for row in rows if not row.tests and not row.reason] == [
        "The network is right in 97 % of the cases.",
        "The tree is faster than the network.",
        "The tree, by 3 points.",
    ]
    assert complaints == []


def test_a_mark_settles_its_claim_and_a_stale_one_is_told(tmp_path):
    held = marked(
        tmp_path,
        '@claims("99", "right in 97 %", "It is blue", "it was red", "The tree")\n'
        'def test_it():\n    numbers("99", "")\n',
    )
    rows, complaints = settle(chapter(), held, none)
    settled = {row.sentence.text: row for row in rows if row.tests}
    assert list(settled) == ["The network is right in 97 % of the cases.", "It is blue."]
    assert all(row.stored and row.tests == ("tests/test_made_up.py::test_it",) for row in settled.values())
    assert [one.split(": ")[1] for one in complaints] == [
        "0 sentences hold the words 'it was red'",
        "2 sentences hold the words 'The tree'",
    ]
    every = marked(tmp_path, '@claims("99", "The tree", every=True)\ndef test_it():\n    pass\n')
    assert sum(bool(row.tests) and not row.stored for row in settle(chapter(), every, none)[0]) == 2
    assert marked(tmp_path, '@claims("99", "It is blue")\ndef helper():\n    pass\n') == []


def test_a_reason_settles_a_claim_and_a_stale_or_needless_one_is_told(tmp_path):
    def reasons(number, texts):
        return {"by 3 points": ("advice", False), "by 4 points": ("advice", False)}

    rows, complaints = settle(chapter(), [], reasons)
    assert [row.sentence.text for row in rows if row.reason] == ["The tree, by 3 points."]
    assert len(complaints) == 1 and "'by 4 points'" in complaints[0]
    held = marked(tmp_path, '@claims("99", "by 3 points")\ndef test_it():\n    pass\n')
    assert len(settle(chapter(), held, reasons)[1]) == 2


@pytest.mark.parametrize(
    "text",
    [
        "The loss is 0.25.",
        "It takes 12 steps.",
        "Four of five failures are found.",
        "It needs twice the time.",
        "The CNN beats the tree.",
        "Boosting is as good as the network.",
        "The squared error never exceeds 1.",
        "The mean is the best guess.",
    ],
)
def test_what_is_a_claim(text):
    assert is_claim(text)


@pytest.mark.parametrize(
    "text",
    [
        "Is 0.25 larger than 0.2?",
        "Choose 0.1.",
        "Chapter 12 is about limits.",
        "See the threshold (Elkan, 2001).",
        "Call `fit(epochs=20)`.",
        "It is checked in 64 bits.",
        "A network learns from examples.",
    ],
)
def test_what_is_none(text):
    assert not is_claim(text)


def test_a_cell_is_cut_into_sentences():
    markdown = (
        '# Title 12\n\nOne **bold** [link](a.ipynb)\nof S. Matzka. Two, "yes." Three:\n\n$$ x = 12 $$\n\n- four\n'
        "- five\n\n| 6 | table |\n\n```\n7 code\n```\n\n### Exercise 8: no\n\nWrite nine.\n\n### Ten\n\nEleven."
    )
    assert split(markdown) == ["One bold link of S. Matzka.", 'Two, "yes.', "Three:", "four", "five", "Eleven."]


def test_stored_outputs_are_read_by_their_line():
    assert line("01", "z = 0.5") == "00" and numbers("01", "y = 0.6") == [22]
    assert says("01", "all rows within 1e-12:") is True
    with pytest.raises(LookupError, match="0 different lines"):
        line("01", "no such line")
    with pytest.raises(LookupError, match="[2-9] different lines"):
        line("04", "epoch")
