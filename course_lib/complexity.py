"""What a model costs and what it looks at: floating-point operations counted, and the saliency of each pixel."""

import numpy as np

from course_lib import nn
from course_lib.language import _
from course_lib.nn.checks import as_float, finite


def count_flops(model):
    """The floating-point operations of each layer for one sample: 2 for each multiply-add of a weight.

        Dense: 2 D M        Conv2D: 2 kh kw C F for each pixel of the output
        SimpleRNN: 2 (D H + H^2) for each step, LSTM four times, GRU three times as many

    Biases, activations, pooling and look-ups in an embedding are not counted: they are few beside the products. ->
    a list with one whole number for each layer of `model.layers`, in their order.

    Raises ValueError for a model without weights yet, and for a layer whose number of steps is open.
    """
    if not model.built:
        raise ValueError(
            _("The model has no weights yet. Give the first layer an input_shape, or call model.build(shape).")
        )
    return [flops_of(layer) for layer in model.layers]


def flops_of(layer):
    """2 * number of weights of the products * how often each is used for one sample."""
    kernels = [getattr(layer, name).size for name in ("kernel", "recurrent_kernel") if hasattr(layer, name)]
    if not kernels:
        return 0
    recurrent = isinstance(layer, nn.SimpleRNN | nn.LSTM | nn.GRU)
    used = layer.input_shape[:1] if recurrent else layer.output_shape[:-1]
    if None in used:
        raise ValueError(
            _("Layer {name} has an open number of steps, {shape}, so its operations cannot be counted. Give Input a "
              "number.").format(name=layer.name, shape=layer.input_shape)
        )  # fmt: skip
    return int(2 * sum(kernels) * np.prod(used, dtype=int))


def tensorflow_flops(model):
    """The floating-point operations for one sample as TensorFlow's profiler counts them: {kind of operation: number}.

    model: a built Keras model. Conv2D and MatMul are the products that `count_flops` counts; BiasAdd, MaxPool, Softmax
    and others come on top.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    given = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(given)
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    graph = convert_variables_to_constants_v2(function).graph
    found, nodes = {}, [tf.compat.v1.profiler.profile(graph, options=options)]
    kinds = {one.name: one.type for one in graph.get_operations()}
    while nodes:
        node = nodes.pop()
        nodes += node.children
        if node.float_ops:
            found[kinds[node.name]] = found.get(kinds[node.name], 0) + node.float_ops
    return found


def score_gradient(model, x, classes):
    """How the score of a class reacts to each pixel: ds_k/dx, s_k the number of class k before the softmax.

    model: a `course_lib.nn.Sequential` whose last layer is Dense; x (N, ...) its inputs; classes (N,) the number k for
    each of them, or one for all -> gradients (N, ...). It is backpropagation, one layer further than training needs.

    Source: Simonyan, Vedaldi and Zisserman 2013. Raises ValueError for a model without weights or with another last
    layer, and for a class that it does not have.
    """
    *_others, last = model.layers or (None,)
    if not isinstance(last, nn.Dense) or not model.built:
        raise ValueError(_("score_gradient needs a model with weights whose last layer is Dense: its scores."))
    y = model(x)
    classes = np.asarray(classes)
    if classes.shape not in ((), (len(y),)):
        raise ValueError(
            _("classes has shape {given}, but one class, or one for each of the {n} inputs, is needed.").format(
                given=classes.shape, n=len(y)
            )
        )
    if classes.dtype.kind not in "iu" or not np.isin(classes, np.arange(y.shape[1])).all():
        raise ValueError(
            _("classes holds {given}, but the model has the classes 0 to {last}: whole numbers.").format(
                given=np.unique(classes).tolist(), last=y.shape[1] - 1
            )
        )
    first, needed = model.layers[0], model.layers[0].needs_dx
    dy = np.eye(y.shape[1], dtype=y.dtype)[np.broadcast_to(classes, len(y))]
    try:
        first.needs_dx = True
        dy = last.backward(dy, from_logits=True)
        for layer in reversed(model.layers[:-1]):
            dy = layer.backward(dy)
    finally:
        first.needs_dx = needed
    return dy


def saliency(dx):
    """Which pixels an answer depends on: max over channels of |dL/dx|, each image divided by its largest value.

    dx (N, H, W, C): the gradient of a score or of the loss with respect to the images -> (N, H, W) from 0 to 1. An
    image whose gradient is 0 everywhere stays 0.

    It tells how the answer reacts to a very small change, not what the network recognizes. Source: Simonyan, Vedaldi
    and Zisserman 2013. Raises ValueError for other shapes and missing values.
    """
    size = np.abs(image_gradient(dx)).max(axis=3)
    largest = size.max(axis=(1, 2), keepdims=True)
    return size / np.where(largest > 0, largest, 1)


def image_gradient(dx):
    """The gradient as floats (N, H, W, C), none missing."""
    dx = as_float("dx", dx)
    if dx.ndim != 4 or not dx.size:
        raise ValueError(
            _(
                "dx has shape {given}, but that of images, (N, H, W, C), is needed. For one image without channels use "
                "dx[None, :, :, None]."
            ).format(given=dx.shape)
        )
    finite("dx", dx)
    return dx
