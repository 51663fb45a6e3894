"""The benchmark commands run and mean what they say; their stored figures are whole."""

import json
from pathlib import Path

import pytest

from course_lib import nn
from tests.benchmarks import __main__ as benchmarks, growth

STORED = Path(__file__).parent


def test_the_short_form_prints_a_table_and_writes_it(tmp_path, capsys):
    file = tmp_path / "table.json"
    benchmarks.main(["mlp", "--short", "--seconds", "0.5", "--json", str(file)])
    said, result = capsys.readouterr().out, json.loads(file.read_text())
    found = result["workloads"]["mlp"]
    assert set(found["numpy_over_keras"]) == {"fit", "train_on_batch", "tf.function", "predict", "call"}
    for name in ("fit", "train_on_batch", "tf.function"):
        assert f"Keras: {name}" in found["seconds"] and found["numpy_over_keras"][name]["rounds"] >= 3
    assert "NumPy over the best of TensorFlow" in said and "target: at most 0.5" in said
    assert (
        result["machine"] in said
        and result["command"] == f"python -m tests.benchmarks mlp --short --seconds 0.5 --json {file}"
    )


def test_a_ratio_is_taken_within_each_round():
    """Other work makes both sides of a round slow: the ratio of the medians would not see that they belong together."""
    times = {
        ("numpy", "NumPy", "fit"): [(1.0, 1.0), (10.0, 10.0), (2.0, 2.0)],
        ("tensorflow", "Keras", "fit"): [(2.0, 2.0), (20.0, 20.0), (4.0, 4.0)],
        ("tensorflow", "Keras, 1 thread", "fit"): [(9.0, 9.0), (30.0, 30.0), (9.0, 9.0)],
    }
    found = benchmarks.summary(times, {"fit": 0.4})
    assert found["numpy_over_keras"]["fit"] == {
        "median": 0.5, "low": 0.5, "high": 0.5, "rounds": 3, "against": "Keras: fit"
    }  # fmt: skip
    assert found["reached"] == {"fit": False}


@pytest.mark.parametrize(("axis", "power"), [("channels", 1), ("image side", 2), ("sequence length", 1)])
def test_memory_grows_as_it_should(axis, power):
    """Work arrays are as large as the pictures they hold: once per channel and step, once per pixel."""
    sizes = growth.SIZES[axis][-3:-1]
    small, large = (growth.peak_bytes(axis, size) for size in sizes)
    assert growth.exponent(sizes, [small, large]) == pytest.approx(power, abs=0.25)


def test_memory_does_not_grow_with_the_batch():
    """A batch is worked through in pieces of 16 pictures."""
    assert growth.peak_bytes("batch size", 128) < 1.1 * growth.peak_bytes("batch size", 32)


def test_growth_is_measured_and_fitted():
    found = growth.measure("sequence length", {"NumPy": nn}, seconds=0)
    assert [row["size"] for row in found["rows"]] == list(growth.SIZES["sequence length"])
    assert growth.exponent([1, 2, 4], [3, 12, 48]) == pytest.approx(2)
    assert found["memory_exponent"] == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("name", ["benchmarks.json", "benchmarks_short.json", "growth.json"])
def test_stored_figures_say_where_they_come_from(name):
    result = json.loads((STORED / name).read_text(encoding="utf-8"))
    assert result["command"].startswith("python -m tests.benchmarks") and "cores" in result["machine"]
    if name == "growth.json":
        assert list(result["axes"]) == list(growth.SIZES)
    else:
        wanted = benchmarks.SHORT_WORKLOADS if "short" in name else benchmarks.WORKLOADS
        assert list(result["workloads"]) == wanted
        for found in result["workloads"].values():
            for r in found["numpy_over_keras"].values():
                assert r["low"] <= r["median"] <= r["high"] and r["rounds"] >= 3
    if name == "benchmarks_short.json":
        assert result["benchmark_seconds"] < 60
