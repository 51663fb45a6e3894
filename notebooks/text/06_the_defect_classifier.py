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
# # Chapter 6. The defect classifier
#
# **In 90 minutes you will** build a network that sorts pictures into ten classes, recompute every number of its
# summary, price its mistakes, look inside it, and find out how many pictures it needs.
#
# **You need first:** chapter 5 (convolution, pooling), chapter 2 (softmax, cross-entropy) and chapter 4 (Adam,
# validation).
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The question of the plant
#
# A fab tests every chip on every wafer. Drawn as a map, the failed chips often form a pattern: a ring, a scratch, a
# spot. Each pattern points to another machine. An engineer needs a minute for each map, and there are thousands a
# day. Can a network sort them?

# %%
import numpy as np

from course_lib import costs, data, exercises as ex, figures, image_drawings, nn, parity, widgets

# %%
one_fab = {"background": 0.04, "resampling": "area"}  # 4 % scattered failures, every map drawn the same way
train = data.simulate_wafer_maps(per_class=400, rng=1, **one_fab)
validation = data.simulate_wafer_maps(per_class=60, rng=2, **one_fab)
test = data.simulate_wafer_maps(per_class=60, rng=3, **one_fab)
names = train.class_names

# %% tags=["nbval-check-output"]
for part, images in (("train", train), ("validation", validation), ("test", test)):
    print(f"{part:10} {images.x.shape}, {len(names)} classes, values from {images.x.min():.1f} to {images.x.max():.1f}")

# %% [markdown]
# The maps are simulated, so we know the truth. Every map is a wafer of its own: its number of chips and its pattern
# are drawn anew, so no wafer is in two parts. Black is outside the wafer, grey a good chip, white a failed one.

# %% tags=["figure"]
first = [int(np.flatnonzero(train.y == k)[1]) for k in range(10)]
figures.show(
    image_drawings.gallery(train.x[first, :, :, 0], names),
    "Ten wafer maps, one of each class: none, with a few scattered failures; centre, a spot in the middle; donut, a "
    "ring around the middle; edge-local, a group at the rim; edge-ring, the whole rim; local, a spot somewhere; "
    "near-full, almost everything failed; random, many scattered failures; scratch, a thin line; repeating reticle, "
    "the same place of every exposed field.",
)

# %% [markdown]
# | Class | Where it often comes from |
# |---|---|
# | centre, donut | uneven gas flow or temperature in the middle of a chamber |
# | edge-local, edge-ring | clamp or edge bead, temperature at the rim |
# | scratch | handling by a robot, or polishing |
# | local | a particle, a spot of a chemical |
# | repeating reticle | a defect on the mask, printed in every field |
# | near-full, random | a wrong recipe, contamination |

# %% [markdown]
# ## The network
#
# **Guess first.** A picture of 28 × 28, then a convolution with 32 kernels of 3 × 3, pooling 2 × 2, a convolution
# with 64 kernels of 3 × 3, pooling 2 × 2. How large are the maps at the end?
#
# <details><summary>Answer</summary>
#
# 28 → 26 → 13 → 11 → 5: 64 maps of 5 × 5, that is 1,600 numbers.
#
# </details>

# %% [markdown]
# Here it is. First the import from **our** library, which is nothing but NumPy:

# %%
from course_lib.nn import Conv2D, Dense, Flatten, Input, MaxPooling2D, Sequential


def ten_classes():
    model = Sequential()
    model.add(Input((28, 28, 1)))
    model.add(Conv2D(32, (3, 3), activation="relu"))
    model.add(MaxPooling2D((2, 2)))
    model.add(Conv2D(64, (3, 3), activation="relu"))
    model.add(MaxPooling2D((2, 2)))
    model.add(Flatten())
    model.add(Dense(64, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% tags=["nbval-check-output"]
numpy_model = ten_classes()
numpy_model.summary()

# %% [markdown]
# Now the same names from **Keras**. The function is the one above; only the import has changed. (Loading TensorFlow
# takes 5 to 20 seconds. `Conv2D(..., input_shape=(28, 28, 1))` instead of `Input` works on both engines too, but Keras
# then writes a warning.)

# %%
from keras import Input, Sequential
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

# %% tags=["nbval-check-output"]
keras_model = ten_classes()
print("Keras counts", f"{keras_model.count_params():,}", "weights")
print("the same shapes:", [w.shape for w in keras_model.get_weights()] == [w.shape for w in numpy_model.get_weights()])

# %% [markdown]
# `"sparse"` in the name of the loss means: the labels are class numbers, 0 to 9. It is the mean of $-\log p$ over
# the pictures, with $p$ the share that the network gave to the true class:

# %% [markdown]
# $$ L = -\frac{1}{N} \sum_n \log p_{n, t_n} $$

# %% [markdown]
# ### Exercise 1: every number of the summary
#
# 320, 0, 18,496, 0, 0, 102,464, 650: recompute them. Write `summary_numbers(layers, input_shape)`.


# %% tags=["exercise"]
def summary_numbers(layers, input_shape):
    ...  # your code


ex.summary_numbers.check(summary_numbers)

# %% [markdown]
# Look where the weights are: 84 % of them in one dense layer, the first behind `Flatten`. The convolutions, which
# do most of the seeing, have few, because their weights are shared.
#
# ### Exercise 2: from maps to a row
#
# `Flatten` decides which of the 1,600 numbers comes where. Write `flatten(x)`.


# %% tags=["exercise"]
def flatten(x):
    ...  # your code


ex.flatten.check(flatten)

# %% [markdown]
# ## The same numbers on both engines
#
# The same weights and the same pictures must give the same outputs, losses and gradients, and after training steps
# still the same loss. In 64 bits, with 50 steps of Adam. (About 10 seconds.)

# %%
double = nn.Sequential(
    [
        nn.Input((28, 28, 1)),
        nn.Conv2D(32, (3, 3), activation="relu"),
        nn.MaxPooling2D((2, 2)),
        nn.Conv2D(64, (3, 3), activation="relu"),
        nn.MaxPooling2D((2, 2)),
        nn.Flatten(),
        nn.Dense(64, activation="relu"),
        nn.Dense(10, activation="softmax"),
    ],
    dtype="float64",
    rng=0,
)
double.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
comparison = parity.compare(double, None, train.x[:16].astype("float64"), train.y[:16], steps=50)
comparison

# %% [markdown]
# And in 32 bits, as one trains, step by step on new batches, 20 steps:

# %%
from keras.losses import sparse_categorical_crossentropy

network = nn.Sequential([type(layer)(**layer.get_config()) for layer in double.layers], rng=0)
network.build((28, 28, 1))
network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
start = network.get_weights()
keras_model.set_weights(start)
losses = []
for step in range(20):
    part = slice(32 * step, 32 * step + 32)
    theirs = np.mean(sparse_categorical_crossentropy(train.y[part], keras_model(train.x[part])))
    keras_model.train_on_batch(train.x[part], train.y[part])
    losses.append((network.train_on_batch(train.x[part], train.y[part])[0], theirs))

# %% tags=["nbval-check-output"]
losses = np.array(losses)
after_50 = comparison["loss after 50 steps"].relative
print("64 bits, loss after 50 steps within 1e-10:", bool(after_50 < 1e-10))
print("32 bits, all 20 losses within 1e-4:", bool(np.abs(losses[:, 0] / losses[:, 1] - 1).max() < 1e-4))

# %% [markdown]
# Loss by loss, both engines agree. What Keras does in C++ is what you wrote in chapter 5. (In 32 bits they add in
# another order, so the last digit differs. Now and then that digit decides which of two equal pixels wins a pooling
# window, and from then on the two paths part. In 64 bits this hardly ever happens.)

# %% [markdown]
# ## Training
#
# 4,000 maps, 8 epochs. NumPy first, with live curves. You can stop it; what was learned so far is kept. (About 15
# seconds.)

# %%
network.set_weights(start)
network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
monitor = widgets.TrainingMonitor()
monitor.fit(network, train.x, train.y, epochs=8, batch_size=32, rng=0, validation_data=(validation.x, validation.y))

# %%
monitor.wait()
history = monitor.history
for epoch in range(8):
    training, validated = history["accuracy"][epoch], history["val_accuracy"][epoch]
    print(f"epoch {epoch + 1}: training {training:.1%}, validation {validated:.1%}")

# %% [markdown]
# The same with Keras, same lines, other engine. (About 20 seconds.)

# %%
from keras.utils import set_random_seed

set_random_seed(0)
keras_model.set_weights(ten_classes().get_weights())  # a fresh start
keras_history = keras_model.fit(train.x, train.y, epochs=8, batch_size=32, verbose=0).history
accuracy = {
    "NumPy": network.evaluate(test.x, test.y)[1],
    "Keras": keras_model.evaluate(test.x, test.y, verbose=0)[1],
}
for engine, value in accuracy.items():
    print(f"{engine}: {value:.1%} of the test maps right")

# %% tags=["nbval-check-output"]
print("both above 70 % (guessing: 10 %):", min(accuracy.values()) > 0.7)

# %% [markdown]
# You should have seen: two trainings from different random starts end at similar, not equal, accuracies. The
# validation curve tells when more epochs stop paying.

# %% [markdown]
# ## Which mistakes, and what do they cost?
#
# One number hides which classes are mixed up. The **confusion matrix** shows it: row the true class, column the
# answer.
#
# ### Exercise 3: the confusion matrix
#
# Write `confusion_matrix(y_true, y_pred, classes)`.


# %% tags=["exercise"]
def confusion_matrix(y_true, y_pred, classes):
    ...  # your code


ex.confusion_matrix.check(confusion_matrix)

# %% tags=["nbval-check-output"]
answers = network.predict(test.x).argmax(axis=1)
matrix = ex.confusion_matrix.solution_function(test.y, answers, 10)
print("maps in each row:", matrix.sum(axis=1))

# %% tags=["figure"]
figures.show(
    image_drawings.confusion_matrix(matrix, names),
    "Confusion matrix of the test maps, ten by ten. Most maps lie on the diagonal, which means right answers. Beside "
    "it stand the confusions, a few of the sixty maps of a class at a time.",
)

# %% [markdown]
# **Balanced accuracy** is the mean over the classes of the share that was right. It does not let a large class
# hide a small one:

# %% [markdown]
# $$ \text{balanced accuracy} = \frac{1}{K} \sum_k \frac{M_{kk}}{\sum_a M_{ka}} $$

# %%
right = np.diag(matrix) / matrix.sum(axis=1)
print(f"balanced accuracy {right.mean():.1%}; weakest class: {names[right.argmin()]} with {right.min():.0%}")

# %% [markdown]
# Now in money. A pattern that is missed lets a broken machine run on: 400 EUR. A false alarm costs an engineer's
# look: 60 EUR. A pattern called by a wrong name sends the engineer to a wrong machine: 100 EUR. With the price
# $P_{ta}$ of answering $a$ when the truth is $t$, a map costs on average

# %% [markdown]
# $$ \text{cost} = \frac{1}{N} \sum_t \sum_a M_{ta} \, P_{ta} $$

# %%
prices = np.full((10, 10), 100.0)
prices[:, 0] = 400.0  # a pattern, called "none"
prices[0, :] = 60.0  # "none", called a pattern
np.fill_diagonal(prices, 0.0)
cost = costs.priced_confusion(matrix, prices)
worst = np.unravel_index(cost.argmax(), cost.shape)
print(f"cost {cost.sum() / matrix.sum():.1f} EUR a map")
print(f"most expensive confusion: {names[worst[0]]} called {names[worst[1]]}, {cost.max():.0f} EUR in the test")

# %% [markdown]
# ## A threshold for the inspector
#
# Often the first question is only: is there **any** pattern? The network's share for that is
# $s = 1 - p_\text{none}$. Report a map if $s \ge \tau$.
#
# **Guess first.** A miss costs 400 EUR, a false alarm 60 EUR. Should the threshold $\tau$ be above or below 0.5?
#
# <details><summary>Answer</summary>
#
# Below. If the shares were true probabilities, reporting would pay as soon as $s \cdot 400 > (1 - s) \cdot 60$.
#
# </details>

# %% [markdown]
# $$ \tau^* = \frac{c_\text{alarm}}{c_\text{alarm} + c_\text{miss}} $$

# %% [markdown]
# That is $60 / 460 = 0.13$ (Elkan, 2001). But the shares of a network are often too sure of themselves. So try
# the thresholds on **validation** maps and count:

# %% [markdown]
# $$ C(\tau) = c_\text{miss} \cdot \#\{y = 1, \; s < \tau\} + c_\text{alarm} \cdot \#\{y = 0, \; s \ge \tau\} $$

# %% [markdown]
# ### Exercise 4: the threshold that costs least
#
# Write `best_threshold(y_true, scores, cost_miss, cost_alarm)`.


# %% tags=["exercise"]
def best_threshold(y_true, scores, cost_miss, cost_alarm):
    ...  # your code


ex.best_threshold.check(best_threshold)

# %%
scores = {name: 1 - network.predict(part.x)[:, 0] for name, part in (("validation", validation), ("test", test))}
defective = {"validation": (validation.y > 0).astype(int), "test": (test.y > 0).astype(int)}
chosen = ex.best_threshold.solution_function(defective["validation"], scores["validation"], 400, 60)
for name, threshold in (("0.5", 0.5), ("formula", 60 / 460), ("chosen on validation", chosen)):
    _, alarms, missed, _ = costs.confusion(defective["test"], scores["test"], threshold)
    print(f"{threshold:.3f} ({name}): {missed} missed, {alarms} false alarms, {400 * missed + 60 * alarms} EUR")

# %% [markdown]
# In our test nine maps of ten have a pattern. In a real fab it may be one in ten, and then false alarms count much
# more. The widget begins with half of the maps. Try it:
#
# 1. Drag the threshold. Where is the cost lowest?
# 2. Lower the defect rate to 10 %, then to 1 %. Which way does the best threshold move?
# 3. Make a miss twice as expensive.

# %%
widgets.ConfusionAndCost(scores["test"], defective["test"], cost_miss=400, cost_alarm=60, defect_rate=0.5)

# %% [markdown]
# You should have seen: the best threshold moves up when defects get rare or alarms expensive, and down when a miss
# gets expensive. 0.5 is nothing special.

# %% [markdown]
# ## What has it learned?
#
# Eight of the 32 kernels of the first layer, and what they answer to one scratch:


# %% tags=["nbval-check-output"]
shares = network.predict(test.x)


def surest(label):
    """The map of this class of which the network is surest."""
    return int(np.argmax(shares[:, label] * (test.y == label)))


scratch = test.x[surest(names.index("scratch"))]
kernels = network.layers[0].kernel[:, :, 0, :8]
maps = network.layers[0](scratch[None])[0, :, :, :8]
print("kernels", kernels.shape, "  maps", maps.shape)

# %% tags=["figure"]
figures.show(
    image_drawings.feature_maps(scratch[:, :, 0], kernels, maps),
    "The upper row shows eight learned kernels of 3 by 3, orange positive and blue negative. Below the map with the "
    "scratch stand the eight feature maps: some light up along the scratch, some along the rim of the wafer, some "
    "almost nowhere.",
)

# %% [markdown]
# No kernel is called "scratch". Some answer to edges in one direction, some to spots. The second layer combines
# them, the dense layers decide.
#
# ### Look inside
#
# 1. Choose another map. Which feature maps light up?
# 2. Choose a layer and click a number: the window it looks at is marked, and the sum is written out.
# 3. Draw a defect of your own. At which point does the network change its mind?
# 4. Switch occlusion on. Where does the network look?

# %%
widgets.NetworkInspector(network, test.x[:40], labels=test.y[:40], class_names=list(names))

# %% [markdown]
# You should have seen: the deeper the layer, the larger the part of the picture that one number sees. And drawings
# that are like no wafer still get an answer, often with a high share: the network cannot say "I do not know".

# %% [markdown]
# ## Where does it look?
#
# Cover a square of the picture and ask again. Where the share of the class drops most, the network looked:

# %% [markdown]
# $$ \text{drop}_{ij} = s(x) - s(x \text{ covered at } i, j) $$

# %% [markdown]
# ### Exercise 5: occlusion
#
# Write `occlusion_map(predict, image, patch)`.


# %% tags=["exercise"]
def occlusion_map(predict, image, patch):
    ...  # your code


ex.occlusion_map.check(occlusion_map)


# %%
def share_of(label):
    return lambda image: float(network.predict(image[None, :, :, None])[0, label])


shown, drops = [], []
for name in ("centre", "edge-ring", "scratch"):
    shown.append(surest(names.index(name)))
    predict, image = share_of(names.index(name)), test.x[shown[-1], :, :, 0]
    drops.append(ex.occlusion_map.solution_function(predict, image, 4))

# %% tags=["figure"]
figures.show(
    image_drawings.occlusion(test.x[shown, :, :, 0], drops, [names[test.y[i]] for i in shown]),
    "Three wafer maps of which the network is sure, a centre, an edge-ring and a scratch. Below each the drop of its "
    "share when a square of 4 by 4 pixels is covered: orange where it drops, white where nothing changes.",
)

# %% tags=["nbval-check-output"]
for name, drop in zip(("centre", "edge-ring"), drops[:2], strict=True):
    print(f"one square can hide the {name}: {drop.max() > 0.3}")

# %% [markdown]
# A small pattern can be hidden by one square; a ring around the whole wafer cannot: cover any part, and the rest is
# enough.

# %% [markdown]
# **What this does not prove.** A covered square is a picture the network has never seen; black means "outside the
# wafer" to it. And a place without a drop may still matter together with another one. Occlusion finds gross
# mistakes, such as a network that reads the date stamp. It does not explain a decision.

# %% [markdown]
# ## How many pictures does it need?
#
# **Guess first.** With 80 pictures of each class: CNN, or support vector machine? And what if every picture may be
# turned and mirrored at random?
#
# A wafer has no preferred direction, so a turned map is a new map for free. This is *augmentation*:

# %% tags=["nbval-check-output"]
from course_lib.data.augment import augment

some = augment(test.x[:4], rng=0)
print("shapes:", test.x[:4].shape, "->", some.shape)
print("the same pixels in another order:", np.allclose(np.sort(some.ravel()), np.sort(test.x[:4].ravel())))

# %% [markdown]
# The curves below were measured with `python -m course_lib.experiments.data_hunger`, about twenty minutes: the network
# of this chapter for 1,000 steps and for ten epochs, the same with augmentation, and a support vector machine, on 10 to
# 1,000 pictures of each class.

# %%
widgets.DataHunger()

# %% [markdown]
# You should have seen: with few pictures CNN and support vector machine are close, and how long the CNN trains
# decides: trained for ten epochs it clearly loses on 20 wafer maps of each class, given more steps it wins.
# Augmentation is worth about as much as several times the pictures while they are few. With many pictures it helps little in so short
# a training. Measure all three before you collect more.

# %% [markdown]
# ## Real boards
#
# 7,861 crops of real circuit boards for training, 3,638 from other pictures for the test, seven classes
# (DeepPCB, Tang et al., 2019). Most defects were added by hand after real patterns, and the crops of class *ok* were
# chosen by a rule, so it is a little too easy. The numbers come from the full run of ten epochs,
# `python -m course_lib.experiments.full_run`, about 15 minutes; its history is part of the course.

# %% tags=["nbval-check-output"]
from course_lib.experiments import load_result

full = load_result("full_run")["data"]["boards"]
print(full["source"], full["pictures"])
for name, runs in full["runs"].items():
    values = np.array([run["test_accuracy"] for run in runs])
    print(f"{name:17} test accuracy {values.mean():.1%} (three starts: {values.min():.1%} to {values.max():.1%})")

# %% tags=["figure"]
figures.show(
    image_drawings.full_runs({name: runs[0]["history"]["val_accuracy"] for name, runs in full["runs"].items()}),
    "Validation accuracy over ten epochs on real circuit boards, for the network in NumPy, in Keras, and in Keras with "
    "augmentation. The first two rise quickly and then flatten; the third starts lower and ends highest.",
)

# %% [markdown]
# For comparison, measured earlier on the same split: a linear model 66 %, a decision tree 78 %, a support vector
# machine 89 %, this network 91.6 %, with augmentation 95.1 %, and with batch normalisation and dropout besides 96.4 %.
# Our network is where it should be. Our augmentation is not: after ten epochs its three starts overlap with the others,
# and the figure shows only the first start. Turned pictures are new pictures, so the training needs more epochs before
# they pay. The NumPy engine and Keras are equals: they differ by no more than two starts of the same engine.

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(6)

# %% [markdown]
# ## When this fails in the plant
#
# **The camera moved.** Everything is shifted by a few pixels. The convolutions follow, the dense layer behind
# `Flatten` does not:

# %%
for shift in (0, 1, 2, 4):
    moved = np.roll(test.x, shift, axis=2)
    print(f"shifted by {shift} pixels: {network.evaluate(moved, test.y)[1]:.1%}")

# %% [markdown]
# **The tester codes differently.** Someone exports 0, 1, 2 instead of 0, 0.5, 1. The network answers all the same:

# %%
for factor in (1.0, 2.0):
    values = network.predict(test.x * factor)
    right_share, sure = np.mean(values.argmax(axis=1) == test.y), values.max(axis=1).mean()
    print(f"values times {factor:.0f}: {right_share:.1%} right, mean share of the answer {sure:.2f}")

# %% tags=["nbval-check-output"]
moved, doubled = network.evaluate(np.roll(test.x, 4, axis=2), test.y)[1], network.evaluate(2 * test.x, test.y)[1]
print("both cost more than 5 points:", bool(accuracy["NumPy"] - max(moved, doubled) > 0.05))

# %% [markdown]
# Remedy: check range and position of every picture before the network sees it, and count how often each answer
# comes, day by day.
#
# **A class that nobody taught.** A new machine makes a new pattern. The network must choose one of its ten names.
# Remedy: let people look at maps with a low share, and at a random sample of the others.
#
# **Leakage by picture.** Are there test crops of the boards that are pixel by pixel equal to a training crop?

# %% tags=["nbval-check-output", "real-data"]
board_train, board_test = data.load("boards", source="available")
known = {hash(crop.tobytes()) for crop in board_train.x}
print("test crops that are in the training data:", sum(hash(crop.tobytes()) in known for crop in board_test.x))
print("board pictures on both sides:", len(set(board_train.groups) & set(board_test.groups)))

# %% [markdown]
# Nine equal crops among 3,638 do no harm. But if crops of the same board picture were on both sides, the accuracy
# would be a fairy tale. Split by board, by wafer, by day.

# %% [markdown]
# ## Summary
#
# - Conv, pool, conv, pool, flatten, dense, dense: 121,930 weights, most of them behind `Flatten`.
# - The same lines run on NumPy and on Keras, and the losses agree step by step.
# - Look at the confusion matrix and price it; choose the threshold on validation data.
# - Feature maps and occlusion show what and where, not why.
# - With few pictures, augmentation is worth most; compare with a support vector machine.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | convolutional neural network (CNN) | 卷积神经网络 | layers of kernels, then dense layers |
# | confusion matrix | 混淆矩阵 | true class against answer |
# | balanced accuracy | 平衡准确率 | mean of the shares right, class by class |
# | threshold | 阈值 | from which share on a part is reported |
# | false alarm | 误报 | a good part reported |
# | missed defect, escape | 漏检 | a defective part not reported |
# | augmentation | 数据增强 | new pictures by turning and mirroring |
# | occlusion | 遮挡 | covering a part to see whether it matters |
# | feature map | 特征图 | what one kernel answers at all places |
#
# **Next:** [Chapter 7, Memory](07_memory.ipynb): networks that read one measurement after the other.
