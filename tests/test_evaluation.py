"""Fair comparisons: numbers by hand, scikit-learn's and SciPy's answers, bad input."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from course_lib.evaluation import balanced_accuracy, paired_difference


def test_balanced_accuracy_by_hand():
    assert balanced_accuracy([[95, 0], [4, 1]]) == pytest.approx(0.6)
    assert balanced_accuracy([[97, 0], [3, 0]]) == 0.5  # never a failure: as good as guessing
    assert balanced_accuracy([[2, 2, 0], [0, 0, 0], [1, 0, 0]]) == 0.25  # the class without samples is left out


def test_balanced_accuracy_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    matrix = rng.integers(1, 30, (4, 4))
    true, said = np.indices((4, 4)).reshape(2, -1)
    times = matrix.ravel()
    wanted = balanced_accuracy_score(np.repeat(true, times), np.repeat(said, times))
    assert balanced_accuracy(matrix) == pytest.approx(wanted, 1e-14)


def test_paired_difference_by_hand():
    mean, error = paired_difference([0.90, 0.86, 0.88], [0.87, 0.85, 0.83])
    assert mean == pytest.approx(0.03) and error == pytest.approx(0.02 / np.sqrt(3))


def test_the_mean_by_its_error_is_students_t():
    a, b = np.random.default_rng(1).normal(size=(2, 8))
    mean, error = paired_difference(a, b)
    d = a - b  # the t of a paired test, from its definition
    assert mean / error == pytest.approx(d.mean() / np.sqrt(np.sum((d - d.mean()) ** 2) / (len(d) - 1) / len(d)), 1e-12)
    p = 0.975  # the quantile of Student's t with two degrees of freedom has a closed form
    assert (2 * p - 1) / np.sqrt(2 * p * (1 - p)) == pytest.approx(4.3, abs=0.005)


def test_what_is_hard_for_both_cancels():
    rng = np.random.default_rng(2)
    hard, a = rng.normal(0, 5, 10), rng.normal(size=10)
    alone, together = paired_difference(a, np.zeros(10)), paired_difference(a + hard, hard)
    np.testing.assert_allclose(alone, together, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: balanced_accuracy([1, 2]), "matrix has shape (2,)"),
        (lambda: balanced_accuracy([[1, 2, 3], [1, 2, 3]]), "matrix has shape (2, 3)"),
        (lambda: balanced_accuracy([[1, -2], [0, 1]]), "matrix holds NaN or negative"),
        (lambda: balanced_accuracy(np.zeros((2, 2))), "matrix counts no sample"),
        (lambda: paired_difference([1, 2], [1]), "a has shape (2,), but b has shape (1,)"),
        (lambda: paired_difference([1], [1]), "at least two runs"),
        (lambda: paired_difference([1, 2], [1, np.nan]), "b holds 1 values"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert words in str(error.value)
