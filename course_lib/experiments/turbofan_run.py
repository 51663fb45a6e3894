"""The recurrent networks of chapter 8 trained in full: the remaining life of the turbofan engines, in NumPy and Keras.

    python -m course_lib.experiments.turbofan_run

trains SimpleRNN, LSTM and GRU with 64 units on both engines, three starts each, 30 epochs, on windows of 30 cycles of
C-MAPSS FD001, and writes results/turbofan_run.json: the history of each training, and RMSE and NASA score on the last
windows of the 100 test engines, against their true remaining life. The weights are those of the epoch with the lowest
error on the validation engines. The error on the test engines after each epoch stands in the history only to show what
it would bring to choose the epoch by it. Beside the networks stands what needs none: the calendar, and a ridge
regression. It needs Keras with TensorFlow and the real data; about 20 minutes on two cores.
"""

import argparse
import sys
import time

import numpy as np

from course_lib import data
from course_lib.experiments import RESULTS, versions, write_result
from course_lib.experiments.reference import keras_recurrent, numpy_recurrent
from course_lib.remaining_life import nasa_score, rmse

EPOCHS, BATCH, LENGTH, CAP = 30, 128, 30, 125
SEEDS = (0, 1, 2)
CELLS = ("SimpleRNN", "LSTM", "GRU")
COMMAND = "python -m course_lib.experiments.turbofan_run"


def judged(y_true, y_pred):
    """RMSE [cycles] and NASA score; predictions below 0 or above the cap are brought to it, for all models alike."""
    y_pred = np.clip(y_pred, 0, CAP)
    return {"rmse": round(rmse(y_true, y_pred), 2), "nasa_score": round(nasa_score(y_true, y_pred), 1)}


def train(make, cell, parts, seed, epochs=EPOCHS):
    """Train one network on targets that are divided by the cap; return its history [cycles] and how it was judged."""
    fitted, validation, test = parts
    model, start = make(cell, fitted.x.shape[1:], seed), time.perf_counter()
    x, y, rng = fitted.x.astype("float32"), (fitted.y / CAP).astype("float32"), np.random.default_rng(seed)

    def predicted(part):
        return CAP * np.ravel(model.predict(part.x.astype("float32"), batch_size=512, verbose=0)).astype("float64")

    history, answers = {"rmse": [], "val_rmse": [], "test_rmse": []}, []
    for _epoch in range(epochs):
        order = rng.permutation(len(x))
        loss = model.fit(x[order], y[order], batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history["loss"][0]
        answers.append(predicted(test))
        history["rmse"].append(round(CAP * float(np.sqrt(loss)), 2))
        history["val_rmse"].append(round(rmse(validation.y, predicted(validation)), 2))
        history["test_rmse"].append(judged(test.y, answers[-1])["rmse"])
    best = int(np.argmin(history["val_rmse"]))
    return {
        "seed": seed,
        "history": history,
        "best_epoch": best + 1,
        **judged(test.y, answers[best]),
        "rmse_capped_truth": judged(np.minimum(test.y, CAP), answers[best])["rmse"],
        "about_seconds": round(time.perf_counter() - start),
    }


def without_a_network(parts):
    """How two predictions are judged that use no network: the mean life minus the age, and a ridge regression."""
    from sklearn.linear_model import Ridge

    fitted, _validation, test = parts
    lives = [
        np.max(fitted.cycle[fitted.groups == g] + fitted.remaining[fitted.groups == g]) for g in set(fitted.groups)
    ]
    calendar = np.clip(np.mean(lives) - test.cycle, 0, CAP)
    ridge = Ridge(alpha=1.0).fit(fitted.x.reshape(len(fitted), -1), fitted.y)
    return {
        "calendar": judged(test.y, calendar),
        "ridge": judged(test.y, ridge.predict(test.x.reshape(len(test), -1))),
    }


def measure(source="real", epochs=EPOCHS, seeds=SEEDS, cells=CELLS, log=print):
    """Return {"source", "windows", "without a network", "runs": {"SimpleRNN, numpy": [...], ...}}."""
    engines, test_engines = data.load("turbofan", source=source)
    parts = data.prepare_engines(engines, test_engines, length=LENGTH, cap=CAP, rng=0)
    runs = {}
    for cell in cells:
        for engine, make in (("numpy", numpy_recurrent), ("keras", keras_recurrent)):
            for seed in seeds:
                one = train(make, cell, parts, seed, epochs)
                runs.setdefault(f"{cell}, {engine}", []).append(one)
                log(cell, engine, seed, one["rmse"], one["nasa_score"], f"{one['about_seconds']} s", flush=True)
    return {
        "source": engines.source,
        "windows": dict(zip(("train", "validation", "test"), map(len, parts), strict=True)),
        "without a network": without_a_network(parts),
        "runs": runs,
    }


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Train the networks of chapter 8 in full.")
    parser.add_argument("--out", default=str(RESULTS / "turbofan_run.json"), help="the file to write")
    out = parser.parse_args().out
    result = {
        "command": COMMAND,
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "seeds": list(SEEDS),
        "versions": versions("numpy", "keras", "scikit-learn"),
        **measure(),
    }
    write_result(result, out)


if __name__ == "__main__":
    sys.exit(main())
