"""Run a learner's function with a time limit, on every operating system and in any thread.

Why not the usual ways: `signal.alarm` is missing on Windows and works only in the main thread; a second process cannot
receive a function defined in a notebook; a worker thread that is abandoned goes on burning a core; `sys.settrace`
disturbs debuggers and coverage. So the function runs where it was called, and a second thread looks at the clock and
asks the interpreter to raise `TimeLimitReached` in it, which happens between two lines of Python. A single call into C
that never returns (`time.sleep(1e9)`) cannot be stopped this way; the notebook's stop button still does.

Importing a package does not count: the first `import sklearn` takes many seconds on a slow computer. It is no endless
loop, and stopped in the middle it would leave half of a module behind.
"""

import contextlib
import ctypes
import sys
import threading
import time

TICK = 0.1  # seconds between two looks at what the function does


class TimeLimitReached(BaseException):
    """Not an `Exception`, so that a learner's `except Exception:` does not swallow it."""


def _raise_in(thread, exception):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))


class Allowance:
    """The seconds that are left for several calls together."""

    def __init__(self, seconds):
        self.left = seconds


def _importing(thread):
    """True while the function that this thread runs in `call_within` is inside an `import`."""
    frame = sys._current_frames().get(thread)
    while frame is not None and frame.f_code is not call_within.__code__:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def call_within(seconds, function, *arguments):
    """Return `function(*arguments)`; raise TimeLimitReached when it takes longer than `seconds`.

    `seconds` is a number, or an Allowance that several calls share. Time spent in an `import` is not counted.
    """
    allowance = seconds if isinstance(seconds, Allowance) else Allowance(seconds)
    thread, lock, done = threading.get_ident(), threading.Lock(), threading.Event()
    clock, asked = time.perf_counter(), False

    def count(importing):
        nonlocal clock
        now = time.perf_counter()
        allowance.left -= 0 if importing else now - clock
        clock = now

    def watch():
        nonlocal asked
        while not done.wait(min(max(allowance.left, 0.001), TICK)):
            with lock:
                if done.is_set():
                    return
                count(_importing(thread))
                if allowance.left <= 0:
                    asked = True
                    _raise_in(thread, TimeLimitReached)
                    return

    threading.Thread(target=watch, daemon=True).start()
    try:
        return function(*arguments)
    finally:
        done.set()
        with lock:
            count(False)
        # A request that came at the last moment arrives here. Taking it back with NULL instead would leave the mark
        # "an exception waits" of Python 3.11 set for ever, and then a profiler or a debugger hangs the interpreter.
        if asked:
            with contextlib.suppress(TimeLimitReached):
                for _turn in range(100):
                    pass
