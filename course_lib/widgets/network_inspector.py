"""Inside a trained network: every layer's maps for one picture, the sum behind each number, and where it looks."""

import functools

import numpy as np
import traitlets as T

from course_lib import nn
from course_lib.language import _
from course_lib.widgets.base import HERE, CourseWidget
from course_lib.widgets.network_maps import (
    MOST_PLACES,
    all_maps,
    cell_field,
    layer_table,
    occlusion,
    own_copy,
    pack,
    probabilities,
    sum_behind,
    unpack,
)

MOST_IMAGES = 24  # in the strip
TILES = 16  # maps in the still picture
GOAL = 0.9  # probability that the learner's drawing must reach
LINE = [(r, 20 - r // 2) for r in range(6, 22)]  # the stroke of a preset, (row, column)


@functools.cache
def default_network():
    """Return (model, images, labels, class names, blank): a small network for simulated wafer maps.

    It is trained at the first call, for about two seconds; the images are two new maps of each class.
    """
    from course_lib.data.wafer_maps import simulate_wafer_maps

    easy = {"background": 0.01, "resampling": "nearest"}  # few failed dies beside the pattern: quick to learn
    train, new = simulate_wafer_maps(200, 0, **easy), simulate_wafer_maps(2, 6, **easy)
    clean = simulate_wafer_maps(1, 0, background=0.0, resampling="nearest")
    model = nn.Sequential(
        [
            nn.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)),
            nn.MaxPooling2D(2),
            nn.Conv2D(16, 3, activation="relu"),
            nn.MaxPooling2D(2),
            nn.Flatten(),
            nn.Dense(10, activation="softmax"),
        ],
        rng=0,
    )
    model.compile(nn.Adam(0.008), "sparse_categorical_crossentropy")
    model.fit(train.x, train.y, epochs=8, batch_size=32, verbose=0)
    order = np.argsort(new.y, kind="stable")
    return model, new.x[order], new.y[order], list(new.class_names), clean.x[clean.y == 0][0]


class NetworkInspector(CourseWidget):
    """Every layer of a trained network for one picture; click a number to see its sum and what it has seen.

    model: a trained Sequential of `course_lib.nn` or of Keras, a row of Conv2D, pooling, Dense, Flatten, Dropout and
    Activation layers with inputs (H, W, 1) of at most 64 x 64 pixels; it is copied. images: (N, H, W) or (N, H, W, 1)
    in the scale of the training, the first 24 are shown. labels: (N,) class numbers. class_names: one for each output.
    blank: (H, W), what an empty drawing shows and what the patch puts in place of the picture; without it the smallest
    value of each pixel over all images. A drawing paints pixels with the largest value of the images.
    Without a model: a small network, trained on simulated wafer maps.

    Raises TypeError or ValueError, naming the argument and the remedy, where something does not fit.
    """

    _javascript = "network_inspector.js"
    _css = CourseWidget._css + (HERE / "network_inspector.css").read_text(encoding="utf-8")
    picture_size = (8.6, 4.4)

    image = T.Int(0, help="which picture, counted from 0; -1 is your drawing").tag(sync=True, share=True)
    layer = T.Int(1, help="which layer; 0 is the picture itself").tag(sync=True, share=True)
    channel = T.Int(0, help="which map of the layer").tag(sync=True, share=True)
    row = T.Int(-1, help="of the chosen cell; -1: the cell with the largest number").tag(sync=True, share=True)
    column = T.Int(-1, help="of the chosen cell; -1: the cell with the largest number").tag(sync=True, share=True)
    occlude = T.Bool(False, help="slide a patch over the picture: where does the network look?").tag(
        sync=True, share=True
    )
    patch = T.Int(5, min=1, max=15, help="side of the patch in pixels, 1 to 15").tag(sync=True, share=True)
    stride = T.Int(2, min=1, max=8, help="pixels from place to place of the patch, 1 to 8").tag(sync=True, share=True)
    drawing = T.Unicode("", help="the painted pixels as text, see `pack`").tag(sync=True, share=True)
    tool = T.Enum(["paint", "erase"], "paint", help="what the mouse does").tag(sync=True, share=True)
    brush = T.Int(1, min=1, max=5, help="width of the brush in pixels, 1 to 5").tag(sync=True, share=True)

    layers = T.List(help="what the page must know of each layer, see `layer_table`").tag(sync=True)
    weights_sent = T.Bytes(help="float32: all weights, layer by layer").tag(sync=True)
    maps_sent = T.Bytes(help="float32: the numbers of every layer for the picture, one layer after the other").tag(
        sync=True
    )
    heat = T.Bytes(help="float32 (H, W): how far the probability drops where the picture is covered").tag(sync=True)
    pictures = T.Bytes(help="float32 (N, H, W): the strip of pictures").tag(sync=True)
    blank = T.Bytes(help="float32 (H, W): an empty drawing").tag(sync=True)
    pen = T.Float(1.0, help="the value of a painted pixel").tag(sync=True)
    labels = T.List(help="true class of each picture, or nothing").tag(sync=True)
    guesses = T.List(help="the network's class for each picture of the strip").tag(sync=True)
    class_names = T.List(T.Unicode()).tag(sync=True)
    goal_class = T.Int(0, help="the class that the learner shall draw").tag(sync=True)
    result = T.Dict(help="probabilities, and the settings that they belong to").tag(sync=True)

    def __init__(self, model=None, images=None, labels=None, class_names=None, blank=None, **state):
        own = model is not None
        if not own:
            if images is not None:
                raise ValueError(_("model is missing: NetworkInspector(model, images) needs the trained network."))
            model, images, labels, class_names, blank = default_network()
        elif images is None:
            raise ValueError(_("images is missing: give some pictures, for example NetworkInspector(model, x_test)."))
        self._model = own_copy(model)
        H, W = self._model.input_shape[:2]
        self._images = checked_images(images, H, W)
        self._blank = self._images.min(0) if blank is None else checked_images(blank, H, W, name="blank")[0]
        guessed = probabilities(self._model, self._model.predict(self._images[:MOST_IMAGES, ..., None]))
        names = checked_names(class_names, guessed.shape[1])
        state |= {
            "layers": layer_table(self._model), "class_names": names, "pen": float(self._images.max()),
            "labels": checked_labels(labels, len(self._images), len(names))[:MOST_IMAGES],
        }  # fmt: skip
        self._images = self._images[:MOST_IMAGES]
        state |= {
            "guesses": guessed.argmax(1).tolist(), "pictures": self._images.astype("f4").tobytes(),
            "blank": self._blank.astype("f4").tobytes(),
            "weights_sent": np.concatenate([np.ravel(w) for w in self._model.weights] or [[]]).astype("f4").tobytes(),
            "goal_class": names.index("scratch") if "scratch" in names else len(names) - 1,
        }  # fmt: skip
        state.setdefault("image", example(state["labels"], state["guesses"], state["goal_class"]))
        self._maps, self._drops = [], None
        super().__init__(**state)
        self.presets = self._lessons(own)
        self.observe(self._update, names=self.settings())
        self._update()
        self.start = {name: getattr(self, name) for name in self.settings()}

    @T.validate("drawing")
    def _drawing_fits(self, proposal):
        try:
            return pack(unpack(proposal["value"], self._blank.shape))
        except ValueError:
            raise T.TraitError(
                _("drawing is not the text of a drawing of {rows} x {columns} pixels.").format(
                    rows=self._blank.shape[0], columns=self._blank.shape[1]
                )
            ) from None

    # ---------------------------------------------------------------- what is computed
    def _update(self, change=None):
        """Bring the settings into their ranges and compute what they ask for and is not there yet."""
        with self.hold_sync():
            self.image = min(max(self.image, -1), len(self._images) - 1)
            source = [self.image, self.drawing if self.image < 0 else ""]
            if self.result.get("source") != source:
                self._maps = all_maps(self._model, self.picture_shown)
                flat = np.concatenate([m.ravel() for m in self._maps])
                p = probabilities(self._model, self._maps[-1][None])[0]
                self.maps_sent = flat.astype("f4").tobytes()
                self.result = {"source": source, "probabilities": p.tolist(), "class": int(p.argmax())}
                self._drops = None
            self._settle()
            wanted = [*source, self.patch, self.stride]
            if self.occlude and (self._drops is None or self._drops[0] != wanted):
                drops = occlusion(
                    self._model, self.picture_shown, self._blank, self.patch_side, self.stride, self.result["class"]
                )
                self._drops = wanted, drops
                self.heat = drops.astype("f4").tobytes()

    def _settle(self):
        """Bring layer, map and cell into the ranges of this network."""
        self.layer = min(max(self.layer, 0), len(self.layers) - 1)
        H, W, C = self.layers[self.layer]["shape"]
        self.channel = min(max(self.channel, 0), C - 1)
        if min(self.row, self.column) < 0:
            self.row, self.column = divmod(int(np.argmax(self.map_shown)), W)
        self.row, self.column = min(self.row, H - 1), min(self.column, W - 1)
        units = self.layers[self.layer]["units"]
        if units and self.row * W + self.column >= units:
            self.row, self.column = divmod(units - 1, W)

    @property
    def patch_side(self):
        """The side of the patch in pixels: as it is set, but not beyond the picture, nor too small for a large one."""
        H, W = self._blank.shape
        return min(max(self.patch, -(-max(H, W) // MOST_PLACES)), H, W)

    @property
    def painted(self):
        """The pixels of your drawing, (H, W), booleans."""
        return unpack(self.drawing, self._blank.shape)

    @property
    def picture_shown(self):
        """The picture that the network sees now, (H, W)."""
        if self.image >= 0:
            return self._images[self.image]
        return np.where(self.painted, self.pen, self._blank)

    @property
    def map_shown(self):
        """The chosen map (H, W); a layer with one row of n numbers as its rows and columns, NaN where it ends."""
        entry = self.layers[self.layer]
        H, W, _C = entry["shape"]
        values = np.asarray(self._maps[self.layer], float)
        if not entry["units"]:
            return values[..., self.channel]
        return np.append(values, [np.nan] * (H * W - len(values))).reshape(H, W) if H * W > len(values) else (
            values.reshape(H, W)
        )  # fmt: skip

    @property
    def probabilities(self):
        """The probability of each class for the picture shown."""
        return np.array(self.result["probabilities"])

    @property
    def answer(self):
        """The network's class for the picture shown, by name."""
        return self.class_names[self.result["class"]]

    @property
    def drops(self):
        """How far the probability of the network's class drops where the picture is covered (H, W), or None."""
        return self._drops[1] if self.occlude else None

    @property
    def field(self):
        """The receptive field of the chosen cell: (top, bottom, left, right) in pixels, ends included."""
        return cell_field(self.layers, self.layer, self.row, self.column)

    def sum_behind(self):
        """Return (terms, bias, z) of the chosen cell in a Conv2D or Dense layer, see `network_maps.sum_behind`."""
        return sum_behind(self._model, self._maps, self.layer, self.row, self.column, self.channel)

    @property
    def goal_reached(self):
        """Your own drawing is called what the goal asks for, with more than 90 %."""
        return self.image < 0 and self.probabilities[self.goal_class] > GOAL

    # ---------------------------------------------------------------- in words and as a still picture
    def describe(self):
        entry = self.layers[self.layer]
        top, bottom, left, right = self.field
        text = _(
            "The network says {answer} ({percent:.1f} %) of {source}. Layer {layer}, map {map} of {maps}, row {row}, "
            "column {column}: {value:.3g}, seen in rows {top} to {bottom} and columns {left} to {right} of the picture."
        ).format(
            source=self._source(), answer=self.answer, percent=100 * self.probabilities.max(), layer=entry["name"],
            map=self.channel + 1, maps=entry["shape"][2], row=self.row + 1, column=self.column + 1,
            value=self.map_shown[self.row, self.column], top=top + 1, bottom=bottom + 1, left=left + 1,
            right=right + 1,
        )  # fmt: skip
        if self.drops is not None:
            row, column = np.unravel_index(self.drops.argmax(), self.drops.shape)
            text += " " + _(
                "Covered around row {row}, column {column}, the probability of {answer} changes most: by {drop:.2f}."
            ).format(row=row + 1, column=column + 1, answer=self.answer, drop=-self.drops.max())
        return text

    def draw(self, figure):
        from matplotlib.patches import Rectangle

        entry, maps = self.layers[self.layer], np.asarray(self._maps[self.layer], float)
        shown = self.map_shown[None] if entry["units"] else maps.transpose(2, 0, 1)[:TILES]
        columns = min(8, len(shown))
        rows = -(-len(shown) // columns)
        upper, lower = figure.subfigures(2, 1, height_ratios=[1.7, 0.3 + 0.35 * rows])
        picture, one, bars = upper.subplots(1, 3)

        def show(ax, values, **more):
            H, W = values.shape
            ax.grid(False)
            ax.locator_params(integer=True, nbins=5)
            return ax.imshow(values, extent=(0.5, W + 0.5, H + 0.5, 0.5), **more)  # rows and columns count from 1

        def frame(ax, top, bottom, left, right, colour):
            corner = left + 0.5, top + 0.5
            ax.add_patch(Rectangle(corner, right - left + 1, bottom - top + 1, fill=False, ec=colour, lw=2))

        show(picture, self.picture_shown, cmap="Greys")
        if self.drops is not None:
            most = max(np.abs(self.drops).max(), 1e-9)
            covered = show(picture, self.drops, cmap="PuOr_r", vmin=-most, vmax=most, alpha=0.65)
            upper.colorbar(covered, ax=picture, label=_("fall of the probability"), shrink=0.8)
        frame(picture, *self.field, "#D55E00")
        picture.set(xlabel=_("column [pixels]"), ylabel=_("row [pixels]"))
        picture.set_title(self._source(), fontsize=9)
        scale = max(np.abs(maps).max(), 1e-9)
        look = {"cmap": "RdBu_r", "vmin": -scale, "vmax": scale}
        upper.colorbar(show(one, self.map_shown, **look), ax=one, shrink=0.8)
        frame(one, self.row, self.row, self.column, self.column, "black")
        title = _("{layer}, map {map}").format(layer=entry["name"], map=self.channel + 1)
        one.set(xlabel=_("column"), ylabel=_("row"), title=title)
        order = np.sort(np.argsort(-self.probabilities, kind="stable")[:10])
        bars.barh(range(len(order)), self.probabilities[order], color="#0072B2")
        names = [_short(self.class_names[k]) for k in order]
        bars.set(xlim=(0, 1), xlabel=_("probability"), yticks=range(len(order)), yticklabels=names)
        bars.invert_yaxis()
        tiles = lower.subplots(rows, columns, squeeze=False).ravel()
        for k, ax in enumerate(tiles):
            ax.axis("off")
            if k < len(shown):
                show(ax, shown[k], **look)

    def _source(self):
        if self.image < 0:
            return _("your drawing")
        name = f" ({_short(self.class_names[self.labels[self.image]])})" if self.labels else ""
        return _("picture {number}").format(number=self.image + 1) + name

    # ---------------------------------------------------------------- lessons
    def _lessons(self, own):
        """The presets: what they say holds for any network; the drawing is for wafer maps."""
        first = example(self.labels, self.guesses, self.goal_class)
        maps = all_maps(self._model, self._images[first])
        convolutions = [k for k, entry in enumerate(self.layers) if entry["kind"] == "Conv2D"]
        lessons = {}
        for k, label in zip(
            {*convolutions[:1], *convolutions[-1:]}, (_("one window"), _("a larger window")), strict=False
        ):
            row, column, channel = np.unravel_index(maps[k].argmax(), maps[k].shape)
            place = {"image": first, "layer": k, "channel": int(channel), "row": int(row), "column": int(column)}
            H, W, _C = self.layers[k]["shape"]
            top, bottom, left, right = cell_field(self.layers, k, H // 2, W // 2)
            words = (
                _("One number of the first convolution comes from {rows} x {columns} pixels: {count} products and a "
                  "bias. Move over the map: the same weights look at every place.")
                if k == convolutions[0] else
                _("Each number of this layer has seen {rows} x {columns} pixels of the picture. It adds up what it "
                  "finds in all {maps} maps of the layer before.")
            )  # fmt: skip
            rows, columns, before = bottom - top + 1, right - left + 1, self.layers[k - 1]["shape"][2]
            why = words.format(rows=rows, columns=columns, count=rows * columns, maps=before)
            lessons[label] = {"set": {**place, "occlude": False}, "why": why}
        covered = {"image": first, "occlude": True, "patch": 5, "stride": 2}
        lessons[_("where does it look?")] = {"set": covered, "why": _(
            "A patch covers the picture place by place. Orange: the network's probability falls when you cover this "
            "place, so the answer rests on it. Blue: it rises.")}  # fmt: skip
        if not own:
            painted = np.zeros(self._blank.shape, bool)
            painted[tuple(np.transpose(LINE))] = True
            drawn = {"image": -1, "drawing": pack(painted), "occlude": False}
            lessons[_("a line of your own")] = {"set": drawn, "why": _(
                "Sixteen defective chips in a line. Does the network call it a scratch? Make the line longer, thicker "
                "or bent, and watch the bars at every stroke.")}  # fmt: skip
        return lessons


def example(labels, guesses, wanted):
    """Return which picture shows class `wanted` and is known to the network, or else the first one."""
    right = [k for k, (label, guess) in enumerate(zip(labels, guesses, strict=False)) if label == guess == wanted]
    return right[0] if right else 0


def _short(text, most=18):
    """The first characters of a name; matplotlib shall not read it as a formula."""
    return (text if len(text) <= most else text[: most - 1] + "…").replace("$", r"\$")


def checked_images(images, H, W, name="images"):
    """Return pictures as floats (N, H, W), or say what does not fit. A `blank` may come without the axis N."""
    try:
        images = np.asarray(images)
        kind = images.dtype.kind
    except ValueError:
        kind = "O"
    if kind not in "fiub":
        raise TypeError(_("{name} must be numbers, an array of shape (N, {H}, {W}).").format(name=name, H=H, W=W))
    given = images.shape
    if images.ndim == 4 and given[3] == 1:
        images = images[..., 0]
    if name == "blank" and given in ((H, W), (H, W, 1)):
        images = images.reshape(1, H, W)
    if images.ndim != 3 or not len(images) or images.shape[1:] != (H, W):
        hint = _(" For one picture use x[None].") if given in ((H, W), (H, W, 1)) else ""
        raise ValueError(
            _("{name} has shape {given}, but the network takes pictures of {H} x {W} pixels: (N, {H}, {W}).").format(
                name=name, given=given, H=H, W=W
            )
            + hint
        )
    if kind in "iu" and images.max() > 2:
        raise ValueError(
            _(
                "{name} holds whole numbers up to {most} (dtype {dtype}). Give them in the scale of the training: as a "
                "rule {name} / 255, or {name}.astype(float) if the network was trained on 0 to 255."
            ).format(name=name, most=images.max(), dtype=images.dtype)
        )
    images = images.astype(float)
    bad = ~np.isfinite(images)
    if bad.any():
        raise ValueError(
            _("{name} holds NaN or infinity, first in picture {k}. Remove these pictures, or fill the gaps.").format(
                name=name, k=int(np.argwhere(bad)[0, 0])
            )
        )
    return images


def checked_names(names, classes):
    """Return the class names as a list of texts, numbers without them, or say what does not fit."""
    if names is None:
        return [str(k) for k in range(classes)]
    names = [names] if isinstance(names, str) else [str(name) for name in names]
    if len(names) != classes:
        raise ValueError(
            _("class_names has {given} names, but the network has {needed} classes. Give one name for each.").format(
                given=len(names), needed=classes
            )
        )
    return names


def checked_labels(labels, count, classes):
    """Return the class numbers as a list, empty without them, or say what does not fit."""
    if labels is None:
        return []
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (count,) or labels.dtype.kind not in "iubf":
        raise ValueError(
            _("labels has shape {given}, but one class number for each of the {count} images is needed.").format(
                given=labels.shape, count=count
            )
        )
    if not np.isin(labels, range(classes)).all():
        raise ValueError(
            _("labels holds {given}, but the network knows the classes 0 to {last}.").format(
                given=labels[~np.isin(labels, range(classes))][0], last=classes - 1
            )
        )
    return labels.astype(int).tolist()
