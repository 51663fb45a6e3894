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
# # Chapter 0. Start here
#
# **In 20 minutes you will** see what deep learning does in a plant, find your way on the map of the course, move a first
# widget, solve a first exercise, and check your machine.
#
# **You need first:** some Python: variables, functions, lists. Nothing else. No GPU, no account, and after the set-up no
# network.

# %% [markdown]
# ## The question of the plant
#
# Three questions from one ordinary week:
#
# - The camera above the line takes 40 pictures a second. **Which board has a defect?**
# - A spindle has run for 3,000 hours, and its sensors are written down every second. **How long will it last?**
# - A supplier promised delivery in 20 days. The last orders took between 9 and 61. **When should we order?**
#
# People with experience answer such questions well, but nobody can look at 40 pictures a second. It is also hard to write
# the experience down as rules. *Deep learning* takes another way: it **learns the rule from examples**.

# %% [markdown]
# The next grey box is a *cell* with Python in it. Click into it and press **Shift+Enter** to run it. Run the cells of a
# chapter from the top: later ones need the earlier ones. The results that you see below cells before you run them are
# ours; what you run replaces them.

# %%
from course_lib import drawings, exercises as ex, figures, self_check, widgets

# %% [markdown]
# **Guess first.** You want to find scratches on metal. You have 200 pictures with a scratch and 200 without. A colleague
# wants to write rules by hand: "a scratch is a thin bright line". What will break the rules first?
#
# <details><summary>Answer</summary>
#
# Usually the light. A new lamp, a dirty lens or a darker batch of metal changes what "bright" means, and every threshold in
# the rules must be set anew. A learned model can break in the same way. But it can be trained again with new pictures,
# and you can measure how good it still is.
#
# </details>

# %% [markdown]
# ## Three places where it is used
#
# | Field | The question | What goes in | What comes out | In this course |
# |---|---|---|---|---|
# | **Smart manufacturing** | Is this part good? What will the mill need in one hour? | pictures, process values | a class, a number | chapters 5, 6, 10 |
# | **Predictive maintenance** | Will this machine fail, and when? | sensor series, work orders | a probability, remaining life | chapters 4, 8, 9 |
# | **Smart logistics** | How much, and when? | orders, deliveries, demand | a forecast, an order quantity | chapter 10 |
#
# In all three the work is the same: numbers go in, one number or a few come out, and somebody decides something with it.
# The decision is where money is earned or lost. So we always ask for the **price of a mistake** too.

# %% [markdown]
# ## The one idea behind all of it
#
# A network is a formula with many adjustable numbers, the *weights*. Learning means: show an example, compare the
# output with the truth, and change every weight a little so that the error gets smaller. Then repeat.

# %% tags=["figure"]
figures.show(
    drawings.learning_loop(),
    "The learning loop: data go forward through the network to a prediction; the loss compares it "
    "with the truth; backpropagation finds how each weight changes the loss; the optimizer moves "
    "the weights; and it starts again.",
)

# %% [markdown]
# Four words, four chapters: **forward propagation** (chapter 1), **loss** (2), **backpropagation** (3), **optimizer** (4).
# Everything later is a different wiring of the same parts.
#
# This is the smallest training of all: **one** weight. In 3 minutes a belt moved 6 m. The network is the formula
# *distance = weight × minutes*, and the weight begins at 0. Watch it find the speed of the belt:

# %% tags=["nbval-check-output"]
weight = 0.0
for step in range(1, 6):
    prediction = weight * 3.0
    error = prediction - 6.0
    slope = error * 3.0
    weight = weight - 0.08 * slope
    print(f"step {step}: predicted {prediction:.2f} m, error {error:+.2f} m, new weight {weight:.3f} m/min")

# %% [markdown]
# Each step is a little better than the one before, and the weight comes close to 2 m/min. Nobody told it the rule.

# %% [markdown]
# ## The map of the course
#
# Click on a box, or press Tab until it has a frame and then Enter. You will see what it means, an example from a plant,
# and the chapter that teaches it.

# %%
widgets.CourseMap()

# %% [markdown]
# You should have seen: the *convolutional network* (CNN) and the *recurrent network* (RNN) are not other methods beside
# the neural network. They **are** neural networks, wired for pictures and for sequences. *Natural language processing*
# (NLP) is a use: a sentence is a sequence too.

# %% [markdown]
# ## Deep learning or machine learning?
#
# **Guess first.** You have a table: 10,000 rows, six sensors, one column "failed yes/no". Which is better, a deep network
# or a set of decision trees?
#
# <details><summary>Answer</summary>
#
# It depends on the columns. You will measure it yourself in chapter 4, on exactly such a table: on the six raw columns the
# network and the trees are level. When an engineer adds three good columns, the trees win clearly, and they are simpler. On
# pictures it is the other way round, if there are enough of them (chapter 6).
#
# </details>

# %% tags=["figure"]
figures.show(
    drawings.nested(),
    "Three nested areas: artificial intelligence contains machine learning, which learns rules "
    "from examples; machine learning contains deep learning, which learns with many layers and "
    "finds its own features.",
)

# %% [markdown]
# | | Classical machine learning (trees, SVM) | Deep learning |
# |---|---|---|
# | Features | an engineer invents them (mean, peak, power = torque × speed) | the network finds them |
# | Good at | tables, few examples, quick answers | many pictures, sound, long texts |
# | Data needed | hundreds of rows can be enough | usually thousands and more |
# | Computing | seconds on a laptop | minutes to days, often on a GPU |
# | Explaining | a small tree can be read | hard; we look at it from outside |
# | Fails by | features that miss the point | too little data, learning the wrong cue |
#
# This course shows both sides. Where a tree wins, it says so and computes the number in front of you.

# %% [markdown]
# ## How a widget works
#
# A *widget* is a picture that you can move. Every widget of the course works with the mouse and with the keyboard: Tab goes
# to the next control, the arrow keys change it. Below the picture, a sentence says what it shows.
#
# This is one artificial neuron that looks at two sensors of a bearing. Move *bias b*. The line moves with it.

# %%
bench = widgets.NeuronBench(hide=["w1", "w2", "activation", "presets", "goal"])
bench

# %% [markdown]
# Python and the picture share the same state. Run the next cell, look at the picture again, and change the number:

# %% tags=["nbval-check-output"]
bench.b = -1.0
print(f"{bench.accuracy:.1%} of the bearings are on the correct side of the line")

# %% [markdown]
# A widget needs a running notebook. If you see only a still picture, choose **Run → Run All Cells** in the menu. *Share*
# gives you the state as one line of Python: whoever pastes it into a cell sees the same picture.

# %% [markdown]
# ## How an exercise works
#
# You write a function. The `check` in the last line runs it on many inputs and tells you at once whether it is right. If
# not, it tells you what is wrong.
#
# ### Exercise 1: power from torque and speed
#
# A motor turns with the torque $M$ in Nm at the speed $n$ in revolutions per minute (rpm). Its mechanical power in
# **kilowatts** is

# %% [markdown]
# $$ P = \frac{2 \pi \, n}{60} \cdot M \cdot \frac{1}{1000} $$

# %% [markdown]
# Write `units_check(torque_nm, speed_rpm)` that returns $P$ in kW. Replace the three dots. First try it **wrong** on
# purpose, for example without the 60: the message names the mistake.


# %% tags=["exercise"]
def units_check(torque_nm, speed_rpm):
    ...  # your code


ex.units_check.check(units_check)

# %% [markdown]
# "Not attempted yet" is fine: **Run All** never stops at an exercise, and later cells do not need your solution.
#
# - `ex.units_check`, in a cell of its own, shows the whole task: every detail, and an example on paper.
# - `ex.units_check.hint()` gives a hint, and one more each time you call it.
# - `ex.units_check.solution()` shows a solution.
# - `ex.progress()` shows what you have solved. It is one file on your own computer. Nothing is sent anywhere.
#   `ex.export_progress("my name")` writes a copy that you can hand to your instructor.

# %% [markdown]
# ## How a quiz works
#
# Choose an answer: you get the reason at once, for a right answer too.

# %%
widgets.Quiz(0)

# %% [markdown]
# ## Is my machine ready?
#
# The next cell looks at your machine: what is installed, how much memory is free, and whether there is a GPU. It takes
# 5 to 20 seconds. You do **not** need a GPU: every chapter runs on an ordinary laptop in less than three minutes.
#
# If something does not work, paste the whole text into your question. It holds no names and no folders of yours.

# %%
print(self_check.report())

# %% [markdown]
# ## When this fails in the plant
#
# Most projects do not fail in the network. They fail before it or after it:
#
# - **Nobody decides anything with the prediction.** A probability of failure on a dashboard saves no money. Write down
#   first who does what, and when.
# - **The truth arrives late or never.** If the tool is always changed in time, you never see how long it would have lasted.
# - **The data of the test are hidden in the training.** Two pictures of the same board, one in each part, make any model
#   look excellent. We split by machine, by board or by time, and a test checks it.
# - **The plant changes.** A new supplier, a new lamp, a new recipe. Measure every week, not once.

# %% [markdown]
# ## Summary
#
# - Deep learning learns a rule from examples: forward, loss, backward, step, and again.
# - CNN, RNN and NLP are wirings and uses of the same parts.
# - On tables with good columns, start with a tree. On thousands of pictures a network is better. On sensors and short
#   texts you will measure how close it is.
# - You can move every widget, check every exercise, and everything stays on your computer.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | machine learning | 机器学习 | a rule learned from examples |
# | deep learning | 深度学习 | machine learning with networks of many layers |
# | neural network | 神经网络 | a formula of neurons in layers |
# | weight | 权重 | an adjustable number of the network |
# | loss | 损失 | one number for how wrong the prediction is |
# | convolutional network (CNN) | 卷积神经网络 | a network for pictures |
# | recurrent network (RNN) | 循环神经网络 | a network for sequences |
# | natural language processing (NLP) | 自然语言处理 | computing with text |
# | predictive maintenance | 预测性维护 | repairing before the failure, not after it |
#
# **Next:** [Chapter 1, Forward propagation](01_forward_propagation.ipynb): how a neuron looks at two sensors.
