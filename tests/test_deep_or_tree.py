"""The measurement of chapter 11: its parts, a small run of it, and the result that is shipped."""

import json
import re

import numpy as np
import pytest
from sklearn.metrics import f1_score

from course_lib.experiments import RESULTS, deep_or_tree, load_result
from course_lib.experiments.contenders import CONTENDERS
from tests.notebooks.claims import claims

LISTS = ("mean", "std", "seconds", "milliseconds", "bytes", "count")


def quiet(*values, **options):
    pass


def test_each_class_keeps_its_share_and_no_sample_comes_twice():
    y = np.repeat([0, 1, 2], [900, 90, 10])
    chosen = deep_or_tree.draw(y, 200, np.random.default_rng(0))
    assert len(set(chosen.tolist())) == len(chosen) == 200
    np.testing.assert_allclose(np.bincount(y[chosen]), [180, 18, 2], atol=1.5)
    assert np.bincount(y[deep_or_tree.draw(y, 10, np.random.default_rng(0))], minlength=3).min() == 1
    assert sorted(deep_or_tree.draw(y, 1000, np.random.default_rng(0))) == list(range(1000))
    assert not np.array_equal(chosen, deep_or_tree.draw(y, 200, np.random.default_rng(1)))


def test_scores():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 50), rng.integers(0, 2, 50)
    assert deep_or_tree.f1(y, p) == pytest.approx(f1_score(y, p))
    assert deep_or_tree.f1(y, 0 * y) == 0
    assert deep_or_tree.accuracy(y, p) == np.mean(y == p)
    assert deep_or_tree.cycles_rmse(np.array([100.0, 20.0]), np.array([0.8, -1.0])) == pytest.approx(np.sqrt(200))


@claims("11", "new tools, lots, boards or engines in the test")
def test_test_rows_share_no_tool_or_lot_or_engine_with_the_training():
    parts, source = deep_or_tree.machine_failures(source="simulated")
    x, y, test_x, test_y = parts(500, 0)
    assert source == "simulated" and len(x) == len(y) == 500 and len(test_x) == len(test_y)
    rows = {tuple(row) for row in x}
    assert not rows & {tuple(row) for row in test_x}
    other = parts(500, 1)
    assert not np.array_equal(x, other[0]) and len(test_x) != len(other[2])  # each seed splits anew


@pytest.mark.parametrize("name", ["machine_failures", "steel_plates", "boards", "turbofan"])
def test_a_small_run_has_the_form_of_the_shipped_result(name, monkeypatch):
    from course_lib.experiments import contenders

    monkeypatch.setattr(contenders, "STEPS", {"classes": 30, "boards": 20, "life": 20})
    monkeypatch.setattr(contenders, "PASSES", 2)
    monkeypatch.setattr(contenders, "FEWEST_PASSES", 1)
    samples = {"machine_failures": (100, 400), "turbofan": (3, 5)}.get(name, (70, 210))
    small = deep_or_tree.measure(name, source="simulated", samples=samples, seeds=(0, 1), log=quiet)
    shipped = load_result("deep_or_tree")["data"][name]
    assert set(small) == set(shipped) and set(small["models"]) == set(shipped["models"])
    assert small["samples"] == list(samples) and small["source"] == "simulated"
    for model, one in small["models"].items():
        assert set(one) == set(shipped["models"][model]) and one["part"] == shipped["models"][model]["part"]
        for key in LISTS:
            assert len(one[key]) == 2 and min(one[key]) >= 0
    if name == "machine_failures":
        assert small["rows"] == [100, 400]
    # Something was learned: better than the most frequent class, or than always saying half the cap.
    best = small["models"]["forest"]["mean"][-1]
    assert best < 50 if name == "turbofan" else best > {"steel_plates": 0.4, "boards": 0.3}.get(name, 0)


def test_more_leaves_and_support_vectors_are_counted():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 3)), rng.integers(0, 2, 200)
    tree = CONTENDERS["tree"](x, y, 0, "machine_failures")
    assert tree.part == "leaves" and len(np.unique(tree.predict(x))) == 2 and 2 < tree.count <= 40  # 5 samples a leaf
    boosted = CONTENDERS["boosting"](x, y, 0, "machine_failures")
    assert boosted.count > 100 and boosted.bytes > tree.bytes
    linear = CONTENDERS["linear_svm"](x, y, 0, "machine_failures")
    assert linear.count == 4 and linear.part == "weights"


def test_the_shipped_result_says_how_it_was_made():
    text = (RESULTS / "deep_or_tree.json").read_text(encoding="utf-8")
    result = json.loads(text)
    assert result["command"] == deep_or_tree.COMMAND and result["seeds"] == list(deep_or_tree.SEEDS)
    assert {"python", "numpy", "scikit-learn"} <= set(result["versions"]) and "processor time" in result["times"]
    assert not re.search(r"20\d\d-\d\d|/home|/tmp", text) and len(text) < 60_000
    assert list(result["data"]) == list(deep_or_tree.DATA)
    for name, one in result["data"].items():
        _load, _recipe, score, unit, samples, models = deep_or_tree.DATA[name]
        assert one["source"] == "real" and one["score"] == score and one["unit"] == unit
        assert one["samples"] == list(samples) and list(one["models"]) == list(models)
        assert np.all(np.diff(one["rows"]) > 0)
        for values in one["models"].values():
            assert all(len(values[key]) == len(samples) for key in LISTS)
            assert min(values["bytes"]) > 0 and min(values["milliseconds"]) > 0 and min(values["count"]) > 0
            mean = np.array(values["mean"])
            assert (mean < 60).all() and (mean > 10).all() if score == "RMSE" else (mean <= 1).all()


@claims("11", "is within two spreads or 5 %")
def test_the_figures_expected_are_met_or_the_difference_is_told():
    result = load_result("deep_or_tree")
    told = {(one["data"], one["model"]): one for one in result["compared"]}
    assert set(told) == {(name, model) for name, every in deep_or_tree.EXPECTED.items() for model in every}
    assert result["compared"] == deep_or_tree.compared(result["data"], result["by row"])
    for (name, model), one in told.items():
        assert one["measured"] == result["data"][name]["models"][model]["mean"][-1]
        near = abs(one["measured"] - one["expected"]) <= max(2 * one["std"], 0.05 * one["expected"])
        assert (one["told"] == "as expected") == near


def test_a_table_of_numbered_rows():
    rows = deep_or_tree.table_rows()
    assert [one["row"] for one in rows] == list(range(1, len(rows) + 1))
    result = load_result("deep_or_tree")["data"]
    assert len(rows) == sum(len(one["samples"]) * len(one["models"]) for one in result.values())
    some = next(r for r in rows if (r["data"], r["samples"], r["model"]) == ("boards", 700, "cnn"))
    assert some["mean"] == result["boards"]["models"]["cnn"]["mean"][result["boards"]["samples"].index(700)]
    assert some["part"] == "weights" and some["unit"] == "pictures"
