"""The race runs the steps of course_lib.nn; what its presets and its limit claim is true."""

import numpy as np
import pytest

from course_lib import nn
from course_lib.widgets import OptimizerRace
from course_lib.widgets.optimizer_race import RUNNERS, STEPS, judge_all
from course_lib.widgets.surfaces import SURFACES, ravine


@pytest.mark.parametrize("name", SURFACES)
def test_surfaces_have_right_slopes_curvatures_and_lowest_points(name):
    surface = SURFACES[name][0]()
    for point in ([0.3, -0.7], [1.2, 0.4], list(surface.start)):
        numerical = nn.numerical_gradient(lambda w: float(surface.value(*w)), np.array(point))
        assert nn.relative_error(np.array(surface.slope(*point), float), numerical) < 1e-7
    assert surface.value(*surface.lowest) == pytest.approx(0, abs=1e-12)
    assert np.allclose(surface.slope(*surface.lowest), 0, atol=1e-12)
    h = 1e-5
    at = np.array(surface.lowest, float)
    columns = [
        (np.array(surface.slope(*(at + e))) - np.array(surface.slope(*(at - e)))) / (2 * h) for e in h * np.eye(2)
    ]
    np.testing.assert_allclose(surface.curvature(*at), np.array(columns).T, atol=1e-6)
    left, right, low, high = surface.view
    w1, w2 = np.meshgrid(np.linspace(left, right, 301), np.linspace(low, high, 301))
    assert surface.value(w1, w2).min() >= -1e-9  # nothing in the picture is lower
    assert left <= surface.start[0] <= right and low <= surface.start[1] <= high


def test_trajectories_are_those_of_the_step_functions():
    race = OptimizerRace(learning_rate=0.04, momentum=0.8, condition=30.0, begin=[-2.0, 1.5])
    surface, steps = ravine(30.0), {"momentum": (nn.momentum_step, {"momentum": 0.8}), "Adam": (nn.adam_step, {})}
    for name, (step, more) in steps.items():
        w, state = np.array([-2.0, 1.5]), None
        path, curve = race.trajectory(name)
        for k in range(STEPS + 1):
            np.testing.assert_allclose(path[k], w, rtol=1e-12)
            assert curve[k] == pytest.approx(surface.value(*w), rel=1e-10, abs=1e-300)
            w, state = step(w, np.array(surface.slope(*w)), state, learning_rate=0.04, **more)
    path, _curve = race.trajectory("gradient descent")
    k = np.arange(STEPS + 1)[:, None]  # the closed form: each direction shrinks by 1 - learning rate * curvature
    np.testing.assert_allclose(path, [-2.0, 1.5] * (1 - 0.04 * np.array([1.0, 30.0])) ** k, atol=1e-12)
    sent = np.frombuffer(race.paths, "f4").reshape(len(RUNNERS), STEPS + 1, 2)
    np.testing.assert_allclose(sent[0], path, rtol=1e-6, atol=1e-30)


def test_the_noise_of_sgd_has_the_size_and_seed_it_says():
    race = OptimizerRace(surface="bowl", noise=2.0, learning_rate=0.1, seed=5)
    path, _curve = race.trajectory("SGD")
    noise = (path[:-1] - path[1:]) / 0.1 - path[:-1]  # the gradient of the bowl is w itself
    assert noise.std() == pytest.approx(2.0, rel=0.1) and abs(noise.mean()) < 0.3
    race.seed = 6
    assert not np.array_equal(race.trajectory("SGD")[0], path)
    race.seed = 5
    np.testing.assert_array_equal(race.trajectory("SGD")[0], path)
    race.noise = 0.0
    np.testing.assert_allclose(race.trajectory("SGD")[0], race.trajectory("gradient descent")[0], atol=1e-12)


@pytest.mark.parametrize("condition", [1.0, 10.0, 25.0, 100.0])
def test_the_limit_is_where_gradient_descent_turns_over(condition):
    race = OptimizerRace(condition=condition, begin=[-1.0, 1.0])
    assert race.limit == pytest.approx(2 / condition)
    race.learning_rate = min(0.99 * race.limit, 10)
    curve = race.trajectory("gradient descent")[1]
    assert curve[-1] < curve[0]
    race.learning_rate = 1.02 * race.limit
    curve = race.trajectory("gradient descent")[1]
    assert np.isnan(curve[-1]) or curve[-1] > curve[0]


def test_the_presets_keep_what_they_say():
    race = OptimizerRace()

    def arrivals():
        return {name: race.arrival(name) for name in RUNNERS}

    def states():
        return {name: race.state_of(name) for name in RUNNERS}

    race.preset("too slow")
    assert all(a is None or a > 60 for a in arrivals().values())
    moved = {n: np.linalg.norm(race.trajectory(n)[0][60] - race.trajectory(n)[0][0]) for n in RUNNERS}
    assert max(moved["Adam"], moved["RMSprop"]) < 0.5
    race.preset("just below the limit")
    assert states()["gradient descent"] == "oscillating" and race.state_of("gradient descent", STEPS) == "arrived"
    race.preset("just above the limit")
    now = states()
    assert now["gradient descent"] == now["SGD"] == "diverged"
    assert all(race.state_of(n, STEPS) != "diverged" for n in ("momentum", "RMSprop", "Adam"))
    race.preset("exactly on the ridge")
    assert [n for n, word in states().items() if word == "stuck"] == ["gradient descent", "momentum", "Adam"]
    assert states()["SGD"] == "arrived"
    assert all((race.trajectory(n)[0][:, 1] == 0).all() for n in RUNNERS if n != "SGD")
    race.preset("over the hill")
    assert states()["momentum"] == "arrived" and [n for n, a in arrivals().items() if a is not None] == ["momentum"]
    others = [race.trajectory(n)[0][150] for n in RUNNERS if n != "momentum"]
    assert all(abs(w1 - 1.86) < 0.3 for w1, _w2 in others)
    race.preset("the long floor")
    assert arrivals()["gradient descent"] == 181
    assert max(arrivals()["momentum"], arrivals()["RMSprop"]) < 60


def test_the_goal_can_be_reached_and_not_by_all_at_every_rate():
    race = OptimizerRace()
    assert not race.goal_reached
    reached = []
    for rate in np.arange(0.02, 0.09, 0.005):
        race.learning_rate = float(rate)
        if race.goal_reached:
            reached.append(round(float(rate), 3))
    assert reached == [0.07, 0.075]
    race.condition = 24.0
    assert not race.goal_reached


def test_status_words():
    def words(curve, path=None):
        path = np.column_stack([curve, np.zeros(len(curve))]) if path is None else path
        return judge_all(np.asarray(path, float), np.asarray(curve, float))

    n = 40
    assert words(np.linspace(5, 4, n))[-1] == "running"
    assert words(np.full(n, 0.5))[-1] == "stuck"
    assert words(np.full(n, 0.001))[-1] == "arrived"
    assert words(2 + (-1.0) ** np.arange(n))[-1] == "oscillating"
    assert words(np.r_[np.linspace(1, 50, n - 5), [np.nan] * 5])[-1] == "diverged"


def adam_step(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
    m, v, t = (0, 0, 0) if state is None else state
    m, v, t = beta_1 * m + (1 - beta_1) * gradient, beta_2 * v + (1 - beta_2) * gradient**2, t + 1
    alpha = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - alpha * m / (np.sqrt(v) + epsilon), (m, v, t)


def momentum_step(w, gradient, state, learning_rate, momentum=0.9):
    m = momentum * (0 if state is None else state["m"]) - learning_rate * gradient
    return w + m, {"m": m}


def rmsprop_step(w, gradient, state, learning_rate, rho, epsilon):
    v = (1 - rho) * gradient**2 + (0 if state is None else rho * state["v"])
    return w - learning_rate * gradient / np.sqrt(v + epsilon), {"v": v}


def sgd_step(w, gradient, state, learning_rate):
    return w - learning_rate * gradient, state


@pytest.mark.parametrize(
    ("use", "twin"),
    [
        (adam_step, "Adam"),
        (momentum_step, "momentum"),
        (rmsprop_step, "RMSprop"),
        (sgd_step, "gradient descent"),
        (nn.adam_step, "Adam"),
        (nn.rmsprop_step, "RMSprop"),
    ],
)
def test_the_learners_own_step_runs_as_a_sixth(use, twin):
    race = OptimizerRace(use=use, learning_rate=0.05)
    assert race.names[-1] == "yours" and "yours" in race.runners
    np.testing.assert_allclose(race.trajectory("yours")[0], race.trajectory(twin)[0], atol=1e-12)


def test_a_learners_step_that_fails_is_explained_and_the_others_run():
    for use, words in (
        (lambda w, gradient, state, learning_rate: 1 / 0, "ZeroDivisionError"),
        (lambda w, gradient, state, learning_rate: (None, state), "w has shape ()"),
        (lambda w, gradient, state, learning_rate: (np.zeros(3), state), "shape"),
    ):
        race = OptimizerRace(use=use)
        assert words in race.error
        assert np.isfinite(race.trajectory("Adam")[1][-1])
        race.learning_rate = 0.02
        assert words in race.error


def test_settings_out_of_range_are_brought_in():
    race = OptimizerRace(learning_rate=-1.0, momentum=2.0, condition=0.0, noise=-3.0, step=10_000)
    assert (race.learning_rate, race.momentum, race.condition, race.noise, race.step) == (1e-4, 0.99, 1.0, 0.0, 300)
    race.begin = [1.0]
    assert race.begin == []
    race.begin = [3.5, 1.0]
    race.surface = "saddle"  # 3.5 is outside that picture
    assert race.begin == [] and race.origin == [-2.5, 0.01]
