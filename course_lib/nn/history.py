"""What happens around the training steps: the record of an epoch, callbacks, the progress line."""

import sys
import time

from course_lib.language import _


class History:
    """The record of a training: `history` holds one list for each figure, `epoch` the numbers of the epochs."""

    def __init__(self):
        self.history, self.epoch = {}, []

    def add(self, epoch, logs):
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self):
        return f"<History of {len(self.epoch)} epochs: {', '.join(self.history)}>"


class Callback:
    """Base for code that `Sequential.fit` calls: write only the methods you need. `self.model` is the model.

    Any object with some of these methods will do. Set self.model.stop_training = True to stop after this batch.
    """

    model = None

    def on_train_begin(self, logs=None): ...

    def on_train_end(self, logs=None): ...

    def on_epoch_begin(self, epoch, logs=None): ...

    def on_epoch_end(self, epoch, logs=None): ...

    def on_batch_begin(self, batch, logs=None): ...

    def on_batch_end(self, batch, logs=None): ...


class Callbacks:
    """Calls one method of every callback that has it."""

    methods = [name for name in vars(Callback) if name.startswith("on_")]

    def __init__(self, callbacks, model):
        for callback in callbacks:
            if not any(hasattr(callback, name) for name in self.methods):
                raise TypeError(
                    _(
                        "callbacks holds {value!r}, which has none of the methods {methods}. Give objects, for "
                        "example of a class that inherits from course_lib.nn.Callback."
                    ).format(value=callback, methods=", ".join(self.methods))
                )
            if hasattr(callback, "set_model"):
                callback.set_model(model)
            else:
                callback.model = model
        # Only what someone really wrote is called: most callbacks do nothing at each batch.
        self.calls = {name: [] for name in self.methods}
        for callback in callbacks:
            for name in self.methods:
                method = getattr(callback, name, None)
                if method is not None and getattr(method, "__func__", method) is not getattr(Callback, name):
                    self.calls[name].append(method)

    def __getitem__(self, name):
        return self.calls[name]

    def call(self, name, *arguments):
        for method in self.calls[name]:
            method(*arguments)


def figures(logs):
    """The figures of an epoch as text: loss: 0.1234 - accuracy: 0.9876."""
    return " - ".join(
        f"{name}: {value:.4f}" if abs(value) >= 5e-4 or value == 0 else f"{name}: {value:.2e}"
        for name, value in logs.items()
    )


class ProgressLine(Callback):
    """verbose=1: one line that rewrites itself in a notebook or terminal; elsewhere and for verbose=2, one an epoch."""

    width, pause = 20, 0.1  # characters; seconds between two updates

    def __init__(self, epochs, batches, rewrite):
        self.epochs, self.batches, self.rewrite = epochs, batches, rewrite
        self.screen = Screen() if rewrite else None
        self.shown = 0.0
        if not rewrite:
            self.on_batch_end = Callback().on_batch_end

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_batch_end(self, batch, logs=None):
        if time.monotonic() - self.shown >= self.pause:
            self.shown = time.monotonic()
            done = int(self.width * (batch + 1) / self.batches)
            bar = "█" * done + "░" * (self.width - done)
            self.screen.show(f"{self.title()} {bar} {batch + 1}/{self.batches} - {figures(logs)}")

    def on_epoch_end(self, epoch, logs=None):
        line = f"{self.title()} - {figures(logs)}"
        if self.rewrite:
            self.screen.show(line)
        else:
            print(line, flush=True)

    def on_train_end(self, logs=None):
        if self.rewrite:
            self.screen.close()

    def title(self):
        return _("Epoch {epoch}/{epochs}").format(epoch=self.epoch + 1, epochs=self.epochs)


class Screen:
    """A line of text that can be replaced: a display in a notebook, else a line of a terminal."""

    def __init__(self):
        self.handle, self.last = None, ""

    def show(self, line):
        self.last = line
        if in_notebook():
            from IPython.display import display

            if self.handle is None:
                self.handle = display(Line(line), display_id=True)
            else:
                self.handle.update(Line(line))
        else:
            sys.stdout.write("\r\x1b[K" + line)
            sys.stdout.flush()

    def close(self):
        if self.last and not in_notebook():
            sys.stdout.write("\n")
            sys.stdout.flush()


class Line(str):
    """Text that a notebook shows without quotes."""

    def __repr__(self):
        return str(self)


def in_notebook():
    """True in a Jupyter kernel. IPython is not imported for this: in a kernel it is there already."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython and hasattr(ipython, "get_ipython") else None
    return shell is not None and hasattr(shell, "kernel")


def progress(verbose, epochs, batches):
    """Return the callbacks for verbose 0 (nothing), 1 or "auto" (a line that rewrites itself), 2 (a line an epoch)."""
    if verbose not in (0, 1, 2, "auto"):
        raise ValueError(
            _("verbose is {value!r}, but it must be 0 (silent), 1 (progress line) or 2 (one line an epoch).").format(
                value=verbose
            )
        )
    if verbose == 0:
        return []
    rewrite = verbose != 2 and (in_notebook() or sys.stdout.isatty())
    return [ProgressLine(epochs, batches, rewrite)]
