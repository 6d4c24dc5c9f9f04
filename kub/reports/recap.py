"""The figures of groups and grants by kind, stage, year and place; each panel from one grouped query.

Everything is counted inside one area, which the caller has already fetched with `visible_to`. A grant counts where its
group has its address, and in the fiscal year of its proposal. Money is whole rupiah.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, Sum

from kub.lifecycle import GrantState, GroupState, ReportState, Stage
from kub.models import AccountabilityReport, Budget, Grant, Group
from tangerang_poverty.areas.models import Area

# Reports that are still with the group: what was paid back is complete without one.
AWAITED = Q(state__in=[ReportState.DRAFT, ReportState.RETURNED], grant__state=GrantState.PAYING)
YEAR, PLACE = "proposal__year_id", "proposal__group__area_id"


@dataclass(frozen=True, slots=True)
class Money:
    """Grants, how many, and sums of them: decided, paid, accounted for and paid back."""

    grants: int = 0
    decided: int = 0
    paid: int = 0
    accounted: int = 0
    refunded: int = 0

    @property
    def open(self) -> int:
        """Paid, and neither accounted for nor paid back."""
        return self.paid - self.accounted - self.refunded

    def __add__(self, other: Money) -> Money:
        return Money(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


NOTHING = Money()


@dataclass(frozen=True, slots=True)
class YearFigure:
    """The grants of one fiscal year; `allotted` is the city's budget, None where only a part of it is looked at."""

    year: int
    money: Money
    allotted: int | None


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """The active groups of one kelurahan or kecamatan, and its grants of a year."""

    area: Area
    groups: int
    money: Money


@dataclass(frozen=True, slots=True)
class KindFigure:
    """The groups of one kind of business: active ones by stage, those being formed, those that were dissolved."""

    pk: int
    name: str
    stages: dict[str, int]
    forming: int = 0
    dissolved: int = 0

    @property
    def active(self) -> int:
        return sum(self.stages.values())


@dataclass(frozen=True, slots=True)
class Overdue:
    """Reports whose due date has passed while they are still with their group, and the oldest of these dates."""

    reports: int
    since: date | None


def by_kind(area: Area) -> tuple[KindFigure, ...]:
    """The kinds that have a group, by name. One query."""
    rows = (
        Group.objects.within(area.code)
        .order_by("kind__name")
        .values_list("kind_id", "kind__name", "state", "stage")
        .annotate(n=Count("pk"))
    )
    found: dict[tuple[int, str], dict[str, int]] = {}
    for pk, name, state, stage, n in rows:
        counts = found.setdefault((pk, name), defaultdict(int))
        counts[stage if state == GroupState.ACTIVE else state] += n
    return tuple(
        KindFigure(
            pk,
            name,
            {stage: counts.get(stage, 0) for stage in Stage.values},
            forming=counts.get(GroupState.FORMING, 0),
            dissolved=counts.get(GroupState.DISSOLVED, 0),
        )
        for (pk, name), counts in found.items()
    )


def by_year(area: Area) -> tuple[YearFigure, ...]:
    """The years with a grant or, for the whole city, a budget; the first one first. Two queries."""
    money = _money(area.code, YEAR)
    is_city = area.level == Area.Level.KOTA
    allotted = (
        dict(Budget.objects.order_by().values_list("year_id").annotate(Sum("allotted"))) if is_city else {}
    )
    return tuple(
        YearFigure(year, money.get((year,), NOTHING), allotted.get(year, 0) if is_city else None)
        for year in sorted({year for (year,) in money} | set(allotted))
    )


def by_place(area: Area, areas: Iterable[Area], *, year: int) -> tuple[PlaceFigure, ...]:
    """Every kelurahan of the area with the grants of one year, those without anything too. Two queries."""
    money = _money(area.code, PLACE, year=year)
    groups = dict(
        Group.objects.within(area.code).active().order_by().values_list("area_id").annotate(Count("pk"))
    )
    return tuple(
        PlaceFigure(place, groups.get(place.code, 0), money.get((place.code,), NOTHING))
        for place in areas
        if place.level == Area.Level.KELURAHAN and place.code.startswith(area.code)
    )


def by_year_and_place(area: Area) -> dict[tuple[int, str], Money]:
    """By year and code of the kelurahan, in that order. One query."""
    return {(year, code): money for (year, code), money in sorted(_money(area.code, YEAR, PLACE).items())}


def by_kecamatan(places: Iterable[PlaceFigure], areas: Iterable[Area]) -> tuple[PlaceFigure, ...]:
    """The kelurahan added up; kecamatan none of them lies in are left out."""
    groups: dict[str | None, int] = defaultdict(int)
    money: dict[str | None, Money] = defaultdict(Money)
    for place in places:
        groups[place.area.parent_id] += place.groups
        money[place.area.parent_id] += place.money
    return tuple(
        PlaceFigure(area, groups[area.code], money[area.code]) for area in areas if area.code in money
    )


def total(figures: Iterable[YearFigure | PlaceFigure]) -> Money:
    return sum((figure.money for figure in figures), NOTHING)


def late_reports(area: Area, today: date) -> Any:
    """The reports of the area that are late on that day, not ordered."""
    return AccountabilityReport.objects.within(area.code).filter(AWAITED, due_on__lt=today)


def overdue(area: Area, today: date) -> Overdue:
    """One query."""
    found = late_reports(area, today).aggregate(n=Count("pk"), since=Min("due_on"))
    return Overdue(found["n"], found["since"])


def _money(code: str, *by: str, year: int | None = None) -> dict[tuple[Any, ...], Money]:
    """Sums within an area by what `by` names. A cancelled grant has its rows in the ledger and no part in the sums."""
    grants: Any = Grant.objects.within(code).exclude(state=GrantState.CANCELLED)
    grants = grants if year is None else grants.filter(**{YEAR: year})
    rows = (
        grants.order_by()
        .values_list(*by)
        .annotate(
            grants=Count("pk"),
            decided_sum=Sum("decided"),
            paid_sum=Sum("paid"),
            accounted_sum=Sum("accounted"),
            refunded_sum=Sum("refunded"),
        )
    )
    return {row[: len(by)]: Money(*row[len(by) :]) for row in rows}
