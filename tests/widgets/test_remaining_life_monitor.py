"""The remaining-life monitor: its prices are those of `alarm_policy`, its words say what happens, and bad input."""

from dataclasses import replace

import numpy as np
import pytest
import traitlets as T

from course_lib import data
from course_lib.data import EngineRuns, simulate_engines, windows
from course_lib.remaining_life import alarm_policy, rmse
from course_lib.widgets import RemainingLifeMonitor
from course_lib.widgets.remaining_life_monitor import LINES, simulated_fleet, telling

PRICES = ("lead_time", "planned_cost", "unplanned_cost")


def fleet(lives, errors):
    """Engines 7, 8 ... of these lives, one sensor that counts down, and predictions with one error for each engine."""
    lives, errors = np.array(lives), np.array(errors, float)
    engine = np.repeat(np.arange(len(lives)), lives)
    cycle = np.concatenate([np.arange(1, life + 1) for life in lives])
    left = lives[engine] - cycle
    runs = EngineRuns(
        x=np.column_stack([left, np.ones(len(left))]), y=left, feature_names=("pressure", "constant"),
        units=("bar", ""), groups=engine + 7, source="simulated", group_name="engine", cycle=cycle,
    )  # fmt: skip
    return runs, left + errors[engine]


# ---------------------------------------------------------------- the prices
def test_the_cost_of_every_line_is_that_of_alarm_policy():
    runs, predictions = simulated_fleet()
    widget = RemainingLifeMonitor(runs, predictions, lead_time=17, planned_cost=11_000.0, unplanned_cost=60_000.0)
    cut = windows(runs, 30, cap=None)
    assert len(LINES) == 126 and LINES[0] == 0 and LINES[-1] == 125
    each = [
        alarm_policy(cut.groups, cut.cycle, predictions, cut.remaining, line, 17, 11_000, 60_000).cost_per_1000_cycles
        for line in LINES
    ]
    assert widget.costs().tolist() == each
    assert widget.best_line == np.argmin(each)
    widget.line = 33.0
    assert widget.above_lowest == pytest.approx(each[33] / min(each) - 1)


def test_the_curve_follows_the_prices():
    widget = RemainingLifeMonitor()
    before = widget.costs()
    widget.unplanned_cost = 200_000.0
    assert widget.costs()[0] > 1.5 * before[0]
    widget.reset()
    assert widget.costs().tolist() == before.tolist()


def test_an_outcome_by_hand():
    widget = RemainingLifeMonitor(*fleet([100, 150, 80], [0, 12, -5]), line=20.0)
    assert widget.engine == 7
    assert widget.outcome() == {
        "alarm": 80, "stop": 90, "planned": True, "wasted": 10, "cost": 20_000.0, "life": 100,
    }  # fmt: skip
    assert widget.outcome(8) == {
        "alarm": 142, "stop": 150, "planned": False, "wasted": 0, "cost": 100_000.0, "life": 150,
    }  # fmt: skip
    assert widget.outcome(9)["alarm"] == 55 and widget.outcome(9)["wasted"] == 15
    widget.line = 5.0
    assert widget.outcome(8)["alarm"] is None and widget.policy().unplanned_stops == 2


def test_the_words_follow_the_cycle():
    runs, predictions = fleet([100, 150], [0, 12])
    predictions[:9] = np.nan
    widget = RemainingLifeMonitor(runs, predictions, line=20.0)
    said = {}
    for cycle in (1, 9, 10, 79, 80, 89, 90, 100):
        widget.cycle = cycle
        said[cycle] = widget.status()
        assert widget.status() in widget.describe()
    assert said[1] == said[9] == "running, no prediction yet" and said[10] == said[79] == "running"
    assert said[80] == said[89] == "alarm at cycle 80: replacement planned for cycle 90"
    assert (
        said[90]
        == said[100]
        == (
            "alarm at cycle 80, 20 cycles before the failure: planned replacement at cycle 90, 20,000 EUR, "
            "10 cycles of life given away"
        )
    )
    widget.engine, widget.cycle = 8, 149
    assert widget.status() == "alarm at cycle 142: replacement planned for cycle 152"
    widget.cycle = 150
    assert widget.status() == (
        "alarm at cycle 142, only 8 cycles before the failure, but a replacement needs 10: unplanned stop, 100,000 EUR"
    )
    widget.line = 11.0
    assert widget.status() == "unplanned stop at cycle 150, no alarm before: 100,000 EUR"
    widget.cycle = 149
    assert widget.status() == "running"


def test_the_sentence_holds_what_can_be_seen():
    widget = RemainingLifeMonitor(*fleet([100, 150], [0, 12]), line=20.0, cycle=60)
    assert widget.describe().startswith(
        "engine 7, cycle 60: pressure 40 bar, predicted remaining life 40 cycles. Alarm line 20 cycles: running. "
        "All 2 with this line: 500,000 EUR per 1000 cycles, 1 unplanned stops, 5.0 cycles given away each"
    )
    assert "true" not in widget.describe()
    widget.show_truth = True
    assert "true remaining life 40 cycles" in widget.describe()


# ---------------------------------------------------------------- goal and presets
def test_goal():
    widget = RemainingLifeMonitor()
    assert not widget.goal_reached
    widget.line = widget.best_line
    assert widget.goal_reached
    costs = widget.costs()
    for line in LINES:
        widget.line = line
        assert widget.goal_reached == (costs[int(line)] <= 1.05 * costs.min())
    widget.line = widget.best_line
    widget.unplanned_cost = widget.planned_cost  # then every line is nearly as good
    widget.line = widget.best_line
    assert not widget.goal_reached
    widget.planned_cost = widget.unplanned_cost = 0.0
    assert not widget.goal_reached and widget.above_lowest == 0


def own_fleets():
    yield "simulated", RemainingLifeMonitor()
    yield "by hand", RemainingLifeMonitor(*fleet([140, 180, 230, 160], [0, 12, -20, 4]))
    try:
        train, _test = data.load("turbofan", "real")
    except data.DataUnavailable:
        return
    target, noise = np.minimum(train.y, 125), np.random.default_rng(0).normal(size=len(train))
    yield "real", RemainingLifeMonitor(train, target + (2 + 0.15 * target) * noise)  # as errors are: less near the end


def test_the_presets_keep_what_they_promise_on_any_fleet():
    for name, widget in own_fleets():
        widget.preset("alarm too late")
        assert "unplanned stop" in widget.status() and widget.policy().unplanned_stops > 0, name
        widget.preset("alarm too early")
        assert widget.policy().unplanned_stops == 0 and widget.above_lowest > 0.3, name
        assert widget.outcome()["wasted"] == widget.policy().wasted.max() and "given away" in widget.status(), name
        widget.preset("cheap stop")
        one, result = widget.outcome(), widget.policy()
        assert one["planned"] and one["wasted"] == result.wasted[result.planned].min() < result.wasted.mean(), name
        assert not widget.goal_reached and 0.05 < widget.above_lowest < 0.2, name  # near, but for the learner to find
        lowest = widget.costs().min()
        ratio = widget.costs()[0] / lowest
        widget.preset("slow spare part")
        assert "unplanned stop" in widget.status() and widget.costs().min() >= lowest, name
        assert name == "by hand" or widget.costs().min() > lowest  # errors that never change cost nothing
        widget.preset("cheap failure")
        assert widget.costs()[0] / widget.costs().min() < 0.5 * ratio, name


# ---------------------------------------------------------------- settings and input
def test_settings_stay_among_the_engines():
    widget = RemainingLifeMonitor(*fleet([100, 150, 80], [0, 12, -5]), cycle=99)
    widget.engine = 1000
    assert (widget.engine, widget.cycle) == (9, 80)  # the nearest, and not beyond its failure
    widget.cycle = -3
    assert widget.cycle == 1
    widget.engine, widget.cycle = 8, 400
    assert widget.cycle == 150
    with pytest.raises(T.TraitError, match="sensors is .*wind.*one to three of these names.*pressure"):
        widget.sensors = ["wind"]
    with pytest.raises(T.TraitError, match="one to three"):
        widget.sensors = []


def test_a_prediction_for_each_window_or_for_each_row():
    runs, by_window = simulated_fleet()
    by_row = np.full(len(runs), np.nan)
    by_row[runs.cycle >= 30] = by_window
    one, two = RemainingLifeMonitor(runs, by_window[:, None]), RemainingLifeMonitor(runs, by_row)
    assert one.predicted == two.predicted and np.array_equal(one.costs(), two.costs())
    assert np.isnan(np.frombuffer(one.predicted)).sum() == 29 * 20
    assert rmse(np.minimum(runs.y[runs.cycle >= 30], 125), by_window) < 20  # the ridge has learned something
    assert RemainingLifeMonitor(runs, by_row[:, None]).predicted == two.predicted


def test_nothing_is_sent_twice_and_a_constant_column_is_left_out():
    widget = RemainingLifeMonitor(*fleet([100, 150], [0, 12]))
    assert widget.columns == [["pressure", "bar"]] and widget.sensors == ["pressure"]
    assert np.frombuffer(widget.readings, "f4").tolist() == np.frombuffer(widget.remaining).tolist()
    assert widget.engines == [[7, 100], [8, 150]]
    before = {name: getattr(widget, name) for name in ("cycles", "remaining", "predicted", "readings")}
    widget.line, widget.engine, widget.cycle = 44.0, 8, 120
    assert all(getattr(widget, name) is value for name, value in before.items())


def test_the_sensors_that_tell_most_are_shown_first():
    runs, _predictions = simulated_fleet()
    order = telling(runs)
    assert order[0] == "vibration drive end" and "supply voltage" not in order[:8]
    assert RemainingLifeMonitor().sensors == order[:2]


def test_the_engines_that_are_simulated_were_not_trained_on():
    runs, predictions = simulated_fleet()
    assert runs.groups.min() > 40 and len(np.unique(runs.groups)) == 20
    again = simulated_fleet.__wrapped__()
    assert np.array_equal(predictions, again[1])


@pytest.mark.parametrize(
    "change, error, words",
    [
        (lambda r, p: (r, None), ValueError, "predictions is missing"),
        (lambda r, p: (None, p), ValueError, "runs is missing"),
        (lambda r, p: (r.x, p), TypeError, "runs is a ndarray, but EngineRuns"),
        (lambda r, p: (r, p[:-1]), ValueError, r"predictions has shape \(249,\), but runs has 250 rows of 2 engines"),
        (lambda r, p: (r, p[:10]), ValueError, "250 - 2 . .T - 1. predictions"),
        (lambda r, p: (r, np.column_stack([p, p])), ValueError, r"shape \(250, 2\)"),
        (lambda r, p: (r, ["soon"] * 250), TypeError, "predictions must be numbers"),
        (lambda r, p: (r, np.where(r.cycle == 50, np.nan, p)), ValueError, "engine 7 are missing or inf.* cycle 50"),
        (lambda r, p: (r, np.where(r.groups == 8, np.nan, p)), ValueError, "engine 8 are missing or inf.* cycle 1"),
        (lambda r, p: (r, np.where(r.cycle == 1, np.inf, p)), ValueError, "engine 7 are missing or inf.* cycle 1"),
        (lambda r, p: (r.rows(r.cycle < 90), p[r.cycle < 90]), ValueError, "engine 7 still has 11 cycles.*ran to fail"),
        (lambda r, p: (r.rows(np.arange(250)[::-1]), p), ValueError, "not its cycles one after the other"),
        (lambda r, p: (replace(r, y=np.minimum(r.y, 60)), p), ValueError, "Give the true remaining life, without a"),
        (lambda r, p: (replace(r, x=r.x * np.nan), p), ValueError, "missing or infinite values"),
        (lambda r, p: (r.columns([1]), p), ValueError, "no column of runs ever changes"),
    ],
)
def test_input_that_does_not_fit(change, error, words):
    with pytest.raises(error, match=words):
        RemainingLifeMonitor(*change(*fleet([100, 150], [0, 12])))


def test_engines_of_a_test_set_are_refused():
    _train, test = simulate_engines(engines=1, test_engines=3, rng=1)
    with pytest.raises(ValueError, match="not those of the test set"):
        RemainingLifeMonitor(test, test.y)
