"""The files of a batch as recognised tables, and the filled sheets that are left aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from households.imports.layouts.recognise import (
    HEADER_WITHIN,
    Head,
    Recognised,
    RecognisedSheet,
    recognise,
)
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.spreadsheets.read import Book, Row, Table, Unreadable, as_text
from tangerang_poverty.kit.spreadsheets.write import NOTES_HEADER, NOTES_SHEET

HEAD_ROWS = HEADER_WITHIN + 1


@dataclass(frozen=True)
class SourceFile:
    """A file on disk and the name it was uploaded under."""

    path: Path
    name: str


@dataclass
class SourceTable:
    """A recognised table and its data rows, to be read before the next table is asked for.

    `usual_width` is how many cells a row of delimited text mostly has, 0 in a workbook.
    """

    recognised: Recognised
    sheet: RecognisedSheet
    rows: Iterator[Row]
    expected_rows: int
    usual_width: int


@dataclass(frozen=True)
class LeftAside:
    """A sheet with rows that is not read, hidden ones too, and the warning that says so."""

    name: str
    warning: Problem


def tables(files: Sequence[SourceFile], *, layout: str = "") -> Iterator[SourceTable | LeftAside]:
    """The tables the layout uses and the sheets it leaves aside, one at a time, hidden sheets last.

    Raises Refused when the files cannot be read or recognised. The heads of all sheets are looked at before the
    first is read, because only together they tell the layout; the first one, mostly the only one, is opened once.
    """
    with _refused_when_unreadable():
        books = [_opened(file) for file in files]
        places = [(book, name) for book in books for name in book.visible]
        heads: list[Head] = [(name, []) for _, name in places]
        for number, (book, name) in enumerate(places[1:], start=1):
            for table in book.tables([name]):
                heads[number] = (name, table.head(HEAD_ROWS))
        found: Recognised | None = None
        for number, (book, name) in enumerate(places):
            for table in book.tables([name]):
                if found is None:
                    heads[number] = (name, table.head(HEAD_ROWS))
                    found = _recognised(books, heads, layout)
                yield from _read(found, number, table)
        if found is None:
            raise books[0].no_rows()
        for book in books:
            for table in book.tables(book.hidden):
                yield from _left_aside(
                    table,
                    "karena disembunyikan. Tampilkan lembar itu, lalu unggah lagi, bila isinya harus ikut",
                )


def _opened(file: SourceFile) -> Book:
    limit = settings.IMPORT_MAX_UNPACKED_BYTES
    return Book(file.path, filename=file.name, max_unpacked_bytes=limit)


def _recognised(books: Sequence[Book], heads: Sequence[Head], layout: str) -> Recognised:
    start = 0
    for book in books:
        end = start + len(book.visible)
        if not any(rows for _, rows in heads[start:end]):
            raise book.no_rows()
        start = end
    found = recognise(heads, layout=layout or None, files=[book.filename for book in books])
    if isinstance(found, list):
        raise Refused(found)
    return found


def _read(found: Recognised, number: int, table: Table) -> Iterator[SourceTable | LeftAside]:
    for sheet in found.sheets:
        if sheet.table == number:
            rows = (row for row in table.rows if row[0] > sheet.last_header_row)
            yield SourceTable(found, sheet, rows, table.expected_rows, table.usual_width)
            return
    yield from _left_aside(
        table,
        f"karena dalam {HEADER_WITHIN} baris pertamanya tidak ada judul kolom tata letak {found.layout.label}",
    )


def _left_aside(table: Table, why: str) -> Iterator[LeftAside]:
    """A single row is a title, and our own notes on rejected rows need no mention."""
    head = table.head(1)
    ours = table.name.startswith(NOTES_SHEET) and [as_text(cell) for cell in head[0][1]] == [*NOTES_HEADER]
    count = sum(1 for _ in table.rows)
    if count > 1 and not ours:
        message = f"Lembar “{table.name[:60]}” ({count} baris berisi) tidak dibaca {why}."
        yield LeftAside(table.name, Problem("sheet_ignored", message, severity="warning"))


@contextmanager
def _refused_when_unreadable() -> Iterator[None]:
    try:
        yield
    except Unreadable as unreadable:
        raise Refused(unreadable.problem) from unreadable
