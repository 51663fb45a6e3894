"""Show a function's source in a notebook, from the library itself, so that text and code cannot drift apart."""

import inspect
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Source:
    """The source of one or more functions, highlighted by JupyterLab in its own theme."""

    def __init__(self, text, place):
        self.text, self.place = text, place

    def __repr__(self):
        return f"# {self.place}\n{self.text}"

    def _repr_markdown_(self):
        return f"```python\n{self!r}\n```"


def show_source(*functions):
    """Return the source of `functions` for display, headed by the file they live in."""
    text = "\n\n\n".join(textwrap.dedent(inspect.getsource(f)).rstrip() for f in functions)
    path = Path(inspect.getsourcefile(functions[0]))
    place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return Source(text, place)
