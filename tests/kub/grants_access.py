"""The addresses of proposals, grants, decrees and budgets for the access matrix, and how to reach each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kub.lifecycle import ProposalState
from kub.models import Grant, Proposal
from tangerang_poverty.accounts.permissions import Can
from tests.kub.factories import FiscalYearFactory, GrantFactory, ProposalFactory, ReportFactory, this_year

SEEN_OR_REFUSED = frozenset(
    {200, 403}
)  # seen with VIEW_GROUPS, then each asks for its own: tests of the moves


def _draft(world: Any, place: str) -> Proposal:
    """The draft of a group this year, made when somebody asks for the first time; so the rest below."""
    group = world.groups[place]
    there: Proposal | None = Proposal.objects.filter(group=group, year=this_year()).first()
    return there or ProposalFactory(group=group)


def _paid(world: Any, place: str) -> Grant:
    """A grant of the year before, its first instalment paid."""
    group, year = world.groups[place], FiscalYearFactory(year=this_year() - 1)
    there: Grant | None = Grant.objects.filter(proposal__group=group).first()
    if there is None:
        proposal = ProposalFactory(group=group, year=year, state=ProposalState.RECOMMENDED)
        there = GrantFactory(proposal=proposal)
        ReportFactory(grant=there)
    return there


def proposal(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _draft(world, place).pk}


def a_proposal_move(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _draft(world, place).pk, "name": "submit"}


def group(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": world.groups[place].pk}


def grant(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _paid(world, place).pk}


def a_grant_move(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _paid(world, place).pk, "name": "close"}


def instalment(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _paid(world, place).instalments.get(number=1).pk}


def payment(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _paid(world, place).entries.get(kind="payment").pk}


def a_decree(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _paid(world, place).decree_id}


def a_budget(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": _paid(world, place).budget_id}


def a_year(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"year": FiscalYearFactory().year}


def a_kind(world: Any, user: Any, place: str) -> dict[str, Any]:
    return {"pk": world.groups[place].kind_id}


def pages(page: Callable[..., Any]) -> dict[str, Any]:
    """The rows of the table; `page` makes one. A decree and a budget are the city's: what of them a reader sees ends
    at the own area, which their own tests look at."""
    view = Can.VIEW_GROUPS
    return {
        "kub:proposals": page(view),
        "kub:proposal": page(view, proposal, scoped=True),
        "kub:proposal_new": page(Can.PREPARE_PROPOSALS, group, scoped=True),
        "kub:lines": page(Can.PREPARE_PROPOSALS, proposal, scoped=True),
        "kub:proposal_move": page(view, a_proposal_move, scoped=True, answers=SEEN_OR_REFUSED),
        "kub:decide": page(Can.DECIDE_PROPOSALS, proposal, scoped=True),
        "kub:grants": page(view),
        "kub:grant": page(view, grant, scoped=True, answers=frozenset({302})),
        "kub:agreement": page(Can.SIGN_AGREEMENTS, grant, scoped=True),
        "kub:refund": page(Can.PAY_GRANTS, grant, scoped=True),
        "kub:release": page(Can.DECIDE_PROPOSALS, grant, scoped=True),
        "kub:grant_move": page(view, a_grant_move, scoped=True, answers=SEEN_OR_REFUSED),
        "kub:pay": page(Can.PAY_GRANTS, instalment, scoped=True),
        "kub:reverse": page(view, payment, scoped=True, answers=SEEN_OR_REFUSED),
        "kub:decrees": page(view),
        "kub:decree": page(view, a_decree),
        "kub:decree_new": page(Can.DECIDE_PROPOSALS),
        "kub:budgets": page(view),
        "kub:budget": page(view, a_budget),
        "kub:year": page(Can.MANAGE_KUB_BUDGET, a_year),
        "kub:kinds": page(Can.MANAGE_KUB_BUDGET),
        "kub:template": page(Can.MANAGE_KUB_BUDGET, a_kind),
    }
