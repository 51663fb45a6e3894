"""A disk that is really full: nothing half-written, a sentence, and the second try works."""

import json
import shutil

import pytest

from course_lib import exercises as ex
from course_lib.data import DataUnavailable
from course_lib.data.download import fetch
from course_lib.exercises import collect
from course_lib.experiments import write_result
from course_lib.files import write_whole
from tests.data.conftest import CONTENT, data_set, left_in
from tests.setup.test_start import FINISHED, course, start

__all__ = ["course"]


def right(z):
    return z * (z > 0)


@pytest.mark.parametrize("room", [0.5, 1.5], ids=["in the download", "where it is put in its place"])
def test_a_download(room, small_disk, shelf, cache, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(small_disk.path / "cache"))
    shelf.pages["/small.bin"] = CONTENT
    small_disk.fill(leave=int(room * len(CONTENT)))
    with pytest.raises(DataUnavailable, match="the disk is full"):
        fetch(data_set(shelf.url("/small.bin")))
    assert left_in(small_disk.path / "cache") == []
    small_disk.empty()
    assert fetch(data_set(shelf.url("/small.bin"))).read_bytes() == CONTENT


def test_progress_its_export_and_the_table_of_a_class(small_disk, monkeypatch, capsys):
    file = small_disk.path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    assert ex.relu.check(right).notes == []
    before = file.read_bytes()
    small_disk.fill()
    result = ex.relu.check(right)
    assert result.passed and "could not be saved" in result.notes[0] and "No space left" in result.notes[0]
    assert file.read_bytes() == before
    with pytest.raises(OSError, match=r"could not be written \(No space left on device\)"):
        ex.export_progress("Li Wei", folder=small_disk.path)
    assert left_in(small_disk.path) == ["ballast", "progress.json"]
    small_disk.empty()
    ex.export_progress("Li Wei", folder=small_disk.path)
    small_disk.fill()
    assert collect.main([str(small_disk.path)]) == 1 and "could not be written" in capsys.readouterr().out
    assert left_in(small_disk.path) == ["ballast", "progress.json", "progress_Li_Wei.json"]
    small_disk.empty()
    assert collect.main([str(small_disk.path)]) == 0
    assert ex.relu.check(right).notes == []


def test_the_result_of_a_long_run(small_disk):
    path = small_disk.path / "run.json"
    write_result({"loss": [0.5]}, path)
    small_disk.fill()
    with pytest.raises(OSError, match="No space left"):
        write_result({"loss": [0.25] * 1000}, path)
    assert json.loads(path.read_text()) == {"loss": [0.5]}
    assert left_in(small_disk.path) == ["ballast", "run.json"]


def test_a_trained_model(small_disk):
    keras = pytest.importorskip("keras")
    from course_lib.export import load_model, save_model

    model = keras.Sequential([keras.Input((100,)), keras.layers.Dense(500)])
    path = small_disk.path / "model.keras"
    small_disk.fill(leave=50_000)  # of the 200,000 that the weights take
    with pytest.raises(OSError, match=r"could not be written .* Nothing was changed there"):
        save_model(model, path)
    assert left_in(small_disk.path) == ["ballast"]
    small_disk.empty()
    assert save_model(model, path) > 200_000
    assert load_model(path).count_params() == model.count_params()


@pytest.mark.parametrize("small_disk", ["200m"], indirect=True)
def test_the_set_up(course, small_disk):
    """`start.py` on a disk with room for the course, not for its environment."""
    root = small_disk.path / course.name
    shutil.move(course, root)
    small_disk.fill(leave=12_000)
    failed = start(root, "test")
    assert failed.returncode == 1
    assert "The disk is full" in failed.stderr and "Traceback" not in failed.stderr
    assert not (root / ".course-env" / FINISHED).exists()
    small_disk.empty()
    again = start(root, "test")
    assert again.returncode == 0 and "TOOL" in again.stdout, again.stderr


def test_a_write_that_fails_half_way(tmp_path):
    path = tmp_path / "note.txt"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \N{SNOWMAN}", encoding="ascii")
    assert path.read_text() == "old" and left_in(tmp_path) == ["note.txt"]
