"""Watch a training live, stop it, and keep what was learned: for our Sequential and for Keras models."""

import asyncio
import math
import os
import sys
import threading
import time

import numpy as np
import traitlets as T

from course_lib.language import _
from course_lib.nn.checks import whole
from course_lib.widgets.base import HERE, CourseWidget

UPDATES_PER_SECOND = 8
MOST_POINTS = 400  # of a curve that are sent; the history keeps all
COLOURS = ["#0072B2", "#D55E00", "#007A5A", "#A0478A"]


class TrainingMonitor(CourseWidget):
    """Live loss and metrics of `fit`, a Stop button that works, and the history.

        monitor = TrainingMonitor()
        monitor.fit(model, x, y, epochs=50, batch_size=32, validation_data=(x_val, y_val))
        monitor                    # shows itself; training goes on in the background, so Stop is heard
        monitor.wait()             # in the next cell: wait for the end before you use the model

    The model is ours or one of Keras; `fit` takes what model.fit takes. Jupyter delivers the Stop button only while no
    cell runs, so `fit` trains in a thread and returns at once. In an `await monitor.finished()` cell Stop works too;
    during `monitor.wait()` use the notebook's own stop button. With block=True, and outside Jupyter, `fit` waits.
    """

    _javascript = "training_monitor.js"
    _css = CourseWidget._css + (HERE / "training_monitor.css").read_text(encoding="utf-8")
    picture_size = (8.6, 3.4)

    logarithmic = T.Bool(False, help="logarithmic axis for the loss").tag(sync=True, share=True)
    smoothing = T.Float(0.0, help="0 (none) to 0.95: share of the average of the epochs before").tag(
        sync=True, share=True
    )

    learning_rate = T.Float(0.0, help="of the model that is training; 0 where it cannot be changed").tag(sync=True)
    stop_clicks = T.Int(0, help="the Stop button counts up").tag(sync=True)
    state = T.Enum(["ready", "running", "done", "stopped", "diverged", "failed"], default_value="ready").tag(sync=True)
    verdict = T.Enum(["learning", "flat", "overfitting", "diverged"], default_value="learning").tag(sync=True)
    progress = T.Float(0.0, help="0 to 1").tag(sync=True)
    sentence = T.Unicode("", help="what is going on, in words").tag(sync=True)
    names = T.List(T.Unicode(), help="the curves: loss, accuracy, val_loss, ...").tag(sync=True)
    data = T.Bytes(help="float32 rows: epoch, then one value for each name").tag(sync=True)

    _training = {}  # id(model) -> monitor: no model is trained by two at once

    def __init__(self, **state):
        self.history, self.exception = {}, None
        self._epochs = self._batches = self._thread = self._model = None
        self._stop = self._wanted_rate = None
        self._partial = None
        super().__init__(**state)
        self.sentence = _("Ready. Call monitor.fit(model, x, y, epochs=...).")
        self.observe(lambda change: self.stop(), names=["stop_clicks"])
        self.observe(self._new_rate, names=["learning_rate"])

    # ---------------------------------------------------------------- what a learner calls
    def fit(self, model, x, y=None, *, block=None, **options):
        """Train `model` with model.fit(x, y, **options) and return this monitor.

        block: True waits for the end, False returns at once; None waits only outside Jupyter.
        Raises RuntimeError if this monitor is training already, TypeError or ValueError if epochs or batch_size are
        not whole numbers above 0. What goes wrong in the training itself is shown as a sentence, and kept in
        `exception`.
        """
        if self.running:
            raise RuntimeError(_("This monitor is training. Call monitor.stop() or monitor.wait() first."))
        epochs = whole("epochs", options.get("epochs", 1))
        size = whole("batch_size", options.get("batch_size") or 32)
        other = self._training.get(id(model))
        if other is not None:  # the same cell was run again
            other.stop()
            other.wait(10)
        if block is None:
            block = bool(os.environ.get("COURSE_BLOCK")) or not _in_kernel()
        options.setdefault("verbose", 0)
        self._begin(model, epochs, math.ceil(len(x) / size) if hasattr(x, "__len__") else None)
        options["callbacks"] = [*(options.get("callbacks") or []), self.callback(model)]
        self._training[id(model)] = self
        arguments = (x,) if y is None else (x, y)
        if block:
            self._train(model, arguments, options)
            if self.error:
                print(self.error, file=sys.stderr)
        else:
            self._thread = threading.Thread(target=self._train, args=(model, arguments, options), daemon=True)
            self._thread.start()
        return self

    def callback(self, model=None, epochs=None):
        """Return a callback for model.fit(..., callbacks=[monitor.callback(model)]): the curves, but no Stop button.

        `epochs` is only for the progress bar; Keras tells it by itself.

        An ordinary cell hears no button while it runs; the notebook's own stop button ends it.
        """
        base = object
        if model is not None and any(c.__module__.partition(".")[0] == "keras" for c in type(model).__mro__):
            base = sys.modules["keras"].callbacks.Callback  # loaded already, or there would be no model
        return _callback_class(base)(self, epochs)

    def stop(self):
        """Ask the training to stop after the step it is in."""
        self._stop = True

    def wait(self, timeout=None):
        """Wait for the end of the training. The notebook's stop button (Ctrl-C) ends training and wait."""
        thread, until = self._thread, math.inf if timeout is None else time.monotonic() + timeout
        try:
            while thread is not None and thread.is_alive() and time.monotonic() < until:
                thread.join(0.1)
        except KeyboardInterrupt:
            self.stop()
            thread.join(10)

    async def finished(self):
        """`await monitor.finished()`: wait for the end; the Stop button works meanwhile."""
        while self.running:
            await asyncio.sleep(0.05)

    @property
    def running(self):
        """True while a training goes on."""
        return self.state == "running"

    def close(self):
        self.stop()
        super().close()

    # ---------------------------------------------------------------- the training
    def _begin(self, model, epochs=None, batches=None):
        self.history, self.exception, self._model = {}, None, model
        self._epochs, self._batches, self._partial = epochs, batches, None
        self._stop, self._wanted_rate, self._shown, self._position = False, None, 0.0, 0.0
        self._started, self._safe = time.monotonic(), None
        with self.hold_sync():
            self.error, self.names, self.data, self.progress = "", [], b"", 0.0
            self.verdict, self.state = "learning", "running"
            self.learning_rate = _rate(model) or 0.0
            self.sentence = _("Training begins.")

    def _train(self, model, arguments, options):
        try:
            model.fit(*arguments, **options)
            # Our Sequential catches Ctrl-C itself: it comes back early, and nobody had asked it to stop.
            early = len(self.history.get("loss", [])) < (self._epochs or 0) and not model.stop_training
            state = "stopped" if self._stop or early else "diverged" if self.verdict == "diverged" else "done"
        except KeyboardInterrupt:
            state = "stopped"
        except FloatingPointError as problem:  # our Sequential says what diverged, and what helps
            state, self.exception, self.error = "diverged", problem, str(problem)
            self.verdict = "diverged"
        except MemoryError as problem:
            state, self.exception = "failed", problem
            self.error = _("The memory is full. Try a smaller batch_size or fewer samples.")
        except Exception as problem:
            state, self.exception = "failed", problem
            self.error = _("The training stopped with {kind}: {text}").format(kind=type(problem).__name__, text=problem)
        finally:
            self._training.pop(id(model), None)
        self._end(state)

    def _end(self, state):
        self._model = self._safe = None
        try:
            self._show(final=True)
        finally:  # whatever happens to the picture, the training is over
            with self.hold_sync():
                self.learning_rate = 0.0
                self.state = state
                self.sentence = self.describe()

    def _on_train_begin(self, callback):
        params = getattr(callback, "params", None) or {}
        if not self.running:  # used as a bare callback: no `fit` of ours has begun
            self._begin(callback.model, callback.epochs or params.get("epochs"), params.get("steps"))
            self._bare = True
        else:
            self._bare = False
            self._batches = params.get("steps") or self._batches

    def _on_epoch_begin(self, model, epoch):
        self._epoch = epoch
        if not hasattr(model, "weight_vector") and model.count_params() < 5e6:
            self._safe = model.get_weights()  # ours goes back by itself when it diverges, Keras does not

    def _on_batch_begin(self, model):
        if self._wanted_rate is not None:
            model.optimizer.learning_rate, self._wanted_rate = self._wanted_rate, None

    def _on_batch_end(self, model, batch, logs):
        self._position = self._epoch + (batch + 1) / (self._batches or batch + 2)
        self._partial = dict(logs or {})
        loss = self._partial.get("loss", 0.0)
        if not math.isfinite(loss):
            self._diverge(model, loss)
        if self._stop:
            model.stop_training = True
        if time.monotonic() - self._shown > 1 / UPDATES_PER_SECOND:
            self._show()

    def _diverge(self, model, loss):
        model.stop_training = True
        rate = _rate(model)
        if self._safe is not None and not all(np.isfinite(w).all() for w in model.get_weights()):
            model.set_weights(self._safe)
        self.verdict = "diverged"
        self.error = _(
            "The training diverged in epoch {epoch}: the loss is {loss}. Most likely the learning rate {rate:.3g} is "
            "too large: try {smaller:.1g}. The weights are back to what they were before this epoch."
        ).format(epoch=self._epoch + 1, loss=loss, rate=rate or math.nan, smaller=(rate or math.nan) / 10)

    def _on_epoch_end(self, epoch, logs):
        self._partial = None
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        self._position = epoch + 1
        if self.verdict != "diverged":
            self.verdict = judge(self.history)
        if time.monotonic() - self._shown > 1 / UPDATES_PER_SECOND:
            self._show()

    def _on_train_end(self):
        if self._bare:
            self._end("stopped" if self._stop else "diverged" if self.verdict == "diverged" else "done")

    def _new_rate(self, change):
        if self.running and self._model is not None and change["new"] > 0 and change["new"] != _rate(self._model):
            self._wanted_rate = change["new"]

    # ---------------------------------------------------------------- showing
    def _show(self, final=False):
        self._shown = time.monotonic()
        epochs = len(self.history.get("loss", []))
        names = list(self.history) or list(self._partial or {})
        rows = np.array([np.arange(1, epochs + 1), *(self.history.get(n, []) for n in names)], float).T
        if not epochs:
            rows = np.empty((0, 1 + len(names)))
        step = max(1, math.ceil(epochs / MOST_POINTS))
        rows = np.concatenate([rows[::step], rows[-1:]]) if step > 1 else rows
        if self._partial and not final:
            rows = np.vstack([rows, [self._position, *(self._partial.get(n, np.nan) for n in names)]])
        with self.hold_sync():
            if self.names != names:
                self.names = names
            self.data = rows.astype("f4").tobytes()
            if self._epochs:
                self.progress = min(1.0, self._position / self._epochs)
            if not final:
                self.sentence = self.describe()

    def describe(self):
        epochs = len(self.history.get("loss", []))
        if self.state == "ready":
            return _("Training monitor: no training yet.")
        figures = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self.history.items())
        total = _("{done} of {all} epochs") if self._epochs else _("{done} epochs")
        verdicts = {
            "learning": _("Learning: the loss falls"),
            "flat": _("Flat: the loss hardly changes any more"),
            "overfitting": _("Overfitting: the loss still falls, the validation loss rises"),
            "diverged": _("Diverged: the loss grows without limit; take a smaller learning rate"),
        }
        states = {
            "running": self._time_left(),
            "done": _("done"),
            "stopped": _("stopped; what was learned is kept"),
            "diverged": _("ended"),
            "failed": _("ended by an error; the history is kept"),
        }
        total = total.format(done=epochs, all=self._epochs)
        parts = [f"{total}, {states[self.state]}", figures, verdicts[self.verdict] if epochs else ""]
        return ". ".join(part for part in parts if part) + "."

    def _time_left(self):
        if not self._epochs or self._position < 0.01:
            return _("running")
        spent = time.monotonic() - self._started
        left = spent * (self._epochs - self._position) / self._position
        text = _("{seconds:.0f} s left") if left < 100 else _("{minutes:.0f} min left")
        return text.format(seconds=left, minutes=left / 60)

    def draw(self, figure):
        metrics = [n for n in self.history if not n.endswith("loss")]
        axes = np.atleast_1d(figure.subplots(1, 2 if metrics else 1))
        losses = [n for n in self.history if n.endswith("loss")]
        for ax, names, label in zip(axes, (losses, metrics), (_("loss"), _("metric")), strict=False):
            for k, name in enumerate(names):
                validation = name.startswith("val_")
                epochs = range(1, len(self.history[name]) + 1)
                dashes = "--" if validation else "-"
                ax.plot(epochs, self.history[name], dashes, color=COLOURS[k % 4], label=name, lw=1.8)
            ax.set(xlabel=_("epoch"), ylabel=label)
            if names:
                ax.legend(fontsize=8)
            else:
                ax.text(0.5, 0.5, _("no training yet"), ha="center", transform=ax.transAxes)
        if self.logarithmic and losses:
            axes[0].set_yscale("log")


def judge(history):
    """Say what a history of losses shows: "learning", "flat", "overfitting" or "diverged".

    overfitting: the mean of the last three validation losses is 3 % above the lowest, which is five or more epochs
    ago, while the loss has fallen since. flat: the last five epochs brought less than 0.2 % of the first loss.
    """
    loss, validation = history.get("loss", []), history.get("val_loss", [])
    if not np.isfinite(loss).all() or (len(loss) > 1 and loss[-1] > 10 * max(loss[0], 1e-12) and loss[-1] == max(loss)):
        return "diverged"
    if len(loss) < 6:
        return "learning"
    if validation:
        best = int(np.argmin(validation))
        if len(validation) - best > 5 and np.mean(validation[-3:]) > 1.03 * validation[best] and loss[-1] < loss[best]:
            return "overfitting"
    return "flat" if min(loss[:-5]) - min(loss[-5:]) < 0.002 * abs(loss[0]) else "learning"


def _callback_class(base):
    class MonitorCallback(base):
        def __init__(self, monitor, epochs):
            super().__init__()
            self.monitor, self.epochs = monitor, epochs

        def on_train_begin(self, logs=None):
            self.monitor._on_train_begin(self)

        def on_epoch_begin(self, epoch, logs=None):
            self.monitor._on_epoch_begin(self.model, epoch)

        def on_batch_begin(self, batch, logs=None):
            self.monitor._on_batch_begin(self.model)

        def on_batch_end(self, batch, logs=None):
            self.monitor._on_batch_end(self.model, batch, logs)

        def on_epoch_end(self, epoch, logs=None):
            self.monitor._on_epoch_end(epoch, logs)

        def on_train_end(self, logs=None):
            self.monitor._on_train_end()

    return MonitorCallback


def _rate(model):
    """The learning rate of the model's optimizer as a number, or None (no optimizer, or a schedule)."""
    try:
        return float(model.optimizer.learning_rate)
    except (AttributeError, TypeError, ValueError):
        return None


def _in_kernel():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
