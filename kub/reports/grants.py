"""What the page of a grant says of its money: the lines beside the receipts, the ledger, the instalments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import EntryKind, GrantState, ReportState
from kub.models import AccountabilityReport, Grant, Instalment, LedgerEntry, ProposalLine, Receipt
from tangerang_poverty.kit.formats import long_date, rupiah

COUNTED = (ReportState.SUBMITTED, ReportState.ACCEPTED)  # reports whose receipts count as reported
COLUMN = {
    EntryKind.DECISION: 0,
    EntryKind.RELEASE: 0,
    EntryKind.PAYMENT: 1,
    EntryKind.ACCOUNTED: 2,
    EntryKind.REFUND: 3,
}
REPORT_KINDS = {
    ReportState.DRAFT: "",
    ReportState.SUBMITTED: "info",
    ReportState.RETURNED: "warn",
    ReportState.ACCEPTED: "good",
}
COLUMNS = ("Diputuskan", "Dibayar", "Dilaporkan", "Dikembalikan")


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the budget beside what its receipts say. `kind` None: no badge, just a word."""

    line: ProposalLine
    planned: int
    reported: int = 0
    url: str = ""
    kind: str | None = None
    word: str = ""

    @property
    def cut(self) -> bool:
        """Whether less was granted than asked for."""
        return bool(self.planned != self.line.amount)

    @property
    def reported_text(self) -> str:
        return rupiah(self.reported)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the ledger, or a submitted report that waits to become one (number None)."""

    number: int | None
    on: date
    text: str
    by: str
    cells: tuple[int | None, ...]
    reversed_by: int | None = None
    reverse_url: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.number is None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger with the columns that anything stands in, and their sums."""

    columns: tuple[str, ...]
    rows: tuple[EntryView, ...]
    totals: tuple[int, ...]

    @property
    def has_waiting(self) -> bool:
        return any(row.is_waiting for row in self.rows)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; with `kind` a badge, with `url` a link."""

    label: str
    text: str
    kind: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class InstalmentView:
    """One instalment: where it is, what locks it, and the way to pay it where the reader may."""

    number: int
    amount: int
    kind: str
    word: str
    lock: str = ""
    facts: tuple[Fact, ...] = ()
    pay_url: str = ""
    is_next: bool = False
    is_paid: bool = False


def compared(lines: Iterable[ProposalLine], grant: Grant | None) -> list[LineView]:
    """The lines of a proposal, beside the receipts of its reports where there is a grant. One query."""
    if grant is None:
        return [LineView(line, line.amount) for line in lines]
    sums: dict[int, int] = defaultdict(int)
    last: dict[int, int] = {}
    rows = Receipt.objects.filter(report__grant=grant, report__state__in=COUNTED).order_by("report")
    for line, report, amount in rows.values_list("line", "report").annotate(Sum("amount")):
        sums[line] += amount
        last[line] = report
    is_final = grant.state in (GrantState.ACCOUNTED, GrantState.CLOSED)
    found = []
    for line in lines:
        planned, reported = line.amount if line.granted is None else line.granted, sums[line.pk]
        url = reverse("kub:report", args=[last[line.pk]]) if line.pk in last else ""
        found.append(LineView(line, planned, reported, url, *_verdict(planned, reported, is_final=is_final)))
    return found


def _verdict(planned: int, reported: int, *, is_final: bool) -> tuple[str | None, str]:
    if reported > planned:
        return "bad", f"lebih {rupiah(reported - planned)}"
    if reported == planned:
        return ("good", "sesuai") if planned else (None, "tidak dibiayai")
    if is_final:
        return "good", f"hemat {rupiah(planned - reported)}"
    if reported:
        return "info", f"sisa {rupiah(planned - reported)}"
    return None, "belum dilaporkan"


def ledger_of(
    grant: Grant,
    entries: Sequence[LedgerEntry],
    reports: Sequence[AccountabilityReport],
    *,
    reversible: Collection[EntryKind],
) -> LedgerView:
    """The entries in their order, which come with their user, then the reports that wait to be examined.

    `reports` come with `receipts_sum` and `receipts_count`. No query.
    """
    reversed_by = {entry.reverses_id: entry.number for entry in entries if entry.reverses_id}
    rows = [_entry(one, reversed_by.get(one.pk), reversible=reversible) for one in entries]
    rows += [_waiting(one) for one in reports if one.state == ReportState.SUBMITTED]
    totals = (grant.decided, grant.paid, grant.accounted, grant.refunded)
    shown = 4 if any(entry.kind == EntryKind.REFUND for entry in entries) else 3
    rows = [replace(row, cells=row.cells[:shown]) for row in rows]
    return LedgerView(COLUMNS[:shown], tuple(rows), totals[:shown])


def _entry(entry: LedgerEntry, reversed_by: int | None, *, reversible: Collection[EntryKind]) -> EntryView:
    amount = -entry.amount if entry.kind == EntryKind.RELEASE else entry.amount
    text = entry.description
    if entry.document and entry.document not in text:
        text = f"{text}, {entry.document}"
    can_go = entry.kind in reversible and not entry.reverses_id and not reversed_by
    return EntryView(
        number=entry.number,
        on=entry.booked_on,
        text=text,
        by=str(entry.made_by),
        cells=_cells(COLUMN[EntryKind(entry.kind)], amount),
        reversed_by=reversed_by,
        reverse_url=reverse("kub:reverse", args=[entry.pk]) if can_go else "",
    )


def _waiting(report: AccountabilityReport) -> EntryView:
    count: int = report.receipts_count  # type: ignore[attr-defined]
    total: int = report.receipts_sum  # type: ignore[attr-defined]
    return EntryView(
        number=None,
        on=timezone.localdate(report.submitted_at),
        text=f"LPJ termin {report.instalment.number}, {count} kuitansi (menunggu diperiksa)",
        by=str(report.submitted_by),
        cells=_cells(2, total),
    )


def _cells(column: int, amount: int) -> tuple[int | None, ...]:
    return tuple(amount if index == column else None for index in range(len(COLUMNS)))


def instalments_of(
    instalments: Sequence[Instalment],
    entries: Sequence[LedgerEntry],
    reports: Sequence[AccountabilityReport],
    *,
    today: date,
    pays: bool,
) -> list[InstalmentView]:
    """The instalments in their order; `pays`: the reader may pay what is open. No query."""
    report_of = {report.instalment_id: report for report in reports}
    reversed_ = {entry.reverses_id for entry in entries}
    payment_of = {
        entry.instalment_id: entry
        for entry in entries
        if entry.kind == EntryKind.PAYMENT and not entry.reverses_id and entry.pk not in reversed_
    }
    found: list[InstalmentView] = []
    before: Instalment | None = None
    for one in instalments:
        report, facts = report_of.get(one.pk), []
        if one.is_paid:
            payment = payment_of.get(one.pk)
            if payment is not None:
                facts.append(Fact("SP2D", f"{payment.document}, {long_date(payment.booked_on)}"))
            kind, word, lock = "good", "Dibayar", ""
        elif one.released_at:
            kind, word, lock = "", "Dilepas", ""
        else:
            lock = _lock(before, report_of)
            kind, word = ("", "Terkunci") if lock else ("info", "Siap dibayar")
        if report is not None and one.is_paid:
            facts += _report_facts(report, today=today)
        is_open = word == "Siap dibayar"
        url = reverse("kub:pay", args=[one.pk]) if pays and is_open else ""
        found.append(
            InstalmentView(one.number, one.amount, kind, word, lock, tuple(facts), url, is_open, one.is_paid)
        )
        before = one
    return found


def _lock(before: Instalment | None, report_of: dict[int, AccountabilityReport]) -> str:
    """What opens an instalment that is still locked; "" when it is open."""
    if before is None or before.released_at:
        return ""
    report = report_of.get(before.pk)
    accepted = before.is_paid and report is not None and report.state == ReportState.ACCEPTED
    return "" if accepted else f"Terbuka setelah LPJ termin {before.number} diterima."


def _report_facts(report: AccountabilityReport, *, today: date) -> list[Fact]:
    facts = [
        Fact(
            "LPJ",
            report.get_state_display(),
            REPORT_KINDS[ReportState(report.state)],
            report.get_absolute_url(),
        )
    ]
    if report.state == ReportState.ACCEPTED:
        return facts
    days = (report.due_on - today).days
    left = f"{days} hari lagi" if days > 0 else "hari ini" if days == 0 else f"lewat {-days} hari"
    return [*facts, Fact("Tenggat", f"{long_date(report.due_on)}, {left}", "bad" if days < 0 else None)]
