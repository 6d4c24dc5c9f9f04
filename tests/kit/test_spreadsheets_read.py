"""Office files as they come: every format, every odd cell, and every file that has to be turned away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from unittest.mock import Mock

import msoffcrypto
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tangerang_poverty.kit.spreadsheets import segments
from tangerang_poverty.kit.spreadsheets.read import Cell, Unreadable, as_number, as_text, open_tables
from tests.kit.files import (
    LIMIT,
    ROWS,
    SHEET_START,
    ods,
    refused,
    saved,
    with_member,
    with_sheet_xml,
    workbook,
    xls,
    zipped,
)


@pytest.mark.parametrize("filename", ["data.xlsx", "data.csv", "data.xls", "tanpa akhiran", "foto.jpg"])
@pytest.mark.parametrize("data", [saved(workbook(ROWS)), xls(ROWS), ods(ROWS)], ids=["xlsx", "xls", "ods"])
def test_the_content_tells_the_kind_whatever_the_name_says(
    read: Callable[..., object], data: bytes, filename: str
) -> None:
    assert read(data, filename) == [("Lembar 1", [(1, ROWS[0]), (2, ROWS[1])])]


def test_cells_keep_their_type(read: Callable[..., list]) -> None:
    row = ["0012", 3671, 0.5, True, date(1980, 2, 1), datetime.fromisoformat("1980-02-01 03:04"), "=1+1"]
    book = workbook([row])
    book.active.cell(1, 7).data_type = "s"
    ((_, [(number, cells)]),) = read(saved(book))
    assert (number, cells) == (1, row)
    assert [type(cell) for cell in cells] == [str, float, float, bool, date, datetime, str]


def test_a_nik_typed_as_a_number_stays_a_number(read: Callable[..., list]) -> None:
    for data in (saved(workbook([[3671050000000012]])), xls([[3671050000000012]])):
        ((_, [(_, [cell])]),) = read(data)
        assert isinstance(cell, float)
        assert as_text(cell) == "3671050000000012"


def test_xls_dates_are_dates(read: Callable[..., list]) -> None:
    assert read(xls([["a", date(1980, 2, 1)]])) == [("Lembar 1", [(1, ["a", date(1980, 2, 1)])])]


def test_a_formula_gives_its_stored_result(read: Callable[..., list]) -> None:
    data = with_sheet_xml(
        b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1</f><v>x</v></c></row>'
    )
    assert read(data) == [("Lembar 1", [(1, [2.0, "x"])])]


def test_an_error_cell_is_empty(read: Callable[..., list]) -> None:
    book = workbook([["a", "#REF!", "b"]])
    book.active["B1"].data_type = "e"
    assert read(saved(book)) == [("Lembar 1", [(1, ["a", "", "b"])])]


def test_rows_and_columns_keep_their_place_and_blank_rows_are_left_out(read: Callable[..., list]) -> None:
    book = workbook([])
    book.active["C3"], book.active["C5"], book.active["D7"] = "a", " \t", "b"
    ((_, rows),) = read(saved(book))
    assert [(number, [as_text(cell) for cell in cells]) for number, cells in rows] == [
        (3, ["", "", "a", ""]),
        (7, ["", "", "", "b"]),
    ]


def test_sheets_come_in_order_and_hidden_or_empty_ones_are_skipped(read: Callable[..., list]) -> None:
    book = workbook([["satu"]], [["rahasia"]], [], [["empat"]])
    book["Lembar 2"].sheet_state = "hidden"
    book.create_chartsheet("Bagan")
    assert read(saved(book)) == [("Lembar 1", [(1, ["satu"])]), ("Lembar 4", [(1, ["empat"])])]


def test_head_shows_rows_that_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(saved(workbook([[str(number)] for number in range(5)])))
    table = next(open_tables(path, filename="data.xlsx", max_unpacked_bytes=LIMIT))
    assert table.expected_rows == 5
    assert [number for number, _ in table.head(2)] == [1, 2]
    assert table.head(1) == [(1, ["0"])]
    assert [number for number, _ in table.rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("piece", "sheets"), [(200, 3), (1000, 2), (5000, 2), (100_000, 0)])
def test_a_large_sheet_read_in_pieces_gives_the_same_rows(
    read: Callable[..., list], monkeypatch: pytest.MonkeyPatch, piece: int, sheets: int
) -> None:
    rows: list[list[object]] = [[], [None, "NIK", "Nama", "Lahir", "=1+1"]]
    for number in range(300):
        rows.append(
            [None, f"00{number}", f"<Siti & {number % 7}>", date(1980, 1, 1 + number % 28), number / 2]
        )
        rows += [[]] * (number % 3)
    book = workbook([["lain"]], rows, rows)
    book["Lembar 2"].title = "Anggota <&>"
    book["Anggota <&>"]["E2"].data_type = "s"
    book["Lembar 3"]["E2"].data_type = "s"
    whole = read(saved(book))
    monkeypatch.setattr(segments, "PIECE_BYTES", piece)
    cut = Mock(side_effect=segments.LargeSheet.rows)
    monkeypatch.setattr(segments.LargeSheet, "rows", lambda sheet: cut(sheet))
    assert read(saved(book)) == whole
    assert [len(rows) for _, rows in whole] == [1, 301, 301]
    assert cut.call_count == sheets


def test_a_large_sheet_is_estimated_well_and_damaged_ones_are_refused(
    read: Callable[..., list], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "PIECE_BYTES", 1000)
    data = saved(workbook([["NIK", f"{number:05d}"] for number in range(500)]))
    (tmp_path / "upload").write_bytes(data)
    table = next(open_tables(tmp_path / "upload", filename="data.xlsx", max_unpacked_bytes=LIMIT))
    assert table.expected_rows == 500
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    broken = xml.replace(b'<row r="400"', b'<c></row><row r="400"')
    assert refused(read, with_member(data, "xl/worksheets/sheet1.xml", broken)) == "damaged"


def test_rows_cannot_be_read_after_going_on(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(saved(workbook(ROWS, ROWS)))
    first, _ = open_tables(path, filename="data.xlsx", max_unpacked_bytes=LIMIT)
    with pytest.raises(RuntimeError, match="before going on"):
        list(first.rows)


def test_head_before_going_on_to_the_next_sheet(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(saved(workbook([["a"], ["b"]], [["c"], ["d"]])))
    heads = [table.head(1) for table in open_tables(path, filename="data.xlsx", max_unpacked_bytes=LIMIT)]
    assert heads == [[(1, ["a"])], [(1, ["c"])]]


def test_thousands_of_styled_blank_rows_are_no_rows(read: Callable[..., list]) -> None:
    blank = b"".join(
        b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="AP%d" s="1"/></row>' % (n, n, n)
        for n in range(2, 100_002)
    )
    data = with_sheet_xml(b'<row r="1"><c r="A1" t="str"><v>NIK</v></c></row>' + blank)
    assert read(data) == [("Lembar 1", [(1, ["NIK"])])]


def test_styled_blank_cells_far_outside_are_no_cells(read: Callable[..., list]) -> None:
    far = b'<row r="1048576" s="1"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"/></row>'
    data = with_sheet_xml(b'<row r="1"><c r="A1" t="str"><v>NIK</v></c></row>' + far)
    assert read(data) == [("Lembar 1", [(1, ["NIK"])])]


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"\xff\xd8\xff\xe0" + bytes(50),
        b"{\\rtf1 Daftar}",
        b"<html><body><table><tr><td>NIK</td></tr></table></body></html>",
        b"\xef\xbb\xbf\r\n  <!DOCTYPE html><p>Sesi berakhir</p>",
        "<table><tr><td>NIK".encode("utf-16"),
        b'<?xml version="1.0"?><Workbook/>',
        bytes(range(256)) * 40,
        zipped(word__document=b"<w/>"),
        zipped(catatan=b"halo"),
        zipped(**{"xl/workbook.bin": b"biner"}),
        zipped(mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": b"<x/>"}),
    ],
    ids=[
        "pdf",
        "png",
        "jpeg",
        "rtf",
        "html",
        "html-bom",
        "html-utf16",
        "xml",
        "binary",
        "docx",
        "zip",
        "xlsb",
        "odt",
    ],
)
def test_what_is_no_spreadsheet_is_refused(read: Callable[..., object], data: bytes) -> None:
    assert refused(read, data) == "not_a_spreadsheet"


def test_an_old_word_file_is_refused(read: Callable[..., object]) -> None:
    word = xls(ROWS).replace("Workbook".encode("utf-16-le"), "WordDocument".encode("utf-16-le")[:16])
    word = word.replace("WordDocu".encode("utf-16-le"), "WordDocument".encode("utf-16-le"))
    assert refused(read, word, "surat.doc") == "not_a_spreadsheet"


def test_encrypted_workbooks_are_refused(read: Callable[..., object]) -> None:
    locked = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(saved(workbook(ROWS)))).encrypt("rahasia", locked)
    assert refused(read, locked.getvalue()) == "encrypted"
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    assert refused(read, with_member(ods(ROWS), "META-INF/manifest.xml", manifest)) == "encrypted"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\r\n", b"\0\0\0", b"\x0c"])
def test_an_empty_file_is_refused(read: Callable[..., object], data: bytes) -> None:
    assert refused(read, data, "data.csv") == "empty"


def test_a_workbook_without_a_visible_row_is_refused(read: Callable[..., object]) -> None:
    book = workbook([], [["rahasia"]])
    book["Lembar 2"].sheet_state = "hidden"
    assert refused(read, saved(book)) == "empty"
    assert refused(read, b";;;\n;;;\n", "data.csv") == "empty"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_file_cut_in_the_middle_is_refused(read: Callable[..., object], share: float) -> None:
    rows = [[f"Nama {number * 7919 % 1000}", number] for number in range(2000)]
    for data in (saved(workbook(rows)), xls(rows)):
        assert refused(read, data[: int(len(data) * share)]) == "damaged"


def test_damaged_bytes_inside_are_refused(read: Callable[..., object]) -> None:
    data = bytearray(saved(workbook([[f"Nama {number}"] for number in range(2000)])))
    data[len(data) // 2] ^= 0xFF
    assert refused(read, bytes(data)) == "damaged"


def test_an_xls_that_would_kill_its_reader_is_refused(read: Callable[..., object]) -> None:
    data = xls(ROWS)
    extent = data.index(b"\x00\x02\x0e\x00") + 4  # the record of the sheet's extent begins with its first row
    beyond_the_last = (71).to_bytes(4, "little")
    assert refused(read, data[:extent] + beyond_the_last + data[extent + 4 :]) == "damaged"


def test_a_sheet_of_broken_xml_is_refused(read: Callable[..., object]) -> None:
    data = with_member(saved(workbook(ROWS)), "xl/worksheets/sheet1.xml", SHEET_START + b"<row><c></row>")
    assert refused(read, data) == "damaged"


def test_an_unknown_encoding_inside_is_damage(read: Callable[..., object]) -> None:
    broken = b'<?xml version="1.0" encoding="UTF-9"?><x/>'
    assert refused(read, with_member(ods(ROWS), "content.xml", broken), "data.ods") == "damaged"


def test_a_panic_of_the_reading_library_is_a_damaged_file(
    read: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        pass

    def panics(*_: object) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", panics, raising=True)
    assert refused(read, saved(workbook(ROWS))) == "damaged"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(str.encode)
    | st.binary(max_size=60).map(b"PK\x03\x04".__add__)
)
def test_any_bytes_are_tables_or_unreadable(read: Callable[..., list], data: bytes) -> None:
    try:
        tables = read(data)
    except Unreadable:
        return
    assert all(rows and all(any(as_text(cell) for cell in cells) for _, cells in rows) for _, rows in tables)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("", ""),
        (" a\0b\u00a0", "ab"),
        ("0012", "0012"),
        ("=1+1", "=1+1"),
        (12.0, "12"),
        (12, "12"),
        (0.5, "0.5"),
        (-0.0, "0"),
        (3671050000000012.0, "3671050000000012"),
        (True, "TRUE"),
        (date(1980, 2, 1), "1980-02-01"),
        (datetime.fromisoformat("1980-02-01 00:00"), "1980-02-01"),
        (datetime.fromisoformat("1980-02-01 03:04"), "1980-02-01 03:04:00"),
    ],
)
def test_a_cell_as_text(cell: Cell, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [("35.0", "35"), ("35,0", "35"), (" 35.0 ", "35"), (35.0, "35"), ("1.000", "1.000"), ("35.5", "35.5"),
     ("a.0", "a.0"), (".0", ".0"), ("-1.0", "-1.0"), ("", ""), (None, "")],
)  # fmt: skip
def test_a_cell_as_a_whole_number(cell: Cell, text: str) -> None:
    assert as_number(cell) == text
