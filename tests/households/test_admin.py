"""The registry in the back office: scoped, masked, audited, nothing deleted."""

from __future__ import annotations

import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.test import Client
from django.urls import reverse

from households.actions.versions import version_of
from households.models import Household, ImportBatch, Person, StatusChange, Wave
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.audit.models import AccessLog
from tests.cast import make_cast
from tests.factories import (
    GEMBOR,
    JATIUWUNG,
    HouseholdFactory,
    ImportBatchFactory,
    PersonFactory,
    UserFactory,
    WaveFactory,
    area,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


def page(model, name: str, *args: object) -> str:
    return reverse(f"admin:households_{model._meta.model_name}_{name}", args=args)


def person_fields(person: Person, **changes: object) -> dict[str, object]:
    fields = {
        "name": person.name,
        "sex": person.sex,
        "birth_date": "12-04-1975",
        "birth_precision": "day",
        "birth_place": person.birth_place,
        "nik": f"{person.nik[:4]}********{person.nik[-4:]}",
        "kk": f"{person.kk[:4]}********{person.kk[-4:]}",
        "relation": person.relation,
        "family_number": 1,
        "status": person.status,
        "reason": "menurut KTP",
        "seen": version_of(person),
    }
    return fields | changes


def test_a_family_is_entered_with_its_group_and_a_trace(staff):
    response = staff.post(
        page(Household, "add"),
        {"area": GEMBOR, "address": "Gg. Baru", "rt": "001", "rw": "002", "rank": 15, "rank_scale": "percentile",
         "reason": "terlewat pendataan"},
    )  # fmt: skip
    assert response.status_code == 302, response.context["adminform"].form.errors
    family = Household.objects.get()
    assert (family.rank_group, family.status) == (2, "on_list")
    assert [change.note for change in changes_of(family)] == ["terlewat pendataan"]


def test_a_family_moves_on_its_own_page_only(staff):
    family = HouseholdFactory()
    staff.post(
        page(Household, "change", family.pk),
        {
            "area": JATIUWUNG,
            "status": "left",
            "address": "Baru 1",
            "rt": "004",
            "rw": "011",
            "reason": "koreksi",
            "seen": version_of(family),
        },
    )
    family.refresh_from_db()
    assert (family.area_id, family.status, family.address) == (GEMBOR, "on_list", "Baru 1")
    assert (family.rank, family.rank_scale, family.rank_group) == (None, "", None)


def test_a_person_is_corrected_without_touching_the_masked_numbers(staff):
    person = HouseholdFactory().people.get()
    number = person.nik
    assert number not in staff.get(page(Person, "change", person.pk)).content.decode()
    response = staff.post(page(Person, "change", person.pk), person_fields(person, name="Rohmat Hidayat"))
    assert response.status_code == 302, response.context["adminform"].form.errors
    person.refresh_from_db()
    assert (person.name, person.name_key, person.nik) == ("Rohmat Hidayat", "rohmat hidayat", number)
    assert any(change.note == "menurut KTP" for change in changes_of(person.household))


def test_lists_are_masked_and_found_by_a_members_name(staff):
    family = HouseholdFactory(head__name="Ali", head__name_key="ali")
    PersonFactory(household=family, name="Siti", name_key="siti")
    HouseholdFactory(head__name="Budi", head__name_key="budi")
    found = staff.get(page(Household, "changelist"), {"q": "Siti"}).content.decode()
    assert "Ali" in found
    assert "Budi" not in found
    people = staff.get(page(Person, "changelist")).content.decode()
    number = Person.objects.get(name="Ali").nik
    assert number not in people
    assert f"{number[:4]}********{number[-4:]}" in people


def test_ends_at_the_own_area(client, cast):
    person = HouseholdFactory(area=area(JATIUWUNG), head__name="Candra").people.get()
    officer = UserFactory(area=area(GEMBOR))  # staff whose area is one kelurahan
    client.force_login(officer)
    for model, row in ((Household, person.household), (Person, person)):
        assert "Candra" not in client.get(page(model, "changelist")).content.decode()
        assert (
            client.get(page(model, "change", row.pk)).status_code == 302
        )  # "does not exist", back to the index


def test_a_save_over_a_later_correction_is_refused_once(staff):
    person = HouseholdFactory().people.get()
    address = page(Person, "change", person.pk)
    fields = person_fields(person, education="SMP")
    assert f'value="{version_of(person)}"' in staff.get(address).content.decode()
    Person.objects.filter(pk=person.pk).update(occupation="Penjahit")
    form = staff.post(address, fields).context["adminform"].form
    assert "baru saja diubah orang lain" in str(form.errors)
    assert Person.objects.get().occupation == "Penjahit"
    again = staff.post(address, {**fields, "seen": form["seen"].value(), "occupation": "Penjahit"})
    assert again.status_code == 302
    assert (Person.objects.get().occupation, Person.objects.get().education) == ("Penjahit", "SMP")


def test_a_reason_says_something_here_too(staff):
    person = HouseholdFactory().people.get()
    answer = staff.post(page(Person, "change", person.pk), person_fields(person, reason="x"))
    assert "Tuliskan alasannya" in str(answer.context["adminform"].form.errors["reason"])
    family = person.household
    fields = {"rt": "001", "rw": "002", "rank_scale": "", "reason": "x", "seen": version_of(family)}
    answer = staff.post(page(Household, "change", family.pk), fields)
    assert answer.context["adminform"].form.errors["reason"]


@pytest.mark.django_db(transaction=True)
def test_two_heads_entered_at_once_are_one_and_an_error_in_words():
    staff = make_cast().staff
    family = Household.objects.create(area=area(GEMBOR))
    typed = {"household": family.pk, "relation": 1, "family_number": 1, "status": "present", "reason": "terlewat",
             "birth_precision": ""}  # fmt: skip
    both, answers = threading.Barrier(2), []

    def enter(name: str) -> None:
        try:
            client = Client()
            client.force_login(staff)
            both.wait()
            answers.append(client.post(page(Person, "add"), {**typed, "name": name}))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enter, args=(name,)) for name in ("Siti", "Dewi")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert Person.objects.count() == 1


def test_a_second_head_is_refused_in_words(staff):
    head = HouseholdFactory().people.get()
    child = PersonFactory(household=head.household)
    response = staff.post(page(Person, "change", child.pk), person_fields(child, relation=1))
    assert response.context["adminform"].form.errors["relation"]


def test_a_birth_to_come_is_refused(staff):
    person = HouseholdFactory().people.get()
    response = staff.post(page(Person, "change", person.pk), person_fields(person, birth_date="12-04-2999"))
    assert response.context["adminform"].form.errors["birth_date"]


def test_a_rank_off_its_scale_is_refused(staff):
    family = HouseholdFactory()
    fields = {
        "address": "",
        "rt": "",
        "rw": "",
        "rank": 50,
        "rank_scale": "class",
        "reason": "menurut daftar",
    }
    response = staff.post(page(Household, "change", family.pk), fields)
    assert response.context["adminform"].form.errors["rank"]


def test_a_number_typed_anew_is_not_lost_when_another_field_is_wrong(staff):
    person = HouseholdFactory().people.get()
    typed = person_fields(person, nik="9971014104750009", birth_date="bukan tanggal")
    again = staff.post(page(Person, "change", person.pk), typed).context["adminform"].form
    assert "9971014104750009" in str(again["nik"])


def test_no_list_is_asked_for_a_number_in_its_address(staff):
    person = HouseholdFactory().people.get()
    assert staff.get(page(Person, "changelist"), {"nik": person.nik}).status_code == 400


def test_a_number_that_somebody_else_has_leaves_a_line_in_the_log(staff, cast):
    person = HouseholdFactory().people.get()
    twin = HouseholdFactory(head__nik="9971014104750077").people.get()
    staff.post(page(Person, "change", person.pk), person_fields(person, nik=twin.nik))
    assert Person.objects.filter(nik=twin.nik).count() == 2
    line = AccessLog.objects.get()
    assert (line.by, line.action) == (cast.staff, AccessLog.Action.SEARCH)
    assert "9971********0077" in line.what


@pytest.mark.parametrize("typed", ["{}", "'{}", "NIK {}"])
def test_a_number_typed_into_the_search_is_taken_out_of_the_address(staff, typed):
    number = HouseholdFactory().people.get().nik
    answer = staff.get(page(Person, "changelist"), {"q": typed.format(number)}, follow=True)
    assert answer.redirect_chain == [(page(Person, "changelist"), 302)]
    assert number not in answer.content.decode()
    assert "halaman Keluarga" in answer.content.decode()


def test_no_address_tells_which_rows_exist_elsewhere(staff):
    family = HouseholdFactory()
    kind = ContentType.objects.get_for_model(Household)
    assert staff.get(f"/pengelolaan/r/{kind.pk}/{family.pk}/").status_code == 404
    assert family.get_absolute_url() in staff.get(page(Household, "change", family.pk)).content.decode()


def test_a_family_asked_for_by_its_number_is_named_only_inside_the_area(client, cast):
    near, far = (
        HouseholdFactory(head__name="Dewi"),
        HouseholdFactory(area=area(JATIUWUNG), head__name="Candra"),
    )
    client.force_login(UserFactory(area=area(GEMBOR)))
    for number, named in ((near.pk, True), (far.pk, False), ("9" * 30, False), ("x", False)):
        answer = client.get(page(Person, "add"), {"household": number}).content.decode()
        assert ("Keluarga Dewi" in answer) is named
        assert "Candra" not in answer


def test_nobody_deletes(staff):
    family = HouseholdFactory()
    assert staff.post(page(Household, "delete", family.pk), {"post": "yes"}).status_code == 403
    assert Household.objects.exists()


@pytest.mark.parametrize("model", [StatusChange, ImportBatch, Wave])
def test_what_is_only_looked_at_cannot_be_added_by_staff(staff, model):
    assert staff.get(page(model, "changelist")).status_code == 200
    assert staff.get(page(model, "add")).status_code == 403


def test_an_import_is_shown_and_not_changed(staff):
    batch = ImportBatchFactory()
    address = page(ImportBatch, "change", batch.pk)
    assert staff.get(address).status_code == 200
    assert staff.post(address, {"state": "applied"}).status_code == 403


def test_the_administrator_keeps_the_waves_and_sees_no_family(client, cast):
    wave = WaveFactory(code="PPLS2011")
    client.force_login(cast.administrator)
    response = client.post(
        page(Wave, "change", wave.pk),
        {"code": "PPLS2011", "name": "PPLS 2011", "instrument": "PPLS", "reference_date": "30-09-2011",
         "unit": "household", "reported_total": 52000, "reported_source": "Antara"},
    )  # fmt: skip
    assert response.status_code == 302, response.context["adminform"].form.errors
    wave.refresh_from_db()
    assert wave.reported_total == 52000
    assert client.get(page(Household, "changelist")).status_code == 403


def test_officers_have_no_back_office(client, cast):
    client.force_login(cast.officer_a)
    assert client.get(page(Household, "changelist")).status_code == 403
