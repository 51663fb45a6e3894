"""The small library, the network made from it, and its test-suite: right functions pass, wrong ones turn rows red."""

import re
import warnings

import numpy as np
import pytest

from course_lib import exercises, nn
from course_lib.capstone import NAMES, OPTIMIZERS, Network, library
from course_lib.capstone_tests import corners, course_network, test_suite
from course_lib.exercises.exercise import PASSED
from tests.notebooks.claims import claims

NETWORK = ["gradients", "sgd", "momentum", "rmsprop", "adam", "one sample", "inputs", "learns"]


@pytest.fixture(autouse=True)
def own_session(tmp_path, monkeypatch):
    """A progress file and a session of its own for each test."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    before = dict(PASSED)
    PASSED.clear()
    yield tmp_path / "progress.json"
    PASSED.clear()
    PASSED.update(before)


def data(rng, samples=50, features=4, classes=3):
    return rng.normal(size=(samples, features)), rng.integers(0, classes, samples)


def with_biases(network):
    """Move each sum away from 0 exactly, where ReLU has no slope: a sample may have no unit above 0 in a layer."""
    rng = np.random.default_rng(9)
    network.weights[1::2] = [rng.uniform(0.1, 0.5, b.shape) for b in network.weights[1::2]]
    return network


def my_relu(z):
    return z * (z > 0)


# ---------------------------------------------------------------- the library
def test_the_course_stands_in_for_what_is_not_solved():
    own = library()
    assert tuple(own.functions) == NAMES and not own.mine and set(own.whose.values()) == {"the course's"}
    assert own.dense_forward(np.ones((2, 3)), np.ones((3, 1)), np.zeros(1)).tolist() == [[3], [3]]  # no cache


def test_what_passed_in_this_session_is_yours_and_what_is_given_comes_first(capsys):
    exercises.ALL["relu"].check(my_relu)
    assert library().mine == {"relu"}
    own = library(relu=lambda z: np.maximum(z, 0), softmax=nn.softmax)
    assert own.mine == {"relu", "softmax"} and own.relu is not PASSED["relu"]
    assert own.whose["softmax"] == "yours" and own.whose["adam_step"] == "the course's"


def test_an_untouched_stub_and_none_count_as_not_given():
    def relu(z): ...  # your code

    assert not library(relu=relu, softmax=None).mine


def test_the_librarys_forms_with_a_cache_or_a_gradient_are_accepted():
    own = library(
        dense_forward=nn.dense_forward,
        sparse_categorical_crossentropy=lambda y, z: nn.sparse_categorical_crossentropy(y, z, from_logits=True),
        sgd_step=lambda w, gradient, state=None, learning_rate=0.01: w - learning_rate * gradient,
    )
    Network(own, (4, 3), rng=0).fit(*data(np.random.default_rng(0)), epochs=1, optimizer="sgd", rng=0)
    assert test_suite(own).passed


def test_a_name_that_no_network_needs_and_a_value_are_refused():
    with pytest.raises(ValueError, match="dense_forwards.*Did you mean 'dense_forward'"):
        library(dense_forwards=my_relu)
    with pytest.raises(TypeError, match="relu is a ndarray.*without brackets"):
        library(relu=np.zeros(3))
    with pytest.raises(AttributeError, match="Did you mean 'relu'"):
        _ = library().relue
    with pytest.raises(AttributeError):
        library().mine = set()


def test_the_table_of_the_library():
    own = library(relu=my_relu)
    page, text = own._repr_html_(), repr(own)
    assert "<th scope='col'" in page and "<th scope='row'" in page and page.count("<tr>") == 1 + len(NAMES)
    assert "1 of 11 functions are yours." in text and max(map(len, text.splitlines())) <= 120


# ---------------------------------------------------------------- the network
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_equals_the_courses_network(optimizer):
    """The same start, the same batches and the same rule: weights and losses agree to 1e-10 after 60 steps."""
    x, y = data(np.random.default_rng(1))
    network = Network(library(), (4, 8, 6, 3), rng=2)
    twin = course_network(network, optimizer, 0.02)
    history = network.fit(x, y, epochs=10, batch_size=9, learning_rate=0.02, optimizer=optimizer, rng=5)
    rng, losses = np.random.default_rng(5), []
    for _epoch in range(10):
        batches = exercises.ALL["minibatches"].solution_function(x, y, 9, rng)
        losses.append(sum(twin.train_on_batch(*batch) * len(batch[1]) for batch in batches) / len(y))
    for mine, right in zip(network.weights, twin.get_weights(), strict=True):
        np.testing.assert_allclose(mine, right, rtol=0, atol=1e-10)
    np.testing.assert_allclose(history.history["loss"], losses, rtol=0, atol=1e-10)
    np.testing.assert_allclose(network.probabilities(x), twin.predict(x), rtol=0, atol=1e-10)


@pytest.mark.parametrize("sizes", [(4, 3), (4, 7, 3), (4, 5, 6, 3)])
def test_gradients_are_the_measured_slopes(sizes):
    x, y = data(np.random.default_rng(4), samples=7)
    network = with_biases(Network(library(), sizes, rng=1))
    network.forward(x)
    for k, gradient in enumerate(network.backward(y)):

        def loss(w, k=k):
            other = with_biases(Network(library(), sizes, rng=1))
            other.weights[k] = w
            return other.loss(x, y)

        slope = nn.numerical_gradient(loss, network.weights[k])
        np.testing.assert_allclose(gradient, slope, rtol=0, atol=1e-6)


def test_it_learns_what_no_straight_line_separates_and_repeats_itself():
    rng = np.random.default_rng(3)
    (x, y), (x_new, y_new) = corners(200, rng), corners(500, rng)
    answers = []
    for _again in range(2):
        network = Network(library(), (2, 8, 2), rng=7)
        history = network.fit(x, y, epochs=40, batch_size=20, learning_rate=0.05, rng=8)
        answers.append(network.predict(x_new))
    assert np.mean(answers[0] == y_new) > 0.95 and np.array_equal(*answers)
    assert len(history.history["loss"]) == 40 and history.history["loss"][-1] < 0.1


def test_only_the_librarys_functions_are_used():
    """Each function is counted: one fit with each optimizer and one predict call all eleven."""
    called = set()

    def counted(name):
        def function(*arguments):
            called.add(name)
            return exercises.ALL[name].solution_function(*arguments)

        return function

    network = Network(library(**{name: counted(name) for name in NAMES}), (4, 5, 3), rng=0)
    x, y = data(np.random.default_rng(0))
    for optimizer in OPTIMIZERS:
        network.fit(x, y, epochs=1, optimizer=optimizer, rng=0)
    network.predict(x)
    assert called == set(NAMES)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sizes": (4,)}, "sizes is .*features, hidden units and classes"),
        ({"sizes": 4}, "sizes is 4"),
        ({"sizes": (4, 0, 3)}, "sizes is 0, but it must be at least 1"),
        ({"sizes": (4, 1)}, "at least 2 classes"),
        ({"sizes": (5, 3)}, r"x has shape \(50, 4\), but \(samples, 5\)"),
        ({"x": np.zeros(4)}, r"x\[None, :\]"),
        ({"x": [["a"] * 4] * 50}, "x must hold numbers"),
        ({"x": np.full((50, 4), np.nan)}, "x"),
        ({"y": np.zeros(49, int)}, r"y has shape \(49,\), but \(50,\)"),
        ({"y": np.zeros(50)}, "whole class numbers"),
        ({"y": np.full(50, 3)}, "class numbers from 3 to 3.*3 classes: 0 to 2"),
        ({"epochs": 0}, "epochs is 0"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"optimizer": "adma"}, "Did you mean 'adam'"),
        ({"rng": "0"}, "rng is '0'"),
    ],
)
def test_bad_input_is_named(change, words):
    x, y = data(np.random.default_rng(0))
    given = {"x": x, "y": y, "sizes": (4, 3), "epochs": 1, **change}
    with pytest.raises((ValueError, TypeError), match=words):
        Network(library(), given.pop("sizes")).fit(**given)


def test_a_training_that_diverges_says_so():
    x, y = data(np.random.default_rng(0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(FloatingPointError, match=r"diverged.*below 1e\+200"):
            Network(library(), (4, 8, 3), rng=0).fit(x, y, epochs=9, learning_rate=1e200, optimizer="sgd", rng=0)


# ---------------------------------------------------------------- the test-suite
def red(result):
    return [row.name.removeprefix("network: ") for row in result.rows if not row.passed]


def why(result, name):
    return next(row.message for row in result.rows if row.name == name)


def test_the_courses_own_functions_pass_every_test_and_nothing_is_recorded(own_session, capsys):
    result = test_suite(library())
    assert result.passed and [row.name for row in result.rows] == [*NAMES, *(f"network: {name}" for name in NETWORK)]
    assert not PASSED and not own_session.exists() and not capsys.readouterr().out


def test_a_mean_where_the_sum_is_asked():
    def dense_backward(dy, x, W):
        return dy @ W.T, x.T @ dy / len(x), dy.mean(axis=0)

    result = test_suite(library(dense_backward=dense_backward))
    # one sample: the mean is the sum; Adam does not mind the size of a gradient, so the toy data are learned
    assert red(result) == ["dense_backward", "gradients", "sgd", "momentum", "rmsprop", "adam"] and not result.passed
    assert "you divided by the batch size" in why(result, "dense_backward")
    assert "measured slope" in why(result, "network: gradients")
    assert "Mend `dense_backward` first" in why(result, "network: gradients")


def test_a_wrong_optimizer_turns_its_own_rows_red_only():
    def momentum_step(w, gradient, state=None, learning_rate=0.01, momentum=0.9):
        return w - learning_rate * gradient, None

    assert red(test_suite(library(momentum_step=momentum_step))) == ["momentum_step", "momentum"]


def test_batches_without_the_last_one():
    def minibatches(x, y, batch_size, rng):
        order = rng.permutation(len(x))[: len(x) // batch_size * batch_size]
        return [(x[rows], y[rows]) for rows in order.reshape(-1, batch_size)]

    assert red(test_suite(library(minibatches=minibatches))) == ["minibatches"]


def test_batches_that_shuffle_the_callers_data():
    def minibatches(x, y, batch_size, rng):
        order = rng.permutation(len(x))
        x[:], y[:] = x[order], y[order]
        return [(x[k : k + batch_size], y[k : k + batch_size]) for k in range(0, len(x), batch_size)]

    result = test_suite(library(minibatches=minibatches))
    assert "minibatches" in red(result) and "inputs" in red(result)
    assert "`x` was changed" in why(result, "network: inputs")


@claims("13", "The function itself, and what is made with it", "`relu` and `softmax` stay green")
def test_a_slope_that_lets_everything_through():
    result = test_suite(library(relu_backward=lambda dy, z: dy))
    assert red(result)[:6] == ["relu_backward", "gradients", "sgd", "momentum", "rmsprop", "adam"]
    assert set(red(result)) <= {"relu_backward", *NETWORK}


@pytest.mark.parametrize("kind", ["raises", "None", "exit", "shape", "nan"])
def test_a_function_that_fails_leaves_the_table_whole(kind):
    def softmax(z):
        if kind == "raises":
            raise KeyError("score")
        if kind == "exit":
            raise SystemExit
        return {"None": None, "shape": z[:, 0], "nan": z * np.nan}[kind]

    result = test_suite(library(softmax=softmax))
    assert len(result.rows) == 19 and red(result) == ["softmax", *NETWORK]
    assert all(row.message for row in result.rows) and str(result) and result._repr_html_()


@pytest.mark.parametrize(
    ("name", "not_run"), [("momentum_step", ["momentum"]), ("adam_step", ["adam", "inputs", "learns"])]
)
def test_a_function_that_never_ends_is_stopped_and_its_network_tests_are_not_run(name, not_run, monkeypatch):
    from course_lib.exercises import checking

    monkeypatch.setattr(checking, "SECONDS", 2.0)

    def momentum_step(w, gradient, state=None, learning_rate=0.01, momentum=0.9):
        while True:
            w = w + 0

    def adam_step(w, gradient, state=None, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        while True:
            w = w + 0

    result = test_suite(library(**{name: {"momentum_step": momentum_step, "adam_step": adam_step}[name]}))
    assert red(result) == [name, *not_run] and "still running" in why(result, name)
    assert [row.name for row in result.rows if row.verdict == "not run"] == [f"network: {test}" for test in not_run]
    assert all("never ends" in why(result, f"network: {test}") for test in not_run)


def test_a_network_test_that_never_ends_is_stopped(monkeypatch):
    from course_lib import capstone_tests

    monkeypatch.setattr(capstone_tests, "SECONDS", 0.5)

    def relu(z):
        while z.shape == (10, 6):  # only the network's own shape
            z = z + 0
        return np.maximum(z, 0)

    result = test_suite(library(relu=relu))
    assert "relu" not in red(result) and "Still running after 0.5 seconds" in why(result, "network: gradients")


def test_the_table_is_readable_by_ear_and_fits_the_width():
    result = test_suite(library(softmax=lambda z: z, relu=my_relu))
    page, text = result._repr_html_(), str(result)
    assert page.count("scope='row'") == 19 and page.count("scope='col'") == 5 and "<caption>" in page
    assert "#009e73" in page and "#d55e00" in page and "\u2718 not right" in page
    assert max(map(len, text.splitlines())) <= 120 and "\u2718 not right  softmax (yours)" in text
    assert {row.whose for row in result.rows} == {"yours", "the course's", "both"}


def test_two_numbers_that_differ_are_not_printed_alike():
    """An epsilon in another place changes the ninth digit: "is -1.06793, but the course's is -1.06793" is no help."""
    exact = nn.adam_step

    def adam_step(w, gradient, state, learning_rate, beta_1, beta_2, epsilon):
        w_new, state = exact(w, gradient, state, learning_rate, beta_1, beta_2, epsilon)
        return w_new + 1e-9, state

    (row,) = [row for row in test_suite(library(adam_step=adam_step)).rows if row.name == "network: adam"]
    mine, needed = re.search(r"is (\S+), but the course's is (\S+)\.\n", row.message).groups()
    assert mine != needed and abs(float(mine) - float(needed)) < 1e-8
