"""Programmes, through their pages: made, quotas planned and taken over, moved, and what is refused on the way."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import WaveCount
from tangerang_poverty.accounts.permissions import Can
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, HouseholdFactory, HouseholdRecordFactory, area
from tests.trainings.factories import (
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    head_of,
    listed_family,
)
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Cohort, Course, Programme

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


@pytest.fixture
def staff(cast, client):
    client.force_login(cast.staff)
    return client


def filled(wave, **changes):
    """What somebody types into the form of a new programme."""
    today = timezone.localdate()
    return {
        "course_name": "Kue Kering",
        "year": YEAR,
        "wave": wave.pk,
        "account_code": "5.2.2.03.01",
        "budget": "1850000000",
        "default_quota": 50,
        "registration_opens_on": today.isoformat(),
        "registration_closes_on": (today + timedelta(days=30)).isoformat(),
        "min_age": 17,
        "max_age": 60,
        "years_between": 3,
        "course_gap_years": 3,
        "min_attendance": 80,
    } | changes


def page(client, programme, name="programme"):
    return client.get(reverse(f"trainings:{name}", args=[programme.pk])).content.decode()


def move(client, programme, name):
    address = reverse("trainings:programme_move", args=[programme.pk, name])
    answer = client.post(address, follow=True).content.decode()
    programme.refresh_from_db()
    return answer


class TestForm:
    def test_a_new_programme_is_a_draft_and_makes_its_course(self, staff):
        wave = ProgrammeFactory(year=2001).wave
        answer = staff.post(reverse("trainings:programme_new"), filled(wave, course_name="  kue   basah "))
        programme = Programme.objects.get(year=YEAR)
        assert answer.url == programme.get_absolute_url()
        assert (programme.state, programme.course.name) == (ProgrammeState.DRAFT, "kue basah")

    def test_a_known_course_is_taken_whatever_its_letters(self, staff):
        wave = ProgrammeFactory(year=2001).wave
        staff.post(reverse("trainings:programme_new"), filled(wave, course_name="KUE  KERING"))
        assert Course.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"account_code": "abc"}, "Kode rekening berupa angka dengan titik"),
            ({"registration_closes_on": "2001-01-01"}, "Pendaftaran ditutup sebelum dibuka."),
            ({"min_age": 61}, "Umur paling tua lebih muda"),
            ({"min_attendance": 101}, "paling banyak 100"),
            ({"year": 1812}, "Tahun tidak masuk akal."),
            ({"year": 2001}, "sudah ada"),
            ({"budget": "-5"}, "lebih besar dari atau sama dengan 0"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_kept(self, staff, changes, sentence):
        wave = ProgrammeFactory(year=2001).wave
        answer = staff.post(
            reverse("trainings:programme_new"), filled(wave, course_name="Kue Kering", **changes)
        )
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert Programme.objects.count() == 1

    def test_a_refused_programme_leaves_no_new_course_behind(self, staff):
        wave = ProgrammeFactory(year=2001).wave
        staff.post(reverse("trainings:programme_new"), filled(wave, course_name="Anyaman", account_code="x"))
        assert not Course.objects.filter(name="Anyaman").exists()

    def test_an_open_programme_keeps_its_terms_and_moves_its_window(self, staff):
        programme = ProgrammeFactory()
        address = reverse("trainings:programme_edit", args=[programme.pk])
        later = timezone.localdate() + timedelta(days=60)
        seen = staff.get(address).context["form"]["seen"].value()
        answer = staff.post(
            address, filled(programme.wave, max_age=99, registration_closes_on=later.isoformat(), seen=seen)
        )
        assert answer.status_code == 302
        programme.refresh_from_db()
        assert (programme.max_age, programme.registration_closes_on) == (60, later)

    def test_a_save_over_a_later_change_is_refused_once_and_then_taken(self, staff):
        programme = ProgrammeFactory(state=ProgrammeState.DRAFT)
        address = reverse("trainings:programme_edit", args=[programme.pk])
        seen = staff.get(address).context["form"]["seen"].value()
        Programme.objects.update(budget=7)
        answer = staff.post(address, filled(programme.wave, budget=9, seen=seen))
        assert answer.status_code == 422
        assert "baru saja diubah orang lain" in answer.content.decode()
        programme.refresh_from_db()
        assert programme.budget == 7
        staff.post(address, filled(programme.wave, budget=9, seen=answer.context["form"]["seen"].value()))
        programme.refresh_from_db()
        assert programme.budget == 9


class TestQuotas:
    def families(self, programme):
        for code, number in ((GEMBOR, 3), (GEBANG_RAYA, 1)):
            for _ in range(number):
                HouseholdRecordFactory(household=HouseholdFactory(area=area(code)), wave=programme.wave)
        assert WaveCount.objects.filter(wave=programme.wave).count() == 2

    def plan(self, client, programme, **query):
        address = reverse("trainings:programme_quotas", args=[programme.pk])
        answer = client.get(address, query)
        return {line.area.code: line.quota for line in answer.context["lines"]}, answer.content.decode()

    def take(self, client, programme, **quotas):
        data = {f"kuota-{code}": quota for code, quota in quotas.items()}
        return client.post(reverse("trainings:programme_quotas", args=[programme.pk]), data, follow=True)

    def test_the_plan_is_shown_before_it_is_taken_over(self, staff):
        programme = ProgrammeFactory(state=ProgrammeState.DRAFT)
        self.families(programme)
        assert self.plan(staff, programme)[0] == {GEMBOR: 50, GEBANG_RAYA: 50, JATIUWUNG: 50}
        quotas, _ = self.plan(staff, programme, cara="sebanding", kursi=10)
        assert quotas == {GEMBOR: 8, GEBANG_RAYA: 2, JATIUWUNG: 0}
        assert not Cohort.objects.exists()
        self.take(staff, programme, **quotas)
        assert dict(Cohort.objects.values_list("area", "quota")) == {GEMBOR: 8, GEBANG_RAYA: 2}

    def test_a_number_may_be_changed_before_it_is_taken_over(self, staff):
        programme = ProgrammeFactory(state=ProgrammeState.DRAFT)
        self.take(staff, programme, **{GEMBOR: "45", JATIUWUNG: ""})
        assert dict(Cohort.objects.values_list("area", "quota")) == {GEMBOR: 45}

    @pytest.mark.parametrize(
        ("quotas", "sentence"),
        [
            ({GEMBOR: "1", JATIUWUNG: "40"}, "Kuota 1 kurang dari 2 kursi yang sudah terisi"),
            ({GEMBOR: "banyak", JATIUWUNG: "40"}, "bukan bilangan bulat"),
            ({GEMBOR: "50", JATIUWUNG: "5000"}, "paling banyak 1000"),
            ({GEMBOR: "50", "36.71.99.1001": "40"}, "tidak dikenal"),
        ],
    )
    def test_one_wrong_number_takes_over_none(self, staff, quotas, sentence):
        cohort = CohortFactory(quota=5)
        for _ in range(2):
            EnrolmentFactory(cohort=cohort)
        answer = self.take(staff, cohort.programme, **quotas)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        cohort.refresh_from_db()
        assert (cohort.quota, Cohort.objects.count()) == (5, 1)

    def test_a_plan_over_a_later_change_is_refused_and_shows_it(self, staff):
        cohort = CohortFactory(quota=5)
        address = reverse("trainings:programme_quotas", args=[cohort.programme_id])
        seen = staff.get(address).context["seen"]
        Cohort.objects.update(quota=6)
        answer = staff.post(address, {f"kuota-{GEMBOR}": "50", "seen": seen})
        assert "baru saja diubah orang lain" in answer.content.decode()
        cohort.refresh_from_db()
        assert cohort.quota == 6

    def test_a_kelurahan_that_had_the_course_lately_gets_no_seats(self, staff, cast):
        before = CohortFactory(programme=ProgrammeFactory(year=YEAR - 2, state=ProgrammeState.CLOSED))
        programme = ProgrammeFactory(state=ProgrammeState.DRAFT)
        quotas, text = self.plan(staff, programme)
        assert quotas[GEMBOR] == 0
        assert f"Kue Kering sudah diadakan di Gembor tahun {YEAR - 2}; boleh lagi mulai {YEAR + 2}." in text
        answer = self.take(staff, programme, **{GEMBOR: "50", JATIUWUNG: "50"})
        assert answer.status_code == 422
        assert not programme.cohorts.exists()
        assert before.programme.course == programme.course

    def test_another_course_or_an_older_year_does_not_stand_in_the_way(self, staff, cast):
        CohortFactory(
            programme=ProgrammeFactory(
                year=YEAR - 1, course=CourseFactory(name="Payet"), state=ProgrammeState.CLOSED
            )
        )
        CohortFactory(programme=ProgrammeFactory(year=YEAR - 4, state=ProgrammeState.CLOSED))
        assert self.plan(staff, ProgrammeFactory(state=ProgrammeState.DRAFT))[0][GEMBOR] == 50

    def test_who_has_the_right_overrides_with_a_reason(self, client, cast):
        CohortFactory(programme=ProgrammeFactory(year=YEAR - 1, state=ProgrammeState.CLOSED))
        programme = ProgrammeFactory(state=ProgrammeState.DRAFT)
        client.force_login(cast.head)
        address = reverse("trainings:cohort_add", args=[programme.pk])
        assert client.post(address, {"area": GEMBOR, "quota": 30, "reason": "ya"}).status_code == 422
        client.post(address, {"area": GEMBOR, "quota": 30, "reason": "Peminat terbanyak di kota"})
        cohort = Cohort.objects.get(programme=programme)
        assert (cohort.override_by, cohort.override_reason) == (cast.head, "Peminat terbanyak di kota")
        assert not cast.staff.has_perm(Can.OVERRIDE_COURSE.value)
        client.force_login(cast.staff)
        assert self.plan(client, programme)[0][GEMBOR] == 30

    def test_a_running_programme_keeps_its_quotas(self, staff, cast):
        programme = ProgrammeFactory(state=ProgrammeState.RUNNING)
        assert "sebelum program berjalan" in self.take(staff, programme, **{GEMBOR: "5"}).content.decode()


class TestMoves:
    def test_the_whole_way_of_a_programme(self, staff):
        cohort = CohortFactory(programme=ProgrammeFactory(state=ProgrammeState.DRAFT))
        programme = cohort.programme
        for name, state in (("open", "open"), ("start", "running"), ("close", "closed")):
            move(staff, programme, name)
            assert programme.state == state
        assert "Selesai" in page(staff, programme)

    @pytest.mark.parametrize(
        ("state", "name", "sentence"),
        [
            (ProgrammeState.DRAFT, "close", "sudah berubah sejak halaman dibuka"),
            (ProgrammeState.CLOSED, "open", "sudah berubah sejak halaman dibuka"),
            (ProgrammeState.DRAFT, "open", "Tetapkan dahulu kuota"),
        ],
    )
    def test_a_move_that_is_not_there_changes_nothing(self, staff, state, name, sentence):
        programme = ProgrammeFactory(state=state)
        assert sentence in move(staff, programme, name)
        assert programme.state == state

    def test_a_move_of_another_name_is_not_found(self, staff):
        address = reverse("trainings:programme_move", args=[ProgrammeFactory().pk, "hapus"])
        assert staff.post(address).status_code == 404

    def test_with_participants_it_is_no_draft_again(self, staff):
        programme = EnrolmentFactory().cohort.programme
        assert "Sudah ada peserta" in move(staff, programme, "unopen")
        assert programme.state == ProgrammeState.OPEN

    def test_it_is_not_closed_while_a_cohort_is_undecided(self, staff):
        cohort = CohortFactory(
            programme=ProgrammeFactory(state=ProgrammeState.RUNNING), state=CohortState.RUNNING
        )
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
        assert "Kelulusan belum ditetapkan di Gembor." in move(staff, cohort.programme, "close")

    def test_a_window_that_is_over_is_not_opened(self, staff):
        past = timezone.localdate() - timedelta(days=2)
        programme = ProgrammeFactory(
            state=ProgrammeState.DRAFT, registration_opens_on=past, registration_closes_on=past
        )
        CohortFactory(programme=programme)
        assert "sudah lewat" in move(staff, programme, "open")


class TestWhoSeesWhat:
    def test_staff_of_one_kecamatan_do_not_move_a_programme_of_the_city(self, client, cast):
        cohort = CohortFactory(quota=5)
        type(cast.staff).objects.filter(pk=cast.staff.pk).update(area=area("36.71.08"))
        client.force_login(cast.staff)
        programme = cohort.programme
        asked = {
            reverse("trainings:programme_move", args=[programme.pk, "start"]): {},
            reverse("trainings:programme_quotas", args=[programme.pk]): {f"kuota-{GEMBOR}": "50"},
            reverse("trainings:programme_new"): filled(programme.wave, course_name="Payet"),
        }
        assert [client.post(address, data).status_code for address, data in asked.items()] == [403] * 3
        programme.refresh_from_db()
        cohort.refresh_from_db()
        assert (programme.state, cohort.quota, Programme.objects.count()) == (ProgrammeState.OPEN, 5, 1)

    def test_a_draft_is_not_seen_in_the_kelurahan(self, client, cast):
        programme = CohortFactory(programme=ProgrammeFactory(state=ProgrammeState.DRAFT)).programme
        client.force_login(cast.officer_a)
        assert "Kue Kering" not in client.get(reverse("trainings:home")).content.decode()
        assert client.get(programme.get_absolute_url()).status_code == 404
        assert client.get(programme.cohorts.get().get_absolute_url()).status_code == 404

    def test_an_officer_sees_the_own_cohort_alone_and_a_way_to_the_desk(self, client, cast):
        own = CohortFactory(quota=7)
        other = CohortFactory(programme=own.programme, area=area(JATIUWUNG), quota=90)
        client.force_login(cast.officer_a)
        home = client.get(reverse("trainings:home")).content.decode()
        assert reverse("trainings:desk", args=[own.pk]) in home
        text = page(client, own.programme)
        assert "Gembor" in text
        assert "Jatiuwung" not in text
        assert ">90<" not in text
        assert other.programme == own.programme


def test_a_cohort_starts_when_everybody_is_verified(staff):
    cohort = CohortFactory(programme=ProgrammeFactory(state=ProgrammeState.RUNNING))
    waiting = EnrolmentFactory(cohort=cohort)
    address = reverse("trainings:cohort_start", args=[cohort.pk])
    assert "1 peserta yang belum diperiksa" in staff.post(address, follow=True).content.decode()
    type(waiting).objects.filter(pk=waiting.pk).update(state=EnrolmentState.ACCEPTED)
    assert "Pelatihan dimulai" in staff.post(address, follow=True).content.decode()
    cohort.refresh_from_db()
    assert cohort.state == CohortState.RUNNING
    assert "sudah berubah" in staff.post(address, follow=True).content.decode()


def test_a_cohort_does_not_start_empty_or_while_people_register(staff, cast):
    cohort = CohortFactory()
    text = staff.post(reverse("trainings:cohort_start", args=[cohort.pk]), follow=True).content.decode()
    assert "Tutup dahulu pendaftaran" in text
    assert "Belum ada peserta yang diterima" in text


def test_the_numbers_of_a_programme_add_up(staff):
    cohort = CohortFactory(quota=3)
    for state in ("registered", "accepted", "waiting", "withdrawn"):
        EnrolmentFactory(cohort=cohort, state=state)
    answer = staff.get(cohort.programme.get_absolute_url())
    total = answer.context["total"]
    assert (total.seated, total.to_verify, total.waiting, total.withdrawn, total.left) == (2, 1, 1, 1, 1)


def test_a_cohort_is_not_saved_over_a_later_change(staff):
    cohort = CohortFactory(quota=9)
    address = reverse("trainings:cohort_edit", args=[cohort.pk])
    seen = staff.get(address).context["form"]["seen"].value()
    Cohort.objects.update(instructor="Bapak Haryanto")
    data = {"quota": 9, "venue": "Balai warga", "instructor": "", "seen": seen}
    answer = staff.post(address, data)
    assert "baru saja diubah orang lain" in answer.content.decode()
    cohort.refresh_from_db()
    assert (cohort.venue, cohort.instructor) == ("Aula kelurahan", "Bapak Haryanto")
    data["seen"] = answer.context["form"]["seen"].value()
    staff.post(address, data)
    cohort.refresh_from_db()
    assert cohort.venue == "Balai warga"


def test_a_kelurahan_without_seats_registers_nobody(client, cast):
    cohort = CohortFactory(quota=0)
    client.force_login(cast.officer_a)
    data = {"orang": head_of(listed_family(cohort)).pk, "kunci": uuid.uuid4()}
    answer = client.post(reverse("trainings:desk_register", args=[cohort.pk]), data)
    assert "Kelurahan Gembor tidak mendapat kursi" in answer.content.decode()
