"""The decision memo of the capstone: one page, its template, its rubric and what a program can check in it.

`check_memo(text)` looks at the form only. A person gives the points, with `RUBRIC` beside the memo.
`course_lib.memo_samples` holds two memos with their points.
"""

import re
from dataclasses import dataclass

from course_lib.exercises.display import box, escape, paragraphs, prose
from course_lib.language import _

WORDS, CHARACTERS = 450, 900  # one page: words, or characters where the text is mostly Chinese


@dataclass(frozen=True)
class Heading:
    """One part of the memo: its title, other titles that count, what to write, and the sentences for 0, 1, 2 points."""

    key: str
    title: str
    also: tuple
    prompt: str
    points: tuple


HEADINGS = (
    Heading(
        "decision",
        _("Decision"),
        ("Decision", "决定", "决策", "结论"),
        _("[What is done, where, and from when? Which result would end it?]"),
        (
            _("No decision, or one that nobody can carry out."),
            _("A clear decision, but no word on what would end it."),
            _("What is done, where, and which result would end it."),
        ),
    ),
    Heading(
        "data",
        _("Data and split"),
        ("Data and split", "Data & split", "数据与划分", "数据和划分", "数据及划分"),
        _("[How many samples, from where, how many with a fault? Split by what: machine, batch, time?]"),
        (
            _("The split is not named, or rows were split at random."),
            _("Split by machine, batch or time, but the number of faults in the test is missing."),
            _("Split by machine, batch or time, with the samples of both parts and the faults in the test."),
        ),
    ),
    Heading(
        "baseline",
        _("Baseline"),
        ("Baseline", "基线", "基准"),
        _("[What decides today, and how well, on the same test?]"),
        (
            _("No baseline, or one without a number."),
            _("A baseline with a number, but not measured on the same test."),
            _("What decides today, measured on the same test: faults found and false alarms."),
        ),
    ),
    Heading(
        "result",
        _("Result"),
        ("Result", "Results", "结果"),
        _("[Faults found in %, false alarms per thousand good parts, beside the baseline's.]"),
        (
            _("Accuracy alone where faults are rare, or no number."),
            _("Faults found or false alarms, but not both, or not beside the baseline's."),
            _("Faults found and false alarms, both beside the baseline's, where it loses too."),
        ),
    ),
    Heading(
        "cost",
        _("Cost"),
        ("Cost", "Costs", "成本", "费用"),
        _("[EUR per thousand parts, for the baseline and for the network, and the two prices behind it.]"),
        (
            _("No money, or a saving that nothing explains."),
            _("The cost of one side only, or without the price of a miss and of a false alarm."),
            _("Both sides in the same unit, with the price of a miss and of a false alarm."),
        ),
    ),
    Heading(
        "limits",
        _("Limits and drift"),
        ("Limits and drift", "Limits & drift", "局限与漂移", "局限和漂移", "限制与漂移"),
        _("[Where was it not tested? What changes on the line, and how much worse is it then? Who watches what?]"),
        (
            _("No limit, or a promise that it will be trained again."),
            _("A change that was measured, but no number at which somebody acts."),
            _("A change that was measured, what is watched, and the number at which somebody acts."),
        ),
    ),
    Heading(
        "failsafe",
        _("Fail-safe"),
        ("Fail-safe", "Fail safe", "Failsafe", "失效保护", "故障安全", "失效安全"),
        _("[What happens when the network is wrong, and when it gives no answer? Who switches it off?]"),
        (
            _("None, or: the network is reliable."),
            _("What happens when it gives no answer or when it is wrong, but not both, or not who acts."),
            _("What happens in both cases, and who switches it off."),
        ),
    ),
)
TITLE = _("Decision memo: [line, question, date, your name]")
TEMPLATE = f"# {TITLE}\n\n" + "\n".join(f"## {heading.title}\n{heading.prompt}\n" for heading in HEADINGS)


class Rubric:
    """The table of points: `rows` holds (title, sentence for 0, for 1, for 2 points)."""

    rows = tuple((heading.title, *heading.points) for heading in HEADINGS)
    best = 2 * len(HEADINGS)

    @property
    def summary(self):
        return _("0, 1 or 2 points for each part, {best} at most. A person gives them.").format(best=self.best)

    def __repr__(self):
        parts = [
            f"{title}\n" + "\n".join(f"  {n}  {text}" for n, text in enumerate(texts)) for title, *texts in self.rows
        ]
        return "\n".join([self.summary, *parts])

    def _repr_html_(self):
        head = (_("part"), *(_("{points} points").format(points=n) for n in range(3)))
        return table(self.summary, head, self.rows)


RUBRIC = Rubric()


class Findings(list):
    """The sentences of `check_memo`; empty when the form is right."""

    @property
    def head(self):
        if self:
            return _("\u2718 The form is not complete yet: {count} to mend.").format(count=len(self))
        return _("\u2714 The form is complete.")

    note = _("A program sees the form only. A person gives the points, with the rubric.")

    def __str__(self):
        return "\n".join([self.head, *(f"  - {sentence}" for sentence in self), self.note])

    __repr__ = __str__

    def _repr_html_(self):
        items = "".join(f"<li>{prose(sentence)}</li>" for sentence in self)
        colour = "#d55e00" if self else "#009e73"
        return box(self.head, (f"<ul>{items}</ul>" if items else "") + paragraphs(self.note), colour)


def check_memo(text):
    """Return what is missing in the form of a memo, as a list of sentences: empty when all is there.

    At most one page (450 words, or 900 characters where the text is mostly Chinese); each heading, in English or
    Chinese, with more than a word below it; in Result a number with a unit or %, in Cost money; in Baseline a name and
    a number. What still stands in [square brackets] counts as not written. Raises TypeError unless `text` is a text.
    """
    if not isinstance(text, str):
        raise TypeError(
            _("text is a {kind}, but the memo itself is needed, as one text: check_memo(memo).").format(
                kind=type(text).__name__
            )
        )
    found, parts = Findings(filter(None, [_too_long(text)])), sections(text)
    for heading in HEADINGS:
        written = re.sub(r"\[[^\]]*\]", "", parts.get(heading.key, ""))
        if heading.key not in parts:
            found.append(_("The part {title!r} is missing: a line `## {title}` begins it.").format(title=heading.title))
        elif not re.search(r"\w", written):
            found.append(_("The part {title!r} is empty.").format(title=heading.title))
        elif heading.key == "result" and not quantities(written):
            found.append(_("{title!r} holds no number with a unit or %, such as 93 %.").format(title=heading.title))
        elif heading.key == "cost" and not any(MONEY.search(one) for one in quantities(written)):
            found.append(_("{title!r} holds no money, such as 1,349 EUR.").format(title=heading.title))
        elif heading.key == "baseline" and not re.search(r"\d", YEAR.sub("", written)):
            found.append(_("The baseline has no number. How well does it do on the same test?"))
        elif heading.key == "baseline" and not _named(written):
            found.append(_("The baseline has a number, but no name. What decides today?"))
        elif not re.search(r"\w\W+\w|[\u4e00-\u9fff]{4}", written):
            found.append(_("The part {title!r} is one word. Write a sentence.").format(title=heading.title))
    return found


def sections(text):
    """Return {key: text} for the headings found, as lines of their own or as `Decision: ...`."""
    parts, key = {}, None
    for line in text.splitlines():
        start = _heading(line)
        if start:
            key, line = start
            parts.setdefault(key, "")
        if key:
            parts[key] += line + "\n"
    return parts


def quantities(text):
    """Return the numbers with what follows or goes before: `93 %`, `40 EUR`, `EUR 40`, `12 joints`, `3 个`."""
    number = r"\d+(?:[., \u00a0\u202f]\d+)*"
    behind = re.findall(rf"{number}\s*(?:[%\uff05\u2030\u20ac$\u00a5\u00b0\u4e00-\u9fff]|[^\W\d_]+)", text)
    before = re.findall(rf"(?:[\u20ac$\u00a5]|\b(?:EUR|USD|CNY|RMB))\s*{number}", text)
    return before + [found for found in behind if found.split()[-1].lower().lstrip("0123456789.,") not in NO_UNIT]


MONEY = re.compile(
    r"[\u20ac$\u00a5\u00a3元]|\b(EUR|euros?|USD|dollars?|CNY|RMB|GBP|CHF|cents?|k€)\b|\d(EUR|USD|CNY|RMB)",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(19|20)\d\d\b(?!\s*(?:[%\u20ac$]|EUR))")
NO_UNIT = frozenset(
    "a an and are as at be but by for from has have in is it not of on or than that the then this to was we were "
    "when which while with 的 和 与 及 是 在 而 或".split()
)


def _heading(line):
    """Return (key, rest of the line) where a line begins a part, else None."""
    for heading in HEADINGS:
        names = "|".join(map(re.escape, sorted({heading.title, *heading.also}, key=len, reverse=True)))
        number = r"(?:\d+\s*[.)、]?\s*|[一二三四五六七]\s*[、.]\s*)?"
        match = re.match(rf"[\s#*_]*{number}(?:{names})[\s*_]*(?:[:：][\s*_]*(.*))?$", line, re.IGNORECASE)
        if match:
            return heading.key, match[1] or ""
    return None


def _named(text):
    """True when letters are left beside the quantities: a name."""
    for quantity in quantities(text):
        text = text.replace(quantity, " ")
    return bool(re.search(r"[^\W\d_]{3}|[\u4e00-\u9fff]{2}", text))


def _too_long(text):
    letters = re.findall(r"[^\W\d_]", text)
    chinese = re.findall(r"[\u4e00-\u9fff]", text)
    if len(chinese) > len(letters) / 2:
        count, limit, unit = len(re.sub(r"\s", "", text)), CHARACTERS, _("characters")
    else:
        count, limit, unit = len(re.findall(r"\S*\w\S*", text)), WORDS, _("words")
    if count <= limit:
        return ""
    return _("The memo has {count} {unit}, but one page holds {limit}. Leave out what changes no decision.").format(
        count=count, unit=unit, limit=limit
    )


def table(caption, head, rows):
    """Return an HTML table; the first cell of each row names it."""
    left = "style='text-align: left; vertical-align: top'"
    names = "".join(f"<th scope='col' {left}>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr><th scope='row' {left}>{escape(first)}</th>"
        + "".join(f"<td {left}>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for first, *cells in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tr>{names}</tr>{body}</table>"
