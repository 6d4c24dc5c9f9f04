"""Valid objects of groups and grants by default: a test names only what it wants otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import factory
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from households.models import Person
from kub.checklists import FIELD_CHECKS
from kub.lifecycle import EntryKind, GrantState, GroupState, ProposalState
from kub.models import (
    AccountabilityReport,
    Budget,
    BusinessKind,
    Ceiling,
    Decree,
    FieldCheck,
    FiscalYear,
    Grant,
    GrantForm,
    Group,
    Instalment,
    LedgerEntry,
    LegalForm,
    Membership,
    Proposal,
    ProposalLine,
    Receipt,
    RecipientRule,
    Step,
    Visit,
)
from tangerang_poverty.areas.models import Area
from tests.factories import UserFactory, area
from tests.trainings.factories import CohortFactory, EnrolmentFactory, ProgrammeFactory
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Cohort, Programme

CEILING = 25_000_000
ALLOTTED = 1_000_000_000
OFFICES = (Membership.Role.CHAIR, Membership.Role.SECRETARY, Membership.Role.TREASURER)
ALL_CHECKED = {point.code: True for point in FIELD_CHECKS}


def this_year() -> int:
    return timezone.localdate().year


class BusinessKindFactory(DjangoModelFactory[BusinessKind]):
    class Meta:
        model = BusinessKind
        django_get_or_create = ("name",)

    name = "Kue kering/kue basah"


class FiscalYearFactory(DjangoModelFactory[FiscalYear]):
    """This year, its books open."""

    class Meta:
        model = FiscalYear
        django_get_or_create = ("year",)

    year = factory.LazyFunction(this_year)
    lpj_days = 90
    lpj_latest_on = factory.LazyAttribute(lambda fiscal: date(fiscal.year + 1, 1, 31))


class CeilingFactory(DjangoModelFactory[Ceiling]):
    class Meta:
        model = Ceiling
        django_get_or_create = ("kind", "year")

    kind = factory.SubFactory(BusinessKindFactory)
    year = factory.SubFactory(FiscalYearFactory)
    amount = CEILING


class BudgetFactory(DjangoModelFactory[Budget]):
    class Meta:
        model = Budget
        django_get_or_create = ("year", "account_code")

    year = factory.SubFactory(FiscalYearFactory)
    account_code = "5.1.4.05.01"
    name = "Hibah kepada kelompok masyarakat"
    allotted = ALLOTTED


class RecipientRuleFactory(DjangoModelFactory[RecipientRule]):
    class Meta:
        model = RecipientRule
        django_get_or_create = ("legal_form", "grant_form")

    legal_form = LegalForm.REGISTERED
    grant_form = GrantForm.CASH
    allowed = True
    legal_basis = "Permendagri 14/2016"


class GroupFactory(DjangoModelFactory[Group]):
    """An active KUB in Gembor with five members, its three offices filled and a bank account.

    `members=` is how many it has (0: none), `cohort=` whose graduates they are.
    """

    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"Melati Rasa {n + 1}")
    kind = factory.SubFactory(BusinessKindFactory)
    area = factory.LazyFunction(area)
    cohort = None
    legal_form = LegalForm.REGISTERED
    address = "Jalan Melati 4"
    formed_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=200))
    meeting_place = "Aula kelurahan"
    report_number = factory.Sequence(lambda n: f"{n + 1}/BA-KUB")
    bank_name = "Bank BJB"
    account_number = factory.Sequence(lambda n: f"0041{n:06d}")
    account_holder = factory.SelfAttribute("name")
    state = GroupState.ACTIVE
    created_by = factory.SubFactory(UserFactory)
    members = 5

    @classmethod
    def _create(cls, model_class: type[Group], *args: Any, **values: Any) -> Group:
        members = values.pop("members")
        group = super()._create(model_class, *args, **values)
        cohort = group.cohort
        for turn in range(members):
            cohort = cohort or finished_cohort(group.area)
            role = OFFICES[turn] if turn < len(OFFICES) else Membership.Role.MEMBER
            MembershipFactory(group=group, person=graduate(cohort), role=role)
        return group


class MembershipFactory(DjangoModelFactory[Membership]):
    """A graduate of a new family, an ordinary member since the group was formed."""

    class Meta:
        model = Membership

    group = factory.SubFactory(GroupFactory, members=0)
    person = factory.LazyAttribute(lambda membership: graduate(finished_cohort(membership.group.area)))
    household = factory.SelfAttribute("person.household")
    family_number = factory.SelfAttribute("person.family_number")
    role = Membership.Role.MEMBER
    joined_on = factory.LazyAttribute(lambda membership: membership.group.formed_on or timezone.localdate())


class ProposalFactory(DjangoModelFactory[Proposal]):
    """A draft over Rp20.000.000 in two lines, which fits ceiling, budget and rules; give `state=` for another.

    `lines=` are (item, quantity, unit, unit price). Steps and duties are not written: the actions do that.
    """

    class Meta:
        model = Proposal

    group = factory.SubFactory(GroupFactory)
    year = factory.SubFactory(FiscalYearFactory)
    kind = factory.SelfAttribute("group.kind")
    grant_form = GrantForm.CASH
    purpose = "Alat dan bahan baku kue kering"
    created_by = factory.SubFactory(UserFactory)
    lines = (("Oven gas", 2, "unit", 5_000_000), ("Bahan baku", 1, "paket", 10_000_000))
    state = ProposalState.DRAFT

    @classmethod
    def _create(cls, model_class: type[Proposal], *args: Any, **values: Any) -> Proposal:
        lines, state = values.pop("lines"), values.pop("state")
        proposal = super()._create(model_class, *args, **values)
        CeilingFactory(kind=proposal.kind, year=proposal.year)
        BudgetFactory(year=proposal.year)
        RecipientRuleFactory(legal_form=proposal.group.legal_form, grant_form=proposal.grant_form)
        ProposalLine.objects.bulk_create(
            ProposalLine(
                proposal=proposal,
                position=position,
                item=item,
                quantity=quantity,
                unit=unit,
                unit_price=price,
            )
            for position, (item, quantity, unit, price) in enumerate(lines, 1)
        )
        if state != ProposalState.DRAFT:
            Proposal.objects.filter(pk=proposal.pk).update(state=state)
        proposal.refresh_from_db()
        return proposal


class FieldCheckFactory(DjangoModelFactory[FieldCheck]):
    """All points ticked, today."""

    class Meta:
        model = FieldCheck

    proposal = factory.SubFactory(ProposalFactory, state=ProposalState.SUBMITTED)
    visited_on = factory.LazyFunction(timezone.localdate)
    checks = factory.LazyFunction(lambda: dict(ALL_CHECKED))
    members_met = 5
    made_by = factory.SubFactory(UserFactory)


class StepFactory(DjangoModelFactory[Step]):
    """A step that was taken; the database writes the duty of it."""

    class Meta:
        model = Step

    proposal = factory.SubFactory(ProposalFactory)
    move = "submit"
    from_state = "draft"
    to_state = "submitted"
    by = factory.SubFactory(UserFactory)


class DecreeFactory(DjangoModelFactory[Decree]):
    class Meta:
        model = Decree

    number = factory.Sequence(lambda n: f"460/Kep.{n + 218}-Dinsos/2015")
    year = factory.SubFactory(FiscalYearFactory)
    decided_on = factory.LazyFunction(timezone.localdate)
    meeting_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=2))
    signatory_name = "Hasan Basri"
    signatory_title = "Kepala Dinas Sosial"
    created_by = factory.SubFactory(UserFactory)


class GrantFactory(DjangoModelFactory[Grant]):
    """Agreed over the whole proposal, to be paid in two instalments (60 and 40 of 100); nothing is paid yet.

    `state=GrantState.DECIDED` is one without agreement and instalments. Made with the ledger's own entries.
    """

    class Meta:
        model = Grant

    proposal = factory.SubFactory(ProposalFactory, state=ProposalState.RECOMMENDED)
    decree = factory.LazyAttribute(lambda grant: DecreeFactory(year=grant.proposal.year))
    budget = factory.LazyAttribute(lambda grant: BudgetFactory(year=grant.proposal.year))
    state = GrantState.AGREED

    @classmethod
    def _create(cls, model_class: type[Grant], *args: Any, **values: Any) -> Grant:
        proposal, head = values["proposal"], values.pop("decided_by", None) or UserFactory()
        shares = values.pop("shares", (60, 40))
        if values["state"] != GrantState.DECIDED:
            values = {"agreement_number": "012/NPHD/2015", "agreed_on": values["decree"].decided_on} | values
        ProposalLine.objects.filter(proposal=proposal).update(granted=F("quantity") * F("unit_price"))
        grant = super()._create(model_class, *args, **values)
        LedgerEntry.objects.create(
            grant=grant,
            kind=EntryKind.DECISION,
            amount=proposal.amount,
            booked_on=grant.decree.decided_on,
            document=grant.decree.number,
            description=f"Keputusan {grant.decree}",
            made_by=head,
        )
        Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.DECIDED)
        proposal.state = ProposalState.DECIDED
        if grant.state != GrantState.DECIDED:
            rest = proposal.amount
            for number, share in enumerate(shares, 1):
                part = rest if number == len(shares) else proposal.amount * share // 100
                Instalment.objects.create(grant=grant, number=number, amount=part)
                rest -= part
        grant.refresh_from_db()
        return grant


class ReceiptFactory(DjangoModelFactory[Receipt]):
    """A picture of a receipt for the first line, over the whole instalment; the file itself is not there."""

    class Meta:
        model = Receipt

    report = factory.SubFactory("tests.kub.factories.ReportFactory")
    line = factory.LazyAttribute(lambda receipt: receipt.report.grant.proposal.lines.first())
    number = factory.LazyAttribute(lambda receipt: receipt.report.receipts.count() + 1)
    dated_on = factory.LazyFunction(timezone.localdate)
    amount = factory.SelfAttribute("report.instalment.amount")
    file = factory.Sequence(lambda n: f"kub/receipts/uji/{n}.jpg")
    content_type = "image/jpeg"
    size = 1_000
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    uploaded_by = factory.SubFactory(UserFactory)


class ReportFactory(DjangoModelFactory[AccountabilityReport]):
    """The empty report of the first instalment of a grant, which is paid; due in ninety days."""

    class Meta:
        model = AccountabilityReport

    grant = factory.SubFactory(GrantFactory)
    instalment = factory.LazyAttribute(lambda report: report.grant.instalments.get(number=1))
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=90))

    @classmethod
    def _create(
        cls, model_class: type[AccountabilityReport], *args: Any, **values: Any
    ) -> AccountabilityReport:
        grant, instalment = values["grant"], values["instalment"]
        LedgerEntry.objects.create(
            grant=grant,
            kind=EntryKind.PAYMENT,
            amount=instalment.amount,
            instalment=instalment,
            booked_on=timezone.localdate(),
            document="04512/LS/2015",
            description=f"SP2D 04512/LS/2015, termin {instalment.number}",
            made_by=values.pop("paid_by", None) or UserFactory(),
        )
        if grant.state == GrantState.AGREED:
            Grant.objects.filter(pk=grant.pk).update(state=GrantState.PAYING)
        grant.refresh_from_db()
        return super()._create(model_class, *args, **values)


class VisitFactory(DjangoModelFactory[Visit]):
    """Today, all five at work, with a profit."""

    class Meta:
        model = Visit

    group = factory.SubFactory(GroupFactory)
    visited_on = factory.LazyFunction(timezone.localdate)
    active_members = 5
    turnover = 3_000_000
    costs = 2_000_000
    stock = 500_000
    made_by = factory.SubFactory(UserFactory)


def finished_cohort(place: Area | None = None) -> Cohort:
    """The cohort of a course that is over in a kelurahan (Gembor), the same one each time."""
    place = place or area()
    there = Cohort.objects.filter(area=place, state=CohortState.FINISHED).order_by("pk").first()
    if there is not None:
        return there
    free = Programme.objects.exclude(cohorts__area=place).order_by("pk").first()
    programme = free or ProgrammeFactory(year=this_year() - Programme.objects.count())
    cohort: Cohort = CohortFactory(programme=programme, area=place, state=CohortState.FINISHED)
    return cohort


def graduate(cohort: Cohort | None = None, **values: Any) -> Person:
    """A person of a new family who has finished the course of a cohort."""
    enrolment = EnrolmentFactory(cohort=cohort or finished_cohort(), state=EnrolmentState.GRADUATED, **values)
    person: Person = enrolment.person
    return person
