"""One knob decides how long a recurrent network remembers: the spectral radius of W_hh. And why it is not the bound."""

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget
from course_lib.widgets.memory_curves import MAX_SLOPE, recurrent_matrix, remember, spectral_radius
from course_lib.widgets.unrolled_network import LARGEST, LEAST, fate

MATRICES = ["random", "orthogonal", "chain", "two units", "own"]
GOAL_STEPS = 50
LEAST_RHO, LARGEST_RHO = 0.1, 1.6
MOST_UNITS = 64  # of the learner's matrix


class MemoryKnob(CourseWidget):
    """What is left of an impulse, |h_t| / |h_0|, and of a gradient, |dL/dh_t| / |dL/dh_T|, over the steps.

    h_t = f(h_{t-1} W_hh), nothing comes in after the impulse h_0. W_hh is scaled to the spectral radius rho, the
    largest absolute value of its eigenvalues. In a long run both go about like (rho max f')^steps. The bound is
    (sigma max f')^steps with the largest singular value sigma of W_hh; with rho in its place it would be false.
    Source: Pascanu, Mikolov and Bengio, ICML 2013. All curves are computed by `course_lib.nn`.

    W_hh: your own recurrent weights (H, H), 2 to 64 units, as in `model.layers[0].recurrent_kernel`. The knob starts at
    their spectral radius and scales them.

    Raises ValueError, naming what does not fit and the remedy.
    """

    _javascript = "memory_knob.js"
    picture_size = (8.4, 3.6)

    rho = Between(0.9, min=LEAST_RHO, max=LARGEST_RHO, help="spectral radius of W_hh, 0.1 to 1.6").tag(
        sync=True, share=True
    )
    activation = T.Enum(list(MAX_SLOPE), "tanh", help="f").tag(sync=True, share=True)
    matrix = T.Enum(MATRICES, "random", help="what kind of W_hh; own: the learner's").tag(sync=True, share=True)
    units = T.Int(24, min=16, max=32, help="hidden units, 16 to 32").tag(sync=True, share=True)
    steps = T.Int(50, min=10, max=100, help="steps from the impulse to the end, 10 to 100").tag(sync=True, share=True)
    impulse = Between(0.5, min=0.01, max=10, help="length of the state at t = 0, 0.01 to 10").tag(sync=True, share=True)
    seed = T.Int(0, min=0, max=999, help="which random numbers").tag(sync=True, share=True)
    clip = T.Bool(False, help="clip the gradient of the weights").tag(sync=True, share=True)
    clipnorm = Between(1.0, min=0.01, max=100, help="longest gradient, 0.01 to 100").tag(sync=True, share=True)
    at = T.Int(20, min=0, max=100, help="the step whose values are told").tag(sync=True, share=True)

    kinds = T.List(help="pairs of matrix and label").tag(sync=True)
    response = T.Bytes(help="float64 (T + 1,): what is left of the impulse").tag(sync=True)
    gradient = T.Bytes(help="float64 (T + 1,): |dL/dh_t| / |dL/dh_T|").tag(sync=True)
    most = T.Bytes(help="float64 (T + 1,): the same for the direction that keeps most").tag(sync=True)
    eigenvalues = T.Bytes(help="float64 (H, 2): real and imaginary part").tag(sync=True)
    result = T.Dict(help="sigma, slope, length of the weights' gradient, factor of the clipping, fates").tag(sync=True)

    def __init__(self, W_hh=None, **state):
        self._own = None if W_hh is None else checked_matrix(W_hh)
        if self._own is not None:
            state.setdefault("matrix", "own")
            state.setdefault("rho", spectral_radius(self._own))
        elif state.get("matrix") == "own":
            raise ValueError(_("matrix is 'own', but no matrix was given. Use MemoryKnob(W_hh=...)."))
        self._last = None
        kinds = [[name, label] for name, label in _matrices().items() if name != "own" or self._own is not None]
        super().__init__(presets=_lessons(), kinds=kinds, **state)
        self.observe(self._update, names=["rho", "activation", "matrix", "units", "steps", "impulse", "seed", "clip",
                                          "clipnorm"])  # fmt: skip
        self._update()

    @T.validate("matrix")
    def _there_is_one(self, proposal):
        if proposal["value"] == "own" and self._own is None:
            raise T.TraitError(_("There is no matrix of your own. Use MemoryKnob(W_hh=...)."))
        return proposal["value"]

    # ---------------------------------------------------------------- what is computed
    @property
    def W_hh(self):
        """The recurrent weights (H, H), scaled to the spectral radius `rho`."""
        if self.matrix == "own":
            return self._own * (self.rho / spectral_radius(self._own))
        return recurrent_matrix(self.matrix, self.units, self.rho, self.seed)

    @property
    def sigma(self):
        """The largest singular value of W_hh: how much it lengthens a vector at most."""
        return self.result["sigma"]

    @property
    def place(self):
        """The step whose values are told: `at`, brought into the steps."""
        return min(self.at, self.steps)

    def curve(self, name):
        """Return one curve over t = 0 ... steps, (steps + 1,), as a multiple of where it begins.

        "state": what is left of the impulse, from t = 0 on. "gradient": what arrives at t of a gradient at the last
        step; "most": for the direction that keeps most. "typical": (rho max f')^steps, "bound": (sigma max f')^steps;
        for the gradient read these two backwards.
        """
        if name in ("typical", "bound"):
            factor = self.result["slope"] * (self.rho if name == "typical" else self.sigma)
            return factor ** np.arange(self.steps + 1.0)
        return np.frombuffer({"state": self.response, "gradient": self.gradient, "most": self.most}[name]).copy()

    @property
    def goal_reached(self):
        """With tanh, over 50 steps or more, the gradient stays between a tenth and ten times of that at the end."""
        g = self.curve("gradient")
        return self.activation == "tanh" and self.steps >= GOAL_STEPS and bool(LEAST <= g.min() and g.max() <= LARGEST)

    def _update(self, change=None):
        W = self.W_hh
        key = (W.tobytes(), self.activation, self.steps, self.impulse, self.seed)
        if key != self._last:  # several settings changed at once: computed once
            self._memory, self._last = remember(W, self.activation, self.steps, self.impulse, self.seed), key
            self._of_W = float(np.linalg.norm(W, 2)), np.linalg.eigvals(W)
        memory, (sigma, eigenvalues) = self._memory, self._of_W
        length = float(np.sqrt(sum(np.sum(g**2) for g in memory.weights)))
        clipped = nn.clip_by_norm(memory.weights, self.clipnorm)
        after = float(np.sqrt(sum(np.sum(g**2) for g in clipped)))
        with self.hold_sync():
            self.response, self.gradient = memory.response.tobytes(), memory.gradient.tobytes()
            self.most = memory.most.tobytes()
            self.eigenvalues = np.column_stack([eigenvalues.real, eigenvalues.imag]).tobytes()
            self.result = {
                "sigma": sigma, "slope": MAX_SLOPE[self.activation], "length": length,
                "factor": after / length if length > 0 else 1.0, "units": len(W),
                "state": fate(memory.response[-1]), "gradient": fate(memory.gradient[0]),
                "above": bool(memory.most.max() > 1.01 and self.rho * MAX_SLOPE[self.activation] <= 1),
            }  # fmt: skip

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        t, g, words = self.place, self.curve("gradient"), _words()
        text = _(
            "{matrix} W_hh, {units} units, spectral radius {rho:.2f}, largest singular value {sigma:.2f}, "
            "{activation}, {steps} steps. At the end {state:.2g} times the impulse is left: {state_fate}. At step 0 "
            "{gradient:.2g} times the last gradient arrives: {gradient_fate}. At t = {t}: state {state_t:.2g}, "
            "gradient {gradient_t:.2g}."
        ).format(
            matrix=_matrices()[self.matrix], units=self.result["units"], rho=self.rho, sigma=self.sigma,
            activation=self.activation, steps=self.steps, state=self.curve("state")[-1],
            state_fate=words[self.result["state"]], gradient=g[0], gradient_fate=words[self.result["gradient"]], t=t,
            state_t=self.curve("state")[t], gradient_t=g[t],
        )  # fmt: skip
        if self.result["above"]:
            text += " " + _("The spectral radius is no bound: a gradient grows to {most:.2g} times here.").format(
                most=self.curve("most").max()
            )
        if self.clip:
            text += " " + _("Clipping multiplies the whole gradient by {factor:.2g}.").format(
                factor=self.result["factor"]
            )
        return text

    def draw(self, figure):
        left, right = figure.subplots(1, 2)
        t = np.arange(self.steps + 1)
        pairs = (
            (left, {"state": self.curve("state")}, 1, _("state, by the impulse")),
            (right, {"gradient": self.curve("gradient"), "most": self.curve("most")}, -1, _("gradient, by the last")),
        )
        labels = {"state": _("state"), "gradient": _("gradient"), "most": _("any direction, at most")}
        colours = {"state": "#0072B2", "gradient": "#D55E00", "most": "#8A6D00"}
        for ax, curves, way, label in pairs:
            low, high = limits(list(curves.values()), self.curve("typical"))
            for name, values in curves.items():
                ax.plot(t, np.maximum(values, low / 10), color=colours[name], label=labels[name], marker="", ls="-",
                        lw=1.2 if name == "most" else 2.4)  # fmt: skip
            ax.plot(
                t,
                self.curve("typical")[::way],
                color="#222222",
                ls="--",
                marker="",
                lw=1.3,
                label=_("ρ · max f′ a step"),
            )
            ax.plot(
                t, self.curve("bound")[::way], color="#A0478A", ls=":", marker="", lw=2, label=_("bound: σ · max f′")
            )
            ax.axhspan(LEAST, LARGEST, color="#007A5A", alpha=0.1, lw=0)
            ax.axvline(self.place, color="#222222", lw=1)
            ax.set(yscale="log", ylim=(low, high), xlabel=_("step t"), ylabel=label)
            ax.legend(fontsize=8)


def limits(curves, typical, least=1e-12, largest=1e12):
    """Return the ends of the log axis: whole powers of ten around the curves, at least 0.01 to 10.

    The line `typical` is followed for a factor of 100 beyond them; then it leaves the picture.
    """
    values = np.concatenate([np.ravel(c) for c in curves])
    low = min(max(min(values.min(), 1e-2), least), 1e-2)
    high = max(2 * values.max(), 10.0)
    low = max(min(low, max(typical.min(), low / 100)), least)
    high = min(max(high, min(typical.max(), high * 100)), largest)
    return 10.0 ** np.floor(np.log10(low) + 1e-9), 10.0 ** np.ceil(np.log10(high) - 1e-9)


def checked_matrix(W):
    """Return the learner's W_hh (H, H) as float64, or raise ValueError that says what does not fit."""
    try:
        W = np.array(W, float)
    except (TypeError, ValueError):
        raise ValueError(_("W_hh holds something that is no number. Give an array (H, H).")) from None
    if W.ndim != 2 or W.shape[0] != W.shape[1] or not 2 <= len(W) <= MOST_UNITS:
        hint = _(" Of an LSTM or a GRU take one block of columns.") if W.ndim == 2 and W.shape[1] > W.shape[0] else ""
        raise ValueError(
            _("W_hh has shape {given}, but a square matrix of 2 to {most} units is needed.").format(
                given=W.shape, most=MOST_UNITS
            )
            + hint
        )
    if not np.isfinite(W).all():
        raise ValueError(_("W_hh holds NaN or infinity: its training has diverged."))
    if spectral_radius(W) < 1e-9:
        raise ValueError(
            _("W_hh has the spectral radius 0, so it cannot be scaled: every state is 0 after {H} steps.").format(
                H=len(W)
            )
        )
    return W


def _words():
    return {"vanishing": _("vanishing"), "kept": _("kept"), "exploding": _("exploding")}


def _matrices():
    return {
        "random": _("random"), "orthogonal": _("orthogonal"), "chain": _("one-way chain"),
        "two units": _("two-unit"), "own": _("your own"),
    }  # fmt: skip


def _lessons():
    def look(why, **settings):
        usual = {"rho": 0.9, "activation": "tanh", "matrix": "random", "units": 24, "steps": 50, "impulse": 0.5,
                 "seed": 0, "clip": False, "clipnorm": 1.0, "at": 20}  # fmt: skip
        return {"set": usual | settings, "why": why}

    return {
        _("fades"): look(rho=0.8, why=_(
            "Every step keeps about 0.8: after 50 steps that is 0.8 to the power of 50, one part in 70,000. What the "
            "state forgets forward, the gradient loses backward.")),
        _("explodes"): look(rho=1.2, activation="linear", why=_(
            "1.2 to the power of 50 is 9,100. Nothing bends, so state and gradient both grow without limit.")),
        _("kept"): look(rho=1.0, activation="linear", matrix="orthogonal", why=_(
            "A rotation keeps every length, and without a bend nothing is lost. Now choose tanh and turn the impulse "
            "up: the slope of tanh is below 1 where the state is large.")),
        _("sigmoid"): look(rho=1.0, activation="sigmoid", matrix="orthogonal", why=_(
            "W_hh keeps every length, but the sigmoid is nowhere steeper than 0.25: every step back costs three "
            "quarters of the gradient, or more. After 10 steps one part in a million is left.")),
        _("small ρ, and yet it grows"): look(rho=0.6, activation="linear", matrix="chain", units=16, steps=100, at=66,
                                             why=_(
            "Each unit hands on to the next. All eigenvalues are 0.6, and yet a gradient can grow a hundredfold "
            "first, far above 0.6 to the power of steps. The bound holds with the largest singular value, 1.19, and "
            "not with the spectral radius.")),
        _("two units"): look(rho=0.9, activation="linear", matrix="two units", steps=20, at=19, why=_(
            "W = 0.9 · [[0, 2], [0.5, 0]] has the spectral radius 0.9, but makes a vector up to 1.8 times as long in "
            "one step. In two steps it is 0.81 again: in the long run ρ decides, on the way σ is the bound.")),
        _("clipped"): look(rho=1.2, activation="linear", clip=True, why=_(
            "Clipping shortens the whole gradient to the length that you allow. The curve moves down as it is: the "
            "step is safe, but the first steps count as many times more than the last as before.")),
    }  # fmt: skip
