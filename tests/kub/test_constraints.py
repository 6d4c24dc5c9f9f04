"""What must never be false about groups and money is refused by the database, whoever writes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from kub.lifecycle import EntryKind
from kub.models import (
    Budget,
    Duty,
    FiscalYear,
    Grant,
    Instalment,
    LedgerEntry,
    Membership,
    Proposal,
    ProposalLine,
)
from tests.factories import JATIUWUNG, UserFactory, area
from tests.kub.factories import (
    BudgetFactory,
    GrantFactory,
    GroupFactory,
    MembershipFactory,
    ProposalFactory,
    StepFactory,
    finished_cohort,
    graduate,
)
from tests.trainings.factories import EnrolmentFactory
from trainings.lifecycle import EnrolmentState

pytestmark = pytest.mark.django_db


def refused():
    return pytest.raises(DatabaseError)


def book(grant, kind, amount, **more):
    """An entry written around the actions."""
    values = {
        "booked_on": timezone.localdate(),
        "document": "1",
        "description": "uji",
        "made_by": UserFactory(),
    }
    with transaction.atomic():
        return LedgerEntry.objects.create(grant=grant, kind=kind, amount=amount, **(values | more))


def test_a_person_belongs_to_one_group_at_a_time():
    membership = MembershipFactory()
    with refused(), transaction.atomic():
        MembershipFactory(group=GroupFactory(members=0), person=membership.person)
    Membership.objects.filter(pk=membership.pk).update(left_on=timezone.localdate(), leave_reason="moved")
    assert MembershipFactory(group=GroupFactory(members=0), person=membership.person).pk


def test_an_office_is_held_by_one():
    group = GroupFactory()
    with refused(), transaction.atomic():
        MembershipFactory(group=group, role=Membership.Role.CHAIR)


def test_a_member_lives_in_the_kecamatan_and_has_finished_a_course():
    group = GroupFactory(members=0)
    elsewhere = graduate(finished_cohort(area(JATIUWUNG)))
    with refused(), transaction.atomic():
        MembershipFactory(group=group, person=elsewhere)
    learner = EnrolmentFactory(cohort=finished_cohort(), state=EnrolmentState.ACCEPTED).person
    with refused(), transaction.atomic():
        MembershipFactory(group=group, person=learner)


def test_the_amount_of_a_proposal_is_the_sum_of_its_lines():
    proposal = ProposalFactory()
    assert proposal.amount == 20_000_000
    proposal.lines.filter(position=2).delete()
    proposal.refresh_from_db()
    assert proposal.amount == 10_000_000
    with refused(), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(amount=1)


def test_lines_stand_still_once_a_proposal_is_submitted():
    proposal = ProposalFactory(state="submitted")
    line = proposal.lines.first()
    with refused(), transaction.atomic():
        ProposalLine.objects.filter(pk=line.pk).update(unit_price=1)
    with refused(), transaction.atomic():
        line.delete()
    with refused(), transaction.atomic():
        ProposalLine.objects.create(
            proposal=proposal, position=9, item="Mixer", quantity=1, unit="unit", unit_price=1
        )


@pytest.mark.parametrize("second", ["verify", "decide", "refuse"])
def test_nobody_has_two_duties_on_a_proposal(second):
    step = StepFactory(move="submit")
    with refused(), transaction.atomic():
        StepFactory(proposal=step.proposal, move=second, by=step.by)
    StepFactory(proposal=step.proposal, move="submit", by=step.by)
    assert Duty.objects.get().duty == "submit"


def test_who_decided_cannot_pay():
    grant = GrantFactory()
    head = StepFactory(proposal=grant.proposal, move="decide").by
    first = grant.instalments.first()
    with refused():
        book(grant, EntryKind.PAYMENT, first.amount, instalment=first, made_by=head)
    assert book(grant, EntryKind.PAYMENT, first.amount, instalment=first).number == 2


def test_an_entry_is_never_changed_or_deleted():
    entry = GrantFactory().entries.get()
    with refused(), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(amount=1)
    with refused(), transaction.atomic():
        entry.delete()


def test_totals_follow_the_ledger_and_nobody_else_writes_them():
    grant = GrantFactory()
    first = grant.instalments.first()
    payment = book(grant, EntryKind.PAYMENT, first.amount, instalment=first)
    grant.refresh_from_db()
    assert (grant.decided, grant.paid, grant.unpaid) == (20_000_000, 12_000_000, 8_000_000)
    assert Budget.objects.get().decided == 20_000_000
    for model, column in ((Grant, "paid"), (Instalment, "paid"), (Budget, "decided")):
        with refused(), transaction.atomic():
            model.objects.update(**{column: 0})
    book(grant, EntryKind.PAYMENT, -first.amount, instalment=first, reverses=payment)
    grant.refresh_from_db()
    assert (grant.paid, Instalment.objects.get(pk=first.pk).paid) == (0, 0)


def test_an_instalment_is_paid_once_and_whole():
    grant = GrantFactory()
    first = grant.instalments.first()
    with refused():
        book(grant, EntryKind.PAYMENT, first.amount - 1, instalment=first)
    book(grant, EntryKind.PAYMENT, first.amount, instalment=first)
    with refused():
        book(grant, EntryKind.PAYMENT, first.amount, instalment=first)


def test_no_more_is_accounted_or_refunded_than_was_paid():
    grant = GrantFactory()
    first = grant.instalments.first()
    book(grant, EntryKind.PAYMENT, first.amount, instalment=first)
    with refused():
        book(grant, EntryKind.REFUND, first.amount + 1)
    book(grant, EntryKind.REFUND, first.amount)


def test_a_decision_beyond_the_budget_is_refused():
    proposal = ProposalFactory(state="recommended")
    Budget.objects.update(allotted=19_999_999)
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantFactory(proposal=proposal)


def test_an_entry_is_reversed_once_and_mirrors_its_own():
    grant = GrantFactory()
    first, second = grant.instalments.all()
    payment = book(grant, EntryKind.PAYMENT, first.amount, instalment=first)
    for wrong in (
        {"amount": 1 - first.amount},
        {"instalment": second},
        {"kind": EntryKind.REFUND},
    ):
        with refused():
            book(
                grant,
                **{
                    "kind": EntryKind.PAYMENT,
                    "amount": -first.amount,
                    "instalment": first,
                    "reverses": payment,
                }
                | wrong,
            )
    back = book(grant, EntryKind.PAYMENT, -first.amount, instalment=first, reverses=payment)
    with refused():
        book(grant, EntryKind.PAYMENT, -first.amount, instalment=first, reverses=payment)
    with refused():
        book(grant, EntryKind.PAYMENT, first.amount, instalment=first, reverses=back)


def test_nothing_is_booked_in_a_closed_year():
    grant = GrantFactory()
    last_year = timezone.localdate().year - 1
    FiscalYear.objects.create(
        year=last_year,
        lpj_latest_on=date(last_year + 1, 1, 31),
        closed_at=timezone.now(),
        closed_by=UserFactory(),
    )
    with refused():
        book(grant, EntryKind.REFUND, 1, booked_on=date(last_year, 6, 3))


def test_a_budget_does_not_fall_below_what_is_decided():
    GrantFactory()
    budget = BudgetFactory()
    with refused(), transaction.atomic():
        Budget.objects.filter(pk=budget.pk).update(allotted=19_999_999)
