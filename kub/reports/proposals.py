"""The one page of a proposal and its grant: steps, figures, lines, ledger, instalments, recipient, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse

from kub.actions.ledger import WHO_REVERSES
from kub.checklists import FIELD_CHECKS
from kub.lifecycle import (
    GRANT_MOVES,
    PROPOSAL_MOVES,
    DutyKind,
    EntryKind,
    GrantState,
    ProposalState,
    ReportState,
)
from kub.models import (
    AccountabilityReport,
    Ceiling,
    FieldCheck,
    Grant,
    GrantForm,
    LedgerEntry,
    Membership,
    Proposal,
    Step,
)
from kub.reports import grants as money
from kub.reports.figure import Figure
from kub.reports.next_steps import Action, Note, Standing, actions_of, listed, notes_of, own_duty
from kub.reports.steps import StepView, steps_of
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import percent, rupiah

Role = Membership.Role
PROPOSAL_KINDS = {
    ProposalState.DRAFT: "",
    ProposalState.SUBMITTED: "info",
    ProposalState.VERIFIED: "info",
    ProposalState.RECOMMENDED: "info",
    ProposalState.DECIDED: "good",
    ProposalState.REFUSED: "bad",
    ProposalState.WITHDRAWN: "",
}
GRANT_KINDS = {
    GrantState.DECIDED: "info",
    GrantState.AGREED: "info",
    GrantState.PAYING: "info",
    GrantState.ACCOUNTED: "good",
    GrantState.CLOSED: "good",
    GrantState.CANCELLED: "bad",
}
BACKWARD = ("return", "send_back", "unbegin", "unaccount")
ENDING = ("refuse", "withdraw", "cancel")
STEP_WORDS = {
    "make": "Draf dibuat",
    "submit": "Diajukan",
    "verify": "Diverifikasi",
    "return": "Dikembalikan untuk diperbaiki",
    "recommend": "Direkomendasi",
    "send_back": "Diminta verifikasi ulang",
    "decide": "Diputuskan: disetujui",
    "refuse": "Diputuskan: ditolak",
    "withdraw": "Ditarik kembali",
    "agree": "Perjanjian dicatat",
    "cancel": "Hibah dibatalkan",
    "begin": "Pencairan dimulai",
    "unbegin": "Pencairan dibalik",
    "account": "LPJ lengkap",
    "unaccount": "LPJ dibuka lagi",
    "close": "Selesai",
}


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step in the history."""

    at: datetime
    by: str
    label: str
    note: str
    symbol: str = "check"
    is_stop: bool = False


@dataclass(frozen=True, slots=True)
class CheckView:
    """A visit before the decision: every point with its answer."""

    row: FieldCheck
    answers: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page shows."""

    proposal: Proposal
    grant: Grant | None
    badge: tuple[str, str]
    steps: list[StepView]
    notes: list[Note]
    actions: list[Action]
    figures: list[Figure]
    lines: list[money.LineView]
    officers: list[tuple[str, str]]
    members: int
    history: list[HistoryStep]
    ledger: money.LedgerView | None = None
    instalments: list[money.InstalmentView] = field(default_factory=list)
    check: CheckView | None = None
    receipts: int = 0
    may_edit_lines: bool = False

    @property
    def planned(self) -> int:
        return sum(line.planned for line in self.lines)

    @property
    def reported(self) -> int:
        return sum(line.reported for line in self.lines)


def page_of(proposal: Proposal, *, user: User, today: date) -> Page:
    """The page as this reader sees it; `proposal` comes from `for_page`. The queries do not depend on the rows."""
    grant: Grant | None = getattr(proposal, "grant", None)
    taken = list(proposal.steps.select_related("by").order_by("id"))
    lines = money.compared(proposal.lines.order_by("position"), grant)
    entries: list[LedgerEntry] = []
    reports: list[AccountabilityReport] = []
    instalments: list[money.InstalmentView] = []
    own = own_duty(user, taken, entries)
    if grant is not None:
        entries = list(grant.entries.select_related("made_by").order_by("number"))
        reports = reports_of(grant)
        own = own_duty(user, taken, entries)
        pays = user.has_perm(Can.PAY_GRANTS.value) and (own is None or own[0] == DutyKind.PAY)
        instalments = money.instalments_of(
            list(grant.instalments.order_by("number")), entries, reports, today=today, pays=pays
        )
    standing = Standing(proposal, grant, reports, instalments, user, own)
    people = list(Membership.objects.live().filter(group=proposal.group_id).select_related("person"))
    return Page(
        proposal=proposal,
        grant=grant,
        badge=badge_of(proposal, grant),
        steps=steps_of(proposal, grant, taken, paying=_paying(instalments)),
        notes=notes_of(standing, taken),
        actions=actions_of(standing),
        figures=_figures(grant, reports, instalments) if grant else _figures_before(proposal, len(lines)),
        lines=lines,
        officers=_officers(people),
        members=len(people),
        history=_history(proposal, taken),
        ledger=money.ledger_of(grant, entries, reports, reversible=_reversible(grant, standing))
        if grant
        else None,
        instalments=instalments,
        check=_check(proposal),
        receipts=sum(_count(report) for report in reports if report.state in money.COUNTED),
        may_edit_lines=proposal.state == ProposalState.DRAFT and user.has_perm(Can.PREPARE_PROPOSALS.value),
    )


def for_page(rows: Any) -> Any:
    """With what the page names."""
    return rows.select_related(
        "group__area__parent", "group__kind", "kind", "year", "created_by", "grant__decree", "grant__budget"
    )


def badge_of(proposal: Proposal, grant: Grant | None) -> tuple[str, str]:
    """Where the whole of it is: the kind of a badge and its word."""
    if grant is not None:
        return GRANT_KINDS[GrantState(grant.state)], grant.get_state_display()
    return PROPOSAL_KINDS[ProposalState(proposal.state)], proposal.get_state_display()


def reports_of(grant: Grant) -> list[AccountabilityReport]:
    """The reports of a grant with the number and the sum of their receipts. One query."""
    rows = grant.reports.select_related("instalment", "submitted_by").order_by("instalment__number")
    return list(
        rows.annotate(receipts_count=Count("receipts"), receipts_sum=Sum("receipts__amount", default=0))
    )


def ceiling_of(proposal: Proposal) -> int | None:
    """The most that a group of this kind may get in this year; None: nothing is laid down."""
    found: int | None = (
        Ceiling.objects.filter(kind=proposal.kind_id, year=proposal.year_id)
        .values_list("amount", flat=True)
        .first()
    )
    return found


def _reversible(grant: Grant, standing: Standing) -> frozenset[EntryKind]:
    """The kinds of entries that the reader may take back in this grant."""
    if grant.state in (GrantState.CLOSED, GrantState.CANCELLED):
        return frozenset()
    return frozenset(
        kind
        for kind, can in WHO_REVERSES.items()
        if standing.may(can, DutyKind.PAY if can == Can.PAY_GRANTS else None)
    )


def _count(report: Any) -> int:
    return int(report.receipts_count)


def _sum(report: Any) -> int:
    return int(report.receipts_sum)


def _paying(instalments: Sequence[money.InstalmentView]) -> str:
    paid = sum(one.is_paid for one in instalments)
    return f"termin {paid} dari {len(instalments)}" if paid else ""


def _figures_before(proposal: Proposal, lines: int) -> list[Figure]:
    """What is asked for, beside what may be given."""
    ceiling = ceiling_of(proposal)
    left = proposal.year.budgets.aggregate(
        allotted=Sum("allotted", default=0), decided=Sum("decided", default=0)
    )
    budgets_url = f"{reverse('kub:budgets')}?tahun={proposal.year_id}"
    asked = Figure("Diusulkan", rupiah(proposal.amount), "#rab", f"{lines} rincian")
    room = "" if ceiling is None else f"sisa {rupiah(ceiling - proposal.amount)}"
    if ceiling is not None and proposal.amount > ceiling:
        room = f"usulan melebihinya {rupiah(proposal.amount - ceiling)}"
    kind = f"{proposal.kind.name.lower()} {proposal.year_id}"
    return [
        asked,
        Figure(f"Plafon {kind}", "belum ditetapkan" if ceiling is None else rupiah(ceiling), "", room),
        Figure(
            "Sisa anggaran",
            rupiah(left["allotted"] - left["decided"]),
            budgets_url,
            f"tahun {proposal.year_id}",
        ),
    ]


def _figures(
    grant: Grant, reports: Sequence[AccountabilityReport], instalments: Sequence[money.InstalmentView]
) -> list[Figure]:
    """What was decided, paid, reported, is with the group, and is still to be paid."""
    pending = sum(_sum(report) for report in reports if report.state == ReportState.SUBMITTED)
    reported = grant.accounted + pending
    last = next((report.get_absolute_url() for report in reversed(reports) if _count(report)), "")
    back = f"sesudah disetor kembali {rupiah(grant.refunded)}" if grant.refunded else "di rekening KUB"
    return [
        Figure(
            "Diputuskan",
            rupiah(grant.decided),
            grant.decree.get_absolute_url(),
            _ceiling_remark(grant.proposal),
        ),
        Figure("Dibayar", rupiah(grant.paid), "#buku-besar", _paid_remark(grant, instalments)),
        Figure("Dilaporkan (LPJ)", rupiah(reported), last, _reported_remark(grant, pending)),
        Figure(
            "Sisa kas kelompok",
            rupiah(grant.paid - reported - grant.refunded),
            "#buku-besar",
            back if grant.paid and grant.proposal.grant_form == GrantForm.CASH else "",
        ),
        Figure("Belum dibayar", rupiah(grant.unpaid), "#termin", _unpaid_remark(grant, instalments)),
    ]


def _ceiling_remark(proposal: Proposal) -> str:
    ceiling = ceiling_of(proposal)
    kind = f"{proposal.kind.name.lower()} {proposal.year_id}"
    return "" if ceiling is None else f"plafon {kind} {rupiah(ceiling)}"


def _paid_remark(grant: Grant, instalments: Sequence[money.InstalmentView]) -> str:
    paid = [str(one.number) for one in instalments if one.is_paid]
    if not paid:
        return "belum ada"
    return f"{percent(grant.paid / grant.decided, 0)}, termin {listed(paid)}"


def _reported_remark(grant: Grant, pending: int) -> str:
    if not grant.paid:
        return ""
    share = f"{percent((grant.accounted + pending) / grant.paid)} dari yang dibayar"
    waits = "sebagian belum diterima" if grant.accounted else "belum diterima"
    return f"{share}, {waits}" if pending else share


def _unpaid_remark(grant: Grant, instalments: Sequence[money.InstalmentView]) -> str:
    open_ = next((one for one in instalments if one.lock or one.is_next), None)
    if open_ is not None:
        return f"termin {open_.number}, {'terkunci' if open_.lock else 'siap dibayar'}"
    return "menunggu perjanjian" if grant.state == GrantState.DECIDED else ""


def _officers(people: Sequence[Membership]) -> list[tuple[str, str]]:
    holder = {one.role: one.person.name for one in people if one.role != Role.MEMBER}
    return [(str(role.label), holder.get(role, "")) for role in (Role.CHAIR, Role.SECRETARY, Role.TREASURER)]


def _history(proposal: Proposal, taken: Sequence[Step]) -> list[HistoryStep]:
    """The newest first, down to the draft."""
    found = [
        HistoryStep(
            step.at,
            str(step.by),
            step_word(step.move),
            step.note,
            "undo" if step.move in BACKWARD else "close" if step.move in ENDING else "check",
            is_stop=step.move in ENDING,
        )
        for step in taken
    ]
    if not any(step.move == "make" for step in taken):
        found.insert(
            0, HistoryStep(proposal.created_at, str(proposal.created_by), STEP_WORDS["make"], "", "edit")
        )
    return found[::-1]


def step_word(move: str) -> str:
    """A move as the history names it."""
    known = {**GRANT_MOVES, **PROPOSAL_MOVES}
    return STEP_WORDS.get(move) or (known[move].label if move in known else move)


def _check(proposal: Proposal) -> CheckView | None:
    row = proposal.field_checks.select_related("made_by").order_by("-id").first()
    if row is None:
        return None
    return CheckView(row, tuple((point.label, bool(row.checks.get(point.code))) for point in FIELD_CHECKS))
