"""What people do all day, in a real browser; every page on the way is checked for accessibility and width."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.management import call_command
from django.db import connection, transaction

from households.imports import actions
from households.models import Household, ImportBatch, StagedPerson, Wave
from households.sample import generate
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.factories import GEMBOR, HouseholdFactory, PersonFactory, WaveFactory, area
from tests.trainings.factories import EnrolmentFactory
from trainings.lifecycle import EnrolmentState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def family(cast: Any) -> Household:
    """A family of Gembor with a head and a child."""
    household = HouseholdFactory(
        area=area(GEMBOR), rt="004", rw="011", head__name="Rohmat Hidayat", head__nik="9971014107800001"
    )
    PersonFactory(household=household, name="Fitri Rohmawati", relation=3, nik=None)
    return household


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_an_officer_finds_a_family_by_a_members_name(
    visitor: Visit, cast: Any, family: Household, screen: tuple[int, int]
) -> None:
    officer = visitor(cast.officer_a, screen=screen)
    officer.open("/keluarga/")
    officer.page.get_by_label("Cari keluarga").fill("fitri rohma")
    officer.page.get_by_role("button", name="Cari").click()
    officer.page.get_by_role("link", name="Rohmat Hidayat").click()
    officer.page.get_by_role("heading", level=1, name="Keluarga Rohmat Hidayat").wait_for()
    assert "9971********0001" in officer.page.content()
    officer.check()


def test_an_officer_corrects_a_birth_date_and_the_history_shows_it(
    visitor: Visit, cast: Any, family: Household
) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open(f"/keluarga/{family.pk}/")
    officer.page.get_by_role("link", name="Fitri Rohmawati", exact=True).click()
    officer.check()
    officer.page.get_by_label("Tanggal lahir").fill("05-07-1989")
    officer.page.get_by_label(re.compile("Alasan")).fill("Menurut Kartu Keluarga")
    officer.page.get_by_role("button", name="Simpan").click()
    officer.page.get_by_role("heading", level=1, name="Keluarga Rohmat Hidayat").wait_for()
    assert "5 Juli 1989" in officer.page.content()
    officer.page.get_by_role("link", name=re.compile("Semua perubahan")).click()
    officer.page.get_by_text("Menurut Kartu Keluarga").wait_for()
    officer.check()


def test_a_nik_is_shown_only_after_a_reason(visitor: Visit, cast: Any, family: Household) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open(f"/keluarga/{family.pk}/")
    assert "9971014107800001" not in officer.page.content()
    officer.page.get_by_role("link", name=re.compile("Lihat NIK.* Rohmat")).click()
    officer.page.get_by_label(re.compile("Alasan|Keperluan")).first.wait_for()
    officer.check()


def test_staff_drill_from_the_dashboard_to_a_family(visitor: Visit, cast: Any, applied: ImportBatch) -> None:
    staff = visitor(cast.staff)
    staff.open("/")
    tile = staff.page.locator(".bk-map a", has_text="Gembor").first
    tile.click()
    staff.page.locator("main table tbody a").first.wait_for()
    staff.check()
    staff.open("/keluarga/?gelombang=PPLS2008")
    staff.page.locator("main table tbody a").first.click()
    staff.page.get_by_role("heading", level=1, name=re.compile("^Keluarga ")).wait_for()
    staff.check()


def test_the_dashboard_is_printed_on_one_sheet_and_every_sheet_names_the_office_and_the_day(
    visitor: Visit, cast: Any, applied: ImportBatch
) -> None:
    staff = visitor(cast.staff)
    household = Household.objects.first()
    assert household
    for path, sheets in (("/", 1), ("/?wilayah=36.71.07", 1), (f"/keluarga/{household.pk}/", None)):
        staff.open(path)
        printed = staff.page.pdf(prefer_css_page_size=True)
        assert sheets is None or len(re.findall(rb"/Type\s*/Page\b", printed)) == sheets, path
        staff.page.emulate_media(media="print")
        assert staff.page.get_by_text("Dinas Sosial Kota Tangerang").is_visible()
        assert staff.page.get_by_text(re.compile(r"^Keadaan \d+ \w+ \d{4} pukul")).is_visible()
        for word in ("Semua perubahan", "Isian lain", "Yang menunggu Anda", "meminta alasan"):
            assert not staff.page.get_by_text(re.compile(word)).first.is_visible(), word
        staff.page.emulate_media(media="null")
    EnrolmentFactory(state=EnrolmentState.GRADUATED, cohort__programme__wave=applied.wave)
    staff.open("/")  # the trainings stand on a sheet of their own, where there are some
    printed = staff.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_signing_out_is_one_press(visitor: Visit, cast: Any, screen: tuple[int, int]) -> None:
    officer = visitor(cast.officer_a, screen=screen)
    officer.open("/keluarga/")
    if screen == PHONE:
        officer.page.get_by_label("Menu", exact=True).click()
        officer.check()
    officer.page.get_by_role("button", name="Keluar").click()
    officer.page.get_by_role("heading", level=1, name="Masuk").wait_for()


@pytest.fixture
def applied(cast: Any, tmp_path: Path) -> ImportBatch:
    """A small wave, imported and applied without the browser."""
    call_command("load_areas", stdout=StringIO())
    made = generate(tmp_path, households=300, seed=3, noise=0)
    wave = Wave.objects.filter(code="PPLS2008").first() or WaveFactory(code="PPLS2008")
    with made.first.open("rb") as file:
        batch = actions.upload_batch(wave=wave, files=[File(file, name=made.first.name)], by=cast.staff)
    batch.refresh_from_db()
    actions.submit_batch(batch, by=cast.staff)
    actions.request_apply(batch, by=cast.second_staff)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED
    return batch


def test_a_wave_is_imported_with_its_progress_bar_and_applied_by_a_second_person(
    visitor: Visit, cast: Any, start_worker: Callable[[], None], tmp_path: Path
) -> None:
    call_command("load_areas", stdout=StringIO())
    WaveFactory(code="PPLS2008", name="PPLS 2008")
    made = generate(tmp_path, households=1500, seed=5, noise=1)
    staff = visitor(cast.staff)
    staff.open("/gelombang/impor/")
    staff.page.get_by_label("Gelombang").select_option(label="PPLS 2008")
    staff.page.locator("[name=sources]").set_input_files(str(made.first))
    staff.page.get_by_role("button", name="Unggah dan periksa").click()
    staff.page.get_by_text("Menunggu giliran").wait_for()
    staff.check()
    with transaction.atomic(), connection.cursor() as cursor:
        # The worker stands still until it has been seen at work.
        cursor.execute(f"LOCK TABLE {StagedPerson._meta.db_table}")
        start_worker()
        staff.page.get_by_role("progressbar", name="Kemajuan pekerjaan").wait_for()
        staff.check()
    staff.page.get_by_role("heading", name="Hasil pemeriksaan").wait_for(timeout=60_000)
    staff.check()
    staff.page.get_by_role("button", name="Ajukan untuk diterapkan").click()
    staff.page.get_by_text("Menunggu diterapkan").first.wait_for()
    staff.page.get_by_text("oleh orang lain").first.wait_for()
    staff.check()

    second = visitor(cast.second_staff)
    second.page.goto(staff.page.url)
    second.page.get_by_role("button", name="Terapkan").click()
    second.page.get_by_text("Sudah tercatat di registri").wait_for(timeout=60_000)
    second.check()
    assert Household.objects.count() == 1500
    second.open("/")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_the_menu_is_accessible(
    visitor: Visit, cast: Any, applied: ImportBatch, screen: tuple[int, int]
) -> None:
    staff = visitor(cast.staff, screen=screen)
    household = Household.objects.first()
    assert household
    for path in (
        "/",
        "/keluarga/",
        f"/keluarga/{household.pk}/",
        f"/keluarga/{household.pk}/koreksi/",
        f"/keluarga/{household.pk}/status/",
        f"/keluarga/{household.pk}/riwayat/",
        "/keluarga/mutu/",
        "/gelombang/",
        "/gelombang/PPLS2008/",
        "/gelombang/impor/",
        f"/gelombang/impor/{applied.pk}/",
        f"/gelombang/impor/{applied.pk}/baris/",
        "/akun/profil/",
        "/bantuan/",
    ):
        staff.open(path)
