"""The multi-layer perceptron of the targets: 784-256-128-10."""

TITLE = "MLP 784-256-128-10, batch 32, float32, Adam"
TARGETS = {"fit": 0.5}  # NumPy may take at most this share of the time
BATCH, BATCHES = 32, 128  # samples of a step, steps of a measurement
LOSS = "sparse_categorical_crossentropy"


def data(rng, samples):
    return rng.standard_normal((samples, 784)).astype("float32"), rng.integers(0, 10, samples)


def model(engine):
    """`engine` is course_lib.nn, or Keras's layers beside its Sequential: the same code builds both."""
    return engine.Sequential(
        [
            engine.Input((784,)),
            engine.Dense(256, activation="relu"),
            engine.Dense(128, activation="relu"),
            engine.Dense(10, activation="softmax"),
        ]
    )
