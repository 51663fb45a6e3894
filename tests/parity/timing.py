"""NumPy beside Keras, on the GPU where there is one: python -m tests.parity.timing [--seconds 10] [--json FILE].

The workloads are those of `tests.benchmarks`, which compares processors: there Keras never sees a GPU, and its best
settings are looked for. Here Keras runs as it comes, on TensorFlow or JAX. Both do the same `fit` and the same
`predict` of one sample in turn, round after round; given are the median over the rounds and the range.
"""

import argparse
import importlib
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from course_lib import nn
from tests.benchmarks.__main__ import WORKLOADS, spread

FEWEST = 3  # rounds
INFERENCES = 5


def contestants(workload, engine):
    """Return {"fit": (function, steps), "predict": (function, calls)} for nn or Keras."""
    x, y = workload.data(np.random.default_rng(0), workload.BATCH * workload.BATCHES)
    model = workload.model(engine)
    model.compile("adam", workload.LOSS)

    def predict():
        for _call in range(INFERENCES):
            model.predict(x[:1], verbose=0)

    return {
        "fit": (lambda: model.fit(x, y, batch_size=workload.BATCH, verbose=0), workload.BATCHES),
        "predict": (predict, INFERENCES),
    }


def measure(name, seconds):
    """Seconds for a step and for one sample, of both engines, and how many times longer NumPy takes."""
    import keras

    workload = importlib.import_module(f"tests.benchmarks.{name}")
    engine = SimpleNamespace(Sequential=keras.Sequential, **vars(keras.layers))
    both = {"NumPy": contestants(workload, nn), "Keras": contestants(workload, engine)}
    times = {what: {label: [] for label in both} for what in both["NumPy"]}
    for engine_runs in both.values():  # the first call compiles
        for run, _count in engine_runs.values():
            run()
    end = time.perf_counter() + seconds
    while len(times["fit"]["Keras"]) < FEWEST or time.perf_counter() < end:
        for label, engine_runs in both.items():
            for what, (run, count) in engine_runs.items():
                start = time.perf_counter()
                run()
                times[what][label].append((time.perf_counter() - start) / count)
    result = {"title": workload.TITLE}
    for what, seconds_of in times.items():
        ratios = [a / b for a, b in zip(seconds_of["NumPy"], seconds_of["Keras"], strict=True)]
        result[what] = {label: spread(values) for label, values in seconds_of.items()}
        result[what]["NumPy over Keras"] = spread(ratios)
    return result


def text(result):
    lines = [f"{'milliseconds a step (fit) or a sample (predict)':<62} NumPy     Keras   NumPy over Keras (range)"]
    for workload in result.values():
        lines.append(workload["title"])
        for what in ("fit", "predict"):
            ours, theirs, ratio = (workload[what][label] for label in ("NumPy", "Keras", "NumPy over Keras"))
            lines.append(
                f"  {what:<57} {ours['median'] * 1e3:8.2f}  {theirs['median'] * 1e3:8.2f}   "
                f"{ratio['median']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f})"
            )
    return "\n".join(lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.parity.timing", description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", default=WORKLOADS, help=f"some of {', '.join(WORKLOADS)}; else all")
    parser.add_argument("--seconds", type=float, default=10, help="time for each workload (default 10)")
    parser.add_argument("--json", type=Path, help="write the result to this file")
    options = parser.parse_args(arguments)
    if unknown := set(options.workloads) - set(WORKLOADS):
        parser.error(f"there is no workload {min(unknown)!r}; choose from {', '.join(WORKLOADS)}")
    result = {name: measure(name, options.seconds) for name in options.workloads}
    print(text(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
