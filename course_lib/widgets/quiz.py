"""A chapter's quiz: choose, and read why this choice is right or what it mixes up."""

import math
import textwrap

import traitlets as T

from course_lib.language import _
from course_lib.widgets.base import HERE, CourseWidget

OPEN = -1  # no choice yet
ENOUGH = 0.8  # of the questions, right at the first choice


class Quiz(CourseWidget):
    """The questions of one chapter. The first choice counts; after it the other choices may be read up.

    The right answers stay in Python: the page gets a verdict only for a choice that was made. When the last question
    is answered the result is kept with the learner's progress.
    """

    _javascript = "quiz.js"
    _css = CourseWidget._css + (HERE / "quiz.css").read_text(encoding="utf-8")

    chapter = T.Int(0, min=0, help="number of the chapter").tag(sync=True, share=True)
    answers = T.List(T.Int(), help="the choice shown for each question, -1 for none").tag(sync=True, share=True)
    questions = T.List(T.Dict(), help="text and choices, without the answers").tag(sync=True)
    feedback = T.List(T.Dict(), help="{right, why} of the choice shown, {} for none").tag(sync=True)
    score = T.Dict(help="right and answered count first choices; all questions; enough; a note").tag(sync=True)

    def __init__(self, chapter=0, **state):
        self._find(chapter)
        self.first = []
        super().__init__(chapter=chapter, **state)
        self._open()
        self.observe(self._turn, names=["chapter"])
        self.observe(self._judge, names=["answers"])

    @staticmethod
    def _find(chapter):
        """Return the questions of a chapter. Raises ValueError if it has none."""
        from course_lib import exercises

        if chapter not in exercises.QUIZZES:
            raise ValueError(
                _("There is no quiz for chapter {given!r}. Choose one of: {known}.").format(
                    given=chapter, known=", ".join(map(str, sorted(exercises.QUIZZES)))
                )
            )
        return exercises.QUIZZES[chapter]

    @T.validate("chapter")
    def _known(self, proposal):
        self._find(proposal["value"])
        return proposal["value"]

    @T.validate("answers")
    def _possible(self, proposal):
        answers, questions = proposal["value"], self._find(self.chapter)
        fits = len(answers) == len(questions) and all(
            OPEN <= a < len(q.choices) for a, q in zip(answers, questions, strict=True)
        )
        if answers and not fits:
            raise T.TraitError(
                _("answers is {given}; it needs {n} numbers, each -1 (none) or the place of a choice.").format(
                    given=answers, n=len(questions)
                )
            )
        return answers

    def _open(self):
        questions = self._find(self.chapter)
        with self.hold_sync():
            self.questions = [{"text": q.text, "choices": list(q.choices)} for q in questions]
            self.start = {"chapter": self.chapter, "answers": [OPEN] * len(questions)}
            self.first = list(self.answers or self.start["answers"])
            self.answers = list(self.first)
            self._tell()

    def _turn(self, change):
        self.answers = []
        self._open()

    def _judge(self, change):
        if len(self.answers) != len(self.questions):
            return  # the pages of another chapter are being opened
        was_done = OPEN not in self.first
        self.first = [
            OPEN if now == OPEN else now if first == OPEN else first
            for first, now in zip(self.first, self.answers, strict=True)
        ]
        note = None
        if OPEN not in self.first and not was_done:
            from course_lib import exercises

            note = exercises.record_quiz(self.chapter, self.right, len(self.first))
        self._tell(note)

    def _tell(self, note=None):
        questions = self._find(self.chapter)
        with self.hold_sync():
            self.feedback = [
                {} if a == OPEN else {"right": a == q.answer, "why": q.why[a], "choice": a}
                for a, q in zip(self.answers, questions, strict=True)
            ]
            self.score = {
                "right": self.right, "answered": sum(f != OPEN for f in self.first), "count": len(questions),
                "enough": math.ceil(ENOUGH * len(questions)), "note": note or "",
            }  # fmt: skip

    @property
    def right(self):
        """How many questions were right at the first choice."""
        return sum(f == q.answer for f, q in zip(self.first, self._find(self.chapter), strict=True))

    @property
    def goal_reached(self):
        """At least 80 % right at the first choice."""
        return self.right >= self.score["enough"]

    def describe(self):
        lines = [_("quiz of chapter {chapter}, {n} questions").format(chapter=self.chapter, n=len(self.questions))]
        for number, (one, answer) in enumerate(zip(self.questions, self.answers, strict=True), 1):
            lines.append(f"{number}. {one['text']}")
            for i, choice in enumerate(one["choices"]):
                lines.append(f"   ({'x' if i == answer else ' '}) {choice}")
        return "\n".join(lines)

    @property
    def picture_size(self):
        return 8.0, 0.3 + 0.19 * len(self._lines())

    def _lines(self):
        """The text of the still picture as (line, is it a question) pairs."""
        lines = []
        for line in self.describe().splitlines()[1:]:
            asks = not line.startswith(" ")
            mark = "" if asks else ("    ● " if "(x)" in line[:7] else "    ○ ")
            wrapped = textwrap.wrap(line if asks else line[7:], 98)
            lines += [("", False)] if asks and lines else []
            lines += [((mark if i == 0 else " " * len(mark) + "  ") + part, asks) for i, part in enumerate(wrapped)]
        return lines

    def draw(self, figure):
        ax = figure.add_subplot()
        ax.axis("off")
        lines = self._lines()
        ax.set(xlim=(0, 1), ylim=(len(lines), 0))
        for i, (line, asks) in enumerate(lines):
            text = line.replace("$", r"\$")  # a dollar is no formula here
            ax.text(0, i + 0.5, text, fontsize=9.5, va="center", weight="bold" if asks else "normal")
