"""The people behind the funnel as a list shows them: what they were trained in, their group, where each leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from households.models import Person
from kub.models import Membership
from kub.reports.funnel import Asked, groups_of, trainings_of
from tangerang_poverty.accounts.models import User
from trainings.models import Enrolment, PastTraining


@dataclass(frozen=True, slots=True)
class Training:
    """One course somebody took part in; of a graduate of the past there is no page to open."""

    course: str
    year: int
    place: str
    href: str
    is_past: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One person with their trainings, and the group they are or were in; no address where the reader may not go."""

    person: Person
    trainings: list[Training]
    membership: Membership | None
    group_href: str

    @property
    def href(self) -> str:
        """The page of the participant, else of the group: a person has none of their own."""
        return next((one.href for one in self.trainings if one.href), self.group_href)


def lines(people: Sequence[Person], asked: Asked, *, user: User) -> list[Line]:
    """In the order of `people`. Three queries."""
    trainings, groups = trainings_of(people, asked), groups_of(people)
    found = []
    for person in people:
        membership = groups.get(person.pk)
        inside = membership is not None and membership.group.area_id.startswith(user.area_id or "-")
        href = membership.group.get_absolute_url() if membership is not None and inside else ""
        found.append(Line(person, [_training(one) for one in trainings[person.pk]], membership, href))
    return found


def _training(line: Enrolment | PastTraining) -> Training:
    if isinstance(line, PastTraining):
        return Training(line.course.name, line.year, line.area.name, "", is_past=True)
    programme = line.cohort.programme
    href = reverse("trainings:enrolment", args=[line.pk])
    return Training(programme.course.name, programme.year, line.cohort.area.name, href, is_past=False)
