"""The network inspector's JavaScript: the sums, windows and fields it repeats, and how it is painted and steered."""

import json

import numpy as np
import pytest

from course_lib.widgets import NetworkInspector
from course_lib.widgets.network_maps import cell_field, pack, sum_behind, unpack
from tests.browser.test_bare_widgets import FRAME, HOSTILE, show  # noqa: F401  (a fixture)
from tests.widgets.test_network_inspector import STACKS, inspector, some_cells

GET = "name => window.model.get(name)"


def cells(widget, seed=0):
    return [
        [layer, row, column, channel]
        for layer, _entry, row, column, channel in some_cells(widget.layers, np.random.default_rng(seed), 8)
    ]


# ---------------------------------------------------------------- the numbers that JavaScript repeats
@pytest.mark.parametrize("name", STACKS)
def test_sums_and_fields(name, show):  # noqa: F811
    widget = inspector(name, image=1)
    asked = cells(widget)
    found = show(widget, width=900).evaluate(
        """asked => { const m = window.widget, get = k => window.model.get(k), layers = get('layers');
        const maps = m.floats(get('maps_sent')), weights = m.floats(get('weights_sent'));
        return asked.map(([layer, row, column, channel]) => {
          const kind = layers[layer].kind, sum = kind === 'Conv2D' || kind === 'Dense'
            ? m.sumBehind(layers, weights, maps, layer, row, column, channel) : null;
          return { field: m.cellField(layers, layer, row, column),
            value: m.valueAt(layers, maps, layer, row, column, channel),
            sum: sum && [[...sum.terms], sum.bias, sum.z], strongest: sum && sum.strongest };
        }); }""",
        asked,
    )
    sums = 0
    for (layer, row, column, channel), answer in zip(asked, found, strict=True):
        entry = widget.layers[layer]
        assert tuple(answer["field"]) == cell_field(widget.layers, layer, row, column)
        numbers = widget._maps[layer]
        expected = numbers[row * entry["shape"][1] + column] if entry["units"] else numbers[row, column, channel]
        assert answer["value"] == pytest.approx(expected, rel=1e-6, abs=1e-7)
        if answer["sum"]:
            terms, bias, z = sum_behind(widget._model, widget._maps, layer, row, column, channel)
            np.testing.assert_allclose(answer["sum"][0], terms, rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(answer["sum"][1:], [bias, z], rtol=1e-6, atol=1e-6)
            assert answer["strongest"] == np.abs(terms).argmax()
            sums += 1
    assert sums > 8


def test_windows_and_their_padding(show):  # noqa: F811
    widget = inspector("odd")
    maps, layer = widget._maps, 4  # average pooling (2, 3), padding "same"
    values = show(widget).evaluate(
        """() => { const m = window.widget, get = k => window.model.get(k), maps = m.floats(get('maps_sent'));
        return [...m.windowOf(get('layers'), maps, 4, 6, 0, 1).values].map(v => (Number.isNaN(v) ? null : v)); }"""
    )
    values = np.array([np.nan if v is None else v for v in values], float).reshape(2, 3)
    assert np.isnan(values[1]).all() and np.isnan(values[0, 0])  # below and left of the 7 rows
    np.testing.assert_allclose(values[0, 1:], maps[layer - 1][6, 0:2, 1], rtol=1e-6)
    assert np.nanmean(values) == pytest.approx(maps[layer][6, 0, 1], rel=1e-6)


def test_settings_are_settled_alike(show):  # noqa: F811
    widget, rng = inspector("flat"), np.random.default_rng(1)
    asked = [
        dict(zip(("layer", "channel", "row", "column"), rng.integers(0, 40, 4).tolist(), strict=True))
        for _ in range(30)
    ]
    asked += [{"layer": k, "channel": 0, "row": 2, "column": 7} for k in range(5)]
    found = show(widget).evaluate("asked => asked.map(a => window.widget.settle(window.model.get('layers'), a))", asked)
    for state, settled in zip(asked, found, strict=True):
        with widget.hold_trait_notifications():
            for key, value in state.items():
                setattr(widget, key, value)
        assert {key: getattr(widget, key) for key in state} == settled


def test_a_drawing_as_text(show):  # noqa: F811
    rng = np.random.default_rng(0)
    page = show(NetworkInspector())
    for share in (0, 0.02, 0.5, 1):
        painted = rng.random((28, 28)) < share
        text = page.evaluate("bits => window.widget.pack(bits)", painted.ravel().astype(int).tolist())
        assert text == pack(painted)
        bits = page.evaluate("text => [...window.widget.unpack(text, 784)]", text)
        np.testing.assert_array_equal(np.reshape(bits, (28, 28)).astype(bool), painted)
    assert page.evaluate("() => window.widget.stroke([0, 0], [2, 4])") == [[0, 0], [1, 1], [1, 2], [2, 3], [2, 4]]


# ---------------------------------------------------------------- mouse and keyboard
def canvas(page, name):
    return page.locator("#host canvas").nth(
        {"strip": 0, "paper": 1, "map": 2, "classes": 3, "tiles": 4, "sum": 5}[name]
    )


def painted(page):
    page.evaluate(FRAME)
    return unpack(page.evaluate(GET, "drawing"), (28, 28))


def test_paint_with_the_mouse(show):  # noqa: F811
    page = show(NetworkInspector(image=-1), width=900)
    box = canvas(page, "paper").bounding_box()
    unit = (box["width"] - 48) / 28

    def at(row, column):
        return box["x"] + 2 + (column + 0.5) * unit, box["y"] + 2 + (row + 0.5) * unit

    page.mouse.move(*at(5, 5))
    assert not painted(page).any(), "moving alone paints nothing"
    page.mouse.down()
    page.mouse.move(*at(5, 15))  # one jump: no gaps
    page.mouse.up()
    page.mouse.move(*at(20, 15))
    assert np.argwhere(painted(page)).tolist() == [[5, c] for c in range(5, 16)]
    page.get_by_role("combobox", name="the mouse").select_option("erase")
    page.get_by_role("slider", name="brush").press("End")
    page.mouse.move(*at(5, 10))
    page.mouse.down()
    page.mouse.up()
    assert np.argwhere(painted(page))[:, 1].tolist() == [5, 6, 7, 13, 14, 15]
    page.get_by_role("button", name="New drawing").click()
    assert not painted(page).any()


def test_paint_on_a_picture_of_the_strip(show):  # noqa: F811
    widget = NetworkInspector()
    page = show(widget, width=900)
    canvas(page, "paper").press("Space")
    assert page.evaluate(GET, "image") == -1
    expected = widget.picture_shown == 1
    expected[14, 14] = True  # the cursor begins in the middle
    np.testing.assert_array_equal(painted(page), expected)


def test_paint_with_the_keyboard(show):  # noqa: F811
    page = show(NetworkInspector(image=-1), width=900)
    paper = canvas(page, "paper")
    paper.press("Space")
    paper.press("ArrowUp")
    paper.press("ArrowRight")
    paper.press("Space")
    assert np.argwhere(painted(page)).tolist() == [[13, 15], [14, 14]]
    assert "Cursor in row 14, column 16" in paper.get_attribute("aria-label")
    paper.press("Delete")
    assert np.argwhere(painted(page)).tolist() == [[14, 14]]


def test_choose_pictures_maps_and_cells(show):  # noqa: F811
    page = show(NetworkInspector(image=3, layer=1, row=4, column=4), width=900)
    canvas(page, "strip").press("ArrowRight")
    assert page.evaluate(GET, "image") == 4
    canvas(page, "strip").click(position={"x": 20, "y": 20})
    assert page.evaluate(GET, "image") == -1
    canvas(page, "tiles").press("ArrowRight")
    assert page.evaluate(GET, "channel") == 1
    canvas(page, "tiles").click(position={"x": 20, "y": 20})
    assert page.evaluate(GET, "channel") == 0
    here = canvas(page, "map")
    here.press("ArrowDown")
    here.press("PageDown")
    assert [page.evaluate(GET, k) for k in ("row", "column", "channel")] == [5, 4, 1]
    page.evaluate(FRAME)
    assert "rows 6 to 8 and columns 5 to 7" in here.get_attribute("aria-label")
    here.click(position={"x": 4, "y": 4})
    assert [page.evaluate(GET, k) for k in ("row", "column")] == [0, 0]


def test_hovering_shows_a_sum_and_chooses_nothing(show):  # noqa: F811
    page = show(inspector(row=11, column=8), width=900)
    here, readout = canvas(page, "map"), page.locator(".cw-readout")
    page.evaluate(FRAME)
    before = readout.inner_text()
    here.hover(position={"x": 40, "y": 40})
    page.evaluate(FRAME)
    assert readout.inner_text() != before
    page.mouse.move(5, 5)
    page.evaluate(FRAME)
    assert readout.inner_text() == before and page.evaluate(GET, "row") == 11
    assert page.evaluate("() => saved.length") == 0


def test_the_sum_is_written_out(show):  # noqa: F811
    widget = NetworkInspector(layer=1)
    _terms, bias, z = widget.sum_behind()
    page = show(widget, width=900)
    page.evaluate(FRAME)
    lines = page.locator(".cw-readout").inner_text().split("\n")
    assert len(lines) == 5 and sum(line.count("·") for line in lines) == 9
    assert f"z = {z:.3f}".replace("-", "−") in lines[3] and f"{abs(bias):.3f}" in lines[3]
    assert lines[4].startswith("relu(")
    for layer, words in [(0, "pixel value"), (2, "the largest of"), (3, "(map "), (5, "number "), (6, "softmax:")]:
        page.get_by_role("combobox", name="layer").select_option(str(layer))
        page.evaluate(FRAME)
        assert words in page.locator(".cw-readout").inner_text(), layer


@pytest.mark.parametrize("name", STACKS)
def test_every_layer_of_every_network_can_be_shown(name, show):  # noqa: F811
    page = show(inspector(name, occlude=True), width=500)
    seen = set()
    for layer in range(len(STACKS[name]) + 1):
        page.get_by_role("combobox", name="layer").select_option(str(layer))
        page.evaluate(FRAME)
        text = page.locator(".cw-readout").inner_text()
        assert text and "NaN" not in text and "undefined" not in text
        seen.add(page.locator("#host canvas").nth(2).get_attribute("aria-label"))
    assert len(seen) == len(STACKS[name]) + 1


def test_the_goal_and_the_words(show):  # noqa: F811
    page = show(NetworkInspector(), width=900)
    badge = page.locator(".cw-badge")
    assert badge.inner_text() == "Goal"
    p = [0.01] * 8 + [0.92, 0.0]
    page.evaluate("p => window.fromPython('result', { source: [-1, ''], probabilities: p, class: 8 })", p)
    page.evaluate(FRAME)
    assert badge.inner_text() == "Goal", "a picture of the strip is no drawing"
    page.evaluate("() => window.fromPython('image', -1)")
    page.evaluate(FRAME)
    assert badge.inner_text() == "✓ Goal reached"
    page.wait_for_timeout(300)
    assert "The network says scratch: 92.0 %." in page.locator(".cw-say").inner_text()


def test_class_names_stay_texts(show):  # noqa: F811
    widget = inspector(class_names=[HOSTILE, "b", "c", HOSTILE], labels=[0, 1, 2, 3, 0])
    for layer in widget.layers:
        layer["name"] = HOSTILE
    widget.layers = json.loads(json.dumps(widget.layers))
    page = show(widget, width=700)
    page.wait_for_timeout(200)
    assert page.evaluate("() => window.hacked") is None
    assert page.locator("#host img, #host script").count() == 0
    assert HOSTILE in page.locator(".cw-goal").inner_text()
