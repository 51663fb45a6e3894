"""A small library from the learner's own exercise functions, and a network that uses nothing else.

    own = library()                                  # what passed in this session; the course's function elsewhere
    network = Network(own, sizes=(8, 32, 4), rng=0)  # 8 features, 32 hidden units, 4 classes
    history = network.fit(x, y, epochs=30, batch_size=32, learning_rate=0.01, rng=0)
    answers = network.predict(x_test)

`course_lib.capstone_tests.test_suite(own)` shows the course's tests for such a library, one by one.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from course_lib import exercises
from course_lib.exercises.display import escape
from course_lib.exercises.stubs import is_untouched
from course_lib.language import _
from course_lib.nn.checks import finite, generator, lookup, positive, whole
from course_lib.nn.history import History

NAMES = (
    "dense_forward", "relu", "softmax", "sparse_categorical_crossentropy", "dense_backward", "relu_backward",
    "sgd_step", "momentum_step", "rmsprop_step", "adam_step", "minibatches",
)  # fmt: skip
OPTIMIZERS = {  # the exercise's name, and the numbers that follow the learning rate
    "sgd": ("sgd_step", ()),
    "momentum": ("momentum_step", (0.9,)),
    "rmsprop": ("rmsprop_step", (0.9, 1e-7)),
    "adam": ("adam_step", (0.9, 0.999, 1e-7)),
}


@dataclass(frozen=True, eq=False)
class Library:
    """The functions of a network by name, as `library.relu(z)`; `mine` holds the names that are the learner's own."""

    functions: dict
    mine: frozenset

    def __getattr__(self, name):
        try:
            return lookup("library function", name, self.__dict__.get("functions", {}))
        except ValueError as error:
            raise AttributeError(str(error)) from None

    @property
    def whose(self):
        """`"yours"` or `"the course's"` for each name."""
        return {name: _("yours") if name in self.mine else _("the course's") for name in self.functions}

    @property
    def summary(self):
        return _("{mine} of {count} functions are yours.").format(mine=len(self.mine), count=len(self.functions))

    def _rows(self):
        return [
            (name, str(exercises.ALL[name].chapter), exercises.ALL[name].title, whose)
            for name, whose in self.whose.items()
        ]

    def __repr__(self):
        rows = [(_("function"), _("chapter"), _("exercise"), _("whose")), *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([*lines, self.summary])

    def _repr_html_(self):
        head = "".join(
            f"<th scope='col' style='text-align: left'>{escape(cell)}</th>"
            for cell in (_("function"), _("chapter"), _("exercise"), _("whose"))
        )
        body = "".join(
            f"<tr><th scope='row' style='text-align: left'><code>{escape(name)}</code></th>"
            + "".join(f"<td style='text-align: left'>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
            for name, *cells in self._rows()
        )
        return f"<table><caption>{escape(self.summary)}</caption><tr>{head}</tr>{body}</table>"


def library(**own):
    """Return a Library with one function for each of `NAMES`.

    Taken in this order: the function given here, as in `library(relu=my_relu)`; the learner's function that passed the
    exercise in this session; the course's own. None and an untouched stub (`...`) count as not given, so that Run All
    goes on. Raises ValueError for a name that no network needs and TypeError for something that is no function.
    """
    functions, mine = {}, set()
    for name, function in own.items():
        lookup("library function", name, dict.fromkeys(NAMES))
        if function is not None and not callable(function):
            raise TypeError(
                _(
                    "{name} is a {kind}, but a function is needed. Hand it over without brackets: "
                    "library({name}={name})."
                ).format(name=name, kind=type(function).__name__)
            )
    for name in NAMES:
        exercise, function = exercises.ALL[name], own.get(name)
        if function is None or is_untouched(function):
            function = exercises.passed(name)
        if function is not None:
            mine.add(name)
        functions[name] = exercise.adapt(function or exercise.solution_function)
    return Library(functions, frozenset(mine))


class Network:
    """A classifier: dense layers with ReLU between them and softmax at the end, from the library's functions alone.

    `sizes` holds the features, the hidden units of each layer and the classes, as in (8, 32, 4). `rng` is a seed or a
    np.random.Generator for the starting weights. All numbers are float64. `weights` is the list W1, b1, W2, b2, ...
    """

    def __init__(self, library, sizes, rng=None):
        self.library, self.sizes, rng = library, checked_sizes(sizes), generator(rng)
        self.weights = []
        for features, units in pairwise(self.sizes):
            limit = np.sqrt(6 / features)  # He's start, chapter 4
            self.weights += [rng.uniform(-limit, limit, (features, units)), np.zeros(units)]

    def forward(self, x):
        """Return the logits (N, classes) of the samples x (N, features); keep what the way back needs."""
        self.inputs, self.sums = [], []
        for W, b in zip(self.weights[::2], self.weights[1::2], strict=True):
            x = self.library.relu(self.sums[-1]) if self.sums else checked_x(x, self.sizes)
            self.inputs.append(x)
            self.sums.append(self.library.dense_forward(x, W, b))
        return self.sums[-1]

    def loss(self, x, y):
        """Return the mean cross-entropy of the samples x (N, features) with the classes y (N,)."""
        y = checked_y(x, y, self.sizes)
        return self.library.sparse_categorical_crossentropy(y, self.forward(x))

    def backward(self, y):
        """Return the gradients of the loss of the last `forward`, one for each array in `weights`."""
        dz = (self.library.softmax(self.sums[-1]) - np.eye(self.sizes[-1])[y]) / len(y)
        gradients = []
        for k in reversed(range(len(self.sums))):
            dx, dW, db = self.library.dense_backward(dz, self.inputs[k], self.weights[2 * k])
            gradients = [dW, db, *gradients]
            if k > 0:
                dz = self.library.relu_backward(dx, self.sums[k - 1])
        return gradients

    def train_step(self, x, y, states, learning_rate, optimizer="adam"):
        """Change the weights once; return the loss before. `states`: what the optimizer remembers of each array."""
        name, numbers = lookup("optimizer", optimizer, OPTIMIZERS)
        rule, loss = getattr(self.library, name), self.loss(x, y)
        for k, gradient in enumerate(self.backward(y)):
            self.weights[k], states[k] = rule(self.weights[k], gradient, states[k], learning_rate, *numbers)
        return loss

    def fit(self, x, y, epochs, batch_size=32, learning_rate=0.001, optimizer="adam", rng=None):
        """Train on x (N, features), y (N,); return the History with the mean "loss" of each epoch."""
        x, y, rng = checked_x(x, self.sizes), checked_y(x, y, self.sizes), generator(rng)
        batch_size, learning_rate = whole("batch_size", batch_size), positive("learning_rate", learning_rate)
        history, states = History(), [None] * len(self.weights)
        for epoch in range(whole("epochs", epochs)):
            losses = []
            for x_batch, y_batch in self.library.minibatches(x, y, batch_size, rng):
                loss = self.train_step(x_batch, y_batch, states, learning_rate, optimizer)
                losses.append(checked_loss(loss, epoch, learning_rate) * len(y_batch))
            history.add(epoch, {"loss": float(np.sum(losses)) / len(y)})
        return history

    def probabilities(self, x):
        """Return the probability of each class, (N, classes), for the samples x (N, features)."""
        return self.library.softmax(self.forward(x))

    def predict(self, x):
        """Return the most probable class of each sample, (N,)."""
        return self.probabilities(x).argmax(axis=1)


def checked_sizes(sizes):
    """Return `sizes` as a tuple of whole numbers: features, hidden units, classes."""
    if not isinstance(sizes, tuple | list) or len(sizes) < 2:
        raise ValueError(
            _(
                "sizes is {given!r}, but a list of features, hidden units and classes is needed, for example "
                "(8, 32, 4)."
            ).format(given=sizes)
        )
    *_others, classes = sizes = tuple(whole("sizes", size) for size in sizes)
    if classes < 2:
        raise ValueError(
            _("sizes ends with {given}, but at least 2 classes are needed: a yes or no has 2.").format(given=classes)
        )
    return sizes


def checked_x(x, sizes):
    """Return x as float64 (N, features), or raise: wrong shape, empty, text, NaN."""
    try:
        x = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(
            _("x must hold numbers. Turn names into numbers first, one column for each name (one-hot).")
        ) from None
    if x.ndim != 2 or x.shape[1] != sizes[0] or not len(x):
        raise ValueError(
            _(
                "x has shape {given}, but (samples, {features}) is needed, with at least one sample: the network was "
                "made for {features} features. One sample alone: x[None, :]."
            ).format(given=x.shape, features=sizes[0])
        )
    finite("x", x)
    return x


def checked_y(x, y, sizes):
    """Return y as whole class numbers (N,), one for each row of x, or raise."""
    y = np.asarray(y)
    if y.shape != (len(x),):
        raise ValueError(
            _("y has shape {given}, but {needed} is needed: one class number for each row of x.").format(
                given=y.shape, needed=(len(x),)
            )
        )
    if y.dtype.kind not in "iub":
        raise TypeError(
            _(
                "y must hold whole class numbers 0, 1, 2, ..., but it has dtype {given}. From names: "
                "names, y = np.unique(y, return_inverse=True)."
            ).format(given=y.dtype)
        )
    if y.min() < 0 or y.max() >= sizes[-1]:
        raise ValueError(
            _(
                "y holds class numbers from {low} to {high}, but the network was made for {classes} classes: 0 to "
                "{last}. Count from 0, or give `sizes` another last number."
            ).format(low=y.min(), high=y.max(), classes=sizes[-1], last=sizes[-1] - 1)
        )
    return y.astype(np.int64)


def checked_loss(loss, epoch, learning_rate):
    """Return the loss, or raise FloatingPointError when it is no finite number any more."""
    if not np.isfinite(loss):
        raise FloatingPointError(
            _(
                "The loss is {loss} in epoch {epoch}: the training has diverged. Scale the features to about -1 to 1, "
                "and try a learning rate below {rate}."
            ).format(loss=loss, epoch=epoch + 1, rate=learning_rate)
        )
    return loss
