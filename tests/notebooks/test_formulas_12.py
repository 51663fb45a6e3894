"""Chapter 12: every displayed formula, executed against `course_lib`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import complexity, nn, parallel, quantization
from course_lib.experiments import load_result
from course_lib.precision import MANTISSA, round_mantissa
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)


@executes("12", r"\text{conv: } 2 \, k_h k_w \, C F \, H' W', \qquad \text{dense: } 2 \, D M")
def test_operations():
    model = nn.Sequential([nn.Input((11, 9, 3)), nn.Conv2D(5, (3, 2)), nn.Flatten(), nn.Dense(4)])
    assert complexity.count_flops(model) == [2 * 3 * 2 * 3 * 5 * 9 * 8, 0, 2 * (9 * 8 * 5) * 4]


@executes("12", r"S_{ij} = \max_c \left| \frac{\partial s_k}{\partial x_{ijc}} \right|")
def test_saliency():
    dx = rng.normal(size=(2, 4, 5, 3))
    found = complexity.saliency(dx)
    for n in range(2):
        by_hand = np.array([[max(abs(v) for v in dx[n, i, j]) for j in range(5)] for i in range(4)])
        np.testing.assert_allclose(found[n], by_hand / by_hand.max())


@claims("12", "bits of mantissa a number is off by at most")
@executes("12", r"|\tilde x - x| \le 2^{-(m + 1)} |x|")
def test_the_error_of_a_format():
    x = (rng.normal(size=5000) * 10.0 ** rng.uniform(-20, 20, 5000)).astype(np.float32)
    for bits in MANTISSA.values():
        error = np.abs(round_mantissa(x, bits).astype(float) - x) / np.abs(x)
        assert error.max() <= 2.0 ** -(bits + 1)
        assert bits == 23 or error.max() > 0.9 * 2.0 ** -(bits + 1)  # and the bound is reached


@claims("12", "On paper: w = (0.5, -1.27, 0.004)", "The smallest weight is gone")
@executes(
    "12",
    r"\text{scale} = \frac{\max |w|}{127}, \qquad q = \text{round}\left( \frac{w}{\text{scale}} \right), \qquad "
    r"w \approx \text{scale} \cdot q",
)
def test_quantization():
    q, scale = quantization.quantize([0.5, -1.27, 0.004])  # the example on paper
    assert q.tolist() == [50, -127, 0] and scale == pytest.approx(0.01)
    w = rng.normal(size=200)
    q, scale = quantization.quantize(w)
    assert scale == pytest.approx(max(abs(w)) / 127) and q.tolist() == [round(v / scale) for v in w]
    assert np.abs(scale * q - w).max() <= scale / 2 + 1e-12


@executes("12", r"y = \text{scale}_x \, \text{scale}_W \; (q_x q_W)")
def test_a_layer_in_bytes():
    q_x, q_W = (rng.integers(-127, 128, size).astype(np.int8) for size in ((3, 40), (40, 5)))
    by_hand = (
        0.02 * 0.1 * np.array([[sum(int(a) * int(b) for a, b in zip(r, c, strict=True)) for c in q_W.T] for r in q_x])
    )
    np.testing.assert_allclose(quantization.int8_dense(q_x, q_W, 0.02, 0.1), by_hand)


@claims("12", "each calculates the gradient of its half")
@executes("12", r"g = \frac{\sum_k n_k \, g_k}{\sum_k n_k}")
def test_gradients_of_workers():
    g, n = rng.normal(size=(3, 4)), [32, 16, 5]
    np.testing.assert_allclose(
        parallel.average_gradients(list(g), n), sum(a * b for a, b in zip(n, g, strict=True)) / 53
    )


@claims("12", "two machines help a little, eight hardly more than four", "An example on paper: a step of our network")
@executes("12", r"\text{bytes sent} = 2 \, \frac{K - 1}{K} \, P \, b")
def test_traffic():
    assert parallel.ring_traffic(121_930, 4) == pytest.approx(2 * 3 / 4 * 121_930 * 4)
    assert parallel.ring_traffic(121_930, 1) == 0
    # Four and eight workers of the example need nearly the same time: the traffic is not shared.
    steps = {k: 0.1 / k + parallel.ring_traffic(121_930, k) / 12e6 for k in (1, 2, 4, 8)}
    assert steps[2] < 0.95 * steps[1] and steps[4] > 0.9 * steps[8]


@claims("12", "each doubling of the data gives less", "is worth about three times the pictures")
@claims("12", "Data: each doubling gives less")
def test_what_turns_are_worth():
    """Turned pictures are worth about three times as many plain ones; each doubling of the plain ones gives less."""
    hunger = load_result("data_hunger")["data"]["boards"]
    samples, plain, turned = hunger["samples"], hunger["cnn"]["mean"], hunger["augmented"]["mean"]
    for n, reached in zip(samples[:4], turned, strict=False):
        equal = np.exp(np.interp(reached, plain[:7], np.log(samples[:7])))
        assert 2.5 < equal / n < 4
    gains = np.diff(plain[:7])
    assert (gains[2:] < gains[:-2]).all() and gains[-1] < 0.2 * gains[0]


@claims("12", "three times as good as chance", "about as much as twice the pictures", "hardly help")
@claims("12", "the same way differs by a few points")
@claims("12", "reach more than 40 do without both", "bring it to three boards of four")
def test_what_a_simulator_is_worth():
    transfer = load_result("limits_run")["transfer"]
    ways = {way: dict(zip(transfer["samples"], one["mean"], strict=True)) for way, one in transfer["ways"].items()}
    assert transfer["simulated only"]["mean"] == pytest.approx(3 / 7, abs=0.05)  # "three times as good as chance"
    first = load_result("data_hunger")["data"]["boards"]  # "the same way differs by a few points"
    again = dict(zip(first["samples"], first["cnn"]["mean"], strict=True))
    assert all(abs(again[n] - ways["random start"][n]) < 0.06 for n in (10, 20, 40, 80))
    random, boards, wafers = (ways[way] for way in ("random start", "simulated boards", "simulated wafer maps"))
    assert all(boards[n] > random[n] for n in random)
    assert boards[10] == pytest.approx(random[20], abs=0.04) and boards[10] > random[10] + 0.05  # twice the pictures
    assert max(abs(wafers[n] - random[n]) for n in random) < 0.05  # "hardly help"
    both = ways["simulated boards, turned"]
    assert all(both[n] > ways["random start, turned"][n] - 0.01 for n in random)
    assert random[40] < both[10] < random[80]  # "more than 40 do without both"
    assert both[10] == pytest.approx(3 / 4, abs=0.05)  # "three boards of four"


@claims("12", "pays some 90 ms before it starts", "in four forms, asked all 3,638 test boards")
@claims("12", "3 of 3,638 answers change", "the model fits in 131 kB", "As floats it would not fit")
def test_what_the_measurements_say():
    limits = load_result("limits_run")
    forms = limits["export"]["forms"]
    assert forms["TensorFlow Lite, int8 weights"]["other answers"] == 3 and limits["export"]["test"] == 3638
    assert round(forms["TensorFlow Lite, int8 weights"]["bytes"] / 1000) == 131
    assert forms["TensorFlow Lite, int8 weights"]["bytes"] < 200_000 < forms["TensorFlow Lite, float32"]["bytes"]
    assert forms["TensorFlow Lite, int8 weights"]["bytes"] < 0.28 * forms["in memory"]["bytes"]
    speed = limits["speed"]["milliseconds"]
    assert round(speed["Keras predict, CPU"]["answer"][0], -1) == 90  # "some 90 ms before it starts"
    assert speed["NumPy"]["answer"][0] < 0.02 * speed["Keras predict, CPU"]["answer"][0]
    assert speed["TensorFlow compiled, CPU"]["answer"][-1] < speed["NumPy"]["answer"][-1]  # with 256 at once
