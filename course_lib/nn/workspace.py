"""Work arrays: a layer keeps its own from step to step, so that training does not ask for new memory each time.

The functions of this package take `work`, which they call as work(name, shape, dtype) for an array to write into. By
themselves they use `fresh`: a new array each time. A layer that trains passes its `Workspace`.
"""

import math

import numpy as np


def fresh(name, shape, dtype):
    """Return a new array of this shape whose values are not set yet."""
    return np.empty(shape, dtype)


class Workspace:
    """Returns an array of this shape, not filled, in the same memory whenever the same name is asked for.

    What an earlier step wrote under this name is overwritten, so nothing that leaves the model may lie in here.
    """

    def __init__(self):
        self.memory = {}

    def __call__(self, name, shape, dtype):
        size, dtype = math.prod(shape), np.dtype(dtype)
        memory = self.memory.get(name)
        if memory is None or memory.dtype != dtype or memory.size < size:
            memory = self.memory[name] = np.empty(size, dtype)
        return memory[:size].reshape(shape)

    def __reduce__(self):
        """A copied or unpickled workspace is an empty one: two models must not share memory."""
        return Workspace, ()
