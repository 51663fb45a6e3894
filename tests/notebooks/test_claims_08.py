"""Chapter 8: the claims of its text beside those in `test_formulas_08.py`."""

import inspect

import numpy as np
import pytest

from course_lib import exercises as ex
from course_lib.experiments import load_result
from course_lib.remaining_life import alarm_policy
from course_lib.widgets import RemainingLifeMonitor
from tests.notebooks.claims import claims
from tests.notebooks.stored import line, numbers, rows, says

FULL = load_result("turbofan_run")


@claims("08", "Replace it too late, and it fails in use: that costs five times as much")
@claims("08", "it is replaced 10 cycles later", "A planned replacement costs 20,000 EUR, an unplanned stop 100,000 EUR")
def test_the_prices_of_the_chapter_are_those_of_the_policy():
    default = {name: p.default for name, p in inspect.signature(alarm_policy).parameters.items()}
    assert (default["planned_cost"], default["unplanned_cost"], default["lead_time"]) == (20_000, 100_000, 10)
    assert default["unplanned_cost"] == 5 * default["planned_cost"]


@claims("08", "Two neighbouring windows of an engine share 29 of 30 rows")
@claims("08", "192 cycles give $192 - 30 + 1 = 163$ windows", "The network gets the last 30 cycles of an engine")
def test_the_windows_of_one_engine():
    cycle = np.arange(1.0, 193)
    x, y = ex.make_windows.reference(cycle[:, None], np.ones(192), 192 - cycle, 30)
    assert x.shape == (163, 30, 1) and len(y) == 163
    assert len(np.intersect1d(x[50], x[51])) == 29
    assert x[-1].ravel().tolist() == cycle[-30:].tolist() and y[-1] == 0


@claims("08", "Ridge regression on the 30 × 14 numbers of the window", "SimpleRNN with 64 units, 14 sensors in")
@claims("08", "14,000 windows, 12 epochs")
def test_the_shape_of_the_windows():
    windows, length, columns, engines, _cap = numbers("08", "train x")
    assert round(windows, -3) == 14_000 and (length, columns, engines) == (30, 14, 79)


@claims("08", "all three cells end between 14 and 17 cycles, and ridge is only a little behind")
def test_where_the_short_trainings_end():
    """From the same starts as in the chapter: SimpleRNN after 12 epochs, LSTM and GRU after 5."""
    assert says("08", "both from 14 to 16 cycles:")
    for cell, epochs in (("SimpleRNN", 12), ("LSTM", 5), ("GRU", 5)):
        reached = [run["history"]["test_rmse"][epochs - 1] for run in FULL["runs"][f"{cell}, keras"]]
        assert all(14 < value < 17 for value in reached)
        assert 0 < FULL["without a network"]["ridge"]["rmse"] - np.mean(reached) < 2


@claims("08", "Near the failure, where the decision is made, the prediction is at its best")
def test_the_prediction_is_best_near_the_failure():
    assert says("08", "the RMSE of the first is less than half of the others':")


@claims("08", "When failures cost no more than replacements, no alarm pays")
def test_no_alarm_pays_where_a_failure_costs_what_a_replacement_costs():
    widget = RemainingLifeMonitor()
    widget.unplanned_cost = widget.planned_cost
    costs = widget.costs()
    assert costs[0] == costs.min() and costs[-1] > 1.05 * costs[0]


@claims("08", "It has fewer cycles than the window:")
def test_an_engine_that_is_too_young_is_named():
    assert line("08", "engine 1 has 12 cycles,") == " fewer than the window of 30"


@claims("08", "The summer hardly shows, and does little harm", "Under heavy load it is plain to see")
def test_other_conditions_show_in_the_readings():
    normal, summer, heavy = (
        rows("08", f"{name} readings outside the range:")[0][0] for name in ("normal", "summer", "heavy")
    )
    assert normal < 0.1 and summer < 1 < 10 < heavy
    assert says("08", "heavy load at least doubles the error:") and says("08", "summer changes it by less than half:")


@claims("08", "The network's lead is real and small")
def test_the_lead_of_the_networks():
    ridge = FULL["without a network"]["ridge"]["rmse"]
    every = [run["rmse"] for runs in FULL["runs"].values() for run in runs]
    assert max(every) < ridge and ridge - np.mean(every) == pytest.approx(1.6, abs=0.4)


@claims("08", "the best line lies a little above the lead time plus the typical error")
def test_the_best_line_lies_a_little_above_the_lead_time_plus_the_error_near_the_failure():
    widget = RemainingLifeMonitor()
    remaining, predicted = (np.frombuffer(part, "f8") for part in (widget.remaining, widget.predicted))
    near = (remaining <= 30) & ~np.isnan(predicted)  # the typical error where the decision is made
    typical = np.sqrt(np.mean((predicted[near] - remaining[near]) ** 2))
    assert 0 < widget.best_line - (widget.lead_time + typical) < 6


@claims("08", "they need more time for each epoch, and fewer epochs")
def test_lstm_and_gru_need_more_time_and_fewer_epochs():
    """Fewer until the training error, the one that the cell shows after each epoch, is below 15 cycles."""
    seconds, epochs = {}, {}
    for cell in ("SimpleRNN", "LSTM", "GRU"):
        runs = FULL["runs"][f"{cell}, keras"]
        seconds[cell] = np.mean([run["about_seconds"] for run in runs])
        reached = np.mean([run["history"]["rmse"] for run in runs], axis=0)
        epochs[cell] = int(np.argmax(reached < 15)) + 1
    assert min(seconds["LSTM"], seconds["GRU"]) > 1.3 * seconds["SimpleRNN"], seconds
    assert max(epochs["LSTM"], epochs["GRU"]) < epochs["SimpleRNN"], epochs


@claims("08", "After these few epochs LSTM and GRU have the better NASA score")
def test_the_nasa_score_after_the_full_training():
    """After 30 epochs the SimpleRNN has the best one; after the few of the chapter it had the worst."""
    score = {
        cell: np.mean([run["nasa_score"] for run in FULL["runs"][f"{cell}, numpy"]])
        for cell in ("SimpleRNN", "LSTM", "GRU")
    }
    assert score["SimpleRNN"] < score["LSTM"] < score["GRU"] < FULL["without a network"]["ridge"]["nasa_score"]
