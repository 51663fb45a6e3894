"""A 2-3-1 network whose forward and backward pass are walked through one operation at a time."""

import inspect

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.backprop_words import FIRST, NAMES, PARAMETERS, SHAPES, SUB, operations, show
from course_lib.widgets.base import HERE, CourseWidget, own_function, written

LAST = 31  # the update; 0 is the start
START = [0.5, -0.4, 0.3, 0.8, 0.6, -0.5, 0.1, 0.0, 0.2, 0.7, -0.6, 0.4, 0.0]


class BackpropStepper(CourseWidget):
    """Forward, loss, backward and update of a 2-3-1 network, one operation at a time, with all numbers.

    Hidden unit j: z_j = w_1j x_1 + w_2j x_2 + b_j, a_j = f(z_j). Output: z = v_1 a_1 + v_2 a_2 + v_3 a_3 + c,
    then y = sigmoid(z) with binary cross-entropy, or y = z with the mean squared error.
    `weights` holds the 13 numbers in the order of model.get_weights(): W1 row by row, b1, W2, b2.
    use: your own `dense_backward(dy, x, W)` -> (dx, dW, db), or `two_layer_gradients(x, y, W1, b1, W2, b2)`; its
    gradients then stand beside those of course_lib.nn.
    """

    _javascript = "backprop_stepper.js"
    _css = CourseWidget._css + (HERE / "backprop_stepper.css").read_text(encoding="utf-8")
    picture_size = (7.2, 4.2)

    x1 = T.Float(1.0, help="first sensor, standardised").tag(sync=True, share=True)
    x2 = T.Float(0.5, help="second sensor, standardised").tag(sync=True, share=True)
    target = T.Float(0.0, help="the right answer t: 0 or 1, with the mean squared error any number").tag(
        sync=True, share=True
    )
    weights = T.List(T.Float(), START, minlen=13, maxlen=13).tag(sync=True, share=True)
    activation = T.Enum(["relu", "tanh", "sigmoid"], default_value="relu").tag(sync=True, share=True)
    loss = T.Enum(["binary_crossentropy", "mean_squared_error"], default_value="binary_crossentropy").tag(
        sync=True, share=True
    )
    learning_rate = T.Float(0.5, help="step size of the update").tag(sync=True, share=True)
    step = T.Int(0, help="how many operations are done, 0 to 31").tag(sync=True, share=True)
    selected = T.Int(0, help="the weight that the arrow keys change, 0 to 12").tag(sync=True, share=True)
    predict = T.Bool(False, help="ask for each gradient before it is shown").tag(sync=True, share=True)

    guess = T.Float(None, allow_none=True, help="the learner's answer for the next gradient").tag(sync=True)
    verdict = T.Unicode("", help="what Python says about the last guess").tag(sync=True)
    streak = T.Int(0, help="right guesses in a row").tag(sync=True)
    losses = T.List(T.Float(), help="the loss before each update of this run").tag(sync=True)
    values = T.Bytes(help="float64, laid out as in `first`").tag(sync=True)
    own = T.Bytes(help="float64, the 13 gradients of the learner's function; empty without one").tag(sync=True)
    first = T.Dict(help="where each array begins in `values`").tag(sync=True)
    steps = T.List(T.Dict(), help="the operations: what, formula, numbers, words").tag(sync=True)
    names = T.List(T.Unicode()).tag(sync=True)

    def __init__(self, use=None, **state):
        self._use = own_function(use)
        super().__init__(first=FIRST, names=NAMES, presets=_presets(), **state)
        changed = ["x1", "x2", "target", "weights", "activation", "loss", "learning_rate"]
        self.observe(self._compute, names=changed)
        self.observe(self._judge, names=["guess"])
        self._compute()

    @T.validate("step")
    def _within(self, proposal):
        return int(np.clip(proposal["value"], 0, LAST))

    @T.validate("selected")
    def _one_of_13(self, proposal):
        return int(np.clip(proposal["value"], 0, 12))

    # ---------------------------------------------------------------- the numbers
    def parameters(self):
        """Return W1 (2, 3), b1 (3,), W2 (3, 1), b2 (1,)."""
        return _split(np.array(self.weights, float))

    def numbers(self):
        """Return every number of the pass as a dict of arrays, computed by `course_lib.nn`."""
        return {name: array.copy() for name, array in self._numbers.items()}

    @property
    def gradients(self):
        """[dL/dW1, dL/db1, dL/dW2, dL/db2] by `course_lib.nn`."""
        return [self._numbers["d" + name] for name in PARAMETERS]

    @property
    def new_weights(self):
        """The 13 weights after one update: w - learning_rate * gradient."""
        return np.concatenate([self._numbers["new_" + name].ravel() for name in PARAMETERS])

    def update(self):
        """Take the update as the new weights and go back to the first step; return the new loss.

        Raises FloatingPointError if the weights are not finite any more.
        """
        before = self.weights
        if np.isfinite(self.new_weights).all():
            with self.hold_sync():
                self.weights = self.new_weights.tolist()
                self.step = 0
            if not self.error:
                return float(self._numbers["loss"][0])
            self.weights = before  # the loss of the new weights cannot be computed: the last good ones stay
        raise FloatingPointError(
            _("The weights are not finite any more. Reset, and try a learning_rate below {value}.").format(
                value=self.learning_rate
            )
        )

    def predict_next(self, value):
        """Answer `predict` from Python: `value` for the next gradient. Returns True if it is right."""
        self.verdict, before = "", self.streak
        self.guess = float(value)
        return self.streak > before

    @property
    def goal_reached(self):
        """Three gradients in a row predicted right."""
        return self.streak >= 3

    def _pass(self):
        x, t = np.array([[self.x1, self.x2]]), np.array([[self.target]])
        n = dict(zip(PARAMETERS, self.parameters(), strict=True), x=x)
        output = "sigmoid" if self.loss == "binary_crossentropy" else "linear"
        loss_of = nn.LOSSES[self.loss]

        def forward(W1, b1, W2, b2):
            z1, cache1 = nn.dense_forward(x, W1, b1)
            a1, hidden = nn.activation_forward(z1, self.activation)
            z2, cache2 = nn.dense_forward(a1, W2, b2)
            y, last = nn.activation_forward(z2, output)
            return (z1, a1, z2, y, *loss_of(t, y)), (cache1, hidden, cache2, last)

        found, (cache1, hidden, cache2, last) = forward(*self.parameters())
        n.update(zip(("z1", "a1", "z2", "y", "loss", "dy"), found, strict=True))
        n["dz2"] = nn.activation_backward(n["dy"], last)
        n["da1"], n["dW2"], n["db2"] = nn.dense_backward(n["dz2"], cache2)
        n["dz1"] = nn.activation_backward(n["da1"], hidden)
        _dx, n["dW1"], n["db1"] = nn.dense_backward(n["dz1"], cache1)
        for name in PARAMETERS:
            n["new_" + name], _state = nn.gradient_descent_step(n[name], n["d" + name], None, self.learning_rate)
        n["new_loss"] = forward(*(n["new_" + name] for name in PARAMETERS))[0][4]
        return {name: np.asarray(n[name], float).reshape(shape) for name, shape in SHAPES.items()}

    def _compute(self, change=None):
        before = getattr(self, "_numbers", None)
        try:
            with np.errstate(all="ignore"):
                self._numbers = self._pass()
            self.error = ""
        except ValueError as problem:  # a target that the loss cannot take, a learning rate of 0
            self.error = str(problem)
            if before is None:
                raise
            return
        loss = float(self._numbers["loss"][0])
        followed = before is not None and change is not None and change["name"] == "weights" and np.array_equal(
            np.array(self.weights), np.concatenate([before["new_" + name].ravel() for name in PARAMETERS])
        )  # fmt: skip
        with self.hold_sync():
            self.losses = [*self.losses, loss][-60:] if followed else [loss]
            self.steps = self._written_out()
            self._run_own_code()
            self.values = np.concatenate([self._numbers[name].ravel() for name in SHAPES]).tobytes()

    # ---------------------------------------------------------------- the learner's function and guesses
    def _run_own_code(self):
        if self._use is None:
            return
        n, f = self._numbers, self._use
        W1, b1, W2, b2 = self.parameters()

        def compute():
            if len(inspect.signature(f).parameters) <= 4:  # dense_backward(dy, x, W)
                da1, dW2, db2 = written(f(n["dz2"].copy(), n["a1"].copy(), W2))
                dz1 = nn.ACTIVATIONS[self.activation][1](np.asarray(da1, float).reshape(1, 3), n["a1"])
                _dx, dW1, db1 = written(f(dz1, n["x"].copy(), W1))
                found = [dW1, db1, dW2, db2]
            else:
                found = written(f(n["x"].copy(), np.array([[self.target]]), W1, b1, W2, b2))
                found = [found["d" + name] for name in PARAMETERS] if isinstance(found, dict) else list(found)[-4:]
            shapes = [SHAPES[name] for name in PARAMETERS]
            own = [np.asarray(g, float).reshape(shape).ravel() for g, shape in zip(found, shapes, strict=True)]
            if not np.isfinite(np.concatenate(own)).all():
                raise ValueError(_("the result holds NaN or infinity"))
            return np.concatenate(own).tobytes()

        self.own = self.run_own(compute) or b""

    def own_gradients(self):
        """[dL/dW1, dL/db1, dL/dW2, dL/db2] by the learner's function, or None without one."""
        return _split(np.frombuffer(self.own)) if self.own else None

    def _judge(self, change):
        guess = change["new"]
        if guess is None:
            return
        asked = self.steps[self.step + 1] if self.step < LAST else {}
        with self.hold_sync():
            if asked.get("gradient"):
                true = float(np.concatenate([v.ravel() for v in self._numbers.values()])[asked["index"]])
                right = bool(abs(guess - true) <= max(0.002, 0.02 * abs(true)))
                self.streak = self.streak + 1 if right else 0
                self.verdict = (
                    _("Right: {name} = {true}.") if right else _("Not yet: you wrote {guess}, {name} is {true}.")
                ).format(name=asked["name"], true=show(true), guess=show(guess))
                self.step = self.step + 1
            self.guess = None

    # ---------------------------------------------------------------- in words
    def _written_out(self):
        return operations(self._numbers, self.activation, self.loss, self.target, self.learning_rate, self.selected)

    @T.observe("selected")
    def _other_example(self, change):
        if hasattr(self, "_numbers"):
            self.steps = self._written_out()  # the update step writes out the selected weight

    def describe(self):
        gradients = np.concatenate([g.ravel() for g in self.gradients])
        k = int(np.argmax(np.abs(gradients)))
        zero = int(np.sum(gradients == 0))
        text = _(
            "A 2-3-1 network with {activation}: ŷ = {y}, target {t}, loss {loss}. The largest gradient is {gradient}, "
            "of {name}; {zero} of the 13 gradients are 0."
        ).format(
            activation=self.activation, y=show(self._numbers["y"][0, 0]), t=f"{self.target:g}",
            loss=show(self._numbers["loss"][0]), gradient=show(gradients[k]), name=NAMES[k], zero=zero,
        )  # fmt: skip
        now = self.steps[self.step]
        where = _("Step {step} of {last}: {name}. {words}")
        return text + " " + where.format(step=self.step, last=LAST, name=now["name"], words=now["words"])

    def draw(self, figure):
        n, ax = self._numbers, figure.add_subplot()
        ax.set(xlim=(-0.9, 9.8), ylim=(-0.7, 4.5))
        ax.axis("off")
        inputs, hidden, output = [(0, 3), (0, 1)], [(3.8, 4), (3.8, 2), (3.8, 0)], (7, 2)
        edges = [(inputs[i], hidden[j], n["W1"][i, j], n["dW1"][i, j], 0.66) for i in range(2) for j in range(3)]
        edges += [(hidden[j], output, n["W2"][j, 0], n["dW2"][j, 0], 0.45) for j in range(3)]
        centre = {"ha": "center", "va": "center"}
        for (xa, ya), (xb, yb), weight, gradient, at in edges:
            colour, dashes = ("#0072B2", "--") if weight < 0 else ("#D55E00", "-")
            ax.plot([xa, xb], [ya, yb], dashes, color=colour, lw=1 + min(abs(weight), 4), alpha=0.55, zorder=1)
            ax.text(xa + at * (xb - xa), ya + at * (yb - ya), f"{show(weight)}\n∂ {show(gradient)}", **centre,
                    fontsize=8, zorder=3, bbox={"fc": "white", "ec": "none", "pad": 0.8})  # fmt: skip
        node = {**centre, "fontsize": 8.5, "bbox": {"boxstyle": "round,pad=0.45", "fc": "#f6f6f6", "ec": "#444"}}
        for i in range(2):
            ax.text(*inputs[i], f"x{SUB[i]} = {show(n['x'][0, i])}", **node)
        for j, h in enumerate(SUB):
            lines = [f"{name}{h} = {show(n[key][0, j])}" for name, key in (("z", "z1"), ("a", "a1"), ("∂z", "dz1"))]
            ax.text(*hidden[j], "\n".join(lines), **node)
        lines = [f"{name} = {show(n[key][0, 0])}" for name, key in (("z", "z2"), ("ŷ", "y"), ("∂z", "dz2"))]
        ax.text(*output, "\n".join(lines), **node)
        ax.annotate(f"L = {show(n['loss'][0])}\nt = {self.target:g}", (7.75, 2), (9.1, 2), **node,
                    arrowprops={"arrowstyle": "<-"})  # fmt: skip
        ax.set_title(_("weights, and below them their gradients ∂L/∂w"), fontsize=10)


def _split(flat):
    ends = np.cumsum([int(np.prod(SHAPES[name])) for name in PARAMETERS])[:-1]
    return [part.reshape(SHAPES[name]) for part, name in zip(np.split(flat, ends), PARAMETERS, strict=True)]


def _presets():
    usual = {"x1": 1.0, "x2": 0.5, "target": 0.0, "activation": "relu", "loss": "binary_crossentropy",
             "learning_rate": 0.5}  # fmt: skip
    dead = [*START[:6], -3.0, -3.0, -3.0, *START[9:]]
    saturated = [4.0, -4.0, 4.0, 4.0, -4.0, 4.0, 1.0, -1.0, 2.0, *START[9:]]
    confident = [1.5, -0.4, 1.5, 1.5, 0.6, 1.5, *START[6:9], 2.0, -0.6, 1.5, 0.0]
    large = [4.0, 3.0, 5.0, 4.0, 3.0, 5.0, 0.0, 0.0, 0.0, 4.0, 3.0, 5.0, 0.0]
    return {
        _("dead ReLU"): {
            "set": {**usual, "weights": dead, "step": 9},
            "why": _("All three z are negative: relu gives 0 and its slope is 0. Step on: only the bias c gets a "
                     "gradient, 12 of 13 are 0, and no weight in front of the units ever hears of the mistake."),
        },
        _("saturated sigmoid"): {
            "set": {**usual, "activation": "sigmoid", "weights": saturated, "step": 9},
            "why": _("The slope of the sigmoid is 0.25 at most, at z = 0. Here |z| is 7 or more and the slope is below "
                     "0.001: the first layer hardly learns, although the answer is wrong."),
        },
        _("confident and wrong"): {
            "set": {**usual, "weights": confident, "step": 8},
            "why": _("ŷ is above 0.999, the target is 0: the loss is large. But ∂L/∂z = ŷ − t is nearly 1, so "
                     "cross-entropy corrects this mistake with full force."),
        },
        _("exploding gradients"): {
            "set": {**usual, "loss": "mean_squared_error", "weights": large, "step": 9},
            "why": _("Large weights, squared error: every layer multiplies, and the gradients pass 1000. One update "
                     "throws all three units below 0: they are dead then, and the loss is as large as before."),
        },
    }  # fmt: skip
