"""The exercises of chapter 7, memory: one step, all steps, back through time, how far gradients reach, an LSTM."""

import numpy as np

from course_lib import nn
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def rnn_step(x_t, h, W_xh, W_hh, b_h):
    """One step of a simple recurrent network: h_new = tanh(x_t W_xh + h W_hh + b_h).

    x_t (N, D), h (N, H), W_xh (D, H), W_hh (H, H), b_h (H,) -> h_new (N, H).
    """
    return np.tanh(x_t @ W_xh + h @ W_hh + b_h)


def rnn_forward(x, W_xh, W_hh, b_h):
    """All states of a simple recurrent network: h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), with h_0 = 0.

    x (N, T, D), W_xh (D, H), W_hh (H, H), b_h (H,) -> h (N, T, H).
    """
    N, T, _D = x.shape
    state = np.zeros((N, len(W_hh)))
    h = np.zeros((N, T, len(W_hh)))
    for t in range(T):
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        h[:, t] = state
    return h


def rnn_backward(dh, x, h, W_xh, W_hh):
    """Backpropagation through time: the gradients of h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h) from dh = dL/dh_t.

    dh and h (N, T, H), x (N, T, D), W_xh (D, H), W_hh (H, H) -> dx (N, T, D), dW_xh (D, H), dW_hh (H, H), db_h (H,).
    """
    dx, dW_xh, dW_hh, db_h = np.zeros(x.shape), np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    from_next = np.zeros(h[:, 0].shape)  # nothing comes after the last step
    for t in reversed(range(x.shape[1])):
        dz = (dh[:, t] + from_next) * (1 - h[:, t] ** 2)
        dx[:, t] = dz @ W_xh.T
        dW_xh += x[:, t].T @ dz
        if t > 0:  # before the first step the state is 0
            dW_hh += h[:, t - 1].T @ dz
        db_h += dz.sum(axis=0)
        from_next = dz @ W_hh.T
    return dx, dW_xh, dW_hh, db_h


def gradient_bound(W_hh, largest_slope, steps):
    """No gradient grows by more than this on its way back over so many steps: (sigma * largest_slope)^steps.

    sigma is the largest singular value of W_hh (H, H), how much it can lengthen a vector at most.
    Source: Pascanu, Mikolov and Bengio, ICML 2013.
    """
    sigma = np.linalg.norm(W_hh, 2)
    return (sigma * largest_slope) ** steps


def lstm_step(x_t, h, c, W_x, W_h, b):
    """One step of an LSTM, gates in Keras's order i, f, c, o: c_new = f * c + i * new, h_new = o * tanh(c_new).

    x_t (N, D), h and c (N, H), W_x (D, 4 H), W_h (H, 4 H), b (4 H,) -> h_new, c_new (N, H).
    """
    z_i, z_f, z_c, z_o = np.split(x_t @ W_x + h @ W_h + b, 4, axis=1)
    i, f, o = nn.sigmoid(z_i), nn.sigmoid(z_f), nn.sigmoid(z_o)
    c_new = f * c + i * np.tanh(z_c)
    h_new = o * np.tanh(c_new)
    return h_new, c_new


def step_cases(rng):
    yield np.array([[1.0]]), np.array([[0.4]]), np.array([[0.5]]), np.array([[1.0]]), np.array([0.1])
    for N, D, H in [(2, 2, 2), (3, 3, 3), (1, 2, 4), (5, 4, 3)]:
        yield (
            rng.normal(size=(N, D)).round(1),
            rng.uniform(-0.9, 0.9, size=(N, H)).round(1),
            rng.normal(size=(D, H)).round(1),
            rng.normal(size=(H, H)).round(1),
            rng.normal(size=H).round(1) + 0.05,
        )
    yield (
        rng.normal(size=(3, 4)).T[::2],
        rng.uniform(-0.9, 0.9, size=(2, 4))[:, ::2],
        rng.normal(size=(2, 3)).T,
        rng.normal(size=(2, 2)).T,
        rng.normal(size=4)[::2],
    )


RNN_STEP = Exercise(
    name="rnn_step",
    chapter=7,
    title=_("One step with a memory"),
    statement=_(
        "Return the new state of a simple recurrent network after one step:\n\n"
        "$$h_t = \\tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h)$$\n\n"
        "`x_t` (N, D) is what the sensors say now, `h` (N, H) the state before; `W_xh` (D, H), `W_hh` (H, H), `b_h` "
        "(H,). The result has shape (N, H). "
        "On paper: x = 1, h = 0.4, W_xh = 0.5, W_hh = 1, b_h = 0.1 give tanh(0.5 + 0.4 + 0.1) = tanh(1) = 0.762."
    ),
    reference=rnn_step,
    cases=step_cases,
    outputs=("h_new",),
    misconceptions=[
        Misconception(
            "tanh_forgotten",
            lambda x, h, W, U, b: x @ W + h @ U + b,
            _("The tanh is missing: you returned the sum. Without it the state could grow without limit."),
        ),
        Misconception(
            "W_hh_transposed",
            lambda x, h, W, U, b: np.tanh(x @ W + h @ U.T + b),
            _("W_hh is transposed. One row a sample, so the state comes first: h @ W_hh."),
        ),
        Misconception(
            "W_xh_transposed",
            lambda x, h, W, U, b: np.tanh(x @ W.T + h @ U + b),
            _("W_xh is transposed. It has shape (D, H), so x_t @ W_xh fits as it is."),
        ),
        Misconception(
            "h_and_x_swapped",
            lambda x, h, W, U, b: np.tanh(h @ W + x @ U + b),
            _("h and x_t are swapped: W_xh goes from the input x to the state h, W_hh from the state to the state."),
        ),
        Misconception(
            "weights_first",
            lambda x, h, W, U, b: np.tanh(W @ x + U @ h + b),
            _(
                "The order of the products is wrong: with one sample a row, write x_t @ W_xh and h @ W_hh. (Textbooks "
                "that write a sample as a column write W x.)"
            ),
        ),
        Misconception(
            "bias_twice",
            lambda x, h, W, U, b: np.tanh(x @ W + b + h @ U + b),
            _("The bias was added twice. Both products go into one sum, and b_h is added to it once."),
        ),
        Misconception(
            "bias_forgotten", lambda x, h, W, U, b: np.tanh(x @ W + h @ U), _("The bias b_h is missing in the sum.")
        ),
        Misconception(
            "bias_outside",
            lambda x, h, W, U, b: np.tanh(x @ W + h @ U) + b,
            _("You added the bias after the tanh. It belongs inside, into the sum."),
        ),
        Misconception(
            "state_outside",
            lambda x, h, W, U, b: np.tanh(x @ W + b) + h @ U,
            _("h @ W_hh stands outside the tanh. Put the whole sum into the brackets: x_t W_xh + h W_hh + b_h."),
        ),
        Misconception(
            "tanh_of_each",
            lambda x, h, W, U, b: np.tanh(x @ W + b) + np.tanh(h @ U),
            _("You took the tanh of each part. Add first, then take one tanh of the whole sum."),
        ),
        Misconception(
            "tanh_of_state",
            lambda x, h, W, U, b: np.tanh(x @ W + np.tanh(h) @ U + b),
            _("You took the tanh of h once more. h is a state already: it came out of the tanh of the step before."),
        ),
        Misconception(
            "state_forgotten",
            lambda x, h, W, U, b: np.tanh(x @ W + b),
            _("The state before plays no part: h @ W_hh is missing. Without it this is a dense layer with no memory."),
        ),
        Misconception(
            "input_forgotten",
            lambda x, h, W, U, b: np.tanh(h @ U + b),
            _("The input plays no part: x_t @ W_xh is missing."),
        ),
        Misconception(
            "state_without_weights",
            lambda x, h, W, U, b: np.tanh(x @ W + h + b),
            _("The state was added as it is. It passes through the recurrent weights first: h @ W_hh."),
        ),
        Misconception(
            "added_to_state",
            lambda x, h, W, U, b: h + np.tanh(x @ W + h @ U + b),
            _("You added the old state to the result. The tanh already is the new state and replaces the old one."),
        ),
        Misconception(
            "multiplied",
            lambda x, h, W, U, b: np.tanh((x @ W) * (h @ U) + b),
            _("You multiplied the two products. They are added: x_t W_xh + h W_hh + b_h."),
        ),
        Misconception(
            "sigmoid",
            lambda x, h, W, U, b: nn.sigmoid(x @ W + h @ U + b),
            _("You used the sigmoid, which lies between 0 and 1. Here it is tanh, between -1 and 1."),
        ),
        Misconception(
            "relu",
            lambda x, h, W, U, b: np.maximum(x @ W + h @ U + b, 0),
            _("You used ReLU. Here it is tanh: `np.tanh`."),
        ),
        Misconception(
            "both_transposed",
            lambda x, h, W, U, b: np.tanh(x @ W.T + h @ U.T + b),
            _("Both matrices are transposed. With one sample a row they fit as they are: x_t @ W_xh and h @ W_hh."),
        ),
        Misconception(
            "textbook_columns",
            lambda x, h, W, U, b: np.tanh(W @ x + U @ h + b[:, None]),
            _(
                "You wrote W x with the bias as a column, as textbooks do for samples as columns. Here a sample is a "
                "row: x_t @ W_xh."
            ),
        ),
        Misconception(
            "element_by_element",
            lambda x, h, W, U, b: np.tanh(x * W + h * U + b),
            _("`*` multiplies element by element. The matrix product is `@`."),
        ),
        Misconception(
            "tanh_of_input_only",
            lambda x, h, W, U, b: np.tanh(x @ W) + h @ U + b,
            _("The bracket of the tanh closes too early: it holds x_t @ W_xh only. Put the whole sum into it."),
        ),
        Misconception(
            "tangent",
            lambda x, h, W, U, b: np.tan(x @ W + h @ U + b),
            _("`np.tan` is the tangent of an angle. The activation is `np.tanh`."),
        ),
        Misconception(
            "samples_as_columns",
            lambda x, h, W, U, b: rnn_step(x, h, W, U, b).T,
            _("Your result is transposed: a sample is a row, so the state has shape (N, H)."),
        ),
        Misconception(
            "bias_subtracted",
            lambda x, h, W, U, b: np.tanh(x @ W + h @ U - b),
            _("You subtracted the bias. It is added."),
        ),
    ],
    hints=[
        _("It is a dense layer with two inputs: what comes in now, and the state before. Each has its own weights."),
        _("Write the shapes: (N, D) @ (D, H) and (N, H) @ (H, H) both give (N, H). The bias is added once."),
        _("It is one line: `return np.tanh(x_t @ W_xh + h @ W_hh + b_h)`."),
    ],
)


def forward_cases(rng):
    yield np.array([[[1.0], [0.0], [0.0]]]), np.array([[1.0]]), np.array([[0.5]]), np.array([0.0])
    for N, T, D, H in [(2, 2, 2, 2), (3, 3, 3, 3), (1, 5, 2, 3), (4, 1, 3, 2), (3, 6, 2, 4)]:
        yield (
            rng.normal(size=(N, T, D)).round(1),
            rng.normal(size=(D, H)).round(1),
            0.7 * rng.normal(size=(H, H)).round(1),
            rng.normal(size=H).round(1) + 0.05,
        )
    yield (
        rng.normal(size=(4, 3, 5)).T[::2],
        rng.normal(size=(8, 3))[::2],
        0.5 * rng.normal(size=(3, 3)).T,
        rng.normal(size=6)[::2],
    )


def unrolled(
    start=lambda N, H: np.zeros((N, H)),
    step=rnn_step,
    keep=lambda new, old: new,
    show=lambda new, old: new,
    order=lambda T: range(T),
    finish=lambda h: h,
):
    """The right loop over time with one part replaced: the mistakes below say which."""

    def forward(x, W_xh, W_hh, b_h):
        state, h = start(len(x), len(W_hh)), np.zeros((*x.shape[:2], len(W_hh)))
        for t in order(x.shape[1]):
            new = step(x[:, t], state, W_xh, W_hh, b_h)
            h[:, t], state = show(new, state), keep(new, state)
        return finish(h)

    return forward


def carried_over(x, W_xh, W_hh, b_h):
    state, h = np.zeros(len(W_hh)), np.zeros((*x.shape[:2], len(W_hh)))
    for n, t in np.ndindex(x.shape[:2]):
        state = h[n, t] = rnn_step(x[n, t], state, W_xh, W_hh, b_h)
    return h


def first_input_again(x, W_xh, W_hh, b_h):
    return rnn_forward(np.repeat(x[:, :1], x.shape[1], axis=1), W_xh, W_hh, b_h)


RNN_FORWARD = Exercise(
    name="rnn_forward",
    chapter=7,
    title=_("The states of whole sequences"),
    statement=_(
        "Return the states of a simple recurrent network after every step, for a batch of sequences:\n\n"
        "$$h_t = \\tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h), \\qquad t = 1 \\dots T, \\qquad h_0 = 0$$\n\n"
        "`x` has shape (N, T, D): N sequences of T steps with D sensors; `x[:, 0]` is the first step of all sequences. "
        "`W_xh` (D, H), `W_hh` (H, H), `b_h` (H,). The result `h` has shape (N, T, H), the state after each step. "
        "Every sequence begins with a state of zeros: sequences know nothing of each other.\n\n"
        "On paper: one sensor says 1, 0, 0; W_xh = 1, W_hh = 0.5, b_h = 0 give the states 0.762, 0.363, 0.180: "
        "the memory of the 1 fades."
    ),
    reference=rnn_forward,
    cases=forward_cases,
    outputs=("h",),
    solution_note=_(
        "`nn.simple_rnn_forward` does the same and also returns a cache; it multiplies the inputs of all steps with "
        "W_xh at once. `nn.simple_rnn_loops` is the formula in two loops."
    ),
    misconceptions=[
        Misconception(
            "carried_over",
            carried_over,
            _(
                "The state was carried on from one sequence of the batch to the next: the second machine begins with "
                "the memory of the first. Every sequence begins with zeros."
            ),
        ),
        Misconception(
            "state_not_updated",
            unrolled(keep=lambda new, old: old),
            _("The state was never updated: every step begins with zeros. Write the new state into the old one."),
        ),
        Misconception(
            "last_only",
            unrolled(finish=lambda h: h[:, -1]),
            _(
                "You returned the last state only, as Keras does without return_sequences=True. Here the state after "
                "every step is asked for: (N, T, H)."
            ),
        ),
        Misconception(
            "start_with_ones",
            unrolled(start=lambda N, H: np.ones((N, H))),
            _("Your first state before the first step is 1. It is 0: h_0 = 0."),
        ),
        Misconception(
            "time_and_batch_swapped",
            lambda x, W, U, b: rnn_forward(x.swapaxes(0, 1), W, U, b).swapaxes(0, 1),
            _(
                "Time and batch are swapped: you walked over the sequences instead of the steps. The axes of x are "
                "(N, T, D), so the step t of all sequences is `x[:, t]`."
            ),
        ),
        Misconception(
            "time_first",
            unrolled(finish=lambda h: h.swapaxes(0, 1)),
            _("Your result has the axes (T, N, H). Time is the second axis: (N, T, H)."),
        ),
        Misconception(
            "state_before",
            unrolled(show=lambda new, old: old),
            _("You stored the state before each step. Calculate the new state first, then store it."),
        ),
        Misconception(
            "first_step_left_out",
            lambda x, W, U, b: np.concatenate([0 * x[:, :1, :1] * b, rnn_forward(x[:, 1:], W, U, b)], axis=1),
            _("The first step was left out: its state stayed 0. The loop begins at the first input, t = 0 in Python."),
        ),
        Misconception(
            "last_step_left_out",
            unrolled(order=lambda T: range(T - 1)),
            _("The last step was left out. `range(T)` already ends at T - 1."),
        ),
        Misconception(
            "backwards",
            unrolled(order=lambda T: reversed(range(T))),
            _("You walked from the last step to the first. Going forward, the first step comes first."),
        ),
        Misconception(
            "first_input_again",
            first_input_again,
            _("Every step was given the first input. At step t it is x[:, t]."),
        ),
        Misconception(
            "tanh_forgotten",
            unrolled(step=lambda x, h, W, U, b: x @ W + h @ U + b),
            _("The tanh is missing in each step."),
        ),
        Misconception(
            "tanh_at_the_end",
            unrolled(step=lambda x, h, W, U, b: x @ W + h @ U + b, finish=np.tanh),
            _("The tanh was taken at the end only. It belongs into every step: the next one gets the tanh."),
        ),
        Misconception(
            "bias_forgotten",
            unrolled(step=lambda x, h, W, U, b: np.tanh(x @ W + h @ U)),
            _("The bias is missing: b_h is added in every step."),
        ),
        Misconception(
            "W_hh_transposed",
            unrolled(step=lambda x, h, W, U, b: np.tanh(x @ W + h @ U.T + b)),
            _("W_hh is transposed: with one sample a row it is h @ W_hh."),
        ),
        Misconception(
            "added_up",
            unrolled(keep=lambda new, old: old + new, show=lambda new, old: old + new),
            _("You added each new state to the old one (`+=`). The new state replaces it: `=`."),
        ),
        Misconception(
            "returned_too_early",
            unrolled(order=lambda T: range(1)),
            _("Only the first step was calculated. Does `return` stand inside the loop? It belongs after it."),
        ),
        Misconception(
            "h0_included",
            lambda x, W, U, b: np.concatenate([np.zeros((len(x), 1, len(b))), rnn_forward(x, W, U, b)], axis=1),
            _(
                "Your result begins with h_0, the zeros before the first step. Return the T states after the steps: "
                "h[:, 1:]."
            ),
        ),
        Misconception(
            "reshaped",
            lambda x, W, U, b: rnn_forward(x, W, U, b).swapaxes(0, 1).reshape(len(x), x.shape[1], -1),
            _(
                "The list of steps has the axes (T, N, H). `reshape` does not swap axes, it only cuts anew: use "
                "`np.stack(states, axis=1)`."
            ),
        ),
        Misconception(
            "glued",
            lambda x, W, U, b: np.concatenate(list(rnn_forward(x, W, U, b).swapaxes(0, 1))),
            _(
                "`np.concatenate` glued the steps together. `np.stack(states, axis=1)` gives the time an axis of its "
                "own."
            ),
        ),
        Misconception(
            "state_outside",
            unrolled(step=lambda x, h, W, U, b: np.tanh(x @ W + b) + h @ U),
            _("h @ W_hh stands outside the tanh. Put the whole sum into the brackets."),
        ),
        Misconception(
            "same_array_again",
            unrolled(finish=lambda h: np.repeat(h[:, -1:], h.shape[1], axis=1)),
            _(
                "Every step holds the last state: you stored the same array again and again and overwrote it (`h[:] = "
                "...`). Make a new one: `h = ...`."
            ),
        ),
        Misconception(
            "first_sequence_only",
            lambda x, W, U, b: np.repeat(rnn_forward(x[:1], W, U, b), len(x), axis=0),
            _("Every sequence got the states of the first one. `x[:, t]` holds step t of all sequences."),
        ),
        Misconception(
            "stored_after_loop",
            unrolled(finish=lambda h: h[:, -1:]),
            _("Only the last state was stored. Store each one inside the loop."),
        ),
    ],
    hints=[
        _("Begin with a state of zeros of shape (N, H). Then one step after the other, and keep each new state."),
        _("`x[:, t]` (N, D) is the input of step t for all sequences at once; `h[:, t] = state` stores the result."),
        _("In the loop over t: `state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)`, then `h[:, t] = state`."),
    ],
)


def backward_cases(rng):
    x, W_xh, W_hh = np.array([[[1.0], [0.0], [0.0]]]), np.array([[1.0]]), np.array([[0.5]])
    yield np.array([[[0.0], [0.0], [1.0]]]), x, rnn_forward(x, W_xh, W_hh, np.zeros(1)), W_xh, W_hh
    for N, T, D, H in [(2, 2, 2, 2), (3, 3, 3, 3), (1, 4, 2, 3), (4, 1, 3, 2), (3, 5, 2, 4)]:
        x, W_xh, W_hh = rng.normal(size=(N, T, D)), 0.7 * rng.normal(size=(D, H)), 0.7 * rng.normal(size=(H, H))
        yield rng.normal(size=(N, T, H)), x, rnn_forward(x, W_xh, W_hh, 0.3 * rng.normal(size=H)), W_xh, W_hh
    x, W_xh, W_hh = rng.normal(size=(3, 4, 5)).T[::2], 0.7 * rng.normal(size=(2, 3)).T, 0.7 * rng.normal(size=(2, 2)).T
    yield rng.normal(size=(2, 4, 3)).T, x, rnn_forward(x, W_xh, W_hh, np.array([0.2, -0.1])), W_xh, W_hh
    x, W_xh, W_hh = np.array([[[0.5], [0.0]]]), np.array([[0.0, 0.8]]), np.array([[0.0, 0.6], [-0.4, 0.0]])
    yield np.array([[[1.0, 0.0], [0.5, -1.0]]]), x, rnn_forward(x, W_xh, W_hh, np.zeros(2)), W_xh, W_hh


def backward_slopes(dh, x, h, W_xh, W_hh):
    b_h = np.arctanh(h[0, 0]) - x[0, 0] @ W_xh  # what the first state was made with
    return {
        "dx": (lambda changed: np.sum(dh * rnn_forward(changed, W_xh, W_hh, b_h)), x),
        "dW_xh": (lambda changed: np.sum(dh * rnn_forward(x, changed, W_hh, b_h)), W_xh),
        "dW_hh": (lambda changed: np.sum(dh * rnn_forward(x, W_xh, changed, b_h)), W_hh),
        "db_h": (lambda changed: np.sum(dh * rnn_forward(x, W_xh, W_hh, changed)), b_h),
    }


def through_time(
    slope=lambda h, t: 1 - h[:, t] ** 2,
    outside=lambda dh, t: dh[:, t],
    join=lambda outer, later, slope: (outer + later) * slope,
    back=lambda dz, arrived, W_hh, outer, slope: dz @ W_hh.T,
    before=lambda h, t: h[:, t - 1] if t > 0 else np.zeros_like(h[:, 0]),
    order=lambda T: reversed(range(T)),
    to_x=lambda dz, W_xh: dz @ W_xh.T,
    collect=lambda parts: sum(parts),
    bias=lambda dz: dz.sum(axis=0),
    finish=lambda dh, *gradients: gradients,
):
    """The right way back with one step replaced: the mistakes below say which."""

    def gradients(dh, x, h, W_xh, W_hh):
        dx, parts, later = np.zeros(x.shape), ([], [], []), np.zeros(h[:, 0].shape)
        for t in order(x.shape[1]):
            outer, bend = outside(dh, t), slope(h, t)
            arrived, dz = outer + later, join(outer, later, bend)
            dx[:, t] = to_x(dz, W_xh)
            for kept, part in zip(parts, (x[:, t].T @ dz, before(h, t).T @ dz, bias(dz)), strict=True):
                kept.append(part)
            later = back(dz, arrived, W_hh, outer, bend)
        return finish(dh, dx, *map(collect, parts))

    return gradients


def batch_kept(dh, x, h, W_xh, W_hh):
    """Summed over time, but one gradient a sequence."""
    dx, *_rest = rnn_backward(dh, x, h, W_xh, W_hh)
    each = [rnn_backward(*(a[n : n + 1] for a in (dh, x, h)), W_xh, W_hh)[1:] for n in range(len(x))]
    return dx, *(np.array(parts) for parts in zip(*each, strict=True))


def time_kept(dh, x, h, W_xh, W_hh):
    """Summed over the batch, but one bias gradient a step."""
    dx, dW_xh, dW_hh, _db = rnn_backward(dh, x, h, W_xh, W_hh)
    parts = []
    through_time(collect=lambda kept: parts.append(kept))(dh, x, h, W_xh, W_hh)
    return dx, dW_xh, dW_hh, np.array(parts[2][::-1])


def first_step_left_out(dh, x, h, W_xh, W_hh):
    dx, *_rest = rnn_backward(dh, x, h, W_xh, W_hh)
    dx[:, 0] = 0
    kept = through_time(collect=lambda parts: sum(parts[:-1], 0 * parts[-1]))(dh, x, h, W_xh, W_hh)
    return dx, *kept[1:]


def added_up(dh, x, h, W_xh, W_hh):
    total = np.zeros(h[:, 0].shape)

    def back(dz, arrived, U, outer, slope):
        nonlocal total
        total = total + dz @ U.T
        return total

    return through_time(back=back)(dh, x, h, W_xh, W_hh)


def product_turned(dh, x, h, W_xh, W_hh):
    dx, dW_xh, dW_hh, db_h = rnn_backward(dh, x, h, W_xh, W_hh)
    wrong = np.zeros(W_xh.shape)
    wrong += dW_xh.T  # stops where D and H differ
    return dx, wrong, dW_hh.T, db_h


def states_without_bias(dh, x, h, W_xh, W_hh):
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    again = np.tanh(x @ W_xh + before @ W_hh)
    return through_time(slope=lambda h, t: 1 - again[:, t] ** 2)(dh, x, h, W_xh, W_hh)


RNN_BACKWARD = Exercise(
    name="rnn_backward",
    chapter=7,
    title=_("Back through time"),
    statement=_(
        "Return the gradients of a simple recurrent network, from `dh` = dL/dh_t at every step. With the sum "
        "$z_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h$ and $h_t = \\tanh z_t$, from the last step to the first:\n\n"
        "$$\\frac{\\partial L}{\\partial z_t} = \\left(dh_t + \\frac{\\partial L}{\\partial z_{t+1}} W_{hh}^T\\right) "
        "\\cdot (1 - h_t^2)$$\n\n"
        "$$dx_t = \\frac{\\partial L}{\\partial z_t} W_{xh}^T, \\quad "
        "dW_{xh} = \\sum_t x_t^T \\frac{\\partial L}{\\partial z_t}, \\quad "
        "dW_{hh} = \\sum_t h_{t-1}^T \\frac{\\partial L}{\\partial z_t}, \\quad "
        "db_h = \\sum_{n, t} \\frac{\\partial L}{\\partial z_t}$$\n\n"
        "`dh` (N, T, H), `x` (N, T, D), the states `h` (N, T, H), `W_xh` (D, H), `W_hh` (H, H). The state before the "
        "first step is 0, and after the last step nothing comes back. Return `dx, dW_xh, dW_hh, db_h`, each with the "
        "shape of what it belongs to.\n\n"
        "On paper: the sequence 1, 0, 0 of the last exercise with dh = (0, 0, 1): dz = (0.0882, 0.4200, 0.9677), so "
        "dW_xh = 0.0882 and dW_hh = 0.7616 * 0.4200 + 0.3634 * 0.9677 = 0.6715."
    ),
    reference=rnn_backward,
    cases=backward_cases,
    outputs=("dx", "dW_xh", "dW_hh", "db_h"),
    slopes=backward_slopes,
    solution_note=_(
        "`nn.simple_rnn_backward(dh, cache)` does the same. It loops only over what must wait, dz, and collects the "
        "weights' gradients of all steps with one product."
    ),
    misconceptions=[
        Misconception(
            "path_through_time_forgotten",
            through_time(back=lambda dz, arrived, U, outer, slope: 0 * dz),
            _(
                "The path through h_(t-1) is missing: what leaves step t + 1 backwards, dz @ W_hh.T, arrives at h_t "
                "too and is added to dh_t."
            ),
        ),
        Misconception(
            "one_step_back",
            through_time(back=lambda dz, arrived, U, outer, slope: (outer * slope) @ U.T),
            _(
                "The gradient goes back one step only. What step t passes back must hold what arrived from step t + 1 "
                "as well, so use the whole dz."
            ),
        ),
        Misconception(
            "slope_of_state",
            through_time(slope=lambda h, t: 1 - np.tanh(h[:, t]) ** 2),
            _(
                "You took the tanh once more: 1 - tanh(h)^2. The states h are tanh(z) already, so the slope is "
                "1 - h^2: tanh' is written with the output, not with the input."
            ),
        ),
        Misconception(
            "slope_of_state_before",
            through_time(slope=lambda h, t: 1 - (h[:, t - 1] if t else 0 * h[:, 0]) ** 2),
            _("You took the slope at h_(t-1). The tanh of step t gave h_t, so its slope is 1 - h_t^2."),
        ),
        Misconception(
            "slope_not_squared",
            through_time(slope=lambda h, t: 1 - h[:, t]),
            _("The square is missing: the slope of tanh is 1 - h^2."),
        ),
        Misconception(
            "slope_of_sigmoid",
            through_time(slope=lambda h, t: h[:, t] * (1 - h[:, t])),
            _("h (1 - h) is the slope of the sigmoid. The slope of tanh is 1 - h^2."),
        ),
        Misconception(
            "slope_forgotten",
            through_time(slope=lambda h, t: np.ones_like(h[:, t])),
            _("The slope of tanh is missing: multiply what arrives at h_t by 1 - h_t^2."),
        ),
        Misconception(
            "slope_of_outside_only",
            through_time(join=lambda outer, later, slope: outer * slope + later),
            _("Brackets are missing: both dh_t and what comes from step t + 1 pass through the tanh."),
        ),
        Misconception(
            "slope_skipped_on_the_way_back",
            through_time(back=lambda dz, arrived, U, outer, slope: arrived @ U.T),
            _(
                "What you pass back to the step before has not gone through the tanh. Pass dz @ W_hh.T, with the slope "
                "in dz."
            ),
        ),
        Misconception(
            "W_hh_not_transposed",
            through_time(back=lambda dz, arrived, U, outer, slope: dz @ U),
            _("W_hh is not transposed on the way back: it is dz @ W_hh.T."),
        ),
        Misconception(
            "W_hh_forgotten",
            through_time(back=lambda dz, arrived, U, outer, slope: dz),
            _("You passed dz itself to the step before. On the way it goes through the weights: dz @ W_hh.T."),
        ),
        Misconception(
            "last_step_only",
            through_time(collect=lambda parts: parts[0]),
            _(
                "`{output}`: only the last step counts. The same weights serve at every step, so their gradients add "
                "up over all steps."
            ),
        ),
        Misconception(
            "first_step_only",
            through_time(collect=lambda parts: parts[-1]),
            _("`{output}`: only the first step is left, the last one of your loop. Add up with `+=` instead of `=`."),
        ),
        Misconception(
            "only_the_last_error",
            through_time(outside=lambda dh, t: dh[:, t] * (t == dh.shape[1] - 1)),
            _("You used dh of the last step only. Every step may have an error of its own: add dh[:, t] at each."),
        ),
        Misconception(
            "forward_in_time",
            through_time(order=lambda T: range(T)),
            _("You walked from the first step to the last. Gradients go back: `for t in reversed(range(T))`."),
        ),
        Misconception(
            "state_after",
            through_time(before=lambda h, t: h[:, t]),
            _("`{output}`: you used h_t. What met W_hh at step t is the state before, h_(t-1)."),
        ),
        Misconception(
            "last_state_before_first",
            through_time(before=lambda h, t: h[:, t - 1]),
            _(
                "`{output}`: at t = 0 the index t - 1 is -1, which is the last state. Before the first step the state "
                "is 0, so step 0 adds nothing here."
            ),
        ),
        Misconception(
            "batch_kept",
            batch_kept,
            _(
                "`{output}`: you summed over the time but not over the batch. One set of weights serves all sequences: "
                "sum over both."
            ),
        ),
        Misconception(
            "time_kept",
            time_kept,
            _("`{output}`: you summed over the batch but not over the time. It needs both sums: axis=(0, 1)."),
        ),
        Misconception(
            "batch_averaged",
            through_time(finish=lambda dh, dx, *rest: (dx, *(g / len(dh) for g in rest))),
            _("`{output}`: you divided by the number of sequences. The mean was taken once, in the loss."),
        ),
        Misconception(
            "time_averaged",
            through_time(finish=lambda dh, dx, *rest: (dx, *(g / dh.shape[1] for g in rest))),
            _("`{output}`: you divided by the number of steps. The gradients of the steps add up, without a mean."),
        ),
        Misconception(
            "W_xh_not_transposed",
            through_time(to_x=lambda dz, W: dz @ W),
            _("`{output}`: W_xh is not transposed. From H units back to D inputs it is dz @ W_xh.T."),
        ),
        Misconception(
            "weights_transposed",
            through_time(finish=lambda dh, dx, dW_xh, dW_hh, db: (dx, dW_xh.T, dW_hh.T, db)),
            _("`{output}` is transposed. The order is input.T @ dz, which has the shape of the weights."),
        ),
        Misconception(
            "wrong_order",
            through_time(finish=lambda dh, dx, dW_xh, dW_hh, db: (dW_xh, dW_hh, db, dx)),
            _("The order is wrong: return dx, dW_xh, dW_hh, db_h."),
        ),
        Misconception(
            "minus_sign",
            through_time(finish=lambda dh, *gradients: tuple(-g for g in gradients)),
            _("The sign is turned round. The minus of gradient descent belongs to the optimizer, not here."),
        ),
        Misconception(
            "first_step_left_out",
            first_step_left_out,
            _("`{output}`: the first step was left out. The loop must reach t = 0: `reversed(range(T))`."),
        ),
        Misconception(
            "passed_on_added_up",
            added_up,
            _(
                "What comes from the next step was added up over all steps (`+=`). It arrives once and is replaced at "
                "each step: `=`."
            ),
        ),
        Misconception(
            "outside_passed_on",
            through_time(back=lambda dz, arrived, U, outer, slope: dz @ U.T + outer),
            _("You passed dh_t itself to the step before as well. It arrives at h_t only; from there on it is in dz."),
        ),
        Misconception(
            "state_of_next_step",
            through_time(before=lambda h, t: h[:, t + 1] if t + 1 < h.shape[1] else 0 * h[:, 0]),
            _(
                "`{output}`: you used h_(t+1). The loop runs backwards, but what met W_hh at step t is still the state "
                "before: h_(t-1)."
            ),
        ),
        Misconception(
            "product_turned",
            product_turned,
            _(
                "`{output}`: the product is the wrong way round: dz.T @ x has shape (H, D). It is x.T @ dz, with the "
                "shape of the weights."
            ),
        ),
        Misconception(
            "states_without_bias",
            states_without_bias,
            _(
                "You calculated the sums again, without the bias b_h, so the slopes are wrong. The states are handed "
                "in: 1 - h[:, t]**2."
            ),
        ),
        Misconception(
            "all_averaged",
            through_time(finish=lambda dh, dx, *rest: (dx, *(g / (dh.shape[0] * dh.shape[1]) for g in rest))),
            _(
                "`{output}`: you divided by the number of sequences and steps. All of them add up; the mean was taken "
                "in the loss."
            ),
        ),
        Misconception(
            "dx_turned_round",
            through_time(finish=lambda dh, dx, *rest: (dx[:, ::-1], *rest)),
            _(
                "`{output}` has its steps in the order of your loop, the last first. Write into dx[:, t], or turn the "
                "list round."
            ),
        ),
        Misconception(
            "none_transposed",
            through_time(back=lambda dz, arrived, U, outer, slope: dz @ U, to_x=lambda dz, W: dz @ W),
            _("Neither matrix is transposed. On the way back it is dz @ W_hh.T and dz @ W_xh.T."),
        ),
        Misconception(
            "dh_passed_on",
            through_time(back=lambda dz, arrived, U, outer, slope: outer @ U.T),
            _(
                "You passed dh_t on to the step before. Pass dz @ W_hh.T: it holds the slope, and what came from later "
                "steps."
            ),
        ),
        Misconception(
            "square_of_bracket",
            through_time(slope=lambda h, t: (1 - h[:, t]) ** 2),
            _("You squared the bracket, (1 - h)^2. The slope of tanh is 1 - h^2: `1 - h**2`."),
        ),
        Misconception(
            "bias_summed_over_units",
            through_time(bias=lambda dz: np.full(dz.shape[1], dz.sum())),
            _("`{output}`: every unit got the sum over all units. Sum over the sequences only: axis=0."),
        ),
    ],
    hints=[
        _(
            "One step is a dense layer with two inputs and a tanh. Going back, two things arrive at h_t: dh_t from "
            "outside, and what step t + 1 passes back through W_hh."
        ),
        _(
            "Keep `from_next`, zeros at first. In a loop `for t in reversed(range(T))`: "
            "`dz = (dh[:, t] + from_next) * (1 - h[:, t]**2)`."
        ),
        _(
            "Then in the loop `dx[:, t] = dz @ W_xh.T`, `dW_xh += x[:, t].T @ dz`, `db_h += dz.sum(axis=0)`; "
            "`dW_hh += h[:, t - 1].T @ dz` only where t > 0; and at the end `from_next = dz @ W_hh.T`."
        ),
    ],
)


def bound_cases(rng):
    yield np.array([[0.0, 2.0], [0.5, 0.0]]), 0.25, 2
    yield np.array([[0.9]]), 1.0, 50
    yield np.array([[-1.5]]), 0.5, 7
    yield np.array([[1.0, 3.0], [0.0, 0.5]]), 1.0, 3
    for size, slope, steps in [(3, 0.8, 4), (4, 0.5, 10), (3, 1.0, 1), (3, 0.7, 0)]:
        # triangular: the eigenvalues stand on the diagonal and are real, so that mistakes with them can be told
        yield np.triu(rng.normal(size=(size, 2 * size))[:, ::2]).T, slope, steps


def singular(W, which=0):
    return np.linalg.svd(W, compute_uv=False)[which]


GRADIENT_BOUND = Exercise(
    name="gradient_bound",
    chapter=7,
    title=_("How much of a gradient can be left?"),
    statement=_(
        "On each step back a gradient is multiplied by $W_{hh}^T$ and by the slope of the activation. Return the "
        "largest factor by which its length can change over so many steps:\n\n"
        "$$\\left(\\sigma \\cdot \\max f'\\right)^{\\text{steps}}$$\n\n"
        "$\\sigma$ is the largest singular value of `W_hh` (H, H): how much the matrix lengthens a vector at most. "
        "`largest_slope` is max f': 1 for tanh, 0.25 for the sigmoid. Below 1 per step the gradient must fade. The "
        "result is one number.\n\n"
        "On paper: W_hh = [[0, 2], [0.5, 0]] lengthens (0, 1) to (2, 0), so sigma = 2. With the slope 0.25 and 2 steps "
        "it is (2 * 0.25)^2 = 0.25."
    ),
    reference=gradient_bound,
    cases=bound_cases,
    outputs=("bound",),
    solution_note=_(
        "`np.linalg.norm(W, 2)` of a matrix is its largest singular value. The largest eigenvalue, the spectral "
        "radius, says where it goes after very many steps; on the way there a gradient can still grow."
    ),
    misconceptions=[
        Misconception(
            "spectral_radius",
            lambda W, s, t: (np.abs(np.linalg.eigvals(W)).max() * s) ** t,
            _(
                "You took the largest eigenvalue, the spectral radius. It tells the trend after many steps, but is no "
                "bound: in the example it is 1, and yet a vector becomes twice as long in one step. Take the largest "
                "singular value."
            ),
        ),
        Misconception(
            "frobenius",
            lambda W, s, t: (np.linalg.norm(W) * s) ** t,
            _(
                "`np.linalg.norm(W_hh)` without more is the root of the sum of all squares. The largest singular value "
                "is `np.linalg.norm(W_hh, 2)`."
            ),
        ),
        Misconception(
            "largest_entry",
            lambda W, s, t: (np.abs(W).max() * s) ** t,
            _("You took the largest entry of W_hh. Several entries together can lengthen a vector more than that."),
        ),
        Misconception(
            "largest_row_sum",
            lambda W, s, t: (np.linalg.norm(W, np.inf) * s) ** t,
            _("You took the largest sum of a row. Asked is the largest singular value: `np.linalg.norm(W_hh, 2)`."),
        ),
        Misconception(
            "largest_column_sum",
            lambda W, s, t: (np.linalg.norm(W, 1) * s) ** t,
            _("You took the largest sum of a column. Asked is the largest singular value: `np.linalg.norm(W_hh, 2)`."),
        ),
        Misconception(
            "smallest_singular_value",
            lambda W, s, t: (singular(W, -1) * s) ** t,
            _("You took the smallest singular value. The first of `np.linalg.svd(W_hh, compute_uv=False)` is largest."),
        ),
        Misconception(
            "root_forgotten",
            lambda W, s, t: (singular(W) ** 2 * s) ** t,
            _("You used the square of the largest singular value. Take the root of the eigenvalue of W_hh^T W_hh."),
        ),
        Misconception(
            "times_steps",
            lambda W, s, t: singular(W) * s * t,
            _("You multiplied by the number of steps. Each step multiplies by the same factor, so it is a power: **."),
        ),
        Misconception(
            "slope_once",
            lambda W, s, t: singular(W) ** t * s,
            _("The slope counts once only. Every step back passes the activation: put brackets around the product."),
        ),
        Misconception(
            "sigma_once",
            lambda W, s, t: singular(W) * s**t,
            _(
                "Only the slope is raised to the power. Brackets are missing: every step back passes W_hh as well, so "
                "it is (sigma * slope) ** steps."
            ),
        ),
        Misconception(
            "slope_forgotten",
            lambda W, s, t: singular(W) ** t,
            _("The slope of the activation is missing: multiply sigma by largest_slope before the power."),
        ),
        Misconception(
            "W_forgotten",
            lambda W, s, t: float(s) ** t,
            _("W_hh plays no part in your bound. A large matrix can make up for a small slope."),
        ),
        Misconception(
            "one_step",
            lambda W, s, t: singular(W) * s,
            _("This is the factor of one step. Over all steps it is raised to the power `steps`."),
        ),
        Misconception(
            "power_of_the_matrix",
            lambda W, s, t: np.linalg.norm(np.linalg.matrix_power(W, t), 2) * s**t,
            _(
                "You took the power of the matrix. Between two steps each unit is also multiplied by a slope of its "
                "own, so that is no bound. Take the power of sigma * largest_slope."
            ),
        ),
        Misconception(
            "one_step_too_many",
            lambda W, s, t: (singular(W) * s) ** (t + 1),
            _("You took one step too many: over `steps` steps the factor comes `steps` times."),
        ),
        Misconception(
            "one_step_too_few",
            lambda W, s, t: (singular(W) * s) ** np.maximum(t - 1, 0),
            _("You took one step too few: over `steps` steps the factor comes `steps` times."),
        ),
        Misconception(
            "all_singular_values",
            lambda W, s, t: (np.linalg.svd(W, compute_uv=False) * s) ** t,
            _("You kept all singular values. Only the largest counts, the first one: [0]."),
        ),
        Misconception(
            "each_element",
            lambda W, s, t: (W * s) ** t,
            _("You raised every element of the matrix. First make one number of it, its largest singular value."),
        ),
        Misconception(
            "entry_with_its_sign",
            lambda W, s, t: (W.max() * s) ** t,
            _(
                "You took the largest entry of W_hh, with its sign. The largest singular value is "
                "`np.linalg.norm(W_hh, 2)`."
            ),
        ),
        Misconception(
            "at_most_one",
            lambda W, s, t: min(1.0, (singular(W) * s) ** t),
            _("You limited the bound to 1. A gradient can also grow on its way: it explodes."),
        ),
        Misconception(
            "added",
            lambda W, s, t: (singular(W) + s) ** t,
            _("You added sigma and the slope. On each step back they are multiplied."),
        ),
        Misconception(
            "eigenvalue_with_its_sign",
            lambda W, s, t: (np.linalg.eigvals(W).real.max() * s) ** t,
            _(
                "You took the largest eigenvalue, with its sign. Asked is the largest singular value: "
                "`np.linalg.norm(W_hh, 2)`."
            ),
        ),
        Misconception(
            "spectral_radius_once",
            lambda W, s, t: np.abs(np.linalg.eigvals(W)).max() * s**t,
            _(
                "Two mistakes: the largest eigenvalue is no bound, take the largest singular value; and brackets are "
                "missing before the power."
            ),
        ),
    ],
    hints=[
        _("First the factor of one step: how much W_hh can lengthen a vector, times the largest slope."),
        _("`np.linalg.norm(W_hh, 2)` is the largest singular value of a matrix. The 2 matters."),
        _("It is one line: `return (np.linalg.norm(W_hh, 2) * largest_slope) ** steps`."),
    ],
)


def clip_cases(rng):
    yield [np.array([[3.0]]), np.array([[0.0]]), np.array([4.0])], 1.0
    yield [np.array([[0.3, -0.1]]), np.array([[0.2, 0.0], [0.1, -0.4]]), np.array([0.5, 0.1])], 5.0
    yield [np.zeros((2, 3)), np.zeros((3, 3)), np.zeros(3)], 1.0
    for D, H, limit in [(2, 3, 1.5), (4, 2, 0.5), (1, 1, 0.25), (3, 5, 3.0)]:
        yield [2 * rng.normal(size=(D, H)), rng.normal(size=(H, H)), rng.normal(size=H)], limit
    yield [rng.normal(size=(3, 4)).T, rng.normal(size=(6, 6))[::2, ::2], rng.normal(size=6)[::2]], 2.0
    yield [np.array([[1.2, 0.0]]), np.zeros((2, 2)), np.array([0.0, 1.6])], 3.0  # shorter than the limit
    yield [np.array([[0.4, 0.0]]), np.zeros((2, 2)), np.array([0.0, 0.3])], 0.4  # a little longer than a small limit
    yield [np.array([[2.4, 0.0]]), np.zeros((2, 2)), np.array([0.0, 3.2])], 3.0  # and than a large one


def norm_of(gradients):
    return np.sqrt(sum(np.sum(g**2) for g in gradients))


def scaled_by(factor):
    """All gradients times one factor, which may be wrong: factor(gradients, norm, limit)."""
    return lambda gradients, limit: [g * factor(gradients, norm_of(gradients), limit) for g in gradients]


def shorten(length, limit):
    return limit / max(length, limit)


def divided(a, b):
    return np.float64(a) / np.float64(b)


CLIP_BY_NORM = Exercise(
    name="clip_by_norm",
    chapter=7,
    title=_("Clipping an exploding gradient"),
    statement=_(
        "Return the gradients, shortened where they are too long together:\n\n"
        "$$\\text{norm} = \\sqrt{\\sum_k \\sum_i g_{k,i}^2}, \\qquad "
        "g_k \\leftarrow g_k \\cdot \\frac{\\text{clipnorm}}{\\text{norm}} \\quad "
        "\\text{if norm} > \\text{clipnorm}$$\n\n"
        "`gradients` is the list `[dW_xh, dW_hh, db_h]`; the norm runs over all elements of all three arrays. Where "
        "it is not above `clipnorm`, they stay as they are. Return a list of the three new arrays; do not change those "
        "that are handed in. The direction of the step stays the same, only its length changes.\n\n"
        "On paper: [[3]], [[0]], [4] have the norm 5. With clipnorm 1 they become [[0.6]], [[0]], [0.8]."
    ),
    reference=nn.clip_by_norm,
    cases=clip_cases,
    outputs=("dW_xh", "dW_hh", "db_h"),
    returns="[g * factor for g in gradients]",
    solution_note=_(
        "In Keras and in `course_lib.nn` this is the option `global_clipnorm` of an optimizer. `clipnorm` treats every "
        "array on its own, `clipvalue` (Keras only) every element."
    ),
    misconceptions=[
        Misconception(
            "per_element",
            lambda gs, limit: [np.clip(g, -limit, limit) for g in gs],
            _(
                "You clipped every element alone. That turns the direction of the step: only the long elements "
                "shrink. Multiply all by one factor instead."
            ),
        ),
        Misconception(
            "per_array",
            lambda gs, limit: [g * shorten(norm_of([g]), limit) for g in gs],
            _(
                "You clipped every array by its own norm (Keras's clipnorm). Asked is one norm over all arrays, and "
                "one factor for all."
            ),
        ),
        Misconception(
            "always_scaled",
            scaled_by(lambda gs, norm, limit: divided(limit, norm)),
            _(
                "You bring every gradient to the length `clipnorm`, short ones too. Near the minimum they are short "
                "and must stay so; where all are 0 it even gives 0/0. Scale only where norm > clipnorm."
            ),
        ),
        Misconception(
            "norm_not_rooted",
            scaled_by(lambda gs, norm, limit: shorten(norm**2, limit)),
            _("The root is missing: the norm is the square root of the sum of the squares."),
        ),
        Misconception(
            "sum_of_norms",
            scaled_by(lambda gs, norm, limit: shorten(sum(norm_of([g]) for g in gs), limit)),
            _("You added the norms of the arrays. Add their squares first, then take one root."),
        ),
        Misconception(
            "sum_of_absolutes",
            scaled_by(lambda gs, norm, limit: shorten(sum(np.abs(g).sum() for g in gs), limit)),
            _("You added the absolute values. The norm adds the squares and takes the root."),
        ),
        Misconception(
            "largest_element",
            scaled_by(lambda gs, norm, limit: shorten(max(np.abs(g).max() for g in gs), limit)),
            _("You compared the largest element with clipnorm. Compare the norm of all elements together."),
        ),
        Misconception(
            "largest_array",
            scaled_by(lambda gs, norm, limit: shorten(max(norm_of([g]) for g in gs), limit)),
            _("You took the norm of the longest array. The norm runs over all arrays together."),
        ),
        Misconception(
            "first_array_only",
            scaled_by(lambda gs, norm, limit: shorten(norm_of(gs[:1]), limit)),
            _("You measured the first array only. The norm runs over all arrays of the list."),
        ),
        Misconception(
            "last_array_only",
            scaled_by(lambda gs, norm, limit: shorten(norm_of(gs[-1:]), limit)),
            _("You measured the last array only. Does `norm = ...` in the loop need a `+=`?"),
        ),
        Misconception(
            "mean_of_squares",
            scaled_by(lambda gs, norm, limit: shorten(norm / np.sqrt(sum(g.size for g in gs)), limit)),
            _("You took the mean of the squares where the sum was asked."),
        ),
        Misconception(
            "limit_ignored",
            scaled_by(lambda gs, norm, limit: 1 / norm if norm > limit else 1.0),
            _("You divided by the norm, which gives the length 1. Multiply by `clipnorm` too."),
        ),
        Misconception(
            "limit_one",
            scaled_by(lambda gs, norm, limit: shorten(norm, 1.0)),
            _("You clipped to the length 1. Use the argument `clipnorm`."),
        ),
        Misconception(
            "condition_turned",
            scaled_by(lambda gs, norm, limit: divided(limit, norm) if norm < limit else 1.0),
            _("The condition is turned round: you lengthen the short gradients and leave the long ones."),
        ),
        Misconception(
            "factor_turned",
            scaled_by(lambda gs, norm, limit: norm / limit if norm > limit else 1.0),
            _("The factor is upside down: it is clipnorm / norm, so that a long gradient becomes shorter."),
        ),
        Misconception(
            "dropped",
            scaled_by(lambda gs, norm, limit: float(norm <= limit)),
            _("You set gradients that are too long to 0. Then the step is lost; shorten them instead."),
        ),
        Misconception(
            "unchanged",
            lambda gs, limit: [g.copy() for g in gs],
            _(
                "The gradients came back as they were. `g = g * factor` in a loop gives only the name g a new value: "
                "collect the new arrays in a list."
            ),
        ),
        Misconception(
            "squares_forgotten",
            scaled_by(lambda gs, norm, limit: shorten(abs(sum(g.sum() for g in gs)), limit)),
            _(
                "The squares are missing in your norm, so positive and negative elements cancel. Square first, then "
                "add."
            ),
        ),
        Misconception(
            "sign_lost",
            lambda gs, limit: [np.where(np.abs(g) > limit, limit, g) for g in gs],
            _(
                "You replaced every large element by clipnorm, negative ones too: they change their sign. Multiply all "
                "by one factor."
            ),
        ),
        Misconception(
            "each_array_always",
            lambda gs, limit: [g * divided(limit, norm_of([g])) for g in gs],
            _(
                "You bring each array alone to the length clipnorm, also where it is short; where it is all 0, that "
                "gives 0/0. One norm, one factor for all, only where norm > clipnorm."
            ),
        ),
        Misconception(
            "subtracted",
            lambda gs, limit: [g - max(norm_of(gs) - limit, 0) for g in gs],
            _(
                "You subtracted what is too long from every element. That turns the direction; multiply by clipnorm / "
                "norm."
            ),
        ),
    ],
    hints=[
        _("One number first: the length of all gradients together. Then one factor for all arrays."),
        _("`sum(np.sum(g**2) for g in gradients)` adds the squares of all elements of all arrays; take its root."),
        _("`factor = clipnorm / norm if norm > clipnorm else 1.0`, then `return [g * factor for g in gradients]`."),
    ],
)


def lstm_cases(rng):
    yield (
        np.array([[0.0]]),
        np.array([[0.0]]),
        np.array([[2.0]]),
        np.array([[1.0, 1.0, 1.0, 1.0]]),
        np.array([[1.0, 1.0, 1.0, 1.0]]),
        np.array([-4.0, 4.0, 1.0, 0.0]),
    )
    for N, D, H in [(2, 2, 2), (3, 3, 3), (1, 2, 4), (5, 4, 3), (4, 3, 1)]:
        yield (
            rng.normal(size=(N, D)).round(1),
            rng.uniform(-0.9, 0.9, size=(N, H)).round(1),
            rng.normal(size=(N, H)).round(1),
            rng.normal(size=(D, 4 * H)).round(1),
            rng.normal(size=(H, 4 * H)).round(1),
            rng.normal(size=4 * H).round(1),
        )
    yield (
        rng.normal(size=(3, 4)).T[::2],
        rng.uniform(-0.9, 0.9, size=(2, 4))[:, ::2],
        rng.normal(size=(2, 2)).T,
        rng.normal(size=(8, 3)).T,
        rng.normal(size=(2, 16))[:, ::2],
        rng.normal(size=16)[::2],
    )


def lstm(
    total=lambda x, h, W, U, b: x @ W + h @ U + b,
    cut=lambda z: np.split(z, 4, axis=1),
    gate=nn.sigmoid,
    new=np.tanh,
    cell=lambda i, f, new, c, h: f * c + i * new,
    shown=lambda o, c_new, c: o * np.tanh(c_new),
    finish=lambda h, c: (h, c),
):
    """The right step with one part replaced: the mistakes below say which."""

    def step(x_t, h, c, W_x, W_h, b):
        i, f, g, o = cut(total(x_t, h, W_x, W_h, b))
        c_new = cell(gate(i), gate(f), new(g), c, h)
        return finish(shown(gate(o), c_new, c), c_new)

    return step


def in_order(order):
    """Cut the columns as if the blocks stood in this order."""
    return lambda z: [np.split(z, 4, axis=1)[order.index(letter)] for letter in "ifco"]


def gates_of_cell_not_squashed(x_t, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x_t @ W_x + h @ W_h + b, 4, axis=1)
    c_new = f * c + i * np.tanh(g)
    return nn.sigmoid(o) * np.tanh(c_new), c_new


def output_gate_not_squashed(x_t, h, c, W_x, W_h, b):
    _h, c_new = lstm_step(x_t, h, c, W_x, W_h, b)
    return np.split(x_t @ W_x + h @ W_h + b, 4, axis=1)[3] * np.tanh(c_new), c_new


def new_shown(x_t, h, c, W_x, W_h, b):
    _h, c_new = lstm_step(x_t, h, c, W_x, W_h, b)
    _i, _f, g, o = np.split(x_t @ W_x + h @ W_h + b, 4, axis=1)
    return nn.sigmoid(o) * np.tanh(np.tanh(g)), c_new


LSTM_STEP = Exercise(
    name="lstm_step",
    chapter=7,
    title=_("One step of an LSTM"),
    statement=_(
        "Return the state and the cell of an LSTM after one step. All four sums at once are "
        "$z = x_t W_x + h_{t-1} W_h + b$, of shape (N, 4H): four blocks of H columns in Keras's order i, f, c, o. "
        "Then, with the sigmoid $\\sigma$ and products element by element:\n\n"
        "$$i = \\sigma(z_i), \\quad f = \\sigma(z_f), \\quad g = \\tanh(z_c), \\quad o = \\sigma(z_o)$$\n\n"
        "$$c_t = f \\cdot c_{t-1} + i \\cdot g, \\qquad h_t = o \\cdot \\tanh(c_t)$$\n\n"
        "`x_t` (N, D), `h` and `c` (N, H), `W_x` (D, 4H), `W_h` (H, 4H), `b` (4H,). Return `h_new, c_new`, both "
        "(N, H). `nn.sigmoid` is the sigmoid.\n\n"
        "On paper: x = h = 0, c = 2, b = (-4, 4, 1, 0): i = 0.018, f = 0.982, g = 0.762, o = 0.5, so c = 1.978 (kept) "
        "and h = 0.5 * tanh(1.978) = 0.481."
    ),
    reference=lstm_step,
    cases=lstm_cases,
    outputs=("h_new", "c_new"),
    solution_note=_("`nn.lstm_forward` does the same for all steps of a batch of sequences."),
    misconceptions=[
        Misconception(
            "input_and_forget_swapped",
            lstm(cut=in_order("fico")),
            _("The input gate and the forget gate are swapped: the first block of columns is i, the second f."),
        ),
        Misconception(
            "order_i_f_o_c",
            lstm(cut=in_order("ifoc")),
            _("You took the blocks in the order i, f, o, c. In Keras the third block is the new, c; the last is o."),
        ),
        Misconception(
            "order_f_i_o_c",
            lstm(cut=in_order("fioc")),
            _("You took the blocks in the order f, i, o, c, as some textbooks do. Keras's order is i, f, c, o."),
        ),
        Misconception(
            "interleaved",
            lstm(cut=lambda z: [z[:, k::4] for k in range(4)]),
            _("You took every fourth column. The gates stand in blocks: the first H columns are i, the next H are f."),
        ),
        Misconception(
            "candidate_with_sigmoid",
            lstm(new=nn.sigmoid),
            _("The new went through the sigmoid. It is g = tanh(z_c), so that it can also lower the cell."),
        ),
        Misconception(
            "candidate_not_squashed",
            lstm(new=lambda z: z),
            _("The new is not squashed: g = tanh(z_c)."),
        ),
        Misconception(
            "gates_with_tanh",
            lstm(gate=np.tanh),
            _("Your gates went through tanh. A gate lies between 0 (shut) and 1 (open): use the sigmoid."),
        ),
        Misconception(
            "gates_not_squashed",
            lstm(gate=lambda z: z),
            _("The gates i, f and o are not squashed. A gate lies between 0 and 1: use the sigmoid."),
        ),
        Misconception(
            "cell_not_squashed",
            lstm(shown=lambda o, c_new, c: o * c_new),
            _("The cell is shown without the tanh: h = o * tanh(c). The cell itself may be larger than 1."),
        ),
        Misconception(
            "output_gate_forgotten",
            lstm(shown=lambda o, c_new, c: np.tanh(c_new)),
            _("The output gate is missing: h = o * tanh(c)."),
        ),
        Misconception(
            "old_cell_shown",
            lstm(shown=lambda o, c_new, c: o * np.tanh(c)),
            _("h shows the old cell. Calculate the new cell first, then h = o * tanh(c_new)."),
        ),
        Misconception(
            "forget_gate_forgotten",
            lstm(cell=lambda i, f, new, c, h: c + i * new),
            _("The forget gate is missing: the old cell is multiplied by f before the new is added."),
        ),
        Misconception(
            "input_gate_forgotten",
            lstm(cell=lambda i, f, new, c, h: f * c + new),
            _("The input gate is missing: the new is multiplied by i before it is added."),
        ),
        Misconception(
            "forget_turned",
            lstm(cell=lambda i, f, new, c, h: (1 - f) * c + i * new),
            _("The forget gate is turned round: in spite of its name, f = 1 means that all is kept."),
        ),
        Misconception(
            "coupled_gates",
            lstm(cell=lambda i, f, new, c, h: f * c + (1 - f) * new),
            _("You used 1 - f where i is asked for. That is how a GRU mixes; an LSTM has an input gate of its own."),
        ),
        Misconception(
            "state_instead_of_cell",
            lstm(cell=lambda i, f, new, c, h: f * h + i * new),
            _("The forget gate met the state h. It decides about the old cell: f * c."),
        ),
        Misconception(
            "old_cell_lost",
            lstm(cell=lambda i, f, new, c, h: i * new),
            _("The old cell plays no part: c_new = f * c + i * g. What is added to is the memory."),
        ),
        Misconception(
            "state_forgotten",
            lstm(total=lambda x, h, W, U, b: x @ W + b),
            _("The state h plays no part in the gates: h @ W_h is missing in the sum."),
        ),
        Misconception(
            "bias_forgotten", lstm(total=lambda x, h, W, U, b: x @ W + h @ U), _("The bias is missing in z.")
        ),
        Misconception("cell_first", lstm(finish=lambda h, c: (c, h)), _("The order is wrong: return h_new, c_new.")),
        Misconception(
            "sigmoid_before_tanh",
            lstm(new=lambda z: np.tanh(nn.sigmoid(z))),
            _(
                "The new went through the sigmoid first and then through tanh. Only i, f and o have the sigmoid: g = "
                "tanh(z_c)."
            ),
        ),
        Misconception(
            "gates_of_cell_not_squashed",
            gates_of_cell_not_squashed,
            _("The gates i and f are not squashed. Each is a sigmoid, between 0 (shut) and 1 (open)."),
        ),
        Misconception(
            "output_gate_not_squashed",
            output_gate_not_squashed,
            _("The output gate is not squashed: o = sigmoid(z_o)."),
        ),
        Misconception(
            "matrix_product",
            lstm(cell=lambda i, f, new, c, h: f @ c + i @ new),
            _("`@` is the matrix product. Gates act element by element: `f * c`."),
        ),
        Misconception(
            "squashed_cell_kept",
            lstm(cell=lambda i, f, new, c, h: np.tanh(f * c + i * new), shown=lambda o, c_new, c: o * c_new),
            _(
                "`{output}`: you put the cell through tanh and kept that. Keep the cell as it is, or it shrinks at "
                "every step; tanh is for h only."
            ),
        ),
        Misconception(
            "cell_through_sigmoid",
            lstm(shown=lambda o, c_new, c: o * nn.sigmoid(c_new)),
            _("The cell is shown through the sigmoid. It is h = o * tanh(c)."),
        ),
        Misconception(
            "tanh_of_product",
            lstm(shown=lambda o, c_new, c: np.tanh(o * c_new)),
            _("The output gate is inside the tanh. It acts after it: h = o * tanh(c)."),
        ),
        Misconception(
            "new_shown",
            new_shown,
            _("h shows the new, g, and not the cell: h = o * tanh(c_new)."),
        ),
        Misconception(
            "cell_in_gates",
            lambda x, h, c, W, U, b: lstm_step(x, c, c, W, U, b),
            _("The old cell went into the sums of the gates. There it is the state: h @ W_h."),
        ),
        Misconception(
            "order_i_c_f_o",
            lstm(cut=in_order("icfo")),
            _("You took the blocks in the order i, c, f, o. Keras's order is i, f, c, o."),
        ),
        Misconception(
            "order_o_f_c_i",
            lstm(cut=in_order("ofci")),
            _("You took the blocks in the order o, f, c, i. Keras's order is i, f, c, o."),
        ),
    ],
    hints=[
        _("First one sum z for all gates, then cut it into four blocks: `np.split(z, 4, axis=1)`."),
        _("The sigmoid for i, f and o, tanh for the new. Then the cell: keep f of the old, add i of the new."),
        _("`c_new = f * c + i * g`, then `h_new = o * np.tanh(c_new)`, then `return h_new, c_new`."),
    ],
)

EXERCISES = [RNN_STEP, RNN_FORWARD, RNN_BACKWARD, GRADIENT_BOUND, CLIP_BY_NORM, LSTM_STEP]
