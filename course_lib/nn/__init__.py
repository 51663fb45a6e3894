"""The NumPy reference: the chapters' formulas as functions, and Keras-named layers and models that call them.

Pure functions first: y, cache = dense_forward(x, W, b); dx, dW, db = dense_backward(dy, cache). Inputs are never
modified, float32 stays float32 and float64 stays float64 (whole numbers become float64).
"""

from course_lib.nn.activations import (
    ACTIVATIONS,
    activation_backward,
    activation_forward,
    linear,
    linear_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    tanh,
    tanh_backward,
)
from course_lib.nn.convolution import (
    conv2d_backward,
    conv2d_forward,
    conv2d_loops,
    conv_output_size,
    conv_padding,
)
from course_lib.nn.dense import dense_backward, dense_forward
from course_lib.nn.dropout import dropout_backward, dropout_forward
from course_lib.nn.gradient_check import GradientCheck, check_gradients, numerical_gradient, relative_error
from course_lib.nn.history import Callback, History
from course_lib.nn.image_layers import AveragePooling2D, Conv2D, GlobalAveragePooling2D, MaxPooling2D
from course_lib.nn.initializers import INITIALIZERS, glorot_normal, glorot_uniform, he_normal, he_uniform, ones, zeros
from course_lib.nn.layers import Activation, Dense, Dropout, Flatten, Input, Layer
from course_lib.nn.losses import (
    LOSSES,
    binary_crossentropy,
    categorical_crossentropy,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from course_lib.nn.metrics import METRICS
from course_lib.nn.model import Sequential
from course_lib.nn.optimizers import (
    OPTIMIZERS,
    SGD,
    Adam,
    Optimizer,
    RMSprop,
    adam_step,
    gradient_descent_step,
    momentum_step,
    nesterov_step,
    rmsprop_step,
    sgd_step,
)
from course_lib.nn.pooling import (
    average_pool2d_backward,
    average_pool2d_forward,
    global_average_pool2d_backward,
    global_average_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Adam",
    "AveragePooling2D",
    "Callback",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "GradientCheck",
    "History",
    "INITIALIZERS",
    "Input",
    "LOSSES",
    "Layer",
    "METRICS",
    "MaxPooling2D",
    "OPTIMIZERS",
    "Optimizer",
    "RMSprop",
    "SGD",
    "Sequential",
    "activation_backward",
    "activation_forward",
    "adam_step",
    "average_pool2d_backward",
    "average_pool2d_forward",
    "binary_crossentropy",
    "categorical_crossentropy",
    "check_gradients",
    "conv2d_backward",
    "conv2d_forward",
    "conv2d_loops",
    "conv_output_size",
    "conv_padding",
    "dense_backward",
    "dense_forward",
    "dropout_backward",
    "dropout_forward",
    "global_average_pool2d_backward",
    "global_average_pool2d_forward",
    "glorot_normal",
    "glorot_uniform",
    "gradient_descent_step",
    "he_normal",
    "he_uniform",
    "linear",
    "linear_backward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "mean_squared_error",
    "momentum_step",
    "nesterov_step",
    "numerical_gradient",
    "ones",
    "relative_error",
    "relu",
    "relu_backward",
    "rmsprop_step",
    "sgd_step",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "sparse_categorical_crossentropy",
    "tanh",
    "tanh_backward",
    "zeros",
]
