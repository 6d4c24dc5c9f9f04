"""Attendance through its pages: by tap, in the grid, two officers at once, corrections that leave history."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import GEBANG_RAYA, UserFactory, area
from tests.trainings.factories import AttendanceFactory, CohortFactory, EnrolmentFactory, SessionFactory
from trainings.actions.attendance import Cell, save_marks
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Attendance, CohortCount

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def cohort(cast):
    return CohortFactory(state=CohortState.RUNNING, quota=10)


@pytest.fixture
def people(cohort):
    return [EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED) for _ in range(3)]


@pytest.fixture
def sessions(cohort):
    return [SessionFactory(cohort=cohort) for _ in range(2)]


@pytest.fixture
def officer(cast, client):
    client.force_login(cast.officer_a)
    return client


def cell(session, person, seen=""):
    return f"h-{session.pk}-{person.pk}-{seen}"


def grid(cohort):
    return reverse("trainings:attendance", args=[cohort.pk])


def sheet(session):
    return reverse("trainings:session_sheet", args=[session.pk])


def marks(*sessions):
    rows = Attendance.objects.filter(session__in=sessions).order_by("session__number", "enrolment__seat")
    return "".join(rows.values_list("mark", flat=True))


class TestSheet:
    def test_one_session_by_tap(self, officer, cast, people, sessions):
        data = dict(zip([cell(sessions[0], one) for one in people], "HTA", strict=True))
        answer = officer.post(sheet(sessions[0]), data, follow=True)
        assert "3 kehadiran dicatat." in answer.content.decode()
        assert "Semua 3 peserta sudah diisi" in answer.content.decode()
        assert marks(sessions[0]) == "HTA"
        sessions[0].refresh_from_db()
        assert sessions[0].recorded_by == cast.officer_a

    def test_those_that_are_left_out_stay_empty(self, officer, people, sessions):
        answer = officer.post(sheet(sessions[0]), {cell(sessions[0], people[1]): "I"}, follow=True)
        assert "<b>2</b> dari 3 belum diisi" in answer.content.decode()
        assert marks(sessions[0]) == "I"

    def test_everybody_present_fills_the_blanks_and_waits_for_save(self, officer, people, sessions):
        AttendanceFactory(session=sessions[0], enrolment=people[0], mark="I")
        data = {cell(sessions[0], people[0], "I"): "I", cell(sessions[0], people[1]): "A", "semua": "H"}
        answer = officer.post(sheet(sessions[0]), data)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Belum tersimpan." in text
        for person, mark in zip(people, "IAH", strict=True):
            assert f'id="k{person.pk}{mark}" checked' in text
        assert marks(sessions[0]) == "I"

    def test_every_button_is_named_and_in_a_group_of_its_person(self, officer, people, sessions):
        text = officer.get(sheet(sessions[0])).content.decode()
        for person in people:
            assert f"</span> {person.person}</legend>" in text
            for mark in "HTIA":
                assert f'<label class="is-{mark}" for="k{person.pk}{mark}">' in text

    def test_a_session_that_has_not_been_can_be_read_alone(self, officer, people, cohort):
        later = SessionFactory(cohort=cohort, held_on=TODAY + timedelta(days=1))
        text = officer.get(sheet(later)).content.decode()
        assert "kehadirannya dicatat sejak hari itu" in text
        assert 'type="radio"' not in text
        answer = officer.post(sheet(later), {cell(later, people[0]): "H"})
        assert answer.status_code == 422
        assert "Pertemuan 1 baru diadakan" in answer.content.decode()
        assert marks(later) == ""

    def test_on_the_day_itself_it_is_open(self, officer, people, cohort):
        now = SessionFactory(cohort=cohort, held_on=TODAY)
        officer.post(sheet(now), {cell(now, people[0]): "H"})
        assert marks(now) == "H"


class TestGrid:
    def test_a_printed_list_is_typed_in(self, officer, people, sessions, cohort):
        letters = ["h", " T ", "s", "i", "A", ""]
        names = [cell(session, person) for session in sessions for person in people]
        answer = officer.post(grid(cohort), dict(zip(names, letters, strict=True)), follow=True)
        assert "5 kehadiran dicatat." in answer.content.decode()
        assert marks(*sessions) == "HTIIA"

    def test_counts_of_who_was_there_follow(self, officer, people, sessions, cohort):
        data = {
            cell(sessions[0], people[0]): "H",
            cell(sessions[1], people[0]): "T",
            cell(sessions[0], people[1]): "I",
        }
        officer.post(grid(cohort), data)
        assert [row.sessions_attended for row in cohort.enrolments.order_by("seat")] == [2, 0, 0]
        assert CohortCount.objects.get(cohort=cohort, attended=True).n == 1
        text = officer.get(grid(cohort)).content.decode()
        assert "2 dari 2 pertemuan dicatat" in text
        assert "Hadir 0 dari 1 pertemuan; paling sedikit 1 (80 %)." in text

    @pytest.mark.parametrize("typed", ["X", "hadir", "1", "HH", "é" * 40])
    def test_what_is_no_mark_is_named_and_stays_in_the_form(self, officer, people, sessions, cohort, typed):
        data = {cell(sessions[0], people[0]): typed, cell(sessions[0], people[1]): "H"}
        answer = officer.post(grid(cohort), data)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert f"{people[0].person}, pertemuan 1: “{typed.upper()[:20]}” bukan H, T, I, atau A." in text
        assert f'name="{cell(sessions[0], people[0])}" value="{typed.upper()[:20]}"' in text
        assert f'name="{cell(sessions[0], people[1])}" value="H"' in text
        assert marks(sessions[0]) == ""

    def test_nothing_changed_is_said(self, officer, people, sessions, cohort):
        AttendanceFactory(session=sessions[0], enrolment=people[0], mark="H")
        data = {cell(sessions[0], people[0], "H"): "H", cell(sessions[0], people[1]): "-"}
        assert "Tidak ada yang berubah." in officer.post(grid(cohort), data, follow=True).content.decode()
        assert marks(sessions[0]) == "H"

    def test_fifty_by_twenty_go_through_in_one_save(self, officer, cast):
        cohort = CohortFactory(state=CohortState.RUNNING, quota=50)
        for _ in range(50):
            EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
        for _ in range(20):
            SessionFactory(cohort=cohort)
        names = re.findall(r'name="(h-\d+-\d+-)" value=""', officer.get(grid(cohort)).content.decode())
        assert len(names) == 1000
        answer = officer.post(grid(cohort), dict.fromkeys(names, "H"), follow=True)
        assert "1000 kehadiran dicatat." in answer.content.decode()
        assert set(cohort.enrolments.values_list("sessions_attended", flat=True)) == {20}

    def test_who_may_not_mark_reads_it(self, client, cast, people, sessions, cohort):
        AttendanceFactory(session=sessions[0], enrolment=people[0], mark="T")
        client.force_login(cast.kecamatan_officer)
        text = client.get(grid(cohort)).content.decode()
        assert '<span class="bk-mark is-T">T</span>' in text
        assert "<input name" not in text
        assert client.post(grid(cohort), {cell(sessions[0], people[1]): "H"}).status_code == 403
        assert marks(sessions[0]) == "T"

    def test_an_empty_grid_says_what_is_missing(self, officer, cohort):
        assert "Belum ada pertemuan" in officer.get(grid(cohort)).content.decode()
        SessionFactory(cohort=cohort)
        assert "Belum ada peserta yang diterima" in officer.get(grid(cohort)).content.decode()


class TestWhoTakesPart:
    def test_only_who_holds_a_seat_and_was_accepted(self, officer, people, sessions, cohort):
        waiting = EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
        registered = EnrolmentFactory(cohort=cohort)
        text = officer.get(sheet(sessions[0])).content.decode()
        assert "1 peserta belum diperiksa" in text
        for person in (waiting, registered):
            assert cell(sessions[0], person) not in text
            answer = officer.post(sheet(sessions[0]), {cell(sessions[0], person): "H"})
            assert answer.status_code == 422
            assert (
                f"{person.person}, pertemuan 1: {person.get_state_display().lower()}"
                in answer.content.decode()
            )
        assert marks(sessions[0]) == ""

    def test_somebody_who_left_while_the_list_was_open(self, officer, people, sessions):
        data = {cell(sessions[0], people[0]): "H", cell(sessions[0], people[1]): "T"}
        address = reverse("trainings:withdraw", args=[people[1].pk])
        officer.post(address, {"reason": "work"})
        text = officer.post(sheet(sessions[0]), data).content.decode()
        assert f"{people[1].person}, pertemuan 1: mundur" in text
        assert "yang Anda isi: terlambat" in text
        assert f'id="k{people[0].pk}H" checked' in text
        assert marks(sessions[0]) == ""

    def test_what_was_recorded_before_somebody_left_stays(self, officer, people, sessions):
        AttendanceFactory(session=sessions[0], enrolment=people[1])
        officer.post(reverse("trainings:withdraw", args=[people[1].pk]), {"reason": "work"})
        assert marks(sessions[0]) == "H"

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [(CohortState.OPEN, "Mulai dahulu pelatihan"), (CohortState.FINISHED, "sudah ditetapkan")],
    )
    def test_only_while_the_course_runs(self, officer, people, sessions, cohort, state, sentence):
        type(cohort).objects.filter(pk=cohort.pk).update(state=state)
        assert "<input name" not in officer.get(grid(cohort)).content.decode()
        answer = officer.post(grid(cohort), {cell(sessions[0], people[0]): "H"})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert marks(sessions[0]) == ""

    def test_cells_of_another_cohort_or_of_nothing(self, officer, people, sessions, cohort):
        elsewhere = SessionFactory(
            cohort=CohortFactory(
                programme=cohort.programme, area=area(GEBANG_RAYA), state=CohortState.RUNNING
            )
        )
        data = {f"h-{elsewhere.pk}-{people[0].pk}-": "H", f"h-{sessions[0].pk}-999999999999999-": "H"}
        text = officer.post(grid(cohort), data).content.decode()
        assert "Pertemuan yang diisi sudah tidak ada dalam jadwal." in text
        assert "Sebagian peserta tidak ada dalam angkatan ini." in text
        odd = {"h-x-1-": "H", "h-1": "H", "h-" + "9" * 40 + "-1-": "H"}
        assert officer.post(grid(cohort), odd).status_code == 302
        assert not Attendance.objects.exists()


class TestTwoOfficers:
    """Each cell carries what its reader saw; what another wrote meanwhile is neither lost nor overwritten."""

    def test_a_mark_another_wrote_meanwhile_is_refused_and_named(
        self, officer, cast, people, sessions, cohort
    ):
        other = UserFactory(full_name="Wati Susanti")
        AttendanceFactory(session=sessions[0], enrolment=people[0], mark="A")
        sessions[0].recorded_at, sessions[0].recorded_by = timezone.now(), other
        sessions[0].save()
        data = {cell(sessions[0], people[0]): "H", cell(sessions[0], people[1]): "T"}
        answer = officer.post(grid(cohort), data)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert (
            f"{people[0].person}, pertemuan 1: kini tercatat alpa (pertemuan ini terakhir dicatat Wati"
            in text
        )
        assert "yang Anda isi hadir." in text
        assert "isian Anda masih ada" in text
        assert marks(sessions[0]) == "A"
        # what was typed stands there, on top of what is recorded now: the next save is about that
        assert f'name="{cell(sessions[0], people[0], "A")}" value="H"' in text
        assert f'name="{cell(sessions[0], people[1])}" value="T"' in text
        names = {cell(sessions[0], people[0], "A"): "H", cell(sessions[0], people[1]): "T"}
        assert officer.post(grid(cohort), names).status_code == 302
        assert marks(sessions[0]) == "HT"

    def test_a_correction_is_named_with_who_made_it(self, officer, cast, people, sessions, cohort):
        first = AttendanceFactory(session=sessions[0], enrolment=people[0], mark="H")
        correct = Cell(sessions[0].pk, people[0].pk, "H", "I")
        save_marks(cohort, [correct], by=cast.staff, today=TODAY)
        text = officer.post(sheet(sessions[0]), {cell(sessions[0], people[0], "H"): "A"}).content.decode()
        assert "kini tercatat izin atau sakit (oleh Rina Marlina, " in text
        assert f'id="k{people[0].pk}A" checked' in text
        first.refresh_from_db()
        assert first.mark == "I"

    def test_a_mark_that_was_taken_away_is_named_too(self, officer, cast, people, sessions, cohort):
        AttendanceFactory(session=sessions[0], enrolment=people[0], mark="H")
        save_marks(cohort, [Cell(sessions[0].pk, people[0].pk, "H", "")], by=cast.staff, today=TODAY)
        text = officer.post(grid(cohort), {cell(sessions[0], people[0], "H"): "A"}).content.decode()
        assert "kini tercatat kosong (oleh Rina Marlina, " in text

    def test_cells_the_user_did_not_touch_do_not_clash(self, officer, people, sessions, cohort):
        AttendanceFactory(session=sessions[0], enrolment=people[0], mark="A")
        data = {cell(sessions[0], people[0]): "", cell(sessions[0], people[1]): "H"}
        assert officer.post(grid(cohort), data).status_code == 302
        assert marks(sessions[0]) == "AH"

    def test_the_same_mark_twice_is_no_clash(self, officer, people, sessions, cohort):
        data = {cell(sessions[0], people[0]): "H"}
        officer.post(grid(cohort), data)
        assert officer.post(grid(cohort), data).status_code == 302
        assert marks(sessions[0]) == "H"


class TestCorrections:
    def test_they_leave_history_with_person_session_and_who(self, officer, cast, people, sessions, cohort):
        officer.post(sheet(sessions[1]), {cell(sessions[1], people[0]): "A"})
        answer = officer.post(sheet(sessions[1]), {cell(sessions[1], people[0], "A"): "I"}, follow=True)
        text = answer.content.decode()
        assert "1 dikoreksi." in text
        for address in (grid(cohort), sheet(sessions[1])):
            text = officer.get(address).content.decode()
            assert f"<b>{people[0].person}</b>, pertemuan 2<small>Alpa → Izin atau sakit</small>" in text
            assert "· Sri Wahyuni" in text
        text = officer.get(people[0].get_absolute_url()).content.decode()
        assert "Kehadiran dikoreksi" in text
        assert "Pertemuan 2, " in text

    def test_each_step_has_its_old_and_new_mark(self, officer, people, sessions, cohort):
        for seen, mark in (("", "A"), ("A", "I"), ("I", "H"), ("H", "")):
            officer.post(grid(cohort), {cell(sessions[0], people[0], seen): mark})
        text = officer.get(grid(cohort)).content.decode()
        found = re.findall(r"<small>(\S[^<]*) → ([^<]*)</small>", text)
        assert found == [
            ("Hadir", "kosong"),
            ("Izin atau sakit", "Hadir"),
            ("Alpa", "Izin atau sakit"),
        ]

    def test_a_session_emptied_is_no_longer_recorded(self, officer, people, sessions, cohort):
        officer.post(grid(cohort), {cell(sessions[0], people[0]): "H", cell(sessions[0], people[1]): "H"})
        officer.post(grid(cohort), {cell(sessions[0], people[0], "H"): ""})
        sessions[0].refresh_from_db()
        assert sessions[0].recorded_at is not None
        officer.post(grid(cohort), {cell(sessions[0], people[1], "H"): ""})
        sessions[0].refresh_from_db()
        assert (sessions[0].recorded_at, marks(sessions[0])) == (None, "")
