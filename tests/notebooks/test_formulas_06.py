"""Chapter 6: every displayed formula, executed against `course_lib`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import data, exercises as ex, nn
from course_lib.experiments import load_result
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)


@executes("06", r"L = -\frac{1}{N} \sum_n \log p_{n, t_n}")
def test_the_loss_of_ten_classes():
    p, t = nn.softmax(rng.normal(size=(7, 10))), rng.integers(0, 10, 7)
    by_hand = -sum(np.log(p[n, t[n]]) for n in range(7)) / 7
    assert nn.sparse_categorical_crossentropy(t, p)[0] == pytest.approx(by_hand, rel=1e-12)


@executes("06", r"\text{balanced accuracy} = \frac{1}{K} \sum_k \frac{M_{kk}}{\sum_a M_{ka}}")
def test_balanced_accuracy():
    from sklearn.metrics import balanced_accuracy_score

    y_true, y_pred = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    M = ex.confusion_matrix.reference(y_true, y_pred, 4)
    by_hand = sum(M[k, k] / M[k].sum() for k in range(4)) / 4
    assert balanced_accuracy_score(y_true, y_pred) == pytest.approx(by_hand)
    assert np.mean(np.diag(M) / M.sum(axis=1)) == pytest.approx(by_hand)


@executes("06", r"\text{cost} = \frac{1}{N} \sum_t \sum_a M_{ta} \, P_{ta}")
def test_the_price_of_mistakes():
    y_true, y_pred, P = rng.integers(0, 3, 50), rng.integers(0, 3, 50), rng.uniform(size=(3, 3))
    M = ex.confusion_matrix.reference(y_true, y_pred, 3)
    assert (M * P).sum() / M.sum() == pytest.approx(np.mean(P[y_true, y_pred]))


@claims("06", "That is $60 / 460 = 0.13$", "reporting would pay as soon as")
@executes("06", r"\tau^* = \frac{c_\text{alarm}}{c_\text{alarm} + c_\text{miss}}")
@executes(
    "06",
    r"C(\tau) = c_\text{miss} \cdot \#\{y = 1, \; s < \tau\} + c_\text{alarm} \cdot \#\{y = 0, \; s \ge \tau\}",
)
def test_the_threshold_of_true_probabilities():
    """Where the scores are true probabilities, counting finds the threshold of the formula."""
    miss, alarm = 400.0, 60.0
    s = rng.uniform(size=200_000)
    y = (rng.uniform(size=len(s)) < s).astype(int)
    grid = np.linspace(0.01, 0.99, 99)
    cost = [miss * np.sum((y == 1) & (s < t)) + alarm * np.sum((y == 0) & (s >= t)) for t in grid]
    assert grid[int(np.argmin(cost))] == pytest.approx(alarm / (alarm + miss), abs=0.03)
    small = slice(0, 60)
    best = ex.best_threshold.reference(y[small], s[small], miss, alarm)
    C = lambda t: miss * np.sum((y[small] == 1) & (s[small] < t)) + alarm * np.sum((y[small] == 0) & (s[small] >= t))  # noqa: E731
    assert C(best) == min(C(t) for t in s[small])
    assert 60 / 460 == pytest.approx(0.13, abs=0.005)


@executes("06", r"\text{drop}_{ij} = s(x) - s(x \text{ covered at } i, j)")
def test_occlusion():
    for predict, image, patch in ex.occlusion_map.fresh_cases():
        drop = ex.occlusion_map.reference(predict, image, patch)
        for i, j in np.ndindex(drop.shape):
            covered = image.copy()
            covered[i * patch : (i + 1) * patch, j * patch : (j + 1) * patch] = 0
            assert drop[i, j] == pytest.approx(predict(image) - predict(covered), abs=1e-14)


# ---------------------------------------------------------------- claims of the text
@claims("06", "which do most of the seeing, have few")
@claims("06", "84 % of them in one dense layer", "121,930 weights, most of them behind `Flatten`")
def test_most_weights_lie_behind_flatten():
    counts = ex.summary_numbers.reference(*ex.summary_numbers.fresh_cases()[0])
    assert sum(counts) == 121_930 and round(100 * counts[5] / sum(counts)) == 84


def test_a_turned_wafer_is_a_wafer_of_the_same_class():
    """Turning changes no die: as many failed as before."""
    maps = data.simulate_wafer_maps(20, rng=5)
    turned = np.rot90(maps.x, axes=(1, 2))
    assert np.allclose(maps.x.sum(axis=(1, 2, 3)), turned.sum(axis=(1, 2, 3)))


@claims("06", "7,861 crops of real circuit boards", "The numbers come from the full run of ten epochs")
@claims("06", "The NumPy engine and Keras are equals")
def test_the_full_run_is_what_the_text_says():
    """Within the range of the published-like figures: 91.6 +- 2 without augmentation, more with it; engines agree."""
    boards = load_result("full_run")["data"]["boards"]
    mean = {name: np.mean([run["test_accuracy"] for run in runs]) for name, runs in boards["runs"].items()}
    assert boards["source"] == "real" and boards["pictures"]["test"] == 3638
    assert boards["pictures"]["train"] + boards["pictures"]["validation"] == 7861
    for engine in ("numpy", "keras"):
        assert abs(mean[engine] - 0.916) <= 0.02, mean
    assert mean["keras, augmented"] > mean["keras"] and mean["keras, augmented"] > mean["numpy"]
    spread = [run["test_accuracy"] for name in ("numpy", "keras") for run in boards["runs"][name]]
    assert abs(mean["numpy"] - mean["keras"]) <= max(spread) - min(spread)
    for runs in boards["runs"].values():
        for run in runs:
            assert len(run["history"]["val_accuracy"]) == 10
            matrix = np.array(run["confusion_matrix"])
            assert matrix.sum() == 3638
            assert np.trace(matrix) / matrix.sum() == pytest.approx(run["test_accuracy"], abs=1e-4)
