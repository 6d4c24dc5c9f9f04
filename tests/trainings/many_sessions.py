"""Pages of sessions, attendance and graduation with how to put more rows on each, for the count of their queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from tests.trainings.factories import AttendanceFactory, EnrolmentFactory, SessionFactory
from trainings.actions.attendance import Cell, save_marks
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Attendance, Cohort, Graduation, Session


def participants_with_marks(ground: Any, number: int) -> None:
    """More people at one session, each corrected once by somebody."""
    cohort = _running(ground)
    session = cohort.sessions.first() or _recorded(ground, cohort)
    for _ in range(number):
        person = EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
        AttendanceFactory(session=session, enrolment=person, mark="A")
        cells = [Cell(session.pk, person.pk, "A", "H")]
        save_marks(cohort, cells, by=ground.cast.staff, today=timezone.localdate())


def sessions_with_marks(ground: Any, number: int) -> None:
    """More sessions of one participant; each at the hour of somebody else's."""
    cohort = _running(ground)
    person = cohort.enrolments.first() or EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
    for _ in range(number):
        session = _recorded(ground, cohort)
        Attendance.objects.create(session=session, enrolment=person, mark="H")


def obstacles(ground: Any, number: int) -> None:
    """More of everything that keeps a cohort from being decided."""
    cohort = _running(ground)
    for _ in range(number):
        SessionFactory(cohort=cohort)
        EnrolmentFactory(cohort=cohort)
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)


def decided(ground: Any, number: int) -> None:
    """More who have passed, and more decisions that were taken back."""
    cohort = ground.cohort
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.FINISHED)
    EnrolmentFactory.create_batch(number, cohort=cohort, state=EnrolmentState.GRADUATED)
    report = {"cohort": cohort, "decided_on": timezone.localdate(), "decided_by": ground.cast.staff}
    if not cohort.graduations.filter(revoked_at=None).exists():
        Graduation.objects.create(report_number="1", **report)
    for _ in range(number):
        Graduation.objects.create(
            report_number="2",
            revoked_at=timezone.now(),
            revoked_by=ground.cast.second_staff,
            revoke_reason="salah hitung",
            **report,
        )


def _running(ground: Any) -> Cohort:
    Cohort.objects.filter(pk=ground.cohort.pk).update(state=CohortState.RUNNING)
    ground.cohort.refresh_from_db()
    return ground.cohort  # type: ignore[no-any-return]


def _recorded(ground: Any, cohort: Cohort) -> Session:
    """One after the other back from today, the next free number."""
    number = cohort.sessions.count() + 1
    return SessionFactory(
        cohort=cohort,
        number=number,
        held_on=timezone.localdate() - timedelta(days=number),
        recorded_at=timezone.now(),
        recorded_by=ground.cast.staff,
    )


def _of_cohort(name: str) -> Callable[[Any], str]:
    return lambda ground: reverse(f"trainings:{name}", args=[ground.cohort.pk])


def _of_session(name: str) -> Callable[[Any], str]:
    return lambda ground: reverse(f"trainings:{name}", args=[ground.cohort.sessions.order_by("pk")[0].pk])


PAGES: dict[str, tuple[Callable[[Any], str], Callable[[Any, int], None]]] = {
    "timetable": (_of_cohort("timetable"), sessions_with_marks),
    "attendance, more people": (_of_cohort("attendance"), participants_with_marks),
    "attendance, more sessions": (_of_cohort("attendance"), sessions_with_marks),
    "sheet of a session": (_of_session("session_sheet"), participants_with_marks),
    "scores": (_of_cohort("scores"), participants_with_marks),
    "graduation, before": (_of_cohort("graduation"), participants_with_marks),
    "graduation, with obstacles": (_of_cohort("graduation"), obstacles),
    "graduation, decided": (_of_cohort("graduation"), decided),
}
