"""Write a file whole or not at all."""

import contextlib
import os
import tempfile
import time
from pathlib import Path


def write_whole(path, text, encoding="utf-8"):
    """Write `text` to `path` by one rename: a full disk, an interrupt or a kill leaves the old file or the new one.

    Raises OSError, as the system gives it; then nothing of ours is left beside `path`.
    """
    path = Path(path)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, 0o644)
        for wait in (0.01, 0.05, 0.2, None):  # Windows refuses while another program reads the file
            try:
                os.replace(beside, path)
                return
            except PermissionError:
                if wait is None:
                    raise
                time.sleep(wait)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)
