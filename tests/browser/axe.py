"""The accessibility checker axe-core, run in a page."""

import importlib.util
import os
from pathlib import Path

import pytest

# What is asked of a whole page, and so of JupyterLab, not of an output in it.
OF_THE_PAGE = (
    "bypass",
    "document-title",
    "heading-order",
    "html-has-lang",
    "landmark-one-main",
    "page-has-heading-one",
    "region",
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async ([where, tags, off]) => (await axe.run(where, {
    runOnly: tags, rules: Object.fromEntries(off.map(name => [name, { enabled: false }])), resultTypes: ['violations'],
})).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 300)}`))"""


def source():
    """The text of axe.min.js: `AXE_CORE` names the file, else the package `axe-playwright-python` holds it; or None."""
    if given := os.environ.get("AXE_CORE"):
        return Path(given).read_text(encoding="utf-8")
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        return None
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def source_or_skip():
    """The text of axe.min.js; without it skip the test, or fail where a browser is required."""
    text = source()
    if text is None:
        reason = "no axe-core: install axe-playwright-python, or set AXE_CORE to the path of axe.min.js"
        if os.environ.get("COURSE_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return text


def violations(page, axe, where):
    """What axe-core finds in the elements `where` (a selector) of `page`, one sentence each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe)
    return page.evaluate(RUN, [where, TAGS, list(OF_THE_PAGE)])
