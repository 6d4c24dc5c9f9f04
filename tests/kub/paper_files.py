"""Asking for papers of the groups, and money that has been booked without the actions."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import EntryKind, ReportState
from kub.models import AccountabilityReport, LedgerEntry, Receipt
from tests.factories import UserFactory


def asked(client, name, subject, form="pdf", **wishes):
    return client.post(reverse("kub:paper", args=[name, subject.pk, form]), wishes)


def booked(grant, kind, amount, **more):
    values = {
        "booked_on": date(2026, 5, 4),
        "document": "SP2D 04512/LS/2026",
        "description": "Pembayaran",
        "made_by": UserFactory(full_name="Yudi Prasetyo"),
    }
    return LedgerEntry.objects.create(grant=grant, kind=kind, amount=amount, **(values | more))


def paid(grant, number=1, **more):
    """The payment of an instalment."""
    instalment = grant.instalments.get(number=number)
    return booked(grant, EntryKind.PAYMENT, instalment.amount, instalment=instalment, **more)


def reversal(entry):
    return booked(
        entry.grant,
        entry.kind,
        -entry.amount,
        instalment=entry.instalment,
        report=entry.report,
        reverses=entry,
        description=f"Pembalikan baris {entry.number}",
    )


def report(grant, number=1, state=ReportState.DRAFT):
    """The report of an instalment, sent by one and examined by another as far as its state says."""
    values, now = {}, timezone.now()
    if state != ReportState.DRAFT:
        values |= {"submitted_at": now, "submitted_by": UserFactory()}
    if state in (ReportState.ACCEPTED, ReportState.RETURNED):
        values |= {"examined_at": now, "examined_by": UserFactory()}
    return AccountabilityReport.objects.create(
        grant=grant,
        instalment=grant.instalments.get(number=number),
        due_on=timezone.localdate() + timedelta(days=30),
        state=state,
        **values,
    )


def receipt(of, line, amount, **more):
    """A receipt written down while its report was still open."""
    state = of.state
    AccountabilityReport.objects.filter(pk=of.pk).update(state=ReportState.DRAFT)
    number = of.receipts.count() + 1
    values = {
        "number": number,
        "dated_on": date(2026, 6, 1),
        "file": ContentFile(b"%PDF-", name="kuitansi.pdf"),
        "content_type": "application/pdf",
        "size": 5,
        "sha256": f"{of.pk:032x}{number:032x}",
        "uploaded_by": UserFactory(),
    }
    made = Receipt.objects.create(report=of, line=line, amount=amount, **(values | more))
    AccountabilityReport.objects.filter(pk=of.pk).update(state=state)
    return made
