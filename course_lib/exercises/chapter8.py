"""The exercises of chapter 8, remaining life: target, scale, windows, score, and the cost of an alarm."""

import numpy as np

from course_lib import remaining_life
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


def capped_rul(engine, cap):
    """The remaining life of each row [cycles], at most `cap`: 0 in the last cycle of each engine.

    engine (N,): the number of the engine of each row, its rows together and in the order of the cycles -> rul (N,).
    """
    rul = np.zeros(len(engine))
    for number in np.unique(engine):
        own = engine == number
        rul[own] = np.arange(own.sum())[::-1]  # n - 1, ..., 1, 0
    return np.minimum(rul, cap)


def scale(train, other):
    """Scale each column with mean and standard deviation of the training rows: z = (x - mean) / deviation.

    train (N, D), other (M, D) -> the same shapes. A column that is constant in `train` is divided by 1.
    """
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation > 1e-9, deviation, 1.0)
    return (train - mean) / deviation, (other - mean) / deviation


def make_windows(sensors, engine, rul, length):
    """All windows of `length` cycles of one engine each, and the remaining life at the last cycle of each window.

    sensors (N, D), engine (N,), rul (N,) -> x (M, length, D), y (M,).
    """
    x, y = [], []
    for last in range(length - 1, len(engine)):
        first = last - length + 1
        if engine[first] == engine[last]:
            x.append(sensors[first : last + 1])
            y.append(rul[last])
    return np.array(x), np.array(y)


def alarm_cost(y_pred, line, lead_time, planned_cost, unplanned_cost):
    """The cost of one engine under an alarm policy, and the cycles it ran.

    y_pred (n,) is the prediction after cycle 1, 2, ..., n; the engine fails at cycle n. The alarm is at the first cycle
    with y_pred <= line, and the engine is replaced `lead_time` cycles after it if it still runs then.
    """
    life = len(y_pred)
    alarms = np.flatnonzero(y_pred <= line) + 1  # the first prediction belongs to cycle 1
    if len(alarms) and alarms[0] + lead_time <= life:
        return planned_cost, alarms[0] + lead_time
    return unplanned_cost, life


def fleet(*lives, first=1, step=1):
    """The engine number of each row of engines with these numbers of cycles."""
    return np.repeat(first + step * np.arange(len(lives)), lives)


def rul_cases(rng):
    yield fleet(4, 2), 2
    yield fleet(5), 3
    yield fleet(6, 9, 3, first=7, step=4), 5
    yield fleet(1, 3, 1), 10
    yield np.repeat(fleet(150, 200), 2)[::2], 125
    yield fleet(4, 3)[::-1], 2  # the numbers of the engines need not rise


def by_engine(life):
    """A function of (engine, cap) from one for a single engine: life(n, cap) with n cycles."""

    def every(engine, cap):
        rul = np.zeros(len(engine))
        for number in np.unique(engine):
            own = engine == number
            rul[own] = life(int(own.sum()), cap)
        return rul

    return every


def down(n):
    return np.arange(n)[::-1]


def longest_life_for_all(engine, cap):
    longest = max(np.sum(engine == number) for number in np.unique(engine))
    return by_engine(lambda n, c: np.minimum(longest - 1 - np.arange(n), c))(engine, cap)


def first_engine_only(engine, cap):
    return np.where(engine == np.unique(engine)[0], capped_rul(engine, cap), 0)


CAPPED_RUL = Exercise(
    name="capped_rul",
    chapter=8,
    title=_("The target: remaining life with a cap"),
    statement=_(
        "Return the remaining useful life of every row, in cycles, but at most `cap`:\n\n"
        "$$\\text{RUL} = \\min(\\text{cycles that the engine still runs after this one},\\ \\text{cap})$$\n\n"
        "`engine` (N,) holds the number of the engine of each row. Each engine ran until it failed; its rows stand "
        "together and in the order of the cycles. In the last row of each engine the RUL is 0. The result has shape "
        "(N,).\n\n"
        "On paper: engine = (1, 1, 1, 1, 2, 2), cap = 2: without the cap (3, 2, 1, 0, 1, 0), with it "
        "(2, 2, 1, 0, 1, 0)."
    ),
    reference=capped_rul,
    cases=rul_cases,
    outputs=("rul",),
    solution_note=_(
        "`data.load('turbofan')` brings the remaining life of every row as `y`; `data.windows(..., cap=125)` caps it."
    ),
    misconceptions=[
        Misconception(
            "one_at_the_end",
            by_engine(lambda n, cap: np.minimum(down(n) + 1, cap)),
            _(
                "Your RUL ends at 1. In the last cycle of an engine it is 0: no cycle comes after the failure. Count "
                "n - 1, ..., 1, 0."
            ),
        ),
        Misconception(
            "cap_forgotten",
            by_engine(lambda n, cap: down(n)),
            _("The cap is missing: no value may be larger than `cap`. `np.minimum` compares element by element."),
        ),
        Misconception(
            "counts_up",
            by_engine(lambda n, cap: np.minimum(np.arange(n), cap)),
            _("You count up: this is the age. The remaining life counts down to 0 at the failure."),
        ),
        Misconception(
            "age_from_one",
            by_engine(lambda n, cap: np.minimum(np.arange(n) + 1, cap)),
            _("This is the number of the cycle, 1, 2, 3, ... The remaining life counts down to 0 at the failure."),
        ),
        Misconception(
            "over_all_engines",
            lambda engine, cap: np.minimum(down(len(engine)), cap).astype(float),
            _(
                "You counted down once over the whole table. Every engine fails on its own: begin anew for each number "
                "in `engine`."
            ),
        ),
        Misconception(
            "longest_life_for_all",
            longest_life_for_all,
            _(
                "You subtracted the cycle from the longest life in the table. Every engine has a life of its own: its "
                "last cycle."
            ),
        ),
        Misconception(
            "maximum_taken",
            by_engine(lambda n, cap: np.maximum(down(n), cap)),
            _("You took the larger of RUL and cap. The cap is an upper limit: take the smaller, `np.minimum`."),
        ),
        Misconception(
            "zero_above_cap",
            by_engine(lambda n, cap: np.where(down(n) <= cap, down(n), 0)),
            _("Where the RUL is above the cap you wrote 0: a new engine would count as failed. Write the cap there."),
        ),
        Misconception(
            "capped_rows_dropped",
            lambda engine, cap: (lambda rul: rul[rul <= cap])(capped_rul(engine, np.inf)),
            _("You dropped the rows above the cap. Keep all rows: there the RUL is the cap."),
        ),
        Misconception(
            "cap_lowered_by_one",
            by_engine(lambda n, cap: np.minimum(down(n) + 1, cap) - 1),
            _("Your largest value is cap - 1. Count down to 0 first, then limit to `cap`."),
        ),
        Misconception(
            "counted_from_cap",
            by_engine(lambda n, cap: np.maximum(cap - np.arange(n), 0)),
            _(
                "You counted down from the cap at the first cycle. Count down to the failure, and limit the values: an "
                "engine stays at the cap until `cap` cycles are left."
            ),
        ),
        Misconception(
            "scaled_to_cap",
            by_engine(lambda n, cap: down(n) * cap / max(n - 1, cap)),
            _("You scaled the values so that they fit below the cap. Cut them off instead: min(RUL, cap)."),
        ),
        Misconception(
            "share_of_life",
            by_engine(lambda n, cap: down(n) / n),
            _("You returned the share of the life that is left. The RUL is a number of cycles."),
        ),
        Misconception(
            "life_in_every_row",
            by_engine(lambda n, cap: np.full(n, min(n, cap))),
            _("Every row got the whole life of its engine. Subtract the cycles that have gone by."),
        ),
        Misconception(
            "cap_subtracted",
            by_engine(lambda n, cap: np.maximum(down(n) - cap, 0)),
            _("You subtracted the cap. It is an upper limit: min(RUL, cap)."),
        ),
        Misconception(
            "first_engine_only",
            first_engine_only,
            _("Only the first engine was calculated. Does `return` stand inside the loop? It belongs after it."),
        ),
        Misconception(
            "from_n_over_all_engines",
            lambda engine, cap: np.minimum(len(engine) - np.arange(len(engine)), cap),
            _("You counted down once over the whole table, and to 1. Begin anew for each engine, and end at 0."),
        ),
        Misconception(
            "sorted_by_number",
            lambda engine, cap: np.concatenate([np.minimum(down(np.sum(engine == e)), cap) for e in np.unique(engine)]),
            _(
                "Your values come in the order of the engines' numbers, but the rows do not. Write into the rows: "
                "`rul[engine == number] = ...`."
            ),
        ),
        Misconception(
            "one_more_everywhere",
            by_engine(lambda n, cap: np.minimum(down(n), cap) + 1),
            _("Every value is 1 too large. In the last cycle the RUL is 0, and the largest value is cap."),
        ),
        Misconception(
            "always_125",
            by_engine(lambda n, cap: np.minimum(down(n), 125)),
            _("Your cap is always 125. Use the argument `cap`."),
        ),
        Misconception(
            "straight_from_cap",
            by_engine(lambda n, cap: np.linspace(cap, 0, n)),
            _(
                "You drew a straight line from the cap to 0 over the whole life. The RUL falls by 1 each cycle; only "
                "where it would be larger than the cap it stays there."
            ),
        ),
        Misconception(
            "share_of_cap",
            by_engine(lambda n, cap: np.minimum(down(n), cap) / cap),
            _("You divided by the cap. The RUL is a number of cycles."),
        ),
        Misconception(
            "row_of_the_table",
            lambda engine, cap: np.array([min(np.sum(engine == e) - 1 - i, cap) for i, e in enumerate(engine)]) + 0.0,
            _(
                "You subtracted the number of the row in the table. Count the rows of the engine itself, from its "
                "first one."
            ),
        ),
    ],
    hints=[
        _("Take one engine with n rows: which numbers belong to its rows, from the first to the last?"),
        _("`own = engine == number` marks the rows of one engine, and `own.sum()` counts them."),
        _(
            "For each number in `np.unique(engine)`: `rul[own] = np.arange(own.sum())[::-1]`. At the end "
            "`np.minimum(rul, cap)`."
        ),
    ],
)


def scale_cases(rng):
    yield np.array([[10.0], [20.0], [30.0]]), np.array([[20.0], [40.0]])
    yield rng.normal(size=(4, 4)).round(1), rng.normal(size=(4, 4)).round(1)
    yield (
        np.column_stack([rng.normal(size=5), np.full(5, 21.5), 100 + rng.normal(size=5)]),
        np.column_stack([rng.normal(size=3), [21.5, 22.0, 21.5], 103 + rng.normal(size=3)]),
    )
    yield 3 + 2 * rng.normal(size=(6, 2)), rng.normal(size=(1, 2))
    yield 50 + rng.normal(size=(3, 8)).T[::2], 50 + rng.normal(size=(5, 6))[:, ::2]


def standard(
    mean=lambda train, other: train.mean(axis=0),
    deviation=lambda train, other: train.std(axis=0),
    guard=lambda s: np.where(s > 1e-9, s, 1.0),
    apply=lambda x, m, s: (x - m) / s,
    finish=lambda a, b, train, other: (a, b),
):
    """The right scaling with one part replaced: the mistakes below say which."""

    def both(train, other):
        m, s = mean(train, other), guard(deviation(train, other))
        return finish(apply(train, m, s), apply(other, m, s), train, other)

    return both


def together(train, other):
    return np.concatenate([train, other])


def smallest_to_largest(train, other):
    low, width = train.min(axis=0), np.ptp(train, axis=0)
    width = np.where(width > 0, width, 1.0)
    return (train - low) / width, (other - low) / width


def rows_scaled(train, other):
    """Each row by its own mean and deviation."""
    return tuple(
        (x - x.mean(axis=1, keepdims=True)) / np.where(x.std(axis=1) > 1e-9, x.std(axis=1), 1.0)[:, None]
        for x in (train, other)
    )


def added_to_deviation(digits):
    """A known mistake: a small number is added to the deviation."""
    return Misconception(
        f"added_1e_{digits}",
        standard(guard=lambda s: s + 10.0**-digits),
        _(
            "You added 1e-{digits} to the deviation. A sensor that is constant in `train` but moves a little in "
            "`other` then becomes huge. Divide such a column by 1 instead."
        ).format(digits=digits),
    )


def deviation_at_least(digits):
    """A known mistake: the deviation is raised to a small number."""
    return Misconception(
        f"at_least_1e_{digits}",
        standard(guard=lambda s: np.maximum(s, 10.0**-digits)),
        _(
            "You divide a constant sensor by 1e-{digits}. If it moves a little in `other`, it becomes huge. Divide "
            "such a column by 1 instead."
        ).format(digits=digits),
    )


SCALE = Exercise(
    name="scale",
    chapter=8,
    title=_("A scale from the training engines only"),
    statement=_(
        "Scale the sensors of the training engines, and those of other engines by the same numbers:\n\n"
        "$$z = \\frac{x - \\mu}{s}, \\qquad \\mu, s: \\text{ mean and deviation of each training column}$$\n\n"
        "`train` has shape (N, D), `other` (M, D), a column for each sensor. The standard deviation divides by N, as "
        "`np.std` does. A sensor that never changes in `train` has s = 0: divide by 1 instead. Return "
        "`train_scaled, other_scaled`.\n\n"
        "On paper: train = 10, 20, 30 has the mean 20 and s = 8.165. Other = 20, 40 becomes 0, 2.449."
    ),
    reference=scale,
    cases=scale_cases,
    outputs=("train_scaled", "other_scaled"),
    solution_note=_(
        "`data.Standardizer().fit(train)` keeps the two numbers of each column. Both compare with a small number, not "
        "with 0: by rounding, a constant column can have a deviation like 1e-13."
    ),
    misconceptions=[
        Misconception(
            "fitted_on_all",
            standard(lambda a, b: together(a, b).mean(axis=0), lambda a, b: together(a, b).std(axis=0)),
            _(
                "You took mean and deviation from all rows, the other engines included. Then the test data have a say "
                "in the training: that is a leak. Use `train` alone."
            ),
        ),
        Misconception(
            "each_by_itself",
            lambda train, other: (scale(train, other)[0], scale(other, other)[0]),
            _(
                "`{output}`: the other engines were scaled by their own mean and deviation. The same sensor value must "
                "give the same number everywhere: use those of `train`."
            ),
        ),
        Misconception(
            "fitted_on_other",
            lambda train, other: scale(other, train)[::-1],
            _("You took mean and deviation from `other`. They come from `train`."),
        ),
        Misconception(
            "by_row",
            rows_scaled,
            _(
                "You scaled every row by its own mean (axis=1), over sensors with different units. Each sensor is a "
                "column: axis=0."
            ),
        ),
        Misconception(
            "one_mean_for_all",
            standard(lambda a, b: a.mean(), lambda a, b: a.std()),
            _("All sensors got one common mean and deviation. Each column has its own: axis=0."),
        ),
        Misconception(
            "one_deviation_for_all",
            standard(deviation=lambda a, b: a.std()),
            _("All sensors got one common deviation. Each column has its own: axis=0."),
        ),
        Misconception(
            "divided_by_n_minus_one",
            standard(deviation=lambda a, b: a.std(axis=0, ddof=1)),
            _("Your deviation divides by N - 1 (ddof=1, as pandas does). Here it divides by N, as `np.std` does."),
        ),
        Misconception(
            "divided_by_zero",
            standard(guard=lambda s: s),
            _(
                "A sensor that is constant in `train` has the deviation 0, and 0/0 is NaN. Divide such a column by 1: "
                "`np.where(s > 0, s, 1)`."
            ),
        ),
        Misconception(
            "nan_replaced",
            lambda train, other: tuple(map(np.nan_to_num, standard(guard=lambda s: s)(train, other))),
            _(
                "You replaced NaN afterwards. A sensor that is constant in `train` but moves in `other` then becomes "
                "huge. Divide such a column by 1 from the start."
            ),
        ),
        *map(added_to_deviation, (6, 7, 8, 9)),
        *map(deviation_at_least, (6, 7, 8, 9, 10, 12)),
        Misconception(
            "constant_set_to_zero",
            standard(finish=lambda a, b, t, o: (a, b * (t.std(axis=0) > 1e-9))),
            _(
                "`{output}`: where a sensor is constant in `train` you wrote 0. Subtract the mean and divide by 1: if "
                "it moves in `other`, that may be worth seeing."
            ),
        ),
        Misconception(
            "constant_column_dropped",
            standard(finish=lambda a, b, t, o: (a[:, t.std(axis=0) > 1e-9], b[:, t.std(axis=0) > 1e-9])),
            _("You dropped the sensors that are constant in `train`. Keep all columns; divide those by 1."),
        ),
        Misconception(
            "constant_left_as_it_is",
            standard(
                finish=lambda a, b, t, o: tuple(np.where(t.std(axis=0) > 1e-9, z, x) for z, x in ((a, t), (b, o)))
            ),
            _("A sensor that is constant in `train` was left as it is. Subtract its mean as well; only divide by 1."),
        ),
        Misconception(
            "variance",
            standard(deviation=lambda a, b: a.var(axis=0)),
            _("You divided by the variance. The standard deviation is its root."),
        ),
        Misconception(
            "not_divided",
            standard(apply=lambda x, m, s: x - m),
            _("Only the mean was subtracted. Divide by the standard deviation too."),
        ),
        Misconception(
            "mean_not_subtracted",
            standard(apply=lambda x, m, s: x / s),
            _("Only the division was done. Subtract the mean first."),
        ),
        Misconception(
            "brackets",
            standard(apply=lambda x, m, s: x - m / s),
            _("Only the mean was divided. Put brackets around the difference: (x - mean) / s."),
        ),
        Misconception(
            "smallest_to_largest",
            smallest_to_largest,
            _("You scaled from the smallest to the largest value, to 0 ... 1. Asked are mean 0 and deviation 1."),
        ),
        Misconception(
            "other_not_scaled",
            standard(finish=lambda a, b, t, o: (a, o + 0)),
            _(
                "`{output}`: the other engines were not scaled. Did you write the scaled values over `train` first? "
                "Then its mean is 0 and its deviation 1. Take both numbers before you scale anything."
            ),
        ),
        Misconception(
            "train_not_scaled",
            standard(finish=lambda a, b, t, o: (t + 0, b)),
            _("`{output}`: only the other engines were scaled, not those of training. Both need the same scale."),
        ),
        Misconception(
            "wrong_order",
            standard(finish=lambda a, b, t, o: (b, a)),
            _("The order is wrong: return train_scaled, other_scaled."),
        ),
        Misconception(
            "deviation_at_least_one",
            standard(guard=lambda s: np.maximum(s, 1.0)),
            _("You raised every deviation below 1 to 1. Only where it is 0 you divide by 1."),
        ),
        Misconception(
            "mean_of_other",
            standard(finish=lambda a, b, t, o: (a, b - b.mean(axis=0))),
            _("`{output}`: the other engines got a mean of their own. Subtract the mean of `train`."),
        ),
        Misconception(
            "mean_of_other_forgotten",
            standard(finish=lambda a, b, t, o: (a, o / np.where(t.std(axis=0) > 1e-9, t.std(axis=0), 1.0))),
            _("`{output}`: the mean was not subtracted. Both tables get the same formula, with the same two numbers."),
        ),
        Misconception(
            "median",
            standard(lambda a, b: np.median(a, axis=0)),
            _("You subtracted the median. Asked is the mean."),
        ),
        Misconception(
            "largest_value",
            lambda train, other: (train / train.max(axis=0), other / train.max(axis=0)),
            _("You divided by the largest value. Asked are mean 0 and deviation 1."),
        ),
    ],
    hints=[
        _("Two numbers for each sensor, from `train` alone. Then the same formula for both tables."),
        _("`train.mean(axis=0)` and `train.std(axis=0)` have shape (D,), one value a column."),
        _("`s = np.where(s > 1e-9, s, 1)`, then `return (train - mean) / s, (other - mean) / s`."),
    ],
)


def window_cases(rng):
    yield np.array([[1.0], [2.0], [3.0], [7.0], [8.0]]), fleet(3, 2), np.array([2.0, 1, 0, 1, 0]), 2
    for lives, length, cap, D in [((4,), 4, 9, 4), ((5, 3, 6), 3, 4, 3), ((7, 2, 4), 3, 10, 2), ((6, 5), 1, 3, 2)]:
        engine = fleet(*lives, first=3, step=5)
        yield rng.normal(size=(len(engine), D)).round(1), engine, capped_rul(engine, cap), length
    engine = np.repeat(fleet(8, 4, 6), 2)[::2]
    yield rng.normal(size=(3, 18)).T, engine, np.repeat(capped_rul(engine, 20), 3)[::3], 4


def ends(engine, length):
    """The last row of every right window."""
    return [i for i in range(length - 1, len(engine)) if engine[i - length + 1] == engine[i]]


def cut(
    rows=ends,
    piece=lambda sensors, last, length: sensors[last - length + 1 : last + 1],
    label=lambda rul, last, length: rul[last],
):
    """The right windows with one part replaced: the mistakes below say which."""

    def windows(sensors, engine, rul, length):
        chosen = rows(engine, length)
        x = [piece(sensors, last, length) for last in chosen]
        y = [label(rul, last, length) for last in chosen]
        return np.array(x), np.array(y)

    return windows


def bounds(engine):
    """The first row of each engine, and the row after its last one."""
    changes = np.flatnonzero(engine[1:] != engine[:-1]) + 1
    return list(zip([0, *changes], [*changes, len(engine)], strict=True))


def per_engine(choose):
    """The last rows of the windows, chosen for each engine: choose(its first row, the row after its last, length)."""
    return lambda engine, length: [
        last for start, stop in bounds(engine) if stop - start >= length for last in choose(start, stop, length)
    ]


def filled_up(sensors, engine, rul, length):
    """A window for every row, the missing cycles filled with zeros."""
    x = np.zeros((len(engine), length, sensors.shape[1]))
    for start, stop in bounds(engine):
        for last in range(start, stop):
            piece = sensors[max(start, last - length + 1) : last + 1]
            x[last, length - len(piece) :] = piece
    return x, rul + 0.0


def label_after(sensors, engine, rul, length):
    """The window of the cycles before, with the label of the cycle that follows."""
    chosen = ends(engine, length + 1)
    return np.array([sensors[i - length : i] for i in chosen]), np.array([rul[i] for i in chosen])


def then(change):
    """The right windows, changed at the end: change(x, y)."""
    return lambda *case: change(*make_windows(*case))


def label_after_and_two_engines(sensors, engine, rul, length):
    starts = range(len(engine) - length)
    return np.array([sensors[i : i + length] for i in starts]), np.array([rul[i + length] for i in starts])


def label_from_whole_table(sensors, engine, rul, length):
    x, _y = make_windows(sensors, engine, rul, length)
    pieces = [rul[length - 1 : max(stop - start, length - 1)] for start, stop in bounds(engine)]
    return x, np.concatenate(pieces)


def view_as_it_is(sensors, engine, rul, length):
    return np.lib.stride_tricks.sliding_window_view(sensors, length, axis=0), rul[length - 1 :]


def last_only_short_ones_too(sensors, engine, rul, length):
    x = [sensors[max(start, stop - length) : stop] for start, stop in bounds(engine)]
    return np.array(x), np.array([rul[stop - 1] for _start, stop in bounds(engine)])


def next_row_compared(sensors, engine, rul, length):
    starts = [i for i in range(len(engine) - length + 1) if engine[i] == engine[i + 1]]
    return np.array([sensors[i : i + length] for i in starts]), np.array([rul[i + length - 1] for i in starts])


def stopped_at_border(sensors, engine, rul, length):
    good = [engine[i] == engine[i + length - 1] for i in range(len(engine) - length + 1)]
    kept = good.index(False) if False in good else len(good)
    x, y = make_windows(sensors, engine, rul, length)
    return x[:kept], y[:kept]


MAKE_WINDOWS = Exercise(
    name="make_windows",
    chapter=8,
    title=_("Windows that stay within one engine"),
    statement=_(
        "Cut the table into all windows of `length` cycles that follow each other in one engine:\n\n"
        "$$x_i = \\text{cycles } t - \\text{length} + 1 \\dots t, \\qquad y_i = \\text{RUL at cycle } t$$\n\n"
        "`sensors` (N, D), `engine` (N,) the number of the engine of each row, `rul` (N,) its remaining life; the rows "
        "of an engine stand together and in the order of the cycles. Return `x, y` with the shapes (M, length, D) and "
        "(M,), the windows in the order of their last row. An engine of n cycles gives n - length + 1 windows, and "
        "none when it has fewer than `length`.\n\n"
        "On paper: sensors 1, 2, 3 of engine 1 and 7, 8 of engine 2, rul = (2, 1, 0, 1, 0), length 2: the windows "
        "(1, 2), (2, 3), (7, 8) with y = (1, 0, 0). There is no window (3, 7)."
    ),
    reference=make_windows,
    cases=window_cases,
    outputs=("x", "y"),
    solution_note=_("`data.windows(runs, length, cap)` does the same for `EngineRuns`, many times faster."),
    misconceptions=[
        Misconception(
            "two_engines",
            cut(lambda engine, length: range(length - 1, len(engine))),
            _(
                "Some windows hold cycles of two engines: the end of one and the beginning of the next. Keep a window "
                "only where the first and the last row belong to the same engine."
            ),
        ),
        Misconception(
            "last_window_missing",
            cut(per_engine(lambda start, stop, length: range(start + length - 1, stop - 1))),
            _(
                "The last window of every engine is missing, the one that ends with the failure. An engine of n cycles "
                "gives n - length + 1 windows: `range(n - length + 1)`."
            ),
        ),
        Misconception(
            "first_window_missing",
            cut(per_engine(lambda start, stop, length: range(start + length, stop))),
            _("The first window of every engine is missing. It begins with the engine's first row."),
        ),
        Misconception(
            "last_window_of_the_table_missing",
            cut(lambda engine, length: [i for i in ends(engine, length) if i < len(engine) - 1]),
            _("The very last window is missing. `range(a, b)` ends before b: write `range(N - length + 1)`."),
        ),
        Misconception(
            "label_of_first_row",
            cut(label=lambda rul, last, length: rul[last - length + 1]),
            _("Each window got the label of its first row. Asked is what remains after the last one."),
        ),
        Misconception(
            "label_one_row_early",
            cut(label=lambda rul, last, length: rul[last - 1]),
            _("Each window got the label of the row before its last one. It belongs to the last row of the window."),
        ),
        Misconception(
            "label_after",
            label_after,
            _(
                "Each window got the label of the cycle after it, as when a next value is forecast. The RUL is that of "
                "the window's own last cycle, and so an engine gives one window more."
            ),
        ),
        Misconception(
            "label_after_any",
            cut(label=lambda rul, last, length: rul[min(last + 1, len(rul) - 1)]),
            _("Each window got the label of the row after it, which may belong to another engine. Take its last row."),
        ),
        Misconception(
            "labels_from_the_start",
            lambda s, e, r, n: (make_windows(s, e, r, n)[0], r[: len(ends(e, n))] + 0.0),
            _("y holds the first rows of `rul` as they stand. Collect a label together with each window."),
        ),
        Misconception(
            "all_labels",
            lambda s, e, r, n: (make_windows(s, e, r, n)[0], make_windows(r[:, None], e, r, n)[0][..., 0]),
            _("Each window has the labels of all its rows. Asked is one: that of the last row, shape (M,)."),
        ),
        Misconception(
            "label_as_column",
            then(lambda x, y: (x, y[:, None])),
            _("y has shape (M, 1); asked is (M,). Against predictions (M,), NumPy would combine each with each."),
        ),
        Misconception(
            "no_overlap",
            cut(per_engine(lambda start, stop, length: range(start + length - 1, stop, length))),
            _("Your windows do not overlap. Move on by one cycle each time, not by `length`."),
        ),
        Misconception(
            "last_only",
            cut(per_engine(lambda start, stop, length: [stop - 1])),
            _("You kept one window for each engine, the last. That is the test set; for training take all windows."),
        ),
        Misconception(
            "first_only",
            cut(per_engine(lambda start, stop, length: [start + length - 1])),
            _("You kept one window for each engine, the first. Move on by one cycle up to the engine's end."),
        ),
        Misconception(
            "first_engine_only",
            cut(lambda engine, length: [i for i in ends(engine, length) if engine[i] == engine[0]]),
            _("Only the first engine was cut. Does `return` stand inside the loop? It belongs after it."),
        ),
        Misconception(
            "time_turned_round",
            then(lambda x, y: (x[:, ::-1], y)),
            _("The cycles in your windows run backwards. The last cycle comes last."),
        ),
        Misconception(
            "sensors_before_time",
            then(lambda x, y: (x.swapaxes(1, 2), y)),
            _(
                "The axes of your windows are (M, D, length). Time comes before the sensors: (M, length, D). "
                "`sliding_window_view` puts the window last, so swap the last two axes."
            ),
        ),
        Misconception(
            "flattened",
            then(lambda x, y: (x.reshape(len(x), -1), y)),
            _("Your windows are flat. A recurrent network needs the time as an axis: (M, length, D)."),
        ),
        Misconception(
            "one_row_too_short",
            cut(piece=lambda sensors, last, length: sensors[last - length + 1 : last]),
            _("The last row is missing in your windows. A slice ends before its end: `first : last + 1`."),
        ),
        Misconception(
            "one_row_early",
            cut(piece=lambda sensors, last, length: sensors[max(last - length, 0) : max(last - length, 0) + length]),
            _("Your windows end one row before the row of their label. A slice ends before its end: add 1 to both."),
        ),
        Misconception(
            "filled_up",
            filled_up,
            _(
                "Every row got a window, those at the beginning filled with zeros. Here only whole windows are asked "
                "for: n - length + 1 an engine."
            ),
        ),
        Misconception("wrong_order", then(lambda x, y: (y, x)), _("The order is wrong: return x, y.")),
        Misconception(
            "label_after_and_two_engines",
            label_after_and_two_engines,
            _(
                "Two mistakes: some windows hold cycles of two engines, and each label belongs to the row after the "
                "window."
            ),
        ),
        Misconception(
            "label_from_whole_table",
            label_from_whole_table,
            _(
                "`rul[...]` counts from the first row of the table, but your windows count from the first row of the "
                "engine. Take the rows of the engine from `rul` too."
            ),
        ),
        Misconception(
            "last_engine_missing",
            cut(lambda engine, length: [i for i in ends(engine, length) if engine[i] != engine[-1]]),
            _(
                "The last engine is missing. `range(engine.max())` ends before it; `np.unique(engine)` holds all "
                "numbers."
            ),
        ),
        Misconception(
            "view_as_it_is",
            view_as_it_is,
            _(
                "`sliding_window_view` runs over the whole table, so some windows hold two engines, and it puts the "
                "window last. Drop those windows and swap the last two axes."
            ),
        ),
        Misconception(
            "mean_label",
            cut(label=lambda rul, last, length: rul[last - length + 1 : last + 1].mean()),
            _("Each window got the mean of its labels. Asked is the label of its last row."),
        ),
        Misconception(
            "last_only_short_ones_too",
            last_only_short_ones_too,
            _(
                "You kept the last rows of each engine only. Asked are all windows; and an engine that is too short "
                "gives none."
            ),
        ),
        Misconception(
            "axes_turned_round",
            then(lambda x, y: (x.T, y)),
            _("`.T` turns all axes round: (D, length, M). The windows come first: (M, length, D)."),
        ),
        Misconception(
            "next_row_compared",
            next_row_compared,
            _(
                "You compared the first row of the window with the next one. Compare it with the last: the border of "
                "an engine may lie anywhere in between."
            ),
        ),
        Misconception(
            "label_of_dropped_windows",
            lambda s, e, r, n: (make_windows(s, e, r, n)[0], r[n - 1 :] + 0.0),
            _("y also holds the labels of windows that you dropped. Append both in the same `if`."),
        ),
        Misconception(
            "stopped_at_border",
            stopped_at_border,
            _(
                "You stopped at the first border between engines (`break`). Leave out such a window and go on: "
                "`continue`."
            ),
        ),
        Misconception(
            "mean_over_window",
            then(lambda x, y: (x.mean(axis=1), y)),
            _("You took the mean over the cycles of each window. Keep them all: the network shall see the order."),
        ),
    ],
    hints=[
        _("Walk over the last row of each window. Where does the window begin, and when is it not allowed?"),
        _(
            "The rows of an engine stand together, so a window is within one engine if its first and last row have the "
            "same number."
        ),
        _(
            "For `last in range(length - 1, len(engine))`: `first = last - length + 1`; if "
            "`engine[first] == engine[last]`, append `sensors[first:last + 1]` and `rul[last]`. `np.array(list)` at "
            "the end."
        ),
    ],
)


def score_cases(rng):
    yield np.array([50.0, 50.0]), np.array([37.0, 60.0])
    yield np.array([20.0]), np.array([25.0])
    yield np.array([80.0]), np.array([50.0])
    yield rng.uniform(0, 120, size=9).round(), rng.uniform(0, 120, size=9).round()
    yield rng.uniform(0, 40, size=8)[::2], rng.uniform(0, 40, size=12)[::3]
    yield np.array([30.0, 5.0, 77.0]), np.array([30.0, 5.0, 77.0])  # perfect
    yield np.array([30.0, 12.5, 61.0, 8.0]), np.array([29.0, 12.0, 62.0, 8.5])  # less than a cycle beside it


def score(early, late, join=np.sum):
    """A score from d < 0 (early) and d >= 0 (late), each with its own formula."""

    def of(y_true, y_pred):
        d = y_pred - y_true
        return join(np.where(d < 0, early(d), late(d)))

    return of


def right_early(d):
    return np.exp(-d / 13) - 1


def right_late(d):
    return np.exp(d / 10) - 1


def nasa_of_one(d):
    return right_early(d) if d < 0 else right_late(d)


NASA_SCORE = Exercise(
    name="nasa_score",
    chapter=8,
    title=_("Late is worse than early"),
    statement=_(
        "Return the score by which predictions of the remaining life were judged in NASA's competition. With "
        "d = y_pred - y_true [cycles], for each engine:\n\n"
        "$$s = \\begin{cases} e^{-d / 13} - 1 & d < 0 \\text{ (too early)} \\\\ "
        "e^{d / 10} - 1 & d \\ge 0 \\text{ (too late)} \\end{cases}$$\n\n"
        "The score is the sum over all engines, one number; 0 is perfect. `y_true` and `y_pred` have shape (N,). A "
        "prediction is too late when it promises more life than there is.\n\n"
        "On paper: y_true = (50, 50), y_pred = (37, 60): d = (-13, 10), and both cost e - 1 = 1.718, together 3.437."
    ),
    reference=remaining_life.nasa_score,
    cases=score_cases,
    outputs=("score",),
    solution_note=_("`np.expm1(z)` is exp(z) - 1. `_both` checks the two arrays and gives a clear error."),
    misconceptions=[
        Misconception(
            "early_and_late_swapped",
            score(lambda d: np.exp(-d / 10) - 1, lambda d: np.exp(d / 13) - 1),
            _(
                "Early and late are swapped. Is d = y_pred - y_true, and does 13 belong to d < 0? A prediction that "
                "promises too much life is late, and late is punished harder: 10."
            ),
        ),
        Misconception(
            "mean",
            score(right_early, right_late, np.mean),
            _("You took the mean over the engines where the sum was asked."),
        ),
        Misconception(
            "minus_one_forgotten",
            score(lambda d: np.exp(-d / 13), lambda d: np.exp(d / 10)),
            _("The - 1 is missing: a perfect prediction must cost exp(0) - 1 = 0."),
        ),
        Misconception(
            "minus_one_once",
            score(lambda d: np.exp(-d / 13), lambda d: np.exp(d / 10), lambda s: np.sum(s) - 1),
            _("You subtracted 1 once at the end. It belongs to each engine: sum(exp(...) - 1)."),
        ),
        Misconception(
            "minus_one_in_exponent",
            score(lambda d: np.exp(-d / 13 - 1), lambda d: np.exp(d / 10 - 1)),
            _("The - 1 stands in the exponent. It is subtracted from the exponential: exp(d / 10) - 1."),
        ),
        Misconception(
            "sign_of_early",
            score(lambda d: np.exp(d / 13) - 1, right_late),
            _(
                "A minus is missing where d < 0: with exp(d / 13) an early prediction gets a negative score, a "
                "reward. It is exp(-d / 13) - 1."
            ),
        ),
        Misconception(
            "early_for_free",
            score(lambda d: 0 * d, right_late),
            _("Early predictions cost nothing with you. They cost less than late ones, but not nothing."),
        ),
        Misconception(
            "late_for_free",
            score(right_early, lambda d: 0 * d),
            _("Late predictions cost nothing with you. Where d >= 0 each costs exp(d / 10) - 1."),
        ),
        Misconception(
            "same_scale_10",
            score(lambda d: np.exp(-d / 10) - 1, right_late),
            _("You used 10 on both sides. Early predictions, d < 0, have the scale 13."),
        ),
        Misconception(
            "same_scale_13",
            score(right_early, lambda d: np.exp(d / 13) - 1),
            _("You used 13 on both sides. Late predictions, d >= 0, have the scale 10."),
        ),
        Misconception(
            "late_for_all",
            score(right_late, right_late),
            _("You used the formula for late predictions everywhere. Where d < 0 it is exp(-d / 13) - 1."),
        ),
        Misconception(
            "not_divided",
            score(lambda d: np.exp(-d) - 1, lambda d: np.exp(d) - 1),
            _("The scales are missing: the exponents are -d / 13 and d / 10."),
        ),
        Misconception(
            "squares",
            score(lambda d: (d / 13) ** 2, lambda d: (d / 10) ** 2),
            _("You squared the errors. The score is exponential: far off costs much more than in squares."),
        ),
        Misconception(
            "straight",
            score(lambda d: -d / 13, lambda d: d / 10),
            _("The exponential is missing: exp(-d / 13) - 1 and exp(d / 10) - 1."),
        ),
        Misconception(
            "not_summed",
            score(right_early, right_late, lambda s: s),
            _("You returned one score for each engine. Add them up to one number."),
        ),
        Misconception(
            "rmse",
            lambda y_true, y_pred: np.sqrt(np.mean((y_pred - y_true) ** 2)),
            _("This is the RMSE. It punishes early and late alike; the NASA score does not."),
        ),
        Misconception(
            "last_engine_only",
            score(right_early, right_late, lambda s: s[-1]),
            _("Only the last engine counts. Add up with `+=` instead of `=`."),
        ),
        Misconception(
            "first_engine_only",
            score(right_early, right_late, lambda s: s[0]),
            _("Only the first engine counts. Does `return` stand inside the loop? It belongs after it."),
        ),
        Misconception(
            "root",
            score(right_early, right_late, lambda s: np.sqrt(np.sum(s))),
            _("You took a root at the end. The score is the sum itself."),
        ),
        Misconception(
            "minus_one_of_early_forgotten",
            score(lambda d: np.exp(-d / 13), right_late),
            _("The - 1 is missing where d < 0. Both formulas end with - 1."),
        ),
        Misconception(
            "minus_one_of_late_forgotten",
            score(right_early, lambda d: np.exp(d / 10)),
            _("The - 1 is missing where d >= 0: a perfect prediction must cost 0."),
        ),
        Misconception(
            "sign_of_late",
            score(right_early, lambda d: np.exp(-d / 10) - 1),
            _(
                "There is a minus too many where d >= 0: with exp(-d / 10) a late prediction gets a reward. It is "
                "exp(d / 10) - 1."
            ),
        ),
        Misconception(
            "condition_turned",
            score(right_late, right_early),
            _("The condition is turned round: exp(-d / 13) belongs to d < 0, exp(d / 10) to d >= 0."),
        ),
        Misconception(
            "errors_added_first",
            lambda y_true, y_pred: nasa_of_one(np.sum(y_pred - y_true)),
            _(
                "You added the errors first, so early and late ones cancel. Each engine has a score of its own; add "
                "those."
            ),
        ),
        Misconception(
            "errors_averaged_first",
            lambda y_true, y_pred: nasa_of_one(np.mean(y_pred - y_true)),
            _(
                "You averaged the errors first, so early and late ones cancel. Each engine has a score of its own; add "
                "those."
            ),
        ),
        Misconception(
            "signs_of_both",
            score(lambda d: np.exp(d / 13) - 1, lambda d: np.exp(-d / 10) - 1),
            _(
                "Both signs are turned round, so every error gets a reward: the exponents are -d / 13 where d < 0 and "
                "d / 10 elsewhere, never below 0."
            ),
        ),
    ],
    hints=[
        _("First d, predicted minus true. Positive means: promised too much, so the alarm comes too late."),
        _("`np.where(d < 0, early, late)` picks the formula for each engine."),
        _("`return np.sum(np.where(d < 0, np.exp(-d / 13) - 1, np.exp(d / 10) - 1))`."),
    ],
)


def alarm_cases(rng):
    yield np.array([9.0, 7.0, 5.0, 4.0, 2.0, 1.0]), 5, 2, 20, 100
    yield np.array([8.0, 4.0, 9.0, 6.0, 3.0, 2.0, 1.0]), 4.5, 1, 20, 100  # a first, short alarm counts
    yield np.array([9.0, 9.0, 9.0, 8.0, 3.0]), 4, 3, 15, 90  # too late
    yield np.array([9.0, 9.0, 8.0, 7.0]), 5, 2, 10, 70  # no alarm at all
    yield np.array([9.0, 8.0, 3.0, 2.0, 1.0]), 3.5, 2, 20, 120  # replaced in the very last cycle
    yield np.array([2.0, 1.5, 1.0]), 5, 0, 7, 50  # from the first cycle on, without lead time
    yield np.repeat(np.linspace(120, 2, 60) + rng.normal(size=60), 2)[::2], 30, 10, 20_000, 100_000
    yield np.repeat(np.linspace(80, 6, 40) + rng.normal(size=40), 2)[::2], 12, 10, 20_000, 100_000


def policy(
    alarms=lambda y, line: np.flatnonzero(y <= line) + 1,
    pick=lambda found: found[0],
    wait=lambda alarm, lead: alarm + lead,
    in_time=lambda stop, life, alarm: stop <= life,
    pay=lambda planned, cost, more: cost if planned else more,
    ran=lambda planned, stop, life: stop if planned else life,
    nothing=lambda y: None,
    finish=lambda cost, cycles: (cost, cycles),
):
    """The right policy with one part replaced: the mistakes below say which."""

    def of(y_pred, line, lead_time, planned_cost, unplanned_cost):
        found, life = alarms(y_pred, line), len(y_pred)
        alarm = pick(found) if len(found) else nothing(y_pred)
        stop = np.inf if alarm is None else wait(alarm, lead_time)
        planned = alarm is not None and in_time(stop, life, alarm)
        return finish(pay(planned, planned_cost, unplanned_cost), ran(planned, stop, life))

    return of


def ran_until_alarm(y_pred, line, lead_time, planned_cost, unplanned_cost):
    cost, cycles = alarm_cost(y_pred, line, lead_time, planned_cost, unplanned_cost)
    return cost, cycles - lead_time if cost == planned_cost else cycles


def never_set(y_pred):
    raise UnboundLocalError


def no_alarm_for_free(y_pred, line, *costs):
    cost, cycles = alarm_cost(y_pred, line, *costs)
    return cost if np.any(y_pred <= line) else 0, cycles


ALARM_COST = Exercise(
    name="alarm_cost",
    chapter=8,
    title=_("What an alarm line costs"),
    statement=_(
        "Return what one engine costs under an alarm policy, and how many cycles it ran. `y_pred` (n,) is the "
        "prediction after cycle 1, 2, ..., n, and at cycle n the engine fails. The policy:\n\n"
        "- the alarm comes at the first cycle with `y_pred <= line`; it is not taken back;\n"
        "- `lead_time` cycles after the alarm the engine is replaced, at cycle alarm + lead_time;\n"
        "- if that is not after cycle n, it costs `planned_cost`, and the engine ran alarm + lead_time cycles;\n"
        "- otherwise, and without an alarm, it failed first: it costs `unplanned_cost`, and it ran n cycles.\n\n"
        "Return `cost, cycles`. "
        "On paper: y_pred = (9, 7, 5, 4, 2, 1), line 5, lead time 2, costs 20 and 100: the alarm comes at cycle 3, the "
        "engine is replaced after cycle 5, so 20 and 5."
    ),
    reference=alarm_cost,
    cases=alarm_cases,
    outputs=("cost", "cycles"),
    solution_note=_(
        "`remaining_life.alarm_policy` does the same for many engines. To compare lines, divide the sum of the costs "
        "by the sum of the cycles: an engine that is replaced early must be paid for sooner."
    ),
    misconceptions=[
        Misconception(
            "index_as_cycle",
            policy(alarms=lambda y, line: np.flatnonzero(y <= line)),
            _("You used the index as the cycle. The index 0 is cycle 1: add 1."),
        ),
        Misconception(
            "strictly_below",
            policy(alarms=lambda y, line: np.flatnonzero(y < line) + 1),
            _("At y_pred = line there is no alarm with you. The alarm comes at y_pred <= line."),
        ),
        Misconception(
            "above_the_line",
            policy(alarms=lambda y, line: np.flatnonzero(y >= line) + 1),
            _("Your alarm comes above the line. A short remaining life is the danger: y_pred <= line."),
        ),
        Misconception(
            "last_alarm",
            policy(pick=lambda found: found[-1]),
            _("You took the last cycle with an alarm. The first one starts the replacement."),
        ),
        Misconception(
            "lead_time_forgotten",
            policy(wait=lambda alarm, lead: alarm),
            _("The lead time is missing: the engine runs on for `lead_time` cycles after the alarm, if it can."),
        ),
        Misconception(
            "lead_time_subtracted",
            policy(wait=lambda alarm, lead: alarm - lead),
            _("You subtracted the lead time. The replacement comes after the alarm: alarm + lead_time."),
        ),
        Misconception(
            "late_alarm_as_planned",
            policy(in_time=lambda stop, life, alarm: True, ran=lambda planned, stop, life: min(stop, life)),
            _(
                "An alarm that came too late was counted as planned. If the engine fails before alarm + lead_time, the "
                "stop is unplanned."
            ),
        ),
        Misconception(
            "ran_beyond_its_end",
            policy(in_time=lambda stop, life, alarm: True),
            _(
                "Your engine runs on after its failure. It stops at cycle n = len(y_pred) at the latest, and then it "
                "costs `unplanned_cost`."
            ),
        ),
        Misconception(
            "last_cycle_too_late",
            policy(in_time=lambda stop, life, alarm: stop < life),
            _("A replacement at cycle n itself counts as unplanned with you. It is still in time: <=, not <."),
        ),
        Misconception(
            "no_alarm_is_first_cycle",
            policy(nothing=lambda y: 1),
            _(
                "Without any alarm you replace the engine at once. `np.argmax` of a condition that is never true gives "
                "0: ask first whether it is true anywhere, with `np.any`."
            ),
        ),
        Misconception(
            "no_alarm_is_error",
            policy(nothing=lambda y: np.zeros(0)[0]),
            _(
                "Without any alarm your function stops with an IndexError: there is no first one. Then the engine runs "
                "to its failure: `unplanned_cost` and n cycles."
            ),
        ),
        Misconception(
            "costs_swapped",
            policy(pay=lambda planned, cost, more: more if planned else cost),
            _("The two costs are swapped: a replacement in time costs `planned_cost`."),
        ),
        Misconception(
            "both_costs",
            policy(pay=lambda planned, cost, more: cost if planned else cost + more),
            _("An unplanned stop costs both with you. `unplanned_cost` is the whole cost of it."),
        ),
        Misconception(
            "only_unplanned_costs",
            policy(pay=lambda planned, cost, more: 0 if planned else more),
            _("A planned replacement costs nothing with you. It costs `planned_cost`."),
        ),
        Misconception(
            "wasted_returned",
            policy(ran=lambda planned, stop, life: life - stop if planned else 0),
            _("You returned the cycles that were wasted. Asked are those that the engine ran."),
        ),
        Misconception(
            "always_whole_life",
            policy(ran=lambda planned, stop, life: life),
            _("You always count the whole life. A replaced engine ran only until alarm + lead_time."),
        ),
        Misconception(
            "ran_until_alarm",
            ran_until_alarm,
            _("You count the cycles until the alarm only. The engine runs on during the lead time."),
        ),
        Misconception(
            "cost_per_cycle",
            policy(finish=lambda cost, cycles: (cost / cycles, cycles)),
            _("You divided the cost by the cycles. Return both apart; many engines are added up before they divide."),
        ),
        Misconception(
            "wrong_order",
            policy(finish=lambda cost, cycles: (cycles, cost)),
            _("The order is wrong: return cost, cycles."),
        ),
        Misconception(
            "index_and_no_alarm",
            policy(alarms=lambda y, line: np.flatnonzero(y <= line), nothing=lambda y: 0),
            _(
                "Two mistakes: `np.argmax` gives an index, and index 0 is cycle 1; and where there is no alarm at all "
                "it gives 0 too. Ask `np.any` first."
            ),
        ),
        Misconception(
            "strictly_and_no_alarm",
            policy(alarms=lambda y, line: np.flatnonzero(y < line) + 1, nothing=lambda y: 1),
            _(
                "Two mistakes: the alarm comes at y_pred <= line, not only below; and without any alarm `np.argmax` "
                "gives 0. Ask `np.any` first."
            ),
        ),
        Misconception(
            "first_cycle_only",
            policy(alarms=lambda y, line: np.flatnonzero(y[:1] <= line) + 1),
            _(
                "Only the first cycle was looked at. Does the `else: return ...` stand inside the loop? It belongs "
                "after it."
            ),
        ),
        Misconception(
            "last_alarm_or_error",
            policy(pick=lambda found: found[-1], nothing=never_set),
            _(
                "You took the last cycle with an alarm, and without an alarm a variable has no value. Stop at the "
                "first one: `break`."
            ),
        ),
        Misconception(
            "unplanned_runs_beyond",
            policy(ran=lambda planned, stop, life: stop if np.isfinite(stop) else life),
            _(
                "After an alarm that came too late your engine runs on beyond its failure. It ran n = len(y_pred) "
                "cycles."
            ),
        ),
        Misconception(
            "no_alarm_for_free",
            no_alarm_for_free,
            _("Without an alarm your engine costs nothing. It failed without warning: `unplanned_cost`."),
        ),
    ],
    hints=[
        _("At which cycle does the alarm come, if at all? And at which cycle is the engine replaced?"),
        _("`np.flatnonzero(y_pred <= line) + 1` are all cycles with an alarm. It may be empty."),
        _(
            "`if len(alarms) and alarms[0] + lead_time <= len(y_pred): return planned_cost, alarms[0] + lead_time`, "
            "otherwise `return unplanned_cost, len(y_pred)`."
        ),
    ],
)

EXERCISES = [CAPPED_RUL, SCALE, MAKE_WINDOWS, NASA_SCORE, ALARM_COST]
