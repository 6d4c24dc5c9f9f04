"""The figures of the trainings by year and place: seats, who got one, came and passed; all from the roll-ups.

Everything is counted inside one area, which the caller has already fetched with `visible_to`. A cohort counts where
it is held, a row of the past where its spreadsheet says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Sum

from tangerang_poverty.areas.models import Area
from trainings.lifecycle import HOLDING_SEAT, EnrolmentState, ProgrammeState
from trainings.models import Cohort, CohortCount, PastCount, PastTraining

COHORT = {"year": "programme__year", "area": "area_id"}
COUNT = {"year": "cohort__programme__year", "area": "cohort__area_id"}
PAST = {"year": "year", "area": "area_id"}


@dataclass(frozen=True, slots=True)
class Trained:
    """How many seats there were, and people who held one, were at a session or more, and passed.

    `past` are graduates that a spreadsheet of earlier years names, without those that were set aside.
    """

    offered: int = 0
    filled: int = 0
    attended: int = 0
    graduated: int = 0
    past: int = 0

    @property
    def finished(self) -> int:
        return self.graduated + self.past

    def __add__(self, other: Trained) -> Trained:
        return Trained(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


NOBODY = Trained()


@dataclass(frozen=True, slots=True)
class YearFigure:
    """One year with the skills its programmes taught."""

    year: int
    courses: tuple[str, ...]
    trained: Trained


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """One kelurahan or kecamatan."""

    area: Area
    trained: Trained


def by_year(area: Area) -> tuple[YearFigure, ...]:
    """The years that have anything, the first one first. Four queries."""
    found = _counted(area.code, by=("year",))
    courses = defaultdict(list)
    cohorts = _cohorts(area.code).order_by("programme__course__name")
    for year, course in cohorts.values_list("programme__year", "programme__course__name").distinct():
        courses[year].append(course)
    return tuple(
        YearFigure(year, tuple(courses.get(year, ())), trained)
        for (year,), trained in sorted(found.items())
        if trained != NOBODY
    )


def by_place(area: Area, areas: Iterable[Area], *, year: int) -> tuple[PlaceFigure, ...]:
    """Every kelurahan of the area in one year, those without anything too. Three queries."""
    found = _counted(area.code, by=("area",), year=year)
    return tuple(
        PlaceFigure(place, found.get((place.code,), NOBODY))
        for place in areas
        if place.level == Area.Level.KELURAHAN and place.code.startswith(area.code)
    )


def by_year_and_place(area: Area) -> dict[tuple[int, str], Trained]:
    """By year and code of the kelurahan, in that order. Three queries."""
    found = _counted(area.code, by=("year", "area"))
    return {(year, code): trained for (year, code), trained in sorted(found.items()) if trained != NOBODY}


def by_kecamatan(places: Iterable[PlaceFigure], areas: Iterable[Area]) -> tuple[PlaceFigure, ...]:
    """The kelurahan added up; kecamatan none of them lies in are left out."""
    sums: dict[str | None, Trained] = defaultdict(Trained)
    for place in places:
        sums[place.area.parent_id] += place.trained
    return tuple(PlaceFigure(area, sums[area.code]) for area in areas if area.code in sums)


def total(figures: Iterable[PlaceFigure | YearFigure]) -> Trained:
    return sum((figure.trained for figure in figures), NOBODY)


def _cohorts(code: str) -> Any:
    """Drafts offer no seat yet."""
    return Cohort.objects.within(code).exclude(programme__state=ProgrammeState.DRAFT)


def _counted(code: str, *, by: tuple[str, ...], year: int | None = None) -> dict[tuple[Any, ...], Trained]:
    """Figures within an area by what `by` names ("year", "area"), of one year or of all. Three queries."""
    cohorts: Any = _cohorts(code)
    counts: Any = CohortCount.objects.within(code).exclude(cohort__programme__state=ProgrammeState.DRAFT)
    past: Any = PastCount.objects.within(code).exclude(state=PastTraining.State.DISMISSED)
    if year is not None:
        cohorts, counts, past = (
            rows.filter(**{names["year"]: year})
            for rows, names in ((cohorts, COHORT), (counts, COUNT), (past, PAST))
        )
    found: dict[tuple[Any, ...], Trained] = defaultdict(Trained)
    for *key, n in cohorts.order_by().values_list(*(COHORT[name] for name in by)).annotate(Sum("quota")):
        found[tuple(key)] += Trained(offered=n)
    states = counts.order_by().values_list(*(COUNT[name] for name in by), "state", "attended")
    for *key, state, attended, n in states.annotate(Sum("n")):
        found[tuple(key)] += _of(state, n, attended=attended)
    for *key, n in past.order_by().values_list(*(PAST[name] for name in by)).annotate(Sum("n")):
        found[tuple(key)] += Trained(past=n)
    return found


def _of(state: str, n: int, *, attended: bool) -> Trained:
    """What so many enrolments in one state add. Who came and then left has been there all the same."""
    return Trained(
        filled=n if state in HOLDING_SEAT else 0,
        attended=n if attended else 0,
        graduated=n if state == EnrolmentState.GRADUATED else 0,
    )
