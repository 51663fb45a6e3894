"""What a trained network computes on the way to its answer: every layer's numbers, and the sum behind each of them.

A layer's numbers are shown as maps (H, W, C). A layer that gives one row of n numbers (Flatten, Dense) is shown as one
map, `grid_of(n)` rows and columns, filled row by row.
"""

import base64
import binascii
import math

import numpy as np

from course_lib import nn
from course_lib.language import _
from course_lib.nn.threads import one_thread

KINDS = {
    kind.__name__: kind
    for kind in (
        nn.Conv2D,
        nn.MaxPooling2D,
        nn.AveragePooling2D,
        nn.GlobalAveragePooling2D,
        nn.Flatten,
        nn.Dense,
        nn.Dropout,
        nn.Activation,
    )
}
LARGEST = 64  # pixels along a side of the picture
MOST_PLACES = 30  # of the patch along a side


# ---------------------------------------------------------------- a copy of the network
def own_copy(model):
    """Return a new `nn.Sequential` with the layers and weights of `model`, which is one of ours or of Keras.

    What the widget shows then stays as it is, even if the learner trains on. Raises TypeError or ValueError for a model
    that has no weights yet, is no row of known layers, or holds NaN.
    """
    theirs = any(c.__module__.partition(".")[0] == "keras" for c in type(model).__mro__)
    if not (isinstance(model, nn.Sequential) or (theirs and hasattr(model, "layers"))):
        raise TypeError(
            _("model is {kind}, but a trained Sequential is needed: one of course_lib.nn or of Keras.").format(
                kind=type(model).__name__
            )
        )
    if not model.built or not model.layers:
        raise ValueError(
            _(
                "model has no weights yet. Give its first layer input_shape=(28, 28, 1), or train it with "
                "model.fit(...), then show it."
            )
        )
    input_shape = tuple(model.input_shape[1:] if theirs else model.input_shape)
    if len(input_shape) != 3 or input_shape[2] != 1 or max(input_shape) > LARGEST:
        raise ValueError(
            _(
                "model takes inputs of shape {given}, but grey pictures (H, W, 1) of at most {most} x {most} pixels "
                "can be shown."
            ).format(given=input_shape, most=LARGEST)
        )
    layers, weights = [], []
    for layer in model.layers:
        if type(layer).__name__ == "InputLayer":
            continue
        layers.append(_twin(layer))
        own = layer.get_weights()
        weights += [*own, np.zeros(own[0].shape[-1], own[0].dtype)] if len(own) == 1 else own  # use_bias=False
    if not all(np.isfinite(w).all() for w in weights):
        raise ValueError(_("The weights of the model hold NaN or infinity: its training diverged. Train it again."))
    dtype = "float64" if any(w.dtype == np.float64 for w in weights) else "float32"
    copy = nn.Sequential([nn.Input(input_shape), *layers], dtype=dtype)
    copy.set_weights(weights)
    if len(copy.output_shape) != 1:
        raise ValueError(
            _(
                "model gives an output of shape {given}, but one number for each class is needed. Put Flatten() and a "
                "Dense layer at its end."
            ).format(given=copy.output_shape)
        )
    return copy


def _twin(layer):
    """Return a layer of ours with the settings of `layer`."""
    kind, config = KINDS.get(type(layer).__name__), layer.get_config()
    if kind is None:
        raise TypeError(
            _("The layer {name} is of kind {kind}. The inspector knows {known}.").format(
                name=layer.name, kind=type(layer).__name__, known=", ".join(KINDS)
            )
        )
    for setting, needed in (("data_format", "channels_last"), ("dilation_rate", 1), ("groups", 1), ("keepdims", False)):
        if not np.all(np.equal(config.get(setting, needed), needed)):
            raise ValueError(
                _("The layer {name} has {setting}={given!r}. The inspector can show {setting}={needed!r} only.").format(
                    name=layer.name, setting=setting, given=config[setting], needed=needed
                )
            )
    return kind(**{k: config[k] for k in kind.arguments if not k.endswith("initializer")}, name=layer.name)


# ---------------------------------------------------------------- the layers in words and numbers
def grid_of(n):
    """Return (rows, columns) for one row of n numbers: up to 16 side by side, more of them nearly as a square."""
    columns = n if n <= 16 else 2 ** math.ceil(math.log2(math.sqrt(n)))
    return -(-n // columns), columns


def layer_table(model):
    """Return what the page needs to know of each layer, as a list of dicts. Entry 0 is the picture itself.

    shape: (H, W, C) as it is shown; units: how many numbers, for a layer that gives one row of them, else 0;
    at, weights_at: where its numbers and its weights begin in the long vectors that are sent (-1: no weights);
    kernel, strides, corner: the window on the layer before, and the cells of padding above and left of it.
    """
    H, W, C = model.input_shape
    table = [
        {"name": _("picture"), "kind": "Input", "activation": "linear", "shape": [H, W, C], "units": 0, "at": 0,
         "weights_at": -1, "kernel": [1, 1], "strides": [1, 1], "corner": [0, 0]}
    ]  # fmt: skip
    at, weights_at = H * W * C, 0
    for layer in model.layers:
        before, kind = table[-1], type(layer).__name__
        entry = {"name": layer.name, "kind": kind, "activation": getattr(layer, "activation", "linear"), "at": at,
                 "weights_at": weights_at if layer.weights else -1, "kernel": [1, 1], "strides": [1, 1],
                 "corner": [0, 0]}  # fmt: skip
        if hasattr(layer, "strides"):  # a window that moves
            entry["kernel"] = list(getattr(layer, "kernel_size", None) or layer.pool_size)
            entry["strides"] = list(layer.strides)
            axes = list(zip(before["shape"][:2], entry["kernel"], entry["strides"], strict=True))
            entry["corner"] = [nn.conv_padding(*axis, layer.padding)[0] for axis in axes]
        flat = len(layer.output_shape) == 1
        entry["units"] = layer.output_shape[0] if flat else 0
        entry["shape"] = [*grid_of(entry["units"]), 1] if flat else list(layer.output_shape)
        at += math.prod(layer.output_shape)
        weights_at += layer.count_params()
        table.append(entry)
    return table


@one_thread
def all_maps(model, picture):
    """Return the numbers of every layer for one picture (H, W): the picture itself first, then (H, W, C) or (n,)."""
    x = np.asarray(picture, model.dtype)[None, :, :, None]
    maps = [x[0]]
    for layer in model.layers:
        x = layer.forward(x)
        maps.append(x[0])
    return maps


def cell_field(table, layer, row, column):
    """Return (top, bottom, left, right): the pixels of the picture that a cell depends on, ends included.

    From layer to layer backwards, the cells a to b of one axis come from the cells a s - p to b s - p + k - 1 of the
    layer before: s = strides, k = kernel, p = padding before the first cell.
    """
    cells = [[row, row], [column, column]]
    for k in range(layer, 0, -1):
        entry, before = table[k], table[k - 1]
        H, W, C = before["shape"]
        if entry["kind"] == "Flatten" and not before["units"]:
            row, column, _channel = unflatten(cells[0][0] * entry["shape"][1] + cells[1][0], W, C)
            cells = [[row, row], [column, column]]
        elif entry["kind"] == "GlobalAveragePooling2D" or (entry["kind"] == "Dense" and entry["units"]):
            if before["units"]:
                cells = [[0, n - 1] for n in table[0]["shape"][:2]]
                break
            cells = [[0, H - 1], [0, W - 1]]
        else:
            steps = zip(cells, entry["kernel"], entry["strides"], entry["corner"], (H, W), strict=True)
            cells = [[max(a * s - p, 0), min(b * s - p + size - 1, n - 1)] for (a, b), size, s, p, n in steps]
    return tuple(cells[0] + cells[1])


def unflatten(k, W, C):
    """Return (row, column, channel) of number k of a flattened (H, W, C)."""
    return k // (W * C), k // C % W, k % C


def sum_behind(model, maps, layer, row, column, channel=0):
    """Return the sum behind one number of a Conv2D or Dense layer: (terms, bias, z), with z = sum(terms) + bias.

    Conv2D: one term for each input channel, sum over u, v of x[i s + u, j s + v, c] W[u, v, c, f].
    Dense: one term for each input, x_i W_ij.
    """
    table = layer_table(model)
    one, entry, x = model.layers[layer - 1], table[layer], np.asarray(maps[layer - 1], float)
    W, b = (np.asarray(w, float) for w in one.weights)
    if entry["units"]:
        unit = row * entry["shape"][1] + column
        terms = x.ravel() * W[:, unit]
        return terms, b[unit], terms.sum() + b[unit]
    W = W.reshape(*entry["kernel"], -1, W.shape[-1])
    (kh, kw), (sh, sw), (top, left) = entry["kernel"], entry["strides"], entry["corner"]
    x = np.pad(x, ((top, kh), (left, kw), (0, 0)))  # more than enough below and right
    window = x[row * sh : row * sh + kh, column * sw : column * sw + kw]
    terms = (window * W[..., channel]).sum((0, 1))
    return terms, b[channel], terms.sum() + b[channel]


def probabilities(model, outputs):
    """Return (N, classes) probabilities: softmax and sigmoid outputs as they are, other scores through a softmax.

    One sigmoid unit gives the probability of the second of two classes.
    """
    outputs = np.asarray(outputs, float)
    last = next((a for layer in model.layers[::-1] if (a := getattr(layer, "activation", None))), "linear")
    if outputs.shape[1] == 1 and last == "sigmoid":
        return np.concatenate([1 - outputs, outputs], 1)
    return outputs if last in ("softmax", "sigmoid") else nn.softmax(outputs)


# ---------------------------------------------------------------- where the network looks
def patch_places(size, patch, stride):
    """Return the first pixels of the patch along one axis: `stride` apart, the last one at the end.

    The stride is at most the patch, so that no pixel is left out, and grows where more than MOST_PLACES places would be
    needed.
    """
    stride = max(min(stride, patch), -(-(size - patch) // (MOST_PLACES - 1)))
    return sorted({*range(0, size - patch + 1, stride), size - patch})


def occlusion(model, picture, blank, patch, stride, target):
    """Slide a patch over the picture (H, W); return how far the probability of class `target` drops, (H, W).

    Under the patch the picture is replaced by `blank` (H, W). Each pixel gets the mean drop over the patches that
    cover it; `patch` is at least 1 / MOST_PLACES of the picture. Source of the idea: Zeiler and Fergus, Visualizing
    and Understanding Convolutional Networks, 2014.
    """
    H, W = picture.shape
    corners = [(r, c) for r in patch_places(H, patch, stride) for c in patch_places(W, patch, stride)]
    covered = np.repeat(picture[None], len(corners) + 1, 0)  # the last one stays uncovered
    for k, (r, c) in enumerate(corners):
        covered[k, r : r + patch, c : c + patch] = blank[r : r + patch, c : c + patch]
    p = probabilities(model, model.predict(covered[..., None]))[:, target]
    total, count = np.zeros((H, W)), np.zeros((H, W))
    for (r, c), after in zip(corners, p, strict=False):
        total[r : r + patch, c : c + patch] += p[-1] - after
        count[r : r + patch, c : c + patch] += 1
    return total / count


# ---------------------------------------------------------------- a drawing as a short text
def pack(painted):
    """Return the painted pixels (H, W), booleans, as a short text: one bit each, row by row, in base64."""
    data = np.packbits(np.asarray(painted, bool)).tobytes().rstrip(b"\0")
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpack(text, shape):
    """Return the painted pixels (H, W) that `pack` wrote; raise ValueError if the text is damaged."""
    need = -(-math.prod(shape) // 8)
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ValueError(text) from problem
    if len(data) > need:
        raise ValueError(text)
    bits = np.unpackbits(np.frombuffer(data.ljust(need, b"\0"), np.uint8))
    if bits[math.prod(shape) :].any():
        raise ValueError(text)
    return bits[: math.prod(shape)].reshape(shape).astype(bool)
