"""Chapter 6: the claims of its text beside those in `test_formulas_06.py`."""

import numpy as np

from course_lib import data, nn
from course_lib.experiments import load_result
from tests.notebooks.claims import claims
from tests.notebooks.stored import chapters, line, numbers, rows, says

HUNGER = load_result("data_hunger")["data"]
FULL = load_result("full_run")["data"]


@claims("06", "so no wafer is in two parts")
def test_no_wafer_is_in_two_parts():
    parts = [data.simulate_wafer_maps(per_class=20, rng=seed) for seed in (1, 2, 3)]
    every = [image.tobytes() for part in parts for image in part.x]
    assert len(set(every)) == len(every)


@claims("06", "Now and then that digit decides which of two equal pixels wins a pooling window")
def test_a_last_digit_decides_a_tie_in_a_pooling_window():
    def place_of_the_gradient(x):
        y, cache = nn.max_pool2d_forward(x.reshape(1, 2, 2, 1), pool_size=2)
        return np.flatnonzero(nn.max_pool2d_backward(np.ones_like(y), cache)).tolist()

    tie = np.array([0, 0.1, 0.1, 0], "f4")
    later = np.array([0, 0.1, np.nextafter(tie[2], np.float32(1)), 0], "f4")
    assert np.abs(later - tie).max() < 1e-8
    assert place_of_the_gradient(tie) == [1] and place_of_the_gradient(later) == [2]


@claims("06", "64 maps of 5 × 5, that is 1,600 numbers")
def test_the_sizes_of_the_maps():
    sizes = [
        int(line("06", name).split(",")[1]) for name in ("conv2d (", "max_pooling2d (", "conv2d_1", "max_pooling2d_1")
    ]
    assert sizes == [26, 13, 11, 5] and 5 * 5 * 64 == 1600
    assert [1600, 0] in [values[-2:] for values in rows("06", "flatten (Flatten)")]


@claims(
    "06", "after training steps still the same loss", "In 64 bits, with 50 steps of Adam", "on new batches, 20 steps"
)
def test_the_losses_of_both_engines():
    assert says("06", "64 bits, loss after 50 steps within 1e-10:")
    assert says("06", "32 bits, all 20 losses within 1e-4:")


@claims("06", "end at similar, not equal, accuracies")
def test_two_starts_end_at_similar_accuracies():
    for engine in ("numpy", "keras"):
        reached = [run["test_accuracy"] for run in FULL["wafers"]["runs"][engine]]
        assert len(set(reached)) == 3 and max(reached) - min(reached) < 0.06


@claims("06", "In our test nine maps of ten have a pattern", "The widget begins with half of the maps")
def test_how_many_maps_have_a_pattern():
    counts = numbers("06", "maps in each row:")
    assert len(counts) == 10 and sum(counts[1:]) / sum(counts) == 0.9  # the first class is "none"
    assert "defect_rate=0.5" in chapters()["06"].sources


@claims("06", "Eight of the 32 kernels of the first layer")
def test_eight_kernels_are_shown():
    assert numbers("06", "kernels") == [3, 3, 8, 26, 26, 8]


def curves(name):
    """Accuracy of each curve by the number of pictures of each class."""
    found = HUNGER[name]
    return {
        c: dict(zip(found["samples"], found[c]["mean"], strict=True)) for c in ("cnn", "augmented", "ten_epochs", "svm")
    }


@claims(
    "06",
    "with few pictures CNN and support vector machine are close",
    "is worth about as much as several times the pictures",
)
def test_the_curves_of_data_hunger():
    for name in ("boards", "wafers"):
        found = curves(name)
        assert all(abs(found["cnn"][n] - found["svm"][n]) < 0.07 for n in (10, 20, 40))
        assert found["augmented"][10] > 0.97 * found["cnn"][40] and found["augmented"][20] > 0.97 * found["cnn"][40]
    wafers = curves("wafers")
    assert wafers["ten_epochs"][20] < wafers["svm"][20] - 0.1  # "it clearly loses"
    assert wafers["cnn"][20] > wafers["svm"][20]


@claims("06", "its three starts overlap with the others")
def test_the_starts_with_augmentation_overlap_with_the_others():
    reached = {name: [run["test_accuracy"] for run in runs] for name, runs in FULL["boards"]["runs"].items()}
    assert min(reached["keras, augmented"]) < max(reached["keras"])
    assert min(reached["keras, augmented"]) < max(reached["numpy"])


@claims("06", "For comparison, measured earlier on the same split")
def test_the_figures_measured_earlier_are_those_of_the_comparison():
    """Those of chapter 11's table; the two with augmentation and batch normalisation were not measured again."""
    known = [numbers("11", f"boards, {name} known")[0] for name in ("linear SVM", "decision tree", "SVM", "CNN")]
    assert known == [0.66, 0.78, 0.89, 0.916]


@claims("06", "With few pictures, augmentation is worth most")
def test_augmentation_is_worth_most_with_few_pictures():
    for name in ("boards", "wafers"):
        found = curves(name)
        gain = {n: found["augmented"][n] - found["cnn"][n] for n in (10, 1000)}
        assert gain[10] > 0.08 and gain[10] > 2 * gain[1000]


@claims("06", "The convolutions follow, the dense layer behind `Flatten` does not", "The network answers all the same")
def test_shifted_and_wrongly_coded_pictures_cost_points():
    assert says("06", "both cost more than 5 points:")


@claims("06", "A small pattern can be hidden by one square; a ring around the whole wafer cannot")
def test_what_one_square_can_hide():
    assert says("06", "one square can hide the centre:") and not says("06", "one square can hide the edge-ring:")
