"""The quiz: verdicts come from Python, the first choice counts, and the page never holds an answer it was not asked."""

import json

import pytest
import traitlets as T

from course_lib import exercises as ex
from course_lib.exercises import store
from course_lib.widgets import Quiz

CHAPTERS = sorted(ex.QUIZZES)


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


def best_of(quiz):
    return [q.answer for q in ex.QUIZZES[quiz.chapter]]


def choose(quiz, i, choice):
    answers = list(quiz.answers)
    answers[i] = choice
    quiz.answers = answers


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_choice_gets_its_own_reason(chapter):
    quiz = Quiz(chapter)
    for i, question in enumerate(ex.QUIZZES[chapter]):
        assert quiz.questions[i] == {"text": question.text, "choices": list(question.choices)}
        for j, why in enumerate(question.why):
            choose(quiz, i, j)
            assert quiz.feedback[i] == {"right": j == question.answer, "why": why, "choice": j}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_nothing_that_leaves_python_gives_an_answer_away(chapter):
    quiz = Quiz(chapter)
    data, _metadata = quiz._repr_mimebundle_()
    state = {k: v for k, v in quiz.get_state().items() if k not in ("_esm", "_css")}
    sent = json.dumps(state, default=str, ensure_ascii=False) + data["text/plain"] + quiz.share
    for question in ex.QUIZZES[chapter]:
        assert question.text in sent
        assert not any(why in sent for why in question.why)
    assert all(set(q) == {"text", "choices"} for q in quiz.questions) and not any(quiz.feedback)
    pictures = set()
    for question in range(len(quiz.questions)):  # neither text nor picture depends on what is right
        choose(quiz, question, 0)
    pictures.add(quiz.describe().count("(x)"))
    assert pictures == {len(quiz.questions)}


def test_the_first_choice_counts():
    quiz = Quiz(1)
    right = best_of(quiz)
    choose(quiz, 0, (right[0] + 1) % 3)
    assert quiz.score["right"] == 0 and quiz.score["answered"] == 1
    choose(quiz, 0, right[0])
    assert quiz.feedback[0]["right"] and quiz.score["right"] == 0
    choose(quiz, 1, right[1])
    assert quiz.score["right"] == 1 and quiz.score["answered"] == 2
    quiz.reset()
    assert quiz.score["answered"] == 0 and not any(quiz.feedback)
    quiz.answers = right
    assert quiz.score["right"] == 5 and quiz.goal_reached


def test_the_result_is_kept_with_the_progress_once_all_are_answered():
    quiz = Quiz(2)
    right = best_of(quiz)
    for i in range(4):
        choose(quiz, i, right[i])
    assert store.read()[0]["quizzes"] == {}
    choose(quiz, 4, (right[4] + 1) % 2)
    assert store.read()[0]["quizzes"] == {"2": {"right": 4, "count": 5}}
    quiz.reset()
    quiz.answers = right
    assert store.read()[0]["quizzes"]["2"]["right"] == 5


def test_progress_that_cannot_be_kept_gives_a_sentence(tmp_path, monkeypatch):
    file = tmp_path / "a_file"
    file.write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(file / "progress.json"))
    quiz = Quiz(0)
    quiz.answers = best_of(quiz)
    assert "could not be saved" in quiz.score["note"] and quiz.score["right"] == 1


def test_another_chapter():
    quiz = Quiz(1, answers=[0, 0, 0, 0, 0])
    quiz.chapter = 0
    assert quiz.answers == [-1] and len(quiz.questions) == 1 and quiz.score["count"] == 1
    quiz.chapter = 1
    assert quiz.answers == [-1] * 5


@pytest.mark.parametrize("chapter", [99, -1, "1"])
def test_a_chapter_without_a_quiz_is_named(chapter):
    with pytest.raises(ValueError, match=r"no quiz for chapter .* 0, 1, 2"):
        Quiz(chapter)


@pytest.mark.parametrize("answers", [[0], [0] * 6, [9, 0, 0, 0, 0], [-2, 0, 0, 0, 0]])
def test_answers_that_do_not_fit_are_refused(answers):
    quiz = Quiz(1)
    with pytest.raises(T.TraitError, match="it needs 5 numbers"):
        quiz.answers = answers
    assert quiz.answers == [-1] * 5


def test_the_goal_is_80_percent():
    assert Quiz(1).score["enough"] == 4 and Quiz(0).score["enough"] == 1
