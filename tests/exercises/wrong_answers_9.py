"""Wrong answers of chapter 9 as learners write them, with the name of the mistake they must be told."""

import math

import numpy as np
from sklearn.preprocessing import normalize

from course_lib import nn


# --- texts to numbers
def encode_if_known(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        t = 0
        for word in text.lower().split():
            if word in vocabulary and t < length:
                tokens[n, t] = vocabulary[word]
                t += 1
    return tokens


def encode_zero_stays(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        for t, word in enumerate(text.lower().split()[:length]):
            if word in vocabulary:
                tokens[n, t] = vocabulary[word]
    return tokens


def encode_brackets(texts, vocabulary, length):
    rows = []
    for text in texts:
        row = [vocabulary[w] for w in text.lower().split()][:length]
        rows.append(row + [0] * (length - len(row)))
    return np.array(rows)


def encode_capitals(texts, vocabulary, length):
    rows = []
    for text in texts:
        row = [vocabulary.get(w, 1) for w in text.split()][:length]
        rows.append(row + [0] * (length - len(row)))
    return np.array(rows)


def encode_single_spaces(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        for t, word in enumerate(text.lower().split(" ")[:length]):
            tokens[n, t] = vocabulary.get(word, 1)
    return tokens


def encode_each_letter(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        for t, word in enumerate(text.lower()[:length]):
            tokens[n, t] = vocabulary.get(word, 1)
    return tokens


def encode_keras_padding(texts, vocabulary, length):
    """Padding before the text, as pad_sequences does."""
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        row = [vocabulary.get(word, 1) for word in text.lower().split()][:length]
        tokens[n, length - len(row) :] = row
    return tokens


def encode_ones(texts, vocabulary, length):
    tokens = np.ones((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        for t, word in enumerate(text.lower().split()[:length]):
            tokens[n, t] = vocabulary.get(word, 1)
    return tokens


def encode_slice_assigned(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        row = [vocabulary.get(word, 1) for word in text.lower().split()]
        tokens[n, : len(row)] = row
    return tokens


def encode_returned_early(texts, vocabulary, length):
    tokens = []
    for text in texts:
        row = [vocabulary.get(word, 1) for word in text.lower().split()][:length]
        tokens.append(row + [0] * (length - len(row)))
        return np.array(tokens)


def encode_for_each_place(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        words = text.lower().split()
        for t in range(length):
            tokens[n, t] = vocabulary.get(words[t], 1)
    return tokens


def encode_shortened(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        for t, word in enumerate(text[:length].lower().split()):
            tokens[n, t] = vocabulary.get(word, 1)
    return tokens


# --- embedding
def rows_from_one(tokens, W):
    y = np.zeros((*tokens.shape, W.shape[1]))
    for n in range(tokens.shape[0]):
        for t in range(tokens.shape[1]):
            y[n, t] = W[tokens[n, t] - 1]
    return y


def rows_one_hot_flat(tokens, W):
    return np.eye(len(W))[tokens.flatten()] @ W


def rows_columns(tokens, W):
    return np.take(W, tokens, axis=1)


def rows_scaled_like_large_models(tokens, W):
    return W[tokens] * math.sqrt(W.shape[-1])


def rows_pooled(tokens, W):
    return np.stack([W[one].mean(axis=0) for one in tokens])


def rows_masked(tokens, W):
    y = W[tokens].copy()
    y[tokens == 0] = 0
    return y


def rows_times_token(tokens, W):
    return np.einsum("nt,nte->nte", tokens, W[tokens])


def gradient_fancy_plus(dy, tokens, V):
    dW = np.zeros((V, dy.shape[2]))
    dW[tokens] += dy
    return dW


def gradient_written(dy, tokens, V):
    dW = np.zeros((V, dy.shape[2]))
    for n in range(len(tokens)):
        for t in range(tokens.shape[1]):
            dW[tokens[n, t]] = dy[n, t]
    return dW


def gradient_rows_of_text(dy, tokens, V):
    dW = np.zeros((V, dy.shape[2]))
    for one, gradient in zip(tokens, dy, strict=True):
        dW[one] = dW[one] + gradient
    return dW


def gradient_steps(dy, tokens, V):
    dW = np.zeros((V, dy.shape[2]))
    for t in range(tokens.shape[1]):
        dW[tokens[:, t]] += dy[:, t]
    return dW


def gradient_mean_of_masks(dy, tokens, V):
    return np.stack([dy[tokens == v].mean(axis=0) if (tokens == v).any() else np.zeros(dy.shape[2]) for v in range(V)])


def gradient_over_batch(dy, tokens, V):
    return np.einsum("ntv,nte->ve", np.eye(V)[tokens], dy) / dy.shape[0]


def gradient_one_hot_turned(dy, tokens, V):
    return np.einsum("nte,ntv->ev", dy, np.eye(V)[tokens])


def gradient_rows_from_batch(dy, tokens, V):
    V = tokens.max() + 1
    return np.stack([dy[tokens == v].sum(axis=0) for v in range(V)])


def gradient_new_table_each_text(dy, tokens, V):
    for n in range(len(tokens)):
        dW = np.zeros((V, dy.shape[2]))
        np.add.at(dW, tokens[n], dy[n])
    return dW


def gradient_no_padding(dy, tokens, V):
    dW = np.zeros((V, dy.shape[2]))
    real = tokens != 0
    np.add.at(dW, tokens[real], dy[real])
    return dW


def gradient_masks_mean(dy, tokens, V):
    dW = np.zeros((V, dy.shape[2]))
    for v in range(V):
        places = tokens == v
        dW[v] = (dy * places[..., None]).sum(axis=(0, 1)) / places.sum()
    return dW


def gradient_row_t(dy, tokens, V):
    dW = np.zeros((V, dy.shape[2]))
    for n in range(tokens.shape[0]):
        for t in range(tokens.shape[1]):
            dW[t] += dy[n, t]
    return dW


def mean_with_nan(x, mask):
    x = x.copy()
    x[~mask] = np.nan
    return x.mean(axis=1)


def mean_numpy(x, mask):
    return np.mean(x, axis=1)


def mean_of_product(x, mask):
    return np.mean(x * mask[..., None], axis=1)


def mean_nonzero(x, mask):
    kept = x * mask[..., None]
    filled = np.any(kept != 0, axis=-1).sum(axis=1)
    return kept.sum(axis=1) / np.maximum(filled, 1)[:, None]


def mean_boolean_index(x, mask):
    return np.mean(x[mask], axis=0)


def mean_no_new_axis(x, mask):
    return np.sum(x * mask, axis=1) / np.sum(mask, axis=1, keepdims=True)


def mean_flat_count(x, mask):
    return np.sum(x * mask[..., None], axis=1) / np.sum(mask, axis=1)


def mean_total(x, mask):
    return np.einsum("nt,nte->ne", mask, x) / mask.sum()


def mean_sum(x, mask):
    return np.einsum("nt,nte->ne", mask, x)


def mean_not_mask(x, mask):
    padding = np.logical_not(mask)
    return np.einsum("nt,nte->ne", padding, x) / padding.sum(axis=1, keepdims=True)


# --- TF-IDF
def tf_idf_of_length_1(counts, idf):
    return normalize(counts * idf)


def tf_idf_without_one(counts):
    return tf_idf_of_length_1(counts, np.log((1 + len(counts)) / (1 + (counts > 0).sum(0))))


def tf_idf_word_sums(counts):
    return tf_idf_of_length_1(counts, np.log((1 + len(counts)) / (1 + counts.sum(0))) + 1)


def tf_idf_textbook(counts):
    df = np.count_nonzero(counts, axis=0)
    idf = np.array([math.log(len(counts) / n) if n else 0.0 for n in df])
    z = counts * idf
    norm = np.linalg.norm(z, axis=1)
    norm[norm == 0] = 1
    return z / norm[:, None]


def tf_idf_base_10(counts):
    return tf_idf_of_length_1(counts, np.log10((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1)


def tf_idf_raw(counts):
    return counts * (np.log((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1)


def tf_idf_zero_length(counts):
    z = counts * (np.log((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1)
    return z / np.linalg.norm(z, axis=1, keepdims=True)


def tf_idf_sum_one(counts):
    z = counts * (np.log((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1)
    total = z.sum(axis=1, keepdims=True)
    total[total == 0] = 1
    return z / total


def tf_idf_binary(counts):
    return tf_idf_of_length_1(counts > 0, np.log((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1)


def tf_idf_wikipedia(counts):
    tf = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    df = (counts > 0).sum(axis=0)
    return tf * np.log(len(counts) / np.where(df == 0, 1, df))


def tf_idf_brackets(counts):
    return tf_idf_of_length_1(counts, np.log(1 + len(counts) / (1 + (counts > 0).sum(0))) + 1)


def tf_idf_never_zero(counts):
    z = counts * (np.log((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1)
    return z / (np.linalg.norm(z, axis=1, keepdims=True) + 1e-8)


# --- attention
def attention_no_root(q, k, v):
    return nn.softmax(q @ k.swapaxes(1, 2)) @ v


def attention_over_d(q, k, v):
    return nn.softmax(q @ k.swapaxes(1, 2) / q.shape[-1]) @ v


def attention_axis_one(q, k, v):
    s = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) @ v


def attention_no_axis(q, k, v):
    s = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])
    e = np.exp(s - np.max(s))
    return e / np.sum(e) @ v


def attention_plain_exp(q, k, v):
    e = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1]))
    return e / e.sum(axis=-1, keepdims=True) @ v


def attention_one_maximum(q, k, v):
    s = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])
    e = np.exp(s - np.max(s))
    return e / np.sum(e, axis=-1, keepdims=True) @ v


def attention_linear(q, k, v):
    return q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1]) @ v


def attention_weights_alone(q, k, v):
    return nn.softmax(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1]))


def attention_argmax(q, k, v):
    best = np.argmax(q @ k.swapaxes(1, 2), axis=-1)
    return np.stack([one[chosen] for one, chosen in zip(v, best, strict=True)])


def attention_first_axis(q, k, v):
    return nn.softmax(q @ k.swapaxes(1, 2) / np.sqrt(len(q))) @ v


def attention_sigmoids(q, k, v):
    return nn.sigmoid(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])) @ v


def attention_no_root_careless(q, k, v):
    """Two mistakes: the root is missing, and the exponential overflows in the test with large numbers."""
    e = np.exp(q @ k.swapaxes(1, 2))
    return e / e.sum(axis=-1, keepdims=True) @ v


WRONG = [
    ("encode", "unknown_left_out", encode_if_known),
    ("encode", "unknown_as_padding", encode_zero_stays),
    ("encode", "unknown_raises", encode_brackets),
    ("encode", "capitals_kept", encode_capitals),
    ("encode", "cut_at_each_space", encode_single_spaces),
    ("encode", "letters", encode_each_letter),
    ("encode", "padded_left", encode_keras_padding),
    ("encode", "padded_with_ones", encode_ones),
    ("encode", "not_cut", encode_slice_assigned),
    ("encode", "first_text_only", encode_returned_early),
    ("encode", "short_text_runs_over", encode_for_each_place),
    ("encode", "letters_cut", encode_shortened),
    ("embedding_forward", "one_row_too_early", rows_from_one),
    ("embedding_forward", "one_long_list", rows_one_hot_flat),
    ("embedding_forward", "columns_taken", rows_columns),
    ("embedding_forward", "times_root_of_E", rows_scaled_like_large_models),
    ("embedding_forward", "mean_over_text", rows_pooled),
    ("embedding_forward", "padding_set_to_zero", rows_masked),
    ("embedding_forward", "number_times_row", rows_times_token),
    ("embedding_backward", "assigned", gradient_fancy_plus),
    ("embedding_backward", "assigned", gradient_written),
    ("embedding_backward", "lost_within_a_text", gradient_rows_of_text),
    ("embedding_backward", "lost_between_texts", gradient_steps),
    ("embedding_backward", "mean_of_places", gradient_mean_of_masks),
    ("embedding_backward", "batch_averaged", gradient_over_batch),
    ("embedding_backward", "transposed", gradient_one_hot_turned),
    ("embedding_backward", "rows_from_the_batch", gradient_rows_from_batch),
    ("embedding_backward", "last_text_only", gradient_new_table_each_text),
    ("embedding_backward", "padding_left_out", gradient_no_padding),
    ("embedding_backward", "mean_of_no_place", gradient_masks_mean),
    ("embedding_backward", "place_instead_of_token", gradient_row_t),
    ("masked_mean", "nan_for_padding", mean_with_nan),
    ("masked_mean", "mask_unused", mean_numpy),
    ("masked_mean", "divided_by_T", mean_of_product),
    ("masked_mean", "zeros_not_counted", mean_nonzero),
    ("masked_mean", "all_texts_together", mean_boolean_index),
    ("masked_mean", "mask_without_axis", mean_no_new_axis),
    ("masked_mean", "count_without_axis", mean_flat_count),
    ("masked_mean", "divided_by_all_real", mean_total),
    ("masked_mean", "only_summed", mean_sum),
    ("masked_mean", "mask_inverted", mean_not_mask),
    ("tf_idf", "one_forgotten", tf_idf_without_one),
    ("tf_idf", "words_counted_instead_of_texts", tf_idf_word_sums),
    ("tf_idf", "plain_textbook", tf_idf_textbook),
    ("tf_idf", "log10", tf_idf_base_10),
    ("tf_idf", "not_normalised", tf_idf_raw),
    ("tf_idf", "empty_text_divided_by_zero", tf_idf_zero_length),
    ("tf_idf", "divided_by_the_sum", tf_idf_sum_one),
    ("tf_idf", "yes_or_no", tf_idf_binary),
    ("tf_idf", "plain_textbook_of_shares", tf_idf_wikipedia),
    ("tf_idf", "brackets", tf_idf_brackets),
    ("tf_idf", "added_1e_8", tf_idf_never_zero),
    ("attention", "sqrt_forgotten", attention_no_root),
    ("attention", "divided_by_d", attention_over_d),
    ("attention", "softmax_over_queries", attention_axis_one),
    ("attention", "softmax_over_everything", attention_no_axis),
    ("attention", "overflow", attention_plain_exp),
    ("attention", "softmax_forgotten", attention_linear),
    ("attention", "one_largest_for_all", attention_one_maximum),
    ("attention", "weights_returned", attention_weights_alone),
    ("attention", "hard_choice", attention_argmax),
    ("attention", "divided_by_sqrt_of_texts", attention_first_axis),
    ("attention", "sigmoid_weights", attention_sigmoids),
    ("attention", "sqrt_forgotten", attention_no_root_careless),
]
