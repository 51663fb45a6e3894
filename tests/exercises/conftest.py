import pytest

from course_lib.exercises.exercise import PASSED


@pytest.fixture(autouse=True)
def progress_file(tmp_path, monkeypatch):
    """Every test has a progress file and a session of its own."""
    file = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    before = dict(PASSED)
    PASSED.clear()
    yield file
    PASSED.clear()
    PASSED.update(before)
