"""Checks of tokens and of what attention takes: what is wrong, where, and what to do about it."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, first


def token_numbers(name, tokens, V=None):
    """Return the tokens (N, T) as whole numbers from 0 to V - 1, or say what is wrong with them.

    Raises a TypeError for text and fractions, a ValueError for texts of unequal or no length, other shapes, numbers
    below 0 and numbers from V on.
    """
    tokens = rectangular(name, tokens)
    if tokens.ndim != 2:
        hint = _(" For one text use {name}[None].").format(name=name) if tokens.ndim == 1 else ""
        raise ValueError(
            _("{name} has shape {given}, but two axes are needed: (texts N, tokens T).").format(
                name=name, given=tokens.shape
            )
            + hint
        )
    if tokens.shape[1] == 0:
        raise ValueError(
            _(
                "{name} has shape {given}: T = 0, the texts are empty, but at least one token is needed. Leave empty "
                "texts out."
            ).format(name=name, given=tokens.shape)
        )
    if tokens.dtype.kind not in "iu":
        hint = _(" Whole numbers that are stored as {dtype} become tokens with {name}.astype(int).")
        raise TypeError(
            _("{name} has dtype {dtype}, but tokens are whole numbers: each is a row of W.").format(
                name=name, dtype=tokens.dtype
            )
            + (hint.format(name=name, dtype=tokens.dtype) if tokens.dtype.kind == "f" else "")
        )
    if V is not None and tokens.size:
        in_range(name, tokens, V)
    return tokens.astype(np.intp, copy=False)


def rectangular(name, tokens):
    """Return the tokens as an array, or say that the texts differ in length or are still text."""
    try:
        array = np.asarray(tokens)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype == object:
        lengths = [len(row) for row in tokens if np.ndim(row) > 0 or isinstance(row, list)]
        if len(set(lengths)) > 1:
            raise ValueError(
                _(
                    "{name} holds texts of unequal length, from {shortest} to {longest} tokens. Fill the short ones up "
                    "with 0 to one length, and use mask_zero=True."
                ).format(name=name, shortest=min(lengths), longest=max(lengths))
            )
    if array.dtype.kind in "UST" or array.dtype == object:
        raise TypeError(
            _(
                "{name} holds text or other objects, but tokens are whole numbers. Turn texts into tokens first: "
                "vocabulary.encode(texts, length)."
            ).format(name=name)
        )
    return array


def in_range(name, tokens, V):
    """Raise a ValueError for the first token that is no row of W."""
    below, above = tokens.min() < 0, tokens.max() >= V
    if not (below or above):
        return
    place = first(tokens < 0 if below else tokens >= V)
    remedy = _(" A number below 0 would be counted from the end.") if below else ""
    raise ValueError(
        _(
            "{name} holds {token} at index {place}, but there are {V} rows of W: tokens go from 0 to {last}. Encode "
            "the texts with the vocabulary that the embedding was made for (V is its size)."
        ).format(name=name, token=tokens[place], place=place, V=V, last=V - 1)
        + remedy
    )


def embedding_table(W):
    """Return W (V, E) as floats, or say that it has other axes or none of the words."""
    W = as_float("W", W)
    if W.ndim != 2 or not W.size:
        raise ValueError(
            _("W has shape {given}, but (V, E) is needed: one row of E numbers for each of the V tokens.").format(
                given=W.shape
            )
        )
    return W


def some_real_step(mask):
    """Raise a ValueError if a row of the mask (..., T) is False everywhere: there is nothing to take a mean of."""
    empty = ~mask.any(axis=-1)
    if empty.any():
        raise ValueError(
            _(
                "mask has no real step in {count} of {all} rows, the first at index {place}: an empty text has no "
                "mean. Leave empty texts out before you encode."
            ).format(count=int(empty.sum()), all=empty.size, place=first(empty))
        )


def attention_inputs(q, k, v, mask):
    """Return q (N, Tq, d), k (N, Tk, d), v (N, Tk, D) as floats of q's dtype and the mask (N, Tq, Tk) or None."""
    q, k, v = as_float("q", q), as_float("k", k), as_float("v", v)
    for name, array in (("q", q), ("k", k), ("v", v)):
        if array.ndim != 3 or 0 in array.shape[1:]:
            hint = _(" For one sequence use {name}[None].").format(name=name) if array.ndim == 2 else ""
            raise ValueError(
                _(
                    "{name} has shape {given}, but three axes are needed, none of them empty: (sequences N, steps T, "
                    "features d)."
                ).format(name=name, given=array.shape)
                + hint
            )
    if k.shape[0] != q.shape[0] or k.shape[2] != q.shape[2]:
        raise ValueError(
            _(
                "k has shape {given}, but q has shape {other}: both need the same N and the same d, because each query "
                "is multiplied with each key."
            ).format(given=k.shape, other=q.shape)
        )
    if v.shape[:2] != k.shape[:2]:
        raise ValueError(
            _("v has shape {given}, but k has shape {other}: there must be one value for each key.").format(
                given=v.shape, other=k.shape
            )
        )
    if mask is not None:
        mask = keys_mask(mask, (*q.shape[:2], k.shape[1]))
    return q, *(a.astype(q.dtype, copy=False) for a in (k, v)), mask


def keys_mask(mask, shape):
    """Return the mask with shape (N, Tq, Tk) from one of (N, Tk) or (N, Tq, Tk), or say what is wrong with it."""
    mask, (N, _queries, keys) = np.asarray(mask), shape
    if mask.shape not in ((N, keys), shape):
        raise ValueError(
            _(
                "mask has shape {given}, but {short} is needed, one value for each key, or {full}, one for each query "
                "and key."
            ).format(given=mask.shape, short=(N, keys), full=shape)
        )
    if mask.dtype != bool and not np.isin(mask, (0, 1)).all():
        raise ValueError(_("mask must hold True (a key that counts) and False (skip it) only. Try tokens != 0."))
    mask = mask.astype(bool, copy=False)
    some_real_step(mask)
    return np.broadcast_to(mask[:, None] if mask.ndim == 2 else mask, shape)
