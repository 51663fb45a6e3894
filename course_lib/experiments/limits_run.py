"""The limits, measured: simulated against real pictures, milliseconds for each engine, and exported models.

    python -m course_lib.experiments.limits_run

writes results/limits_run.json. It needs Keras with TensorFlow and the real boards; about 10 minutes on two quiet cores.

Transfer: the network of chapter 6 learns 1,000 steps on simulated boards (1,000 of each of the seven classes) and is
asked about real ones; then it learns 500 more steps on few real boards of each class, beside the same network that
starts from random weights. "simulated wafer maps" starts from ten classes of wafer maps instead, with a new last layer;
"turned": with random flips and quarter turns of the real pictures.
All with the same learning rate (a tenth of it for the second training, tried before, was worse from 20 pictures on).
Three seeds, each with its own pictures.

Speed: milliseconds for one picture in batches of 1 to 256, medians of many calls, NumPy, Keras's predict and a compiled
call; and for training steps. With a GPU that TensorFlow sees, the same there. Export: the trained network as .keras and
as TensorFlow Lite, with float32 and with int8 weights: size, largest difference of the answers, accuracy.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from course_lib import data, export
from course_lib.experiments import RESULTS, versions, write_result
from course_lib.experiments.data_hunger import batches, choose
from course_lib.experiments.reference import keras_network, numpy_network

COMMAND = "python -m course_lib.experiments.limits_run"
SEEDS, SAMPLES = (0, 1, 2), (5, 10, 20, 40, 80)
BEFORE, AFTER = 1000, 500  # training steps on simulated and on real pictures
SIZES = (1, 8, 32, 256)
WAYS = {  # what the network has learned before, and whether the real pictures are turned
    "random start": (None, False),
    "simulated wafer maps": ("wafers", False),
    "simulated boards": ("boards", False),
    "random start, turned": (None, True),
    "simulated boards, turned": ("boards", True),
}
PARTS = ("speed", "export", "transfer")


def accuracy(model, part):
    return float(np.mean(model.predict(part.x, batch_size=256, verbose=0).argmax(axis=1) == part.y))


def train(model, x, y, steps, seed, turned=False):
    many_x, many_y = batches(x, y, steps, np.random.default_rng(seed), augmented=turned)
    model.fit(many_x, many_y, batch_size=32, epochs=1, shuffle=False, verbose=0)
    return model


def with_weights(classes, seed, weights, new_last):
    """The network with these weights; with `new_last` its last layer starts anew."""
    model = numpy_network(classes, seed)
    model.set_weights([*weights[:-2], *model.get_weights()[-2:]] if new_last else weights)
    return model


def transfer(real, test, log=print, samples=SAMPLES, seeds=SEEDS, before=BEFORE, after=AFTER):
    """Return accuracies on real boards: of networks that saw simulated ones only, and after few real ones."""
    ways = {way: [] for way in WAYS}
    only = []
    for seed in seeds:
        boards = data.simulate_boards(per_class=1000, test_per_class=1, rng=seed)[0]
        wafers = data.simulate_wafer_maps(700, rng=seed)
        learned = {}
        for name, part, classes in (("boards", boards, 7), ("wafers", wafers, 10)):
            learned[name] = train(numpy_network(classes, seed), part.x, part.y, before, seed).get_weights()
        only.append(accuracy(with_weights(7, seed, learned["boards"], False), test))
        log(f"seed {seed}: simulated boards only {only[-1]:.1%} of the real ones", flush=True)
        for way, runs in ways.items():
            start, turned = WAYS[way]
            runs.append([])
            for n in samples:
                chosen = choose(real.y, n, np.random.default_rng(seed))
                if start is None:
                    model = numpy_network(7, seed)
                else:  # wafer maps have other classes: the last layer must be learned anew
                    model = with_weights(7, seed, learned[start], new_last=start == "wafers")
                train(model, real.x[chosen], real.y[chosen], after, seed, turned)
                runs[-1].append(accuracy(model, test))
            log(f"seed {seed}: {way} {runs[-1]}", flush=True)
    return {
        "samples": list(samples),
        "simulated only": {"mean": float(np.mean(only)), "std": float(np.std(only, ddof=1)) if len(only) > 1 else 0.0},
        "ways": {
            way: {
                "mean": np.mean(runs, axis=0).round(4).tolist(),
                "std": (np.std(runs, axis=0, ddof=1) if len(runs) > 1 else np.zeros(len(samples))).round(4).tolist(),
            }
            for way, runs in ways.items()
        },
    }


def milliseconds(call, seconds=1.5):
    """The median time of a call [ms], of as many calls as fit into `seconds`, the first three left out."""
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 8:
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times[3:]))


def speed(log=print, sizes=SIZES, seconds=1.5):
    """Return {engine: {"answer": [ms a batch], "step": [ms a batch]}} for batches of `sizes` pictures."""
    import tensorflow as tf

    found = {}
    rng = np.random.default_rng(0)
    parts = {n: (rng.random((n, 28, 28, 1), dtype=np.float32), rng.integers(0, 10, n)) for n in sizes}
    ours = numpy_network(10, 0)
    found["NumPy"] = {
        "answer": [milliseconds(lambda n=n: ours.predict(parts[n][0], batch_size=n), seconds) for n in sizes],
        "step": [milliseconds(lambda n=n: ours.train_on_batch(*parts[n]), seconds) for n in sizes],
    }
    gpu = bool(tf.config.list_physical_devices("GPU"))
    for place in ("CPU", "GPU") if gpu else ("CPU",):
        with tf.device(f"/{place}:0"):
            found |= tensorflow_times(place, parts, seconds)
    for engine, times in found.items():
        log(engine, {kind: np.round(values, 3).tolist() for kind, values in times.items()}, flush=True)
    return {"batch": list(sizes), "milliseconds": found, "GPU": gpu}


def tensorflow_times(place, parts, seconds):
    """The same for Keras's predict and a compiled call, on the device that is chosen."""
    import tensorflow as tf

    model = keras_network(10, 0)
    compiled = tf.function(lambda x: model(x, training=False))
    tensors = {n: tf.constant(x) for n, (x, _y) in parts.items()}

    def predict(n):
        return model.predict(parts[n][0], batch_size=n, verbose=0)

    return {
        f"Keras predict, {place}": {"answer": [milliseconds(lambda n=n: predict(n), seconds) for n in parts]},
        f"TensorFlow compiled, {place}": {
            "answer": [milliseconds(lambda n=n: compiled(tensors[n]).numpy(), seconds) for n in parts],
            "step": [milliseconds(lambda n=n: model.train_on_batch(*parts[n]), seconds) for n in parts],
        },
    }


def exports(train_part, test, log=print, steps=BEFORE):
    """Return the sizes, the differences and the accuracies of the trained network and of its exported forms."""
    model = keras_network(7, 0)
    model.set_weights(train(numpy_network(7, 0), train_part.x, train_part.y, steps, 0).get_weights())
    answers = model.predict(test.x, batch_size=256, verbose=0)

    def compared(size, other):
        return {
            "bytes": size,
            "largest difference": float(np.abs(other - answers).max()),
            "accuracy": float(np.mean(other.argmax(axis=1) == test.y)),
            "other answers": int(np.sum(other.argmax(axis=1) != answers.argmax(axis=1))),
        }

    found = {"in memory": compared(sum(w.nbytes for w in model.get_weights()), answers)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "boards.keras"
        size = export.save_model(model, path)
        found[".keras"] = compared(size, export.load_model(path).predict(test.x, batch_size=256, verbose=0))
    for name, int8 in (("TensorFlow Lite, float32", False), ("TensorFlow Lite, int8 weights", True)):
        content = export.to_tflite(model, int8)
        found[name] = compared(len(content), export.tflite_predict(content, test.x))
    for name, one in found.items():
        log(name, one, flush=True)
    return {"test": len(test), "forms": found}


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Measure the limits of chapter 12.")
    parser.add_argument("--out", default=str(RESULTS / "limits_run.json"), help="the file to write")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="the others are kept from the file")
    given = parser.parse_args()
    real, test = data.load("boards", source="real")
    out = Path(given.out)
    kept = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    measure = {"speed": speed, "export": lambda: exports(real, test), "transfer": lambda: transfer(real, test)}
    result = {
        "command": COMMAND,
        "seeds": list(SEEDS),
        "steps": {"simulated": BEFORE, "real": AFTER},
        "versions": versions("numpy", "keras"),
        "source": real.source,
    }
    result |= {name: measure[name]() if name in given.parts else kept[name] for name in PARTS}
    write_result(result, out)


if __name__ == "__main__":
    sys.exit(main())
