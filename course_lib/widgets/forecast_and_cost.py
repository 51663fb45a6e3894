"""Order from a forecast, period by period: what is missing, what is left, what both cost, and the best safety."""

import numpy as np
import traitlets as T

from course_lib.forecasting import amounts, newsvendor_quantity, stock_cost
from course_lib.language import _
from course_lib.nn.checks import as_float, finite, whole
from course_lib.widgets.base import HERE, Between, CourseWidget
from course_lib.widgets.forecast_items import (
    HORIZONS,
    RIDGE_NAME,
    ZERO,
    Item,
    label_of,
    simple_forecasts,
    simulated_items,
)

NEAR = 1.05  # the goal: the cost is at most so many times the lowest
DEARER = 2  # ... while a missing piece costs at least so many times a piece in stock
PRICES = {"cost_short": 50.0, "cost_stock": 5.0}  # EUR, to begin with
LONGEST = 1000  # periods
OWN = "own"


def fill_up(demand, level):
    """Return (arrived, left, missing), each (..., T): the shelf is filled up to `level` in every period.

        there_t = max(left_(t-1), level_t)        arrived_t = there_t - left_(t-1)
        left_t = max(there_t - demand_t, 0)       missing_t = max(demand_t - there_t, 0)

    demand (T,), level (..., T) [pieces]. The shelf is empty before the first period. Where more is left than the
    level, nothing arrives. A missing piece is bought elsewhere.
    """
    arrived, left, missing = (np.zeros(level.shape) for _kind in range(3))
    before = np.zeros(level.shape[:-1])
    for t, asked in enumerate(demand):
        there = np.maximum(before, level[..., t])
        arrived[..., t] = there - before
        missing[..., t] = np.maximum(asked - there, 0)
        left[..., t] = before = np.maximum(there - asked, 0)
    return arrived, left, missing


class ForecastAndCost(CourseWidget):
    """A stock that is filled up to forecast + safety in each period, and what missing and left pieces cost.

        level_t = max(forecast_t + safety, 0)        cost_t = cost_short missing_t + cost_stock left_t

    The supplier is told the level `horizon` periods before; see `fill_up` for the stock and `stock_cost` for its cost.

    demand (T,): your own, 2 to 1000 periods, at least 0. forecasts: {name: (T,)} or {name: (H, T)}, H at most 14, row
    h - 1 made h periods before its period. Without forecasts the second half of the demand is played; naive, seasonal
    naive, mean and ridge forecasts learn from the first half (at least 4 `season` + 14 periods). Without both: two
    simulated goods. unit and period_name are the words for your amounts and periods.

    Raises ValueError and TypeError for demand or forecasts that do not fit.
    """

    _javascript = "forecast_and_cost.js"
    _css = CourseWidget._css + (HERE / "forecast_and_cost.css").read_text(encoding="utf-8")
    picture_size = (9.0, 5.6)

    item = T.Enum(["housings", "spare part", OWN], "housings", help="the good; own: the learner's").tag(
        sync=True, share=True
    )
    forecast = T.Unicode(RIDGE_NAME, help="name of the forecast that is used").tag(sync=True, share=True)
    horizon = T.Int(1, min=1, max=HORIZONS, help="periods from the forecast to its period").tag(sync=True, share=True)
    safety = T.Float(0.0, help="pieces on top of the forecast").tag(sync=True, share=True)
    cost_short = Between(PRICES["cost_short"], min=0, max=500, help="EUR for each missing piece").tag(
        sync=True, share=True
    )
    cost_stock = Between(PRICES["cost_stock"], min=0, max=50, help="EUR for a piece left at the end of a period").tag(
        sync=True, share=True
    )
    period = T.Int(42, help="how many periods are over, from 1 to the last").tag(sync=True, share=True)

    items = T.List(help="each good: key, label, unit, period, names, H horizons, T periods, safeties").tag(sync=True)
    series = T.Bytes(help="float64: for each good demand (T,), then each forecast (H, T)").tag(sync=True)

    def __init__(self, demand=None, forecasts=None, season=7, unit=None, period_name=None, **state):
        items = list(simulated_items())
        if demand is not None or forecasts is not None:
            unit, period_name = unit or _("pieces"), period_name or _("period")
            own = Item(OWN, _("your own"), unit, period_name, *checked(demand, forecasts, season))
            items.insert(0, own)
            state.setdefault("item", OWN)
            if own.key == state["item"]:
                state.setdefault("forecast", RIDGE_NAME if RIDGE_NAME in own.forecasts else next(iter(own.forecasts)))
        self._items, self._tried = {one.key: one for one in items}, {}
        self._safeties = {one.key: one.safeties for one in items}
        played = self._items[self._there(state.get("item", items[0].key))]
        state.setdefault("period", max(round(0.6 * len(played.demand)), 1))
        super().__init__(
            items=[self._told(one) for one in items],
            series=b"".join(v.astype("f8").tobytes() for one in items for v in (one.demand, *one.forecasts.values())),
            **state,
        )
        self.observe(self._within_item, names="item")
        self.presets = self._lessons()

    def _told(self, one):
        safeties = self._safeties[one.key]
        return {
            "key": one.key, "label": one.label, "unit": one.unit, "period": one.period_name,
            "names": [[name, label_of(name)] for name in one.forecasts], "H": one.horizons, "T": len(one.demand),
            "low": float(safeties[0]), "high": float(safeties[-1]), "S": len(safeties),
        }  # fmt: skip

    # ---------------------------------------------------------------- settings
    @T.validate("item")
    def _one_that_is_there(self, proposal):
        return self._there(proposal["value"])

    def _there(self, item):
        if not isinstance(item, str) or item not in self._items:
            raise T.TraitError(
                _("item is {given!r}, but there is only {known}. For your own: ForecastAndCost(demand).").format(
                    given=item, known=", ".join(self._items)
                )
            )
        return item

    @T.validate("forecast")
    def _known_forecast(self, proposal):
        known = self._items[self.item].forecasts
        if proposal["value"] not in known:
            raise T.TraitError(
                _("forecast is {given!r}, but one of these is needed: {known}.").format(
                    given=proposal["value"], known=", ".join(known)
                )
            )
        return proposal["value"]

    @T.validate("horizon")
    def _as_far_as_known(self, proposal):
        return min(proposal["value"], self._items[self.item].horizons)

    @T.validate("period")
    def _of_this_demand(self, proposal):
        return int(np.clip(proposal["value"], 1, len(self._items[self.item].demand)))

    @T.validate("safety")
    def _one_that_can_be_tried(self, proposal):
        if np.isnan(proposal["value"]):
            raise T.TraitError(_("safety is not a number; give a number of pieces, such as 5.0."))
        safeties = self._safeties[self.item]
        return float(np.clip(proposal["value"], safeties[0], safeties[-1]))

    def _within_item(self, change):
        if self.forecast not in self._items[self.item].forecasts:
            self.forecast = next(iter(self._items[self.item].forecasts))
        self.horizon, self.period, self.safety = self.horizon, self.period, self.safety  # validated for this item

    # ---------------------------------------------------------------- the stock
    @property
    def _demand(self):
        return self._items[self.item].demand

    def _forecast(self, name=None, horizon=None):
        one = self._items[self.item]
        row = self.horizon if horizon is None else horizon
        return one.forecasts[name or self.forecast][row - 1]

    def errors(self, name=None):
        """Return demand - forecast of each period: (T,) [pieces]."""
        return self._demand - self._forecast(name)

    def stock(self):
        """Return what happens in each period, a dict of (T,): level, arrived, left, missing [pieces], cost [EUR]."""
        level = np.maximum(self._forecast() + self.safety, 0)
        arrived, left, missing = fill_up(self._demand, level)
        prices = self.cost_stock, self.cost_short
        cost = stock_cost(arrived, self._demand, *prices) if any(prices) else np.zeros(len(level))
        return {"level": level, "arrived": arrived, "left": left, "missing": missing, "cost": cost}

    @property
    def cost_so_far(self):
        """The cost of the periods that are over [EUR]."""
        return float(self.stock()["cost"][: self.period].sum())

    def costs(self, name=None, horizon=None):
        """Return (safeties, costs), both (S,): the cost of all periods [EUR] for each safety quantity [pieces]."""
        key = self.item, name or self.forecast, self.horizon if horizon is None else horizon
        safeties = self._safeties[self.item]
        if key not in self._tried:
            level = np.maximum(self._forecast(*key[1:]) + safeties[:, None], 0)
            _arrived, left, missing = fill_up(self._demand, level)
            self._tried[key] = missing.sum(axis=1), left.sum(axis=1)
        missing, left = self._tried[key]
        return safeties, self.cost_short * missing + self.cost_stock * left

    @property
    def best_safety(self):
        """The safety quantity [pieces] with the lowest cost: the lowest of them if there are several."""
        safeties, costs = self.costs()
        return float(safeties[np.argmin(costs)])

    @property
    def rule(self):
        """The safety quantity of the newsvendor's rule for these errors [pieces]; None where both prices are 0.

        The smallest error e with share of errors <= e at least cost_short / (cost_short + cost_stock). It looks at one
        period alone: what is left over for the next period is not in it. These errors are known afterwards only; in the
        plant, take those of past periods.
        """
        if not self.cost_short + self.cost_stock:
            return None
        errors = np.sort(self.errors())  # some are below 0, which no demand is: so the rule is asked for a place
        place = newsvendor_quantity(np.arange(len(errors)), self.cost_short, self.cost_stock)
        return float(errors[int(place)])

    @property
    def above_lowest(self):
        """By which share the cost of all periods is above the lowest with one safety quantity: 0.05 is 5 %."""
        lowest = self.costs()[1].min()
        return max(float(self.stock()["cost"].sum() / lowest - 1), 0.0) if lowest > 0 else 0.0

    @property
    def goal_reached(self):
        """The cost is within 5 % of the lowest, and a missing piece costs at least twice a piece in stock, above 0."""
        prices = self.cost_stock > 0 and self.cost_short >= DEARER * self.cost_stock
        return bool(prices and self.costs()[1].min() > 0 and self.above_lowest <= NEAR - 1)

    def models(self):
        """Return {name: {"mae", "cost", "lowest", "best_safety"}} of every forecast at this horizon and safety.

        mae: mean absolute error [pieces]; cost: of all periods with this safety; lowest: with the best one [EUR].
        """
        found = {}
        for name in self._items[self.item].forecasts:
            safeties, costs = self.costs(name)
            _arrived, left, missing = fill_up(self._demand, np.maximum(self._forecast(name) + self.safety, 0))
            found[name] = {
                "mae": float(np.abs(self.errors(name)).mean()),
                "cost": float(self.cost_short * missing.sum() + self.cost_stock * left.sum()),
                "lowest": float(costs.min()), "best_safety": float(safeties[np.argmin(costs)]),
            }  # fmt: skip
        return found

    def status(self):
        """Return in words what happened in the period that was played last."""
        one, stock, t = self._items[self.item], self.stock(), self.period - 1
        values = {"period": one.period_name, "n": self.period, "unit": one.unit, "cost": f"{stock['cost'][t]:,.0f}"}
        if stock["missing"][t] > 0:
            text = _("{period} {n}: {amount} {unit} missing, {cost} EUR")
            return text.format(amount=amount(stock["missing"][t]), **values)
        if stock["left"][t] > 0:
            text = _("{period} {n}: {amount} {unit} left over, {cost} EUR")
            return text.format(amount=amount(stock["left"][t]), **values)
        return _("{period} {n}: exactly enough, 0 EUR").format(**values)

    # ---------------------------------------------------------------- in words, and as a picture
    def describe(self):
        one, stock, models = self._items[self.item], self.stock(), self.models()
        safeties, costs = self.costs()
        accurate = min(models, key=lambda name: models[name]["mae"])
        return _(
            "{label}, forecast: {forecast}, {horizon} ahead, safety {safety} {unit}. {status}; {missing} missing and "
            "{so_far:,.0f} EUR in {n} periods. All {T} periods: {cost:,.0f} EUR; the lowest with one safety is "
            "{lowest:,.0f} EUR, at {best}. Smallest mean absolute error: {accurate}, {mae:.2f} {unit}."
        ).format(
            label=one.label, forecast=label_of(self.forecast), horizon=self.horizon, safety=amount(self.safety),
            unit=one.unit, status=self.status(), missing=amount(stock["missing"][: self.period].sum()),
            so_far=self.cost_so_far, n=self.period, T=len(self._demand), cost=stock["cost"].sum(), lowest=costs.min(),
            best=amount(safeties[np.argmin(costs)]), accurate=label_of(accurate), mae=models[accurate]["mae"],
        )  # fmt: skip

    def draw(self, figure):
        grid = figure.add_gridspec(3, 2, width_ratios=[1.7, 1], height_ratios=[1.7, 1, 1])
        one, stock, n = self._items[self.item], self.stock(), self.period
        x, total = np.arange(1, len(self._demand) + 1), len(self._demand)
        seen, ordered = slice(0, n), slice(0, min(n + self.horizon, total))
        ax = figure.add_subplot(grid[0, 0])
        ax.bar(x[seen], self._demand[seen], color="#0072B2", alpha=0.5, label=_("demand"))
        ax.plot(x[ordered], self._forecast()[ordered], color="#D55E00", ls="--", marker="", lw=1, label=_("forecast"))
        ax.plot(
            x[ordered],
            stock["level"][ordered],
            color="#222222",
            ls="-",
            marker="",
            lw=1.4,
            label=_("forecast + safety"),
        )
        ax.set(xlim=(0, total + 1), ylim=(0, 1.25 * max(self._demand.max(), stock["level"].max(), 1)))
        ax.set_ylabel(one.unit)
        ax.legend(loc="upper left", fontsize=8, ncols=3)
        ax = figure.add_subplot(grid[1, 0])
        ax.bar(x[seen], stock["left"][seen], color="#007A5A", label=_("left"))
        ax.bar(x[seen], -stock["missing"][seen], color="#D55E00", hatch="////", label=_("missing"))
        ax.axhline(0, color="#222222", lw=0.8)
        ax.set(xlim=(0, total + 1), ylabel=one.unit)
        ax.legend(loc="upper left", fontsize=8, ncols=2)
        ax = figure.add_subplot(grid[2, 0])
        ax.fill_between(x[seen], np.cumsum(stock["cost"])[seen] / 1000, color="#A0478A", alpha=0.4, step="post")
        ax.set(xlim=(0, total + 1), ylim=(0, None), xlabel=one.period_name, ylabel=_("cost so far [1000 EUR]"))
        ax = figure.add_subplot(grid[:2, 1])
        safeties, costs = self.costs()
        lowest = costs.min()
        ax.plot(safeties, costs / 1000, color="#0072B2", marker="")
        ax.plot(self.best_safety, lowest / 1000, "D", color="#007A5A", ms=7, markevery=1, label=_("lowest"))
        if self.rule is not None:
            ax.axvline(self.rule, color="#A0478A", ls=":", lw=1.5, label=_("rule"))
        ax.axvline(self.safety, color="#222222", ls="-.", lw=1.2, label=_("this safety"))
        ax.set(xlabel=_("safety [{unit}]").format(unit=one.unit), ylabel=_("cost of all periods [1000 EUR]"))
        ax.set_ylim(0, 1.05 * max(min(costs.max(), 4 * lowest), 1) / 1000)
        ax.legend(loc="upper center", fontsize=8)
        ax = figure.add_subplot(grid[2, 1])
        models = self.models()
        ax.barh(range(len(models)), [m["cost"] / 1000 for m in models.values()], color="#A0478A")
        ax.set_yticks(range(len(models)), [f"{name}, MAE {m['mae']:.1f}" for name, m in models.items()], fontsize=7)
        ax.set(xlabel=_("cost with this safety [1000 EUR]"))

    # ---------------------------------------------------------------- presets, from what these forecasts do
    def _lessons(self):
        key = self.item
        one, safeties = self._items[key], self._safeties[key]
        name = self.forecast

        def costs(horizon):
            missing_and_left = fill_up(one.demand, np.maximum(one.forecasts[name][horizon - 1] + safeties[:, None], 0))
            return PRICES["cost_short"] * missing_and_left[2].sum(1) + PRICES["cost_stock"] * missing_and_left[1].sum(1)

        near = costs(1)
        best = int(np.argmin(near))
        above = np.flatnonzero(near[best:] > 1.8 * near.min()) + best
        below = np.flatnonzero(near[:best] > 3 * near.min())
        careful = safeties[above[0] if len(above) else -1]
        bold = safeties[below[-1] if len(below) else 0]
        middle = max(len(one.demand) // 2, 1)

        def look(why, **more):
            state = {"item": key, "forecast": name, "horizon": 1, "period": middle, **PRICES, **more}
            return {"set": state, "why": why}

        lessons = {
            _("too careful"): look(_(
                "Hardly anything is ever missing, and the shelf is full: every piece left over costs money in every "
                "period. How much safety can you give away before the missing pieces cost more?"),
                safety=float(careful)),
            _("too bold"): look(_(
                "The shelf is nearly empty, and pieces are missing often. One missing piece costs as much as a piece "
                "that lies ten periods. Raise the safety until the cost stops falling."), safety=float(bold)),
        }  # fmt: skip
        if one.horizons > 1:
            far = one.horizons
            lessons[_("far ahead")] = look(_(
                "The supplier now needs the quantity {n} periods before, so the errors are larger. The safety is the "
                "one that was best for 1 period ahead. How far must you move it, and what does the long horizon cost?"
            ).format(n=far), horizon=far, safety=float(safeties[best]), period=len(one.demand))  # fmt: skip
        part = self._items["spare part"]
        lessons[_("mostly zero demand")] = look(_(
            "In most months nobody asks for this part, so the forecast 'nothing' has the smallest mean absolute error "
            "of all (★ in the table). With no safety its cost is the highest (▲). The measure rewards ordering "
            "nothing; the stock does not."),
            item=part.key, forecast=ZERO, safety=0.0, period=len(part.demand))  # fmt: skip
        return lessons


def amount(value):
    """The amount for reading: whole numbers without a decimal, others with one."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def checked(demand, forecasts, season):
    """Return (demand (T,), {name: (H, T)}) to play; raise an error that says what does not fit."""
    if demand is None:
        raise ValueError(_("demand is missing: give the demand of the same periods as the forecasts."))
    demand = np.array(amounts("demand", demand), dtype=np.float64)
    T_all = len(demand)
    if not 2 <= T_all <= LONGEST:
        raise ValueError(
            _("demand has {given} periods, but 2 to {most} are needed. Take a part of it.").format(
                given=T_all, most=LONGEST
            )
        )
    if forecasts is None:
        season = whole("season", season)
        start, needed = T_all // 2, 4 * season + HORIZONS
        if start < needed:
            raise ValueError(
                _(
                    "demand has {given} periods, but without forecasts {needed} are needed: half of them to learn "
                    "from, 4 seasons and {more} periods. Give forecasts, a longer demand or a shorter season."
                ).format(given=T_all, needed=2 * needed, more=HORIZONS)
            )
        return demand[start:], simple_forecasts(demand, start, season)
    if not isinstance(forecasts, dict) or not forecasts or not all(isinstance(name, str) for name in forecasts):
        raise TypeError(
            _("forecasts is {given}, but a dictionary is needed: {{'ridge': (T,), 'SimpleRNN': (T,)}}.").format(
                given=type(forecasts).__name__ if not isinstance(forecasts, dict) else list(forecasts)
            )
        )
    found = {}
    for name, values in forecasts.items():
        label = f"forecasts[{name!r}]"
        given = as_float(label, values)
        row = np.atleast_2d(given).astype(np.float64)
        if row.ndim != 2 or row.shape[1] != T_all or not 1 <= len(row) <= HORIZONS:
            raise ValueError(
                _(
                    "{name} has shape {given}, but ({T},) is needed, one value for each period of demand, or (H, {T}) "
                    "with one row for each horizon 1 to H, at most {most}."
                ).format(name=label, given=given.shape, T=T_all, most=HORIZONS)
            )
        finite(label, row)
        found[name] = row
    rows = {name: len(row) for name, row in found.items()}
    if len(set(rows.values())) > 1:
        raise ValueError(
            _("forecasts differ in their number of horizons: {given}. Give the same number of rows for each.").format(
                given=rows
            )
        )
    return demand, found
