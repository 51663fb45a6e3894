"""Chapter 9, tokens as vectors: the rows of a table, their gradient, and the mean over the real tokens of a text."""

import numpy as np

from course_lib.exercises.adapt import first_of_pair
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def embedding_forward(tokens, W):
    """The row of each token: y[n, t] = W[tokens[n, t]].

    tokens (N, T) whole numbers, W (V, E) -> y (N, T, E).
    """
    return W[tokens]


def embedding_backward(dy, tokens, V):
    """The gradient of each row: the sum of dy[n, t] over all places where its token stands.

    dy (N, T, E), tokens (N, T) -> dW (V, E).
    """
    dW = np.zeros((V, dy.shape[2]))
    for n in range(tokens.shape[0]):
        for t in range(tokens.shape[1]):
            dW[tokens[n, t]] += dy[n, t]
    return dW


def masked_mean(x, mask):
    """The mean over the real steps of each text: the sum of x[n, t] where mask[n, t], divided by their number.

    x (N, T, E), mask (N, T) True at real steps -> y (N, E).
    """
    total = (x * mask[:, :, None]).sum(axis=1)
    return total / mask.sum(axis=1, keepdims=True)


# ---------------------------------------------------------------- forward
def forward_cases(rng):
    yield np.array([[2, 0]]), np.array([[1.0, 2], [3, 4], [5, 6]])
    yield np.array([[0, 1], [1, 1]]), rng.normal(size=(3, 3)).round(1)
    for N, T, V, E in [(3, 4, 6, 2), (1, 1, 2, 5), (4, 3, 9, 4), (2, 2, 2, 2)]:
        yield rng.integers(0, V, (N, T)), rng.normal(size=(V, E)).round(1)
    yield rng.integers(0, 7, (3, 8)).T[::2], rng.normal(size=(5, 14)).T[::2]


def rows_of(change=lambda tokens: tokens, then=lambda y, tokens, W: y):
    """The right rows with one part replaced: the mistakes below say which."""
    return lambda tokens, W: then(W[change(tokens)], tokens, W)


EMBEDDING_FORWARD = Exercise(
    name="embedding_forward",
    chapter=9,
    title=_("Each token becomes a row of a table"),
    statement=_(
        "Look up the vector of each token:\n\n"
        "$$y_{n,t} = W_{\\text{tokens}_{n,t}}$$\n\n"
        "`tokens` (N, T) holds whole numbers from 0 to V - 1; `W` (V, E) has one row of E numbers for each token. The "
        "result has shape (N, T, E). Token 0 is padding; it has a row as well, and the mask leaves it out later.\n\n"
        "On paper: W has the rows (1, 2), (3, 4), (5, 6). The text (2, 0) becomes (5, 6), (1, 2)."
    ),
    reference=embedding_forward,
    cases=forward_cases,
    outputs=("y",),
    adapt=first_of_pair,
    solution_note=_(
        "It equals `np.eye(V)[tokens] @ W`, one-hot rows times W, without the product with all the zeros. "
        "`nn.embedding_forward` also checks that each token is a row of W."
    ),
    misconceptions=[
        Misconception(
            "one_row_too_early",
            rows_of(lambda tokens: tokens - 1),
            _("You took the row before. Rows are counted from 0: token 0 has row 0. Do not subtract 1."),
        ),
        Misconception(
            "one_row_too_late",
            rows_of(lambda tokens: tokens + 1),
            _("You took the row after. Rows are counted from 0, and so are tokens. Do not add 1."),
        ),
        Misconception(
            "two_rows_too_early",
            rows_of(lambda tokens: tokens - 2),
            _("You subtracted 2 from the tokens. Padding (0) and unknown (1) have rows of their own in W."),
        ),
        Misconception(
            "columns_taken",
            lambda tokens, W: W[:, tokens],
            _("You took columns of W. A token is a row: `W[tokens]`, without a colon before it."),
        ),
        Misconception(
            "W_transposed",
            lambda tokens, W: W.T[tokens],
            _("You took rows of W.T, which are columns of W. W already has one row for each token."),
        ),
        Misconception(
            "one_long_list",
            rows_of(np.ravel),
            _("All tokens stand in one long list, (N T, E). Keep the texts apart: index with `tokens` as it is."),
        ),
        Misconception(
            "features_side_by_side",
            rows_of(then=lambda y, tokens, W: y.reshape(len(y), -1)),
            _("You laid the rows of a text side by side, (N, T E). Keep one axis for the tokens: (N, T, E)."),
        ),
        Misconception(
            "padding_set_to_zero",
            rows_of(then=lambda y, tokens, W: y * (tokens != 0)[..., None]),
            _("You set the row of the padding to 0. Here it is a row like the others; the mask leaves it out later."),
        ),
        Misconception(
            "summed_over_text",
            rows_of(then=lambda y, tokens, W: y.sum(axis=1)),
            _("You added up the rows of each text. That comes later; here each token keeps its row, (N, T, E)."),
        ),
        Misconception(
            "mean_over_text",
            rows_of(then=lambda y, tokens, W: y.mean(axis=1)),
            _("You took the mean of each text. That comes later; here each token keeps its row, (N, T, E)."),
        ),
        Misconception(
            "time_first",
            rows_of(then=lambda y, tokens, W: y.swapaxes(0, 1)),
            _("Texts and steps are swapped, (T, N, E). The texts come first: (N, T, E)."),
        ),
        Misconception(
            "number_times_row",
            rows_of(then=lambda y, tokens, W: y * tokens[..., None]),
            _("You multiplied each row by the number of its token. The number is only an address, not a quantity."),
        ),
        Misconception(
            "number_times_first_row",
            lambda tokens, W: tokens[..., None] * W[0],
            _("You multiplied the numbers of the tokens by one row. Each token has a row of its own: `W[tokens]`."),
        ),
        Misconception(
            "times_root_of_E",
            rows_of(then=lambda y, tokens, W: y * np.sqrt(W.shape[1])),
            _("You multiplied by sqrt(E). Some large models do so; here y is the row as it stands in W."),
        ),
        Misconception(
            "first_text_only",
            rows_of(then=lambda y, tokens, W: y[0]),
            _("Only the first text is there. Does `return` stand inside the loop? It belongs after it."),
        ),
        Misconception(
            "last_text_in_all",
            rows_of(then=lambda y, tokens, W: np.broadcast_to(y[-1], y.shape)),
            _("All texts got the rows of the last one. In the loop, write into the place of each text: `y[n] = ...`."),
        ),
        Misconception(
            "first_token_only",
            rows_of(lambda tokens: tokens[:, 0]),
            _("Only the first token of each text is there. Index with all of them: `W[tokens]`."),
        ),
        Misconception(
            "rows_in_order",
            lambda tokens, W: np.broadcast_to(W[np.arange(tokens.shape[1]) % len(W)], (*tokens.shape, W.shape[1])),
            _("You took the rows 0, 1, 2, ... by the place in the text. The token says which row it is."),
        ),
        Misconception(
            "one_hot_returned",
            lambda tokens, W: np.eye(len(W))[tokens],
            _("You returned the one-hot rows. Multiply them by W: `np.eye(V)[tokens] @ W`, or index W directly."),
        ),
    ],
    hints=[
        _("A token is the number of a row. How do you take several rows of an array at once?"),
        _("An array of whole numbers in square brackets takes one row for each of its numbers and keeps its shape."),
        _("`return W[tokens]`"),
    ],
)


# ---------------------------------------------------------------- backward
def backward_cases(rng):
    yield np.array([[[1.0, 10], [2, 20], [4, 40]]]), np.array([[1, 0, 1]]), 3
    for tokens, V, E in [
        (np.array([[3, 3, 3], [1, 0, 2]]), 5, 2),
        (np.array([[0, 4], [4, 0], [4, 2]]), 6, 3),
        (rng.integers(0, 4, (4, 5)), 6, 2),
        (np.array([[2, 1, 0]]), 3, 3),
        (rng.integers(0, 3, (3, 4)), 3, 4),
    ]:
        yield rng.normal(size=(*tokens.shape, E)).round(1), tokens, V
    yield rng.normal(size=(3, 4, 6)).T[::2], rng.integers(0, 5, (4, 6)).T[::2], 7


def table_of(add):
    """A function of (dy, tokens, V) from one that fills dW: add(dW, dy, tokens)."""

    def backward(dy, tokens, V):
        dW = np.zeros((V, dy.shape[2]))
        add(dW, dy, tokens)
        return dW

    return backward


def last_wins(dW, dy, tokens):
    for token, gradient in zip(tokens.ravel(), dy.reshape(-1, dy.shape[2]), strict=True):
        dW[token] = gradient


def first_wins(dW, dy, tokens):
    last_wins(dW, dy[::-1, ::-1], tokens[::-1, ::-1])


def lost_within_a_text(dW, dy, tokens):
    for n in range(len(tokens)):
        dW[tokens[n]] += dy[n]


def lost_between_texts(dW, dy, tokens):
    for t in range(tokens.shape[1]):
        dW[tokens[:, t]] += dy[:, t]


def by_place(dW, dy, tokens):
    for t in range(tokens.shape[1]):
        dW[t] += dy[:, t].sum(axis=0)


def backward_then(change):
    """The right gradient, changed at the end: change(dW, dy, tokens, V)."""
    return lambda dy, tokens, V: change(embedding_backward(dy, tokens, V), dy, tokens, V)


def times(tokens, V):
    """How often each token stands there, (V, 1)."""
    return np.bincount(tokens.ravel(), minlength=V)[:, None]


def without_row(k):
    """The gradient with row k set to 0."""
    return backward_then(lambda dW, dy, tokens, V: np.where(np.arange(V)[:, None] == k, 0, dW))


def backward_slopes(dy, tokens, V):
    return {"dW": (lambda W: float(np.sum(W[tokens] * dy)), np.zeros((V, dy.shape[2])))}


EMBEDDING_BACKWARD = Exercise(
    name="embedding_backward",
    chapter=9,
    title=_("A repeated word learns from all its places"),
    statement=_(
        "Return the gradient of the table W from dy = dL/dy:\n\n"
        "$$\\frac{\\partial L}{\\partial W_v} = "
        "\\sum_{(n,t):\\ \\text{tokens}_{n,t} = v} \\frac{\\partial L}{\\partial y_{n,t}}$$\n\n"
        "`dy` (N, T, E), `tokens` (N, T), `V` the number of rows of W. The result `dW` has shape (V, E). A token that "
        "stands several times gets the sum of what arrives at its places; one that is not in the batch gets 0.\n\n"
        "On paper: tokens = (1, 0, 1), dy = (1, 10), (2, 20), (4, 40), V = 3: dW = (2, 20), (5, 50), (0, 0)."
    ),
    reference=embedding_backward,
    cases=backward_cases,
    outputs=("dW",),
    slopes=backward_slopes,
    solution_note=_(
        "`np.add.at(dW, tokens, dy)` does the same in one line. `nn.embedding_backward` uses `np.bincount`, which is 3 "
        "to 5 times as quick."
    ),
    misconceptions=[
        Misconception(
            "assigned",
            table_of(last_wins),
            _(
                "A repeated token got the gradient of its last place only. `dW[tokens] = dy` writes over it, and "
                "`dW[tokens] += dy` does too: NumPy adds to each row once. Use a loop with `+=`, or `np.add.at`."
            ),
        ),
        Misconception(
            "first_place_only",
            table_of(first_wins),
            _("A repeated token got the gradient of its first place only. Add up all its places."),
        ),
        Misconception(
            "lost_within_a_text",
            table_of(lost_within_a_text),
            _(
                "`dW[tokens[n]] += dy[n]` loses repeated tokens within one text: NumPy adds to each row once. Loop "
                "over the steps t as well, or use `np.add.at`."
            ),
        ),
        Misconception(
            "lost_between_texts",
            table_of(lost_between_texts),
            _(
                "`dW[tokens[:, t]] += dy[:, t]` loses tokens that stand at the same place in several texts: NumPy adds "
                "to each row once. Loop over the texts n as well, or use `np.add.at`."
            ),
        ),
        Misconception(
            "mean_of_places",
            backward_then(lambda dW, dy, tokens, V: dW / np.maximum(times(tokens, V), 1)),
            _("You divided by how often the token stands there. The gradient is the sum over its places."),
        ),
        Misconception(
            "mean_of_no_place",
            backward_then(lambda dW, dy, tokens, V: dW / times(tokens, V)),
            _(
                "You divided by how often the token stands there, which is 0 for some: 0/0 is NaN. And the gradient is "
                "the sum over the places, not the mean."
            ),
        ),
        Misconception(
            "place_instead_of_token",
            table_of(by_place),
            _("You added to row t, the place in the text. It belongs to the row of the token: `dW[tokens[n, t]]`."),
        ),
        Misconception(
            "features_summed_away",
            backward_then(lambda dW, dy, tokens, V: dW.sum(axis=1)),
            _("Your dW has one number for each token. Each of the E features has a gradient of its own: (V, E)."),
        ),
        Misconception(
            "batch_averaged",
            backward_then(lambda dW, dy, tokens, V: dW / len(dy)),
            _("You divided by the number of texts. The loss has done so already, in dy: only add here."),
        ),
        Misconception(
            "all_places_averaged",
            backward_then(lambda dW, dy, tokens, V: dW / tokens.size),
            _("You divided by N T, the number of all places. Only add what arrives at the places of a token."),
        ),
        Misconception(
            "averaged_over_steps",
            backward_then(lambda dW, dy, tokens, V: dW / tokens.shape[1]),
            _("You divided by T, the number of steps. Only add what arrives at the places of a token."),
        ),
        Misconception(
            "padding_left_out",
            without_row(0),
            _(
                "You set the gradient of token 0 to 0. Where padding shall not learn, the mask has made its dy 0 "
                "already: treat row 0 like the others."
            ),
        ),
        Misconception(
            "transposed",
            backward_then(lambda dW, dy, tokens, V: dW.T),
            _("Your dW has shape (E, V). It needs the shape of W, (V, E): one row for each token."),
        ),
        Misconception(
            "rows_from_the_batch",
            backward_then(lambda dW, dy, tokens, V: dW[: tokens.max() + 1]),
            _("Your dW has only as many rows as the batch needs. Every row of W needs a gradient: V rows."),
        ),
        Misconception(
            "seen_tokens_only",
            backward_then(lambda dW, dy, tokens, V: dW[np.unique(tokens)]),
            _("Your dW has rows for the tokens of the batch only. The others need a row of zeros: V rows in all."),
        ),
        Misconception(
            "places_counted",
            backward_then(lambda dW, dy, tokens, V: np.broadcast_to(times(tokens, V), dW.shape)),
            _("You counted how often each token stands there. Add up what arrives at these places: `dy[n, t]`."),
        ),
        Misconception(
            "dy_returned",
            lambda dy, tokens, V: dy + 0.0,
            _("You returned dy, the gradient of each place. Add up the places of each token, (V, E)."),
        ),
        Misconception(
            "first_text_only",
            lambda dy, tokens, V: embedding_backward(dy[:1], tokens[:1], V),
            _("Only the first text was counted. Does `return` stand inside the loop, or is the loop over n missing?"),
        ),
        Misconception(
            "last_text_only",
            lambda dy, tokens, V: embedding_backward(dy[-1:], tokens[-1:], V),
            _("Only the last text was counted. Set dW to zeros once, before the loop over the texts."),
        ),
        Misconception(
            "one_row_too_early",
            backward_then(lambda dW, dy, tokens, V: np.roll(dW, -1, axis=0)),
            _("Everything stands one row too early. Rows are counted from 0: token 0 has row 0. Do not subtract 1."),
        ),
        Misconception(
            "sign",
            backward_then(lambda dW, dy, tokens, V: -dW),
            _("The sign is wrong. The minus of gradient descent belongs to the step, not to the gradient."),
        ),
        Misconception(
            "squared",
            backward_then(lambda dW, dy, tokens, V: embedding_backward(dy**2, tokens, V)),
            _("You added up the squares of dy. The gradient is the plain sum."),
        ),
        Misconception(
            "features_added",
            backward_then(lambda dW, dy, tokens, V: np.repeat(dW.sum(axis=1, keepdims=True), dy.shape[2], axis=1)),
            _("You added up the E features of each token as well. Each feature has a gradient of its own."),
        ),
        Misconception(
            "all_in_every_row",
            backward_then(lambda dW, dy, tokens, V: np.where(times(tokens, V) > 0, dW.sum(axis=0), 0)),
            _("Each token of the batch got the sum of all places. Add to its row only what arrives at its own places."),
        ),
        Misconception(
            "number_times_gradient",
            backward_then(lambda dW, dy, tokens, V: dW * np.arange(V)[:, None]),
            _("You multiplied by the number of the token. It is only an address: use it in the square brackets."),
        ),
    ],
    hints=[
        _("Start with zeros (V, E). Which row does place (n, t) belong to, and what does it add there?"),
        _("Two loops, over n and t. Careful: `dW[tokens] += dy` in one line adds to each row only once."),
        _("In the loops: `dW[tokens[n, t]] += dy[n, t]`. Or `np.add.at(dW, tokens, dy)`."),
    ],
)


# ---------------------------------------------------------------- the mean over the real tokens
def mean_cases(rng):
    yield np.array([[[2.0], [4.0], [9.0]]]), np.array([[True, True, False]])
    yield rng.normal(size=(3, 3, 3)).round(1), np.array([[True, True, True], [True, False, False], [True, True, False]])
    x = rng.normal(size=(2, 4, 3)).round(1)
    x[0, 1] = 0  # a real token whose row is 0
    yield x, np.array([[True, True, True, False], [False, False, True, True]])
    yield rng.normal(size=(1, 5, 2)).round(1), np.array([[False, True, False, True, True]])
    yield rng.normal(size=(4, 6, 2)).round(1), np.arange(6) < np.array([[2], [6], [1], [4]])
    yield rng.normal(size=(2, 7, 6)).T[::2], (np.arange(14).reshape(7, 2).T % 5 < 3).repeat(2, axis=0)[:3, :]


def count(mask):
    return mask.sum(axis=1, keepdims=True)


def masked_sum(x, mask):
    return (x * mask[:, :, None]).sum(axis=1)


def mean_by(divisor=lambda x, mask: count(mask), total=masked_sum):
    """The right mean with one part replaced: the mistakes below say which."""
    return lambda x, mask: total(x, mask) / divisor(x, mask)


def last_real(x, mask):
    last = mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
    return x[np.arange(len(x)), last]


MASKED_MEAN = Exercise(
    name="masked_mean",
    chapter=9,
    title=_("The mean over the real tokens"),
    statement=_(
        "Return the mean of the rows of each text, over its real tokens only:\n\n"
        "$$y_n = \\frac{\\sum_t m_{n,t}\\, x_{n,t}}{\\sum_t m_{n,t}}$$\n\n"
        "`x` (N, T, E) holds a row for each token, `mask` (N, T) is True at real tokens and False at padding. The "
        "result has shape (N, E). Every text has at least one real token; what stands in x at the padding does not "
        "count.\n\n"
        "On paper: x = 2, 4, 9 with the mask True, True, False: y = (2 + 4) / 2 = 3."
    ),
    reference=masked_mean,
    cases=mean_cases,
    outputs=("y",),
    adapt=first_of_pair,
    solution_note=_("The layer `GlobalAveragePooling1D` does this behind `Embedding(..., mask_zero=True)`."),
    misconceptions=[
        Misconception(
            "divided_by_T",
            mean_by(lambda x, mask: x.shape[1]),
            _(
                "You divided by T, so a short text gets a short vector: the padding counts as zeros. Divide by the "
                "number of real tokens, `mask.sum(axis=1)`."
            ),
        ),
        Misconception(
            "mask_unused",
            lambda x, mask: x.mean(axis=1),
            _("You took the mean over all steps, padding included. Use the mask: only real tokens count."),
        ),
        Misconception(
            "padding_in_the_sum",
            mean_by(total=lambda x, mask: x.sum(axis=1)),
            _("You divided by the number of real tokens, but the padding is still in the sum. Multiply x by the mask."),
        ),
        Misconception(
            "only_summed",
            masked_sum,
            _("This is the sum over the real tokens. Divide by their number."),
        ),
        Misconception(
            "divided_by_all_real",
            mean_by(lambda x, mask: mask.sum()),
            _("You divided by the real tokens of all texts together. Each text has its own number: sum over axis 1."),
        ),
        Misconception(
            "mask_inverted",
            lambda x, mask: masked_sum(x, ~mask) / count(~mask),
            _("You took the mean of the padding. The mask is True where a token is real."),
        ),
        Misconception(
            "padding_summed",
            mean_by(total=lambda x, mask: masked_sum(x, ~mask)),
            _("The sum is over the padding. The mask is True where a token is real: keep those."),
        ),
        Misconception(
            "zeros_not_counted",
            mean_by(lambda x, mask: np.maximum((masked(x, mask) != 0).any(axis=2).sum(axis=1, keepdims=True), 1)),
            _("You counted the rows that are not 0. A real token may have a row of zeros: count the mask instead."),
        ),
        Misconception(
            "all_texts_together",
            lambda x, mask: x[mask].mean(axis=0),
            _("`x[mask]` puts the tokens of all texts in one list. Each text needs a mean of its own, (N, E)."),
        ),
        Misconception(
            "mean_over_texts",
            lambda x, mask: (x * mask[:, :, None]).sum(axis=0) / np.maximum(mask.sum(axis=0), 1)[:, None],
            _("You took the mean over the texts (axis=0). It goes over the steps of each text: axis=1."),
        ),
        Misconception(
            "mean_over_features",
            lambda x, mask: x.mean(axis=2) * mask,
            _("You took the mean over the E features. It goes over the steps of each text: axis=1."),
        ),
        Misconception(
            "mask_without_axis",
            lambda x, mask: (x * mask).sum(axis=1) / count(mask),
            _("`x * mask` does not fit: x has an axis more. Give the mask one of length 1: `mask[:, :, None]`."),
        ),
        Misconception(
            "count_without_axis",
            lambda x, mask: masked_sum(x, mask) / mask.sum(axis=1),
            _("The number of real tokens has shape (N,), which does not fit to (N, E). Use `keepdims=True`."),
        ),
        Misconception(
            "count_over_texts",
            lambda x, mask: masked_sum(x, mask) / mask.sum(axis=0),
            _("You counted over the texts (axis=0). Count the real tokens of each text: axis=1, keepdims=True."),
        ),
        Misconception(
            "nan_for_padding",
            lambda x, mask: np.where(mask[:, :, None], x, np.nan).mean(axis=1),
            _("You set the padding to NaN, and a mean with NaN in it is NaN. Set it to 0 and divide by the count."),
        ),
        Misconception(
            "summed_over_features",
            lambda x, mask: (x * mask[:, :, None]).sum(axis=2) / count(mask),
            _("You added up the E features (axis=2). Add up the steps of each text: axis=1."),
        ),
        Misconception(
            "last_real_token",
            last_real,
            _("You took the last real token. Asked is the mean over all real tokens of a text."),
        ),
        Misconception(
            "first_count_for_all",
            mean_by(lambda x, mask: mask[0].sum()),
            _("All texts were divided by the length of the first one. Each has its own number of real tokens."),
        ),
        Misconception(
            "longest_for_all",
            mean_by(lambda x, mask: count(mask).max()),
            _("All texts were divided by the length of the longest one. Each has its own number of real tokens."),
        ),
        Misconception(
            "largest_value",
            lambda x, mask: np.where(mask[:, :, None], x, -np.inf).max(axis=1),
            _("You took the largest value of each feature. Asked is the mean."),
        ),
        Misconception(
            "median",
            lambda x, mask: np.array([np.median(row[real], axis=0) for row, real in zip(x, mask, strict=True)]),
            _("You took the median. Asked is the mean."),
        ),
        Misconception(
            "one_too_many",
            mean_by(lambda x, mask: count(mask) + 1),
            _("You divided by one more than the number of real tokens. No text is empty here: divide by the number."),
        ),
        Misconception(
            "first_real_steps",
            lambda x, mask: np.array([row[: real.sum()].mean(axis=0) for row, real in zip(x, mask, strict=True)]),
            _("You took as many steps from the start as there are real ones. Padding may also stand before the text."),
        ),
    ],
    hints=[
        _("Padding must neither be in the sum nor in the number. What does the mask do as a factor?"),
        _("`mask[:, :, None]` has shape (N, T, 1) and fits to x. `mask.sum(axis=1)` counts the real tokens of a text."),
        _("`return (x * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)`"),
    ],
)


def masked(x, mask):
    return x * mask[:, :, None]


EXERCISES = [EMBEDDING_FORWARD, EMBEDDING_BACKWARD, MASKED_MEAN]
