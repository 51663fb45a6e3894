"""The grammar: what it writes is what it says, and the order of words decides where it says so."""

import numpy as np
import pytest

from course_lib import data
from course_lib.data.work_order_grammar import ACTIONS, COMPONENTS, FAULTS, KEYWORDS, rule_label
from tests.data.real import linear_svm


@pytest.fixture(scope="module")
def parts():
    return data.load("work_orders", source="simulated")


def joined(parts, name):
    return np.concatenate([part.truth[name] for part in parts])


def test_sizes_and_classes(parts):
    assert [len(part) for part in parts] == [1400, 200, 400]
    assert parts[0].source == "simulated" and parts[0].class_names == tuple(COMPONENTS)
    assert all(len(np.unique(part.y)) == 8 for part in parts)
    assert sorted(parts[0].truth) == ["action", "clean", "component", "fault", "ordered"]


def test_no_text_is_in_two_parts_and_every_text_is_there_once(parts):
    assert data.leaks(*parts) == [] and data.leaks(parts[1], parts[2]) == []
    words = [data.same_words(text) for part in parts for text in part.texts]
    assert len(set(words)) == len(words) == 2000


def test_the_seed_decides(parts):
    again, other = data.simulate_work_orders(), data.simulate_work_orders(rng=1)
    assert all(np.array_equal(a.texts, b.texts) and np.array_equal(a.y, b.y) for a, b in zip(parts, again, strict=True))
    assert not np.array_equal(parts[0].texts, other[0].texts)


def test_the_texts_do_not_depend_on_the_label(parts):
    for label in ("fault", "action", "FuncLocation"):
        assert np.array_equal(data.simulate_work_orders(label=label)[2].texts, parts[2].texts)
    ruled = data.simulate_work_orders(label="MajorSystem")
    assert all(set(a.texts) < set(b.texts) for a, b in zip(ruled, parts, strict=True))


@pytest.mark.parametrize("label", ["component", "fault", "action"])
def test_the_label_is_the_truth(label):
    for part in data.simulate_work_orders(300, label=label):
        assert [part.class_names[k] for k in part.y] == part.truth[label].tolist()


def test_the_clean_text_names_what_it_is_labelled_with(parts):
    """Its component by one of its names, its fault by one of its words, its action by one of its verbs."""
    for part in parts:
        t = part.truth
        for row in range(len(part)):
            component, fault, action, clean = (t[k][row] for k in ("component", "fault", "action", "clean"))
            assert fault in COMPONENTS[component].faults
            assert any(name in clean for name in COMPONENTS[component].names)
            assert any(word in clean for word in FAULTS[fault].before + FAULTS[fault].after)
            assert action == "not told" or any(verb in clean.split() for v in ACTIONS[action] for verb in v.split())


def test_where_the_order_decides_the_words_alone_do_not():
    parts = data.simulate_work_orders(4000, typos=0, abbreviations=0)
    ordered, clean = joined(parts, "ordered"), joined(parts, "clean")
    assert np.allclose([np.mean(ordered == k) for k in ("component", "fault")], 0.15, atol=0.04)
    for text, component, fault, kind in zip(
        clean, joined(parts, "component"), joined(parts, "fault"), ordered, strict=True
    ):
        if kind == "component":
            good, bad = sorted(text.split(", "), key=lambda part: not part.endswith(" ok"))
            assert good.endswith(" ok") and rule_label(bad) == component != rule_label(good)
            assert fault in COMPONENTS[rule_label(good)].faults
        if kind == "fault":
            was, now = text.split(" was ")[1].split(", now ")
            assert now in FAULTS[fault].before and was not in FAULTS[fault].before


def test_single_words_stay_below_their_ceiling_and_pairs_of_words_pass_it():
    """1 - ordered / 4: with 40 % ordered texts no bag of words can be right in much more than 90 %."""
    train, _validation, test = data.simulate_work_orders(8000, ordered=0.4, typos=0, abbreviations=0)
    assert 0.86 < linear_svm(train, test, "word", (1, 1)) < 0.92
    assert linear_svm(train, test, "word", (1, 2)) > 0.97
    train, _validation, test = data.simulate_work_orders(ordered=0, typos=0, abbreviations=0)
    assert linear_svm(train, test, "word", (1, 1)) > 0.99


def test_typing_errors_and_abbreviations_come_as_often_as_asked():
    parts = data.simulate_work_orders(2000, typos=0.1, abbreviations=0, ordered=0)
    pairs = [
        (typed.lower().strip(","), clean.strip(","))
        for part in parts
        for text, known in zip(part.texts, part.truth["clean"], strict=True)
        for typed, clean in zip(text.split(" "), known.split(" "), strict=True)
        if len(clean.strip(",")) >= 4
    ]
    assert abs(np.mean([a != b for a, b in pairs]) - 0.1) < 0.02
    assert all(abs(len(a) - len(b)) <= 1 and a[0] == b[0] for a, b in pairs)
    parts = data.simulate_work_orders(500, typos=0, abbreviations=0.999, ordered=0)
    assert not any(
        word in text.lower().split() for part in parts for text in part.texts for word in ("hydraulic", "left", "check")
    )


def test_typed_places_are_wrong_in_some_rows():
    wrong = [
        part.truth["component"][row] != part.class_names[k]
        for part in data.simulate_work_orders(5000, label="FuncLocation")
        for row, k in enumerate(part.y)
    ]
    assert 0.06 < np.mean(wrong) < 0.10


def test_rule_made_labels_are_what_the_rule_says_right_or_wrong():
    parts = data.simulate_work_orders(2000, label="MajorSystem")
    assert all(
        rule_label(text) == part.class_names[k] for part in parts for text, k in zip(part.texts, part.y, strict=True)
    )
    said = np.concatenate([np.array(part.class_names, object)[part.y] for part in parts])
    assert 0.02 < np.mean(said != joined(parts, "component")) < 0.12


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VALVE OK, pump leaking", "valve"),
        ("pump leaking, valve ok", "pump"),
        ("replace limit switch", "sensor"),
        ("pmp leaking", ""),
        ("pumps leaking", ""),
    ],
)
def test_the_keyword_rule(text, found):
    assert rule_label(text) == found


def test_every_keyword_belongs_to_one_component():
    assert len(KEYWORDS) == len({word for n, c in COMPONENTS.items() for word in (n, *c.names)})
    names = [name for component in COMPONENTS.values() for name in component.names]
    assert len(names) == len(set(names)) and all(f in FAULTS for c in COMPONENTS.values() for f in c.faults)


WRONG = {
    "label": ({"label": "componet"}, ValueError, "label 'componet' is unknown. Did you mean 'component'"),
    "n too small": ({"n": 3}, ValueError, "n is 3, but it must be at least 10"),
    "n no number": ({"n": "many"}, TypeError, "n is 'many', but a whole number is needed"),
    "n too large": ({"n": 60_000}, ValueError, "n is 60000, but the grammar gives at most 50000"),
    "typos": ({"typos": 1.2}, ValueError, "typos is 1.2, but it must be at least 0 and below 1"),
    "ordered": ({"ordered": -0.1}, ValueError, "ordered is -0.1"),
    "abbreviations": ({"abbreviations": "some"}, TypeError, "abbreviations is 'some', but a number is needed"),
    "rng": ({"rng": "seed"}, TypeError, "rng is 'seed'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_options(case):
    options, kind, message = WRONG[case]
    with pytest.raises(kind, match=message):
        data.simulate_work_orders(**options)


def test_more_texts_than_there_are_is_told(monkeypatch):
    monkeypatch.setattr("course_lib.data.work_order_grammar.PLACES", ("",))
    monkeypatch.setattr(
        "course_lib.data.work_order_grammar.COMPONENTS", {name: COMPONENTS[name] for name in ("hose", "valve")}
    )
    with pytest.raises(ValueError, match="n is 2000, but the grammar found only .* different texts; give fewer"):
        data.simulate_work_orders(2000, typos=0, abbreviations=0, ordered=0)
