"""What the pages of a programme count: its cohorts with their numbers, the plan of its quotas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from django.db.models import Max, Sum

from households.models import WaveCount
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.problems import Problem
from trainings.lifecycle import HOLDING_SEAT, CohortState, EnrolmentState, ProgrammeState
from trainings.models import Cohort, CohortCount, PastTraining, Programme
from trainings.quotas import equal, proportional
from trainings.rules import repeat_problems

EQUAL, PROPORTIONAL = "sama", "sebanding"


@dataclass(frozen=True, slots=True)
class Counts:
    """How a cohort, or several, stand. `attended` were at one session or more."""

    quota: int = 0
    seated: int = 0
    to_verify: int = 0
    waiting: int = 0
    withdrawn: int = 0
    refused: int = 0
    attended: int = 0
    graduated: int = 0
    failed: int = 0

    @property
    def left(self) -> int:
        return self.quota - self.seated

    @property
    def accepted(self) -> int:
        """Verified, whatever came of it since."""
        return self.seated - self.to_verify

    @property
    def percent(self) -> int:
        """Seats taken, in whole percent of the quota."""
        return 100 * self.seated // self.quota if self.quota else 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class CohortLine:
    """One cohort in a list, with its numbers."""

    cohort: Cohort
    counts: Counts


@dataclass(frozen=True, slots=True)
class RecapLine:
    """One kelurahan, one kecamatan, or the sum of all, in the recapitulation."""

    kecamatan: str
    kelurahan: str
    cohorts: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Recap:
    """A programme by place."""

    kecamatan: list[RecapLine]
    kelurahan: list[RecapLine]
    total: RecapLine


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One kelurahan in the plan of quotas."""

    area: Area
    families: int  # on the programme's list
    quota: int  # as planned
    now: int | None  # as it is; None: no cohort yet
    taken: int
    problem: str  # why it cannot be taken over; "" when it can


@dataclass(frozen=True, slots=True)
class Overview:
    """One programme in the list, with its numbers inside the reader's area."""

    programme: Programme
    cohorts: int
    only: Cohort | None  # the one cohort, where the reader's area has just one
    counts: Counts


def overview(programmes: list[Programme], *, user: User) -> list[Overview]:
    """The programmes with their numbers in the user's area; two queries, however many they are."""
    found: dict[int, list[Cohort]] = defaultdict(list)
    cohorts = list(Cohort.objects.visible_to(user).filter(programme__in=programmes).select_related("area"))
    for cohort in cohorts:
        found[cohort.programme_id].append(cohort)
    counted = counts_of(cohorts)
    return [
        Overview(
            programme,
            cohorts=len(inside := found.get(programme.pk, [])),
            only=inside[0] if len(inside) == 1 else None,
            counts=sum((counted[cohort.pk] for cohort in inside), Counts()),
        )
        for programme in programmes
    ]


def total(lines: list[CohortLine]) -> Counts:
    """All lines added up."""
    return sum((line.counts for line in lines), Counts())


def lines(cohorts: list[Cohort]) -> list[CohortLine]:
    """The cohorts with their numbers, from the roll-up; one query."""
    counted = counts_of(cohorts)
    return [CohortLine(cohort, counted[cohort.pk]) for cohort in cohorts]


def recapitulation(cohorts: list[Cohort]) -> Recap:
    """The cohorts, which come with area and kecamatan, by kelurahan and added up by kecamatan; one query."""
    counted = counts_of(cohorts)
    kelurahan = [
        RecapLine(str(one.area.parent or ""), one.area.name, 1, counted[one.pk])
        for one in sorted(cohorts, key=lambda cohort: cohort.area_id)
    ]
    by_kecamatan: dict[str, list[RecapLine]] = defaultdict(list)
    for line in kelurahan:
        by_kecamatan[line.kecamatan].append(line)
    kecamatan = [_summed(name, lines) for name, lines in by_kecamatan.items()]
    return Recap(kecamatan, kelurahan, _summed("Jumlah", kelurahan))


def _summed(name: str, lines: list[RecapLine]) -> RecapLine:
    return RecapLine(name, "", len(lines), sum((line.counts for line in lines), Counts()))


def counts_of(cohorts: list[Cohort]) -> dict[int, Counts]:
    """Numbers of cohorts by their key."""
    states: dict[int, dict[tuple[str, bool], int]] = defaultdict(dict)
    for row in CohortCount.objects.filter(cohort__in=cohorts):
        states[row.cohort_id][(row.state, row.attended)] = row.n
    return {cohort.pk: _counts(cohort, states.get(cohort.pk, {})) for cohort in cohorts}


def with_quotas(lines: list[PlanLine], quotas: Mapping[str, int]) -> list[PlanLine]:
    """The plan with the numbers that somebody typed."""
    return [replace(line, quota=quotas.get(line.area.code, line.quota)) for line in lines]


def _counts(cohort: Cohort, states: Mapping[tuple[str, bool], int]) -> Counts:
    def of(*wanted: str) -> int:
        return sum(n for (state, _), n in states.items() if state in wanted)

    return Counts(
        quota=cohort.quota,
        seated=of(*HOLDING_SEAT),
        to_verify=of(EnrolmentState.REGISTERED),
        waiting=of(EnrolmentState.WAITING),
        withdrawn=of(EnrolmentState.WITHDRAWN),
        refused=of(EnrolmentState.REFUSED),
        attended=sum(n for (_, attended), n in states.items() if attended),
        graduated=of(EnrolmentState.GRADUATED),
        failed=of(EnrolmentState.FAILED),
    )


def unfinished(programme: Programme) -> list[str]:
    """Kelurahan whose cohort has participants but no decision yet."""
    rows = programme.cohorts.exclude(state=CohortState.FINISHED).filter(seats_taken__gt=0)
    return [cohort.area.name for cohort in rows.select_related("area").order_by("area_id")]


def last_years(programme: Programme) -> dict[str, int]:
    """By kelurahan, the last earlier year with the programme's course, in programmes or brought-in history."""
    held = Cohort.objects.filter(
        programme__course=programme.course_id, programme__year__lt=programme.year, quota__gt=0
    ).exclude(programme__state=ProgrammeState.DRAFT)
    past = PastTraining.objects.filter(course=programme.course_id, year__lt=programme.year)
    found: dict[str, int] = {}
    for rows, year in ((held, "programme__year"), (past, "year")):
        for code, last in rows.order_by().values_list("area").annotate(Max(year)):
            found[code] = max(last, found.get(code, 0))
    return found


def needs_leave(cohort: Cohort | None, programme: Programme) -> bool:
    """Whether seats here are still asked if the course comes back too soon. A draft may get another course or year;
    later the question has been answered, unless the cohort has had no seats so far."""
    if cohort is None:
        return True
    asked = programme.state != ProgrammeState.DRAFT and cohort.quota > 0
    return cohort.override_at is None and not asked


def course_repeats(programme: Programme, area: Area, last_year: int | None) -> list[Problem]:
    """What speaks against the course in this kelurahan; `last_year` is that of `last_years`."""
    return repeat_problems(
        str(programme.course),
        last_year,
        year=programme.year,
        gap=programme.course_gap_years,
        area=area.name,
    )


def repeating(programme: Programme) -> list[Problem]:
    """Cohorts with seats whose kelurahan had the course lately, without anybody's leave: the programme may have got
    another course or year since its quotas were set."""
    lately = last_years(programme)
    cohorts = programme.cohorts.filter(quota__gt=0, override_at=None).select_related("area")
    return [
        problem
        for cohort in cohorts.order_by("area_id")
        for problem in course_repeats(programme, cohort.area, lately.get(cohort.area_id))
    ]


def plan(programme: Programme, *, method: str, number: int) -> list[PlanLine]:
    """The quotas as they would be: `number` seats for each kelurahan (EQUAL) or in all (PROPORTIONAL).

    Kelurahan that had the course lately get none and say why; those with an override keep theirs.
    """
    areas = list(Area.objects.kelurahan().select_related("parent"))
    counted = (
        WaveCount.objects.filter(wave=programme.wave_id).values_list("area").annotate(n=Sum("households"))
    )
    families = dict(counted)
    cohorts = {cohort.area_id: cohort for cohort in programme.cohorts.all()}
    lately = last_years(programme)
    refused = {
        area.code: problems[0].message
        for area in areas
        if needs_leave(cohorts.get(area.code), programme)
        and (problems := course_repeats(programme, area, lately.get(area.code)))
    }
    kept = {code: cohort.quota for code, cohort in cohorts.items() if cohort.override_at is not None}
    open_to = [area.code for area in areas if area.code not in refused and area.code not in kept]
    if method == EQUAL:
        quotas = equal(open_to, number)
    else:
        quotas = proportional({code: families.get(code, 0) for code in open_to}, number)
    quotas |= kept
    return [
        PlanLine(
            area=area,
            families=families.get(area.code, 0),
            quota=quotas.get(area.code, 0),
            now=cohorts[area.code].quota if area.code in cohorts else None,
            taken=cohorts[area.code].seats_taken if area.code in cohorts else 0,
            problem=refused.get(area.code, ""),
        )
        for area in areas
    ]
