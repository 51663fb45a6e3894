"""What differs between Keras's backends: finding the device, and asking for gradients. TensorFlow for now."""

import functools
import os
from dataclasses import dataclass

from course_lib.language import _

# TensorFlow reads these once, when it is imported, so they are set as soon as `course_lib.parity` is.
for name, value in {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}.items():
    os.environ.setdefault(name, value)  # no start-up messages in the notebook; the same sums on every processor


@dataclass(frozen=True)
class Device:
    """Where the other side computes: `name` for keras.device, the `kind` of processor, the `engine` and versions."""

    name: str
    kind: str
    engine: str

    def __str__(self):
        return _("{engine} on {kind}").format(engine=self.engine, kind=self.kind)


class TensorFlow:
    """Keras on TensorFlow."""

    def find_device(self):
        import keras
        import tensorflow as tf

        engine = f"Keras {keras.__version__} (TensorFlow {tf.__version__})"
        graphics = tf.config.list_physical_devices("GPU")
        if not graphics:
            return Device("cpu:0", "CPU", engine)
        tf.config.experimental.enable_tensor_float_32_execution(False)  # TF32 keeps only 10 of 23 binary digits
        tf.random.set_seed(0)  # random operations then need a seed
        tf.config.experimental.enable_op_determinism()
        details = tf.config.experimental.get_device_details(graphics[0])
        return Device("gpu:0", "GPU " + details.get("device_name", ""), engine)

    def value_and_gradients(self, f, arrays):
        """Return f(*tensors) and the gradients of its sum for each of the arrays."""
        import tensorflow as tf

        tensors = [tf.convert_to_tensor(a) for a in arrays]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = f(*tensors)
        gradients = tape.gradient(y, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return y, [self.added_up(gradient) for gradient in gradients]

    def added_up(self, gradient):
        """Return a gradient as one tensor: that of an embedding is a list, one entry for each place of a token."""
        import tensorflow as tf

        return None if gradient is None else tf.convert_to_tensor(gradient)


ENGINES = {"tensorflow": TensorFlow}


@functools.cache
def engine():
    """Return the engine that Keras uses here."""
    import keras

    name = keras.backend.backend()
    if name not in ENGINES:
        raise RuntimeError(
            _(
                "Keras runs on {name!r} here, but the comparison knows only {known}. Set KERAS_BACKEND=tensorflow "
                "before Python starts."
            ).format(name=name, known=", ".join(ENGINES))
        )
    return ENGINES[name]()


@functools.cache
def device():
    """Return the `Device` for comparisons: the first GPU that the engine sees, else the CPU.

    On a GPU, the short number format TF32 is switched off and deterministic operations are switched on.
    """
    return engine().find_device()
