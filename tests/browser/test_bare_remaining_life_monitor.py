"""The remaining-life monitor in a bare page: its prices against `alarm_policy`, pointer, keys, words, and its looks."""

import re

import numpy as np
import pytest

from course_lib.widgets import RemainingLifeMonitor
from tests.browser.labkit import screenshot
from tests.browser.test_bare_convolution import of, said, show  # noqa: F401 (a fixture)
from tests.browser.test_bare_widgets import FRAME
from tests.widgets.test_remaining_life_monitor import fleet

PRICES = ("lead_time", "planned_cost", "unplanned_cost")
FLEET = """() => window.fleet = widget.fleetOf(model.get('engines'), widget.doubles(model.get('cycles')),
    widget.doubles(model.get('predicted')), widget.doubles(model.get('remaining')))"""


def send(page, widget):
    """Bring the page into the widget's state, and wait for its picture."""
    page.evaluate(
        "state => { for (const [n, v] of Object.entries(state)) window.fromPython(n, v); }",
        {name: getattr(widget, name) for name in widget.settings()},
    )
    page.evaluate(FRAME)


def place(page, k=0):
    canvas = page.locator("canvas").nth(k)
    canvas.scroll_into_view_if_needed()
    return canvas, canvas.bounding_box()


# ---------------------------------------------------------------- the numbers
def test_the_prices_are_those_of_alarm_policy(show):  # noqa: F811
    widget = RemainingLifeMonitor()
    page = show(widget)
    page.evaluate(FLEET)
    for lead, planned, unplanned in ((10, 20_000.0, 100_000.0), (0, 5_000.0, 250_000.0), (37, 20_000.0, 21_000.0)):
        widget.lead_time, widget.planned_cost, widget.unplanned_cost = lead, planned, unplanned
        prices = {name: getattr(widget, name) for name in PRICES}
        curve = page.evaluate("s => [...widget.curveOf(window.fleet, s)]", prices)
        np.testing.assert_allclose(curve, widget.costs(), rtol=1e-9)
        for line in (0, 3.5, 10, 25, 60, 99.25, 125):
            result = widget.policy(line)
            found = page.evaluate("([line, s]) => widget.priced(window.fleet, line, s)", [line, prices])
            assert found["unplanned"] == result.unplanned_stops
            np.testing.assert_allclose(
                [found["cost"], found["wasted"]], [result.cost_per_1000_cycles, result.wasted.mean()], atol=1e-6
            )
            alarm = [np.nan if e["alarm"] is None else e["alarm"] for e in found["each"]]
            np.testing.assert_array_equal(alarm, result.alarm)
            for name in ("stop", "planned", "wasted", "cost"):
                np.testing.assert_allclose([e[name] for e in found["each"]], getattr(result, name), atol=1e-6)


def test_cycles_without_a_prediction_never_alarm(show):  # noqa: F811
    runs, predictions = fleet([100, 150], [0, -60])
    predictions[(runs.cycle < 60)] = np.nan
    widget = RemainingLifeMonitor(runs, predictions)
    page = show(widget)
    page.evaluate(FLEET)
    for line in (0, 50, 99, 125):
        alarms = page.evaluate("line => window.fleet.map(one => widget.alarmOf(one, line))", line)
        assert alarms == [int(a) for a in widget.policy(line).alarm]


def test_the_words_and_the_goal_are_pythons(show):  # noqa: F811
    widget, rng, reached, words = RemainingLifeMonitor(), np.random.default_rng(0), set(), set()
    page = show(widget)
    for _turn in range(60):
        widget.line, widget.engine = float(rng.integers(0, 126)), int(rng.integers(41, 61))
        widget.lead_time, widget.planned_cost = int(rng.integers(0, 40)), float(rng.integers(1, 40) * 1000)
        widget.show_truth = bool(rng.random() < 0.5)
        end = widget.outcome()
        widget.cycle = int(rng.choice([1, 40, (end["alarm"] or 30) + 3, end["stop"], end["life"]]))
        send(page, widget)
        label = page.locator("canvas").first.get_attribute("aria-label")
        assert f"engine {widget.engine}, cycle {widget.cycle}: {widget.status()}. " in label
        assert (page.locator(".cw-goal.cw-reached").count() == 1) == widget.goal_reached
        reached.add(widget.goal_reached)
        words.add(re.sub(r"[\d,]+", "", widget.status()))
        result, other = widget.policy(), page.locator("canvas").nth(1).get_attribute("aria-label")
        assert f"{result.cost_per_1000_cycles:,.0f} EUR per 1000 cycles, {result.unplanned_stops} unplanned" in other
        away = float(re.search(r"([\d.]+) cycles given away", other)[1])
        assert away == pytest.approx(result.wasted.mean(), abs=0.0501)  # 6.25 is 6.2 for Python, 6.3 for JavaScript
        readout = page.locator(".cw-readout").inner_text()
        assert f"{widget.costs().min():,.0f} EUR at {widget.best_line:.0f} cycles" in readout
    assert reached == {True, False} and len(words) >= 5


# ---------------------------------------------------------------- pointer and keys
def test_the_line_is_dragged_and_moved_by_keys(show):  # noqa: F811
    page = show(RemainingLifeMonitor(line=60.0, cycle=50))
    canvas, box = place(page)
    top, height = 2 * 65 + 24, 160  # two sensors

    def y(line):
        return box["y"] + top + height * (1 - line / RemainingLifeMonitor()._top())

    x = box["x"] + 250
    page.mouse.move(x, y(60) + 3)
    page.mouse.down()
    page.mouse.move(x, y(30), steps=4)
    assert of(page, "line") == pytest.approx(30, abs=1)
    page.mouse.up()
    page.mouse.move(x, y(100))
    assert of(page, "line") == pytest.approx(30, abs=1) and of(page, "cycle") == 50
    line = of(page, "line")
    canvas.focus()
    for _press in range(3):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    assert of(page, "line") == line + 2
    said(page, f"All 20 with the line at {line + 2}: ")
    costs, box = place(page, 1)
    page.mouse.click(box["x"] + 48 + (box["width"] - 64) * 0.8, box["y"] + 60)
    assert of(page, "line") == pytest.approx(100, abs=1)
    costs.focus()
    for key in ("Home", "ArrowRight", "ArrowUp", "PageUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert of(page, "line") == 11
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert of(page, "line") == 125


def test_the_cycle_is_dragged_stepped_and_played(show):  # noqa: F811
    widget = RemainingLifeMonitor(line=60.0, cycle=100)
    page = show(widget)
    canvas, box = place(page)
    last = max(widget._life.values())

    def x(cycle):
        return box["x"] + 50 + (box["width"] - 60) * cycle / last

    page.mouse.move(x(100), box["y"] + 40)
    page.mouse.down()
    page.mouse.move(x(160), box["y"] + 45, steps=3)
    page.mouse.up()
    assert of(page, "cycle") == pytest.approx(160, abs=1) and of(page, "line") == 60
    canvas.focus()
    before = of(page, "cycle")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert of(page, "cycle") == before + 1
    page.keyboard.press("Home")
    assert of(page, "cycle") == 1
    page.keyboard.press("End")
    assert of(page, "cycle") == widget.outcome()["stop"]
    page.keyboard.press("r")
    assert of(page, "cycle") == 1
    page.get_by_role("button", name="Step ▶").click()
    page.get_by_role("button", name="Step ▶").click()
    page.get_by_role("button", name="◀ Back").click()
    assert of(page, "cycle") == 2
    page.get_by_role("combobox", name="speed").select_option("10")
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function("() => window.model.get('cycle') > 20")
    page.get_by_role("button", name="❚❚ Pause").click()
    stopped = of(page, "cycle")
    page.wait_for_timeout(200)
    assert of(page, "cycle") == stopped


def test_play_pauses_where_the_engine_is_replaced(show):  # noqa: F811
    widget = RemainingLifeMonitor(line=60.0)
    stop = widget.outcome()["stop"]
    widget.cycle = stop - 5
    page = show(widget)
    page.locator("canvas").first.focus()
    page.keyboard.press(" ")
    page.wait_for_function("stop => window.model.get('cycle') === stop", arg=stop)
    page.wait_for_timeout(300)
    assert of(page, "cycle") == stop and page.get_by_role("button", name="▶ Play").is_visible()
    widget.cycle = stop
    said(page, f"engine 41, cycle {stop}: {widget.status()}.")
    assert "this engine so far: 20,000 EUR" in page.locator(".cw-readout").inner_text()


def test_hover_reads_an_earlier_cycle(show):  # noqa: F811
    widget = RemainingLifeMonitor(cycle=150, show_truth=True)
    page = show(widget)
    _canvas, box = place(page)
    last = max(widget._life.values())
    page.mouse.move(box["x"] + 50 + (box["width"] - 60) * 80 / last, box["y"] + 40)
    page.evaluate(FRAME)
    first = page.locator(".cw-readout").inner_text().splitlines()[0]
    widget.cycle = 80
    row = widget._row()
    assert first.startswith("cycle 80: vibration drive end ") and f"true {widget._runs.y[row]}" in first
    assert f"predicted {widget._predictions[row]:.1f}" in first
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + 40)  # the future is not told
    page.evaluate(FRAME)
    assert page.locator(".cw-readout").inner_text().startswith("cycle 150: ")
    assert of(page, "cycle") == 150


def test_the_truth_is_hidden_until_it_is_asked_for(show):  # noqa: F811
    page = show(RemainingLifeMonitor(cycle=150))
    page.evaluate(FRAME)
    assert "true" not in page.locator(".cw-readout").inner_text()
    page.get_by_role("checkbox", name="show the true remaining life").check()
    page.evaluate(FRAME)
    assert "true 79" in page.locator(".cw-readout").inner_text()


def test_another_engine_by_menu_keys_and_bar(show):  # noqa: F811
    page = show(RemainingLifeMonitor())
    page.get_by_role("combobox", name="engine").select_option("55")
    assert of(page, "engine", "cycle") == [55, 30]  # from its first prediction on
    life, _box = place(page)
    life.focus()
    page.keyboard.press("PageDown")
    assert of(page, "engine") == 56
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    assert of(page, "engine") == 54
    bars, box = place(page, 2)
    page.mouse.click(box["x"] + 48 + (box["width"] - 64) * 0.99, box["y"] + 80)
    assert of(page, "engine") == 60
    bars.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert of(page, "engine") == 59
    page.evaluate(FRAME)
    assert "engine 59" in page.locator("canvas").nth(2).get_attribute("aria-label")


def test_other_sensors(show):  # noqa: F811
    page = show(RemainingLifeMonitor(sensors=["oil pressure", "motor current", "air flow"]))
    page.get_by_role("combobox", name="third sensor").select_option("")
    assert of(page, "sensors") == ["oil pressure", "motor current"]
    page.get_by_role("combobox", name="sensor above").select_option("supply voltage")
    assert of(page, "sensors") == ["supply voltage", "motor current"]
    page.evaluate(FRAME)
    assert "supply voltage 4" in page.locator(".cw-readout").inner_text()


def test_a_preset_shows_why(show):  # noqa: F811
    widget = RemainingLifeMonitor()
    page = show(widget)
    page.get_by_role("button", name="alarm too late").click()
    widget.preset("alarm too late")
    assert of(page, *widget.settings()) == [getattr(widget, name) for name in widget.settings()]
    assert page.locator(".cw-why").inner_text() == widget.presets["alarm too late"]["why"]


# ---------------------------------------------------------------- how it looks
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 900])
def test_screenshots(width, dark, show):  # noqa: F811
    widget = RemainingLifeMonitor(sensors=["vibration drive end", "oil pressure", "motor current"])
    widget.preset("alarm too early" if dark else "alarm too late")
    page = show(widget, width=width, dark=dark, height=1200)
    screenshot(page, f"bare RemainingLifeMonitor {width} {'dark' if dark else 'light'}")
    for canvas in page.locator("canvas").all():
        assert canvas.evaluate("c => c.getBoundingClientRect().right") <= width + 10
