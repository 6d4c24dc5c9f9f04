"""What the pages of the attendance show: the timetable, the grid of a cohort, the sheet of one session, corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.problems import Problem
from trainings.completion import Taken, completion_problems
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Attendance, Cohort, Enrolment, Session

TAKING_PART = (EnrolmentState.ACCEPTED, EnrolmentState.GRADUATED, EnrolmentState.FAILED)
MARKS: dict[str, str] = dict(Attendance.Mark.choices)
SHOWN = 50  # corrections on one page


@dataclass(frozen=True, slots=True)
class Line:
    """One session in the timetable: how many of the participants have a mark, of so many."""

    session: Session
    marked: int
    expected: int
    is_due: bool  # its day has come

    @property
    def venue(self) -> str:
        return self.session.venue or self.session.cohort.venue

    @property
    def instructor(self) -> str:
        return self.session.instructor or self.session.cohort.instructor

    @property
    def is_complete(self) -> bool:
        return self.expected > 0 and self.marked >= self.expected

    @property
    def missing(self) -> int:
        return max(0, self.expected - self.marked)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One participant at one session. `mark` is recorded, `shown` stands in the form (typed or recorded)."""

    session: Session
    enrolment: Enrolment
    mark: str
    shown: str
    is_open: bool  # may be filled in
    problem: str = ""

    @property
    def name(self) -> str:
        """Of the form field; it carries what the user sees recorded now."""
        return f"h-{self.session.pk}-{self.enrolment.pk}-{self.mark}"


@dataclass(frozen=True, slots=True)
class GridRow:
    """One participant with a cell for each session, and what still keeps them from passing."""

    enrolment: Enrolment
    cells: Sequence[GridCell]
    taken: Taken
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Grid:
    """The participants of a cohort by their sessions. `unverified` hold a seat and cannot be marked yet."""

    sessions: Sequence[Session]
    rows: Sequence[GridRow]
    recorded: int  # sessions
    unverified: int
    counts: Mapping[str, int] = field(default_factory=dict)  # of each mark that stands in the form

    @property
    def is_open(self) -> bool:
        return any(cell.is_open for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Correction:
    """A mark that became another one. "" is none."""

    at: datetime
    by: str
    person: str
    session: Session
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """Who wrote what is recorded now. `is_whole` means: the last who recorded the session, perhaps not this mark."""

    by: str
    at: datetime | None
    is_whole: bool


def participants(cohort: Cohort) -> list[Enrolment]:
    """Those who take part: they hold a seat and were accepted, whatever came of it; by seat."""
    rows = cohort.enrolments.filter(state__in=TAKING_PART).select_related("person").order_by("seat")
    return list(rows)


def timetable(cohort: Cohort, *, today: date) -> list[Line]:
    """The sessions in their order, with how far the attendance of each is recorded."""
    expected = cohort.enrolments.filter(state__in=TAKING_PART).count()
    marked = Count("attendances", filter=Q(attendances__enrolment__state__in=TAKING_PART))
    rows = cohort.sessions.select_related("recorded_by").annotate(marked=marked).order_by("number")
    lines = []
    for row in rows:
        row.cohort = cohort
        lines.append(Line(row, row.marked, expected, row.held_on <= today))
    return lines


def grid(
    cohort: Cohort,
    *,
    today: date,
    only: Session | None = None,
    typed: Mapping[str, str] | None = None,
    problems: Iterable[Problem] = (),
) -> Grid:
    """The grid of a cohort, or of one session; `typed` ("session-enrolment" → text) stands over what is recorded."""
    typed = typed or {}
    wrong = {problem.field: problem.message for problem in problems if problem.field}
    sessions = [only] if only else list(cohort.sessions.order_by("number"))
    people = participants(cohort)
    marks = {
        (session, enrolment): mark
        for session, enrolment, mark in Attendance.objects.filter(session__in=sessions).values_list(
            "session", "enrolment", "mark"
        )
    }
    recorded = sum(session.recorded_at is not None for session in sessions)
    runs, terms = cohort.state == CohortState.RUNNING, cohort.programme.completion
    rows, counts = [], Counter[str]()
    for person in people:
        cells = []
        for session in sessions:
            key, mark = f"{session.pk}-{person.pk}", marks.get((session.pk, person.pk), "")
            is_open = runs and session.held_on <= today and person.state == EnrolmentState.ACCEPTED
            shown = typed.get(key, mark) if is_open else mark
            counts[shown] += 1
            cells.append(GridCell(session, person, mark, shown, is_open, wrong.get(key, "")))
        taken = Taken(sum(bool(cell.mark) for cell in cells), person.sessions_attended, person.score)
        found = [one for one in completion_problems(terms, taken) if one.code == "attended_too_little"]
        rows.append(GridRow(person, cells, taken, () if only else found))
    unverified = cohort.enrolments.filter(state=EnrolmentState.REGISTERED).count()
    return Grid(sessions, rows, recorded, unverified, counts)


def corrections(sessions: Collection[Session], *, limit: int = SHOWN) -> list[Correction]:
    """The last corrections of the marks of these sessions, newest first; the queries do not grow with them."""
    by_pk = {session.pk: session for session in sessions}
    events = list(_events().filter(session__in=by_pk).order_by("-pgh_id")[:limit])
    latest = dict(
        Attendance.objects.filter(pk__in={event.pgh_obj_id for event in events}).values_list("pk", "mark")
    )
    names = names_of(events)
    found = []
    for event in events:
        new = "" if event.pgh_label == "delete" else latest.get(event.pgh_obj_id, "")
        latest[event.pgh_obj_id] = event.mark
        found.append(
            Correction(
                at=event.pgh_created_at,
                by=names.get(user_of(event), "Sistem"),
                person=str(event.enrolment.person),
                session=by_pk[event.session_id],
                old=MARKS.get(event.mark, ""),
                new=MARKS.get(new, ""),
            )
        )
    return found


def writers(
    wanted: Collection[tuple[int, int]],
    now: Mapping[tuple[int, int], Attendance],
    sessions: Mapping[int, Session],
) -> dict[tuple[int, int], Wrote]:
    """Who wrote what is recorded for each (session, enrolment): by the history, else who recorded the session."""
    last: dict[tuple[int, int], Any] = {}
    if not wanted:
        return {}
    events = _events().filter(
        session__in={one for one, _ in wanted}, enrolment__in={one for _, one in wanted}
    )
    for event in events.order_by("pgh_id"):
        key = (event.session_id, event.enrolment_id)
        mark = now.get(key)
        if mark is None or event.pgh_obj_id == mark.pk:
            last[key] = event
    names = names_of(last.values())
    found = {}
    for key in wanted:
        if key in last:
            found[key] = Wrote(
                names.get(user_of(last[key]), "Sistem"), last[key].pgh_created_at, is_whole=False
            )
        else:
            session = sessions[key[0]]
            found[key] = Wrote(str(session.recorded_by or "Sistem"), session.recorded_at, is_whole=True)
    return found


def _events() -> Any:
    model: Any = Attendance.pgh_event_model  # type: ignore[attr-defined]
    return model.objects.select_related("pgh_context", "enrolment__person")


def user_of(event: Any) -> int | None:
    """The key of who caused an event of the history, as far as it is known."""
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def names_of(events: Iterable[Any]) -> dict[int | None, str]:
    """The names of those who caused the events, by their key."""
    return {
        pk: str(user) for pk, user in User.objects.in_bulk({user_of(one) for one in events} - {None}).items()
    }
