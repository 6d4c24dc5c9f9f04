"""Scores and graduation through their pages: decided as a whole, refused with every problem, taken back whole."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.factories import GEBANG_RAYA, area
from tests.trainings.factories import AttendanceFactory, CohortFactory, EnrolmentFactory, SessionFactory
from trainings.actions.graduation import CODE_LETTERS, new_code
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Attendance, Certificate, CohortCount, Enrolment, Graduation, Session

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def staff(cast, client):
    client.force_login(cast.staff)
    return client


def course(*marks, **values):
    """A cohort that has met; each of `marks` ("HHA") is one participant over the sessions."""
    values = {"state": CohortState.RUNNING, "quota": 10, "programme__state": ProgrammeState.RUNNING} | values
    cohort = CohortFactory(**values)
    sessions = [SessionFactory(cohort=cohort) for _ in marks[0]]
    for letters in marks:
        person = EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
        for session, mark in zip(sessions, letters, strict=True):
            AttendanceFactory(session=session, enrolment=person, mark=mark)
    Session.objects.filter(cohort=cohort).update(
        recorded_at=timezone.now(), recorded_by=cohort.enrolments.first().registered_by
    )
    return cohort


def page(cohort, name="graduation"):
    return reverse(f"trainings:{name}", args=[cohort.pk])


def report(client, cohort, **changes):
    """What somebody types into the form of the page as it is now."""
    seen = client.get(page(cohort)).context["form"]["seen"].value()
    return {
        "seen": seen,
        "report_number": "800/12/BA-PEL",
        "decided_on": TODAY.isoformat(),
        "place": "Tangerang",
        "signatory_name": "H. Hasan Basri",
        "signatory_title": "Kepala Dinas Sosial",
    } | changes


def decide(client, cohort, **changes):
    return client.post(page(cohort), report(client, cohort, **changes), follow=True)


def revoke(client, cohort, reason="salah menghitung kehadiran"):
    decision = Graduation.objects.get(cohort=cohort, revoked_at=None)
    address = reverse("trainings:graduation_revoke", args=[decision.pk])
    return client.post(address, {"reason": reason}, follow=True)


def states(cohort):
    return list(cohort.enrolments.order_by("seat", "pk").values_list("state", flat=True))


def state_of(cohort):
    cohort.refresh_from_db()
    return cohort.state


class TestBefore:
    def test_the_page_says_who_would_pass_and_why_not(self, staff):
        cohort = course("HHHHH", "HTHTA", "HHIIA", programme__min_score=60)
        first, second, _ = cohort.enrolments.order_by("seat")
        Enrolment.objects.filter(pk=first.pk).update(score=80)
        Enrolment.objects.filter(pk=second.pk).update(score=59)
        text = staff.get(page(cohort)).content.decode()
        assert "1 dari 3 peserta memenuhi syarat" in text
        assert "Nilai 59; paling rendah 60." in text
        assert "Hadir 2 dari 5 pertemuan; paling sedikit 4 (80 %)." in text
        assert "Nilai belum diisi; paling rendah 60." in text

    def test_the_form_comes_when_nothing_stands_in_the_way(self, staff):
        cohort = course("HH")
        assert "Tetapkan kelulusan" in staff.get(page(cohort)).content.decode()
        EnrolmentFactory(cohort=cohort)
        text = staff.get(page(cohort)).content.decode()
        assert "Tetapkan kelulusan" not in text
        assert "1 peserta belum diperiksa" in text

    def test_the_last_signatory_is_offered(self, staff):
        decide(staff, course("HH"), signatory_name="Dra. Sulastri", place="Cipondoh")
        other = course("HH", area=area(GEBANG_RAYA), programme__year=TODAY.year - 1)
        form = staff.get(page(other)).context["form"]
        assert form["signatory_name"].value() == "Dra. Sulastri"
        assert form["place"].value() == "Cipondoh"


class TestDeciding:
    def test_as_a_whole_with_certificates(self, staff, cast):
        cohort = course("HHHH", "HHHA", "HHTI", programme__min_attendance=75)
        answer = decide(staff, cohort)
        assert "Kelulusan ditetapkan: 3 peserta lulus" in answer.content.decode()
        assert states(cohort) == ["graduated"] * 3
        assert state_of(cohort) == CohortState.FINISHED
        decision = Graduation.objects.get()
        assert (decision.report_number, decision.decided_by) == ("800/12/BA-PEL", cast.staff)
        assert [one.sequence for one in Certificate.objects.all()] == [1, 2, 3]
        assert CohortCount.objects.filter(cohort=cohort, n__gt=0).get().state == "graduated"

    def test_some_pass_and_some_do_not(self, staff):
        cohort = course("HHHH", "AAAA", "HTHT")
        text = decide(staff, cohort).content.decode()
        assert states(cohort) == ["graduated", "failed", "graduated"]
        assert Certificate.objects.count() == 2
        assert "2 dari 3 peserta lulus" in text

    def test_a_certificate_says_what_will_be_printed(self, staff):
        cohort = course("HH")
        Session.objects.filter(cohort=cohort, number=2).update(ends_at=time(12, 30))
        decide(staff, cohort, decided_on=TODAY.isoformat())
        certificate = Certificate.objects.get()
        first, last = cohort.sessions.order_by("number")
        assert certificate.name == str(certificate.enrolment.person)
        assert certificate.course_name == "Kue Kering"
        assert certificate.area_name == "Kelurahan Gembor, Kecamatan Periuk"
        assert (certificate.started_on, certificate.ended_on) == (first.held_on, last.held_on)
        assert (certificate.session_count, certificate.hours) == (2, 7)  # six hours and a half
        assert (certificate.issued_on, certificate.year) == (TODAY, cohort.programme.year)
        assert certificate.number == f"0001/PEL.{cohort.programme_id}/{TODAY.year}"

    def test_what_is_printed_stays_when_the_registry_changes(self, staff):
        cohort = course("HH")
        decide(staff, cohort)
        certificate = Certificate.objects.get()
        name = certificate.name
        type(certificate.enrolment.person).objects.update(name="Nama Lain")
        certificate.refresh_from_db()
        assert certificate.name == name

    def test_numbers_of_a_programme_follow_each_other_over_its_cohorts(self, staff):
        first = course("HH", "HH")
        second = course("HH", programme=first.programme, area=area(GEBANG_RAYA))
        decide(staff, first)
        decide(staff, second)
        rows = Certificate.objects.order_by("sequence").values_list("sequence", "enrolment__cohort")
        assert list(rows) == [(1, first.pk), (2, first.pk), (3, second.pk)]

    def test_nobody_passes_is_a_decision_too(self, staff):
        cohort = course("AA")
        decide(staff, cohort)
        assert (states(cohort), state_of(cohort)) == (["failed"], CohortState.FINISHED)
        assert not Certificate.objects.exists()

    def test_those_who_left_are_left_alone(self, staff):
        cohort = course("HH")
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.WITHDRAWN)
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.REFUSED)
        decide(staff, cohort)
        assert sorted(states(cohort)) == ["graduated", "refused", "withdrawn"]


class TestRefusing:
    def test_every_problem_at_once(self, staff):
        cohort = course("HH", "HH", programme__min_score=60)
        blank, _ = cohort.enrolments.order_by("seat")
        Attendance.objects.filter(session__number=2, enrolment=blank).delete()
        Session.objects.filter(cohort=cohort, number=1).update(recorded_at=None, recorded_by=None)
        SessionFactory(cohort=cohort, held_on=TODAY + timedelta(days=2))
        registered = EnrolmentFactory(cohort=cohort)
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
        answer = decide(staff, cohort, decided_on=(TODAY + timedelta(days=1)).isoformat())
        text = answer.content.decode()
        assert answer.status_code == 422
        for sentence in (
            r"Pertemuan 1, [^<]*: kehadiran belum dicatat\.",
            rf"Pertemuan 2, [^<]*: kehadiran 1 peserta belum dicatat \({blank.person}\)\.",
            r"Pertemuan 3, [^<]*: belum berlangsung\.",
            rf"1 peserta belum diperiksa \({registered.person}\)\.",
            r"Masih ada 1 orang dalam daftar cadangan",
            r"Nilai 2 peserta belum diisi",
            r"Tanggal keputusan belum tiba\.",
        ):
            assert re.search(sentence, text), sentence
        assert state_of(cohort) == CohortState.RUNNING
        assert not Graduation.objects.exists()
        assert not Certificate.objects.exists()

    def test_no_sessions_and_nobody(self, staff):
        cohort = CohortFactory(state=CohortState.RUNNING)
        text = decide(staff, cohort).content.decode()
        assert "Angkatan ini belum mempunyai pertemuan." in text
        assert "Tidak ada peserta yang diterima." in text

    def test_before_the_course_has_begun(self, staff):
        cohort = CohortFactory()
        assert "Pelatihan angkatan ini belum dimulai." in decide(staff, cohort).content.decode()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"report_number": " "}, "Nomor berita acara"),
            ({"signatory_name": ""}, "Nama penanda tangan"),
            ({"decided_on": "2001-01-01"}, "mendahului pertemuan terakhir"),
            ({"decided_on": "besok"}, "tanggal"),
            ({"place": "x" * 90}, "80"),
        ],
    )
    def test_a_report_that_is_not_whole_stays_in_the_form(self, staff, changes, sentence):
        cohort = course("HH")
        answer = decide(staff, cohort, note="Disaksikan lurah", **changes)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "Disaksikan lurah" in answer.content.decode()
        assert state_of(cohort) == CohortState.RUNNING

    def test_another_outcome_than_the_page_showed(self, staff):
        cohort = course("HH", "HH")
        data = report(staff, cohort)
        Attendance.objects.filter(enrolment=cohort.enrolments.first()).update(mark="A")
        answer = staff.post(page(cohort), data)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "berubah sejak halaman dibuka" in text
        assert "1 dari 2 peserta lulus" in text
        assert state_of(cohort) == CohortState.RUNNING
        again = data | {"seen": answer.context["form"]["seen"].value()}
        staff.post(page(cohort), again)
        assert sorted(states(cohort)) == ["failed", "graduated"]

    def test_pressed_twice_decides_once(self, staff):
        cohort = course("HH")
        data = report(staff, cohort)
        staff.post(page(cohort), data)
        answer = staff.post(page(cohort), data)
        assert answer.status_code == 422
        assert Graduation.objects.count() == Certificate.objects.count() == 1

    def test_an_officer_of_the_kelurahan_does_not_decide(self, client, cast):
        cohort = course("HH")
        client.force_login(cast.officer_a)
        assert client.get(page(cohort)).status_code == 403
        assert client.post(page(cohort), {"report_number": "1"}).status_code == 403

    def test_two_decisions_in_force_are_refused_by_the_database(self, staff):
        cohort = course("HH")
        decide(staff, cohort)
        first = Graduation.objects.get()
        first.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            first.save(force_insert=True)


class TestRevoking:
    def test_everything_is_as_before_and_the_certificates_are_not_valid(self, staff, cast):
        cohort = course("HH", "AA")
        decide(staff, cohort)
        text = revoke(staff, cohort).content.decode()
        assert states(cohort) == ["accepted", "accepted"]
        assert state_of(cohort) == CohortState.RUNNING
        decision = Graduation.objects.get()
        assert (decision.revoked_by, decision.revoke_reason) == (cast.staff, "salah menghitung kehadiran")
        assert not Certificate.objects.live().exists()
        assert "salah menghitung kehadiran" in text
        assert "Berita acara 800/12/BA-PEL" in text

    def test_decided_again_the_numbers_are_new(self, staff):
        cohort = course("HH")
        decide(staff, cohort)
        revoke(staff, cohort)
        decide(staff, cohort, report_number="800/13/BA-PEL")
        assert list(Certificate.objects.values_list("sequence", flat=True)) == [1, 2]
        assert Certificate.objects.live().get().sequence == 2
        assert len(set(Certificate.objects.values_list("code", flat=True))) == 2

    def test_not_without_a_reason_and_not_twice(self, staff):
        cohort = course("HH")
        decide(staff, cohort)
        address = reverse("trainings:graduation_revoke", args=[Graduation.objects.get().pk])
        for reason in ("", "  ", "x"):
            assert staff.post(address, {"reason": reason}).status_code == 422
        assert state_of(cohort) == CohortState.FINISHED
        staff.post(address, {"reason": "salah hitung"})
        answer = staff.post(address, {"reason": "sekali lagi"})
        assert "sudah dibatalkan" in answer.content.decode()
        assert Graduation.objects.get().revoke_reason == "salah hitung"

    def test_one_taken_back_does_not_take_back_the_next(self, staff):
        cohort = course("HH")
        decide(staff, cohort)
        old = Graduation.objects.get()
        revoke(staff, cohort)
        decide(staff, cohort, report_number="800/13/BA-PEL")
        address = reverse("trainings:graduation_revoke", args=[old.pk])
        assert "sudah dibatalkan" in staff.post(address, {"reason": "keliru lagi"}).content.decode()
        assert state_of(cohort) == CohortState.FINISHED

    def test_a_closed_programme_can_still_be_put_right(self, staff):
        cohort = course("HH")
        decide(staff, cohort)
        type(cohort.programme).objects.update(state=ProgrammeState.CLOSED)
        revoke(staff, cohort)
        decide(staff, cohort, report_number="800/13/BA-PEL")
        assert (states(cohort), state_of(cohort)) == (["graduated"], CohortState.FINISHED)

    def test_the_history_of_a_participant_tells_both(self, staff):
        cohort = course("HH")
        decide(staff, cohort)
        revoke(staff, cohort)
        text = staff.get(cohort.enrolments.get().get_absolute_url()).content.decode()
        assert "Kelulusan ditetapkan" in text
        assert "Kelulusan dibatalkan" in text
        assert "salah menghitung kehadiran" in text


class TestScores:
    def save(self, client, cohort, *scores, seen=()):
        people = cohort.enrolments.order_by("seat")
        names = [f"nilai-{one.pk}-{old}" for one, old in zip(people, seen or [""] * len(scores), strict=True)]
        return client.post(page(cohort, "scores"), dict(zip(names, scores, strict=True)), follow=True)

    def scores(self, cohort):
        return list(cohort.enrolments.order_by("seat").values_list("score", flat=True))

    def test_typed_in_and_taken_away(self, staff):
        cohort = course("HH", "HH", "HH", programme__min_score=60)
        assert "3 nilai tersimpan." in self.save(staff, cohort, "0", "100", " 075 ").content.decode()
        assert self.scores(cohort) == [0, 100, 75]
        self.save(staff, cohort, "", "100", "75", seen=("0", "100", "75"))
        assert self.scores(cohort) == [None, 100, 75]

    @pytest.mark.parametrize("typed", ["101", "-1", "tujuh", "7,5", "٣", "9" * 30])
    def test_what_is_no_score_is_named_and_stays(self, staff, typed):
        cohort = course("HH", "HH")
        answer = self.save(staff, cohort, typed, "80")
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "isi angka bulat 0 sampai 100" in text
        assert f'value="{typed[:20]}"' in text
        assert 'value="80"' in text
        assert self.scores(cohort) == [None, None]

    def test_over_anothers_score_is_refused_and_named(self, client, cast):
        cohort = course("HH", "HH")
        client.force_login(cast.second_staff)
        self.save(client, cohort, "70", "")
        client.force_login(cast.staff)
        answer = self.save(client, cohort, "90", "80")
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "kini tercatat 70 (oleh Agus Setiawan); yang Anda isi 90." in text
        assert self.scores(cohort) == [70, None]
        person = cohort.enrolments.order_by("seat").first()
        assert f'name="nilai-{person.pk}-70" value="90"' in text
        self.save(client, cohort, "90", "80", seen=("70", ""))
        assert self.scores(cohort) == [90, 80]

    def test_not_before_the_course_and_not_after_the_decision(self, staff):
        cohort = course("HH", state=CohortState.OPEN)
        assert "Mulai dahulu" in self.save(staff, cohort, "80").content.decode()
        type(cohort).objects.filter(pk=cohort.pk).update(state=CohortState.RUNNING)
        decide(staff, cohort)
        assert "sudah ditetapkan" in self.save(staff, cohort, "80").content.decode()
        assert self.scores(cohort) == [None]


def test_codes_are_of_letters_that_are_not_taken_for_each_other():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 12 and set(code) <= set(CODE_LETTERS) for code in codes)
    assert len(set("".join(codes))) == 32
