"""Binder without Docker: python -m tests.setup.binder [NN ...] [--base] [--python python3.12] [--json FILE].

What a launch does, as far as one computer can do it: the files of the last commit in a home of their own, an
unprivileged user, `binder/postBuild` and `binder/start` as written, 1 GB of memory, and every notebook run over the
server's own interface. With --base into an environment made as Binder's: the Python of `binder/runtime.txt`, the
packages of its base image, then the lock on top. Without it, in the environment of the course, which holds the lock.
"""

import argparse
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
from dataclasses import dataclass
from pathlib import Path

from course_lib.experiments import write_result
from tests.benchmarks.__main__ import machine
from tests.browser.labkit import free_port
from tests.environment import ROOT
from tests.notebooks.rules import noise
from tests.setup.server import Server

USER = 1000  # jovyan, as Binder calls its user
MEMORY_MB = 1024
# What repo2docker installs before a repository's own requirements, from its environment files.
BASE = ["jupyterlab==4.4.9", "notebook==7.4.7", "ipywidgets==8.1.7", "jupyter_server==2.17.0", "jupyterhub==5.4.0"]
BASE += ["jupyter-resource-usage==1.2.0", "jupyter-offlinenotebook==0.3.2", "ipykernel==7.0.1"]
BINARIES = "Scripts" if os.name == "nt" else "bin"


def unprivileged(python):
    """The command's beginning that takes root's rights away, and how to call it; [] where we have none to lose.

    User 1000 where it may run this Python, else root without a single capability: file modes hold for it, too.
    """
    if getattr(os, "geteuid", lambda: 1)():
        return [], "the user who runs this"
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--inh-caps=-all"]
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    ask = [str(python), "-c", "import sys; print(sys.version)"]
    version = subprocess.check_output(ask)
    for command, name in ((user, f"user {USER}"), (bare, "root without capabilities")):
        with contextlib.suppress(OSError):  # a Python in root's home is not for others, or another one answers
            if subprocess.run([*command, *ask], capture_output=True).stdout == version:
                return command, name
    return [], "root"


class Memory:
    """A control group of Linux that holds its processes to `most_mb`; `enforced` is False where none can be made."""

    def __init__(self, most_mb):
        self.folder, self.enforced = None, False
        root = Path("/sys/fs/cgroup")
        first = (root / "memory") if (root / "memory").is_dir() else root
        self.old = first != root
        limit, self.peak_file = (
            ("memory.limit_in_bytes", "memory.max_usage_in_bytes") if self.old else ("memory.max", "memory.peak")
        )
        with contextlib.suppress(OSError):
            folder = first / f"course_{os.getpid()}"
            folder.mkdir()
            self.folder = folder
            (folder / limit).write_text(str(most_mb * 2**20))
            self.enforced = True
            try:
                subprocess.run(["true"], preexec_fn=self.enter, check=True)
            except (OSError, subprocess.SubprocessError):  # a container may let us make a group, and not use it
                self.enforced = False

    def enter(self):
        """Called in the new process: everything it starts is counted."""
        if self.enforced:
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def peak_mb(self):
        """The most that was held, files in memory included: the kernel gives those back when others need room."""
        return int((self.folder / self.peak_file).read_text()) / 2**20 if self.enforced else None

    def killed(self):
        """How many processes had to go because the limit was reached."""
        if not self.enforced:
            return 0
        lines = (self.folder / ("memory.oom_control" if self.old else "memory.events")).read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)

    def remove(self):
        for _try in range(50):
            with contextlib.suppress(OSError):
                if self.folder:
                    self.folder.rmdir()
                return
            time.sleep(0.1)


@dataclass
class Launch:
    """A server that Binder's scripts have started, and what that took."""

    server: Server
    memory: Memory
    who: str
    seconds: dict
    home: Path


def make_environment(folder, python, base):
    """A virtual environment in `folder`; without `base` it borrows the packages of the course's."""
    subprocess.run([python, "-m", "venv", *([] if base else ["--without-pip"]), str(folder)], check=True)
    inside = folder / BINARIES / Path("python").name
    if base:
        pip = [str(inside), "-m", "pip", "install", "-q", "--no-cache-dir", "--disable-pip-version-check"]
        subprocess.run([*pip, *BASE], check=True)
        subprocess.run([*pip, "-r", str(ROOT / "binder" / "requirements.txt")], check=True)
    else:
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = subprocess.check_output([str(inside), "-c", code], text=True).strip()
        here = Path(sys.prefix)
        packages = [path for path in map(Path, sys.path) if path.name in ("site-packages", "dist-packages")]
        (Path(site) / "borrowed.pth").write_text("".join(f"{path}\n" for path in packages if here in path.parents))
        for script in (here / BINARIES).glob("jupyter*"):  # their first line names the old Python
            text = script.read_text(encoding="utf-8")
            (folder / BINARIES / script.name).write_text(f"#!{inside}\n" + text.partition("\n")[2], encoding="utf-8")
            (folder / BINARIES / script.name).chmod(0o755)
    return inside


def copy_of_the_course(home):
    """The files that git keeps, as they are now, in `home`."""
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, home / name)


@contextlib.contextmanager
def launched(base=False, python=sys.executable, offline=True, memory_mb=MEMORY_MB):
    """Do what a launch does and give a `Launch`; ends the server afterwards."""
    seconds = {}
    with tempfile.TemporaryDirectory(prefix="binder_") as scratch:
        scratch = Path(scratch)
        scratch.chmod(0o755)
        home, environment = scratch / "home" / "jovyan", scratch / "environment"
        home.mkdir(parents=True)
        copy_of_the_course(home)
        began = time.monotonic()
        inside = make_environment(environment, python, base)
        seconds["packages"] = time.monotonic() - began
        before, who = unprivileged(inside)
        if who == f"user {USER}":
            subprocess.run(["chown", "-R", f"{USER}:{USER}", str(scratch)], check=True)
        env = {"PATH": f"{environment / BINARIES}{os.pathsep}{os.defpath}", "HOME": str(home), "USER": "jovyan"}
        env |= {"LANG": "C.UTF-8"} | ({"COURSE_OFFLINE": "1"} if offline else {})
        began = time.monotonic()
        built = subprocess.run([*before, "./binder/postBuild"], cwd=home, env=env, capture_output=True, text=True)
        seconds["postBuild"] = time.monotonic() - began
        if built.returncode:
            raise RuntimeError(f"binder/postBuild failed:\n{built.stdout}{built.stderr}")
        port, token, memory = free_port(), secrets.token_hex(16), Memory(memory_mb)
        options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.base_url=/user/course/"]
        options += [f"--IdentityProvider.token={token}", *(["--allow-root"] if who.startswith("root") else [])]
        began = time.monotonic()
        process = subprocess.Popen(
            [*before, "./binder/start", "jupyter", "lab", *options],
            cwd=home,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=memory.enter,
        )
        server = Server(f"http://127.0.0.1:{port}/user/course/", token)
        try:
            wait_for(server, process)
            seconds["server"] = time.monotonic() - began
            yield Launch(server, memory, who, seconds, home)
        finally:
            process.terminate()
            process.wait(timeout=30)
            memory.remove()


def wait_for(server, process):
    deadline = time.monotonic() + 90
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("binder/start did not bring up a server")
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            server.api("GET", "status")
            return
        time.sleep(0.1)


def problems(notebook):
    """What a learner would be troubled by in a run: errors, warnings, the error stream."""
    return [
        f"cell {number} {found}"
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if (found := noise(output))
    ]


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.setup.binder", description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="two digits each; else all")
    parser.add_argument("--base", action="store_true", help="a fresh environment with the base image's versions")
    parser.add_argument("--python", default=sys.executable, help="for --base: a Python as in binder/runtime.txt")
    parser.add_argument("--json", metavar="FILE", help="write what was measured to FILE, too")
    options = parser.parse_args(arguments)
    result = {"command": "python -m tests.setup.binder" + " --base" * options.base, "machine": machine()}
    result["memory_limit_mb"], result["chapters"] = MEMORY_MB, {}
    with launched(options.base, options.python) as launch:
        result["who"], result["seconds"] = launch.who, {k: round(s, 1) for k, s in launch.seconds.items()}
        result["memory_limit_enforced"] = launch.memory.enforced
        print(f"{launch.who}; seconds: {result['seconds']}; limit enforced: {launch.memory.enforced}", flush=True)
        for path in sorted((launch.home / "notebooks").glob("[0-9][0-9]_*.ipynb")):
            if options.chapters and path.name[:2] not in options.chapters:
                continue
            began = time.monotonic()
            try:
                notebook, first_reply, peak = launch.server.run(f"notebooks/{path.name}")
                row = {"first_reply_seconds": round(first_reply, 1), "kernel_peak_mb": round(peak)}
                row["problems"] = problems(notebook)
            except RuntimeError as error:
                row = {"problems": [str(error)]}
            row = {"seconds": round(time.monotonic() - began, 1)} | row
            result["chapters"][path.stem] = row
            print(path.stem, json.dumps(row), flush=True)
        result["peak_mb"], result["killed"] = launch.memory.peak_mb(), launch.memory.killed()
    print(f"most memory, files included: {result['peak_mb']} MB; processes killed: {result['killed']}")
    if options.json:
        write_result(result, options.json)
    return int(bool(result["killed"]) or any(row["problems"] for row in result["chapters"].values()))


if __name__ == "__main__":
    sys.exit(main())
