"""The tests with other versions than the lock's: python -m tests.setup.versions oldest --python python3.11 [OPTIONS].

Makes a fresh environment of its own in `build/versions` with the oldest (or the newest) versions that `pyproject.toml`
allows, runs pytest there with the OPTIONS (default: all but the browser, the set-up and the lock), and notes in
`versions.json` what ran with what. Needs a package index; uv, which resolves to the oldest, is installed on the way.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

from course_lib.files import write_whole
from tests.environment import ROOT

RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
STORED = Path(__file__).with_name("versions.json")
TESTS = ["tests", "--ignore=tests/browser", "--ignore=tests/setup", "--ignore=tests/benchmarks"]


def make_environment(folder, python, which):
    """An environment in `folder` with the packages of `pyproject.toml` at one end of their ranges; its Python."""
    inside = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    run([python, "-m", "venv", "--clear", folder])
    run([inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv"])
    uv = [inside, "-m", "uv", "pip"]
    wanted = folder / "wanted.txt"
    options = ["--group", "test", "--resolution", RESOLUTIONS[which], "--python", inside, "-q", "-o", wanted]
    run([*uv, "compile", "pyproject.toml", *options])
    run([*uv, "install", "-q", "--python", inside, "-r", wanted])
    return inside


def run(command):
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def installed(python):
    """`{package: version}` of what `pyproject.toml` names and this environment holds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["project"]["dependencies"] + project["dependency-groups"]["test"]
    names = [re.match(r"[\w-]+", requirement)[0] for requirement in named]
    code = "import importlib.metadata as m, json, sys; found = {d.name.lower(): d.version for d in m.distributions()}; "
    code += "print(json.dumps({n: found[n] for n in sys.argv[1:] if n in found}))"
    return json.loads(subprocess.check_output([str(python), "-c", code, *names], text=True))


def counts(report):
    """Passed, failed and skipped tests of a JUnit report, and the names of those that failed."""
    suite = ET.parse(report).getroot().find("testsuite")
    failed = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in suite.iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]
    number = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    bad = number["failures"] + number["errors"]
    return {"passed": number["tests"] - bad - number["skipped"], "skipped": number["skipped"], "failed": failed}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.setup.versions", description=__doc__.splitlines()[0])
    parser.add_argument("which", choices=RESOLUTIONS)
    parser.add_argument("--python", default=sys.executable, help="the Python to use (default: this one)")
    options, tests = parser.parse_known_args(arguments)
    python_version = subprocess.check_output([options.python, "-c", "import platform as p; print(p.python_version())"])
    name = f"{options.which}, Python {python_version.decode().strip()}"
    folder = ROOT / "build" / "versions" / re.sub(r"\W+", "-", name)
    folder.mkdir(parents=True, exist_ok=True)
    python = make_environment(folder, options.python, options.which)
    report = folder / "report.xml"
    ended = subprocess.run([str(python), "-m", "pytest", "-q", f"--junitxml={report}", *(tests or TESTS)], cwd=ROOT)
    stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    stored[name] = {
        "command": f"python -m tests.setup.versions {options.which} --python ...",
        "tests": tests or TESTS,
        "versions": installed(python),
        **counts(report),
    }
    write_whole(STORED, json.dumps(dict(sorted(stored.items())), indent=1) + "\n")
    print(f"{name}: {stored[name]['passed']} passed, {len(stored[name]['failed'])} failed")
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
