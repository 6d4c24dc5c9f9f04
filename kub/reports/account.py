"""A grant from its proposal to its last receipt, as its report tells it: a constant number of queries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from kub.lifecycle import EntryKind, GrantState, ProposalState, ReportState
from kub.models import AccountabilityReport, Grant, Instalment, LedgerEntry, Proposal, Receipt, Step, Visit

BACK = "Dikembalikan"


@dataclass(frozen=True, slots=True)
class LineAccount:
    """A line of the budget, or the sum of all, against its receipts. Whole rupiah."""

    number: int | None
    item: str
    asked: int
    granted: int
    accepted: int
    waiting: int
    receipts: int

    @property
    def left(self) -> int:
        """Granted and not yet shown by a receipt; negative where more was spent."""
        return self.granted - self.accepted - self.waiting


@dataclass(frozen=True, slots=True)
class InstalmentAccount:
    """An instalment with its payment and the state of its report."""

    instalment: Instalment
    paid_on: date | None
    report: AccountabilityReport | None

    @property
    def state(self) -> str:
        return self.report.get_state_display() if self.report else ""

    @property
    def due_on(self) -> date | None:
        return self.report.due_on if self.report else None


@dataclass(frozen=True, slots=True)
class Move:
    """A step of the proposal or the grant, in words."""

    label: str
    day: date
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Account:
    """Everything the report says."""

    lines: list[LineAccount]
    whole: LineAccount
    instalments: list[InstalmentAccount]
    entries: list[LedgerEntry]
    receipts: list[Receipt]
    visits: list[Visit]
    moves: list[Move]


def account(grant: Grant) -> Account:
    """Of a grant with its proposal and group."""
    entries = list(grant.entries.select_related("made_by", "instalment", "reverses").order_by("number"))
    receipts = list(
        Receipt.objects.filter(report__grant=grant)
        .select_related("report__instalment", "line")
        .order_by("report__instalment__number", "number")
    )
    lines = _lines(grant, receipts)
    return Account(
        lines=lines,
        whole=_whole(lines),
        instalments=_instalments(grant, entries),
        entries=entries,
        receipts=receipts,
        visits=list(
            grant.proposal.group.visits.filter(visited_on__gte=grant.decree.decided_on).order_by("visited_on")
        ),
        moves=_moves(grant.proposal),
    )


def _lines(grant: Grant, receipts: list[Receipt]) -> list[LineAccount]:
    accepted: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    number: Counter[int] = Counter()
    for receipt in receipts:
        sums = accepted if receipt.report.state == ReportState.ACCEPTED else waiting
        sums[receipt.line_id] += receipt.amount
        number[receipt.line_id] += 1
    return [
        LineAccount(
            place,
            line.item,
            line.amount,
            line.granted or 0,
            accepted[line.pk],
            waiting[line.pk],
            number[line.pk],
        )
        for place, line in enumerate(grant.proposal.lines.order_by("position"), start=1)
    ]


def _whole(lines: list[LineAccount]) -> LineAccount:
    def added(name: str) -> int:
        return sum(getattr(line, name) for line in lines)

    return LineAccount(
        None,
        "Jumlah",
        added("asked"),
        added("granted"),
        added("accepted"),
        added("waiting"),
        added("receipts"),
    )


def _instalments(grant: Grant, entries: list[LedgerEntry]) -> list[InstalmentAccount]:
    reversed_ = {entry.reverses_id for entry in entries}
    paid = {
        entry.instalment_id: entry.booked_on
        for entry in entries
        if entry.kind == EntryKind.PAYMENT and entry.reverses_id is None and entry.pk not in reversed_
    }
    reports = {report.instalment_id: report for report in grant.reports.all()}
    return [
        InstalmentAccount(one, paid.get(one.pk), reports.get(one.pk))
        for one in grant.instalments.order_by("number")
    ]


def _moves(proposal: Proposal) -> list[Move]:
    made = Move(
        str(ProposalState.DRAFT.label),
        timezone.localdate(proposal.created_at),
        proposal.created_by.full_name,
        "",
    )
    return [made, *(_move(step) for step in proposal.steps.select_related("by").order_by("id"))]


def _move(step: Step) -> Move:
    label = BACK if step.move in ("return", "send_back") else str(_STATES[step.to_state])
    return Move(label, timezone.localdate(step.at), step.by.full_name, step.note)


_STATES = dict(ProposalState.choices) | dict(GrantState.choices)
