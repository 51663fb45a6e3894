"""Measurements that take minutes: each module is a command that writes a small JSON file into `results`."""

import importlib.metadata
import json
import platform
from pathlib import Path

from course_lib.files import write_whole

RESULTS = Path(__file__).parent / "results"


def load_result(name):
    """Return the result `name` as its command wrote it: a dict with the numbers, the command, seeds and versions."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def write_result(result, path):
    """Write `result` as a small text file, whole or not at all."""
    write_whole(path, json.dumps(result, indent=1) + "\n")


def versions(*packages):
    """Return what a run was made with: the versions of Python and of these packages."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in packages}
