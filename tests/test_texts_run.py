"""The experiment behind the figures of chapter 9: its parts, a small run of it, and the result that is shipped."""

import numpy as np
import pytest

from course_lib import data
from course_lib.experiments import load_result, texts_run
from course_lib.experiments.reference import keras_reader, numpy_reader


@pytest.fixture(scope="module")
def parts():
    return data.simulate_work_orders(200, rng=0)


def silent(*_words, **_options):
    pass


def test_the_tokens_fit_the_vocabulary_and_a_word_of_one_text_is_unknown(parts):
    tokens, size = texts_run.encoded(parts)
    assert [len(t) for t in tokens] == [len(part) for part in parts]
    assert max(t.max() for t in tokens) < size and (tokens[0] == 1).any()
    counts = np.bincount(tokens[0].ravel(), minlength=size)
    assert counts[2:].min() >= 1  # each known word is there


def test_the_counting_models_learn(parts):
    fitted, _validation, test = parts
    for letters in (True, False):
        answers = texts_run.baseline(fitted.texts, fitted.y, letters).predict(list(test.texts))
        assert np.mean(answers == test.y) > 0.6  # by chance 0.2


@pytest.mark.parametrize("reader", texts_run.READERS)
def test_both_engines_start_alike(reader):
    pytest.importorskip("keras")
    ours, theirs = numpy_reader(reader, 30, 4, 1), keras_reader(reader, 30, 4, 1)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    tokens = np.array([[3, 4, 0], [5, 6, 7]], "int32")
    np.testing.assert_allclose(ours.predict(tokens), np.asarray(theirs(tokens)), atol=1e-5)


def test_a_small_run_has_the_form_of_the_shipped_result(parts):
    engines = {"numpy": numpy_reader}
    small = texts_run.measure_set(parts, 3, seeds=(0,), readers=("mean",), engines=engines, log=silent)
    shipped = load_result("texts_run")
    for result in shipped["sets"].values():
        assert set(small) == set(result) and set(small["without a network"]) == set(result["without a network"])
        assert len(result["runs"]) == 6 and all(len(runs) == 3 for runs in result["runs"].values())
        assert all(run["test"] > result["without a network"]["most frequent class"] for r in result["runs"].values()
                   for run in r)  # fmt: skip
    assert shipped["sets"]["phrases"]["texts"] == {"train": 502, "validation": 62, "test": 62}
    assert set(small["runs"]["mean, numpy"][0]) == set(shipped["sets"]["phrases"]["runs"]["mean, numpy"][0])


def test_a_small_curve_has_the_form_of_the_shipped_one(parts):
    small = texts_run.learning_curve(parts, (50, 140), seeds=(0, 1), readers=("mean",), steps=40, log=silent)
    assert small["texts"] == [50, 140] and np.shape(small["test"]["mean"]) == (2, 2)
    assert np.mean(small["test"]["letters, SVM"][1]) > np.mean(small["test"]["letters, SVM"][0])
    for curve in load_result("texts_run")["learning curves"].values():
        assert set(curve) == set(small)
        assert all(np.shape(values) == (len(curve["texts"]), 3) for values in curve["test"].values())
