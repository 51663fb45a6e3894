"""The exercises of chapter 1, forward propagation: a neuron, a layer, an activation, and how many numbers they hold."""

import numpy as np

from course_lib import nn
from course_lib.exercises.adapt import first_of_pair
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def neuron_output(x, w, b):
    """One neuron with a sigmoid: y = 1 / (1 + exp(-z)) with z = w . x + b; x (D,), w (D,), b a number, y a number."""
    z = np.sum(w * x) + b
    return 1 / (1 + np.exp(-z))


def parameter_count(layer_sizes):
    """How many weights and biases a dense network has: the sum of inputs * units + units over its layers."""
    total = 0
    for inputs, units in zip(layer_sizes[:-1], layer_sizes[1:], strict=True):
        total += inputs * units + units
    return total


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def neuron_cases(rng):
    yield np.array([2.0, -1.0]), np.array([0.5, 1.0]), 1.0
    yield np.array([0.7]), np.array([-1.2]), 0.3
    yield rng.normal(size=3).round(1), rng.normal(size=3).round(1), -0.4
    yield rng.normal(size=8)[::2], rng.normal(size=12)[::3], 0.25  # every second, every third element
    yield rng.normal(size=5), np.zeros(5), -2.0
    yield 3 * np.ones(5), 2 * np.ones(5), 0.5  # far out: y is almost 1
    yield 3 * np.ones(5), -2 * np.ones(5), 0.5


NEURON_OUTPUT = Exercise(
    name="neuron_output",
    chapter=1,
    title=_("One neuron"),
    statement=_(
        "Return the output of one neuron with a sigmoid:\n\n"
        "$$z = w_1 x_1 + \\dots + w_D x_D + b, \\qquad y = \\frac{1}{1 + e^{-z}}$$\n\n"
        "`x` and `w` have shape (D,), `b` is a number, and so is the result. "
        "On paper: x = (2, -1), w = (0.5, 1), b = 1 give z = 1 - 1 + 1 = 1 and y = 0.731."
    ),
    reference=neuron_output,
    cases=neuron_cases,
    outputs=("y",),
    misconceptions=[
        Misconception(
            "no_activation",
            lambda x, w, b: np.sum(w * x) + b,
            _("You returned the weighted sum z. The sigmoid is missing: y = 1 / (1 + exp(-z))."),
        ),
        Misconception(
            "bias_forgotten",
            lambda x, w, b: sigmoid(np.sum(w * x)),
            _("The bias is missing: add `b` to the weighted sum before the sigmoid."),
        ),
        Misconception(
            "bias_after_sigmoid",
            lambda x, w, b: sigmoid(np.sum(w * x)) + b,
            _("You added the bias after the sigmoid. It belongs inside: first z = w . x + b, then the sigmoid of z."),
        ),
        Misconception(
            "bias_every_term",
            lambda x, w, b: sigmoid(np.sum(w * x + b)),
            _("The bias was added once for each input. It is added once for the neuron: close the sum before `+ b`."),
        ),
        Misconception(
            "sum_forgotten",
            lambda x, w, b: sigmoid(w * x + b),
            _(
                "The sum is missing: `w * x` still has one value for each input. "
                "Use `np.sum(w * x)` or `w @ x`, so that y is one number."
            ),
        ),
        Misconception(
            "sign_of_exponent",
            lambda x, w, b: 1 / (1 + np.exp(np.sum(w * x) + b)),
            _("The sign in the exponent is missing: exp(-z), not exp(z). Your neuron says 1 - y."),
        ),
        Misconception(
            "minus_only_on_sum",
            lambda x, w, b: 1 / (1 + np.exp(-np.sum(w * x) + b)),
            _("The minus sign reaches only the sum, not the bias: write exp(-(w . x + b)) with brackets."),
        ),
        Misconception(
            "brackets_of_fraction",
            lambda x, w, b: 1 / 1 + np.exp(-(np.sum(w * x) + b)),
            _("Brackets are missing in the fraction: 1 / (1 + exp(-z)). Without them Python calculates 1/1 first."),
        ),
        Misconception(
            "tanh",
            lambda x, w, b: np.tanh(np.sum(w * x) + b),
            _("You used tanh, which lies between -1 and 1. The sigmoid lies between 0 and 1."),
        ),
        Misconception(
            "mean_of_inputs",
            lambda x, w, b: sigmoid(np.mean(w * x) + b),
            _("You took the mean of w * x where the sum was asked."),
        ),
    ],
    hints=[
        _("Go in two steps: first the weighted sum z, one number. Then the sigmoid of z."),
        _("`np.sum(w * x)` multiplies element by element and adds up. So does `w @ x`."),
        _("The last line is `return 1 / (1 + np.exp(-z))`."),
    ],
)


def dense_cases(rng):
    yield np.array([[1.0, 2.0]]), np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 1.0]]), np.array([0.1, 0.2, 0.3])
    yield np.array([[1.5, -2.0], [0.5, 3.0]]), np.array([[1.0, 4.0], [-2.0, 0.5]]), np.array([0.5, -1.0])
    yield rng.normal(size=(3, 3)).round(1), rng.normal(size=(3, 3)).round(1), rng.normal(size=3).round(1)
    yield rng.normal(size=(5, 4)).round(1), rng.normal(size=(4, 1)).round(1), np.array([-0.7])
    yield rng.normal(size=(7, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)
    yield rng.normal(size=(3, 9)).T, rng.normal(size=(6, 8))[::2, ::2], rng.normal(size=8)[::2]
    yield rng.normal(size=(1, 5)), np.zeros((5, 2)), rng.normal(size=2)


DENSE_FORWARD = Exercise(
    name="dense_forward",
    chapter=1,
    title=_("A dense layer for a whole batch"),
    statement=_(
        "Return the weighted sums of all units for all samples of a batch:\n\n"
        "$$Y = X W + b, \\qquad y_{nm} = \\sum_d x_{nd} W_{dm} + b_m$$\n\n"
        "`x` has shape (N, D): one row a sample. `W` has shape (D, M): one column a unit. `b` has shape (M,). "
        "The result `y` has shape (N, M). There is no activation.\n\n"
        "On paper: x = [[1, 2]], W = [[1, 0, -1], [0.5, 2, 1]], b = [0.1, 0.2, 0.3] give y = [[2.1, 4.2, 1.3]]."
    ),
    reference=nn.dense_forward,
    cases=dense_cases,
    outputs=("y",),
    adapt=first_of_pair,
    solution_note=_(
        "The library returns a cache beside y: what the way back in chapter 3 will need. Your function needs only y."
    ),
    misconceptions=[
        Misconception("bias_forgotten", lambda x, W, b: x @ W, _("The bias is missing: y = x W + b.")),
        Misconception("bias_twice", lambda x, W, b: x @ W + b + b, _("The bias was added twice.")),
        Misconception(
            "bias_subtracted", lambda x, W, b: x @ W - b, _("You subtracted the bias. It is added: y = x W + b.")
        ),
        Misconception(
            "W_transposed",
            lambda x, W, b: x @ W.T + b,
            _("W is transposed. W has shape (D, M), one column a unit, so x @ W fits as it is."),
        ),
        Misconception(
            "W_first",
            lambda x, W, b: W @ x + b,
            _(
                "The order is wrong: with one sample a row, x comes first: x @ W. "
                "(Textbooks that write a sample as a column write W x.)"
            ),
        ),
        Misconception(
            "bias_as_column",
            lambda x, W, b: x @ W + b[:, None],
            _(
                "The bias went to the rows: every sample got its own. It belongs to the columns, one for each unit, "
                "and "
                "NumPy does that by itself with b of shape (M,)."
            ),
        ),
        Misconception(
            "bias_summed",
            lambda x, W, b: x @ W + np.sum(b),
            _("Every unit got the sum of all biases. Each unit has its own: add `b` itself."),
        ),
        Misconception(
            "relu_added",
            lambda x, W, b: np.maximum(x @ W + b, 0),
            _("You applied ReLU. Here only the weighted sums are asked for; the activation comes afterwards."),
        ),
        Misconception(
            "sigmoid_added",
            lambda x, W, b: sigmoid(x @ W + b),
            _("You applied the sigmoid. Here only the weighted sums are asked for; the activation comes afterwards."),
        ),
        Misconception(
            "first_sample_only",
            lambda x, W, b: x[0] @ W + b,
            _("Only the first sample was calculated. The result needs one row for each of the N samples."),
        ),
        Misconception(
            "bias_before_product",
            lambda x, W, b: (x + b) @ W,
            _("The bias was added to the inputs. It is added after the product: first x @ W, then + b."),
        ),
        Misconception(
            "averaged_inputs",
            lambda x, W, b: x @ W / x.shape[1] + b,
            _("You took the mean over the inputs where the sum was asked: x @ W is the whole sum."),
        ),
    ],
    hints=[
        _("Write the shapes below each other: (N, D) and (D, M) shall become (N, M). Which product does that?"),
        _("`@` is the matrix product. NumPy adds an array (M,) to each row of an array (N, M)."),
        _("It is one line: `return x @ W + b`."),
    ],
)


def relu_cases(rng):
    yield (np.array([-2.0, 0.0, 3.0]),)
    yield (np.array([[1.5, -0.5], [-1.0, 2.5]]),)
    yield (np.array([-0.2]),)
    yield (rng.normal(size=(3, 5)),)
    yield (3 * rng.normal(size=(4, 6))[::2, ::-1],)
    yield (rng.normal(size=(2, 3, 2)).T,)
    yield (np.array([-1e100, -1e-100, 0.0, 1e-100, 5.0]),)


RELU = Exercise(
    name="relu",
    chapter=1,
    title=_("ReLU: the bend"),
    statement=_(
        "Return ReLU of every element:\n\n$$y = \\max(0, z)$$\n\n"
        "`z` is an array of any shape, and `y` has the same shape. `z` itself must not change. "
        "On paper: z = (-2, 0, 3) gives y = (0, 0, 3)."
    ),
    reference=nn.relu,
    arguments=("z",),
    cases=relu_cases,
    outputs=("y",),
    misconceptions=[
        Misconception(
            "identity",
            lambda z: z + 0,
            _("Your function gives z back as it is. Where z is negative, the result must be 0."),
        ),
        Misconception(
            "absolute",
            lambda z: np.abs(z),
            _("You took the absolute value: -2 became 2. ReLU makes 0 of every negative number."),
        ),
        Misconception(
            "minimum",
            lambda z: np.minimum(z, 0),
            _("You kept the negative numbers and dropped the positive ones: take the maximum, not the minimum."),
        ),
        Misconception(
            "step",
            lambda z: (z > 0).astype(float),
            _("You returned 1 where z is positive. That is the slope of ReLU; ReLU itself returns z there."),
        ),
        Misconception(
            "leaky",
            lambda z: np.where(z > 0, z, 0.01 * z),
            _("This is the leaky ReLU (0.01 z for negative z). Here the negative side is 0."),
        ),
        Misconception(
            "largest_only",
            lambda z: np.maximum(np.max(z), 0),
            _(
                "You took the largest of all elements. `np.max` looks for the largest element of an array; "
                "`np.maximum` "
                "compares two arrays element by element."
            ),
        ),
        Misconception(
            "clipped_at_one", lambda z: np.clip(z, 0, 1), _("Your values stop at 1. ReLU has no upper limit.")
        ),
        Misconception(
            "sigmoid",
            lambda z: np.where(z >= 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z))),
            _("This is the sigmoid. ReLU is simpler: the larger of 0 and z."),
        ),
        Misconception(
            "negatives_removed",
            lambda z: z[z > 0],
            _("You removed the negative elements, so the shape changed. They must stay in place, with the value 0."),
        ),
        Misconception("negated", lambda z: np.maximum(-z, 0), _("The sign of z is turned round: this is ReLU of -z.")),
    ],
    hints=[
        _("Each element is treated alone: negative becomes 0, the rest stays."),
        _("`np.maximum(a, b)` takes the larger one, element by element. `b` may be one number."),
        _("It is one line: `return np.maximum(z, 0)`."),
    ],
)


def parameter_cases(rng):
    yield ([2, 3, 1],)
    yield ([4, 2],)
    yield ([1, 1],)
    yield ([5, 5, 5],)
    yield ([784, 256, 128, 10],)
    yield ([int(size) for size in rng.integers(2, 40, size=6)],)


PARAMETER_COUNT = Exercise(
    name="parameter_count",
    chapter=1,
    title=_("How many numbers does a network learn?"),
    statement=_(
        "Return how many weights and biases a network of dense layers has:\n\n"
        "$$\\sum_{\\text{layers}} (\\text{inputs} \\cdot \\text{units} + \\text{units})$$\n\n"
        "`layer_sizes` is a list: the number of inputs, then the number of units of each layer. "
        "On paper: [2, 3, 1] gives (2 * 3 + 3) + (3 * 1 + 1) = 13."
    ),
    reference=parameter_count,
    cases=parameter_cases,
    outputs=("count",),
    misconceptions=[
        Misconception(
            "biases_forgotten",
            lambda s: sum(a * b for a, b in zip(s, s[1:], strict=False)),
            _("The biases are missing: each unit has one, so add `units` for each layer."),
        ),
        Misconception(
            "one_bias_a_layer",
            lambda s: sum(a * b + 1 for a, b in zip(s, s[1:], strict=False)),
            _("You counted one bias a layer. Each unit has its own."),
        ),
        Misconception(
            "biases_of_inputs",
            lambda s: sum(a * b + a for a, b in zip(s, s[1:], strict=False)),
            _("You counted a bias for each input of a layer. Biases belong to the units that receive the sum."),
        ),
        Misconception(
            "inputs_have_biases",
            lambda s: sum(a * b for a, b in zip(s, s[1:], strict=False)) + sum(s),
            _("The first entry of `layer_sizes` is the data: it has no biases."),
        ),
        Misconception(
            "units_counted",
            lambda s: sum(s),
            _("You counted the units. Asked are the weights between them, and the biases."),
        ),
        Misconception(
            "all_multiplied",
            lambda s: int(np.prod(s)),
            _("You multiplied all sizes. Multiply only neighbours, and add up over the layers."),
        ),
        Misconception(
            "last_layer_forgotten",
            lambda s: sum(a * b + b for a, b in zip(s[:-2], s[1:-1], strict=False)),
            _("The last layer is missing: a list of n sizes describes n - 1 layers."),
        ),
        Misconception(
            "first_layer_forgotten",
            lambda s: sum(a * b + b for a, b in zip(s[1:], s[2:], strict=False)),
            _("The first layer is missing: the weights between the inputs and the first units."),
        ),
        Misconception(
            "output_has_no_bias",
            lambda s: sum(a * b + b for a, b in zip(s, s[1:], strict=False)) - s[-1],
            _("The biases of the last layer are missing. It is a dense layer like the others."),
        ),
    ],
    hints=[
        _("Take one layer alone: every unit has one weight for each input, and one bias."),
        _("Walk over neighbours: `for inputs, units in zip(layer_sizes[:-1], layer_sizes[1:]):`"),
        _("In the loop: `total += inputs * units + units`."),
    ],
)

EXERCISES = [NEURON_OUTPUT, DENSE_FORWARD, PARAMETER_COUNT, RELU]
