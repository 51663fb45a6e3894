"""Layers: objects that hold weights and call the functions of this package, named as in Keras.

A layer's life: `build` draws its weights, `forward` computes the output and keeps what `backward` needs, `backward`
turns dL/d(output) into dL/d(input) and leaves dL/d(weight) in `gradients`. The weights and gradients of a model are
pieces ("views") of two long vectors; `bind` hands each layer its pieces.
"""

import math
import re

import numpy as np

from course_lib.language import _
from course_lib.nn.activations import activation_backward, activation_forward, activation_name
from course_lib.nn.checks import fraction, generator, whole
from course_lib.nn.dense import dense_backward, dense_forward
from course_lib.nn.dropout import dropout_backward, dropout_forward
from course_lib.nn.initializers import initializer
from course_lib.nn.workspace import Workspace


class Layer:
    """What all layers share. A new kind of layer writes `parameters`, `forward`, `backward` and `arguments`.

    Shapes never name the batch axis: `input_shape` (784,) means an input of shape (N, 784).
    """

    arguments = ()  # the names of __init__'s arguments, the same as Keras's
    in_pieces = False  # True where a batch is quicker in pieces, see `pieces`
    draws = False  # True where training draws random numbers
    input_dtype = None  # what the first layer of a model takes, None for the model's own; see `Embedding`
    needs_dx = True  # the first layer of a model does not compute a gradient for the data
    taken = False  # True once it is in a model
    rng = None  # set by the model, for layers that draw random numbers
    mask = None  # set by the model: which steps of the input count (N, T), None for all; see `Masking`

    def __init__(self, input_shape=None, name=None):
        self.input_shape = None if input_shape is None else shape_tuple("input_shape", input_shape)
        self.name = name or self.default_name()
        self.weights, self.gradients, self.output_shape = [], [], None

    @classmethod
    def default_name(cls):
        """The name as in Keras: SimpleRNN becomes simple_rnn."""
        return re.sub("([a-z])([A-Z])", r"\1_\2", cls.__name__).lower()

    @property
    def built(self):
        """True once the weights exist."""
        return self.output_shape is not None

    def parameters(self, input_shape):
        """Return {name: (shape, initializer)} of the weights, in Keras's order."""
        return {}

    def compute_output_shape(self, input_shape):
        """Return the shape of the output for one sample."""
        return input_shape

    def output_mask(self):
        """Which steps of the output count: as a rule those of the input."""
        return self.mask

    def as_data(self, x):
        """As the first layer of a model: return what a learner passed in as x, or say what is wrong with it."""
        return x

    def forward(self, x, training=False):
        """Return the output for the batch x."""
        raise NotImplementedError

    def backward(self, dy):
        """Return dL/dx for dy = dL/dy and leave the gradients of the weights in `gradients`."""
        raise NotImplementedError

    def build(self, input_shape, rng=None, dtype=np.float32):
        """Draw the weights for inputs of this shape (without the batch axis)."""
        self.input_shape = shape_tuple("input_shape", input_shape)
        self.rng = generator(rng)
        weights = [
            np.asarray(draw(shape, self.rng), dtype) for shape, draw in self.parameters(self.input_shape).values()
        ]
        self.bind(weights, [np.zeros_like(w) for w in weights])
        self.output_shape = self.compute_output_shape(self.input_shape)

    def bind(self, weights, gradients):
        """Use these arrays for the weights and gradients from now on."""
        self.weights, self.gradients = list(weights), list(gradients)
        for name, w in zip(self.parameters(self.input_shape), self.weights, strict=True):
            setattr(self, name, w)

    def own_memory(self):
        """After a shallow copy: stop sharing the arrays that a step writes into. Layers without such need nothing."""

    def count_params(self):
        """The number of weights."""
        return sum(w.size for w in self.weights)

    def get_weights(self):
        """Copies of the weights, in Keras's order."""
        return [w.copy() for w in self.weights]

    def get_config(self):
        """The arguments that make an equal layer, with Keras's names."""
        return {name: getattr(self, name) for name in self.arguments}

    def __call__(self, x, training=False):
        """Run the layer by itself; an unbuilt layer is built for x first."""
        x = np.asarray(x)
        if not self.built:
            self.build(x.shape[1:], dtype=x.dtype if x.dtype.kind == "f" else np.float32)
        return self.forward(x, training)

    def __repr__(self):
        shown = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items() if value is not None)
        return f"{type(self).__name__}({shown})"


class WorkingLayer(Layer):
    """A layer that keeps the arrays of a training step and uses them again in the next one, see `Workspace`."""

    def __init__(self, input_shape=None, name=None):
        super().__init__(input_shape, name)
        self.own_memory()

    def own_memory(self):
        self.workspace = Workspace()

    def work(self, training):
        """Where arrays come from: while training from the workspace, else from a new one: the caller may keep them."""
        return self.workspace if training else Workspace()


class Input(Layer):
    """Names the shape of one sample, as in Sequential([Input((784,)), ...]). It computes nothing."""

    arguments = ("shape",)

    def __init__(self, shape, name=None):
        super().__init__(shape, name)
        self.shape = self.input_shape

    def forward(self, x, training=False):
        return x

    def backward(self, dy):
        return dy


class Dense(Layer):
    """y = f(x W + b): see `dense_forward`. W is `kernel` (D, units), b is `bias` (units,).

    Inputs with more axes, such as (N, T, D), are treated as N T samples with D features, as in Keras.
    """

    arguments = ("units", "activation", "kernel_initializer", "bias_initializer")

    def __init__(
        self,
        units,
        activation=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        input_shape=None,
        name=None,
    ):
        super().__init__(input_shape, name)
        self.units = whole("units", units)
        self.activation = activation_name(activation)
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        initializer("kernel_initializer", kernel_initializer)
        initializer("bias_initializer", bias_initializer)

    def parameters(self, input_shape):
        if not input_shape:
            raise ValueError(
                _(
                    "Dense needs at least one axis of features beside the batch, but each sample is a single number. "
                    "Give x the shape (N, 1): x.reshape(-1, 1)."
                )
            )
        if input_shape[-1] is None:
            raise ValueError(
                _("Dense needs to know the number of its features, but Input leaves it open: {shape}.").format(
                    shape=input_shape
                )
            )
        return {
            "kernel": ((input_shape[-1], self.units), initializer("kernel_initializer", self.kernel_initializer)),
            "bias": ((self.units,), initializer("bias_initializer", self.bias_initializer)),
        }

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def forward(self, x, training=False):
        self.x_shape = x.shape
        z, self.dense_cache = dense_forward(x.reshape(-1, x.shape[-1]), self.kernel, self.bias)
        self.logits = z.reshape(*x.shape[:-1], self.units)
        y, self.activation_cache = activation_forward(self.logits, self.activation)
        return y

    def backward(self, dy, from_logits=False):
        """With from_logits=True, dy is already the gradient for z = x W + b, before the activation."""
        dz = dy if from_logits else activation_backward(dy, self.activation_cache)
        dz = dz.reshape(-1, self.units)
        dx, _dW, _db = dense_backward(dz, self.dense_cache, out=self.gradients, needs_dx=self.needs_dx)
        return dx.reshape(self.x_shape) if self.needs_dx else None


class Activation(Layer):
    """An activation function as a layer of its own: see `activations.py`."""

    arguments = ("activation",)

    def __init__(self, activation, input_shape=None, name=None):
        super().__init__(input_shape, name)
        self.activation = activation_name(activation)

    def forward(self, x, training=False):
        self.logits = x
        y, self.activation_cache = activation_forward(x, self.activation)
        return y

    def backward(self, dy, from_logits=False):
        return dy if from_logits else activation_backward(dy, self.activation_cache)


class Dropout(Layer):
    """Switches off a random share `rate` of the units while training: see `dropout_forward`."""

    arguments = ("rate", "seed")
    draws = True

    def __init__(self, rate, seed=None, input_shape=None, name=None):
        super().__init__(input_shape, name)
        self.rate, self.seed = fraction("rate", rate), seed
        self.own_rng = None if seed is None else generator(seed)

    def forward(self, x, training=False):
        y, self.cache = dropout_forward(x, self.rate, self.own_rng or self.rng, training)
        return y

    def backward(self, dy):
        return dropout_backward(dy, self.cache)


class Flatten(Layer):
    """Lays all values of a sample in one row: (N, 28, 28, 1) becomes (N, 784)."""

    def compute_output_shape(self, input_shape):
        if None in input_shape:
            raise ValueError(
                _(
                    "Flatten needs to know all sizes, but the number of steps is open: {shape}. Name it in Input, or "
                    "use a recurrent layer."
                ).format(shape=input_shape)
            )
        return (math.prod(input_shape),)

    def output_mask(self):
        return None  # there are no steps any more

    def forward(self, x, training=False):
        self.x_shape = x.shape
        return x.reshape(len(x), -1) if x.size else x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, dy):
        return dy.reshape(self.x_shape)


def shape_tuple(name, shape):
    """Return the shape of one sample as a tuple of whole numbers above 0; 784 means (784,).

    The steps of sequences, (T, D) or (T,), may be None: any number of steps, one for all sequences of a batch.
    """
    try:
        sizes = tuple(shape) if not isinstance(shape, (int, np.integer)) else (shape,)
        steps = sizes[:1] if sizes[:1] == (None,) and len(sizes) <= 2 else ()
        return steps + tuple(whole(name, size) for size in sizes[len(steps) :])
    except TypeError as error:
        raise TypeError(
            _(
                "{name} is {value!r}, but the shape of one sample is needed, without the batch axis, for "
                "example (784,). Only sequences may leave their steps open: (None, 14)."
            ).format(name=name, value=shape)
        ) from error


def fits(given, needed):
    """Whether samples of the shape `given` go into what needs the shape `needed`; None there takes any size."""
    return len(given) == len(needed) and all(n is None or g == n for g, n in zip(given, needed, strict=True))
