"""All that is to be known of a device: python -m tests.parity.on_device [--models 1000] [--folder FOLDER].

Runs the parity suite, the fuzz and the timing one after the other, on the GPU where Keras finds one, and stores one
JSON file named after the device, such as gpu-nvidia-l4-tensorflow.json. KERAS_BACKEND=jax for JAX.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from tests.benchmarks.__main__ import machine
from tests.environment import ROOT

FOLDER = Path(__file__).with_name("devices")


def call(module, *arguments):
    """Run python -m MODULE, its lines shown as they come; return the exit code and the seconds."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}
    start = time.perf_counter()
    print(f"\n{module} {' '.join(arguments)}", flush=True)
    code = subprocess.call([sys.executable, "-m", module, *arguments], cwd=ROOT, env=env)
    return code, round(time.perf_counter() - start, 1)


def suite(folder, arguments):
    """Run the parity suite: how many tests there were, and which did not pass, each skipped one with its reason."""
    report = folder / "suite.xml"
    code, seconds = call("pytest", "-q", f"--junitxml={report}", *arguments)
    if not report.exists():
        raise SystemExit(f"pytest ended with {code} and left no report: there is nothing to store.")
    cases = list(ElementTree.parse(report).iter("testcase"))

    def those(*kinds):
        found = [(f"{case.get('classname')}.{case.get('name')}", case.find(kind)) for case in cases for kind in kinds]
        return {name: why.get("message") for name, why in found if why is not None}

    return {"tests": len(cases), "failed": those("failure", "error"), "skipped": those("skipped"), "seconds": seconds}


def stored(folder, module, *arguments):
    """What a command wrote as JSON, or None where it ended early."""
    file = folder / f"{module.split('.')[-1]}.json"
    code, _seconds = call(module, "--json", str(file), *arguments)
    if not file.exists():
        raise SystemExit(f"{module} ended with {code} and left no result: there is nothing to store.")
    return json.loads(file.read_text(encoding="utf-8"))


def file_name(result):
    """gpu-nvidia-l4-tensorflow.json"""
    backend = "jax" if "(JAX " in result["engine"] else "tensorflow"
    return re.sub("[^a-z0-9]+", "-", f"{result['device']} {backend}".lower()).strip("-") + ".json"


def measure(models, seconds, tests):
    """Everything about this device, as a dict that JSON can hold."""
    with tempfile.TemporaryDirectory(prefix="course_device_") as name:
        folder = Path(name)
        fuzz = stored(folder, "tests.parity.fuzz", "--models", str(models))
        return {
            "device": fuzz["device"],
            "engine": fuzz["engine"],
            "machine": machine(),
            "suite": suite(folder, tests),
            "fuzz": fuzz,
            "timing": stored(folder, "tests.parity.timing", "--seconds", str(seconds)),
        }


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.parity.on_device", description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=1000, help="models of the fuzz (default 1000)")
    parser.add_argument("--seconds", type=float, default=10, help="timing of each workload (default 10)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the file goes (default %(default)s)")
    parser.add_argument("--tests", nargs="+", default=["tests/parity"], help="what pytest runs (default tests/parity)")
    options = parser.parse_args(arguments)
    result = measure(options.models, options.seconds, options.tests)
    options.folder.mkdir(parents=True, exist_ok=True)
    file = options.folder / file_name(result)
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    failed = len(result["suite"]["failed"]), len(result["fuzz"]["failures"])
    print(f"{result['engine']} on {result['device']}: {failed[0]} tests and {failed[1]} models differ. Stored: {file}")
    return any(failed)


if __name__ == "__main__":
    sys.exit(main())
