"""One thread for matrix products while a model works.

NumPy's matrix library, OpenBLAS, splits even small products over all cores, and its threads wait for each other in a
busy loop. Where another program uses a core as well (a second notebook, a shared server, Binder) a training step then
takes a hundred times longer. With one thread it takes about the same time on a quiet machine and never collapses.
"""

import ctypes
import functools
import threading
from pathlib import Path

import numpy as np

_lock, _inside, _before = threading.Lock(), 0, 1


@functools.cache
def _openblas():
    """Return OpenBLAS's functions (get, set) for the number of threads, or None where NumPy brings no OpenBLAS."""
    package = Path(np.__file__).parent
    for file in [*package.with_name("numpy.libs").glob("*openblas*"), *package.glob(".dylibs/*openblas*")]:
        try:
            library = ctypes.CDLL(str(file))  # NumPy has loaded it: this only finds it again
        except OSError:
            continue
        for name in ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads", "openblas_{}_num_threads"):
            if hasattr(library, name.format("set")):
                return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None


def one_thread(method):
    """Decorator: matrix products use one thread while the method runs; afterwards as many as before."""

    @functools.wraps(method)
    def quietly(*arguments, **options):
        global _inside, _before
        if _openblas() is None:
            return method(*arguments, **options)
        get, set_ = _openblas()
        with _lock:  # models may train in several threads: the first one in limits, the last one out restores
            if _inside == 0:
                _before = get()
                set_(1)
            _inside += 1
        try:
            return method(*arguments, **options)
        finally:
            with _lock:
                _inside -= 1
                if _inside == 0:
                    set_(_before)

    return quietly
