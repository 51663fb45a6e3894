"""What a check shows: escaped, with code set as code."""

import pytest

from course_lib import exercises as ex
from course_lib.exercises.checking import examine
from course_lib.exercises.display import box, paragraphs


def test_names_between_backticks_are_code_and_everything_is_escaped():
    page = paragraphs("Replace `...` in `f<b>`.\n\nThen <script>run</script> it.")
    assert "<code>...</code>" in page and "<code>f&lt;b&gt;</code>" in page
    assert "<script>" not in page and page.count("<p ") == 2


def test_the_head_of_a_box_is_escaped_too():
    assert "<img" not in box("<img src=x onerror=alert(1)>", "", "red")


@pytest.mark.parametrize("one", ex.ALL.values(), ids=ex.ALL)
def test_what_solution_prints_runs_in_a_notebook_and_passes(one):
    """A learner who copies it gets no NameError: the lines above it import what it uses from the library."""
    notebook = {"__name__": "__main__"}
    exec(f"{one.solution_imports}\n\n{one.solution_source}", notebook)
    assert examine(one, notebook[one.reference.__name__]).passed
