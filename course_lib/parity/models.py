"""Comparison of whole models: a NumPy `Sequential` and its Keras twin."""

import functools

import numpy as np

from course_lib.language import _
from course_lib.parity.comparison import TOLERANCES, Comparison, compare_arrays
from course_lib.parity.engines import device, engine


def to_keras(numpy_model):
    """Return a Keras model with the same layers, weights and dtype, compiled alike if the NumPy model is compiled."""
    device()
    import keras

    numpy_model._need_weights()
    dtype, first = str(numpy_model.dtype), numpy_model.layers[0]
    twin = keras.Sequential(
        [keras.Input(numpy_model.input_shape, dtype=first.input_dtype or dtype)], name=numpy_model.name
    )
    for layer in numpy_model.layers:
        kind = getattr(keras.layers, type(layer).__name__)
        twin.add(kind(**layer.get_config(), name=layer.name, dtype=dtype))
    twin.set_weights(numpy_model.get_weights())
    if numpy_model.loss is not None:
        twin.compile(
            keras_optimizer(numpy_model.optimizer),
            keras_loss(numpy_model.loss, dtype),
            metrics=[name for name, _function in numpy_model.metrics],
            jit_compile=engine().compiles,
        )
    return twin


def compare(numpy_model, keras_model, x, y, steps=0, weights=False, tolerance=None):
    """Copy the NumPy model's weights to the Keras model, run both on the batch (x, y), and return a `Comparison`.

    Rows: the outputs, the loss, the gradient of each weight, and with steps > 0 the loss after so many training steps
    on this batch; with weights=True also the loss before each of these steps, and each weight after each of them.
    Dropout is off throughout, since no two engines draw the same random numbers. Both models keep their
    weights and optimizers as they were, except that the Keras model now has the weights of the NumPy model.
    keras_model=None makes the twin with `to_keras`. Both models must be compiled with the same loss. The tolerance is
    that of `TOLERANCES` unless another one is given.
    """
    where = device()
    import keras

    x, y = numpy_model._data(x, y)
    if keras_model is None:
        keras_model = to_keras(numpy_model)
    if not keras_model.built:
        keras_model.build((None, *numpy_model.input_shape))
    check_twin(numpy_model, keras_model)
    keras_model.set_weights(numpy_model.get_weights())

    their_dtype = keras.backend.standardize_dtype(keras_model.weights[0].dtype)
    dtype = "float32" if "float32" in (str(numpy_model.dtype), their_dtype) else "float64"
    tolerance = tolerance or TOLERANCES[dtype]
    loss_of = keras_loss(numpy_model.loss, their_dtype)
    their_x = x.astype(numpy_model.layers[0].input_dtype or their_dtype)
    names = weight_names(numpy_model)

    def loss(*values):
        outputs, _state = keras_model.stateless_call(
            list(values), keras_model.non_trainable_variables, their_x, training=False
        )
        return loss_of(y, outputs), outputs

    def row(name, ours, theirs):
        rows.append(compare_arrays(name, ours, theirs, tolerance))

    rows = []
    with keras.device(where.name):
        gradients_of = engine().differentiate(loss, compiled=weights)
        their_loss, outputs, their_gradients = gradients_of([v.numpy() for v in keras_model.trainable_variables])
        our_loss, our_gradients = numpy_model.loss_and_gradients(x, y)
        row(_("outputs"), numpy_model.predict(x), to_numpy(outputs))
        row(_("loss"), our_loss, to_numpy(their_loss))
        for name, ours, theirs in zip(names, our_gradients, their_gradients, strict=True):
            row(_("gradient of {name}").format(name=name), ours, to_numpy(theirs))
        if steps:
            our_losses, our_weights = train(numpy_model, x, y, steps, weights)
            their_losses, their_weights = keras_train(numpy_model, keras_model, gradients_of, steps, weights)
            row(_("loss after {steps} steps").format(steps=steps), our_losses[-1], their_losses[-1])
        if steps and weights:
            row(_("loss before each step"), our_losses[:-1], their_losses[:-1])
            for k, name in enumerate(names):
                ours, theirs = ([after[k] for after in path] for path in (our_weights, their_weights))
                row(_("{name} after each step").format(name=name), ours, theirs)
    return Comparison(tuple(rows), dtype, where)


def train(model, x, y, steps, weights):
    """Train the NumPy model on one batch; return the loss before each step and at the end, and the weights if asked.

    The weights are a list for each step. Weights and optimizer are put back afterwards.
    """
    before, optimizer = model.weight_vector.copy(), model.optimizer
    losses, path = [], []
    model.optimizer = type(optimizer)(**engine().numbers(optimizer.get_config()))
    try:
        for _step in range(steps):
            losses.append(model._loss_and_gradients(x, y, training=False)[0])
            model._update()
            if weights:
                path.append(model.get_weights())
        return [*losses, model.loss_and_gradients(x, y)[0]], path
    finally:
        model.weight_vector[...], model.optimizer = before, optimizer


def keras_train(numpy_model, keras_model, gradients_of, steps, weights):
    """The same for the Keras model, with a fresh optimizer of the same kind."""
    before = keras_model.get_weights()
    own = getattr(keras_model, "optimizer", None)
    own = own or keras_optimizer(numpy_model.optimizer)
    optimizer = type(own).from_config(engine().numbers(own.get_config()))
    variables = keras_model.trainable_variables
    update = engine().update(optimizer, variables, compiled=weights)
    losses, path = [], []
    try:
        for _step in range(steps):
            loss, _outputs, gradients = gradients_of([v.value for v in variables])
            losses.append(to_numpy(loss))
            update(gradients)
            if weights:
                path.append([v.numpy() for v in variables])
        return [*losses, to_numpy(gradients_of([v.value for v in variables])[0])], path
    finally:
        keras_model.set_weights(before)


def check_twin(numpy_model, keras_model):
    """Raise a ValueError if the Keras model's weights have other shapes."""
    ours = [w.shape for w in numpy_model.weights]
    theirs = [tuple(w.shape) for w in keras_model.weights]
    if ours != theirs:
        raise ValueError(
            _(
                "The two models are not the same network: the NumPy model has weights of shapes {ours}, the "
                "Keras model {theirs}. parity.to_keras(model) builds the right one."
            ).format(ours=ours, theirs=theirs)
        )


def weight_names(model):
    """Names such as dense.kernel, in the order of get_weights()."""
    return [f"{layer.name}.{name}" for layer in model.layers for name in layer.parameters(layer.input_shape)]


def keras_loss(loss, dtype):
    """Return the Keras loss object of the same name; its dtype must be given, or float64 would be cut to float32.

    Options go along: functools.partial(nn.binary_crossentropy, from_logits=True).
    """
    import keras

    options = loss.keywords if isinstance(loss, functools.partial) else {}
    loss = loss.func if options else loss
    name = "".join(word.capitalize() for word in loss.__name__.split("_"))
    kind = getattr(keras.losses, name, None)
    if kind is None:
        raise ValueError(_("The loss {name} has no twin in Keras.").format(name=loss.__name__))
    return kind(dtype=dtype, **options)


def keras_optimizer(optimizer):
    """Return the Keras optimizer with the same numbers, which adds up the gradient of an embedding first."""
    import keras

    return adding_up(getattr(keras.optimizers, type(optimizer).__name__))(**optimizer.get_config())


@functools.cache
def adding_up(kind):
    """Return this class of Keras optimizers, made to add up the gradient of an embedding's row before it is used.

    On TensorFlow the gradient of an embedding is a list, one entry for each place of a token. Where a token stands
    several times in a batch, Adam and RMSprop of Keras 3 add the squares of these entries g_i, and the gradient is
    their sum: v gets the sum of g_i^2 where the formula has (sum of g_i)^2. One-hot inputs and a dense layer learn by
    the formula, and so do we.
    """

    class AddingUp(kind):
        def apply(self, grads, trainable_variables=None):
            return super().apply([engine().added_up(gradient) for gradient in grads], trainable_variables)

    AddingUp.__name__ = AddingUp.__qualname__ = kind.__name__
    return AddingUp


def to_numpy(tensor):
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))
