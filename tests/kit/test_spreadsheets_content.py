"""Files made to do harm are refused by their bytes, before they are read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from unittest.mock import Mock

import pytest

from tangerang_poverty.kit.spreadsheets import segments
from tangerang_poverty.kit.spreadsheets.read import Unreadable
from tests.kit.files import (
    ROWS,
    SHEET_START,
    ods,
    refused,
    saved,
    with_member,
    with_sheet_xml,
    workbook,
)

FIRST = b'<row r="1"><c r="A1"><v>1</v></c></row>'


def test_a_filled_cell_far_outside_is_refused_before_it_fills_the_memory(read: Callable[..., object]) -> None:
    with pytest.raises(Unreadable, match="sel XFD1048576") as caught:
        read(with_sheet_xml(FIRST + b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'))
    assert caught.value.problem.code == "too_large"
    wide = b'<row r="2"><c r="XFD2"><v>2</v></c></row>'
    assert read(with_sheet_xml(FIRST + wide))  # wide alone is no harm


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (b' r="2"', b' r="D900000000"'),
        (b' r="1048576"', b'\tr="XFD1048576"'),
        (b' r="1048576"', b'\nr="XFD1048576"'),
        (b' r="1048576"', b' r = "XFD1048576"'),
        (b' r="1048576"', b' s="1" t="n" r="XFD1048576"'),
        (b' r="1048576"', b" r='xfd1048576'"),
        (b' r="1048576"', b'\tr="xfd1048576"'),
        (b' r="2"', b' r="XFE2"'),
    ],
    ids=["row2", "tab", "nl", "eq", "behind", "lower", "lower2", "column"],
)
@pytest.mark.parametrize("prefix", [b"", b"x:"])
def test_however_a_far_cell_is_written_it_is_refused(
    read: Callable[..., object], prefix: bytes, row: bytes, cell: bytes
) -> None:
    far = b"<%srow%s><%sc%s><v>2</v></%sc></%srow>" % (prefix, row, prefix, cell, prefix, prefix)
    with pytest.raises(Unreadable, match="jauh di luar tabel, di sel"):
        read(with_sheet_xml(FIRST + far))


def test_a_far_cell_in_a_member_of_any_name_is_refused(read: Callable[..., object]) -> None:
    sheet = SHEET_START + FIRST + b'<row r="2"><c r="D900000000"><v>2</v></c></row></sheetData></worksheet>'
    data = with_member(saved(workbook(ROWS)), "xl/lain/lembar.xml", sheet)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = archive.read("xl/_rels/workbook.xml.rels")
    elsewhere = relations.replace(b"worksheets/sheet1.xml", b"lain/lembar.xml")
    assert elsewhere != relations
    assert refused(read, with_member(data, "xl/_rels/workbook.xml.rels", elsewhere)) == "too_large"


@pytest.mark.parametrize("size", [1, 1 << 24], ids=["small", "large"])
def test_an_xlsx_that_would_kill_its_reader_is_refused(
    read: Callable[..., object], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(segments, "PIECE_BYTES", size)
    wide = b'<row r="1">' + b"<c/>" * 200_000 + b"<c><v>1</v></c></row>"
    tall = b"<row></row>" * 200_000 + b"<row><c><v>2</v></c></row>"
    assert refused(read, with_sheet_xml(wide + tall)) == "damaged"


def test_cells_that_do_not_say_where_they_stand_are_read(read: Callable[..., list]) -> None:
    rows = b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    assert read(with_sheet_xml(rows)) == [("Lembar 1", [(1, [1.0, 2.0]), (2, [3.0, ""])])]


def test_an_ods_that_repeats_its_cells_without_end_is_refused(read: Callable[..., object]) -> None:
    assert refused(read, ods(ROWS, repeat_filled=16000), "data.ods") == "too_large"


def test_what_unpacks_too_large_is_refused(read: Callable[..., object]) -> None:
    bomb = with_member(saved(workbook(ROWS)), "xl/theme/big.xml", bytes(3_000_000))
    assert len(bomb) < 20_000
    assert refused(read, bomb, limit=2_000_000) == "unpacked_too_large"
    assert read(bomb, limit=4_000_000)


@pytest.mark.parametrize("name", ["mimetype", "META-INF/manifest.xml"])
def test_a_bomb_is_not_unpacked_to_tell_the_kind(
    read: Callable[..., object], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bomb = with_member(ods(ROWS), name, b"application/vnd.oasis.opendocument.spreadsheet" + bytes(3_000_000))
    monkeypatch.setattr(zipfile.ZipFile, "read", Mock(side_effect=AssertionError("unpacked as a whole")))
    assert refused(read, bomb, "data.ods", limit=2_000_000) == "unpacked_too_large"
    assert read(bomb, "data.ods", 9_000_000)


def test_a_zip_that_lies_about_its_size_is_refused(read: Callable[..., object]) -> None:
    honest = with_member(saved(workbook(ROWS)), "xl/theme/big.xml", b"x" * 3_000_000)
    lying = honest.replace((3_000_000).to_bytes(4, "little"), (300).to_bytes(4, "little"))
    assert lying != honest
    assert refused(read, lying, limit=2_000_000) == "unpacked_too_large"
    assert refused(read, lying) == "damaged"


def test_a_text_file_over_the_limit_is_refused(read: Callable[..., object]) -> None:
    assert refused(read, b"NIK;Nama\n" * 200, "data.csv", limit=1000) == "unpacked_too_large"
