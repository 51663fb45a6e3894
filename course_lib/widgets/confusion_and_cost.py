"""An inspector with a threshold: four outcomes, what they cost, and the threshold at which the plant pays least."""

import numpy as np
import traitlets as T

from course_lib import costs
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget

PARTS = costs.PARTS
CHEAPER, NEAR = 0.9, 1.02  # the goal: at most so many times the cost at 0.5, and the lowest cost
LARGEST = 200_000  # parts that the page can hold
SEPARATION = 2.2  # of the simulated inspector: distance of good and defective in standard deviations


def simulated_inspector(parts=1000, rng=5):
    """Return (labels, scores) of `parts` good and `parts` defective ones: honest probabilities at half and half.

    The logit is normal with the standard deviation d and the mean -d^2 / 2 for good parts, d^2 / 2 for defective ones:
    then it is the logarithm of the odds.
    """
    labels = np.repeat([0, 1], parts)
    z = np.random.default_rng(rng).normal(SEPARATION**2 * (labels - 0.5), SEPARATION)
    return labels, 1 / (1 + np.exp(-z))


class ConfusionAndCost(CourseWidget):
    """Threshold, two prices and a defect rate: outcomes of 1000 parts, cost curve, ROC point, precision and recall.

        cost of 1000 parts = 1000 (defect_rate cost_miss (1 - recall) + (1 - defect_rate) cost_alarm false_alarm_rate)

    scores: your model's P(defective) for each part, (N,) from 0 to 1; labels: 0 good, 1 defective, (N,). Give parts the
    model was not trained on. Without them: a simulated inspector. A part is stopped when its score >= threshold.
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    Raises ValueError if they do not fit: NaN, numbers outside 0 to 1, one class only, different lengths.
    """

    _javascript = "confusion_and_cost.js"
    picture_size = (9.2, 6.0)

    threshold = Between(0.5, min=0, max=1.01, help="a part is stopped from this score on").tag(sync=True, share=True)
    cost_miss = Between(100.0, min=0, max=1000, help="EUR for a defective part let through").tag(sync=True, share=True)
    cost_alarm = Between(10.0, min=0, max=200, help="EUR for a good part stopped").tag(sync=True, share=True)
    defect_rate = Between(0.02, min=0.001, max=0.5, help="share of defective parts").tag(sync=True, share=True)
    parts_per_day = T.Int(2000, min=100, max=100_000, help="parts inspected a day").tag(sync=True, share=True)
    good = T.Bytes(help="float64 scores of the good parts, ascending").tag(sync=True)
    defective = T.Bytes(help="float64 scores of the defective parts, ascending").tag(sync=True)
    own = T.Bool(False, help="whether the scores are the learner's").tag(sync=True)

    def __init__(self, scores=None, labels=None, **state):
        if (scores is None) != (labels is None):
            raise ValueError(
                _("{given} is given, but {missing} is not. Give both: ConfusionAndCost(scores, labels).").format(
                    given="scores" if labels is None else "labels", missing="labels" if labels is None else "scores"
                )
            )
        own = scores is not None
        labels, scores = costs.checked_scores(labels, scores) if own else simulated_inspector()
        if len(scores) > LARGEST:
            raise ValueError(
                _(
                    "scores holds {n:,} parts, but the page can hold {most:,}. Take a part of them, scores[:{most}]."
                ).format(n=len(scores), most=LARGEST)
            )
        self._labels, self._scores = labels, scores
        good, defective = (np.sort(scores[labels == one]).astype(float) for one in (0, 1))
        super().__init__(
            good=good.tobytes(), defective=defective.tobytes(), own=own, presets=self._lessons(), **state
        )  # fmt: skip

    def rates(self, threshold=None):
        """Return (false alarm rate, recall) at `threshold`; None: at the one that is set."""
        return tuple(float(r) for r in costs.rates(self._labels, self._scores, self._at(threshold)))

    def confusion(self, threshold=None):
        """Return (tn, fp, fn, tp) of 1000 parts at this defect rate, as floats."""
        alarms, recall = self.rates(threshold)
        bad = PARTS * self.defect_rate
        return (PARTS - bad) * (1 - alarms), (PARTS - bad) * alarms, bad * (1 - recall), bad * recall

    def cost(self, threshold=None):
        """Return what 1000 parts cost at `threshold` [EUR]; None: at the one that is set."""
        return costs.expected_cost(self._labels, self._scores, self._at(threshold), *self._prices)

    def best(self):
        """Return the threshold at which 1000 parts cost least; of equally good ones the smallest."""
        return costs.best_threshold(self._labels, self._scores, *self._prices)

    @property
    def precision(self):
        """The share of defective parts among the stopped ones; None if nothing is stopped."""
        _tn, fp, _fn, tp = self.confusion()
        return tp / (tp + fp) if tp + fp else None

    @property
    def recall(self):
        """The share of the defective parts that is stopped."""
        return self.rates()[1]

    @property
    def goal_reached(self):
        """At most 2 % above the lowest cost, and at least 10 % below the cost at a threshold of 0.5."""
        cost = self.cost()
        return bool(cost <= NEAR * self.cost(self.best()) and cost <= CHEAPER * self.cost(0.5) and self.cost(0.5) > 0)

    def describe(self):
        tn, fp, fn, tp = self.confusion()
        best = self.best()
        text = _(
            "Threshold {t:.2f}, {rate:.3g} % of the parts are defective. Of 1000 parts {tp:.1f} defects are found, "
            "{fn:.1f} are missed, {fp:.1f} good parts are stopped. They cost {cost:,.0f} EUR; the least is "
            "{least:,.0f} EUR at threshold {best:.2f}. {precision} "
            "Of 100 defective parts {recall:.0f} are stopped (recall)."
        )
        return text.format(
            t=self.threshold, rate=100 * self.defect_rate, tp=tp, fn=fn, fp=fp, cost=self.cost(),
            least=self.cost(best), best=best, recall=100 * self.recall,
            precision=_("Nothing is stopped, so there is no precision.") if self.precision is None else
            _("Of 100 stopped parts {n:.0f} are defective (precision).").format(n=100 * self.precision),
        )  # fmt: skip

    def draw(self, figure):
        (scores, matrix), (curve, roc) = figure.subplots(2, 2)
        t, best = self.threshold, self.best()
        bins = np.linspace(0, 1, 26)
        for label, name, colour, sign in ((0, _("good"), "#0072B2", 1), (1, _("defective"), "#D55E00", -1)):
            group = self._scores[self._labels == label]
            share = 100 * np.histogram(group, bins)[0] / len(group)
            scores.bar(bins[:-1], sign * share, 0.04, align="edge", color=colour, label=name, edgecolor="white", lw=0.5)
        scores.axvline(t, color="#222222", lw=2)
        scores.axhline(0, color="#222222", lw=0.8)
        scores.yaxis.set_major_formatter(lambda v, _position: f"{abs(v):.0f}")
        scores.set(xlabel=_("score, P(defective)"), ylabel=_("share of the kind [%]"), title=_("scores"))
        scores.legend()
        names = (_("good, passed"), _("false alarm"), _("missed"), _("found"))
        for k, (name, count) in enumerate(zip(names, self.confusion(), strict=True)):
            x, y, side = k % 2, 1 - k // 2, 0.9 * np.sqrt(count / PARTS)
            colour = "#8ab8d8" if k in (0, 3) else "#e8a37c"
            matrix.bar(x, side, side, bottom=y - side / 2, color=colour)
            matrix.text(x, y, f"{count:.1f}\n{name}", ha="center", va="center")
        matrix.set(
            xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[1, 0], title=_("1000 parts"), aspect="equal"
        )
        matrix.set_xticklabels([_("passed"), _("stopped")])
        matrix.set_yticklabels([_("good"), _("defective")])
        matrix.grid(False)
        each = np.linspace(0, 1.01, 405)
        curve.plot(
            each, costs.expected_cost(self._labels, self._scores, each, *self._prices), marker="", color="#0072B2"
        )
        curve.scatter(
            best, self.cost(best), marker="D", color="#007A5A", s=60, zorder=3, label=_("least: {t:.2f}").format(t=best)
        )
        curve.scatter(t, self.cost(), marker="s", color="#D55E00", s=60, zorder=3, label=_("now: {t:.2f}").format(t=t))
        curve.set(xlabel=_("threshold"), ylabel=_("cost of 1000 parts [EUR]"), ylim=(0, None), title=_("cost"))
        curve.legend()
        roc.plot(*costs.rates(self._labels, self._scores, costs.candidates(self._scores)), marker="", color="#0072B2")
        roc.plot([0, 1], [0, 1], ":", color="#666666", marker="", lw=1)
        roc.scatter(*self.rates(best), marker="D", color="#007A5A", s=60, zorder=3)
        roc.scatter(*self.rates(), marker="s", color="#D55E00", s=60, zorder=3)
        roc.set(xlabel=_("false alarms, share of good parts"), ylabel=_("recall"), title=_("ROC curve"))

    @property
    def _prices(self):
        return self.cost_miss, self.cost_alarm, self.defect_rate

    def _at(self, threshold):
        return self.threshold if threshold is None else threshold

    def _lessons(self):
        def plant(miss, alarm, rate, why):
            return {"set": {"threshold": 0.5, "cost_miss": miss, "cost_alarm": alarm, "defect_rate": rate}, "why": why}

        return {
            _("half and half"): plant(50.0, 50.0, 0.5, _(
                "Both mistakes cost the same and every second part is defective. Only then is 0.5 about right, if the "
                "scores are honest probabilities at half and half, as those of our simulated inspector.")),
            _("defects are rare"): plant(50.0, 50.0, 0.01, _(
                "The same prices, but one part in a hundred is defective: there are 99 good parts for each defect, so "
                "false alarms decide. Where has the best threshold gone?")),
            _("a miss is dear"): plant(1000.0, 10.0, 0.02, _(
                "A miss costs a hundred false alarms. The best threshold falls: stopping many good parts pays.")),
            _("an alarm stops the line"): plant(50.0, 200.0, 0.02, _(
                "Each false alarm stops the line and costs more than a miss. The best threshold rises until hardly "
                "any part is stopped: here the inspector is of little use, and that is the answer.")),
            _("a safety part"): plant(1000.0, 1.0, 0.05, _(
                "A miss costs a thousand times a false alarm. Nearly everything is stopped: look at the precision.")),
        }  # fmt: skip
