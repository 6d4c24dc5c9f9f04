"""Grants further along than the factories make them: paid, reported, accounted for; with the ledger's own entries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from kub.lifecycle import EntryKind, GrantState, ReportState
from kub.models import AccountabilityReport, Grant, Instalment, LedgerEntry
from tests.factories import UserFactory
from tests.kub.factories import GrantFactory


def paid(number: int = 1, *, grant: Grant | None = None, due_on: date | None = None, **values: Any) -> Any:
    """The report of an instalment that has just been paid; due in a month unless told otherwise."""
    grant = grant or GrantFactory(**values)
    instalment = Instalment.objects.get(grant=grant, number=number)
    LedgerEntry.objects.create(
        grant=grant,
        kind=EntryKind.PAYMENT,
        amount=instalment.amount,
        instalment=instalment,
        booked_on=timezone.localdate(),
        document=f"0451{number}/LS",
        description=f"Termin {number}",
        made_by=UserFactory(),
    )
    Grant.objects.filter(pk=grant.pk).update(state=GrantState.PAYING)
    grant.refresh_from_db()
    due_on = due_on or timezone.localdate() + timedelta(days=30)
    return AccountabilityReport.objects.create(grant=grant, instalment=instalment, due_on=due_on)


def moved(report: AccountabilityReport, state: ReportState) -> AccountabilityReport:
    """The report sent, and examined where that is what the state says."""
    examined = state in (ReportState.ACCEPTED, ReportState.RETURNED)
    AccountabilityReport.objects.filter(pk=report.pk).update(
        state=state,
        submitted_at=timezone.now(),
        submitted_by=UserFactory(),
        examined_at=timezone.now() if examined else None,
        examined_by=UserFactory() if examined else None,
    )
    report.refresh_from_db()
    return report


def accounted(report: AccountabilityReport, amount: int | None = None) -> AccountabilityReport:
    """The report accepted over so much, or over all that was paid; the grant is complete when nothing is left."""
    moved(report, ReportState.ACCEPTED)
    LedgerEntry.objects.create(
        grant=report.grant,
        kind=EntryKind.ACCOUNTED,
        amount=amount or report.instalment.amount,
        report=report,
        booked_on=timezone.localdate(),
        description="LPJ",
        made_by=UserFactory(),
    )
    report.grant.refresh_from_db()
    if report.grant.accounted == report.grant.decided:
        Grant.objects.filter(pk=report.grant_id).update(state=GrantState.ACCOUNTED)
        report.grant.refresh_from_db()
    return report


def complete(**values: Any) -> Grant:
    """A grant that was paid in two instalments and accounted for to the last rupiah."""
    grant: Grant = GrantFactory(**values)
    for number in (1, 2):
        accounted(paid(number, grant=grant))
    grant.refresh_from_db()
    return grant
