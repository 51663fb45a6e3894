"""Chapter 2: every displayed formula, executed against `course_lib.nn`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import LossExplorer
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)
N, C = 7, 4
y_true, y_pred = rng.normal(size=N), rng.normal(size=N)
yes_no, z = rng.integers(0, 2, size=N).astype(float), rng.normal(size=N)
p = 1 / (1 + np.exp(-z))
labels, logits = rng.integers(0, C, size=N), rng.normal(size=(N, C))
one_hot = np.eye(C)[labels]
shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@executes("02", r"L = \frac{1}{N} \sum_{n} (\hat{y}_n - y_n)^2")
def test_mean_squared_error():
    close(nn.mean_squared_error(y_true, y_pred)[0], sum((y_pred[n] - y_true[n]) ** 2 for n in range(N)) / N)


@executes("02", r"\frac{\partial L}{\partial \hat{y}_n} = \frac{2}{N} (\hat{y}_n - y_n)")
def test_slope_of_the_mean_squared_error():
    close(nn.mean_squared_error(y_true, y_pred)[1], 2 / N * (y_pred - y_true))


@claims("02", "On paper they are equal")
@executes("02", r"L = \frac{1}{N} \sum_{n} \big( -y_n \log p_n - (1 - y_n) \log(1 - p_n) \big)")
def test_binary_crossentropy():
    by_hand = sum(-t * np.log(q) - (1 - t) * np.log(1 - q) for t, q in zip(yes_no, p, strict=True)) / N
    close(nn.binary_crossentropy(yes_no, p)[0], by_hand)
    close(nn.binary_crossentropy(yes_no, z, from_logits=True)[0], by_hand)


@executes(
    "02",
    r"""\frac{\partial L}{\partial z} = \underbrace{\frac{p - y}{p (1 - p)}}_{\text{cross-entropy}}
    \cdot \underbrace{p (1 - p)}_{\text{sigmoid}} = p - y""",
)
def test_slope_of_crossentropy_by_the_logit():
    slope = nn.binary_crossentropy(yes_no, p)[1] * N
    close(slope, (p - yes_no) / (p * (1 - p)))
    close(nn.sigmoid_backward(slope, p), p - yes_no)
    close(nn.binary_crossentropy(yes_no, z, from_logits=True)[1] * N, p - yes_no)


@executes(
    "02",
    r"""\frac{\partial L}{\partial z} = \underbrace{2 (p - y)}_{\text{squared error}}
    \cdot \underbrace{p (1 - p)}_{\text{sigmoid}}""",
)
def test_slope_of_the_squared_error_by_the_logit():
    slope = nn.sigmoid_backward(nn.mean_squared_error(yes_no, p)[1] * N, p)
    close(slope, 2 * (p - yes_no) * p * (1 - p))


@executes("02", r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}")
def test_softmax():
    close(nn.softmax(logits), shares)
    close(nn.softmax(np.log([6.0, 3.0, 1.0])), [0.6, 0.3, 0.1])


@executes("02", r"\text{softmax}(z + c) = \text{softmax}(z)")
def test_softmax_sees_differences_only():
    close(nn.softmax(logits + 100), nn.softmax(logits))


@executes("02", r"L = \frac{1}{N} \sum_n \Big( - \sum_k y_{nk} \log p_{nk} \Big)")
def test_categorical_crossentropy():
    by_hand = sum(-sum(one_hot[n, k] * np.log(shares[n, k]) for k in range(C)) for n in range(N)) / N
    close(nn.categorical_crossentropy(one_hot, shares)[0], by_hand)


@executes("02", r"L = \frac{1}{N} \sum_n - \log p_{n, t_n}")
def test_sparse_categorical_crossentropy():
    by_hand = sum(-np.log(shares[n, labels[n]]) for n in range(N)) / N
    close(nn.sparse_categorical_crossentropy(labels, shares)[0], by_hand)


@claims("02", "Each row adds up to 0")
@executes("02", r"\frac{\partial L}{\partial z_{nk}} = \frac{1}{N} (p_{nk} - y_{nk})")
def test_share_minus_truth():
    gradient = nn.sparse_categorical_crossentropy(labels, logits, from_logits=True)[1]
    close(gradient, (shares - one_hot) / N)
    close(gradient.sum(axis=1), np.zeros(N))


@claims("02", "From probabilities the loss stops at 16.118", "beyond a loss of 16.118 nothing is learned")
@executes("02", r"-\log(10^{-7}) = 16.118")
def test_the_ceiling_of_the_clip():
    assert round(-np.log(1e-7), 3) == 16.118
    surely_wrong = nn.softmax(np.array([[40.0, 0.0, 0.0]]))
    loss, gradient = nn.sparse_categorical_crossentropy(np.array([1]), surely_wrong)
    assert round(float(loss), 3) == 16.118
    assert abs(nn.softmax_backward(gradient, surely_wrong)[0, 1]) < 1e-9


@claims("02", "The sum is computed with the largest logit taken out")
@executes(
    "02",
    r"""-\log p_t = -z_t + \log \sum_k e^{z_k}, \qquad
    \log \sum_k e^{z_k} = m + \log \sum_k e^{z_k - m}, \qquad m = \max_k z_k""",
)
def test_log_sum_exp():
    m = logits.max(axis=1)
    log_sum_exp = m + np.log(np.exp(logits - m[:, None]).sum(axis=1))
    close(log_sum_exp, np.log(np.exp(logits).sum(axis=1)))
    true_logits = logits[np.arange(N), labels]
    close(-np.log(shares[np.arange(N), labels]), -true_logits + log_sum_exp)
    close(nn.sparse_categorical_crossentropy(labels, logits, from_logits=True)[0], (-true_logits + log_sum_exp).mean())
    far = np.array([[1000.0, 0.0, -1000.0]])
    close(nn.sparse_categorical_crossentropy(np.array([2]), far, from_logits=True)[0], 2000.0)


@claims("02", "The two are equal at the threshold")
@executes(
    "02",
    r"""t^* \, c_\text{miss} = (1 - t^*) \, c_\text{false} \quad \Rightarrow \quad
    t^* = \frac{c_\text{false}}{c_\text{false} + c_\text{miss}}""",
)
@pytest.mark.parametrize("c_miss", [10.0, 40.0, 190.0])
def test_threshold_by_cost(c_miss):
    c_false, random = 10.0, np.random.default_rng(5)
    threshold = c_false / (c_false + c_miss)
    close(threshold * c_miss, (1 - threshold) * c_false)
    close(LossExplorer(cost_miss=c_miss, cost_alarm=c_false).best_threshold, threshold)
    honest = nn.sigmoid(random.normal(-3, 2, size=100_000))
    defective = random.random(len(honest)) < honest

    def cost(t):
        return np.mean(np.where(honest >= t, c_false * ~defective, c_miss * defective))

    assert all(cost(threshold) < cost(t) for t in (threshold / 2, min(2 * threshold, 0.9), 0.95))


@claims("02", "calls A worse (0.1 mm against 0.05 mm)", "error calls them equal", "Twice the error counts four times")
def test_twice_the_error_counts_four_times():
    a, b = np.full(4, 0.1), np.array([0.0, 0.0, 0.0, 0.2])
    close(nn.mean_squared_error(np.zeros(4), a)[0], nn.mean_squared_error(np.zeros(4), b)[0])
    assert np.abs(a).mean() == pytest.approx(0.1) and np.abs(b).mean() == pytest.approx(0.05)


@claims("02", "about 500 times harder")
def test_crossentropy_pulls_about_500_times_harder_when_surely_wrong():
    q = 0.001
    assert (q - 1) / (2 * (q - 1) * q * (1 - q)) == pytest.approx(500, rel=0.01)


def test_the_slope_of_the_squared_error_is_strongest_where_the_figure_says():
    at = np.linspace(-10, 5, 1501)
    q = nn.sigmoid(at)
    slope = 2 * (q - 1) * q * (1 - q)
    assert at[slope.argmin()] == pytest.approx(-0.7, abs=0.05) and slope.min() == pytest.approx(-0.3, abs=0.01)


@claims("02", "The best constant answer is the share itself")
def test_the_best_constant_answer_is_the_share():
    y = (np.arange(1000) < 34).astype(float)
    losses = [nn.binary_crossentropy(y, np.full(1000, q))[0] for q in (0.033, 0.034, 0.035)]
    assert np.argmin(losses) == 1 and losses[1] == pytest.approx(0.148, abs=5e-4)


@claims("02", "For two classes they are the same")
def test_sigmoid_is_a_softmax_of_two():
    close(nn.softmax(np.stack([z, np.zeros(N)], axis=1))[:, 0], nn.sigmoid(z))


@claims("02", "The threshold formula needs honest probabilities", "Here every logit is three times too large")
@claims("02", "The order of the parts is the same, the accuracy at 0.5 too")
def test_a_network_too_sure_keeps_order_and_accuracy_but_not_the_threshold():
    random = np.random.default_rng(2)
    honest = nn.sigmoid(random.normal(-3, 2, size=50_000))
    defective = random.random(len(honest)) < honest
    too_sure = nn.sigmoid(3 * np.log(honest / (1 - honest)))
    assert (np.argsort(honest) == np.argsort(too_sure)).all()
    assert ((honest >= 0.5) == (too_sure >= 0.5)).all()
    cost = [np.mean(np.where(q >= 0.05, 10 * ~defective, 190 * defective)) for q in (honest, too_sure)]
    assert cost[1] > 1.5 * cost[0]


@claims("02", "the squared error never exceeds 1", "confident and wrong is the most expensive place")
@claims("02", "it is a staircase")
def test_the_widget_shows_what_the_text_says():
    widget = LossExplorer(y=1, p=0.001)
    losses = widget.losses()
    assert losses["mse"][0] < 1 < losses["bce"][0]
    assert abs(losses["bce"][2]) > 0.99 and abs(losses["mse"][2]) < 0.01
    assert losses["cost"][1] == 0
