"""The groups of a decree, as its annex lists them: a constant number of queries for any number of groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from kub.lifecycle import GrantState
from kub.models import Decree, Grant, Group, ProposalLine
from kub.reports.people import Officers, officers_of
from tangerang_poverty.accounts.models import User


@dataclass(frozen=True, slots=True)
class Recipient:
    """A group of the decree. `amount` in rupiah is what the decree gave, whatever became of it since."""

    group: Group
    chair: str
    kind: str
    form: str
    members: int
    amount: int
    account_code: str
    is_cancelled: bool

    @property
    def address(self) -> str:
        return self.group.address

    @property
    def kelurahan(self) -> str:
        return self.group.area.name

    @property
    def kecamatan(self) -> str:
        return self.group.area.parent.name if self.group.area.parent else ""


def recipients(decree: Decree, *, by: User) -> list[Recipient]:
    """Those whom `by` may see, by kelurahan and name."""
    rows = list(_grants(decree, by))
    officers = officers_of([row.proposal.group_id for row in rows])
    return [_recipient(row, officers.get(row.proposal.group_id, Officers())) for row in rows]


def count(decree: Decree, *, by: User) -> int:
    return Grant.objects.visible_to(by).filter(decree=decree).count()


def _grants(decree: Decree, by: User) -> list[Any]:
    granted = (
        ProposalLine.objects.filter(proposal=OuterRef("proposal"))
        .order_by()
        .values("proposal")
        .annotate(whole=Sum("granted"))
        .values("whole")
    )
    rows = Grant.objects.visible_to(by).filter(decree=decree).for_list()
    return list(
        rows.annotate(
            given=Coalesce(Subquery(granted), 0),
            size=Count("proposal__group__memberships", filter=Q(proposal__group__memberships__left_on=None)),
        ).order_by("proposal__group__area_id", "proposal__group__name", "pk")
    )


def _recipient(row: Any, officers: Officers) -> Recipient:
    proposal = row.proposal
    return Recipient(
        group=proposal.group,
        chair=officers.chair,
        kind=proposal.kind.name,
        form=proposal.get_grant_form_display(),
        members=row.size,
        amount=row.given,
        account_code=row.budget.account_code,
        is_cancelled=row.state == GrantState.CANCELLED,
    )
