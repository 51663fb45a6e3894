"""The excavators' work orders: typed labels and rule-made labels of the same texts, and the split by text."""

import csv

import numpy as np
import pytest

from course_lib import data
from course_lib.data import work_orders
from course_lib.data.catalogue import WORK_ORDERS
from course_lib.data.download import fetch
from course_lib.data.work_orders import PLACE_CLASSES, SYSTEM_CLASSES, most_frequent, place_group, read_work_orders
from tests.data.real import linear_svm, real_data
from tests.notebooks.claims import claims

real = real_data(WORK_ORDERS)
COUNTS = [774, 625, 397, 357, 354, 283, 236, 200, 176, 170, 150, 105, 103, 98]


@pytest.fixture(scope="module")
def typed():
    return data.load("work_orders")


@pytest.fixture(scope="module")
def ruled():
    return data.load("work_orders", label="MajorSystem")


@real
def test_sizes_and_classes(typed, ruled):
    assert [len(part) for part in typed] == [2816, 395, 817] and [len(part) for part in ruled] == [1461, 198, 411]
    assert typed[0].class_names == PLACE_CLASSES and ruled[0].class_names == SYSTEM_CLASSES
    assert len(PLACE_CLASSES) == len(np.unique(typed[0].y)) == 14 and len(np.unique(ruled[2].y)) == 9
    assert sum(np.bincount(part.y, minlength=14) for part in typed).tolist() == COUNTS
    assert typed[0].source == "real"


@claims("09", "Every text is there once, and in one part only")
@real
@pytest.mark.parametrize("rng", [0, 1])
@pytest.mark.parametrize("label", ["FuncLocation", "MajorSystem"])
def test_no_text_is_in_two_parts_and_every_text_is_there_once(label, rng):
    parts = data.load_work_orders(label, rng)
    assert data.leaks(*parts) == [] and data.leaks(parts[1], parts[2]) == []
    words = [data.same_words(text) for part in parts for text in part.texts]
    assert len(words) == len(set(words))


@real
def test_both_labels_have_the_same_split(typed, ruled):
    part_of = {text: number for number, part in enumerate(typed) for text in part.texts}
    shared = [(part_of[text], number) for number, part in enumerate(ruled) for text in part.texts if text in part_of]
    assert len(shared) > 1500 and all(a == b for a, b in shared)


@real
def test_typed_labels_are_hard_and_rule_made_labels_are_a_leak(typed, ruled):
    """76 to 79 % on what people typed, 95 to 99 % on what rules made of the same words."""
    assert 0.75 < linear_svm(typed[0], typed[2], "word", (1, 1)) < 0.78
    assert 0.77 < linear_svm(typed[0], typed[2], "char_wb", (1, 5)) < 0.80
    assert 0.95 < linear_svm(ruled[0], ruled[2], "char_wb", (1, 5)) < 0.99


@claims("09", "5,485 work orders of five mining excavators", "the place is another one in 6 % of the cases")
@claims("09", "we sorted their 371 spellings into 14 groups, as far as they fit")
@real
def test_the_numbers_of_the_datasheet():
    rows = read_work_orders(fetch(WORK_ORDERS))
    groups = [place_group(row["FuncLocation"]) for row in rows]
    by_words = {}
    for row, group in zip(rows, groups, strict=True):
        by_words.setdefault(data.same_words(row["OriginalShorttext"]), []).append(group)
    again = [[g for g in same if g] for same in by_words.values()]
    agree = [most(same[:i] + same[i + 1 :]) == same[i] for same in again if len(same) > 1 for i in range(len(same))]
    assert (len(rows), len(by_words), groups.count(None), len(by_words["jump start"])) == (5485, 4466, 565, 39)
    spellings = {row["FuncLocation"] for row in rows}
    assert (len(spellings), sum(place_group(one) is not None for one in spellings)) == (371, 361)
    assert len({group for group in groups if group}) == 14 and 0.93 < np.mean(agree) < 0.95
    assert sum("_" in row["MajorSystem"] for row in rows) == 363
    assert sum(not row["MajorSystem"] for row in rows) == 2400 and sum(r["PMType"] == "PM01" for r in rows) == 5217
    dates = [row["BscStartDate"] for row in rows]
    assert (min(dates), max(dates)) == ("2001-07-05", "2012-12-13")
    lengths = [len(words.split()) for words in by_words]
    assert (min(lengths), max(lengths)) == (1, 11)
    sheet = WORK_ORDERS.datasheet()
    assert all(text in sheet for text in ("5,485", "4,466", "565", "363", "94 %", "MIT License", "39 times"))


def most(groups):
    return max(dict.fromkeys(groups), key=groups.count)


@pytest.mark.parametrize(
    ("place", "group"),
    [
        ("GREASE PUMP  ONLY 1 OF", "grease system"),
        ("Hydraulic Hoses & Lines", "hydraulics"),
        ("HYDRAULIC STAIRS", "frame and stairs"),
        ("Track Adjust Cylinder Left", "tracks and travel"),
        ("Bucket Roll (Crowd) Cylinder Left", "hydraulic cylinders"),
        ("CYLINDER BUCKET  - LEFT", "hydraulic cylinders"),
        ("+Lubrication System", "engine"),
        ("ENGINE FAN MOTOR - LEFT", "engine cooling"),
        ("STARTER  MOTOR - RIGHT", "electrical"),
        ("SLEW HYDRAULIC MOTOR - LEFT", "slew drive"),
        (" Machine ", None),
        ("Excavator Twin Drive O&K RH120E SHD24", None),
        ("+Other Components", None),
        ("something else", None),
    ],
)
def test_place_groups(place, group):
    assert place_group(place) == group


def test_the_label_of_a_repeated_text_is_the_most_frequent_one():
    assert most_frequent([3, 5, 5]) == 5 and most_frequent([2, 4]) == 2
    assert most_frequent([-1, -1, 7]) == 7 and most_frequent([-1]) == -1


def test_unknown_label():
    with pytest.raises(ValueError, match="label 'Funclocation' is unknown. Did you mean 'FuncLocation'"):
        data.load_work_orders("Funclocation")


# --- a small file, in the place of the real one ---

HEADER = ("", *(column.name for column in WORK_ORDERS.columns))


def small(tmp_path, *rows):
    path = tmp_path / "small.csv"
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(HEADER)
        for number, row in enumerate(rows):
            cells = dict.fromkeys(HEADER, "") | row
            writer.writerow([number if name == "" else cells[name] for name in HEADER])
    return path


def order(text, place="BUCKET", system="Bucket"):
    return {"OriginalShorttext": text, "FuncLocation": place, "MajorSystem": system}


def test_repeated_texts_become_one_with_the_usual_label(tmp_path, monkeypatch):
    rows = [order(f"text number {n}") for n in range(20)]
    rows += [order("Hose LEAKS"), order("hose leaks.", "GREASE PUMP", "Hydraulic Cylinder")] * 2
    rows += [order("HOSE leaks", "GREASE PUMP"), order("jump start", "MACHINE", "Bucket_Engine")]
    path = small(tmp_path, *rows)
    monkeypatch.setattr(work_orders, "fetch", lambda data_set: path)
    parts = data.load_work_orders()
    found = {text: part.class_names[k] for part in parts for text, k in zip(part.texts, part.y, strict=True)}
    assert len(found) == 21 and found["Hose LEAKS"] == "grease system" and "jump start" not in found
    parts = data.load_work_orders("MajorSystem")
    found = {text: part.class_names[k] for part in parts for text, k in zip(part.texts, part.y, strict=True)}
    assert len(found) == 21 and found["Hose LEAKS"] == "Bucket"


def test_an_empty_text_is_refused(tmp_path):
    with pytest.raises(ValueError, match="small.csv, row 2: the text is empty"):
        read_work_orders(small(tmp_path, order("bucket worn"), order(" . ")))


def test_a_row_with_shifted_cells_is_refused(tmp_path):
    """As in the older copies: won,t swing without quotes."""
    path = small(tmp_path, order("bucket worn"), order("XX"))
    path.write_text(path.read_text().replace("XX", "won,t swing"))
    with pytest.raises(ValueError, match="small.csv, row 2: it has another number of cells"):
        read_work_orders(path)
