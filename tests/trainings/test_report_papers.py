"""The report of a cohort and the recapitulation of a programme, on paper and as workbooks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tangerang_poverty.audit.models import AccessLog
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, area
from tests.trainings.factories import (
    AttendanceFactory,
    CertificateFactory,
    CohortFactory,
    EnrolmentFactory,
    GraduationFactory,
    ProgrammeFactory,
    SessionFactory,
)
from tests.trainings.paper_files import asked, enrolled, recap, sheets, text
from trainings.exports import COHORT_PAPERS
from trainings.lifecycle import EnrolmentState
from trainings.models import Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


class TestReport:
    def test_tells_figures_sessions_attendance_results_and_who_left(self, staff, cast):
        graduation = GraduationFactory(report_number="800/17/BA")
        cohort = graduation.cohort
        passed = enrolled(cohort, "Siti Aminah", EnrolmentState.GRADUATED, score=88)
        failed = enrolled(cohort, "Tuti Suryani", EnrolmentState.FAILED, score=40)
        enrolled(cohort, "Wati Rohmah", EnrolmentState.WITHDRAWN, leave_note="diterima di pabrik")
        enrolled(cohort, "Yati Lestari", EnrolmentState.REFUSED)
        CertificateFactory(graduation=graduation, enrolment=passed, number="0001/PEL/2026")
        recorded = {"recorded_at": timezone.now(), "recorded_by": cast.staff}
        sessions = [SessionFactory(cohort=cohort, topic=f"Materi {number}", **recorded) for number in (1, 2)]
        SessionFactory(cohort=cohort, topic="Belum diadakan")
        for session in sessions:
            AttendanceFactory(enrolment=passed, session=session, mark="H")
        AttendanceFactory(enrolment=failed, session=sessions[0], mark="T")
        AttendanceFactory(enrolment=failed, session=sessions[1], mark="A")
        book = sheets(asked(staff, cohort, "laporan", "excel"))
        figures = dict(zip(*book["Ringkasan"], strict=True))
        assert [figures[name] for name in ("Terdaftar", "Lulus", "Tidak lulus", "Mundur", "Ditolak")] == [
            2,
            1,
            1,
            1,
            1,
        ]
        assert [row[-4:] for row in book["Pertemuan"][1:]] == [[1, 1, 0, 0], [1, 0, 0, 1], [0, 0, 0, 0]]
        assert [row[4:] for row in book["Hasil"][1:]] == [
            [2, 100, 88, "Lulus", "0001/PEL/2026"],
            [1, 50, 40, "Tidak lulus", None],
        ]
        marks = next(rows for name, rows in book.items() if name.startswith("Kehadiran"))
        assert [row[2:] for row in marks[1:]] == [["H", "H", None], ["T", "A", None]]
        assert [(row[0], row[3]) for row in book["Mundur dan ditolak"][1:]] == [
            ("Wati Rohmah", "Bekerja: diterima di pabrik"),
            ("Yati Lestari", "Data tidak sesuai"),
        ]
        shown = text(asked(staff, cohort, "laporan"))
        for words in (
            "800/17/BA",
            "Materi 2",
            "0001/PEL/2026",
            "diterima di pabrik",
            graduation.signatory_name,
        ):
            assert words in shown

    @pytest.mark.parametrize("name", COHORT_PAPERS)
    def test_many_ask_the_database_as_often_as_one(self, staff, name):
        cohort = CohortFactory()
        session = SessionFactory(cohort=cohort)

        def queries(number):
            for state in (EnrolmentState.GRADUATED, EnrolmentState.WAITING, EnrolmentState.WITHDRAWN):
                for _ in range(number):
                    row = EnrolmentFactory(cohort=cohort, state=state)
                    AttendanceFactory(enrolment=row, session=session)
            SessionFactory(cohort=cohort)
            with CaptureQueriesContext(connection) as captured:
                assert sheets(asked(staff, cohort, name, "excel"))
            return len(captured)

        staff.get(reverse("trainings:home"))  # the first page of a sign-in asks who it is
        assert queries(1) == queries(15)


class TestRecapitulation:
    @pytest.fixture
    def programme(self):
        programme = ProgrammeFactory()
        for code, states in (
            (GEMBOR, ("registered", "accepted", "graduated", "waiting")),
            (GEBANG_RAYA, ("accepted", "failed", "withdrawn")),
            (JATIUWUNG, ("graduated",)),
        ):
            cohort = CohortFactory(programme=programme, area=area(code), quota=10)
            for state in states:
                EnrolmentFactory(cohort=cohort, state=EnrolmentState(state))
        return programme

    def test_adds_up_by_kelurahan_and_by_kecamatan(self, staff, programme):
        AttendanceFactory(enrolment=Enrolment.objects.get(cohort__area=JATIUWUNG))
        book = sheets(recap(staff, programme, "excel"))
        assert book["Kelurahan"][0][2:] == [
            *("Kuota", "Terdaftar", "Diterima", "Hadir", "Lulus", "Tidak lulus", "Mundur", "Cadangan")
        ]
        assert book["Kelurahan"][1:] == [
            ["Periuk", "Gembor", 10, 3, 2, 0, 1, 0, 0, 1],
            ["Periuk", "Gebang Raya", 10, 2, 2, 0, 0, 1, 1, 0],
            ["Cibodas", "Jatiuwung", 10, 1, 1, 1, 1, 0, 0, 0],
            ["Jumlah", None, 30, 6, 5, 1, 2, 1, 1, 1],
        ]
        assert [row[:4] for row in book["Kecamatan"][1:]] == [
            ["Periuk", 2, 20, 5],
            ["Cibodas", 1, 10, 1],
            ["Jumlah", 3, 30, 6],
        ]
        shown = text(recap(staff, programme, "pdf"))
        assert "REKAPITULASI PELATIHAN" in shown
        assert "5.2.2.03.01" in shown

    def test_ends_at_the_readers_area(self, client, cast, programme):
        client.force_login(cast.officer_b)
        book = sheets(recap(client, programme, "excel"))
        assert [row[1] for row in book["Kelurahan"][1:]] == ["Jatiuwung", None]
        line = AccessLog.objects.get()
        assert (line.rows, line.area_id) == (0, JATIUWUNG)
