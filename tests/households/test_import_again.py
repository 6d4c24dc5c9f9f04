"""Rows that come again: corrected, alone, in another order or in a later wave. Nobody is overwritten by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from households.imports import reports
from households.models import Household, HouseholdRecord, ImportBatch, Person, PersonRecord, Wave
from tangerang_poverty.kit.spreadsheets.write import write_xlsx
from tests.cast import Cast
from tests.factories import WaveFactory
from tests.households.import_files import Cells, family, member, ppls, sheet, workbook
from tests.households.test_import_files import applied, messages, staged

pytestmark = pytest.mark.django_db
FIRST_CARD, SECOND_CARD = "3671012001080001", "3671012001080002"


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011", reference_date=date(2011, 9, 30))


def bdt(path: Path, *rows: Cells) -> Path:
    return workbook(path, sheet("bdt2015_person", "bdt2015_person", [{**family(), **row} for row in rows]))


def dtks(path: Path, *rows: Cells) -> Path:
    return workbook(
        path, sheet("dtks_siksng_export", "dtks_siksng_export", [{**family(), **row} for row in rows])
    )


def corrected(batch: ImportBatch, path: Path, change: Callable[[dict[str, Any]], None] | None = None) -> Path:
    """The workbook of rejected rows, each row of its last sheet changed by `change` as somebody would by hand."""
    write_xlsx(path, reports.rejected_sheets(batch))
    book = load_workbook(path)
    rows = book.worksheets[len(batch.summary["sheets"]) - 1]
    header = [cell.value for cell in rows[1]]
    for row in rows.iter_rows(min_row=2):
        cells = dict(zip(header, (cell.value for cell in row), strict=True))
        if change:
            change(cells)
        for cell, value in zip(row, cells.values(), strict=True):
            cell.value = value
    book.save(path)
    return path


def people() -> list[str]:
    return sorted(Person.objects.values_list("name", flat=True))


def numbers() -> list[tuple[int, str]]:
    return list(PersonRecord.objects.order_by("number").values_list("number", "name"))


def test_a_second_head_brought_back_does_not_take_the_place_of_the_first(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = (
        member(name="Siti Aminah", birth_date="01-02-1960"),
        member(name="Ujang", birth_date="03-04-1970"),
    )
    first = applied(cast, wave, dtks(tmp_path / "a.xlsx", *rows))
    assert first.summary["people"] == {"new": 1, "rejected": 1}
    again = staged(cast, wave, corrected(first, tmp_path / "b.xlsx"))
    assert again.summary["people"] == {"rejected": 1}
    assert "sudah tercatat dengan kepala Siti Aminah" in messages(again)["two_heads_recorded"]


def test_a_twin_brought_back_is_not_the_other_twin(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    twin = {"relation": 3, "birth_month": 5}
    path = ppls(
        tmp_path / "a.xlsx",
        [family()],
        [
            member(),
            member(name="Hasan", birth_year=1999, **twin),
            member(name="Husen", birth_year=2099, **twin),
        ],
    )
    first = applied(cast, wave, path)

    def mend(cells: dict[str, Any]) -> None:
        cells["tahun_lahir"] = 1999

    again = applied(cast, wave, corrected(first, tmp_path / "b.xlsx", mend))
    assert again.summary["people"] == {"new": 1}
    assert people() == ["Hasan", "Husen", "Suparman"]


def test_a_father_and_his_son_of_one_name_stay_two(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    son = {"relation": 3, "birth_month": 5}
    path = ppls(tmp_path / "a.xlsx", [family()], [member(birth_year=1955), member(birth_year=2099, **son)])
    first = applied(cast, wave, path)

    def mend(cells: dict[str, Any]) -> None:
        cells["tahun_lahir"] = 1990

    applied(cast, wave, corrected(first, tmp_path / "b.xlsx", mend))
    assert list(Person.objects.order_by("birth_date").values_list("name", "relation")) == [
        ("Suparman", 1),
        ("Suparman", 3),
    ]


def test_a_number_that_belongs_to_somebody_else_is_told(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = bdt(
        tmp_path / "a.xlsx",
        member(member_number=1),
        member(name="Iis", relation=2, member_number=2),
        member(name="Asep", relation=3, member_number=2),
        member(name="Eneng Rohmah", relation=3, member_number=3, age=9),
    )
    first = applied(cast, wave, path)
    assert first.summary["people"] == {"new": 3, "rejected": 1}

    def mend(number: int) -> Callable[[dict[str, Any]], None]:
        return lambda cells: cells.update({"Nomor urut ART": number})

    taken = staged(cast, wave, corrected(first, tmp_path / "b.xlsx", mend(3)))
    assert taken.summary["people"] == {"rejected": 1}
    assert "Nomor urut 3" in messages(taken)["number_recorded"]
    assert "sudah tercatat untuk Eneng Rohmah" in messages(taken)["number_recorded"]
    applied(cast, wave, corrected(first, tmp_path / "c.xlsx", mend(4)))
    assert numbers() == [(1, "Suparman"), (2, "Iis"), (3, "Eneng Rohmah"), (4, "Asep")]


@pytest.mark.parametrize("with_nik", [True, False])
def test_people_whose_numbers_were_exchanged_stay_who_they_are(
    cast: Cast, wave: Wave, tmp_path: Path, with_nik: bool
) -> None:
    niks = ("9971011204750001", "9971011204750003") if with_nik else ("", "")
    siti = member(name="Siti Rohmah", relation=3, sex=2, age=20, nik=niks[0])
    rohani = member(name="Siti Rohani", relation=3, sex=2, age=19, nik=niks[1])
    applied(
        cast, wave, bdt(tmp_path / "a.xlsx", {**siti, "member_number": 1}, {**rohani, "member_number": 2})
    )
    before = dict(Person.objects.values_list("pk", "name"))
    again = applied(
        cast, wave, bdt(tmp_path / "b.xlsx", {**rohani, "member_number": 1}, {**siti, "member_number": 2})
    )
    assert "new" not in again.summary["people"]
    assert dict(Person.objects.values_list("pk", "name")) == before


def test_who_takes_the_number_of_somebody_renumbered_comes_in_with_a_free_one(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    head = member(member_number=1)
    child = member(name="Dewi", relation=3, sex=2, age=9)
    applied(cast, wave, bdt(tmp_path / "a.xlsx", head, {**child, "member_number": 2}))
    wife = member(name="Iis", relation=2, sex=2, age=30, member_number=2)
    applied(cast, wave, bdt(tmp_path / "b.xlsx", head, wife, {**child, "member_number": 3}))
    assert people() == ["Dewi", "Iis", "Suparman"]
    assert numbers() == [(1, "Suparman"), (2, "Dewi"), (4, "Iis")]


def test_the_order_of_rows_does_not_make_another_family_the_first(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = [
        member(name="Rohman", birth_date="01-02-1950", kk=FIRST_CARD),
        member(name="Sukaesih", relation=2, sex=2, birth_date="01-02-1955", kk=FIRST_CARD),
        member(name="Tatang", birth_date="03-04-1980", kk=SECOND_CARD),
    ]
    applied(cast, wave, dtks(tmp_path / "a.xlsx", *rows))
    families = [("Rohman", 1, 1), ("Sukaesih", 1, 2), ("Tatang", 2, None)]
    assert list(Person.objects.order_by("pk").values_list("name", "family_number", "relation")) == families
    again = applied(cast, wave, dtks(tmp_path / "b.xlsx", *reversed(rows)))
    assert again.summary["people"] == {"same": 3}
    assert list(Person.objects.order_by("pk").values_list("name", "family_number", "relation")) == families


def test_an_empty_family_number_does_not_overwrite(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    grown = member(name="Tatang", relation=3, member_number=2, family_number=2)
    applied(cast, wave, bdt(tmp_path / "a.xlsx", member(member_number=1), grown))
    again = applied(
        cast, wave, bdt(tmp_path / "b.xlsx", member(member_number=1), {**grown, "family_number": ""})
    )
    assert again.summary["people"] == {"same": 2}
    assert Person.objects.get(name="Tatang").family_number == 2


def test_a_later_wave_that_says_the_same_keeps_a_correction_by_hand(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    row = member(name="Siti Aminha", nik="9971011204750001", age=36)
    applied(cast, wave, bdt(tmp_path / "a.xlsx", row))
    Person.objects.update(name="Siti Aminah", name_key="siti aminah")
    Household.objects.update(address="Jl. Mawar")
    later = WaveFactory(code="BDT2015", reference_date=date(2015, 9, 30))
    applied(cast, later, bdt(tmp_path / "b.xlsx", {**row, "source_key": "N-1", "age": 40}))
    assert Person.objects.get().name == "Siti Aminah"
    assert Household.objects.get().address == "Jl. Mawar"
    newest = WaveFactory(code="DTKS2020", reference_date=date(2020, 9, 30))
    moved = {**row, "source_key": "N-2", "name": "Siti Aminah Sari", "address": "Jl. Baru 1"}
    applied(cast, newest, bdt(tmp_path / "c.xlsx", moved))
    assert Person.objects.get().name == "Siti Aminah Sari"
    assert Household.objects.get().address == "Jl. Baru 1"


def test_an_age_does_not_replace_a_birth_date(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    row = member(nik="9971011204750001", age=36)
    applied(cast, wave, bdt(tmp_path / "a.xlsx", row))
    Person.objects.update(birth_date=date(1975, 4, 12), birth_precision="day")
    later = WaveFactory(code="BDT2015", reference_date=date(2015, 9, 30))
    batch = applied(cast, later, bdt(tmp_path / "b.xlsx", {**row, "source_key": "N-1", "age": 37}))
    assert batch.summary["people"] == {"same": 1}
    assert Person.objects.get().birth_date == date(1975, 4, 12)
    assert PersonRecord.objects.get(batch=batch).birth_precision == "age"


def test_a_later_wave_that_only_knows_another_occupation_is_told_as_changed(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    row = member(nik="9971011204750001", birth_date="12-04-1975", occupation="Buruh")
    applied(cast, wave, dtks(tmp_path / "a.xlsx", row))
    later = WaveFactory(code="DTKS2020", reference_date=date(2020, 9, 30))
    batch = applied(
        cast, later, dtks(tmp_path / "b.xlsx", {**row, "source_key": "N-1", "occupation": "Pedagang"})
    )
    assert batch.summary["people"] == {"changed": 1}
    assert Person.objects.get().occupation == "Pedagang"


def test_a_household_in_two_kelurahan_comes_back_with_its_place_open(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = [
        member(member_number=1),
        {**member(name="Siti", relation=2, member_number=2), "kelurahan": "GEBANG RAYA"},
    ]
    first = staged(cast, wave, bdt(tmp_path / "a.xlsx", *rows))
    assert "Tulis kelurahan yang benar." in messages(first)["two_kelurahan"]
    untouched = staged(cast, wave, corrected(first, tmp_path / "b.xlsx"))
    assert untouched.summary["households"] == {"rejected": 1}
    decided = corrected(first, tmp_path / "c.xlsx", lambda cells: cells.update({"Desa/Kelurahan": "GEMBOR"}))
    applied(cast, wave, decided)
    assert Household.objects.get().area.name == "Gembor"
    assert people() == ["Siti", "Suparman"]


def test_rows_without_a_household_keep_their_own_cells(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [
        {**member(name=name, member_number=1), "source_key": "", "address": f"Jl. {name}"}
        for name in ("Ani", "Budi")
    ]
    first = staged(cast, wave, bdt(tmp_path / "a.xlsx", *rows))
    assert first.summary["people"] == {"rejected": 2}
    assert {one.code: one.count for one in reports.by_problem(first)} == {"no_household_key": 2}
    found: list[tuple[Any, Any]] = []
    corrected(first, tmp_path / "b.xlsx", lambda cells: found.append((cells["Nama ART"], cells["Alamat"])))
    assert found == [("Ani", "Jl. Ani"), ("Budi", "Jl. Budi")]


@pytest.mark.parametrize("key", [367104100900000101, "3,67104E+17"])
def test_a_household_number_that_lost_its_digits_joins_nobody(
    cast: Cast, wave: Wave, tmp_path: Path, key: Any
) -> None:
    rows = [{**member(name=name, member_number=1), "source_key": key} for name in ("Ani", "Budi")]
    path = bdt(tmp_path / "a.xlsx", *rows, member(member_number=1))
    book = load_workbook(path)
    assert book.active
    column = [cell.value for cell in book.active[1]].index("ID rumah tangga") + 1
    for row in (2, 3):
        book.active.cell(row=row, column=column).value = key
    book.save(path)
    batch = staged(cast, wave, path)
    assert batch.summary["households"] == {"new": 1, "rejected": 2}
    assert batch.summary["people"] == {"new": 1, "rejected": 2}
    assert "digit akhirnya hilang" in messages(batch)["household_key_rounded"]


def test_an_apostrophe_before_the_household_number_is_no_part_of_it(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    path = ppls(tmp_path / "a.xlsx", [family("'3671-0001")], [member("3671-0001")])
    applied(cast, wave, path)
    assert HouseholdRecord.objects.get().source_key == "3671-0001"
    assert people() == ["Suparman"]


def test_sheets_of_one_name_in_two_files_do_not_share_their_problems(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    bad = bdt(tmp_path / "a.xlsx", {**member(member_number=1), "source_key": "A", "kelurahan": "Gembro"})
    good = bdt(tmp_path / "b.xlsx", {**member(name="Budi", member_number=1), "source_key": "B"})
    batch = applied(cast, wave, bad, good)
    assert batch.summary["households"] == {"new": 1, "rejected": 1}
    assert people() == ["Budi"]
    assert [one["name"] for one in batch.summary["sheets"]] == ["bdt2015_person", "bdt2015_person (2)"]


def test_a_family_whose_members_are_all_rejected_is_told(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, dtks(tmp_path / "a.xlsx", member(birth_date="00/00/1975")))
    assert batch.summary["people"] == {"rejected": 1}
    assert "tidak mempunyai anggota yang dapat diterima" in messages(batch)["no_members"]


def test_problems_of_households_and_of_people_are_counted_apart(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = [
        {**family("A"), **member("A")},
        {**family("A", address="Jl. Lain"), **member("A", "Siti", 2)},
        {**family("B"), **member("B")},
    ]
    batch = staged(cast, wave, workbook(tmp_path / "a.xlsx", sheet("ppls2011_bnba", "ppls2011_bnba", rows)))
    (found,) = (one for one in reports.by_problem(batch) if one.code == "household_differs")
    assert (found.on_people, found.count) == (False, 1)
    page = reports.households_page(batch, problem="household_differs")
    assert [one.row.source_key for one in page.items] == ["A"]
    assert "di baris 3 berbeda dengan baris 2" in page.items[0].problems[0].message
