"""The data-hunger widget: what it reads from the curves, its words and its goal."""

import numpy as np
import pytest

from course_lib.experiments import load_result
from course_lib.widgets import DataHunger
from course_lib.widgets.data_hunger import at, needed

CURVE = {"samples": [10, 100, 1000], "mean": [0.5, 0.7, 0.8], "std": [0.03, 0.02, 0.01]}


def test_reading_between_the_points():
    assert at(CURVE, 10) == 0.5 and at(CURVE, 1000) == 0.8
    assert at(CURVE, 10**1.5) == pytest.approx(0.6)
    assert at(CURVE, 10**1.5, "std") == pytest.approx(0.025)
    assert needed(CURVE, 0.6) == pytest.approx(10**1.5)
    assert needed(CURVE, 0.75) == pytest.approx(10**2.5)
    assert needed(CURVE, 0.4) == 10 and needed(CURVE, 0.81) is None


def test_the_first_crossing_counts():
    falls = {"samples": [10, 100, 1000, 10_000], "mean": [0.5, 0.7, 0.6, 0.9]}
    assert needed(falls, 0.65) == pytest.approx(10**1.75)


def test_the_curves_are_those_that_were_measured():
    result = load_result("data_hunger")["data"]
    for name, one in result.items():
        widget = DataHunger(data=name)
        for model in ("cnn", "augmented", "ten_epochs", "svm"):
            for n, mean in zip(one["samples"], one[model]["mean"], strict=True):
                assert widget.accuracy(model, n) == pytest.approx(mean)


def test_needed_and_accuracy_fit_together():
    for name in ("boards", "wafers"):
        for target in np.arange(0.5, 0.99, 0.05):
            widget = DataHunger(data=name, target=target)
            for model in ("cnn", "augmented", "ten_epochs", "svm"):
                n = widget.needed(model)
                if n is None:
                    assert max(widget.curve(model)["mean"]) < target
                elif n > 10:
                    assert widget.accuracy(model, n) == pytest.approx(target)


def test_the_lead_is_told_only_where_it_is_clear():
    widget = DataHunger()
    seen = set()
    for name in ("boards", "wafers"):
        for augmentation in (False, True):
            for samples in (10, 40, 80, 320, 1000):
                widget.data, widget.augmentation, widget.samples = name, augmentation, samples
                words = widget.describe()
                assert ("too close to tell" in words) == (not widget.clear)
                if widget.clear:
                    ahead = "is ahead of the SVM by" if widget.lead > 0 else "The SVM is ahead of"
                    assert ahead in words and f"by {abs(widget.lead):.0f} points" in words
                seen.add(widget.clear)
    assert seen == {True, False}


def test_words():
    widget = DataHunger(samples=80, target=0.99)
    assert widget.describe().startswith("Real circuit boards, 80 pictures a class: CNN ")
    assert "Pictures a class for 99 %: CNN: more than 1000; SVM: more than 1000" in widget.describe()
    assert "augmentation" not in widget.describe()
    widget.augmentation = True
    assert f"CNN with augmentation {100 * widget.accuracy('augmented'):.1f} %" in widget.describe()


def test_the_presets_say_what_was_measured():
    widget = DataHunger()
    widget.preset("ten epochs only")
    assert widget.accuracy("ten_epochs") + 0.1 < widget.accuracy("svm") < widget.accuracy("cnn")
    widget.preset("free pictures")
    wanted = widget.accuracy("augmented")
    widget.target = wanted
    assert widget.needed("cnn") is None or widget.needed("cnn") > 2 * widget.samples
    widget.preset("plenty")
    few, many = (abs(widget.accuracy("augmented", n) - widget.accuracy("svm", n)) for n in (10, 1000))
    assert many < few / 2


def test_goal():
    widget = DataHunger()
    assert not widget.goal_reached
    widget.samples = int(needed(widget.curve("augmented"), 0.9)) + 1
    assert not widget.goal_reached  # the curve that reaches it is not in the picture
    widget.augmentation = True
    assert widget.goal_reached
    widget.samples -= 20
    assert not widget.goal_reached
    widget.samples = 1000  # enough, but far too many
    assert not widget.goal_reached
    widget.samples, widget.data = int(needed(widget.curve("augmented"), 0.9)) + 1, "wafers"
    assert not widget.goal_reached


def test_your_own_points():
    widget = DataHunger(own=[(80, 0.79), np.array([300, 0.9])])
    assert widget.own == [[80.0, 0.79], [300.0, 0.9]]
    assert widget.picture() != DataHunger().picture()


@pytest.mark.parametrize(
    "own, words",
    [
        ([80, 0.79], "own holds 80, but pairs"),
        ([("many", 0.5)], "pairs are needed"),
        ([(80, 79)], "accuracy 79.*Divide percent by 100"),
        ([(80, float("nan"))], "accuracy nan"),
        ([(0, 0.5)], "0 pictures a class"),
        ([(float("nan"), 0.5)], "nan pictures a class"),
    ],
)
def test_points_that_do_not_fit(own, words):
    with pytest.raises(ValueError, match=words):
        DataHunger(own=own)
