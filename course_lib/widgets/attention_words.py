"""One attention layer, trained in NumPy on short work orders: each component has to find the word that tells its state.

    x = E[token] + P[position]        q = x W_q, k = x W_k (d numbers each)        v = E[token] W_v (one score a state)
    y = attention(q, k, v)            answer of a word = softmax(y)

"pump leaking, valve ok": the answer of "pump" must be leak, that of "valve" ok. v is then what a word says about the
state, and the weights decide whose word counts. Positions are learned too: the nearest state word is the right one.
"""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from course_lib import nn

PADDING, UNKNOWN = 0, 1
COMPONENTS = ("pump", "valve", "motor", "hose", "bearing", "belt")
STATES = {  # the state, and how people write it
    "ok": ("ok", "fine"),
    "leak": ("leaking", "dripping"),
    "hot": ("hot", "overheating"),
    "noise": ("noisy", "vibrating"),
    "wear": ("worn", "broken"),
    "blockage": ("blocked", "clogged"),
}
FILLERS = ("check", "replace", "the", "is", "and", "left", "right", "line", "2", "3")
WORDS = ("", "[UNK]", *COMPONENTS, *(w for words in STATES.values() for w in words), *FILLERS)
NUMBER = {word: k for k, word in enumerate(WORDS) if k > UNKNOWN}
OF_STATE = {word: c for c, words in enumerate(STATES.values()) for word in words}
LENGTH, LONGEST = 16, 10  # places with a position, and tokens of the longest text
D, E = 8, 16  # numbers of a query, of an embedding
ORDERS, STEPS, BATCH = 1500, 400, 64


def order(rng):
    """Return one random work order: its tokens, and for each the number of its state, or -1."""
    one, two = rng.choice(COMPONENTS, 2, replace=False).tolist()
    s, r = (str(rng.choice(STATES[name])) for name in rng.choice(list(STATES), 2, replace=False))
    kind = rng.random()
    words = []
    words += FIRST[rng.integers(len(FIRST))]
    if kind < 0.3:  # what is wrong comes first: "replace leaking pump"
        words += [s, one]
        return words, [OF_STATE[s] if w in (one, s) else -1 for w in words]
    if kind < 0.5:  # one state for both: "pump and valve leaking"
        words += [one, "and", two, *(["is"] if rng.random() < 0.3 else []), s]
        return words, [OF_STATE[s] if w in (one, two, s) else -1 for w in words]
    words += [one, *PLACES[rng.integers(len(PLACES))], s]
    state = {one: s}
    if rng.random() < 0.75:
        words += [two, *PLACES[rng.integers(len(PLACES))], r]
        state |= {two: r}
    return words, [OF_STATE.get(state.get(w, w), -1) for w in words]


FIRST = ((), (), (), ("check",), ("replace",), ("the",), ("check", "the"), ("line", "2"))
PLACES = ((), (), (), ("is",), ("is",), ("left",), ("line", "2"), ("line", "3"))


def encoded(words, length=LENGTH):
    """The numbers of the words (length,): 1 for an unknown one, 0 where the text has ended."""
    numbers = [NUMBER.get(word, UNKNOWN) for word in words][:length]
    return np.pad(numbers, (0, length - len(numbers))).astype(int)


def training_set(n=ORDERS, rng=0):
    """Return tokens (n, 10) and states (n, 10), -1 where nothing is asked."""
    rng = np.random.default_rng(rng)
    tokens, states = np.zeros((n, LONGEST), int), np.full((n, LONGEST), -1)
    for row in range(n):
        words, y = order(rng)
        tokens[row], states[row, : len(y)] = encoded(words, LONGEST), y
    tokens[(tokens > 0) & (rng.random(tokens.shape) < 0.03)] = UNKNOWN
    return tokens, states


def inputs(w, tokens):
    """Return x (N, T, E), and q (N, T, d), k (N, T, d), v (N, T, C) of tokens (N, T)."""
    words = w.E[tokens]
    x = words + w.P[: tokens.shape[1]]
    return words, x, x @ w.W_q, x @ w.W_k, words @ w.W_v


@lru_cache(maxsize=1)
def trained_layer():
    """Return the weights E (V, E), P (T, E), W_q (E, d), W_k (E, d), W_v (E, C), trained for about a second."""
    rng = np.random.default_rng(0)
    tokens, states = training_set()
    w = SimpleNamespace(
        E=rng.normal(0, 0.5, (len(WORDS), E)), P=rng.normal(0, 0.5, (LENGTH, E)),
        W_q=rng.normal(0, 0.3, (E, D)), W_k=rng.normal(0, 0.3, (E, D)), W_v=rng.normal(0, 0.3, (E, len(STATES))),
    )  # fmt: skip
    adam = nn.Adam(0.01)
    for _step in range(STEPS):
        rows = rng.integers(0, len(tokens), BATCH)
        for name, gradient in gradients(w, tokens[rows], states[rows])[1].items():
            adam.update(getattr(w, name), gradient, name)
    return w


def gradients(w, tokens, states):
    """Return the mean cross-entropy of the asked words, and {"E": dL/dE, ...} by the chain rule."""
    words, x, q, k, v = inputs(w, tokens)
    y, cache = nn.attention_forward(q, k, v, tokens != PADDING)
    asked = states >= 0
    p = nn.softmax(y)
    loss = -np.log(p[asked, states[asked]]).mean()
    dy = np.where(asked[..., None], p, 0)
    dy[asked, states[asked]] -= 1
    dq, dk, dv = nn.attention_backward(dy / asked.sum(), cache)
    flat = lambda a: a.reshape(-1, a.shape[-1])  # noqa: E731
    dx = dq @ w.W_q.T + dk @ w.W_k.T
    dE = nn.embedding_backward(dx + dv @ w.W_v.T, nn.embedding_forward(tokens, w.E)[1])
    return loss, {
        "E": dE, "P": np.pad(dx.sum(axis=0), ((0, len(w.P) - dx.shape[1]), (0, 0))), "W_q": flat(x).T @ flat(dq),
        "W_k": flat(x).T @ flat(dk), "W_v": flat(words).T @ flat(dv),
    }  # fmt: skip
