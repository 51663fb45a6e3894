"""The learner's progress: one JSON file on this computer, never sent anywhere.

`COURSE_PROGRESS` names the file; without it, it lies in the user's data folder. A change is read, merged and written
under a lock file, so that two notebooks lose nothing, and written beside and then moved, so that an interrupt leaves
the old file or the new one. Nothing here raises: a file that cannot be used gives a sentence, and the course goes on.
"""

import contextlib
import json
import os
import time
from pathlib import Path

from course_lib.files import write_whole
from course_lib.language import _

VERSION = 1
PATIENCE = 3.0  # seconds to wait for another notebook
STALE = 20.0  # seconds after which a lock was left behind by a crash
EMPTY = {"passed": False, "tries": 0, "hints": 0, "solution": False}


class Unusable(Exception):
    """The file cannot be read or written; the text is for the learner."""


def path():
    """Return the place of the progress file."""
    named = os.environ.get("COURSE_PROGRESS")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("deep-learning-on-the-factory-floor", appauthor=False)) / "progress.json"


def record_try(name, passed):
    def change(entry):
        entry["tries"] += 1
        entry["passed"] = entry["passed"] or passed

    return _change("exercises", name, change)


def record_hint(name, number):
    return _change("exercises", name, lambda entry: entry.update(hints=max(entry["hints"], number)))


def record_solution(name):
    return _change("exercises", name, lambda entry: entry.update(solution=True))


def record_quiz(chapter, right, count):
    """Keep the best result of a chapter's quiz; a widget calls this when the last question is answered."""

    def change(entry):
        entry.update(right=max(entry.get("right", 0), int(right)), count=int(count))

    return _change("quizzes", str(chapter), change, {})


def read():
    """Return (content, note): what is stored, empty when there is nothing, and a sentence when there was a problem."""
    try:
        return _read(path())
    except Unusable as problem:
        return _fresh(), str(problem)


def _change(section, name, change, empty=EMPTY):
    """Apply `change` to one entry; return None, or a sentence when something is to be said."""
    file = path()
    try:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with _locked(file):
                content, note = _read(file)
                entry = content[section].setdefault(name, dict(empty))
                change(entry)
                _write(file, content)
                return note
        except OSError as error:
            raise Unusable(
                _(
                    "Your progress could not be saved in {file} ({error}). The exercises work all the same; "
                    "set COURSE_PROGRESS to a file you can write to."
                ).format(file=file, error=error.strerror or type(error).__name__)
            ) from error
    except Unusable as problem:
        return str(problem)


def _fresh():
    return {"version": VERSION, "exercises": {}, "quizzes": {}}


def _read(file):
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return _fresh(), None
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise Unusable(
            _("Your progress could not be read from {file} ({error}).").format(
                file=file, error=error.strerror or type(error).__name__
            )
        ) from error
    try:
        content = json.loads(text)
        newer = isinstance(content["version"], int) and content["version"] > VERSION
        sound = newer or _is_sound(content)
    except (ValueError, TypeError, KeyError, RecursionError):
        newer = sound = False
    if newer:
        raise Unusable(
            _(
                "Your progress in {file} was written by a newer version of the course; it is left as it is and "
                "nothing is added. Update the course to go on."
            ).format(file=file)
        )
    if sound:
        return {**_fresh(), **content}, None
    return _fresh(), _set_aside(file)


def _is_sound(content):
    return (
        content["version"] == VERSION
        and all(
            isinstance(entry, dict)
            and isinstance(entry["passed"], bool)
            and isinstance(entry["solution"], bool)
            and isinstance(entry["tries"], int)
            and isinstance(entry["hints"], int)
            for entry in content["exercises"].values()
        )
        and all(isinstance(entry, dict) for entry in content.get("quizzes", {}).values())
    )


def _set_aside(file):
    for number in range(1, 1000):
        aside = file.with_name(f"{file.stem}-damaged-{number}{file.suffix}")
        if not aside.exists():
            break
    try:
        os.replace(file, aside)
    except OSError as error:
        raise Unusable(
            _("Your progress in {file} is damaged and could not be set aside ({error}).").format(
                file=file, error=error.strerror or type(error).__name__
            )
        ) from error
    return _("Your progress file was damaged. It was set aside as {aside}, and a new one was started.").format(
        aside=aside
    )


def _write(file, content):
    write_whole(file, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False))


@contextlib.contextmanager
def _locked(file):
    """Hold `file`.lock, a file that only one process can create; one left behind by a crash is removed when old."""
    lock = file.with_name(file.name + ".lock")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except OSError as error:
            if not isinstance(error, FileExistsError) and not (isinstance(error, PermissionError) and lock.exists()):
                raise
            with contextlib.suppress(OSError):
                if time.time() - lock.stat().st_mtime > STALE:
                    lock.unlink()
                    continue
            if time.monotonic() > deadline:
                raise Unusable(
                    _(
                        "Your progress was not saved: another notebook keeps {file} busy. If there is none, "
                        "delete {lock}."
                    ).format(file=file, lock=lock.name)
                ) from None
            time.sleep(0.01)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()
