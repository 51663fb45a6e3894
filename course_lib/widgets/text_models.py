"""A trained text classifier as the widgets of chapter 9 need it: copied, with its vocabulary, asked word by word."""

import copy
from functools import lru_cache

import numpy as np

from course_lib import nn
from course_lib.language import _
from course_lib.nn.checks import lookup
from course_lib.text import UNKNOWN, Vocabulary, build_vocabulary

EMBEDDED, EPOCHS = 8, 8


@lru_cache(maxsize=1)
def default_classifier():
    """Return (model, vocabulary, new texts): Embedding, mean, Dense(softmax) for the fault in simulated work orders.

    Trained at the first call, for about a second.
    """
    from course_lib.data.work_order_grammar import simulate_work_orders

    train, _validation, new = simulate_work_orders(2000, 0, label="fault", ordered=0.2)
    vocabulary = build_vocabulary(train.texts, min_count=3)
    model = nn.Sequential(
        [
            nn.Embedding(len(vocabulary), EMBEDDED, mask_zero=True, input_shape=(None,)),
            nn.GlobalAveragePooling1D(),
            nn.Dense(len(train.class_names), activation="softmax"),
        ],
        rng=0,
    )
    model.compile(nn.Adam(0.02), "sparse_categorical_crossentropy")
    encoded = vocabulary.encode(train.texts, allow_unknown=True)
    model.fit(encoded, train.y, epochs=EPOCHS, batch_size=32, verbose=0, rng=0)
    return model, vocabulary, new


class TextClassifier:
    """A copy of the learner's trained model, and what it says about lists of tokens.

    model: `nn.Sequential` or a Keras model whose first layer is an Embedding. vocabulary: a `Vocabulary`, or the list
    of tokens of a Keras TextVectorization. padding: the side that was filled up in the training, if the model takes
    texts of one length only.

    Attributes: `embeddings` (V, E) float64, `vocabulary`, `length` (tokens that are read, None: all of them).
    Raises TypeError or ValueError, naming the argument, where something does not fit.
    """

    def __init__(self, model, vocabulary, padding="right"):
        self._model, layers = copied(model)
        self.vocabulary = checked_vocabulary(vocabulary)
        self.embeddings = np.asarray(layers[0].get_weights()[0], np.float64)
        if not all(np.isfinite(w).all() for w in model.get_weights()):
            raise ValueError(_("The weights of the model hold NaN or infinity: its training diverged. Train it again."))
        if len(self.vocabulary) > len(self.embeddings):
            raise ValueError(
                _(
                    "vocabulary has {V} tokens, but the Embedding has {rows} rows only. Give the vocabulary that the "
                    "model was trained with."
                ).format(V=len(self.vocabulary), rows=len(self.embeddings))
            )
        self.length = model.input_shape[-1]
        self._left = lookup("padding", padding, {"right": False, "left": True})
        self._last = next((a for layer in layers[::-1] if (a := getattr(layer, "activation", None))), "linear")
        self._last = self._last if isinstance(self._last, str) else self._last.__name__
        self.classes = self.shares([[UNKNOWN]]).shape[1]

    def numbers(self, tokens):
        """Return the number of each token, 1 for an unknown one."""
        return [self.vocabulary.numbers.get(token, UNKNOWN) for token in tokens]

    def shares(self, rows):
        """Return the class shares (N, C) of N lists of numbers, all of one length.

        Scores without a softmax go through one; a single sigmoid unit gives the share of the second of two classes.
        """
        rows = np.asarray(rows)
        if self.length is not None:
            rows = rows[:, : self.length]
            free = self.length - rows.shape[1]
            rows = np.pad(rows, ((0, 0), (free, 0) if self._left else (0, free)))
        if isinstance(self._model, nn.Sequential):
            y = self._model.predict(rows)
        else:
            y = self._model(rows, training=False)
        y = np.asarray(y, np.float64)
        if y.ndim != 2:
            raise ValueError(
                _(
                    "model gives an output of shape {given} for one text, but one number for each class is needed. Put "
                    "GlobalAveragePooling1D() or an RNN between Embedding and Dense."
                ).format(given=y.shape[1:])
            )
        if y.shape[1] == 1:
            y = y if self._last == "sigmoid" else nn.sigmoid(y)
            return np.concatenate([1 - y, y], axis=1)
        return y if self._last in ("softmax", "sigmoid") else nn.softmax(y)

    def without_each(self, numbers):
        """Return the shares with each word left out, (T, C); NaN where no word would be left."""
        T = len(numbers)
        if T == 1:
            return np.full((1, self.classes), np.nan)
        return self.shares([numbers[:k] + numbers[k + 1 :] for k in range(T)])


def copied(model):
    """Return a copy of the model and its layers, the Embedding first; it stays as it is if the learner trains on."""
    keras = any(c.__module__.partition(".")[0] == "keras" for c in type(model).__mro__)
    if not (isinstance(model, nn.Sequential) or (keras and hasattr(model, "layers"))):
        raise TypeError(
            _(
                "model is {kind}, but a trained model is needed: Sequential of course_lib.nn or a Keras model, with an "
                "Embedding as its first layer."
            ).format(kind=type(model).__name__)
        )
    if not model.built or not model.layers:
        raise ValueError(_("model has no weights yet. Train it with model.fit(...), then show it."))
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    if type(layers[0]).__name__ != "Embedding":
        raise TypeError(
            _("model begins with {kind}, but its first layer must be an Embedding: each word has a row there.").format(
                kind=type(layers[0]).__name__
            )
        )
    if not keras:
        return copy.deepcopy(model), layers
    from keras.models import clone_model

    twin = clone_model(model)
    twin.set_weights(model.get_weights())
    return twin, layers


def checked_vocabulary(vocabulary):
    """Return a `Vocabulary`, also of a list of tokens that begins with padding and unknown."""
    if isinstance(vocabulary, Vocabulary):
        return vocabulary
    if isinstance(vocabulary, list | tuple) and len(vocabulary) > 2 and all(isinstance(w, str) for w in vocabulary):
        return Vocabulary(tuple(vocabulary), (0,) * len(vocabulary))
    raise TypeError(
        _(
            "vocabulary is {kind}, but a Vocabulary is needed, from build_vocabulary(training texts), or a list of its "
            "tokens that begins with padding and unknown."
        ).format(kind=type(vocabulary).__name__)
    )


# ---------------------------------------------------------------- the rows of the embedding
def cosines(W, row):
    """Return the cosine of each row of W (V, E) with `row` (E,): w r / (|w| |r|); 0 where a length is 0."""
    lengths = np.linalg.norm(W, axis=1) * np.linalg.norm(row)
    return W @ row / np.where(lengths > 0, lengths, 1)


def principal_components(W, n=3):
    """Return the mean (E,), n axes (n, E) and the share of the variance along each (n,): PCA of the rows of W (M, E).

    The axes are those along which the rows differ most; the sign of each makes its largest entry positive. Missing
    axes (fewer rows or columns than n) are 0.
    """
    mean = W.mean(axis=0)
    _u, s, axes = np.linalg.svd(W - mean, full_matrices=False)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes, shares = axes * np.sign(largest), s**2 / max(float((s**2).sum()), 1e-300)
    filled, part = np.zeros((n, W.shape[1])), np.zeros(n)
    k = min(n, len(axes))
    filled[:k], part[:k] = axes[:k], shares[:k]
    return mean, filled, part
