"""Chapter 12: the claims of its text beside those in `test_formulas_12.py`."""

import numpy as np

from course_lib.experiments import load_result
from course_lib.precision import MANTISSA, round_mantissa
from tests.notebooks.claims import claims
from tests.notebooks.stored import line, numbers, rows, says


@claims("12", "What comes on top is 29,450 for the biases")
def test_what_the_profiler_counts_on_top():
    biases = 26 * 26 * 32 + 11 * 11 * 64 + 64 + 10
    pooling = 4 * (13 * 13 * 32 + 5 * 5 * 64)
    assert (biases, pooling) == (29_450, 28_032)
    said = line("12", "on top of them:")
    assert f"'BiasAdd': {biases}" in said and f"'MaxPool': {pooling}" in said and "'Softmax': 50" in said
    assert round(numbers("12", "on top of them:")[-1]) == 1


@claims("12", "1 bit for the sign, 8 for the exponent (the size), 23 for the mantissa", "drops 13 bits of the mantissa")
def test_the_bits_of_the_formats():
    info = np.finfo("float32")
    assert (1, info.nexp, info.nmant) == (1, 8, 23)
    assert MANTISSA["float32"] - MANTISSA["tf32"] == 13 and MANTISSA["float32"] - MANTISSA["bfloat16"] == 16


@claims("12", "The sum stops growing as soon as 0.001 is less than half of its last digit")
def test_where_the_sum_stops():
    total = np.float32(0)
    for _step in range(10_000):
        total = round_mantissa(total + np.float32(0.001), MANTISSA["bfloat16"])
    last_digit = 2.0 ** (np.floor(np.log2(total)) - MANTISSA["bfloat16"])
    assert total == 0.5 and [0.5] in rows("12", "bfloat16")
    assert 0.001 < last_digit / 2 and 0.001 > last_digit / 4  # below 0.5 the last digit is half as large


@claims("12", "The gradients of the first step differ by 2 millionths of the largest")
def test_the_gradients_of_two_processes():
    assert round(1e6 * load_result("two_workers")["gradient, largest relative difference"]) == 2


@claims("12", "The same network from the same start, once on both and once on one")
def test_two_devices_train_as_one():
    assert says("12", "2 devices, weights apart by less than 1e-5 after 10 steps:")


@claims("12", "5 million operations for each picture")
def test_the_operations_of_a_picture():
    assert round(numbers("12", "121,930 weights,")[0] / 1e6) == 5


@claims("12", "the weights are in the dense layer, the work is in the second convolution")
def test_where_weights_and_work_are():
    weights = {"conv 2": 18_496, "dense": 102_464}
    work = {"conv 2": 2 * 3 * 3 * 32 * 64 * 11 * 11, "dense": 2 * 1600 * 64}
    assert max(weights, key=weights.get) == "dense" and weights["dense"] > 0.8 * 121_930
    assert max(work, key=work.get) == "conv 2" and work["conv 2"] > 0.8 * numbers("12", "121,930 weights,")[0]


@claims("12", "Eight workers with 64 pictures each are a batch of 512: fewer and other steps")
def test_a_larger_batch_makes_fewer_steps():
    assert 8 * 64 == 512
    assert [int(np.ceil(7861 / batch)) for batch in (64, 512)] == [123, 16]


@claims("12", "With 256 pictures at once the compiled function uses both cores better")
def test_256_pictures_at_once():
    """The compiled function is faster than NumPy, `predict` is not."""
    speed = {name: times["answer"][-1] for name, times in load_result("limits_run")["speed"]["milliseconds"].items()}
    assert 2 * speed["TensorFlow compiled, CPU"] < speed["NumPy"] < speed["Keras predict, CPU"]


@claims("12", "In bfloat16 nearly all weights stay where they are")
def test_a_training_step_in_bfloat16():
    assert says("12", "bfloat16 more than nine of ten weights do not move:")
    assert not says("12", "float32 more than nine of ten weights do not move:")


@claims("12", "the network is perfect, and on other pictures it finds not one scratch")
def test_the_network_with_a_secret():
    assert says("12", "with the mark more than 95 %:") and says("12", "without it less than 5 %:")
