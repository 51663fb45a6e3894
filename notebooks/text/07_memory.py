# ---
# jupyter:
#   jupytext:
#     formats: notebooks///ipynb,notebooks/text///py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Chapter 7. Memory
#
# **In 90 minutes you will** give a network a memory, send its gradient back through time, see why it fades or
# explodes, clip it, and build the cell that remembers.
#
# **You need first:** chapter 1 (dense layer), chapter 3 (backpropagation) and chapter 4 (Adam, training).
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The question of the plant
#
# A bearing sends its temperature once a minute. Twenty readings are in front of you. Does it warm up, or does it
# cool down?

# %%
import numpy as np

from course_lib import exercises as ex, figures, nn, parity, sequence_drawings, widgets
from course_lib.source import show_source


# %%
def bearings(n, rng):
    """Half of the bearings warm up by 10 °C within 20 minutes, half cool down; noise of 1.5 °C."""
    warms = rng.integers(0, 2, n)
    ramp = np.linspace(-5, 5, 20)
    middle = rng.uniform(60, 70, (n, 1))
    return middle + np.where(warms[:, None] == 1, ramp, -ramp) + rng.normal(0, 1.5, (n, 20)), warms


rng = np.random.default_rng(0)
temperature, warms = bearings(1000, rng)
new_temperature, new_warms = bearings(500, rng)

# %% tags=["figure"]
shown = [int(np.flatnonzero(warms == k)[0]) for k in (1, 0)]
figures.show(
    sequence_drawings.readings(temperature[shown], ["warms up", "cools down"], "time [min]", "temperature [°C]"),
    "Two bearings over 20 minutes, with noise. The temperature of one rises by about 10 °C, that of the other falls "
    "by about 10 °C. Both have about the same values, in opposite order.",
)

# %% [markdown]
# **Guess first.** A model gets the mean, the smallest and the largest of the twenty readings. How often can it be
# right?
#
# <details><summary>Answer</summary>
#
# In half of the cases, like a coin. Both bearings take the same values. The difference is in the **order**.
#
# </details>

# %% tags=["nbval-check-output"]
def summary(t):
    return (np.stack([t.mean(axis=1), t.min(axis=1), t.max(axis=1)], axis=1) - 65) / 5


model = nn.Sequential([nn.Input((3,)), nn.Dense(16, activation="relu"), nn.Dense(1, activation="sigmoid")], rng=0)
model.compile(optimizer=nn.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(summary(temperature), warms, epochs=10, batch_size=32, verbose=0, rng=0)
right = model.evaluate(summary(new_temperature), new_warms)[1]
print("no better than a coin:", bool(right < 0.6))

# %% [markdown]
# We could give all twenty readings to a dense layer. Then it has one weight for the first minute, another for the
# second, and so on. It can read twenty readings and never twenty-one. What we want reads **one reading after the
# other** and keeps in mind what matters.

# %% [markdown]
# ## A state that is handed on
#
# The network has a *state* $h$: a few numbers, its memory. At each step it looks at the new reading $x_t$ **and**
# at its own state from the step before:

# %% [markdown]
# $$ h_t = f(x_t W_{xh} + h_{t-1} W_{hh} + b_h) $$

# %% [markdown]
# $f$ is usually the tanh. The state begins with $h_0 = 0$. The weights are **the same at every step**: that is why
# the sequence may have any length.

# %% tags=["figure"]
figures.show(
    sequence_drawings.unrolled(),
    "Left the folded network: the input x at time t goes through W xh into the hidden layer, its output goes to y, "
    "and an arrow with W hh leads from the hidden layer back into itself. Right the same network unrolled: four "
    "cells h1 to h4, each with its input below and its output above, joined by arrows with the same W hh.",
)

# %% [markdown]
# Three layers, then:
#
# | Layer | Weights | Shape | What it does |
# |---|---|---|---|
# | hidden, from the input | `W_xh` | (D, H) | D sensors in, H units |
# | recurrent, from the state before | `W_hh` | (H, H) | each unit hears all units |
# | bias of both | `b_h` | (H,) | one for each unit |
# | output | `W_hy`, `b_y` | (H, K) and (K,) | the answer, from the state |
#
# The output layer is the dense layer that you know, on the state of each step, or of the last one only:

# %% [markdown]
# $$ y_t = f(h_t W_{hy} + b_y) $$

# %% [markdown]
# ## Small enough for paper
#
# One sensor, one unit: $W_{xh} = 1$, $W_{hh} = 0.5$, $b_h = 0$, $f = \tanh$. The sensor says 1, then 0, then 0.
# Take a pencil and find $h_1$, $h_2$, $h_3$.

# %% tags=["nbval-check-output"]
h = 0.0
for t, x_t in enumerate([1.0, 0.0, 0.0], start=1):
    before = h
    h = np.tanh(1.0 * x_t + 0.5 * h)
    print(f"h_{t} = tanh(1 * {x_t:.0f} + 0.5 * {before:.3f}) = {h:.3f}")

# %% [markdown]
# The network still knows of the 1 two steps later, but less and less. Keep that in mind.

# %% [markdown]
# ### Exercise 1: one step
#
# Write `rnn_step(x_t, h, W_xh, W_hh, b_h)` with the tanh, for a batch: `x_t` has shape (N, D), `h` (N, H).


# %% tags=["exercise"]
def rnn_step(x_t, h, W_xh, W_hh, b_h):
    ...  # your code


ex.rnn_step.check(rnn_step)

# %% [markdown]
# This is the library's formula for whole sequences, `x` of shape (N, T, D): N sequences, T steps, D sensors.

# %%
show_source(nn.simple_rnn_loops)

# %% [markdown]
# ### Exercise 2: all steps
#
# Write `rnn_forward(x, W_xh, W_hh, b_h)`. It returns the states of all steps, shape (N, T, H).


# %% tags=["exercise"]
def rnn_forward(x, W_xh, W_hh, b_h):
    ...  # your code


ex.rnn_forward.check(rnn_forward)

# %% [markdown]
# ### Fast
#
# Only $h_{t-1} W_{hh}$ has to wait for the step before. $x_t W_{xh}$ of all steps is **one** matrix product. That
# is the whole trick of `nn.simple_rnn_forward`:

# %% tags=["nbval-check-output"]
x = rng.normal(size=(32, 50, 24))
weights = rng.normal(size=(24, 64)) * 0.1, rng.normal(size=(64, 64)) * 0.1, np.zeros(64)
fast, _ = nn.simple_rnn_forward(x, *weights)
slow = nn.simple_rnn_loops(x, *weights)
print("states", fast.shape, "  largest difference below 1e-12:", bool(np.abs(fast - slow).max() < 1e-12))

# %% [markdown]
# ### It sees the order
#
# Now the bearings. One recurrent layer with 8 units, a dense layer on its last state:

# %% tags=["nbval-check-output"]
sequences, new_sequences = ((t[..., None] - 65) / 5 for t in (temperature, new_temperature))
bearing_model = nn.Sequential([nn.Input((None, 1)), nn.SimpleRNN(8), nn.Dense(1, activation="sigmoid")], rng=0)
bearing_model.compile(optimizer=nn.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
bearing_model.fit(sequences, warms, epochs=10, batch_size=32, verbose=0, rng=0)
right = bearing_model.evaluate(new_sequences, new_warms)[1]
print("input", sequences.shape, "  weights:", bearing_model.count_params())
print("more than 95 % of new bearings right:", bool(right > 0.95))

# %% [markdown]
# 89 weights, for 20 readings or for 2,000: `Input((None, 1))` leaves the number of steps open. Ask for
# `return_sequences=True` and the layer gives the state after **each** step: you need that for an answer at each step,
# and for a second recurrent layer behind it.

# %% [markdown]
# ### Walk through time
#
# 1. Walk forward, step by step. Which state does the formula below the picture take over from the step before?
# 2. Move a reading of the sequence. Which states change, and which do not?
# 3. Turn the recurrent weight down to 0. What is left of the memory?
# 4. Look at the strip with the gradients. At which end is it large?

# %%
widgets.UnrolledNetwork()

# %% [markdown]
# You should have seen: a reading changes its own state and all **later** ones. And the gradient that comes back
# from the end gets smaller with every step: what happened long ago is hard to learn from. Why is that?

# %% [markdown]
# ## Back through time
#
# The unrolled network is an ordinary network with T layers. So the gradient goes back as in chapter 3, with two
# things to watch.
#
# **First: the state is used twice.** $h_t$ goes to the output of its step, and into step $t + 1$. Where a value is
# used twice, gradients add up. With the sum $z_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h$, what arrives at $h_t$ is

# %% [markdown]
# $$ a_t = \frac{\partial L}{\partial y_t} \frac{\partial y_t}{\partial h_t} + \frac{\partial L}{\partial z_{t+1}} W_{hh}^T $$

# %% [markdown]
# and behind the activation

# %% [markdown]
# $$ \frac{\partial L}{\partial z_t} = a_t \cdot f'(z_t) $$

# %% [markdown]
# For the tanh, $f'(z_t) = 1 - h_t^2$: from the **output** of the tanh, which is there already. One begins at the last
# step, with nothing behind it, and walks to the first.
#
# **Second: the weights are used T times.** Each step gives its part, and the parts add up, over the steps **and**
# over the batch:

# %% [markdown]
# $$ \frac{\partial L}{\partial W_{xh}} = \sum_t x_t^T \frac{\partial L}{\partial z_t}, \quad \frac{\partial L}{\partial W_{hh}} = \sum_t h_{t-1}^T \frac{\partial L}{\partial z_t}, \quad \frac{\partial L}{\partial b_h} = \sum_{n,t} \frac{\partial L}{\partial z_t} $$

# %% [markdown]
# This is *backpropagation through time*, BPTT (Werbos, 1990).
#
# ### Exercise 3: back through time
#
# Write `rnn_backward(dh, x, h, W_xh, W_hh)`. `dh` (N, T, H) is what comes from the outputs; return
# `dx, dW_xh, dW_hh, db_h`.


# %% tags=["exercise"]
def rnn_backward(dh, x, h, W_xh, W_hh):
    ...  # your code


ex.rnn_backward.check(rnn_backward)

# %% [markdown]
# ### Checked
#
# Against finite differences: change each number a little and look how much the result changes.

# %% tags=["nbval-check-output"]
inputs = {"x": rng.normal(size=(3, 7, 2)), "W_xh": rng.normal(size=(2, 4)), "W_hh": 0.5 * rng.normal(size=(4, 4)),
          "b_h": rng.normal(size=4)}  # fmt: skip
check = nn.check_gradients(nn.simple_rnn_forward, lambda dh, cache: nn.simple_rnn_backward(dh, cache)[:4], inputs)
for name, error in check.errors.items():
    print(f"{name:5} relative error below 1e-8: {error < 1e-8}")

# %% [markdown]
# And against TensorFlow: the same weights, the same sequences, and 20 steps of Adam. (Loading TensorFlow takes 5 to 20
# seconds.)

# %%
double = nn.Sequential([nn.Input((50, 24)), nn.SimpleRNN(64), nn.Dense(1)], dtype="float64", rng=0)
double.compile(optimizer="adam", loss="mean_squared_error")
comparison = parity.compare(double, None, x, x[:, :, :1].mean(axis=1), steps=20)
comparison

# %% tags=["nbval-check-output"]
print("all rows agree:", comparison.passed)

# %% [markdown]
# ## Why the past fades, or explodes
#
# Take one unit, no activation, one weight $w$: $h_t = w \, h_{t-1}$. How much does the last state still depend on
# the state of step $t$?

# %% [markdown]
# $$ \frac{\partial h_T}{\partial h_t} = w^{T-t} $$

# %% [markdown]
# **Guess first.** Fifty steps, once with $w = 0.9$ and once with $w = 1.1$. What is left of a gradient of 1?

# %% tags=["nbval-check-output"]
for w in (0.9, 1.0, 1.1):
    print(f"w = {w}: {w**50:8.3f} after 50 steps")

# %% [markdown]
# Below 1 it *vanishes*, above 1 it *explodes*. There is hardly anything between: only exactly 1 keeps it.
#
# With many units, each step back multiplies by $W_{hh}^T$ and by the slope of the activation. Let $\sigma$ be the
# **largest singular value** of $W_{hh}$: how much the matrix can lengthen a vector. Then

# %% [markdown]
# $$ \left\| \frac{\partial L}{\partial h_t} \right\| \le \left( \sigma \cdot \max |f'| \right)^{T-t} \left\| \frac{\partial L}{\partial h_T} \right\| $$

# %% [markdown]
# if the loss looks only at the last state (Pascanu, Mikolov and Bengio, 2013). The slope of tanh is at most 1, that
# of the sigmoid at most 0.25. Let us measure with 24 units and 50 steps. The recurrent weights are a random *rotation*,
# which keeps all lengths ($\sigma = 1$), times 0.8, 1 and 1.5.


# %%
def gradient_norms(W_hh, activation="tanh", steps=50):
    """Length of dL/dh_t, from the last step to the first, for a random dL/dh_T of length 1."""
    rng = np.random.default_rng(1)
    units = len(W_hh)
    x = rng.normal(size=(1, steps, units))
    gradient = rng.normal(size=(1, units))
    gradient /= np.linalg.norm(gradient)
    h, _ = nn.simple_rnn_forward(x, 0.1 * np.eye(units), W_hh, np.zeros(units), activation=activation)
    norms = [1.0]
    for t in reversed(range(1, steps)):  # one step back at a time, from h_t to h_(t-1)
        cache = nn.simple_rnn_forward(
            x[:, t : t + 1], 0.1 * np.eye(units), W_hh, np.zeros(units), h0=h[:, t - 1], activation=activation
        )[1]
        gradient = nn.simple_rnn_backward(gradient, cache)[-1]
        norms.append(float(np.linalg.norm(gradient)))
    return norms


rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(24, 24)))
norms = {f"rotation times {size}": gradient_norms(size * rotation) for size in (1.5, 1.0, 0.8)}
bounds = {label: float(label.split()[-1]) ** np.arange(50) for label in norms}

# %% tags=["nbval-check-output"]
for label, values in norms.items():
    below = bool(np.all(values <= bounds[label] * 1.001))
    print(f"{label}: {values[-1]:.1e} after 49 steps, below the bound at every step: {below}")

# %% tags=["figure"]
figures.show(
    sequence_drawings.gradients_back(norms, "length of the gradient"),
    "Length of the gradient on a logarithmic axis over 49 steps back from the end. With the rotation times 1.5 it "
    "grows to nearly 100. With the rotation itself it falls to a twentieth. With the rotation times 0.8 it falls in "
    "a nearly straight line to five millionths.",
)

# %% [markdown]
# A straight line on a logarithmic axis: the gradient is multiplied by about the same factor at every step. All three
# stay below their bounds, because the slope of tanh is below 1 wherever a state is not 0. And the sigmoid?

# %% tags=["nbval-check-output"]
print(f"sigmoid, rotation times 1: {gradient_norms(rotation, 'sigmoid')[-1]:.0e} after 49 steps")

# %% [markdown]
# Nothing is left of it. This is why recurrent layers use tanh, and why they begin with a rotation (Keras:
# `recurrent_initializer="orthogonal"`).
#
# **A trap.** Many texts write the bound with the *spectral radius* $\rho$, the largest eigenvalue. That is the
# trend after very many steps. It is **not** a bound:

# %% tags=["nbval-check-output"]
W = np.array([[0.0, 2.0], [0.5, 0.0]])
print(f"spectral radius {np.abs(np.linalg.eigvals(W)).max():.1f}, largest singular value {np.linalg.norm(W, 2):.1f}")
print("one step makes (0, 1) to", W @ np.array([0.0, 1.0]))

# %% [markdown]
# ### Exercise 4: the bound
#
# Write `gradient_bound(W_hh, largest_slope, steps)`.


# %% tags=["exercise"]
def gradient_bound(W_hh, largest_slope, steps):
    ...  # your code


ex.gradient_bound.check(gradient_bound)

# %% [markdown]
# ### The knob of memory
#
# 1. Turn the spectral radius ρ from 0.5 to 1.5. Where does the gradient neither vanish nor explode?
# 2. Choose the sigmoid. Can you still find such a place?
# 3. Choose the preset "small ρ, and yet it grows". How far above $\rho^t$ does the gradient get?

# %%
widgets.MemoryKnob()

# %% [markdown]
# You should have seen: with tanh there is a narrow range in which the past neither fades nor explodes. With the
# sigmoid the slope is at most 0.25: each step back loses at least three quarters of what a tanh could keep.

# %% [markdown]
# ## Clipping: against the explosion
#
# One exploded gradient throws the weights far away, and the training is lost. The remedy is simple: if the gradient is
# longer than `clipnorm`, shorten it. Its direction stays.

# %% [markdown]
# $$ g \leftarrow g \cdot \frac{\text{clipnorm}}{\|g\|} \quad \text{if } \|g\| > \text{clipnorm} $$

# %% [markdown]
# ### Exercise 5: clip
#
# Write `clip_by_norm(gradients, clipnorm)`: one norm over **all** arrays of the list.


# %% tags=["exercise"]
def clip_by_norm(gradients, clipnorm):
    ...  # your code


ex.clip_by_norm.check(clip_by_norm)

# %% [markdown]
# Does it help? A recurrent layer with ReLU and too large weights, trained with plain gradient descent on the
# bearings, without clipping and with it:

# %% tags=["nbval-check-output"]
for clipnorm in (None, 1.0):
    model = nn.Sequential([nn.Input((20, 1)), nn.SimpleRNN(8, activation="relu"), nn.Dense(1)], rng=0)
    model.layers[0].recurrent_kernel *= 1.6
    model.compile(optimizer=nn.SGD(0.02, global_clipnorm=clipnorm), loss="mean_squared_error")
    try:
        history = model.fit(sequences, warms, epochs=8, batch_size=32, verbose=0, rng=0).history["loss"]
        print(f"clipnorm {clipnorm}: the loss fell below 0.1: {history[-1] < 0.1}")
    except FloatingPointError as error:
        print(f"clipnorm {clipnorm}: {str(error).split('.')[0]}.")

# %% [markdown]
# Clipping is a guard against explosion only. Against a gradient that **vanishes** it can do nothing. That needs
# another cell.

# %% [markdown]
# ## LSTM: a cell that is only added to
#
# The idea of the *long short-term memory* (Hochreiter and Schmidhuber, 1997): beside the state $h$ there is a cell
# $c$, and its way through time is straight. Nothing multiplies it but a *gate*, a number between 0 and 1.

# %% tags=["figure"]
figures.show(
    sequence_drawings.lstm_cell(),
    "One step of an LSTM. A straight green line leads from the old cell to the new cell: on it stand a "
    "multiplication with the forget gate f, keep?, and an addition of input gate i, let in?, times g, the new. From "
    "the new cell an arrow goes down through tanh and is multiplied with the output gate o, show?, to the state h.",
)

# %% [markdown]
# Four small dense layers look at $x_t$ and $h_{t-1}$. $s$ is the sigmoid:

# %% [markdown]
# $$ f_t = s(x_t W_{xf} + h_{t-1} W_{hf} + b_f), \quad i_t = s(x_t W_{xi} + h_{t-1} W_{hi} + b_i), \quad o_t = s(x_t W_{xo} + h_{t-1} W_{ho} + b_o) $$

# %% [markdown]
# $$ g_t = \tanh(x_t W_{xc} + h_{t-1} W_{hc} + b_c) $$

# %% [markdown]
# Then the cell and the state, value by value:

# %% [markdown]
# $$ c_t = f_t \cdot c_{t-1} + i_t \cdot g_t, \qquad h_t = o_t \cdot \tanh(c_t) $$

# %% [markdown]
# On the straight way, if we hold the gates still, one step back multiplies by the forget gate and by nothing else:

# %% [markdown]
# $$ \frac{\partial c_t}{\partial c_{t-1}} = f_t $$

# %% [markdown]
# If the network opens the forget gate, $f_t \approx 1$, the past stays. And it can **learn** when to open it.
#
# ### Exercise 6: one step of an LSTM
#
# Write `lstm_step(x_t, h, c, W_x, W_h, b)`. The four blocks of columns stand in Keras's order i, f, c, o.


# %% tags=["exercise"]
def lstm_step(x_t, h, c, W_x, W_h, b):
    ...  # your code


ex.lstm_step.check(lstm_step)

# %% [markdown]
# ### GRU: the same idea with one state
#
# The *gated recurrent unit* (Cho et al., 2014) needs no cell beside the state. Its update gate $z$ says how much of
# the old is kept, its reset gate $r$ how much of the old the new looks at:

# %% [markdown]
# $$ h_t = z_t \cdot h_{t-1} + (1 - z_t) \cdot n_t, \qquad n_t = \tanh(x_t W_{xh} + b_{xh} + r_t \cdot (h_{t-1} W_{hh} + b_{hh})) $$

# %% [markdown]
# That is Keras's form, `reset_after=True`. In some books $z$ and $1 - z$ are exchanged; look before you compare
# numbers.

# %% tags=["nbval-check-output"]
for layer in (nn.SimpleRNN(16), nn.LSTM(16), nn.GRU(16)):
    layer.build((60, 2))
    print(f"{type(layer).__name__:9} 16 units, 2 sensors: {layer.count_params():5,} weights")

# %% [markdown]
# ## When does it help? A measurement to keep
#
# A laser weld is filmed in 60 pictures. From each comes the width of the gap [mm]. In **one** picture, at any
# time, the laser fires: a second signal is 1 there and 0 elsewhere. At the end the controller must know the gap
# **at that moment**. All other readings are of no use.


# %%
def welds(n, rng, steps=60):
    """Sequences of the gap [mm] and the mark of the laser; the gap at the mark; the steps since the mark."""
    gap = rng.uniform(-1, 1, (n, steps))
    fired = rng.integers(0, steps, n)
    mark = np.zeros((n, steps))
    mark[np.arange(n), fired] = 1
    return np.stack([gap, mark], axis=-1).astype("float32"), gap[np.arange(n), fired], steps - 1 - fired


rng = np.random.default_rng(0)
x_weld, gap_weld, _ = welds(4000, rng)
x_new, gap_new, age = welds(1000, rng)

# %% [markdown]
# **Guess first.** SimpleRNN, LSTM, GRU, 16 units each, the same training: which of them learn it? (About 15
# seconds.)


# %%
def trained(layer, seed):
    model = nn.Sequential([nn.Input((None, 2)), layer, nn.Dense(1)], rng=seed)
    model.compile(optimizer=nn.Adam(0.01, global_clipnorm=1.0), loss="mean_squared_error")
    model.fit(x_weld, gap_weld, epochs=20, batch_size=32, verbose=0, rng=seed)
    return model


keepers = {
    "SimpleRNN": trained(nn.SimpleRNN(16), 0),
    "SimpleRNN, another start": trained(nn.SimpleRNN(16), 1),
    "LSTM": trained(nn.LSTM(16), 0),
    "GRU": trained(nn.GRU(16), 0),
}
errors = {name: model.predict(x_new)[:, 0] - gap_new for name, model in keepers.items()}
rmse = {name: float(np.sqrt(np.mean(error**2))) for name, error in errors.items()}
for name, value in rmse.items():
    print(f"{name:25} RMSE {value:.3f} mm   (always answering 0: {gap_new.std():.3f} mm)")

# %% tags=["nbval-check-output"]
print("SimpleRNN has learned nothing:", min(rmse["SimpleRNN"], rmse["SimpleRNN, another start"]) > 0.5)
print("LSTM and GRU are below 0.1 mm:", max(rmse["LSTM"], rmse["GRU"]) < 0.1)

# %% tags=["figure"]
edges = np.arange(0, 61, 10)
by_age = {
    name: [np.sqrt(np.mean(errors[name][(age >= low) & (age < low + 10)] ** 2)) for low in edges[:-1]]
    for name in ("SimpleRNN", "LSTM", "GRU")
}
figures.show(
    sequence_drawings.error_by_age(edges, by_age, "RMSE [mm]", gap_new.std()),
    "RMSE over the steps between the weld and the end. The line of the SimpleRNN lies at the level of a guess, about "
    "0.58 mm, for every age. The lines of LSTM and GRU lie near 0, for measurements that are 5 steps old and for "
    "those that are 55 steps old.",
)

# %% [markdown]
# You should have seen: the SimpleRNN has not even learned the welds just before the end. The state is renewed at
# every step, and sixty random readings are laid over the one that counts. LSTM and GRU close their gates to all but
# the marked one.
#
# Do not conclude that a SimpleRNN is useless. With smaller steps and more patience it learns a part of this task, and
# on the bearings above it was perfect, with a quarter of the weights. Use it where the recent past decides; take LSTM
# or GRU where one early event does. Chapter 8, When will it fail?, measures all three on engines.

# %% [markdown]
# ### Look into the gates
#
# The widget shows the gates of a trained cell over a sensor trace:
#
# 1. Choose a unit. When does its forget gate close?
# 2. Find the unit with the longest memory. What is its half-life?
# 3. Put a spike on the sensor. How many steps later can you still see it in the cell?
# 4. Change to the GRU. Which gate does the same job there?

# %%
widgets.GateExplorer()

# %% [markdown]
# You should have seen: different units keep for a different time. Half-life: a gate that stays at $f = 0.9$ halves the
# memory every $\log 0.5 / \log 0.9 = 6.6$ steps; at $f = 0.99$ it is 69 steps.

# %% [markdown]
# ## Sequences of unequal length
#
# Machines run for different times. Fill the short ones up with a value that never occurs, and say so with `Masking`:
# at those steps the state stays as it is.

# %% tags=["nbval-check-output"]
short = rng.normal(size=(1, 4, 2))
filled = np.concatenate([short, np.full((1, 3, 2), -99.0)], axis=1)
with_mask = nn.Sequential([nn.Input((None, 2)), nn.Masking(-99.0), nn.SimpleRNN(3)], dtype="float64", rng=0)
without = nn.Sequential([nn.Input((None, 2)), nn.SimpleRNN(3)], dtype="float64", rng=0)
without.set_weights(with_mask.get_weights())
print("filled up, with a mask, as if it were short:", np.allclose(with_mask.predict(filled), without.predict(short)))
print("filled up, without a mask:                  ", np.allclose(without.predict(filled), without.predict(short)))

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(7)

# %% [markdown]
# ## When this fails in the plant
#
# **Longer than in training.** The LSTM above has never seen more than 60 pictures. What if the camera runs on?

# %%
left = {}
for steps in (60, 240, 480, 960):
    longer, gap, _ = welds(500, np.random.default_rng(3), steps)
    error = keepers["LSTM"].predict(longer, batch_size=50)[:, 0] - gap
    left[steps] = np.sqrt(np.mean(error**2)) / gap.std()
    print(f"{steps} pictures: RMSE {np.sqrt(np.mean(error**2)):.3f} mm")

# %% tags=["nbval-check-output"]
print("960 pictures: at least five times the error of 60:", bool(left[960] > 5 * left[60]))

# %% [markdown]
# It runs without a word and forgets: no gate is quite 1. Remedy: train on the lengths that will occur, and test on
# longer ones.
#
# **A new sensor reads higher.** The bearings again. The network learned from temperatures around 65 °C. The new sensor
# reads more, by the same amount at every step, so nothing about warming or cooling has changed:

# %% tags=["nbval-check-output"]
for offset in (0, 5, 10):
    accuracy = bearing_model.evaluate((new_temperature[..., None] + offset - 65) / 5, new_warms)[1]
    print(f"offset {offset:2} °C: above 95 % right {bool(accuracy > 0.95)}, above 75 % {bool(accuracy > 0.75)}")

# %% [markdown]
# The tanh saturates, and the network is lost. Remedy: train with such offsets, or give the network the difference to
# the first reading.
#
# **The memory of another machine.** If you carry the state from one batch to the next (Keras: `stateful=True`), the
# second machine begins with the memory of the first. Remedy: a fresh state for each sequence, which is the default.
#
# **A reading is missing.** One NaN makes every later state NaN. Our library stops at once and says where:

# %% tags=["nbval-check-output"]
broken = np.zeros((2, 5, 3))
broken[1, 3, 0] = np.nan
try:
    nn.simple_rnn_forward(broken, np.zeros((3, 2)), np.zeros((2, 2)), np.zeros(2))
except ValueError as error:
    for sentence in str(error).split(". "):
        print(sentence)

# %% [markdown]
# ## Summary
#
# - A recurrent layer reads step by step; its state is its memory; its weights are the same at every step.
# - Backpropagation through time is backpropagation on the unrolled network: what arrives at a state comes from its
#   output **and** from the next step.
# - The gradient is multiplied at every step: it vanishes or explodes. The bound needs the largest singular value.
# - Clipping stops explosions. LSTM and GRU keep what matters: their way through time has a gate instead of a matrix.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | recurrent neural network (RNN) | 循环神经网络 | a network that hands a state from step to step |
# | hidden state | 隐藏状态 | the numbers it remembers |
# | unrolling | 展开 | drawing one copy of the cell for each step |
# | backpropagation through time (BPTT) | 随时间反向传播 | backpropagation on the unrolled network |
# | vanishing gradient | 梯度消失 | a gradient that gets too small to learn from |
# | exploding gradient | 梯度爆炸 | a gradient that grows without limit |
# | gradient clipping | 梯度裁剪 | shortening a gradient that is too long |
# | gate | 门 | a number from 0 to 1 that lets through |
# | long short-term memory (LSTM) | 长短期记忆网络 | a recurrent cell with a straight way and gates |
# | gated recurrent unit (GRU) | 门控循环单元 | a simpler cell with gates |
# | mask | 掩码 | tells which steps are real |
#
# **Next:** [Chapter 8, When will it fail?](08_when_will_it_fail.ipynb) The remaining life of engines, from their sensors.
