"""How good is a prediction of the remaining life? Two figures of the literature, and the one in money."""

from dataclasses import dataclass

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import finite, first, number, same_shape

EARLY, LATE = 13.0, 10.0  # cycles: the scales of the NASA score


def rmse(y_true, y_pred):
    """sqrt(mean((y_pred - y_true)^2)) [cycles], the typical error of y_pred (N,).

    Raises ValueError for shapes that differ, missing values and an empty array.
    """
    y_true, y_pred = _both(y_true, y_pred)
    return float(np.sqrt(np.mean((y_pred - y_true) ** 2)))


def nasa_score(y_true, y_pred):
    """The sum of exp(-d / 13) - 1 where d < 0 (too early) and exp(d / 10) - 1 where d >= 0 (too late).

    d = y_pred - y_true [cycles]; y_true and y_pred (N,). A late alarm costs more than an early one, and one engine
    that is far off can outweigh all others. It is a sum: compare it only over the same engines. 0 is perfect.

    Source: Saxena, Goebel, Simon, Eklund (PHM08). Raises ValueError like `rmse`.
    """
    y_true, y_pred = _both(y_true, y_pred)
    d = y_pred - y_true
    with np.errstate(over="ignore"):  # infinitely bad is a fair figure for a model that is 7000 cycles late
        return float(np.sum(np.expm1(np.where(d < 0, -d / EARLY, d / LATE))))


@dataclass(frozen=True)
class AlarmResult:
    """What an alarm policy did with E engines, one entry an engine; see `alarm_policy`.

    `engine` their numbers; `alarm` the cycle of the alarm (NaN: none); `stop` the last cycle it ran; `planned` True
    for a planned replacement, False for an unplanned stop; `wasted` the cycles it could have run on; `cost` [EUR].
    """

    engine: np.ndarray
    alarm: np.ndarray
    stop: np.ndarray
    planned: np.ndarray
    wasted: np.ndarray
    cost: np.ndarray

    @property
    def cost_per_1000_cycles(self):
        """1000 * sum of the costs / sum of the cycles run [EUR]: an engine replaced early must be paid for sooner."""
        return float(1000 * self.cost.sum() / self.stop.sum())

    @property
    def cost_per_engine(self):
        """The mean cost of an engine [EUR]. It does not see the life that is wasted."""
        return float(self.cost.mean())

    @property
    def unplanned_stops(self):
        """The number of engines that failed before they were replaced."""
        return int(np.sum(~self.planned))

    def __repr__(self):
        return _(
            "AlarmResult: {engines} engines, {unplanned} unplanned stops, {wasted:.1f} cycles wasted on average, "
            "{cost:,.0f} EUR per 1000 cycles"
        ).format(
            engines=len(self.engine),
            unplanned=self.unplanned_stops,
            wasted=float(self.wasted.mean()),
            cost=self.cost_per_1000_cycles,
        )


def alarm_policy(engine, cycle, y_pred, y_true, line, lead_time=10, planned_cost=20_000, unplanned_cost=100_000):
    """Price an alarm line: replace an engine `lead_time` cycles after its prediction first falls to `line`.

        alarm = first cycle with y_pred <= line        stop = min(alarm + lead_time, life)
        cost  = planned_cost if alarm + lead_time <= life, else unplanned_cost        wasted = life - stop

    `engine`, `cycle`, `y_pred`, `y_true` (N,): one row a cycle, y_true the true remaining life, not capped; then life
    = cycle + y_true is the same in all rows of an engine. `line` and `lead_time` in cycles, costs in EUR. Without an
    alarm the engine runs to its failure. Returns an AlarmResult. Cost per cycle is a cost a renewal over a life a
    renewal (Barlow and Hunter 1960). A replacement at a fixed age A is the same with y_pred = A - cycle.

    Raises ValueError for shapes that differ, missing values, a capped y_true, costs or a lead time below 0, and an
    engine that is cut off before its failure without an alarm: nobody knows what it would have cost.
    """
    y_true, y_pred = _both(y_true, y_pred)
    engine, cycle = np.asarray(engine), same_shape("cycle", cycle, "y_pred", y_pred)[0]
    if engine.shape != y_pred.shape:
        raise ValueError(
            _("engine has shape {given}, but y_pred has shape {needed}: one engine number for each row.").format(
                given=engine.shape, needed=y_pred.shape
            )
        )
    if np.isnan(number("line", line)):
        raise ValueError(_("line is nan, but a number of cycles is needed, for example 30."))
    for name, value in (("lead_time", lead_time), ("planned_cost", planned_cost), ("unplanned_cost", unplanned_cost)):
        if not 0 <= number(name, value) < np.inf:
            raise ValueError(
                _("{name} is {value}, but it must be a number of at least 0.").format(name=name, value=value)
            )

    numbers, member = np.unique(engine, return_inverse=True)
    life = np.zeros(len(numbers))
    np.maximum.at(life, member, cycle + y_true)
    differs = life[member] != cycle + y_true
    if differs.any():
        raise ValueError(
            _(
                "cycle + y_true is the life, one number in all rows of an engine, but it differs for engine {engine}. "
                "Give the true remaining life, without a cap: windows(..., cap=None)."
            ).format(engine=engine[first(differs)])
        )
    alarm = np.full(len(numbers), np.inf)
    alarms = y_pred <= line
    np.minimum.at(alarm, member[alarms], cycle[alarms])
    seen = np.zeros(len(numbers))
    np.maximum.at(seen, member, cycle)
    unknown = np.isinf(alarm) & (seen < life)
    if unknown.any():
        raise ValueError(
            _(
                "engine {engine} is cut off {left} cycles before its failure, without an alarm until then: its cost is "
                "not known. Price a policy on engines that ran to failure."
            ).format(engine=numbers[first(unknown)], left=int((life - seen)[unknown][0]))
        )
    planned = alarm + lead_time <= life
    stop = np.minimum(alarm + lead_time, life)
    return AlarmResult(
        engine=numbers,
        alarm=np.where(np.isinf(alarm), np.nan, alarm),
        stop=stop,
        planned=planned,
        wasted=life - stop,
        cost=np.where(planned, float(planned_cost), float(unplanned_cost)),
    )


def _both(y_true, y_pred):
    """The truth and the predictions as arrays (N,) of one shape, checked; predictions (N, 1) become (N,)."""
    y_true, y_pred = (
        np.squeeze(v, axis=-1) if np.ndim(v) == 2 and np.shape(v)[1] == 1 else v for v in (y_true, y_pred)
    )
    y_true, y_pred = same_shape("y_true", y_true, "y_pred", y_pred)
    if y_true.ndim != 1 or y_true.size == 0:
        raise ValueError(
            _("y_true has shape {given}, but one value for each engine or cycle is needed: (N,), N at least 1.").format(
                given=y_true.shape
            )
        )
    finite("y_true", y_true)
    finite("y_pred", y_pred)
    return y_true.astype(np.float64), y_pred.astype(np.float64)
