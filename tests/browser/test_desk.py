"""The officer's desk in a real browser at 360 px: to the last seat, the waiting list, a withdrawal, a lost line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.browser.conftest import PHONE, Visitor
from tests.trainings.factories import CohortFactory, EnrolmentFactory, listed_family
from trainings.lifecycle import EnrolmentState
from trainings.models import Cohort, Enrolment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def cohort(cast: Any) -> Cohort:
    """Two seats in Gembor and three families that want them."""
    cohort = CohortFactory(quota=2)
    for name, rank in (("Siti Suryani", 1), ("Yani Lestari", 2), ("Wati Termiskin", 1)):
        listed_family(cohort, name=name, rank=rank, rank_group=rank)
    return cohort


@pytest.fixture
def officer(visitor: Visit, cast: Any, cohort: Cohort) -> Visitor:
    """The officer of Gembor at the desk, on a phone."""
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open("/pelatihan/")
    officer.page.get_by_role("link", name="Daftarkan peserta").click()
    officer.page.get_by_role("heading", level=1, name="Daftarkan peserta").wait_for()
    officer.check()
    return officer


def register(officer: Visitor, name: str, button: str = "Daftarkan") -> None:
    """The two presses: search, register."""
    officer.page.get_by_role("searchbox").fill(name)
    officer.page.get_by_role("button", name="Cari", exact=True).click()
    officer.page.get_by_text("1 keluarga cocok").wait_for()
    officer.page.get_by_role("button", name=re.compile(f"^{button} {name}")).click()


def test_to_the_last_seat_then_the_waiting_list_then_a_withdrawal_hands_the_seat_on(
    officer: Visitor, cohort: Cohort
) -> None:
    register(officer, "Siti Suryani")
    officer.page.get_by_text("terdaftar, kursi 1.").wait_for()
    register(officer, "Yani Lestari")
    officer.page.get_by_text("terdaftar, kursi 2.").wait_for()
    assert officer.page.get_by_text("0dari 2 kursi tersisa").is_visible()
    register(officer, "Wati Termiskin", button="Masukkan")
    officer.page.get_by_text("masuk daftar cadangan; kursi sudah penuh").wait_for()
    officer.check()
    officer.page.get_by_role("link", name="Cadangan").click()
    officer.page.get_by_text("Urutan 1 dari 1: sangat miskin").wait_for()
    officer.check()
    officer.page.get_by_role("link", name="Yani Lestari").click()
    officer.page.get_by_role("link", name="Catat mundur").click()
    officer.check()
    officer.page.get_by_label("Alasan").select_option(label="Bekerja")
    officer.page.get_by_role("button", name="Catat mundur").click()
    officer.page.get_by_text("Kursi 2 kini untuk Wati Termiskin").wait_for()
    officer.check()
    officer.page.get_by_role("button", name="Sudah diberi tahu").click()
    officer.page.get_by_role("button", name="Sudah diberi tahu").wait_for(state="detached")
    seats = Enrolment.objects.filter(seat__isnull=False).order_by("seat").values_list("person__name", "seat")
    assert list(seats) == [("Siti Suryani", 1), ("Wati Termiskin", 2)]


def test_a_registration_survives_a_lost_line_and_is_sent_once(officer: Visitor, cohort: Cohort) -> None:
    page = officer.page
    page.get_by_role("searchbox").fill("Siti Suryani")
    page.get_by_role("button", name="Cari", exact=True).click()
    button = page.get_by_role("button", name="Daftarkan Siti Suryani")
    button.wait_for()
    page.context.set_offline(True)
    button.click()
    page.get_by_text(re.compile("Belum terkirim, sinyal hilang: Siti Suryani")).wait_for()
    assert not Enrolment.objects.exists()
    officer.went_wrong.clear()  # the browser itself reports the lost line
    page.context.set_offline(False)
    page.get_by_text("terdaftar, kursi 1.").wait_for()
    page.reload()
    page.get_by_text("Semua tersimpan").wait_for()
    assert Enrolment.objects.count() == 1
    officer.check()


def test_a_registration_kept_on_the_phone_is_sent_when_the_page_is_opened_again(
    officer: Visitor, cohort: Cohort
) -> None:
    page = officer.page
    page.get_by_role("searchbox").fill("Siti Suryani")
    page.get_by_role("button", name="Cari", exact=True).click()
    button = page.get_by_role("button", name="Daftarkan Siti Suryani")
    button.wait_for()
    page.route("**/daftar/", lambda route: route.abort())
    button.click()
    page.get_by_text(re.compile("Belum terkirim")).wait_for()
    page.unroute("**/daftar/")
    officer.went_wrong.clear()
    page.goto(officer.address + reverse("trainings:desk", args=[cohort.pk]))
    page.get_by_text("terdaftar, kursi 1.").wait_for()
    assert Enrolment.objects.get().seat == 1


def test_a_double_tap_registers_once(officer: Visitor, cohort: Cohort) -> None:
    officer.page.get_by_role("searchbox").fill("Siti Suryani")
    officer.page.get_by_role("button", name="Cari", exact=True).click()
    officer.page.get_by_role("button", name="Daftarkan Siti Suryani").dblclick()
    officer.page.get_by_text("terdaftar, kursi 1.").wait_for()
    assert Enrolment.objects.count() == 1
    assert not officer.went_wrong


def test_the_desk_works_without_its_script(visitor: Visit, cast: Any, cohort: Cohort) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.page.route("**/desk*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    officer.open(reverse("trainings:desk", args=[cohort.pk]))
    register(officer, "Siti Suryani")
    officer.page.get_by_text("Siti Suryani terdaftar, kursi 1.").wait_for()
    officer.check()


def test_every_reason_is_on_the_page_for_who_may_not(officer: Visitor, cohort: Cohort) -> None:
    taken = EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
    register_page = officer.page
    register_page.get_by_role("searchbox").fill(taken.person.name)
    register_page.get_by_role("button", name="Cari", exact=True).click()
    register_page.get_by_text("Sudah terdaftar: daftar cadangan.").wait_for()
    officer.check()


def test_staff_verify_several_at_once(visitor: Visit, cast: Any, cohort: Cohort) -> None:
    for _ in range(2):
        EnrolmentFactory(cohort=cohort)
    staff = visitor(cast.staff)
    staff.open(reverse("trainings:verify", args=[cohort.pk]))
    staff.page.get_by_role("button", name="Pilih semua tanpa masalah").click()
    staff.page.get_by_text("2 dipilih").wait_for()
    staff.page.get_by_role("button", name="Terima yang dipilih").click()
    staff.page.get_by_text("2 peserta diterima.").wait_for()
    staff.check()
    staff.open(cohort.get_absolute_url())
    staff.open(cohort.programme.get_absolute_url())
    staff.open(reverse("trainings:programme_quotas", args=[cohort.programme_id]))
    staff.open(reverse("trainings:programme_new"))


@pytest.mark.parametrize("screen", [PHONE, (1280, 900)], ids=["phone", "desk"])
def test_an_address_of_another_kelurahan_is_not_found(
    visitor: Visit, cast: Any, cohort: Cohort, screen: tuple[int, int]
) -> None:
    stranger = visitor(cast.officer_b, screen=screen)
    answer = stranger.page.goto(stranger.address + reverse("trainings:desk", args=[cohort.pk]))
    assert answer is not None
    assert answer.status == 404
