"""How many pictures does a network need? Measured learning curves, with and without augmentation, beside an SVM."""

import math

import numpy as np
import traitlets as T

from course_lib.experiments import load_result
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget
from course_lib.widgets.curves import draw_curve

FEWEST, MOST = 10, 1000  # pictures a class that were measured
GOAL, NEAR = 0.9, 1.1  # the goal: this accuracy on boards, with at most so many times the pictures that it takes
STYLES = {
    "svm": ("#A0478A", "^"),
    "ten_epochs": ("#8A6D00", "D"),
    "cnn": ("#0072B2", "s"),
    "augmented": ("#D55E00", "o"),
}


def at(curve, samples, what="mean"):
    """Return the accuracy of `curve` at `samples` a class: straight lines over log(samples) between measured points."""
    return float(np.interp(np.log10(samples), np.log10(curve["samples"]), curve[what]))


def needed(curve, target):
    """Return the pictures a class with which `curve` first reaches the accuracy `target`; None if it never does."""
    samples, mean = np.log10(curve["samples"]), curve["mean"]
    if mean[0] >= target:
        return float(curve["samples"][0])
    for i in range(1, len(mean)):
        if mean[i] >= target:
            share = (target - mean[i - 1]) / (mean[i] - mean[i - 1])
            return float(10 ** (samples[i - 1] + share * (samples[i] - samples[i - 1])))
    return None


def checked_points(own):
    """Return `own` as [[samples, accuracy], ...]; raise ValueError that says what does not fit and what to do."""
    points = []
    for one in own:
        try:
            samples, accuracy = (float(v) for v in one)
        except (TypeError, ValueError):
            raise ValueError(
                _("own holds {one!r}, but pairs are needed: (pictures a class, accuracy), as in [(80, 0.79)].").format(
                    one=one
                )
            ) from None
        if not 1 <= samples <= 100_000:
            raise ValueError(
                _("own holds {samples:g} pictures a class, but 1 to 100,000 can be shown.").format(samples=samples)
            )
        if not 0 <= accuracy <= 1:
            raise ValueError(
                _("own holds the accuracy {value:g}, but a share from 0 to 1 is needed. Divide percent by 100.").format(
                    value=accuracy
                )
            )
        points.append([samples, accuracy])
    return points


class DataHunger(CourseWidget):
    """Accuracy on new pictures over pictures a class: the ten-class CNN, with augmentation, an SVM. Three runs each.

    The curves were measured by `python -m course_lib.experiments.data_hunger`; the lines are means, the bands one
    standard deviation. Each network had 1,000 training steps with batches of 32. Between measured points the widget
    draws straight lines over log(pictures).

    own: your own measured points, [(pictures a class, accuracy from 0 to 1), ...].

    Raises ValueError if they do not fit.
    """

    _javascript = "data_hunger.js"
    picture_size = (7.6, 4.4)

    data = T.Enum(["boards", "wafers"], "boards", help="real boards or simulated wafer maps").tag(sync=True, share=True)
    samples = T.Int(80, min=FEWEST, max=MOST, help="pictures of each class").tag(sync=True, share=True)
    augmentation = T.Bool(False, help="flips and quarter turns in training").tag(sync=True, share=True)
    ten_epochs = T.Bool(False, help="show the CNN after only ten epochs, too").tag(sync=True, share=True)
    target = Between(0.9, min=0.3, max=0.99, help="wanted accuracy, a share").tag(sync=True, share=True)
    curves = T.Dict(help="data set -> samples, pictures, curve -> mean and std").tag(sync=True)
    own = T.List(help="the learner's points [samples, accuracy]").tag(sync=True)

    def __init__(self, own=(), **state):
        result = load_result("data_hunger")
        super().__init__(curves=result["data"], own=checked_points(own), presets=self._lessons(), **state)

    def curve(self, model):
        """Return {"samples", "mean", "std"} of `model`: "cnn", "augmented", "ten_epochs" or "svm"."""
        return {"samples": self.curves[self.data]["samples"], **self.curves[self.data][model]}

    def shown(self):
        """Return the names of the curves in the picture."""
        return [
            "svm",
            *(["ten_epochs"] if self.ten_epochs else []),
            "cnn",
            *(["augmented"] if self.augmentation else []),
        ]

    def accuracy(self, model, samples=None):
        """Return the accuracy of `model` at `samples` pictures a class, 0 to 1; None: at those that are set."""
        return at(self.curve(model), self.samples if samples is None else samples)

    def needed(self, model):
        """Return the pictures a class at which `model` first reaches `target`; None if 1000 are not enough."""
        return needed(self.curve(model), self.target)

    @property
    def lead(self):
        """By how many points (of 100) the CNN is ahead of the SVM here; with augmentation if that is on."""
        return 100 * (self.accuracy("augmented" if self.augmentation else "cnn") - self.accuracy("svm"))

    @property
    def clear(self):
        """Whether the lead is larger than the two standard deviations together."""
        both = sum(at(self.curve(m), self.samples, "std") for m in ("augmented" if self.augmentation else "cnn", "svm"))
        return abs(self.lead) > 100 * both

    @property
    def goal_reached(self):
        """On the boards: a curve in the picture is at 90 %, with at most 10 % more pictures than any needs for it."""
        if self.data != "boards":
            return False
        each = [needed(self.curve(m), GOAL) for m in ("svm", "cnn", "augmented")]
        least = min((n for n in each if n is not None), default=math.inf)
        enough = any(self.accuracy(m) >= GOAL for m in self.shown())
        return enough and self.samples <= NEAR * least

    def describe(self):
        names = _names()
        each = ", ".join(f"{names[m]} {100 * self.accuracy(m):.1f} %" for m in self.shown()[::-1])
        wanted = "; ".join(
            _("{model}: about {n:.0f}").format(model=names[m], n=n)
            if (n := self.needed(m)) is not None else _("{model}: more than 1000").format(model=names[m])
            for m in self.shown()[::-1]
        )  # fmt: skip
        return _(
            "{data}, {n} pictures a class: {each}. {lead} Pictures a class for {target:.0f} %: {wanted}."
        ).format(data=_data()[self.data], n=self.samples, each=each, lead=self._lead_in_words(),
                 target=100 * self.target, wanted=wanted)  # fmt: skip

    def _lead_in_words(self):
        name = _names()["augmented" if self.augmentation else "cnn"]
        if not self.clear:
            return _("{cnn} and SVM are too close to tell: the runs differ as much.").format(cnn=name)
        if self.lead > 0:
            return _("{cnn} is ahead of the SVM by {n:.0f} points.").format(cnn=name, n=self.lead)
        return _("The SVM is ahead of {cnn} by {n:.0f} points.").format(cnn=name, n=-self.lead)

    def draw(self, figure):
        ax = figure.add_subplot()
        for model in self.shown():
            colour, marker = STYLES[model]
            x, mean, std = (np.array(self.curve(model)[k]) for k in ("samples", "mean", "std"))
            draw_curve(ax, x, 100 * mean, 100 * std, colour, marker, _names()[model])
        if self.own:
            ax.scatter(*np.transpose([[n, 100 * a] for n, a in self.own]), marker="p", color="#222222", s=70, zorder=4,
                       label=_("your own"))  # fmt: skip
        ax.axvline(self.samples, color="#222222", lw=1.5)
        ax.axhline(100 * self.target, color="#007A5A", lw=1.5, ls="--")
        ax.set(xscale="log", xlabel=_("pictures a class"), ylabel=_("accuracy on new pictures [%]"), ylim=(None, 100),
               title=_data()[self.data])  # fmt: skip
        ticks = self.curves[self.data]["samples"]
        ax.set_xticks(ticks, [str(n) for n in ticks])
        ax.minorticks_off()
        ax.legend(loc="lower right")

    def _lessons(self):
        def look(samples, augmentation, data, ten_epochs, why):
            return {"set": {"samples": samples, "augmentation": augmentation, "data": data, "ten_epochs": ten_epochs},
                    "why": why}  # fmt: skip

        return {
            _("ten of each"): look(10, False, "boards", False, _(
                "So few pictures are learned by heart at once. How far apart are the two curves, and how wide is the "
                "band of each?")),
            _("ten epochs only"): look(20, False, "wafers", True, _(
                "Ten passes through few pictures are few training steps. After them the SVM is far ahead; after 1,000 "
                "steps on the same pictures the CNN is. Train enough before you say that a network needs more data.")),
            _("free pictures"): look(80, True, "boards", False, _(
                "A board that is flipped or turned is still a board with the same defect: seven more pictures from "
                "each one. Look how far to the right the CNN without them must go for the same accuracy.")),
            _("plenty"): look(1000, True, "boards", False, _(
                "With a thousand of each class the curves come together. All networks had 1,000 training steps "
                "here: with so many pictures longer training gains more, above all with augmentation.")),
            _("wafers"): look(160, True, "wafers", False, _(
                "Other pictures, other curves: measure on your own data before you plan how many to label.")),
        }  # fmt: skip


def _names():
    return {
        "svm": _("SVM"), "cnn": _("CNN"), "augmented": _("CNN with augmentation"), "ten_epochs": _("CNN, ten epochs"),
    }  # fmt: skip


def _data():
    return {"boards": _("Real circuit boards"), "wafers": _("Simulated wafer maps")}
