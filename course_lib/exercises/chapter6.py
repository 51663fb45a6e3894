"""The exercises of chapter 6, the defect classifier: its numbers, its mistakes in money, and where it looks."""

import numpy as np

from course_lib.exercises.chapter6_layers import FLATTEN, SUMMARY_NUMBERS
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def confusion_matrix(y_true, y_pred, classes):
    """How often each true class (row) got each answer (column): shape (classes, classes), whole numbers."""
    matrix = np.zeros((classes, classes), dtype=int)
    for truth, answer in zip(y_true, y_pred, strict=True):
        matrix[truth, answer] += 1
    return matrix


def matrix_cases(rng):
    yield np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]), 2
    yield np.array([2]), np.array([0]), 3
    yield rng.integers(0, 3, 30), rng.integers(0, 3, 30), 3
    yield rng.integers(0, 4, 50), rng.integers(0, 5, 50), 5  # class 4 never occurs, but is answered
    yield rng.integers(0, 3, 20), rng.integers(0, 3, 20), 4  # class 3 neither
    yield rng.integers(0, 10, 400)[::2], rng.integers(0, 10, 400)[::2], 10
    yield rng.integers(0, 2, 12), rng.integers(0, 2, 12), 2
    yield rng.integers(0, 4, 60), rng.integers(0, 4, 60), 4


def matrix_of_pairs(y_true, y_pred, classes):
    """A wrong confusion_matrix: each true class meets each answer, of all pictures."""
    return np.outer(np.bincount(y_true, minlength=classes), np.bincount(y_pred, minlength=classes))


def matrix_of_classes_seen(y_true, y_pred, classes):
    n = len(np.unique(y_true))
    matrix = np.zeros((n, n), dtype=int)
    for truth, answer in zip(y_true, y_pred, strict=True):
        matrix[truth, answer] += 1
    return matrix


CONFUSION_MATRIX = Exercise(
    name="confusion_matrix",
    chapter=6,
    title=_("The confusion matrix"),
    statement=_(
        "Return the table of answers: entry [t, a] counts the pictures of true class t that got the answer a. `y_true` "
        "and `y_pred` (N,) hold class numbers from 0 to `classes` - 1; the result has the shape (classes, classes) and "
        "holds whole numbers. On paper: true 0, 0, 1, 1, 1 and answers 0, 1, 1, 1, 0 give [[1, 1], [1, 2]]."
    ),
    reference=confusion_matrix,
    cases=matrix_cases,
    outputs=("matrix",),
    extreme=(1, 3, 4),  # a class without a picture: shares divide by zero
    misconceptions=[
        Misconception(
            "transposed",
            lambda y_true, y_pred, classes: confusion_matrix(y_pred, y_true, classes),
            _("The table is transposed: rows are the true classes, columns the answers."),
        ),
        Misconception(
            "repeats_lost",
            lambda y_true, y_pred, classes: np.minimum(confusion_matrix(y_true, y_pred, classes), 1),
            _(
                "Every pair counts only once. `matrix[y_true, y_pred] += 1` looks at each place once, however often it "
                "occurs: use a loop, or `np.add.at(matrix, (y_true, y_pred), 1)`."
            ),
        ),
        Misconception(
            "shares_of_rows",
            lambda y_true, y_pred, classes: (
                confusion_matrix(y_true, y_pred, classes)
                / np.maximum(confusion_matrix(y_true, y_pred, classes).sum(axis=1, keepdims=True), 1)
            ),
            _("You divided each row by its sum. Counts are asked, not shares."),
        ),
        Misconception(
            "shares_of_all",
            lambda y_true, y_pred, classes: confusion_matrix(y_true, y_pred, classes) / len(y_true),
            _("You divided by the number of pictures. Counts are asked, not shares."),
        ),
        Misconception(
            "right_ones_only",
            lambda y_true, y_pred, classes: np.diag(np.diag(confusion_matrix(y_true, y_pred, classes))),
            _("Only the right answers are counted. The mistakes are what the table is for."),
        ),
        Misconception(
            "mistakes_only",
            lambda y_true, y_pred, classes: (
                confusion_matrix(y_true, y_pred, classes) - np.diag(np.diag(confusion_matrix(y_true, y_pred, classes)))
            ),
            _("The right answers are missing: they belong on the diagonal."),
        ),
        Misconception(
            "classes_that_occur",
            lambda y_true, y_pred, classes: confusion_matrix(y_true, y_pred, int(max(y_true.max(), y_pred.max())) + 1),
            _(
                "The table ends with the largest class that occurs. A class without a picture needs its row and column "
                "too."
            ),
        ),
        Misconception(
            "symmetric",
            lambda y_true, y_pred, classes: (
                confusion_matrix(y_true, y_pred, classes) + confusion_matrix(y_pred, y_true, classes)
            ),
            _("You counted each picture in both directions. A scratch called a spot is not a spot called a scratch."),
        ),
        Misconception(
            "every_with_every",
            matrix_of_pairs,
            _(
                "You counted every true class with every answer: one loop inside the other. Each picture has one pair: "
                "`zip(y_true, y_pred)`."
            ),
        ),
        Misconception(
            "rows_are_one_list",
            lambda y_true, y_pred, classes: np.tile(np.bincount(y_pred, minlength=classes), (classes, 1)),
            _(
                "All rows are equal. `[[0] * classes] * classes` holds the same row several times; "
                "`np.zeros((classes, classes), dtype=int)` makes new ones."
            ),
        ),
        Misconception(
            "mistakes_both_ways",
            lambda y_true, y_pred, classes: (
                confusion_matrix(y_true, y_pred, classes)
                + confusion_matrix(y_pred, y_true, classes)
                - np.diag(np.diag(confusion_matrix(y_true, y_pred, classes)))
            ),
            _("You counted each mistake at [t, a] and at [a, t]. It belongs to the row of the true class only."),
        ),
        Misconception(
            "classes_from_one",
            lambda y_true, y_pred, classes: np.roll(confusion_matrix(y_true, y_pred, classes), (-1, -1), axis=(0, 1)),
            _("Every count is one row and one column too early. The classes are numbered from 0: do not subtract 1."),
        ),
        Misconception(
            "minlength_missing",
            lambda y_true, y_pred, classes: np.bincount(y_true * classes + y_pred).reshape(classes, classes),
            _("`np.bincount` ends with the largest number that occurs. Ask for all pairs: `minlength=classes**2`."),
        ),
        Misconception(
            "size_of_the_classes_seen",
            matrix_of_classes_seen,
            _(
                "Your table has as many rows as there are classes in y_true. A class may be missing there: use "
                "`classes` for the size."
            ),
        ),
        Misconception(
            "accuracy",
            lambda y_true, y_pred, classes: np.mean(y_true == y_pred),
            _("You returned the share of right answers. The table says more: which class was taken for which."),
        ),
        Misconception(
            "shares_of_columns",
            lambda y_true, y_pred, classes: (
                confusion_matrix(y_true, y_pred, classes)
                / np.maximum(confusion_matrix(y_true, y_pred, classes).sum(axis=0, keepdims=True), 1)
            ),
            _("You divided each column by its sum. Counts are asked, not shares."),
        ),
        Misconception(
            "one_class_too_many",
            lambda y_true, y_pred, classes: np.pad(confusion_matrix(y_true, y_pred, classes), ((0, 1), (0, 1))),
            _("Your table has a row and a column too many. The numbers 0 to classes - 1 are `classes` numbers."),
        ),
        Misconception(
            "right_answers_of_each_class",
            lambda y_true, y_pred, classes: np.diag(confusion_matrix(y_true, y_pred, classes)).copy(),
            _(
                "You counted the right answers of each class. The table also says what the wrong ones were: (classes, "
                "classes)."
            ),
        ),
        Misconception(
            "first_picture_only",
            lambda y_true, y_pred, classes: confusion_matrix(y_true[:1], y_pred[:1], classes),
            _("Only the first picture is counted. Does `return` stand inside the loop? Move it to the left."),
        ),
    ],
    hints=[
        _(
            "Begin with zeros of the shape (classes, classes), of whole numbers: `np.zeros((classes, classes), "
            "dtype=int)`."
        ),
        _("For every picture, add 1 at row `y_true`, column `y_pred`."),
        _("`for t, a in zip(y_true, y_pred): matrix[t, a] += 1`."),
    ],
)


def best_threshold(y_true, scores, cost_miss, cost_alarm):
    """The threshold, one of the scores, at which the mistakes cost least; of equally good ones the smallest.

    A part is reported when its score >= threshold. y_true (N,) 1 = defective, scores (N,).
    """
    best, least = None, np.inf
    for threshold in np.unique(scores):  # in ascending order
        reported = scores >= threshold
        cost = cost_miss * np.sum((y_true == 1) & ~reported) + cost_alarm * np.sum((y_true == 0) & reported)
        if cost < least:
            best, least = threshold, cost
    return best


def threshold_cases(rng):
    yield np.array([0, 0, 1, 0, 1]), np.array([0.1, 0.3, 0.4, 0.6, 0.9]), 100.0, 8.0
    yield np.array([0, 1]), np.array([0.2, 0.8]), 10.0, 1.0
    yield np.array([1, 0, 1, 0]), np.array([0.2, 0.4, 0.6, 0.8]), 5.0, 5.0  # equally good ones
    yield np.array([0, 1, 0, 0]), np.array([0.1, 0.3, 0.5, 0.7]), 2.0, 5.0  # where alarms are dear, misses pay
    for _case in range(6):
        y_true = rng.integers(0, 2, 30)
        scores = (0.2 * y_true + rng.uniform(0, 0.8, 30)).round(2)
        yield y_true, scores, float(rng.integers(1, 20)), float(rng.integers(1, 20))


def threshold_with(reported=lambda s, t: s >= t, cost=None, better=lambda new, old: new < old, candidates=np.unique):
    """A wrong best_threshold: another report, cost, comparison or set of candidates."""

    def wrong(y_true, scores, cost_miss, cost_alarm):
        best, least = None, np.inf
        for threshold in candidates(scores):
            report = reported(scores, threshold)
            missed, alarms = np.sum((y_true == 1) & ~report), np.sum((y_true == 0) & report)
            now = cost(missed, alarms, cost_miss, cost_alarm) if cost else cost_miss * missed + cost_alarm * alarms
            if best is None or better(now, least):
                best, least = threshold, now
        return best

    return wrong


def threshold_costs(y_true, scores, cost_miss, cost_alarm, candidates):
    """The cost at each of the thresholds."""
    report = scores >= np.reshape(candidates, (-1, 1))
    return cost_miss * (~report & (y_true == 1)).sum(axis=1) + cost_alarm * (report & (y_true == 0)).sum(axis=1)


def threshold_among(candidates):
    """A wrong best_threshold: the best one of other candidates."""

    def wrong(y_true, scores, cost_miss, cost_alarm):
        among = candidates(scores)
        return among[np.argmin(threshold_costs(y_true, scores, cost_miss, cost_alarm, among))]

    return wrong


def threshold_of_rates(y_true, scores, cost_miss, cost_alarm):
    candidates = np.unique(scores)
    costs = [cost_miss * np.mean(scores[y_true == 1] < t) + cost_alarm * np.mean(scores[y_true == 0] >= t)
             for t in candidates]  # fmt: skip
    return candidates[np.argmin(costs)]


def threshold_counting(cost):
    """A wrong best_threshold: another cost(y_true, scores, t, cost_miss, cost_alarm) of a threshold."""

    def wrong(y_true, scores, cost_miss, cost_alarm):
        return min(np.unique(scores), key=lambda t: cost(y_true, scores, t, cost_miss, cost_alarm))

    return wrong


BEST_THRESHOLD = Exercise(
    name="best_threshold",
    chapter=6,
    title=_("The threshold that costs least"),
    statement=_(
        "An inspector reports a part when its score is at least the threshold. A missed defect costs `cost_miss`, a "
        "false alarm `cost_alarm` (both in EUR). Try every value that occurs in `scores` as threshold and return the "
        "one with the lowest total cost; of equally good ones the smallest. `y_true` (N,) is 1 for defective parts, "
        "`scores` (N,) are the model's shares. On paper: true 0, 0, 1, 0, 1, scores 0.1, 0.3, 0.4, 0.6, 0.9, a miss "
        "100 EUR, an alarm 8 EUR: at 0.4 nothing is missed and one alarm costs 8 EUR, so the answer is 0.4."
    ),
    reference=best_threshold,
    cases=threshold_cases,
    outputs=("threshold",),
    misconceptions=[
        Misconception(
            "costs_swapped",
            threshold_with(cost=lambda m, a, cm, ca: ca * m + cm * a),
            _(
                "The two prices are swapped: a defect that is not reported costs cost_miss, a good part reported "
                "cost_alarm."
            ),
        ),
        Misconception(
            "greater_only",
            threshold_with(reported=lambda s, t: s > t),
            _("You report only above the threshold. A part whose score equals it is reported too: >=."),
        ),
        Misconception(
            "always_half",
            lambda y_true, scores, cost_miss, cost_alarm: 0.5,
            _("0.5 is nothing special. The best threshold depends on the prices: try them all."),
        ),
        Misconception(
            "most_right_answers",
            threshold_with(cost=lambda m, a, cm, ca: m + a),
            _("You counted mistakes without their prices: that gives the best accuracy, not the lowest cost."),
        ),
        Misconception(
            "misses_only",
            threshold_with(cost=lambda m, a, cm, ca: cm * m),
            _("You report everything, as if false alarms cost nothing. Is their price in your sum, and is it added?"),
        ),
        Misconception(
            "alarms_only",
            threshold_with(cost=lambda m, a, cm, ca: ca * a),
            _("The missed defects cost nothing in your sum. Then reporting as little as possible is always best."),
        ),
        Misconception(
            "largest_of_equal",
            threshold_with(better=lambda new, old: new <= old),
            _("Of equally good thresholds you took the last. The smallest is asked: compare with < while they rise."),
        ),
        Misconception(
            "reported_below",
            threshold_with(reported=lambda s, t: s < t),
            _(
                "This is the threshold with the highest cost. Either the comparison of costs is turned round, or you "
                "report the parts below the threshold: a high score means probably defective."
            ),
        ),
        Misconception(
            "from_the_formula",
            lambda y_true, scores, cost_miss, cost_alarm: cost_alarm / (cost_alarm + cost_miss),
            _(
                "cost_alarm / (cost_alarm + cost_miss) is best only if the scores are true probabilities. These are "
                "not: try the scores that occur."
            ),
        ),
        Misconception(
            "cost_returned",
            lambda y_true, scores, cost_miss, cost_alarm: min(
                cost_miss * np.sum((y_true == 1) & (scores < t)) + cost_alarm * np.sum((y_true == 0) & (scores >= t))
                for t in scores
            ),
            _("You returned the lowest cost. The threshold that gives it is asked."),
        ),
        Misconception(
            "place_returned",
            lambda y_true, scores, cost_miss, cost_alarm: int(
                np.argmin(threshold_costs(y_true, scores, cost_miss, cost_alarm, np.unique(scores)))
            ),
            _(
                "`argmin` gives the place of the lowest cost. The threshold at this place is asked: "
                "`thresholds[place]`."
            ),
        ),
        Misconception(
            "place_in_scores_returned",
            lambda y_true, scores, cost_miss, cost_alarm: int(
                np.argmin(threshold_costs(y_true, scores, cost_miss, cost_alarm, scores))
            ),
            _("You returned the place of the best score in `scores`. The score itself is asked."),
        ),
        Misconception(
            "first_in_the_order_of_scores",
            threshold_among(lambda scores: scores),
            _(
                "Of equally good thresholds you took the one that comes first in `scores`. The smallest is asked: go "
                "through `np.unique(scores)`, which is in ascending order."
            ),
        ),
        Misconception(
            "fixed_steps",
            threshold_among(lambda scores: np.linspace(0, 1, 101)),
            _(
                "You tried thresholds in fixed steps. Only where a score lies does anything change: try the scores "
                "themselves."
            ),
        ),
        Misconception(
            "between_the_scores",
            threshold_among(lambda scores: (np.sort(scores)[1:] + np.sort(scores)[:-1]) / 2),
            _("You tried the values between two scores. Here the threshold is one of the scores."),
        ),
        Misconception(
            "rates",
            threshold_of_rates,
            _(
                "You priced the share of missed defects and the share of alarms, each within its class. Money is paid "
                "for each part: count them."
            ),
        ),
        Misconception(
            "always_zero",
            lambda y_true, scores, cost_miss, cost_alarm: 0.0,
            _(
                "You always return 0. Does the lowest cost begin with 0? No cost is lower than that: begin with "
                "`np.inf`."
            ),
        ),
        Misconception(
            "always_the_largest",
            lambda y_true, scores, cost_miss, cost_alarm: scores.max(),
            _(
                "You always return the largest score. Is the lowest cost set back inside the loop? It is set to "
                "`np.inf` once, before the loop."
            ),
        ),
        Misconception(
            "nothing_missed",
            lambda y_true, scores, cost_miss, cost_alarm: scores[y_true == 1].min(),
            _("You report every defect, whatever the alarms cost. Where alarms are dear, some misses are cheaper."),
        ),
        Misconception(
            "all_reports_are_alarms",
            threshold_counting(lambda y, s, t, miss, alarm: miss * np.sum((y == 1) & (s < t)) + alarm * np.sum(s >= t)),
            _("You paid an alarm for every reported part. A reported defect is no false alarm: count good parts only."),
        ),
        Misconception(
            "labels_not_used",
            threshold_counting(lambda y, s, t, miss, alarm: miss * np.sum(s < t) + alarm * np.sum(s >= t)),
            _("Your cost does not ask which parts are defective. Missed: `y_true == 1`; false alarm: `y_true == 0`."),
        ),
        Misconception(
            "everything_else_is_an_alarm",
            threshold_counting(
                lambda y, s, t, miss, alarm: (miss - alarm) * np.sum((y == 1) & (s < t)) + alarm * len(y)
            ),
            _(
                "Whatever is no miss costs you an alarm. Right decisions cost nothing: ask `y_true == 0` and `score >= "
                "t`."
            ),
        ),
        Misconception(
            "equal_scores_missed",
            threshold_counting(
                lambda y, s, t, miss, alarm: miss * np.sum((y == 1) & (s <= t)) + alarm * np.sum((y == 0) & (s >= t))
            ),
            _(
                "A defect whose score equals the threshold counts as missed. It is reported (>=), so missed means "
                "`scores < t`."
            ),
        ),
        Misconception(
            "last_in_the_order_of_scores",
            lambda y_true, scores, cost_miss, cost_alarm: scores[::-1][
                np.argmin(threshold_costs(y_true, scores, cost_miss, cost_alarm, scores[::-1]))
            ],
            _("Of equally good thresholds you took the one that comes last in `scores`. The smallest is asked."),
        ),
        Misconception(
            "equal_alarms_free",
            threshold_counting(
                lambda y, s, t, miss, alarm: miss * np.sum((y == 1) & (s < t)) + alarm * np.sum((y == 0) & (s > t))
            ),
            _(
                "A good part whose score equals the threshold costs nothing in your sum. It is reported (>=): a false "
                "alarm."
            ),
        ),
        Misconception(
            "from_the_formula_swapped",
            lambda y_true, scores, cost_miss, cost_alarm: cost_miss / (cost_alarm + cost_miss),
            _(
                "The dearer a miss, the lower the threshold must be; yours gets higher. And a formula is best only for "
                "true probabilities: try the scores that occur."
            ),
        ),
        Misconception(
            "labels_turned",
            threshold_counting(
                lambda y, s, t, miss, alarm: miss * np.sum((y == 0) & (s < t)) + alarm * np.sum((y == 1) & (s >= t))
            ),
            _(
                "The classes are swapped: 1 is defective. Missed is a 1 below the threshold, a false alarm a 0 at or "
                "above it."
            ),
        ),
    ],
    hints=[
        _("`np.unique(scores)` gives the thresholds to try, in ascending order."),
        _("Missed: `(y_true == 1) & (scores < t)`. False alarms: `(y_true == 0) & (scores >= t)`. Count both."),
        _("Keep the lowest cost so far and its threshold; replace them only when a cost is lower."),
    ],
)


def occlusion_map(predict, image, patch):
    """How much a score drops when a part of the image is covered: cover patch x patch squares side by side with 0.

    predict(image) -> one number; image (H, W); the result (H // patch, W // patch): the drop of the score.
    """
    score = predict(image)
    drop = np.zeros((image.shape[0] // patch, image.shape[1] // patch))
    for i in range(drop.shape[0]):
        for j in range(drop.shape[1]):
            covered = image.copy()
            covered[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0
            drop[i, j] = score - predict(covered)
    return drop


class Detector:
    """A stand-in for a network: a score between 0 and 1 that depends on some pixels more than on others."""

    def __init__(self, weights):
        self.weights = weights

    def __call__(self, image):
        if np.shape(image) != self.weights.shape:
            raise ValueError(f"predict needs one image of shape {self.weights.shape}, but was given {np.shape(image)}")
        return float(np.tanh(np.sum(self.weights * image)) / 2 + 0.5)


def occlusion_cases(rng):
    weights = np.zeros((4, 4))
    weights[:2, 2:] = 0.2
    yield Detector(weights), np.ones((4, 4)), 2
    for shape, patch in (((6, 4), 2), ((5, 7), 2), ((9, 9), 3), ((4, 5), 1), ((6, 6), 6)):
        yield Detector(rng.normal(size=shape) / 6), rng.uniform(0.2, 1, shape), patch


def occlusion_with(value=0.0, difference=lambda score, covered: score - covered, restore=True, step=None, keep=False):
    """A wrong occlusion_map: another cover, another difference, or covers that pile up."""

    def wrong(predict, image, patch):
        score, s = predict(image), step or patch
        drop = np.zeros((image.shape[0] // patch, image.shape[1] // patch))
        covered = image.copy()
        for i in range(drop.shape[0]):
            for j in range(drop.shape[1]):
                covered = image.copy() if restore else covered
                place = slice(i * s, i * s + patch), slice(j * s, j * s + patch)
                if keep:
                    covered = np.zeros(image.shape)
                    covered[place] = image[place]
                else:
                    covered[place] = value(image) if callable(value) else value
                drop[i, j] = difference(score, predict(covered))
        return drop

    return wrong


def occlusion_covering(cover, size=lambda n, patch: n // patch, whole=None):
    """A wrong occlusion_map: cover(image, i, j, patch) returns what is asked of predict at place i, j."""

    def wrong(predict, image, patch):
        score = predict(image)
        drop = np.zeros((size(image.shape[0], patch), size(image.shape[1], patch)))
        for i, j in np.ndindex(drop.shape):
            drop[i, j] = score - predict(cover(image, i, j, patch))
            score = score - drop[i, j] if whole == "last" else score
        return drop

    return wrong


def blank(image, rows, columns, value=0.0):
    """A copy of the image with these rows and columns set to one value."""
    covered = image.copy()
    covered[rows, columns] = value
    return covered


def square(image, i, j, patch):
    return blank(image, slice(i * patch, (i + 1) * patch), slice(j * patch, (j + 1) * patch))


def occlusion_pixels(predict, image, patch):
    """A wrong occlusion_map: as large as the image, every pixel of a square with its drop."""
    drop = np.zeros(image.shape)
    for i in range(0, image.shape[0], patch):
        for j in range(0, image.shape[1], patch):
            place = slice(i, i + patch), slice(j, j + patch)
            drop[place] = predict(image) - predict(blank(image, *place))
    return drop


OCCLUSION_MAP = Exercise(
    name="occlusion_map",
    chapter=6,
    title=_("Where does it look?"),
    statement=_(
        "Cover the image with a square of zeros, `patch` x `patch` pixels, at one place after the other (side by "
        "side), and return how much the score **drops** at each place: score of the whole image minus score of the "
        "covered one. `predict(image)` returns one number for an image (H, W); the result has the shape (H // patch, W "
        "// patch). Change only a copy of the image, and cover only one place at a time."
    ),
    reference=occlusion_map,
    cases=occlusion_cases,
    outputs=("drop",),
    misconceptions=[
        Misconception(
            "covers_pile_up",
            occlusion_with(restore=False),
            _("The earlier places stay covered. Take a fresh copy of the image for every place."),
        ),
        Misconception(
            "sign_turned",
            occlusion_with(difference=lambda score, covered: covered - score),
            _("The sign is turned round: a drop is positive, the whole image's score minus the covered one's."),
        ),
        Misconception(
            "score_of_the_covered",
            occlusion_with(difference=lambda score, covered: covered),
            _(
                "You returned the score of the covered image. The drop is asked: subtract it from the whole image's "
                "score."
            ),
        ),
        Misconception(
            "covered_with_one",
            occlusion_with(value=1.0),
            _("You covered with 1, which is white. Here the cover is 0."),
        ),
        Misconception(
            "covered_with_mean",
            occlusion_with(value=lambda image: image.mean()),
            _("You covered with the mean of the image. That is a good idea in practice, but here the cover is 0."),
        ),
        Misconception(
            "moved_by_one",
            occlusion_with(step=1),
            _("Your square moves by one pixel. Here the squares lie side by side: place i begins at row i * patch."),
        ),
        Misconception(
            "all_but_the_square",
            occlusion_with(keep=True),
            _("You covered everything except the square. Cover the square and keep the rest."),
        ),
        Misconception(
            "relative",
            occlusion_with(difference=lambda score, covered: (score - covered) / score),
            _("You divided the drop by the score. The plain difference is asked."),
        ),
        Misconception(
            "amount",
            occlusion_with(difference=lambda score, covered: abs(score - covered)),
            _("You took the amount of the drop. It may be negative: then the covered place spoke against the class."),
        ),
        Misconception(
            "transposed",
            lambda predict, image, patch: occlusion_map(predict, image, patch).T,
            _("Rows and columns of the map are swapped."),
        ),
        Misconception(
            "row_by_row_copies",
            occlusion_covering(lambda x, i, j, p: blank(x, slice(i * p, (i + 1) * p), slice(0, (j + 1) * p))),
            _("Within a row the earlier squares stay covered. Take a fresh copy inside the inner loop."),
        ),
        Misconception(
            "compared_with_the_last",
            occlusion_covering(square, whole="last"),
            _(
                "You subtract from the score of the place before. Subtract from the whole image's score, which stays "
                "the same."
            ),
        ),
        Misconception(
            "map_of_pixels",
            occlusion_pixels,
            _("Your map has one number for each pixel. One for each square is asked: (H // patch, W // patch)."),
        ),
        Misconception(
            "rest_covered_too",
            occlusion_covering(square, size=lambda n, patch: -(-n // patch)),
            _(
                "You also covered the rest at the end, which does not fill a square. There are H // patch rows of "
                "squares."
            ),
        ),
        Misconception(
            "every_place",
            occlusion_covering(
                lambda x, i, j, p: blank(x, slice(i, i + p), slice(j, j + p)), size=lambda n, patch: n - patch + 1
            ),
            _(
                "Your square moves pixel by pixel, as a kernel does. Here the squares lie side by side, so there are "
                "fewer."
            ),
        ),
        Misconception(
            "square_one_short",
            occlusion_covering(
                lambda x, i, j, p: blank(x, slice(i * p, (i + 1) * p - 1), slice(j * p, (j + 1) * p - 1))
            ),
            _(
                "Your square is one row and one column short. The end of a slice does not belong to it: end at (i + 1) "
                "* patch."
            ),
        ),
        Misconception(
            "one_pixel",
            occlusion_covering(lambda x, i, j, p: blank(x, i * p, j * p)),
            _(
                "You covered only one pixel of each square. Use slices: `i * patch : (i + 1) * patch`, and the same "
                "for j."
            ),
        ),
        Misconception(
            "whole_rows",
            occlusion_covering(lambda x, i, j, p: blank(x, slice(i * p, (i + 1) * p), slice(None))),
            _("You covered whole rows: the columns of the square are missing in the index."),
        ),
        Misconception(
            "square_cut_out",
            lambda predict, image, patch: occlusion_covering(
                lambda x, i, j, p: x[i * p : (i + 1) * p, j * p : (j + 1) * p]
            )(predict, image, patch),
            _(
                "You asked for the score of the square alone. Cover the square and ask for the score of the whole "
                "image."
            ),
        ),
        Misconception(
            "covered_with_half",
            occlusion_with(value=0.5),
            _("You covered with 0.5, which is grey. Here the cover is 0."),
        ),
        Misconception(
            "one_row",
            lambda predict, image, patch: occlusion_map(predict, image, patch).ravel(),
            _("All drops are in one row. The map has rows and columns: (H // patch, W // patch)."),
        ),
        Misconception(
            "ratio",
            occlusion_with(difference=lambda score, covered: score / covered),
            _("You divided one score by the other. The difference is asked."),
        ),
        Misconception(
            "covered_with_the_darkest",
            occlusion_with(value=lambda image: image.min()),
            _("You covered with the smallest value of the image. Here the cover is 0."),
        ),
        Misconception(
            "negative_cut_off",
            occlusion_with(difference=lambda score, covered: max(0, score - covered)),
            _("Negative drops became 0. Keep them: there the covered place spoke against the class."),
        ),
        Misconception(
            "places_swapped",
            occlusion_covering(lambda x, i, j, p: blank(x, slice(j * p, (j + 1) * p), slice(i * p, (i + 1) * p))),
            _("Row and column of the square are swapped: i counts the rows, j the columns."),
        ),
        Misconception(
            "slice_ends_at_patch",
            occlusion_covering(lambda x, i, j, p: blank(x, slice(i * p, p), slice(j * p, p))),
            _("Your slices end at patch wherever they begin, so most are empty. They end at (i + 1) * patch."),
        ),
        Misconception(
            "two_pairs_of_brackets",
            occlusion_covering(
                lambda x, i, j, p: blank(x, slice(i * p + j * p, min((i + 1) * p, i * p + (j + 1) * p)), slice(None))
            ),
            _(
                "`image[rows][columns]` takes rows of rows. One pair of brackets with a comma, `image[rows, columns]`, "
                "takes a square."
            ),
        ),
    ],
    hints=[
        _("Ask for the score of the whole image once, before the loops."),
        _("`covered = image.copy()` for every place; then set the square to 0."),
        _("The square of place i, j is `covered[i*patch : (i+1)*patch, j*patch : (j+1)*patch]`."),
    ],
)

EXERCISES = [SUMMARY_NUMBERS, FLATTEN, CONFUSION_MATRIX, BEST_THRESHOLD, OCCLUSION_MAP]
