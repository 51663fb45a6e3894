"""The widget "which one wins" in a bare page: what JavaScript judges, pointer, keys, table, and how it looks."""

import numpy as np
import pytest

from course_lib.widgets import WhichOneWins
from course_lib.widgets.which_one_wins import DATA
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME


def settings(rng):
    limits = [float(10 ** rng.uniform(*np.log10(ends))) for ends in ((0.001, 100), (0.01, 100), (1, 100_000))]
    if rng.random() < 0.3:
        limits = [100.0, 100.0, 100_000.0]
    return {
        "data": DATA[rng.integers(5)], "size": int(rng.integers(1, 7)), "max_seconds": limits[0],
        "max_milliseconds": limits[1], "max_kilobytes": limits[2],
    }  # fmt: skip


def test_numbers(show):  # noqa: F811
    page, rng = show(WhichOneWins()), np.random.default_rng(0)
    winners = []
    for _turn in range(300):
        state = settings(rng)
        widget = WhichOneWins(**state)
        found = page.evaluate(
            """([rows, s]) => { const j = widget.judge(rows, s); return [j.ranked.map(r => r.row),
            j.close.map(r => r.model), j.winner && j.winner.model]; }""",
            [widget.rows(), state],
        )
        assert found == [[row["row"] for row in widget.ranked()], widget.tied, widget.winner], state
        winners.append(widget.winner)
        widget.close()
    assert len(set(winners)) > 3


def test_short_numbers(show):  # noqa: F811
    page = show(WhichOneWins())
    numbers = [0.01234, 0.5, 4.56, 99.4, 123.4, 23_558.9]
    assert page.evaluate("n => n.map(v => widget.short(v))", numbers) == ["0.012", "0.5", "4.6", "99", "123", "23,559"]


def test_the_words_and_the_goal_are_pythons(show):  # noqa: F811
    page, rng = show(WhichOneWins()), np.random.default_rng(1)
    reached = []
    states = [settings(rng) for _turn in range(30)]
    states += [{"data": name, "size": 6, "max_kilobytes": 20.0, "max_seconds": 100.0, "max_milliseconds": 100.0}
               for name in DATA]  # fmt: skip
    for state in states:
        widget = WhichOneWins(**state)
        for trait in widget.settings():
            page.evaluate("([n, v]) => window.fromPython(n, v)", [trait, getattr(widget, trait)])
        page.evaluate(FRAME)
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
        reached.append(widget.goal_reached)
        assert widget.describe() in page.locator("canvas").first.get_attribute("aria-label")
    assert set(reached) == {True, False}


def test_the_size_follows_pointer_and_keys(show):  # noqa: F811
    widget = WhichOneWins()
    page = show(widget)
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    left, width = 46, box["width"] - 60
    low, high = np.log10(250 / 1.12), np.log10(7800 * 1.12)

    def x(samples):
        return box["x"] + left + (np.log10(samples) - low) / (high - low) * width

    page.mouse.move(x(1000), box["y"] + 20)
    page.mouse.down()
    assert of(page, "size") == 3
    page.mouse.move(x(2100), box["y"] + 20, steps=3)
    assert of(page, "size") == 4
    page.mouse.up()
    page.mouse.move(x(260), box["y"] + 20)
    assert of(page, "size") == 4
    canvas.focus()
    page.keyboard.press("Home")
    assert of(page, "size") == 1
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert of(page, "size") == 3
    said(page, "Machine failures (6 columns), 1,000 parts: ")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert of(page, "size") == 6


def test_a_row_is_read_out_by_keys_and_by_click(show):  # noqa: F811
    widget = WhichOneWins(data="boards", size=4)
    page = show(widget)
    canvas, readout, ranked = page.locator("canvas").first, page.locator(".cw-readout"), widget.ranked()
    assert f"row {ranked[0]['row']}: " in readout.inner_text()
    canvas.focus()
    page.keyboard.press("ArrowDown")
    assert of(page, "picked") == ranked[1]["model"]
    text = readout.inner_text()
    assert f"row {ranked[1]['row']}: " in text and f"{ranked[1]['count']:,} {ranked[1]['part']}" in text
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert of(page, "picked") == ranked[0]["model"]
    page.locator(".cw-wins tbody tr", has_text="decision tree").click()
    assert of(page, "picked") == "tree" and "decision tree, 7,000 pictures" in readout.inner_text()
    page.get_by_role("combobox", name="data").select_option("turbofan")
    page.evaluate(FRAME)
    assert "decision tree, 40 engines: RMSE" in readout.inner_text()


def test_the_table_shows_the_best_first_and_what_breaks_the_budget(show):  # noqa: F811
    widget = WhichOneWins(data="boards", size=4)
    page = show(widget)
    lines = page.locator(".cw-wins tbody tr:visible")
    page.evaluate(FRAME)
    assert [line.locator("td").first.inner_text() for line in lines.all()] == [str(r["row"]) for r in widget.ranked()]
    assert "✗" not in page.locator(".cw-wins").inner_text()
    page.get_by_role("slider", name="size of the model").press("Home")
    page.evaluate(FRAME)
    assert of(page, "max_kilobytes") == 1
    assert page.locator(".cw-wins").inner_text().count("✗") == len(widget.rows())
    said(page, "No model fits this budget.")
    page.get_by_role("slider", name="size of the model").press("End")
    page.evaluate(FRAME)
    assert of(page, "max_kilobytes") == 100_000 and "✗" not in page.locator(".cw-wins").inner_text()
    page.get_by_role("slider", name="one answer").press("Home")
    page.evaluate(FRAME)
    few = WhichOneWins(data="boards", size=4, max_milliseconds=0.01)
    assert page.locator(".cw-wins").inner_text().count("✗") == len(few.rows()) - len(few.ranked())


def test_the_slider_of_samples_has_as_many_steps_as_were_measured(show):  # noqa: F811
    page = show(WhichOneWins(data="steel_plates"))
    slider = page.get_by_role("slider", name="samples")
    page.evaluate(FRAME)
    assert slider.get_attribute("max") == "5" and slider.get_attribute("aria-valuetext") == "1,500 plates"
    slider.press("ArrowLeft")
    assert of(page, "size") == 4
    page.get_by_role("combobox", name="data").select_option("physics")
    page.evaluate(FRAME)
    assert slider.get_attribute("max") == "6" and slider.input_value() == "4"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [300, 900])
def test_screenshots(width, dark, show):  # noqa: F811
    page = show(WhichOneWins(data="boards", size=4, max_kilobytes=3000.0), width=width, dark=dark, height=1200)
    screenshot(page, f"bare WhichOneWins {width} {'dark' if dark else 'light'}")
    for node in ("canvas", ".cw-wins"):
        assert page.locator(node).first.evaluate("c => c.getBoundingClientRect().right") <= width + 10
    if width == 900:
        assert page.locator("#host").evaluate("n => n.getBoundingClientRect().height") <= 640
