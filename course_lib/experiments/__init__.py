"""Measurements that take minutes: each module is a command that writes a small JSON file into `results`."""

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def load_result(name):
    """Return the result `name` as its command wrote it: a dict with the numbers, the command, seeds and versions."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
