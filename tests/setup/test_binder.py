"""Binder's way, and the way without a network: an unprivileged user, 1 GB, no real data, run over the server.

Without real data a chapter goes on with simulated data; only what real data would have shown is not compared. Every
chapter would take ten minutes: here are those that between them load every kind of data set, and
`python -m tests.setup.binder` runs all of them.
"""

import json
import re
import shutil
import subprocess
import sys
import time

import pytest

from tests.environment import ROOT, SIDE_BY_SIDE
from tests.notebooks.chapter import Chapter, chapter_paths, shown_text, tags
from tests.notebooks.test_run import most_seconds
from tests.setup import binder

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Binder's scripts are for a Unix shell"),
    pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="not a git checkout"),
]


def uses_real_data(path):
    return path.exists() and any("real-data" in tags(cell) for _, cell in Chapter.read(path).code)


OFFLINE = ("04", "05", "08", "09", "10")
CHAPTERS = [pytest.param(path, id=path.stem) for path in chapter_paths() if path.stem[:2] in OFFLINE]


def wanted(paths):
    """The data sets that these chapters would like to have."""
    sources = "\n".join(Chapter.read(path).sources for path in paths)
    return set(re.findall(r'load\(\s*"(\w+)",\s*source="available"', sources))


def test_every_data_set_is_missed_by_one_of_these_chapters():
    paths = [path.values[0] for path in CHAPTERS]
    assert all(map(uses_real_data, paths))
    assert len(wanted(paths)) > 5 and wanted(chapter_paths()) <= wanted(paths)


def test_the_stored_launch_ran_every_chapter_without_a_problem():
    stored = json.loads((ROOT / "tests/setup/binder.json").read_text(encoding="utf-8"))
    assert "--base" in stored["command"] and list(stored["chapters"]) == [path.stem for path in chapter_paths()]
    assert [one["problems"] for one in stored["chapters"].values()] == [[]] * len(stored["chapters"])
    assert stored["memory_limit_enforced"] and stored["memory_limit_mb"] == binder.MEMORY_MB and stored["killed"] == 0
    assert 0 < stored["peak_mb"] < binder.MEMORY_MB
    assert 0 < stored["seconds"]["server"] < 60 and stored["seconds"]["packages"] > 0


@pytest.fixture(scope="module")
def launch():
    with binder.launched() as launch:
        yield launch


def changed(chapter, notebook):
    """The compared cells that show something else than what is stored."""
    return [
        f"cell {number} shows\n{now}\nand stored is\n{before}"
        for number, cell in chapter.code
        if "nbval-check-output" in tags(cell) and "real-data" not in tags(cell)
        and (now := text(notebook.cells[number])) != (before := text(cell))
    ]  # fmt: skip


def text(cell):
    return "\n".join(shown_text(output) for output in cell.outputs).strip()


def test_the_page_that_the_badge_opens(launch):
    assert launch.server.page("lab/tree/notebooks/00_start_here.ipynb") == 200
    if launch.memory.enforced:
        assert launch.memory.peak_mb() < binder.MEMORY_MB


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_without_data_and_network(path, launch):
    began = time.monotonic()
    notebook, _first_reply, peak = launch.server.run(f"notebooks/{path.name}")
    seconds = time.monotonic() - began
    assert binder.problems(notebook) == []
    assert changed(Chapter.read(path), notebook) == []
    assert 0 < peak < binder.MEMORY_MB
    assert launch.memory.killed() == 0
    assert seconds < most_seconds(path) * SIDE_BY_SIDE


def test_a_kernel_that_dies_is_told(launch):
    name = "notebooks/dies.ipynb"
    code = {"cell_type": "code", "source": "import os; os._exit(1)", "metadata": {}, "outputs": []}
    content = {"cells": [code | {"execution_count": None}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    launch.server.api("PUT", f"contents/{name}", {"type": "notebook", "content": content})
    with pytest.raises(RuntimeError, match="the kernel died"):
        launch.server.run(name, cell_seconds=30)


def test_a_user_without_rights_cannot_write_elsewhere(tmp_path):
    tmp_path.chmod(0o500)
    command, who = binder.unprivileged(sys.executable)
    if who == "root":
        pytest.skip("no way here to go without root's rights")
    file = tmp_path / "file"
    done = subprocess.run([*command, sys.executable, "-c", f"open({str(file)!r}, 'w')"], capture_output=True)
    tmp_path.chmod(0o700)
    assert done.returncode and not file.exists()
