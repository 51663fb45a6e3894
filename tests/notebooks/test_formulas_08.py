"""Chapter 8: every displayed formula, executed against `course_lib`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import data
from course_lib.experiments import load_result
from course_lib.remaining_life import alarm_policy, nasa_score, rmse
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def engines():
    return data.simulate_engines(engines=6, test_engines=3, rng=0)[0]


@executes("08", r"y = \min(\text{remaining life}, \; 125)")
def test_the_capped_target(engines):
    windows = data.windows(engines, length=30, cap=125)
    np.testing.assert_array_equal(windows.y, np.minimum(windows.remaining, 125))
    assert windows.y.max() == 125 < windows.remaining.max() and windows.y.min() == 0


def test_the_capped_line_of_the_picture():
    life, cap = 192, 125
    target = np.minimum(life - np.arange(1, life + 1), cap)
    assert target[0] == 125 and life - 1 == 191 and np.flatnonzero(target == 125)[-1] + 1 == 67 and target[-1] == 0
    assert life - 30 + 1 == 163


@claims("08", "with the smallest and largest value of the training engines")
@executes("08", r"z = \frac{x - \text{low}}{\text{high} - \text{low}}")
def test_the_scaler(engines):
    train, other = data.split_by_group(engines, (0.5, 0.5), rng=0, stratify=False)
    train, other = (part.columns(data.informative_columns(train)) for part in (train, other))
    scaler = data.MinMaxScaler().fit(train)
    low, high = train.x.min(axis=0), train.x.max(axis=0)
    for part in (train, other):
        np.testing.assert_allclose(scaler.transform(part).x, (part.x - low) / (high - low), rtol=1e-12, atol=1e-12)


@executes("08", r"\text{RMSE} = \sqrt{ \frac{1}{N} \sum_n (\hat y_n - y_n)^2 }")
def test_the_rmse():
    y, y_hat = rng.uniform(0, 125, 20), rng.uniform(0, 125, 20)
    assert rmse(y, y_hat) == pytest.approx(np.sqrt(sum((b - a) ** 2 for a, b in zip(y, y_hat, strict=True)) / 20))


@executes(
    "08",
    r"s(d) = \begin{cases} e^{-d / 13} - 1 & d < 0 \text{ (too early)} \\ "
    r"e^{d / 10} - 1 & d \ge 0 \text{ (too late)} \end{cases}",
)
def test_the_nasa_score():
    y, y_hat = rng.uniform(0, 125, 20), rng.uniform(0, 125, 20)
    each = [np.exp(-d / 13) - 1 if d < 0 else np.exp(d / 10) - 1 for d in y_hat - y]
    assert nasa_score(y, y_hat) == pytest.approx(sum(each))
    assert nasa_score([0], [34]) < 30 < nasa_score([0], [35])  # where the curve leaves the picture


@claims("08", "So compare the cost for 1,000 cycles of running")
@executes("08", r"C = 1000 \cdot \frac{\sum_e \text{cost}_e}{\sum_e \text{cycles}_e}")
def test_the_cost(engines):
    result = alarm_policy(engines.groups, engines.cycle, engines.y + rng.normal(0, 10, len(engines)), engines.y, 15)
    assert result.cost_per_1000_cycles == pytest.approx(1000 * sum(result.cost) / sum(result.stop))
    assert set(result.cost) <= {20_000, 100_000}


@claims("08", "halves the error", "30 epochs, three random starts, both engines")
@claims("08", "The same recipe gives the same figure in NumPy and in Keras")
def test_the_full_run_is_what_the_text_says():
    full = load_result("turbofan_run")
    assert full["command"] == "python -m course_lib.experiments.turbofan_run" and full["source"] == "real"
    assert full["epochs"] == 30 and len(full["seeds"]) == 3 and set(map(len, full["runs"].values())) == {3}
    assert full["without a network"]["calendar"]["rmse"] > 2 * full["without a network"]["ridge"]["rmse"]
    every = [run for runs in full["runs"].values() for run in runs]
    assert all(13 < run["rmse"] < full["without a network"]["ridge"]["rmse"] for run in every)
    for cell in ("SimpleRNN", "LSTM", "GRU"):  # the two engines, from the same start
        ours, theirs = ([run["rmse"] for run in full["runs"][f"{cell}, {engine}"]] for engine in ("numpy", "keras"))
        assert abs(np.mean(ours) - np.mean(theirs)) < 0.5
    assert np.mean([run["rmse_capped_truth"] for run in every]) < np.mean([run["rmse"] for run in every])
    assert all(min(run["history"]["test_rmse"]) <= run["rmse"] for run in every)
    for run in every:
        assert len(run["history"]["rmse"]) == 30
        assert run["history"]["test_rmse"][run["best_epoch"] - 1] == run["rmse"]
        assert run["history"]["val_rmse"][run["best_epoch"] - 1] == min(run["history"]["val_rmse"])


def test_a_small_run_has_the_form_of_the_shipped_result():
    from course_lib.experiments import turbofan_run

    quiet = lambda *a, **k: None  # noqa: E731
    small = turbofan_run.measure("simulated", epochs=1, seeds=(0,), cells=("SimpleRNN",), log=quiet)
    shipped = load_result("turbofan_run")
    assert set(small) < set(shipped) and set(small["runs"]) < set(shipped["runs"])
    for name, runs in small["runs"].items():
        assert set(runs[0]) == set(shipped["runs"][name][0])
        assert set(runs[0]["history"]) == set(shipped["runs"][name][0]["history"])
