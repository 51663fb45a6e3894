"""The exercises of chapter 11, who wins: a score that rare classes have a say in, and whether a difference is one."""

import numpy as np

from course_lib import evaluation
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


# ---------------------------------------------------------------- balanced accuracy
def balanced_cases(rng):
    yield (np.array([[95, 0], [4, 1]]),)
    yield (np.array([[97, 0], [3, 0]]),)
    yield (np.array([[2, 2, 0], [0, 0, 0], [1, 0, 3]]),)
    yield (rng.integers(1, 30, (3, 3)),)
    yield (rng.integers(0, 9, (4, 4)) + np.diag([40, 3, 9, 1]),)
    yield (rng.integers(1, 30, (8, 5)).T[:, :5],)
    yield (np.array([[1, 0, 0], [2, 5, 1], [0, 1, 0]]),)  # classes with a single sample


def recalls(matrix):
    """The recall of each class; NaN without samples."""
    with np.errstate(all="ignore"):
        return np.diag(matrix) / matrix.sum(axis=1)


def precisions(matrix):
    with np.errstate(all="ignore"):
        return np.diag(matrix) / matrix.sum(axis=0)


def f1_of_each(matrix):
    return 2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)


def of_recalls(answer):
    """A score from the recalls of the classes that have samples: answer(r)."""
    return lambda matrix: answer(recalls(matrix)[matrix.sum(axis=1) > 0])


BALANCED_ACCURACY = Exercise(
    name="balanced_accuracy",
    chapter=11,
    title=_("A score that rare classes have a say in"),
    statement=_(
        'With 3 % failures, a model that always says "fine" is right in 97 % of the cases. The balanced accuracy is '
        "the mean of the recalls, and gives that model 50 %:\n\n"
        "$$\\text{BA} = \\frac{1}{K} \\sum_k \\frac{C_{kk}}{\\sum_j C_{kj}}$$\n\n"
        "`matrix` is C with shape (K, K), the confusion matrix: rows are what a sample is, columns what the model "
        "said. A class without samples has no recall: leave it out of the mean. Return one number.\n\n"
        "On paper: C = ((95, 0), (4, 1)): the recalls are 95/95 = 1 and 1/5 = 0.2, so BA = 0.6. The plain accuracy "
        "would be 0.96."
    ),
    reference=evaluation.balanced_accuracy,
    cases=balanced_cases,
    outputs=("score",),
    solution_note=_(
        "`counts` checks the matrix and gives a clear error. scikit-learn's `balanced_accuracy_score` is the same, "
        "from labels."
    ),
    misconceptions=[
        Misconception(
            "plain_accuracy",
            lambda matrix: np.trace(matrix) / matrix.sum(),
            _("This is the plain accuracy: the frequent class decides alone. Divide each row by its own sum first."),
        ),
        Misconception(
            "precision",
            lambda matrix: np.nanmean(precisions(matrix)),
            _("You divided by the sums of the columns: the precision. The recall of a class divides by its row."),
        ),
        Misconception(
            "precision_nan",
            lambda matrix: np.mean(precisions(matrix)),
            _("You divided by the sums of the columns (precision), some of which are 0. Recall divides by the row."),
        ),
        Misconception(
            "precision_as_zero",
            lambda matrix: np.mean(np.nan_to_num(precisions(matrix))),
            _("You divided by the sums of the columns, which is the precision. Sum each row: `axis=1`."),
        ),
        Misconception(
            "empty_class_nan",
            lambda matrix: np.mean(recalls(matrix)),
            _("A class without samples gives 0 / 0, and the mean becomes NaN. Leave such a class out."),
        ),
        Misconception(
            "empty_class_as_zero",
            lambda matrix: np.mean(np.nan_to_num(recalls(matrix))),
            _("A class without samples counts as 0 in your mean. It has no recall: leave it out."),
        ),
        Misconception(
            "empty_class_as_one",
            lambda matrix: np.mean(np.nan_to_num(recalls(matrix), nan=1.0)),
            _("A class without samples counts as 1 in your mean. It has no recall: leave it out."),
        ),
        Misconception(
            "samples_averaged",
            lambda matrix: np.mean(np.diag(matrix)),
            _("You took the mean of the diagonal, a number of samples. Divide each entry by the sum of its row."),
        ),
        Misconception(
            "summed",
            of_recalls(np.sum),
            _("You added up the recalls. Take the mean, so that a perfect model has 1."),
        ),
        Misconception(
            "each_class",
            of_recalls(np.array),
            _("You return the recall of each class. Take their mean: one number."),
        ),
        Misconception(
            "worst_class",
            of_recalls(np.min),
            _("You return the worst recall. It is worth a look, but asked is the mean."),
        ),
        Misconception(
            "product",
            of_recalls(np.prod),
            _("You multiplied the recalls. Take their mean."),
        ),
        Misconception(
            "geometric_mean",
            of_recalls(lambda r: np.prod(r) ** (1 / len(r))),
            _("This is the geometric mean, 0 as soon as one class is never found. Here the plain mean is asked for."),
        ),
        Misconception(
            "median",
            of_recalls(np.median),
            _("You took the median of the recalls. Take the mean."),
        ),
        Misconception(
            "macro_f1",
            lambda matrix: np.mean(f1_of_each(matrix)),
            _("This is the mean F1. The balanced accuracy takes the recalls alone."),
        ),
        Misconception(
            "class_one_only",
            lambda matrix: matrix[1, 1] / max(matrix[1].sum(), 1),
            _("This is the recall of class 1 only. Take the mean over all classes."),
        ),
        Misconception(
            "two_classes",
            lambda matrix: np.nanmean(recalls(matrix[:2, :2])),
            _("You used the first two classes only. There may be more, and each row has K columns."),
        ),
        Misconception(
            "share_of_the_whole",
            lambda matrix: np.mean(np.diag(matrix)) / matrix.sum(),
            _("You divided the diagonal by all samples. Divide each entry by the sum of its own row."),
        ),
        Misconception(
            "mistakes",
            of_recalls(lambda r: 1 - np.mean(r)),
            _("You return the share of mistakes. Asked is that of right answers: the mean recall."),
        ),
    ],
    hints=[
        _("The recall of a class: of all samples that are of it, how many were found? Which row is that?"),
        _("`np.diag(matrix)` are the right answers, and `matrix.sum(axis=1)` the samples of each class."),
        _(
            "With `samples = matrix.sum(axis=1)` and `seen = samples > 0`: the mean of `np.diag(matrix)[seen] / "
            "samples[seen]`."
        ),
    ],
)


# ---------------------------------------------------------------- is the difference one?
def difference_cases(rng):
    yield np.array([0.90, 0.86, 0.88]), np.array([0.87, 0.85, 0.83])
    yield np.array([0.5, 0.75]), np.array([0.625, 0.5])
    hard = rng.normal(0.8, 0.1, 5)
    yield hard + rng.normal(0, 0.01, 5), hard + rng.normal(0, 0.01, 5)
    yield rng.normal(20, 2, 10), rng.normal(19, 2, 10)
    yield rng.normal(0.7, 0.05, 7), rng.normal(0.75, 0.02, 7)
    yield rng.normal(0.7, 0.05, 12)[::2], rng.normal(0.7, 0.02, 12)[::2]


def paired(
    d=lambda a, b: a - b,
    mean=lambda d: d.mean(),
    error=lambda d, a, b: d.std(ddof=1) / np.sqrt(len(d)),
    finish=lambda mean, error: (mean, error),
):
    """The right comparison with one part replaced: the mistakes below say which."""

    def of(a, b):
        each = d(a, b)
        return finish(mean(each), error(each, a, b))

    return of


def unpaired_error(d, a, b):
    return np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))


PAIRED_DIFFERENCE = Exercise(
    name="paired_difference",
    chapter=11,
    title=_("Is the better model better?"),
    statement=_(
        "Two models ran n times, each pair with the same seed, the same training rows and the same test rows. A hard "
        "split is hard for both, so look at the differences d = a - b:\n\n"
        "$$\\bar d = \\frac{1}{n} \\sum_i d_i, \\qquad e = \\frac{s}{\\sqrt{n}}, \\qquad "
        "s = \\sqrt{\\frac{1}{n - 1} \\sum_i (d_i - \\bar d)^2}$$\n\n"
        "`a` and `b` hold the scores of the n runs, shape (n,). Return `mean, error`: the mean difference and its "
        "standard error. If the mean is not even twice as large as the error, do not write that one model won.\n\n"
        "On paper: a = (0.90, 0.86, 0.88), b = (0.87, 0.85, 0.83): d = (0.03, 0.01, 0.05), the mean is 0.03, s = 0.02, "
        "the error 0.02 / 1.732 = 0.0115."
    ),
    reference=evaluation.paired_difference,
    cases=difference_cases,
    outputs=("mean", "error"),
    solution_note=_(
        "mean / error is Student's t. With only 3 runs twice the error is not enough for 95 %: it takes 4.3 times. "
        "`runs` checks the two arrays and gives a clear error."
    ),
    misconceptions=[
        Misconception(
            "not_paired",
            paired(error=unpaired_error),
            _(
                "You took the scatter of each model by itself. What is hard for both then hides the difference: take "
                "the deviation of the differences."
            ),
        ),
        Misconception(
            "not_paired_divided_by_n",
            paired(error=lambda d, a, b: np.sqrt(a.var() / len(a) + b.var() / len(b))),
            _("Two mistakes: you took the scatter of each model by itself, and divided by n where n - 1 belongs."),
        ),
        Misconception(
            "divided_by_n",
            paired(error=lambda d, a, b: d.std() / np.sqrt(len(d))),
            _("Your s divides by n, as `np.std` does by default. With few runs it is too small: `ddof=1`."),
        ),
        Misconception(
            "root_of_n_forgotten",
            paired(error=lambda d, a, b: d.std(ddof=1)),
            _("This is s, how far single runs scatter. The mean of n runs is surer: divide by sqrt(n)."),
        ),
        Misconception(
            "root_forgotten_and_divided_by_n",
            paired(error=lambda d, a, b: d.std()),
            _("Your error is `np.std` as it is: use `ddof=1`, and divide by sqrt(n), because it is that of a mean."),
        ),
        Misconception(
            "divided_by_n_not_root",
            paired(error=lambda d, a, b: d.std(ddof=1) / len(d)),
            _("You divided s by n. The error of a mean falls with the square root of n only."),
        ),
        Misconception(
            "root_of_n_minus_one",
            paired(error=lambda d, a, b: d.std(ddof=1) / np.sqrt(len(d) - 1)),
            _("You counted n - 1 twice. It stands in s; the error is s / sqrt(n)."),
        ),
        Misconception(
            "variance",
            paired(error=lambda d, a, b: d.var(ddof=1) / len(d)),
            _("The root is missing: this is the square of the error."),
        ),
        Misconception(
            "b_minus_a",
            paired(d=lambda a, b: b - a),
            _("The sign is wrong: a - b is positive where a is better."),
        ),
        Misconception(
            "absolute_differences",
            paired(d=lambda a, b: np.abs(a - b)),
            _("You took absolute values. Runs that b won must count against a, with their sign."),
        ),
        Misconception(
            "absolute_mean",
            paired(mean=lambda d: np.abs(d.mean())),
            _("You took the absolute value of the mean. Its sign tells which model is better."),
        ),
        Misconception(
            "sorted_first",
            paired(d=lambda a, b: np.sort(a) - np.sort(b)),
            _("You sorted the scores, so the pairs are lost. Subtract run by run: a[i] - b[i]."),
        ),
        Misconception(
            "best_runs",
            paired(mean=lambda d: d.max()),
            _("You took the run in which a looks best. Take the mean of all runs: choosing afterwards proves nothing."),
        ),
        Misconception(
            "difference_of_the_best",
            lambda a, b: (a.max() - b.max(), evaluation.paired_difference(a, b)[1]),
            _("You compared the best run of each. The luckiest run says little: take the mean of the differences."),
        ),
        Misconception(
            "median",
            paired(mean=np.median),
            _("You took the median of the differences. Asked is the mean, whose error this is."),
        ),
        Misconception(
            "in_percent_of_b",
            paired(d=lambda a, b: (a - b) / b),
            _("You divided by b. Asked is the difference in the unit of the score."),
        ),
        Misconception(
            "scatter_of_a",
            paired(error=lambda d, a, b: a.std(ddof=1) / np.sqrt(len(a))),
            _("This is the error of a's mean score. Asked is that of the difference: use d = a - b."),
        ),
        Misconception(
            "two_errors",
            paired(error=lambda d, a, b: 2 * d.std(ddof=1) / np.sqrt(len(d))),
            _("You doubled the error. Return it once; the reader compares it with the mean."),
        ),
        Misconception(
            "interval_of_95",
            paired(error=lambda d, a, b: 1.96 * d.std(ddof=1) / np.sqrt(len(d))),
            _("You multiplied by 1.96. Return the standard error itself, s / sqrt(n)."),
        ),
        Misconception(
            "t_returned",
            paired(finish=lambda mean, error: (mean, mean / error)),
            _("You return mean / error, Student's t. Asked is the error itself."),
        ),
        Misconception(
            "range",
            paired(error=lambda d, a, b: np.ptp(d)),
            _("You return the distance from the smallest to the largest difference. It grows with the number of runs."),
        ),
        Misconception(
            "wrong_order",
            paired(finish=lambda mean, error: (error, mean)),
            _("The order is wrong: return mean, error."),
        ),
        Misconception(
            "summed",
            paired(mean=np.sum),
            _("You added up the differences. Take their mean."),
        ),
    ],
    hints=[
        _("Subtract run by run first. What is then left of a split that was hard for both?"),
        _("`d.std(ddof=1)` is s, how far a single difference scatters. The mean of n of them scatters less."),
        _("With `d = a - b`: `return d.mean(), d.std(ddof=1) / np.sqrt(len(d))`."),
    ],
)

EXERCISES = [BALANCED_ACCURACY, PAIRED_DIFFERENCE]
