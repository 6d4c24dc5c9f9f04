"""The dashboard as a workbook: the same figures as the page, as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from tangerang_poverty.dashboard.figures import Compared, Figures
from tangerang_poverty.kit.formats import long_datetime
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet

COUNTED_NOTE = (
    "Terhitung = keluarga dalam registri menurut wilayah yang dicatat daftar itu. "
    "Dilaporkan = jumlah se-kota yang diumumkan, bukan hitungan registri dan bukan angka kemiskinan BPS."
)


def sheets(figures: Figures) -> list[Sheet]:
    """Ringkasan, kecamatan, kelurahan, peringkat; without kecamatan for a reader of one kelurahan."""
    names = {area.code: area.name for area in figures.areas}
    tables = [_summary(figures)]
    if figures.kecamatan:
        tables.append(_places("Kecamatan", figures, figures.kecamatan, names))
    tables.append(_places("Kelurahan", figures, figures.kelurahan, names))
    tables.append(_ranks(figures))
    return tables


def _summary(figures: Figures) -> Sheet:
    header = [
        "Wilayah",
        "Gelombang",
        "Tahun",
        "Satuan",
        "Dilaporkan se-kota",
        "Sumber",
        "Terhitung",
        "Anggota",
    ]
    rows: list[list[Cell]] = [
        [
            figures.area.label,
            wave.name,
            wave.year,
            wave.unit,
            wave.reported,
            wave.source,
            wave.counted if wave.loaded else None,
            wave.people if wave.loaded else None,
        ]
        for wave in figures.waves
    ]
    return Sheet(
        "Ringkasan", header, rows, notes=[COUNTED_NOTE, f"Dihitung {long_datetime(figures.calculated_at)}."]
    )


def _places(name: str, figures: Figures, rows: Sequence[Compared], names: dict[str, str]) -> Sheet:
    """A line for each place and their sum; of kelurahan with the kecamatan before the name."""
    in_kecamatan = name == "Kelurahan"
    header = ["Kode", *(["Kecamatan"] if in_kecamatan else []), name]
    header += [wave.name for wave in (figures.before, figures.after) if wave]
    header += ["Selisih", "Selisih (%)"] if figures.before else []
    lines: list[list[Cell]] = []
    for row in rows:
        above: list[Cell] = [names.get(row.area.parent_id or "", "")] if in_kecamatan else []
        lines.append([row.area.code, *above, row.area.name, *_numbers(row)])
    if len(rows) > 1:
        lines.append(["", *([""] if in_kecamatan else []), "Jumlah", *_numbers(figures.total)])
    return Sheet(name, header, lines)


def _numbers(row: Compared) -> list[Cell]:
    if row.before is None:
        return [row.after]
    change = None if row.change is None else round(row.change * 100, 1)
    return [row.before, row.after, row.difference, change]


def _ranks(figures: Figures) -> Sheet:
    rows: list[list[Cell]] = [
        [
            distribution.wave.name,
            distribution.scale_label,
            group.label,
            group.households,
            group.people,
            round(group.share * 100, 1),
        ]
        for distribution in figures.distributions
        for group in distribution.groups
    ]
    return Sheet(
        "Peringkat",
        ["Gelombang", "Skala", "Kelompok", "Keluarga", "Anggota", "Bagian (%)"],
        rows,
        notes=["Setiap gelombang memakai skalanya sendiri; skala yang berbeda tidak dapat dibandingkan."],
    )
