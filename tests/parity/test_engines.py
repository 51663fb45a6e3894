"""The engines behind the comparison: which there are, and what is said where one is missing."""

import os
import subprocess
import sys

import numpy as np
import pytest

from course_lib import parity
from course_lib.parity import engines
from tests.environment import ROOT

import keras  # isort: skip  after course_lib.parity, which sets the engines up


def test_the_engine_is_the_one_keras_runs_on():
    assert type(engines.engine()).__name__.lower() == keras.backend.backend()
    assert f"({type(engines.engine()).__name__.replace('Jax', 'JAX')} " in parity.device().engine


def test_an_engine_nobody_wrote_is_named_with_those_that_work(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(RuntimeError, match="'torch'.*tensorflow, jax.*KERAS_BACKEND=tensorflow or KERAS_BACKEND=jax"):
        engines.engine.__wrapped__()


def test_without_jax_it_says_what_to_install():
    """In a process where JAX cannot be imported, installed or not."""
    code = "import sys; sys.modules['jax'] = None; from course_lib import parity; parity.device()"
    env = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1 and "pip install jax" in last and "KERAS_BACKEND=tensorflow" in last


def test_float64_stays_float64():
    """Off TensorFlow, Keras cuts float64 to float32 wherever two types meet, if it is let."""
    parity.device()
    with keras.device(parity.device().name):
        third = keras.ops.convert_to_tensor(np.array([1 / 3]))
        for y in (keras.ops.tanh(third), third * 1.0, keras.ops.add(third, 0), keras.ops.mean(third)):
            assert str(keras.backend.standardize_dtype(y.dtype)) == "float64"


@pytest.mark.parametrize("compiled", [False, True])
def test_values_and_gradients(compiled):
    gradients_of = engines.engine().differentiate(lambda a, b: (keras.ops.sum(a * b), a + 1), compiled)
    value, other, gradients = gradients_of([np.array([2.0, 3.0]), np.array([5.0, 7.0])])
    assert float(value) == 31
    for theirs, ours in zip([other, *gradients], [[3, 4], [5, 7], [2, 3]], strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(theirs), ours)
