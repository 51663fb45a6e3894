"""The ten-class network for images of 28 x 28 pixels."""

TITLE = "Ten-class CNN, 28 x 28 x 1, batch 32, float32, Adam"
TARGETS = {"fit": 0.8, "tf.function": 1.3, "predict": 1 / 50, "call": 1.0}  # NumPy may take at most this share
BATCH, BATCHES = 32, 32  # samples of a step, steps of a measurement
LOSS = "sparse_categorical_crossentropy"


def data(rng, samples):
    return rng.random((samples, 28, 28, 1), dtype="float32"), rng.integers(0, 10, samples)


def model(engine):
    """`engine` is course_lib.nn, or Keras's layers beside its Sequential: the same code builds both."""
    return engine.Sequential(
        [
            engine.Input((28, 28, 1)),
            engine.Conv2D(32, (3, 3), activation="relu"),
            engine.MaxPooling2D((2, 2)),
            engine.Conv2D(64, (3, 3), activation="relu"),
            engine.MaxPooling2D((2, 2)),
            engine.Flatten(),
            engine.Dense(64, activation="relu"),
            engine.Dense(10, activation="softmax"),
        ]
    )
