"""Who has to be reminded of a report that is due or late, with the words to send."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from kub.lifecycle import GrantState, ReportState
from kub.models import AccountabilityReport, Group, Membership, Policy, Receipt
from kub.reports.accountability import WRITTEN, Due, due
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.formats import long_date, rupiah

ORDER = ("due_on", "id")
LATE, SOON = "terlambat", "segera"
WHICH = {LATE: "Sudah lewat tenggat", SOON: "Segera jatuh tempo"}


@dataclass(frozen=True, slots=True)
class Reminder:
    """A report that has to be handed in: of which group, how far away it is, how much has receipts, what to send."""

    report: AccountabilityReport
    group: Group
    chair: str
    due: Due
    spent: int
    text: str


def to_remind(*, user: User, today: date, which: str = "", area: Area | None = None) -> Any:
    """The reports that are being written and late, or due within the days the office has set; not ordered."""
    until = today + timedelta(days=Policy.current().reminder_days)
    rows = AccountabilityReport.objects.visible_to(user).filter(state__in=WRITTEN, due_on__lte=until)
    # A grant of which everything was refunded owes no report, though an empty one is left over.
    rows = rows.filter(grant__state=GrantState.PAYING)
    rows = rows.within(area.code) if area else rows
    if which == LATE:
        return rows.filter(due_on__lt=today)
    return rows.filter(due_on__gte=today) if which == SOON else rows


def for_list(rows: Any) -> Any:
    """With what a reminder names."""
    chair = Membership.objects.live().filter(
        group=OuterRef("grant__proposal__group"), role=Membership.Role.CHAIR
    )
    spent = Receipt.objects.filter(report=OuterRef("pk")).order_by().values("report")
    return rows.select_related("instalment", "grant__proposal__group__area__parent").annotate(
        chair=Subquery(chair.values("person__name")[:1]),
        spent=Coalesce(Subquery(spent.annotate(all=Sum("amount")).values("all")), 0),
    )


def reminders(rows: Iterable[Any], *, today: date) -> list[Reminder]:
    """The reminders for rows of `for_list`."""
    found = []
    for report in rows:
        group = report.grant.proposal.group
        found.append(
            Reminder(
                report,
                group,
                report.chair or "",
                due(report, today=today),
                report.spent,
                _text(report, group, today),
            )
        )
    return found


def _text(report: Any, group: Group, today: date) -> str:
    """A message as it can be sent to the chair."""
    days = (report.due_on - today).days
    paid = report.instalment.paid
    what = (
        f"LPJ termin {report.instalment.number} hibah {report.grant.proposal.year_id} sebesar {rupiah(paid)}"
    )
    if report.state == ReportState.RETURNED:
        state = f"{what} dikembalikan pemeriksa untuk diperbaiki: {report.note.rstrip('.')}. Tenggatnya"
    elif days >= 0:
        state = f"{what} jatuh tempo pada"
    else:
        state = f"{what} belum kami terima. Tenggatnya"
    left = {0: "hari ini", 1: "besok"}.get(days) or (
        f"{days} hari lagi" if days > 0 else f"lewat {-days} hari"
    )
    missing = paid - report.spent
    receipts = (
        f"Yang belum ada kuitansinya {rupiah(missing)}. "
        if missing > 0
        else "Kuitansinya sudah lengkap; tinggal dikirim. "
    )
    return (
        f"Yth. {report.chair or 'pengurus'}, KUB {group.name}, {group.area.label}. "
        f"{state} {long_date(report.due_on)} ({left}). {receipts}"
        "Mohon kuitansi dan nota diserahkan kepada petugas kelurahan. Terima kasih. Dinas Sosial Kota Tangerang"
    )
