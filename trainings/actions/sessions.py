"""The timetable of a cohort: meetings made at once, changed and deleted; their numbers follow the calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.crypto import salted_hmac

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions.seats import locked
from trainings.lifecycle import CohortState
from trainings.models import Cohort, Session
from trainings.timetable import MOST_SESSIONS, Slot, clashes, days, renumbered, slot_problems

FINISHED = Problem("finished", "Angkatan ini sudah selesai, jadi jadwalnya tidak berubah lagi.")
CHANGED_MEANWHILE = Problem(
    "changed_meanwhile",
    "Pertemuan ini sudah diubah orang lain sejak halaman dibuka. Periksa yang kini tercatat, lalu simpan lagi.",
)
_SEEN = ("held_on", "starts_at", "ends_at", "venue", "instructor", "topic")


@dataclass(frozen=True, slots=True)
class Meeting:
    """When, where and about what a cohort meets. Venue and instructor of the cohort where they are empty."""

    held_on: date
    starts_at: time
    ends_at: time
    venue: str = ""
    instructor: str = ""
    topic: str = ""


def held_for(cohort: Cohort, *, by: User, can: Can) -> Cohort:
    """The cohort as it is now, locked for an action of `by`. PermissionDenied without the right or outside the area."""
    require(by, can)
    if not Cohort.objects.visible_to(by).filter(pk=cohort.pk).exists():
        raise PermissionDenied("outside the area")
    return locked(cohort)


def version_of(session: Session) -> str:
    """The same token as long as nothing that people may change has changed."""
    values = "\x1f".join(str(getattr(session, name)) for name in _SEEN)
    return salted_hmac("trainings.sessions", f"{session.pk}\x1f{values}", algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def make_sessions(
    cohort: Cohort,
    first: Meeting,
    *,
    weekdays: Collection[int],
    number: int,
    by: User,
    accept_warnings: bool = False,
) -> list[Session]:
    """Make `number` meetings like the first, on the given days of the week (0 Monday; none: the first one's).

    Pressed twice it makes them once: the second time they clash. Raises Refused with every problem.
    """
    held = held_for(cohort, by=by, can=Can.MANAGE_SESSIONS)
    if held.state == CohortState.FINISHED:
        raise Refused(FINISHED)
    problems = _number_problems(held, number) or _slot_problems(held, [first])
    if problems:
        raise Refused(problems)
    meetings = [_tidy(held, replace(first, held_on=day)) for day in days(first.held_on, weekdays, number)]
    problems = _slot_problems(held, meetings) + _clashes(held, meetings, by=by)
    _refuse(problems, accept_warnings=accept_warnings)
    made = [Session(cohort=held, **_values(meeting)) for meeting in meetings]
    with audited(by=by, action="change_sessions", note=f"{number} pertemuan dibuat"):
        _number(held, made)
        Session.objects.bulk_create(made)
    return made


@transaction.atomic
def change_session(
    session: Session, meeting: Meeting, *, seen: str, by: User, today: date, accept_warnings: bool = False
) -> Session:
    """Move a meeting or name another place, instructor or topic. `seen` is the version the user looked at."""
    held = held_for(session.cohort, by=by, can=Can.MANAGE_SESSIONS)
    now = Session.objects.get(pk=session.pk)
    if version_of(now) != seen:
        raise Refused(CHANGED_MEANWHILE)
    if held.state == CohortState.FINISHED:
        raise Refused(FINISHED)
    tidy = _tidy(held, meeting)
    problems = _slot_problems(held, [tidy]) + _clashes(held, [tidy], by=by, but=now)
    if now.recorded_at is not None and tidy.held_on > today:
        message = "Kehadirannya sudah dicatat, jadi tanggalnya tidak boleh di masa depan."
        problems.append(Problem("recorded_in_future", message, "held_on"))
    _refuse(problems, accept_warnings=accept_warnings)
    for name, value in _values(tidy).items():
        setattr(now, name, value)
    with audited(by=by, action="change_sessions", note=f"Pertemuan {now.number}"):
        now.save(update_fields=[*_SEEN])
        _number(held, [])
    return now


@transaction.atomic
def delete_session(session: Session, *, seen: str, by: User) -> None:
    """Take a meeting off the timetable; refused once anybody's attendance is recorded."""
    held = held_for(session.cohort, by=by, can=Can.MANAGE_SESSIONS)
    now = Session.objects.filter(pk=session.pk).first()
    if now is None:
        return  # somebody else was faster, and the outcome is the same
    problems = []
    if held.state == CohortState.FINISHED:
        problems.append(FINISHED)
    elif version_of(now) != seen:
        problems.append(CHANGED_MEANWHILE)
    if now.attendances.exists():
        message = f"Kehadiran pertemuan {now.number} sudah dicatat, jadi pertemuan ini tidak dapat dihapus."
        problems.append(Problem("recorded", message))
    if problems:
        raise Refused(problems)
    with audited(by=by, action="change_sessions", note=f"Pertemuan {long_date(now.held_on)} dihapus"):
        now.delete()
        _number(held, [])


def _tidy(cohort: Cohort, meeting: Meeting) -> Meeting:
    """Without what the cohort says already, so that a change there reaches the meeting."""
    venue, instructor = meeting.venue.strip(), meeting.instructor.strip()
    return replace(
        meeting,
        venue="" if venue == cohort.venue else venue,
        instructor="" if instructor == cohort.instructor else instructor,
        topic=meeting.topic.strip(),
    )


def _values(meeting: Meeting) -> dict[str, date | time | str]:
    return {name: getattr(meeting, name) for name in _SEEN}


def _number_problems(cohort: Cohort, number: int) -> list[Problem]:
    there = cohort.sessions.count()
    if number < 1:
        return [Problem("no_number", "Paling sedikit satu pertemuan.", "number")]
    if there + number > MOST_SESSIONS:
        message = f"Satu angkatan paling banyak {MOST_SESSIONS} pertemuan; sudah ada {there}."
        return [Problem("too_many", message, "number")]
    return []


def _slot_problems(cohort: Cohort, meetings: Iterable[Meeting]) -> list[Problem]:
    """One sentence of each kind: what is wrong with the hours is wrong with all of them."""
    programme = cohort.programme
    found: dict[str, Problem] = {}
    for meeting in meetings:
        slot = _slot(cohort, meeting, "pertemuan baru")
        for problem in slot_problems(slot, year=programme.year, opens_on=programme.registration_opens_on):
            found.setdefault(problem.code, problem)
    return list(found.values())


def _clashes(
    cohort: Cohort, meetings: list[Meeting], *, by: User, but: Session | None = None
) -> list[Problem]:
    on_days = Session.objects.filter(held_on__in={meeting.held_on for meeting in meetings})
    own = on_days.filter(cohort=cohort).exclude(pk=but.pk if but else None)
    others = on_days.visible_to(by).exclude(cohort=cohort)
    others = others.select_related("cohort__area", "cohort__programme__course").order_by("held_on", "pk")
    return clashes(
        [_slot(cohort, meeting, "pertemuan baru lainnya") for meeting in meetings],
        [_slot(cohort, one, f"pertemuan {one.number}") for one in own],
        [
            _slot(
                one.cohort,
                one,
                f"{one.cohort.programme.course} {one.cohort.programme.year}, {one.cohort.area.label}",
            )
            for one in others
        ],
    )


def _slot(cohort: Cohort, meeting: Meeting | Session, name: str) -> Slot:
    return Slot(
        name=name,
        area=cohort.area_id,
        held_on=meeting.held_on,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        venue=meeting.venue or cohort.venue,
        instructor=meeting.instructor or cohort.instructor,
    )


def _refuse(problems: list[Problem], *, accept_warnings: bool) -> None:
    """Raises unless there is no problem, or only warnings that the user has accepted."""
    if any(problem.is_error for problem in problems) or (problems and not accept_warnings):
        raise Refused(problems)


def _number(cohort: Cohort, made: list[Session]) -> None:
    """Numbers the meetings of the cohort by date and hour: those there in the table, those made in the objects."""
    there = list(cohort.sessions.all())
    in_order = sorted([*there, *made], key=lambda one: (one.held_on, one.starts_at))
    wanted = {one: number for number, one in enumerate(in_order, 1) if one.pk}
    for session, number in renumbered({one: one.number for one in there}, wanted):
        Session.objects.filter(pk=session.pk).update(number=number)
    for number, one in enumerate(in_order, 1):
        one.number = number
