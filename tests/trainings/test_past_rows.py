"""Rows of the past that wait: the list, who they may be, and what people decide about them."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from households.models import Person
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.audit.models import AccessLog
from tests.cast import Cast
from tests.factories import (
    GEBANG_RAYA,
    JATIUWUNG,
    PERIUK,
    HouseholdFactory,
    PersonFactory,
    UserFactory,
    area,
)
from tests.trainings.factories import CourseFactory, PastImportFactory, PastTrainingFactory
from tests.trainings.past_files import signed_in
from trainings.models import Finding, PastTraining

pytestmark = pytest.mark.django_db
NIK = "9971015204750001"


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.staff)


def address(row: PastTraining, name: str = "past_row") -> str:
    return reverse(f"trainings:{name}", args=[row.pk])


def resident(name: str, *, place: str = "", **values: Any) -> Person:
    household = HouseholdFactory(area=area(place) if place else area())
    person: Person = PersonFactory(household=household, **{"name": name, "nik": None, **values})
    return person


def people(text: str, label: str = "Tabel calon") -> str:
    """The part of the page with the people to choose from."""
    return text.partition(label)[2].partition("</table>")[0]


def test_the_page_suggests_who_it_may_be_and_why(client: Client) -> None:
    row = PastTrainingFactory(name="Siti Aminah", nik=NIK, nik_usable=True, extra={"Alamat": "RT 4 RW 11"})
    holder = resident("Bambang Hermawan", nik=NIK, place=GEBANG_RAYA)
    namesake = resident("Siti Aminah", place=JATIUWUNG)
    similar = resident("Siti Aminh")
    resident("Joko Susilo")
    text = client.get(address(row)).content.decode()
    shown = people(text)
    assert "RT 4 RW 11" in text
    for person, why in (
        (holder, "NIK sama"),
        (namesake, "nama sama, kelurahan lain"),
        (similar, "nama mirip di kelurahan yang sama"),
    ):
        assert f'value="{person.pk}"' in shown
        assert why in shown
    assert "Joko Susilo" not in shown
    assert shown.index("Bambang") < shown.index("kelurahan lain") < shown.index("nama mirip")


def test_doubts_are_told_and_earlier_courses_shown(client: Client) -> None:
    row = PastTrainingFactory(name="Siti Aminah", nik=NIK, nik_usable=True)
    gone = resident("Siti Aminah", status=Person.Status.MOVED, nik="9971015204750002")
    PastTrainingFactory(person=gone, course=CourseFactory(name="Payet"), year=2012)
    shown = people(client.get(address(row)).content.decode())
    assert "tetapi NIK-nya lain" in shown
    assert "tercatat pindah" in shown
    assert "Sudah: Payet 2012" in shown


def test_matching_by_hand_goes_on_to_the_next_and_can_be_taken_back(client: Client, cast: Cast) -> None:
    row, following = PastTrainingFactory(name="Ani Lestari"), PastTrainingFactory(name="Budi Santoso")
    person = resident("Anie Lestari")
    answer = client.post(address(row, "past_match"), {"person": person.pk})
    assert answer.url == address(following)
    row.refresh_from_db()
    assert (row.state, row.finding, row.person, row.household, row.matched_by) == (
        PastTraining.State.MATCHED,
        Finding.HAND,
        person,
        person.household,
        cast.staff,
    )
    text = client.get(answer.url).content.decode()
    assert f"Ani Lestari dicocokkan dengan {person.name}" in text
    assert address(row) in text

    client.post(address(row, "past_reopen"))
    row.refresh_from_db()
    assert (row.state, row.finding, row.person, row.household) == ("unmatched", Finding.REOPENED, None, None)
    told = {change.action for change in changes_of(person.household)}
    assert {"Riwayat pelatihan dicocokkan", "Riwayat pelatihan dibuka lagi"} <= told


def test_a_row_is_set_aside_with_a_reason(client: Client) -> None:
    row = PastTrainingFactory()
    text = client.post(address(row, "past_dismiss"), {"reason": "x"}, follow=True).content.decode()
    assert "Tuliskan alasannya" in text
    client.post(address(row, "past_dismiss"), {"reason": f"Sudah pindah, NIK {NIK}"})
    row.refresh_from_db()
    assert (row.state, row.note) == ("dismissed", "Sudah pindah, NIK 9971********0001")
    assert "Sudah pindah" in client.get(address(row)).content.decode()
    listed = client.get(reverse("trainings:past_rows"), {"keadaan": "dikesampingkan"}).content.decode()
    assert row.name in listed
    client.post(address(row, "past_reopen"))
    row.refresh_from_db()
    assert (row.state, row.note, row.matched_by) == ("unmatched", "", None)


def test_one_person_does_not_get_the_same_course_twice(client: Client) -> None:
    person = resident("Siti Aminah")
    PastTrainingFactory(person=person)
    row = PastTrainingFactory(name="Siti Aminah")
    text = client.post(address(row, "past_match"), {"person": person.pk}, follow=True).content.decode()
    assert "Siti Aminah sudah tercatat mengikuti Kue Kering 2014" in text
    row.refresh_from_db()
    assert row.is_waiting


@pytest.mark.parametrize("typed", ["", "siti", "999999999", "99999999999999999999", "²"])
def test_somebody_who_does_not_exist_is_not_found(client: Client, typed: str) -> None:
    row = PastTrainingFactory()
    assert client.post(address(row, "past_match"), {"person": typed}).status_code == 404


def test_somebody_else_is_found_by_name(client: Client) -> None:
    row, person = PastTrainingFactory(name="Bu Iyem"), resident("Mariyem Hartini", place=JATIUWUNG)
    answer = client.post(address(row, "past_row_search"), {"typed": "hartini"})
    assert f'value="{person.pk}"' in people(answer.content.decode(), "Tabel hasil pencarian")
    answer = client.post(address(row, "past_row_search"), {"typed": "tidakada"})
    assert "Tidak ada anggota keluarga" in answer.content.decode()
    assert client.post(address(row, "past_row_search"), {"typed": ""}).status_code == 200


def test_a_search_by_nik_is_logged_and_not_shown_again(client: Client) -> None:
    row, person = PastTrainingFactory(name="Bu Iyem"), resident("Mariyem Hartini", nik=NIK)
    text = client.post(address(row, "past_row_search"), {"typed": NIK}).content.decode()
    assert f'value="{person.pk}"' in people(text, "Tabel hasil pencarian")
    assert NIK not in text
    assert AccessLog.objects.get().what == "Mencari 9971********0001 untuk mencocokkan riwayat pelatihan"


def test_the_list_is_filtered_by_its_address(client: Client) -> None:
    here = PastTrainingFactory(name="Siti Aminah", finding=Finding.SEVERAL)
    there = PastTrainingFactory(name="Budi Santoso", area=area(JATIUWUNG), year=2012)
    for query, expected in (
        ({}, {here, there}),
        ({"cari": "aminah"}, {here}),
        ({"hasil": "pilih"}, {here}),
        ({"hasil": "tidak"}, {there}),
        ({"wilayah": PERIUK}, {here}),
        ({"tahun": "2012"}, {there}),
        ({"impor": str(there.past_import_id)}, {there}),
        ({"keadaan": "cocok"}, set()),
    ):
        found = client.get(reverse("trainings:past_rows"), query).context["page"].items
        assert set(found) == expected, query
    assert client.get(reverse("trainings:past_rows"), {"tahun": "1900"}).status_code == 404


def test_a_nik_in_the_address_is_taken_out(client: Client) -> None:
    answer = client.get(reverse("trainings:past_rows"), {"cari": NIK})
    assert answer.url == reverse("trainings:past_rows")


def test_the_list_as_a_workbook_is_masked_and_logged(client: Client) -> None:
    PastTrainingFactory(name="Siti Aminah", nik=NIK)
    PastTrainingFactory(name="Budi Santoso", year=2012)
    answer = client.post(reverse("trainings:past_rows_export") + "?tahun=2014")
    workbook = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    _, row = workbook["Riwayat"].iter_rows(values_only=True)
    assert row[4:6] == ("Siti Aminah", "9971********0001")
    assert AccessLog.objects.get().rows == 1


def test_searching_again_says_what_it_found(client: Client) -> None:
    PastTrainingFactory(name="Siti Aminah")
    again = reverse("trainings:past_search_again")
    assert "Belum ada yang baru cocok." in client.post(again, follow=True).content.decode()
    resident("Siti Aminah")
    assert "1 baris kini cocok" in client.post(again, follow=True).content.decode()


def test_the_first_page_counts_and_leads_on(client: Client) -> None:
    assert "Belum ada riwayat yang dimasukkan" in client.get(reverse("trainings:past")).content.decode()
    one = PastImportFactory(filename="lama.xlsx", summary={"rows": 2})
    PastTrainingFactory(past_import=one)
    PastTrainingFactory(past_import=one, person=resident("Siti Aminah"))
    answer = client.get(reverse("trainings:past"))
    overview = answer.context["overview"]
    assert (overview.matched, overview.waiting, overview.dismissed) == (1, 1, 0)
    assert "lama.xlsx" in answer.content.decode()


def test_who_works_for_a_kecamatan_decides_about_its_rows_alone() -> None:
    somebody = UserFactory(role=Role.STAFF, area=area(PERIUK))
    client = signed_in(somebody)
    own, other = PastTrainingFactory(name="Siti Aminah"), PastTrainingFactory(area=area(JATIUWUNG))
    stranger = resident("Siti Aminah", place=JATIUWUNG)
    assert client.get(address(other)).status_code == 404
    assert f'value="{stranger.pk}"' not in client.get(address(own)).content.decode()
    assert client.post(address(own, "past_match"), {"person": stranger.pk}).status_code == 404
    answer = client.post(address(own, "past_dismiss"), {"reason": "Sudah pindah"})
    assert answer.url == reverse("trainings:past_rows")  # the other is none of theirs


@pytest.mark.parametrize("parameter", ["cari", "keadaan", "hasil", "wilayah", "tahun", "impor", "hal"])
@pytest.mark.parametrize("value", ["\0", "36.71\0", "x'", "-1", "9" * 40, "%00", "²"])
def test_odd_parameters_get_a_page_or_are_not_found(client: Client, parameter: str, value: str) -> None:
    PastTrainingFactory()
    answer = client.get(reverse("trainings:past_rows"), {parameter: value})
    assert answer.status_code in (200, 302, 404)


@pytest.mark.parametrize("name", ["past", "past_rows"])
def test_no_page_with_people_stays_in_a_shared_browser(client: Client, name: str) -> None:
    assert "no-store" in client.get(reverse(f"trainings:{name}"))["Cache-Control"]
