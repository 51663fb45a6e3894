"""The course's own tests for a small library, one by one: each function alone, then the network made from all.

    result = test_suite(library())   # shows a table; result.passed, result.rows

Nothing here counts as a try of an exercise: the learner's progress file is not read or written.
"""

import textwrap
from dataclasses import dataclass

import numpy as np

from course_lib import exercises, nn
from course_lib.capstone import NAMES, OPTIMIZERS, Network
from course_lib.exercises.checking import examine
from course_lib.exercises.display import escape, prose
from course_lib.exercises.explain import explain, in_pythons_words
from course_lib.exercises.limits import TimeLimitReached, call_within
from course_lib.language import _

SECONDS = 20.0  # for one test of the whole network
STEPS = 50
FORWARD = ("dense_forward", "relu", "sparse_categorical_crossentropy")
BACKWARD = (*FORWARD, "softmax", "dense_backward", "relu_backward")
TRAINING = (*BACKWARD, "minibatches", "adam_step")
GREEN, RED, GREY = "#009e73", "#d55e00", "#999999"


@dataclass(frozen=True)
class Row:
    """One test: its name, what is checked, whose functions, the verdict ("passed", "failed", "not run"), and why."""

    name: str
    checked: str
    whose: str
    verdict: str
    message: str

    @property
    def passed(self):
        return self.verdict == "passed"


@dataclass(frozen=True)
class SuiteResult:
    """The verdict of `test_suite`: `passed`, and one `Row` a test in `rows`; shown as a table."""

    rows: tuple

    @property
    def passed(self):
        return all(row.passed for row in self.rows)

    @property
    def summary(self):
        return _("{passed} of {count} tests passed.").format(
            passed=sum(row.passed for row in self.rows), count=len(self.rows)
        )

    def __repr__(self):
        lines = [self.summary]
        for row in self.rows:
            lines += textwrap.wrap(f"{_mark(row)[0]}  {row.name} ({row.whose}): {row.checked}", 110)
            if not row.passed:
                for part in row.message.splitlines():
                    lines += textwrap.wrap(part, 104, initial_indent="      ", subsequent_indent="      ")
        return "\n".join(lines)

    def _repr_html_(self):
        names = (_("test"), _("what is checked"), _("whose"), _("verdict"), _("why"))
        left = "style='text-align: left'"
        head = "".join(f"<th scope='col' {left}>{escape(name)}</th>" for name in names)
        body = ""
        for row in self.rows:
            words, colour = _mark(row)
            short = [f"<span style='white-space: nowrap'>{escape(text)}</span>" for text in (row.whose, words)]
            cells = (escape(row.checked), *short, prose(row.message))
            body += (
                f"<tr><th scope='row' style='text-align: left; border-left: 0.4em solid {colour}'>"
                f"<code>{escape(row.name)}</code></th>" + "".join(f"<td {left}>{cell}</td>" for cell in cells) + "</tr>"
            )
        return f"<table><caption>{escape(self.summary)}</caption><tr>{head}</tr>{body}</table>"


def _mark(row):
    return {
        "passed": (_("\u2714 passed"), GREEN),
        "failed": (_("\u2718 not right"), RED),
        "not run": (_("\u25cb not run"), GREY),
    }[row.verdict]


def test_suite(library):
    """Return the SuiteResult of a Library: the check of each exercise, then the tests of the whole network.

    A function that raises, returns None or never ends costs its own rows only; a test of the network that needs a
    function which never ends is not run.
    """
    rows, wrong, endless = [], set(), set()
    for name in NAMES:
        result = examine(exercises.ALL[name], getattr(library, name))
        wrong |= set() if result.passed else {name}
        endless |= {name} if result.kind == "time limit" else set()
        verdict = "passed" if result.passed else "failed"
        rows.append(Row(name, exercises.ALL[name].title, library.whose[name], verdict, result.message))
    for name, checked, uses, test in network_tests():
        broken = [f"`{used}`" for used in NAMES if used in wrong.intersection(uses)]
        if endless.intersection(uses):
            verdict, message = "not run", _("It needs a function that never ends.")
        else:
            message = _found(test, library, broken)
            verdict, message = ("failed", message) if message else ("passed", _("Right."))
        if verdict != "passed" and broken:
            message += "\n" + _("Mend {names} first: the rows above say how.").format(names=", ".join(broken))
        rows.append(Row(name, checked, _whose(library, uses), verdict, message))
    return SuiteResult(tuple(rows))


test_suite.__test__ = False  # it is no test of pytest's


def network_tests():
    """Return (name, what is checked, the functions it uses, test) for each test of the whole network."""
    measured = _("the gradient of each weight, against its measured slope (finite differences)")
    steps = _("{count} steps give the same weights and losses as the course's network")
    tests = [("network: gradients", measured, BACKWARD, gradients)]
    for optimizer, (rule, _numbers) in OPTIMIZERS.items():
        tests.append((f"network: {optimizer}", steps.format(count=STEPS), (*BACKWARD, rule), _steps_with(optimizer)))
    return [
        *tests,
        ("network: one sample", _("a batch of one has the course's loss and gradients"), BACKWARD, one_sample),
        ("network: inputs", _("training and predicting leave x and y as they were"), TRAINING, inputs_kept),
        (
            "network: learns",
            _("two classes that no straight line separates: above 95 % of new samples"),
            TRAINING,
            learns,
        ),
    ]


def _whose(library, uses):
    mine = library.mine.intersection(uses)
    return _("yours") if mine == set(uses) else _("both") if mine else _("the course's")


def _found(test, library, broken):
    """Return what is wrong, in words, or an empty text; an error is explained where no function is known as broken."""
    try:
        with np.errstate(all="ignore"):
            return call_within(SECONDS, test, library)
    except TimeLimitReached:
        return _("Still running after {seconds} seconds, and stopped.").format(seconds=f"{SECONDS:g}")
    except (Exception, SystemExit) as error:
        return in_pythons_words(error) + ("" if broken else "\n" + explain(error, None, ()))


# ---------------------------------------------------------------- the tests: each returns "" or what is wrong
def gradients(library):
    """Compare each gradient with (L(w + h) - L(w - h)) / 2h, to 1e-6."""
    network, x, y = _small(library)
    network.forward(x)
    for k, gradient in enumerate(network.backward(y)):

        def loss(w, k=k):
            network.weights[k], kept = w, network.weights[k]
            value = network.loss(x, y)
            network.weights[k] = kept
            return value

        slope = nn.numerical_gradient(loss, network.weights[k])
        problem = _differs(_array_name(k), gradient, slope, 1e-6, _("the measured slope is"))
        if problem:
            return problem
    return ""


def _steps_with(optimizer):
    def test(library):
        network, x, y = _small(library)
        twin, states = course_network(network, optimizer, 0.05), [None] * len(network.weights)
        rng = np.random.default_rng(3)
        for step in range(1, STEPS + 1):
            rows = rng.choice(len(x), 4, replace=False)
            loss = network.train_step(x[rows], y[rows], states, 0.05, optimizer)
            found = [_differs(_("the loss"), loss, twin.train_on_batch(x[rows], y[rows]), 1e-10)]
            for k, (mine, right) in enumerate(zip(network.weights, twin.get_weights(), strict=True)):
                found.append(_differs(_array_name(k), mine, right, 1e-10))
            if any(found):
                return _("Step {step}: {problem}").format(step=step, problem=next(filter(None, found)))
        return ""

    return test


def one_sample(library):
    """Compare the loss and the gradients of a single sample with the course's network, to 1e-10."""
    network, x, y = _small(library)
    loss, right = course_network(network, "sgd", 0.05).loss_and_gradients(x[:1], y[:1])
    found = [_differs(_("the loss"), network.loss(x[:1], y[:1]), loss, 1e-10)]
    found += [_differs(_array_name(k), g, right[k], 1e-10) for k, g in enumerate(network.backward(y[:1]))]
    return next(filter(None, found), "")


def inputs_kept(library):
    """Train for an epoch and predict; x and y must be what they were."""
    network, x, y = _small(library)
    before = x.copy(), y.copy()
    network.fit(x, y, epochs=1, batch_size=4, learning_rate=0.05, rng=0)
    network.predict(x)
    changed = [name for name, was, now in zip("xy", before, (x, y), strict=True) if not np.array_equal(was, now)]
    return (
        _("`{name}` was changed. Work on new arrays: `a = a + b`, not `a += b`.").format(name=changed[0])
        if changed
        else ""
    )


def learns(library):
    """Train on two classes in opposite corners (XOR), and count the right answers on new samples."""
    rng = np.random.default_rng(0)
    (x, y), (x_new, y_new) = corners(200, rng), corners(400, rng)
    network = Network(library, (2, 8, 2), rng=0)
    network.fit(x, y, epochs=40, batch_size=20, learning_rate=0.05, rng=0)
    right = np.mean(network.predict(x_new) == y_new)
    return "" if right > 0.95 else _("Only {right:.0%} of the new samples are right.").format(right=right)


# ---------------------------------------------------------------- their parts
def corners(count, rng):
    """Return points x (count, 2) in the four corners of a square, and their class: 1 where the signs differ."""
    x = rng.uniform(0.1, 1, (count, 2)) * rng.choice([-1, 1], (count, 2))
    return x, (x[:, 0] * x[:, 1] < 0).astype(int)


class Rule(nn.Optimizer):
    """An optimizer of the course's network that takes the rule's numbers as they are, without Keras's float32."""

    def __init__(self, learning_rate, name, numbers):
        super().__init__(learning_rate)
        self.name, self.numbers = name, numbers

    def step(self, w, gradient, state):
        return getattr(nn, self.name)(w, gradient, state, self.learning_rate, *self.numbers)


def course_network(network, optimizer, learning_rate):
    """Return a `course_lib.nn.Sequential` in float64 with the same sizes, weights and optimizer."""
    *hidden, classes = network.sizes[1:]
    layers = [nn.Input((network.sizes[0],)), *(nn.Dense(units, activation="relu") for units in hidden)]
    twin = nn.Sequential([*layers, nn.Dense(classes, activation="softmax")], dtype="float64", rng=0)
    twin.compile(Rule(learning_rate, *OPTIMIZERS[optimizer]), loss="sparse_categorical_crossentropy")
    twin.set_weights(network.weights)
    return twin


def _small(library):
    rng = np.random.default_rng(11)
    network = Network(library, (4, 6, 5, 3), rng)
    network.weights[1::2] = [rng.uniform(0.1, 0.5, b.shape) for b in network.weights[1::2]]  # no sum is exactly 0
    return network, rng.normal(size=(10, 4)), rng.integers(0, 3, 10)


def _array_name(k):
    return f"{'Wb'[k % 2]}{k // 2 + 1}"


def _differs(name, given, right, tolerance, words=None):
    """Return a sentence on the first place where two arrays differ by more than `tolerance`, or an empty text."""
    given, right = np.asarray(given), np.asarray(right)
    if given.shape != right.shape:
        return _("{name} has shape {given}, but {right} is needed.").format(
            name=name, given=given.shape, right=right.shape
        )
    far = np.argwhere(~(np.abs(given - right) <= tolerance))  # also true for NaN
    if not len(far):
        return ""
    place = tuple(far[0].tolist())
    pairs = [[f"{number:.{digits}g}" for number in (given[place], right[place])] for digits in (6, 10, 17)]
    mine, needed = next((pair for pair in pairs if pair[0] != pair[1]), pairs[-1])
    return _("{name} is {given}, but {words} {right}.").format(
        name=f"{name}[{', '.join(map(str, place))}]" if place else name,
        given=mine,
        words=words or _("the course's is"),
        right=needed,
    )
