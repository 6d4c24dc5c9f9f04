"""Registration and withdrawal of participants; each is one transaction that leaves the seats exact."""

from __future__ import annotations

import uuid
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from households.models import Person
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions.seats import hand_on, keep_programme, locked, take_seat
from trainings.lifecycle import ENROLMENT_MOVES, CohortState, EnrolmentState, ProgrammeState, take
from trainings.models import Cohort, Enrolment, Promotion
from trainings.reports.candidates import candidates
from trainings.rules import eligibility_problems, window_problems

FAMILY_TAKEN = Problem(
    "family_taking", "Keluarga ini sudah mempunyai peserta dalam program ini.", "household"
)


@transaction.atomic
def register(person: Person, *, cohort: Cohort, by: User, key: uuid.UUID, today: date) -> Enrolment:
    """Give the person a seat, or a place on the waiting list when all are taken.

    `key` names the attempt: sent twice (a double tap, a retry after the line broke) it registers once and gives the
    same enrolment. Raises Refused with every problem, or PermissionDenied outside the area.
    """
    require(by, Can.REGISTER_PARTICIPANTS)
    _inside(cohort, by=by)
    keep_programme(cohort.programme_id)
    held = locked(cohort)
    before: Enrolment | None = Enrolment.objects.filter(request_key=key, cohort=held, person=person).first()
    if before is not None and not before.is_active:
        raise Refused(_sent_again(before))
    if before is not None:
        return before
    known = Person.objects.visible_to(by).select_related("household").filter(pk=person.pk).first()
    if known is None:
        raise PermissionDenied("outside the area")
    problems = _registration_problems(known, held, today=today)
    if problems:
        raise Refused(problems)
    seat = take_seat(held)
    try:
        with transaction.atomic(), audited(by=by, action="register"):
            return Enrolment.objects.create(
                cohort=held,
                programme_id=held.programme_id,
                household_id=known.household_id,
                family_number=known.family_number,
                person=known,
                seat=seat,
                state=EnrolmentState.WAITING if seat is None else EnrolmentState.REGISTERED,
                request_key=key,
                registered_at=timezone.now(),
                registered_by=by,
            )
    except IntegrityError as error:
        # Only through another kelurahan at the same moment: within one the lock above lets us see the other.
        raise Refused(FAMILY_TAKEN) from error


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: User, reason: str, note: str = "", today: date) -> Promotion | None:
    """Take a participant off, with the reason; the seat goes to the first who waits, in the same transaction.

    Gives the promotion that followed. `reason` is an Enrolment.LeaveReason. Raises Refused or PermissionDenied.
    """
    require(by, Can.WITHDRAW_PARTICIPANTS)
    _inside(enrolment.cohort, by=by)
    problems = []
    if reason not in Enrolment.LeaveReason.values:
        problems.append(Problem("no_leave_reason", "Pilih alasan mundur.", "reason"))
    if reason == Enrolment.LeaveReason.OTHER and not note.strip():
        problems.append(Problem("no_leave_note", "Tuliskan alasannya pada keterangan.", "note"))
    if problems:
        raise Refused(problems)
    cohort = locked(enrolment.cohort)
    now = Enrolment.objects.get(pk=enrolment.pk)
    seat = now.seat
    note = without_numbers(note.strip())
    label = Enrolment.LeaveReason(reason).label
    with audited(by=by, action="withdraw", note=f"{label}; {note}" if note else label):
        take(
            now,
            ENROLMENT_MOVES["withdraw"],
            by=by,
            seat=None,
            left_at=timezone.now(),
            left_by=by,
            leave_reason=reason,
            leave_note=note,
        )
        return hand_on(cohort, seat, today=today) if seat is not None else None


@transaction.atomic
def tick_off(promotion: Promotion, *, by: User) -> None:
    """The person who got the seat has been told. Twice is once."""
    require(by, Can.REGISTER_PARTICIPANTS)
    _inside(promotion.enrolment.cohort, by=by)
    Promotion.objects.filter(pk=promotion.pk, seen_at=None).update(seen_at=timezone.now(), seen_by=by)


def _sent_again(before: Enrolment) -> Problem:
    """An old attempt that comes once more, after it has registered somebody who is no longer in."""
    state = before.get_state_display().lower()
    return Problem(
        "sent_again", f"Pendaftaran ini sudah pernah dikirim dan kini {state}. Cari lagi, lalu daftarkan."
    )


def _inside(cohort: Cohort, *, by: User) -> None:
    if not Cohort.objects.visible_to(by).filter(pk=cohort.pk).exists():
        raise PermissionDenied("outside the area")


def _registration_problems(person: Person, cohort: Cohort, *, today: date) -> list[Problem]:
    programme = cohort.programme
    problems = window_problems(
        is_open=programme.state == ProgrammeState.OPEN and cohort.state == CohortState.OPEN,
        opens_on=programme.registration_opens_on,
        closes_on=programme.registration_closes_on,
        today=today,
    )
    if not cohort.quota:
        problems.append(
            Problem("no_seats", f"{cohort.area.label} tidak mendapat kursi dalam program ini.", "cohort")
        )
    if person.household.area_id != cohort.area_id:
        problems.append(
            Problem("other_area", f"Keluarga ini tidak tinggal di {cohort.area.label}.", "household")
        )
    facts = candidates(programme, [person], today=today)[person.pk]
    return problems + eligibility_problems(programme.eligibility, facts)
