"""Set the environment before anything is imported: TensorFlow reads it once, on import."""

import os
import signal
import tempfile

import pytest

from tests.environment import course_environment, data_folder, missing_real_data

SCRATCH = tempfile.TemporaryDirectory(prefix="course_tests_")  # goes when this process ends

os.environ.update(course_environment(SCRATCH.name))
if data_folder() is None:
    os.environ.setdefault("COURSE_OFFLINE", "1")  # tests download nothing; what needs real data is left out
os.environ.setdefault("MPLBACKEND", "Agg")  # for a machine without a screen; kernels drop it (see environment.py)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job hears no Ctrl-C, and tests press it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """The notebooks first: on several cores they take the longest, and would be left for one core at the end."""
    items.sort(key=lambda item: item.path.name != "test_run.py")


def pytest_configure():
    """Where real data are a must (`COURSE_REAL_DATA=required`), a run on the simulator alone does not start."""
    if os.environ.get("COURSE_REAL_DATA") == "required" and (missing := missing_real_data()):
        raise pytest.UsageError(
            f"COURSE_REAL_DATA=required, but {', '.join(missing)} is not there or not the original. "
            "Set COURSE_DATA to the folder that holds it (looked for without it: ../shared/data)."
        )
