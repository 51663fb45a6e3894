"""The exercises of chapter 10, forecasts in money: the loss of a quantile, how much to order, the cost of the stock."""

import numpy as np

from course_lib import forecasting
from course_lib.exercises.adapt import list_as_array
from course_lib.exercises.exercise import Exercise, Misconception
from course_lib.language import _


# ---------------------------------------------------------------- the loss of a quantile
def pinball_cases(rng):
    yield np.array([10.0, 10]), np.array([6.0, 15]), 0.9
    yield np.array([30.0]), np.array([22.0]), 0.75
    yield np.array([30.0]), np.array([41.0]), 0.75
    yield rng.normal(50, 10, 7), rng.normal(50, 10, 7), 0.2
    yield rng.normal(50, 10, 9), rng.normal(46, 10, 9), 0.5
    yield rng.normal(50, 10, 16)[::2], rng.normal(58, 10, 16)[::2], 0.95
    yield np.array([10.0, 11, 12.5]), np.array([9.5, 10, 13]), 0.8  # less than a day beside it


def pinball(low=lambda d, q: q * d, high=lambda d, q: (q - 1) * d, join=np.mean):
    """A loss of d = y_true - y_pred: one formula where the forecast is too low, one where it is too high."""

    def loss(y_true, y_pred, quantile):
        d = y_true - y_pred
        return join(np.where(d >= 0, low(d, quantile), high(d, quantile)))

    return loss


PINBALL_LOSS = Exercise(
    name="pinball_loss",
    chapter=10,
    title=_("A loss for too little and one for too much"),
    statement=_(
        "A delivery that is later than promised stops the line; one that is earlier lies in the store. The pinball "
        "loss weighs the two sides. With d = y_true - y_pred:\n\n"
        "$$L_q = \\frac{1}{N} \\sum_n \\begin{cases} q\\, d_n & d_n \\ge 0 \\text{ (forecast too low)} \\\\ "
        "(1 - q)\\, |d_n| & d_n < 0 \\text{ (forecast too high)} \\end{cases}$$\n\n"
        "`y_true` and `y_pred` have shape (N,), `quantile` is q, between 0 and 1. Return one number. A model trained "
        "with q = 0.9 learns a value that the truth exceeds in one case of ten.\n\n"
        "On paper: y_true = (10, 10), y_pred = (6, 15), q = 0.9: 4 too low costs 3.6, 5 too high costs 0.5, the mean "
        "is 2.05."
    ),
    reference=forecasting.pinball_loss,
    cases=pinball_cases,
    outputs=("loss",),
    solution_note=_(
        "The larger of q d and (q - 1) d is the right one on both sides, so no `if` is needed. `measured_pair` and "
        "`open_share` give clear errors."
    ),
    misconceptions=[
        Misconception(
            "sides_swapped",
            pinball(lambda d, q: (1 - q) * d, lambda d, q: -q * d),
            _(
                "The two sides are swapped: is d = y_true - y_pred? A forecast that is too low costs q. With q = 0.9 "
                "it is the expensive side, so that the model learns to go high."
            ),
        ),
        Misconception(
            "absolute_error",
            pinball(lambda d, q: d, lambda d, q: -d),
            _("This is the mean absolute error: both sides cost the same. Multiply them by q and by 1 - q."),
        ),
        Misconception(
            "q_on_both_sides",
            pinball(lambda d, q: q * d, lambda d, q: -q * d),
            _("You multiplied both sides by q. A forecast that is too high costs 1 - q."),
        ),
        Misconception(
            "negative_side",
            pinball(high=lambda d, q: (1 - q) * d),
            _(
                "Where the forecast is too high, d is negative, and so is your loss: going high is rewarded without "
                "end. A loss is never negative: (q - 1) d, or (1 - q) |d|."
            ),
        ),
        Misconception(
            "full_price_above",
            pinball(high=lambda d, q: -d),
            _("A forecast that is too high costs 1 - q a unit; you took 1."),
        ),
        Misconception(
            "full_price_below",
            pinball(low=lambda d, q: d),
            _("A forecast that is too low costs q a unit; you took 1."),
        ),
        Misconception(
            "only_too_low",
            pinball(high=lambda d, q: 0 * d),
            _("Forecasts that are too high cost nothing here. Then infinity is the best forecast: they cost 1 - q."),
        ),
        Misconception(
            "only_too_high",
            pinball(low=lambda d, q: 0 * d),
            _("Forecasts that are too low cost nothing here. They cost q a unit."),
        ),
        Misconception(
            "sum",
            pinball(join=np.sum),
            _("You took the sum over all rows. Asked is the mean: it does not grow with the number of rows."),
        ),
        Misconception(
            "each_row",
            pinball(join=lambda loss: loss),
            _("You return the loss of every row, (N,). Take the mean: one number."),
        ),
        Misconception(
            "doubled",
            pinball(join=lambda loss: 2 * np.mean(loss)),
            _("Your loss is twice as large. For q = 0.5 it is half the mean absolute error, as the formula says."),
        ),
        Misconception(
            "squared",
            pinball(lambda d, q: q * d**2, lambda d, q: (1 - q) * d**2),
            _("You squared the errors. Then the best forecast is no quantile any more: take d and |d|."),
        ),
        Misconception(
            "squared_without_weights",
            pinball(lambda d, q: d**2, lambda d, q: d**2),
            _("This is the mean squared error, whose best forecast is the mean. Weigh d by q and |d| by 1 - q."),
        ),
        Misconception(
            "minimum",
            lambda y_true, y_pred, q: np.mean(np.minimum(q * (y_true - y_pred), (q - 1) * (y_true - y_pred))),
            _("You took the smaller of q d and (q - 1) d, which is never above 0. Take the larger: `np.maximum`."),
        ),
        Misconception(
            "larger_of_means",
            lambda y_true, y_pred, q: max(q * np.mean(y_true - y_pred), (q - 1) * np.mean(y_true - y_pred)),
            _("You took the mean of d first, so errors of both signs cancel. First the loss, then the mean."),
        ),
        Misconception(
            "share_below",
            lambda y_true, y_pred, q: np.mean(y_true <= y_pred) - q,
            _(
                "You measured how often the truth lies below the forecast. That is a good check of a quantile, but no "
                "loss: it does not say how far off it is."
            ),
        ),
        Misconception(
            "always_the_median",
            lambda y_true, y_pred, q: np.mean(np.abs(y_true - y_pred)) / 2,
            _("You did not use `quantile`: this is the loss for q = 0.5."),
        ),
        Misconception(
            "quantile_of_errors",
            lambda y_true, y_pred, q: np.quantile(np.abs(y_true - y_pred), q),
            _("You took the quantile of the absolute errors. Here q is the weight of the two sides."),
        ),
        Misconception(
            "in_percent",
            pinball(lambda d, q: q / 100 * d, lambda d, q: (q / 100 - 1) * d),
            _("You divided q by 100. It is a share already, 0.9 for 90 %."),
        ),
    ],
    hints=[
        _("d = y_true - y_pred. Is the forecast too low where d is positive or where it is negative?"),
        _("`np.where(d >= 0, a, b)` takes a where the forecast is too low and b elsewhere. Both must be positive."),
        _("`np.mean(np.maximum(quantile * d, (quantile - 1) * d))`."),
    ],
)


# ---------------------------------------------------------------- the quantity to order
def order_cases(rng):
    yield np.array([4.0, 0, 7, 1]), 3, 1
    yield np.array([4.0, 0, 7, 1, 12]), 30, 20
    yield np.array([0.0, 3, 0, 0, 9, 0, 0, 20, 2, 0]), 27, 13
    yield np.array([5.0]), 2, 7
    yield rng.permutation(np.arange(20.0, 33.0)) * 2, 70, 10
    yield rng.permutation(np.arange(10.0, 31.0)) ** 2, 35, 65
    yield rng.permutation(np.arange(5.0, 18.0)) ** 2, 65, 35
    yield rng.poisson(3.0, 40).astype(float)[::2], 9, 1
    yield np.array([7.0, 4, 0, 1]), 3, 1  # 4 and 7 cost the same, and 7 comes first
    yield np.array([5.0, 8, 2, 7, 6, 0, 3, 7, 4]), 1, 7
    yield np.array([4.0, 0, 7, 3]), 0.02, 0.01  # screws: a cent counts


def order(
    share=lambda short, over: short / (short + over),
    ready=np.sort,
    place=lambda n, r: int(np.ceil(n * r - 1e-9)) - 1,
):
    """The right order with one part replaced: the mistakes below say which."""

    def quantity(demand, cost_short, cost_over):
        ordered = ready(demand)
        return ordered[place(len(ordered), share(cost_short, cost_over))]

    return quantity


def ratio(short, over):
    return short / (short + over)


def numpy_quantile(method):
    return lambda demand, short, over: np.quantile(demand, ratio(short, over), method=method)


def of_demand(answer):
    """A quantity from the demands and the critical ratio: answer(demand, r)."""
    return lambda demand, short, over: answer(demand, ratio(short, over))


NEWSVENDOR_QUANTITY = Exercise(
    name="newsvendor_quantity",
    chapter=10,
    title=_("How many to order"),
    statement=_(
        "You order once and do not know the demand yet. A piece that is missing costs `cost_short`, a piece left over "
        "`cost_over` [EUR each]. The cheapest quantity Q is the smallest one with\n\n"
        "$$\\text{share of demands} \\le Q \\ \\ \\ge\\ \\ r = "
        "\\frac{c_\\text{short}}{c_\\text{short} + c_\\text{over}}$$\n\n"
        "`demand` (N,) holds the demands of N months, in any order, zeros included. Return Q, which is one of them.\n\n"
        "On paper: demand = (4, 0, 7, 1), prices 3 and 1, so r = 3/4. In order: 0, 1, 4, 7. The share of demands up "
        "to 4 is 3/4, which is enough: Q = 4."
    ),
    reference=forecasting.newsvendor_quantity,
    cases=order_cases,
    outputs=("quantity",),
    solution_note=_(
        "The solution multiplies instead of dividing: k (c_short + c_over) >= c_short N has no rounding error where "
        '0.07 * 100 gives 7.000000000000001. `np.quantile(demand, r, method="inverted_cdf")` is the same quantity.'
    ),
    misconceptions=[
        Misconception(
            "prices_swapped",
            order(share=lambda short, over: over / (short + over)),
            _("The prices are swapped. Where a missing piece is expensive you want to order much: r = short / sum."),
        ),
        Misconception(
            "odds",
            order(share=lambda short, over: min(short / over, 1)),
            _("You divided by the other price. Divide by the sum of both, so that r lies between 0 and 1."),
        ),
        Misconception(
            "interpolated",
            numpy_quantile("linear"),
            _(
                "`np.quantile` draws lines between the demands, so it gives quantities whose share is below r. Asked "
                'is one of the demands: `method="inverted_cdf"`.'
            ),
        ),
        Misconception(
            "interpolated_and_rounded",
            lambda demand, short, over: np.round(np.quantile(demand, ratio(short, over))),
            _("You rounded a value between two demands. Asked is the smallest demand whose share reaches r."),
        ),
        Misconception(
            "interpolated_and_rounded_up",
            lambda demand, short, over: np.ceil(np.quantile(demand, ratio(short, over))),
            _("You rounded up a value between two demands. Asked is the smallest demand whose share reaches r."),
        ),
        Misconception(
            "numpy_higher",
            numpy_quantile("higher"),
            _('`method="higher"` counts in steps of N - 1, not N. `method="inverted_cdf"` is the share asked for.'),
        ),
        Misconception(
            "numpy_lower",
            numpy_quantile("lower"),
            _('`method="lower"` counts in steps of N - 1, not N. `method="inverted_cdf"` is the share asked for.'),
        ),
        Misconception(
            "numpy_nearest",
            numpy_quantile("nearest"),
            _('`method="nearest"` may stay below the share asked for. `method="inverted_cdf"` does not.'),
        ),
        Misconception(
            "share_must_be_larger",
            order(place=lambda n, r: int(np.floor(n * r + 1e-9))),
            _(
                "Where the share is exactly r, you took the next larger demand. Reached is enough: `>=`, not `>`. The "
                "k-th demand stands at k - 1."
            ),
        ),
        Misconception(
            "rounded_down",
            order(place=lambda n, r: int(np.floor(n * r + 1e-9)) - 1),
            _("You rounded N r down, so the share of your quantity is below r, or the largest comes. Round up."),
        ),
        Misconception(
            "rounded_to_the_nearest",
            order(place=lambda n, r: int(np.round(n * r)) - 1),
            _("You rounded N r to the nearest number, so the share may stay below r. Round up: `np.ceil`."),
        ),
        Misconception(
            "not_sorted",
            order(ready=np.array),
            _("You counted in the order of the months. Sort the demands first: `np.sort(demand)`."),
        ),
        Misconception(
            "largest_first",
            order(ready=lambda demand: np.sort(demand)[::-1]),
            _("You counted from the largest demand. The share of demands <= Q counts from the smallest."),
        ),
        Misconception(
            "each_demand_once",
            order(ready=np.unique),
            _("`np.unique` keeps every demand once, but one that comes often counts often. Use `np.sort`."),
        ),
        Misconception(
            "zeros_left_out",
            order(ready=lambda demand: np.sort(demand[demand > 0])),
            _("You left out the months without demand. They are what makes a stock expensive: keep them."),
        ),
        Misconception(
            "mean_demand",
            of_demand(lambda demand, r: np.mean(demand)),
            _("You ordered the mean demand. That ignores what a missing piece and one left over cost."),
        ),
        Misconception(
            "median_demand",
            of_demand(lambda demand, r: np.median(demand)),
            _("You ordered the median. It is right only if both prices are equal."),
        ),
        Misconception(
            "largest_demand",
            of_demand(lambda demand, r: np.max(demand)),
            _("You ordered the largest demand: nothing is ever missing, but in most months much is left over."),
        ),
        Misconception(
            "share_of_the_largest",
            of_demand(lambda demand, r: r * np.max(demand)),
            _("You took r times the largest demand. r is a share of the months, not of the pieces."),
        ),
        Misconception(
            "share_of_the_mean",
            of_demand(lambda demand, r: r * np.mean(demand)),
            _("You took r times the mean demand. r is a share of the months, not of the pieces."),
        ),
        Misconception(
            "mean_times_odds",
            lambda demand, short, over: np.mean(demand) * short / over,
            _("You multiplied the mean by the ratio of the prices. Q is a quantile of the demands."),
        ),
        Misconception(
            "ratio_returned",
            of_demand(lambda demand, r: r),
            _("You returned r, a share. Asked is the demand at which this share is reached."),
        ),
        Misconception(
            "place_returned",
            of_demand(lambda demand, r: np.ceil(len(demand) * r - 1e-9)),
            _("You returned how many months there are up to Q. Asked is the demand at this place of the sorted list."),
        ),
        Misconception(
            "index_returned",
            of_demand(lambda demand, r: np.ceil(len(demand) * r - 1e-9) - 1),
            _("You returned the place, as `argmax` does. Asked is the demand that stands there."),
        ),
    ],
    hints=[
        _("Sort the demands. Which share of them is at most as large as the first, the second, ..., the last?"),
        _("The k-th of N sorted demands has the share k / N. Which is the smallest k with k / N >= r?"),
        _("`k = np.ceil(r * len(demand))`, as a whole number, and the k-th demand is `np.sort(demand)[k - 1]`."),
    ],
)


# ---------------------------------------------------------------- the cost of the stock
def stock_cases(rng):
    yield np.array([5.0, 0, 0, 2]), np.array([2.0, 2, 5, 3]), 1.0, 10.0
    yield np.array([4.0]), np.array([1.0]), 2.0, 30.0
    yield np.array([1.0, 6]), np.array([4.0, 1]), 2.0, 30.0
    yield np.full(6, 3.0), np.array([0.0, 0, 9, 4, 1, 0]), 0.5, 12.0
    yield rng.poisson(3.0, 12).astype(float), rng.poisson(3.0, 12).astype(float), 1.5, 20.0
    yield rng.poisson(2.0, 30).astype(float)[::2], rng.poisson(2.0, 30).astype(float)[::2], 3.0, 7.0


def shelf(
    there=lambda left, order: left + order,
    after=lambda there, demand, order: max(there - demand, 0),
    missing=lambda there, demand, order: max(demand - there, 0),
    cost=lambda left, missing, holding, shortage, there: holding * left + shortage * missing,
    finish=lambda cost: cost,
):
    """The right cost with one part replaced: the mistakes below say which."""

    def each_period(orders, demand, holding, shortage):
        costs, left = [], 0.0
        for order_, wanted in zip(orders, demand, strict=True):
            now = there(left, order_)
            lack = missing(now, wanted, order_)
            left = after(now, wanted, order_)
            costs.append(cost(left, lack, holding, shortage, now))
        return finish(np.array(costs, dtype=float))

    return each_period


def backlog(orders, demand, holding, shortage):
    level = np.cumsum(orders - demand)
    return holding * np.maximum(level, 0) + shortage * np.maximum(-level, 0)


def late_orders(orders, demand, holding, shortage):
    """The demand comes first, the order arrives after it."""
    costs, left = [], 0.0
    for order_, wanted in zip(orders, demand, strict=True):
        lack = max(wanted - left, 0)
        left = max(left - wanted, 0) + order_
        costs.append(holding * left + shortage * lack)
    return np.array(costs)


STOCK_COST = Exercise(
    name="stock_cost",
    chapter=10,
    title=_("What orders cost, month by month"),
    statement=_(
        "A spare part is ordered every month. What is left over stays on the shelf for the next month. Calculate the "
        "cost of each month, one after the other:\n\n"
        "$$\\text{there}_t = \\text{left}_{t-1} + \\text{order}_t, \\qquad "
        "\\text{left}_t = \\max(\\text{there}_t - \\text{demand}_t,\\ 0)$$\n\n"
        "$$\\text{cost}_t = h \\cdot \\text{left}_t + s \\cdot \\max(\\text{demand}_t - \\text{there}_t,\\ 0)$$\n\n"
        "`orders` and `demand` have shape (T,), in pieces. `holding` is h, the price of a piece left at the end of a "
        "month; `shortage` is s, the price of a missing piece [EUR each]. What is missing is bought elsewhere, so it "
        "is not delivered later. The shelf is empty at first. Return the cost of each month, shape (T,).\n\n"
        "On paper: orders = (5, 0, 0, 2), demand = (2, 2, 5, 3), h = 1, s = 10: left over are 3, 1, 0, 0, missing "
        "0, 0, 4, 1, the costs 3, 1, 40, 10."
    ),
    reference=forecasting.stock_cost,
    cases=stock_cases,
    outputs=("cost",),
    adapt=list_as_array,
    solution_note=_(
        "A formula on whole arrays is not enough here: what is left depends on the month before. `amounts` and "
        "`two_prices` give clear errors."
    ),
    misconceptions=[
        Misconception(
            "nothing_carried_over",
            shelf(there=lambda left, order: order),
            _("Every month starts with an empty shelf in your calculation. What is left over stays for the next one."),
        ),
        Misconception(
            "delivered_later",
            backlog,
            _(
                "You carried what was missing into the next month, as a negative stock. It was bought elsewhere: after "
                "a shortage the shelf is empty, 0, not below."
            ),
        ),
        Misconception(
            "never_sold",
            shelf(after=lambda there, demand, order: there),
            _("The demand is never taken off the shelf. Subtract it: max(there - demand, 0)."),
        ),
        Misconception(
            "held_before_the_demand",
            shelf(cost=lambda left, missing, h, s, there: h * there + s * missing),
            _("You paid `holding` for what was there before the demand. Pay it for what is left at the end."),
        ),
        Misconception(
            "order_after_demand",
            late_orders,
            _("In your calculation the order arrives after the demand. It arrives at the beginning of its month."),
        ),
        Misconception(
            "prices_swapped",
            shelf(cost=lambda left, missing, h, s, there: s * left + h * missing),
            _("The prices are swapped: `holding` is for what is left, `shortage` for what is missing."),
        ),
        Misconception(
            "shortage_free",
            shelf(cost=lambda left, missing, h, s, there: h * left),
            _("Missing pieces cost nothing here. Then ordering nothing is cheapest: add shortage * missing."),
        ),
        Misconception(
            "holding_free",
            shelf(cost=lambda left, missing, h, s, there: s * missing),
            _("Pieces left over cost nothing here. Add holding * left."),
        ),
        Misconception(
            "shortage_once_a_month",
            shelf(cost=lambda left, missing, h, s, there: h * left + s * (missing > 0)),
            _("You paid `shortage` once in a month with a shortage. It is the price of each missing piece."),
        ),
        Misconception(
            "holding_once_a_month",
            shelf(cost=lambda left, missing, h, s, there: h * (left > 0) + s * missing),
            _("You paid `holding` once in a month with a stock. It is the price of each piece left over."),
        ),
        Misconception(
            "mean_stock_held",
            shelf(cost=lambda left, missing, h, s, there: h * (left + there) / 2 + s * missing),
            _("You paid for the mean of the stock before and after. Here only what is left at the end is paid for."),
        ),
        Misconception(
            "total",
            shelf(finish=np.sum),
            _("You return the total. Asked is the cost of each month, (T,): append it inside the loop."),
        ),
        Misconception(
            "so_far",
            shelf(finish=np.cumsum),
            _("You return the cost so far. Asked is that of each month by itself."),
        ),
        Misconception(
            "mean",
            shelf(finish=np.mean),
            _("You return the mean of the months. Asked is the cost of each month, (T,)."),
        ),
        Misconception(
            "last_month_only",
            shelf(finish=lambda cost: cost[-1]),
            _("You return the last month only. Collect the cost of each month in a list or an array, (T,)."),
        ),
        Misconception(
            "first_month_only",
            shelf(finish=lambda cost: cost[0]),
            _("Only the first month is there. Does `return` stand inside the loop? It belongs after it."),
        ),
        Misconception(
            "left_added_twice",
            shelf(after=lambda there, demand, order: max(there - demand, 0) + order),
            _("You added the order again to what is left. It is in `there` already."),
        ),
        Misconception(
            "shortage_of_the_order",
            shelf(missing=lambda there, demand, order: max(demand - order, 0)),
            _("You compared the demand with the order alone. What was left from the month before is there as well."),
        ),
        Misconception(
            "negative_cost_of_shortage",
            shelf(cost=lambda left, missing, h, s, there: h * left - s * missing),
            _("A missing piece lowers your cost. Demand - there is positive then: add shortage * missing."),
        ),
        Misconception(
            "difference_priced_once",
            shelf(
                after=lambda there, demand, order: there - demand,
                cost=lambda left, missing, h, s, there: h * left + s * missing,
            ),
            _(
                "Your stock falls below 0 and `holding` becomes an income. After a shortage the shelf is empty: "
                "max(there - demand, 0)."
            ),
        ),
        Misconception(
            "first_order_missing",
            lambda orders, demand, h, s: forecasting.stock_cost(
                np.where(np.arange(len(orders)) > 0, orders, 0), demand, h, s
            ),
            _("The first order does not arrive in your calculation. At first orders[0] comes to an empty shelf."),
        ),
        Misconception(
            "shelf_full_at_first",
            lambda orders, demand, h, s: forecasting.stock_cost(
                np.where(np.arange(len(orders)) > 0, orders, 2 * orders), demand, h, s
            ),
            _("You started with `orders[0]` on the shelf and added it again. The shelf is empty at first: left = 0."),
        ),
    ],
    hints=[
        _("What is left over depends on the month before, so go through the months in a loop. What do you start with?"),
        _("In each month: first the order arrives, then the demand is taken off. What is left is never below 0."),
        _(
            "With left = 0: for t in `range(len(demand))`: `there = left + orders[t]`; `left = max(there - demand[t], "
            "0)`; `missing = max(demand[t] - there, 0)`; then the cost of the month."
        ),
    ],
)

EXERCISES = [PINBALL_LOSS, NEWSVENDOR_QUANTITY, STOCK_COST]
