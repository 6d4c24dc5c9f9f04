"""The nine steps of a proposal and its grant: how far it is, who took each step and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from kub.lifecycle import GrantState, ProposalState
from kub.models import Grant, Proposal, Step
from tangerang_poverty.kit.formats import long_date

# Each step with the move that ends it; the first one begins with the proposal itself.
STEPS = (
    ("Draf", ""),
    ("Diajukan", "submit"),
    ("Diverifikasi", "verify"),
    ("Direkomendasi", "recommend"),
    ("Diputuskan", "decide"),
    ("Perjanjian", "agree"),
    ("Pencairan", "begin"),
    ("LPJ lengkap", "account"),
    ("Selesai", "close"),
)
DECISION, PAYING, REPORTING = 4, 6, 7
# By state: the step that is being worked on; all before it are done.
_AT: dict[str, int] = {
    ProposalState.DRAFT: 0,
    ProposalState.SUBMITTED: 2,
    ProposalState.VERIFIED: 3,
    ProposalState.RECOMMENDED: 4,
    GrantState.DECIDED: 5,
    GrantState.AGREED: 6,
    GrantState.PAYING: 6,
    GrantState.ACCOUNTED: 8,
    GrantState.CLOSED: 9,
}
STOPPED = {"refuse": "Ditolak", "withdraw": "Ditarik", "cancel": "Dibatalkan"}
STOPPED_STATES = (ProposalState.REFUSED, ProposalState.WITHDRAWN, GrantState.CANCELLED)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: `state` is "done", "now", "stopped" or "" (still to come)."""

    title: str
    who: str = ""
    remark: str = ""
    state: str = ""


def position(proposal: Proposal, grant: Grant | None) -> int:
    """The index of the step that is being worked on; 9 when everything is done."""
    if grant is None:
        return _AT[proposal.state]
    all_paid = grant.state == GrantState.PAYING and grant.paid == grant.decided
    return REPORTING if all_paid else _AT[grant.state]


def steps_of(
    proposal: Proposal, grant: Grant | None, taken: Iterable[Step], *, paying: str = ""
) -> list[StepView]:
    """The nine steps, or as many as were taken and the one that ended it.

    `taken` are the Steps in their order, with their user; of one taken twice the last counts. `paying` says how many
    instalments are paid ("termin 1 dari 2").
    """
    last = {step.move: step for step in taken}
    stop = next((last[move] for move in STOPPED if move in last), None)
    if (grant.state if grant else proposal.state) in STOPPED_STATES and stop is not None:
        at = max(1, _AT[stop.from_state])
        ended = [StepView(STOPPED[stop.move], *_who(stop.by, stop.at, proposal.year_id), "stopped")]
        return [_view(proposal, last, index, "done") for index in range(at)] + ended
    at = position(proposal, grant)
    found = []
    for index in range(len(STEPS)):
        view = _view(proposal, last, index, "done" if index < at else "now" if index == at else "")
        if index == PAYING and paying and index <= at:
            view = StepView(view.title, view.who, paying, view.state)
        found.append(view)
    return found


def _view(proposal: Proposal, last: dict[str, Step], index: int, state: str) -> StepView:
    title, move = STEPS[index]
    if not state or (move and move not in last):
        return StepView(title, state=state)
    by, at = (last[move].by, last[move].at) if move else (proposal.created_by, proposal.created_at)
    return StepView(title, *_who(by, at, proposal.year_id), state)


def _who(by: object, at: datetime, year: int) -> tuple[str, str]:
    return str(by), short_date(timezone.localdate(at), year)


def short_date(day: date, year: int) -> str:
    """ "20 Maret" in the year everything is about, else with its year."""
    text = long_date(day)
    return text.removesuffix(f" {day.year}") if day.year == year else text
