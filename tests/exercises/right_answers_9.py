"""Right answers of chapter 9, written in the ways people write them. Every one must pass."""

import math
import re
from collections import defaultdict

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer

from course_lib import nn, text


# --- texts to numbers
def encode_lists(texts, vocabulary, length):
    rows = []
    for one in texts:
        row = [vocabulary[word] if word in vocabulary else 1 for word in one.lower().split()]
        row = row[:length]
        while len(row) < length:
            row.append(0)
        rows.append(row)
    return np.array(rows)


def encode_nested(texts, vocabulary, length):
    """Lists of whole numbers are accepted as they are."""
    known = defaultdict(lambda: 1, vocabulary)
    return [([known[word] for word in one.lower().split()] + [0] * length)[:length] for one in texts]


def encode_pattern(texts, vocabulary, length):
    tokens = np.full((len(texts), length), 0, dtype=np.int32)
    for n in range(len(texts)):
        words = re.findall(r"\S+", texts[n].casefold())
        for t in range(min(len(words), length)):
            try:
                tokens[n, t] = vocabulary[words[t]]
            except KeyError:
                tokens[n, t] = 1
    return tokens


def encode_library(texts, vocabulary, length):
    tokens = ("", "[UNK]", *sorted(vocabulary, key=vocabulary.get))
    return text.Vocabulary(tokens, (0,) * len(tokens)).encode(texts, length, allow_unknown=True)


# --- embedding
def rows_loops(tokens, W):
    y = np.zeros((tokens.shape[0], tokens.shape[1], W.shape[1]))
    for n in range(tokens.shape[0]):
        for t in range(tokens.shape[1]):
            y[n, t, :] = W[tokens[n, t], :]
    return y


def rows_one_hot(tokens, W):
    return np.eye(W.shape[0])[tokens] @ W


def rows_take(tokens, W):
    return np.take(W, tokens, axis=0)


def rows_of_each_text(tokens, W):
    return np.array([W[one] for one in tokens])


def gradient_add_at(dy, tokens, V):
    dW = np.zeros((V, dy.shape[-1]))
    np.add.at(dW, tokens, dy)
    return dW


def gradient_one_hot(dy, tokens, V):
    return np.einsum("ntv,nte->ve", np.eye(V)[tokens], dy)


def gradient_masks(dy, tokens, V):
    return np.stack([dy[tokens == v].sum(axis=0) for v in range(V)])


def gradient_library(dy, tokens, V):
    return nn.embedding_backward(dy, nn.embedding_forward(tokens, np.zeros((V, dy.shape[2])))[1])


def mean_where(x, mask):
    kept = np.where(mask[..., np.newaxis], x, 0.0)
    return kept.sum(1) / mask.sum(1).reshape(-1, 1)


def mean_loop(x, mask):
    y = np.zeros((x.shape[0], x.shape[2]))
    for n in range(len(x)):
        y[n] = x[n][mask[n]].mean(axis=0)
    return y


def mean_product(x, mask):
    weights = mask / mask.sum(axis=1, keepdims=True)
    return np.einsum("nt,nte->ne", weights, x)


def mean_masked_array(x, mask):
    hidden = np.broadcast_to(~mask[:, :, None], x.shape)
    return np.ma.masked_array(x, hidden).mean(axis=1).filled(0.0)


# --- TF-IDF
def tf_idf_loops(counts):
    N, V = counts.shape
    z = np.zeros((N, V))
    for v in range(V):
        df = sum(1 for n in range(N) if counts[n, v] > 0)
        for n in range(N):
            z[n, v] = counts[n, v] * (math.log((1 + N) / (1 + df)) + 1)
    for n in range(N):
        length = math.sqrt(sum(value * value for value in z[n]))
        if length > 0:
            z[n] = z[n] / length
    return z


def tf_idf_norm(counts):
    n = counts.shape[0]
    idf = 1 - np.log(1 + np.count_nonzero(counts, axis=0)) + np.log(1 + n)
    z = counts * idf[None, :]
    norm = np.linalg.norm(z, axis=1, keepdims=True)
    norm[norm == 0] = 1
    return z / norm


def tf_idf_of_shares(counts):
    """The share of a word in its text instead of its count: the length takes the factor out again."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    z = share * (np.log((1 + len(counts)) / (1 + (counts != 0).sum(axis=0))) + 1)
    return z / np.maximum(np.sqrt(np.sum(z**2, axis=1)), 1e-300)[:, None]


def tf_idf_sklearn(counts):
    return TfidfTransformer().fit_transform(counts).toarray()


# --- attention
def attention_loops(q, k, v):
    N, Tq, d = q.shape
    y = np.zeros((N, Tq, v.shape[2]))
    for n in range(N):
        for i in range(Tq):
            scores = np.array([np.dot(q[n, i], k[n, j]) for j in range(k.shape[1])]) / math.sqrt(d)
            weights = np.exp(scores - np.max(scores))
            weights = weights / np.sum(weights)
            for j in range(k.shape[1]):
                y[n, i] = y[n, i] + weights[j] * v[n, j]
    return y


def attention_einsum(q, k, v):
    scores = np.einsum("nqd,nkd->nqk", q / q.shape[-1] ** 0.5, k)
    return np.einsum("nqk,nkd->nqd", nn.softmax(scores), v)


def attention_exp(q, k, v):
    weights = nn.softmax(np.matmul(q, np.swapaxes(k, -1, -2)) / np.sqrt(k.shape[-1]))
    return np.matmul(weights, v), weights  # the weights may come along, as the library's cache does


def attention_by_text(q, k, v):
    answers = []
    for one_q, one_k, one_v in zip(q, k, v, strict=True):
        s = one_k @ one_q.T / np.sqrt(one_q.shape[1])
        e = np.exp(s - s.max(axis=0))
        answers.append((e / e.sum(axis=0)).T @ one_v)
    return np.array(answers)


RIGHT = {
    "encode": [encode_lists, encode_nested, encode_pattern, encode_library],
    "embedding_forward": [rows_loops, rows_one_hot, rows_take, rows_of_each_text, nn.embedding_forward],
    "embedding_backward": [gradient_add_at, gradient_one_hot, gradient_masks, gradient_library],
    "masked_mean": [mean_where, mean_loop, mean_product, mean_masked_array, nn.masked_mean_forward],
    "tf_idf": [tf_idf_loops, tf_idf_norm, tf_idf_of_shares, tf_idf_sklearn, text.tf_idf],
    "attention": [
        attention_loops, attention_einsum, attention_exp, attention_by_text, nn.attention_forward, nn.attention_loops,
    ],
}  # fmt: skip
