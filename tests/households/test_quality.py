"""Quality of the data: each problem is found, its number is the length of its list, and areas hold."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import Household, Person
from households.reports.quality import CHECKS, quality_of
from tests.factories import (
    CITY,
    GEMBOR,
    JATIUWUNG,
    PERIUK,
    HouseholdFactory,
    HouseholdRecordFactory,
    PersonFactory,
    PersonRecordFactory,
    WaveFactory,
    area,
)

pytestmark = pytest.mark.django_db
LIST = reverse("households:list")
PAGE = reverse("households:quality")
TODAY = date(2026, 11, 24)


def recorded(person: Person, **fields) -> None:
    wave = WaveFactory(code="PPLS2011", reference_date=date(2011, 9, 30))
    record = HouseholdRecordFactory(household=person.household, wave=wave)
    PersonRecordFactory(person=person, household_record=record, **fields)


def head_of(**fields) -> Person:
    return HouseholdFactory(**{f"head__{name}": value for name, value in fields.items()}).people.get()


def without_nik():
    head_of(nik=None)


def malformed():
    recorded(head_of(nik=None), nik="123", identity_errors=True)


def shared():
    number = head_of().nik
    head_of(nik=number)


def noted(code: str):
    return lambda: head_of(identity_notes=[code])


def born_after():
    head = head_of(birth_date=date(1970, 1, 1))
    recorded(PersonFactory(household=head.household, birth_date=date(2011, 10, 1)))


def too_old():
    head_of(birth_date=date(1880, 5, 1))


def young_head():
    recorded(head_of(birth_date=date(2003, 1, 1)))


def older_child():
    head = head_of(birth_date=date(1980, 1, 1))
    PersonFactory(household=head.household, birth_date=date(1979, 1, 1))


def headless():
    PersonFactory(household=HouseholdFactory(head=False))


def memberless():
    HouseholdFactory(head=False)


def without_rt():
    HouseholdFactory(rt="")


# What makes each problem, and how many families then have it
CASES = {
    "tanpa-nik": (without_nik, 1),
    "nik-salah": (malformed, 1),
    "nik-ganda": (shared, 2),
    "nik-lahir": (noted("birth_date_differs"), 1),
    "nik-kelamin": (noted("sex_differs"), 1),
    "nik-luar": (noted("other_region"), 1),
    "nik-angka": (noted("numeric_cell"), 1),
    "lahir-sesudah": (born_after, 1),
    "terlalu-tua": (too_old, 1),
    "kepala-muda": (young_head, 1),
    "anak-tua": (older_child, 1),
    "tanpa-kepala": (headless, 1),
    "tanpa-anggota": (memberless, 1),
    "tanpa-rt-rw": (without_rt, 1),
}


def numbers(user, code: str = CITY) -> dict[str, int]:
    found = quality_of(area(code), user=user, today=TODAY)
    return {check.key: number for check, number in found.whole.lines}


def test_every_problem_has_a_case():
    assert CASES.keys() == CHECKS.keys()


@pytest.mark.parametrize("key", CASES)
def test_a_problem_is_counted_and_its_list_is_as_long(client, cast, key):
    HouseholdFactory()  # a family without problems
    make, number = CASES[key]
    make()
    assert numbers(cast.staff)[key] == number
    client.force_login(cast.staff)
    page = client.get(PAGE).content.decode()
    link = f'href="/keluarga/?mutu={key}&amp;wilayah={CITY}">{number}<'
    assert link in page
    opened = client.get(reverse("households:list"), {"mutu": key, "wilayah": CITY}).content.decode()
    assert len(re.findall(r'<a class="bk-n" href="/keluarga/\d+/">', opened)) == number
    assert f"{number} keluarga" in opened


@pytest.mark.parametrize("key", CASES)
def test_a_family_that_has_left_the_list_is_not_judged(cast, key):
    CASES[key][0]()
    Household.objects.update(status=Household.Status.LEFT)
    assert numbers(cast.staff)[key] == 0


@pytest.mark.parametrize("key", ["tanpa-nik", "terlalu-tua", "nik-luar"])
def test_who_is_no_longer_there_is_not_judged(cast, key):
    CASES[key][0]()
    Person.objects.update(status=Person.Status.DIED)
    assert numbers(cast.staff)[key] == 0


def test_a_family_without_problems_has_none(cast):
    recorded(head_of())
    assert set(numbers(cast.staff).values()) == {0}


def test_a_wrong_number_of_the_source_is_settled_by_the_right_one(cast):
    recorded(head_of(), nik="123", identity_errors=True)  # NIK and KK have been entered since
    assert numbers(cast.staff)["nik-salah"] == 0


def test_an_exact_birthday_of_the_reference_date_is_possible(cast):
    person = head_of(birth_date=date(1970, 1, 1))
    child = PersonFactory(household=person.household, birth_date=date(2011, 9, 30))
    recorded(child)
    assert numbers(cast.staff)["lahir-sesudah"] == 0


class TestPage:
    @pytest.fixture(autouse=True)
    def _families(self):
        for code in (GEMBOR, GEMBOR, JATIUWUNG):
            HouseholdFactory(area=area(code), rt="")

    def text(self, response) -> str:
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))

    def test_numbers_end_at_the_own_area(self, client, cast):
        client.force_login(cast.officer_a)
        response = client.get(PAGE)
        assert "Mutu data Kelurahan Gembor" in self.text(response)
        assert f"mutu=tanpa-rt-rw&amp;wilayah={GEMBOR}" in response.content.decode()
        assert numbers(cast.officer_a)["tanpa-rt-rw"] == 2

    def test_the_city_is_told_by_kecamatan_and_a_kecamatan_by_kelurahan(self, client, cast):
        client.force_login(cast.staff)
        found = quality_of(area(CITY), user=cast.staff, today=TODAY)
        at = list(CHECKS).index("tanpa-rt-rw")
        assert {part.area.name: part.numbers[at] for part in found.parts} == {"Periuk": 2, "Cibodas": 1}
        page = client.get(PAGE, {"wilayah": PERIUK}).content.decode()
        assert "Menurut kelurahan" in page
        assert f'href="/keluarga/?mutu=tanpa-rt-rw&amp;wilayah={GEMBOR}">2<' in page

    def test_another_area_does_not_exist(self, client, cast):
        client.force_login(cast.officer_a)
        assert client.get(PAGE, {"wilayah": JATIUWUNG}).status_code == 404
        assert client.get(PAGE, {"wilayah": "99"}).status_code == 404

    def test_who_may_not_is_refused(self, client, cast):
        client.force_login(cast.treasurer)
        assert client.get(PAGE).status_code == 403

    def test_as_many_queries_for_fifty_families_as_for_three(self, client, cast):
        client.force_login(cast.staff)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as few:
            client.get(PAGE)
        HouseholdFactory.create_batch(47, rt="")
        with CaptureQueriesContext(connection) as many:
            client.get(PAGE)
        assert len(few) == len(many)


class TestWhoIsConcerned:
    """The list that a number opens names the people it is about."""

    def rows(self, client, key):
        return {row.head: row.concerned for row in client.get(LIST, {"mutu": key}).context["rows"]}

    def test_members_and_the_head_are_named(self, client, cast):
        client.force_login(cast.staff)
        first = HouseholdFactory(head__name="Rohmat Hidayat", head__nik="9971011204750001")
        PersonFactory(household=first, name="Siti Aminah", nik="9971014107800002")
        PersonFactory(household=first, name="Budi", nik="9971014107900003")
        HouseholdFactory(head__name="Siti Maesaroh", head__nik="9971014107800002")
        assert self.rows(client, "nik-ganda") == {
            "Rohmat Hidayat": "Siti Aminah",
            "Siti Maesaroh": "Siti Maesaroh (kepala)",
        }
        assert "Periksa: Siti Aminah" in client.get(LIST, {"mutu": "nik-ganda"}).content.decode()

    def test_who_is_gone_is_not_named_and_a_long_list_is_cut(self, client, cast):
        client.force_login(cast.staff)
        household = HouseholdFactory(head__name="Rohmat", head__nik="9971011204750001")
        PersonFactory(household=household, name="Almarhum", nik=None, status=Person.Status.DIED)
        for number in range(6):
            PersonFactory(household=household, name=f"Anak {number}", nik=None)
        assert self.rows(client, "tanpa-nik") == {"Rohmat": "Anak 0, Anak 1, Anak 2, Anak 3, dan 2 lagi"}

    def test_a_problem_of_the_family_names_nobody(self, client, cast):
        client.force_login(cast.staff)
        HouseholdFactory(head__name="Rohmat", rt="")
        assert self.rows(client, "tanpa-rt-rw") == {"Rohmat": ""}

    def test_as_many_queries_for_many_families_as_for_one(self, client, cast):
        client.force_login(cast.staff)
        without_nik()
        client.get(LIST, {"mutu": "tanpa-nik"})
        with CaptureQueriesContext(connection) as few:
            client.get(LIST, {"mutu": "tanpa-nik"})
        for _ in range(9):
            without_nik()
        with CaptureQueriesContext(connection) as many:
            assert len(self.rows(client, "tanpa-nik")) > 1
        assert len(few) == len(many)
