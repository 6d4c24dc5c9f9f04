"""Money that moves: an instalment paid, a rest refunded, a mistake reversed. Each is one entry and what follows it."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction

from kub.actions.decisions import finish_if_accounted
from kub.actions.steps import is_closed, locked_grant, note_problems, step
from kub.lifecycle import GRANT_MOVES, REPORT_MOVES, DutyKind, EntryKind, GrantState, ReportState, take
from kub.models import AccountabilityReport, Grant, GrantForm, Instalment, LedgerEntry
from kub.reports.duties import problems_for
from kub.rules import date_problems, report_due, year_problems
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import rupiah
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused

KEY_USED = Problem(
    "key_used", "Permintaan ini sudah dipakai untuk pembukuan lain; muat ulang halamannya, lalu ulangi."
)
DOCUMENT_LENGTH = 80
WHO_REVERSES = {
    EntryKind.PAYMENT: Can.PAY_GRANTS,
    EntryKind.REFUND: Can.PAY_GRANTS,
    EntryKind.ACCOUNTED: Can.EXAMINE_REPORTS,
}


@transaction.atomic
def pay(
    instalment: Instalment, *, document: str, booked_on: date, request_key: uuid.UUID, by: User, today: date
) -> LedgerEntry:
    """Books the payment (SP2D) or the handover (BAST) of an instalment and opens its report.

    The same `request_key` again gives the same entry: a double click or a retry pays once. Raises Refused with every
    problem, PermissionDenied outside the area.
    """
    require(by, Can.PAY_GRANTS)
    grant = locked_grant(instalment.grant, by=by)
    held = Instalment.objects.get(pk=instalment.pk)
    if (there := _there(request_key)) is not None:
        if (there.kind, there.instalment_id, there.made_by_id) != (EntryKind.PAYMENT, held.pk, by.pk):
            raise Refused(KEY_USED)
        return there
    problems = _payment_problems(grant, held, document=document, booked_on=booked_on, by=by, today=today)
    if problems:
        raise Refused(problems)
    year = grant.proposal.year
    goods = grant.proposal.grant_form == GrantForm.GOODS
    with audited(by=by, action="book"):
        entry: LedgerEntry = LedgerEntry.objects.create(
            grant=grant,
            kind=EntryKind.PAYMENT,
            amount=held.amount,
            instalment=held,
            booked_on=booked_on,
            document=_tidy(document),
            description=f"{'BAST' if goods else 'SP2D'} {_tidy(document)}, termin {held.number}",
            request_key=request_key,
            made_by=by,
        )
        AccountabilityReport.objects.create(
            grant=grant,
            instalment=held,
            due_on=report_due(booked_on, days=year.lpj_days, latest=year.lpj_latest_on),
        )
        if grant.state == GrantState.AGREED:
            step(grant, GRANT_MOVES["begin"], by=by)
    return entry


@transaction.atomic
def refund(
    grant: Grant,
    *,
    amount: int,
    document: str,
    booked_on: date,
    request_key: uuid.UUID,
    by: User,
    today: date,
) -> LedgerEntry:
    """Books what the group gave back to the treasury of what it had been paid."""
    require(by, Can.PAY_GRANTS)
    held = locked_grant(grant, by=by)
    if (there := _there(request_key)) is not None:
        if (there.kind, there.grant_id, there.amount) != (EntryKind.REFUND, held.pk, amount):
            raise Refused(KEY_USED)
        return there
    problems = [
        *_running(held),
        *problems_for(held.proposal, by, wanted=DutyKind.PAY),
        *_document_problems(document, "Nomor bukti setor"),
        *date_problems(booked_on, earliest=held.agreed_on, today=today, what="Setoran", field="booked_on"),
        *year_problems(booked_on, closed=is_closed(booked_on.year)),
    ]
    if amount <= 0:
        problems.append(Problem("no_amount", "Jumlahnya harus lebih dari nol.", "amount"))
    elif amount > held.held:
        problems.append(
            Problem(
                "over_held",
                f"{rupiah(amount)} melebihi sisa kas kelompok, yaitu {rupiah(held.held)}.",
                "amount",
            )
        )
    if problems:
        raise Refused(problems)
    with audited(by=by, action="book"):
        entry: LedgerEntry = LedgerEntry.objects.create(
            grant=held,
            kind=EntryKind.REFUND,
            amount=amount,
            booked_on=booked_on,
            document=_tidy(document),
            description="Sisa disetor kembali ke kas daerah",
            request_key=request_key,
            made_by=by,
        )
        finish_if_accounted(held, by=by)
    return entry


@transaction.atomic
def reverse(
    entry: LedgerEntry, *, reason: str, booked_on: date, request_key: uuid.UUID, by: User, today: date
) -> LedgerEntry:
    """Undoes an entry by another that mirrors it, and what had followed from it. The entry itself stays as it is."""
    require(by, WHO_REVERSES.get(EntryKind(entry.kind), Can.PAY_GRANTS))
    grant = locked_grant(entry.grant, by=by)
    held = LedgerEntry.objects.select_related("instalment", "report", "reversed_by").get(pk=entry.pk)
    if (there := _there(request_key)) is not None:
        if there.reverses_id != held.pk:
            raise Refused(KEY_USED)
        return there
    problems = _reversal_problems(grant, held, reason=reason, booked_on=booked_on, by=by, today=today)
    if problems:
        raise Refused(problems)
    with audited(by=by, action="book", note=reason.strip()):
        back: LedgerEntry = LedgerEntry.objects.create(
            grant=grant,
            kind=held.kind,
            amount=-held.amount,
            instalment=held.instalment,
            report=held.report,
            reverses=held,
            booked_on=booked_on,
            document=held.document,
            description=without_numbers(f"Pembalikan baris {held.number}: {reason.strip()}")[:250],
            request_key=request_key,
            made_by=by,
        )
        _undo_what_followed(grant, held, reason=reason, by=by)
    return back


def _payment_problems(
    grant: Grant, instalment: Instalment, *, document: str, booked_on: date, by: User, today: date
) -> list[Problem]:
    is_goods = grant.proposal.grant_form == GrantForm.GOODS
    problems = [*_running(grant), *problems_for(grant.proposal, by, wanted=DutyKind.PAY)]
    if instalment.released_at:
        problems.append(Problem("released", f"Termin {instalment.number} sudah dilepas."))
    if instalment.is_paid:
        problems.append(Problem("paid", f"Termin {instalment.number} sudah dibayar."))
    if not problems:
        problems += locked_by(grant, instalment)
    problems += _document_problems(document, "Nomor BAST" if is_goods else "Nomor SP2D")
    problems += date_problems(
        booked_on, earliest=grant.agreed_on, today=today, what="Pembayaran", field="booked_on"
    )
    problems += year_problems(booked_on, closed=is_closed(booked_on.year), budget_year=grant.proposal.year_id)
    if not is_goods and not grant.proposal.group.account_number:
        problems.append(Problem("no_account", "Nomor rekening KUB belum dicatat.", "group"))
    return problems


def locked_by(grant: Grant, instalment: Instalment) -> list[Problem]:
    """Why an instalment cannot be paid yet: the report of the one before is not accepted."""
    before = (
        grant.instalments.filter(number__lt=instalment.number).exclude(report__state=ReportState.ACCEPTED)
        | grant.instalments.filter(number__lt=instalment.number, report=None)
    ).order_by("number")
    first = before.first()
    if first is None:
        return []
    return [
        Problem("locked", f"Termin {instalment.number} terbuka setelah LPJ termin {first.number} diterima.")
    ]


def _reversal_problems(
    grant: Grant, entry: LedgerEntry, *, reason: str, booked_on: date, by: User, today: date
) -> list[Problem]:
    problems = note_problems(reason, required="Tuliskan mengapa baris ini keliru.")
    if grant.state in (GrantState.CLOSED, GrantState.CANCELLED):
        problems.append(Problem("ended", "Hibah ini sudah berakhir; bukunya tidak berubah lagi."))
    if entry.kind not in WHO_REVERSES or entry.reverses_id:
        problems.append(Problem("irreversible", "Baris ini tidak dapat dibalik."))
    elif hasattr(entry, "reversed_by"):
        problems.append(Problem("reversed", f"Baris {entry.number} sudah dibalik."))
    if entry.kind in (EntryKind.PAYMENT, EntryKind.REFUND):
        problems += problems_for(grant.proposal, by, wanted=DutyKind.PAY)
    problems += date_problems(
        booked_on, earliest=entry.booked_on, today=today, what="Pembalikan", field="booked_on"
    )
    problems += year_problems(booked_on, closed=is_closed(booked_on.year))
    if entry.kind == EntryKind.PAYMENT and entry.instalment is not None and not entry.reverses_id:
        problems += _payment_stands(grant, entry.instalment)
    return problems


def _payment_stands(grant: Grant, instalment: Instalment) -> list[Problem]:
    """What rests on a payment and has to go first."""
    report = AccountabilityReport.objects.filter(instalment=instalment).first()
    if report is not None and (report.state == ReportState.ACCEPTED or report.receipts.exists()):
        return [
            Problem(
                "report_written",
                f"LPJ termin {instalment.number} sudah berisi kuitansi; "
                "kembalikan dan kosongkan LPJ itu sebelum pembayarannya dibalik.",
            )
        ]
    if report is not None and report.state != ReportState.DRAFT and report.state != ReportState.RETURNED:
        return [Problem("report_sent", f"LPJ termin {instalment.number} sedang diperiksa.")]
    if grant.held < instalment.amount:
        return [
            Problem(
                "refunded", "Sebagian dari pembayaran ini sudah disetor kembali; balik setoran itu dahulu."
            )
        ]
    return []


def _undo_what_followed(grant: Grant, entry: LedgerEntry, *, reason: str, by: User) -> None:
    if entry.kind == EntryKind.PAYMENT:
        AccountabilityReport.objects.filter(instalment=entry.instalment).delete()
        grant.refresh_from_db(fields=["paid", "state"])
        if not grant.paid and grant.state == GrantState.PAYING:
            step(grant, GRANT_MOVES["unbegin"], by=by, note=reason)
        return
    if entry.kind == EntryKind.ACCOUNTED and entry.report is not None:
        take(entry.report, REPORT_MOVES["unaccept"], note=without_numbers(reason.strip()))
    finish_if_accounted(grant, by=by)


def _there(request_key: uuid.UUID) -> LedgerEntry | None:
    return LedgerEntry.objects.filter(request_key=request_key).first()


def _running(grant: Grant) -> list[Problem]:
    if grant.state in (GrantState.AGREED, GrantState.PAYING):
        return []
    if grant.state == GrantState.DECIDED:
        return [Problem("no_agreement", "Perjanjian hibah ini belum dicatat.")]
    return [Problem("ended", "Hibah ini tidak lagi dalam pencairan.")]


def _document_problems(document: str, what: str) -> list[Problem]:
    if not _tidy(document):
        return [Problem("no_document", f"{what} wajib diisi.", "document")]
    if len(_tidy(document)) > DOCUMENT_LENGTH:
        return [Problem("long_document", f"{what} paling panjang {DOCUMENT_LENGTH} huruf.", "document")]
    return []


def _tidy(text: str) -> str:
    return " ".join(text.split())
