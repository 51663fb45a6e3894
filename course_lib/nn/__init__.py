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
from course_lib.nn.attention import attention_backward, attention_forward, attention_loops, attention_weights
from course_lib.nn.convolution import (
    conv2d_backward,
    conv2d_forward,
    conv2d_loops,
    conv_output_size,
    conv_padding,
)
from course_lib.nn.dense import dense_backward, dense_forward
from course_lib.nn.dropout import dropout_backward, dropout_forward
from course_lib.nn.embedding import (
    embedding_backward,
    embedding_forward,
    masked_mean_backward,
    masked_mean_forward,
)
from course_lib.nn.gradient_check import GradientCheck, check_gradients, numerical_gradient, relative_error
from course_lib.nn.gru import gru_backward, gru_forward, gru_gates, gru_loops
from course_lib.nn.history import Callback, History
from course_lib.nn.image_layers import AveragePooling2D, Conv2D, GlobalAveragePooling2D, MaxPooling2D
from course_lib.nn.initializers import (
    INITIALIZERS,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    ones,
    orthogonal,
    random_uniform,
    zeros,
)
from course_lib.nn.layers import Activation, Dense, Dropout, Flatten, Input, Layer
from course_lib.nn.losses import (
    LOSSES,
    binary_crossentropy,
    categorical_crossentropy,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from course_lib.nn.lstm import lstm_backward, lstm_forward, lstm_gates, lstm_loops
from course_lib.nn.metrics import METRICS
from course_lib.nn.model import Sequential
from course_lib.nn.optimizers import (
    OPTIMIZERS,
    SGD,
    Adam,
    Optimizer,
    RMSprop,
    adam_step,
    clip_by_norm,
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
from course_lib.nn.recurrent import simple_rnn_backward, simple_rnn_forward, simple_rnn_loops
from course_lib.nn.recurrent_layers import GRU, LSTM, Masking, SimpleRNN
from course_lib.nn.text_layers import Embedding, GlobalAveragePooling1D

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Adam",
    "AveragePooling2D",
    "Callback",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRU",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GradientCheck",
    "History",
    "INITIALIZERS",
    "Input",
    "LOSSES",
    "LSTM",
    "Layer",
    "METRICS",
    "Masking",
    "MaxPooling2D",
    "OPTIMIZERS",
    "Optimizer",
    "RMSprop",
    "SGD",
    "Sequential",
    "SimpleRNN",
    "activation_backward",
    "activation_forward",
    "adam_step",
    "attention_backward",
    "attention_forward",
    "attention_loops",
    "attention_weights",
    "average_pool2d_backward",
    "average_pool2d_forward",
    "binary_crossentropy",
    "categorical_crossentropy",
    "check_gradients",
    "clip_by_norm",
    "conv2d_backward",
    "conv2d_forward",
    "conv2d_loops",
    "conv_output_size",
    "conv_padding",
    "dense_backward",
    "dense_forward",
    "dropout_backward",
    "dropout_forward",
    "embedding_backward",
    "embedding_forward",
    "global_average_pool2d_backward",
    "global_average_pool2d_forward",
    "glorot_normal",
    "glorot_uniform",
    "gradient_descent_step",
    "gru_backward",
    "gru_forward",
    "gru_gates",
    "gru_loops",
    "he_normal",
    "he_uniform",
    "linear",
    "linear_backward",
    "lstm_backward",
    "lstm_forward",
    "lstm_gates",
    "lstm_loops",
    "masked_mean_backward",
    "masked_mean_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "mean_squared_error",
    "momentum_step",
    "nesterov_step",
    "numerical_gradient",
    "ones",
    "orthogonal",
    "random_uniform",
    "relative_error",
    "relu",
    "relu_backward",
    "rmsprop_step",
    "sgd_step",
    "sigmoid",
    "sigmoid_backward",
    "simple_rnn_backward",
    "simple_rnn_forward",
    "simple_rnn_loops",
    "softmax",
    "softmax_backward",
    "sparse_categorical_crossentropy",
    "tanh",
    "tanh_backward",
    "zeros",
]
