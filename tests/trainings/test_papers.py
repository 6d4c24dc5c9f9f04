"""The papers of a cohort: the same columns on paper and in the workbook, names in full, masked, logged."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import SampleLoad
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.identifiers import mask
from tests.factories import GEMBOR
from tests.trainings.factories import (
    AttendanceFactory,
    CohortFactory,
    EnrolmentFactory,
    GraduationFactory,
    SessionFactory,
)
from tests.trainings.paper_files import asked, enrolled, pages, sheets, text
from trainings.exports import COHORT_PAPERS
from trainings.lifecycle import CohortState, EnrolmentState

pytestmark = pytest.mark.django_db
LISTS = ("daftar-peserta", "nominatif", "nominatif-lulusan")


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


class TestEveryPaper:
    @pytest.mark.parametrize("name", COHORT_PAPERS)
    def test_columns_of_the_pdf_are_those_of_the_workbook(self, staff, name):
        cohort = CohortFactory()
        enrolled(cohort, "Siti Aminah", EnrolmentState.ACCEPTED)
        enrolled(cohort, "Tuti Suryani", EnrolmentState.GRADUATED)
        SessionFactory(cohort=cohort)
        on_paper = text(asked(staff, cohort, name))
        book = sheets(asked(staff, cohort, name, "excel"))
        assert "Keterangan" in book
        del book["Keterangan"]
        shown = [header for rows in book.values() for header in rows[0]]
        if name == "daftar-hadir":  # the one to sign, the other what was written down
            shown = ["Kursi", "Nama lengkap"]
        assert [header for header in shown if header not in on_paper] == []

    @pytest.mark.parametrize("name", COHORT_PAPERS)
    def test_a_cohort_without_anybody_has_its_paper_too(self, staff, name):
        cohort = CohortFactory()
        assert "Pelatihan Kue Kering" in text(asked(staff, cohort, name))
        assert sheets(asked(staff, cohort, name, "excel"))

    def test_names_stand_in_full_and_are_no_markup(self, staff):
        cohort = CohortFactory()
        long = "Raden Ajeng Kartini Sastrodiningrat Kusumawardhani Purbaningrum binti Haji Muhammad"
        for name in (long, '#panic("x") *tebal* _miring_ =1+1'):
            enrolled(cohort, name)
        shown = text(asked(staff, cohort, "daftar-peserta"))
        assert long in shown
        assert '#panic("x") *tebal* _miring_ =1+1' in shown

    def test_it_says_who_took_it_which_page_it_is_and_the_header_again(self, staff):
        cohort = CohortFactory()
        for _ in range(60):
            EnrolmentFactory(cohort=cohort)
        first, *_, last = shown = pages(asked(staff, cohort, "daftar-peserta"))
        assert all("Diunduh oleh Rina Marlina pada" in page for page in shown)
        assert f"Halaman 1 dari {len(shown)}" in first
        assert f"Halaman {len(shown)} dari {len(shown)}" in last
        assert all("Nama lengkap" in page for page in shown)

    def test_a_sample_says_that_it_is_one(self, staff):
        SampleLoad.objects.create(scale=1, seed=1)
        cohort = CohortFactory()
        answer = asked(staff, cohort, "daftar-peserta")
        assert 'filename="contoh-daftar-peserta-kue-kering-' in answer["Content-Disposition"]
        assert "DATA CONTOH" in text(answer)
        assert "DATA CONTOH" in str(sheets(asked(staff, cohort, "daftar-peserta", "excel"))["Keterangan"])

    def test_each_is_logged_with_how_many_people_stand_in_it(self, staff, cast):
        cohort = CohortFactory()
        EnrolmentFactory(cohort=cohort)
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
        text(asked(staff, cohort, "daftar-peserta", nik="on"))
        line = AccessLog.objects.get()
        assert (line.by, line.rows, line.with_identities, line.area_id) == (cast.staff, 2, True, GEMBOR)
        assert line.what == f"Daftar peserta, {cohort} (PDF)"

    @pytest.mark.parametrize(
        ("name", "form"), [("lain", "pdf"), ("laporan", "docx"), ("rekapitulasi", "pdf")]
    )
    def test_what_there_is_not_is_not_found(self, staff, name, form):
        assert asked(staff, CohortFactory(), name, form).status_code == 404

    def test_it_is_no_address_to_open(self, staff):
        address = reverse("trainings:paper", args=[CohortFactory().pk, "laporan", "pdf"])
        assert staff.get(address).status_code == 405

    def test_who_may_see_but_not_take_away_is_offered_nothing(self, client, cast):
        cohort = CohortFactory()
        client.force_login(cast.treasurer)
        page = client.get(cohort.get_absolute_url())
        assert page.status_code == 200
        assert "Kertas dan unduhan" not in page.content.decode()
        client.force_login(cast.staff)
        assert "Kertas dan unduhan" in client.get(cohort.get_absolute_url()).content.decode()


class TestIdentities:
    @pytest.mark.parametrize("name", LISTS)
    @pytest.mark.parametrize("form", ["pdf", "excel"])
    def test_the_nik_is_masked_unless_it_is_asked_for(self, staff, name, form):
        cohort = CohortFactory()
        nik = enrolled(cohort, "Siti Aminah", EnrolmentState.GRADUATED).person.nik
        EnrolmentFactory(cohort=cohort)
        read = text if form == "pdf" else lambda answer: str(sheets(answer))
        masked = read(asked(staff, cohort, name, form))
        assert mask(nik) in masked
        assert nik not in masked
        assert "NIK disamarkan." in masked
        clear = read(asked(staff, cohort, name, form, nik="on"))
        assert nik in clear
        assert "NIK disamarkan." not in clear

    @pytest.mark.parametrize("name", LISTS)
    def test_who_may_not_see_it_gets_no_paper_with_it(self, client, cast, name):
        cohort = CohortFactory()
        client.force_login(cast.officer_a)
        assert asked(client, cohort, name, nik="on").status_code == 403
        assert not AccessLog.objects.exists()
        assert pages(asked(client, cohort, name))
        assert 'name="nik"' not in client.get(cohort.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("name", ["daftar-hadir", "laporan"])
    def test_papers_without_that_column_ignore_the_wish(self, client, cast, name):
        cohort = CohortFactory()
        nik = EnrolmentFactory(cohort=cohort).person.nik
        client.force_login(cast.officer_a)
        shown = text(asked(client, cohort, name, nik="on"))
        assert nik not in shown
        assert nik[-4:] not in shown
        assert not AccessLog.objects.get().with_identities


class TestRegistrationList:
    def test_by_seat_and_the_waiting_list_after_it_in_its_order(self, staff):
        cohort = CohortFactory(quota=2)
        enrolled(cohort, "Kedua Suryani", seat=2)
        enrolled(cohort, "Pertama Aminah", seat=1)
        later = enrolled(cohort, "Cadangan Miskin", EnrolmentState.WAITING)
        poorest = enrolled(cohort, "Cadangan Termiskin", EnrolmentState.WAITING)
        for row, group in ((later, 2), (poorest, 1)):
            row.household.rank = row.household.rank_group = group
            row.household.save()
        enrolled(cohort, "Mundur Wati", EnrolmentState.WITHDRAWN)
        book = sheets(asked(staff, cohort, "daftar-peserta", "excel"))
        assert [row[:2] for row in book["Peserta"][1:]] == [[1, "Pertama Aminah"], [2, "Kedua Suryani"]]
        assert [row[:2] for row in book["Daftar cadangan"][1:]] == [
            [1, "Cadangan Termiskin"],
            [2, "Cadangan Miskin"],
        ]
        shown = text(asked(staff, cohort, "daftar-peserta"))
        order = [shown.index(name) for name in ("Pertama Aminah", "Kedua Suryani", "Cadangan Termiskin")]
        assert order == sorted(order)
        assert "Mundur Wati" not in shown
        assert "2 dari 2 terisi" in shown

    def test_a_line_says_sex_age_place_rank_and_state(self, staff):
        cohort = CohortFactory()
        enrolled(cohort, "Siti Aminah", EnrolmentState.ACCEPTED)
        [row] = sheets(asked(staff, cohort, "daftar-peserta", "excel"))["Peserta"][1:]
        age = 40 if timezone.localdate() >= date(timezone.localdate().year, 4, 12) else 39
        assert row[:4] == [1, "Siti Aminah", "L", age]
        assert row[5:] == ["004/011", "Miskin", "Diterima"]


class TestAttendanceSheet:
    @pytest.fixture
    def cohort(self):
        cohort = CohortFactory(state=CohortState.RUNNING)
        for name in ("Siti Aminah", "Tuti Suryani"):
            enrolled(cohort, name, EnrolmentState.ACCEPTED)
        for topic in ("Adonan dasar", "Pemasaran", "Kemasan"):
            SessionFactory(cohort=cohort, topic=topic, instructor="Bapak Haryanto")
        return cohort

    def test_one_sheet_for_each_session_each_with_its_own_head(self, staff, cohort):
        shown = pages(asked(staff, cohort, "daftar-hadir"))
        assert len(shown) == 3
        for page, topic in zip(shown, ("Adonan dasar", "Pemasaran", "Kemasan"), strict=True):
            for words in ("DAFTAR HADIR", "Tanda tangan", "Siti Aminah", "Bapak Haryanto", topic):
                assert words in page

    def test_one_session_alone(self, staff, cohort):
        [page] = pages(asked(staff, cohort, "daftar-hadir", pertemuan="2"))
        assert "Pemasaran" in page

    def test_several_beside_each_other(self, staff, cohort):
        [page] = pages(asked(staff, cohort, "daftar-hadir", bentuk="beberapa"))
        assert all(f"Ke-{number}" in page for number in (1, 2, 3))

    def test_without_a_timetable_there_are_dots_to_fill_in(self, staff):
        cohort = CohortFactory()
        enrolled(cohort, "Siti Aminah", EnrolmentState.ACCEPTED)
        [page] = pages(asked(staff, cohort, "daftar-hadir"))
        assert "Hari, tanggal" in page
        assert "......" in page

    @pytest.mark.parametrize("number", ["9", "0"])
    def test_a_session_there_is_not_is_a_sentence(self, staff, cohort, number):
        answer = staff.post(
            reverse("trainings:paper", args=[cohort.pk, "daftar-hadir", "pdf"]),
            {"pertemuan": number},
            follow=True,
        )
        assert f"tidak mempunyai pertemuan ke-{number}" in answer.content.decode()
        assert not AccessLog.objects.exists()

    @pytest.mark.parametrize("odd", ["-1", "x", "９", "1" * 40, "\0"])
    def test_an_odd_number_means_all(self, staff, cohort, odd):
        assert len(pages(asked(staff, cohort, "daftar-hadir", pertemuan=odd))) == 3

    def test_the_workbook_has_the_marks_that_were_written_down(self, staff, cohort):
        row = cohort.enrolments.get(seat=2)
        AttendanceFactory(enrolment=row, session=cohort.sessions.get(number=2), mark="T")
        header, *rows = sheets(asked(staff, cohort, "daftar-hadir", "excel"))["Daftar hadir"]
        assert header == ["Kursi", "Nama lengkap", "1", "2", "3"]
        assert rows == [
            [1, "Siti Aminah", None, None, None],
            [2, "Tuti Suryani", None, "T", None],
        ]


class TestNominativeList:
    def test_of_participants_those_accepted_and_of_graduates_those_who_passed(self, staff):
        cohort = CohortFactory()
        for name, state in (
            ("Terdaftar Ani", EnrolmentState.REGISTERED),
            ("Diterima Budi", EnrolmentState.ACCEPTED),
            ("Lulus Cici", EnrolmentState.GRADUATED),
            ("Gagal Didi", EnrolmentState.FAILED),
        ):
            enrolled(cohort, name, state)

        def names(name):
            [*_, rows] = [
                rows
                for sheet, rows in sheets(asked(staff, cohort, name, "excel")).items()
                if sheet != "Keterangan"
            ]
            return [row[1] for row in rows[1:]]

        assert names("nominatif") == ["Diterima Budi", "Lulus Cici", "Gagal Didi"]
        assert names("nominatif-lulusan") == ["Lulus Cici"]

    def test_it_is_an_annex_to_a_decree_and_names_the_report_it_follows_from(self, staff):
        graduation = GraduationFactory(report_number="800/17/BA", decided_on=date(2026, 6, 2))
        enrolled(graduation.cohort, "Siti Aminah", EnrolmentState.GRADUATED)
        shown = text(asked(staff, graduation.cohort, "nominatif-lulusan"))
        for words in (
            "Keputusan Kepala Dinas",
            "800/17/BA, 2 Juni 2026",
            graduation.signatory_name,
            "1 orang",
        ):
            assert words in shown
