"""Splits and the hinge loss: numbers by hand, scikit-learn's answers, finite differences, bad input."""

import numpy as np
import pytest
from sklearn.metrics import hinge_loss as sklearn_hinge
from sklearn.tree import DecisionTreeClassifier

from course_lib import nn
from course_lib.classical import best_split, gini, grow_tree, hinge_loss, tree_predict
from tests.notebooks.claims import claims


def test_gini_by_hand():
    assert gini([0, 0, 0, 1]) == 0.375
    assert gini([2, 2]) == 0 and gini([5]) == 0
    assert gini([0, 1, 2, 3]) == 0.75


def test_gini_is_the_chance_of_two_different_classes():
    y = np.array([0, 0, 1, 2, 2, 2, 2])
    assert gini(y) == pytest.approx(np.mean(y[:, None] != y[None]), 1e-14)


def test_best_split_by_hand():
    assert best_split([1, 2, 3, 4], [0, 0, 1, 0]) == (2.5, 0.25)
    assert best_split([4, 1, 3, 2], [0, 0, 1, 0]) == (2.5, 0.25)
    assert best_split([1, 2, 3, 4], [0, 1, 1, 0]) == (1.5, pytest.approx(1 / 3))  # 1.5 and 3.5 are equally good
    assert best_split([3, 3, 8], [0, 1, 1]) == (5.5, pytest.approx(1 / 3))


@pytest.mark.parametrize("seed", range(5))
def test_best_split_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.permutation(60) / 4, rng.integers(0, 3, 60)  # exact in float32, which scikit-learn compares in
    tree = DecisionTreeClassifier(max_depth=1).fit(x[:, None], y).tree_
    threshold, impurity = best_split(x, y)
    assert threshold == pytest.approx(tree.threshold[0], 1e-12)
    assert impurity == pytest.approx(tree.impurity[1:] @ tree.n_node_samples[1:] / 60, 1e-12)
    assert tree.impurity[0] == pytest.approx(gini(y), 1e-12)


def test_hinge_loss_by_hand():
    loss, gradient = hinge_loss([2.0, 0.5, -1.0, -3.0], [1, 1, 1, -1])
    assert loss == (0 + 0.5 + 2 + 0) / 4 and gradient.tolist() == [0, -0.25, -0.25, 0]
    assert hinge_loss([1.0], [1]) == (0, np.zeros(1))


def test_a_tree_by_hand():
    x, y = np.array([[1, 7], [2, 7], [3, 7], [4, 9]]), [0, 0, 1, 0]
    assert grow_tree(x, y, 0) == 0
    assert grow_tree(x, y, 1) == (0, 2.5, 0, 0)  # on the right one of each class: the smaller number
    assert grow_tree(x, y, 2) == (0, 2.5, 0, (0, 3.5, 1, 0))
    assert grow_tree(x, y, 9) == grow_tree(x, y, 2)
    assert grow_tree([[5.0], [5.0]], [1, 0], 3) == 0  # nothing to ask
    assert tree_predict(grow_tree(x, y, 2), [[0, 0], [2.9, 0], [3.6, 0]]).tolist() == [0, 1, 0]
    assert tree_predict(3, np.zeros((2, 2))).tolist() == [3, 3]


@claims("11", "The same tree from scikit-learn")
@pytest.mark.parametrize("depth", [1, 2, 3])  # deeper, equally good splits appear, and scikit-learn draws one of them
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_tree_is_that_of_scikit_learn(depth, seed):
    rng = np.random.default_rng(seed)
    x = np.stack([rng.permutation(200) for _column in range(3)], axis=1) / 4  # exact in float32
    y = (x[:, 0] + x[:, 1] > 50).astype(int) + (x[:, 2] + rng.normal(0, 8, 200) > 30)
    new = rng.uniform(0, 50, (500, 3))
    theirs = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(x, y)
    np.testing.assert_array_equal(tree_predict(grow_tree(x, y, depth), new), theirs.predict(new))


@claims("11", "a deep tree knows its samples by heart")
def test_a_deep_tree_knows_its_samples_by_heart():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(80, 2)), rng.integers(0, 3, 80)
    assert (tree_predict(grow_tree(x, y, 80), x) == y).all()


def test_hinge_loss_and_gradient_agree_with_scikit_learn_and_finite_differences():
    rng = np.random.default_rng(0)
    scores, y = 2 * rng.normal(size=30), rng.choice([-1, 1], 30)
    loss, gradient = hinge_loss(scores, y)
    assert loss == pytest.approx(sklearn_hinge(y, scores), 1e-14)
    assert nn.relative_error(nn.numerical_gradient(lambda s: hinge_loss(s, y)[0], scores), gradient) < 1e-8


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: gini([]), ValueError, "y has shape (0,)"),
        (lambda: gini([[0, 1]]), ValueError, "y has shape (1, 2)"),
        (lambda: gini(["a"]), TypeError, "y has dtype"),
        (lambda: best_split([1, 2], [0]), ValueError, "x has shape (2,), but y has shape (1,)"),
        (lambda: best_split([3, 3], [0, 1]), ValueError, "x holds 3 in all 2 rows"),
        (lambda: best_split([3, np.nan], [0, 1]), ValueError, "x holds 1 values that are NaN"),
        (lambda: grow_tree([1, 2], [0, 1], 2), ValueError, "x has shape (2,) and y (2,)"),
        (lambda: grow_tree([[1], [2]], [0], 2), ValueError, "x has shape (2, 1) and y (1,)"),
        (lambda: grow_tree([[1], [2]], [0, 1], -1), ValueError, "max_depth is -1"),
        (lambda: hinge_loss([0.3, 0.1], [0, 1]), ValueError, "y holds 0, but -1 and +1 are needed"),
        (lambda: hinge_loss([0.3], [1, -1]), ValueError, "scores has shape (1,)"),
        (lambda: hinge_loss([np.inf], [1]), ValueError, "scores holds 1 values"),
    ],
)
def test_bad_input_is_named(call, kind, words):
    with pytest.raises(kind) as error:
        call()
    assert words in str(error.value)
