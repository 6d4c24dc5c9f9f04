"""Attendance: marks of a session or of a whole grid are saved together, and never over a mark nobody looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import long_date, long_datetime
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions.sessions import held_for
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Attendance, Cohort, Enrolment, Session
from trainings.reports.attendance import MARKS, writers

NOT_RUNNING = {
    CohortState.OPEN: Problem("not_started", "Mulai dahulu pelatihan angkatan ini, lalu catat kehadirannya."),
    CohortState.FINISHED: Problem(
        "finished", "Kelulusan angkatan ini sudah ditetapkan, jadi kehadirannya tidak berubah lagi."
    ),
}
Place = tuple[int, int]  # keys of a session and an enrolment


@dataclass(frozen=True, slots=True)
class Cell:
    """What somebody put for one participant at one session, and what stood there when they looked ("": nothing)."""

    session: int
    enrolment: int
    seen: str
    mark: str

    @property
    def place(self) -> Place:
        return (self.session, self.enrolment)

    @property
    def key(self) -> str:
        return f"{self.session}-{self.enrolment}"


@dataclass(frozen=True, slots=True)
class Saved:
    """How many marks were new, and how many were corrected or taken away."""

    added: int
    corrected: int


@dataclass(frozen=True, slots=True)
class _Now:
    """What is in the database for the cells that somebody changed."""

    sessions: Mapping[int, Session]
    people: Mapping[int, Enrolment]
    marks: Mapping[Place, Attendance]

    def mark(self, cell: Cell) -> str:
        there = self.marks.get(cell.place)
        return there.mark if there else ""


@transaction.atomic
def save_marks(cohort: Cohort, cells: Collection[Cell], *, by: User, today: date) -> Saved:
    """Write the cells that differ from what the user saw; all or none.

    Refused with every problem, each naming person and session (`field` is the cell's key): somebody else has written
    another mark there meanwhile, the session has not been yet, the person does not take part, the mark is none.
    """
    held = held_for(cohort, by=by, can=Can.MARK_ATTENDANCE)
    changed = [cell for cell in cells if cell.mark != cell.seen]
    if not changed:
        return Saved(0, 0)
    if held.state != CohortState.RUNNING:
        raise Refused(NOT_RUNNING[CohortState(held.state)])
    now = _now(held, changed)
    problems = _problems(changed, now, today=today)
    if problems:
        raise Refused(problems)
    return _write([cell for cell in changed if cell.mark != now.mark(cell)], now, by=by)


def _now(cohort: Cohort, cells: list[Cell]) -> _Now:
    sessions = cohort.sessions.select_related("recorded_by").in_bulk({cell.session for cell in cells})
    people = cohort.enrolments.select_related("person").in_bulk({cell.enrolment for cell in cells})
    marks = Attendance.objects.filter(session__in=sessions, enrolment__in=people)
    return _Now(sessions, people, {(mark.session_id, mark.enrolment_id): mark for mark in marks})


def _problems(cells: list[Cell], now: _Now, *, today: date) -> list[Problem]:
    problems: list[Problem] = []
    if any(cell.session not in now.sessions for cell in cells):
        problems.append(Problem("session_gone", "Pertemuan yang diisi sudah tidak ada dalam jadwal."))
    if any(cell.enrolment not in now.people for cell in cells):
        problems.append(Problem("unknown_person", "Sebagian peserta tidak ada dalam angkatan ini."))
    known = [cell for cell in cells if cell.session in now.sessions and cell.enrolment in now.people]
    early = {session.pk for session in now.sessions.values() if session.held_on > today}
    for pk in sorted(early, key=lambda pk: now.sessions[pk].number):
        session = now.sessions[pk]
        message = (
            f"Pertemuan {session.number} baru diadakan {long_date(session.held_on)}; "
            "kehadirannya dicatat sejak hari itu."
        )
        problems.append(Problem("too_early", message))
    known = [cell for cell in known if cell.session not in early]
    for cell in known:
        person = now.people[cell.enrolment]
        where = f"{person.person}, pertemuan {now.sessions[cell.session].number}"
        if person.state != EnrolmentState.ACCEPTED:
            state = person.get_state_display().lower()
            message = (
                f"{where}: {state}, jadi kehadirannya tidak dicatat (yang Anda isi: {_word(cell.mark)})."
            )
            problems.append(Problem("not_taking_part", message, cell.key))
        elif cell.mark and cell.mark not in MARKS:
            message = f"{where}: “{cell.mark[:20]}” bukan H, T, I, atau A."
            problems.append(Problem("no_mark", message, cell.key))
    return problems + _clashes(known, now)


def _clashes(cells: list[Cell], now: _Now) -> list[Problem]:
    """Cells where another mark stands by now than the user saw, and not the one they want."""
    clashing = [cell for cell in cells if now.mark(cell) not in (cell.seen, cell.mark)]
    wrote = writers([cell.place for cell in clashing], now.marks, now.sessions)
    problems = []
    for cell in clashing:
        session, by = now.sessions[cell.session], wrote[cell.place]
        when = f", {long_datetime(timezone.localtime(by.at))}" if by.at else ""
        who = f"pertemuan ini terakhir dicatat {by.by}{when}" if by.is_whole else f"oleh {by.by}{when}"
        problems.append(
            Problem(
                "changed_meanwhile",
                f"{now.people[cell.enrolment].person}, pertemuan {session.number}: kini tercatat "
                f"{_word(now.mark(cell))} ({who}); yang Anda isi {_word(cell.mark)}.",
                cell.key,
            )
        )
    return problems


def _word(mark: str) -> str:
    return MARKS.get(mark, mark[:20] or "kosong").lower()


def _write(cells: list[Cell], now: _Now, *, by: User) -> Saved:
    """Writes cells that differ from the database, session by session, so that the history names each session."""
    by_session: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_session[cell.session].append(cell)
    added = 0
    for pk in sorted(by_session, key=lambda pk: now.sessions[pk].number):
        session, group = now.sessions[pk], by_session[pk]
        note = f"Pertemuan {session.number}, {long_date(session.held_on)}"
        with audited(by=by, action="attendance", note=note):
            added += _write_session(session, group, now, by=by)
    return Saved(added, len(cells) - added)


def _write_session(session: Session, cells: list[Cell], now: _Now, *, by: User) -> int:
    new = [cell for cell in cells if cell.place not in now.marks]
    corrected: dict[str, list[int]] = defaultdict(list)
    for cell in cells:
        if cell.place in now.marks:
            corrected[cell.mark].append(now.marks[cell.place].pk)
    for mark, rows in corrected.items():
        if mark:
            Attendance.objects.filter(pk__in=rows).update(mark=mark)
        else:
            Attendance.objects.filter(pk__in=rows).delete()
    Attendance.objects.bulk_create(
        Attendance(session_id=cell.session, enrolment_id=cell.enrolment, mark=cell.mark) for cell in new
    )
    same = Session.objects.filter(pk=session.pk)
    if new:
        same.update(recorded_at=timezone.now(), recorded_by=by)
    elif "" in corrected and not session.attendances.exists():
        same.update(recorded_at=None, recorded_by=None)
    return len(new)
