"""What a check answers: a verdict in words, a mark, and the numbers behind it."""

from dataclasses import dataclass, field

from course_lib.exercises.display import box, code, paragraphs, prose, shell, show
from course_lib.language import _


@dataclass(eq=False)
class Result:
    """The verdict of one check.

    `passed` says it all; `kind` names the verdict ("passed", "not attempted", "misconception", "error", ...),
    `misconception` the known mistake it was recognised as, `details` holds the learner's line or the numbers, and
    `function` is the function that passed (None otherwise), ready for a widget's `use=`.
    """

    exercise: str
    passed: bool
    kind: str
    message: str
    misconception: str | None = None
    details: str = ""
    notes: list = field(default_factory=list)
    function: object = None
    _shown_in: object = None

    @property
    def head(self):
        if self.passed:
            return _("\u2714 {exercise}: passed").format(exercise=self.exercise)
        if self.kind == "not attempted":
            return _("\u25cb {exercise}: not attempted yet").format(exercise=self.exercise)
        return _("\u2718 {exercise}: not right yet").format(exercise=self.exercise)

    def __str__(self):
        return "\n".join(part for part in (self.head, self.message, self.details, *self.notes) if part)

    __repr__ = __str__

    def _repr_html_(self):
        colour = "#009e73" if self.passed else "#999999" if self.kind == "not attempted" else "#d55e00"
        body = paragraphs(self.message) + (code(self.details) if self.details else "")
        body += "".join(f"<p style='margin: 0.2em 0'><em>{prose(note)}</em></p>" for note in self.notes)
        return box(self.head, body, colour)

    def show(self):
        """Display the result; as the last line of the same cell it is not displayed a second time."""
        show(str(self), self._repr_html_())
        self._shown_in = _cell()

    def _ipython_display_(self):
        if self._shown_in is None or self._shown_in != _cell():
            self.show()


def _cell():
    return shell() and shell().execution_count
