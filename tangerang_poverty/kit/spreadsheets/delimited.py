"""Delimited text (CSV) of any usual encoding and delimiter as rows."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tangerang_poverty.kit.spreadsheets.content import Unreadable

DELIMITERS = ",;|\t"
LATER_COUNTS_LESS = 4
LINES_IN_A_CELL = 5  # a cell over more lines than this is a quotation mark nobody closed
SAMPLE_CHARACTERS = 1 << 16


def encoding_of(path: Path) -> str:
    """utf-16 or utf-8-sig by byte-order mark, utf-8 when the whole file is valid UTF-8, else cp1252."""
    with path.open("rb") as file:
        start = file.read(3)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def delimiter_of(sample: str) -> str:
    """The delimiter that splits the lines most evenly, the earlier the better: a title may stand above the header.

    Commas in every address split evenly too, but only from the first row below the header.
    """
    lines = _first_lines(sample)
    shapes = {delimiter: _shape_by(lines, delimiter) for delimiter in DELIMITERS}
    first = min((shape.begins for shape in shapes.values() if shape.evenness), default=0)
    return max(
        DELIMITERS,
        key=lambda one: shapes[one].evenness / (1 if shapes[one].begins == first else LATER_COUNTS_LESS),
    )


def usual_width(sample: str, delimiter: str) -> int:
    """How many cells most of the first lines have."""
    return _shape_by(_first_lines(sample), delimiter).width


def _first_lines(sample: str) -> list[str]:
    return [line for line in sample.splitlines() if line.strip()][:50]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one delimiter splits the first lines: evenness 0 is not at all; `begins` is the first of usual width."""

    width: int = 0
    evenness: float = 0.0
    begins: int = 0


def _shape_by(lines: list[str], delimiter: str) -> _Shape:
    widths = [len(record) for record in csv.reader(lines, delimiter=delimiter) if record]
    if not widths:
        return _Shape()
    width, times = Counter(widths).most_common(1)[0]
    return _Shape(width, (width - 1) * (times / len(widths)) ** 2, widths.index(width))


def line_count(path: Path) -> int:
    """Line ends in the file: at least its records, for a progress bar."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) + 1


class Text:
    """A delimited text: `delimiter` as told from its first lines or its own hint, `width` as most of them have."""

    def __init__(self, path: Path, filename: str) -> None:
        self.path, self.filename, self.encoding = path, filename, encoding_of(path)
        with self._open() as file:
            sample = file.read(SAMPLE_CHARACTERS).replace("\0", "")
        first = sample.partition("\n")[0].strip().strip('"')
        # Excel's own hint, which it does not show
        self.has_hint = first.lower().startswith("sep=") and len(first) == 5
        self.delimiter = first[4] if self.has_hint else delimiter_of(sample)
        self.width = usual_width(sample, self.delimiter)

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, errors="replace", newline="")

    def records(self) -> Iterator[list[str]]:
        """Every record, blank ones included (as []), NUL bytes removed. Raises Unreadable (damaged)."""
        with self._open() as file:
            if self.has_hint:
                file.readline()
            reader = csv.reader((line.replace("\0", "") for line in file), delimiter=self.delimiter)
            number = lines_before = 0
            record: list[str] = []
            while True:
                number += 1
                try:
                    record = next(reader)
                except StopIteration:
                    if 0 < len(record) < self.width and not _ends_with_its_line(self.path):
                        raise _cut(self.filename, number - 1, len(record), self.width) from None
                    return
                except csv.Error as error:
                    raise _unclosed(self.filename, number) from error
                if reader.line_num > lines_before + 1 and _swallowed_rows(record, self.delimiter, self.width):
                    raise _unclosed(self.filename, number)
                lines_before = reader.line_num
                yield record


def _swallowed_rows(record: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell of several lines is no text of several lines but whole rows behind a stray quotation mark.

    Then a line inside has the delimiters of a row; or the first ends its row and the last begins another one.
    """
    for place, cell in enumerate(record):
        lines = cell.splitlines()
        if len(lines) > LINES_IN_A_CELL:
            return True
        if len(lines) > 1 and width > 1:
            first, *inside, last = (line.count(delimiter) for line in lines)
            ends_row, begins_row = place + first >= width - 1, last >= place or len(record) != width
            if (ends_row and begins_row) or max(inside, default=0) >= width - 1:
                return True
    return False


def _ends_with_its_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16))
        return file.read().rstrip(b"\0\x1a \t")[-1:] in (b"\n", b"\r")  # \0: UTF-16; \x1a: an old end of file


def _cut(filename: str, number: int, cells: int, width: int) -> Unreadable:
    return Unreadable(
        "damaged",
        f"Berkas {filename} terpotong di tengah baris {number}: baris terakhir itu hanya berisi {cells} dari {width} "
        "sel. Ambil sekali lagi dari sumbernya, lalu unggah ulang.",
    )


def _unclosed(filename: str, number: int) -> Unreadable:
    return Unreadable(
        "damaged",
        f"Berkas {filename} tidak terbaca mulai baris {number}: ada tanda kutip tanpa penutup atau isi sel "
        "yang terlalu panjang. Perbaiki baris itu, lalu unggah ulang.",
    )
