"""What an inspector's mistakes cost: the four outcomes at a threshold, the cost of 1000 parts, the best threshold.

Label 1 is a defective part, 0 a good one. A part is stopped when its score >= threshold. A missed defect costs
`cost_miss`, a false alarm `cost_alarm` [EUR each]; a right decision costs nothing.
C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, pages 973-978.
"""

from typing import NamedTuple

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float

PARTS = 1000  # costs are given for so many parts


class Confusion(NamedTuple):
    """Counts of parts: good ones left alone `tn` and stopped `fp`, defective ones missed `fn` and found `tp`."""

    tn: int
    fp: int
    fn: int
    tp: int


def confusion(y_true, scores, threshold=0.5):
    """Return the four counts (tn, fp, fn, tp) of the labels `y_true` (N,) and `scores` (N,) at `threshold`.

    Raises ValueError if the labels are not 0 and 1 or the scores not from 0 to 1, and TypeError for no numbers.
    """
    y_true, scores = checked_scores(y_true, scores, both=False)
    stopped, defective = scores >= _number("threshold", threshold), y_true == 1
    return Confusion(
        *(int(np.sum(a & b)) for a in (~defective, defective) for b in (~stopped, stopped))
    )  # fmt: skip


def rates(y_true, scores, thresholds):
    """Return (false alarm rate, recall) at each of the `thresholds`: fp / (fp + tn) and tp / (tp + fn).

    Drawn one over the other they are the ROC curve. Raises ValueError as `confusion`, and if one class is missing.
    """
    y_true, scores = checked_scores(y_true, scores)
    thresholds = np.asarray(thresholds, float)

    def stopped(group):
        return (len(group) - np.searchsorted(np.sort(group), thresholds, "left")) / len(group)

    return stopped(scores[y_true == 0]), stopped(scores[y_true == 1])


def expected_cost(y_true, scores, threshold, cost_miss, cost_alarm, defect_rate=None):
    """Return what 1000 parts cost at `threshold` [EUR]; an array of thresholds gives an array of costs.

        cost = 1000 (defect_rate cost_miss (1 - recall) + (1 - defect_rate) cost_alarm false_alarm_rate)

    The two rates are measured on `scores` (N,). `defect_rate` is the share of defective parts in the plant, 0 to 1;
    None takes the share in `y_true` (N,); a test set often holds far more defects than the plant. Elkan
    2001, section 1. Raises ValueError for labels or scores that do not fit, a negative price, a rate outside 0 to 1.
    """
    alarms, recall = rates(y_true, scores, threshold)
    cost_miss, cost_alarm = _price("cost_miss", cost_miss), _price("cost_alarm", cost_alarm)
    rate = np.mean(np.asarray(y_true) == 1) if defect_rate is None else _share("defect_rate", defect_rate)
    cost = PARTS * (rate * cost_miss * (1 - recall) + (1 - rate) * cost_alarm * alarms)
    return float(cost) if np.ndim(cost) == 0 else cost


def candidates(scores):
    """Return all thresholds that differ in what they stop: every score, and one just above the largest (nothing)."""
    each = np.unique(np.asarray(scores, float))
    return np.append(each, np.nextafter(each[-1], np.inf))


def best_threshold(y_true, scores, cost_miss, cost_alarm, defect_rate=None):
    """Return the threshold at which `expected_cost` is lowest; of equally good ones the smallest.

    Every score is tried, and one value just above the largest: it stops nothing. Raises as `expected_cost`.
    """
    each = candidates(checked_scores(y_true, scores)[1])
    cost = expected_cost(y_true, scores, each, cost_miss, cost_alarm, defect_rate)
    return float(each[np.flatnonzero(cost <= cost.min() * (1 + 1e-12))[0]])


def honest_threshold(cost_miss, cost_alarm, defect_rate=0.5, score_rate=None):
    """Return the best threshold in theory, or None if both prices are 0: it needs scores that are honest probabilities.

        t / (1 - t) = (cost_alarm / cost_miss) * odds(score_rate) / odds(defect_rate),   odds(r) = r / (1 - r)

    `score_rate`: the share of defects among the parts for which the scores are honest; None: as in the plant
    (`defect_rate`). Then t = cost_alarm / (cost_alarm + cost_miss). Elkan 2001, equation 2 and theorem 2.
    """
    miss, alarm = _price("cost_miss", cost_miss), _price("cost_alarm", cost_alarm)
    rate = _share("defect_rate", defect_rate)
    known = rate if score_rate is None else _share("score_rate", score_rate)
    for_alarm, for_miss = (alarm, miss) if known == rate else (alarm * known * (1 - rate), miss * (1 - known) * rate)
    return for_alarm / (for_alarm + for_miss) if for_alarm + for_miss else None


def priced_confusion(matrix, prices):
    """Return matrix * prices, the cost of each kind of mistake [EUR], (K, K); its sum is the whole cost.

    `matrix` (K, K) counts parts, row: what the part is, column: what the model said; `prices` (K, K) is the cost of one
    part in each cell [EUR], 0 on the diagonal if right decisions cost nothing (Elkan 2001, section 1). One number is
    the price of any mistake. Raises ValueError for other shapes, NaN, or negative counts.
    """
    matrix, prices = as_float("matrix", matrix), as_float("prices", prices)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(
            _(
                "matrix has shape {shape}, but a confusion matrix (K, K) is needed: one row and one column a class."
            ).format(shape=matrix.shape)
        )
    if not (np.isfinite(matrix).all() and (matrix >= 0).all()):
        raise ValueError(_("matrix holds NaN or negative numbers, but it counts parts. Build it from whole numbers."))
    if prices.ndim == 0:
        prices = prices * (1 - np.eye(len(matrix)))
    if prices.shape != matrix.shape:
        raise ValueError(
            _(
                "prices has shape {given}, but matrix has {needed}: give one price for each cell, or one number for "
                "any mistake."
            ).format(given=prices.shape, needed=matrix.shape)
        )
    if not np.isfinite(prices).all():
        raise ValueError(_("prices holds NaN or infinity. Give a finite price in EUR for each cell."))
    return matrix * prices


def checked_scores(y_true, scores, both=True):
    """Return labels and scores as float arrays (N,); a column (N, 1), as a network gives it, is welcome.

    Raises ValueError that says what is wrong: lengths, values, or (with `both`) only one class.
    """
    y_true, scores = (_column(name, one) for name, one in (("y_true", y_true), ("scores", scores)))
    if len(y_true) != len(scores):
        raise ValueError(
            _(
                "y_true has {labels} labels, but scores has {scores} numbers: one of each is needed for every part. "
                "Take both from the same rows."
            ).format(labels=len(y_true), scores=len(scores))
        )
    if not len(scores):
        raise ValueError(_("scores is empty. Give the score of at least one part."))
    if not np.isin(y_true, (0, 1)).all():
        other = y_true[~np.isin(y_true, (0, 1))][0]
        raise ValueError(
            _("y_true holds {value:g}, but only 0 (good) and 1 (defective) are known. For other names use y == 'x'.")
            .format(value=other)
        )  # fmt: skip
    if np.isnan(scores).any():
        raise ValueError(
            _("scores holds NaN for {n} of {all} parts. Find out where it comes from: often NaN in the data.").format(
                n=int(np.isnan(scores).sum()), all=len(scores)
            )
        )
    if scores.min() < 0 or scores.max() > 1:
        raise ValueError(
            _(
                "scores go from {low:g} to {high:g}, but probabilities from 0 to 1 are needed. Logits become "
                "probabilities by nn.sigmoid(scores)."
            ).format(low=scores.min(), high=scores.max())
        )
    if both and y_true.min() == y_true.max():
        raise ValueError(
            _("all {n} parts are {kind}: without the other kind there is no rate of it. Give scores of both.").format(
                n=len(y_true), kind=_("defective (1)") if y_true[0] else _("good (0)")
            )
        )
    return y_true, scores


def _column(name, values):
    values = as_float(name, values).astype(float)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(
            _(
                "{name} has shape {shape}, but one number a part, (N,), is needed. Of a softmax (N, 2) take [:, 1], "
                "the probability of 'defective'."
            ).format(name=name, shape=values.shape)
        )
    return values


def _number(name, value):
    value = as_float(name, value)
    if value.ndim or np.isnan(value):
        raise ValueError(_("{name} is {value}, but one number is needed.").format(name=name, value=value))
    return float(value)


def _price(name, value):
    value = _number(name, value)
    if not 0 <= value < np.inf:
        raise ValueError(
            _("{name} is {value:g}, but a price of 0 EUR or more is needed.").format(name=name, value=value)
        )
    return value


def _share(name, value):
    value = _number(name, value)
    if not 0 <= value <= 1:
        raise ValueError(
            _("{name} is {value:g}, but a share from 0 to 1 is needed. Divide percent by 100.").format(
                name=name, value=value
            )
        )
    return value
