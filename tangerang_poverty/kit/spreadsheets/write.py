"""XLSX files whose text stays text: "=1+1", "0012" and a NIK arrive as they were."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import Any

from rustpy_xlsxwriter import Format, write_worksheets

from tangerang_poverty.kit.spreadsheets.read import Cell, as_text

NOTES_SHEET, NOTES_HEADER = "Keterangan", ("Lembar", "Keterangan")
LONGEST_TEXT = 32_767  # Excel's limit for a cell
EXACT_DIGITS = 15  # Excel keeps no more digits of a number
SMALL = 10**9  # far inside what Excel keeps exactly
PEEK_ROWS = 200  # rows looked at before writing, for column widths and date columns
WIDEST = 50
FIRST_YEAR = 1900  # of Excel's calendar
DATE_FORMAT, DATETIME_FORMAT = "dd-mm-yyyy", "dd-mm-yyyy hh:mm"
ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ILLEGAL_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` may be a generator and is read once. `notes` become lines of a last sheet."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[str] = ()


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write `sheets` (at least one) to `path`, row by row: a generator is never held as a whole.

    Header bold and frozen, widths after the first rows. A column is a date column when the first rows hold
    only dates there; a date elsewhere is written as text (dd-mm-yyyy), so no number ever turns into a date.
    Whole numbers of more than 15 digits become text. Characters that XML forbids are dropped, text over
    Excel's 32,767 characters is cut. Rows longer or shorter than the header raise ValueError.
    What a generator raises passes through; then no file is left at `path`.
    """
    names = _sheet_names(sheet.name for sheet in sheets)
    plans = [_Plan(name, sheet.header, sheet.rows) for name, sheet in zip(names, sheets, strict=True)]
    lines = [(sheet.name, note) for sheet in sheets for note in sheet.notes]
    if lines:
        notes_name = _sheet_names([*names, NOTES_SHEET])[-1]
        plans.append(_Plan(notes_name, NOTES_HEADER, lines))
    write_worksheets(
        [(plan.name, plan.records()) for plan in plans],
        str(path),
        bold_headers=True,
        freeze_panes={"general": {"row": 1, "col": 0}},
        column_widths={plan.name: plan.widths() for plan in plans},
        column_formats={plan.name: plan.formats() for plan in plans if plan.formats()},
    )


class _Plan:
    """How one sheet is written, decided from its header and its first rows."""

    def __init__(self, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        self.name = name
        self.keys = _unique_keys(header)
        iterator = iter(rows)
        self.first = list(islice(iterator, PEEK_ROWS))
        self.rows: Iterator[Sequence[Cell]] = chain(self.first, iterator)
        columns = list(zip(*self.first, strict=True)) if self.first else []
        self.types = [_column_type(column) for column in columns] or [None] * len(self.keys)

    def records(self) -> Iterator[dict[str, Any]]:
        if not self.first:
            yield dict.fromkeys(self.keys)  # an empty row, because the library writes no header without one
        dated = [(index, kind) for index, kind in enumerate(self.types) if kind]
        for row in self.rows:
            # Nearly all cells are short printable text, small numbers or nothing: seen here, they save
            # a million calls of `_plain`.
            cells: list[Cell] = [
                cell
                if (type(cell) is str and len(cell) <= LONGEST_TEXT and cell.isprintable())
                or cell is None
                or (type(cell) is int and -SMALL < cell < SMALL)
                else _plain(cell)
                for cell in row
            ]
            for index, kind in dated:
                cell = row[index]
                if type(cell) is kind and cell.year >= FIRST_YEAR:
                    cells[index] = cell
                elif not isinstance(cells[index], str | None):
                    cells[index] = as_text(row[index])  # a number in a date column would be shown as a date
            yield dict(zip(self.keys, cells, strict=True))

    def widths(self) -> dict[str, float]:
        found = {key: len(key.strip()) for key in self.keys}
        for row in self.first:
            for key, cell in zip(self.keys, row, strict=True):
                found[key] = max(found[key], len(str(cell)) if cell is not None else 0)
        return {key: float(min(width + 2, WIDEST)) for key, width in found.items()}

    def formats(self) -> dict[str, Format]:
        shown = {date: DATE_FORMAT, datetime: DATETIME_FORMAT}
        return {
            key: Format().set_num_format(shown[kind])
            for key, kind in zip(self.keys, self.types, strict=True)
            if kind
        }


def _column_type(cells: Sequence[Cell]) -> type[date] | None:
    """date or datetime when every filled cell is exactly that, else None."""
    kinds = {type(cell) for cell in cells if cell is not None}
    kind = kinds.pop() if len(kinds) == 1 else None
    return kind if kind in (date, datetime) else None


def _plain(cell: Cell) -> str | int | float | bool | None:
    """What may be written as it stands: dates and long numbers as text, text without illegal letters."""
    if isinstance(cell, str):
        if ILLEGAL_IN_XML.search(cell):
            cell = ILLEGAL_IN_XML.sub("", cell)
        return cell[:LONGEST_TEXT] if len(cell) > LONGEST_TEXT else cell
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, int):
        return cell if abs(cell) < 10**EXACT_DIGITS else str(cell)
    if isinstance(cell, float):
        if not isfinite(cell):
            return None
        return as_text(cell) if abs(cell) >= 10**EXACT_DIGITS and cell.is_integer() else cell
    if isinstance(cell, datetime):
        return cell.strftime("%d-%m-%Y %H:%M")
    return cell.strftime("%d-%m-%Y") if isinstance(cell, date) else as_text(cell)


def _unique_keys(header: Sequence[str]) -> list[str]:
    """The header as dictionary keys: a repeated title gets trailing spaces, which nobody sees."""
    keys: list[str] = []
    for title in header:
        key = str(_plain(title))[: LONGEST_TEXT - len(header)]
        while key in keys:
            key += " "
        keys.append(key)
    return keys


def _sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names Excel accepts: at most 31 characters, none of []:*?/\\, no outer apostrophe, unique."""
    names: list[str] = []
    for name in wanted:
        clean = ILLEGAL_IN_NAME.sub(" ", name).strip(" '")[:31].strip(" '") or "Lembar"
        candidate, number = clean, 1
        while candidate.lower() in (taken.lower() for taken in names):
            number += 1
            candidate = f"{clean[: 31 - len(str(number)) - 1]} {number}"
        names.append(candidate)
    return names
