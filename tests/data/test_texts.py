"""Texts: what counts as the same text, every refusal, rows, and the split by text."""

import numpy as np
import pytest

from course_lib import data
from course_lib.data.texts import Texts, as_texts, text_groups

PHRASES = ["Pump leaking", "PUMP  leaking.", "hose worn", "更换液压泵", "l/h hose"]


def texts(phrases=PHRASES, y=None, **changes):
    y = np.arange(len(phrases)) % 2 if y is None else np.array(y)
    given = {"texts": as_texts(phrases), "y": y, "class_names": ("a", "b"), "source": "simulated"}
    return Texts(**({"groups": text_groups(phrases) if phrases else np.zeros(0, int)} | given | changes))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L/H BUCKET CYL. leaking!", "l h bucket cyl leaking"),
        ("  won't  open\t", "won t open"),
        ("更换 液压泵", "更换 液压泵"),
        ("Öl_läuft aus", "öl läuft aus"),
        ("No.3", "no 3"),
        ("?! --", ""),
        ("", ""),
    ],
)
def test_same_words(text, words):
    assert data.same_words(text) == words


def test_same_words_wants_a_text():
    with pytest.raises(TypeError, match="float .nan.*str is needed"):
        data.same_words(float("nan"))


def test_groups_are_the_same_for_the_same_words_only():
    groups = text_groups(PHRASES)
    assert groups[0] == groups[1] and len(set(groups.tolist())) == 4


def test_the_entries_stay_plain_texts():
    assert type(texts().texts[0]) is str and texts().texts.shape == (5,)


@pytest.mark.parametrize("empty", ["", "   ", "...", "\n"])
def test_an_empty_text_is_refused_with_its_row(empty):
    with pytest.raises(ValueError, match=r"texts\[2\] is .*no letter and no digit. Leave this row out"):
        texts(["a b", "c", empty, "d"])


def test_other_refusals():
    with pytest.raises(ValueError, match="y must be classes from 0 to 1, .* holds 0 to 2"):
        texts(["a", "b"], y=[0, 2])
    with pytest.raises(ValueError, match="y has 2 entries but texts has 5"):
        texts(y=[0, 1])
    with pytest.raises(ValueError, match="groups has 3 entries but texts has 5"):
        texts(groups=np.arange(3))
    with pytest.raises(ValueError, match=r"truth\['clean'\] has 1 entries but texts has 5"):
        texts(truth={"clean": np.array(["a"])})
    with pytest.raises(TypeError, match="a text is NoneType"):
        texts(["a", None])


def test_rows_take_everything_along():
    some = texts(truth={"clean": as_texts(PHRASES)}).rows(np.array([True, False, False, True, False]))
    assert some.texts.tolist() == ["Pump leaking", "更换液压泵"] and some.y.tolist() == [0, 1]
    assert some.truth["clean"].tolist() == some.texts.tolist() and len(some.groups) == len(some) == 2


def test_it_tells_what_it_holds():
    assert repr(texts()) == "Texts (simulated): 5 texts, 4 of them different; a 3, b 2"


def test_the_split_keeps_equal_texts_together_and_a_split_by_row_is_found_out():
    many = texts([f"{word} {n // 3}" for n in range(300) for word in ("pump",)])
    train, test = data.split_by_group(many, (0.7, 0.3), stratify=False)
    assert data.leaks(train, test) == [] and len(train) + len(test) == 300
    order = np.random.default_rng(0).permutation(300)
    assert (
        "texts are in the training rows and in part 1" in data.leaks(many.rows(order[:200]), many.rows(order[200:]))[0]
    )
