"""The layers for texts, named as in Keras: Embedding for tokens, GlobalAveragePooling1D for the mean of a text."""

from course_lib.language import _
from course_lib.nn.checks import whole
from course_lib.nn.embedding import (
    embedding_backward,
    embedding_forward,
    masked_mean_backward,
    masked_mean_forward,
)
from course_lib.nn.initializers import initializer
from course_lib.nn.layers import Layer
from course_lib.nn.recurrent_layers import features
from course_lib.nn.text_checks import token_numbers


class Embedding(Layer):
    """y = W[tokens]: see `embedding_forward`. W is `embeddings` (input_dim, output_dim).

    input_dim is the number of tokens that there are, the size of the vocabulary with padding and unknown. The layer
    stands first in a model. With mask_zero=True token 0 is padding: the recurrent layers and GlobalAveragePooling1D
    behind it skip these steps.
    """

    arguments = ("input_dim", "output_dim", "embeddings_initializer", "mask_zero")
    input_dtype = "int32"

    def __init__(
        self, input_dim, output_dim, embeddings_initializer="uniform", mask_zero=False, input_shape=None, name=None
    ):
        super().__init__(input_shape, name)
        self.input_dim, self.output_dim = whole("input_dim", input_dim), whole("output_dim", output_dim)
        self.embeddings_initializer, self.mask_zero, self.real = embeddings_initializer, bool(mask_zero), None
        initializer("embeddings_initializer", embeddings_initializer)

    def parameters(self, input_shape):
        draw = initializer("embeddings_initializer", self.embeddings_initializer)
        return {"embeddings": ((self.input_dim, self.output_dim), draw)}

    def compute_output_shape(self, input_shape):
        if len(input_shape) != 1:
            raise ValueError(
                _(
                    "Embedding needs tokens (texts N, tokens T), but each sample has shape {given}. It stands first in "
                    "a model."
                ).format(given=input_shape)
            )
        return *input_shape, self.output_dim

    def output_mask(self):
        return self.real

    def as_data(self, x):
        return token_numbers("x", x, self.input_dim)

    def forward(self, x, training=False):
        y, self.cache = embedding_forward(x, self.embeddings)
        self.real = self.cache[0] != 0 if self.mask_zero else None
        return y

    def backward(self, dy):
        """Tokens have no gradient: returns None."""
        embedding_backward(dy, self.cache, out=self.gradients[0])


class GlobalAveragePooling1D(Layer):
    """The mean of each feature over the real steps, (N, T, D) -> (N, D): see `masked_mean_forward`."""

    def compute_output_shape(self, input_shape):
        return (features(self, input_shape),)

    def output_mask(self):
        return None  # there are no steps any more

    def forward(self, x, training=False):
        y, self.cache = masked_mean_forward(x, self.mask)
        return y

    def backward(self, dy):
        return masked_mean_backward(dy, self.cache)
