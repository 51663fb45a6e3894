"""The confusion-and-cost widget: it says what `course_lib.costs` says, for any scores that fit."""

from statistics import NormalDist

import numpy as np
import pytest

from course_lib import costs
from course_lib.widgets import ConfusionAndCost
from course_lib.widgets.confusion_and_cost import SEPARATION, simulated_inspector
from tests.notebooks.claims import claims

Y = np.array([0, 0, 1, 0, 1])
P = np.array([0.1, 0.3, 0.4, 0.6, 0.9])


def test_numbers_are_those_of_the_library():
    widget = ConfusionAndCost(P, Y, threshold=0.5, cost_miss=100, cost_alarm=9, defect_rate=0.1)
    assert widget.cost() == costs.expected_cost(Y, P, 0.5, 100, 9, 0.1) == pytest.approx(1000 * (5 + 0.9 * 3))
    assert widget.best() == costs.best_threshold(Y, P, 100, 9, 0.1) == 0.4
    np.testing.assert_allclose(widget.confusion(), [600, 300, 50, 50])
    assert widget.precision == pytest.approx(50 / 350) and widget.recall == 0.5
    assert widget.cost(0) == pytest.approx(900 * 9) and widget.cost(1) == pytest.approx(100 * 100)


def test_the_outcomes_add_up_to_1000_parts_and_give_the_cost():
    rng = np.random.default_rng(0)
    for _turn in range(50):
        widget = ConfusionAndCost(
            threshold=rng.random(), cost_miss=rng.uniform(0, 1000), cost_alarm=rng.uniform(0, 200),
            defect_rate=rng.uniform(0.001, 0.5),
        )  # fmt: skip
        tn, fp, fn, tp = widget.confusion()
        assert tn + fp + fn + tp == pytest.approx(1000) and fn + tp == pytest.approx(1000 * widget.defect_rate)
        assert widget.cost() == pytest.approx(fp * widget.cost_alarm + fn * widget.cost_miss)
        assert widget.cost(widget.best()) <= widget.cost()


def test_a_column_of_float32_as_a_network_gives_it():
    widget = ConfusionAndCost(P.astype(np.float32)[:, None], Y == 1, threshold=0.5)
    assert widget.confusion() == ConfusionAndCost(P, Y).confusion() and widget.own
    good = np.frombuffer(widget.good)
    np.testing.assert_allclose(good, [0.1, 0.3, 0.6], atol=1e-7)


def test_the_simulated_inspector_is_honest_at_half_and_half():
    y, p = simulated_inspector(50_000, 0)
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & (p < low + 0.1)
        assert y[inside].mean() == pytest.approx(p[inside].mean(), abs=0.03)
    alarms, recall = costs.rates(y, p, 0.5)
    assert recall == pytest.approx(NormalDist().cdf(SEPARATION / 2), abs=0.01) and alarms == pytest.approx(
        1 - recall, abs=0.01
    )


@claims("06", "the best threshold moves up when defects get rare", "0.5 is nothing special")
def test_the_best_threshold_follows_prices_and_defects_as_the_presets_say():
    widget = ConfusionAndCost()
    best = {}
    for label in widget.presets:
        widget.preset(label)
        best[label] = widget.best()
    assert best["half and half"] == pytest.approx(0.5, abs=0.1)
    assert best["defects are rare"] > 0.9 and best["a miss is dear"] < 0.4
    widget.preset("an alarm stops the line")
    assert sum(widget.confusion(best["an alarm stops the line"])[1::2]) < 10  # hardly any part is stopped
    widget.preset("a safety part")
    assert sum(widget.confusion(best["a safety part"])[1::2]) > 400 and best["a safety part"] < 0.05


def test_goal():
    widget = ConfusionAndCost()
    assert not widget.goal_reached
    widget.threshold = widget.best()
    assert widget.goal_reached
    widget.preset("half and half")
    widget.threshold = widget.best()  # here 0.5 is about right: nothing to gain
    assert not widget.goal_reached
    widget.cost_miss = widget.cost_alarm = 0
    assert not widget.goal_reached


def test_words():
    widget = ConfusionAndCost(P, Y, threshold=1.0, cost_miss=100, cost_alarm=9, defect_rate=0.1)
    assert "Nothing is stopped, so there is no precision" in widget.describe() and widget.precision is None
    widget.threshold = 0.5
    assert "Of 100 stopped parts 14 are defective (precision). Of 100 defective parts 50" in widget.describe()
    assert "They cost 7,700 EUR; the least is 2,700 EUR at threshold 0.40" in widget.describe()


@pytest.mark.parametrize(
    "given, words",
    [
        ((P, None), "scores is given, but labels is not"),
        ((None, Y), "labels is given, but scores is not"),
        ((P[:4], Y), "5 labels.*4 numbers"),
        (([0.1, np.nan], [0, 1]), "NaN for 1 of 2"),
        (([0.1, 1.5], [0, 1]), "from 0.1 to 1.5.*sigmoid"),
        (([0.1, 0.5], [1, 1]), "all 2 parts are defective"),
        (([0.1, 0.5], [0, 2]), "y_true holds 2"),
        ((np.full((2, 2), 0.5), [0, 1]), r"shape \(2, 2\).*\[:, 1\]"),
        ((np.full(200_001, 0.5), np.arange(200_001) % 2), "200,001 parts.*scores\\[:200000\\]"),
    ],
)
def test_scores_that_do_not_fit(given, words):
    with pytest.raises(ValueError, match=words):
        ConfusionAndCost(*given)
