"""Fewer bits of mantissa: by hand, by exact fractions, and bfloat16 bit by bit as TensorFlow casts it."""

from fractions import Fraction

import numpy as np
import pytest

from course_lib.precision import MANTISSA, round_mantissa


def words(seed, n):
    """n float32 numbers of every size: any 32 bits, without the NaN."""
    x = np.random.default_rng(seed).integers(0, 2**32, n, dtype=np.uint64).astype(np.uint32).view(np.float32)
    return x[~np.isnan(x)]


def edges():
    """Ties to both sides, their neighbours, zeros, subnormal numbers, the largest ones, infinity."""
    upper = np.array([0, 1, 2, 0x007F, 0x0080, 0x3F80, 0x3F81, 0x42F7, 0x7F7E, 0x7F7F], np.uint32) << np.uint32(16)
    lower = np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF], np.uint32)
    x = (upper[:, None] | lower[None]).ravel().view(np.float32)
    return np.concatenate([x, -x, np.float32([np.inf, -np.inf])])


def test_by_hand():
    # 7 bits: neighbours of 1 are 1 and 1 + 1/128. Ties: 1 + 1/256 goes to 1 (even), 1 + 3/256 to 1 + 4/256 (even).
    got = round_mantissa([1 + 1 / 256, 1 + 3 / 256, -(1 + 3 / 256), 1 + 1.01 / 256, 3.14159265, 0], 7)
    assert got.dtype == np.float32
    assert got.tolist() == [1, 1 + 4 / 256, -(1 + 4 / 256), 1 + 2 / 256, 3.140625, 0]
    assert round_mantissa(np.pi, MANTISSA["tf32"]) == 3.140625 and round_mantissa(np.pi, 23) == np.float32(np.pi)
    assert round_mantissa([[1.9999999]], 1).tolist() == [[2.0]]  # the exponent goes up


def test_specials_are_kept():
    x = np.float32([np.nan, np.inf, -np.inf, -0.0, 3.4028235e38, -3.4028235e38])
    # Every NaN stays one, also where the bits that make it one are dropped.
    nans = np.array([0x7F800001, 0x7FFFFFFF, 0xFFFFFFFF, 0xFF800001], np.uint32).view(np.float32)
    for bits in range(1, 23):
        got = round_mantissa(x, bits)
        assert np.isnan(got[0]) and got[1:].tolist() == [np.inf, -np.inf, 0, np.inf, -np.inf]
        assert np.signbit(got[3]) and np.isnan(round_mantissa(nans, bits)).all()
    assert round_mantissa(np.array([1e300, -1e300]), 7).tolist() == [np.inf, -np.inf]


def nearest(x, bits):
    """The rounded number by exact fractions: a whole number of steps of the size that x has there."""
    if x == 0:
        return 0.0
    exponent = max(int(np.floor(np.log2(abs(float(x))))), -126)
    step = Fraction(2) ** (exponent - bits)
    return float(round(Fraction(float(x)) / step) * step)  # round() of Python sends ties to the even side


@pytest.mark.parametrize("bits", [1, 3, 7, 10, 22])
def test_every_size_against_exact_fractions(bits):
    x = np.concatenate([words(bits, 3000), edges()])
    x = x[np.isfinite(x)]
    with np.errstate(over="ignore"):
        needed = np.array([nearest(v, bits) for v in x]).astype(np.float32)
    np.testing.assert_array_equal(round_mantissa(x, bits), needed)
    normal = (np.abs(x) > 1.2e-38) & np.isfinite(needed)
    error = np.abs(needed[normal].astype(float) - x[normal])
    assert (error <= 2.0 ** -(bits + 1) * np.abs(x[normal].astype(float))).all()


def test_bfloat16_is_the_cast_of_tensorflow_bit_by_bit():
    tf = pytest.importorskip("tensorflow")
    x = np.concatenate([words(0, 200_000), edges()])
    theirs = tf.cast(tf.cast(tf.constant(x), tf.bfloat16), tf.float32).numpy()
    np.testing.assert_array_equal(round_mantissa(x, MANTISSA["bfloat16"]).view(np.uint32), theirs.view(np.uint32))
    nans = tf.cast(tf.cast(tf.constant(np.float32([np.nan, -np.nan])), tf.bfloat16), tf.float32).numpy()
    assert np.isnan(nans).all() and np.isnan(round_mantissa([np.nan, -np.nan], 7)).all()


def test_the_shape_stays_and_the_argument_too():
    x = np.full((2, 3), 1.003, np.float32)
    assert round_mantissa(x.T, 7).shape == (3, 2) and round_mantissa(np.float32(1.003), 7).shape == ()
    assert round_mantissa(np.zeros((0, 4)), 7).shape == (0, 4)
    same = round_mantissa(x, 23)
    same[:] = 0
    assert (x == np.float32(1.003)).all()


@pytest.mark.parametrize(
    ("x", "bits", "kind", "text"),
    [
        ([1.0], 0, ValueError, "bits is 0"),
        ([1.0], 24, ValueError, "float32 stores 23 bits"),
        ([1.0], 7.0, TypeError, "bits is 7.0"),
        ([1.0], True, TypeError, "bits is True"),
        (["a"], 7, TypeError, "x has dtype"),
        ([1j], 7, TypeError, "x has dtype"),
        ([[1, 2], [3]], 7, ValueError, "x is not a rectangular"),
    ],
)
def test_bad_input_is_named(x, bits, kind, text):
    with pytest.raises(kind) as error:
        round_mantissa(x, bits)
    assert text in str(error.value)
