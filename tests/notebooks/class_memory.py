"""How much memory does a class need? Several learners' servers and kernels on one machine, measured (Linux).

    python -m tests.notebooks.class_memory 08 --learners 3

starts a JupyterLab server and a kernel for each learner, runs the chapter to its end in all kernels, one after the
other, and leaves them open, as a class does. Prints the memory that each one adds (what is shared, such as the files of
TensorFlow, counts once), and what a class of 100 needs if all have this chapter open.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, start_new_kernel

from tests.environment import NOTEBOOKS, kernel_environment
from tests.notebooks.kernel import execute


def memory(pid):
    """Return (own, shared) memory [MB] of a process and its children: what is its alone, and its part of the rest."""
    own = part = 0.0
    todo = [pid]
    while todo:
        one = todo.pop()
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()[1:]
            todo += [int(c) for c in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
        own += sizes["Private_Clean"] + sizes["Private_Dirty"]
        part += sizes["Pss"]
    return own, part - own


def server(folder, scratch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root", str(folder)]
    env = kernel_environment(scratch) | {"JUPYTER_CONFIG_DIR": str(Path(scratch) / "jupyter")}
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("JupyterLab did not start") from None
            time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks.class_memory")
    parser.add_argument("chapter", help="two digits, for example 08")
    parser.add_argument("--learners", type=int, default=3)
    given = parser.parse_args()
    (path,) = NOTEBOOKS.glob(f"{given.chapter}_*.ipynb")
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    servers, kernels = [], []
    with tempfile.TemporaryDirectory(prefix="course_class_") as scratch:
        try:
            for learner in range(given.learners):
                place = Path(scratch) / str(learner)
                place.mkdir()
                servers.append(server(NOTEBOOKS, place))
                manager, client = start_new_kernel(
                    kernel_name=CURRENT_ENV_KERNEL_NAME, cwd=str(NOTEBOOKS), env=kernel_environment(place),
                    stderr=subprocess.DEVNULL,
                )  # fmt: skip
                kernels.append((manager, client))
                for number, source in enumerate(cells):
                    execute(manager, client, source, 180, number, lambda message: None)
                print(f"learner {learner + 1} has run {path.stem}", flush=True)
            found = {"server": [memory(one.pid) for one in servers],
                     "kernel": [memory(manager.provisioner.pid) for manager, _client in kernels]}  # fmt: skip
        finally:
            for manager, client in kernels:
                client.stop_channels()
                manager.shutdown_kernel(now=True)
            for one in servers:
                one.kill()
                one.wait()
    each = shared = 0.0
    for name, values in found.items():
        own = sum(value[0] for value in values) / len(values)
        together = sum(value[1] for value in values)  # the parts add up to the whole
        each, shared = each + own, shared + together
        print(f"{name}: {own:.0f} MB each, {together:.0f} MB shared by all")
    print(f"a class of 100 in this chapter: {(shared + 100 * each) / 1000:.0f} GB; {os.cpu_count()} cores here")


if __name__ == "__main__":
    sys.exit(main())
