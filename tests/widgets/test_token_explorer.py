"""The token explorer: shares and neighbours against course_lib.nn, texts of every kind, the learner's own models."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import traitlets as T

from course_lib import data, nn
from course_lib.text import build_vocabulary, tokenize
from course_lib.widgets import TokenExplorer, token_explorer as module
from course_lib.widgets.text_models import cosines, default_classifier, principal_components

ROOT = Path(__file__).parents[2]
TEXTS = ["pump leaking", "motor hot", "pump hot", "hose leaking at pump", "motor noisy", "noisy hose"]
CHINESE = ["液压泵漏油", "电机过热", "更换软管", "轴承有噪音", "电机有噪音"]


def small(texts=TEXTS, classes=3, length=None, mask=True, last="softmax", layer=None, seed=0):
    """An untrained model of our own, and its vocabulary."""
    vocabulary = build_vocabulary(texts)
    units = 1 if last == "sigmoid" else classes
    embedding = nn.Embedding(len(vocabulary), 4, mask_zero=mask, input_shape=(length,))
    model = nn.Sequential([embedding, layer or nn.GlobalAveragePooling1D(), nn.Dense(units, activation=last)], rng=seed)
    model.set_weights([30 * w if k == 0 else w for k, w in enumerate(model.get_weights())])
    return model, vocabulary


# ---------------------------------------------------------------- the numbers
def test_shares_are_those_of_the_model_and_of_the_shorter_texts():
    model, vocabulary, _new = default_classifier()
    widget = TokenExplorer()
    for text in (*widget.texts[:8], "pump weeping at flange", "hose hose leaking", "LEAKING, pump!"):
        widget.text = text
        tokens = tokenize(text)
        assert widget.tokens == tokens
        np.testing.assert_allclose(
            widget.shares, model.predict(vocabulary.encode([text], allow_unknown=True))[0], atol=1e-6
        )
        for k in range(len(tokens)):
            rest = " ".join(tokens[:k] + tokens[k + 1 :])
            if any(word in vocabulary for word in tokenize(rest)):
                expected = model.predict(vocabulary.encode([rest], allow_unknown=True))[0]
                np.testing.assert_allclose(widget.shares_without()[k], expected, atol=1e-6)
            else:
                assert np.isnan(widget.shares_without()[k]).all()
    assert (widget.known, widget.decision) == ([True, True], 0)


def test_shares_by_hand():
    """Two words, a mean, a softmax: z = mean of the rows times W + b."""
    model, vocabulary = small()
    widget = TokenExplorer(model, vocabulary, TEXTS)
    E, W, b = (w.astype(float) for w in model.get_weights())
    rows = E[[vocabulary.numbers["pump"], vocabulary.numbers["leaking"]]]
    np.testing.assert_allclose(widget.shares, nn.softmax((rows.mean(axis=0) @ W + b)[None])[0], atol=1e-6)
    np.testing.assert_allclose(widget.shares_without(), nn.softmax(rows[::-1] @ W + b), atol=1e-6)
    lost = widget.shares[widget.decision] - widget.shares_without()[:, widget.decision]
    np.testing.assert_allclose(widget.lost, lost)
    assert widget.deciding == np.argmax(np.abs(lost)) + 1 == widget.place


def test_neighbours_are_the_largest_cosines():
    model, vocabulary, _new = default_classifier()
    W = model.get_weights()[0].astype(float)
    widget = TokenExplorer(text="pump leaking", place=2, neighbours=8)
    a = W[vocabulary.numbers["leaking"]]
    by_hand = {
        word: W[k] @ a / np.linalg.norm(W[k]) / np.linalg.norm(a)
        for word, k in vocabulary.numbers.items()
        if word != "leaking"
    }
    best = sorted(by_hand, key=by_hand.get, reverse=True)[:8]
    assert [n["word"] for n in widget.near] == best
    for n in widget.near:
        assert n["cosine"] == pytest.approx(by_hand[n["word"]], abs=1e-9)
        assert n["dot"] / n["length"] / widget.about["length"] == pytest.approx(n["cosine"], abs=1e-9)
    assert widget.about["count"] == vocabulary.counts[vocabulary.numbers["leaking"]]
    by_word = dict(zip(widget.map_words, widget.map_cosines, strict=True))
    assert by_word["leaking"] == pytest.approx(1)
    assert by_word["line"] == pytest.approx(by_hand["line"], abs=1e-9)


def test_cosines_of_a_row_of_zeros():
    W = np.array([[0.0, 0], [3, 4], [-3, -4], [4, -3]])
    np.testing.assert_allclose(cosines(W, W[1]), [0, 1, -1, 0], atol=1e-12)
    np.testing.assert_array_equal(cosines(W, W[0]), 0)


def test_the_map_is_a_principal_component_analysis():
    rng = np.random.default_rng(0)
    W = rng.normal(size=(40, 6)) * [5, 3, 1, 0.5, 0.2, 0.1]
    mean, axes, part = principal_components(W)
    values, vectors = np.linalg.eigh(np.cov(W.T))
    np.testing.assert_allclose(part, values[::-1][:3] / values.sum())
    np.testing.assert_allclose(np.abs(axes @ vectors[:, ::-1][:, :3]), np.eye(3), atol=1e-6)
    np.testing.assert_allclose(mean, W.mean(axis=0))
    _mean, axes, part = principal_components(np.array([[1.0], [2.0], [4.0]]))
    assert part.tolist() == [1, 0, 0] and axes.ravel().tolist() == [1, 0, 0]

    widget = TokenExplorer(words=20)
    model, vocabulary, _new = default_classifier()
    W = model.get_weights()[0].astype(float)
    frequent = np.argsort(-np.array(vocabulary.counts[2:]), kind="stable")[:200] + 2
    mean, axes, part = principal_components(W[frequent])
    places = np.frombuffer(widget.map_sent).reshape(-1, 3)
    for word, place in zip(widget.map_words, places, strict=True):
        np.testing.assert_allclose(place, axes @ (W[vocabulary.numbers[word]] - mean), atol=1e-12)
    assert widget.spread == pytest.approx(part.tolist())
    spoken = {widget.about["word"], *(n["word"] for n in widget.near), *widget.tokens}
    assert set(widget.map_words) == spoken | {vocabulary.tokens[k] for k in frequent[:20]}
    low, high = np.array(widget.reach).reshape(3, 2).T
    assert (places >= low - 1e-12).all() and (places <= high + 1e-12).all()


def test_the_mean_knows_no_order():
    widget = TokenExplorer(text="hose was blocked, now loose")
    first = widget.shares
    widget.text = "hose was loose, now blocked"
    assert widget.shares == pytest.approx(first, abs=1e-6)  # float32: the sum rounds in another order
    assert widget.tokens[2] == "loose"


# ---------------------------------------------------------------- texts of every kind
@pytest.mark.parametrize("text", ["", "   ", "?!", "\n", "…"])
def test_empty_text(text):
    widget = TokenExplorer(text=text)
    assert widget.message == "No word yet: type a text, or choose one." and widget.shares == [] and widget.near == []
    assert widget.decision is None and widget.deciding is None and not widget.goal_reached and widget.lost.size == 0
    assert "No word yet" in widget.describe() and widget.picture()[:4] == b"\x89PNG"


def test_unknown_words_only():
    widget = TokenExplorer(text="Xylophon qzx")
    assert widget.message.startswith("Unknown words only (2 of 2)") and widget.shares == []
    assert widget.known == [False, False] and widget.about == {
        "word": "xylophon", "known": False, "length": 0.0, "count": 0,
    }  # fmt: skip
    assert "'xylophon' is not in the vocabulary" in widget.describe()
    widget.text = "pump qzx"
    assert widget.message == "" and widget.known == [True, False] and np.isnan(widget.lost[0])
    widget.place = 1
    assert "Without 'pump' no known word is left." in widget.describe()
    widget.place = 2
    assert "Unknown: qzx." in widget.describe()


def test_hostile_and_strange_texts():
    widget = TokenExplorer()
    widget.text = "<img src=x onerror=alert(1)> pump $\\frac{1}$ & leaking"
    assert "pump" in widget.tokens and widget.known[widget.tokens.index("leaking")]
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert "<img src=x" not in html and "&lt;img src=x" in html
    widget.text = "leaking \ud800 pump"
    assert widget.tokens == ["leaking", "pump"] and widget.text.encode()
    widget.text = "pump " * 500
    assert len(widget.text) == 300 and len(widget.tokens) == 24
    with pytest.raises(T.TraitError, match="text"):
        widget.text = 3


def test_chinese_texts(recwarn):
    model, vocabulary = small(CHINESE, classes=2)
    widget = TokenExplorer(model, vocabulary, CHINESE, ["漏", "其他"])
    assert widget.tokens == list("液压泵漏油") and all(widget.known) and len(widget.shares) == 2
    widget.text = "电机漏油!"
    assert widget.tokens == list("电机漏油") and widget.class_names[widget.decision] in widget.describe()
    widget.word = "噪音"
    assert widget.word == "噪" and widget.about["known"]
    assert widget.picture()[:4] == b"\x89PNG"
    glyphs = [str(one.message) for one in recwarn if issubclass(one.category, UserWarning)]
    assert glyphs == []  # not one for each character on a computer without Chinese fonts
    default = TokenExplorer()
    default.preset("Chinese")
    assert "Unknown words only (5 of 5)" in default.describe()


def test_a_word_of_ones_own():
    widget = TokenExplorer()
    widget.word = "  VIBRATING gearbox "
    assert widget.word == "vibrating" and widget.about["word"] == "vibrating" and widget.near[0]["cosine"] > 0.9
    widget.word = ""
    assert widget.about["word"] == widget.tokens[widget.place - 1]
    widget.place = 99
    assert widget.place == 6 and widget.about["word"] == "2"
    widget.text = "pump hot"
    assert widget.place == 2 and widget.about["word"] == "hot"


# ---------------------------------------------------------------- presets, goal, words
def test_goal():
    widget = TokenExplorer()
    for label in widget.presets:
        widget.preset(label)
        assert not widget.goal_reached, label
    for text in widget.texts[:1]:
        assert not TokenExplorer(text=text).goal_reached
    widget.text = "pump leaking, losing fluid, leaks oil"
    assert widget.goal_reached and max(widget.shares) >= 0.9 and np.nanmax(widget.lost) <= 0.05
    widget.text = "leaking leaking leaking leaking"  # nothing is lost, but it is one word only
    assert max(widget.shares) > 0.9 and np.nanmax(widget.lost) < 0.05 and not widget.goal_reached
    widget.text = "replace leaking hydraulic hose"
    assert max(widget.shares) > 0.9 and np.nanmax(widget.lost) > 0.5 and not widget.goal_reached


def test_the_presets_show_what_they_say():
    widget = TokenExplorer()
    fault = widget.class_names.index

    def without(word):
        return widget.shares_without()[widget.tokens.index(word)]

    widget.preset("one word decides")
    assert widget.shares[fault("noise")] > 0.9 and without("noisy")[fault("noise")] < 0.3
    assert without("noisy").argmax() != fault("noise")
    widget.preset("not leaking")
    assert widget.shares[fault("leak")] > 0.9 and abs(widget.lost[1]) < 0.05
    assert {"starting", "signal"} <= {n["word"] for n in widget.near}
    widget.preset("order of words")
    assert set(np.argsort(widget.shares)[-2:]) == {fault("blockage"), fault("loose")}
    widget.preset("sure, but why?")
    assert widget.known == [True, False, True, False] and widget.shares[fault("wear")] > 0.9
    assert without("at")[fault("wear")] < 0.2 and {"wear", "play"} <= {n["word"] for n in widget.near}
    widget.preset("typing errors")
    assert widget.shares[fault("wear")] > 0.9 and {"play", "wear"} & {n["word"] for n in widget.near}


def test_the_words():
    widget = TokenExplorer(text="pump weeping at flange", place=3, neighbours=2)
    full, row = widget.shares, widget.shares_without()[2]
    best, other = int(np.argmax(full)), int(np.argmax(row))
    assert widget.describe() == (
        f"Text 'pump weeping at flange': {widget.class_names[best]} {100 * full[best]:.0f} %. Without 'at' "
        f"{100 * row[best]:.0f} % ({100 * (row[best] - full[best]):+.0f} points). The decision becomes "
        f"{widget.class_names[other]} ({100 * row[other]:.0f} %). Unknown: weeping, flange. Nearest to 'at' in the "
        f"embedding, by cosine: {widget.near[0]['word']} {widget.near[0]['cosine']:.2f}, "
        f"{widget.near[1]['word']} {widget.near[1]['cosine']:.2f}."
    )


def test_the_default_model_is_good_and_made_once():
    model, vocabulary, new = default_classifier()
    again, _vocabulary, _new = default_classifier.__wrapped__()
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), again.get_weights(), strict=True))
    encoded = vocabulary.encode(new.texts, allow_unknown=True)
    assert np.mean(model.predict(encoded).argmax(axis=1) == new.y) > 0.9
    assert default_classifier()[0] is model


def test_one_setting_is_one_answer(monkeypatch):
    asked = []
    real = module.TextClassifier.shares
    monkeypatch.setattr(
        module.TextClassifier, "shares", lambda self, rows: (asked.append(len(rows)), real(self, rows))[1]
    )
    widget = TokenExplorer()
    assert asked == [1, 1, 6]  # how many classes, the text, the text without each word
    widget.place, widget.word, widget.neighbours, widget.words, widget.axes = 1, "hot", 3, 100, "2 and 3"
    assert len(asked) == 3
    widget.preset("not leaking")
    assert asked[3:] == [1, 3]


# ---------------------------------------------------------------- the learner's model
@pytest.mark.parametrize("layer", [nn.GRU, nn.LSTM, nn.SimpleRNN])
def test_a_network_that_reads_in_order(layer):
    model, vocabulary = small(layer=layer(5))
    widget = TokenExplorer(model, vocabulary, TEXTS, text="hose leaking at pump")
    first = widget.shares
    np.testing.assert_allclose(first, model.predict(vocabulary.encode([widget.text]))[0], atol=1e-6)
    widget.preset("its words backwards")
    assert widget.tokens == ["pump", "at", "leaking", "hose"] and np.abs(np.subtract(first, widget.shares)).max() > 1e-3


@pytest.mark.parametrize("padding", ["right", "left"])
def test_a_model_of_one_length_is_padded_as_it_was_trained(padding):
    model, vocabulary = small(length=3, mask=False)
    widget = TokenExplorer(model, vocabulary, TEXTS, padding=padding)
    np.testing.assert_allclose(
        widget.shares, model.predict(vocabulary.encode(["pump leaking"], 3, padding))[0], atol=1e-6
    )
    widget.text = "hose leaking at pump"
    assert widget.reads == 3
    np.testing.assert_allclose(widget.shares, model.predict(vocabulary.encode([widget.text], 3, padding))[0], atol=1e-6)
    shorter = model.predict(vocabulary.encode(["leaking at pump"], 3, padding))[0]
    np.testing.assert_allclose(widget.shares_without()[0], shorter, atol=1e-6)


def test_one_sigmoid_unit_and_scores():
    model, vocabulary = small(last="sigmoid")
    widget = TokenExplorer(model, vocabulary, TEXTS, ["fine", "faulty"])
    p = float(model.predict(vocabulary.encode(["pump leaking"]))[0, 0])
    assert widget.shares == pytest.approx([1 - p, p], abs=1e-6)
    model, vocabulary = small(last=None)
    z = model.predict(vocabulary.encode(["pump leaking"])).astype(float)
    widget = TokenExplorer(model, vocabulary, TEXTS)
    assert widget.shares == pytest.approx(nn.softmax(z)[0].tolist(), abs=1e-6)
    assert widget.class_names == ["class 0", "class 1", "class 2"]


def test_the_model_is_copied():
    model, vocabulary = small()
    widget = TokenExplorer(model, vocabulary, TEXTS)
    before = list(widget.shares)
    model.set_weights([w + 1.5 for w in model.get_weights()])
    widget.text = "motor hot"
    widget.text = "pump leaking"
    assert widget.shares == before


def test_texts_of_a_data_set_bring_their_class_names():
    model, vocabulary, new = default_classifier()
    widget = TokenExplorer(model, vocabulary, new)
    assert widget.class_names == list(new.class_names) and widget.texts == list(new.texts[:24])
    assert widget.text == new.texts[0]
    named = data.simulate_work_orders(60, 0)[0]
    assert TokenExplorer(texts=named).class_names == list(new.class_names)


def test_a_tiny_embedding():
    vocabulary = build_vocabulary(["pump leaking"])
    model = nn.Sequential(
        [nn.Embedding(4, 1, input_shape=(None,)), nn.GlobalAveragePooling1D(), nn.Dense(2, activation="softmax")]
    )
    widget = TokenExplorer(model, vocabulary)
    assert widget.text == "leaking pump" and [n["word"] for n in widget.near] != [] and len(widget.near) == 1
    assert "axes" in widget.hide and "axes" not in TokenExplorer().hide
    assert abs(widget.near[0]["cosine"]) == pytest.approx(1)


KERAS = """
import sys
import numpy as np
from course_lib import nn
from course_lib.text import build_vocabulary
from course_lib.widgets import TokenExplorer
assert "keras" not in sys.modules and "tensorflow" not in sys.modules, "imported with the widgets"
import keras
L, texts = keras.layers, ["pump leaking", "motor hot", "hose leaking at pump"]
vocabulary = build_vocabulary(texts)
model = keras.Sequential([L.Embedding(len(vocabulary), 4, mask_zero=True), L.GlobalAveragePooling1D(),
                          L.Dense(3, activation="softmax")])
try:
    TokenExplorer(model, vocabulary)
except ValueError as unbuilt:
    assert "model has no weights yet" in str(unbuilt), unbuilt
model.build((None, None))
widget = TokenExplorer(model, list(vocabulary.tokens), texts)
expected = np.asarray(model(vocabulary.encode(["pump leaking"])))[0]
np.testing.assert_allclose(widget.shares, expected, atol=1e-6)
np.testing.assert_allclose(widget.shares_without()[0], np.asarray(model(vocabulary.encode(["leaking"])))[0], atol=1e-6)
model.set_weights([w + 1 for w in model.get_weights()])
widget.text = "leaking pump"
np.testing.assert_allclose(widget.shares, expected, atol=1e-6)
tokens = keras.Input((3,))
for fixed in (keras.Sequential([tokens, L.Embedding(len(vocabulary), 4), L.Flatten(), L.Dense(1)]),
              keras.Model(tokens, L.Dense(1, "sigmoid")(L.GRU(5)(L.Embedding(9, 4, mask_zero=True)(tokens))))):
    widget = TokenExplorer(fixed, vocabulary, texts, ["fine", "faulty"])
    y = np.asarray(fixed(vocabulary.encode(["pump leaking"], 3)), float)[0, 0]
    p = y if len(fixed.layers) == 4 and fixed.layers[-1].activation.__name__ == "sigmoid" else nn.sigmoid(np.array(y))
    np.testing.assert_allclose(widget.shares, [1 - p, p], atol=1e-6)
print("fine")
"""


def test_a_keras_model_gives_its_own_answers():
    """In a process of its own: importing TensorFlow would slow the other tests down."""
    pytest.importorskip("keras")
    done = subprocess.run([sys.executable, "-c", KERAS], capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.stdout == "fine\n", done.stderr[-2000:]


# ---------------------------------------------------------------- input
def ruined():
    model, vocabulary = small()
    model.set_weights([w * np.nan for w in model.get_weights()])
    return model, vocabulary


MODEL, VOCABULARY = small()


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: TokenExplorer(MODEL), ValueError, "vocabulary is missing"),
        (lambda: TokenExplorer(vocabulary=VOCABULARY), ValueError, "vocabulary belongs to a model"),
        (lambda: TokenExplorer(class_names=["a"]), ValueError, "class_names belongs to a model"),
        (lambda: TokenExplorer("model", VOCABULARY), TypeError, "model is str, but a trained model"),
        (lambda: TokenExplorer(nn.Sequential([nn.Dense(2)]), VOCABULARY), ValueError, "model has no weights yet"),
        (
            lambda: TokenExplorer(nn.Sequential([nn.Dense(2, input_shape=(3,))]), VOCABULARY),
            TypeError,
            "model begins with Dense, but its first layer must be an Embedding",
        ),
        (
            lambda: TokenExplorer(nn.Sequential([nn.Embedding(20, 2, input_shape=(None,)), nn.Dense(2)]), VOCABULARY),
            ValueError,
            r"output of shape \(1, 2\) for one text.*GlobalAveragePooling1D",
        ),
        (lambda: TokenExplorer(*ruined()), ValueError, "NaN or infinity: its training diverged"),
        (lambda: TokenExplorer(MODEL, build_vocabulary([*TEXTS, "x y z"])), ValueError, "vocabulary has 12 tokens.*9"),
        (lambda: TokenExplorer(MODEL, {"pump": 2}), TypeError, "vocabulary is dict, but a Vocabulary"),
        (lambda: TokenExplorer(MODEL, VOCABULARY, "pump"), TypeError, "texts is one text"),
        (lambda: TokenExplorer(MODEL, VOCABULARY, ["pump", None]), TypeError, r"texts\[1\] is None"),
        (lambda: TokenExplorer(MODEL, VOCABULARY, TEXTS, ["a"]), ValueError, "class_names has 1 names.*3 classes"),
        (lambda: TokenExplorer(MODEL, VOCABULARY, padding="both"), ValueError, "padding"),
    ],
)
def test_input_that_does_not_fit(make, error, words):
    with pytest.raises(error, match=words):
        make()
