"""Rows of a recognised sheet as staged households and people: pure functions, a row and its findings out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from households.imports.cells import (
    NOBODY,
    SHOWN,
    Finding,
    Findings,
    birth,
    coded,
    cut,
    decoded,
    display_name,
    identity,
    lost_digits,
    name_key,
    number,
    outside_code_book,
    parse_address,
    tidy,
    words,
)
from households.imports.codebook import code_of
from households.imports.layouts import Column, Layout
from households.imports.layouts.recognise import RecognisedSheet
from households.rules import rank_group
from tangerang_poverty.kit.identifiers import LENGTH as NUMBER_LENGTH
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem
from tangerang_poverty.kit.spreadsheets.read import Cell, as_number
from tangerang_poverty.kit.text import three_digits

KEY_LENGTH = 40
# Kept in columns of their own, so not kept raw once more; NIK and KK must not be: they are stored encrypted.
NOT_RAW = frozenset({"source_key", "household_key", "name", "head_name", "nik", "kk"})
LETTER = re.compile(r"[^\W\d_]")
SEXES = {1: "L", 2: "P"}

Resolve = Callable[..., str | Problem]


class HouseholdRow(NamedTuple):
    """What a row says of a household; `raw` is every other cell that is not empty, as text."""

    source_key: str
    area: str | None
    kecamatan: str
    kelurahan: str
    address: str
    rt: str
    rw: str
    head_name: str
    family_count: int | None
    rank: int | None
    rank_scale: str
    rank_group: int | None
    raw: dict[str, str]


class PersonRow(NamedTuple):
    """What a row says of a person. `nik` and `kk` as the source has them, `…_usable` when their format is good."""

    household_key: str
    number: int | None
    name: str
    tidy_name: str
    name_key: str
    sex: str
    birth_date: date | None
    birth_precision: str
    birth_place: str
    nik: str
    kk: str
    nik_usable: bool
    kk_usable: bool
    identity_notes: list[str]
    relation: int | None
    family_number: int | None
    education: str
    occupation: str
    disability: str
    raw: dict[str, str]


@dataclass
class Columns:
    """The columns of one level (household or person) in a sheet: where each field is, what is kept raw."""

    fields: dict[str, tuple[int, Column]]
    raw: list[tuple[int, str, Column | None]]
    known: dict[str, dict[Any, bool]] = field(default_factory=dict)

    def cell(self, row: Sequence[Cell], name: str) -> Cell:
        place = self.fields.get(name)
        return row[place[0]] if place else None

    def header(self, name: str) -> str:
        return self.fields[name][1].header if name in self.fields else ""

    def raw_cells(self, row: Sequence[Cell], found: Findings) -> dict[str, str]:
        """The cells kept as text under their keys, each code looked up in the code book on the way."""
        kept: dict[str, str] = {}
        for index, key, column in self.raw:
            cell = row[index]
            if cell is None or cell == "":
                continue
            text = tidy(cell)
            if not text:
                continue
            if len(text) >= NUMBER_LENGTH and not (
                isinstance(cell, float) and "." in text
            ):  # 106.63191234567891
                text = without_numbers(text)  # a NIK or KK is in clear in no other column than its own
            if column is not None and column.codes:
                seen = self.known.setdefault(key, {})
                good = seen.get(text)
                if good is None:
                    good = seen[text] = code_of(column.codes, text) is not None
                if not good:
                    found.append(outside_code_book(text, column))
            kept[key] = text
        return kept


def columns_of(sheet: RecognisedSheet, level: str) -> Columns:
    """The columns of a level; columns no layout knows go with the row's own level (of a joined sheet: the person)."""
    fields: dict[str, tuple[int, Column]] = {}
    raw: list[tuple[int, str, Column | None]] = []
    for index, column in sheet.columns.items():
        if column.level == level:
            if column.field:
                fields[column.field] = (index, column)
            if column.field not in NOT_RAW:
                raw.append((index, column.key, column))
    own = "person" if sheet.sheet.level == "both" else sheet.sheet.level
    if level == own:
        raw += [(index, key, None) for index, key in sheet.extra.items()]
    return Columns(fields, raw)


class RowParser:
    """Reads the rows of one sheet. Rows must be at least `width` cells long (see `padded`)."""

    def __init__(
        self,
        sheet: RecognisedSheet,
        layout: Layout,
        *,
        resolve: Resolve,
        today: date,
        reference: date,
        home_prefix: str,
        usual_width: int = 0,
    ) -> None:
        self.layout, self.resolve = layout, resolve
        self.today, self.reference, self.home_prefix = today, reference, home_prefix
        self.width = max([*sheet.columns, *sheet.extra], default=-1) + 1
        self.longest = (
            max(usual_width, sheet.cells) if usual_width else 0
        )  # cells a row of delimited text may have
        self.of_household = columns_of(sheet, "household")
        self.of_person = columns_of(sheet, "person")
        self.household_cells = [
            index for index, column in sheet.columns.items() if column.level == "household"
        ]
        self.places: dict[tuple[str, ...], str | Problem] = {}

    def padded(self, row: list[Cell]) -> list[Cell]:
        return row if len(row) >= self.width else row + [None] * (self.width - len(row))

    def _too_long(self, row: Sequence[Cell]) -> Findings:
        """Whether a delimiter inside a cell moved the rest of the row one column on."""
        if not self.longest or len(row) <= self.width:
            return []
        filled = next((at for at in range(len(row), self.width, -1) if tidy(row[at - 1])), 0)
        if not filled and len(row) <= self.longest:
            return []  # every row may end with a delimiter
        beyond = filled or len(row)
        message = (
            f"Baris ini lebih panjang dari judulnya: judul berakhir di kolom ke-{self.width}, baris ini di kolom "
            f"ke-{beyond}. Periksa tanda pemisah di dalam isi sel, atau beri judul pada kolom itu."
        )
        return [Finding("row_too_long", message, value=tidy(row[beyond - 1])[:SHOWN], is_error=True)]

    def same_household(self, row: Sequence[Cell]) -> int:
        """Equal for rows that say the same of their household."""
        return hash(tuple(str(row[index]) for index in self.household_cells))

    def key(self, row: Sequence[Cell], name: str, columns: Columns) -> str:
        """The household's key, "" when it is not to be known; one too long to be kept is shortened to its end."""
        cell = columns.cell(row, name)
        return "" if lost_digits(cell) else tidy(cell).lstrip("'")[-KEY_LENGTH:]

    def _no_key(self, row: Sequence[Cell], name: str, columns: Columns) -> Finding:
        """Why a row has no key."""
        header, cell = columns.header(name), columns.cell(row, name)
        if tidy(cell):
            message = (
                f"Kolom “{header}”: nomor rumah tangga tersimpan sebagai angka, sehingga digit akhirnya hilang. "
                "Jadikan kolom ini teks, lalu isi lagi nomornya."
            )
            return Finding("household_key_rounded", message, header, tidy(cell)[:SHOWN], is_error=True)
        message = f"Kolom “{header}” kosong: nomor rumah tangga tidak ada."
        return Finding("no_household_key", message, header, is_error=True)

    def household(self, row: Sequence[Cell]) -> tuple[HouseholdRow, Findings]:
        """The household a row speaks of."""
        columns, found = self.of_household, self._too_long(row)
        key = self.key(row, "source_key", columns)
        if not key:
            found.append(self._no_key(row, "source_key", columns))
        raw = columns.raw_cells(row, found)
        address, rt, rw = self._address(row, found)
        rank, group = self._rank(row, found)
        return HouseholdRow(
            key,
            self._area(row, found),
            words(columns.cell(row, "kecamatan"))[:60],
            words(columns.cell(row, "kelurahan"))[:60],
            address,
            rt,
            rw,
            cut(words(columns.cell(row, "head_name")), 150, columns.header("head_name"), found),
            number(columns.cell(row, "family_count")),
            rank,
            self.layout.rank_scale if rank is not None else "",
            group,
            raw,
        ), found

    def _area(self, row: Sequence[Cell], found: Findings) -> str | None:
        columns = self.of_household
        names = (
            "kecamatan",
            "kelurahan",
            "province_code",
            "regency_code",
            "kecamatan_code",
            "kelurahan_code",
        )
        texts = tuple(tidy(columns.cell(row, name)) for name in (*names, "area_code"))
        place = self.places.get(texts)
        if place is None:
            given = dict(zip(names, texts, strict=False))
            code = texts[-1]
            scheme = {"kemendagri": code} if "." in code else {"bps": code}
            place = self.places[texts] = self.resolve(**given, **scheme)
        if isinstance(place, str):
            return place
        blamed = "kecamatan" if place.field == "kecamatan" else "kelurahan"
        value = texts[0] if blamed == "kecamatan" else texts[1]
        found.append(Finding(place.code, place.message, columns.header(blamed), value[:SHOWN], is_error=True))
        return None

    def _address(self, row: Sequence[Cell], found: Findings) -> tuple[str, str, str]:
        columns = self.of_household
        written = parse_address(tidy(columns.cell(row, "address")))
        rt = three_digits(as_number(columns.cell(row, "rt"))) or written.rt
        rw = three_digits(as_number(columns.cell(row, "rw"))) or written.rw
        if not (rt and rw) and (sls := tidy(columns.cell(row, "sls"))):
            more = parse_address(sls)
            rt, rw = rt or more.rt, rw or more.rw
        return cut(without_numbers(written.street), 250, columns.header("address"), found), rt, rw

    def _rank(self, row: Sequence[Cell], found: Findings) -> tuple[int | None, int | None]:
        cell = self.of_household.cell(row, "rank")
        text = tidy(cell)
        if not text:
            return None, None
        column = self.of_household.fields["rank"][1]
        rank = coded(cell, column, found) if column.codes else number(cell)
        group = rank_group(rank, self.layout.rank_scale)
        if group is None:
            if not column.codes:
                message = f"Peringkat “{text[:40]}” di luar skala; disimpan apa adanya."
                found.append(Finding("rank_off_scale", message, column.header, text[:SHOWN]))
            return None, None
        return rank, group

    def person(self, row: Sequence[Cell]) -> tuple[PersonRow, Findings]:
        """The person a row speaks of."""
        columns, found = self.of_person, self._too_long(row)
        raw = columns.raw_cells(row, found)
        name = self._name(row, found)
        sex_cell, sex = columns.cell(row, "sex"), ""
        if sex_cell not in (None, ""):
            sex = SEXES.get(coded(sex_cell, columns.fields["sex"][1], found) or 0, "")
        born = birth(
            {
                field: (row[columns.fields[field][0]], columns.fields[field][1].header)
                for field in ("birth_date", "birth_month", "birth_year", "age")
                if field in columns.fields
            },
            found,
            today=self.today,
            reference=self.reference,
        )
        numbers = {"birth": born, "sex": sex, "home_prefix": self.home_prefix}
        nik = kk = NOBODY
        if "nik" in columns.fields:
            nik = identity(columns.cell(row, "nik"), "nik", columns.header("nik"), found, **numbers)  # type: ignore[arg-type]
        if "kk" in columns.fields:
            kk = identity(columns.cell(row, "kk"), "kk", columns.header("kk"), found, **numbers)  # type: ignore[arg-type]
        return PersonRow(
            self._household_key(row, found),
            number(columns.cell(row, "member_number")),
            name,
            display_name(name),
            name_key(name)[:150],
            sex,
            born.value if born else None,
            born.precision if born else "",
            words(columns.cell(row, "birth_place"))[:80],
            nik.text,
            kk.text,
            nik.usable,
            kk.usable,
            sorted({*nik.notes, *kk.notes}),
            self._relation(row, found),
            number(columns.cell(row, "family_number")) or None,
            self._words(row, "education", 60),
            self._words(row, "occupation", 80),
            self._words(row, "disability", 80),
            raw,
        ), found

    def _household_key(self, row: Sequence[Cell], found: Findings) -> str:
        if "household_key" in self.of_person.fields:
            key = self.key(row, "household_key", self.of_person)
            if not key:
                found.append(self._no_key(row, "household_key", self.of_person))
            return key
        key = self.key(row, "source_key", self.of_household)
        if not key and "source_key" in self.of_household.fields:
            found.append(
                Finding("household_rejected", "Rumah tangga anggota ini tidak diketahui.", is_error=True)
            )
        return key

    def _name(self, row: Sequence[Cell], found: Findings) -> str:
        header = self.of_person.header("name")
        name = cut(words(self.of_person.cell(row, "name")), 150, header, found)
        if not name:
            found.append(Finding("no_name", "Nama kosong.", header, is_error=True))
        elif LETTER.search(name) is None:
            message = f"Nama “{name[:40]}” tidak memuat satu huruf pun; mungkin isi baris ini bergeser."
            found.append(Finding("name_without_letter", message, header, name[:SHOWN], is_error=True))
        return name

    def _relation(self, row: Sequence[Cell], found: Findings) -> int | None:
        fields: Mapping[str, tuple[int, Column]] = self.of_person.fields
        name = "relation" if "relation" in fields else "family_relation"
        cell = self.of_person.cell(row, name)
        return coded(cell, fields[name][1], found) if cell not in (None, "") else None

    def _words(self, row: Sequence[Cell], name: str, limit: int) -> str:
        cell = self.of_person.cell(row, name)
        return "" if cell is None or cell == "" else decoded(cell, self.of_person.fields[name][1], limit)
