"""Figures: described, readable, repeatable, small, and made without touching anyone's matplotlib."""

import base64
import io
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from course_lib import data, figures

SENTENCE = "The loss falls quickly for 20 steps and then stays at 0.1."


def loss_figure(title="loss", series=3):
    fig = figures.figure(6.4, 3.6)
    ax = fig.subplots()
    steps = np.linspace(0, 10, 400)
    for k in range(series):
        ax.plot(steps, np.exp(-steps / (k + 1)), label=f"optimizer {k}")
    ax.set(xlabel="step", ylabel="loss [-]", title=title)
    ax.legend()
    return fig


def scatter_figure():
    table = data.sensor_table(600, shape="two_moons")
    fig = figures.figure(7.2, 3.6)
    ax = fig.subplots()
    for c in (0, 1):
        ax.scatter(*table.x[table.y == c].T, marker=figures.MARKERS[c], label=table.class_names[c])
    ax.set(xlabel=table.labels[0], ylabel=table.labels[1])
    return fig


class Images(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_the_description_is_the_alt_text_and_the_plain_text():
    description = 'Quotes " and signs < > & stay:  é, 训练,\n two lines become one.'
    bundle = figures.Picture(loss_figure(), description)._repr_mimebundle_()
    told = 'Quotes " and signs < > & stay: é, 训练, two lines become one.'
    assert bundle["text/plain"] == told
    [(tag, attributes)] = Images(bundle["text/html"]).found
    assert tag == "img" and attributes["alt"] == told
    assert attributes["src"].startswith("data:image/png;base64,")
    assert set(bundle) == {"text/html", "text/plain"}


@pytest.mark.parametrize("description", [None, "", "   ", "a plot", "           x  ", 12345678901234])
def test_a_figure_without_a_description_is_refused(description):
    with pytest.raises(ValueError, match="description must say in a sentence"):
        figures.show(loss_figure(), description)


def test_show_displays_the_picture(monkeypatch):
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    assert figures.show(loss_figure(), SENTENCE) is None
    assert isinstance(shown[0], figures.Picture) and repr(shown[0]) == SENTENCE


def test_outside_a_notebook_the_description_is_printed(capsys):
    figures.show(loss_figure(), SENTENCE)
    assert capsys.readouterr().out.strip() == SENTENCE


@pytest.mark.parametrize("make", [loss_figure, scatter_figure])
def test_twice_the_same_bytes_and_no_date(make):
    first, second = figures.png(make()), figures.png(make())
    assert first == second
    assert set(re.findall(rb"tEXt|tIME|iTXt|eXIf", first)) == set()


@pytest.mark.parametrize("make", [loss_figure, scatter_figure])
def test_sharp_on_double_pixels_and_small(make):
    picture = figures.Picture(make(), SENTENCE)
    image = Image.open(io.BytesIO(picture.png))
    assert image.size == (2 * picture.width, 2 * picture.height)
    assert len(picture.png) < 80_000
    html = picture._repr_mimebundle_()["text/html"]
    assert base64.b64decode(re.search(r'base64,([^"]+)"', html)[1]) == picture.png


def test_an_opaque_light_card_for_light_and_dark_pages():
    image = Image.open(io.BytesIO(figures.png(loss_figure()))).convert("RGBA")
    pixels = np.asarray(image)
    assert pixels[..., 3].min() == 255
    for corner in (pixels[0, 0], pixels[-1, -1], pixels[0, -1], pixels[-1, 0]):
        assert corner[:3].min() > 245
    edge = np.concatenate([pixels[:10].reshape(-1, 4), pixels[:, :10].reshape(-1, 4), pixels[-10:].reshape(-1, 4)])
    assert edge[:, :3].min() > 245  # nothing touches the edge of the card


def test_lines_differ_in_colour_line_style_and_marker():
    lines = loss_figure(series=7).axes[0].lines
    assert len({line.get_color() for line in lines}) == 7
    assert len({line.get_marker() for line in lines}) == 7
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 7


def contrast(a, b):
    """Contrast ratio of two colours, WCAG 2.1."""

    def light(colour):
        c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        c = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        return c @ [0.2126, 0.7152, 0.0722]

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_and_the_first_lines_stand_out_from_the_card():
    assert contrast(figures.INK, figures.CARD) > 7
    assert all(contrast(colour, "#ffffff") > 3 for colour in figures.COLOURS[:3])


def test_colours_by_name_and_by_number():
    assert figures.COLOURS.blue == figures.COLOURS[0] == "#0072B2"
    assert len(set(figures.COLOURS)) == 8


@pytest.mark.filterwarnings("error")
def test_chinese_words_are_no_empty_boxes():
    from matplotlib import font_manager

    if not set(figures.CHINESE_FONTS) & set(font_manager.get_font_names()):
        pytest.skip("no font with Chinese characters on this computer")
    fig = loss_figure("训练损失")
    fig.axes[0].text(5, 0.5, "学习率")  # added later, with the usual font
    figures.png(fig)  # a missing character would be a warning


@pytest.mark.filterwarnings("error")
def test_no_warning_without_any_chinese_font(monkeypatch):
    monkeypatch.setattr(figures, "CHINESE_FONTS", ("No Such Font",))
    figures._style.cache_clear()
    try:
        figures.png(loss_figure())
    finally:
        figures._style.cache_clear()


def test_nobody_elses_settings_are_touched():
    import matplotlib

    before = dict(matplotlib.rcParams)
    fig = loss_figure()
    dpi, canvas = fig.dpi, fig.canvas
    figures.png(fig)
    assert dict(matplotlib.rcParams) == before
    assert (fig.dpi, fig.canvas) == (dpi, canvas)


def test_importing_figures_loads_no_matplotlib_and_drawing_no_pyplot():
    code = (
        "import sys; from course_lib import figures; assert 'matplotlib' not in sys.modules\n"
        "fig = figures.figure(); fig.subplots().plot([1, 2]); figures.png(fig)\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
