"""Checks of sequences, states and masks: what is wrong, where, and what to do about it."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, finite, same_shape


def sequences(x):
    """Return x (N, T, D) as floats, or say what to do with sequences of unequal or no length."""
    try:
        array = np.asarray(x)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype == object:
        lengths = [len(row) for row in x if np.ndim(row) > 0 or isinstance(row, list)]
        if len(set(lengths)) > 1:
            raise ValueError(
                _(
                    "x holds sequences of unequal length, from {shortest} to {longest} steps. Fill the short ones up "
                    "to {longest} steps, for example with zeros, and pass mask (N, T): True at the real steps."
                ).format(shortest=min(lengths), longest=max(lengths))
            )
    x = as_float("x", x)
    if x.ndim != 3:
        hint = _(" For one sequence use x[None]; for one feature use x[..., None].") if x.ndim == 2 else ""
        raise ValueError(
            _("x has shape {given}, but three axes are needed: (sequences N, steps T, features D).").format(
                given=x.shape
            )
            + hint
        )
    if x.shape[1] == 0:
        raise ValueError(
            _(
                "x has shape {given}: T = 0, the sequences have no steps, but at least one is needed. Leave empty "
                "sequences out."
            ).format(given=x.shape)
        )
    return x


def recurrent_inputs(x, W_x, W_h, b, states, mask, gates=1, biases=None, names=("W_x", "W_h", "b")):
    """Return x (N, T, D), W_x (D, G H), W_h (H, G H), b, the states (N, H) and the mask (N, T), or say what is wrong.

    G = `gates` blocks of H columns each; `biases` is the number of rows of b, None for one row (G H,). The dtype is
    x's. A state of None is zeros. Where the mask is False, x becomes 0.
    """
    x = sequences(x)
    x_name, h_name, b_name = names
    W_x, W_h, b = as_float(x_name, W_x), as_float(h_name, W_h), as_float(b_name, b)
    recurrent_weights(x, W_x, W_h, b, gates, biases, names)
    N, T, _D = x.shape
    H = len(W_h)
    states = [np.zeros((N, H), x.dtype) if a is None else as_state(name, a, x, H) for name, a in states.items()]
    if mask is not None:
        mask = steps_mask(mask, N, T)
        x = np.where(mask[..., None], x, x.dtype.type(0))
    return x, *(w.astype(x.dtype, copy=False) for w in (W_x, W_h, b)), states, mask


def as_state(name, state, x, H):
    """Return the state (N, H) in the dtype of x (N, ...), or say that its shape does not fit."""
    state, N = as_float(name, state), len(x)
    if state.shape != (N, H):
        hint = _(" For the same state in all sequences use np.tile({name}, ({N}, 1)).").format(name=name, N=N)
        raise ValueError(
            _("{name} has shape {given}, but (N, H) = {needed} is needed: one state for each sequence.").format(
                name=name, given=state.shape, needed=(N, H)
            )
            + (hint if state.shape in ((H,), (1, H)) else "")
        )
    return state.astype(x.dtype, copy=False)


def recurrent_weights(x, W_x, W_h, b, gates, biases, names):
    """Raise a ValueError if the shapes of the weights do not fit each other or x."""
    x_name, h_name, b_name = names
    columns = f"{gates} H" if gates > 1 else "H"
    if W_h.ndim != 2 or W_h.shape[1] != gates * W_h.shape[0] or not len(W_h):
        raise ValueError(
            _(
                "{name} has shape {given}, but (H, {columns}) is needed: it leads from the H values of a state to the "
                "next one."
            ).format(name=h_name, given=W_h.shape, columns=columns)
            + (_(" It must be square.") if gates == 1 else "")
        )
    needed = (x.shape[2], W_h.shape[1])
    if W_x.shape != needed:
        hint = _(" {name} looks transposed: try {name}.T.").format(name=x_name) if W_x.shape == needed[::-1] else ""
        raise ValueError(
            _(
                "{name} has shape {given}, but (D, {columns}) = {needed} is needed: x has {D} features and {other} "
                "makes {H} units."
            ).format(
                name=x_name,
                given=W_x.shape,
                columns=columns,
                needed=needed,
                D=x.shape[2],
                other=h_name,
                H=len(W_h),
            )
            + hint
        )
    needed = W_h.shape[1:] if biases is None else (biases, W_h.shape[1])
    if b.shape != needed:
        raise ValueError(
            _("{name} has shape {given}, but {needed} is needed for {H} units.").format(
                name=b_name, given=b.shape, needed=needed, H=len(W_h)
            )
        )


def steps_mask(mask, N, T):
    """Return the mask as True and False, or say that its shape or its values do not fit."""
    mask = np.asarray(mask)
    if mask.shape != (N, T):
        hint = _(" Leave its last axis out: mask[..., 0].") if mask.shape == (N, T, 1) else ""
        raise ValueError(
            _("mask has shape {given}, but (N, T) = {needed} is needed: one value for each step.").format(
                given=mask.shape, needed=(N, T)
            )
            + hint
        )
    if mask.dtype != bool and not np.isin(mask, (0, 1)).all():
        raise ValueError(_("mask must hold True (a real step) and False (skip it) only. Try x.any(axis=-1)."))
    return mask.astype(bool, copy=False)


def finite_sequences(x):
    """Raise a ValueError if a step that counts holds NaN: all later states of its sequence would be NaN too."""
    if not np.isfinite(x).all():
        try:
            finite("x", x)
        except ValueError as error:
            raise ValueError(str(error) + " " + _("Or skip these steps with mask (N, T).")) from None


def upstream(dh, h):
    """Return dh as floats: (N, T, H) like the output h, or (N, H) for the last step alone."""
    dh = as_float("dh", dh)
    if dh.ndim == 2 and dh.shape == (h.shape[0], h.shape[2]):
        return dh
    return same_shape("dh", dh, "h", h)[0]
