"""The weights of a trained network in fewer bits: what each number becomes, and whether the answers still hold."""

import functools

import numpy as np
import traitlets as T

from course_lib.language import _
from course_lib.quantization import quantize
from course_lib.widgets.base import Between, CourseWidget, own_function
from course_lib.widgets.precision_nets import (
    BITS,
    FORMATS,
    Format,
    default_network,
    own_network,
    own_pair,
    rounded,
    size_of,
    verdict,
)
from course_lib.widgets.precision_words import in_words, lessons, verdicts

MOST_SHOWN, BINS = 4000, 60
FLOATS = FORMATS[1:]
STARTS = 10  # trainings from other random numbers
KEPT = 40  # curves that are remembered


class PrecisionBench(CourseWidget):
    """The weights of a trained network in a format with fewer bits: levels, rounding errors, accuracy and size.

        int with b bits:      scale = covered / (2^(b-1) - 1)      q = round(w / scale)      w is about scale q
        bfloat16, TF32:       7 or 10 stored bits of mantissa, the range of float32 (`precision.round_mantissa`)

    `percentile` of |w| is what the scale covers; larger weights are clipped. `columns`: a scale for each column of W,
    that is for each unit or filter, instead of one for the layer. `inputs`: the inputs of each layer are rounded to the
    same format too, with one scale from the largest of all samples. Biases stay float32.

    The network: an MLP 49-24-16-10, trained on simulated wafer maps from random numbers `seed`; `outlier` makes one
    of its weights 100 times as large as the largest, one that no map of the test uses.

    model, x, y: your own trained Sequential of `course_lib.nn` of Dense and Conv2D layers, with samples x and class
    numbers y (N,); at most 500 samples are used, evenly spread. use: your function quantize(w) -> q, scale for int8,
    which is compared on every layer with `quantization.quantize`.

    Raises TypeError or ValueError, naming the argument and the remedy, where something does not fit.
    """

    _javascript = "precision_bench.js"
    picture_size = (8.6, 4.6)

    format = T.Enum(FORMATS, "int", help="how weights are stored").tag(sync=True, share=True)
    bits = T.Int(8, min=2, max=16, help="of int, 2 to 16").tag(sync=True, share=True)
    columns = T.Bool(False, help="a scale for each column instead of one for the layer").tag(sync=True, share=True)
    percentile = Between(100.0, min=90, max=100, help="of |w| that the scale covers [%], 90 to 100").tag(
        sync=True, share=True
    )
    inputs = T.Bool(False, help="round the inputs of each layer too").tag(sync=True, share=True)
    outlier = T.Bool(False, help="one weight 100 times as large as all others").tag(sync=True, share=True)
    seed = T.Int(4, min=0, max=STARTS - 1, help="random numbers that the training starts from").tag(
        sync=True, share=True
    )
    layer = T.Int(1, min=1, max=50, help="which layer with weights is shown, from 1").tag(sync=True, share=True)
    rank = T.Int(900, min=1, max=MOST_SHOWN, help="which of the shown weights, sorted, from 1").tag(
        sync=True, share=True
    )
    guess_first = T.Bool(False, help="hide the curves until a guess is made").tag(sync=True, share=True)
    guess = T.Int(0, min=0, max=16, help="bits that you expect to be needed, 2 to 16; below: no guess yet").tag(
        sync=True, share=True
    )

    own = T.Bool(False, help="whether the network is the learner's").tag(sync=True)
    layers = T.List(help="[name, shape of the weights] of each layer").tag(sync=True)
    weights_sent = T.Bytes(help="float32 (n,): weights of the layer, sorted").tag(sync=True)
    places = T.Bytes(help="float32 (n,): where each of them stands in the flat layer").tag(sync=True)
    codes = T.Bytes(help="float32 (n,): q of each, or the rounded number").tag(sync=True)
    scales = T.Bytes(help="float64 (1,) or (M,): one scale, or one for each column").tag(sync=True)
    view = T.Dict(help="format, bits and shape of `codes`; end of the axis; how many lie beyond, left and right").tag(
        sync=True
    )
    counts = T.Bytes(help="float32 (60,): weights in each bin along this axis").tag(sync=True)
    curve = T.Bytes(help="float64 (2, 15, 2): one scale, then columns; 2 to 16 bits; accuracy, largest error").tag(
        sync=True
    )
    floats = T.Bytes(help="float64 (3, 2): bfloat16, TF32, float32; accuracy, largest error").tag(sync=True)
    result = T.Dict(help="accuracy, changes and size of the settings").tag(sync=True)
    own_result = T.Dict(help="what the learner's quantize gave").tag(sync=True)
    sentence = T.Unicode(help="`describe()`").tag(sync=True)

    def __init__(self, model=None, x=None, y=None, use=None, **state):
        self._use = own_function(use)
        self._net, self._curves, self._keys = None, {}, {}
        if model is None and (x is not None or y is not None):
            raise ValueError(_("model is missing: PrecisionBench(model, x, y) needs the trained network."))
        if model is not None:
            self._net = own_network(model, x, y)
            state["hide"] = [*state.get("hide", []), "outlier", "seed"]
        super().__init__(own=model is not None, **state)
        if model is None:
            self.presets = lessons()
        self.observe(self._update, names=self.settings())
        self._update()

    # ---------------------------------------------------------------- what is computed
    @property
    def how(self):
        """The Format that is set."""
        return Format(self.format, self.bits, self.columns, self.percentile, self.inputs)

    @property
    def network(self):
        """The Network: the learner's, or the one that is trained for this widget."""
        return self._net if self.own else default(self.seed, self.outlier)

    @property
    def shown_layer(self):
        """Which layer is shown, from 1."""
        return min(self.layer, len(self.network.kernels))

    @property
    def W(self):
        """The weights of the shown layer as trained, float32 (..., M)."""
        return self.network.kernels[self.shown_layer - 1]

    @property
    def needed(self):
        """The fewest bits from which on no loss can be told, with the scale that is set; None if there are none."""
        least = None
        for bits, answers in zip(reversed(BITS), reversed(self._answers()[int(self.columns)]), strict=True):
            if verdict(answers, self.result["samples"]) in ("worse", "broken"):
                break
            least = bits
        return least

    @property
    def asking(self):
        """Whether the curves are hidden until there is a guess."""
        return self.guess_first and self.guess < BITS[0]

    def accuracies(self, columns=None):
        """Return the accuracy (15,) for 2 to 16 bits of int, with the scale that is set or the one asked for."""
        which = self.columns if columns is None else columns
        return np.frombuffer(self.curve).reshape(2, len(BITS), 2)[int(which), :, 0].copy()

    def _answers(self):
        """Answers for int with one scale and with a scale for each column, 2 to 16 bits each, and for the floats."""
        key = (self.seed, self.outlier, self.percentile, self.inputs)
        if key not in self._curves:
            how = self.how
            if len(self._curves) >= KEPT:
                self._curves.pop(next(iter(self._curves)))
            self._curves[key] = [
                *(self.network.curve(how._replace(columns=columns)) for columns in (False, True)),
                [self.network.answers(how._replace(name=name)) for name in FLOATS],
            ]  # fmt: skip
        return self._curves[key]

    def _fresh(self, name, key):
        """Whether `key` is another one than at the last call for this name."""
        new = self._keys.get(name) != key
        self._keys[name] = key
        return new

    def _update(self, change=None):
        net, how = (self.seed, self.outlier), self.how
        asked = (net, self.columns, self.percentile, self.inputs)
        if self._fresh("asked", asked) and change is not None:  # a guess was about the question that was asked then
            self.guess = 0
        with self.hold_sync():
            if self._fresh("layer", (net, self.shown_layer)):
                self._send_layer()
            if self._fresh("codes", (net, self.shown_layer, how)):
                self._send_codes()
            if self._fresh("answers", (net, how)):
                self._send_answers()
            if self._use and self._fresh("own", net):
                self.own_result = self._beside_the_library() or {}
            self.sentence = self.describe()

    def _send_layer(self):
        w = self.W.ravel()
        self.layers = [[layer.name, list(layer.kernel.shape)] for layer in self.network.layers]
        order = np.argsort(w, kind="stable")
        self._order = order[np.linspace(0, len(w) - 1, min(len(w), MOST_SHOWN)).round().astype(int)]
        self.weights_sent, self.places = w[self._order].astype("f4").tobytes(), self._order.astype("f4").tobytes()

    def _send_codes(self):
        """The rounded weights; the axis ends at the largest weight, or soon after what the scale covers."""
        w, r = self.W, rounded(self.W, self.how)
        end = float(np.abs(w).max()) or 1.0
        if self.format == "int":
            end = min(end, 1.25 * float(r.scales.max()) * (2 ** (self.bits - 1) - 1))
        beyond = [int((w < -end).sum()), int((w > end).sum())]
        self.view = {"format": self.format, "bits": self.bits, "shape": list(w.shape), "end": end, "beyond": beyond}
        self.counts = np.histogram(w, BINS, (-end, end))[0].astype("f4").tobytes()
        self.codes, self.scales = r.codes.ravel()[self._order].astype("f4").tobytes(), r.scales.tobytes()

    def _send_answers(self):
        net, every = self.network, self._answers()
        samples = len(net.y)
        curves, floats = ([[[a.right / samples, a.error] for a in row] for row in rows]
                          for rows in (every[:2], every[2:]))  # fmt: skip
        now = every[2][FLOATS.index(self.format)] if self.format != "int" else every[self.columns][self.bits - BITS[0]]
        self.curve, self.floats = np.array(curves).tobytes(), np.array(floats).tobytes()
        self.result = {
            **now._asdict(), "samples": samples, "base": int(net.right.sum()), "verdict": verdict(now, samples),
            "bytes": size_of(net.kernels, net.biases, self.how),
            "float32": size_of(net.kernels, net.biases, Format("float32")),
        }  # fmt: skip
        self.result = self.result | {"needed": self.needed or 0}

    def _beside_the_library(self):
        """Run the learner's quantize on every layer, and the network with its numbers."""

        def compute():
            given = [own_pair(self._use(w.copy()), w) for w in self.network.kernels]
            theirs = [quantize(w) for w in self.network.kernels]
            differs = sum(int((q != Q).sum()) for (q, _s), (Q, _S) in zip(given, theirs, strict=True))
            scales = [[s, S] for (_q, s), (_Q, S) in zip(given, theirs, strict=True)]
            kernels = [(q.astype(np.float64) * s).astype(np.float32) for q, s in given]
            right = self.network.answers(Format("int"), kernels).right
            return {"differs": differs, "of": sum(q.size for q, _s in given), "scales": scales, "right": right}

        return self.run_own(compute)

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        r = self.result
        size = _("All weights: {bytes:,} bytes instead of {float32:,}.").format(**r)
        if self.asking:
            return _(
                "{how}. Your guess first: how many bits does int need, so that no loss can be told? {size}"
            ).format(how=in_words(self.how), size=size)
        text = _("{how}: accuracy {now:.1f} % instead of {base:.1f} %. {verdict} {size}").format(
            how=in_words(self.how), now=100 * r["right"] / r["samples"], base=100 * r["base"] / r["samples"],
            verdict=verdicts()[r["verdict"]].format(**r), size=size,
        )  # fmt: skip
        if self.guess_first:
            found = _("from {n} bits on no loss can be told").format(n=r["needed"])
            text += " " + _("You guessed {guess} bits. Measured: {found}.").format(
                guess=self.guess, found=found if r["needed"] else _("not even 16 are enough")
            )
        return text

    def draw(self, figure):
        top, *below = figure.subplot_mosaic([["w", "w"], ["a", "e"]]).values()
        counts, end = np.frombuffer(self.counts, "f4"), self.view["end"]
        edges = np.linspace(-end, end, BINS + 1)
        top.stairs(counts, edges, fill=True, color="#0072B2", alpha=0.6)
        w = np.frombuffer(self.weights_sent, "f4")
        scales = np.frombuffer(self.scales)
        if self.format == "int" and self.bits <= 6:
            column = int(np.frombuffer(self.places, "f4")[min(self.rank, len(w)) - 1]) % len(scales)
            most = 2 ** (self.bits - 1) - 1
            for q in range(-most, most + 1):
                top.axvline(q * scales[column], color="#D55E00", lw=0.8)
        top.axvline(np.clip(w[min(self.rank, len(w)) - 1], -end, end), color="#222222", lw=1.5)
        top.set(yscale="symlog", xlabel=_("weight w of layer {n}").format(n=self.shown_layer),
                ylabel=_("weights"), title=in_words(self.how))  # fmt: skip
        if self.asking:
            for ax in below:
                ax.text(0.5, 0.5, _("Your guess first"), ha="center", transform=ax.transAxes)
                ax.set_axis_off()
            return
        both, floats = np.frombuffer(self.curve).reshape(2, -1, 2), np.frombuffer(self.floats).reshape(3, 2)
        places = [17.5, 20.5, 23.5]  # of the floats, right of 16 bits
        now = BITS.index(self.bits) if self.format == "int" else places[FLOATS.index(self.format)]
        ticks = {i: str(b) for i, b in enumerate(BITS) if b % 2 == 0}
        ticks |= dict(zip(places, ("bf16", "TF32", "f32"), strict=True))
        for k, ax in enumerate(below):
            factor = 100 if k == 0 else 1
            for row, colour, marker, label in ((both[0], "#0072B2", "o", _("one scale")),
                                               (both[1], "#007A5A", "s", _("a scale for each column"))):  # fmt: skip
                ax.plot(
                    np.maximum(factor * row[:, k], 1e-6),
                    color=colour,
                    marker=marker,
                    ms=4,
                    label=label,
                    ls="-",
                    markevery=1,
                )
            values = np.maximum(factor * floats[:, k], 1e-6)
            ax.plot(places, values, "D", color="#A0478A", ms=5, label=_("floats"), ls="", markevery=1, clip_on=False)
            if k and (floats[:, k] == 0).any():
                ax.annotate("0", (places[-1], 2e-6), ha="center")
            ax.axvline(now, color="#222222", lw=1)
            ax.set_xticks(list(ticks), list(ticks.values()))
            ax.set_xlabel(_("bits of int, and floats"))
        below[0].set(ylabel=_("accuracy [%]"), ylim=(0, 100))
        below[1].set(ylabel=_("change of an output"), yscale="log")
        below[1].set_ylim(bottom=1e-6)
        below[0].legend(fontsize=8)


@functools.lru_cache(maxsize=2 * STARTS)
def default(seed, outlier):
    """The widget's own Network: trained at the first call."""
    return default_network(seed, outlier)
