"""Decrees: the list with their sums, and what one of them decided or may still decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from kub.lifecycle import DutyKind, ProposalState
from kub.models import Budget, Decree, Duty, Grant, Membership, Proposal, Step
from tangerang_poverty.accounts.models import User

REFUSED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recommended proposal before a meeting; `lock` says why this reader does not decide it."""

    proposal: Proposal
    lock: str = ""
    outcome: str = ""
    reason: str = ""


def with_sums(user: User) -> Any:
    """Decrees with what of them lies inside the user's area, for a keyset page."""
    inside = Q(grants__proposal__group__area__code__startswith=user.area_id or "-")
    return Decree.objects.annotate(
        number_of_grants=Count("grants", filter=inside),
        decided=Sum("grants__decided", filter=inside, default=0),
        paid=Sum("grants__paid", filter=inside, default=0),
    )


def grants_of(decree: Decree, *, user: User) -> list[Grant]:
    """What a decree gave inside the user's area, with the chair of each group (`chair`). One query."""
    chair = Membership.objects.live().filter(group=OuterRef("proposal__group"), role=Membership.Role.CHAIR)
    rows = Grant.objects.visible_to(user).filter(decree=decree).for_list()
    return list(
        rows.annotate(chair=Subquery(chair.values("person__name")[:1])).order_by(
            "proposal__group__area_id", "id"
        )
    )


def waiting(decree: Decree, *, user: User) -> list[Waiting]:
    """The recommended proposals of the decree's year inside the user's area. Two queries."""
    rows = list(
        Proposal.objects.visible_to(user)
        .filter(state=ProposalState.RECOMMENDED, year=decree.year_id)
        .for_list()
        .order_by("group__area_id", "id")
    )
    held = dict(
        Duty.objects.filter(user=user, proposal__in=rows)
        .exclude(duty=DutyKind.DECIDE)
        .values_list("proposal", "duty")
    )
    return [
        Waiting(
            row,
            f"Anda {DutyKind(held[row.pk]).label} usulan ini, jadi keputusannya dicatat orang lain."
            if row.pk in held
            else "",
        )
        for row in rows
    ]


def named(keys: list[int], *, user: User) -> dict[int, Proposal]:
    """These proposals as far as they lie in the user's area, whatever became of them meanwhile. One query."""
    rows = Proposal.objects.visible_to(user).filter(pk__in=keys).for_list()
    return {row.pk: row for row in rows}


def waiting_number(user: User) -> int:
    """How many proposals inside the user's area wait for a meeting."""
    return Proposal.objects.visible_to(user).filter(state=ProposalState.RECOMMENDED).count()


def refused_of(decree: Decree, *, user: User) -> list[Step]:
    """The last refusals of the decree's year inside the user's area: a refusal has no decree of its own."""
    rows = Step.objects.filter(
        proposal__in=Proposal.objects.visible_to(user).filter(
            year=decree.year_id, state=ProposalState.REFUSED
        ),
        move="refuse",
    )
    return list(rows.select_related("proposal__group").order_by("-id")[:REFUSED_SHOWN])


def budgets_of(decree: Decree) -> list[Budget]:
    """The accounts that may pay for what the decree gives."""
    return list(Budget.objects.filter(year=decree.year_id).order_by("account_code"))


def with_choices(rows: list[Waiting], data: Any) -> list[Waiting]:
    """The rows with what somebody chose and typed, so that a refused form loses nothing."""
    return [
        replace(
            row,
            outcome=str(data.get(f"hasil-{row.proposal.pk}", "")),
            reason=str(data.get(f"alasan-{row.proposal.pk}", "")),
        )
        for row in rows
    ]
