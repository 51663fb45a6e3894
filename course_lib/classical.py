"""The ideas behind the classical models: a tree, split after split by impurity, and the hinge loss of a linear SVM."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, first, same_shape, whole


def gini(y):
    """The impurity of a node of a tree: 1 - sum over classes of p_k^2, p_k the share of class k.

    y (N,) class numbers -> 0 if all are of one class, at most 1 - 1 / K for K classes. It is the chance that two
    samples drawn with replacement belong to different classes.

    Source: Breiman et al. 1984. Raises ValueError for an empty node.
    """
    share = np.unique(labels("y", y), return_counts=True)[1] / len(y)
    return float(1 - np.sum(share**2))


def best_split(x, y):
    """The threshold of a decision stump: x <= threshold goes to the left, the others to the right.

        impurity = N_left / N gini(left) + N_right / N gini(right)

    x (N,) one column of a table, y (N,) class numbers -> (threshold, impurity) with the lowest impurity. A threshold
    lies in the middle between two values that follow each other; of equally good ones the smallest is taken.

    Source: CART, Breiman et al. 1984. Raises ValueError for lengths that differ, missing values, and a column with a
    single value.
    """
    x, y = column_and_labels(x, y)
    values = np.unique(x)
    thresholds = (values[:-1] + values[1:]) / 2
    impurities = [np.mean(x <= t) * gini(y[x <= t]) + np.mean(x > t) * gini(y[x > t]) for t in thresholds]
    best = np.flatnonzero(impurities <= min(impurities) + 1e-12)[0]
    return float(thresholds[best]), float(impurities[best])


def grow_tree(x, y, max_depth):
    """A decision tree: the best split of all columns, then the same again on each side.

    x (N, D), y (N,) class numbers -> nested tuples: (column, threshold, left, right) for a node, the most frequent
    class (int) for a leaf. A node is a leaf if all its samples are of one class, at the depth `max_depth`, or if no
    column has two values. Of equally good columns the first is taken, of equally frequent classes the smallest.

    Source: CART, Breiman et al. 1984. Raises ValueError for no rows, lengths that differ, and missing values.
    """
    x, y = table_and_labels(x, y)
    columns = [k for k in range(x.shape[1]) if np.ptp(x[:, k]) > 0]
    if whole("max_depth", max_depth, at_least=0) == 0 or gini(y) == 0 or not columns:
        classes, count = np.unique(y, return_counts=True)
        return int(classes[np.argmax(count)])
    splits = {k: best_split(x[:, k], y) for k in columns}
    column = min(splits, key=lambda k: round(splits[k][1], 12))
    threshold = splits[column][0]
    left = x[:, column] <= threshold
    sides = [grow_tree(x[side], y[side], max_depth - 1) for side in (left, ~left)]
    return column, threshold, *sides


def tree_predict(tree, x):
    """The class of each row of x (N, D): down from the root of `grow_tree`, left where x[column] <= threshold."""
    x = np.asarray(x)
    if not isinstance(tree, tuple):
        return np.full(len(x), tree)
    column, threshold, left, right = tree
    return np.where(x[:, column] <= threshold, tree_predict(left, x), tree_predict(right, x))


def hinge_loss(scores, y):
    """The loss of a linear SVM: mean of max(0, 1 - y s), and its gradient dL/ds = -y / N where 1 - y s > 0, else 0.

    scores s (N,), y (N,) -1 or +1 -> (loss, gradient (N,)). A sample on the right side of its margin, y s >= 1, has no
    loss and no say. At the kink y s = 1, where every slope from -y / N to 0 is a subgradient, 0 is taken.

    Source: Cortes and Vapnik 1995. Raises ValueError for shapes that differ, missing values, and other labels.
    """
    scores, y = scores_and_signs(scores, y)
    inside = 1 - y * scores
    return float(np.mean(np.maximum(0, inside))), np.where(inside > 0, -y, 0.0) / len(y)


def labels(name, y):
    """The class numbers (N,), N at least 1, none missing."""
    y = as_float(name, y)
    if y.ndim != 1 or not len(y):
        raise ValueError(
            _("{name} has shape {given}, but class numbers (N,) with N at least 1 are needed.").format(
                name=name, given=y.shape
            )
        )
    finite(name, y)
    return y


def column_and_labels(x, y):
    """One column and its class numbers, with two different values at least."""
    x, y = same_shape("x", x, "y", labels("y", y))
    finite("x", x)
    if x.min() == x.max():
        raise ValueError(
            _("x holds {value:g} in all {n} rows, so nothing can be split. Take another column.").format(
                value=x[0], n=len(x)
            )
        )
    return x, y


def table_and_labels(x, y):
    """A table (N, D) and its class numbers (N,), N at least 1, none missing."""
    x, y = as_float("x", x), labels("y", y)
    if x.ndim != 2 or len(x) != len(y):
        raise ValueError(
            _(
                "x has shape {x} and y {y}, but a table (N, D) and a class for each of its rows, (N,), are needed."
            ).format(x=x.shape, y=y.shape)
        )
    finite("x", x)
    return x, y


def scores_and_signs(scores, y):
    """Scores and labels -1 or +1 of one shape (N,)."""
    scores, y = same_shape("scores", scores, "y", labels("y", y))
    finite("scores", scores)
    other = ~np.isin(y, (-1, 1))
    if other.any():
        raise ValueError(
            _("y holds {value:g}, but -1 and +1 are needed here. From 0 and 1 they are made by 2 * y - 1.").format(
                value=y[first(other)]
            )
        )
    return scores, y
