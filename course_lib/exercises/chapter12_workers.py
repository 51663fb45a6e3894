"""The exercises of chapter 12 on several workers: whose gradient counts how much, and what the traffic costs."""

import numpy as np

from course_lib import parallel
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


# ---------------------------------------------------------------- gradients of unequal parts
def worker_cases(rng):
    yield [np.array([4.0]), np.array([1.0])], [1, 3]
    yield [rng.normal(size=(3, 2)) for _k in range(2)], [32, 18]
    yield [rng.normal(size=4) for _k in range(3)], [5, 1, 9]
    yield [rng.normal(size=(2, 2)) for _k in range(4)], [64, 64, 64, 7]
    yield [rng.normal(size=(4, 5))[::2] for _k in range(3)], [10, 20, 40]
    yield [rng.normal(size=(2, 3, 1, 2)) for _k in range(2)], [3, 1]
    yield [rng.normal(size=3)], [6]


def combined(weight=lambda n: n, divide=lambda n: n.sum(), finish=lambda total: total):
    """A weighted sum of the gradients: the mistakes below say which weights."""

    def of(gradients, sizes):
        n = np.array(sizes, dtype=float)
        total = sum(w * g for w, g in zip(weight(n), gradients, strict=True))
        return finish(total / divide(n))

    return of


AVERAGE_GRADIENTS = Exercise(
    name="average_gradients",
    chapter=12,
    title=_("One gradient from several workers"),
    statement=_(
        "Several workers train one network. Each has a part of the batch and calculates the gradient of the mean loss "
        "over its own rows. Put them together so that the result is the gradient of the mean loss over the whole "
        "batch:\n\n"
        "$$g = \\frac{\\sum_k n_k\\, g_k}{\\sum_k n_k}$$\n\n"
        "`gradients` is a list with the gradient of each worker, all of one shape; `sizes` is a list of their numbers "
        "of rows n_k. Return one array of the same shape.\n\n"
        "On paper: g_1 = 4 from 1 row, g_2 = 1 from 3 rows: (1 * 4 + 3 * 1) / 4 = 1.75. The plain mean, 2.5, would "
        "give the first row as much weight as the three others together."
    ),
    reference=parallel.average_gradients,
    cases=worker_cases,
    outputs=("gradient",),
    solution_note=_(
        "`parts` checks the lists and leaves out workers without rows. With equal parts the plain mean is the same, "
        "which is why the mistake shows only at the last batch of an epoch."
    ),
    misconceptions=[
        Misconception(
            "plain_mean",
            combined(lambda n: np.ones(len(n)), len),
            _("You took the plain mean. A worker with more rows must count more: weigh each gradient by n_k."),
        ),
        Misconception(
            "plain_sum",
            combined(lambda n: np.ones(len(n)), lambda n: 1),
            _(
                "You added the gradients up. Each is a mean over its rows already, so with K workers the step becomes "
                "about K times as large: weigh by n_k and divide by their sum."
            ),
        ),
        Misconception(
            "not_divided",
            combined(divide=lambda n: 1),
            _("You weighed by the sizes, but did not divide by their sum: the step grows with the batch."),
        ),
        Misconception(
            "divided_by_workers",
            combined(divide=len),
            _("You weighed by the sizes and divided by the number of workers. Divide by the number of all rows."),
        ),
        Misconception(
            "sum_divided_by_rows",
            combined(lambda n: np.ones(len(n))),
            _("You divided the plain sum by all rows. Each g_k is a mean: multiply it by n_k first."),
        ),
        Misconception(
            "weights_inverted",
            combined(lambda n: 1 / n, lambda n: (1 / n).sum()),
            _("You weighed by 1 / n_k, so the smallest part counts most. Weigh by n_k."),
        ),
        Misconception(
            "each_divided_by_its_size",
            combined(lambda n: 1 / n, lambda n: 1),
            _("You divided each gradient by its size. It is a mean over its rows already: multiply by n_k."),
        ),
        Misconception(
            "each_divided_then_by_all",
            combined(lambda n: 1 / n),
            _("You divided each gradient by its size, and the sum by all rows. Multiply each by n_k instead."),
        ),
        Misconception(
            "divided_by_the_largest",
            combined(divide=lambda n: n.max()),
            _("You divided by the largest size. The weights must add up to 1: divide by the sum of all sizes."),
        ),
        Misconception(
            "root_of_sizes",
            combined(np.sqrt, lambda n: np.sqrt(n).sum()),
            _("You weighed by the roots of the sizes. Every row counts the same: weigh by n_k."),
        ),
        Misconception(
            "squares_of_sizes",
            combined(lambda n: n**2, lambda n: (n**2).sum()),
            _("The sizes were multiplied twice. Weigh by n_k once."),
        ),
        Misconception(
            "share_of_the_largest",
            combined(lambda n: n / n.max(), len),
            _("You weighed by n_k / the largest size. The weights must add up to 1: n_k / the sum of all."),
        ),
        Misconception(
            "largest_worker_only",
            lambda gradients, sizes: gradients[int(np.argmax(sizes))].copy(),
            _("You took the gradient of the worker with the most rows. The others have seen rows that it has not."),
        ),
        Misconception(
            "first_worker_only",
            lambda gradients, sizes: gradients[0].copy(),
            _("You return the gradient of the first worker. Put all of them together."),
        ),
        Misconception(
            "last_worker_only",
            lambda gradients, sizes: sizes[-1] * gradients[-1] / sum(sizes),
            _("Only the last worker is in your result. Does a `=` stand where `+=` belongs?"),
        ),
        Misconception(
            "number_instead_of_array",
            combined(finish=np.sum),
            _("You added up over the weights as well. Each weight has a gradient of its own: the shape stays."),
        ),
        Misconception(
            "mean_over_everything",
            lambda gradients, sizes: np.mean(gradients),
            _("`np.mean` without an axis makes one number of all gradients. The shape of a gradient stays."),
        ),
        Misconception(
            "list_of_parts",
            lambda gradients, sizes: np.array([n * g for n, g in zip(sizes, gradients, strict=True)]) / sum(sizes),
            _("You return the part of each worker. Add them up: one array."),
        ),
        Misconception(
            "median",
            lambda gradients, sizes: np.median(gradients, axis=0),
            _("You took the median of the workers. The gradient of the whole batch is a weighted mean."),
        ),
        Misconception(
            "sizes_shifted",
            lambda gradients, sizes: parallel.average_gradients(gradients, [*sizes[1:], sizes[0]]),
            _("The sizes belong to other workers. Walk through both lists together: `zip(sizes, gradients)`."),
        ),
    ],
    hints=[
        _("g_k is a mean over n_k rows. What is the sum over these rows?"),
        _("Add up the sums of all workers. How many rows are that together?"),
        _("`sum(n * g for n, g in zip(sizes, gradients)) / sum(sizes)`."),
    ],
)


# ---------------------------------------------------------------- the traffic
def traffic_cases(rng):
    yield 1_000_000, 4, 4
    yield 121_930, 2, 4
    yield 121_930, 1, 4
    yield 25_557_032, 8, 2
    yield 1_001, 3, 4
    yield 7_000_000, 64, 1


def sent(factor=lambda K: 2 * (K - 1) / K, size=lambda P, b: P * b):
    """The bytes a worker sends: factor of the number of workers, times the size of the gradient."""
    return lambda parameters, workers, bytes_each: factor(workers) * size(parameters, bytes_each)


RING_TRAFFIC = Exercise(
    name="ring_traffic",
    chapter=12,
    title=_("What several workers have to tell each other"),
    statement=_(
        "K workers stand in a ring, and each holds a gradient. It is cut into K parts. In K - 1 rounds every worker "
        "sends one part to its neighbour, which adds it to its own; in K - 1 further rounds the finished parts go "
        "round. Return how many bytes each worker sends for one training step:\n\n"
        "$$B = 2\\, (K - 1)\\, \\frac{P\\, b}{K}$$\n\n"
        "`parameters` is P, the number of weights; `workers` is K; `bytes_each` is b, the bytes of one number: 4 for "
        "float32, 2 for bfloat16. A single worker sends nothing.\n\n"
        "On paper: 1,000,000 weights in float32, 4 workers: a part has 1 MB, each worker sends 2 * 3 of them: "
        "6,000,000 bytes."
    ),
    reference=parallel.ring_traffic,
    cases=traffic_cases,
    outputs=("traffic",),
    solution_note=_(
        "However many workers there are, each sends less than twice the gradient: that is what the ring is for. At "
        "1 Gbit/s, 125 MB a second, the 6 MB of the example take 0.05 s in each step."
    ),
    misconceptions=[
        Misconception(
            "to_everybody",
            sent(lambda K: K - 1),
            _("You let each worker send its whole gradient to all others. In a ring it sends parts to its neighbour."),
        ),
        Misconception(
            "not_cut",
            sent(lambda K: 2 * (K - 1)),
            _("You let whole gradients go round, or counted all workers together. A worker sends parts: divide by K."),
        ),
        Misconception(
            "one_way",
            sent(lambda K: (K - 1) / K),
            _("You counted the rounds that add. The finished parts must go round as well: twice K - 1 rounds."),
        ),
        Misconception(
            "whole_gradient_once",
            sent(lambda K: 1.0),
            _("You return the size of the gradient. Each worker sends 2 (K - 1) parts of a K-th of it."),
        ),
        Misconception(
            "twice_the_gradient",
            sent(lambda K: 2.0),
            _("Twice the gradient is the limit for many workers. It is 2 (K - 1) / K, and 0 for a single one."),
        ),
        Misconception(
            "bytes_forgotten",
            sent(size=lambda P, b: P),
            _("You counted numbers, not bytes: multiply by `bytes_each`."),
        ),
        Misconception(
            "four_bytes_always",
            sent(size=lambda P, b: 4 * P),
            _("You took 4 bytes for each number. Use `bytes_each`: bfloat16 has 2."),
        ),
        Misconception(
            "bits",
            sent(size=lambda P, b: 8 * P * b),
            _("These are bits. Asked are bytes: without the 8."),
        ),
        Misconception(
            "divided_by_bytes",
            sent(size=lambda P, b: P / b),
            _("You divided by `bytes_each`. Each number takes so many bytes: multiply."),
        ),
        Misconception(
            "upside_down",
            lambda P, K, b: 2 * K / (K - 1) * P * b,
            _("The fraction is upside down: (K - 1) / K, below 1. For a single worker yours divides by 0."),
        ),
        Misconception(
            "one_worker_too_many",
            lambda P, K, b: 2 * K / (K + 1) * P * b,
            _("You counted one worker too many: K / (K + 1). Cut into K parts, and K - 1 rounds each way."),
        ),
        Misconception(
            "whole_division",
            sent(lambda K: 2 * (K - 1) // K),
            _("`//` cuts off the fraction: 2 * 3 // 4 is 1. Use `/`."),
        ),
        Misconception(
            "whole_division_first",
            lambda P, K, b: 2 * ((K - 1) // K) * P * b,
            _("`(K - 1) // K` is 0 for every K: `//` cuts off the fraction. Use `/`."),
        ),
        Misconception(
            "whole_bytes",
            lambda P, K, b: 2 * (K - 1) * P * b // K,
            _("`//` at the end cuts off the fraction of a byte. It is a mean over the parts: use `/`."),
        ),
        Misconception(
            "whole_parts",
            lambda P, K, b: 2 * (K - 1) * (P // K) * b,
            _("`P // K` cuts off: the rest of the weights is never sent. Use `/`."),
        ),
        Misconception(
            "megabytes",
            sent(size=lambda P, b: P * b / 1e6),
            _("You return megabytes. Asked are bytes."),
        ),
        Misconception(
            "one_part",
            sent(lambda K: 1 / K),
            _("That is one part. Each worker sends 2 (K - 1) of them, one in each round."),
        ),
        Misconception(
            "pairs_of_workers",
            sent(lambda K: K * (K - 1) / 2),
            _("You counted pairs of workers. In a ring each worker talks to one neighbour only."),
        ),
    ],
    hints=[
        _("How large is one part, in bytes, if the gradient of P numbers is cut into K parts?"),
        _("How many rounds are there, and how many parts does a worker send in each?"),
        _("`2 * (workers - 1) * parameters * bytes_each / workers`."),
    ],
)

EXERCISES = [AVERAGE_GRADIENTS, RING_TRAFFIC]
