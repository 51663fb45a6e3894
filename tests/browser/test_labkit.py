"""The fixtures themselves, with a widget small enough to read: a button that counts, and some bytes."""

import numpy as np
import pytest

from tests.browser.labkit import cell_errors, find_browser, pixels, python, run_all, screenshot

SOURCE = '''
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const b = document.createElement('button'); el.append(b);
      const show = () => { b.textContent = 'count ' + model.get('count'); };
      b.onclick = () => { model.set('count', model.get('count') + 1); model.save_changes(); };
      model.on('change:count', show); show();
      b.dataset.sum = new Float32Array(model.get('points').buffer).reduce((a, v) => a + v, 0);
      return () => model.off('change:count', show);
    } };
    """
    _css = "button { color: rgb(1, 2, 3); }"
    count = traitlets.Int(3).tag(sync=True)
    points = traitlets.Bytes().tag(sync=True)
'''
scope = {}
exec(SOURCE, scope)
Counter = scope["Counter"]
POINTS = np.array([1, 2, 4], "float32").tobytes()


def test_a_widget_alone(bare_page):
    page = bare_page(Counter(points=POINTS))
    button = page.get_by_role("button", name="count 3")
    assert button.get_attribute("data-sum") == "7"
    assert page.evaluate("() => getComputedStyle(document.querySelector('button')).color") == "rgb(1, 2, 3)"
    button.click()
    assert page.evaluate("() => window.saved") == [{"count": 4}]
    page.evaluate("() => window.fromPython('count', 9)")
    assert page.get_by_role("button").inner_text() == "count 9"
    page.evaluate("() => window.dispose()")
    assert page.evaluate("() => window.listeners()") == 0
    assert page.errors == []


def test_a_widget_in_jupyterlab(page_with):
    page = page_with("# A heading", SOURCE, "import numpy as np\nw = Counter(points=bytes(4)); w")
    button = page.get_by_role("button", name="count 3")
    before = pixels(button)
    button.click()
    page.get_by_role("button", name="count 4").wait_for()
    assert python(page, "w.count") == "4"
    assert before.shape[2] == 3
    assert screenshot(page, "labkit counter")[:4] == b"\x89PNG"


def test_an_error_in_a_cell_is_seen(page_with):
    page = page_with("1 / 0", run=False)
    run_all(page)
    assert [e for e in cell_errors(page) if "ZeroDivisionError" in e] == ["cell 0: ZeroDivisionError: division by zero"]
    with pytest.raises(AssertionError, match="NameError"):
        python(page, "nobody")


def test_a_given_path_that_is_not_there_is_no_browser(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert find_browser() is None
