"""The monitor trains what fit would train, stops within a step, and keeps what was learned, whatever happens."""

import threading
import time

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import TrainingMonitor
from course_lib.widgets.training_monitor import UPDATES_PER_SECOND, judge

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 6))
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(float)


def model(rate=0.01, optimizer=nn.Adam, loss="binary_crossentropy"):
    made = nn.Sequential([nn.Dense(16, activation="relu", input_shape=(6,)), nn.Dense(1, activation="sigmoid")], rng=0)
    made.compile(optimizer(rate), loss, ["accuracy"])
    return made


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_blocking_and_in_the_background_give_what_fit_gives():
    plain = model()
    history = plain.fit(X, Y, epochs=5, validation_data=(X, Y), verbose=0, rng=1)
    for block in (True, False):
        watched, monitor = model(), TrainingMonitor()
        assert monitor.fit(watched, X, Y, epochs=5, validation_data=(X, Y), rng=1, block=block) is monitor
        monitor.wait()
        assert monitor.history == history.history
        for a, b in zip(watched.get_weights(), plain.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        assert (monitor.state, monitor.progress, monitor.error) == ("done", 1.0, "")
        rows = np.frombuffer(monitor.data, "f4").reshape(5, 5)
        assert monitor.names == ["loss", "accuracy", "val_loss", "val_accuracy"]
        np.testing.assert_array_equal(rows[:, 0], [1, 2, 3, 4, 5])
        np.testing.assert_allclose(rows[:, 3], history.history["val_loss"], rtol=1e-6)


def test_outside_jupyter_fit_waits():
    monitor = TrainingMonitor().fit(model(), X, Y, epochs=3)
    assert monitor.state == "done" and len(monitor.history["loss"]) == 3


def test_stop_within_300_ms_after_a_whole_step():
    watched, monitor = model(), TrainingMonitor()
    monitor.fit(watched, X, Y, epochs=1_000_000, validation_data=(X, Y), block=False)
    until(lambda: monitor.history.get("loss"))
    begun = time.monotonic()
    monitor.stop_clicks += 1  # what the button does
    until(lambda: not monitor.running)
    delay = time.monotonic() - begun
    monitor.wait()
    assert delay < 0.3, f"{delay:.3f} s"
    assert monitor.state == "stopped" and "kept" in monitor.sentence
    epochs = len(monitor.history["loss"])
    weights = watched.get_weights()
    time.sleep(0.05)
    assert len(monitor.history["loss"]) == epochs
    assert all((a == b).all() for a, b in zip(weights, watched.get_weights(), strict=True))
    monitor.fit(watched, X, Y, epochs=2)  # and it can go on
    assert monitor.state == "done" and len(monitor.history["loss"]) == 2


def test_few_messages_whatever_the_speed():
    monitor, sent = TrainingMonitor(), []
    monitor.observe(lambda change: sent.append(time.monotonic()), names=["data"])
    begun = time.monotonic()
    monitor.fit(model(), X, Y, epochs=150)
    assert len(sent) <= UPDATES_PER_SECOND * (time.monotonic() - begun) + 3
    assert len(monitor.history["loss"]) == 150
    long = TrainingMonitor()
    long.fit(model(), X[:8], Y[:8], epochs=1500)
    assert len(np.frombuffer(long.data, "f4")) <= 3 * 401 and len(long.history["loss"]) == 1500


def test_the_learning_rate_can_change_while_it_runs():
    watched, monitor = model(), TrainingMonitor()
    monitor.fit(watched, X, Y, epochs=1_000_000, block=False)
    assert monitor.learning_rate == pytest.approx(0.01)
    monitor.learning_rate = 0.002
    until(lambda: watched.optimizer.learning_rate == 0.002)
    monitor.stop()
    monitor.wait()
    assert monitor.learning_rate == 0


def test_a_training_that_diverges_says_so_and_keeps_finite_weights():
    watched = nn.Sequential([nn.Dense(1, input_shape=(6,))], rng=0)
    watched.compile(nn.SGD(50.0), "mse")
    monitor = TrainingMonitor().fit(watched, X, Y, epochs=200)
    assert monitor.state == monitor.verdict == "diverged" and isinstance(monitor.exception, FloatingPointError)
    assert "learning_rate" in monitor.error and "try" in monitor.error
    assert all(np.isfinite(w).all() for w in watched.get_weights())


def test_errors_interrupts_and_full_memory_become_sentences(capsys):
    class Trouble(nn.Callback):
        def __init__(self, problem):
            self.problem = problem

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise self.problem

    for problem, state, words in (
        (RuntimeError("the sensor is gone"), "failed", "RuntimeError: the sensor is gone"),
        (MemoryError(), "failed", "smaller batch_size"),
        (KeyboardInterrupt(), "stopped", ""),
    ):
        monitor = TrainingMonitor().fit(model(), X, Y, epochs=5, callbacks=[Trouble(problem)])
        assert monitor.state == state and words in monitor.error
        assert len(monitor.history["loss"]) == 2
        assert not monitor.running and not TrainingMonitor._training
    wrong = TrainingMonitor().fit(model(), X, Y[:3], epochs=5)
    assert wrong.state == "failed" and "200" in wrong.error and "3" in wrong.error and wrong.history == {}
    assert "200" in capsys.readouterr().err  # said in the cell too, where the monitor may not be shown


def test_one_training_at_a_time():
    watched, monitor = model(), TrainingMonitor()
    monitor.fit(watched, X, Y, epochs=1_000_000, block=False)
    with pytest.raises(RuntimeError, match="wait"):
        monitor.fit(watched, X, Y, epochs=1)
    again = TrainingMonitor()  # the cell was run again: the first training ends, the second begins
    again.fit(watched, X, Y, epochs=2)
    assert again.state == "done" and monitor.state == "stopped" and len(again.history["loss"]) == 2
    last = TrainingMonitor()
    last.fit(model(), X, Y, epochs=1_000_000, block=False)
    last.close()
    until(lambda: not last.running)


def test_ctrl_c_during_wait_ends_the_training(monkeypatch):
    monitor = TrainingMonitor()
    monitor.fit(model(), X, Y, epochs=1_000_000, block=False)
    join, pressed = threading.Thread.join, []

    def interrupted(self, timeout=None):
        if not pressed:
            pressed.append(1)
            raise KeyboardInterrupt
        return join(self, timeout)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    monitor.wait()
    assert monitor.state == "stopped"


def test_wait_with_a_limit_comes_back():
    monitor = TrainingMonitor()
    monitor.fit(model(), X, Y, epochs=1_000_000, block=False)
    monitor.wait(0.2)
    assert monitor.running
    monitor.stop()
    monitor.wait()


def test_as_a_bare_callback():
    monitor = TrainingMonitor()
    model().fit(X, Y, epochs=4, callbacks=[monitor.callback(epochs=4)], verbose=0)
    assert monitor.state == "done" and monitor.progress == 1 and len(monitor.history["loss"]) == 4


def test_judge():
    falling = np.exp(-np.arange(30) / 10)
    assert judge({}) == judge({"loss": [1.0]}) == judge({"loss": list(falling)}) == "learning"
    assert judge({"loss": [*falling, *[falling[-1]] * 10]}) == "flat"
    assert judge({"loss": list(falling), "val_loss": list(falling + 0.2)}) == "learning"
    assert judge({"loss": list(falling), "val_loss": list((np.arange(30) / 10 - 1) ** 2 + 1)}) == "overfitting"
    assert judge({"loss": [1.0, 5.0, 11.0]}) == judge({"loss": [1.0, np.nan]}) == "diverged"


def test_the_sentence_and_the_picture():
    monitor = TrainingMonitor()
    assert "no training yet" in monitor.describe() and monitor.picture()[:4] == b"\x89PNG"
    monitor.fit(model(), X, Y, epochs=3, validation_data=(X, Y))
    words = monitor.describe()
    assert "3 of 3 epochs" in words and f"{monitor.history['val_loss'][-1]:.4g}" in words


@pytest.mark.parametrize("options", [{"epochs": "2"}, {"epochs": 0}, {"batch_size": "x"}, {"batch_size": 1.5}])
def test_a_bad_number_is_named_before_the_training_begins(options):
    monitor, model = TrainingMonitor(), nn.Sequential([nn.Dense(1, input_shape=(2,))], rng=0)
    model.compile("sgd", "mse")
    with pytest.raises((TypeError, ValueError), match=next(iter(options))):
        monitor.fit(model, np.zeros((8, 2)), np.zeros(8), block=False, **options)
    assert monitor.state == "ready"
    monitor.fit(model, np.zeros((8, 2)), np.zeros(8), block=True)
    assert monitor.state == "done"
