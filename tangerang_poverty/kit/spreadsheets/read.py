"""Rows out of an XLSX, XLS, ODS or CSV file, one sheet at a time, with every refusal as a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from tangerang_poverty.kit.spreadsheets import delimited, probe, segments
from tangerang_poverty.kit.spreadsheets.content import Content, Unreadable, content_of, encrypted

__all__ = ["Book", "Cell", "Row", "Table", "Unreadable", "as_number", "as_text", "open_tables"]

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Row = tuple[int, list[Cell]]
BLANK = "\0" + "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())


@dataclass
class Table:
    """One sheet. `rows` runs once: (row number in the sheet from 1, cells from column A); blank rows are left
    out, an empty cell is "" or None. `expected_rows` is an estimate, for a progress bar. `usual_width` is how many
    cells a row of delimited text mostly has, 0 in a workbook, where a row cannot slip."""

    name: str
    rows: Iterator[Row]
    expected_rows: int
    usual_width: int = 0

    def head(self, count: int) -> list[Row]:
        """The next `count` rows, which `rows` gives once more: look at the headers, then read all."""
        taken = list(islice(self.rows, count))
        self.rows = chain(taken, self.rows)
        return taken


class Book:
    """A spreadsheet file whose sheets can be read in any order, and more than once; a CSV is one sheet.

    The kind is told by content; `filename` only names the file in messages. What is refused for the whole file
    (not a spreadsheet, encrypted, damaged, too large) raises Unreadable here; a damaged sheet on the way.
    """

    def __init__(self, path: Path, *, filename: str, max_unpacked_bytes: int) -> None:
        self.path, self.filename = path, filename
        self.content: Content = content_of(path, filename, max_unpacked_bytes=max_unpacked_bytes)

    @property
    def is_text(self) -> bool:
        return self.content.kind == "csv"

    @cached_property
    def visible(self) -> list[str]:
        """The names of the sheets people see, in their order; a CSV's is that of the file."""
        if self.is_text:
            return [Path(self.filename).stem]
        return [sheet.name for sheet in self._sheets if sheet.visible == SheetVisibleEnum.Visible]

    @cached_property
    def hidden(self) -> list[str]:
        """The names of the sheets they do not see."""
        return [] if self.is_text else [one.name for one in self._sheets if one.name not in self.visible]

    @cached_property
    def _sheets(self) -> list[SheetMetadata]:
        if _kills_its_reader(self.path, spared=self._large):
            raise _damaged(self.filename)
        with _unreadable_when_damaged(self.filename), _workbook(self.path) as workbook:
            return [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]

    @cached_property
    def _large(self) -> dict[str, segments.LargeSheet]:
        """Sheets that are read in pieces, which cannot fill the memory: only when cells say where they stand."""
        return segments.found(self.path) if self.content.numbered else {}

    def tables(self, names: Sequence[str]) -> Iterator[Table]:
        """Those of the named sheets that have a row. Only one is in memory: going on closes the one before."""
        for name in names:
            table = self._table(name)
            rows = table.rows
            if table.head(1):
                yield table
            if isinstance(rows, Generator):
                rows.close()  # frees the sheet even when the caller has not read it to its end
            table.rows = _gone(name)

    def no_rows(self) -> Unreadable:
        """The refusal of a file of which no visible sheet has a row."""
        message = f"Berkas {self.filename} tidak berisi satu baris pun pada lembar yang terlihat."
        return Unreadable("empty", message)

    def _table(self, name: str) -> Table:
        if self.is_text:
            text = delimited.Text(self.path, self.filename)
            rows = _numbered(enumerate(text.records(), start=1))
            return Table(name, rows, delimited.line_count(self.path), text.width)
        if large := self._large.get(name):
            return Table(name, _guarded(_numbered(large.rows()), self.filename, name), large.expected_rows)
        return _whole_sheet(self.path, name, self.filename)


def open_tables(path: Path, *, filename: str, max_unpacked_bytes: int) -> Iterator[Table]:
    """The filled, visible sheets of a file in their order. Raises Unreadable: see Book; on the way without any row."""
    return _filled(Book(path, filename=filename, max_unpacked_bytes=max_unpacked_bytes))


def as_number(cell: Cell) -> str:
    """A cell as text, "35.0" and "35,0" as "35": so programs write whole numbers of a column with empty cells."""
    text = as_text(cell)
    return text[:-2] if text[-2:] in (".0", ",0") and text[:-2].isdecimal() else text


def _filled(book: Book) -> Iterator[Table]:
    found = False
    for table in book.tables(book.visible):
        found = True
        yield table
    if not found:
        raise book.no_rows()


def as_text(cell: Cell) -> str:
    """A cell as text: "" for an empty one, 12.0 as "12", dates as ISO, without NUL and outer white space."""
    if isinstance(cell, str):
        return (cell.replace("\0", "") if "\0" in cell else cell).strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _gone(name: str) -> Iterator[Row]:
    """Loud, because a list of tables would otherwise look like tables without rows."""
    raise RuntimeError(f"Read the rows of {name} before going on to the next table.")
    yield


def _numbered(rows: Iterator[tuple[int, list[Any]]], *, left: int = 0) -> Iterator[Row]:
    padding: list[Cell] = [None] * left
    for number, row in rows:
        for cell in row:
            if cell is not None and (not isinstance(cell, str) or cell.strip(BLANK)):
                yield number, padding + row if left else row
                break


def _kills_its_reader(path: Path, *, spared: Collection[str]) -> bool:
    command = [sys.executable, "-I", probe.__file__, str(path)]
    names = json.dumps([*spared]).encode()
    return subprocess.run(command, input=names, capture_output=True, check=False).returncode < 0  # noqa: S603 - our own file


def _whole_sheet(path: Path, name: str, filename: str) -> Table:
    with _unreadable_when_damaged(filename, name), _workbook(path) as workbook:
        sheet = workbook.get_sheet_by_name(name)
    rows = _numbered(enumerate(sheet.iter_rows(), start=1), left=sheet.start[1] if sheet.start else 0)
    return Table(name, rows, sheet.end[0] + 1 if sheet.end else 0)


def _workbook(path: Path) -> CalamineWorkbook:
    with path.open("rb") as file:  # by its bytes: from a path the library would trust the file's ending
        return CalamineWorkbook.from_filelike(file)


def _guarded(rows: Iterator[Row], filename: str, name: str) -> Iterator[Row]:
    with _unreadable_when_damaged(filename, name):
        yield from rows


@contextmanager
def _unreadable_when_damaged(filename: str, sheet: str = "") -> Iterator[None]:
    """Turns what the reading library raises into Unreadable, its Rust panics (which are no Exception) too."""
    try:
        yield
    except PasswordError as error:
        raise encrypted(filename) from error
    except BaseException as error:
        if not isinstance(error, CalamineError) and type(error).__name__ != "PanicException":
            raise
        raise _damaged(filename, sheet) from error


def _damaged(filename: str, sheet: str = "") -> Unreadable:
    where = f"Lembar {sheet} dalam berkas {filename}" if sheet else f"Berkas {filename}"
    return Unreadable(
        "damaged", f"{where} rusak sehingga tidak terbaca. Buka di Excel, simpan lagi, lalu unggah ulang."
    )
