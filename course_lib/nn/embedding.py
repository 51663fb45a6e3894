"""The embedding: each token of a text becomes a row of W. And the mean of a text's rows, over its real tokens.

tokens (N, T): N texts of T tokens, whole numbers from 0 to V - 1; 0 is padding      mask (N, T): True at real tokens
W (V, E): one row of E numbers for each of the V tokens of the vocabulary            y (N, T, E): the rows in order
"""

import numpy as np

from course_lib.nn.checks import same_shape
from course_lib.nn.sequence_checks import sequences, steps_mask
from course_lib.nn.text_checks import embedding_table, some_real_step, token_numbers


def embedding_forward(tokens, W):
    """The row of each token: y[n, t] = W[tokens[n, t]], which is onehot(tokens) W without the product with zeros.

    tokens (N, T) whole numbers from 0 to V - 1, W (V, E) -> y (N, T, E) and the cache for `embedding_backward`. Raises
    a TypeError for tokens that are not whole numbers, a ValueError for T = 0 and for a token that is no row of W.
    """
    W = embedding_table(W)
    tokens = token_numbers("tokens", tokens, len(W))
    y = W[tokens]
    cache = tokens, W.shape, y
    return y, cache


def embedding_backward(dy, cache, out=None):
    """A row's gradient is a sum over all places of its token: dL/dW[v] = sum of dL/dy[n, t] where tokens[n, t] = v.

    dy (N, T, E) -> dW (V, E). The row of a token that is nowhere in the batch is 0; tokens have no gradient. Value e of
    token v lies at place v E + e in W, and `bincount` adds up what arrives at each place: in float64, and 3 to 5 times
    as quick as np.add.at (measured). A layer passes `out`, the array that receives dW.
    """
    tokens, (V, E), y = cache
    dy, y = same_shape("dy", dy, "y", y)
    places = tokens[..., None] * E + np.arange(E)
    dW = np.bincount(places.ravel(), dy.ravel(), V * E).reshape(V, E)
    if out is None:
        return dW.astype(y.dtype, copy=False)
    out[...] = dW
    return out


def masked_mean_forward(x, mask=None):
    """The mean over the real steps: y[n] = sum over t of mask[n, t] x[n, t] / sum over t of mask[n, t].

    x (N, T, E), mask (N, T) True at real steps, None for all -> y (N, E) and the cache for `masked_mean_backward`. What
    stands in a masked step does not count. Raises a ValueError for a text without a real step.
    """
    x = sequences(x)
    real = np.ones(x.shape[:2], bool) if mask is None else steps_mask(mask, *x.shape[:2])
    some_real_step(real)
    count = real.sum(axis=1, keepdims=True).astype(x.dtype)
    total = x.sum(axis=1) if mask is None else np.where(real[..., None], x, x.dtype.type(0)).sum(axis=1)
    y = total / count
    cache = real, count, y
    return y, cache


def masked_mean_backward(dy, cache):
    """Every real step gets an equal share: dL/dx[n, t] = mask[n, t] dL/dy[n] / sum over t of mask[n, t].

    dy (N, E) -> dx (N, T, E).
    """
    real, count, y = cache
    dy, _y = same_shape("dy", dy, "y", y)
    share = (dy / count).astype(y.dtype, copy=False)
    return np.where(real[..., None], share[:, None], y.dtype.type(0))
