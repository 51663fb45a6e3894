"""Where things are, and the environment that every test, kernel and JupyterLab of this repository runs in."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SCREENSHOTS = ROOT / "build" / "screenshots"

# TensorFlow prints a page of start-up lines, and oneDNN reorders sums: both would show up in stored outputs.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}

# Of tests side by side on the same cores each gets one thread: more would wait for each other, and take the time of the
# test beside them (measured: a chapter takes a fifth less processor time so).
SIDE_BY_SIDE = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def data_folder():
    """The folder with the real data sets, or None: `COURSE_DATA`, else `shared/data` beside the repository."""
    given = os.environ.get("COURSE_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    return folder.resolve() if folder.is_dir() else None


def missing_real_data():
    """The files of the catalogue that `data_folder` does not hold as they should be; empty when all are there."""
    from course_lib.data import CATALOGUE

    def is_there(folder, file):
        path = folder / file.name
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256

    here = data_folder()
    files = [(data_set.folder, file) for data_set in CATALOGUE.values() for file in data_set.files]
    return [f"{folder}/{file.name}" for folder, file in files if here is None or not is_there(here / folder, file)]


def course_environment(progress):
    """The variables to set: quiet TensorFlow, the data folder where there is one, a progress file that is not yours."""
    # COURSE_BLOCK: a training monitor waits for the end, so that the stored picture shows all of it.
    wanted = QUIET | {"COURSE_PROGRESS": str(Path(progress) / "progress.json"), "COURSE_BLOCK": "1"}
    if SIDE_BY_SIDE > 1:
        wanted |= dict.fromkeys(THREADS, "1")
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
