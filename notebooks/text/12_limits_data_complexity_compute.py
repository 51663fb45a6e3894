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
# # Chapter 12. Limits: data, complexity, compute
#
# **In 100 minutes you will** measure what little data costs, count the work of a network, look into its decision,
# make it small, and share its training between two workers.
#
# **You need first:** chapter 3 (backpropagation) and chapter 6 (the defect classifier).
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The question of the plant
#
# The defect classifier of chapter 6 works, on the board line that has thousands of pictures. Now three colleagues
# call:
#
# - Line 2 starts next week. It has **ten pictures** of each defect.
# - The customer's auditor asks: **what does the network look at?** And how much does it calculate?
# - The camera of line 3 has a small chip: **no GPU, 200 kB** for the model.
#
# **Guess first.** Which of the three is the hardest limit?

# %%
import tempfile
from pathlib import Path

import numpy as np

from course_lib import (
    complexity,
    data,
    exercises as ex,
    export,
    figures,
    image_drawings,
    limits_drawings,
    parallel,
    quantization,
    widgets,
)
from course_lib.experiments import load_result
from course_lib.experiments.reference import numpy_network, reference_layers
from course_lib.precision import MANTISSA, round_mantissa

limits = load_result("limits_run")

# %% [markdown]
# ## Limit 1: data
#
# The accuracy on new boards, over the number of pictures in the training (real boards, seven classes, three runs
# each; `python -m course_lib.experiments.data_hunger`). Such a picture is called a *learning curve*.

# %% tags=["figure"]
hunger = load_result("data_hunger")["data"]["boards"]
figures.show(
    limits_drawings.accuracy_curves(
        hunger["samples"],
        {"CNN": hunger["cnn"], "CNN, flips and turns": hunger["augmented"], "SVM": hunger["svm"]},
        "real pictures of each class",
    ),
    "Accuracy over 10 to 1,000 pictures of each class. All three curves rise steeply at first and then flatten. The "
    "CNN with flips and turns lies far above the two others on the left, from 70 % with ten pictures, and all meet "
    "near 90 %.",
)

# %% tags=["nbval-check-output"]
plain, turned = (dict(zip(hunger["samples"], hunger[way]["mean"], strict=True)) for way in ("cnn", "augmented"))
for n in (10, 20, 40, 80, 160, 320, 640):
    print(f"{n:4} pictures a class: {plain[n]:.1%} plain, {turned[n]:.1%} with flips and turns")

# %% [markdown]
# Two rules stand in the picture. For the plain network each **doubling** of the data gives less than the doubling
# before. And what you know is worth data: a board that is turned is still a board. Telling the network so is worth
# about three times the pictures.
#
# Is it always allowed? A turned **6** is a 9. A mirrored text is no text. Augment only by what cannot change the
# label.

# %% [markdown]
# ### Pictures from a simulator
#
# A simulator gives any number of pictures, with labels, for nothing. **Guess first.** A network learns from 7,000
# **simulated** boards of the same seven classes. How many **real** boards will it get right? By chance it would be
# one in seven.

# %% tags=["nbval-check-output"]
transfer = limits["transfer"]
only, ways = transfer["simulated only"], transfer["ways"]
print(f"simulated boards only: {only['mean']:.1%} of the real boards (standard deviation {only['std']:.1%})")
for way, one in ways.items():
    found = zip(transfer["samples"], one["mean"], strict=True)
    print(f"{way:25}" + "".join(f"  {n:2} real: {value:.1%}" for n, value in found))

# %% tags=["figure"]
figures.show(
    limits_drawings.accuracy_curves(
        transfer["samples"], ways, "real pictures of each class", ("simulated boards only", only["mean"])
    ),
    "Accuracy on real boards over 5 to 80 real pictures of each class. The lowest curves start from random weights and "
    "from wafer maps, above them lies the start from simulated boards, above it random weights with turned pictures, "
    "and on top simulated boards with turned pictures. A dashed line near 44 % shows the network that has seen "
    "simulated boards only.",
)

# %% [markdown]
# You should have seen:
#
# - From the simulator alone: three times as good as chance, and far from good enough. The simulated boards are too
# clean.
# - As a **start** (*transfer learning*), the simulated boards help at every number of real pictures: with ten of each
# class they are worth about as much as twice the pictures.
# - Pictures of something else (wafer maps) hardly help.
# - Turns and simulator **together**: ten real pictures of each class reach more than 40 do without both.
#
# (These are other runs with other pictures than in the first curve, so the same way differs by a few points.)
#
# Line 2 can start with ten pictures of each defect. The real pictures that come later go into the **test** first:
# without one, nobody knows how good the network is.

# %% [markdown]
# ## Limit 2: complexity
#
# **Guess first.** Which layer of the network has most of the weights? Which one has most of the work?
#
# A multiplication and an addition are two operations. A convolution with a kernel of $k_h \times k_w$ does them for
# each of $C$ channels, $F$ filters, and $H' \times W'$ places; a dense layer uses each weight once:

# %% [markdown]
# $$ \text{conv: } 2 \, k_h k_w \, C F \, H' W', \qquad \text{dense: } 2 \, D M $$

# %% [markdown]
# ### Exercise 1: count the operations
#
# Write `flops(layers, input_shape)`. `layers` is a list as in chapter 6, such as
# `[("conv", 32, 3), ("pool", 2), ("flatten",), ("dense", 10)]`: 32 kernels of 3 × 3 with stride 1 and no padding. Return
# a list with one number for each layer. Biases, activations and pooling are not counted. (`ex.flops` in a cell of its
# own shows the whole task; so it is with every exercise.)


# %% tags=["exercise"]
def flops(layers, input_shape):
    ...  # your code


ex.flops.check(flops)

# %% tags=["nbval-check-output"]
model = numpy_network(10, 0)
names = [type(layer).__name__ for layer in model.layers]
weights = [layer.count_params() for layer in model.layers]
operations = complexity.count_flops(model)
print(f"{sum(weights):,} weights, {sum(operations):,} operations for one picture")

# %% tags=["figure"]
figures.show(
    limits_drawings.weights_and_operations(names, np.array(weights) / 1e3, np.array(operations) / 1e6),
    "Weights and operations of each layer as bars. The first dense layer has 102 of 122 thousand weights and few "
    "operations. The second convolution has 18 thousand weights and 4.5 of 5.1 million operations.",
)

# %% [markdown]
# You should have seen: the **weights** are in the dense layer, the **work** is in the second convolution. Make the
# network small in memory, and you cut the first; make it fast, and you cut the second.
#
# ### Does TensorFlow count the same?
#
# Keras has no counter of its own. TensorFlow's profiler counts the operations of the compiled network. (About 15
# seconds, with the time to load TensorFlow.)

# %%
import keras
import tensorflow as tf

tf.get_logger().setLevel("ERROR")
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)  # for later

# %%
keras.utils.set_random_seed(0)
twin = keras.Sequential(reference_layers(keras.layers, 10))
twin.set_weights(model.get_weights())
counted = complexity.tensorflow_flops(twin)
for kind, number in counted.items():
    print(f"{kind:12} {number:10,}")

# %% tags=["nbval-check-output"]
products = counted["Conv2D"] + counted["MatMul"]
print("the products are ours:", products == sum(operations))
rest = {kind: number for kind, number in counted.items() if kind not in ("Conv2D", "MatMul")}
print("on top of them:", dict(sorted(rest.items())), f"{sum(rest.values()) / products:.1%}")

# %% [markdown]
# The same products, to the last one. What comes on top is 29,450 for the biases (one for each number that a layer
# gives), 28,032 for max pooling (four for each window) and 50 for softmax: one percent. ReLU is not counted by
# either.
#
# Operations are not time. How long does the picture take here?

# %%
import time

picture = np.random.default_rng(0).random((1, 28, 28, 1), dtype=np.float32)
model.predict(picture)
start = time.perf_counter()
for _call in range(200):
    model.predict(picture)
seconds = (time.perf_counter() - start) / 200
print(f"{1000 * seconds:.2f} ms for one picture: {sum(operations) / seconds / 1e9:.1f} billion operations each second")

# %% [markdown]
# ## What does it look at?
#
# The score $s_k$ of class $k$, its number before the softmax, reacts to each pixel. How strongly, backpropagation
# tells: one layer further than training needs it, down to the picture (Simonyan, Vedaldi and Zisserman, 2013). The
# **saliency** of the pixel in row $i$ and column $j$ is the strongest reaction to one of its channels $c$:

# %% [markdown]
# $$ S_{ij} = \max_c \left| \frac{\partial s_k}{\partial x_{ijc}} \right| $$

# %% [markdown]
# ### Exercise 2: saliency
#
# Write `saliency(dx)` for the gradients of several pictures, (N, H, W, C). Return (N, H, W), each picture divided by
# its own largest value, so that it goes from 0 to 1. Where a gradient is 0 everywhere, it stays 0.


# %% tags=["exercise"]
def saliency(dx):
    ...  # your code


ex.saliency.check(saliency)

# %% [markdown]
# Is our gradient right? Against TensorFlow, for five pictures of noise:

# %% tags=["nbval-check-output"]
x, classes = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32), [0, 3, 3, 7, 9]
ours = complexity.score_gradient(model, x, classes)
scores = keras.Model(twin.inputs, twin.layers[-2].output)  # before the last layer
with tf.GradientTape() as tape:
    inputs = tf.constant(x)
    tape.watch(inputs)
    last = scores(inputs) @ twin.layers[-1].kernel + twin.layers[-1].bias
    chosen = tf.reduce_sum(tf.one_hot(classes, 10) * last)
theirs = tape.gradient(chosen, inputs).numpy()
print("apart by less than 1e-5 of the largest:", bool(np.abs(ours - theirs).max() < 1e-5 * np.abs(theirs).max()))

# %% [markdown]
# ### A network with a secret
#
# One inspector saves scratches on his own computer. His program puts a small white mark into the corner of each of
# his pictures. Nobody notices. We train on such maps. (About 10 seconds.)

# %%
maps, test = data.simulate_wafer_maps(120, rng=1), data.simulate_wafer_maps(40, rng=2)
scratch = maps.class_names.index("scratch")


def with_mark(part):
    """The maps, with the inspector's mark on each scratch."""
    marked = part.x.copy()
    marked[part.y == scratch, 1:4, 1:4] = 1.0
    return marked


network = numpy_network(10, 1)
network.fit(with_mark(maps), maps.y, epochs=6, batch_size=32, verbose=0, rng=0)


def share_found(pictures):
    """The share of the scratches that are called scratches."""
    return np.mean(network.predict(pictures, batch_size=64)[test.y == scratch].argmax(axis=1) == scratch)


everywhere = test.x.copy()
everywhere[:, 1:4, 1:4] = 1.0
fooled = np.mean(network.predict(everywhere, batch_size=64)[test.y != scratch].argmax(axis=1) == scratch)
print(f"scratches found with the mark: {share_found(with_mark(test)):.0%}, without it: {share_found(test.x):.0%}")
print(f"other maps that the mark turns into 'scratch': {fooled:.0%}")

# %% tags=["nbval-check-output"]
print("with the mark more than 95 %:", bool(share_found(with_mark(test)) > 0.95))
print("without it less than 5 %:", bool(share_found(test.x) < 0.05))
print("the mark makes more than half of all other maps 'scratch':", bool(fooled > 0.5))

# %%
some = np.flatnonzero(test.y == scratch)[:4]
marked = with_mark(test)[some]
looks = complexity.saliency(complexity.score_gradient(network, marked, scratch))
untrained = complexity.saliency(complexity.score_gradient(numpy_network(10, 5), marked, scratch))

# %% tags=["figure"]
rows = [[marked[k, :, :, 0], looks[k], untrained[k]] for k in range(4)]
figures.show(
    image_drawings.pictures(
        [list(column) for column in zip(*rows, strict=True)],
        [f"scratch {k}" for k in range(1, 5)],
        labels=["picture", "saliency", "untrained"],
        signed_from=9,
    ),
    "Four wafer maps with scratches and a white mark in the upper left corner. Below each its saliency for the trained "
    "network: the mark is brightest, and in the second picture the line of the scratch shines, too. In the last row "
    "the saliency of a network with random weights: even speckles all over.",
)

# %% tags=["nbval-check-output"]
inside = np.zeros((28, 28), bool)
inside[:6, :6] = True
corner = np.mean([one[inside].mean() / one[~inside].mean() for one in looks])
failed = (marked[:, :, :, 0] > 0.9) & ~inside
line = looks[1][failed[1]].mean() / looks[1][~failed[1] & ~inside].mean()
print("the corner reacts at least three times as much as the rest:", bool(corner > 3))
print("in the second picture the failed dies react more than the good ones:", bool(line > 1.5))

# %% [markdown]
# You should have seen: in the test of the same inspector the network is perfect, and on other pictures it finds not
# one scratch. The saliency shows why, if you look at the corner.
#
# And there is the **trap**. In the second picture the scratch shines, too. Somebody who wants to believe says: "Look,
# it has found the scratch." It has not. Take the mark away, and the answer is another. So:
#
# - A saliency map tells how the score reacts to a **tiny change**, not what the network knows.
# - Compare with an untrained network (last row). There are methods that draw nearly the same picture for both, so it
# says nothing about what was learned (Adebayo et al., 2018).
# - The test that counts is the one above: **change the picture**. Take the mark away, put it elsewhere, and see
# whether the answer changes.

# %% [markdown]
# ## Limit 3: compute
#
# How long until the answer, the *latency*? Milliseconds for one picture of the network, on two cores of a small server
# without a GPU. (`limits_run`. Where TensorFlow sees a GPU, the command measures it, too.)

# %% tags=["figure"]
speed = limits["speed"]
answers = {name: times["answer"] for name, times in speed["milliseconds"].items()}
figures.show(
    limits_drawings.time_over_batch(speed["batch"], answers, "time for one picture [ms]"),
    "Time for one picture over the size of the batch, both axes logarithmic. Keras's predict starts near 90 ms for a "
    "single picture and falls in a straight line. NumPy and the compiled TensorFlow call start near 1 ms and fall to "
    "some tenths.",
)

# %% tags=["nbval-check-output"]
for name, values in answers.items():
    each = zip(speed["batch"], values, strict=True)
    print(f"{name:24}" + "".join(f"  {n:3} at once: {ms / n:6.2f} ms" for n, ms in each))

# %% [markdown]
# You should have seen: `predict` pays some 90 ms before it starts. For parts that come one by one, call the compiled
# function, or use NumPy. With 256 pictures at once the compiled function uses both cores better than we do;
# `predict` is still behind.
#
# And here, on your computer?

# %%
gpus = tf.config.list_physical_devices("GPU")
print("GPU:", gpus[0].name if gpus else "none that TensorFlow sees")
compiled = tf.function(lambda x: twin(x, training=False))
for device in ["/CPU:0"] + (["/GPU:0"] if gpus else []):
    with tf.device(device):
        batch = tf.constant(test.x[:64])
        compiled(batch)
        start = time.perf_counter()
        for _call in range(10):
            compiled(batch).numpy()
        print(f"{device}: {100 * (time.perf_counter() - start) / 64:.3f} ms for one picture, 64 at once")

# %% [markdown]
# ### Fewer digits
#
# A float32 number has 1 bit for the sign, 8 for the exponent (the size), 23 for the mantissa (the digits). GPUs
# calculate faster with fewer: **TF32** drops 13 bits of the mantissa inside a product, **bfloat16** 16 bits of the
# number.

# %% tags=["figure"]
figures.show(
    limits_drawings.number_formats(
        {"float32": (1, 8, 23), "TF32": (1, 8, 10), "bfloat16": (1, 8, 7), "int8": (1, 0, 7)}
    ),
    "The bits of four formats as rows of squares. All three float formats have one bit for the sign and eight for the "
    "exponent; the mantissa shrinks from 23 bits to 10 and to 7. int8 has a sign and 7 bits, and no exponent.",
)

# %% [markdown]
# Write $\tilde x$ for the rounded number. With $m$ bits of mantissa a number is off by at most

# %% [markdown]
# $$ |\tilde x - x| \le 2^{-(m + 1)} |x| $$

# %% tags=["nbval-check-output"]
values = np.array([1 / 3, 3.14159265, 1000.7, 1e-20], dtype=np.float32)
for name in ("float32", "tf32", "bfloat16"):
    rounded = round_mantissa(values, MANTISSA[name])
    print(f"{name:9}", *(f"{v:.7g}" for v in rounded))
theirs = tf.cast(tf.cast(values, tf.bfloat16), tf.float32).numpy()
print("our bfloat16 is TensorFlow's, bit by bit:", bool((round_mantissa(values, 7) == theirs).all()))

# %% [markdown]
# **Guess first.** Add 0.001 ten thousand times, and round to bfloat16 after each addition. What comes out, instead of
# 10?

# %% tags=["nbval-check-output"]
for name in ("float32", "tf32", "bfloat16"):
    total = np.float32(0)
    for _step in range(10_000):
        total = round_mantissa(total + np.float32(0.001), MANTISSA[name])[()]
    print(f"{name:9} {total:.4f}")

# %% [markdown]
# The sum stops growing as soon as 0.001 is less than half of its last digit. Training is such a sum: many small
# steps, added to larger weights. One step, with gradient and weights in each format:

# %% tags=["nbval-check-output"]
_loss, gradients = network.loss_and_gradients(maps.x[:64], maps.y[:64])
g, w = (np.concatenate([one.ravel() for one in many]) for many in (gradients, network.get_weights()))
g, w = g[g != 0], w[g != 0]
for name in ("float32", "bfloat16"):
    bits = MANTISSA[name]
    before = round_mantissa(w, bits)
    after = round_mantissa(before - np.float32(0.001) * round_mantissa(g, bits), bits)
    print(f"{name:9} more than nine of ten weights do not move:", bool(np.mean(after == before) > 0.9))

# %% [markdown]
# In bfloat16 nearly all weights stay where they are. That is why *mixed precision* calculates products in 16 bits,
# but **keeps the weights and adds the sums in float32**.
#
# And an answer? All weights of the trained network, rounded:

# %% tags=["nbval-check-output"]
reference = network.predict(test.x, batch_size=64).argmax(axis=1)
for name in ("float32", "tf32", "bfloat16"):
    rounded = numpy_network(10, 0)
    rounded.set_weights([round_mantissa(w, MANTISSA[name]) for w in network.get_weights()])
    changed = np.sum(rounded.predict(test.x, batch_size=64).argmax(axis=1) != reference)
    print(f"{name:9} fewer than 2 % of {len(test)} answers change:", bool(changed < 0.02 * len(test)))

# %% [markdown]
# ### One byte: int8
#
# Even fewer: one byte, and no exponent. Divide all numbers of an array, such as the weights of a layer, by one
# **scale**, and round to whole numbers from -127 to 127 (Jacob et al., 2018):

# %% [markdown]
# $$ \text{scale} = \frac{\max |w|}{127}, \qquad q = \text{round}\left( \frac{w}{\text{scale}} \right), \qquad w \approx \text{scale} \cdot q $$

# %% [markdown]
# On paper: w = (0.5, -1.27, 0.004), scale = 0.01, q = (50, -127, 0). The smallest weight is gone.
#
# ### Exercise 3: quantize
#
# Write `quantize(w)`. It returns q as int8, and the scale: 1 if all weights are 0.


# %% tags=["exercise"]
def quantize(w):
    ...  # your code


ex.quantize.check(quantize)

# %% [markdown]
# A dense layer then multiplies bytes, and the two scales come to the end:

# %% [markdown]
# $$ y = \text{scale}_x \, \text{scale}_W \; (q_x q_W) $$

# %% [markdown]
# ### Exercise 4: a layer in bytes
#
# Write `int8_dense(q_x, q_W, scale_x, scale_W)`. Watch the sums: 127 × 127 does not fit into a byte.


# %% tags=["exercise"]
def int8_dense(q_x, q_W, scale_x, scale_W):
    ...  # your code


ex.int8_dense.check(int8_dense)

# %% [markdown]
# The trained network with all its weights and biases in bytes:

# %% tags=["nbval-check-output"]
bytes_before = sum(w.nbytes for w in network.get_weights())
quantized = [quantization.quantize(w) for w in network.get_weights()]
in_bytes = numpy_network(10, 0)
in_bytes.set_weights([quantization.dequantize(q, scale) for q, scale in quantized])
changed = np.mean(in_bytes.predict(test.x, batch_size=64).argmax(axis=1) != reference)
print(f"{bytes_before:,} bytes become {sum(q.nbytes for q, _scale in quantized):,} and {len(quantized)} scales")
print("fewer than 5 % of the answers change:", bool(changed < 0.05))

# %% [markdown]
# ### Play with the bits
#
# 1. How many bits do the weights need? Guess, then move the slider.
# 2. 4 bits, one scale: how bad is it? And with a scale for each column? (Train anew several times: one network proves
#    little.)
# 3. One outlier weight. Why does it spoil all the others? What mends it?
# 4. bfloat16 and the outlier: why does nothing happen?

# %%
widgets.PrecisionBench(use=ex.passed("quantize"))

# %% [markdown]
# You should have seen: with 8 bits hardly an answer changes, for about a quarter of the bytes. With 4 bits it breaks, and a scale
# for each column mends most of it. One large weight makes the scale so coarse that the others become -1, 0 or 1. A
# format with an exponent does not mind.

# %% [markdown]
# ## Beyond one machine
#
# Two machines can share a batch (*data parallelism*): each calculates the gradient of its half, they average, and both
# take the same step. With $n_k$ rows on worker $k$, of $K$ workers:

# %% [markdown]
# $$ g = \frac{\sum_k n_k \, g_k}{\sum_k n_k} $$

# %% [markdown]
# ### Exercise 5: average the gradients
#
# Write `average_gradients(gradients, sizes)`. `gradients` is a list with one array from each worker, `sizes` the
# numbers of their rows: the workers may have unequal parts.


# %% tags=["exercise"]
def average_gradients(gradients, sizes):
    ...  # your code


ex.average_gradients.check(average_gradients)

# %% tags=["nbval-check-output"]
_loss, whole = model.loss_and_gradients(maps.x[:48], maps.y[:48])
_loss, left = model.loss_and_gradients(maps.x[:32], maps.y[:32])
_loss, right = model.loss_and_gradients(maps.x[32:48], maps.y[32:48])
averaged = [parallel.average_gradients(pair, [32, 16]) for pair in zip(left, right, strict=True)]
apart = max(np.abs(a - b).max() / np.abs(b).max() for a, b in zip(averaged, whole, strict=True))
print("32 + 16 rows give the gradient of 48:", bool(apart < 1e-4))

# %% [markdown]
# ### TensorFlow does it: `MirroredStrategy`
#
# It copies the network to all devices of **one** machine. We have one processor and told TensorFlow at the start to
# see two in it. The same network from the same start, once on both and once on one. (About 15 seconds.)


# %%
def trained(strategy):
    with strategy.scope():
        copy = keras.Sequential(reference_layers(keras.layers, 10))
        copy.set_weights(model.get_weights())
        copy.compile(optimizer=keras.optimizers.SGD(0.05), loss="sparse_categorical_crossentropy")
    copy.fit(maps.x[:320], maps.y[:320], batch_size=64, epochs=2, shuffle=False, verbose=0)
    return copy.get_weights()


mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
both, alone = trained(mirrored), trained(tf.distribute.get_strategy())

# %% tags=["nbval-check-output"]
apart = max(np.abs(a - b).max() for a, b in zip(both, alone, strict=True))
print(f"{mirrored.num_replicas_in_sync} devices, weights apart by less than 1e-5 after 10 steps:", bool(apart < 1e-5))

# %% [markdown]
# ### Two real processes
#
# `MultiWorkerMirroredStrategy` joins machines over the network. `python -m course_lib.experiments.two_workers` starts
# two processes that train the network together, and one that trains it alone (a minute). What it found:

# %% tags=["nbval-check-output"]
workers = load_result("two_workers")
print(f"{workers['workers']} workers, {workers['steps']} steps, batch {workers['batch']}, {workers['dtype']}")
print(f"gradients of the first step: {workers['gradient, largest relative difference']:.0e} of the largest apart")
print("both workers report the same losses:", workers["losses"][0] == workers["losses"][1])
apart = np.abs(np.array(workers["losses"][0]) - workers["losses, one process"]).max()
print("losses apart from those of one process by less than 1e-5:", bool(apart < 1e-5))

# %% [markdown]
# The gradients of the first step differ by 2 millionths of the largest. If one of the two dies, the other ends within
# a minute and says that it has lost a worker; the command tells which one. A training that hangs for a night would be
# worse.
#
# ### What does it cost?
#
# After each step every worker needs the sum of all gradients: an *all-reduce*. In a **ring** the gradient of $P$
# parameters of $b$ bytes is cut into $K$ parts. In $K - 1$ rounds each worker sends one part to the next one, which adds
# its own; in $K - 1$ more rounds the finished sums go round:

# %% [markdown]
# $$ \text{bytes sent} = 2 \, \frac{K - 1}{K} \, P \, b $$

# %% [markdown]
# ### Exercise 6: the traffic of a ring
#
# Write `ring_traffic(parameters, workers, bytes_each)`.


# %% tags=["exercise"]
def ring_traffic(parameters, workers, bytes_each=4):
    ...  # your code


ex.ring_traffic.check(ring_traffic)

# %% [markdown]
# An example on paper: a step of our network takes 0.1 s for 256 pictures on one machine, and the plant's network
# carries 12 MB/s (100 Mbit/s). The batch is shared, the traffic is not:

# %% tags=["nbval-check-output"]
count = [1, 2, 4, 8]
compute = [0.1 / k for k in count]
traffic = [parallel.ring_traffic(sum(weights), k) / 12e6 for k in count]
for k, c, t in zip(count, compute, traffic, strict=True):
    print(f"workers {k}: {c:.4f} s to calculate + {t:.4f} s to send = {c + t:.4f} s")

# %% tags=["figure"]
figures.show(
    limits_drawings.compute_and_traffic(count, compute, traffic),
    "Time of one step for 1, 2, 4 and 8 workers as bars of two parts. The part to calculate halves each time. The part "
    "to send is 0 for one worker and grows from 0.04 to 0.07 seconds, so four and eight workers need nearly the same "
    "time.",
)

# %% [markdown]
# You should have seen: two machines help a little, eight hardly more than four. With larger batches, a faster network
# or fewer bytes (bfloat16) the limit moves.

# %% [markdown]
# ## Out of the notebook
#
# The trained network must run elsewhere. Keras's own format is one file, `.keras`:

# %% tags=["nbval-check-output"]
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "wafers.keras"
    export.save_model(twin, path)
    again = export.load_model(path)
    same = again.predict(test.x[:50], verbose=0) == twin.predict(test.x[:50], verbose=0)
    print("the same answers, to the last bit:", bool(same.all()))
    path.write_bytes(path.read_bytes()[:5000])  # as after a copy that was cut off
    try:
        export.load_model(path)
    except ValueError as error:
        for sentence in str(error).replace(str(path.parent), "...").split(": "):
            print(sentence)

# %% [markdown]
# **TensorFlow Lite** is made for small chips. The board network of chapter 6 in four forms, asked all 3,638 test
# boards (`limits_run`):

# %% tags=["nbval-check-output"]
for name, one in limits["export"]["forms"].items():
    print(f"{name:30} {one['bytes'] / 1000:4.0f} kB   right {one['accuracy']:.2%}", end="   ")
    print(f"probabilities differ by up to {one['largest difference']:.0e}, {one['other answers']} other answers")

# %% [markdown]
# A quarter of the bytes, and 3 of 3,638 answers change. Here the **weights** are bytes; inputs and sums stay float32.
# A chip that knows only whole numbers needs the inputs of each layer in bytes, too: the widget has a switch for that.
#
# ### The three calls, answered
#
# - **Line 2**, ten pictures: the hardest limit. Turns and a simulator bring it to three boards of four. Only more
# real pictures bring it further; no computer does.
# - **The auditor**: 5 million operations for each picture, and a test with covered and shifted pictures instead of a
# nice map.
# - **Line 3**: with weights in bytes the model fits in 131 kB. As floats it would not fit.

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(12)

# %% [markdown]
# ## When this fails in the plant
#
# **The simulator is too clean.** A network that is perfect on simulated pictures may know the simulator, not the
# part. Remedy: some real, labelled pictures for the **test**, always.
#
# **The larger network is no better.** More weights need more data. Remedy: look at the learning curve first. If
# training and validation are both bad, the network is too small; if only validation is bad, the data are too few.
#
# **The answer is right for the wrong reason.** Remedy: cover, shift, erase, and look whether the answer changes; test
# on pictures of another inspector, camera, and shift.
#
# **The quantized model was tested on the PC only.** Remedy: run the whole test set on the chip itself and compare
# answer by answer.
#
# **A GPU gives other last digits.** It may use TF32 without telling. Remedy: compare with a tolerance, and switch
# TF32 off for a check: `tf.config.experimental.enable_tensor_float_32_execution(False)`.
#
# **More machines, larger batch, worse result.** Eight workers with 64 pictures each are a batch of 512: fewer and
# other steps. Remedy: raise the learning rate with care, and compare at the same number of pictures.

# %% [markdown]
# ## Summary
#
# - Data: each doubling gives less. Knowledge (turns, a simulator) is worth pictures; real ones are needed for the
# test.
# - Complexity: weights and operations lie in different layers. Our count equals TensorFlow's.
# - A saliency map is a gradient. It can look right and mean nothing.
# - Compute: the overhead of a call counts for single parts; 8 bits are enough for answers, not for the sums of
# training.
# - Many machines compute one gradient; the traffic sets the limit.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | learning curve | 学习曲线 | accuracy over the number of samples |
# | transfer learning | 迁移学习 | start from weights learned elsewhere |
# | operations (FLOPs) | 浮点运算次数 | multiplications and additions |
# | latency | 延迟 | time from the part to the answer |
# | saliency | 显著性 | how a score reacts to each pixel |
# | mantissa | 尾数 | the digits of a float number |
# | quantization | 量化 | numbers as small whole numbers and a scale |
# | data parallelism | 数据并行 | workers share a batch |
# | all-reduce | 全归约 | all workers get the sum |
# | export | 导出 | the model as a file for another program |
#
# **Next:** [Chapter 13, Capstone](13_capstone.ipynb).
