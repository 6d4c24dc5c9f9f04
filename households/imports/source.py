"""The files of a batch as recognised tables, read once where the first table already tells the layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from tangerang_poverty.kit.problems import Refused
from tangerang_poverty.kit.spreadsheets.read import Row, Table, Unreadable, open_tables

HEAD_ROWS = HEADER_WITHIN + 1


@dataclass(frozen=True)
class SourceFile:
    """A file on disk and the name it was uploaded under."""

    path: Path
    name: str


@dataclass
class SourceTable:
    """A recognised table and its data rows, to be read before the next table is asked for."""

    recognised: Recognised
    sheet: RecognisedSheet
    rows: Iterator[Row]
    expected_rows: int


def tables(files: Sequence[SourceFile], *, layout: str = "") -> Iterator[SourceTable]:
    """The tables the layout uses, one at a time. Raises Refused when the files cannot be read or recognised.

    A file that is complete with its first table is read once; otherwise the heads of all tables are looked at
    first, because only together they tell the layout.
    """
    if len(files) == 1:
        heads: list[Head] = []
        for table in _opened(files[0]):
            heads.append((table.name, table.head(HEAD_ROWS)))
            found = recognise(heads, layout=layout or None)
            if isinstance(found, list):
                if len(heads) == 1:
                    break  # the first table alone tells nothing
                continue
            yield from _used(found, len(heads) - 1, table)
        else:
            return
    yield from _two_passes(files, layout)


def _two_passes(files: Sequence[SourceFile], layout: str) -> Iterator[SourceTable]:
    heads = [(table.name, table.head(HEAD_ROWS)) for file in files for table in _opened(file)]
    found = recognise(heads, layout=layout or None)
    if isinstance(found, list):
        raise Refused(found)
    position = 0
    for file in files:
        for table in _opened(file):
            yield from _used(found, position, table)
            position += 1


def _used(found: Recognised, position: int, table: Table) -> Iterator[SourceTable]:
    for sheet in found.sheets:
        if sheet.table == position:
            rows = (row for row in table.rows if row[0] > sheet.last_header_row)
            yield SourceTable(found, sheet, rows, table.expected_rows)


def _opened(file: SourceFile) -> Iterator[Table]:
    try:
        yield from open_tables(
            file.path, filename=file.name, max_unpacked_bytes=settings.IMPORT_MAX_UNPACKED_BYTES
        )
    except Unreadable as unreadable:
        raise Refused(unreadable.problem) from unreadable
