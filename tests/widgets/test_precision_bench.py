"""The precision bench: numbers against a calculation by hand, what the presets claim, the learner's code and data."""

import itertools

import numpy as np
import pytest

from course_lib import nn
from course_lib.precision import round_mantissa
from course_lib.quantization import dequantize, quantize
from course_lib.widgets import PrecisionBench
from course_lib.widgets.precision_nets import Answers, Format, default_network, rounded, size_of, verdict, wafers
from tests.notebooks.claims import claims

INT8 = Format("int")


def by_hand(w, bits, columns, percentile):
    """Rounded weights of a matrix, number by number: (q, values)."""
    largest = 2 ** (bits - 1) - 1
    q, values = np.zeros(w.shape), np.zeros(w.shape)
    for column in range(w.shape[1]):
        sizes = sorted(abs(float(v)) for v in (w[:, column] if columns else w.ravel()))
        place = percentile / 100 * (len(sizes) - 1)
        below = int(place)
        above = min(below + 1, len(sizes) - 1)
        scale = (sizes[below] + (place - below) * (sizes[above] - sizes[below])) / largest
        for row in range(w.shape[0]):
            q[row, column] = max(-largest, min(largest, round(float(w[row, column]) / scale)))
            values[row, column] = q[row, column] * scale
    return q, values


def forward(widget, kernels, inputs=None):
    """Outputs of the MLP in plain NumPy, float32; inputs: bits that the inputs of each layer are rounded to."""
    x = widget.network.x
    for k, (W, b) in enumerate(zip(kernels, widget.network.biases, strict=True)):
        if inputs:
            largest = 2 ** (inputs - 1) - 1
            scale = float(np.abs(x).max()) / largest
            x = (np.round(x.astype(float) / scale) * scale).astype(np.float32)
        z = x @ W.astype(np.float32) + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        x = np.maximum(z, 0) if k + 1 < len(kernels) else e / e.sum(axis=1, keepdims=True)
    return x


def numbers(widget, *names):
    kinds = {"scales": "f8", "curve": "f8", "floats": "f8"}
    found = [np.frombuffer(getattr(widget, name), kinds.get(name, "f4")) for name in names]
    return found[0] if len(names) == 1 else found


# ---------------------------------------------------------------- numbers
@pytest.mark.parametrize(
    ("bits", "columns", "percentile"),
    [*itertools.product((2, 5, 8, 16), (False, True), (100.0, 97.3)), (4, True, 90.0)],
)
def test_the_weights_are_rounded_as_by_hand(bits, columns, percentile):
    widget = PrecisionBench(bits=bits, columns=columns, percentile=percentile, layer=2)
    q, values = by_hand(widget.W, bits, columns, percentile)
    codes, places, w, scales = numbers(widget, "codes", "places", "weights_sent", "scales")
    places = places.astype(int)
    np.testing.assert_array_equal(codes, q.ravel()[places])
    np.testing.assert_array_equal(w, np.sort(widget.W.ravel()))
    np.testing.assert_array_equal(widget.W.ravel()[places], w)
    assert sorted(places) == list(range(widget.W.size)) and len(scales) == (16 if columns else 1)
    np.testing.assert_allclose(codes * scales[places % len(scales)], values.ravel()[places], rtol=1e-6, atol=1e-9)
    end, beyond = widget.view["end"], widget.view["beyond"]
    assert numbers(widget, "counts").sum() + sum(beyond) == widget.W.size
    assert beyond == [int((w < -end).sum()), int((w > end).sum())]


def test_eight_bits_and_one_scale_are_quantize():
    for w in PrecisionBench().network.kernels:
        r, (q, scale) = rounded(w, INT8), quantize(w)
        np.testing.assert_array_equal(r.codes, q)
        np.testing.assert_allclose(r.values, dequantize(q, scale), rtol=1e-6)


@pytest.mark.parametrize(("name", "bits"), [("bfloat16", 7), ("tf32", 10), ("float32", 23)])
def test_the_floats_are_round_mantissa(name, bits):
    widget = PrecisionBench(format=name, layer=3)
    places = numbers(widget, "places").astype(int)
    np.testing.assert_array_equal(numbers(widget, "codes"), round_mantissa(widget.W, bits).ravel()[places])
    y = forward(widget, [round_mantissa(w, bits) for w in widget.network.kernels])
    assert widget.result["right"] == (y.argmax(1) == widget.network.y).sum()


@pytest.mark.parametrize(("columns", "percentile", "inputs"), [(False, 100, 0), (True, 100, 0), (False, 99, 0),
                                                               (True, 96.5, 1), (False, 100, 1)])  # fmt: skip
def test_the_answers_are_those_of_the_rounded_network(columns, percentile, inputs):
    widget = PrecisionBench(columns=columns, percentile=float(percentile), inputs=bool(inputs))
    base, truth = forward(widget, widget.network.kernels), widget.network.y
    assert widget.result["base"] == (base.argmax(1) == truth).sum()
    curve = numbers(widget, "curve").reshape(2, 15, 2)
    for bits in (2, 3, 4, 6, 8, 11, 16):
        widget.bits = bits
        kernels = [by_hand(w, bits, columns, percentile)[1] for w in widget.network.kernels]
        y = forward(widget, kernels, bits if inputs else None)
        right, was = y.argmax(1) == truth, base.argmax(1) == truth
        expected = [right.sum(), (y.argmax(1) != base.argmax(1)).sum(), (was & ~right).sum(), (~was & right).sum()]
        assert [widget.result[k] for k in ("right", "changed", "lost", "won")] == expected
        assert widget.result["error"] == pytest.approx(np.abs(y - base).max(), abs=2e-5)
        np.testing.assert_allclose(curve[int(columns), bits - 2], [right.mean(), widget.result["error"]], rtol=1e-12)
        assert widget.accuracies()[bits - 2] == right.mean()


def test_a_scale_never_covers_nothing():
    """Of 20 weights 19 are 0: the 90th percentile is 0 too, so the largest is covered."""
    w = np.zeros((20, 2), np.float32)
    w[3] = [0.5, -2]
    r = rounded(w, Format("int", 8, True, 90.0))
    np.testing.assert_allclose(r.values, w, rtol=1e-6)
    assert r.codes[3].tolist() == [127, -127]


def test_a_setting_changed_later_gives_what_a_new_widget_gives():
    widget = PrecisionBench()
    for name, value in (("inputs", True), ("percentile", 97.0), ("outlier", True), ("seed", 2), ("columns", True)):
        setattr(widget, name, value)
        new = PrecisionBench(**{n: getattr(widget, n) for n in widget.settings()})
        assert new.result == widget.result and new.view == widget.view
        for trait in ("curve", "floats", "codes", "scales", "counts", "weights_sent"):
            assert getattr(new, trait) == getattr(widget, trait), (name, trait)


def test_the_size_by_hand():
    widget = PrecisionBench()
    weights, biases, units = 49 * 24 + 24 * 16 + 16 * 10, 24 + 16 + 10, 24 + 16 + 10
    float32 = 4 * (weights + biases)
    assert widget.result["float32"] == float32 == 7080
    cases = {
        (("bits", 8), ("columns", False)): weights + 4 * (3 + biases),
        (("bits", 4), ("columns", True)): weights // 2 + 4 * (units + biases),
        (("format", "bfloat16"),): 2 * weights + 4 * biases,
        (("format", "tf32"),): float32,
        (("format", "float32"),): float32,
    }
    for settings, expected in cases.items():
        widget.reset()
        for name, value in settings:
            setattr(widget, name, value)
        assert widget.result["bytes"] == expected and f"{expected:,} bytes instead of 7,080" in widget.describe()
    assert size_of([np.zeros((3, 3))], [], Format("int", 3)) == 4 + 4  # 27 bits need 4 bytes


def test_float32_changes_nothing():
    for outlier in (False, True):
        widget = PrecisionBench(format="float32", outlier=outlier, inputs=True)
        assert widget.result["changed"] == 0 and widget.result["error"] == 0 and widget.result["verdict"] == "same"
        assert "nothing is lost" in widget.describe()


def test_the_outlier_does_nothing_in_float32():
    plain, outlier = default_network(4), default_network(4, outlier=True)
    np.testing.assert_array_equal(plain.base, outlier.base)
    different = [(a != b).sum() for a, b in zip(plain.kernels, outlier.kernels, strict=True)]
    assert different == [1, 0, 0] and outlier.kernels[0].max() == 100 * np.abs(plain.kernels[0]).max()
    assert not wafers()[2][:, 0].any()


# ---------------------------------------------------------------- what is claimed
def test_what_the_verdict_means():
    def told(changed, lost, won, samples=500):
        return verdict(Answers(0, changed, lost, won, 0.1), samples)

    assert told(0, 0, 0) == "same"
    assert told(3, 0, 0) == "no loss"  # one wrong class for another
    assert told(10, 8, 2) == "no loss" and told(10, 9, 1) == "worse"  # 6 < 2 sqrt(10) = 6.3 < 8
    assert told(10, 1, 9) == "better"
    assert told(60, 52, 1) == "broken" and told(60, 50, 0) == "worse"
    assert told(3, 3, 0, samples=8) == "broken"


def shown(label):
    widget = PrecisionBench()
    widget.preset(label)
    return widget, widget.result


@claims("12", "with 8 bits hardly an answer changes, for about a quarter of the bytes")
def test_eight_bits_lose_nothing_in_any_training():
    widget, result = shown("8 bits")
    assert result["verdict"] in ("same", "no loss") and result["bytes"] / result["float32"] < 0.28
    for seed in range(10):
        widget.seed = seed
        assert widget.result["verdict"] in ("same", "no loss")


@claims("12", "With 4 bits it breaks")
def test_four_bits_break_with_one_scale_and_a_scale_for_each_column_mends_it():
    one, result = shown("4 bits, one scale")
    assert result["verdict"] == "broken" and "the network is broken" in one.describe()
    _widget, mended = shown("4 bits, each column")
    assert mended["verdict"] == "no loss" and mended["changed"] > 0
    assert mended["bytes"] - result["bytes"] == 4 * (24 + 16 + 10 - 3)
    losses, told = [], []
    for seed in range(10):
        one.seed = seed
        both = [one._answers()[columns][2] for columns in (0, 1)]
        losses.append([(one.result["base"] - a.right) / 5 for a in both])
        told.append(verdict(both[0], 500))
    np.testing.assert_allclose(np.mean(losses, axis=0), [7, 2.5], atol=0.5)  # as the preset says
    assert sum(v == "no loss" for v in told) == 1


@claims("12", "One large weight makes the scale so coarse")
def test_an_outlier_ruins_the_scale_and_clipping_mends_it():
    widget, result = shown("an outlier")
    assert result["verdict"] == "broken"
    rest = np.sort(numbers(widget, "codes"))
    assert rest[-1] == 127 and set(rest[:-1]) <= {-1, 0, 1}
    clipped, mended = shown("outlier, clipped")
    assert mended["verdict"] in ("same", "no loss") and clipped.view["beyond"] == [0, 1]
    clipped.percentile = 90.0
    assert clipped.result["verdict"] == "worse"
    widget, result = shown("bfloat16")
    assert widget.outlier and result["verdict"] in ("same", "no loss") and widget.result["bytes"] > mended["bytes"]


def test_the_bits_that_are_needed():
    for columns in (False, True):
        widget = PrecisionBench(columns=columns)
        told = []
        for bits in range(2, 17):
            widget.bits = bits
            told.append(widget.result["verdict"] not in ("worse", "broken"))
        assert widget.needed == 2 + max(k for k, fine in enumerate(told) if not fine) + 1
    never = PrecisionBench(percentile=90.0)
    assert never.needed is None and never.result["needed"] == 0


def test_guess_first_hides_the_answer():
    widget = PrecisionBench(guess_first=True)
    assert widget.asking and "accuracy" not in widget.describe() and "Your guess first" in widget.describe()
    widget.guess = 6
    told = f"You guessed 6 bits. Measured: from {widget.needed} bits on no loss can be told."
    assert told in widget.describe() and "accuracy" in widget.describe()
    widget.bits = 5
    assert widget.guess == 6  # the same question
    widget.columns = True
    assert widget.guess == 0 and widget.asking  # another one
    widget.columns, widget.percentile = False, 90.0
    widget.guess = 3
    assert "Measured: not even 16 are enough." in widget.describe()


# ---------------------------------------------------------------- the learner's function
def test_the_learners_quantize_is_compared():
    widget = PrecisionBench(use=quantize)
    assert widget.error == "" and widget.own_result["differs"] == 0 and widget.own_result["of"] == 1720
    assert widget.own_result["right"] == widget.result["right"]

    def cuts(w):  # forgets to round
        q, scale = quantize(w)
        return (w / scale).astype(np.int8), scale

    other = PrecisionBench(use=cuts)
    expected = [np.clip(w / quantize(w)[1], -127, 127).astype(np.int8) for w in other.network.kernels]
    differs = sum((a != quantize(w)[0]).sum() for a, w in zip(expected, other.network.kernels, strict=True))
    assert other.error == "" and other.own_result["differs"] == differs > 500
    values = [q * quantize(w)[1] for q, w in zip(expected, other.network.kernels, strict=True)]
    assert other.own_result["right"] == (forward(other, values).argmax(1) == other.network.y).sum()
    other.seed = 5
    assert other.own_result["of"] == 1720 and other.own_result["scales"] != widget.own_result["scales"]


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda w: np.zeros(w.shape), "a pair is needed: q, scale"),
        (lambda w: (w, 0.1), "int8 are needed"),
        (lambda w: (np.zeros(w.shape[::-1], np.int8), 0.1), "q has shape (24, 49)"),
        (lambda w: (np.zeros(w.shape, np.int8), 0), "scale is 0.0"),
        (lambda w: (np.zeros(w.shape, np.int8), np.nan), "scale is nan"),
        (lambda w: (w.fill(0), None)[0], "not written yet"),
    ],
)
def test_what_the_function_gives_is_checked(use, words):
    widget = PrecisionBench(use=use)
    assert words in widget.error and widget.own_result == {} and "accuracy 85.0 %" in widget.describe()


# ---------------------------------------------------------------- the learner's network
def images(n=40):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 6, 6, 1)), rng.integers(0, 3, n)


def cnn():
    return nn.Sequential(
        [
            nn.Conv2D(4, 3, activation="relu", input_shape=(6, 6, 1)), nn.MaxPooling2D(2), nn.Flatten(),
            nn.Dropout(0.5), nn.Dense(3), nn.Activation("softmax"),
        ],
        rng=0,
    )  # fmt: skip


def test_a_convolutional_network_of_ones_own():
    model, (x, y) = cnn(), images()
    before = model.get_weights()
    widget = PrecisionBench(model, x, y, bits=3, columns=True)
    assert widget.own and not widget.presets and {"outlier", "seed"} <= set(widget.hide)
    assert [shape for _name, shape in widget.layers] == [[3, 3, 1, 4], [16, 3]] and len(numbers(widget, "scales")) == 4
    for layer, (w, flat) in enumerate(zip(before[::2], ([9, 4], [16, 3]), strict=True), start=1):
        widget.layer = layer
        q, values = by_hand(w.reshape(flat), 3, True, 100)
        np.testing.assert_array_equal(numbers(widget, "codes"), q.ravel()[numbers(widget, "places").astype(int)])
        w[...] = values.reshape(w.shape)
    twin = cnn()
    twin.set_weights(before)
    assert widget.result["right"] == (twin.predict(x).argmax(1) == y).sum() and widget.result["samples"] == 40
    for a, b in zip(model.get_weights(), cnn().get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)  # the learner's model is as it was
    assert "accuracy" in widget.describe() and widget.picture()[:4] == b"\x89PNG"
    widget.layer = 9
    assert widget.shown_layer == 2


def test_two_classes_in_double_precision_and_many_samples():
    rng = np.random.default_rng(0)
    model = nn.Sequential([nn.Dense(8, activation="tanh", input_shape=(3,)), nn.Dense(1, activation="sigmoid")],
                          dtype="float64", rng=1)  # fmt: skip
    x = rng.normal(size=(2001, 3))
    y = (model.predict(x)[:, 0] > 0.5).astype(int)
    widget = PrecisionBench(model, x, y[:, None])
    assert widget.result["samples"] == 500 and widget.result["base"] == 500
    np.testing.assert_array_equal(widget.network.x[[0, -1]], x[[0, -1]].astype(np.float32))
    assert model.weights[0].dtype == np.float64


def test_a_large_layer_is_shown_in_part():
    model = nn.Sequential([nn.Dense(300, input_shape=(300,)), nn.Dense(2, activation="softmax")], rng=0)
    widget = PrecisionBench(model, np.ones((5, 300)), [0, 1, 0, 1, 1])
    w = numbers(widget, "weights_sent")
    assert len(w) == 4000 and [w[0], w[-1]] == [widget.W.min(), widget.W.max()] and (np.diff(w) >= 0).all()


def test_weights_of_zero():
    model = nn.Sequential([nn.Dense(2, activation="softmax", input_shape=(3,), kernel_initializer="zeros")])
    widget = PrecisionBench(model, np.zeros((4, 3)), [0, 0, 1, 1], inputs=True, columns=True)
    assert widget.result["verdict"] == "same" and list(numbers(widget, "scales")) == [1, 1]
    assert widget.picture()[:4] == b"\x89PNG"


def small():
    return nn.Sequential([nn.Dense(3, activation="softmax", input_shape=(2,))], rng=0)


def broken_weights():
    model = small()
    model.set_weights([np.full((2, 3), np.nan), np.zeros(3)])
    return model


X, Y = np.zeros((4, 2)), [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        (lambda: (None, X, Y), ValueError, "model is missing"),
        (lambda: ("net", X, Y), TypeError, "model is str"),
        (lambda: (nn.Sequential([nn.Dense(3)]), X, Y), ValueError, "no weights yet"),
        (lambda: (nn.Sequential([nn.Flatten(input_shape=(2,))]), X, Y), ValueError, "no layer with weights"),
        (lambda: (nn.Sequential([nn.SimpleRNN(3, input_shape=(5, 2))]), X, Y), TypeError, "of kind SimpleRNN"),
        (lambda: (nn.Sequential([nn.Dense(500, input_shape=(500,))]), X, Y), ValueError, "250,500 weights"),
        (lambda: (broken_weights(), X, Y), ValueError, "training diverged"),
        (lambda: (nn.Sequential([nn.Dense(1, input_shape=(2,))]), X, Y), ValueError, "classes are needed"),
        (lambda: (nn.Sequential([nn.Dense(3, input_shape=(5, 2))]), X, Y), ValueError, "outputs of shape (5, 3)"),
        (lambda: (small(), None, Y), ValueError, "x and y are missing"),
        (lambda: (small(), X, None), ValueError, "x and y are missing"),
        (lambda: (small(), np.zeros((4, 3)), Y), ValueError, "x has shape (4, 3)"),
        (lambda: (small(), np.full((4, 2), np.nan), Y), ValueError, "x holds 8 values"),
        (lambda: (small(), [["a", "b"]] * 4, Y), TypeError, "x has dtype"),
        (lambda: (small(), X[:0], []), ValueError, "for each of the 0 samples"),
        (lambda: (small(), X, [0, 1]), ValueError, "y has shape (2,)"),
        (lambda: (small(), X, np.eye(3)[Y]), ValueError, "y.argmax(axis=1)"),
        (
            lambda: (small(), X, [0, 1, 3, 0]),
            ValueError,
            "y holds 3 at index 2, but the model knows the classes 0 to 2",
        ),
        (lambda: (small(), X, [0, -1, 2, 0]), ValueError, "y holds -1 at index 1"),
        (lambda: (small(), X, [0, 0.5, 2, 0]), ValueError, "y holds 0.5 at index 1"),
        (lambda: (small(), X, [0, np.nan, 2, 0]), ValueError, "y holds 1 values"),
        (lambda: (small(), X, list("abca")), TypeError, "y has dtype"),
    ],
)
def test_bad_input_is_named(given, kind, words):
    with pytest.raises(kind) as error:
        PrecisionBench(*given())
    assert words in str(error.value), str(error.value)
