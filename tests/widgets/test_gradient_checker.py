"""The gradient checker: its curves are those of course_lib.nn, and its sentences hold."""

import numpy as np
import pytest

from course_lib import exercises as ex, nn
from course_lib.widgets import GradientChecker
from course_lib.widgets.gradient_checker import DTYPES, METHODS, PROBLEMS, SAMPLES, STEPS
from tests.notebooks.claims import claims


def curve(widget, dtype="float64", method="central"):
    sent = np.frombuffer(widget.curves).reshape(len(DTYPES), len(METHODS), len(STEPS))
    return sent[DTYPES.index(dtype), METHODS.index(method)]


@pytest.mark.parametrize("function", PROBLEMS)
def test_the_right_formula_agrees_and_the_planted_mistake_does_not(function):
    widget = GradientChecker(function=function, h=1e-5)
    assert widget.result["error"] < 1e-9 and curve(widget).min() < 1e-9
    widget.bug = True
    assert widget.result["error"] > 0.1
    wrong = curve(widget)
    assert wrong.min() > 0.1 and np.ptp(wrong) < 0.1, "high and flat: no h makes a wrong formula right"
    assert widget.mistake in widget.describe()


def test_the_numbers_are_those_of_nn():
    widget = GradientChecker(function="network", h=1e-4, point=0.3)
    numerical = nn.numerical_gradient(widget.value, widget.weights(), 1e-4)
    np.testing.assert_array_equal(widget.numerical(), numerical)
    error = nn.relative_error(widget.analytical(), numerical)
    assert widget.result["error"] == error == widget.error_now
    assert widget.result["numerical"] == numerical.flat[0]
    k = int(np.argmin(np.abs(STEPS - 1e-4)))
    assert curve(widget)[k] == pytest.approx(error, rel=1e-6)


def test_rounding_on_the_left_and_the_bend_on_the_right():
    widget = GradientChecker(function="cube", point=0.7)
    tens = slice(18, 23)  # h from 1e-3 to 1e-1
    slope = np.polyfit(np.log10(STEPS[tens]), np.log10(curve(widget)[tens]), 1)[0]
    assert slope == pytest.approx(2, abs=0.05)  # h^2 for central differences
    slope = np.polyfit(np.log10(STEPS[tens]), np.log10(curve(widget, method="one-sided")[tens]), 1)[0]
    assert slope == pytest.approx(1, abs=0.1)
    left = slice(0, 9)  # 1e-12 to 1e-8
    slope = np.polyfit(np.log10(STEPS[left]), np.log10(curve(widget)[left]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.35)  # rounding: eps / h


@claims("03", "the whole U lies higher, and its bottom further right")
def test_float32_lies_higher_and_further_right():
    widget = GradientChecker()
    (h64, e64), (h32, e32) = widget.best("float64"), widget.best("float32")
    assert e32 > 1e4 * e64 and h32 > 30 * h64
    assert 1e-7 < e32 < 1e-3
    one_h, one_error = widget.best("float64", "one-sided")
    assert one_error > e64 and one_h < h64


def test_float32_is_computed_in_float32():
    widget = GradientChecker(dtype="float32")
    assert widget.weights().dtype == np.float32 and widget.analytical().dtype == np.float32
    for function in PROBLEMS:
        widget.function = function
        assert np.asarray(widget.value(widget.weights())).dtype == np.float32


def test_the_kink():
    widget = GradientChecker()
    widget.preset("across the kink")
    assert widget.result["error"] > 0.3
    widget.h = 1e-4  # both points on one side
    assert widget.result["error"] < 1e-9


def test_a_mistake_that_this_point_does_not_show():
    widget = GradientChecker(function="relu", bug=True, point=0.5, h=1e-4)
    assert widget.result["error"] < 1e-9 and not widget.result["shown"]
    assert "makes no difference" in widget.describe()
    widget.point = -0.5
    assert widget.result["shown"] and widget.result["error"] == 1


def test_the_window_shows_the_function_in_the_chosen_precision():
    widget = GradientChecker(function="cube", point=0.5, h=0.01)
    t, change = np.frombuffer(widget.window).reshape(2, SAMPLES)
    assert (t[0], t[-1]) == (-0.02, 0.02)
    np.testing.assert_allclose(change, (0.5 + t) ** 3 - 0.125, atol=1e-15)
    widget.zoom = False
    assert np.frombuffer(widget.window)[0] == -1
    widget.zoom, widget.h, widget.dtype = True, 1e-7, "float32"
    stairs = np.frombuffer(widget.window).reshape(2, SAMPLES)[1]
    assert len(np.unique(stairs)) < 12, "float32 cannot see the difference of neighbouring points"


def test_the_presets_say_true_numbers():
    widget = GradientChecker()
    widget.preset("a good step")
    assert widget.result["error"] < 1e-10 and widget.goal_reached
    for label in ("h too small", "h too large", "float32", "across the kink", "a wrong formula"):
        widget.preset(label)
        assert widget.result["error"] > 1e-6 and not widget.goal_reached
    widget.preset("h too small")
    w, h = widget.weights(), np.array([[1e-11], [0]])
    above, below = widget.value(w + h), widget.value(w - h)
    assert 10 <= -np.log10(abs(above - below) / above) <= 12  # "agree in their first eleven digits or so"


def wrong_mean(dy, x, W):
    return dy @ W.T, x.T @ dy / len(x), dy.sum(0)


@pytest.mark.parametrize("function", ["layer", "network"])
def test_the_learners_dense_backward(function):
    right = GradientChecker(use=ex.dense_backward.solution_function, function=function, h=1e-5)
    assert right.error == "" and right.result["error"] < 1e-9
    wrong = GradientChecker(use=wrong_mean, function=function, h=1e-5)
    assert wrong.error == "" and wrong.result["error"] > 0.1
    cached = GradientChecker(use=lambda dy, cache: nn.dense_backward(dy, cache), function=function, h=1e-5)
    assert cached.result["error"] == right.result["error"]


def test_the_learners_numerical_gradient():
    ours = GradientChecker(h=1e-4)
    assert GradientChecker(use=ex.numerical_gradient.solution_function, h=1e-4).result["error"] == pytest.approx(
        ours.result["error"], rel=1e-3
    )

    def no_halving(f, x, h=1e-5):
        return 2 * nn.numerical_gradient(f, x, h)

    assert GradientChecker(use=no_halving, h=1e-4).result["error"] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda dy, x, W: None,
        lambda dy, x, W: (dy, x, W),
        lambda dy, x, W: 1 / 0,
        lambda f, x, h: None,
        lambda dy, cache: dy,
    ],
)
def test_a_wrong_function_gets_a_sentence(wrong):
    widget = GradientChecker(use=wrong)
    assert widget.error and widget.result["error"] is None and widget.describe()
    widget.h = 1e-3
    assert widget.error and widget.picture()


def test_a_function_of_another_form_is_refused():
    for given, words in ((lambda x: x, "dense_backward"), (3, "function is needed"), ("dense_backward", "quotes")):
        with pytest.raises(TypeError, match=words):
            GradientChecker(use=given)
