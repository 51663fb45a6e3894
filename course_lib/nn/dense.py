"""The dense layer: every unit sees every feature. One row of x is one sample.

x (N, D): N samples with D features        W (D, M): one column for each of the M units
b (M,):   one bias for each unit           y (N, M): one row for each sample
"""

import numpy as np

from course_lib.nn.checks import dense_inputs, same_shape


def dense_forward(x, W, b):
    """The weighted sum of the features plus a bias: y = x W + b.

    x (N, D), W (D, M), b (M,) -> y (N, M) and the cache for `dense_backward`.
    """
    x, W, b = dense_inputs(x, W, b)
    y = x @ W + b
    cache = x, W, y
    return y, cache


def dense_backward(dy, cache, out=(None, None), needs_dx=True):
    """The gradients of the loss L, by the chain rule, from dy = dL/dy (N, M).

    dL/dx = dy W^T         (N, M) (M, D) -> (N, D)
    dL/dW = x^T dy         (D, N) (N, M) -> (D, M)
    dL/db = sum_n dy_n     (N, M)        -> (M,)

    Returns dx, dW, db. A layer passes `out`, the arrays that receive dW and db, and the first layer of a network
    sets needs_dx=False: nobody asks how to change the data, so dx is None.
    """
    x, W, y = cache
    dy, y = same_shape("dy", dy, "y", y)
    dW, db = out
    dx = dy @ W.T if needs_dx else None
    dW = np.matmul(x.T, dy, out=dW)
    db = np.sum(dy, axis=0, out=db)
    return dx, dW, db
