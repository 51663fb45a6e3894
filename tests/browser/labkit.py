"""Start JupyterLab on a free port, open a notebook in Chromium, run it, and wait properly.

Nothing but localhost is contacted. Tests use the fixtures in `conftest.py`; these are the parts they are made of.
"""

import base64
import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat

from tests.environment import ROOT, SCREENSHOTS, kernel_environment

CHROME_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SESSION_READY = """() => {
    const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
    const context = panel && panel.sessionContext, kernel = context && context.session && context.session.kernel;
    return !!(context && context.isReady && kernel && kernel.connectionStatus === 'connected'
        && kernel.status === 'idle');
}"""
CELLS_DONE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const kernel = panel.sessionContext.session && panel.sessionContext.session.kernel;
    const code = [...panel.content.model.cells].filter(c => c.type === 'code' && c.sharedModel.getSource().trim());
    return !!kernel && kernel.status === 'idle' && code.length > 0
        && code.every(c => c.executionState === 'idle') && code.some(c => c.executionCount !== null);
}"""
CELL_ERRORS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap((c, i) =>
    c.type !== 'code' ? [] : c.outputs.toJSON().filter(o => o.output_type === 'error')
        .map(o => `cell ${i}: ${o.ename}: ${o.evalue}`))"""
EVALUATE = """async (expression) => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const request = { code: '', store_history: false, user_expressions: { x: expression } };
    return (await kernel.requestExecute(request).done).content.user_expressions.x;
}"""
MOUNT = """async ([source, style, state, binary]) => {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    window.widget = await import(url);
    document.head.appendChild(Object.assign(document.createElement('style'), { textContent: style }));
    const values = { ...state }, listeners = {}, pending = {};
    for (const [name, text] of Object.entries(binary))
        values[name] = new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
    const tell = (event, ...rest) => [...(listeners[event] || [])].forEach(f => f(...rest));
    window.model = {
        get: name => values[name],
        set(name, value) {
            if (values[name] === value) return;
            values[name] = pending[name] = value;
            tell('change:' + name, window.model, value); tell('change', window.model);
        },
        save_changes() { window.saved.push({ ...pending }); Object.keys(pending).forEach(k => delete pending[k]); },
        on(events, f) { for (const e of events.split(' ')) (listeners[e] ||= []).push(f); },
        off(events, f) {
            if (!events) { Object.keys(listeners).forEach(e => delete listeners[e]); return; }
            for (const e of events.split(' ')) listeners[e] = f ? (listeners[e] || []).filter(g => g !== f) : [];
        },
        send(content, callbacks, buffers) { window.sent.push(content); },
        widget_manager: { get_model: async () => null },
    };
    window.saved = []; window.sent = [];
    window.tell = tell;
    window.listeners = () => Object.values(listeners).flat().length;
    window.fromPython = (name, value) => {
        values[name] = value; tell('change:' + name, window.model, value); tell('change', window.model);
    };
    window.message = (content, buffers) => tell('msg:custom', content, buffers || []);
    const given = window.widget.default, definition = typeof given === 'function' ? await given() : given;
    const experimental = { invoke: async () => { throw new Error('there is no Python behind this page'); } };
    const undo = [];
    if (definition.initialize) undo.push(await definition.initialize({ model: window.model, experimental }));
    const el = document.getElementById('host');
    undo.push(await definition.render({ model: window.model, el, experimental }));
    window.dispose = () => undo.splice(0).reverse().forEach(f => f && f());
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 50)));
}"""


def find_browser():
    """The path of a Chromium or Chrome: `CHROMIUM`, one on the machine, or the one Playwright downloaded; else None."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"):
        if path := shutil.which(name):
            return path
    places = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        *(
            str(Path(os.environ[base]) / "Google/Chrome/Application/chrome.exe")
            for base in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
            if base in os.environ
        ),
    ]
    if found := next((place for place in places if Path(place).exists()), None):
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """`with Lab(folder) as lab:` runs JupyterLab on `folder`, with settings, history and progress of its own."""

    def __init__(self, root, settings=None):
        self.root = Path(root)
        self.settings = {
            # no pop-up may stand in the way of a click
            "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        } | (settings or {})
        self.port, self.token = free_port(), secrets.token_hex(16)

    def __enter__(self):
        self._scratch = tempfile.TemporaryDirectory(prefix="labkit_", ignore_cleanup_errors=True)
        home = Path(self._scratch.name)
        for plugin, value in self.settings.items():
            extension, name = plugin.rsplit("/", 1)
            folder = home / "settings" / extension
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(value), encoding="utf-8")
        env = kernel_environment(home) | {
            "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", ""),
            "HOME": str(home),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "MPLCONFIGDIR": str(home / "matplotlib"),
        }
        options = [
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.terminals_enabled=False",
            "--LabApp.expose_app_in_browser=True",
        ]
        self._log = open(home / "lab.log", "w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=self.root,
            env=env,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait_for_answer()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _wait_for_answer(self):
        deadline = time.monotonic() + 120
        while True:
            try:
                address = f"http://127.0.0.1:{self.port}/api/status?token={self.token}"
                direct = urllib.request.build_opener(
                    urllib.request.ProxyHandler({})
                )  # a proxy cannot reach this machine
                direct.open(address, timeout=2).read()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self._log.seek(0)
                    raise RuntimeError("JupyterLab did not start:\n" + self._log.read()[-3000:]) from None
                time.sleep(0.2)

    def __exit__(self, *exception):
        self._process.terminate()  # it shuts its kernels down
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._scratch.cleanup()

    def url(self, notebook=""):
        return f"http://127.0.0.1:{self.port}/lab/tree/{notebook}?token={self.token}&reset"


def write_notebook(path, cells):
    """Write a notebook of code `cells` to `path`; a cell of one line that starts with `# ` becomes a heading."""
    made = []
    for cell in cells:
        heading = cell.startswith("# ") and "\n" not in cell
        made.append((nbformat.v4.new_markdown_cell if heading else nbformat.v4.new_code_cell)(cell))
    notebook = nbformat.v4.new_notebook(cells=made)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def wait_ready(page, timeout=60_000):
    """Wait until the notebook in `page` is shown and its kernel is connected and idle.

    The dot in the toolbar says "idle" before there is a kernel, and Run All is then silently dropped: ask the session.
    """
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=timeout)
    page.wait_for_function(SESSION_READY, timeout=timeout)
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    return page


def open_notebook(context, url, timeout=60_000):
    page = context.new_page()
    page.goto(url, wait_until="domcontentloaded")
    return wait_ready(page, timeout)


def run_all(page, timeout=120_000):
    """Menu Run, Run All Cells, as a learner does it; then wait for the end."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    wait_idle(page, timeout)


def wait_idle(page, timeout=120_000):
    """Wait until no cell waits or runs. The cells' model is asked: a collapsed cell shows no `[*]`."""
    page.wait_for_function(CELLS_DONE, timeout=timeout)


def cell_errors(page):
    """The errors the cells of the open notebook show, as `cell 3: ValueError: ...`."""
    return page.evaluate(CELL_ERRORS)


def command(page, name, arguments=None):
    """Run the JupyterLab command `name`, for example `apputils:change-theme` with `{"theme": "JupyterLab Dark"}`."""
    page.evaluate(
        "([name, rest]) => window.jupyterapp.commands.execute(name, rest).then(() => null)", [name, arguments or {}]
    )


def python(page, expression):
    """The value of a Python expression in the open notebook's kernel: its repr as text. Raises what Python raised."""
    answer = page.evaluate(EVALUATE, expression)
    if answer["status"] != "ok":
        raise AssertionError(f"{expression}: {answer['ename']}: {answer['evalue']}")
    return answer["data"]["text/plain"]


def screenshot(target, name):
    """Save a picture of a page or a locator as `build/screenshots/NAME.png` (kept by CI); return its bytes."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return target.screenshot(path=str(SCREENSHOTS / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.png"))


def pixels(target):
    """What a page or a locator shows now, as an integer array (height, width, 3)."""
    import io

    import numpy as np
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(target.screenshot())).convert("RGB")).astype(int)


def page_state(widget):
    """The synced traits of `widget` as JSON can hold them: `plain` ones, and `binary` ones in base64."""
    state = {
        k: v
        for k, v in widget.get_state().items()
        if k == "_anywidget_id" or (not k.startswith("_") and k not in ("layout", "tabbable", "tooltip"))
    }
    binary = {
        k: base64.b64encode(bytes(v)).decode()
        for k, v in state.items()
        if isinstance(v, (bytes, bytearray, memoryview))
    }
    return {"plain": {k: v for k, v in state.items() if k not in binary}, "binary": binary}


def mount(page, widget, width=480):
    """Show `widget` (an anywidget instance) in the bare `page`: its JavaScript and CSS, with a fake model.

    In the page afterwards: `window.model` (get, set, save_changes, on, off), `window.saved` (what each save_changes
    sent), `window.sent` (custom messages), `window.fromPython(name, value)` (a change from Python),
    `window.message(content)`, `window.listeners()` (how many are registered), `window.widget` (the module, with its
    exported functions) and `window.dispose()` (what JupyterLab calls when the cell goes).
    """
    state = page_state(widget)
    page.set_content(
        '<!doctype html><html lang="en"><head><title>widget</title></head>'
        f'<body><main id="host" style="width:{width}px"></main></body></html>'
    )
    page.evaluate(MOUNT, [str(widget._esm), str(getattr(widget, "_css", "")), state["plain"], state["binary"]])
    return page


def copy_course(destination):
    """A copy of `notebooks/` in `destination`, to be opened and changed freely."""
    skip = shutil.ignore_patterns(".ipynb_checkpoints", "text")
    return Path(shutil.copytree(ROOT / "notebooks", destination, ignore=skip))
