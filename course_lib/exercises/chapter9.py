"""The exercises of chapter 9, texts: from words to numbers, rare words count more; the rest in the files beside."""

import functools

import numpy as np

from course_lib.exercises import chapter9_attention, chapter9_embedding
from course_lib.exercises.comparing import Mistake
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def encode(texts, vocabulary, length):
    """Texts as rows of numbers: 1 for an unknown word, 0 behind the end of a text.

    texts: a list of N texts, vocabulary {word: number}, length T -> tokens (N, T) of whole numbers.
    """
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        for t, word in enumerate(text.lower().split()[:length]):
            tokens[n, t] = vocabulary.get(word, 1)
    return tokens


def tf_idf(counts):
    """Count times rarity, each text brought to length 1: z = counts * (ln((1 + N) / (1 + df)) + 1), then z / |z|.

    counts (N, V): how often each word stands in each text; df (V,): in how many texts it stands -> (N, V).
    """
    df = (counts > 0).sum(axis=0)
    z = counts * (np.log((1 + len(counts)) / (1 + df)) + 1)
    length = np.sqrt((z**2).sum(axis=1, keepdims=True))
    return z / np.where(length > 0, length, 1)


# ---------------------------------------------------------------- encode
def whole_numbers(function):
    """Let `encode` return lists; decimal numbers are refused, because a token is the number of a row."""

    @functools.wraps(function, updated=())
    def plain(*arguments):
        value = function(*arguments)
        value = np.array(value) if isinstance(value, list | tuple) else value
        if isinstance(value, np.ndarray) and any(k is None for k in value.ravel()):
            raise Mistake(
                _(
                    "`tokens` holds None, which `vocabulary.get(word)` returns for an unknown word. Unknown is 1: "
                    "`vocabulary.get(word, 1)`."
                )
            )
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            raise Mistake(
                _(
                    "`tokens` holds decimal numbers ({dtype}), but a token is the number of a row of the embedding. "
                    "Start from `np.zeros((len(texts), length), dtype=int)`."
                ).format(dtype=value.dtype)
            )
        return value

    return plain


WORDS = ("pump", "oil", "leak", "motor", "hot", "replace", "belt", "noise")
KNOWN = {word: k for k, word in enumerate(WORDS[:6], 2)}


def encode_cases(rng):
    yield ["Pump leaks oil", "oil"], {"oil": 2, "pump": 3}, 3
    yield ["pump hot"], {"hot": 2, "pump": 3}, 2
    yield ["motor hot replace belt now", "oil leak at motor", "pump noise"], KNOWN, 2
    yield ["  motor   hot ", "belt  oil"], KNOWN, 4
    for N, most, length in [(5, 7, 4), (4, 3, 6)]:
        texts = []
        for _n in range(N):
            words = rng.choice([*WORDS, "Oil", "MOTOR"], rng.integers(1, most + 1))
            texts.append(" ".join(words.tolist()))
        yield [*texts, "leak oil"], KNOWN, length
    yield ["oil seal hot", "hot pump"], {"pump": 4, "seal": 2, "hot": 5, "oil": 3}, 3  # the order tells nothing


def encoder(
    words=lambda text: text.lower().split(),
    number=lambda word, vocabulary: vocabulary.get(word, 1),
    cut=lambda row, length: row[:length],
    fill=lambda row, length: row + [0] * (length - len(row)),
):
    """The right encoding with one part replaced: the mistakes below say which."""

    def rows(texts, vocabulary, length):
        encoded = [[number(word, vocabulary) for word in words(text)] for text in texts]
        return np.array([fill(cut([k for k in row if k is not None], length), length) for row in encoded])

    return rows


def until_unknown(text_words, vocabulary):
    row = []
    for word in text_words:
        if word not in vocabulary:
            break
        row.append(vocabulary[word])
    return row


def stops_at_unknown(texts, vocabulary, length):
    rows = [until_unknown(text.lower().split(), vocabulary)[:length] for text in texts]
    return np.array([row + [0] * (length - len(row)) for row in rows])


def index_too_large(texts, vocabulary, length):
    tokens = np.zeros((len(texts), length), dtype=int)
    for n, text in enumerate(texts):
        for t, word in enumerate(text.lower().split()):
            tokens[n, t] = vocabulary.get(word, 1)
    return tokens


def short_text_runs_over(texts, vocabulary, length):
    return np.array([[vocabulary.get(text.lower().split()[t], 1) for t in range(length)] for text in texts])


def encode_then(change):
    """The right encoding, changed at the end: change(tokens, vocabulary)."""
    return lambda texts, vocabulary, length: change(encode(texts, vocabulary, length), vocabulary)


def to_the_longest(texts, vocabulary, length):
    return encode(texts, vocabulary, max(len(text.split()) for text in texts))


ENCODE = Exercise(
    name="encode",
    chapter=9,
    title=_("Texts become rows of numbers"),
    statement=_(
        "Turn work orders into tokens that an embedding can look up:\n\n"
        "1. Write the text in lower case and cut it into words at the spaces; there may be several in a row.\n"
        "2. Each word becomes its number in `vocabulary`, a dictionary {word: number}. An unknown word becomes "
        "1, the token for unknown words.\n"
        "3. Keep the first `length` tokens, and fill short texts up with 0, the padding, on the right.\n\n"
        "`texts` is a list of N texts. Return `tokens` with shape (N, length), whole numbers.\n\n"
        'On paper: with {"oil": 2, "pump": 3} and length 3, "Pump leaks oil" becomes 3, 1, 2, and "oil" becomes '
        "2, 0, 0."
    ),
    reference=encode,
    cases=encode_cases,
    outputs=("tokens",),
    adapt=whole_numbers,
    solution_note=_(
        "`course_lib.text` does the same for any language: `build_vocabulary(texts)` and `vocabulary.encode(texts, "
        "length)`. It also cuts Chinese texts, which have no spaces, and says where a text is empty."
    ),
    misconceptions=[
        Misconception(
            "unknown_left_out",
            encoder(number=lambda word, vocabulary: vocabulary.get(word)),
            _("You left unknown words out. Keep their place with a 1: an unknown word is a hint as well."),
        ),
        Misconception(
            "unknown_as_padding",
            encoder(number=lambda word, vocabulary: vocabulary.get(word, 0)),
            _("Unknown words became 0. That is the padding, and a mask would skip them. Unknown is 1."),
        ),
        Misconception(
            "unknown_as_next_number",
            encoder(number=lambda word, vocabulary: vocabulary.get(word, len(vocabulary) + 2)),
            _("Unknown words got a new number at the end. The embedding has no row for it: unknown is 1."),
        ),
        Misconception(
            "unknown_as_minus_one",
            encoder(number=lambda word, vocabulary: vocabulary.get(word, -1)),
            _("Unknown words became -1. As the number of a row that would be the last row of the table: unknown is 1."),
        ),
        Misconception(
            "unknown_raises",
            encoder(number=lambda word, vocabulary: vocabulary[word]),
            _(
                "`vocabulary[word]` fails for an unknown word. `vocabulary.get(word, 1)` returns 1 then: texts "
                "of tomorrow always bring new words."
            ),
        ),
        Misconception(
            "stops_at_unknown",
            stops_at_unknown,
            _("Your text ends at the first unknown word. Write a 1 there and go on."),
        ),
        Misconception(
            "capitals_kept",
            encoder(words=str.split),
            _('"Pump" is not found where only "pump" is known. Write the text in lower case first: `text.lower()`.'),
        ),
        Misconception(
            "cut_at_each_space",
            encoder(words=lambda text: text.lower().split(" ")),
            _("Two spaces in a row gave an empty word. `split()` without an argument cuts at any number of spaces."),
        ),
        Misconception(
            "letters",
            encoder(words=lambda text: text.lower()),
            _("You went through the letters of the text. Cut it into words first: `text.split()`."),
        ),
        Misconception(
            "padded_left",
            encoder(fill=lambda row, length: [0] * (length - len(row)) + row),
            _("You filled up on the left. Here the padding stands on the right, behind the text."),
        ),
        Misconception(
            "last_tokens_kept",
            encoder(cut=lambda row, length: row[-length:]),
            _("Of a long text you kept the last tokens. Keep the first ones: `[:length]`."),
        ),
        Misconception(
            "padded_with_ones",
            encoder(fill=lambda row, length: row + [1] * (length - len(row))),
            _("You filled up with 1, the token for unknown words. Padding is 0, so that a mask can find it."),
        ),
        Misconception(
            "text_repeated",
            encoder(fill=lambda row, length: (row * length)[:length]),
            _("You repeated the text until the row was full. Fill up with 0, the padding."),
        ),
        Misconception(
            "not_filled_up",
            encoder(fill=lambda row, length: row),
            _("Short texts are not filled up, and rows of unequal length are no array. Append zeros up to `length`."),
        ),
        Misconception(
            "not_cut",
            encoder(cut=lambda row, length: row),
            _("A text with more than `length` words was not cut and does not fit. Keep the first: `[:length]`."),
        ),
        Misconception(
            "index_too_large",
            index_too_large,
            _("A text with more words than `length` runs over the end of its row. Cut the list of words: `[:length]`."),
        ),
        Misconception(
            "short_text_runs_over",
            short_text_runs_over,
            _("A text with fewer words than `length` has no word at the last places. Go through its words only."),
        ),
        Misconception(
            "letters_cut",
            lambda texts, vocabulary, length: encode([text[:length] for text in texts], vocabulary, length),
            _("You kept the first `length` letters. Cut the text into words first, then keep `length` words."),
        ),
        Misconception(
            "one_long_text",
            lambda texts, vocabulary, length: encode([" ".join(texts)], vocabulary, length)[0],
            _("You joined all texts to a single one. Each text has a row of its own, (N, length)."),
        ),
        Misconception(
            "filled_to_the_longest",
            to_the_longest,
            _("You made the rows as long as the longest text. The length is given, for all texts of today and later."),
        ),
        Misconception(
            "two_added",
            encode_then(lambda tokens, vocabulary: np.where(tokens > 1, tokens + 2, tokens)),
            _("You added 2 to the numbers. They start at 2 already, because 0 and 1 have their own meaning."),
        ),
        Misconception(
            "two_subtracted",
            encode_then(lambda tokens, vocabulary: np.where(tokens > 1, tokens - 2, tokens)),
            _("You subtracted 2 from the numbers. Take them as they stand in the vocabulary."),
        ),
        Misconception(
            "known_or_not",
            encode_then(lambda tokens, vocabulary: (tokens > 1).astype(int)),
            _("You only noted whether a word is known. Write its number in the vocabulary."),
        ),
        Misconception(
            "counted",
            lambda texts, vocabulary, length: np.array(
                [[text.lower().split().count(word) for word in vocabulary] for text in texts]
            ),
            _("You counted the words, one column for each. Here the order of the words is kept: one column a place."),
        ),
        Misconception(
            "sorted_tokens",
            encode_then(lambda tokens, vocabulary: -np.sort(-tokens, axis=1)),
            _("The tokens are sorted. Keep the order of the words: it is a part of what the text says."),
        ),
        Misconception(
            "repeated_words_once",
            encoder(words=lambda text: list(dict.fromkeys(text.lower().split()))),
            _("A word that stands twice in a text was taken once. Keep every word."),
        ),
        Misconception(
            "first_text_only",
            lambda texts, vocabulary, length: encode(texts[:1], vocabulary, length),
            _("Only the first text is there. Does `return` stand inside the loop? It belongs after it."),
        ),
        Misconception(
            "one_row_only",
            lambda texts, vocabulary, length: encode(texts, vocabulary, length)[-1],
            _("You returned the row of the last text. Collect the rows of all texts, (N, length)."),
        ),
    ],
    hints=[
        _("Start with a table of zeros, the padding: `np.zeros((len(texts), length), dtype=int)`. What goes where?"),
        _("`text.lower().split()` gives the words, and `vocabulary.get(word, 1)` a number for each of them."),
        _(
            "For n, text in `enumerate(texts)` and t, word in `enumerate(text.lower().split()[:length])`: "
            "`tokens[n, t] = vocabulary.get(word, 1)`."
        ),
    ],
)


# ---------------------------------------------------------------- TF-IDF
def tf_idf_cases(rng):
    yield (np.array([[1, 2], [1, 0]]),)
    yield (np.array([[3, 0, 1], [1, 1, 0], [0, 1, 2], [1, 0, 0]]),)
    yield (np.array([[2, 0, 1, 0], [0, 0, 0, 0], [1, 3, 0, 0]]),)
    yield (np.array([[1, 4, 1]]),)
    for N, V in [(5, 4), (4, 9)]:
        yield (rng.poisson(1.0, (N, V)) + np.eye(N, V, dtype=int),)
    yield ((rng.poisson(0.8, (6, 10)) + np.eye(6, 10, dtype=int)).T[::2],)


def documents(counts):
    return (counts > 0).sum(axis=0)


def safe(x):
    return np.where(x > 0, x, 1)


def euclid(z):
    return np.sqrt((z**2).sum(axis=1, keepdims=True))


def weighted(
    df=documents,
    idf=lambda N, df: np.log((1 + N) / (1 + df)) + 1,
    tf=lambda counts: counts,
    length=lambda z: safe(euclid(z)),
    N=len,
):
    """The right weights with one part replaced: the mistakes below say which."""

    def weights(counts):
        z = tf(counts) * idf(N(counts), df(counts))
        return z / length(z)

    return weights


def added_to_length(digits):
    """A known mistake: a small number is added to the length."""
    return Misconception(
        f"added_1e_{digits}",
        weighted(length=lambda z: euclid(z) + 10.0**-digits),
        _(
            "You added 1e-{digits} to the length, so all values are a little too small. Only where the length is 0 "
            "divide by 1: `np.where(length > 0, length, 1)`."
        ).format(digits=digits),
    )


def normalised_first(counts):
    share = counts / safe(euclid(counts))
    return share * (np.log((1 + len(counts)) / (1 + documents(counts))) + 1)


TF_IDF = Exercise(
    name="tf_idf",
    chapter=9,
    title=_("Rare words count more: TF-IDF"),
    statement=_(
        "Weight the counts of words by how rare the words are:\n\n"
        "$$z_{n,v} = \\text{counts}_{n,v} \\left(\\ln\\frac{1 + N}{1 + \\text{df}_v} + 1\\right), \\qquad "
        "\\text{result}_n = \\frac{z_n}{\\lVert z_n \\rVert}$$\n\n"
        "`counts` (N, V) says how often word v stands in text n; df (V,) is the number of texts in which v stands at "
        "all. Divide each row by its length, the root of the sum of its squares. A text without any of the words is a "
        "row of zeros and stays one. The result has shape (N, V).\n\n"
        "On paper: counts = (1, 2), (1, 0). The first word stands in both texts and weighs 1, the second "
        "ln(3 / 2) + 1 = 1.405. The first row (1, 2.811) becomes (0.335, 0.942), the second (1, 0)."
    ),
    reference=tf_idf,
    cases=tf_idf_cases,
    outputs=("weights",),
    solution_note=_(
        "`course_lib.text.tf_idf` is the same, and scikit-learn's `TfidfTransformer` too. On test texts use the idf of "
        "the training texts."
    ),
    misconceptions=[
        Misconception(
            "one_forgotten",
            weighted(idf=lambda N, df: np.log((1 + N) / (1 + df))),
            _("The + 1 behind the logarithm is missing: a word of every text would count for nothing."),
        ),
        Misconception(
            "not_smoothed",
            weighted(idf=lambda N, df: np.log(N / np.maximum(df, 1)) + 1),
            _("You took ln(N / df). Here both get 1 more: ln((1 + N) / (1 + df)), as if one text held every word."),
        ),
        Misconception(
            "divided_by_df",
            weighted(idf=lambda N, df: np.log(N / df) + 1),
            _("You took ln(N / df), which is infinite for a word that stands in no text. Take ln((1 + N) / (1 + df))."),
        ),
        Misconception(
            "smoothed_below_only",
            weighted(idf=lambda N, df: np.log(N / (1 + df)) + 1),
            _("You added 1 to df only. N gets 1 more as well: ln((1 + N) / (1 + df))."),
        ),
        Misconception(
            "plain_textbook",
            weighted(idf=lambda N, df: np.log(N / np.maximum(df, 1))),
            _("This is ln(N / df) without both ones. Take ln((1 + N) / (1 + df)) + 1: no word weighs 0."),
        ),
        Misconception(
            "plain_textbook_of_shares",
            weighted(
                idf=lambda N, df: np.log(N / np.maximum(df, 1)),
                tf=lambda counts: counts / safe(counts.sum(axis=1, keepdims=True)),
                length=lambda z: 1,
            ),
            _(
                "This is another form: the share of a word in its text times ln(N / df), without a length of 1. Use "
                "the formula above."
            ),
        ),
        Misconception(
            "df_over_words",
            weighted(df=lambda counts: (counts > 0).sum(axis=1)),
            _("Your df counts the words of each text (axis=1). It counts the texts of each word: axis=0."),
        ),
        Misconception(
            "df_of_everything",
            weighted(df=lambda counts: (counts > 0).sum()),
            _("Your df is one number for all words; is `axis=0` missing? Each word has its own."),
        ),
        Misconception(
            "brackets",
            weighted(idf=lambda N, df: np.log(1 + N / (1 + df)) + 1),
            _("Only N / (1 + df) is the fraction in your line. Put brackets around 1 + N as well."),
        ),
        Misconception(
            "one_inside_the_logarithm",
            weighted(idf=lambda N, df: np.log((1 + N) / (1 + df) + 1)),
            _("The last + 1 stands inside the logarithm. It belongs behind its bracket."),
        ),
        Misconception(
            "log10",
            weighted(idf=lambda N, df: np.log10((1 + N) / (1 + df)) + 1),
            _("You took the logarithm to base 10. ln is the natural one: `np.log`."),
        ),
        Misconception(
            "log2",
            weighted(idf=lambda N, df: np.log2((1 + N) / (1 + df)) + 1),
            _("You took the logarithm to base 2. ln is the natural one: `np.log`."),
        ),
        Misconception(
            "log1p",
            weighted(idf=lambda N, df: np.log1p((1 + N) / (1 + df)) + 1),
            _("`np.log1p(x)` is ln(1 + x). The ones are in the fraction already: use `np.log`."),
        ),
        Misconception(
            "logarithm_forgotten",
            weighted(idf=lambda N, df: (1 + N) / (1 + df) + 1),
            _("The logarithm is missing. Without it a word that stands once would outweigh everything."),
        ),
        Misconception(
            "fraction_upside_down",
            weighted(idf=lambda N, df: np.log((1 + df) / (1 + N)) + 1),
            _("The fraction is upside down: rare words count less. N is above, df below."),
        ),
        Misconception(
            "words_counted_instead_of_texts",
            weighted(df=lambda counts: counts.sum(axis=0)),
            _("Your df counts all occurrences. It is the number of texts with the word: `(counts > 0).sum(axis=0)`."),
        ),
        Misconception(
            "V_for_N",
            weighted(N=lambda counts: counts.shape[1]),
            _("You took V, the number of words, for N. N is the number of texts: `len(counts)`."),
        ),
        Misconception(
            "not_normalised",
            weighted(length=lambda z: 1),
            _("The rows are not divided by their length, so a long text weighs more than a short one."),
        ),
        Misconception(
            "divided_by_the_sum",
            weighted(length=lambda z: safe(z.sum(axis=1, keepdims=True))),
            _("You divided each row by its sum. The length is the root of the sum of squares."),
        ),
        Misconception(
            "root_forgotten",
            weighted(length=lambda z: safe((z**2).sum(axis=1, keepdims=True))),
            _("You divided by the sum of squares. The length is its root."),
        ),
        Misconception(
            "divided_by_the_largest",
            weighted(length=lambda z: safe(z.max(axis=1, keepdims=True))),
            _("You divided each row by its largest value. The length is the root of the sum of squares."),
        ),
        Misconception(
            "columns_normalised",
            weighted(length=lambda z: safe(np.sqrt((z**2).sum(axis=0)))),
            _("You brought each word to length 1 (axis=0). Each text gets the length 1: axis=1."),
        ),
        Misconception(
            "whole_table_normalised",
            weighted(length=np.linalg.norm),
            _("You divided by the length of the whole table. Each text has its own length: axis=1, keepdims=True."),
        ),
        Misconception(
            "empty_text_divided_by_zero",
            weighted(length=euclid),
            _("A text without any of the words has length 0, and 0/0 is NaN. Divide such a row by 1: it stays 0."),
        ),
        *map(added_to_length, (6, 7, 8)),
        Misconception(
            "length_without_axis",
            weighted(length=lambda z: safe(euclid(z)).ravel()),
            _("The lengths have shape (N,), which does not fit to (N, V). Use `keepdims=True`."),
        ),
        Misconception(
            "normalised_before_idf",
            normalised_first,
            _("You brought the rows to length 1 before the weights. Weight first, then divide by the length."),
        ),
        Misconception(
            "yes_or_no",
            weighted(tf=lambda counts: (counts > 0).astype(float)),
            _("You only noted whether a word is there. Multiply by how often it stands in the text."),
        ),
        Misconception(
            "logarithm_of_the_count",
            weighted(tf=lambda counts: np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0)),
            _("You took the logarithm of the counts as well. There are such forms; here the count itself is used."),
        ),
        Misconception(
            "idf_unused",
            weighted(idf=lambda N, df: 1),
            _("The rarity of the words is missing: you only brought the counts to length 1."),
        ),
        Misconception(
            "idf_twice",
            weighted(idf=lambda N, df: (np.log((1 + N) / (1 + df)) + 1) ** 2),
            _("The idf was multiplied twice."),
        ),
        Misconception(
            "idf_returned",
            lambda counts: np.log((1 + len(counts)) / (1 + documents(counts))) + 1,
            _("You returned the idf of the words, (V,). Multiply the counts by it, then divide by the length."),
        ),
    ],
    hints=[
        _("First df, the number of texts with the word: which counts are above 0, added up along which axis?"),
        _("`z = counts * (np.log((1 + len(counts)) / (1 + df)) + 1)` weights each column."),
        _(
            "`length = np.sqrt((z**2).sum(axis=1, keepdims=True))`, and where it is 0 divide by 1: "
            "`np.where(length > 0, length, 1)`."
        ),
    ],
)

EXERCISES = [ENCODE, *chapter9_embedding.EXERCISES, TF_IDF, *chapter9_attention.EXERCISES]
