"""What a wrong prediction costs: mean squared error, cross-entropy and the plant's money over one probability."""

import inspect

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import Between, CourseWidget, own_function, written

SMALLEST = 1e-7  # as near to 0 and 1 as Keras lets a probability come
SAMPLES = 201  # of the curve of the learner's own loss
GOAL = 100  # so many times harder must cross-entropy push


class LossExplorer(CourseWidget):
    """One part, one prediction p = P(defective): three losses, their slopes, and the cliff of confident and wrong.

        mean squared error (p - y)^2        cross-entropy -y ln p - (1 - y) ln(1 - p)
        the plant: `cost_miss` for a defective part with p < threshold, `cost_alarm` for a good one with p >= threshold

    "Push" is the slope by the logit z (p = sigmoid(z)): how hard training turns the weights.
    use: your own loss(y_true, y_pred), which returns the loss or (loss, gradient); y_true and y_pred are arrays (1,).
    Arguments named threshold, cost_miss, cost_alarm (or cost_false_alarm) get the widget's numbers.
    """

    _javascript = "loss_explorer.js"

    p = Between(0.3, min=0, max=1, help="predicted probability of 'defective', 0 to 1").tag(sync=True, share=True)
    y = T.Int(1, min=0, max=1, help="the part really is: 1 defective, 0 good").tag(sync=True, share=True)
    threshold = Between(0.5, min=0.01, max=0.99, help="report a part from this p on").tag(sync=True, share=True)
    cost_miss = Between(190.0, min=0, max=200, help="euro for a defective part let through").tag(sync=True, share=True)
    cost_alarm = Between(10.0, min=0, max=200, help="euro for a good part stopped").tag(sync=True, share=True)
    log_scale = T.Bool(False, help="log scale: look at the cliff closely").tag(sync=True, share=True)
    own_curve = T.Bytes(help="float64 losses of the learner's function at SAMPLES values of z").tag(sync=True)
    own = T.Dict(help="value and push of the learner's function at p, its name").tag(sync=True)

    def __init__(self, use=None, **state):
        self._use = own_function(use)
        state.setdefault("presets", self._lessons())
        super().__init__(**state)
        if use is not None:
            self.observe(self._run_own_code, names=["p", "y", "threshold", "cost_miss", "cost_alarm"])
            self._run_own_code()

    @T.validate("p")
    def _inside(self, proposal):
        return float(np.clip(proposal["value"], SMALLEST, 1 - SMALLEST))

    @property
    def z(self):
        """The logit of p: z = ln(p / (1 - p))."""
        return float(np.log(self.p / (1 - self.p)))

    def losses(self):
        """Return {name: (loss, slope dL/dp, push dL/dz)} of the three losses, computed by `course_lib.nn`."""
        y, p, z = np.array([[float(self.y)]]), np.array([[self.p]]), np.array([[self.z]])
        squared, squared_slope = nn.mean_squared_error(y, p)
        entropy, entropy_slope = nn.binary_crossentropy(y, p)
        return {
            "mse": (float(squared), squared_slope.item(), nn.sigmoid_backward(squared_slope, p).item()),
            "bce": (float(entropy), entropy_slope.item(), nn.binary_crossentropy(y, z, from_logits=True)[1].item()),
            "cost": (self.cost, 0.0, 0.0),
        }

    @property
    def cost(self):
        """What the plant pays for this part, in euro. A step: its slope is 0 wherever it has one."""
        if self.y == 1:
            return self.cost_miss if self.p < self.threshold else 0.0
        return self.cost_alarm if self.p >= self.threshold else 0.0

    @property
    def best_threshold(self):
        """Where stopping and letting through cost the same on average: cost_alarm / (cost_alarm + cost_miss).

        True if p is an honest probability; source: Elkan, IJCAI 2001, section 2. None if both costs are 0.
        """
        total = self.cost_alarm + self.cost_miss
        return self.cost_alarm / total if total else None

    @property
    def goal_reached(self):
        """Confident and wrong: cross-entropy pushes at least 100 times harder than the squared error."""
        losses = self.losses()
        wrong = self.p < 0.5 if self.y else self.p > 0.5
        return wrong and abs(losses["bce"][2]) >= GOAL * abs(losses["mse"][2])

    def describe(self):
        losses = self.losses()
        return _(
            "The part is {truth}, predicted probability of a defect {p:.4f}. "
            "Squared error {mse:.3f} (push {mse_push:.4f}), cross-entropy {bce:.3f} (push {bce_push:.4f}), "
            "cost for the plant {cost:.0f} euro."
        ).format(
            truth=_("defective") if self.y else _("good"), p=self.p, mse=losses["mse"][0], mse_push=losses["mse"][2],
            bce=losses["bce"][0], bce_push=losses["bce"][2], cost=self.cost,
        )  # fmt: skip

    picture_size = (8.4, 3.0)

    def draw(self, figure):
        p = np.linspace(0.001, 0.999, 400)
        truth = self.p if self.y else 1 - self.p
        if self.log_scale:
            p = np.logspace(-7, -0.0001, 400)
            p = p if self.y else 1 - p
        x = (p if self.y else 1 - p) if self.log_scale else p
        curves = [
            (_("mean squared error"), (p - self.y) ** 2, "mse"),
            (_("cross-entropy"), -np.log(p if self.y else 1 - p), "bce"),
            (_("cost for the plant [euro]"), np.where(
                p < self.threshold, self.cost_miss * self.y, self.cost_alarm * (1 - self.y)), "cost"),
        ]  # fmt: skip
        losses = self.losses()
        for ax, (name, values, key) in zip(figure.subplots(1, 3), curves, strict=True):
            ax.plot(x, values, color="#0072B2", lw=2, marker="")
            ax.scatter(truth if self.log_scale else self.p, losses[key][0], marker="s", color="#D55E00", s=60, zorder=3)
            ax.set(title=name, xlabel=_("p of the true class") if self.log_scale else _("p (defective)"))
            if self.log_scale:
                ax.set_xscale("log")
            elif key != "cost":
                ax.set_ylim(0, 5)

    def own_loss(self, p):
        """Return your own loss for one prediction p, as a number."""
        known = {
            "threshold": self.threshold, "cost_miss": self.cost_miss, "cost_alarm": self.cost_alarm,
            "cost_false_alarm": self.cost_alarm,
        }  # fmt: skip
        wanted = inspect.signature(self._use).parameters
        prices = {k: v for k, v in known.items() if k in wanted}
        result = written(self._use(np.array([float(self.y)]), np.array([p]), **prices))
        value = np.asarray(result[0] if isinstance(result, tuple) else result, float)
        if value.size != 1:
            raise ValueError(_("the loss has shape {shape}; one number is needed").format(shape=value.shape))
        return value.item()

    def _run_own_code(self, change=None):
        name = getattr(self._use, "__name__", _("your own loss"))
        z = np.linspace(-np.log(1 / SMALLEST - 1), np.log(1 / SMALLEST - 1), SAMPLES)

        def compute():
            curve = np.array([self.own_loss(one) for one in nn.sigmoid(z)])
            push = nn.numerical_gradient(lambda z: self.own_loss(nn.sigmoid(z).item()), np.array(self.z)).item()
            return curve, {"name": name, "value": self.own_loss(self.p), "push": push}

        curve, own = self.run_own(compute) or (np.array([]), {})
        if not np.isfinite(curve).all():
            self.error = _("Your function returns NaN or infinity for some p. Clip p to [1e-7, 1 − 1e-7] first.")
            own = {k: v if isinstance(v, str) or np.isfinite(v) else None for k, v in own.items()}
        with self.hold_sync():
            self.own_curve, self.own = curve.tobytes(), own

    def _lessons(self):
        return {
            _("unsure"): {"set": {"y": 1, "p": 0.5, "log_scale": False}, "why": _(
                "p = 0.5: the model does not commit itself. Cross-entropy is ln 2 = 0.693, the squared error 0.25.")},
            _("confident and right"): {"set": {"y": 1, "p": 0.99, "log_scale": False}, "why": _(
                "Both losses are nearly 0 and push hardly at all: nothing to learn from this part.")},
            _("confident and wrong"): {"set": {"y": 1, "p": 0.01, "log_scale": False}, "why": _(
                "The cliff. Cross-entropy still pushes with nearly full strength, 0.99. "
                "The squared error pushes with 0.02: through the sigmoid its slope has faded.")},
            _("the cliff, closely"): {"set": {"y": 1, "p": 1e-5, "log_scale": True}, "why": _(
                "On the log scale cross-entropy is a straight line: each factor 10 adds 2.3, without end. "
                "The squared error is flat at 1.")},
            _("a false alarm"): {"set": {"y": 0, "p": 0.8, "log_scale": False, "threshold": 0.5}, "why": _(
                "A good part is stopped. The plant's cost jumps at the threshold and is flat elsewhere: "
                "its slope is 0, so it cannot train a network. That is why we train with cross-entropy.")},
        }  # fmt: skip
