"""Two goods to order, with a simulated demand, and simple forecasts of any demand, 1 to 14 periods ahead."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.data.spare_parts import simulate_spare_parts
from course_lib.forecasting import seasonal_naive
from course_lib.language import _

HORIZONS = 14  # periods: the forecasts reach so far
WEEK = np.array([1.1, 1.0, 1.0, 1.0, 1.1, 0.6, 0.35])  # demand from Monday to Sunday, 1 is the level
DAYS, PLAYED_DAYS = 434, 70
MONTHS, PLAYED_MONTHS = 120, 60
RIDGE = 1.0
ZERO, NAIVE, SEASONAL, MEAN, RIDGE_NAME = "zero", "naive", "seasonal naive", "mean so far", "ridge"


@dataclass(frozen=True)
class Item:
    """One good: demand (T,) [unit], and forecasts {name: (H, T)}, row h - 1 made h periods before its period."""

    key: str
    label: str
    unit: str
    period_name: str
    demand: np.ndarray
    forecasts: dict

    @property
    def horizons(self):
        return len(next(iter(self.forecasts.values())))

    @property
    def is_whole(self):
        """All amounts are whole numbers, so the safety quantity is one too."""
        return all((values % 1 == 0).all() for values in (self.demand, *self.forecasts.values()))

    @property
    def safeties(self):
        """The safety quantities that can be tried, rising: (S,), up to beyond the largest error of every forecast."""
        errors = [self.demand - f for f in self.forecasts.values()]
        high = max(max(float(e.max()) for e in errors), *(float(np.abs(e).mean()) for e in errors))
        if self.is_whole and high <= 1000:
            high = np.ceil(high) + 1
            return np.arange(-np.ceil(high / 2), high + 1)
        high = _round_up(max(high, 1e-9))
        return np.linspace(-high / 2, high, 151)


def _round_up(value):
    """The next of 1, 2, 5, 10 ... times a power of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return next(k * power for k in (1, 2, 5, 10) if k * power >= value)


def label_of(name):
    """What the page calls this forecast."""
    return {
        ZERO: _("nothing"), NAIVE: _("naive"), SEASONAL: _("seasonal naive"), MEAN: _("mean so far"),
        RIDGE_NAME: _("ridge"),
    }.get(name, name)  # fmt: skip


def simple_forecasts(demand, start, season, horizons=HORIZONS):
    """Return {name: (H, T - start)}: row h - 1 forecasts the periods from `start` on, each h periods before it.

    demand (T,): what was asked for. naive: as at the last known period. seasonal naive: as one season before. mean so
    far: of all periods known by then. ridge: W = (X^T X + I)^-1 X^T y for each h, from the last two seasons and
    the place in the season, trained on the periods before `start`. zero stands in front where at least half of the
    demands are 0. No forecast is below 0; where the demand is whole, forecasts are rounded up to whole pieces.
    """
    T, h = len(demand), np.arange(1, horizons + 1)
    known = np.arange(start, T) - h[:, None]  # (H, T - start): the last period known
    sums = np.cumsum(demand)
    found = {
        NAIVE: demand[known],
        SEASONAL: np.array([[seasonal_naive(demand[: k + 1], season, n)[-1] for k in row]
                            for n, row in zip(h.tolist(), known, strict=True)]),
        MEAN: sums[known] / (known + 1),
        RIDGE_NAME: np.array([_ridge(demand, start, season, n) for n in h.tolist()]),
    }  # fmt: skip
    if np.median(demand) == 0:
        found = {ZERO: np.zeros((horizons, T - start)), **found}
    whole = (demand % 1 == 0).all()
    return {name: np.maximum(np.ceil(f - 1e-9) if whole else f, 0.0) + 0.0 for name, f in found.items()}


def _ridge(demand, start, season, h):
    """The ridge forecast of the periods from `start` on, made h periods before: (T - start,)."""
    lags = 2 * season
    periods = np.arange(lags + h - 1, len(demand))
    X = np.column_stack([
        demand[periods[:, None] - h - np.arange(lags)] / max(demand[:start].max(), 1e-12),
        np.eye(season)[periods % season], np.ones(len(periods)),
    ])  # fmt: skip
    learned = periods < start
    W = np.linalg.solve(X[learned].T @ X[learned] + RIDGE * np.eye(X.shape[1]), X[learned].T @ demand[periods[learned]])
    return X[~learned] @ W


@lru_cache(maxsize=1)
def simulated_items():
    """Return the two goods: housings, asked for every day with a weekly rhythm, and a spare part, mostly zero.

    Housings: Poisson with mean 40 exp(a_t) w_t, w_t the rhythm of the week, a_t = 0.97 a_(t-1) + 0.07 times a normal
    number: the level drifts slowly, so a forecast far ahead is worse.
    """
    rng = np.random.default_rng(8)
    drift = np.zeros(DAYS)
    for t in range(1, DAYS):
        drift[t] = 0.97 * drift[t - 1] + 0.07 * rng.normal()
    daily = rng.poisson(40 * np.exp(drift) * WEEK[np.arange(DAYS) % 7]).astype(float)
    monthly = simulate_spare_parts(parts=40, months=MONTHS, rng=1, zeros=0.7, decline=0.0).demand
    share = (monthly[:, -PLAYED_MONTHS:] == 0).mean(axis=1)
    part = monthly[np.argmin(np.abs(share - 0.7))]
    begin, first = DAYS - PLAYED_DAYS, MONTHS - PLAYED_MONTHS
    return (
        Item("housings", _("housings"), _("pieces"), _("day"), daily[begin:],
             simple_forecasts(daily, begin, 7)),
        Item("spare part", _("spare part"), _("pieces"), _("month"), part[first:],
             simple_forecasts(part, first, 12)),
    )  # fmt: skip
