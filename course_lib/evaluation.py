"""Compare models fairly: a score that rare classes have a say in, and a difference beside its own uncertainty."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, same_shape


def balanced_accuracy(matrix):
    """The mean of the recalls: mean over classes of matrix[k, k] / (sum of row k).

    matrix (K, K) counts samples, row: what it is, column: what the model said -> a number from 0 to 1. Guessing gives
    1 / K, however rare a class is. A class without samples has no recall and is left out.

    Source: Brodersen et al. 2010. Raises ValueError for other shapes, negative or missing counts, and no sample at all.
    """
    matrix = counts("matrix", matrix)
    samples = matrix.sum(axis=1)
    seen = samples > 0
    return float(np.mean(np.diag(matrix)[seen] / samples[seen]))


def paired_difference(a, b):
    """How much better a is than b, and how sure that is: the mean of d = a - b, and its standard error.

        error = s / sqrt(n),   s = sqrt(sum (d - mean)^2 / (n - 1))

    a and b (n,): scores of two models in the same n runs, each pair with the same seed, split and rows -> (mean,
    error). What a run makes hard for both cancels in d. A mean below two errors says little; with 3 runs it takes 4.3
    errors for 95 % (Student's t).

    The runs must be independent: splits that share rows make the error too small. Raises ValueError for shapes that
    differ, missing values and fewer than two runs.
    """
    a, b = runs(a, b)
    d = a - b
    return float(d.mean()), float(d.std(ddof=1) / np.sqrt(len(d)))


def counts(name, matrix):
    """A square matrix of counts with one sample at least."""
    matrix = as_float(name, matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(
            _(
                "{name} has shape {shape}, but a confusion matrix (K, K) is needed: one row and one column a class."
            ).format(name=name, shape=matrix.shape)
        )
    if not (np.isfinite(matrix).all() and (matrix >= 0).all()):
        raise ValueError(
            _("{name} holds NaN or negative numbers, but it counts samples. Build it from whole numbers.").format(
                name=name
            )
        )
    if not matrix.any():
        raise ValueError(_("{name} counts no sample at all. Fill it from at least one.").format(name=name))
    return matrix


def runs(a, b):
    """The scores of two models in the same runs, (n,) with n at least 2."""
    a, b = same_shape("a", a, "b", b)
    if a.ndim != 1 or len(a) < 2:
        raise ValueError(
            _(
                "a has shape {given}, but the scores of at least two runs are needed, (n,): one run says nothing about "
                "how far runs scatter."
            ).format(given=a.shape)
        )
    finite("a", a)
    finite("b", b)
    return a, b
