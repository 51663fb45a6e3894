"""A recurrent network, unrolled over time: every step's state and gates, and the gradient that arrives from the end."""

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget, own_function, written
from course_lib.widgets.pictures import Table
from course_lib.widgets.unrolled_cells import BLOCKS, NAMES, Cell, make_cell, walk, walk_back

CELLS = ["SimpleRNN", "LSTM", "GRU"]
ACTIVATIONS = ["tanh", "relu", "sigmoid", "linear"]
FEWEST, MOST = 2, 30  # steps that can be shown
GOAL_STEPS, LEAST, LARGEST = 8, 0.1, 10.0  # the goal: over so many steps, what is left of the gradient
SHOWN_UNITS = 4
SHOCK = [1.5, 0.1, -0.1, 0.2, 0.0, -0.2, 0.1, 0.0, -0.1, 0.1]  # a hit against the machine, then quiet


def checked_sequence(values):
    """Return the values (T,) as float64, or raise ValueError if they are not 2 to 30 finite numbers."""
    if values.ndim != 1 or not FEWEST <= len(values) <= MOST:
        given = " x ".join(str(n) for n in values.shape) or _("one number")
        raise ValueError(
            _("the sequence is {given}, but a row of {low} to {high} numbers is needed, one a step.").format(
                given=given, low=FEWEST, high=MOST
            )
        )
    if values.dtype.kind not in "buif" or not np.isfinite(values.astype(float)).all():
        raise ValueError(_("the sequence holds something that is no finite number."))
    if np.abs(values).max() > 1000:
        raise ValueError(_("the numbers of the sequence go from -1000 to 1000. Scale them first."))
    return values.astype(float)


class UnrolledNetwork(CourseWidget):
    """One recurrent cell, drawn once for each step: h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), and dL/dh_t.

    At the end an output layer y = h_T W_hy (the mean of the units) meets a target: L = (y - target)^2. All numbers are
    those of `course_lib.nn`. Click a step: the state, the gates, and the gradient that arrives there from the end.

    layer: your own nn.SimpleRNN, nn.LSTM or nn.GRU that has weights; they are copied, the first 4 units are drawn.
    x: your own sequence (T,) or (T, D), 2 to 30 steps; feature: which of the D columns is drawn and can be dragged.
    sensor: what it is, with its unit.
    use: your own `rnn_forward(x, W_xh, W_hh, b_h)` -> h (N, T, H); the states of a SimpleRNN with tanh are then yours.

    Raises TypeError or ValueError, naming the argument and the remedy, where something does not fit.
    """

    _javascript = "unrolled_network.js"
    picture_size = (8.4, 5.2)

    cell = T.Enum(CELLS, "SimpleRNN", help="the kind of cell").tag(sync=True, share=True)
    activation = T.Enum(ACTIVATIONS, "tanh", help="of the SimpleRNN").tag(sync=True, share=True)
    units = T.Int(1, min=1, max=3, help="units in the cell, 1 to 3").tag(sync=True, share=True)
    w_x = Between(1.0, min=-3, max=3, help="weight of the input, -3 to 3").tag(sync=True, share=True)
    w_h = Between(0.7, min=-2, max=2, help="recurrent weight, -2 to 2").tag(sync=True, share=True)
    bias = Between(0.0, min=-2, max=2, help="bias b_h, -2 to 2").tag(sync=True, share=True)
    keep_bias = Between(1.0, min=-4, max=6, help="bias of the gate that keeps, f or z, -4 to 6").tag(
        sync=True, share=True
    )
    seed = T.Int(0, min=0, max=999, help="which weights, where there are several units").tag(sync=True, share=True)
    sequence = Table(SHOCK, checked_sequence, help="the sensor, one number a step").tag(sync=True, share=True)
    target = Between(1.0, min=-2, max=2, help="what y should be, -2 to 2").tag(sync=True, share=True)
    step = T.Int(1, min=1, max=MOST, help="the chosen step, from 1").tag(sync=True, share=True)
    back = T.Bool(True, help="the walk is on its way back from the end").tag(sync=True, share=True)
    folded = T.Bool(False, help="draw the cell once, with a loop").tag(sync=True, share=True)

    sensor = T.Unicode(help="name and unit of the sensor").tag(sync=True)
    kind = T.Dict(help="the cell that is shown: cell, activation, units, and whether it is the learner's").tag(
        sync=True
    )
    weights = T.Dict(help="W_x, W_h, b and W_hy as lists of rows; D features").tag(sync=True)
    x_rows = T.Bytes(help="float64 (T, D): the whole sequence").tag(sync=True)
    states = T.Bytes(help="float64 (T + 1, H): h, row 0 before the first step").tag(sync=True)
    cell_states = T.Bytes(help="float64 (T + 1, H): c of an LSTM").tag(sync=True)
    gates = T.Bytes(help="float64 (T, G, H): i, f, g, o of an LSTM; z, r, n of a GRU").tag(sync=True)
    sums = T.Bytes(help="float64 (T, S, H): the sums inside the activations").tag(sync=True)
    slopes = T.Bytes(help="float64 (T, H): f'(z_t) of a SimpleRNN").tag(sync=True)
    at_h = T.Bytes(help="float64 (T, H): dL/dh_t").tag(sync=True)
    at_c = T.Bytes(help="float64 (T, H): dL/dc_t of an LSTM").tag(sync=True)
    sizes = T.Bytes(help="float64 (1 or 2, T): length of dL/dh_t and dL/dc_t").tag(sync=True)
    output = T.Dict(help="y, loss, dy, ratio, and what became of the gradient").tag(sync=True)
    own_differs = T.Int(-1, help="states of the learner's function that differ; -1: it is not in use").tag(sync=True)

    def __init__(self, layer=None, x=None, feature=0, use=None, **state):
        self._use = own_function(use)
        self._layer = None if layer is None else checked_layer(layer)
        self._rows, self._feature = checked_rows(x, feature, self._layer)
        state.setdefault("sequence", self._rows[:, self._feature])
        state.setdefault("sensor", _("vibration against normal [mm/s]") if x is None else _("input x"))
        if self._layer is not None:
            hide = ("cell", "activation", "units", "w_x", "w_h", "bias", "keep_bias", "seed", "presets")
            state["hide"] = [*state.get("hide", []), *hide]
        if x is not None and (self._rows.shape[1] > 1 or not 8 <= len(self._rows) <= 12):
            state["hide"] = [*state.get("hide", []), "sequence"]
        self._last = None
        super().__init__(presets={} if self._layer is not None else _lessons(), **state)
        self.observe(self._update, names=["cell", "activation", "units", "w_x", "w_h", "bias", "keep_bias", "seed",
                                          "sequence", "target"])  # fmt: skip
        self._update()

    # ---------------------------------------------------------------- the network
    def network(self):
        """Return the `Cell` that is shown: yours, or the one that the settings make."""
        if self._layer is not None:
            return self._layer
        return make_cell(
            self.cell, self.activation, self.units, self.w_x, self.w_h, self.bias, self.keep_bias, self.seed
        )

    @property
    def x(self):
        """The sequence (T, D): your rows, with the column that is drawn as it was dragged."""
        rows = self._rows[np.minimum(np.arange(len(self.sequence)), len(self._rows) - 1)].copy()
        rows[:, self._feature] = self.sequence
        return rows

    @property
    def place(self):
        """The chosen step: `step`, brought into the sequence."""
        return min(self.step, len(self.sequence))

    def state(self, step=None):
        """Return h after `step` (None: the chosen one), (H,); step 0 is the state before the first step."""
        return self._seen.h[self.place if step is None else step].copy()

    def gate_values(self, step=None):
        """Return the gates at `step` (None: the chosen one): i, f, g, o and c of an LSTM, z, r and n of a GRU; (H,)."""
        t, kind = (self.place if step is None else step), self.network().kind
        inside = dict(zip(NAMES[kind], self._seen.gates[t - 1], strict=True))
        return {name: one.copy() for name, one in inside.items()} | (
            {"c": self._seen.c[t].copy()} if kind == "LSTM" else {}
        )

    def gradient(self, step=None, of="h"):
        """Return dL/dh_t at `step` (None: the chosen one), or with of="c" dL/dc_t of an LSTM, (H,)."""
        return (self._at_c if of == "c" else self._at_h)[(self.place if step is None else step) - 1].copy()

    @property
    def ratio(self):
        """What is left of the gradient: its length at the first step by that at the last; 0 where there is none.

        In an LSTM it is the gradient at the cell, dL/dc_t: the cell is the memory.
        """
        return self.output["ratio"]

    @property
    def goal_reached(self):
        """Over 8 steps or more, at least 10 % and at most 10 times of the gradient arrive at the first step."""
        return len(self.sequence) >= GOAL_STEPS and self.output["fate"] == "kept"

    def _update(self, change=None):
        cell, x = self.network(), self.x
        key = repr([cell.kind, cell.activation, *(w.tolist() for w in cell.weights), x.tolist(), self.target])
        if key == self._last:  # several settings changed at once: one walk is enough
            return
        self._last, H = key, cell.units
        seen = walk(cell, x)
        signs = np.ones(H) if self._layer is not None else np.where(cell.W_x[0, _new_block(cell)] < 0, -1.0, 1.0)
        W_hy = signs[:, None] / H
        y, cache = nn.dense_forward(seen.h[-1:], W_hy, np.zeros(1))
        loss, dy = nn.mean_squared_error(np.full((1, 1), self.target), y)
        dh, _dW, _db = nn.dense_backward(dy, cache)
        self._at_h, self._at_c = walk_back(cell, x, seen, dh[0])
        own = self._own_states(cell, x, seen)
        self._seen = seen if own is None else seen._replace(h=own)
        sizes = np.stack([np.linalg.norm(a, axis=1) for a in (self._at_h, self._at_c) if len(a)])
        memory = sizes[-1]
        ratio = float(memory[0] / memory[-1]) if memory[-1] > 0 else 0.0
        slopes = np.zeros((0, H))
        if cell.kind == "SimpleRNN":
            slopes = nn.activation_backward(
                np.ones((len(x), H)), nn.activation_forward(seen.sums[:, 0], cell.activation)[1]
            )
        with self.hold_sync():
            self.kind = {"cell": cell.kind, "activation": cell.activation, "units": H, "own": self._layer is not None,
                         "feature": self._feature}  # fmt: skip
            self.weights = {"W_x": cell.W_x.tolist(), "W_h": cell.W_h.tolist(), "b": np.atleast_2d(cell.b).tolist(),
                            "W_hy": W_hy[:, 0].tolist()}  # fmt: skip
            self.x_rows, self.states, self.cell_states = x.tobytes(), self._seen.h.tobytes(), seen.c.tobytes()
            self.gates, self.sums, self.slopes = seen.gates.tobytes(), seen.sums.tobytes(), slopes.tobytes()
            self.at_h, self.at_c, self.sizes = self._at_h.tobytes(), self._at_c.tobytes(), sizes.tobytes()
            self.output = {"y": float(y[0, 0]), "loss": float(loss), "dy": float(dy[0, 0]), "ratio": ratio,
                           "fate": fate(ratio) if memory[-1] > 0 else "none"}  # fmt: skip

    def _own_states(self, cell, x, seen):
        """The states by the learner's function (T + 1, H), or None."""
        if self._use is None or (cell.kind, cell.activation) != ("SimpleRNN", "tanh"):
            self.own_differs, self.error = -1, ""
            return None

        def compute():
            h = written(self._use(x[None].copy(), *(w.copy() for w in cell.weights)))
            h, needed = np.asarray(h[0] if isinstance(h, tuple) else h, float), (1, *seen.h[1:].shape)
            if h.shape != needed:
                raise ValueError(_("the states have shape {given}, but (N, T, H) = {needed} is needed").format(
                    given=h.shape, needed=needed))  # fmt: skip
            if not np.isfinite(h).all():
                raise ValueError(_("the states hold NaN or infinity"))
            return np.vstack([np.zeros(cell.units), h[0]])

        own = self.run_own(compute)
        self.own_differs = (
            -1 if own is None else int((np.abs(own - seen.h) > 1e-6 * max(1, np.abs(seen.h).max())).sum())
        )
        return own

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        cell, t, last = self.network(), self.place, len(self.sequence)
        gates = "".join(f", {name} = {_row(one)}" for name, one in self.gate_values().items())
        text = _(
            "{cell} with {units} unit(s), unrolled over {last} steps: the same weights at every step. Step {t}: x = "
            "{x:.2f}, h = {h}{gates}. At the end y = {y:.2f}, target {target:.2f}, loss {loss:.3g}. The gradient that "
            "arrives at step {t} has length {size:.2g}. {fate}"
        ).format(
            cell=cell.kind, units=cell.units, last=last, t=t, x=self.sequence[t - 1], h=_row(self.state()), gates=gates,
            y=self.output["y"], target=self.target, loss=self.output["loss"],
            size=np.linalg.norm(self.gradient()), fate=self._fate_in_words(),
        )  # fmt: skip
        return text

    def _fate_in_words(self):
        if self.output["fate"] == "none":
            return _("No gradient leaves the end: y is the target, or the last state does not answer.")
        what = _("cell c") if self.network().kind == "LSTM" else _("state h")
        words = {"vanishing": _("vanishing"), "kept": _("kept"), "exploding": _("exploding")}[self.output["fate"]]
        return _("At the {what} of step 1 it is {ratio:.2g} times that of step {last}: {fate}.").format(
            what=what, ratio=self.ratio, last=len(self.sequence), fate=words
        )

    def draw(self, figure):
        states, inputs, gradients = figure.subplots(3, 1, sharex=True, height_ratios=[1, 1, 1.1])
        steps, h = np.arange(1, len(self.sequence) + 1), self._seen.h[1:, :SHOWN_UNITS]
        most = max(1.0, np.abs(h).max())
        states.imshow(h.T, cmap=_signed(), vmin=-most, vmax=most, aspect="auto",
                      extent=(0.5, len(steps) + 0.5, h.shape[1] + 0.5, 0.5))  # fmt: skip
        for (t, k), one in np.ndenumerate(h):
            if len(steps) <= 16:  # else they would overlap
                states.text(t + 1, k + 1, f"{one:.3g}" if abs(one) >= 10 else f"{one:.2f}", ha="center", va="center")
        states.set(yticks=range(1, h.shape[1] + 1), ylabel=_("state h, unit"))
        states.set_title(
            _("{cell}; y = {y:.2f}, target {target:.2f}, L = {loss:.3g}").format(
                cell=self.network().kind, y=self.output["y"], target=self.target, loss=self.output["loss"]
            ),
            fontsize=10,
        )
        inputs.plot(steps, self.sequence, color="#0072B2", marker="o")
        inputs.set_ylabel(self.sensor.replace(" [", "\n["))
        sizes = np.frombuffer(self.sizes).reshape(-1, len(steps))
        floor = 10.0 ** np.floor(np.log10(max(sizes[sizes > 0].min(initial=1), sizes.max() * 1e-9, 1e-300)) - 0.3)
        for size, colour, marker, label in zip(
            sizes, ("#D55E00", "#A0478A"), "os", (_("|dL/dh|"), _("|dL/dc|, the cell")), strict=False
        ):
            gradients.vlines(steps, floor, np.maximum(size, floor), color=colour, lw=4, alpha=0.4)
            gradients.plot(steps, np.maximum(size, floor), color=colour, marker=marker, label=label)
        gradients.set(
            yscale="log", xlabel=_("step t"), ylabel=_("gradient"), xticks=steps, xlim=(0.5, len(steps) + 0.5)
        )
        gradients.legend(fontsize=8)
        for ax in (states, inputs, gradients):
            ax.axvspan(self.place - 0.5, self.place + 0.5, fill=False, ec="#222222", lw=1.5)
        states.grid(False)


def fate(ratio):
    """Return "vanishing", "kept" or "exploding" for what is left of a gradient."""
    return "vanishing" if ratio < LEAST else "exploding" if ratio > LARGEST else "kept"


def checked_layer(layer):
    """Return the learner's layer as a `Cell` with copies of its weights; TypeError or ValueError says what is wrong."""
    kind = next((name for name in CELLS if isinstance(layer, getattr(nn, name))), None)
    if kind is None:
        raise TypeError(
            _(
                "layer is {given!r}, but one of nn.SimpleRNN, nn.LSTM and nn.GRU is needed. Of a model take the layer: "
                "model.layers[0]."
            ).format(given=layer)
        )
    if not layer.built:
        raise ValueError(
            _("layer has no weights yet. Train its model first, or call it once: layer(x), with x of (N, T, D).")
        )
    weights = [np.asarray(w, float) for w in layer.get_weights()]
    if not all(np.isfinite(w).all() for w in weights):
        raise ValueError(_("layer holds a weight that is NaN or infinite: its training has diverged."))
    return Cell(kind, getattr(layer, "activation", "tanh"), *weights)


def checked_rows(x, feature, layer):
    """Return the learner's sequence as (T, D), or the built-in one, and the column that is drawn."""
    D = 1 if layer is None else len(layer.W_x)
    if x is None:
        rows = np.zeros((len(SHOCK), D))
        rows[:, 0] = SHOCK
    else:
        rows = np.asarray(x)
        rows = rows[:, None] if rows.ndim == 1 else rows[0] if rows.ndim == 3 and len(rows) == 1 else rows
        if rows.ndim != 2 or rows.shape[1] != D or not FEWEST <= len(rows) <= MOST:
            raise ValueError(
                _(
                    "x has shape {given}, but one sequence (T, D) of {low} to {high} steps with D = {D} is needed. Of "
                    "a batch take one: x[0]; of a long one the end: x[-12:]."
                ).format(given=np.shape(x), low=FEWEST, high=MOST, D=D)
            )
        try:
            rows = np.stack([checked_sequence(column) for column in rows.T], axis=1)
        except ValueError as problem:
            raise ValueError(_("x does not fit: {problem}").format(problem=problem)) from None
    if isinstance(feature, bool) or not isinstance(feature, (int, np.integer)) or not 0 <= feature < D:
        raise ValueError(
            _("feature is {given!r}, but the number of a column is needed: 0 to {last}.").format(
                given=feature, last=D - 1
            )
        )
    return rows, int(feature)


def _new_block(cell):
    """The columns of the weights that make the new value: all of a SimpleRNN, g of an LSTM, n of a GRU."""
    H, first = cell.units, BLOCKS[cell.kind] // 2 + (cell.kind == "GRU")
    return slice(first * H, (first + 1) * H)


def _row(values):
    """Up to four values as text."""
    shown = ", ".join(f"{v:.2f}" for v in values[:SHOWN_UNITS])
    return shown if len(values) == 1 else f"({shown}{', …' if len(values) > SHOWN_UNITS else ''})"


def _signed():
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signed", ["#4d9cc9", "#f6f6f6", "#e39057"])


def _lessons():
    def look(why, **settings):
        usual = {"cell": "SimpleRNN", "activation": "tanh", "units": 1, "w_x": 1.0, "w_h": 0.7, "bias": 0.0,
                 "keep_bias": 1.0, "seed": 0, "sequence": list(SHOCK), "target": 1.0, "step": 1, "back": True,
                 "folded": False}  # fmt: skip
        return {"set": usual | settings, "why": why}

    return {
        _("forgets"): look(w_h=0.5, why=_(
            "At every step about half of the state is left: after ten steps nothing tells of the hit at step 1. The "
            "gradient takes the same way back, and fades as fast. What did step 1 do wrong? The network cannot learn "
            "it.")),
        _("explodes"): look(activation="relu", w_h=1.6, why=_(
            "Nothing bends here, and every step multiplies by 1.6: 1.6 to the power of 9 is 69. A small change at step "
            "1 is a large one at the end. Training jumps; clipping the gradient helps.")),
        _("saturates"): look(w_x=3.0, w_h=2.0, bias=0.0, why=_(
            "The recurrent weight is large, and yet the gradient vanishes: the states are near 1, where tanh is flat. "
            "The state is kept, the gradient is not.")),
        _("LSTM keeps"): look(cell="LSTM", keep_bias=5.0, why=_(
            "The forget gate f stays near 1: the cell c is handed on nearly unchanged, and so is the gradient at c. "
            "The state h alone would lose it: look at both rows of the strip.")),
        _("LSTM forgets"): look(cell="LSTM", keep_bias=-1.0, why=_(
            "The same LSTM with a forget gate near 0.27: every step keeps a quarter. An LSTM can keep, but "
            "only if its forget gate lets it; that is why its bias starts at 1 and not at 0.")),
        _("GRU keeps"): look(cell="GRU", keep_bias=5.0, why=_(
            "One state and no cell: z near 1 hands the old state on. At the hit z is small, and the new value comes "
            "in. Click step 1 and step 5 and compare z.")),
        _("three units"): look(units=3, w_h=1.0, why=_(
            "W_hh is now a matrix of 3 × 3 numbers, the same at every step. It only turns the state; what shrinks the "
            "gradient is the slope of tanh.")),
    }  # fmt: skip
