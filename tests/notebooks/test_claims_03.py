"""Chapter 3: the claims of its text beside those in `test_formulas_03.py`."""

import tracemalloc

import numpy as np
import pytest

from course_lib import nn
from tests.notebooks.claims import claims
from tests.notebooks.stored import line, numbers, rows


@claims("03", "It says 69 % failure", "It has 13 weights", "These are the 13 weights from the beginning")
def test_the_network_of_the_bearing():
    assert line("03", "forward: z1").endswith("p [[0.69]]")
    model = nn.Sequential([nn.Dense(3, "relu", input_shape=(2,)), nn.Dense(1, "sigmoid")])
    assert model.count_params() == 13


@claims("03", "training needs more memory than predicting")
def test_training_keeps_what_predicting_forgets():
    layers = [nn.Dense(64, "relu", input_shape=(64,)), *(nn.Dense(64, "relu") for _ in range(6)), nn.Dense(1)]
    model = nn.Sequential(layers, rng=0)
    model.compile("sgd", "mean_squared_error")
    x, y = np.zeros((4000, 64), "float32"), np.zeros((4000, 1), "float32")
    peaks = []
    for run in (lambda: model.predict(x, batch_size=4000), lambda: model.train_on_batch(x, y)):
        tracemalloc.start()
        run()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] > 1.1 * peaks[0], peaks


@claims("03", "gives about ten correct digits", "you get about four at the best")
def test_digits_of_the_central_difference():
    found = {h: rows("03", h)[0] for h in ("1e-01", "1e-02", "1e-03", "1e-05", "1e-07", "1e-09", "1e-11")}
    double, single = ({h: v[k] for h, v in found.items()} for k in (0, 2))
    assert double["1e-05"] == min(double.values()) == -10
    assert min(single.values()) == -4 and all(h in ("1e-02", "1e-03") for h, v in single.items() if v == -4)


@claims("03", "Every gradient agrees to about 15 digits")
def test_the_gradients_agree_to_15_digits():
    keras = pytest.importorskip("keras")
    from course_lib import parity

    ours = nn.Sequential(
        [nn.Dense(16, "relu", input_shape=(2,)), nn.Dense(8, "tanh"), nn.Dense(1, "sigmoid")], dtype="float64", rng=0
    )
    ours.compile("sgd", "binary_crossentropy")
    sizes = ((16, "relu"), (8, "tanh"), (1, "sigmoid"))
    theirs = keras.Sequential([keras.Input((2,), dtype="float64")])
    for units, activation in sizes:
        theirs.add(keras.layers.Dense(units, activation=activation, dtype="float64"))
    x = np.random.default_rng(1).normal(size=(32, 2))
    comparison = parity.compare(ours, theirs, x, np.arange(32)[:, None] % 2)
    relative = [row.relative for row in comparison.rows if row.name.startswith("gradient")]
    assert len(relative) == 6 and max(relative) < 1e-14 and np.median(relative) < 1e-15


@claims("03", "Rotational speed comes in thousands, quality in 0 to 2")
def test_the_ranges_of_the_raw_columns():
    low, high, *_ = numbers("04", "rotational speed [rpm]")
    assert 1000 < low < high < 3000
    assert numbers("04", "product quality")[:2] == [0.0, 2.0]


@claims("03", "for at most twice the multiplications of the way forward")
def test_the_way_back_needs_at_most_twice_the_multiplications():
    assert numbers("03", "backward / forward:")[0] < 2
    for sizes in ((784, 256, 128, 10), (2, 3, 1), (5, 50, 50, 50, 50, 1)):
        forward = [a * b for a, b in zip(sizes, sizes[1:], strict=False)]
        backward = 2 * sum(forward) - forward[0]  # dW and dx, no dx for the first layer
        assert backward <= 2 * sum(forward)
