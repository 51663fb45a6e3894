"""What a chapter shows and nbval compares at every run: the stored outputs of its `nbval-check-output` cells."""

import re
from functools import cache

from tests.notebooks.chapter import Chapter, chapter_paths, shown_text, tags

NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?")


@cache
def chapters():
    """`{"01": Chapter}`."""
    return {chapter.number: chapter for chapter in map(Chapter.read, chapter_paths())}


def checked(chapter):
    """`(position, text)` of the cells whose output nbval compares."""
    return [
        (i, "\n".join(shown_text(output) for output in cell.outputs))
        for i, cell in chapter.code
        if "nbval-check-output" in tags(cell)
    ]


def numbers_in(text):
    return [float(n.replace(",", "").replace("−", "-")) for n in NUMBER.findall(text)]


def line(number, start):
    """The rest of the one line, of the compared outputs of a chapter (`"04"`), that starts with `start`.

    White space counts as one space.

    Raises LookupError when there is none or more than one.
    """
    lines = [" ".join(row.split()) for _, text in checked(chapters()[number]) for row in text.splitlines()]
    found = {row for row in lines if row.startswith(start)}
    if len(found) != 1:
        raise LookupError(f"chapter {number} shows {len(found)} different lines that start with {start!r}: {found}")
    return found.pop().removeprefix(start)


def numbers(number, start):
    """The numbers in that line, behind `start`."""
    return numbers_in(line(number, start))


def rows(number, start):
    """The numbers of every line of the compared outputs that starts with `start`, behind it, in the order shown."""
    lines = [" ".join(row.split()) for _, text in checked(chapters()[number]) for row in text.splitlines()]
    return [numbers_in(row.removeprefix(start)) for row in lines if row.startswith(start)]


def says(number, start):
    """Whether the one line that starts with `start` ends with True (a cell shows what it has compared)."""
    return line(number, start).split()[-1] == "True"
