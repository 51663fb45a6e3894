"""Checks of images, kernels and windows: what is wrong, where, and what to do about it."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, whole

PADDINGS = ("valid", "same")


def pair(name, value):
    """Return two whole numbers above 0, one for each axis of the image; one number counts for both, as in Keras."""
    both = (value, value) if isinstance(value, (int, np.integer)) else value
    if not isinstance(both, (tuple, list)) or len(both) != 2:
        raise TypeError(
            _("{name} is {value!r}, but a whole number or a pair of them is needed, for example 2 or (2, 2).").format(
                name=name, value=value
            )
        )
    return tuple(whole(name, one) for one in both)


def padding_name(padding):
    """Return "valid" or "same", also from capitals, or raise a ValueError."""
    if isinstance(padding, str) and padding.lower() in PADDINGS:
        return padding.lower()
    raise ValueError(
        _(
            "padding is {value!r}, but it must be 'valid' (no border) or 'same' (a border, so that with strides=1 the "
            "output is as large as the input)."
        ).format(value=padding)
    )


def images(x):
    """Return x (N, H, W, C) as floats, or say what to do with another number of axes."""
    x = as_float("x", x)
    if x.ndim == 4:
        return x
    hint = {
        2: _(" For one picture in grey use x[None, :, :, None]."),
        3: _(" For grey pictures (N, H, W) use x[..., None]; for one picture (H, W, C) use x[None]."),
    }.get(x.ndim, "")
    raise ValueError(
        _("x has shape {given}, but four axes are needed: (images N, height H, width W, channels C).").format(
            given=x.shape
        )
        + hint
    )


def window_fits(name, size, image, padding):
    """Raise a ValueError if a window of this size (two numbers) finds no place in the image (H, W)."""
    if min(image) == 0 or (padding == "valid" and any(k > n for k, n in zip(size, image, strict=True))):
        raise ValueError(
            _(
                "{name} is {window[0]} x {window[1]} pixels, but the image has only {image[0]} x {image[1]}. Use a "
                "smaller {name}, a larger image, or padding='same'."
            ).format(name=name, window=size, image=image)
        )


def conv_inputs(x, W, b, strides, padding):
    """Return x (N, H, W, C), W (kh, kw, C, F), b (F,) in one dtype and strides as a pair, or say what is wrong."""
    x, W, b = images(x), as_float("W", W), as_float("b", b)
    strides, padding = pair("strides", strides), padding_name(padding)
    if W.ndim != 4:
        hint = _(" For one kernel and one channel use W[:, :, None, None].") if W.ndim == 2 else ""
        raise ValueError(
            _(
                "W has shape {given}, but four axes are needed: (kernel height, kernel width, channels C, kernels F)."
            ).format(given=W.shape)
            + hint
        )
    if W.shape[2] != x.shape[3]:
        hint = ""
        if W.shape[2] == x.shape[1]:
            hint = _(" x looks like (N, C, H, W): use x.transpose(0, 2, 3, 1).")
        elif W.shape[1] == x.shape[3]:
            hint = _(" W looks like (F, C, kh, kw): use W.transpose(2, 3, 1, 0).")
        raise ValueError(
            _(
                "x has {given} channels (its last axis), but the kernels W are made for {needed} (their third axis)."
            ).format(given=x.shape[3], needed=W.shape[2])
            + hint
        )
    if b.shape != (W.shape[3],):
        raise ValueError(
            _(
                "b has shape {given}, but W has {kernels} kernels: b must have shape ({kernels},), one bias each."
            ).format(given=b.shape, kernels=W.shape[3])
        )
    window_fits("kernel_size", W.shape[:2], x.shape[1:3], padding)
    return x, W.astype(x.dtype, copy=False), b.astype(x.dtype, copy=False), strides


def pool_inputs(x, pool_size, strides, padding):
    """Return x (N, H, W, C) as floats, pool_size and strides as pairs, and the padding, or say what is wrong."""
    x, pool_size = images(x), pair("pool_size", pool_size)
    strides = pool_size if strides is None else pair("strides", strides)
    padding = padding_name(padding)
    window_fits("pool_size", pool_size, x.shape[1:3], padding)
    return x, pool_size, strides, padding
