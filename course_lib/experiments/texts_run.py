"""The text models of chapter 9 trained in full: counted letters with an SVM, a mean of embeddings, SimpleRNN and GRU.

    python -m course_lib.experiments.texts_run

trains them on three sets of labels (maintenance phrases with the published split; work orders with typed labels, and
with labels made by rules), the networks on both engines and from three starts each, and writes results/texts_run.json.
The number of epochs is the same for all networks of a set and was fixed beforehand; the weights are those after the
last epoch: nothing is chosen by the test texts. Then it trains on more and more texts, simulated ones and the typed
work orders: from how many on does a network pay? It needs Keras with TensorFlow and the real data; about 15 minutes on
two cores.
"""

import argparse
import sys
import time

import numpy as np

from course_lib import data
from course_lib.experiments import RESULTS, versions, write_result
from course_lib.experiments.reference import keras_reader, numpy_reader
from course_lib.text import build_vocabulary, tokenize

SETS = {  # title: (name, options, epochs)
    "phrases": ("maintenance_phrases", {}, 40),
    "typed labels": ("work_orders", {"label": "FuncLocation"}, 8),
    "rule-made labels": ("work_orders", {"label": "MajorSystem"}, 8),
}
READERS = ("mean", "SimpleRNN", "GRU")
ENGINES = {"numpy": numpy_reader, "keras": keras_reader}
SEEDS = (0, 1, 2)
SIZES = {"simulated": (100, 200, 500, 1000, 2000, 5000, 10000), "typed labels": (100, 200, 500, 1000, 2000, 2816)}
STEPS = 1000  # of training, on every number of texts
BATCH = 32
COMMAND = "python -m course_lib.experiments.texts_run"


def baseline(texts, y, letters=True):
    """Return TF-IDF with a linear SVM, fitted: of groups of 2 to 5 letters inside the words, or of whole words."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    counted = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)) if letters else TfidfVectorizer(analyzer=tokenize)
    return make_pipeline(counted, LinearSVC()).fit(list(texts), y)


def encoded(parts):
    """Return the tokens of each part, and the size of the vocabulary of the first; words of one text are unknown."""
    vocabulary = build_vocabulary(parts[0].texts, min_count=2)
    length = max(len(tokenize(text)) for text in parts[0].texts)
    return [vocabulary.encode(part.texts, length, allow_unknown=True) for part in parts], len(vocabulary)


def right(model, x, y):
    """The share of right answers."""
    return round(float(np.mean(np.argmax(model.predict(x, verbose=0), axis=1) == y)), 4)


def train(make, reader, parts, tokens, size, seed, epochs):
    """Train one network; return its accuracies on the validation and the test texts, and about how long it took."""
    fitted, validation, test = parts
    x, x_validation, x_test = (part.astype("int32") for part in tokens)
    model, start = make(reader, size, len(fitted.class_names), seed), time.perf_counter()
    rng = np.random.default_rng(seed)
    for _epoch in range(epochs):
        order = rng.permutation(len(x))
        model.fit(x[order], fitted.y[order], batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
    return {
        "seed": seed,
        "validation": right(model, x_validation, validation.y),
        "test": right(model, x_test, test.y),
        "about_seconds": round(time.perf_counter() - start, 1),
    }


def measure_set(parts, epochs, seeds=SEEDS, readers=READERS, engines=ENGINES, log=print):
    """Return {"texts": ..., "classes": ..., "without a network": {...}, "runs": {"GRU, keras": [...], ...}}."""
    fitted, _validation, test = parts
    tokens, size = encoded(parts)
    frequent = np.bincount(fitted.y).argmax()
    without = {"most frequent class": round(float(np.mean(test.y == frequent)), 4)}
    for name, letters in (("words, SVM", False), ("letters, SVM", True)):
        model = baseline(fitted.texts, fitted.y, letters)
        without[name] = round(float(np.mean(model.predict(list(test.texts)) == test.y)), 4)
    runs = {}
    for reader in readers:
        for engine, make in engines.items():
            for seed in seeds:
                one = train(make, reader, parts, tokens, size, seed, epochs)
                runs.setdefault(f"{reader}, {engine}", []).append(one)
                log(reader, engine, seed, one["test"], f"{one['about_seconds']} s", flush=True)
    return {
        "source": fitted.source,
        "texts": dict(zip(("train", "validation", "test"), map(len, parts), strict=True)),
        "classes": len(fitted.class_names),
        "vocabulary": size,
        "epochs": epochs,
        "without a network": without,
        "runs": runs,
    }


def learning_curve(parts, sizes, seeds=SEEDS, readers=READERS, steps=STEPS, log=print):
    """Return {"letters, SVM": [[test accuracy of each seed], ... for each size], "mean": ...} of NumPy networks."""
    fitted, validation, test = parts
    curves = {name: [] for name in ("letters, SVM", *readers)}
    for n in sizes:
        chosen = {name: [] for name in curves}
        for seed in seeds:
            rows = np.random.default_rng(seed).permutation(len(fitted))[:n]
            few = (fitted.rows(rows), validation, test)
            model = baseline(few[0].texts, few[0].y)
            chosen["letters, SVM"].append(round(float(np.mean(model.predict(list(test.texts)) == test.y)), 4))
            tokens, size = encoded(few)
            epochs = max(1, round(steps * BATCH / len(rows)))
            for reader in readers:
                one = train(numpy_reader, reader, few, tokens, size, seed, epochs)
                chosen[reader].append(one["test"])
        for name, values in chosen.items():
            curves[name].append(values)
        log(n, "texts", {name: values[-1] for name, values in curves.items()}, flush=True)
    return {"texts": list(sizes), "steps": steps, "test": curves}


def measure(source="real", seeds=SEEDS, sizes=SIZES, log=print):
    """Return the results of all sets and the learning curves."""
    sets = {}
    for title, (name, options, epochs) in SETS.items():
        log(title, flush=True)
        sets[title] = measure_set(data.load(name, source=source, **options), epochs, seeds, log=log)
    texts = {
        "simulated": data.simulate_work_orders(20_000, rng=0),
        "typed labels": data.load("work_orders", source=source, label="FuncLocation"),
    }
    curves = {}
    for title, parts in texts.items():
        log(title, flush=True)
        curves[title] = learning_curve(parts, sizes[title], seeds, log=log)
    return {"sets": sets, "learning curves": curves}


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Train the text models of chapter 9 in full.")
    parser.add_argument("--out", default=str(RESULTS / "texts_run.json"), help="the file to write")
    out = parser.parse_args().out
    result = {
        "command": COMMAND,
        "batch_size": BATCH,
        "seeds": list(SEEDS),
        "versions": versions("numpy", "keras", "scikit-learn"),
        **measure(),
    }
    write_result(result, out)


if __name__ == "__main__":
    sys.exit(main())
