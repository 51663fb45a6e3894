"""Convolution and pooling against finite differences, loops and numbers worked out by hand; shapes, dtypes, purity."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, strategies as st

from course_lib import nn
from tests.environment import ROOT
from tests.nn.cases import quick, scattered, seeds

PADDINGS = ["valid", "same"]
kernels, strides, small = st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)
lengths = st.integers(5, 9)
paddings = st.sampled_from(PADDINGS)
POOLINGS = {
    "max": (nn.max_pool2d_forward, nn.max_pool2d_backward),
    "average": (nn.average_pool2d_forward, nn.average_pool2d_backward),
}


def convolution(rng, n, h, w, c, f, kh, kw):
    shapes = {"x": (n, h, w, c), "W": (kh, kw, c, f), "b": (f,)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def apart(rng, shape):
    """Values that differ by at least 0.01: no maximum changes hands within a finite difference."""
    return rng.permutation(np.prod(shape)).reshape(shape) / 100


@quick
@given(n=small, h=lengths, w=lengths, c=small, f=small, kh=kernels, kw=kernels, s=strides, p=paddings, seed=seeds)
def test_the_fast_form_is_the_formula(n, h, w, c, f, kh, kw, s, p, seed):
    given = convolution(np.random.default_rng(seed), n, h, w, c, f, kh, kw)
    y, _cache = nn.conv2d_forward(**given, strides=s, padding=p)
    expected = nn.conv2d_loops(**given, strides=s, padding=p)
    assert nn.relative_error(y, expected) < 1e-13
    assert y.shape[1:3] == tuple(nn.conv_output_size(*axis, s, p) for axis in ((h, kh), (w, kw)))


@quick
@given(n=small, h=lengths, c=small, f=small, kh=kernels, kw=kernels, s=strides, p=paddings, seed=seeds)
def test_the_gradients_of_a_convolution_are_the_slopes(n, h, c, f, kh, kw, s, p, seed):
    rng = np.random.default_rng(seed)
    given = convolution(rng, n, h, 6, c, f, kh, kw)
    check = nn.check_gradients(
        lambda x, W, b: nn.conv2d_forward(x, W, b, s, p), nn.conv2d_backward, given, rng=rng, tolerance=1e-7
    )
    assert check.passed, check


@pytest.mark.parametrize("kind", POOLINGS)
@quick
@given(n=small, h=lengths, w=lengths, c=small, kh=kernels, kw=kernels, s=strides, p=paddings, seed=seeds)
def test_the_gradients_of_a_pooling_are_the_slopes(kind, n, h, w, c, kh, kw, s, p, seed):
    rng = np.random.default_rng(seed)
    forward, backward = POOLINGS[kind]
    x = apart(rng, (n, h, w, c))
    check = nn.check_gradients(lambda x: forward(x, (kh, kw), s, p), backward, {"x": x}, rng=rng, tolerance=1e-7)
    assert check.passed, check


def test_the_gradient_of_global_average_pooling_is_the_slope():
    x = np.random.default_rng(0).standard_normal((2, 3, 5, 4))
    check = nn.check_gradients(nn.global_average_pool2d_forward, nn.global_average_pool2d_backward, {"x": x})
    assert check.passed, check


# ---------------------------------------------------------------- numbers worked out by hand
IMAGE = np.arange(16.0).reshape(1, 4, 4, 1)


def test_convolution_by_hand():
    """A window of 2 x 2 on a small image: 1 x0 + 2 x1 + 3 x4 + 4 x5 + 10, not flipped."""
    W = np.array([[1.0, 2], [3, 4]])[:, :, None, None]
    y, cache = nn.conv2d_forward(IMAGE, W, np.array([10.0]))
    assert y[0, 0, 0, 0] == 0 * 1 + 1 * 2 + 4 * 3 + 5 * 4 + 10
    assert y.shape == (1, 3, 3, 1)
    dx, dW, db = nn.conv2d_backward(np.ones_like(y), cache)
    assert db.tolist() == [9]
    assert dW[0, 0, 0, 0] == IMAGE[0, :3, :3].sum() and dW[1, 1, 0, 0] == IMAGE[0, 1:, 1:].sum()
    assert dx[0, :, :, 0].tolist() == [[1, 3, 3, 2], [4, 10, 10, 6], [4, 10, 10, 6], [3, 7, 7, 4]]


def test_same_padding_puts_the_odd_pixel_at_the_end():
    assert nn.conv_padding(28, 3, 1, "same") == (1, 1)
    assert nn.conv_padding(28, 2, 1, "same") == (0, 1)
    assert nn.conv_padding(28, 3, 2, "same") == (0, 1)
    assert nn.conv_padding(3, 1, 3, "same") == (0, 0)
    assert [nn.conv_output_size(28, 3, s, "valid") for s in (1, 2, 3)] == [26, 13, 9]
    assert [nn.conv_output_size(28, 3, s, "same") for s in (1, 2, 3)] == [28, 14, 10]


def test_max_pooling_by_hand():
    y, cache = nn.max_pool2d_forward(IMAGE)
    assert y[0, :, :, 0].tolist() == [[5, 7], [13, 15]]
    dx = nn.max_pool2d_backward(np.array([[1.0, 2], [3, 4]])[None, :, :, None], cache)
    assert dx[0, :, :, 0].tolist() == [[0, 0, 0, 0], [0, 1, 0, 2], [0, 0, 0, 0], [0, 3, 0, 4]]


@pytest.mark.parametrize(
    ("window", "winner"),
    [
        ([[1, 1], [1, 1]], (0, 0)),
        ([[0, 1], [1, 1]], (0, 1)),  # in reading order (0, 1) stands before (1, 0)
        ([[0, 0], [1, 1]], (1, 0)),
    ],
)
def test_of_equal_pixels_the_first_takes_the_whole_gradient(window, winner):
    _y, cache = nn.max_pool2d_forward(np.array(window, float)[None, :, :, None])
    dx = nn.max_pool2d_backward(np.full((1, 1, 1, 1), 5.0), cache)[0, :, :, 0]
    assert dx[winner] == 5 and dx.sum() == 5


def test_where_windows_overlap_the_gradients_add_up():
    _y, cache = nn.max_pool2d_forward(IMAGE, pool_size=3, strides=1)
    dx = nn.max_pool2d_backward(np.ones((1, 2, 2, 1)), cache)
    assert dx[0, :, :, 0].tolist() == [[0] * 4, [0] * 4, [0, 0, 1, 1], [0, 0, 1, 1]]
    constant = np.ones((1, 4, 4, 1))
    _y, cache = nn.max_pool2d_forward(constant, pool_size=3, strides=1)
    dx = nn.max_pool2d_backward(np.ones((1, 2, 2, 1)), cache)
    assert dx[0, :2, :2, 0].tolist() == [[1, 1], [1, 1]] and dx.sum() == 4


def test_average_pooling_by_hand():
    y, cache = nn.average_pool2d_forward(IMAGE)
    assert y[0, :, :, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert nn.average_pool2d_backward(np.full((1, 2, 2, 1), 4.0), cache).tolist() == np.ones_like(IMAGE).tolist()
    y, _cache = nn.average_pool2d_forward(np.ones((1, 3, 3, 1)), padding="same")
    assert (y == 1).all()  # the border does not count


# ---------------------------------------------------------------- purity, dtypes, memory
def calls(dtype):
    rng = np.random.default_rng(0)
    inputs = {name: a.astype(dtype) for name, a in convolution(rng, 3, 7, 6, 2, 4, 3, 2).items()}
    x = {"x": inputs["x"]}
    return [
        (nn.conv2d_forward, nn.conv2d_backward, inputs),
        (lambda **g: nn.conv2d_forward(**g, strides=2, padding="same"), nn.conv2d_backward, inputs),
        (nn.max_pool2d_forward, nn.max_pool2d_backward, x),
        (lambda x: nn.max_pool2d_forward(x, 3, 1, "same"), nn.max_pool2d_backward, x),
        (nn.average_pool2d_forward, nn.average_pool2d_backward, x),
        (nn.global_average_pool2d_forward, nn.global_average_pool2d_backward, x),
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_inputs_stay_as_they_are_and_dtypes_too(dtype):
    for forward, backward, inputs in calls(dtype):
        before = {name: a.copy() for name, a in inputs.items()}
        y, cache = forward(**inputs)
        first, dy = y.copy(), np.ones_like(y)
        gradients = backward(dy, cache)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        assert y.dtype == dtype and all(g.dtype == dtype for g in gradients)
        again = backward(2 * dy, cache)  # the cache is not used up
        np.testing.assert_allclose(again[0] if isinstance(again, tuple) else again, 2 * gradients[0], rtol=1e-5)
        assert (dy == 1).all() and (y == first).all()
        for name, a in inputs.items():
            np.testing.assert_array_equal(a, before[name])
        scattered_y, _cache = forward(**{name: scattered(a) for name, a in inputs.items()})
        np.testing.assert_allclose(scattered_y, y, rtol=1e-5, atol=1e-6)


def test_what_a_model_returns_is_never_overwritten():
    model = small_cnn()
    x = np.random.default_rng(0).random((4, 9, 9, 1))
    for call in (model, model.predict):
        first = call(x)
        kept = first.copy()
        call(x[::-1])
        model.train_on_batch(x, [0, 1, 2, 0])
        np.testing.assert_array_equal(first, kept)


# ---------------------------------------------------------------- layers and whole models
def small_cnn(
    dtype="float64", extra=(), pool=nn.MaxPooling2D, loss="sparse_categorical_crossentropy", optimizer="adam"
):
    layers = [
        nn.Conv2D(4, 3, activation="relu", input_shape=(9, 9, 1)),
        pool(),
        nn.Conv2D(5, (2, 3), strides=(1, 2), padding="same", activation="tanh"),
        *extra,
        nn.Flatten(),
        nn.Dense(3, "softmax"),
    ]
    model = nn.Sequential(layers, dtype=dtype, rng=0)
    model.compile(optimizer, loss)
    return model


def reference_network(dtype="float32"):
    return nn.Sequential(
        [
            nn.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            nn.MaxPooling2D((2, 2)),
            nn.Conv2D(64, (3, 3), activation="relu"),
            nn.MaxPooling2D((2, 2)),
            nn.Flatten(),
            nn.Dense(64, activation="relu"),
            nn.Dense(10, activation="softmax"),
        ],
        dtype=dtype,
        rng=0,
    )


def test_the_ten_class_network_has_121_930_weights():
    model = reference_network()
    assert model.count_params() == 121_930
    assert [layer.count_params() for layer in model.layers] == [320, 0, 18_496, 0, 0, 102_464, 650]
    shapes = [(26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (1600,), (64,), (10,)]
    assert [layer.output_shape for layer in model.layers] == shapes


def test_it_learns_a_few_images_by_heart():
    rng = np.random.default_rng(0)
    x, y = rng.random((20, 9, 9, 1)), rng.integers(0, 3, 20)
    model = small_cnn(optimizer=nn.Adam(0.01))
    history = model.fit(x, y, batch_size=20, epochs=150, verbose=0, rng=0).history
    assert history["loss"][-1] < 0.02 * history["loss"][0]
    np.testing.assert_array_equal(model.predict(x).argmax(axis=1), y)


@pytest.mark.parametrize("pool", [nn.MaxPooling2D, nn.AveragePooling2D])
@pytest.mark.parametrize("n", [17, 32, 50, 100])
def test_a_batch_in_pieces_has_the_gradients_of_the_batch(n, pool):
    rng = np.random.default_rng(n)
    x, y = rng.standard_normal((n, 9, 9, 1)), rng.integers(0, 3, n)
    model = small_cnn(pool=pool)
    weight = rng.uniform(0.5, 2, n)
    whole_loss, whole_y = model._work_through(model.layers, x, y, True, weight)
    whole = [g.copy() for g in model.gradients]
    loss, y_pred = model._loss_and_gradients(x, y, True, weight)
    assert len(model.lanes) > 0
    assert abs(loss - whole_loss) < 1e-14
    np.testing.assert_allclose(y_pred, whole_y, rtol=1e-13)
    for a, b in zip(model.gradients, whole, strict=True):
        assert nn.relative_error(a, b) < 1e-13


def test_pieces_give_the_same_bits_whatever_the_number_of_cores(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((100, 9, 9, 1)), rng.integers(0, 3, 100)
    weights = []
    for cores in (1, 2, 5):
        monkeypatch.setattr(nn.pieces, "cores", lambda cores=cores: cores)
        model = small_cnn("float32")
        model.fit(x, y, epochs=2, batch_size=50, verbose=0, rng=0)
        assert len(model.lanes) == cores
        weights.append(model.weight_vector.copy())
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[0], weights[2])


def own_loss(y_true, y_pred):
    return nn.sparse_categorical_crossentropy(y_true, y_pred)


@pytest.mark.parametrize("case", [{"extra": [nn.Dropout(0.5)]}, {"loss": own_loss}])
def test_a_batch_stays_whole_where_pieces_would_change_the_result(case):
    rng = np.random.default_rng(0)
    model = small_cnn(**case)
    model.train_on_batch(rng.random((40, 9, 9, 1)), rng.integers(0, 3, 40))
    assert model.lanes == []


def test_a_mistake_in_a_helping_thread_is_raised(monkeypatch):
    monkeypatch.setattr(nn.pieces, "cores", lambda: 2)
    model = small_cnn()
    x, y = np.random.default_rng(0).random((32, 9, 9, 1)), np.zeros(32, int)
    model.train_on_batch(x, y)

    def broken(x, training=False):
        raise MemoryError("no room")

    model.lanes[1].layers[0].forward = broken
    with pytest.raises(MemoryError, match="no room"):
        model.train_on_batch(x, y)


FORK = """
import os, signal
import numpy as np
from course_lib import nn
nn.pieces.cores = lambda: 2
model = nn.Sequential([nn.Conv2D(2, 3, input_shape=(9, 9, 1)), nn.Flatten(), nn.Dense(3, "softmax")], rng=0)
model.compile("adam", "sparse_categorical_crossentropy")
x, y = np.zeros((32, 9, 9, 1)), np.zeros(32, int)
model.train_on_batch(x, y)
if os.fork() == 0:
    signal.alarm(20)
    model.train_on_batch(x, y)
    os._exit(0)
raise SystemExit(os.wait()[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_trains_on():
    """It inherits the pool without its threads: waiting for them would never end."""
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], cwd=ROOT, timeout=60).returncode == 0


def test_no_warning_comes_from_a_thread_when_training_diverges():
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 9, 9, 1)), rng.integers(0, 3, 64)
    model = small_cnn("float32", optimizer=nn.SGD(1e38))
    with warnings.catch_warnings(), pytest.raises(FloatingPointError, match="learning_rate=1e\\+38 is too large"):
        warnings.simplefilter("error")
        model.fit(x, y, epochs=20, verbose=0)


def test_a_copied_model_has_memory_of_its_own():
    import copy
    import pickle

    rng = np.random.default_rng(0)
    x, y = rng.random((40, 9, 9, 1)), rng.integers(0, 3, 40)
    model = small_cnn()
    model.train_on_batch(x, y)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        before = model.weight_vector.copy()
        twin.train_on_batch(x, y)
        np.testing.assert_array_equal(model.weight_vector, before)
        assert twin.layers[0].workspace is not model.layers[0].workspace
        assert not np.array_equal(twin.weight_vector, before)


def test_a_step_of_the_ten_class_network_needs_less_than_150_mb():
    import tracemalloc

    rng = np.random.default_rng(0)
    x, y = rng.random((32, 28, 28, 1), dtype="float32"), rng.integers(0, 10, 32)
    tracemalloc.start()
    try:
        model = reference_network()
        model.compile("adam", "sparse_categorical_crossentropy")
        for _step in range(2):
            model.train_on_batch(x, y)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    print(f"peak {peak / 1e6:.1f} MB")
    assert peak < 150e6


# ---------------------------------------------------------------- what is told about bad input
X, W, B = np.ones((2, 6, 6, 3)), np.ones((3, 3, 3, 4)), np.zeros(4)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.conv2d_forward(X[0], W, B), ValueError, "four axes.*x\\[None\\]"),
        (lambda: nn.conv2d_forward(X[0, :, :, 0], W, B), ValueError, "x\\[None, :, :, None\\]"),
        (lambda: nn.conv2d_forward(X, W[..., 0], B), ValueError, "W has shape \\(3, 3, 3\\)"),
        (lambda: nn.conv2d_forward(X[..., :2], W, B), ValueError, "x has 2 channels.*made for 3"),
        (lambda: nn.conv2d_forward(np.ones((2, 3, 6, 7)), W, B), ValueError, "x.transpose\\(0, 2, 3, 1\\)"),
        (lambda: nn.conv2d_forward(X, np.ones((4, 3, 2, 2)), B), ValueError, "W.transpose\\(2, 3, 1, 0\\)"),
        (lambda: nn.conv2d_forward(X, W, B[:2]), ValueError, "b has shape \\(2,\\), but W has 4 kernels"),
        (lambda: nn.conv2d_forward(X, np.ones((7, 7, 3, 4)), B), ValueError, "7 x 7 pixels.*only 6 x 6"),
        (lambda: nn.conv2d_forward(X, W, B, strides=0), ValueError, "strides is 0"),
        (lambda: nn.conv2d_forward(X, W, B, strides=(1, -1)), ValueError, "strides is -1"),
        (lambda: nn.conv2d_forward(X, W, B, strides=1.5), TypeError, "strides is 1.5"),
        (lambda: nn.conv2d_forward(X, W, B, padding=1), ValueError, "padding is 1, but it must be 'valid'"),
        (lambda: nn.conv2d_loops(X, np.ones((7, 7, 3, 4)), B), ValueError, "7 x 7 pixels"),
        (lambda: nn.conv2d_backward(X, nn.conv2d_forward(X, W, B)[1]), ValueError, "dy has shape"),
        (lambda: nn.max_pool2d_forward(X, 7), ValueError, "pool_size is 7 x 7"),
        (lambda: nn.max_pool2d_forward(X, 0), ValueError, "pool_size is 0"),
        (lambda: nn.average_pool2d_forward(X, (2, 2, 2)), TypeError, "pool_size is \\(2, 2, 2\\)"),
        (lambda: nn.max_pool2d_backward(X, nn.max_pool2d_forward(X)[1]), ValueError, "dy has shape"),
        (lambda: nn.global_average_pool2d_forward(X[0]), ValueError, "four axes"),
        (lambda: nn.conv_output_size(3, 5), ValueError, "5 x 1 pixels"),
        (lambda: nn.Conv2D(4, 3, input_shape=(28, 28)).build((28, 28)), ValueError, "x\\[..., None\\]"),
        (lambda: nn.Conv2D(4, 3, padding="full"), ValueError, "padding is 'full'"),
        (lambda: nn.Conv2D(0, 3), ValueError, "filters is 0"),
        (lambda: nn.Conv2D(4, 3, activation="relo"), ValueError, "Did you mean 'relu'"),
        (lambda: nn.MaxPooling2D(strides=0), ValueError, "strides is 0"),
    ],
)
def test_bad_input_is_explained(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_model_says_which_layer_has_no_room_left():
    model = nn.Sequential([nn.Conv2D(2, 3, input_shape=(4, 4, 1)), nn.MaxPooling2D()])
    with pytest.raises(ValueError, match="3 x 3 pixels, but the image has only 1 x 1"):
        model.add(nn.Conv2D(2, 3))


def test_images_as_bytes_and_wrong_images_are_explained():
    model = small_cnn()
    x, y = np.random.default_rng(0).integers(0, 256, (4, 9, 9, 1), dtype=np.uint8), [0, 1, 2, 0]
    with pytest.raises(ValueError, match="x / 255"):
        model.fit(x, y)
    model.fit(x / 255, y, verbose=0)
    model.fit(x // 255, y, verbose=0)  # black and white as 0 and 1 is fine
    with pytest.raises(ValueError, match="x has shape \\(4, 9, 9\\).*x\\[..., None\\]"):
        model.fit(x[..., 0] / 255, y)
    with pytest.raises(ValueError, match="NaN or infinite"):
        model.fit(np.full((4, 9, 9, 1), np.nan), y)
    with pytest.raises(ValueError, match="class numbers from 0 to 3"):
        model.fit(x / 255, [0, 1, 2, 3])
