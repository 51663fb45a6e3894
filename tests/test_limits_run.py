"""The measurements of chapter 12: a small run of each part, and the result that is shipped."""

import json
import re

import numpy as np
import pytest

from course_lib import data
from course_lib.experiments import RESULTS, limits_run, load_result


def quiet(*values, **options):
    pass


def test_a_small_transfer_has_the_form_of_the_shipped_one(monkeypatch):
    monkeypatch.setattr(
        data, "simulate_boards", lambda per_class, test_per_class, rng, make=data.simulate_boards: make(12, 12, rng)
    )
    monkeypatch.setattr(data, "simulate_wafer_maps", lambda n, rng, make=data.simulate_wafer_maps: make(9, rng))
    real, test = data.simulate_boards(12, 12, 5)
    small = limits_run.transfer(real, test, log=quiet, samples=(2, 4), seeds=(0, 1), before=12, after=6)
    shipped = load_result("limits_run")["transfer"]
    assert set(small) == set(shipped) and list(small["ways"]) == list(shipped["ways"])
    for one in small["ways"].values():
        assert len(one["mean"]) == len(one["std"]) == 2 and 0 < min(one["mean"]) and max(one["mean"]) < 1


def test_a_new_last_layer_keeps_the_others():
    learned = limits_run.numpy_network(10, 3).get_weights()
    model = limits_run.with_weights(7, 0, learned, new_last=True)
    for ours, theirs in zip(model.get_weights()[:-2], learned, strict=False):
        np.testing.assert_array_equal(ours, theirs)
    assert model.get_weights()[-1].shape == (7,)


def test_milliseconds_are_those_of_a_call():
    calls = []
    assert limits_run.milliseconds(lambda: calls.append(1), seconds=0.01) < 1 and len(calls) >= 8


def test_the_shipped_result_says_how_it_was_made():
    text = (RESULTS / "limits_run.json").read_text(encoding="utf-8")
    result = json.loads(text)
    assert result["command"] == limits_run.COMMAND and result["seeds"] == list(limits_run.SEEDS)
    assert not re.search(r"20\d\d-\d\d|/home|/tmp", text) and result["source"] == "real"
    assert result["transfer"]["samples"] == list(limits_run.SAMPLES)
    assert result["speed"]["batch"] == list(limits_run.SIZES)
    forms = result["export"]["forms"]
    assert forms[".keras"]["largest difference"] == 0 == forms[".keras"]["other answers"]
    assert forms["TensorFlow Lite, float32"]["largest difference"] == pytest.approx(0, abs=1e-5)
    assert forms["TensorFlow Lite, int8 weights"]["bytes"] < 0.3 * forms["TensorFlow Lite, float32"]["bytes"]
