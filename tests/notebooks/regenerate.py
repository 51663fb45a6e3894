"""Make the notebooks from their text pairs by running them.

    python -m tests.notebooks.regenerate            every chapter
    python -m tests.notebooks.regenerate 01 04      these chapters
    python -m tests.notebooks.regenerate --words    only the words have changed: keeps the outputs, runs nothing

`notebooks/text/NN_title.py` is what people write and review; `notebooks/NN_title.ipynb` is what this makes of it. A
notebook with a failing cell is never written. Running it twice gives the same bytes where the outputs are the same.
"""

import argparse
import hashlib
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

import nbformat

from tests.environment import NOTEBOOKS, data_folder
from tests.notebooks.kernel import CellFailed, run_notebook

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_CELL_METADATA = ("tags", "jupyter", "editable", "deletable", "slideshow")


def text_pairs(notebooks=NOTEBOOKS, wanted=()):
    """`(text, notebook)` paths of the chapters whose name starts with one of `wanted` (all when none is given)."""
    text = notebooks / "text"
    paths = sorted(p for p in text.rglob("[0-9][0-9]_*.py") if not wanted or p.name.startswith(tuple(wanted)))
    return [(path, notebooks / path.relative_to(text).with_suffix(".ipynb")) for path in paths]


def from_text(path):
    """The notebook in the percent script `path`: no outputs, ids made from the content, nothing volatile."""
    import jupytext  # 2 s, and only needed here

    read = jupytext.read(path, fmt="py:percent")
    seen = Counter()
    cells = []
    for cell in read.cells:
        kind, source = cell.cell_type, cell.source
        metadata = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata}
        digest = hashlib.sha256(f"{kind}\n{source}".encode()).hexdigest()[:10]
        seen[digest] += 1
        identity = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        make = getattr(nbformat.v4, f"new_{kind}_cell")
        cells.append(make(source, metadata=metadata, id=identity))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def write(notebook, path):
    """Write `notebook` in one step: an interrupt leaves the old file."""
    nbformat.validate(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            nbformat.write(notebook, file)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def regenerate(text, notebook_path):
    """Run the chapter `text`, write `notebook_path` and return the `Run`; a `CellFailed` writes nothing."""
    notebook = from_text(text)
    run = run_notebook(notebook, folder=notebook_path.parent)
    write(notebook, notebook_path)
    return run


def rewrite(text, notebook_path):
    """Write `notebook_path` from `text` with the outputs it has; False, and nothing is written, where code differs."""
    if not notebook_path.exists():
        return False
    notebook, old = from_text(text), nbformat.read(notebook_path, 4)
    new_code, old_code = ([c for c in n.cells if c.cell_type == "code"] for n in (notebook, old))
    if [(c.id, c.metadata) for c in new_code] != [(c.id, c.metadata) for c in old_code]:
        return False
    for cell, known in zip(new_code, old_code, strict=True):
        cell.outputs, cell.execution_count = known.outputs, known.execution_count
    write(notebook, notebook_path)
    return True


def main(arguments=None, notebooks=NOTEBOOKS):
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks.regenerate", description=__doc__.split("\n\n")[0])
    parser.add_argument("chapters", nargs="*", metavar="NN", help="chapter numbers, as 01; all when none is given")
    parser.add_argument("--words", action="store_true", help="keep the outputs, where no code has changed")
    options = parser.parse_args(arguments)
    wanted = options.chapters
    pairs = text_pairs(notebooks, wanted)
    missing = [w for w in wanted if not any(text.name.startswith(w) for text, _ in pairs)]
    if missing or not pairs:
        sys.exit(f"no chapter text in {notebooks / 'text'} starts with {', '.join(missing) or 'two digits'}")
    if options.words:
        changed = [text.name for text, notebook_path in pairs if not rewrite(text, notebook_path)]
        for name in changed:
            print(f"{name}: NOT written, code has changed. Run it: python -m tests.notebooks.regenerate {name[:2]}")
        return min(len(changed), 1)
    if data_folder() is None:
        print("COURSE_DATA is not set: cells tagged real-data run on simulated data. Do not commit their outputs.")
    failed = 0
    for text, notebook_path in pairs:
        name = text.relative_to(notebooks / "text").with_suffix("")
        print(f"{name}: running ...", flush=True)
        try:
            run = regenerate(text, notebook_path)
        except CellFailed as error:
            failed += 1
            print(f"{name}: NOT written, {error}", flush=True)
        else:
            print(
                f"{name}: {run.seconds:.0f} s, kernel peak {run.peak_mb:.0f} MB, "
                f"slowest cell {run.slowest_cell} with {run.slowest_seconds:.1f} s",
                flush=True,
            )
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
