"""The recurrent network of the targets: 50 steps of 24 features, SimpleRNN with 64 units, one number at the end."""

TITLE = "SimpleRNN, 50 steps of 24 features -> 64 units -> 1, batch 32, float32, Adam"
TARGETS = {"fit": 0.2, "tf.function": 0.4, "predict": 1 / 50}  # NumPy may take at most this share
BATCH, BATCHES = 32, 64  # samples of a step, steps of a measurement
LOSS = "mse"
STEPS, FEATURES, UNITS = 50, 24, 64


def data(rng, samples):
    x = rng.standard_normal((samples, STEPS, FEATURES)).astype("float32")
    return x, x[:, -5:, 0].mean(axis=1, keepdims=True)


def model(engine, layer="SimpleRNN"):
    """`engine` is course_lib.nn, or Keras's layers beside its Sequential: the same code builds both."""
    return engine.Sequential([engine.Input((STEPS, FEATURES)), getattr(engine, layer)(UNITS), engine.Dense(1)])
