"""The layers for sequences, named as in Keras: SimpleRNN, LSTM, GRU, and Masking for sequences of unequal length."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import number, whole
from course_lib.nn.gru import gru_backward, gru_forward
from course_lib.nn.initializers import initializer
from course_lib.nn.layers import Layer, WorkingLayer
from course_lib.nn.lstm import lstm_backward, lstm_forward
from course_lib.nn.recurrent import simple_rnn_backward, simple_rnn_forward, state_activation


class RecurrentLayer(WorkingLayer):
    """What the three share. The state starts at 0 in each sequence and is not carried to the next batch.

    The output is the state after the last step (N, units), or with return_sequences=True after each step
    (N, T, units), as the next recurrent layer and an output layer for each step need it.
    """

    arguments = ("units", "return_sequences", "kernel_initializer", "recurrent_initializer", "bias_initializer")
    gates = 1  # blocks of columns in the weights

    def __init__(
        self,
        units,
        return_sequences=False,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        input_shape=None,
        name=None,
    ):
        super().__init__(input_shape, name)
        self.units, self.return_sequences = whole("units", units), bool(return_sequences)
        self.kernel_initializer, self.recurrent_initializer = kernel_initializer, recurrent_initializer
        self.bias_initializer = bias_initializer
        for argument in ("kernel_initializer", "recurrent_initializer", "bias_initializer"):
            initializer(argument, getattr(self, argument))

    def parameters(self, input_shape):
        columns = self.gates * self.units
        return {
            "kernel": (
                (features(self, input_shape), columns),
                initializer("kernel_initializer", self.kernel_initializer),
            ),
            "recurrent_kernel": (
                (self.units, columns),
                initializer("recurrent_initializer", self.recurrent_initializer),
            ),
            "bias": ((columns,), initializer("bias_initializer", self.bias_initializer)),
        }

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units) if self.return_sequences else (self.units,)

    def output_mask(self):
        return self.mask if self.return_sequences else None

    def states(self, x, work):
        """Return the states (N, T, units) and the cache."""
        raise NotImplementedError

    def gradients_of(self, dh):
        """Return dx first, and leave the weights' gradients in `gradients`."""
        raise NotImplementedError

    def forward(self, x, training=False):
        h, self.cache = self.states(x, self.work(training))
        return h if self.return_sequences else h[:, -1].copy()

    def backward(self, dy):
        """dy is dL/dh of every step (N, T, units), or without return_sequences of the last one (N, units)."""
        return self.gradients_of(dy)[0]


class SimpleRNN(RecurrentLayer):
    """h_t = f(x_t W_xh + h_{t-1} W_hh + b_h): see `simple_rnn_forward`.

    W_xh is `kernel` (D, units), W_hh `recurrent_kernel` (units, units), b_h `bias` (units,).
    """

    arguments = ("units", "activation", *RecurrentLayer.arguments[1:])

    def __init__(self, units, activation="tanh", **options):
        super().__init__(units, **options)
        self.activation = state_activation(activation)

    def states(self, x, work):
        weights = self.kernel, self.recurrent_kernel, self.bias
        return simple_rnn_forward(x, *weights, activation=self.activation, mask=self.mask, work=work)

    def gradients_of(self, dh):
        return simple_rnn_backward(dh, self.cache, out=self.gradients, needs_dx=self.needs_dx)


class LSTM(RecurrentLayer):
    """Long short-term memory: see `lstm_forward`.

    W_x is `kernel` (D, 4 units), W_h `recurrent_kernel` (units, 4 units), b `bias` (4 units,), in the order i, f, c, o.
    With unit_forget_bias the forget gate's bias starts at 1: in the beginning the cell keeps much.
    """

    arguments = ("units", "unit_forget_bias", *RecurrentLayer.arguments[1:])
    gates = 4

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", unit_forget_bias=True, **options):
        super().__init__(units, **options)
        as_in_the_formula(self, activation, recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)

    def parameters(self, input_shape):
        parameters = super().parameters(input_shape)
        shape, draw = parameters["bias"]
        if self.unit_forget_bias:
            parameters["bias"] = shape, lambda shape, rng: np.where(forget_gate(self.units), 1.0, draw(shape, rng))
        return parameters

    def states(self, x, work):
        return lstm_forward(x, self.kernel, self.recurrent_kernel, self.bias, mask=self.mask, work=work)

    def gradients_of(self, dh):
        return lstm_backward(dh, self.cache, out=self.gradients, needs_dx=self.needs_dx)


class GRU(RecurrentLayer):
    """Gated recurrent unit, as Keras's with reset_after=True: see `gru_forward`.

    W_x is `kernel` (D, 3 units), W_h `recurrent_kernel` (units, 3 units), b `bias` (2, 3 units), in the order z, r, h.
    """

    gates = 3

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", **options):
        super().__init__(units, **options)
        as_in_the_formula(self, activation, recurrent_activation)

    def parameters(self, input_shape):
        parameters = super().parameters(input_shape)
        (columns,), draw = parameters["bias"]
        return parameters | {"bias": ((2, columns), draw)}

    def states(self, x, work):
        return gru_forward(x, self.kernel, self.recurrent_kernel, self.bias, mask=self.mask, work=work)

    def gradients_of(self, dh):
        return gru_backward(dh, self.cache, out=self.gradients, needs_dx=self.needs_dx)


class Masking(Layer):
    """Skips steps: where all features are mask_value, the layers behind it leave their states as they are.

    Fill short sequences up with this value, and put Masking first. The losses and metrics of outputs for each step
    count the real steps only.
    """

    arguments = ("mask_value",)

    def __init__(self, mask_value=0.0, input_shape=None, name=None):
        super().__init__(input_shape, name)
        self.mask_value = number("mask_value", mask_value)
        self.real = None

    def compute_output_shape(self, input_shape):
        features(self, input_shape)
        return input_shape

    def output_mask(self):
        return self.real

    def forward(self, x, training=False):
        self.real = (x != self.mask_value).any(axis=-1)
        return x * self.real[..., None]

    def backward(self, dy):
        return dy * self.real[..., None]


def features(layer, input_shape):
    """Return D of sequences (T, D), or say that something else came in."""
    if len(input_shape) == 2:
        return input_shape[1]
    hint = _(" For one feature use x[..., None].") if len(input_shape) == 1 else ""
    raise ValueError(
        _("{layer} needs sequences (N, steps T, features D), but each sample has shape {given}.").format(
            layer=type(layer).__name__, given=input_shape
        )
        + hint
    )


def forget_gate(units):
    """True in the second of four blocks."""
    return np.repeat([False, True, False, False], units)


def as_in_the_formula(layer, activation, recurrent_activation):
    """Raise a ValueError unless the gates are sigmoids and the rest tanh."""
    if activation != "tanh" or recurrent_activation != "sigmoid":
        raise ValueError(
            _(
                "{layer} is built on its formula: activation='tanh' and recurrent_activation='sigmoid', but "
                "{activation!r} and {recurrent!r} were given. SimpleRNN takes other activations."
            ).format(layer=type(layer).__name__, activation=activation, recurrent=recurrent_activation)
        )
