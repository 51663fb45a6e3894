"""Chapter 9: the claims of its text beside those in `test_formulas_09.py`."""

import time

import numpy as np
from sklearn.metrics import f1_score

from course_lib import data
from course_lib.data.catalogue_texts import MAINTENANCE_PHRASES
from course_lib.experiments import load_result, texts_run
from course_lib.text import tokenize
from tests.data.real import real_data
from tests.notebooks.claims import claims
from tests.notebooks.stored import numbers, rows, says

FULL = load_result("texts_run")


@claims("09", "Both hold the same four words")
def test_the_two_texts_hold_the_same_words():
    one, other = (tokenize(text) for text in ("Pump ok, valve leaking", "valve ok, pump leaking"))
    assert sorted(one) == sorted(other) and len(one) == 4 and one != other


@claims("09", "Only the recurrent ones know the order of the words")
@claims("09", "and is right in one half of them", "The mean is as good as a coin where the order decides")
def test_the_mean_guesses_where_the_order_decides():
    assert says("09", "where the order does not matter, all three are above 95 %:")
    assert says("09", "where it decides, the mean is right in less than 65 %:")
    assert says("09", "and the GRU in more than 90 %:")


@claims("09", "Nearly half of the table is padding")
def test_the_share_of_padding():
    assert 40 <= numbers("09", "tokens (2100, 11) padding:")[0] < 50


@claims("09", "Both lead to the same answer, so both were moved to the same place")
def test_words_of_one_component_are_neighbours():
    assert says("09", "bearing and brg: cosine above 0.8:") and says("09", "conveyor and belt: cosine above 0.8:")
    assert not says("09", "bearing and conveyor: cosine above 0.8:")


@claims("09", "626 phrases that people wrote about machines, each with one of 22")
def test_the_phrases():
    train, validation, test, classes = numbers("09", "phrases:")
    assert train + validation + test == 626 and classes == 22
    assert FULL["sets"]["phrases"]["texts"] == {"train": 502, "validation": 62, "test": 62}


@claims(
    "09",
    "three starts for each network on both engines, 40 epochs",
    "Each network was trained for 1,000 steps, three starts",
)
def test_the_recipe_of_the_full_run():
    phrases = FULL["sets"]["phrases"]
    assert phrases["epochs"] == 40 and len(FULL["seeds"]) == 3
    assert all(len(runs) == 3 for runs in phrases["runs"].values())
    assert {name.split(", ")[1] for name in phrases["runs"]} == {"numpy", "keras"}
    assert all(curve["steps"] == 1000 for curve in FULL["learning curves"].values())


@claims("09", "F1 over all texts together is the accuracy")
def test_f1_over_all_texts_is_the_accuracy():
    rng = np.random.default_rng(0)
    y, answers = rng.integers(0, 22, (2, 300))
    assert f1_score(y, answers, average="micro") == np.mean(y == answers)


@claims("09", "Counting letters, in a tenth of a second")
@real_data(MAINTENANCE_PHRASES)
def test_letters_are_counted_in_a_tenth_of_a_second():
    train, _validation, _test = data.load("maintenance_phrases", source="real")
    seconds = []
    for _run in range(3):
        began = time.perf_counter()
        texts_run.baseline(train.texts, train.y, True)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.3, seconds


@claims("09", "It cannot be better than they are")
def test_no_model_is_better_than_its_labels():
    assert says("09", "the model is not better than its labels:")


@claims("09", "The model agrees with the rules in nearly all cases", "the figure of 98 % answers the rules' question")
def test_the_rules_and_the_people():
    letters = FULL["sets"]["rule-made labels"]["without a network"]["letters, SVM"]
    assert round(100 * letters) == 98
    assert (
        abs(numbers("09", "381 test texts with both labels; the rules agree with the people in")[0] / 100 - 2 / 3)
        < 0.03
    )


@claims("09", "At 10,000 texts the mean and the letters stop at 91 %")
def test_where_counting_stops():
    curves = FULL["learning curves"]["simulated"]
    assert curves["texts"][-1] == 10_000
    for name in ("mean", "letters, SVM"):
        assert round(100 * np.mean(curves["test"][name][-1])) == 91


@claims("09", "every fifth or fourth test phrase holds no known word")
def test_phrases_without_a_known_word():
    once = numbers("09", "words that stood there at least 1 times:")
    twice = numbers("09", "words that stood there at least 2 times:")
    assert 1 / 5.5 < once[-1] / 62 < 1 / 4 and 1 / 4.5 < twice[-1] / 62 < 1 / 3


@claims("09", "Everybody loses, the letters too, and nobody says so")
def test_the_jargon_of_another_site():
    assert says("09", "fewer than 75 % right, and still sure of 75 % and more on average:")
    train, _validation, test = data.simulate_work_orders(3000, rng=0)
    counted = texts_run.baseline(train.texts, train.y, True)
    jargon = {"pump": "circulator", "hose": "pipe", "bearing": "race", "motor": "engine", "conveyor": "band",
              "gearbox": "reducer", "valve": "cock", "sensor": "probe"}  # fmt: skip
    elsewhere = [" ".join(jargon.get(word, word) for word in tokenize(text)) for text in test.texts]
    at_home, away = (np.mean(counted.predict(list(texts)) == test.y) for texts in (test.texts, elsewhere))
    assert away < at_home - 0.2


@claims("09", "can be watched, without any label")
def test_unknown_words_tell():
    here, there = (rows("09", f"site {site}: unknown words")[0][0] for site in "AB")
    assert there > 5 * here
