"""What every widget of the course keeps to, whatever it shows. Each test runs for each class in `widgets.__all__`."""

import base64
import gc
import html
import inspect
import json
import re
import sys
from functools import partial
from pathlib import Path

import anywidget
import numpy as np
import pytest
import traitlets as T
from ipywidgets.widgets import widget as ipywidgets_widget

from course_lib import nn, widgets
from course_lib.widgets import base
from tests.widgets.cases import CLASSES, changeable, make, make_shown, numeric, numeric_range, put, random_settings

NN = str(Path(nn.__file__).parent)
ALL = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


def check(widget):
    """Every number that goes to the browser is finite, and the sentence can be read."""
    assert widget.error == "", widget.error
    plain = {}
    for name, value in widget.get_state().items():
        if name.startswith("_") or name in ("layout", "tabbable", "tooltip"):
            continue
        if isinstance(value, (bytes, memoryview)):
            words = widget.traits()[name].help or ""
            kind = "f8" if "float64" in words else "f4" if "float32" in words else "u1"
            numbers = np.frombuffer(value, kind)
            allowed = np.isnan(numbers) if "NaN" in words else False  # where the trait says what a NaN means
            assert (np.isfinite(numbers) | allowed).all(), f"{name} holds NaN or infinity"
        else:
            plain[name] = value
    json.dumps(plain, allow_nan=False)
    words = widget.describe()
    assert len(words) > 20 and not re.search(r"\bnan\b|\binf\b|<.* object at", words), words


def test_all_lists_every_widget_of_the_package():
    found = {
        name
        for name, value in vars(widgets).items()
        if isinstance(value, type) and issubclass(value, base.CourseWidget)
    }
    assert set(widgets.__all__) == found
    assert list(widgets.__all__) == sorted(widgets.__all__)


@ALL
def test_default_limits_and_a_hundred_random_settings(cls):
    widget, rng = make(cls), np.random.default_rng(0)
    check(widget)
    for name in numeric(cls):
        before = getattr(widget, name)
        for value in numeric_range(cls, name):
            setattr(widget, name, int(value) if isinstance(before, int) else value)
            check(widget)
        setattr(widget, name, before)
    for _turn in range(100):
        put(widget, random_settings(cls, rng, widget))
        check(widget)
    widget.close()


@ALL
def test_the_still_picture_shows_the_settings(cls):
    widget, rng = make_shown(cls), np.random.default_rng(1)
    first = widget.picture()
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert widget.picture() == first, "the same settings give the same bytes"
    for _turn in range(3):
        put(widget, random_settings(cls, rng, widget))
        if widget.picture() != first:
            return
    pytest.fail("three random settings, and the picture never changed")


@ALL
def test_what_the_saved_notebook_holds(cls):
    widget, twin = make(cls), make(cls)
    data, _metadata = widget._repr_mimebundle_()
    other, _metadata = twin._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert base64.b64decode(data["image/png"])[:4] == b"\x89PNG"
    assert f'alt="{html.escape(" ".join(widget.describe().split()))}"' in data["text/html"]
    assert data["text/plain"] == other["text/plain"], "the text differs from run to run"
    assert data["text/plain"].startswith(cls.__name__ + ": ") and widget.describe() in data["text/plain"]


@ALL
def test_share_and_back(cls):
    widget, rng = make(cls), np.random.default_rng(2)
    for _turn in range(5):
        put(widget, random_settings(cls, rng, widget))
        text = widget.share
        twin = cls.from_share(text)
        assert twin.share == text
        assert {n: getattr(twin, n) for n in cls.settings()} == {n: getattr(widget, n) for n in cls.settings()}
        assert twin.describe() == widget.describe()
    for damaged in (
        *(f"{name}={value}" for name in cls.settings() for value in ("NaN", "{}")),
        "",
        "nonsense",
        "a=1",
        text + "&unknown=1",
        text[:-1] + '"',
    ):
        with pytest.raises(ValueError, match="Copy the whole line"):
            cls.from_share(damaged)


@ALL
def test_a_number_beyond_its_range_is_brought_in_and_nan_is_refused(cls):
    bounded = [n for n in changeable(cls) if isinstance(cls.class_traits()[n], base.Between)]
    widget = make(cls)
    for name in bounded:
        low, high = numeric_range(cls, name)
        for value, needed in ((-1e9, low), (1e9, high)):
            setattr(widget, name, value)
            assert getattr(widget, name) == pytest.approx(needed, abs=1e-6)  # p of LossExplorer stays off 0 and 1
            check(widget)
        with pytest.raises(T.TraitError, match=name):
            setattr(widget, name, float("nan"))
    assert bounded or cls.__name__ not in ("NeuronBench", "LossExplorer", "GradientChecker", "OptimizerRace")


@ALL
def test_reset_puts_every_setting_back(cls):
    widget = make(cls)
    before, words = {n: getattr(widget, n) for n in cls.settings()}, widget.describe()
    put(widget, random_settings(cls, np.random.default_rng(3), widget))
    widget.reset()
    assert {n: getattr(widget, n) for n in cls.settings()} == before
    assert widget.describe() == words


@ALL
def test_a_setting_that_does_not_exist_is_named(cls):
    with pytest.raises(TypeError, match="no setting colour_of_the_sky.*" + cls.settings()[0]):
        make(cls, colour_of_the_sky="blue")


@ALL
def test_presets_apply_and_say_why(cls):
    widget = make(cls)
    for label, preset in widget.presets.items():
        assert set(preset) == {"set", "why"} and set(preset["set"]) <= set(changeable(cls)), label
        why = widget.preset(label)
        assert why == preset["why"] and len(why) > 30 and why.rstrip().endswith((".", "?", "!")), label
        for name, value in preset["set"].items():
            assert getattr(widget, name) == value, f"preset {label!r} could not set {name}"
        check(widget)
    with pytest.raises(ValueError, match="no preset 'no such'"):
        widget.preset("no such")


def calls_of_nn(action):
    """How many functions of course_lib.nn `action` calls."""
    count = 0

    def watch(frame, event, argument):
        nonlocal count
        count += event == "call" and NN in frame.f_code.co_filename

    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


@ALL
def test_a_preset_is_computed_once(cls):
    """Several settings at once must not be several computations: the page waits for each of them."""
    for label, preset in make(cls).presets.items():
        widget = make(cls)
        state = {name: getattr(widget, name) for name in cls.settings()} | preset["set"]
        once = calls_of_nn(partial(cls, **state))
        again = calls_of_nn(partial(widget.preset, label))
        assert again <= max(1.3 * once, 1000), f"{label}: {again} calls instead of {once}"  # 1000 take a millisecond


@ALL
def test_every_text_of_the_page_can_be_translated(cls, monkeypatch):
    script = (base.HERE / cls._javascript).read_text(encoding="utf-8")
    calls = re.findall(r"(?<![\w.])t\(\s*(.)", base.SHELL + script)
    allowed = {"'", '"', "t", "n"}  # once each in the shell: where it is defined, and for the widget's own name
    assert len([c for c in calls if c == "n"]) == 1
    assert set(calls) <= allowed, f"t( needs a literal text, found t({set(calls) - allowed}"
    literals = [c for c in calls if c in "'\""]
    assert len(literals) + 1 >= len(cls._texts) > 5
    monkeypatch.setattr(base, "_", lambda text: "«" + text + "»")
    translated = make(cls)
    assert translated.strings == {text: "«" + text + "»" for text in cls._texts}


ON_PURPOSE = {"set_state", "hold_sync", "hold_trait_notifications", "close", "_repr_mimebundle_"}
ONCE_THERE = {"_compare"}  # a method of ipywidgets 8.1.0 that newer ones no longer have


@ALL
def test_methods_hide_nothing_of_the_widget_itself(cls):
    """Python has no private names: a method that happens to be called like one of ipywidgets takes its place there."""
    theirs = set(dir(anywidget.AnyWidget)) | ONCE_THERE
    for kind in cls.__mro__:
        if kind.__module__.startswith("course_lib"):
            own = {name for name, value in vars(kind).items() if inspect.isroutine(value) and not name.startswith("__")}
            assert (own & theirs) - ON_PURPOSE == set(), kind.__name__


@ALL
def test_settings_hide_nothing_of_the_widget_itself(cls):
    """A trait named like something that ipywidgets has (`log`, `keys`, `comm`) would break it."""
    known = set(dir(anywidget.AnyWidget))
    ours = [one for one in cls.__mro__ if issubclass(one, base.CourseWidget)]
    own = [name for one in ours for name, value in vars(one).items() if isinstance(value, T.TraitType)]
    assert not known & set(own)
    for name in cls.settings():
        assert cls.class_traits()[name].metadata.get("sync"), f"{name} is shared but not synced"


@ALL
def test_closed_widgets_leave_nothing_behind(cls):
    make(cls).close()
    gc.collect()
    before = len(ipywidgets_widget._instances)
    for _turn in range(3):
        make(cls).close()
    assert len(ipywidgets_widget._instances) <= before


@ALL
def test_a_cell_that_runs_again_closes_the_widgets_of_its_last_run(cls, monkeypatch):
    gc.collect()  # what earlier tests left closes itself now, not below
    request = {"metadata": {"cellId": f"cell of {cls.__name__}"}, "header": {"msg_id": "first"}}

    class Shell:
        def get_parent(self):
            return request

    closed = []
    monkeypatch.setattr("IPython.get_ipython", Shell)
    monkeypatch.setattr(cls, "close", lambda self: closed.append(self))
    one, two = make(cls), make(cls)
    assert closed == []
    request["header"] = {"msg_id": "second"}
    three = make(cls)
    assert closed == [one, two]
    request["metadata"] = {"cellId": "another cell of " + cls.__name__}
    make(cls)
    assert closed == [one, two]
    request["metadata"], request["header"] = {"cellId": f"cell of {cls.__name__}"}, {"msg_id": "third"}
    make(cls)
    assert closed == [one, two, three]
