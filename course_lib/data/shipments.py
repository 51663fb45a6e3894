"""Deliveries and their lead times: the history of USAID's supply chain for medicines, and simulated deliveries."""

import csv
import io
import zipfile
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from course_lib.data.catalogue import SHIPMENTS
from course_lib.data.download import fetch
from course_lib.data.table import Table
from course_lib.language import _
from course_lib.nn.checks import generator, number, positive, whole

MEMBER = "SCMS_Delivery_History_Dataset.csv"
LARGEST = 20_000_000  # bytes; the file has 3,785,904
NO_ORDER_DATE = ("N/A - From RDC", "Date Not Captured")  # known texts in place of a date
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CATEGORIES = (  # column of the file, its name here: all of them known when the order is sent
    ("Country", "country"),
    ("Vendor INCO Term", "delivery term"),
    ("Shipment Mode", "shipment mode"),
    ("Product Group", "product group"),
    ("Sub Classification", "product class"),
    ("Vendor", "vendor"),
    ("First Line Designation", "first-line product"),
)
NUMBERS = (("Line Item Quantity", "quantity", "packs"), ("Line Item Value", "value", "USD"))
SEASON = ("season sine", "season cosine")

START = np.datetime64("2020-01-01", "D")  # of the simulated orders
VENDORS = {  # distance [km], preparation [days]
    "vendor A": (300.0, 8.0),
    "vendor B": (900.0, 14.0),
    "vendor C": (1800.0, 25.0),
    "vendor D": (6500.0, 20.0),
    "vendor E": (8200.0, 35.0),
    "vendor F": (9100.0, 15.0),
    "vendor G": (11500.0, 45.0),
    "vendor H": (15000.0, 30.0),
}
MODES = {"truck": (500.0, 2.0), "ship": (450.0, 14.0), "plane": (4000.0, 4.0)}  # speed [km/day], handling [days]
PRODUCTS = {"raw material": 5.0, "parts": 40.0, "electronics": 120.0}  # USD for a pack


@dataclass(frozen=True)
class Shipments(Table):
    """A Table of deliveries: `x` what was known at the order, `y` (N,) float64 the lead time [days].

    `categories` has one entry a column: the names of its codes 0, 1, 2 ..., or () for a number. `time` (N,) is the day
    of the order, `delivered` (N,) the day of the delivery, both datetime64[D]; `groups` (N,) the purchase order: its
    lines were sent on one day. `dropped` counts the rows that were left out, by reason. `expected` (N,) is known for
    simulated deliveries only: the median of the lead time given all of `x`, so no forecast has a smaller mean
    absolute error.
    """

    categories: tuple[tuple[str, ...], ...] = ()
    time: np.ndarray | None = None
    delivered: np.ndarray | None = None
    dropped: dict[str, int] | None = None
    expected: np.ndarray | None = None

    def __post_init__(self):
        super().__post_init__()
        if len(self.categories) != self.x.shape[1]:
            raise ValueError(
                _("categories has {length} entries but x has {columns} columns").format(
                    length=len(self.categories), columns=self.x.shape[1]
                )
            )
        for name in ("time", "delivered"):
            values = getattr(self, name)
            if values is None or len(values) != len(self.x):
                raise ValueError(
                    _("{name} is missing or has another length than x: give the day of each row").format(name=name)
                )
        early = np.flatnonzero(self.y < 0)
        if len(early):
            raise ValueError(
                _(
                    "y is negative in {count} rows, first in row {row}: delivered on {delivered}, ordered on "
                    "{ordered}. A lead time below 0 is an error of the record; leave the row out."
                ).format(
                    count=len(early),
                    row=early[0],
                    delivered=self.delivered[early[0]],
                    ordered=self.time[early[0]],
                )
            )

    def rows(self, index):
        """Return these deliveries only; `index` is a boolean mask (N,) or row numbers."""
        chosen = {name: getattr(self, name)[index] for name in ("x", "y", "groups", "time", "delivered")}
        return replace(self, **chosen, expected=None if self.expected is None else self.expected[index])

    def delivered_before(self, day):
        """Return the deliveries whose lead time is known on `day` (a date): what a model can learn from on that day.

        The lead time of an order is known when the goods arrive, weeks or months later: the label delay. Orders sent
        shortly before `day` are kept only where they were quick, so the last weeks of what is left look too good.
        """
        return self.rows(self.delivered < np.datetime64(day, "D"))

    def __repr__(self):
        return _(
            "Shipments ({source}): {rows} deliveries of {orders} orders from {start} to {end}, lead time {low:.0f} to "
            "{high:.0f} days, median {middle:.0f}; inputs: {labels}"
        ).format(
            source=self.source,
            rows=len(self),
            orders=len(np.unique(self.groups)),
            start=self.time.min() if len(self) else "-",
            end=self.time.max() if len(self) else "-",
            low=self.y.min(initial=np.inf),
            high=self.y.max(initial=-np.inf),
            middle=np.median(self.y) if len(self) else np.nan,
            labels=", ".join(self.labels),
        )


def load_shipments():
    """Return Shipments: 4,587 real deliveries of medicines and tests to 40 countries, ordered from 2006 to 2015.

    y is the lead time from the order ("PO Sent to Vendor") to the delivery ("Delivered to Client") [days]. Columns:
    what was known when the order was sent: country, delivery term (Incoterm), shipment mode, product group and class,
    vendor, first-line product (each as a code, see `categories`), quantity [packs], value [USD], and the season (sine
    and cosine of the day of the year). Weight, freight cost and insurance come with the invoice and the scheduled date
    was moved afterwards, so they are not among them.

    Left out and counted in `dropped`: rows whose order has no date (from a warehouse, or not captured: 5,732), and
    negative lead times (5): these are errors.

    Split by time: `split_by_time`; `delivered_before` leaves out labels that were not known yet. Source: USAID, Supply
    Chain Shipment Pricing Data, a work of the U.S. Government, public domain. Raises DataUnavailable.
    """
    return shipments_of(read_deliveries(fetch(SHIPMENTS)), MEMBER)


def simulate_shipments(n=4000, rng=0, years=5.0, drift=0.0, noise=0.35):
    """Return Shipments of a plant's suppliers, with the true median of each lead time (`expected`).

    Eight vendors, near and far, deliver by truck, ship or plane; n orders over `years` from 2020-01-01:

        median = season (preparation + slow) + distance / speed + handling + late [days]
        lead time = median exp(noise e), in whole days        e standard normal

    preparation and distance belong to the vendor; speed (km a day) and handling (days) to the mode (`MODES`); slow is
    2 days for each doubling of the quantity beyond 500 packs; season is 1 on average, 1.2 at the end of January.
    `drift`: late is this many days for ships in the last 30 % of the time (ports are full), else 0. A model of the
    past does not know that.

    Columns: vendor, shipment mode and product group (codes), quantity [packs], value [USD], distance [km], season.
    `rng` is a seed or a Generator. All numbers are ours.

    Raises ValueError for numbers out of range, TypeError for what is no number.
    """
    n, rng, years, noise = whole("n", n), generator(rng), positive("years", years), number("noise", noise)
    drift = number("drift", drift)
    for name, value, high in (("drift", drift, 1000), ("noise", noise, 2)):
        if not 0 <= value <= high:
            raise ValueError(
                _("{name} must be from {low} to {high}, but is {given}").format(
                    name=name, low=0, high=high, given=value
                )
            )
    days = max(1, round(365.25 * years))
    time = START + np.sort(rng.integers(days, size=n)).astype("timedelta64[D]")
    vendor, group = rng.integers(len(VENDORS), size=n), rng.integers(len(PRODUCTS), size=n)
    distance, preparation = (np.array(list(VENDORS.values()))[vendor, k] for k in (0, 1))
    quantity = np.round(np.exp(rng.normal(np.log(500), 1.1, n))).clip(1)
    value = np.round(quantity * np.exp(rng.normal(0, 0.4, n)) * np.array(list(PRODUCTS.values()))[group], 2)
    by_air = rng.random(n) < 0.25 + 0.5 * (value < 2000)
    mode = np.where(distance < 2500, 0, np.where(by_air, 2, 1))
    speed, handling = (np.array(list(MODES.values()))[mode, k] for k in (0, 1))
    sine, cosine = season(time).T
    slow = 2 * np.log2(np.maximum(quantity / 500, 1))
    late = drift * ((mode == 1) & (time >= START + np.timedelta64(int(0.7 * days), "D")))
    wave = 1 + 0.2 * (cosine * np.cos(0.52) + sine * np.sin(0.52))  # its top is on day 30 of the year
    expected = wave * (preparation + slow) + distance / speed + handling + late
    lead = np.round(expected * np.exp(noise * rng.normal(size=n)))
    names = (("", "vendor"), ("", "shipment mode"), ("", "product group"), *NUMBERS, ("", "distance", "km"))
    return _shipments(
        x=np.column_stack([vendor, mode, group, quantity, value, distance, sine, cosine]),
        time=time,
        delivered=time + lead.astype(int),
        groups=np.arange(n),
        names=names,
        categories=(tuple(VENDORS), tuple(MODES), tuple(PRODUCTS), *((),) * 5),
        source="simulated",
        dropped={"no order date": 0, "negative lead time": 0},
        expected=expected,
    )


def one_hot(train, *others):
    """Return the Shipments `train` and `others` as a list, each code replaced by one column of 0 and 1 a category.

    The categories are those of the training rows; a row with another one (a new vendor) has 0 in all of its columns.
    Numbers stay as they are. For linear models and networks; a tree can use the codes.
    """
    columns, names, units = [], [], []
    for k, known in enumerate(train.categories):
        codes = np.unique(train.x[:, k]).astype(int).tolist() if known else [None]
        columns += [(k, code) for code in codes]
        names += [
            train.feature_names[k] if code is None else f"{train.feature_names[k]}: {known[code]}" for code in codes
        ]
        units += [train.units[k]] * len(codes)
    return [
        replace(
            part,
            x=np.column_stack([part.x[:, k] if code is None else part.x[:, k] == code for k, code in columns]),
            feature_names=tuple(names),
            units=tuple(units),
            categories=((),) * len(columns),
        )
        for part in (train, *others)
    ]


def season(time):
    """Return sine and cosine of the day of the year (N, 2) for the days `time` (N,) datetime64."""
    day = (time.astype("datetime64[D]") - time.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)
    angle = 2 * np.pi * day / 365.25
    return np.column_stack([np.sin(angle), np.cos(angle)])


def shipments_of(rows, file):
    """Return Shipments from the rows (dictionaries) of the file; `file` is its name, for messages.

    Raises ValueError for a date that is none and for a quantity or value that is no number.
    """
    dropped = {"no order date": 0, "negative lead time": 0}
    kept, ordered, delivered = [], [], []
    for line, row in enumerate(rows, start=1):
        if row["PO Sent to Vendor Date"] in NO_ORDER_DATE:
            dropped["no order date"] += 1
            continue
        start = _day(row, "PO Sent to Vendor Date", line, file)
        end = _day(row, "Delivered to Client Date", line, file)
        if end < start:
            dropped["negative lead time"] += 1
            continue
        kept.append((line, row))
        ordered.append(start)
        delivered.append(end)
    time, delivered = np.array(ordered, "datetime64[D]"), np.array(delivered, "datetime64[D]")
    order = np.argsort(time, kind="stable")
    columns, categories = [], []
    for column, _name in CATEGORIES:
        names, codes = np.unique([row[column] for _line, row in kept], return_inverse=True)
        columns.append(codes)
        categories.append(tuple(names.tolist()))
    for column, _name, _unit in NUMBERS:
        columns.append([_amount(row, column, line, file) for line, row in kept])
        categories.append(())
    return _shipments(
        x=np.column_stack([*columns, season(time)])[order],
        time=time[order],
        delivered=delivered[order],
        groups=np.unique([row["PO / SO #"] for _line, row in kept], return_inverse=True)[1][order],
        names=CATEGORIES + NUMBERS,
        categories=(*categories, (), ()),
        source="real",
        dropped=dropped,
    )


def read_deliveries(path):
    """Return the rows of the zipped file as dictionaries. Its lines end with CR alone, as on an old Macintosh."""
    with zipfile.ZipFile(path) as archive, archive.open(MEMBER) as f:
        content = f.read(LARGEST)
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def parse_day(text):
    """Return the date of "11/24/06" (month/day/year) or "2-Jun-06" (day-month-year). Raises ValueError for others."""
    if "/" in text:
        month, day, year = (int(part) for part in text.split("/"))
    else:
        day, name, year = text.split("-")
        day, month, year = int(day), MONTHS.index(name) + 1, int(year)
    if not 0 <= year < 100:
        raise ValueError(text)
    return date(2000 + year, month, day)


def _day(row, column, line, file):
    try:
        return parse_day(row[column])
    except (ValueError, TypeError) as error:
        raise ValueError(
            _("{file}, row {row}: {column} is {given!r}, which is no date like 11/24/06 or 2-Jun-06").format(
                file=file, row=line, column=column, given=row[column]
            )
        ) from error


def _amount(row, column, line, file):
    try:
        amount = float(row[column])
    except (ValueError, TypeError):
        amount = np.nan
    if not 0 <= amount < np.inf:
        raise ValueError(
            _("{file}, row {row}: {column} is {given!r}, but a number of at least 0 is needed").format(
                file=file, row=line, column=column, given=row[column]
            )
        )
    return amount


def _shipments(x, time, delivered, groups, names, categories, source, dropped, expected=None):
    return Shipments(
        x=x.astype(np.float64),
        y=(delivered - time).astype(np.float64),
        feature_names=tuple(_(name[1]) for name in names) + tuple(map(_, SEASON)),
        units=tuple(name[2] if len(name) == 3 else "" for name in names) + ("", ""),
        groups=groups,
        source=source,
        group_name=_("purchase order"),
        categories=categories,
        time=time,
        delivered=delivered,
        dropped=dropped,
        expected=expected,
    )
