"""C-MAPSS FD001 as it is (where it is), made in small (everywhere), truncated, edited, and from an archive in one."""

import hashlib
import io
import os
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from course_lib import data
from course_lib.data import turbofan
from course_lib.data.catalogue import TURBOFAN, Address, DataFile
from course_lib.data.turbofan import remaining_life
from tests.data.conftest import archive, left_in
from tests.environment import data_folder
from tests.notebooks.claims import claims

HERE = data_folder() and (data_folder() / TURBOFAN.folder)
real = pytest.mark.skipif(
    not (HERE and all((HERE / file.name).is_file() for file in TURBOFAN.files)),
    reason="the C-MAPSS files are not on this computer (COURSE_DATA)",
)
USUAL = (2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21)  # the 14 sensors of the literature
CONSTANT = (1, 5, 10, 16, 18, 19)
FOLDER_INSIDE = "6. Turbofan Engine Degradation Simulation Data Set/CMAPSSData.zip"


@pytest.fixture(scope="module")
def runs():
    return data.load_turbofan()


def last_rows(runs):
    return np.append(runs.groups[1:] != runs.groups[:-1], True)


@real
def test_the_files_are_those_of_the_catalogue():
    for file in TURBOFAN.files:
        content = (HERE / file.name).read_bytes()
        assert len(content) == file.size and hashlib.sha256(content).hexdigest() == file.sha256


@claims("08", "100 engines run to failure, 100 others")
@real
def test_numbers_of_the_files(runs):
    train, test = runs
    assert train.x.shape == (20_631, 24) and test.x.shape == (13_096, 24)
    assert train.x.dtype == np.float64 and train.y.dtype.kind == "i" and train.source == "real"
    lives, seen = train.cycle[last_rows(train)], test.cycle[last_rows(test)]
    assert (len(lives), lives.min(), lives.max(), round(lives.mean(), 1)) == (100, 128, 362, 206.3)
    assert (len(seen), seen.min(), seen.max()) == (100, 31, 303)
    assert np.all(train.y[last_rows(train)] == 0) and train.y.max() == 361
    left = test.y[last_rows(test)]
    assert (left.min(), left.max(), left.mean()) == (7, 145, 75.52) and left[:3].tolist() == [112, 98, 69]
    assert np.array_equal(np.unique(train.groups), np.arange(1, 101))
    assert np.array_equal(np.unique(test.groups), np.arange(101, 201))
    assert np.isfinite(train.x).all() and np.isfinite(test.x).all()


@real
def test_columns_have_the_values_that_their_meaning_asks_for(runs):
    train, _test = runs
    first = dict(zip(train.feature_names, train.x[0], strict=True))
    assert (first["T2"], first["T24"], first["P2"], first["epr"]) == (518.67, 641.82, 14.62, 1.3)
    assert abs(first["T2"] / 1.8 - 288.15) < 1e-9  # °R: 15 °C, the standard day at sea level
    assert first["Nf_dmd"] == 2388 and abs(first["Nf"] - 2388) < 1
    assert abs(first["P30"] - 554.36) < 1e-9 and abs(first["W32"] - 23.4190) < 1e-9
    assert train.labels[3:6] == ("T2 [°R]", "T24 [°R]", "T30 [°R]")


@real
def test_the_datasheet_tells_the_columns_that_never_change_and_the_usual_ones_follow_the_life(runs):
    train, _test = runs
    never = {2 + s for s in CONSTANT} | {2}  # setting 3 is column 2, sensor s is column 2 + s
    assert {i for i in range(24) if np.ptp(train.x[:, i]) == 0} == never
    assert len(np.unique(train.x[:, 2 + 6])) == 2
    assert data.informative_columns(train) == [2 + s for s in USUAL]
    described = [c.meaning for c in TURBOFAN.columns[2:]]
    assert {i for i, text in enumerate(described) if "constant" in text or "always" in text} == never


@real
def test_the_usual_preparation_gives_the_figures_of_the_literature(runs):
    train, test = runs
    w = data.windows(train, 30)
    assert w.x.shape == (17_731, 30, 24) and w.y.max() == 125 and w.y.min() == 0
    assert len(data.last_windows(test, 30)) == 100
    assert np.array_equal(data.last_windows(test, 30).y, test.y[last_rows(test)])
    parts = data.prepare_engines(train, test)
    assert data.leaks(*parts) == [] and parts[0].x.shape[1:] == (30, 14)


@real
def test_ridge_is_at_the_figure_of_the_design_and_far_below_the_mean(runs):
    """RMSE 16.0 with window 30, cap 125 and 14 sensors, against 41.9 for the mean: nothing is shifted or leaked."""
    train, test = (part.columns(data.informative_columns(runs[0])) for part in runs)
    scaler = data.Standardizer().fit(train)
    w, last = data.windows(scaler.transform(train)), data.last_windows(scaler.transform(test))
    x, centre = w.x.reshape(len(w), -1), w.x.reshape(len(w), -1).mean(axis=0)
    a = (x - centre).T @ (x - centre) + 100 * np.eye(x.shape[1])
    weights = np.linalg.solve(a, (x - centre).T @ (w.y - w.y.mean()))
    predicted = np.clip((last.x.reshape(100, -1) - centre) @ weights + w.y.mean(), 0, 125)
    assert abs(np.sqrt(np.mean((predicted - last.y) ** 2)) - 16.0) < 0.1
    assert abs(np.sqrt(np.mean((w.y.mean() - last.y) ** 2)) - 41.9) < 0.1


def test_the_datasheet_says_that_the_data_are_simulated():
    sheet = TURBOFAN.datasheet()
    assert "SIMULATED, not measured" in sheet and "no formal licence is declared" in sheet and "Saxena" in sheet
    assert "SIMULATED" in data.load_turbofan.__doc__
    assert len(TURBOFAN.columns) == 26


# --- the files in small: two engines that we can count by hand, served by this computer ---


def small_files(rng=0):
    """Two engines of 4 and 3 cycles in both files; the second two have 5 and 9 cycles left."""
    rng = np.random.default_rng(rng)
    keys = np.array([[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [2, 3]])
    rows = [np.column_stack([keys, rng.normal(500, 9, (7, 24)).round(2)]) for _file in range(2)]
    text = ["".join(" ".join(f"{v:g}" for v in row) + "  \n" for row in part) for part in rows]
    return {"train_FD001.txt": text[0], "test_FD001.txt": text[1], "RUL_FD001.txt": "5 \n9 \n"}, rows


def serve(monkeypatch, *addresses):
    """Put small files in the place of NASA's; `addresses` gives for a file name its addresses."""
    files, rows = small_files()
    entries = tuple(
        DataFile(name, hashlib.sha256(text.encode()).hexdigest(), len(text), tuple(a(name) for a in addresses))
        for name, text in files.items()
    )
    monkeypatch.setattr(turbofan, "TURBOFAN", replace(TURBOFAN, files=entries))
    return files, rows


def zip_in_zip(files):
    return archive(**{FOLDER_INSIDE: archive(**files), "readme.txt": b"x"})


def test_the_files_come_from_the_archive_in_nasas_archive_by_one_download(shelf, cache, monkeypatch):
    files, rows = serve(
        monkeypatch,
        lambda name: Address(shelf.url("/nasa.zip"), member=name, inside=TURBOFAN.files[0].addresses[0].inside),
    )
    shelf.pages["/nasa.zip"] = zip_in_zip(files)
    train, test = data.load_turbofan()
    assert shelf.asked == ["/nasa.zip"]
    assert np.array_equal(train.x, rows[0][:, 2:]) and np.array_equal(test.x, rows[1][:, 2:])
    assert train.y.tolist() == [3, 2, 1, 0, 2, 1, 0] and test.y.tolist() == [8, 7, 6, 5, 11, 10, 9]
    assert train.groups.tolist() == [1] * 4 + [2] * 3 and test.groups.tolist() == [101] * 4 + [102] * 3
    assert train.cycle.tolist() == [1, 2, 3, 4, 1, 2, 3]
    data.load_turbofan()
    assert len(shelf.asked) == 1 and len(left_in(cache)) == 3


def test_the_copy_is_used_where_nasa_does_not_answer(shelf, cache, monkeypatch):
    files, rows = serve(
        monkeypatch,
        lambda name: Address(shelf.url("/gone.zip"), member=name, inside=FOLDER_INSIDE),
        lambda name: Address(shelf.url(f"/copy/{name}")),
    )
    shelf.pages |= {f"/copy/{name}": text.encode() for name, text in files.items()}
    assert np.array_equal(data.load_turbofan()[0].x, rows[0][:, 2:])


@pytest.mark.parametrize("file", [file.name for file in TURBOFAN.files])
@pytest.mark.parametrize("damage", ["truncated", "edited"])
@pytest.mark.parametrize("place", ["cache", "COURSE_DATA"])
def test_a_truncated_or_edited_file_is_refused_and_nothing_stays(place, damage, file, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    files, _rows = serve(monkeypatch, lambda name: Address("http://127.0.0.1:9/nasa.zip", name, FOLDER_INSIDE))
    home = {"cache": cache, "COURSE_DATA": tmp_path / "data"}[place] / TURBOFAN.folder
    home.mkdir(parents=True)
    if place == "COURSE_DATA":
        monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    for name, text in files.items():
        (home / name).write_text(text)
    assert len(data.load_turbofan()[0]) == 7  # whole, they are used

    text = files[file]
    (home / file).write_text(text[:-2] if damage == "truncated" else text[:-3] + "1" + text[-2:])
    with pytest.raises(data.DataUnavailable) as caught:
        data.load_turbofan()
    sentence = {"truncated": f"bytes where {len(text)} were expected", "edited": "its sha256 differs"}[damage]
    assert file in str(caught.value) and sentence in str(caught.value) and "FD001" in str(caught.value)
    assert "CMAPSSData.zip out of the archive" in str(caught.value)
    if place == "cache":
        assert not (home / file).exists()
    else:
        assert left_in(cache) == []


WRONG_ARCHIVES = {
    "no inner archive": (archive(other=b"x"), "holds no file 6. Turbofan Engine"),
    "inner archive without the file": (
        archive(**{FOLDER_INSIDE: archive(other=b"x")}),
        "holds no file train_FD001.txt",
    ),
    "inner archive that is none": (archive(**{FOLDER_INSIDE: b"<html>log in</html>"}), "no whole zip archive"),
    "inner archive cut in half": (archive(**{FOLDER_INSIDE: archive(other=b"x" * 999)[:60]}), "no whole zip archive"),
    "edited file inside": (zip_in_zip({"train_FD001.txt": "1 1 0 0"}), "sha256 differs"),
}


@pytest.mark.parametrize("case", WRONG_ARCHIVES)
def test_wrong_archives_leave_nothing(case, shelf, cache, monkeypatch):
    serve(monkeypatch, lambda name: Address(shelf.url("/nasa.zip"), member=name, inside=FOLDER_INSIDE))
    shelf.pages["/nasa.zip"], sentence = WRONG_ARCHIVES[case]
    with pytest.raises(data.DataUnavailable, match=sentence):
        data.load_turbofan()
    assert left_in(cache) == []


def test_a_file_that_comes_along_in_the_archive_is_checked_too(shelf, cache, monkeypatch):
    files, _rows = serve(monkeypatch, lambda name: Address(shelf.url("/nasa.zip"), member=name, inside=FOLDER_INSIDE))
    shelf.pages["/nasa.zip"] = zip_in_zip(files | {"RUL_FD001.txt": "5 \n8 \n"})
    data.fetch(turbofan.TURBOFAN, "train_FD001.txt")
    assert left_in(cache) == [os.path.join(TURBOFAN.folder, f) for f in ("test_FD001.txt", "train_FD001.txt")]
    with pytest.raises(data.DataUnavailable, match="sha256 differs"):
        data.load_turbofan()


def test_an_inner_archive_that_swells_is_not_unpacked(shelf, cache, monkeypatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(FOLDER_INSIDE, bytes(3_000_000))
    serve(monkeypatch, lambda name: Address(shelf.url("/nasa.zip"), member=name, inside=FOLDER_INSIDE))
    shelf.pages["/nasa.zip"] = out.getvalue()
    monkeypatch.setattr("course_lib.data.download.LARGEST", 1_000_000)
    read = []
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: read.append(n) or b"")
    with pytest.raises(data.DataUnavailable, match="no whole zip archive"):
        data.load_turbofan()
    assert read == [] and left_in(cache) == []


def test_remaining_life_by_hand():
    engine, cycle = np.array([7, 7, 7, 3, 3]), np.array([1, 2, 3, 1, 2])
    assert remaining_life(engine, cycle).tolist() == [2, 1, 0, 1, 0]
    assert remaining_life(engine, cycle, at_the_end=np.array([10, 20])).tolist() == [22, 21, 20, 11, 10]


def test_available_falls_back_to_the_simulator_with_the_same_structure(cache, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    train, test = data.load("turbofan", source="available")
    assert "cannot be had here, so these are simulated" in capsys.readouterr().out
    assert (train.source, test.source) == ("simulated", "simulated")
    assert [len(part) for part in data.prepare_engines(train, test)][2] == 100
