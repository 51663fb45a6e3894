"""Set the environment before anything is imported: TensorFlow reads it once, on import."""

import os
import tempfile

from tests.environment import course_environment

SCRATCH = tempfile.TemporaryDirectory(prefix="course_tests_")  # goes when this process ends

os.environ.update(course_environment(SCRATCH.name))
os.environ.setdefault("MPLBACKEND", "Agg")  # for a machine without a screen; kernels drop it (see environment.py)
