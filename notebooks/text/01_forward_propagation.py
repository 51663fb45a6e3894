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
# # Chapter 1. Forward propagation
#
# **In 45 minutes you will** compute one neuron by hand, write a layer as a matrix product, feed it a whole batch,
# explain why the activation must bend, and build the same network in NumPy and in Keras.
#
# **You need first:** Python functions and NumPy arrays (`shape`, indexing). Chapter 0 shows how widgets and exercises work.
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The question of the plant
#
# A pump has two sensors at its bearing: temperature in °C and vibration in mm/s. From experience you know that hot
# **and** shaking bearings fail soon. You want one number between 0 and 1 for every bearing: 0 means healthy, 1 means
# "plan a stop".
#
# A rule such as "stop above 80 °C" looks at one sensor at a time. A **neuron** weighs all sensors together. This chapter
# is about how it does that. How it *learns* the weights comes in chapters 2 to 4.

# %%
import numpy as np

from course_lib import drawings, exercises as ex, figures, nn, parity, widgets
from course_lib.source import show_source

# %% [markdown]
# ## One neuron
#
# **Guess first.** A neuron has the weights $w = (2, 1)$ and the bias $b = 0.5$. The sensors say $x = (0.5, -1)$ (in
# standardised units: 0 is the mean, 1 is one standard deviation above it). Is its output above or below 0.5, if the
# activation is the sigmoid?
#
# <details><summary>Answer</summary>
#
# Above. The weighted sum is $2 \cdot 0.5 + 1 \cdot (-1) + 0.5 = 0.5$. The sigmoid is above 0.5 where its input is above 0.
#
# </details>

# %% [markdown]
# A neuron does two things, always in this order. It **sums** its inputs, each times its weight, and adds the bias. Then
# it **bends** the sum with a function $f$, the *activation*:

# %% [markdown]
# $$ z = w_1 x_1 + w_2 x_2 + b, \qquad y = f(z) $$

# %% tags=["figure"]
figures.show(
    drawings.neuron(inputs=["temperature x₁", "vibration x₂"], weights=["w₁", "w₂"]),
    "Diagram of one neuron: the inputs temperature and vibration are multiplied by the weights "
    "w1 and w2, summed together with the bias b to z, and passed through the activation f to "
    "give the output y.",
)

# %% [markdown]
# The **sigmoid** is one such function. It squeezes any sum into the range from 0 to 1:

# %% [markdown]
# $$ \text{sigmoid}(z) = \frac{1}{1 + e^{-z}} $$

# %% [markdown]
# The example above, small enough for paper, in Python:

# %% tags=["nbval-check-output"]
x = np.array([0.5, -1.0])
w = np.array([2.0, 1.0])
b = 0.5
z = w[0] * x[0] + w[1] * x[1] + b
y = nn.sigmoid(z)
print(f"z = {z:.3f}")
print(f"y = {y:.3f}")

# %% [markdown]
# ### Play with it
#
# Each point is one bearing: blue circles stayed healthy, orange squares needed maintenance. The colour of the map is the
# neuron's output $y$. The line is where $z = 0$: the neuron is undecided there. Move the pointer (or click the map
# and use the arrow keys): the sum for that point is written out below.
#
# 1. Change only the bias. What does the line do?
# 2. Change only $w_2$. What does it do now?
# 3. Multiply both weights by four. The line stays. What changes?

# %%
widgets.NeuronBench()

# %% [markdown]
# You should have seen: the weights *turn* the line, the bias *shifts* it, and larger weights make the neuron *surer*
# without moving the line.

# %% [markdown]
# ### Exercise 1: one neuron
#
# Write `neuron_output(x, w, b)` for **any** number of inputs: `x` and `w` have the shape `(D,)`, `b` is a number. Return
# the sigmoid of the weighted sum. You may use `np.exp`, `np.sum` and `@`.


# %% tags=["exercise"]
def neuron_output(x, w, b):
    ...  # your code


ex.neuron_output.check(neuron_output)

# %% [markdown]
# Stuck? Run `ex.neuron_output.hint()` in a new cell, as often as you like. `ex.neuron_output.solution()` shows a solution.

# %% [markdown]
# ## From one neuron to a layer
#
# One neuron answers one question. Three neurons side by side answer three: "too hot?", "shaking?", "both?". They all see
# the **same** inputs, each with its own weights and its own bias. That is a **dense layer** (also: fully connected layer).
#
# We could write three sums. We write one matrix product instead. Column $j$ of $W$ holds the weights of neuron $j$:

# %% [markdown]
# $$ y = f(x W + b) $$

# %% [markdown]
# | Symbol | Meaning | Shape | Here |
# |---|---|---|---|
# | $x$ | the inputs of one example | `(D,)` | 2 sensors |
# | $W$ | weights: input $i$ to neuron $j$ is $W_{ij}$ | `(D, M)` | 2 sensors, 3 neurons |
# | $b$ | one bias a neuron | `(M,)` | 3 |
# | $y$ | one output a neuron | `(M,)` | 3 |
#
# **Guess first.** How many numbers does this layer have to learn?
#
# <details><summary>Answer</summary>
#
# Nine: $2 \cdot 3$ weights and 3 biases. In general $D \cdot M + M$.
#
# </details>

# %% tags=["nbval-check-output"]
W = np.array([[2.0, 0.0, 1.0],
              [0.0, 2.0, 1.0]])  # fmt: skip
b = np.array([-1.0, -1.0, -1.5])
print("shapes:", x.shape, "@", W.shape, "+", b.shape, "->", (x @ W + b).shape)
print("z =", x @ W + b)
print("y =", nn.sigmoid(x @ W + b).round(3))

# %% [markdown]
# ### W x or x W?
#
# Textbooks write $y = f(W x + b)$ with $x$ as a **column**, so their $W$ has one **row** per neuron. Keras, TensorFlow
# and this course keep one example in one **row**, so their $W$ has one **column** per neuron. It is the same network:
# one matrix is the other one turned over (transposed).

# %% [markdown]
# $$ \left( W x \right)^\top = x^\top W^\top $$

# %% tags=["nbval-check-output"]
W_textbook = W.T
print("textbook:", W_textbook @ x + b, "   W has shape", W_textbook.shape)
print("Keras:   ", x @ W + b, "   W has shape", W.shape)

# %% [markdown]
# If you copy weights from a paper and every shape complains, look for a missing `.T` first. If the layer is square,
# nothing complains, and the result is silently wrong. That is why we write every shape down.

# %% [markdown]
# ## A whole batch at once
#
# A plant has more than one bearing. We stack $N$ examples as the rows of a matrix. The formula does not change, because
# row $n$ of $x W$ only depends on row $n$ of $x$:

# %% [markdown]
# $$ Y_{nj} = f\Big( \sum_{i} X_{ni} W_{ij} + b_j \Big) $$

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(9)
X = rng.normal(size=(5, 2))
Y = nn.sigmoid(X @ W + b)
print("shapes:", X.shape, "@", W.shape, "+", b.shape, "->", Y.shape)
print(Y.round(3))

# %% [markdown]
# The bias has shape `(3,)` and is added to every row. NumPy calls this *broadcasting*. This is the whole layer in the
# course's library: a forward function returns the result and a `cache`, the values that backpropagation (chapter 3) needs.

# %%
show_source(nn.dense_forward)

# %% [markdown]
# What happens with a wrong shape? Try it: in the plant this is the most common error of all, because somebody added a
# sensor.

# %% tags=["nbval-check-output"]
try:
    nn.dense_forward(np.ones((5, 4)), W, b)
except ValueError as problem:
    print(problem)

# %% [markdown]
# ### Exercise 2: a dense layer
#
# Write `dense_forward(x, W, b)` for a batch: `x (N, D)`, `W (D, M)`, `b (M,)`. Return the sums `(N, M)`, without an
# activation.


# %% tags=["exercise"]
def dense_forward(x, W, b):
    ...  # your code


ex.dense_forward.check(dense_forward)

# %% [markdown]
# When the check is green, let the neuron bench run on **your** function: `widgets.NeuronBench(use=dense_forward)`.

# %% [markdown]
# ### Exercise 3: how many numbers?
#
# Write `parameter_count(layer_sizes)`: `[2, 3, 1]` is a network with 2 inputs, one layer of 3 neurons and one layer of 1.
# Return how many numbers it has to learn, biases included.


# %% tags=["exercise"]
def parameter_count(layer_sizes):
    ...  # your code


ex.parameter_count.check(parameter_count)

# %% [markdown]
# ## Why f must bend
#
# **Guess first.** Suppose we use no activation at all ($f(z) = z$) and put ten layers behind each other. What can this
# network do that a single layer cannot?
#
# <details><summary>Answer</summary>
#
# Nothing. Ten straight layers are one straight layer.
#
# </details>

# %% [markdown]
# Put the first layer into the second, multiply out, and the two weight matrices become one:

# %% [markdown]
# $$ (x W_1 + b_1) W_2 + b_2 = x \, (W_1 W_2) + (b_1 W_2 + b_2) $$

# %% tags=["nbval-check-output"]
W1, b1 = rng.normal(size=(2, 3)), rng.normal(size=3)
W2, b2 = rng.normal(size=(3, 1)), rng.normal(size=1)
two_layers = (X @ W1 + b1) @ W2 + b2
one_layer = X @ (W1 @ W2) + (b1 @ W2 + b2)
print("largest difference below 1e-14:", bool(np.abs(two_layers - one_layer).max() < 1e-14))

# %% [markdown]
# So a network without bends draws one straight line, however deep it is. The bend is what makes depth useful. These are
# the four activations of this chapter:

# %% tags=["figure"]
figures.show(
    drawings.activations(),
    "Four activation curves over z from -4 to 4: linear is a straight line; ReLU is zero for "
    "negative z and z itself above; sigmoid rises from 0 to 1 with 0.5 at z = 0; tanh rises "
    "from -1 to 1 with 0 at z = 0.",
)

# %% [markdown]
# | Activation | Formula | Range | Typical place |
# |---|---|---|---|
# | linear | $z$ | any | output for a temperature, a price |
# | ReLU | $\max(0, z)$ | 0 and above | hidden layers |
# | sigmoid | $1/(1+e^{-z})$ | 0 to 1 | output for one yes/no question |
# | tanh | $\tanh z$ | −1 to 1 | recurrent layers (chapter 7) |
# | softmax | see chapter 2 | sums to 1 | output for one of many classes |

# %% [markdown]
# $$ \text{ReLU}(z) = \max(0, z) $$

# %% tags=["nbval-check-output"]
z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
for name in ("linear", "relu", "sigmoid", "tanh"):
    print(f"{name:8}", nn.ACTIVATIONS[name][0](z).round(3))

# %% [markdown]
# ### Exercise 4: ReLU
#
# Write `relu(z)` for an array of any shape. It must not change `z` itself: other code may still need it.


# %% tags=["exercise"]
def relu(z):
    ...  # your code


ex.relu.check(relu)

# %% [markdown]
# ### Straight or bent?
#
# This machine must be neither too cold nor too hot: the healthy bearings lie inside a ring. Choose the number of hidden
# neurons and their activation. The network is trained anew after each change (how, you learn in chapters 2 to 4).
#
# 1. Choose the activation *linear* and add neurons. Does it ever close the ring?
# 2. Choose *relu*. How many neurons does it take?
# 3. Look at the small maps: each hidden neuron draws one bend. The output adds them up.

# %%
widgets.StraightOrBent()

# %% [markdown]
# You should have seen: with *linear* the boundary stays one straight line, and 65 % are right with any number of neurons.
# With *relu* each neuron adds one bend. Four of them close the ring, and more than 90 % are right.

# %% [markdown]
# ## Two layers: forward propagation
#
# *Forward propagation* is nothing more than this: the output of one layer is the input of the next.

# %% [markdown]
# $$ h = \text{ReLU}(x W_1 + b_1), \qquad y = \text{sigmoid}(h W_2 + b_2) $$

# %% tags=["nbval-check-output"]
h = nn.relu(nn.dense_forward(X, W1, b1)[0])
y = nn.sigmoid(nn.dense_forward(h, W2, b2)[0])
print("x", X.shape, "-> h", h.shape, "-> y", y.shape)
print(y[:, 0].round(3))

# %% [markdown]
# Writing this out for ten layers would be tiring. A `Sequential` model keeps the layers in a list and calls one after
# the other. The names are those of Keras:

# %% tags=["nbval-check-output"]
from course_lib.nn import Dense, Sequential

model = Sequential(dtype="float64")
model.add(Dense(3, activation="relu", input_shape=(2,)))
model.add(Dense(1, activation="sigmoid"))
model.set_weights([W1, b1, W2, b2])
print(model.predict(X)[:, 0].round(3))
model.summary()

# %% [markdown]
# The same lines in **Keras**: only the import changes, and Keras wants to hear the number type in each layer. Loading
# TensorFlow takes 5 to 20 seconds, once in each notebook.

# %% tags=["nbval-check-output"]
import keras

keras_model = keras.Sequential()
keras_model.add(keras.Input((2,), dtype="float64"))
keras_model.add(keras.layers.Dense(3, activation="relu", dtype="float64"))
keras_model.add(keras.layers.Dense(1, activation="sigmoid", dtype="float64"))
keras_model.set_weights([W1, b1, W2, b2])
print(keras_model.predict(X, verbose=0)[:, 0].round(3))
print("Keras keeps W as (inputs, neurons):", keras_model.get_weights()[0].shape)

# %% [markdown]
# Do the two agree to the last digit, or only to three? `parity.compare` copies the weights and measures. It compares the
# gradients too, so it wants to know the loss (chapter 2) and the optimizer (chapter 4):

# %%
model.compile(optimizer="adam", loss="binary_crossentropy")
comparison = parity.compare(model, keras_model, X, rng.integers(0, 2, (5, 1)))
comparison

# %% tags=["nbval-check-output"]
print("all rows within 1e-12:", comparison.passed)

# %% [markdown]
# Differences of about 1e-16 are the rounding of 64-bit numbers. The course's NumPy code and Keras compute the same
# network. The gradients in the table are the subject of chapter 3.

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(1)

# %% [markdown]
# ## When this fails in the plant
#
# - **A sensor is swapped.** The shapes still fit, and every prediction is wrong. Store the column names with the weights,
#   and compare them before each prediction.
# - **Units change.** One gateway sends °C, the other °F. A neuron cannot know. Standardise with the numbers of the
#   training data, and raise an alarm when an input leaves its usual range.
# - **A sensor dies** and sends 0 or NaN. Zero is a valid temperature to a neuron; NaN makes every output NaN. Check the
#   inputs before the network, not its output after it.

# %% tags=["nbval-check-output"]
broken = np.array([[np.nan, 0.3]])
print("without a check:", nn.sigmoid(broken @ W + b))

# %% [markdown]
# ## Summary
#
# - A neuron sums weighted inputs, adds a bias, and bends the sum: $y = f(Wx + b)$.
# - A layer is many neurons with the same inputs: one matrix product. Keras keeps one example in a row, so it computes
#   $xW + b$ with `W (inputs, neurons)`.
# - A batch is many rows. The formula stays the same.
# - Without a bend, many layers are one layer.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | neuron, unit | 神经元 | a weighted sum, a bias and a bend |
# | weight | 权重 | how much one input counts |
# | bias | 偏置 | shifts the sum |
# | activation function | 激活函数 | the bend $f$ |
# | dense (fully connected) layer | 全连接层 | every input goes to every neuron |
# | batch | 批 | several examples computed together |
# | forward propagation | 前向传播 | computing the output layer by layer |
#
# **Next:** [Chapter 2, Losses](02_losses.ipynb): how wrong is a prediction, and what does it cost?
