"""The mutation run in its short form: a few mutants of every exercise, and the machinery itself.

The whole run is `python -m tests.exercises.mutants --json tests/exercises/mutants.json` (about 4 minutes).
"""

import ast
import dataclasses
import json

import pytest

from course_lib import exercises as ex
from course_lib.exercises.checking import examine
from tests.exercises import mutants
from tests.exercises.mutants_equivalent import EQUIVALENT
from tests.exercises.mutations import changes
from tests.exercises.wide_inputs import WIDE

each_exercise = pytest.mark.parametrize("name", ex.ALL)


@each_exercise
def test_mutants_are_rejected_or_do_the_same_as_a_right_answer(name):
    [row], survivors = mutants.run([name], sample=5, seed=20)
    assert row["mutants"] == 5
    assert [mutant.statement for mutant in survivors if not mutants.reason(mutant)] == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("softmax", "softmax: z.max(axis=-1, keepdims=True) -> z.min(axis=-1, keepdims=True)"),
        ("output_size", "size_with_border: np.ceil(n / strides) -> np.floor(n / strides) #2"),
        ("average_pool", "average_pixels: 0 -> 1 #2"),
        ("rnn_backward", "backward_by_sequence: 0 * W_hh -> 0 / W_hh"),
        ("clip_by_norm", "clip_copies: 2 -> 3 #2"),
        ("clip_by_norm", "clip_copies: clipnorm ** 2 -> 2 ** clipnorm"),
        ("nasa_score", "score_loop: 0 -> -1 #2"),
        ("pinball_loss", "pinball_where: 0 -> 1"),
        ("newsvendor_quantity", "quantity_cheapest: np.unique(demand) -> demand"),
        ("newsvendor_quantity", "quantity_cheapest: 6 -> 1"),
        ("hinge_loss", "hinge_sklearn: wrong.mean() -> wrong.sum()"),
        ("balanced_accuracy", "balanced_loop: 0 -> 1"),
        ("saliency", "saliency_loop: result[n].max() -> result[n].min()"),
        ("encode", "encode_library: sorted(vocabulary, key=vocabulary.get) -> vocabulary"),
    ],
)
def test_a_mutant_that_once_passed_is_rejected(name, change):
    [mutant] = [one for one in mutants.mutants(name) if one.key == change]
    assert not mutants.verdict(mutant).passed


@each_exercise
def test_every_change_that_is_listed_as_equivalent_still_occurs(name):
    listed = [key for keys in EQUIVALENT.get(name, {}).values() for key in keys]
    assert len(set(listed)) == len(listed)
    assert set(listed) <= {mutant.key for mutant in mutants.mutants(name)}, "no longer there: take it off the list"


@each_exercise
def test_the_solution_put_together_again_without_a_change_passes(name):
    """Else a mutant would be rejected for the way it is made, and not for its change."""
    for answer, place in mutants.places(ex.ALL[name]):
        source = ast.unparse(ast.parse(mutants.source_of(place)))
        same = mutants.Mutant(name, answer, place, 1, "nothing", "", "", source + "\n")
        assert mutants.verdict(same).passed, f"{answer.__name__} with {place.__name__}"


def test_every_exercise_has_wide_inputs_and_knows_its_name():
    assert list(WIDE) == list(ex.ALL)
    assert set(EQUIVALENT) <= set(ex.ALL)


def test_one_of_the_equivalent_mutants_does_the_same_on_wide_inputs_and_a_wrong_answer_does_not():
    found = {mutant.key: mutant for mutant in mutants.mutants("relu")}
    seam = found["relu_where: z > 0 -> z >= 0"]
    assert mutants.reason(seam) and mutants.difference(ex.relu, seam.function(), 50) is None
    turned = found["relu_where: z > 0 -> z < 0"]
    assert mutants.reason(turned) is None and mutants.difference(ex.relu, turned.function(), 50) is not None


def test_a_missing_case_lets_a_mutant_through():
    """All cases but one of `saliency` have no pixel whose gradient is 0 in an image that is not 0."""
    [mutant] = [one for one in mutants.mutants("saliency") if one.key == "saliency_images: one.any() -> one.all()"]
    blind = dataclasses.replace(ex.saliency, cases=lambda rng: list(ex.saliency.cases(rng))[:-1])
    assert mutants.verdict(mutant, blind).passed
    assert not mutants.verdict(mutant).passed
    assert mutants.difference(ex.saliency, mutant.function()) is not None


def test_an_endless_loop_is_stopped_and_the_limit_of_learners_is_put_back(monkeypatch):
    monkeypatch.setattr(mutants, "SECONDS", 0.3)
    found = [one for one in mutants.mutants("alarm_cost") if one.change == "cycle += 1 -> (left out)"]
    assert mutants.verdict(found[0]).kind == "time limit"
    assert mutants.checking.SECONDS == 10


def test_two_batches_in_a_tuple_are_two_batches():
    """Found on the wide inputs: a right answer was refused where there were exactly two batches."""
    for function in mutants.RIGHT["minibatches"]:
        assert mutants.difference(ex.minibatches, function, 60) is None, function.__name__


def test_the_stored_run_belongs_to_these_answers_and_leaves_nothing_open():
    told = json.loads(mutants.FILE.read_text(encoding="utf-8"))
    assert {row["exercise"]: row["mutants"] for row in told["exercises"]} == {
        name: len(mutants.mutants(name)) for name in ex.ALL
    }, "run `python -m tests.exercises.mutants --json tests/exercises/mutants.json` again"
    total, banks = told["total"], told["banks"]
    assert total["rejected"] >= 0.98 * (total["mutants"] - total["equivalent"])
    assert banks["typical_named"] >= 0.85 * banks["typical"]
    assert banks["right_refused"] == []
    assert [one for one in told["survivors"] if mutants.is_open(one)] == []


def made(source):
    return {change.text for change in changes(source)}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("return a + b", {"a + b -> a - b", "a + b -> a", "a + b -> b"}),
        ("return a - b", {"a - b -> a + b", "a - b -> b - a", "a - b -> a", "a - b -> -b"}),
        ("return a * b", {"a * b -> a / b", "a * b -> a", "a * b -> b"}),
        ("return a / b", {"a / b -> a * b", "a / b -> b / a", "a / b -> a", "a / b -> 1 / b"}),
        ("return a @ b", {"a @ b -> b @ a", "a @ b -> a.T @ b", "a @ b -> a @ b.T"}),
        ("return a.T", {"a.T -> a"}),
        ("return -a", {"-a -> a"}),
        ("return a < b", {"a < b -> a <= b", "a < b -> a > b", "a < b -> a >= b"}),
        ("return a == b", {"a == b -> a != b"}),
        ("return a and b", {"a and b -> a or b", "a and b -> a", "a and b -> b"}),
        ("return a, b", {"return (a, b) -> return (b, a)"}),
        ("return 5", {"5 -> 6", "5 -> 4", "5 -> 0", "5 -> 1"}),
        ("return 0.5", {"0.5 -> 0.0", "0.5 -> 1.0"}),
        ("return a[:n]", {":n -> 1:n", ":n -> :n + 1", ":n -> :n - 1", ":n -> :"}),
        ("return np.max(a)", {"np.max(a) -> np.min(a)", "np.max(a) -> a"}),
        (
            "return a.mean(axis=0, keepdims=True)",
            {
                *("a.mean(axis=0, keepdims=True) -> a." + other for other in (
                    "sum(axis=0, keepdims=True)", "mean(axis=1, keepdims=True)", "mean(axis=-1, keepdims=True)",
                    "mean(axis=None, keepdims=True)", "mean(axis=0)",
                )),
                "a.mean(axis=0, keepdims=True) -> a",
            },
        ),
        ("return f(a, b)", {"f(a, b) -> f(b, a)"}),
        ("return a if n else b", {f"a if n else b -> {new}" for new in ("a", "b", "b if n else a")}),
        ("for i in range(n): a[i]", {"range(n) -> range(n + 1)", "range(n) -> range(n - 1)", "range(n) -> n"}),
        ("a += b", {"a += b -> (left out)", "a += b -> a = b", "a += b -> a = a - b"}),
    ],
)  # fmt: skip
def test_a_line_gives_these_mutants(line, wanted):
    found = made(f"def f(a, b, n):\n    {line}\n")
    assert wanted <= found
    if line.startswith("return") and "[" not in line and "axis" not in line:
        assert found == wanted


def test_what_a_learner_does_not_write_is_left_alone():
    source = '''
def f(a, n=3):
    """A text with 5 numbers."""
    a = as_float("a", a)
    if a.ndim != 2:
        raise ValueError(f"{a.ndim + 1}")
    return a
'''.lstrip()
    assert list(changes(source, frozenset({"as_float"}))) == []
    assert made(source) == {"a = as_float('a', a) -> (left out)", "as_float('a', a) -> as_float(a, 'a')"}


def test_no_mutant_is_the_original_and_none_comes_twice():
    source = "def f(a):\n    return a * 1 + 0\n"
    sources = [change.source for change in changes(source)]
    assert len(set(sources)) == len(sources)
    assert all(ast.dump(ast.parse(text)) != ast.dump(ast.parse(source)) for text in sources)


def test_right_answers_pass_and_typical_mistakes_are_named_in_the_count_of_the_banks():
    bank = mutants.banks(["relu"])
    assert bank["right_refused"] == [] and bank["typical_named"] == bank["typical"] > 0
    assert bank["right"] == 1 + len(mutants.RIGHT["relu"])
    assert examine(ex.relu, mutants.RIGHT["relu"][0]).passed
