"""Parity under fuzz: python -m tests.parity.fuzz [--models 1000] [--seed 0] [--model K] [--json FILE].

Draws random models, any mix of layers, losses and optimizers, and compares with Keras in float64: outputs, loss, every
gradient, and the loss and all weights in 20 steps of training. Each model has its own seed, (seed, K), so that
--model K replays one alone. With KERAS_BACKEND=jax it runs on JAX; on either, on the GPU where one is found.

The data are noise: no two values of a window are equal and no sum is exactly 0, where Keras's engines may differ.
Keras on TensorFlow takes a cross-entropy behind a sigmoid or softmax from the logits, as we do; on JAX it clips the
probabilities. A model that comes to this clip is compared once more with the loss from its logits, and counted.
"""

import argparse
import functools
import json
import math
import platform
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib import nn, parity
from course_lib.parity.engines import engine
from course_lib.parity.models import train
from tests.parity.backend import forget_models

TOLERANCE = 1e-10
STEPS = 20
CLIP = 1e-7  # Keras keeps probabilities so far from 0 and 1
QUANTITIES = ("outputs", "loss", "gradients", "loss in training", "weights in training")
HIDDEN = ("linear", "relu", "tanh", "sigmoid")
RECURRENT = (nn.SimpleRNN, nn.LSTM, nn.GRU)


@dataclass(frozen=True)
class Case:
    """A drawn model, compiled, with one batch for it."""

    model: nn.Sequential
    x: np.ndarray
    y: np.ndarray

    @property
    def kinds(self):
        """What occurs in it: names of layers, the loss with where it is taken from, the optimizer and its clipping."""
        layers = {type(layer).__name__ for layer in self.model.layers}
        return {"layers": layers, "loss": {loss_name(self.model)}, "optimizer": {optimizer_name(self.model.optimizer)}}

    def __str__(self):
        layers = "".join(f"\n    {layer!r}," for layer in self.model.layers)
        return (
            f"Sequential([\n    Input({self.model.input_shape}),{layers}\n]), {self.model.optimizer!r}, "
            f"{loss_name(self.model)}; x {self.x.shape}, y {self.y.shape}"
        )


def loss_name(model):
    """As binary_crossentropy, from logits: what Keras and we take it from, not what was asked for."""
    if model.loss is nn.mean_squared_error:
        return "mean_squared_error"
    explicit, last = isinstance(model.loss, functools.partial), model.layers[-1]
    behind = isinstance(last, (nn.Dense, nn.Conv2D, nn.Activation)) and last.activation in ("sigmoid", "softmax")
    source = "logits" if explicit else "logits behind an activation" if behind else "probabilities"
    return f"{(model.loss.func if explicit else model.loss).__name__}, from {source}"


def optimizer_name(optimizer):
    name = type(optimizer).__name__
    if getattr(optimizer, "momentum", 0):
        name = "SGD, nesterov" if optimizer.nesterov else "SGD, momentum"
    clips = [option for option in ("clipnorm", "global_clipnorm") if getattr(optimizer, option)]
    return ", ".join([name, *clips])


# ---------------------------------------------------------------- drawing
def case(seed, k):
    """Model K of this seed."""
    return draw(np.random.default_rng([seed, k]))


def draw(rng):
    """Return a `Case`: a table, images, sequences or texts, with the layers that fit them."""
    kind = pick(rng, (a_table, images, sequences, texts))
    x, layers, N = kind(rng)
    steps = x.shape[1] if kind in (sequences, texts) and keeps_steps(layers) else None
    loss, head = a_head(rng, steps, masked(layers), kind is images and not is_flat(layers))
    model = nn.Sequential([nn.Input(x.shape[1:]), *layers, *head], dtype="float64", rng=int(rng.integers(2**32)))
    model.compile(an_optimizer(rng), loss)
    return Case(model, x, targets(rng, model, (N, *model.output_shape)))


def pick(rng, options):
    return options[rng.integers(len(options))]


def chance(rng, share):
    return bool(rng.random() < share)


def a_table(rng):
    x = rng.standard_normal((N := batch(rng), int(rng.integers(1, 7))))
    return x, [layer for _ in range(rng.integers(4)) for layer in dense(rng)], N


def dense(rng):
    """A Dense layer, its activation within or behind it, sometimes with a Dropout."""
    activation, kernel = pick(rng, (*HIDDEN, "softmax")), pick(rng, ("glorot_uniform", "glorot_normal", "he_uniform"))
    units = int(rng.integers(2, 6))  # the softmax of one unit is 1 whatever happens
    within = chance(rng, 0.7)
    layers = [nn.Dense(units, activation if within else None, kernel_initializer=kernel, bias_initializer=bias(rng))]
    return layers + ([] if within else [nn.Activation(activation)]) + dropout(rng)


def bias(rng):
    return pick(rng, ("zeros", "random_uniform", "ones"))


def dropout(rng):
    """Off in the comparison, since no two engines draw the same numbers: there it must change nothing."""
    return [nn.Dropout(float(rng.choice([0, 0.25, 0.5])))] if chance(rng, 0.2) else []


def batch(rng):
    return int(rng.choice([1, 2, 3, 5, 8]))


def images(rng):
    """Up to three layers that look at windows; a batch may be larger than the pieces of `nn.pieces`."""
    N = int(rng.integers(17, 40)) if chance(rng, 0.2) else batch(rng)
    shape = (*map(int, rng.integers(3, 11, 2)), int(rng.integers(1, 4)))
    x, layers, size = rng.standard_normal((N, *shape)), [], shape[:2]
    for _layer in range(rng.integers(1, 4)):
        layer = a_window(rng, size)
        size = layer.compute_output_shape((*size, 1))[:2]
        layers += [layer, *([nn.Activation(pick(rng, HIDDEN))] if chance(rng, 0.2) else []), *dropout(rng)]
    if chance(rng, 0.3):
        return x, [*layers, nn.GlobalAveragePooling2D()], N
    if chance(rng, 0.8):
        return x, [*layers, nn.Flatten(), *(dense(rng) if chance(rng, 0.4) else [])], N
    return x, layers, N


def a_window(rng, size):
    """A convolution or a pooling that fits an image of this size (H, W)."""
    padding = pick(rng, ("valid", "same"))
    fits = [int(rng.integers(1, min(5, n + 1))) for n in size]
    strides = [int(rng.integers(1, 4)) for _axis in range(2)]
    kind = pick(rng, (nn.Conv2D, nn.Conv2D, nn.MaxPooling2D, nn.AveragePooling2D))
    if kind is not nn.Conv2D:
        return kind(fits, pick(rng, (None, strides)), padding)
    # TensorFlow has no gradient of a convolution with two different strides.
    return nn.Conv2D(int(rng.integers(1, 5)), fits, strides[0], padding, pick(rng, HIDDEN), bias_initializer=bias(rng))


def sequences(rng):
    """Up to three recurrent layers, sometimes behind a Masking; steps are masked anywhere, not only at the end."""
    N, T, D = batch(rng), int(rng.choice([1, 2, 3, 4, 6, 9])), int(rng.integers(1, 5))
    hidden = chance(rng, 0.5)
    layers = [nn.Masking(-9.0)] if hidden else []
    layers += recurrent(rng, hidden)
    x = rng.standard_normal((N, T, D))
    if hidden:
        x[~real_steps(rng, N, T, layers)] = -9
    return x, layers, N


def texts(rng):
    N, T, V = batch(rng), int(rng.choice([1, 2, 3, 4, 6, 9])), int(rng.integers(2, 12))
    hidden = chance(rng, 0.6)
    start = pick(rng, ("uniform", "glorot_uniform"))
    layers = [nn.Embedding(V, int(rng.integers(1, 5)), start, mask_zero=hidden)]
    layers += recurrent(rng, hidden, fewest=0)
    tokens = rng.integers(0, V, (N, T))
    if hidden:
        tokens = np.where(real_steps(rng, N, T, layers), np.maximum(tokens, 1), 0)
    return tokens, layers, N


def recurrent(rng, hidden, fewest=1):
    """Recurrent layers, and then the last state, the mean over the steps, all steps in a row, or all as they are."""
    count = int(rng.integers(fewest, 4))
    end = pick(rng, ("last", "last", "mean", "steps", "row")) if count else pick(rng, ("mean", "steps", "row"))
    if end == "row" and hidden:
        end = "steps"  # a mask says nothing about values in a row
    layers = []
    for k in range(count):
        kind = pick(rng, RECURRENT)
        options = {"activation": pick(rng, HIDDEN)} if kind is nn.SimpleRNN else {}
        if kind is nn.LSTM:
            options = {"unit_forget_bias": chance(rng, 0.5)}
        units, many = int(rng.integers(1, 5)), k < count - 1 or end != "last"
        if units == 1 and options.get("activation") == "linear":
            # Orthogonal is then 1 or -1, and with -1 the bias counts +1 -1 +1 -1: no gradient, nothing but round-off.
            options["recurrent_initializer"] = "glorot_uniform"
        layers += [kind(units, return_sequences=many, bias_initializer=bias(rng), **options)]
        layers += dropout(rng) + (dense(rng) if many and chance(rng, 0.2) else [])
    return layers + {"mean": [nn.GlobalAveragePooling1D()], "row": [nn.Flatten()]}.get(end, [])


def real_steps(rng, N, T, layers):
    """A mask (N, T). Whole rows may be hidden, except where a mean over nothing would be asked for."""
    real = rng.random((N, T)) < rng.choice([0.3, 0.7])
    if chance(rng, 0.5):  # filled up at the end
        real = np.arange(T) < rng.integers(0, T + 1, (N, 1))
    if any(isinstance(layer, nn.GlobalAveragePooling1D) for layer in layers):
        real[np.arange(N), rng.integers(0, T, N)] = True
    return real


def keeps_steps(layers):
    ends = (nn.GlobalAveragePooling1D, nn.Flatten)
    return not any(isinstance(a, ends) or (isinstance(a, RECURRENT) and not a.return_sequences) for a in layers)


def masked(layers):
    return any(isinstance(layer, nn.Masking) or getattr(layer, "mask_zero", False) for layer in layers)


def is_flat(layers):
    return any(isinstance(layer, (nn.Flatten, nn.GlobalAveragePooling2D)) for layer in layers)


def a_head(rng, steps, hidden, is_image):
    """Return a loss, and the last layers that give what it needs.

    A cross-entropy is taken from the logits by its option, from the logits behind the last activation, or from
    probabilities: where a layer follows the activation, Keras and we no longer see the logits.
    """
    loss = pick(rng, (nn.mean_squared_error, *CROSS_ENTROPIES))
    activation, fewest = CROSS_ENTROPIES.get(loss, (pick(rng, (*HIDDEN, "softmax")), 1))
    units = int(rng.integers(max(fewest, 2 if activation == "softmax" else 1), 5))

    def last(activation):
        if is_image:
            return nn.Conv2D(units, 1, activation=activation)
        return nn.Dense(units, activation, bias_initializer=bias(rng))

    mean = [nn.GlobalAveragePooling2D()] if is_image else [nn.GlobalAveragePooling1D()] if steps and not hidden else []
    end = mean if chance(rng, 0.5) else []
    if loss in CROSS_ENTROPIES and not end:
        source = pick(rng, ("logits", "behind", "probabilities"))
        if source == "logits":
            return functools.partial(loss, from_logits=True), [last(None)]
        if source == "probabilities" and loss is nn.binary_crossentropy and steps:
            return loss, [nn.SimpleRNN(units, "sigmoid", return_sequences=chance(rng, 0.5))]
        if source == "probabilities" and not steps:
            return loss, [last(activation), nn.Flatten()]
    return loss, [last(activation), *end]


CROSS_ENTROPIES = {  # the activation that makes probabilities, the fewest units
    nn.binary_crossentropy: ("sigmoid", 1),
    nn.categorical_crossentropy: ("softmax", 2),
    nn.sparse_categorical_crossentropy: ("softmax", 2),
}


def an_optimizer(rng):
    """Numbers that float32 holds exactly, because some of Keras's pass through it."""
    clip = {pick(rng, ("clipnorm", "global_clipnorm")): float(rng.choice([0.0625, 0.5]))} if chance(rng, 0.3) else {}
    rate = 2.0 ** -int(rng.integers(4, 9))
    kind = pick(rng, ("sgd", "momentum", "nesterov", "rmsprop", "adam"))
    if kind == "sgd":
        return nn.SGD(rate, **clip)
    if kind == "rmsprop":
        return nn.RMSprop(rate / 8, rho=float(rng.choice([0.875, 0.9375])), **clip)
    if kind == "adam":
        return nn.Adam(rate / 8, float(rng.choice([0.75, 0.875])), float(rng.choice([0.96875, 0.9921875])), **clip)
    return nn.SGD(rate, momentum=float(rng.choice([0.5, 0.875])), nesterov=kind == "nesterov", **clip)


def targets(rng, model, shape):
    """Targets for outputs of this shape."""
    loss = model.loss.func if isinstance(model.loss, functools.partial) else model.loss
    if loss is nn.mean_squared_error:
        return rng.standard_normal(shape)
    if loss is nn.binary_crossentropy:
        return rng.integers(0, 2, shape).astype(float)
    classes = rng.integers(0, shape[-1], shape[:-1])
    return classes if loss is nn.sparse_categorical_crossentropy else np.eye(shape[-1])[classes]


# ---------------------------------------------------------------- comparing
def check(one):
    """Compare a `Case` with its Keras twin: all rows."""
    return parity.compare(one.model, None, one.x, one.y, steps=STEPS, weights=True, tolerance=TOLERANCE)


def check_twice(one, seed, k):
    """Return (comparison, clipped) of `one`, model K; where Keras clips, the comparison is that from the logits."""
    comparison = check(one)
    clipped = not comparison.passed and reaches_the_clip(one)
    return check(from_the_logits(case(seed, k))) if clipped else comparison, clipped


def reaches_the_clip(one):
    """Whether Keras on this engine clips a probability of this model in these steps, where we take the logits."""
    model = one.model
    if engine().finds_logits or not loss_name(model).endswith("behind an activation"):
        return False
    start = model.get_weights()
    try:
        for weights in [start, *train(model, one.x, one.y, STEPS, weights=True)[1]]:
            model.set_weights(weights)
            p = model.predict(one.x)
            if p.min() < CLIP or p.max() > 1 - CLIP:
                return True
        return False
    finally:
        model.set_weights(start)


def from_the_logits(one):
    """The same case without its last activation, and its loss from the logits by option: what any engine does alike."""
    one.model.layers[-1].activation = "linear"
    one.model.loss = functools.partial(one.model.loss, from_logits=True)
    return one


def largest(comparison):
    """Return {quantity: largest relative difference}."""
    outputs, loss, *rest = (row.relative if math.isfinite(row.relative) else math.inf for row in comparison.rows)
    weights = (len(rest) - 2) // 2
    parts = [outputs], [loss], rest[:weights], rest[weights : weights + 2], rest[weights + 2 :]
    return dict(zip(QUANTITIES, (max(part, default=0.0) for part in parts), strict=True))


class Tally:
    """What has been seen so far."""

    def __init__(self, seed):
        self.seed, self.models, self.failures, self.clipped = seed, 0, [], []
        self.counts = {"layers": Counter(), "loss": Counter(), "optimizer": Counter()}
        self.differences, self.start = dict.fromkeys(QUANTITIES, 0.0), time.perf_counter()

    def add(self, k):
        """Draw and compare model K; a failure is printed at once."""
        one = case(self.seed, k)
        try:
            comparison, clipped = check_twice(one, self.seed, k)
        except Exception as error:  # what cannot be compared is no agreement
            self.fail(k, one, [f"{type(error).__name__}: {error}"])
        else:
            self.clipped += [k] if clipped else []
            for name, value in largest(comparison).items():
                self.differences[name] = max(self.differences[name], value)
            if not comparison.passed:
                self.fail(k, one, [f"{row.name}: {row.relative:.1e}" for row in comparison.rows if not row.passed])
        self.models += 1
        for what, kinds in one.kinds.items():
            self.counts[what].update(kinds)

    def fail(self, k, one, rows):
        self.failures.append({"model": k, "description": str(one), "rows": rows})
        print(f"\nModel {k} of seed {self.seed} DIFFERS (python -m tests.parity.fuzz --seed {self.seed} --model {k})")
        print(f"{one}\n  " + "\n  ".join(rows), flush=True)

    def result(self):
        """Everything as a dict that JSON can hold."""
        where = parity.device()
        return {
            "seed": self.seed,
            "models": self.models,
            "tolerance": TOLERANCE,
            "steps": STEPS,
            "device": where.kind,
            "engine": where.engine,
            "versions": {"python": platform.python_version(), "numpy": np.__version__},
            "seconds": round(time.perf_counter() - self.start, 1),
            "largest_differences": self.differences,
            "counts": {what: dict(sorted(counts.items())) for what, counts in self.counts.items()},
            "clipped_by_keras": self.clipped,
            "failures": self.failures,
        }

    def __str__(self):
        lines = [f"seed {self.seed}: {self.models} models, {len(self.failures)} with a difference above {TOLERANCE:g}"]
        if self.clipped:
            lines.append(f"  compared from the logits, for Keras clips their probabilities: models {self.clipped}")
        lines += [f"  {name:<20} {value:.1e}" for name, value in self.differences.items()]
        lines += [f"  {kind:<70} {n}" for counts in self.counts.values() for kind, n in sorted(counts.items())]
        return "\n".join([*lines, f"{parity.device()}, {time.perf_counter() - self.start:.0f} s"])


def run(models, seed, progress=lambda tally: None):
    """Compare so many models and return the `Tally`; Ctrl-C ends early."""
    tally = Tally(seed)
    try:
        for k in range(models):
            tally.add(k)
            progress(tally)
            if k % 20 == 19:
                forget_models()
    except KeyboardInterrupt:
        print("\nStopped: what was done so far")
    return tally


def line(models):
    """A progress line: written over on a screen, now and then in a file."""

    def show(tally):
        text = f"{tally.models}/{models} models, {len(tally.failures)} differ, "
        text += f"{time.perf_counter() - tally.start:.0f} s"
        if sys.stderr.isatty():
            print(f"\r{text}", end="" if tally.models < models else "\n", file=sys.stderr, flush=True)
        elif tally.models % 50 == 0:
            print(text, file=sys.stderr, flush=True)

    return show


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.parity.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other models (default 0)")
    parser.add_argument("--model", type=int, help="only this one, with all its rows")
    parser.add_argument("--json", type=Path, help="write the result to this file")
    options = parser.parse_args(arguments)
    if options.model is not None:
        one = case(options.seed, options.model)
        comparison, clipped = check_twice(one, options.seed, options.model)
        print(f"model {options.model} of seed {options.seed}\n{one}\n{comparison}")
        if clipped:
            print("Compared from the logits, for Keras clips the probabilities.")
        return not comparison.passed
    print(f"seed {options.seed}, {options.models} models, {parity.device()}", flush=True)
    tally = run(options.models, options.seed, line(options.models))
    print(tally)
    if options.json and tally.models == options.models:
        options.json.write_text(json.dumps(tally.result(), indent=1) + "\n", encoding="utf-8")
    return bool(tally.failures) or tally.models < options.models


if __name__ == "__main__":
    sys.exit(main())
