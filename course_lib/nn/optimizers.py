"""Optimizers: how to change the weights w, given the gradient dL/dw.

First the rules, as pure functions of one shape: w, state = adam_step(w, gradient, state, learning_rate=0.001). The
state is None at the start, then a dict; nothing that is passed in is modified. Below them the Keras-named objects,
which keep the state and update arrays in place: by calling these same functions, Adam by the same arithmetic without
new arrays (a test holds the two equal).
"""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import as_float, earlier, fraction, lookup, positive, same_shape


def gradient_descent_step(w, gradient, state=None, learning_rate=0.01):
    """One step downhill: w <- w - learning_rate * gradient, with the gradient of all samples."""
    w, gradient, learning_rate = step_inputs(w, gradient, learning_rate)
    w = w - learning_rate * gradient
    return w, {}


def sgd_step(w, gradient, state=None, learning_rate=0.01):
    """Stochastic gradient descent: w <- w - learning_rate * gradient, with the gradient of one mini-batch."""
    w, gradient, learning_rate = step_inputs(w, gradient, learning_rate)
    w = w - learning_rate * gradient
    return w, {}


def momentum_step(w, gradient, state=None, learning_rate=0.01, momentum=0.9):
    """Keep part of the last step: m <- momentum * m - learning_rate * gradient;  w <- w + m.

    Source: Polyak, USSR Computational Mathematics 4(5), 1964, in the form that Keras uses.
    """
    w, gradient, learning_rate = step_inputs(w, gradient, learning_rate)
    momentum = fraction("momentum", momentum)
    m = earlier("m", state, w)
    m = momentum * m - learning_rate * gradient
    w = w + m
    return w, {"m": m}


def nesterov_step(w, gradient, state=None, learning_rate=0.01, momentum=0.9):
    """Momentum that looks ahead: m <- momentum * m - learning_rate * gradient;
    w <- w + momentum * m - learning_rate * gradient.

    Source: Nesterov, 1983, in the form of Sutskever et al., ICML 2013, that Keras uses.
    """
    w, gradient, learning_rate = step_inputs(w, gradient, learning_rate)
    momentum = fraction("momentum", momentum)
    m = earlier("m", state, w)
    m = momentum * m - learning_rate * gradient
    w = w + momentum * m - learning_rate * gradient
    return w, {"m": m}


def rmsprop_step(w, gradient, state=None, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """Divide by the recent size of the gradient: v <- rho * v + (1 - rho) * gradient^2;
    w <- w - learning_rate * gradient / sqrt(v + epsilon).

    Source: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012. As in Keras, epsilon stands inside the
    root; many texts write it outside.
    """
    w, gradient, learning_rate = step_inputs(w, gradient, learning_rate)
    rho, epsilon = fraction("rho", rho), positive("epsilon", epsilon)
    v = earlier("v", state, w)
    v = rho * v + (1 - rho) * gradient**2
    w = w - learning_rate * gradient / np.sqrt(v + epsilon)
    return w, {"v": v}


def adam_step(w, gradient, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Momentum and RMSprop together, with the slow start of both averages corrected. At step t:

    m <- beta_1 * m + (1 - beta_1) * gradient
    v <- beta_2 * v + (1 - beta_2) * gradient^2
    w <- w - alpha * m / (sqrt(v) + epsilon),   alpha = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t)

    Source: Kingma and Ba, ICLR 2015, in the form at the end of its section 2, which Keras uses.
    """
    w, gradient, learning_rate = step_inputs(w, gradient, learning_rate)
    beta_1, beta_2 = fraction("beta_1", beta_1), fraction("beta_2", beta_2)
    epsilon = positive("epsilon", epsilon)
    m, v = earlier("m", state, w), earlier("v", state, w)
    t = earlier("t", state, 0) + 1
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    alpha = learning_rate * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    w = w - alpha * m / (np.sqrt(v) + epsilon)
    return w, {"m": m, "v": v, "t": t}


def clip_by_norm(gradients, clipnorm):
    """Shorten gradients that are longer than clipnorm: g <- g * clipnorm / max(|g|, clipnorm), so the direction stays.

    For one array |g| is its own length (Keras's clipnorm); for a list of arrays it is the length of all of them taken
    as one vector (Keras's global_clipnorm). Returns the same kind, in new arrays. Source: Pascanu, Mikolov and Bengio,
    ICML 2013.
    """
    clipnorm = positive("clipnorm", clipnorm)
    if not isinstance(gradients, (list, tuple)):
        return clip_by_norm([gradients], clipnorm)[0]
    gradients = [as_float("gradients", g) for g in gradients]
    factor = clipnorm / max(norm(gradients), clipnorm)
    return [g * factor for g in gradients]


def step_inputs(w, gradient, learning_rate):
    """Return w and gradient as floats of one shape and dtype, and a learning rate above 0."""
    gradient, w = same_shape("gradient", gradient, "w", w)
    return w, gradient.astype(w.dtype, copy=False), positive("learning_rate", learning_rate)


class Optimizer:
    """Keeps the state of a rule and updates arrays in place.

    clipnorm shortens the gradient of each array to at most this length; global_clipnorm shortens all of them together.

    As in Keras, the learning rate, the momentum and the powers of Adam's betas pass through float32: 0.9 is really
    0.8999999762. Only then do both engines agree to the last digits in float64.
    """

    block = 65536  # values per piece: the few arrays that a rule needs then stay in the processor's cache

    def __init__(self, learning_rate, clipnorm=None, global_clipnorm=None):
        self.learning_rate = positive("learning_rate", learning_rate)
        self.clipnorm = None if clipnorm is None else positive("clipnorm", clipnorm)
        self.global_clipnorm = None if global_clipnorm is None else positive("global_clipnorm", global_clipnorm)
        if clipnorm is not None and global_clipnorm is not None:
            raise ValueError(_("Only one of clipnorm and global_clipnorm can be set, not both."))
        self.taken = False  # True once a model uses it: two models must not share one state
        self.reset()

    def step(self, w, gradient, state):
        """Return the new w and state: the pure rule with this object's numbers."""
        raise NotImplementedError

    def reset(self):
        """Forget the state: the next step is the first one."""
        self.states = {}

    def clip(self, gradients):
        """Return the gradients (a list of arrays), shortened where they are longer than allowed."""
        if self.clipnorm is not None:
            return [clip_by_norm(g, self.clipnorm) for g in gradients]
        if self.global_clipnorm is not None:
            return clip_by_norm(gradients, self.global_clipnorm)
        return gradients

    def apply(self, gradients, weights):
        """Update the arrays in the list `weights` in place; state is kept by the position in the list."""
        for k, (gradient, w) in enumerate(zip(self.clip(gradients), weights, strict=True)):
            self.update(w, gradient, k)

    def update(self, w, gradient, key=0):
        """Update the one array w in place, block by block, without clipping."""
        for a in range(0, max(len(w), 1), self.block) if w.ndim == 1 else (0,):
            part = slice(a, a + self.block) if w.ndim == 1 else ...
            w[part], self.states[key, a] = self.step(w[part], gradient[part], self.states.get((key, a)))

    def get_config(self):
        """The arguments that make an equal optimizer, with Keras's names."""
        hidden = {"states", "taken"}
        return {name: value for name, value in vars(self).items() if name not in hidden}

    def __repr__(self):
        shown = ", ".join(f"{name}={value}" for name, value in self.get_config().items() if value is not None)
        return f"{type(self).__name__}({shown})"


class SGD(Optimizer):
    """Gradient descent; with momentum > 0 the momentum rule, and with nesterov=True Nesterov's."""

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, clipnorm=None, global_clipnorm=None):
        self.momentum, self.nesterov = fraction("momentum", momentum), bool(nesterov)
        super().__init__(learning_rate, clipnorm, global_clipnorm)

    def step(self, w, gradient, state):
        if self.momentum == 0:
            return sgd_step(w, gradient, state, single(self.learning_rate))
        rule = nesterov_step if self.nesterov else momentum_step
        return rule(w, gradient, state, single(self.learning_rate), single(self.momentum))


class RMSprop(Optimizer):
    """See `rmsprop_step`."""

    def __init__(self, learning_rate=0.001, rho=0.9, epsilon=1e-7, clipnorm=None, global_clipnorm=None):
        self.rho, self.epsilon = fraction("rho", rho), positive("epsilon", epsilon)
        super().__init__(learning_rate, clipnorm, global_clipnorm)

    def step(self, w, gradient, state):
        return rmsprop_step(w, gradient, state, single(self.learning_rate), self.rho, self.epsilon)


class Adam(Optimizer):
    """See `adam_step`."""

    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, clipnorm=None, global_clipnorm=None
    ):
        self.beta_1, self.beta_2 = fraction("beta_1", beta_1), fraction("beta_2", beta_2)
        self.epsilon = positive("epsilon", epsilon)
        super().__init__(learning_rate, clipnorm, global_clipnorm)

    def step(self, w, gradient, state):
        t = 1 if state is None else state["t"] + 1
        learning_rate = single(self.learning_rate) * slow_start(t, single(self.beta_1), single(self.beta_2))
        learning_rate /= slow_start(t, self.beta_1, self.beta_2)
        return adam_step(w, gradient, state, learning_rate, self.beta_1, self.beta_2, self.epsilon)

    def update(self, w, gradient, key=0):
        """The same rule, written with `out=` so that no new arrays are made: most of a training step is this."""
        if not (w.flags.c_contiguous and gradient.flags.c_contiguous):
            return super().update(w, gradient, key)
        w, gradient = w.reshape(-1), gradient.reshape(-1)
        if key not in self.states:
            work = np.empty((2, min(len(w), self.block)), w.dtype)
            self.states[key] = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0, "work": work}
        state = self.states[key]
        state["t"] += 1
        alpha = single(self.learning_rate) * slow_start(state["t"], single(self.beta_1), single(self.beta_2))
        for a in range(0, len(w), self.block):
            part = slice(a, a + self.block)
            m, v, g, w_part = state["m"][part], state["v"][part], gradient[part], w[part]
            first, second = state["work"][:, : len(g)]
            m *= self.beta_1
            m += np.multiply(g, 1 - self.beta_1, out=first)  # m <- beta_1 m + (1 - beta_1) g
            np.multiply(g, g, out=first)
            v *= self.beta_2
            v += np.multiply(first, 1 - self.beta_2, out=first)  # v <- beta_2 v + (1 - beta_2) g^2
            np.sqrt(v, out=first)
            first += self.epsilon
            np.multiply(m, alpha, out=second)
            w_part -= np.divide(second, first, out=second)  # w <- w - alpha m / (sqrt(v) + epsilon)


def slow_start(t, beta_1, beta_2):
    """The correction in Adam's alpha for averages that start at 0."""
    return (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)


OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def single(value):
    """The nearest float32 number."""
    return float(np.float32(value))


def norm(arrays):
    """The length of all values taken as one vector: sqrt(sum of squares)."""
    return float(np.sqrt(sum(np.vdot(a, a) for a in arrays)))


def optimizer_object(optimizer):
    """Return an optimizer given by name, as a class or as an object; a copy of one that a model uses already."""
    if isinstance(optimizer, Optimizer):
        return type(optimizer)(**optimizer.get_config()) if optimizer.taken else optimizer
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        return optimizer()
    return lookup("optimizer", optimizer.lower() if isinstance(optimizer, str) else optimizer, OPTIMIZERS)()
