"""The layers for images, named as in Keras: Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D."""

from course_lib.language import _
from course_lib.nn.activations import activation_backward, activation_forward, activation_name
from course_lib.nn.checks import whole
from course_lib.nn.convolution import conv2d_backward, conv2d_forward, conv_output_size
from course_lib.nn.image_checks import padding_name, pair, window_fits
from course_lib.nn.initializers import initializer
from course_lib.nn.layers import WorkingLayer
from course_lib.nn.pooling import (
    average_pool2d_backward,
    average_pool2d_forward,
    global_average_pool2d_backward,
    global_average_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)


class ImageLayer(WorkingLayer):
    """A layer whose window moves over images (H, W, C)."""

    in_pieces = True

    def image_shape(self, input_shape):
        """Return (H, W, C), or say that something else came in."""
        if len(input_shape) == 3:
            return input_shape
        hint = _(" For grey pictures (N, H, W) use x[..., None].") if len(input_shape) == 2 else ""
        raise ValueError(
            _("{layer} needs images (N, height H, width W, channels C), but each sample has shape {given}.").format(
                layer=type(self).__name__, given=input_shape
            )
            + hint
        )

    def window_output(self, input_shape, name, window):
        """Return the height and width of the output, or say that the window does not fit."""
        H, W, _C = self.image_shape(input_shape)
        window_fits(name, window, (H, W), self.padding)
        return tuple(conv_output_size(*axis, self.padding) for axis in zip((H, W), window, self.strides, strict=True))


class Conv2D(ImageLayer):
    """`filters` kernels of `kernel_size` pixels look at every place of the image: see `conv2d_forward`.

    W is `kernel` (kh, kw, C, filters), b is `bias` (filters,).
    """

    arguments = (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "activation",
        "kernel_initializer",
        "bias_initializer",
    )

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        activation=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        input_shape=None,
        name=None,
    ):
        super().__init__(input_shape, name)
        self.filters, self.kernel_size = whole("filters", filters), pair("kernel_size", kernel_size)
        self.strides, self.padding = pair("strides", strides), padding_name(padding)
        self.activation = activation_name(activation)
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        initializer("kernel_initializer", kernel_initializer)
        initializer("bias_initializer", bias_initializer)

    def parameters(self, input_shape):
        shape = (*self.kernel_size, self.image_shape(input_shape)[2], self.filters)
        return {
            "kernel": (shape, initializer("kernel_initializer", self.kernel_initializer)),
            "bias": ((self.filters,), initializer("bias_initializer", self.bias_initializer)),
        }

    def compute_output_shape(self, input_shape):
        return (*self.window_output(input_shape, "kernel_size", self.kernel_size), self.filters)

    def forward(self, x, training=False):
        work = self.work(training)
        self.logits, self.cache = conv2d_forward(x, self.kernel, self.bias, self.strides, self.padding, work)
        if self.activation == "linear":
            return self.logits
        y, self.activation_cache = activation_forward(self.logits, self.activation)
        return y

    def backward(self, dy, from_logits=False):
        """With from_logits=True, dy is already the gradient for the sums before the activation."""
        as_it_is = from_logits or self.activation == "linear"
        dz = dy if as_it_is else activation_backward(dy, self.activation_cache)
        dx, _dW, _db = conv2d_backward(dz, self.cache, out=self.gradients, needs_dx=self.needs_dx)
        return dx


class Pooling2D(ImageLayer):
    """What both poolings share: the window, and how far it moves (`strides`; without it, by its own size)."""

    arguments = ("pool_size", "strides", "padding")
    functions = None  # forward, backward

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", input_shape=None, name=None):
        super().__init__(input_shape, name)
        self.pool_size = pair("pool_size", pool_size)
        self.strides = self.pool_size if strides is None else pair("strides", strides)
        self.padding = padding_name(padding)

    def compute_output_shape(self, input_shape):
        return (*self.window_output(input_shape, "pool_size", self.pool_size), input_shape[2])

    def forward(self, x, training=False):
        forward, self.on_the_way_back = self.functions
        y, self.cache = forward(x, self.pool_size, self.strides, self.padding, self.work(training))
        return y

    def backward(self, dy):
        return self.on_the_way_back(dy, self.cache)


class MaxPooling2D(Pooling2D):
    """The largest value of each window: see `max_pool2d_forward`."""

    functions = max_pool2d_forward, max_pool2d_backward


class AveragePooling2D(Pooling2D):
    """The mean of each window: see `average_pool2d_forward`."""

    functions = average_pool2d_forward, average_pool2d_backward


class GlobalAveragePooling2D(ImageLayer):
    """The mean of each channel over the whole image: see `global_average_pool2d_forward`."""

    def compute_output_shape(self, input_shape):
        return self.image_shape(input_shape)[2:]

    def forward(self, x, training=False):
        y, self.cache = global_average_pool2d_forward(x)
        return y

    def backward(self, dy):
        return global_average_pool2d_backward(dy, self.cache)
