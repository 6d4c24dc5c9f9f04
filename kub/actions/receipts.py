"""The receipts of a report: added and taken away while it is written, marked where they cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

from kub.actions.reports import locked_report
from kub.lifecycle import ReportState
from kub.models import AccountabilityReport, ProposalLine, Receipt
from kub.models.settings import MOST_PRICE
from kub.reports.accountability import is_written, paid_on
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.uploads import Clean, checked, taken_back

NOT_WRITTEN = Problem(
    "not_written",
    "LPJ ini sudah dikirim, jadi kuitansinya tidak berubah lagi kecuali dikembalikan pemeriksa.",
)
NOT_EXAMINED = Problem("not_examined", "Kuitansi ditandai selama LPJ menunggu diperiksa.")
SENT_IT = Problem("sent_it", "Anda yang mengirim LPJ ini, jadi kuitansinya diperiksa orang lain.")
USED_BEFORE = Problem(
    "used_before",
    "Berkas yang sama sudah menjadi kuitansi dalam LPJ lain. Satu kuitansi dipakai sekali saja.",
    "file",
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a receipt says: for which line of the budget, on which day, how much, in whole rupiah."""

    line: ProposalLine
    dated_on: date
    amount: int
    description: str = ""


def add_receipt(
    report: AccountabilityReport, spent: Spent, *, file: File[Any], by: User, today: date
) -> Receipt:
    """Put a receipt into a report that is being written. The same once more gives the one that is there.

    Raises Refused with every problem, PermissionDenied without the right or outside the area.
    """
    require(by, Can.PREPARE_REPORTS)
    clean = checked(file)
    kept = Receipt(report=report, uploaded_by=by)
    with taken_back(kept, "file"), transaction.atomic():
        held, _ = locked_report(report, by=by)
        same: Receipt | None = Receipt.objects.filter(sha256=clean.sha256).order_by("pk").first()
        if same is not None and _is_this(same, held, spent):
            return same
        problems = _problems(held, spent, same, today=today)
        if problems:
            raise Refused(problems)
        _fill(kept, held, spent, clean)
        with audited(by=by, action="write_report", note=f"Kuitansi {kept.number}"):
            kept.save(force_insert=True)
    return kept


@transaction.atomic
def remove_receipt(receipt: Receipt, *, by: User) -> None:
    """Take a receipt out of a report that is being written; its file goes with it. Raises Refused."""
    require(by, Can.PREPARE_REPORTS)
    held, _ = locked_report(receipt.report, by=by)
    now = Receipt.objects.filter(pk=receipt.pk).first()
    if now is None:
        return  # somebody else was faster, and the outcome is the same
    if not is_written(held):
        raise Refused(NOT_WRITTEN)
    with audited(by=by, action="write_report", note=f"Kuitansi {now.number} dihapus"):
        now.delete()
    storage, name = now.file.storage, now.file.name
    transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def mark_unreadable(receipt: Receipt, *, unreadable: bool, by: User, note: str = "") -> Receipt:
    """Say of a receipt under examination that it cannot be read, or that it can after all. Raises Refused."""
    require(by, Can.EXAMINE_REPORTS)
    held, _ = locked_report(receipt.report, by=by)
    problems = [] if held.state == ReportState.SUBMITTED else [NOT_EXAMINED]
    if held.submitted_by_id == by.pk:
        problems.append(SENT_IT)
    if problems:
        raise Refused(problems)
    said = without_numbers(note.strip()) if unreadable else ""
    word = "tidak terbaca" if unreadable else "terbaca"
    with audited(by=by, action="write_report", note=f"Kuitansi {receipt.number} {word}"):
        Receipt.objects.filter(pk=receipt.pk).update(unreadable=unreadable, unreadable_note=said)
    receipt.unreadable, receipt.unreadable_note = unreadable, said
    return receipt


def _is_this(receipt: Receipt, report: AccountabilityReport, spent: Spent) -> bool:
    """Whether it is what somebody just pressed for a second time."""
    there = (receipt.report_id, receipt.line_id, receipt.dated_on, receipt.amount)
    return there == (report.pk, spent.line.pk, spent.dated_on, spent.amount)


def _problems(
    report: AccountabilityReport, spent: Spent, same: Receipt | None, *, today: date
) -> list[Problem]:
    problems = [] if is_written(report) else [NOT_WRITTEN]
    if spent.line.proposal_id != report.grant.proposal_id:
        problems.append(Problem("other_line", "Rincian ini bukan dari RAB hibah ini.", "line"))
    elif spent.line.granted == 0:
        problems.append(Problem("not_granted", f"{spent.line} tidak disetujui dalam keputusan.", "line"))
    if not 1 <= spent.amount <= MOST_PRICE:
        problems.append(Problem("amount", f"Jumlahnya antara Rp1 dan {rupiah(MOST_PRICE)}.", "amount"))
    first = paid_on(report.grant)
    if spent.dated_on > today:
        problems.append(Problem("in_future", f"Tanggal {long_date(spent.dated_on)} belum tiba.", "dated_on"))
    elif first and spent.dated_on < first:
        message = f"Kuitansi bertanggal {long_date(spent.dated_on)}, padahal hibahnya baru dibayar {long_date(first)}."
        problems.append(Problem("too_early", message, "dated_on"))
    if same is not None and same.report_id == report.pk:
        message = f"Berkas yang sama sudah menjadi kuitansi {same.number} dalam LPJ ini."
        problems.append(Problem("used_here", message, "file"))
    elif same is not None:
        problems.append(USED_BEFORE)
    return problems


def _fill(receipt: Receipt, report: AccountabilityReport, spent: Spent, clean: Clean) -> None:
    last = Receipt.objects.filter(report=report).aggregate(last=Max("number"))["last"] or 0
    receipt.number = last + 1
    receipt.line, receipt.dated_on, receipt.amount = spent.line, spent.dated_on, spent.amount
    receipt.description = without_numbers(spent.description.strip())
    receipt.content_type, receipt.size, receipt.sha256 = clean.content_type, clean.size, clean.sha256
    receipt.file.save(clean.file.name or "berkas", clean.file, save=False)
