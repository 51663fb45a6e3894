"""The attention picture in a bare page: the numbers it shows are Python's, pointer, keys, guesses, its looks.

There is no Python behind these pages: after a change that Python computes, `send` brings its answer.
"""

import re

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import AttentionPicture
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME, HOSTILE

ANSWERS = ("tokens", "known", "trained", "message", "shape", "columns", "away", "own_differs")
BYTES = ("q_sent", "k_sent", "v_sent", "scores", "weights_sent", "answers")
SEND = """([plain, binary]) => {
    for (const [n, v] of Object.entries(plain)) window.fromPython(n, v);
    for (const [n, v] of Object.entries(binary)) window.fromPython(n, new DataView(new Uint8Array(v).buffer));
}"""
HEAD = 24  # pixels above the first word


def send(page, widget):
    """What Python would send: settings, then what it computed from them."""
    plain = {name: getattr(widget, name) for name in (*widget.settings(), *ANSWERS)}
    page.evaluate(SEND, [plain, {name: list(getattr(widget, name)) for name in BYTES}])
    page.evaluate(FRAME)


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def lines_of(page):
    page.evaluate(FRAME)
    return page.locator(".cw-readout").inner_text().splitlines()


# ---------------------------------------------------------------- the numbers
def test_softmax_and_the_words_that_are_looked_at(show):  # noqa: F811
    widget = AttentionPicture(weights="random", dimension=16, text="check the motor left hot, belt worn")
    page = show(widget)
    for mask in (True, False):
        widget.mask = mask
        rows = np.frombuffer(widget.scores).reshape(widget.matrix.shape)
        real = widget.shape[0] if mask else widget.shape[1]
        found = page.evaluate("([rows, real]) => rows.map(r => widget.softmaxRow(r, real))", [rows.tolist(), real])
        np.testing.assert_allclose(found, widget.matrix, atol=1e-6)
        found = page.evaluate("rows => rows.map(widget.lookedAt)", widget.matrix.tolist())
        np.testing.assert_allclose(found, widget.looked_at, atol=1e-6)
    found = page.evaluate("y => y.map(widget.share)", widget.y.tolist())
    np.testing.assert_allclose(found, nn.softmax(widget.y), atol=1e-6)


def test_the_sums_in_the_readout(show):  # noqa: F811
    widget = AttentionPicture()
    page = show(widget)
    for text, word, key, scale, temperature, source in (
        ("pump leaking, valve ok", 1, 0, True, 1.0, "learned"),
        ("pump leaking, valve ok", 3, 2, False, 4.0, "learned"),
        ("valve ok, pump leaking", 3, 4, True, 2.0, "learned"),
        ("check the motor left hot, belt worn", 1, 0, True, 1.0, "learned"),
        ("check the motor left hot, belt worn", 2, 0, True, 1.0, "random"),
        ("check the motor left hot, belt worn", 5, 1, False, 8.0, "random"),
    ):
        widget.text, widget.weights, widget.scale, widget.temperature = text, source, scale, temperature
        widget.word, widget.key = word, key
        send(page, widget)
        lines, i, j = lines_of(page), widget.word - 1, widget.explained - 1
        d, D = widget.shape[2:]
        q, k = np.frombuffer(widget.q_sent).reshape(-1, d)[i], np.frombuffer(widget.k_sent).reshape(-1, d)[j]
        score = q @ k / (np.sqrt(d) if scale else 1) / temperature
        assert lines[0].startswith(f"score({widget.tokens[i]}, {widget.tokens[j]}) = q·k")
        assert ("√" in lines[0]) == scale and ("temperature" in lines[0]) == (temperature != 1)
        np.testing.assert_allclose(numbers(lines[0].split("= (", 1)[1])[:4], [q[0], k[0], q[1], k[1]], atol=0.0051)
        assert numbers(lines[0])[-1] == pytest.approx(score, abs=0.0051)
        if scale or temperature != 1:
            assert numbers(lines[0].rsplit(" = ", 2)[1])[0] == pytest.approx(q @ k, abs=0.0051)
        *_most, weight = numbers(lines[1])
        assert weight == pytest.approx(widget.matrix[i, j], abs=0.00051)
        column = int(np.argmax(widget.y[i]))
        assert lines[2].startswith(f"y[{widget.columns[column]}] = ")
        assert numbers(lines[2])[-1] == pytest.approx(widget.y[i, column], abs=0.0051)
        if source == "random":
            assert numbers(lines[3])[-1] == pytest.approx(widget.away, abs=0.00051)
        label = page.locator("canvas").get_attribute("aria-label")
        assert f"“{widget.tokens[i]}” gives “{widget.tokens[j]}” the weight {widget.matrix[i, j]:.2f}" in label
        assert f"looks at {widget.looked_at[i]:.1f} words" in label
        if source == "learned":
            p = nn.softmax(widget.y)[i]
            assert f"Its answer: {widget.columns[p.argmax()]} {100 * p.max():.0f} %." in label
            assert ("never asked for an answer" in label) != widget.trained[i]


def test_the_goal_is_pythons(show):  # noqa: F811
    widget, reached = AttentionPicture(weights="random", scale=False), set()
    page = show(widget)
    for dimension, temperature, scale, source in (
        (64, 8.0, False, "random"), (64, 8.0, True, "random"), (64, 7.0, False, "random"), (16, 4.0, False, "random"),
        (4, 2.0, False, "random"), (64, 1.0, True, "random"), (64, 2.0**1.5, False, "learned"),
    ):  # fmt: skip
        widget.dimension, widget.temperature, widget.scale, widget.weights = dimension, temperature, scale, source
        send(page, widget)
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
        reached.add(widget.goal_reached)
    assert reached == {True, False}


def test_masked_padding_says_so(show):  # noqa: F811
    widget = AttentionPicture(text="replace leaking pump", word=3, key=5)
    page = show(widget)
    assert lines_of(page)[1] == "weight = 0: padding is masked, its score counts as −∞"
    widget.mask = False
    send(page, widget)
    said(page, f"Padding takes {100 * widget.matrix[2, 3:].sum():.0f} %.")
    assert numbers(lines_of(page)[1])[-1] == pytest.approx(widget.matrix[2, 4], abs=0.00051)


def test_half_an_answer_is_not_drawn_wrongly(show):  # noqa: F811
    """The parts of an answer arrive one after the other; none of the pictures between may fail."""
    page = show(AttentionPicture())
    for state in ({"text": "check pump"}, {"text": ""}, {"weights": "random", "dimension": 2}, {"text": "泵 leaking"}):
        widget = AttentionPicture(**state)
        for name in (*BYTES[::-1], *ANSWERS):
            value = getattr(widget, name)
            page.evaluate(SEND, [{}, {name: list(value)}] if isinstance(value, bytes) else [{name: value}, {}])
            page.evaluate(FRAME)


# ---------------------------------------------------------------- pointer and keys
def test_keys_choose_who_asks_and_who_is_asked(show):  # noqa: F811
    page = show(AttentionPicture(text="pump leaking, valve ok", word=1))
    page.locator("canvas").focus()
    for key, word, asked in (("ArrowDown", 2, 0), ("ArrowDown", 3, 0), ("ArrowUp", 2, 0), ("ArrowRight", 2, 3),
                             ("ArrowLeft", 2, 2), ("End", 4, 0), ("ArrowDown", 4, 0), ("Home", 1, 0),
                             ("ArrowUp", 1, 0)):  # fmt: skip
        page.keyboard.press(key)
        assert of(page, "word", "key") == [word, asked], key
    for _press in range(12):
        page.keyboard.press("ArrowRight")
    assert of(page, "key") == 7  # the last padding


def test_clicks_choose_who_asks_and_who_is_asked(show):  # noqa: F811
    widget = AttentionPicture(text="pump leaking, valve ok", word=1)
    page = show(widget)
    box = page.locator("canvas").bounding_box()
    high = 33  # pixels a row, with seven words
    page.mouse.click(box["x"] + 40, box["y"] + HEAD + 2.5 * high)
    assert of(page, "word", "key") == [3, 0]
    left = round(box["width"] * 0.5)
    page.mouse.click(box["x"] + left - 20, box["y"] + HEAD + 1.5 * high)
    assert of(page, "word", "key") == [3, 2]
    cell = min(high, (box["width"] - left - 16 - 92) / 7)
    x, y = box["x"] + left + 16 + 74, box["y"] + 56
    page.mouse.click(x + 3.5 * cell, y + 0.5 * cell)
    assert of(page, "word", "key") == [1, 4]
    page.mouse.move(x + 1.5 * cell, y + 3.5 * cell)  # the pointer alone reads the sum of a cell
    assert lines_of(page)[0].startswith("score(ok, leaking) = ") and of(page, "word", "key") == [1, 4]


def test_controls(show):  # noqa: F811
    page = show(AttentionPicture())
    slider = page.get_by_role("slider", name="temperature")
    slider.press("End")
    assert of(page, "temperature") == 16
    slider.press("Home")
    assert of(page, "temperature") == 0.125
    dimension = page.get_by_role("slider", name="random: d")
    assert dimension.is_disabled()
    page.get_by_role("combobox", name="q, k and v are").select_option("random")
    page.evaluate(FRAME)
    dimension.press("ArrowLeft")
    assert of(page, "weights", "dimension") == ["random", 32]
    page.get_by_role("checkbox", name="divide by √d").press("Space")
    page.get_by_role("checkbox", name="mask padding").press("Space")
    page.get_by_role("slider", name="padding").press("End")
    assert of(page, "scale", "mask", "padding") == [False, False, 6]
    area = page.get_by_role("textbox", name="text (type your own)")
    area.fill("泵 leaking")
    page.keyboard.type(" r")  # in JupyterLab's command mode the cell would turn raw
    assert of(page, "text") == "泵 leaking r"
    chosen = of(page, "texts")[4]
    page.get_by_role("combobox", name="or choose a text").select_option(chosen)
    assert of(page, "text", "word", "key") == [chosen, 1, 0] and area.input_value() == chosen


@pytest.mark.parametrize("how", ["keys", "click"])
def test_a_guess_comes_before_the_answer(how, show):  # noqa: F811
    widget = AttentionPicture(text="valve ok, pump leaking", word=3, guess_first=True)
    page = show(widget)
    said(page, "“pump” asks. Which word gets the largest weight?")
    assert lines_of(page) == []
    canvas = page.locator("canvas")
    if how == "keys":
        canvas.press("ArrowRight")
        canvas.press("ArrowRight")
        assert of(page, "key", "guess") == [2, 0]
        canvas.press("Enter")
    else:
        box = canvas.bounding_box()
        page.mouse.click(box["x"] + round(box["width"] * 0.5) - 20, box["y"] + HEAD + 1.5 * 33)
        page.mouse.move(box["x"] + 200, box["y"] - 5)
    assert of(page, "key", "guess") == [0, 2]
    said(page, "You guessed “ok”; the largest weight goes to “leaking”.")
    assert lines_of(page)[0].startswith("score(pump, leaking) = ")
    canvas.press("ArrowUp")
    assert of(page, "word", "guess") == [2, 0]  # the next word: guess again
    canvas.press("ArrowRight")
    canvas.press("ArrowRight")
    canvas.press("Enter")
    said(page, "Your guess “ok” is right.")


# ---------------------------------------------------------------- words and looks
def test_a_text_without_an_answer_says_why(show):  # noqa: F811
    widget = AttentionPicture(text="Xylophon qzx")
    page = show(widget)
    said(page, "Unknown words only: this small layer knows pump")
    widget.text = ""
    send(page, widget)
    said(page, "No word yet")
    assert lines_of(page) == []


def test_the_learners_own(show):  # noqa: F811
    rng = np.random.default_rng(0)
    q, k = rng.normal(size=(2, 3, 5))
    page = show(AttentionPicture(["pump is leaking"], q, k))
    assert page.get_by_role("combobox").count() == 0 and page.locator(".cw-goal").count() == 0
    said(page, "“pump” gives “")
    for use, words in (
        (lambda q, k, v: nn.attention_forward(q, k, v)[0], "your function: all 4 answers as by course_lib.nn"),
        (lambda q, k, v: v[:, :4], "your function: another y for 4 of 4 words"),
    ):
        assert lines_of(show(AttentionPicture(use=use)))[-1] == words


def test_hostile_words_stay_text(show):  # noqa: F811
    widget = AttentionPicture([HOSTILE, "pump leaking"], text="pump leaking")
    widget.tokens = [HOSTILE, "leaking"]
    widget.columns = [HOSTILE] * 6
    page = show(widget)
    said(page, "<img")
    assert HOSTILE in page.locator(".cw-readout").inner_text()
    assert page.evaluate("() => window.hacked") is None and page.locator("#host img, #host script").count() == 0


@pytest.mark.parametrize("width, dark", [(900, False), (900, True), (320, False)])
@pytest.mark.parametrize("state", ["padding", "no √d", "long"])
def test_screenshots(state, width, dark, show):  # noqa: F811
    widget = AttentionPicture()
    if state == "long":
        widget.text, widget.padding = "check the overheating hydraulic pump line 2 is leaking now", 6
    else:
        widget.preset(state)
    page = show(widget, width=width, dark=dark)
    host = page.locator("#host").bounding_box()
    assert page.evaluate("() => document.getElementById('host').scrollWidth") <= width
    assert width < 900 or host["height"] <= 560
    screenshot(page, f"bare AttentionPicture {state.replace(' √', '-')} {width} {'dark' if dark else 'light'}")
