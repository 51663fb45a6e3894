"""Chapter 2: the claims of its text beside those in `test_formulas_02.py`."""

import numpy as np

from course_lib import nn
from tests.notebooks.claims import claims
from tests.notebooks.stored import line, numbers, rows, says


@claims("02", "The sum doubles, the mean stays")
def test_a_batch_twice_as_large():
    before, after = numbers("02", "sum:")
    assert after == 2 * before
    assert [1.667, 1.667] in rows("02", "mean:")


@claims("02", "one of the two terms is multiplied by zero")
def test_one_term_of_the_cross_entropy_is_left():
    p = np.array([0.2, 0.7])
    for y, left in ((1, -np.log(p)), (0, -np.log(1 - p))):
        np.testing.assert_allclose(-y * np.log(p) - (1 - y) * np.log(1 - p), left)


@claims("02", "3.4 % of 10,000 parts", "even if 97 % of its answers are right")
def test_the_share_of_failures():
    assert numbers("02", "real data, share of failures:") == [0.0339]
    assert round(numbers("04", "'always healthy': accuracy")[0]) == 97
    assert line("04", "10000 parts").startswith(", 339 failures (3.39%)")


@claims("02", "The squared error is nearly flat there")
def test_the_worst_mistake_is_corrected_the_least():
    slopes = [abs(values[-1]) for values in rows("02", "z =") if len(values) == 4]
    assert len(slopes) == 5 and (np.diff(slopes) < 0).all() and slopes[-1] < 1e-3 * slopes[0]


@claims(
    "02", "adding 1000 is not harmless", "The remedy is the line above", "The shares do not change, and the largest"
)
def test_large_logits():
    assert line("02", "as written:") == " [nan nan nan]"
    z = np.log([[6.0, 3.0, 1.0]])
    np.testing.assert_allclose(nn.softmax(z + 1000), [[0.6, 0.3, 0.1]])
    assert np.exp((z - z.max()).max()) == 1


@claims("02", "Three ways to write the same network")
def test_the_third_way_falls_into_the_trap():
    ways = [rows("02", start)[0] for start in ("no activation,", "activation='softmax'", "activation=softmax_by_hand")]
    assert ways == [[20.0, 0.01], [20.0, 0.01], [16.118, 0.0]]


@claims("02", "It is right only if both mistakes cost the same")
@claims("02", "So 0.5 is not a natural threshold")
def test_one_half_is_right_only_where_both_mistakes_cost_the_same():
    costs = {int(v[0]): v[3:] for v in rows("02", "") if len(v) == 5 and v[0] in (10, 40, 190, 990)}
    assert costs[10][0] == costs[10][1] and all(costs[c][1] > 1.2 * costs[c][0] for c in (40, 190, 990))


@claims("02", "gives this one wheel more weight than all others together")
def test_one_typing_error_rules_the_squared_error():
    assert numbers("02", "share of the last one in the squared error of 5.0 mm:")[0] > 50


@claims("02", "A product of thousands of numbers below 1 soon gets too small")
def test_a_product_of_thousands_of_probabilities_is_too_small():
    """A thousand are not always enough: 0.5 a thousand times is 9e-302."""
    assert np.prod(np.full(1000, 0.5)) > 0 == np.prod(np.full(1100, 0.5))


@claims("02", "Differences around $10^{-16}$ are the rounding of 64-bit numbers")
def test_numpy_and_keras_compute_the_same_losses():
    assert says("02", "all within 1e-12:")


@claims("02", "From logits the loss keeps growing and the slope stays near 1")
def test_from_logits_the_loss_keeps_growing():
    table = [values for values in rows("02", "") if len(values) == 5 and values[0] in (5, 10, 15, 20, 40)][:5]
    assert len(table) == 5 and all(loss >= a and pull > 0.99 for a, loss, pull, *_ in table)
    assert table[-1][3:] == [16.118, 0]
