"""The token explorer in a bare page: the numbers it shows are Python's, pointer, keys, typing, words, and its looks.

There is no Python behind these pages: after a change that Python computes, `send` brings its answer.
"""

import re

import numpy as np
import pytest

from course_lib.widgets import TokenExplorer
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME, HOSTILE
from tests.widgets.test_token_explorer import CHINESE, small

ANSWERS = ("tokens", "known", "reads", "message", "shares", "about", "near", "map_words", "map_cosines")
BYTES = ("without", "map_sent")
SEND = """([plain, binary]) => {
    for (const [n, v] of Object.entries(plain)) window.fromPython(n, v);
    for (const [n, v] of Object.entries(binary)) window.fromPython(n, new DataView(new Uint8Array(v).buffer));
}"""


def send(page, widget):
    """What Python would send: settings, then what it computed from them."""
    plain = {name: getattr(widget, name) for name in (*widget.settings(), *ANSWERS)}
    page.evaluate(SEND, [plain, {name: list(getattr(widget, name)) for name in BYTES}])
    page.evaluate(FRAME)


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def canvases(page):
    return page.locator("canvas").nth(0), page.locator("canvas").nth(1)


# ---------------------------------------------------------------- the numbers
def test_what_is_lost_and_the_goal_are_pythons(show):  # noqa: F811
    widget, reached = TokenExplorer(), set()
    page = show(widget)
    texts = [*widget.texts[:6], *(p["set"]["text"] for p in widget.presets.values()), "", "hose hose leaking qzx",
             "pump leaking, losing fluid, leaks oil", "leaking leaking leaking leaking"]  # fmt: skip
    for text in texts:
        widget.text = text
        send(page, widget)
        found = page.evaluate(
            "() => widget.lost(model.get('shares'), widget.doubles(model.get('without'))).map(v => v + '')"
        )
        np.testing.assert_allclose([float(v) for v in found], widget.lost, atol=1e-6)
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached, text
        reached.add(widget.goal_reached)
    assert reached == {True, False}


def test_the_sums_in_the_readout_and_the_sentence(show):  # noqa: F811
    widget = TokenExplorer()
    page = show(widget)
    for text, place in (("check noisy bearing", 2), ("pump weeping at flange", 3), ("pump weeping at flange", 2)):
        widget.text, widget.place = text, place
        send(page, widget)
        best, word = widget.decision, widget.tokens[place - 1]
        row = widget.shares_without()[place - 1]
        lines = page.locator(".cw-readout").inner_text().splitlines()
        shown = [100 * widget.shares[best], 100 * row[best], 100 * (widget.shares[best] - row[best])]
        assert lines[0].startswith(f"lost without “{word}” = ")
        np.testing.assert_allclose(numbers(lines[0].split(" = ", 1)[1]), shown, atol=0.051)
        label = canvases(page)[0].get_attribute("aria-label")
        assert f"{widget.class_names[best]}: {shown[0]:.0f} %. Without “{word}”: {shown[1]:.0f} %" in label
        assert ("The decision becomes " in label) == (int(np.argmax(row)) != best)
        assert ("Unknown: weeping, flange." in label) == ("weeping" in text)
        if widget.about["known"]:
            near = widget.near[0]
            assert lines[1].startswith(f"cos({word}, {near['word']}) = a·b / (|a|·|b|) = ")
            expected = [near["dot"], widget.about["length"], near["length"], near["cosine"]]
            np.testing.assert_allclose(numbers(lines[1].split("|b|) = ")[1]), expected, atol=0.0051)
            assert f"Nearest to “{word}”: {near['word']} {near['cosine']:.2f}" in canvases(page)[1].get_attribute(
                "aria-label"
            )
        else:
            assert len(lines) == 1 and "is not in the vocabulary" in canvases(page)[1].get_attribute("aria-label")


def test_no_label_lies_on_another_label_or_dot(show):  # noqa: F811
    page = show(TokenExplorer())
    rng = np.random.default_rng(0)
    for count in (5, 60, 200):
        items = [
            {"x": float(x), "y": float(y), "w": float(w), "must": k < 8}
            for k, (x, y, w) in enumerate(rng.uniform([10, 10, 10], [390, 220, 90], (count, 3)))
        ]
        found = page.evaluate("items => widget.placeLabels(items, { left: 0, top: 0, right: 400, bottom: 230 })", items)
        boxes = [(*p, p[0] + i["w"], p[1] + 14) for p, i in zip(found, items, strict=True) if p]
        assert len(boxes) > min(count, 20) / 2
        for k, a in enumerate(boxes):
            assert a[0] >= 0 and a[1] >= 0 and a[2] <= 400 and a[3] <= 230
            assert not any(a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1] for b in boxes[k + 1 :])
        own = [i for p, i in zip(found, items, strict=True) if p]
        for a, one in zip(boxes, own, strict=True):
            for dot in items:
                inside = a[0] < dot["x"] + 3 and a[2] > dot["x"] - 3 and a[1] < dot["y"] + 3 and a[3] > dot["y"] - 3
                assert dot is one or not inside


def test_the_words_that_are_spoken_of_have_labels(show):  # noqa: F811
    widget = TokenExplorer()
    for width in (900, 320):
        page = show(widget, width=width)
        labels = canvases(page)[1].evaluate("c => c.dataset.labels").split()
        assert {widget.about["word"], *(n["word"] for n in widget.near)} <= set(labels)
        assert len(labels) > 15


def test_half_an_answer_is_not_drawn_wrongly(show):  # noqa: F811
    """The parts of an answer arrive one after the other; none of the pictures between may fail."""
    page = show(TokenExplorer())
    for text in ("hose hose leaking qzx now", "qzx", "", "pump"):
        widget = TokenExplorer(text=text)
        for name in (*BYTES, *ANSWERS[::-1]):
            value = getattr(widget, name)
            page.evaluate(SEND, [{}, {name: list(value)}] if isinstance(value, bytes) else [{name: value}, {}])
            page.evaluate(FRAME)


# ---------------------------------------------------------------- pointer, keys, typing
def test_arrow_keys_move_over_the_words(show):  # noqa: F811
    page = show(TokenExplorer(text="replace leaking hydraulic hose line 2", place=2))
    decision, _embedding = canvases(page)
    decision.focus()
    for key, place in (("ArrowRight", 3), ("ArrowDown", 4), ("ArrowLeft", 3), ("ArrowUp", 2), ("End", 6),
                       ("ArrowRight", 6), ("Home", 1), ("ArrowLeft", 1)):  # fmt: skip
        page.keyboard.press(key)
        assert of(page, "place") == place, key
    page.evaluate("() => window.fromPython('word', 'pump')")
    page.keyboard.press("ArrowRight")
    assert of(page, "place", "word") == [2, ""]  # back to the words of the text
    said(page, "Without “leaking”")


def test_a_click_chooses_a_word_of_the_text(show):  # noqa: F811
    page = show(TokenExplorer(text="replace leaking hydraulic hose line 2", word="pump"))
    box = canvases(page)[0].bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 26 + 20 * 3 + 10)
    assert of(page, "place", "word") == [4, ""]
    page.mouse.click(box["x"] + 250, box["y"] + 26 + 10)  # on its bar
    assert of(page, "place") == 1
    page.mouse.click(box["x"] + 60, box["y"] + 5)  # the title is no word
    assert of(page, "place") == 1


def test_neighbours_by_keys_and_by_clicks(show):  # noqa: F811
    widget = TokenExplorer(text="pump leaking", place=2)
    page = show(widget)
    _decision, embedding = canvases(page)
    embedding.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.evaluate(FRAME)
    third = widget.near[2]["word"]
    assert f"cos(leaking, {third}) = " in page.locator(".cw-readout").inner_text()
    page.keyboard.press("Enter")
    assert of(page, "word") == third
    page.keyboard.press("Delete")
    assert of(page, "word") == ""
    box = embedding.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 60, box["y"] + 22 + 18 + 9)
    page.evaluate(FRAME)
    assert f"cos(leaking, {widget.near[1]['word']}) = " in page.locator(".cw-readout").inner_text()
    page.mouse.click(box["x"] + box["width"] - 60, box["y"] + 22 + 9)
    assert of(page, "word") == widget.near[0]["word"]


def test_hover_and_click_on_the_map(show):  # noqa: F811
    widget = TokenExplorer(text="pump leaking", place=2)
    page = show(widget)
    box = canvases(page)[1].bounding_box()
    places, k = np.frombuffer(widget.map_sent).reshape(-1, 3), widget.map_words.index("broken")
    reach = np.array(widget.reach).reshape(3, 2)
    pad = 0.06 * (reach[:, 1] - reach[:, 0])
    share = (places[k] - reach[:, 0] + pad) / (reach[:, 1] - reach[:, 0] + 2 * pad)
    width, height = round(box["width"] * 0.66) - 26, 228 - 28
    x, y = box["x"] + 22 + share[0] * width, box["y"] + 4 + height - share[1] * height
    page.mouse.move(x, y)
    page.evaluate(FRAME)
    line = page.locator(".cw-readout").inner_text().splitlines()[-1]
    assert line == f"cosine of “leaking” and “broken” = {widget.map_cosines[k]:.3f}".replace("-", "−")
    page.mouse.click(x, y)
    assert of(page, "word") == "broken"


def test_typing_a_text_and_a_word(show):  # noqa: F811
    page = show(TokenExplorer())
    area = page.get_by_role("textbox", name="text (type your own)")
    area.fill("泵 leaking")
    assert of(page, "text") == "泵 leaking"
    assert page.get_by_role("combobox", name="or choose a text").input_value() == ""
    area.press("End")
    page.keyboard.type(" r2")  # in JupyterLab's command mode r would turn the cell raw
    assert of(page, "text") == "泵 leaking r2"
    word = page.get_by_role("textbox", name="neighbours of another word")
    word.fill("Valve")
    assert of(page, "word") == "Valve"
    page.evaluate("() => window.fromPython('word', 'valve')")  # Python makes a token of it; the field is left alone
    page.evaluate(FRAME)
    assert word.input_value() == "Valve"
    chosen = of(page, "texts")[3]
    page.get_by_role("combobox", name="or choose a text").select_option(chosen)
    assert of(page, "text", "word", "place") == [chosen, "", 1] and area.input_value() == chosen


# ---------------------------------------------------------------- words and looks
def test_a_text_without_an_answer_says_why(show):  # noqa: F811
    widget = TokenExplorer(text="Xylophon qzx")
    page = show(widget)
    said(page, "Unknown words only (2 of 2): the model has never seen any of them")
    page.locator("canvas").first.press("ArrowRight")
    assert of(page, "place") == 2
    widget.text = ""
    send(page, widget)
    said(page, "No word yet: type a text, or choose one.")
    assert page.locator(".cw-readout").inner_text() == ""


def test_hostile_words_stay_text(show):  # noqa: F811
    hostile = "img src onerror hacked"
    model, vocabulary = small([hostile, "pump script"], classes=2)
    widget = TokenExplorer(model, vocabulary, [HOSTILE, "pump"], [HOSTILE, "b"])
    page = show(widget)
    said(page, "<img" if widget.decision == 0 else "b: ")
    widget.message = HOSTILE
    widget.shares, widget.near = [], [{"word": HOSTILE, "cosine": 0.5, "dot": 1.0, "length": 1.0}]
    widget.tokens, widget.about = [HOSTILE], {"word": HOSTILE, "known": True, "length": 1.0, "count": 1}
    send(page, widget)
    said(page, HOSTILE)
    assert HOSTILE in page.locator(".cw-readout").inner_text()
    assert page.evaluate("() => window.hacked") is None and page.locator("#host img, #host script").count() == 0


def test_chinese_words_and_a_long_text(show):  # noqa: F811
    model, vocabulary = small(CHINESE, classes=2)
    widget = TokenExplorer(model, vocabulary, CHINESE, ["漏", "其他"])
    page = show(widget)
    assert "Without “" + widget.tokens[widget.place - 1] + "”" in canvases(page)[0].get_attribute("aria-label")
    widget = TokenExplorer(text="check the noisy main bearing of the spindle motor at station 4, was hot, is leaking")
    for width in (900, 320):
        page = show(widget, width=width)
        canvas = canvases(page)[0]
        for _press in range(20):
            canvas.press("ArrowDown")
        assert of(page, "place") == len(widget.tokens) == 16
        screenshot(page, f"bare TokenExplorer long {width}")


@pytest.mark.parametrize("width, dark", [(900, False), (900, True), (320, False)])
def test_screenshots(show, width, dark):  # noqa: F811
    widget = TokenExplorer()
    widget.preset("sure, but why?")
    page = show(widget, width=width, dark=dark)
    host = page.locator("#host").bounding_box()
    assert page.evaluate("() => document.getElementById('host').scrollWidth") <= width
    assert width < 900 or host["height"] <= 540
    screenshot(page, f"bare TokenExplorer {width} {'dark' if dark else 'light'}")
