"""Fixtures for tests in a browser. All of them skip, with the reason, where there is no browser.

def test_in_jupyterlab(page_with):
    page = page_with("from course_lib.widgets import NeuronBench\\nw = NeuronBench(); w")
    page.get_by_role("slider", name="weight w1").press("ArrowRight")
    assert python(page, "w.w1") == "1.1"

def test_javascript_alone(bare_page):
    page = bare_page(NeuronBench())
    page.get_by_role("slider", name="weight w1").press("ArrowRight")
    assert page.evaluate("() => window.model.get('w1')") == 1.1
"""

import contextlib
import os
import uuid

import pytest

from tests.browser import labkit


@pytest.fixture(scope="session")
def chromium_path():
    path = labkit.find_browser()
    if path is None:
        reason = "no Chromium or Chrome found: install one, or set CHROMIUM to its path"
        if os.environ.get("COURSE_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path):
    """The running browser (a Playwright Browser)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(labkit.CHROME_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium):
    """`new_context(width=1280, height=900, dpr=1, **options)`: a fresh browser window, closed after the test."""
    with contextlib.ExitStack() as stack:

        def make(width=1280, height=900, dpr=1, **options):
            viewport = {"width": width, "height": height}
            context = chromium.new_context(viewport=viewport, device_scale_factor=dpr, **options)
            stack.callback(context.close)
            return context

        yield make


@pytest.fixture(scope="session")
def lab(chromium_path, tmp_path_factory):
    """A JupyterLab on a copy of `notebooks/`, one for the whole run."""
    root = tmp_path_factory.mktemp("lab") / "course"
    labkit.copy_course(root / "notebooks")
    with labkit.Lab(root) as running:
        yield running


@pytest.fixture
def page_with(lab, new_context):
    """`page_with(*cells, run=True, **window)`: a new notebook of these code cells, run to its end without an error."""

    def make(*cells, run=True, timeout=120_000, **window):
        name = f"test_{uuid.uuid4().hex[:8]}.ipynb"
        labkit.write_notebook(lab.root / name, cells)
        page = labkit.open_notebook(new_context(**window), lab.url(name))
        if run:
            labkit.run_all(page, timeout)
            errors = labkit.cell_errors(page)
            assert errors == [], errors
        return page

    return make


@pytest.fixture
def open_chapter(lab, new_context):
    """`open_chapter("01_forward_propagation")`: the chapter as a learner sees it first, nothing run."""

    def open_one(name, **window):
        return labkit.open_notebook(new_context(**window), lab.url(f"notebooks/{name}.ipynb"))

    return open_one


@pytest.fixture
def bare_page(new_context):
    """`bare_page(widget, width=480, **window)`: its JavaScript alone, with a fake model (see `labkit.mount`)."""

    def make(widget, width=480, **window):
        page = new_context(**window).new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return labkit.mount(page, widget, width)

    return make
