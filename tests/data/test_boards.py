"""The board crops: the real file, the way from the original archive (served from this computer), damage, simulator."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from course_lib import data
from course_lib.data import boards, download
from course_lib.data.catalogue import BOARDS, Address
from course_lib.data.download import array_digest, fetch
from tests.data.conftest import left_in
from tests.environment import data_folder
from tests.notebooks.claims import claims

HERE = data_folder() and (data_folder() / BOARDS.folder)
real = pytest.mark.skipif(
    not (HERE and (HERE / "deeppcb28.npz").is_file()), reason="the board crops are not on this computer (COURSE_DATA)"
)
samples = pytest.mark.skipif(
    not (HERE and (HERE / "original_samples").is_dir()), reason="the original samples are not on this computer"
)


@pytest.fixture(scope="module")
def crops():
    return data.load_boards()


# ---------------------------------------------------------------- the real crops
@real
def test_numbers_of_the_file(crops):
    train, test = crops
    assert train.x.shape == (7861, 28, 28, 1) and test.x.shape == (3638, 28, 28, 1)
    assert train.x.dtype == np.float32 and train.source == "real" and train.class_names[0] == "ok"
    assert np.bincount(train.y).tolist() == [988, 1283, 1028, 1379, 1142, 1010, 1031]
    assert np.bincount(test.y).tolist() == [498, 659, 478, 586, 483, 464, 470]
    grey = np.unique(train.x)
    np.testing.assert_allclose(grey, np.array([0, 64, 128, 191, 255]) / 255, atol=1e-7)
    assert len(np.unique(train.groups)) == 1000 and not set(train.groups) & set(test.groups)


@claims("06", "Nine equal crops among 3,638")
@real
def test_nine_test_crops_are_equal_to_a_training_crop_as_the_datasheet_says(crops):
    train, test = crops
    known = {crop.tobytes() for crop in train.x}
    assert sum(crop.tobytes() in known for crop in test.x) == 9
    sheet = BOARDS.datasheet()
    assert "9 " in sheet and "MIT License" in sheet or "Permission is hereby granted" in sheet


@real
def test_a_split_by_image_is_honest_and_a_split_by_crop_leaks(crops):
    train, _test = crops
    fitted, validation = data.split_by_group(train, (0.8, 0.2), rng=0, stratify=False)
    assert not set(fitted.groups) & set(validation.groups) and len(fitted) + len(validation) == len(train)
    order = np.random.default_rng(0).permutation(len(train))
    by_crop = train.rows(order[:6000]), train.rows(order[6000:])
    assert set(by_crop[0].groups) & set(by_crop[1].groups)
    assert data.leaks(fitted, validation) == []
    assert "board image" in data.leaks(*by_crop)[0]


# ---------------------------------------------------------------- from the original archive
def original(changes=(), apart=1):
    """A zip like the repository's, made of the five samples, `apart` lines of test.txt from one to the next."""
    folder = HERE / "original_samples"
    names = ["20085291", "50600061", "90100037", "12100058", "12300072"]  # in the order of the original list
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        members = {}
        for name in names:
            base = f"DeepPCB-08e98c4/PCBData/group{name[:5]}/{name[:5]}"
            members[f"{base}/{name}_test.jpg"] = (folder / f"{name}_test.jpg").read_bytes()
            members[f"{base}_not/{name}.txt"] = (folder / f"{name}.txt").read_bytes()

        def line(name):
            return f"group{name[:5]}/{name[:5]}/{name}.jpg group{name[:5]}/{name[:5]}_not/{name}.txt"

        # the number of the line decides which window is "ok"; between the five stands the first image again
        lines = [line(names[n // apart]) if n % apart == 0 else line(names[0]) for n in range(4 * apart + 1)]
        members["DeepPCB-08e98c4/PCBData/test.txt"] = "\n".join(lines).encode()
        members["DeepPCB-08e98c4/PCBData/trainval.txt"] = line(names[0]).encode()
        members |= dict(changes)
        for name, content in members.items():
            if content is not None:
                z.writestr(name, content)
    return out.getvalue()


@pytest.fixture(scope="module")
def archive():
    return original()


@pytest.fixture(scope="module")
def wanted(archive):
    """The arrays that the crop rule makes of this archive."""
    return boards.crops_of(zipfile.ZipFile(io.BytesIO(archive)))


@pytest.fixture
def served(shelf, cache, wanted, monkeypatch):
    """The catalogue's entry with this server's address and the checksums of the small archive's arrays."""
    digests = tuple(sorted((name, array_digest(array)) for name, array in wanted.items()))
    file = replace(BOARDS.files[0], addresses=(Address(shelf.url("/archive.zip")),), arrays=digests)
    monkeypatch.setattr(boards, "BOARDS", replace(BOARDS, files=(file,)))
    monkeypatch.setattr(boards, "BOARD_ARRAYS", digests)
    return shelf


@real
@samples
def test_the_rule_makes_the_rows_of_the_real_file():
    """For the five images that we have, every crop of the file, the window without a defect included.

    They are lines 1, 101, 201, 301 and 401 of the original test.txt.
    """
    wanted = boards.crops_of(zipfile.ZipFile(io.BytesIO(original(apart=100))))
    with np.load(HERE / "deeppcb28.npz", allow_pickle=False) as file:
        compared = 0
        for n in (0, 100, 200, 300, 400):
            ours, theirs = wanted["image_test"] == n, file["image_test"] == n
            assert theirs.sum() > 1
            for name in ("x_test", "y_test", "group_test"):
                np.testing.assert_array_equal(wanted[name][ours], file[name][theirs], err_msg=f"{name}, image {n}")
            compared += int(theirs.sum())
    assert compared >= 30


@samples
def test_the_archive_is_downloaded_once_checked_and_kept_as_the_small_file(served, cache, archive, wanted):
    served.pages["/archive.zip"] = archive
    train, test = data.load_boards()
    np.testing.assert_array_equal(test.y, wanted["y_test"])
    np.testing.assert_allclose(test.x[..., 0] * 255, wanted["x_test"], atol=1e-4)
    assert left_in(cache) == ["deeppcb28/deeppcb28.npz"]
    data.load_boards()
    assert served.asked == ["/archive.zip"]


def damaged(archive, kind):
    if kind == "cut in half":
        return archive[: len(archive) // 2]
    if kind == "a byte altered":
        content = bytearray(archive)
        content[len(content) // 3] ^= 0xFF
        return bytes(content)
    if kind == "no zip":
        return b"<html>Please log in</html>"
    z = zipfile.ZipFile(io.BytesIO(archive))
    name = next(n for n in z.namelist() if n.endswith("_test.jpg"))
    boxes = name.replace("/20085/", "/20085_not/").replace("_test.jpg", ".txt")
    far = {n.replace("group20085", "group99999999999"): z.read(n) for n in z.namelist() if "group20085" in n}
    return original(
        {
            "a kind that is none": {boxes: b"10 10 40 40 300\n"},
            "a box too short": {boxes: b"10 10 40 1\n"},
            "boxes without end": {boxes: b"10 10 40 40 1\n" * (boards.MOST_CROPS + 1)},
            "a group too large": far
            | {
                "DeepPCB-08e98c4/PCBData/trainval.txt": z.read("DeepPCB-08e98c4/PCBData/trainval.txt").replace(
                    b"group20085", b"group99999999999"
                )
            },
            "an image is missing": {name: None},
            "an image is no image": {name: b"\xff\xd8 not a picture"},
            "an image swells": {name: b"\x00" * (boards.LARGEST_MEMBER + 1)},
            "a list is broken": {"DeepPCB-08e98c4/PCBData/test.txt": b"oneword\n"},
            "another list": {"DeepPCB-08e98c4/PCBData/trainval.txt": None},
        }[kind]
    )


DAMAGES = {
    "cut in half": "no whole zip archive",
    "a byte altered": "no whole zip archive|damaged|not the expected ones",
    "no zip": "no whole zip archive",
    "an image is missing": "not complete",
    "an image is no image": "damaged",
    "an image swells": "far too large",
    "a kind that is none": "damaged .*no box",
    "a box too short": "damaged .*no box",
    "boxes without end": "more than 20000 crops",
    "a group too large": "damaged",
    "a list is broken": "damaged",
    "another list": "not complete",
}


@samples
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_archive_is_refused_and_the_cache_stays_clean(kind, served, cache, archive):
    served.pages["/archive.zip"] = damaged(archive, kind)
    with pytest.raises(data.DataUnavailable, match=DAMAGES[kind]):
        data.load_boards()
    assert left_in(cache) == []
    served.pages["/archive.zip"] = archive  # the second try works
    assert len(data.load_boards()[1]) > 30


@samples
def test_other_crops_than_expected_are_refused_with_the_likely_reason(served, cache, archive, monkeypatch):
    served.pages["/archive.zip"] = archive
    digests = tuple((name, "0" * 64 if name == "x_test" else digest) for name, digest in boards.BOARD_ARRAYS)
    monkeypatch.setattr(boards, "BOARD_ARRAYS", digests)
    with pytest.raises(data.DataUnavailable, match="'x_test' differs.*decodes JPEG differently"):
        data.load_boards()
    assert left_in(cache) == []


@samples
def test_names_in_the_archive_lead_nowhere(served, cache, wanted):
    """Nothing is unpacked, so a name with dots writes no file."""
    served.pages["/archive.zip"] = original({"../../../evil.txt": b"x", "/absolute.txt": b"x"})
    data.load_boards()
    assert left_in(cache) == ["deeppcb28/deeppcb28.npz"] and not list(cache.parent.rglob("*evil*"))


# ---------------------------------------------------------------- a file in the cache that is not the right one
def npz(**arrays):
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


@samples
@pytest.mark.parametrize("kind", ["pickled", "other arrays", "one array more", "not an npz", "swollen"])
def test_a_wrong_file_is_never_used(kind, served, cache, archive, wanted, monkeypatch):
    content = {
        "pickled": lambda: npz(**wanted | {"class_names": np.array([{"a": 1}], dtype=object)}),
        "other arrays": lambda: npz(**wanted | {"y_test": wanted["y_test"][::-1]}),
        "one array more": lambda: npz(**wanted, extra=np.zeros(3)),
        "not an npz": lambda: b"PK not really",
        "swollen": lambda: npz(**wanted | {"x_test": np.zeros(download.LARGEST + 1, np.uint8)}),
    }[kind]()
    (cache / "deeppcb28").mkdir(parents=True)
    (cache / "deeppcb28" / "deeppcb28.npz").write_bytes(content)
    read = []
    monkeypatch.setattr(download, "array_digest", lambda array: read.append(array.nbytes) or array_digest(array))
    served.pages["/archive.zip"] = archive
    assert len(data.load_boards()[1]) > 30  # downloaded again
    assert served.asked == ["/archive.zip"] and max(read, default=0) < download.LARGEST


def test_offline_and_absent_one_message_and_the_simulator_goes_on(cache, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(data.DataUnavailable, match="deeppcb28.npz"):
        fetch(BOARDS, build=boards.build_boards)
    train, test = data.load("boards", source="available")
    assert train.source == test.source == "simulated" and "simulated" in capsys.readouterr().out


# ---------------------------------------------------------------- the simulator
def test_simulated_boards():
    train, test = data.load("boards", source="simulated", per_class=20, test_per_class=10)
    again, _test = boards.simulate_boards(20, 10)
    np.testing.assert_array_equal(train.x, again.x)
    assert train.x.shape == (140, 28, 28, 1) and np.bincount(test.y).tolist() == [10] * 7
    assert train.class_names == tuple(boards.BOARD_CLASSES) and not set(train.groups) & set(test.groups)
    other, _test = boards.simulate_boards(20, 10, rng=1)
    assert not np.array_equal(train.x, other.x)
    for bad in ({"per_class": 0}, {"per_class": 2.5}, {"test_per_class": -1}):
        with pytest.raises((ValueError, TypeError), match=next(iter(bad))):
            boards.simulate_boards(**bad)


def test_a_network_learns_from_simulated_boards():
    from sklearn.svm import SVC

    train, test = boards.simulate_boards(60, 30, rng=0)
    score = SVC(C=10).fit(train.x.reshape(len(train), -1), train.y).score(test.x.reshape(len(test), -1), test.y)
    print(f"an SVM reaches {score:.0%} on simulated boards")
    assert score > 0.3  # guessing: 14 %
