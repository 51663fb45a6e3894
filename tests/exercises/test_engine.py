"""What the check says about code that is unfinished, fails, never ends, or returns something unusable."""

import math
import re
import sys
import threading
import time

import numpy as np
import pytest

from course_lib import exercises as ex
from course_lib.exercises import checking
from course_lib.exercises.checking import examine
from course_lib.exercises.comparing import difference_message, shape_message
from course_lib.exercises.limits import TimeLimitReached, call_within


def verdict(name, function):
    result = examine(ex.ALL[name], function)
    assert not result.passed and result.function is None
    return result


# --- unfinished
def test_stubs_of_every_shape_are_not_attempted():
    def dots(z): ...

    def with_docstring(z):
        """Return max(0, z)."""
        ...  # your code

    def just_pass(z):
        pass

    def blanks(z):
        y = ...  # your code
        return y

    def returns_none(z):
        return None

    def raises(z):
        raise NotImplementedError("write me")

    def only_docstring(z):
        """Return max(0, z)."""

    for stub in (dots, with_docstring, just_pass, blanks, returns_none, raises, only_docstring):
        assert verdict("relu", stub).kind == "not attempted", stub.__name__


def test_code_is_not_taken_for_a_stub():
    def identity(z):
        return z

    def constant(z):
        return 0

    def no_return(z):
        np.maximum(z, 0)

    assert [verdict("relu", f).kind for f in (identity, constant, no_return)] == [
        "misconception",
        "shape",
        "no return",
    ]


def test_dots_left_above_right_code_do_no_harm():
    def relu(z):
        ...  # your code
        return np.maximum(z, 0)

    assert examine(ex.relu, relu).passed


def test_a_blank_that_is_left_is_named_with_its_line():
    def neuron(x, w, b):
        z = w @ x + b
        y = ...
        return y + 0 * z

    result = verdict("neuron_output", neuron)
    assert result.kind == "unfinished"
    assert "y = ..." in result.details and str(neuron.__code__.co_firstlineno + 2) in result.message


def test_dots_where_a_value_belongs():
    assert "..." in verdict("dense_backward", lambda dy, x, W: (dy @ W.T, ..., dy.sum(0))).message


# --- not what the check needs
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros(3), "without brackets"),
        (0.5, "without brackets"),
        (None, "given None"),
        ("relu", "given str"),
        (ex.ALL["relu"], "given Exercise"),
    ],
)
def test_something_that_is_no_function(given, words):
    result = verdict("relu", given)
    assert result.kind == "not callable" and words in result.message


def test_wrong_number_and_order_of_arguments():
    def few(x, W):
        return x @ W

    result = verdict("dense_forward", few)
    assert result.kind == "wrong arguments"
    assert "dense_forward(x, W, b)" in result.message and "few(x, W)" in result.message

    def order(W, x, b):
        return x @ W + b

    assert "order" in verdict("dense_forward", order).message


def test_more_arguments_with_defaults_are_welcome():
    assert examine(ex.dense_forward, lambda x, W, b, activation=None: x @ W + b).passed


# --- exceptions
def raising(line):
    def relu(z):
        return eval(line)

    return relu


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("undefined_name", "There is no `undefined_name` here"),
        ("Z * 2", "Did you mean the argument `z`?"),
        ("np.exq(z)", "Check the spelling"),
        ("np.zeros((2, 3)) @ np.zeros((4, 5))", "equally many"),
        ("np.zeros(2) + np.zeros(3)", "keepdims"),
        ("z if z > 0 else 0", "np.where"),
        ("math.exp(np.zeros(2))", "np.exp"),
        ("z[10**6]", "index 0"),
        ("z.sum(axis=7)", "fewer axes"),
        ("1 / 0", "divided by zero"),
        ("None + 1", "None"),
        ("z(0)", "square brackets"),
        ("math.exp(1e9)", "too large"),
        ("{}['m']", "dictionary"),
        ("... + 1", "blank"),
        ("z.reshape()", "Run the line|arguments"),
        ("2 @ z", "single number"),
        ("[a for a, b in [(1, 2, 3)]]", "more or fewer names"),
        ("z^2", "`\\*\\*`"),
        ("z['m']", "needs a dictionary"),
        ("z[z]", "whole numbers"),
        ("np.zeros(3).__setitem__(0, np.ones(2))", "sum over the array missing"),
        ("np.tensordot(np.ones((2, 3)), np.ones((2, 3)), axes=2) + np.tensordot(z, np.ones(4), 1)", "equally long"),
        ("z.reshape(1000, -1)", "keeps all values"),
        ("[a for a, b in [np.int64(3)]]", "single value on the right"),
        ("z == 1 & z < 2", "in brackets"),
        ("1.0 == 1.0 & True", "in brackets"),
        ("1 + 'same'", "Compare it instead"),
        ("z.argmax(axis=(0, 1))", "one axis only"),
        ("(3, 3) ** 2", "Take its parts"),
        ("(3, 3) * (3, 3)", "Take its parts"),
        ("z.shape(0)", "square brackets"),
        ("len.predict(z)", "nothing of this name"),
    ],
)
def test_an_exception_is_explained(code, words):
    import re

    result = verdict("relu", raising(code))
    if result.kind != "error":  # `z if z > 0` works for one element
        pytest.fail(str(result))
    assert re.search(words, result.message), result.message
    assert "shape (3,)" in result.details


def test_the_learners_own_line_is_shown_not_numpys():
    def dense(x, W, b):
        product = np.einsum("nd,dm->nm", x, W)
        return helper(product, b)

    def helper(a, b):
        return np.concatenate([a, b[None, None]])

    result = verdict("dense_forward", dense)
    assert result.kind == "error"
    assert f"line {helper.__code__.co_firstlineno + 1}: return np.concatenate([a, b[None, None]])" in result.details
    assert "W: shape (2, 3)" in result.details


def test_exit_and_endless_recursion_do_not_end_the_notebook():
    def leaves(z):
        raise SystemExit

    def relu(z):
        return relu(z)

    assert "stop the notebook" in verdict("relu", leaves).message
    assert "without end" in verdict("relu", relu).message


def test_the_stop_button_passes_through_and_leaves_nothing_half_written(progress_file):
    ex.relu.check(lambda z: z)
    before = progress_file.read_text()

    def stopped(z):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ex.relu.check(stopped)
    assert progress_file.read_text() == before
    assert [file.name for file in progress_file.parent.iterdir()] == ["progress.json"]


# --- never ends
def endless(z):
    while True:
        pass


def endless_despite_except(z):
    k = 0
    while k < 1:
        try:
            k -= 1
        except Exception:
            pass


@pytest.mark.parametrize("function", [endless, endless_despite_except])
def test_an_endless_loop_is_stopped_and_its_line_shown(monkeypatch, function):
    monkeypatch.setattr(checking, "SECONDS", 0.2)
    start = time.perf_counter()
    result = verdict("relu", function)
    assert time.perf_counter() - start < 5
    assert result.kind == "time limit" and "0.2 seconds" in result.message
    assert result.details.startswith("line ")


def slow_package(folder, name, seconds):
    (folder / f"{name}.py").write_text(
        f"import time\nend = time.perf_counter() + {seconds}\nwhile time.perf_counter() < end:\n    pass\nzero = 0\n"
    )


def test_a_slow_import_is_no_endless_loop(monkeypatch, tmp_path):
    monkeypatch.setattr(checking, "SECONDS", 0.5)
    monkeypatch.syspath_prepend(tmp_path)
    slow_package(tmp_path, "slow_to_import", 1.5)

    def imports(z):
        import slow_to_import

        return np.maximum(z, slow_to_import.zero)

    assert examine(ex.relu, imports).passed


def test_a_loop_after_a_slow_import_is_stopped_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(checking, "SECONDS", 0.5)
    monkeypatch.syspath_prepend(tmp_path)
    slow_package(tmp_path, "slow_to_import_too", 1)

    def imports(z):
        import slow_to_import_too

        while slow_to_import_too.zero == 0:
            pass

    assert verdict("relu", imports).kind == "time limit"


def test_a_check_made_during_an_import_has_its_limit_too(monkeypatch, tmp_path):
    monkeypatch.setattr(checking, "SECONDS", 0.3)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "checks_at_import.py").write_text(
        "from course_lib import exercises as ex\n"
        "from course_lib.exercises.checking import examine\n"
        "def relu(z):\n    while True:\n        pass\n"
        "result = examine(ex.relu, relu)\n"
    )
    import checks_at_import

    assert checks_at_import.result.kind == "time limit"


def test_an_endless_generator_is_stopped(monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 0.5)

    def batches(x, y, batch_size, rng):
        while True:
            yield x[:batch_size], y[:batch_size]

    assert verdict("minibatches", batches).kind in ("difference", "shape", "misconception")


def test_the_limit_holds_for_all_tests_together(monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 0.3)

    def slow(z):
        end = time.perf_counter() + 0.15
        while time.perf_counter() < end:
            pass
        return np.maximum(z, 0)

    assert verdict("relu", slow).kind == "time limit"


def test_the_limit_works_in_a_thread_and_leaves_no_late_exception():
    answers = []

    def work():
        try:
            call_within(0.1, endless, 0)
        except TimeLimitReached:
            answers.append("stopped")
        for _ in range(1000):  # a late exception would end this loop
            answers.append("alive")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert answers == ["stopped"] + 1000 * ["alive"]


def test_a_call_that_ends_just_in_time_is_never_hit_afterwards():
    hits = 0
    for _ in range(150):
        try:
            call_within(0.001, lambda: time.sleep(0.0009))
        except TimeLimitReached:
            hits += 1
        for _ in range(300):  # a late exception would come here and fail the test
            pass
    assert hits <= 150


# --- unusable results
def unchanged(z):
    return np.maximum(z, 0)


@pytest.mark.parametrize(
    ("name", "function", "kind", "words"),
    [
        ("relu", lambda z: np.maximum(z, 0).tolist(), "wrong type", "is a list"),
        ("relu", lambda z: (np.maximum(z, 0),), "wrong type", "comma too many"),
        ("relu", lambda z: (z, z, z), "wrong type", "3 values"),
        ("relu", lambda z: np.maximum(z, 0).astype(np.float32), "dtype", "float32"),
        ("relu", lambda z: np.maximum(z, 0).astype(int), "dtype", "cut off"),
        ("relu", lambda z: np.maximum(z, 0).astype(complex), "wrong type", "complex numbers, real numbers are asked"),
        ("relu", lambda z: "max", "wrong type", "does not hold numbers but str"),
        ("relu", lambda z: [[1], [2, 3]], "wrong type", "is a list"),
        ("relu", lambda z: np.maximum, "wrong type", "is a function"),
        ("neuron_output", lambda x, w, b: (a for a in x), "wrong type", "generator"),
        ("dense_forward", lambda x, W, b: (x @ W + b).T, "shape", "transposed"),
        ("dense_forward", lambda x, W, b: (x @ W + b).sum(), "shape", "axis="),
        ("dense_forward", lambda x, W, b: (x @ W + b)[:, :, None], "shape", "(1, 3, 1)"),
        ("neuron_output", lambda x, w, b: np.array([0.5]), "shape", "one element"),
        ("neuron_output", lambda x, w, b: np.float32(0.5), "dtype", "float32"),
        ("dense_backward", lambda dy, x, W: dy @ W.T, "wrong type", "3 results"),
        ("dense_backward", lambda dy, x, W: (dy @ W.T, x.T @ dy), "wrong type", "2 results"),
        ("dense_backward", lambda dy, x, W: (dy @ W.T, None, dy.sum(0)), "wrong type", "`dW` is None"),
        ("relu", lambda z: z / 0, "nan", "not a number or too large"),
        ("relu", lambda z: np.maximum(z, 0) + 1e-6, "difference", "z[0]|y[0]"),
        ("neuron_output", lambda x, w, b: 0.731, "constant", "answer of the example"),
        ("neuron_output", lambda x, w, b: 0.1, "constant", "same answer"),
        ("sgd_step", lambda w, gradient, state, learning_rate: None, "wrong type", "return w, state"),
        ("momentum_step", lambda w, g, s, r, mu: w - r * g, "wrong type", "two things"),
        ("sgd_step", lambda w, g, state, rate: (state, w - rate * g), "wrong type", "the new weights"),
        ("sgd_step", lambda w, g, state, rate: [w - rate * g, state], "wrong type", "two things"),
        ("minibatches", lambda x, y, n, rng: (x[:n], y[:n]), "wrong type", "one pair"),
        ("minibatches", lambda x, y, n, rng: 5, "wrong type", "list of pairs"),
        ("minibatches", lambda x, y, n, rng: [x, y, x], "wrong type", "pair"),
        ("minibatches", lambda x, y, n, rng: [(x, y[:-1])], "wrong type", "same n"),
    ],
)  # fmt: skip
def test_an_unusable_result_is_named(name, function, kind, words):
    result = verdict(name, function)
    assert result.kind == kind, result
    assert any(word in str(result) for word in words.split("|")), result


def test_a_missing_return_is_named_by_its_line():
    def dense(x, W, b):
        y = x @ W + b  # noqa: F841

    result = verdict("dense_forward", dense)
    assert result.kind == "no return" and "return y" in result.message

    def step(w, gradient, state, learning_rate):
        w = w - learning_rate * gradient  # noqa: F841

    assert "return w, state" in verdict("sgd_step", step).message


def test_column_against_row_is_recognised():
    def column(dy, z):
        return (dy * (z > 0))[..., None]

    def flat(dy, z):
        return (dy * (z > 0)).reshape(-1)

    assert "(N, 1) and (N,)" in verdict("relu_backward", column).message
    assert "another arrangement: check `reshape`" in verdict("relu_backward", flat).message


def test_a_changed_argument_is_named():
    def in_place(z):
        z[z < 0] = 0
        return z

    result = verdict("relu", in_place)
    assert result.kind == "modified" and "`z`" in result.message and "copy()" in result.message

    def step(w, gradient, state, learning_rate):
        w -= learning_rate * gradient
        return w, state

    assert "`w`" in verdict("sgd_step", step).message

    def remembers(w, gradient, state, learning_rate, momentum):
        state = state if state is not None else {"m": 0 * w}
        state["m"] = momentum * state["m"] - learning_rate * gradient
        return w + state["m"], state

    assert "`state`" in verdict("momentum_step", remembers).message

    def spoils_x(f, x, h):
        gradient = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            x[i] += h
            up = f(x)
            x[i] -= 2 * h
            gradient[i] = (up - f(x)) / (2 * h)
        return gradient

    assert verdict("numerical_gradient", spoils_x).kind == "modified"


def test_an_answer_that_changes_from_call_to_call():
    def noisy(z):
        return np.maximum(z, 0) + np.random.normal(size=z.shape)

    assert verdict("relu", noisy).kind == "not repeatable"

    calls = []

    def forgetful(z):
        calls.append(1)
        return np.maximum(z, 0) if len(calls) <= len(ex.relu.fresh_cases()) else np.zeros(z.shape)

    assert verdict("relu", forgetful).kind == "not repeatable"


# --- the first difference
def test_the_first_difference_has_index_numbers_and_inputs_to_repeat_it():
    result = verdict("relu", lambda z: np.maximum(z, 0) * 1.5)
    assert "y[2] should be 3, but your function gives 4.5" in result.message
    assert "1.5 times" not in result.message  # one element is not enough to speak of a factor
    scope = {"np": np}
    exec(result.details, scope)
    np.testing.assert_array_equal(scope["z"], [-2, 0, 3])


def test_messages_use_the_learners_own_names():
    assert "inputs: shape (1, 2)" in verdict("dense_forward", lambda inputs, W, b: inputs @ W.T @ W).details
    assert "Did you mean the argument `inputs`" in verdict("dense_forward", lambda inputs, W, b: input_ @ W).message  # noqa: F821
    scope = {"np": np}
    exec(verdict("relu", lambda signal: signal + 3).details, scope)
    assert scope["signal"].shape == (3,)


def test_a_constant_factor_is_named():
    assert "3 times" in verdict("dense_forward", lambda x, W, b: 3 * (x @ W + b)).message
    assert "0.25 times" in verdict("dense_forward", lambda x, W, b: (x @ W + b) / 4).message
    assert "-1 times" in verdict("dense_forward", lambda x, W, b: -(x @ W + b)).message
    assert "times" not in verdict("dense_forward", lambda x, W, b: 1.05263 * (x @ W + b)).message  # chance


def test_a_gradient_is_compared_with_the_measured_slope():
    result = verdict("dense_backward", lambda dy, x, W: (dy @ W.T, 3 * x.T @ dy, dy.sum(0)))
    assert "dW[0, 0] = 2; yours: 6" in result.details
    named = verdict("dense_backward", lambda dy, x, W: (dy @ W.T, x.T @ dy / len(x), dy.sum(0)))
    assert named.misconception == "weights_averaged" and "measured slope" in named.details


def test_a_coincidence_on_one_input_names_nothing():
    def odd(z):  # the absolute value on the example, something else elsewhere
        return np.abs(z) if z.shape == (3,) else np.maximum(z, 0) + 1

    assert verdict("relu", odd).misconception is None


def test_a_second_mistake_with_large_numbers_does_not_hide_the_first():
    result = verdict("softmax", lambda z: np.exp(z) / np.sum(np.exp(z)))
    assert result.misconception == "over_everything" and "add up to 1" in result.message
    assert "second mistake" in result.message and "NaN" in result.message
    clipped = verdict(
        "sparse_categorical_crossentropy",
        lambda t, z: -np.log(np.clip(ex.softmax.reference(z), 1e-7, 1)[np.arange(len(t)), t]).sum(),
    )
    assert clipped.misconception == "summed" and "second mistake" in clipped.message and "test 5" in clipped.message
    alone = verdict("softmax", lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum())
    assert alone.misconception == "over_everything" and "second mistake" not in alone.message
    only = verdict("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    assert only.misconception == "maximum_not_subtracted" and "second mistake" not in only.message
    strange = verdict("softmax", lambda z: 2 * np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    assert strange.misconception is None and "2 times" in strange.message


def test_all_failing_alike_is_not_named_after_a_mistake_that_fails_too():
    def fails(x, W, b):
        raise ValueError("no")

    assert verdict("dense_forward", fails).misconception is None


# --- the engine's own honesty: broken checkers are noticed
def test_a_checker_without_tolerance_or_cases_would_be_noticed(monkeypatch):
    def almost(z):
        return np.maximum(z, 0) * (1 + 1e-7)

    assert not examine(ex.relu, almost).passed
    monkeypatch.setattr(ex.relu, "tolerance", 1e-3)
    assert examine(ex.relu, almost).passed


def test_printing_and_math_are_fine(capsys):
    def neuron(x, w, b):
        print("z", w @ x + b)
        return 1 / (1 + math.exp(-(w @ x + b)))

    assert ex.neuron_output.check(neuron).passed


# --- the package
def test_names_that_do_not_exist_get_the_nearest_one():
    with pytest.raises(AttributeError, match="Did you mean 'dense_forward'"):
        _ = ex.dense_foward
    with pytest.raises(KeyError, match="softmax"):
        ex.find("softmaxx")
    with pytest.raises(AttributeError, match="The exercises are"):
        _ = ex.zzzzzzzzz
    assert ex.dense_forward is ex.ALL["dense_forward"]
    assert set(ex.ALL) <= set(dir(ex))


def test_a_passed_function_can_be_handed_to_a_widget():
    assert ex.passed("dense_forward") is None

    def mine(x, W, b):
        return x @ W + b, "cache"

    result = ex.dense_forward.check(mine)
    for use in (ex.passed("dense_forward"), result.function):
        np.testing.assert_array_equal(use(np.eye(2), np.eye(2), np.zeros(2)), np.eye(2))
    assert ex.passed("dense_forward") is result.function
    ex.dense_forward.check(lambda x, W, b: x @ W)
    assert ex.passed("dense_forward") is result.function  # what passed once stays usable


def test_the_cases_hold_what_learners_forget():
    x_shapes = [case[0].shape for case in ex.dense_forward.fresh_cases()]
    assert any(shape[0] == 1 for shape in x_shapes) and any(shape[0] % 2 for shape in x_shapes)
    for name in ("neuron_output", "dense_forward", "relu", "softmax", "dense_backward", "sgd_step", "f1_score"):
        arrays = [part for case in ex.ALL[name].fresh_cases() for part in case if isinstance(part, np.ndarray)]
        assert any(not a.flags.c_contiguous for a in arrays), name
        assert all(a.dtype == np.float64 for a in arrays if a.dtype.kind == "f")


def test_a_late_difference_is_shown_with_digits_that_differ():
    message = difference_message(np.array(1.23456781), np.array(1.23456780), "loss", 1e-12)
    shown, given = re.search(r"should be (\S+), but your function gives (\S+)\.$", message).groups()
    assert shown != given and shown.startswith("1.234567")


def test_a_profiler_still_works_after_a_check():
    """A request to stop that nobody received would hang the first profiler or debugger that comes after it."""
    assert call_within(5.0, lambda: 3) == 3
    calls = []
    sys.setprofile(lambda frame, event, argument: calls.append(event))
    try:
        math.hypot(3.0, 4.0)
    finally:
        sys.setprofile(None)
    assert calls


def test_a_way_through_without_return_is_told_apart_from_no_return_at_all():
    def clip_by_norm(gradients, clipnorm):
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
        if norm > clipnorm:
            return [g * clipnorm / norm for g in gradients]

    result = examine(ex.clip_by_norm, clip_by_norm)
    assert result.kind == "wrong type" and "where an `if` is not true" in result.message
    assert "`return [g * factor for g in gradients]`" in result.message


def test_whole_numbers_are_not_blamed_where_whole_numbers_are_asked_for():
    def capped_rul(engine, cap):
        return np.arange(len(engine))[::-1] - 3

    result = examine(ex.capped_rul, capped_rul)
    assert result.kind == "difference" and "digits behind the point" not in result.message
    assert "whole numbers" not in result.message


def test_whole_numbers_that_are_no_digits_cut_off_are_first_of_all_wrong_values():
    def hinge_loss(scores, y):
        inside = np.maximum(0, 1 - y * scores)
        return inside.mean(), np.where(inside > 0, -y, 0) * 3

    result = examine(ex.hinge_loss, hinge_loss)
    assert result.kind == "difference" and "gradient[1] should be -0.25" in result.message
    assert "whole numbers: an array of int64 cuts off" in result.message

    def cut_off(scores, y):
        inside = np.maximum(0, 1 - y * scores)
        gradient = np.zeros_like(y)
        gradient[inside > 0] = -y[inside > 0] / len(y)
        return inside.mean(), gradient

    assert examine(ex.hinge_loss, cut_off).kind == "dtype"


def test_one_number_is_called_so():
    assert "`y` is one number, but an array of shape (3,)" in shape_message(np.array(1.0), np.ones(3), "y")
    assert "has shape (3,), but one number is asked for" in shape_message(np.ones(3), np.array(1.0), "y")


def test_a_card_that_says_no_says_where_help_is(monkeypatch):
    monkeypatch.setattr(ex.relu, "_hints_given", 0)
    result = ex.relu.check(lambda z: z)
    assert (
        result.notes[-1] == "`ex.relu.hint()` gives a hint." and "<code>ex.relu.hint()</code>" in result._repr_html_()
    )
    monkeypatch.setattr(ex.relu, "_hints_given", len(ex.relu.hints))
    assert ex.relu.check(lambda z: z).notes[-1] == "`ex.relu.solution()` shows a solution."
    assert ex.relu.check(lambda z: np.maximum(z, 0)).notes == []


def lstm_cut_in_rows(x_t, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x_t @ W_x + h @ W_h + b, 4)
    return o * np.tanh(f * c + i * g), c


def clip_whole_list(gradients, clipnorm):
    norm = np.linalg.norm(gradients)
    return [g * clipnorm / norm for g in gradients]


def clip_list_squared(gradients, clipnorm):
    return [g * clipnorm / np.sqrt(np.sum(gradients**2)) for g in gradients]


def rul_one_too_few(engine, cap):
    rul = np.zeros(len(engine))
    for number in np.unique(engine):
        rul[engine == number] = np.arange(np.sum(engine == number) - 1, 0, -1)
    return np.minimum(rul, cap)


def backward_bias_of_the_batch(dh, x, h, W_xh, W_hh):
    db_h = np.zeros(len(W_hh))
    for t in reversed(range(x.shape[1])):
        db_h += dh[:, t] * (1 - h[:, t] ** 2)
    return dh @ W_xh.T, W_xh, W_hh, db_h


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("lstm_step", lstm_cut_in_rows, "`axis=1` cuts the columns"),
        ("clip_by_norm", clip_whole_list, "one by one in a loop"),
        ("clip_by_norm", clip_list_squared, "A list does not calculate as an array does"),
        ("capped_rul", rul_one_too_few, "different numbers of elements"),
        ("rnn_backward", backward_bias_of_the_batch, "sum over the batch"),
    ],
)
def test_an_exception_of_the_chapters_on_sequences_is_explained(name, function, words):
    result = examine(ex.ALL[name], function)
    assert result.kind == "error" and words in result.message


@pytest.mark.parametrize(
    ("given", "needed", "words"),
    [
        ((4, 1), (4,), "keepdims"),
        ((1, 6), (6,), "keepdims"),
        ((4, 2), (1, 8), "arrangement"),
        ((8,), (2, 4), "arrangement"),
    ],
)
def test_as_many_values_in_another_shape(given, needed, words):
    """Only an axis of length 1 too many or too few is a matter of keepdims."""
    text = shape_message(np.zeros(given), np.zeros(needed), "y")
    assert words in text and ("keepdims" in text) == (words == "keepdims")
