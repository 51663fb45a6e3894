"""What is known of a data set: its files with their checksums, its columns, and the datasheet made from them."""

from dataclasses import dataclass

from course_lib.language import _


@dataclass(frozen=True)
class Address:
    """One place to get a file. `member` names the file inside when the address serves a zip archive.

    Where that archive holds another archive and only this one holds the file, `inside` names the inner archive.
    """

    url: str
    member: str | None = None
    inside: str | None = None


@dataclass(frozen=True)
class DataFile:
    """One file: its name, the sha256 and size [bytes] of its content, and the addresses to try in this order.

    An npz that is made on the learner's computer has other bytes with another zlib, but the same arrays: then `arrays`
    has the pairs (name, `download.array_digest`) that it may hold instead.
    """

    name: str
    sha256: str
    size: int
    addresses: tuple[Address, ...]
    arrays: tuple[tuple[str, str], ...] = ()


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
    classes: tuple[str, ...] = ()  # of images, in the order of the labels: what each looks like, and its cause
    licence_text: str = ""  # where the licence asks that its text goes along with the data

    def datasheet(self):
        """Return the datasheet as Markdown text, in the learner's language where it is translated."""
        rows = [f"| {c.name} | {c.unit or '-'} | {_(c.meaning)} |" for c in self.columns]
        head = "| " + " | ".join((_("Column"), _("Unit"), _("Meaning"))) + " |"
        lines = [f"**{_(self.title)}**", "", _(self.story), "", head, "|---|---|---|", *rows, ""]
        if self.classes:
            lines += ["| " + " | ".join((_("Label"), _("Class"))) + " |", "|---|---|"]
            lines += [*(f"| {label} | {_(text)} |" for label, text in enumerate(self.classes)), ""]
        if self.known_defects:
            lines += [_("Known defects:"), "", *[f"- {_(defect)}" for defect in self.known_defects], ""]
        lines += [_("Source: {page}").format(page=self.page), ""] if self.page else []
        lines += [_("Licence: {licence}").format(licence=_(self.licence)), ""]
        lines += [_("Cite: {citation}").format(citation=self.citation)]
        if self.licence_text:
            lines += ["", "```text", self.licence_text, "```"]
        return "\n".join(lines)

    def _repr_markdown_(self):
        return self.datasheet()
