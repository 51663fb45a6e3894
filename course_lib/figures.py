"""Still pictures in the style of the course, each with a description that a screen reader finds.

    fig = figures.figure(6.4, 3.6)
    ax = fig.subplots()
    ax.plot(...); ax.set(xlabel="time [h]", ylabel="temperature [°C]")
    figures.show(fig, "The temperature rises steadily for six hours and then stays at 80 °C.")

Pictures stand on a light card of their own, so that they read well on a light and on a dark page and on paper.
"""

import base64
import functools
import html
import io
import warnings
from typing import NamedTuple

import numpy as np

from course_lib.language import _

SHORTEST_DESCRIPTION = 12  # characters
PIXELS_PER_INCH = 200  # shown at 100 to the inch, so text is sharp on a screen with double pixels
CARD = "#fcfcfa"
INK = "#333333"


class Palette(NamedTuple):
    """The colours of Okabe and Ito (2008), which people with any kind of colour blindness can tell apart.

    By name (`COLOURS.blue`) or by number (`COLOURS[0]`). Yellow is for areas: it is too pale for a line.
    """

    blue: str = "#0072B2"
    vermillion: str = "#D55E00"
    green: str = "#009E73"
    purple: str = "#CC79A7"
    orange: str = "#E69F00"
    sky: str = "#56B4E9"
    black: str = "#000000"
    yellow: str = "#F0E442"


COLOURS = Palette()
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (3, 1)))

# Fonts with Chinese characters, on Windows, macOS and Linux; those that a computer has follow the usual font.
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Arial Unicode MS",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
)


def figure(width=6.4, height=3.6):
    """Return an empty matplotlib Figure in the style of the course; `width` and `height` in inches.

    Lines drawn with `ax.plot` differ in colour, line style and marker at once, never in colour alone.
    """
    from matplotlib import rc_context

    with rc_context(_style()):
        return _figure_class()(figsize=(width, height), layout="constrained", facecolor=CARD)


def show(fig, description):
    """Show `fig` in the notebook: a picture for the eye, with `description` for a screen reader and for plain text.

    The description says what a sighted reader sees in the picture. Raises ValueError when it is missing or short.
    """
    from IPython.display import display

    display(Picture(fig, description))


class Picture:
    """A figure made into a PNG picture, with its description. Same figure, same bytes: no date is in the file."""

    def __init__(self, fig, description):
        description = " ".join(description.split()) if isinstance(description, str) else ""
        if len(description) < SHORTEST_DESCRIPTION:
            text = _("description must say in a sentence what the picture shows (at least {least} characters)")
            raise ValueError(text.format(least=SHORTEST_DESCRIPTION))
        self.description = description
        self.width, self.height = (round(100 * inches) for inches in fig.get_size_inches())
        self.png = png(fig)

    def __repr__(self):
        return self.description

    def _repr_mimebundle_(self, include=None, exclude=None):
        source = "data:image/png;base64," + base64.b64encode(self.png).decode()
        tag = (
            f'<img src="{source}" alt="{html.escape(self.description)}" width="{self.width}" height="{self.height}" '
            'style="max-width: 100%; height: auto; border-radius: 6px;">'
        )
        return {"text/html": tag, "text/plain": self.description}


def png(fig, pixels_per_inch=PIXELS_PER_INCH):
    """Return the picture of `fig` as PNG bytes with at most 256 colours: enough here, and much smaller."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    dpi, canvas = fig.dpi, fig.canvas
    try:
        fig.set_dpi(pixels_per_inch)
        with rc_context(_style()):
            agg = FigureCanvasAgg(fig)
            agg.draw()
            pixels = Image.fromarray(np.asarray(agg.buffer_rgba())).convert("RGB")
    finally:
        fig.set_dpi(dpi)
        fig.set_canvas(canvas)
    out = io.BytesIO()
    pixels.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@functools.cache
def _style():
    """The settings of matplotlib in which our figures are made; nobody else's figures are touched."""
    from cycler import cycler
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    lines = len(MARKERS)
    return {
        "font.family": ["DejaVu Sans", *(f for f in CHINESE_FONTS if f in installed)],
        "font.size": 10,
        "text.color": INK,
        "axes.facecolor": "white",
        "axes.edgecolor": "#888888",
        "axes.labelcolor": INK,
        "axes.titlesize": 11,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": (
            cycler(color=list(COLOURS[:lines]))
            + cycler(linestyle=list(LINES))
            + cycler(marker=list(MARKERS))
            + cycler(markevery=[0.12] * lines)  # a marker now and then along the line, however many points it has
            + cycler(markersize=[5] * lines)
            + cycler(linewidth=[1.8] * lines)
        ),
        "grid.color": "#e4e4e0",
        "grid.linewidth": 0.8,
        "xtick.color": INK,
        "ytick.color": INK,
        "figure.constrained_layout.w_pad": 0.1,  # inches between the picture and the edge of its card
        "figure.constrained_layout.h_pad": 0.1,
    }


@functools.cache
def _figure_class():
    """matplotlib is imported with the first figure, not with the course."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    class CourseFigure(Figure):
        """A Figure whose axes are made in the style of the course, whenever that happens."""

        def add_subplot(self, *args, **kwargs):
            with rc_context(_style()):
                return super().add_subplot(*args, **kwargs)

        def add_axes(self, *args, **kwargs):
            with rc_context(_style()):
                return super().add_axes(*args, **kwargs)

        def savefig(self, *args, **kwargs):
            with rc_context(_style()):
                return super().savefig(*args, **kwargs)

        def draw(self, renderer):
            fonts = _style()["font.family"]
            for text in self.findobj(Text):  # words added later know only the usual font, without the Chinese ones
                if text.get_fontfamily() == ["sans-serif"]:
                    text.set_fontfamily(fonts)
            with rc_context(_style()), warnings.catch_warnings():
                # a computer without Chinese fonts shows boxes; one warning for each character would not help anybody
                warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from font", UserWarning)
                return super().draw(renderer)

    return CourseFigure
