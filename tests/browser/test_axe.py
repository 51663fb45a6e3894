"""axe-core finds nothing in what the course puts into a page: widgets, results, tables, pictures; light and dark."""

import json
import re

import pytest

from course_lib import exercises, figures
from course_lib.exercises.checking import examine
from course_lib.exercises.report import Progress
from course_lib.memo import RUBRIC, check_memo
from course_lib.parity.comparison import Comparison, compare_arrays
from tests.browser import axe as axe_core
from tests.browser.labkit import command, mount
from tests.browser.theme import set_theme
from tests.environment import NOTEBOOKS
from tests.widgets.cases import CLASSES, make_shown

DOTS = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="session")
def axe():
    return axe_core.source_or_skip()


@pytest.fixture
def found(axe):
    """`found(page, where)`: what axe-core finds in light and in dark."""

    def both(page, where):
        seen = []
        for dark in (False, True):
            set_theme(page, dark)
            seen += [f"{'dark' if dark else 'light'}: {text}" for text in axe_core.violations(page, axe, where)]
        return seen

    return both


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_axe_finds_nothing_in_a_widget(cls, new_context, found):
    page = mount(new_context(width=920).new_page(), make_shown(cls), 900)
    assert found(page, "#host") == []


def outputs():
    """The HTML that the course puts into notebooks: one of each kind, then every stored output of every chapter."""
    dense = exercises.ALL["dense_forward"]
    figure = figures.figure(4, 2)
    figure.subplots().plot([1, 2, 4])
    made = [examine(dense, known.function) for known in dense.misconceptions]
    made += [examine(dense, dense.reference), examine(dense, None), examine(dense, lambda x, W, b: x / 0 @ nothing)]  # noqa: F821
    made += [Progress(), RUBRIC, check_memo("# A memo\n"), check_memo("")]
    rows = [compare_arrays("W", [1.0, 2.0], [1.0, 2.0], 1e-9), compare_arrays("b", [1.0], [2.0], 1e-9)]
    made += [Comparison(tuple(rows), "float64", "Keras")]
    pages = [one._repr_html_() for one in made]
    pages.append(figures.Picture(figure, "A line that rises from 1 to 4.")._repr_mimebundle_()["text/html"])
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            data = [output["data"] for output in cell.get("outputs", []) if "data" in output]
            pages += ["".join(one["text/html"]) for one in data if "text/html" in one]
    return [re.sub(r"base64,[A-Za-z0-9+/=]+", f"base64,{DOTS}", page) for page in pages]


def test_axe_finds_nothing_in_results_tables_and_pictures(new_context, found):
    pages = outputs()
    assert len(pages) > 150
    page = new_context(width=1000).new_page()
    inner = "".join(f"<section>{text}</section>" for text in pages)
    page.set_content(f'<!doctype html><html lang="en"><head><title>outputs</title></head><body>{inner}</body></html>')
    assert found(page, "section") == []


def test_axe_finds_nothing_in_our_outputs_of_a_chapter(open_chapter, axe):
    page = open_chapter("01_forward_propagation", height=3000)
    for theme in ("Light", "Dark"):
        command(page, "apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        outputs = page.locator(".jp-RenderedHTMLCommon.jp-OutputArea-output, .cw")
        outputs.first.wait_for()
        assert outputs.count() > 3
        assert axe_core.violations(page, axe, ".jp-OutputArea-output:not(.jp-RenderedText)") == [], theme
