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
