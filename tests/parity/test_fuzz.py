"""The fuzz in short: random models against Keras, a replay, and wrong gradients that it must notice."""

import json
from pathlib import Path

import numpy as np
import pytest

from course_lib import nn
from tests.parity import fuzz
from tests.parity.backend import JAX

SEED, MODELS = 56, 24  # chosen so that everything occurs; the tests below hold it to that
LAYERS = {
    "Activation", "AveragePooling2D", "Conv2D", "Dense", "Dropout", "Embedding", "Flatten", "GRU",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "LSTM", "Masking", "MaxPooling2D", "SimpleRNN",
}  # fmt: skip
LOSSES = {"mean_squared_error"} | {
    f"{kind}_crossentropy, from {source}"
    for kind in ("binary", "categorical", "sparse_categorical")
    for source in ("logits", "logits behind an activation", "probabilities")
}
OPTIMIZERS = {"SGD", "SGD, momentum", "SGD, nesterov", "RMSprop", "Adam"}
CLIPS = {"clipnorm", "global_clipnorm"}


def everything_occurs(counts):
    assert set(counts["layers"]) == LAYERS
    assert set(counts["loss"]) == LOSSES
    unclipped = {name.removesuffix(", global_clipnorm").removesuffix(", clipnorm") for name in counts["optimizer"]}
    assert unclipped == OPTIMIZERS
    assert {name.split(", ")[-1] for name in counts["optimizer"]} > CLIPS


def test_every_layer_of_the_library_is_named_here():
    kinds = {name for name, kind in vars(nn).items() if isinstance(kind, type) and issubclass(kind, nn.Layer)}
    assert kinds - {"Layer", "Input"} == LAYERS
    assert {name.split(",")[0] for name in LOSSES} == {loss.__name__ for loss in nn.LOSSES.values()}
    assert {name.split(",")[0] for name in OPTIMIZERS} == {kind.__name__ for kind in nn.OPTIMIZERS.values()}


def test_drawn_models_agree_with_keras():
    tally = fuzz.run(MODELS, SEED)
    assert tally.failures == [] and tally.models == MODELS
    assert 0 < max(tally.differences.values()) <= fuzz.TOLERANCE
    everything_occurs(tally.counts)


def test_every_gradient_matters_in_these_models():
    """Each layer stands behind one with weights: else nobody would notice a wrong gradient for its input."""
    seen = set()
    for k in range(MODELS):
        kinds = [(type(layer).__name__, bool(layer.weights)) for layer in fuzz.case(SEED, k).model.layers]
        first = next(place for place, (_name, weights) in enumerate(kinds) if weights)
        seen |= {name for name, _weights in kinds[first + 1 :]}
    assert seen == LAYERS - {"Embedding", "Masking"}  # these two come first


def test_a_model_is_drawn_from_its_own_seed():
    for k in (0, 7):
        a, b = fuzz.case(SEED, k), fuzz.case(SEED, k)
        assert str(a) == str(b)
        for one, other in zip([a.x, a.y, *a.model.get_weights()], [b.x, b.y, *b.model.get_weights()], strict=True):
            np.testing.assert_array_equal(one, other)
    assert str(fuzz.case(SEED, 0)) != str(fuzz.case(SEED + 1, 0))


def test_the_corners_are_drawn():
    """Batches of one and beyond a piece, one step, wholly masked rows, both paddings, strides of two kinds."""
    seen = set()
    for k in range(300):
        one = fuzz.case(SEED, k)
        first, images = one.model.layers[0], one.x.ndim == 4
        seen |= {"a batch of one"} if len(one.x) == 1 else {"pieces"} if len(one.x) > 16 and images else set()
        seen |= {"one step"} if one.x.ndim == 3 and one.x.shape[1] == 1 else set()
        seen |= {layer.padding for layer in one.model.layers if hasattr(layer, "padding")}
        seen |= {"strides" for layer in one.model.layers if len(set(getattr(layer, "strides", ()))) == 2}
        hidden = one.x == 0 if getattr(first, "mask_zero", False) else None
        hidden = (one.x == -9).all(axis=-1) if isinstance(first, nn.Masking) else hidden
        seen |= {"a masked row"} if hidden is not None and hidden.all(axis=1).any() else set()
    assert seen == {"a batch of one", "pieces", "one step", "valid", "same", "strides", "a masked row"}


def slightly_wrong(backward):
    """The same gradients, the kernel's a hundred-millionth too large."""

    def wrong(*arguments, out, **options):
        result = backward(*arguments, out=out, **options)
        out[0][...] *= 1 + 1e-8
        return result

    return wrong


@pytest.mark.parametrize(
    ("module", "name", "layer"),
    [(nn.recurrent_layers, "gru_backward", nn.GRU), (nn.image_layers, "conv2d_backward", nn.Conv2D)],
)
def test_a_wrong_gradient_is_noticed_and_replays(module, name, layer, monkeypatch, capsys):
    kinds = [{type(layer) for layer in fuzz.case(SEED, k).model.layers} for k in range(MODELS)]
    k = next(k for k, found in enumerate(kinds) if layer in found)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, slightly_wrong(getattr(module, name)))
        tally = fuzz.Tally(SEED)
        tally.add(k)
        (failure,) = tally.failures
        said = capsys.readouterr().out
        assert f"--seed {SEED} --model {k}" in said and failure["description"] in said
        wrong = [row for row in failure["rows"] if row.startswith("gradient of ")]
        assert wrong and all(row in said for row in failure["rows"])
        assert all(f"{layer.default_name()}" in row and ".kernel: 1.0e-08" in row for row in wrong)
        assert fuzz.main(["--seed", str(SEED), "--model", str(k)]) is True
        said = capsys.readouterr().out
        assert failure["description"] in said and "DIFFERS" in said
    assert fuzz.main(["--seed", str(SEED), "--model", str(k)]) is False
    said = capsys.readouterr().out
    assert failure["description"] in said and "DIFFERS" not in said


def test_a_wrong_optimizer_is_noticed_in_the_weights(monkeypatch):
    k = next(k for k in range(MODELS) if fuzz.optimizer_name(fuzz.case(SEED, k).model.optimizer) == "RMSprop")
    right = nn.optimizers.rmsprop_step
    monkeypatch.setattr(
        nn.optimizers, "rmsprop_step", lambda w, g, state, lr, rho, eps: right(w, g, state, lr, rho, 2 * eps)
    )
    tally = fuzz.Tally(SEED)
    tally.add(k)
    assert tally.failures and tally.differences["gradients"] <= fuzz.TOLERANCE
    assert tally.differences["weights in training"] > fuzz.TOLERANCE


CLIPPED = 679  # of seed 0: with Keras on JAX it comes to the clip, and its loss then differs in the fifth digit


def test_a_model_that_keras_clips_is_compared_from_its_logits(monkeypatch):
    """On TensorFlow nothing is clipped; on JAX, and with a stand-in for one that clips, the other way is taken."""
    finds_logits = fuzz.engine().finds_logits
    assert finds_logits is not JAX
    assert fuzz.check(fuzz.case(0, CLIPPED)).passed is finds_logits
    assert fuzz.check_twice(fuzz.case(0, CLIPPED), 0, CLIPPED)[0].passed
    assert fuzz.check(fuzz.from_the_logits(fuzz.case(0, CLIPPED))).passed
    monkeypatch.setattr(type(fuzz.engine()), "finds_logits", False)
    one = fuzz.case(0, CLIPPED)
    before = one.model.get_weights()
    assert fuzz.reaches_the_clip(one)
    assert all(np.array_equal(a, b) for a, b in zip(before, one.model.get_weights(), strict=True))
    mild = [k for k in range(MODELS) if not fuzz.reaches_the_clip(fuzz.case(SEED, k))]
    assert mild == list(range(MODELS)), "models that never come near the clip are held to what they are"


@pytest.mark.parametrize("k", [CLIPPED, 0])
def test_a_wrong_gradient_is_no_clip(k, monkeypatch):
    """A model that comes to the clip and has a wrong gradient besides is a failure, and so is any other."""
    monkeypatch.setattr(type(fuzz.engine()), "finds_logits", False)
    right = nn.Dense.backward

    def wrong(layer, dy, from_logits=False):
        dx = right(layer, dy, from_logits)
        layer.gradients[0][...] *= 1 + 1e-8
        return dx

    monkeypatch.setattr(nn.Dense, "backward", wrong)
    tally = fuzz.Tally(0)
    tally.add(k)
    assert len(tally.failures) == 1 and tally.clipped == ([k] if k == CLIPPED else [])


def test_nan_and_an_error_are_failures(monkeypatch, capsys):
    tally = fuzz.Tally(SEED)
    monkeypatch.setattr(fuzz.Case, "__str__", lambda one: "a model")
    monkeypatch.setattr(fuzz.parity, "compare", lambda *given, **options: 1 / 0)
    tally.add(0)
    assert tally.failures == [{"model": 0, "description": "a model", "rows": ["ZeroDivisionError: division by zero"]}]
    monkeypatch.undo()
    monkeypatch.setattr(nn.Sequential, "predict", lambda model, x: np.full((len(x), *model.output_shape), np.nan))
    tally.add(0)
    assert tally.differences["outputs"] == np.inf and "outputs: nan" in tally.failures[1]["rows"]


def test_ctrl_c_prints_what_was_done_and_writes_nothing(monkeypatch, capsys, tmp_path):
    real = fuzz.check

    def interrupted(one):
        if str(one) == str(fuzz.case(SEED, 1)):
            raise KeyboardInterrupt
        return real(one)

    monkeypatch.setattr(fuzz, "check", interrupted)
    assert fuzz.main(["--seed", str(SEED), "--models", "3", "--json", str(tmp_path / "fuzz.json")]) is True
    said = capsys.readouterr().out
    assert "Stopped" in said and f"seed {SEED}: 1 models, 0 with" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("file", "name"), [("fuzz.json", "TensorFlow"), ("fuzz_jax.json", "JAX")])
def test_the_stored_run_of_a_thousand_models(file, name):
    stored = json.loads(Path(fuzz.__file__).with_name(file).read_text(encoding="utf-8"))
    assert stored["models"] >= 1000 and stored["failures"] == [] and stored["steps"] == 20
    assert set(stored["largest_differences"]) == set(fuzz.QUANTITIES)
    assert max(stored["largest_differences"].values()) <= stored["tolerance"] == 1e-10
    assert f"({name} " in stored["engine"] and stored["device"]
    assert len(stored.get("clipped_by_keras", [])) <= 10, "a way out for a few models, not for many"
    everything_occurs(stored["counts"])
