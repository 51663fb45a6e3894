"""Comparison of one function and its gradient."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import generator
from course_lib.parity.comparison import TOLERANCES, Comparison, compare_arrays
from course_lib.parity.engines import device, engine


def compare_functions(forward, backward, reference, inputs, dy=None, rng=0, tolerance=None):
    """Compare a NumPy function and its gradient with a Keras or TensorFlow function; return a `Comparison`.

    forward(*inputs) -> (y, cache) and backward(dy, cache) -> the gradients in the order of the inputs (an array or a
    tuple; None skips an input). reference(*tensors) -> the same y, for example keras.ops.relu. `inputs` is a dict
    name -> array or a list. dy = dL/dy is random if not given. backward=None compares the outputs only. A loss of this
    course fits as it is, because it returns (loss, gradient): backward=lambda dy, gradient: dy * gradient.
    """
    where = device()
    import keras

    inputs = inputs if isinstance(inputs, dict) else {_("input {k}").format(k=k): x for k, x in enumerate(inputs)}
    arrays = [np.asarray(x) for x in inputs.values()]
    y, cache = forward(*arrays)
    y = np.asarray(y)
    dtype = str(y.dtype)
    tolerance = tolerance or TOLERANCES[dtype]
    if dy is None:
        dy = generator(rng).standard_normal(y.shape)
    dy = np.asarray(dy, y.dtype)

    def weighted(*tensors):
        output = reference(*tensors)
        return keras.ops.sum(output * dy), output

    with keras.device(where.name):
        _value, output, theirs = engine().differentiate(weighted)(arrays)
        rows = [compare_arrays(_("output"), y, keras.ops.convert_to_numpy(output), tolerance)]
        if backward is not None:
            ours = backward(dy, cache)
            ours = ours if isinstance(ours, (tuple, list)) else (ours,)
            rows += [
                compare_arrays(_("gradient of {name}").format(name=name), a, keras.ops.convert_to_numpy(b), tolerance)
                for name, a, b in zip(inputs, ours, theirs, strict=True)
                if a is not None
            ]
    return Comparison(tuple(rows), dtype, where)
