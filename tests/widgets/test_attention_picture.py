"""The attention picture: its weights against the formula, the layer it trains, masks, own numbers, own function."""

import numpy as np
import pytest
import traitlets as T

from course_lib import nn
from course_lib.widgets import AttentionPicture, attention_words as words

RNG = np.random.default_rng(5)
Q, K, V = RNG.normal(size=(3, 4, 5))


def arrays(widget):
    """q (Tq, d), k (Tk, d), v (Tk, D) that the widget sends."""
    _Tq, _Tk, d, D = widget.shape
    return [
        np.frombuffer(sent).reshape(-1, n) for sent, n in ((widget.q_sent, d), (widget.k_sent, d), (widget.v_sent, D))
    ]


def by_the_formula(widget):
    """The scores and the weights, one number after the other."""
    q, k, _v = arrays(widget)
    scores = np.array([[sum(a * b for a, b in zip(row, key, strict=True)) for key in k] for row in q])
    scores = scores / (np.sqrt(q.shape[1]) if widget.scale else 1) / widget.temperature
    A = np.zeros_like(scores)
    for i, row in enumerate(scores):
        keys = range(len(q) if widget.mask else len(k))
        e = {j: np.exp(row[j]) for j in keys}
        for j in keys:
            A[i, j] = e[j] / sum(e.values())
    return scores, A


# ---------------------------------------------------------------- the numbers
@pytest.mark.parametrize("source", ["learned", "random"])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("mask", [True, False])
@pytest.mark.parametrize("temperature", [1.0, 0.5, 16.0])
def test_weights_and_answers_by_the_formula(source, scale, mask, temperature):
    widget = AttentionPicture(weights=source, scale=scale, mask=mask, temperature=temperature, dimension=16, padding=2)
    scores, A = by_the_formula(widget)
    np.testing.assert_allclose(np.frombuffer(widget.scores).reshape(A.shape), scores, rtol=1e-9)
    np.testing.assert_allclose(widget.matrix, A, atol=1e-12)
    np.testing.assert_allclose(widget.matrix.sum(axis=1), 1)
    np.testing.assert_allclose(widget.y, A @ arrays(widget)[2], atol=1e-12)
    assert widget.shape == [4, 6, 8 if source == "learned" else 16, 6]
    assert (widget.matrix[:, 4:] == 0).all() == mask


def test_with_the_usual_settings_it_is_nn_attention():
    widget = AttentionPicture()
    q, k, v = (a[np.newaxis] for a in arrays(widget))
    y, cache = nn.attention_forward(q, k, v, np.arange(7)[np.newaxis] < 4)
    np.testing.assert_allclose(widget.matrix, nn.attention_weights(cache)[0], atol=1e-12)
    np.testing.assert_allclose(widget.y, y[0], atol=1e-12)
    assert widget.away == 0


def test_how_many_words_are_looked_at():
    widget = AttentionPicture(["a b c d"], q=np.zeros((4, 2)), k=K[:, :2])
    np.testing.assert_allclose(widget.looked_at, 4)
    sharp = AttentionPicture(["a b c d"], q=1e4 * np.eye(4), k=np.eye(4))
    np.testing.assert_allclose(sharp.looked_at, 1)


def test_random_numbers_grow_with_d_and_the_root_mends_it():
    """The scores of normal q and k have the standard deviation sqrt(d); divided by it they have 1."""
    size = {}
    for d in (16, 64):
        for scale in (True, False):
            widget = AttentionPicture(
                ["a b c d e f g h i j"], weights="random", dimension=d, scale=scale, padding=6, mask=False
            )
            size[d, scale] = np.frombuffer(widget.scores).std()
    for d in (16, 64):
        assert size[d, True] == pytest.approx(1, abs=0.25)
        assert size[d, False] == pytest.approx(np.sqrt(d) * size[d, True])


# ---------------------------------------------------------------- the layer
def test_the_gradients_of_the_layer():
    rng = np.random.default_rng(0)
    tokens, states = words.training_set(6, 3)
    w = words.SimpleNamespace(
        E=rng.normal(size=(len(words.WORDS), 3)), P=rng.normal(size=(words.LENGTH, 3)),
        W_q=rng.normal(size=(3, 2)), W_k=rng.normal(size=(3, 2)), W_v=rng.normal(size=(3, len(words.STATES))),
    )  # fmt: skip
    _loss, found = words.gradients(w, tokens, states)
    for name, gradient in found.items():
        array, h = getattr(w, name), 1e-5
        assert gradient.shape == array.shape
        for _try in range(8):
            place = tuple(rng.integers(0, n) for n in array.shape)
            old = array[place]
            array[place] = old + h
            above = words.gradients(w, tokens, states)[0]
            array[place] = old - h
            below = words.gradients(w, tokens, states)[0]
            array[place] = old
            assert gradient[place] == pytest.approx((above - below) / (2 * h), abs=1e-7), name


def test_the_layer_is_good_on_new_texts_and_made_once():
    tokens, states = words.training_set(600, 77)
    w = words.trained_layer()
    assert words.trained_layer() is w
    _words, _x, q, k, v = words.inputs(w, tokens)
    y, _cache = nn.attention_forward(q, k, v, tokens != 0)
    component = (states >= 0) & (tokens >= 2) & (tokens < 8)
    assert component.sum() > 600 and (y.argmax(axis=2) == states)[component].mean() > 0.95
    uniform = np.where((tokens != 0)[..., None], v, 0).sum(axis=1, keepdims=True)  # a mean over all words
    same = np.broadcast_to(uniform, v.shape).argmax(axis=2) == states
    assert same[component].mean() < 0.85  # attention is needed


def test_orders_and_encoding():
    rng = np.random.default_rng(1)
    for _turn in range(300):
        tokens, y = words.order(rng)
        assert len(tokens) == len(y) <= words.LONGEST and set(tokens) <= set(words.WORDS)
        for word, state in zip(tokens, y, strict=True):
            assert (state >= 0) == (word in words.COMPONENTS or word in words.OF_STATE)
    assert words.encoded(["pump", "qzx"], 4).tolist() == [2, 1, 0, 0]


def test_components_look_at_their_own_state():
    widget = AttentionPicture()
    for text, pairs in {
        "valve ok, pump leaking": {"valve": "ok", "pump": "leaking"},
        "pump leaking, valve ok": {"valve": "ok", "pump": "leaking"},
        "pump and valve leaking": {"valve": "leaking", "pump": "leaking"},
        "hose line 2 blocked, bearing noisy": {"hose": "blocked", "bearing": "noisy"},
    }.items():
        widget.text = text
        for component, state in pairs.items():
            i, j = widget.tokens.index(component), widget.tokens.index(state)
            assert widget.matrix[i].argmax() == j and widget.matrix[i, j] > 0.5, (text, component)
            assert widget.columns[widget.y[i].argmax()] == list(words.STATES)[words.OF_STATE[state]]


# ---------------------------------------------------------------- texts, settings, words
@pytest.mark.parametrize("text", ["", "  ", "?!"])
def test_empty_text(text):
    for source in ("learned", "random"):
        widget = AttentionPicture(text=text, weights=source)
        assert widget.message.startswith("No word yet") and widget.matrix.size == widget.y.size == 0
        assert "No word yet" in widget.describe() and widget.picture()[:4] == b"\x89PNG" and not widget.goal_reached


def test_unknown_and_chinese_texts():
    widget = AttentionPicture(text="液压泵漏油")
    assert widget.message.startswith("Unknown words only: this small layer knows pump, valve")
    assert widget.tokens == list("液压泵漏油") and widget.known == [False] * 5
    widget.weights = "random"  # any words will do
    assert widget.message == "" and widget.known == [True] * 5 and widget.shape[:2] == [5, 8]
    widget.weights, widget.text = "learned", "pump weeping"
    assert widget.known == [True, False] and widget.message == ""
    widget.text = "pump " * 30
    assert len(widget.tokens) == 10
    widget.text = "<img src=x onerror=alert(1)> pump \ud800"
    assert widget.tokens == ["img", "src", "x", "onerror", "alert", "1", "pump"] and widget.text.encode()
    with pytest.raises(T.TraitError, match="text"):
        widget.text = None


def test_settings_stay_in_the_text():
    widget = AttentionPicture(text="pump leaking", word=9, key=99, guess=99, padding=1)
    assert (widget.word, widget.key, widget.guess) == (2, 3, 3)
    again = AttentionPicture.from_share(widget.share)
    assert (again.word, again.key, again.guess) == (2, 3, 3)
    widget.text = "pump"
    assert (widget.word, widget.key, widget.guess) == (1, 2, 0)
    widget.weights = "own"
    assert widget.weights == "learned"
    assert AttentionPicture(dimension=4, weights="random").shape[2] == 4


def test_the_words():
    widget = AttentionPicture(text="valve ok, pump leaking", word=3, mask=False)
    p = nn.softmax(widget.y)[2]
    assert widget.describe() == (
        f"Text 'valve ok, pump leaking': 'pump' gives 'leaking' the weight {widget.matrix[2, 3]:.2f} and looks at "
        f"{widget.looked_at[2]:.1f} words. Its answer: leak {100 * p.max():.0f} %. Padding takes "
        f"{100 * widget.matrix[2, 4:].sum():.0f} %."
    )
    widget.key = 1
    assert widget.explained == 1 and f"gives 'valve' the weight {widget.matrix[2, 0]:.2f}" in widget.describe()
    widget.text, widget.word = "check the pump", 1
    assert widget.trained == [False, False, True] and "never asked for an answer" in widget.describe()
    widget.word = 3
    assert "never asked" not in widget.describe()
    widget.text = "valve ok, pump leaking"
    widget.key, widget.mask = 6, True
    assert "gives 'padding' the weight 0.00" in widget.describe()


def test_a_guess_comes_before_the_answer():
    widget = AttentionPicture(guess_first=True, text="valve ok, pump leaking", word=3)
    assert widget.describe().endswith("Which word gets the largest weight? Guess first.")
    assert "0." not in widget.describe() and widget.picture()[:4] == b"\x89PNG"
    widget.guess = 4
    assert "gives 'leaking' the weight" in widget.describe()
    widget.word = 1  # the next word: guess again
    assert widget.guess == 0 and "Guess first" in widget.describe()


def test_goal():
    widget = AttentionPicture(weights="random", dimension=64, scale=False)
    assert not widget.goal_reached and widget.away > 0.3
    widget.temperature = 8.0
    assert widget.goal_reached and widget.away < 1e-12
    widget.temperature = 7.0
    assert not widget.goal_reached
    widget.dimension, widget.temperature = 16, 4.0
    assert widget.goal_reached
    widget.scale, widget.temperature = True, 1.0
    assert widget.away == 0 and not widget.goal_reached
    widget.scale, widget.dimension, widget.temperature = False, 4, 2.0
    assert widget.away < 1e-12 and not widget.goal_reached
    widget.weights, widget.temperature = "learned", float(np.sqrt(8))
    assert widget.away < 1e-12 and not widget.goal_reached
    for label in widget.presets:
        widget.preset(label)
        assert not widget.goal_reached, label


def test_the_presets_show_what_they_say():
    widget = AttentionPicture()

    def answer(word):
        i = widget.tokens.index(word)
        p = nn.softmax(widget.y)[i]
        return widget.columns[p.argmax()], p.max()

    widget.preset("who?")
    assert widget.matrix[2, 3] > 0.9 and widget.matrix[0, 1] > 0.9
    widget.preset("both")
    assert widget.matrix[0].argmax() == widget.matrix[2].argmax() == 3
    widget.preset("padding")
    assert widget.matrix[2, 3:].sum() > 0.5 and answer("pump")[0] != "leak"
    widget.mask = True
    assert answer("pump")[0] == "leak" and answer("pump")[1] > 0.9
    widget.preset("mistake")
    assert answer("pump")[0] == "ok" and answer("pump")[1] > 0.9 and widget.matrix[2, 4] > 0.9
    widget.preset("all equal")
    assert widget.matrix[2, :4].max() < 0.5 and widget.looked_at[2] > 3.5 and 0.4 < answer("pump")[1] < 0.7
    widget.temperature = 1.0
    assert answer("pump")[1] > 0.95
    widget.preset("no √d")
    free = (widget.matrix * (1 - widget.matrix)).sum(axis=1)
    assert widget.matrix[0].max() > 0.9 and free[0] < 0.1
    widget.scale = True
    assert widget.matrix[0].max() < 0.5 and (widget.matrix[0] * (1 - widget.matrix[0])).sum() > 5 * free[0]


# ---------------------------------------------------------------- the learner's numbers and function
def test_own_numbers():
    widget = AttentionPicture(["pump is leaking now"], Q, K, V)
    y, cache = nn.attention_forward(Q[None], K[None], V[None])
    np.testing.assert_allclose(widget.matrix, nn.attention_weights(cache)[0], atol=1e-12)
    np.testing.assert_allclose(widget.y, y[0], atol=1e-12)
    assert widget.tokens == ["pump", "is", "leaking", "now"] and widget.columns == ["v1", "v2", "v3", "v4", "v5"]
    assert widget.sources == ["own"] and widget.presets == {} and {"text", "weights", "padding"} <= set(widget.hide)
    widget.text, widget.weights = "other", "random"
    assert widget.text == "pump is leaking now" and widget.weights == "own"
    numbered = AttentionPicture(q=Q[None], k=K[None])
    assert numbered.tokens == ["1", "2", "3", "4"] and numbered.shape == [4, 4, 5, 5]
    np.testing.assert_allclose(numbered.y, numbered.matrix @ K, atol=1e-12)
    assert numbered.picture()[:4] == b"\x89PNG" and "'1' gives" in numbered.describe()


def own_attention(q, k, v):
    s = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])
    e = np.exp(s - s.max(axis=2, keepdims=True))
    return e / e.sum(axis=2, keepdims=True) @ v


def test_the_learners_function_is_compared():
    widget = AttentionPicture(use=own_attention)
    assert widget.own_differs == 0
    for change in ({"mask": False}, {"temperature": 4.0}, {"scale": False}, {"weights": "random"}):
        for name, value in change.items():
            setattr(widget, name, value)
        assert widget.own_differs == 0 and widget.error == "", change
    wrong = AttentionPicture(use=lambda q, k, v: np.repeat(v.mean(axis=1, keepdims=True), q.shape[1], axis=1))
    assert wrong.own_differs == 4
    assert AttentionPicture(use=lambda q, k, v: v * np.nan).own_differs == 4
    for use, said in (
        (lambda q, k, v: None, "returns None"),
        (lambda q, k, v: q, r"y has shape \(1, 4, 8\), but \(1, 4, 6\) is needed"),
        (lambda q: q, "TypeError"),
    ):
        widget = AttentionPicture(use=use)
        assert widget.own_differs == -1
        with pytest.raises(AssertionError, match=said):
            raise AssertionError(widget.error)
    assert AttentionPicture().own_differs == -1


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: AttentionPicture(q=Q), ValueError, "k is missing: give q and k together"),
        (lambda: AttentionPicture(k=K), ValueError, "q is missing"),
        (lambda: AttentionPicture(v=V), ValueError, "v is given, but q and k are missing"),
        (lambda: AttentionPicture(["pump"], Q, K), ValueError, r"texts\[0\] has 1 tokens, but q has 4 rows"),
        (lambda: AttentionPicture(q=Q, k=K[:3]), ValueError, r"q has shape \(4, 5\), k \(3, 5\)"),
        (lambda: AttentionPicture(q=Q, k=K[:, :3]), ValueError, r"q has shape \(4, 5\), k \(4, 3\)"),
        (lambda: AttentionPicture(q=Q, k=K, v=V[:2]), ValueError, r"v \(2, 5\)"),
        (lambda: AttentionPicture(q=np.zeros((17, 2)), k=np.zeros((17, 2))), ValueError, r"q has shape \(17, 2\).*16"),
        (lambda: AttentionPicture(q=np.zeros((2, 65)), k=np.zeros((2, 65))), ValueError, r"q has shape \(2, 65\).*64"),
        (lambda: AttentionPicture(q=Q[0], k=K[0]), ValueError, r"q has shape \(5,\)"),
        (lambda: AttentionPicture(q=Q * np.nan, k=K), ValueError, "q holds NaN or infinity"),
        (lambda: AttentionPicture(q=[["a"]], k=K), TypeError, "q"),
        (lambda: AttentionPicture("pump leaking"), TypeError, "texts is one text"),
        (lambda: AttentionPicture(["pump", 3]), TypeError, r"texts\[1\] is 3"),
        (lambda: AttentionPicture(use="attention"), TypeError, "use is 'attention', but a function"),
        (lambda: AttentionPicture(dimension=5), T.TraitError, "dimension"),
    ],
)
def test_input_that_does_not_fit(make, error, words):
    with pytest.raises(error, match=words):
        make()
