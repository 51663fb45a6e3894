"""Every widget's JavaScript alone, in a bare page: keyboard, sizes, theme, what it leaves behind, and its numbers.

There is no Python behind these pages, so a widget that waits for an answer keeps the last one: it must bear that.
"""

import ast
import inspect
import json
from urllib.parse import parse_qsl

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import GradientChecker, LossExplorer, NeuronBench, Quiz, StraightOrBent
from course_lib.widgets.gradient_checker import STEPS
from course_lib.widgets.neuron_bench import ACTIVATIONS, SIDE
from tests.browser.labkit import mount, screenshot
from tests.browser.theme import set_theme
from tests.widgets.cases import CLASSES, make_shown

ALL = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
HOSTILE = '<img src=x onerror="window.hacked=1">\'"&amp;<script>window.hacked=1</script>'

# What a restarted kernel looks like to the page: the manager's model has lost its comm, and says so.
GONE = """() => {
    window.model.widget_manager._models = { one: Promise.resolve({ get: window.model.get, comm_live: false }) };
    window.tell('comm_live_update');
}"""
SETTINGS = "() => JSON.stringify(window.model.get('shared').map(k => [k, window.model.get(k)]))"
FRAME = "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"


@pytest.fixture
def show(new_context):
    """`show(widget, width=640, dpr=1, dark=False)`: the widget in a page that collects every error it makes."""
    pages = []

    def make_page(widget, width=640, dpr=1, dark=False, height=900, **options):
        page = new_context(width=width + 20, height=height, dpr=dpr, **options).new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
        mount(page, widget, width)
        set_theme(page, dark)
        pages.append(page)
        return page

    yield make_page
    for page in pages:
        assert page.errors == []


def name_of(control):
    return control.evaluate(
        "n => n.getAttribute('aria-label') || (n.labels && n.labels[0] ? n.labels[0].innerText : n.innerText)"
    )


@ALL
def test_every_control_has_a_name_and_answers_the_keyboard(cls, show):
    page = show(make_shown(cls))

    def settings():
        page.evaluate(FRAME)
        return page.evaluate(SETTINGS)

    names = {}
    for role in ("slider", "combobox", "checkbox", "button", "spinbutton", "radio"):
        for control in page.get_by_role(role).all():
            name = name_of(control).strip()
            assert name, f"a {role} without a name"
            names.setdefault(role, []).append(name)
    for name in names.get("slider", []):
        slider = page.get_by_role("slider", name=name, exact=True)
        if not slider.is_enabled():
            continue
        for key in ("End", "Home"):
            slider.press(key)
            page.evaluate(FRAME)
        before, moved = settings(), slider.input_value()
        for _press in range(20):  # one press may be less than the value is rounded to
            slider.press("ArrowRight")
            if settings() != before:
                break
        assert slider.input_value() != moved and settings() != before, f"arrow keys do not move {name!r}"
    for name in names.get("checkbox", []):
        before = settings()
        page.get_by_role("checkbox", name=name, exact=True).press("Space")
        assert settings() != before, name
    assert len(set(names.get("slider", []))) == len(names.get("slider", [])), "two sliders of one name"


@ALL
def test_keys_stay_in_the_widget(cls, show):
    """In JupyterLab's command mode `r` would turn the cell raw, `x` cut it, and arrows move to another cell."""
    page = show(make_shown(cls))
    page.evaluate("() => { window.leaked = []; document.addEventListener('keydown', e => window.leaked.push(e.key)); }")
    focusable = page.locator("#host").locator(
        "input:enabled, select:enabled, button:enabled, canvas[tabindex], [tabindex='0']"
    )
    count = focusable.count()
    assert count
    for i in range(count):
        node = focusable.nth(i)
        if not node.is_visible():
            continue
        node.focus()
        for key in ("r", "m", "x", "ArrowDown", "ArrowUp"):
            page.keyboard.press(key)
    assert page.evaluate("() => window.leaked") == []


@pytest.mark.parametrize("gone", ["disabled", "hidden", "hidden with its row", "removed"])
def test_a_control_that_goes_leaves_the_keyboard_in_the_widget(show, gone):
    """A pressed Stop is disabled, a menu goes with the setting it belongs to: the page must not get the keys."""
    page = show(make_shown(NeuronBench))
    page.evaluate("() => { window.leaked = []; document.addEventListener('keydown', e => window.leaked.push(e.key)); }")
    page.get_by_role("slider").first.focus()
    page.evaluate(
        """how => {
            const node = document.activeElement;
            if (how === 'disabled') node.disabled = true;
            else if (how === 'hidden') node.hidden = true;
            else if (how === 'removed') node.remove();
            else node.parentNode.hidden = true;
            for (const name of window.model.get('shared')) window.tell('change:' + name);
        }""",
        gone,
    )
    page.evaluate(FRAME)
    assert page.evaluate("() => document.activeElement.className") == "cw"
    for key in ("r", "m", "x"):
        page.keyboard.press(key)
    assert page.evaluate("() => window.leaked") == []
    page.keyboard.press("Tab")  # on to a control, and the group is no stop of its own any more
    assert page.evaluate("() => document.activeElement.closest('.cw') && document.activeElement.className !== 'cw'")
    assert page.locator(".cw[tabindex]").count() == 0


@ALL
def test_share_is_a_line_of_python_that_brings_the_state_back(cls, show):
    page = show(make_shown(cls))
    share = page.locator("#host").get_by_role("button", name="Share", exact=True)
    if share.count() == 0:
        pytest.skip("this widget has no state to share")
    share.click()
    field = page.get_by_role("textbox", name="this state as a line of Python")
    call = ast.parse(field.input_value(), mode="eval").body
    assert ast.unparse(call.func) == f"widgets.{cls.__name__}.from_share"
    pairs = parse_qsl(ast.literal_eval(call.args[0]), strict_parsing=True)
    assert {name: json.loads(value) for name, value in pairs} == dict(json.loads(page.evaluate(SETTINGS)))
    assert field.evaluate("node => getSelection().toString() === node.value"), "it is not ready to be copied"
    assert field.evaluate("node => node.scrollTop === 0"), "it shows its tail"
    scrolls, most = field.evaluate("node => [node.scrollHeight > node.clientHeight + 1, node.clientHeight]")
    assert not scrolls or most > 150, "not all of it is seen, though there is room"
    share.click()
    assert not field.is_visible()


@ALL
def test_words_beside_the_picture(cls, show):
    page = show(make_shown(cls))
    page.wait_for_function(
        "() => [...document.querySelectorAll('[aria-live=polite]')].some(n => n.textContent.length > 10)"
    )
    assert page.get_by_role("group").first.get_attribute("aria-label")
    for canvas in page.locator("canvas:visible:not([aria-hidden=true])").all():
        assert canvas.get_attribute("role") == "img" and len(canvas.get_attribute("aria-label")) > 10
    page.evaluate(GONE)
    page.locator(".cw-note:visible", has_text="Python is no longer connected").wait_for()


@ALL
def test_sharp_and_narrow(cls, show):
    """300 px wide with two pixels to the point: nothing sticks out, and canvases are painted in full sharpness."""
    page = show(make_shown(cls), width=300, dpr=2)
    screenshot(page, f"bare {cls.__name__} narrow")
    sticking_out = page.evaluate(
        """() => [...document.querySelectorAll('#host *')].filter(n => n.getBoundingClientRect().right
        > document.getElementById('host').getBoundingClientRect().right + 1).map(n => n.outerHTML.slice(0, 80))"""
    )
    assert sticking_out == []
    for canvas in page.locator("canvas:visible").all():
        assert canvas.evaluate("c => c.width / c.clientWidth") == pytest.approx(2, abs=0.02)


@ALL
def test_it_grows_with_its_place(cls, show):
    page = show(make_shown(cls), width=420)
    canvases = page.locator("canvas.cw-canvas:visible")
    before = [c.evaluate("c => c.clientWidth") for c in canvases.all()]
    page.set_viewport_size({"width": 1000, "height": 900})
    page.evaluate("() => { document.getElementById('host').style.width = '960px'; }")
    page.wait_for_timeout(100)
    page.evaluate(FRAME)
    after = [c.evaluate("c => c.clientWidth") for c in canvases.all()]
    assert all(b != a for b, a in zip(before, after, strict=True))
    assert page.evaluate("() => document.getElementById('host').scrollWidth") <= 960


@ALL
def test_texts_stay_texts(cls, show):
    widget = make_shown(cls)
    widget.error = HOSTILE
    if widget.presets:
        first = next(iter(widget.presets.values()))["set"]
        widget.presets = {HOSTILE: {"set": first, "why": HOSTILE}}
    if "names" in inspect.signature(cls).parameters:  # the learner's own names
        widget.names = [HOSTILE] * len(widget.names)
    if cls is Quiz:
        widget.questions = [{"text": HOSTILE, "choices": [HOSTILE] * 3} for _question in widget.questions]
        widget.feedback = [{"right": True, "why": HOSTILE, "choice": 0} for _question in widget.questions]
    if cls is LossExplorer:
        widget.own = {"name": HOSTILE, "value": 1.0, "push": 0.0}
    if cls is GradientChecker:
        widget.result = {**widget.result, "mistake": HOSTILE, "shown": True}
    page = show(widget)
    page.errors = []
    if widget.presets:
        page.get_by_role("button", name=HOSTILE, exact=True).click()
    page.evaluate(FRAME)
    assert page.get_by_role("alert").first.inner_text() == HOSTILE
    assert page.evaluate("() => window.hacked") is None
    assert page.locator("#host img, #host script").count() == 0


# ---------------------------------------------------------------- the numbers that JavaScript repeats
@pytest.fixture
def script(show):
    """`script(widget, "m => m.field(...)", argument)`: a value from the widget's own module."""

    def run(widget, function, argument=None):
        return show(widget).evaluate(f"given => ({function})(window.widget, given)", argument)

    return run


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_neuron_bench_numbers(activation, script):
    bench = NeuronBench(w1=-1.3, w2=0.7, b=0.4, activation=activation)
    state = {"w1": -1.3, "w2": 0.7, "b": 0.4, "activation": activation}
    field, accuracy = script(
        bench,
        "(m, s) => [[...m.field(s, new Float64Array(m.SIDE * m.SIDE))], m.accuracy(s, m.floats(model.get('points')))]",
        state,
    )
    np.testing.assert_allclose(np.reshape(field, (SIDE, SIDE)), bench.map(), atol=1e-6)
    assert accuracy == bench.accuracy


def test_loss_explorer_numbers(script):
    widget, cases, expected = LossExplorer(), [], []
    for y in (0, 1):
        for p in (1e-7, 1e-5, 0.01, 0.3, 0.5, 0.8, 0.999, 1 - 1e-7):
            widget.y, widget.p = y, p
            cases.append({"y": y, "p": p, "threshold": 0.5, "cost_miss": 190, "cost_alarm": 10})
            expected.append([widget.losses()[name] for name in ("mse", "bce", "cost")])
    found = script(
        widget, "(m, cases) => cases.map(c => { const l = m.losses(c); return [l.mse, l.bce, l.cost]; })", cases
    )
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    p = script(widget, "m => [-16, -3, 0, 3, 16].map(m.sigmoid)")
    np.testing.assert_allclose(p, nn.sigmoid(np.array([-16.0, -3, 0, 3, 16])), rtol=1e-12)


def test_loss_explorer_reads_the_learners_curve(script):
    widget = LossExplorer(use=lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2), y=1)
    values = script(widget, "m => [-5, 0, 2.3].map(z => m.between(m.doubles(model.get('own_curve')), z))")
    np.testing.assert_allclose(values, (1 - nn.sigmoid(np.array([-5, 0, 2.3]))) ** 2, atol=2e-3)


def test_straight_or_bent_unpacks_the_weights(script):
    widget = StraightOrBent(units=3)
    found = script(widget, "m => m.unpack(m.doubles(model.get('weights_sent')), 3).map(a => [...a])")
    for a, b in zip(found, widget.weights, strict=True):
        np.testing.assert_array_equal(a, b.ravel())


def test_gradient_checker_steps(script):
    np.testing.assert_allclose(script(GradientChecker(), "m => m.STEPS"), STEPS, rtol=1e-12)


# ---------------------------------------------------------------- what only one widget has
def test_the_prediction_can_be_dragged_and_moved_by_keys(show):
    page = show(LossExplorer(p=0.5), width=900)
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 80, steps=4)
    low = page.evaluate("() => model.get('p')")
    page.mouse.up()
    page.mouse.move(box["x"] + 160, box["y"] + 80)
    assert 0 < low < 0.2 and page.evaluate("() => model.get('p')") == low
    canvas.focus()
    page.keyboard.press("ArrowRight")
    one = page.evaluate("() => model.get('p')")
    page.keyboard.press("PageUp")
    assert low < one < page.evaluate("() => model.get('p')")
    page.wait_for_function("() => window.saved.length > 0", timeout=5_000)  # Python is told within 150 ms, not at once


def test_a_hidden_unit_is_chosen_by_click_and_by_keys(show):
    page = show(StraightOrBent(units=4), width=900)
    small = page.locator("canvas").nth(1)
    small.click(position={"x": 20, "y": 20})
    assert page.evaluate("() => model.get('unit')") == 1
    small.press("ArrowRight")
    assert page.evaluate("() => model.get('unit')") == 2
    page.evaluate(FRAME)
    assert "h₂ = relu(" in page.locator(".cw-readout").inner_text()
    for _press in range(9):
        small.press("ArrowRight")
    assert page.evaluate("() => model.get('unit')") == 4
    page.get_by_role("button", name="Train again from another start").click()
    assert page.evaluate("() => model.get('seed')") == 2


def test_the_step_size_is_dragged_and_moved_by_keys(show):
    page = show(GradientChecker(h=1e-3), width=900)
    canvas = page.locator("canvas").first
    canvas.press("ArrowLeft")
    assert page.evaluate("() => model.get('h')") == pytest.approx(10**-3.5)
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 200)
    assert page.evaluate("() => model.get('h')") < 1e-10


def test_a_picture_follows_python(show):
    page = show(NeuronBench())
    picture = "() => document.querySelector('canvas').toDataURL()"
    before = page.evaluate(picture)
    page.evaluate("() => window.fromPython('b', 2.5)")
    page.evaluate(FRAME)
    assert page.evaluate(picture) != before
    assert page.get_by_role("slider", name="bias b").input_value() == "2.5"


def test_arrow_keys_look_at_choices_and_enter_answers(show):
    quiz = Quiz(1)
    page = show(quiz, width=800)
    first = page.get_by_role("group").filter(has=page.locator("legend")).first
    radios = first.get_by_role("radio")
    radios.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.evaluate(FRAME)
    assert radios.nth(2).is_checked() and page.evaluate("() => model.get('answers')") == [-1] * 5
    assert first.get_by_role("button", name="Answer (Enter)").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("() => model.get('answers')") == [2, -1, -1, -1, -1]
    assert page.evaluate("() => saved.length") == 1


def test_a_click_answers_and_python_tells_why(show):
    quiz = Quiz(1)
    page = show(quiz, width=800)
    page.get_by_role("radio", name="Nothing", exact=True).click()
    answers = page.evaluate("() => model.get('answers')")
    assert answers == [-1, -1, -1, -1, 2]
    quiz.answers = answers
    for name in ("feedback", "score"):
        page.evaluate("([name, value]) => window.fromPython(name, value)", [name, getattr(quiz, name)])
    page.evaluate(FRAME)
    verdict = page.locator(".cw-verdict").nth(4)
    assert verdict.inner_text() == "✓ Right. " + quiz.feedback[4]["why"]
    page.wait_for_timeout(200)
    assert "1 of 1 right at the first choice so far, 4 to go." in page.locator(".cw-say").inner_text()
    page.get_by_role("button", name="Try again").click()
    assert page.evaluate("() => model.get('answers')") == [-1] * 5


def test_the_page_of_a_quiz_holds_no_reason(show):
    from course_lib import exercises

    page = show(Quiz(1))
    held = page.content() + json.dumps(
        page.evaluate("() => ['questions', 'answers', 'feedback', 'score', 'strings'].map(k => model.get(k))")
    )
    assert not any(why in held for question in exercises.QUIZZES[1] for why in question.why)


def test_a_quiz_without_python_says_so(show):
    page = show(Quiz(0))
    page.get_by_role("radio").first.click()
    page.get_by_role("alert").filter(has_text="Python does not answer").wait_for(timeout=6000)
