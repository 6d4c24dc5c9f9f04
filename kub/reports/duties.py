"""What a person has already done on a proposal, and so may not do besides."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from kub.lifecycle import DutyKind, EntryKind
from kub.models import LedgerEntry, Proposal, Step
from kub.rules import duty_problems
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.problems import Problem

_MOVES = {
    DutyKind.SUBMIT: ("submit",),
    DutyKind.VERIFY: ("verify",),
    DutyKind.DECIDE: ("decide", "refuse"),
}


def duty_of(proposal: Proposal, user: User) -> tuple[str, date | None] | None:
    """The duty this person has on a proposal and the day of it; None when there is none."""
    duty = proposal.duties.filter(user=user).values_list("duty", flat=True).first()
    if duty is None:
        return None
    if duty == DutyKind.PAY:
        paid = LedgerEntry.objects.filter(
            grant__proposal=proposal, kind=EntryKind.PAYMENT, made_by=user
        ).order_by("-id")
        return duty, paid.values_list("booked_on", flat=True).first()
    step = Step.objects.filter(proposal=proposal, by=user, move__in=_MOVES[DutyKind(duty)]).order_by("-id")
    at = step.values_list("at", flat=True).first()
    return duty, timezone.localdate(at) if at else None


def problems_for(proposal: Proposal, user: User, *, wanted: str) -> list[Problem]:
    """Why this person may not take a step whose duty is `wanted`; none when they may."""
    held = duty_of(proposal, user)
    return duty_problems(held[0], held[1], wanted=wanted) if held else []
