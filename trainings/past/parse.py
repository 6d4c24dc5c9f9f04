"""A spreadsheet of earlier trainings as rows: what each says, and what is wrong with it. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from households.imports.cells import display_name, name_key, tidy, words
from tangerang_poverty.kit.identifiers import clean_identifier, identifier_problems, mask, without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.spreadsheets.read import Book, Cell, Table, Unreadable, as_number, as_text
from tangerang_poverty.kit.spreadsheets.write import NOTES_HEADER, NOTES_SHEET
from trainings.past.columns import (
    COLUMNS,
    HEADER_WITHIN,
    Header,
    fold,
    header_of,
    missing_columns,
    only_numbers_columns,
)

MOST_ROWS = 20_000  # more than the city trains in three years; read and judged within a request
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
EARLIEST_YEAR = 1993  # when the city was founded
NAME_LENGTH, COURSE_LENGTH, SHEET_LENGTH, NIK_LENGTH, CELL_LENGTH = 150, 80, 40, 60, 500
SHOWN = 80  # letters of a cell quoted in a problem
LETTER = re.compile(r"[^\W\d_]")
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
COURSE_WORDS = re.compile(r"^(?:(?:jenis|program|pelatihan|keterampilan|kursus)\s+)+", re.IGNORECASE)
UNUSABLE = frozenset({"numeric_cell"})  # warnings of the kit after which a NIK cannot be trusted

Resolve = Callable[..., str | Problem]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row. `cells` are all its cells as text without the NIK, `extra` those of columns that are not ours by their
    title; an error among `problems` rejects it."""

    sheet: str
    row: int
    year: int | None
    course_text: str
    course_key: str
    area: str | None
    name: str
    name_key: str
    nik: str
    nik_usable: bool
    cells: list[str]
    extra: dict[str, str]
    problems: list[dict[str, object]]

    @property
    def is_rejected(self) -> bool:
        return any(problem["error"] for problem in self.problems)


@dataclass
class ReadFile:
    """All rows of a file, its sheets as they are to be written out again, and what was left aside."""

    rows: list[ReadRow] = field(default_factory=list)
    sheets: list[dict[str, object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(path: Path, filename: str, *, resolve: Resolve, today: date) -> ReadFile:
    """The rows of every sheet that has our columns. Raises Refused when the file or its columns are wrong.

    `resolve` finds a kelurahan (AreaResolver.resolve). Sheets without our columns are named in `notes`.
    """
    try:
        return _read(
            Book(path, filename=filename, max_unpacked_bytes=MAX_UNPACKED_BYTES), resolve, today=today
        )
    except Unreadable as unreadable:
        raise Refused(unreadable.problem) from unreadable


def _read(book: Book, resolve: Resolve, *, today: date) -> ReadFile:
    result, empty = ReadFile(), True
    first_titles: list[str] = []
    for table in book.tables(book.visible):
        empty = False
        head = table.head(HEADER_WITHIN + 1)
        header = header_of(head, f"Berkas {book.filename}, lembar “{table.name[:SHEET_LENGTH]}”")
        if isinstance(header, Problem):
            raise Refused(header)
        if header is None:
            first_titles = first_titles or [words(cell) for cell in head[0][1]]
            result.notes += _left_aside(table)
            continue
        parser = _RowParser(table, header, resolve, today=today)
        for row in parser.rows():
            result.rows.append(row)
            if len(result.rows) > MOST_ROWS:
                raise Refused(_too_many(book.filename))
        result.sheets.append(
            {"name": parser.sheet, "columns": header.titles, "nik": header.places.get("nik")}
        )
    if empty:
        raise book.no_rows()
    if not result.sheets:
        required = [column.title for column in COLUMNS if column.required]
        raise Refused(missing_columns(f"Berkas {book.filename}", required, first_titles))
    if not result.rows:
        raise Refused(
            Problem(
                "no_rows", f"Berkas {book.filename} berisi judul kolom, tetapi tidak ada baris di bawahnya."
            )
        )
    result.notes += [f"Lembar tersembunyi “{name[:SHEET_LENGTH]}” tidak dibaca." for name in book.hidden]
    return result


def _left_aside(table: Table) -> list[str]:
    """What is said of a sheet that is not read. A single row is a title; our own notes need no mention."""
    first, *rest = table.rows
    ours = table.name.startswith(NOTES_SHEET) and [as_text(cell) for cell in first[1]] == [*NOTES_HEADER]
    if ours or not rest:
        return []
    return [
        f"Lembar “{table.name[:SHEET_LENGTH]}” ({len(rest) + 1} baris berisi) tidak dibaca karena tidak "
        "mempunyai judul kolom yang dikenal."
    ]


def _too_many(filename: str) -> Problem:
    most = f"{MOST_ROWS:,}".replace(",", ".")
    return Problem(
        "too_many_rows",
        f"Berkas {filename} berisi lebih dari {most} baris; bagi menjadi beberapa berkas, misalnya satu untuk "
        "setiap tahun.",
    )


def course_key(text: str) -> str:
    """What two spellings of one course share: no case, spaces, punctuation nor the word "pelatihan" before it."""
    return (fold(COURSE_WORDS.sub("", text)) or fold(text))[:COURSE_LENGTH]


def course_name(text: str) -> str:
    """A course as it is written into the list of courses: "PELATIHAN KUE KERING" as "Kue kering"."""
    text = COURSE_WORDS.sub("", text) or text
    text = text.lower() if text == text.upper() else text
    return (text[:1].upper() + text[1:])[:COURSE_LENGTH]


def year_in(cell: Cell, *, today: date) -> int | str:
    """The year a cell means ("2014", "TA 2014", a date), or why it means none."""
    years = [cell.year] if isinstance(cell, date) else YEAR.findall(as_number(cell))
    found = [int(year) for year in years]
    text = tidy(cell)[:SHOWN]
    if not text:
        return "Tahun kosong."
    if len(found) != 1:
        return f"“{text}” bukan satu tahun; isi empat angka, misalnya 2014."
    if not EARLIEST_YEAR <= found[0] <= today.year:
        return f"Tahun {found[0]} di luar rentang {EARLIEST_YEAR} sampai {today.year}."
    return found[0]


class _RowParser:
    """Reads the rows of one sheet below its header."""

    def __init__(self, table: Table, header: Header, resolve: Resolve, *, today: date) -> None:
        self.table, self.header, self.resolve, self.today = table, header, resolve, today
        self.sheet = words(table.name)[:SHEET_LENGTH]
        self.width = len(header.titles)
        ours = set(header.places.values())
        self.others = [at for at, title in enumerate(header.titles) if title and at not in ours]
        self.problems: list[dict[str, object]] = []

    def rows(self) -> Iterator[ReadRow]:
        """Every row that says anything in one of our columns or beside them."""
        for number, cells in self.table.rows:
            if number <= self.header.row or (number == self.header.row + 1 and only_numbers_columns(cells)):
                continue
            yield self._row(number, [*cells, *[None] * (self.width - len(cells))])

    def _row(self, number: int, cells: Sequence[Cell]) -> ReadRow:
        self.problems = []
        self._check_length(cells)
        year = year_in(self._cell(cells, "year"), today=self.today)
        if isinstance(year, str):
            self._say("year", "year_unknown", year, tidy(self._cell(cells, "year")))
        course = words(self._cell(cells, "course"))
        if not course or len(course) > COURSE_LENGTH or not fold(course):
            self._say("course", "course_unknown", _course_problem(course), course)
        area = self._area(cells)
        name = self._name(cells)
        nik, usable = self._nik(cells)
        texts = self._texts(cells)
        return ReadRow(
            self.sheet,
            number,
            year if isinstance(year, int) else None,
            course[:COURSE_LENGTH],
            course_key(course),
            area,
            display_name(name),
            name_key(name)[:NAME_LENGTH],
            nik,
            usable,
            texts,
            {self.header.titles[at][:CELL_LENGTH]: texts[at] for at in self.others if texts[at]},
            self.problems,
        )

    def _cell(self, cells: Sequence[Cell], name: str) -> Cell:
        place = self.header.places.get(name)
        return None if place is None else cells[place]

    def _say(self, column: str, code: str, message: str, value: str = "", *, error: bool = True) -> None:
        """What is wrong, for the page and the workbook: a NIK that stands in another column is masked there too."""
        self.problems.append(
            {
                "code": code,
                "column": self.header.title(column) if column else "",
                "value": without_numbers(value)[:SHOWN],
                "message": without_numbers(message),
                "error": error,
            }
        )

    def _check_length(self, cells: Sequence[Cell]) -> None:
        """Whether a delimiter inside a cell moved the rest of a delimited row one column on."""
        beyond = [tidy(cell) for cell in cells[self.width :] if tidy(cell)]
        if self.table.usual_width and beyond:
            message = (
                f"Baris ini lebih panjang dari judulnya yang berakhir di kolom ke-{self.width}. Periksa tanda pemisah "
                "di dalam isi sel."
            )
            self._say("", "row_too_long", message, words(beyond[0]))

    def _area(self, cells: Sequence[Cell]) -> str | None:
        kecamatan, kelurahan = (tidy(self._cell(cells, name)) for name in ("kecamatan", "kelurahan"))
        found = self.resolve(kecamatan=kecamatan, kelurahan=kelurahan)
        if isinstance(found, str):
            return found
        blamed = "kecamatan" if found.field == "kecamatan" else "kelurahan"
        self._say(blamed, found.code, found.message, kecamatan if blamed == "kecamatan" else kelurahan)
        return None

    def _name(self, cells: Sequence[Cell]) -> str:
        name = words(self._cell(cells, "name"))
        if not name:
            self._say("name", "no_name", "Nama kosong.")
        elif LETTER.search(name) is None or not name_key(name):
            message = f"Nama “{name[:SHOWN]}” tidak memuat satu huruf pun yang dapat dicari."
            self._say("name", "name_without_letter", message, name)
        elif len(name) > NAME_LENGTH:
            message = f"Nama lebih dari {NAME_LENGTH} huruf; sisanya dipotong."
            self._say("name", "name_too_long", message, name, error=False)
        return name[:NAME_LENGTH]

    def _nik(self, cells: Sequence[Cell]) -> tuple[str, bool]:
        """The NIK as far as it can be read, and whether it may be looked up; a bad one never rejects a row."""
        cell = self._cell(cells, "nik")
        text, problems = clean_identifier(cell)
        problems = [*problems, *identifier_problems(text, kind="nik")]
        for problem in problems:
            message = f"{problem.message} Baris ini dicari dengan nama dan kelurahannya saja."
            self._say("nik", f"nik_{problem.code}", message, mask(text), error=False)
        return text[:NIK_LENGTH], bool(text) and not any(
            problem.is_error or problem.code in UNUSABLE for problem in problems
        )

    def _texts(self, cells: Sequence[Cell]) -> list[str]:
        own = self.header.places.get("nik")
        return [
            "" if index == own else words(cell)[:CELL_LENGTH]
            for index, cell in enumerate(cells[: self.width])
        ]


def _course_problem(course: str) -> str:
    if not course:
        return "Keterampilan kosong."
    if len(course) > COURSE_LENGTH:
        return f"Nama keterampilan lebih dari {COURSE_LENGTH} huruf."
    return "Nama keterampilan tidak memuat satu huruf atau angka pun."
