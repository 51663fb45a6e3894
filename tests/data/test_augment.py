"""Flips and quarter turns of images."""

import numpy as np
import pytest

from course_lib.data.augment import augment


def test_each_of_the_eight_ways_comes_equally_often_and_no_other():
    image = np.arange(9.0).reshape(3, 3)
    ways = {(k, f): np.fliplr(np.rot90(image, k)) if f else np.rot90(image, k) for k in range(4) for f in (0, 1)}
    out = augment(np.repeat(image[None], 4000, axis=0), 0)
    counts = {way: sum(np.array_equal(one, expected) for one in out) for way, expected in ways.items()}
    assert sum(counts.values()) == 4000
    assert min(counts.values()) > 400 and max(counts.values()) < 600


@pytest.mark.parametrize("shape", [(5, 4, 4), (5, 4, 4, 3), (0, 4, 4, 1)])
def test_shape_type_and_pixels_stay(shape):
    x = np.random.default_rng(0).random(shape).astype(np.float32)
    before = x.copy()
    out = augment(x, 1)
    assert out.shape == shape and out.dtype == np.float32
    np.testing.assert_array_equal(x, before)  # the learner's images are not touched
    for one, other in zip(x, out, strict=True):
        np.testing.assert_array_equal(np.sort(one, axis=None), np.sort(other, axis=None))


def test_channels_are_turned_together():
    x = np.random.default_rng(0).random((20, 4, 4, 1)).repeat(2, axis=3)
    out = augment(x, 2)
    np.testing.assert_array_equal(out[..., 0], out[..., 1])


def test_the_same_seed_gives_the_same_images():
    x = np.random.default_rng(0).random((20, 4, 4))
    np.testing.assert_array_equal(augment(x, 3), augment(x, 3))
    assert not np.array_equal(augment(x, 3), augment(x, 4))


@pytest.mark.parametrize("shape", [(4, 4), (5, 4, 6), (5, 4, 4, 1, 1)])
def test_other_shapes_are_told(shape):
    with pytest.raises(ValueError, match="square images"):
        augment(np.zeros(shape))
