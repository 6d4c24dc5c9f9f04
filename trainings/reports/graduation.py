"""What a graduation is decided on: how each participant stands, and what still stands in the way of a decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.crypto import salted_hmac

from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Problem
from trainings.completion import Taken, completion_problems
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Attendance, Certificate, Cohort, Enrolment, Graduation, Session
from trainings.reports.attendance import names_of, participants, user_of

NAMED = 5  # people in one sentence; the others are counted


@dataclass(frozen=True, slots=True)
class Standing:
    """One participant before the decision: what they have to show, and what keeps them from passing."""

    enrolment: Enrolment
    taken: Taken
    problems: Sequence[Problem]

    @property
    def passes(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Result:
    """One participant after the decision."""

    enrolment: Enrolment
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One participant in the list of scores: what is recorded, and what stands in the form."""

    enrolment: Enrolment
    recorded: str
    shown: str
    problem: str

    @property
    def name(self) -> str:
        """Of the form field; it carries what the user sees recorded now."""
        return f"nilai-{self.enrolment.pk}-{self.recorded}"


@dataclass(frozen=True, slots=True)
class Course:
    """The course as a certificate tells it. `hours` are whole hours of sixty minutes."""

    started_on: date
    ended_on: date
    sessions: int
    hours: int


def standings(cohort: Cohort) -> list[Standing]:
    """Everybody who is to be decided on, by seat, judged by the rule of the programme."""
    terms = cohort.programme.completion
    marked = dict(
        Attendance.objects.filter(session__cohort=cohort)
        .values_list("enrolment")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found = []
    for row in participants(cohort):
        taken = Taken(marked.get(row.pk, 0), row.sessions_attended, row.score)
        found.append(Standing(row, taken, completion_problems(terms, taken)))
    return found


def version_of(standing: Iterable[Standing]) -> str:
    """A token of who would pass and who not: a decision over another outcome than the user saw is refused."""
    lines = (f"{one.enrolment.pk}:{one.passes}:{one.taken.attended}:{one.taken.score}" for one in standing)
    return salted_hmac("trainings.graduation", "\n".join(lines), algorithm="sha256").hexdigest()[:32]


def obstacles(cohort: Cohort, standing: Sequence[Standing], *, today: date) -> list[Problem]:
    """Everything that keeps the cohort from being decided, whoever passes."""
    if cohort.state == CohortState.OPEN:
        return [Problem("not_started", "Pelatihan angkatan ini belum dimulai.")]
    return [
        *_session_problems(cohort, standing, today=today),
        *_people_problems(cohort),
        *_score_problems(cohort, standing),
    ]


def course_of(cohort: Cohort) -> Course:
    """When the course was held and how long; there is a session at least."""
    sessions = list(cohort.sessions.order_by("held_on"))
    length = sum((_length(session) for session in sessions), timedelta())
    return Course(
        started_on=sessions[0].held_on,
        ended_on=sessions[-1].held_on,
        sessions=len(sessions),
        hours=(length + timedelta(minutes=30)) // timedelta(hours=1),
    )


def results(cohort: Cohort, decision: Graduation | None) -> list[Result]:
    """The participants after a decision, by seat, each with the certificate."""
    certificates = {one.enrolment_id: one for one in decision.certificates.live()} if decision else {}
    return [Result(row, certificates.get(row.pk)) for row in participants(cohort)]


def score_lines(cohort: Cohort, *, typed: Mapping[int, str], problems: Iterable[Problem]) -> list[ScoreLine]:
    """Everybody with the score as it stands in the form; what somebody typed stands over what is recorded."""
    wrong = {problem.field: problem.message for problem in problems if problem.field}
    lines = []
    for row in participants(cohort):
        recorded = "" if row.score is None else str(row.score)
        lines.append(ScoreLine(row, recorded, typed.get(row.pk, recorded), wrong.get(str(row.pk), "")))
    return lines


def score_writers(rows: Collection[Enrolment]) -> dict[int, str]:
    """Who wrote the score that each of the rows has now, by the history."""
    model: Any = Enrolment.pgh_event_model  # type: ignore[attr-defined]
    later = {row.pk: row.score for row in rows}
    changed: dict[int, Any] = {}
    events = model.objects.filter(pgh_obj__in=later).select_related("pgh_context").order_by("-pgh_id")
    for event in events if rows else ():
        if event.pgh_obj_id not in changed and event.score != later[event.pgh_obj_id]:
            changed[event.pgh_obj_id] = event
        later[event.pgh_obj_id] = event.score
    names = names_of(changed.values())
    return {
        row.pk: names.get(user_of(changed[row.pk]), "Sistem") if row.pk in changed else "Sistem"
        for row in rows
    }


def last_signatory(*, user: User) -> dict[str, str]:
    """Who signed the last decision in the user's area, to start the next form with."""
    last = Graduation.objects.visible_to(user).order_by("-made_at", "-pk").first()
    if last is None:
        return {}
    return {name: getattr(last, name) for name in ("place", "signatory_name", "signatory_title")}


def _length(session: Session) -> timedelta:
    return datetime.combine(session.held_on, session.ends_at) - datetime.combine(
        session.held_on, session.starts_at
    )


def _session_problems(cohort: Cohort, standing: Sequence[Standing], *, today: date) -> list[Problem]:
    sessions = list(cohort.sessions.order_by("number"))
    if not sessions:
        return [Problem("no_sessions", "Angkatan ini belum mempunyai pertemuan.", "sessions")]
    people = {one.enrolment.pk: str(one.enrolment.person) for one in standing}
    marked = set(
        Attendance.objects.filter(session__in=sessions, enrolment__in=people).values_list(
            "session", "enrolment"
        )
    )
    problems = []
    for session in sessions:
        name = f"Pertemuan {session.number}, {long_date(session.held_on)}"
        left = [person for pk, person in people.items() if (session.pk, pk) not in marked]
        if session.held_on > today:
            problems.append(Problem("not_held", f"{name}: belum berlangsung.", "sessions"))
        elif session.recorded_at is None:
            problems.append(Problem("not_recorded", f"{name}: kehadiran belum dicatat.", "sessions"))
        elif left:
            message = f"{name}: kehadiran {len(left)} peserta belum dicatat ({named(left)})."
            problems.append(Problem("not_all_recorded", message, "sessions"))
    return problems


def _people_problems(cohort: Cohort) -> list[Problem]:
    rows = cohort.enrolments.select_related("person").order_by("seat", "registered_at", "pk")
    problems = []
    unverified = [str(row.person) for row in rows.filter(state=EnrolmentState.REGISTERED)]
    if unverified:
        message = f"{len(unverified)} peserta belum diperiksa ({named(unverified)})."
        problems.append(Problem("to_verify", message, "people"))
    waiting = cohort.enrolments.waiting().count()
    if waiting:
        message = f"Masih ada {waiting} orang dalam daftar cadangan; tolak atau catat mundur dahulu dengan alasannya."
        problems.append(Problem("waiting", message, "people"))
    if not rows.filter(state=EnrolmentState.ACCEPTED).exists():
        problems.append(Problem("nobody", "Tidak ada peserta yang diterima.", "people"))
    return problems


def _score_problems(cohort: Cohort, standing: Sequence[Standing]) -> list[Problem]:
    """Nobody fails for a score that was forgotten."""
    if cohort.programme.min_score is None:
        return []
    left = [str(one.enrolment.person) for one in standing if one.taken.score is None]
    if not left:
        return []
    return [Problem("scores_missing", f"Nilai {len(left)} peserta belum diisi ({named(left)}).", "scores")]


def named(people: Sequence[str]) -> str:
    """Siti, Ani, dan 3 lainnya"""
    if len(people) <= NAMED:
        return ", ".join(people)
    return f"{', '.join(people[:NAMED])}, dan {len(people) - NAMED} lainnya"
