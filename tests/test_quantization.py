"""Numbers in a byte: by hand, the bound of the error, products that do not wrap round, bad input."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.quantization import dequantize, int8_dense, quantize


def test_quantize_by_hand():
    q, scale = quantize([0.5, -1.27, 0.004])
    assert q.tolist() == [50, -127, 0] and q.dtype == np.int8 and scale == pytest.approx(0.01)
    np.testing.assert_allclose(dequantize(q, scale), [0.5, -1.27, 0])


def test_zeros_have_the_scale_one():
    q, scale = quantize(np.zeros((2, 3)))
    assert scale == 1 and not q.any() and q.shape == (2, 3)


@pytest.mark.parametrize("seed", range(5))
def test_the_error_is_at_most_half_a_scale(seed):
    w = np.random.default_rng(seed).normal(size=(40, 30)).astype("float32")
    q, scale = quantize(w)
    assert np.abs(q.astype(int)).max() == 127
    assert np.abs(dequantize(q, scale) - w).max() <= scale / 2 * (1 + 1e-6)
    again, same = quantize(dequantize(q, scale))
    np.testing.assert_array_equal(again, q)
    assert same == pytest.approx(scale, 1e-12)


def test_the_layer_in_bytes_is_the_layer_of_the_rounded_numbers():
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=(6, 500)), rng.normal(size=(500, 4))
    (q_x, s_x), (q_W, s_W) = quantize(x), quantize(W)
    y = int8_dense(q_x, q_W, s_x, s_W)
    np.testing.assert_allclose(y, dequantize(q_x, s_x) @ dequantize(q_W, s_W), rtol=1e-9)
    assert nn.relative_error(y, x @ W) < 0.03
    assert not np.allclose((q_x @ q_W) * (s_x * s_W), y, rtol=0.5)  # in int8 the sums wrap round


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: quantize([]), ValueError, "w is empty"),
        (lambda: quantize([1, np.inf]), ValueError, "w holds 1 values"),
        (lambda: quantize(["a"]), TypeError, "w has dtype"),
        (lambda: dequantize(np.array([1, 2]), 0.1), TypeError, "q has dtype int64, but int8"),
        (lambda: dequantize(np.array([1], np.int8), 0), ValueError, "scale is 0"),
        (
            lambda: int8_dense(np.ones((2, 3), np.int8), np.ones((2, 3), np.int8), 1, 1),
            ValueError,
            "q_x has shape (2, 3)",
        ),
        (lambda: int8_dense(np.ones((2, 3)), np.ones((3, 3), np.int8), 1, 1), TypeError, "q_x has dtype float64"),
    ],
)
def test_bad_input_is_named(call, kind, words):
    with pytest.raises(kind) as error:
        call()
    assert words in str(error.value)
