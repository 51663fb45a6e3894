"""What the tests need to know of the engine that Keras runs on here: TensorFlow, or JAX with KERAS_BACKEND=jax."""

import contextlib
import gc

import pytest

from course_lib.parity.engines import engine

import keras  # isort: skip  after course_lib.parity, which sets the engines up

JAX = keras.backend.backend() == "jax"


def about_tensorflow(reason):
    """Mark a test, or a case, that is about Keras on TensorFlow alone."""
    return pytest.mark.skipif(JAX, reason=f"about Keras on TensorFlow: {reason}")


def at_once():
    """A context in which a layer gets its weights, also where a function is being compiled around it, as on JAX."""
    if not JAX:
        return contextlib.nullcontext()
    import jax

    return jax.ensure_compile_time_eval()


def forget_models():
    """Let go of what Keras and JAX keep of each model: after hundreds of them that is the whole memory."""
    keras.backend.clear_session()
    gc.collect()
    if JAX:
        import jax

        jax.clear_caches()


def exact(optimizer):
    """The same optimizer, ours or Keras's; off TensorFlow with numbers that both engines hold exactly."""
    return type(optimizer)(**engine().numbers(optimizer.get_config()))
