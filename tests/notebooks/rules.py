"""What every chapter keeps. Each rule takes a `Chapter` and returns its complaints; an empty list means all is well."""

import re
from html.parser import HTMLParser

from tests.notebooks.chapter import is_printing, shown_text, tags

KNOWN_TAGS = {
    "nbval-check-output",  # the stored output must come out again, to the last character
    "nbval-ignore-output",
    "raises-exception",
    "real-data",  # needs a real data set; its output is not compared where there is none
    "figure",
    "exercise",
    "hide-input",
}
SHORTEST_DESCRIPTION = 25  # characters
WIDEST = 120  # characters in a line of code or of printed text
CHECKED_SHARE = 0.6
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PERSONAL = {
    "a path of one machine": re.compile(r"(?<![\w.~/])/(?:home|root|work|tmp|Users|private|opt|mnt|var|builds?)/\w"),
    "a Windows path": re.compile(r"\b[A-Za-z]:\\+(?:Users|Windows|Temp)\b"),
    "a path into an environment": re.compile(r"site-packages|dist-packages|ipykernel_\d"),
    "an address in memory": re.compile(r"\b0x[0-9a-fA-F]{8,}\b"),
}


CAPSTONE = "13"


def one_title(chapter):
    titles = [text for level, text in chapter.headings if level == 1]
    complaints = [] if len(titles) == 1 else [f"{len(titles)} headings of level 1 where one is wanted: {titles}"]
    if not chapter.notebook.cells or not chapter.notebook.cells[0].source.startswith("# "):
        complaints.append("the first cell does not start with the title")
    return complaints


def promise(chapter):
    """ "In N minutes you will ..." with at most five things, and what is needed first."""
    complaints = []
    found = re.search(r"In (\d+) minutes you will\W+(.+?)\.(?:\s|$)", chapter.markdown, re.DOTALL)
    if not found:
        complaints.append('no sentence "In N minutes you will ..."')
    elif len(things := re.split(r",\s+(?:and\s+)?|;\s+", found[2])) > 5:
        complaints.append(f"it promises {len(things)} things, five are the limit")
    if not re.search(r"you need first", chapter.markdown, re.IGNORECASE):
        complaints.append('no "You need first"')
    return complaints


def sections(chapter):
    headings = "\n".join(text for _, text in chapter.headings)
    wanted = {
        "an exercise": r"^Exercise\b",
        "a quiz": r"\bQuiz\b",
        "When this fails in the plant": r"^When this fails in the plant",
        "a summary": r"^Summary",
        "a glossary": r"^Glossary",
    }
    if chapter.number == CAPSTONE:
        wanted = {name: wanted[name] for name in wanted if name not in ("an exercise", "a quiz")}
    found = lambda pattern: re.search(pattern, headings, re.MULTILINE | re.IGNORECASE)  # noqa: E731
    complaints = [f"no heading for {name}" for name, pattern in wanted.items() if not found(pattern)]
    if not re.search(r"^\W*Next\b", chapter.markdown, re.MULTILINE):
        complaints.append('no "Next:" at the end')
    return complaints


def guessing_and_seeing(chapter):
    """A question before the answer, and after a widget what the reader should have seen."""
    complaints = []
    if not re.search(r"guess first", chapter.markdown, re.IGNORECASE):
        complaints.append('no question to guess at ("Guess first")')
    if "widgets." in chapter.sources and not re.search(r"you should have seen", chapter.markdown, re.IGNORECASE):
        complaints.append('a widget, but no "You should have seen"')
    return complaints


def glossary(chapter):
    """A table with an English and a Chinese column, Chinese in every row."""
    part = re.split(r"^#+\s+Glossary.*$", chapter.markdown, maxsplit=1, flags=re.MULTILINE | re.IGNORECASE)
    rows = [line for line in part[-1].splitlines() if line.startswith("|")] if len(part) == 2 else []
    if len(rows) < 5:
        return ["the glossary has fewer than three terms"]
    complaints = (
        [] if re.search("english.*chinese", rows[0], re.IGNORECASE) else ["its columns are not English, Chinese"]
    )
    return complaints + [f"no Chinese term in {row!r}" for row in rows[2:] if not CHINESE.search(row)]


def exercises_and_quiz(chapter):
    """Four exercises and a quiz; the capstone has a library, its tests and a memo instead: it teaches nothing new."""
    if chapter.number == CAPSTONE:
        calls = ("capstone.library(", "test_suite(", "memo.check_memo(")
        return [f"the capstone does not call {call}...)" for call in calls if call not in chapter.sources]
    wanted = 1 if chapter.number == "00" else 4
    names = set(re.findall(r"\bex\.(\w+)\.check\(", chapter.sources))
    complaints = [] if len(names) >= wanted else [f"{len(names)} exercise checks, at least {wanted} are wanted"]
    quizzes = re.findall(r"\bQuiz\((\d+)", chapter.sources)
    if [int(number) for number in quizzes] != [int(chapter.number)]:
        complaints.append(f"one Quiz({int(chapter.number)}) is wanted, found {quizzes}")
    return complaints


def known_tags(chapter):
    """A misspelt tag would switch a check off without a word."""
    return [
        f"cell {i} has the unknown tag {tag!r}"
        for i, cell in chapter.code
        for tag in tags(cell)
        if tag not in KNOWN_TAGS
    ]


def executed(chapter):
    """nbval compares nothing in a cell without a count or without an output."""
    complaints = [f"cell {i} was not run" for i, cell in chapter.code if cell.execution_count is None]
    return complaints + [
        f"cell {i} is tagged nbval-check-output but shows nothing"
        for i, cell in chapter.code
        if "nbval-check-output" in tags(cell) and not cell.outputs
    ]


def checked_share(chapter):
    printing = [cell for _, cell in chapter.code if is_printing(cell)]
    checked = [cell for cell in printing if "nbval-check-output" in tags(cell)]
    if len(checked) >= CHECKED_SHARE * len(printing):
        return []
    return [f"{len(checked)} of {len(printing)} printing cells are tagged nbval-check-output, not {CHECKED_SHARE:.0%}"]


def noise(output):
    """What should not be in an output: an error, a warning, anything on the error stream; None when it is quiet."""
    text = shown_text(output).strip()
    if output.output_type == "error":
        return f"shows an error: {text[:80]}"
    if output.get("name") == "stderr":
        return f"writes to stderr: {text[:80]}"
    return f"shows a warning: {text[:80]}" if "Warning" in text else None


def quiet(chapter):
    """Nothing in the stored outputs that `noise` finds; `measuring` asks the same of every fresh run."""
    return [f"cell {i} {found}" for i, cell in chapter.code for output in cell.outputs if (found := noise(output))]


def impersonal(chapter):
    """Nothing of the author's machine, in sources, outputs or metadata."""
    texts = [("the metadata", str(dict(chapter.notebook.metadata)))]
    for i, cell in enumerate(chapter.notebook.cells):
        texts.append((f"cell {i}", cell.source))
        texts += [(f"the output of cell {i}", shown_text(output)) for output in cell.get("outputs", [])]
    return [
        f"{where} holds {what}: {found[0]!r}"
        for where, text in texts
        for what, pattern in PERSONAL.items()
        if (found := pattern.search(text))
    ]


class Images(HTMLParser):
    """Collects the `alt` of every `<img>`, and whether an `<svg>` or `<canvas>` has a name."""

    def __init__(self, text):
        super().__init__()
        self.descriptions = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "img":
            self.descriptions.append(attributes.get("alt") or "")
        elif tag in ("svg", "canvas"):
            self.descriptions.append(attributes.get("aria-label") or "")


def described(chapter):
    """Every picture says in words what it shows.

    The picture of an output stands in HTML, as `<img alt="...">`: of an image/png with a sentence as plain text beside
    it, JupyterLab shows the picture and a screen reader gets nothing.
    """
    complaints = []
    for i, cell in chapter.code:
        for output in cell.outputs:
            data = output.get("data", {})
            descriptions = Images(data.get("text/html", "")).descriptions
            if not descriptions and any(kind.startswith("image/") for kind in data):
                complaints.append(f"a picture of cell {i} is not an <img alt>, so it is not read out")
            complaints += [
                f"a picture of cell {i} has no description, or too short a one: {text!r}"
                for text in descriptions
                if len(text) < SHORTEST_DESCRIPTION
            ]
            if "application/vnd.jupyter.widget-view+json" in data:
                complaints.append(f"cell {i} stores a widget's view, which shows nothing before the first run")
    for i, cell in enumerate(chapter.notebook.cells):
        if cell.cell_type == "markdown":
            pictures = re.findall(r"!\[(.*?)\]\(", cell.source) + Images(cell.source).descriptions
            complaints += [
                f"a picture of cell {i} has no description" for text in pictures if len(text) < SHORTEST_DESCRIPTION
            ]
    return complaints


def chapters_named(chapter):
    """A chapter that is mentioned exists, and has the title and the file of the one table of titles, on the map.

    After "chapter N, " a capital letter begins the title; another sentence is to be turned round.
    """
    from course_lib.widgets.course_map import CHAPTERS

    text = " ".join(chapter.markdown.split())
    complaints = [
        f"there is no chapter {number}"
        for number in re.findall(r"\b[Cc]hapters? (\d+)", text)
        if int(number) not in CHAPTERS
    ]
    for named in re.finditer(r"(?:\b[Cc]hapter (\d+), |# Chapter (\d+)\. )(?=[A-Z])", text):
        number, rest = int(named[1] or named[2]), text[named.end() :]
        title = CHAPTERS.get(number)
        if title and not re.match(re.escape(title) + r"(?!\w)", rest):
            complaints.append(f"chapter {number} is called {title!r}, not {rest[: len(title)]!r}")
    for number, target in re.findall(r"\[[Cc]hapter (\d+)[^]]*\]\(([^)]*)\)", text):
        if not target.startswith(f"{int(number):02d}_"):
            complaints.append(f"chapter {number} is linked to {target}")
    return complaints


def narrow(chapter):
    """Lines that fit beside a half-open side bar."""
    complaints = []
    for i, cell in chapter.code:
        printed = [shown_text(output) for output in cell.outputs if output.output_type == "stream"]
        for what, text in [("source", cell.source), *(("output", text) for text in printed)]:
            widest = max((len(line) for line in text.splitlines()), default=0)
            if widest > WIDEST:
                complaints.append(f"the {what} of cell {i} is {widest} characters wide, {WIDEST} are the limit")
    return complaints


def tidy_metadata(chapter):
    """No widget state and no timings: they change with every run."""
    complaints = ["widget state is stored"] if "widgets" in chapter.notebook.metadata else []
    return complaints + [f"cell {i} stores its timings" for i, cell in chapter.code if "execution" in cell.metadata]


RULES = (
    one_title,
    promise,
    sections,
    guessing_and_seeing,
    glossary,
    exercises_and_quiz,
    known_tags,
    executed,
    checked_share,
    quiet,
    impersonal,
    described,
    chapters_named,
    narrow,
    tidy_metadata,
)
