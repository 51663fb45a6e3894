"""The tools are tested on chapters made wrong on purpose: every rule can fail, every tool does what it says."""

import copy
import json
import os
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks import regenerate, rules, test_run
from tests.notebooks.chapter import Chapter, normal
from tests.notebooks.formulas import executed_formulas, formula_complaints
from tests.notebooks.kernel import CellFailed, run_notebook
from tests.notebooks.test_pairs_and_rules import difference
from tests.notebooks.test_run import nbval, problems

SENTENCE = "A curve that falls from left to right and then stays flat."


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def shown(**data):
    return new_output("display_data", data={key.replace("_", "/"): value for key, value in data.items()})


def picture(description):
    return shown(text_html=f'<img src="data:image/png;base64,AA/tmp/x" alt="{description}">', text_plain=description)


def code(source, *outputs, tags=()):
    metadata = {"tags": list(tags)} if tags else {}
    return new_code_cell(source, outputs=list(outputs), execution_count=1, metadata=metadata)


def good_chapter():
    cells = [
        new_markdown_cell("# Title\n\n**In 5 minutes you will** see, do, and ask.\n\n**You need first:** nothing."),
        new_markdown_cell("**Guess first.** Up or down?"),
        code("widgets.Bench()", picture(SENTENCE)),
        new_markdown_cell("You should have seen it fall.\n\n$$ y = f(W x + b) $$"),
        code("figures.show(f, '...')", picture(SENTENCE)),
        code("print(1)", stream("1\n"), tags=["nbval-check-output"]),
        new_markdown_cell("## Exercise 1: one"),
        *(code(f"ex.{name}.check({name})", shown(text_html="<b>Not attempted yet</b>")) for name in "abcd"),
        new_markdown_cell("## A short quiz"),
        code("widgets.Quiz(1)", picture(SENTENCE)),
        new_markdown_cell("## When this fails in the plant\n\nOften.\n\n## Summary\n\nSo it is."),
        new_markdown_cell(
            "### Glossary\n\n| English | Chinese | Meaning |\n|---|---|---|\n"
            "| a | 机 | b |\n| c | 器 | d |\n| e | 学 | f |\n\n**Next:** [two](02.ipynb)"
        ),
    ]
    return new_notebook(cells=cells)


def chapter(notebook, name="01_test.ipynb"):
    return Chapter(Path(name), notebook)


def replaced(old, new):
    """Change `old` to `new` in every cell that has it."""

    def change(notebook):
        hit = False
        for cell in notebook.cells:
            hit |= old in cell.source
            cell.source = cell.source.replace(old, new)
        assert hit

    return change


def added(*cells):
    return lambda notebook: notebook.cells.extend(cells)


def without_count(notebook):
    notebook.cells[5].execution_count = None


def without_output(notebook):
    notebook.cells[5].outputs = []


def with_state(notebook):
    notebook.metadata["widgets"] = {}


def with_timings(notebook):
    notebook.cells[5].metadata["execution"] = {"iopub.execute_input": "now"}


BROKEN = [
    (rules.one_title, replaced("# Title", "Title")),
    (rules.one_title, added(new_markdown_cell("# Another title"))),
    (rules.promise, replaced("In 5 minutes you will", "We will")),
    (rules.promise, replaced("see, do, and ask.", "see, do, ask, hear, smell, and taste.")),
    (rules.promise, replaced("You need first", "Perhaps")),
    (rules.sections, replaced("## Exercise 1", "## Task 1")),
    (rules.sections, replaced("## A short quiz", "## A short riddle")),
    (rules.sections, replaced("When this fails in the plant", "When this works")),
    (rules.sections, replaced("## Summary", "## Ende")),
    (rules.sections, replaced("### Glossary", "### Words")),
    (rules.sections, replaced("**Next:**", "**Then:**")),
    (rules.guessing_and_seeing, replaced("Guess first", "Know first")),
    (rules.guessing_and_seeing, replaced("You should have seen", "You saw")),
    (rules.glossary, replaced("| c | 器 | d |", "| c | qi | d |")),
    (rules.glossary, replaced("| English | Chinese |", "| Word | Wort |")),
    (rules.glossary, replaced("| c | 器 | d |\n", "")),
    (rules.exercises_and_quiz, replaced("ex.d.check(d)", "pass")),
    (rules.exercises_and_quiz, replaced("Quiz(1)", "Quiz(2)")),
    (rules.exercises_and_quiz, replaced("widgets.Quiz(1)", "pass")),
    (rules.known_tags, added(code("1", tags=["nbval-check-outputs"]))),
    (rules.executed, without_count),
    (rules.executed, without_output),
    (rules.checked_share, added(code("print(2)", stream("2")))),
    (rules.quiet, added(code("1 / 0", new_output("error", ename="ZeroDivisionError", evalue="", traceback=[])))),
    (rules.quiet, added(code("f()", stream("UserWarning: old", "stdout")))),
    (rules.quiet, added(code("f()", stream("10 %", "stderr")))),
    (rules.quiet, added(code("f()", shown(text_html="<p>FutureWarning</p>", text_plain="x")))),
    (rules.impersonal, added(code("open('/" + "home/ada/x.csv')"))),
    (rules.impersonal, added(new_markdown_cell("See C:\\Users\\ada."))),
    (rules.impersonal, added(code("f", stream("<function f at 0x7f00aa11bb22>")))),
    (rules.impersonal, added(code("f()", stream("File lib/site-packages/x.py")))),
    (rules.described, added(code("f()", shown(text_html='<img src="x.png">')))),
    (rules.described, added(code("f()", shown(text_html="<svg><path/></svg>")))),
    (rules.described, added(code("f()", picture("A curve.")))),
    (rules.described, added(code("f()", shown(image_png="AA", text_plain="<Figure size 640x480 with 1 Axes>")))),
    (rules.described, added(code("f()", shown(image_png="AA", text_plain=SENTENCE)))),
    (rules.described, added(code("f()", shown(image_png="AA", text_plain="x", text_html="<p>Here:</p>")))),
    (rules.described, added(code("w", shown(**{"application_vnd.jupyter.widget-view+json": {}, "text_plain": "W"})))),
    (rules.described, added(new_markdown_cell("![](images/a.png)"))),
    (rules.chapters_named, added(new_markdown_cell("Text comes in chapter 99."))),
    (rules.chapters_named, added(new_markdown_cell("More of it in chapter 8, Reading the maintenance log."))),
    (rules.chapters_named, added(new_markdown_cell("**Next:** Chapter 2,\nLossless."))),
    (rules.chapters_named, added(new_markdown_cell("[Chapter 2, Losses](03_backpropagation.ipynb)"))),
    (rules.chapters_named, replaced("# Title", "# Chapter 1. Losses")),
    (rules.narrow, added(code("x = 1  # " + "x" * 120))),
    (rules.narrow, added(code("f()", stream("x" * 121)))),
    (rules.tidy_metadata, with_state),
    (rules.tidy_metadata, with_timings),
]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_good_chapter_keeps_the_rule(rule):
    assert rule(chapter(good_chapter())) == []


@pytest.mark.parametrize(("rule", "breaking"), BROKEN)
def test_a_broken_chapter_is_noticed(rule, breaking):
    notebook = copy.deepcopy(good_chapter())
    breaking(notebook)
    assert rule(chapter(notebook)) != []


def test_every_rule_is_shown_to_fail():
    assert {rule for rule, _ in BROKEN} == set(rules.RULES)


def test_chapters_named_as_the_map_names_them_are_right():
    notebook = good_chapter()
    text = "In chapter 2, as in chapters 3 and 4, it falls. See chapter 8, When\nwill it fail?, after this one."
    notebook.cells.append(new_markdown_cell(f"{text}\n\n**Next:** [Chapter 2, Losses](02_losses.ipynb): why?"))
    replaced("# Title", "# Chapter 1. Forward propagation")(notebook)
    assert rules.chapters_named(chapter(notebook)) == []


def test_chapter_0_needs_one_exercise_only():
    notebook = good_chapter()
    replaced("Quiz(1)", "Quiz(0)")(notebook)
    for name in "bcd":
        replaced(f"ex.{name}.check", "print")(notebook)
    assert rules.exercises_and_quiz(chapter(notebook, "00_test.ipynb")) == []
    assert rules.exercises_and_quiz(chapter(notebook, "01_test.ipynb")) != []
    assert len(rules.exercises_and_quiz(chapter(notebook, "13_test.ipynb"))) == 3  # no library, no tests, no memo


def test_formulas_and_their_tests_are_held_against_each_other(tmp_path, monkeypatch):
    (tmp_path / "test_formulas_of_this_test.py").write_text(
        "from tests.notebooks.formulas import executes\n"
        "@executes('01', r'y = f(Wx+b)')\n@executes('01', 'gone')\ndef test_a(): pass\n"
        "@executes('01', 'c')\ndef helper(): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    executed = executed_formulas(tmp_path, package="")
    assert set(executed) == {("01", normal("y = f(W x + b)")), ("01", "gone")}, "a helper is no test"
    assert len(complaints := formula_complaints(chapter(good_chapter()), executed)) == 1 and "gone" in complaints[0]
    notebook = good_chapter()
    notebook.cells.append(new_markdown_cell("$$\nL = 0\n$$"))
    assert "no test executes $$L=0$$" in formula_complaints(chapter(notebook), executed)


TEXT = """# %% [markdown]
# # Tiny

# %% tags=["nbval-check-output"]
import os, sys
print("one"); print("half\\rwhole")
print("two")

# %%
from course_lib import language

# %%
from IPython.display import clear_output, display
shown = display({"text/plain": "old"}, raw=True, display_id=True)
shown.update({"text/plain": "new"}, raw=True)

# %%
print("gone"); clear_output(wait=True); print(os.path.basename(os.getcwd()), os.environ["MPLBACKEND"])

# %%
import anywidget
class Widget(anywidget.AnyWidget):
    _esm = "export default { render() {} }"
    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        return {**data, "text/plain": "Widget: a sentence"}, metadata
Widget()

# %%
1 + 1

# %%
1 + 1
"""


@pytest.fixture
def course(tmp_path):
    """A course with one tiny chapter, its text only."""
    text = tmp_path / "notebooks" / "text" / "01_tiny.py"
    text.parent.mkdir(parents=True)
    text.write_text(TEXT, encoding="utf-8")
    return tmp_path / "notebooks"


def outputs(notebook):
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


def test_regenerate_runs_stores_and_is_stable_to_the_byte(course, capsys):
    made = course / "01_tiny.ipynb"
    assert regenerate.main(["01"], course) == 0
    assert "kernel peak" in capsys.readouterr().out
    first = made.read_bytes()
    notebook = nbformat.read(made, 4)
    nbformat.validate(notebook)
    printed, _, updated, cleared, widget, *_ = outputs(notebook)
    assert [o.text for o in printed] == ["one\nwhole\ntwo\n"]
    assert [o.data for o in updated] == [{"text/plain": "new"}]
    assert cleared[0].text == "notebooks module://matplotlib_inline.backend_inline\n"
    assert widget[0].data == {"text/plain": "Widget: a sentence"}
    assert [c.execution_count for c in notebook.cells if c.cell_type == "code"] == [1, 2, 3, 4, 5, 6, 7]
    assert len({c.id for c in notebook.cells}) == len(notebook.cells)
    assert "widgets" not in notebook.metadata
    regenerate.main([], course)
    assert made.read_bytes() == first
    assert [p.name for p in course.iterdir()] and not list(course.glob(".*tmp"))


def test_words_are_changed_without_a_run_and_code_is_not(course, capsys):
    text, made = course / "text" / "01_tiny.py", course / "01_tiny.ipynb"
    regenerate.main(["01"], course)
    before = outputs(nbformat.read(made, 4))
    text.write_text("# %% [markdown]\n# Other words.\n\n" + TEXT, encoding="utf-8")
    assert regenerate.main(["--words", "01"], course) == 0
    assert difference(text, made) is None and outputs(nbformat.read(made, 4)) == before
    whole = made.read_bytes()
    regenerate.main(["01"], course)
    assert made.read_bytes() == whole  # what a run would have made
    for old, new in (("1 + 1", "1 + 2"), ("# %%\nprint", '# %% tags=["real-data"]\nprint')):
        assert old in TEXT
        text.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
        capsys.readouterr()
        assert regenerate.main(["--words", "01"], course) == 1
        assert "NOT written" in capsys.readouterr().out and made.read_bytes() == whole


def test_a_failing_cell_writes_nothing(course, capsys):
    (course / "01_tiny.ipynb").write_text("as it was")
    text = course / "text" / "01_tiny.py"
    text.write_text("# %%\nx = 1\n\n# %%\n1 / 0\n")
    assert regenerate.main(["01"], course) == 1
    said = capsys.readouterr().out
    assert "NOT written" in said and "cell 1 ('1 / 0')" in said and "ZeroDivisionError" in said
    assert (course / "01_tiny.ipynb").read_text() == "as it was"
    text.write_text('# %% tags=["raises-exception"]\n1 / 0\n')
    assert regenerate.main(["01"], course) == 0
    assert outputs(nbformat.read(course / "01_tiny.ipynb", 4))[0][0].ename == "ZeroDivisionError"


def test_a_cell_that_never_ends_and_a_kernel_that_dies_are_told(tmp_path):
    with pytest.raises(CellFailed, match="no end after 1 s"):
        run_notebook(new_notebook(cells=[new_code_cell("import time; time.sleep(30)")]), tmp_path, cell_timeout=1)
    with pytest.raises(CellFailed, match="the kernel died"):
        run_notebook(new_notebook(cells=[new_code_cell("import os; os._exit(9)")]), tmp_path)


def test_a_chapter_that_is_not_there_is_named(course):
    with pytest.raises(SystemExit, match="07"):
        regenerate.main(["07"], course)


def test_a_change_in_one_of_the_pair_is_noticed_whatever_the_file_times_say(course):
    text, made = course / "text" / "01_tiny.py", course / "01_tiny.ipynb"
    assert "missing" in difference(text, made)
    regenerate.write(regenerate.from_text(text), made)
    assert difference(text, made) is None
    os.utime(text, (1, 1))
    assert difference(text, made) is None
    text.write_text(TEXT.replace('"two"', '"three"'), encoding="utf-8")
    assert difference(text, made) is not None
    text.write_text(TEXT.replace(' tags=["nbval-check-output"]', ""), encoding="utf-8")
    assert difference(text, made) is not None, "tags count"
    text.write_text(TEXT, encoding="utf-8")
    notebook = json.loads(made.read_text(encoding="utf-8"))
    notebook["cells"][0]["id"] = "random"
    made.write_text(json.dumps(notebook), encoding="utf-8")
    assert "ids" in difference(text, made)


PICTURE = '<img src="data:image/png;base64,{}" alt="{}">'


def shows_picture(described_as):
    stored = shown(text_html=PICTURE.format("BBBB", described_as), text_plain="<IPython.core.display.HTML object>")
    live = PICTURE.format("AAAA", "two")
    return f"from IPython.display import HTML, display\ndisplay(HTML('{live}'))", stored


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """One notebook with outputs that do and do not come out again, checked with and without real data."""
    folder = tmp_path_factory.mktemp("checked")
    path = folder / "01_checked.ipynb"
    one, check = stream("one\n"), "nbval-check-output"
    same_picture, its_picture = shows_picture("two")
    _, other_picture = shows_picture("three")
    cells = [
        code("print('one')", one, tags=[check]),
        code("print('two')", one, tags=[check]),
        code("print('two')", one),
        code("print('two')", one, tags=[check, "real-data"]),
        code(same_picture, its_picture, tags=[check]),
        code(same_picture, other_picture, tags=[check]),
        code("1 / 0"),
        code("import sys; print('late', file=sys.stderr)"),
        code("import warnings; warnings.warn('old')", tags=["nbval-ignore-output"]),
        code("print('UserWarning: old')"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    with_data = nbval(path, folder, COURSE_DATA=str(folder))
    without = nbval(path, folder, COURSE_DATA=str(folder / "nowhere"))
    return path, with_data, without


def test_nbval_compares_what_is_tagged(checked):
    _, run, _ = checked
    assert len(run.cells) == 10
    assert "Cell 0" not in run.failed
    assert "Cell 1" in run.failed, "another output must fail"
    assert "Cell 2" not in run.failed, "it is not tagged"
    assert "Cell 4" not in run.failed, "the bytes of a picture depend on the machine"
    assert "Cell 5" in run.failed, "its description does not"
    assert "Cell 6" in run.failed, "an exception always fails"


def test_a_cell_that_warns_fails_whether_it_is_compared_or_not(checked):
    _, run, _ = checked
    assert {"Cell 7", "Cell 8", "Cell 9"} <= set(run.failed)
    assert "writes to stderr: late" in run.output and "shows a warning: UserWarning: old" in run.output


def test_real_data_is_compared_only_where_there_is_real_data(checked):
    _, with_data, without = checked
    assert set(with_data.failed) - set(without.failed) == {"Cell 3"}


@pytest.mark.parametrize("side_by_side", [1, 2])
def test_a_run_is_measured_and_held_against_its_limits(checked, monkeypatch, side_by_side):
    monkeypatch.setattr(test_run, "SIDE_BY_SIDE", side_by_side)
    path, run, _ = checked
    assert run.peak_mb > 20 and run.seconds > 0
    assert "mismatch" in problems(run, path)[0]
    passed = replace(run, status=0, failed=[], seconds=10.0)
    assert problems(passed, path) == []
    assert problems(replace(passed, cells={}), path) == ["no cell was run"]
    too_long = replace(passed, seconds=90.0 * side_by_side + 1)
    assert f"{90 * side_by_side} are the limit" in problems(too_long, path)[0]
    assert problems(replace(passed, seconds=90.0 * side_by_side), path) == []
    assert problems(too_long, path.with_name("05_later.ipynb")) == []
    assert "1100 MB" in problems(replace(passed, peak_mb=1100.0), path)[0]
    slow = replace(passed, cells={"Cell 0": 60.0 * side_by_side + 1})
    assert f"{60 * side_by_side} are the limit" in problems(slow, path)[0]
