"""The kernel explorer: its map is that of course_lib.nn, or of the learner's own convolution."""

import itertools

import numpy as np
import pytest
import traitlets as T

from course_lib import nn
from course_lib.widgets import KernelExplorer, pictures
from course_lib.widgets.pictures import known_pictures, scratch, scratch_places
from tests.notebooks.claims import claims

RISING = [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]
UNEVEN = np.random.default_rng(0).normal(size=(9, 14))


@pytest.mark.parametrize(
    ("k", "strides", "padding"), list(itertools.product((1, 3, 5), (1, 2, 3), ("valid", "same"))), ids=str
)
def test_the_map_is_the_formula(k, strides, padding):
    kernel = np.random.default_rng(k).normal(size=(k, k))
    explorer = KernelExplorer(image=UNEVEN, kernel=kernel, strides=strides, padding=padding, bias=0.3)
    x, W = UNEVEN[None, :, :, None], kernel[:, :, None, None]
    expected = nn.conv2d_loops(x, W, np.array([0.3]), strides, padding)[0, :, :, 0]
    np.testing.assert_allclose(explorer.map(), expected, atol=1e-12)
    assert explorer.size == expected.shape
    explorer.relu = True
    np.testing.assert_allclose(explorer.map(), np.maximum(expected, 0), atol=1e-12)


def test_the_products_of_every_window_add_up_to_the_map():
    explorer = KernelExplorer(image=UNEVEN, padding="same", strides=2, bias=-0.5, flip=True)
    for row, column in np.ndindex(explorer.size):
        explorer.row, explorer.column = row, column
        assert explorer.products().sum() - 0.5 == pytest.approx(explorer.map()[row, column], abs=1e-12)


def test_true_convolution_turns_the_kernel():
    kernel = np.arange(9.0).reshape(3, 3)
    plain, turned = KernelExplorer(kernel=kernel[::-1, ::-1]), KernelExplorer(kernel=kernel, flip=True)
    np.testing.assert_array_equal(turned.map(), plain.map())
    assert not np.array_equal(turned.map(), KernelExplorer(kernel=kernel).map())


def test_a_window_beyond_the_map_stays_in_it():
    explorer = KernelExplorer(row=63, column=63)
    assert explorer.place == (9, 9)
    explorer.strides = 3
    assert explorer.place == (3, 3) and explorer.window().shape == (3, 3)


def test_identity_gives_the_picture_again():
    explorer = KernelExplorer(scene="board", padding="same")
    explorer.preset("identity")
    np.testing.assert_array_equal(explorer.map(), explorer.image)


@claims("05", "gives 0 on every even area")
@pytest.mark.parametrize("label", ["vertical edge", "horizontal edge", "falling scratch", "Laplace"])
def test_kernels_that_add_up_to_0_do_not_see_even_grey(label):
    explorer = KernelExplorer(image=np.full((8, 8), 0.7))
    explorer.preset(label)
    np.testing.assert_allclose(explorer.map(), 0, atol=1e-12)


def test_the_laplace_kernel_does_not_see_an_even_slope():
    explorer = KernelExplorer(image=np.add.outer(np.arange(8.0), 2 * np.arange(8.0)))
    explorer.preset("Laplace")
    np.testing.assert_allclose(explorer.map(), 0, atol=1e-12)


def test_no_preset_finds_the_scratch_but_four_numbers_changed_do():
    explorer = KernelExplorer()
    for label in explorer.presets:
        for padding, flip in itertools.product(("valid", "same"), (False, True)):
            explorer.preset(label)
            explorer.padding, explorer.flip = padding, flip
            assert not explorer.goal_reached, label
    explorer.preset("falling scratch")
    assert np.sum(np.array(explorer.kernel) != RISING) == 4
    for padding in ("valid", "same"):
        explorer.padding, explorer.kernel = padding, RISING
        assert explorer.goal_reached and "finds the scratch" in explorer.describe()


def test_the_goal_needs_the_whole_scratch():
    """With strides of 3 the bright picture itself would do: most places are never looked at."""
    explorer = KernelExplorer(strides=3)
    explorer.preset("identity")
    assert not explorer.goal_reached
    explorer = KernelExplorer(scene="edge", kernel=RISING)
    assert not explorer.goal_reached


def test_the_places_of_the_scratch_are_where_it_is():
    on = scratch_places() == 1
    assert on.sum() == 6 and (scratch()[on] == 0.6).all()
    assert (scratch()[scratch_places() == 0] != 0.6).all()


def test_what_is_sent_are_the_pictures():
    explorer = KernelExplorer(image=UNEVEN)
    sent = np.frombuffer(explorer.pixels)
    assert set(explorer.sizes) == {*known_pictures(), "own"}
    for name, (begin, height, width) in explorer.sizes.items():
        wanted = UNEVEN if name == "own" else known_pictures()[name]
        np.testing.assert_array_equal(sent[begin : begin + height * width].reshape(height, width), wanted)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((5, 8)), "5 x 8 pixels, but each side needs 6 to 64"),
        (np.zeros((65, 8)), r"Take a part of it, for example image\[:64, :64\]"),
        (np.zeros((8, 8, 3)), r"image.mean\(axis=2\)"),
        (np.zeros(8), "1 axes"),
        (np.full((8, 8), np.nan), "NaN or infinite"),
        (np.full((8, 8), "a"), "grey values are numbers"),
        (np.full((8, 8), 1e9), "beyond one million"),
    ],
)
def test_a_picture_that_does_not_fit_is_explained(image, words):
    with pytest.raises(ValueError, match=words):
        KernelExplorer(image=image)


def test_own_needs_a_picture():
    with pytest.raises(ValueError, match=r"Use KernelExplorer\(image="):
        KernelExplorer(scene="own")
    with pytest.raises(T.TraitError, match=r"Use KernelExplorer\(image="):
        KernelExplorer().scene = "own"


def test_grey_values_of_a_camera_stay_as_they_are():
    image = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    explorer = KernelExplorer(image=image, kernel=[[1]], row=7, column=7)
    assert explorer.image.dtype == float and explorer.map()[7, 7] == 252 and image.dtype == np.uint8


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        (np.zeros((2, 2)), "2 x 2, but 1 x 1, 3 x 3 or 5 x 5"),
        (np.zeros((3, 5)), "3 x 5"),
        ([[1, 2], [3]], "inhomogeneous"),
        (np.full((3, 3), np.inf), "no finite number"),
        (np.full((3, 3), 101.0), "-100 to 100"),
        (None, "no|one number"),
    ],
)
def test_a_kernel_that_does_not_fit_is_explained(kernel, words):
    with pytest.raises(T.TraitError, match=words):
        KernelExplorer(kernel=kernel)


def plain(image, kernel):
    k = len(kernel)
    places = np.lib.stride_tricks.sliding_window_view(image, (k, k))
    return np.einsum("ijuv,uv->ij", places, kernel)


def layer(x, W, b, strides=1, padding="valid"):
    return nn.conv2d_loops(x, W, b, strides, padding)


def layer_valid(x, W, b, stride):
    return nn.conv2d_loops(x, W, b, stride)


def one_window(window, kernel):
    return (window * kernel).sum()


@pytest.mark.parametrize("use", [plain, layer, layer_valid, one_window, nn.conv2d_forward, nn.conv2d_loops])
@pytest.mark.parametrize(("strides", "padding"), [(1, "valid"), (2, "same"), (3, "valid"), (1, "same")])
def test_the_learners_function_in_its_own_form(use, strides, padding):
    state = {"strides": strides, "padding": padding, "bias": 0.7, "relu": True, "flip": True, "image": UNEVEN}
    own, ours = KernelExplorer(use=use, **state), KernelExplorer(**state)
    assert own.error == "" and own.own_differs == 0
    np.testing.assert_allclose(own.map(), ours.map(), atol=1e-12)
    np.testing.assert_array_equal(np.frombuffer(own.own_map).reshape(own.size), own.map())
    assert ours.own_map == b""


def test_a_function_that_turns_the_kernel_is_seen():
    explorer = KernelExplorer(use=lambda image, kernel: plain(image, kernel[::-1, ::-1]))
    assert explorer.error == "" and explorer.own_differs > 20
    assert not np.allclose(explorer.map(), KernelExplorer().map())
    explorer.flip = True  # now it turns it back
    np.testing.assert_allclose(explorer.map(), KernelExplorer().map(), atol=1e-12)


def test_a_wrong_shape_names_the_right_one():
    explorer = KernelExplorer(use=lambda image, kernel: image)
    assert "(12, 12)" in explorer.error and "(10, 10)" in explorer.error
    np.testing.assert_array_equal(explorer.map(), KernelExplorer().map())


def test_the_learners_function_cannot_spoil_the_picture():
    def spoils(image, kernel, padding):  # it pads by itself: what it gets is the picture
        answer = plain(image, kernel)
        image[:], kernel[:] = 0, 0
        return answer

    expected = KernelExplorer(image=UNEVEN, bias=1.0).map()
    explorer = KernelExplorer(image=UNEVEN.copy(), use=spoils)
    explorer.bias = 1.0
    np.testing.assert_allclose(explorer.map(), expected, atol=1e-12)


@pytest.fixture
def fresh_pictures():
    known_pictures.cache_clear()
    yield
    known_pictures.cache_clear()


def test_the_board_is_a_real_one_where_the_data_are_there(fresh_pictures):
    real = pictures._real_board()
    if real is None:
        pytest.skip("the real boards are not on this computer")
    image = KernelExplorer(scene="board").image
    np.testing.assert_array_equal(image, real / 255)
    assert image.shape == (28, 28) and 0.2 < image.mean() < 0.8


def test_without_the_data_or_with_damaged_ones_the_board_is_simulated(fresh_pictures, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    simulated = pictures.board()
    assert pictures._real_board() is None and simulated.shape == (28, 28) and 0.2 < simulated.mean() < 0.8
    (tmp_path / "deeppcb28").mkdir()
    file = tmp_path / "deeppcb28" / "deeppcb28.npz"
    file.write_bytes(b"PK half a download")
    assert pictures._real_board() is None
    np.savez(file, x_train=np.zeros((7861, 28, 28), np.uint8))  # whole, but not what we know
    np.testing.assert_array_equal(pictures.board(), simulated)


def test_the_wafer_map_holds_the_three_states_of_a_die():
    assert set(np.unique(known_pictures()["wafer"])) == {0.0, 0.5, 1.0}
