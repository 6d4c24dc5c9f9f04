"""The results of a meeting for many proposals at once: all of them are recorded, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from kub.actions.decisions import decide, refuse
from kub.models import Budget, Decree, Proposal
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused

NOTHING_CHOSEN = Problem("nothing_chosen", "Belum ada usulan yang dipilih hasilnya.")
NO_BUDGET = Problem("no_budget", "Pilih kode rekening yang membiayai.", "budget")
OTHER_YEAR = "Usulan ini dari tahun {year}, jadi tidak diputuskan dengan SK ini."


@dataclass(frozen=True, slots=True)
class Result:
    """What the meeting decided on one proposal: the whole sum approved, or refused with its reason."""

    proposal: Proposal
    approved: bool
    reason: str = ""


@transaction.atomic
def record_results(
    decree: Decree, results: Sequence[Result], *, budget: Budget | None, by: User
) -> tuple[int, int]:
    """Records every result, in the order of the proposals. Raises Refused with the problems of all, named by group.

    Gives how many were approved and refused. Always in the same order, so that two meetings never wait for each other.
    """
    require(by, Can.DECIDE_PROPOSALS)
    if not results:
        raise Refused(NOTHING_CHOSEN)
    if budget is None and any(result.approved for result in results):
        raise Refused(NO_BUDGET)
    problems: list[Problem] = []
    for result in sorted(results, key=lambda one: one.proposal.pk):
        problems += _recorded(decree, result, budget=budget, by=by)
    if problems:
        raise Refused(problems)
    approved = sum(result.approved for result in results)
    return approved, len(results) - approved


def _recorded(decree: Decree, result: Result, *, budget: Budget | None, by: User) -> list[Problem]:
    """Records one result; what keeps it from being recorded otherwise."""
    proposal = result.proposal
    if proposal.year_id != decree.year_id:
        return [Problem("other_year", f"{proposal.group}. {OTHER_YEAR.format(year=proposal.year_id)}")]
    try:
        if result.approved and budget is not None:
            decide(proposal, decree=decree, budget=budget, by=by, note=result.reason)
        else:
            refuse(proposal, by=by, note=result.reason)
    except Refused as refusal:
        return [Problem(one.code, f"{proposal.group}. {one.message}") for one in refusal.problems]
    return []
