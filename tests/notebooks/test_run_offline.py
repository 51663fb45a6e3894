"""Every notebook with real data runs without them and without a network, too; beside `test_run.py` on another core."""

import pytest

from tests.notebooks.chapter import Chapter, tags
from tests.notebooks.test_run import CHAPTERS, nbval, problems, report


def uses_real_data(path):
    return path.exists() and any("real-data" in tags(cell) for _, cell in Chapter.read(path).code)


@pytest.mark.parametrize("path", [p for p in CHAPTERS if uses_real_data(p.values[0])])
def test_notebook_without_data_and_network(path, tmp_path, capsys):
    """The chapter goes on with simulated data; only what real data would have shown is not compared."""
    nowhere = {"COURSE_DATA": str(tmp_path / "nowhere"), "COURSE_CACHE": str(tmp_path / "cache"), "COURSE_OFFLINE": "1"}
    run = nbval(path, tmp_path, **nowhere)
    report(path, run, capsys, " offline")
    found = problems(run, path)
    assert not found, "\n".join(found)
