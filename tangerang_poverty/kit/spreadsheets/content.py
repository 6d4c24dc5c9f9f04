"""What an uploaded file really is, told from its bytes, and whether it is safe to unpack."""

from __future__ import annotations

import copy
import re
import sys
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal, NamedTuple
from xml.parsers import expat

from tangerang_poverty.kit.problems import Problem

Kind = Literal["xlsx", "xls", "ods", "csv"]

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "berkas PDF"),
    (b"\x89PNG", "gambar"),
    (b"\xff\xd8\xff", "gambar"),
    (b"GIF8", "gambar"),
    (b"BM", "gambar"),
    (b"{\\rtf", "dokumen teks (RTF)"),
    (b"\x1f\x8b", "arsip terkompresi"),
    (b"Rar!", "arsip terkompresi"),
    (b"7z\xbc\xaf", "arsip terkompresi"),
)
WEB_PAGE_STARTS = (
    "<!doctype", "<html", "<head", "<meta", "<style", "<table", "<div", "<?xml", "mime-version:",
)  # fmt: skip
CHUNK = 1 << 20
SHEET_TAG = b"sheetData"
# Written as all usual writers do, up to column DX and row 499999; a cell of any other look is looked at closely.
# The reading library takes whatever has the local name c for a cell, in any member of the archive.
ODD_CELL = re.compile(rb'<c(?! r="(?:[A-C]?[A-Z]|D[A-X])(?:[1-4]\d{5}|\d{1,5})")[\t\r\n />]')
PREFIXED_CELL = re.compile(rb":c[\t\r\n />]")
UNNUMBERED_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}\d{1,7}")[\t\r\n />]')
CELL_WITH_VALUE = re.compile(
    rb"""<(?:[^\s<>/:]*:)?c\s(?:[^<>]{0,300}?[\s"'])?r\s*=\s*["']([A-Za-z]{1,9})(\d{1,12})["'][^<>]{0,300}(?<!/)>"""
)
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of Excel
MAX_CELLS = 64_000_000  # the reader holds first row to last row times first to last column, 32 bytes a cell
ODS_REPEATS_ALLOWED = 10_000


class Content(NamedTuple):
    """What a file is. `numbered`: an XLSX whose cells all say where they stand, as usual writers have it."""

    kind: Kind
    numbered: bool = False


class Unreadable(Exception):
    """The file cannot be read as a spreadsheet; `problem` says why, in a sentence that names the file."""

    def __init__(self, code: str, message: str) -> None:
        self.problem = Problem(code, message)
        super().__init__(message)


def content_of(path: Path, filename: str, *, max_unpacked_bytes: int) -> Content:
    """What a spreadsheet is, by its bytes alone. Raises Unreadable for all else and for what is too big."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if not start.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty", f"Berkas {filename} kosong; tidak ada satu baris pun di dalamnya.")
    if start.startswith(ZIP_MAGIC):
        return _content_of_zip(path, filename, max_unpacked_bytes)
    if path.stat().st_size > max_unpacked_bytes:
        raise _too_big(filename, max_unpacked_bytes)
    if start.startswith(OLE_MAGIC):
        return Content(_kind_of_ole(path, filename))
    for magic, what in OTHER_MAGIC:
        if start.startswith(magic) and not (magic == b"BM" and b"\0" not in start):
            raise Unreadable(
                "not_a_spreadsheet",
                f"Berkas {filename} adalah {what}, bukan lembar kerja. Unggah berkas Excel (.xlsx, .xls), ODS, "
                "atau CSV.",
            )
    _check_text(start, filename)
    return Content("csv")


def _too_big(filename: str, limit: int) -> Unreadable:
    return Unreadable(
        "unpacked_too_large",
        f"Isi berkas {filename} lebih dari {limit // 1_000_000} MB setelah dibuka. Bagi menjadi beberapa berkas, "
        "misalnya satu berkas untuk setiap kecamatan.",
    )


def _damaged(filename: str) -> Unreadable:
    return Unreadable(
        "damaged",
        f"Berkas {filename} rusak atau terpotong. Ambil sekali lagi dari sumbernya, lalu unggah ulang.",
    )


def encrypted(filename: str) -> Unreadable:
    return Unreadable(
        "encrypted",
        f"Berkas {filename} dikunci dengan kata sandi. Buka di Excel, hapus kata sandinya, simpan, lalu "
        "unggah ulang.",
    )


def _check_text(start: bytes, filename: str) -> None:
    text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")
    head = text.removeprefix("ï»¿").lstrip().lower()
    if head.startswith(WEB_PAGE_STARTS):
        raise Unreadable(
            "not_a_spreadsheet",
            f"Berkas {filename} adalah halaman web yang diberi nama seperti berkas Excel. Buka di Excel, lalu "
            "simpan sebagai Buku Kerja Excel (.xlsx).",
        )
    controls = sum(1 for letter in text if letter < " " and letter not in "\t\r\n\f\x1a")
    if controls * 10 > len(text):
        raise Unreadable(
            "not_a_spreadsheet",
            f"Berkas {filename} bukan lembar kerja. Unggah berkas Excel (.xlsx, .xls), ODS, atau CSV.",
        )


def _kind_of_ole(path: Path, filename: str) -> Kind:
    """Old Excel files, but also old Word files and password-protected new ones share this container."""
    names = {
        name: name.encode("utf-16-le")
        for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument", "PowerPoint Document")
    }
    data = path.read_bytes()
    found = {name for name, pattern in names.items() if pattern in data}
    if "EncryptedPackage" in found:
        raise encrypted(filename)
    if found & {"Workbook", "Book"}:
        return "xls"
    if found:
        raise Unreadable(
            "not_a_spreadsheet", f"Berkas {filename} adalah dokumen Word atau PowerPoint, bukan lembar kerja."
        )
    raise _damaged(filename)


def _content_of_zip(path: Path, filename: str, limit: int) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > limit:
                raise _too_big(filename, limit)
            kind = _kind_by_members(archive, filename)
            numbered = _unpack_once(archive, kind, filename, limit)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OverflowError,
    ) as error:
        raise _damaged(filename) from error
    return Content(kind, numbered)


def _kind_by_members(archive: zipfile.ZipFile, filename: str) -> Kind:
    members = set(archive.namelist())
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise encrypted(filename)
    if "xl/workbook.xml" in members:
        return "xlsx"
    if "mimetype" in members and "content.xml" in members:
        if b"opendocument.spreadsheet" in _start_of(archive, "mimetype", 100):
            manifest = "META-INF/manifest.xml"
            if manifest in members and b"encryption-data" in _start_of(archive, manifest, CHUNK):
                raise encrypted(filename)
            return "ods"
    elif "xl/workbook.bin" in members:
        raise Unreadable(
            "not_a_spreadsheet",
            f"Berkas {filename} berformat Excel biner (.xlsb). Buka di Excel, lalu simpan sebagai Buku Kerja "
            "Excel (.xlsx).",
        )
    what = "dokumen Word" if "word/document.xml" in members else "arsip ZIP atau dokumen lain"
    raise Unreadable(
        "not_a_spreadsheet", f"Berkas {filename} adalah {what}, bukan lembar kerja Excel, ODS, atau CSV."
    )


def _start_of(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    """The first bytes of a member, without unpacking the rest of what may be gigabytes."""
    with archive.open(name) as file:
        return file.read(size)


def _unpack_once(archive: zipfile.ZipFile, kind: Kind, filename: str, limit: int) -> bool:
    """Inflate every member without keeping it: declared sizes may lie, and a cut file fails its CRC.

    The same pass looks for cells so far out that the box around all cells would not fit into memory. True for
    an XLSX whose cells are all numbered.
    """
    total, repeats, numbered = 0, _RepeatCheck(filename), kind == "xlsx"
    for member in archive.infolist():
        cells = _CellCheck()
        with closing(_chunks(archive, member)) as chunks:
            for chunk in chunks:
                total += len(chunk)
                if total > limit:
                    raise _too_big(filename, limit)
                if kind == "xlsx" and not cells.odd:
                    cells.feed(chunk)
                if kind == "ods" and member.filename == "content.xml":
                    repeats.feed(chunk)
        if cells.odd:
            with closing(_chunks(archive, member)) as chunks:
                numbered = _check_box(chunks, filename) and numbered
    return numbered


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Generator[bytes, None, None]:
    unbounded = copy.copy(member)
    unbounded.file_size = sys.maxsize  # otherwise zipfile stops at the declared size and hides the rest
    size = 0
    with archive.open(unbounded) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            yield chunk
    if size != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename}: {size} bytes, {member.file_size} declared")


class _CellCheck:
    """Sets `odd` once the XML of a sheet has a cell that is not plainly inside a table of usual size."""

    def __init__(self) -> None:
        self.odd, self.is_sheet, self.rest = False, False, b""

    def feed(self, chunk: bytes) -> None:
        text = self.rest + chunk
        self.is_sheet = self.is_sheet or SHEET_TAG in text
        whole, self.rest = _whole_tags(text)
        if self.is_sheet:
            self.odd = bool(ODD_CELL.search(whole) or PREFIXED_CELL.search(whole))


def _whole_tags(text: bytes) -> tuple[bytes, bytes]:
    """The text up to its last tag, and the rest, which may go on in the next chunk; a giant is cut anywhere."""
    place = text.rfind(b"<")
    return (text[:place], text[place:]) if place >= 0 and len(text) - place < CHUNK else (text, b"")


def _check_box(chunks: Iterator[bytes], filename: str) -> bool:
    """Refuse a sheet whose filled cells span more than MAX_CELLS or lie where no sheet has cells.

    Styled empty cells do not count. Gives whether every cell is numbered in the usual way.
    """
    last_row, last_column, rest, numbered = 0, 0, b"", True
    for chunk in chunks:
        whole, rest = _whole_tags(rest + chunk)
        numbered = numbered and not (UNNUMBERED_CELL.search(whole) or PREFIXED_CELL.search(whole))
        for found in CELL_WITH_VALUE.finditer(whole):
            row, column = int(found[2]), 0
            for letter in found[1].upper():
                column = column * 26 + letter - 64
            last_row, last_column = max(last_row, row), max(last_column, column)
            if row > LAST_ROW or column > LAST_COLUMN or last_row * last_column > MAX_CELLS:
                raise Unreadable(
                    "too_large",
                    f"Lembar dalam berkas {filename} terlalu luas: ada isi jauh di luar tabel, di sel "
                    f"{(found[1] + found[2]).decode()}. Hapus isi sel itu, simpan, lalu unggah ulang.",
                )
    return numbered


class _RepeatCheck:
    """Refuses an ODS whose filled cells are repeated so often that unfolding them would fill the memory."""

    def __init__(self, filename: str) -> None:
        self.filename, self.row_repeat = filename, 1
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start

    def feed(self, chunk: bytes) -> None:
        try:
            self.parser.Parse(chunk, False)
        except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding nobody knows
            raise _damaged(self.filename) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table-row":
            self.row_repeat = int(attributes.get("table:number-rows-repeated", 1))
        elif name == "table:table-cell" and "office:value-type" in attributes:
            repeats = self.row_repeat * int(attributes.get("table:number-columns-repeated", 1))
            if repeats > ODS_REPEATS_ALLOWED:
                raise Unreadable(
                    "too_large",
                    f"Lembar dalam berkas {self.filename} terlalu luas: ada isi yang diulang {repeats} kali. "
                    "Hapus baris dan kolom di luar tabel, simpan, lalu unggah ulang.",
                )
