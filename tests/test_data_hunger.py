"""The experiment behind the data-hunger widget: its parts, a small run of it, and the result that is shipped."""

import json
import re

import numpy as np
import pytest

from course_lib import data
from course_lib.experiments import RESULTS, data_hunger, load_result
from course_lib.experiments.reference import keras_network, numpy_network
from tests.notebooks.claims import claims

CURVES = ("cnn", "augmented", "ten_epochs", "svm")


def test_so_many_of_each_class_and_none_twice():
    y = np.repeat([0, 1, 2], [50, 8, 30])
    chosen = data_hunger.choose(y, 20, np.random.default_rng(0))
    assert len(set(chosen.tolist())) == len(chosen)
    np.testing.assert_array_equal(np.bincount(y[chosen]), [20, 8, 20])  # of a rare class all there are
    assert not np.array_equal(chosen, data_hunger.choose(y, 20, np.random.default_rng(1)))


def test_batches_pass_through_all_pictures_again_and_again():
    x, y = np.arange(40.0).repeat(4).reshape(40, 2, 2, 1), np.arange(40)
    many, classes = data_hunger.batches(x, y, 10, np.random.default_rng(0), False)
    assert len(many) == 10 * data_hunger.BATCH
    np.testing.assert_array_equal(many[:, 0, 0, 0], classes)
    assert set(classes[:40]) == set(classes[40:80]) == set(range(40))
    assert not np.array_equal(classes[:40], classes[40:80])


def test_augmented_batches_keep_their_classes_and_turn_the_pictures():
    x, y = np.random.default_rng(0).random((40, 4, 4, 1)), np.arange(40)
    many, classes = data_hunger.batches(x, y, 5, np.random.default_rng(0), True)
    plain = x[classes]
    np.testing.assert_allclose(many.sum(axis=(1, 2, 3)), plain.sum(axis=(1, 2, 3)))
    assert 0.75 < np.mean([not np.array_equal(a, b) for a, b in zip(many, plain, strict=True)]) < 0.97  # 7 of 8


def test_the_reference_network_has_its_parameters():
    pytest.importorskip("keras")
    assert keras_network(10, 0).count_params() == numpy_network(10, 0).count_params() == 121_930


def test_a_small_run_has_the_form_of_the_shipped_result():
    pytest.importorskip("keras")

    def load():
        return data.simulate_wafer_maps(6, rng=0), data.simulate_wafer_maps(5, rng=1)

    small = data_hunger.measure(load, samples=(3, 6), seeds=(0, 1), steps=20, log=lambda *a, **k: None)
    shipped = load_result("data_hunger")["data"]["wafers"]
    assert set(small) == set(shipped)
    assert small["pictures"] == [30, 60] and small["classes"] == 10 and small["test"] == 50
    for name in CURVES:
        assert all(0 <= v <= 1 for v in small[name]["mean"])
    assert max(small["svm"]["mean"]) > 0.2  # by chance 0.1


@claims("06", "The curves below were measured with")
@claims("12", "The accuracy on new boards, over the number of pictures")
def test_the_shipped_result_says_how_it_was_made():
    text = (RESULTS / "data_hunger.json").read_text(encoding="utf-8")
    result = json.loads(text)
    assert result["command"] == "python -m course_lib.experiments.data_hunger"
    assert result["seeds"] == list(data_hunger.SEEDS) and result["steps"] == data_hunger.STEPS
    assert {"python", "numpy", "keras", "scikit-learn"} <= set(result["versions"])
    assert not re.search(r"20\d\d-\d\d|/home|/tmp", text) and len(text) < 20_000
    for name, source in (("boards", "real"), ("wafers", "simulated")):
        one = result["data"][name]
        assert one["samples"] == list(data_hunger.SAMPLES) and one["source"] == source
        assert np.all(np.diff(one["pictures"]) > 0)
        for curve in CURVES:
            mean, std = (np.array(one[curve][k]) for k in ("mean", "std"))
            assert len(mean) == len(std) == len(one["samples"])
            assert (mean > 1.5 / one["classes"]).all() and (mean < 1).all() and (std >= 0).all() and (std < 0.1).all()
            assert mean[-1] > mean[0]
