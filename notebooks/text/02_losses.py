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
# # Chapter 2. Losses
#
# **In 50 minutes you will** measure how wrong a prediction is, choose the loss that fits the question, compute
# softmax and cross-entropy without overflow, and set the alarm threshold by what a mistake costs.
#
# **You need first:** chapter 1 (a layer, the sigmoid, a batch). Logarithms: $\log 1 = 0$, and $\log$ turns
# products into sums. In this course $\log$ is the natural logarithm, `np.log`.
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The questions of the plant
#
# A grinding line asks three questions, and each has its own kind of wrong answer:
#
# | Question | Answer | Last activation | Loss |
# |---|---|---|---|
# | How many millimetres of the grinding wheel are left? | a number | linear | mean squared error |
# | Is this part defective? | yes or no | sigmoid | binary cross-entropy |
# | Which defect is it: scratch, dent or pore? | one of $C$ classes | softmax | categorical cross-entropy |
#
# A **loss** turns "how wrong" into one number. Learning (chapters 3 and 4) means: change the weights so that
# this number falls. So the network learns what the loss rewards, and nothing else. Choose it with care.

# %%
import numpy as np

from course_lib import data, drawings, exercises as ex, figures, nn, parity, widgets
from course_lib.source import show_source

# %% [markdown]
# ## A number: mean squared error
#
# **Guess first.** Four grinding wheels were measured. Model A is wrong by 0.1 mm on all four. Model B is exact
# on three and wrong by 0.2 mm on one. Which model is worse?
#
# <details><summary>Answer</summary>
#
# It depends on the loss. The mean *absolute* error calls A worse (0.1 mm against 0.05 mm). The mean *squared*
# error calls them equal: $4 \cdot 0.1^2 = 0.2^2$. Twice the error counts four times.
#
# </details>

# %% [markdown]
# Take each difference, square it, take the mean. Squaring makes every error positive, and large errors very
# expensive:

# %% [markdown]
# $$ L = \frac{1}{N} \sum_{n} (\hat{y}_n - y_n)^2 $$

# %% [markdown]
# $\hat y$ ("y hat") is the prediction, `y_pred` in Keras; $y$ is the truth, `y_true`. An example for paper:
# three wheels have 5, 3 and 1 mm left; the model says 4, 3 and 3 mm.

# %% tags=["nbval-check-output"]
y_true = np.array([5.0, 3.0, 1.0])
y_pred = np.array([4.0, 3.0, 3.0])
difference = y_pred - y_true
print("difference [mm]:  ", difference)
print("squared [mm²]:    ", difference**2)
print("loss [mm²]:       ", round(np.mean(difference**2), 3))
print("its root [mm]:    ", round(np.sqrt(np.mean(difference**2)), 3))

# %% [markdown]
# The loss has the unit mm². For a report take its root, the *root mean squared error*: mm again.
#
# ### The slope of the loss
#
# To improve, a network must know in which direction to change each prediction, and how urgent it is. That is
# the slope of the loss with respect to the prediction, its **gradient**:

# %% [markdown]
# $$ \frac{\partial L}{\partial \hat{y}_n} = \frac{2}{N} (\hat{y}_n - y_n) $$

# %% tags=["nbval-check-output"]
loss, gradient = nn.mean_squared_error(y_true, y_pred)
print("loss:    ", loss.round(3))
print("gradient:", gradient.round(3))

# %% [markdown]
# Read it as an instruction: the first prediction should rise (negative slope), the second is right, the third
# should fall, twice as urgently as the first should rise.
#
# ### The mean over the batch, once
#
# **Guess first.** You copy every example, so the batch is twice as large but says nothing new. What happens to
# the *sum* of the squared errors, and what to their *mean*?
#
# <details><summary>Answer</summary>
#
# The sum doubles, the mean stays. With a sum, a larger batch would mean larger steps in training, and every
# change of the batch size would need a new learning rate.
#
# </details>

# %% tags=["nbval-check-output"]
twice_true, twice_pred = np.tile(y_true, 2), np.tile(y_pred, 2)
print("sum: ", np.sum((y_pred - y_true) ** 2), "->", np.sum((twice_pred - twice_true) ** 2))
mean, twice_mean = np.mean((y_pred - y_true) ** 2), np.mean((twice_pred - twice_true) ** 2)
print("mean:", mean.round(3), "->", twice_mean.round(3))

# %% [markdown]
# The factor $1/N$ stands in the loss and so in its gradient. It must stand **nowhere else**: a second division by $N$
# later on is a common mistake. Nobody notices it: with plain gradient descent the network still learns, only $N$ times
# too slowly. Every loss of this course returns both numbers, the mean and its gradient:

# %%
show_source(nn.mean_squared_error)

# %% [markdown]
# ### Exercise 1: mean squared error
#
# Write `mean_squared_error(y_true, y_pred)` for arrays of any equal shape. Return the loss, one number: the
# mean of the squared differences over **all** values.


# %% tags=["exercise"]
def mean_squared_error(y_true, y_pred):
    ...  # your code


ex.mean_squared_error.check(mean_squared_error)

# %% [markdown]
# Stuck? Run `ex.mean_squared_error.hint()` in a new cell, as often as you like.
# `ex.mean_squared_error.solution()` shows a solution.

# %% [markdown]
# ## Yes or no: binary cross-entropy
#
# A network with a sigmoid at its end says $p$: the probability that the part is defective. The truth is $y = 1$
# (defective) or $y = 0$ (good). How wrong is "90 %" if the part *is* defective? And if it is not?
#
# Ask how probable the model called **what really happened**: $p$ if the part is defective, $1 - p$ if it is
# good. A small probability means a big surprise. The loss is that surprise, $-\log$ of the probability of the
# truth:

# %% [markdown]
# $$ L = \frac{1}{N} \sum_{n} \big( -y_n \log p_n - (1 - y_n) \log(1 - p_n) \big) $$

# %% [markdown]
# It looks longer than it is: for each part one of the two terms is multiplied by zero.
#
# Why the logarithm? The model's probability for a whole shift is the *product* over all parts. A product of
# thousands of numbers below 1 soon gets too small for a computer: $0.5^{1100}$ is 0 there. The logarithm turns it
# into a sum, and the minus makes small mean good.

# %% tags=["nbval-check-output"]
print(" p     surprise if defective   surprise if good")
for p in (0.99, 0.9, 0.5, 0.1, 0.01):
    print(f"{p:5.2f}  {-np.log(p):12.3f}  {-np.log(1 - p):20.3f}")

# %% [markdown]
# An example for paper: the network gives 0.9, 0.2 and 0.5 to three parts. The first and the third are
# defective.

# %% tags=["nbval-check-output"]
y_true = np.array([1, 0, 1])
p = np.array([0.9, 0.2, 0.5])
of_the_truth = np.where(y_true == 1, p, 1 - p)
print("probability of the truth:", of_the_truth)
print("surprise:                ", -np.log(of_the_truth).round(3))
print("mean:                    ", -np.log(of_the_truth).mean().round(3))
print("course_lib.nn:           ", nn.binary_crossentropy(y_true, p)[0].round(3))

# %% tags=["figure"]
figures.show(
    drawings.surprise(),
    "Loss of one part over the probability p that the model gave to the truth, from 0 to 1. Both curves are 0 at "
    "p = 1. The squared error rises to 1 at p = 0. The cross-entropy is 0.11 at p = 0.9, 0.69 at p = 0.5, 2.30 at "
    "p = 0.1, and grows without limit towards p = 0.",
)

# %% [markdown]
# ### Play with it
#
# One part, one prediction $p$. Drag it, or use the arrow keys. *Push* is the slope with respect to $z$, the
# number before the sigmoid: how hard training would turn the weights.
#
# 1. The part is defective. Move $p$ towards 0, "surely good". Which curve stays below 1, which does not?
# 2. Compare the two pushes at $p = 0.01$. Which loss asks for a big change where the network is surely wrong?
# 3. Look at the plant's cost. Where is its slope not zero? Then change the threshold and the two prices.

# %%
widgets.LossExplorer()

# %% [markdown]
# You should have seen: the squared error never exceeds 1, however wrong and however sure the network is, and
# its push fades. The cross-entropy has a cliff: **confident and wrong** is the most expensive place to be, and
# the push stays near 1. The cost of the plant is a step: flat on both sides, so it says nothing about the
# direction.
#
# When your exercise 1 is green: `widgets.LossExplorer(use=mean_squared_error)` draws **your** loss beside the
# others.

# %% [markdown]
# ### How good is a loss of 0.15?
#
# A loss means nothing without a comparison. The honest one is a model that knows nothing except how often
# failures happen, and says the same $p$ every time. In the real data of chapter 4, 3.4 % of 10,000 parts came
# with a machine failure:

# %% tags=["nbval-check-output", "real-data"]
table = data.load("machine_failures", source="available")
rate = table.y.mean()
print(f"{table.source} data, share of failures: {rate:.4f}")
for p in (0.5, 0.1, rate, 0.01):
    loss, _ = nn.binary_crossentropy(table.y, np.full(len(table.y), p))
    print(f"always p = {p:.3f}: loss {loss:.3f}")

# %% [markdown]
# The best constant answer is the share itself. A network whose loss on these data is not clearly below that has
# learned nothing, even if 97 % of its answers are right.

# %% [markdown]
# ## Why not squared error for classes?
#
# **Guess first.** A defective part gets $p = 0.001$: surely good, and wrong. Which loss pulls harder on the
# network, the squared error or the cross-entropy?
#
# <details><summary>Answer</summary>
#
# The cross-entropy, about 500 times harder. The squared error is nearly flat there: the worst mistakes are
# corrected the least.
#
# </details>

# %% [markdown]
# The weights do not change $p$ directly. They change the weighted sum $z$ before the sigmoid, the **logit**. So
# what counts is the slope with respect to $z$. It is the slope of the loss times the slope of the sigmoid,
# $p(1-p)$ (chapter 3 is about such products). For the cross-entropy, this factor cancels:

# %% [markdown]
# $$ \frac{\partial L}{\partial z} = \underbrace{\frac{p - y}{p (1 - p)}}_{\text{cross-entropy}}
# \cdot \underbrace{p (1 - p)}_{\text{sigmoid}} = p - y $$

# %% [markdown]
# For the squared error, it stays, and near $p = 0$ and $p = 1$ it is almost zero:

# %% [markdown]
# $$ \frac{\partial L}{\partial z} = \underbrace{2 (p - y)}_{\text{squared error}}
# \cdot \underbrace{p (1 - p)}_{\text{sigmoid}} $$

# %% tags=["nbval-check-output"]
print("truth 1     p       cross-entropy   squared error")
for z in (0.0, -2.0, -4.0, -7.0, -10.0):
    p = nn.sigmoid(z)
    print(f"z = {z:5.1f}  {p:8.5f}  {p - 1:12.5f}  {2 * (p - 1) * p * (1 - p):14.5f}")

# %% tags=["figure"]
figures.show(
    drawings.loss_slopes(),
    "Slope of the loss of one defective part (truth 1) with respect to the logit z, from -10 to 5. The slope of the "
    "cross-entropy falls to -1 where z is very negative, that is, where the network is surely wrong. The slope of the "
    "squared error is strongest, about -0.3, near z = -0.7, and goes back to 0 where the network is surely wrong.",
)

# %% [markdown]
# What does it mean in training? One neuron starts on the wrong side, at logit $z$. We let it walk down the
# slope, $z \leftarrow z - \partial L / \partial z$, and count the steps until it says $p > 0.5$:


# %% tags=["nbval-check-output"]
def steps_needed(z, slope):
    steps = 0
    while z <= 0:
        z, steps = z - slope(nn.sigmoid(z)), steps + 1
    return steps


print("start    cross-entropy   squared error")
for z in (-2.0, -6.0, -9.0):
    slow = steps_needed(z, lambda p: 2 * (p - 1) * p * (1 - p))
    print(f"z = {z:4.1f}  {steps_needed(z, lambda p: p - 1):8} steps  {slow:8} steps")

# %% [markdown]
# ## One of several: softmax
#
# Now the network has one output for each defect class, and exactly one class is right. We want shares that are
# positive and add up to 1. **Softmax** makes them from any logits: raise $e$ to each, then divide by the sum.

# %% [markdown]
# $$ p_k = \frac{e^{z_k}}{\sum_j e^{z_j}} $$

# %% [markdown]
# For paper, logits whose powers are whole numbers: $z = (\log 6, \log 3, \log 1) = (1.79, 1.10, 0)$.

# %% tags=["nbval-check-output"]
classes = ["scratch", "dent", "pore"]
z = np.log([6.0, 3.0, 1.0])
e = np.exp(z)
p = e / e.sum()
print("powers:", e.round(3), "  sum:", e.sum().round(3))
print("shares:", p.round(3), "  sum:", p.sum().round(3))
print("answer:", classes[p.argmax()])

# %% [markdown]
# **Guess first.** Add 100 to all three logits. What happens to the shares?
#
# <details><summary>Answer</summary>
#
# Nothing. The factor $e^{100}$ stands above and below the fraction line. Only *differences* between logits
# count.
#
# </details>

# %% [markdown]
# $$ \text{softmax}(z + c) = \text{softmax}(z) $$

# %% [markdown]
# In a computer, adding 1000 is not harmless. Watch the plain formula when the logits are large. A network that
# has trained for a long time does produce such numbers:


# %% tags=["nbval-check-output"]
def softmax_as_written(z):
    return np.exp(z) / np.exp(z).sum()


with np.errstate(over="ignore", invalid="ignore"):
    print("as written:   ", softmax_as_written(z + 1000))
print("course_lib.nn:", nn.softmax(z + 1000).round(3))
print("largest z that exp can take, float32:", round(float(np.log(np.finfo("float32").max)), 1))
print("                             float64:", round(float(np.log(np.finfo("float64").max)), 1))

# %% [markdown]
# `exp(1000)` is too large for any floating-point number: it becomes `inf`, and `inf / inf` is "not a number".
# One such value and all weights are `nan` after the next step. The remedy is the line above: subtract the
# largest logit first. The shares do not change, and the largest power is then $e^0 = 1$.

# %%
show_source(nn.softmax)

# %% [markdown]
# ### Exercise 2: softmax
#
# Write `softmax(z)` for a batch of logits `z (N, C)`: one row for each part. Return the shares, each **row**
# adding up to 1. It must survive logits of 1000.


# %% tags=["exercise"]
def softmax(z):
    ...  # your code


ex.softmax.check(softmax)

# %% [markdown]
# ### Categorical cross-entropy
#
# The idea is the same as before: the surprise about what really happened, $-\log$ of the share of the true
# class. The truth can be written in two ways. As a **one-hot** row, 1 at the true class and 0 elsewhere:

# %% [markdown]
# $$ L = \frac{1}{N} \sum_n \Big( - \sum_k y_{nk} \log p_{nk} \Big) $$

# %% [markdown]
# Or as the **number** $t_n$ of the true class. Keras calls this form *sparse*: no need to store all the zeros.

# %% [markdown]
# $$ L = \frac{1}{N} \sum_n - \log p_{n, t_n} $$

# %% tags=["nbval-check-output"]
p = np.array([[0.6, 0.3, 0.1],
              [0.1, 0.1, 0.8]])  # fmt: skip
t = np.array([0, 1])
one_hot = np.eye(3)[t]
print("true classes:", [classes[k] for k in t])
print("one-hot:", one_hot.tolist())
print("surprise:", -np.log(p[[0, 1], t]).round(3))
print("sparse: ", nn.sparse_categorical_crossentropy(t, p)[0].round(3))
print("one-hot:", nn.categorical_crossentropy(one_hot, p)[0].round(3))

# %% [markdown]
# The mean is over the $N$ parts, not over all $N \cdot C$ numbers.
#
# And the slope with respect to the logits? Again the ugly factors cancel, and what remains is **share minus
# truth**. Chapter 3 derives it; here we look:

# %% [markdown]
# $$ \frac{\partial L}{\partial z_{nk}} = \frac{1}{N} (p_{nk} - y_{nk}) $$

# %% tags=["nbval-check-output"]
logits = np.log(p)
loss, gradient = nn.sparse_categorical_crossentropy(t, logits, from_logits=True)
print("loss:", loss.round(3))
print(gradient.round(3))
print("(p - y) / N:")
print(((p - one_hot) / 2).round(3))

# %% [markdown]
# Each row adds up to 0: what one class gains, the others lose. The second part, where the network was surely
# wrong, gets the larger pull.
#
# **Sigmoid or softmax?** For two classes they are the same: a softmax over the logits $(z, 0)$ gives
# $\text{sigmoid}(z)$. If a part can have *several* defects at once, use one sigmoid for each class: with a
# softmax the classes would compete.

# %% tags=["nbval-check-output"]
print("sigmoid(1.2):     ", nn.sigmoid(np.array(1.2)).round(4))
print("softmax([1.2, 0]):", nn.softmax(np.array([1.2, 0.0])).round(4))

# %% [markdown]
# ## From logits or from probabilities?
#
# Both forms exist in Keras, as `from_logits=True` and `from_logits=False`. On paper they are equal. In a
# computer one of them has a trap.
#
# **From probabilities**, $\log 0$ would be minus infinity. Keras therefore clips every probability to at least
# $10^{-7}$. So the loss has a ceiling:

# %% [markdown]
# $$ -\log(10^{-7}) = 16.118 $$

# %% [markdown]
# **From logits**, logarithm and power cancel, and nothing needs to be clipped. The sum is computed with the
# largest logit taken out, the **log-sum-exp** form:

# %% [markdown]
# $$ -\log p_t = -z_t + \log \sum_k e^{z_k}, \qquad
# \log \sum_k e^{z_k} = m + \log \sum_k e^{z_k - m}, \qquad m = \max_k z_k $$

# %% [markdown]
# **Guess first.** A network says "scratch" with logits $(a, 0, 0)$, but the part has a dent. We raise $a$, so
# that it is more and more sure of its mistake. What do the two forms do beyond $p = 10^{-7}$?
#
# <details><summary>Answer</summary>
#
# From logits the loss keeps growing and the slope stays near 1. From probabilities the loss stops at 16.118,
# and the slope is 0: the network is as wrong as can be, and nothing tells it so. (The *pull* in the table is
# the size of the slope with respect to the logit of the true class.)
#
# </details>

# %% tags=["nbval-check-output"]
t = np.array([1])
print("       from logits             from probabilities")
print("  a       loss   pull on dent    loss   pull on dent")
for a in (5.0, 10.0, 15.0, 20.0, 40.0):
    z = np.array([[a, 0.0, 0.0]])
    p = nn.softmax(z)
    loss, dz = nn.sparse_categorical_crossentropy(t, z, from_logits=True)
    clipped, dp = nn.sparse_categorical_crossentropy(t, p)
    dz_clipped = nn.softmax_backward(dp, p)
    pull, pull_clipped = abs(dz[0, 1]), abs(dz_clipped[0, 1])
    print(f"{a:3.0f}  {loss:9.3f}  {pull:12.3f}  {clipped:7.3f}  {pull_clipped:12.3f}")

# %% [markdown]
# ### What Keras does
#
# Three ways to write the same network. The first two are exact. The third is a softmax written by hand, and it
# falls into the trap. Loading TensorFlow takes 5 to 20 seconds.

# %% tags=["nbval-check-output"]
import keras


def softmax_by_hand(z):
    e = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
    return e / keras.ops.sum(e, axis=-1, keepdims=True)


surely_wrong = np.array([[20.0, 0.0, 0.0]])
for name, activation, from_logits in [
    ("no activation, from_logits=True", None, True),
    ("activation='softmax'", "softmax", False),
    ("activation=softmax_by_hand", softmax_by_hand, False),
]:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation=activation)])
    model.set_weights([np.eye(3), np.zeros(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(optimizer="sgd", loss=loss)
    before = model.get_weights()[1]
    loss = model.train_on_batch(surely_wrong, t)
    moved = np.abs(model.get_weights()[1] - before).max()
    print(f"{name:32} loss {float(loss):6.3f}   largest change of the biases {moved:.4f}")

# %% [markdown]
# The second way works because Keras remembers the logits of its own softmax and uses them for the loss. Our
# `Sequential` does the same. Remember: **give the loss the logits**, yourself or by using the engine's own
# softmax.
#
# ### Exercise 3: cross-entropy from logits
#
# Write `sparse_categorical_crossentropy(y_true, logits)`: `y_true (N,)` holds class numbers, `logits (N, C)`.
# Return the loss, one number. It must survive logits of 1000, without a clip.


# %% tags=["exercise"]
def sparse_categorical_crossentropy(y_true, logits):
    ...  # your code


ex.sparse_categorical_crossentropy.check(sparse_categorical_crossentropy)

# %% [markdown]
# ## What a mistake costs in the plant
#
# The loss trains the network. It does not decide what to do with a part. For that, we need prices:
#
# - a **false stop** (false alarm): a good part is taken out and inspected by hand: 10 EUR
# - a **missed defect**: the customer finds it and sends the part back: 190 EUR
#
# **Guess first.** The network says $p = 0.2$: probably good. Do you take the part out?
#
# <details><summary>Answer</summary>
#
# Yes. Letting it pass costs $0.2 \cdot 190 = 38$ EUR on average, taking it out costs $0.8 \cdot 10 = 8$ EUR.
#
# </details>

# %% [markdown]
# In general: letting a part pass costs $p \cdot c_\text{miss}$ on average, stopping it costs
# $(1 - p) \cdot c_\text{false}$. Stop when the first is larger. The two are equal at the **threshold**:

# %% [markdown]
# $$ t^* \, c_\text{miss} = (1 - t^*) \, c_\text{false} \quad \Rightarrow \quad
# t^* = \frac{c_\text{false}}{c_\text{false} + c_\text{miss}} $$

# %% tags=["nbval-check-output"]
c_false, c_miss = 10.0, 190.0
print("threshold:", c_false / (c_false + c_miss))
for p in (0.02, 0.05, 0.2):
    print(f"p = {p:.2f}: let pass {p * c_miss:5.2f} EUR, stop {(1 - p) * c_false:5.2f} EUR")

# %% [markdown]
# So 0.5 is not a natural threshold. It is right only if both mistakes cost the same.
#
# Does it hold for real streams of parts? We simulate 200,000 parts. Each has a true probability $p$ of being
# defective, and the network knows it. We try every threshold and compare the cheapest with the formula:

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(2)
p = nn.sigmoid(rng.normal(-3, 2, size=200_000))
defective = rng.random(len(p)) < p
thresholds = np.linspace(0.005, 0.995, 199)


def cost_per_1000(defective, p, threshold, c_false, c_miss):
    stopped = p >= threshold
    return 1000 * np.mean(c_false * (stopped & ~defective) + c_miss * (~stopped & defective))


print(f"defective: {defective.mean():.1%}")
print("c_miss   formula   cheapest tried   cost at formula   cost at 0.5   [EUR per 1000 parts]")
for c_miss in (10, 40, 190, 990):
    cost = np.array([cost_per_1000(defective, p, t, c_false, c_miss) for t in thresholds])
    t_star = c_false / (c_false + c_miss)
    at_formula, at_half = (cost_per_1000(defective, p, t, c_false, c_miss) for t in (t_star, 0.5))
    cheapest = thresholds[cost.argmin()]
    print(f"{c_miss:6}  {t_star:8.3f}  {cheapest:12.3f}  {at_formula:16.0f}  {at_half:14.0f}")

# %% tags=["figure"]
figures.show(
    drawings.cost_curves(defective, p, c_false=10, c_miss=(10, 40, 190)),
    "Cost per 1000 parts in EUR over the threshold from 0 to 1, for a missed defect of 10, 40 and 190 EUR against a "
    "false stop of 10 EUR. The lowest point of each curve is marked and lies at the threshold of the formula: 0.5, 0.2 "
    "and 0.05. The more expensive a missed defect, the further left is the lowest point.",
)

# %% [markdown]
# Why not train on this cost directly? Because it is a staircase: a small change of a weight moves no part over
# the threshold, the cost does not change, and its slope is zero. A network cannot learn from a slope of zero.
# So: **train with the cross-entropy, decide with the cost.**
#
# ### Exercise 4: what a part costs
#
# Write `plant_cost(y_true, y_prob, threshold, cost_miss, cost_false_alarm)`: the line stops for a part when
# `y_prob >= threshold`; `y_true` is 1 for a defective part, 0 for a good one. Return the **mean cost per
# part**.


# %% tags=["exercise"]
def plant_cost(y_true, y_prob, threshold, cost_miss, cost_false_alarm):
    ...  # your code


ex.plant_cost.check(plant_cost)

# %% [markdown]
# ## Checked
#
# Two independent witnesses for the formulas of this chapter. First, **finite differences**: change each
# prediction a little, see how much the loss changes, and compare with the gradient from the formula. (Chapter 3
# explains the details.)

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(3)
logits = rng.normal(size=(6, 3))
numbers = rng.integers(0, 3, size=6)
shares = nn.softmax(0.5 * logits)
yes_no = rng.integers(0, 2, size=(6, 3)).astype(float)
truth, one_hot = rng.normal(size=(6, 3)), np.eye(3)[numbers]
cases = {
    "mean_squared_error": (lambda y: nn.mean_squared_error(truth, y), logits),
    "binary_crossentropy": (lambda p: nn.binary_crossentropy(yes_no, p), nn.sigmoid(0.5 * logits)),
    "  from sigmoid logits": (lambda z: nn.binary_crossentropy(yes_no, z, from_logits=True), logits),
    "categorical_crossentropy": (lambda p: nn.categorical_crossentropy(one_hot, p), shares),
    "sparse_categorical_crossentropy": (
        lambda p: nn.sparse_categorical_crossentropy(numbers, p),
        shares,
    ),
    "  from softmax logits": (
        lambda z: nn.sparse_categorical_crossentropy(numbers, z, from_logits=True),
        logits,
    ),
}
for name, (loss_of, y_pred) in cases.items():
    numerical = nn.numerical_gradient(lambda y, loss_of=loss_of: loss_of(y)[0], y_pred)
    print(f"{name:32} within 1e-7: {nn.relative_error(loss_of(y_pred)[1], numerical) < 1e-7}")

# %% [markdown]
# Second, **TensorFlow**: the same losses and gradients from Keras. Keras computes a loss in 32 bits unless we
# say `dtype="float64"`.

# %%
keras_loss = keras.losses.BinaryCrossentropy(dtype="float64")
binary = parity.compare_functions(
    lambda p: nn.binary_crossentropy(yes_no, p),
    lambda dy, gradient: dy * gradient,
    lambda p: keras_loss(yes_no, p),
    {"p": nn.sigmoid(logits)},
)
binary

# %%
keras_sparse_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
sparse = parity.compare_functions(
    lambda z: nn.sparse_categorical_crossentropy(numbers, z, from_logits=True),
    lambda dy, gradient: dy * gradient,
    lambda z: keras_sparse_loss(numbers, z),
    {"logits": logits},
)
sparse

# %% tags=["nbval-check-output"]
print("all within 1e-12:", binary.passed and sparse.passed)

# %% [markdown]
# Differences around $10^{-16}$ are the rounding of 64-bit numbers: the two compute the same.

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(2)

# %% [markdown]
# ## When this fails in the plant
#
# **One wrong label.** Somebody typed 50 mm instead of 5.0 mm. The squared error gives this one wheel more
# weight than all others together. Look at the largest single losses before you trust the mean:

# %% tags=["nbval-check-output"]
wear = np.array([5.0, 4.8, 5.1, 4.9, 50.0])
squared = (wear - 5.0) ** 2
print(f"constant with the smallest squared error (the mean):    {wear.mean():5.2f} mm")
print(f"constant with the smallest absolute error (the median): {np.median(wear):5.2f} mm")
print(f"share of the last one in the squared error of 5.0 mm:   {squared[-1] / squared.sum():.3%}")

# %% [markdown]
# **A network that is too sure of itself.** The threshold formula needs honest probabilities: of the parts with
# $p = 0.05$, 5 % must be defective. Long-trained networks exaggerate. Here every logit is three times too
# large. The order of the parts is the same, the accuracy at 0.5 too, but the formula's threshold is no longer
# the cheapest:

# %% tags=["nbval-check-output"]
too_sure = nn.sigmoid(3 * np.log(p / (1 - p)))
t_star = 10 / (10 + 190)
small = np.geomspace(1e-5, 0.5, 200)
costs = np.array([cost_per_1000(defective, too_sure, t, 10, 190) for t in small])
print("EUR per 1000 parts")
for name, probability, t in [
    ("honest, formula", p, t_star),
    ("too sure, formula", too_sure, t_star),
    ("too sure, cheapest", too_sure, small[costs.argmin()]),
]:
    print(f"{name:18}  threshold {t:.5f}: {cost_per_1000(defective, probability, t, 10, 190):6.0f}")

# %% [markdown]
# Remedy: choose the threshold on *validation* data by counting the cost, as we did above, instead of trusting
# the formula.
#
# **The mix changes.** In the week after a tool change there are more defects than in the training data. The
# probabilities are then too low for all parts. Compare the mean of $p$ with the share of defects found, each
# week.
#
# **The prices change.** Logistics raises the cost of a return from 190 to 990 EUR. The network need not be
# trained again. Only the threshold moves.

# %% [markdown]
# ## Summary
#
# - A loss turns "how wrong" into one number, the mean over the batch, taken once. Its gradient says how to
#   change each prediction.
# - A number: mean squared error. Yes or no: sigmoid and binary cross-entropy. One of several: softmax and
#   categorical cross-entropy.
# - Cross-entropy is the surprise about what really happened. Its slope with respect to the logit is *prediction
#   minus truth*; that of the squared error fades exactly where the network is surely wrong.
# - Give the loss the logits. From probabilities, Keras clips at $10^{-7}$: beyond a loss of 16.118 nothing is
#   learned.
# - Train with the cross-entropy, decide with the cost: stop above
#   $t^* = c_\text{false} / (c_\text{false} + c_\text{miss})$.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | loss | 损失 | one number for "how wrong" |
# | mean squared error (MSE) | 均方误差 | mean of the squared differences |
# | cross-entropy | 交叉熵 | mean surprise about what really happened |
# | logit | 对数几率（logit） | the weighted sum before sigmoid or softmax |
# | softmax | softmax 函数 | logits to shares that add up to 1 |
# | one-hot | 独热编码 | 1 at the true class, 0 elsewhere |
# | gradient | 梯度 | the slope with respect to each number |
# | threshold | 阈值 | the probability from which on we act |
# | missed defect (false negative) | 漏检 | defective, but passed |
# | false stop (false positive) | 误停（误报） | good, but stopped |
#
# **Next:** [Chapter 3, Backpropagation](03_backpropagation.ipynb): how the gradient reaches every weight.
