"""What hidden units are for: a network 2 -> h -> 1, trained at once, with the bend that every hidden unit adds."""

import threading

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import CourseWidget
from course_lib.widgets.points import LIMIT, checked_points, draw_map, grid

SIDE, SMALL = 60, 24  # cells along a side of the big map, and of the small map inside a hidden unit
STEPS, LEARNING_RATE = 400, 0.1
MOST_ROWS = 1000  # more points than this are sampled, so that an answer stays quick
IDLE = 0.08  # seconds without a change in the page; then what the next key may ask for is trained
KEPT = 100  # trainings that are kept
ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid"]


def starting_weights(units, rng):
    """Return [W1, b1, W2, b2] of a network 2 -> units -> 1 as Keras starts it, or [W, b] for units = 0."""
    sizes = [2, units, 1] if units else [2, 1]
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    return [w for shape in pairs for w in (nn.glorot_uniform(shape, rng), np.zeros(shape[1]))]


def forward(x, weights, activation):
    """Return the logits (N, 1) and the output of the hidden units, (N, h) or None, of the network."""
    if len(weights) == 2:
        return nn.dense_forward(x, *weights)[0], None
    hidden, _cache = nn.activation_forward(nn.dense_forward(x, *weights[:2])[0], activation)
    return nn.dense_forward(hidden, *weights[2:])[0], hidden


def loss_and_gradient(inputs, y, flat, units, activation):
    """Return the cross-entropy of labels y (N, 1) and its gradient, for all weights one after the other in `flat`.

    `inputs` (N, 3) ends with a column of ones, so that a bias is the last row of its matrix: [W1, b1] is one array, and
    so is [W2, b2]. The same numbers as with `nn.dense_forward` and `nn.dense_backward` in fewer calls: the training of
    one picture takes hundreds of steps.
    """
    last = flat[3 * units :, None]  # (units + 1, 1), or (3, 1) without hidden units
    hidden = inputs
    if units:
        first = flat[: 3 * units].reshape(3, units)
        bent, cache = nn.activation_forward(inputs @ first, activation)
        hidden = np.concatenate([bent, inputs[:, 2:]], axis=1)
    loss, dz = nn.binary_crossentropy(y, hidden @ last, from_logits=True)
    gradient = (hidden.T @ dz)[:, 0]
    if units:
        back = nn.activation_backward(dz @ last[:-1].T, cache)
        gradient = np.concatenate([(inputs.T @ back).ravel(), gradient])
    return loss, gradient


def train(x, y, units, activation, seed, steps=STEPS):
    """Return the weights after `steps` steps of Adam, each with the gradient of all points."""
    weights = starting_weights(units, np.random.default_rng(seed))
    inputs, state = np.column_stack([x, np.ones(len(x))]), None
    flat = np.concatenate([w.ravel() for w in weights])
    for _step in range(steps):
        _loss, gradient = loss_and_gradient(inputs, y, flat, units, activation)
        flat, state = nn.adam_step(flat, gradient, state, learning_rate=LEARNING_RATE)
    parts = np.split(flat, np.cumsum([w.size for w in weights])[:-1])
    return [part.reshape(w.shape) for part, w in zip(parts, weights, strict=True)]


class StraightOrBent(CourseWidget):
    """A network 2 -> h -> 1 on two sensors; its boundary is straight without a bend in the hidden units.

    x: (N, 2) standardised sensor values and y: (N,) labels 0 or 1; without them simulated bearings in the chosen
    `shape`. Of more than 1,000 rows, 1,000 are drawn. The network is trained anew whenever a setting changes; between
    two keys in the page, the networks with one unit more or less and from the next start are trained ahead.
    """

    _javascript = "straight_or_bent.js"
    _idle = None  # the timer that trains ahead

    shape = T.Enum(["linear", "ring", "xor", "two_moons", "own"], "ring", help="of the data").tag(sync=True, share=True)
    units = T.Int(2, min=0, max=8, help="hidden units, 0 to 8 (0: no hidden layer)").tag(sync=True, share=True)
    activation = T.Enum(ACTIVATIONS, "relu", help="of the hidden units").tag(sync=True, share=True)
    seed = T.Int(1, min=1, max=99, help="which random start, 1 to 99").tag(sync=True, share=True)
    unit = T.Int(0, min=0, max=8, help="the hidden unit that is written out, 0 for none").tag(sync=True, share=True)
    points = T.Bytes(help="float32 triples x1, x2, label").tag(sync=True)
    map = T.Bytes(help="float32 output on the SIDE x SIDE grid, row 0 at the bottom").tag(sync=True)
    unit_maps = T.Bytes(help="float32, a SMALL x SMALL map for each hidden unit: what it adds to z").tag(sync=True)
    weights_sent = T.Bytes(help="float64: W1, b1, W2, b2 one after the other").tag(sync=True)
    result = T.Dict(help="loss, accuracy, ... of the network shown").tag(sync=True)
    names = T.List(T.Unicode()).tag(sync=True)

    def __init__(self, x=None, y=None, names=None, **state):
        self._own = None
        if x is not None:
            x, y, known = checked_points(x, y)
            keep = np.random.default_rng(0).permutation(len(x))[:MOST_ROWS]
            self._own = x[keep], y[keep], list(names or known)
            state = {"shape": "own", "hide": ["shape", "presets", "goal"], **state}
        self.weights, self._trained = [], {}
        super().__init__(**state)
        if x is None:
            self.presets = self._lessons()
        self.observe(self._retrain, names=["shape", "units", "activation", "seed"])
        self._retrain()

    @T.validate("shape")
    def _shape_has_data(self, proposal):
        if proposal["value"] == "own" and self._own is None:
            raise T.TraitError(_("shape is 'own', but no data were given. Use StraightOrBent(x, y)."))
        return proposal["value"]

    def _retrain(self, change=None):
        wanted = self.shape, self.units, self.activation, self.seed
        if wanted == self.result.get("trained"):  # several settings changed at once: one training is enough
            return
        self.x, self.y, names = self._data(self.shape)
        self.weights = self._network(*wanted)
        z, _hidden = forward(self.x, self.weights, self.activation)
        loss, _slope = nn.binary_crossentropy(self.y[:, None].astype(float), z, from_logits=True)
        right = int(np.sum((z[:, 0] > 0) == (self.y == 1)))
        with self.hold_sync():
            self.points = np.column_stack([self.x, self.y]).astype("f4").tobytes()
            self.map = self.output(grid(SIDE)).astype("f4").tobytes()
            self.unit_maps = self.parts(grid(SMALL)).T.astype("f4").tobytes()
            self.weights_sent = np.concatenate([w.ravel() for w in self.weights]).tobytes()
            self.names = names
            self.result = {
                "trained": wanted, "shape": self.shape, "units": self.units, "activation": self.activation,
                "loss": float(loss), "right": right, "count": len(self.y), "parameters": self.parameters,
            }  # fmt: skip
            self.unit = min(self.unit, self.units)

    def _data(self, shape):
        return self._own or checked_points(None, None, shape=shape, n=200)

    def _network(self, *settings):
        """Return the trained weights for (shape, units, activation, seed): kept ones, or else trained now."""
        weights = self._trained.get(settings)
        if weights is None:
            shape, *others = settings
            x, y, _names = self._data(shape)
            weights = train(x, y[:, None].astype(float), *others)
            if len(self._trained) >= KEPT:
                self._trained.clear()
            self._trained[settings] = weights
        return weights

    def set_state(self, sync_data):
        super().set_state(sync_data)
        self._stop_training_ahead()
        self._idle = threading.Timer(IDLE, self._train_ahead)
        self._idle.daemon = True
        self._idle.start()

    def _train_ahead(self):
        """Train what the next key may ask for, until the page changes something."""
        mine, shape, units, activation, seed = self._idle, self.shape, self.units, self.activation, self.seed
        for more_units, more_seeds in ((1, 0), (-1, 0), (0, 1)):
            wanted = shape, units + more_units, activation, (seed + more_seeds - 1) % 99 + 1
            if mine is not self._idle:
                return
            if 0 <= wanted[1] <= 8:
                self._network(*wanted)

    def _stop_training_ahead(self):
        if self._idle:
            self._idle.cancel()
        self._idle = None

    def close(self):
        self._stop_training_ahead()
        super().close()

    def output(self, x):
        """Return the probability of class 1, shape (N,), for points x (N, 2)."""
        return nn.sigmoid(forward(np.asarray(x, float), self.weights, self.activation)[0])[:, 0]

    def parts(self, x):
        """Return what each hidden unit adds to z = sum of the parts + b2: shape (N, h) for points x (N, 2)."""
        _z, hidden = forward(np.asarray(x, float), self.weights, self.activation)
        return np.zeros((len(x), 0)) if hidden is None else hidden * self.weights[2][:, 0]

    @property
    def parameters(self):
        """How many weights and biases the network has."""
        return sum(w.size for w in self.weights)

    @property
    def loss(self):
        """Cross-entropy of all points after training."""
        return self.result["loss"]

    @property
    def accuracy(self):
        """Share of the points on their own side of the boundary."""
        return self.result["right"] / self.result["count"]

    @property
    def goal_reached(self):
        """The ring closed: at least 95 % right with at most 3 hidden units."""
        return self.shape == "ring" and self.units <= 3 and self.accuracy >= 0.95

    def describe(self):
        network = f"2 → {self.units} → 1" if self.units else "2 → 1"
        bend = (
            _("hidden units: {activation}").format(activation=self.activation) if self.units else _("no hidden layer")
        )
        return _(
            "A network {network} ({bend}, {parameters} parameters) on data of shape '{shape}': "
            "{right} of {count} right ({percent:.1f} %), loss {loss:.3f}."
        ).format(
            network=network, bend=bend, parameters=self.parameters, shape=self.shape, right=self.result["right"],
            count=self.result["count"], percent=100 * self.accuracy, loss=self.loss,
        )  # fmt: skip

    def draw(self, figure):
        ax = figure.add_subplot()
        line = np.linspace(-LIMIT, LIMIT, SIDE)
        values = self.output(grid(SIDE)).reshape(SIDE, SIDE)
        draw_map(ax, values, self.x, self.y, 0, 1, names=self.names)
        ax.contour(line, line, values, levels=[0.5], colors="k", linewidths=2)
        if self.units:
            z = grid(SIDE) @ self.weights[0] + self.weights[1]
            for one in z.T:
                own = one.reshape(SIDE, SIDE)
                ax.contour(line, line, own, levels=[0], colors="k", linestyles="dashed", linewidths=0.8)
        ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT))

    def _lessons(self):
        return {
            _("one line"): {"set": {"shape": "linear", "units": 0, "seed": 1}, "why": _(
                "Without a hidden layer the boundary is one straight line. For these data that is enough.")},
            _("8 units, no bend"): {"set": {"shape": "ring", "units": 8, "activation": "linear", "seed": 1}, "why": _(
                "Eight linear units still draw one straight line: a sum of straight things is straight. "
                "It is not one bearing better than a network without a hidden layer.")},
            _("2 bends"): {"set": {"shape": "ring", "units": 2, "activation": "relu", "seed": 1}, "why": _(
                "Two bends are two lines, and two lines cannot enclose a ring: "
                "one side stays open, whatever the start.")},
            _("3 bends close it"): {"set": {"shape": "ring", "units": 3, "activation": "tanh", "seed": 1}, "why": _(
                "Three bends make a triangle with round corners. The ring is closed, from every start that we tried.")},
            _("unlucky start"): {"set": {"shape": "two_moons", "units": 4, "activation": "relu", "seed": 1}, "why": _(
                "Four relu units can follow the moons, but training does not always find the way. "
                "Press 'Train again from another start' a few times.")},
        }  # fmt: skip
