"""Errors of the remaining life, by hand: in cycles, as NASA scores them, and in money."""

import numpy as np
import pytest

from course_lib.remaining_life import alarm_policy, nasa_score, rmse
from tests.notebooks.claims import claims


def test_rmse_by_hand():
    assert rmse([10, 20], [13, 16]) == pytest.approx(np.sqrt(12.5))
    assert rmse(np.array([7.0]), np.array([[9.0]])) == 2  # what a model's predict returns
    assert rmse([3, 4, 5], [3, 4, 5]) == 0


def test_nasa_score_by_hand():
    assert nasa_score([50], [63 - 26]) == pytest.approx(np.e - 1)  # 13 cycles early
    assert nasa_score([50], [60]) == pytest.approx(np.e - 1)  # 10 cycles late
    assert nasa_score([50, 50], [37, 70]) == pytest.approx(np.e - 1 + np.e**2 - 1)  # a sum, not a mean
    assert nasa_score([50, 9], [50, 9]) == 0


@claims("08", "Late is worse than early")
def test_late_costs_more_than_early_by_the_same():
    for d in (1, 5, 20, 80):
        assert nasa_score([100], [100 + d]) > nasa_score([100], [100 - d])


def test_a_hopeless_model_scores_infinity_without_a_warning():
    assert nasa_score([0], [1e5]) == np.inf


def fleet(lives, error=0):
    """One row a cycle of engines of these lives, with the same error in every prediction."""
    engine = np.repeat(np.arange(len(lives)), lives)
    cycle = np.concatenate([np.arange(1, life + 1) for life in lives])
    remaining = np.repeat(lives, lives) - cycle
    return engine, cycle, remaining + error, remaining


def test_a_perfect_prediction_with_the_line_at_the_lead_time_wastes_nothing():
    result = alarm_policy(*fleet([100, 150]), line=10, lead_time=10)
    assert result.alarm.tolist() == [90, 140] and result.stop.tolist() == [100, 150]
    assert result.planned.all() and result.wasted.tolist() == [0, 0] and result.unplanned_stops == 0
    assert result.cost_per_1000_cycles == pytest.approx(1000 * 2 * 20_000 / 250)


def test_a_line_below_the_lead_time_comes_too_late_and_one_above_wastes_life():
    late = alarm_policy(*fleet([100, 150]), line=9, lead_time=10)
    assert late.unplanned_stops == 2 and late.stop.tolist() == [100, 150] and late.cost_per_engine == 100_000
    early = alarm_policy(*fleet([100, 150]), line=25, lead_time=10)
    assert early.wasted.tolist() == [15, 15] and early.cost_per_engine == 20_000
    assert early.cost_per_1000_cycles == pytest.approx(1000 * 40_000 / 220)


def test_predictions_that_are_too_late_by_5_need_a_line_5_higher():
    assert alarm_policy(*fleet([100, 150], error=5), line=14, lead_time=10).unplanned_stops == 2
    assert alarm_policy(*fleet([100, 150], error=5), line=15, lead_time=10).unplanned_stops == 0


def test_the_first_alarm_counts_and_the_rows_need_no_order():
    cycle = np.arange(1, 7)
    predicted = np.array([50, 3, 50, 50, 50, 2.0])
    for order in (slice(None), [5, 3, 1, 0, 2, 4]):
        result = alarm_policy(np.full(6, 8)[order], cycle[order], predicted[order], (6 - cycle)[order], 3, lead_time=1)
        assert result.engine.tolist() == [8] and result.alarm.tolist() == [2] and result.stop.tolist() == [3]


def test_without_an_alarm_the_engine_runs_to_its_failure():
    result = alarm_policy(*fleet([100]), line=-1, unplanned_cost=70_000)
    assert np.isnan(result.alarm[0]) and result.stop[0] == 100 and result.cost.tolist() == [70_000]
    assert repr(result) == (
        "AlarmResult: 1 engines, 1 unplanned stops, 0.0 cycles wasted on average, 700,000 EUR per 1000 cycles"
    )


def test_replacement_at_a_fixed_age_is_a_policy_too():
    engine, cycle, _predicted, remaining = fleet([100, 150, 80])
    result = alarm_policy(engine, cycle, 90 - cycle, remaining, line=10, lead_time=10)
    assert result.stop.tolist() == [90, 90, 80] and result.planned.tolist() == [True, True, False]


def test_a_cut_off_engine_counts_when_its_alarm_came_and_is_refused_when_not():
    engine, cycle, predicted, remaining = fleet([100])
    seen = cycle <= 60
    cut = [a[seen] for a in (engine, cycle, predicted, remaining)]
    assert alarm_policy(*cut, line=50).stop.tolist() == [60]
    with pytest.raises(ValueError, match="engine 0 is cut off 40 cycles before its failure, without an alarm"):
        alarm_policy(*cut, line=30)


ROWS = fleet([30, 40])
WRONG = {
    "shapes": (lambda: rmse([1, 2], [1]), ValueError, r"y_true has shape \(2,\), but y_pred has shape \(1,\)"),
    "empty": (lambda: rmse([], []), ValueError, r"y_true has shape \(0,\), but one value for each engine or cycle"),
    "matrix": (lambda: nasa_score(np.ones((2, 2)), np.ones((2, 2))), ValueError, r"y_true has shape \(2, 2\)"),
    "NaN": (lambda: nasa_score([1, 2], [1, np.nan]), ValueError, "y_pred holds 1 values that are NaN or infinite"),
    "text": (lambda: rmse(["a"], [1]), TypeError, "y_true has dtype <U1"),
    "engine": (lambda: alarm_policy(ROWS[0][:9], *ROWS[1:], 10), ValueError, r"engine has shape \(9,\)"),
    "line": (lambda: alarm_policy(*ROWS, "low"), TypeError, "line is 'low', but a number is needed"),
    "line NaN": (lambda: alarm_policy(*ROWS, np.nan), ValueError, "line is nan"),
    "lead": (lambda: alarm_policy(*ROWS, 10, lead_time=-1), ValueError, "lead_time is -1, but it must be a number of"),
    "cost": (lambda: alarm_policy(*ROWS, 10, planned_cost=np.inf), ValueError, "planned_cost is inf"),
    "capped": (lambda: alarm_policy(*ROWS[:3], np.minimum(ROWS[3], 25), 10), ValueError,
               r"differs for engine 0. Give the true remaining life, without a cap"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_explained(name):
    call, kind, message = WRONG[name]
    with pytest.raises(kind, match=message):
        call()
