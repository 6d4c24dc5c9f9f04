"""Who may join a group: the facts of many people at once, and those whom a page offers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q

from households.models import Person
from kub.joining import Joining, joining_problems, parted, standing_problems
from kub.models import BusinessKind, Group, Membership, Policy
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.problems import Problem
from tangerang_poverty.kit.text import name_key
from trainings.lifecycle import EnrolmentState
from trainings.models import Cohort, Enrolment, PastTraining

SHOWN = 30
NEIGHBOURS = ("household__area_id", "household__rw", "household__rt", "name", "pk")
_GRADUATED = Exists(Enrolment.objects.filter(person=OuterRef("pk"), state=EnrolmentState.GRADUATED)) | Exists(
    PastTraining.objects.filter(person=OuterRef("pk"), state=PastTraining.State.MATCHED)
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may join, or why not. `part` is the suggested group, from 1; 0: none."""

    person: Person
    problems: Sequence[Problem] = ()
    part: int = 0


def held_people(people: Iterable[int], *, by: User) -> list[Person]:
    """These people as they are now, held until the transaction ends: nobody joins two groups at once.

    Raises PermissionDenied when one is outside the area.
    """
    wanted = set(people)
    rows = Person.objects.visible_to(by).filter(pk__in=wanted).order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True))
    if len(found) != len(wanted):
        raise PermissionDenied("outside the area")
    return found


def facts_of(people: Collection[int], *, group: Group | None) -> dict[int, Joining]:
    """What the rules look at, by person. `group` is the one they would join, None for one yet to be formed.

    Three queries at most, however many people.
    """
    rows = Person.objects.filter(pk__in=people).select_related("household__area__parent")
    live = Membership.objects.live().filter(person__in=people).select_related("group")
    held = {one.person_id: one for one in live}
    family = _families(group)
    return {row.pk: _facts(row, held.get(row.pk), family) for row in rows.annotate(is_graduate=_GRADUATED)}


def problems_of(facts: Joining, group: Group) -> list[Problem]:
    """What keeps somebody from joining this group, saved or not."""
    area = group.area
    return joining_problems(
        facts,
        kecamatan=area.parent_id or "",
        kecamatan_name=area.parent.name if area.parent else "",
        group_id=group.pk,
    )


def unfit(people: Collection[int], group: Group) -> dict[int, list[Problem]]:
    """What is asked of every member and these no longer have, by person."""
    area = group.area
    name = area.parent.name if area.parent else ""
    return {
        person: standing_problems(facts, kecamatan=area.parent_id or "", kecamatan_name=name)
        for person, facts in facts_of(people, group=None).items()
    }


def found(group: Group, *, search: str, user: User) -> list[Candidate]:
    """Graduates of the group's kecamatan within the reader's area with every word in their name; the first ones.

    Without a search: those who are in no group yet. Each with the reasons against it, who may join first.
    """
    rows = Person.objects.visible_to(user).within(group.area.parent_id or "").filter(_graduates())
    words = name_key(search).split()
    for word in words:
        rows = rows.filter(name_key__contains=word)
    if not words:
        taken = Membership.objects.live().values("person")
        rows = rows.filter(status=Person.Status.PRESENT).exclude(pk__in=taken)
    people = list(rows.select_related("household__area").order_by(*NEIGHBOURS)[:SHOWN])
    facts = facts_of([person.pk for person in people], group=group)
    judged = [Candidate(person, problems_of(facts[person.pk], group)) for person in people]
    return sorted(judged, key=lambda one: bool(one.problems))


def suggested(cohort: Cohort, *, user: User) -> list[Candidate]:
    """The graduates of a cohort, parted into groups of neighbours; who may not join comes last, with the reasons."""
    graduated = cohort.enrolments.filter(state=EnrolmentState.GRADUATED).values("person")
    rows = Person.objects.visible_to(user).filter(pk__in=graduated).select_related("household__area")
    people = list(rows.order_by(*NEIGHBOURS))
    facts = facts_of([person.pk for person in people], group=None)
    draft = Group(area=cohort.area)
    judged = [Candidate(person, problems_of(facts[person.pk], draft)) for person in people]
    free = [one.person for one in judged if not one.problems]
    policy = Policy.current()
    parts = parted(len(free), least=policy.min_members, most=policy.max_members)
    numbers = [number for number, size in enumerate(parts, 1) for _ in range(size)]
    numbers += [0] * (len(free) - len(numbers))
    return [
        *(Candidate(person, part=number) for person, number in zip(free, numbers, strict=True)),
        *(one for one in judged if one.problems),
    ]


def draft_of(cohort: Cohort, *, part: int) -> Group:
    """A group as it may begin: named after the course and its number here, of the kind that is named alike."""
    course = cohort.programme.course.name
    kinds = BusinessKind.objects.filter(is_active=True)
    kind = kinds.filter(name__iexact=course).first() or kinds.filter(name__icontains=course).first()
    number = cohort.groups.count() + part
    return Group(cohort=cohort, area=cohort.area, kind=kind, name=f"{course} {cohort.area.name} {number}")


def _graduates() -> Q:
    """Whoever has finished a course, here or as a spreadsheet of the past says."""
    here = Enrolment.objects.filter(state=EnrolmentState.GRADUATED)
    past = PastTraining.objects.filter(state=PastTraining.State.MATCHED)
    return Q(pk__in=here.values("person")) | Q(pk__in=past.values("person"))


def _families(group: Group | None) -> dict[tuple[int, int], list[str]]:
    """The names of a group's members by their family."""
    named: dict[tuple[int, int], list[str]] = {}
    if group is not None and group.pk:
        rows = Membership.objects.live().filter(group=group)
        for household, number, name in rows.values_list("household", "family_number", "person__name"):
            named.setdefault((household, number), []).append(name)
    return named


def _facts(person: Any, held: Membership | None, family: dict[tuple[int, int], list[str]]) -> Joining:
    area = person.household.area
    return Joining(
        person_id=person.pk,
        name=person.name,
        is_present=person.status == Person.Status.PRESENT,
        whereabouts=person.get_status_display(),
        is_graduate=person.is_graduate,
        kecamatan=area.parent_id or "",
        kecamatan_name=area.parent.name if area.parent else "",
        group_id=held.group_id if held else None,
        group_name=held.group.name if held else "",
        family=tuple(family.get((person.household_id, person.family_number), ())),
    )
