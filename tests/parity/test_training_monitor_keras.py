"""The training monitor with a Keras model: the history of fit, Stop, divergence, and a second training after it."""

import time

import keras
import numpy as np
import pytest

from course_lib.widgets import TrainingMonitor
from tests.parity.backend import JAX

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 6)).astype("f4")
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype("f4")


def model(rate=0.01, loss="binary_crossentropy"):
    keras.utils.set_random_seed(0)
    made = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    )
    made.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"])
    return made


def test_the_same_history_as_fit_and_stop_and_on_again():
    plain = model()
    history = plain.fit(X, Y, epochs=3, validation_data=(X, Y), shuffle=False, verbose=0).history
    watched, monitor = model(), TrainingMonitor()
    monitor.fit(watched, X, Y, epochs=3, validation_data=(X, Y), shuffle=False)
    assert monitor.state == "done" and monitor.progress == 1 and monitor.learning_rate == 0
    assert set(monitor.history) == set(history)
    for name, values in history.items():
        np.testing.assert_allclose(monitor.history[name], values, rtol=1e-5)

    monitor.fit(watched, X, Y, epochs=100_000, validation_data=(X, Y), block=False)
    end = time.monotonic() + 20
    while not monitor.history.get("loss") and time.monotonic() < end:
        time.sleep(0.01)
    monitor.learning_rate = 0.002
    time.sleep(0.5)
    if not JAX:  # there, fit keeps its numbers to itself until it ends
        assert float(watched.optimizer.learning_rate) == pytest.approx(0.002)
    begun = time.monotonic()
    monitor.stop_clicks += 1
    while monitor.running and time.monotonic() < begun + 10:
        time.sleep(0.005)
    delay = time.monotonic() - begun
    print(f"Keras stopped after {delay * 1000:.0f} ms")
    assert delay < 2 and monitor.state == "stopped" and monitor.history["loss"]  # 0.3 s where the machine is free
    monitor.wait()
    monitor.fit(watched, X, Y, epochs=2, validation_data=(X, Y))
    assert monitor.state == "done" and len(monitor.history["val_loss"]) == 2


def test_divergence_puts_finite_weights_back():
    watched = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    watched.compile(keras.optimizers.SGD(50.0), "mse")
    monitor = TrainingMonitor().fit(watched, X, Y, epochs=200)
    assert monitor.state == monitor.verdict == "diverged" and "learning rate 50" in monitor.error
    assert all(np.isfinite(w).all() for w in watched.get_weights())


def test_as_a_callback_of_keras():
    monitor, watched = TrainingMonitor(), model()
    watched.fit(X, Y, epochs=2, callbacks=[monitor.callback(watched)], verbose=0)
    assert monitor.state == "done" and monitor.progress == 1 and len(monitor.history["accuracy"]) == 2
