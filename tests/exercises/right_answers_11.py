"""Right answers of chapter 11, written in the ways people write them. Every one must pass."""

import math
from collections import Counter

import numpy as np
from sklearn.metrics import balanced_accuracy_score, hinge_loss as sklearn_hinge
from sklearn.tree import DecisionTreeClassifier

from course_lib import classical, evaluation


# --- impurity
def gini_loop(y):
    total = 0
    for k in np.unique(y):
        total += (np.sum(y == k) / len(y)) ** 2
    return 1 - total


def gini_bincount(y):
    p = np.bincount(y) / y.size
    return 1 - p @ p


def gini_counter(y):
    counts = Counter(y.tolist()).values()
    return sum(n / len(y) * (1 - n / len(y)) for n in counts)


def gini_pairs(y):
    return np.mean(y[:, None] != y[None, :])


# --- the best split
def split_loop(x, y):
    best_t, best_g = None, math.inf
    values = sorted(set(x.tolist()))
    for a, b in zip(values[:-1], values[1:], strict=True):
        t = (a + b) / 2
        left, right = y[x < t], y[x > t]
        g = (len(left) * gini_loop(left) + len(right) * gini_loop(right)) / len(y)
        if g < best_g - 1e-12:
            best_t, best_g = t, g
    return best_t, best_g


def split_sorted(x, y):
    """Sort once, count to the left of each place, and leave out places between equal values."""
    order = np.argsort(x)
    x, y = x[order], y[order]
    left = np.cumsum(np.eye(y.max() + 1)[y], axis=0)[:-1]
    right = np.bincount(y) - left
    n_left = np.arange(1, len(y))
    n_right = len(y) - n_left
    g = (n_left - (left**2).sum(1) / n_left + n_right - (right**2).sum(1) / n_right) / len(y)
    g = np.where(x[1:] > x[:-1], g, np.inf)
    k = np.argmin(np.round(g, 12))
    return (x[k] + x[k + 1]) / 2, g[k]


def split_list(x, y):
    """A list of the two results is accepted."""
    values = np.unique(x)
    t = values[:-1] + np.diff(values) / 2
    g = [np.mean(x <= one) * gini_pairs(y[x <= one]) + np.mean(x > one) * gini_pairs(y[x > one]) for one in t]
    k = int(np.argmin(np.round(g, 10)))
    return [t[k], g[k]]


# --- the hinge loss
def hinge_loop(scores, y):
    loss, gradient = 0.0, []
    for s, label in zip(scores, y, strict=True):
        if label * s < 1:
            loss += 1 - label * s
            gradient.append(-label / len(y))
        else:
            gradient.append(0.0)
    return loss / len(y), np.array(gradient)


def hinge_mask(scores, y):
    active = y * scores < 1
    return np.sum(active * (1 - y * scores)) / len(y), -(y * active) / len(y)


def hinge_clip(scores, y):
    m = np.clip(1 - scores * y, 0, None)
    return m.mean(), -np.sign(m) * y / y.size


def hinge_sklearn(scores, y):
    wrong = np.maximum(0, 1 - y * scores)
    loss = sklearn_hinge(y, scores) if len(set(y)) == 2 else wrong.mean()  # it wants both classes
    return loss, np.where(wrong > 0, -y / len(y), 0)


# --- balanced accuracy
def balanced_loop(matrix):
    recalls = []
    for k in range(len(matrix)):
        if matrix[k].sum() > 0:
            recalls.append(matrix[k, k] / matrix[k].sum())
    return sum(recalls) / len(recalls)


def balanced_nan(matrix):
    with np.errstate(all="ignore"):
        return np.nanmean(matrix.diagonal() / matrix.sum(1))


def balanced_shares(matrix):
    rows = matrix[matrix.any(axis=1)]
    return np.trace(matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)) / len(rows)


def balanced_sklearn(matrix):
    import warnings

    true, said = np.indices(matrix.shape).reshape(2, -1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return balanced_accuracy_score(np.repeat(true, matrix.ravel()), np.repeat(said, matrix.ravel()))


# --- is the difference one?
def difference_loop(a, b):
    d = [one - other for one, other in zip(a, b, strict=True)]
    mean = sum(d) / len(d)
    s = math.sqrt(sum((v - mean) ** 2 for v in d) / (len(d) - 1))
    return mean, s / len(d) ** 0.5


def difference_variance(a, b):
    d = a - b
    return np.mean(a) - np.mean(b), np.sqrt(np.var(d, ddof=1) / d.size)


def difference_sem(a, b):
    return np.mean(a - b), np.std(a - b, ddof=1) / np.sqrt(len(a))


def difference_covariance(a, b):
    c = np.cov(a, b)
    return (a - b).mean(), np.sqrt((c[0, 0] + c[1, 1] - 2 * c[0, 1]) / len(a))


def split_sklearn(x, y):
    """A tree of depth 1; it takes the smallest of equal ones as well where its features are not shuffled."""
    tree = DecisionTreeClassifier(max_depth=1, random_state=0).fit(x[:, None], y).tree_
    t = tree.threshold[0]
    below, above = x[x <= t].max(), x[x > t].min()  # its threshold is rounded to float32
    return (below + above) / 2, tree.impurity[1:] @ tree.n_node_samples[1:] / len(y)


RIGHT = {
    "gini": [gini_loop, gini_bincount, gini_counter, gini_pairs, classical.gini],
    "best_split": [split_loop, split_sorted, split_list, split_sklearn, classical.best_split],
    "hinge_loss": [hinge_loop, hinge_mask, hinge_clip, hinge_sklearn, classical.hinge_loss],
    "balanced_accuracy": [balanced_loop, balanced_nan, balanced_shares, balanced_sklearn],
    "paired_difference": [
        difference_loop, difference_variance, difference_sem, difference_covariance, evaluation.paired_difference,
    ],
}  # fmt: skip
