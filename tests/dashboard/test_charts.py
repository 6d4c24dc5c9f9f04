"""Drawings: colours cover every number, borders follow the kecamatan, bars keep their proportions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tangerang_poverty.areas.models import Area
from tangerang_poverty.dashboard import charts
from tangerang_poverty.dashboard.figures import Compared, Figures, WaveFigure

CITY = Area(code="36.71", name="Kota", level=Area.Level.KOTA)
WAVE = WaveFigure(
    pk=1,
    code="W",
    name="PPLS 2008",
    instrument="PPLS",
    year=2008,
    unit="rumah tangga",
    reported=55_000,
    source="Koran",
    source_url="",
    loaded=True,
    counted=55_000,
    people=0,
)


def figures(
    *areas: Area, changes: dict[str, int] | None = None, waves: tuple[WaveFigure, ...] = ()
) -> Figures:
    """Figures of a city with these areas; `changes` by code, from 100 families each."""
    for area in areas:
        area.has_boundary = False  # type: ignore[attr-defined]
    return Figures(
        area=CITY,
        areas=areas,
        waves=waves,
        before=WAVE,
        after=WAVE,
        kelurahan=tuple(
            Compared(area, 100, 100 + (changes or {}).get(area.code, 0))
            for area in areas
            if area.level == Area.Level.KELURAHAN and (changes is None or area.code in changes)
        ),
        distributions=(),
        today=None,
        calculated_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


def kelurahan(number: int, row: int, col: int, *, kecamatan: int = 1) -> Area:
    parent = f"36.71.0{kecamatan}"
    code = f"{parent}.10{number:02d}"
    return Area(code=code, name=f"K{number}", level="kelurahan", parent_id=parent, tile_row=row, tile_col=col)


def kecamatan(number: int) -> Area:
    return Area(code=f"36.71.0{number}", name=f"Kecamatan {number}", level="kecamatan", parent_id="36.71")


def test_thick_borders_run_between_kecamatan_and_around_the_city() -> None:
    areas = [
        kecamatan(1),
        kecamatan(2),
        kelurahan(1, 1, 1),
        kelurahan(2, 1, 2),
        kelurahan(3, 1, 3, kecamatan=2),
        kelurahan(4, 2, 1, kecamatan=2),
    ]
    drawn, _ = charts.tiles(figures(*areas, changes={area.code: 0 for area in areas}), by_count=False)
    borders = {
        tile.area.name: {css for css in tile.css.split() if css in {"et", "er", "eb", "el"}} for tile in drawn
    }
    assert borders == {
        "K1": {"et", "el"},
        "K2": {"et", "eb"},
        "K3": {"et", "er", "eb", "el"},
        "K4": {"et", "er", "eb", "el"},
    }


def test_a_kecamatan_is_named_once_on_the_first_tile_of_its_widest_run() -> None:
    areas = [
        kecamatan(1),
        kelurahan(1, 1, 1),
        kelurahan(2, 1, 3),
        kelurahan(3, 2, 2),
        kelurahan(4, 2, 3),
        kelurahan(5, 3, 1),
        kelurahan(6, 3, 2),
    ]
    drawn, _ = charts.tiles(figures(*areas), by_count=False)
    assert [(tile.area.name, tile.kecamatan_label) for tile in drawn if tile.kecamatan_label] == [
        ("K3", "Kecamatan 1")
    ]


def test_a_kelurahan_outside_the_figures_is_drawn_without_a_number() -> None:
    inside, outside = kelurahan(1, 1, 1), kelurahan(2, 1, 2)
    drawn, _ = charts.tiles(figures(kecamatan(1), inside, outside, changes={inside.code: -5}), by_count=False)
    assert [(tile.area.name, tile.figure is None, "t-none" in tile.css) for tile in drawn] == [
        ("K1", False, False),
        ("K2", True, True),
    ]


def test_bars_of_change_leave_a_common_zero_to_both_sides_in_proportion() -> None:
    rows = [Compared(CITY, 100, 100 + change) for change in (-30, 0, 10)]
    fallen, same, risen = charts.change_bars(rows)
    assert fallen.zero == same.zero == risen.zero == risen.x == "74.0%"
    assert (fallen.x, fallen.width, same.width, risen.width) == ("2.0%", "72.0%", "0.0%", "24.0%")
    assert (fallen.css, risen.css) == ("is-down", "is-up")


@pytest.mark.parametrize("values", [[], [0, 0]])
def test_bars_of_nothing_are_no_error(values: list[int]) -> None:
    assert all(bar.width == "0.0%" for bar in charts.share_bars(values))
    assert all(bar.width == "0.0%" for bar in charts.change_bars([Compared(CITY, v, v) for v in values]))


SECOND = replace(WAVE, code="V", name="PPLS 2011", year=2011, reported=52_000, counted=52_000)


def test_the_trend_draws_one_line_where_counted_and_reported_agree() -> None:
    trend = charts.trend(figures(waves=(WAVE, SECOND)), whole_city=True)
    assert trend
    assert [(mark.text, year) for mark, (_, year) in zip(trend.main, trend.years, strict=True)] == [
        ("55.000", "2008"),
        ("52.000", "2011"),
    ]
    assert trend.main[0].y < trend.main[1].y  # the higher number stands higher
    assert not trend.other


def test_the_trend_draws_the_counted_line_where_it_differs_and_says_both() -> None:
    trend = charts.trend(figures(waves=(WAVE, replace(SECOND, counted=51_000))), whole_city=True)
    assert trend
    assert [mark.text for mark in trend.other] == ["55.000", "51.000"]
    assert "PPLS 2011: 52.000 dilaporkan, 51.000 terhitung" in trend.says


def test_below_the_city_the_trend_leaves_published_totals_of_the_city_out() -> None:
    waves = (replace(WAVE, counted=61), replace(SECOND, counted=56))
    trend = charts.trend(figures(waves=waves), whole_city=False)
    assert trend
    assert [mark.text for mark in trend.main] == ["61", "56"]
    assert "dilaporkan" not in trend.says


def test_one_number_is_no_trend() -> None:
    assert charts.trend(figures(waves=(WAVE,)), whole_city=True) is None


def test_boundaries_are_drawn_to_scale_with_north_on_top() -> None:
    wide = Area(
        code="a", boundary={"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}
    )
    north = Area(
        code="b",
        boundary={
            "type": "MultiPolygon",
            "coordinates": [[[[0, 1], [1, 1], [1, 2], [0, 1]]], [[[1, 1], [2, 2], [2, 1], [1, 1]]]],
        },
    )
    shapes, height = charts.shapes([wide, north, Area(code="c")], width=100)
    assert height == 100
    assert [(shape.area.code, shape.path) for shape in shapes] == [
        ("a", "M0 100 100 100 100 50 0 50 0 100z"),
        ("b", "M0 50 50 50 50 0 0 50zM50 50 100 0 100 50 50 50z"),
    ]


def test_without_boundaries_nothing_is_drawn() -> None:
    assert charts.shapes([CITY]) == ([], 0)
