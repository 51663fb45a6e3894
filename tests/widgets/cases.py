"""How to make each widget, and which settings it can be brought into: its defaults, its limits, anything between."""

import re

import numpy as np
import traitlets as T

from course_lib import nn, widgets
from course_lib.widgets.network_maps import pack

CLASSES = [getattr(widgets, name) for name in widgets.__all__]
FIRST = {"Quiz": {"chapter": 1}}  # what a widget needs to be made, where its defaults do not do
FIXED = {"Quiz": ["chapter"]}  # given once when it is made
# Values that need data of the learner's own.
WITHOUT = {
    ("ForecastAndCost", "item"): ["own"],
    ("AttentionPicture", "weights"): ["own"],
    ("KernelExplorer", "scene"): ["own"],
    ("MemoryKnob", "matrix"): ["own"],
    ("StraightOrBent", "shape"): ["own"],
}

# Ranges of numeric settings that are entered freely, and makers for settings that are lists or texts.
RANGES = {
    ("AttentionPicture", "guess"): (0, 7),
    ("AttentionPicture", "key"): (0, 7),
    ("AttentionPicture", "word"): (1, 7),
    ("BackpropStepper", "x1"): (-3, 3),
    ("BackpropStepper", "x2"): (-3, 3),
    ("BackpropStepper", "target"): (0, 1),
    ("BackpropStepper", "learning_rate"): (0.001, 5),
    ("ForecastAndCost", "period"): (1, 60),
    ("ForecastAndCost", "safety"): (-4, 8),
    ("GateExplorer", "edit_step"): (1, 234),
    ("GateExplorer", "step"): (1, 234),
    ("GateExplorer", "unit"): (1, 8),
    ("NetworkInspector", "channel"): (0, 15),
    ("NetworkInspector", "column"): (0, 27),
    ("NetworkInspector", "image"): (-1, 19),
    ("NetworkInspector", "layer"): (0, 6),
    ("NetworkInspector", "row"): (0, 27),
    ("NeuronBench", "probe_x1"): (-3, 3),
    ("NeuronBench", "probe_x2"): (-3, 3),
    ("OptimizerRace", "seed"): (0, 1000),
    ("RemainingLifeMonitor", "cycle"): (1, 360),
    ("RemainingLifeMonitor", "engine"): (41, 60),
    ("TokenExplorer", "place"): (1, 8),
    ("TrainingMonitor", "smoothing"): (0, 0.95),
}
MAKERS = {
    ("AttentionPicture", "text"): lambda rng, w: str(rng.choice([*w.texts, "", "qzx", "液压泵 leaking"])),
    ("BackpropStepper", "weights"): lambda rng, w: rng.normal(0, 2, 13).round(2).tolist(),
    ("ForecastAndCost", "forecast"): lambda rng, w: str(
        rng.choice(["naive", "seasonal naive", "mean so far", "ridge"])
    ),
    ("GateExplorer", "sensor"): lambda rng, w: str(rng.choice(w.names)),
    ("KernelExplorer", "kernel"): lambda rng, w: rng.normal(size=[rng.choice([1, 3, 5])] * 2).round(2).tolist(),
    ("PoolingExplorer", "image"): lambda rng, w: rng.integers(-3, 10, rng.integers(4, 13, 2)).astype(float).tolist(),
    ("NetworkInspector", "drawing"): lambda rng, w: pack(rng.random((28, 28)) < rng.choice([0, 0.1, 0.6])),
    ("OptimizerRace", "begin"): lambda rng, w: [] if rng.random() < 0.3 else rng.uniform(-3, 3, 2).tolist(),
    ("OptimizerRace", "runners"): lambda rng, w: sorted(rng.permutation(w.runners)[: rng.integers(1, 4)].tolist()),
    ("TokenExplorer", "text"): lambda rng, w: str(rng.choice([*w.texts, "", "qzx", "液压泵 leaking"])),
    ("TokenExplorer", "word"): lambda rng, w: str(rng.choice(["", "pump", "qzx"])),
    ("UnrolledNetwork", "sequence"): lambda rng, w: rng.normal(size=rng.integers(8, 13)).round(2).tolist(),
    ("Quiz", "answers"): lambda rng, w: [int(rng.integers(-1, len(q["choices"]))) for q in w.questions],
    ("RemainingLifeMonitor", "sensors"): lambda rng, w: rng.permutation([c[0] for c in w.columns])[
        : rng.integers(1, 4)
    ].tolist(),
}
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"


def make(cls, **state):
    return cls(**{**FIRST.get(cls.__name__, {}), **state})


def make_shown(cls):
    """A widget with something in its picture: a training monitor after a training."""
    widget = make(cls)
    if cls.__name__ == "TrainingMonitor":
        rng = np.random.default_rng(0)
        x = rng.normal(size=(64, 2))
        model = nn.Sequential([nn.Input((2,)), nn.Dense(4, activation="tanh"), nn.Dense(1, activation="sigmoid")])
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        widget.fit(model, x, (x[:, 0] > 0).astype(int), epochs=6, batch_size=16, block=True)
    return widget


def numeric_range(cls, name):
    """The lowest and highest value of a numeric setting: from its trait, from its help ("-4 to 4"), or from RANGES."""
    trait = cls.class_traits()[name]
    low, high = getattr(trait, "min", None), getattr(trait, "max", None)
    if low is not None and high is not None and np.isfinite([low, high]).all():
        return low, high
    if (cls.__name__, name) in RANGES:
        return RANGES[cls.__name__, name]
    found = re.search(rf"({NUMBER}) to ({NUMBER})", trait.help or "")
    assert found, f"{cls.__name__}.{name}: say its range in the trait (min, max), in its help (0 to 5) or in RANGES"
    return float(found[1]), float(found[2])


def changeable(cls):
    return [name for name in cls.settings() if name not in FIXED.get(cls.__name__, [])]


def numeric(cls):
    return [n for n in changeable(cls) if isinstance(cls.class_traits()[n], (T.Float, T.Int))]


def random_settings(cls, rng, widget):
    """Any allowed value for each setting."""
    state = {}
    for name in changeable(cls):
        trait, key = cls.class_traits()[name], (cls.__name__, name)
        if key in MAKERS:
            state[name] = MAKERS[key](rng, widget)
        elif isinstance(trait, T.Bool):
            state[name] = bool(rng.random() < 0.5)
        elif isinstance(trait, T.Enum):
            values = [v for v in trait.values if v not in WITHOUT.get(key, [])]
            state[name] = values[rng.integers(len(values))]
        elif isinstance(trait, T.Int):
            low, high = numeric_range(cls, name)
            state[name] = int(rng.integers(int(low), int(high) + 1))
        elif isinstance(trait, T.Float):
            low, high = numeric_range(cls, name)
            wide = low > 0 and high / low >= 1000  # a log slider
            state[name] = float(np.exp(rng.uniform(np.log(low), np.log(high))) if wide else rng.uniform(low, high))
        else:
            raise AssertionError(f"{cls.__name__}.{name}: add a maker for it to MAKERS")
    return state


def put(widget, state):
    """Set several settings at once, as one message from the browser does."""
    with widget.hold_trait_notifications():
        for name, value in state.items():
            setattr(widget, name, value)
