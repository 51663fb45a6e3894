"""Attention in one picture: a word asks all words of a short text, and takes the mean of what they say."""

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.nn.checks import as_float
from course_lib.text import tokenize
from course_lib.widgets.attention_words import (
    COMPONENTS,
    LONGEST,
    NUMBER,
    OF_STATE,
    STATES,
    encoded,
    inputs,
    trained_layer,
)
from course_lib.widgets.base import HERE, Between, CourseWidget, own_function, written
from course_lib.widgets.token_explorer import MOST_LETTERS, checked_texts

MOST_PADDING, MOST_ROWS, MOST_NUMBERS = 6, 16, 64
DIMENSIONS = [2, 4, 8, 16, 32, 64]
SAME, FROM = 0.01, 16  # the goal: weights differ by less, with at least so many numbers in a query
DIFFERS = 1e-4  # the learner's answer is another one


class AttentionPicture(CourseWidget):
    """One query looks at all keys: the weights as lines and as a matrix, and the sum behind each of them.

        score_ij = q_i k_j / (sqrt(d) temperature)      A = softmax of each row      y_i = sum over j of A_ij v_j

    All numbers are those of nn.attention_forward; another temperature, or no sqrt(d), is put into q before.

    weights "learned": one small layer (d = 8), trained on simulated work orders so that each component finds the word
    that tells its state; v_j is what word j says about the states, and softmax(y_i) the answer for word i. "random": q,
    k and v are drawn from a normal distribution, to see what d and sqrt(d) do.

    texts: up to 24 texts to choose from. q (T, d), k (T, d), v (T, D): your own numbers for texts=[one text] of T words
    (without texts the rows have numbers), with v=None the keys; 1 to 16 rows, d and D at most 64. use: your function
    attention(q, k, v) -> y, which is compared; q, k, v have the shapes (1, T, d).

    Raises TypeError or ValueError, naming the argument and the remedy, where something does not fit.
    """

    _javascript = "attention_picture.js"
    _css = CourseWidget._css + (HERE / "token_explorer.css").read_text(encoding="utf-8")
    picture_size = (8.6, 4.2)

    text = T.Unicode(help="the text").tag(sync=True, share=True)
    word = T.Int(1, help="the word that asks, from 1").tag(sync=True, share=True)
    key = T.Int(0, help="the word whose weight is explained, from 1; 0: the one with the largest weight").tag(
        sync=True, share=True
    )
    weights = T.Enum(["learned", "random", "own"], "learned", help="where q, k and v come from").tag(
        sync=True, share=True
    )
    dimension = T.Enum(DIMENSIONS, 64, help="numbers in a random query").tag(sync=True, share=True)
    scale = T.Bool(True, help="divide by sqrt(d)").tag(sync=True, share=True)
    temperature = Between(1.0, min=0.125, max=16, help="the scores are divided by it").tag(sync=True, share=True)
    padding = T.Int(3, min=0, max=MOST_PADDING, help="padding behind the text, 0 to 6").tag(sync=True, share=True)
    mask = T.Bool(True, help="padding gets no weight").tag(sync=True, share=True)
    guess_first = T.Bool(False, help="hide the weights until a guess is made").tag(sync=True, share=True)
    guess = T.Int(0, help="the word you expect to get the largest weight, from 1; 0: no guess yet").tag(
        sync=True, share=True
    )

    texts = T.List(T.Unicode(), help="texts to choose from").tag(sync=True)
    sources = T.List(T.Unicode(), help="where q, k and v can come from").tag(sync=True)
    tokens = T.List(T.Unicode(), help="the words that ask").tag(sync=True)
    known = T.List(T.Bool(), help="whether the layer knows each of them").tag(sync=True)
    trained = T.List(T.Bool(), help="whether the training asked each of them for an answer").tag(sync=True)
    message = T.Unicode(help="why there is no picture").tag(sync=True)
    shape = T.List(T.Int(), help="words that ask, words with padding, d, D").tag(sync=True)
    columns = T.List(T.Unicode(), help="name of each column of v").tag(sync=True)
    q_sent = T.Bytes(help="float64 (Tq, d)").tag(sync=True)
    k_sent = T.Bytes(help="float64 (Tk, d)").tag(sync=True)
    v_sent = T.Bytes(help="float64 (Tk, D)").tag(sync=True)
    scores = T.Bytes(help="float64 (Tq, Tk): q k, divided by sqrt(d) and by the temperature").tag(sync=True)
    weights_sent = T.Bytes(help="float64 (Tq, Tk): the weights").tag(sync=True)
    answers = T.Bytes(help="float64 (Tq, D): the answers y").tag(sync=True)
    away = T.Float(help="how far the weights are from those with sqrt(d) and temperature 1, at most").tag(sync=True)
    own_differs = T.Int(-1, help="for how many words your function gives another y; -1: there is none").tag(sync=True)

    def __init__(self, texts=None, q=None, k=None, v=None, use=None, **state):
        self._use = own_function(use)
        listed = checked_texts(texts)
        self._own = None
        if q is not None or k is not None:
            self._own = checked_arrays(q, k, v)
            self._own_words = row_names(listed, len(self._own[0]))
            listed = [" ".join(self._own_words)]
            state |= {"weights": "own", "text": listed[0], "padding": 0}
            state["hide"] = [*state.get("hide", []), "weights", "dimension", "text", "texts", "padding", "mask"]
        elif v is not None:
            raise ValueError(_("v is given, but q and k are missing: give all three, or none of them."))
        else:
            listed = listed or list(TEXTS)
        state.setdefault("text", listed[0])
        self._last = self._asked = None
        super().__init__(texts=listed, sources=["own"] if self._own else ["learned", "random"], **state)
        if not self._own:
            self.presets = lessons()
        self.observe(self._update, names=self.settings())
        self._update()
        if "word" not in state and not self._own:
            self._asked = None
            self.word = next((n for n, w in enumerate(self.tokens, 1) if w in COMPONENTS), 1)
        self.start = {name: getattr(self, name) for name in self.settings()}

    # ---------------------------------------------------------------- settings
    @T.validate("text")
    def _readable(self, proposal):
        if self._own:
            return " ".join(self._own_words)
        return proposal["value"].encode("utf-8", "replace").decode()[:MOST_LETTERS]

    @T.validate("weights")
    def _a_source_there_is(self, proposal):
        if (proposal["value"] == "own") != bool(self._own):
            return "own" if self._own else "learned"
        return proposal["value"]

    # ---------------------------------------------------------------- what is computed
    def _arrays(self):
        """Return the words with padding, and q (1, T, d), k, v of all of them."""
        if self.weights == "own":
            return self._own_words, *(a[np.newaxis] for a in self._own)
        words = tokenize(self.text)[:LONGEST]
        tokens = [*words, *[""] * self.padding]
        if self.weights == "learned":
            return tokens, *inputs(trained_layer(), encoded(words, len(tokens))[np.newaxis])[2:]
        draws = np.random.default_rng(3).normal(size=(3, LONGEST + MOST_PADDING, MOST_NUMBERS))
        q, k, v = draws[:, np.newaxis, : len(tokens)]
        return tokens, q[..., : self.dimension], k[..., : self.dimension], v[..., : len(STATES)]

    def _attend(self, q, k, v, real, factor):
        """Return y (1, Tq, D) and A (1, Tq, Tk) of the real words, for scores that are `factor` times as large."""
        mask = np.arange(k.shape[1])[np.newaxis] < real if self.mask else None
        y, cache = nn.attention_forward(q[:, :real] * factor, k, v, mask)
        return y, nn.attention_weights(cache)

    def _update(self, change=None):
        key = (self.text, self.weights, self.scale, self.temperature, self.padding, self.mask,
               self.dimension if self.weights == "random" else 0)  # fmt: skip
        if key == self._last:
            self._settle()
            return
        self._last = key
        real = len(self._own_words if self.weights == "own" else tokenize(self.text)[:LONGEST])
        with self.hold_sync():
            self.message = self._nothing_to_show(real)
            if self.message:
                self._words_alone()
                return
            tokens, q, k, v = self._arrays()
            d = q.shape[-1]
            factor = (1.0 if self.scale else np.sqrt(d)) / self.temperature
            y, A = self._attend(q, k, v, real, factor)
            self.tokens = tokens[:real]
            self.known = [self.weights != "learned" or word in NUMBER for word in self.tokens]
            self.trained = [word in COMPONENTS or word in OF_STATE for word in self.tokens]
            self.shape = [real, len(tokens), d, v.shape[-1]]
            self.columns = list(states()) if self.weights == "learned" else [f"v{n + 1}" for n in range(v.shape[-1])]
            self.q_sent, self.k_sent, self.v_sent = (a[0].tobytes() for a in (q[:, :real], k, v))
            self.scores = (q[0, :real] @ k[0].T * (factor / np.sqrt(d))).tobytes()
            self.weights_sent, self.answers = A[0].tobytes(), y[0].tobytes()
            self.away = float(np.abs(A - self._attend(q, k, v, real, 1.0)[1]).max())
            self.own_differs = self._beside_the_library(q[:, :real] * factor, k, v, real, y)
            self._settle()

    def _nothing_to_show(self, real):
        if not real:
            return _("No word yet: type a text, or choose one.")
        if self.weights == "learned" and not any(w in NUMBER for w in tokenize(self.text)[:LONGEST]):
            return _(
                "Unknown words only: this small layer knows {words} and so on. Choose “random” weights, or one of the "
                "texts."
            ).format(words=", ".join(list(NUMBER)[:9]))
        return ""

    def _words_alone(self):
        """What is sent if there is nothing to compute."""
        self.tokens = tokenize(self.text)[:LONGEST]
        self.trained = [False] * len(self.tokens)
        self.known, self.shape, self.columns = [False] * len(self.tokens), [len(self.tokens), 0, 0, 0], []
        self.q_sent = self.k_sent = self.v_sent = self.scores = self.weights_sent = self.answers = b""
        self.away, self.own_differs = 0.0, -1
        self._settle()

    def _settle(self):
        """Bring the chosen words into the text; a guess was about the word that asked then."""
        self.word = int(np.clip(self.word, 1, max(len(self.tokens), 1)))
        if self._asked not in (None, (self.text, self.word)):
            self.guess = 0
        self._asked = self.text, self.word
        self.key = int(np.clip(self.key, 0, self.shape[1]))
        self.guess = int(np.clip(self.guess, 0, self.shape[1]))

    def _beside_the_library(self, q, k, v, real, y):
        """For how many words the learner's function gives another y."""
        if self._use is None:
            return -1
        keys = slice(0, real if self.mask else None)

        def compute():
            given = np.asarray(written(self._use(q.copy(), k[:, keys].copy(), v[:, keys].copy())), np.float64)
            if given.shape != y.shape:
                raise ValueError(
                    _("y has shape {given}, but {needed} is needed").format(given=given.shape, needed=y.shape)
                )
            return given

        given = self.run_own(compute)
        if given is None:
            return -1
        return int((~(np.abs(given - y) <= DIFFERS * np.maximum(1, np.abs(y)))).any(axis=2).sum())

    # ---------------------------------------------------------------- what can be read off
    @property
    def matrix(self):
        """The weights A (Tq, Tk): row i tells how much word i takes from each word."""
        return np.frombuffer(self.weights_sent).reshape(-1, max(self.shape[1], 1))

    @property
    def y(self):
        """The answers (Tq, D): y_i = sum over j of A_ij v_j."""
        return np.frombuffer(self.answers).reshape(-1, max(self.shape[3], 1))

    @property
    def explained(self):
        """The word, from 1, whose weight is explained: `key`, or the one with the largest weight."""
        return self.key or int(np.argmax(self.matrix[self.word - 1])) + 1

    @property
    def looked_at(self):
        """How many words each word looks at, exp(-sum of a log a): 1 if one gets all, T if all get the same; (Tq,)."""
        A = self.matrix
        return np.exp(-(A * np.log(np.maximum(A, 1e-300))).sum(axis=1))

    @property
    def goal_reached(self):
        """Random weights, d of 16 or more, no sqrt(d): and yet the weights are the scaled ones, by the temperature."""
        return bool(
            self.weights == "random"
            and self.dimension >= FROM
            and not self.scale
            and not self.message
            and self.away < SAME
        )

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        if self.message:
            return _("Text {text!r}: {message}").format(text=self.text, message=self.message)
        if self.guess_first and not self.guess:
            return _("Text {text!r}: {word!r} asks. Which word gets the largest weight? Guess first.").format(
                text=self.text, word=self.tokens[self.word - 1]
            )
        i, j = self.word - 1, self.explained - 1
        words = _("Text {text!r}: {word!r} gives {key!r} the weight {weight:.2f} and looks at {n:.1f} words.").format(
            text=self.text, word=self.tokens[i], key=self._name(j), weight=self.matrix[i, j], n=self.looked_at[i]
        )
        if self.weights == "learned":
            p = nn.softmax(self.y[i : i + 1])[0]
            words += " " + _("Its answer: {state} {share:.0f} %.").format(
                state=self.columns[int(p.argmax())], share=100 * p.max()
            )
            if not self.trained[i]:
                words += " " + _("It was never asked for an answer in the training.")
        if self.shape[1] > self.shape[0] and not self.mask:
            words += " " + _("Padding takes {share:.0f} %.").format(share=100 * self.matrix[i, self.shape[0] :].sum())
        return words

    def _name(self, j):
        return self.tokens[j] if j < len(self.tokens) else _("padding")

    def draw(self, figure):
        if self.message or (self.guess_first and not self.guess):
            ax = figure.add_subplot()
            ax.text(0.5, 0.5, self.message or self.describe(), wrap=True, ha="center", va="center", parse_math=False)
            ax.set_axis_off()
            return
        lines, heat = figure.subplots(1, 2, width_ratios=[1, 1.2])
        A, keys, i = self.matrix, [self._name(j) for j in range(self.shape[1])], self.word - 1
        for j, a in enumerate(A[i]):
            lines.plot([0, 1], [i, j], color="#D55E00", lw=0.4 + 7 * a, marker="", ls="-", solid_capstyle="butt")
            lines.text(1.05, j, f"{keys[j]}  {a:.2f}", va="center", fontsize=9, parse_math=False)
        for n, word in enumerate(self.tokens):
            lines.text(-0.05, n, word, ha="right", va="center", fontsize=9, parse_math=False,
                       weight="bold" if n == i else "normal")  # fmt: skip
        lines.set(xlim=(-0.6, 1.9), ylim=(max(len(keys), 2) - 0.5, -0.5))
        lines.set_axis_off()
        heat.imshow(A, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        heat.set_xticks(range(len(keys)), keys, rotation=60, ha="right", fontsize=8, parse_math=False)
        heat.set_yticks(range(len(self.tokens)), self.tokens, fontsize=8, parse_math=False)
        heat.axhline(i - 0.5, color="#D55E00", lw=1.5)
        heat.axhline(i + 0.5, color="#D55E00", lw=1.5)
        heat.grid(False)
        heat.set(xlabel=_("is asked"), ylabel=_("asks"))


TEXTS = (
    "pump leaking, valve ok",
    "valve ok, pump leaking",
    "pump and valve leaking",
    "replace leaking pump",
    "check the motor left hot, belt worn",
    "hose line 2 blocked, bearing noisy",
    "motor is vibrating, belt is fine",
    "replace leaking pump, valve ok",
    "check pump",
)


def states():
    """The names of the states, in the order of the columns of v."""
    return {"ok": _("ok"), "leak": _("leak"), "hot": _("hot"), "noise": _("noise"), "wear": _("wear"),
            "blockage": _("blockage")}.values()  # fmt: skip


def lessons():
    def look(text, word, why, **more):
        state = {"text": text, "word": word, "key": 0, "weights": "learned", "scale": True, "temperature": 1.0,
                 "padding": 3, "mask": True}  # fmt: skip
        return {"set": state | more, "why": why}

    return {
        _("who?"): look("valve ok, pump leaking", 3, _(
            "'pump' gives nearly all its weight to 'leaking', and 'valve' to 'ok'. A mean over all words would mix the "
            "two; attention lets each word choose. Nobody told the layer where to look: it has learned it.")),
        _("both"): look("pump and valve leaking", 1, _(
            "Both components look at the same word, from different distances. Choose 'valve' with the arrow keys.")),
        _("padding"): look("replace leaking pump", 3, _(
            "The mask is off, and the padding behind the text takes the weight: the answer is wrong. Switch the mask "
            "on: the padding gets no weight at all."), mask=False),
        _("mistake"): look("replace leaking pump, valve ok", 3, _(
            "The answer for 'pump' is ok, and the layer is sure. The lines show why: it looks at the wrong word. In "
            "its training a text that began with a state had one component only. A picture of weights is a place to "
            "look for mistakes.")),
        _("all equal"): look("valve ok, pump leaking", 3, _(
            "A high temperature brings the weights close together. What is left is nearly the mean of all words, as in "
            "GlobalAveragePooling1D: the answer falls to little more than a half, though nothing was unlearned."),
            temperature=16.0),
        _("no √d"): look("check the motor left hot, belt worn", 1, _(
            "q and k are drawn at random, with 64 numbers each. A sum of 64 products is large, so softmax gives nearly "
            "all to one word, by chance, and hardly any gradient is left. Switch √d on and off."),
            weights="random", dimension=64, scale=False),
    }  # fmt: skip


def checked_arrays(q, k, v):
    """Return q, k (T, d) and v (T, D) as float64, or say what is wrong with them."""
    if q is None or k is None:
        raise ValueError(_("{name} is missing: give q and k together.").format(name="q" if q is None else "k"))
    arrays = []
    for name, given in (("q", q), ("k", k), ("v", k if v is None else v)):
        array = as_float(name, given).astype(np.float64)
        array = array[0] if array.ndim == 3 and len(array) == 1 else array
        if array.ndim != 2 or not (1 <= len(array) <= MOST_ROWS and 1 <= array.shape[1] <= MOST_NUMBERS):
            raise ValueError(
                _(
                    "{name} has shape {given}, but one text is needed: (T, d) with 1 to {rows} words and 1 to {most} "
                    "numbers each."
                ).format(name=name, given=np.shape(given), rows=MOST_ROWS, most=MOST_NUMBERS)
            )
        if not np.isfinite(array).all():
            raise ValueError(_("{name} holds NaN or infinity: attention needs finite numbers.").format(name=name))
        arrays.append(array)
    q, k, v = arrays
    if k.shape != q.shape or len(v) != len(q):
        raise ValueError(
            _(
                "q has shape {q}, k {k} and v {v}, but all need one row for each word, and k as many columns as q."
            ).format(q=q.shape, k=k.shape, v=v.shape)
        )
    return q, k, v


def row_names(texts, rows):
    """The words of the learner's text, one for each row of q; without a text the rows have numbers."""
    if not texts:
        return [str(n + 1) for n in range(rows)]
    words = tokenize(texts[0])
    if len(words) != rows:
        raise ValueError(
            _("texts[0] has {words} tokens, but q has {rows} rows: one row for each word is needed.").format(
                words=len(words), rows=rows
            )
        )
    return words
