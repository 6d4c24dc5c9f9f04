"""The timetable through its pages: made at once, changed, deleted, and what stands in the way."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import GEBANG_RAYA, JATIUWUNG, area
from tests.trainings.factories import (
    AttendanceFactory,
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    SessionFactory,
)
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Session

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())


@pytest.fixture
def staff(cast, client):
    client.force_login(cast.staff)
    return client


@pytest.fixture
def cohort(cast):
    return CohortFactory(programme__state=ProgrammeState.RUNNING, state=CohortState.RUNNING)


def filled(**changes):
    return {
        "held_on": MONDAY.isoformat(),
        "number": 3,
        "starts_at": "09:00",
        "ends_at": "12:00",
        "venue": "Aula kelurahan",
        "instructor": "Ibu Kartini",
        "topic": "",
    } | changes


def make(client, cohort, **changes):
    return client.post(reverse("trainings:sessions_make", args=[cohort.pk]), filled(**changes), follow=True)


def change(client, session, **changes):
    address = reverse("trainings:session_edit", args=[session.pk])
    seen = client.get(address).context["form"]["seen"].value()
    data = filled(held_on=session.held_on.isoformat(), seen=seen) | changes
    return client.post(address, data, follow=True)


def delete(client, session, seen=None):
    address = reverse("trainings:session_delete", args=[session.pk])
    return client.post(address, {"seen": seen or client.get(address).context["seen"]}, follow=True)


def numbered(cohort):
    return [(one.number, (one.held_on - MONDAY).days) for one in cohort.sessions.order_by("number")]


class TestMaking:
    def test_many_at_once_on_the_days_of_the_week(self, staff, cohort):
        answer = make(staff, cohort, weekdays=[0, 3], number=4)
        assert "4 pertemuan dibuat" in answer.content.decode()
        assert numbered(cohort) == [(1, 0), (2, 3), (3, 7), (4, 10)]
        first = cohort.sessions.first()
        assert (first.starts_at, first.ends_at) == (time(9), time(12))

    def test_place_and_instructor_of_the_cohort_stay_the_cohorts(self, staff, cohort):
        make(staff, cohort, number=1, instructor="Bapak Haryanto")
        session = cohort.sessions.get()
        assert (session.venue, session.instructor) == ("", "Bapak Haryanto")
        text = staff.get(reverse("trainings:timetable", args=[cohort.pk])).content.decode()
        assert "Aula kelurahan<small>Bapak Haryanto</small>" in text

    def test_pressed_twice_makes_them_once(self, staff, cohort):
        make(staff, cohort)
        answer = make(staff, cohort)
        assert answer.status_code == 422
        assert "bertabrakan dengan pertemuan 1 (09.00–12.00)" in answer.content.decode()
        assert cohort.sessions.count() == 3

    def test_those_before_others_shift_the_numbers(self, staff, cohort):
        make(staff, cohort, number=2)
        earlier = (MONDAY - timedelta(days=7)).isoformat()
        make(staff, cohort, held_on=earlier, number=1)
        make(staff, cohort, held_on=(MONDAY + timedelta(days=1)).isoformat(), number=1)
        assert numbered(cohort) == [(1, -7), (2, 0), (3, 1), (4, 7)]

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"ends_at": "08:00"}, "Pertemuan selesai sebelum mulai."),
            ({"held_on": "2001-01-01"}, "sebelum pendaftaran dibuka"),
            ({"held_on": "9999-12-31"}, "terlalu jauh untuk program"),
            ({"number": 61}, "60"),
            ({"number": 0}, "1"),
            ({"held_on": "kemarin"}, "tanggal"),
            ({"weekdays": ["9"]}, "9"),
        ],
    )
    def test_what_makes_no_sense_is_said(self, staff, cohort, changes, sentence):
        answer = make(staff, cohort, **changes)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not cohort.sessions.exists()

    def test_more_than_a_cohort_can_hold(self, staff, cohort):
        make(staff, cohort, weekdays=list(range(7)), number=50)
        answer = make(staff, cohort, held_on=(MONDAY + timedelta(days=60)).isoformat(), number=11)
        assert "paling banyak 60 pertemuan; sudah ada 50" in answer.content.decode()

    def test_an_instructor_who_teaches_elsewhere_is_named_and_may_be_accepted(self, staff, cohort):
        other = CohortFactory(
            programme=ProgrammeFactory(course=CourseFactory(name="Payet")), area=area(JATIUWUNG)
        )
        SessionFactory(cohort=other, held_on=MONDAY, starts_at=time(10))
        answer = make(staff, cohort, number=1)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "Ibu Kartini juga mengajar Payet" in text
        assert "Kelurahan Jatiuwung (10.00–12.00)." in text
        assert "Aula kelurahan juga dipakai" not in text
        make(staff, cohort, number=1, accept="1")
        assert cohort.sessions.count() == 1

    def test_a_finished_cohort_keeps_its_timetable(self, staff):
        cohort = CohortFactory(state=CohortState.FINISHED)
        assert "sudah selesai" in make(staff, cohort).content.decode()
        assert not cohort.sessions.exists()


class TestChanging:
    def test_another_day_takes_its_number(self, staff, cohort):
        make(staff, cohort, number=4)
        second = cohort.sessions.get(number=2)
        change(staff, second, held_on=(MONDAY + timedelta(days=20)).isoformat(), topic="Adonan")
        assert numbered(cohort) == [(1, 0), (2, 14), (3, 20), (4, 21)]
        second.refresh_from_db()
        assert (second.number, second.topic) == (3, "Adonan")

    def test_to_the_time_of_another_is_refused(self, staff, cohort):
        make(staff, cohort)
        answer = change(staff, cohort.sessions.get(number=1), held_on=(MONDAY + timedelta(7)).isoformat())
        assert "bertabrakan dengan pertemuan 2" in answer.content.decode()
        assert numbered(cohort) == [(1, 0), (2, 7), (3, 14)]

    def test_over_somebody_elses_change_is_refused_and_can_be_sent_again(self, staff, cohort):
        session = SessionFactory(cohort=cohort, held_on=MONDAY)
        address = reverse("trainings:session_edit", args=[session.pk])
        seen = staff.get(address).context["form"]["seen"].value()
        Session.objects.filter(pk=session.pk).update(topic="Menghias", starts_at=time(8))
        data = filled(held_on=MONDAY.isoformat(), seen=seen, topic="Adonan")
        answer = staff.post(address, data)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "sudah diubah orang lain" in text
        assert "<li>Materi: Menghias</li>" in text
        assert "<li>Mulai: 08.00</li>" in text
        assert 'value="Adonan"' in text
        staff.post(address, data | {"seen": answer.context["form"]["seen"].value()})
        session.refresh_from_db()
        assert session.topic == "Adonan"

    def test_a_recorded_one_does_not_move_into_the_future(self, staff, cohort, cast):
        session = SessionFactory(
            cohort=cohort, held_on=TODAY, recorded_at=timezone.now(), recorded_by=cast.staff
        )
        answer = change(staff, session, held_on=(TODAY + timedelta(days=1)).isoformat())
        assert "tidak boleh di masa depan" in answer.content.decode()
        change(staff, session, held_on=(TODAY - timedelta(days=1)).isoformat())
        session.refresh_from_db()
        assert session.held_on == TODAY - timedelta(days=1)


class TestDeleting:
    def test_the_numbers_behind_it_close_up(self, staff, cohort):
        make(staff, cohort, number=4)
        answer = delete(staff, cohort.sessions.get(number=2))
        assert "dihapus dari jadwal" in answer.content.decode()
        assert numbered(cohort) == [(1, 0), (2, 14), (3, 21)]

    def test_not_once_somebodys_attendance_is_recorded(self, staff, cohort):
        enrolment = EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
        session = SessionFactory(cohort=cohort)
        AttendanceFactory(enrolment=enrolment, session=session)
        text = staff.get(reverse("trainings:session_delete", args=[session.pk])).content.decode()
        assert "Kehadiran 1 peserta sudah dicatat" in text
        assert "btn-danger" not in text
        answer = delete(staff, session)
        assert answer.status_code == 422
        assert "tidak dapat dihapus" in answer.content.decode()
        assert cohort.sessions.count() == 1

    def test_not_what_somebody_changed_since(self, staff, cohort):
        session = SessionFactory(cohort=cohort)
        seen = staff.get(reverse("trainings:session_delete", args=[session.pk])).context["seen"]
        Session.objects.filter(pk=session.pk).update(topic="Ujian akhir")
        assert "sudah diubah orang lain" in delete(staff, session, seen).content.decode()
        assert cohort.sessions.count() == 1


class TestReading:
    def test_the_timetable_says_what_is_missing_and_what_is_next(self, client, cast, cohort):
        people = [EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED) for _ in range(2)]
        whole, half, none = (SessionFactory(cohort=cohort) for _ in range(3))
        later = SessionFactory(cohort=cohort, held_on=TODAY + timedelta(days=3))
        for enrolment in people:
            AttendanceFactory(enrolment=enrolment, session=whole)
        AttendanceFactory(enrolment=people[0], session=half)
        client.force_login(cast.officer_a)
        text = client.get(reverse("trainings:timetable", args=[cohort.pk])).content.decode()
        assert "Lengkap" in text
        assert "1 dari 2 peserta" in text
        assert "Belum dicatat" in text
        assert "Belum berlangsung" in text
        assert "Catat pertemuan 2" in text
        assert reverse("trainings:session_sheet", args=[none.pk]) in text
        assert reverse("trainings:session_sheet", args=[later.pk]) not in text
        assert "Ubah" not in text  # the office's, not the officer's

    def test_an_empty_timetable_says_who_fills_it(self, client, cast, cohort):
        for person, sentence in ((cast.officer_a, "disusun oleh Dinas Sosial"), (cast.staff, "Susun jadwal")):
            client.force_login(person)
            text = client.get(reverse("trainings:timetable", args=[cohort.pk])).content.decode()
            assert sentence in text

    def test_a_session_of_another_area_is_not_found(self, client, cast):
        session = SessionFactory(cohort=CohortFactory(area=area(GEBANG_RAYA), state=CohortState.RUNNING))
        client.force_login(cast.officer_a)
        assert client.get(reverse("trainings:session_sheet", args=[session.pk])).status_code == 404

    def test_sessions_of_a_draft_are_the_offices_alone(self, client, cast):
        session = SessionFactory(cohort=CohortFactory(programme__state=ProgrammeState.DRAFT))
        client.force_login(cast.officer_a)
        assert client.get(reverse("trainings:session_sheet", args=[session.pk])).status_code == 404
