"""Deep learning or a tree? Eight kinds of model on tables, images and sequences, over the number of samples.

    python -m course_lib.experiments.deep_or_tree

trains each model three times on each number of samples and writes results/deep_or_tree.json: the mean and the standard
deviation of the score on new tools, lots, boards or engines, and the medians of the seconds of training, of the
milliseconds for one prediction, of the size of the model [bytes] and of the number of its parts. It needs scikit-learn
and the real data; about 15 minutes on two cores.

Scores: F1 of failures (a model that never says "failure" has 0), share of right classes, or RMSE [cycles] on the last
windows of the test engines against their true remaining life. Models that read tables get a picture or a window as one
row.

Splits: tables by tool and by lot, a fifth for the test, a new split for each seed. The boards and the engines of the
test are fixed; each seed draws its own samples and whole engines. Each class keeps its share. Only the score looks at
the test rows. `contenders` describes the recipes. "by row" repeats the largest tables with a split by row, as
published figures do: neighbours of test rows are then in the training.

Times are processor time on one thread, so that other work on the computer does not count: one quiet core needs as long.
A prediction is that of a single sample from the caller's array to the answer, as for parts that come one by one.
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import sys
import time
from pathlib import Path

import numpy as np

from course_lib import data
from course_lib.experiments import RESULTS, load_result, versions, write_result
from course_lib.experiments.contenders import CONTENDERS
from course_lib.remaining_life import rmse

COMMAND = "python -m course_lib.experiments.deep_or_tree"
SEEDS = (0, 1, 2)
LENGTH, CAP = 30, 125  # cycles: a window, and the largest remaining life that is to be predicted
TABLE = ("tree", "forest", "boosting", "linear_svm", "svm", "mlp")
REPEATS = 21  # predictions of one sample; the median counts


def f1(y_true, y_pred):
    """F1 of class 1: 2 hits / (2 hits + misses + false alarms); 0 without a hit."""
    hits, wrong = np.sum((y_true == 1) & (y_pred == 1)), np.sum(y_true != y_pred)
    return float(2 * hits / (2 * hits + wrong)) if hits else 0.0


def accuracy(y_true, y_pred):
    return float(np.mean(y_true == y_pred))


def cycles_rmse(y_true, y_pred):
    return rmse(y_true, np.clip(CAP * y_pred, 0, CAP))


SCORES = {"F1": f1, "accuracy": accuracy, "RMSE": cycles_rmse}


def draw(y, n, rng):
    """Return the numbers of n samples in random order, each class with its share: at least one, at most all it has."""
    order = rng.permutation(len(y))
    place = np.empty(len(y))
    for one in np.unique(y):  # the samples of a class are spread evenly over 0 to 1; the first n are taken
        own = order[y[order] == one]
        place[own] = (np.arange(len(own)) + rng.random()) / len(own)
        place[own[0]] = -1
    return rng.permutation(np.argsort(place, kind="stable")[:n])


def table(name, by_row=False, source="real", **options):
    """Return a function (n, seed) -> (x, y, test_x, test_y) of a table; n None is all training rows."""
    rows = data.load(name, source=source, **options)
    if by_row:
        rows = data.Table(
            rows.x, rows.y, rows.feature_names, rows.units, np.arange(len(rows)), rows.source, rows.class_names
        )

    def parts(n, seed):
        train, test = data.split_by_group(rows, (0.8, 0.2), rng=seed, stratify=len(rows.class_names) == 2)
        chosen = draw(train.y, n or len(train), np.random.default_rng(100 + seed))
        return train.x[chosen], train.y[chosen], test.x, test.y

    return parts, rows.source


def machine_failures(**options):
    return table("machine_failures", **options)


def physics(**options):
    return table("machine_failures", physics=True, **options)


def steel_plates(**options):
    return table("steel_plates", **options)


def boards(source="real"):
    train, test = data.load("boards", source=source)

    def parts(n, seed):
        chosen = draw(train.y, n, np.random.default_rng(100 + seed))
        return train.x[chosen], train.y[chosen], test.x, test.y

    return parts, train.source


def turbofan(source="real"):
    engines, test_engines = data.load("turbofan", source=source)

    def parts(n, seed):
        every = np.unique(engines.groups)
        chosen = np.random.default_rng(100 + seed).permutation(every)[:n]
        train = engines.rows(np.isin(engines.groups, chosen))
        columns = data.informative_columns(train)
        train, test = train.columns(columns), test_engines.columns(columns)
        scaler = data.MinMaxScaler().fit(train)
        fitted = data.windows(scaler.transform(train), LENGTH, CAP)
        last = data.last_windows(scaler.transform(test), LENGTH)
        return fitted.x, fitted.y / CAP, last.x, last.y

    return parts, engines.source


DATA = {  # what is measured: the data, the recipe, the score, what is counted, how many of them, by whom
    "machine_failures": (
        machine_failures,
        "machine_failures",
        "F1",
        "parts",
        (250, 500, 1000, 2000, 4000, 7800),
        TABLE,
    ),
    "physics": (physics, "physics", "F1", "parts", (250, 500, 1000, 2000, 4000, 7800), TABLE),
    "steel_plates": (steel_plates, "steel_plates", "accuracy", "plates", (100, 200, 400, 800, 1500), TABLE),
    "boards": (boards, "boards", "accuracy", "pictures", (140, 700, 2100, 7000), (*TABLE, "cnn")),
    "turbofan": (turbofan, "life", "RMSE", "engines", (5, 10, 20, 40, 80), (*TABLE, "rnn")),
}
COST = {"machine_failures": 1, "physics": 1, "steel_plates": 4, "boards": 30, "turbofan": 1000}  # of a sample, about
BY_ROW = ("machine_failures", "physics", "steel_plates")

# What good looked like before the course was made, on splits by row for the tables.
EXPECTED = {
    "machine_failures": {"boosting": 0.75, "mlp": 0.69, "tree": 0.68, "svm": 0.60},
    "physics": {"forest": 0.89},
    "steel_plates": {"boosting": 0.794, "forest": 0.775, "svm": 0.757, "mlp": 0.743, "tree": 0.726},
    "boards": {"linear_svm": 0.66, "tree": 0.78, "svm": 0.89, "cnn": 0.916},
    "turbofan": {"rnn": 14.8, "mlp": 15.5},
}


def processor_seconds(action):
    """Return (result, processor seconds of this process) of a call."""
    start = time.process_time()
    result = action()
    return result, time.process_time() - start


def one_run(model, recipe, score, x, y, test_x, test_y, seed):
    """Train and judge one model; return (score, seconds, milliseconds, bytes, parts) and what the parts are."""
    fitted, seconds = processor_seconds(lambda: CONTENDERS[model](x, y, seed, recipe))
    value = SCORES[score](test_y, fitted.predict(test_x))
    singles = [test_x[i % len(test_x)][np.newaxis] for i in range(REPEATS + 1)]
    fitted.predict(singles[0])
    milliseconds = 1000 * float(np.median([processor_seconds(lambda s=s: fitted.predict(s))[1] for s in singles[1:]]))
    return (value, seconds, milliseconds, fitted.bytes, fitted.count), fitted.part


def warm_up(recipe):
    """Fit and ask scikit-learn's models once, so that nobody's time holds what is loaded at the first call."""
    x, y = np.random.default_rng(0).random((60, 2)), np.arange(60) % 2
    for model in ("tree", "forest", "boosting", "linear_svm", "svm"):
        CONTENDERS[model](x, y, 0, recipe).predict(x)


def measure(name, source="real", samples=None, seeds=SEEDS, models=None, log=print, **options):
    """Return {"samples", "rows", "score", "unit", "models": {model: {"mean", "std", "seconds", ...}}} of one data set.

    All lists have one entry a number of samples. `rows` are the rows, pictures or windows in the training, and `test`
    those that are judged (of the first seed).
    """
    import sklearn.ensemble  # noqa: F401 - a limit reaches only the thread pools that are already there
    import sklearn.svm  # noqa: F401
    from threadpoolctl import threadpool_limits

    load, recipe, score, unit, every, able = DATA[name]
    parts, source = load(source=source, **options)
    samples, models = samples or every, models or able
    runs = {model: [] for model in models}
    names, rows, test = {}, [], 0
    with threadpool_limits(1):
        warm_up(recipe)
        for n in samples:
            each = {model: [] for model in models}
            for seed in seeds:
                x, y, test_x, test_y = parts(n, seed)
                if seed == seeds[0]:
                    rows.append(len(x))
                    test = len(test_x)
                for model in models:
                    numbers, names[model] = one_run(model, recipe, score, x, y, test_x, test_y, seed)
                    each[model].append(numbers)
                    log(f"{name} {n} seed {seed} {model}: {score} {numbers[0]:.3f}, {numbers[1]:.1f} s", flush=True)
            for model in models:
                runs[model].append(each[model])
    return {
        "source": source,
        "score": score,
        "unit": unit,
        "samples": list(samples),
        "rows": rows,
        "test": test,
        "models": {model: summary(np.array(runs[model]), names[model]) for model in models},
    }


def summary(runs, part):
    """Mean and standard deviation of the score, medians of the rest; `runs` is (sizes, seeds, 5)."""
    middle = np.median(runs, axis=1)
    return {
        "mean": runs[:, :, 0].mean(axis=1).round(4).tolist(),
        "std": (runs[:, :, 0].std(axis=1, ddof=1) if runs.shape[1] > 1 else 0 * middle[:, 0]).round(4).tolist(),
        "seconds": middle[:, 1].round(4).tolist(),
        "milliseconds": middle[:, 2].round(4).tolist(),
        "bytes": middle[:, 3].astype(int).tolist(),
        "count": middle[:, 4].astype(int).tolist(),
        "part": part,
    }


def measure_or_read(folder, name, **options):
    """Measure as `measure` does, and keep the result in `folder`; read it where an interrupted run has left it."""
    if folder is None:
        return measure(name, **options)
    file = Path(folder) / f"{name}-{'-'.join(map(str, options['samples']))}{'-by-row' * ('by_row' in options)}.json"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_result(measure(name, **options), file)
    return json.loads(file.read_text(encoding="utf-8"))


def joined(runs):
    """Return one result of several that `measure` made of the same data, each with its own numbers of samples."""
    first = runs[0]
    models = {
        model: {k: v if k == "part" else sum((r["models"][model][k] for r in runs), []) for k, v in one.items()}
        for model, one in first["models"].items()
    }
    return {**first, **{k: sum((r[k] for r in runs), []) for k in ("samples", "rows")}, "models": models}


def compared(measured, by_row):
    """Return a list of {"data", "model", "expected", "measured", "std", "by_row", "told"}: each figure beside ours."""
    found = []
    for name, figures in EXPECTED.items():
        for model, expected in figures.items():
            one = measured[name]["models"][model]
            mean, std = one["mean"][-1], one["std"][-1]
            row = by_row[name]["models"][model]["mean"][-1] if name in by_row else None
            scale = abs(expected) * 0.05
            if abs(mean - expected) <= max(2 * std, scale):
                told = "as expected"
            elif row is not None and abs(row - expected) <= max(2 * by_row[name]["models"][model]["std"][-1], scale):
                told = "as expected with a split by row; ours keeps tools and lots apart"
            else:
                told = "other recipe: " + ("ours is lower" if mean < expected else "ours is higher")
            found.append(
                {"data": name, "model": model, "expected": expected, "measured": mean, "std": std, "by_row": row,
                 "told": told}
            )  # fmt: skip
    return found


def table_rows(result=None):
    """Return the table of chapter 11, one dict a row and each with its number: data, samples, model and what it has.

    `result` is what the command wrote; None: the shipped one.
    """
    result = result or load_result("deep_or_tree")
    found = []
    for name, one in result["data"].items():
        for i, samples in enumerate(one["samples"]):
            for model, values in one["models"].items():
                row = {k: v[i] for k, v in values.items() if k != "part"}
                found.append(
                    {"row": len(found) + 1, "data": name, "samples": samples, "unit": one["unit"], "model": model,
                     "score": one["score"], **row, "part": values["part"]}
                )  # fmt: skip
    return found


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Measure the table of chapter 11.")
    parser.add_argument("--out", default=str(RESULTS / "deep_or_tree.json"), help="the file to write")
    parser.add_argument("--workers", type=int, default=2, help="how many processes work at once")
    parser.add_argument("--keep", help="a folder for what is finished: an interrupted run goes on from there")
    given = parser.parse_args()
    with concurrent.futures.ProcessPoolExecutor(given.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        tasks = [(name, n) for name in DATA for n in DATA[name][4]]
        tasks.sort(key=lambda one: COST[one[0]] * one[1], reverse=True)  # the longest first
        runs = {(name, n): pool.submit(measure_or_read, given.keep, name, samples=(n,)) for name, n in tasks}
        again = {
            name: pool.submit(measure_or_read, given.keep, name, samples=DATA[name][4][-1:], by_row=True)
            for name in BY_ROW
        }
        measured = {name: joined([runs[name, n].result() for n in DATA[name][4]]) for name in DATA}
        by_row = {name: run.result() for name, run in again.items()}
    result = {
        "command": COMMAND,
        "seeds": list(SEEDS),
        "times": "processor time on one thread, medians",
        "versions": versions("numpy", "scikit-learn"),
        "data": measured,
        "by row": by_row,
        "compared": compared(measured, by_row),
    }
    write_result(result, given.out)


if __name__ == "__main__":
    sys.exit(main())
