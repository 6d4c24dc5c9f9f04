"""Groups and grants in the workbook of the dashboard: the same figures as its page, as numbers."""

from __future__ import annotations

from django.utils import timezone

from kub.lifecycle import Stage
from kub.reports.funnel import funnel
from kub.reports.recap import Money, by_kind, by_year, by_year_and_place, overdue, total
from tangerang_poverty.dashboard.figures import Figures
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet

MONEY = [
    "Hibah",
    "Diputuskan",
    "Dibayar",
    "Dipertanggungjawabkan",
    "Disetor kembali",
    "Belum dipertanggungjawabkan",
]


def sheets(figures: Figures) -> list[Sheet]:
    """The funnel, groups by kind and stage, grants by year, and by year and kelurahan."""
    return [_funnel(figures), _kinds(figures), _years(figures), _years_and_places(figures)]


def _funnel(figures: Figures) -> Sheet:
    rows: list[list[Cell]] = [
        [step.label, step.meaning, step.people, None if step.share is None else round(step.share * 100, 1)]
        for step in funnel(figures.area)
    ]
    note = "Setiap orang dihitung sekali, di wilayah tempat ia dilatih."
    return Sheet("Corong", ["Langkah", "Artinya", "Orang", "Dari langkah sebelumnya (%)"], rows, notes=[note])


def _kinds(figures: Figures) -> Sheet:
    kinds = by_kind(figures.area)
    rows: list[list[Cell]] = [
        [kind.name, *(kind.stages[stage] for stage in Stage.values), kind.forming, kind.dissolved]
        for kind in kinds
    ]
    if len(kinds) > 1:
        sums = [sum(kind.stages[stage] for kind in kinds) for stage in Stage.values]
        rows.append(
            ["Jumlah", *sums, sum(kind.forming for kind in kinds), sum(kind.dissolved for kind in kinds)]
        )
    header = ["Jenis usaha", *(str(stage.label) for stage in Stage), "Dibentuk", "Bubar"]
    return Sheet("KUB", header, rows, notes=["Tahap KUB yang aktif."])


def _years(figures: Figures) -> Sheet:
    years = by_year(figures.area)
    rows: list[list[Cell]] = [[one.year, one.allotted, *_sums(one.money)] for one in years]
    if len(years) > 1:
        allotted = [one.allotted for one in years if one.allotted is not None]
        rows.append(["Jumlah", sum(allotted) if allotted else None, *_sums(total(years))])
    late = overdue(figures.area, timezone.localdate(figures.calculated_at))
    notes = ["Rupiah menurut tahun anggaran; pagu hanya untuk seluruh kota."]
    since = f", tenggat paling lama {long_date(late.since)}" if late.since else ""
    notes.append(f"LPJ terlambat: {late.reports}{since}.")
    return Sheet("Hibah", ["Tahun", "Pagu", *MONEY], rows, notes=notes)


def _years_and_places(figures: Figures) -> Sheet:
    areas = {area.code: area for area in figures.areas}
    rows: list[list[Cell]] = [
        [year, code, areas[areas[code].parent_id or ""].name, areas[code].name, *_sums(money)]
        for (year, code), money in by_year_and_place(figures.area).items()
    ]
    return Sheet("Hibah kelurahan", ["Tahun", "Kode", "Kecamatan", "Kelurahan", *MONEY], rows)


def _sums(money: Money) -> list[Cell]:
    return [money.grants, money.decided, money.paid, money.accounted, money.refunded, money.open]
