"""Every state × every move × every role, through the pages; and nobody does two of the four duties."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import (
    DUTY_OF_MOVE,
    GRANT_MOVES,
    PROPOSAL_MOVES,
    DutyKind,
    GrantState,
    ProposalState,
    ReportState,
)
from kub.models import Duty, Grant, LedgerEntry, Proposal, Step
from tests.kub.factories import (
    ALL_CHECKED,
    DecreeFactory,
    GrantFactory,
    ProposalFactory,
    ReportFactory,
    StepFactory,
)

pytestmark = pytest.mark.django_db
OPEN_MOVES = [name for name, move in PROPOSAL_MOVES.items() if name not in ("decide", "refuse")]
UNDECIDED = [state for state in ProposalState.values if state != ProposalState.DECIDED]


class Undone(Exception):
    """Takes back what a role did, so that the next one finds the same."""


def ask(user: Any, address: str, data: dict[str, Any]) -> Any:
    client = Client()
    client.force_login(user)
    return client.post(address, data)


def data_of(move: str) -> dict[str, Any]:
    """A form that answers everything a move of a proposal may ask."""
    if move == "verify":
        checks = list(ALL_CHECKED)
        return {"visited_on": timezone.localdate(), "checks": checks, "members_met": 5, "note": "lengkap"}
    return {"note": "alasan yang cukup"}


def decision(proposal: Proposal, outcome: str) -> dict[str, Any]:
    decree = DecreeFactory(year=proposal.year)
    granted = {f"setuju-{line.pk}": str(line.amount) for line in proposal.lines.all()}
    budget = proposal.year.budgets.get()
    return {"outcome": outcome, "decree": decree.pk, "budget": budget.pk, "note": "menurut rapat", **granted}


def outcomes(cast: Any, address: str, data: dict[str, Any], row: Any) -> dict[str, tuple[int, str]]:
    """By role: what the page answers, and the state the row has then. Each role starts from the same."""
    found = {}
    for who, user in cast.everybody().items():
        try:
            with transaction.atomic():
                answer = ask(user, address, data)
                state = type(row).objects.get(pk=row.pk).state
                found[who] = (answer.status_code, state)
                raise Undone
        except Undone:
            pass
    return found


def wrong(cast: Any, found: dict[str, tuple[int, str]], move: Any, state: str) -> list[str]:
    """The roles for which the page did otherwise than the table of moves and that of the roles say.

    Officer B works in another kelurahan, so the row is not there for them.
    """
    problems = []
    for who, user in cast.everybody().items():
        status, now = found[who]
        may = user.has_perm(move.needs.value)
        taken = may and state in move.from_ and who != "officer_b"
        expected = 302 if taken else 422 if may and who != "officer_b" else 404 if who == "officer_b" else 403
        if who == "officer_b" and not user.has_perm("accounts.view_groups"):
            expected = 403
        if status != expected or now != (move.to if taken else state):
            problems.append(f"{who}: {status} {now}, not {expected}")
    return problems


@pytest.mark.parametrize("state", UNDECIDED)
@pytest.mark.parametrize("name", OPEN_MOVES)
def test_a_proposal_is_moved_by_whom_the_table_says_and_from_where_it_says(name, state, cast):
    proposal = ProposalFactory(state=state)
    address = reverse("kub:proposal_move", args=[proposal.pk, name])
    found = outcomes(cast, address, data_of(name), proposal)
    assert wrong(cast, found, PROPOSAL_MOVES[name], state) == []


@pytest.mark.parametrize("state", UNDECIDED)
@pytest.mark.parametrize(("name", "outcome"), [("decide", "setujui"), ("refuse", "tolak")])
def test_a_proposal_is_decided_by_the_head_alone_and_only_once_recommended(name, outcome, state, cast):
    proposal = ProposalFactory(state=state)
    address = reverse("kub:decide", args=[proposal.pk])
    found = outcomes(cast, address, decision(proposal, outcome), proposal)
    allowed = {who for who, user in cast.everybody().items() if user.has_perm("accounts.decide_proposals")}
    assert allowed == {"head"}
    move = PROPOSAL_MOVES[name]
    for who, (status, now) in found.items():
        taken = who == "head" and state in move.from_
        assert (status, now) == (
            302 if taken else 422 if who == "head" else 403,
            move.to if taken else state,
        ), who


def grant_in(state: str, head: Any) -> Grant:
    """A grant in a state; from the first payment on it has one instalment paid and its report open."""
    if state in (GrantState.DECIDED, GrantState.AGREED):
        return GrantFactory(state=state, decided_by=head)
    grant = GrantFactory() if state == GrantState.CANCELLED else ReportFactory().grant
    Grant.objects.filter(pk=grant.pk).update(state=state)
    grant.refresh_from_db()
    return grant


@pytest.mark.parametrize("state", GrantState.values)
@pytest.mark.parametrize("name", ["agree", "cancel", "close"])
def test_a_grant_is_moved_by_whom_the_table_says_and_from_where_it_says(name, state, cast):
    grant = grant_in(state, cast.head)
    address = reverse("kub:grant_move", args=[grant.pk, name])
    data: dict[str, Any] = {"note": "alasan yang cukup"}
    if name == "agree":
        address = reverse("kub:agreement", args=[grant.pk])
        data = {
            "number": "7/NPHD",
            "agreed_on": timezone.localdate(),
            "instalment_1": str(grant.decided or 1),
        }
    found = outcomes(cast, address, data, grant)
    move = GRANT_MOVES[name]
    for who, (status, now) in found.items():
        may = cast.everybody()[who].has_perm(move.needs.value)
        taken = may and state in move.from_
        # officer B works elsewhere; what only VIEW_GROUPS guards is not there for them
        refused = 404 if who == "officer_b" and name != "agree" else 403
        expected = (302 if taken else 422, move.to if taken else state) if may else (refused, state)
        assert (status, now) == expected, who


@pytest.mark.parametrize("state", [*GrantState.values])
def test_an_instalment_is_paid_by_the_treasurer_alone_and_only_between_agreement_and_last_report(state, cast):
    grant = grant_in(state, cast.head)
    if state == GrantState.DECIDED:
        grant.instalments.create(number=1, amount=grant.decided)
    instalment = grant.instalments.order_by("number").first()
    before = instalment.paid
    address = reverse("kub:pay", args=[instalment.pk])
    for who, user in cast.everybody().items():
        try:
            with transaction.atomic():
                form = {
                    "request_key": uuid.uuid4(),
                    "document": "04512/LS/2015",
                    "booked_on": timezone.localdate(),
                }
                answer = ask(user, address, form)
                instalment.refresh_from_db()
                taken = who == "treasurer" and state == GrantState.AGREED
                assert answer.status_code == (302 if taken else 422 if who == "treasurer" else 403), who
                assert instalment.paid == (instalment.amount if taken else before), who
                raise Undone
        except Undone:
            pass


DUTIES = {
    "submit": (ProposalState.DRAFT, "draft", "submitted"),
    "verify": (ProposalState.SUBMITTED, "submitted", "verified"),
    "decide": (ProposalState.RECOMMENDED, "recommended", "decided"),
}


@pytest.mark.parametrize("wanted", ["submit", "verify", "decide", "refuse", "pay"])
@pytest.mark.parametrize("held", ["submit", "verify", "decide"])
def test_nobody_does_two_of_submit_verify_decide_and_pay(held, wanted, cast):
    """The one who did `held` has every permission, and is refused `wanted` by the sentence that says why."""
    everything = cast.second_staff
    everything.groups.set([group for user in cast.everybody().values() for group in user.groups.all()])
    state = {"submit": "draft", "verify": "submitted", "decide": "recommended", "refuse": "recommended"}
    if wanted == "pay":
        grant = GrantFactory()
        proposal, address = grant.proposal, reverse("kub:pay", args=[grant.instalments.first().pk])
        data: dict[str, Any] = {
            "request_key": uuid.uuid4(),
            "document": "1/LS",
            "booked_on": timezone.localdate(),
        }
    else:
        proposal = ProposalFactory(state=state[wanted])
        address = reverse("kub:proposal_move", args=[proposal.pk, wanted])
        data = data_of(wanted)
        if wanted in ("decide", "refuse"):
            address = reverse("kub:decide", args=[proposal.pk])
            data = decision(proposal, "setujui" if wanted == "decide" else "tolak")
    _, before, after = DUTIES[held]
    StepFactory(proposal=proposal, move=held, from_state=before, to_state=after, by=everything)
    state_before, entries = Proposal.objects.get(pk=proposal.pk).state, LedgerEntry.objects.count()
    answer = ask(everything, address, data)
    same = held == wanted or (held == "decide" and wanted == "refuse")
    if same:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert f"Anda {DutyKind(held).label} usulan ini" in answer.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).state == state_before
    assert LedgerEntry.objects.count() == entries
    assert set(Duty.objects.filter(user=everything).values_list("duty", flat=True)) == {held}


def test_a_whole_life_through_the_pages_leaves_four_people_with_a_duty_each(cast):
    """From the draft to the first payment, each by the one whose step it is."""
    proposal = ProposalFactory()
    for who, name in (("officer_a", "submit"), ("staff", "verify"), ("verifier", "recommend")):
        address = reverse("kub:proposal_move", args=[proposal.pk, name])
        assert ask(getattr(cast, who), address, data_of(name)).status_code == 302
    ask(cast.head, reverse("kub:decide", args=[proposal.pk]), decision(proposal, "setujui"))
    grant = Grant.objects.get(proposal=proposal)
    agreed = {
        "number": "012/NPHD",
        "agreed_on": timezone.localdate(),
        "instalment_1": "12.000.000",
        "instalment_2": "8.000.000",
    }
    ask(cast.head, reverse("kub:agreement", args=[grant.pk]), agreed)
    first = grant.instalments.get(number=1)
    paid = {"request_key": uuid.uuid4(), "document": "04512/LS", "booked_on": timezone.localdate()}
    ask(cast.treasurer, reverse("kub:pay", args=[first.pk]), paid)
    grant.refresh_from_db()
    assert (grant.state, grant.decided, grant.paid) == (GrantState.PAYING, 20_000_000, 12_000_000)
    assert grant.reports.get().state == ReportState.DRAFT
    held = dict(Duty.objects.filter(proposal=proposal).values_list("duty", "user"))
    assert held == {
        "submit": cast.officer_a.pk,
        "verify": cast.staff.pk,
        "decide": cast.head.pk,
        "pay": cast.treasurer.pk,
    }
    moves = list(Step.objects.filter(proposal=proposal).order_by("id").values_list("move", flat=True))
    assert moves == ["submit", "verify", "recommend", "decide", "agree", "begin"]
    assert set(DUTY_OF_MOVE) < {*moves, "refuse"}
