"""The simulated bearings: labels must follow the boundary that the table says it has."""

import numpy as np
import pytest

from course_lib.data import SHAPES, sensor_table


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_labels_are_drawn_with_the_probability_of_the_boundary(shape, share):
    table = sensor_table(40_000, rng=1, shape=shape, share=share)
    p = table.boundary(table.x)
    assert np.all((p >= 0) & (p <= 1))
    for low in np.arange(0, 1, 0.2):
        inside = (p >= low) & (p <= low + 0.2)
        if inside.sum() > 200:  # five standard errors
            assert abs(table.y[inside].mean() - p[inside].mean()) < 5 * np.sqrt(0.25 / inside.sum())
    assert abs(table.y.mean() - share) < 0.06


@pytest.mark.parametrize("shape", SHAPES)
def test_without_noise_the_boundary_is_sharp(shape):
    table = sensor_table(2000, shape=shape, noise=0)
    assert np.array_equal(table.y, table.boundary(table.x).astype(int))


def classes_at(shape, *points):
    table = sensor_table(10, shape=shape, noise=0, standardised=True)
    return table.boundary(np.array(points)).astype(int).tolist()


def test_shapes_mean_what_their_story_says():
    assert classes_at("linear", (2, 2), (-2, -2)) == [1, 0]  # hot and shaking
    assert classes_at("ring", (0, 0), (2.5, 0), (-2.5, 0), (0, 2.5), (0, -2.5)) == [0, 1, 1, 1, 1]
    assert classes_at("xor", (2, 2), (-2, -2), (-2, 2), (2, -2)) == [0, 0, 1, 1]
    assert classes_at("two_moons", (-0.8, 1.3), (0.8, -1.3)) == [0, 1]


def test_a_line_is_enough_for_linear_only():
    for shape in SHAPES:
        table = sensor_table(4000, shape=shape, noise=0, standardised=True)
        with_bias = np.column_stack([table.x, np.ones(len(table))])
        w, *_ = np.linalg.lstsq(with_bias, 2 * table.y - 1, rcond=None)
        accuracy = np.mean((with_bias @ w > 0) == table.y)
        assert (accuracy > 0.97) == (shape == "linear")


def test_units_and_standardised_coordinates():
    table, scaled = sensor_table(500), sensor_table(500, standardised=True)
    assert table.labels == ("bearing temperature [°C]", "vibration [mm/s RMS]")
    assert np.allclose(table.x, [65, 4] + scaled.x * [10, 1])
    assert np.allclose(table.boundary(table.x), scaled.boundary(scaled.x))
    assert np.array_equal(table.y, scaled.y)
    assert np.abs(scaled.x).max() <= 3 and table.x[:, 1].min() > 0


def test_motors_are_groups_with_readings_of_their_own():
    table = sensor_table(8000, machines=8, standardised=True)
    assert np.bincount(table.groups).tolist() == [1000] * 8
    means = np.array([table.x[table.groups == g].mean(axis=0) for g in range(8)])
    assert means.std() > 0.05


def test_repeatable_with_a_seed_or_a_generator():
    assert np.array_equal(sensor_table(20, rng=3).x, sensor_table(20, rng=np.random.default_rng(3)).x)
    assert not np.array_equal(sensor_table(20, rng=3).x, sensor_table(20, rng=4).x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": "star"}, "shape must be one of linear, ring, xor, two_moons, but is 'star'"),
        ({"n": 0}, "n is 0, but it must be at least 1"),
        ({"noise": -1}, "noise must be from 0"),
        ({"share": 0}, "share must be from 0.01 to 0.99, but is 0"),
        ({"machines": 0}, "machines is 0, but it must be at least 1"),
        ({"n": 5, "machines": 6}, "machines must be from 1 to 5, but is 6"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        sensor_table(**options)
