"""What every step of a proposal and its grant shares: the lock, the area, the duty, and the line in its history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from kub.lifecycle import DUTY_OF_MOVE, MOVED_MEANWHILE, Move, take
from kub.models import FiscalYear, Grant, Proposal, Step
from kub.reports.duties import problems_for
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused

NOTE_LENGTH = 500


def locked(proposal: Proposal, *, by: User) -> Proposal:
    """The proposal as it is now, held until the transaction ends: steps, payments and reports wait here in turn.

    Raises PermissionDenied outside the person's area.
    """
    held: Proposal | None = (
        Proposal.objects.visible_to(by)
        .select_related("group__area", "kind", "year")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=proposal.pk)
        .first()
    )
    if held is None:
        raise PermissionDenied("outside the area")
    return held


def locked_grant(grant: Grant, *, by: User) -> Grant:
    """The grant as it is now, behind the lock of its proposal."""
    proposal = locked(grant.proposal, by=by)
    held: Grant = Grant.objects.select_related("budget", "decree").get(pk=grant.pk)
    held.proposal = proposal
    return held


def begin(row: Proposal | Grant, move: Move, *, by: User) -> None:
    """Refuses early who may not move or comes too late, so that later sentences are about the matter itself."""
    if move.needs is not None:
        require(by, move.needs)
    if row.state not in move.from_:
        raise Refused(MOVED_MEANWHILE)


def duties(proposal: Proposal, move: Move, *, by: User) -> list[Problem]:
    """Why this person may not take this move: they have another duty on the proposal."""
    duty = DUTY_OF_MOVE.get(move.name)
    return problems_for(proposal, by, wanted=duty) if duty else []


def step(row: Proposal | Grant, move: Move, *, by: User, note: str = "", **values: Any) -> None:
    """Takes the move and writes its line. The caller holds the lock and has opened the audit context."""
    proposal = row if isinstance(row, Proposal) else row.proposal
    before = row.state
    take(row, move, by=by, **values)
    Step.objects.create(
        proposal=proposal,
        move=move.name,
        from_state=before,
        to_state=row.state,
        note=without_numbers(note.strip()),
        by=by,
    )


def note_problems(note: str, *, required: str = "") -> list[Problem]:
    """A note that is missing where one is `required` (the sentence to show), or too long."""
    if required and not note.strip():
        return [Problem("no_note", required, "note")]
    if len(note.strip()) > NOTE_LENGTH:
        return [Problem("long_note", f"Catatan paling panjang {NOTE_LENGTH} huruf.", "note")]
    return []


def is_closed(year: int) -> bool:
    """Whether the books of a year are closed; a year nobody has opened is not."""
    return FiscalYear.objects.filter(year=year, closed_at__isnull=False).exists()
