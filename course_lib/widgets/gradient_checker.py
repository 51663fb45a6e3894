"""A gradient from a formula against one from differences: the right step h, and what a wrong formula looks like."""

import inspect

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget, own_function, written

SMALLEST_H, LARGEST_H, PER_DECADE = 1e-12, 1e-1, 2
STEPS = np.logspace(-12, -1, 11 * PER_DECADE + 1)  # the h of the curves
FLOOR = 1e-17  # an error of exactly 0 is drawn here
SAMPLES = 121  # of the function beside the curves
GOAL = 1e-9
DTYPES, METHODS = ["float64", "float32"], ["central", "one-sided"]

# Four samples of two sensors, two classes; fixed, so that every learner sees the same numbers.
X = np.array([[0.5, -1.2], [1.5, 0.3], [-0.7, 0.8], [-1.1, -0.4]])
LABELS = np.array([0, 1, 1, 0])
W_SECOND, B = np.array([[0.8, -0.5], [1.1, 0.4]]), np.array([0.1, -0.2])


# Each problem takes the weights w and returns the loss and a function that returns dL/dw from the formula.
# backward is `dense_backward(dy, cache)`, perhaps the learner's; bug=True plants a typical mistake.


def cube(w):
    """L = w^3."""
    return (w**3).sum(), lambda backward, bug: (1 if bug else 3) * w**2


def kink(w):
    """L = relu(w)."""
    y = nn.relu(w)
    dy = np.ones_like(w)
    return y.sum(), lambda backward, bug: dy if bug else nn.relu_backward(dy, y)


def layer(w):
    """Cross-entropy of sigmoid(x W + b) with x (4, 2), W (2, 1)."""
    z, cache = nn.dense_forward(X.astype(w.dtype), w, B[:1].astype(w.dtype))
    p = nn.sigmoid(z)
    loss, dp = nn.binary_crossentropy(LABELS[:, None], p)

    def gradient(backward, bug):
        dx, dW, db = backward(nn.sigmoid_backward(dp, p), cache)
        return len(X) * dW if bug else dW

    return loss, gradient


def network(w):
    """Cross-entropy of softmax(tanh(x W1 + b1) W2 + b2) with x (4, 2), W1 (2, 2), W2 (2, 2)."""
    b, W2 = B.astype(w.dtype), W_SECOND.astype(w.dtype)
    z1, first = nn.dense_forward(X.astype(w.dtype), w, b)
    h, bend = nn.activation_forward(z1, "tanh")
    z2, second = nn.dense_forward(h, W2, b)
    loss, dz2 = nn.sparse_categorical_crossentropy(LABELS, z2, from_logits=True)

    def gradient(backward, bug):
        dh, dW2, db2 = backward(dz2, second)
        if bug:
            dh = dz2 @ W2
        dx, dW1, db1 = backward(nn.activation_backward(dh, bend), first)
        return dW1

    return loss, gradient


PROBLEMS = {"layer": layer, "network": network, "cube": cube, "relu": kink}
WEIGHTS = {
    "layer": np.array([[0.7], [-0.4]]),
    "network": np.array([[0.7, -0.6], [0.3, 0.9]]),
    "cube": np.array([0.7]),
    "relu": np.array([0.7]),
}


def one_sided_gradient(f, x, h):
    """Slope of f at x by one-sided differences, one value at a time: df/dx_i = (f(x + h e_i) - f(x)) / h."""
    gradient, here = np.zeros_like(x), float(f(x))
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += h
        gradient[i] = (float(f(moved)) - here) / h
    return gradient


def kept(f):
    """f(w), which is computed once for the same w."""
    known = {}

    def value(w):
        w = np.asarray(w)
        key = w.dtype.char, w.shape, w.tobytes()
        if key not in known:
            known[key] = f(w)
        return known[key]

    return value


class GradientChecker(CourseWidget):
    """The relative error of a gradient over the step size h: a valley between rounding (left) and curvature (right).

    use: your own `dense_backward(dy, x, W)` (or with a cache, `dense_backward(dy, cache)`), which then supplies the
    formula's side of "layer" and "network"; or your own `numerical_gradient(f, x, h)`, which then supplies the
    central differences.
    """

    _javascript = "gradient_checker.js"
    picture_size = (8.4, 3.4)

    function = T.Enum(list(PROBLEMS), "layer", help="what is differentiated").tag(sync=True, share=True)
    point = Between(-0.5, min=-2, max=2, help="value of the first weight, -2 to 2").tag(sync=True, share=True)
    h = Between(1e-2, min=SMALLEST_H, max=LARGEST_H, help="step size, 1e-12 to 1e-1").tag(sync=True, share=True)
    dtype = T.Enum(DTYPES, "float64").tag(sync=True, share=True)
    method = T.Enum(METHODS, "central").tag(sync=True, share=True)
    bug = T.Bool(False, help="plant a typical mistake in the formula").tag(sync=True, share=True)
    zoom = T.Bool(True, help="show the function from -2h to 2h, else from -1 to 1").tag(sync=True, share=True)
    curves = T.Bytes(help="float64 errors, (dtype, method, h)").tag(sync=True)
    window = T.Bytes(help="float64: SAMPLES distances t, then f(w + t) - f(w)").tag(sync=True)
    result = T.Dict(help="the numbers at this h").tag(sync=True)

    def __init__(self, use=None, **state):
        self._place = None
        self._use = own_function(use)
        self._backward, self._numerical = self._roles(self._use)
        state.setdefault("presets", self._lessons())
        super().__init__(**state)
        self.observe(self._recompute, names=self.settings())
        self._recompute()

    @staticmethod
    def _roles(use):
        """Return (backward(dy, cache), numerical(f, x, h)), one of them the learner's."""
        if use is None:
            return nn.dense_backward, nn.numerical_gradient
        names = list(inspect.signature(use).parameters) if callable(use) else []
        if names[:1] == ["f"] and len(names) >= 2:
            return nn.dense_backward, lambda f, x, h: written(use(f, x, h))
        if len(names) == 2:
            return lambda dy, cache: written(use(dy, cache)), nn.numerical_gradient
        if len(names) >= 3:
            return lambda dy, cache: written(use(dy, *cache[:2])), nn.numerical_gradient
        raise TypeError(
            _("use must be dense_backward(dy, x, W) or numerical_gradient(f, x, h), but is {given}.").format(given=use)
        )

    def weights(self, dtype=None):
        """Return the weights at which the gradient is checked; the first one is `point`."""
        w = WEIGHTS[self.function].astype(dtype or self.dtype)
        w.flat[0] = self.point
        return w

    def value(self, w):
        """Return f(w) in the dtype of w."""
        return PROBLEMS[self.function](w)[0]

    def analytical(self, dtype=None):
        """Return the gradient from the formula (with the mistake, if one is planted)."""
        gradient = np.asarray(PROBLEMS[self.function](self.weights(dtype))[1](self._backward, self.bug))
        if gradient.shape != WEIGHTS[self.function].shape:
            raise ValueError(
                _("the gradient has shape {given}, but the weights have shape {needed}").format(
                    given=gradient.shape, needed=WEIGHTS[self.function].shape
                )
            )
        return gradient.astype(dtype or self.dtype)

    def numerical(self, h=None, dtype=None, method=None, value=None):
        """Return the gradient from differences with the step h; `value` stands in for self.value."""
        rule = self._numerical if (method or self.method) == "central" else one_sided_gradient
        return np.asarray(rule(value or self.value, self.weights(dtype), h or self.h))

    def errors(self):
        """Return the relative error for each dtype, method and h of STEPS, shape (2, 2, 23)."""
        place = self.function, self.point
        if self._place != place:  # the differences do not ask the formula: a planted mistake changes nothing in them
            value = kept(self.value)  # both methods ask for f(w + h)
            self._differences = [[[self.numerical(h, d, m, value) for h in STEPS] for m in METHODS] for d in DTYPES]
            self._place = place
        formulas = [self.analytical(dtype) for dtype in DTYPES]
        return np.array([
            [[nn.relative_error(formula, one) for one in steps] for steps in methods]
            for formula, methods in zip(formulas, self._differences, strict=True)
        ])  # fmt: skip

    @property
    def error_now(self):
        """The relative error at this h: largest difference over largest value."""
        return nn.relative_error(self.analytical(), self.numerical())

    def best(self, dtype=None, method=None):
        """Return (h, error) where the curve is lowest."""
        errors = self._curves[DTYPES.index(dtype or self.dtype), METHODS.index(method or self.method)]
        k = int(np.nanargmin(errors)) if np.isfinite(errors).any() else 0
        return float(STEPS[k]), float(errors[k])

    @property
    def goal_reached(self):
        """A relative error below 1e-9, with the right formula."""
        return not self.bug and self.result.get("error", 1.0) < GOAL

    def _recompute(self, change=None):
        wanted = {name: getattr(self, name) for name in self.settings()}
        if wanted == self.result.get("settings"):  # several settings changed at once
            return
        shape = {name: wanted[name] for name in ("function", "point", "bug")}

        def compute():
            if shape != self.result.get("shape"):
                self._curves = self.errors()
            formula, differences = self.analytical(), self.numerical()
            error = nn.relative_error(formula, differences)
            result = {
                "numerical": float(differences.flat[0]), "analytical": float(formula.flat[0]), "error": error,
                "count": formula.size, "best": [self.best(dtype) for dtype in DTYPES], "mistake": self.mistake,
                "shown": self.bug and bool(np.nanmin(self._curves[0]) > 1e-6),
                "settings": wanted, "shape": shape,
            }  # fmt: skip
            trouble = ""
            if not all(np.isfinite(v) for v in (result["numerical"], result["analytical"], error)):
                trouble = _("The gradient is NaN or infinite here. Is something divided by 0?")
                for name in ("numerical", "analytical", "error"):
                    result[name] = result[name] if np.isfinite(result[name]) else None
            return trouble, result

        found = self.run_own(compute) if self._use else compute()
        if found is None:
            trouble = self.error
            self._curves = np.full((2, 2, len(STEPS)), np.nan)
            result = {"numerical": None, "analytical": None, "error": None, "count": 0, "best": [], "mistake": "",
                      "settings": wanted}  # fmt: skip
        else:
            trouble, result = found
        with self.hold_sync():
            self.error, self.result = trouble, result
            self.curves = self._curves.tobytes()
            self.window = np.concatenate(self._window()).tobytes()

    def _window(self):
        """Return distances t from the first weight and f(w + t) - f(w), computed in the chosen dtype."""
        reach = 2 * self.h if self.zoom else 1.0
        t, w = np.linspace(-reach, reach, SAMPLES), self.weights()
        here = float(self.value(w))
        change = []
        for one in t:
            moved = w.copy()
            moved.flat[0] += w.dtype.type(one)
            change.append(float(self.value(moved)) - here)
        return t, np.array(change)

    @property
    def mistake(self):
        """What the planted mistake is, in words."""
        return {
            "layer": _("the division by the number of samples was forgotten"),
            "network": _("W2 was not transposed: dh = dz2 W2 instead of dz2 W2ᵀ"),
            "cube": _("the 3 of 3 w² was forgotten"),
            "relu": _("the slope is 1 also where the unit is off"),
        }[self.function]

    def describe(self):
        if self.result.get("error") is None:
            return _("Gradient check: no numbers. {problem}").format(problem=self.error)
        best_h, best = self.best()
        text = _(
            "Gradient check of '{function}' in {dtype}, {method} differences: at h = {h:.0e} the relative error is "
            "{error:.1e}; the best h is {best_h:.0e} with {best:.1e}."
        ).format(
            function=self.function, dtype=self.dtype, method=self.method, h=self.h, error=self.result["error"],
            best_h=best_h, best=best,
        )  # fmt: skip
        if self.bug:
            text += " " + _("The formula holds a mistake: {mistake}.").format(mistake=self.mistake)
            if not self.result["shown"]:
                text += " " + _("At this point it makes no difference: a check sees only what its point reaches.")
        return text

    def draw(self, figure):
        left, right = figure.subplots(1, 2, width_ratios=[3, 2])
        for i, dtype in enumerate(DTYPES):
            for j, method in enumerate(METHODS):
                chosen = (dtype, method) == (self.dtype, self.method)
                left.loglog(STEPS, np.maximum(self._curves[i, j], FLOOR), color=("#0072B2", "#D55E00")[i], marker="",
                            ls=("-", "--")[j], lw=2.4 if chosen else 1, label=f"{dtype}, {method}")  # fmt: skip
        if self.result.get("error") is not None:
            left.scatter(self.h, max(self.result["error"], FLOOR), marker="s", s=60, color="k", zorder=3)
        left.set(xlabel=_("step h"), ylabel=_("relative error"), ylim=(FLOOR, 30))
        left.legend(fontsize=8)
        t, change = self._window()
        right.plot(t, change, color="#0072B2", marker="")
        if self.result.get("analytical") is not None:
            slope = self.result["analytical"] * t
            right.plot(t, slope, "--", color="#D55E00", marker="", label=_("slope of the formula"))
            right.legend(fontsize=8)
        right.set(xlabel=_("t: distance from the weight"), ylabel=_("f(w + t) − f(w)"))

    def _lessons(self):
        best = {"function": "layer", "point": -0.5, "h": 1e-5, "dtype": "float64", "method": "central", "bug": False,
                "zoom": True}  # fmt: skip
        return {
            _("a good step"): {"set": best, "why": _(
                "Central differences, float64, h = 1e-5: about ten digits agree. Use this.")},
            _("h too small"): {"set": {**best, "h": 1e-11}, "why": _(
                "f(w + h) and f(w − h) agree in their first eleven digits or so. Of float64's 16 digits few are left "
                "for the difference; the rest is rounding. To the left the error grows like 1/h.")},
            _("h too large"): {"set": {**best, "h": 0.1, "method": "one-sided", "zoom": False}, "why": _(
                "The line through two distant points ignores the bend between them. The error grows like h, "
                "with central differences like h².")},
            _("float32"): {"set": {**best, "h": 1e-6, "dtype": "float32"}, "why": _(
                "float32 has 7 digits: so close, the function is a staircase, and its slope is a matter of chance. "
                "Check gradients in float64.")},
            _("across the kink"): {"set": {**best, "function": "relu", "point": 0.001, "h": 0.01}, "why": _(
                "One point lies left of relu's kink and one right of it. The check reports an error, "
                "but the formula is right: the difference is not. Choose a smaller h.")},
            _("a wrong formula"): {"set": {**best, "function": "network", "bug": True}, "why": _(
                "A matrix was not transposed. The curve is high and flat: "
                "a wrong gradient does not get better with any h.")},
        }  # fmt: skip
