"""What the course never does: unpickle a download, insert a learner's text as HTML, send anything, open the server."""

import ast
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import start
from course_lib import exercises as ex, figures, nn, widgets
from course_lib.parity.comparison import Comparison, compare_arrays
from tests.environment import ROOT, kernel_environment

LIBRARY = sorted((ROOT / "course_lib").rglob("*.py"))
SCRIPTS = sorted((ROOT / "course_lib").rglob("*.js"))
UNPICKLES = {"pickle.load", "pickle.loads", "joblib.load", "torch.load", "pd.read_pickle", "pandas.read_pickle"}
UNPICKLES |= {"marshal.load", "marshal.loads", "shelve.open", "dill.load", "dill.loads", "eval", "exec"}
UNPACKS = {"extractall", "extract", "unpack_archive"}  # would put names from an archive into the file system
AS_HTML = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment)\b")


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def dangers(source):
    """The calls in `source` that run what a file from elsewhere says."""
    found = []
    for name, node in calls(ast.parse(source)):
        keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
        if name in UNPICKLES or name.rpartition(".")[2] in UNPACKS:
            found.append(name)
        if keywords.get("allow_pickle", "False") != "False" or keywords.get("safe_mode", "True") != "True":
            found.append(f"{name}({', '.join(f'{k}={v}' for k, v in keywords.items())})")
    return found


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_comes_from_a_file_is_run_or_unpacked_by_name(path):
    assert dangers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["pickle.load(f)", "np.load(p, allow_pickle=True)", "archive.extractall(folder)", "load_model(p, safe_mode=False)"],
)
def test_a_danger_is_noticed(source):
    assert dangers(source)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_widget_inserts_text_as_html(path):
    assert not AS_HTML.search(path.read_text(encoding="utf-8"))


def test_checking_an_answer_opens_no_connection(monkeypatch, tmp_path):
    def refused(*arguments, **options):
        raise AssertionError("the learner's code would leave the computer")

    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(urllib.request, "urlopen", refused)
    assert ex.relu.check(lambda z: z * (z > 0)).passed
    assert not ex.relu.check(lambda z: z).passed
    ex.relu.hint()
    ex.relu.solution()
    str(ex.progress())
    ex.export_progress("Li Wei", folder=tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab with the options and variables of `start.py`, and nobody's own settings: what it says of itself."""
    scratch = tmp_path_factory.mktemp("server")
    runtime = scratch / "runtime"
    env = kernel_environment(scratch) | start.environment()
    env |= {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_CONFIG_DIR": str(scratch / "config")}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *start.lab_options([]), "--no-browser", "--allow-root"],
        env=env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not (found := list(runtime.glob("jpserver-*.json"))):
            assert process.poll() is None and time.monotonic() < deadline, "JupyterLab did not start"
            time.sleep(0.1)
        yield json.loads(found[0].read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait(timeout=30)


def status(server, **headers):
    try:
        return urllib.request.urlopen(
            urllib.request.Request(server["url"] + "api/contents", headers=headers), timeout=30
        ).status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_server_answers_nobody_without_its_token(server):
    assert len(server["token"]) >= 32
    assert status(server) == 403
    assert status(server, Authorization="token wrong") == 403
    assert status(server, Authorization=f"token {server['token']}") == 200


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's list of open ports")
def test_the_server_listens_on_this_computer_only(server):
    assert server["hostname"] in ("localhost", "127.0.0.1")
    lines = [line.split() for file in ("tcp", "tcp6") for line in Path("/proc/net", file).read_text().splitlines()[1:]]
    listening = {line[1].split(":")[0] for line in lines if line[3] == "0A" and int(line[1][-4:], 16) == server["port"]}
    assert listening and listening <= {"0100007F", "00000000000000000000000001000000"}


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&"


class Tags(HTMLParser):
    """The tags of a page that could run something."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed") or any(name.startswith("on") for name, _value in attributes):
            self.found.append(tag)


def pages():
    """Whatever Python shows as HTML, with a hostile text wherever a learner or a data set gives one."""
    fig, _axes = plt.subplots()
    yield figures.Picture(fig, f"A picture of {HOSTILE} and more")._repr_mimebundle_()["text/html"]
    plt.close(fig)
    row = compare_arrays(HOSTILE, np.ones(2), np.zeros(2), 1e-12)
    yield Comparison((row,), "float64", HOSTILE)._repr_html_()
    images = np.zeros((2, 6, 6, 1), np.float32)
    model = nn.Sequential([nn.Flatten(input_shape=(6, 6, 1)), nn.Dense(2, activation="softmax")], rng=0)
    inspector = widgets.NetworkInspector(model, images, labels=[0, 1], class_names=[HOSTILE, "none"])
    yield inspector._repr_mimebundle_()[0]["text/html"]

    def raises(z):
        raise ValueError(HOSTILE)

    yield ex.relu.check(raises)._repr_html_()


def test_a_hostile_text_stays_text_in_what_python_shows():
    count = 0
    for page in pages():
        assert Tags(page).found == [] and ("&lt;script&gt;" in page), page[:2000]
        count += 1
    assert count == 4 and Tags(HOSTILE).found == ["img", "script"]
