"""Where things are, and the environment that every test, kernel and JupyterLab of this repository runs in."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SCREENSHOTS = ROOT / "build" / "screenshots"

# TensorFlow prints a page of start-up lines, and oneDNN reorders sums: both would show up in stored outputs.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}


def data_folder():
    """The folder with the real data sets, or None: `COURSE_DATA`, else `shared/data` beside the repository."""
    given = os.environ.get("COURSE_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    return folder.resolve() if folder.is_dir() else None


def course_environment(progress):
    """The variables to set: quiet TensorFlow, the data folder where there is one, a progress file that is not yours."""
    # COURSE_BLOCK: a training monitor waits for the end, so that the stored picture shows all of it.
    wanted = QUIET | {"COURSE_PROGRESS": str(Path(progress) / "progress.json"), "COURSE_BLOCK": "1"}
    if data := data_folder():
        wanted["COURSE_DATA"] = str(data)
    return wanted


def kernel_environment(scratch):
    """A full environment for a kernel, a JupyterLab or a nested pytest; its personal files go to `scratch`.

    A kernel shows pictures in the notebook only when `MPLBACKEND` is not set, and it must find the course without an
    installation.
    """
    env = os.environ | course_environment(scratch)
    env.pop("MPLBACKEND", None)
    env["IPYTHONDIR"] = str(Path(scratch) / "ipython")  # nobody's own start-up files
    env["PYTHONPATH"] = os.pathsep.join(p for p in (str(ROOT), env.get("PYTHONPATH")) if p)
    return env
