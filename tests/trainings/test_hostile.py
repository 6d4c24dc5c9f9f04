"""What a hostile insider or a careless clerk sends to the trainings: forged keys, replays, odd letters, other rules."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tangerang_poverty.accounts.permissions import Role
from tests.factories import GEMBOR, JATIUWUNG, PERIUK, UserFactory, area
from tests.trainings.factories import (
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    GraduationFactory,
    ProgrammeFactory,
    SessionFactory,
    head_of,
    listed_family,
)
from tests.trainings.paper_files import asked, content, text
from tests.trainings.past_files import HEADER, book, line, post_file
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Attendance, Cohort, Course, Enrolment, Graduation, PastImport, Programme, Session

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year
NIK = "3671014205750001"
HUGE = ("9" * 30, "9" * 5_000)  # beyond what the database counts to, and beyond what Python reads


def page(name, *args):
    return reverse(f"trainings:{name}", args=args)


@pytest.fixture
def staff(cast, client):
    client.force_login(cast.staff)
    return client


class TestForgedKeys:
    @pytest.mark.parametrize("key", [*HUGE, "-1", "٣", "²", "x"])
    def test_a_key_that_nobody_has_is_no_participant(self, staff, key):
        own = EnrolmentFactory()
        answer = staff.post(page("verify", own.cohort_id), {"peserta": [own.pk, key], "langkah": "terima"})
        assert answer.status_code == 422
        assert "tidak ada dalam angkatan ini" in answer.content.decode()
        own.refresh_from_db()
        assert own.state == EnrolmentState.REGISTERED

    def test_participants_of_another_cohort_are_neither_verified_nor_marked_nor_scored(self, staff):
        cohort = CohortFactory(state=CohortState.RUNNING)
        mine, session = EnrolmentFactory(cohort=cohort, state="accepted"), SessionFactory(cohort=cohort)
        other = CohortFactory(programme=cohort.programme, area=area(JATIUWUNG), state=CohortState.RUNNING)
        theirs = EnrolmentFactory(cohort=other, state="accepted")
        EnrolmentFactory(cohort=other)
        for name, data in (
            ("verify", {"peserta": [mine.pk, theirs.pk], "langkah": "periksa-lagi"}),
            ("attendance", {f"h-{session.pk}-{theirs.pk}-": "H"}),
            ("attendance", {f"h-{SessionFactory(cohort=other).pk}-{mine.pk}-": "H"}),
            ("scores", {f"nilai-{theirs.pk}-": "90"}),
        ):
            assert staff.post(page(name, cohort.pk), data).status_code == 422, name
        theirs.refresh_from_db()
        assert (theirs.state, theirs.score, Attendance.objects.count()) == ("accepted", None, 0)

    def test_one_cell_written_in_two_ways_is_one_cell(self, staff):
        cohort = CohortFactory(state=CohortState.RUNNING)
        one, session = EnrolmentFactory(cohort=cohort, state="accepted"), SessionFactory(cohort=cohort)
        data = {
            f"h-{session.pk}-{one.pk}-": "H",
            f"h-0{session.pk}-{one.pk}-": "A",
            f"h-{session.pk}-00{one.pk}-": "I",
        }
        assert staff.post(page("attendance", cohort.pk), data).status_code == 302
        assert Attendance.objects.get().mark == "H"


class TestReplays:
    def press(self, client, person, key, cohort):
        data = {"orang": person.pk, "kunci": key, "cari": ""}
        return client.post(page("desk_register", cohort.pk), data, follow=True)

    def test_an_old_attempt_sent_again_does_not_say_that_somebody_who_left_is_in(self, client, cast):
        client.force_login(cast.officer_a)
        cohort = CohortFactory()
        person, key = head_of(listed_family(cohort)), uuid.uuid4()
        self.press(client, person, key, cohort)
        enrolment = Enrolment.objects.get()
        client.post(page("withdraw", enrolment.pk), {"reason": "moved", "note": ""})
        answer = self.press(client, person, key, cohort)
        assert answer.status_code == 422
        assert "sudah pernah dikirim dan kini mundur" in answer.content.decode()
        assert Enrolment.objects.get().state == EnrolmentState.WITHDRAWN
        self.press(client, person, uuid.uuid4(), cohort)
        assert Enrolment.objects.filter(state=EnrolmentState.REGISTERED).count() == 1

    def test_the_key_of_one_attempt_registers_nobody_else_in_its_place(self, client, cast):
        client.force_login(cast.officer_a)
        cohort, key = CohortFactory(), uuid.uuid4()
        first, second = (head_of(listed_family(cohort)) for _ in range(2))
        for person in (first, second, first):
            self.press(client, person, key, cohort)
        assert set(Enrolment.objects.values_list("person", "seat")) == {(first.pk, 1), (second.pk, 2)}


class TestCoursesThatComeBack:
    """Only who has the right lets a course come back to a kelurahan too soon."""

    @pytest.fixture
    def draft(self):
        """Of another course than was held in Gembor last year, with seats there."""
        CohortFactory(programme=ProgrammeFactory(year=YEAR - 1, state=ProgrammeState.CLOSED))
        programme = ProgrammeFactory(course=CourseFactory(name="Payet"), state=ProgrammeState.DRAFT)
        CohortFactory(programme=programme)
        return programme

    def rename(self, client, programme, course):
        form = client.get(page("programme_edit", programme.pk)).context["form"]
        data = {name: form[name].value() for name in form.fields}
        data = {name: "" if value is None else value for name, value in data.items()}
        return client.post(page("programme_edit", programme.pk), data | {"course_name": course})

    def test_a_draft_that_gets_another_course_is_asked_again_when_it_opens(self, staff, cast, draft):
        assert self.rename(staff, draft, "Kue Kering").status_code == 302
        answer = staff.post(page("programme_move", draft.pk, "open"), follow=True)
        assert f"sudah diadakan di Gembor tahun {YEAR - 1}" in answer.content.decode()
        draft.refresh_from_db()
        assert draft.state == ProgrammeState.DRAFT
        plan = staff.get(page("programme_quotas", draft.pk))
        assert f'name="kuota-{GEMBOR}" value="0"' in plan.content.decode()
        refused = staff.post(page("programme_quotas", draft.pk), {f"kuota-{GEMBOR}": "9"})
        assert refused.status_code == 422
        staff.post(page("programme_quotas", draft.pk), {f"kuota-{GEMBOR}": "0", f"kuota-{JATIUWUNG}": "5"})
        staff.post(page("programme_move", draft.pk, "open"))
        draft.refresh_from_db()
        assert draft.state == ProgrammeState.OPEN

    def test_seats_are_not_given_back_on_the_cohorts_own_page(self, staff, cast, draft, client):
        self.rename(staff, draft, "Kue Kering")
        Cohort.objects.filter(programme=draft).update(quota=0)
        Programme.objects.filter(pk=draft.pk).update(state=ProgrammeState.OPEN)
        cohort = draft.cohorts.get()
        data = {"quota": 20, "venue": "", "instructor": ""}
        assert staff.post(page("cohort_edit", cohort.pk), data).status_code == 422
        client.force_login(cast.head)
        reason = {"area": GEMBOR, "quota": 20, "reason": "permintaan warga"}
        assert client.post(page("cohort_add", draft.pk), reason).status_code == 302
        cohort.refresh_from_db()
        assert (cohort.quota, cohort.override_by, cohort.override_reason) == (
            20,
            cast.head,
            "permintaan warga",
        )

    def test_a_leave_is_for_the_course_it_was_given_for(self, staff, cast, draft):
        Cohort.objects.filter(programme=draft).update(
            override_at=timezone.now(), override_by=cast.head, override_reason="permintaan warga"
        )
        self.rename(staff, draft, "Kue Kering")
        assert draft.cohorts.get().override_at is None
        answer = staff.post(page("programme_move", draft.pk, "open"), follow=True)
        assert "sudah diadakan di Gembor" in answer.content.decode()


class TestRulesWhileTheGameIsOn:
    def test_what_it_takes_to_pass_is_fixed_once_a_kelurahan_is_decided(self, staff):
        programme = ProgrammeFactory(state=ProgrammeState.RUNNING, min_attendance=80)
        cohort = CohortFactory(programme=programme, state=CohortState.RUNNING)
        assert self.ask_for(staff, programme, 70) == 70
        Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.FINISHED)
        assert self.ask_for(staff, programme, 10) == 70

    def ask_for(self, client, programme, share):
        form = client.get(page("programme_edit", programme.pk)).context["form"]
        data = {name: form[name].value() for name in form.fields}
        data = {name: "" if value is None else value for name, value in data.items()}
        client.post(page("programme_edit", programme.pk), data | {"min_attendance": share})
        programme.refresh_from_db()
        return programme.min_attendance

    def test_a_closed_programme_gives_no_more_seats(self, staff):
        cohort = CohortFactory(programme=ProgrammeFactory(state=ProgrammeState.CLOSED))
        waiting = EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
        answer = staff.post(page("cohort_edit", cohort.pk), {"quota": 50, "venue": "", "instructor": ""})
        assert answer.status_code == 422
        waiting.refresh_from_db()
        assert waiting.state == EnrolmentState.WAITING

    def test_a_course_of_the_whole_city_is_not_renamed_from_a_kecamatan(self, client, cast):
        course = CourseFactory(name="Payet")
        address = reverse("admin:trainings_course_change", args=[course.pk])
        user = UserFactory(area=area(PERIUK))
        user.groups.add(Group.objects.get(name=Role.STAFF.value))
        for who, name in ((user, "Payet"), (cast.staff, "Sulam")):
            client.force_login(who)
            client.post(address, {"name": "Sulam", "is_active": "on", "reason": "nama yang dipakai dinas"})
            course.refresh_from_db()
            assert course.name == name
        event = Course.pgh_event_model.objects.get(pgh_label="update")
        assert (event.name, event.pgh_context.metadata["user"]) == ("Payet", cast.staff.pk)

    def test_everybody_who_recorded_a_session_stays_known(self, client, cast):
        cohort = CohortFactory(state=CohortState.RUNNING)
        one, two = (EnrolmentFactory(cohort=cohort, state="accepted") for _ in range(2))
        session = SessionFactory(cohort=cohort)
        for who, person in ((cast.officer_a, one), (cast.staff, two)):
            client.force_login(who)
            client.post(page("attendance", cohort.pk), {f"h-{session.pk}-{person.pk}-": "H"})
        session.refresh_from_db()
        events = Session.pgh_event_model.objects.filter(pgh_label="update").values_list(
            "recorded_by", flat=True
        )
        assert session.recorded_by == cast.staff
        assert list(events.order_by("pgh_id")) == [None, cast.officer_a.pk]


class TestNumbersAndLetters:
    def test_a_nik_in_a_reason_is_kept_masked(self, staff, cast, client):
        said = f"NIK {NIK} ganda"
        waiting = EnrolmentFactory(state=EnrolmentState.WAITING)
        leaving = EnrolmentFactory(cohort=waiting.cohort)
        staff.post(
            page("verify", waiting.cohort_id), {"peserta": waiting.pk, "langkah": "tolak", "alasan": said}
        )
        staff.post(page("withdraw", leaving.pk), {"reason": "other", "note": said})
        finished = CohortFactory(
            programme=waiting.programme, area=area(JATIUWUNG), state=CohortState.FINISHED
        )
        decided = GraduationFactory(cohort=finished)
        staff.post(page("graduation_revoke", decided.pk), {"reason": said})
        client.force_login(cast.head)
        draft = ProgrammeFactory(state=ProgrammeState.DRAFT, course=CourseFactory(name="Payet"))
        client.post(page("cohort_add", draft.pk), {"area": GEMBOR, "quota": 5, "reason": said})
        kept = [
            Enrolment.objects.get(pk=waiting.pk).decision_note,
            Enrolment.objects.get(pk=leaving.pk).leave_note,
            Graduation.objects.get(pk=decided.pk).revoke_reason,
            draft.cohorts.get().override_reason,
        ]
        assert kept == ["NIK 3671********0001 ganda"] * 4

    def test_letters_that_nobody_sees_do_not_reach_pages_and_papers(self, staff):
        cohort = CohortFactory(state=CohortState.RUNNING)
        data = {"quota": 5, "venue": "Aula\u202e \nRW\u200b 03", "instructor": "Ibu\0 Kartini"}
        assert staff.post(page("cohort_edit", cohort.pk), data).status_code == 302
        cohort.refresh_from_db()
        assert (cohort.venue, cohort.instructor) == ("Aula RW 03", "Ibu Kartini")

    def test_the_thousandth_seat_finds_its_room_for_a_signature(self, staff):
        cohort = CohortFactory(quota=1_000)
        EnrolmentFactory(cohort=cohort, seat=1_000, state="accepted")
        assert "1000." in text(asked(staff, cohort, "daftar-hadir"))


class TestFilesOfThePast:
    """A column of something else in place of the courses, and a sheet as wide as the program allows."""

    def test_a_file_that_names_hundreds_of_courses_is_refused(self, staff):
        rows = [line(f"Siti {number}", course=f"Kue {number}") for number in range(201)]
        answer = post_file(staff, book(*rows))
        assert answer.status_code == 422
        assert "menyebut 201 keterampilan yang berbeda" in answer.content.decode()
        assert not PastImport.objects.exists()

    def test_a_nik_outside_its_column_is_masked_wherever_it_is_said_again(self, staff):
        text = f"{';'.join(HEADER)};{NIK}\n2014;Kue;{NIK};Gembor {NIK};Siti {NIK};;{NIK}\n"
        answer = post_file(staff, text.encode(), f"{NIK}.csv")
        made = PastImport.objects.get()
        said = staff.get(answer["Location"]).content.decode()
        said += staff.get(page("past_staged", made.pk)).content.decode()
        rejected = load_workbook(content(staff.post(page("past_rejected", made.pk))))
        said += str([[cell.value for row in sheet for cell in row] for sheet in rejected])
        said += str(list(made.staged.values_list("sheet", "cells", "extra", "problems")))
        assert "3671********0001" in said
        assert NIK not in said

    def test_a_headless_list_is_refused_without_its_numbers(self, staff):
        answer = post_file(staff, f"Siti;{NIK};Gembor\nAni;{NIK};Gembor\n".encode(), "daftar.csv")
        assert answer.status_code == 422
        assert NIK not in answer.content.decode()

    def test_a_sheet_too_wide_to_be_given_back_is_refused(self, staff):
        header = [*HEADER, *(f"Kolom {number}" for number in range(1_000))]
        text = f"{';'.join(header)}\n2014;Kue;Periuk;Tidak ada;Siti;\n"
        answer = post_file(staff, text.encode(), "lebar.csv")
        assert answer.status_code == 422
        assert "lebih dari 1.000 kolom" in answer.content.decode()


def test_two_who_make_the_same_programme_at_the_same_moment_make_it_once(staff, monkeypatch):
    """The second has looked before the first has written: the database decides, and the page says so."""
    there = ProgrammeFactory()
    monkeypatch.setattr(Programme, "full_clean", lambda self: None)
    data = {
        "course_name": there.course.name,
        "year": there.year,
        "wave": there.wave_id,
        "account_code": "5.2.2.03.01",
        "budget": 1,
        "default_quota": 5,
        "years_between": 3,
        "course_gap_years": 3,
        "registration_opens_on": timezone.localdate().isoformat(),
        "registration_closes_on": (timezone.localdate() + timedelta(days=1)).isoformat(),
        "min_attendance": 80,
    }
    answer = staff.post(page("programme_new"), data)
    assert answer.status_code == 422
    assert "pada tahun itu sudah ada" in answer.content.decode()
