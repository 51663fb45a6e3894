"""Bad input to the data functions: the message names the argument, what was given and what was needed."""

import numpy as np
import pytest

from course_lib import data, language

WRONG = {
    "n with a fraction": (lambda: data.sensor_table(2.5), TypeError, "n is 2.5, but a whole number is needed"),
    "n is text": (lambda: data.sensor_table("a"), TypeError, "n is 'a', but a whole number is needed"),
    "n is 0": (lambda: data.sensor_table(0), ValueError, "n is 0, but it must be at least 1"),
    "machines": (lambda: data.sensor_table(5, machines=6), ValueError, "machines must be from 1 to 5, but is 6"),
    "noise": (lambda: data.sensor_table(5, noise="low"), TypeError, "noise is 'low', but a number is needed"),
    "noise NaN": (lambda: data.sensor_table(5, noise=np.nan), ValueError, "noise must be from 0 to 10, but is nan"),
    "rng": (lambda: data.sensor_table(5, rng="x"), TypeError, "rng is 'x', but a np.random.Generator"),
    "parts": (lambda: data.simulate_machine_failures(1.5), TypeError, "n is 1.5, but a whole number"),
    "columns": (lambda: data.physics_features(np.ones((3, 2))), ValueError,
                r"x has shape \(3, 2\), but \(N, 6\) is needed: the columns product quality, air temperature"),
    "one row": (lambda: data.physics_features(np.ones(6)), ValueError, r"x has shape \(6,\), but \(N, 6\)"),
    "text": (lambda: data.Standardizer().fit([["a"]]), TypeError, "x has dtype <U1, but float32"),
    "ragged": (lambda: data.Standardizer().fit([[1], [1, 2]]), ValueError, "x is not a rectangular table"),
    "fractions": (lambda: data.split_by_group(data.sensor_table(50), "abc"), TypeError, "fractions has dtype"),
    "not fitted": (lambda: data.leaks(data.sensor_table(9), standardizer=data.Standardizer()), ValueError,
                   r"has seen no data; call fit\(training_rows\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_explained(name):
    call, kind, message = WRONG[name]
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize("n", [1, 3, 8, 9])
def test_a_small_table_has_as_many_motors_as_readings(n):
    table = data.sensor_table(n)
    assert len(table) == n and len(np.unique(table.groups)) == min(n, 8)


def test_names_and_datasheets_are_in_the_learners_language(monkeypatch):
    class Backwards:
        def gettext(self, text):
            return f"<{text}>"

    monkeypatch.setattr(language, "_translation", lambda name: Backwards())
    table = data.sensor_table(5)
    assert table.feature_names == ("<bearing temperature>", "<vibration>")
    assert table.class_names == ("<ok>", "<needs maintenance>") and table.group_name == "<motor>"
    assert data.simulate_machine_failures(5).feature_names[4] == "<torque>"
    for data_set in data.CATALOGUE.values():
        sheet = data_set.datasheet()
        for text in (data_set.title, data_set.story, *data_set.known_defects, *(c.meaning for c in data_set.columns)):
            assert f"<{text}>" in sheet
