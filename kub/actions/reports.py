"""The accountability report (LPJ): sent by who prepares it, accepted or returned by somebody else."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from kub.actions.decisions import finish_if_accounted
from kub.actions.steps import is_closed, locked_grant, note_problems
from kub.lifecycle import MOVED_MEANWHILE, REPORT_MOVES, EntryKind, GrantState, Move, take
from kub.models import AccountabilityReport, Grant, LedgerEntry
from kub.rules import year_problems
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused


def locked_report(report: AccountabilityReport, *, by: User) -> tuple[AccountabilityReport, Grant]:
    """The report as it is now with its grant, behind the lock of the proposal."""
    grant = locked_grant(report.grant, by=by)
    held = AccountabilityReport.objects.select_related("instalment").get(pk=report.pk)
    held.grant = grant
    return held, grant


def spent_on(report: AccountabilityReport) -> int:
    """The sum of a report's receipts, in rupiah."""
    total: int | None = report.receipts.aggregate(total=Sum("amount"))["total"]
    return total or 0


@transaction.atomic
def submit_report(report: AccountabilityReport, *, by: User) -> AccountabilityReport:
    """Sends a report to be examined. It needs a receipt at least."""
    move = REPORT_MOVES["submit"]
    held, _ = _begin(report, move, by=by)
    problems = []
    if not held.receipts.exists():
        problems.append(Problem("no_receipts", "LPJ ini belum berisi kuitansi."))
    unreadable = held.receipts.filter(unreadable=True).order_by("number").first()
    if unreadable is not None:
        problems.append(
            Problem("unreadable", f"{unreadable} ditandai tidak terbaca; ganti dahulu dengan yang terbaca.")
        )
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_report"):
        take(
            held,
            move,
            by=by,
            submitted_at=timezone.now(),
            submitted_by=by,
            examined_at=None,
            examined_by=None,
            note="",
        )
    return held


@transaction.atomic
def return_report(report: AccountabilityReport, *, by: User, note: str) -> AccountabilityReport:
    """Gives a report back to be mended, with what is wrong."""
    move = REPORT_MOVES["return"]
    held, _ = _begin(report, move, by=by)
    problems = [*_own(held, by), *note_problems(note, required="Tuliskan apa yang harus diperbaiki.")]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_report", note=note.strip()):
        take(held, move, by=by, **_examined(by, note))
    return held


@transaction.atomic
def accept_report(report: AccountabilityReport, *, by: User, today: date, note: str = "") -> LedgerEntry:
    """Accepts a report and books what it accounts for: its receipts, as far as the group still held money.

    What was spent beyond the grant is the group's own and not booked.
    """
    move = REPORT_MOVES["accept"]
    held, grant = _begin(report, move, by=by)
    amount = min(spent_on(held), grant.held)
    problems = [
        *_own(held, by),
        *note_problems(note),
        *year_problems(today, closed=is_closed(today.year)),
    ]
    unreadable = held.receipts.filter(unreadable=True).order_by("number").first()
    if unreadable is not None:
        problems.append(
            Problem("unreadable", f"{unreadable} tidak terbaca; kembalikan LPJ ini supaya diganti.")
        )
    if amount <= 0:
        problems.append(
            Problem("nothing_held", "Tidak ada uang kelompok yang masih harus dipertanggungjawabkan.")
        )
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_report"):
        take(held, move, by=by, **_examined(by, note))
        count = held.receipts.count()
        entry: LedgerEntry = LedgerEntry.objects.create(
            grant=grant,
            kind=EntryKind.ACCOUNTED,
            amount=amount,
            instalment=held.instalment,
            report=held,
            booked_on=today,
            description=f"LPJ termin {held.instalment.number} diterima, {count} kuitansi",
            request_key=uuid.uuid4(),
            made_by=by,
        )
        finish_if_accounted(grant, by=by)
    return entry


def _begin(report: AccountabilityReport, move: Move, *, by: User) -> tuple[AccountabilityReport, Grant]:
    if move.needs is not None:
        require(by, move.needs)
    held, grant = locked_report(report, by=by)
    if held.state not in move.from_ or grant.state in (GrantState.CLOSED, GrantState.CANCELLED):
        raise Refused(MOVED_MEANWHILE)
    return held, grant


def _own(report: AccountabilityReport, by: User) -> list[Problem]:
    if report.submitted_by_id != by.pk:
        return []
    return [Problem("own_report", "Anda mengirim LPJ ini, jadi pemeriksaannya dikerjakan orang lain.")]


def _examined(by: User, note: str) -> dict[str, Any]:
    return {"examined_at": timezone.now(), "examined_by": by, "note": without_numbers(note.strip())}
