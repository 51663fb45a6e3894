"""The two ideas behind the classical models: a tree's split by impurity, and the hinge loss of a linear SVM."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, first, same_shape


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
