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
# # Chapter 5. Seeing with kernels
#
# **In 90 minutes you will** compute a convolution by hand, find the size of its output, count shared weights, code
# convolution and pooling with their gradients, and make a loop fast.
#
# **You need first:** chapter 1 (dense layer, shapes) and chapter 3 (gradients add up where a value is used in
# several places).
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The question of the plant
#
# A camera looks at circuit boards. A defect is a few pixels large, and it can be anywhere in the picture. A
# dense layer can learn to see it. But it has one weight for **each pixel**. What does that mean if the defect moves?

# %%
import numpy as np

from course_lib import data, exercises as ex, figures, image_drawings, nn, parity, widgets
from course_lib.source import show_source

# %% [markdown]
# **Guess first.** One unit of a dense layer has learned a vertical scratch in column 2 of a small picture. The
# scratch appears in column 4. How strongly does the unit answer?
#
# <details><summary>Answer</summary>
#
# Not at all. The weights of column 4 never saw a scratch; they are zero here. The unit knows *where*, not *what*.
#
# </details>

# %% tags=["nbval-check-output"]
weights = np.zeros((6, 6))
weights[:, 2] = 1  # this unit has learned: "a scratch in column 2"
for column in (2, 4):
    picture = np.zeros((6, 6))
    picture[:, column] = 1
    print(f"scratch in column {column}: the unit answers {np.sum(picture * weights):.0f}")

# %% [markdown]
# The remedy: use a **small** set of weights, a *kernel*, and move it over the whole picture. Then the same
# weights look at every place.

# %% [markdown]
# ## A window, a kernel, a sum
#
# Put the kernel on the picture. Multiply each weight with the pixel below it. Add up. That is one number of the
# output. Move the window by one pixel and do it again.

# %%
image = np.array([[1.0, 0.0, 2.0, 1.0],
                  [0.0, 1.0, 3.0, 1.0],
                  [2.0, 1.0, 0.0, 0.0],
                  [1.0, 0.0, 1.0, 2.0]])  # fmt: skip
kernel = np.array([[1.0, -1.0],
                   [2.0, 0.0]])  # fmt: skip

# %% [markdown]
# For paper, the window at row 0, column 1: $0 \cdot 1 + 2 \cdot (-1) + 1 \cdot 2 + 3 \cdot 0 = 0$. Take a pencil and find the
# number for row 1, column 2, before you look at the picture.

# %% tags=["figure"]
y = nn.conv2d_loops(image[None, :, :, None], kernel[:, :, None, None], np.zeros(1))[0, :, :, 0]
figures.show(
    image_drawings.window_sum(image, kernel, y, (0, 1)),
    "Three tables of numbers. Left the image, 4 by 4, with a frame around the window of rows 0 and 1, columns 1 and 2. "
    "In the middle the kernel, 1, -1, 2, 0. Right the output, 3 by 3: 1, 0, 7 in the first row, 3, 0, 2 in the second, "
    "3, 1, 2 in the third; the number 0 at row 0, column 1 is framed.",
)

# %% [markdown]
# As a formula, with a bias $b$ as in every layer. $i, j$ count the places of the window, $u, v$ the places in
# the window:

# %% [markdown]
# $$ y_{ij} = \sum_u \sum_v x_{i+u,\, j+v} \, W_{uv} + b $$

# %% [markdown]
# ### Exercise 1: one kernel on one image
#
# Write `cross_correlate(image, kernel)`: `image` has shape (H, W), `kernel` (kh, kw), without a bias. Two loops
# over the places are fine.


# %% tags=["exercise"]
def cross_correlate(image, kernel):
    ...  # your code


ex.cross_correlate.check(cross_correlate)

# %% [markdown]
# `ex.cross_correlate.hint()` helps, `ex.cross_correlate.solution()` shows a solution.

# %% [markdown]
# ## How large is the output?
#
# **Guess first.** A picture of 28 × 28 pixels, a kernel of 3 × 3. How large is the output?
#
# <details><summary>Answer</summary>
#
# 26 × 26. The window starts at 0 and must not leave the picture, so its last start is $28 - 3 = 25$: 26 places.
#
# </details>

# %% [markdown]
# Two settings change that:
#
# - **Stride** $s$: the window moves by $s$ pixels at a time. With 2, about half as many places in each direction.
# - **Padding** $p$: a border of zeros, $p$ pixels on both sides together. Then the window can also look at the edge.

# %% [markdown]
# $$ n_\text{out} = \left\lfloor \frac{n + p - k}{s} \right\rfloor + 1 $$

# %% [markdown]
# $\lfloor \dots \rfloor$ means: round down. A window that would leave the picture is not used, so the last pixels
# may never be seen.

# %% tags=["nbval-check-output"]
print("  n   k   s   padding   p   output")
cases = [(28, 3, 1, "valid"), (28, 3, 2, "valid"), (28, 3, 1, "same"), (28, 3, 2, "same"), (7, 2, 3, "valid")]
for n, k, s, padding in cases:
    p = sum(nn.conv_padding(n, k, s, padding))
    print(f"{n:3} {k:3} {s:3}   {padding:7} {p:3} {nn.conv_output_size(n, k, s, padding):6}")

# %% [markdown]
# Keras knows two paddings by name. `"valid"`: none. `"same"`: so much that with stride 1 the output is as large as
# the input, in general $\lceil n / s \rceil$ (round up). How much is that?

# %% [markdown]
# $$ p = \max\left( \left( \left\lceil \tfrac{n}{s} \right\rceil - 1 \right) s + k - n, \; 0 \right) $$

# %% [markdown]
# Half of it goes before the picture and half behind it. If $p$ is odd, the extra pixel goes to the **end**: that
# is TensorFlow's rule, and other libraries differ.
#
# ### Exercise 2: the size of the output
#
# Write `output_size(n, kernel_size, strides, padding)` for one axis. `padding` is `"valid"` or `"same"`.


# %% tags=["exercise"]
def output_size(n, kernel_size, strides, padding):
    ...  # your code


ex.output_size.check(output_size)

# %% [markdown]
# ### Move the window
#
# 1. Move the window with the mouse or with the arrow keys. Read the sum below the picture.
# 2. Choose the preset for vertical edges. Where is the output large, where is it negative?
# 3. Set the stride to 2. How large is the output now?
# 4. Switch the padding to "same". What happens at the border?
# 5. Change the kernel until only the scratch lights up.

# %%
widgets.KernelExplorer()

# %% [markdown]
# You should have seen: a kernel whose numbers add up to 0 gives 0 on every even area, bright or dark. It answers
# only where something **changes**. At the border, "same" makes a change of its own: picture against zeros. With
# `widgets.KernelExplorer(use=cross_correlate)` the widget runs on **your** exercise 1.

# %% [markdown]
# ## Kernels that find something
#
# Four kernels, chosen by hand, on real pictures of circuit boards (if the data are on your computer; else on
# simulated ones):

# %% tags=["real-data"]
boards, _ = data.load("boards", source="available")
kernels = {
    "vertical edge": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "horizontal edge": np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "spot": np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]) / 8,
    "blur": np.ones((3, 3)) / 9,
}
W = np.stack(list(kernels.values()), axis=-1)[:, :, None, :]  # (3, 3, 1, 4): four kernels, one channel
chosen = [int(np.flatnonzero(boards.y == boards.class_names.index(name))[3]) for name in ("open", "short", "spur")]
maps, _ = nn.conv2d_forward(boards.x[chosen], W, np.zeros(4))
print("pictures", boards.x[chosen].shape, "  kernels", W.shape, "  maps", maps.shape)

# %% tags=["figure", "real-data"]
figures.show(
    image_drawings.pictures(
        [[x[:, :, 0], *np.moveaxis(m, -1, 0)] for x, m in zip(boards.x[chosen], maps, strict=True)],
        ["board", *kernels],
        ["open", "short", "spur"],
        signed_from=1,
    ),
    "Three pictures of circuit boards, each with four maps. The first two kernels answer along vertical and along "
    "horizontal edges of the copper, orange on one side and blue on the other. The spot kernel answers at corners and "
    "thin tips. The blur kernel gives a soft copy of the picture.",
)

# %% [markdown]
# Nobody needs to choose kernels by hand any more. A network **learns** them, with the gradients of this chapter.
# Chapter 6, The defect classifier, shows which ones it finds.

# %% [markdown]
# ## Convolution or cross-correlation?
#
# In mathematics, a convolution turns the kernel by 180° first:

# %% [markdown]
# $$ (x * W)_{ij} = \sum_u \sum_v x_{i+u,\, j+v} \, W_{k_h-1-u,\; k_w-1-v} $$

# %% [markdown]
# Without the turn it is called *cross-correlation*. Deep learning uses the form without the turn, and calls it
# convolution all the same. For learned kernels it makes no difference: the network would simply learn the turned
# numbers. But if you take a kernel from a book on image processing, look which form it means.

# %% tags=["nbval-check-output"]
def convolve(image, kernel):
    return nn.conv2d_loops(image[None, :, :, None], kernel[:, :, None, None], np.zeros(1))[0, :, :, 0]


step = np.repeat([[0.0, 0, 0, 1, 1, 1]], 6, axis=0)  # dark on the left, bright on the right
edge = kernels["vertical edge"]
print("not turned, as in Keras:", convolve(step, edge)[0])
print("turned, as in the book: ", convolve(step, edge[::-1, ::-1])[0])

# %% [markdown]
# ## Channels and several kernels
#
# A colour picture has three numbers for each pixel, the maps of a layer have many: the *channels* $c$. A kernel
# looks at all channels at once and adds everything up. And one kernel is not enough: a layer has $F$ of them, and
# each makes one map. So for a batch:

# %% [markdown]
# $$ y_{nijf} = \sum_u \sum_v \sum_c x_{n,\; is+u,\; js+v,\; c} \, W_{uvcf} + b_f $$

# %% [markdown]
# | Array | Shape | One entry is |
# |---|---|---|
# | `x` | (N, H, W, C) | image, row, column, channel |
# | `W` | (kh, kw, C, F) | row and column in the window, channel, kernel |
# | `b` | (F,) | one bias for each kernel |
# | `y` | (N, Ho, Wo, F) | image, row, column, kernel |
#
# This is the formula in the library, in four loops:

# %%
show_source(nn.conv2d_loops)

# %% [markdown]
# ### Exercise 3: a whole layer
#
# Write `conv2d(x, W, b, strides)` without padding, for the shapes above; `strides` is one number for both
# directions.


# %% tags=["exercise"]
def conv2d(x, W, b, strides):
    ...  # your code


ex.conv2d.check(conv2d)

# %% [markdown]
# ## Shared weights, counted
#
# **Guess first.** A dense layer makes 32 maps of 26 × 26 from a picture of 28 × 28. A convolution with 32 kernels
# of 3 × 3 makes maps of the same size. How many weights do they have?

# %% [markdown]
# $$ \text{weights} = k_h \, k_w \, C \, F + F $$

# %% tags=["nbval-check-output"]
dense = 28 * 28 * (26 * 26 * 32) + 26 * 26 * 32
convolution = nn.Conv2D(32, 3, input_shape=(28, 28, 1))
convolution.build((28, 28, 1))
print(f"dense layer:   {dense:12,} weights")
print(f"convolution:   {convolution.count_params():12,} weights")
print(f"each of its weights is used {26 * 26} times in every picture")

# %% [markdown]
# Fewer weights need fewer pictures to learn. And because the same weights look everywhere, a defect that moves
# by two pixels gives the same answer, moved by two pixels. That is checked here:

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(0)
picture = np.zeros((1, 12, 12, 1))
picture[0, 3:6, 3:6, 0] = rng.normal(size=(3, 3))
moved = np.roll(picture, (2, 3), axis=(1, 2))
W, b = rng.normal(size=(3, 3, 1, 5)), rng.normal(size=5)
before, after = (nn.conv2d_forward(x, W, b)[0] for x in (picture, moved))
print("the answer has moved with the defect:", np.allclose(after[:, 2:, 3:], before[:, :-2, :-3]))

# %% [markdown]
# ### Exercise 4: count the weights
#
# Write `conv_parameters(kernel_size, channels, filters)`; `kernel_size` is a pair (height, width).


# %% tags=["exercise"]
def conv_parameters(kernel_size, channels, filters):
    ...  # your code


ex.conv_parameters.check(conv_parameters)

# %% [markdown]
# ## From loops to one matrix product
#
# Four loops in Python are slow. But look: every output is a sum of products, like in a dense layer. So lay every
# window in a **row**:

# %% tags=["figure"]
figures.show(
    image_drawings.patches_as_rows(image, 2),
    "Left the 4 by 4 image with its first and its last window of 2 by 2 framed. Right a table with nine rows: each row "
    "holds the four numbers of one window and a 1 for the bias. The first row, 1, 0, 0, 1, 1, and the last row, "
    "0, 0, 1, 2, 1, are framed in the colours of their windows.",
)

# %% [markdown]
# Then all windows times all kernels is **one** matrix product. The bias is the weight of an input that is always 1:

# %% [markdown]
# $$ Y = \text{patches}(x) \begin{bmatrix} W \\ b \end{bmatrix} $$

# %%
show_source(nn.conv2d_forward)

# %% [markdown]
# (`work` hands out memory. While a network trains, its layers keep their arrays and use them again.)
#
# **Guess first.** How much faster than the loops is it? And than a loop over the kernel only, with NumPy for the
# rest?


# %%
def conv2d_kernel_loop(x, W, b):
    kh, kw, _, F = W.shape
    height, width = x.shape[1] - kh + 1, x.shape[2] - kw + 1
    y = np.zeros((len(x), height, width, F), x.dtype)
    for u in range(kh):
        for v in range(kw):
            y += np.einsum("nijc,cf->nijf", x[:, u : u + height, v : v + width], W[u, v])
    return y + b


# %%
import time

from course_lib.nn.threads import one_thread

x, W, b = (rng.normal(size=s).astype("float32") for s in ((8, 13, 13, 32), (3, 3, 32, 64), (64,)))


@one_thread  # on one processor core: fair, also when the other ones are busy
def milliseconds(function, repeat):
    function()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return 1000 * min(seconds)


forms = {
    "four loops": (lambda: nn.conv2d_loops(x[:1], W, b), 1, 8),
    "loop over the kernel": (lambda: conv2d_kernel_loop(x, W, b), 5, 1),
    "one matrix product": (lambda: nn.conv2d_forward(x, W, b)[0], 20, 1),
}
times = {name: milliseconds(run, repeat) * factor for name, (run, repeat, factor) in forms.items()}
for name, duration in times.items():
    print(f"{name:22} {duration:9.2f} ms for 8 pictures, {duration / times['one matrix product']:6.0f} x")
print("at least 5 x:", times["loop over the kernel"] > 5 * times["one matrix product"])

# %% tags=["nbval-check-output"]
y = nn.conv2d_forward(x, W, b)[0]
print("loops and matrix product agree:", np.abs(nn.conv2d_loops(x[:1], W, b) - y[:1]).max() < 1e-4)
print("kernel loop and matrix product agree:", np.abs(conv2d_kernel_loop(x, W, b) - y).max() < 1e-4)

# %% [markdown]
# ## Pooling: look less closely
#
# The map says *where* a defect is, to the pixel. Often "about there" is enough. **Pooling** takes one number for
# each small window: the largest, or the mean. The windows lie side by side, so with 2 × 2 the map gets half as
# high and half as wide.

# %% [markdown]
# $$ y_{nijc} = \max_{u, v} \; x_{n,\; is+u,\; js+v,\; c} $$

# %% [markdown]
# $$ y_{nijc} = \frac{1}{k_h k_w} \sum_u \sum_v x_{n,\; is+u,\; js+v,\; c} $$

# %% [markdown]
# **Guess first.** The largest value of a window was 7. Then its *smallest* value changes a little. How does the
# output change, for both kinds of pooling? So who gets a gradient?
#
# <details><summary>Answer</summary>
#
# The maximum does not change at all; so only the largest pixel gets a gradient, the whole one. The mean changes by
# a quarter; so each of the four pixels gets a quarter of the gradient.
#
# </details>

# %%
small = np.array([[1.0, 3, 2, 0], [7, 4, 2, 2], [0, 1, 5, 5], [2, 1, 5, 5]])[None, :, :, None]
largest, largest_cache = nn.max_pool2d_forward(small)
mean, mean_cache = nn.average_pool2d_forward(small)
ones = np.ones_like(largest)
to_largest, to_mean = nn.max_pool2d_backward(ones, largest_cache), nn.average_pool2d_backward(ones, mean_cache)

# %% tags=["figure"]
tables = [a[0, :, :, 0] for a in (small, largest, mean, to_largest, to_mean)]
figures.show(
    image_drawings.pooled(*tables[:3], tables[3:]),
    "A 4 by 4 table pooled in two ways. Largest values: 7, 2, 2, 5; the gradient goes to one pixel of each window, "
    "and where all four pixels are 5 to the first of them. Means: 3.75, 1.5, 1, 5; the gradient goes to all pixels, "
    "0.25 each.",
)

# %% [markdown]
# In the last window all four pixels are 5. Somebody must get the gradient: TensorFlow and our library give it
# to the **first**, in reading order.
#
# ### Play with the window
#
# 1. Choose an output cell. Which input is responsible?
# 2. Switch to the mean. Who is responsible now?
# 3. Shift the picture by one pixel. How many outputs change, with the maximum and with the mean?
# 4. Let a gradient flow back.

# %%
widgets.PoolingExplorer()

# %% [markdown]
# You should have seen: with the maximum a single pixel decides; many outputs stay as they are when the picture
# moves by one pixel. That is why pooling helps against small shifts, and why the exact place is lost.
#
# ### Exercise 5: max pooling
#
# Write `max_pool(x, pool_size)`: `x` has shape (N, H, W, C), the windows of `pool_size` × `pool_size` lie side by
# side. What does not fill a window at the right and at the bottom is left out.


# %% tags=["exercise"]
def max_pool(x, pool_size):
    ...  # your code


ex.max_pool.check(max_pool)

# %% [markdown]
# ### Exercise 6: average pooling
#
# Write `average_pool(x, pool_size)` with the same shapes and the same windows: now the mean of each window.


# %% tags=["exercise"]
def average_pool(x, pool_size):
    ...  # your code


ex.average_pool.check(average_pool)

# %% [markdown]
# Are both green? Then the widget above runs on **your** code: `widgets.PoolingExplorer(use=max_pool)`, or
# `widgets.PoolingExplorer(use=average_pool, pooling="average")`.
#
# ### Exercise 7: back through max pooling
#
# Write `max_pool_backward(dy, x, pool_size)`. Of equal pixels, the first in reading order takes the whole gradient.


# %% tags=["exercise"]
def max_pool_backward(dy, x, pool_size):
    ...  # your code


ex.max_pool_backward.check(max_pool_backward)

# %% [markdown]
# ## The gradients of a convolution
#
# We need nothing new. Chapter 3 had two rules: a product gives each factor the *other* factor, and what is used in
# several places gets the **sum**. The weight $W_{uvcf}$ is used at every place of every picture, each time with another
# pixel:

# %% [markdown]
# $$ \frac{\partial L}{\partial W_{uvcf}} = \sum_n \sum_i \sum_j x_{n,\; is+u,\; js+v,\; c} \, \frac{\partial L}{\partial y_{nijf}} $$

# %% [markdown]
# The bias is added at every place of every picture:

# %% [markdown]
# $$ \frac{\partial L}{\partial b_f} = \sum_n \sum_i \sum_j \frac{\partial L}{\partial y_{nijf}} $$

# %% [markdown]
# And a pixel is in several windows; from each it gets the weight that lay on it:

# %% [markdown]
# $$ \frac{\partial L}{\partial x_{npqc}} = \sum_{is+u=p} \; \sum_{js+v=q} \; \sum_f W_{uvcf} \, \frac{\partial L}{\partial y_{nijf}} $$

# %% [markdown]
# **Guess first.** A picture of 28 × 28, a kernel of 3 × 3, stride 1. In how many windows is the corner pixel? And one
# in the middle?
#
# <details><summary>Answer</summary>
#
# The corner in one, the middle in nine. So with `"valid"` the border counts less. If defects lie at the border, use
# `"same"`.
#
# </details>

# %% tags=["nbval-check-output"]
x, W, b = rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(3, 2, 3, 4)), rng.normal(size=4)
y, cache = nn.conv2d_forward(x, W, b, strides=2)
dy = rng.normal(size=y.shape)
dx, dW, db = nn.conv2d_backward(dy, cache)
by_hand = 0.0
for n, i, j in np.ndindex(y.shape[:3]):
    by_hand += x[n, 2 * i + 1, 2 * j + 0, 2] * dy[n, i, j, 3]
print("shapes:", dx.shape, dW.shape, db.shape)
print("dW[1, 0, 2, 3] by the sum agrees:", bool(abs(by_hand - dW[1, 0, 2, 3]) < 1e-12))
inputs = {"x": x, "W": W, "b": b}
check = nn.check_gradients(lambda x, W, b: nn.conv2d_forward(x, W, b, strides=2), nn.conv2d_backward, inputs)
print("finite differences agree within 1e-7:", check.passed)

# %% [markdown]
# ### Exercise 8: convolution backward
#
# Write `conv2d_backward(dy, x, W)` for stride 1 without padding. Return `dW` and `db`.


# %% tags=["exercise"]
def conv2d_backward(dy, x, W):
    ...  # your code


ex.conv2d_backward.check(conv2d_backward)

# %% [markdown]
# ## The same in TensorFlow
#
# Our functions and Keras's, with the same numbers, in 64 bits: outputs and all gradients, for both paddings and
# for pooling. Loading TensorFlow takes 5 to 20 seconds.

# %%
from keras import ops

comparison = parity.compare_functions(
    lambda x, W, b: nn.conv2d_forward(x, W, b, strides=2, padding="same"),
    nn.conv2d_backward,
    lambda x, W, b: ops.conv(x, W, strides=2, padding="same") + b,
    inputs,
)
comparison

# %% tags=["nbval-check-output"]
def agree(forward, backward, theirs, padding):
    return parity.compare_functions(
        lambda x: forward(x, 2, 2, padding), backward, lambda x: theirs(x, 2, 2, padding), {"x": x}
    ).passed


print("convolution:", comparison.passed)
for padding in ("valid", "same"):
    largest = agree(nn.max_pool2d_forward, nn.max_pool2d_backward, ops.max_pool, padding)
    mean = agree(nn.average_pool2d_forward, nn.average_pool2d_backward, ops.average_pool, padding)
    print(f"pooling, {padding}: largest value {largest}, mean {mean}")

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(5)

# %% [markdown]
# ## When this fails in the plant
#
# **The board comes turned.** A kernel for vertical scratches is blind to horizontal ones:

# %% tags=["nbval-check-output"]
scratch = np.zeros((12, 12))
scratch[:, 6] = 1
for name, picture in (("as learned", scratch), ("turned by 90 degrees", scratch.T)):
    print(f"{name:22} largest answer {np.abs(convolve(picture, edge)[2:-2, 2:-2]).max():.0f}")

# %% [markdown]
# Remedy: several kernels, and turned pictures in the training data (chapter 6).
#
# **The lamp gets old.** Everything is 0.2 darker. A kernel whose numbers add up to 0 does not notice, another does:

# %% tags=["nbval-check-output"]
texture = rng.uniform(0.4, 0.8, size=(12, 12))
for name in ("vertical edge", "blur"):
    change = convolve(texture - 0.2, kernels[name]) - convolve(texture, kernels[name])
    print(f"{name:15} the numbers add up to {kernels[name].sum():.0f}, the answers change by {abs(change).max():.2f}")

# %% [markdown]
# Remedy: scale each picture by its own brightness, and watch the mean brightness over the weeks.
#
# **An edge where there is none.** With `"same"`, the border of zeros next to a bright picture looks like an edge:

# %% tags=["nbval-check-output"]
even = np.ones((1, 12, 12, 1))
for padding in ("valid", "same"):
    answer = nn.conv2d_forward(even, edge[:, :, None, None], np.zeros(1), 1, padding)[0]
    print(f"{padding}: largest answer on an even picture {np.abs(answer).max():.0f}")

# %% [markdown]
# Remedy: photograph a margin around the part, and look at the border of the maps.

# %% [markdown]
# ## Summary
#
# - A kernel is a small set of weights that looks at every place: $y$ is a sum of products at each place.
# - Size of the output: $\lfloor (n + p - k) / s \rfloor + 1$. `"same"` puts an odd pixel at the end.
# - Deep learning does not turn the kernel.
# - Shapes: `x (N, H, W, C)`, `W (kh, kw, C, F)`, `y (N, Ho, Wo, F)`; $k_h k_w C F + F$ weights.
# - Windows as rows make it one matrix product, many times faster.
# - Gradients: sums over all places. The maximum gives all to the first of the largest, the mean gives all the same.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | convolution | 卷积 | moving a window, sums of products |
# | kernel, filter | 卷积核，滤波器 | the weights of the window |
# | cross-correlation | 互相关 | the same without turning the kernel |
# | stride | 步幅 | how far the window moves |
# | padding | 填充 | a border around the picture |
# | channel | 通道 | one of several numbers for each pixel |
# | feature map | 特征图 | what one kernel answers at all places |
# | weight sharing | 权重共享 | the same weights at every place |
# | pooling | 池化 | one number for each small window |
#
# **Next:** [Chapter 6, The defect classifier](06_the_defect_classifier.ipynb): kernels that learn, in a network
# that sorts pictures into ten classes.
