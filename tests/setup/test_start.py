"""`start.py` on a fresh copy of the course, with a lock that holds one tiny package, so that no network is needed."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.environment import ROOT

POSIX = os.name != "nt"
PYTHON = getattr(sys, "_base_executable", sys.executable)  # the one a learner has, not that of an environment
FINISHED = "set-up-finished"
NO_PIP_CONFIGURATION = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "UV_NO_CONFIG": "1"}


def make_wheel(folder, name, version, files):
    """A pure Python wheel with these `files`; return its path."""
    info = f"{name}-{version}.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, text in (files | {f"{info}/RECORD": record}).items():
            wheel.writestr(member, text)
    return path


# Stands in for pytest and for JupyterLab: says how it was called, and what it found.
SPY = """
import os, sys
import course_lib
print("TOOL", __name__, sys.argv[1:], os.path.dirname(course_lib.__file__), os.environ["JUPYTER_CONFIG_PATH"])
"""


@pytest.fixture
def course(tmp_path):
    """A copy of what the set-up needs, in a folder with a space and Chinese characters, with its own wheels."""
    root = tmp_path / "a b 课程"
    shutil.copytree(ROOT / "course_lib", root / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "start.py", root)
    wheels = root / "wheels"
    wheels.mkdir()
    tools = {"pytest.py": "", "pytest/__main__.py": SPY, "pytest/__init__.py": "", "jupyterlab/__main__.py": SPY}
    write_lock(root, make_wheel(wheels, "tinytools", "1.0", {k: v for k, v in tools.items() if k != "pytest.py"}))
    return root


def write_lock(root, *wheels, extra=""):
    lines = []
    for wheel in wheels:
        name, version, *_ = wheel.name.split("-")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}\n")
    (root / "binder").mkdir(exist_ok=True)
    (root / "binder" / "requirements.txt").write_text("".join(lines) + extra, encoding="utf-8")


def environment(root, uv, **more):
    """The caller's environment without its package index; uv is on the PATH only when it is wanted."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "PYTHONPATH", "COURSE_", "JUPYTER"))}
    find = str(root / "wheels")
    env |= NO_PIP_CONFIGURATION | {"PIP_FIND_LINKS": Path(find).as_uri(), "UV_FIND_LINKS": find, "PYTHONUTF8": "1"}
    folders = [f for f in env["PATH"].split(os.pathsep) if not shutil.which("uv", path=f)]
    if uv:
        folders.insert(0, str(Path(shutil.which("uv")).parent))
    return env | {"PATH": os.pathsep.join(folders)} | more


def start(root, *arguments, uv=False, python=PYTHON, **more):
    return subprocess.run(
        [python, str(root / "start.py"), *arguments],
        cwd=root.parent,
        env=environment(root, uv, **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )


needs_uv = pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not on the PATH")


@pytest.mark.parametrize("uv", [False, pytest.param(True, marks=needs_uv)], ids=["pip", "uv"])
def test_two_commands_from_fresh_to_second_run(course, uv):
    first = start(course, "test", "-k", "x y", uv=uv)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Setting up" in first.stdout and ("with uv" in first.stdout) == uv
    assert "TOOL __main__ ['-k', 'x y']" in first.stdout
    assert str(course / "course_lib") in first.stdout, "course_lib comes from the copy, without an installation"
    assert "notice" not in first.stdout + first.stderr, "no advertisement for a newer pip"
    (link,) = (course / ".course-env").rglob("course.pth")
    assert link.read_bytes().strip().strip(b"./\\") == b"", "relative, and so ASCII"

    began = time.monotonic()
    second = start(course, "--no-browser", uv=uv)
    assert time.monotonic() - began < 5
    assert "Setting up" not in second.stdout
    assert "default_url=/lab/tree/notebooks/00_start_here.ipynb', '--no-browser'" in second.stdout
    assert str(course / ".jupyter") in second.stdout


def test_a_moved_course_still_runs(course):
    assert start(course, "test").returncode == 0
    moved = course.rename(course.with_name("moved ü"))
    run = start(moved, "test")
    assert run.returncode == 0 and "Setting up" not in run.stdout
    assert str(moved / "course_lib") in run.stdout


def test_a_changed_lock_is_installed(course):
    assert start(course, "test").returncode == 0
    wheels = sorted((course / "wheels").glob("*.whl"))
    new = make_wheel(course / "wheels", "newcomer", "2.0", {"newcomer.py": ""})
    write_lock(course, *wheels, new)
    assert "Setting up" in start(course, "test").stdout
    assert list((course / ".course-env").rglob("newcomer.py"))
    assert "Setting up" not in start(course, "test").stdout


def test_a_failed_set_up_says_one_sentence_and_is_redone(course):
    lock = course / "binder" / "requirements.txt"
    good = lock.read_text(encoding="utf-8")
    write_lock(course, extra=f"absent==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    failed = start(course, "test")
    assert failed.returncode == 1
    assert "The set-up did not finish." in failed.stderr and "run the same command again" in failed.stderr
    assert "absent" in failed.stderr and "Traceback" not in failed.stderr
    assert not (course / ".course-env" / FINISHED).exists()
    lock.write_text(good, encoding="utf-8")
    assert start(course, "test").returncode == 0


def test_a_package_that_was_changed_is_refused(course):
    (wheel,) = (course / "wheels").glob("*.whl")
    make_wheel(course / "wheels", "tinytools", "1.0", {"pytest/__main__.py": "print('changed')"})
    failed = start(course, "test")
    assert failed.returncode == 1
    assert "not the one the course was tested with" in failed.stderr


@pytest.mark.skipif(not POSIX, reason="signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_an_interrupted_set_up_is_redone(course, name):
    how = getattr(signal, name)
    process = subprocess.Popen(
        [PYTHON, "-u", str(course / "start.py"), "test"],
        env=environment(course, uv=False),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    while not (course / ".course-env").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    if name == "SIGINT":
        os.killpg(process.pid, how)  # as Ctrl-C in a terminal: everybody gets it
    else:
        process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert not (course / ".course-env" / FINISHED).exists()
    if name != "SIGKILL":
        assert "was stopped" in said and "Traceback" not in said
    again = start(course, "test")
    assert again.returncode == 0, again.stderr
    assert "Setting up" in again.stdout


def test_two_at_once_set_up_once(course):
    env = environment(course, uv=False)
    command = [PYTHON, str(course / "start.py"), "test"]
    options = {"env": env, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "encoding": "utf-8"}
    both = [subprocess.Popen(command, **options) for _ in range(2)]
    said = [process.communicate(timeout=180)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Setting up the course" in text for text in said) == 1
    assert all("TOOL" in text for text in said)


@pytest.mark.skipif(not POSIX, reason="Debian")
def test_a_python_without_ensurepip_uses_its_own_pip(course, tmp_path):
    """As on Debian without python3-venv: `venv` fails at its last step, but the system's pip is there."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode:
        pytest.skip("this Python has no pip")
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if 'venv' in sys.orig_argv and '--without-pip' not in sys.orig_argv:\n"
        "    print('ensurepip is not available', flush=True)\n"
        "    os._exit(1)\n"
    )
    run = start(course, "test", PYTHONPATH=str(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "making it without pip" in run.stdout


def older_python():
    """A Python that is too old, if the machine has one."""
    names = [f"python3.{minor}" for minor in (8, 9, 10)] + ["/usr/bin/python3"]
    places = [shutil.which(name) for name in names] + sorted(Path.home().glob(".pyenv/versions/3.[89].*/bin/python"))
    for place in filter(None, places):
        code = "import sys; sys.exit(not (3, 8) <= sys.version_info[:2] < (3, 11))"
        if subprocess.run([str(place), "-c", code], capture_output=True).returncode == 0:
            return str(place)


def test_an_old_python_gets_a_clear_line(course):
    old = older_python()
    if old is None:
        pytest.skip("no Python 3.8 to 3.10 on this machine")
    run = start(course, "test", python=old)
    assert run.returncode == 1
    assert run.stderr.startswith("The course needs Python 3.11, 3.12 or 3.13; this is Python 3.")
    assert run.stderr.count("\n") == 1
    assert not (course / ".course-env").exists()


def test_help_installs_nothing(course):
    run = start(course, "--help")
    assert run.returncode == 0 and "python start.py test [pytest options]" in run.stdout
    assert "Setting up" not in run.stdout and not (course / ".course-env").exists()


def test_another_version_gets_the_same_line(monkeypatch):
    import start as module

    monkeypatch.setattr(module.sys, "version_info", (3, 14, 0, "final", 0))
    with pytest.raises(SystemExit, match="The course needs Python 3.11, 3.12 or 3.13"):
        module.main(["test"])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: failed to write: No space left on device (os error 28)", "disk is full"),
        ("WARNING: Retrying (Retry(total=4)) after ProxyError('Cannot connect to proxy.')", "proxy does not answer"),
        ("OSError: Tunnel connection failed: 407 Proxy Authentication Required", "proxy does not answer"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'", "replaces certificates"),
        ("WARNING: Retrying (Retry(total=0)) after NewConnectionError: Failed to establish", "cannot be reached"),
        ("error: Failed to fetch: `x`\n Caused by: dns error: failed to lookup", "cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one"),
        ("ERROR: No matching distribution found for tensorflow==2.21.0", "no build for this machine"),
        ("[Errno 13] Permission denied: 'x'", "cannot be written"),
        ("first\n\nsecond", "The installer said:\n  first\n  second"),
    ],
)
def test_trouble_is_explained(said, told):
    import start as module

    assert told in module.explain(said)
