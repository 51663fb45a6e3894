"""Training: it learns, counts as Keras counts, can be watched, stopped and interrupted, and says when it diverges."""

import os
import signal
import threading

import numpy as np
import pytest

from course_lib import nn
from course_lib.nn import model as model_module
from tests.nn.cases import scattered, small_model


def data(n=32, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 5)), rng.standard_normal((n, 2))


@pytest.mark.parametrize(
    "optimizer", [nn.SGD(0.5, 0.9), nn.SGD(0.5, 0.9, nesterov=True), nn.RMSprop(0.01), nn.Adam(0.02)]
)
@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"])
def test_a_tiny_set_is_learned_by_heart(loss, optimizer):
    """If a network cannot overfit 12 samples, something is broken."""
    x, _y = data(12)
    labels = np.arange(12) % 3
    model = small_model(
        units=3,
        activation="sigmoid" if loss.startswith("binary") else "softmax",
        loss=loss,
        optimizer=optimizer,
        metrics=["accuracy"],
    )
    y = labels if loss.startswith("sparse") else np.eye(3)[labels]
    history = model.fit(x, y, batch_size=4, epochs=200, verbose=0, rng=0).history
    assert history["loss"][-1] < 0.02 * history["loss"][0]
    assert history["accuracy"][-1] == 1
    np.testing.assert_array_equal(model.predict(x).argmax(axis=1), labels)


def test_history_is_the_mean_over_samples():
    """Ten samples in batches of 4, 4, 2, without learning to speak of: the mean is not the mean of three batches."""
    x, y = data(10)
    model = small_model(optimizer=nn.SGD(1e-12), metrics=["mae"])
    loss, mae = model.evaluate(x, y)
    history = model.fit(x, y, batch_size=4, epochs=2, verbose=0, validation_data=(x[:3], y[:3]))
    np.testing.assert_allclose(history.history["loss"], [loss, loss], rtol=1e-9)
    np.testing.assert_allclose(history.history["mae"], [mae, mae], rtol=1e-9)
    np.testing.assert_allclose(history.history["val_loss"][1], model.evaluate(x[:3], y[:3])[0], rtol=1e-9)
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert history.epoch == [0, 1]
    assert model.history is history


class Seen(nn.Callback):
    """Keeps what a model is shown: the first feature of each sample of each batch."""

    def __init__(self, model):
        self.batches, first = [], model.layers[0]
        forward = first.forward

        def watch(x, training=False):
            if training:
                self.batches.append(x[:, 0].tolist())
            return forward(x, training)

        first.forward = watch


def test_shuffle_permutes_the_samples_anew_in_each_epoch():
    x, y = data(10)
    x[:, 0] = np.arange(10)
    model = small_model()
    seen = Seen(model)
    model.fit(x, y, batch_size=4, epochs=2, verbose=0, rng=0)
    assert [len(b) for b in seen.batches] == [4, 4, 2] * 2
    first, second = sum(seen.batches[:3], []), sum(seen.batches[3:], [])
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert sorted(seen.batches[0]) not in ([0, 1, 2, 3], [4, 5, 6, 7])  # not only the order of the batches
    seen.batches.clear()
    model.fit(x, y, batch_size=4, verbose=0, shuffle=False)
    assert sum(seen.batches, []) == list(range(10))


def test_the_same_seed_trains_the_same_and_x_and_y_are_not_modified():
    x, y = data()
    before = x.copy(), y.copy()
    results = []
    for xs, ys in ((x, y), (scattered(x), scattered(y))):
        model = nn.Sequential([nn.Dense(4, "relu", input_shape=(5,)), nn.Dropout(0.5), nn.Dense(2)], "float64", rng=1)
        model.compile("adam", "mse")
        results.append(model.fit(xs, ys, epochs=3, verbose=0, rng=2).history["loss"])
    assert results[0] == results[1]
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_dropout_works_in_fit_only():
    x, y = np.ones((64, 5)), np.zeros((64, 2))
    model = nn.Sequential([nn.Dropout(0.5, input_shape=(5,)), nn.Dense(2)], rng=0)
    model.compile(nn.SGD(1e-9), "mse")
    assert np.unique(model.predict(x), axis=0).shape == (1, 2)
    assert model.fit(x, y, epochs=1, verbose=0).history["loss"][0] != pytest.approx(model.evaluate(x, y), rel=1e-3)


def test_class_weight_multiplies_the_loss_of_a_class():
    x, _y = data(20)
    y = (np.arange(20) < 4).astype(int)
    for labels, units, loss in (
        (y, 1, "binary_crossentropy"),
        (y, 2, "sparse_categorical_crossentropy"),
        (np.eye(2)[y], 2, "categorical_crossentropy"),
    ):
        model = small_model(
            units=units, activation="sigmoid" if units == 1 else "softmax", loss=loss, optimizer=nn.SGD(1e-12)
        )
        rare, common = model.evaluate(x[:4], labels[:4]), model.evaluate(x[4:], labels[4:])
        history = model.fit(x, labels, batch_size=8, verbose=0, class_weight={0: 1.0, 1: 5.0}).history
        np.testing.assert_allclose(history["loss"], [(5 * 4 * rare + 16 * common) / 20], rtol=1e-8)


def test_class_weight_finds_more_of_the_rare_class():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((600, 2))
    y = (x[:, 0] + 0.8 * rng.standard_normal(600) > 1.9).astype(int)
    found = []
    for weight in (None, {1: 15.0}):
        model = nn.Sequential([nn.Dense(1, "sigmoid", input_shape=(2,))], rng=0)
        model.compile(nn.Adam(0.05), "binary_crossentropy")
        model.fit(x, y, epochs=30, verbose=0, rng=0, class_weight=weight)
        found.append((model.predict(x[y == 1]) > 0.5).mean())
    assert found[1] > found[0] + 0.3


# ---------------------------------------------------------------- callbacks
def test_callbacks_are_called_in_order_with_logs():
    calls = []

    class Everything:
        def __getattr__(self, name):
            if not name.startswith("on_"):
                raise AttributeError(name)
            return lambda *arguments: calls.append((name, *arguments))

    x, y = data(10)
    model = small_model(metrics=["mae"])
    callback = Everything()
    model.fit(x, y, batch_size=5, epochs=2, verbose=0, callbacks=[callback], validation_data=(x, y))
    assert callback.model is model
    epoch = ["on_epoch_begin", "on_batch_begin", "on_batch_end", "on_batch_begin", "on_batch_end", "on_epoch_end"]
    assert [name for name, *_rest in calls] == ["on_train_begin", *epoch, *epoch, "on_train_end"]
    assert [arguments[0] for name, *arguments in calls if name == "on_batch_end"] == [0, 1, 0, 1]
    assert list(calls[3][2]) == ["loss", "mae"]
    assert calls[6][2] == {name: values[0] for name, values in model.history.history.items()}
    assert list(calls[6][2]) == ["loss", "mae", "val_loss", "val_mae"]


def test_a_callback_can_stop_the_training_after_a_batch():
    class Stop(nn.Callback):
        def on_batch_end(self, batch, logs=None):
            self.last = batch
            self.model.stop_training = batch == 2

    stop = Stop()
    x, y = data()
    history = small_model().fit(x, y, batch_size=4, epochs=9, verbose=0, callbacks=[stop])
    assert history.epoch == [0] and stop.last == 2


# ---------------------------------------------------------------- interruption
@pytest.mark.parametrize("where", ["forward", "update", "callback"])
def test_ctrl_c_keeps_the_last_whole_step(where, capsys, monkeypatch):
    x, y = data(40)
    reference, model = small_model(optimizer="adam"), small_model(optimizer="adam")
    steps_done = 13  # interrupted in the middle of step 14 = epoch 2, or while it updates: then it is finished first
    count = {"forward": 0, "update": 0, "callback": 0}

    def press(name, at):
        count[name] += 1
        if where == name and count[name] == at:
            os.kill(os.getpid(), signal.SIGINT)

    forward, update = model.layers[1].forward, model.optimizer.update

    def interrupted_forward(x, training=False):
        press("forward", steps_done + 1)
        return forward(x, training)

    def interrupted_update(w, gradient, key=0):
        press("update", steps_done)
        for part in (slice(0, 20), slice(20, None)):  # a slow update, in two halves
            update(w[part], gradient[part], (key, part.start))

    class Press(nn.Callback):
        def on_batch_end(self, batch, logs=None):
            press("callback", steps_done)

    monkeypatch.setattr(model.layers[1], "forward", interrupted_forward)
    monkeypatch.setattr(model.optimizer, "update", interrupted_update)
    history = model.fit(x, y, batch_size=4, epochs=5, verbose=0, rng=0, callbacks=[Press()])
    assert isinstance(history, nn.History) and history.epoch == [0]
    printed = capsys.readouterr().out
    assert printed.startswith("Stopped in epoch 2") and printed.count("\n") == 1

    class Count(nn.Callback):
        steps = 0

        def on_batch_end(self, batch, logs=None):
            self.steps += 1
            self.model.stop_training = self.steps >= steps_done

    counter = Count()
    reference.fit(x, y, batch_size=4, epochs=5, verbose=0, rng=0, callbacks=[counter])
    np.testing.assert_array_equal(model.weight_vector, reference.weight_vector)
    assert model_module.signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_an_interruption_the_training_can_go_on():
    class Press(nn.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    x, y = data()
    model = small_model(optimizer="adam")
    first = model.fit(x, y, epochs=5, verbose=0, callbacks=[Press()]).history["loss"]
    later = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert len(first) == 1 and len(later) == 20 and later[-1] < first[0]


def test_fit_works_in_a_thread():
    x, y = data()
    model, result = small_model(), []
    thread = threading.Thread(target=lambda: result.append(model.fit(x, y, epochs=2, verbose=0)))
    thread.start()
    thread.join()
    assert result[0].epoch == [0, 1]


# ---------------------------------------------------------------- divergence
def test_a_diverging_training_says_so_and_keeps_good_weights():
    x, y = data(64)
    model = small_model(optimizer=nn.SGD(0.05))
    model.layers[0].activation = "linear"
    model.fit(x, y, epochs=3, verbose=0, rng=0)
    good = model.get_weights()
    model.optimizer.learning_rate = 50.0
    with pytest.raises(FloatingPointError, match=r"learning_rate=50 is too large: try 5\.") as error:
        model.fit(x, y, epochs=50, verbose=0, rng=0)
    assert "the weights are back to the start of epoch 1" in str(error.value)
    for a, b in zip(good, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    model.optimizer.learning_rate = 0.05
    assert np.isfinite(model.fit(x, y, verbose=0).history["loss"]).all()


def test_a_diverging_training_returns_to_the_best_epoch():
    class Faster(nn.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.kept = [*getattr(self, "kept", []), self.model.get_weights()]
            if epoch == 5:
                self.model.optimizer.learning_rate = 1e6

    x, y = data(64)
    model, faster = small_model(optimizer=nn.SGD(0.05)), Faster()
    model.layers[0].activation = "linear"
    with pytest.raises(FloatingPointError, match="start of epoch 5"):
        model.fit(x, y, epochs=50, verbose=0, rng=0, callbacks=[faster])
    for a, b in zip(faster.kept[4], model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(model.history.epoch) >= 5


def test_train_on_batch_does_not_take_a_step_that_is_not_finite():
    x, y = data(4)
    model = small_model(dtype="float32")
    model.set_weights([w * 1e30 for w in model.get_weights()])
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match="learning_rate=0.01 is too large"):
        model.train_on_batch(x, y)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# ---------------------------------------------------------------- what is printed
def test_verbose(capsys):
    x, y = data(8)
    model = small_model(metrics=["mae"])
    for verbose, lines in ((0, 0), (1, 2), (2, 2), ("auto", 2)):  # no terminal here: a plain line an epoch
        model.fit(x, y, epochs=2, verbose=verbose)
        out = capsys.readouterr().out
        assert out.count("\n") == lines and "\r" not in out
        if lines:
            assert out.startswith("Epoch 1/2 - loss: ") and " - mae: " in out


def test_in_a_terminal_one_line_rewrites_itself(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    x, y = data(8)
    small_model().fit(x, y, batch_size=2, epochs=2)
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and out.endswith("\n")
    assert "\r" in out and "1/4 - loss" in out
    assert out.split("\r\x1b[K")[-1].startswith("Epoch 2/2 - loss: ")


def test_an_exception_in_a_callback_ends_the_training_properly():
    """on_train_end is called, and the layers draw from the model's own random numbers again. A list is not needed."""
    ended = []

    class Broken(nn.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise ZeroDivisionError("mine")

        def on_train_end(self, logs=None):
            ended.append(True)

    model = small_model()
    with pytest.raises(ZeroDivisionError, match="mine"):
        model.fit(*data(), callbacks=Broken(), verbose=0, rng=3)
    assert ended == [True]
    assert all(layer.rng is model.rng for layer in model.layers)


def test_nan_weights_are_a_divergence_not_bad_data():
    model = small_model()
    model.set_weights([w * np.nan for w in model.get_weights()])
    with pytest.raises(FloatingPointError, match="diverged: the loss is nan"):
        model.fit(*data(), verbose=0)
    assert np.isnan(model.evaluate(*data()))
