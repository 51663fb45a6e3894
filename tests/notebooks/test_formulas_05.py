"""Chapter 5: every displayed formula, executed against `course_lib.nn`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import nn
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)
N, H, WIDE, C, F, KH, KW, S = 2, 7, 6, 3, 4, 3, 2, 2
x, W, b = rng.normal(size=(N, H, WIDE, C)), rng.normal(size=(KH, KW, C, F)), rng.normal(size=F)
Y, CACHE = nn.conv2d_forward(x, W, b, S)
dy = rng.normal(size=Y.shape)
DX, DW, DB = nn.conv2d_backward(dy, CACHE)
PLACES = [(n, i, j) for n in range(N) for i in range(Y.shape[1]) for j in range(Y.shape[2])]
IMAGE = np.array([[1.0, 0, 2, 1], [0, 1, 3, 1], [2, 1, 0, 0], [1, 0, 1, 2]])
KERNEL = np.array([[1.0, -1], [2, 0]])


def close(a, b, tolerance=1e-12):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=1e-12)


def plain(image, kernel, bias=0.0):
    """One image and one kernel through the library's layer."""
    return nn.conv2d_forward(image[None, :, :, None], kernel[:, :, None, None], np.array([bias]))[0][0, :, :, 0]


@executes("05", r"y_{ij} = \sum_u \sum_v x_{i+u,\, j+v} \, W_{uv} + b")
def test_one_window():
    by_hand = [
        [sum(IMAGE[i + u, j + v] * KERNEL[u, v] for u in range(2) for v in range(2)) + 0.5 for j in range(3)]
        for i in range(3)
    ]
    close(plain(IMAGE, KERNEL, 0.5), by_hand)
    assert plain(IMAGE, KERNEL).tolist() == [[1, 0, 7], [3, 0, 2], [3, 1, 2]]  # as the picture's description says
    assert 0 * 1 + 2 * -1 + 1 * 2 + 3 * 0 == plain(IMAGE, KERNEL)[0, 1]


@claims("05", "so much that with stride 1 the output is as large as the input")
@claims("05", "Half of it goes before the picture and half behind it")
@executes("05", r"n_\text{out} = \left\lfloor \frac{n + p - k}{s} \right\rfloor + 1")
@executes("05", r"p = \max\left( \left( \left\lceil \tfrac{n}{s} \right\rceil - 1 \right) s + k - n, \; 0 \right)")
def test_size_and_padding():
    for n in range(1, 15):
        for k in range(1, 7):
            for s in range(1, 5):
                p = max((int(np.ceil(n / s)) - 1) * s + k - n, 0)
                before, after = nn.conv_padding(n, k, s, "same")
                assert before + after == p and after - before in (0, 1)
                assert nn.conv_output_size(n, k, s, "same") == (n + p - k) // s + 1 == int(np.ceil(n / s))
                if k <= n:
                    starts = range(0, n - k + 1, s)  # the window must not leave the picture
                    assert nn.conv_output_size(n, k, s) == (n - k) // s + 1 == len(starts)


@claims("05", "a convolution turns the kernel by 180° first")
@executes("05", r"(x * W)_{ij} = \sum_u \sum_v x_{i+u,\, j+v} \, W_{k_h-1-u,\; k_w-1-v}")
def test_the_convolution_of_mathematics():
    image, kernel = rng.normal(size=(6, 7)), rng.normal(size=(3, 2))
    turned = [
        [sum(image[i + u, j + v] * kernel[2 - u, 1 - v] for u in range(3) for v in range(2)) for j in range(6)]
        for i in range(4)
    ]
    spectra = [np.fft.rfft2(a, (9, 9)) for a in (image, kernel)]  # the convolution theorem: a product of spectra
    close(np.fft.irfft2(spectra[0] * spectra[1], (9, 9))[2:6, 1:7], turned)
    close(plain(image, kernel[::-1, ::-1]), turned)


@executes("05", r"y_{nijf} = \sum_u \sum_v \sum_c x_{n,\; is+u,\; js+v,\; c} \, W_{uvcf} + b_f")
def test_a_whole_layer():
    for n, i, j in PLACES:
        for f in range(F):
            total = b[f]
            for u in range(KH):
                for v in range(KW):
                    for c in range(C):
                        total += x[n, i * S + u, j * S + v, c] * W[u, v, c, f]
            assert total == pytest.approx(Y[n, i, j, f], abs=1e-12)


@executes("05", r"\text{weights} = k_h \, k_w \, C \, F + F")
def test_number_of_weights():
    for kh, kw, channels, filters in ((3, 3, 1, 32), (3, 3, 32, 64), (5, 1, 2, 3)):
        layer = nn.Conv2D(filters, (kh, kw))
        layer.build((9, 9, channels))
        assert layer.count_params() == kh * kw * channels * filters + filters


@claims("05", "The bias is the weight of an input that is always 1")
@executes("05", r"Y = \text{patches}(x) \begin{bmatrix} W \\ b \end{bmatrix}")
def test_one_matrix_product():
    rows = np.array([[*x[n, i * S : i * S + KH, j * S : j * S + KW].ravel(), 1] for n, i, j in PLACES])
    close(Y.reshape(-1, F), rows @ np.vstack([W.reshape(-1, F), b]))


@claims("05", "Pooling takes one number for each small window", "the map gets half as high and half as wide")
@executes("05", r"y_{nijc} = \max_{u, v} \; x_{n,\; is+u,\; js+v,\; c}")
@executes("05", r"y_{nijc} = \frac{1}{k_h k_w} \sum_u \sum_v x_{n,\; is+u,\; js+v,\; c}")
@pytest.mark.parametrize(("window", "stride"), [((2, 2), 2), ((3, 2), 1)])
def test_pooling(window, stride):
    for function, one in ((nn.max_pool2d_forward, np.max), (nn.average_pool2d_forward, np.mean)):
        y, _cache = function(x, window, stride)
        for n, i, j, c in np.ndindex(y.shape):
            part = x[n, i * stride : i * stride + window[0], j * stride : j * stride + window[1], c]
            assert y[n, i, j, c] == pytest.approx(one(part), abs=1e-14)


@executes(
    "05",
    r"\frac{\partial L}{\partial W_{uvcf}} = \sum_n \sum_i \sum_j x_{n,\; is+u,\; js+v,\; c} \, "
    r"\frac{\partial L}{\partial y_{nijf}}",
)
@executes("05", r"\frac{\partial L}{\partial b_f} = \sum_n \sum_i \sum_j \frac{\partial L}{\partial y_{nijf}}")
def test_gradients_of_weights_and_bias():
    by_hand = np.zeros_like(W)
    for u, v, c, f in np.ndindex(W.shape):
        by_hand[u, v, c, f] = sum(x[n, i * S + u, j * S + v, c] * dy[n, i, j, f] for n, i, j in PLACES)
    close(DW, by_hand)
    close(DB, [sum(dy[n, i, j, f] for n, i, j in PLACES) for f in range(F)])


@executes(
    "05",
    r"\frac{\partial L}{\partial x_{npqc}} = \sum_{is+u=p} \; \sum_{js+v=q} \; \sum_f W_{uvcf} \, "
    r"\frac{\partial L}{\partial y_{nijf}}",
)
def test_gradient_of_a_pixel():
    for n, p, q, c in np.ndindex(x.shape):
        total = sum(
            W[u, v, c, f] * dy[n, i, j, f]
            for i in range(Y.shape[1])
            for u in range(KH)
            if i * S + u == p
            for j in range(Y.shape[2])
            for v in range(KW)
            if j * S + v == q
            for f in range(F)
        )
        assert total == pytest.approx(DX[n, p, q, c], abs=1e-12)


# ---------------------------------------------------------------- claims of the text
@claims("05", "The maximum does not change at all", "The mean changes by a quarter")
@claims("05", "In the last window all four pixels are 5", "The maximum gives all to the first of the largest")
def test_pooling_on_paper():
    small = np.array([[1.0, 3, 2, 0], [7, 4, 2, 2], [0, 1, 5, 5], [2, 1, 5, 5]])[None, :, :, None]
    largest, cache = nn.max_pool2d_forward(small)
    assert largest[0, :, :, 0].tolist() == [[7, 2], [2, 5]]
    gradient = nn.max_pool2d_backward(np.ones_like(largest), cache)[0, :, :, 0]
    assert gradient.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0]]
    mean, cache = nn.average_pool2d_forward(small)
    assert mean[0, :, :, 0].tolist() == [[3.75, 1.5], [1, 5]]
    assert (nn.average_pool2d_backward(np.ones_like(mean), cache) == 0.25).all()


@claims("05", "The corner in one, the middle in nine")
def test_the_corner_is_in_one_window_and_the_middle_in_nine():
    _y, cache = nn.conv2d_forward(np.ones((1, 28, 28, 1)), np.ones((3, 3, 1, 1)), np.zeros(1))
    count = nn.conv2d_backward(np.ones((1, 26, 26, 1)), cache)[0][0, :, :, 0]
    assert count[0, 0] == 1 and count[14, 14] == 9


@claims("05", "Everything is 0.2 darker", "A kernel whose numbers add up to 0 does not notice")
def test_a_kernel_that_adds_up_to_zero_ignores_brightness():
    edge = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    picture = rng.uniform(size=(12, 12))
    close(plain(picture - 0.2, edge), plain(picture, edge))
    close(plain(picture - 0.2, np.ones((3, 3)) / 9), plain(picture, np.ones((3, 3)) / 9) - 0.2)


@claims("05", "a defect that moves by two pixels gives the same answer")
def test_a_moved_picture_gives_the_moved_answer():
    picture = np.zeros((1, 12, 12, 1))
    picture[0, 3:6, 3:6, 0] = rng.normal(size=(3, 3))
    kernels, bias = rng.normal(size=(3, 3, 1, 5)), rng.normal(size=5)
    before, after = (nn.conv2d_forward(p, kernels, bias)[0] for p in (picture, np.roll(picture, (2, 3), axis=(1, 2))))
    close(after[:, 2:, 3:], before[:, :-2, :-3])
