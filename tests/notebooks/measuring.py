"""A pytest plugin for the runs of `test_run.py`: what nbval does not do itself.

Asks the kernel for the most memory it held, notes the seconds of each cell and which failed, fails a cell that warns,
and leaves the output of cells tagged `real-data` alone where there are no real data. Writes what it measured to the
file in `COURSE_MEASURED`.
"""

import json
import os
from pathlib import Path

import pytest

from tests.environment import data_folder
from tests.notebooks.chapter import tags
from tests.notebooks.kernel import PEAK_MB, ask
from tests.notebooks.rules import noise

MEASURED = {"cells": {}, "failed": []}


def pytest_collection_modifyitems(items):
    if data_folder() is None:
        for item in items:
            if "real-data" in tags(item.cell):
                item.options["check"] = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    try:
        result = yield
        if found := [f"The cell {what}" for output in item.test_outputs if (what := noise(output))]:
            item.raise_cell_error("\n".join(found))  # compared or not: a learner would see it
        return result
    finally:
        kernel = item.parent.kernel
        if kernel.is_alive():
            MEASURED["peak_mb"] = float(ask(kernel.km, kernel.kc, PEAK_MB, "_peak_mb"))


def pytest_runtest_logreport(report):
    if report.when == "call":
        cell = report.nodeid.rpartition("::")[2]
        MEASURED["cells"][cell] = round(report.duration, 2)
        if report.failed:
            MEASURED["failed"].append(cell)


def pytest_sessionfinish():
    Path(os.environ["COURSE_MEASURED"]).write_text(json.dumps(MEASURED), encoding="utf-8")
