"""Workbooks of several sheets: each is read, refused or named as left aside; none is lost without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from households.imports import reports
from households.models import ImportBatch, StagedHousehold, StagedProblem, Wave
from tangerang_poverty.kit.spreadsheets.write import Sheet, write_xlsx
from tests.cast import Cast
from tests.factories import WaveFactory
from tests.households.import_files import family, member, sheet, workbook
from tests.households.test_import_files import applied, staged

pytestmark = pytest.mark.django_db

BDT = "bdt2015_person"


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011")


def bdt(name: str, keys: Iterable[str]) -> Sheet:
    rows = [{**family(key), **member(key, nik="")} for key in keys]
    return Sheet(name, sheet(BDT, BDT, []).header, sheet(BDT, BDT, rows).rows)


def without(whole: Sheet, header: str) -> Sheet:
    place = list(whole.header).index(header)
    cut = [[cell for index, cell in enumerate(row) if index != place] for row in (whole.header, *whole.rows)]
    return Sheet(whole.name, cut[0], cut[1:])


def changed(path: Path, name: str, change: Callable[[Worksheet], object]) -> Path:
    book = load_workbook(path)
    change(book[name])
    book.save(path)
    return path


def hide(one: Worksheet) -> None:
    one.sheet_state = "hidden"


def notes(batch: ImportBatch) -> list[str]:
    found = StagedProblem.objects.filter(batch=batch, code="sheet_ignored").order_by("id")
    assert not any(problem.is_error for problem in found)
    assert batch.summary["notes"] == [problem.message for problem in found]
    return [problem.message for problem in found]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_sheet_that_lacks_a_column_refuses_the_file_wherever_it_stands(
    cast: Cast, wave: Wave, tmp_path: Path, turn: int
) -> None:
    sheets = [bdt("Jatiuwung", "AB"), without(bdt("Cibodas", "CD"), "HubKRT")][::turn]
    batch = staged(cast, wave, workbook(tmp_path / "a.xlsx", *sheets))
    assert batch.state == ImportBatch.State.REFUSED
    [reason] = batch.refusal
    assert reason["code"] == "missing_column"
    assert "Lembar “Cibodas”, baris judul 1: kolom wajib “HubKRT” tidak ada" in reason["message"]


@pytest.mark.parametrize(
    ("change", "rows"),
    [(lambda one: one.insert_rows(1, 12), 3), (lambda one: one.delete_rows(1), 2)],
    ids=["header too far down", "no header"],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_without_a_header_in_its_place_is_named_as_not_read(
    cast: Cast, wave: Wave, tmp_path: Path, change: Callable[[Worksheet], object], rows: int, first: bool
) -> None:
    sheets = [bdt("Jatiuwung", "AB"), bdt("Cibodas", "CD")][:: -1 if first else 1]
    path = changed(workbook(tmp_path / "a.xlsx", *sheets), "Cibodas", change)
    if rows == 3:
        changed(path, "Cibodas", lambda one: [one.cell(row, 1, "DAFTAR") for row in range(1, 13)])
        rows += 12
    batch = staged(cast, wave, path)
    assert batch.state == ImportBatch.State.STAGED
    assert StagedHousehold.objects.filter(batch=batch).count() == 2
    assert notes(batch) == [
        f"Lembar “Cibodas” ({rows} baris berisi) tidak dibaca karena dalam 10 baris pertamanya tidak ada "
        "judul kolom tata letak BDT 2015 per orang (101 kolom)."
    ]


def test_a_hidden_sheet_is_named_as_not_read(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", bdt("Jatiuwung", "AB"), bdt("Cibodas", "CD"))
    batch = staged(cast, wave, changed(path, "Cibodas", hide))
    assert StagedHousehold.objects.filter(batch=batch).count() == 2
    [message] = notes(batch)
    assert message.startswith("Lembar “Cibodas” (3 baris berisi) tidak dibaca karena disembunyikan.")


def test_several_sheets_are_read_and_titles_and_own_notes_need_no_mention(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    cover = Sheet("Sampul", ["DAFTAR KELUARGA"], [])
    batch = staged(
        cast, wave, workbook(tmp_path / "a.xlsx", cover, bdt("Jatiuwung", "AB"), bdt("Cibodas", "CD"))
    )
    assert StagedHousehold.objects.filter(batch=batch).count() == 4
    assert notes(batch) == []


def test_the_workbook_of_rejected_rows_comes_back_without_a_note(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = [
        {**family("A", kelurahan="Gembro"), **member("A", nik="")},
        {**family("B"), **member("B", nik="")},
    ]
    batch = applied(cast, wave, workbook(tmp_path / "a.xlsx", sheet(BDT, BDT, rows)))
    write_xlsx(tmp_path / "ditolak.xlsx", reports.rejected_sheets(batch))
    assert "Keterangan" in load_workbook(tmp_path / "ditolak.xlsx").sheetnames
    assert notes(staged(cast, wave, tmp_path / "ditolak.xlsx")) == []


def test_a_list_of_officers_before_the_households_is_left_aside(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    officers = Sheet("Petugas", ["No", "NIK", "Nama"], [["1", "9971011204750001", "Rina"]])
    batch = staged(cast, wave, workbook(tmp_path / "a.xlsx", officers, bdt("Jatiuwung", "AB")))
    assert batch.layout == BDT
    assert batch.summary["people"] == {"new": 2}
    [message] = notes(batch)
    assert message.startswith("Lembar “Petugas” (2 baris berisi) tidak dibaca")


def test_two_layouts_of_households_in_two_files_are_refused(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    first = workbook(tmp_path / "a.xlsx", bdt("Jatiuwung", "AB"))
    rows = [{**family("C"), **member("C", nik="")}]
    second = workbook(tmp_path / "b.xlsx", sheet("dtks_siksng_export", "dtks_siksng_export", rows))
    batch = staged(cast, wave, first, second)
    assert batch.state == ImportBatch.State.REFUSED
    assert [reason["code"] for reason in batch.refusal] == ["two_layouts"]
