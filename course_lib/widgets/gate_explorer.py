"""The gates of an LSTM or a GRU over a sensor trace: what each unit keeps, lets in and forgets, step by step."""

from functools import lru_cache

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.data import EngineRuns, MinMaxScaler, simulate_engines, windows
from course_lib.data.table import Table
from course_lib.language import _
from course_lib.widgets.base import HERE, Between, CourseWidget

GATES = {"LSTM": ["i", "f", "g", "o", "c", "h"], "GRU": ["z", "r", "n", "h"]}
KEEPS, MEMORY = {"LSTM": "f", "GRU": "z"}, {"LSTM": "c", "GRU": "h"}
ALIKE = {"i": "z", "f": "z", "g": "n", "o": "r", "c": "h", "h": "h", "z": "f", "r": "o", "n": "g"}  # in the other cell
EDITS = ["none", "spike", "stuck"]
MOST_STEPS, MOST_UNITS = 500, 128
TRACE = 0.1  # a spike is remembered while it makes a difference of at least this share of the largest one
NEVER = 1e9  # steps: as good as for ever


class GateExplorer(CourseWidget):
    """The gates of every unit over one sequence, from nn.lstm_gates or nn.gru_gates, and how long a unit remembers.

        LSTM: c_t = f_t * c_{t-1} + i_t * g_t        GRU: h_t = z_t * h_{t-1} + (1 - z_t) * n_t

    What is in the memory fades by f_t (z_t) at each step: by half in log(0.5) / log(mean f) steps.

    model: your trained nn.Sequential whose first layer with weights is nn.LSTM or nn.GRU, or such a layer, or a list
    of one LSTM and one GRU; weights are copied. engine: the sequence, as the network sees it, (T, D) with 2 to 500
    steps, or EngineRuns of one engine. scaler: if `engine` holds real readings, the fitted scaler that the model was
    trained with; the trace then shows the readings with their units. names and units: of the D columns, if `engine` is
    an array. Without model and engine: one LSTM and one GRU of 8 units, trained on simulated engines.

    A spike is added, in scaled units, to one sensor at `edit_step`; a stuck sensor shows its reading of that step for
    ever. Steps and units count from 1: unit 1 is h[..., 0].

    Raises ValueError and TypeError for a model, an engine or names that do not fit.
    """

    _javascript = "gate_explorer.js"
    _css = CourseWidget._css + (HERE / "gate_explorer.css").read_text(encoding="utf-8")
    picture_size = (8.4, 6.0)

    cell = T.Enum(list(GATES), "LSTM", help="which of the two cells").tag(sync=True, share=True)
    unit = T.Int(1, help="the chosen unit, from 1").tag(sync=True, share=True)
    step = T.Int(1, help="the chosen step, from 1").tag(sync=True, share=True)
    gate = T.Enum(list(ALIKE), "f", help="the gate that is drawn large").tag(sync=True, share=True)
    sensor = T.Unicode(help="name of the column that is drawn and edited").tag(sync=True, share=True)
    edit = T.Enum(EDITS, "none", help="what is done to the sensor").tag(sync=True, share=True)
    edit_step = T.Int(1, help="the step of the spike, or from which the sensor is stuck").tag(sync=True, share=True)
    spike = Between(1.0, min=-2, max=2, help="height of the spike, scaled as the network sees it").tag(
        sync=True, share=True
    )

    cells = T.List(T.Unicode(), help="the cells there are").tag(sync=True)
    names = T.List(T.Unicode(), help="name of each column").tag(sync=True)
    units = T.List(T.Unicode(), help="unit of each column").tag(sync=True)
    shape = T.List(T.Int(), help="T steps, H units, number of the first cycle (0: steps without cycles)").tag(sync=True)
    gate_names = T.List(T.Unicode(), help="the gates, in the order of `gates`").tag(sync=True)
    readings = T.Bytes(help="float32 (D, T): the sensors").tag(sync=True)
    edited = T.Bytes(help="float32 (T,): the edited sensor; empty without an edit").tag(sync=True)
    gates = T.Bytes(help="float32 (gates, T, H): what goes on inside").tag(sync=True)
    before = T.Bytes(help="float32 (gates, T, H): the same without the edit; empty without one").tag(sync=True)
    kept = T.List(T.Float(), help="mean of the gate that keeps, f or z, for each unit, without an edit").tag(sync=True)
    half_lives = T.List(T.Float(), help="half-life of each unit [steps]").tag(sync=True)
    lasting = T.List(T.Int(), help="for how many steps each unit remembers the spike").tag(sync=True)

    def __init__(self, model=None, engine=None, scaler=None, names=None, units=None, **state):
        if model is None and engine is None:
            model, engine, scaler = trained_cells()
        self._cells = checked_cells(model)
        self._x, shown, names, units, first = checked_engine(engine, scaler, names, units, self._cells)
        self._scaler, self._names, self._first, self._memo, self._last = scaler, names, first, {}, None
        state.setdefault("cell", next(iter(self._cells)))
        cell = state["cell"] if state["cell"] in self._cells else next(iter(self._cells))
        state.setdefault("unit", 2 if np.argmax(half_lives(self._run(cell), cell)) == 0 and self._H(cell) > 1 else 1)
        state.setdefault("step", (len(self._x) + 1) // 2)
        state.setdefault("edit_step", (len(self._x) + 1) // 2)
        state.setdefault("gate", KEEPS[cell])
        state.setdefault("sensor", names[moving(self._x)])
        if len(self._cells) == 1:
            state["hide"] = [*state.get("hide", []), "cell"]
        super().__init__(
            cells=list(self._cells), names=names, units=units, readings=shown.T.astype("f4").tobytes(), **state
        )
        self.presets = self._lessons()
        self.observe(self._other_cell, names="cell")
        self.observe(self._update, names=["cell", "sensor", "edit", "edit_step", "spike"])
        self._update()

    # ---------------------------------------------------------------- settings
    @T.validate("cell")
    def _a_cell_there_is(self, proposal):
        return proposal["value"] if proposal["value"] in self._cells else next(iter(self._cells))

    @T.validate("unit")
    def _a_unit_there_is(self, proposal):
        return int(np.clip(proposal["value"], 1, self._H(self.cell)))

    @T.validate("step", "edit_step")
    def _a_step_there_is(self, proposal):
        return int(np.clip(proposal["value"], 1, len(self._x)))

    @T.validate("gate")
    def _a_gate_there_is(self, proposal):
        cell = self.cell if self.cell in self._cells else next(iter(self._cells))
        return proposal["value"] if proposal["value"] in GATES[cell] else ALIKE[proposal["value"]]

    @T.validate("sensor")
    def _a_sensor_there_is(self, proposal):
        if proposal["value"] not in self._names:
            raise T.TraitError(
                _("sensor is {given!r}, but one of these names is needed: {known}.").format(
                    given=proposal["value"], known=", ".join(self._names)
                )
            )
        return proposal["value"]

    def _H(self, cell):
        return self._cells[cell if cell in self._cells else next(iter(self._cells))][1].shape[0]

    def _other_cell(self, change):
        self.unit = min(self.unit, self._H(self.cell))
        self.gate = self.gate if self.gate in GATES[self.cell] else ALIKE[self.gate]

    # ---------------------------------------------------------------- what goes on inside
    @property
    def x(self):
        """The sequence (T, D) as the network sees it, with the edit."""
        x, s, column = self._x.copy(), self.edit_step - 1, self._names.index(self.sensor)
        if self.edit == "spike":
            x[s, column] += self.spike
        elif self.edit == "stuck":
            x[s:, column] = x[s, column]
        return x

    def inside(self, edited=True):
        """Return {"i": (T, H), ...} of the chosen cell: all gates, the cell c of an LSTM, and the state h."""
        return self._now if edited else self._run(self.cell)

    def values(self, unit=None, step=None):
        """Return the numbers of one unit at one step (None: the chosen ones), and "before": its memory a step ago."""
        k, t = (self.unit if unit is None else unit) - 1, (self.step if step is None else step) - 1
        memory = self._now[MEMORY[self.cell]]
        return {name: float(a[t, k]) for name, a in self._now.items()} | {"before": float(memory[t - 1, k] if t else 0)}

    def half_life(self, unit=None):
        """Return log(0.5) / log(mean f) [steps] of a unit (None: the chosen one), for a GRU with z instead of f."""
        return self.half_lives[(self.unit if unit is None else unit) - 1]

    @property
    def longest(self):
        """The unit, from 1, with the longest half-life."""
        return int(np.argmax(self.half_lives)) + 1

    @property
    def goal_reached(self):
        """The unit with the longest half-life is chosen, of at least two, and a spike runs through it."""
        return len(self.half_lives) > 1 and self.unit == self.longest and self.edit == "spike" and self.spike != 0

    def _run(self, cell):
        """What goes on inside without an edit: computed once for each cell."""
        if cell not in self._memo:
            self._memo[cell] = run_cell(cell, self._cells[cell], self._x)
        return self._memo[cell]

    def _update(self, change=None):
        key = (self.cell, self.edit, *((self.sensor, self.edit_step, self.spike) if self.edit != "none" else ()))
        if key == self._last:  # several settings changed at once: one run is enough
            return
        self._last = key
        plain = self._run(self.cell)
        self._now = plain if self.edit == "none" else run_cell(self.cell, self._cells[self.cell], self.x)
        with self.hold_sync():
            self.shape = [len(self._x), self._H(self.cell), self._first]
            self.gate_names = GATES[self.cell]
            self.half_lives = half_lives(plain, self.cell).tolist()
            self.kept = plain[KEEPS[self.cell]].mean(axis=0).tolist()
            self.gates = as_bytes(self._now)
            self.before = b"" if self.edit == "none" else as_bytes(plain)
            self.edited = b"" if self.edit == "none" else self._shown_trace().astype("f4").tobytes()
            name = MEMORY[self.cell]
            self.lasting = [] if self.edit == "none" else lasting(self._now[name] - plain[name], self.edit_step - 1)

    def _shown_trace(self):
        """The edited sensor (T,), in its unit."""
        x, column = self.x, self._names.index(self.sensor)
        if self._scaler is not None:
            x = self._scaler.inverse(x)
        return x[:, column]

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        one, keeps, half = self.values(), KEEPS[self.cell], self.half_life()
        if self.cell == "LSTM":
            sum_ = _("c = f c_before + i g = {f:.2f} * {before:.2f} + {i:.2f} * {g:.2f} = {c:.2f}")
        else:
            sum_ = _("h = z h_before + (1 - z) n = {z:.2f} * {before:.2f} + {new:.2f} * {n:.2f} = {h:.2f}")
        words = _("{cell}, unit {unit} of {units}, {position}: {sum}. Mean {keeps} = {mean:.3f}: {half}.").format(
            cell=self.cell, unit=self.unit, units=len(self.half_lives), position=self._position(self.step),
            sum=sum_.format(**one, new=1 - one.get("z", 0)), keeps=keeps,
            mean=self.kept[self.unit - 1],
            half=_("half-life about {n:.1f} steps").format(n=half) if half < 1000
            else _("half-life more than 1000 steps"),
        )  # fmt: skip
        if self.edit == "spike":
            words += " " + _("A spike in {sensor} at {position}: this unit remembers it for {n} steps.").format(
                sensor=self.sensor, position=self._position(self.edit_step), n=self.lasting[self.unit - 1]
            )
        elif self.edit == "stuck":
            name = MEMORY[self.cell]
            change = float((self._now[name] - self._run(self.cell)[name])[-1, self.unit - 1])
            words += " " + _(
                "{sensor} is stuck from {position} on: at the end {name} of this unit is off by {change:.2f}."
            ).format(sensor=self.sensor, position=self._position(self.edit_step), name=name, change=change)
        return words

    def _position(self, step):
        return _("cycle {n}").format(n=step + self._first - 1) if self._first else _("step {n}").format(n=step)

    def draw(self, figure):
        trace, strip, lines = figure.subplots(3, 1, sharex=True, height_ratios=[1, 1.6, 1.8])
        t = np.arange(len(self._x)) + max(self._first, 1)
        column = self._names.index(self.sensor)
        shown = np.frombuffer(self.readings, "f4").reshape(len(self._names), -1)[column]
        trace.plot(t, shown, color="#0072B2", marker="", lw=1.2)
        if self.edit != "none":
            trace.plot(t, np.frombuffer(self.edited, "f4"), color="#D55E00", marker="", lw=1.2, ls="--")
        unit = self.units[column]
        trace.set_title(f"{self.sensor} [{unit}]" if unit else self.sensor, fontsize=9, loc="left")
        name, title = self.gate, _("{gate}: {words}, all units").format(gate=self.gate, words=_words()[self.gate])
        values = self._now[name].T
        if self.edit != "none":  # then the picture is about what it changes
            name = MEMORY[self.cell]
            values = (self._now[name] - self._run(self.cell)[name]).T
            values = values / np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-6)
            title = _("what the edit changes in {gate}, as a share of each unit's largest change").format(gate=name)
        low = -1.0 if name in "gnch" else 0.0
        largest = max(1.0, float(np.abs(values).max()))
        H = len(values)
        strip.imshow(values, aspect="auto", cmap="PuOr_r" if low else "Oranges", vmin=low * largest, vmax=largest,
                     extent=(t[0] - 0.5, t[-1] + 0.5, H + 0.5, 0.5), interpolation="nearest")  # fmt: skip
        strip.axhline(self.unit, color="#222222", lw=0.8)
        strip.set_title(title, fontsize=9, loc="left")
        strip.set(ylabel=_("unit"))
        strip.grid(False)
        for name in GATES[self.cell]:
            lines.plot(t, self._now[name][:, self.unit - 1], marker="", lw=2.4 if name == self.gate else 1,
                       color=COLOURS[name], ls="--" if name in "gn" else "-", label=name)  # fmt: skip
        lines.set(xlabel=_("cycle") if self._first else _("step"), xlim=(t[0] - 0.5, t[-1] + 0.5))
        lines.set_title(_("unit {n}").format(n=self.unit), fontsize=9, loc="left")
        lines.legend(ncols=6, fontsize=8, loc="lower left")
        for ax in (trace, lines):
            ax.axvline(self.step + max(self._first, 1) - 1, color="#222222", lw=0.8)

    def _lessons(self):
        at, last = len(self._x) // 3 + 1, len(self._x)
        first = next(iter(self._cells))
        sensor = self._names[moving(self._x)]
        short = {c: int(np.argmin(half_lives(self._run(c), c))) + 1 for c in self._cells}

        def look(cell, why, unit=None, gate=None, step=at, edit="none", edit_step=at):
            state = {"cell": cell, "unit": unit or short[cell], "gate": gate or KEEPS[cell], "step": step,
                     "sensor": sensor, "edit": edit, "edit_step": edit_step, "spike": 1.0}  # fmt: skip
            return {"set": state, "why": why}

        lessons = {
            _("short memory"): look(first, _(
                "This unit has the lowest mean of the gate that keeps. Read how soon the spike is gone from its "
                "memory: this unit tells of now, not of the past."), edit="spike"),
            _("trail of a spike"): look(first, _(
                "The strip of differences shows what one spike changes in each unit. In some rows it is gone at once, "
                "in others it leaves a long trail. Which row has the longest one?"),
                gate=MEMORY[first], edit="spike"),
            _("stuck sensor"): look(first, _(
                "From the middle on this sensor shows one value, as a broken one does. Nothing tells the network. In "
                "which rows of the difference does it grow, while the true wear goes on?"),
                gate=MEMORY[first], edit="stuck", step=last, edit_step=(last + 1) // 2),
            _("end of life"): look(first, _(
                "At the end the sensors leave their usual range. Look which gates open or close then, and in how many "
                "units: what they let in now is what the network bases its prediction on."), step=last),
        }  # fmt: skip
        if len(self._cells) > 1:
            other = list(self._cells)[1]
            lessons[_("same spike, {cell}").format(cell=other)] = look(other, _(
                "The other cell, for the same engine. A GRU has one gate for both: what it does not keep it replaces, "
                "by 1 - z. A unit of a short half-life can still show the spike for long: others tell it."),
                gate=MEMORY[other], edit="spike")  # fmt: skip
        return lessons


COLOURS = {"i": "#0072B2", "f": "#007A5A", "g": "#A0478A", "o": "#8A6D00", "c": "#222222", "h": "#D55E00",
           "z": "#007A5A", "r": "#8A6D00", "n": "#A0478A"}  # fmt: skip


def _words():
    """What each gate does."""
    return {"i": _("let in"), "f": _("keep"), "g": _("the new"), "o": _("show"), "c": _("memory"), "h": _("state"),
            "z": _("keep"), "r": _("look back"), "n": _("the new")}  # fmt: skip


def run_cell(cell, weights, x):
    """Return what goes on inside a cell over x (T, D): {"i": (T, H), ...}, with nn.lstm_gates or nn.gru_gates."""
    forward, gates = {"LSTM": (nn.lstm_forward, nn.lstm_gates), "GRU": (nn.gru_forward, nn.gru_gates)}[cell]
    h, cache = forward(x[np.newaxis], *weights)
    seen = gates(cache) | {"h": h}
    return {name: seen[name][0] for name in GATES[cell]}


def as_bytes(inside):
    """The values as float32 (gates, T, H)."""
    return np.stack([values.astype("f4") for values in inside.values()]).tobytes()


def half_lives(inside, cell):
    """Return log(0.5) / log(mean over the steps of f, or of a GRU's z) for each unit: (H,) [steps]."""
    kept = np.clip(inside[KEEPS[cell]].mean(axis=0), 1e-12, 1 - 1e-12)
    return np.minimum(np.log(0.5) / np.log(kept), NEVER)


def lasting(difference, start):
    """For how many steps after `start` each unit differs by a tenth of its largest difference: a list of H numbers."""
    size = np.abs(difference[start:])
    peak = size.max(axis=0)
    seen = (size >= TRACE * peak) & (peak > 1e-6)
    return [int(np.flatnonzero(column)[-1]) if column.any() else 0 for column in seen.T]


def moving(x):
    """The column of x (T, D) that follows the steps best: sensors that wear moves."""
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.nan_to_num(np.abs(np.corrcoef(x.T, np.arange(len(x)))[-1, :-1]))
    return int(np.argmax(correlation))


def checked_cells(model):
    """Return {"LSTM": (W_x, W_h, b), ...} of the learner's model, layer, or list of two, as float64 copies."""
    if model is None:
        raise ValueError(
            _("model is missing: give it together with engine, or neither of them. The gates need trained weights.")
        )
    cells = {}
    for one in model if isinstance(model, list | tuple) else [model]:
        kind, layer = _cell_of(one)
        if kind in cells:
            raise ValueError(_("model holds two {kind}s, but one LSTM and one GRU can be shown.").format(kind=kind))
        if not layer.built:
            raise ValueError(_("the {kind} has no weights yet: train the model first, then show it.").format(kind=kind))
        weights = tuple(np.asarray(w, np.float64) for w in layer.get_weights())
        if not all(np.isfinite(w).all() for w in weights):
            raise ValueError(
                _("the {kind} holds a weight that is NaN or infinite: its training has diverged.").format(kind=kind)
            )
        if len(weights[1]) > MOST_UNITS:
            raise ValueError(
                _("the {kind} has {units} units, but at most {most} can be shown.").format(
                    kind=kind, units=len(weights[1]), most=MOST_UNITS
                )
            )
        cells[kind] = weights
    if not cells:
        raise ValueError(_("model is an empty list; give a model with an LSTM or a GRU."))
    return cells


def _cell_of(model):
    """The kind and the layer: the first one with weights must be an LSTM or a GRU."""
    layers = model.layers if isinstance(model, nn.Sequential) else [model]
    for layer in layers:
        for kind in GATES:
            if isinstance(layer, getattr(nn, kind)):
                return kind, layer
        if not isinstance(layer, nn.Input | nn.Masking | nn.Dropout):
            break
    shown = ", ".join(type(layer).__name__ for layer in layers)
    raise TypeError(
        _(
            "model holds {given}, but its first layer with weights must be nn.LSTM or nn.GRU: only then do gates see "
            "the sensors."
        ).format(given=shown)
    )


def checked_engine(engine, scaler, names, units, cells):
    """Return x (T, D) as the network sees it, the readings (T, D) to show, names, units, and the first cycle or 0."""
    if engine is None:
        raise ValueError(_("engine is missing: give one sequence (T, D), or EngineRuns of one engine."))
    first = 0
    if isinstance(engine, Table):
        if len(set(np.asarray(engine.groups).tolist())) > 1 or not isinstance(engine, EngineRuns):
            raise ValueError(
                _("engine holds {n} engines, but one is needed: runs.engine(number).").format(
                    n=len(set(np.asarray(engine.groups).tolist()))
                )
            )
        windows(engine, length=1, cap=None)  # refuses missing values and rows out of order
        names = list(engine.feature_names) if names is None else names
        units = list(engine.units) if units is None else units
        first, shown = int(engine.cycle[0]), np.asarray(engine.x, np.float64)
    else:
        try:
            shown = np.asarray(engine, np.float64)
        except (TypeError, ValueError):
            raise TypeError(_("engine must be numbers: one sequence (T, D), or EngineRuns of one engine.")) from None
        if shown.ndim == 3 and len(shown) == 1:
            shown = shown[0]
    D = {kind: len(weights[0]) for kind, weights in cells.items()}
    fits = shown.ndim == 2 and 2 <= len(shown) <= MOST_STEPS and set(D.values()) == {shown.shape[-1]}
    if not fits:
        raise ValueError(
            _(
                "engine has shape {given}, but one sequence of 2 to {most} steps with the inputs of the model is "
                "needed: (T, {D}). Choose the same columns as for the training."
            ).format(given=shown.shape, most=MOST_STEPS, D=" / ".join(str(d) for d in sorted(set(D.values()))))
        )
    if not np.isfinite(shown).all():
        raise ValueError(_("engine holds missing or infinite values; fill them as you did for the training."))
    names = [_("input {n}").format(n=i + 1) for i in range(shown.shape[1])] if names is None else list(names)
    units = [""] * shown.shape[1] if units is None else list(units)
    for argument, given in (("names", names), ("units", units)):
        if len(given) != shown.shape[1] or not all(isinstance(one, str) for one in given):
            raise ValueError(
                _("{argument} is {given}, but {D} texts are needed, one for each column.").format(
                    argument=argument, given=given, D=shown.shape[1]
                )
            )
    if len(set(names)) < len(names):
        raise ValueError(_("names holds one name twice; give each column its own."))
    x = shown if scaler is None else np.asarray(scaler.transform(shown), np.float64)
    return x, shown, names, units, first


SENSORS = ("vibration drive end", "bearing temperature", "oil pressure", "motor current", "load",
           "inlet air temperature")  # fmt: skip
LENGTH, UNITS, EPOCHS = 40, 8, 8


@lru_cache(maxsize=1)
def trained_cells():
    """Return ([LSTM model, GRU model], an engine, the scaler): 8 units each, trained for a second on other engines.

    The biases of the gate that keeps start at log(tau), with tau from 2 to 40 steps, and those of the input gate at
    -log(tau): each unit begins with another length of memory. Source: Tallec and Ollivier, ICLR 2018.
    """
    names = [_(name) for name in SENSORS]
    runs, _others = simulate_engines(engines=40, test_engines=1, rng=3)
    runs = runs.columns(names)
    train, engine = runs.rows(runs.groups <= 36), runs.engine(39)
    scaler = MinMaxScaler().fit(train)
    cut = windows(scaler.transform(train), LENGTH, cap=125)
    cut = cut.rows(np.arange(0, len(cut), 8))
    models = []
    for layer in (nn.LSTM(UNITS, input_shape=(LENGTH, len(names))), nn.GRU(UNITS, input_shape=(LENGTH, len(names)))):
        model = nn.Sequential([layer, nn.Dense(1)], rng=1)
        weights, tau = model.get_weights(), np.log(np.geomspace(2, LENGTH, UNITS))
        if isinstance(layer, nn.LSTM):
            weights[2][:UNITS], weights[2][UNITS : 2 * UNITS] = -tau, tau
        else:
            weights[2][0, :UNITS] = tau
        model.set_weights(weights)
        model.compile(nn.Adam(0.01), "mse")
        model.fit(cut.x, cut.y[:, np.newaxis] / 125, epochs=EPOCHS, batch_size=64, verbose=0, rng=0)
        models.append(model)
    return models, engine, scaler
