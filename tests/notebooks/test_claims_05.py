"""Chapter 5: the claims of its text beside those in `test_formulas_05.py`."""

import time

import numpy as np

from course_lib import nn
from tests.notebooks.claims import claims
from tests.notebooks.stored import numbers


@claims("05", "The weights of column 4 never saw a scratch")
def test_a_dense_unit_knows_where_and_not_what():
    assert numbers("05", "scratch in column 2: the unit answers")[0] > 0
    assert numbers("05", "scratch in column 4: the unit answers") == [0]


@claims("05", "26 × 26", "so its last start is $28 - 3 = 25$: 26 places", "With 2, about half as many places")
def test_the_sizes_of_the_table():
    assert numbers("05", "28 3 1 valid")[-1] == 26 == len(range(28 - 3 + 1))
    assert numbers("05", "28 3 2 valid")[-1] == 13 == 26 / 2


@claims("05", "so the last pixels may never be seen")
def test_the_last_pixels_are_not_seen_where_the_window_would_leave():
    x = np.random.default_rng(0).normal(size=(1, 7, 7, 1))
    y, cache = nn.conv2d_forward(x, np.ones((2, 2, 1, 1)), np.zeros(1), 3)
    assert y.shape == (1, 2, 2, 1)
    seen = nn.conv2d_backward(np.ones_like(y), cache)[0][0, :, :, 0]
    assert (seen[[2, 5, 6]] == 0).all() and (seen[:5, :5] > 0).sum() == 16


@claims("05", "Windows as rows make it one matrix product, many times faster", "Four loops in Python are slow")
def test_one_matrix_product_is_many_times_faster_than_the_loops():
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(2, 12, 12, 3)), rng.normal(size=(3, 3, 3, 8)), np.zeros(8)

    def fastest(function):
        times = []
        for _run in range(3):
            began = time.perf_counter()
            function(x, W, b)
            times.append(time.perf_counter() - began)
        return min(times)

    assert fastest(nn.conv2d_loops) > 5 * fastest(nn.conv2d_forward)
