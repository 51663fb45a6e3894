"""Data parallelism by hand: the gradient of one large batch from those of its parts, and the bytes it costs."""

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, whole


def average_gradients(gradients, sizes):
    """The gradient of the whole batch from those of the workers: sum of n_k g_k / sum of n_k.

    gradients: a list of K arrays of one shape, g_k the gradient of the mean loss over the n_k rows of worker k; sizes:
    a list of K whole numbers n_k -> one array of that shape. The plain mean is right for equal parts only.

    A worker without rows has no say, whatever its gradient. Raises ValueError for lists of different lengths, shapes
    that differ, missing values, and no row at all.
    """
    gradients, sizes = parts(gradients, sizes)
    total = sum(n * g for n, g in zip(sizes, gradients, strict=True))
    return total / sum(sizes)


def ring_traffic(parameters, workers, bytes_each=4):
    """The bytes that each worker sends in one step of a ring all-reduce: 2 (K - 1) / K * parameters * bytes_each.

    The gradient is cut into K parts. In K - 1 rounds each worker sends one part to its neighbour, which adds it to its
    own; in K - 1 more rounds the finished parts go round. A single worker sends nothing; with many it is nearly twice
    the gradient, however many there are.

    Source: Patarasuk and Yuan 2009. Raises TypeError for what is no whole number, ValueError below 1.
    """
    parameters, workers = whole("parameters", parameters), whole("workers", workers)
    return 2 * (workers - 1) / workers * parameters * whole("bytes_each", bytes_each)


def parts(gradients, sizes):
    """The gradients and sizes of the workers that have rows, checked."""
    if len(gradients) != len(sizes) or not len(sizes):
        raise ValueError(
            _(
                "gradients has {given} arrays, but sizes {needed} numbers: one of each is needed for every worker."
            ).format(given=len(gradients), needed=len(sizes))
        )
    rows = [whole(f"sizes[{k}]", n, at_least=0) for k, n in enumerate(sizes)]
    if not any(rows):
        raise ValueError(_("sizes are all 0: no worker has a row, so there is no gradient."))
    arrays = [as_float(f"gradients[{k}]", g) for k, g in enumerate(gradients)]
    for k, array in enumerate(arrays):
        if array.shape != arrays[0].shape:
            raise ValueError(
                _(
                    "gradients[{k}] has shape {given}, but gradients[0] has {needed}: give the same weight of each."
                ).format(k=k, given=array.shape, needed=arrays[0].shape)
            )
        if rows[k]:
            finite(f"gradients[{k}]", array)
    return [array for array, n in zip(arrays, rows, strict=True) if n], [n for n in rows if n]
