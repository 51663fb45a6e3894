"""A learner's function in a widget: whatever it does is told in words, and the widget is still shown."""

import inspect

import numpy as np
import pytest

from course_lib import exercises as ex, figures, nn, widgets
from course_lib.widgets.base import CourseWidget

# Every widget that takes `use=`, with the arguments that the learner's function may have there.
TAKES = [
    ("NeuronBench", "x, W, b"),
    ("LossExplorer", "y_true, y_pred"),
    ("BackpropStepper", "dy, x, W"),
    ("BackpropStepper", "x, y, W1, b1, W2, b2"),
    ("GradientChecker", "dy, x, W"),
    ("GradientChecker", "f, x, h"),
    ("OptimizerRace", "w, gradient, state, learning_rate"),
    ("KernelExplorer", "x, W, b, strides, padding"),
    ("KernelExplorer", "image, kernel"),
    ("PoolingExplorer", "x, pool_size, strides, padding"),
    ("PoolingExplorer", "image, pool_size"),
    ("UnrolledNetwork", "x, W_xh, W_hh, b_h"),
    ("AttentionPicture", "q, k, v"),
    ("PrecisionBench", "w"),
]


def endless(*arguments):
    while True:
        pass


def exit_now():
    raise SystemExit


def stops(*arguments):
    raise RuntimeError("my own mistake")


FAULTS = {
    "raises": (stops, "my own mistake"),
    "untouched": (lambda *arguments: ..., "not written yet"),
    "returns None": (lambda *arguments: None, "returns None"),
    "leaves Python": (lambda *arguments: exit_now(), "SystemExit"),
    "returns text": (lambda *arguments: "three", "Your function"),
    "wrong shape": (lambda *arguments: np.zeros((7, 5)), "Your function"),
    "never ends": (endless, "loop that never ends"),
}


STILL = figures.Picture(figures.figure(1, 1), "Stands in for the picture of a widget.")


def with_arguments(names, body):
    """Return `body` behind the signature that the widget looks at."""

    def own(*arguments, **options):
        return body(*arguments)

    own.__signature__ = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names.split(", ")]
    )
    return own


def test_the_list_is_complete():
    takes = {n for n in widgets.__all__ if "use" in inspect.signature(getattr(widgets, n).__init__).parameters}
    assert takes == {name for name, _arguments in TAKES}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("name", "arguments"), TAKES)
def test_a_fault_is_explained_and_the_widget_is_shown(name, arguments, fault, monkeypatch):
    monkeypatch.setattr(CourseWidget, "own_seconds", 0.3)
    if fault != "raises":  # drawing takes most of the time, and one fault for each widget shows that it is drawn
        monkeypatch.setattr(getattr(widgets, name), "still", lambda self: STILL)
    body, words = FAULTS[fault]
    widget = getattr(widgets, name)(use=with_arguments(arguments, body))
    assert words in widget.error, widget.error
    data, _metadata = widget._repr_mimebundle_()
    assert data["image/png"] and data["text/plain"].endswith(widget.error)  # printed, it is told too
    widget.preset(next(iter(widget.presets)))  # and it can still be moved
    assert widget._repr_mimebundle_()[0]["image/png"]
    widget.close()


def test_the_error_goes_when_the_function_is_right_again():
    answers = iter([RuntimeError("first")])

    def forward(x, W, b):
        for problem in answers:
            raise problem
        return x @ W + b

    bench = widgets.NeuronBench(use=forward)
    assert "first" in bench.error and bench.own_map == b""
    bench.w1 = 0.5
    assert bench.error == "" and bench.own_map


def test_the_bench_shows_the_learners_own_number_at_the_probe():
    bench = widgets.NeuronBench(use=nn.dense_forward)
    assert bench.own_output == pytest.approx(1 / (1 + np.exp(-1.0)), abs=1e-12)  # z = 1 at the default probe
    bench.probe_x1 = 0.3
    assert bench.own_output == pytest.approx(1 / (1 + np.exp(-0.3)), abs=1e-12)


def test_showing_the_bench_does_not_run_the_learners_function_again():
    calls = []

    def forward(x, W, b):
        calls.append(len(x))
        return 2 * (x @ W + b) if len(calls) < 2 else 1 / 0

    bench = widgets.NeuronBench(use=forward, activation="linear")
    assert bench._repr_mimebundle_()[0]["image/png"] and len(calls) == 1
    assert "the output is 2.00" in bench.describe() and bench.map()[0, 0] == pytest.approx(-6)


def test_a_function_that_gives_nan_is_explained():
    bench = widgets.NeuronBench(use=lambda x, W, b: (x @ W + b) * np.nan)
    assert "NaN" in bench.error and bench.own_map == b"" and "the output is 0.73" in bench.describe()


def test_a_function_that_never_ends_is_started_once(monkeypatch):
    monkeypatch.setattr(CourseWidget, "own_seconds", 0.2)
    calls = []

    def forward(x, W, b):
        calls.append(1)
        while True:
            pass

    bench = widgets.NeuronBench(use=forward)
    for value in (0.1, 0.2, 0.3):  # a slider that is pulled must not wait for each value
        bench.w1 = value
    assert len(calls) == 1 and "loop that never ends" in bench.error


def test_the_result_of_a_check_is_welcome_and_what_is_no_function_is_refused():
    result = ex.dense_forward.check(ex.dense_forward.solution_function)
    bench = widgets.NeuronBench(use=result)
    assert bench.error == "" and bench.own_map
    for name, _arguments in TAKES:
        with pytest.raises(TypeError, match="use is 5, but a function is needed"):
            getattr(widgets, name)(use=5)


def test_a_runner_that_failed_has_not_diverged():
    race = widgets.OptimizerRace(use=lambda w, gradient, state, learning_rate: 1 / 0)
    assert race.state_of("yours") == "stopped" and "yours: stopped by an error" in race.describe()
    assert race.state_of("yours", 0) != "stopped"
