"""Data parallelism by hand: the gradient of the whole batch, the traffic of a ring played step by step, bad input."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.parallel import average_gradients, ring_traffic


def test_average_gradients_by_hand():
    assert average_gradients([np.array([4.0]), np.array([1.0])], [1, 3]).tolist() == [1.75]
    assert average_gradients([np.array([4.0]), np.array([np.nan])], [2, 0]).tolist() == [4]  # 0 rows have no mean


def test_the_parts_give_the_gradient_of_the_whole_batch():
    rng = np.random.default_rng(0)
    model = nn.Sequential([nn.Dense(5, activation="tanh", input_shape=(4,)), nn.Dense(3)], dtype="float64", rng=0)
    model.compile("sgd", "mse")
    x, y = rng.normal(size=(30, 4)), rng.normal(size=(30, 3))

    def gradients(rows):
        return model.loss_and_gradients(x[rows], y[rows])[1]

    cuts = [slice(0, 4), slice(4, 21), slice(21, 30)]
    workers = [gradients(rows) for rows in cuts]
    whole = gradients(slice(None))
    for k, wanted in enumerate(whole):
        got = average_gradients([one[k] for one in workers], [4, 17, 9])
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-15)
        assert not np.allclose(np.mean([one[k] for one in workers], axis=0), wanted, rtol=1e-3)


@pytest.mark.parametrize("workers", [2, 3, 4, 7])
def test_a_ring_played_step_by_step_sends_so_many_bytes(workers):
    """Every worker ends with the sum, and each has sent 2 (K - 1) / K of the gradient."""
    size = 12 * 7
    rng = np.random.default_rng(workers)
    start = rng.integers(-9, 9, (workers, size)).astype(float)
    held = [np.split(g.copy(), workers) for g in start]
    sent = np.zeros(workers)
    for step in range(2 * (workers - 1)):
        moving = []
        for k in range(workers):
            part = (k - step) % workers
            moving.append((part, held[k][part].copy()))
            sent[k] += 4 * held[k][part].size
        for k, (part, values) in enumerate(moving):
            to = (k + 1) % workers
            held[to][part] = held[to][part] + values if step < workers - 1 else values
    for one in held:
        np.testing.assert_array_equal(np.concatenate(one), start.sum(axis=0))
    assert (sent == ring_traffic(size, workers, 4)).all()


def test_ring_traffic_by_hand():
    assert ring_traffic(1_000_000, 4, 4) == 6_000_000
    assert ring_traffic(1_000_000, 1) == 0
    assert ring_traffic(1_000_000, 1000, 2) < 4_000_000


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: average_gradients([np.ones(2)], [1, 2]), ValueError, "gradients has 1 arrays, but sizes 2 numbers"),
        (lambda: average_gradients([], []), ValueError, "gradients has 0 arrays"),
        (lambda: average_gradients([np.ones(2)], [0]), ValueError, "sizes are all 0"),
        (lambda: average_gradients([np.ones(2)], [-1]), ValueError, "sizes[0] is -1"),
        (lambda: average_gradients([np.ones(2), np.ones(3)], [1, 1]), ValueError, "gradients[1] has shape (3,)"),
        (lambda: average_gradients([np.array([np.nan])], [1]), ValueError, "gradients[0] holds 1 values"),
        (lambda: ring_traffic(10, 0), ValueError, "workers is 0"),
        (lambda: ring_traffic(1e6, 2), TypeError, "parameters is 1000000.0"),
    ],
)
def test_bad_input_is_named(call, kind, words):
    with pytest.raises(kind) as error:
        call()
    assert words in str(error.value)
