"""Verification: the office accepts or refuses participants, several at once and all or none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions.seats import hand_on, locked
from trainings.lifecycle import ENROLMENT_MOVES, take
from trainings.models import Cohort, Enrolment
from trainings.reports.candidates import candidates
from trainings.rules import reason_problems, registry_problems

NOBODY = Problem("nobody", "Pilih dahulu peserta yang diperiksa.")


@transaction.atomic
def accept(cohort: Cohort, chosen: Collection[int], *, by: User, today: date) -> int:
    """Accept registered participants (enrolment pks). Refused with every problem, naming whom; then nobody is.

    Whoever registered somebody does not verify them, and whom the registry speaks against is not accepted.
    """
    held, rows = _chosen(cohort, chosen, by=by)
    facts = candidates(held.programme, [row.person for row in rows], today=today)
    problems = [*_own(rows, by=by)]
    for row in rows:
        problems += [
            Problem(problem.code, f"{row.person}: {problem.message}")
            for problem in registry_problems(held.programme.eligibility, facts[row.person_id])
        ]
    return _decide(rows, "accept", problems, by=by, note="")


@transaction.atomic
def refuse(cohort: Cohort, chosen: Collection[int], *, by: User, reason: str, today: date) -> int:
    """Refuse participants with one reason; each seat goes to the first who waits. Gives how many were refused."""
    held, rows = _chosen(cohort, chosen, by=by)
    seats = sorted(row.seat for row in rows if row.seat is not None)
    note = without_numbers(reason.strip())
    done = _decide(rows, "refuse", [*reason_problems(reason), *_own(rows, by=by)], by=by, note=note)
    with audited(by=by, action="verify", note=note):
        for seat in seats:
            hand_on(held, seat, today=today)
    return done


@transaction.atomic
def reconsider(cohort: Cohort, chosen: Collection[int], *, by: User) -> int:
    """Take acceptances back: those participants are to be verified once more."""
    _, rows = _chosen(cohort, chosen, by=by)
    return _decide(rows, "reconsider", [], by=by, note="")


def _chosen(cohort: Cohort, chosen: Collection[int], *, by: User) -> tuple[Cohort, list[Enrolment]]:
    require(by, Can.VERIFY_PARTICIPANTS)
    if not Cohort.objects.visible_to(by).filter(pk=cohort.pk).exists():
        raise PermissionDenied("outside the area")
    if not chosen:
        raise Refused(NOBODY)
    held = locked(cohort)
    rows = list(
        held.enrolments.filter(pk__in=chosen).select_related("person__household").order_by("seat", "pk")
    )
    if len(rows) != len(set(chosen)):
        raise Refused(Problem("unknown_row", "Sebagian peserta yang dipilih tidak ada dalam angkatan ini."))
    return held, rows


def _own(rows: list[Enrolment], *, by: User) -> list[Problem]:
    return [
        Problem(
            "own_registration",
            f"{row.person}: Anda sendiri yang mendaftarkan; mintalah orang lain memeriksa.",
        )
        for row in rows
        if row.registered_by_id == by.pk
    ]


def _decide(rows: list[Enrolment], name: str, problems: list[Problem], *, by: User, note: str) -> int:
    move = ENROLMENT_MOVES[name]
    problems += [
        Problem("wrong_state", f"{row.person}: sudah {row.get_state_display().lower()}.")
        for row in rows
        if row.state not in move.from_
    ]
    if problems:
        raise Refused(problems)
    undone = name == "reconsider"
    values = {
        "decided_at": None if undone else timezone.now(),
        "decided_by": None if undone else by,
        "decision_note": note,
    }
    if name == "refuse":
        values["seat"] = None
    with audited(by=by, action="verify", note=note or move.label):
        for row in rows:
            take(row, move, by=by, **values)
    return len(rows)
