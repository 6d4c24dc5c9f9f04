"""A large XLSX sheet read piece by piece, because the reading library holds a whole sheet in memory.

The sheet's XML is unpacked once and cut between rows; each piece goes to the library as a small workbook of
its own. 210,000 rows of 42 columns then take 125 MB instead of 750, and the first row comes at once.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineWorkbook

PIECE_BYTES = 8 << 20
CHUNK = 1 << 20
SHEET_START, SHEET_END = b"<sheetData>", b"</sheetData></worksheet>"
FIRST_ROW = re.compile(rb"\s*<row [^>]*?\br=\"\d+\"")
ROW_END = b"</row>"


class LargeSheet:
    """The worksheet `name` of a workbook, when it can be cut: see `found`."""

    def __init__(self, path: Path, name: str, member: zipfile.ZipInfo, start: bytes) -> None:
        self.path, self.name, self.member = path, name, member
        self.head = start[: start.index(SHEET_START) + len(SHEET_START)]
        self.expected_rows = max(1, start.count(ROW_END) * member.file_size // len(start))

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """(row number from 1, cells from column A) of all rows, blank ones included. Raises what zipfile and
        calamine raise."""
        with zipfile.ZipFile(self.path) as archive:
            parts = [
                (member.filename, archive.read(member)) for member in archive.infolist() if _is_shared(member)
            ]
            # Every piece carries the shared strings, so large ones call for fewer pieces.
            size = max(PIECE_BYTES, 2 * max((len(data) for _, data in parts), default=0))
            for piece in self._pieces(archive, size):
                yield from self._piece_rows(parts, piece)

    def _pieces(self, archive: zipfile.ZipFile, size: int) -> Iterator[bytes]:
        with archive.open(self.member) as file:
            file.read(len(self.head))
            rest = b""
            while data := file.read(size):
                rest += data
                end = rest.rfind(ROW_END) + len(ROW_END)
                if end >= len(ROW_END):
                    yield rest[:end]
                    rest = rest[end:]

    def _piece_rows(self, parts: list[tuple[str, bytes]], piece: bytes) -> Iterator[tuple[int, list[Any]]]:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:  # stored, not compressed
            for filename, data in parts:
                archive.writestr(filename, data)
            archive.writestr(self.member.filename, b"".join((self.head, piece, SHEET_END)))
        buffer.seek(0)
        with CalamineWorkbook.from_filelike(buffer) as workbook:
            sheet = workbook.get_sheet_by_name(self.name)
        if sheet.start:
            row, column = sheet.start
            padding: list[Any] = [None] * column
            for number, cells in enumerate(sheet.to_python(skip_empty_area=True), start=row + 1):
                yield number, padding + cells if column else cells


def found(path: Path) -> dict[str, LargeSheet]:
    """The worksheets that are large and whose rows are numbered, as Excel and all usual writers do, by name."""
    with zipfile.ZipFile(path) as archive:
        members = set(archive.namelist())
        sheets = {
            name: _cuttable(archive, path, name, target)
            for name, target in _targets(archive).items()
            if target in members
        }
    return {name: sheet for name, sheet in sheets.items() if sheet}


def _cuttable(archive: zipfile.ZipFile, path: Path, name: str, target: str) -> LargeSheet | None:
    member = archive.getinfo(target)
    if member.file_size <= 2 * PIECE_BYTES:
        return None
    with archive.open(member) as file:
        start = file.read(CHUNK)
    place = start.find(SHEET_START)
    if place < 0 or not FIRST_ROW.match(start, place + len(SHEET_START)):
        return None
    return LargeSheet(path, name, member, start)


def _is_shared(member: zipfile.ZipInfo) -> bool:
    """What every sheet needs: workbook, styles, shared strings, relations; no other sheet, no picture."""
    name = member.filename
    return name.endswith(".rels") or (name.count("/") < 2 and name.endswith(".xml"))


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → member of the archive, through the ids in xl/_rels/workbook.xml.rels."""
    ids: dict[str, str] = {}
    paths: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "sheet":
            ids[attributes.get("name", "")] = next(
                (v for k, v in attributes.items() if k.endswith(":id")), ""
            )
        elif kind == "Relationship":
            paths[attributes.get("Id", "")] = posixpath.join("/xl", attributes.get("Target", "")).lstrip("/")

    for filename in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        if filename in archive.namelist():
            parser = expat.ParserCreate()
            parser.StartElementHandler = start
            try:
                parser.Parse(archive.read(filename), True)
            except (expat.ExpatError, LookupError):
                return {}  # the library may be more lenient: read the sheet as a whole
    return {name: paths.get(key, "") for name, key in ids.items()}
