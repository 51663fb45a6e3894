"""Costs of an inspector: counts, the cost of 1000 parts, the best threshold, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from course_lib import costs
from course_lib.exercises import chapter6

Y = np.array([0, 0, 1, 0, 1])
P = np.array([0.1, 0.3, 0.4, 0.6, 0.9])


def test_counts_by_hand():
    assert costs.confusion(Y, P, 0.5) == (2, 1, 1, 1)
    assert costs.confusion(Y, P, 0.4)._asdict() == {"tn": 2, "fp": 1, "fn": 0, "tp": 2}  # at the threshold: stopped
    assert costs.confusion(Y, P[:, None], 0) == (0, 3, 0, 2)
    assert costs.confusion(Y == 1, P, 1) == (3, 0, 2, 0)


def test_cost_by_hand():
    # at 0.5: half of the defects missed, a third of the good ones stopped
    assert costs.expected_cost(Y, P, 0.5, 100, 9) == pytest.approx(1000 * (0.4 * 100 * 0.5 + 0.6 * 9 / 3))
    assert costs.expected_cost(Y, P, 0.5, 100, 9, 0.01) == pytest.approx(1000 * (0.01 * 100 * 0.5 + 0.99 * 9 / 3))
    many = costs.expected_cost(Y, P, [0, 0.5, 2], 100, 9, 0.1)
    np.testing.assert_allclose(many, [1000 * 0.9 * 9, 1000 * (0.1 * 50 + 0.9 * 3), 1000 * 0.1 * 100])


def test_rates_are_the_roc_curve_of_scikit_learn():
    from sklearn.metrics import roc_curve

    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 300), rng.random(300).round(2)
    alarms, recall, thresholds = roc_curve(y, p, drop_intermediate=False)
    found = costs.rates(y, p, thresholds)
    np.testing.assert_allclose(found, [alarms, recall])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 1000), st.floats(0, 1000), st.floats(0, 1))
def test_no_threshold_is_cheaper_than_the_best(seed, miss, alarm, rate):
    rng = np.random.default_rng(seed)
    y = np.append([0, 1], rng.integers(0, 2, 30))
    p = np.clip(0.3 * y + rng.normal(0.3, 0.2, 32), 0, 1).round(1)
    best = costs.best_threshold(y, p, miss, alarm, rate)
    least = costs.expected_cost(y, p, best, miss, alarm, rate)
    other = costs.expected_cost(y, p, np.linspace(0, 1.01, 102), miss, alarm, rate)
    assert (least <= other + 1e-9 * (1 + other)).all()
    smaller = costs.candidates(p)
    smaller = smaller[smaller < best]
    assert not len(smaller) or costs.expected_cost(y, p, smaller, miss, alarm, rate).min() > least


def test_the_exercise_of_chapter_6_agrees():
    rng = np.random.default_rng(1)
    for _case in range(50):
        y, p = rng.integers(0, 2, 40), rng.random(40).round(2)
        best = costs.best_threshold(y, p, 20, 1)
        assert best == chapter6.best_threshold(y, p, 20.0, 1.0) or best > p.max()


def test_nothing_is_stopped_where_an_alarm_costs_too_much():
    assert costs.best_threshold([0, 1], [1.0, 0.2], 1, 1000) > 1


def test_honest_probabilities_have_elkans_threshold():
    rng = np.random.default_rng(2)
    p = rng.random(200_000)
    y = rng.random(len(p)) < p  # honest by construction, half of them defective
    assert costs.honest_threshold(90, 10) == pytest.approx(0.1)
    for rate in (0.5, 0.1):
        theory = costs.honest_threshold(90, 10, rate, score_rate=0.5)
        least = costs.expected_cost(y, p, costs.best_threshold(y, p, 90, 10, rate), 90, 10, rate)
        assert costs.expected_cost(y, p, theory, 90, 10, rate) == pytest.approx(least, rel=5e-3)
    assert costs.honest_threshold(90, 10, 0.1, score_rate=0.5) == pytest.approx(0.5)  # 1 : 9 and 9 : 1 cancel
    assert costs.honest_threshold(0, 0) is None


def test_priced_matrix():
    matrix = np.array([[90, 10, 0], [5, 40, 5], [1, 0, 49]])
    np.testing.assert_array_equal(costs.priced_confusion(matrix, 2), [[0, 20, 0], [10, 0, 10], [2, 0, 0]])
    prices = np.arange(9).reshape(3, 3)
    assert costs.priced_confusion(matrix, prices).sum() == (matrix * prices).sum()
    two = costs.confusion(Y, P, 0.5)
    assert costs.priced_confusion(np.reshape(two, (2, 2)), [[0, 9], [100, 0]]).sum() == 109


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: costs.confusion(Y, P[:4]), "5 labels.*4 numbers.*same rows"),
        (lambda: costs.confusion([], []), "scores is empty"),
        (lambda: costs.confusion([0, 1, 2], [0.1, 0.2, 0.3]), "y_true holds 2.*0 .good. and 1"),
        (lambda: costs.confusion([0, 1], [0.1, np.nan]), "NaN for 1 of 2"),
        (lambda: costs.confusion([0, 1], [-3.0, 4.0]), "from -3 to 4.*sigmoid"),
        (lambda: costs.confusion([0, 1], np.ones((2, 2))), r"shape \(2, 2\).*\[:, 1\]"),
        (lambda: costs.confusion(Y, P, np.nan), "threshold is nan"),
        (lambda: costs.best_threshold([1, 1], [0.1, 0.2], 1, 1), "all 2 parts are defective"),
        (lambda: costs.best_threshold([0, 0], [0.1, 0.2], 1, 1), "all 2 parts are good"),
        (lambda: costs.expected_cost(Y, P, 0.5, -1, 1), "cost_miss is -1"),
        (lambda: costs.expected_cost(Y, P, 0.5, 1, np.inf), "cost_alarm is inf"),
        (lambda: costs.expected_cost(Y, P, 0.5, 1, 1, 3), "defect_rate is 3.*by 100"),
        (lambda: costs.priced_confusion(np.ones((2, 3)), 1), r"matrix has shape \(2, 3\)"),
        (lambda: costs.priced_confusion(-np.eye(2), 1), "negative"),
        (lambda: costs.priced_confusion(np.eye(2), np.ones(3)), r"prices has shape \(3,\).*\(2, 2\)"),
        (lambda: costs.priced_confusion(np.eye(2), np.full((2, 2), np.nan)), "prices holds NaN"),
    ],
)
def test_what_does_not_fit_is_told(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_text_is_no_score():
    with pytest.raises(TypeError, match="scores has dtype"):
        costs.confusion([0, 1], ["low", "high"])
