"""What differs between Keras's backends: finding the device, and asking for gradients. TensorFlow and JAX."""

import functools
import os
from dataclasses import dataclass

from course_lib.language import _
from course_lib.nn.optimizers import single

# TensorFlow and JAX read these once, when they are imported, so they are set as soon as `course_lib.parity` is: no
# start-up messages in the notebook, the same sums on every processor, and float64 stays float64.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0", "JAX_ENABLE_X64": "true"}
if os.environ.get("KERAS_BACKEND") == "jax":
    QUIET["XLA_FLAGS"] = "--xla_gpu_deterministic_ops=true"
for name, value in QUIET.items():
    os.environ.setdefault(name, value)


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

    # Keras takes a cross-entropy behind a sigmoid or softmax from the logits, as we do, and not from probabilities.
    finds_logits = True
    compiles = False  # Keras's own training steps with XLA: longer to start, other sums

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

    def differentiate(self, f, compiled=False):
        """Return the function arrays -> (value, other, gradients), where f(*tensors) is (value, other).

        The value is one number, the gradients are its own, one for each of the arrays; `other` is handed on. Compiled,
        the first call takes longer and the next ones are quicker: for many steps of training.
        """
        import tensorflow as tf

        def value_other_gradients(tensors):
            with tf.GradientTape() as tape:
                tape.watch(tensors)
                value, other = f(*tensors)
            gradients = tape.gradient(value, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
            return value, other, [self.added_up(gradient) for gradient in gradients]

        run = tf.function(value_other_gradients, autograph=False) if compiled else value_other_gradients
        return lambda arrays: run([tf.convert_to_tensor(a) for a in arrays])

    def update(self, optimizer, variables, compiled=False):
        """Return the function gradients -> None that lets the optimizer take a step with the variables."""
        import tensorflow as tf

        def run(gradients):
            optimizer.apply(gradients, variables)

        optimizer.build(variables)
        return tf.function(run, autograph=False) if compiled else run

    def numbers(self, config):
        """Return the options of an optimizer for both sides: as they are, since ours rounds what TensorFlow rounds."""
        return config

    def added_up(self, gradient):
        """Return a gradient as one tensor: that of an embedding is a list, one entry for each place of a token."""
        import tensorflow as tf

        return None if gradient is None else tf.convert_to_tensor(gradient)


class Jax:
    """Keras on JAX (KERAS_BACKEND=jax)."""

    finds_logits = False
    compiles = True  # without, JAX compiles each operation of each step by itself

    def find_device(self):
        import jax
        import keras
        from keras.src.backend.common import dtypes

        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"  # off TensorFlow, Keras cuts float64 wherever types meet
        jax.config.update("jax_enable_x64", True)  # for a program that imported JAX before this package
        engine = f"Keras {keras.__version__} (JAX {jax.__version__})"
        first = jax.devices()[0]
        if first.platform != "gpu":
            return Device("cpu:0", "CPU", engine)
        jax.config.update("jax_default_matmul_precision", "highest")  # no TF32, as above
        return Device("gpu:0", "GPU " + first.device_kind, engine)

    def differentiate(self, f, compiled=False):
        """As `TensorFlow.differentiate`; always compiled, for JAX compiles each operation by itself otherwise."""
        import jax

        def value_other_gradients(arrays):
            (value, other), gradients = jax.value_and_grad(lambda a: f(*a), has_aux=True)(arrays)
            return value, other, gradients

        run = jax.jit(value_other_gradients)
        return lambda arrays: run([jax.numpy.asarray(a) for a in arrays])

    def update(self, optimizer, variables, compiled=False):
        """As `TensorFlow.update`; never compiled, for that takes longer than some steps without."""

        def run(gradients):
            optimizer.apply(gradients, variables)

        return run

    def numbers(self, config):
        """Return the options of an optimizer for both sides, with numbers that float32 holds exactly.

        On TensorFlow some of Keras's numbers pass through float32, 0.9 is 0.8999999762, and so do ours. On JAX they do
        not, and Adam's first steps differ by 7e-6 of their length.
        """
        through = ("learning_rate", "momentum", "beta_1", "beta_2")
        rounded = {name: single(config[name]) for name in through if isinstance(config.get(name), float)}
        return config | rounded  # what is not a float is a schedule

    def added_up(self, gradient):
        """The gradient as it is: that of an embedding is one array already."""
        return gradient


ENGINES = {"tensorflow": TensorFlow, "jax": Jax}


@functools.cache
def engine():
    """Return the engine that Keras uses here.

    Raises an ImportError if KERAS_BACKEND=jax and JAX is not installed, a RuntimeError for another backend.
    """
    try:
        import keras
    except ImportError as error:
        if error.name != "jax":
            raise
        raise ImportError(
            _(
                "Keras was told to run on JAX (KERAS_BACKEND=jax), but JAX is not installed here. Install it with "
                "pip install jax, or for an NVIDIA GPU with pip install 'jax[cuda13]'; or set KERAS_BACKEND=tensorflow "
                "before Python starts."
            ),
            name=error.name,
        ) from error

    name = keras.backend.backend()
    if name not in ENGINES:
        raise RuntimeError(
            _(
                "Keras runs on {name!r} here, but the comparison knows only {known}. Set KERAS_BACKEND=tensorflow "
                "or KERAS_BACKEND=jax before Python starts."
            ).format(name=name, known=", ".join(ENGINES))
        )
    return ENGINES[name]()


@functools.cache
def device():
    """Return the `Device` for comparisons: the first GPU that the engine sees, else the CPU.

    On a GPU, the short number format TF32 is switched off and deterministic operations are switched on.
    """
    return engine().find_device()
