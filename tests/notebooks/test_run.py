"""Every notebook runs from its first cell to its last and shows again what it stored, within its time and memory.

nbval does the running and comparing, in a process of its own for each notebook.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from tests.environment import ROOT, SIDE_BY_SIDE, kernel_environment
from tests.notebooks.chapter import chapter_paths
from tests.notebooks.claims import claims

CHAPTERS = [pytest.param(path, id=path.stem) for path in chapter_paths()]
MOST_MB = 1024
MOST_CELL_SECONDS = 60
OPTIONS = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=180", "-p", "tests.notebooks.measuring"]
OPTIONS += ["-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--tb=short", "--color=no"]


@dataclass
class Nbval:
    """How one run ended: pytest's exit status and words, seconds, and what `measuring` wrote."""

    status: int
    output: str
    seconds: float
    peak_mb: float
    cells: dict
    failed: list


def nbval(path, scratch, **variables):
    """Run the notebook `path` under nbval, with `variables` on top of the environment (None removes one)."""
    measured = scratch / "measured.json"
    env = kernel_environment(scratch) | {"COURSE_MEASURED": str(measured), "PYTHONUTF8": "1"}
    for name, value in variables.items():
        env.pop(name, None)
        if value is not None:
            env[name] = value
    env = {name: value for name, value in env.items() if not name.startswith("PYTEST_")}
    sanitize = f"--nbval-sanitize-with={ROOT / 'tests/notebooks/nbval.cfg'}"
    command = [sys.executable, "-m", "pytest", str(path), *OPTIONS, sanitize, f"--rootdir={ROOT}", "-c", os.devnull]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", timeout=900)
    seconds = time.monotonic() - began
    found = json.loads(measured.read_text(encoding="utf-8")) if measured.exists() else {}
    return Nbval(
        done.returncode,
        done.stdout + done.stderr,
        seconds,
        found.get("peak_mb", 0.0),
        found.get("cells", {}),
        found.get("failed", []),
    )


def most_seconds(path):
    """The budget of a chapter that runs alone on a quiet computer; `budgets.json` holds what was measured so."""
    return 90 if path.name[:2] <= "04" else 180


def problems(run, path):
    """What is wrong with a run, in words; empty when it passed within its limits.

    Of several tests side by side each has its share of the machine, and so that many times the seconds.
    """
    if run.status:
        return [run.output]
    found, most, most_cell = [], most_seconds(path) * SIDE_BY_SIDE, MOST_CELL_SECONDS * SIDE_BY_SIDE
    if not run.cells:
        found.append("no cell was run")
    if run.seconds > most:
        found.append(f"it took {run.seconds:.0f} s, {most} are the limit")
    if not 0 < run.peak_mb < MOST_MB:
        found.append(f"its kernel held {run.peak_mb:.0f} MB, {MOST_MB} are the limit")
    slow = {cell: s for cell, s in run.cells.items() if s > most_cell}
    return found + [f"{cell} took {s:.0f} s, {most_cell} are the limit" for cell, s in slow.items()]


def report(path, run, capsys, how=""):
    with capsys.disabled():
        slowest = max(run.cells, key=run.cells.get, default="no cell")
        print(
            f"\n{path.stem}{how}: {len(run.cells)} cells, {run.seconds:.0f} s, kernel peak {run.peak_mb:.0f} MB, "
            f"slowest {slowest} with {run.cells.get(slowest, 0):.1f} s"
        )


@claims("00", "Run All never stops at an exercise")
@claims("00", "every chapter runs on an ordinary laptop in less than three minutes")
@pytest.mark.parametrize("path", CHAPTERS)
def test_notebook(path, tmp_path, capsys):
    run = nbval(path, tmp_path)
    report(path, run, capsys)
    found = problems(run, path)
    assert not found, "\n".join(found)
