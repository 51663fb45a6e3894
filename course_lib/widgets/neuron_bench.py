"""One neuron to play with: y = f(w₁x₁ + w₂x₂ + b), its decision line, and the sum behind every point."""

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget, own_function, written
from course_lib.widgets.points import LIMIT, checked_points, draw_map, grid

SIDE = 60  # the map has SIDE x SIDE cells
ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh"]
RANGE = {"linear": (-4.0, 4.0), "relu": (-4.0, 4.0), "sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}  # blue to orange


class NeuronBench(CourseWidget):
    """One neuron over two sensors: y = f(w1·x1 + w2·x2 + b).

    x: (N, 2) standardised sensor values and y: (N,) labels 0 or 1; without them a simulated bearing is shown.
    use: your own `dense_forward(x, W, b)`; the map is then computed by your code (in Python) instead of in the browser.
    """

    _javascript = "neuron_bench.js"

    w1 = Between(1.0, min=-4, max=4, help="weight of x1, -4 to 4").tag(sync=True, share=True)
    w2 = Between(0.0, min=-4, max=4, help="weight of x2, -4 to 4").tag(sync=True, share=True)
    b = Between(0.0, min=-4, max=4, help="bias, -4 to 4").tag(sync=True, share=True)
    activation = T.Enum(ACTIVATIONS, default_value="sigmoid").tag(sync=True, share=True)
    probe_x1 = Between(1.0, min=-LIMIT, max=LIMIT, help="the point whose sum is written out, -3 to 3").tag(
        sync=True, share=True
    )
    probe_x2 = Between(-0.5, min=-LIMIT, max=LIMIT).tag(sync=True, share=True)
    points = T.Bytes(help="float32 triples x1, x2, label").tag(sync=True)
    own_map = T.Bytes(help="float32 map computed by the learner's function, empty without one").tag(sync=True)
    own_output = T.Float(0.0, help="y at the probe by the learner's function").tag(sync=True)
    names = T.List(T.Unicode()).tag(sync=True)

    def __init__(self, x=None, y=None, use=None, names=None, **state):
        self.x, self.y, known = checked_points(x, y)
        self._use, self._own = own_function(use), None
        super().__init__(
            points=np.column_stack([self.x, self.y]).astype("f4").tobytes(),
            names=list(names or known),
            presets={
                _("turn the line"): {
                    "set": {"w1": 1.0, "w2": 2.0, "b": 0.0},
                    "why": _("The two weights turn the line: it stands at a right angle to the arrow (w₁, w₂)."),
                },
                _("shift the line"): {
                    "set": {"w1": 1.0, "w2": 1.0, "b": -2.0},
                    "why": _(
                        "The bias moves the line without turning it: now only hot and shaking bearings are reported."
                    ),
                },
                _("unsure"): {
                    "set": {"w1": 0.3, "w2": 0.3, "b": 0.0, "activation": "sigmoid"},
                    "why": _("Same line, small weights: the output stays near 0.5 everywhere. The neuron is unsure."),
                },
                _("very sure"): {
                    "set": {"w1": 4.0, "w2": 4.0, "b": 0.0, "activation": "sigmoid"},
                    "why": _("Same line, large weights: the output jumps from 0 to 1. Sure, also where it is wrong."),
                },
            },
            **state,
        )
        if use is not None:
            self.observe(self._run_own_code, names=["w1", "w2", "b", "activation", "probe_x1", "probe_x2"])
            self._run_own_code()

    @property
    def weights(self):
        """W of shape (2, 1), as `dense_forward` takes it."""
        return np.array([[self.w1], [self.w2]])

    def output(self, x):
        """Return y = f(x W + b) of shape (N,) for points `x` (N, 2), by `course_lib.nn`."""
        return self._output(nn.dense_forward, x)

    def _output(self, forward, x):
        x = np.asarray(x, float)
        result = written(forward(x, self.weights, np.array([self.b])))
        z = np.asarray(result[0] if isinstance(result, tuple) else result, float)
        if z.shape != (len(x), 1):
            raise ValueError(
                _("the result has shape {given}, but {n} points and one neuron need ({n}, 1)").format(
                    given=z.shape, n=len(x)
                )
            )
        if not np.isfinite(z).all():
            raise ValueError(_("the result holds NaN or infinity"))
        return nn.activation_forward(z, self.activation)[0][:, 0]

    def map(self):
        """Return y on the SIDE x SIDE grid of the picture, row 0 at the bottom.

        By your own function, or by `course_lib.nn` where there is none or where it fails (see `error`).
        """
        y = self.output(grid(SIDE)) if self._own is None else self._own[:-1]
        return y.reshape(SIDE, SIDE)

    @property
    def probe_output(self):
        """The output at the probe: as in `map`, by your own function where it works."""
        return float(self.output([[self.probe_x1, self.probe_x2]])[0] if self._own is None else self._own[-1])

    @property
    def accuracy(self):
        """Share of the points on their own side of the line z = 0."""
        z = self.x @ self.weights[:, 0] + self.b
        return float(np.mean((z > 0) == (self.y == 1)))

    @property
    def goal_reached(self):
        """At least 95 % of the bearings right, with no weight beyond 2."""
        return self.accuracy >= 0.95 and max(abs(self.w1), abs(self.w2)) <= 2

    def describe(self):
        return _(
            "One neuron, y = {activation}({w1:.1f}·x₁ + {w2:.1f}·x₂ + {b:.1f}). {right:.0%} of {n} bearings are on "
            "the correct side of its line. At the point ({x1:.1f}, {x2:.1f}) the output is {y:.2f}."
        ).format(
            activation=self.activation,
            w1=self.w1,
            w2=self.w2,
            b=self.b,
            right=self.accuracy,
            n=len(self.y),
            x1=self.probe_x1,
            x2=self.probe_x2,
            y=self.probe_output,
        )

    def draw(self, figure):
        low, high = RANGE[self.activation]
        ax = figure.add_subplot()
        draw_map(ax, self.map(), self.x, self.y, low, high, names=self.names)
        line = np.linspace(-LIMIT, LIMIT, 2)
        if self.w2:
            ax.plot(line, -(self.w1 * line + self.b) / self.w2, "k-", lw=2)
        elif self.w1:
            ax.axvline(-self.b / self.w1, color="k", lw=2)
        ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT))

    def _run_own_code(self, change=None):
        points = np.vstack([grid(SIDE), [[self.probe_x1, self.probe_x2]]])
        with self.hold_sync():
            self._own = y = self.run_own(lambda: self._output(self._use, points))  # once: what is shown asks no more
            self.own_map = b"" if y is None else y[:-1].astype("f4").tobytes()
            self.own_output = self.probe_output
