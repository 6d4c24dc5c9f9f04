"""Workbooks as they leave: text stays text, whatever the cell, the column, or the name of the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tangerang_poverty.kit.spreadsheets.read import Cell, open_tables
from tangerang_poverty.kit.spreadsheets.write import Sheet, write_xlsx

DAY, MOMENT = date(1980, 2, 1), datetime.fromisoformat("1980-02-01 03:04")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hasil.xlsx"


def written(path: Path, *sheets: Sheet) -> openpyxl.Workbook:
    write_xlsx(path, sheets)
    return openpyxl.load_workbook(path)


def column(path: Path, cells: Sequence[Cell]) -> list[object]:
    sheet = written(path, Sheet("Data", ["kolom"], [[cell] for cell in cells])).active
    return [sheet.cell(row, 1).value for row in range(2, len(cells) + 2)]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "0012", "9971051708450001", "http://x.id", "1E5", " a "]
)
def test_text_stays_text(path: Path, text: str) -> None:
    cell = written(path, Sheet("Data", ["kolom"], [[text]])).active["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize("value", [0, 52000, -3, 2.5, True, None, 999_999_999_999_999])
def test_numbers_stay_numbers(path: Path, value: Cell) -> None:
    assert column(path, [value]) == [value]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (9971051708450001, "9971051708450001"),
        (3671050000000012.0, "3671050000000012"),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_a_number_that_excel_cannot_hold_is_text_or_nothing(
    path: Path, value: Cell, shown: str | None
) -> None:
    assert column(path, [value]) == [shown]


def test_dates_are_dates_in_the_indonesian_order(path: Path) -> None:
    sheet = written(path, Sheet("Data", ["lahir", "dicatat"], [[DAY, MOMENT], [None, None]])).active
    assert (sheet["A2"].value, sheet["A2"].number_format) == (
        datetime.combine(DAY, datetime.min.time()),
        "dd-mm-yyyy",
    )
    assert (sheet["B2"].value, sheet["B2"].number_format) == (MOMENT, "dd-mm-yyyy hh:mm")


@pytest.mark.parametrize("cells", [[DAY, 12], [12, DAY], ["12", DAY, 12]])
def test_a_number_beside_dates_does_not_turn_into_a_date(path: Path, cells: list[Cell]) -> None:
    assert column(path, cells) == ["01-02-1980" if cell == DAY else cell for cell in cells]


def test_a_number_far_below_a_date_column_is_text(path: Path) -> None:
    assert column(path, [*[DAY] * 300, 12])[-1] == "12"


def test_a_date_far_below_a_number_column_is_text(path: Path) -> None:
    assert column(path, [*[12] * 300, DAY])[-2:] == [12, "01-02-1980"]


def test_a_date_before_excels_calendar_is_text(path: Path) -> None:
    assert column(path, [date(1890, 5, 17), DAY]) == [
        "17-05-1890",
        datetime.combine(DAY, datetime.min.time()),
    ]


def test_a_date_before_excels_calendar_far_below_is_text(path: Path) -> None:
    assert column(path, [*[DAY] * 300, date(1890, 5, 17)])[-1] == "17-05-1890"


def test_characters_that_xml_forbids_are_dropped_and_long_text_is_cut(path: Path) -> None:
    assert column(path, ["a\x00b\x0bc\ud800d\uffff", "x" * 40_000]) == ["abcd", "x" * 32_767]


def test_the_header_is_bold_and_frozen_and_columns_are_as_wide_as_their_text(path: Path) -> None:
    sheet = written(
        path, Sheet("Data", ["No", "Nama"], [[1, "Siti Aminah binti Umar"], [2, "y" * 500]])
    ).active
    assert (sheet["A1"].value, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("No", True, False)
    assert sheet.freeze_panes == "A2"
    widths = [sheet.column_dimensions[letter].width for letter in "AB"]
    assert widths[0] < 10 < widths[1] <= 52


def test_repeated_and_empty_titles_are_kept(path: Path) -> None:
    sheet = written(path, Sheet("Data", ["Nama", "Nama", "", ""], [["a", "b", "c", "d"]])).active
    assert [str(cell.value or "").strip() for cell in sheet[1]] == ["Nama", "Nama", "", ""]
    assert [cell.value for cell in sheet[2]] == ["a", "b", "c", "d"]


def test_a_sheet_without_rows_still_has_its_header(path: Path) -> None:
    sheet = written(path, Sheet("Data", ["NIK", "Nama"], [])).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["NIK", "Nama"]]


def test_notes_are_a_last_sheet(path: Path) -> None:
    book = written(
        path, Sheet("Satu", ["a"], [["1"]], notes=["Data contoh."]), Sheet("Dua", ["b"], [], notes=["Lagi."])
    )
    assert book.sheetnames == ["Satu", "Dua", "Keterangan"]
    assert list(book["Keterangan"].values)[1:] == [("Satu", "Data contoh."), ("Dua", "Lagi.")]


def test_names_of_sheets_are_made_to_fit(path: Path) -> None:
    names = ["RT/RW [a]*?:\\", "x" * 40, "X" * 40, "", "'kutip'", "Keterangan"]
    book = written(path, *(Sheet(name, ["a"], [], notes=["n"]) for name in names))
    assert book.sheetnames == [
        "RT RW  a", "x" * 31, "X" * 29 + " 2", "Lembar", "kutip", "Keterangan", "Keterangan 2",
    ]  # fmt: skip


def test_rows_are_taken_from_a_generator_one_by_one(path: Path) -> None:
    held: list[int] = []

    class Row(list[Cell]):
        def __del__(self) -> None:
            held.pop()

    def rows() -> Iterator[Row]:
        for number in range(2000):
            held.append(number)
            yield Row([number])
            assert len(held) < 300

    sheet = written(path, Sheet("Data", ["kolom"], rows())).active
    assert sheet.max_row == 2001


def test_what_the_rows_raise_comes_through_and_leaves_no_file(path: Path) -> None:
    def rows() -> Iterator[list[Cell]]:
        for number in range(1000):
            yield [number]
        raise LookupError("putus di tengah")

    with pytest.raises(LookupError, match="putus di tengah"):
        write_xlsx(path, [Sheet("Data", ["kolom"], rows())])
    assert not path.exists()


@pytest.mark.parametrize("row", [[], ["a"], ["a", "b", "c"]])
def test_a_row_of_another_length_than_the_header_is_an_error(path: Path, row: list[Cell]) -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        write_xlsx(path, [Sheet("Data", ["a", "b"], [row])])


LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(LETTERS, max_size=20), min_size=2, max_size=2), max_size=6))
@example([["_x0041_", "<&>"], ["\ufeff", "😀"]])
def test_text_is_read_back_as_it_was_written(path: Path, rows: list[list[str]]) -> None:
    write_xlsx(path, [Sheet("Data", ["a", "b"], rows)])
    table = next(open_tables(path, filename="hasil.xlsx", max_unpacked_bytes=10_000_000))
    found = [cells for _, cells in table.rows][1:]
    assert found == [row for row in rows if any(cell.strip("\0 \t\r\n\xa0") for cell in row)]
