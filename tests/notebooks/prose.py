"""The sentences of a chapter, and which of them claim something that a run could refute.

A sentence of a markdown cell is a claim when it

- states a quantity: a number with a decimal point, with two digits or more, with a unit, "4 of 5", half, twice, ...
- or compares results: "... than", "as fast as", beats, wins, level, the same as, the best, never, always, ...

Not looked at: headings, tables, code, displayed formulas, the statements of exercises, the question under "Guess first"
(its answer is), the promise at the top, questions, and instructions ("Choose 0.1."). Numbers that are names do not
count: chapter 3, line 12, 64 bits, (Elkan, 2001), `code`, $x_2$.
"""

import re
from dataclasses import dataclass

from tests.notebooks.chapter import FORMULA

WORDS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty"
ONE = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?:{WORDS.replace(' ', '|')})\b)"
UNITS = (
    "% °C K s ms µs min minutes? seconds? hours? days? weeks? months? years? cycles? steps? epochs? times points? mm²? "
    "cm m km Nm kW MW kWh Hz kHz kB MB GB bytes? EUR t rpm pixels? dies parameters weights biases pictures boards "
    "wafers maps engines texts words letters samples rows failures parts classes lots tools runs operations"
)
QUANTITY = re.compile(
    rf"(?<![\w.])(?:\d+\.\d|\d+,\d\d\d|\d\d+(?![\w-])|{ONE}(?: (?:to|and|or|±) {ONE})? (?:(?:of|in) {ONE}"
    rf"|(?:{UNITS.replace(' ', '|')})(?!\w)))"
    r"|\b(?:twice|half|halves|doubles?|a (?:third|quarter|fifth|tenth)|hundreds|thousands?|millions?)\b",
    re.IGNORECASE,
)
COMPARISON = re.compile(
    r"\b(?:(?:more|less|better|worse|\w+er)\b[^.,;:]{0,30}? than|as (?!often|soon|long|far|well|you)\w+ as"
    r"|beats?|wins?|loses?|equals?|equal to|(?:is|are) (?:level|equal|better|worse|best|faster|slower|ahead)"
    r"|does not change|do not change|the same (?:as|answer|result|numbers?|network|loss)|agrees?"
    r"|(?<!we )(?:never|always)|the (?:best|worst|fewest|least|largest|smallest|fastest|slowest|highest|lowest))\b",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"\$[^$]*\$|`[^`]*`|\([^()]*\b(?:19|20)\d\d\)|\b\d+[ -]bits?\b|\bas before\b"
    r"|\b(?:chapters?|rows?|exercises?|cells?|lines?|split|kernel|figures?|column) \d+(?:(?:,| and| to| or) \d+)*",
    re.IGNORECASE,
)
INSTRUCTIONS = (
    "Add Ask Build Cap Check Choose Compare Count Do Divide Fill Give Keep Leave Let Look Lower Make Measure Move Play "
    "Press Promise Put Read Remedy: Remedies: Run Say Set Split Start Store Take Try Turn Use Watch Write"
).split()


@dataclass(frozen=True)
class Sentence:
    """A sentence in one line, without the marks of bold words, and the position of its cell."""

    text: str
    cell: int


def split(markdown):
    """The sentences of one cell."""
    text = re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)
    text = FORMULA.sub("", text)
    text = re.sub(r"\*\*Guess first[.:]\*\*.*?(?=<details>|\Z)", "", text, flags=re.DOTALL)
    text = re.sub(r"^### Exercise.*?(?=^#|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\*\*(?:You need first|Next|In \d+ minutes you will)\b.*?(?=\n\s*\n|\Z)", "", text, flags=re.DOTALL)
    text = re.sub(r"<details>.*?</summary>|<[^>]+>", "\n\n", text)
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)  # of a link its words
    text = "\n".join(line for line in text.splitlines() if not line.startswith(("#", "|")))
    found = []
    for part in re.split(r"\n\s*\n|\n(?=\s*(?:-|\d+\.)\s)", text):
        part = re.sub(r"^(?:-|\d+\.)\s+", "", " ".join(part.replace("**", "").split()))
        found += re.split(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bpp\.)[)\"*]*\s+(?=[\"*(]?[A-Z$`0-9])", part)
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def sentences(chapter):
    """Every `Sentence` of the chapter's prose."""
    cells = [(i, cell) for i, cell in enumerate(chapter.notebook.cells) if cell.cell_type == "markdown"]
    return [Sentence(text, i) for i, cell in cells for text in split(cell.source)]


def is_claim(text):
    if text.endswith("?") or text.split()[0].strip('"*(') in INSTRUCTIONS:
        return False
    bare = NAMES.sub("x", text)
    return bool(QUANTITY.search(bare) or COMPARISON.search(bare))
