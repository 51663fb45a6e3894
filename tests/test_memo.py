"""The form of a decision memo, its rubric, and the two samples."""

import re

import pytest

from course_lib.memo import CHARACTERS, HEADINGS, RUBRIC, TEMPLATE, WORDS, check_memo, quantities, sections
from course_lib.memo_samples import FIGURES, SHARE, TEXT, sample_memos
from tests.notebooks.claims import claims

FIGURE_VALUES = {
    "train_joints": 6000,
    "test_joints": 2000,
    "test_faults": 41,
    "split_by": "batch",
    "window_recall": 0.61,
    "network_recall": 0.93,
    "window_false_alarms": 4.2,
    "network_false_alarms": 6.1,
    "price_miss_eur": 400,
    "price_alarm_eur": 6,
    "cost_window_eur": 3200,
    "cost_network_eur": 650.4,
    "cost_boosting_eur": 640.0,
    "drift": "a new supplier of screws",
    "drift_recall": 0.55,
    "row_split_accuracy": 0.991,
}
MEMO = {
    "Decision": "We use it on one station.",
    "Data and split": "Split by week.",
    "Baseline": "The torque window finds 60 % of the faults.",
    "Result": "It finds 93 % of the faults.",
    "Cost": "650 EUR per thousand joints.",
    "Limits and drift": "One line only.",
    "Fail-safe": "The window decides.",
}
CHINESE = """# 决策备忘录
## 决策
先在一个工位使用网络。
## 数据与划分
按批次划分，测试集有四十一个缺陷。
## 基线
扭矩窗口发现60%的缺陷。
## 结果
网络发现93%的缺陷。
## 成本
每千个连接650元。
## 局限与漂移
只在一条线上测试过。
## 失效保护
没有答案时由窗口决定。
"""


def memo(**changes):
    parts = {**MEMO, **{name.replace("_", " "): text for name, text in changes.items()}}
    return "\n".join(f"## {title}\n{text}\n" for title, text in parts.items() if text is not None)


# ---------------------------------------------------------------- the form
def test_a_complete_memo_has_nothing_to_mend_and_a_person_gives_the_points():
    for text in (memo(), CHINESE):
        found = check_memo(text)
        assert found == [] and "The form is complete" in str(found) and "A person gives the points" in str(found)
        assert "A person gives the points" in found._repr_html_() and "#009e73" in found._repr_html_()


def test_the_template_as_it_is_counts_as_not_written():
    found = check_memo(TEMPLATE)
    assert len(found) == len(HEADINGS) and all("is empty" in sentence for sentence in found)
    assert len(TEMPLATE.split()) < WORDS / 3
    assert found._repr_html_().count("<li>") == 7 and "7 to mend" in str(found)


@pytest.mark.parametrize("title", MEMO)
@pytest.mark.parametrize(
    ("text", "words"), [(None, "is missing"), ("", "is empty"), ("[to do]", "is empty"), ("--", "is empty")]
)
def test_a_part_that_is_missing_or_empty_is_named(title, text, words):
    (sentence,) = check_memo(memo(**{title: text}))
    assert title in sentence and words in sentence


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("Result", "It finds nearly all faults."),
        ("Result", "Recall 0.93."),
        ("Result", "In 2026 we found nearly all."),
        ("Cost", "Low. See table 3."),
        ("Cost", "1349 against 3388."),
        ("Cost", "12 joints in 3 weeks."),
    ],
)
def test_result_needs_a_number_with_a_unit_and_cost_money(part, text):
    (sentence,) = check_memo(memo(**{part: text}))
    assert part in sentence and ("unit or %" if part == "Result" else "no money, such as 1,349 EUR") in sentence


@pytest.mark.parametrize(
    "text", ["40 EUR a joint.", "€40 a joint", "1,349EUR each", "12.50 $ each", "650元每千个", "3 cents each"]
)
def test_money_in_many_forms(text):
    assert check_memo(memo(Cost=text)) == []


@pytest.mark.parametrize("title", ["Decision", "Data and split", "Limits and drift", "Fail-safe"])
@pytest.mark.parametrize("text", ["TBD", "x", "open."])
def test_one_word_is_no_part(title, text):
    (sentence,) = check_memo(memo(**{title: text}))
    assert title in sentence and "is one word" in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The torque window.", "no number"),
        ("60 %", "no name"),
        ("60 % 4.2", "no name"),
        ("Since 2019 the torque window.", "no number"),
    ],
)
def test_the_baseline_needs_a_name_and_a_number(text, words):
    (sentence,) = check_memo(memo(Baseline=text))
    assert words in sentence


def test_one_page_in_words_or_in_chinese_characters():
    assert check_memo(memo(Decision="word " * (WORDS - 60))) == []
    (sentence,) = check_memo(memo(Decision="word " * WORDS))
    assert re.search(rf"has \d+ words, but one page holds {WORDS}", sentence)
    used = len(re.sub(r"\s", "", CHINESE))
    fits = CHINESE + "字" * (CHARACTERS - used)
    assert check_memo(fits) == []
    (sentence,) = check_memo(fits + "字")
    assert f"has {CHARACTERS + 1} characters, but one page holds {CHARACTERS}" in sentence


@pytest.mark.parametrize(
    "line",
    [
        "## Cost",
        "# COST",
        "**Cost**",
        "Cost:",
        "**Cost:** 40 EUR",
        "5. Cost",
        "Costs: 40 EUR",
        "## 五、成本",
        "成本：40 元",
    ],
)
def test_a_heading_in_many_forms(line):
    assert list(sections(line + "\nmore")) == ["cost"]


@pytest.mark.parametrize("line", ["The cost: 40 EUR", "Cost is 40 EUR", "Costly", "## The data"])
def test_a_sentence_is_no_heading(line):
    assert sections(line) == {}


@pytest.mark.parametrize(
    "text",
    ["93 %", "93%", "93％", "40 EUR", "EUR 40", "€40", "1,234.5 EUR", "12 joints", "3 个", "650元", "5 Nm", "0.4 ms"],
)
def test_a_quantity(text):
    assert len(quantities(text)) == 1


@pytest.mark.parametrize("text", ["0.93", "2026 we", "0.93 and", "93, which", "0.93 和"])
def test_a_bare_number_is_no_quantity(text):
    assert quantities(text) == []


def test_something_else_than_a_text():
    with pytest.raises(TypeError, match=r"text is a list.*check_memo\(memo\)"):
        check_memo([memo()])


@claims("13", "Each part gets 0, 1 or 2 points")
def test_the_rubric_as_a_table():
    page = RUBRIC._repr_html_()
    assert RUBRIC.best == 14 and page.count("scope='row'") == 7 and page.count("scope='col'") == 4
    assert "A person gives them" in page and max(map(len, repr(RUBRIC).splitlines())) <= 120
    assert all(len(set(heading.points)) == 3 for heading in HEADINGS)


# ---------------------------------------------------------------- the samples
def test_the_good_memo_is_complete_and_scores_high_the_other_scores_low():
    good, convincing = sample_memos(FIGURE_VALUES)
    assert check_memo(good.text) == [] and good.total >= 12
    assert any("baseline has no number" in sentence for sentence in check_memo(convincing.text))
    assert convincing.total <= 3
    for sample in (good, convincing):
        assert [title for title, _points, _why in sample.points] == [heading.title for heading in HEADINGS]
        assert all(points in (0, 1, 2) and why for _title, points, why in sample.points)
        assert f"{sample.total} of 14 points" in str(sample) and sample._repr_html_().count("scope='row'") == 7
        assert max(map(len, str(sample).splitlines())) <= 120


@pytest.mark.parametrize("name", [name for name, (kind, _m) in FIGURES.items()])
def test_every_figure_is_used(name):
    kind = FIGURES[name][0]
    other = {TEXT: "another word", SHARE: 0.123}.get(kind, 1777 if name != "test_faults" else 77)
    before, after = (list(map(str, sample_memos(f))) for f in (FIGURE_VALUES, {**FIGURE_VALUES, name: other}))
    assert before != after


def test_every_number_comes_from_the_figures():
    """With figures that hold the digit 7 alone, no other digit is in the memos or in the reasons."""
    figures = {
        name: "batch" if kind == TEXT else 0.777 if kind == SHARE else 77 for name, (kind, _m) in FIGURES.items()
    }
    for sample in sample_memos({**figures, "test_joints": 77_777, "test_faults": 77_777}):
        text = sample.text + " ".join(why for _title, _points, why in sample.points)
        assert set(re.findall(r"\d+", text)) <= {"77", "777", "7", "0"}


def test_the_decision_follows_the_cost():
    cheaper = sample_memos(FIGURE_VALUES)[0]
    equal = sample_memos({**FIGURE_VALUES, "cost_network_eur": 3200})[0]
    dearer = sample_memos({**FIGURE_VALUES, "cost_network_eur": 4000})[0]
    assert "The network decides" in cheaper.text
    assert "We keep the window" in equal.text and "We keep the window" in dearer.text


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"window_recall": None}, TypeError, "window_recall.*0 to 1"),
        ({"window_recall": 61}, ValueError, "window_recall.*is 61.*0 to 1"),
        ({"drift_recall": float("nan")}, ValueError, "drift_recall"),
        ({"cost_window_eur": -1}, ValueError, "cost_window_eur.*EUR per thousand"),
        ({"split_by": 3}, TypeError, "split_by"),
        ({"recall": 0.3}, ValueError, "Unknown: 'recall'"),
        ({"test_faults": 0}, ValueError, "at least 1 fault"),
        ({"test_faults": 2001}, ValueError, "no more than there are joints"),
    ],
)
def test_figures_that_do_not_fit_are_named(change, error, words):
    with pytest.raises(error, match=words):
        sample_memos({**FIGURE_VALUES, **change})


def test_a_missing_figure_is_named_with_what_it_is():
    figures = {name: value for name, value in FIGURE_VALUES.items() if name != "drift_recall"}
    with pytest.raises(ValueError, match=r"lacks drift_recall \(faults that the network finds after"):
        sample_memos(figures)
    with pytest.raises(TypeError, match="figures is a list"):
        sample_memos([1])
