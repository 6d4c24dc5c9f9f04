"""The dashboard as a workbook: the same figures as the page, as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from tangerang_poverty.dashboard.coverage import groups_of
from tangerang_poverty.dashboard.figures import Compared, Figures
from tangerang_poverty.kit.formats import long_datetime
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet
from trainings.reports.recap import Trained, by_year, by_year_and_place, total

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


def training_sheets(figures: Figures) -> list[Sheet]:
    """Participants by year, by year and kelurahan, and the families helped by rank."""
    return [_years(figures), _years_and_places(figures), _covered(figures)]


TRAINED = ["Kursi", "Terisi", "Pernah hadir", "Lulus", "Lulus dari riwayat"]


def _trained(trained: Trained) -> list[Cell]:
    return [trained.offered, trained.filled, trained.attended, trained.graduated, trained.past]


def _years(figures: Figures) -> Sheet:
    years = by_year(figures.area)
    rows: list[list[Cell]] = [
        [figure.year, ", ".join(figure.courses), *_trained(figure.trained)] for figure in years
    ]
    if len(years) > 1:
        rows.append(["Jumlah", "", *_trained(total(years))])
    note = "Riwayat = lulusan menurut berkas tahun-tahun lalu, tanpa yang dikesampingkan."
    return Sheet("Pelatihan", ["Tahun", "Keterampilan", *TRAINED], rows, notes=[note])


def _years_and_places(figures: Figures) -> Sheet:
    areas = {area.code: area for area in figures.areas}
    rows: list[list[Cell]] = [
        [year, code, areas[areas[code].parent_id or ""].name, areas[code].name, *_trained(trained)]
        for (year, code), trained in by_year_and_place(figures.area).items()
    ]
    return Sheet("Pelatihan kelurahan", ["Tahun", "Kode", "Kecamatan", "Kelurahan", *TRAINED], rows)


def _covered(figures: Figures) -> Sheet:
    rows: list[list[Cell]] = [
        [
            group.label,
            group.households,
            group.helped,
            group.households - group.helped,
            round(group.helped / group.households * 100, 1),
        ]
        for group in groups_of(figures)
    ]
    header = ["Kelompok", "Keluarga", "Terbantu", "Belum terbantu", "Bagian terbantu (%)"]
    wave = figures.after.name if figures.after else ""
    return Sheet("Terbantu", header, rows, notes=[f"Keluarga menurut {wave}; terbantu sampai hari ini."])


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
