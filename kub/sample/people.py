"""Who forms the groups of the sample: graduates of one kecamatan and one course, neighbours together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from households.models import Person
from trainings.lifecycle import EnrolmentState
from trainings.models import Enrolment, Graduation, PastTraining

SHARE = 0.62  # of the graduates of a course come together in groups
SIZES = (5, 10)
KECAMATAN = 8  # signs of its code
FEW = 40  # fewer groups than this cannot show every state
# Where the officers of the sample work: the first groups of their kecamatan have their address there.
HOMES = {"36.71.08": "36.71.08.1002", "36.71.09": "36.71.09.1006"}


@dataclass(frozen=True, slots=True)
class Graduate:
    """One person who may found a group, from the day on which they had passed."""

    person: int
    household: int
    family_number: int
    area: str
    course: str
    passed_on: date
    cohort: int | None


@dataclass(slots=True)
class Circle:
    """Graduates who are about to form a group."""

    people: list[Graduate]
    course: str
    area: str
    passed_on: date
    cohort: int | None = field(default=None)


def circles(chance: Random) -> list[Circle]:
    """Groups to be, in the order in which their people graduated. Where a city is so small that few come about,
    those who are left over join across courses, the youngest first."""
    classes: dict[tuple[int, str, str], list[Graduate]] = defaultdict(list)
    for one in [*_here(), *_past()]:
        classes[one.passed_on.year, one.area[:KECAMATAN], one.course].append(one)
    parts = [part for _, people in sorted(classes.items()) for part in _parts(people, chance)]
    if len(parts) < FEW:
        together = {one.person for part in parts for one in part}
        left: dict[str, list[Graduate]] = defaultdict(list)
        for people in classes.values():
            for one in people:
                if one.person not in together:
                    left[one.area[:KECAMATAN]].append(one)
        for _, people in sorted(left.items()):
            youngest = sorted(people, key=lambda one: (-one.passed_on.toordinal(), one.person))
            parts += _in_turn(youngest)
    return sorted(_circles(parts), key=lambda circle: circle.passed_on)


def _circles(parts: list[list[Graduate]]) -> Iterator[Circle]:
    used: Counter[str] = Counter()
    for part in parts:
        area = Counter(one.area for one in part).most_common(1)[0][0]
        kecamatan = area[:KECAMATAN]
        if kecamatan in HOMES and used[kecamatan] % 2 == 0:
            area = HOMES[kecamatan]
        used[kecamatan] += 1
        cohorts = {one.cohort for one in part}
        newest = max(part, key=lambda one: one.passed_on)
        cohort = newest.cohort if len(cohorts) == 1 else None
        yield Circle(part, newest.course, area, newest.passed_on, cohort)


def _in_turn(people: list[Graduate]) -> Iterator[list[Graduate]]:
    """Parts of the smallest size, each of different families."""
    least = SIZES[0]
    families = {(one.household, one.family_number): one for one in reversed(people)}
    kept = [one for one in people if families[one.household, one.family_number] is one]
    yield from (kept[at : at + least] for at in range(0, len(kept) - least + 1, least))


def _parts(people: list[Graduate], chance: Random) -> Iterator[list[Graduate]]:
    """Parts of neighbours from different families, as long as enough are left for one."""
    least, most = SIZES
    families = {(one.household, one.family_number): one for one in sorted(people, key=lambda one: one.person)}
    left = sorted(families.values(), key=lambda one: (one.area, one.person))
    wanted = max(least, round(len(left) * SHARE))
    while len(left) >= least and wanted >= least:
        size = min(chance.randint(least, most), len(left), wanted)
        yield left[:size]
        left, wanted = left[size:], wanted - size


def _here() -> Iterator[Graduate]:
    decided = dict(Graduation.objects.filter(revoked_at=None).values_list("cohort_id", "decided_on"))
    rows = Enrolment.objects.filter(
        state=EnrolmentState.GRADUATED, person__status=Person.Status.PRESENT
    ).values_list(
        "person_id",
        "household_id",
        "family_number",
        "person__household__area_id",
        "cohort__programme__course__name",
        "cohort_id",
    )
    for person, household, number, area, course, cohort in rows.order_by("pk"):
        if cohort in decided:
            yield Graduate(person, household, number, area, course, decided[cohort], cohort)


def _past() -> Iterator[Graduate]:
    """A spreadsheet says the year alone; by November its courses were over."""
    rows = PastTraining.objects.filter(
        state=PastTraining.State.MATCHED, person__status=Person.Status.PRESENT
    ).values_list("person_id", "household_id", "family_number", "household__area_id", "course__name", "year")
    seen: set[int] = set()
    for person, household, number, area, course, year in rows.order_by("year", "pk"):
        if person is None or household is None or number is None or person in seen:
            continue
        seen.add(person)
        yield Graduate(person, household, number, area, course, date(year, 11, 1), None)
