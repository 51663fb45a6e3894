"""What the learner has reached: a table to look at, and a file for the instructor."""

import json
import re
from pathlib import Path

from course_lib.exercises import store
from course_lib.exercises.display import escape, show
from course_lib.files import write_whole
from course_lib.language import _


def rows():
    """Return one dict an exercise, in the order of the course, and the store's note."""
    from course_lib.exercises import ALL

    content, note = store.read()
    done = content["exercises"]
    return (
        [{"chapter": one.chapter, "exercise": name, **store.EMPTY, **done.get(name, {})} for name, one in ALL.items()],
        content["quizzes"],
        note,
    )


class Progress:
    """The table of `progress()`: `.rows` as dicts, `.quizzes`, and as text and HTML."""

    def __init__(self):
        self.rows, self.quizzes, self.note = rows()

    @property
    def summary(self):
        return _("{passed} of {count} exercises passed").format(
            passed=sum(row["passed"] for row in self.rows), count=len(self.rows)
        )

    def _table(self):
        head = [_("chapter"), _("exercise"), _("passed"), _("tries"), _("hints"), _("solution seen")]
        body = [
            [
                str(row["chapter"]),
                row["exercise"],
                _("\u2714 yes") if row["passed"] else _("\u25cb not yet"),
                str(row["tries"]),
                str(row["hints"]),
                _("yes") if row["solution"] else _("no"),
            ]
            for row in self.rows
        ]
        return head, body

    def _quiz_lines(self):
        return [
            _("Quiz of chapter {chapter}: {right} of {count} right").format(chapter=chapter, **entry)
            for chapter, entry in sorted(self.quizzes.items())
            if {"right", "count"} <= entry.keys()
        ]

    def __str__(self):
        head, body = self._table()
        widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in [head, *body]
        ]
        return "\n".join([self.summary, *lines, *self._quiz_lines(), *filter(None, [self.note])])

    __repr__ = __str__

    def _repr_html_(self):
        head, body = self._table()
        cells = "".join(f"<th scope='col' style='text-align: left'>{escape(cell)}</th>" for cell in head)
        lines = "".join(
            "<tr>" + "".join(f"<td style='text-align: left'>{escape(cell)}</td>" for cell in line) + "</tr>"
            for line in body
        )
        after = "".join(f"<p>{escape(line)}</p>" for line in [*self._quiz_lines(), *filter(None, [self.note])])
        return f"<table><caption>{escape(self.summary)}</caption><tr>{cells}</tr>{lines}</table>{after}"


def progress():
    """Return the learner's table: chapter, exercise, passed, tries, hints used, solution seen."""
    return Progress()


def export_progress(name, folder="."):
    """Write the table as JSON into one file beside the notebook, for the instructor, and return its path.

    It holds the given name and what `progress()` shows, nothing else. Nothing is sent: you hand the file over yourself.
    """
    if not isinstance(name, str) or not name.strip():
        raise ValueError(_('name must be a text, such as "Li Wei", but {given!r} was given.').format(given=name))
    table = Progress()
    plain = re.sub(r"[^\w-]+", "_", name.strip()).strip("_")[:60] or "learner"
    file = Path(folder) / f"progress_{plain}.json"
    content = {
        "course": "deep-learning-on-the-factory-floor",
        "version": store.VERSION,
        "name": name.strip(),
        "exercises": table.rows,
        "quizzes": table.quizzes,
    }
    try:
        write_whole(file, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise OSError(
            _("{file} could not be written ({error}). Give another place: export_progress(name, folder=...).").format(
                file=file, error=error.strerror or type(error).__name__
            )
        ) from error
    show(
        _("Written: {file}. {summary}. Hand this file to your instructor; nothing was sent anywhere.").format(
            file=file, summary=table.summary
        )
    )
    return file
