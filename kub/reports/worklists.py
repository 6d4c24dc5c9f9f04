"""What is waiting to be done with grants, row by row: reports to be sent or examined, instalments to be paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from kub.lifecycle import DutyKind, GrantState, ReportState
from kub.models import AccountabilityReport, Duty, Grant, Group, Instalment, Policy
from kub.reports.recap import AWAITED, late_reports
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area

REPORT_ORDER = ("due_on", "id")
PAYABLE_ORDER = ("grant__agreed_on", "id")
LATE, SOON, SENT = "terlambat", "segera", "diperiksa"
# By the word in the address: the heading, and what it says of the reports listed.
REPORTS = {
    LATE: ("LPJ terlambat", "melewati tenggat dan masih di kelompoknya"),
    SOON: ("LPJ mendekati tenggat", "masih di kelompoknya, tenggatnya sebentar lagi"),
    SENT: ("LPJ menunggu diperiksa", "sudah dikirim dan belum diperiksa"),
}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report: whose, of how much money, and how many days its due date lies ahead (late: below zero)."""

    report: AccountabilityReport
    group: Group
    amount: int
    days: int

    @property
    def days_late(self) -> int:
        return max(0, -self.days)


def reports(kind: str, area: Area, *, today: date) -> Any:
    """The reports of a kind (a word of REPORTS) in an area, not ordered."""
    if kind == LATE:
        return late_reports(area, today)
    rows = AccountabilityReport.objects.within(area.code)
    if kind == SENT:
        return rows.filter(state=ReportState.SUBMITTED)
    ahead = timedelta(days=Policy.current().reminder_days)
    return rows.filter(AWAITED, due_on__range=(today, today + ahead))


def with_names(rows: Any) -> Any:
    """With what a line names."""
    return rows.select_related(
        "instalment", "grant__proposal__group__area__parent", "grant__proposal__kind", "submitted_by"
    )


def report_lines(rows: Iterable[AccountabilityReport], *, today: date) -> list[ReportLine]:
    return [
        ReportLine(one, one.grant.proposal.group, one.instalment.paid, (one.due_on - today).days)
        for one in rows
    ]


def payable(user: User) -> Any:
    """The instalments of the reader's area that are open: not paid, the report of the one before accepted; without
    those of proposals on which this reader has another duty. Not ordered."""
    before = AccountabilityReport.objects.filter(
        instalment__grant=OuterRef("grant"), instalment__number=OuterRef("number") - 1
    )
    other_duty = Duty.objects.filter(proposal=OuterRef("grant__proposal"), user=user)
    grants = Grant.objects.visible_to(user).filter(state__in=[GrantState.AGREED, GrantState.PAYING])
    return (
        Instalment.objects.filter(grant__in=grants, paid=0, released_at=None)
        .filter(Q(number=1) | Exists(before.filter(state=ReportState.ACCEPTED)))
        .exclude(Exists(other_duty.exclude(duty=DutyKind.PAY)))
    )


def payable_with_names(rows: Any) -> Any:
    """With what a line names."""
    return rows.select_related("grant__proposal__group__area__parent", "grant__decree", "grant__budget")


def sum_of(rows: Any) -> dict[str, int]:
    """How many instalments, and how much they are together."""
    found: dict[str, int] = rows.order_by().aggregate(number=Count("pk"), amount=Sum("amount", default=0))
    return found
