"""The figures of groups and grants as pages show them: numbers that open their rows, beside their bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kub.lifecycle import GroupState, Stage
from kub.reports.funnel import Step
from kub.reports.recap import NOTHING, KindFigure, Money, Overdue, PlaceFigure, YearFigure, total
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.tiles import OTHERS, count_scale, placed
from tangerang_poverty.kit.formats import number, percent

MILLION = 1_000_000
# What a tile may show, by the word in the address: its label, and whether the number is in millions of rupiah.
MEASURES: dict[str, tuple[str, bool]] = {
    "kub": ("KUB aktif", False),
    "diputuskan": ("diputuskan", True),
    "dibayar": ("dibayar", True),
    "lpj": ("LPJ diterima", True),
}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses for one reader: who may not see groups, or participants, reads plain numbers."""

    opens_groups: bool
    opens_people: bool

    def groups(self, value: int, *, area: Area, **filters: Any) -> str:
        """The list of exactly these groups; "" when there is nothing to open, or not for this reader."""
        return (
            self._rows("kub:home", {"wilayah": area.code, **filters}) if value and self.opens_groups else ""
        )

    def grants(self, value: int, *, area: Area, year: int | None) -> str:
        """The list of the grants a sum is of, which ends with the same sums."""
        asked = {"tahun": year, "wilayah": area.code}
        return self._rows("kub:grants", asked) if value and self.opens_groups else ""

    def late(self, value: int, *, area: Area) -> str:
        """The list of the reports that are late."""
        return self._rows("kub:reports", {"wilayah": area.code}) if value and self.opens_groups else ""

    def people(self, value: int, step: str, *, area: Area, year: int | None) -> str:
        """The list of the people who came as far as a step."""
        asked = {"langkah": step, "tahun": year, "wilayah": area.code}
        return self._rows("kub:people", asked) if value and self.opens_people else ""

    def recap(self, *, area: Area, year: int | None = None, **extra: str) -> str:
        """The page of an area and a year."""
        return self._rows("kub:recap", {"tahun": year, "wilayah": area.code, **extra})

    @staticmethod
    def _rows(name: str, asked: dict[str, Any]) -> str:
        return f"{reverse(name)}?{urlencode({key: value for key, value in asked.items() if value})}"


def links_for(user: User) -> Links:
    may = user.has_perm(Can.VIEW_GROUPS)
    return Links(opens_groups=may, opens_people=may and user.has_perm(Can.VIEW_TRAININGS))


@dataclass(frozen=True, slots=True)
class Bar:
    """Widths in percent of the longest: the budget as the ground, on it what was decided, paid and accounted for."""

    allotted: str
    decided: str
    paid: str
    accounted: str


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One line of a table of money: its name and where that leads, the sums, and the grants they open."""

    name: str
    href: str
    money: Money
    grants_href: str
    allotted: int | None = None
    groups: int | None = None
    groups_href: str = ""
    bar: Bar | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class MoneyTable:
    """Lines with their sum; whether the city's budget stands beside them, and the groups of each place."""

    rows: list[MoneyRow]
    total: MoneyRow
    has_allotted: bool = False
    has_groups: bool = False


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of business: a number for each stage and state, each with the list it opens."""

    name: str
    numbers: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class KindTable:
    """The columns by name, the lines and their sum."""

    columns: list[str]
    rows: list[KindRow]
    total: KindRow


@dataclass(frozen=True, slots=True)
class StepRow:
    """One bar of the funnel: `width` in percent of the first, `faint` how far along (0…6) for its colour."""

    label: str
    meaning: str
    people: int
    href: str
    share: str
    width: str
    place: int


@dataclass(frozen=True, slots=True)
class LateLine:
    """How many reports are late, since when, and where they stand."""

    reports: int
    since: Any
    href: str


@dataclass(frozen=True, slots=True)
class MapCell:
    """One kelurahan on the tile map; one outside the area looked at says nothing but its name."""

    css: str
    kecamatan_label: str
    text: str
    says: str
    href: str
    is_inside: bool


def years(
    figures: Sequence[YearFigure], links: Links, *, area: Area, chosen: int | None = None
) -> MoneyTable:
    """A line for each fiscal year, each leading to its places."""
    top = max([1, *(max(one.allotted or 0, one.money.decided) for one in figures)])
    rows = [
        _money_row(
            str(one.year),
            one.money,
            links,
            area=area,
            year=one.year,
            href=links.recap(area=area, year=one.year),
            allotted=one.allotted,
            top=top,
            is_chosen=one.year == chosen,
        )
        for one in figures
    ]
    has_allotted = any(one.allotted is not None for one in figures)
    allotted = sum(one.allotted or 0 for one in figures) if has_allotted else None
    whole = _money_row("Semua tahun", total(figures), links, area=area, year=None, allotted=allotted)
    return MoneyTable(rows, whole, has_allotted=has_allotted)


def places(figures: Sequence[PlaceFigure], links: Links, *, area: Area, year: int) -> MoneyTable:
    """A line for each place in one year; a kelurahan leads no further."""
    top = max([1, *(one.money.decided for one in figures)])
    rows = [
        _money_row(
            one.area.name,
            one.money,
            links,
            area=one.area,
            year=year,
            href=links.recap(area=one.area, year=year) if one.area != area else "",
            groups=one.groups,
            top=top,
        )
        for one in figures
    ]
    groups = sum(one.groups for one in figures)
    whole = _money_row(area.get_level_display(), total(figures), links, area=area, year=year, groups=groups)
    return MoneyTable(rows, whole, has_groups=True)


def own(figures: Sequence[YearFigure], links: Links, *, area: Area, year: int) -> MoneyRow:
    """The year of an area that has no places inside it to show."""
    found = [one.money for one in figures if one.year == year] or [NOTHING]
    return _money_row(area.name, found[0], links, area=area, year=year)


def _money_row(
    name: str,
    money: Money,
    links: Links,
    *,
    area: Area,
    year: int | None,
    href: str = "",
    allotted: int | None = None,
    groups: int | None = None,
    top: int = 0,
    is_chosen: bool = False,
) -> MoneyRow:
    return MoneyRow(
        name=name,
        href=href,
        money=money,
        grants_href=links.grants(money.grants, area=area, year=year),
        allotted=allotted,
        groups=groups,
        groups_href=links.groups(groups, area=area, keadaan="active") if groups else "",
        bar=_bar(money, allotted, top) if top else None,
        is_chosen=is_chosen,
    )


def _bar(money: Money, allotted: int | None, top: int) -> Bar:
    widths = (
        f"{value / top * 100:.1f}%" for value in (allotted or 0, money.decided, money.paid, money.accounted)
    )
    return Bar(*widths)


def kinds(figures: Sequence[KindFigure], links: Links, *, area: Area) -> KindTable:
    """Active groups by stage, then those that are being formed or were dissolved; columns nobody needs are left out."""
    states = [
        (str(state.label), {"keadaan": state.value})
        for state, of in ((GroupState.FORMING, "forming"), (GroupState.DISSOLVED, "dissolved"))
        if any(getattr(one, of) for one in figures)
    ]
    stages = [(str(one.label), {"keadaan": "active", "tahap": one.value}) for one in Stage]
    columns = [*stages, *states]
    rows = [
        KindRow(
            one.name,
            [
                (n, links.groups(n, area=area, jenis=one.pk, **asked))
                for n, (_, asked) in zip(_numbers(one, columns), columns, strict=True)
            ],
        )
        for one in figures
    ]
    sums = [sum(one) for one in zip(*(_numbers(figure, columns) for figure in figures), strict=True)]
    whole = [(n, links.groups(n, area=area, **asked)) for n, (_, asked) in zip(sums, columns, strict=False)]
    return KindTable([label for label, _ in columns], rows, KindRow("Semua jenis", whole))


def _numbers(figure: KindFigure, columns: Iterable[tuple[str, dict[str, str]]]) -> list[int]:
    return [
        figure.stages[asked["tahap"]] if "tahap" in asked else getattr(figure, asked["keadaan"])
        for _, asked in columns
    ]


def steps(figures: Sequence[Step], links: Links, *, area: Area, year: int | None = None) -> list[StepRow]:
    """The funnel as lines with their bars; empty while nobody has been trained."""
    top = figures[0].people if figures else 0
    if not top:
        return []
    return [
        StepRow(
            label=one.label,
            meaning=one.meaning,
            people=one.people,
            href=links.people(one.people, one.word, area=area, year=year),
            share="" if one.share is None else percent(one.share, 0),
            width=f"{one.people / top * 100:.1f}%",
            place=place,
        )
        for place, one in enumerate(figures)
    ]


def late(found: Overdue, links: Links, *, area: Area) -> LateLine:
    return LateLine(found.reports, found.since, links.late(found.reports, area=area))


def map_cells(
    figures: Iterable[PlaceFigure], areas: Iterable[Area], links: Links, *, year: int, measure: str
) -> tuple[list[MapCell], list[tuple[str, str]]]:
    """Every tile with its number, and the legend of the colours."""
    label, in_millions = MEASURES[measure]
    inside = {one.area.code: measured(one, measure) for one in figures}
    scale = count_scale(round(value) for value in inside.values())
    cells = []
    for place in placed(areas):
        value, where = inside.get(place.area.code), f"{place.area.name}, {place.kecamatan}"
        said = number(round(value or 0))
        cells.append(
            MapCell(
                css=place.css(OTHERS if value is None else scale.css(round(value))),
                kecamatan_label=place.kecamatan_label,
                text=said,
                says=where if value is None else f"{where}: {said}{' juta rupiah' * in_millions} {label}",
                href=links.recap(area=place.area, year=year) if value is not None else "",
                is_inside=value is not None,
            )
        )
    return cells, scale.legend


def measured(figure: PlaceFigure, measure: str) -> float:
    """The figure that a word of MEASURES means."""
    money = figure.money
    if measure == "kub":
        return figure.groups
    return {"diputuskan": money.decided, "dibayar": money.paid, "lpj": money.accounted}[measure] / MILLION
