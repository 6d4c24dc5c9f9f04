"""Registration, the waiting list and withdrawal, through the desk and the participant's page."""

from __future__ import annotations

import gzip
import re
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from households.models import Household, Person, StatusChange
from tangerang_poverty.kit.problems import Refused
from tests.factories import GEBANG_RAYA, HouseholdFactory, PersonFactory, area
from tests.trainings.factories import (
    CohortFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    head_of,
    listed_family,
    member,
)
from trainings.actions import enrolments
from trainings.actions.cohorts import change_cohort
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import CohortCount, Enrolment, Promotion

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def desk(cast, client):
    """The officer of Gembor at the desk of a cohort with two seats."""
    client.force_login(cast.officer_a)
    return Desk(client, CohortFactory(quota=2), cast.officer_a)


class Desk:
    def __init__(self, client, cohort, officer):
        self.client, self.cohort, self.officer = client, cohort, officer

    def address(self, name="desk"):
        return reverse(f"trainings:{name}", args=[self.cohort.pk])

    def search(self, words):
        return self.client.post(self.address("desk_search"), {"cari": words})

    def press(self, person, key=None, **headers):
        data = {"orang": person.pk, "kunci": key or uuid.uuid4(), "cari": ""}
        return self.client.post(self.address("desk_register"), data, follow=True, **headers)

    def register(self, household=None):
        household = household or listed_family(self.cohort)
        self.press(head_of(household))
        return Enrolment.objects.get(household=household)


def test_a_person_gets_the_first_seat_in_two_presses(desk):
    family = listed_family(desk.cohort, name="Siti Suryani")
    page = desk.search("siti suryani")
    assert "Daftarkan Siti Suryani" in page.content.decode()
    key = re.search(r'name="kunci" value="([^"]+)"', page.content.decode())[1]
    answer = desk.press(head_of(family), key)
    assert "Siti Suryani terdaftar, kursi 1." in answer.content.decode()
    enrolment = Enrolment.objects.get()
    assert (enrolment.seat, enrolment.state, enrolment.registered_by) == (1, "registered", desk.officer)
    assert enrolment.programme == desk.cohort.programme
    assert seats(desk.cohort) == 1


def seats(cohort):
    cohort.refresh_from_db()
    held = cohort.enrolments.filter(seat__isnull=False).count()
    assert cohort.seats_taken == held
    return held


def test_a_double_press_registers_once(desk):
    family, key = listed_family(desk.cohort), uuid.uuid4()
    for _ in range(2):
        answer = desk.press(head_of(family), key)
        assert "kursi 1" in answer.content.decode()
    assert Enrolment.objects.count() == 1


def test_the_same_key_does_not_carry_over_to_another_person(desk):
    key = uuid.uuid4()
    for family in (listed_family(desk.cohort), listed_family(desk.cohort)):
        desk.press(head_of(family), key)
    assert Enrolment.objects.count() == 2


def test_when_all_seats_are_taken_the_person_waits(desk):
    for _ in range(2):
        desk.register()
    third = desk.register()
    assert (third.seat, third.state) == (None, EnrolmentState.WAITING)
    assert seats(desk.cohort) == 2
    assert "cadangan 1" in desk.client.get(desk.address()).content.decode()


def test_the_seats_left_stand_on_the_page(desk):
    assert "<b>2</b><span>dari 2 kursi tersisa</span>" in desk.client.get(desk.address()).content.decode()
    desk.register()
    assert "<b>1</b><span>dari 2 kursi tersisa</span>" in desk.client.get(desk.address()).content.decode()


def test_a_second_person_of_the_same_family_is_refused_with_the_name_of_the_first(desk):
    family = listed_family(desk.cohort, name="Rudi Hartono")
    desk.register(family)
    answer = desk.press(member(family))
    assert answer.status_code == 422
    assert "Keluarga ini sudah mempunyai peserta: Rudi Hartono, kursi 1." in answer.content.decode()
    assert Enrolment.objects.count() == 1


def test_another_family_card_in_the_same_house_is_another_family(desk):
    family = listed_family(desk.cohort)
    desk.register(family)
    desk.press(member(family, family_number=2))
    assert Enrolment.objects.count() == 2


def test_the_database_itself_refuses_a_second_enrolment_of_a_family():
    first = EnrolmentFactory()
    with pytest.raises(IntegrityError, match="enrolment_family_once"), transaction.atomic():
        EnrolmentFactory(cohort=first.cohort, household=first.household, person=member(first.household))


def test_the_programme_of_an_enrolment_is_its_cohorts_whatever_was_written():
    enrolment = EnrolmentFactory()
    other = ProgrammeFactory(year=2031)
    Enrolment.objects.filter(pk=enrolment.pk).update(programme=other)
    enrolment.refresh_from_db()
    assert enrolment.programme == enrolment.cohort.programme


def test_a_person_of_another_kelurahan_is_not_found_at_all(desk, cast):
    stranger = head_of(HouseholdFactory(area=area("36.71.09.1006"), head__name="Joko Jauh"))
    assert desk.press(stranger).status_code == 404
    assert "Joko Jauh" not in desk.search("joko jauh").content.decode()


def test_staff_of_the_city_cannot_put_a_family_into_another_kelurahans_cohort(cast, desk):
    neighbour = listed_family(CohortFactory(area=area(GEBANG_RAYA), programme=desk.cohort.programme))
    cast.officer_a.area = area("36.71.08")
    cast.officer_a.save()
    answer = desk.press(head_of(neighbour))
    assert "tidak tinggal di Kelurahan Gembor" in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "opens", "closes", "word"),
    [
        (ProgrammeState.OPEN, 1, 5, "baru dibuka"),
        (ProgrammeState.OPEN, -5, -1, "sudah ditutup"),
        (ProgrammeState.RUNNING, -5, 5, "tidak sedang dibuka"),
    ],
)
def test_outside_the_window_nobody_is_registered(cast, client, state, opens, closes, word):
    client.force_login(cast.officer_a)
    day = timedelta(days=1)
    programme = ProgrammeFactory(
        state=state,
        registration_opens_on=TODAY() + opens * day,
        registration_closes_on=TODAY() + closes * day,
    )
    desk = Desk(client, CohortFactory(programme=programme), cast.officer_a)
    assert word in desk.press(head_of(listed_family(desk.cohort))).content.decode()
    assert word in desk.client.get(desk.address()).content.decode()
    assert not Enrolment.objects.exists()


def test_a_family_that_passed_lately_waits_for_its_years(desk, cast):
    before = CohortFactory(
        programme=ProgrammeFactory(year=TODAY().year - 1, state=ProgrammeState.CLOSED),
        state=CohortState.FINISHED,
    )
    family = EnrolmentFactory(cohort=before, state=EnrolmentState.GRADUATED).household
    listed = listed_family(desk.cohort)
    Enrolment.objects.update(household=listed, person=head_of(listed))
    answer = desk.press(member(listed))
    assert f"boleh ikut lagi mulai {TODAY().year + 2}" in answer.content.decode()
    assert family != listed


@pytest.mark.parametrize("garbage", ["", "0", "abc", "9" * 30, "-1"])
def test_a_person_that_is_no_number_is_not_found(desk, garbage):
    answer = desk.client.post(desk.address("desk_register"), {"orang": garbage, "kunci": uuid.uuid4()})
    assert answer.status_code == 404


def test_an_attempt_without_a_key_is_refused_and_says_what_to_do(desk):
    family = listed_family(desk.cohort)
    answer = desk.client.post(desk.address("desk_register"), {"orang": head_of(family).pk, "kunci": "x"})
    assert "Cari keluarganya sekali lagi" in answer.content.decode()


class TestWithdrawal:
    def leave(self, client, enrolment, reason="work", note=""):
        address = reverse("trainings:withdraw", args=[enrolment.pk])
        return client.post(address, {"reason": reason, "note": note}, follow=True)

    def test_the_seat_goes_to_the_first_who_waits_and_the_officer_is_told(self, desk):
        first, _ = desk.register(), desk.register()
        later_but_poorer = listed_family(desk.cohort, rank=1, rank_group=1, name="Yati Termiskin")
        desk.register(listed_family(desk.cohort, rank=2, rank_group=2))
        waiting = desk.register(later_but_poorer)
        answer = self.leave(desk.client, first, note="bekerja di pabrik")
        assert "Kursi 1 kini untuk Yati Termiskin" in answer.content.decode()
        first.refresh_from_db()
        waiting.refresh_from_db()
        assert (first.state, first.seat, first.leave_reason) == (EnrolmentState.WITHDRAWN, None, "work")
        assert (waiting.state, waiting.seat) == (EnrolmentState.REGISTERED, 1)
        assert seats(desk.cohort) == 2
        promotion = Promotion.objects.get()
        address = reverse("trainings:promotion_seen", args=[promotion.pk])
        desk.client.post(address)
        desk.client.post(address)
        promotion.refresh_from_db()
        assert promotion.seen_by == desk.officer

    def test_without_a_waiting_list_the_seat_is_free_again(self, desk):
        first, second = desk.register(), desk.register()
        self.leave(desk.client, first)
        assert seats(desk.cohort) == 1
        assert desk.register().seat == 1
        assert second.seat == 2

    def test_somebody_who_died_meanwhile_is_passed_over(self, desk):
        first, _ = desk.register(), desk.register()
        gone = desk.register(listed_family(desk.cohort, rank=1, rank_group=1))
        alive = desk.register()
        Person.objects.filter(pk=gone.person_id).update(status=Person.Status.DIED)
        self.leave(desk.client, first)
        gone.refresh_from_db()
        alive.refresh_from_db()
        assert (gone.state, alive.seat) == (EnrolmentState.WAITING, 1)

    def test_another_member_of_the_family_may_come_instead(self, desk):
        first = desk.register()
        self.leave(desk.client, first)
        desk.press(member(first.household))
        assert Enrolment.objects.active().filter(household=first.household).count() == 1

    @pytest.mark.parametrize(
        ("reason", "note", "word"),
        [("", "", "Alasan"), ("other", " ", "Tuliskan alasannya"), ("x", "", "pilihan")],
    )
    def test_a_withdrawal_says_why(self, desk, reason, note, word):
        first = desk.register()
        answer = self.leave(desk.client, first, reason, note)
        assert answer.status_code == 422
        assert word in answer.content.decode().lower() or word in answer.content.decode()
        first.refresh_from_db()
        assert first.state == EnrolmentState.REGISTERED

    def test_twice_is_refused_the_second_time(self, desk):
        first = desk.register()
        self.leave(desk.client, first)
        answer = self.leave(desk.client, first)
        assert "sudah berubah sejak halaman dibuka" in answer.content.decode()
        assert seats(desk.cohort) == 0

    def test_the_history_says_who_did_what(self, desk):
        first = desk.register()
        self.leave(desk.client, first, note="ikut suami ke Serang")
        page = desk.client.get(reverse("trainings:enrolment", args=[first.pk])).content.decode()
        assert "Peserta mundur" in page
        assert "ikut suami ke Serang" in page
        assert "Terdaftar → Mundur" in page


class TestQuota:
    def test_more_seats_go_to_those_who_wait_at_once(self, desk, cast):
        rows = [desk.register() for _ in range(4)]
        change_cohort(desk.cohort, quota=3, venue="", instructor="", by=cast.staff, today=TODAY())
        assert seats(desk.cohort) == 3
        assert sorted(filter(None, Enrolment.objects.values_list("seat", flat=True))) == [1, 2, 3]
        assert Promotion.objects.get().enrolment in rows

    def test_fewer_than_taken_is_refused_by_the_rule_and_by_the_database(self, desk, cast):
        for _ in range(2):
            desk.register()
        with pytest.raises(Refused, match="2 kursi yang sudah terisi"):
            change_cohort(desk.cohort, quota=1, venue="", instructor="", by=cast.staff, today=TODAY())
        with pytest.raises(IntegrityError, match="cohort_seats_within_quota"), transaction.atomic():
            type(desk.cohort).objects.filter(pk=desk.cohort.pk).update(quota=1)

    def test_seats_beyond_a_smaller_quota_get_a_free_number(self, cast):
        cohort = CohortFactory(quota=5)
        first, *others = [EnrolmentFactory(cohort=cohort) for _ in range(4)]
        enrolments.withdraw(first, by=cast.staff, reason="ill", today=TODAY())
        change_cohort(cohort, quota=3, venue="", instructor="", by=cast.staff, today=TODAY())
        assert sorted(
            Enrolment.objects.filter(pk__in=[one.pk for one in others]).values_list("seat", flat=True)
        ) == [
            1,
            2,
            3,
        ]


def test_the_roll_up_counts_what_is_there(desk):
    rows = [desk.register() for _ in range(3)]
    TestWithdrawal().leave(desk.client, rows[0])
    counted = {row.state: row.n for row in CohortCount.objects.filter(cohort=desk.cohort).exclude(n=0)}
    assert counted == {"registered": 2, "withdrawn": 1}


class TestDesk:
    def test_every_reason_stands_there_at_once(self, desk):
        family = listed_family(desk.cohort, name="Yani Suryaningsih")
        Household.objects.filter(pk=family.pk).update(status=Household.Status.LEFT)
        StatusChange.objects.create(
            household=family,
            kind="exit",
            reason="moved_out",
            evidence="BA 1",
            effective_on="2015-06-03",
            made_by=desk.officer,
        )
        Person.objects.filter(household=family).update(birth_date="1940-01-01")
        page = desk.search("yani").content.decode()
        assert "keluar dari daftar pada 3 Juni 2015: pindah ke luar kota" in page
        assert "paling tua 60 tahun" in page
        assert "Daftarkan Yani" not in page

    def test_a_number_is_found_and_never_stands_in_the_page_or_an_address(self, desk):
        family = listed_family(desk.cohort, name="Siti Suryani")
        nik = head_of(family).nik
        page = desk.search(nik).content.decode()
        assert "Daftarkan Siti Suryani" in page
        assert nik not in page
        assert nik not in desk.client.get(desk.address(), {"cari": nik}).content.decode()

    def test_a_number_with_a_digit_missing_says_so(self, desk):
        assert "16 angka" in desk.search("367101550480001").content.decode()

    def test_a_family_outside_the_list_shows_only_when_nobody_on_it_fits(self, desk):
        HouseholdFactory(head__name="Tuti Lama", head__birth_date=date(1980, 1, 1))
        assert "tidak tercatat dalam Daftar Acuan" in desk.search("tuti lama").content.decode()
        listed_family(desk.cohort, name="Tuti Lama")
        assert "tidak tercatat dalam Daftar Acuan" not in desk.search("tuti lama").content.decode()

    def test_an_empty_desk_offers_the_poorest_without_a_participant(self, desk):
        listed_family(desk.cohort, rank=2, rank_group=2, name="Miskin Kedua")
        listed_family(desk.cohort, rank=1, rank_group=1, name="Miskin Pertama")
        desk.register(listed_family(desk.cohort, rank=1, rank_group=1, name="Sudah Ikut"))
        page = desk.client.get(desk.address()).content.decode()
        assert page.index("Miskin Pertama") < page.index("Miskin Kedua")
        assert "Daftarkan Sudah Ikut" not in page

    def test_a_search_without_a_hit_says_what_to_try(self, desk):
        assert "Periksa ejaannya" in desk.search("tidak ada orangnya").content.decode()

    def test_the_script_of_the_page_gets_the_part_that_changes(self, desk):
        family = listed_family(desk.cohort)
        answer = desk.press(head_of(family), HTTP_X_BAGIAN="1")
        assert answer.content.decode().lstrip().startswith("<main")
        assert "kursi 1" in answer.content.decode()

    def test_a_member_other_than_the_head_is_the_one_searched_for(self, desk):
        family = listed_family(desk.cohort, name="Rudi Hartono")
        PersonFactory(household=family, name="Wulan Sari", birth_date=date(1990, 1, 1))
        page = desk.search("wulan sari").content.decode()
        assert page.index("Daftarkan Wulan Sari") < page.index("Daftarkan Rudi Hartono")

    def test_the_whole_page_is_at_most_thirty_kilobytes_on_the_wire(self, desk):
        for _ in range(12):
            family = listed_family(desk.cohort, name="Siti Suryani")
            for _ in range(4):
                member(family)
        answer = desk.client.get(desk.address(), {"cari": "siti"}, HTTP_ACCEPT_ENCODING="gzip")
        assert answer["Content-Encoding"] == "gzip"
        page = gzip.decompress(answer.content).decode()
        assert page.count("Siti Suryani</h2>") == 12
        parts = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)
        assert {"css/desk.css", "js/desk.js"} <= set(parts)
        sizes = [len(gzip.compress(Path(finders.find(part)).read_bytes(), 9)) for part in parts]
        assert len(answer.content) + sum(sizes) <= 30_000
