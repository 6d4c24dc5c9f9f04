"""What an uploaded file really is, told from its bytes, and whether it is safe to unpack."""

from __future__ import annotations

import copy
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
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
FAR_COLUMNS = re.compile(rb' r=["\'](?:[A-Z]{3}|[E-Z][A-Z]|D[YZ])\d')  # beyond column 128 (DX)
FAR_ROW = 500_000
MAX_CELLS = 64_000_000  # the reader holds first row to last row times first to last column, 32 bytes a cell
CELL_WITH_VALUE = re.compile(rb'<(?:\w+:)?c\b[^>]*? r=["\']([A-Z]{1,3})(\d{1,7})["\'][^>]*(?<!/)>')
ODS_REPEATS_ALLOWED = 10_000


class Unreadable(Exception):
    """The file cannot be read as a spreadsheet; `problem` says why, in a sentence that names the file."""

    def __init__(self, code: str, message: str) -> None:
        self.problem = Problem(code, message)
        super().__init__(message)


def kind_of(path: Path, filename: str, *, max_unpacked_bytes: int) -> Kind:
    """The kind of spreadsheet, by content alone. Raises Unreadable for all else and for what is too big."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if not start.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty", f"Berkas {filename} kosong; tidak ada satu baris pun di dalamnya.")
    if start.startswith(ZIP_MAGIC):
        return _kind_of_zip(path, filename, max_unpacked_bytes)
    if path.stat().st_size > max_unpacked_bytes:
        raise _too_big(filename, max_unpacked_bytes)
    if start.startswith(OLE_MAGIC):
        return _kind_of_ole(path, filename)
    for magic, what in OTHER_MAGIC:
        if start.startswith(magic) and not (magic == b"BM" and b"\0" not in start):
            raise Unreadable(
                "not_a_spreadsheet",
                f"Berkas {filename} adalah {what}, bukan lembar kerja. Unggah berkas Excel (.xlsx, .xls), ODS, "
                "atau CSV.",
            )
    _check_text(start, filename)
    return "csv"


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


def _kind_of_zip(path: Path, filename: str, limit: int) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            kind = _kind_by_members(archive, filename)
            if sum(member.file_size for member in archive.infolist()) > limit:
                raise _too_big(filename, limit)
            _unpack_once(archive, kind, filename, limit)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OverflowError,
    ) as error:
        raise _damaged(filename) from error
    return kind


def _kind_by_members(archive: zipfile.ZipFile, filename: str) -> Kind:
    members = set(archive.namelist())
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise encrypted(filename)
    if "xl/workbook.xml" in members:
        return "xlsx"
    if "mimetype" in members and "content.xml" in members:
        if b"opendocument.spreadsheet" in archive.read("mimetype")[:100]:
            manifest = (
                archive.read("META-INF/manifest.xml")[:CHUNK] if "META-INF/manifest.xml" in members else b""
            )
            if b"encryption-data" in manifest:
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


def _unpack_once(archive: zipfile.ZipFile, kind: Kind, filename: str, limit: int) -> None:
    """Inflate every member without keeping it: declared sizes may lie, and a cut file fails its CRC.

    The same pass looks for cells so far out that the box around all cells would not fit into memory.
    """
    total, repeats = 0, _RepeatCheck(filename)
    for member in archive.infolist():
        sheet = kind == "xlsx" and member.filename.startswith("xl/worksheets/")
        suspicious, tail = False, b""
        for chunk in _chunks(archive, member):
            total += len(chunk)
            if total > limit:
                raise _too_big(filename, limit)
            if sheet and not suspicious:
                suspicious = bool(FAR_COLUMNS.search(tail + chunk)) or _last_row(chunk) > FAR_ROW
                tail = chunk[-16:]
            if kind == "ods" and member.filename == "content.xml":
                repeats.feed(chunk)
        if suspicious:
            _check_box(_chunks(archive, member), filename)


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    unbounded = copy.copy(member)
    unbounded.file_size = sys.maxsize  # otherwise zipfile stops at the declared size and hides the rest
    size = 0
    with archive.open(unbounded) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            yield chunk
    if size != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename}: {size} bytes, {member.file_size} declared")


def _last_row(chunk: bytes) -> int:
    place = chunk.rfind(b"<row ")
    found = re.search(rb' r=["\'](\d{1,9})', chunk[place : place + 200]) if place >= 0 else None
    return int(found[1]) if found else 0


def _check_box(chunks: Iterator[bytes], filename: str) -> None:
    """Refuse a sheet whose filled cells span more than MAX_CELLS; styled empty cells do not count."""
    last_row, last_column, farthest, tail = 0, 0, "", b""
    for chunk in chunks:
        for found in CELL_WITH_VALUE.finditer(tail + chunk):
            column = 0
            for letter in found[1]:
                column = column * 26 + letter - 64
            if int(found[2]) > last_row or column > last_column:
                last_row, last_column = max(last_row, int(found[2])), max(last_column, column)
                farthest = (found[1] + found[2]).decode()
                if last_row * last_column > MAX_CELLS:
                    raise Unreadable(
                        "too_large",
                        f"Lembar dalam berkas {filename} terlalu luas: ada isi jauh di luar tabel, di sel "
                        f"{farthest}. Hapus isi sel itu, simpan, lalu unggah ulang.",
                    )
        tail = chunk[-200:]


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
