"""The ten-class network of chapter 6 trained in full: ten epochs on all pictures, in NumPy and in Keras.

    python -m course_lib.experiments.full_run

trains the reference network on 10,000 simulated wafer maps and on all 7,861 pictures of real circuit boards, with and
without random flips and quarter turns, and writes results/full_run.json: the history of each training and the accuracy
on test pictures from other wafers and other boards. The validation part is split off by wafer or by board image. It
needs Keras with TensorFlow and the real boards; about 15 minutes on two cores.
"""

import argparse
import sys
import time

import numpy as np

from course_lib import data
from course_lib.data.augment import augment
from course_lib.experiments import RESULTS, versions, write_result
from course_lib.experiments.reference import keras_network, numpy_network

EPOCHS, BATCH = 10, 32
SEEDS = (0, 1, 2)
COMMAND = "python -m course_lib.experiments.full_run"


def wafers():
    return data.simulate_wafer_maps(1000, rng=0), data.simulate_wafer_maps(200, rng=1)


def boards():
    return data.load("boards")


def train(make, parts, seed, augmented=False):
    """Train one network; return its history, its test accuracy and its confusion matrix (rows: true classes)."""
    fitted, validation, test = parts
    model = make(len(test.class_names), seed)
    rng, start = np.random.default_rng(seed), time.perf_counter()
    history = {}
    for _epoch in range(EPOCHS):
        order = rng.permutation(len(fitted))
        x = augment(fitted.x[order], rng) if augmented else fitted.x[order]
        one = model.fit(
            x, fitted.y[order], batch_size=BATCH, epochs=1, shuffle=False, verbose=0,
            validation_data=(validation.x, validation.y),
        ).history  # fmt: skip
        for name, values in one.items():
            history.setdefault(name, []).append(round(float(values[0]), 4))
    answers = model.predict(test.x, batch_size=256, verbose=0).argmax(axis=1)
    classes = len(test.class_names)
    matrix = np.bincount(test.y * classes + answers, minlength=classes**2).reshape(classes, classes)
    return {
        "seed": seed,
        "history": history,
        "test_accuracy": round(float(np.mean(answers == test.y)), 4),
        "balanced_accuracy": round(float(np.mean(np.diag(matrix) / matrix.sum(axis=1))), 4),
        "confusion_matrix": matrix.tolist(),
        "about_seconds": round(time.perf_counter() - start),
    }


def measure(load, seeds=SEEDS, log=print):
    """Return the runs of one data set: {"numpy", "keras", "keras, augmented"} -> one result for each seed."""
    pictures, test = load()
    fitted, validation = data.split_by_group(pictures, (0.9, 0.1), rng=0, stratify=False)
    runs = {"numpy": [], "keras": [], "keras, augmented": []}
    for seed in seeds:
        runs["numpy"].append(train(numpy_network, (fitted, validation, test), seed))
        runs["keras"].append(train(keras_network, (fitted, validation, test), seed))
        runs["keras, augmented"].append(train(keras_network, (fitted, validation, test), seed, augmented=True))
        log({name: one[-1]["test_accuracy"] for name, one in runs.items()}, flush=True)
    return {
        "source": test.source,
        "class_names": list(test.class_names),
        "pictures": {"train": len(fitted), "validation": len(validation), "test": len(test)},
        "runs": runs,
    }


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Train the network of chapter 6 in full.")
    parser.add_argument("--out", default=str(RESULTS / "full_run.json"), help="the file to write")
    out = parser.parse_args().out
    result = {
        "command": COMMAND,
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "versions": versions("numpy", "keras"),
        "data": {name: measure(load) for name, load in (("boards", boards), ("wafers", wafers))},
    }
    write_result(result, out)


if __name__ == "__main__":
    sys.exit(main())
