"""A message from the page comes in another thread than the cell that runs: each sees a widget that is whole."""

import contextlib
import sys
import threading

import numpy as np
import pytest

from course_lib.widgets import UnrolledNetwork
from tests.widgets.cases import put, random_settings


@pytest.fixture
def hasty():
    """Threads take turns much more often than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_a_message_while_a_cell_sets_the_widget(hasty):
    widget, problems = UnrolledNetwork(), []

    def work(seed, put_in):
        rng = np.random.default_rng(seed)
        for _turn in range(100):
            try:
                put_in(random_settings(UnrolledNetwork, rng, widget))
            except Exception as problem:
                problems.append(repr(problem))

    page = threading.Thread(target=work, args=(1, widget.set_state))
    page.start()
    work(2, lambda state: put(widget, state))
    page.join()
    assert problems == []


def test_what_belongs_together_is_sent_together(hasty, monkeypatch):
    """Inputs without their states would stop the picture with an error."""
    widget, sent = UnrolledNetwork(), []
    together = {"x_rows", "states", "sizes"}
    monkeypatch.setattr(UnrolledNetwork, "_send", lambda self, message, buffers=None: sent.append(message))

    def work(seed, put_in):
        rng = np.random.default_rng(seed)
        for _turn in range(200):
            with contextlib.suppress(Exception):
                put_in({"w_h": float(rng.uniform(-1, 1)), "sequence": rng.normal(size=8 + _turn % 4).tolist()})

    page = threading.Thread(target=work, args=(1, widget.set_state))
    page.start()
    work(2, lambda state: put(widget, state))
    page.join()
    keys = [{path[0] for path in message["buffer_paths"]} for message in sent]
    assert sum(together <= one for one in keys) > 20
    assert all(together <= one or not together & one for one in keys)
