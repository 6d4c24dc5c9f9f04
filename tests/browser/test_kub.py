"""From graduates to a business group, and from its proposal to the last report, in a real browser by five people."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image, ImageDraw

from kub.checklists import FIELD_CHECKS
from kub.lifecycle import GrantState, GroupState
from kub.models import Grant, Group, TemplateLine
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.kub.factories import (
    BudgetFactory,
    BusinessKindFactory,
    CeilingFactory,
    GroupFactory,
    RecipientRuleFactory,
    graduate,
    this_year,
)
from tests.trainings.factories import CohortFactory, CourseFactory
from trainings.lifecycle import CohortState, ProgrammeState
from trainings.models import Cohort

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
NAME = "Melati Rasa"


@pytest.fixture
def cohort(cast: Any) -> Cohort:
    """Six graduates of a course in Gembor, and what the office has laid down for the year."""
    kind = BusinessKindFactory()
    TemplateLine.objects.create(kind=kind, item="Oven gas", quantity=2, unit="unit", unit_price=5_000_000)
    CeilingFactory(kind=kind)
    BudgetFactory()
    RecipientRuleFactory()
    cohort: Cohort = CohortFactory(
        state=CohortState.FINISHED,
        quota=10,
        programme__state=ProgrammeState.CLOSED,
        programme__course=CourseFactory(name="Kue Kering"),
    )
    for _ in range(6):
        graduate(cohort)
    return cohort


@pytest.fixture
def receipts(tmp_path: Path) -> list[str]:
    """Photos of two receipts."""
    made = []
    for number in (1, 2):
        image = Image.new("RGB", (600, 800), "white")
        ImageDraw.Draw(image).text((40, 40), f"KUITANSI {number}", fill="black")
        image.save(tmp_path / f"kuitansi-{number}.jpg")
        made.append(str(tmp_path / f"kuitansi-{number}.jpg"))
    return made


def press(somebody: Visitor, name: str) -> None:
    """The button of a form, by its words."""
    somebody.page.get_by_role("button", name=name, exact=True).click()


def goto(somebody: Visitor, label: str) -> None:
    """What the page offers as the next step."""
    somebody.page.locator("main .bk-head").get_by_role("link", name=label).click()
    somebody.check()


def said(somebody: Visitor, words: str) -> None:
    """What the page answers."""
    somebody.page.get_by_text(words).first.wait_for()
    somebody.check()


def form_group(staff: Visitor, cohort: Cohort) -> Group:
    """From the cohort's page: five of the graduates, three of them with an office; then confirmed."""
    staff.open(cohort.get_absolute_url())
    staff.page.get_by_role("link", name="Bentuk KUB").first.click()
    staff.check()
    page = staff.page
    page.get_by_label(re.compile(r"^\s*Nama KUB")).fill(NAME)
    page.get_by_label(re.compile(r"^\s*Tanggal rapat")).fill(f"{this_year()}-01-02")
    page.get_by_label(re.compile(r"^\s*Nomor berita acara")).fill("001/BA-KUB")
    choices = page.locator(".bk-founders select")
    for at, role in enumerate(("Ketua", "Sekretaris", "Bendahara", "Anggota", "Anggota", "Tidak ikut")):
        choices.nth(at).select_option(label=role)
    press(staff, "Bentuk KUB")
    said(staff, f"KUB {NAME} dicatat dengan 5 anggota.")
    press(staff, "Sahkan pembentukan")
    said(staff, f"Pembentukan KUB {NAME} disahkan.")
    page.get_by_role("link", name="Ubah").click()
    page.get_by_label(re.compile(r"^\s*Bentuk kelompok")).select_option(
        label="Terdaftar (SKT atau pengesahan dinas)"
    )
    page.get_by_label(re.compile(r"^\s*Bank")).fill("Bank BJB")
    page.get_by_label(re.compile(r"^\s*Nomor rekening")).fill("0041234567")
    page.get_by_label(re.compile(r"^\s*Atas nama")).fill("KUB Melati Rasa")
    staff.check()
    page.locator("main form button.btn-primary").click()
    said(staff, "Perubahan KUB tersimpan.")
    return Group.objects.get()


def propose(officer: Visitor, group: Group) -> str:
    """The draft with the lines its kind begins with, handed in; gives the address of the page of it all."""
    officer.open(group.get_absolute_url())
    officer.page.get_by_role("link", name="Susun usulan").click()
    officer.check()
    officer.page.get_by_label(re.compile(r"^\s*Tahun anggaran")).select_option(label=str(this_year()))
    officer.page.get_by_label(re.compile(r"^\s*Untuk apa")).fill("Oven dan cetakan")
    press(officer, "Simpan dan susun RAB")
    officer.page.get_by_role("heading", level=1, name="Rencana anggaran biaya").wait_for()
    officer.check()
    press(officer, "Simpan RAB")
    said(officer, "RAB tersimpan.")
    goto(officer, "Ajukan")
    officer.page.locator("main form button.btn-primary").click()
    said(officer, "diajukan.")
    return officer.page.url.removeprefix(officer.address)


def verify(verifier: Visitor, address: str) -> None:
    verifier.open(address)
    goto(verifier, "Verifikasi")
    for point in FIELD_CHECKS:
        verifier.page.get_by_label(re.compile(rf"^\s*{re.escape(point.label)}")).check()
    verifier.page.get_by_label(re.compile(r"^\s*Anggota yang ditemui")).fill("5")
    verifier.page.locator("main form button.btn-primary").click()
    said(verifier, "diverifikasi.")


def decide(head: Visitor, group: Group) -> None:
    """The decree of the meeting, its decisions in one table, and the agreement with two instalments."""
    head.open("/kub/keputusan/baru/")
    page = head.page
    page.get_by_label(re.compile(r"^\s*Nomor SK")).fill("460/Kep.218-Dinsos")
    page.get_by_label(re.compile(r"^\s*Tahun anggaran")).select_option(label=str(this_year()))
    page.get_by_label(re.compile(r"^\s*Nama penanda tangan")).fill("Hasan Basri")
    page.get_by_label(re.compile(r"^\s*Jabatan penanda tangan")).fill("Kepala Dinas Sosial")
    for name in ("decided_on", "meeting_on"):
        page.locator(f"[name={name}]").fill(today())
    press(head, "Simpan")
    said(head, "Catat hasil rapatnya di bawah.")
    page.get_by_role("group", name=f"Hasil rapat untuk {NAME}").get_by_label("Setuj").first.check()
    press(head, "Simpan hasil rapat")
    said(head, "1 disetujui, 0 ditolak.")
    head.open(Grant.objects.get(proposal__group=group).get_absolute_url())
    goto(head, "Catat perjanjian")
    page.get_by_label(re.compile(r"^\s*Nomor perjanjian")).fill("001/NPHD")
    page.get_by_label(re.compile(r"^\s*Termin 1")).fill("6.000.000")
    page.get_by_label(re.compile(r"^\s*Termin 2")).fill("4.000.000")
    page.locator("main form button.btn-primary").click()
    said(head, "Perjanjian tersimpan.")


def today() -> str:
    return timezone.localdate().isoformat()


def pay(treasurer: Visitor, address: str, number: int) -> None:
    treasurer.open(address)
    goto(treasurer, f"Catat pembayaran termin {number}")
    treasurer.page.get_by_label(re.compile(r"^\s*Nomor SP2D")).fill(f"0451{number}/LS")
    treasurer.page.locator("main form button.btn-primary").click()
    treasurer.page.get_by_text(f"0451{number}/LS").first.wait_for()
    treasurer.check()


def account(officer: Visitor, address: str, number: int, amount: str, photo: str) -> None:
    """The receipt as a photo, and the report sent."""
    officer.open(address)
    goto(officer, f"Susun LPJ termin {number}")
    officer.page.get_by_role("link", name="Tambah kuitansi").first.click()
    officer.check()
    officer.page.get_by_label(re.compile(r"^\s*Rincian RAB")).select_option(index=1)
    officer.page.locator("[name=dated_on]").fill(today())
    officer.page.get_by_label(re.compile(r"^\s*Jumlah")).fill(amount)
    officer.page.locator("[type=file]").set_input_files(photo)
    press(officer, "Simpan")
    said(officer, "tersimpan.")
    press(officer, "Kirim untuk diperiksa")
    said(officer, "menunggu diperiksa.")


def examine(verifier: Visitor, address: str, number: int) -> None:
    verifier.open(address)
    goto(verifier, f"Periksa LPJ termin {number}")
    press(verifier, "Terima LPJ")
    said(verifier, "diterima.")


def test_from_graduates_to_a_grant_that_is_accounted_for(
    visitor: Visit, cast: Any, cohort: Cohort, receipts: list[str], settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    group = form_group(visitor(cast.staff), cohort)
    assert group.state == GroupState.ACTIVE
    officer, verifier = visitor(cast.officer_a), visitor(cast.verifier)
    head, treasurer = visitor(cast.head), visitor(cast.treasurer)
    address = propose(officer, group)
    verify(visitor(cast.second_staff), address)
    verifier.open(address)
    goto(verifier, "Rekomendasikan")
    verifier.page.locator("main form button.btn-primary").click()
    said(verifier, "direkomendasi.")
    decide(head, group)
    pay(treasurer, address, 1)
    treasurer.page.get_by_text("Terbuka setelah LPJ termin 1 diterima").wait_for()
    account(officer, address, 1, "6.000.000", receipts[0])
    examine(verifier, address, 1)
    pay(treasurer, address, 2)
    account(officer, address, 2, "4.000.000", receipts[1])
    examine(verifier, address, 2)
    head.open(address)
    goto(head, "Selesaikan")
    head.page.locator("main form button.btn-primary").click()
    said(head, "selesai")
    grant = Grant.objects.get()
    assert grant.state == GrantState.CLOSED
    assert (grant.decided, grant.paid, grant.accounted) == (10_000_000, 10_000_000, 10_000_000)
    call_command("check_ledger")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_the_figures_open_their_rows(
    visitor: Visit, cast: Any, cohort: Cohort, screen: tuple[int, int]
) -> None:
    group = GroupFactory(cohort=cohort)
    staff = visitor(cast.staff, screen=screen)
    for path in ("/kub/rekap/", "/kub/orang/?langkah=kub", "/kub/lpj/", "/kub/termin/", "/kub/perhatian/"):
        staff.open(path)
    staff.open("/kub/rekap/")
    staff.page.get_by_role("region", name="Tabel jenis usaha dan tahap").get_by_role("link").first.click()
    staff.page.get_by_role("link", name=group.name).first.wait_for()
    staff.check()
