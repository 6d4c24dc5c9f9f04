"""A paper of the office: its words and its tables, as a PDF or as the sheets of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from tangerang_poverty.kit.formats import long_date, number
from tangerang_poverty.kit.pdf import write_pdf
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet
from tangerang_poverty.privacy.exports import Stamp

TEMPLATE = Path(__file__).with_name("paper.typ")
OFFICE = ("Pemerintah Kota Tangerang", "Dinas Sosial")
HEAD = "Kepala Dinas Sosial Kota Tangerang"
DOTS = "." * 42  # to be filled in by hand

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column, for the PDF and the workbook alike: its header and the cell it makes of a row.

    `width` as typst takes it: "12mm", or "2fr" for two shares of what is left. `sign` leaves room for a signature,
    on paper only; its cell is the number that stands there.
    """

    header: str
    cell: Callable[[Any], Cell]
    width: str = "1fr"
    align: Align = "left"
    sign: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: lines above (place and date), what the person is, the name ("" leaves dots)."""

    above: str
    title: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. With `new_page` it begins a sheet that may be handed on alone: the head of the paper stands
    there again, `facts` below it, `signatures` at its end. `lead` are paragraphs before it, on paper only. The rows of
    `sums` come last and are set off; `empty` stands where there is no row; without a `heading` the name is for the
    workbook alone."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    sums: Sequence[Any] = ()
    facts: Sequence[tuple[str, str]] = ()
    lead: Sequence[str] = ()
    empty: str = "Tidak ada."
    heading: bool = True
    new_page: bool = False
    signatures: Sequence[Signature] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole of it. `people` is how many stand in it, for the log; `annex` says which decree it belongs to.

    `number` stands below the title; `opening` before the facts and `closing` after the tables are paragraphs, on paper
    only. One signature stands on the right, two beside each other, a third below them in the middle.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    people: int
    landscape: bool = False
    annex: Sequence[tuple[str, str]] = ()
    number: str = ""
    opening: Sequence[str] = ()
    closing: Sequence[str] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[Signature] = field(default=())


def sheets(paper: Paper) -> list[Sheet]:
    """The tables as sheets: cells as values, without columns for signatures."""
    notes = [f"{label}: {text}" for label, text in paper.facts] + list(paper.notes)
    found = []
    for index, table in enumerate(paper.tables):
        columns = [column for column in table.columns if not column.sign]
        rows = [[column.cell(row) for column in columns] for row in (*table.rows, *table.sums)]
        own = [f"{label}: {text}" for label, text in table.facts]
        header = [column.header.replace("\n", " ") for column in columns]
        found.append(Sheet(table.name, header, rows, notes=[*(notes if index == 0 else []), *own]))
    return found


def write(path: Path, paper: Paper, stamp: Stamp) -> None:
    """The paper as a PDF, A4, with page numbers and the stamp on every page."""
    write_pdf(
        path,
        TEMPLATE,
        {
            "office": OFFICE,
            "title": paper.title,
            "number": paper.number,
            "opening": paper.opening,
            "closing": paper.closing,
            "facts": paper.facts,
            "annex": paper.annex,
            "landscape": paper.landscape,
            "tables": [_table(table) for table in paper.tables],
            "notes": paper.notes,
            "signatures": _signatures(paper.signatures),
            "taken": stamp.taken,
            "sample": stamp.sample,
        },
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name if table.heading else "",
        "facts": table.facts,
        "lead": table.lead,
        "new_page": table.new_page,
        "signatures": _signatures(table.signatures),
        "empty": table.empty,
        "columns": [
            {"header": one.header, "width": one.width, "align": one.align, "sign": one.sign}
            for one in table.columns
        ],
        "rows": [[_words(column, row) for column in table.columns] for row in table.rows],
        "sums": [[_words(column, row) for column in table.columns] for row in table.sums],
    }


def _words(column: Column, row: Any) -> str:
    """The number of a room for a signature is counted with, so it has no dot for thousands."""
    return str(column.cell(row)) if column.sign else text(column.cell(row))


def _signatures(people: Sequence[Signature]) -> list[list[str]]:
    return [[one.above, one.title, one.name] for one in people]


def text(cell: Cell) -> str:
    """A cell as it stands on paper: 1.250, 24 November 2015, "" for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return long_date(cell)
    return number(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)
