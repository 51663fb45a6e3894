"""Chapter 4: the claims of its text beside those in `test_formulas_04.py`."""

import inspect
import time

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from course_lib import data, nn
from course_lib.data.catalogue import MACHINE_FAILURES
from course_lib.experiments import load_result
from tests.data.real import real_data
from tests.notebooks.claims import claims
from tests.notebooks.stored import numbers, rows, says


@claims("04", "A milling machine makes 10,000 parts", "In 339 of them (3.4 %) the machine fails")
@claims("04", "We use the AI4I 2020 data: 10,000 parts", "one tool makes about 80 parts in a row")
def test_the_table():
    failures, share, tools = numbers("04", "10000 parts,")
    assert failures == 339 and round(share, 1) == 3.4 and 10_000 / tools == pytest.approx(80, abs=5)


@claims("04", "With 0.5: 2, 1, 0.5", "With 1.5:", "With 2.5:")
def test_three_learning_rates_on_paper():
    assert numbers("04", "learning rate 0.5:") == [4, 2, 1, 0.5]
    assert numbers("04", "learning rate 1.5:") == [4, -2, 1, -0.5]
    far = numbers("04", "learning rate 2.5:")
    assert far == [4, -6, 9, -13.5] and (np.diff(np.abs(far)) > 0).all()


@claims("04", "After a few rounds $v$ points in the direction of the largest curvature")
def test_the_measured_curvature_is_that_of_the_formula():
    measured, by_formula = numbers("04", "largest curvature: measured")
    assert measured == by_formula


@claims("04", "it makes this limit larger by far")
@claims("04", "By a factor of some thousands", "Temperatures around 65 make the valley very narrow")
def test_standardised_inputs_allow_a_larger_learning_rate():
    (curved, standardised), (narrow, raw) = numbers("04", "standardised largest"), numbers("04", "°C and mm/s largest")
    assert 2000 < standardised / raw < 9000 and 2000 < narrow / curved < 9000


@claims("04", "many small noisy steps bring more than a few exact ones")
def test_many_noisy_steps_bring_more_than_one_exact_step():
    table, after = data.sensor_table(400, rng=0, standardised=True), {}
    for size in (16, 400):
        model = nn.Sequential([nn.Dense(1, "sigmoid", input_shape=(2,))], dtype="float64", rng=0)
        model.compile(nn.SGD(0.5), "binary_crossentropy")
        model.fit(table.x, table.y, epochs=1, batch_size=size, rng=0, verbose=0)
        after[size] = model.loss_and_gradients(table.x, table.y)[0]
    assert after[16] < 0.7 * after[400]


@claims("04", "the computer does 32 examples in almost the time of one")
def test_a_step_with_32_examples_takes_almost_the_time_of_one():
    x, y = np.random.default_rng(0).normal(size=(32, 2)), np.ones((32, 1))
    model = nn.Sequential([nn.Dense(1, "sigmoid", input_shape=(2,))], dtype="float64", rng=0)
    model.compile("sgd", "binary_crossentropy")

    def fastest(n):
        times = []
        for _step in range(300):
            began = time.perf_counter()
            model.train_on_batch(x[:n], y[:n])
            times.append(time.perf_counter() - began)
        return min(times)

    assert fastest(32) < 1.5 * fastest(1)


@claims("04", "how much of the speed is kept, usually 0.9", "is the share of the old $v$ that is kept, usually 0.9")
def test_the_usual_values():
    def default(function, name):
        return inspect.signature(function).parameters[name].default

    assert default(nn.momentum_step, "momentum") == default(nn.rmsprop_step, "rho") == 0.9


@claims("04", "Gradient descent: 10 and 0.00001", "Adam: 0.01 and 0.01")
def test_two_first_steps():
    gradient = np.array([1000.0, 0.001])
    descent, adam = (rule(np.zeros(2), gradient, learning_rate=0.01)[0] for rule in (nn.sgd_step, nn.adam_step))
    np.testing.assert_allclose(-descent, [10, 0.00001])
    np.testing.assert_allclose(-adam, [0.01, 0.01], rtol=5e-3)


@claims("04", "We let both walk 500 steps")
def test_our_optimizers_walk_with_those_of_keras():
    for name in ("SGD", "momentum", "Nesterov", "RMSprop", "Adam"):
        assert says("04", f"{name} after 500 steps")


@claims("04", "Here are 60 training bearings", "Where it is lowest is the best place to stop")
@claims("04", "the overfitted network is hardly more often wrong", "Dropout makes the learning by heart much slower")
def test_overfitting():
    assert [4417, 60] in rows("04", "weights:") and 4417 > 10 * 60
    (late, wrong_late, _, sure_late), (best, wrong, _, sure) = (
        numbers("04", "after 300 epochs: validation loss"),
        numbers("04", "stopped early : validation loss"),
    )
    assert best < 0.3 * late and wrong_late <= wrong + 2 and sure_late > 10 * sure
    without, with_dropout = (
        numbers("04", f"{way} validation loss: best")[-1] for way in ("without dropout", "dropout 0.5")
    )
    assert with_dropout < 0.5 * without


@claims("04", "60 % of the tools for training, 20 % for validation, 20 % for the test")
@claims("04", "it hangs on 68 failures", "One split has only 68 failures in its test rows")
def test_the_split():
    parts = [numbers("04", name)[:3] for name in ("training 5974", "validation 2015", "test 2011")]
    (_, train), (_, validation), (_, test) = [(part[-2], part[-1]) for part in parts]
    assert (train, validation, test) == (72, 24, 24)
    assert np.divide((train, validation, test), 120).tolist() == [0.6, 0.2, 0.2]
    assert parts[1][0] == parts[2][0] == 68


@claims("04", "With rare failures, accuracy says nothing")
@claims("04", "A model that never raises an alarm has this accuracy", "A model that guesses has 0.03")
def test_what_a_model_reaches_that_knows_nothing():
    y = np.arange(2011) < 68
    assert round(100 * np.mean(~y), 1) == numbers("04", "'always healthy': accuracy")[0] == 96.6
    assert round(average_precision_score(y, np.full(len(y), 0.5)), 2) == 0.03


@claims("04", "F1 is high only if both are")
@claims("04", "A model that always raises an alarm has recall 1")
def test_always_and_once():
    y = np.arange(100) < 5
    once = np.arange(100) == 2
    assert recall_score(y, y | True) == 1 == precision_score(y, once)
    assert f1_score(y, y | True) < 0.4 and f1_score(y, once) < 0.4  # F1 is high only if both are


@claims("04", "Six inputs, two hidden layers of 32 neurons", "There is hardly any overfitting")
def test_the_network_has_few_weights_for_its_parts():
    model = nn.Sequential([nn.Dense(32, "tanh", input_shape=(6,)), nn.Dense(32, "tanh"), nn.Dense(1, "sigmoid")])
    assert model.count_params() == 1313 == rows("04", "Total params:")[0][0]
    training, validation = numbers("04", "epoch 40: training")
    assert abs(training - validation) < 0.1 * training


@claims("04", "F1 and the cost do not agree")
def test_f1_and_the_cost_choose_different_thresholds():
    table = {name: rows("04", name)[0] for name in ("best F1", "by the formula", "cheapest")}
    f1, cost = ({name: values[k] for name, values in table.items()} for k in (-2, -1))
    assert max(f1, key=f1.get) == "best F1" == max(cost, key=cost.get)


@claims("04", "It moves all probabilities up (0.034 would be right on average)")
def test_counting_failures_28_times():
    assert numbers("04", "share of failures among the test rows:") == [0.034]
    plain, weighted = (
        numbers("04", "without weights mean probability"),
        numbers("04", "failures count 28 mean probability"),
    )
    assert weighted[0] > 3 * plain[0] and weighted[1] > plain[1] and weighted[2] < plain[2]


@claims("04", "64-bit numbers as in ours (Keras would take 32)")
@claims("02", "Keras computes a loss in 32 bits unless we say")
def test_keras_computes_in_32_bits_by_itself():
    keras = pytest.importorskip("keras")
    assert keras.config.floatx() == "float32"
    assert keras.losses.MeanSquaredError()(np.zeros(2), np.ones(2)).dtype == "float32"


@claims("04", "Two engines, almost 2,000 steps, the same network")
def test_the_same_network_after_almost_2000_steps():
    steps = 40 * int(np.ceil(5974 / 128))
    assert 1800 < steps < 2000
    assert says("04", "largest difference of the losses below 1e-6:")
    ours, theirs = numbers("04", "F1 on the test rows: NumPy")
    assert ours == theirs


def contest(name):
    """Of a model on six columns, then with the physics: F1 of five splits, mean, deviation, average precision."""
    return [values for values in rows("04", name) if len(values) == 8]


@claims("04", "With the six columns nobody wins", "network and boosting are level, and ahead of the single tree")
@claims("04", "five splits by tool, with and without the physics", "both kinds of trees are far ahead of the network")
@claims("04", "and a single tree reaches the F1 of boosting")
@claims("00", "on the six raw columns the network and the trees are level", "three good columns, the trees win clearly")
@claims("00", "Where a tree wins, it says so and computes the number")
def test_the_contest():
    six, physics = zip(*(contest(name) for name in ("MLP", "boosting", "decision tree")), strict=True)
    means, spreads, precision = ([values[k] for values in six] for k in (5, 6, 7))
    assert max(means) - min(means) < min(spreads)
    assert abs(precision[0] - precision[1]) <= 0.02 and precision[2] < min(precision[:2]) - 0.1
    means, spreads = ([values[k] for values in physics] for k in (5, 6))
    assert all(means[k] - means[0] > spreads[k] + spreads[0] for k in (1, 2)) and means[1] == means[2]


@claims("04", "power above 9,000 W, strain above 11,000 min Nm", "*torque times speed = 9,000 W*")
@real_data(MACHINE_FAILURES)
def test_the_failures_follow_limits():
    table, modes = data.load_machine_failures(), data.load_failure_modes()
    power, _temperature, strain = data.physics_features(table.x).T
    assert np.array_equal(modes["PWF"], (power < 3500) | (power > 9000))
    limit = np.array([11_000, 12_000, 13_000])[table.x[:, 0].astype(int)]
    assert np.array_equal(modes["OSF"], strain > limit)


@claims("04", "guess there, and do not agree", "The tree with the physics is right everywhere")
def test_the_plane_of_torque_and_speed():
    network, tree, physics = (
        rows("04", f"{name} right on")[0][0] for name in ("MLP", "decision tree", "tree with physics")
    )
    assert physics == 100 and abs(network - tree) > 10


@claims("04", "No: here it changes nothing")
@claims("04", "10,000 rows give nearly the same mean with or without the test rows")
def test_the_leak_of_the_scaler_changes_little():
    assert numbers("04", "largest change of an input:")[0] < 0.2
    honest, leaky = numbers("04", "average precision, honest:")[0], numbers("04", "average precision, leaky:")[0]
    assert abs(honest - leaky) < 0.03


@claims(
    "04", "The model card agrees with our tree with the physics", "Without the physics the split by row looks better"
)
def test_beside_the_model_card():
    f1 = numbers("04", "F1 of the failures:")[0]
    assert f1 == pytest.approx(2 * 0.949 * 0.824 / (0.949 + 0.824), abs=0.02)
    by_tool, by_row = numbers("04", "split by tool"), numbers("04", "split by row")
    assert by_row[0] >= by_tool[0] + 0.05 and by_row[1] >= by_tool[1] + 0.05


@claims("04", "Nothing breaks, no alarm is raised for it, and the model misses many failures")
def test_a_new_thermometer():
    (found, missed, _), (found_later, missed_later, _) = (
        numbers("04", f"reads {k} K too much") for k in ("0.0", "1.0")
    )
    assert missed_later > 1.5 * missed and found_later < found


@claims("04", "adds up a hundred small trees")
def test_boosting_adds_up_a_hundred_trees():
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    x = np.random.default_rng(0).normal(size=(300, 6))
    with threadpool_limits(1):
        assert HistGradientBoostingClassifier(random_state=0).fit(x, x[:, 0] * x[:, 1] > 0.5).n_iter_ == 100


@claims("04", "Networks win where nobody can write the columns down")
def test_where_networks_win_and_where_they_do_not():
    """On thousands of pictures a network leads, on windows of sensors hardly, on real short texts it loses."""
    hunger = load_result("data_hunger")["data"]["boards"]
    assert hunger["cnn"]["mean"][-1] > hunger["svm"]["mean"][-1]
    texts = load_result("texts_run")["sets"]
    for one in ("phrases", "typed labels"):
        networks = [run["test"] for runs in texts[one]["runs"].values() for run in runs]
        assert texts[one]["without a network"]["letters, SVM"] > max(networks)


@claims("04", "Without shuffling, the last batches of an epoch hold only worn bearings", "calls too many of them worn")
def test_without_shuffling_the_healthy_bearings_are_forgotten():
    (sorted_healthy, sorted_worn), (healthy, worn) = (
        numbers("04", f"shuffle={way} healthy bearings right:") for way in (False, True)
    )
    assert sorted_healthy < healthy - 0.2 and sorted_worn > worn


@claims("04", "The training loss falls all the way", "The validation loss falls at first, then rises")
def test_the_two_losses_of_the_overfitting():
    shown = [numbers("04", f"epoch {epoch}: training") for epoch in (14, 51, 300)]
    first = next(values for values in rows("04", "epoch 1: training") if values == [0.66, 0.5])
    training, validation = zip(first, *shown, strict=True)
    assert (np.diff(training) < 0).all() and np.argmin(validation) == 1 and validation[-1] > 2 * validation[0]
