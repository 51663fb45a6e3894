"""A kernel that moves over a picture: the products and their sum in one window, and the map of all sums."""

import inspect

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import HERE, Between, CourseWidget, own_function, written
from course_lib.widgets.pictures import Table, checked_picture, known_pictures, like_the_library, scratch_places

SCENES = ["scratch", "edge", "board", "wafer", "own"]
SMALLEST, LARGEST = 6, 64  # pixels along one side of the learner's picture
SIZES = (1, 3, 5)
LARGEST_WEIGHT = 100
START = [[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]]
CLEAR = 1e-9  # by how much the scratch must stand out, beyond rounding


def checked_kernel(kernel):
    """Return `kernel` as float64, or raise ValueError if it is not 1 x 1, 3 x 3 or 5 x 5 finite numbers."""
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or len(kernel) not in SIZES:
        given = " x ".join(str(n) for n in kernel.shape) or _("one number")
        raise ValueError(
            _(
                "the kernel is {given}, but 1 x 1, 3 x 3 or 5 x 5 numbers are needed, for example np.ones((3, 3))."
            ).format(given=given)
        )
    if kernel.dtype.kind not in "buif" or not np.isfinite(kernel.astype(float)).all():
        raise ValueError(_("the kernel holds something that is no finite number."))
    if np.abs(kernel).max() > LARGEST_WEIGHT:
        raise ValueError(_("the numbers of the kernel go from -{n} to {n}.").format(n=LARGEST_WEIGHT))
    return kernel.astype(float)


class KernelExplorer(CourseWidget):
    """One kernel over one picture: y[i, j] = sum over u, v of x[i s + u, j s + v] W[u, v] + b, written out.

    image: your own grey picture (H, W), 6 x 6 to 64 x 64 pixels, uint8 0-255 or float; the values stay as they are.
    kernel: 1 x 1, 3 x 3 or 5 x 5 numbers.
    use: your own convolution; the map is then computed by your code (in Python). A function with an argument `b` (or
    `bias`) gets x (1, H, W, 1), W (k, k, 1, 1), b (1,); one whose first argument is `window` (or `patch`) gets one
    window and the kernel, for each place; any other gets the picture (H, W) and the kernel (k, k). `strides` (or
    `stride`) and `padding` are handed on to a function that has such arguments; for the others the widget puts the
    zeros around the picture, leaves out the places between, and adds the bias. relu comes after your function.

    Raises ValueError if the picture does not fit, TypeError if `use` is no function.
    """

    _javascript = "kernel_explorer.js"
    _css = CourseWidget._css + (HERE / "kernel_explorer.css").read_text(encoding="utf-8")
    picture_size = (9.6, 3.6)

    scene = T.Enum(SCENES, "scratch", help="what is looked at; own: the learner's").tag(sync=True, share=True)
    kernel = Table(START, checked_kernel, help="rows of the kernel").tag(sync=True, share=True)
    bias = Between(0.0, min=-5, max=5, help="bias b, -5 to 5").tag(sync=True, share=True)
    strides = T.Int(1, min=1, max=3, help="pixels from one window to the next, 1 to 3").tag(sync=True, share=True)
    padding = T.Enum(["valid", "same"], "valid", help="same: zeros around the picture").tag(sync=True, share=True)
    relu = T.Bool(False, help="negative results become 0").tag(sync=True, share=True)
    flip = T.Bool(False, help="turn the kernel by 180 degrees first: true convolution").tag(sync=True, share=True)
    row = T.Int(6, min=0, max=LARGEST - 1, help="row of the window in the map").tag(sync=True, share=True)
    column = T.Int(1, min=0, max=LARGEST - 1, help="column of the window in the map").tag(sync=True, share=True)
    pixels = T.Bytes(help="float64: all pictures, one after the other").tag(sync=True)
    sizes = T.Dict(help="picture -> [where it begins in pixels, height, width]").tag(sync=True)
    places = T.Bytes(help="scratch: 1 on it, 2 beside it, 0 elsewhere").tag(sync=True)
    own_map = T.Bytes(help="float64 map by the learner's function, empty without one").tag(sync=True)
    own_differs = T.Int(0, help="how many of its numbers differ from the library's").tag(sync=True)

    def __init__(self, image=None, use=None, **state):
        self._pictures = dict(known_pictures())
        if image is not None:
            self._pictures["own"] = checked_picture(image, SMALLEST, LARGEST)
            state.setdefault("scene", "own")
        elif state.get("scene") == "own":
            raise ValueError(_("scene is 'own', but no image was given. Use KernelExplorer(image=...)."))
        self._use, self._own = own_function(use), None
        begins, begin = {}, 0
        for name, one in self._pictures.items():
            begins[name], begin = [begin, *one.shape], begin + one.size
        super().__init__(
            pixels=b"".join(one.tobytes() for one in self._pictures.values()),
            sizes=begins,
            places=scratch_places().tobytes(),
            presets=self._lessons(),
            **state,
        )
        if self._use is not None:
            self.observe(self._run_own_code, names=["scene", "kernel", "bias", "strides", "padding", "relu", "flip"])
            self._run_own_code()

    @T.validate("scene")
    def _there_is_one(self, proposal):
        if proposal["value"] not in self._pictures:
            raise T.TraitError(_("There is no picture of your own. Use KernelExplorer(image=...)."))
        return proposal["value"]

    @property
    def image(self):
        """The picture that is looked at, (H, W)."""
        return self._pictures[self.scene]

    @property
    def used_kernel(self):
        """The kernel as it lies on the picture: turned by 180 degrees for a true convolution."""
        kernel = np.array(self.kernel)
        return kernel[::-1, ::-1] if self.flip else kernel

    @property
    def size(self):
        """Height and width of the map."""
        return tuple(
            nn.conv_output_size(n, len(self.kernel), self.strides, self.padding) for n in self.image.shape
        )  # fmt: skip

    @property
    def place(self):
        """Row and column of the window in the map: `row` and `column`, brought into it."""
        return tuple(min(one, n - 1) for one, n in zip((self.row, self.column), self.size, strict=True))

    def window(self):
        """Return the k x k pixels under the kernel, padding zeros included."""
        k, s = len(self.kernel), self.strides
        i, j = (one * s for one in self.place)
        return self._padded()[i : i + k, j : j + k]

    def products(self):
        """Return pixel x weight in the window, (k, k)."""
        return self.window() * self.used_kernel

    def map(self):
        """Return the map, (Ho, Wo): by your own function, or by `course_lib.nn` where there is none or it fails."""
        return self._after(self._library() if self._own is None else self._own)

    @property
    def scratch_found(self):
        """Whether one threshold tells the scratch: all numbers on it are larger than all numbers away from it."""
        if self.scene != "scratch":
            return False
        k, s, places = len(self.kernel), self.strides, scratch_places()
        (top, _bottom), (left, _right) = self._borders()
        rows, columns = (np.arange(n) * s - before + k // 2 for n, before in zip(self.size, (top, left), strict=True))
        here, y = places[np.ix_(rows, columns)], self._after(self._library())
        seen = (here == 1).sum() == (places == 1).sum()  # with larger strides most of it is never looked at
        return bool(seen and y[here == 1].min() > y[here == 0].max() + CLEAR)

    @property
    def goal_reached(self):
        """The kernel finds the scratch: see `scratch_found`."""
        return self.scratch_found

    def describe(self):
        y, (i, j), k = self.map(), self.place, len(self.kernel)
        total = self.products().sum()
        text = _(
            "A {k} × {k} kernel over the picture '{scene}' of {H} × {W} pixels, strides {s}, padding {padding}: "
            "a map of {Ho} × {Wo} numbers from {low:.2f} to {high:.2f}. At row {i}, column {j} the {n} products add up "
            "to {total:.2f}; the map holds {value:.2f} there."
        ).format(
            k=k, scene=self.scene, H=self.image.shape[0], W=self.image.shape[1], s=self.strides,
            padding=self.padding, Ho=len(y), Wo=y.shape[1], low=y.min(), high=y.max(), i=i, j=j, n=k * k, total=total,
            value=y[i, j],
        )  # fmt: skip
        return text + (" " + _("One threshold finds the scratch.") if self.scratch_found else "")

    def draw(self, figure):
        from matplotlib.patches import Rectangle

        left, middle, right = figure.subplots(1, 3)
        k, s, (i, j), y = len(self.kernel), self.strides, self.place, self.map()
        left.imshow(self._padded(), cmap="gray", vmin=min(self.image.min(), 0), vmax=max(self.image.max(), 1e-9))
        left.add_patch(Rectangle((j * s - 0.5, i * s - 0.5), k, k, fill=False, ec="#D55E00", lw=2.5))
        left.set_title(_("picture and window"))
        products, weights, window = self.products(), self.used_kernel, self.window()
        most = max(np.abs(products).max(), 1e-9)
        middle.imshow(products, cmap=_signed(), vmin=-most, vmax=most)
        for (u, v), one in np.ndenumerate(products):
            text = f"{window[u, v]:.4g}\n× {weights[u, v]:.3g}\n= {one:.3g}" if k < 5 else f"{one:.2g}"
            middle.text(v, u, text, ha="center", va="center", fontsize=9 if k < 5 else 8)
        middle.set_title(_("pixel × weight; sum = {total:.2f}").format(total=products.sum()))
        most = max(np.abs(y).max(), 1e-9)
        shown = right.imshow(y, cmap=_signed(), vmin=-most, vmax=most)
        right.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, ec="k", lw=2))
        right.set_title(_("map {Ho} × {Wo}").format(Ho=len(y), Wo=y.shape[1]))
        figure.colorbar(shown, ax=right, shrink=0.8)
        for ax in (left, middle, right):
            ax.set(xticks=[], yticks=[])
            ax.grid(False)

    def _borders(self):
        return [nn.conv_padding(n, len(self.kernel), self.strides, self.padding) for n in self.image.shape]

    def _padded(self):
        return np.pad(self.image, self._borders())

    def _library(self):
        x, W = self.image[None, :, :, None], self.used_kernel[:, :, None, None]
        return nn.conv2d_forward(x, W, np.array([self.bias]), self.strides, self.padding)[0][0, :, :, 0]

    def _after(self, y):
        return nn.relu(y) if self.relu else y

    def _run_own_code(self, change=None):
        library = self._library()

        def compute():
            y = own_convolution(self._use)(self.image, self.used_kernel, self.bias, self.strides, self.padding)
            return like_the_library(y, library)

        with self.hold_sync():
            self._own = y = self.run_own(compute)
            self.own_map = b"" if y is None else self._after(y).tobytes()
            close = True if y is None else np.abs(y - library) <= 1e-6 * max(1.0, np.abs(library).max())
            self.own_differs = int(np.sum(~np.asarray(close)))

    def _lessons(self):
        def kernel(rows, why):
            return {"set": {"kernel": np.array(rows, float).tolist(), "bias": 0.0, "relu": False}, "why": why}

        return {
            _("identity"): kernel([[0, 0, 0], [0, 1, 0], [0, 0, 0]], _(
                "Only the middle pixel counts: the map is the picture again, without its border if padding is valid.")),
            _("blur"): kernel(np.full((3, 3), 1 / 9), _(
                "The mean of nine pixels: noise and dust become weaker, and so does every sharp edge.")),
            _("vertical edge"): kernel(START, _(
                "Right column minus left column: 0 where the grey is even, large where it grows from left to right.")),
            _("horizontal edge"): kernel([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], _(
                "Bottom row minus top row: the same numbers turned by a quarter, and now horizontal edges answer.")),
            _("sharpen"): kernel([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], _(
                "The pixel five times, minus its four neighbours: even areas stay as they are, differences grow.")),
            _("falling scratch"): kernel([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]], _(
                "It answers to bright lines that fall to the right. The scratch in our picture rises to the right: "
                "which four numbers must change?")),
            _("Laplace"): kernel([[0, 1, 0], [1, -4, 1], [0, 1, 0]], _(
                "The four neighbours minus four times the pixel: 0 on even ground and on even slopes, not at edges.")),
        }  # fmt: skip


def own_convolution(use):
    """Return f(image, kernel, bias, strides, padding) -> (Ho, Wo) that calls the learner's function in its own form."""
    names = list(inspect.signature(use).parameters)
    with_bias = {"b", "bias"} & set(names)
    strides_name = next((n for n in ("strides", "stride") if n in names), None)

    def convolve(image, kernel, bias, strides, padding):
        k, more = len(kernel), {}
        if "padding" in names:
            more["padding"] = padding
        else:
            image = np.pad(image, [nn.conv_padding(n, k, strides, padding) for n in image.shape])
        if strides_name:
            more[strides_name] = strides
        image, kernel = image.copy(), kernel.copy()  # theirs to change
        if names[:1] in (["window"], ["patch"]):
            places = np.lib.stride_tricks.sliding_window_view(image, (k, k))
            y = np.array([[float(written(use(one.copy(), kernel))) for one in line] for line in places])
        elif with_bias:
            y = written(use(image[None, :, :, None], kernel[:, :, None, None], np.array([bias]), **more))
        else:
            y = written(use(image, kernel, **more))
        y = np.asarray(written(y[0] if isinstance(y, tuple) else y), float)
        if y.ndim == 4 and y.shape[0] == y.shape[3] == 1:
            y = y[0, :, :, 0]
        if not strides_name and y.ndim == 2:
            y = y[::strides, ::strides]
        return y if with_bias else y + bias

    return convolve


def _signed():
    """Colours for numbers below, at and above 0."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signed", ["#4d9cc9", "#f6f6f6", "#e39057"])
