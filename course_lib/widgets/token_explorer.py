"""Words as a text classifier sees them: which ones it takes for alike, and which one decided about a text."""

import numpy as np
import traitlets as T

from course_lib.data.texts import Texts
from course_lib.language import _
from course_lib.text import UNKNOWN, tokenize
from course_lib.widgets.base import HERE, CourseWidget
from course_lib.widgets.text_models import TextClassifier, cosines, default_classifier, principal_components

MOST_LETTERS, MOST_TOKENS, MOST_TEXTS, MOST_WORDS = 300, 24, 24, 200
AXES = {"1 and 2": (0, 1), "1 and 3": (0, 2), "2 and 3": (1, 2)}
SURE, CALM, DIFFERENT = 0.9, 0.05, 4  # the goal: so sure, so little lost without any word, so many different words


class TokenExplorer(CourseWidget):
    """What an embedding has learned: neighbours of a word, and the word that decides about a text (occlusion).

        cosine(a, b) = a b / (|a| |b|)        lost without word t = share(whole text) - share(text without word t)

    Words with a cosine near 1 mean the same to the model. The map shows the rows of the embedding along two of their
    principal components. A word left out is taken away: the text gets one token shorter.

    model: your trained nn.Sequential or Keras model, with an Embedding as its first layer; it is copied. vocabulary:
    the `Vocabulary` it was trained with, or a list of tokens. texts: up to 24 texts to choose from, or `Texts`.
    class_names: one for each output; without them those of `Texts`. padding: "right" or "left", as in the training, if
    the model takes one length only. Without a model: Embedding, mean and Dense, trained on simulated work orders.

    Raises TypeError or ValueError, naming the argument and the remedy, where something does not fit.
    """

    _javascript = "token_explorer.js"
    _css = CourseWidget._css + (HERE / "token_explorer.css").read_text(encoding="utf-8")
    picture_size = (8.4, 6.0)

    text = T.Unicode(help="the text that is classified").tag(sync=True, share=True)
    place = T.Int(1, help="the chosen word of the text, from 1").tag(sync=True, share=True)
    word = T.Unicode("", help="a word whose neighbours are shown instead of the chosen one's").tag(
        sync=True, share=True
    )
    neighbours = T.Int(6, min=1, max=10, help="how many neighbours").tag(sync=True, share=True)
    words = T.Int(60, min=10, max=MOST_WORDS, help="words on the map, the most frequent ones").tag(
        sync=True, share=True
    )
    axes = T.Enum(list(AXES), "1 and 2", help="principal components that the map shows").tag(sync=True, share=True)

    texts = T.List(T.Unicode(), help="texts to choose from").tag(sync=True)
    class_names = T.List(T.Unicode(), help="name of each class").tag(sync=True)
    tokens = T.List(T.Unicode(), help="the words of the text").tag(sync=True)
    known = T.List(T.Bool(), help="whether each of them is in the vocabulary").tag(sync=True)
    reads = T.Int(help="how many words the model reads; the rest is cut off").tag(sync=True)
    message = T.Unicode(help="why there is no answer to this text").tag(sync=True)
    shares = T.List(T.Float(), help="share of each class; empty if there is no answer").tag(sync=True)
    without = T.Bytes(help="float64 (T, C): the shares without each word; NaN where no known word is left").tag(
        sync=True
    )
    about = T.Dict(help="the word whose neighbours are shown: word, known, length, count").tag(sync=True)
    near = T.List(help="its neighbours: word, cosine, dot, length").tag(sync=True)
    map_words = T.List(T.Unicode(), help="the words on the map").tag(sync=True)
    map_cosines = T.List(T.Float(), help="cosine of each of them with the focus").tag(sync=True)
    map_sent = T.Bytes(help="float64 (M, 3): where each of them is, along three components").tag(sync=True)
    spread = T.List(T.Float(), help="share of the variance along each component").tag(sync=True)
    reach = T.List(T.Float(), help="lowest and highest place along each component").tag(sync=True)

    def __init__(self, model=None, vocabulary=None, texts=None, class_names=None, padding="right", **state):
        own = model is not None
        if not own:
            for name, given in (("vocabulary", vocabulary), ("class_names", class_names)):
                if given is not None:
                    raise ValueError(
                        _("{name} belongs to a model, but model is missing. Give the trained model too.").format(
                            name=name
                        )
                    )
            model, vocabulary, new = default_classifier()
            texts = [FIRST, *new.texts[: MOST_TEXTS - 1]] if texts is None else texts
            class_names = new.class_names
        elif vocabulary is None:
            raise ValueError(_("vocabulary is missing: give the one that the model was trained with."))
        self._classifier = TextClassifier(model, vocabulary, padding)
        if class_names is None and isinstance(texts, Texts):
            class_names = texts.class_names
        names = checked_names(class_names, self._classifier.classes)
        listed = checked_texts(texts)
        self._frequent = self._most_frequent()
        self._memo = {"answer": None, "near": None, "map": None}
        self._mean, self._axes, part = principal_components(self._classifier.embeddings[self._frequent])
        rows = self._classifier.embeddings[UNKNOWN : len(self._classifier.vocabulary)]
        places = (rows - self._mean) @ self._axes.T
        first = listed[0] if listed else " ".join(self._classifier.vocabulary.tokens[2:6])
        state.setdefault("text", first)
        if self._classifier.embeddings.shape[1] < 3:
            state["hide"] = [*state.get("hide", []), "axes"]
        super().__init__(
            texts=listed,
            class_names=names,
            spread=part.tolist(),
            reach=np.stack([places.min(axis=0), places.max(axis=0)], axis=1).ravel().tolist(),
            **state,
        )
        self.observe(self._update, names=self.settings())
        self._update()
        if "place" not in state:
            self.place = self.deciding or 1
        self.presets = self._own_lessons() if own else lessons()
        self.start = {name: getattr(self, name) for name in self.settings()}

    def _most_frequent(self):
        """The numbers of the MOST_WORDS most frequent words; a plain list of tokens keeps its order."""
        counts = np.array(self._classifier.vocabulary.counts[UNKNOWN + 1 :])
        return np.argsort(-counts, kind="stable")[:MOST_WORDS] + UNKNOWN + 1

    @T.validate("text")
    def _readable(self, proposal):
        return proposal["value"].encode("utf-8", "replace").decode()[:MOST_LETTERS]

    @T.validate("word")
    def _one_token(self, proposal):
        return next(iter(tokenize(proposal["value"][:MOST_LETTERS])), "")

    # ---------------------------------------------------------------- what is computed
    def _update(self, change=None):
        with self.hold_sync():
            self._answer()
            self.place = int(np.clip(self.place, 1, max(len(self.tokens), 1)))
            self._look_around()
            self._lay_out()

    def _answer(self):
        """The shares of the text, and without each word."""
        if self._memo["answer"] == self.text:
            return
        self._memo["answer"] = self.text
        c, tokens = self._classifier, tokenize(self.text)[:MOST_TOKENS]
        numbers = c.numbers(tokens)
        read = numbers if c.length is None else numbers[: c.length]
        known = [n != UNKNOWN for n in numbers]
        self.tokens, self.known, self.reads = tokens, known, len(read)
        if any(known[: len(read)]):
            self.message, self.shares = "", c.shares([numbers])[0].tolist()
            without = c.without_each(numbers)
            without[[not any(known[:k] + known[k + 1 :]) for k in range(len(numbers))]] = np.nan
            self.without = without.tobytes()
            return
        self.shares, self.without = [], b""
        self.message = (
            _("No word yet: type a text, or choose one.")
            if not tokens
            else _(
                "Unknown words only ({n} of {n}): the model has never seen any of them, and can say nothing about this "
                "text. A person has to read it."
            ).format(n=len(read))
        )

    def _look_around(self):
        """The word in focus and its neighbours."""
        word = self.word or (self.tokens[self.place - 1] if self.tokens else "")
        if self._memo["near"] == (word, self.neighbours):
            return
        self._memo["near"] = word, self.neighbours
        vocabulary, W = self._classifier.vocabulary, self._classifier.embeddings
        number = vocabulary.numbers.get(word)
        if number is None:
            self.about, self.near = {"word": word, "known": False, "length": 0.0, "count": 0}, []
            self._cosines = np.zeros(len(vocabulary))
            return
        row, lengths = W[number], np.linalg.norm(W, axis=1)
        self._cosines = cosines(W[: len(vocabulary)], row)
        order = np.argsort(-self._cosines, kind="stable")
        chosen = [int(n) for n in order if n > UNKNOWN and n != number][: self.neighbours]
        self.about = {
            "word": word, "known": True, "length": float(lengths[number]), "count": int(vocabulary.counts[number]),
        }  # fmt: skip
        self.near = [
            {
                "word": vocabulary.tokens[n], "cosine": float(self._cosines[n]), "dot": float(W[n] @ row),
                "length": float(lengths[n]),
            }
            for n in chosen
        ]  # fmt: skip

    def _lay_out(self):
        """The words on the map: the most frequent ones, and always those that are spoken of."""
        vocabulary = self._classifier.vocabulary
        spoken = [self.about["word"], *(n["word"] for n in self.near), *self.tokens]
        numbers = list(dict.fromkeys([*(vocabulary.numbers[w] for w in spoken if w in vocabulary),
                                      *self._frequent[: self.words].tolist()]))  # fmt: skip
        key = self.about["word"], numbers
        if self._memo["map"] == key:
            return
        self._memo["map"] = key
        self.map_words = [vocabulary.tokens[n] for n in numbers]
        self.map_cosines = [float(self._cosines[n]) for n in numbers]
        self.map_sent = ((self._classifier.embeddings[numbers] - self._mean) @ self._axes.T).tobytes()

    # ---------------------------------------------------------------- what can be read off
    @property
    def decision(self):
        """Number of the class with the largest share, None without an answer."""
        return int(np.argmax(self.shares)) if self.shares else None

    def shares_without(self):
        """Return the shares without each word, (T, C); NaN where no known word is left. (0, C) without an answer."""
        return np.frombuffer(self.without).reshape(-1, len(self.class_names))

    @property
    def lost(self):
        """How much the decision loses without each word, (T,), -1 ... 1; below 0 the word spoke against it."""
        if not self.shares:
            return np.zeros(0)
        return self.shares[self.decision] - self.shares_without()[:, self.decision]

    @property
    def deciding(self):
        """The place, from 1, of the word whose absence changes the decision's share most; None without an answer."""
        change = np.abs(np.nan_to_num(self.lost))
        return int(np.argmax(change)) + 1 if len(change) else None

    @property
    def goal_reached(self):
        """At least 90 % sure, four different known words, and no word left out costs more than 5 points."""
        different = {w for w, known in zip(self.tokens, self.known, strict=True) if known}
        return bool(
            self.shares
            and max(self.shares) >= SURE
            and len(different) >= DIFFERENT
            and np.nan_to_num(self.lost).max() <= CALM
        )

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        words = _("Text {text!r}: {answer}").format(text=self.text, answer=self.message or self._decision_in_words())
        if self.about["known"]:
            near = ", ".join(f"{n['word']} {n['cosine']:.2f}" for n in self.near)
            words += " " + _("Nearest to {word!r} in the embedding, by cosine: {near}.").format(
                word=self.about["word"], near=near or _("none")
            )
        elif self.about["word"]:
            words += " " + _("{word!r} is not in the vocabulary: it has no row of its own.").format(
                word=self.about["word"]
            )
        return words

    def _decision_in_words(self):
        best, at = self.decision, self.place - 1
        words = _("{name} {share:.0f} %.").format(name=self.class_names[best], share=100 * self.shares[best])
        row = self.shares_without()[at]
        if np.isnan(row).any():
            return words + " " + _("Without {word!r} no known word is left.").format(word=self.tokens[at])
        words += " " + _("Without {word!r} {share:.0f} % ({change:+.0f} points).").format(
            word=self.tokens[at], share=100 * row[best], change=100 * (row[best] - self.shares[best])
        )
        if row.argmax() != best:
            other = int(row.argmax())
            words += " " + _("The decision becomes {name} ({share:.0f} %).").format(
                name=self.class_names[other], share=100 * row[other]
            )
        unknown = [w for w, known in zip(self.tokens, self.known, strict=True) if not known]
        if unknown:
            words += " " + _("Unknown: {words}.").format(words=", ".join(unknown))
        return words

    def draw(self, figure):
        grid = figure.add_gridspec(2, 2, height_ratios=[1, 1.7], width_ratios=[1.6, 1])
        left, right = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
        self._draw_words(left, right)
        ax = figure.add_subplot(grid[1, :])
        x, y = AXES[self.axes]
        places = np.frombuffer(self.map_sent).reshape(-1, 3)
        near, text = {n["word"] for n in self.near}, set(self.tokens)
        for k, word in enumerate(self.map_words):
            mark, colour = ("D", "#D55E00") if word == self.about["word"] else ("o", "#007A5A") if word in near else (
                "s", "#0072B2") if word in text else (".", "#888888")  # fmt: skip
            ax.plot(places[k, x], places[k, y], mark, color=colour, ms=6)
            if mark != "." or k < 40:
                ax.annotate(
                    word,
                    places[k, [x, y]],
                    xytext=(4, 3),
                    textcoords="offset points",
                    fontsize=8,
                    color=colour if mark != "." else "#444444",
                )
        ax.set(
            xlabel=_("component {n} ({share:.0f} % of the variance)").format(n=x + 1, share=100 * self.spread[x]),
            ylabel=_("component {n} ({share:.0f} %)").format(n=y + 1, share=100 * self.spread[y]),
        )

    def _draw_words(self, left, right):
        if not self.shares:
            left.text(0.5, 0.5, self.message, wrap=True, ha="center", va="center", fontsize=9)
            left.set_axis_off()
            right.set_axis_off()
            return
        best, rows = self.decision, np.nan_to_num(self.shares_without())
        place = np.arange(len(self.tokens))
        left.barh(place, 100 * rows[:, best], color=["#D55E00" if k == self.place - 1 else "#0072B2" for k in place])
        left.axvline(100 * self.shares[best], color="#222222", lw=1)
        left.set_yticks(place, self.tokens, fontsize=8, parse_math=False)
        left.invert_yaxis()
        left.set_title(
            _("share of {name} without each word [%]").format(name=self.class_names[best]), fontsize=9, parse_math=False
        )
        order = np.argsort(self.shares)[::-1][:6]
        right.barh(np.arange(len(order)), 100 * np.array(self.shares)[order], color="#0072B2")
        right.set_yticks(np.arange(len(order)), [self.class_names[k] for k in order], fontsize=8, parse_math=False)
        right.invert_yaxis()
        right.set_title(_("share of each class [%]"), fontsize=9)

    def _own_lessons(self):
        """What to try with the learner's own model."""
        first = self.text
        turned = " ".join(tokenize(first)[::-1])
        return {
            _("first text"): lesson(first, _(
                "The text that this page began with. Move over its words: for which one does the share fall most?")),
            _("its words backwards"): lesson(turned, _(
                "The same words in the opposite order. A model that takes the mean of the rows gives the same "
                "shares; one that reads in order, an RNN, does not.")),
            _("with an unknown word"): lesson(first + " qzx", _(
                "The last word is in no training text. All unknown words share one row of the embedding; see whether "
                "that row changes the decision.")),
        }  # fmt: skip


FIRST = "replace leaking hydraulic hose line 2"


def lesson(text, why, place=1, word=""):
    return {"set": {"text": text, "place": place, "word": word}, "why": why}


def lessons():
    """The presets for the default model."""
    return {
        _("one word decides"): lesson("check noisy bearing station 4", _(
            "The model is almost certain, because of one word. Leave it out (its bar is short) and the decision is "
            "another one. What if that word is typed wrongly?"), 2),
        _("not leaking"): lesson("pump not leaking", _(
            "A person reads: nothing to do. The model takes the mean of three rows: 'not' cannot turn 'leaking' round. "
            "Look at the neighbours of 'not': it has learned 'not starting' and 'no signal' instead."), 2),
        _("order of words"): lesson("hose was blocked, now loose", _(
            "Swap 'blocked' and 'loose' in the text: the shares stay the same, although the fault of today is "
            "another one. A mean knows which words are there, not their order."), 3),
        _("sure, but why?"): lesson("pump weeping at flange", _(
            "'weeping' and 'flange' are unknown, and yet the model is almost certain. Leave out 'at': it has seen that "
            "word in 'at wear limit' only. A high share is no proof that the text was understood."), 3),
        _("typing errors"): lesson("bearing wron", _(
            "'wron' is no word, but people type it: it was often enough in the training texts to have its own row. Its "
            "neighbours show that the model knows what it means."), 2),
        _("Chinese"): lesson("液压泵漏油", _(
            "Each Chinese character is one token. None of them was in the training texts, so the model must not "
            "answer. Trained on Chinese work orders it would.")),
    }  # fmt: skip


def checked_names(names, classes):
    """Return the class names as a list, or say what is wrong with them."""
    if names is None:
        return [_("class {n}").format(n=n) for n in range(classes)]
    names = [str(name) for name in names]
    if len(names) != classes:
        raise ValueError(
            _(
                "class_names has {given} names, but the model has {classes} classes: one name for each is needed."
            ).format(given=len(names), classes=classes)
        )
    return names


def checked_texts(texts):
    """Return the first MOST_TEXTS texts, or say what is wrong with them."""
    if texts is None:
        return []
    texts = texts.texts if isinstance(texts, Texts) else texts
    if isinstance(texts, str):
        raise TypeError(_("texts is one text, but a list of texts is needed. Write [text] for a single one."))
    texts = list(texts)[:MOST_TEXTS]
    for n, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                _("texts[{n}] is {value!r}, but a text (str) is needed. Leave missing entries out.").format(
                    n=n, value=text
                )
            )
    return [text[:MOST_LETTERS] for text in texts]
