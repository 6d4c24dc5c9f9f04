"""What the pages of a cohort show: its participants beside the registry, and those who wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from households.models import Person
from tangerang_poverty.kit.problems import Problem
from trainings.actions.seats import waiting_list
from trainings.lifecycle import EnrolmentState
from trainings.models import Cohort, Enrolment
from trainings.reports.candidates import candidates
from trainings.rules import Candidate, registry_problems
from trainings.selection import Waiting, explained

STATE_KINDS = {
    EnrolmentState.REGISTERED: "info",
    EnrolmentState.WAITING: "warn",
    EnrolmentState.ACCEPTED: "good",
    EnrolmentState.REFUSED: "bad",
    EnrolmentState.WITHDRAWN: "",
    EnrolmentState.GRADUATED: "good",
    EnrolmentState.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class Participant:
    """One enrolment beside what the registry says of the person today."""

    enrolment: Enrolment
    age: int | None
    problems: tuple[Problem, ...]
    changes: tuple[str, ...]  # what has changed in the registry since the registration
    kind: str  # of its state badge


@dataclass(frozen=True, slots=True)
class InLine:
    """One who waits: the place, and why it is that one."""

    place: int
    participant: Participant
    why: str


def participants(cohort: Cohort, rows: Sequence[Enrolment], *, today: date) -> list[Participant]:
    """Rows of one cohort, each with the registry's view. `rows` come with person and household."""
    people = [row.person for row in rows]
    facts = candidates(cohort.programme, people, today=today) if people else {}
    return [_participant(cohort, row, facts[row.person_id]) for row in rows]


def seated(cohort: Cohort) -> list[Enrolment]:
    """Those who hold a seat, by seat."""
    rows = cohort.enrolments.seated().select_related("person__household__area", "household", "registered_by")
    return list(rows.order_by("seat"))


def line(cohort: Cohort, *, today: date) -> list[InLine]:
    """The waiting list, the first in line first, each place with its reason."""
    rows = waiting_list(cohort)
    reasons = explained(
        [
            Waiting(
                row.pk,
                row.household.rank_scale,
                row.household.rank_group,
                timezone.localtime(row.registered_at),
            )
            for row in rows
        ]
    )
    shown = participants(cohort, rows, today=today)
    return [
        InLine(place, participant, why)
        for place, (participant, why) in enumerate(zip(shown, reasons, strict=True), 1)
    ]


def _participant(cohort: Cohort, row: Enrolment, facts: Candidate) -> Participant:
    is_current = row.state in (EnrolmentState.REGISTERED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED)
    problems = registry_problems(cohort.programme.eligibility, facts) if is_current else []
    return Participant(
        enrolment=row,
        age=facts.age,
        problems=tuple(problems),
        changes=_changes(cohort, row, row.person) if is_current else (),
        kind=STATE_KINDS[EnrolmentState(row.state)],
    )


def _changes(cohort: Cohort, row: Enrolment, person: Person) -> tuple[str, ...]:
    found = []
    if person.household.area_id != cohort.area_id:
        found.append(f"Kini tercatat di {person.household.area.label}.")
    if person.household_id != row.household_id:
        found.append("Kini tercatat pada keluarga lain.")
    elif person.family_number != row.family_number:
        found.append("Kini tercatat pada Kartu Keluarga lain di rumah yang sama.")
    return tuple(found)
