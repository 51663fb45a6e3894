"""The map names ideas that exist, links to notebooks that exist, and says "later" of the others."""

import re

import pytest

from course_lib.widgets import CourseMap, course_map
from course_lib.widgets.course_map import AREAS, CHAPTERS, IDEAS, KINDS, LINKS, chapter


def test_links_join_ideas_and_every_idea_is_reached():
    for start, words, end in LINKS:
        assert start in IDEAS and end in IDEAS and start != end and words
    joined = {name for start, _words, end in LINKS for name in (start, end)}
    assert set(IDEAS) - joined == {"machine learning", "deep learning"}  # these two are areas around the others
    assert {idea["kind"] for idea in IDEAS.values()} == set(KINDS)
    wanted = ["neural network", "forward propagation", "loss", "backpropagation", "optimizer", "cnn", "rnn", "nlp",
              "smart manufacturing", "predictive maintenance", "smart logistics"]  # fmt: skip
    assert set(wanted) <= set(IDEAS)


@pytest.mark.parametrize("name", IDEAS)
def test_each_idea_says_enough(name):
    idea = IDEAS[name]
    assert 2 <= len(re.findall(r"[.!?](?=\s|$)", idea["text"])) <= 3, "two or three sentences"
    assert len(idea["example"]) > 40
    assert idea["chapters"] and set(idea["chapters"]) <= set(CHAPTERS)
    words = CourseMap(selected=name).describe()
    assert idea["title"] in words and all(CHAPTERS[n] in words for n in idea["chapters"])


def test_boxes_stand_apart_and_inside_their_area():
    places = [(i["x"], i["y"]) for i in IDEAS.values() if i["kind"] != "field"]
    for k, (x, y) in enumerate(places):
        assert all(abs(x - a) > 16 or abs(y - b) > 10 for a, b in places[:k])
    _kind, x, y, width, height = AREAS[1]
    for idea in IDEAS.values():
        inside = x < idea["x"] < x + width and y < idea["y"] < y + height
        assert inside == (idea["kind"] in ("network", "loop"))


def test_a_chapter_is_linked_once_its_notebook_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(course_map, "NOTEBOOKS", tmp_path)
    assert chapter(3) == {"number": 3, "title": CHAPTERS[3], "file": ""}
    (tmp_path / "03_backpropagation.ipynb").write_text("{}")
    assert chapter(3)["file"] == "03_backpropagation.ipynb"
    found = CourseMap().ideas["backpropagation"]["chapters"]
    assert found == [{"number": 3, "title": CHAPTERS[3], "file": "03_backpropagation.ipynb"}]


def test_the_titles_are_those_of_the_notebooks():
    for text in sorted((course_map.HERE.parents[1] / "notebooks" / "text").glob("[0-9][0-9]_*.py")):
        heading = re.search(r"^# # (.+)$", text.read_text(encoding="utf-8"), re.M)[1]
        assert CHAPTERS[int(text.name[:2])] in heading, f"{text.name} is called {heading!r}"


def test_relations():
    assert CourseMap().relations("nlp") == [
        "Recurrent network (RNN) reads text for Language (NLP)",
        "Language (NLP) reads work orders for Predictive maintenance",
    ]
