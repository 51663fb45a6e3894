"""Run a learner's function with a time limit, on every operating system and in any thread.

Why not the usual ways: `signal.alarm` is missing on Windows and works only in the main thread; a second process cannot
receive a function defined in a notebook; a worker thread that is abandoned goes on burning a core; `sys.settrace`
disturbs debuggers and coverage. So the function runs where it was called, and a timer thread asks the interpreter to
raise `TimeLimitReached` in it, which happens between two lines of Python. A single call into C that never returns
(`time.sleep(1e9)`) cannot be stopped this way; the notebook's stop button still does.
"""

import contextlib
import ctypes
import threading


class TimeLimitReached(BaseException):
    """Not an `Exception`, so that a learner's `except Exception:` does not swallow it."""


def _raise_in(thread, exception):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception and ctypes.py_object(exception))


def call_within(seconds, function, *arguments):
    """Return `function(*arguments)`; raise TimeLimitReached when it takes longer than `seconds`."""
    thread, lock = threading.get_ident(), threading.Lock()
    state = {"running": True}

    def stop():
        with lock:
            if state["running"]:
                _raise_in(thread, TimeLimitReached)

    timer = threading.Timer(max(seconds, 0.001), stop)
    timer.daemon = True
    timer.start()
    try:
        return function(*arguments)
    finally:
        timer.cancel()
        with lock:
            state["running"] = False
        with contextlib.suppress(AttributeError):
            _raise_in(thread, None)  # take back a request that came at the last moment
