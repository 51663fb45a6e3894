"""Run a notebook in a real kernel, the way JupyterLab does, and keep what it shows.

nbclient is not used: it stalls at random after cells that talk to widgets (nbclient issue 312). Here every wait is
short and repeated, so a message that was missed by one wait is found by the next.
"""

import queue
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass

from nbformat.v4 import output_from_msg
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, start_new_kernel

from tests.environment import kernel_environment

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

# Asked of the kernel itself at the end; psutil comes with ipykernel.
PEAK_MB = """
import sys as _sys
if _sys.platform == "win32":
    import psutil as _p
    _peak_mb = _p.Process().memory_info().peak_wset / 2**20
else:
    import resource as _r
    _peak_mb = _r.getrusage(_r.RUSAGE_SELF).ru_maxrss / (2**20 if _sys.platform == "darwin" else 2**10)
"""


class CellFailed(Exception):
    """A cell raised, took too long, or took the kernel with it."""

    def __init__(self, number, source, reason, traceback=""):
        first = next((line for line in source.splitlines() if line.strip()), "")
        super().__init__(f"cell {number} ({first[:70]!r}) failed: {reason}\n{traceback}".rstrip())
        self.number, self.reason = number, reason


@dataclass
class Run:
    """How long a notebook took and how much memory its kernel held at the most."""

    seconds: float
    peak_mb: float
    slowest_cell: int
    slowest_seconds: float


def run_notebook(notebook, folder, cell_timeout=180):
    """Run every code cell of `notebook` (changed in place) with `folder` as the working directory; return a `Run`."""
    began = time.monotonic()
    slowest = (0.0, 0)
    with tempfile.TemporaryDirectory(prefix="course_kernel_") as scratch:
        manager, client = start_new_kernel(
            kernel_name=CURRENT_ENV_KERNEL_NAME,
            cwd=str(folder),
            env=kernel_environment(scratch),
            stderr=subprocess.DEVNULL,
        )
        try:
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type != "code":
                    continue
                cell.outputs, cell.execution_count = [], None
                if cell.source.strip():
                    cell_began = time.monotonic()
                    run_cell(manager, client, number, cell, cell_timeout)
                    slowest = max(slowest, (time.monotonic() - cell_began, number))
            peak_mb = float(ask(manager, client, PEAK_MB, "_peak_mb"))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    return Run(time.monotonic() - began, peak_mb, slowest[1], slowest[0])


def run_cell(manager, client, number, cell, timeout):
    """Run one cell and store its outputs and count in it; raise `CellFailed` unless it may raise."""
    outputs = Outputs()
    reply = execute(manager, client, cell.source, timeout, number, outputs.take)
    cell.execution_count = reply["execution_count"]
    cell.outputs = outputs.tidy()
    if reply["status"] != "ok" and "raises-exception" not in cell.metadata.get("tags", []):
        trace = ANSI.sub("", "\n".join(reply.get("traceback", [])))
        raise CellFailed(number, cell.source, f"{reply.get('ename')}: {reply.get('evalue')}", trace)


def ask(manager, client, code, expression):
    """Run `code` out of the learner's history and return the text of `expression`."""
    reply = execute(
        manager, client, code, 60, -1, lambda message: None, user_expressions={"x": expression}, silent=True
    )
    return reply["user_expressions"]["x"]["data"]["text/plain"]


def execute(manager, client, code, timeout, number, take, **options):
    """Send `code`, pass what it publishes to `take`, return the reply once the kernel has answered and is idle."""
    message_id = client.execute(code, allow_stdin=False, **options)
    deadline = time.monotonic() + timeout
    reply, idle = None, False
    while reply is None or not idle:
        if not manager.is_alive():
            raise CellFailed(number, code, "the kernel died (out of memory?)")
        if time.monotonic() > deadline:
            raise CellFailed(number, code, f"no end after {timeout} s")
        for message in waiting(client.get_iopub_msg):
            if message["parent_header"].get("msg_id") != message_id:
                continue
            if message["msg_type"] == "status":
                idle = idle or message["content"]["execution_state"] == "idle"
            else:
                take(message)
        if idle and reply is None:
            for message in waiting(client.get_shell_msg):
                if message["parent_header"].get("msg_id") == message_id:
                    reply = message["content"]
    return reply


def waiting(get_message):
    """The messages that are there now or within a quarter of a second."""
    wait = 0.25
    while True:
        try:
            message = get_message(timeout=wait)
        except queue.Empty:
            return
        yield message
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return
        if message["msg_type"] == "execute_reply":
            return


class Outputs:
    """What a cell shows, kept as JupyterLab keeps it: updates and clearing applied."""

    def __init__(self):
        self.outputs, self.by_display, self.clear_next = [], {}, False

    def take(self, message):
        kind, content = message["msg_type"], message["content"]
        if kind == "clear_output":
            self.clear_next = content["wait"]
            if not content["wait"]:
                self.outputs.clear()
        elif kind == "update_display_data":
            for output in self.by_display.get(content["transient"].get("display_id"), []):
                output["data"], output["metadata"] = content["data"], content["metadata"]
        elif kind in ("stream", "display_data", "execute_result", "error"):
            if self.clear_next:
                self.outputs.clear()
                self.clear_next = False
            output = output_from_msg(message)
            display = content.get("transient", {}).get("display_id")
            if display:
                self.by_display.setdefault(display, []).append(output)
            self.outputs.append(output)

    def tidy(self):
        """One stream per run of prints, the last state of each progress line, no view of a widget that is gone."""
        tidied = []
        for output in self.outputs:
            if output.output_type == "stream" and tidied and tidied[-1].get("name") == output.name:
                tidied[-1].text += output.text
                continue
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)  # its model id is random and its model lives no longer
                output.metadata.pop(WIDGET_VIEW, None)
                if "<img" in output.data.get("text/html", ""):  # the same picture, with its description
                    output.data.pop("image/png", None)
                    output.metadata.pop("image/png", None)
                if not output.data:
                    continue
            if output.output_type == "error":
                output.traceback = [ANSI.sub("", line) for line in output.traceback]
            tidied.append(output)
        for output in tidied:
            if output.output_type == "stream":
                output.text = "\n".join(last_state(line) for line in output.text.split("\n"))
        return tidied


def last_state(line):
    """What is left to see of a line that was overwritten with carriage returns."""
    return line.rstrip("\r").rsplit("\r", 1)[-1]
