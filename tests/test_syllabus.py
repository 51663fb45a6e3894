"""The coverage table of the README: everything it names is there, and it is the one that the list makes."""

import importlib

import pytest

from course_lib import exercises, widgets
from tests import syllabus
from tests.notebooks.chapter import Chapter, normal

BY_TITLE = [pytest.param(topic, id=topic.title) for topic in syllabus.TOPICS]


@pytest.fixture(scope="module")
def chapters():
    return {number: Chapter.read(syllabus.notebook(number)) for number in {t.chapter for t in syllabus.TOPICS}}


@pytest.mark.parametrize("topic", BY_TITLE)
def test_everything_it_names_is_there(topic, chapters):
    assert normal(topic.formula) in {normal(one) for one in chapters[topic.chapter].formulas}
    module, _dot, name = topic.numpy.rpartition(".")
    assert callable(getattr(importlib.import_module(f"course_lib.{module}"), name))
    file, test = topic.tensorflow.split("::")
    assert test in syllabus.functions_of(file)
    assert topic.widget in (None, *widgets.__all__) and topic.exercise in (None, *exercises.ALL)


@pytest.mark.parametrize("topic", BY_TITLE)
def test_widget_and_exercise_stand_in_a_chapter(topic):
    texts = [path.read_text(encoding="utf-8") for path in sorted((syllabus.NOTEBOOKS / "text").glob("*.py"))]
    for call in (topic.widget and f"widgets.{topic.widget}(", topic.exercise and f"ex.{topic.exercise}.check("):
        assert call is None or any(call in text for text in texts), call


def test_the_readme_holds_this_table():
    assert syllabus.in_readme() == syllabus.table(), "run: python -m tests.syllabus"


def test_the_mission_is_covered():
    """The words of the mission, each in a title."""
    titles = " ".join(topic.title.lower() for topic in syllabus.TOPICS)
    words = (
        "forward propagation, mean squared error, cross-entropy, momentum, rmsprop, adam, convolution, max pooling, "
        "average pooling, fully connected, 28x28x1 and 10 classes, language, smart manufacturing, "
        "predictive maintenance, smart logistics, little data, complexity, compute, decision trees, "
        "support vector machines"
    ).split(", ")
    for word in [*words, "dl/dw, dl/db", "gradient descent, sgd", "hidden, recurrent, output layer"]:
        assert word in titles, word


def test_only_what_the_mission_does_not_name_lacks_a_widget_or_an_exercise():
    gaps = {topic.title for topic in syllabus.TOPICS if not (topic.widget and topic.exercise)}
    assert gaps == {"Limits: float formats", "Limits: several machines"}


def test_a_chapter_has_a_line(chapters):
    assert set(chapters) == {f"{n:02}" for n in range(1, 13)}
