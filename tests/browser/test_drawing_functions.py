"""The small computations that the race, the monitor and the map do in the browser, against NumPy."""

import numpy as np
import pytest

from course_lib.widgets import CourseMap, OptimizerRace, TrainingMonitor
from course_lib.widgets.course_map import _two_lines
from course_lib.widgets.optimizer_race import SIDE

CONTOURS = """([values, side, levels]) => {
    window.Path2D = class {
        constructor() { this.points = []; }
        moveTo(x, y) { this.points.push([x, y]); }
        lineTo(x, y) { this.points.push([x, y]); }
    };
    return window.widget.contours(values, side, levels, c => c, r => r).map(path => path.points);
}"""


def test_contours_run_where_the_surface_has_their_value(bare_page):
    race = OptimizerRace(condition=9.0)
    page = bare_page(race, width=900)
    values = np.frombuffer(race.landscape, "f4").reshape(SIDE, SIDE)
    levels = [0.5, 4.0]
    found = page.evaluate(CONTOURS, [values.ravel().tolist(), SIDE, levels])
    left, right, low, high = race.view
    for level, points in zip(levels, found, strict=True):
        c, r = np.array(points).T
        w1, w2 = left + c / (SIDE - 1) * (right - left), low + r / (SIDE - 1) * (high - low)
        assert len(points) > 50
        np.testing.assert_allclose(race.ground().value(w1, w2), level, atol=0.03)
    assert page.errors == []


def test_labels_are_moved_apart(bare_page):
    page = bare_page(OptimizerRace(), width=900)
    rng = np.random.default_rng(0)
    for _turn in range(20):
        items = [{"x": 0, "w": 50, "y": float(y)} for y in rng.uniform(80, 120, 6)]
        y = np.sort([item["y"] for item in page.evaluate("items => window.widget.spread(items, 14, 0, 300)", items)])
        assert np.diff(y).min() > 9, "labels lie on each other"


def test_smoothing_is_an_exponential_average(bare_page):
    page = bare_page(TrainingMonitor(), width=700)
    values = np.random.default_rng(1).normal(size=30)
    found = page.evaluate("([v, s]) => window.widget.smooth(v, s)", [values.tolist(), 0.7])
    mean, wanted = values[0], []
    for value in values:
        mean = 0.7 * mean + 0.3 * value
        wanted.append(mean)
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert page.evaluate("() => window.widget.smooth([1, NaN, 3], 0.5)") == [1, 1, 2]


@pytest.mark.parametrize("dx, dy", [(200, 10), (-150, 80), (5, -300), (90, 90)])
def test_arrows_begin_at_the_edge_of_a_box(bare_page, dx, dy):
    page = bare_page(CourseMap(), width=1000)
    a, b = {"x": 10, "y": 20, "w": 80, "h": 40}, {"x": 10 + dx, "y": 20 + dy, "w": 80, "h": 40}
    x, y = page.evaluate("([a, b]) => window.widget.leave(a, b, 0)", [a, b])
    assert abs(x - 10) <= 40 + 1e-9 and abs(y - 20) <= 20 + 1e-9
    assert abs(abs(x - 10) - 40) < 1e-9 or abs(abs(y - 20) - 20) < 1e-9  # on the edge
    assert (x - 10) * dy == pytest.approx((y - 20) * dx)  # on the line between the middles


def test_words_break_alike_in_the_browser_and_in_the_still_picture(bare_page):
    page = bare_page(CourseMap(), width=1000)
    for words in [link[1] for link in CourseMap().links] + ["Loss", "Convolutional network (CNN)"]:
        assert page.evaluate("text => window.widget.twoLines(text)", words) == _two_lines(words).split("\n")
