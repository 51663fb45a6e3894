"""How many pictures does a network need? Accuracy over pictures a class: a CNN, with augmentation, and an SVM.

    python -m course_lib.experiments.data_hunger

trains each of them on 10 to 1,000 pictures of each class, of real circuit boards and of simulated wafer maps, and
writes results/data_hunger.json: the mean and the standard deviation of the test accuracy over three seeds. It needs
Keras with TensorFlow, scikit-learn and the real boards; about 20 minutes on two cores of a laptop.

CNN: the reference network of chapter 6, 1,000 training steps for every size, so that no size gets more training than
another; "ten_epochs" is the same network after ten passes through its pictures, which is few steps when the pictures
are few (10 of each of 7 classes: 30 steps), and never more than 1,000. Augmentation: random flips and quarter turns.
SVM: radial basis functions on scaled pixels, C = 10, scikit-learn's other defaults. Each seed draws its own pictures;
the test pictures come from other boards and other wafers and are the same for all.
"""

import argparse
import concurrent.futures
import multiprocessing
import sys

import numpy as np

from course_lib import data
from course_lib.data.augment import augment
from course_lib.experiments import RESULTS, versions, write_result
from course_lib.experiments.reference import keras_network

SAMPLES = (10, 20, 40, 80, 160, 320, 640, 1000)  # of each class
SEEDS = (0, 1, 2)
STEPS, BATCH, EPOCHS = 1000, 32, 10
WAFER_TEST = 200  # of each class
COMMAND = "python -m course_lib.experiments.data_hunger"


def boards():
    train, test = data.load("boards")
    return train, test


def wafers():
    return data.simulate_wafer_maps(max(SAMPLES), rng=10), data.simulate_wafer_maps(WAFER_TEST, rng=11)


def choose(y, per_class, rng):
    """Return the numbers of `per_class` pictures of each class in random order; all of a class that has fewer."""
    some = [rng.permutation(np.flatnonzero(y == one))[:per_class] for one in np.unique(y)]
    return rng.permutation(np.concatenate(some))


def batches(x, y, steps, rng, augmented):
    """Return the pictures and classes of `steps` batches in a row: pass after pass, each in a new random order."""
    n = steps * BATCH
    order = np.concatenate([rng.permutation(len(x)) for _pass in range(-(-n // len(x)))])[:n]
    return (augment(x[order], rng) if augmented else x[order]), y[order]


def cnn_accuracy(x, y, test, classes, seed, augmented, steps=STEPS):
    model = keras_network(classes, seed)
    many_x, many_y = batches(x, y, steps, np.random.default_rng(seed), augmented)
    model.fit(many_x, many_y, batch_size=BATCH, shuffle=False, verbose=0)
    p = model.predict(test.x, batch_size=256, verbose=0)
    return float(np.mean(p.argmax(axis=1) == test.y))


def svm_accuracy(x, y, test):
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    svm = make_pipeline(StandardScaler(), SVC(C=10)).fit(x.reshape(len(x), -1), y)
    return float(svm.score(test.x.reshape(len(test), -1), test.y))


def measure(load, samples=SAMPLES, seeds=SEEDS, steps=STEPS, log=print):
    """Return {"samples", "pictures", "classes", "test", model -> {"mean", "std"}} of one data set."""
    train, test = load()
    classes = len(train.class_names)
    scores = {"cnn": [], "augmented": [], "ten_epochs": [], "svm": []}
    pictures = []
    for n in samples:
        one = {name: [] for name in scores}
        for seed in seeds:
            chosen = choose(train.y, n, np.random.default_rng(100 + seed))
            x, y = train.x[chosen], train.y[chosen]
            one["cnn"].append(cnn_accuracy(x, y, test, classes, seed, False, steps))
            one["augmented"].append(cnn_accuracy(x, y, test, classes, seed, True, steps))
            few = min(-(-len(x) // BATCH) * EPOCHS, steps)
            one["ten_epochs"].append(
                cnn_accuracy(x, y, test, classes, seed, False, few) if few < steps else one["cnn"][-1]
            )
            one["svm"].append(svm_accuracy(x, y, test))
        pictures.append(len(x))
        for name, values in one.items():
            scores[name].append(values)
        log(n, {name: [round(v, 3) for v in values] for name, values in one.items()}, flush=True)
    summary = {
        name: {"mean": np.mean(v, axis=1).round(4).tolist(), "std": np.std(v, axis=1, ddof=1).round(4).tolist()}
        for name, v in scores.items()
    }
    return {
        "samples": list(samples),
        "pictures": pictures,
        "classes": classes,
        "test": len(test),
        "source": train.source,
        **summary,
    }


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Measure the learning curves of the data-hunger widget.")
    parser.add_argument("--out", default=str(RESULTS / "data_hunger.json"), help="the file to write")
    out = parser.parse_args().out
    spawn = multiprocessing.get_context("spawn")  # a fresh TensorFlow for each data set, one core each
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        runs = {name: pool.submit(measure, load) for name, load in (("boards", boards), ("wafers", wafers))}
        measured = {name: run.result() for name, run in runs.items()}
    result = {
        "command": COMMAND,
        "seeds": list(SEEDS),
        "steps": STEPS,
        "batch_size": BATCH,
        "versions": versions("numpy", "keras", "scikit-learn"),
        "data": measured,
    }
    write_result(result, out)


if __name__ == "__main__":
    sys.exit(main())
