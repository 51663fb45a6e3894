"""What runs in the kernel of the notebook: random events there, and its memory."""

import ctypes
import gc
import os
from pathlib import Path

import numpy as np
from ipywidgets.widgets import widget as ipywidgets_widget

from course_lib import widgets
from tests.widgets import random_events
from tests.widgets.cases import make_shown, put, random_settings

complaints = []  # what went wrong while the kernel took a message from the page; the page is not told


def watch():
    """From now on keep what goes wrong in a message from the page."""
    handle = ipywidgets_widget.Widget._handle_msg

    def kept(self, message):
        try:
            return handle(self, message)
        except Exception as problem:
            complaints.append(f"{type(self).__name__}: {type(problem).__name__}: {problem}")
            raise

    ipywidgets_widget.Widget._handle_msg = kept


def make(name):
    return make_shown(getattr(widgets, name))


def megabytes():
    """The memory this process holds (Linux), in MiB, after everything unused was given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # free memory that the C library keeps for itself is no leak
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def random_state(widget, seed):
    """Bring `widget` into a random state from Python."""
    put(widget, random_settings(type(widget), np.random.default_rng(seed), widget))


def events(name, count):
    """`count` random events on a new widget; return what grew, and what was thrown."""
    cls = getattr(widgets, name)
    try:
        before, opened, after, closed = random_events.turn(cls, count)
    except Exception as problem:
        return [f"{type(problem).__name__}: {problem}"]
    return random_events.growth(cls, before, opened, after, closed)  # without tracemalloc the bytes are all 0


def living():
    return len(ipywidgets_widget._instances)
