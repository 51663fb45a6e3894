"""How time and memory of a training step grow: python -m tests.benchmarks.growth [AXIS ...] [--json FILE].

One size at a time is doubled: the batch, the side of the image, the channels, the length of the sequence. NumPy and
Keras's train_on_batch take turns; printed are the medians, NumPy's peak memory (weights, optimizer and work arrays,
without the data), and the exponent p of the fit cost = constant * size^p over the upper sizes.
"""

import argparse
import os
import statistics
import sys
import time
import tracemalloc
from types import SimpleNamespace

import numpy as np

from course_lib import nn
from course_lib.experiments import write_result
from tests.benchmarks.__main__ import machine

SIZES = {
    "batch size": (8, 16, 32, 64, 128, 256),
    "image side": (14, 28, 56, 112),
    "channels": (8, 16, 32, 64, 128),
    "sequence length": (12, 25, 50, 100, 200),
}
UPPER = 3  # the exponent is that of so many largest sizes: below them the fixed cost of a call shows


def cnn(engine, side, channels):
    return engine.Sequential(
        [
            engine.Input((side, side, 1)),
            engine.Conv2D(channels, (3, 3), activation="relu"),
            engine.MaxPooling2D((2, 2)),
            engine.Conv2D(channels, (3, 3), activation="relu"),
            engine.GlobalAveragePooling2D(),
            engine.Dense(10, activation="softmax"),
        ]
    )


def rnn(engine, length):
    return engine.Sequential([engine.Input((length, 24)), engine.SimpleRNN(64), engine.Dense(10, activation="softmax")])


def workload(axis, size):
    """Return (build(engine), x, y) with `size` along `axis` and the usual sizes otherwise."""
    rng = np.random.default_rng(0)
    batch = size if axis == "batch size" else 32
    y = rng.integers(0, 10, batch)
    if axis == "sequence length":
        return lambda engine: rnn(engine, size), rng.random((batch, size, 24), dtype="float32"), y
    side, channels = (size if axis == "image side" else 28), (size if axis == "channels" else 16)
    return lambda engine: cnn(engine, side, channels), rng.random((batch, side, side, 1), dtype="float32"), y


def keras_engine():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    return SimpleNamespace(Sequential=keras.Sequential, **{n: getattr(keras.layers, n) for n in dir(keras.layers)})


def compiled(model):
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def peak_bytes(axis, size):
    """The most bytes that NumPy holds in three steps, beyond the data."""
    build, x, y = workload(axis, size)
    tracemalloc.start()
    model = compiled(build(nn))
    for _step in range(3):
        model.train_on_batch(x, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def step_seconds(axis, size, engines, seconds):
    """`{engine: [seconds of a step]}`, the engines in turn, for `seconds` and at least three rounds."""
    build, x, y = workload(axis, size)
    models = {name: compiled(build(engine)) for name, engine in engines.items()}
    times = {name: [] for name in engines}
    for model in models.values():
        for _warm in range(3):
            model.train_on_batch(x, y)
    end, rounds = time.perf_counter() + seconds, 0
    while rounds < 3 or time.perf_counter() < end:
        for name, model in models.items():
            began = time.perf_counter()
            model.train_on_batch(x, y)
            times[name].append(time.perf_counter() - began)
        rounds += 1
    return times


def exponent(sizes, values):
    """Return p of value = constant * size^p (least squares of the logarithms)."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def measure(axis, engines, seconds):
    """Rows and exponents of one axis."""
    rows = []
    for size in SIZES[axis]:
        times = step_seconds(axis, size, engines, seconds)
        medians = {name: statistics.median(values) for name, values in times.items()}
        rows.append({"size": size, "seconds": medians, "numpy_peak_bytes": peak_bytes(axis, size)})
    upper = rows[-UPPER:]
    sizes = [row["size"] for row in upper]
    powers = {name: exponent(sizes, [row["seconds"][name] for row in upper]) for name in engines}
    memory = exponent(sizes, [row["numpy_peak_bytes"] for row in upper])
    return {"rows": rows, "time_exponent": powers, "memory_exponent": memory}


def text(result):
    lines = [result["machine"]]
    for axis, found in result["axes"].items():
        names = list(found["time_exponent"])
        lines += ["", f"{axis:<16}" + "".join(f"{name + ' ms':>12}" for name in names) + f"{'NumPy MB':>12}"]
        for row in found["rows"]:
            times = "".join(f"{row['seconds'][name] * 1e3:12.2f}" for name in names)
            lines.append(f"{row['size']:<16}{times}{row['numpy_peak_bytes'] / 1e6:12.2f}")
        powers = "".join(f"{found['time_exponent'][name]:12.2f}" for name in names)
        lines.append(f"{'grows as size^':<16}{powers}{found['memory_exponent']:12.2f}")
    return "\n".join(lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__.splitlines()[0])
    parser.add_argument("axes", nargs="*", help=f"some of {', '.join(map(repr, SIZES))}; else all")
    parser.add_argument("--seconds", type=float, default=1.5, help="time for each size (default 1.5)")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE, too")
    options = parser.parse_args(arguments)
    if unknown := set(options.axes) - set(SIZES):
        parser.error(f"there is no axis {min(unknown)!r}; choose from {', '.join(map(repr, SIZES))}")
    engines = {"NumPy": nn, "Keras": keras_engine()}
    began = time.perf_counter()
    result = {
        "command": " ".join(["python -m tests.benchmarks.growth", *(arguments or sys.argv[1:])]),
        "machine": machine(),
        "axes": {axis: measure(axis, engines, options.seconds) for axis in options.axes or SIZES},
    }
    result["growth_seconds"] = round(time.perf_counter() - began, 1)
    print(text(result))
    if options.json:
        write_result(result, options.json)


if __name__ == "__main__":
    main()
