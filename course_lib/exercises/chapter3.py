"""The exercises of chapter 3, backpropagation: from one ReLU to the gradients of a network, and how to check them."""

import numpy as np

from course_lib import nn
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def dense_backward(dy, x, W):
    """The gradients of y = x W + b from dy = dL/dy: dx = dy W^T, dW = x^T dy, db = sum over the samples of dy.

    dy (N, M), x (N, D), W (D, M) -> dx (N, D), dW (D, M), db (M,).
    """
    dx = dy @ W.T
    dW = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db


def two_layer_gradients(x, y_true, W1, b1, W2, b2):
    """The gradients of L = mean((y - y_true)^2) for h = relu(x W1 + b1), y = h W2 + b2: dW1, db1, dW2, db2."""
    z1 = x @ W1 + b1  # forward: keep what the way back needs
    h = np.maximum(z1, 0)
    y = h @ W2 + b2

    dy = 2 * (y - y_true) / y.size  # backward: the same steps in reverse order
    dW2 = h.T @ dy
    db2 = dy.sum(axis=0)
    dh = dy @ W2.T
    dz1 = dh * (z1 > 0)
    dW1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    return dW1, db1, dW2, db2


def relu_backward_cases(rng):
    yield np.array([0.5, -1.0, 2.0]), np.array([-2.0, 0.0, 3.0])
    yield np.array([[1.5, -0.5], [2.0, -3.0]]), np.array([[0.5, 1.0], [-1.0, -2.0]])
    yield np.array([[-0.7]]), np.array([[1.2]])
    yield rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    yield rng.normal(size=(4, 6))[::2, ::-1], rng.normal(size=(6, 4))[::2, 1:].T[:2, :3].repeat(2, axis=1)
    yield rng.normal(size=(3, 2, 2)).T, 5 * rng.normal(size=(2, 2, 3))


RELU_BACKWARD = Exercise(
    name="relu_backward",
    chapter=3,
    title=_("Back through ReLU"),
    statement=_(
        "Return the gradient that leaves a ReLU on its way back:\n\n"
        "$$\\frac{\\partial L}{\\partial z} = \\frac{\\partial L}{\\partial y} \\cdot (1 \\text{ where } z > 0, "
        "\\text{ else } 0)$$\n\n"
        "`dy` is dL/dy, what arrives; `z` is what went into the ReLU on the way forward. Both have the same shape, and "
        "so "
        "has the result. At z = 0 the slope is taken as 0, as Keras does. "
        "On paper: dy = (0.5, -1, 2), z = (-2, 0, 3) give (0, 0, 2)."
    ),
    reference=nn.relu_backward,
    arguments=("dy", "z"),
    cases=relu_backward_cases,
    outputs=("dz",),
    slopes=lambda dy, z: {"dz": (lambda changed: np.sum(dy * np.maximum(changed, 0)), z)},
    solution_note=_(
        "The library is given y = relu(z) instead of z. Both are positive at the same places, so the same line does it."
    ),
    misconceptions=[
        Misconception(
            "passed_through",
            lambda dy, z: dy + 0,
            _("You passed everything on. Where z was negative, ReLU gave 0 whatever z was: there the gradient is 0."),
        ),
        Misconception(
            "dy_forgotten",
            lambda dy, z: (z > 0).astype(float),
            _("You returned the slope of ReLU alone. The chain rule multiplies it by what arrives: dy."),
        ),
        Misconception(
            "mask_of_dy",
            lambda dy, z: dy * (dy > 0),
            _("You asked whether dy is positive. The question is whether z was positive on the way forward."),
        ),
        Misconception(
            "mask_of_both",
            lambda dy, z: dy * (z > 0) * (dy > 0),
            _("You also dropped the negative values of dy. A gradient may well be negative; only z decides."),
        ),
        Misconception(
            "zero_included",
            lambda dy, z: dy * (z >= 0),
            _("At z = 0 your gradient passes. The slope there is taken as 0, as Keras does: use z > 0."),
        ),
        Misconception(
            "mask_reversed",
            lambda dy, z: dy * (z < 0),
            _("The condition is turned round: the gradient passes where z was positive."),
        ),
        Misconception(
            "multiplied_by_output",
            lambda dy, z: dy * np.maximum(z, 0),
            _("You multiplied by the output of ReLU. Multiply by its slope, which is 1 or 0."),
        ),
        Misconception(
            "multiplied_by_z",
            lambda dy, z: dy * z,
            _("You multiplied by z. Multiply by the slope of ReLU, which is 1 or 0."),
        ),
        Misconception(
            "relu_of_dy",
            lambda dy, z: np.maximum(dy, 0) * np.maximum(z, 0),
            _("You applied ReLU to both. On the way back ReLU is not applied again; its slope, 1 or 0, is multiplied."),
        ),
        Misconception(
            "forward_again",
            lambda dy, z: np.maximum(z, 0),
            _("You returned ReLU itself, the way forward. On the way back it is dy times the slope of ReLU, 1 or 0."),
        ),
        Misconception(
            "selected",
            lambda dy, z: dy[z > 0],
            _(
                "You picked the elements where z > 0 and dropped the others. Keep the shape: multiply by `(z > 0)`, "
                "or use `np.where(z > 0, dy, 0)`."
            ),
        ),
        Misconception(
            "leaky",
            lambda dy, z: np.where(z > 0, dy, 0.01 * dy),
            _("This is the gradient of the leaky ReLU. Here nothing passes where z is negative."),
        ),
        Misconception(
            "minus_below",
            lambda dy, z: dy * np.sign(z),
            _("Below 0 you turned the sign. That is the slope of the absolute value; ReLU's slope there is 0."),
        ),
    ],
    hints=[
        _("What is the slope of max(0, z) for z = 3? And for z = -2?"),
        _("`z > 0` is an array of True and False, and counts as 1 and 0 in a product."),
        _("It is one line: `return dy * (z > 0)`."),
    ],
)


def dense_backward_cases(rng):
    yield np.array([[1.0, -1.0]]), np.array([[2.0, 3.0, 0.5]]), np.array([[1.0, 0.0], [0.5, 2.0], [-1.0, 1.0]])
    yield np.array([[1.0, 2.0], [-0.5, 1.5]]), np.array([[0.5, -1.0], [2.0, 1.0]]), np.array([[1.0, 3.0], [-2.0, 0.5]])
    yield rng.normal(size=(3, 3)).round(1), rng.normal(size=(3, 3)).round(1), rng.normal(size=(3, 3)).round(1)
    yield rng.normal(size=(5, 2)), rng.normal(size=(5, 4)), rng.normal(size=(4, 2))
    yield rng.normal(size=(3, 7)).T, rng.normal(size=(14, 4))[::2], rng.normal(size=(4, 6))[:, ::2]
    yield rng.normal(size=(6, 1)), rng.normal(size=(6, 1)), rng.normal(size=(1, 1))


def dense_slopes(dy, x, W):
    b = np.zeros(W.shape[1])
    return {
        "dx": (lambda changed: np.sum(dy * (changed @ W + b)), x),
        "dW": (lambda changed: np.sum(dy * (x @ changed + b)), W),
        "db": (lambda changed: np.sum(dy * (x @ W + changed)), b),
    }


def with_change(change):
    """The right dense gradients, changed: change(dy, x, W, dx, dW, db) returns the wrong three."""
    return lambda dy, x, W: change(dy, x, W, *dense_backward(dy, x, W))


DENSE_BACKWARD = Exercise(
    name="dense_backward",
    chapter=3,
    title=_("Back through a dense layer"),
    statement=_(
        "Return the three gradients of y = x W + b, from dy = dL/dy:\n\n"
        "$$\\frac{\\partial L}{\\partial x} = dy\\, W^T, \\qquad \\frac{\\partial L}{\\partial W} = x^T dy, \\qquad "
        "\\frac{\\partial L}{\\partial b} = \\sum_n dy_n$$\n\n"
        "`dy` (N, M), `x` (N, D), `W` (D, M). Return `dx, dW, db` with the shapes (N, D), (D, M), (M,): each gradient "
        "has "
        "the shape of what it belongs to. Do not divide by N: the loss has already done it.\n\n"
        "On paper: dy = [[1, -1]], x = [[2, 3, 0.5]] give dW = [[2, -2], [3, -3], [0.5, -0.5]] and db = [1, -1]."
    ),
    reference=dense_backward,
    cases=dense_backward_cases,
    outputs=("dx", "dW", "db"),
    slopes=dense_slopes,
    solution_note=_(
        "`nn.dense_backward(dy, cache)` does the same; it finds x and W in the cache that `nn.dense_forward` returned."
    ),
    misconceptions=[
        Misconception(
            "bias_averaged",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW, dy.mean(axis=0))),
            _(
                "`{output}`: you took the mean over the batch where the sum was asked. The mean was taken once, in the "
                "loss."
            ),
        ),
        Misconception(
            "weights_averaged",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW / len(x), db)),
            _(
                "`{output}`: you divided by the batch size. The mean was taken once, in the loss; here the samples add "
                "up."
            ),
        ),
        Misconception(
            "weights_transposed",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW.T, db)),
            _("`{output}` is transposed: it must have the shape of W, so it is x.T @ dy, not dy.T @ x."),
        ),
        Misconception(
            "W_not_transposed",
            lambda dy, x, W: (dy @ W, x.T @ dy, dy.sum(axis=0)),
            _("`{output}`: W is not transposed. On the way back from M units to D inputs it is dy @ W.T."),
        ),
        Misconception(
            "bias_not_summed",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW, dy + 0)),
            _(
                "`{output}` still has one row for each sample. One bias serves all samples, so its gradients add up: "
                "axis=0."
            ),
        ),
        Misconception(
            "bias_wrong_axis",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW, dy.sum(axis=1))),
            _(
                "`{output}`: you summed over the units. Sum over the samples, axis=0, so that one value for each unit "
                "is left."
            ),
        ),
        Misconception(
            "bias_one_number",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW, dy.sum())),
            _("`{output}`: you summed over everything. Each unit has its own bias: sum over the samples only, axis=0."),
        ),
        Misconception(
            "bias_ones",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW, np.ones(dy.shape[1]))),
            _("`{output}`: dy/db is 1, but the chain rule multiplies it by what arrives and adds up the samples."),
        ),
        Misconception(
            "x_only",
            with_change(lambda dy, x, W, dx, dW, db: (dx, np.repeat(x.sum(axis=0)[:, None], dy.shape[1], axis=1), db)),
            _("`{output}`: dy is missing. The slope of the weighted sum is x, but the chain rule multiplies it by dy."),
        ),
        Misconception(
            "W_only",
            with_change(lambda dy, x, W, dx, dW, db: (np.repeat(W.sum(axis=1)[None], len(x), axis=0), dW, db)),
            _("`{output}`: dy is missing. The slope of the weighted sum is W, but the chain rule multiplies it by dy."),
        ),
        Misconception(
            "wrong_order",
            with_change(lambda dy, x, W, dx, dW, db: (dW, db, dx)),
            _("The order is wrong: return dx, dW, db."),
        ),
        Misconception(
            "bias_kept_as_row",
            with_change(lambda dy, x, W, dx, dW, db: (dx, dW, db[None])),
            _("`{output}` has shape (1, M), but b has shape (M,). Leave `keepdims` out."),
        ),
        Misconception(
            "forward_again",
            with_change(lambda dy, x, W, dx, dW, db: (x @ W, dW, db)),
            _("`{output}`: x @ W is the way forward. What goes back to x is dy @ W.T."),
        ),
        Misconception(
            "all_averaged",
            with_change(lambda dy, x, W, dx, dW, db: (dx / len(x), dW / len(x), db / len(x))),
            _(
                "`{output}`: you divided by the batch size. The loss has done it already; nothing is divided on the "
                "way back."
            ),
        ),
        Misconception(
            "minus_sign",
            with_change(lambda dy, x, W, dx, dW, db: (-dx, -dW, -db)),
            _(
                "The sign of all three is turned round. The minus of gradient descent belongs to the optimizer, not "
                "here."
            ),
        ),
    ],
    hints=[
        _("Let the shapes guide you: dW must be (D, M). Which product of x (N, D) and dy (N, M) has that shape?"),
        _(
            "dx must be (N, D): dy (N, M) times something of shape (M, D). And b serves all samples, so its gradient "
            "is a "
            "sum over them."
        ),
        _("`dx = dy @ W.T`, `dW = x.T @ dy`, `db = dy.sum(axis=0)`."),
    ],
)


def sum_of_squares(x):
    return np.sum(x**2)


def sum_of_cubes(x):
    return np.sum(x**3)


def wave(x):
    return np.sum(np.sin(x) * np.arange(1, x.size + 1).reshape(x.shape)) + np.prod(np.cos(x))


def saturation(x):
    return np.tanh(x).sum() ** 2 + np.exp(x).sum()


def numerical_cases(rng):
    yield sum_of_cubes, np.array([1.0, 2.0]), 0.1
    yield sum_of_squares, np.array([1.0, -2.0, 0.5]), 0.1
    yield saturation, np.array([0.3]), 0.2
    yield wave, np.array([[0.1, 1.2, -0.4], [2.0, -1.0, 0.7]]), 0.05
    yield saturation, rng.normal(size=(3, 4)).T.round(1), 0.01
    yield wave, rng.normal(size=(2, 6))[:, ::3], 0.5


def moved(x, i, h):
    x = x.copy()
    x[i] += h
    return x


def each(slope):
    """A numerical gradient whose single slope is slope(f, x, i, h)."""

    def gradient(f, x, h):
        return np.array([slope(f, x, i, h) for i in np.ndindex(x.shape)]).reshape(x.shape)

    return gradient


def never_put_back(f, x, h):
    x, gradient = x.copy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


def by_rows(f, x, h):
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        gradient[i] = (f(moved(x, i, h)) - f(moved(x, i, -h))) / (2 * h)
    return gradient


def first_slope_only(f, x, h):
    gradient = np.zeros(x.shape)
    gradient.flat[0] = nn.numerical_gradient(f, x, h).flat[0]
    return gradient


NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    chapter=3,
    title=_("Measure a slope"),
    statement=_(
        "Measure the gradient of any function by moving one element of x at a time:\n\n"
        "$$\\frac{\\partial f}{\\partial x_i} \\approx \\frac{f(x + h e_i) - f(x - h e_i)}{2 h}$$\n\n"
        "`f` takes an array of the shape of `x` and returns one number; `x` may have any shape, (D,) or (D, M); `h` is "
        "the "
        "size of the step. The result has the shape of `x`, and `x` must be unchanged at the end.\n\n"
        "On paper: f(x) = x1^3 + x2^3, x = (1, 2), h = 0.1 give (1.331 - 0.729) / 0.2 = 3.01 and 12.01."
    ),
    reference=nn.numerical_gradient,
    cases=numerical_cases,
    outputs=("gradient",),
    tolerance=1e-7,
    misconceptions=[
        Misconception(
            "one_sided",
            each(lambda f, x, i, h: (f(moved(x, i, h)) - f(x)) / h),
            _(
                "You looked on one side only: (f(x + h) - f(x)) / h. Its error shrinks like h; from both sides it "
                "shrinks like "
                "h * h. Use f(x + h) and f(x - h)."
            ),
        ),
        Misconception(
            "one_sided_below",
            each(lambda f, x, i, h: (f(x) - f(moved(x, i, -h))) / h),
            _(
                "You looked below only: (f(x) - f(x - h)) / h. From both sides the error is much smaller: "
                "use f(x + h) and f(x - h)."
            ),
        ),
        Misconception(
            "divided_by_h",
            each(lambda f, x, i, h: (f(moved(x, i, h)) - f(moved(x, i, -h))) / h),
            _("Your slopes are twice too large: from x - h to x + h the distance is 2 h, not h."),
        ),
        Misconception(
            "not_divided",
            each(lambda f, x, i, h: f(moved(x, i, h)) - f(moved(x, i, -h))),
            _("You returned the difference. A slope is a difference divided by a distance: 2 h."),
        ),
        Misconception(
            "half_slope",
            each(lambda f, x, i, h: (f(moved(x, i, h)) - f(x)) / (2 * h)),
            _("You compared f(x + h) with f(x), but divided by 2 h. Compare with f(x - h)."),
        ),
        Misconception(
            "multiplied_by_h",
            each(lambda f, x, i, h: (f(moved(x, i, h)) - f(moved(x, i, -h))) / 2 * h),
            _("`/ 2 * h` divides by 2 and multiplies by h. Write `/ (2 * h)` with brackets."),
        ),
        Misconception(
            "sign_turned",
            each(lambda f, x, i, h: (f(moved(x, i, -h)) - f(moved(x, i, h))) / (2 * h)),
            _("The sign is turned round: f(x + h) comes first, minus f(x - h)."),
        ),
        Misconception(
            "all_at_once",
            lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
            _("You moved all elements at once, which gives one number. Move one element at a time, in a loop."),
        ),
        Misconception(
            "not_put_back",
            never_put_back,
            _("You moved an element and did not put it back before the next one. Set it to its first value again."),
        ),
        Misconception(
            "rows_at_once",
            by_rows,
            _(
                "You moved a whole row at a time. Move one element at a time: `for i in np.ndindex(x.shape)` visits "
                "each."
            ),
        ),
        Misconception(
            "flattened",
            lambda f, x, h: nn.numerical_gradient(f, x, h).ravel(),
            _("The gradient must have the shape of x: start from `np.zeros_like(x)`, or `reshape` at the end."),
        ),
        Misconception(
            "no_copy",
            lambda f, x, h: np.zeros(x.shape),
            _(
                "Your slopes are all 0. `up = x` and `down = x` are two names of the same array, so f is asked twice "
                "at the same place. Use `x.copy()` for each."
            ),
        ),
        Misconception(
            "brackets_of_difference",
            each(lambda f, x, i, h: f(moved(x, i, h)) - f(moved(x, i, -h)) / (2 * h)),
            _("Only f(x - h) was divided. Put brackets around the difference: (f(x + h) - f(x - h)) / (2 * h)."),
        ),
        Misconception(
            "returned_too_early",
            first_slope_only,
            _(
                "Only the first slope was calculated. Does `return` stand inside the loop? It belongs after it, less "
                "indented."
            ),
        ),
        Misconception(
            "half_step",
            each(lambda f, x, i, h: (f(moved(x, i, h / 2)) - f(moved(x, i, -h / 2))) / h),
            _("You moved by h / 2 to each side. Asked is h to each side, and 2 h below the line."),
        ),
        Misconception(
            "one_number_given",
            lambda f, x, h: np.array([(f(v + h) - f(v - h)) / (2 * h) for v in x]),
            _(
                "You gave f only a part of x. f needs the whole array, with one element moved: `up = x.copy(); up[i] "
                "+= h`."
            ),
        ),
        Misconception(
            "step_ignored",
            lambda f, x, h: nn.numerical_gradient(f, x, 1e-5),
            _("You used a step of your own. Use the argument h: chapter 3 looks at what its size does."),
        ),
    ],
    hints=[
        _("Take one element. Move it up by h and ask f; move it down by h and ask f; put it back."),
        _(
            "`for i in np.ndindex(x.shape):` visits every element of an array of any shape, and `gradient[i]` stores "
            "its "
            "slope. Work on `x.copy()`."
        ),
        _(
            "In the loop: `up = x.copy(); up[i] += h`, `down = x.copy(); down[i] -= h`, "
            "`gradient[i] = (f(up) - f(down)) / (2 * h)`."
        ),
    ],
)


def two_layer_cases(rng):
    yield (
        np.array([[1.0, 2.0]]),
        np.array([[1.0]]),
        np.array([[1.0, -1.0], [0.5, 0.5]]),
        np.zeros(2),
        np.array([[2.0], [1.0]]),
        np.zeros(1),
    )
    for samples, inputs, hidden, outputs in [(2, 2, 3, 2), (3, 3, 3, 3), (5, 4, 3, 1), (1, 3, 5, 2), (7, 2, 6, 4)]:
        yield (
            rng.normal(size=(samples, inputs)).round(1),
            rng.normal(size=(samples, outputs)).round(1),
            rng.normal(size=(inputs, hidden)).round(1),
            rng.normal(size=hidden).round(1) + 0.05,
            rng.normal(size=(hidden, outputs)).round(1),
            rng.normal(size=outputs).round(1),
        )
    yield (
        rng.normal(size=(3, 8)).T[::2],
        rng.normal(size=(2, 4)).T,
        rng.normal(size=(5, 3)).T,
        rng.normal(size=10)[::2],
        rng.normal(size=(2, 5)).T,
        rng.normal(size=2),
    )


def two_layer_loss(x, y_true, W1, b1, W2, b2):
    return np.mean((np.maximum(x @ W1 + b1, 0) @ W2 + b2 - y_true) ** 2)


def two_layer_slopes(x, y_true, W1, b1, W2, b2):
    return {
        "dW1": (lambda changed: two_layer_loss(x, y_true, changed, b1, W2, b2), W1),
        "db1": (lambda changed: two_layer_loss(x, y_true, W1, changed, W2, b2), b1),
        "dW2": (lambda changed: two_layer_loss(x, y_true, W1, b1, changed, b2), W2),
        "db2": (lambda changed: two_layer_loss(x, y_true, W1, b1, W2, changed), b2),
    }


def network(
    loss_gradient=lambda error: 2 * error / error.size,
    mask=lambda x, z1, y, dh: z1 > 0,
    into_second=lambda z1, h: h,
    back=lambda W2: W2.T,
    biases=lambda d: d.sum(axis=0),
    scale=lambda x: 1,
    finish=lambda *gradients: gradients,
):
    """The right gradients with one step replaced: the mistakes below say which."""

    def gradients(x, y_true, W1, b1, W2, b2):
        z1 = x @ W1 + b1
        h = np.maximum(z1, 0)
        y = h @ W2 + b2
        dy = loss_gradient(y - y_true)
        dh = dy @ back(W2)
        dz1 = dh * mask(x, z1, y, dh)
        return finish(x.T @ dz1 * scale(x), biases(dz1), into_second(z1, h).T @ dy * scale(x), biases(dy))

    return gradients


def sigmoid_and_crossentropy(x, y_true, W1, b1, W2, b2):
    """The network of the chapter's worked example, which ends otherwise."""
    z1 = x @ W1 + b1
    h = np.maximum(z1, 0)
    dz2 = (nn.sigmoid(h @ W2 + b2) - y_true) / len(x)
    dz1 = (dz2 @ W2.T) * (z1 > 0)
    return x.T @ dz1, dz1.sum(axis=0), h.T @ dz2, dz2.sum(axis=0)


def relu_on_output(x, y_true, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    h = np.maximum(z1, 0)
    y = np.maximum(h @ W2 + b2, 0)
    dz2 = 2 * (y - y_true) / y.size * (y > 0)
    dz1 = (dz2 @ W2.T) * (z1 > 0)
    return x.T @ dz1, dz1.sum(axis=0), h.T @ dz2, dz2.sum(axis=0)


def sigmoid_inside(x, y_true, W1, b1, W2, b2):
    h = nn.sigmoid(x @ W1 + b1)
    dy = 2 * (h @ W2 + b2 - y_true) / y_true.size
    dz1 = (dy @ W2.T) * h * (1 - h)
    return x.T @ dz1, dz1.sum(axis=0), h.T @ dy, dy.sum(axis=0)


TWO_LAYER_GRADIENTS = Exercise(
    name="two_layer_gradients",
    chapter=3,
    title=_("All gradients of a small network"),
    statement=_(
        "Return the gradients of the loss for all weights and biases of this network:\n\n"
        "$$z_1 = x W_1 + b_1, \\quad h = \\max(0, z_1), \\quad y = h W_2 + b_2, \\quad "
        "L = \\text{mean}\\left((y - y_{true})^2\\right)$$\n\n"
        "`x` (N, D), `y_true` (N, M), `W1` (D, H), `b1` (H,), `W2` (H, M), `b2` (M,). The mean runs over all N M "
        "values, so "
        "dL/dy = 2 (y - y_true) / (N M). Return `dW1, db1, dW2, db2`, each with the shape of what it belongs to.\n\n"
        "On paper: x = [[1, 2]], W1 = [[1, -1], [0.5, 0.5]], b1 = 0, W2 = [[2], [1]], b2 = 0, y_true = [[1]]: z1 = (2, "
        "0), "
        "h = (2, 0), y = 4, dL/dy = 6, so dW2 = [[12], [0]] and dW1 = [[12, 0], [24, 0]]."
    ),
    reference=two_layer_gradients,
    cases=two_layer_cases,
    outputs=("dW1", "db1", "dW2", "db2"),
    slopes=two_layer_slopes,
    misconceptions=[
        Misconception(
            "sigmoid_and_crossentropy",
            sigmoid_and_crossentropy,
            _(
                "This network ends in a sigmoid with cross-entropy, as in the chapter's example. Here the output is "
                "linear, y = h W2 + b2, and the loss is the mean squared error: dL/dy = 2 (y - y_true) / (N M)."
            ),
        ),
        Misconception(
            "factor_two_missing",
            network(lambda error: error / error.size),
            _("The factor 2 is missing: the derivative of the square (y - y_true)^2 is 2 (y - y_true)."),
        ),
        Misconception(
            "mean_forgotten",
            network(lambda error: 2 * error),
            _("The mean is missing: the loss divides by the number of values N M, and so does dL/dy."),
        ),
        Misconception(
            "mean_over_samples_only",
            network(lambda error: 2 * error / len(error)),
            _("You divided by the number of samples. The mean of the loss runs over all values, N times M: `y.size`."),
        ),
        Misconception(
            "error_turned",
            network(lambda error: -2 * error / error.size),
            _("The sign is turned round: dL/dy is 2 (y - y_true) / (N M), prediction minus truth."),
        ),
        Misconception(
            "relu_forgotten",
            network(mask=lambda x, z1, y, dh: 1),
            _(
                "The way back does not pass through ReLU: multiply by 1 where z1 > 0 and 0 elsewhere before dW1 and "
                "db1."
            ),
        ),
        Misconception(
            "relu_of_output_layer",
            network(mask=lambda x, z1, y, dh: y > 0),
            _(
                "The ReLU gradient used the output of the wrong layer: y. The ReLU sits in the hidden layer, so z1 "
                "decides."
            ),
        ),
        Misconception(
            "relu_of_input",
            network(mask=lambda x, z1, y, dh: x > 0),
            _("The ReLU gradient used the input x. The ReLU acts on z1, so z1 decides."),
        ),
        Misconception(
            "relu_of_gradient",
            network(mask=lambda x, z1, y, dh: dh > 0),
            _("The ReLU gradient asked whether the gradient is positive. What counts is z1 on the way forward."),
        ),
        Misconception(
            "relu_at_zero",
            network(mask=lambda x, z1, y, dh: z1 >= 0),
            _("At z1 = 0 your gradient passes. The slope of ReLU there is taken as 0: use z1 > 0."),
        ),
        Misconception(
            "multiplied_by_h",
            network(mask=lambda x, z1, y, dh: np.maximum(z1, 0)),
            _("You multiplied by h, the output of ReLU. Multiply by its slope: 1 where z1 > 0 and 0 elsewhere."),
        ),
        Misconception(
            "biases_left_out",
            lambda x, y_true, W1, b1, W2, b2: two_layer_gradients(x, y_true, W1, 0 * b1, W2, 0 * b2),
            _("The biases are missing on the way forward: z1 = x W1 + b1 and y = h W2 + b2."),
        ),
        Misconception(
            "relu_on_output",
            relu_on_output,
            _("Your output has a ReLU. Here it is linear: y = h W2 + b2."),
        ),
        Misconception(
            "sigmoid_inside",
            sigmoid_inside,
            _("Your hidden layer has a sigmoid. Here it is ReLU: h = max(0, z1), with the slope 1 where z1 > 0."),
        ),
        Misconception(
            "before_relu",
            network(into_second=lambda z1, h: z1),
            _("`{output}`: you used z1. What goes into the second layer is h, after the ReLU."),
        ),
        Misconception(
            "W2_not_transposed", network(back=lambda W2: W2), _("W2 is not transposed on the way back: dh = dy @ W2.T.")
        ),
        Misconception(
            "biases_averaged",
            network(biases=lambda d: d.mean(axis=0)),
            _(
                "`{output}`: you took the mean over the batch where the sum was asked. The mean was taken once, in the "
                "loss."
            ),
        ),
        Misconception(
            "weights_averaged",
            network(scale=lambda x: 1 / len(x)),
            _("`{output}`: you divided by the batch size once more. The mean was taken once, in the loss."),
        ),
        Misconception(
            "weights_transposed",
            network(finish=lambda dW1, db1, dW2, db2: (dW1.T, db1, dW2.T, db2)),
            _("`{output}`: the gradient is transposed. It has the shape of the weights: input.T @ gradient."),
        ),
        Misconception(
            "wrong_order",
            network(finish=lambda dW1, db1, dW2, db2: (dW2, db2, dW1, db1)),
            _("The order is wrong: return dW1, db1, dW2, db2."),
        ),
    ],
    hints=[
        _(
            "Write the forward lines first (z1, h, y). Then go back line by line, in reverse: dy, dW2 and db2, dh, "
            "dz1, dW1 "
            "and db1."
        ),
        _(
            "The second layer is a dense layer with input h: dW2 = h.T @ dy, and what goes on to the first is dh = dy "
            "@ W2.T."
        ),
        _("`dz1 = dh * (z1 > 0)`, then the first layer is a dense layer with input x."),
    ],
)

EXERCISES = [DENSE_BACKWARD, RELU_BACKWARD, TWO_LAYER_GRADIENTS, NUMERICAL_GRADIENT]
