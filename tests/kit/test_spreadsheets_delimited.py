"""CSV of every delimiter and encoding, and what is odd inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tangerang_poverty.kit.spreadsheets.read import Unreadable
from tests.kit.files import HEADER


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_of_every_delimiter_and_encoding(
    read: Callable[..., list], delimiter: str, encoding: str, line_end: str
) -> None:
    rows = [
        ["NIK", "Nama", "Alamat"],
        ["0012", "André", "Jl. A, No. 1; RT 1|2"],
        ["7", 'kata "kutip"', "dua\nbaris"],
    ]
    text = line_end.join(
        delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows
    )
    assert read(text.encode(encoding), "warga.csv") == [("warga", list(enumerate(rows, start=1)))]


def test_unquoted_commas_in_addresses_do_not_mislead_the_delimiter(read: Callable[..., list]) -> None:
    lines = ["nik;alamat"] + [f"{number};Kp. Baru, RT 1, RW 2, Neglasari" for number in range(30)]
    ((_, rows),) = read("\n".join(lines).encode(), "data.csv")
    assert {len(cells) for _, cells in rows} == {2}


@pytest.mark.parametrize("title", ["DAFTAR WARGA CIBODAS, KOTA TANGERANG", "DAFTAR WARGA", "DAFTAR WARGA;;"])
def test_a_title_above_the_header_does_not_mislead_the_delimiter(
    read: Callable[..., list], title: str
) -> None:
    lines = [title, "nik;nama;alamat"] + [f"{number};Siti;Kp. Baru, RT 1, RW 2" for number in range(30)]
    ((_, rows),) = read("\n".join(lines).encode(), "data.csv")
    assert {len(cells) for _, cells in rows[1:]} == {3}


def test_csv_nul_bytes_are_dropped_and_blank_lines_counted(read: Callable[..., list]) -> None:
    data = b"NIK;Nama\r\n\r\n;\r\n12\x00;Si\x00ti\r\n"
    assert read(data, "data.csv") == [("data", [(1, HEADER), (4, ["12", "Siti"])])]


def test_excels_own_delimiter_line_is_followed(read: Callable[..., list]) -> None:
    assert read(b"sep=;\r\nNIK;Nama\r\n", "data.csv") == [("data", [(1, HEADER)])]


@pytest.mark.parametrize("behind", [200, 20_000])
def test_a_quotation_mark_that_is_never_closed_is_refused(read: Callable[..., object], behind: int) -> None:
    data = b'NIK;Nama\n1;"Siti\n' + b"2;Budi\n" * behind
    with pytest.raises(Unreadable, match="mulai baris 2: ada tanda kutip"):
        read(data, "data.csv")


@pytest.mark.parametrize(
    "rows",
    [
        ['1;"Siti;Gembor;4', "2;Budi;Periuk;5", '3;Ani";Gembor;6'],  # a whole row inside
        ['1;Siti;"Kp. Baru;4', '2;Budi;Kp. Lama";5'],  # the rest of one row and the start of the next
        ['1;Siti;"Kp. Baru;4', '2;Budi";Kp. Lama;5'],
        ['1;Siti;Kp. Baru;"4', '2;Budi";Kp. Lama;5'],
        ['"1;Siti;Kp. Baru;4', '2;Budi";Kp. Lama;5'],
        ['1;Siti;"Kp. Baru', "a", "b", "c", "d", 'e";4'],  # no address has six lines
    ],
)
def test_a_quotation_mark_that_swallows_rows_is_refused(read: Callable[..., object], rows: list[str]) -> None:
    good = [f"{number};Siti;Kp. Baru;4" for number in range(10)]
    text = "\n".join(["nik;nama;alamat;rt", *good, *rows, *good])
    with pytest.raises(Unreadable, match="mulai baris 12: ada tanda kutip"):
        read(text.encode(), "data.csv")


def test_an_address_of_several_lines_is_no_stray_quotation_mark(read: Callable[..., list]) -> None:
    for place in range(3):
        cells = ["1", "Siti", "Gembor"]
        cells[place] = '"Kp. Baru, Gang 3;\nRT 1, RW 2\nbelakang masjid"'
        data = "nik;nama;alamat\n" + ";".join(cells) + "\n2;Budi;Gembor\n"
        ((_, rows),) = read(data.encode(), "data.csv")
        assert [len(row) for _, row in rows] == [3, 3, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_text_cut_in_the_middle_of_a_row_is_refused(read: Callable[..., list], encoding: str) -> None:
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    good = mark + "nik;nama;alamat\n" + "1;André;Gembor\n" * 5
    with pytest.raises(
        Unreadable, match="terpotong di tengah baris 7: baris terakhir itu hanya berisi 2 dari 3"
    ):
        read((good + "2;Bu").encode(encoding), "data.csv")
    for end in ("2;Budi;Gem", "2;Budi\n", "2;Budi\r\n\x1a", "2;Budi\n  ", ""):
        assert read((good + end).encode(encoding), "data.csv")
