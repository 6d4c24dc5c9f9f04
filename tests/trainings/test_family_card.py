"""The family's page shows what its members have taken part in."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from households.models import Household
from tangerang_poverty.accounts.models import User
from tests.cast import Cast
from tests.factories import JATIUWUNG, HouseholdFactory, PersonFactory, UserFactory, area
from tests.trainings.factories import (
    AttendanceFactory,
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    PastTrainingFactory,
    SessionFactory,
    head_of,
    member,
)
from trainings.lifecycle import EnrolmentState
from trainings.models import Certificate, Enrolment, Graduation, Session

pytestmark = pytest.mark.django_db


def card(user: User, family: Household) -> str:
    """The card as HTML."""
    client = Client()
    client.force_login(user)
    answer = client.get(family.get_absolute_url())
    assert answer.status_code == 200
    _, _, after = answer.content.decode().partition('aria-labelledby="pelatihan"')
    assert after
    return after.partition("</section>")[0]


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def certified(enrolment: Enrolment) -> Certificate:
    graduation = Graduation.objects.create(
        cohort=enrolment.cohort,
        report_number="BA/7/2015",
        decided_on=timezone.localdate(),
        signatory_name="Hasan Basri",
        signatory_title="Kepala Dinas Sosial",
        decided_by=UserFactory(),
    )
    today = timezone.localdate()
    return Certificate.objects.create(
        enrolment=enrolment,
        graduation=graduation,
        programme=enrolment.programme,
        sequence=1,
        number="0001/PEL/2015",
        code="ABCDEFGH2345",
        name=enrolment.person.name,
        course_name="Kue Kering",
        area_name="Gembor",
        year=2015,
        started_on=today,
        ended_on=today,
        session_count=4,
        hours=12,
        issued_on=today,
    )


def test_a_family_that_took_part_in_nothing_says_so(cast: Cast) -> None:
    read = text(card(cast.officer_a, HouseholdFactory()))
    assert "belum terbantu" in read
    assert "Belum ada anggota keluarga ini yang mengikuti pelatihan." in read


def test_a_graduate_stands_with_year_attendance_and_certificate(cast: Cast) -> None:
    enrolment = EnrolmentFactory(cohort__programme__year=2015, state=EnrolmentState.GRADUATED)
    sessions = [SessionFactory(cohort=enrolment.cohort) for _ in range(5)]
    for session in sessions[:3]:
        AttendanceFactory(session=session, enrolment=enrolment)
    Session.objects.filter(pk__in=[session.pk for session in sessions[:4]]).update(
        recorded_at=timezone.now(), recorded_by=cast.staff
    )
    certificate = certified(enrolment)
    html = card(cast.officer_a, enrolment.household)
    read = text(html)
    assert "terbantu sejak 2015" in read
    assert f"Kue Kering 2015 Kelurahan Gembor {enrolment.person} Lulus kursi 1" in read
    assert "3 dari 4 pertemuan (75 %)" in read
    assert certificate.number in read
    assert certificate.get_absolute_url() in html
    assert enrolment.get_absolute_url() in html
    Certificate.objects.update(revoked_at=timezone.now())
    assert certificate.number not in card(cast.officer_a, enrolment.household)


def test_who_waits_stands_with_their_place_in_line(cast: Cast) -> None:
    cohort = CohortFactory(quota=1)
    EnrolmentFactory(cohort=cohort)
    moment = timezone.now()
    for minutes, rank in ((1, 2), (2, 1), (3, 3)):
        waiting = EnrolmentFactory(
            cohort=cohort, state=EnrolmentState.WAITING, registered_at=moment + timedelta(minutes=minutes)
        )
        Household.objects.filter(pk=waiting.household_id).update(rank=rank, rank_group=rank)
    families = [one.household for one in Enrolment.objects.waiting().order_by("registered_at")]
    places = [re.search(r"urutan \d dari 3", text(card(cast.officer_a, family))) for family in families]
    assert [place and place[0] for place in places] == [
        "urutan 2 dari 3",
        "urutan 1 dari 3",
        "urutan 3 dari 3",
    ]


def test_who_left_or_was_refused_stands_with_the_reason(cast: Cast) -> None:
    left = EnrolmentFactory(state=EnrolmentState.WITHDRAWN)
    assert "Mundur bekerja" in text(card(cast.staff, left.household))
    refused = EnrolmentFactory(cohort=left.cohort, state=EnrolmentState.REFUSED)
    assert "Ditolak Data tidak sesuai" in text(card(cast.staff, refused.household))


def test_the_past_stands_below_what_came_later(cast: Cast) -> None:
    enrolment = EnrolmentFactory(cohort__programme__year=2015, state=EnrolmentState.ACCEPTED)
    other = member(enrolment.household, name="Siti Aminah")
    PastTrainingFactory(year=2013, person=other, course=CourseFactory(name="Payet"))
    read = text(card(cast.staff, enrolment.household))
    assert "terbantu sejak 2013" in read
    assert read.index("Kue Kering 2015") < read.index("Payet 2013")
    assert "Payet 2013 Kelurahan Gembor Siti Aminah Lulus dari riwayat" in read


def test_what_a_member_did_elsewhere_before_moving_here_stands_here_too(cast: Cast) -> None:
    enrolment = EnrolmentFactory(cohort__area=area(JATIUWUNG), state=EnrolmentState.GRADUATED)
    home = HouseholdFactory()
    enrolment.person.__class__.objects.filter(pk=enrolment.person_id).update(household=home, relation=3)
    html = card(cast.officer_a, home)
    assert enrolment.person.name in html
    assert "Kelurahan Jatiuwung" in html
    assert enrolment.get_absolute_url() not in html  # the cohort is not in the officer's area
    assert enrolment.get_absolute_url() in card(cast.staff, home)
    assert "belum terbantu" in html  # it helped the family of then


@pytest.mark.parametrize(
    "who",
    ["officer_a", "kecamatan_officer", "staff", "verifier", "head", "treasurer"],
)
def test_everybody_who_sees_the_family_sees_the_card(cast: Cast, who: str) -> None:
    enrolment = EnrolmentFactory()
    html = card(cast.everybody()[who], enrolment.household)
    assert head_of(enrolment.household).name in html
    assert enrolment.get_absolute_url() in html


def test_a_name_stays_text(cast: Cast) -> None:
    family = HouseholdFactory()
    person = PersonFactory(household=family, name="<b>Budi</b>")
    PastTrainingFactory(person=person)
    assert "<b>Budi" not in card(cast.staff, family)
