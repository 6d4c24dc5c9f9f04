"""Whom a row of the past is found to speak of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from households.imports import actions as imports
from households.models import Person
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import (
    GEBANG_RAYA,
    HouseholdFactory,
    HouseholdRecordFactory,
    PersonFactory,
    WaveFactory,
    area,
)
from tests.households.import_files import small_ppls
from tests.households.test_import_files import applied as applied_list
from tests.trainings.factories import CohortFactory, CourseFactory, EnrolmentFactory, ProgrammeFactory
from tests.trainings.past_files import applied, book, line, staged
from trainings.lifecycle import EnrolmentState
from trainings.models import Finding, PastTraining
from trainings.past import actions, decide

pytestmark = pytest.mark.django_db
NIK, OTHER_NIK = "9971015204750001", "9971015204750002"


def resident(name: str = "Siti Aminah", *, place: str = "", **values: Any) -> Person:
    """Somebody of a family in Gembor, without a NIK."""
    household = HouseholdFactory(area=area(place) if place else area())
    person: Person = PersonFactory(household=household, **{"name": name, "nik": None, **values})
    return person


def found(cast: Cast, *rows: list[Any]) -> list[tuple[str, int | None]]:
    """What the rows of a new file come to, and the person each speaks of."""
    made = staged(book(*rows), by=cast.staff)
    return [(str(row.finding), row.person_id) for row in made.staged.order_by("id")]


def test_by_nik_wherever_the_family_lives(cast: Cast) -> None:
    person = resident("Siti Aminah binti Ali", place=GEBANG_RAYA, nik=NIK)
    assert found(cast, line("Siti Aminah", nik=NIK)) == [(Finding.NIK, person.pk)]


def test_one_who_has_moved_or_died_is_found_by_nik(cast: Cast) -> None:
    person = resident(nik=NIK, status=Person.Status.DIED)
    assert found(cast, line(nik=NIK)) == [(Finding.NIK, person.pk)]


def test_a_nik_on_another_name_is_left_to_people(cast: Cast) -> None:
    resident("Bambang Hermawan", nik=NIK)
    resident("Siti Aminah")
    assert found(cast, line("Siti Aminah", nik=NIK)) == [(Finding.OTHER_NIK, None)]


def test_by_name_and_kelurahan_whatever_titles_and_case(cast: Cast) -> None:
    person = resident("Hj. Siti Aminah, S.Pd.")
    assert found(cast, line("SITI AMINAH")) == [(Finding.NAME, person.pk)]


def test_a_nik_that_nobody_has_leaves_the_name_to_decide(cast: Cast) -> None:
    person = resident()
    assert found(cast, line(nik=NIK)) == [(Finding.NAME, person.pk)]


def test_the_same_name_with_another_nik_is_not_taken(cast: Cast) -> None:
    resident(nik=OTHER_NIK)
    assert found(cast, line(nik=NIK)) == [(Finding.OTHER_NIK, None)]


def test_the_same_name_in_another_kelurahan_is_not_taken(cast: Cast) -> None:
    resident(place=GEBANG_RAYA)
    assert found(cast, line()) == [(Finding.NONE, None)]


def test_of_two_of_one_name_nobody_is_chosen(cast: Cast) -> None:
    resident()
    resident()
    assert found(cast, line()) == [(Finding.SEVERAL, None)]


@pytest.mark.parametrize(
    "other",
    [{"status": Person.Status.MOVED}, {"birth_date": date(2010, 1, 1)}],
    ids=["one moved away", "one was a child"],
)
def test_who_cannot_have_been_there_does_not_count(cast: Cast, other: dict[str, Any]) -> None:
    person = resident()
    resident(**other)
    assert found(cast, line()) == [(Finding.NAME, person.pk)]


def test_one_person_on_two_lists_is_the_one_of_the_newest(cast: Cast) -> None:
    """Lists that are not linked hold one family once each."""
    old, new = resident(), resident()
    waves = [WaveFactory(reference_date=date(year, 9, 30)) for year in (2008, 2011)]
    for person, wave in zip((old, new), waves, strict=True):
        HouseholdRecordFactory(household=person.household, wave=wave)
    assert found(cast, line()) == [(Finding.NAME, new.pk)]
    HouseholdRecordFactory(household=old.household, wave=waves[1])
    assert found(cast, line("Siti Aminah", year=2013)) == [(Finding.SEVERAL, None)]


def test_the_same_row_again_is_there_already(cast: Cast) -> None:
    resident()
    data = book(line(), line(), line(year=2013))
    made = applied(data, by=cast.staff)
    assert made.summary["findings"] == {"name": 2, "same": 1}
    again = staged(book(line(), line("Budi Santoso")), by=cast.staff, name="lagi.xlsx")
    first, second = again.staged.order_by("id")
    assert (first.finding, first.same_as) == (Finding.SAME, "riwayat.xlsx baris 2")
    assert second.finding == Finding.NONE


def test_two_ways_to_the_same_person_count_once(cast: Cast) -> None:
    person = resident(nik=NIK)
    rows = line("Siti Aminah"), line("Siti Aminah", nik=NIK)
    assert found(cast, *rows) == [(Finding.NAME, person.pk), (Finding.SAME, None)]
    applied(book(rows[0]), by=cast.staff, name="a.xlsx")
    assert found(cast, rows[1], line("Lain Orang")) == [(Finding.SAME, None), (Finding.NONE, None)]


def test_a_graduate_of_our_own_cohort_is_there_already(cast: Cast) -> None:
    programme = ProgrammeFactory(year=2014, course=CourseFactory(name="Kue kering"))
    enrolment = EnrolmentFactory(
        cohort=CohortFactory(programme=programme, area=area()), state=EnrolmentState.GRADUATED
    )
    made = staged(book(line(enrolment.person.name)), by=cast.staff)
    row = made.staged.get()
    assert (row.finding, row.same_as) == (Finding.SAME, "lulusan program 2014")


def test_rows_that_wait_are_found_when_the_registry_knows_more(cast: Cast) -> None:
    applied(book(line(), line("Budi Santoso"), line("Dewi Lestari")), by=cast.staff)
    siti, budi = resident(), resident("Budi Santoso")
    dewi = [resident("Dewi Lestari") for _ in range(2)]
    assert dewi
    opened = PastTraining.objects.get(name="Budi Santoso")
    decide.match_by_hand(opened, person=budi, by=cast.staff)
    decide.reopen(opened, by=cast.staff)
    assert actions.search_again(by=cast.staff) == 1
    rows = {row.name: row for row in PastTraining.objects.all()}
    assert (rows["Siti Aminah"].person_id, rows["Siti Aminah"].finding) == (siti.pk, Finding.NAME)
    assert rows["Siti Aminah"].matched_by == cast.staff
    assert (rows["Budi Santoso"].person_id, rows["Budi Santoso"].finding) == (None, Finding.REOPENED)
    assert (rows["Dewi Lestari"].person_id, rows["Dewi Lestari"].finding) == (None, Finding.SEVERAL)


def test_searching_again_never_gives_one_person_the_same_course_twice(cast: Cast) -> None:
    applied(book(line("Siti Aminah"), line("Siti Aminah", nik=NIK)), by=cast.staff)
    resident(nik=NIK)
    assert actions.search_again(by=cast.staff) == 1
    assert PastTraining.objects.waiting().count() == 1


def test_a_list_whose_people_have_a_past_is_not_taken_back(cast: Cast, tmp_path: Path) -> None:
    batch = applied_list(cast, WaveFactory(code="PPLS2011"), small_ppls(tmp_path / "a.xlsx"))
    made = applied(book(line("Siti Aminah")), by=cast.staff)
    assert PastTraining.objects.get().person is not None
    with pytest.raises(Refused, match="1 riwayat pelatihan tercatat pada keluarga dari impor ini"):
        imports.request_undo(batch, by=cast.staff, reason="Berkas yang keliru", in_background=False)
    actions.undo(made, by=cast.staff, reason="Berkas yang keliru")
    imports.request_undo(batch, by=cast.staff, reason="Berkas yang keliru", in_background=False)
    imports.undo(batch.pk)
    assert not Person.objects.exists()
