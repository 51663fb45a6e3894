"""The reference networks of chapters 6, 8 and 9, for either engine."""


def reference_layers(layers, classes):
    """Return its layers for pictures of 28 x 28; `layers` is course_lib.nn or keras.layers, the names are the same."""
    return [
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(classes, activation="softmax"),
    ]


def compiled(model):
    """Return the model, compiled as in the chapter."""
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def numpy_network(classes, seed):
    """The reference network in NumPy, its random start given by `seed`."""
    from course_lib import nn

    return compiled(nn.Sequential(reference_layers(nn, classes), rng=seed))


def keras_network(classes, seed):
    """The reference network in Keras, its random start given by `seed`."""
    import keras

    keras.utils.set_random_seed(seed)
    return compiled(keras.Sequential(reference_layers(keras.layers, classes)))


def recurrent_layers(layers, cell, shape, units=64):
    """Return the layers for sequences of `shape` (T, D) and one number at the end; `cell` is "SimpleRNN", "LSTM" ...

    `layers` is course_lib.nn or keras.layers.
    """
    return [layers.Input(shape), getattr(layers, cell)(units), layers.Dense(1)]


def numpy_recurrent(cell, shape, seed):
    """The recurrent network of chapter 8 in NumPy, its random start given by `seed`."""
    from course_lib import nn

    model = nn.Sequential(recurrent_layers(nn, cell, shape), rng=seed)
    model.compile(optimizer=nn.Adam(1e-3, clipnorm=1.0), loss="mean_squared_error")
    return model


def keras_recurrent(cell, shape, seed):
    """The same in Keras, from the same random start."""
    import keras

    keras.utils.set_random_seed(seed)  # for the order of the batches
    model = keras.Sequential(recurrent_layers(keras.layers, cell, shape))
    model.set_weights(numpy_recurrent(cell, shape, seed).get_weights())
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mean_squared_error")
    return model


def reader_layers(layers, reader, size, classes, numbers=32, units=64):
    """Return the layers that read tokens, with `size` words; `reader` is "mean", "SimpleRNN", "GRU" ...

    `layers` is course_lib.nn or keras.layers. Each word becomes `numbers` numbers.
    """
    body = layers.GlobalAveragePooling1D() if reader == "mean" else getattr(layers, reader)(units)
    return [
        layers.Input((None,)),
        layers.Embedding(size, numbers, mask_zero=True),
        body,
        layers.Dense(classes, activation="softmax"),
    ]


def numpy_reader(reader, size, classes, seed):
    """A text model of chapter 9 in NumPy, its random start given by `seed`."""
    from course_lib import nn

    model = nn.Sequential(reader_layers(nn, reader, size, classes), rng=seed)
    model.compile(optimizer=nn.Adam(3e-3, clipnorm=1.0), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def keras_reader(reader, size, classes, seed):
    """The same in Keras, from the same random start."""
    import keras

    keras.utils.set_random_seed(seed)
    model = keras.Sequential(reader_layers(keras.layers, reader, size, classes))
    model.set_weights(numpy_reader(reader, size, classes, seed).get_weights())
    optimizer = keras.optimizers.Adam(3e-3, clipnorm=1.0)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
