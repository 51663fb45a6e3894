"""Chapter 9: every displayed formula, executed against `course_lib.nn` and scikit-learn, and the claims of its text."""

import numpy as np
import pytest

from course_lib import data, nn
from course_lib.experiments import load_result
from course_lib.text import build_vocabulary, inverse_document_frequency, tf_idf, token_counts
from tests.environment import data_folder
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)
N, T, V, E = 4, 6, 5, 3
TOKENS = np.array([[2, 4, 0, 0, 0, 0], [3, 3, 1, 0, 0, 0], [4, 2, 2, 3, 4, 2], [1, 0, 0, 0, 0, 0]])
W = rng.normal(size=(V, E))


def close(a, b, tolerance=1e-12):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=1e-12)


@executes("09", r"y_{n,t} = \text{onehot}(\text{token}_{n,t}) \, W = W_{\text{token}_{n,t}}")
def test_the_embedding():
    y, _cache = nn.embedding_forward(TOKENS, W)
    assert y.shape == (N, T, E)
    for n in range(N):
        for t in range(T):
            onehot = np.zeros(V)
            onehot[TOKENS[n, t]] = 1
            close(y[n, t], onehot @ W)
            assert np.array_equal(y[n, t], W[TOKENS[n, t]])


@executes(
    "09",
    r"\frac{\partial L}{\partial W_v} = \sum_{(n,t): \; \text{token}_{n,t} = v} \frac{\partial L}{\partial y_{n,t}}",
)
def test_the_gradient_of_the_table():
    _y, cache = nn.embedding_forward(TOKENS, W)
    dy = rng.normal(size=(N, T, E))
    dW = nn.embedding_backward(dy, cache)
    for v in range(V):
        places = [(n, t) for n in range(N) for t in range(T) if TOKENS[n, t] == v]
        close(dW[v], sum((dy[place] for place in places), np.zeros(E)))
    onehot = np.eye(V)[TOKENS]
    close(dW, np.einsum("ntv,nte->ve", onehot, dy))  # what the dense layer on one-hot rows gives


@claims("09", "Zero: a sum of nothing")
def test_a_word_that_is_not_there_has_the_gradient_0():
    _y, cache = nn.embedding_forward(np.array([[2, 2, 3]]), W)
    dW = nn.embedding_backward(rng.normal(size=(1, 3, E)), cache)
    assert np.array_equal(np.flatnonzero(np.abs(dW).sum(axis=1)), [2, 3])


@executes("09", r"y_n = \frac{\sum_t m_{n,t} \, x_{n,t}}{\sum_t m_{n,t}}")
def test_the_mean_over_the_real_tokens():
    x, m = rng.normal(size=(N, T, E)), TOKENS != 0
    y, _cache = nn.masked_mean_forward(x, m)
    for n in range(N):
        close(y[n], sum(m[n, t] * x[n, t] for t in range(T)) / sum(m[n]))


def test_filling_up_changes_nothing_with_a_mask_and_much_without():
    vocabulary = build_vocabulary(["pump leaking", "motor hot"])
    table = np.random.default_rng(1).normal(size=(len(vocabulary), 3))
    with_mask, without = [], []
    for length in (5, 50):
        tokens = vocabulary.encode(["pump leaking"], length)
        x, _cache = nn.embedding_forward(tokens, table)
        with_mask.append(nn.masked_mean_forward(x, tokens != 0)[0])
        without.append(x.mean(axis=1))
    close(*with_mask)
    assert np.abs(without[0] - without[1]).max() > 0.1


@executes(
    "09",
    r"z_{n,v} = \text{count}_{n,v} \left( \ln \frac{1 + N}{1 + \text{df}_v} + 1 \right), \qquad "
    r"\text{row}_n = \frac{z_n}{\|z_n\|}",
)
def test_tf_idf():
    from sklearn.feature_extraction.text import TfidfTransformer

    counts = token_counts(TOKENS, V)
    z = np.zeros((N, V))
    for v in range(V):
        df = sum(counts[n, v] > 0 for n in range(N))
        z[:, v] = counts[:, v] * (np.log((1 + N) / (1 + df)) + 1)
        close(inverse_document_frequency(counts)[v], np.log((1 + N) / (1 + df)) + 1)
    rows = z / np.linalg.norm(z, axis=1, keepdims=True)
    close(tf_idf(counts), rows)
    close(TfidfTransformer().fit_transform(counts).toarray(), rows)


@claims("09", "a weighted sum for each class, and the largest one wins")
@executes("09", r"s_c = w_c \cdot z + b_c")
def test_the_svm_is_a_dense_layer():
    from sklearn.svm import LinearSVC

    z, y = rng.normal(size=(60, 4)), np.arange(60) % 3
    model = LinearSVC().fit(z, y)
    scores = np.array([[w @ row + b for w, b in zip(model.coef_, model.intercept_, strict=True)] for row in z])
    close(scores, model.decision_function(z))
    assert np.array_equal(scores.argmax(axis=1), model.predict(z))


@claims("09", "Two standard errors are 12 points")
@executes("09", r"\text{s.e.} = \sqrt{ \frac{p \, (1 - p)}{N} }")
def test_the_standard_error_of_a_share():
    shares = np.random.default_rng(0).binomial(62, 0.71, 200_000) / 62
    assert shares.std() == pytest.approx(np.sqrt(0.71 * 0.29 / 62), rel=0.01)
    assert round(2 * float(np.sqrt(0.71 * 0.29 / 62)), 2) == 0.12  # "two standard errors are 12 points"


@claims("09", "Each row of $A$ is positive and adds up to 1")
@executes("09", r"y = A v, \qquad A = \text{softmax}\left( \frac{q \, k^T}{\sqrt{d}} \right)")
def test_attention():
    q, k, v = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4)), rng.normal(size=(2, 5, 6))
    y, cache = nn.attention_forward(q, k, v)
    A = nn.attention_weights(cache)
    for n in range(2):
        scores = q[n] @ k[n].T / np.sqrt(4)
        close(A[n], np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
        close(y[n], A[n] @ v[n])
    assert A.min() > 0
    close(A.sum(axis=2), 1)


@claims("09", "the products of a query with two keys are", "the weights 3/4 and 1/4")
@claims("09", "With the values 8 and 4 the answer is 7")
def test_attention_on_paper():
    q, k = np.full((1, 1, 4), np.log(3) / 2), np.array([[[1.0, 1, 1, 1], [0, 0, 0, 0]]])
    y, cache = nn.attention_forward(q, k, np.array([[[8.0], [4.0]]]))
    close(nn.attention_weights(cache).ravel(), [0.75, 0.25])
    close(y, 7)


@claims("09", "A product of d random numbers has a spread of")
def test_the_products_spread_by_the_root_of_d():
    for d in (4, 64, 256):
        q, k = np.random.default_rng(d).normal(size=(2, 40_000 * 16 // d, d))
        assert (q * k).sum(axis=1).std() == pytest.approx(np.sqrt(d), rel=0.05)


@claims("09", "shuffle the words, and the answer is the same")
def test_attention_knows_no_order():
    """The answer to shuffled words is the same: no position is in it."""
    q, x = rng.normal(size=(1, 1, 4)), rng.normal(size=(1, 7, 4))
    shuffled = x[:, rng.permutation(7)]
    close(nn.attention_forward(q, x, x)[0], nn.attention_forward(q, shuffled, shuffled)[0])


@claims("09", "In one text of six")
def test_in_one_text_of_six_the_order_decides():
    train, validation, test = data.simulate_work_orders(3000, rng=0)
    ordered = np.concatenate([part.truth["ordered"] for part in (train, validation, test)])
    assert np.mean(ordered == "component") == pytest.approx(1 / 6, abs=0.01)


@claims("09", "Three of the 22 failure modes stand in the training phrases once")
def test_three_classes_of_the_phrases_are_there_once():
    if data_folder() is None:
        pytest.skip("needs the real phrases")
    train, _validation, _test = data.load("maintenance_phrases", source="real")
    assert np.sum(np.bincount(train.y, minlength=22) == 1) == 3
    assert len(train) == 502 and len(train.class_names) == 22


class TestTheFullRun:
    """What the text says of the stored figures."""

    full = load_result("texts_run")

    def mean(self, title, reader):
        runs = self.full["sets"][title]["runs"]
        return np.mean([run["test"] for engine in ("numpy", "keras") for run in runs[f"{reader}, {engine}"]])

    def letters(self, title):
        return self.full["sets"][title]["without a network"]["letters, SVM"]

    @claims("09", "The networks lose, and clearly", "beats our networks on 500 and on 2,800 real texts")
    def test_counted_letters_beat_every_network_on_500_phrases(self):
        assert self.letters("phrases") == pytest.approx(0.71, abs=0.01)
        runs = self.full["sets"]["phrases"]["runs"].values()
        assert max(run["test"] for some in runs for run in some) < self.letters("phrases") - 0.1

    @claims("09", "beats Flair and an untuned language model")
    def test_they_beat_the_published_network_and_the_untuned_language_model(self):
        assert self.letters("phrases") > 0.60 > 0.46

    @claims("09", "A larger network is not a better one when the data are few")
    @claims("09", "even the mean beats SimpleRNN and GRU")
    @claims("09", "2,816 of them are not enough to learn more than the words")
    def test_typed_labels_the_mean_beats_the_recurrent_ones(self):
        mean = self.mean("typed labels", "mean")
        assert self.letters("typed labels") > mean
        assert mean > max(self.mean("typed labels", reader) for reader in ("SimpleRNN", "GRU"))

    @claims("09", "Nearly 98 %")
    def test_rule_made_labels_are_near_100_percent(self):
        assert self.letters("rule-made labels") > 0.95
        assert min(self.mean("rule-made labels", reader) for reader in ("mean", "SimpleRNN", "GRU")) > 0.9
        assert self.letters("typed labels") < 0.82

    def test_both_engines_agree(self):
        for title, result in self.full["sets"].items():
            error = 0.5 / np.sqrt(result["texts"]["test"])  # at least one standard error
            for reader in ("mean", "SimpleRNN", "GRU"):
                ours, theirs = (
                    np.mean([run["test"] for run in result["runs"][f"{reader}, {engine}"]])
                    for engine in ("numpy", "keras")
                )
                assert abs(ours - theirs) < 1.5 * error, (title, reader)

    @claims("09", "On these texts the GRU wins", "The network pays when two things come together")
    def test_the_network_pays_with_many_texts_whose_order_decides(self):
        curves = self.full["learning curves"]["simulated"]
        gru, letters = (np.mean(curves["test"][name], axis=1) for name in ("GRU", "letters, SVM"))
        assert gru[0] < letters[0] and all(
            g > s for n, g, s in zip(curves["texts"], gru, letters, strict=True) if n >= 1000
        )

    @claims("09", "the curves have not met where our texts end", "beats our networks on 500 and on 2,800 real texts")
    def test_and_never_on_the_typed_labels(self):
        curves = self.full["learning curves"]["typed labels"]["test"]
        letters = np.mean(curves["letters, SVM"], axis=1)
        assert all(np.all(letters > np.mean(curves[name], axis=1)) for name in ("SimpleRNN", "GRU", "mean"))
