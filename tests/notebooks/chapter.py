"""One chapter as the checks see it: its text pair, its notebook, and the questions every check asks."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat

from tests.environment import NOTEBOOKS
from tests.notebooks.regenerate import text_pairs

DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+")
FORMULA = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)


@dataclass
class Chapter:
    """The notebook at `path` (already read as `notebook`) and its number, `"01"`."""

    path: Path
    notebook: nbformat.NotebookNode

    @classmethod
    def read(cls, path):
        return cls(path, nbformat.read(path, as_version=4))

    @property
    def number(self):
        return self.path.name[:2]

    @property
    def code(self):
        """`(position, cell)` of the code cells that hold code."""
        return [(i, c) for i, c in enumerate(self.notebook.cells) if c.cell_type == "code" and c.source.strip()]

    @property
    def sources(self):
        return "\n".join(cell.source for _, cell in self.code)

    @cached_property
    def markdown(self):
        """All prose without fenced code blocks."""
        text = "\n\n".join(c.source for c in self.notebook.cells if c.cell_type == "markdown")
        return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)

    @property
    def headings(self):
        """`(level, text)` of every heading."""
        found = re.findall(r"^(#{1,6})\s+(.+?)\s*$", self.markdown, re.MULTILINE)
        return [(len(marks), text) for marks, text in found]

    @property
    def formulas(self):
        """The displayed formulas, as `normal` writes them."""
        return [normal(formula) for formula in FORMULA.findall(self.markdown)]


def normal(latex):
    """LaTeX without white space, so that a line break does not make another formula of it."""
    return re.sub(r"\s+", "", latex.strip().strip("$"))


def tags(cell):
    return cell.metadata.get("tags", [])


def shown_text(output):
    """The text in an output, as a reader or a screen reader gets it; pictures inside HTML are left out."""
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    parts = [v for k, v in output.get("data", {}).items() if k.startswith("text/") and isinstance(v, str)]
    return DATA_URI.sub("", "\n".join(parts))


def is_printing(cell):
    """Whether a cell shows plain text: prints, or shows a value that is neither a picture, a widget nor HTML."""
    return any(
        output.output_type == "stream" or set(output.get("data", {})) == {"text/plain"} for output in cell.outputs
    )


def chapter_paths(notebooks=NOTEBOOKS):
    """The notebooks that should be there: one for each text pair."""
    return [notebook for _, notebook in text_pairs(notebooks)]
