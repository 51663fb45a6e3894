"""The gate explorer: its numbers are those of `nn`, its half-lives by hand, what an edit changes, and bad input."""

import numpy as np
import pytest
import traitlets as T

from course_lib import data, nn
from course_lib.widgets import GateExplorer, gate_explorer as module
from course_lib.widgets.gate_explorer import GATES, half_lives, lasting, run_cell, trained_cells


def layer(kind, weights):
    """A built layer of D = 1 input with these weights."""
    one = getattr(nn, kind)(len(weights[1]), input_shape=(5, len(weights[0])))
    one.build((5, len(weights[0])), dtype=np.float64)
    for place, w in zip(one.weights, weights, strict=True):
        place[...] = w
    return one


def keeping(kind, kept):
    """A cell of units that keep a fixed share of their memory; only the new looks at x, which has one column."""
    H = len(kept)
    logit = np.log(kept / (1 - np.asarray(kept)))
    if kind == "LSTM":
        W_x, b = np.zeros((1, 4 * H)), np.zeros(4 * H)
        W_x[0, 2 * H : 3 * H], b[H : 2 * H] = 1, logit
    else:
        W_x, b = np.zeros((1, 3 * H)), np.zeros((2, 3 * H))
        W_x[0, 2 * H :], b[0, :H] = 1, logit
    return layer(kind, (W_x, np.zeros((H, W_x.shape[1])), b))


def random_model(kind="LSTM", D=3, H=5, seed=0):
    return nn.Sequential([getattr(nn, kind)(H, input_shape=(9, D)), nn.Dense(1)], rng=seed)


X = np.random.default_rng(0).random((12, 3))


# ---------------------------------------------------------------- the numbers
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_the_gates_are_those_of_nn(kind):
    model = random_model(kind)
    widget = GateExplorer(model, X)
    weights = [w.astype(float) for w in model.layers[0].get_weights()]
    forward, gates, loops = (getattr(nn, f"{kind.lower()}_{name}") for name in ("forward", "gates", "loops"))
    h, cache = forward(X[None], *weights)
    expected = gates(cache) | {"h": h}
    inside = widget.inside()
    assert list(inside) == GATES[kind] == widget.gate_names
    for name in inside:
        np.testing.assert_array_equal(inside[name], expected[name][0])
    np.testing.assert_allclose(inside["h"], loops(X[None], *weights)[0], atol=1e-12)
    sent = np.frombuffer(widget.gates, "f4").reshape(len(inside), 12, 5)
    np.testing.assert_allclose(sent, np.stack(list(inside.values())), atol=1e-6)
    np.testing.assert_allclose(inside["h"][-1], model.layers[0](X[None].astype("f4"))[0], atol=1e-5)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_the_sum_behind_the_memory(kind):
    widget = GateExplorer(cell=kind)
    for unit in (1, 4, 8):
        for step in (1, 2, 100, 234):
            v = widget.values(unit, step)
            if kind == "LSTM":
                assert v["c"] == pytest.approx(v["f"] * v["before"] + v["i"] * v["g"], abs=1e-12)
                assert v["h"] == pytest.approx(v["o"] * np.tanh(v["c"]), abs=1e-12)
            else:
                assert v["h"] == pytest.approx(v["z"] * v["before"] + (1 - v["z"]) * v["n"], abs=1e-12)
            assert step > 1 or v["before"] == 0


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_half_lives_and_a_spike_by_hand(kind):
    kept = np.array([0.5, 0.9, 0.99])
    widget = GateExplorer(keeping(kind, kept), np.zeros((400, 1)), edit="spike", edit_step=10)
    np.testing.assert_allclose(widget.half_lives, [1, 6.578813, 68.967564], rtol=1e-6)
    np.testing.assert_allclose(widget.kept, kept)
    # the spike fades to a tenth in log(0.1) / log(kept) = 3.3, 21.9 and 229.1 steps
    assert widget.lasting == [3, 21, 229]
    assert widget.longest == 3 and widget.half_life(1) == pytest.approx(1)


def test_what_never_fades_has_a_finite_number():
    inside = {"f": np.ones((4, 2))}
    assert np.isfinite(half_lives(inside, "LSTM")).all() and half_lives(inside, "LSTM").min() > 1e6
    assert half_lives({"f": np.zeros((4, 2))}, "LSTM").max() < 0.1
    widget = GateExplorer(keeping("LSTM", [1 - 1e-13, 0.5]), np.ones((5, 1)), unit=1)
    assert "half-life more than 1000 steps" in widget.describe()


def test_lasting_counts_from_the_edit_to_the_last_tenth():
    d = np.zeros((8, 4))
    d[2:, 0] = [1, 0.5, 0.1, 0.09, 0, 0]
    d[2:, 1] = [0.02, 0.5, 0, 0, -1, 0]  # it comes back
    d[2:, 2] = 1e-8  # nothing but rounding
    d[1, 3] = 5  # before the edit: cannot be its trail
    assert lasting(d, 2) == [2, 4, 0, 0]


# ---------------------------------------------------------------- the edit
def test_a_spike_and_a_stuck_sensor():
    widget = GateExplorer(random_model(), X, names=["a", "b", "c"], sensor="b", edit_step=4, spike=0.5)
    np.testing.assert_array_equal(widget.x, X)
    assert widget.before == b"" and widget.edited == b"" and widget.lasting == []
    widget.edit = "spike"
    change = np.zeros_like(X)
    change[3, 1] = 0.5
    np.testing.assert_allclose(widget.x, X + change)
    np.testing.assert_allclose(np.frombuffer(widget.edited, "f4"), X[:, 1] + change[:, 1], atol=1e-6)
    before, after = widget.inside(edited=False), widget.inside()
    weights = [w.astype(float) for w in random_model().layers[0].get_weights()]
    np.testing.assert_array_equal(after["c"], run_cell("LSTM", weights, X + change)["c"])
    np.testing.assert_array_equal(before["c"][:3], after["c"][:3])
    assert (before["c"][3:] != after["c"][3:]).all()
    assert np.frombuffer(widget.before, "f4").tolist() != np.frombuffer(widget.gates, "f4").tolist()
    assert not np.array_equal(before["f"], after["f"])
    np.testing.assert_allclose(widget.kept, before["f"].mean(axis=0))  # a unit's half-life is that of the real trace
    np.testing.assert_allclose(widget.half_lives, half_lives(before, "LSTM"))
    widget.edit = "stuck"
    assert (widget.x[3:, 1] == X[3, 1]).all() and np.array_equal(widget.x[:, [0, 2]], X[:, [0, 2]])
    widget.edit = "none"
    assert widget.inside() is widget.inside(edited=False) and widget.before == b""


def test_readings_are_shown_in_their_units_and_scaled_for_the_network():
    models, engine, scaler = trained_cells()
    widget = GateExplorer(models, engine, scaler, sensor="vibration drive end", edit="spike", spike=0.5, edit_step=50)
    np.testing.assert_allclose(np.frombuffer(widget.readings, "f4").reshape(6, -1).T, engine.x, rtol=1e-6)
    np.testing.assert_allclose(widget.inside(edited=False)["h"], GateExplorer().inside()["h"], atol=1e-12)
    edited, real = np.frombuffer(widget.edited, "f4"), engine.x[:, 0]
    assert edited[49] - real[49] == pytest.approx(0.5 * scaler.deviation[0], rel=1e-5)
    np.testing.assert_allclose(np.delete(edited, 49), np.delete(real, 49), rtol=1e-6)
    scaled = GateExplorer(models, scaler.transform(engine))
    np.testing.assert_allclose(scaled.inside()["h"], GateExplorer().inside()["h"], atol=1e-12)


def test_steps_are_called_by_their_cycles():
    models, engine, scaler = trained_cells()
    late = engine.rows(engine.cycle > 170)
    widget = GateExplorer(models, late, scaler, step=3)
    assert widget.shape == [64, 8, 171] and "cycle 173:" in widget.describe()
    array = GateExplorer(random_model(), X[None], step=3)
    assert array.shape == [12, 5, 0] and "step 3:" in array.describe() and array.names[0] == "input 1"


# ---------------------------------------------------------------- settings, words, goal
def test_settings_stay_among_what_there_is():
    widget = GateExplorer()
    widget.unit, widget.step, widget.edit_step = 99, 5000, -4
    assert (widget.unit, widget.step, widget.edit_step) == (8, 234, 1)
    widget.gate = "i"
    widget.cell = "GRU"
    assert widget.gate == "z"
    widget.gate = "o"
    assert widget.gate == "r"
    widget.cell = "LSTM"
    assert widget.gate == "o"
    with pytest.raises(T.TraitError, match="sensor is 'wind', but one of these.*oil pressure"):
        widget.sensor = "wind"


def test_cells_of_unequal_size():
    widget = GateExplorer([random_model("LSTM", H=6), random_model("GRU", H=2)], X, unit=6)
    widget.cell = "GRU"
    assert widget.unit == 2 and widget.shape[1] == 2
    assert GateExplorer([random_model("LSTM", H=6), random_model("GRU", H=2)], X, cell="GRU", unit=6).unit == 2


def test_one_model_shows_its_cell_alone():
    widget = GateExplorer(random_model("GRU"), X)
    assert widget.cell == "GRU" and widget.cells == ["GRU"] and "cell" in widget.hide
    widget.cell = "LSTM"
    assert widget.cell == "GRU"
    assert "cell" not in GateExplorer().hide
    stack = nn.Sequential([nn.Input((9, 3)), nn.Dropout(0.2), nn.LSTM(4, return_sequences=True), nn.LSTM(2)], rng=0)
    assert GateExplorer(stack, X).shape == [12, 4, 0]
    first = next(one for one in stack.layers if isinstance(one, nn.LSTM))
    assert GateExplorer(first, X).shape[1] == 4


def test_weights_are_copied():
    model = random_model()
    widget = GateExplorer(model, X)
    before = widget.inside()["h"].copy()
    model.set_weights([w + 1 for w in model.get_weights()])
    widget.edit = "spike"
    np.testing.assert_array_equal(widget.inside(edited=False)["h"], before)


def test_the_words():
    widget = GateExplorer(unit=6, step=100)
    v = widget.values()
    assert widget.describe() == (
        f"LSTM, unit 6 of 8, cycle 100: c = f c_before + i g = {v['f']:.2f} * {v['before']:.2f} + {v['i']:.2f} * "
        f"{v['g']:.2f} = {v['c']:.2f}. Mean f = {widget.kept[5]:.3f}: half-life about {widget.half_lives[5]:.1f} steps."
    )
    widget.edit, widget.edit_step, widget.sensor = "spike", 60, "oil pressure"
    assert widget.describe().endswith(
        f" A spike in oil pressure at cycle 60: this unit remembers it for {widget.lasting[5]} steps."
    )
    widget.edit = "stuck"
    change = widget.inside()["c"][-1, 5] - widget.inside(edited=False)["c"][-1, 5]
    assert widget.describe().endswith(
        f" oil pressure is stuck from cycle 60 on: at the end c of this unit is off by {change:.2f}."
    )
    widget.cell = "GRU"
    assert "h = z h_before + (1 - z) n = " in widget.describe()


def test_goal():
    for cell in GATES:
        widget = GateExplorer(cell=cell)
        assert widget.unit != widget.longest and not widget.goal_reached
        widget.unit = widget.longest
        assert not widget.goal_reached  # without a spike nothing is seen
        widget.edit = "stuck"
        assert not widget.goal_reached
        widget.edit = "spike"
        assert widget.goal_reached
        widget.spike = 0.0
        assert not widget.goal_reached
    assert not GateExplorer(random_model(H=1), X, edit="spike").goal_reached


def test_the_presets_show_what_they_say():
    widget = GateExplorer()
    long = {cell: GateExplorer(cell=cell).longest for cell in GATES}
    for label in widget.presets:
        widget.preset(label)
        assert not widget.goal_reached and widget.unit != long[widget.cell], label  # the learner must find it
    widget.preset("short memory")
    assert widget.half_life() == min(widget.half_lives) and widget.lasting[widget.unit - 1] < 10
    widget.preset("trail of a spike")
    assert max(widget.lasting) > 10 * min(widget.lasting) and widget.lasting.index(max(widget.lasting)) + 1 == 7
    assert widget.longest == 7
    widget.preset("stuck sensor")
    size = np.abs(widget.inside()["c"] - widget.inside(edited=False)["c"]).max(axis=1)
    assert size[-1] > 3 * size[140] > 0
    widget.preset("same spike, GRU")
    assert widget.half_life() < 1 and widget.lasting[widget.unit - 1] > 10  # others tell it
    assert "same spike, GRU" not in GateExplorer(random_model(), X).presets


def test_the_trained_cells_are_good_and_made_once():
    models, engine, scaler = trained_cells()
    again, _engine, _scaler = trained_cells.__wrapped__()
    for a, b in zip(models, again, strict=True):
        assert all(np.array_equal(v, w) for v, w in zip(a.get_weights(), b.get_weights(), strict=True))
    assert trained_cells()[0] is models
    cut = data.windows(scaler.transform(engine), 40, 125)
    for model in models:
        assert np.sqrt(np.mean((125 * model.predict(cut.x)[:, 0] - cut.y) ** 2)) < 25
    assert max(GateExplorer().half_lives) > 10 * min(GateExplorer().half_lives)


def test_several_settings_are_one_run(monkeypatch):
    runs = []
    real = module.run_cell
    monkeypatch.setattr(module, "run_cell", lambda *given: (runs.append(given[0]), real(*given))[1])
    widget = GateExplorer()
    assert runs == ["LSTM", "GRU"]
    widget.preset("same spike, GRU")
    assert runs == ["LSTM", "GRU", "GRU"]
    widget.unit, widget.step, widget.gate = 3, 9, "r"
    assert len(runs) == 3


# ---------------------------------------------------------------- input
def engines(number=None):
    runs = data.simulate_engines(engines=2, test_engines=1, rng=0)[0].columns([3, 4, 5])
    return runs if number is None else runs.engine(number)


def ruined(value):
    model = random_model()
    model.set_weights([w * value for w in model.get_weights()])
    return model


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: GateExplorer(None, X), ValueError, "model is missing"),
        (lambda: GateExplorer(random_model()), ValueError, "engine is missing"),
        (lambda: GateExplorer([], X), ValueError, "model is an empty list"),
        (lambda: GateExplorer([random_model(), random_model()], X), ValueError, "model holds two LSTMs"),
        (lambda: GateExplorer("LSTM", X), TypeError, "model holds str, but its first layer"),
        (lambda: GateExplorer(nn.Sequential([nn.Dense(2)]), X), TypeError, "holds Dense, but its first layer with wei"),
        (lambda: GateExplorer(nn.Sequential([nn.SimpleRNN(2), nn.LSTM(2)]), X), TypeError, "holds SimpleRNN, LSTM"),
        (lambda: GateExplorer(nn.LSTM(4), X), ValueError, "the LSTM has no weights yet"),
        (lambda: GateExplorer(ruined(np.nan), X), ValueError, "NaN or infinite: its training has diverged"),
        (lambda: GateExplorer(random_model(H=129), X), ValueError, "129 units, but at most 128"),
        (lambda: GateExplorer(random_model(), X[:, :2]), ValueError, r"engine has shape \(12, 2\).*\(T, 3\)"),
        (lambda: GateExplorer(random_model(), X[:1]), ValueError, "2 to 500 steps"),
        (lambda: GateExplorer(random_model(), np.zeros((501, 3))), ValueError, "2 to 500 steps"),
        (lambda: GateExplorer(random_model(), np.stack([X, X])), ValueError, r"shape \(2, 12, 3\)"),
        (lambda: GateExplorer(random_model(), np.where(X > 0.9, np.nan, X)), ValueError, "missing or infinite"),
        (lambda: GateExplorer(random_model(), [["a", "b", "c"]] * 4), TypeError, "engine must be numbers"),
        (lambda: GateExplorer(random_model(), engines()), ValueError, "2 engines, but one is needed: runs.engine"),
        (lambda: GateExplorer(random_model(), X, names=["a", "b"]), ValueError, "names is .*3 texts are needed"),
        (lambda: GateExplorer(random_model(), X, names=["a", "b", "a"]), ValueError, "one name twice"),
        (lambda: GateExplorer(random_model(), X, units=["m", "s", 3]), ValueError, "units is .*3 texts"),
        (lambda: GateExplorer(random_model(), X, scaler=data.MinMaxScaler()), ValueError, "has seen no data"),
        (lambda: GateExplorer([random_model(), random_model("GRU", D=4)], X), ValueError, r"\(T, 3 / 4\)"),
    ],
)
def test_input_that_does_not_fit(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_runs_of_one_engine_fit():
    widget = GateExplorer(random_model(), engines(2), data.MinMaxScaler().fit(engines()))
    assert widget.units == ["°C", "°C", "°C"] and widget.names[0] == "bearing temperature"
