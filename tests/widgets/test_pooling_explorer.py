"""The pooling explorer: outputs and gradients are those of course_lib.nn, or of the learner's own function."""

import itertools

import numpy as np
import pytest
import traitlets as T

from course_lib import nn
from course_lib.widgets import PoolingExplorer
from course_lib.widgets.pooling_explorer import BACKWARD, FORWARD

GRID = list(itertools.product(("max", "average"), (1, 2, 3, 4), (1, 2, 3), ("valid", "same")))
UNEVEN = np.random.default_rng(0).integers(-5, 10, (7, 9)).astype(float)


@pytest.mark.parametrize(("pooling", "pool_size", "strides", "padding"), GRID, ids=str)
def test_the_responsible_pixels_explain_the_output_and_the_gradient(pooling, pool_size, strides, padding):
    explorer = PoolingExplorer(image=UNEVEN, pooling=pooling, pool_size=pool_size, strides=strides, padding=padding)
    y = explorer.output()
    total = np.zeros_like(UNEVEN)
    for row, column in np.ndindex(y.shape):
        explorer.row, explorer.column = row, column
        behind, inside = explorer.responsible(), UNEVEN[explorer.window()]
        assert y[row, column] == pytest.approx(inside.max() if pooling == "max" else inside.mean(), abs=1e-12)
        assert len(behind) == (1 if pooling == "max" else inside.size)
        for place in behind:
            total[place] += 1 / len(behind)
    explorer.gradient = "all"
    np.testing.assert_allclose(explorer.input_gradient(), total, atol=1e-12)


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_the_numbers_are_those_of_the_library(pooling):
    explorer = PoolingExplorer(image=UNEVEN, pooling=pooling, pool_size=3, strides=2, padding="same", row=1, column=2)
    explorer.gradient = "one"
    y, cache = FORWARD[pooling](UNEVEN[None, :, :, None], 3, 2, "same")
    dy = np.zeros_like(y)
    dy[0, 1, 2, 0] = 1
    np.testing.assert_array_equal(explorer.output(), y[0, :, :, 0])
    np.testing.assert_array_equal(explorer.input_gradient(), BACKWARD[pooling](dy, cache)[0, :, :, 0])


def test_of_equal_numbers_the_first_takes_the_whole_gradient_and_it_is_said():
    explorer = PoolingExplorer(image=np.full((4, 4), 5), gradient="one", row=0, column=1)
    assert explorer.responsible() == [(0, 2)] and explorer.ties == 4
    assert explorer.input_gradient().sum() == explorer.input_gradient()[0, 2] == 1
    assert "stands 4 times in the window: the first one counts" in explorer.describe()


def test_a_shift_moves_the_picture_and_is_counted():
    explorer = PoolingExplorer()
    explorer.preset("one pixel to the right")
    x = np.array(explorer.image)
    np.testing.assert_array_equal(explorer.x[:, 1:], x[:, :-1])
    assert explorer.changed == (16, 4) and "changed 16 of 64 pixels and 4 of 16 outputs" in explorer.describe()
    explorer.shift = 2
    still = PoolingExplorer(image=x).output()
    np.testing.assert_array_equal(explorer.output()[:, 1:], still[:, :-1])  # "the outputs move by one"


def test_what_the_presets_say_is_so():
    explorer = PoolingExplorer()
    explorer.preset("the defect stays")
    assert explorer.output().size * 4 == explorer.x.size and {7, 9} <= set(explorer.output().ravel())
    explorer.preset("the defect fades")
    assert explorer.output()[explorer.place] == 2.75 == explorer.output().max()
    explorer.preset("shared gradient")
    assert set(explorer.input_gradient().ravel()) == {0.25}
    explorer.preset("overlapping windows")
    assert explorer.input_gradient()[2, 3] == 2 and explorer.x[2, 3] == 9
    explorer.preset("odd size")
    assert explorer.output().shape == (3, 3)
    explorer.padding = "valid"
    assert explorer.output().shape == (2, 2)


def test_an_output_beyond_the_map_is_brought_in():
    explorer = PoolingExplorer(row=11, column=11, pool_size=4, strides=4)
    assert explorer.place == (1, 1)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((3, 8)), "each side needs 4 to 12"),
        (np.zeros((13, 8)), r"image\[:12, :12\]"),
        (np.zeros((8, 8, 1)), r"image\[..., 0\]"),
        (np.full((8, 8), np.inf), "NaN or infinite"),
        ("text", "two: height and width"),
    ],
)
def test_numbers_that_do_not_fit_are_explained(image, words):
    with pytest.raises(T.TraitError, match=words):
        PoolingExplorer(image=image)


def max_pool(x, pool_size):
    return nn.max_pool2d_forward(x, pool_size)[0]


def picture_pool(image, size, stride, padding):
    return nn.max_pool2d_forward(image[None, :, :, None], size, stride, padding)[0][0, :, :, 0]


@pytest.mark.parametrize("use", [max_pool, picture_pool, nn.max_pool2d_forward])
def test_the_learners_function_in_its_own_form(use):
    own = PoolingExplorer(use=use)
    np.testing.assert_array_equal(own.output(), PoolingExplorer().output())
    np.testing.assert_array_equal(np.frombuffer(own.own_output), own.output().ravel())
    assert own.error == "" and own.own_differs == 0
    own.pooling = "average"  # compared with the mean it differs
    assert own.own_differs > 5 and PoolingExplorer().own_output == b""


def test_the_learners_own_mean_is_compared_with_average_pooling():
    def average_pool(x, pool_size):
        N, H, W, C = x.shape
        return x.reshape(N, H // pool_size, pool_size, W // pool_size, pool_size, C).mean(axis=(2, 4))

    own = PoolingExplorer(use=average_pool, pooling="average")
    assert own.error == "" and own.own_differs == 0 and own.own_output
    assert PoolingExplorer(use=average_pool).own_differs > 5  # without `pooling` it is compared with the maximum


def test_a_function_without_strides_says_what_to_set():
    own = PoolingExplorer(use=max_pool)
    own.pool_size = 3
    assert "set strides to 3" in own.error and own.own_output == b""
    own.strides = 3
    assert own.error == "" and own.own_output
    own.padding = "same"
    assert "set the padding to 'valid'" in own.error


def test_a_function_that_forgets_a_column_gets_a_sentence():
    own = PoolingExplorer(use=lambda x, pool_size, strides, padding: nn.max_pool2d_forward(x[:, :, :-1], pool_size)[0])
    assert "(4, 3)" in own.error and "(4, 4)" in own.error
