"""Save a trained Keras model and load it again, with words for what can go wrong; TensorFlow Lite for small chips."""

import contextlib
import io
import os
import warnings
import zipfile
from pathlib import Path

import numpy as np

from course_lib.language import _


def save_model(model, path):
    """Write a Keras model as one `.keras` file, whole or not at all; return its size [bytes].

    Raises ValueError for another ending, OSError (with the reason, for example a full disk) if it cannot be written;
    then an older file at `path` is still there.
    """
    path = _keras_path(path)
    half = path.with_name(path.stem + ".part.keras")
    try:
        model.save(half)
        os.replace(half, path)
    except OSError as error:
        raise OSError(
            _("The model could not be written to {path}: {reason}. Nothing was changed there.").format(
                path=path, reason=error.strerror or error
            )
        ) from error
    finally:
        half.unlink(missing_ok=True)
    return path.stat().st_size


def load_model(path):
    """Return the Keras model of a `.keras` file, ready to predict.

    Raises FileNotFoundError if there is none, ValueError for another ending, and for a file that is no model, or one
    that was cut off.
    """
    import keras

    path = _keras_path(path)
    if not path.is_file():
        raise FileNotFoundError(
            _("There is no file {path}. Save the model first: save_model(model, path).").format(path=path)
        )
    if not zipfile.is_zipfile(path):
        raise ValueError(
            _(
                "{path} is no saved model, or it was cut off: a .keras file is a zip archive, and this one has no end. "
                "Copy it again, or save the model anew."
            ).format(path=path)
        )
    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as error:  # whatever keras meets in a damaged archive: it has no error of its own for that
        raise ValueError(
            _("{path} is a zip archive, but Keras cannot make a model of it ({kind}). Save the model anew.").format(
                path=path, kind=type(error).__name__
            )
        ) from error


def to_tflite(model, int8=False):
    """Return a Keras model as the bytes of a TensorFlow Lite file; with `int8` its weights take one byte each.

    The converter talks much; its words are kept from the screen.
    """
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with contextlib.redirect_stdout(io.StringIO()):
        return converter.convert()


def tflite_predict(content, x):
    """Return what a TensorFlow Lite model answers to x (N, ...), float32: an array (N, K).

    Raises ValueError for bytes that are no such model, and for samples of another shape than it was made for.
    """
    import tensorflow as tf

    x = np.asarray(x, dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the interpreter will move to a package of its own
        try:
            model = tf.lite.Interpreter(model_content=content)
        except ValueError as error:
            raise ValueError(_("These {n} bytes are no TensorFlow Lite model.").format(n=len(content))) from error
    (given,), (answer,) = model.get_input_details(), model.get_output_details()
    if tuple(given["shape"][1:]) != x.shape[1:]:
        raise ValueError(
            _("x has shape {given}, but the model takes {needed}.").format(
                given=x.shape, needed=f"(N, {', '.join(map(str, given['shape'][1:]))})"
            )
        )
    model.resize_tensor_input(given["index"], x.shape)
    model.allocate_tensors()
    model.set_tensor(given["index"], x)
    model.invoke()
    return model.get_tensor(answer["index"])


def _keras_path(path):
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(_("{path} must end in .keras, Keras's own format.").format(path=path))
    return path
