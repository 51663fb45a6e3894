"""Importing the reference is quick and loads nothing heavy."""

import json
import os
import subprocess
import sys

from tests.environment import ROOT

CODE = """
import json, sys, time
import numpy
start = time.perf_counter()
import course_lib.nn
seconds = time.perf_counter() - start
heavy = [m for m in ("tensorflow", "keras", "matplotlib", "pandas", "IPython", "scipy", "sklearn") if m in sys.modules]
print(json.dumps([seconds, heavy]))
"""


def test_import_is_quick_and_light():
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    runs = [json.loads(subprocess.check_output([sys.executable, "-c", CODE], env=env)) for _ in range(3)]
    assert runs[0][1] == []
    assert min(seconds for seconds, _heavy in runs) < 0.3
