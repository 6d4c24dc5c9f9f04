"""From the training to a business that lasts: who is counted at each step, and the list behind each number."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from households.models import Person
from kub.lifecycle import GroupState
from kub.models import Grant, Group, LedgerEntry, Membership
from kub.reports.funnel import STEPS, Asked, funnel, people
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.models import AccessLog
from tests.cast import Cast
from tests.factories import CITY, GEMBOR, JATIUWUNG, HouseholdFactory, area, area_tree
from tests.kub.factories import (
    GroupFactory,
    MembershipFactory,
    ProposalFactory,
    VisitFactory,
    finished_cohort,
    graduate,
    this_year,
)
from tests.kub.money import accounted, complete, paid
from tests.trainings.factories import EnrolmentFactory, PastTrainingFactory
from trainings.lifecycle import EnrolmentState

pytestmark = pytest.mark.django_db
PEOPLE = reverse("kub:people")


def counted(code: str = CITY, **asked: int) -> list[int]:
    return [step.people for step in funnel(area(code), **asked)]


def funded(group: Group, **values: object) -> Grant:
    return complete(proposal=ProposalFactory(group=group, state="recommended"), **values)


@pytest.fixture
def trained() -> Group:
    """In Gembor: one who waits, one who sat and never came, one who came, one who passed, and a group of five."""
    area_tree()
    cohort = finished_cohort()
    EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
    EnrolmentFactory(cohort=cohort, state=EnrolmentState.FAILED)
    came = EnrolmentFactory(cohort=cohort, state=EnrolmentState.FAILED)
    type(came).objects.filter(pk=came.pk).update(sessions_attended=4)
    graduate(cohort)
    group: Group = GroupFactory(name="Melati Rasa")
    return group


def test_each_step_holds_who_came_that_far(trained: Group) -> None:
    assert counted() == [8, 7, 6, 5, 0, 0, 0]
    grant = ProposalFactory(group=trained, state="recommended")
    report = paid(proposal=grant)
    assert counted() == [8, 7, 6, 5, 5, 0, 0]
    accounted(report)
    accounted(paid(2, grant=report.grant))
    assert counted() == [8, 7, 6, 5, 5, 5, 0]
    VisitFactory(group=trained, visited_on=timezone.localdate() - timedelta(days=9))
    assert counted() == [8, 7, 6, 5, 5, 5, 5]
    VisitFactory(group=trained, turnover=0)
    assert counted() == [8, 7, 6, 5, 5, 5, 0]


def test_who_left_before_the_agreement_was_not_funded_and_who_left_since_is_not_active(
    trained: Group,
) -> None:
    funded(trained)
    VisitFactory(group=trained)
    before, since = trained.memberships.all()[:2]
    agreed = Grant.objects.get().agreed_on
    assert agreed is not None
    leave = {"leave_reason": Membership.LeaveReason.MOVED}
    Membership.objects.filter(pk=before.pk).update(left_on=agreed - timedelta(days=1), **leave)
    Membership.objects.filter(pk=since.pk).update(left_on=agreed, **leave)
    assert counted()[3:] == [5, 4, 4, 3]


def test_nobody_is_active_in_a_group_that_is_dissolved(trained: Group) -> None:
    funded(trained)
    VisitFactory(group=trained)
    Group.objects.update(
        state=GroupState.DISSOLVED, dissolved_on=timezone.localdate(), dissolve_reason="Anggota pindah"
    )
    assert counted()[3:] == [5, 5, 5, 0]


def test_money_that_was_paid_back_funds_nobody(trained: Group) -> None:
    report = paid(proposal=ProposalFactory(group=trained, state="recommended"))
    LedgerEntry.objects.create(
        grant=report.grant,
        kind="refund",
        amount=report.instalment.amount,
        booked_on=timezone.localdate(),
        description="Disetor kembali",
        made_by=trained.created_by,
    )
    assert counted()[4] == 0


def test_a_second_grant_that_is_not_accounted_for_does_not_make_up_for_the_first(trained: Group) -> None:
    """The grant somebody was a member for is not the one whose report is complete."""
    first = funded(trained)
    late = MembershipFactory(group=trained, joined_on=timezone.localdate())
    Grant.objects.filter(pk=first.pk).update(agreed_on=timezone.localdate() - timedelta(days=100))
    gone = trained.memberships.first()
    assert gone is not None
    Membership.objects.filter(pk=gone.pk).update(
        left_on=timezone.localdate() - timedelta(days=120), leave_reason="moved"
    )
    assert late.person in people(Asked(area(CITY), step="lpj"))
    assert gone.person not in people(Asked(area(CITY), step="didanai"))


def test_the_past_counts_once_it_is_matched_and_a_person_counts_once(trained: Group) -> None:
    PastTrainingFactory(year=2014)
    PastTrainingFactory(year=2014, person=HouseholdFactory().people.get())
    member = trained.memberships.first()
    assert member is not None
    PastTrainingFactory(year=2013, person=member.person)
    assert counted()[:4] == [9, 8, 7, 5]
    assert counted(year=2014)[:4] == [1, 1, 1, 0]
    assert counted(year=2013)[:4] == [1, 1, 1, 1]
    assert counted(year=this_year())[:4] == [8, 7, 6, 5]


def test_people_count_where_they_were_trained(trained: Group) -> None:
    assert counted(JATIUWUNG) == [0] * 7
    assert counted(GEMBOR)[0] == 8


def page(user: User, url: str = PEOPLE, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("step", STEPS)
def test_the_list_of_a_step_holds_exactly_its_people(cast: Cast, trained: Group, step: str) -> None:
    funded(trained)
    VisitFactory(group=trained)
    number = {one.word: one.people for one in funnel(area(CITY))}[step]
    client = Client()
    client.force_login(cast.staff)
    answer = client.get(PEOPLE, {"langkah": step})
    assert answer.context["total"] == len(answer.context["page"].items) == number > 0
    assert f"{number} orang" in text(answer.content.decode())


def test_who_stopped_at_a_step_can_be_listed(cast: Cast, trained: Group) -> None:
    lone = Person.objects.exclude(pk__in=Membership.objects.values("person")).filter(
        pk__in=people(Asked(area(CITY), step="lulus"))
    )
    html = page(cast.staff, f"{PEOPLE}?langkah=lulus&berhenti=on")
    assert "1 orang" in text(html)
    assert str(lone.get()) in html


def test_a_line_names_training_and_group_and_opens_them_inside_the_area_alone(
    cast: Cast, trained: Group
) -> None:
    html = page(cast.officer_a, f"{PEOPLE}?langkah=kub")
    assert f'href="{trained.get_absolute_url()}"' in html
    assert (
        reverse(
            "trainings:enrolment", args=[trained.memberships.get(role="chair").person.enrolments.get().pk]
        )
        in html
    )
    assert "0 orang" in text(page(cast.officer_b, f"{PEOPLE}?langkah=kub"))


def test_an_unknown_step_or_a_foreign_area_is_not_found(cast: Cast, trained: Group) -> None:
    page(cast.staff, f"{PEOPLE}?langkah=sukses", 404)
    page(cast.officer_a, f"{PEOPLE}?wilayah={JATIUWUNG}", 404)


def test_a_nik_is_not_searched_for_by_address(cast: Cast, trained: Group) -> None:
    client = Client()
    client.force_login(cast.staff)
    answer = client.get(PEOPLE, {"cari": "9971014107800001", "langkah": "kub"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{PEOPLE}?langkah=kub"


def test_the_list_is_a_workbook_without_nik_and_is_logged(cast: Cast, trained: Group) -> None:
    client = Client()
    client.force_login(cast.staff)
    answer = client.post(f"{reverse('kub:people_export')}?langkah=kub")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]  # type: ignore[arg-type,attr-defined]
    rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    header = next(at for at, row in enumerate(rows) if row[0] == "Nama")
    assert len(rows[header + 1 :]) == 5
    assert {row[5] for row in rows[header + 1 :]} == {"Melati Rasa"}
    niks = set(Person.objects.values_list("nik", flat=True))
    assert not niks & {cell for row in rows for cell in row}
    assert AccessLog.objects.filter(by=cast.staff).exists()
