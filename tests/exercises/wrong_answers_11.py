"""Wrong answers of chapter 11 as learners write them, with the name of the mistake they must be told."""

import math

import numpy as np
from sklearn.metrics import f1_score


# --- impurity
def gini_forgot_one(y):
    p = np.bincount(y) / len(y)
    return np.sum(p * p)


def entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return -np.sum(shares * np.log(shares))


def standard_error(values):
    return np.std(values, ddof=1) / np.sqrt(len(values))


def gini_entropy_in_bits(y):
    return entropy(np.bincount(y)) / np.log(2)


def gini_natural_entropy(y):
    return entropy(np.unique(y, return_counts=True)[1])


def gini_binary(y):
    p = np.sum(y == 1) / len(y)
    return 1 - p**2 - (1 - p) ** 2


def gini_majority(y):
    return 1 - np.bincount(y).max() / len(y)


def gini_counts(y):
    _classes, n = np.unique(y, return_counts=True)
    return 1 - sum(n**2)


def gini_no_squares(y):
    return 1 - sum(np.sum(y == k) / len(y) for k in set(y))


def gini_labels_squared(y):
    return 1 - np.mean(y**2)


def gini_range_of_classes(y):
    K = len(set(y.tolist()))
    return 1 - sum((np.sum(y == k) / len(y)) ** 2 for k in range(K))


def gini_range_max(y):
    return 1 - sum(np.mean(y == k) ** 2 for k in range(max(y)))


def gini_p_one_minus_p(y):
    p = sum(1 for k in y if k == 1) / len(y)
    return p - p**2


def gini_class_one(y):
    return 1 - (np.count_nonzero(y == 1) / y.size) ** 2


def gini_mean_of_y(y):
    p = y.sum() / len(y)
    return 2 * p * (1 - p)


def gini_over_samples(y):
    total = 0
    for k in y:
        total += (np.count_nonzero(y == k) / len(y)) ** 2
    return 1 - total


# --- the best split
def impurity(y):
    p = np.bincount(y) / len(y)
    return 1 - np.sum(p**2)


def search(x, y, thresholds, value, better):
    best = None
    for t in thresholds:
        g = value(y[x <= t], y[x > t])
        if best is None or better(g, best[1]):
            best = (t, g)
    return best


def between(x):
    v = np.unique(x)
    return (v[1:] + v[:-1]) / 2


def weighted(left, right):
    return (left.size * impurity(left) + right.size * impurity(right)) / (left.size + right.size)


def smaller(g, best):
    return g < best - 1e-12


def split_plain_mean(x, y):
    return search(x, y, between(x), lambda left, right: np.mean([impurity(left), impurity(right)]), smaller)


def split_sum(x, y):
    return search(x, y, between(x), lambda left, right: impurity(left) + impurity(right), smaller)


def split_counts(x, y):
    return search(x, y, between(x), lambda left, right: weighted(left, right) * (len(left) + len(right)), smaller)


def split_at_values(x, y):
    """Each value but the largest is tried itself: x <= value."""
    return search(x, y, np.unique(x)[:-1], weighted, smaller)


def split_last_best(x, y):
    return search(x, y, between(x), weighted, lambda g, best: g <= best + 1e-12)


def split_maximum(x, y):
    g = [weighted(y[x <= t], y[x > t]) for t in between(x)]
    return between(x)[np.argmax(g)], max(g)


def split_gain(x, y):
    t, g = search(x, y, between(x), weighted, smaller)
    return t, impurity(y) - g


def split_x_sorted_alone(x, y):
    x = np.array(sorted(x))
    return search(x, y, between(x), weighted, smaller)


def split_at_mean(x, y):
    t = np.mean(x)
    return t, weighted(y[x <= t], y[x > t])


def split_turned(x, y):
    t, g = search(x, y, between(x), weighted, smaller)
    return g, t


# --- the hinge loss
def hinge_perceptron(scores, y):
    m = -y * scores
    return np.maximum(m, 0).mean(), np.where(m > 0, -y, 0) / len(y)


def hinge_all_slopes(scores, y):
    return np.maximum(0, 1 - y * scores).mean(), -y / len(y)


def hinge_sum(scores, y):
    m = 1 - y * scores
    return np.sum(m[m > 0]), np.where(m > 0, -y, 0.0)


def hinge_unscaled(scores, y):
    m = 1 - y * scores
    return np.mean(np.maximum(0, m)), -(y * (m > 0)).astype(float)


def hinge_plus(scores, y):
    m = 1 - y * scores
    return np.mean(np.maximum(0, m)), y * (m > 0) / len(y)


def hinge_kink(scores, y):
    active = y * scores <= 1
    return np.mean(active * (1 - y * scores)), -y * active / len(y)


def hinge_square(scores, y):
    m = np.maximum(0, 1 - y * scores)
    return np.mean(m**2), -2 * m * y / len(y)


def hinge_misclassified(scores, y):
    return np.mean(np.maximum(0, 1 - y * scores)), np.where(np.sign(scores) != y, -y, 0) / len(y)


def hinge_linear(scores, y):
    return np.mean(1 - y * scores), -y / len(y)


# --- balanced accuracy
def balanced_diagonal(matrix):
    return np.diag(matrix).sum() / np.sum(matrix)


def balanced_axis_zero(matrix):
    with np.errstate(all="ignore"):
        return np.mean(np.diag(matrix) / matrix.sum(axis=0))


def balanced_with_nan(matrix):
    return np.mean([matrix[k, k] / matrix[k].sum() for k in range(len(matrix))])


def balanced_or_zero(matrix):
    return np.mean([matrix[k, k] / row.sum() if row.sum() else 0.0 for k, row in enumerate(matrix)])


def balanced_eps(matrix):
    return np.mean(np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1))


def balanced_macro_f1(matrix):
    true, said = np.indices(matrix.shape).reshape(2, -1)
    n = matrix.ravel()
    return f1_score(
        np.repeat(true, n), np.repeat(said, n), average="macro", labels=range(len(matrix)), zero_division=0.0
    )


def balanced_minimum(matrix):
    return min(row[k] / row.sum() for k, row in enumerate(matrix) if row.sum())


def balanced_vector(matrix):
    return np.array([row[k] / row.sum() for k, row in enumerate(matrix) if row.sum()])


# --- is the difference one?
def difference_std(a, b):
    return np.mean(a - b), np.std(a - b, ddof=1)


def difference_numpy_std(a, b):
    return np.mean(a - b), np.std(a - b) / math.sqrt(len(a))


def difference_numpy_std_alone(a, b):
    return np.mean(a - b), np.std(a - b)


def difference_two_sems(a, b):
    return a.mean() - b.mean(), np.hypot(standard_error(a), standard_error(b))


def difference_abs(a, b):
    d = np.abs(a - b)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def difference_turned(a, b):
    d = b - a
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def difference_t(a, b):
    return np.mean(a - b), np.mean(a - b) / standard_error(a - b)


def difference_variance(a, b):
    d = a - b
    return d.mean(), np.var(d, ddof=1) / len(d)


def difference_confidence(a, b):
    d = a - b
    return d.mean(), standard_error(d) * 1.96


WRONG = [
    ("gini", "one_minus_forgotten", gini_forgot_one),
    ("gini", "entropy_in_bits", gini_entropy_in_bits),
    ("gini", "entropy", gini_natural_entropy),
    ("gini", "two_classes_only", gini_binary),
    ("gini", "share_of_mistakes", gini_majority),
    ("gini", "counts_instead_of_shares", gini_counts),
    ("gini", "not_squared", gini_no_squares),
    ("gini", "squares_of_the_labels", gini_labels_squared),
    ("gini", "numbers_counted_up_to_their_count", gini_range_of_classes),
    ("gini", "last_class_missing", gini_range_max),
    ("gini", "two_classes_and_half", gini_p_one_minus_p),
    ("gini", "one_class_only", gini_class_one),
    ("gini", "mean_as_share", gini_mean_of_y),
    ("gini", "summed_over_samples", gini_over_samples),
    ("best_split", "not_weighted", split_plain_mean),
    ("best_split", "sides_added", split_sum),
    ("best_split", "weighted_by_counts", split_counts),
    ("best_split", "threshold_is_a_value", split_at_values),
    ("best_split", "last_of_equals", split_last_best),
    ("best_split", "largest_impurity", split_maximum),
    ("best_split", "gain_returned", split_gain),
    ("best_split", "labels_left_behind", split_x_sorted_alone),
    ("best_split", "mean_of_x", split_at_mean),
    ("best_split", "wrong_order", split_turned),
    ("hinge_loss", "no_margin", hinge_perceptron),
    ("hinge_loss", "gradient_everywhere", hinge_all_slopes),
    ("hinge_loss", "sum", hinge_sum),
    ("hinge_loss", "gradient_not_averaged", hinge_unscaled),
    ("hinge_loss", "gradient_without_sign", hinge_plus),
    ("hinge_loss", "gradient_at_the_kink", hinge_kink),
    ("hinge_loss", "squared_hinge", hinge_square),
    ("hinge_loss", "only_wrong_samples", hinge_misclassified),
    ("hinge_loss", "no_maximum", hinge_linear),
    ("balanced_accuracy", "plain_accuracy", balanced_diagonal),
    ("balanced_accuracy", "precision_nan", balanced_axis_zero),
    ("balanced_accuracy", "empty_class_nan", balanced_with_nan),
    ("balanced_accuracy", "empty_class_as_zero", balanced_or_zero),
    ("balanced_accuracy", "empty_class_as_zero", balanced_eps),
    ("balanced_accuracy", "macro_f1", balanced_macro_f1),
    ("balanced_accuracy", "worst_class", balanced_minimum),
    ("balanced_accuracy", "each_class", balanced_vector),
    ("paired_difference", "root_of_n_forgotten", difference_std),
    ("paired_difference", "divided_by_n", difference_numpy_std),
    ("paired_difference", "root_forgotten_and_divided_by_n", difference_numpy_std_alone),
    ("paired_difference", "not_paired", difference_two_sems),
    ("paired_difference", "absolute_differences", difference_abs),
    ("paired_difference", "b_minus_a", difference_turned),
    ("paired_difference", "t_returned", difference_t),
    ("paired_difference", "variance", difference_variance),
    ("paired_difference", "interval_of_95", difference_confidence),
]
