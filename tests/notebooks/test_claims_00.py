"""Chapter 0: the claims of its text that its formula does not hold."""

import numpy as np

from course_lib import exercises as ex
from course_lib.exercises.checking import examine
from course_lib.widgets.course_map import CHAPTERS
from tests.notebooks.claims import claims
from tests.notebooks.stored import numbers


@claims("00", "Four words, four chapters")
def test_the_four_words_are_the_titles_of_four_chapters():
    titles = [CHAPTERS[k].lower() for k in range(1, 5)]
    for word, title in zip(("forward propagation", "loss", "backpropagation", "optimizer"), titles, strict=True):
        assert title.startswith(word)


@claims("00", "Each step is a little better than the one before")
def test_each_step_is_better_and_the_weight_comes_close():
    steps = [numbers("00", f"step {k}: predicted") for k in range(1, 6)]  # predicted, error, new weight
    assert (np.diff([abs(error) for _, error, _ in steps]) < 0).all()
    assert abs(steps[-1][2] - 2) < 0.01


@claims("00", "without the 60: the message names the mistake")
def test_the_forgotten_60_is_named():
    result = examine(ex.units_check, lambda torque_nm, speed_rpm: 2 * np.pi * speed_rpm * torque_nm / 1000)
    assert not result.passed and "60 times too large" in str(result.message)
