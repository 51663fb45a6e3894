"""The loss explorer: the numbers of course_lib.nn, and what its sentences claim."""

import numpy as np
import pytest

from course_lib import exercises as ex, nn
from course_lib.widgets import LossExplorer
from course_lib.widgets.loss_explorer import SAMPLES, SMALLEST


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("p", [1e-4, 1e-3, 0.3, 0.5, 0.9, 0.9999])
def test_slopes_are_the_slopes(y, p):
    losses = LossExplorer(y=y, p=p).losses()
    target, h = np.array([[float(y)]]), 1e-4 * min(p, 1 - p)
    for name, function in (("mse", nn.mean_squared_error), ("bce", nn.binary_crossentropy)):
        value, slope, push = losses[name]
        assert value == pytest.approx(function(target, np.array([[p]]))[0])
        by_p = nn.numerical_gradient(lambda q, f=function: f(target, q)[0], np.array([[p]]), h)
        assert slope == pytest.approx(by_p.item(), rel=1e-5)
        by_z = nn.numerical_gradient(
            lambda z, f=function: f(target, nn.sigmoid(z))[0], np.array([[np.log(p / (1 - p))]])
        )
        assert push == pytest.approx(by_z.item(), rel=1e-4, abs=1e-8)


def test_confident_and_wrong_is_a_cliff_for_cross_entropy_only():
    widget = LossExplorer(y=1)
    widget.p = 1e-3
    near = widget.losses()
    widget.p = 1e-4
    far = widget.losses()
    assert far["bce"][0] - near["bce"][0] == pytest.approx(np.log(10))  # each factor 10 adds 2.3
    assert far["mse"][0] - near["mse"][0] < 0.002
    assert abs(far["bce"][2]) > 0.999 and abs(far["mse"][2]) < 3e-4


def test_the_presets_say_true_numbers():
    widget = LossExplorer()
    widget.preset("unsure")
    assert widget.losses()["bce"][0] == pytest.approx(0.693, abs=5e-4) and widget.losses()["mse"][0] == 0.25
    widget.preset("confident and wrong")
    assert widget.losses()["bce"][2] == pytest.approx(-0.99) and widget.losses()["mse"][2] == pytest.approx(
        -0.02, abs=1e-3
    )
    widget.preset("a false alarm")
    assert widget.cost == widget.cost_alarm > 0


def test_the_plants_cost_is_a_step():
    widget = LossExplorer(threshold=0.4, cost_miss=50, cost_alarm=5)
    for y, p, cost in ((1, 0.39, 50), (1, 0.4, 0), (0, 0.39, 0), (0, 0.4, 5)):
        widget.y, widget.p = y, p
        assert widget.cost == cost and widget.losses()["cost"][1:] == (0.0, 0.0)


def test_the_best_threshold_is_the_cheapest():
    widget = LossExplorer(cost_miss=50, cost_alarm=5)
    best = widget.best_threshold
    assert best == pytest.approx(5 / 55)
    for p in (best - 0.01, best + 0.01):  # an honest p: the part is defective with probability p
        let_through, stop = p * widget.cost_miss, (1 - p) * widget.cost_alarm
        assert (stop < let_through) == (p > best)
    widget.cost_miss = widget.cost_alarm = 0
    assert widget.best_threshold is None


def test_p_stays_where_keras_keeps_it():
    assert LossExplorer(p=0).p == SMALLEST and LossExplorer(p=1).p == 1 - SMALLEST
    assert LossExplorer(p=0, y=1).losses()["bce"][0] == pytest.approx(16.118, abs=1e-3)


def test_the_goal():
    assert not LossExplorer(p=0.3).goal_reached
    assert LossExplorer(p=0.004, y=1).goal_reached
    assert not LossExplorer(p=0.996, y=1).goal_reached, "confident and right is not the cliff"
    assert LossExplorer(p=0.996, y=0).goal_reached


def absolute(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred))


def test_the_learners_own_loss_is_drawn():
    widget = LossExplorer(use=absolute, y=1, p=0.2)
    curve = np.frombuffer(widget.own_curve)
    p = nn.sigmoid(np.linspace(-np.log(1e7 - 1), np.log(1e7 - 1), SAMPLES))
    np.testing.assert_allclose(curve, 1 - p, atol=1e-12)
    assert widget.own["name"] == "absolute" and widget.own["value"] == pytest.approx(0.8)
    assert widget.own["push"] == pytest.approx(-0.2 * 0.8, rel=1e-6)
    widget.y = 0
    np.testing.assert_allclose(np.frombuffer(widget.own_curve), p, atol=1e-12)


def test_a_loss_that_returns_its_gradient_too_and_the_exercises_plug_in():
    assert LossExplorer(use=nn.mean_squared_error, p=0.2).own["value"] == pytest.approx(0.64)
    assert LossExplorer(use=ex.mean_squared_error.solution_function, p=0.2).error == ""
    widget = LossExplorer(use=ex.plant_cost.solution_function, p=0.2, cost_miss=70)
    assert widget.error == "" and widget.own["value"] == 70


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda y_true, y_pred: 1 / 0, "ZeroDivisionError"),
        (lambda y_true, y_pred: None, "returns None"),
        (lambda y_true, y_pred: np.array([y_pred, y_pred]), "one number"),
        (lambda y_true: 0.0, "TypeError"),
        (lambda y_true, y_pred: np.nan, "NaN"),
    ],
)
def test_a_wrong_loss_gets_a_sentence(wrong, words):
    widget = LossExplorer(use=wrong)
    assert words in widget.error
    widget.p = 0.7
    assert words in widget.error
