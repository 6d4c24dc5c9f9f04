"""Spreadsheets of the past: which are taken and how they are read, and why the others are turned away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tangerang_poverty.accounts.permissions import Role
from tests.cast import Cast
from tests.factories import GEMBOR, JATIUWUNG, PERIUK, UserFactory, area
from tests.kit.files import ods, xls
from tests.trainings.past_files import HEADER, book, line, post_file, signed_in, staged
from trainings.models import Finding, PastImport, StagedPast
from trainings.past import actions, parse

pytestmark = pytest.mark.django_db
NIK = "9971015204750001"
CSV = "tahun;kursus;kelurahan;nama lengkap;no. ktp\n2014;payet;Gembor;Siti;" + NIK + "\n"


def refusal(cast: Cast, data: bytes, name: str = "riwayat.xlsx") -> str:
    """What the form says to a file that is not taken; nothing is kept of it."""
    answer = post_file(signed_in(cast.staff), data, name)
    assert answer.status_code == 422
    assert not PastImport.objects.exists()
    [(problem, _)] = answer.context["refused"]
    assert problem.message in answer.content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    return str(problem.message)


def problems(row: StagedPast) -> dict[str, str]:
    return {problem["code"]: problem["message"] for problem in row.problems}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7 bukan lembar", "adalah berkas PDF"),
        (b"", "kosong"),
        (b"PK\x03\x04 terpotong", "rusak atau terpotong"),
        (book(header=["Tahun", "Nama", "Alamat"]), "kolom “Keterampilan” dan “Kelurahan” tidak ada"),
        (book(header=["Tahun", "Nama", "Alamat"]), "Judul yang terbaca: “Tahun”, “Nama”, “Alamat”."),
        (book(["a", "b"], header=["Barang", "Harga"]), "kolom “Tahun”, “Keterampilan”, “Kelurahan”, “Nama” tidak ada"),
        (book(header=[*HEADER, "Nama peserta"]), "ada 2 kolom untuk Nama (“Nama” dan “Nama peserta”)"),
        (book(), "tidak ada baris di bawahnya"),
    ],
    ids=["pdf", "empty", "cut", "missing", "missing, what there is", "other", "twice", "no rows"],
)  # fmt: skip
def test_a_wrong_file_is_refused_in_one_sentence(cast: Cast, data: bytes, sentence: str) -> None:
    if not data:  # the form itself says it
        answer = post_file(signed_in(cast.staff), data)
        assert "kosong" in answer.content.decode()
        return
    assert sentence in refusal(cast, data)


def test_a_sheet_with_wrong_columns_beside_a_good_one_is_not_left_out_silently(cast: Cast) -> None:
    data = book(line(), **{"2013": [["Tahun", "Pelatihan", "Nama"], [2013, "Payet", "Budi"]]})
    assert "lembar “2013”: kolom “Kelurahan” tidak ada" in refusal(cast, data)


def test_a_file_that_is_too_large_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MAX_BYTES", 100)
    assert "lebih besar dari" in refusal(cast, book(line()))


def test_too_many_rows_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MOST_ROWS", 2)
    assert "berisi lebih dari 2 baris" in refusal(cast, book(line("A B"), line("C D"), line("E F")))


def test_the_same_file_twice_is_refused_with_the_way_to_the_first(cast: Cast) -> None:
    client, data = signed_in(cast.staff), book(line())
    first = post_file(client, data).url
    answer = post_file(client, data, "nama-lain.xlsx")
    assert answer.status_code == 422
    assert f'href="{first}"' in answer.content.decode()
    assert PastImport.objects.count() == 1
    client.post(reverse("trainings:past_move", args=[PastImport.objects.get().pk, "buang"]))
    assert post_file(client, data).status_code == 302  # what was thrown away may come again


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (book(line(nik=NIK)), "a.xlsx"),
        (xls([HEADER, line(nik=NIK)]), "a.xls"),
        (ods([HEADER, [str(cell) for cell in line(nik=NIK)]]), "a.ods"),
        (CSV.encode(), "a.csv"),
    ],
    ids=["xlsx", "xls", "ods", "csv"],
)
def test_every_usual_kind_of_file_is_read(cast: Cast, data: bytes, name: str) -> None:
    made = staged(data, by=cast.staff, name=name)
    row = made.staged.get()
    assert (row.year, row.area_id, row.nik, row.nik_usable) == (2014, GEMBOR, NIK, True)
    assert row.problems == []
    assert len(made.sha256) == 64


def test_the_header_may_stand_below_a_title_and_be_spelled_otherwise(cast: Cast) -> None:
    data = book(
        ["DINAS SOSIAL"],
        ["No.", "THN", "Jenis Pelatihan", "Desa/Kelurahan", "NAMA LENGKAP", "No KTP", "Alamat"],
        [1, 2, 3, 4, 5, 6, 7],
        [1, "2014", "PELATIHAN PAYET", "gembor", "SITI AMINAH", NIK, "Jl. Melati RT 4"],
        header=["DAFTAR LULUSAN PELATIHAN"],
    )
    row = staged(data, by=cast.staff).staged.get()
    assert (row.row, row.name, row.course_key) == (5, "Siti Aminah", "payet")
    assert row.extra == {"No.": "1", "Alamat": "Jl. Melati RT 4"}


def test_several_sheets_are_read_and_one_without_columns_is_named(cast: Cast) -> None:
    data = book(
        line(),
        **{"2013": [HEADER, line("Budi Santoso", year=2013)], "Catatan": [["Rapat"], ["Hadir"], ["Selesai"]]},
    )
    made = staged(data, by=cast.staff)
    assert list(made.staged.values_list("sheet", "year").order_by("id")) == [
        ("Riwayat", 2014),
        ("2013", 2013),
    ]
    [note] = made.summary["notes"]
    assert "“Catatan” (3 baris berisi) tidak dibaca" in note


@pytest.mark.parametrize(
    ("values", "code", "sentence"),
    [
        ({"year": 1890}, "year_unknown", "Tahun 1890 di luar rentang 1993 sampai"),
        ({"year": timezone.localdate().year + 1}, "year_unknown", "di luar rentang"),
        ({"year": "kemarin"}, "year_unknown", "“kemarin” bukan satu tahun"),
        ({"year": "2013/2014"}, "year_unknown", "bukan satu tahun"),
        ({"year": None}, "year_unknown", "Tahun kosong."),
        ({"course": None}, "course_unknown", "Keterampilan kosong."),
        ({"course": "?"}, "course_unknown", "tidak memuat satu huruf"),
        ({"kelurahan": "Gembro"}, "area_unknown", "Mungkin Gembor?"),
        ({"kelurahan": None}, "area_missing", "Kelurahan tidak disebut."),
        ({"kecamatan": "Priuk Jaya Sekali"}, "area_unknown", "Kecamatan 'Priuk Jaya Sekali' tidak dikenal"),
        ({"name": None}, "no_name", "Nama kosong."),
        ({"name": "12345"}, "name_without_letter", "tidak memuat satu huruf pun"),
    ],
)  # fmt: skip
def test_a_bad_row_says_its_problem_and_is_kept(
    cast: Cast, values: dict[str, Any], code: str, sentence: str
) -> None:
    made = staged(book(line("Budi Santoso"), line(**values)), by=cast.staff)
    row = made.staged.get(finding=Finding.REJECTED)
    assert row.row == 3
    assert sentence in problems(row)[code]
    page = signed_in(cast.staff).get(reverse("trainings:past_import", args=[made.pk])).content.decode()
    assert "Baris ditolak" in page


@pytest.mark.parametrize(
    ("nik", "code"),
    [("12345", "nik_wrong_length"), ("9971O15204750001", "nik_not_digits"), (9971015204750001, "nik_numeric_cell")],
)  # fmt: skip
def test_an_unusable_nik_is_only_a_warning(cast: Cast, nik: Any, code: str) -> None:
    row = staged(book(line(nik=nik)), by=cast.staff).staged.get()
    assert row.finding == Finding.NONE
    assert not row.nik_usable
    assert "dicari dengan nama dan kelurahannya saja" in problems(row)[code]
    assert row.nik  # kept as it came


def test_a_kelurahan_of_several_kecamatan_needs_its_kecamatan(cast: Cast) -> None:
    other = area("36.71.05.1001") if area(PERIUK) else None
    assert other is not None
    other.aliases = ["Jatiuwung"]
    other.save()
    rows = (
        line("A B", kecamatan=None, kelurahan="Jatiuwung"),
        line("C D", kecamatan="Cibodas", kelurahan="Jatiuwung"),
    )
    first, second = staged(book(*rows), by=cast.staff).staged.order_by("id")
    assert "sebutkan kecamatannya" in problems(first)["area_unknown"]
    assert second.area_id == JATIUWUNG


def test_a_delimiter_inside_a_cell_is_noticed(cast: Cast) -> None:
    data = (CSV + "2014;payet;Gembor;Siti, S.E.;;lebih\n").encode()
    rows = staged(data, by=cast.staff, name="a.csv").staged.order_by("id")
    assert "row_too_long" in problems(rows[1])


def test_a_number_in_another_column_is_masked(cast: Cast) -> None:
    data = book([*line(), f"NIK suami {NIK}"], header=[*HEADER, "Keterangan"])
    assert staged(data, by=cast.staff).staged.get().extra == {"Keterangan": "NIK suami 9971********0001"}


@pytest.mark.parametrize(
    ("cell", "year"),
    [(2014, 2014), (2014.0, 2014), ("TA 2014", 2014), (" 2014 ", 2014), (date(2014, 5, 1), 2014)],
)
def test_a_year_is_understood_in_the_usual_spellings(cell: Any, year: int) -> None:
    assert parse.year_in(cell, today=date(2026, 1, 1)) == year


@pytest.mark.parametrize("text", ["Kue Kering", "kue  kering", "KUEKERING", "Pelatihan Kue-Kering"])
def test_courses_are_the_same_whatever_their_case_and_spaces(text: str) -> None:
    assert parse.course_key(text) == "kuekering"


def test_the_template_can_be_filled_in_and_uploaded(cast: Cast) -> None:
    area("36.71.09.1006")
    client = signed_in(cast.staff)
    workbook = b"".join(client.get(reverse("trainings:past_template")).streaming_content)
    answer = post_file(client, workbook)
    assert answer.status_code == 302
    made = PastImport.objects.get()
    assert made.summary["rows"] == 2
    assert Finding.REJECTED not in made.summary["findings"]
    assert made.summary["notes"] == []


def test_whoever_does_not_work_for_the_whole_city_brings_nothing_in(cast: Cast) -> None:
    elsewhere = UserFactory(role=Role.STAFF, area=area(PERIUK))
    answer = post_file(signed_in(elsewhere), book(line()))
    assert answer.status_code == 403
    made = staged(book(line()), by=cast.staff)
    page = reverse("trainings:past_import", args=[made.pk])
    assert signed_in(elsewhere).get(page).status_code == 404
