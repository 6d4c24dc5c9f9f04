"""Attendance and graduation in a real browser: by tap on a phone, by keyboard at a desk, a draft that survives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.browser.conftest import DESK, PHONE, Visitor
from tests.trainings.factories import AttendanceFactory, CohortFactory, EnrolmentFactory, SessionFactory
from trainings.actions.attendance import Cell, save_marks
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Attendance, Certificate, Cohort, Session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
THUMB = 48  # CSS pixels a finger needs


@pytest.fixture
def cohort(cast: Any) -> Cohort:
    """Three people and three sessions; the last one is tomorrow."""
    cohort = CohortFactory(state=CohortState.RUNNING, programme__state=ProgrammeState.RUNNING)
    for _ in range(3):
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
    SessionFactory(cohort=cohort)
    SessionFactory(cohort=cohort)
    SessionFactory(cohort=cohort, held_on=timezone.localdate() + timedelta(days=1))
    return cohort


def marks(cohort: Cohort, number: int) -> str:
    rows = Attendance.objects.filter(session__cohort=cohort, session__number=number)
    return "".join(rows.order_by("enrolment__seat").values_list("mark", flat=True))


def people(cohort: Cohort) -> list[Any]:
    return list(cohort.enrolments.order_by("seat"))


def test_by_tap_on_a_phone(visitor: Visit, cast: Any, cohort: Cohort) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open(cohort.get_absolute_url())
    officer.page.get_by_role("link", name="Jadwal dan kehadiran").click()
    officer.check()
    officer.page.get_by_role("link", name="Catat pertemuan 1").click()
    officer.check()
    for target in (*officer.page.locator("label").all(), *officer.page.get_by_role("button").all()):
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= THUMB
    officer.page.get_by_role("group", name=str(people(cohort)[1].person)).get_by_text("Terlambat").click()
    officer.page.get_by_text("2 dari 3 belum diisi").wait_for()
    officer.page.get_by_role("button", name="Semua hadir").click()
    officer.page.get_by_text("Semua 3 peserta sudah diisi").wait_for()
    assert marks(cohort, 1) == ""
    officer.check()
    officer.page.get_by_role("button", name="Simpan").click()
    officer.page.get_by_text("3 kehadiran dicatat.").wait_for()
    officer.check()
    assert marks(cohort, 1) == "HTH"


def test_a_draft_survives_and_a_clash_is_told(visitor: Visit, cast: Any, cohort: Cohort) -> None:
    """The line breaks, the page is opened again: what was tapped is there; what another wrote meanwhile is named."""
    session, person = cohort.sessions.get(number=1), people(cohort)[0]
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open(f"/pelatihan/pertemuan/{session.pk}/kehadiran/")
    group = officer.page.get_by_role("group", name=str(person.person))
    group.get_by_text("Alpa").click()
    officer.page.get_by_text("1 isian belum tersimpan").wait_for()
    officer.page.context.set_offline(True)
    officer.page.get_by_role("button", name="Simpan").click()
    officer.page.get_by_text("Tidak ada sinyal.").wait_for()
    officer.page.context.set_offline(False)
    by, today = cast.staff, timezone.localdate()
    save_marks(cohort, [Cell(session.pk, person.pk, "", "H")], by=by, today=today)
    officer.page.reload()
    assert group.get_by_role("radio", name="Alpa").is_checked()
    with officer.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        officer.page.get_by_role("button", name="Simpan").click()
    assert answer.value.status == 422
    officer.page.get_by_text("pertemuan ini terakhir dicatat Rina Marlina").first.wait_for()
    assert group.get_by_role("radio", name="Alpa").is_checked()
    officer.went_wrong.clear()  # the browser reports the 422 as an error of its own
    officer.check()
    officer.page.get_by_role("button", name="Simpan").click()
    officer.page.get_by_text("1 dikoreksi.").wait_for()
    assert marks(cohort, 1) == "A"
    assert officer.page.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_a_printed_list_is_typed_in_by_keyboard(
    visitor: Visit, cast: Any, cohort: Cohort, screen: tuple[int, int]
) -> None:
    officer = visitor(cast.officer_a, screen=screen)
    officer.open(f"/pelatihan/angkatan/{cohort.pk}/kehadiran/")
    cell = officer.page.get_by_role("textbox")
    assert cell.count() == 6  # tomorrow's session is not open yet
    cell.first.focus()
    keys = officer.page.keyboard
    for key in ("h", "ArrowRight", "T", "ArrowDown", "i", "ArrowLeft", "a", "Enter", "x", "h", "ArrowDown"):
        keys.press(key)
    values = officer.page.evaluate("[...document.querySelectorAll('.bk-grid input')].map((one) => one.value)")
    assert values == ["H", "T", "A", "I", "H", ""]
    officer.page.get_by_text("5 isian belum tersimpan").wait_for()
    keys.press("ArrowUp")
    keys.press("Delete")
    officer.page.get_by_text("4 isian belum tersimpan").wait_for()
    officer.page.get_by_role("button", name="Isi yang kosong pada pertemuan 2 dengan hadir").click()
    officer.check()
    officer.page.get_by_role("button", name="Simpan kehadiran").click()
    officer.page.get_by_text("5 kehadiran dicatat.").wait_for()
    officer.check()
    assert (marks(cohort, 1), marks(cohort, 2)) == ("HH", "TIH")


def test_from_the_timetable_to_the_certificates(visitor: Visit, cast: Any, cohort: Cohort) -> None:
    cohort.sessions.get(number=3).delete()
    for session in cohort.sessions.all():
        for person in people(cohort):
            AttendanceFactory(session=session, enrolment=person, mark="H" if person.seat != 3 else "A")
    Session.objects.update(recorded_at=timezone.now(), recorded_by=cast.officer_a)
    staff = visitor(cast.staff)
    staff.open(f"/pelatihan/angkatan/{cohort.pk}/jadwal/tambah/")
    staff.page.get_by_label("Tanggal pertama").fill(timezone.localdate().isoformat())
    staff.page.get_by_label("Banyaknya pertemuan").fill("1")
    staff.page.get_by_role("button", name="Buat pertemuan").click()
    staff.page.get_by_text("1 pertemuan dibuat").wait_for()
    staff.check()
    staff.open(f"/pelatihan/angkatan/{cohort.pk}/kelulusan/")
    staff.page.get_by_text("kehadiran belum dicatat").wait_for()
    staff.open(f"/pelatihan/angkatan/{cohort.pk}/kehadiran/")
    staff.page.get_by_role("button", name="Isi yang kosong pada pertemuan 3 dengan hadir").click()
    staff.page.get_by_role("button", name="Simpan kehadiran").click()
    staff.open(f"/pelatihan/angkatan/{cohort.pk}/kelulusan/")
    staff.page.get_by_text("2 dari 3 peserta lulus").wait_for()
    staff.page.get_by_label("Nomor berita acara").fill("800/12/BA-PEL")
    staff.page.get_by_label("Nama penanda tangan").fill("H. Hasan Basri")
    staff.page.get_by_role("button", name="Tetapkan kelulusan").click()
    staff.page.get_by_text("Kelulusan ditetapkan: 2 peserta lulus").wait_for()
    staff.check()
    assert Certificate.objects.live().count() == 2
    staff.page.get_by_role("link", name="Batalkan kelulusan").click()
    staff.check()
    staff.page.get_by_label("Alasan pembatalan").fill("Salah menghitung kehadiran")
    staff.page.get_by_role("button", name="Batalkan kelulusan").click()
    staff.page.get_by_text("Kelulusan dibatalkan;").wait_for()
    staff.check()
    assert not Certificate.objects.live().exists()
