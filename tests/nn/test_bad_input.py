"""Bad input: the message names the argument, what was given, what was needed and the remedy."""

import numpy as np
import pytest

from course_lib import nn
from tests.nn.cases import small_model

X, Y, NAN = np.ones((6, 5)), np.ones((6, 2)), np.nan


def classifier(loss="sparse_categorical_crossentropy", units=3, activation="softmax"):
    return small_model(units=units, activation=activation, loss=loss, metrics=["accuracy"])


def with_nan(a, place):
    a = a.copy()
    a[place] = np.nan
    return a


def fit(x=X, y=Y, **options):
    return small_model().fit(x, y, verbose=0, **options)


def fit_classes(**options):
    return classifier("binary_crossentropy", 1, "sigmoid").fit(X, [0, 1] * 3, verbose=0, **options)


WRONG_VALUES = {
    # functions
    "x transposed": (lambda: nn.dense_forward(X, np.ones((2, 5)), np.ones(2)),
                     r"x has 5 columns but W has 2 rows.*W looks transposed: try W\.T"),
    "x one sample": (lambda: nn.dense_forward(X[0], np.ones((5, 2)), np.ones(2)),
                     r"x has shape \(5,\), but two axes are needed.*x\.reshape\(1, -1\)"),
    "W one axis": (lambda: nn.dense_forward(X, np.ones(5), np.ones(2)), r"W has shape \(5,\), but two axes"),
    "b too long": (lambda: nn.dense_forward(X, np.ones((5, 2)), np.ones(3)),
                   r"b has shape \(3,\), but W has 2 columns.*\(2,\)"),
    "dy of another shape": (lambda: nn.relu_backward(np.ones(3), np.ones(2)),
                            r"dy has shape \(3,\), but y has shape \(2,\)"),
    "dense dy": (lambda: nn.dense_backward(np.ones((6, 3)), nn.dense_forward(X, np.ones((5, 2)), np.ones(2))[1]),
                 r"dy has shape \(6, 3\), but y has shape \(6, 2\)"),
    "ragged": (lambda: nn.relu([[1.0], [1.0, 2.0]]), "z is not a rectangular table"),
    "rate": (lambda: nn.dropout_forward(X, 1.0, 0), "rate is 1.0, but it must be at least 0 and below 1"),
    "unknown activation": (lambda: nn.activation_forward(X, "rleu"),
                           "activation 'rleu' is unknown. Did you mean 'relu'.*Known: 'linear', 'relu'"),
    # losses
    "loss shapes": (lambda: nn.mean_squared_error(np.ones((3, 2)), np.ones((2, 3))),
                    r"y_true has shape \(3, 2\), but y_pred has shape \(2, 3\)"),
    "numbers for one-hot": (lambda: nn.categorical_crossentropy([0, 1], np.ones((2, 3)) / 3),
                            r"y_true has shape \(2,\).*sparse_categorical_crossentropy.*np\.eye\(C\)\[y_true\]"),
    "one-hot for numbers": (lambda: nn.sparse_categorical_crossentropy(np.eye(3), np.ones((3, 3)) / 3),
                            r"y_true looks one-hot: use categorical_crossentropy"),
    "label too large": (lambda: nn.sparse_categorical_crossentropy([1, 3], np.ones((2, 3)) / 3),
                        "class numbers from 1 to 3, but y_pred has 3 columns: the numbers must be 0 to 2.*4 units"),
    "label negative": (lambda: nn.sparse_categorical_crossentropy([-1, 0], np.ones((2, 3)) / 3), "from -1 to 0"),
    "labels -1 and 1": (lambda: nn.binary_crossentropy([[-1.0], [1.0]], [[0.2], [0.3]]),
                        r"y_true holds values from -1.0 to 1.0.*\(y \+ 1\) / 2"),
    "rows not one-hot": (lambda: nn.categorical_crossentropy([[1.0, 1.0]], [[0.5, 0.5]]), "one row adds up to 2.0"),
    "no samples": (lambda: nn.mean_squared_error(np.ones((0, 2)), np.ones((0, 2))), "y_pred is empty"),
    "weight length": (lambda: nn.mean_squared_error(X, X, sample_weight=[1, 2]),
                      r"sample_weight has shape \(2,\), but one weight for each of the 6 samples"),
    "NaN label, binary": (lambda: nn.binary_crossentropy([0.0, NAN], [0.5, 0.5]),
                          r"y_true holds 1 values that are NaN.*\(1,\).*label must not be guessed"),
    "NaN label, categorical": (lambda: nn.categorical_crossentropy([[NAN, 1.0]], [[0.5, 0.5]]),
                               r"y_true holds 1 values that are NaN"),
    "NaN label, sparse": (lambda: nn.sparse_categorical_crossentropy([NAN], np.ones((1, 3)) / 3), "y_true holds 1"),
    "infinite label": (lambda: nn.sparse_categorical_crossentropy([np.inf], np.ones((1, 3)) / 3),
                       r"y_true holds 1 values that are NaN or infinite, the first at index \(0,\)"),
    "NaN target": (lambda: nn.mean_squared_error([1.0, NAN], [1.0, 1.0]), r"loss at index \(1,\) is not a number"),
    "NaN prediction, binary": (lambda: nn.binary_crossentropy([0.0, 1.0], [0.5, NAN]),
                               r"loss at index \(1,\) is not a number: y_pred"),
    "NaN prediction, categorical": (lambda: nn.categorical_crossentropy([[0.0, 1.0]], [[0.5, NAN]]), "y_pred"),
    "NaN prediction, sparse": (lambda: nn.sparse_categorical_crossentropy([0], [[0.5, NAN]]), "y_pred"),
    "row of zeros": (lambda: nn.categorical_crossentropy([[0.0, 1.0]], [[0.0, 0.0]]), "a row that adds up to 0"),
    "one prediction, sparse": (lambda: nn.sparse_categorical_crossentropy([1], 0.3),
                               r"y_pred is a single number.*\(samples N, classes C\)"),
    "one prediction, categorical": (lambda: nn.categorical_crossentropy(1, 0.3), "y_pred is a single number"),
    "no classes": (lambda: nn.softmax(np.zeros((3, 0))), r"z has shape \(3, 0\): the last axis is empty"),
    # optimizers
    "empty state": (lambda: nn.momentum_step(np.ones(2), np.ones(2), {}),
                    r"state is \{\}, but it needs 'm' of shape \(2,\). Start with state=None"),
    "state of other weights": (lambda: nn.adam_step(np.ones(2), np.ones(2), {"m": np.ones(3), "v": 0, "t": 1}),
                               r"'m': \(3,\).*needs 'm' of shape \(2,\)"),
    "state of another rule": (lambda: nn.adam_step(np.ones(2), np.ones(2), nn.momentum_step([1, 2], [1, 2])[1]),
                              "needs 'v'"),
    "state without t": (lambda: nn.adam_step(np.ones(2), np.ones(2), {"m": np.ones(2), "v": np.ones(2)}), "needs 't'"),
    "state is a number": (lambda: nn.rmsprop_step(np.ones(2), np.ones(2), 3), "state is 3, but it needs 'v'"),
    # layers
    "wrong case": (lambda: nn.Dense(3, "ReLU"), "activation 'ReLU' is unknown. Did you mean 'relu'"),
    "unknown dtype": (lambda: nn.Sequential(dtype="junk"), "dtype is 'junk', but it must be 'float32' or 'float64'"),
    "layer activation": (lambda: nn.Dense(3, "sigmod"), "activation 'sigmod' is unknown. Did you mean 'sigmoid'"),
    "units": (lambda: nn.Dense(0), "units is 0, but it must be at least 1"),
    "initializer": (lambda: nn.Dense(3, kernel_initializer="he"), "kernel_initializer 'he' is unknown.*'he_normal'"),
    "dropout rate": (lambda: nn.Dropout(20), "rate is 20"),
    "input shape": (lambda: nn.Dense(3, input_shape=(0,)), "input_shape is 0"),
    "dtype": (lambda: nn.Sequential(dtype="float16"), "dtype is 'float16', but it must be 'float32' or 'float64'"),
    # compile
    "no loss": (lambda: small_model(loss=None), "loss is missing"),
    "unknown loss": (lambda: small_model(loss="mean_square_error"),
                     "loss 'mean_square_error' is unknown. Did you mean 'mean_squared_error'"),
    "unknown optimizer": (lambda: small_model(optimizer="adm"),
                          "optimizer 'adm' is unknown. Did you mean 'adam'.*Known: 'sgd', 'rmsprop', 'adam'"),
    "unknown metric": (lambda: small_model(metrics=["acuracy"]),
                       "metric 'acuracy' is unknown. Did you mean 'accuracy'"),
    # the model
    "not compiled": (lambda: nn.Sequential([nn.Dense(1)]).fit(X, Y), r"not compiled. Call model\.compile\("),
    "not built": (lambda: nn.Sequential([nn.Dense(1)]).get_weights(), r"no weights yet.*input_shape=\(5,\)"),
    "no layers": (lambda: nn.Sequential().predict(X), r"The model has no layers"),
    "set_weights": (lambda: small_model().set_weights([np.ones((5, 7))]), r"weights has arrays of shapes \[\(5, 7\)\]"),
    "columns": (lambda: fit(X[:, :3]), r"x has shape \(6, 3\), but the first layer needs \(N, 5\)"),
    "one sample": (lambda: small_model().predict(X[0]), r"x has shape \(5,\).*x\[None\]"),
    "lengths": (lambda: fit(X, Y[:5]), "x has 6 samples but y has 5"),
    "empty": (lambda: fit(X[:0], Y[:0]), "x has no samples"),
    "NaN in x": (lambda: fit(with_nan(X, (2, 3))),
                 r"x holds 1 values that are NaN or infinite, the first at index \(2, 3\)"),
    "NaN in y": (lambda: fit(y=with_nan(Y, (4, 0))), r"y holds 1 values that are NaN.*\(4, 0\)"),
    "too large for float32": (lambda: small_model("float32").fit(X * 1e300, Y, verbose=0),
                              r"x holds 1e\+300 at index \(0, 0\), but float32 ends at 3.4e\+38. Standardize x"),
    "y too large for float32": (lambda: small_model("float32").fit(X, Y * 1e300, verbose=0), r"y holds 1e\+300"),
    "infinite": (lambda: small_model().predict(X * np.inf), "x holds 30 values that are NaN or infinite"),
    "target columns": (lambda: fit(y=np.ones((6, 3))), r"y_true has shape \(6, 3\), but y_pred has shape \(6, 2\)"),
    "class number": (lambda: classifier().fit(X, [0, 1, 2, 3, 0, 1]), "from 0 to 3, but y_pred has 3 columns"),
    "class from 1": (lambda: classifier().fit(X, [1, 2, 3, 1, 2, 3]), "Count classes from 0"),
    "one-hot": (lambda: classifier().fit(X, np.eye(3)[[0, 1, 2, 0, 1, 2]]), "looks one-hot"),
    "binary labels": (lambda: classifier("binary_crossentropy", 1, "sigmoid").fit(X, [1, 2, 1, 2, 1, 2]),
                      "y holds values from 1.0 to 2.0"),
    "batch_size": (lambda: fit(batch_size=0), "batch_size is 0, but it must be at least 1"),
    "epochs": (lambda: fit(epochs=-1), "epochs is -1"),
    "verbose": (lambda: small_model().fit(X, Y, verbose=3), "verbose is 3"),
    "validation": (lambda: fit(validation_data=X), r"validation_data must be a pair \(x_val, y_val\)"),
    "validation columns": (lambda: fit(validation_data=(X[:, :2], Y)), r"validation_data: x has shape \(6, 2\)"),
    "class_weight": (lambda: classifier("binary_crossentropy", 1, "sigmoid").fit(X, [0, 1] * 3, class_weight={2: 5.0}),
                     r"class_weight is \{2: 5.0\}, but a dictionary from the classes \[0, 1\]"),
    "class_weight list": (lambda: fit_classes(class_weight=[1, 2]), r"class_weight is \[1, 2\], but a dictionary"),
    "class_weight NaN": (lambda: fit_classes(class_weight={0: NAN}), r"class_weight\[0\] is nan, but a finite weight"),
    "class_weight below 0": (lambda: fit_classes(class_weight={1: -1}), r"class_weight\[1\] is -1"),
    "own loss, gradient too small": (lambda: small_model(loss=lambda y_true, y_pred: (1.0, 1.0)).fit(X, Y, verbose=0),
                                     r"gradient of shape \(\), but one number and the shape of y_pred, \(6, 2\)"),
    "metric that subtracts": (lambda: small_model(units=3, activation="softmax", loss="sparse_categorical_crossentropy",
                                                  metrics=["mse"]).evaluate(X, [0, 1, 2] * 2),
                              "For class numbers use metrics=.'accuracy'"),
    "two layers that do not fit": (lambda: nn.Sequential([nn.Dense(3, input_shape=(5,)), nn.Input((3,))]),
                                   "Input must come first"),
}  # fmt: skip

WRONG_TYPES = {
    "text": (lambda: nn.relu(["a"]), r"z has dtype <U1.*np\.asarray\(z, dtype=float\)"),
    "half precision": (lambda: nn.relu(np.ones(2, np.float16)), "z has dtype float16"),
    "complex": (lambda: nn.softmax(np.ones(2, complex)), "z has dtype complex128"),
    "text in x": (lambda: fit(np.full((6, 5), "M")), "x has dtype <U1.*Turn text columns into numbers"),
    "text in y": (lambda: fit(y=np.full((6, 2), "ok")), "y has dtype <U2.*np.unique"),
    "class names": (lambda: classifier().fit(X, ["a", "b", "c"] * 2), "whole class numbers.*np.unique"),
    "labels with a fraction": (lambda: nn.sparse_categorical_crossentropy([0.5], np.ones((1, 3)) / 3),
                               "whole class numbers"),
    "units": (lambda: nn.Dense("10"), "units is '10', but a whole number is needed"),
    "units with a fraction": (lambda: nn.Dense(2.5), "units is 2.5"),
    "input shape": (lambda: nn.Dense(3, input_shape=("a",)), r"input_shape is \('a',\).*\(784,\)"),
    "rng": (lambda: nn.Sequential(rng="seed"), "rng is 'seed', but a np.random.Generator"),
    "not a layer": (lambda: nn.Sequential(["dense"]), "A layer is needed, for example Dense"),
    "class_weight text": (lambda: fit_classes(class_weight={0: "a"}), r"class_weight\[0\] is 'a', but a number"),
    "own loss, a number": (lambda: small_model(loss=lambda y_true, y_pred: 1.0).fit(X, Y, verbose=0),
                           "loss function returned float, but a pair is needed: return loss, gradient"),
    "own loss, nothing": (lambda: small_model(loss=lambda y_true, y_pred: None).fit(X, Y, verbose=0),
                          "loss function returned NoneType"),
    "f without return": (lambda: nn.numerical_gradient(lambda v: None, [1.0]), "f returned None.*return missing"),
    "forward without return": (lambda: nn.check_gradients(lambda x: None, None, [X]), "forward returned NoneType"),
    "backward without return": (lambda: nn.check_gradients(lambda x: (x, x), lambda dy, cache: None, [X]),
                                "backward returned None.*return missing"),
    "epochs": (lambda: fit(epochs=2.5), "epochs is 2.5, but a whole number"),
    "callback": (lambda: fit(callbacks=[print]), "has none of the methods on_train_begin"),
    "dropout rate": (lambda: nn.Dropout("half"), "rate is 'half', but a number"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("name", WRONG_VALUES)
def test_wrong_values_are_explained(name):
    call, message = WRONG_VALUES[name]
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_wrong_types_are_explained(name):
    call, message = WRONG_TYPES[name]
    with pytest.raises(TypeError, match=message):
        call()


def test_an_error_leaves_the_model_usable():
    model = small_model()
    before = model.get_weights()
    with pytest.raises(ValueError, match="x has shape"):
        model.fit(X[:, :2], Y)
    with pytest.raises(ValueError, match="single number"):
        nn.Sequential([nn.Dense(1, input_shape=())])
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    model.fit(X, Y, verbose=0)


def test_lists_will_do_for_a_gradient():
    np.testing.assert_array_equal(nn.relu_backward([1.0, 2.0], [0.0, 3.0]), [0, 2])


def test_a_class_may_count_nothing():
    fit_classes(class_weight={0: 0})
