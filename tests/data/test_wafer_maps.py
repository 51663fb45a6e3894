"""Simulated wafer maps: form, seeds, what each class looks like; real maps of every coding; and every refusal."""

import numpy as np
import pytest

from course_lib.data.wafer_maps import RESAMPLINGS, WAFER_CLASSES, simulate_wafer_maps, wafer_map_image

RADIUS = np.hypot(*(np.mgrid[:28, :28] - 13.5)) / 14


@pytest.fixture(scope="module")
def maps():
    return simulate_wafer_maps(40, rng=1, resampling="nearest")


def failed_share(maps, name, where=RADIUS < 2):
    x = maps.x[maps.y == WAFER_CLASSES.index(name), :, :, 0][:, where]
    return (x == 1).sum() / (x > 0).sum()


def test_form_and_classes(maps):
    assert maps.x.shape == (400, 28, 28, 1) and maps.x.dtype == np.float32
    assert set(np.unique(maps.x)) == {0, 0.5, 1}
    assert len(maps.class_names) == 10 and np.bincount(maps.y).tolist() == [40] * 10
    assert not maps.x[:, RADIUS > 1.1].any()


def test_a_seed_repeats_the_maps():
    first, again, other = (simulate_wafer_maps(2, rng=seed).x for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_failures_lie_where_the_class_says(maps):
    assert failed_share(maps, "near-full") > 0.6 and failed_share(maps, "none") < 0.2
    rim, middle = RADIUS > 0.88, RADIUS < 0.25
    assert failed_share(maps, "edge-ring", rim) > 3 * failed_share(maps, "edge-ring", middle)
    assert failed_share(maps, "centre", middle) > 3 * failed_share(maps, "centre", rim)


@pytest.mark.parametrize("how", RESAMPLINGS)
def test_each_resampling_stays_in_range(how):
    x = simulate_wafer_maps(2, rng=0, resampling=how).x
    assert x.min() == 0 and 0.5 < x.max() <= 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"per_class": 0}, "per_class"), ({"background": 1.5}, "background"), ({"resampling": "cubic"}, "resampling")],
)
def test_wrong_arguments_are_named(arguments, named):
    with pytest.raises(ValueError, match=named):
        simulate_wafer_maps(**({"per_class": 1} | arguments))


@pytest.mark.parametrize("codes", [(0, 1, 2), (0, 0.5, 1), (0, 127, 255), (0, 128, 255)])
def test_every_coding_gives_the_same_image(codes):
    levels = np.random.default_rng(0).integers(3, size=(28, 28))
    image = wafer_map_image(np.array(codes)[levels][..., None])
    assert np.array_equal(image[:, :, 0], levels / 2) and image.dtype == np.float32


@pytest.mark.parametrize("wrong", [np.full((9, 9), np.nan), np.full((9, 9), 3), np.ones((4, 9)), np.ones((2, 9, 9))])
def test_a_wrong_map_is_refused(wrong):
    with pytest.raises(ValueError, match="wafer_map"):
        wafer_map_image(wrong)
