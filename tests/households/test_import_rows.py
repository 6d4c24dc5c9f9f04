"""Rows an office gets wrong: each is told in a sentence with its sheet, row and column, and the others go on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from households.imports import reports
from households.imports.layouts import LAYOUTS
from households.imports.problem_labels import label_of
from households.models import (
    Household,
    HouseholdRecord,
    ImportBatch,
    Person,
    PersonRecord,
    StagedPerson,
    StagedProblem,
    Wave,
)
from tangerang_poverty.kit.spreadsheets.write import write_xlsx
from tests.cast import Cast
from tests.factories import WaveFactory
from tests.households.import_files import family, member, ppls, sheet, small_ppls, workbook
from tests.households.test_import_files import applied, messages, staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011")


def problem(batch: ImportBatch, code: str) -> StagedProblem:
    return StagedProblem.objects.get(batch=batch, code=code)


def test_an_unknown_kelurahan_rejects_the_household_with_its_members(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    path = ppls(
        tmp_path / "a.xlsx",
        [family("A", kelurahan="Gembro"), family("B")],
        [member("A"), member("B")],
    )
    batch = applied(cast, wave, path)
    found = problem(batch, "area_unknown")
    assert (found.sheet, found.row, found.column, found.value) == ("ppls2011_rt", 2, "kelurahan", "Gembro")
    assert "Mungkin Gembor?" in found.message
    assert problem(batch, "household_rejected").row == 2
    assert Household.objects.count() == 1
    assert batch.summary["people"] == {"new": 1, "rejected": 1}


def test_a_household_in_two_kelurahan_is_rejected(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [
        {**family("A"), **member("A")},
        {**family("A", kelurahan="GEBANG RAYA"), **member("A", "Siti", 2)},
        {**family("B"), **member("B")},
    ]
    batch = applied(cast, wave, workbook(tmp_path / "a.xlsx", sheet("ppls2011_bnba", "ppls2011_bnba", rows)))
    assert problem(batch, "two_kelurahan").message == (
        "Rumah tangga A ada di dua kelurahan: GEMBOR (baris 2) dan GEBANG RAYA (baris 3). "
        "Tulis kelurahan yang benar."
    )
    assert Household.objects.count() == 1


def test_a_second_head_is_rejected_and_the_first_is_named(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = ppls(tmp_path / "a.xlsx", [family("0021")], [member("0021"), member("0021", "Dadang")])
    batch = applied(cast, wave, path)
    found = problem(batch, "two_heads")
    assert (found.sheet, found.row) == ("ppls2011_art", 3)
    assert found.message == "Dua kepala dalam rumah tangga 0021; yang pertama di baris 2."
    assert list(Person.objects.values_list("name", flat=True)) == ["Suparman"]


def test_a_person_without_household_is_rejected(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = ppls(tmp_path / "a.xlsx", [family("A")], [member("A"), member("0448", "Nurhayati")])
    batch = applied(cast, wave, path)
    assert problem(batch, "no_household").message == "Rumah tangga 0448 tidak ada di lembar rumah tangga."
    assert Person.objects.count() == 1


def test_codes_outside_the_book_are_kept_and_noted(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = ppls(tmp_path / "a.xlsx", [family("A", jenis_lantai=9, rank=7)], [member("A", relation=77, sex=3)])
    batch = applied(cast, wave, path)
    assert [
        (one.on_people, one.count) for one in reports.by_problem(batch) if one.code == "code_unknown"
    ] == [
        (True, 3),  # both relations, sex
        (False, 2),  # floor, rank
    ]
    record = PersonRecord.objects.get()
    assert (record.relation, record.sex) == (None, "")
    assert record.raw["hubungan_krt"] == "77"
    assert record.household_record.raw["jenis_lantai"] == "9"
    assert record.household_record.rank is None


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("31-02-1980", "Tanggal lahir mustahil: Februari tidak punya tanggal 31."),
        (
            "00/00/1975",
            "Tanggal dan bulan lahir kosong; tulis 1975 saja bila hanya tahun yang diketahui.",
        ),
    ],
)
def test_an_impossible_birth_date_rejects_the_person_only(
    cast: Cast, wave: Wave, tmp_path: Path, written: str, message: str
) -> None:
    rows = [
        {**family("A"), **member("A", nik="")},
        {**family("A"), **member("A", "Siti", 3, nik="", birth_date=written)},
    ]
    path = workbook(tmp_path / "a.xlsx", sheet("dtks_siksng_export", "dtks_siksng_export", rows))
    batch = applied(cast, wave, path)
    found = StagedProblem.objects.get(batch=batch)
    assert (found.row, found.column, found.value, found.message) == (3, "TANGGAL LAHIR", written, message)
    assert Household.objects.get().member_count == 1


def test_an_impossible_age_is_called_so(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family("A"), **member("A", nik="", age=200)}]
    batch = staged(cast, wave, workbook(tmp_path / "a.xlsx", sheet("bdt2015_person", "bdt2015_person", rows)))
    found = problem(batch, "birth_impossible_age")
    assert label_of(found.code, is_error=True, example=found.message) == "Umur mustahil"


def test_a_wrong_nik_stays_on_the_record_and_leaves_nobody_out(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = [{**family("A"), **member("A", nik="99710112047500")}]
    path = workbook(tmp_path / "a.xlsx", sheet("bdt2015_person", "bdt2015_person", rows))
    batch = staged(cast, wave, path)
    found = problem(batch, "nik_wrong_length")
    assert not found.is_error
    assert found.value == "9971******7500"
    assert "99710112047500" not in found.message
    assert StagedPerson.objects.get().nik == "99710112047500"
    batch.delete()
    batch = applied(cast, wave, path)
    assert Person.objects.get().nik is None
    record = PersonRecord.objects.get()
    assert (record.nik, record.identity_errors) == ("99710112047500", True)


def test_a_nik_from_a_numeric_cell_is_flagged(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    whole = sheet("bdt2015_person", "bdt2015_person", [{**family("A"), **member("A", nik=9971011204750010)}])
    book = Workbook()
    book.active.append(list(whole.header))
    for row in whole.rows:
        book.active.append(list(row))
    book.save(tmp_path / "a.xlsx")
    batch = staged(cast, wave, tmp_path / "a.xlsx")
    assert "tersimpan sebagai angka" in messages(batch)["nik_numeric_cell"]


def test_a_nik_in_the_wrong_column_is_masked_in_the_problems(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    nik = "9971011204750001"
    path = ppls(tmp_path / "a.xlsx", [family("A", kelurahan=nik)], [member("A", sex=nik, birth_year=nik)])
    batch = staged(cast, wave, path)
    problems = list(batch.problems.values_list("value", "message"))
    assert any("9971********0001" in value for value, _ in problems)
    assert not any(nik in text for pair in problems for text in pair)


def test_a_number_is_masked_in_every_column_but_its_own(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    nik, parted, key = "9971011204750001", "9971.0112.0475.0002", "367101001000012345"
    declared = LAYOUTS["dtks_siksng_export"].sheets[0]
    row = {
        **{column.key: f"lihat {parted}" for column in declared.columns if not column.field},
        **family(key, address=f"Jl. Mawar {nik} RT 001"),
        **member(key, f"Siti {nik}", birth_place=nik, occupation=f"dagang {parted}"),
        "catatan": f"lama {nik}",
        "bujur": 106.63191234567891,
    }
    made = sheet("dtks_siksng_export", declared.name, [row], extra=["catatan", "bujur"])
    applied(cast, wave, workbook(tmp_path / "a.xlsx", made))
    record, person = HouseholdRecord.objects.get(), PersonRecord.objects.get()
    assert record.source_key == key  # the source's own id, however long, is no number of a person
    kept = json.dumps([*HouseholdRecord.objects.values(), *PersonRecord.objects.values()], default=str)
    kept += json.dumps([*Household.objects.values(), *Person.objects.values()], default=str)
    assert nik not in kept
    assert parted not in kept
    assert person.name == "Siti 9971********0001"
    assert person.raw["bujur"] == "106.63191234567891"


def test_characters_that_cannot_be_seen_go(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = ppls(tmp_path / "a.xlsx", [family("A")], [member("A", "\u202eSiti\u200b  Aminah")])
    assert staged(cast, wave, path).staged_people.get().name == "Siti Aminah"


def test_formulas_stay_text_and_nul_bytes_go(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    whole = sheet(
        "ppls2011_bnba",
        "ppls2011_bnba",
        [{**family("A", address="=HYPERLINK(1)"), **member("A", "Su\0par\tman")}],
    )
    lines = [";".join(whole.header), *(";".join(str(cell) for cell in row) for row in whole.rows)]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(lines).encode())
    applied(cast, wave, path)
    assert Household.objects.get().address == "=HYPERLINK(1)"
    assert Person.objects.get().name == "Supar man"


def test_blank_styled_rows_below_the_data_are_no_rows(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = small_ppls(tmp_path / "a.xlsx")
    book = load_workbook(path)
    grey = PatternFill("solid", fgColor="DDDDDD")
    for row in range(10, 2_010):
        book["ppls2011_art"].cell(row=row, column=1).fill = grey
    book.save(path)
    batch = staged(cast, wave, path)
    assert batch.summary["people"] == {"new": 4}


def test_a_row_twice_with_one_number_or_nik_is_told(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    one = {**family("A"), **member("A", nik="9971011204750001", member_number=1)}
    two = {**family("A"), **member("A", "Siti", 2, nik="9971011204750001", member_number=1)}
    path = workbook(tmp_path / "a.xlsx", sheet("bdt2015_person", "bdt2015_person", [one, two]))
    found = messages(staged(cast, wave, path))
    assert found["number_twice"] == "Nomor urut 1 dalam rumah tangga A sudah dipakai di baris 2."
    assert "baris 2" in found["nik_twice"]


def test_households_without_members_or_head_come_in_with_a_note(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    path = ppls(tmp_path / "a.xlsx", [family("A"), family("B")], [member("B", relation=3)])
    batch = staged(cast, wave, path)
    assert {"no_members", "no_head"} <= set(messages(batch))
    assert batch.summary["households"] == {"new": 2}


def test_a_file_of_which_nothing_is_left_cannot_be_handed_on(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    from households.imports import actions
    from tangerang_poverty.kit.problems import Refused

    batch = staged(cast, wave, ppls(tmp_path / "a.xlsx", [family("A", kelurahan="?")], [member("A")]))
    with pytest.raises(Refused, match="Tidak ada satu baris pun"):
        actions.submit_batch(batch, by=cast.staff)


def test_rejected_rows_come_back_in_the_same_columns_and_can_be_corrected(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    path = ppls(
        tmp_path / "a.xlsx",
        [family("A"), family("B", kelurahan="Gembro")],
        [member("A"), member("A", "Siti", 2, birth_month=13), member("B", "Marsudi")],
    )
    batch = applied(cast, wave, path)
    out = tmp_path / "ditolak.xlsx"
    write_xlsx(out, reports.rejected_sheets(batch))
    book = load_workbook(out)
    homes, people = book["ppls2011_rt"], book["ppls2011_art"]
    assert [cell.value for cell in homes[1]][-1] == "Masalah"
    assert [row[0].value for row in homes.iter_rows(min_row=2)] == ["A", "B"]
    assert "Mungkin Gembor?" in homes.cell(row=3, column=homes.max_column).value
    assert homes.cell(row=2, column=homes.max_column).value in (None, "")
    header = [cell.value for cell in people[1]]
    assert [row[1].value for row in people.iter_rows(min_row=2)] == ["Siti", "Marsudi"]
    people.cell(row=2, column=header.index("bulan_lahir") + 1).value = 3
    homes.cell(row=3, column=[cell.value for cell in homes[1]].index("kelurahan") + 1).value = "Gembor"
    book.save(out)
    again = applied(cast, wave, out)
    assert again.summary["households"] == {"changed": 1, "new": 1}
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Marsudi", "Siti", "Suparman"]
    home = Household.objects.get(head_name="Suparman")
    assert home.member_count == 2
    record = home.records.get()
    assert record.member_count == 2
    assert list(record.people.order_by("number").values_list("number", "name")) == [
        (1, "Suparman"),
        (2, "Siti"),
    ]


@pytest.mark.parametrize(
    "odd", ["9" * 5000, "RT 1 " * 1500, "0" * 5000 + "1", "-" * 5000], ids=lambda odd: odd[:4]
)
@pytest.mark.parametrize("layout", ["bdt2015_person", "dtks_siksng_export"])
def test_no_cell_however_long_stops_the_reading_of_a_file(
    cast: Cast, wave: Wave, tmp_path: Path, layout: str, odd: str
) -> None:
    declared = LAYOUTS[layout].sheets[0]
    keys = [column.key for column in declared.columns]
    rows = [{**family(f"K{n}"), **member(f"K{n}"), key: odd} for n, key in enumerate(keys)]
    batch = staged(cast, wave, workbook(tmp_path / "a.xlsx", sheet(layout, declared.name, rows)))
    assert batch.state == ImportBatch.State.STAGED, batch.refusal
