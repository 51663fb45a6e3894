"""Sequential: layers in a row, trained as in Keras."""

import math
import signal
import threading
from contextlib import ExitStack, contextmanager

import numpy as np

from course_lib.language import _
from course_lib.nn import pieces
from course_lib.nn.checks import (
    NotANumber,
    class_weights,
    finite,
    finite_in,
    float_dtype,
    generator,
    loss_and_gradient,
    whole,
)
from course_lib.nn.history import Callbacks, History, progress
from course_lib.nn.layers import Input, Layer, fits
from course_lib.nn.losses import (
    LOSSES,
    binary_crossentropy,
    categorical_crossentropy,
    class_numbers,
    distributions,
    loss_function,
    probabilities,
    sparse_categorical_crossentropy,
    targets_like,
)
from course_lib.nn.metrics import metric_function
from course_lib.nn.optimizers import optimizer_object
from course_lib.nn.threads import one_thread

# A cross-entropy behind a sigmoid or softmax is computed from the logits, as Keras does: exact, and without the clip's
# cliff. Keras does so for every such pair, also for unusual ones: binary_crossentropy after a softmax is then the
# binary cross-entropy of the sigmoids of the logits.
PROBABILITIES = {"sigmoid", "softmax"}
CROSSENTROPIES = {binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy}


class Sequential:
    """A network made of layers in a row: the output of each is the input of the next.

        model = Sequential([Dense(16, activation="relu", input_shape=(5,)), Dense(1, activation="sigmoid")])
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        history = model.fit(x, y, epochs=10)

    `dtype` is "float32" (as Keras) or "float64". `rng` is a seed or a np.random.Generator for starting weights,
    shuffling and dropout.
    """

    def __init__(self, layers=None, dtype="float32", rng=None, name="sequential"):
        self.dtype, self.rng, self.name = float_dtype(dtype), generator(rng), name
        self.layers, self.input_shape = [], None
        self.optimizer = self.loss = self.history = None
        self.metrics, self.stop_training = [], False
        for layer in layers or []:
            self.add(layer)

    # ---------------------------------------------------------------- layers and weights
    def add(self, layer):
        """Put one more layer at the end."""
        if not isinstance(layer, Layer):
            raise TypeError(_("A layer is needed, for example Dense(10), but {value!r} was given.").format(value=layer))
        if layer.taken:
            raise ValueError(_("This layer is already in a model. Make a new one: each layer has its own weights."))
        if isinstance(layer, Input):
            if self.layers or self.input_shape:
                raise ValueError(_("Input must come first, and only once."))
            self.input_shape = layer.input_shape
            return
        if not self.layers and self.input_shape is None:
            self.input_shape = layer.input_shape
        same_kind = sum(type(other) is type(layer) for other in self.layers)
        if layer.name == layer.default_name() and same_kind:
            layer.name = f"{layer.name}_{same_kind}"
        self.layers.append(layer)
        if self.input_shape is not None:
            try:
                self.build(self.input_shape)
            except Exception:
                self.layers.pop()
                raise
        layer.taken = True

    @property
    def built(self):
        """True once all weights exist."""
        return bool(self.layers) and all(layer.built for layer in self.layers)

    @property
    def output_shape(self):
        """The shape of one output, without the batch axis."""
        return self.layers[-1].output_shape if self.built else None

    def build(self, input_shape):
        """Draw the weights of the layers that have none yet, for samples of this shape (without the batch axis)."""
        if not self.layers:
            raise ValueError(_("The model has no layers. Add one first: model.add(Dense(10))."))
        shape = input_shape
        for k, layer in enumerate(self.layers):
            if not layer.built:
                layer.build(shape, self.rng, self.dtype)
            layer.needs_dx, layer.rng = k > 0, self.rng
            shape = layer.output_shape
        self.input_shape = self.layers[0].input_shape
        self._bind()
        if self.optimizer is not None:
            self.optimizer.reset()

    def _bind(self):
        """Lay all weights in one long vector and all gradients in another, and give each layer its pieces.

        A step of the optimizer is then a few operations on two vectors, however many layers there are.
        """
        weights = [w for layer in self.layers for w in layer.weights]
        self.weight_vector, self.weights = as_one_vector(weights, self.dtype)
        self.gradient_vector, self.gradients = as_one_vector([np.zeros_like(w) for w in weights], self.dtype)
        self.lanes = []  # see `pieces`: made when they are needed
        first = 0
        for layer in self.layers:
            last = first + len(layer.weights)
            layer.bind(self.weights[first:last], self.gradients[first:last])
            first = last

    def __setstate__(self, state):
        """A copied or unpickled model lays its weights in one vector again: the copies are separate arrays."""
        self.__dict__.update(state)
        if self.built:
            self._bind()

    def get_weights(self):
        """Copies of all weights, layer by layer (kernel, bias), in Keras's order."""
        self._need_weights()
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        """Set all weights from a list of arrays, for example keras_model.get_weights()."""
        self._need_weights()
        weights = [np.asarray(w) for w in weights]
        given, needed = [w.shape for w in weights], [w.shape for w in self.weights]
        if given != needed:
            raise ValueError(
                _("weights has arrays of shapes {given}, but this model needs {needed}, in this order.").format(
                    given=given, needed=needed
                )
            )
        for own, new in zip(self.weights, weights, strict=True):
            own[...] = new

    def count_params(self):
        """The number of weights of the whole model."""
        self._need_weights()
        return sum(layer.count_params() for layer in self.layers)

    def summary(self, print_fn=print):
        """Print the layers with the shapes of their outputs and their numbers of weights."""
        self._need_weights()
        head = (_("Layer (type)"), _("Output Shape"), _("Param #"))
        rows = [
            (f"{layer.name} ({type(layer).__name__})", str((None, *layer.output_shape)), f"{layer.count_params():,}")
            for layer in self.layers
        ]
        width = [max(len(row[k]) for row in [head, *rows]) for k in range(3)]

        def line(row):
            return f" {row[0]:<{width[0]}}   {row[1]:<{width[1]}}   {row[2]:>{width[2]}}"

        size = self.count_params() * self.dtype.itemsize
        rule = "-" * (sum(width) + 8)
        total = _("Total params: {count:,} ({kilobytes:.2f} KB)").format(
            count=self.count_params(), kilobytes=size / 1024
        )
        title = _('Model: "{name}"').format(name=self.name)
        print_fn("\n".join([title, rule, line(head), rule, *map(line, rows), rule, f" {total}"]))

    # ---------------------------------------------------------------- training
    def compile(self, optimizer="rmsprop", loss=None, metrics=None):
        """Choose how to train: an optimizer, a loss and metrics, by name or as objects and functions.

        A loss of your own is a function (y_true, y_pred) -> (loss, gradient), a metric of your own a function
        (y_true, y_pred) -> a number or one number for each sample.
        """
        if loss is None:
            raise ValueError(_("loss is missing: give its name, for example loss='mse'."))
        optimizer, loss = optimizer_object(optimizer), loss_function(loss)
        metrics = [metrics] if isinstance(metrics, str) or callable(metrics) else metrics or []
        self.metrics = [metric_function(metric) for metric in metrics]
        self.optimizer, self.loss = optimizer, loss
        self.optimizer.taken = True

    @one_thread
    def fit(
        self,
        x,
        y,
        batch_size=32,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        rng=None,
    ):
        """Train for `epochs` passes over the samples, in mini-batches, and return the `History`.

        `shuffle` draws a new order of the samples for each epoch. `validation_data` (x, y) is measured after each
        epoch. `class_weight` {class: weight} makes rare classes count more in the loss. `callbacks` are objects as in
        `Callback`. `verbose` is 0 (silent), 1 (a progress line) or 2 (one line an epoch). `rng` is a seed or Generator
        for the order and for dropout; without it the model's own is used.

        Ctrl-C, or the stop button of the notebook, ends the training after the last whole step and keeps what was
        learned. If the loss is not a finite number any more, a FloatingPointError says so, and the weights are put
        back to what they were at the start of the best epoch so far.
        """
        x, y = self._data(x, y)
        validation = None if validation_data is None else self._validation(validation_data)
        weight = None if class_weight is None else sample_weights(y, class_weight, self.dtype)
        batch_size, epochs = whole("batch_size", batch_size), whole("epochs", epochs)
        rng = self.rng if rng is None else generator(rng)
        batches = math.ceil(len(x) / batch_size)
        callbacks = callbacks or []
        callbacks = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
        calls = Callbacks([*callbacks, *progress(verbose, epochs, batches)], self)
        self.history, self.stop_training = History(), False
        steps, epoch, logs = 0, 0, {}
        best, lowest = (0, self.weight_vector.copy()), math.inf  # to return to if the training diverges
        interrupted, until_the_end = False, ExitStack()
        try:
            step = until_the_end.enter_context(whole_steps())
            for layer in self.layers:
                layer.rng = rng
            calls.call("on_train_begin", {})
            for epoch in range(epochs):
                calls.call("on_epoch_begin", epoch, {})
                order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
                before, totals = self.weight_vector.copy(), Totals(self.metrics)
                with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # _diverged explains it better
                    for batch in range(batches):
                        chosen = order[batch * batch_size : (batch + 1) * batch_size]
                        if calls["on_batch_begin"]:
                            calls.call("on_batch_begin", batch, {})
                        part = None if weight is None else weight[chosen]
                        loss, y_pred = self._train_step(step, x[chosen], y[chosen], part)
                        if not math.isfinite(loss):
                            self._diverged(loss, epoch, *best)
                        steps += 1
                        totals.add(loss, y[chosen], y_pred, self.layers[-1].output_mask())
                        if calls["on_batch_end"]:
                            calls.call("on_batch_end", batch, totals.means())
                        if self.stop_training:
                            break
                if not np.isfinite(self.weight_vector).all():
                    self._diverged(loss, epoch, *best)
                logs = totals.means()
                if logs["loss"] < lowest:
                    best, lowest = (epoch, before), logs["loss"]
                if validation:
                    logs |= {f"val_{name}": value for name, value in self._measure(*validation).items()}
                self.history.add(epoch, logs)
                calls.call("on_epoch_end", epoch, logs)
                if self.stop_training:
                    break
        except KeyboardInterrupt:
            interrupted = True
        finally:  # also after an exception in a callback
            until_the_end.close()
            for layer in self.layers:
                layer.rng = self.rng
            calls.call("on_train_end", logs)
        if interrupted:
            print(
                _(
                    "Stopped in epoch {epoch} after {steps} whole steps: the model keeps what it has learned so far."
                ).format(epoch=epoch + 1, steps=steps)
            )
        return self.history

    @one_thread
    def train_on_batch(self, x, y):
        """Do one training step; return the loss before the step, with metrics as a list [loss, ...]."""
        x, y = self._data(x, y)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"), whole_steps() as step:
            loss, y_pred = self._train_step(step, x, y)
        if not math.isfinite(loss):
            raise FloatingPointError(self._divergence(loss) + _(" This step was not taken."))
        totals = Totals(self.metrics)
        totals.add(loss, y, y_pred, self.layers[-1].output_mask())
        return as_keras(totals.means())

    @one_thread
    def loss_and_gradients(self, x, y, training=False):
        """Return the loss of a batch and its gradients, one array for each weight in the order of get_weights()."""
        x, y = self._data(x, y)
        loss, _y_pred = self._loss_and_gradients(x, y, training)
        return loss, [g.copy() for g in self.gradients]

    @one_thread
    def evaluate(self, x, y, batch_size=None, verbose=0, return_dict=False):
        """Return the loss, with metrics as a list [loss, ...], averaged over the samples; nothing is learned."""
        size = self._at_once() if batch_size is None else whole("batch_size", batch_size)
        logs = self._measure(*self._data(x, y), size)
        return logs if return_dict else as_keras(logs)

    @one_thread
    def predict(self, x, batch_size=None, verbose=0):
        """Return the outputs for x; dropout is off. The batch size only limits the memory that is used."""
        x = self._inputs(x)
        size = self._at_once() if batch_size is None else whole("batch_size", batch_size)
        parts = [self._forward(x[a : a + size], False) for a in range(0, len(x), size)]
        return np.concatenate(parts) if parts else np.empty((0, *self._output_shape(x)), self.dtype)

    def __call__(self, x, training=False):
        """Return the outputs for one batch."""
        return self._forward(self._inputs(x), training)

    def _output_shape(self, x):
        """The shape of one output for x; steps that Input leaves open are those of x."""
        return tuple(x.shape[1] if size is None else size for size in self.output_shape)

    # ---------------------------------------------------------------- one step
    def _forward(self, x, training, layers=None):
        mask = None
        for layer in layers or self.layers:
            layer.mask = mask
            x = layer.forward(x, training)
            mask = layer.output_mask()
        return x

    def _loss(self, y, y_pred, weight=None, last=None):
        """Return the loss, its gradient, and whether that is the gradient for the last layer's logits."""
        last, options = last or self.layers[-1], {} if weight is None else {"sample_weight": weight}
        from_logits = hasattr(last, "logits") and last.activation in PROBABILITIES and self.loss in CROSSENTROPIES
        if from_logits:
            y_pred, options = last.logits, options | {"from_logits": True}
        real, all_steps = last.output_mask(), y_pred
        if real is not None:  # the mean is over the real steps
            y, y_pred = y[real], y_pred[real]
            if weight is not None:
                options["sample_weight"] = np.broadcast_to(weight[:, None], real.shape)[real]
            if not len(y):
                return 0.0, np.zeros_like(all_steps), from_logits
        try:
            loss, gradient = loss_and_gradient(self.loss(y, y_pred, **options), y_pred)
        except NotANumber:  # the data are checked, so the weights have gone wrong: `fit` explains it
            loss, gradient = math.nan, np.full_like(y_pred, math.nan)
        if real is not None:
            real_steps, gradient = gradient, np.zeros_like(all_steps)
            gradient[real] = real_steps
        return loss, gradient, from_logits

    def _loss_and_gradients(self, x, y, training, weight=None):
        # A loss of one's own need not be a mean, and random numbers are drawn in the order of the samples.
        whole = self.loss not in LOSS_MEANS or any(layer.draws for layer in self.layers)
        if whole or len(x) <= pieces.PIECE or not any(layer.in_pieces for layer in self.layers):
            return self._work_through(self.layers, x, y, training, weight)
        return pieces.loss_and_gradients(self, x, y, training, weight)

    def _work_through(self, layers, x, y, training, weight=None, share=1.0):
        """Forward, loss, backward with these layers; `share` is the part of the batch that these samples are."""
        *_others, last = layers
        y_pred = self._forward(x, training, layers)
        loss, dy, from_logits = self._loss(y, y_pred, weight, last)
        dy = dy if share == 1 else dy * dy.dtype.type(share)
        dy = last.backward(dy, from_logits=True) if from_logits else last.backward(dy)
        for layer in reversed(layers[:-1]):
            dy = layer.backward(dy)
        return float(loss), y_pred

    def _train_step(self, step, x, y, weight=None):
        loss, y_pred = self._loss_and_gradients(x, y, True, weight)
        if math.isfinite(loss):
            with step:
                self._update()
        return loss, y_pred

    def _update(self):
        clipped = self.optimizer.clip(self.gradients)
        if clipped is not self.gradients:
            for own, new in zip(self.gradients, clipped, strict=True):
                own[...] = new
        self.optimizer.update(self.weight_vector, self.gradient_vector)

    def _at_once(self):
        """How many samples go through the network at once where nothing is learned: few where they are images."""
        return 2 * pieces.PIECE if any(layer.in_pieces for layer in self.layers) else 256

    def _measure(self, x, y, batch_size=None):
        totals, batch_size = Totals(self.metrics), batch_size or self._at_once()
        for a in range(0, len(x), batch_size):
            y_pred = self._forward(x[a : a + batch_size], False)
            loss = self._loss(y[a : a + batch_size], y_pred)[0]
            totals.add(float(loss), y[a : a + batch_size], y_pred, self.layers[-1].output_mask())
        return totals.means()

    def _diverged(self, loss, epoch, best_epoch, best_weights):
        """Put good weights back and raise a FloatingPointError."""
        self.weight_vector[...] = best_weights
        self.optimizer.reset()
        raise FloatingPointError(
            self._divergence(loss)
            + _(" It happened in epoch {epoch}; the weights are back to the start of epoch {best}.").format(
                epoch=epoch + 1, best=best_epoch + 1
            )
        )

    def _divergence(self, loss):
        rate = self.optimizer.learning_rate
        return _(
            "The training diverged: the loss is {loss}. Most likely learning_rate={rate:g} is too large: try "
            "{smaller:g}. Features on very different scales have the same effect: standardize them."
        ).format(loss=loss, rate=rate, smaller=rate / 10)

    # ---------------------------------------------------------------- checks of what is passed in
    def _need_weights(self):
        if not self.built:
            raise ValueError(
                _(
                    "The model has no weights yet, because the shape of a sample is not known. Give the first layer an "
                    "input_shape, for example Dense(16, input_shape=(5,)), or call model.build((5,))."
                )
            )

    def _inputs(self, x):
        """Return x in the dtype of the model or of its first layer, checked against the shape that this one needs."""
        x = self.layers[0].as_data(x) if self.layers else x
        try:
            x = np.asarray(x)
        except ValueError as error:
            hint = ""
            if len(self.input_shape or ()) == 2:
                hint = _(" Fill short sequences up to one length, for example with zeros, and put Masking() first.")
            raise ValueError(_("x is not a rectangular table: its rows differ in length.") + hint) from error
        if x.dtype.kind not in "fiub":
            raise TypeError(
                _("x has dtype {dtype}, but numbers are needed. Turn text columns into numbers first.").format(
                    dtype=x.dtype
                )
            )
        if x.ndim == 0:
            raise ValueError(_("x is a single number, but a batch is needed: (samples N, features D)."))
        if not self.built:
            self.build(x.shape[1:])
        if not fits(x.shape[1:], self.input_shape):
            hint = ""
            if x.shape == self.input_shape:
                hint = _(" For one sample use x[None].")
            elif x.ndim == 1 and self.input_shape == (1,):
                hint = _(" For one feature use x.reshape(-1, 1).")
            elif (*x.shape[1:], 1) == self.input_shape:
                hint = _(" For grey pictures without a channel axis use x[..., None].")
            raise ValueError(
                _("x has shape {given}, but the first layer needs (N, {needed}).").format(
                    given=x.shape, needed=", ".join("any" if size is None else str(size) for size in self.input_shape)
                )
                + hint
            )
        if x.dtype == np.uint8 and len(self.input_shape) == 3 and x.size and x.max() > 1:
            raise ValueError(
                _(
                    "x holds images as whole numbers up to {most}, but a network learns from small numbers. Scale "
                    "them to 0 ... 1 first, pictures of a camera with x / 255."
                ).format(most=x.max())
            )
        return finite_in(self.dtype, "x", x) if self.layers[0].input_dtype is None else x

    def _data(self, x, y):
        """Return x and y checked and in the form the loss needs."""
        if self.loss is None:
            raise ValueError(
                _("The model is not compiled. Call model.compile(optimizer='adam', loss='mse') first, with your loss.")
            )
        x = self._inputs(x)
        try:
            y = np.asarray(y)
        except ValueError as error:
            raise ValueError(_("y is not a rectangular table: its rows differ in length.")) from error
        if y.ndim == 0 or len(x) != len(y):
            raise ValueError(
                _("x has {x} samples but y has {y}: they must be equal.").format(x=len(x), y=len(y) if y.ndim else 0)
            )
        if not len(x):
            raise ValueError(_("x has no samples: at least one is needed."))
        finite("y", y)
        like = np.broadcast_to(self.dtype.type(0), (len(y), *self._output_shape(x)))  # a shape, without the memory
        if self.loss is sparse_categorical_crossentropy:
            return x, class_numbers(y, like)
        if y.dtype.kind not in "fiub":
            raise TypeError(
                _(
                    "y has dtype {dtype}, but numbers are needed. Turn names into numbers: names, y = np.unique(y, "
                    "return_inverse=True)."
                ).format(dtype=y.dtype)
            )
        if self.loss not in LOSS_TARGETS:  # a learner's own loss
            return x, y
        y = targets_like(finite_in(self.dtype, "y", y), like)[0]
        LOSS_TARGETS[self.loss]("y", y)
        return x, y

    def _validation(self, validation_data):
        if not isinstance(validation_data, (tuple, list)) or len(validation_data) != 2:
            raise ValueError(_("validation_data must be a pair (x_val, y_val)."))
        try:
            return self._data(*validation_data)
        except (ValueError, TypeError) as error:
            raise type(error)(_("validation_data: {message}").format(message=error)) from error


LOSS_MEANS = frozenset(LOSSES.values())  # those that are a mean over the samples
LOSS_TARGETS = {
    loss_function("mse"): lambda name, y: None,
    binary_crossentropy: probabilities,
    categorical_crossentropy: distributions,
}


class Totals:
    """Means of the loss and the metrics over all samples seen so far, not over batches: the last may be smaller."""

    def __init__(self, metrics):
        self.metrics, self.sums = metrics, {"loss": 0.0} | {name: 0.0 for name, _function in metrics}
        self.counts = dict.fromkeys(self.sums, 0)

    def add(self, loss, y, y_pred, mask=None):
        """Where outputs for each step have a mask, a metric's mean is over the real steps, as in Keras."""
        self._add("loss", loss, len(y))
        if mask is not None:
            y, y_pred = y[mask], y_pred[mask]
        for name, function in self.metrics if len(y) else ():
            self._add(name, float(np.mean(function(y, y_pred))), len(y))

    def _add(self, name, mean, n):
        self.sums[name] += mean * n
        self.counts[name] += n

    def means(self):
        return {name: total / max(self.counts[name], 1) for name, total in self.sums.items()}


def as_keras(logs):
    """The loss alone, or [loss, metric, ...] where there are metrics."""
    values = list(logs.values())
    return values if len(values) > 1 else values[0]


def as_one_vector(arrays, dtype):
    """Return one vector with the values of all arrays, and the arrays again as views of its pieces."""
    vector = np.empty(sum(a.size for a in arrays), dtype)
    views, start = [], 0
    for a in arrays:
        views.append(vector[start : start + a.size].reshape(a.shape))
        views[-1][...] = a
        start += a.size
    return vector, views


def sample_weights(y, class_weight, dtype):
    """Return one weight for each sample from {class: weight}; a class that is not named counts 1."""
    labels = y.reshape(len(y), -1)
    labels = labels.argmax(axis=1) if labels.shape[1] > 1 else labels[:, 0]
    classes = np.unique(labels)
    class_weights(class_weight, classes)
    weight = np.ones(len(y), dtype)
    for label, value in class_weight.items():
        weight[labels == label] = value
    return weight


class WholeStep:
    """Holds Ctrl-C back while the weights are being updated: `with step: update()`."""

    def __init__(self, outside):
        self.outside, self.updating, self.pressed = outside, False, None

    def handler(self, *arguments):
        if self.updating:
            self.pressed = arguments
        elif callable(self.outside):
            self.outside(*arguments)

    def __enter__(self):
        self.updating = True

    def __exit__(self, *error):
        self.updating = False
        if self.pressed and callable(self.outside):
            pressed, self.pressed = self.pressed, None
            self.outside(*pressed)


@contextmanager
def whole_steps():
    """Let a WholeStep receive Ctrl-C for as long as this lasts. Threads other than the main one never receive it."""
    outside = signal.getsignal(signal.SIGINT)
    step = WholeStep(outside)
    if threading.current_thread() is not threading.main_thread() or outside is None:
        yield step
        return
    signal.signal(signal.SIGINT, step.handler)
    try:
        yield step
    finally:
        signal.signal(signal.SIGINT, outside)
