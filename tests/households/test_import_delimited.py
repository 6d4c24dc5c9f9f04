"""Lists that come as delimited text: titles above, rows shifted or cut, numbers as other programs write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from households.models import ImportBatch, StagedPerson, StagedProblem, Wave
from tests.cast import Cast
from tests.factories import WaveFactory
from tests.households.import_files import Cells, family, member, sheet
from tests.households.test_import_files import staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011")


def lines(layout: str, rows: Sequence[Cells], *, delimiter: str = ";") -> list[str]:
    """Header and rows of a layout of one sheet, as a program writes them that never quotes."""
    whole = sheet(layout, layout, rows)
    return [delimiter.join(map(str, row)) for row in (whole.header, *whole.rows)]


def written(path: Path, lines: Sequence[str], *, end: str = "\n") -> Path:
    path.write_text("\n".join(lines) + end)
    return path


def test_a_title_with_a_comma_may_stand_above_semicolons(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family("A"), **member("A", nik="")}, {**family("B"), **member("B", nik="")}]
    title = "DAFTAR RUMAH TANGGA KECAMATAN PERIUK, KOTA TANGERANG"
    batch = staged(cast, wave, written(tmp_path / "a.csv", [title, *lines("bdt2015_person", rows)]))
    assert batch.state == batch.State.STAGED, batch.refusal
    assert batch.summary["people"] == {"new": 2}


def test_a_stray_quotation_mark_takes_no_row_along(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family(f"A{number}"), **member(f"A{number}", nik="")} for number in range(30)]
    text = lines("dtks_siksng_export", rows, delimiter="|")
    text[5] = text[5].replace("Jl. Gotong", '"Jl. Gotong')
    text[7] = text[7].replace("RW 011", 'RW 011"')
    batch = staged(cast, wave, written(tmp_path / "a.csv", text))
    assert batch.state == batch.State.REFUSED
    assert "a.csv tidak terbaca mulai baris 6: ada tanda kutip" in batch.refusal[0]["message"]


def problems(batch: ImportBatch, code: str) -> list[tuple[int, bool, str]]:
    found = StagedProblem.objects.filter(batch=batch, code=code, is_error=True).order_by("id")
    return list(found.values_list("row", "is_person", "message"))


@pytest.mark.parametrize("last", [5, ""], ids=["last column filled", "last column empty"])
def test_a_row_moved_by_a_delimiter_in_its_address_is_rejected(
    cast: Cast, wave: Wave, tmp_path: Path, last: object
) -> None:
    keys = "ABCDE"
    rows = [{**family(key), **member(key, nik="", work_status=last)} for key in keys]
    text = lines("bdt2015_person", rows)
    text[3] = text[3].replace("Jl. Gotong Royong", "Jl. Gotong; Royong")
    batch = staged(cast, wave, written(tmp_path / "a.csv", text))
    found = problems(batch, "row_too_long")
    assert [(row, is_person) for row, is_person, _ in found] == [(4, False), (4, True)]
    assert found[0][2] == (
        "Baris ini lebih panjang dari judulnya: judul berakhir di kolom ke-101, baris ini di kolom ke-102. "
        "Periksa tanda pemisah di dalam isi sel, atau beri judul pada kolom itu."
    )
    assert batch.summary["people"] == {"new": 4, "rejected": 1}


def test_a_delimiter_at_the_end_of_every_row_moves_nothing(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family(key), **member(key, nik="")} for key in "ABC"]
    header, *data = lines("bdt2015_person", rows)
    for name, text in (
        ("a", [header, *(f"{line};" for line in data)]),
        ("b", [f"{line};" for line in (header, *data)]),
    ):
        batch = staged(cast, wave, written(tmp_path / f"{name}.csv", text))
        assert batch.summary["people"] == {"new": 3}


def test_a_name_without_a_letter_is_rejected_and_a_number_in_its_place_masked(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    nik = "9971011204750001"
    rows = [
        {**family(key, head_name=head), **member(key, name, nik="")}
        for key, head, name in (("A", nik, nik), ("B", "Siti", f"Siti {nik}"), ("C", "Siti", "الله"))
    ]
    batch = staged(cast, wave, written(tmp_path / "a.csv", lines("dtks_siksng_export", rows)))
    assert [row for row, *_ in problems(batch, "name_without_letter")] == [2]
    assert (
        "Nama “9971********0001” tidak memuat satu huruf pun" in problems(batch, "name_without_letter")[0][2]
    )
    names = (
        StagedPerson.objects.filter(batch=batch).order_by("row").values_list("name", "tidy_name", "name_key")
    )
    assert [name for name, *_ in names] == ["9971********0001", "Siti 9971********0001", "الله"]
    assert not any(nik in text for texts in names for text in texts)


def test_a_name_column_of_the_household_shows_no_number(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family("A", head_name="9971011204750001"), **member("A", nik="")}]
    batch = staged(cast, wave, written(tmp_path / "a.csv", lines("ppls2011_bnba", rows)))
    assert batch.staged_households.get().head_name == "9971********0001"


def test_a_text_cut_in_its_last_row_is_refused_and_a_whole_one_without_line_end_is_not(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = [{**family(key), **member(key, nik="")} for key in "ABC"]
    text = "\n".join(lines("dtks_siksng_export", rows))
    (tmp_path / "a.csv").write_text(text[: text.rindex("12-04-1975") - 4])
    batch = staged(cast, wave, tmp_path / "a.csv")
    assert "Berkas a.csv terpotong di tengah baris 4" in batch.refusal[0]["message"]
    (tmp_path / "b.csv").write_text(text)
    assert staged(cast, wave, tmp_path / "b.csv").summary["people"] == {"new": 3}


@pytest.mark.parametrize("end", [".0", ",0"])
def test_whole_numbers_written_with_decimals_are_numbers(
    cast: Cast, wave: Wave, tmp_path: Path, end: str
) -> None:
    numbers = {
        "age": f"35{end}",
        "member_number": f"2{end}",
        "family_number": f"3{end}",
        "relation": f"1{end}",
    }
    row = {**family(rank=f"37{end}"), **member(nik="", **numbers), "source_key": "367104.0"}
    batch = staged(cast, wave, written(tmp_path / "a.csv", lines("bdt2015_person", [row])))
    person, home = batch.staged_people.get(), batch.staged_households.get()
    assert (person.number, person.family_number, person.relation) == (2, 3, 1)
    assert (person.birth_date.year, home.rank, home.source_key) == (1976, 37, "367104.0")
    born = {"birth_month": f"4{end}", "birth_year": f"1975{end}"}
    text = lines("ppls2011_bnba", [{**family(), **member(**born)}])
    person = staged(cast, wave, written(tmp_path / "b.csv", text)).staged_people.get()
    assert (person.birth_date.month, person.birth_date.year) == (4, 1975)
    places = {"rt": f"4{end}", "rw": f"11{end}", "address": "Jl. A"}
    text = lines("dtks_siksng_export", [{**family(**places), **member(nik="", birth_date=f"1975{end}")}])
    batch = staged(cast, wave, written(tmp_path / "c.csv", text))
    person, home = batch.staged_people.get(), batch.staged_households.get()
    assert (person.birth_date.year, home.rt, home.rw) == (1975, "004", "011")
