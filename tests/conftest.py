"""Set the environment before anything is imported: TensorFlow reads it once, on import."""

import os
import tempfile

from tests.environment import course_environment, data_folder

SCRATCH = tempfile.TemporaryDirectory(prefix="course_tests_")  # goes when this process ends

os.environ.update(course_environment(SCRATCH.name))
if data_folder() is None:
    os.environ.setdefault("COURSE_OFFLINE", "1")  # tests download nothing; what needs real data is left out
os.environ.setdefault("MPLBACKEND", "Agg")  # for a machine without a screen; kernels drop it (see environment.py)
