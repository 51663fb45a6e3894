"""What data the course uses, where it comes from, under which licence, and what is wrong with it.

Nothing here is downloaded or opened: see `download.fetch`. A file is known by its sha256, so an edited copy is noticed.
"""

from dataclasses import dataclass

from course_lib.language import _


@dataclass(frozen=True)
class Address:
    """One place to get a file. `member` names the file inside when the address serves a zip archive."""

    url: str
    member: str | None = None


@dataclass(frozen=True)
class DataFile:
    """One file: its name, the sha256 and size [bytes] of its content, and the addresses to try in this order."""

    name: str
    sha256: str
    size: int
    addresses: tuple[Address, ...]


@dataclass(frozen=True)
class Column:
    """One column: its name in the file, its unit ("" for none) and what it means."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class DataSet:
    """A data set and its datasheet. `folder` is its folder name inside the data folder."""

    name: str
    title: str
    folder: str
    files: tuple[DataFile, ...]
    page: str
    licence: str
    citation: str
    story: str
    columns: tuple[Column, ...]
    known_defects: tuple[str, ...]

    def datasheet(self):
        """Return the datasheet as Markdown text, in the learner's language where it is translated."""
        rows = [f"| {c.name} | {c.unit or '-'} | {_(c.meaning)} |" for c in self.columns]
        head = "| " + " | ".join((_("Column"), _("Unit"), _("Meaning"))) + " |"
        lines = [f"**{_(self.title)}**", "", _(self.story), "", head, "|---|---|---|", *rows, ""]
        if self.known_defects:
            lines += [_("Known defects:"), "", *[f"- {_(defect)}" for defect in self.known_defects], ""]
        lines += [_("Source: {page}").format(page=self.page), ""] if self.page else []
        lines += [_("Licence: {licence}").format(licence=_(self.licence)), ""]
        lines += [_("Cite: {citation}").format(citation=self.citation)]
        return "\n".join(lines)

    def _repr_markdown_(self):
        return self.datasheet()


MACHINE_FAILURES = DataSet(
    name="machine_failures",
    title="AI4I 2020 predictive maintenance",
    folder="ai4i2020",
    files=(
        DataFile(
            name="ai4i2020.csv",
            sha256="dc6630cd9b1f0f853922fad78a1b6436570d3f1ec863f1dd5c4340ac56bc8a8e",
            size=522_048,
            addresses=(
                Address(
                    "https://archive.ics.uci.edu/static/public/601/ai4i+2020+predictive+maintenance+dataset.zip",
                    member="ai4i2020.csv",
                ),
                Address("https://archive.ics.uci.edu/ml/machine-learning-databases/00601/ai4i2020.csv"),
            ),
        ),
    ),
    page="https://doi.org/10.24432/C5HS5C (UCI Machine Learning Repository, id 601)",
    licence="CC BY 4.0",
    citation=(
        'S. Matzka, "Explainable Artificial Intelligence for Predictive Maintenance Applications", '
        "Third International Conference on Artificial Intelligence for Industries (AI4I), 2020, pp. 69-74."
    ),
    story=(
        "A milling machine makes 10,000 parts, one row each, in the order of production. 339 rows (3.39 %) end in a "
        "machine failure. The tool wears by 2, 3 or 5 min with each part of quality L, M or H; when the wear falls "
        "back to 0 the tool was changed: 120 tools in all."
    ),
    columns=(
        Column("UDI", "", "row number, 1 to 10000: an identifier, never an input"),
        Column("Product ID", "", "quality letter and serial number: an identifier, never an input"),
        Column("Type", "", "product quality: L (low, 6000 rows), M (medium, 2997), H (high, 1003)"),
        Column("Air temperature [K]", "K", "295.3 to 304.5; a slow random walk"),
        Column("Process temperature [K]", "K", "305.7 to 313.8; about 10 K above the air"),
        Column("Rotational speed [rpm]", "rpm", "1168 to 2886"),
        Column("Torque [Nm]", "Nm", "3.8 to 76.6"),
        Column("Tool wear [min]", "min", "0 to 253: minutes this tool has been cutting"),
        Column("Machine failure", "", "the label: 1 in 339 rows"),
        Column("TWF", "", "tool wear failure (46 rows): part of the label, never an input"),
        Column("HDF", "", "heat dissipation failure (115 rows): part of the label, never an input"),
        Column("PWF", "", "power failure (95 rows): part of the label, never an input"),
        Column("OSF", "", "overstrain failure (98 rows): part of the label, never an input"),
        Column("RNF", "", "random failure (19 rows): part of the label, never an input"),
    ),
    known_defects=(
        "The data are synthetic: rules made them (see `simulate_machine_failures`), no machine was measured.",
        "TWF, HDF, PWF, OSF and RNF are parts of the label. With them as inputs every model looks perfect.",
        "9 rows are failures with no failure mode; 18 rows have RNF = 1 but Machine failure = 0. "
        "No model can learn these.",
        "In 27 slow rows the temperature difference is exactly the limit 8.6 K. The makers did not round it, so the "
        "last binary digit decided: 12 count as heat failures, 15 do not.",
        "The temperatures drift slowly, so neighbouring rows are alike, and 115 heat failures come in a few runs. "
        "A split row by row leaks; split by tool.",
        "Many copies on the internet are edited (columns dropped, header changed): the sha256 tells.",
    ),
)

SENSOR_TABLE = DataSet(
    name="sensor_table",
    title="Simulated bearing sensors",
    folder="",
    files=(),
    page="",
    licence="MIT (made by the course itself)",
    citation="course_lib.data.sensor_table",
    story=(
        "Two sensors on the bearing of a motor, several motors, and whether the bearing needs maintenance. "
        "The true probability is known for every point."
    ),
    columns=(
        Column("bearing temperature", "°C", "35 to 95, centre 65"),
        Column("vibration", "mm/s RMS", "1 to 7, centre 4"),
    ),
    known_defects=("Simulated: cleaner than any real plant.",),
)

CATALOGUE = {data_set.name: data_set for data_set in (MACHINE_FAILURES, SENSOR_TABLE)}
