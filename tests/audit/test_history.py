"""History in words: who changed what, from what to what, and why."""

from __future__ import annotations

import pytest

from households.models import Household, Person
from tangerang_poverty.audit.history import FieldChange, audited, changes_of
from tests.factories import GEBANG_RAYA, HouseholdFactory, PersonFactory, area

pytestmark = pytest.mark.django_db


def changed(household):
    """Its history without the rows that the factories added."""
    return [change for change in changes_of(household) if change.action != "Ditambahkan"]


def test_a_change_names_who_what_and_why(cast):
    household = HouseholdFactory(address="Jl. Lama 1")
    with audited(by=cast.staff, action="correct_household", note="Alamat keliru"):
        Household.objects.filter(pk=household.pk).update(address="Jl. Baru 2")
    (change,) = changed(household)
    assert (change.by, change.action, change.note) == (
        "Rina Marlina",
        "Koreksi data keluarga",
        "Alamat keliru",
    )
    assert change.fields == (FieldChange("alamat", "Jl. Lama 1", "Jl. Baru 2"),)


def test_the_new_value_of_an_older_change_is_the_old_value_of_the_next(cast):
    household = HouseholdFactory(rt="001")
    for rt in ("002", "003"):
        Household.objects.filter(pk=household.pk).update(rt=rt)
    assert [change.fields[0] for change in changed(household)] == [
        FieldChange("RT", "002", "003"),
        FieldChange("RT", "001", "002"),
    ]


def test_a_change_outside_any_action_is_the_systems(cast):
    household = HouseholdFactory()
    Household.objects.filter(pk=household.pk).update(rw="012")
    (change,) = changed(household)
    assert (change.by, change.action) == ("Sistem", "Diubah")


def test_people_of_the_household_are_part_of_its_history_with_identifiers_masked(cast):
    person = PersonFactory(nik="9971014104750001")
    Person.objects.filter(pk=person.pk).update(nik="9971014104750002", sex="P")
    (change,) = changed(person.household)
    assert change.subject == f"Anggota {person.name}"
    assert FieldChange("jenis kelamin", "Laki-laki", "Perempuan") in change.fields
    assert FieldChange("NIK", "9971********0001", "9971********0002") in change.fields


def test_a_moved_household_shows_both_kelurahan_by_name(cast):
    household = HouseholdFactory()
    Household.objects.filter(pk=household.pk).update(area=area(GEBANG_RAYA))
    assert changed(household)[0].fields == (FieldChange("kelurahan", "Gembor", "Gebang Raya"),)


def test_a_person_who_was_deleted_stays_in_the_history(cast):
    person = PersonFactory(name="Siti Aminah")
    with audited(by=cast.staff, action="undo_import"):
        person.delete()
    (change,) = changed(person.household)
    assert (change.subject, change.action) == ("Anggota Siti Aminah", "Impor dibatalkan")
    assert FieldChange("nama", "Siti Aminah", "") in change.fields


def test_a_person_who_moved_away_shows_the_move_and_nothing_of_the_life_elsewhere(cast):
    person, elsewhere = PersonFactory(), HouseholdFactory()
    left = person.household
    Person.objects.filter(pk=person.pk).update(household=elsewhere)
    Person.objects.filter(pk=person.pk).update(occupation="Pedagang")
    assert [change.fields[0].label for change in changed(left)] == ["keluarga"]
    assert [change.fields[0].label for change in changed(elsewhere)] == ["pekerjaan", "keluarga"]


def test_the_number_of_queries_does_not_grow_with_the_history(cast, django_assert_max_num_queries):
    household = HouseholdFactory()
    for number, member in enumerate(PersonFactory.create_batch(30, household=household)):
        with audited(by=cast.staff, action="correct_person"):
            Person.objects.filter(pk=member.pk).update(occupation=f"Pekerjaan {number}")
    with django_assert_max_num_queries(15):  # two for each kind of row that hangs on a family
        assert len(changed(household)) == 30


def test_a_person_added_by_hand_is_in_the_history_with_who_added_them(cast):
    household = HouseholdFactory()
    with audited(by=cast.officer_a, action="add_person", note="Baru lahir"):
        PersonFactory(household=household, name="Aisyah")
    (change,) = (change for change in changes_of(household) if change.subject == "Anggota Aisyah")
    assert (change.by, change.action, change.note) == ("Sri Wahyuni", "Tambah anggota", "Baru lahir")
    assert FieldChange("nama", "", "Aisyah") in change.fields


def test_history_cannot_be_rewritten(cast):
    household = HouseholdFactory()
    Household.objects.filter(pk=household.pk).update(rt="009")
    event = Household.pgh_event_model.objects.get(pgh_obj_id=household.pk, pgh_label="update")
    with pytest.raises(Exception, match="Cannot update or delete"):
        event.delete()
