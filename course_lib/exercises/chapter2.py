"""The exercises of chapter 2, losses: how wrong a prediction is, for the network and for the plant."""

import numpy as np

from course_lib import nn
from course_lib.exercises.adapt import first_of_pair
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def mean_squared_error(y_true, y_pred):
    """The mean of the squared differences, over all samples and outputs: L = mean((y_pred - y_true)^2)."""
    difference = y_pred - y_true
    return np.mean(difference**2)


def sparse_categorical_crossentropy(y_true, logits):
    """L = mean over samples of -log softmax(z)_t, with log softmax(z) = z - max(z) - log(sum(exp(z - max(z))))."""
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    rows = np.arange(len(y_true))
    return -np.mean(log_p[rows, y_true])


def plant_cost(y_true, y_prob, threshold, cost_miss, cost_false_alarm):
    """The mean cost per part: a defect without an alarm costs cost_miss, an alarm without a defect cost_false_alarm."""
    alarm = y_prob >= threshold
    misses = np.sum((y_true == 1) & ~alarm)
    false_alarms = np.sum((y_true == 0) & alarm)
    return (misses * cost_miss + false_alarms * cost_false_alarm) / len(y_true)


def squared_cases(rng):
    yield np.array([[1.0], [2.0]]), np.array([[3.0], [1.0]])
    yield np.array([[0.5, -1.0]]), np.array([[1.5, 2.0]])
    yield np.array([0.3]), np.array([-0.2])
    yield rng.normal(size=(5, 3)).round(1), rng.normal(size=(5, 3)).round(1)
    yield rng.normal(size=7), rng.normal(size=7)
    yield rng.normal(size=(8, 6))[::2, ::3], rng.normal(size=(2, 4)).T


MEAN_SQUARED_ERROR = Exercise(
    name="mean_squared_error",
    chapter=2,
    title=_("Mean squared error"),
    statement=_(
        "Return the mean of the squared differences, one number:\n\n"
        "$$L = \\frac{1}{N M} \\sum_{n, m} (\\hat{y}_{nm} - y_{nm})^2$$\n\n"
        "`y_true` and `y_pred` have the same shape, (N,) or (N, M); the mean runs over all values. "
        "On paper: y_true = (1, 2), y_pred = (3, 1) give (4 + 1) / 2 = 2.5."
    ),
    reference=mean_squared_error,
    cases=squared_cases,
    outputs=("loss",),
    adapt=first_of_pair,
    solution_note=_("`nn.mean_squared_error` does the same and returns the gradient beside the loss."),
    misconceptions=[
        Misconception(
            "summed",
            lambda t, y: np.sum((y - t) ** 2),
            _("You took the sum where the mean was asked: with twice the data the loss would be twice as large."),
        ),
        Misconception(
            "root",
            lambda t, y: np.sqrt(np.mean((y - t) ** 2)),
            _("You took the square root: that is the RMSE. The mean squared error has no root."),
        ),
        Misconception(
            "absolute",
            lambda t, y: np.mean(np.abs(y - t)),
            _("You took the absolute difference (MAE). Here it is squared."),
        ),
        Misconception(
            "not_squared",
            lambda t, y: np.mean(y - t),
            _("The square is missing: without it errors up and errors down cancel."),
        ),
        Misconception(
            "mean_before_square",
            lambda t, y: np.mean(y - t) ** 2,
            _(
                "You took the mean first and the square after it, so errors up and down cancel. "
                "Square each difference, then take the mean."
            ),
        ),
        Misconception(
            "halved",
            lambda t, y: 0.5 * np.mean((y - t) ** 2),
            _("There is a factor 1/2 too many. Some books put it there to make the gradient shorter; Keras does not."),
        ),
        Misconception(
            "summed_over_outputs",
            lambda t, y: np.sum((y - t) ** 2) / len(t),
            _("You divided by the number of samples only. Divide by the number of all values, N times M."),
        ),
        Misconception(
            "one_loss_a_sample",
            lambda t, y: np.mean((y - t) ** 2, axis=-1),
            _("You returned one loss for each sample. Take the mean over the samples too: no `axis=`."),
        ),
        Misconception(
            "difference_of_squares",
            lambda t, y: np.mean(y**2 - t**2),
            _("You squared first and subtracted after. First the difference, then its square."),
        ),
        Misconception(
            "sum_before_square",
            lambda t, y: np.sum(y - t) ** 2 / np.size(t),
            _("You added up the differences first and squared the sum. Square each difference."),
        ),
    ],
    hints=[
        _("Three steps: the difference, its square, the mean."),
        _("`difference ** 2` squares every element; `np.mean` without `axis=` is the mean of all."),
        _("It is one line: `return np.mean((y_pred - y_true) ** 2)`."),
    ],
)


def plain_softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def softmax_cases(rng):
    yield (np.array([[0.0, 0.0, np.log(2)]]),)
    yield (np.array([[1.0, 2.0], [0.5, -1.0]]),)
    yield (rng.normal(size=(3, 3)).round(1),)
    yield (np.array([[4.2]]),)
    yield (np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -1003.0]]),)
    yield (3 * rng.normal(size=(5, 4)),)
    yield (rng.normal(size=(6, 10)).T[::2],)
    yield (np.array([[0.0, 1000.0, -1000.0], [1000.0, 0.0, 1.0]]),)  # subtracting the smallest would not do


SOFTMAX = Exercise(
    name="softmax",
    chapter=2,
    title=_("Softmax: from scores to shares"),
    statement=_(
        "Turn each row of scores into shares that add up to 1:\n\n"
        "$$p_k = \\frac{e^{z_k}}{\\sum_j e^{z_j}}$$\n\n"
        "`z` has shape (N, K): one row a sample, one column a class. The result has the same shape. It must also work "
        "for scores like 1000, whose exponential is too large to store: subtract the largest score of the row first, "
        "which changes nothing in the result. On paper: z = (0, 0, log 2) gives (0.25, 0.25, 0.5)."
    ),
    reference=nn.softmax,
    arguments=("z",),
    cases=softmax_cases,
    extreme=(4, 7),
    outputs=("p",),
    misconceptions=[
        Misconception(
            "maximum_not_subtracted",
            plain_softmax,
            _(
                "Your formula is right, but for scores of 1000 the exponential overflows and infinity / infinity gives "
                "NaN. "
                "Subtract the largest score of each row first."
            ),
        ),
        Misconception(
            "maximum_of_all",
            lambda z: plain_softmax(z - z.max()),
            _(
                "You subtracted the largest score of all rows. A row far below it becomes 0/0 = NaN. "
                "Subtract the largest of each row: `z.max(axis=1, keepdims=True)`."
            ),
        ),
        Misconception(
            "maximum_of_columns",
            lambda z: plain_softmax(z - z.max(axis=0)),
            _(
                "You subtracted the largest score of each column. That changes the shares of a row: subtract the "
                "largest of "
                "each row, `axis=1`."
            ),
        ),
        Misconception(
            "over_the_samples",
            lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0),
            _(
                "Your columns add up to 1, not your rows: this is softmax over the batch. Sum over the classes, "
                "`axis=1`."
            ),
        ),
        Misconception(
            "over_everything",
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
            _("All shares together add up to 1. Each sample needs its own sum: `axis=1, keepdims=True`."),
        ),
        Misconception(
            "keepdims_forgotten",
            lambda z: np.exp(z - z.max(1, keepdims=True)) / np.exp(z - z.max(1, keepdims=True)).sum(1),
            _(
                "The sums of the rows met the columns: a sum of shape (N,) is divided along the wrong axis. "
                "Use `keepdims=True`, so that its shape is (N, 1)."
            ),
        ),
        Misconception(
            "exponential_forgotten",
            lambda z: z / z.sum(axis=1, keepdims=True),
            _("You divided the scores by their sum. The exponential is missing; it makes every share positive."),
        ),
        Misconception(
            "sum_forgotten",
            lambda z: np.exp(z - z.max(axis=1, keepdims=True)),
            _("The division by the sum is missing: your rows do not add up to 1."),
        ),
        Misconception(
            "sigmoid",
            lambda z: np.where(z >= 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z))),
            _(
                "You took the sigmoid of every score alone. Softmax makes the classes of a row compete for a total of "
                "1."
            ),
        ),
        Misconception(
            "largest_takes_all",
            lambda z: (z == z.max(axis=1, keepdims=True)).astype(float),
            _("The largest score got everything. Softmax is softer: each class gets a share."),
        ),
        Misconception("logarithm", lambda z: np.log(nn.softmax(z)), _("You returned the logarithm of the shares.")),
        Misconception(
            "sign_turned",
            lambda z: nn.softmax(-z),
            _("The sign of the scores is turned round: the largest score must get the largest share."),
        ),
    ],
    hints=[
        _("Three steps: subtract the largest score of each row, take the exponential, divide by the sum of each row."),
        _("`z.max(axis=1, keepdims=True)` has shape (N, 1), so it is subtracted from each row. The sum likewise."),
        _("`e = np.exp(z - z.max(axis=1, keepdims=True))`, then `return e / e.sum(axis=1, keepdims=True)`."),
    ],
)


def picked(values, labels):
    return values[np.arange(len(labels)), labels]


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def crossentropy_cases(rng):
    yield np.array([2, 0]), np.array([[0.0, 0.0, np.log(2)], [0.0, 0.0, np.log(2)]])
    yield np.array([1]), np.array([[0.3, -1.2]])
    yield np.array([0, 1, 1]), rng.normal(size=(3, 2)).round(1)
    yield rng.integers(0, 4, size=5), 2 * rng.normal(size=(5, 4))
    yield np.array([1, 0, 0]), np.array([[1000.0, 0.0, -3.0], [2.0, -1000.0, 1.0], [1000.0, 999.0, 0.0]])
    yield rng.integers(0, 3, size=12)[::2], rng.normal(size=(3, 12)).T[::2]


SPARSE_CATEGORICAL_CROSSENTROPY = Exercise(
    name="sparse_categorical_crossentropy",
    chapter=2,
    title=_("Cross-entropy: the price of being sure and wrong"),
    statement=_(
        "Return the cross-entropy of a batch, one number:\n\n"
        "$$L = -\\frac{1}{N} \\sum_n \\log p_{n, t_n}, \\qquad p = \\text{softmax}(z)$$\n\n"
        "`y_true` holds the right class of each sample, whole numbers from 0, shape (N,). `logits` holds the scores z "
        "before the softmax, shape (N, K). Scores like 1000 must work, so use "
        "log p = z - max(z) - log(sum(exp(z - max(z)))), row by row. "
        "On paper: z = (0, 0, log 2) and class 2 give p = 0.5 and -log 0.5 = 0.693."
    ),
    reference=sparse_categorical_crossentropy,
    cases=crossentropy_cases,
    extreme=(4,),
    outputs=("loss",),
    adapt=first_of_pair,
    solution_note=_(
        "`nn.sparse_categorical_crossentropy(..., from_logits=True)` does the same and returns the gradient beside it."
    ),
    misconceptions=[
        Misconception(
            "summed",
            lambda t, z: -np.sum(picked(log_softmax(z), t)),
            _("You summed over the batch where the mean was asked."),
        ),
        Misconception(
            "sign_forgotten",
            lambda t, z: np.mean(picked(log_softmax(z), t)),
            _("The minus sign is missing: log p is negative, and a loss must fall as p grows."),
        ),
        Misconception(
            "softmax_forgotten",
            lambda t, z: -np.mean(np.log(picked(z, t))),
            _("You took the logarithm of the scores. They are no probabilities: softmax comes first."),
        ),
        Misconception(
            "score_returned",
            lambda t, z: -np.mean(picked(z, t)),
            _("You returned the scores of the right classes. Softmax and logarithm are missing."),
        ),
        Misconception(
            "overflow",
            lambda t, z: -np.mean(np.log(picked(plain_softmax(z), t))),
            _(
                "Your formula is right, but for scores of 1000 the exponential overflows. Subtract the largest score "
                "of each "
                "row first, and do not calculate the softmax alone: log p = z - log(sum(exp(z))) with the shifted z."
            ),
        ),
        Misconception(
            "log_of_zero",
            lambda t, z: -np.mean(np.log(picked(nn.softmax(z), t))),
            _(
                "A probability became 0, and the logarithm of 0 is minus infinity. Take the logarithm by hand: "
                "log p = z - max(z) - log(sum(exp(z - max(z)))) never needs log(0)."
            ),
        ),
        Misconception(
            "clipped",
            lambda t, z: -np.mean(np.log(np.clip(picked(nn.softmax(z), t), 1e-7, 1 - 1e-7))),
            _(
                "You clipped the probabilities at 1e-7, so the loss stops at 16.1 and being more wrong costs nothing "
                "more. "
                "From the scores no clip is needed: log p = z - max(z) - log(sum(exp(z - max(z))))."
            ),
        ),
        Misconception(
            "small_number_added",
            lambda t, z: -np.mean(np.log(picked(nn.softmax(z), t) + 1e-7)),
            _(
                "You added 1e-7 to the probabilities. That changes every loss a little and stops it at 16.1. "
                "From the scores it is not needed: log p = z - max(z) - log(sum(exp(z - max(z))))."
            ),
        ),
        Misconception(
            "predicted_class",
            lambda t, z: -np.mean(log_softmax(z).max(axis=1)),
            _("You took the probability of the class the network prefers. The loss asks for the right class, y_true."),
        ),
        Misconception(
            "mean_over_classes",
            lambda t, z: -np.mean(picked(log_softmax(z), t)) / z.shape[1],
            _("You divided by the number of classes too. The mean runs over the N samples only."),
        ),
        Misconception(
            "base_two",
            lambda t, z: -np.mean(picked(log_softmax(z), t)) / np.log(2),
            _("You used the logarithm to base 2 (bits). Here it is the natural logarithm, `np.log`."),
        ),
        Misconception(
            "softmax_twice",
            lambda t, z: -np.mean(picked(log_softmax(nn.softmax(z)), t)),
            _(
                "Softmax was applied twice. This happens in practice too, when a softmax written by hand meets a loss "
                "with from_logits=True."
            ),
        ),
        Misconception(
            "mean_before_log",
            lambda t, z: -np.log(np.mean(picked(nn.softmax(z), t))),
            _(
                "You took the mean of the probabilities and then the logarithm. First the logarithm of each, then the "
                "mean."
            ),
        ),
        Misconception(
            "all_pairs",
            lambda t, z: -np.mean(log_softmax(z)[:, t]),
            _(
                "`log_p[:, y_true]` takes the columns y_true of every row. Each row needs its own column: "
                "`log_p[np.arange(N), y_true]`."
            ),
        ),
        Misconception(
            "rows_picked",
            lambda t, z: -np.mean(log_softmax(z)[t]),
            _(
                "`log_p[y_true]` takes whole rows: the rows number y_true. Each row needs one column: "
                "`log_p[np.arange(N), y_true]`."
            ),
        ),
        Misconception(
            "labels_multiplied",
            lambda t, z: -np.sum(t * log_softmax(z)) / len(z),
            _(
                "You multiplied by y_true, as if it were one-hot. Here it holds the numbers of the classes: "
                "pick with `log_p[np.arange(N), y_true]`."
            ),
        ),
        Misconception(
            "all_classes",
            lambda t, z: -np.mean(log_softmax(z).sum(axis=1)),
            _("You summed log p over all classes. Only the right class of each sample counts."),
        ),
    ],
    hints=[
        _("Three steps: log p for all classes, pick the right class of each row, the mean with a minus sign."),
        _(
            "`z = logits - logits.max(axis=1, keepdims=True)` makes the exponential safe. "
            "`log_p[np.arange(len(y_true)), y_true]` picks one value a row."
        ),
        _("`log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))` is the line that needs no log(0)."),
    ],
)


def cost_cases(rng):
    yield np.array([1, 1, 0, 0]), np.array([0.9, 0.2, 0.7, 0.1]), 0.5, 100.0, 8.0
    yield np.array([1]), np.array([0.3]), 0.4, 50.0, 2.0
    yield np.array([0, 1, 0]), np.array([0.3, 0.3, 0.2]), 0.3, 40.0, 5.0  # exactly at the threshold
    yield np.array([0, 0, 1, 1, 0]), np.array([0.45, 0.1, 0.35, 0.8, 0.6]), 0.4, 7.0, 3.0
    yield np.array([0, 0, 0]), np.array([0.1, 0.2, 0.3]), 0.6, 500.0, 20.0  # no mistake at all
    yield rng.integers(0, 2, size=40)[::2], rng.uniform(size=60)[::3], 0.15, 300.0, 10.0
    yield (rng.uniform(size=31) < 0.2).astype(int), rng.uniform(size=31), 0.7, 90.0, 11.0


PLANT_COST = Exercise(
    name="plant_cost",
    chapter=2,
    title=_("What a mistake costs in the plant"),
    statement=_(
        "Return the mean cost per part, in the currency of the two costs:\n\n"
        "$$\\frac{\\text{misses} \\cdot \\text{cost}_{miss} + \\text{false alarms} \\cdot \\text{cost}_{false\\ "
        "alarm}}{N}$$"
        "\n\nThe line stops (an alarm) when `y_prob >= threshold`. A miss is a defect (`y_true` is 1) without an "
        "alarm; a "
        "false alarm is an alarm for a good part (`y_true` is 0). Right decisions cost nothing here. `y_true` and "
        "`y_prob` "
        "have shape (N,).\n\n"
        "On paper: y_true = (1, 1, 0, 0), y_prob = (0.9, 0.2, 0.7, 0.1), threshold 0.5, costs 100 and 8: one miss, one "
        "false alarm, (100 + 8) / 4 = 27."
    ),
    reference=plant_cost,
    cases=cost_cases,
    outputs=("cost",),
    misconceptions=[
        Misconception(
            "costs_swapped",
            lambda t, p, threshold, miss, alarm: plant_cost(t, p, threshold, alarm, miss),
            _(
                "The two costs are swapped. A miss is a defect that passes; a false alarm stops the line for a good "
                "part."
            ),
        ),
        Misconception(
            "total",
            lambda t, p, threshold, miss, alarm: len(t) * plant_cost(t, p, threshold, miss, alarm),
            _("You returned the total cost. Divide by the number of parts to get the mean."),
        ),
        Misconception(
            "alarm_below",
            lambda t, p, threshold, miss, alarm: np.mean(
                (t == 1) * (p >= threshold) * miss + (t == 0) * (p < threshold) * alarm
            ),
            _("The alarm works the wrong way round: it must ring when the probability is at or above the threshold."),
        ),
        Misconception(
            "strictly_above",
            lambda t, p, threshold, miss, alarm: np.mean(
                (t == 1) * (p <= threshold) * miss + (t == 0) * (p > threshold) * alarm
            ),
            _("A part exactly at the threshold must raise the alarm: use >=, not >."),
        ),
        Misconception(
            "misses_only",
            lambda t, p, threshold, miss, alarm: plant_cost(t, p, threshold, miss, 0),
            _("You counted the misses only. False alarms cost something too."),
        ),
        Misconception(
            "false_alarms_only",
            lambda t, p, threshold, miss, alarm: plant_cost(t, p, threshold, 0, alarm),
            _("You counted the false alarms only. Misses cost something too, usually more."),
        ),
        Misconception(
            "every_alarm_costs",
            lambda t, p, threshold, miss, alarm: np.mean((t == 1) * (p < threshold) * miss + (p >= threshold) * alarm),
            _("You charged every alarm. Only a false one, for a good part, costs something here."),
        ),
        Misconception(
            "threshold_ignored",
            lambda t, p, threshold, miss, alarm: plant_cost(t, p, 0.5, miss, alarm),
            _("You used 0.5 as the threshold. Use the argument: moving it is how the plant weighs both mistakes."),
        ),
        Misconception(
            "expected_cost",
            lambda t, p, threshold, miss, alarm: np.mean(t * (1 - p) * miss + (1 - t) * p * alarm),
            _("You weighted the costs with the probabilities. The machine decides: compare with the threshold first."),
        ),
        Misconception(
            "mean_per_mistake",
            lambda t, p, threshold, miss, alarm: (
                len(t) * plant_cost(t, p, threshold, miss, alarm) / max(np.sum((t == 1) != (p >= threshold)), 1)
            ),
            _("You divided by the number of mistakes. Divide by the number of all parts."),
        ),
        Misconception(
            "mean_of_each_kind",
            lambda t, p, threshold, miss, alarm: (
                miss * np.sum((t == 1) & (p < threshold)) / max(np.sum(t == 1), 1)
                + alarm * np.sum((t == 0) & (p >= threshold)) / max(np.sum(t == 0), 1)
            ),
            _(
                "You divided the misses by the number of defects and the false alarms by the number of good parts. "
                "Those are rates; the cost per part divides both by N."
            ),
        ),
        Misconception(
            "same_cost_for_both",
            lambda t, p, threshold, miss, alarm: plant_cost(t, p, threshold, miss, miss),
            _("You charged the cost of a miss for both kinds of mistake."),
        ),
    ],
    hints=[
        _("Decide first: `alarm = y_prob >= threshold` is an array of True and False."),
        _("Count with a sum of conditions: `np.sum((y_true == 1) & ~alarm)` counts the misses. `~` means not."),
        _("Multiply each count by its cost, add, and divide by `len(y_true)`."),
    ],
)

EXERCISES = [MEAN_SQUARED_ERROR, SOFTMAX, SPARSE_CATEGORICAL_CROSSENTROPY, PLANT_COST]
