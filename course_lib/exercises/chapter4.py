"""The exercises of chapter 4, optimizers and training: four rules, mini-batches, and a figure for rare failures."""

import itertools

import numpy as np

from course_lib import nn
from course_lib.exercises.adapt import with_state
from course_lib.exercises.comparing import Mistake
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _

STEPS = ("w_after_step_1", "w_after_step_2", "w_after_step_3")


def minibatches(x, y, batch_size, rng):
    """Return the rows in a new order as a list of pairs (x_batch, y_batch); the last batch may be smaller."""
    order = rng.permutation(len(x))
    batches = []
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        batches.append((x[rows], y[rows]))
    return batches


def f1_score(y_true, y_pred):
    """The harmonic mean of precision and recall of class 1: F1 = 2 TP / (2 TP + FP + FN), and 0 without any TP."""
    tp = np.sum((y_true == 1) & (y_pred == 1))
    fp = np.sum((y_true == 0) & (y_pred == 1))
    fn = np.sum((y_true == 1) & (y_pred == 0))
    if tp == 0:
        return 0.0
    return 2 * tp / (2 * tp + fp + fn)


def trajectory(step, w, gradients, *options):
    """Take three steps; the state goes from one call to the next unseen, so that it may look as its author likes."""
    state, path = None, []
    for gradient in gradients:
        answer = step(w, gradient, state, *options)
        if answer is None or answer is Ellipsis:
            raise Mistake(_("Your function returned None. The last line must be `return w, state`."))
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise Mistake(_("Return two things: `return w, state`. The state comes back to you at the next step."))
        w, state = answer
        if not isinstance(w, np.ndarray):
            raise Mistake(
                _(
                    "The first thing you return must be the new weights, an array, but it is {kind}: `return w, state`."
                ).format(kind=type(w).__name__)
            )
        path.append(w)
    return tuple(path)


def steps_cases(*options):
    """Cases (w, three gradients, options...); the first one is the statement's example."""

    def cases(rng):
        yield np.array([1.0, -2.0]), np.array([[0.5, -1.0], [0.5, -1.0], [1.0, 2.0]]), *options[0]
        yield np.array([0.3]), np.array([[2.0], [-1.0], [0.5]]), *options[1]
        yield rng.normal(size=4).round(1), rng.normal(size=(3, 4)).round(1), *options[2]
        yield rng.normal(size=(2, 3)), 3 * rng.normal(size=(3, 2, 3)), *options[0]
        yield rng.normal(size=10)[::2], rng.normal(size=(5, 3)).T, *options[1]
        yield np.zeros(3), 1e-2 * rng.normal(size=(3, 3)), *options[2]

    return cases


def rule(update, *names):
    """A wrong rule for the mistakes below: update(w, g, memory, *options) -> (w, memory); memory starts at zeros."""

    def step(w, gradient, state, *options):
        memory = {name: np.zeros_like(w) for name in names} | {"t": 0} if state is None else dict(state)
        memory["t"] += 1
        return update(w, gradient, memory, *options)

    return step


def plain(update):
    """A wrong rule without memory: update(w, g, *options) -> w."""
    return lambda w, gradient, state, *options: (update(w, gradient, *options), {})


SGD_STEP = Exercise(
    name="sgd_step",
    chapter=4,
    title=_("One step downhill"),
    statement=_(
        "Return the weights after one step of gradient descent, and the state:\n\n"
        "$$w \\leftarrow w - \\eta \\cdot \\text{gradient}$$\n\n"
        "`w` and `gradient` have the same shape; `learning_rate` is the step size (eta). `state` is what an optimizer "
        "remembers from step to step: None at the first step. This rule remembers nothing, so hand it through: "
        "`return w, state`. `w` itself must not be changed in place.\n\n"
        "On paper: w = (1, -2), gradient = (0.5, -1), learning rate 0.1 give (0.95, -1.9)."
    ),
    reference=nn.sgd_step,
    call=trajectory,
    adapt=with_state,
    returns="w, state",
    case_names=("w", "gradients", "learning_rate"),
    cases=steps_cases((0.1,), (0.5,), (0.01,)),
    outputs=STEPS,
    misconceptions=[
        Misconception(
            "uphill",
            plain(lambda w, g, rate: w + rate * g),
            _("You went uphill: the gradient points to where the loss grows, so subtract it."),
        ),
        Misconception(
            "nothing_moved",
            plain(lambda w, g, rate: w),
            _("You returned the old weights. The first thing you return must be the new ones: `return w, state`."),
        ),
        Misconception(
            "rate_ignored",
            plain(lambda w, g, rate: w - 0.01 * g),
            _("You used 0.01. Use the argument `learning_rate`."),
        ),
        Misconception(
            "rate_forgotten",
            plain(lambda w, g, rate: w - g),
            _("The learning rate is missing: the whole gradient was subtracted."),
        ),
        Misconception(
            "rate_divides",
            plain(lambda w, g, rate: w - g / rate),
            _("You divided by the learning rate. Multiply: a smaller rate means smaller steps."),
        ),
        Misconception(
            "step_only",
            plain(lambda w, g, rate: -rate * g),
            _("You returned the step alone. Add it to the weights: w - learning_rate * gradient."),
        ),
        Misconception(
            "sign_only",
            plain(lambda w, g, rate: w - rate * np.sign(g)),
            _("You used only the sign of the gradient. A steep slope should give a larger step than a gentle one."),
        ),
        Misconception(
            "length_one",
            plain(lambda w, g, rate: w - rate * g / np.linalg.norm(g)),
            _("You scaled the gradient to length 1. This rule uses it as it is."),
        ),
        Misconception(
            "one_step_for_all",
            plain(lambda w, g, rate: w - rate * g.mean()),
            _("Every weight got the same step, the mean of the gradient. Each weight has its own gradient."),
        ),
        Misconception(
            "squared",
            plain(lambda w, g, rate: w - rate * g**2),
            _("You squared the gradient. Then its sign is lost, and with it the direction."),
        ),
        Misconception(
            "weight_scaled",
            plain(lambda w, g, rate: w - rate * g * w),
            _("You also multiplied by w. The step is learning_rate * gradient."),
        ),
        Misconception(
            "twice",
            plain(lambda w, g, rate: w - 2 * rate * g),
            _("The step was taken twice, or there is a factor 2 too many. It belongs to the gradient of the loss."),
        ),
        Misconception(
            "memory",
            rule(lambda w, g, s, rate: (w + 0.9 * s["m"] - rate * g, {**s, "m": 0.9 * s["m"] - rate * g}), "m"),
            _("Your rule remembers earlier gradients: that is momentum. Here each step uses its own gradient only."),
        ),
    ],
    hints=[
        _("Downhill means against the gradient. How far is set by the learning rate."),
        _("`w - learning_rate * gradient` makes a new array; `w -= ...` would change the caller's."),
        _("`w = w - learning_rate * gradient`, then `return w, state`."),
    ],
)


def momentum_rule(update):
    """A wrong momentum rule: update(m, g, rate, mu) -> (new m, step)."""

    def change(w, g, memory, rate, mu):
        m, step = update(memory["m"], g, rate, mu)
        return w + step, {**memory, "m": m}

    return rule(change, "m")


def both(m):
    return m, m


MOMENTUM_STEP = Exercise(
    name="momentum_step",
    chapter=4,
    title=_("A ball that rolls: momentum"),
    statement=_(
        "Return the weights after one step with momentum, and the new state:\n\n"
        "$$m \\leftarrow \\mu\\, m - \\eta \\cdot \\text{gradient}, \\qquad w \\leftarrow w + m$$\n\n"
        "`state` is None at the first step: then m is 0. At the next step you are handed the state that you returned; "
        "how "
        'it looks is up to you, for example `{"m": m}`. Nothing handed in may be changed in place. '
        "Return `w, state`.\n\n"
        "On paper, learning rate 0.1 and momentum 0.9: w = 1 and gradient 0.5 give m = -0.05 and w = 0.95; the same "
        "gradient once more gives m = -0.095 and w = 0.855."
    ),
    reference=nn.momentum_step,
    call=trajectory,
    returns="w, state",
    case_names=("w", "gradients", "learning_rate", "momentum"),
    cases=steps_cases((0.1, 0.9), (0.5, 0.5), (0.01, 0.8)),
    outputs=STEPS,
    misconceptions=[
        Misconception(
            "no_memory",
            momentum_rule(lambda m, g, rate, mu: both(-rate * g)),
            _(
                "Nothing is remembered: this is plain gradient descent. Take m from the state, and return the new m in "
                "it."
            ),
        ),
        Misconception(
            "uphill",
            momentum_rule(lambda m, g, rate, mu: both(mu * m + rate * g)),
            _("You went uphill: the gradient is subtracted, m = momentum * m - learning_rate * gradient."),
        ),
        Misconception(
            "average",
            momentum_rule(lambda m, g, rate, mu: (mu * m + (1 - mu) * g, -rate * (mu * m + (1 - mu) * g))),
            _(
                "You averaged the gradient with a factor (1 - momentum), as Adam does. Here the gradient counts in "
                "full."
            ),
        ),
        Misconception(
            "nesterov",
            momentum_rule(lambda m, g, rate, mu: (mu * m - rate * g, mu * (mu * m - rate * g) - rate * g)),
            _("This is Nesterov's rule, which looks one step ahead. Plain momentum adds m itself."),
        ),
        Misconception(
            "rate_twice",
            momentum_rule(lambda m, g, rate, mu: (mu * m - rate * g, rate * (mu * m - rate * g))),
            _("The learning rate was used twice: it is already in m, so w = w + m."),
        ),
        Misconception(
            "no_friction",
            momentum_rule(lambda m, g, rate, mu: both(m - rate * g)),
            _("m is not multiplied by momentum, so the ball has no friction and never slows down."),
        ),
        Misconception(
            "friction_turned",
            momentum_rule(lambda m, g, rate, mu: both((1 - mu) * m - rate * g)),
            _("You used 1 - momentum. Momentum is the share of m that is kept."),
        ),
        Misconception(
            "old_step",
            momentum_rule(lambda m, g, rate, mu: (mu * m - rate * g, m)),
            _("You moved by the old m. Calculate the new m first, then add it."),
        ),
        Misconception(
            "momentum_ignored",
            momentum_rule(lambda m, g, rate, mu: both(0.9 * m - rate * g)),
            _("You used 0.9. Use the argument `momentum`."),
        ),
        Misconception(
            "nothing_moved",
            momentum_rule(lambda m, g, rate, mu: (m, 0 * m)),
            _("You returned the old weights. The first thing you return must be the new ones: w = w + m."),
        ),
        Misconception(
            "friction_on_step",
            momentum_rule(lambda m, g, rate, mu: (mu * m - rate * g, mu * (mu * m - rate * g))),
            _(
                "The whole step was multiplied by momentum. Only the old m is: m = momentum * m - learning_rate * "
                "gradient, then w = w + m."
            ),
        ),
        Misconception(
            "gradient_twice",
            momentum_rule(lambda m, g, rate, mu: (mu * m - rate * g, mu * m - 2 * rate * g)),
            _("The gradient was subtracted twice: it is already in m, so w = w + m is the whole step."),
        ),
    ],
    hints=[
        _('First the memory: `m = 0 if state is None else state["m"]`.'),
        _("Then the new m, then the step. Return the new m in a new dictionary."),
        _('`m = momentum * m - learning_rate * gradient`, `w = w + m`, `return w, {"m": m}`.'),
    ],
)


def averaged(v, g, rho, eps):
    return rho * v + (1 - rho) * g**2


def divided(g, v, rate, rho, eps):
    return rate * g / np.sqrt(v + eps)


def rmsprop_rule(step=divided, v_of=averaged, kept=lambda v: v):
    """A wrong RMSprop: step(g, v, rate, rho, eps) is what is subtracted from w, v_of(v, g, rho, eps) the new v."""

    def change(w, g, memory, rate, rho, eps):
        v = v_of(memory["v"], g, rho, eps)
        return w - step(g, v, rate, rho, eps), {**memory, "v": kept(v)}

    return rule(change, "v")


def old_v(w, g, memory, rate, rho, eps):
    v = memory["v"]
    return w - divided(g, v, rate, rho, eps), {**memory, "v": averaged(v, g, rho, eps)}


def start_corrected(w, g, memory, rate, rho, eps):
    v = averaged(memory["v"], g, rho, eps)
    return w - divided(g, v / (1 - rho ** memory["t"]), rate, rho, eps), {**memory, "v": v}


RMSPROP_STEP = Exercise(
    name="rmsprop_step",
    chapter=4,
    title=_("A step of its own for each weight: RMSprop"),
    statement=_(
        "Return the weights after one step of RMSprop, and the new state:\n\n"
        "$$v \\leftarrow \\rho\\, v + (1 - \\rho)\\, g^2, \\qquad "
        "w \\leftarrow w - \\frac{\\eta\\, g}{\\sqrt{v + \\epsilon}}$$\n\n"
        "g is the gradient. This is the form that Keras uses: epsilon stands inside the root. `state` is None at the "
        "first step: then v is 0. At the next step you are handed the state that you returned; how it looks is up to "
        'you, for example `{"v": v}`. Nothing handed in may be changed in place. Return `w, state`.\n\n'
        "On paper, learning rate 0.1 and rho 0.9 (epsilon so small that it changes no digit here): w = 1 and gradient "
        "0.5 give v = 0.025 and w = 0.684; the same gradient once more gives v = 0.0475 and w = 0.454."
    ),
    reference=nn.rmsprop_step,
    call=trajectory,
    returns="w, state",
    case_names=("w", "gradients", "learning_rate", "rho", "epsilon"),
    cases=steps_cases((0.1, 0.9, 1e-7), (0.05, 0.8, 0.01), (0.01, 0.5, 1e-3)),
    outputs=STEPS,
    misconceptions=[
        Misconception(
            "epsilon_outside",
            rmsprop_rule(lambda g, v, rate, rho, eps: rate * g / (np.sqrt(v) + eps)),
            _(
                "Epsilon is outside of the root. In Keras's RMSprop it stands inside: sqrt(v + epsilon). (In Adam it "
                "is outside.)"
            ),
        ),
        Misconception(
            "epsilon_forgotten",
            rmsprop_rule(lambda g, v, rate, rho, eps: rate * g / np.sqrt(v)),
            _("Epsilon is missing. It keeps the division safe where v is 0: sqrt(v + epsilon)."),
        ),
        Misconception(
            "root_forgotten",
            rmsprop_rule(lambda g, v, rate, rho, eps: rate * g / (v + eps)),
            _("The root is missing: divide by sqrt(v + epsilon), not by v + epsilon."),
        ),
        Misconception(
            "old_v",
            rule(old_v, "v"),
            _(
                "You divided by the v of the step before, at the first step nearly by 0. Calculate the new v first, "
                "then use it."
            ),
        ),
        Misconception(
            "gradient_not_squared",
            rmsprop_rule(v_of=lambda v, g, rho, eps: rho * v + (1 - rho) * g),
            _(
                "v must average the square of the gradient, g ** 2. Yours averages the gradient itself, and the root "
                "of a negative number is NaN."
            ),
        ),
        Misconception(
            "amount_averaged",
            rmsprop_rule(v_of=lambda v, g, rho, eps: rho * v + (1 - rho) * np.abs(g)),
            _("v averages the amount of the gradient. Its square is asked: g ** 2."),
        ),
        Misconception(
            "not_averaged",
            rmsprop_rule(v_of=lambda v, g, rho, eps: rho * v + g**2),
            _("The factor (1 - rho) is missing: without it v is a sum, not an average, and the steps are too short."),
        ),
        Misconception(
            "rho_turned",
            rmsprop_rule(v_of=lambda v, g, rho, eps: (1 - rho) * v + rho * g**2),
            _("rho is on the wrong term: it is the share of the old v that is kept, 1 - rho that of the new g ** 2."),
        ),
        Misconception(
            "nothing_forgotten",
            rmsprop_rule(v_of=lambda v, g, rho, eps: v + (1 - rho) * g**2),
            _("The old v is not multiplied by rho, so v only grows and the steps become ever shorter."),
        ),
        Misconception(
            "adagrad",
            rmsprop_rule(v_of=lambda v, g, rho, eps: v + g**2),
            _(
                "Your v is the sum of all squared gradients: that is Adagrad. RMSprop averages and forgets: "
                "rho * v + (1 - rho) * g ** 2."
            ),
        ),
        Misconception(
            "no_memory",
            rmsprop_rule(kept=lambda v: 0 * v),
            _("Nothing is remembered: every step is a first step. Take v from the state, and return the new v in it."),
        ),
        Misconception(
            "root_kept",
            rmsprop_rule(kept=np.sqrt),
            _("You stored the root of v. Keep v itself in the state, and use the root only for the step."),
        ),
        Misconception(
            "epsilon_kept",
            rmsprop_rule(
                lambda g, v, rate, rho, eps: rate * g / np.sqrt(v),
                v_of=lambda v, g, rho, eps: rho * v + (1 - rho) * g**2 + eps,
            ),
            _("You stored epsilon in v, so it adds up from step to step. Add it only where you divide."),
        ),
        Misconception(
            "brackets_of_epsilon",
            rmsprop_rule(lambda g, v, rate, rho, eps: rate * g / np.sqrt(v) - eps),
            _("Epsilon was added after the division. It stands inside the brackets of the root: np.sqrt(v + epsilon)."),
        ),
        Misconception(
            "multiplied",
            rmsprop_rule(lambda g, v, rate, rho, eps: rate * g * np.sqrt(v + eps)),
            _("You multiplied by the root. Divide: where gradients are large, the steps become shorter."),
        ),
        Misconception(
            "average_of_all_weights",
            rmsprop_rule(v_of=lambda v, g, rho, eps: rho * v + (1 - rho) * np.mean(g**2)),
            _("All weights share one v, the mean over the weights. Each weight has a v of its own: g ** 2, no mean."),
        ),
        Misconception(
            "start_corrected",
            rule(start_corrected, "v"),
            _("You divided v by 1 - rho ** t, as Adam does. RMSprop does not correct the slow start."),
        ),
        Misconception(
            "rho_ignored",
            rmsprop_rule(v_of=lambda v, g, rho, eps: 0.9 * v + 0.1 * g**2),
            _("You used 0.9. Use the argument `rho`."),
        ),
        Misconception(
            "epsilon_ignored",
            rmsprop_rule(lambda g, v, rate, rho, eps: rate * g / np.sqrt(v + 1e-7)),
            _("You used 1e-7. Use the argument `epsilon`."),
        ),
        Misconception(
            "rate_forgotten",
            rmsprop_rule(lambda g, v, rate, rho, eps: g / np.sqrt(v + eps)),
            _("The learning rate is missing: the step is learning_rate * gradient / sqrt(v + epsilon)."),
        ),
        Misconception(
            "nothing_moved",
            rmsprop_rule(lambda g, v, rate, rho, eps: 0 * g),
            _("You returned the old weights. The first thing you return must be the new ones: `return w, state`."),
        ),
        Misconception(
            "uphill",
            rmsprop_rule(lambda *all_: -divided(*all_)),
            _("You went uphill: the step is subtracted from w."),
        ),
    ],
    hints=[
        _('First the memory: `v = 0 if state is None else state["v"]`.'),
        _("Then the new v, then the step with this new v. Epsilon is added to v before the root is taken."),
        _(
            "`v = rho * v + (1 - rho) * gradient**2`, "
            '`w = w - learning_rate * gradient / np.sqrt(v + epsilon)`, `return w, {"v": v}`.'
        ),
    ],
)


def adam_rule(step, v_of=lambda g: g**2, keep=lambda memory: memory, swap=False):
    """A wrong Adam: step(g, m, v, t, rate, b1, b2, eps) is what is subtracted from w."""

    def change(w, g, memory, rate, b1, b2, eps):
        if swap:
            b1, b2 = b2, b1
        m = b1 * memory["m"] + (1 - b1) * g
        v = b2 * memory["v"] + (1 - b2) * v_of(g)
        return w - step(g, m, v, memory["t"], rate, b1, b2, eps), keep({"m": m, "v": v, "t": memory["t"]})

    return rule(change, "m", "v")


def alpha(rate, b1, b2, t):
    return rate * np.sqrt(1 - b2**t) / (1 - b1**t)


def right_step(g, m, v, t, rate, b1, b2, eps):
    return alpha(rate, b1, b2, t) * m / (np.sqrt(v) + eps)


def not_averaged(w, g, memory, rate, b1, b2, eps):
    m, v = b1 * memory["m"] + g, b2 * memory["v"] + g**2
    return w - right_step(g, m, v, memory["t"], rate, b1, b2, eps), {**memory, "m": m, "v": v}


def corrected_kept(w, g, state, rate, b1, b2, eps):
    m, v, t = state or (0, 0, 0)
    t += 1
    m = (b1 * m + (1 - b1) * g) / (1 - b1**t)
    v = (b2 * v + (1 - b2) * g**2) / (1 - b2**t)
    return w - rate * m / (np.sqrt(v) + eps), (m, v, t)


ADAM_STEP = Exercise(
    name="adam_step",
    chapter=4,
    title=_("Adam"),
    statement=_(
        "Return the weights after one step of Adam, and the new state. At step t = 1, 2, 3, ...:\n\n"
        "$$m \\leftarrow \\beta_1 m + (1 - \\beta_1)\\, g, \\qquad v \\leftarrow \\beta_2 v + (1 - \\beta_2)\\, "
        "g^2$$\n\n"
        "$$\\alpha = \\eta\\, \\frac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t}, \\qquad "
        "w \\leftarrow w - \\alpha\\, \\frac{m}{\\sqrt{v} + \\epsilon}$$\n\n"
        "This is the form that Keras uses. `state` is None at the first step: then m and v are 0 and t is 1. At the "
        "next "
        "step you are handed the state that you returned; it must hold m, v and t. Nothing handed in may be changed in "
        "place. Return `w, state`.\n\n"
        "On paper: at the first step m / sqrt(v) is the sign of g, corrected by alpha, so every weight moves by just "
        "about "
        "the learning rate: w = (1, -2), g = (0.5, -1), learning rate 0.1 give (0.9, -1.9)."
    ),
    reference=nn.adam_step,
    call=trajectory,
    returns="w, state",
    case_names=("w", "gradients", "learning_rate", "beta_1", "beta_2", "epsilon"),
    cases=steps_cases((0.1, 0.9, 0.999, 1e-7), (0.05, 0.8, 0.9, 0.01), (0.01, 0.5, 0.95, 1e-3)),
    outputs=STEPS,
    misconceptions=[
        Misconception(
            "no_correction",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: rate * m / (np.sqrt(v) + eps)),
            _(
                "The correction of the slow start is missing: m and v begin at 0 and are too small in the first steps. "
                "Use alpha instead of the learning rate."
            ),
        ),
        Misconception(
            "only_v_corrected",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: rate * np.sqrt(1 - b2**t) * m / (np.sqrt(v) + eps)),
            _("The correction of m is missing: divide by 1 - beta_1 ** t."),
        ),
        Misconception(
            "only_m_corrected",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: rate / (1 - b1**t) * m / (np.sqrt(v) + eps)),
            _("The correction of v is missing: multiply by the square root of 1 - beta_2 ** t."),
        ),
        Misconception(
            "root_of_correction_missing",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: rate * (1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + eps)),
            _("The root is missing in alpha: sqrt(1 - beta_2 ** t)."),
        ),
        Misconception(
            "epsilon_inside",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: alpha(rate, b1, b2, t) * m / np.sqrt(v + eps)),
            _(
                "Epsilon is inside the root. In Adam it stands outside: sqrt(v) + epsilon. (In Keras's RMSprop it is "
                "inside.)"
            ),
        ),
        Misconception(
            "epsilon_of_the_paper",
            adam_rule(
                lambda g, m, v, t, rate, b1, b2, eps: rate * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
            ),
            _(
                "This is Algorithm 1 of the Adam paper: epsilon is added after v was corrected. Asked is the form of "
                "Keras, "
                "where epsilon is added to sqrt(v) itself and alpha holds both corrections. The difference is small, "
                "but it "
                "shows after some hundred steps."
            ),
        ),
        Misconception(
            "epsilon_forgotten",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: alpha(rate, b1, b2, t) * m / np.sqrt(v)),
            _("Epsilon is missing: it keeps the division safe where v is 0."),
        ),
        Misconception(
            "root_forgotten",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: alpha(rate, b1, b2, t) * m / (v + eps)),
            _("The root of v is missing: m / (sqrt(v) + epsilon)."),
        ),
        Misconception(
            "gradient_not_squared",
            adam_rule(right_step, v_of=lambda g: g),
            _(
                "v must average the square of the gradient. Yours averages the gradient itself, and the root of a "
                "negative "
                "number is NaN."
            ),
        ),
        Misconception(
            "gradient_instead_of_m",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: alpha(rate, b1, b2, t) * g / (np.sqrt(v) + eps)),
            _("You used the gradient itself above the line. Adam uses its average m."),
        ),
        Misconception(
            "step_not_counted",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: right_step(g, m, v, 1, rate, b1, b2, eps)),
            _("t stays at 1. Count the steps: keep t in the state and add 1 each time."),
        ),
        Misconception(
            "no_memory",
            adam_rule(right_step, keep=lambda memory: None),
            _("Nothing is remembered: every step is a first step. Return m, v and t in the state."),
        ),
        Misconception(
            "t_from_zero",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: right_step(g, m, v, t - 1, rate, b1, b2, eps)),
            _("At t = 0 alpha is 0/0 = NaN. Count first, then use t: the first step has t = 1."),
        ),
        Misconception(
            "brackets_of_epsilon",
            adam_rule(lambda g, m, v, t, rate, b1, b2, eps: alpha(rate, b1, b2, t) * m / np.sqrt(v) - eps),
            _(
                "Epsilon was added after the division. Put brackets around what is below the line: / (np.sqrt(v) + "
                "epsilon)."
            ),
        ),
        Misconception(
            "root_of_both",
            adam_rule(
                lambda g, m, v, t, rate, b1, b2, eps: rate * np.sqrt((1 - b2**t) / (1 - b1**t)) * m / (np.sqrt(v) + eps)
            ),
            _("In alpha the root covers only 1 - beta_2 ** t, not 1 - beta_1 ** t."),
        ),
        Misconception(
            "times_instead_of_power",
            adam_rule(
                lambda g, m, v, t, rate, b1, b2, eps: (
                    rate * np.sqrt(1 - b2 * t) / np.float64(1 - b1 * t) * m / (np.sqrt(v) + eps)
                )
            ),
            _("In alpha the betas are raised to the power t: `beta_1 ** t`, not `beta_1 * t`."),
        ),
        Misconception(
            "corrected_kept",
            corrected_kept,
            _(
                "You stored the corrected m and v. Keep m and v as they are in the state, and use the correction "
                "only for the step."
            ),
        ),
        Misconception(
            "not_averaged",
            rule(not_averaged, "m", "v"),
            _("The factors (1 - beta_1) and (1 - beta_2) are missing: without them m and v are sums, not averages."),
        ),
        Misconception(
            "betas_swapped",
            adam_rule(right_step, swap=True),
            _("The two betas are swapped: beta_1 belongs to m, beta_2 to v."),
        ),
        Misconception(
            "uphill", adam_rule(lambda *all_: -right_step(*all_)), _("You went uphill: the step is subtracted from w.")
        ),
    ],
    hints=[
        _("First the memory: at the first step m and v are 0 and t is 0; then t grows by 1 at each step."),
        _("Four lines follow the four formulas: m, v, alpha, w. `beta_2 ** t` is a power; `np.sqrt` is the root."),
        _(
            "`alpha = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)`, then "
            '`w = w - alpha * m / (np.sqrt(v) + epsilon)`, then `return w, {"m": m, "v": v, "t": t}`.'
        ),
    ],
)


def table(rows):
    """Rows that can be told apart: x[n] = (n, n + 0.5), y[n] = n."""
    numbers = np.arange(rows)
    return np.stack([numbers, numbers + 0.5], axis=1), numbers.copy()


def batch_report(function, rows, batch_size, seed):
    """What is true of the batches whatever the order: their sizes, and yes or no for each property.

    With fewer than 10 rows chance could look like order, so the properties of the order are not judged there.
    """

    def draw(seed):
        x, y = table(rows)
        return checked_batches(function(x, y, batch_size, np.random.default_rng(seed)), rows)

    batches, again, other = draw(seed), draw(seed), draw(seed + 1)
    order = np.concatenate([x[:, 0] for x, _y in batches]) if batches else np.zeros(0)
    second, third = (np.concatenate([x[:, 0] for x, _y in b]) if b else np.zeros(0) for b in (again, other))
    together = all(np.array_equal(x[:, 0], y) for x, y in batches)
    counts = np.bincount(order.astype(int), minlength=rows)
    judged = rows >= 10
    runs = all(np.array_equal(np.diff(x[:, 0]), np.ones(len(x) - 1)) for x, _y in batches if len(x) > 1)
    return (
        np.array([len(x) for x, _y in batches]),
        together,
        bool((counts <= 1).all()),
        bool((counts >= 1).all()),
        not judged or not np.array_equal(order, np.arange(len(order))),
        not judged or batch_size == 1 or not runs,
        np.array_equal(order, second),
        not judged or not np.array_equal(order, third),
    )


def _is_batch(part):
    """True for a tuple, and for a list [x_batch, y_batch]: two such batches in a tuple are no single pair."""
    return isinstance(part, tuple) or isinstance(part, list) and len(part) == 2 and np.ndim(part[0]) == 2


def checked_batches(batches, rows):
    """Return the batches as a list of pairs of arrays, or raise Mistake."""
    if batches is None or batches is Ellipsis:
        raise Mistake(
            _("Your function returned None. Return a list of pairs (x_batch, y_batch), or `yield` each pair.")
        )
    if isinstance(batches, tuple) and len(batches) == 2 and not any(map(_is_batch, batches)):
        raise Mistake(
            _(
                "Your function returned one pair. Return a list of pairs: one pair (x_batch, y_batch) for each batch. "
                "Does `return` stand inside the loop?"
            )
        )
    try:
        batches = list(itertools.islice(batches, 3 * rows + 10))
    except TypeError:
        raise Mistake(
            _("Return a list of pairs (x_batch, y_batch), or `yield` each pair; your function returned {kind}.").format(
                kind=type(batches).__name__
            )
        ) from None
    pairs = []
    for pair in batches:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise Mistake(_("Each batch must be a pair (x_batch, y_batch)."))
        x, y = (np.asarray(part) for part in pair)
        if x.ndim != 2 or x.shape[1] != 2 or y.ndim != 1 or len(x) != len(y):
            raise Mistake(
                _(
                    "In a batch x_batch must have shape (n, D) and y_batch (n,), with the same n; they have "
                    "{x} and {y}."
                ).format(x=x.shape, y=y.shape)
            )
        pairs.append((x, y))
    return pairs


def cut(x, y, order, batch_size):
    return [(x[order[a : a + batch_size]], y[order[a : a + batch_size]]) for a in range(0, len(order), batch_size)]


def starts_shuffled(x, y, size, rng):
    starts = np.arange(0, len(x), size)
    rng.shuffle(starts)
    return [(x[a : a + size], y[a : a + size]) for a in starts]


def shuffled_apart(x, y, size, rng):
    return cut(x[rng.permutation(len(x))], y[rng.permutation(len(y))], np.arange(len(x)), size)


def last_dropped(x, y, size, rng):
    order = rng.permutation(len(x))
    return cut(x, y, order[: len(x) // size * size], size)


def one_too_many(x, y, size, rng):
    order = rng.permutation(len(x))
    rows = [order[k * size : (k + 1) * size] for k in range(len(x) // size + 1)]
    return [(x[r], y[r]) for r in rows]


def drawn_anew(x, y, size, rng):
    rows = [rng.choice(len(x), size=min(size, len(x)), replace=False) for _step in range(len(x) // size)]
    return [(x[r], y[r]) for r in rows]


def filled_up(x, y, size, rng):
    order = rng.permutation(len(x))
    return cut(x, y, np.concatenate([order, order[: -len(x) % size]]), size)


def size_as_count(x, y, size, rng):
    return [(x[r], y[r]) for r in np.array_split(rng.permutation(len(x)), size)]


def step_forgotten(x, y, size, rng):
    order = rng.permutation(len(x))
    return [(x[order[a : a + size]], y[order[a : a + size]]) for a in range(len(x))]


MINIBATCHES = Exercise(
    name="minibatches",
    chapter=4,
    title=_("Mini-batches"),
    statement=_(
        "Cut the data into mini-batches for one epoch. Return a list of pairs `(x_batch, y_batch)`, or `yield` the "
        "pairs. "
        "What must hold:\n\n"
        "- `batch_sizes`: every batch has `batch_size` rows; the last one may be smaller, none is empty;\n"
        "- `rows_together`: x and y of a sample stay together;\n"
        "- `no_row_twice` and `no_row_missing`: every sample is there exactly once;\n"
        "- `order_is_new` and `rows_are_mixed`: the samples come in a new order, not only the batches;\n"
        "- `same_seed_same_order` and `new_seed_new_order`: chance comes from `rng` (a NumPy generator) and nowhere "
        "else.\n\n"
        "`x` has shape (N, D), `y` (N,). Example: 5 rows and batch size 2 give batches of 2, 2 and 1 rows."
    ),
    reference=minibatches,
    call=batch_report,
    returns="batches",
    case_names=("rows", "batch_size", "seed"),
    cases=lambda rng: iter([(40, 4, 0), (1, 3, 1), (63, 5, 2), (12, 12, 3), (37, 1, 4), (25, 40, 5)]),
    outputs=(
        "batch_sizes",
        "rows_together",
        "no_row_twice",
        "no_row_missing",
        "order_is_new",
        "rows_are_mixed",
        "same_seed_same_order",
        "new_seed_new_order",
    ),
    misconceptions=[
        Misconception(
            "not_shuffled",
            lambda x, y, size, rng: cut(x, y, np.arange(len(x)), size),
            _("The rows come in the old order. Draw a new one: `order = rng.permutation(len(x))`."),
        ),
        Misconception(
            "shuffled_apart",
            shuffled_apart,
            _(
                "x and y are no longer together: they were not shuffled in the same way. "
                "Draw one order and use it for both: x[rows], y[rows]."
            ),
        ),
        Misconception(
            "last_batch_dropped",
            last_dropped,
            _(
                "The last, smaller batch is missing, so some samples are never learned. "
                "`range(0, len(x), batch_size)` reaches it, and a slice past the end is just shorter."
            ),
        ),
        Misconception(
            "only_batches_shuffled",
            starts_shuffled,
            _(
                "Only the order of the batches is new; the rows inside are still neighbours. Shuffle the rows, then "
                "cut."
            ),
        ),
        Misconception(
            "with_replacement",
            lambda x, y, size, rng: cut(x, y, rng.integers(0, len(x), size=len(x)), size),
            _("Some samples come twice and others never. Draw an order without repeats: `rng.permutation(len(x))`."),
        ),
        Misconception(
            "drawn_anew_each_time",
            drawn_anew,
            _(
                "Each batch was drawn anew, so samples repeat and others are missing. Draw one order for the whole "
                "epoch, "
                "then cut it into batches."
            ),
        ),
        Misconception(
            "own_seed",
            lambda x, y, size, rng: minibatches(x, y, size, np.random.default_rng(0)),
            _("The order is the same whatever `rng` is: every epoch would look alike. Use the rng that is handed in."),
        ),
        Misconception(
            "global_chance",
            lambda x, y, size, rng: minibatches(x, y, size, np.random.default_rng()),
            _(
                "The order does not come from `rng`: `np.random...` and `random...` draw elsewhere, and nobody can "
                "repeat your "
                "run. Use rng.permutation(len(x))."
            ),
        ),
        Misconception(
            "last_batch_filled_up",
            filled_up,
            _("The last batch was filled up with samples that came before, so they count twice. It may be smaller."),
        ),
        Misconception(
            "one_batch_too_many",
            one_too_many,
            _(
                "Where batch_size divides the number of rows, your last batch is empty. "
                "`range(0, len(x), batch_size)` makes just enough."
            ),
        ),
        Misconception(
            "returned_too_early",
            lambda x, y, size, rng: minibatches(x, y, size, rng)[:1],
            _(
                "You returned the first batch only. Does `return` stand inside the loop? It belongs after it, less "
                "indented."
            ),
        ),
        Misconception(
            "range_too_short",
            lambda x, y, size, rng: minibatches(x, y, size, rng)[: len(range(0, len(x) - size, size))],
            _("The loop ends too early: `range(0, len(x), batch_size)` goes up to the last row."),
        ),
        Misconception(
            "step_forgotten",
            step_forgotten,
            _("A batch begins at every row. Take steps of batch_size: `range(0, len(x), batch_size)`."),
        ),
        Misconception(
            "size_taken_as_count",
            size_as_count,
            _("You made batch_size batches. It is the number of rows in each batch."),
        ),
    ],
    hints=[
        _("First a new order of the row numbers, then cut that order into pieces."),
        _(
            "`order = rng.permutation(len(x))`; `range(0, len(x), batch_size)` gives the starts; "
            "`rows = order[start:start + batch_size]` is one piece."
        ),
        _("In the loop: `batches.append((x[rows], y[rows]))`."),
    ],
)


def f1_cases(rng):
    yield np.array([1, 1, 1, 0, 0, 0, 0, 0]), np.array([1, 0, 0, 1, 0, 0, 0, 0])
    yield np.array([1, 0, 1, 1, 0]), np.array([1, 1, 1, 1, 1])
    yield np.array([1, 0]), np.array([1, 0])
    yield np.array([1, 0, 1]), np.array([0, 0, 0])  # no alarm at all
    yield np.array([0, 0]), np.array([0, 0])  # nothing to find
    yield (rng.uniform(size=60) < 0.2).astype(int), (rng.uniform(size=60) < 0.3).astype(int)
    yield rng.integers(0, 2, size=30)[::2], rng.integers(0, 2, size=45)[::3]


def counts(t, y):
    return (np.sum((t == a) & (y == b)) for a, b in ((1, 1), (0, 1), (1, 0), (0, 0)))


def ratio(a, b):
    return a / b if b else 0.0


def of_rates(combine):
    """combine(precision, recall), with 0 for a rate that has nothing to divide by."""

    def score(t, y):
        tp, fp, fn, _tn = counts(t, y)
        return combine(ratio(tp, tp + fp), ratio(tp, tp + fn))

    return score


def of_counts(t, y, combine):
    return combine(*counts(t, y))


def right_ones_as_found(t, y):
    tp, fp, fn, tn = counts(t, y)
    return ratio(2 * (tp + tn), 2 * (tp + tn) + fp + fn)


F1_SCORE = Exercise(
    name="f1_score",
    chapter=4,
    title=_("F1: a figure for rare failures"),
    statement=_(
        "Return the F1 score of class 1, one number between 0 and 1:\n\n"
        "$$\\text{precision} = \\frac{TP}{TP + FP}, \\quad \\text{recall} = \\frac{TP}{TP + FN}, \\quad "
        "F_1 = \\frac{2 \\cdot \\text{precision} \\cdot \\text{recall}}{\\text{precision} + \\text{recall}} "
        "= \\frac{2\\, TP}{2\\, TP + FP + FN}$$\n\n"
        "TP: failures found; FP: false alarms; FN: failures missed. `y_true` and `y_pred` hold 0 and 1, shape (N,). "
        "When "
        "there is no TP, return 0. On paper: 3 failures of which 1 is found, and 1 false alarm: 2 / (2 + 1 + 2) = 0.4."
    ),
    reference=f1_score,
    cases=f1_cases,
    outputs=("f1",),
    misconceptions=[
        Misconception(
            "accuracy",
            lambda t, y: np.mean(t == y),
            _(
                "This is the accuracy. With 3 % failures, a model that never warns has 97 %; F1 looks at the failures "
                "only."
            ),
        ),
        Misconception(
            "precision",
            of_rates(lambda p, r: p),
            _("This is the precision: how many alarms are right. F1 joins it with the recall."),
        ),
        Misconception(
            "recall",
            of_rates(lambda p, r: r),
            _("This is the recall: how many failures are found. F1 joins it with the precision."),
        ),
        Misconception(
            "plain_mean",
            of_rates(lambda p, r: (p + r) / 2),
            _(
                "You took the plain mean of precision and recall. F1 is the harmonic mean, which punishes a low one: "
                "2 p r / (p + r)."
            ),
        ),
        Misconception(
            "geometric_mean",
            of_rates(lambda p, r: np.sqrt(p * r)),
            _("You took the geometric mean, the root of the product. F1 is the harmonic mean: 2 p r / (p + r)."),
        ),
        Misconception(
            "product", of_rates(lambda p, r: p * r), _("You multiplied precision and recall. F1 is 2 p r / (p + r).")
        ),
        Misconception(
            "factor_two_missing",
            of_rates(lambda p, r: ratio(p * r, p + r)),
            _("The factor 2 is missing: with it a perfect model reaches 1."),
        ),
        Misconception(
            "right_ones_as_found",
            right_ones_as_found,
            _(
                "You counted every right answer as TP. TP are only the failures that were found: y_true and y_pred "
                "are both 1."
            ),
        ),
        Misconception(
            "negatives_as_missed",
            lambda t, y: of_counts(t, y, lambda tp, fp, fn, tn: ratio(2 * tp, 2 * tp + fp + fn + tn) if tp else 0.0),
            _(
                "You counted good parts without an alarm (TN) too. FN are only the failures that were missed: y_true "
                "is 1, y_pred is 0."
            ),
        ),
        Misconception(
            "brackets_of_fraction",
            lambda t, y: of_counts(t, y, lambda tp, fp, fn, tn: tp * tp + fp + fn if tp else 0.0),
            _("Brackets are missing below the line: 2 * tp / (2 * tp + fp + fn)."),
        ),
        Misconception(
            "whole_division",
            lambda t, y: of_counts(t, y, lambda tp, fp, fn, tn: 2 * tp // (2 * tp + fp + fn) if tp else 0.0),
            _("`//` divides to a whole number and drops the rest. Use `/`."),
        ),
        Misconception(
            "true_positives_once",
            lambda t, y: (lambda tp, fp, fn, tn: ratio(tp, tp + fp + fn))(*counts(t, y)),
            _("This is TP / (TP + FP + FN), the Jaccard index. In F1 the TP count twice, above and below the line."),
        ),
        Misconception(
            "other_class",
            lambda t, y: f1_score(1 - t, 1 - y),
            _("You scored class 0, the good machines. The failures are class 1."),
        ),
        Misconception(
            "mean_of_both_classes",
            lambda t, y: (f1_score(t, y) + f1_score(1 - t, 1 - y)) / 2,
            _("You took the mean over both classes (macro F1). Here only class 1, the failures, counts."),
        ),
        Misconception(
            "nothing_found",
            lambda t, y: (
                (lambda tp, fp, fn, tn: np.float64(2 * tp) / (2 * tp + fp + fn))(*counts(t, y))
                if np.any(t) or np.any(y)
                else np.nan
            ),
            _("With no failure and no alarm the formula is 0/0 = NaN. Return 0 when there is no TP."),
        ),
        Misconception(
            "precision_of_nothing",
            lambda t, y: (
                lambda tp, fp, fn, tn: (lambda p, r: 2 * p * r / (p + r))(
                    np.float64(tp) / (tp + fp), np.float64(tp) / (tp + fn)
                )
            )(*counts(t, y)),
            _(
                "Where there is no alarm or nothing to find, precision or recall is 0/0 = NaN. Return 0 when there is "
                "no TP."
            ),
        ),
        Misconception(
            "percent", lambda t, y: 100 * f1_score(t, y), _("Your result is in percent. F1 lies between 0 and 1.")
        ),
    ],
    hints=[
        _("Count first: TP, FP and FN, each as a sum of a condition."),
        _("`np.sum((y_true == 1) & (y_pred == 1))` counts TP. Treat the case TP = 0 before you divide."),
        _("`return 2 * tp / (2 * tp + fp + fn)`, with `return 0.0` before it when `tp == 0`."),
    ],
)

EXERCISES = [SGD_STEP, MINIBATCHES, MOMENTUM_STEP, RMSPROP_STEP, ADAM_STEP, F1_SCORE]
