"""What every widget of the course shares: its JavaScript shell, its state as text, its still picture.

A widget is one Python class and one JavaScript file of the same name. The synced traits are the whole state,
so a widget can be set from Python, tested without a browser and shared as a short text. Python is the truth:
the numbers come from `course_lib.nn` (or from the learner's own function); where a formula has to follow the
pointer it is repeated in JavaScript, and a test compares the two.
"""

import base64
import contextlib
import html
import json
import math
import re
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import anywidget
import traitlets as T

from course_lib.exercises.limits import TimeLimitReached, call_within
from course_lib.language import _

HERE = Path(__file__).parent
SHELL = (HERE / "shell.js").read_text(encoding="utf-8")
# JupyterLab's messages reach a widget in a thread of their own (a subshell), while a cell that runs may set it, too.
# One lock for all widgets: whoever changes one changes it whole, and no two can wait for each other.
ONE_AT_A_TIME = threading.RLock()
TEXT_IN_JAVASCRIPT = re.compile(
    r"""(?:\bt\(|\bshell\(\{ model, el, name:)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
)


def texts_in(javascript):
    """Return every text that `javascript` shows through its `t('...')`, and the widget's name, for translation."""
    found = (single or double for single, double in TEXT_IN_JAVASCRIPT.findall(javascript))
    return sorted({text.replace("\\'", "'").replace('\\"', '"') for text in found})


def _finite(text):
    """Return the number that `text` holds; NaN and infinity are no settings."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


class Between(T.Float):
    """A number that is quietly brought into `min` to `max`; what is no number, NaN too, is refused."""

    def validate(self, obj, value):
        if not isinstance(value, (int, float)) or math.isnan(value):
            self.error(obj, value)
        return min(max(float(value), self.min), self.max)


class NotWritten(Exception):
    """The learner's function returned None."""


def written(result):
    """Return what the learner's function returned; raise NotWritten if that is None or `...`."""
    if result is None or result is ...:
        raise NotWritten
    return result


def own_function(use):
    """Return the learner's function in `use`: as it is, or out of the result of a check; None if there is none.

    Raises TypeError if it cannot be called.
    """
    use = getattr(use, "function", None) or use
    if use is not None and not callable(use):
        raise TypeError(
            _("use is {given!r}, but a function is needed. Write its name without quotes and brackets.").format(
                given=use
            )
        )
    return use


class CourseWidget(anywidget.AnyWidget):
    """Base of all widgets: a subclass names its JavaScript and tags what `share` holds with `share=True`.

    Subclasses define `_javascript` (a file name), `describe()` (one sentence: what the picture shows), `draw(figure)`
    (the still picture, matplotlib) and, if they have any, `presets`: a dict from a label to
    `{"set": {trait: value}, "why": sentence}`.
    """

    _javascript = None
    _css = (HERE / "shell.css").read_text(encoding="utf-8")
    picture_size = (6.4, 4.0)  # inches

    strings = T.Dict(help="texts in the learner's language, by their English form").tag(sync=True)
    presets = T.Dict(help="label -> {set: {trait: value}, why: sentence}").tag(sync=True)
    shared = T.List(T.Unicode(), help="names of the traits that `share` holds").tag(sync=True)
    start = T.Dict(help="the settings the widget began with, for Reset").tag(sync=True)
    hide = T.List(T.Unicode(), help="names of controls that this lesson does not need").tag(sync=True)
    error = T.Unicode("", help="what went wrong, for the learner").tag(sync=True)

    own_seconds = 3.0  # how long the learner's function may take for one picture
    _too_slow = ""  # the sentence, once it took longer: it is not started again
    _by_cell = {}  # cell id -> (request id, widgets): a cell that runs again closes the widgets of its last run

    def __init_subclass__(cls, **kwargs):
        if "_javascript" in vars(cls):  # not for the class that traitlets derives when a widget is made
            cls._esm = SHELL + "\n" + (HERE / cls._javascript).read_text(encoding="utf-8")
            cls._texts = texts_in(cls._esm)
        super().__init_subclass__(**kwargs)

    def __init__(self, **state):
        unknown = sorted(k for k in state if not self.has_trait(k))
        if unknown:
            raise TypeError(
                _("{widget} has no setting {unknown}. Its settings are: {known}.").format(
                    widget=type(self).__name__, unknown=", ".join(unknown), known=", ".join(self.settings())
                )
            )
        state.setdefault("strings", {text: _(text) for text in self._texts if _(text) != text})
        state.setdefault("shared", self.settings())
        super().__init__(**state)
        self.start = {name: getattr(self, name) for name in self.settings()}
        self._close_last_run()

    def __setattr__(self, name, value):
        with ONE_AT_A_TIME:
            super().__setattr__(name, value)

    def set_state(self, sync_data):
        """Take the changes of one message from the page."""
        with ONE_AT_A_TIME:
            super().set_state(sync_data)

    @contextlib.contextmanager
    def hold_sync(self):
        """Send what is changed inside as one message, at the end."""
        with ONE_AT_A_TIME, super().hold_sync():
            yield

    @contextlib.contextmanager
    def hold_trait_notifications(self):
        """Tell nobody of what is changed inside before the end."""
        with ONE_AT_A_TIME, super().hold_trait_notifications():
            yield

    @classmethod
    def settings(cls):
        """Return the names of the traits that make up the state a learner can set, in the order they were defined."""
        tagged = cls.class_traits(share=True)
        order = [name for base in reversed(cls.__mro__) for name in vars(base) if name in tagged]
        return list(dict.fromkeys(order))

    @property
    def share(self):
        """The whole state as one short text, such as `w1=1.0&b=0.5`: copy it into a mail, a ticket or `from_share`."""
        return urlencode({name: json.dumps(getattr(self, name)) for name in self.settings()})

    @classmethod
    def from_share(cls, text, **more):
        """Return a widget in the state that `text` (from `share`) describes.

        Raises ValueError if `text` is damaged.
        """
        try:
            pairs = parse_qsl(text, strict_parsing=True)
            state = {name: json.loads(value, parse_constant=_finite, parse_float=_finite) for name, value in pairs}
            if not state or set(state) - set(cls.settings()):
                raise ValueError
            return cls(**state, **more)
        except (ValueError, TypeError, ArithmeticError, T.TraitError):
            raise ValueError(
                _(
                    "{text!r} is not a saved state of {widget}. Copy the whole line of its Share field into a cell."
                ).format(text=text, widget=cls.__name__)
            ) from None

    def reset(self):
        """Put every setting back to what the widget began with."""
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in self.start.items():
                setattr(self, name, value)

    def preset(self, label):
        """Put the widget into the named preset and return the sentence that says what to see.

        Raises ValueError if there is no preset `label`.
        """
        if label not in self.presets:
            raise ValueError(
                _("There is no preset {label!r}. Choose one of: {known}.").format(
                    label=label, known=", ".join(self.presets)
                )
            )
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in self.presets[label]["set"].items():
                setattr(self, name, value)
        return self.presets[label]["why"]

    def run_own(self, compute):
        """Return compute(), which runs the learner's function, or None; `error` then says in words what went wrong.

        Whatever the learner's function does is told, never thrown at the page: an exception, a wrong shape, no result,
        a loop without an end.
        """
        result, problem = None, self._too_slow
        if not problem:
            try:
                result = call_within(self.own_seconds, compute)
            except TimeLimitReached:
                problem = self._too_slow = _(
                    "Your function was still running after {seconds:g} seconds. Is there a loop that never ends? "
                    "Change it, then run its cell and this cell again."
                ).format(seconds=self.own_seconds)
            except NotWritten:
                problem = _("Your function returns None: it is not written yet, or its `return` is missing.")
            except (Exception, SystemExit) as mistake:
                problem = (
                    _("Your function stopped with {kind}: {text}")
                    .format(kind=type(mistake).__name__, text=mistake)
                    .rstrip(": ")
                )
        self.error = problem
        return result

    def describe(self):
        """Return one sentence that says what the picture shows now."""
        raise NotImplementedError

    def draw(self, figure):
        """Draw the still picture into the matplotlib `figure`."""
        raise NotImplementedError

    def still(self):
        """Return the still picture with its description, as `figures.show` shows it."""
        from course_lib import figures

        figure = figures.figure(*self.picture_size)
        self.draw(figure)
        return figures.Picture(figure, self.describe())

    def picture(self):
        """Return the still picture as PNG bytes."""
        return self.still().png

    def _repr_mimebundle_(self, **kwargs):
        """The live view; beside it a picture and a sentence for the code host, for print and before the first run."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data is None:
            return None
        still = self.still()
        hint = _("A still picture. Choose Run → Run All Cells in the menu to move it.")
        notes = "".join(f"<p><em>{html.escape(note)}</em></p>" for note in (self.error, hint) if note)
        beside = {
            "text/html": still._repr_mimebundle_()["text/html"] + notes,
            "image/png": base64.b64encode(still.png).decode(),
            "text/plain": f"{type(self).__name__}: {self.describe()} {self.error}".rstrip(),
        }
        sizes = {"image/png": {"width": still.width, "height": still.height}}
        return {**data, **beside}, {**metadata, **sizes}

    def close(self):
        """Close the widget, and its layout, which ipywidgets would keep for ever."""
        layout = self.layout
        super().close()
        layout.close()

    def _close_last_run(self):
        """Close the widgets that an earlier run of this notebook cell made, so that they do not pile up."""
        from IPython import get_ipython

        shell = get_ipython()
        parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
        cell = (parent or {}).get("metadata", {}).get("cellId")
        if not cell:
            return
        request = parent["header"]["msg_id"]
        last, widgets = self._by_cell.get(cell, (request, []))
        if last != request:
            for widget in widgets:
                widget.close()
            widgets = []
        self._by_cell[cell] = (request, [*widgets, self])
