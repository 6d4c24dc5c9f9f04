"""A household leaves the list or comes back: with reason, evidence and date, undone by the opposite move."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from households.household_lifecycle import StatusMove
from households.models import Household, StatusChange
from households.rules import status_problems
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.problems import Problem, Refused


@transaction.atomic
def change_status(
    household: Household,
    *,
    move: StatusMove,
    by: User,
    reason: str,
    evidence: str,
    effective_on: date,
    today: date,
) -> StatusChange:
    """Take a move of the table. Raises Refused with every problem, or PermissionDenied.

    `reason` is one of the move's reasons. When somebody else moved the household first, nothing is written.
    """
    require(by, move.needs)
    if not Household.objects.visible_to(by).filter(pk=household.pk).exists():
        raise PermissionDenied("outside the area")
    problems = status_problems(evidence=evidence, effective_on=effective_on, today=today)
    if reason not in move.reasons:
        problems.append(Problem("wrong_reason", "Pilih alasan yang sesuai dengan perubahan ini.", "reason"))
    if problems:
        raise Refused(problems)
    label = StatusChange.Reason(reason).label
    with audited(by=by, action="change_status", note=f"{label}; {evidence.strip()}"):
        moved = Household.objects.filter(pk=household.pk, status=move.from_).update(status=move.to)
        if not moved:
            raise Refused(
                Problem(
                    "status_changed", "Status keluarga ini sudah diubah orang lain; muat ulang halamannya."
                )
            )
        return StatusChange.objects.create(
            household=household,
            kind=move.kind,
            reason=reason,
            evidence=evidence.strip(),
            effective_on=effective_on,
            made_by=by,
        )
