"""Each chapter's time and peak memory against its budget: python -m tests.notebooks.budgets [NN ...] [--json FILE].

The chapters run one after the other, each alone, on a computer that should be quiet. What was measured last stands in
`budgets.json`; CI runs several chapters at once on the same cores, so it cannot judge seconds as strictly.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from course_lib.experiments import versions, write_result
from tests.benchmarks.__main__ import machine
from tests.notebooks.chapter import chapter_paths
from tests.notebooks.test_run import MOST_CELL_SECONDS, MOST_MB, most_seconds, nbval, problems

STORED = Path(__file__).with_name("budgets.json")


def measured(path):
    """One row: seconds, megabytes, the slowest cell, and what is beyond the budget."""
    with tempfile.TemporaryDirectory(prefix="course_budgets_") as scratch:
        run = nbval(path, Path(scratch))
    return {
        "seconds": round(run.seconds, 1),
        "most_seconds": most_seconds(path),
        "peak_mb": round(run.peak_mb),
        "most_mb": MOST_MB,
        "slowest_cell_seconds": max(run.cells.values(), default=0.0),
        "most_cell_seconds": MOST_CELL_SECONDS,
        "problems": problems(run, path),
    }


def line(name, row):
    verdict = "; ".join(row["problems"]) or "within its budget"
    return (
        f"{name:<44} {row['seconds']:5.0f} s of {row['most_seconds']:3}   {row['peak_mb']:4} MB of {row['most_mb']}   "
        f"slowest cell {row['slowest_cell_seconds']:4.1f} s of {row['most_cell_seconds']}   {verdict}"
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks.budgets", description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="two digits each; else all")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the table to FILE; rows it has already stay")
    options = parser.parse_args(arguments)
    known = {path.stem[:2]: path for path in chapter_paths()}
    if unknown := set(options.chapters) - set(known):
        parser.error(f"there is no chapter {min(unknown)!r}; choose from {', '.join(known)}")
    result = {"command": "python -m tests.notebooks.budgets", "machine": machine(), "chapters": {}}
    result["versions"] = versions("numpy", "tensorflow-cpu" if sys.platform == "linux" else "tensorflow", "keras")
    if options.json and options.chapters and options.json.exists():
        result["chapters"] = json.loads(options.json.read_text(encoding="utf-8"))["chapters"]
    print(result["machine"])
    for number in options.chapters or known:
        path = known[number]
        result["chapters"][path.stem] = measured(path)
        print(line(path.stem, result["chapters"][path.stem]), flush=True)
    result["chapters"] = dict(sorted(result["chapters"].items()))
    if options.json:
        write_result(result, options.json)
    return int(any(row["problems"] for row in result["chapters"].values()))


if __name__ == "__main__":
    sys.exit(main())
