"""The stepper's numbers are those of course_lib.nn and of finite differences; its words hold them."""

import re

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import BackpropStepper
from course_lib.widgets.backprop_stepper import LAST
from course_lib.widgets.backprop_words import PARAMETERS, SHAPES, show

LOSSES = ("binary_crossentropy", "mean_squared_error")


def model_of(w):
    output = "sigmoid" if w.loss == "binary_crossentropy" else "linear"
    model = nn.Sequential(
        [nn.Dense(3, activation=w.activation, input_shape=(2,)), nn.Dense(1, activation=output)], dtype="float64"
    )
    model.compile(nn.SGD(w.learning_rate), w.loss)
    model.set_weights(w.parameters())
    return model


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_numbers_equal_the_model_and_finite_differences(activation, loss):
    rng = np.random.default_rng(3)
    for _turn in range(5):
        w = BackpropStepper(
            weights=rng.normal(size=13).tolist(), x1=rng.normal(), x2=rng.normal(), target=float(rng.integers(2)),
            activation=activation, loss=loss, learning_rate=0.3,
        )  # fmt: skip
        x, t = np.array([[w.x1, w.x2]]), np.array([[w.target]])
        model = model_of(w)
        value, gradients = model.loss_and_gradients(x, t)
        assert w.numbers()["loss"][0] == pytest.approx(value, rel=1e-12)
        for own, needed in zip(w.gradients, gradients, strict=True):
            np.testing.assert_allclose(own, needed, rtol=1e-10, atol=1e-13)

        def loss_of(flat, w=w):
            settings = {n: getattr(w, n) for n in w.settings()} | {"weights": list(flat)}
            return BackpropStepper(**settings).numbers()["loss"][0]

        numerical = nn.numerical_gradient(loss_of, np.array(w.weights))
        flat = np.concatenate([g.ravel() for g in w.gradients])
        assert nn.relative_error(flat, numerical) < 1e-7
        new = w.numbers()["new_loss"][0]
        assert w.update() == pytest.approx(new, rel=1e-12)  # the next forward pass finds the announced loss


def test_what_is_sent_is_what_was_computed():
    w = BackpropStepper(activation="tanh")
    sent = np.frombuffer(w.values)
    for name, shape in SHAPES.items():
        part = sent[w.first[name] :][: int(np.prod(shape))].reshape(shape)
        np.testing.assert_array_equal(part, w.numbers()[name])
    assert sent.size == sum(int(np.prod(shape)) for shape in SHAPES.values())


def test_every_operation_shows_its_own_number_and_each_number_is_revealed_once():
    w = BackpropStepper(activation="sigmoid")
    flat = np.frombuffer(w.values)
    assert len(w.steps) == LAST + 1
    for step in w.steps[1:-1]:
        assert step["formula"].startswith(step["name"] + " = ")
        assert step["numbers"].endswith("= " + show(flat[step["index"]])), step
        assert len(step["words"]) > 20
    indices = [step["index"] for step in w.steps[1:]]
    assert len(set(indices)) == len(indices)
    gradients = [step["index"] for step in w.steps if step["gradient"]]
    parameters = [w.first["d" + n] + k for n in PARAMETERS for k in range(int(np.prod(SHAPES[n])))]
    assert set(parameters) < set(gradients)  # all 13, and those on the way


def test_the_numbers_in_a_formula_multiply_to_its_result():
    """ "= 0.690 · 0.700 = 0.483" must be true, to the digits shown."""
    for activation in ("relu", "tanh", "sigmoid"):
        for loss in LOSSES:
            w = BackpropStepper(activation=activation, loss=loss)
            for step in w.steps[1:-1]:
                expression = step["numbers"].split(" = ")[0].lstrip("= ").replace("−", "-").replace("·", "*")
                if "ln" in expression:
                    expression = re.sub(r"ln (\(.*?\)|[\d.]+)", r"np.log(\1)", expression).replace("ln(", "np.log(")
                expression = expression.replace("²", "**2").replace("(1 - (", "(1-(")
                for name in ("relu", "tanh", "sigmoid"):
                    expression = expression.replace(name + "(", f"nn.{name}(")
                value = float(eval(expression, {"np": np, "nn": nn}))
                assert value == pytest.approx(np.frombuffer(w.values)[step["index"]], abs=0.006), step


def test_updates_let_the_loss_fall_and_are_remembered():
    w = BackpropStepper()
    for _turn in range(8):
        w.update()
    assert len(w.losses) == 9 and all(b < a for a, b in zip(w.losses, w.losses[1:], strict=False))
    w.x1 = 0.3  # another sample: another run
    assert len(w.losses) == 1


def test_predicting():
    w = BackpropStepper(predict=True, step=9)
    assert not w.predict_next(99) and w.streak == 0 and w.step == 10 and "Not yet" in w.verdict
    for _turn in range(3):
        true = np.frombuffer(w.values)[w.steps[w.step + 1]["index"]]
        assert w.predict_next(true * 1.01)
    assert w.goal_reached and w.step == 13 and w.guess is None
    assert not w.predict_next(5.0) and w.streak == 0
    w.step = 3  # the next operation is forward: nothing to predict
    assert not w.predict_next(1.0) and w.step == 3


def test_the_presets_keep_what_they_say():
    w = BackpropStepper()
    w.preset("dead ReLU")
    flat = np.concatenate([g.ravel() for g in w.gradients])
    assert np.sum(flat == 0) == 12 and flat[-1] != 0 and (w.numbers()["z1"] < 0).all()
    w.preset("saturated sigmoid")
    a, z = w.numbers()["a1"], w.numbers()["z1"]
    assert (np.abs(z) >= 7).all() and (a * (1 - a) < 0.001).all()
    assert np.abs(w.numbers()["dW1"]).max() < 1e-3 and w.numbers()["y"][0, 0] > 0.5 > w.target
    w.preset("confident and wrong")
    assert w.numbers()["y"][0, 0] > 0.999 and w.numbers()["loss"][0] > 5 and w.numbers()["dz2"][0, 0] > 0.99
    w.preset("exploding gradients")
    before = w.numbers()["loss"][0]
    assert max(np.abs(g).max() for g in w.gradients) > 1000
    after = w.update()
    assert (w.numbers()["z1"] < 0).all() and after >= before


def test_a_step_too_far_is_explained():
    w = BackpropStepper(loss="mean_squared_error", learning_rate=1e300, weights=[9.0] * 13)
    with pytest.raises(FloatingPointError, match="not finite"):
        for _turn in range(3):
            w.update()
    assert w.error == "" and np.isfinite(w.numbers()["loss"]).all()  # the last good weights stay
    w = BackpropStepper()
    w.target = 3.0
    assert "between 0 and 1" in w.error
    w.target = 1.0
    assert w.error == ""


def dense_backward(dy, x, W):
    return dy @ W.T, x.T @ dy, dy.sum(axis=0)


def two_layer_gradients(x, y, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    a1 = np.maximum(z1, 0)
    dz2 = (1 / (1 + np.exp(-(a1 @ W2 + b2))) - y) / len(x)
    dz1 = dz2 @ W2.T * (z1 > 0)
    return x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0)


@pytest.mark.parametrize("use", [dense_backward, two_layer_gradients])
def test_the_learners_own_function_stands_beside(use):
    w = BackpropStepper(use=use)
    for _turn in range(3):
        for own, needed in zip(w.own_gradients(), w.gradients, strict=True):
            np.testing.assert_allclose(own, needed, atol=1e-12)
        w.update()


def test_a_learners_function_that_fails_is_explained():
    for broken, word in (
        (lambda dy, x, W: 1 / 0, "ZeroDivisionError"),
        (lambda dy, x, W: None, "returns None"),
        (lambda dy, x, W: (dy @ W.T, np.zeros((7, 7)), dy.sum(0)), "ValueError"),
    ):
        w = BackpropStepper(use=broken)
        assert word in w.error and w.own == b""
    wrong = BackpropStepper(use=lambda dy, x, W: (dy @ W.T, 2 * x.T @ dy, dy.sum(0)))
    assert not np.allclose(wrong.own_gradients()[2], wrong.gradients[2])
