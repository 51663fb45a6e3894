"""Faults made for real: a disk that is small, a folder that nobody may write to."""

import os
import shutil
import subprocess

import pytest

from tests.data.conftest import cache, shelf

__all__ = ["cache", "shelf"]


class SmallDisk:
    """A file system in memory of a fixed size, mounted at `path`."""

    def __init__(self, path):
        self.path = path

    def fill(self, leave=0):
        """Fill it up with a ballast file, all but `leave` bytes."""
        ballast = self.path / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)) == 4096:
                    pass
            except OSError:
                pass
        os.truncate(ballast, max(0, ballast.stat().st_size - leave))

    def empty(self):
        (self.path / "ballast").unlink()


@pytest.fixture
def small_disk(tmp_path, request):
    """A `SmallDisk` of `request.param` (such as "1m"); only root on Linux can make one."""
    path = tmp_path / "disk"
    path.mkdir()
    size = getattr(request, "param", "1m")
    if not shutil.which("mount") or getattr(os, "geteuid", lambda: 1)():
        pytest.skip("only root on Linux can mount a small disk")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr.strip()}")
    yield SmallDisk(path)
    subprocess.run(["umount", "--lazy", str(path)], check=True)


def as_anyone(command):
    """`command` without root's right to write where the file modes forbid it; None where that cannot be had."""
    if getattr(os, "geteuid", lambda: 1)():
        return command
    without = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]
    tried = shutil.which("setpriv") and subprocess.run([*without, "true"], capture_output=True).returncode == 0
    return [*without, *command] if tried else None
