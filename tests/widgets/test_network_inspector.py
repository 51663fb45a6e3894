"""The network inspector: its numbers are the network's own, whatever the layers; and what it says of bad input."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest
import traitlets as T

from course_lib import nn
from course_lib.widgets import NetworkInspector
from course_lib.widgets.network_inspector import GOAL, default_network
from course_lib.widgets.network_maps import (
    all_maps,
    cell_field,
    grid_of,
    layer_table,
    occlusion,
    own_copy,
    pack,
    patch_places,
    probabilities,
    sum_behind,
    unpack,
)
from tests.notebooks.claims import claims

STACKS = {
    "course": [nn.Conv2D(4, 3, activation="relu"), nn.MaxPooling2D(2), nn.Conv2D(5, 3, activation="relu"),
               nn.MaxPooling2D(2), nn.Flatten(), nn.Dense(6, activation="relu"), nn.Dense(4, activation="softmax")],
    "odd": [nn.Conv2D(3, (3, 5), strides=(2, 1), padding="same"), nn.Activation("tanh"), nn.Dropout(0.5),
            nn.AveragePooling2D((2, 3), strides=1, padding="same"), nn.Conv2D(2, 2, strides=2),
            nn.Dense(7, activation="relu"), nn.GlobalAveragePooling2D(), nn.Dense(4)],
    "flat": [nn.Flatten(), nn.Dropout(0.2), nn.Dense(20, activation="tanh"), nn.Dense(1, activation="sigmoid")],
}  # fmt: skip


def stack(name, size=(14, 11), seed=0):
    """A network with these layers, biases too, and float64."""
    made = [type(layer)(**layer.get_config()) for layer in STACKS[name]]
    model = nn.Sequential([nn.Input((*size, 1)), *made], dtype="float64", rng=seed)
    rng = np.random.default_rng(seed)
    model.set_weights([w + 0.1 * rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def pictures(n=5, size=(14, 11), seed=1):
    return np.random.default_rng(seed).random((n, *size))


def inspector(name="course", **more):
    return NetworkInspector(stack(name), pictures(), **more)


def value(maps, entry, layer, row, column, channel):
    numbers = maps[layer]
    return numbers[row * entry["shape"][1] + column] if entry["units"] else numbers[row, column, channel]


def some_cells(table, rng, per_layer=6):
    for layer, entry in enumerate(table):
        H, W, C = entry["shape"]
        for _turn in range(per_layer):
            row, column, channel = (int(rng.integers(n)) for n in (H, W, C))
            if not entry["units"] or row * W + column < entry["units"]:
                yield layer, entry, row, column, channel


# ---------------------------------------------------------------- the numbers
@pytest.mark.parametrize("name", STACKS)
def test_the_maps_are_the_networks_own(name):
    model, images = stack(name), pictures()
    widget = NetworkInspector(model, images, image=2)
    sent = np.frombuffer(widget.maps_sent, "f4")
    assert len(sent) == widget.layers[-1]["at"] + model.output_shape[0]
    x = images[2:3, ..., None]
    np.testing.assert_allclose(sent[: x.size], x.ravel(), rtol=1e-6)
    for layer, entry in zip(model.layers, widget.layers[1:], strict=True):
        x = layer(x)
        np.testing.assert_allclose(sent[entry["at"] : entry["at"] + x.size], x.ravel(), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(widget.probabilities.sum(), 1)
    expected = probabilities(model, model.predict(images[2:3, ..., None]))[0]
    np.testing.assert_allclose(widget.probabilities, expected, rtol=1e-12)


@pytest.mark.parametrize("name", STACKS)
def test_the_sum_behind_a_number(name):
    model, picture = stack(name), pictures()[0]
    maps, table = all_maps(model, picture), layer_table(model)
    checked = set()
    for layer, entry, row, column, channel in some_cells(table, np.random.default_rng(0), 12):
        if entry["kind"] not in ("Conv2D", "Dense"):
            continue
        terms, bias, z = sum_behind(model, maps, layer, row, column, channel)
        before = table[layer - 1]
        assert len(terms) == (before["units"] if entry["units"] else before["shape"][2])
        assert z == pytest.approx(terms.sum() + bias)
        if entry["activation"] != "softmax":
            after = nn.activation_forward(np.array([z]), entry["activation"])[0][0]
            assert after == pytest.approx(value(maps, entry, layer, row, column, channel), abs=1e-12)
        checked.add(layer)
    assert len(checked) >= 2


@pytest.mark.parametrize("name", STACKS)
def test_the_receptive_field_is_what_the_cell_depends_on(name):
    """Another value outside the field changes nothing; within it, one somewhere changes the cell."""
    model, picture, rng = stack(name), pictures()[0], np.random.default_rng(3)
    table = layer_table(model)
    before = all_maps(model, picture)
    touched = 0
    for layer, entry, row, column, channel in some_cells(table, rng):
        top, bottom, left, right = cell_field(table, layer, row, column)
        assert 0 <= top <= bottom < 14 and 0 <= left <= right < 11
        inside = np.zeros(picture.shape, bool)
        inside[top : bottom + 1, left : right + 1] = True
        here = value(before, entry, layer, row, column, channel)
        outside = all_maps(model, np.where(inside, picture, rng.random(picture.shape)))
        assert value(outside, entry, layer, row, column, channel) == pytest.approx(here, abs=1e-12)
        if name == "odd" and layer <= 5:  # tanh and sums: every pixel of the field counts
            for corner in ((top, left), (bottom, right)):  # the field is not larger than needed
                other = picture.copy()
                other[corner] += 1
                changed = value(all_maps(model, other), entry, layer, row, column, channel)
                assert abs(changed - here) > 1e-9
                touched += 1
    assert touched > 20 or name != "odd"


@claims("06", "the deeper the layer, the larger the part")
def test_the_window_grows_from_layer_to_layer():
    table = layer_table(stack("course", (28, 28)))
    assert [cell_field(table, k, 3, 3) for k in range(5)] == [
        (3, 3, 3, 3), (3, 5, 3, 5), (6, 9, 6, 9), (6, 13, 6, 13), (12, 21, 12, 21)
    ]  # fmt: skip
    assert cell_field(table, 6, 0, 3) == (0, 27, 0, 27)


def test_one_row_of_numbers_becomes_a_grid():
    assert [grid_of(n) for n in (1, 10, 16, 20, 64, 1600)] == [(1, 1), (1, 10), (1, 16), (3, 8), (8, 8), (25, 64)]
    widget = inspector("flat", layer=3, row=2, column=7)  # 20 units in 3 rows of 8: the last row holds four
    assert (widget.row, widget.column) == (2, 3)
    assert np.isnan(widget.map_shown).sum() == 4


def test_probabilities_from_every_kind_of_output():
    image = pictures()[:1, ..., None]
    for name in STACKS:
        assert probabilities(stack(name), stack(name).predict(image)).sum() == pytest.approx(1)
    scores = stack("odd").predict(image)
    np.testing.assert_allclose(probabilities(stack("odd"), scores), nn.softmax(scores))
    p = stack("flat").predict(image)[0, 0]
    np.testing.assert_allclose(probabilities(stack("flat"), [[p]]), [[1 - p, p]])


# ---------------------------------------------------------------- occlusion
def test_patches_leave_no_pixel_out():
    for size, patch, stride in [(28, 5, 2), (28, 5, 3), (28, 15, 8), (28, 1, 8), (11, 11, 1), (64, 3, 1), (7, 7, 4)]:
        places, covered = patch_places(size, patch, stride), np.zeros(size, int)
        for place in places:
            covered[place : place + patch] += 1
        assert places[0] == 0 and places[-1] + patch == size and len(places) <= 31 and covered.min() >= 1
    big = nn.Sequential([nn.Input((64, 64, 1)), nn.Flatten(), nn.Dense(2)])
    widget = NetworkInspector(big, pictures(2, (64, 64)), occlude=True, patch=1, stride=1)
    assert widget.patch_side == 3 and np.isfinite(widget.drops).all()


def test_occlusion_against_the_definition():
    model, picture, blank = stack("course"), pictures()[0], np.full((14, 11), 0.2)
    found = occlusion(model, picture, blank, 4, 3, target=2)

    def p(x):
        return model.predict(x[None, ..., None])[0, 2]

    total, count = np.zeros((14, 11)), np.zeros((14, 11))
    for r in patch_places(14, 4, 3):
        for c in patch_places(11, 4, 3):
            covered = picture.copy()
            covered[r : r + 4, c : c + 4] = 0.2
            total[r : r + 4, c : c + 4] += p(picture) - p(covered)
            count[r : r + 4, c : c + 4] += 1
    np.testing.assert_allclose(found, total / count, atol=1e-12)


def test_a_place_that_never_counts_stays_at_zero():
    """The only weight that is not zero looks at one pixel."""
    model = nn.Sequential([nn.Input((9, 9, 1)), nn.Flatten(), nn.Dense(2, activation="softmax")], dtype="float64")
    W = np.zeros((81, 2))
    W[4 * 9 + 6, 1] = 5
    model.set_weights([W, np.zeros(2)])
    picture = np.ones((9, 9))
    widget = NetworkInspector(model, [picture], blank=np.zeros((9, 9)), occlude=True, patch=1, stride=1)
    assert np.argwhere(np.abs(widget.drops) > 1e-12).tolist() == [[4, 6]]
    assert widget.drops[4, 6] == pytest.approx(nn.sigmoid(np.array(5.0)) - 0.5)
    assert "row 5, column 7" in widget.describe()
    widget.occlude = False
    assert widget.drops is None and "Covered" not in widget.describe()


# ---------------------------------------------------------------- drawing
def test_a_drawing_as_text_and_back():
    rng = np.random.default_rng(0)
    for shape in [(28, 28), (14, 11), (64, 64), (1, 3)]:
        for share in (0, 0.05, 1):
            painted = rng.random(shape) < share
            text = pack(painted)
            assert (
                (unpack(text, shape) == painted).all()
                and text.isascii()
                and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
            )
    assert pack(np.zeros((28, 28))) == ""
    for damaged in ("!", "A", "äö", "A" * 200, "A" * 130 + "_w"):
        with pytest.raises(ValueError):
            unpack(damaged, (28, 28))


def test_a_drawing_is_seen_by_the_network():
    widget = inspector(blank=np.full((14, 11), 0.25))
    painted = np.zeros((14, 11), bool)
    painted[3, 2:8] = True
    before = widget.maps_sent
    widget.drawing = pack(painted)
    assert widget.maps_sent == before, "another picture is chosen: the drawing is not shown"
    widget.image = -1
    picture = np.where(painted, pictures().max(), 0.25)
    np.testing.assert_allclose(widget.picture_shown, picture)
    np.testing.assert_allclose(widget.probabilities, stack("course").predict(picture[None, ..., None])[0])
    assert "your drawing" in widget.describe()
    with pytest.raises(T.TraitError, match="14 x 11 pixels"):
        widget.drawing = "nonsense!"


def test_an_empty_drawing_is_what_all_pictures_share():
    images = pictures()
    images[:, 4, 4] = 0.9
    widget = NetworkInspector(stack("course"), images, image=-1)
    np.testing.assert_allclose(widget.picture_shown, images.min(0))
    assert widget.picture_shown[4, 4] == 0.9 and widget.pen == images.max()


# ---------------------------------------------------------------- the default network
def test_the_default_network_knows_wafer_maps():
    model, _images, labels, names, blank = default_network()
    assert len(names) == 10 and sorted(labels) == sorted(list(range(10)) * 2)
    assert default_network()[0] is model, "trained once"
    assert set(np.unique(blank)) == {0, 0.5} and model.predict(blank[None]).argmax() == 0
    widget = NetworkInspector()
    right = np.mean(np.array(widget.guesses) == widget.labels)
    assert right >= 0.7
    assert widget.class_names[widget.goal_class] == "scratch" == widget.answer


def test_the_default_network_is_there_in_seconds():
    default_network.cache_clear()
    began = time.perf_counter()
    default_network()
    assert time.perf_counter() - began < 10  # promised: about 2 s on a quiet machine


def test_the_goal_is_reached_by_a_drawn_scratch_only():
    widget = NetworkInspector()
    images, wanted, wafer = widget._images, widget.goal_class, widget._blank > 0
    reached = []
    sure = np.eye(10)[wanted].tolist()
    widget.result = {**widget.result, "probabilities": sure, "class": wanted}
    assert not widget.goal_reached, "a picture of the strip is not a drawing, however sure the network is"
    for k in np.flatnonzero(np.array(widget.labels) == wanted):
        widget.drawing = pack(images[k] > (widget._blank + widget.pen) / 2)
        widget.image = -1
        assert widget.goal_reached == (widget.probabilities[wanted] > GOAL)
        reached.append(widget.probabilities[wanted])
    rng, steps = np.random.default_rng(0), np.arange(-12, 12.1, 0.4)
    for _turn in range(60):  # straight strokes over the middle of the wafer
        angle, length, middle = rng.uniform(0, np.pi), rng.uniform(4, 12), rng.uniform(8, 20, 2)
        along = steps[np.abs(steps) < length]
        painted = np.zeros((28, 28), bool)
        rows, columns = (middle[:, None] + along * np.array([[np.sin(angle)], [np.cos(angle)]])).round().astype(int)
        painted[rows.clip(0, 27), columns.clip(0, 27)] = True
        widget.drawing = pack(painted & wafer)
        reached.append(widget.probabilities[wanted])
    assert max(reached) > GOAL > min(reached), f"no stroke reaches the goal: {max(reached):.2f}"


def test_presets_show_what_they_say():
    widget = NetworkInspector()
    why = widget.preset("one window")
    top, bottom, left, right = widget.field
    assert (bottom - top + 1, right - left + 1) == (3, 3) and "nine" not in why and "9 products" in why
    assert widget.map_shown.max() == widget.map_shown[widget.row, widget.column] == np.max(widget._maps[1])
    assert "8 x 8 pixels" in widget.preset("a larger window")
    widget.preset("where does it look?")
    scratch = widget.picture_shown == widget.pen
    falls = widget.drops
    assert falls.max() > 0.05, "covering some place costs probability"
    row, column = np.unravel_index(falls.argmax(), falls.shape)
    near = scratch[max(row - 3, 0) : row + 4, max(column - 3, 0) : column + 4]
    assert near.any(), "and that place is at the defect"
    widget.preset("a line of your own")
    assert widget.painted.sum() == 16 and widget.image == -1


def test_own_model_has_lessons_for_its_own_layers():
    assert list(inspector("course").presets) == ["one window", "a larger window", "where does it look?"]
    assert list(inspector("flat").presets) == ["where does it look?"]


# ---------------------------------------------------------------- the learner's own model
def test_the_model_is_copied():
    model = stack("course")
    widget = NetworkInspector(model, pictures())
    before = widget.probabilities
    model.set_weights([w * 0 for w in model.get_weights()])
    widget.image = 1
    widget.image = 0
    np.testing.assert_array_equal(widget.probabilities, before)


def test_settings_stay_in_the_range_of_the_network():
    widget = inspector(image=99, layer=99, channel=99)
    assert (widget.image, widget.layer, widget.channel) == (4, 7, 0)
    widget.layer = 1
    widget.row, widget.column, widget.channel = 50, 50, 50
    assert (widget.row, widget.column, widget.channel) == (11, 8, 3)
    widget.layer = 4
    assert (widget.row, widget.column) == (1, 0)


def test_keras_models_are_shown_by_the_numpy_reference():
    """In a process of its own: importing TensorFlow would slow the other tests down."""
    script = """
import json, sys
import numpy as np
from course_lib.widgets import NetworkInspector
assert "keras" not in sys.modules and "tensorflow" not in sys.modules, "imported with the widgets"
import keras
keras.utils.set_random_seed(0)
L = keras.layers
model = keras.Sequential([keras.Input((14, 11, 1)), L.Conv2D(4, (3, 5), padding="same", strides=2, activation="relu"),
    L.AveragePooling2D((2, 2), strides=1, padding="same"), L.Conv2D(3, 2, use_bias=False), L.Activation("tanh"),
    L.Dropout(0.3), L.Flatten(), L.Dense(6, activation="relu", use_bias=False), L.Dense(4, activation="softmax")])
images = np.random.default_rng(1).random((3, 14, 11))
widget = NetworkInspector(model, images)
theirs = model.predict(images[..., None], verbose=0)
worst = 0
for k in range(3):
    widget.image = k
    worst = max(worst, float(np.abs(widget.probabilities - theirs[k]).max()))
said = {}
for name, layers in {"unbuilt": [L.Dense(3)], "unknown": [keras.Input((14, 11, 1)), L.BatchNormalization(), L.Flatten(),
        L.Dense(2)], "dilated": [keras.Input((14, 11, 1)), L.Conv2D(2, 3, dilation_rate=2), L.Flatten(), L.Dense(2)],
        "elu": [keras.Input((14, 11, 1)), L.Flatten(), L.Dense(2, activation="elu")]}.items():
    try:
        NetworkInspector(keras.Sequential(layers), images)
    except Exception as problem:
        said[name] = f"{type(problem).__name__}: {problem}"
print(json.dumps({"worst": worst, "said": said, "kinds": [e["kind"] for e in widget.layers]}))
"""
    pytest.importorskip("keras")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["worst"] < 1e-6
    assert len(answer["kinds"]) == 9 and answer["kinds"][0] == "Input"
    assert answer["said"]["unbuilt"].startswith("ValueError: model has no weights yet")
    assert answer["said"]["unknown"].startswith("TypeError: The layer batch_normalization")
    assert "has dilation_rate" in answer["said"]["dilated"]
    assert answer["said"]["elu"].startswith("ValueError: ") and "elu" in answer["said"]["elu"]


@pytest.mark.parametrize(
    "given, kind, words",
    [
        ({"model": 7}, TypeError, "model is int, but a trained Sequential is needed"),
        ({"model": nn.Sequential([nn.Dense(3)])}, ValueError, "has no weights yet.*input_shape=.28, 28, 1."),
        ({"model": nn.Sequential([nn.Input((5,)), nn.Dense(3)])}, ValueError, r"shape \(5,\), but grey pictures"),
        ({"model": nn.Sequential([nn.Input((65, 65, 1)), nn.Flatten(), nn.Dense(3)])}, ValueError, "at most 64 x 64"),
        ({"model": nn.Sequential([nn.Input((9, 9, 3)), nn.Flatten(), nn.Dense(3)])}, ValueError, r"\(9, 9, 3\)"),
        ({"model": nn.Sequential([nn.Input((14, 11, 1)), nn.Conv2D(2, 3)])}, ValueError, "one number for each class"),
        ({"images": None}, ValueError, "images is missing"),
        ({"model": None}, ValueError, "model is missing"),
        ({"images": np.zeros((2, 11, 14))}, ValueError, r"shape \(2, 11, 14\).*pictures of 14 x 11 pixels"),
        ({"images": np.zeros((14, 11))}, ValueError, r"For one picture use x\[None\]"),
        ({"images": np.zeros((0, 14, 11))}, ValueError, r"shape \(0, 14, 11\)"),
        ({"images": np.full((2, 14, 11), 255, np.uint8)}, ValueError, "up to 255 .dtype uint8.*images / 255"),
        ({"images": np.full((2, 14, 11), np.nan)}, ValueError, "NaN or infinity, first in picture 0"),
        ({"images": [["a"]]}, TypeError, "images must be numbers"),
        ({"images": [[1, 2], [3]]}, TypeError, "images must be numbers"),
        ({"blank": np.zeros((3, 3))}, ValueError, r"blank has shape \(3, 3\)"),
        ({"class_names": ["a", "b"]}, ValueError, "2 names, but the network has 4 classes"),
        ({"class_names": "scratch"}, ValueError, "1 names, but the network has 4 classes"),
        ({"labels": [0, 1]}, ValueError, "each of the 5 images"),
        ({"labels": [0, 1, 2, 3, 4]}, ValueError, "labels holds 4, but the network knows the classes 0 to 3"),
        ({"labels": list("abcde")}, ValueError, "class number for each"),
    ],
)
def test_bad_input_is_explained(given, kind, words):
    given = {"model": stack("course"), "images": pictures(), **given}
    with pytest.raises(kind, match=words):
        NetworkInspector(**given)


def test_a_diverged_model_is_explained():
    model = stack("course")
    model.set_weights([w * np.nan for w in model.get_weights()])
    with pytest.raises(ValueError, match="hold NaN or infinity: its training diverged"):
        NetworkInspector(model, pictures())


def test_images_of_every_usual_form():
    for images in (pictures()[..., None], pictures().astype("f4"), pictures() > 0.5, pictures().tolist(),
                   (pictures() > 0.5).astype(np.uint8)):  # fmt: skip
        widget = NetworkInspector(stack("course"), images, labels=np.arange(5)[:, None] % 4)
        assert widget.picture_shown.shape == (14, 11) and widget.labels == [0, 1, 2, 3, 0]
    assert len(NetworkInspector(stack("course"), pictures(40))._images) == 24


def test_a_model_without_convolution_still_shows_its_layers():
    widget = inspector("flat")
    assert [entry["kind"] for entry in widget.layers] == ["Input", "Flatten", "Dropout", "Dense", "Dense"]
    widget.layer = 2
    widget.row, widget.column = 1, 5  # number 21 of the row
    assert widget.field == (1, 1, 10, 10)
    assert widget.picture()[:4] == b"\x89PNG"


def test_many_maps_and_a_name_that_looks_like_a_formula():
    model = nn.Sequential([nn.Input((14, 11, 1)), nn.Conv2D(40, 3), nn.GlobalAveragePooling2D(), nn.Dense(2)])
    widget = NetworkInspector(model, pictures(), class_names=["$x_$", "<b>"], labels=[0, 1, 0, 1, 0])
    assert widget.picture()[:4] == b"\x89PNG" and "$x_$" in widget.describe() + str(widget.class_names)


def test_an_answer_is_quick():
    """A stroke of the mouse is computed in a few milliseconds for the chapter's network of 121,930 parameters."""
    model = reference_network()
    assert model.count_params() == 121_930
    widget, times = NetworkInspector(model, pictures(3, (28, 28)), image=-1), []
    rng = np.random.default_rng(0)
    for _turn in range(9):
        text = pack(rng.random((28, 28)) < 0.2)
        began = time.perf_counter()
        widget.drawing = text
        times.append(time.perf_counter() - began)
    assert min(times) < 0.02


def reference_network():
    return nn.Sequential(
        [
            nn.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
            nn.MaxPooling2D(2),
            nn.Conv2D(64, 3, activation="relu"),
            nn.MaxPooling2D(2),
            nn.Flatten(),
            nn.Dense(64, activation="relu"),
            nn.Dense(10, activation="softmax"),
        ],
        rng=0,
    )


def test_own_copy_equals_the_original():
    for name in STACKS:
        model, images = stack(name), pictures()[..., None]
        np.testing.assert_array_equal(own_copy(model).predict(images), model.predict(images))
