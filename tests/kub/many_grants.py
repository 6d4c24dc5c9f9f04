"""Pages of proposals, grants, decrees and budgets with how to put more rows on each, for the count of their queries."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import ProposalState, ReportState
from kub.models import Decree, Grant, GrantForm, Instalment, LedgerEntry, Proposal, ProposalLine
from tests.kub.factories import (
    BudgetFactory,
    BusinessKindFactory,
    CeilingFactory,
    DecreeFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    MembershipFactory,
    ProposalFactory,
    ReceiptFactory,
    ReportFactory,
    StepFactory,
    graduate,
)

FIRST_YEAR = 2030
FAR = 1_000  # number of an instalment


def proposals(ground: Any, number: int) -> None:
    for _ in range(number):
        ProposalFactory(group=GroupFactory(members=0))


def grants(ground: Any, number: int) -> None:
    for _ in range(number):
        GrantFactory(proposal=ProposalFactory(group=GroupFactory(members=0), state=ProposalState.RECOMMENDED))


def more_of_a_grant(ground: Any, number: int) -> None:
    """More of everything that hangs on one grant: steps, lines, members, instalments, reports, receipts, entries."""
    grant = _grant()
    proposal, by = grant.proposal, ground.cast.staff
    for _ in range(number):
        StepFactory(proposal=proposal, move="send_back", from_state="verified", to_state="submitted", by=by)
        MembershipFactory(group=proposal.group, person=graduate())
        turn = grant.instalments.filter(number__lt=FAR).count() + 1
        Instalment.objects.create(grant=grant, number=turn, amount=10_000)
        grant.reports.update(  # those before: the next payment waits for them
            state=ReportState.ACCEPTED,
            submitted_at=timezone.now(),
            submitted_by=by,
            examined_at=timezone.now(),
            examined_by=ground.cast.verifier,
        )
        report = ReportFactory(grant=grant, instalment=grant.instalments.get(number=turn))
        ReceiptFactory(report=report)
        _refund(grant, by)


def more_of_a_draft(ground: Any, number: int) -> None:
    proposal = _draft()
    for _ in range(number):
        position = proposal.lines.count() + 1
        ProposalLine.objects.create(
            proposal=proposal, position=position, item="Oven", quantity=1, unit="unit", unit_price=1
        )
        MembershipFactory(group=proposal.group, person=graduate())


def waiting(ground: Any, number: int) -> None:
    """Recommended ones, refused ones, given ones, of which somebody did another step."""
    decree = _decree()
    for _ in range(number):
        group = GroupFactory(members=1)
        waits = ProposalFactory(group=group, state=ProposalState.RECOMMENDED)
        StepFactory(proposal=waits, move="verify", by=ground.cast.head)
        refused = ProposalFactory(group=GroupFactory(members=0), state=ProposalState.REFUSED)
        StepFactory(proposal=refused, move="refuse", from_state="recommended", to_state="refused")
        given = ProposalFactory(group=GroupFactory(members=1), state=ProposalState.RECOMMENDED)
        GrantFactory(proposal=given, decree=decree)


def decrees(ground: Any, number: int) -> None:
    for _ in range(number):
        GrantFactory(
            decree=DecreeFactory(),
            proposal=ProposalFactory(group=GroupFactory(members=0), state=ProposalState.RECOMMENDED),
        )


def years(ground: Any, number: int) -> None:
    """Years with accounts of their own; more of them than the table of areas has rows would not fit a smallint."""
    for _ in range(number):
        year = FiscalYearFactory(
            year=FIRST_YEAR + FiscalYearFactory._meta.model.objects.count(), lpj_latest_on=date(2099, 1, 31)
        )
        BudgetFactory(year=year)
        FiscalYearFactory._meta.model.objects.filter(pk=year.pk).update(
            closed_at=timezone.now(), closed_by=ground.cast.staff
        )


def accounts(ground: Any, number: int) -> None:
    """More accounts of this year, each with grants of a kind of their own."""
    for _ in range(number):
        kind = BusinessKindFactory(name=f"Usaha {uuid.uuid4().hex[:12]}")
        group = GroupFactory(members=0, kind=kind)
        grant = GrantFactory(proposal=ProposalFactory(group=group, state=ProposalState.RECOMMENDED))
        budgets = BudgetFactory._meta.model.objects
        BudgetFactory(year=grant.proposal.year, account_code=f"5.1.{budgets.count()}")


def kinds(ground: Any, number: int) -> None:
    for _ in range(number):
        CeilingFactory(kind=BusinessKindFactory(name=f"Usaha {uuid.uuid4().hex[:12]}"))


def _grant() -> Grant:
    there = Grant.objects.order_by("pk").first()
    if there is None:
        there = GrantFactory(shares=(10, 90))
        there.instalments.update(number=F("number") + FAR)  # after whatever is paid
    return there


def _draft() -> Proposal:
    there = Proposal.objects.filter(state=ProposalState.DRAFT).order_by("pk").first()
    return there or ProposalFactory(grant_form=GrantForm.GOODS)


def _decree() -> Decree:
    return Decree.objects.order_by("pk").first() or DecreeFactory()


def _refund(grant: Grant, by: Any) -> None:
    LedgerEntry.objects.create(
        grant=grant,
        kind="refund",
        amount=1,
        booked_on=timezone.localdate(),
        description="Sisa disetor",
        document="1/STS",
        made_by=by,
    )


def _at(name: str, row: Callable[[], Any] | None = None, *more: str, query: str = "") -> Callable[[Any], str]:
    return lambda ground: reverse(f"kub:{name}", args=[row().pk, *more] if row else []) + query


def _budget() -> Any:
    return BudgetFactory(year=FiscalYearFactory())


PAGES: dict[str, tuple[Callable[[Any], str], str, Callable[[Any, int], None]]] = {
    "proposals": (_at("proposals"), "staff", proposals),
    "proposals, those decided too": (_at("proposals"), "officer_a", grants),
    "proposals, searched": (
        _at("proposals", query="?cari=melati&keadaan=draf&urut=wilayah"),
        "staff",
        proposals,
    ),
    "grants": (_at("grants"), "staff", grants),
    "grants of a year, the largest first": (_at("grants", query="?urut=terbesar"), "officer_a", grants),
    "page of a grant": (_at("proposal", lambda: _grant().proposal), "staff", more_of_a_grant),
    "page of a grant, of who pays": (
        _at("proposal", lambda: _grant().proposal),
        "treasurer",
        more_of_a_grant,
    ),
    "page of a draft": (_at("proposal", _draft), "officer_a", more_of_a_draft),
    "lines of a draft": (_at("lines", _draft), "officer_a", more_of_a_draft),
    "move of a draft": (_at("proposal_move", _draft, "submit"), "officer_a", more_of_a_draft),
    "decision on one": (
        _at("decide", lambda: ProposalFactory(state=ProposalState.RECOMMENDED)),
        "head",
        waiting,
    ),
    "decrees": (_at("decrees"), "head", decrees),
    "decree with its meeting": (_at("decree", _decree), "head", waiting),
    "decree": (_at("decree", _decree), "officer_a", waiting),
    "budgets, more years": (_at("budgets"), "staff", years),
    "budgets, more accounts": (_at("budgets"), "officer_a", accounts),
    "budget of one account": (_at("budget", _budget), "staff", accounts),
    "closing a year": (_at("year", FiscalYearFactory), "staff", grants),
    "kinds of business": (_at("kinds"), "staff", kinds),
}
