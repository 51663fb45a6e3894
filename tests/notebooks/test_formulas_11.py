"""Chapter 11: every displayed formula, executed against `course_lib`, and the claims of its text."""

import re

import numpy as np
import pytest

from course_lib import classical, evaluation
from course_lib.experiments import load_result
from course_lib.experiments.deep_or_tree import table_rows
from tests.notebooks.chapter import Chapter, chapter_paths
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)
ROWS = {row["row"]: row for row in table_rows()}
NUMBER = re.compile(r"(F1 )?(\d[\d,]*(?:\.(\d+))?)( %| cycles| s| ms| kB| MB)?,?\s\(row (\d+)\)")


@claims("11", "How mixed a group is", "Four bearings, one of them worn")
@executes("11", r"G = 1 - \sum_k p_k^2")
def test_impurity():
    y = rng.integers(0, 4, 50)
    shares = [np.mean(y == k) for k in range(4)]
    assert classical.gini(y) == pytest.approx(1 - sum(p**2 for p in shares))
    assert classical.gini([0, 0, 0, 1]) == 1 - 9 / 16 - 1 / 16 == 0.375


@claims("11", "The one that leaves the two sides as pure as possible", "the best question has the lowest impurity")
@executes("11", r"G(t) = \frac{N_L}{N} G_L + \frac{N_R}{N} G_R")
def test_a_split():
    x, y = rng.normal(size=40), rng.integers(0, 3, 40)
    threshold, impurity = classical.best_split(x, y)
    found = {}
    for t in np.sort(x)[:-1]:
        left, right = y[x <= t], y[x > t]
        found[t] = len(left) / 40 * classical.gini(left) + len(right) / 40 * classical.gini(right)
    assert impurity == pytest.approx(min(found.values()))
    assert found[max(t for t in found if t <= threshold)] == pytest.approx(impurity)


@claims("11", "So only the samples near the boundary")
@claims("11", "Its loss is 0 as soon as a sample is on the correct side")
@executes("11", r"L = \frac{1}{N} \sum_n \max(0, \; 1 - y_n s_n)")
def test_the_hinge_loss():
    s, y = 2 * rng.normal(size=30), rng.choice([-1, 1], 30)
    assert classical.hinge_loss(s, y)[0] == pytest.approx(
        sum(max(0, 1 - b * a) for a, b in zip(s, y, strict=True)) / 30
    )
    outside = y * s > 1  # a sample beyond the margin has no say
    assert (classical.hinge_loss(s, y)[1][outside] == 0).all() and outside.any()


@claims("11", "3 of 100 parts fail", "is right in 97 %")
@executes("11", r"A = \frac{1}{K} \sum_k \frac{n_{kk}}{\sum_j n_{kj}}")
def test_balanced_accuracy():
    n = rng.integers(1, 50, (4, 4))
    assert evaluation.balanced_accuracy(n) == pytest.approx(sum(n[k, k] / sum(n[k]) for k in range(4)) / 4)
    assert evaluation.balanced_accuracy([[970, 0], [30, 0]]) == 0.5  # always "good": right in 97 %


@executes(
    "11",
    r"\bar d = \frac{1}{n} \sum_i d_i, \qquad e = \frac{1}{\sqrt{n}} \sqrt{\frac{1}{n - 1} \sum_i (d_i - \bar d)^2}",
)
def test_a_difference_in_pairs():
    a, b = rng.normal(size=(2, 9))
    d = [p - q for p, q in zip(a, b, strict=True)]
    mean = sum(d) / 9
    error = np.sqrt(sum((v - mean) ** 2 for v in d) / 8) / np.sqrt(9)
    assert evaluation.paired_difference(a, b) == pytest.approx((mean, error))


def answers():
    """The answers of the chapter, one text each, without line breaks."""
    (path,) = [p for p in chapter_paths() if p.name.startswith("11")]
    cells = [cell.source for cell in Chapter.read(path).notebook.cells if cell.source.startswith("**Answer:**")]
    return [" ".join(text.removeprefix("**Answer:**").split()) for text in cells]


def value_of(row, f1, unit):
    if f1 or unit in (" %", " cycles"):
        score = {"F1 ": "F1", " %": "accuracy", " cycles": "RMSE"}[f1 or unit]
        assert row["score"] == score, row
        return (100 if unit == " %" else 1) * row["mean"]
    return {" s": row["seconds"], " ms": row["milliseconds"], " kB": row["bytes"] / 1e3, " MB": row["bytes"] / 1e6}[
        unit
    ]


@claims("11", "(row ", every=True)
def test_every_number_of_the_answers_is_in_the_row_it_names():
    found = [match for text in answers() for match in NUMBER.finditer(text)]
    assert len(found) > 50 and len(answers()) == 7
    for match in found:
        f1, number, decimals, unit, row = match.groups()
        value = value_of(ROWS[int(row)], f1, unit)
        assert float(number.replace(",", "")) == pytest.approx(value, abs=0.5000001 * 10.0 ** -len(decimals or "")), (
            match.group()
        )


def test_every_sentence_of_the_answers_names_a_row():
    for text in answers():
        for sentence in re.split(r"(?<=[.:;])\s(?=[A-Z])", text):
            assert re.search(r"\(rows? \d+\)", sentence), sentence
        assert len(re.findall(r"\(row", text)) == len(NUMBER.findall(text)), text


def clear(a, b):
    return abs(ROWS[a]["mean"] - ROWS[b]["mean"]) > ROWS[a]["std"] + ROWS[b]["std"]


@claims("11", "On six raw columns nobody can say", "leave the MLP, F1 0.736 (row 72), far behind")
@claims("11", "more than any model without them from 7,800", "is level with the SVM, 68.9 %")
@claims("11", "With 7,000 pictures the CNN wins", "With 700 pictures it is a draw", "is ahead of the CNN, 65.3 %")
@claims("11", "the flat MLP is best", "boosting gains most at the end", "On thousands of pictures the CNN wins")
@claims("00", "On thousands of pictures a network is better")
@claims("11", "On tables columns decide more than models", "On windows much is level")
def test_leads_and_draws_are_told_as_they_are():
    draws = [(33, 31), (33, 36), (102, 101), (102, 98), (116, 111), (165, 161), (165, 162), (163, 161), (83, 84)]
    leads = [(67, 72), (68, 72), (130, 125), (104, 109), (164, 163), (164, 161), (159, 160)]
    assert not any(clear(a, b) for a, b in draws)
    assert all(clear(a, b) for a, b in leads)
    contests = (("machine_failures", 7800), ("steel_plates", 200), ("steel_plates", 1500), ("boards", 7000))
    best = [
        max((row for row in ROWS.values() if (row["data"], row["samples"]) == one), key=lambda row: row["mean"])
        for one in contests
    ]
    assert [one["row"] for one in best] == [33, 83, 102, 130]
    engines = [row for row in ROWS.values() if (row["data"], row["samples"]) == ("turbofan", 80)]
    assert min(engines, key=lambda row: row["mean"])["row"] == 164
    assert ROWS[55]["mean"] > max(r["mean"] for r in ROWS.values() if r["data"] == "machine_failures")
    assert (round(100 * ROWS[102]["std"], 1), round(100 * ROWS[98]["std"], 1)) == (2.3, 7.5)  # the spreads in the text
    assert ROWS[33]["mean"] - ROWS[27]["mean"] == max(  # boosting gains most at the end
        b["mean"] - a["mean"] for a, b in zip(*[[ROWS[k] for k in range(s, 34, 6)] for s in (3, 9)], strict=False)
    )


@claims("11", "A split by row adds 6 to 17 points")
def test_what_a_split_by_row_adds():
    result = load_result("deep_or_tree")
    models = ("tree", "forest", "boosting", "svm", "mlp")
    by_lot, by_row = (
        {m: part["steel_plates"]["models"][m]["mean"][-1] for m in models}
        for part in (result["data"], result["by row"])
    )
    added = [100 * (by_row[m] - by_lot[m]) for m in models]
    assert 5.5 <= min(added) and max(added) < 17.5  # 6 to 17 points
    assert max(by_row, key=by_row.get) == "boosting" != max(by_lot, key=by_lot.get)
