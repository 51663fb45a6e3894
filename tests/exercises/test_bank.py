"""Every checker against its banks: wrong answers are rejected by name, right ones pass, whatever their style."""

import inspect
import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from course_lib import (
    classical,
    complexity,
    data,
    evaluation,
    exercises as ex,
    forecasting,
    nn,
    parallel,
    quantization,
    remaining_life,
    text,
)
from course_lib.exercises.checking import _equal, examine, outcomes
from tests.exercises import (
    right_answers,
    right_answers_5_6,
    right_answers_7_8,
    right_answers_9,
    right_answers_10,
    right_answers_11,
    right_answers_12,
    wrong_answers,
    wrong_answers_5_6,
    wrong_answers_7_8,
    wrong_answers_9,
    wrong_answers_10,
    wrong_answers_11,
    wrong_answers_12,
)

RIGHT = (
    right_answers.RIGHT
    | right_answers_5_6.RIGHT
    | right_answers_7_8.RIGHT
    | right_answers_9.RIGHT
    | right_answers_10.RIGHT
    | right_answers_11.RIGHT
    | right_answers_12.RIGHT
)
WRONG = (
    wrong_answers.WRONG
    + wrong_answers_5_6.WRONG
    + wrong_answers_7_8.WRONG
    + wrong_answers_9.WRONG
    + wrong_answers_10.WRONG
    + wrong_answers_11.WRONG
    + wrong_answers_12.WRONG
)

KNOWN = [(one, known) for one in ex.ALL.values() for known in one.misconceptions]
NAMES = {
    0: ["units_check"],
    1: ["neuron_output", "dense_forward", "parameter_count", "relu"],
    2: ["mean_squared_error", "softmax", "sparse_categorical_crossentropy", "plant_cost"],
    3: ["dense_backward", "relu_backward", "two_layer_gradients", "numerical_gradient"],
    4: ["sgd_step", "minibatches", "momentum_step", "rmsprop_step", "adam_step", "f1_score"],
    5: [
        "cross_correlate",
        "output_size",
        "conv2d",
        "conv_parameters",
        "max_pool",
        "average_pool",
        "max_pool_backward",
        "conv2d_backward",
    ],
    6: ["summary_numbers", "flatten", "confusion_matrix", "best_threshold", "occlusion_map"],
    7: ["rnn_step", "rnn_forward", "rnn_backward", "gradient_bound", "clip_by_norm", "lstm_step"],
    8: ["capped_rul", "scale", "make_windows", "nasa_score", "alarm_cost"],
    9: ["encode", "embedding_forward", "embedding_backward", "masked_mean", "tf_idf", "attention"],
    10: ["lagged", "seasonal_naive", "mase", "pinball_loss", "newsvendor_quantity", "stock_cost"],
    11: ["gini", "best_split", "hinge_loss", "balanced_accuracy", "paired_difference"],
    12: ["flops", "saliency", "quantize", "int8_dense", "average_gradients", "ring_traffic"],
}
each_exercise = pytest.mark.parametrize("one", ex.ALL.values(), ids=ex.ALL)


def test_every_exercise_of_every_chapter_is_there():
    assert {name: one.chapter for name, one in ex.ALL.items()} == {
        name: chapter for chapter, names in NAMES.items() for name in names
    }
    assert list(ex.ALL) == [name for names in NAMES.values() for name in names]


@pytest.mark.parametrize("chapter", NAMES)
def test_the_order_is_that_of_the_notebook(chapter):
    texts = list((Path(__file__).parents[2] / "notebooks" / "text").glob(f"{chapter:02}_*.py"))
    if not texts:
        pytest.skip(f"chapter {chapter} has no notebook yet")
    [text] = texts
    assert re.findall(r"^ex\.(\w+)\.check\(", text.read_text(encoding="utf-8"), re.MULTILINE) == NAMES[chapter]


@each_exercise
def test_an_exercise_is_complete(one):
    assert len(one.misconceptions) >= 5
    assert len({known.name for known in one.misconceptions}) == len(one.misconceptions)
    assert len({known.message for known in one.misconceptions}) == len(one.misconceptions)
    assert len(one.hints) >= 2 and all(one.hints)
    assert one.title and len(one.statement) > 80 and "{" not in one.statement.replace("{", "", one.statement.count("}"))
    assert one.signature.startswith(one.name + "(")
    assert len(one.fresh_cases()) >= 5
    assert one.solution_source.startswith("def ")


@pytest.mark.parametrize(("one", "known"), KNOWN, ids=[f"{one.name}-{known.name}" for one, known in KNOWN])
def test_a_misconception_is_rejected_with_its_own_message(one, known):
    result = examine(one, known.function)
    assert not result.passed
    assert (result.kind, result.misconception) == ("misconception", known.name)
    around = known.message.split("{output}")
    assert re.fullmatch(r"\w+(, \w+)*".join(re.escape(part.format()) for part in around), result.message)
    assert result.function is None


@each_exercise
def test_no_two_misconceptions_do_the_same(one):
    done = {known.name: outcomes(one, known.function) for known in one.misconceptions}
    for a, b in itertools.combinations(done, 2):
        assert not _equal(one, done[a], done[b], range(len(one.outputs))), f"{a} and {b} cannot be told apart"


@pytest.mark.parametrize(("name", "misconception", "function"), WRONG, ids=[w[2].__name__ for w in WRONG])
def test_a_mistake_written_in_another_way_is_recognised(name, misconception, function):
    result = examine(ex.ALL[name], function)
    assert not result.passed
    assert result.misconception == misconception, result


@pytest.mark.parametrize(
    ("name", "function"),
    [(name, function) for name, functions in RIGHT.items() for function in functions],
    ids=lambda value: value if isinstance(value, str) else f"{value.__module__.rpartition('.')[2]}-{value.__name__}",
)
def test_a_right_answer_passes_however_it_is_written(name, function):
    result = examine(ex.ALL[name], function)
    assert result.passed, result
    assert result.kind == "passed" and result.misconception is None


@each_exercise
def test_at_least_three_right_answers_are_in_the_bank_and_the_reference_passes(one):
    assert len(RIGHT[one.name]) >= 3
    assert examine(one, one.reference).passed


@each_exercise
def test_the_untouched_stub_is_not_attempted(one):
    scope = {}
    body = f"def {one.name}({', '.join(one.parameters)}):\n    ...  # your code\n"
    result = examine(one, with_source(body, one.name, scope))
    assert (result.passed, result.kind) == (False, "not attempted")


def with_source(text, name, scope):
    """Define a function from text so that its source can be read, as in a notebook cell."""
    import linecache

    filename = f"<cell {hash(text)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), scope)
    return scope[name]


@pytest.mark.parametrize(
    ("name", "library"),
    [(name, getattr(nn, name)) for name in (
        "dense_forward", "relu", "softmax", "relu_backward", "numerical_gradient", "sgd_step", "momentum_step",
        "rmsprop_step", "adam_step", "clip_by_norm",
    )] + [("nasa_score", remaining_life.nasa_score)] + [(name, getattr(forecasting, name)) for name in (
        "seasonal_naive", "pinball_loss", "newsvendor_quantity", "stock_cost",
    )] + [(name, getattr(classical, name)) for name in ("gini", "best_split", "hinge_loss")]
    + [(name, getattr(evaluation, name)) for name in ("balanced_accuracy", "paired_difference")]
    + [(name, getattr(quantization, name)) for name in ("quantize", "int8_dense")]
    + [(name, getattr(parallel, name)) for name in ("average_gradients", "ring_traffic")]
    + [("saliency", complexity.saliency)],
)  # fmt: skip
def test_the_solution_shown_is_the_librarys_own_source(name, library):
    assert ex.ALL[name].solution_function is library
    assert ex.ALL[name].solution_source == inspect.getsource(library)


def test_the_short_references_agree_with_the_library():
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, 5, 3))
    assert ex.mean_squared_error.reference(y_true, y_pred) == pytest.approx(
        nn.mean_squared_error(y_true, y_pred)[0], 1e-14
    )
    labels, logits = rng.integers(0, 3, size=5), 5 * rng.normal(size=(5, 3))
    assert ex.sparse_categorical_crossentropy.reference(labels, logits) == pytest.approx(
        nn.sparse_categorical_crossentropy(labels, logits, from_logits=True)[0], 1e-14
    )
    x, W, dy = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    cache = nn.dense_forward(x, W, np.zeros(3))[1]
    for mine, theirs in zip(ex.dense_backward.reference(dy, x, W), nn.dense_backward(dy, cache), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-14)
    z = rng.normal(size=(4, 3))
    np.testing.assert_array_equal(nn.relu_backward(z * 2, nn.relu(z)), ex.relu_backward.reference(z * 2, z))
    x, w, b = rng.normal(size=(3, 1)), rng.normal(size=(3, 1)), 0.3
    assert ex.neuron_output.reference(x[:, 0], w[:, 0], b) == pytest.approx(
        nn.sigmoid(nn.dense_forward(x.T, w, np.array([b]))[0]).item(), 1e-14
    )
    model = nn.Sequential([nn.Dense(4, input_shape=(3,)), nn.Dense(2)])
    assert ex.parameter_count.reference([3, 4, 2]) == model.count_params()


def test_the_gradients_of_the_small_network_agree_with_finite_differences():
    one = ex.two_layer_gradients
    for case in one.fresh_cases()[1:]:
        for (name, (loss, variable)), got in zip(one.slopes(*case).items(), one.reference(*case), strict=True):
            assert nn.relative_error(nn.numerical_gradient(loss, variable), got) < 1e-7, name


def test_f1_and_cost_agree_with_scikit_learn():
    from sklearn.metrics import confusion_matrix, f1_score

    for y_true, y_pred in ex.f1_score.fresh_cases():
        assert ex.f1_score.reference(y_true, y_pred) == pytest.approx(
            f1_score(y_true, y_pred, zero_division=0.0), 1e-14
        )
    for y_true, y_prob, threshold, miss, alarm in ex.plant_cost.fresh_cases():
        table = confusion_matrix(y_true, y_prob >= threshold, labels=[0, 1])
        wanted = (table * [[0, alarm], [miss, 0]]).sum() / len(y_true)
        assert ex.plant_cost.reference(y_true, y_prob, threshold, miss, alarm) == pytest.approx(wanted, 1e-14)


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("units_check", (40.0, 1500.0), 6.283185),
        ("neuron_output", (np.array([2.0, -1.0]), np.array([0.5, 1.0]), 1.0), 0.7310586),
        ("dense_forward", (np.array([[1.0, 2]]), np.array([[1, 0, -1], [0.5, 2, 1]]), np.array([0.1, 0.2, 0.3])),
         [[2.1, 4.2, 1.3]]),
        ("relu", (np.array([-2.0, 0, 3]),), [0, 0, 3]),
        ("parameter_count", ([2, 3, 1],), 13),
        ("mean_squared_error", (np.array([1.0, 2]), np.array([3.0, 1])), 2.5),
        ("softmax", (np.array([[0, 0, np.log(2)]]),), [[0.25, 0.25, 0.5]]),
        ("sparse_categorical_crossentropy", (np.array([2]), np.array([[0, 0, np.log(2)]])), 0.6931472),
        ("plant_cost", (np.array([1, 1, 0, 0]), np.array([0.9, 0.2, 0.7, 0.1]), 0.5, 100, 8), 27),
        ("relu_backward", (np.array([0.5, -1, 2]), np.array([-2.0, 0, 3])), [0, 0, 2]),
        ("numerical_gradient", (lambda x: np.sum(x**3), np.array([1.0, 2.0]), 0.1), [3.01, 12.01]),
        ("f1_score", (np.array([1, 1, 1, 0, 0, 0, 0, 0]), np.array([1, 0, 0, 1, 0, 0, 0, 0])), 0.4),
        ("cross_correlate", (np.array([[0.0, 2], [1, 3]]), np.array([[1.0, -1], [2, 0]])), [[0]]),
        ("output_size", (28, 3, 2, "valid"), 13),
        ("output_size", (7, 3, 3, "same"), 3),
        ("conv2d", (np.arange(9.0).reshape(1, 3, 3, 1), np.array([[1.0, 0], [0, -1]])[:, :, None, None],
                    np.array([10.0]), 1), np.full((1, 2, 2, 1), 6)),
        ("conv_parameters", ((3, 3), 1, 32), 320),
        ("max_pool", (np.array([[1.0, 3], [7, 4]])[None, :, :, None], 2), [[[[7]]]]),
        ("average_pool", (np.array([[1.0, 3], [7, 4]])[None, :, :, None], 2), [[[[3.75]]]]),
        ("flatten", (np.arange(8.0).reshape(1, 2, 2, 2),), [np.arange(8)]),
        ("confusion_matrix", (np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]), 2), [[1, 1], [1, 2]]),
        ("best_threshold", (np.array([0, 0, 1, 0, 1]), np.array([0.1, 0.3, 0.4, 0.6, 0.9]), 100, 8), 0.4),
        ("rnn_step", tuple(np.full((1, 1), v) for v in (1, 0.4, 0.5, 1)) + (0.1,), 0.761594),
        ("rnn_forward", (np.array([[[1.0], [0], [0]]]), np.ones((1, 1)), np.array([[0.5]]), np.zeros(1)),
         [[[0.7615942], [0.3633996], [0.1797263]]]),
        ("gradient_bound", (np.array([[0, 2], [0.5, 0]]), 0.25, 2), 0.25),
        ("capped_rul", (np.array([1, 1, 1, 1, 2, 2]), 2), [2, 2, 1, 0, 1, 0]),
        ("capped_rul", (np.array([1, 1, 1, 1, 2, 2]), 9), [3, 2, 1, 0, 1, 0]),
        ("nasa_score", (np.array([50.0, 50]), np.array([37.0, 60])), 2 * (np.e - 1)),
        ("encode", (["Pump leaks oil", "oil"], {"oil": 2, "pump": 3}, 3), [[3, 1, 2], [2, 0, 0]]),
        ("embedding_forward", (np.array([[2, 0]]), np.array([[1.0, 2], [3, 4], [5, 6]])), [[[5, 6], [1, 2]]]),
        ("embedding_backward", (np.array([[[1.0, 10], [2, 20], [4, 40]]]), np.array([[1, 0, 1]]), 3),
         [[2, 20], [5, 50], [0, 0]]),
        ("masked_mean", (np.array([[[2.0], [4], [9]]]), np.array([[True, True, False]])), [[3]]),
        ("tf_idf", (np.array([[1, 2], [1, 0]]),), [[0.3351757, 0.9421560], [1, 0]]),
        ("attention", (np.full((1, 1, 4), np.log(3) / 2), np.array([[[1.0] * 4, [0.0] * 4]]), np.array([[[8.0], [4]]])),
         [[[7]]]),
        ("seasonal_naive", (np.array([9.0, 1, 2, 3]), 3, 5), [1, 2, 3, 1, 2]),
        ("mase", (np.array([3.0, 0, 1]), np.ones(3), np.array([0.0, 2, 1, 4]), 1), 0.5),
        ("pinball_loss", (np.array([10.0, 10]), np.array([6.0, 15]), 0.9), 2.05),
        ("newsvendor_quantity", (np.array([4.0, 0, 7, 1]), 3, 1), 4),
        ("stock_cost", (np.array([5.0, 0, 0, 2]), np.array([2.0, 2, 5, 3]), 1, 10), [3, 1, 40, 10]),
        ("gini", (np.array([0, 0, 0, 1]),), 0.375),
        ("best_split", (np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 0])), [2.5, 0.25]),
        ("balanced_accuracy", (np.array([[95, 0], [4, 1]]),), 0.6),
        ("saliency", (np.array([[[[1.0, -4], [2, 0]]]]),), [[[1, 0.5]]]),
        ("int8_dense", (np.array([[100, 100]], np.int8), np.array([[100], [-50]], np.int8), 0.01, 0.1), [[5.0]]),
        ("average_gradients", ([np.array([4.0]), np.array([1.0])], [1, 3]), [1.75]),
        ("ring_traffic", (1_000_000, 4, 4), 6_000_000),
        ("paired_difference", (np.array([0.90, 0.86, 0.88]), np.array([0.87, 0.85, 0.83])), [0.03, 0.02 / 3**0.5]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_example_in_the_statement_is_right(name, arguments, wanted):
    one = ex.ALL[name]
    np.testing.assert_allclose(one.adapt(one.reference)(*arguments), wanted, rtol=1e-6)


def test_the_examples_with_several_results_are_right():
    dx, dW, db = ex.dense_backward.reference(np.array([[1.0, -1]]), np.array([[2, 3, 0.5]]), np.ones((3, 2)))
    np.testing.assert_array_equal(dW, [[2, -2], [3, -3], [0.5, -0.5]])
    np.testing.assert_array_equal(db, [1, -1])
    dW1, db1, dW2, db2 = ex.two_layer_gradients.reference(*ex.two_layer_gradients.fresh_cases()[0])
    np.testing.assert_array_equal(dW2, [[12], [0]])
    np.testing.assert_array_equal(dW1, [[12, 0], [24, 0]])
    w, g = np.array([1.0, -2.0]), np.array([0.5, -1.0])
    np.testing.assert_allclose(ex.sgd_step.reference(w, g, None, 0.1)[0], [0.95, -1.9])
    first, state = ex.momentum_step.reference(w[:1], g[:1], None, 0.1, 0.9)
    second, _ = ex.momentum_step.reference(first, g[:1], state, 0.1, 0.9)
    np.testing.assert_allclose([first[0], second[0]], [0.95, 0.855])
    first, state = ex.rmsprop_step.reference(w[:1], g[:1], None, 0.1, 0.9, 1e-7)
    assert state["v"] == pytest.approx(0.025, 1e-12)
    second, state = ex.rmsprop_step.reference(first, g[:1], state, 0.1, 0.9, 1e-7)
    assert state["v"] == pytest.approx(0.0475, 1e-12)
    np.testing.assert_allclose([first[0], second[0]], [0.684, 0.454], atol=5e-4)
    np.testing.assert_allclose(ex.adam_step.reference(w, g, None, 0.1, 0.9, 0.999, 1e-7)[0], [0.9, -1.9], atol=1e-5)
    sizes = [len(x) for x, _y in ex.minibatches.reference(np.zeros((5, 2)), np.zeros(5), 2, np.random.default_rng(0))]
    assert sizes == [2, 2, 1]


def test_the_examples_of_convolution_are_right():
    dW, db = ex.conv2d_backward.reference(*ex.conv2d_backward.fresh_cases()[0])
    np.testing.assert_array_equal(dW[:, :, 0, 0], [[8, 12], [20, 24]])
    np.testing.assert_array_equal(db, [4])


def test_the_numbers_of_the_ten_class_network_are_those_of_the_library():
    layers, shape = ex.summary_numbers.fresh_cases()[0]
    assert ex.summary_numbers.reference(layers, shape) == [320, 0, 18496, 0, 0, 102464, 650]
    for layers, shape in ex.summary_numbers.fresh_cases():
        assert ex.summary_numbers.reference(layers, shape) == right_answers_5_6.summary_of_library(layers, shape)
    for (x,) in ex.flatten.fresh_cases():
        np.testing.assert_array_equal(ex.flatten.reference(x), nn.Flatten()(x))


def test_the_short_references_for_images_agree_with_the_library():
    for x, W, b, strides in ex.conv2d.fresh_cases():
        np.testing.assert_allclose(
            ex.conv2d.reference(x, W, b, strides), nn.conv2d_forward(x, W, b, strides)[0], rtol=1e-12, atol=1e-12
        )
    for case in ex.output_size.fresh_cases():
        assert ex.output_size.reference(*case) == nn.conv_output_size(*case)
    for x, pool_size in ex.max_pool.fresh_cases():
        np.testing.assert_array_equal(ex.max_pool.reference(x, pool_size), nn.max_pool2d_forward(x, pool_size)[0])
    for x, pool_size in ex.average_pool.fresh_cases():
        np.testing.assert_allclose(
            ex.average_pool.reference(x, pool_size), nn.average_pool2d_forward(x, pool_size)[0], rtol=1e-12, atol=1e-14
        )
    for dy, x, pool_size in ex.max_pool_backward.fresh_cases():
        _y, cache = nn.max_pool2d_forward(x, pool_size)
        mine = ex.max_pool_backward.reference(dy, x, pool_size)
        np.testing.assert_array_equal(mine, nn.max_pool2d_backward(dy, cache))
    for case in ex.conv2d_backward.fresh_cases():
        dy, x, W = case
        wanted = nn.conv2d_backward(dy, nn.conv2d_forward(x, W, np.zeros(W.shape[3]))[1])[1:]
        for name, mine, theirs in zip(("dW", "db"), ex.conv2d_backward.reference(*case), wanted, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-12)
            loss, variable = ex.conv2d_backward.slopes(*case)[name]
            assert nn.relative_error(nn.numerical_gradient(loss, variable), mine) < 1e-7


def test_the_examples_with_several_results_are_right_for_sequences():
    [(dh, x, h, W_xh, W_hh), *_others] = ex.rnn_backward.fresh_cases()
    dx, dW_xh, dW_hh, db_h = ex.rnn_backward.reference(dh, x, h, W_xh, W_hh)
    np.testing.assert_allclose(dx.ravel(), [0.0882, 0.4200, 0.9677], atol=5e-5)  # W_xh = 1, so dx is dz
    np.testing.assert_allclose([dW_xh.item(), dW_hh.item()], [0.0882, 0.6715], atol=5e-5)
    clipped = ex.clip_by_norm.reference([np.array([[3.0]]), np.array([[0.0]]), np.array([4.0])], 1.0)
    np.testing.assert_allclose([g.item() for g in clipped], [0.6, 0, 0.8], rtol=1e-14)
    h, c = ex.lstm_step.reference(*ex.lstm_step.fresh_cases()[0])
    np.testing.assert_allclose([h.item(), c.item()], [0.481, 1.978], atol=5e-4)
    train, other = ex.scale.reference(np.array([[10.0], [20], [30]]), np.array([[20.0], [40]]))
    np.testing.assert_allclose(other.ravel(), [0, 2.449], atol=5e-4)
    assert np.array([10.0, 20, 30]).std() == pytest.approx(8.165, abs=5e-4) and abs(train.mean()) < 1e-15
    x, y = ex.make_windows.reference(*ex.make_windows.fresh_cases()[0])
    np.testing.assert_array_equal(x[..., 0], [[1, 2], [2, 3], [7, 8]])
    np.testing.assert_array_equal(y, [1, 0, 0])
    assert ex.alarm_cost.reference(np.array([9, 7, 5, 4, 2, 1]), 5, 2, 20, 100) == (20, 5)


def test_the_short_references_for_sequences_agree_with_the_library():
    for x, W_xh, W_hh, b_h in ex.rnn_forward.fresh_cases():
        h, _cache = nn.simple_rnn_forward(x, W_xh, W_hh, b_h)
        np.testing.assert_allclose(ex.rnn_forward.reference(x, W_xh, W_hh, b_h), h, rtol=1e-12, atol=1e-14)
        one = ex.rnn_step.reference(x[:, 0], np.zeros(h[:, 0].shape), W_xh, W_hh, b_h)
        np.testing.assert_allclose(one, h[:, 0], rtol=1e-12, atol=1e-14)
    for dh, x, h, W_xh, W_hh in ex.rnn_backward.fresh_cases():
        b_h = np.arctanh(h[0, 0]) - x[0, 0] @ W_xh
        same_h, cache = nn.simple_rnn_forward(x, W_xh, W_hh, b_h)
        np.testing.assert_allclose(same_h, h, atol=1e-12)
        wanted = nn.simple_rnn_backward(dh, cache)[:4]
        for mine, theirs in zip(ex.rnn_backward.reference(dh, x, h, W_xh, W_hh), wanted, strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-11)
    for x_t, h, c, W_x, W_h, b in ex.lstm_step.fresh_cases():
        states, cache = nn.lstm_forward(x_t[:, None], W_x, W_h, b, h0=h, c0=c)
        mine = ex.lstm_step.reference(x_t, h, c, W_x, W_h, b)
        np.testing.assert_allclose(mine[0], states[:, 0], rtol=1e-12)
        np.testing.assert_allclose(mine[1], nn.lstm_gates(cache)["c"][:, 0], rtol=1e-12)
    for train, other in ex.scale.fresh_cases():
        scaler = data.Standardizer().fit(train)
        for mine, x in zip(ex.scale.reference(train, other), (train, other), strict=True):
            np.testing.assert_allclose(mine, scaler.transform(x), rtol=1e-12, atol=1e-14)
    runs, _test = data.simulate_engines(engines=3, test_engines=1)
    windows = data.windows(runs, length=20, cap=60)
    rul = ex.capped_rul.reference(runs.groups, 60)
    np.testing.assert_array_equal(rul, np.minimum(runs.y, 60))
    x, y = ex.make_windows.reference(runs.x, runs.groups, rul, 20)
    np.testing.assert_array_equal(x, windows.x)
    np.testing.assert_array_equal(y, windows.y)
    for y_pred, line, lead_time, planned, unplanned in ex.alarm_cost.fresh_cases():
        cycle = np.arange(1, len(y_pred) + 1)
        result = remaining_life.alarm_policy(
            np.ones(len(cycle)), cycle, y_pred, len(cycle) - cycle, line, lead_time, planned, unplanned
        )
        mine = ex.alarm_cost.reference(y_pred, line, lead_time, planned, unplanned)
        assert mine == (result.cost[0], result.stop[0])


def test_the_bound_holds_and_the_spectral_radius_is_none():
    W_hh = np.array([[0.0, 2.0], [0.5, 0.0]])
    assert np.abs(np.linalg.eigvals(W_hh)).max() == pytest.approx(1)
    assert np.linalg.norm(np.array([0.0, 1.0]) @ W_hh.T) == 2  # one step back makes it twice as long
    rng = np.random.default_rng(3)
    for _try in range(50):
        steps, W_hh, gradient = 6, rng.normal(size=(4, 4)), rng.normal(size=4)
        back = gradient
        for _step in range(steps):
            back = (back * (1 - np.tanh(rng.normal(size=4)) ** 2)) @ W_hh.T
        assert np.linalg.norm(back) <= ex.gradient_bound.reference(W_hh, 1.0, steps) * np.linalg.norm(gradient)


def test_the_gradients_through_time_agree_with_finite_differences():
    one = ex.rnn_backward
    for case in one.fresh_cases():
        for (name, (loss, variable)), got in zip(one.slopes(*case).items(), one.reference(*case), strict=True):
            assert nn.relative_error(nn.numerical_gradient(loss, variable), got) < 1e-6, name


def test_the_references_for_texts_agree_with_the_library():
    for tokens, W in ex.embedding_forward.fresh_cases():
        np.testing.assert_array_equal(ex.embedding_forward.reference(tokens, W), nn.embedding_forward(tokens, W)[0])
    one = ex.embedding_backward
    for case in one.fresh_cases():
        dy, tokens, V = case
        mine = one.reference(*case)
        theirs = nn.embedding_backward(dy, nn.embedding_forward(tokens, np.zeros((V, dy.shape[2])))[1])
        np.testing.assert_allclose(mine, theirs, rtol=1e-14, atol=1e-14)
        loss, variable = one.slopes(*case)["dW"]
        assert nn.relative_error(nn.numerical_gradient(loss, variable), mine) < 1e-7
    for x, mask in ex.masked_mean.fresh_cases():
        np.testing.assert_allclose(
            ex.masked_mean.reference(x, mask), nn.masked_mean_forward(x, mask)[0], rtol=1e-14, atol=1e-15
        )
    for case in ex.attention.fresh_cases():
        np.testing.assert_allclose(ex.attention.reference(*case), nn.attention_forward(*case)[0], rtol=1e-12)
    for (counts,) in ex.tf_idf.fresh_cases():
        np.testing.assert_allclose(ex.tf_idf.reference(counts), text.tf_idf(counts), rtol=1e-14)
    for texts, vocabulary, length in ex.encode.fresh_cases():
        wanted = right_answers_9.encode_library(texts, vocabulary, length)
        np.testing.assert_array_equal(ex.encode.reference(texts, vocabulary, length), wanted)


def test_tokens_must_be_whole_numbers():
    result = examine(ex.encode, lambda texts, vocabulary, length: ex.encode.reference(texts, vocabulary, length) + 0.0)
    assert (result.passed, result.kind) == (False, "wrong type")
    assert "decimal numbers (float64)" in result.message and "dtype=int" in result.message


def test_a_missing_default_is_named():
    def encode(texts, vocabulary, length):
        rows = [[vocabulary.get(word) for word in one.lower().split()][:length] for one in texts]
        return np.array([row + [0] * (length - len(row)) for row in rows])

    result = examine(ex.encode, encode)
    assert (result.passed, result.kind) == (False, "wrong type")
    assert "holds None" in result.message and "`vocabulary.get(word, 1)`" in result.message


def test_the_references_for_forecasts_agree_with_the_library():
    x, y = ex.lagged.reference(*ex.lagged.fresh_cases()[0])
    np.testing.assert_array_equal(x, [[10, 11, 12], [11, 12, 13]])
    np.testing.assert_array_equal(y, [14, 15])
    mill = data.simulate_energy(days=3)
    for length, horizon in [(24, 1), (5, 4)]:
        windows = data.forecast_windows(mill, length, horizon)
        x, y = ex.lagged.reference(mill.x[:, 0], length, horizon)
        np.testing.assert_array_equal(x, windows.x[:, :, 0])
        np.testing.assert_array_equal(y, windows.x[:, -1, 0][horizon:].tolist() + mill.x[-horizon:, 0].tolist())
        np.testing.assert_array_equal(ex.lagged.reference(mill.y, length, horizon)[1], windows.y)
    for y_true, y_pred, past, season in ex.mase.fresh_cases():
        wanted = data.mase(y_true[None], y_pred[None], past[None], season)
        assert ex.mase.reference(y_true, y_pred, past, season) == pytest.approx(wanted, 1e-14)


def test_the_quantity_ordered_is_the_forecast_with_the_smallest_pinball_loss():
    for demand, short, over in ex.newsvendor_quantity.fresh_cases():
        ratio = short / (short + over)
        loss = {q: ex.pinball_loss.reference(demand, np.full(len(demand), q), ratio) for q in np.unique(demand)}
        assert loss[ex.newsvendor_quantity.reference(demand, short, over)] == pytest.approx(min(loss.values()), 1e-12)


def test_the_example_of_the_hinge_loss_is_right_and_its_gradient_that_of_finite_differences():
    loss, gradient = ex.hinge_loss.reference(*ex.hinge_loss.fresh_cases()[0])
    assert loss == 0.625 and gradient.tolist() == [0, -0.25, -0.25, 0]
    for scores, y in ex.hinge_loss.fresh_cases()[3:]:  # no score of these is at the kink
        loss, gradient = ex.hinge_loss.reference(scores, y)
        slope = nn.numerical_gradient(lambda s, y=y: ex.hinge_loss.reference(s, y)[0], scores)
        assert nn.relative_error(slope, gradient) < 1e-7


def test_the_operations_are_those_of_the_library_and_the_bytes_those_of_the_statement():
    layers, shape = ex.flops.fresh_cases()[0]
    assert ex.flops.reference(layers, shape) == [389_376, 0, 4_460_544, 0, 0, 204_800, 1_280]
    for layers, shape in ex.flops.fresh_cases():
        assert ex.flops.reference(layers, shape) == right_answers_12.flops_library(layers, shape)
    q, scale = ex.quantize.reference(*ex.quantize.fresh_cases()[0])
    assert q.tolist() == [50, -127, 0] and scale == pytest.approx(0.01, 1e-14)
    wrapped = np.array([[100, 100]], np.int8) @ np.array([[100], [-50]], np.int8)
    assert wrapped.tolist() == [[-120]]


def test_bytes_must_be_bytes():
    def quantize(w):
        scale = np.abs(w).max() / 127 or 1.0
        return np.round(w / scale), scale

    result = examine(ex.quantize, quantize)
    assert (result.passed, result.kind) == (False, "wrong type")
    assert "`q` has dtype float64: 8 bytes a number" in result.message and "`.astype(np.int8)`" in result.message
