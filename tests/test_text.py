"""Tokens, vocabulary, padding and TF-IDF: on paper, in three languages, against scikit-learn, and on bad input."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from course_lib import text
from tests.environment import ROOT
from tests.notebooks.claims import claims

LOG = ["Pump 2 leaks oil", "oil leak, pump 7", "replace pump", "Motor hot"]


# ---------------------------------------------------------------- tokens
@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("Pump 2 won't start: 3.5 bar", ["pump", "2", "won't", "start", "3.5", "bar"]),
        ("L/H BUCKET CYL LEAKING.", ["l", "h", "bucket", "cyl", "leaking"]),
        ("750HR service; 10,5 mm", ["750hr", "service", "10,5", "mm"]),
        ("'quoted' end.Next 1.Check 2. done", ["quoted", "end", "next", "1", "check", "2", "done"]),
        ("it\u2019s under_score a-b", ["it\u2019s", "under", "score", "a", "b"]),
        ("Ölstand prüfen, Maß nehmen", ["ölstand", "prüfen", "maß", "nehmen"]),
        ("液压泵漏油", ["液", "压", "泵", "漏", "油"]),
        ("更换2号泵 Pump２，ＯＫ", ["更", "换", "2", "号", "泵", "pump2", "ok"]),
        ("油温85.5度", ["油", "温", "85.5", "度"]),
        ("ポンプ停止 \U00020bb7", ["ポ", "ン", "プ", "停", "止", "\U00020bb7"]),
        ("a\u0308l", ["äl"]),
        ("  \t\n", []),
        ("--- ?! ...", []),
    ],
)
def test_a_text_is_cut_into_words_numbers_and_characters(written, tokens):
    assert text.tokenize(written) == tokens


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text())
def test_any_text_can_be_cut_and_chinese_characters_stand_alone(written):
    for token in text.tokenize(written):
        assert len(token) == 1 or token and not any("\u4e00" <= letter <= "\u9fff" for letter in token)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text("abYZ059.,'\u2019 /-\u6cb9\u6cf5"))
def test_tokens_are_cut_no_further_and_no_letter_is_lost(written):
    tokens = text.tokenize(written)
    assert text.tokenize(" ".join(tokens)) == tokens
    letters = [letter for letter in written.lower() if letter.isalnum()]
    assert [letter for letter in "".join(tokens) if letter.isalnum()] == letters


# ---------------------------------------------------------------- vocabulary
def test_the_most_frequent_tokens_come_first_and_equal_ones_by_the_alphabet():
    vocabulary = text.build_vocabulary(LOG)
    assert vocabulary.tokens[:4] == ("", "[UNK]", "pump", "oil")
    assert vocabulary.tokens[4:] == ("2", "7", "hot", "leak", "leaks", "motor", "replace")
    assert vocabulary.counts == (0, 0, 3, 2, *[1] * 7)
    assert len(vocabulary) == 11
    assert "pump" in vocabulary and "Pump" not in vocabulary and "[UNK]" not in vocabulary and "" not in vocabulary
    assert text.build_vocabulary(LOG[::-1]) == vocabulary


@claims("09", "We take the words that stand in the training texts at least twice")
def test_rare_tokens_are_left_out_and_counted_as_unknown():
    assert text.build_vocabulary(LOG, min_count=2).tokens == ("", "[UNK]", "pump", "oil")
    small = text.build_vocabulary(LOG, max_tokens=3)
    assert small.tokens == ("", "[UNK]", "pump") and small.counts == (0, 9, 3)
    assert len(text.build_vocabulary(LOG, max_tokens=100)) == 11
    np.testing.assert_allclose(small.unknown_share(LOG), [3 / 4, 3 / 4, 1 / 2, 1])


def test_texts_become_rows_of_numbers():
    vocabulary = text.build_vocabulary(LOG, max_tokens=5)  # pump 2, oil 3, "2" 4
    encoded = vocabulary.encode(["oil at pump 2", "Pump"])
    np.testing.assert_array_equal(encoded, [[3, 1, 2, 4], [2, 0, 0, 0]])
    assert encoded.dtype == np.int64
    np.testing.assert_array_equal(vocabulary.encode(["oil at pump 2", "Pump"], 3), [[3, 1, 2], [2, 0, 0]])
    np.testing.assert_array_equal(vocabulary.encode(["oil at pump 2", "Pump"], 3, "left"), [[3, 1, 2], [0, 0, 2]])
    np.testing.assert_array_equal(vocabulary.encode(np.array(["oil"]), 2), [[3, 0]])
    assert vocabulary.decode(encoded[0]) == ["oil", "[UNK]", "pump", "2"]
    assert vocabulary.decode(encoded[1]) == ["pump"]


def test_a_chinese_text_goes_the_whole_way():
    vocabulary = text.build_vocabulary(["液压泵漏油", "更换油泵"])
    encoded = vocabulary.encode(["漏油", "油泵坏"], 4)
    assert [vocabulary.decode(row) for row in encoded] == [["漏", "油"], ["油", "泵", "[UNK]"]]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    texts=st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6),
    length=st.integers(1, 8),
    padding=st.sampled_from(["left", "right"]),
)
def test_what_is_encoded_can_be_read_again(texts, length, padding):
    vocabulary = text.build_vocabulary(texts)
    encoded = vocabulary.encode(texts, length, padding)
    assert encoded.shape == (len(texts), length)
    for row, written in zip(encoded, texts, strict=True):
        assert vocabulary.decode(row) == written.split()[:length]
        real = row != 0
        assert real[: real.sum()].all() if padding == "right" else real[length - real.sum() :].all()


def test_unknown_words_only_can_be_allowed():
    vocabulary = text.build_vocabulary(LOG)
    np.testing.assert_array_equal(vocabulary.encode(["gearbox noise", "oil"], 3, allow_unknown=True)[0], [1, 1, 0])
    cut = text.build_vocabulary(LOG).encode(["gearbox of the pump"], 2)  # the word that is known was cut off
    np.testing.assert_array_equal(cut, [[1, 1]])


# ---------------------------------------------------------------- TF-IDF
def test_tokens_are_counted_without_the_padding():
    counts = text.token_counts([[2, 3, 2, 0], [1, 0, 0, 0]], 5)
    np.testing.assert_array_equal(counts, [[0, 0, 2, 1, 0], [0, 1, 0, 0, 0]])


def test_tf_idf_is_that_of_scikit_learn():
    from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer

    rng = np.random.default_rng(0)
    train, other = rng.poisson(0.5, (20, 9)), rng.poisson(0.5, (5, 9))
    train[3], other[2] = 0, 0
    theirs = TfidfTransformer().fit(train)
    idf = text.inverse_document_frequency(train)
    np.testing.assert_allclose(idf, theirs.idf_, rtol=1e-14)
    np.testing.assert_allclose(text.tf_idf(train), theirs.transform(train).toarray(), rtol=0, atol=1e-15)
    np.testing.assert_allclose(text.tf_idf(other, idf), theirs.transform(other).toarray(), rtol=0, atol=1e-15)
    vectorizer = TfidfVectorizer(tokenizer=text.tokenize, token_pattern=None).fit(LOG)
    vocabulary = text.build_vocabulary(LOG)
    ours = text.tf_idf(text.token_counts(vocabulary.encode(LOG), len(vocabulary)))
    columns = [vocabulary.numbers[word] for word in vectorizer.get_feature_names_out()]
    np.testing.assert_allclose(ours[:, columns], vectorizer.transform(LOG).toarray(), rtol=0, atol=1e-15)


def test_two_texts_on_paper():
    """A token of both texts weighs 1, one of a single text ln(3/2) + 1 = 1.405."""
    counts = np.array([[1, 2], [1, 0]])
    np.testing.assert_allclose(text.inverse_document_frequency(counts), [1, 1.4055], atol=1e-4)
    np.testing.assert_allclose(text.tf_idf(counts), [[0.3352, 0.9422], [1, 0]], atol=1e-4)
    assert counts.dtype.kind == "i"  # and what went in is as it was
    np.testing.assert_array_equal(counts, [[1, 2], [1, 0]])


# ---------------------------------------------------------------- bad input
KNOWN = text.build_vocabulary(LOG)
WRONG_VALUES = {
    "empty text": (lambda: KNOWN.encode(["oil", ""]), r"texts\[1\] is '': it is empty.*Leave this row out"),
    "signs only": (lambda: text.build_vocabulary(["oil", "?!"]), r"texts\[1\] is '\?!'.*without a letter or digit"),
    "no texts": (lambda: text.build_vocabulary([]), "texts is empty, but at least one text"),
    "unknown words only": (lambda: KNOWN.encode(["oil", "gearbox noise", "轴承"]),
                           r"2 of 3 texts hold unknown words only, the first is texts\[1\]: 'gearbox noise'.*a person"),
    "min_count": (lambda: text.build_vocabulary(LOG, min_count=4), "min_count is 4.*3 times only.*smaller min_count"),
    "max_tokens": (lambda: text.build_vocabulary(LOG, max_tokens=2), "max_tokens is 2, but it must be at least 3"),
    "length": (lambda: KNOWN.encode(LOG, 0), "length is 0, but it must be at least 1"),
    "padding": (lambda: KNOWN.encode(LOG, 4, "rigth"), "padding 'rigth' is unknown. Did you mean 'right'"),
    "another vocabulary": (lambda: text.token_counts([[2, 5]], 5), r"encoded holds 5 at index \(0, 1\)"),
    "counts of one text": (lambda: text.tf_idf(np.ones(3)), r"counts has shape \(3,\), but \(texts N, tokens V\)"),
    "negative counts": (lambda: text.tf_idf([[1, -1]]), "counts holds -1"),
    "NaN": (lambda: text.tf_idf([[1, np.nan]]), r"counts holds 1 values that are NaN.*\(0, 1\)"),
    "idf": (lambda: text.tf_idf(np.ones((2, 3)), np.ones(2)), r"idf has shape \(2,\), but \(3,\) is needed"),
}  # fmt: skip
WRONG_TYPES = {
    "one text": (lambda: KNOWN.encode("oil"), r"texts is one text.*Write \[text\]"),
    "missing": (lambda: text.build_vocabulary(["oil", None]), r"texts\[1\] is None, but a text"),
    "number": (lambda: text.tokenize(3.5), "text is 3.5, but a text"),
    "nan": (lambda: KNOWN.encode(["oil", float("nan")]), r"texts\[1\] is nan"),
    "length": (lambda: KNOWN.encode(LOG, 2.5), "length is 2.5, but a whole number"),
    "counts": (lambda: text.tf_idf([["a"]]), "counts has dtype"),
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_wrong_values_are_explained(name):
    wrong, message = WRONG_VALUES[name]
    with pytest.raises(ValueError, match=message):
        wrong()


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_wrong_types_are_explained(name):
    wrong, message = WRONG_TYPES[name]
    with pytest.raises(TypeError, match=message):
        wrong()


def test_it_needs_numpy_and_nothing_else():
    code = (
        "import sys, course_lib.text; print([m for m in ('keras', 'sklearn', 'pandas', 'scipy') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "[]"
