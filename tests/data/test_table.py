"""The table, the split by group, the scaler, and the leak finder, which must find the leaks made here on purpose."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from course_lib.data import Standardizer, Table, leaks, sensor_table, split_by_group


def small_table(n=600, groups=30, seed=0):
    rng = np.random.default_rng(seed)
    return Table(
        x=rng.normal(300, 2, (n, 2)),
        y=(rng.random(n) < 0.1).astype(int),
        feature_names=("air", "speed"),
        units=("K", "rpm"),
        groups=np.repeat(np.arange(groups), n // groups),
        source="simulated",
        group_name="tool",
    )


def test_a_table_is_frozen_and_its_labels_carry_units():
    table = small_table()
    assert table.labels == ("air [K]", "speed [rpm]")
    assert len(table) == 600
    assert "600 rows" in repr(table) and "30 tools" in repr(table) and "air [K]" in repr(table)
    with pytest.raises(FrozenInstanceError):
        table.source = "real"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.zeros(3)}, "y has 3 entries but x has 600 rows"),
        ({"groups": np.zeros(3)}, "groups has 3 entries but x has 600 rows"),
        ({"units": ("K",)}, "units has 1 entries but x has 2 columns"),
        ({"feature_names": ("a", "b", "c")}, "feature_names has 3 entries but x has 2 columns"),
        ({"x": np.zeros(600)}, r"x must be a table \(N, D\)"),
    ],
)
def test_a_table_that_does_not_fit_together_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(small_table(), **change)


@pytest.mark.parametrize("stratify", [True, False])
@pytest.mark.parametrize("seed", range(10))
def test_every_row_goes_to_one_part_and_every_group_too(stratify, seed):
    table = small_table(seed=seed)
    parts = split_by_group(table, (0.6, 0.2, 0.2), rng=seed, stratify=stratify)
    assert leaks(*parts) == [] and leaks(parts[1], parts[2]) == []
    together = np.concatenate([p.x for p in parts])
    assert np.array_equal(np.sort(together, axis=0), np.sort(table.x, axis=0))
    for part, fraction in zip(parts, (0.6, 0.2, 0.2), strict=True):
        assert abs(len(part) / len(table) - fraction) <= 0.05
        for group in np.unique(part.groups):
            assert np.sum(part.groups == group) == np.sum(table.groups == group)


def test_stratify_gives_each_part_its_share_of_failures():
    for seed in range(10):
        table = small_table(seed=seed)
        train, test = split_by_group(table, (0.7, 0.3), rng=seed)
        assert abs(np.mean(train.y) - np.mean(test.y)) < 0.02


def test_the_split_is_repeatable_and_depends_on_the_seed():
    table = small_table()
    first, again, other = (split_by_group(table, rng=seed)[0].groups for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_groups_need_no_order_and_may_be_words():
    table = replace(small_table(), groups=np.resize(["press A", "press B", "press C"], 600))
    train, test = split_by_group(table, (0.5, 0.5))
    assert leaks(train, test) == []
    assert len(np.unique(train.groups)) + len(np.unique(test.groups)) == 3


@pytest.mark.parametrize("fractions", [(0.6, 0.6), (1.2, -0.2), (0.5, 0.4), ()])
def test_wrong_fractions(fractions):
    with pytest.raises(ValueError, match="fractions must be positive and sum to 1"):
        split_by_group(small_table(), fractions)


def test_too_few_groups():
    with pytest.raises(ValueError, match="table has 2 groups, too few for 3 parts"):
        split_by_group(small_table(groups=2))


# --- leaks: each of these splits is wrong on purpose ---


def test_a_split_by_row_is_found():
    table = small_table()
    chosen = np.random.default_rng(0).random(len(table)) < 0.7
    found = leaks(table.rows(chosen), table.rows(~chosen))
    assert len(found) == 1 and "30 tools are in the training rows and in part 1" in found[0]


def test_one_row_in_the_wrong_part_is_found():
    train, validation, test = split_by_group(small_table())
    moved = np.append(np.arange(len(train)), 0)
    train = replace(train.rows(moved), groups=np.append(train.groups, test.groups[0]))
    found = leaks(train, validation, test)
    assert len(found) == 1 and "1 tools" in found[0] and "part 2" in found[0]


def test_a_scaler_that_saw_the_test_rows_is_found():
    table = small_table()
    train, test = split_by_group(table, (0.7, 0.3))
    assert leaks(train, test, standardizer=Standardizer().fit(train)) == []
    for seen in (table, test):
        found = leaks(train, test, standardizer=Standardizer().fit(seen))
        assert len(found) == 1 and "fitted on other rows" in found[0]


# --- the scaler ---


def test_scaled_training_rows_have_mean_0_and_deviation_1_and_come_back():
    x = small_table().x
    scaler = Standardizer().fit(x)
    z = scaler.transform(x)
    assert np.allclose(z.mean(axis=0), 0, atol=1e-12) and np.allclose(z.std(axis=0), 1)
    assert np.allclose(scaler.inverse(z), x, rtol=0, atol=1e-9)


def test_other_rows_are_scaled_with_the_numbers_of_the_training_rows():
    scaler = Standardizer().fit([[0.0], [2.0]])  # mean 1, deviation 1
    assert scaler.transform(np.array([[5.0], [7.0]])).tolist() == [[4.0], [6.0]]


def test_a_table_comes_back_as_a_table_with_its_boundary():
    table = sensor_table(300, shape="ring")
    scaler = Standardizer().fit(table)
    scaled = scaler.transform(table)
    assert isinstance(scaled, Table) and scaled.units == ("σ", "σ")
    assert np.allclose(scaled.boundary(scaled.x), table.boundary(table.x))
    assert np.array_equal(scaled.y, table.y)


def test_inputs_are_not_modified():
    x = small_table().x
    before = x.copy()
    Standardizer().fit(x).transform(x)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9 + 0.1])
def test_a_column_that_never_changes_becomes_0(value):
    z = Standardizer().fit(np.full((7, 1), value)).transform(np.full((3, 1), value))
    assert np.allclose(z, 0, atol=1e-6)


def test_transform_before_fit():
    with pytest.raises(ValueError, match="call fit"):
        Standardizer().transform(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="call fit"):
        Standardizer().inverse(np.zeros((2, 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_missing_values_are_named_by_column(bad):
    table = small_table()
    table.x[5, 1] = bad
    with pytest.raises(ValueError, match="1 missing or infinite values in column 'speed', first in row 5"):
        Standardizer().fit(table)
    with pytest.raises(ValueError, match="column '1'"):
        Standardizer().fit(table.x)


def test_wrong_shapes():
    scaler = Standardizer().fit(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="x has 3 columns but the Standardizer was fitted on 2"):
        scaler.transform(np.zeros((3, 3)))
    with pytest.raises(ValueError, match=r"\(N, D\)"):
        scaler.transform(np.zeros(3))
    with pytest.raises(ValueError, match="no rows"):
        Standardizer().fit(np.zeros((0, 2)))
