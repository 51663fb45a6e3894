"""Chapter 3: every displayed formula, executed against `course_lib.nn`, and the claims of its text."""

import numpy as np
import pytest

from course_lib import data, nn
from course_lib.widgets import BackpropStepper, GradientChecker
from tests.notebooks.claims import claims
from tests.notebooks.formulas import executes

rng = np.random.default_rng(0)
N, D, M = 5, 3, 2
x, W, b, dy = rng.normal(size=(N, D)), rng.normal(size=(D, M)), rng.normal(size=M), rng.normal(size=(N, M))
DX, DW, DB = nn.dense_backward(dy, nn.dense_forward(x, W, b)[1])


def close(a, b, tolerance=1e-12):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=1e-14)


def bearing():
    """The network, the bearing and the label of the chapter."""
    return (np.array([[1.0, 0.5]]), np.array([[0.0]]), np.array([[0.5, -0.4, 0.3], [0.8, 0.6, -0.5]]),
            np.array([0.1, 0.0, 0.2]), np.array([[0.7], [-0.6], [0.4]]), np.array([0.0]))  # fmt: skip


@executes("03", r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial y} \cdot \frac{\partial y}{\partial w}")
def test_chain_rule_on_paper():
    given, w, bias, target = 2.0, 0.5, 0.1, 2.0
    y = w * given + bias
    assert y == pytest.approx(1.1) and (y - target) ** 2 == pytest.approx(0.81)
    dL_dy = 2 * (y - target)
    slopes = dL_dy * given, dL_dy * 1, dL_dy * w
    assert slopes == pytest.approx((-3.6, -1.8, -0.9))
    measured = nn.numerical_gradient(lambda v: (v[0] * v[2] + v[1] - target) ** 2, np.array([w, bias, given]))
    close(measured, slopes, 1e-9)


@executes("03", r"y_{nj} = \sum_i x_{ni} W_{ij} + b_j")
def test_one_output_of_one_example():
    by_hand = [[sum(x[n, i] * W[i, j] for i in range(D)) + b[j] for j in range(M)] for n in range(N)]
    close(nn.dense_forward(x, W, b)[0], by_hand)


@claims("03", "The sums written out as loops give the same numbers")
@executes("03", r"\frac{\partial L}{\partial W_{ij}} = \sum_n x_{ni} \, \frac{\partial L}{\partial y_{nj}}")
def test_one_weight():
    close(DW, [[sum(x[n, i] * dy[n, j] for n in range(N)) for j in range(M)] for i in range(D)])


@claims("03", "It always has the same shape as `w`")
@executes("03", r"dW = x^\top \, dy")
@executes("03", r"db_j = \sum_n dy_{nj}")
@executes("03", r"dx = dy \, W^\top")
def test_dense_layer_backward():
    close(DW, x.T @ dy)
    close(DB, [sum(dy[n, j] for n in range(N)) for j in range(M)])
    close(DX, dy @ W.T)
    assert nn.check_gradients(nn.dense_forward, nn.dense_backward, {"x": x, "W": W, "b": b}).passed


@claims("03", "has the slope 1 above zero and 0 below", "elsewhere nothing passes", "At exactly 0 we take 0")
@executes(
    "03",
    r"""\frac{\partial L}{\partial z} = \frac{\partial L}{\partial y} \cdot
    \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}""",
)
def test_relu_is_a_gate():
    z, arriving = np.array([-2.0, 0.0, 0.5, 2.0]), np.array([1.0, 1.0, 3.0, -1.0])
    close(nn.relu_backward(arriving, nn.relu(z)), [d if v > 0 else 0 for d, v in zip(arriving, z, strict=True)])


@executes(
    "03",
    r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial y} \cdot y \, (1 - y), \qquad y = \text{sigmoid}(z)",
)
def test_sigmoid_backward():
    z = rng.normal(size=9)
    y = nn.sigmoid(z)
    measured = nn.numerical_gradient(lambda v: nn.sigmoid(v).sum(), z)
    close(measured, y * (1 - y), 1e-9)
    close(nn.sigmoid_backward(np.full(9, 0.3), y), 0.3 * y * (1 - y))


@claims("03", "has the slope $-1$ for the true class")
@claims("03", "The true class is pulled up")
@executes("03", r"\frac{\partial L}{\partial z_k} = \frac{e^{z_k}}{\sum_j e^{z_j}} - y_k = p_k - y_k")
def test_share_minus_truth():
    z, t = rng.normal(size=(1, 4)), np.array([2])
    formula = np.exp(z) / np.exp(z).sum() - np.eye(4)[t]
    close(nn.sparse_categorical_crossentropy(t, z, from_logits=True)[1], formula)
    close(nn.softmax(z) - np.eye(4)[t], formula)
    measured = nn.numerical_gradient(lambda v: -v[0, 2] + np.log(np.exp(v).sum()), z)
    close(measured, formula, 1e-8)


def two_layers(x, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    return z1, a1, z2, 1 / (1 + np.exp(-z2))


@executes(
    "03",
    r"""z_1 = x W_1 + b_1, \qquad a_1 = \text{ReLU}(z_1), \qquad z_2 = a_1 W_2 + b_2,
    \qquad p = \text{sigmoid}(z_2)""",
)
def test_two_layers_forward():
    inputs, _, *weights = bearing()
    model = nn.Sequential(
        [nn.Dense(3, activation="relu", input_shape=(2,)), nn.Dense(1, activation="sigmoid")], dtype="float64"
    )
    model.set_weights(weights)
    close(model.predict(inputs), two_layers(inputs, *weights)[-1])
    assert two_layers(inputs, *weights)[-1].item() == pytest.approx(0.69, abs=0.001)
    assert model.count_params() == 13


@executes(
    "03",
    r"""\begin{aligned}
    dz_2 &= (p - y) / N, & dW_2 &= a_1^\top dz_2, \quad db_2 = \sum_n dz_2, \\
    da_1 &= dz_2 W_2^\top, & dz_1 &= da_1 \odot [z_1 > 0], \\
    & & dW_1 &= x^\top dz_1, \quad db_1 = \sum_n dz_1
    \end{aligned}""",
)
def test_two_layers_backward():
    _, _, *weights = bearing()
    inputs, labels = rng.normal(size=(6, 2)), rng.integers(0, 2, size=(6, 1)).astype(float)
    z1, a1, z2, p = two_layers(inputs, *weights)
    dz2 = (p - labels) / len(inputs)
    dW2, da1 = a1.T @ dz2, dz2 @ weights[2].T
    dz1 = da1 * (z1 > 0)
    dW1 = inputs.T @ dz1
    model = nn.Sequential(
        [nn.Dense(3, activation="relu", input_shape=(2,)), nn.Dense(1, activation="sigmoid")], dtype="float64"
    )
    model.set_weights(weights)
    model.compile(optimizer="sgd", loss="binary_crossentropy")
    _, gradients = model.loss_and_gradients(inputs, labels)
    for ours, theirs in zip((dW1, dz1.sum(axis=0), dW2, dz2.sum(axis=0)), gradients, strict=True):
        close(ours, theirs)


@executes("03", r"\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2 h}")
def test_central_difference():
    at, h = rng.normal(size=(2, 3)), 1e-3

    def f(v):
        return np.sum(np.sin(v) * np.arange(6).reshape(2, 3))

    steps = h * np.eye(6).reshape(6, 2, 3)
    by_hand = np.array([(f(at + step) - f(at - step)) / (2 * h) for step in steps]).reshape(2, 3)
    close(nn.numerical_gradient(f, at, h), by_hand, 1e-9)


@claims("03", "Two errors add up")
@claims("03", "their difference consists mostly of rounding errors")
@executes("03", r"\text{error} \lesssim \frac{h^2}{6} \, |f'''(x)| + \frac{\varepsilon}{h} \, |f(x)|")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_two_errors_add_up(dtype):
    at, epsilon = np.linspace(0.5, 1.5, 501).astype(dtype), np.finfo(dtype).eps
    errors = {}
    for k in range(1, 12 if dtype == "float64" else 6):
        h = np.dtype(dtype).type(2.0 ** round(-k * np.log2(10)))  # x + h then loses nothing that is not in the formula
        slope = (np.exp(at + h) - np.exp(at - h)) / (2 * h)
        errors[k] = np.abs(slope.astype(float) - np.exp(at.astype(float)))
        bound = h**2 / 6 * np.exp(at + h) + 2 * epsilon * np.exp(at + h) * (1 + at) / h
        assert (errors[k] <= bound).all()
    means = [error.mean() for error in errors.values()]
    best = int(np.argmin(means))
    assert 0 < best < len(means) - 1, "the error over h is a valley"
    assert means[best] < (1e-9 if dtype == "float64" else 1e-2)
    assert dtype == "float64" or means[best] > 1e-5


@claims("03", "At most 1/4, at $y = 0.5$", "Twenty of them: at most")
@executes("03", r"y \, (1 - y) \le \tfrac{1}{4}")
def test_slope_of_the_sigmoid():
    y = nn.sigmoid(np.linspace(-9, 9, 1801))
    assert (y * (1 - y)).max() == 0.25
    assert 0.25**20 == pytest.approx(1e-12, rel=0.1)


@executes("03", r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}")
def test_one_gradient_step_lowers_the_loss():
    w, gradient = rng.normal(size=4), rng.normal(size=4)
    close(nn.gradient_descent_step(w, gradient, None, 0.1)[0], w - 0.1 * gradient)
    table = data.sensor_table(32, rng=0, standardised=True)
    model = nn.Sequential(
        [nn.Dense(16, "relu", input_shape=(2,)), nn.Dense(8, "tanh"), nn.Dense(1, "sigmoid")], dtype="float64", rng=0
    )
    model.compile(optimizer="sgd", loss="binary_crossentropy")
    before, gradients = model.loss_and_gradients(table.x, table.y)
    start, after = model.get_weights(), []
    for learning_rate in (0.001, 0.01, 0.1, 100.0):
        model.set_weights([v - learning_rate * g for v, g in zip(start, gradients, strict=True)])
        after.append(model.loss_and_gradients(table.x, table.y)[0])
    assert max(after[:3]) < before < after[3]


@claims("03", "The first layers get almost nothing", "With sigmoids, the first layers would learn far too slowly")
@claims("03", "Twenty layers of 32 units")
def test_gradients_vanish_through_sigmoids_and_not_through_relu():
    table = data.sensor_table(32, rng=0, standardised=True)
    for activation, start, low, high in (
        ("sigmoid", "glorot_uniform", 1e-13, 1e-10),
        ("tanh", "glorot_uniform", 0.05, 20),
        ("relu", "he_uniform", 0.05, 20),
    ):
        deep = nn.Sequential(dtype="float64", rng=0)
        for k in range(20):
            shape = {"input_shape": (2,)} if k == 0 else {}
            deep.add(nn.Dense(32, activation=activation, kernel_initializer=start, **shape))
        deep.add(nn.Dense(1, activation="sigmoid"))
        deep.compile(optimizer="sgd", loss="binary_crossentropy")
        sizes = np.array([np.sqrt(np.mean(g**2)) for g in deep.loss_and_gradients(table.x, table.y)[1][0:40:2]])
        assert low < sizes[0] / sizes[-1] < high
        if activation == "sigmoid":
            assert (np.diff(sizes[1:]) > 0).all() and 3 < (sizes[-1] / sizes[0]) ** (1 / 19) < 5
        else:
            assert sizes.max() / sizes.min() < 15


@claims("03", "because $a$ is used twice")
def test_a_value_used_twice_adds_its_slopes():
    close(nn.numerical_gradient(lambda a: (a * a).sum(), np.array([3.0])), [6.0], 1e-9)


@claims("03", "Every weight into unit 2 (the middle column) has the gradient 0")
@claims("03", "Where a gate is closed, everything behind it gets the gradient 0")
@claims("03", "The same network with the same numbers")
def test_the_stepper_shows_the_numbers_of_the_chapter():
    inputs, labels, *weights = bearing()
    n = BackpropStepper().numbers()
    for name, ours in zip(("x", "W1", "b1", "W2", "b2"), (inputs, *weights), strict=True):
        close(n[name], ours)
    z1, a1, z2, p = two_layers(inputs, *weights)
    for name, ours in (("z1", z1), ("a1", a1), ("z2", z2), ("y", p), ("dz2", p - labels)):
        close(n[name], ours)
    assert n["z1"][0, 1] < 0 and not n["dW1"][:, 1].any(), "the gate of the second unit is closed"
    stepper = BackpropStepper()
    before = float(stepper.numbers()["loss"].item())
    assert stepper.update() < before


@claims("03", "The best is in between")
def test_the_checker_shows_a_valley_and_float32_lies_higher():
    fine, coarse = GradientChecker(h=1e-5), GradientChecker(h=1e-5, dtype="float32")
    assert fine.result["error"] < 1e-9 < 1e-3 < coarse.result["error"]
    assert GradientChecker(h=1e-12).result["error"] > 100 * fine.result["error"]
    assert GradientChecker(h=1e-1).result["error"] > 100 * fine.result["error"]


@claims("03", "one where the mean was taken twice")
def test_a_mean_taken_twice_is_found():
    def wrong(dy, cache):
        dx, dW, db = nn.dense_backward(dy, cache)
        return dx, dW, db / len(dx)

    found = nn.check_gradients(nn.dense_forward, wrong, {"x": x, "W": W, "b": b})
    assert [error < found.tolerance for error in found.errors.values()] == [True, True, False]
