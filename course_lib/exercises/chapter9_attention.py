"""Chapter 9, attention: each query takes the mean of the values, with weights from a softmax over the keys."""

import numpy as np

from course_lib.exercises.adapt import first_of_pair
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def attention(q, k, v):
    """Scaled dot-product attention: y = A v with A = softmax(q k^T / sqrt(d)), the softmax over the keys.

    q (N, Tq, d), k (N, Tk, d), v (N, Tk, D) -> y (N, Tq, D). Source: Vaswani et al., NeurIPS 2017.
    """
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])  # (N, Tq, Tk)
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    A = e / e.sum(axis=2, keepdims=True)
    return A @ v


def attention_cases(rng):
    yield np.full((1, 1, 4), np.log(3) / 2), np.array([[[1.0, 1, 1, 1], [0, 0, 0, 0]]]), np.array([[[8.0], [4.0]]])
    for N, Tq, Tk, d, D in [(1, 2, 3, 2, 2), (2, 3, 3, 3, 3), (3, 4, 2, 4, 5), (2, 1, 5, 3, 3)]:
        yield tuple(rng.normal(size=shape).round(1) for shape in ((N, Tq, d), (N, Tk, d), (N, Tk, D)))
    yield tuple(90 * rng.normal(size=shape) for shape in ((2, 3, 2), (2, 4, 2), (2, 4, 3)))
    yield tuple(rng.normal(size=shape).T[::2] for shape in ((3, 2, 4), (3, 5, 4), (2, 5, 4)))


EXTREME = 5  # the place of the case with large numbers


def raw(q, k, v):
    return np.einsum("nid,njd->nij", q, k)


def softmax(scores, axis=2):
    axis = (axis,) if isinstance(axis, int) else axis
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def weighted(A, v):
    return np.einsum("nij,njd->nid", A, v)


def attention_with(
    scores=raw,
    divisor=lambda q, k, v: np.sqrt(q.shape[2]),
    weights=softmax,
    answer=lambda A, q, k, v: weighted(A, v),
):
    """The right attention with one part replaced: the mistakes below say which."""
    return lambda q, k, v: answer(weights(scores(q, k, v) / divisor(q, k, v)), q, k, v)


def divided_by(size):
    """Attention whose scores are divided by something else."""
    return attention_with(divisor=size)


def careless(scores):
    """A softmax that does not subtract the largest score first."""
    e = np.exp(scores)
    return e / e.sum(axis=2, keepdims=True)


def shifted_by_one(scores):
    """A softmax that subtracts the largest score of all queries."""
    return careless(scores - scores.max())


def winner(scores):
    """All weight on the largest score."""
    return (np.arange(scores.shape[2]) == scores.argmax(axis=2)[..., None]).astype(float)


def keys_ask(q, k, v):
    """Queries and keys exchanged: the product with v fits only where they are equally many."""
    return softmax(k @ q.transpose(0, 2, 1) / np.sqrt(q.shape[2])) @ v


def scores_turned(q, k, v):
    return softmax(raw(q, k, v) / np.sqrt(q.shape[2])).transpose(0, 2, 1) @ v


def distances(q, k, v):
    return -((q[:, :, None] - k[:, None]) ** 2).sum(axis=3)


def cosines(q, k, v):
    return raw(
        q / np.maximum(np.linalg.norm(q, axis=2, keepdims=True), 1e-12),
        k / np.maximum(np.linalg.norm(k, axis=2, keepdims=True), 1e-12),
        v,
    )


ATTENTION = Exercise(
    name="attention",
    chapter=9,
    title=_("Attention: who looks at whom"),
    statement=_(
        "Write scaled dot-product attention:\n\n"
        "$$y = \\text{softmax}\\left(\\frac{q\\, k^T}{\\sqrt{d}}\\right) v$$\n\n"
        "`q` (N, Tq, d) holds a query for each step that asks, `k` (N, Tk, d) a key and `v` (N, Tk, D) a value for "
        "each step that is asked. The scores have shape (N, Tq, Tk); the softmax runs over the keys, so that the "
        "weights of each query add up to 1. The result has shape (N, Tq, D). Some tests have large numbers.\n\n"
        "On paper: with d = 4, a query's products 2 ln(3) and 0 become the scores ln(3) and 0. The weights are 3/4 and "
        "1/4; with v = 8, 4 the answer is 7."
    ),
    reference=attention,
    cases=attention_cases,
    outputs=("y",),
    extreme=(EXTREME,),
    adapt=first_of_pair,
    solution_note=_(
        "`nn.attention_forward` does the same with a mask; `nn.attention_weights(cache)` gives A for a picture. "
        "Source: Vaswani et al., NeurIPS 2017."
    ),
    misconceptions=[
        Misconception(
            "sqrt_forgotten",
            divided_by(lambda q, k, v: 1),
            _(
                "The division by sqrt(d) is missing. A score is a sum of d products, so it grows with d, and the "
                "softmax soon takes one key only: divide by `np.sqrt(q.shape[2])`."
            ),
        ),
        Misconception(
            "divided_by_d",
            divided_by(lambda q, k, v: q.shape[2]),
            _("You divided by d. Divide by its root: a sum of d random products has a deviation of sqrt(d), not d."),
        ),
        Misconception(
            "divided_by_sqrt_of_keys",
            divided_by(lambda q, k, v: np.sqrt(k.shape[1])),
            _("You divided by the root of the number of keys. d is the size of a query, the last axis: `q.shape[2]`."),
        ),
        Misconception(
            "divided_by_sqrt_of_queries",
            divided_by(lambda q, k, v: np.sqrt(q.shape[1])),
            _("You divided by the root of the number of queries. d is the size of a query, the last axis of q."),
        ),
        Misconception(
            "divided_by_sqrt_of_value",
            divided_by(lambda q, k, v: np.sqrt(v.shape[2])),
            _("You divided by the root of D, the size of a value. d is the size of a query: `q.shape[2]`."),
        ),
        Misconception(
            "divided_by_sqrt_of_texts",
            divided_by(lambda q, k, v: np.sqrt(len(q))),
            _("You divided by the root of N, as `len(q)` counts the texts. d is the last axis: `q.shape[2]`."),
        ),
        Misconception(
            "multiplied_by_sqrt",
            divided_by(lambda q, k, v: 1 / np.sqrt(q.shape[2])),
            _("You multiplied by sqrt(d). The scores are too large already: divide."),
        ),
        Misconception(
            "scaled_after_softmax",
            attention_with(divisor=lambda q, k, v: 1, answer=lambda A, q, k, v: weighted(A, v) / np.sqrt(q.shape[2])),
            _("You divided by sqrt(d) after the softmax, so the weights do not add up to 1. Divide the scores first."),
        ),
        Misconception(
            "softmax_over_queries",
            attention_with(weights=lambda scores: softmax(scores, 1)),
            _(
                "Your softmax runs over the queries (axis=1). Each query shares its attention among the keys: the last "
                "axis, axis=2."
            ),
        ),
        Misconception(
            "softmax_over_all",
            attention_with(weights=lambda scores: softmax(scores, (1, 2))),
            _("Your softmax runs over queries and keys together. The weights of each query add up to 1: axis=2."),
        ),
        Misconception(
            "softmax_over_everything",
            attention_with(weights=lambda scores: softmax(scores, (0, 1, 2))),
            _("Your softmax runs over all numbers; is `axis=` missing? The weights of each query add up to 1: axis=2."),
        ),
        Misconception(
            "softmax_over_texts",
            attention_with(weights=lambda scores: softmax(scores, 0)),
            _("Your softmax runs over the texts (axis=0), which have nothing to do with each other. Take axis=2."),
        ),
        Misconception(
            "softmax_forgotten",
            attention_with(weights=lambda scores: scores),
            _("The softmax is missing. Scores are any numbers; weights are positive and add up to 1."),
        ),
        Misconception(
            "exponential_only",
            attention_with(weights=np.exp),
            _("You took the exponential, but did not divide by the sum over the keys. The weights must add up to 1."),
        ),
        Misconception(
            "exponential_of_the_difference_only",
            attention_with(weights=lambda scores: np.exp(scores - scores.max(axis=2, keepdims=True))),
            _("You subtracted the largest score and took exp, but did not divide by the sum over the keys."),
        ),
        Misconception(
            "divided_by_the_sum",
            attention_with(weights=lambda scores: scores / scores.sum(axis=2, keepdims=True)),
            _("You divided the scores by their sum. That can be 0, and weights become negative: take exp first."),
        ),
        Misconception(
            "sigmoid_weights",
            attention_with(weights=lambda scores: (1 + np.tanh(scores / 2)) / 2),
            _("You took the sigmoid of each score. Their sum is not 1: take the softmax over the keys."),
        ),
        Misconception(
            "overflow",
            attention_with(weights=careless),
            _(
                "The exponential of a large score is infinite, and inf / inf is NaN. Subtract the largest score of "
                "each query first: that does not change the weights."
            ),
        ),
        Misconception(
            "one_largest_for_all",
            attention_with(weights=shifted_by_one),
            _(
                "You subtracted the largest score of all queries. Where a query's own scores lie far below it, all "
                "exponentials are 0, and 0/0 is NaN. Subtract the largest of each query: `axis=2, keepdims=True`."
            ),
        ),
        Misconception(
            "hard_choice",
            attention_with(weights=winner),
            _("You gave all weight to the best key. Attention is soft: each key gets a share, by the softmax."),
        ),
        Misconception(
            "equal_weights",
            attention_with(weights=lambda scores: np.full(scores.shape, 1 / scores.shape[2])),
            _("All keys got the same weight: this is the mean of the values. The weights come from q and k."),
        ),
        Misconception(
            "weights_returned",
            attention_with(answer=lambda A, q, k, v: A),
            _("You returned the weights. Multiply them by the values: `A @ v`."),
        ),
        Misconception(
            "scores_returned",
            lambda q, k, v: raw(q, k, v) / np.sqrt(q.shape[2]),
            _("You returned the scores. The softmax over the keys and the product with v are still missing."),
        ),
        Misconception(
            "keys_as_values",
            attention_with(answer=lambda A, q, k, v: weighted(A, k)),
            _("You took the mean of the keys. The keys only decide who is heard; what is said are the values v."),
        ),
        Misconception(
            "values_as_keys",
            lambda q, k, v: weighted(softmax(q @ v.transpose(0, 2, 1) / np.sqrt(q.shape[2])), v),
            _("You compared the queries with the values. The scores come from the keys: q k^T."),
        ),
        Misconception(
            "keys_among_themselves",
            lambda q, k, v: weighted(softmax(raw(k, k, v) / np.sqrt(k.shape[2])), v),
            _("You compared the keys with the keys. The scores come from queries and keys: q k^T."),
        ),
        Misconception(
            "keys_ask",
            keys_ask,
            _("You wrote k q^T: the keys ask the queries. Write q k^T, with shape (N, Tq, Tk)."),
        ),
        Misconception(
            "weights_transposed",
            scores_turned,
            _("The weights are transposed. A (N, Tq, Tk) has a row for each query: `A @ v`, without a transpose."),
        ),
        Misconception(
            "distance_as_score",
            attention_with(scores=distances),
            _("You took the squared distance of query and key. The score is their scalar product, q k^T."),
        ),
        Misconception(
            "cosine_as_score",
            attention_with(scores=cosines),
            _("You brought queries and keys to length 1 first. The score is their plain product, divided by sqrt(d)."),
        ),
        Misconception(
            "query_added",
            attention_with(answer=lambda A, q, k, v: q + weighted(A, v)),
            _("You added the query to the answer. Some networks do so afterwards; here y is A v alone."),
        ),
    ],
    hints=[
        _("Three steps: scores (N, Tq, Tk) of each query with each key, weights by a softmax, and a product with v."),
        _("`q @ k.transpose(0, 2, 1)` multiplies each query with each key. Which axis of the scores are the keys?"),
        _(
            "`scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])`, then `np.exp(scores - scores.max(axis=2, "
            "keepdims=True))`, divided by its sum over axis 2, then `@ v`."
        ),
    ],
)

EXERCISES = [ATTENTION]
