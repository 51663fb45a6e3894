"""A look at the machine that a learner can paste into a question: no names, no folders, nothing is sent."""

import importlib.metadata
import os
import platform
import re
import shutil
import sys

from course_lib.language import _

PACKAGES = ["jupyterlab", "ipywidgets", "anywidget", "numpy", "matplotlib", "scikit-learn", "tensorflow", "keras"]


def installed(package):
    """Return the installed version of `package`, or None. TensorFlow counts under either of its two names."""
    for name in [package, "tensorflow-cpu"] if package == "tensorflow" else [package]:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def memory():
    """Return (total, free) memory in GiB as this process may use it, or (None, None) where the system does not tell.

    In a container (Binder, JupyterHub) the container's own limit counts, not the memory of the whole server.
    """
    try:
        if sys.platform == "win32":
            return _windows_memory()
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        free = None
        if sys.platform == "linux":
            with open("/proc/meminfo") as file:
                free = 1024 * int(re.search(r"MemAvailable:\s+(\d+)", file.read())[1])
            limit, used = _container_limit()
            if limit and limit < total:
                total, free = limit, min(free, limit - used)
        return total / 2**30, free / 2**30 if free is not None else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None, None


def _container_limit():
    """Return (limit, used) bytes of this container's memory, or (None, 0). Both versions of Linux control groups."""
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            with open(limit) as file, open(used) as now:
                return int(file.read()), int(now.read())
        except (OSError, ValueError):  # not there, or "max": no limit
            continue
    return None, 0


def _windows_memory():
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "free", "page", "page_free", "virtual", "virtual_free", "ext")
        ]

    status = Status(length=ctypes.sizeof(Status))
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return status.total / 2**30, status.free / 2**30


def gpu():
    """Return the name of the GPU that TensorFlow sees, or None; loads TensorFlow (5 to 20 seconds).

    Raises ImportError if TensorFlow is not installed or cannot be loaded.
    """
    from course_lib import parity

    kind = parity.device().kind
    return kind.removeprefix("GPU ") if kind.startswith("GPU") else None


def report():
    """Return the whole check as text: system, versions, memory, disk, GPU, and what to do about anything missing."""
    lines, advice = [], []
    python = platform.python_version()
    lines.append((_("system"), f"{platform.system()} {platform.machine()}, {os.cpu_count()} " + _("processor cores")))
    lines.append(("Python", python))
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        advice.append(_("The course is tested with Python 3.11 to 3.13. This is {version}.").format(version=python))
    missing = []
    for package in PACKAGES:
        version = installed(package)
        lines.append((package, version or _("MISSING")))
        if version is None:
            missing.append(package)
    if missing:
        advice.append(
            _("Missing: {names}. Close JupyterLab and start it again with: python start.py").format(
                names=", ".join(missing)
            )
        )
    total, free = memory()
    if total:
        text = _("{total:.1f} GiB, {free:.1f} GiB free") if free is not None else _("{total:.1f} GiB")
        lines.append((_("memory"), text.format(total=total, free=free)))
        if free is not None and free < 1.0:
            advice.append(
                _("Less than 1 GiB of memory is free. Close other notebooks: Kernel → Shut Down All Kernels.")
            )
    lines.append((_("disk"), _("{free:.0f} GiB free").format(free=shutil.disk_usage(".").free / 2**30)))
    try:
        lines.append(("GPU", gpu() or _("none; the course runs on the CPU")))
    except ImportError as problem:
        lines.append(("GPU", _("unknown: TensorFlow cannot be loaded")))
        advice.append(
            _("TensorFlow cannot be loaded ({problem}). The NumPy parts of the course work without it.").format(
                problem=str(problem).splitlines()[0]
            )
        )
    width = max(len(name) for name, value in lines)
    text = "\n".join(f"{name:{width}}  {value}" for name, value in lines)
    return text + "\n\n" + ("\n".join(advice) if advice else _("Everything the course needs is here."))
