"""Two sample memos with their points, filled from measured figures: a good one, and one that only sounds convincing."""

import math
import textwrap
from dataclasses import dataclass

from course_lib.exercises.display import code
from course_lib.language import _
from course_lib.memo import HEADINGS, RUBRIC, table

SHARE = "share"  # 0 to 1
AMOUNT = "amount"  # 0 or more
TEXT = "text"
FIGURES = {  # name: (kind, what it is)
    "train_joints": (AMOUNT, _("joints in the training part")),
    "test_joints": (AMOUNT, _("joints in the test")),
    "test_faults": (AMOUNT, _("joints with a fault in the test")),
    "split_by": (TEXT, _("what the split goes by, such as 'batch'")),
    "window_recall": (SHARE, _("faults in the test that the window finds, 0 to 1")),
    "network_recall": (SHARE, _("faults in the test that the network finds, 0 to 1")),
    "window_false_alarms": (AMOUNT, _("false alarms of the window per thousand good joints")),
    "network_false_alarms": (AMOUNT, _("false alarms of the network per thousand good joints")),
    "price_miss_eur": (AMOUNT, _("price of a missed fault in EUR")),
    "price_alarm_eur": (AMOUNT, _("price of a false alarm in EUR")),
    "cost_window_eur": (AMOUNT, _("cost of the window in EUR per thousand joints")),
    "cost_network_eur": (AMOUNT, _("cost of the network in EUR per thousand joints")),
    "cost_boosting_eur": (AMOUNT, _("cost of boosting, the strongest opponent, in EUR per thousand joints")),
    "drift": (TEXT, _("the change on the line that was tested, such as 'a new supplier of screws'")),
    "drift_recall": (SHARE, _("faults that the network finds after this change, 0 to 1")),
    "row_split_accuracy": (SHARE, _("right answers of the network when rows are split at random, 0 to 1")),
}


@dataclass(frozen=True)
class SampleMemo:
    """A memo and its points: `points` holds (title, points, why) for each part, `total` their sum."""

    title: str
    text: str
    points: tuple

    @property
    def total(self):
        return sum(points for _title, points, _why in self.points)

    @property
    def summary(self):
        return _("{title}: {total} of {best} points").format(title=self.title, total=self.total, best=RUBRIC.best)

    def __str__(self):
        lines = [
            textwrap.fill(f"  {points}  {title}: {why}", 100, subsequent_indent="     ")
            for title, points, why in self.points
        ]
        return "\n".join([_wrapped(self.text), "", self.summary, *lines])

    __repr__ = __str__

    def _repr_html_(self):
        rows = [(title, points, why) for title, points, why in self.points]
        return code(_wrapped(self.text)) + table(self.summary, (_("part"), _("points"), _("why")), rows)


def sample_memos(figures):
    """Return (good, convincing), two SampleMemos filled with `figures`, a dict with the keys of `FIGURES`.

    Every number in them comes from the dict, and so does the decision of the good one: the cheaper of window and
    network. Raises ValueError for a missing or unknown key or a number out of range, TypeError for another type.
    """
    figures = checked_figures(figures)
    words = {name: _in_words(kind, figures[name]) for name, (kind, _meaning) in FIGURES.items()}
    words["all_good"] = _in_words(SHARE, 1 - figures["test_faults"] / figures["test_joints"])
    return _good(figures, words), _convincing(words)


def _good(figures, words):
    if figures["cost_network_eur"] < figures["cost_window_eur"]:
        decision = _(
            "The network decides on one station from next month; the window runs beside it. We go back to the window "
            "when a month costs more than {cost_window_eur} EUR per thousand joints."
        )
    else:
        decision = _(
            "We keep the window on all stations. The network is not cheaper. We ask again when a month of new data "
            "puts it below {cost_window_eur} EUR per thousand joints."
        )
    parts = (
        decision,
        _(
            "All joints are simulated: {train_joints} for training, {test_joints} for the test, {test_faults} of them "
            "with a fault. Split by {split_by}: no {split_by} is in both parts. The threshold was chosen without the "
            "test; the number of epochs was not, so the figures are a little too good."
        ),
        _(
            "The window of today, on the same test: it finds {window_recall} of the faults, with {window_false_alarms} "
            "false alarms per thousand good joints."
        ),
        _(
            "The network finds {network_recall} of the faults (window: {window_recall}), with {network_false_alarms} "
            "false alarms per thousand good joints (window: {window_false_alarms})."
        ),
        _(
            "A missed fault costs {price_miss_eur} EUR, a false alarm {price_alarm_eur} EUR; quality gave both prices. "
            "Per thousand joints: window {cost_window_eur} EUR, network {cost_network_eur} EUR. Boosting on the same "
            "inputs: {cost_boosting_eur} EUR; it is tried beside the network in the first month."
        ),
        _(
            "Tested on one line. After a change ({drift}) the network finds {drift_recall} of the faults instead of "
            "{network_recall}. The process engineer looks at the share of rejected joints every week, and tests again "
            "after each change of part or tool."
        ),
        _(
            "Without an answer in time, the window decides, as today. A rejected joint is checked by hand, so a false "
            "alarm scraps nothing. A missed fault leaves the plant, as today; its price is in the cost above. The "
            "shift leader switches the network off, and the window decides again."
        ),
    )
    points = (
        (2, _("It says what is done, where, and which cost would change it.")),
        (
            2,
            _("The split keeps each group in one part, the faults in the test are counted, and no weakness is hidden."),
        ),
        (2, _("What decides today, measured on the same test.")),
        (2, _("Faults found and false alarms, both beside the window's.")),
        (2, _("Both sides in one unit, with both prices, where they come from, and the strongest opponent.")),
        (1, _("A measured change, and somebody watches. But no number at which that person acts.")),
        (2, _("No answer and a wrong answer are both covered, and it is clear who acts.")),
    )
    return _memo(_("A good memo"), parts, points, words)


def _convincing(words):
    parts = (
        _("We roll the network out on all stations now. Modern lines work with deep learning, and we can lead."),
        _(
            "A large data set of {train_joints} joints. We mixed all rows well and held a random part back for the "
            "test."
        ),
        _("The window is old technology and needs no further study."),
        _("The network is right for {row_split_accuracy} of the joints: an excellent result on unseen data."),
        _("The network costs only {cost_network_eur} EUR per thousand joints."),
        _("The network learns from data, so it adapts. If needed, it will be trained again."),
        _("Not needed: the network was right nearly always in the test."),
    )
    points = (
        (1, _("A clear decision, but no result could end it.")),
        (0, _("Rows split at random: joints of one {split_by} are in both parts, so the test is hardly new.")),
        (0, _("No number: nobody knows whether the network is better than today.")),
        (0, _("Accuracy alone. Who calls every joint good is right for {all_good} of the test.")),
        (1, _("One side only: the cost of the window and the two prices are missing.")),
        (
            0,
            _(
                "A network does not adapt by itself. Nobody tested the change; after it, {drift_recall} of the faults "
                "are found."
            ),
        ),
        (0, _("None. A wrong or missing answer goes straight to the customer.")),
    )
    return _memo(_("A memo that sounds convincing"), parts, points, words)


def _memo(title, parts, points, words):
    text = "\n".join(
        f"## {heading.title}\n{part.format(**words)}\n" for heading, part in zip(HEADINGS, parts, strict=True)
    )
    return SampleMemo(
        title,
        text,
        tuple(
            (heading.title, number, why.format(**words))
            for heading, (number, why) in zip(HEADINGS, points, strict=True)
        ),
    )


def checked_figures(figures):
    """Return `figures` as a dict with exactly the keys of `FIGURES`, each of its kind and in its range, or raise."""
    if not isinstance(figures, dict):
        raise TypeError(
            _("figures is a {kind}, but a dict is needed with the keys {keys}.").format(
                kind=type(figures).__name__, keys=", ".join(FIGURES)
            )
        )
    missing = [f"{name} ({FIGURES[name][1]})" for name in FIGURES if name not in figures]
    unknown = [repr(name) for name in figures if name not in FIGURES]
    if missing:
        raise ValueError(_("figures lacks {missing}.").format(missing=", ".join(missing)) + _also(unknown))
    if unknown:
        raise ValueError(_also(unknown).strip())
    for name, (kind, meaning) in FIGURES.items():
        _fits(name, kind, meaning, figures[name])
    if not 0 < figures["test_faults"] <= figures["test_joints"]:
        raise ValueError(
            _(
                "figures: the test has {faults} faults in {joints} joints, but at least 1 fault is needed, and no more "
                "than there are joints."
            ).format(faults=figures["test_faults"], joints=figures["test_joints"])
        )
    return dict(figures)


def _also(unknown):
    return " " + _("Unknown: {unknown}.").format(unknown=", ".join(unknown)) if unknown else ""


def _fits(name, kind, meaning, value):
    wrong = _("figures[{name!r}] is {value!r}, but it is needed as: {meaning}.").format(
        name=name, value=value, meaning=meaning
    )
    try:
        number = None if kind == TEXT else float(value)
    except (TypeError, ValueError):
        raise TypeError(wrong) from None
    if kind == TEXT and not (isinstance(value, str) and value.strip()):
        raise TypeError(wrong)
    if number is not None and not 0 <= number <= (1 if kind == SHARE else math.inf) or number == math.inf:
        raise ValueError(wrong)


def _in_words(kind, value):
    if kind == TEXT:
        return value
    if kind == SHARE:
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:.1f}"


def _wrapped(text):
    return "\n".join(textwrap.fill(line, 100) for line in text.splitlines())
