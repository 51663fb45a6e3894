"""From texts to numbers: tokens, a vocabulary with padding and unknown words, and counts weighted by TF-IDF.

Short texts as people type them into a maintenance log, in English, German or Chinese. NumPy and the standard library.
"""

import functools
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, lookup, whole
from course_lib.nn.text_checks import token_numbers

PADDING, UNKNOWN = 0, 1  # the first two tokens of every vocabulary, as in Keras's TextVectorization
NAMES = ("", "[UNK]")  # and what they are called there

# Chinese characters and Japanese kana stand without spaces between words: each is a token by itself.
CHARACTER = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = rf"(?:(?![{CHARACTER}])[^\W_])+"
TOKEN = re.compile(rf"[{CHARACTER}]|{WORD}(?:(?:(?<=\d)[.,](?=\d)|(?<=[^\W\d_])['\u2019](?=[^\W\d_])){WORD})*")


def tokenize(text):
    """Cut a text into tokens: words and numbers in lower case, Chinese characters one by one.

    "Pump 2 won't start: 3.5 bar" -> ["pump", "2", "won't", "start", "3.5", "bar"]. Letters with digits between spaces
    are one token ("750hr"), and everything else separates. Wide letters and digits become plain ones (NFKC). A text
    without a letter or digit gives an empty list. Raises TypeError for what is no text.
    """
    if not isinstance(text, str):
        raise TypeError(
            _(
                "text is {value!r}, but a text (str) is needed. Missing entries must be left out or filled first."
            ).format(value=text)
        )
    return TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that a model knows: `tokens[k]` is the word of number k; 0 is padding, 1 any word not in it.

    `counts[k]` says how often it stood in the texts it was built from; for 1, how many tokens were not taken. Made by
    `build_vocabulary`, from the training texts only. `len(vocabulary)` is the `input_dim` of the Embedding.
    """

    tokens: tuple[str, ...]
    counts: tuple[int, ...]

    @functools.cached_property
    def numbers(self):
        """{word: its number}, without padding and unknown."""
        return {token: k for k, token in enumerate(self.tokens) if k > UNKNOWN}

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self.numbers

    def encode(self, texts, length=None, padding="right", allow_unknown=False):
        """Return the texts as tokens (N, length) int64: 1 for an unknown word, 0 where the text has ended.

        Of a longer text the first `length` tokens are kept; None is the length of the longest text. padding "right"
        fills up behind the text, "left" before it. Raises ValueError for a text without a word, and for texts of
        unknown words only: no model can say anything about them. With allow_unknown=True they are all 1.
        """
        found = tokenize_all(texts)
        left = lookup("padding", padding, {"right": False, "left": True})
        length = max(map(len, found)) if length is None else whole("length", length)
        rows = [[self.numbers.get(token, UNKNOWN) for token in tokens] for tokens in found]
        if not allow_unknown:
            something_known(texts, rows)
        encoded = np.full((len(rows), length), PADDING)
        for row, numbers in zip(encoded, rows, strict=True):
            kept = numbers[:length]
            row[length - len(kept) if left else 0 :][: len(kept)] = kept
        return encoded

    def decode(self, encoded):
        """Return the words of one encoded text (T,) as a list, without the padding."""
        return [self.tokens[k] for k in np.asarray(encoded).ravel() if k != PADDING]

    def unknown_share(self, texts):
        """Return the share of unknown tokens in each text (N,), 0 ... 1. When it rises, the texts have changed."""
        return np.array([np.mean([token not in self for token in tokens]) for tokens in tokenize_all(texts)])


def build_vocabulary(texts, max_tokens=None, min_count=1):
    """Return the `Vocabulary` of the most frequent tokens that stand in the texts at least `min_count` times.

    max_tokens counts padding and unknown too, as in Keras; None takes all. Equal counts are ordered by the alphabet, so
    the same texts always give the same numbers. Raises ValueError for no texts, a text without a word, and where no
    word is left.
    """
    most = None if max_tokens is None else whole("max_tokens", max_tokens, at_least=len(NAMES) + 1) - len(NAMES)
    min_count = whole("min_count", min_count)
    counted = Counter(token for tokens in tokenize_all(texts) for token in tokens)
    frequent = sorted((item for item in counted.items() if item[1] >= min_count), key=lambda item: (-item[1], item[0]))
    if not frequent:
        raise ValueError(
            _(
                "min_count is {least}, but the most frequent token stands in the texts {most} times only: no word is "
                "left. Take a smaller min_count or more texts."
            ).format(least=min_count, most=max(counted.values()))
        )
    words, counts = zip(*frequent[:most], strict=True)
    return Vocabulary(NAMES + words, (0, sum(counted.values()) - sum(counts), *counts))


def token_counts(encoded, V):
    """Count how often each token stands in each text: encoded (N, T), V the vocabulary's size -> counts (N, V).

    Padding is not counted: column 0 is 0. Raises ValueError for tokens from V on.
    """
    encoded = token_numbers("encoded", encoded, whole("V", V))
    places = np.arange(len(encoded))[:, None] * V + encoded
    counts = np.bincount(places.ravel(), minlength=len(encoded) * V).reshape(len(encoded), V)
    counts[:, PADDING] = 0
    return counts


def inverse_document_frequency(counts):
    """How rare a token is: idf_v = ln((1 + N) / (1 + the number of texts with v)) + 1, counts (N, V) -> idf (V,).

    From the training texts only. A token of every text gets 1, a rare one more. Source: Sparck Jones 1972, in the form
    of scikit-learn.
    """
    counts = counts_of_texts(counts)
    return np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0))) + 1


def tf_idf(counts, idf=None):
    """Count times rarity, and each text to the length 1: z = counts * idf, then z / |z|; (N, V) -> (N, V) float64.

    idf (V,) from the training texts; None takes that of these texts. A text without a known token stays 0.
    """
    counts = counts_of_texts(counts)
    idf = inverse_document_frequency(counts) if idf is None else as_float("idf", idf)
    if idf.shape != counts.shape[1:]:
        raise ValueError(
            _("idf has shape {given}, but {needed} is needed: one value for each column of counts.").format(
                given=idf.shape, needed=counts.shape[1:]
            )
        )
    z = counts * idf
    length = np.sqrt((z**2).sum(axis=1, keepdims=True))
    return z / np.where(length > 0, length, 1)


def tokenize_all(texts):
    """Return a list of tokens for each text, or say which text is none, or has no word."""
    if isinstance(texts, str):
        raise TypeError(_("texts is one text, but a list of texts is needed. Write [text] for a single one."))
    found = []
    for n, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                _("texts[{n}] is {value!r}, but a text (str) is needed. Leave missing entries out.").format(
                    n=n, value=text
                )
            )
        found.append(tokenize(text))
        if not found[-1]:
            raise ValueError(
                _("texts[{n}] is {text!r}: it is empty, without a letter or digit. Leave this row out.").format(
                    n=n, text=text
                )
            )
    if not found:
        raise ValueError(_("texts is empty, but at least one text is needed."))
    return found


def something_known(texts, rows):
    """Raise a ValueError if a text has unknown words only."""
    lost = [n for n, numbers in enumerate(rows) if set(numbers) == {UNKNOWN}]
    if lost:
        raise ValueError(
            _(
                "{count} of {all} texts hold unknown words only, the first is texts[{n}]: {text!r}. No model can say "
                "anything about such a text: let a person read it. allow_unknown=True encodes it as 1, 1, ..."
            ).format(count=len(lost), all=len(rows), n=lost[0], text=texts[lost[0]])
        )


def counts_of_texts(counts):
    """Return counts (N, V) as floats, or say what is wrong with them."""
    counts = as_float("counts", counts)
    if counts.ndim != 2 or not counts.size:
        raise ValueError(
            _("counts has shape {given}, but (texts N, tokens V) is needed, none of them empty.").format(
                given=counts.shape
            )
        )
    finite("counts", counts)
    if counts.min() < 0:
        raise ValueError(
            _("counts holds {low:g}, but a token cannot stand in a text less than 0 times.").format(low=counts.min())
        )
    return counts
