"""The exercises of chapter 6, the defect classifier: its numbers, its mistakes in money, and where it looks."""

import math

import numpy as np

from course_lib.exercises.adapt import list_as_array
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def summary_numbers(layers, input_shape):
    """The weights of each layer of a CNN: follow the shape through the layers and count.

    layers: ("conv", filters, k), ("pool", k), ("flatten",) or ("dense", units); kernels k x k, stride 1, no padding.
    """
    shape, counts = tuple(input_shape), []
    for kind, *numbers in layers:
        if kind == "conv":
            filters, k = numbers
            counts.append(k * k * shape[2] * filters + filters)
            shape = (shape[0] - k + 1, shape[1] - k + 1, filters)
        elif kind == "pool":
            counts.append(0)
            shape = (shape[0] // numbers[0], shape[1] // numbers[0], shape[2])
        elif kind == "flatten":
            counts.append(0)
            shape = (shape[0] * shape[1] * shape[2],)
        else:
            counts.append(shape[0] * numbers[0] + numbers[0])
            shape = (numbers[0],)
    return counts


def summary_with(conv=None, pool=None, flatten=None, dense=None, map_size=None):
    """A wrong summary_numbers: other rules for the counts or the shapes."""

    def wrong(layers, input_shape):
        shape, counts = tuple(input_shape), []
        for kind, *numbers in layers:
            if kind == "conv":
                filters, k = numbers
                counts.append((conv or (lambda k, c, f: k * k * c * f + f))(k, shape[2], filters))
                size = map_size or (lambda n, k: n - k + 1)
                shape = (size(shape[0], k), size(shape[1], k), filters)
            elif kind == "pool":
                counts.append(0)
                half = pool or (lambda n, k: n // k)
                shape = (half(shape[0], numbers[0]), half(shape[1], numbers[0]), shape[2])
            elif kind == "flatten":
                counts.append(0)
                shape = ((flatten or math.prod)(shape),)
            else:
                counts.append((dense or (lambda d, m: d * m + m))(shape[0], numbers[0]))
                shape = (numbers[0],)
        return counts

    return wrong


TEN_CLASSES = [("conv", 32, 3), ("pool", 2), ("conv", 64, 3), ("pool", 2), ("flatten",), ("dense", 64), ("dense", 10)]


def summary_cases(rng):
    yield TEN_CLASSES, (28, 28, 1)
    yield [("flatten",), ("dense", 10)], (28, 28, 1)
    yield [("conv", 8, 5), ("flatten",), ("dense", 3)], (12, 10, 3)
    yield [("conv", 4, 3), ("pool", 2), ("conv", 6, 2), ("pool", 3), ("flatten",), ("dense", 5)], (21, 18, 2)
    for _case in range(3):
        filters, k, units = (int(v) for v in rng.integers(2, 6, 3))
        yield [("conv", filters, k), ("pool", 2), ("flatten",), ("dense", units), ("dense", 2)], (15, 16, 3)


SUMMARY_NUMBERS = Exercise(
    name="summary_numbers",
    chapter=6,
    title=_("Every number of summary()"),
    statement=_(
        "Return how many weights each layer of a network holds, as a list with one number for each layer. `layers` is "
        "a "
        'list of `("conv", filters, k)`, `("pool", k)`, `("flatten",)` and `("dense", units)`. Kernels and windows are '
        "k x k; kernels have stride 1 and no padding; pooling windows lie side by side. `input_shape` is (H, W, C). "
        "For the ten-class network the answer is [320, 0, 18496, 0, 0, 102464, 650]."
    ),
    reference=summary_numbers,
    cases=summary_cases,
    outputs=("counts",),
    adapt=list_as_array,
    misconceptions=[
        Misconception(
            "biases_forgotten",
            summary_with(conv=lambda k, c, f: k * k * c * f, dense=lambda d, m: d * m),
            _("The biases are missing: one for each kernel and one for each unit."),
        ),
        Misconception(
            "channels_forgotten",
            summary_with(conv=lambda k, c, f: k * k * f + f),
            _(
                "The second convolution gets 32 channels, and each kernel has weights for all of them: k * k * C * F + "
                "F."
            ),
        ),
        Misconception(
            "same_padding",
            summary_with(map_size=lambda n, k: n),
            _("Your maps keep their size. Without padding a k x k kernel makes them k - 1 pixels smaller."),
        ),
        Misconception(
            "map_one_too_small",
            summary_with(map_size=lambda n, k: n - k),
            _("Your maps are one pixel too small: there are n - k + 1 places."),
        ),
        Misconception(
            "pool_rounded_up",
            summary_with(pool=lambda n, k: -(-n // k)),
            _("Pooling rounds down: a row that does not fill a window is left out. 11 becomes 5."),
        ),
        Misconception(
            "pool_like_a_convolution",
            summary_with(pool=lambda n, k: n - k + 1),
            _("Your pooling windows move by one pixel. They lie side by side: n // k places."),
        ),
        Misconception(
            "pool_not_applied",
            summary_with(pool=lambda n, k: n),
            _("Pooling has no weights, but it changes the shape: half as high and half as wide with k = 2."),
        ),
        Misconception(
            "flatten_without_channels",
            summary_with(flatten=lambda s: s[0] * s[1]),
            _("Flatten lays height x width x channels in a row. You left the channels out."),
        ),
        Misconception(
            "one_bias_for_each_layer",
            summary_with(conv=lambda k, c, f: k * k * c * f + 1, dense=lambda d, m: d * m + 1),
            _("You counted one bias for each layer. There is one for each kernel and for each unit."),
        ),
        Misconception(
            "layers_without_weights_skipped",
            lambda layers, input_shape: [count for count in summary_numbers(layers, input_shape) if count],
            _("Layers without weights belong into the list too, with a 0."),
        ),
        Misconception(
            "total",
            lambda layers, input_shape: sum(summary_numbers(layers, input_shape)),
            _("You returned the total. A list with one number for each layer is asked."),
        ),
    ],
    hints=[
        _("Keep the shape of one sample in a variable and change it layer by layer. Only conv and dense have weights."),
        _("conv: k * k * C * F + F weights, then (H - k + 1, W - k + 1, F). pool: no weights, (H // k, W // k, C)."),
        _("flatten: (H * W * C,). dense: inputs * units + units, then (units,)."),
    ],
)


def flatten(x):
    """All values of a sample in one row, in reading order, the channels of a pixel side by side: (N, H, W, C)."""
    return x.reshape(len(x), -1)


def flatten_cases(rng):
    yield (np.arange(8.0).reshape(1, 2, 2, 2),)
    yield (rng.normal(size=(1, 1, 1, 1)),)
    yield (rng.normal(size=(3, 2, 4, 2)).round(1),)
    yield (rng.normal(size=(2, 5, 3, 1)),)
    yield (rng.normal(size=(4, 3, 2, 5)).T,)
    yield (rng.normal(size=(4, 6, 6, 4))[::2, ::2, ::3, ::2],)


FLATTEN = Exercise(
    name="flatten",
    chapter=6,
    title=_("From maps to a row"),
    statement=_(
        "Return every image as one row of numbers, as the layer Flatten does: `x` (N, H, W, C) becomes (N, H * W * C). "
        "The order is that of reading: row by row, in a row from left to right, and the channels of a pixel side by "
        "side. The next layer has learned its weights for this order. On paper: the pixels [0, 1], [2, 3] of the first "
        "row and [4, 5], [6, 7] of the second give 0, 1, 2, 3, 4, 5, 6, 7."
    ),
    reference=flatten,
    cases=flatten_cases,
    outputs=("y",),
    misconceptions=[
        Misconception(
            "batch_flattened",
            lambda x: x.reshape(-1),
            _("You flattened the batch as well. Each image keeps a row of its own: the first axis stays."),
        ),
        Misconception(
            "batch_as_one_row",
            lambda x: x.reshape(1, -1),
            _("All images are in one row. Each image needs its own: `x.reshape(len(x), -1)`."),
        ),
        Misconception(
            "channels_first",
            lambda x: x.transpose(0, 3, 1, 2).reshape(len(x), -1),
            _(
                "You laid map after map. Here the channels of a pixel stand side by side, because they are the last "
                "axis."
            ),
        ),
        Misconception(
            "column_order",
            lambda x: x.reshape(len(x), -1, order="F"),
            _("You went down the columns first (Fortran's order). Reading order goes along the rows: NumPy's order C."),
        ),
        Misconception(
            "columns_first",
            lambda x: x.transpose(0, 2, 1, 3).reshape(len(x), -1),
            _("You went column by column. Reading order goes row by row."),
        ),
        Misconception(
            "channels_kept",
            lambda x: x.reshape(len(x), -1, x.shape[3]),
            _("The channels are still an axis. All values of an image go into one row: `x.reshape(len(x), -1)`."),
        ),
        Misconception(
            "transposed",
            lambda x: x.reshape(len(x), -1).T,
            _("Rows and columns of the result are swapped: one row for each image."),
        ),
        Misconception(
            "channels_averaged",
            lambda x: x.mean(axis=3).reshape(len(x), -1),
            _("You took the mean over the channels. Nothing is calculated here, only laid in a row."),
        ),
        Misconception(
            "regrouped",
            lambda x: x.reshape(-1, len(x)).T,
            _("The values of different images are mixed. Keep the first axis: `x.reshape(len(x), -1)`."),
        ),
    ],
    hints=[
        _("`reshape` gives the same values another shape, in reading order."),
        _("The first axis stays: its length is `len(x)`. For the other, -1 lets NumPy calculate it."),
        _("`return x.reshape(len(x), -1)`."),
    ],
)


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


BEST_THRESHOLD = Exercise(
    name="best_threshold",
    chapter=6,
    title=_("The threshold that costs least"),
    statement=_(
        "An inspector reports a part when its score is at least the threshold. A missed defect costs `cost_miss`, a "
        "false alarm `cost_alarm` (both in EUR). Try every value that occurs in `scores` as threshold and return the "
        "one "
        "with the lowest total cost; of equally good ones the smallest. `y_true` (N,) is 1 for defective parts, "
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
            _("The false alarms cost nothing in your sum. Then reporting everything is always best."),
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
                "report "
                "the parts below the threshold: a high score means probably defective."
            ),
        ),
        Misconception(
            "from_the_formula",
            lambda y_true, scores, cost_miss, cost_alarm: cost_alarm / (cost_alarm + cost_miss),
            _(
                "cost_alarm / (cost_alarm + cost_miss) is best only if the scores are true probabilities. These are "
                "not: "
                "try the scores that occur."
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


OCCLUSION_MAP = Exercise(
    name="occlusion_map",
    chapter=6,
    title=_("Where does it look?"),
    statement=_(
        "Cover the image with a square of zeros, `patch` x `patch` pixels, at one place after the other (side by "
        "side), "
        "and return how much the score **drops** at each place: score of the whole image minus score of the covered "
        "one. `predict(image)` returns one number for an image (H, W); the result has the shape "
        "(H // patch, W // patch). Change only a copy of the image, and cover only one place at a time."
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
    ],
    hints=[
        _("Ask for the score of the whole image once, before the loops."),
        _("`covered = image.copy()` for every place; then set the square to 0."),
        _("The square of place i, j is `covered[i*patch : (i+1)*patch, j*patch : (j+1)*patch]`."),
    ],
)

EXERCISES = [SUMMARY_NUMBERS, FLATTEN, CONFUSION_MATRIX, BEST_THRESHOLD, OCCLUSION_MAP]
