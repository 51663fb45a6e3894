"""The operations of a 2-3-1 network's forward and backward pass, each as a formula, with its numbers, and in words."""

import numpy as np

from course_lib.language import _

SUB = "₁₂₃"
SHAPES = {  # every number of one pass, in the order in which the picture gets them (float64)
    "x": (1, 2), "W1": (2, 3), "b1": (3,), "W2": (3, 1), "b2": (1,),
    "z1": (1, 3), "a1": (1, 3), "z2": (1, 1), "y": (1, 1), "loss": (1,),
    "dy": (1, 1), "dz2": (1, 1), "dW2": (3, 1), "db2": (1,), "da1": (1, 3), "dz1": (1, 3), "dW1": (2, 3), "db1": (3,),
    "new_W1": (2, 3), "new_b1": (3,), "new_W2": (3, 1), "new_b2": (1,), "new_loss": (1,),
}  # fmt: skip
PARAMETERS = ("W1", "b1", "W2", "b2")  # the order of model.get_weights()
NAMES = ["w₁₁", "w₁₂", "w₁₃", "w₂₁", "w₂₂", "w₂₃", "b₁", "b₂", "b₃", "v₁", "v₂", "v₃", "c"]
SIZES = [int(np.prod(shape)) for shape in SHAPES.values()]
FIRST = dict(zip(SHAPES, np.cumsum([0, *SIZES]).tolist(), strict=False))  # where each array begins
FORWARD = ("z1", "a1", "z2", "y", "loss")


def show(value, inside=False):
    """A number for reading: three decimals, a real minus sign, brackets round negatives `inside` a product."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞" if value > 0 else "−∞"
    big = abs(value) >= 1e5 or 0 < abs(value) < 0.0005
    close = 0 < abs(abs(value) - 1) < 0.0005  # 0.99977 is not 1 where a logarithm follows
    text = f"{value:.1e}" if big else f"{value:.6f}" if close else f"{value:.3f}"
    text = (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")
    return f"({text})" if inside and text.startswith("−") else text


def product(value):
    """A number as it stands inside a product or a sum."""
    return show(value, inside=True)


# fmt: off
def operations(n, activation, loss, target, learning_rate, selected):
    """Return the 32 operations, from start to update, for the numbers `n` (a dict with the arrays of SHAPES).

    Each is a dict: kind and k (which array, which number of it), index (its place in all numbers), name, formula,
    numbers (the formula with numbers), words, and gradient (True on the way back).
    """
    s, p, f = show, product, activation
    x, W1, b1, W2, b2, z1, a1 = (n[name] for name in ("x", *PARAMETERS, "z1", "a1"))
    y, z, dy, dz = (float(n[name][0, 0]) for name in ("y", "z2", "dy", "dz2"))
    t = f"{target:g}" if target >= 0 else f"(−{-target:g})"
    cross = loss == "binary_crossentropy"
    clipped = cross and not 1e-7 <= y <= 1 - 1e-7
    steps = [operation("start", None, None, _("Start"), "", "", _(
        "The two sensors and the target t = {t} are given, the 13 weights too. Press Step.").format(t=t))]

    def add(kind, k, name, formula, numbers, words):
        value = s(n[kind].ravel()[k])
        steps.append(operation(kind, k, FIRST[kind] + k, name, f"{name} = {formula}",
                               f"= {value}" if numbers == value else f"= {numbers} = {value}", words))

    for j, h in enumerate(SUB):
        add("z1", j, f"z{h}", f"w₁{h}·x₁ + w₂{h}·x₂ + b{h}",
            f"{s(W1[0, j])}·{p(x[0, 0])} + {p(W1[1, j])}·{p(x[0, 1])} + {p(b1[j])}",
            _("Forward. Hidden unit {j} adds up its inputs, each times its weight, and its bias.").format(j=j + 1))
        add("a1", j, f"a{h}", f"{f}(z{h})", f"{f}({s(z1[0, j])})",
            _("Forward. The activation {f} turns z{h} into the output of unit {j}.").format(f=f, h=h, j=j + 1))
    add("z2", 0, "z", "v₁·a₁ + v₂·a₂ + v₃·a₃ + c",
        " + ".join(f"{p(W2[j, 0])}·{p(a1[0, j])}" for j in range(3)) + f" + {p(b2[0])}",
        _("Forward. The output unit does the same with the three hidden outputs."))
    add("y", 0, "ŷ", "sigmoid(z)" if cross else "z", f"sigmoid({s(z)})" if cross else s(z),
        _("Forward. The prediction: the probability of a failure.") if cross
        else _("Forward. A linear output: the prediction is z itself."))
    add("loss", 0, "L", "−t·ln ŷ − (1 − t)·ln(1 − ŷ)" if cross else "(ŷ − t)²",
        f"−{t}·ln {s(y)} − (1 − {t})·ln(1 − {s(y)})" if cross else f"({s(y)} − {t})²",
        _("The loss compares ŷ = {y} with the target t = {t}. Now we go back.").format(y=s(y), t=t))

    add("dy", 0, "∂L/∂ŷ", "(ŷ − t) / (ŷ·(1 − ŷ))" if cross else "2·(ŷ − t)",
        f"({s(y)} − {t}) / ({s(y)}·(1 − {s(y)}))" if cross else f"2·({s(y)} − {t})",
        _("Backward. ŷ is closer to 0 or 1 than 0.0000001: as in Keras it is clipped, and the slope counts as 0.")
        if clipped else _("Backward. How much the loss changes when the prediction changes a little."))
    add("dz2", 0, "∂L/∂z", "∂L/∂ŷ · ŷ·(1 − ŷ)" if cross else "∂L/∂ŷ · 1",
        f"{s(dy)} · {s(y)}·(1 − {s(y)})" if cross else f"{s(dy)} · 1",
        _("Backward through the sigmoid, times its slope. What is left is simply ŷ − t.") if cross and not clipped
        else _("Backward through the output's activation, times its slope."))
    for j, h in enumerate(SUB):
        add("dW2", j, f"∂L/∂v{h}", f"∂L/∂z · a{h}", f"{s(dz)} · {p(a1[0, j])}",
            _("The gradient of a weight: what arrives at its end times what went in, a{h}.").format(h=h))
    add("db2", 0, "∂L/∂c", "∂L/∂z · 1", f"{s(dz)} · 1",
        _("A bias counts fully: its gradient is ∂L/∂z itself."))
    for j, h in enumerate(SUB):
        a, da, dz1 = a1[0, j], n["da1"][0, j], n["dz1"][0, j]
        slope, number = {
            "relu": (f"(z{h} > 0)", "1" if z1[0, j] > 0 else "0"),
            "tanh": (f"(1 − a{h}²)", f"(1 − {p(a)}²)"),
            "sigmoid": (f"a{h}·(1 − a{h})", f"{s(a)}·(1 − {s(a)})"),
        }[f]
        add("da1", j, f"∂L/∂a{h}", f"∂L/∂z · v{h}", f"{s(dz)} · {p(W2[j, 0])}",
            _("Backward along the edge: the same weight v{h} carries the gradient to unit {j}.").format(h=h, j=j + 1))
        add("dz1", j, f"∂L/∂z{h}", f"∂L/∂a{h} · {slope}", f"{s(da)} · {number}",
            _("relu is flat where z{h} is negative: nothing flows back through unit {j}.").format(h=h, j=j + 1)
            if f == "relu" and z1[0, j] <= 0 else _("Backward through {f}: times its slope at z{h}.").format(f=f, h=h))
        for i, from_x in enumerate(SUB[:2]):
            add("dW1", 3 * i + j, f"∂L/∂w{from_x}{h}", f"∂L/∂z{h} · x{from_x}", f"{s(dz1)} · {p(x[0, i])}",
                _("The gradient of the weight from x{i} to unit {j}: what arrives times what went in.").format(
                    i=from_x, j=j + 1))
        add("db1", j, f"∂L/∂b{h}", f"∂L/∂z{h} · 1", f"{s(dz1)} · 1",
            _("The bias of unit {j} gets ∂L/∂z{h} itself.").format(j=j + 1, h=h))

    w, gradient, new = (np.concatenate([n[c + name].ravel() for name in PARAMETERS])[selected]
                        for c in ("", "d", "new_"))
    old_loss, new_loss = n["loss"][0], n["new_loss"][0]
    steps.append(operation(
        "update", None, FIRST["new_loss"], _("Update"), _("w ← w − learning rate · ∂L/∂w, for all 13 weights"),
        f"{NAMES[selected]} ← {s(w)} − {s(learning_rate)} · {p(gradient)} = {s(new)}",
        _("Update, all weights at once: the loss goes from {old} to {new}. {verdict} Press Step to go round again."
          ).format(
            old=s(old_loss), new=s(new_loss),
            verdict=_("It falls.") if new_loss < old_loss
            else _("It does not fall: the step was too long, or no gradient flows."))))
    return steps
# fmt: on


def operation(kind, k, index, name, formula, numbers, words):
    gradient = kind not in ("start", "update", *FORWARD)
    return {"kind": kind, "k": k, "index": index, "name": name, "formula": formula, "numbers": numbers, "words": words,
            "gradient": gradient}  # fmt: skip
