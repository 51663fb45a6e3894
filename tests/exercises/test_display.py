"""What the learner sees: marks and words, nothing unescaped, once, in a real kernel too."""

import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib import exercises as ex

ROOT = Path(__file__).resolve().parents[2]


def test_the_verdict_is_in_words_beside_the_colour(capsys):
    passed = ex.relu.check(lambda z: np.maximum(z, 0))
    failed = ex.relu.check(np.abs)

    def stub(z): ...

    waiting = ex.relu.check(stub)
    assert ["passed" in passed.head, "not right yet" in failed.head, "not attempted yet" in waiting.head] == [True] * 3
    assert len({result.head[0] for result in (passed, failed, waiting)}) == 3  # the marks differ in shape too
    assert "You took the absolute value" in capsys.readouterr().out
    assert passed.passed and not failed.passed and not waiting.passed


def test_what_a_learner_wrote_is_escaped():
    def relu(z):
        raise ValueError("<script>alert(1)</script>")

    page = ex.relu.check(relu)._repr_html_()
    assert "&lt;script&gt;" in page and "<script>" not in page


def test_an_exercise_shows_its_statement():
    text = ex.dense_forward._repr_markdown_()
    assert "dense_forward(x, W, b)" in text and "(N, D)" in text
    assert "On paper" in repr(ex.dense_forward)
    assert ex.relu_backward.signature == "relu_backward(dy, z)"
    assert ex.adam_step.signature.startswith("adam_step(w, gradient, state=None, learning_rate=0.001")


def test_the_solution_is_shown_with_its_note(capsys):
    ex.dense_forward.solution()
    shown = capsys.readouterr().out
    assert "y = x @ W + b" in shown and "chapter 3" in shown


def test_a_console_that_lacks_the_marks_prints_all_the_same(monkeypatch, tmp_path):
    with open(tmp_path / "out.txt", "w", encoding="cp1252") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        ex.relu.check(np.abs)
    assert "not right yet" in (tmp_path / "out.txt").read_text(encoding="cp1252")


@pytest.fixture(scope="module")
def run_cell(tmp_path_factory):
    """Run cells in a real kernel: run_cell(code) -> (messages by type as a list, status)."""
    jupyter_client = pytest.importorskip("jupyter_client")
    scratch = tmp_path_factory.mktemp("kernel")
    env = os.environ | {"COURSE_PROGRESS": str(scratch / "p.json"), "IPYTHONDIR": str(scratch), "PYTHONPATH": str(ROOT)}
    manager, client = jupyter_client.manager.start_new_kernel(kernel_name="python3", env=env, cwd=str(scratch))

    def run(code, interrupt=False):
        messages = []

        def collect(message):
            messages.append((message["msg_type"], message["content"]))
            if interrupt and message["msg_type"] == "stream":
                manager.interrupt_kernel()

        reply = client.execute_interactive(code, timeout=60, output_hook=collect, allow_stdin=False)
        return messages, reply["content"]

    run("import numpy as np\nfrom course_lib import exercises as ex")
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_in_a_notebook_the_verdict_is_shown_once_with_the_cells_line(run_cell):
    messages, reply = run_cell("# a stub\ndef relu(z):\n    ...  # your code\n\nex.relu.check(relu)")
    shown = [content["data"] for kind, content in messages if kind in ("display_data", "execute_result")]
    assert (
        len(shown) == 1 and "not attempted yet" in shown[0]["text/plain"] and "role='status'" in shown[0]["text/html"]
    )

    messages, reply = run_cell("def relu(z):\n    y = np.maxmum(z, 0)\n    return y\n\nr = ex.relu.check(relu)")
    text = next(content["data"]["text/plain"] for kind, content in messages if kind == "display_data")
    assert "line 2: y = np.maxmum(z, 0)" in text and "Check the spelling" in text

    messages, reply = run_cell("r")
    assert sum(kind in ("display_data", "execute_result") for kind, _content in messages) == 1


def test_in_a_notebook_an_endless_loop_and_the_stop_button(run_cell):
    run_cell("from course_lib.exercises import checking; checking.SECONDS = 0.3")
    messages, reply = run_cell("def relu(z):\n    while True:\n        z = z + 0\n\nex.relu.check(relu)")
    text = next(content["data"]["text/plain"] for kind, content in messages if kind == "display_data")
    assert reply["status"] == "ok" and re.search(r"line [23]: ", text) and "was stopped" in text

    run_cell("checking.SECONDS = 60")
    code = "def relu(z):\n    print('running', flush=True)\n    while True:\n        z = z + 0\n\nex.relu.check(relu)"
    messages, reply = run_cell(code, interrupt=True)
    assert reply["status"] == "error" and reply["ename"] == "KeyboardInterrupt"
    messages, reply = run_cell("ex.relu.check(lambda z: np.maximum(z, 0)).passed and print('alive')")
    assert any("alive" in content.get("text", "") for kind, content in messages if kind == "stream")
