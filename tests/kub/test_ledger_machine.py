"""Any order of proposing, deciding, paying, reporting, refunding and reversing leaves the books balanced."""

from __future__ import annotations

import uuid
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kub.actions import decisions, ledger, proposals, reports
from kub.checklists import FIELD_CHECKS
from kub.lifecycle import EntryKind, ProposalState
from kub.models import (
    AccountabilityReport,
    Budget,
    Duty,
    Grant,
    Instalment,
    LedgerEntry,
    Proposal,
    Receipt,
)
from tangerang_poverty.kit.problems import Refused
from tests.cast import make_cast
from tests.kub.factories import BudgetFactory, DecreeFactory, GrantFactory, ProposalFactory, ReceiptFactory

pytestmark = pytest.mark.django_db
PLACES = st.integers(0, 3)
CHECKED = {point.code: True for point in FIELD_CHECKS}


class Books(RuleBasedStateMachine):
    """Three groups that propose out of one budget that is too small for all, and everybody who moves money."""

    @initialize()
    def begin(self):
        self.block = transaction.atomic()
        self.block.__enter__()
        self.cast, self.today = make_cast(), timezone.localdate()
        ProposalFactory()
        ProposalFactory(state=ProposalState.RECOMMENDED)
        GrantFactory(decided_by=self.cast.head)  # so that short walks come to the money, too
        self.decree, self.budget = DecreeFactory(), BudgetFactory()
        Budget.objects.update(allotted=53_000_000)
        self.keys = [uuid.uuid4() for _ in range(4)]
        self.entries = 0

    def teardown(self):
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def tried(self, action, *args, **values):
        """Does it; a refusal must change nothing, which the invariants see."""
        with suppress(Refused), transaction.atomic():
            action(*args, **values)

    def one(self, model, place, **where):
        rows = list(model.objects.filter(**where).order_by("pk"))
        return rows[place % len(rows)] if rows else None

    @rule(place=PLACES, by=st.sampled_from(["officer_a", "staff"]))
    def submit(self, place, by):
        self.tried(proposals.submit, self.one(Proposal, place), by=getattr(self.cast, by))

    @rule(place=PLACES, by=st.sampled_from(["staff", "second_staff", "verifier"]))
    def verify(self, place, by):
        self.tried(
            proposals.verify,
            self.one(Proposal, place),
            visited_on=self.today,
            checks=CHECKED,
            members_met=5,
            by=getattr(self.cast, by),
            today=self.today,
        )

    @rule(place=PLACES, name=st.sampled_from(["return", "send_back"]))
    def move_back(self, place, name):
        self.tried(
            proposals.move_back, self.one(Proposal, place), name, by=self.cast.verifier, note="Periksa lagi"
        )

    @rule(place=PLACES)
    def recommend(self, place):
        self.tried(proposals.recommend, self.one(Proposal, place), by=self.cast.verifier)

    @rule(place=PLACES, share=st.sampled_from([1, 2, None]))
    def decide(self, place, share):
        proposal = self.one(Proposal, place)
        granted = None if share is None else {line.pk: line.amount // share for line in proposal.lines.all()}
        self.tried(
            decisions.decide,
            proposal,
            decree=self.decree,
            budget=self.budget,
            granted=granted,
            by=self.cast.head,
        )

    @rule(place=PLACES, parts=st.integers(1, 3))
    def agree(self, place, parts):
        if grant := self.one(Grant, place):
            amounts = [grant.decided // parts] * (parts - 1)
            amounts.append(grant.decided - sum(amounts))
            self.tried(
                decisions.agree,
                grant,
                number="1/NPHD",
                agreed_on=self.today,
                instalments=amounts,
                by=self.cast.head,
                today=self.today,
            )

    @rule(place=PLACES, key=PLACES)
    def pay(self, place, key):
        """Often with a key that was used before: a retry, or another payment that must not hide behind it."""
        if instalment := self.one(Instalment, place):
            self.tried(
                ledger.pay,
                instalment,
                document="1/LS",
                booked_on=self.today,
                request_key=self.keys[key],
                by=self.cast.treasurer,
                today=self.today,
            )

    @rule(place=PLACES, share=st.sampled_from([1, 2]))
    def report(self, place, share):
        report = self.one(AccountabilityReport, place, state__in=["draft", "returned"])
        if report is not None:
            with transaction.atomic():
                ReceiptFactory(report=report, amount=report.instalment.amount // share)
            self.tried(reports.submit_report, report, by=self.cast.officer_a)

    @rule(place=PLACES, accept=st.booleans())
    def examine(self, place, accept):
        if report := self.one(AccountabilityReport, place):
            if accept:
                self.tried(reports.accept_report, report, by=self.cast.staff, today=self.today)
            else:
                self.tried(reports.return_report, report, by=self.cast.staff, note="Lengkapi")

    @rule(place=PLACES)
    def tear_receipts(self, place):
        report = self.one(AccountabilityReport, place, state__in=["draft", "returned"])
        if report is not None:
            Receipt.objects.filter(report=report).delete()

    @rule(place=PLACES, amount=st.sampled_from([-1, 0, 1, 1_000_000, 20_000_000]))
    def refund(self, place, amount):
        if grant := self.one(Grant, place):
            self.tried(
                ledger.refund,
                grant,
                amount=amount,
                document="STS",
                booked_on=self.today,
                request_key=uuid.uuid4(),
                by=self.cast.treasurer,
                today=self.today,
            )

    @rule(place=st.integers(0, 9))
    def reverse(self, place):
        if entry := self.one(LedgerEntry, place):
            by = self.cast.staff if entry.kind == EntryKind.ACCOUNTED else self.cast.treasurer
            self.tried(
                ledger.reverse,
                entry,
                reason="Keliru",
                booked_on=self.today,
                request_key=uuid.uuid4(),
                by=by,
                today=self.today,
            )

    @rule(place=PLACES, how=st.sampled_from(["cancel", "release", "close"]))
    def end(self, place, how):
        if grant := self.one(Grant, place):
            more = {"reason": "Berhenti", "today": self.today} if how != "close" else {}
            action = {"cancel": decisions.cancel, "release": decisions.release_rest, "close": decisions.close}
            self.tried(action[how], grant, by=self.cast.head, **more)

    @invariant()
    def books_balance(self):
        if hasattr(self, "block"):
            call_command("check_ledger")

    @invariant()
    def budget_holds_and_nobody_has_two_duties(self):
        if hasattr(self, "block"):
            budget = Budget.objects.get()
            assert budget.decided == sum(Grant.objects.values_list("decided", flat=True)) <= budget.allotted
            duties = list(Duty.objects.values_list("proposal_id", "user_id"))
            assert len(duties) == len(set(duties))

    @invariant()
    def nothing_is_ever_taken_from_the_ledger(self):
        if hasattr(self, "block"):
            entries = LedgerEntry.objects.count()
            assert entries >= self.entries
            self.entries = entries


def test_any_order_of_money_leaves_the_books_balanced(capsys):
    Books.TestCase.settings = settings(
        max_examples=5,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Books, settings=Books.TestCase.settings)
    assert "Buku hibah seimbang" in capsys.readouterr().out
