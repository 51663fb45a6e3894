"""Monthly demand for spare parts, mostly zero: car parts, simulated parts, and the measure MASE."""

import csv
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from course_lib.data.catalogue import SPARE_PARTS
from course_lib.data.download import fetch
from course_lib.language import _
from course_lib.nn.checks import as_float, fraction, generator, lookup, whole

FIRST_MONTH = np.datetime64("1998-01", "M")
MONTHS = 51
YEAR = 12  # months


@dataclass(frozen=True)
class SpareParts:
    """Demand `demand` (P, M) float64 [pieces a month] of P parts in M months that follow each other.

    `parts` (P,) are their numbers, `months` (M,) datetime64[M]. `filled` (P, M) is True where the file has no value
    and 0 was put in. `expected` (P, M) is known for simulated parts only: the mean demand of each month. `source` is
    "real" or "simulated".

    Raises ValueError for shapes that do not fit, a demand that is negative or no number, and months with a gap.
    """

    demand: np.ndarray
    parts: np.ndarray
    months: np.ndarray
    source: str
    filled: np.ndarray | None = None
    expected: np.ndarray | None = None

    def __post_init__(self):
        wanted = (len(self.parts), len(self.months))
        for name in ("demand", "filled", "expected"):
            values = getattr(self, name)
            if values is not None and values.shape != wanted:
                raise ValueError(
                    _("{name} has shape {given}, but (parts, months) = {needed} is needed").format(
                        name=name, given=values.shape, needed=wanted
                    )
                )
        bad = ~(np.isfinite(self.demand) & (self.demand >= 0))
        if bad.any():
            part, month = np.argwhere(bad)[0]
            raise ValueError(
                _("demand is {value} for part {part} in {month}, but a number of at least 0 is needed").format(
                    value=self.demand[part, month], part=self.parts[part], month=self.months[month]
                )
            )
        gaps = np.flatnonzero(np.diff(self.months).astype(int) != 1)
        if len(gaps):
            raise ValueError(
                _("month {after} follows {before}: the months must follow each other without a gap").format(
                    before=self.months[gaps[0]], after=self.months[gaps[0] + 1]
                )
            )

    def __len__(self):
        return len(self.parts)

    def rows(self, index):
        """Return these parts only; `index` is a boolean mask (P,) or numbers of rows."""
        return self._cut(index, slice(None))

    def split(self, horizon=12):
        """Return (past, future): all months but the last `horizon`, and these. Raises ValueError if none would be left.

        The past is what is known when the parts are ordered, the future what they were ordered for.
        """
        if not whole("horizon", horizon) < len(self.months):
            raise ValueError(
                _(
                    "horizon is {given}, but there are only {months} months; at least one must be left to learn from"
                ).format(given=horizon, months=len(self.months))
            )
        cut = len(self.months) - horizon
        return self._cut(slice(None), slice(0, cut)), self._cut(slice(None), slice(cut, None))

    def _cut(self, rows, columns):
        def both(values):
            return None if values is None else values[rows][:, columns]

        return replace(
            self,
            demand=both(self.demand),
            parts=self.parts[rows],
            months=self.months[columns],
            filled=both(self.filled),
            expected=both(self.expected),
        )

    def __repr__(self):
        return _(
            "SpareParts ({source}): {parts} parts, {months} months from {start} to {end}, {zero:.1%} of the months "
            "without demand, at most {high:.0f} pieces"
        ).format(
            source=self.source,
            parts=len(self),
            months=len(self.months),
            start=self.months[0] if len(self.months) else "-",
            end=self.months[-1] if len(self.months) else "-",
            zero=np.mean(self.demand == 0) if self.demand.size else np.nan,
            high=self.demand.max(initial=0),
        )


def load_spare_parts(missing="zero"):
    """Return SpareParts: the real demand of 2,674 car parts in 51 months, January 1998 to March 2002.

    165 parts have no value any more after some month: they were not sold any longer. missing="zero" puts 0 there, as
    the Monash archive does; missing="drop" leaves these parts out (2,509 stay).

    Source: Hyndman et al. (2008), Godahewa et al. (2021), CC BY 4.0. Raises DataUnavailable, and ValueError for another
    `missing`.
    """
    keep_all = lookup("missing", missing, {"zero": True, "drop": False})
    numbers, months, demand = read_parts(fetch(SPARE_PARTS))
    filled = np.isnan(demand)
    parts = SpareParts(np.nan_to_num(demand, nan=0.0), numbers, months, "real", filled)
    return parts if keep_all else parts.rows(~filled.any(axis=1))


def simulate_spare_parts(parts=500, months=MONTHS, rng=0, zeros=0.75, decline=0.3):
    """Return SpareParts whose mean demand is known (`expected`): in most months nobody asks for a part.

        P(demand > 0) = p (1 - decline t / (M - 1))        size - 1 = number of failures before a success, chance q

    so the mean of month t is p (1 - decline t / (M - 1)) / q. Each part has its own p, drawn from a beta distribution
    such that about `zeros` of all months are 0, and its own q, 0.4 to 0.65 (a size of about 2 pieces). `decline` is the
    share by which the demand falls until the last month: parts grow old. `rng` is a seed or a Generator.

    The shares are near those of the car parts; the form is our choice.

    Raises ValueError for numbers out of range, TypeError for what is no number.
    """
    parts, months, rng = whole("parts", parts), whole("months", months, at_least=2), generator(rng)
    zeros, decline = fraction("zeros", zeros), fraction("decline", decline)
    busy = (1 - zeros) / (1 - decline / 2)  # the mean of p, so that the mean over the months is 1 - zeros
    if not 0.01 <= busy <= 0.95:
        raise ValueError(
            _(
                "zeros is {zeros} with decline {decline}: give a share of zero months from {low:.2f} to {high:.2f}"
            ).format(zeros=zeros, decline=decline, low=1 - 0.95 * (1 - decline / 2), high=1 - 0.01 * (1 - decline / 2))
        )
    p = rng.beta(4 * busy, 4 * (1 - busy), parts)[:, None]
    q = rng.uniform(0.4, 0.65, parts)[:, None]
    chance = p * (1 - decline * np.arange(months) / (months - 1))
    asked = rng.random((parts, months)) < chance
    return SpareParts(
        demand=np.where(asked, rng.geometric(q, (parts, months)), 0).astype(np.float64),
        parts=np.array([f"part {number}" for number in range(1, parts + 1)], dtype=object),
        months=FIRST_MONTH + np.arange(months).astype("timedelta64[M]"),
        source="simulated",
        filled=np.zeros((parts, months), dtype=bool),
        expected=chance / q,
    )


def mase(y, forecast, past, period=YEAR):
    """Return the mean absolute scaled error of `forecast` for `y`, both (P, H), given the `past` (P, M).

        MASE = mean over parts of (mean over h of |y_h - forecast_h|) / (mean over t of |past_t - past_(t - period)|)

    1 is as good as "as one period before" was in the past; period = 12 is a year, 1 the month before. `forecast` may be
    a number or (P, 1). A part whose past never changed over a period has no scale and is left out.

    Source: Hyndman and Koehler (2006); with period = 12 as in the Monash archive.

    Raises ValueError for shapes that do not fit, missing values, and when no part is left.
    """
    y, past = as_float("y", y), as_float("past", past)
    period = whole("period", period)
    if y.ndim != 2 or past.ndim != 2 or len(y) != len(past):
        raise ValueError(
            _("y has shape {y} and past {past}, but (parts, horizon) and (parts, months) are needed").format(
                y=y.shape, past=past.shape
            )
        )
    if past.shape[1] <= period:
        raise ValueError(
            _("past has {months} months, but more than the period of {period} are needed").format(
                months=past.shape[1], period=period
            )
        )
    try:
        forecast = np.broadcast_to(as_float("forecast", forecast), y.shape)
    except ValueError as error:
        raise ValueError(
            _("forecast has shape {given}, but that of y, {needed}, is needed").format(
                given=np.shape(forecast), needed=y.shape
            )
        ) from error
    for name, values in (("y", y), ("forecast", forecast), ("past", past)):
        if not np.isfinite(values).all():
            raise ValueError(
                _("{name} holds missing or infinite values; fill them first, for example with 0").format(name=name)
            )
    scale = np.abs(past[:, period:] - past[:, :-period]).mean(axis=1)
    measured = scale > 0
    if not measured.any():
        raise ValueError(
            _("past never changes over {period} months in any part, so there is no scale").format(period=period)
        )
    return float(np.mean(np.abs(y - forecast).mean(axis=1)[measured] / scale[measured]))


def read_parts(path):
    """Return (parts (P,), months (M,), demand (P, M)) of the file; NaN where a cell is empty.

    Raises ValueError for a month that is none or out of order, a row of another length, and a value that is no number.
    """
    with open(path, encoding="utf-8", newline="") as f:
        header, *rows = csv.reader(f)
    months = np.array([_month(name, path.name) for name in header[1:]], "datetime64[M]")
    demand = np.full((len(rows), len(months)), np.nan)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ValueError(
                _("{file}, row {row}: it has {given} cells, but the header has {needed}").format(
                    file=path.name, row=number, given=len(row), needed=len(header)
                )
            )
        for k, cell in enumerate(row[1:]):
            try:
                demand[number - 1, k] = float(cell) if cell else np.nan
            except ValueError as error:
                raise ValueError(
                    _("{file}, row {row}: the demand in {month} is {cell!r}, but a number is needed").format(
                        file=path.name, row=number, month=header[k + 1], cell=cell
                    )
                ) from error
    return np.array([row[0] for row in rows], dtype=object), months, demand


def _month(name, file):
    """The month of "Jan-98"; English names in every locale."""
    from course_lib.data.shipments import MONTHS as NAMES

    try:
        month, year = name.split("-")
        year = int(year)
        return np.datetime64(datetime(1900 + year if year >= 90 else 2000 + year, NAMES.index(month) + 1, 1), "M")
    except ValueError as error:
        raise ValueError(
            _("{file}: the column {name!r} is no month like Jan-98").format(file=file, name=name)
        ) from error
