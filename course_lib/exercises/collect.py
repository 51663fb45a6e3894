"""For the instructor: the progress files of a class as one table.

    python -m course_lib.exercises.collect FOLDER

reads every `progress_*.json` below FOLDER (written by the learners with `export_progress`), prints what the class has
passed and where it is stuck, and writes `progress.csv` into FOLDER: one line a learner, for Excel. A file that is no
progress file is named and left out.
"""

import argparse
import csv
import io
import json
import sys
from pathlib import Path

from course_lib.files import write_whole
from course_lib.language import _

COURSE = "deep-learning-on-the-factory-floor"
LEAST_TRIES = 3  # who has tried an exercise as often without passing is stuck there


def read(path):
    """Return the content of a progress file; raises ValueError, in words, for anything else."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(_("cannot be read: {reason}").format(reason=error)) from error
    if not isinstance(content, dict) or content.get("course") != COURSE:
        raise ValueError(_("is no progress file of this course"))
    rows = content.get("exercises")
    if not isinstance(content.get("name"), str) or not isinstance(rows, list):
        raise ValueError(_("has lost its name or its exercises"))
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("exercise"), str):
            raise ValueError(_("holds a line that is no exercise"))
    return content


def collect(folder):
    """Return (learners, problems): the contents of the progress files below `folder`, and (path, reason) of the rest.

    Raises FileNotFoundError if there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(_("There is no folder {folder}.").format(folder=folder))
    learners, problems = [], []
    for path in sorted(folder.rglob("progress_*.json")):
        try:
            learners.append(read(path))
        except ValueError as error:
            problems.append((path, str(error)))
    return sorted(learners, key=lambda one: one["name"].casefold()), problems


def table(learners):
    """Return (head, lines): one line a learner with passed exercises and quiz points, then 1 or 0 for each exercise."""
    names = list(dict.fromkeys(row["exercise"] for one in learners for row in one["exercises"]))
    quizzes = sorted({chapter for one in learners for chapter in one.get("quizzes") or {}}, key=int)
    lines = []
    for one in learners:
        passed = {row["exercise"] for row in one["exercises"] if row.get("passed")}
        points = [(one.get("quizzes") or {}).get(chapter, {}).get("right", "") for chapter in quizzes]
        lines.append([one["name"], len(passed), *points, *(int(name in passed) for name in names)])
    return [_("name"), _("passed"), *(_("quiz {n}").format(n=chapter) for chapter in quizzes), *names], lines


def summary(learners):
    """Return the lines of text for the screen: how far each learner is, and where several are stuck."""
    lines = [_("{n} learners").format(n=len(learners))]
    stuck = {}
    for one in learners:
        passed = sum(bool(row.get("passed")) for row in one["exercises"])
        lines.append(
            _("{name}: {passed} of {count} exercises passed").format(
                name=one["name"], passed=passed, count=len(one["exercises"])
            )
        )
        for row in one["exercises"]:
            if not row.get("passed") and int(row.get("tries") or 0) >= LEAST_TRIES:
                stuck.setdefault(row["exercise"], []).append(one["name"])
    for exercise, names in sorted(stuck.items(), key=lambda item: -len(item[1])):
        lines.append(_("stuck at {exercise}: {names}").format(exercise=exercise, names=", ".join(names)))
    return lines


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m course_lib.exercises.collect", description=_("A class as a table.")
    )
    parser.add_argument("folder", help=_("where the progress files of the class lie"))
    folder = Path(parser.parse_args(arguments).folder)
    try:
        learners, problems = collect(folder)
    except FileNotFoundError as error:
        print(error)
        return 1
    for path, reason in problems:
        print(_("{file} {reason}: left out").format(file=path, reason=reason))
    if not learners:
        print(
            _("No progress file below {folder}: learners write them with ex.export_progress(...).").format(
                folder=folder
            )
        )
        return 1
    print("\n".join(summary(learners)))
    head, lines = table(learners)
    target = folder / "progress.csv"
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head, *lines])
    try:
        write_whole(target, text.getvalue(), encoding="utf-8-sig")  # with its mark Excel reads Chinese names
    except OSError as error:
        print(_("{file} could not be written ({error}).").format(file=target, error=error.strerror or error))
        return 1
    print(_("Written: {file}").format(file=target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
