"""The sums behind `PrecisionBench`: a small trained network, its weights in fewer bits, and what that does to answers.

Rounded are the kernels of Dense and Conv2D layers; their biases stay float32, as in usual int8 programs, which keep
them in 32 bits.
"""

import copy
import functools
from typing import NamedTuple

import numpy as np

from course_lib import nn
from course_lib.language import _
from course_lib.nn.checks import finite
from course_lib.nn.threads import one_thread
from course_lib.precision import MANTISSA, round_mantissa
from course_lib.widgets.base import written

BITS = range(2, 17)
FORMATS = ("int", "bfloat16", "tf32", "float32")
STORED = {"bfloat16": 2, "tf32": 4, "float32": 4}  # bytes of a number; TF32 is a way to multiply, kept in float32
KINDS = (
    nn.Dense, nn.Conv2D, nn.MaxPooling2D, nn.AveragePooling2D, nn.GlobalAveragePooling2D, nn.Flatten, nn.Dropout,
    nn.Activation, nn.Input,
)  # fmt: skip
MOST_WEIGHTS, MOST_SAMPLES = 200_000, 500
FIELD, OUTLIER = 4, 100  # pixels along a field of a wafer map; how many times the largest weight the outlier is
BROKEN = 0.1  # share of the answers that are lost


class Format(NamedTuple):
    """How weights are stored: one of FORMATS; for int its bits, a scale for each column, the percentile it covers."""

    name: str
    bits: int = 8
    columns: bool = False
    percentile: float = 100.0
    inputs: bool = False  # whether the inputs of each layer are rounded too


class Rounded(NamedTuple):
    """codes: q, or for floats the rounded numbers; scales (1,) or (M,); values float32 of the shape of the weights."""

    codes: np.ndarray
    scales: np.ndarray
    values: np.ndarray


class Answers(NamedTuple):
    """How many of the samples are answered correctly, and what changed against float32."""

    right: int
    changed: int
    lost: int  # right in float32, wrong now
    won: int
    error: float  # the largest change of an output


# ---------------------------------------------------------------- numbers in fewer bits
def covered(w, how):
    """Return what the scales cover: the p-th percentile of |w|, (1,) or (M,), or the largest |w| where that is 0."""
    sizes = np.abs(w.astype(np.float64)).reshape(-1, w.shape[-1] if how.columns else 1)
    largest = sizes.max(axis=0)
    ends = np.percentile(sizes, how.percentile, axis=0) if how.percentile < 100 else largest
    return np.where(ends > 0, ends, largest)


def rounded(w, how, ends=None):
    """Return w (..., M) in this Format: scale = p-th percentile of |w| / L, q = round(w / scale) from -L to L.

    L = 2^(bits - 1) - 1. With 8 bits, one scale and 100 % this is `quantization.quantize`. A scale of 0 becomes 1.
    ends: `covered`, where it is known.
    """
    w = np.asarray(w)
    if how.name != "int":
        values = round_mantissa(w, MANTISSA[how.name])
        return Rounded(values.astype(np.float64), np.ones(1), values)
    largest = 2 ** (how.bits - 1) - 1
    ends = covered(w, how) if ends is None else ends
    scales = np.where(ends > 0, ends / largest, 1.0)
    q = np.minimum(np.maximum(np.rint(w / scales), -largest), largest)
    return Rounded(q, scales, (q * scales).astype(np.float32))


def size_of(kernels, biases, how):
    """Return the bytes of all weights in this Format: q packed without gaps, each scale and each bias 4 bytes."""
    total = 4 * sum(b.size for b in biases)
    for w in kernels:
        if how.name == "int":
            total += -(-w.size * how.bits // 8) + 4 * (w.shape[-1] if how.columns else 1)
        else:
            total += STORED[how.name] * w.size
    return total


# ---------------------------------------------------------------- the answers of a network
class Network:
    """A network of its own copy, with test data: what it answers with its weights in any Format."""

    def __init__(self, model, x, y):
        self.model, self.x, self.y = model, x, y
        self.layers = [layer for layer in model.layers if layer.weights]
        self.kernels = [layer.kernel.copy() for layer in self.layers]
        self.biases = [layer.bias.copy() for layer in self.layers]
        self.base = self.run(self.kernels)
        self.right = classes(self.base) == y

    @one_thread
    def run(self, kernels, how=None):
        """Return the outputs (N, C) with these kernels; with inputs rounded if `how` says so."""
        x, kernels = self.x, iter(kernels)
        for layer in self.model.layers:
            if layer.weights:
                layer.kernel[...] = next(kernels)
                if how is not None and how.inputs:
                    x = rounded(x, how._replace(columns=False, percentile=100.0)).values
            x = layer.forward(x, False)
        return x

    def curve(self, how):
        """Return the Answers of int with 2 to 16 bits, the rest as in `how`."""
        ends = [covered(w, how) for w in self.kernels]
        rows = [how._replace(name="int", bits=bits) for bits in BITS]
        return [self.answers(h, [rounded(w, h, e).values for w, e in zip(self.kernels, ends, strict=True)])
                for h in rows]  # fmt: skip

    def answers(self, how, kernels=None):
        """Return the Answers in this Format, or with these kernels."""
        y = self.run([rounded(w, how).values for w in self.kernels] if kernels is None else kernels, how)
        got = classes(y)
        right = got == self.y
        return Answers(
            int(right.sum()), int((got != classes(self.base)).sum()), int((self.right & ~right).sum()),
            int((~self.right & right).sum()), float(np.abs(y - self.base).max()),
        )  # fmt: skip


def classes(outputs):
    """The class of each row: the largest output, or of a single one whether it is above one half."""
    return outputs.argmax(axis=1) if outputs.shape[1] > 1 else (outputs[:, 0] > 0.5).astype(int)


def verdict(answers, samples):
    """Return in one word what the samples can tell: "same", "no loss", "better", "worse" or "broken".

    The samples that changed sides are counted: lost - won differs from 0 by chance by about sqrt(lost + won). Twice
    that is asked for, as in McNemar's test. Broken: more than a tenth of all answers is lost.
    """
    net = answers.lost - answers.won
    if not answers.changed:
        return "same"
    if net > BROKEN * samples:
        return "broken"
    if abs(net) <= 2 * np.sqrt(answers.lost + answers.won):
        return "no loss"
    return "worse" if net > 0 else "better"


# ---------------------------------------------------------------- the network that the widget brings
@functools.cache
def wafers():
    """Return x, y of the training, x, y of the test, and the names of the classes: shares of failed dies in 49 fields.

    1,000 and 500 simulated wafer maps of ten patterns; each field is 4 x 4 pixels. The field at the corner lies
    outside the wafer: it is 0 in every map of the test.
    """
    from course_lib.data.wafer_maps import simulate_wafer_maps

    easy = {"background": 0.01, "resampling": "nearest"}
    train, test = simulate_wafer_maps(100, 0, **easy), simulate_wafer_maps(50, 6, **easy)
    return fields(train.x), train.y, fields(test.x), test.y, train.class_names


def fields(x):
    """Twice the share of failed dies in each field of FIELD x FIELD pixels, (N, 49), of maps (N, 28, 28, 1)."""
    side = x.shape[1] // FIELD
    failed = np.maximum(2 * x[..., 0] - 1, 0).reshape(len(x), side, FIELD, side, FIELD)
    return (2 * failed.mean(axis=(2, 4))).reshape(len(x), side * side).astype(np.float32)


@functools.cache
def trained(seed):
    """Return an MLP 49-24-16-10, trained on the wafer maps for a fifth of a second from these random numbers.

    Trained in float64, so that the digits do not depend on the machine, then stored in float32.
    """
    x, y = wafers()[:2]
    dense = [nn.Dense(24, activation="relu"), nn.Dense(16, activation="relu"), nn.Dense(10, activation="softmax")]
    model = nn.Sequential([nn.Input(x.shape[1:]), *dense], dtype="float64", rng=seed)
    model.compile(nn.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=15, batch_size=32, verbose=0)
    return single(model)


def default_network(seed, outlier=False):
    """Return a Network with the wafer maps; outlier: one weight of a corner field is OUTLIER times the largest.

    The corner is 0 in every map of the test, so the outlier changes no answer in float32.
    """
    model = copy.deepcopy(trained(seed))
    if outlier:
        kernel = next(layer for layer in model.layers if layer.weights).kernel
        kernel[0, 0] = OUTLIER * np.abs(kernel).max()
    return Network(model, *wafers()[2:4])


def single(model):
    """Return a copy of the model with its weights in float32."""
    twin = copy.deepcopy(model)
    twin.optimizer, twin.dtype = None, np.dtype(np.float32)
    twin._bind()
    return twin


# ---------------------------------------------------------------- the learner's own network
def own_network(model, x, y):
    """Return a Network with a copy of the learner's model and at most MOST_SAMPLES of the samples, evenly spread.

    Raises TypeError or ValueError, naming the argument and the remedy, where something does not fit.
    """
    if not isinstance(model, nn.Sequential):
        raise TypeError(
            _("model is {kind}, but a trained Sequential of course_lib.nn is needed.").format(kind=type(model).__name__)
        )
    if not model.built:
        raise ValueError(
            _("model has no weights yet. Train it with model.fit(...), or give its first layer an input_shape.")
        )
    for layer in model.layers:
        if not isinstance(layer, KINDS):
            raise TypeError(
                _("The layer {name} is of kind {kind}. This widget knows {known}.").format(
                    name=layer.name, kind=type(layer).__name__, known=", ".join(k.__name__ for k in KINDS)
                )
            )
    if not any(layer.weights for layer in model.layers):
        raise ValueError(_("model has no layer with weights. Add a Dense or a Conv2D layer."))
    if model.count_params() > MOST_WEIGHTS:
        raise ValueError(
            _("model has {given:,} weights, but at most {most:,} can be shown. Give a smaller network.").format(
                given=model.count_params(), most=MOST_WEIGHTS
            )
        )
    if not all(np.isfinite(w).all() for w in model.weights):
        raise ValueError(_("The weights of the model hold NaN or infinity: its training diverged. Train it again."))
    shape = model.output_shape
    if len(shape) != 1 or (shape[0] == 1 and getattr(model.layers[-1], "activation", "") != "sigmoid"):
        raise ValueError(
            _(
                "model gives outputs of shape {given} with the activation {activation}, but classes are needed: one "
                "output for each class, or one with a sigmoid."
            ).format(given=shape, activation=getattr(model.layers[-1], "activation", None))
        )
    twin = single(model)
    if x is None or y is None:
        raise ValueError(_("x and y are missing: PrecisionBench(model, x, y) needs samples that the model can answer."))
    twin.predict(x)  # says what does not fit
    x = np.asarray(x, np.float32)
    y = checked_labels(y, len(x), max(shape[0], 2))
    some = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_SAMPLES)).round().astype(int))
    return Network(twin, x[some], y[some])


def checked_labels(y, samples, count):
    """Return y as whole numbers (N,) from 0 to count - 1, or say what does not fit."""
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1 or len(y) != samples or not samples:
        hint = _(" Of one-hot rows take y.argmax(axis=1).") if y.ndim == 2 else ""
        raise ValueError(
            _("y has shape {given}, but one class number for each of the {samples} samples of x is needed.").format(
                given=y.shape, samples=samples
            )
            + hint
        )
    if y.dtype.kind not in "fiub":
        raise TypeError(_("y has dtype {dtype}, but class numbers are needed.").format(dtype=y.dtype))
    finite("y", y)
    bad = (y != np.rint(y)) | (y < 0) | (y >= count)
    if bad.any():
        raise ValueError(
            _("y holds {value:g} at index {place}, but the model knows the classes 0 to {last}.").format(
                value=y[bad][0], place=int(np.argmax(bad)), last=count - 1
            )
        )
    return y.astype(int)


def own_pair(result, w):
    """Return q and scale, what the learner's quantize gave for w, or raise what does not fit."""
    if not isinstance(written(result), (tuple, list)) or len(result) != 2:
        raise TypeError(_("it gives {kind}, but a pair is needed: q, scale").format(kind=type(result).__name__))
    q, scale = np.asarray(result[0]), float(result[1])
    if q.shape != w.shape or q.dtype != np.int8:
        raise ValueError(
            _("q has shape {given} and dtype {dtype}, but {needed} and int8 are needed").format(
                given=q.shape, dtype=q.dtype, needed=w.shape
            )
        )
    if not (np.isfinite(scale) and scale > 0):
        raise ValueError(_("scale is {scale}, but a number above 0 is needed").format(scale=scale))
    return q, scale
