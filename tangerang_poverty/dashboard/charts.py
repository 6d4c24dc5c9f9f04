"""Drawings of the dashboard as plain geometry and class names; templates turn them into HTML and SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.tiles import OTHERS, ColourScale, change_scale, count_scale, placed
from tangerang_poverty.dashboard.figures import Compared, Figures, WaveFigure
from tangerang_poverty.kit.formats import number


@dataclass(frozen=True)
class Tile:
    """A kelurahan on the map: its place, its classes (cell, colour, borders) and what it says."""

    area: Area
    kecamatan: str
    css: str
    kecamatan_label: str
    figure: Compared | None  # None: not the reader's, or outside the area looked at


def tiles(figures: Figures, *, by_count: bool) -> tuple[list[Tile], ColourScale]:
    """Every kelurahan of the city that has a tile, in reading order, and the scale of its colours."""
    inside = {row.area.code: row for row in figures.kelurahan}
    scale = (
        count_scale(row.after for row in inside.values())
        if by_count
        else change_scale(row.difference or 0 for row in inside.values())
    )
    drawn = []
    for place in placed(figures.areas):
        figure = inside.get(place.area.code)
        value = 0 if figure is None else figure.after if by_count else figure.difference or 0
        colour = scale.css(value) if figure else OTHERS
        drawn.append(Tile(place.area, place.kecamatan, place.css(colour), place.kecamatan_label, figure))
    return drawn, scale


@dataclass(frozen=True)
class Bar:
    """A bar from `x`, `width` wide, both in percent as SVG wants them; `zero` is where it starts."""

    x: str
    width: str
    zero: str
    css: str


def change_bars(rows: Sequence[Compared]) -> list[Bar]:
    """Bars left (fallen) and right (risen) of a common zero."""
    values = [row.difference or 0 for row in rows]
    low, high = min([0, *values]), max([0, *values])
    unit = 96 / ((high - low) or 1)
    zero = 2 - low * unit
    return [
        Bar(
            x=_percent(zero + min(0, value) * unit),
            width=_percent(abs(value) * unit),
            zero=_percent(zero),
            css="is-up" if value > 0 else "is-down",
        )
        for value in values
    ]


def share_bars(values: Sequence[int]) -> list[Bar]:
    """Bars from the left, the longest filling the width."""
    top = max([1, *values])
    return [Bar(x="0%", width=_percent(value / top * 100), zero="0%", css="is-plain") for value in values]


def _percent(value: float) -> str:
    return f"{value:.1f}%"


@dataclass(frozen=True)
class Mark:
    """A point of the trend with its label, in the drawing's units."""

    x: int
    y: int
    text: str
    text_y: int


@dataclass(frozen=True)
class Trend:
    """A line of points over the years; `other` is a second series where it differs from the first."""

    main: list[Mark]
    other: list[Mark]
    today: Mark | None
    years: list[tuple[int, str]]
    line: str
    other_line: str
    to_today: str
    ground: str
    says: str


WIDTH, TOP, BOTTOM, SIDE = 290, 44, 164, 36


def trend(figures: Figures, *, whole_city: bool) -> Trend | None:
    """Reported totals over the waves and, where they differ, the counted ones; below the city only counted.

    None when there are fewer than two points: one number is no trend.
    """
    shown = [wave for wave in figures.waves if wave.loaded or (whole_city and wave.reported is not None)]
    points = len(shown) + (figures.today is not None)
    if points < 2:
        return None
    xs = [SIDE + round(i * (WIDTH - 2 * SIDE) / (points - 1)) for i in range(points)]
    counted = {i: wave.counted for i, wave in enumerate(shown) if wave.loaded}
    reported = {i: wave.reported for i, wave in enumerate(shown) if wave.reported is not None and whole_city}
    main, other = (reported, counted) if reported else (counted, {})
    if all(main.get(i) == value for i, value in other.items()):
        other = {}
    today = {points - 1: figures.today} if figures.today is not None else {}
    values = [*main.values(), *other.values(), *today.values()]
    scale = _Height(min(values), max(values))
    marks = [Mark(xs[i], scale(v), number(v), scale(v) - 12) for i, v in main.items()]
    below = [Mark(xs[i], scale(v), number(v), scale(v) + 20) for i, v in other.items()]
    last = [Mark(xs[i], scale(v), number(v), scale(v) - 12) for i, v in today.items()]
    return Trend(
        main=marks,
        other=below,
        today=last[0] if last else None,
        years=[
            *((xs[i], str(wave.year)) for i, wave in enumerate(shown)),
            *((mark.x, "hari ini") for mark in last),
        ],
        line=_path(marks),
        other_line=_path(below),
        to_today=_path([(below or marks)[-1], *last]) if last else "",
        ground=f"{_path(marks)}V{BOTTOM}H{marks[0].x}z" if len(marks) > 1 else "",
        says=_says(shown, figures.today, whole_city=whole_city),
    )


class _Height:
    """Value to y: the highest on the top line, the lowest two thirds down, so a small fall stays visible."""

    def __init__(self, low: int, high: int) -> None:
        self.high = high
        self.unit = (BOTTOM - TOP) * 0.65 / ((high - low) or 1)

    def __call__(self, value: int) -> int:
        return TOP + round((self.high - value) * self.unit)


def _path(marks: Sequence[Mark]) -> str:
    return f"M{' '.join(f'{mark.x} {mark.y}' for mark in marks)}" if marks else ""


def _says(waves: Iterable[WaveFigure], today: int | None, *, whole_city: bool) -> str:
    """The drawing in words."""
    parts = []
    for wave in waves:
        said = []
        if whole_city and wave.reported is not None:
            said.append(f"{number(wave.reported)} dilaporkan")
        if wave.loaded:
            said.append(f"{number(wave.counted)} terhitung")
        parts.append(f"{wave.name}: {', '.join(said)}")
    if today is not None:
        parts.append(f"hari ini menurut registri: {number(today)}")
    return f"Keluarga dalam daftar. {'; '.join(parts)}."


@dataclass(frozen=True)
class Shape:
    """A kelurahan's boundary as an SVG path."""

    area: Area
    path: str


def shapes(areas: Iterable[Area], *, width: int = 1000) -> tuple[list[Shape], int]:
    """Boundaries (GeoJSON polygons in degrees) drawn `width` units wide; returns them and the height.

    Near the equator a degree of longitude is as long as one of latitude to 0.6 %, so they are drawn alike.
    Points that fall on the one before are left out: at 1,000 units a city of 25 km keeps bends over 25 m.
    """
    rings = [(area, _rings(area.boundary)) for area in areas if area.boundary]
    points = [point for _, lines in rings for line in lines for point in line]
    if not points:
        return [], 0
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    unit = width / ((east - west) or 1)

    def path(line: Sequence[tuple[float, float]]) -> str:
        drawn = [(round((x - west) * unit), round((north - y) * unit)) for x, y in line]
        kept = [drawn[0], *(here for before, here in pairwise(drawn) if here != before)]
        return f"M{' '.join(f'{x} {y}' for x, y in kept)}z"

    shown = [Shape(area, "".join(path(line) for line in lines)) for area, lines in rings]
    return shown, round((north - south) * unit) or 1


def _rings(geometry: Mapping[str, object]) -> list[list[tuple[float, float]]]:
    """The rings of a Polygon or MultiPolygon."""
    coordinates: list[list[list[list[float]]]] = geometry["coordinates"]  # type: ignore[assignment]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [[(point[0], point[1]) for point in ring] for polygon in polygons for ring in polygon]  # type: ignore[misc]
