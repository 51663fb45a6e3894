"""Attention: each query looks at all keys, and takes the mean of their values with weights of its own.

q (N, Tq, d): one query for each step that asks     k (N, Tk, d): one key for each step that is asked
v (N, Tk, D): what each of these steps has to say   y (N, Tq, D): one answer for each query

Source: Vaswani et al., "Attention Is All You Need", NeurIPS 2017, equation 1. `attention_loops` is the formula,
`attention_forward` is what runs.
"""

import numpy as np

from course_lib.nn.activations import softmax, softmax_backward
from course_lib.nn.checks import same_shape
from course_lib.nn.text_checks import attention_inputs


def attention_loops(q, k, v, mask=None):
    """The formula, one query after the other: y_i = sum over j of a_ij v_j, a_i = softmax over j of q_i k_j / sqrt(d).

    q (N, Tq, d), k (N, Tk, d), v (N, Tk, D) -> y (N, Tq, D). mask (N, Tk), or (N, Tq, Tk) for each query by itself, is
    True at the keys that count. Slow: for reading, and to check the fast form with.
    """
    q, k, v, mask = attention_inputs(q, k, v, mask)
    y = np.zeros((*q.shape[:2], v.shape[2]), q.dtype)
    for n in range(len(q)):
        for i in range(q.shape[1]):
            keys = [j for j in range(k.shape[1]) if mask is None or mask[n, i, j]]
            scores = np.array([q[n, i] @ k[n, j] for j in keys]) / np.sqrt(q.shape[2])
            a = np.exp(scores - scores.max())
            a /= a.sum()
            for j, weight in zip(keys, a, strict=True):
                y[n, i] += weight * v[n, j]
    return y


def attention_forward(q, k, v, mask=None):
    """y = A v with A = softmax(q k^T / sqrt(d)): each row of A is positive and adds up to 1.

    q (N, Tq, d), k (N, Tk, d), v (N, Tk, D), mask as in `attention_loops` -> y (N, Tq, D) and the cache for
    `attention_backward` and `attention_weights`. Without sqrt(d) the scores grow with d, and softmax takes one key
    only. Raises a ValueError for shapes that do not fit and for a row of the mask without a key.
    """
    q, k, v, mask = attention_inputs(q, k, v, mask)
    scale = q.dtype.type(1 / np.sqrt(q.shape[2]))
    scores = q @ k.transpose(0, 2, 1) * scale
    if mask is not None:
        scores = np.where(mask, scores, q.dtype.type(-np.inf))  # exp(-inf) = 0: no weight
    A = softmax(scores)
    y = A @ v
    cache = q, k, v, A, scale, y
    return y, cache


def attention_backward(dy, cache):
    """The gradients by the chain rule, from dy = dL/dy (N, Tq, D), with S = q k^T / sqrt(d) and A = softmax(S).

    dL/dv = A^T dy                                        (N, Tk, D)
    dL/dA = dy v^T                                        (N, Tq, Tk)
    dL/dS = A * (dL/dA - the sum of each row of A * dL/dA)
    dL/dq = dL/dS k / sqrt(d)                             (N, Tq, d)
    dL/dk = dL/dS^T q / sqrt(d)                           (N, Tk, d)

    Returns dq, dk, dv. A masked key has weight 0, so its gradients are 0.
    """
    q, k, v, A, scale, y = cache
    dy, y = same_shape("dy", dy, "y", y)
    dy = dy.astype(y.dtype, copy=False)
    dv = A.transpose(0, 2, 1) @ dy
    dS = softmax_backward(dy @ v.transpose(0, 2, 1), A) * scale
    return dS @ k, dS.transpose(0, 2, 1) @ q, dv


def attention_weights(cache):
    """What looks at what, for pictures: A (N, Tq, Tk) from the cache of `attention_forward`; each row adds up to 1."""
    return cache[3].copy()
