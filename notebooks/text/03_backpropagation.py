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
# # Chapter 3. Backpropagation
#
# **In 60 minutes you will** multiply slopes along a chain, derive the gradients of a dense layer, code them for
# a network with two layers, check them with finite differences, and compare them with TensorFlow.
#
# **You need first:** chapter 1 (dense layer, batch, shapes) and chapter 2 (loss, gradient, $p - y$). From
# school: the slope of $x^2$ is $2x$.
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The question of the plant
#
# A network watches a bearing. It says 69 % failure, but the bearing is healthy. It has 13 weights. Which of
# them should change, in which direction, and how much?
#
# You could try: move one weight a little, compute the network again, look at the loss. Then the next weight.
# For 13 weights that is fine. Let us count for a network that reads small pictures of 28 × 28 pixels:

# %%
from itertools import pairwise

import numpy as np

from course_lib import data, drawings, exercises as ex, figures, nn, parity, widgets
from course_lib.source import show_source

# %% tags=["nbval-check-output"]
sizes = [784, 256, 128, 10]
weights = sum(a * b + b for a, b in pairwise(sizes))
print("weights:", f"{weights:,}")
print("forward passes to try each one in both directions:", f"{2 * weights:,}")

# %% [markdown]
# **Backpropagation** finds the slope for *all* weights in **one** walk backward through the network. It is not
# a new kind of mathematics. It is the chain rule from school, in a clever order.

# %% [markdown]
# ## Slopes multiply: the chain rule
#
# **Guess first.** A thermocouple gives 0.04 mV for each °C. The amplifier and converter behind it give 25
# counts for each mV. The bearing warms up by 1 °C. How many counts more?
#
# <details><summary>Answer</summary>
#
# One: $0.04 \cdot 25 = 1$ count for each °C. The units help: mV/°C times counts/mV is counts/°C.
#
# </details>

# %% [markdown]
# That is the whole chain rule. A *slope* says how much the output changes when the input changes a little. If
# things are connected one behind the other, their slopes multiply:

# %% [markdown]
# $$ \frac{\partial L}{\partial w} = \frac{\partial L}{\partial y} \cdot \frac{\partial y}{\partial w} $$

# %% [markdown]
# An example for paper: the smallest network there is, $y = w x + b$ with the loss $L = (y - t)^2$. Given are
# $x = 2$, $w = 0.5$, $b = 0.1$ and the target $t = 2$.
#
# - Forward: $y = 0.5 \cdot 2 + 0.1 = 1.1$ and $L = (1.1 - 2)^2 = 0.81$.
# - Slope of the loss: $\partial L / \partial y = 2 (y - t) = -1.8$.
# - Slope of $y$ with respect to $w$: it is $x = 2$. With respect to $b$: it is 1.
# - Multiply: $\partial L / \partial w = -1.8 \cdot 2 = -3.6$ and
#   $\partial L / \partial b = -1.8 \cdot 1 = -1.8$.
#
# Do not believe it, try it: move $w$ by 0.001 and look at the loss.


# %% tags=["nbval-check-output"]
def loss_of(w, b, x=2.0, t=2.0):
    return (w * x + b - t) ** 2


print("loss:", round(loss_of(0.5, 0.1), 4))
print("slope for w, by trying:", round((loss_of(0.501, 0.1) - loss_of(0.499, 0.1)) / 0.002, 4))
print("slope for b, by trying:", round((loss_of(0.5, 0.101) - loss_of(0.5, 0.099)) / 0.002, 4))

# %% [markdown]
# ## The computational graph
#
# Draw every operation as a box. Values flow forward (black, above the line). Then slopes flow backward (orange,
# below the line). Each box needs only two things: what came in on the way forward, and the slope that arrives
# from behind.

# %% tags=["figure"]
figures.show(
    drawings.computational_graph(),
    "Computational graph of L = (w x + b - t) squared. Forward, in black: x = 2 and w = 0.5 go into a product, giving "
    "1; b = 0.1 is added, giving y = 1.1; minus t = 2 and squared gives L = 0.81. Backward, in orange: the slope is 1 "
    "at L, -1.8 at y, -1.8 at b, -1.8 at the product, -3.6 at w and -0.9 at x.",
)

# %% [markdown]
# Three rules are enough for every network in this course:
#
# | Operation | Forward | Backward: slope `d` arrives from behind |
# |---|---|---|
# | sum | `y = a + b` | both get `d` unchanged |
# | product | `y = a * b` | each gets `d` times **the other** factor: `d * b` and `d * a` |
# | function | `y = f(a)` | `d` times the slope of `f` at `a` |
#
# And one more: if a value is used in **several** places, the slopes that come back from there are **added**.
#
# **Guess first.** $y = a \cdot a$. The product rule gives each factor $d \cdot a$. What is the slope for $a$?
#
# <details><summary>Answer</summary>
#
# $d \cdot a + d \cdot a = 2 a d$, because $a$ is used twice. That is the $2a$ you know from school.
#
# </details>

# %% [markdown]
# The same graph in Python. Read it twice: down, then up.

# %% tags=["nbval-check-output"]
x, w, b, t = 2.0, 0.5, 0.1, 2.0
product = w * x
y = product + b
loss = (y - t) ** 2

dy = 2 * (y - t)
dproduct, db = dy, dy
dw, dx = dproduct * x, dproduct * w
print(f"forward:  product {product:.2f}, y {y:.2f}, loss {loss:.2f}")
print(f"backward: dy {dy:.2f}, db {db:.2f}, dw {dw:.2f}, dx {dx:.2f}")

# %% [markdown]
# A name for what follows: `dw` means $\partial L / \partial w$, the slope of the **loss** with respect to `w`.
# It always has the same shape as `w`.

# %% [markdown]
# ## The dense layer
#
# Chapter 1: $y = x W + b$ for a batch `x (N, D)` with weights `W (D, M)`. From behind arrives `dy (N, M)`: how
# the loss changes with each output of each example. We want `dW`, `db` and `dx`.
#
# Start from one number, without matrices. Output $j$ of example $n$ is

# %% [markdown]
# $$ y_{nj} = \sum_i x_{ni} W_{ij} + b_j $$

# %% [markdown]
# **Step 1.** Where is $W_{ij}$ used? In output $j$ of **every** example $n$, each time multiplied by $x_{ni}$.
#
# **Step 2.** Product rule: from example $n$ comes back $dy_{nj}$ times the other factor, $x_{ni}$.
#
# **Step 3.** Used in $N$ places, so add over the examples:

# %% [markdown]
# $$ \frac{\partial L}{\partial W_{ij}} = \sum_n x_{ni} \, \frac{\partial L}{\partial y_{nj}} $$

# %% [markdown]
# **Step 4.** A sum of products over $n$ is a matrix product. Rows and columns tell which one: the result must
# have the shape of $W$, `(D, M)`, and the inner axis must be $N$. There is only one way to write it:

# %% [markdown]
# $$ dW = x^\top \, dy $$

# %% [markdown]
# The bias is easier: $b_j$ is *added* to output $j$ of every example. The slope passes unchanged, and we add
# over the examples:

# %% [markdown]
# $$ db_j = \sum_n dy_{nj} $$

# %% [markdown]
# And $x_{ni}$ is used in all $M$ outputs of its own example, each time multiplied by $W_{ij}$. So add over the
# outputs $j$:

# %% [markdown]
# $$ dx = dy \, W^\top $$

# %% [markdown]
# | We want | Its shape | We have | Only fit |
# |---|---|---|---|
# | `dW` | `(D, M)` | `x (N, D)`, `dy (N, M)` | `x.T @ dy` |
# | `db` | `(M,)` | `dy (N, M)` | `dy.sum(axis=0)` |
# | `dx` | `(N, D)` | `dy (N, M)`, `W (D, M)` | `dy @ W.T` |
#
# **The shapes are your guide.** If you forget a formula, write the shapes down. Careful: they are no guide when
# $N = D = M$. Test with odd sizes.
#
# **Guess first.** Why is `db` a sum over the batch and not a mean?
#
# <details><summary>Answer</summary>
#
# The mean is already taken, once, in the loss (chapter 2): `dy` contains the factor $1/N$. A second mean would
# make the gradient $N$ times too small.
#
# </details>

# %% [markdown]
# For paper: two examples, two inputs, one output.

# %% tags=["nbval-check-output"]
x = np.array([[1.0, 2.0],
              [3.0, 4.0]])  # fmt: skip
W = np.array([[0.5],
              [-1.0]])  # fmt: skip
dy = np.array([[0.1],
               [-0.2]])  # fmt: skip
print("dW =", (x.T @ dy).round(3).tolist(), "  0.1*1 - 0.2*3 and 0.1*2 - 0.2*4")
print("db =", dy.sum(axis=0).round(3).tolist(), "  0.1 - 0.2")
print("dx =", (dy @ W.T).round(3).tolist())

# %% [markdown]
# This is the library's version. The `cache` from the way forward holds what the way back needs:

# %%
show_source(nn.dense_backward)

# %% [markdown]
# The sums written out as loops give the same numbers. Random data, odd sizes:

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(0)
x, W, b = rng.normal(size=(5, 3)), rng.normal(size=(3, 2)), rng.normal(size=2)
dy = rng.normal(size=(5, 2))
dW_loops = np.zeros((3, 2))
for n in range(5):
    for i in range(3):
        for j in range(2):
            dW_loops[i, j] += x[n, i] * dy[n, j]
_, cache = nn.dense_forward(x, W, b)
dx, dW, db = nn.dense_backward(dy, cache)
print("shapes:", dx.shape, dW.shape, db.shape)
print("loops and matrix product agree:", np.abs(dW - dW_loops).max() < 1e-14)

# %% [markdown]
# **What does it cost?** Count the multiplications of the small picture network, for one example: the way
# forward has one product for each weight, the way back two, `dW` and `dx`. (The first layer needs no `dx`:
# nobody changes the picture.)

# %% tags=["nbval-check-output"]
forward = sum(a * b for a, b in pairwise(sizes))
backward = 2 * forward - sizes[0] * sizes[1]
print("multiplications forward: ", f"{forward:,}")
print("multiplications backward:", f"{backward:,}")
print(f"backward / forward: {backward / forward:.2f}")

# %% [markdown]
# ### Exercise 1: a dense layer backward
#
# Write `dense_backward(dy, x, W)`: `dy (N, M)` arrives, `x (N, D)` and `W (D, M)` are those of the way forward.
# Return `dx, dW, db`.


# %% tags=["exercise"]
def dense_backward(dy, x, W):
    ...  # your code


ex.dense_backward.check(dense_backward)

# %% [markdown]
# Stuck? Run `ex.dense_backward.hint()` in a new cell, as often as you like. `ex.dense_backward.solution()`
# shows a solution.

# %% [markdown]
# ## The activations
#
# Here the rule for functions applies: what arrives, times the slope. It works element by element, so no sums
# are needed.
#
# **ReLU** has the slope 1 above zero and 0 below. So it is a gate: where the input was positive, the gradient
# passes; elsewhere nothing passes. At exactly 0 we take 0, as Keras does.

# %% [markdown]
# $$ \frac{\partial L}{\partial z} = \frac{\partial L}{\partial y} \cdot
# \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases} $$

# %% [markdown]
# **Sigmoid**: its slope can be written with its own output. No need to compute $e^{-z}$ again:

# %% [markdown]
# $$ \frac{\partial L}{\partial z} = \frac{\partial L}{\partial y} \cdot y \, (1 - y), \qquad y = \text{sigmoid}(z) $$

# %% tags=["nbval-check-output"]
z = np.array([-2.0, -0.5, 0.5, 2.0])
dy = np.array([1.0, 1.0, 3.0, -1.0])
print("relu:   ", nn.relu_backward(dy, nn.relu(z)))
print("sigmoid:", nn.sigmoid_backward(dy, nn.sigmoid(z)).round(3))

# %% [markdown]
# ### Exercise 2: ReLU backward
#
# Write `relu_backward(dy, z)`: `dy` arrives from behind, `z` is the **input** of the ReLU on the way forward.
# Both have the same shape. Change neither.


# %% tags=["exercise"]
def relu_backward(dy, z):
    ...  # your code


ex.relu_backward.check(relu_backward)

# %% [markdown]
# ## Softmax and cross-entropy: share minus truth
#
# Chapter 2 showed that the slope of the cross-entropy with respect to the logits is $p - y$. Now we can derive
# it. Start from the form with logits, for one example whose true class is $t$:
# $L = -z_t + \log \sum_j e^{z_j}$.
#
# - The first term, $-z_t$, has the slope $-1$ for the true class and 0 for the others: that is $-y_k$, with $y$
#   one-hot.
# - The second: the slope of $\log s$ is $1/s$, and the slope of $s = \sum_j e^{z_j}$ with respect to $z_k$ is
#   $e^{z_k}$. Multiply them: $e^{z_k} / s$ is the softmax, $p_k$!

# %% [markdown]
# $$ \frac{\partial L}{\partial z_k} = \frac{e^{z_k}}{\sum_j e^{z_j}} - y_k = p_k - y_k $$

# %% [markdown]
# With $p = (0.6, 0.3, 0.1)$ and the first class true: $(0.6 - 1, 0.3, 0.1) = (-0.4, 0.3, 0.1)$. The true class
# is pulled up, the others are pushed down, each as much as its share is wrong. For a sigmoid with binary
# cross-entropy it is $p - y$ as well.


# %% tags=["nbval-check-output"]
def loss_and_slope(z):
    return nn.sparse_categorical_crossentropy(np.array([0]), z, from_logits=True)


z = np.log([[6.0, 3.0, 1.0]])
print("p - y:             ", (nn.softmax(z) - [[1, 0, 0]]).round(3))
print("course_lib.nn:     ", loss_and_slope(z)[1].round(3))
print("finite differences:", nn.numerical_gradient(lambda z: loss_and_slope(z)[0], z).round(3))

# %% [markdown]
# ## Through two layers
#
# Now everything together: two sensors, three hidden units with ReLU, one output with sigmoid, binary
# cross-entropy. These are the 13 weights from the beginning.

# %% [markdown]
# $$ z_1 = x W_1 + b_1, \qquad a_1 = \text{ReLU}(z_1), \qquad z_2 = a_1 W_2 + b_2, \qquad p = \text{sigmoid}(z_2) $$

# %% [markdown]
# On the way back we visit the same boxes from right to left. Each line uses the line before it:

# %% [markdown]
# $$ \begin{aligned}
# dz_2 &= (p - y) / N, & dW_2 &= a_1^\top dz_2, \quad db_2 = \sum_n dz_2, \\
# da_1 &= dz_2 W_2^\top, & dz_1 &= da_1 \odot [z_1 > 0], \\
# & & dW_1 &= x^\top dz_1, \quad db_1 = \sum_n dz_1
# \end{aligned} $$

# %% [markdown]
# ($\odot$ means element by element; $[z_1 > 0]$ is 1 where $z_1 > 0$ and 0 elsewhere.)
#
# **Guess first.** The second hidden unit has a negative sum, so its ReLU gives 0 for this bearing. What are the
# gradients of the weights that lead into it?
#
# <details><summary>Answer</summary>
#
# Zero, all of them. The gate is closed: a small change of these weights changes nothing in the output. This
# unit learns nothing from this bearing.
#
# </details>

# %% tags=["nbval-check-output"]
x, y = np.array([[1.0, 0.5]]), np.array([[0.0]])
W1, b1 = np.array([[0.5, -0.4, 0.3], [0.8, 0.6, -0.5]]), np.array([0.1, 0.0, 0.2])
W2, b2 = np.array([[0.7], [-0.6], [0.4]]), np.array([0.0])

z1 = x @ W1 + b1
a1 = nn.relu(z1)
z2 = a1 @ W2 + b2
p = nn.sigmoid(z2)
print("forward:  z1", z1.round(3), " a1", a1.round(3), " z2", z2.round(3), " p", p.round(3))

dz2 = (p - y) / len(x)
dW2, db2 = a1.T @ dz2, dz2.sum(axis=0)
da1 = dz2 @ W2.T
dz1 = da1 * (z1 > 0)
dW1, db1 = x.T @ dz1, dz1.sum(axis=0)
print("backward: dz2", dz2.round(3), " dW2", dW2[:, 0].round(3), " db2", db2.round(3))
print("          da1", da1.round(3), " dz1", dz1.round(3) + 0.0, " db1", db1.round(3))
print("dW1:")
print(dW1.round(3))

# %% [markdown]
# Every weight into unit 2 (the middle column) has the gradient 0, as announced. Nine lines of code for a whole
# network, four forward and five back: this is backpropagation.
#
# ### Step through it
#
# The same network with the same numbers. Press *Step* to compute one box after the other, forward and then backward. The
# formula of the step stands beside it, with the numbers filled in. In the picture each weight has a name of its own:
# $w_{11}$ to $w_{23}$ are the numbers of $W_1$, $v_1$ to $v_3$ those of $W_2$, $c$ is $b_2$, and $\hat y$ is $p$.
#
# 1. Walk through once. Compare with the output of the cell above.
# 2. Switch on *let me predict each gradient*. Can you compute three in a row before they are shown?
# 3. The last step is the update. Press *Step* once more: the network starts again with the new weights. Did the
#    loss fall?
# 4. Choose *dead ReLU* under *Try*. Which gradients are zero, and why?

# %%
widgets.BackpropStepper()

# %% [markdown]
# You should have seen: the gradient of each weight is a product of two numbers, what arrives from behind and
# what went in on the way forward. That is why the way forward must keep its values, and why training needs more
# memory than predicting. Where a gate is closed, everything behind it gets the gradient 0.

# %% [markdown]
# ### Exercise 3: all gradients of two layers
#
# Now the same network for a **number**: how many millimetres of the tool are left? Then the output has no
# sigmoid, it is linear, and the loss is the mean squared error. Only the first line of the way back changes, to
# $dy = 2 (y - y_\text{true}) / (N M)$.
#
# Write `two_layer_gradients(x, y_true, W1, b1, W2, b2)`: ReLU in the hidden layer, linear output, mean squared
# error over all values of `y_true (N, M)`. Return `dW1, db1, dW2, db2`.


# %% tags=["exercise"]
def two_layer_gradients(x, y_true, W1, b1, W2, b2):
    ...  # your code


ex.two_layer_gradients.check(two_layer_gradients)

# %% [markdown]
# When the check is green, let the stepper run on **your** function:
# `widgets.BackpropStepper(use=two_layer_gradients, loss="mean_squared_error")`.

# %% [markdown]
# ## Is it right? Gradient checking
#
# A wrong gradient is hard to find: nothing crashes, the loss often falls a little, and you search for weeks. So
# we check against a method that is slow but cannot go wrong in the same way: move one number by a small $h$ to
# both sides and look at the loss (*central difference*).

# %% [markdown]
# $$ \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2 h} $$

# %% [markdown]
# ($e_i$ has a 1 at place $i$ and 0 elsewhere: only one number moves.)

# %%
show_source(nn.numerical_gradient)

# %% [markdown]
# ### Exercise 4: a numerical gradient
#
# Write `numerical_gradient(f, x, h=1e-5)`: `f` takes an array of the shape of `x` and returns one number.
# Return the central differences, an array of the shape of `x`. Leave `x` as it was.


# %% tags=["exercise"]
def numerical_gradient(f, x, h=1e-5):
    ...  # your code


ex.numerical_gradient.check(numerical_gradient)

# %% [markdown]
# ### How small should h be?
#
# **Guess first.** A smaller $h$ is closer to the true slope. So is $h = 10^{-12}$ the best choice?
#
# <details><summary>Answer</summary>
#
# No. The two function values are then nearly equal, and their difference consists mostly of rounding errors,
# divided by a tiny number. Too large an $h$ bends away from the slope, too small an $h$ leaves only rounding errors. The
# best is in between.
#
# </details>

# %% [markdown]
# Two errors add up: the curve bends (grows with $h^2$), and numbers are rounded to a relative precision
# $\varepsilon$ (grows with $1/h$):

# %% [markdown]
# $$ \text{error} \lesssim \frac{h^2}{6} \, |f'''(x)| + \frac{\varepsilon}{h} \, |f(x)| $$

# %% tags=["nbval-check-output"]
x = np.linspace(0.5, 1.5, 501)
print("powers of ten of the error for the slope of exp(x)")
print("   h      64 bit   64 bit, one side only   32 bit")
for k in (1, 2, 3, 5, 7, 9, 11):
    h = 10.0**-k
    errors = []
    for dtype, one_sided in (("float64", False), ("float64", True), ("float32", False)):
        v, step = x.astype(dtype), np.dtype(dtype).type(h)
        below = v if one_sided else v - step
        slope = (np.exp(v + step) - np.exp(below)) / (step if one_sided else 2 * step)
        errors.append(round(float(np.log10(np.abs(slope - np.exp(x)).mean()))))
    print(f"1e-{k:02}  {errors[0]:8}  {errors[1]:16}  {errors[2]:16}")

# %% [markdown]
# In 64 bits, $h = 10^{-5}$ gives about ten correct digits. In 32 bits you get about four at the best, and
# only with a much larger $h$. **So check gradients in 64 bits**, and train in 32.
#
# ### Find the bottom
#
# 1. Move the step size $h$ to the left and to the right. Where is the bottom of the curve, and how many digits
#    agree there?
# 2. Choose float32. Where is the bottom now?
# 3. Choose one-sided differences. What do you lose?
# 4. Plant a typical mistake. Does any $h$ make the error small?

# %%
widgets.GradientChecker()

# %% [markdown]
# You should have seen: the error over $h$ is a U. The left arm is rounding, the right arm is bending. In 32
# bits the whole U lies higher, and its bottom further right. And no $h$ makes a wrong formula right. With
# `widgets.GradientChecker(use=dense_backward)`, **your** exercise 1 is checked.
#
# ### Would it find a mistake?
#
# A check that never fails is worth nothing. We give it a right gradient, and one where the mean was taken
# twice:

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(1)
inputs = {"x": rng.normal(size=(4, 3)), "W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}


def mean_taken_twice(dy, cache):
    dx, dW, db = nn.dense_backward(dy, cache)
    return dx, dW, db / len(dx)


for backward in (nn.dense_backward, mean_taken_twice):
    check = nn.check_gradients(nn.dense_forward, backward, inputs)
    right = {name: bool(error < check.tolerance) for name, error in check.errors.items()}
    print(f"{backward.__name__:18} {right}")

# %% [markdown]
# What to expect of the relative error in 64 bits: below $10^{-7}$ is fine. Between $10^{-7}$ and $10^{-3}$,
# look for a kink (a ReLU whose input is nearly 0) before you blame the formula. Above $10^{-3}$ it is a
# mistake.

# %% [markdown]
# ## The same in TensorFlow
#
# TensorFlow draws the computational graph while it computes, on a `GradientTape`, and walks it backward for
# you. You write only the way forward. Loading TensorFlow takes 5 to 20 seconds.

# %% tags=["nbval-check-output"]
import tensorflow as tf

x = np.array([[1.0, 0.5]])
parameters = [tf.Variable(w) for w in (W1, b1, W2, b2)]
with tf.GradientTape() as tape:
    a = tf.nn.relu(x @ parameters[0] + parameters[1])
    z = a @ parameters[2] + parameters[3]
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))
theirs = tape.gradient(loss, parameters)
print("dW1 from the tape:")
print(theirs[0].numpy().round(3) + 0.0)
largest = max(np.abs(a - b.numpy()).max() for a, b in zip((dW1, db1, dW2, db2), theirs, strict=True))
print("largest difference from our nine lines below 1e-15:", bool(largest < 1e-15))

# %% [markdown]
# A larger network, a batch of 32, our `Sequential` and Keras with the same weights:

# %%
from course_lib.nn import Dense, Sequential

table = data.sensor_table(32, rng=0, standardised=True)
model = Sequential(dtype="float64", rng=0)
model.add(Dense(16, activation="relu", input_shape=(2,)))
model.add(Dense(8, activation="tanh"))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer="sgd", loss="binary_crossentropy")
comparison = parity.compare(model, parity.to_keras(model), table.x, table.y)
comparison

# %% tags=["nbval-check-output"]
print("all within 1e-12:", comparison.passed)

# %% [markdown]
# Every gradient agrees to about 15 digits. What Keras does with C++ and a tape is what you did with nine lines.

# %% [markdown]
# ## Many layers: gradients that vanish
#
# **Guess first.** The slope of the sigmoid is $y (1 - y)$. What is the largest value it can have? And what
# happens to a gradient that passes through twenty of them?
#
# <details><summary>Answer</summary>
#
# At most 1/4, at $y = 0.5$. Twenty of them: at most $(1/4)^{20} \approx 10^{-12}$. The first layers get almost
# nothing, unless the weights make up for it.
#
# </details>

# %% [markdown]
# $$ y \, (1 - y) \le \tfrac{1}{4} $$

# %% [markdown]
# Twenty layers of 32 units, with the usual random starting weights. We compare the size of the gradient of each
# layer's weights:

# %% tags=["nbval-check-output"]
gradient_size = {}
for activation, start in {"sigmoid": "glorot_uniform", "tanh": "glorot_uniform", "relu": "he_uniform"}.items():
    deep = Sequential(dtype="float64", rng=0)
    for k in range(20):
        shape = {"input_shape": (2,)} if k == 0 else {}
        deep.add(Dense(32, activation=activation, kernel_initializer=start, **shape))
    deep.add(Dense(1, activation="sigmoid"))
    deep.compile(optimizer="sgd", loss="binary_crossentropy")
    _, gradients = deep.loss_and_gradients(table.x, table.y)
    size = gradient_size[activation] = [np.sqrt(np.mean(g**2)) for g in gradients[0:40:2]]
    print(f"{activation:8} gradient of layer 1 divided by that of layer 20: {size[0] / size[-1]:.0e}")

# %% tags=["figure"]
figures.show(
    drawings.gradient_sizes(gradient_size),
    "Size of the gradient of the weights (root mean square, logarithmic axis) over the layer, 1 to 20. With sigmoid it "
    "falls steadily towards the first layers, by about a factor of four for each layer. With tanh and with ReLU it "
    "stays within a factor of about ten in all layers.",
)

# %% [markdown]
# With sigmoids, the first layers would learn far too slowly. This is why hidden layers use ReLU, with starting
# weights that fit (*He* for ReLU, *Glorot* for tanh). Chapter 7 meets the same problem along time.

# %% [markdown]
# ## What the gradient is good for
#
# The gradient points uphill. So go a small step in the opposite direction, with every weight at once:

# %% [markdown]
# $$ w \leftarrow w - \eta \, \frac{\partial L}{\partial w} $$

# %% [markdown]
# $\eta$ (eta) is the **learning rate**. One step for the network above, with different learning rates:

# %% tags=["nbval-check-output"]
loss, gradients = model.loss_and_gradients(table.x, table.y)
start = model.get_weights()
print(f"loss before: {loss:.4f}")
for learning_rate in (0.01, 0.1, 1.0, 100.0):
    model.set_weights([w - learning_rate * g for w, g in zip(start, gradients, strict=True)])
    after = model.loss_and_gradients(table.x, table.y)[0]
    verdict = "lower" if after < loss else "HIGHER"
    print(f"learning rate {learning_rate:6.2f}: loss {after:7.4f}  {verdict}")
model.set_weights(start)

# %% [markdown]
# A small step lowers the loss, as promised. A huge step raises it. How large may a step be, and how do we get
# down fast? That is chapter 4.

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(3)

# %% [markdown]
# ## When this fails in the plant
#
# **Raw units.** $dW = x^\top dy$: the gradient of a weight is proportional to its input. Rotational speed comes
# in thousands, quality in 0 to 2. So the weights get gradients of very different sizes, and no single learning
# rate fits all:

# %% tags=["nbval-check-output", "real-data"]
machines = data.load("machine_failures", source="available")
standardised = data.Standardizer().fit(machines).transform(machines)
for name, x in (("raw", machines.x), ("standardised", standardised.x)):
    dz = (0.5 - machines.y[:, np.newaxis]) / len(x)
    print(f"{name} ({machines.source} data)")
    for label, size in zip(machines.labels, np.abs(x.T @ dz)[:, 0], strict=True):
        print(f"   {label:26} size of the gradient {size:9.3f}")

# %% [markdown]
# Remedy: standardise the inputs, with the numbers of the training rows.
#
# **Dead units.** After a gateway was replaced, both sensors read 10 standard deviations lower. All sums of this
# hidden layer become negative, all gates close, and all gradients behind them are zero. Training further does
# not bring the units back, and no error is shown:

# %% tags=["nbval-check-output"]
for shift in (0.0, -10.0):
    x = table.x + shift
    z1 = x @ np.array([[0.5, 0.4, 0.3], [0.8, 0.6, 0.5]]) + b1
    dz1 = nn.relu_backward(np.ones_like(z1), nn.relu(z1))
    open_gates, size = np.mean(z1 > 0), np.abs(x.T @ dz1).max()
    print(f"sensors shifted by {shift:5.1f}: {open_gates:4.0%} of the gates open, size of dW1 {size:.1f}")

# %% [markdown]
# Remedy: watch the share of open gates and the size of the gradients, not only the loss. Check input ranges
# before training.
#
# **A gradient from another tool.** You add your own loss, "tool wear in EUR", with a gradient derived on paper.
# Check it with `nn.check_gradients` before the first training, at several random points.

# %% [markdown]
# ## Summary
#
# - Slopes along a chain multiply; slopes from several places add up.
# - Backpropagation walks the graph backward once and finds the gradient of every weight, for at most twice the
#   multiplications of the way forward.
# - Dense layer: `dW = x.T @ dy`, `db = dy.sum(axis=0)`, `dx = dy @ W.T`. The shapes are the guide.
# - ReLU is a gate. Sigmoid and softmax with their cross-entropy give $p - y$.
# - Check every gradient with central differences in 64 bits, $h = 10^{-5}$.
# - Through many sigmoids the gradient vanishes: use ReLU in hidden layers.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | chain rule | 链式法则 | slopes one behind the other multiply |
# | computational graph | 计算图 | every operation as a box |
# | backpropagation | 反向传播 | walking the graph backward with slopes |
# | gradient | 梯度 | all slopes of the loss together |
# | gradient checking | 梯度检验 | compare with finite differences |
# | finite (central) difference | 有限（中心）差分 | slope from two function values |
# | rounding error | 舍入误差 | what is lost in 32 or 64 bits |
# | vanishing gradient | 梯度消失 | too small to learn from |
# | learning rate | 学习率 | how large a step is |
#
# **Next:** [Chapter 4, Optimizers and training](04_optimizers_and_training.ipynb): from one step to a trained
# network.
