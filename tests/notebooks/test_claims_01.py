"""Chapter 1: the claims of its text beside those in `test_formulas_01.py`."""

import numpy as np

from course_lib import nn
from tests.notebooks.claims import claims
from tests.notebooks.stored import rows, says


@claims("01", "The sigmoid is above 0.5 where its input is above 0")
def test_the_sigmoid_is_above_one_half_on_the_right_of_0():
    z = np.linspace(-9, 9, 181)
    assert ((nn.sigmoid(z) > 0.5) == (z > 1e-12)).all()


@claims("01", "weights and 3 biases")
def test_a_layer_of_three_neurons_and_two_sensors_has_nine_numbers():
    layer = nn.Dense(3)
    layer.build((2,))
    assert layer.count_params() == 2 * 3 + 3 == 9


@claims("01", "NumPy code and Keras compute the same network", "Differences of about 1e-16")
def test_numpy_and_keras_agree():
    assert says("01", "all rows within 1e-12:")
    assert 1e-16 < np.finfo("float64").eps < 1e-15
    shown = rows("01", "[0.687")  # by hand, by our Sequential, by Keras
    assert len(shown) == 3 and shown[0] == shown[1] == shown[2]
