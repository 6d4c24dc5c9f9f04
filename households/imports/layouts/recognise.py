"""Tells from the headers which layout a file is in, and which of its columns is which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from households.imports.layouts import LAYOUTS
from households.imports.layouts.declare import Column, Layout, SheetLayout, fold, slug
from tangerang_poverty.kit.problems import Problem

HEADER_WITHIN = 10
"""A header is looked for in this many first rows: titles and a number of the decree often stand above it."""

SHEETS_NAMED = 5

Row = tuple[int, Sequence[object]]
Head = tuple[str, Sequence[Row]]


@dataclass(frozen=True)
class RecognisedSheet:
    """One table of the file read as one sheet of the layout.

    `table` is its place in the list given; data are the rows numbered above `last_header_row` (1-based, as in
    the sheet). `columns` maps the index of a cell to its column, `extra` the index of an unknown column to
    the key its cell is kept under; `headers` has every header as written, for messages; `cells` counts the header
    row's cells, those without a title too.
    """

    table: int
    name: str
    sheet: SheetLayout
    header_row: int
    last_header_row: int
    columns: dict[int, Column]
    headers: dict[int, str]
    extra: dict[int, str]
    cells: int

    @property
    def missing(self) -> list[Column]:
        present = {column.key for column in self.columns.values()}
        return [column for column in self.sheet.required if column.key not in present]


@dataclass(frozen=True)
class Recognised:
    """The layout of a file, those of its tables that are in it in the order given, and warnings."""

    layout: Layout
    sheets: tuple[RecognisedSheet, ...]
    warnings: tuple[Problem, ...] = ()


@dataclass
class _Reading:
    """A layout's form laid over the tables: what fits, and what stays missing."""

    layout: Layout
    form: tuple[SheetLayout, ...]
    sheets: list[RecognisedSheet] = field(default_factory=list)

    @property
    def matched(self) -> int:
        return sum(len(found.columns) for found in self.sheets)

    @property
    def absent(self) -> list[SheetLayout]:
        present = {found.sheet.name for found in self.sheets}
        return [sheet for sheet in self.form if sheet.name not in present]

    @property
    def complete(self) -> bool:
        return bool(self.sheets) and not self.absent and not any(found.missing for found in self.sheets)

    @property
    def likely(self) -> bool:
        """Whether somebody surely meant this layout: half of one of its sheets is there."""
        return any(_half(found) for found in self.sheets)


def _half(found: RecognisedSheet) -> bool:
    return len(found.columns) > 2 and 2 * len(found.columns) >= len(found.sheet.columns)


def named(files: Sequence[str], sheets: Sequence[str]) -> str:
    """What a sentence speaks of: "a.xlsx (lembar “RT”, “ART”)"; of many sheets the first ones."""
    shown = ", ".join(f"“{sheet}”" for sheet in sheets[:SHEETS_NAMED])
    more = f" dan {len(sheets) - SHEETS_NAMED} lainnya" if len(sheets) > SHEETS_NAMED else ""
    return f"{' dan '.join(files) or 'ini'} (lembar {shown}{more})"


def recognise(
    heads: Sequence[Head], *, layout: str | None = None, files: Sequence[str] = ()
) -> Recognised | list[Problem]:
    """The layout of a file (or of two files taken together), or what stands in the way.

    `heads`: for each table its name and its first rows, each with its 1-based number; eleven rows are enough.
    `layout` names the only layout to consider, `files` the files for a sentence that refuses them.
    A layout of households goes before a list of names, of whatever length: an office's workbook may begin with
    the list of its officers.
    """
    considered = [LAYOUTS[layout]] if layout else list(LAYOUTS.values())
    readings = [_lay_over(one, form, heads) for one in considered for form in one.forms]
    readings = [reading for reading in readings if reading.sheets]
    readings.sort(key=lambda reading: (-reading.matched, not reading.complete))
    complete = sorted((one for one in readings if one.complete), key=lambda one: one.layout.unit == "person")
    likely = [reading for reading in readings if not reading.complete and reading.likely]
    if not complete or (likely and _goes_before(likely[0], complete[0])):
        return _why_not(likely or readings, considered, named(files, [name for name, _ in heads]))
    best = complete[0]
    rivals = {one.layout.key for one in complete if not _goes_before(best, one)}
    if len(rivals) > 1:
        return [_ambiguous(sorted(rivals))]
    if others := list(_in_other_layouts(best, readings)):
        return [_two_layouts(best, others)]
    return Recognised(best.layout, tuple(best.sheets), tuple(_doubtful_headers(best.sheets)))


def _goes_before(one: _Reading, other: _Reading) -> bool:
    if one.layout.unit != other.layout.unit:
        return one.layout.unit == "household"
    return one.matched > other.matched


def _in_other_layouts(
    best: _Reading, readings: Sequence[_Reading]
) -> Iterator[tuple[RecognisedSheet, Layout]]:
    """The tables that `best` leaves aside although they hold households or members in another layout."""
    taken = {found.table for found in best.sheets}
    for reading in readings:
        if reading.layout is best.layout or reading.layout.unit == "person":
            continue
        for found in reading.sheets:
            if found.table not in taken and (reading.complete or _half(found)):
                taken.add(found.table)
                yield found, reading.layout


def _lay_over(layout: Layout, form: tuple[SheetLayout, ...], heads: Sequence[Head]) -> _Reading:
    """Each table as the sheet of this form it fits best; several tables may be the same kind of sheet."""
    reading = _Reading(layout, form)
    taken = {column.key for column in layout.columns.values()}
    for table, (name, rows) in enumerate(heads):
        fits = [found for sheet in form if (found := _fit(table, name, sheet, rows, taken))]
        fits = [found for found in fits if _worth(found)]
        if fits:
            reading.sheets.append(
                min(fits, key=lambda found: (bool(found.missing), -len(found.columns), found.sheet.name))
            )
    return reading


def _worth(found: RecognisedSheet) -> bool:
    """A cover sheet or a list of notes may share a word or two with any layout; that is not enough."""
    return not found.missing or 3 * len(found.columns) >= len(found.sheet.columns)


def _fit(
    table: int, name: str, sheet: SheetLayout, rows: Sequence[Row], taken: set[str]
) -> RecognisedSheet | None:
    """The table's header as this sheet's: the row among the first ten that names most of its columns."""
    best: RecognisedSheet | None = None
    for place, (number, cells) in enumerate(rows[:HEADER_WITHIN]):
        columns = _match(sheet, cells)
        if columns and (best is None or len(columns) > len(best.columns)):
            following = rows[place + 1] if place + 1 < len(rows) else None
            last = following[0] if following and _is_numbering(following[1]) else number
            headers = {index: _text(cell) for index, cell in enumerate(cells) if _text(cell)}
            extra = dict(_extras(headers, columns, taken))
            best = RecognisedSheet(table, name, sheet, number, last, columns, headers, extra, len(cells))
    return best


def _match(sheet: SheetLayout, cells: Sequence[object]) -> dict[int, Column]:
    """Cell index → column. Where one header stands for head and member, the order of their names decides."""
    indexes: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        if (key := fold(cell)) and key in sheet.by_spelling:
            indexes.setdefault(key, []).append(index)
    member_first = _member_first(sheet, indexes)
    found: dict[int, Column] = {}
    used: set[str] = set()
    # Headers of one meaning are settled first, own headers before other spellings of them.
    for key in sorted(indexes, key=lambda key: (len(sheet.by_spelling[key]), not _own(sheet, key))):
        free = [column for column in sheet.by_spelling[key] if column.key not in used]
        if len(indexes[key]) < len(free):
            free = free[-len(indexes[key]) :]
        elif member_first:
            free.reverse()
        for index, column in zip(indexes[key], free, strict=False):
            found[index] = column
            used.add(column.key)
    return dict(sorted(found.items()))


def _own(sheet: SheetLayout, key: str) -> bool:
    return any(column.spellings[0] == key for column in sheet.by_spelling[key])


def _member_first(sheet: SheetLayout, indexes: dict[str, list[int]]) -> bool:
    """Whether the members' columns stand left of the household's."""
    head, member = sheet.column("head_name"), sheet.column("name")
    if head is None or member is None:
        return False
    places = [
        min((index for key in column.spellings for index in indexes.get(key, ())), default=-1)
        for column in (head, member)
    ]
    return -1 not in places and places[1] < places[0]


def _is_numbering(cells: Sequence[object]) -> bool:
    """Whether a row only numbers the columns: "KOLOM 1, KOLOM 2, …", "(1), (2), …" or 1, 2, 3, …."""
    texts = [_text(cell) for cell in cells if _text(cell)]
    if len(texts) < 2:
        return False
    if fold(texts[0]).startswith("kolom"):
        return True
    numbers = [fold(text) for text in texts]
    return all(number.isdigit() for number in numbers) and [int(number) for number in numbers] == list(
        range(int(numbers[0]), int(numbers[0]) + len(numbers))
    )


def _extras(
    headers: dict[int, str], columns: dict[int, Column], taken: set[str]
) -> Iterator[tuple[int, str]]:
    """A key of its own for every column no layout knows."""
    keys = set(taken)
    for index, header in headers.items():
        if index in columns:
            continue
        base = key = slug(header) or f"kolom_{index + 1}"
        turn = 2
        while key in keys:
            key, turn = f"{base}_{turn}", turn + 1
        keys.add(key)
        yield index, key


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else " ".join(str(cell).split())


def _doubtful_headers(sheets: Sequence[RecognisedSheet]) -> Iterator[Problem]:
    for found in sheets:
        yield from _on_one_side(found)
        for index in found.extra:
            if fold(found.headers[index]) in found.sheet.by_spelling:
                yield Problem(
                    "repeated_column",
                    f"Lembar “{found.name}”: kolom “{found.headers[index]}” muncul lebih dari sekali; "
                    "yang kedua hanya disimpan apa adanya.",
                    severity="warning",
                )


def _on_one_side(found: RecognisedSheet) -> Iterator[Problem]:
    """Pairs of one header for head and member that do not stand apart, each beside the name it belongs to."""
    places = {column.field: index for index, column in found.columns.items() if column.field}
    names = [places[field] for field in ("head_name", "name") if field in places]
    if len(names) < 2:
        return
    pairs: dict[str, list[int]] = {}
    for index in found.columns:
        pairs.setdefault(fold(found.headers[index]), []).append(index)
    for pair in pairs.values():
        if len(pair) == 2 and (min(pair) > max(names) or max(pair) < min(names)):
            first = found.columns[min(pair)]
            whose = "kepala rumah tangga" if first.level == "household" else "anggota"
            yield Problem(
                "doubtful_column",
                f"Lembar “{found.name}”: dua kolom “{found.headers[min(pair)]}” berdampingan; yang kiri dibaca sebagai "
                f"milik {whose}. Cocokkan beberapa baris dengan berkasnya sebelum mengajukan.",
                severity="warning",
            )


def _why_not(readings: Sequence[_Reading], considered: Sequence[Layout], where: str) -> list[Problem]:
    """Names the nearest layout and what it lacks, or all known layouts when nothing is near."""
    nearest = readings[0] if readings else None
    if nearest is None or not nearest.likely:
        known = "; ".join(layout.label for layout in considered)
        hint = ""
        if nearest is not None:
            hint = f" Yang paling mirip: {nearest.layout.label}. {_lacks(nearest)}"
        return [
            Problem(
                "unknown_layout",
                f"Susunan kolom berkas {where} tidak dikenali. Judul kolom harus ada dalam {HEADER_WITHIN} baris "
                f"pertama lembarnya. Tata letak yang dikenal: {known}.{hint}",
            )
        ]
    problems = [
        Problem(
            "missing_column",
            f"Lembar “{found.name}”, baris judul {found.header_row}: kolom wajib “{column.header}” tidak ada "
            f"(tata letak {nearest.layout.label}).",
            field=column.field,
        )
        for found in nearest.sheets
        for column in found.missing
    ]
    problems += [
        Problem(
            "missing_sheet",
            f"Tata letak {nearest.layout.label} memerlukan juga data {sheet.label}, "
            "tetapi tidak ada di berkas ini.",
        )
        for sheet in nearest.absent
    ]
    return problems


def _lacks(reading: _Reading) -> str:
    columns = [f"“{column.header}”" for found in reading.sheets for column in found.missing]
    parts = [f"kolom {', '.join(columns)}"] if columns else []
    parts += [f"data {sheet.label}" for sheet in reading.absent]
    return f"Yang belum ada: {'; '.join(parts)}."


def _ambiguous(keys: Sequence[str]) -> Problem:
    labels = " atau ".join(LAYOUTS[key].label for key in keys)
    return Problem(
        "ambiguous_layout",
        f"Susunan kolom cocok dengan lebih dari satu tata letak: {labels}. Pilih salah satu.",
    )


def _two_layouts(best: _Reading, others: Sequence[tuple[RecognisedSheet, Layout]]) -> Problem:
    named = [(found, best.layout) for found in best.sheets[:1]] + list(others)
    each = "; ".join(f"lembar “{found.name}”: {layout.label}" for found, layout in named)
    return Problem(
        "two_layouts",
        f"Berkas ini memuat lebih dari satu tata letak: {each}. Unggah masing-masing sebagai impor sendiri.",
    )
