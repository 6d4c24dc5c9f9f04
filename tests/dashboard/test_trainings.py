"""The trainings on the dashboard: years with numbers that open their rows, what waits, the sheets of the workbook."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tangerang_poverty.accounts.models import User
from tests.cast import Cast
from tests.dashboard.lists import listed
from tests.dashboard.test_views import main, page, text, workbook
from tests.factories import GEMBOR, JATIUWUNG, PERIUK, HouseholdFactory, area
from tests.trainings.factories import (
    AttendanceFactory,
    CohortFactory,
    EnrolmentFactory,
    PastTrainingFactory,
    ProgrammeFactory,
    SessionFactory,
)
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Cohort, Programme, Promotion, Session

pytestmark = pytest.mark.django_db
NUMBER_LINK = re.compile(r'<a class="bk-n" href="(/pelatihan/peserta/\?[^"]+)">([\d.]+)</a>')


@pytest.fixture
def years(cast: Cast) -> Cohort:
    """2014 from a spreadsheet, 2015 held in Gembor, in a city with a list."""
    listed([(1, code, 1, "class", 3) for code in (GEMBOR, JATIUWUNG)])
    PastTrainingFactory.create_batch(3, year=2014, area=area(JATIUWUNG))
    held: Cohort = CohortFactory(programme__year=2015, quota=50)
    for state in (EnrolmentState.GRADUATED, EnrolmentState.ACCEPTED):
        AttendanceFactory(enrolment=EnrolmentFactory(cohort=held, state=state))
    EnrolmentFactory(cohort=held)
    return held


def card(html: str) -> str:
    return html.partition('aria-labelledby="t-pelatihan"')[2].partition("</section>")[0]


def test_each_year_stands_with_its_numbers_and_leads_to_its_places(cast: Cast, years: Cohort) -> None:
    html = card(page(cast.staff))
    read = text(html)
    assert "2014 – – – – 3" in read
    assert "2015 Kue Kering 50 3 2 1 –" in read
    assert "Semua tahun 50 3 2 1 3" in read
    assert f"{reverse('trainings:recap')}?tahun=2015&amp;wilayah=36.71" in html
    drilled = text(card(page(cast.staff, f"/?wilayah={PERIUK}")))
    assert "2015 Kue Kering 50 3 2 1" in drilled
    assert "2014" not in drilled


@pytest.mark.parametrize("who", ["staff", "kecamatan_officer", "officer_a", "treasurer"])
def test_every_number_opens_exactly_that_many_rows(cast: Cast, years: Cohort, who: str) -> None:
    user = cast.everybody()[who]
    links = NUMBER_LINK.findall(card(page(user)))
    assert links
    client = Client()
    client.force_login(user)
    for href, number in links:
        opened = client.get(unescape(href))
        assert opened.context["total"].number == len(opened.context["page"].items) == int(number), href


def test_leadership_reads_the_years_and_opens_no_participant(cast: Cast, years: Cohort) -> None:
    html = card(page(cast.leadership))
    assert "2015 Kue Kering 50 3 2 1" in text(html)
    assert reverse("trainings:participants") not in html
    assert reverse("trainings:recap") in html


def test_without_a_course_the_card_says_so(cast: Cast) -> None:
    listed([(1, GEMBOR, 1, "class", 3)])
    assert "Belum ada pelatihan yang tercatat." in text(card(page(cast.staff)))


def test_the_workbook_holds_years_places_and_coverage(cast: Cast, years: Cohort) -> None:
    sheets = workbook(cast.staff, f"{reverse('dashboard:excel')}?dari=PPLS2011&ke=PPLS2011")
    assert sheets["Pelatihan"][1:] == [
        (2014, None, 0, 0, 0, 0, 3),
        (2015, "Kue Kering", 50, 3, 2, 1, 0),
        ("Jumlah", None, 50, 3, 2, 1, 3),
    ]
    assert sheets["Pelatihan kelurahan"][1:] == [
        (2014, JATIUWUNG, "Cibodas", "Jatiuwung", 0, 0, 0, 0, 3),
        (2015, GEMBOR, "Periuk", "Gembor", 50, 3, 2, 1, 0),
    ]
    assert sheets["Terbantu"][1:] == [("Sangat miskin", 2, 0, 2, 0)]
    own = workbook(cast.officer_b, reverse("dashboard:excel"))
    assert [row[1] for row in own["Pelatihan kelurahan"][1:]] == [JATIUWUNG]


def waiting(user: User) -> str:
    html = main(page(user))
    return html.partition('aria-labelledby="t-menunggu"')[2].partition("</section>")[0]


def test_a_seat_from_the_waiting_list_waits_for_the_officer_until_it_is_ticked_off(cast: Cast) -> None:
    enrolment = EnrolmentFactory()
    note = Promotion.objects.create(enrolment=enrolment, seat=1)
    html = waiting(cast.officer_a)
    assert "Peserta cadangan mendapat kursi" in html
    assert f'href="{enrolment.cohort.get_absolute_url()}"' in html
    for user in (cast.officer_b, cast.staff, cast.leadership):
        assert "Peserta cadangan" not in waiting(user)
    Promotion.objects.filter(pk=note.pk).update(seen_at=timezone.now(), seen_by=cast.officer_a)
    assert "Peserta cadangan" not in waiting(cast.officer_a)


def test_participants_wait_for_who_verifies_them(cast: Cast) -> None:
    cohort = CohortFactory()
    EnrolmentFactory.create_batch(2, cohort=cohort)
    EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
    html = waiting(cast.staff)
    assert "<b>2</b><span>Peserta menunggu diperiksa" in html
    assert reverse("trainings:verify", args=[cohort.pk]) in html
    assert "Peserta menunggu diperiksa" not in waiting(cast.officer_a)

    EnrolmentFactory(cohort=CohortFactory(programme=cohort.programme, area=area(JATIUWUNG)))
    assert f'href="{cohort.programme.get_absolute_url()}"' in waiting(cast.verifier)
    EnrolmentFactory(cohort=CohortFactory(programme=ProgrammeFactory(year=2030)))
    assert f'href="{reverse("trainings:home")}"' in waiting(cast.verifier)
    Programme.objects.update(state=ProgrammeState.CLOSED)
    assert "Peserta menunggu diperiksa" not in waiting(cast.staff)


def test_rows_of_the_past_without_a_family_wait_for_who_brings_them_in(cast: Cast) -> None:
    PastTrainingFactory.create_batch(2)
    PastTrainingFactory(person=HouseholdFactory().people.get())
    html = waiting(cast.staff)
    assert "<b>2</b><span>Lulusan lama belum cocok" in html
    assert reverse("trainings:past_rows") in html
    for user in (cast.verifier, cast.officer_a):
        assert "Lulusan lama" not in waiting(user)


def test_a_session_whose_day_has_come_waits_for_the_officer_of_the_kelurahan(cast: Cast) -> None:
    today = timezone.localdate()
    cohort = CohortFactory(state=CohortState.RUNNING)
    session = SessionFactory(cohort=cohort, held_on=today)
    SessionFactory(cohort=cohort, held_on=today + timedelta(days=7))
    html = waiting(cast.officer_a)
    assert "<b>1</b><span>Pertemuan belum dicatat kehadirannya" in html
    assert "Pertemuan hari ini." in html
    assert "is-late" not in html
    assert reverse("trainings:attendance", args=[cohort.pk]) in html
    for user in (cast.officer_b, cast.staff):
        assert "Pertemuan belum dicatat" not in waiting(user)

    SessionFactory(cohort=cohort, held_on=today - timedelta(days=7))
    html = waiting(cast.officer_a)
    assert "<b>2</b>" in html
    assert "is-late" in html
    Session.objects.filter(pk=session.pk).update(recorded_at=timezone.now(), recorded_by=cast.officer_a)
    assert "<b>1</b>" in waiting(cast.officer_a)
    Cohort.objects.update(state=CohortState.FINISHED)
    assert "Pertemuan belum dicatat" not in waiting(cast.officer_a)
