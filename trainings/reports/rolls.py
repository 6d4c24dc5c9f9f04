"""What papers of a cohort list: its participants in order, who waits, who left, and how often each was there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trainings.actions.seats import waiting_list
from trainings.lifecycle import EnrolmentState
from trainings.models import Attendance, Certificate, Cohort, Enrolment, Graduation, Session
from trainings.reports.cohort import seated
from trainings.rules import age_on

MARKS = tuple(Attendance.Mark.values)


@dataclass(frozen=True, slots=True)
class Listed:
    """One person in a list: the number of the line, the enrolment, and the age in years on the day of the list."""

    number: int
    enrolment: Enrolment
    age: int | None


@dataclass(frozen=True, slots=True)
class Attended:
    """One participant with the mark of each session by its key, and the number of the live certificate."""

    number: int
    enrolment: Enrolment
    marks: Mapping[int, str]
    of: int  # sessions whose attendance was written down
    certificate: str

    @property
    def percent(self) -> int | None:
        return 100 * self.enrolment.sessions_attended // self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Held:
    """One session with how many were given each mark; all zero when nothing was written down."""

    session: Session
    present: int
    late: int
    excused: int
    absent: int


@dataclass(frozen=True, slots=True)
class Course:
    """A cohort from its first session to its result."""

    sessions: Sequence[Held]
    participants: Sequence[Attended]
    gone: Sequence[Enrolment]
    graduation: Graduation | None


def listed(rows: Sequence[Enrolment], *, today: date) -> list[Listed]:
    return [
        Listed(number, row, age_on(row.person.birth_date, today)) for number, row in enumerate(rows, start=1)
    ]


def participants(cohort: Cohort, *, today: date) -> list[Listed]:
    """Those who hold a seat, by seat."""
    return listed(seated(cohort), today=today)


def in_line(cohort: Cohort, *, today: date) -> list[Listed]:
    """Those who wait, the first in line first."""
    return listed(waiting_list(cohort), today=today)


def in_states(cohort: Cohort, states: Sequence[str], *, today: date) -> list[Listed]:
    """Those in one of `states`, by seat."""
    return listed([row for row in seated(cohort) if row.state in states], today=today)


def sessions(cohort: Cohort) -> list[Session]:
    return list(cohort.sessions.order_by("number"))


def graduation(cohort: Cohort) -> Graduation | None:
    """The decision in force, if there is one."""
    return cohort.graduations.filter(revoked_at=None).first()


def course(cohort: Cohort) -> Course:
    """Everything the report of a cohort tells; six queries."""
    held = sessions(cohort)
    marks: dict[int, dict[int, str]] = defaultdict(dict)
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Attendance.objects.filter(session__cohort=cohort).values_list("session", "enrolment", "mark")
    for session, enrolment, mark in rows:
        marks[enrolment][session] = mark
        counted[session][mark] += 1
    recorded = sum(session.recorded_at is not None for session in held)
    certificates = dict(
        Certificate.objects.live().filter(enrolment__cohort=cohort).values_list("enrolment", "number")
    )
    gone = cohort.enrolments.filter(state__in=(EnrolmentState.WITHDRAWN, EnrolmentState.REFUSED))
    return Course(
        sessions=[Held(session, *(counted[session.pk][mark] for mark in MARKS)) for session in held],
        participants=[
            Attended(number, row, marks[row.pk], recorded, certificates.get(row.pk, ""))
            for number, row in enumerate(seated(cohort), start=1)
        ],
        gone=list(gone.select_related("person").order_by("left_at", "decided_at", "pk")),
        graduation=graduation(cohort),
    )
