"""The exercises of chapter 11, deep learning or a tree: how a tree splits, how an SVM learns; the rest beside."""

import numpy as np

from course_lib import classical
from course_lib.exercises import chapter11_comparing
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


# ---------------------------------------------------------------- impurity
def gini_cases(rng):
    yield (np.array([0, 0, 0, 1]),)
    yield (np.array([1, 1, 1]),)
    yield (np.array([0, 1, 2, 3, 3, 3]),)
    yield (np.array([0, 2, 2, 5, 2, 0, 2]),)
    yield (np.array([1]),)
    yield (rng.integers(0, 2, 11),)
    yield (rng.integers(0, 4, 30)[::2],)


def shares(y):
    return np.unique(y, return_counts=True)[1] / len(y)


def of_shares(answer):
    """An impurity from the shares of the classes: answer(p)."""
    return lambda y: answer(shares(y))


GINI = Exercise(
    name="gini",
    chapter=11,
    title=_("How mixed is a node of a tree?"),
    statement=_(
        "A tree splits its samples so that each side holds one class if possible. How mixed a node is, Gini's impurity "
        "tells:\n\n"
        "$$G = 1 - \\sum_k p_k^2, \\qquad p_k: \\text{ the share of class } k \\text{ in the node}$$\n\n"
        "`y` has shape (N,) and holds the class numbers of the samples in the node: whole numbers from 0 on, and not "
        "every number need occur. Return one number: 0 if all are of one class.\n\n"
        "On paper: y = (0, 0, 0, 1): the shares are 3/4 and 1/4, G = 1 - 9/16 - 1/16 = 0.375."
    ),
    reference=classical.gini,
    cases=gini_cases,
    outputs=("impurity",),
    solution_note=_(
        "`np.unique(y, return_counts=True)` gives the classes and how often each occurs. G is the chance that two "
        "samples, drawn with replacement, are of different classes. `labels` checks y and gives a clear error."
    ),
    misconceptions=[
        Misconception(
            "one_minus_forgotten",
            of_shares(lambda p: np.sum(p**2)),
            _("This is the sum of the squares: 1 for a pure node. Subtract it from 1: a pure node has the impurity 0."),
        ),
        Misconception(
            "not_squared",
            of_shares(lambda p: 1 - np.sum(p)),
            _("The shares always add up to 1, so your impurity is always 0. Square them first."),
        ),
        Misconception(
            "counts_instead_of_shares",
            lambda y: 1 - np.sum((len(y) * shares(y)) ** 2),
            _("You squared the counts. Divide them by N first: an impurity is never below 0."),
        ),
        Misconception(
            "divided_by_N_once",
            lambda y: 1 - np.sum((len(y) * shares(y)) ** 2) / len(y),
            _("You divided the sum of squared counts by N. Each count is divided by N before it is squared: N^2."),
        ),
        Misconception(
            "entropy_in_bits",
            of_shares(lambda p: -np.sum(p * np.log2(p)) + 0.0),
            _("This is the entropy in bits, which some trees use. Gini's impurity has squares, no logarithm."),
        ),
        Misconception(
            "entropy",
            of_shares(lambda p: -np.sum(p * np.log(p)) + 0.0),
            _("This is the entropy, which some trees use. Gini's impurity has squares, no logarithm."),
        ),
        Misconception(
            "share_of_mistakes",
            of_shares(lambda p: 1 - np.max(p)),
            _("This is the share of mistakes if the node answers its largest class. Gini squares all shares."),
        ),
        Misconception(
            "two_classes_only",
            lambda y: 2 * np.mean(y == 1) * (1 - np.mean(y == 1)),
            _("2 p (1 - p) is right for the classes 0 and 1 only. Here there may be more: 1 - sum of p^2."),
        ),
        Misconception(
            "two_classes_and_half",
            lambda y: np.mean(y == 1) * (1 - np.mean(y == 1)),
            _("p (1 - p) of class 1 is half of Gini's impurity, and for two classes only. Go through all classes."),
        ),
        Misconception(
            "one_class_only",
            lambda y: 1 - np.mean(y == 1) ** 2,
            _("You subtracted the square of class 1 only. Subtract the squares of the shares of all classes."),
        ),
        Misconception(
            "mean_as_share",
            lambda y: 1 - np.mean(y) ** 2 - (1 - np.mean(y)) ** 2,
            _("The mean of y is the share of class 1 only where the classes are 0 and 1. Count each class instead."),
        ),
        Misconception(
            "summed_over_samples",
            lambda y: 1 - sum(np.mean(y == k) ** 2 for k in y),
            _("Your sum goes through the samples, so each class is counted many times. Go through `np.unique(y)`."),
        ),
        Misconception(
            "half",
            of_shares(lambda p: (1 - np.sum(p**2)) / 2),
            _("Your impurity is half as large. For two classes p (1 - p) is half of Gini's: 1 - sum of p^2."),
        ),
        Misconception(
            "largest_share_only",
            of_shares(lambda p: 1 - np.max(p) ** 2),
            _("You subtracted the square of the largest share only. Subtract the squares of all shares."),
        ),
        Misconception(
            "mean_of_squares",
            of_shares(lambda p: 1 - np.mean(p**2)),
            _("You took the mean over the classes. Add up the squares: `sum`."),
        ),
        Misconception(
            "classes_counted",
            of_shares(lambda p: 1 - 1 / len(p)),
            _("You only counted how many classes there are. Their shares matter: 99 to 1 is nearly pure."),
        ),
        Misconception(
            "first_class_missing",
            lambda y: 1 - np.sum([np.mean(y == k) ** 2 for k in range(1, y.max() + 1)]),
            _("Class 0 is missing in your sum. The class numbers start at 0."),
        ),
        Misconception(
            "last_class_missing",
            lambda y: 1 - np.sum([np.mean(y == k) ** 2 for k in range(y.max())]),
            _("The largest class number is missing: `range(k)` ends before k. `np.unique(y)` holds all."),
        ),
        Misconception(
            "numbers_counted_up_to_their_count",
            lambda y: 1 - np.sum([np.mean(y == k) ** 2 for k in range(len(np.unique(y)))]),
            _("You assumed that the classes are 0 ... K - 1. Some numbers may be missing: go through `np.unique(y)`."),
        ),
        Misconception(
            "variance",
            lambda y: np.var(y),
            _("This is the variance of the class numbers. They are names: class 5 is not five times class 1."),
        ),
        Misconception(
            "squares_of_the_labels",
            lambda y: 1 - np.sum(y**2) / len(y),
            _("You squared the class numbers. Count how often each class occurs, and square the shares."),
        ),
        Misconception(
            "root",
            of_shares(lambda p: 1 - np.sqrt(np.sum(p**2))),
            _("There is no root in Gini's impurity: 1 - sum of p^2."),
        ),
        Misconception(
            "each_class",
            of_shares(lambda p: 1 - p**2),
            _("You return a value for each class. Add up the squares, then subtract the sum from 1."),
        ),
        Misconception(
            "shares_returned",
            of_shares(lambda p: p),
            _("You return the shares. The impurity is 1 minus the sum of their squares."),
        ),
    ],
    hints=[
        _("How large is the share of each class? `np.unique(y, return_counts=True)` counts them."),
        _("Square the shares, add them up. A pure node must give 0: what is missing?"),
        _("With `counts = np.unique(y, return_counts=True)[1]`: `1 - np.sum((counts / len(y)) ** 2)`."),
    ],
)


# ---------------------------------------------------------------- the best split
def split_cases(rng):
    yield np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 0])
    yield np.array([7.0, 1, 4, 2, 9]), np.array([1, 0, 1, 0, 1])
    yield np.array([3.0, 3, 8, 8, 3, 5]), np.array([0, 1, 1, 1, 0, 1])
    yield np.array([1.0, 2, 3, 4, 6, 7]), np.array([0, 1, 0, 1, 0, 1])  # several are equally good
    yield rng.normal(size=12).round(2), rng.integers(0, 2, 12)
    yield rng.integers(0, 9, 20).astype(float), rng.integers(0, 3, 20)
    yield rng.normal(50, 10, 30)[::2], rng.integers(0, 4, 30)[::2]


def middles(x):
    values = np.unique(x)
    return (values[:-1] + values[1:]) / 2


def by_share(left, right, impurity):
    n = len(left) + len(right)
    return len(left) / n * impurity(left) + len(right) / n * impurity(right)


def stump(
    thresholds=lambda x, y: middles(x),
    impurity=classical.gini,
    join=by_share,
    best=lambda figures: int(np.flatnonzero(figures <= np.min(figures) + 1e-12)[0]),
    finish=lambda t, g, x, y: (t, g),
):
    """The right search with one part replaced: the mistakes below say which."""

    def split(x, y):
        tried = thresholds(x, y)
        figures = np.array([join(y[x <= t], y[x > t], impurity) for t in tried])
        k = best(figures)
        return finish(tried[k], figures[k], x, y)

    return split


def or_zero(impurity):
    return lambda y: impurity(y) if len(y) else 0.0


def next_value(t, x):
    return x[x > t].min()


def labels_left_behind(x, y):
    return classical.best_split(np.sort(x), y)


def neighbours_as_they_come(x, y):
    return (x[:-1] + x[1:]) / 2


def between_equal_values(x, y):
    """Cut the sorted rows at every place, also between two equal values, which no threshold can part."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    figures = np.array([by_share(y[:k], y[k:], classical.gini) for k in range(1, len(x))])
    k = int(np.flatnonzero(figures <= figures.min() + 1e-12)[0])
    return (x[k] + x[k + 1]) / 2, figures[k]


def entropy(y):
    p = shares(y)
    return -np.sum(p * np.log2(p))


def mistakes(y):
    return 1 - shares(y).max()


BEST_SPLIT = Exercise(
    name="best_split",
    chapter=11,
    title=_("A tree's first question"),
    statement=_(
        "Find the threshold of one column that parts the classes best. Samples with x <= threshold go to the left, the "
        "others to the right:\n\n"
        "$$G = \\frac{N_\\text{left}}{N} G_\\text{left} + \\frac{N_\\text{right}}{N} G_\\text{right}$$\n\n"
        "`x` has shape (N,), one column of a table in any order; `y` (N,) holds the class numbers. Try the middle "
        "between each two neighbouring values (equal values count once). Return `threshold, impurity`: those of the "
        "smallest G, and of equally good ones the smallest threshold. G of one side is 1 - sum of p^2, as in "
        "`gini`.\n\n"
        "On paper: x = (1, 2, 3, 4), y = (0, 0, 1, 0). At 2.5 the left is pure, the right half and half: "
        "G = 2/4 * 0 + 2/4 * 1/2 = 0.25. At 1.5 and 3.5 it is 1/3. So 2.5, 0.25."
    ),
    reference=classical.best_split,
    cases=split_cases,
    outputs=("threshold", "impurity"),
    solution_note=_(
        "A tree repeats this for every column and again in each part. scikit-learn sorts once and moves the border "
        "from sample to sample, which is faster. The 1e-12 makes equally good splits equal in spite of rounding."
    ),
    misconceptions=[
        Misconception(
            "not_weighted",
            stump(join=lambda left, right, g: (g(left) + g(right)) / 2),
            _("You took the plain mean of both sides. Weigh each by its number of samples: one pure sample is easy."),
        ),
        Misconception(
            "sides_added",
            stump(join=lambda left, right, g: g(left) + g(right)),
            _("You added the impurities of both sides. Weigh each by its share of the samples, N_left / N."),
        ),
        Misconception(
            "weighted_by_counts",
            stump(join=lambda left, right, g: len(left) * g(left) + len(right) * g(right)),
            _("You weighed by the counts. The threshold is right, but G is N times too large: divide by N."),
        ),
        Misconception(
            "weights_swapped",
            stump(join=lambda left, right, g: (len(right) * g(left) + len(left) * g(right)) / (len(left) + len(right))),
            _("The weights are swapped: the impurity of the left is weighed by N_left / N."),
        ),
        Misconception(
            "left_only",
            stump(join=lambda left, right, g: g(left)),
            _("You looked at the left side only. Then a single sample on the left is perfect. Both sides count."),
        ),
        Misconception(
            "largest_impurity",
            stump(best=lambda figures: int(np.argmax(figures))),
            _("You took the split with the largest impurity. The best has the smallest: `np.argmin`."),
        ),
        Misconception(
            "last_of_equals",
            stump(best=lambda figures: int(np.flatnonzero(figures <= np.min(figures) + 1e-12)[-1])),
            _("Of equally good thresholds you took the largest. Is there a `<=` instead of `<`? Take the smallest."),
        ),
        Misconception(
            "threshold_is_a_value",
            stump(finish=lambda t, g, x, y: (x[x <= t].max(), g)),
            _(
                "Your threshold is the largest value on the left. Take the middle to the next value: a new sample may "
                "lie a little above what the training has seen."
            ),
        ),
        Misconception(
            "threshold_is_the_next_value",
            stump(finish=lambda t, g, x, y: (next_value(t, x), g)),
            _("Your threshold is the smallest value on the right. Take the middle between it and the one before."),
        ),
        Misconception(
            "neighbours_as_they_come",
            stump(neighbours_as_they_come, impurity=or_zero(classical.gini)),
            _("You took middles between neighbouring rows. Sort the values first: `np.unique(x)`."),
        ),
        Misconception(
            "labels_left_behind",
            labels_left_behind,
            _("You sorted x but left y as it was, so values got wrong labels. `order = np.argsort(x)` sorts both."),
        ),
        Misconception(
            "between_equal_values",
            between_equal_values,
            _("You cut between two equal values. No threshold parts them: take middles between different ones."),
        ),
        Misconception(
            "mean_of_x",
            stump(lambda x, y: np.array([x.mean()])),
            _("You split at the mean of x. Try the middle between each two neighbouring values."),
        ),
        Misconception(
            "median_of_x",
            stump(lambda x, y: np.array([np.median(x)]), impurity=or_zero(classical.gini)),
            _("You split at the median of x. Try the middle between each two neighbouring values."),
        ),
        Misconception(
            "gain_returned",
            stump(finish=lambda t, g, x, y: (t, classical.gini(y) - g)),
            _("You return how much the impurity falls. Asked is the impurity after the split."),
        ),
        Misconception(
            "entropy_used",
            stump(impurity=entropy),
            _("You used the entropy. Gini's impurity of a side is 1 - sum of p^2."),
        ),
        Misconception(
            "share_of_mistakes",
            stump(impurity=mistakes),
            _(
                "You counted the mistakes of the majority. Many splits then look equally good; Gini's impurity, 1 - "
                "sum of p^2, prefers pure sides."
            ),
        ),
        Misconception(
            "wrong_order",
            stump(finish=lambda t, g, x, y: (g, t)),
            _("The order is wrong: return threshold, impurity."),
        ),
        Misconception(
            "place_returned",
            stump(finish=lambda t, g, x, y: (float(np.sum(middles(x) < t)), g)),
            _("You return the place of the threshold in the list, as `argmin` gives it. Return the threshold itself."),
        ),
        Misconception(
            "impurity_before_the_split",
            stump(finish=lambda t, g, x, y: (t, classical.gini(y))),
            _("Your impurity is that of all samples, before the split. Asked is the weighted one after it."),
        ),
        Misconception(
            "middle_of_the_class_means",
            stump(lambda x, y: np.array([np.mean([x[y == k].mean() for k in np.unique(y)])]), or_zero(classical.gini)),
            _("You split at the middle of the classes' means. Try each middle between neighbouring values."),
        ),
        Misconception(
            "first_middle_missing",
            stump(lambda x, y: middles(x)[1:]),
            _("You did not try the first middle, between the smallest value and the next."),
        ),
        Misconception(
            "last_middle_missing",
            stump(lambda x, y: middles(x)[:-1]),
            _("You did not try the last middle, just below the largest value."),
        ),
    ],
    hints=[
        _("`values = np.unique(x)` is sorted and holds each value once. Which thresholds lie between them?"),
        _("For one threshold t: `left = y[x <= t]`, `right = y[x > t]`. Gini of each, weighed by their numbers."),
        _(
            "Keep the best so far: start with `best = (None, np.inf)`, and for each t in `(values[:-1] + values[1:]) / "
            "2` replace it if G is smaller than `best[1]` (by more than 1e-12)."
        ),
    ],
)


# ---------------------------------------------------------------- the hinge loss
def hinge_cases(rng):
    yield np.array([2.0, 0.5, -1, -3]), np.array([1, 1, 1, -1])
    yield np.array([0.25]), np.array([-1])
    yield np.array([1.0, -1, 0.5, 3]), np.array([1, -1, 1, -1])  # two at the kink
    yield 2 * rng.normal(size=7), rng.choice([-1, 1], 7)
    yield rng.normal(size=12), rng.choice([-1, 1], 12)
    yield 2 * rng.normal(size=20)[::2], rng.choice([-1, 1], 20)[::2]
    yield np.array([3.5, -0.25]), np.array([1, 1])  # one class only, one far on the right side


def hinge(
    inside=lambda s, y: 1 - y * s,
    loss=lambda m: np.maximum(0, m),
    slope=lambda m, s, y: np.where(m > 0, -y, 0.0),
    join=np.mean,
    scale=lambda gradient, m: gradient / len(m),
    finish=lambda loss, gradient: (loss, gradient),
):
    """The right loss with one part replaced: the mistakes below say which."""

    def of(scores, y):
        m = inside(scores, y)
        return finish(join(loss(m)), scale(slope(m, scores, y), m))

    return of


HINGE_LOSS = Exercise(
    name="hinge_loss",
    chapter=11,
    title=_("What a support vector machine minimizes"),
    statement=_(
        "A linear SVM wants each sample on the right side, and by a margin of 1. y is +1 or -1, s = w x + b:\n\n"
        "$$L = \\frac{1}{N} \\sum_n \\max(0,\\ 1 - y_n s_n), \\qquad "
        "\\frac{\\partial L}{\\partial s_n} = \\begin{cases} -y_n / N & 1 - y_n s_n > 0 \\\\ 0 & \\text{else} "
        "\\end{cases}$$\n\n"
        "`scores` and `y` have shape (N,). Return `loss, gradient`: one number and an array (N,). Where 1 - y s is "
        "exactly 0 the gradient is 0.\n\n"
        "On paper: scores = (2, 0.5, -1, -3), y = (1, 1, 1, -1): 1 - y s = (-1, 0.5, 2, -2), the loss is "
        "(0 + 0.5 + 2 + 0) / 4 = 0.625, the gradient (0, -0.25, -0.25, 0)."
    ),
    reference=classical.hinge_loss,
    cases=hinge_cases,
    outputs=("loss", "gradient"),
    solution_note=_(
        "The samples with a gradient are the support vectors: all others could be left out. Times x, the gradient "
        "goes to the weights as in `dense_backward`. `scores_and_signs` gives clear errors."
    ),
    misconceptions=[
        Misconception(
            "no_margin",
            hinge(inside=lambda s, y: -y * s),
            _("The 1 is missing: you ask for the right side only (the perceptron). An SVM asks for a margin of 1."),
        ),
        Misconception(
            "wrong_side",
            hinge(inside=lambda s, y: 1 + y * s, slope=lambda m, s, y: np.where(m > 0, y, 0.0)),
            _("You punish the right side: it must be 1 - y s, small where the score has the sign of y."),
        ),
        Misconception(
            "no_maximum",
            hinge(loss=lambda m: m, slope=lambda m, s, y: -1.0 * y),
            _("Without max(0, ...) samples far on the right side lower the loss without end. Cut it off at 0."),
        ),
        Misconception(
            "gradient_everywhere",
            hinge(slope=lambda m, s, y: -1.0 * y),
            _("The loss is right, but samples beyond the margin still have a gradient. Where the loss is 0, it is 0."),
        ),
        Misconception(
            "only_wrong_samples",
            hinge(slope=lambda m, s, y: np.where(y * s < 0, -y, 0.0)),
            _("The gradient is 0 within the margin too. It is -y / N wherever 1 - y s > 0, also on the right side."),
        ),
        Misconception(
            "gradient_at_the_kink",
            hinge(slope=lambda m, s, y: np.where(m >= 0, -y, 0.0)),
            _("At 1 - y s = 0 the gradient asked for is 0. Compare with `>`, not `>=`."),
        ),
        Misconception(
            "gradient_without_sign",
            hinge(slope=lambda m, s, y: np.where(m > 0, y, 0.0)),
            _("The sign of the gradient is wrong. The derivative of 1 - y s with respect to s is -y."),
        ),
        Misconception(
            "gradient_without_label",
            hinge(slope=lambda m, s, y: np.where(m > 0, -1.0, 0.0)),
            _("y is missing in the gradient: the derivative of 1 - y s with respect to s is -y."),
        ),
        Misconception(
            "gradient_with_score",
            hinge(slope=lambda m, s, y: np.where(m > 0, -y * s, 0.0)),
            _("The derivative of -y s with respect to s is -y. The score itself drops out."),
        ),
        Misconception(
            "gradient_not_averaged",
            hinge(scale=lambda gradient, m: gradient),
            _("The loss is a mean over N samples, so its gradient is divided by N too."),
        ),
        Misconception(
            "sum",
            hinge(join=np.sum, scale=lambda gradient, m: gradient),
            _("You took the sum. The loss is the mean over N samples, and so is the gradient."),
        ),
        Misconception(
            "loss_summed",
            hinge(join=np.sum),
            _("Your loss is a sum, but your gradient that of a mean. The loss is the mean as well."),
        ),
        Misconception(
            "each_sample",
            hinge(join=lambda loss: loss),
            _("You return the loss of each sample. Take the mean: one number."),
        ),
        Misconception(
            "averaged_over_active",
            hinge(scale=lambda gradient, m: gradient / max(np.sum(m > 0), 1)),
            _("You divided the gradient by the number of samples that have one. Divide by N, all samples."),
        ),
        Misconception(
            "squared_hinge",
            hinge(loss=lambda m: np.maximum(0, m) ** 2, slope=lambda m, s, y: -2 * y * np.maximum(0, m)),
            _("This is the squared hinge loss, which `LinearSVC` takes by default. Here it is not squared."),
        ),
        Misconception(
            "labels_converted",
            hinge(inside=lambda s, y: 1 - (2 * y - 1) * s, slope=lambda m, s, y: np.where(m > 0, -(2 * y - 1), 0.0)),
            _("You converted the labels, as from 0 and 1. They are -1 and +1 already."),
        ),
        Misconception(
            "sign_of_score",
            hinge(inside=lambda s, y: 1 - y * np.sign(s)),
            _("You took the sign of the score. The margin needs the score itself: how far is it on the right side?"),
        ),
        Misconception(
            "logistic",
            hinge(loss=lambda m: np.log1p(np.exp(m - 1)), slope=lambda m, s, y: -y / (1 + np.exp(y * s))),
            _("This is the loss of logistic regression. It never becomes 0; the hinge loss does, beyond the margin."),
        ),
        Misconception(
            "absolute",
            hinge(loss=np.abs, slope=lambda m, s, y: -y * np.sign(m)),
            _("You took |1 - y s|, which punishes samples far on the right side. Take max(0, 1 - y s)."),
        ),
        Misconception(
            "wrong_order",
            hinge(finish=lambda loss, gradient: (gradient, loss)),
            _("The order is wrong: return loss, gradient."),
        ),
        Misconception(
            "mean_gradient",
            hinge(finish=lambda loss, gradient: (loss, gradient.sum())),
            _("You added up the gradient. Each score has its own: (N,)."),
        ),
        Misconception(
            "maximum_of_the_sum",
            hinge(join=lambda loss: loss, loss=lambda m: np.maximum(0, np.mean(m))),
            _("You took the mean first and cut off at 0 after it. Cut off each sample: one must not pay for another."),
        ),
        Misconception(
            "margin_of_one_half",
            hinge(inside=lambda s, y: 0.5 - y * s),
            _("Your margin is 0.5. It is 1."),
        ),
    ],
    hints=[
        _("y s is positive on the right side. How far is it from 1? Where is there nothing to pay?"),
        _("`inside = 1 - y * scores`; the loss is the mean of `np.maximum(0, inside)`."),
        _("The gradient is `np.where(inside > 0, -y, 0) / len(y)`."),
    ],
)

EXERCISES = [GINI, BEST_SPLIT, HINGE_LOSS, *chapter11_comparing.EXERCISES]
