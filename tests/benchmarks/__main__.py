"""Time the NumPy reference against TensorFlow: python -m tests.benchmarks [WORKLOAD ...] [--short] [--json FILE].

All contestants run in turn, round after round; printed are the median over the rounds and the range from the quickest
to the slowest round. The ratio is taken within each round, against the quickest setting of `keras.Model.fit`, and then
the median of the rounds: other work on the machine slows both sides of a round. Processor time is that of all threads
together; it depends much less on what else the machine does.

The short form leaves out XLA, other thread numbers and large batches, and takes less than a minute.
"""

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from course_lib.experiments import write_result
from tests.environment import ROOT

WORKLOADS = ["mlp", "cnn", "cnn_256", "rnn", "lstm"]  # each a module beside this one
ENGINES = [("numpy", 0), ("tensorflow", 0), ("tensorflow", 1)]  # engine, threads (0: its own choice)
SHORT_WORKLOADS, SHORT_SECONDS = ["mlp", "cnn", "rnn", "lstm"], 4
GROUPS = {  # of contestants that do the same work; the quickest of each is who NumPy is compared with
    "fit": ("fit", "fit, XLA"),
    "fit, steps_per_execution=32": ("fit, steps_per_execution=32",),
    "train_on_batch": ("train_on_batch",),
    "tf.function": ("tf.function", "tf.function, XLA"),
    "predict": ("predict",),
    "call": ("call of a tf.function", "call of a tf.function, XLA"),
}
ONE = ("predict", "call")  # a single sample through the network; the others are training steps
WHAT = {
    "fit": "a step of keras.Model.fit, best of thread numbers and XLA",
    "fit, steps_per_execution=32": "fit with 32 steps in one call: callbacks see every 32nd batch only",
    "tf.function": "a training step compiled with tf.function",
    "predict": "keras.Model.predict of one sample",
    "call": "a compiled call of one sample",
}
PAUSE = 0.3  # seconds before another process starts, so that the threads of the last one have gone to sleep
IMPORT_TARGET = 0.3  # seconds beyond NumPy
MEMORY = """
import importlib, sys, tracemalloc
import numpy as np
from course_lib import nn
workload = importlib.import_module(f"tests.benchmarks.{sys.argv[1]}")
x, y = workload.data(np.random.default_rng(0), workload.BATCH)
tracemalloc.start()
model = workload.model(nn)
model.compile("adam", workload.LOSS)
for _step in range(3):
    model.train_on_batch(x, y)
print(tracemalloc.get_traced_memory()[1])
"""
IMPORT = """
import time, numpy
start = time.perf_counter()
import course_lib.nn
print(time.perf_counter() - start)
"""


class Worker:
    """A process that holds one engine with one thread setting."""

    def __init__(self, engine, threads, length, workloads):
        self.label = "NumPy" if engine == "numpy" else "Keras, 1 thread" if threads else "Keras"
        self.engine = engine
        env = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "-1"}
        env.pop("TF_ENABLE_ONEDNN_OPTS", None)  # oneDNN on: TensorFlow at its best
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker", engine, str(threads), length, *workloads],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=env,
            cwd=ROOT,
        )

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The process for {self.label} ended early (exit code {self.process.wait()}).")
        return json.loads(line)

    def time(self, workload, contestant):
        print(json.dumps([workload, contestant]), file=self.process.stdin, flush=True)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def machine():
    """One line about the computer."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0] if names else cpu
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{cpu}, {os.cpu_count()} cores{load}, Python {platform.python_version()}, {platform.system()}"


def spread(values):
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "rounds": len(values)}


def import_time(rounds=5):
    """Seconds that `import course_lib.nn` takes after NumPy, each in a fresh process."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", IMPORT]
    return spread([float(subprocess.check_output(command, env=env, cwd=ROOT)) for _round in range(rounds)])


def memory(workload):
    """The most bytes that NumPy holds in three training steps: weights, optimizer and work arrays, without the data."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return int(subprocess.check_output([sys.executable, "-c", MEMORY, workload], env=env, cwd=ROOT))


def measure(workloads, seconds, short=False):
    """Return versions and, for each workload, the (wall, processor) seconds per step in each round.

    There are at least three rounds, and more while the time lasts.
    """
    engines = ENGINES[:2] if short else ENGINES
    workers = [Worker(engine, threads, "short" if short else "long", workloads) for engine, threads in engines]
    ready = [worker.answer() for worker in workers]
    times = {workload: {} for workload in workloads}
    end = time.perf_counter() + seconds
    rounds, longest = 0, 0.0
    while rounds < 3 or time.perf_counter() + longest < end:
        start = time.perf_counter()
        for workload in workloads:
            for worker, about in zip(workers, ready, strict=True):
                time.sleep(PAUSE)
                for contestant in about["contestants"][workload]:
                    taken = worker.time(workload, contestant)
                    times[workload].setdefault((worker.engine, worker.label, contestant), []).append(taken)
        rounds, longest = rounds + 1, max(longest, time.perf_counter() - start)
    for worker in workers:
        worker.close()
    return sorted({about["versions"] for about in ready}), times


def groups_of(times):
    """The groups that were measured, in the order of `GROUPS`."""
    return [group for group, names in GROUPS.items() if any(label[2] in names for label in times)]


def summary(times, targets):
    """The figures of one workload, and the ratio of NumPy to the best setting of each way to use TensorFlow."""
    wall = {label: [w for w, _processor in rounds] for label, rounds in times.items()}
    processor = {label: [p for _wall, p in rounds] for label, rounds in times.items()}

    def ratio(seconds, group):
        ours = ("numpy", "NumPy", "predict" if group in ONE else "fit")
        theirs = {label: s for label, s in seconds.items() if label[0] == "tensorflow" and label[2] in GROUPS[group]}
        best = min(theirs, key=lambda label: statistics.median(theirs[label]))
        values = [a / b for a, b in zip(seconds[ours], theirs[best], strict=True)]
        return spread(values) | {"against": f"{best[1]}: {best[2]}"}

    there = groups_of(times)
    ratios = {group: ratio(wall, group) for group in there}
    return {
        "seconds": {
            f"{label}: {name}": spread(seconds) | {"processor": spread(processor[engine, label, name])}
            for (engine, label, name), seconds in wall.items()
        },
        "numpy_over_keras": ratios,
        "numpy_over_keras_processor_time": {group: ratio(processor, group) for group in there},
        "targets": targets,
        "reached": {name: ratios[name]["median"] <= target for name, target in targets.items()},
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help=f"some of {', '.join(WORKLOADS)}; else all")
    parser.add_argument("--short", action="store_true", help=f"under a minute: {', '.join(SHORT_WORKLOADS)}")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE, too")
    parser.add_argument(
        "--import", action="store_true", dest="only_import", help="only the time of import course_lib.nn"
    )
    parser.add_argument("--seconds", type=float, help=f"time for each workload (default 20; short {SHORT_SECONDS})")
    options = parser.parse_args(arguments)
    if unknown := set(options.workloads) - set(WORKLOADS):
        parser.error(f"there is no workload {min(unknown)!r}; choose from {', '.join(WORKLOADS)}")
    workloads = options.workloads or (SHORT_WORKLOADS if options.short else WORKLOADS)
    seconds = options.seconds or (SHORT_SECONDS if options.short else 20)
    start = time.perf_counter()
    result = {"machine": machine(), "import_course_lib_nn_seconds": import_time() | {"target": IMPORT_TARGET}}
    if not options.only_import:
        result["workloads"] = {}
        # Long: one after the other, because five networks in one process would share its memory.
        for together in [workloads] if options.short else [[name] for name in workloads]:
            result["versions"], times = measure(together, seconds * len(together), options.short)
            for name in together:
                result["workloads"][name] = described(name, times[name])
    result["benchmark_seconds"] = round(time.perf_counter() - start, 1)
    print(text(result))
    if options.json:
        write_result(
            {"command": f"python -m tests.benchmarks {' '.join(arguments or sys.argv[1:])}"} | result, options.json
        )


def described(name, times):
    """Title, memory, times and ratios of one workload, and which targets it reached."""
    workload = importlib.import_module(f"tests.benchmarks.{name}")
    targets = dict(workload.TARGETS)
    if "fit" in targets:
        targets["fit, steps_per_execution=32"] = targets["fit"]
    targets = {group: most for group, most in targets.items() if group in groups_of(times)}
    return {"title": workload.TITLE, "peak_bytes": memory(name)} | summary(times, targets)


def text(result):
    lines = [result["machine"], *result.get("versions", [])]
    seconds = result["import_course_lib_nn_seconds"]
    lines.append(
        f"import course_lib.nn beyond NumPy: {seconds['median'] * 1e3:.0f} ms "
        f"({seconds['low'] * 1e3:.0f} to {seconds['high'] * 1e3:.0f}), target under {seconds['target'] * 1e3:.0f} ms"
    )
    for workload in result.get("workloads", {}).values():
        lines += ["", workload["title"], f"{'milliseconds':<46} median   (range of the rounds)   processor"]
        for name, t in workload["seconds"].items():
            low_high = f"({t['low'] * 1e3:.2f} to {t['high'] * 1e3:.2f})"
            processor = t["processor"]["median"] * 1e3
            lines.append(f"  {name:<42} {t['median'] * 1e3:8.2f}   {low_high:<21} {processor:10.2f}")
        for key, what in (("numpy_over_keras", "time"), ("numpy_over_keras_processor_time", "processor time")):
            lines.append(f"NumPy over the best of TensorFlow, {what}")
            for name, r in workload[key].items():
                low_high = f"({r['low']:.3f} to {r['high']:.3f})"
                lines.append(f"  {name:<42} {r['median']:8.3f}   {low_high:<21} against {r['against']}")
        lines.append(f"NumPy's peak memory in training steps: {workload['peak_bytes'] / 1e6:.1f} MB above the data")
        for name, target in workload["targets"].items():
            ratio, verdict = workload["numpy_over_keras"][name]["median"], workload["reached"][name]
            verdict = "reached" if verdict else "NOT reached"
            lines.append(f"target: at most {target:g} of {WHAT[name]}: {ratio:.3f}, {verdict}")
    return "\n".join([*lines, "", f"took {result['benchmark_seconds']:.0f} s"])


if __name__ == "__main__":
    main()
