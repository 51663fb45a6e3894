"""Pooling: which pixels stand behind one output, where its gradient flows back to, and what a small shift changes."""

import inspect

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import HERE, CourseWidget, own_function, written
from course_lib.widgets.pictures import Table, checked_picture, like_the_library

SMALLEST, LARGEST = 4, 12  # pixels along one side
FORWARD = {"max": nn.max_pool2d_forward, "average": nn.average_pool2d_forward}
BACKWARD = {"max": nn.max_pool2d_backward, "average": nn.average_pool2d_backward}
DEFECT = [
    [1, 1, 0, 1, 1, 0, 1, 1],
    [1, 0, 1, 1, 0, 1, 1, 0],
    [0, 1, 1, 9, 1, 1, 0, 1],
    [1, 1, 0, 1, 1, 0, 1, 1],
    [1, 0, 1, 1, 0, 7, 1, 0],
    [0, 1, 1, 0, 1, 1, 2, 1],
    [1, 1, 0, 1, 1, 0, 1, 1],
    [1, 0, 1, 1, 0, 1, 1, 0],
]
FLAT = [[5, 5, 2, 2], [5, 5, 2, 2], [1, 3, 4, 4], [3, 1, 4, 0]]
ODD = [[1, 2, 3, 4, 5], [2, 4, 6, 8, 10], [3, 6, 9, 12, 15], [4, 8, 12, 16, 20], [5, 10, 15, 20, 25]]
TRACE = [[9 if c in (3, 4) else 1 for c in range(8)] for _r in range(8)]


def checked_numbers(image):
    """Return the numbers to pool, (H, W) with 4 to 12 rows and columns, as float64."""
    return checked_picture(image, SMALLEST, LARGEST)


class PoolingExplorer(CourseWidget):
    """Max or average pooling over a small picture: y[i, j] = max, or mean, over u, v of x[i s + u, j s + v].

    image: your own numbers (H, W), 4 x 4 to 12 x 12, whole or with decimals; the values stay as they are.
    strides: the step from window to window. In Keras it is the window's own size unless you say otherwise; here it is
    always said.
    use: your own pooling, `f(x, pool_size, strides, padding)`; the outputs are then computed by your code (in Python).
    A function whose first argument is `image` (or `picture`) gets x as (H, W), any other as (1, H, W, 1). One without
    `strides` puts its windows side by side, one without `padding` has none; `f(x, pool_size)` is enough. Choose with
    `pooling` whether it is compared with max or with average pooling.

    Raises TraitError if the numbers do not fit, TypeError if `use` is no function.
    """

    _javascript = "pooling_explorer.js"
    _css = CourseWidget._css + (HERE / "pooling_explorer.css").read_text(encoding="utf-8")
    picture_size = (8.4, 4.2)

    image = Table(DEFECT, checked_numbers, help="rows of numbers").tag(sync=True, share=True)
    pooling = T.Enum(list(FORWARD), "max").tag(sync=True, share=True)
    pool_size = T.Int(2, min=1, max=4, help="side of the window, 1 to 4 pixels").tag(sync=True, share=True)
    strides = T.Int(2, min=1, max=4, help="pixels from one window to the next, 1 to 4").tag(sync=True, share=True)
    padding = T.Enum(["valid", "same"], "valid", help="same: windows over the border too").tag(sync=True, share=True)
    gradient = T.Enum(["off", "one", "all"], "off", help="dL/dy is 1 at one output, or at all").tag(
        sync=True, share=True
    )
    shift = T.Int(0, min=0, max=2, help="pixels the picture moves to the right, 0 to 2").tag(sync=True, share=True)
    row = T.Int(1, min=0, max=LARGEST - 1, help="row of the chosen output").tag(sync=True, share=True)
    column = T.Int(1, min=0, max=LARGEST - 1, help="column of the chosen output").tag(sync=True, share=True)
    pixel_row = T.Int(2, min=0, max=LARGEST - 1, help="row of the input to edit").tag(sync=True, share=True)
    pixel_column = T.Int(3, min=0, max=LARGEST - 1, help="column of the input to edit").tag(sync=True, share=True)
    own_output = T.Bytes(help="float64 outputs by the learner's function, empty without one").tag(sync=True)
    own_differs = T.Int(0, help="how many of them differ from the library's").tag(sync=True)

    def __init__(self, use=None, **state):
        self._use, self._own = own_function(use), None
        super().__init__(presets=self._lessons(), **state)
        if self._use is not None:
            self.observe(self._run_own_code, names=["image", "pooling", "pool_size", "strides", "padding", "shift"])
            self._run_own_code()

    @property
    def x(self):
        """The picture that is pooled, (H, W): `image`, moved to the right by `shift`; its left column is repeated."""
        x = np.array(self.image)
        return np.pad(x, ((0, 0), (self.shift, 0)), mode="edge")[:, : x.shape[1]]

    def _forward(self, x):
        y, cache = FORWARD[self.pooling](x[None, :, :, None], self.pool_size, self.strides, self.padding)
        return y[0, :, :, 0], cache

    def output(self):
        """Return y (Ho, Wo): by your own function, or by `course_lib.nn` where there is none or where it fails."""
        return self._forward(self.x)[0] if self._own is None else self._own

    @property
    def place(self):
        """Row and column of the chosen output: `row` and `column`, brought into the outputs."""
        shape = self._forward(self.x)[0].shape
        return tuple(min(one, n - 1) for one, n in zip((self.row, self.column), shape, strict=True))

    def upstream(self):
        """Return dL/dy (Ho, Wo): 1 at every output with gradient="all", else 1 at the chosen one and 0 elsewhere."""
        dy = np.zeros(self._forward(self.x)[0].shape)
        dy[slice(None) if self.gradient == "all" else self.place] = 1
        return dy

    def input_gradient(self):
        """Return dL/dx (H, W), by `course_lib.nn`."""
        y, cache = self._forward(self.x)
        return BACKWARD[self.pooling](self.upstream()[None, :, :, None], cache)[0, :, :, 0]

    def responsible(self):
        """Return the (row, column) of the inputs behind the chosen output: the winner, or all real pixels in it."""
        one = np.zeros(self._forward(self.x)[0].shape)
        one[self.place] = 1
        cache = self._forward(self.x)[1]
        share = BACKWARD[self.pooling](one[None, :, :, None], cache)[0, :, :, 0]
        return [tuple(place) for place in np.argwhere(share).tolist()]

    def window(self):
        """Return rows and columns (slices) of the real pixels in the chosen window."""
        slices = []
        for at, n in zip(self.place, self.x.shape, strict=True):
            before, _after = nn.conv_padding(n, self.pool_size, self.strides, self.padding)
            begin = at * self.strides - before
            slices.append(slice(max(begin, 0), min(begin + self.pool_size, n)))
        return tuple(slices)

    @property
    def ties(self):
        """How often the largest value stands in the chosen window."""
        inside = self.x[self.window()]
        return int((inside == inside.max()).sum())

    @property
    def changed(self):
        """How many (pixels, outputs) the shift has changed."""
        still = np.array(self.image)
        return int((self.x != still).sum()), int((~np.isclose(self._forward(self.x)[0], self._forward(still)[0])).sum())

    def describe(self):
        y, (i, j), x = self.output(), self.place, self.x
        text = _(
            "{pooling} pooling, window {k} × {k}, strides {s}, padding {padding}: {H} × {W} numbers become "
            "{Ho} × {Wo}. The output at row {i}, column {j} is {value:.4g}."
        ).format(
            pooling=_("Max") if self.pooling == "max" else _("Average"), k=self.pool_size, s=self.strides,
            padding=self.padding, H=len(x), W=x.shape[1], Ho=len(y), Wo=y.shape[1], i=i, j=j, value=y[i, j],
        )  # fmt: skip
        if self.pooling == "max":
            text += " " + _("It comes from the pixel at row {r}, column {c}.").format(
                **dict(zip("rc", self.responsible()[0], strict=True))
            )
            if self.ties > 1:
                text += " " + _("The largest value stands {n} times in the window: the first one counts.").format(
                    n=self.ties
                )
        else:
            text += " " + _("It is the mean of {n} pixels.").format(n=len(self.responsible()))
        if self.gradient != "off":
            text += " " + _("The gradient reaches {n} of the {all} pixels.").format(
                n=int(np.count_nonzero(self.input_gradient())), all=x.size
            )
        if self.shift:
            pixels, outputs = self.changed
            text += " " + _("The shift by {shift} changed {p} of {P} pixels and {o} of {O} outputs.").format(
                shift=self.shift, p=pixels, P=x.size, o=outputs, O=y.size
            )
        return text

    def draw(self, figure):
        from matplotlib.patches import Rectangle

        left, right = figure.subplots(1, 2)
        x, y, (i, j), k = self.x, self.output(), self.place, self.pool_size
        behind = self.gradient != "off"
        below = self.input_gradient() if behind else None
        low, high = x.min(), max(x.max(), x.min() + 1)
        for ax, values, title in ((left, x, _("input")), (right, y, _("output"))):
            ax.imshow(values, cmap="Blues", vmin=low, vmax=high + 0.6 * (high - low))
            for (r, c), one in np.ndenumerate(values):
                text = f"{one:.3g}"
                if below is not None and ax is left and below[r, c]:
                    text += f"\n({below[r, c]:.2g})"
                ax.text(c, r, text, ha="center", va="center", fontsize=8)
            ax.set(xticks=[], yticks=[], title=title)
            ax.grid(False)
        rows, columns = self.window()
        left.add_patch(
            Rectangle((columns.start - 0.5, rows.start - 0.5), columns.stop - columns.start, rows.stop - rows.start,
                      fill=False, ec="#333", lw=2))  # fmt: skip
        for r, c in self.responsible():
            left.add_patch(Rectangle((c - 0.42, r - 0.42), 0.84, 0.84, fill=False, ec="#D55E00", lw=2))
        right.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, ec="#D55E00", lw=2.5))
        left.set_xlabel(
            _("window {k} × {k}; in brackets dL/dx").format(k=k) if behind else _("window {k} × {k}").format(k=k)
        )
        right.set_xlabel(_("strides {s}, padding {padding}").format(s=self.strides, padding=self.padding))

    def _run_own_code(self, change=None):
        library = self._forward(self.x)[0]

        def compute():
            y = own_pooling(self._use)(self.x, self.pool_size, self.strides, self.padding)
            return like_the_library(y, library)

        with self.hold_sync():
            self._own = y = self.run_own(compute)
            self.own_output = b"" if y is None else y.tobytes()
            self.own_differs = 0 if y is None else int((~np.isclose(y, library)).sum())

    def _lessons(self):
        plain = {"pooling": "max", "pool_size": 2, "strides": 2, "padding": "valid", "gradient": "off", "shift": 0}

        def lesson(image, why, **settings):
            return {"set": {"image": np.array(image, float).tolist(), **plain, **settings}, "why": why}

        return {
            _("the defect stays"): lesson(DEFECT, _(
                "A quarter of the numbers is left, and both defects, 9 and 7, are still there at full height."),
                row=1, column=1),
            _("the defect fades"): lesson(DEFECT, _(
                "The mean of the same windows: 9 becomes 2.75. Average pooling calms noise, and small defects too."),
                row=1, column=1, pooling="average"),
            _("a tie"): lesson(FLAT, _(
                "Four equal numbers in one window: the first of them, in reading order, takes the whole gradient."),
                row=0, column=0, gradient="one"),
            _("shared gradient"): lesson(FLAT, _(
                "Average pooling gives each of the four pixels the same share of the gradient: 1 / 4."),
                row=0, column=0, gradient="all", pooling="average"),
            _("overlapping windows"): lesson(DEFECT, _(
                "Windows of 3 with strides 2 overlap. The 9 wins two windows, and their gradients add up on it."),
                row=0, column=1, pool_size=3, gradient="all"),
            _("odd size"): lesson(ODD, _(
                "Five columns, windows of two: valid drops the last column, same gives it a window of its own. "
                "Change the padding and compare."), row=2, column=2, padding="same"),
            _("one pixel to the right"): lesson(TRACE, _(
                "The bright trace moved by one pixel: compare how many pixels changed, and how many outputs. "
                "Move it by two pixels, and the outputs move by one."), row=0, column=1, shift=1),
        }  # fmt: skip


def own_pooling(use):
    """Return f(x (H, W), pool_size, strides, padding) -> (Ho, Wo) that calls the learner's function in its own form."""
    names = list(inspect.signature(use).parameters)
    flat = names[:1] in (["image"], ["picture"])

    def pool(x, pool_size, strides, padding):
        if not {"strides", "stride"} & set(names) and strides != pool_size:
            raise ValueError(
                _("it has no argument strides, so its windows lie side by side: set strides to {k}").format(k=pool_size)
            )
        if "padding" not in names and padding != "valid":
            raise ValueError(_("it has no argument padding: set the padding to 'valid'"))
        known = {"pool_size": pool_size, "size": pool_size, "strides": strides, "stride": strides, "padding": padding}
        x = x.copy() if flat else x[None, :, :, None].copy()
        y = written(use(x, **{name: known[name] for name in names[1:] if name in known}))
        y = np.asarray(written(y[0] if isinstance(y, tuple) else y), float)
        return y[0, :, :, 0] if y.ndim == 4 and y.shape[0] == y.shape[3] == 1 else y

    return pool
