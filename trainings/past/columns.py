"""The columns of a spreadsheet of the past: how their headers are spelled, and which row of a sheet is the header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from households.imports.cells import tidy, words
from tangerang_poverty.kit.problems import Problem
from tangerang_poverty.kit.spreadsheets.read import Cell, Row

MOST_COLUMNS = 1_000  # with those that are not ours; the workbook of rejected rows has them all
HEADER_WITHIN = 10  # first rows; a title and the number of a decree often stand above the header
SHOWN = 12  # headers quoted in a refusal


@dataclass(frozen=True)
class Column:
    """One column: the title we write, and the folded titles others write."""

    field: str
    title: str
    spellings: frozenset[str]
    required: bool = True


def _column(field: str, title: str, spellings: str, *, required: bool = True) -> Column:
    return Column(field, title, frozenset({fold(title), *spellings.split()}), required)


def fold(cell: object) -> str:
    """A header without case, accents, spaces and punctuation."""
    text = unicodedata.normalize("NFKD", str(cell or "")).casefold()
    return re.sub(r"[^a-z0-9]", "", text)


COLUMNS = (
    _column(
        "year",
        "Tahun",
        "thn th tahunpelatihan tahunkegiatan tahunanggaran tahunpelaksanaan tahunlulus tahunprogram ta",
    ),
    _column(
        "course",
        "Keterampilan",
        "pelatihan jenispelatihan namapelatihan jenisketerampilan namaketerampilan bidangketerampilan bidangpelatihan"
        " kursus jeniskursus namakursus kegiatan namakegiatan",
    ),
    _column("kecamatan", "Kecamatan", "kec namakecamatan kecamatanpeserta kecamatandomisili", required=False),
    _column(
        "kelurahan",
        "Kelurahan",
        "kel desa namakelurahan kelurahandesa desakelurahan keldesa desakel kelurahanpeserta kelurahandomisili",
    ),
    _column(
        "name",
        "Nama",
        "namalengkap namapeserta namawarga namalulusan namapenerima namapesertapelatihan peserta namaorang",
    ),
    _column(
        "nik",
        "NIK",
        "nonik nomornik noktp nomorktp nikktp noktpnik niknoktp nomorindukkependudukan noindukkependudukan"
        " nikpeserta nomoridentitas noidentitas",
        required=False,
    ),
)
BY_FIELD = {column.field: column for column in COLUMNS}
TITLES = [column.title for column in COLUMNS]


@dataclass(frozen=True)
class Header:
    """The header of a sheet: the number of its row, all titles from column A, and where each known column is."""

    row: int
    titles: list[str]
    places: Mapping[str, int]

    def title(self, field: str) -> str:
        """The title as written in the sheet."""
        return self.titles[self.places[field]] if field in self.places else BY_FIELD[field].title


def header_of(rows: Sequence[Row], where: str) -> Header | Problem | None:
    """The header among the first rows; None when none of them looks like one; the problem when columns are wrong.

    `where` names the file and the sheet in the sentence.
    """
    number, cells, places = _likely(rows)
    if len(places) < 2:
        return None
    titles = [words(cell) for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    if len(titles) > MOST_COLUMNS:
        most = f"{MOST_COLUMNS:,}".replace(",", ".")
        return Problem("too_many_columns", f"{where}: lebih dari {most} kolom; hapus yang tidak diperlukan.")
    twice = {field: at for field, at in places.items() if len(at) > 1}
    if twice:
        field, at = next(iter(twice.items()))
        named = " dan ".join(f"“{titles[index]}”" for index in at)
        return Problem(
            "repeated_column",
            f"{where}: ada {len(at)} kolom untuk {BY_FIELD[field].title} ({named}); sisakan satu saja.",
        )
    missing = [column.title for column in COLUMNS if column.required and column.field not in places]
    if missing:
        return missing_columns(where, missing, titles)
    return Header(number, titles, {field: at[0] for field, at in places.items()})


def missing_columns(where: str, missing: Sequence[str], titles: Sequence[str]) -> Problem:
    """The refusal that names what is not there, and what was read instead."""
    wanted = " dan ".join(f"“{title}”" for title in missing) if len(missing) < 3 else _listed(missing)
    found = _listed([title for title in titles if title][:SHOWN]) or "tidak ada"
    return Problem("missing_column", f"{where}: kolom {wanted} tidak ada. Judul yang terbaca: {found}.")


def _listed(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title[:40]}”" for title in titles)


def _likely(rows: Sequence[Row]) -> tuple[int, list[Cell], dict[str, list[int]]]:
    """Of the first rows the one that names most columns."""
    best: tuple[int, list[Cell], dict[str, list[int]]] = (0, [], {})
    for number, cells in rows[:HEADER_WITHIN]:
        places: dict[str, list[int]] = {}
        for index, cell in enumerate(cells):
            key = fold(cell) if isinstance(cell, str) else ""
            for column in COLUMNS:
                if key in column.spellings:
                    places.setdefault(column.field, []).append(index)
        if len(places) > len(best[2]):
            best = (number, cells, places)
    return best


def only_numbers_columns(cells: Sequence[Cell]) -> bool:
    """Whether a row below the header says (1), (2), (3), … and nothing else."""
    texts = [fold(tidy(cell)) for cell in cells if tidy(cell)]
    if len(texts) < 2 or not all(text.isdigit() and len(text) < 3 for text in texts):
        return False
    first = int(texts[0])
    return [int(text) for text in texts] == list(range(first, first + len(texts)))
