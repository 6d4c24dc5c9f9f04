"""What the page of a report (LPJ) shows: the budget beside the receipts, what is left, who may do what with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from kub.lifecycle import EntryKind, GrantState, ReportState
from kub.models import AccountabilityReport, Grant, LedgerEntry, ProposalLine, Receipt
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import long_date, rupiah

WRITTEN = (ReportState.DRAFT, ReportState.RETURNED)
ENDED = (GrantState.CLOSED, GrantState.CANCELLED)
COUNTED = (ReportState.SUBMITTED, ReportState.ACCEPTED)
STATE_KINDS = {
    ReportState.DRAFT: "",
    ReportState.SUBMITTED: "info",
    ReportState.RETURNED: "warn",
    ReportState.ACCEPTED: "good",
}


@dataclass(frozen=True, slots=True)
class Due:
    """How far away the due date is: the kind of its badge and a few words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class LineSpent:
    """One line of the budget: planned, spent by other reports that count, spent by this one."""

    line: ProposalLine
    planned: int
    before: int
    here: int
    receipts: Sequence[int]  # their numbers in this report

    @property
    def left(self) -> int:
        """Negative when more was spent than planned."""
        return self.planned - self.before - self.here

    @property
    def over(self) -> int:
        return max(0, -self.left)

    @property
    def over_words(self) -> str:
        return f"lebih {rupiah(self.over)}"

    @property
    def left_words(self) -> str:
        return f"sisa {rupiah(self.left)}"


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report as its reader sees it. `reasons` says in full sentences what keeps them from the next step."""

    lines: Sequence[LineSpent]
    receipts: Sequence[Receipt]
    paid: int
    spent: int
    held: int  # of the whole grant: paid, and neither accounted for nor refunded
    due: Due
    badge: str
    may_write: bool
    may_examine: bool
    reasons: Sequence[str]

    @property
    def left(self) -> int:
        """What is still in the group's hands of this instalment; negative when it spent more."""
        return self.paid - self.spent

    @property
    def over(self) -> int:
        return max(0, -self.left)

    @property
    def unreadable(self) -> int:
        return sum(receipt.unreadable for receipt in self.receipts)

    @property
    def receipt_words(self) -> str:
        return f"{len(self.receipts)} kuitansi"

    @property
    def accepted_words(self) -> str:
        """What accepting it books."""
        return f"{rupiah(min(self.spent, self.held))} dicatat dalam buku besar sebagai sudah dipertanggungjawabkan."

    @property
    def before(self) -> int:
        return sum(line.before for line in self.lines)

    @property
    def planned(self) -> int:
        return sum(line.planned for line in self.lines)


def report_page(report: AccountabilityReport, *, user: User, today: date) -> ReportPage:
    """The page of a report. Three queries, however many lines and receipts it has."""
    receipts = list(report.receipts.select_related("line", "uploaded_by").order_by("number"))
    return ReportPage(
        lines=_lines(report, receipts),
        receipts=receipts,
        paid=report.instalment.paid,
        spent=sum(receipt.amount for receipt in receipts),
        held=report.grant.held,
        due=due(report, today=today),
        badge=STATE_KINDS[ReportState(report.state)],
        may_write=is_written(report) and user.has_perm(Can.PREPARE_REPORTS),
        may_examine=_may_examine(report, user),
        reasons=_reasons(report, user),
    )


def is_written(report: AccountabilityReport) -> bool:
    """Whether receipts may come and go: before it is sent, after it was returned, while the grant lasts."""
    return report.state in WRITTEN and report.grant.state not in ENDED


def due(report: AccountabilityReport, *, today: date) -> Due:
    """The due date in words: of one that was handed in, when; of another, how many days are left or over."""
    if report.state in COUNTED and report.submitted_at:
        return Due("", f"tenggat {long_date(report.due_on)}")
    days = (report.due_on - today).days
    if days < 0:
        return Due("bad", f"terlambat {-days} hari")
    return Due("warn" if days <= 14 else "info", f"{days} hari lagi" if days else "hari ini")


def paid_on(grant: Grant) -> date | None:
    """The day of the first payment that was not reversed."""
    paid = LedgerEntry.objects.filter(
        grant=grant, kind=EntryKind.PAYMENT, reverses=None, reversed_by=None
    ).order_by("booked_on")
    first: date | None = paid.values_list("booked_on", flat=True).first()
    return first


def _lines(report: AccountabilityReport, receipts: Sequence[Receipt]) -> list[LineSpent]:
    others = Receipt.objects.filter(report__grant=report.grant_id, report__state__in=COUNTED)
    others = others.exclude(report=report.pk).order_by().values("line").annotate(Sum("amount"))
    before = dict(others.values_list("line", "amount__sum"))
    here: dict[int, int] = defaultdict(int)
    numbers: dict[int, list[int]] = defaultdict(list)
    for receipt in receipts:
        here[receipt.line_id] += receipt.amount
        numbers[receipt.line_id].append(receipt.number)
    return [
        LineSpent(
            line,
            planned=line.amount if line.granted is None else line.granted,
            before=before.get(line.pk, 0),
            here=here[line.pk],
            receipts=numbers[line.pk],
        )
        for line in report.grant.proposal.lines.order_by("position")
    ]


def _may_examine(report: AccountabilityReport, user: User) -> bool:
    waits = report.state == ReportState.SUBMITTED and report.submitted_by_id != user.pk
    return waits and user.has_perm(Can.EXAMINE_REPORTS)


def _reasons(report: AccountabilityReport, user: User) -> list[str]:
    """Why this reader may not take the next step."""
    if report.state in WRITTEN and not user.has_perm(Can.PREPARE_REPORTS):
        return ["LPJ disusun dan dikirim petugas kelurahan atau staf Dinas Sosial."]
    if report.state == ReportState.SUBMITTED:
        if report.submitted_by_id == user.pk:
            return ["Anda yang mengirim LPJ ini, jadi diperiksa orang lain."]
        if not user.has_perm(Can.EXAMINE_REPORTS):
            return ["LPJ ini menunggu diperiksa staf Dinas Sosial atau verifikator."]
    return []
