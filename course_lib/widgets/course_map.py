"""The map of the course: how the ideas hang together, what each means, an example, and where it is taught."""

from pathlib import Path

import traitlets as T

from course_lib.language import _
from course_lib.widgets.base import HERE, CourseWidget

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = {  # the one table of titles; a chapter whose notebook is not there yet "comes later"
    0: _("Start here"), 1: _("Forward propagation"), 2: _("Losses"), 3: _("Backpropagation"),
    4: _("Optimizers and training"), 5: _("Seeing with kernels"), 6: _("The defect classifier"), 7: _("Memory"),
    8: _("When will it fail?"), 9: _("Reading the maintenance log"), 10: _("Smart manufacturing and smart logistics"),
    11: _("Deep learning or a tree?"), 12: _("Limits: data, complexity, compute"), 13: _("Capstone"),
}  # fmt: skip
KINDS = {
    "field": _("The field"),
    "network": _("The networks"),
    "loop": _("How a network learns"),
    "use": _("In the plant"),
}
COLOURS = {"field": "#A0478A", "network": "#007A5A", "loop": "#0072B2", "use": "#D55E00"}


def _idea(kind, x, y, title, text, example, chapters):
    return {"kind": kind, "x": x, "y": y, "title": title, "text": text, "example": example, "chapters": chapters}


IDEAS = {  # x and y in percent of the picture
    "machine learning": _idea("field", 11, 5, _("Machine learning"), _(
        "Programs that learn rules from examples instead of being told them. Trees, boosting and support vector "
        "machines "
        "belong here too, and on small tables they often win."), _(
        "From 10,000 rows of process data a decision tree finds that torque and tool wear together announce a "
        "failure."),
        [11]),
    "deep learning": _idea("field", 12.5, 16, _("Deep learning"), _(
        "Machine learning with neural networks of many layers. The layers find their own features in raw "
        "pictures, sensor "
        "series and text; they need more examples and more computing for it."), _(
        "Nobody tells the network what a scratch looks like. The first layers find edges, later ones put them "
        "together."),
        [1, 11, 12]),
    "neural network": _idea("network", 29, 27, _("Neural network"), _(
        "A formula with many adjustable numbers, the weights. Each unit adds up its inputs, each times a "
        "weight, and bends "
        "the sum; many such units in layers can follow almost any rule."), _(
        "Temperature and vibration of a bearing go in, the probability of a failure comes out."), [1, 4]),
    "forward propagation": _idea("loop", 12.5, 52, _("Forward propagation"), _(
        "The way from the input to the answer: layer by layer y = f(W x + b). It is all that a trained network "
        "does when it "
        "is used."), _(
        "A camera takes a picture of a part; 3 milliseconds later the network answers 'scratch'."), [1]),
    "loss": _idea("loop", 42, 52, _("Loss"), _(
        "One number that says how wrong the answers are. Learning means making it smaller, so it decides what "
        "the network "
        "learns to care about."), _(
        "A missed defect costs 190 euros, a false alarm 10: the loss, or the threshold after it, must know "
        "that."), [2]),
    "backpropagation": _idea("loop", 42, 84, _("Backpropagation"), _(
        "The chain rule, from the loss back through all layers. It tells for every single weight how the loss "
        "would change "
        "if that weight changed a little."), _(
        "The network missed a worn tool. Backpropagation finds which of its 10,000 weights had how large a part "
        "in it."),
        [3]),
    "optimizer": _idea("loop", 12.5, 84, _("Optimizer"), _(
        "The rule that changes the weights, given the gradients: gradient descent, SGD, momentum, RMSprop, Adam. Its "
        "learning rate is the first thing to set, and the first to suspect."), _(
        "After 20 rounds over last year's failures, the weights have settled and the model can be tested."), [4]),
    "cnn": _idea("network", 65, 27, _("Convolutional network (CNN)"), _(
        "A neural network wired for pictures: the same small window of weights slides over the whole picture. A "
        "scratch is "
        "found wherever it is, with few weights."), _(
        "Ten kinds of defects on wafers and circuit boards, told apart from pictures of 28 by 28 pixels."), [5, 6]),
    "rnn": _idea("network", 65, 54, _("Recurrent network (RNN)"), _(
        "A neural network wired for sequences: it reads one step after the other and keeps a memory, the state. "
        "LSTM and "
        "GRU are forms of it that remember longer."), _(
        "From 30 cycles of 14 sensors: how many flights has this engine left?"), [7, 8]),
    "nlp": _idea("network", 65, 84, _("Language (NLP)"), _(
        "Natural language processing: words become numbers, then sequences, then decisions. A sentence is a "
        "sequence too, "
        "so the same networks read it."), _(
        "'Pump P-12 leaking at seal' is sorted to the right team and spare part."), [9]),
    "smart manufacturing": _idea("use", 90, 27, _("Smart manufacturing"), _(
        "Seeing and predicting on the line: is this part good, and what will the process do next? The answer must come "
        "within the cycle time, and be explained to the shift."), _(
        "A camera inspects each solder joint. A forecast tells the steel mill its energy demand one hour ahead."),
        [5, 6, 10]),
    "smart logistics": _idea("use", 90, 54, _("Smart logistics"), _(
        "How much, and when? Forecasts of demand and delivery times become orders and stock, and each mistake "
        "has a price "
        "on both sides."), _(
        "When will the delivery arrive, and how many of this spare part should be on the shelf?"), [10]),
    "predictive maintenance": _idea("use", 90, 84, _("Predictive maintenance"), _(
        "Repairing shortly before the failure: not after it, and not much too early. Sensor series, failure "
        "records and the "
        "mechanics' own notes all help."), _(
        "The monitor says '20 cycles left'. The engine is changed on Sunday, and the line does not stop on Tuesday."),
        [4, 8, 9]),
}  # fmt: skip
LINKS = [  # from, in words, to
    ("neural network", _("computes by"), "forward propagation"),
    ("forward propagation", _("gives an answer to the"), "loss"),
    ("loss", _("is traced back by"), "backpropagation"),
    ("backpropagation", _("gives the slopes to the"), "optimizer"),
    ("optimizer", _("gives better weights to"), "forward propagation"),
    ("neural network", _("reads pictures as a"), "cnn"),
    ("neural network", _("reads series as a"), "rnn"),
    ("rnn", _("reads text for"), "nlp"),
    ("cnn", _("inspects parts in"), "smart manufacturing"),
    ("rnn", _("forecasts demand in"), "smart logistics"),
    ("rnn", _("foresees failures in"), "predictive maintenance"),
    ("nlp", _("reads work orders for"), "predictive maintenance"),
]
AREAS = [  # x, y, width, height in percent: what contains what
    ("field", 1, 5, 77.5, 94.5),
    ("field", 2.6, 16, 74.2, 81.5),
]


def chapter(number):
    """Return {"number", "title", "file"} of a chapter; "file" is empty as long as its notebook is not there."""
    found = sorted(NOTEBOOKS.glob(f"{number:02d}_*.ipynb"))
    return {"number": number, "title": CHAPTERS[number], "file": found[0].name if found else ""}


class CourseMap(CourseWidget):
    """The ideas of the course as boxes, their relations as arrows with words. Choose a box to read about it."""

    _javascript = "course_map.js"
    _css = CourseWidget._css + (HERE / "course_map.css").read_text(encoding="utf-8")
    picture_size = (10.6, 5.8)

    selected = T.Enum(list(IDEAS), default_value="neural network").tag(sync=True, share=True)
    ideas = T.Dict(help="name -> kind, x, y, title, text, example, chapters").tag(sync=True)
    links = T.List(help="triples: from, words, to").tag(sync=True)
    areas = T.List(help="kind, x, y, width, height in percent").tag(sync=True)
    kinds = T.Dict(help="kind -> heading").tag(sync=True)

    def __init__(self, **state):
        ideas = {
            name: {**idea, "chapters": [chapter(number) for number in idea["chapters"]]} for name, idea in IDEAS.items()
        }
        super().__init__(
            ideas=ideas,
            links=[list(link) for link in LINKS],
            areas=[list(area) for area in AREAS],
            kinds=dict(KINDS),
            **state,
        )

    def relations(self, name):
        """Return the arrows from and to an idea as short sentences."""
        title = {key: idea["title"] for key, idea in IDEAS.items()}
        return [f"{title[a]} {words} {title[b]}" for a, words, b in LINKS if name in (a, b)]

    def describe(self):
        idea = IDEAS[self.selected]
        return _("Map of the course with {n} ideas. {title}: {text} Example: {example} Taught in: {chapters}.").format(
            n=len(IDEAS), title=idea["title"], text=idea["text"], example=idea["example"],
            chapters=", ".join(f"{number} {CHAPTERS[number]}" for number in idea["chapters"]),
        )  # fmt: skip

    def draw(self, figure):
        from matplotlib.patches import FancyBboxPatch

        ax = figure.add_subplot()
        ax.set(xlim=(0, 100), ylim=(101, 0))
        ax.axis("off")
        for kind, x, y, width, height in AREAS:
            colour, corners = COLOURS[kind], "round,pad=0,rounding_size=1.5"
            ax.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=corners, fc=colour + "0c", ec=colour + "88",
                                        lw=1.2, mutation_aspect=1.8))  # fmt: skip
        boxes = {}
        for name, idea in IDEAS.items():
            chosen = name == self.selected
            style = {
                "boxstyle": "round,pad=0.6",
                "fc": "white",
                "ec": COLOURS[idea["kind"]],
                "lw": 2.6 if chosen else 1,
            }
            boxes[name] = ax.text(idea["x"], idea["y"], _two_lines(idea["title"]), ha="center", va="center", zorder=5,
                                  fontsize=9.5, weight="bold" if chosen else "normal", bbox=style)  # fmt: skip
        for a, words, b in LINKS:
            start, end = ((IDEAS[n]["x"], IDEAS[n]["y"]) for n in (a, b))
            arrow = {"arrowstyle": "-|>", "color": "#555", "shrinkA": 2, "shrinkB": 2}
            arrow |= {"patchA": boxes[a].get_bbox_patch(), "patchB": boxes[b].get_bbox_patch()}
            ax.annotate("", end, start, arrowprops=arrow, zorder=6)  # after the boxes, which then know their size
            middle = [(p + q) / 2 for p, q in zip(start, end, strict=True)]
            ax.text(*middle, _two_lines(words), ha="center", va="center", fontsize=7.5, color="#333", zorder=7,
                    bbox={"fc": "#fbf9fa", "ec": "none", "pad": 0.6})  # fmt: skip


def _two_lines(text):
    """Break a text of more than twelve letters at the space nearest to its middle."""
    spaces = [k for k, letter in enumerate(text) if letter == " "]
    if len(text) <= 12 or not spaces:
        return text
    middle = min(spaces, key=lambda k: abs(k - len(text) / 2))
    return text[:middle] + "\n" + text[middle + 1 :]
