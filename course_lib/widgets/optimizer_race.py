"""Five optimizers start from one point: their trails over a loss surface, and their losses step by step."""

import inspect

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import HERE, Between, CourseWidget, own_function, written
from course_lib.widgets.surfaces import SURFACES

STEPS = 300
GOAL_STEPS, GOAL_LOSS = 60, 0.01
SIDE = 81  # the map has SIDE x SIDE points
STATUS = ["running", "arrived", "oscillating", "diverged", "stuck", "stopped"]  # the numbers in `status`
RUNNERS = {  # the rule of each runner, with the settings it takes from the widget
    "gradient descent": lambda w, g, state, race: nn.gradient_descent_step(w, g, state, race.learning_rate),
    "SGD": lambda w, g, state, race: nn.sgd_step(w, g, state, race.learning_rate),
    "momentum": lambda w, g, state, race: nn.momentum_step(w, g, state, race.learning_rate, race.momentum),
    "RMSprop": lambda w, g, state, race: nn.rmsprop_step(w, g, state, race.learning_rate),
    "Adam": lambda w, g, state, race: nn.adam_step(w, g, state, race.learning_rate),
}
STYLES = {  # matplotlib: colour, dashes, marker; optimizer_race.js has the same
    "gradient descent": ("#0072B2", "-", "o"), "SGD": ("#D55E00", ":", "s"), "momentum": ("#007A5A", "-", "^"),
    "RMSprop": ("#A0478A", "--", "D"), "Adam": ("#8A6D00", "-.", "p"), "yours": ("#222222", "-", "h"),
}  # fmt: skip


class OptimizerRace(CourseWidget):
    """Gradient descent, SGD, momentum, RMSprop and Adam race from one start to the lowest point of a surface.

    The steps are those of course_lib.nn; SGD sees the gradient of a mini-batch: the true one plus random noise.
    use: your own step function as a sixth runner, as in the exercises and in course_lib.nn:
    `step(w, gradient, state, learning_rate, ...)` -> (w, state).
    """

    _javascript = "optimizer_race.js"
    _css = CourseWidget._css + (HERE / "optimizer_race.css").read_text(encoding="utf-8")
    picture_size = (9.0, 3.8)

    surface = T.Enum(list(SURFACES), default_value="ravine").tag(sync=True, share=True)
    condition = Between(25.0, min=1, max=200, help="how many times steeper the walls of the ravine are, 1 to 200").tag(
        sync=True, share=True
    )
    learning_rate = Between(0.03, min=1e-4, max=10, help="0.0001 to 10").tag(sync=True, share=True)
    momentum = Between(0.9, min=0, max=0.99, help="0 to 0.99").tag(sync=True, share=True)
    noise = Between(0.5, min=0, max=5, help="standard deviation of SGD's mini-batch gradient, 0 to 5").tag(
        sync=True, share=True
    )
    seed = T.Int(0, help="which random mini-batches").tag(sync=True, share=True)
    begin = T.List(T.Float(), help="[w1, w2] of the common start; empty: the surface's own").tag(sync=True, share=True)
    step = T.Int(GOAL_STEPS, help="the step that is shown, 0 to 300").tag(sync=True, share=True)
    runners = T.List(T.Unicode(), list(RUNNERS), help="who is shown").tag(sync=True, share=True)
    before = T.Bool(True, help="show the trails before the last change, faint").tag(sync=True, share=True)

    names = T.List(T.Unicode(), help="all runners, in the order of the rows below").tag(sync=True)
    surfaces = T.List(help="pairs of name and label").tag(sync=True)
    paths = T.Bytes(help="float32 (runners, 301, 2): w1, w2; NaN once diverged").tag(sync=True)
    curves = T.Bytes(help="float32 (runners, 301): the loss; NaN once diverged").tag(sync=True)
    status = T.Bytes(help="uint8 (runners, 301): index into STATUS").tag(sync=True)
    landscape = T.Bytes(help="float32 (SIDE, SIDE): the loss over the view, row 0 at the bottom").tag(sync=True)
    view = T.List(T.Float(), help="w1 from, to, w2 from, to").tag(sync=True)
    origin = T.List(T.Float(), help="where the race begins").tag(sync=True)
    lowest = T.List(T.Float(), help="the lowest point").tag(sync=True)
    limit = T.Float(0.0, help="2 / largest curvature: gradient descent settles only below it").tag(sync=True)

    def __init__(self, use=None, **state):
        self._use, self._run_last = own_function(use), None
        names = [*RUNNERS, "yours"] if use is not None else list(RUNNERS)
        state.setdefault("runners", names)
        super().__init__(
            names=names,
            surfaces=[[name, label] for name, (_make, label) in SURFACES.items()],
            presets=_presets(),
            **state,
        )
        self.observe(self._new_surface, names=["surface", "condition"])
        self.observe(self._race, names=["learning_rate", "momentum", "noise", "seed", "begin"])
        self._new_surface()

    @T.validate("step")
    def _within_race(self, proposal):
        return int(np.clip(proposal["value"], 0, STEPS))

    @T.validate("begin")
    def _a_point(self, proposal):
        value = proposal["value"]
        return value if len(value) in (0, 2) and np.isfinite(value).all() else []

    # ---------------------------------------------------------------- the race
    def ground(self):
        """Return the surface: its `value`, `slope`, `lowest`, `view` and `start`."""
        make, _label = SURFACES[self.surface]
        return make(self.condition) if self.surface == "ravine" else make()

    def trajectory(self, name):
        """Return where runner `name` was, (301, 2), and its losses, (301,); NaN once it has diverged."""
        at = self.names.index(name)
        return self._paths[at].copy(), self._curves[at].copy()

    def state_of(self, name, step=None):
        """Return how runner `name` is at `step`, or now: one of STATUS."""
        return STATUS[self._status[self.names.index(name), self.step if step is None else step]]

    def arrival(self, name):
        """The first step at which the loss of runner `name` is below 0.01, or None."""
        below = np.flatnonzero(self._curves[self.names.index(name)] < GOAL_LOSS)
        return int(below[0]) if len(below) else None

    @property
    def goal_reached(self):
        """In a ravine of at least 25, all five optimizers are below 0.01 within 60 steps."""
        arrivals = [self.arrival(name) for name in RUNNERS]
        steep = self.surface == "ravine" and self.condition >= 25
        return steep and all(a is not None and a <= GOAL_STEPS for a in arrivals)

    def _new_surface(self, change=None):
        ground = self.ground()
        left, right, low, high = ground.view
        w1, w2 = np.meshgrid(np.linspace(left, right, SIDE), np.linspace(low, high, SIDE))
        with self.hold_sync():
            if self.begin and not (left <= self.begin[0] <= right and low <= self.begin[1] <= high):
                self.begin = []
            self.view, self.lowest = list(map(float, ground.view)), list(map(float, ground.lowest))
            self.limit = 2 / ground.largest_curvature
            self.landscape = ground.value(w1, w2).astype("f4").tobytes()
            self._race()

    def _race(self, change=None):
        ground = self.ground()
        start = np.array(self.begin or ground.start, float)
        key = (self.surface, self.condition, self.learning_rate, self.momentum, self.noise, self.seed, *start)
        if key == self._run_last:  # several settings changed at once: one race is enough
            return
        self._run_last = key
        rng = np.random.default_rng(self.seed)
        noise = {"SGD": self.noise * rng.normal(size=(STEPS, 2))}
        self._paths = np.full((len(self.names), STEPS + 1, 2), np.nan)
        for path, name in zip(self._paths, self.names, strict=True):
            if name == "yours":
                self.run_own(lambda path=path: _run(path, start, ground, step_function(self._use), self, None))
            else:
                _run(path, start, ground, RUNNERS[name], self, noise.get(name))
        with np.errstate(all="ignore"):
            self._curves = ground.value(self._paths[..., 0], self._paths[..., 1])
        self._status = np.stack([_status(path, curve) for path, curve in zip(self._paths, self._curves, strict=True)])
        if self.error:  # of the learner's function, which runs last
            self._status[-1, np.isnan(self._curves[-1])] = STATUS.index("stopped")
        with self.hold_sync():
            self.origin = start.tolist()
            self.status = self._status.tobytes()
            self.curves = self._curves.astype("f4").tobytes()
            self.paths = self._paths.astype("f4").tobytes()

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        _make, label = SURFACES[self.surface]
        words = [_("on the way"), _("arrived"), _("oscillating"), _("diverged"), _("stuck"), _("stopped by an error")]
        words = dict(zip(STATUS, words, strict=True))
        rows = []
        for name in self.names:
            if name in self.runners:
                loss = self._curves[self.names.index(name), self.step]
                amount = _("loss {loss:.2g}, ").format(loss=loss) if np.isfinite(loss) else ""
                rows.append(f"{name}: {amount}{words[self.state_of(name)]}")
        return _(
            "Optimizer race on the surface '{surface}', learning rate {rate:.3g} (the limit of gradient descent is "
            "{limit:.3g}). After {step} steps: {rows}."
        ).format(surface=label, rate=self.learning_rate, limit=self.limit, step=self.step, rows="; ".join(rows))

    def draw(self, figure):
        left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
        x0, x1, y0, y1 = self.view
        z = np.frombuffer(self.landscape, "f4").reshape(SIDE, SIDE)
        levels = np.geomspace(max(z.max() * 1e-4, 1e-3), z.max(), 13)
        left.contour(np.linspace(x0, x1, SIDE), np.linspace(y0, y1, SIDE), z, levels, colors="#9a9a9a", linewidths=0.7)
        left.plot(*self.lowest, "k*", ms=11, zorder=5)
        for name in (n for n in self.names if n in self.runners):
            path, curve = self.trajectory(name)
            colour, dashes, marker = STYLES[name]
            seen = slice(0, self.step + 1)
            left.plot(*path[seen].T, ls=dashes, color=colour, lw=1.6, marker=marker, ms=7, markevery=[-1])
            right.plot(np.maximum(curve[seen], 1e-6), ls=dashes, color=colour, lw=1.6, marker=marker, ms=6,
                       markevery=[-1], label=name)  # fmt: skip
        left.set(xlim=(x0, x1), ylim=(y0, y1), xlabel=_("weight w₁"), ylabel=_("weight w₂"))
        right.axhline(GOAL_LOSS, color="#666", lw=0.8, ls=":")
        right.set(yscale="log", xlabel=_("step"), ylabel=_("loss"), xlim=(0, max(self.step, 10)))
        right.legend(fontsize=7.5)


def _run(path, start, ground, rule, race, noise):
    """Fill `path` (301, 2) with the steps of one runner; stop where the loss passes 100 times that of the start."""
    w, state = start.copy(), None
    path[0] = w
    too_high = 100 * max(float(ground.value(*w)), 1.0)
    for k in range(STEPS):
        gradient = np.array(ground.slope(*w))
        if noise is not None:
            gradient = gradient + noise[k]
        w, state = rule(w, gradient, state, race)
        w = np.asarray(w, float)
        if w.shape != (2,):
            raise ValueError(
                _("w has shape {given}, but (2,) is needed: one number for each weight.").format(given=w.shape)
            )
        if not abs(float(ground.value(*w))) < too_high:
            return
        path[k + 1] = w


def _status(path, curve):
    """The status at every step, as uint8: see STATUS."""
    gone = np.isnan(curve)
    moves = np.diff(path, axis=0, prepend=path[:1])
    with np.errstate(invalid="ignore"):
        turned = np.r_[0, np.sum(moves[1:] * moves[:-1], axis=1) < 0].astype(float)
        length = np.linalg.norm(moves, axis=1)
    recent = np.convolve(turned, np.ones(8))[: len(turned)]  # how many of the last 8 moves went back
    status = np.where(recent >= 4, STATUS.index("oscillating"), STATUS.index("running"))
    still = np.convolve(length > 2e-3, np.ones(8))[: len(length)] == 0
    still[:8] = False
    status[still] = STATUS.index("stuck")
    with np.errstate(invalid="ignore"):
        status[curve < GOAL_LOSS] = STATUS.index("arrived")
    status[gone] = STATUS.index("diverged")
    return status.astype(np.uint8)


def judge_all(path, curve):
    """Return the status at every step of a trajectory (steps, 2) with losses (steps,), in words."""
    return [STATUS[k] for k in _status(path, curve)]


USUAL = {"momentum": 0.9, "rho": 0.9, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}


def step_function(use):
    """Return `use` as step(w, gradient, state, race); a hyper-parameter without a default gets its usual value."""
    asked = inspect.signature(use).parameters.values()
    more = {p.name: USUAL[p.name] for p in asked if p.default is p.empty and p.name in USUAL}
    return lambda w, g, state, race: written(use(w, g, state, learning_rate=race.learning_rate, **more))


def _presets():
    usual = {"surface": "ravine", "condition": 25.0, "momentum": 0.9, "noise": 0.5, "seed": 0, "begin": [], "step": 60,
             "runners": list(RUNNERS)}  # fmt: skip
    return {
        _("too slow"): {
            "set": {**usual, "learning_rate": 0.003},
            "why": _("A tenth of the learning rate: after 60 steps nobody is below 0.01, and Adam and RMSprop, whose "
                     "steps are about as long as the learning rate, have hardly left."),
        },
        _("just below the limit"): {
            "set": {**usual, "learning_rate": 0.078, "step": 20},
            "why": _("2/λ is 0.08. Plain gradient descent jumps from wall to wall, each time a little closer: it "
                     "oscillates, and still settles in the end."),
        },
        _("just above the limit"): {
            "set": {**usual, "learning_rate": 0.085},
            "why": _("Above 2/λ = 0.08 every jump is a little larger: gradient descent and SGD leave. Momentum, "
                     "RMSprop and Adam stay: their limits are others."),
        },
        _("exactly on the ridge"): {
            "set": {**usual, "surface": "saddle", "learning_rate": 0.05, "begin": [-2.5, 0.0], "step": 180},
            "why": _("Started with w₂ = 0, the slope never points sideways: gradient descent, momentum and Adam stop "
                     "at the saddle, RMSprop trembles there. Only SGD falls off, thanks to its noise."),
        },
        _("over the hill"): {
            "set": {**usual, "surface": "two valleys", "learning_rate": 0.05, "step": 150},
            "why": _("Four end in the shallow valley near w₁ = 1.9. Momentum rolls over the hill into the deep one. "
                     "The same loss surface, another result."),
        },
        _("the long floor"): {
            "set": {**usual, "surface": "plateau", "learning_rate": 0.05},
            "why": _("On the flat floor gradients are small and plain gradient descent crawls: it needs 181 steps. "
                     "Momentum gathers speed, RMSprop takes larger steps where the slope is small."),
        },
    }  # fmt: skip
