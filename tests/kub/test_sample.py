"""The groups of the sample city: something in every state, with visits, late reports and flags, and true books."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from households.models import Household, Person
from kub import sample
from kub.flags import Code
from kub.lifecycle import GrantState, GroupState, ProposalState, ReportState, Stage
from kub.models import (
    AccountabilityReport,
    FiscalYear,
    Grant,
    Group,
    LedgerEntry,
    Membership,
    Proposal,
    Step,
    Visit,
)
from kub.reports.flags import flagged
from kub.sample.build import plans
from kub.sample.stories import THIS_YEAR
from tests.cast import make_cast
from tests.factories import GEMBOR, JATIUWUNG, HouseholdFactory, area
from tests.kub.factories import GroupFactory
from tests.trainings.factories import (
    CohortFactory,
    CourseFactory,
    GraduationFactory,
    PastImportFactory,
    PastTrainingFactory,
    ProgrammeFactory,
)
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Cohort, Enrolment

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


@pytest.fixture
def cast(settings: Any, tmp_path: Any) -> Any:
    """The people of the sample; what it draws lands in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path
    cast = make_cast()
    for user in cast.everybody().values():
        user.is_sample = True
        user.save()
    return cast


def graduates(number: int, course: str, decided_on: date, code: str = GEMBOR) -> Cohort:
    """A cohort of so many families whose result was decided on a day."""
    programme = ProgrammeFactory(year=decided_on.year, course=CourseFactory(name=course))
    cohort: Cohort = CohortFactory(
        programme=programme, area=area(code), quota=number, seats_taken=number, state=CohortState.FINISHED
    )
    GraduationFactory(cohort=cohort, decided_on=decided_on)
    first = HouseholdFactory(area=area(code))
    households = Household.objects.bulk_create(
        Household(area=first.area, rt="001", rw="002", rank_scale="class") for _ in range(number)
    )
    people = Person.objects.bulk_create(
        Person(
            household=household,
            name=f"Warga {household.pk}",
            name_key=f"warga {household.pk}",
            sex="P",
            relation=1,
        )
        for household in households
    )
    Enrolment.objects.bulk_create(
        Enrolment(
            cohort=cohort,
            programme=programme,
            household=person.household,
            person=person,
            family_number=person.family_number,
            seat=seat,
            state=EnrolmentState.GRADUATED,
            registered_at=timezone.now(),
            registered_by=cohort.graduations.get().decided_by,
            decided_at=timezone.now(),
            decided_by=cohort.graduations.get().decided_by,
        )
        for seat, person in enumerate(people, 1)
    )
    return cohort


@pytest.fixture
def city(cast: Any) -> Any:
    """Graduates of last year and of today in two kecamatan, and some of two years ago from a spreadsheet."""
    graduates(290, "Kue Kering", date(YEAR - 1, 8, 3))
    graduates(40, "Pijat Refleksi", timezone.localdate(), JATIUWUNG)
    kept = PastImportFactory()
    for _ in range(30):
        person = HouseholdFactory(area=area(JATIUWUNG)).people.get()
        PastTrainingFactory(
            past_import=kept,
            course=CourseFactory(name="Tata Rias"),
            person=person,
            year=YEAR - 3,
            area=area(JATIUWUNG),
        )
    return cast


def test_there_is_something_in_every_state_and_the_books_balance(city: Any) -> None:
    sample.build(1)
    assert set(Group.objects.values_list("state", flat=True)) == set(GroupState.values)
    assert set(Group.objects.values_list("stage", flat=True)) >= {Stage.GROWING, Stage.DEVELOPING}
    assert set(Proposal.objects.values_list("state", flat=True)) == set(ProposalState.values)
    assert set(Grant.objects.values_list("state", flat=True)) == set(GrantState.values)
    assert set(AccountabilityReport.objects.values_list("state", flat=True)) == set(ReportState.values)
    today = timezone.localdate()
    late = AccountabilityReport.objects.filter(state=ReportState.DRAFT, due_on__lt=today)
    assert late.exists()
    found = {flag.code for one in flagged(Group.objects.all(), today=today) for flag in one.flags}
    assert found >= {
        Code.NO_VISIT,
        Code.NO_SALES,
        Code.FEW_MEMBERS,
        Code.OFFICE_VACANT,
        Code.REPORT_LATE,
        Code.YOUNG_GROUP,
        Code.UNREADABLE,
    }
    assert Visit.objects.exclude(photo="").exists()
    assert LedgerEntry.objects.filter(reverses__isnull=False).exists()
    call_command("check_ledger", stdout=StringIO())
    assert FiscalYear.objects.get(year=YEAR - 2).is_closed
    assert not FiscalYear.objects.get(year=YEAR).is_closed

    before = (Group.objects.count(), Proposal.objects.count())
    sample.build(1)
    assert (Group.objects.count(), Proposal.objects.count()) == before


def test_what_happened_is_dated_on_the_day_it_happened(city: Any) -> None:
    sample.build(1)
    for grant in Grant.objects.select_related("decree", "proposal"):
        days = [timezone.localdate(at) for at in grant.proposal.steps.values_list("at", flat=True)]
        assert days == sorted(days)
        decided = grant.proposal.steps.get(move="decide")
        assert timezone.localdate(decided.at) == grant.decree.decided_on
        entries = [(entry.booked_on, timezone.localdate(entry.made_at)) for entry in grant.entries.all()]
        assert all(booked == made for booked, made in entries)
    assert not Step.objects.filter(at__gt=timezone.now()).exists()
    joined = Membership.objects.filter(left_on=None).exclude(joined_on__lte=timezone.localdate())
    assert not joined.exists()


def test_nobody_has_two_duties_in_it(city: Any) -> None:
    sample.build(1)
    for proposal in Proposal.objects.prefetch_related("duties"):
        who = [duty.user_id for duty in proposal.duties.all()]
        assert len(who) == len(set(who))


def test_in_a_city_without_graduates_there_is_no_group(cast: Any) -> None:
    sample.build(1)
    assert not Group.objects.exists()


def test_without_the_people_of_the_sample_nothing_is_built(db: None) -> None:
    graduates(10, "Kue Kering", date(YEAR - 1, 8, 3))
    sample.build(1)
    assert not Group.objects.exists()


@pytest.mark.parametrize("today", [date(YEAR, 1, 5), date(YEAR, 4, 30), date(YEAR, 12, 31)])
def test_no_day_of_the_year_asks_for_money_of_another_year(cast: Any, today: date) -> None:
    """Whenever a trial is started: a story that would cross the year waits instead."""
    groups = [
        GroupFactory(members=0, formed_on=formed)
        for formed in (date(today.year - 3, 1, 20), date(today.year - 1, 9, 20), today - timedelta(days=2))
        for _ in range(len(THIS_YEAR))
    ]
    runs = plans(groups, today)
    assert runs
    for run in runs:
        assert run.begun <= today
        assert run.fiscal_year(today) <= today.year
        assert run.begun >= (run.group.formed_on or today)
