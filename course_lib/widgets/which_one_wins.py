"""Which model wins? The table of chapter 11 as curves: score over samples, what fits a budget, when it is a draw."""

import numpy as np
import traitlets as T

from course_lib.experiments import load_result
from course_lib.experiments.deep_or_tree import table_rows
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget
from course_lib.widgets.curves import draw_curve

DATA = ("machine_failures", "physics", "steel_plates", "boards", "turbofan")
MODELS = ("tree", "forest", "boosting", "linear_svm", "svm", "mlp", "cnn", "rnn")
STYLES = {
    "tree": ("#8A6D00", "^"),
    "forest": ("#007A5A", "h"),
    "boosting": ("#D55E00", "o"),
    "linear_svm": ("#2F7FB8", "P"),
    "svm": ("#A0478A", "p"),
    "mlp": ("#0072B2", "s"),
    "cnn": ("#222222", "D"),
    "rnn": ("#222222", "D"),
}
GOAL, GOAL_KILOBYTES = 0.8, 20
SECONDS, MILLISECONDS, KILOBYTES = (0.001, 100.0), (0.01, 100.0), (1.0, 100_000.0)  # from the least to no limit


class WhichOneWins(CourseWidget):
    """Measured scores of eight kinds of model on five sets of data, over the number of samples, under a budget.

    All numbers are those of `python -m course_lib.experiments.deep_or_tree`: means of three runs, each with its own
    samples, and bands of one standard deviation. A model wins if it fits the budget and its lead over every other that
    fits is larger than the two standard deviations together; else it is too close to tell.
    """

    _javascript = "which_one_wins.js"
    _css = CourseWidget._css + (
        ".cw-wins { border-collapse: collapse; width: 100%; font-size: 12.5px; font-variant-numeric: tabular-nums; }"
        ".cw-wins th, .cw-wins td { padding: 1px 6px; text-align: right; white-space: nowrap; }"
        ".cw-wins th { font-weight: 600; border-bottom: 1px solid var(--cw-grid); white-space: normal; }"
        ".cw-wins th.cw-left, .cw-wins td.cw-left { text-align: left; white-space: normal; }"
        ".cw-wins tbody tr { cursor: pointer; }"
        ".cw-wins tr.cw-picked td { background: var(--jp-layout-color2, #eee); }"
        ".cw-wins tr.cw-best td { font-weight: 700; }"
        ".cw-wins canvas { display: inline-block; vertical-align: -3px; margin-right: 4px; }"
        "@container (max-width: 480px) { .cw-wins { font-size: 11px; table-layout: fixed; }"
        " .cw-wins th, .cw-wins td { padding: 1px 2px; white-space: normal; } .cw-wins th { font-size: 10px; }"
        " .cw-wins th:first-child { width: 8%; } .cw-wins th:nth-child(2) { width: 25%; }"
        " .cw-wins th:nth-child(3) { width: 22%; } }"
    )
    picture_size = (8.0, 4.6)

    data = T.Enum(DATA, "machine_failures", help="what the models learn from").tag(sync=True, share=True)
    size = T.Int(6, min=1, max=6, help="which number of samples: 1 the fewest, 6 the most").tag(sync=True, share=True)
    max_seconds = Between(SECONDS[1], min=SECONDS[0], max=SECONDS[1], help="training time [s]").tag(
        sync=True, share=True
    )
    max_milliseconds = Between(
        MILLISECONDS[1], min=MILLISECONDS[0], max=MILLISECONDS[1], help="time for one answer [ms]"
    ).tag(sync=True, share=True)
    max_kilobytes = Between(KILOBYTES[1], min=KILOBYTES[0], max=KILOBYTES[1], help="size of the model [kB]").tag(
        sync=True, share=True
    )
    picked = T.Enum(("", *MODELS), "", help="whose row is read out; empty: the best that fits").tag(
        sync=True, share=True
    )
    measured = T.Dict(help="data set -> samples, unit, score, rows of the table by size").tag(sync=True)

    def __init__(self, **state):
        super().__init__(measured=measured_rows(load_result("deep_or_tree")), presets=self._lessons(), **state)

    @property
    def samples(self):
        """The number of samples that is set: parts, plates, pictures or engines."""
        samples = self.measured[self.data]["samples"]
        return samples[min(self.size, len(samples)) - 1]

    def rows(self):
        """Return the rows of the table at this number of samples, one dict a model."""
        every = self.measured[self.data]["rows"]
        return every[min(self.size, len(every)) - 1]

    def fits(self, row):
        """Whether the model of this row keeps to the budget: training, one answer, and size."""
        return (
            row["seconds"] <= self.max_seconds
            and row["milliseconds"] <= self.max_milliseconds
            and row["bytes"] <= 1000 * self.max_kilobytes
        )

    def ranked(self):
        """Return the rows of the models that fit the budget, the best first."""
        return sorted((row for row in self.rows() if self.fits(row)), key=self._loss)

    @property
    def tied(self):
        """The models that fit and are too close to the best to tell, the best first; one alone is the winner."""
        ranked = self.ranked()
        return [row["model"] for row in ranked if row is ranked[0] or not clear(ranked[0], row)]

    @property
    def winner(self):
        """The model whose lead over all that fit is larger than the spread; None if there is none, or no other."""
        return self.tied[0] if len(self.tied) == 1 and len(self.ranked()) > 1 else None

    def _loss(self, row):
        return row["mean"] if row["score"] == "RMSE" else -row["mean"]

    @property
    def goal_reached(self):
        """Machine failures, with physics or without: F1 of GOAL or more from a model of at most GOAL_KILOBYTES."""
        ranked = self.ranked()
        return (
            self.data in ("machine_failures", "physics")
            and self.max_kilobytes <= GOAL_KILOBYTES
            and bool(ranked)
            and ranked[0]["mean"] >= GOAL
        )

    def describe(self):
        return _("{data}, {n:,} {unit}: {verdict}").format(
            data=data_names()[self.data], n=self.samples, unit=units()[self.measured[self.data]["unit"]],
            verdict=self.verdict(),
        )  # fmt: skip

    def verdict(self):
        """Say who wins, with the rows of the table that show it, or that it is too close to tell."""
        names, ranked, tied = model_names(), self.ranked(), self.tied
        best = min(self.rows(), key=self._loss)

        def told(row):
            return _("{model} {score} (row {row})").format(
                model=names[row["model"]], score=score_text(row), row=row["row"]
            )

        if not ranked:
            text = _("No model fits this budget.")
        elif len(ranked) == 1:
            text = _("Only one model fits this budget: {model}.").format(model=told(ranked[0]))
        else:
            first, second = ranked[:2]
            lead, spread = (
                amount(first, v) for v in (abs(first["mean"] - second["mean"]), first["std"] + second["std"])
            )
            if len(tied) == 1:
                text = _("{first} wins. Its lead over {second} is {lead}, more than the two spreads, {spread}.").format(
                    first=told(first), second=told(second), lead=lead, spread=spread
                )
            else:
                every = ", ".join(told(row) for row in ranked if row["model"] in tied)
                text = _("Too close to tell: {every}.").format(every=every)
        if best not in ranked:
            text += " " + _("Best without the budget: {model}.").format(model=told(best))
        return text

    def draw(self, figure):
        one, names = self.measured[self.data], model_names()
        ax = figure.add_subplot()
        fit = {row["model"] for row in self.ranked()}
        factor = 100 if one["score"] == "accuracy" else 1
        for j, row in enumerate(one["rows"][0]):
            mean, std = (factor * np.array([rows[j][k] for rows in one["rows"]]) for k in ("mean", "std"))
            colour, marker = STYLES[row["model"]]
            draw_curve(
                ax, one["samples"], mean, std, colour, marker, names[row["model"]], faint=row["model"] not in fit
            )
        ax.axvline(self.samples, color="#222222", lw=1.5)
        ax.set(xscale="log", xlabel=unit_label(one["unit"]), ylabel=score_label(one["score"]),
               title=data_names()[self.data])  # fmt: skip
        ax.set_xticks(one["samples"], [f"{n:,}" for n in one["samples"]])
        ax.minorticks_off()
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)

    def _lessons(self):
        def look(why, **settings):
            usual = {"data": "machine_failures", "size": 6, "max_seconds": SECONDS[1],
                     "max_milliseconds": MILLISECONDS[1], "max_kilobytes": KILOBYTES[1], "picked": ""}  # fmt: skip
            return {"set": usual | settings, "why": why}

        return {
            _("a table"): look(_(
                "Boosting is first, but look at the bands: four others are as good as it can be told. Only the linear "
                "SVM is out.")),
            _("with physics"): look(data="physics", why=_(
                "Three columns that an engineer can calculate, and tree and forest are far above the network. What you "
                "know is worth more than the choice of the model.")),
            _("few pictures"): look(data="boards", size=2, why=_(
                "With 100 pictures a class nobody can say whether the CNN or the forest is better. Move the line to "
                "the right: where does the CNN win?")),
            _("a small chip"): look(data="boards", size=4, max_milliseconds=0.1, max_kilobytes=1000.0, why=_(
                "A tenth of a millisecond and one megabyte. The CNN is too slow, forest and SVM are too large. What is "
                "left, and what does it cost in accuracy?")),
            _("sequences"): look(data="turbofan", size=5, why=_(
                "The flat MLP, which gets the 30 cycles as one row, is ahead. The recurrent network needs a quarter of "
                "its bytes, no more.")),
        }  # fmt: skip


def measured_rows(result):
    """Return {data: {"samples", "unit", "score", "rows": [[row of each model] for each number of samples]}}."""
    found = {}
    for row in table_rows(result):
        one = found.setdefault(row["data"], {"samples": [], "unit": row["unit"], "score": row["score"], "rows": []})
        if row["samples"] not in one["samples"]:
            one["samples"].append(row["samples"])
            one["rows"].append([])
        one["rows"][-1].append({k: v for k, v in row.items() if k not in ("data", "samples", "unit")})
    return found


def clear(first, second):
    """Whether the lead of one row over another is larger than their two standard deviations together."""
    return abs(first["mean"] - second["mean"]) > first["std"] + second["std"]


def fixed(value, digits):
    """Return a number of at least 0 as text, halves rounded upwards, as the browser does."""
    return f"{value + 1e-9:.{digits}f}"


def amount(row, value):
    """Return a difference of scores as text: F1 as it is, accuracy in points of 100, RMSE in cycles."""
    return {
        "F1": fixed(value, 3),
        "accuracy": _("{n} points").format(n=fixed(100 * value, 1)),
        "RMSE": _("{n} cycles").format(n=fixed(value, 2)),
    }[row["score"]]


def score_text(row):
    """Return the score of a row with its standard deviation as text."""
    return {
        "F1": f"F1 {fixed(row['mean'], 3)} ± {fixed(row['std'], 3)}",
        "accuracy": f"{fixed(100 * row['mean'], 1)} ± {fixed(100 * row['std'], 1)} %",
        "RMSE": f"RMSE {fixed(row['mean'], 2)} ± {fixed(row['std'], 2)}",
    }[row["score"]]


def score_label(score):
    return {
        "F1": _("F1 of failures (higher is better)"),
        "accuracy": _("accuracy [%] (higher is better)"),
        "RMSE": _("RMSE [cycles] (lower is better)"),
    }[score]


def model_names():
    return {
        "tree": _("decision tree"), "forest": _("random forest"), "boosting": _("gradient boosting"),
        "linear_svm": _("linear SVM"), "svm": _("SVM"), "mlp": _("MLP"), "cnn": _("CNN"), "rnn": _("SimpleRNN"),
    }  # fmt: skip


def data_names():
    return {
        "machine_failures": _("Machine failures (6 columns)"),
        "physics": _("Machine failures with physics (9 columns)"),
        "steel_plates": _("Faults of steel plates (27 columns)"),
        "boards": _("Pictures of circuit boards"),
        "turbofan": _("Sequences of engine sensors"),
    }


def units():
    return {"parts": _("parts"), "plates": _("plates"), "pictures": _("pictures"), "engines": _("engines")}


def unit_label(unit):
    return {
        "parts": _("parts in the training"),
        "plates": _("plates in the training"),
        "pictures": _("pictures in the training"),
        "engines": _("engines in the training"),
    }[unit]
