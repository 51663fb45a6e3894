"""Images: what is refused, and that rows and groups stay together."""

import numpy as np
import pytest

from course_lib import data
from course_lib.data.images import Images

X = np.linspace(0, 1, 12 * 4, dtype=np.float32).reshape(12, 2, 2, 1)
GOOD = {
    "x": X,
    "y": np.tile([0, 1], 6),
    "class_names": ("ok", "open"),
    "groups": np.repeat(np.arange(4), 3),
    "source": "simulated",
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"x": X[..., 0]}, r"\(N, H, W, 1\)"),
        ({"x": np.repeat(X, 3, axis=3)}, r"\(N, H, W, 1\)"),
        ({"x": X.astype(float)}, "float32"),
        ({"x": X * 2}, "from 0 to 1"),
        ({"x": X - 1}, "from 0 to 1"),
        ({"x": X * np.float32(np.nan)}, "NaN"),
        ({"y": GOOD["y"][:-1]}, "y has 11 entries"),
        ({"groups": GOOD["groups"][:-1]}, "groups has 11 entries"),
        ({"y": GOOD["y"] + 1}, "classes from 0 to 1"),
        ({"y": GOOD["y"] - 1}, "classes from 0 to 1"),
    ],
)
def test_wrong_images_are_refused(change, told):
    with pytest.raises(ValueError, match=told):
        Images(**(GOOD | change))


def test_rows_keep_everything_together():
    images = Images(**GOOD)
    some = images.rows([5, 2])
    assert len(some) == 2 and np.array_equal(some.x, X[[5, 2]])
    assert some.y.tolist() == [1, 0] and some.groups.tolist() == [1, 0]
    assert np.array_equal(images.rows(images.groups == 2).x, X[6:9])


def test_the_text_tells_counts():
    text = repr(Images(**GOOD))
    assert "12 of 2 x 2 pixels" in text and "4 groups" in text and "ok 6, open 6" in text


def test_a_split_by_group_does_not_cut_a_group():
    parts = data.split_by_group(Images(**GOOD), rng=0)
    groups = [set(part.groups) for part in parts]
    assert sum(map(len, groups)) == 4 and set.union(*groups) == {0, 1, 2, 3}
