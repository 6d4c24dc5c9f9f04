"""Each layout from its file to the registry, and every file that must not get in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File

from households.imports import actions
from households.models import (
    Household,
    HouseholdRecord,
    ImportBatch,
    ImportFile,
    Person,
    PersonRecord,
    StagedHousehold,
    StagedPerson,
    StagedProblem,
    Wave,
)
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import GEMBOR, WaveFactory, area
from tests.households.import_files import (
    family,
    member,
    ppls,
    sheet,
    small_ppls,
    workbook,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011")


def staged(cast: Cast, wave: Wave, *paths: Path, layout: str = "") -> ImportBatch:
    """Uploaded and read, as a worker does it."""
    files = [File(io.BytesIO(path.read_bytes()), name=path.name) for path in paths]
    batch = actions.upload_batch(wave=wave, files=files, layout=layout, by=cast.staff)
    actions.stage(batch.pk)
    batch.refresh_from_db()
    return batch


def applied(cast: Cast, wave: Wave, *paths: Path) -> ImportBatch:
    batch = staged(cast, wave, *paths)
    assert batch.state == ImportBatch.State.STAGED, batch.refusal
    actions.submit_batch(batch, by=cast.staff)
    actions.request_apply(batch, by=cast.second_staff)
    actions.apply(batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED
    return batch


def messages(batch: ImportBatch) -> dict[str, str]:
    return {problem.code: problem.message for problem in StagedProblem.objects.filter(batch=batch)}


def test_ppls_with_two_sheets_becomes_families_and_records(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = applied(cast, wave, small_ppls(tmp_path / "ppls.xlsx"))
    assert batch.layout == "ppls2011_bnba"
    assert batch.summary["households"] == {"new": 2}
    first = Household.objects.get(head_name="Suparman")
    assert (first.area_id, first.address, first.rt, first.rw) == (
        GEMBOR,
        "Jl. Gotong Royong No. 4",
        "004",
        "011",
    )
    assert (first.rank, first.rank_scale, first.rank_group, first.member_count) == (2, "class", 2, 2)
    assert first.search_key == "suparman|siti aminah"
    wife = first.people.get(relation=2)
    assert (wife.name, wife.sex, str(wife.birth_date), wife.birth_precision) == (
        "Siti Aminah",
        "P",
        "1980-04-01",
        "month",
    )
    record = HouseholdRecord.objects.get(source_key="3671-0001")
    assert (record.household, record.member_count, record.wave) == (first, 2, wave)
    assert [person.number for person in record.people.order_by("number")] == [1, 2]
    assert not StagedPerson.objects.exists()


def test_ppls_in_one_sheet_joins_repeated_households(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family(), **member()}, {**family(), **member(name="Siti", relation=2)}]
    path = workbook(tmp_path / "satu.xlsx", sheet("ppls2011_bnba", "ppls2011_bnba", rows))
    batch = applied(cast, wave, path)
    assert batch.summary["households"] == {"new": 1}
    assert Household.objects.get().member_count == 2


def test_bdt_of_101_columns(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [
        {**family(rank=37), **member(nik="9971011204750001", member_number=1, disability="00", education=2)},
        {**family(rank=37), **member(name="Siti", relation=2, sex=2, nik="", member_number=2)},
    ]
    path = workbook(
        tmp_path / "bdt.xlsx", sheet("bdt2015_person", "bdt2015_person", rows, extra=["Catatan RT"])
    )
    batch = applied(cast, wave, path)
    assert batch.layout == "bdt2015_person"
    head = Person.objects.get(relation=1)
    assert (head.nik, head.birth_precision, head.birth_date.year) == ("9971011204750001", "age", 1975)
    home = Household.objects.get()
    assert (home.rank, home.rank_scale, home.rank_group) == (37, "percentile", 4)


def test_pbdt_comes_as_two_files(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rt = workbook(tmp_path / "rt.xlsx", sheet("pbdt2015", "pbdt2015_rt", [family(rank=1)]))
    idv = workbook(
        tmp_path / "idv.xlsx",
        sheet("pbdt2015", "pbdt2015_idv", [member(nik="9971011204750001", member_number=1)]),
    )
    batch = applied(cast, wave, idv, rt)  # in any order
    assert batch.layout == "pbdt2015"
    assert Household.objects.get().rank_scale == "decile"
    assert PersonRecord.objects.get().nik == "9971011204750001"


def test_pbdt_members_without_their_households_are_refused(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    idv = workbook(
        tmp_path / "idv.xlsx", sheet("pbdt2015", "pbdt2015_idv", [member(nik="", member_number=1)])
    )
    batch = staged(cast, wave, idv)
    assert batch.state == ImportBatch.State.REFUSED
    assert batch.refusal[0]["code"] == "missing_sheet"
    assert "rumah tangga (RT)" in batch.refusal[0]["message"]


def test_dtks_pipes_and_two_family_cards(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    from households.imports.layouts import LAYOUTS

    columns = LAYOUTS["dtks_siksng_export"].sheets[0].columns
    rows = [
        member(kk="9971010101100001", nik="9971011204750001"),
        member(
            name="Siti",
            relation=2,
            sex=2,
            kk="9971010101100001",
            nik="9971015204800002",
            birth_date="12-04-1980",
        ),
        member(name="Budi", kk="9971010101150002", nik="9971010101990003", birth_date="1999"),
    ]
    lines = ["|".join(column.header for column in columns)]
    for row in rows:
        cells = {**family(), **row}
        lines.append("|".join(str(cells.get(column.field, "") if column.field else "") for column in columns))
    path = tmp_path / "siks.csv"
    path.write_text("\r\n".join(lines), encoding="cp1252")
    batch = applied(cast, wave, path)
    assert batch.layout == "dtks_siksng_export"
    people = {person.name: person for person in Person.objects.all()}
    assert people["Suparman"].relation == 1
    assert (people["Budi"].relation, people["Budi"].family_number) == (None, 2)  # heads another card
    assert people["Siti"].kk == "9971010101100001"
    assert people["Budi"].birth_precision == "year"


def test_nik_and_name_fills_what_is_missing_and_says_why_not(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    applied(cast, wave, small_ppls(tmp_path / "ppls.xlsx"))
    rows = [
        {"nik": "9971015204800002", "name": "SITI AMINAH"},
        {"nik": "9971011204750001", "name": "Orang Asing"},
        {"nik": "123", "name": "Marsudi"},
    ]
    batch = applied(cast, wave, workbook(tmp_path / "nik.xlsx", sheet("nik_name", "nik_name", rows)))
    assert Person.objects.get(name="Siti Aminah").nik == "9971015204800002"
    assert batch.summary["people"] == {"changed": 1, "rejected": 2}
    found = messages(batch)
    assert found["person_unknown"] == "Orang ini tidak ditemukan di registri."
    assert "nik_missing" in found
    assert HouseholdRecord.objects.count() == 2  # a list of names is no wave of families


def test_extra_columns_are_kept_and_a_number_among_them_is_masked(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    rows = [{**family(), **member(), "Catatan": "dekat masjid", "No lain": "9971011204750001"}]
    path = workbook(
        tmp_path / "satu.xlsx", sheet("ppls2011_bnba", "ppls2011_bnba", rows, extra=["Catatan", "No lain"])
    )
    applied(cast, wave, path)
    raw = PersonRecord.objects.get().raw
    assert raw["catatan"] == "dekat masjid"
    assert raw["no_lain"] == "9971********0001"


def _no_spreadsheet(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)


def _cut(path: Path) -> None:
    small_ppls(path)
    path.write_bytes(path.read_bytes()[:-400])


def _encrypted(path: Path) -> None:
    names = "".join(["EncryptedPackage", "\0" * 4]).encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + names + b"\0" * 2000)


def _bomb(path: Path) -> None:
    small_ppls(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/more.xml", b" " * 3_000_000)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_no_spreadsheet, "not_a_spreadsheet"),
        (_cut, "damaged"),
        (_encrypted, "encrypted"),
        (_bomb, "unpacked_too_large"),
    ],
)
def test_a_file_that_is_no_readable_spreadsheet_is_refused_at_once(
    cast: Cast, wave: Wave, tmp_path: Path, settings: Any, make: Callable[[Path], None], code: str
) -> None:
    settings.IMPORT_MAX_UNPACKED_BYTES = 1_000_000
    path = tmp_path / "berkas.xlsx"
    make(path)
    with pytest.raises(Refused) as refused:
        staged(cast, wave, path)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert "berkas.xlsx" in str(refused.value)
    assert not ImportBatch.objects.exists()
    assert not _kept_files()


def _kept_files() -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / "imports").rglob("*") if path.is_file()]


def test_a_file_over_the_limit_is_refused(cast: Cast, wave: Wave, tmp_path: Path, settings: Any) -> None:
    settings.IMPORT_MAX_UPLOAD_BYTES = 100
    with pytest.raises(Refused, match="lebih besar dari"):
        staged(cast, wave, small_ppls(tmp_path / "ppls.xlsx"))
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("header", "rows", "code"),
    [
        (["Tanggal", "Saldo"], [["1", "2"]], "unknown_layout"),
        (
            ["no_kip_or_id", "nama_krt", "alamat", "kecamatan", *[f"x{i}" for i in range(3)]],
            [["1"] * 7],
            "unknown_layout",
        ),
    ],
)
def test_an_unknown_layout_is_refused_and_nothing_is_stored(
    cast: Cast, wave: Wave, tmp_path: Path, header: list[str], rows: list[list[str]], code: str
) -> None:
    from tangerang_poverty.kit.spreadsheets.write import Sheet

    batch = staged(cast, wave, workbook(tmp_path / "lain.xlsx", Sheet("Data", header, rows)))
    assert batch.state == ImportBatch.State.REFUSED
    assert batch.refusal[0]["code"] == code
    assert "Susunan kolom berkas lain.xlsx (lembar “Data”) tidak dikenali." in batch.refusal[0]["message"]
    assert "Judul kolom harus ada dalam 10 baris pertama lembarnya." in batch.refusal[0]["message"]
    assert not StagedHousehold.objects.exists()
    assert not StagedPerson.objects.exists()
    assert not _kept_files()


def test_a_missing_required_column_is_named(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    full = sheet("bdt2015_person", "bdt2015_person", [{**family(), **member(nik="")}])
    place = list(full.header).index("Nama ART")
    from tangerang_poverty.kit.spreadsheets.write import Sheet

    cut = Sheet(
        "Data",
        [one for index, one in enumerate(full.header) if index != place],
        [[cell for index, cell in enumerate(row) if index != place] for row in full.rows],
    )
    batch = staged(cast, wave, workbook(tmp_path / "bdt.xlsx", cut))
    assert batch.state == ImportBatch.State.REFUSED
    assert batch.refusal[0]["code"] == "missing_column"
    assert "“Nama ART”" in batch.refusal[0]["message"]


def test_a_file_damaged_further_on_is_refused(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("NIK;NAMA\n" + "9971011204750001;Siti\n" * 40 + '9971011204750002;"' + "x" * 200_000)
    batch = staged(cast, wave, path)
    assert batch.state == ImportBatch.State.REFUSED
    assert "mulai baris 42" in batch.refusal[0]["message"]


def test_headers_without_rows_are_refused(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, ppls(tmp_path / "kosong.xlsx", [], []))
    assert batch.state == ImportBatch.State.REFUSED
    assert batch.refusal[0]["code"] == "empty"
    assert batch.refusal[0]["message"] == (
        "Berkas kosong.xlsx (lembar “ppls2011_rt”, “ppls2011_art”) hanya berisi judul kolom, tanpa satu baris data "
        "pun di bawahnya. Judul kolom harus ada dalam 10 baris pertama."
    )


def test_the_same_file_twice_names_the_first_import(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    first = staged(cast, wave, small_ppls(tmp_path / "ppls.xlsx"))
    with pytest.raises(Refused) as refused:
        staged(cast, wave, tmp_path / "ppls.xlsx")
    (problem,) = refused.value.problems
    assert isinstance(problem, actions.SameFile)
    assert problem.batch_id == first.pk
    assert ImportBatch.objects.count() == 1


def test_a_discarded_file_may_come_again(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    first = staged(cast, wave, small_ppls(tmp_path / "ppls.xlsx"))
    kept = Path(first.files.get().file.path)
    actions.discard_batch(first, by=cast.staff)
    assert not kept.exists()
    assert not StagedPerson.objects.exists()
    assert staged(cast, wave, tmp_path / "ppls.xlsx").state == ImportBatch.State.STAGED


def test_only_who_may_upload_for_the_whole_city_uploads(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    file = File(io.BytesIO(small_ppls(tmp_path / "ppls.xlsx").read_bytes()), name="ppls.xlsx")
    cast.second_staff.area = area(GEMBOR)
    for user in (cast.leadership, cast.officer_a, cast.second_staff):
        with pytest.raises(PermissionDenied):
            actions.upload_batch(wave=wave, files=[file], by=user)
    assert not ImportFile.objects.exists()


def test_the_kept_file_is_closed_to_others(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "ppls.xlsx"))
    assert Path(batch.files.get().file.path).stat().st_mode & 0o777 == 0o600
