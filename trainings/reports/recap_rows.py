"""The figures of the trainings as pages show them: numbers that open their rows, beside their bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.tiles import OTHERS, count_scale, placed
from tangerang_poverty.kit.formats import number
from trainings.reports.recap import PlaceFigure, Trained, YearFigure

MEASURES = {"terisi": "kursi terisi", "hadir": "pernah hadir", "lulus": "lulus"}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses for one reader: who may not see participants reads plain numbers."""

    opens_participants: bool

    def rows(self, value: int, kind: str, *, area: Area, year: int | None) -> str:
        """The list of exactly these participants; "" when there is nothing to open, or not for this reader."""
        if not (value and self.opens_participants):
            return ""
        asked = {"tahun": year, "wilayah": area.code, "keadaan": kind}
        return f"{reverse('trainings:participants')}?{urlencode({k: v for k, v in asked.items() if v})}"

    def recap(self, *, area: Area, year: int | None = None, **extra: str) -> str:
        """The page of an area and a year."""
        asked = {"tahun": str(year or ""), "wilayah": area.code, **extra}
        return f"{reverse('trainings:recap')}?{urlencode({k: v for k, v in asked.items() if v})}"


def links_for(user: User) -> Links:
    return Links(opens_participants=user.has_perm(Can.VIEW_TRAININGS))


@dataclass(frozen=True, slots=True)
class Bar:
    """Widths in percent of the longest: the seats as the ground, on it those filled, and who passed in front.

    Graduates of the past follow those of the programmes, from `start` on.
    """

    offered: str
    filled: str
    graduated: str
    start: str
    past: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its name and where that leads, the figures, and what each of them opens."""

    name: str
    href: str
    note: str
    trained: Trained
    filled: str
    attended: str
    graduated: str
    past: str
    bar: Bar | None = None
    is_chosen: bool = False

    @property
    def is_held(self) -> bool:
        """A programme was held there: its zeros say something, those of a year known from a spreadsheet do not."""
        return bool(self.trained.offered or self.trained.filled or self.trained.attended)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their sum; `has_past` and `has_seats` say which columns there is anything for."""

    rows: list[Row]
    total: Row
    has_past: bool
    has_seats: bool


@dataclass(frozen=True, slots=True)
class MapCell:
    """One kelurahan on the tile map; one outside the area looked at says nothing but its name."""

    css: str
    kecamatan_label: str
    text: str
    says: str
    href: str
    is_inside: bool


def years(figures: Sequence[YearFigure], links: Links, *, area: Area, chosen: int | None = None) -> Table:
    """A line for each year, each leading to its places."""
    bars = _bars([figure.trained for figure in figures])
    rows = [
        row(
            str(figure.year),
            links,
            figure.trained,
            area=area,
            year=figure.year,
            href=links.recap(area=area, year=figure.year),
            note=", ".join(figure.courses),
            bar=bar,
            is_chosen=figure.year == chosen,
        )
        for figure, bar in zip(figures, bars, strict=True)
    ]
    return _table(rows, "Semua tahun", links, area=area, year=None)


def places(figures: Sequence[PlaceFigure], links: Links, *, area: Area, year: int) -> Table:
    """A line for each place in one year; a kelurahan leads no further."""
    bars = _bars([figure.trained for figure in figures])
    rows = [
        row(
            figure.area.name,
            links,
            figure.trained,
            area=figure.area,
            year=year,
            href=links.recap(area=figure.area, year=year) if figure.area != area else "",
            bar=bar,
        )
        for figure, bar in zip(figures, bars, strict=True)
    ]
    return _table(rows, area.get_level_display(), links, area=area, year=year)


def map_cells(
    figures: Iterable[PlaceFigure], areas: Iterable[Area], links: Links, *, year: int, measure: str
) -> tuple[list[MapCell], list[tuple[str, str]]]:
    """Every tile with its number, and the legend of the colours."""
    inside = {figure.area.code: figure.trained for figure in figures}
    scale = count_scale(measured(trained, measure) for trained in inside.values())
    cells = []
    for place in placed(areas):
        trained, where = inside.get(place.area.code), f"{place.area.name}, {place.kecamatan}"
        value = 0 if trained is None else measured(trained, measure)
        cells.append(
            MapCell(
                css=place.css(OTHERS if trained is None else scale.css(value)),
                kecamatan_label=place.kecamatan_label,
                text=number(value),
                says=where if trained is None else f"{where}: {number(value)} {MEASURES[measure]}",
                href=links.recap(area=place.area, year=year) if trained is not None else "",
                is_inside=trained is not None,
            )
        )
    return cells, scale.legend


def measured(trained: Trained, measure: str) -> int:
    """The figure that a word of MEASURES means; who passed includes the past."""
    return {"terisi": trained.filled, "hadir": trained.attended, "lulus": trained.finished}[measure]


def _table(rows: list[Row], name: str, links: Links, *, area: Area, year: int | None) -> Table:
    added = sum((row.trained for row in rows), Trained())
    return Table(
        rows=rows,
        total=row(name, links, added, area=area, year=year),
        has_past=bool(added.past),
        has_seats=bool(added.offered or added.filled or added.attended),
    )


def row(
    name: str,
    links: Links,
    trained: Trained,
    *,
    area: Area,
    year: int | None,
    href: str = "",
    note: str = "",
    bar: Bar | None = None,
    is_chosen: bool = False,
) -> Row:
    """Figures with the lists they open."""
    return Row(
        name=name,
        href=href,
        note=note,
        trained=trained,
        filled=links.rows(trained.filled, "terisi", area=area, year=year),
        attended=links.rows(trained.attended, "hadir", area=area, year=year),
        graduated=links.rows(trained.graduated, "lulus", area=area, year=year),
        past=links.rows(trained.past, "riwayat", area=area, year=year),
        bar=bar,
        is_chosen=is_chosen,
    )


def _bars(figures: Sequence[Trained]) -> list[Bar]:
    """On one scale for all, so that they can be compared."""
    top = max([1, *(max(one.offered, one.filled, one.finished) for one in figures)])

    def width(value: int) -> str:
        return f"{value / top * 100:.1f}%"

    return [
        Bar(
            width(one.offered), width(one.filled), width(one.graduated), width(one.graduated), width(one.past)
        )
        for one in figures
    ]
