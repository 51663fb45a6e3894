"""Random events on a widget, from Python: settings one at a time and all at once, presets, reset, and what is left."""

import gc
import tracemalloc
from dataclasses import dataclass

import numpy as np
from ipywidgets.widgets import widget as ipywidgets_widget

from course_lib.widgets.precision_bench import STARTS
from tests.widgets.cases import make, put, random_settings

# Bytes that a widget's last state may hold beyond its first, and that a close may leave: names, free lists.
STATE, LEFT = 2 * 2**20, 64 * 2**10
# What a class keeps for its next widgets, with a limit of its own: the trainings of each start, 240 kB each.
CACHED = {"PrecisionBench": 2 * STARTS * 240 * 2**10}


@dataclass
class Held:
    """What is held at one moment: bytes that Python and NumPy have in use, widgets alive, observers of one widget."""

    memory: int
    widgets: int
    observers: int


def observers(widget):
    """How many functions are called when some trait of `widget` changes."""
    by_name = widget._trait_notifiers.values()
    return sum(len(functions) for by_kind in by_name for functions in by_kind.values())


def held(widget=None):
    """What is held now; the bytes are 0 unless `tracemalloc` runs."""
    gc.collect()
    memory = tracemalloc.get_traced_memory()[0]
    return Held(memory, len(ipywidgets_widget._instances), observers(widget) if widget else 0)


def event(widget, rng):
    """Do one random thing to `widget` that a learner can do from Python."""
    kind = rng.random()
    if kind < 0.05:
        widget.reset()
    elif kind < 0.15 and widget.presets:
        widget.preset(str(rng.choice(list(widget.presets))))
    else:
        state = random_settings(type(widget), rng, widget)
        if kind < 0.7:  # one setting alone may not fit the others: the widget must bear that, too
            name = str(rng.choice(list(state)))
            state = {name: state[name]}
        put(widget, state)
    assert widget.error == "", widget.error


def turn(cls, events, seed=0):
    """Make a widget, do `events` random things to it, close it; return `Held` before, with it, after them, closed.

    A first turn is the caller's: what Python keeps once for all (modules, data sets, caches) is there after it.
    """
    rng = np.random.default_rng(seed)
    before = held()
    widget = make(cls)
    first = {name: getattr(widget, name) for name in cls.settings()}
    event(widget, rng)
    put(widget, first)
    opened = held(widget)
    for number in range(events):
        event(widget, rng)
        if number % 20 == 0:
            assert len(widget.describe()) > 20
    put(widget, first)
    after = held(widget)
    widget.close()
    del widget
    return before, opened, after, held()


def growth(cls, before, opened, after, closed):
    """Return a sentence for everything that grew with the events, of what `turn` returned; empty if nothing did."""
    grew = []
    if after.observers != opened.observers:
        grew.append(f"observers: {opened.observers}, then {after.observers}")
    if after.widgets != opened.widgets or closed.widgets != before.widgets:
        grew.append(f"widgets: {before.widgets}, {opened.widgets}, {after.widgets}, closed {closed.widgets}")
    cached = CACHED.get(cls.__name__, 0)
    if after.memory > opened.memory + STATE + cached:
        grew.append(f"memory: {opened.memory}, then {after.memory} bytes")
    own = opened.memory - before.memory
    if closed.memory > before.memory + max(0.05 * own, LEFT) + cached:
        grew.append(f"memory: {before.memory} bytes, closed {closed.memory}")
    return grew
