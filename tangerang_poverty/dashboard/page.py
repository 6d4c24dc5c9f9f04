"""What the dashboard's templates show: figures as numbers that open their families, and the drawn rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tangerang_poverty.areas.models import Area
from tangerang_poverty.dashboard import charts
from tangerang_poverty.dashboard.charts import Bar, Tile
from tangerang_poverty.dashboard.figures import Compared, Figures, WaveFigure
from tangerang_poverty.dashboard.links import Links, opens, reported
from tangerang_poverty.kit.formats import NO_BREAK_SPACE, number, percent, signed


@dataclass(frozen=True)
class WaveNumber:
    """A wave's number in the headline."""

    wave: WaveFigure
    text: SafeString


@dataclass(frozen=True)
class Headline:
    """The pair of numbers on top: published ones for the city where both waves have one, else counted."""

    numbers: list[WaveNumber]
    is_reported: bool
    badge: str
    badge_css: str
    is_long: bool  # numbers of seven signs are written smaller


@dataclass(frozen=True)
class Row:
    """A line of the table by area."""

    area: Area
    name: SafeString
    before: SafeString
    after: SafeString
    difference: str
    change: str
    bar: Bar | None


@dataclass(frozen=True)
class RankRow:
    """A line of the table by welfare rank."""

    label: str
    households: SafeString
    share: str
    bar: Bar


@dataclass(frozen=True)
class MapCell:
    """A tile or polygon with its number, where it leads and what a reader of the screen hears."""

    tile: Tile
    text: str
    says: str
    href: str


def headline(figures: Figures, links: Links) -> Headline:
    waves = [wave for wave in (figures.before, figures.after) if wave]
    is_reported = figures.area.parent_id is None and all(wave.reported is not None for wave in waves)
    numbers = [
        WaveNumber(
            wave,
            reported(wave, figures, links) if is_reported else links.count(wave.counted, wave, figures.area),
        )
        for wave in waves
    ]
    if len(waves) < 2:
        return Headline(numbers, is_reported, "", "", False)
    first, last = ((wave.reported or 0) if is_reported else wave.counted for wave in waves)
    badge, css = _badge(Compared(figures.area, first, last))
    return Headline(numbers, is_reported, badge, css, max(first, last) > 99_999)


def _badge(total: Compared) -> tuple[str, str]:
    difference = total.difference or 0
    if not difference:
        return f"tetap {number(total.after)} keluarga", ""
    word, css = ("turun", "is-good") if difference < 0 else ("naik", "is-warn")
    share = "" if total.change is None else f" ({change_text(total)})"
    return f"{word} {number(abs(difference))} keluarga{share}", css


def change_text(row: Compared) -> str:
    """ "−5,5 %", "+2,5 %"; a dash when there was nothing to change from."""
    if row.before is None:
        return ""
    return "–" if row.change is None else f"{signed(row.change * 100, 1)}{NO_BREAK_SPACE}%"


def difference_text(row: Compared) -> str:
    return "" if row.difference is None else signed(row.difference)


def directions(figures: Figures) -> dict[str, str]:
    """How many kelurahan fell, and in words how many rose and stayed."""
    signs = [row.difference or 0 for row in figures.kelurahan]
    fell, rose = sum(d < 0 for d in signs), sum(d > 0 for d in signs)
    return {"fell": number(fell), "rest": f"{number(rose)} naik, {number(len(signs) - fell - rose)} tetap"}


def people(figures: Figures) -> dict[str, str]:
    """Members of the families counted; they open no list of their own."""
    before, after = figures.before, figures.after
    return {
        "before": number(before.people) if before else "",
        "after": number(after.people) if after else "",
        "difference": signed(after.people - before.people) if before and after else "",
    }


def sources(figures: Figures) -> list[SafeString]:
    """Where the published totals of the waves shown come from; the same source is named once."""
    shown = [wave for wave in (figures.before, figures.after) if wave and wave.reported is not None]
    found = {(_short(wave.source), wave.source_url): wave.name for wave in shown}
    names = [name for name, _ in found]
    return [
        opens(name if names.count(name) == 1 else f"{name} ({wave})", url)
        for (name, url), wave in found.items()
    ]


def published(figures: Figures) -> list[SafeString]:
    """The published totals of the city, those of one source as a line: waves, numbers, source."""
    found: dict[tuple[str, str], list[str]] = {}
    for wave in figures.waves:
        if wave.reported is not None:
            totals = found.setdefault((_short(wave.source), wave.source_url), [])
            totals.append(f"{wave.name} {number(wave.reported)}")
    return [
        format_html("{} ({})", ", ".join(totals), opens(name, url)) for (name, url), totals in found.items()
    ]


def _short(source: str) -> str:
    """Who said it; what was said comes after a colon and stands on the page of the wave."""
    return source.partition(": ")[0].rstrip(".")


def children(figures: Figures) -> Sequence[Compared]:
    """The areas one level below: kecamatan of the city, kelurahan of a kecamatan; a kelurahan has none."""
    if figures.area.level == Area.Level.KOTA:
        return figures.kecamatan
    return figures.kelurahan if figures.area.level == Area.Level.KECAMATAN else ()


def rows(figures: Figures, links: Links) -> list[Row]:
    """The table by area."""
    below = children(figures)
    bars: list[Bar] = (
        charts.change_bars(below) if figures.before else charts.share_bars([row.after for row in below])
    )
    return [
        row(line, figures, links, name=opens(line.area.name, links.page(line.area)), bar=bar)
        for line, bar in zip(below, bars, strict=True)
    ]


def row(line: Compared, figures: Figures, links: Links, *, name: SafeString, bar: Bar | None = None) -> Row:
    return Row(
        area=line.area,
        name=name,
        before=links.count(line.before, figures.before, line.area),
        after=links.count(line.after, figures.after, line.area),
        difference=difference_text(line),
        change=change_text(line),
        bar=bar,
    )


def ranks(figures: Figures, links: Links) -> list[tuple[WaveFigure, str, list[RankRow]]]:
    """(wave, name of its scale, lines) of each distribution."""
    shown = []
    for distribution in figures.distributions:
        bars = charts.share_bars([group.households for group in distribution.groups])
        lines = [
            RankRow(
                label=group.label,
                households=links.count(group.households, distribution.wave, figures.area, group),
                share=percent(group.share),
                bar=bar,
            )
            for group, bar in zip(distribution.groups, bars, strict=True)
        ]
        shown.append((distribution.wave, distribution.scale_label, lines))
    return shown


def map_cells(
    figures: Figures, links: Links, *, by_count: bool
) -> tuple[list[MapCell], list[tuple[str, str]]]:
    """Every tile with its number, and the legend of the colours."""
    tiles, scale = charts.tiles(figures, by_count=by_count)
    return [_map_cell(tile, figures, links, by_count=by_count) for tile in tiles], scale.legend


def _map_cell(tile: Tile, figures: Figures, links: Links, *, by_count: bool) -> MapCell:
    place, figure = f"{tile.area.name}, {tile.kecamatan}", tile.figure
    if figure is None or figures.after is None:
        return MapCell(tile, "", place, "")
    if by_count:
        href = links.families(figures.after, tile.area) or links.page(tile.area)
        return MapCell(tile, number(figure.after), f"{place}: {number(figure.after)} keluarga", href)
    says = f"{place}: {number(figure.before or 0)} menjadi {number(figure.after)}"
    return MapCell(tile, difference_text(figure), says, links.page(tile.area))
