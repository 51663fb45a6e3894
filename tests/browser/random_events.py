"""Random events on a widget's JavaScript alone, in a bare page, and what the browser then still holds."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.browser.labkit import mount, page_state
from tests.widgets.cases import make_shown, put, random_settings

HELPERS = (Path(__file__).parent / "page_helpers.js").read_text(encoding="utf-8")
COUNTS = "() => [window.listeners ? window.listeners() : 0, held.intervals.size, held.observers.size]"
HARMLESS = ("ResizeObserver loop",)
# Nodes more than at first that are no growth (a list of words is rebuilt with each picture, and the last one may wait
# for the collector), the nodes of the page and its style around the widget, and bytes of compiled JavaScript.
NODES, PAGE, HEAP = 200, 8, 2**19


@dataclass
class Held:
    """What a page holds after its rubbish was collected; `model` counts the functions that wait for a change."""

    listeners: int
    nodes: int
    model: int
    intervals: int
    observers: int
    heap: int


def held(page, session):
    """What `page` holds now. Chromium itself counts listeners and nodes: those that were forgotten, too."""
    for _turn in range(2):
        session.send("HeapProfiler.collectGarbage")
    counted = session.send("Memory.getDOMCounters")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    return Held(counted["jsEventListeners"], counted["nodes"], *page.evaluate(COUNTS), heap)


def states(cls, count, seed):
    """The first state of a widget and `count` random ones with Python's numbers for them, for the page."""
    widget, rng = make_shown(cls), np.random.default_rng(seed)
    first, found = page_state(widget), []
    for _turn in range(count):
        put(widget, random_settings(cls, rng, widget))
        found.append(page_state(widget))
    widget.close()
    return first, found


def turn(context, cls, events, seed=0):
    """Show `cls` in a new page, do `events` random things; return its errors and `Held`: empty, shown, after, disposed.

    "shown" is taken after a tenth of the events, so that what a widget makes when it is first used is there; before
    each count the widget is put back into its first state.
    """
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto("about:blank")
    page.evaluate("() => { " + HELPERS + " Object.assign(window, { fuzz, putState }); track(); }")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    empty = held(page, session)
    mount(page, make_shown(cls), 640)
    first, given = states(cls, 6, seed)

    def some(count, seed):
        page.evaluate("given => fuzz(document.getElementById('host'), ...given)", [count, seed, given])
        page.evaluate("first => putState(first)", first)
        page.wait_for_timeout(200)  # what was planned, such as a sentence to say, comes first
        return held(page, session)

    shown = some(events // 10, seed + 1)
    after = some(events - events // 10, seed + 2)
    page.evaluate("() => window.dispose()")
    left = page.evaluate("() => document.getElementById('host').children.length")
    page.wait_for_timeout(200)  # nothing that was planned before may fail now
    disposed = held(page, session)
    if left:
        errors.append(f"{left} elements of the widget are left in the page")
    page.close()
    return [text for text in errors if not any(word in text for word in HARMLESS)], empty, shown, after, disposed


def growth(empty, shown, after, disposed):
    """Return a sentence for everything that grew with the events, of what `turn` returned; empty if nothing did."""
    grew = []
    for name in ("listeners", "model", "intervals", "observers"):
        first, last, left = (getattr(held, name) for held in (shown, after, disposed))
        if last > first:
            grew.append(f"{name}: {first}, then {last}")
        if left:
            grew.append(f"{name}: {left} left when the widget is gone")
    if after.nodes > shown.nodes + NODES or disposed.nodes > empty.nodes + PAGE:
        grew.append(f"nodes: {empty.nodes} before, {shown.nodes}, then {after.nodes}, {disposed.nodes} left")
    if after.heap > shown.heap + HEAP:
        grew.append(f"JavaScript memory: {shown.heap}, then {after.heap} bytes")
    return grew
