"""Chapter 7: the claims of its text beside those in `test_formulas_07.py`."""

import numpy as np
import pytest

from course_lib import nn
from tests.notebooks.claims import claims
from tests.notebooks.stored import line, numbers, rows, says


@claims("07", "In half of the cases, like a coin")
def test_the_mean_and_the_ends_say_nothing():
    assert says("07", "no better than a coin:")


@claims("07", "It can read twenty readings and never twenty-one", "89 weights, for 20 readings or for 2,000")
def test_a_dense_layer_has_one_length_and_a_recurrent_one_any():
    dense = nn.Sequential([nn.Dense(1, input_shape=(20,))], rng=0)
    assert dense.predict(np.zeros((1, 20))).shape == (1, 1)
    with pytest.raises(ValueError):
        dense.predict(np.zeros((1, 21)))
    recurrent = nn.Sequential([nn.Input((None, 1)), nn.SimpleRNN(8), nn.Dense(1, activation="sigmoid")], rng=0)
    assert recurrent.count_params() == 89 == rows("07", "input (1000, 20, 1) weights:")[0][0]
    assert recurrent.predict(np.zeros((1, 2000, 1))).shape == (1, 1)


@claims("07", "The network still knows of the 1 two steps later, but less and less")
def test_the_memory_of_the_example_fades():
    states = [numbers("07", f"h_{t} =")[-1] for t in (1, 2, 3)]
    assert states[0] > states[1] > states[2] > 0


@claims("07", "All three stay below their bounds")
@claims("07", "times 0.8, 1 and 1.5")
def test_the_gradients_through_three_rotations():
    for scale, low, high in ((1.5, 10, 1e3), (1.0, 0.01, 0.1), (0.8, 1e-7, 1e-4)):
        (shown,) = rows("07", f"rotation times {scale}:")
        assert low < shown[0] < high and says("07", f"rotation times {scale}:")


@claims("07", "with a quarter of the weights")
def test_a_simple_rnn_has_a_quarter_of_the_weights_of_an_lstm():
    simple, lstm = (numbers("07", f"{cell} 16 units, 2 sensors:")[0] for cell in ("SimpleRNN", "LSTM"))
    assert lstm == 4 * simple
    assert says("07", "more than 95 % of new bearings right:")


@claims("07", "Below 1 it *vanishes*, above 1 it *explodes*", "only exactly 1 keeps it")
def test_one_weight_fifty_times():
    below, one, above = (numbers("07", f"w = {w}:")[0] for w in ("0.9", "1.0", "1.1"))
    np.testing.assert_allclose((below, one, above), (0.9**50, 1, 1.1**50), atol=5e-4)


@claims("07", "Nothing is left of it")
def test_nothing_is_left_behind_a_sigmoid():
    assert numbers("07", "sigmoid, rotation times 1:")[0] < 1e-20


@claims("07", "It runs without a word and forgets")
def test_longer_than_in_training():
    assert says("07", "960 pictures: at least five times the error of 60:")


@claims("07", "the SimpleRNN has not even learned the welds just before the end")
def test_who_learns_the_weld():
    assert says("07", "SimpleRNN has learned nothing:") and says("07", "LSTM and GRU are below 0.1 mm:")


@claims("07", "The tanh saturates, and the network is lost")
def test_a_new_sensor_reads_higher():
    right = [line("07", f"offset {offset} °C: above 95 % right") for offset in (0, 5, 10)]
    assert right == [" True, above 75 % True", " False, above 75 % True", " False, above 75 % False"]
