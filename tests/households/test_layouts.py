"""Layouts are told from their headers, whatever their order and spelling, and say plainly what is missing."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from households.imports.codebook import code_of, code_sets, decode, words_of
from households.imports.layouts import LAYOUTS, Layout, SheetLayout
from households.imports.layouts.recognise import Head, Recognised, recognise

SOURCE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "layouts.csv"
FORMS = [(layout, form) for layout in LAYOUTS.values() for form in layout.forms]
form_id = [f"{layout.key}-{'+'.join(sheet.name for sheet in form)}" for layout, form in FORMS]
every_form = pytest.mark.parametrize(("layout", "form"), FORMS, ids=form_id)


def head(sheet: SheetLayout, *, above: int = 0) -> Head:
    rows = [(number, ["DAFTAR KELUARGA", None, f"lembar {number}"]) for number in range(1, above + 1)]
    return sheet.name, [*rows, (above + 1, [column.header for column in sheet.columns])]


def told(heads: list[Head], **options: str) -> Recognised:
    found = recognise(heads, **options)
    assert isinstance(found, Recognised), [str(problem) for problem in found]
    return found


def refused(heads: list[Head]) -> list[tuple[str, str]]:
    found = recognise(heads)
    assert isinstance(found, list)
    return [(problem.code, problem.message) for problem in found]


@every_form
def test_a_layout_is_told_from_its_own_headers(layout: Layout, form: tuple[SheetLayout, ...]):
    found = told([head(sheet) for sheet in form])
    assert found.layout is layout
    for sheet, declared in zip(found.sheets, form, strict=True):
        assert list(sheet.columns.values()) == list(declared.columns)
        assert (sheet.header_row, sheet.last_header_row, sheet.extra) == (1, 1, {})


@every_form
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_columns_may_come_in_any_order_and_spelling_with_others_between(
    layout: Layout, form: tuple[SheetLayout, ...], seed: int
):
    rng = random.Random(seed)  # noqa: S311
    heads = []
    for sheet in form:
        headers = [column.header for column in sheet.columns]
        if len({column.spellings[0] for column in sheet.columns}) == len(sheet.columns):
            rng.shuffle(headers)
        headers.insert(rng.randrange(len(headers)), "Catatan Petugas")
        spelt = [
            rng.choice((header.upper(), f" {header.lower()} ", header.replace("_", " ").title()))
            for header in headers
        ]
        heads.append((sheet.name, [(1, spelt)]))
    found = told(heads)
    assert found.layout is layout
    for sheet, (_name, [(_number, spelt)]) in zip(found.sheets, heads, strict=True):
        assert len(sheet.columns) == len(sheet.sheet.columns)
        assert list(sheet.extra.values()) == ["catatan_petugas"]
        for index, column in sheet.columns.items():
            assert column.header.casefold().replace("_", " ") == spelt[index].strip().casefold().replace(
                "_", " "
            )


@every_form
def test_titles_above_and_a_numbering_row_below_the_header_are_no_data(
    layout: Layout, form: tuple[SheetLayout, ...]
):
    for numbering in ("KOLOM {}", "({})", "{}"):
        heads = []
        for sheet in form:
            name, rows = head(sheet, above=4)
            numbers = [numbering.format(place) for place in range(1, len(sheet.columns) + 1)]
            heads.append((name, [*rows, (7, numbers), (8, ["1", "AMINAH"])]))
        found = told(heads)
        assert found.layout is layout
        assert {(sheet.header_row, sheet.last_header_row) for sheet in found.sheets} == {(5, 7)}


def test_a_first_household_numbered_one_is_not_taken_for_a_numbering_row():
    sheet = LAYOUTS["nik_name"].sheets[0]
    found = told([("Daftar", [(1, ["NIK", "Nama"]), (2, ["9971010101700001", "SITI"])])])
    assert found.sheets[0].sheet is sheet
    assert found.sheets[0].last_header_row == 1


# Half of a list of two columns is no list of NIK and names; that case is told as an unknown layout.
@pytest.mark.parametrize(("layout", "form"), FORMS[:-1], ids=form_id[:-1])
def test_each_required_column_that_is_missing_is_named(layout: Layout, form: tuple[SheetLayout, ...]):
    for gone in [column for sheet in form for column in sheet.required]:
        heads = []
        for sheet in form:
            kept = [column.header for column in sheet.columns if column.key != gone.key]
            heads.append((sheet.name, [(1, kept)]))
        [(code, message)] = refused(heads)
        assert code == "missing_column"
        assert f"kolom wajib “{gone.header}” tidak ada" in message
        assert layout.label in message


def test_of_two_sheets_that_belong_together_the_absent_one_is_named():
    for key, at, words in (("pbdt2015", 0, "anggota (IDV)"), ("ppls2011_bnba", 1, "rumah tangga")):
        layout = LAYOUTS[key]
        [(code, message)] = refused([head(layout.forms[0][at])])
        assert code == "missing_sheet"
        assert f"memerlukan juga data {words}" in message
        assert layout.label in message


def test_an_unknown_file_is_answered_with_the_known_layouts_and_the_nearest():
    [(code, message)] = refused([("Lembar1", [(1, ["Nama", "Umur", "Tinggi badan"])])])
    assert code == "unknown_layout"
    assert all(layout.label in message for layout in LAYOUTS.values())
    assert "Yang paling mirip: Daftar NIK dan nama. Yang belum ada: kolom “NIK”." in message
    [(code, message)] = refused([(f"Lembar{number}", []) for number in range(1, 8)])
    assert "(lembar “Lembar1”, “Lembar2”, “Lembar3”, “Lembar4”, “Lembar5” dan 2 lainnya)" in message
    assert code == "unknown_layout"
    assert "paling mirip" not in message


def test_a_plain_list_with_some_columns_of_the_export_is_still_a_plain_list():
    found = told([("Data", [(1, ["No", "Nama", "NIK", "Alamat", "RT", "RW", "Kecamatan"])])])
    assert found.layout.key == "nik_name"
    assert list(found.sheets[0].extra.values()) == ["no", "alamat", "rt", "rw", "kecamatan"]


def test_sheets_of_notes_are_left_aside_and_several_sheets_of_one_kind_are_all_read():
    sheet = LAYOUTS["bdt2015_person"].sheets[0]
    notes: Head = ("Keterangan", [(1, ["Lembar", "Keterangan"]), (2, ["BDT", "Data contoh"])])
    found = told([head(sheet), notes, head(sheet)])
    assert [one.table for one in found.sheets] == [0, 2]


@pytest.mark.parametrize("layout", list(LAYOUTS.values())[:-1], ids=list(LAYOUTS)[:-1])
def test_lists_of_names_beside_households_are_left_aside_however_many(layout: Layout):
    officers: Head = ("Petugas", [(1, ["No", "NIK", "Nama"]), (2, ["1", "9971010101700001", "SITI"])])
    found = told([*[officers] * 60, *map(head, layout.forms[0])])
    assert found.layout is layout
    assert [one.table for one in found.sheets] == list(range(60, 60 + len(layout.forms[0])))


def test_a_list_of_names_does_not_hide_that_households_lack_a_column():
    sheet = LAYOUTS["bdt2015_person"].sheets[0]
    lacking = [column.header for column in sheet.columns if column.header != "HubKRT"]
    officers: Head = ("Petugas", [(1, ["No", "NIK", "Nama"])])
    [(code, message)] = refused([*[officers] * 60, ("Data", [(1, lacking)])])
    assert code == "missing_column"
    assert "Lembar “Data”, baris judul 1: kolom wajib “HubKRT” tidak ada" in message


def test_two_layouts_of_households_in_one_file_are_refused():
    bdt, dtks = (LAYOUTS[key].sheets[0] for key in ("bdt2015_person", "dtks_siksng_export"))
    for heads in ([head(bdt), head(dtks)], [head(dtks), head(bdt)]):
        assert refused(heads) == [
            (
                "two_layouts",
                "Berkas ini memuat lebih dari satu tata letak: lembar “bdt2015_person”: BDT 2015 per orang "
                "(101 kolom); lembar “dtks_siksng_export”: DTKS ekspor SIKS-NG. Unggah masing-masing sebagai "
                "impor sendiri.",
            )
        ]
        assert told(heads, layout="dtks_siksng_export").layout.key == "dtks_siksng_export"


def test_in_one_sheet_the_heads_columns_are_told_from_the_members():
    joined = LAYOUTS["ppls2011_bnba"].forms[1][0]
    household = [column.header for column in joined.columns if column.level == "household"]
    person = [column.header for column in joined.columns if column.level == "person"]
    for headers, member_first in (([*household, *person], False), ([*person, *household], True)):
        known = told([("BNBA", [(1, headers)])])
        assert not known.warnings
        found = known.sheets[0]
        sexes = [at for at, header in enumerate(headers) if header == "jenis_kelamin"]
        first, second = (found.columns[at].field for at in sexes)
        assert (first, second) == (("sex", "head_sex") if member_first else ("head_sex", "sex"))
        assert not found.extra


def test_two_columns_of_one_header_on_one_side_of_both_names_are_doubtful():
    joined = LAYOUTS["ppls2011_bnba"].forms[1][0]
    headers = [column.header for column in joined.columns if column.header != "jenis_kelamin"]
    (warning,) = told([("BNBA", [(1, [*headers, "jenis_kelamin", "jenis_kelamin"])])]).warnings
    assert warning.code == "doubtful_column"
    assert "dua kolom “jenis_kelamin” berdampingan; yang kiri dibaca sebagai milik kepala" in warning.message


def test_where_head_and_member_share_one_column_it_is_the_members():
    joined = LAYOUTS["ppls2011_bnba"].forms[1][0]
    headers = list(dict.fromkeys(column.header for column in joined.columns))
    found = told([("BNBA", [(1, headers)])]).sheets[0]
    assert found.columns[headers.index("jenis_kelamin")].field == "sex"
    assert "head_sex" not in {column.field for column in found.columns.values()}


def test_a_header_that_stands_twice_is_kept_under_a_key_of_its_own_and_warned_about():
    found = told([("Data", [(1, ["NIK", "NAMA", "nama", None, "Nama"])])])
    assert found.sheets[0].extra == {2: "nama_2", 4: "nama_3"}
    assert [(problem.code, problem.is_error) for problem in found.warnings] == [
        ("repeated_column", False)
    ] * 2


def test_a_file_that_fits_two_layouts_can_be_read_as_the_one_named():
    sheet = LAYOUTS["dtks_siksng_export"].sheets[0]
    assert told([head(sheet)]).layout.key == "dtks_siksng_export"
    assert told([head(sheet)], layout="nik_name").layout.key == "nik_name"


def test_keys_and_fields_are_unique_in_each_form_and_every_code_set_is_in_the_book():
    for layout, form in FORMS:
        columns = [column for sheet in form for column in sheet.columns]
        keys = [column.key for column in columns]
        assert len(keys) == len(set(keys))
        fields = [column.field for column in columns if column.field]
        assert len(fields) == len(set(fields))
        assert {column.codes for column in columns} - {""} <= set(code_sets())
        assert layout.has_nik == ("nik" in fields)
        assert bool(layout.rank_scale) == ("rank" in fields)


@pytest.mark.skipif(not SOURCE.exists(), reason="the collected headers are not beside this project")
def test_declarations_name_the_collected_headers_in_their_order():
    collected: dict[tuple[str, str], list[str]] = {}
    with SOURCE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            level = row["level"] if row["layout"] == "ppls2011_bnba" else ""
            collected.setdefault((row["layout"], level), []).append(row["header"])
    declared = {
        sheet.name: [column.header for column in sheet.columns]
        for layout in LAYOUTS.values()
        for sheet in layout.sheets
    }
    assert declared["bdt2015_person"] == collected["bdt2015_person", ""]
    assert len(declared["bdt2015_person"]) == 101
    assert declared["pbdt2015_rt"] == collected["pbdt2015_rt", ""]
    assert declared["pbdt2015_idv"] == collected["pbdt2015_idv", ""]
    assert declared["dtks_siksng_export"] == collected["dtks_siksng_export", ""]
    assert declared["ppls2011_rt"] == collected["ppls2011_bnba", "ruta"]
    assert declared["ppls2011_art"][1:] == collected["ppls2011_bnba", "art"]
    assert declared["ppls2011_bnba"] == declared["ppls2011_rt"] + declared["ppls2011_art"][1:]


@pytest.mark.parametrize(
    ("codes", "cell", "code"),
    [
        ("PBDT2015:b4k4", "1", "1"),
        ("PBDT2015:b4k4", "02", "2"),
        ("PBDT2015:b4k4", 2.0, "2"),
        ("PBDT2015:b4k4", 1, "1"),
        ("PBDT2015:b4k4", "1. Laki-laki", "1"),
        ("PBDT2015:b4k4", "2 - Perempuan", "2"),
        ("PBDT2015:b4k4", "LAKI LAKI", "1"),
        ("PBDT2015:b4k4", " P ", "2"),
        ("PBDT2015:b4k4", "3", None),
        ("PBDT2015:b4k4", "12 tahun", None),
        ("PBDT2015:b4k3", "Kepala Keluarga", "1"),
        ("PBDT2015:b4k3", "FAMILI LAIN", "8"),
        ("PBDT2015:b3r3", "2", "02"),
        ("PBDT2015:b3r9b", "900 watt", "2"),
        ("PBDT2015:b4k12", "0", "00"),
        ("PBDT2015:b4k21", "35", None),
        ("PBDT2015:b4k9", "5", "5"),
        ("PBDT2015:b4k9", "16", None),
        ("PPLS:klasifikasi", "RTSM", "1"),
    ],
)
def test_a_code_is_found_however_it_is_written(codes: str, cell: object, code: str | None):
    assert code_of(codes, cell) == code


def test_raw_cells_are_shown_in_words():
    assert decode("bdt2015_person", "jenis_kelamin", "2") == "Perempuan"
    assert decode("bdt2015_person", "kepemilikan_lemari_es", 3.0) == "Ya"
    assert decode("bdt2015_person", "kepemilikan_kartu_identitas", "5") == "Akta kelahiran, KTP"
    assert decode("ppls2011_bnba", "status_kesejahteraan_klasifikasi", 1) == "Sangat miskin"
    assert decode("bdt2015_person", "lapangan_usaha", "35") is None
    assert decode("bdt2015_person", "alamat", "1") is None
    assert decode("bdt2015_person", "jenis_kelamin", None) is None
    assert decode("layout_lama", "jenis_kelamin", "1") is None
    assert words_of("PBDT2015:b4k9", "0") == "Tidak memiliki"
