"""Scores, and the decision who has passed: with the certificates, for a cohort as a whole, and taken back whole."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions.sessions import held_for
from trainings.lifecycle import (
    COHORT_MOVES,
    ENROLMENT_MOVES,
    MOVED_MEANWHILE,
    CohortState,
    EnrolmentState,
    take,
)
from trainings.models import Certificate, Cohort, Enrolment, Graduation, Programme
from trainings.reports.graduation import Standing, course_of, obstacles, score_writers, standings, version_of
from trainings.rules import reason_problems

HIGHEST_SCORE = 100
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none is taken for another: no 0 O, no 1 I
CODE_LENGTH = 12
ALREADY_DECIDED = Problem("already_decided", "Kelulusan angkatan ini sudah ditetapkan.")
ALREADY_REVOKED = Problem("already_revoked", "Kelulusan ini sudah dibatalkan.")
NOT_RUNNING = {
    CohortState.OPEN: Problem("not_started", "Mulai dahulu pelatihan angkatan ini, lalu isi nilainya."),
    CohortState.FINISHED: Problem(
        "finished", "Kelulusan angkatan ini sudah ditetapkan, jadi nilainya tidak berubah lagi."
    ),
}
OTHER_OUTCOME = Problem(
    "other_outcome",
    "Kehadiran, nilai, atau pesertanya berubah sejak halaman dibuka. Periksa daftarnya, lalu tetapkan lagi.",
)


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """The score somebody typed for one participant, and the one they saw. "" is none."""

    enrolment: int
    seen: str
    score: str

    @property
    def key(self) -> str:
        return str(self.enrolment)


@dataclass(frozen=True, slots=True)
class Report:
    """The dated report that the decision is written in."""

    report_number: str
    decided_on: date
    place: str
    signatory_name: str
    signatory_title: str
    note: str = ""


@transaction.atomic
def save_scores(cohort: Cohort, cells: Collection[ScoreCell], *, by: User) -> int:
    """Write the scores that differ from what the user saw; all or none. Gives how many.

    Refused with every problem, each naming the person (`field` is the cell's key).
    """
    held = held_for(cohort, by=by, can=Can.DECIDE_GRADUATION)
    changed = [cell for cell in cells if cell.score != cell.seen]
    if not changed:
        return 0
    if held.state != CohortState.RUNNING:
        raise Refused(NOT_RUNNING[CohortState(held.state)])
    people = held.enrolments.select_related("person").in_bulk({cell.enrolment for cell in changed})
    problems = [problem for cell in changed for problem in _score_problems(cell, people.get(cell.enrolment))]
    problems += _score_clashes(changed, people)
    if problems:
        raise Refused(problems)
    written = [cell for cell in changed if cell.score != score_text(people[cell.enrolment].score)]
    with audited(by=by, action="score"):
        for cell in written:
            score = int(cell.score) if cell.score else None
            Enrolment.objects.filter(pk=cell.enrolment).update(score=score)
    return len(written)


def score_text(score: int | None) -> str:
    """The score as it stands in a form."""
    return "" if score is None else str(score)


def _score_problems(cell: ScoreCell, row: Enrolment | None) -> list[Problem]:
    if row is None:
        return [Problem("unknown_person", "Sebagian peserta tidak ada dalam angkatan ini.")]
    typed = cell.score[:20] or "kosong"
    if row.state != EnrolmentState.ACCEPTED:
        state = row.get_state_display().lower()
        message = f"{row.person}: {state}, jadi nilainya tidak dicatat (yang Anda isi: {typed})."
        return [Problem("not_taking_part", message, cell.key)]
    if cell.score and not (
        cell.score.isascii() and cell.score.isdigit() and int(cell.score) <= HIGHEST_SCORE
    ):
        message = f"{row.person}: “{cell.score[:20]}” bukan nilai; isi angka bulat 0 sampai {HIGHEST_SCORE}."
        return [Problem("no_score", message, cell.key)]
    return []


def _score_clashes(cells: Sequence[ScoreCell], people: Mapping[int, Enrolment]) -> list[Problem]:
    """Scores that another one wrote since the user looked, and not the one they want."""
    clashing = [
        cell
        for cell in cells
        if (row := people.get(cell.enrolment)) and score_text(row.score) not in (cell.seen, cell.score)
    ]
    by = score_writers([people[cell.enrolment] for cell in clashing])
    return [
        Problem(
            "changed_meanwhile",
            f"{people[cell.enrolment].person}: kini tercatat {score_text(people[cell.enrolment].score) or 'kosong'} "
            f"(oleh {by[cell.enrolment]}); yang Anda isi {cell.score[:20] or 'kosong'}.",
            cell.key,
        )
        for cell in clashing
    ]


@transaction.atomic
def decide(cohort: Cohort, report: Report, *, seen: str, by: User, today: date) -> Graduation:
    """Decide who of the cohort has passed, finish it and make the certificates; all or nothing.

    `seen` is the token of the outcome the user looked at. Raises Refused with every problem, or PermissionDenied.
    """
    require(by, Can.DECIDE_GRADUATION)
    Programme.objects.select_for_update(no_key=True).get(pk=cohort.programme_id)  # numbers follow each other
    held = held_for(cohort, by=by, can=Can.DECIDE_GRADUATION)
    if held.state == CohortState.FINISHED:
        raise Refused(ALREADY_DECIDED)
    standing = standings(held)
    problems = [*obstacles(held, standing, today=today), *_report_problems(held, report, today=today)]
    if version_of(standing) != seen:
        problems.insert(0, OTHER_OUTCOME)
    if problems:
        raise Refused(problems)
    with audited(by=by, action="graduate", note=f"Berita acara {report.report_number}"):
        take(held, COHORT_MOVES["finish"])
        _move([one.enrolment for one in standing if one.passes], "graduate")
        _move([one.enrolment for one in standing if not one.passes], "fail")
        graduation = Graduation.objects.create(
            cohort=held,
            decided_by=by,
            report_number=report.report_number,
            decided_on=report.decided_on,
            place=report.place,
            signatory_name=report.signatory_name,
            signatory_title=report.signatory_title,
            note=without_numbers(report.note),
        )
        _certify(graduation, [one for one in standing if one.passes])
    return graduation


@transaction.atomic
def revoke(graduation: Graduation, *, by: User, reason: str) -> None:
    """Take a decision back: the participants are as before it, its certificates are no longer valid.

    The decision stays with its reason, and its numbers are not given again. Raises Refused, or PermissionDenied.
    """
    held = held_for(graduation.cohort, by=by, can=Can.DECIDE_GRADUATION)
    problems = reason_problems(reason)
    if problems:
        raise Refused(problems)
    now = timezone.now()
    reason = without_numbers(reason.strip())
    note = f"Berita acara {graduation.report_number}: {reason}"
    with audited(by=by, action="revoke_graduation", note=note):
        same = Graduation.objects.filter(pk=graduation.pk, revoked_at=None)
        if not same.update(revoked_at=now, revoked_by=by, revoke_reason=reason):
            raise Refused(ALREADY_REVOKED)
        take(held, COHORT_MOVES["resume"])
        move = ENROLMENT_MOVES["ungraduate"]
        held.enrolments.filter(state__in=move.from_).update(state=move.to)
        graduation.certificates.live().update(revoked_at=now)


def _report_problems(cohort: Cohort, report: Report, *, today: date) -> list[Problem]:
    problems = []
    if report.decided_on > today:
        problems.append(Problem("in_future", "Tanggal keputusan belum tiba.", "decided_on"))
    last = cohort.sessions.aggregate(last=Max("held_on"))["last"]
    if last is not None and report.decided_on < last:
        message = f"Tanggal keputusan mendahului pertemuan terakhir ({long_date(last)})."
        problems.append(Problem("before_last_session", message, "decided_on"))
    needed = {
        "report_number": "Nomor berita acara",
        "place": "Tempat",
        "signatory_name": "Nama penanda tangan",
        "signatory_title": "Jabatan penanda tangan",
    }
    for name, label in needed.items():
        if not getattr(report, name).strip():
            problems.append(Problem("missing", f"{label} wajib diisi.", name))
    return problems


def _move(rows: Sequence[Enrolment], name: str) -> None:
    """Takes a move for several participants in one UPDATE; compare-and-swap as in lifecycle.take."""
    move = ENROLMENT_MOVES[name]
    same = Enrolment.objects.filter(pk__in=[row.pk for row in rows], state__in=move.from_)
    if same.update(state=move.to) != len(rows):
        raise Refused(MOVED_MEANWHILE)


def _certify(graduation: Graduation, passed: Sequence[Standing]) -> None:
    """A certificate for each graduate, with what will be printed on it, word for word."""
    cohort, programme = graduation.cohort, graduation.cohort.programme
    course, area = course_of(cohort), cohort.area
    last = Certificate.objects.filter(programme=programme).aggregate(last=Max("sequence"))["last"] or 0
    Certificate.objects.bulk_create(
        Certificate(
            enrolment=one.enrolment,
            graduation=graduation,
            programme=programme,
            sequence=sequence,
            number=f"{sequence:04d}/PEL.{programme.pk}/{programme.year}",
            code=new_code(),
            name=str(one.enrolment.person),
            course_name=str(programme.course),
            area_name=f"{area.label}, {area.parent.label}" if area.parent else area.label,
            year=programme.year,
            started_on=course.started_on,
            ended_on=course.ended_on,
            session_count=course.sessions,
            hours=course.hours,
            issued_on=graduation.decided_on,
        )
        for sequence, one in enumerate(passed, last + 1)
    )


def new_code() -> str:
    """A code that nobody guesses: twelve letters and digits, sixty bits of chance."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
