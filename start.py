#!/usr/bin/env python3
"""Set up the course once, then open it or test it.

    python start.py [jupyter lab options]     open JupyterLab on chapter 0
    python start.py test [pytest options]     run the tests

Needs Python 3.11, 3.12 or 3.13 and nothing else. The packages of binder/requirements.txt go into the folder
.course-env; delete it to start afresh. With uv on the PATH this is quicker, without it venv and pip do the same.
"""

import contextlib
import hashlib
import os
import platform
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENV = ROOT / ".course-env"
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "binder" / "requirements.txt"
STAMP = ENV / "set-up-finished"  # written last: what is there without it was interrupted
FIRST_PAGE = "notebooks/00_start_here.ipynb"
SUPPORTED = ((3, 11), (3, 12), (3, 13))

# Run inside the environment: makes course_lib importable there. The path is relative, so it is plain ASCII whatever
# the folder is called, and it stays right when the folder is moved.
LINK = """
import os, sys, sysconfig
site = sysconfig.get_path("purelib")
with open(os.path.join(site, "course.pth"), "w", encoding="ascii") as file:
    file.write(os.path.relpath(sys.argv[1], site) + "\\n")
"""

# What goes wrong in the world, found in what pip or uv said: (pattern, sentence). The first match is told.
TROUBLES = (
    (
        r"No space left on device|Errno 28|os error 28|WinError 112|not enough space on the disk",
        "The disk is full. The course needs about 2.5 GB.",
    ),
    (
        r"ProxyError|Cannot connect to proxy|Tunnel connection failed|tunnel error|proxy connect|\b407\b",
        "The proxy does not answer or refuses. Set HTTPS_PROXY to the address your IT department gives "
        "(README: Behind a proxy or offline).",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|invalid peer certificate|UnknownIssuer",
        "The network replaces certificates, as company proxies do. Point PIP_CERT and SSL_CERT_FILE to your company's "
        "certificate file (README: Behind a proxy or offline).",
    ),
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch",
        "A package is not the one the course was tested with: a damaged download, or a mirror that changes packages. "
        "Run 'python -m pip cache purge', or ask who runs the mirror.",
    ),
    (
        r"Retrying \(|NewConnectionError|NameResolutionError|name resolution|getaddrinfo|dns error|timed out|"
        r"Connection refused|Network is unreachable|[Ee]rror sending request|Failed to fetch|client error \(Connect\)",
        "The package index cannot be reached. Connect to the network, or see the README: Behind a proxy or offline.",
    ),
    (
        r"(No matching distribution found for|no wheels? .*|has no .* for) *tensorflow",
        f"TensorFlow has no build for this machine ({platform.system()}, {platform.machine()}): it runs on 64-bit "
        "Linux and Windows, and on Macs with an Apple chip. Use the Binder link in the README instead.",
    ),
    (r"Permission denied|WinError 5\b|Access is denied", f"A file in {ROOT} cannot be written, or is in use."),
)


class SetUpFailed(Exception):
    """Carries the sentence to show."""


def main(arguments):
    if sys.version_info[:2] not in SUPPORTED:
        sys.exit(wrong_python())
    if arguments[:1] in (["-h"], ["--help"]):
        return print(__doc__.strip())  # before anything is installed
    try:
        set_up()
    except SetUpFailed as trouble:
        sys.exit(f"\nThe set-up did not finish. {trouble}\nThen run the same command again: it starts afresh.")
    except KeyboardInterrupt:
        sys.exit("\nThe set-up was stopped. Nothing is lost: run the same command again and it starts afresh.")
    if arguments[:1] == ["test"]:
        return run([PYTHON, "-m", "pytest", *arguments[1:]])
    print("Opening JupyterLab on chapter 0. Stop it with Ctrl-C in this window.", flush=True)
    return run([PYTHON, "-m", "jupyterlab", *lab_options(arguments)])


def lab_options(arguments):
    """JupyterLab's options: chapter 0 first, and whatever was asked for."""
    page = [] if any("default_url" in a for a in arguments) else [f"--LabApp.default_url=/lab/tree/{FIRST_PAGE}"]
    return [*page, *arguments]


def wrong_python():
    """The line for a Python the course was not tested with, naming a better one where it is installed."""
    names = [f"python{major}.{minor}" for major, minor in reversed(SUPPORTED)]
    found = next((name for name in names if works(name)), None)
    remedy = f"Run: {found} start.py" if found else "Install Python 3.12 from https://www.python.org/downloads/"
    if not found and shutil.which("uv"):
        remedy = "Run: uv run --no-project --python 3.12 start.py"
    return f"The course needs Python 3.11, 3.12 or 3.13; this is Python {platform.python_version()}. {remedy}"


def works(name):
    return shutil.which(name) and subprocess.run([name, "--version"], capture_output=True).returncode == 0


def environment():
    """The variables the course runs with; what you have set yourself wins."""
    env = {
        "TF_CPP_MIN_LOG_LEVEL": "2",  # no page of start-up lines from TensorFlow
        "TF_ENABLE_ONEDNN_OPTS": "0",  # the digits in the chapters are the ones you get
        "PYTHONUTF8": "1",
        **os.environ,
    }
    env["PATH"] = os.pathsep.join([str(PYTHON.parent), env.get("PATH", "")])
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        p for p in (str(ROOT / ".jupyter"), env.get("JUPYTER_CONFIG_PATH")) if p
    )
    return env


def run(command):
    """Become `command` in the course's folder, so that Ctrl-C and an end from outside reach it."""
    command, env = [str(part) for part in command], environment()
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, env)
    process = subprocess.Popen(command, env=env)  # Windows cannot replace a running program
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def fingerprint():
    """Changes when the environment must be made again: another lock, another Python, another way to set up."""
    version = "{}.{}".format(*sys.version_info)
    return hashlib.sha256(LOCK.read_bytes() + version.encode() + LINK.encode()).hexdigest()


def ready():
    try:
        return STAMP.read_text(encoding="ascii") == fingerprint() and PYTHON.exists()
    except OSError:
        return False


def set_up():
    if ready():
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The set-up was stopped. Run the same command again."))
    try:
        with one_at_a_time() as inherited:
            if not ready():  # another start.py may have done it while this one waited
                make_environment(inherited)
    except OSError as error:
        raise SetUpFailed(explain(str(error))) from error
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def make_environment(inherited):
    began = time.monotonic()
    print("Setting up the course in .course-env: once, about 2 GB, a minute or a few ...", flush=True)
    uv = shutil.which("uv")
    if uv:
        try:
            install_with_uv(uv, inherited)
        except SetUpFailed as trouble:
            if "disk" in str(trouble):
                raise
            print(f"  uv could not do it ({trouble}) Trying pip.", flush=True)
            uv = None
    if not uv:
        install_with_pip(inherited)
    step([PYTHON, "-c", LINK, ROOT], "linking the course", inherited)
    unfinished = STAMP.with_suffix(".part")
    unfinished.write_text(fingerprint(), encoding="ascii")
    os.replace(unfinished, STAMP)
    print(f"Set up in {time.monotonic() - began:.0f} s.", flush=True)


def install_with_uv(uv, inherited):
    remove_environment()
    step([uv, "venv", "--python", sys.executable, ENV], "making a virtual environment with uv", inherited)
    install = [uv, "pip", "install", "--python", PYTHON, "--require-hashes", "--no-deps", "-r", LOCK]
    step(install, "installing packages with uv", inherited)


def install_with_pip(inherited):
    remove_environment()
    try:
        step([sys.executable, "-m", "venv", ENV], "making a virtual environment", inherited)
        pip = [PYTHON, "-m", "pip"]
    except SetUpFailed:  # Debian's python3 without python3-venv; its own pip can fill the environment
        remove_environment()
        step([sys.executable, "-m", "venv", "--without-pip", ENV], "making it without pip", inherited)
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
        if subprocess.run([*pip[:3], "--version"], capture_output=True).returncode:
            remedy = "On Debian and Ubuntu run 'sudo apt install python3-venv', or install uv."
            raise SetUpFailed(f"This Python has neither venv's pip nor a pip of its own. {remedy}") from None
    # The lock holds every dependency, so there is nothing to resolve; files are compiled when first used.
    options = ["--require-hashes", "--no-deps", "--no-compile", "--disable-pip-version-check", "--no-input"]
    step([*pip, "install", *options, "-r", LOCK], "installing packages", inherited)


def remove_environment():
    if ENV.exists():
        try:
            shutil.rmtree(ENV)
        except OSError as error:
            raise SetUpFailed(
                f"The folder {ENV} is out of date and cannot be removed ({error.strerror}). "
                "Close a JupyterLab that runs from it, or delete it by hand."
            ) from error


@contextlib.contextmanager
def one_at_a_time():
    """Hold a lock that the system drops when this process and the installer it started are gone, however they end."""
    with open(ROOT / ".course-env.lock", "a+b") as file:
        try:
            import fcntl
        except ImportError:
            import msvcrt

            def take():
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:

            def take():
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

        waiting = False
        while True:
            try:
                take()
                break
            except (BlockingIOError, PermissionError):
                if not waiting:
                    print("Another start.py is setting up the course; waiting for it ...", flush=True)
                waiting = True
                time.sleep(0.5)
            except OSError:  # a file system without locks: go on without one
                break
        yield () if os.name == "nt" else (file.fileno(),)


def step(command, what, inherited=()):
    """Run one step of the set-up and show that it lives; raise `SetUpFailed` with a sentence when it fails."""
    began, said, lines = time.monotonic(), [], queue.SimpleQueue()
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUTF8": "1", "PIP_USER": "0"},
        pass_fds=inherited,
    )

    def read():
        for raw in process.stdout:
            lines.put(raw.decode("utf-8", "replace").strip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    show = Progress(what, began)
    try:
        while reader.is_alive() or not lines.empty():
            with contextlib.suppress(queue.Empty):
                said.append(lines.get(timeout=0.5))
                show.heard(said[-1])
            show.tick()
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        show.end()
    if process.returncode:
        raise SetUpFailed(explain("\n".join(said)))


class Progress:
    """One line: what is being done, to what, for how long. A new one now and then where the output is a file."""

    def __init__(self, what, began):
        self.what, self.began, self.detail, self.count = what, began, "", 0
        self.live = sys.stdout.isatty()
        self.shown, self.patience = None, 15
        self.tick(first=True)

    def heard(self, line):
        if found := re.match(r"(?:Collecting|Processing \S*[/\\])\s*([\w.]+)", line):
            self.count += 1
            self.detail = f": {self.count}, {found[1]}"
        elif line.startswith("Installing collected packages"):
            self.detail = f": unpacking {self.count}"
        elif "Retrying (" in line:
            self.detail = ": the package index does not answer, trying again"

    def tick(self, first=False):
        seconds = time.monotonic() - self.began
        text = f"  {self.what}{self.detail} ... {seconds:.0f} s"
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + text[:width].ljust(width), end="", flush=True)
        elif first:
            print(f"  {self.what} ...", flush=True)
        elif seconds > self.patience:
            print(text, flush=True)
            self.patience = seconds + 15

    def end(self):
        if self.live:
            self.tick()
            print(flush=True)


def explain(output):
    """One sentence with the remedy for what an installer said, else its last lines."""
    for pattern, sentence in TROUBLES:
        if re.search(pattern, output):
            return sentence
    last = [line for line in output.splitlines() if line.strip()][-4:]
    return "The installer said:\n  " + "\n  ".join(last or ["nothing"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
