"""A batch of images is worked through in pieces of 16, on as many processor cores as there are.

The loss is a mean over samples, so the gradient of a batch is the sum of the gradients of its pieces, each counted with
its share of the samples. The arrays of 16 images fit into a core's cache, which alone saves a quarter of the time. The
pieces are added up in their order, so the result does not depend on the number of cores.
"""

import contextvars
import copy
import functools
import math
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from course_lib.nn.image_layers import MaxPooling2D
from course_lib.nn.layers import Activation
from course_lib.nn.workspace import Workspace

PIECE = 16  # samples


def cores():
    """The number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def pool(threads):
    """The threads that help; they are made once and wait between steps."""
    return ThreadPoolExecutor(threads, thread_name_prefix="course-pieces")


if hasattr(os, "register_at_fork"):  # a forked process has the pool, but not its threads: it makes new ones
    os.register_at_fork(after_in_child=pool.cache_clear)


class Lane:
    """The layers of a model once more: on the same weights, but with gradients and work arrays of their own.

    Relu and the largest value may change places: max(relu(a), relu(b)) = relu(max(a, b)), and so for the gradients.
    Behind the pooling relu has only a quarter of the numbers to look at.
    """

    def __init__(self, model):
        self.layers = [copy.copy(layer) for layer in model.layers]
        for before, after in pairwise(list(self.layers)):
            if isinstance(after, MaxPooling2D) and getattr(before, "activation", None) == "relu":
                before.activation = "linear"
                self.layers.insert(self.layers.index(after) + 1, Activation("relu"))
        self.gradient_vector, self.work = np.zeros_like(model.gradient_vector), Workspace()
        first = 0
        for layer in self.layers:
            layer.own_memory()
            gradients = []
            for weight in layer.weights:
                gradients.append(self.gradient_vector[first : first + weight.size].reshape(weight.shape))
                first += weight.size
            layer.bind(layer.weights, gradients)


def loss_and_gradients(model, x, y, training, weight):
    """Return (loss, y_pred) of the batch and leave the gradients in the model, as for the batch in one piece."""
    parts = [slice(a, a + PIECE) for a in range(0, len(x), PIECE)]
    lanes = model.lanes = model.lanes or [Lane(model) for _core in range(cores())]
    lanes = lanes[: len(parts)]
    gradients = lanes[0].work("gradients", (len(parts), model.gradient_vector.size), model.dtype)
    results = [None] * len(parts)

    def run(first):
        lane = lanes[first]
        for k in range(first, len(parts), len(lanes)):
            part = parts[k]
            x_part, some = x[part], None if weight is None else weight[part]
            share = len(x_part) / len(x)
            loss, y_pred = model._work_through(lane.layers, x_part, y[part], training, some, share)
            results[k] = loss * share, y_pred
            gradients[k] = lane.gradient_vector

    # np.errstate belongs to a context, and a thread starts with a context of its own
    helpers = [pool(cores()).submit(contextvars.copy_context().run, run, k) for k in range(1, len(lanes))]
    try:
        run(0)
    finally:  # also after Ctrl-C: nobody may still be at work when the next step begins
        problems = [helper.exception() for helper in helpers]
    for problem in filter(None, problems):
        raise problem
    np.add(gradients[0], gradients[1], out=model.gradient_vector)
    for one in gradients[2:]:
        model.gradient_vector += one
    return math.fsum(loss for loss, _y_pred in results), np.concatenate([y_pred for _loss, y_pred in results])
