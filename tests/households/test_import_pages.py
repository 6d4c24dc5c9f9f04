"""The import wizard as people use it: upload, read, hand on, apply by a second person, bring corrections back."""

from __future__ import annotations

import io
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from households.imports import actions
from households.models import Household, ImportBatch, ImportProgress, Wave
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.models import AccessLog
from tests.cast import Cast
from tests.factories import PERIUK, UserFactory, WaveFactory, area
from tests.households.import_files import family, member, ppls, small_ppls
from tests.households.test_import_files import applied, staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011", reference_date=date(2011, 9, 30))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, wave: Wave, *paths: Path, **more: Any) -> Any:
    """The answer to the form; what it hands to the background is done before this returns."""
    with ExitStack() as stack, TestCase.captureOnCommitCallbacks(execute=True):
        files = [stack.enter_context(path.open("rb")) for path in paths]
        return client.post(reverse("households:import_upload"), {"wave": wave.pk, "sources": files, **more})


def page_of(batch: ImportBatch, name: str = "import_detail", *more: str) -> str:
    return reverse(f"households:{name}", args=[batch.pk, *more])


def mixed(path: Path) -> Path:
    """A good family, one in an unknown kelurahan, and a member born in month 13."""
    return ppls(
        path,
        [family("A"), family("B", kelurahan="Gembro")],
        [member("A"), member("A", "Siti", 2, birth_month=13), member("B", "Marsudi")],
    )


def test_a_file_is_uploaded_checked_and_its_findings_are_shown(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    client = signed_in(cast.staff)
    answer = upload(client, wave, mixed(tmp_path / "a.xlsx"))
    batch = ImportBatch.objects.get()
    assert answer.url == page_of(batch)
    text = client.get(answer.url).content.decode()
    assert "Kelurahan tidak dikenal" in text
    assert "Tanggal lahir mustahil" in text
    assert "Mungkin Gembor?" in text
    assert "Ajukan untuk diterapkan" in text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7 bukan lembar sebar", "bukan lembar"), (b"", "kosong")],
    ids=["pdf", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_form(
    cast: Cast, wave: Wave, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "daftar.xlsx"
    path.write_bytes(content)
    answer = upload(signed_in(cast.staff), wave, path)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_sheet_that_was_not_read_is_named_on_the_page(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = small_ppls(tmp_path / "a.xlsx")
    book = load_workbook(path)
    book.copy_worksheet(book["ppls2011_art"]).title = "Cibodas"
    book["Cibodas"].sheet_state = "hidden"
    book.save(path)
    batch = applied(cast, wave, path)
    text = signed_in(cast.staff).get(page_of(batch)).content.decode()
    assert "Lembar “Cibodas” (5 baris berisi) tidak dibaca karena disembunyikan." in text
    assert "<span>Lembar tidak dibaca</span>" in text
    assert "masalah=sheet_ignored" not in text


def test_the_same_file_again_leads_to_the_first_import(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    first = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    answer = upload(signed_in(cast.staff), wave, tmp_path / "a.xlsx")
    assert answer.status_code == 422
    assert page_of(first) in answer.content.decode()


def test_an_empty_upload_names_everything_that_is_missing(cast: Cast, wave: Wave) -> None:
    client = signed_in(cast.staff)
    answer = client.post(reverse("households:import_upload"), {"wave": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"wave", "sources"}


def test_three_files_at_once_are_too_many(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    paths = [small_ppls(tmp_path / f"{name}.xlsx") for name in "abc"]
    answer = upload(signed_in(cast.staff), wave, *paths)
    assert answer.status_code == 422
    assert "paling banyak 2 berkas" in answer.content.decode()


def test_a_file_refused_as_a_whole_says_why_on_its_page(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = tmp_path / "lain.csv"
    path.write_text("satu,dua,tiga\n1,2,3\n")
    client = signed_in(cast.staff)
    answer = upload(client, wave, path)
    text = client.get(answer.url).content.decode()
    assert "tidak ada satu baris pun yang disimpan" in text
    assert "Ajukan untuk diterapkan" not in text


def test_who_submitted_sees_why_another_must_apply_and_the_other_applies(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    staff, second = signed_in(cast.staff), signed_in(cast.second_staff)
    staff.post(page_of(batch, "import_move", "ajukan"))
    text = staff.get(page_of(batch)).content.decode()
    assert "harus diterapkan oleh orang lain" in text
    assert page_of(batch, "import_move", "terapkan") not in text
    staff.post(page_of(batch, "import_move", "terapkan"))
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.SUBMITTED

    with TestCase.captureOnCommitCallbacks(execute=True):
        second.post(page_of(batch, "import_move", "terapkan"))
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED
    assert batch.applied_by == cast.second_staff
    assert Household.objects.count() == 2


def test_a_double_press_says_that_the_state_has_changed(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    client = signed_in(cast.staff)
    client.post(page_of(batch, "import_move", "ajukan"))
    answer = client.post(page_of(batch, "import_move", "ajukan"), follow=True)
    assert "sudah berubah sejak halaman dibuka" in answer.content.decode()


def test_the_numbers_open_exactly_their_rows(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, mixed(tmp_path / "a.xlsx"))
    client = signed_in(cast.staff)
    rows = page_of(batch, "import_rows")

    def shown(query: str) -> list[str]:
        return [staged_row.row.row for staged_row in client.get(f"{rows}?{query}").context["rows"]]

    assert len(shown("lembar=anggota&hasil=rejected")) == 2
    assert len(shown("lembar=keluarga&hasil=rejected")) == 1
    assert len(shown("lembar=keluarga&hasil=new")) == 1
    assert len(shown("lembar=keluarga&masalah=area_unknown")) == 1
    assert len(shown("lembar=keluarga&wilayah=tanpa")) == 1
    assert len(shown("lembar=keluarga&hasil=bukan-hasil&hal=bukan-halaman")) == 2


def test_a_role_that_sees_no_family_sees_counts_and_no_rows(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, mixed(tmp_path / "a.xlsx"))
    rows = page_of(batch, "import_rows")
    client = signed_in(cast.administrator)
    text = client.get(page_of(batch)).content.decode()
    assert "Kelurahan tidak dikenal" in text
    assert "Suparman" not in text
    assert rows not in text
    assert client.get(rows).status_code == 403
    text = signed_in(cast.staff).get(page_of(batch)).content.decode()
    assert "Suparman" in text
    assert rows in text


def test_the_rejected_rows_are_downloaded_logged_corrected_and_brought_back(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = applied(cast, wave, mixed(tmp_path / "a.xlsx"))
    client = signed_in(cast.staff)
    answer = client.post(page_of(batch, "import_rejected"))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    log = AccessLog.objects.get()
    assert (log.by, log.action, log.rows, log.with_identities) == (cast.staff, "download", 2, True)

    homes = book["ppls2011_rt"]
    header = [cell.value for cell in homes[1]]
    for row in homes.iter_rows(min_row=2):
        row[header.index("kelurahan")].value = "Gembor"
    people = book["ppls2011_art"]
    header = [cell.value for cell in people[1]]
    for row in people.iter_rows(min_row=2):
        row[header.index("bulan_lahir")].value = 3
    corrected = tmp_path / "perbaikan.xlsx"
    book.save(corrected)
    upload(client, wave, corrected)
    again = ImportBatch.objects.exclude(pk=batch.pk).get()
    assert again.summary["people"] == {"new": 2}


def test_the_page_of_an_applied_import_offers_to_take_it_back_or_says_why_not(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    client = signed_in(cast.staff)
    client.post(page_of(batch, "import_move", "batalkan"), {"reason": ""})
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED

    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(page_of(batch, "import_move", "batalkan"), {"reason": "Berkas keliru"})
    assert "Berkas keliru" in client.get(page_of(batch)).content.decode()
    assert not Household.objects.exists()


def test_the_progress_card_asks_for_the_whole_page_when_the_work_ended(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    client = signed_in(cast.staff)
    assert client.get(page_of(batch, "import_progress"))["HX-Refresh"] == "true"
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.APPLYING)
    waiting = client.get(page_of(batch, "import_progress"))
    assert "HX-Refresh" not in waiting
    assert "Menunggu giliran" in waiting.content.decode()


def waiting_since(batch: ImportBatch, minutes: int, **more: Any) -> None:
    """The batch is in the hands of a worker that has said nothing for so long."""
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.STAGING, staged_at=None)
    silent = timezone.now() - timedelta(minutes=minutes)
    ImportProgress.objects.filter(batch=batch).update(updated_at=silent, **more)


def test_work_whose_worker_died_is_called_interrupted_and_can_be_gone_on_with(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    client, go_on = signed_in(cast.staff), page_of(batch, "import_move", "lanjutkan")
    waiting_since(batch, 0)
    text = client.get(page_of(batch)).content.decode()
    assert "Menunggu giliran" in text
    assert "Terputus" not in text
    assert go_on not in text
    waiting_since(batch, 2)
    text = client.get(page_of(batch)).content.decode()
    assert "Menunggu giliran" not in text
    assert "sedang berjalan" not in text
    assert go_on in text
    card = client.get(page_of(batch, "import_progress"), headers={"HX-Request": "true"}).content.decode()
    assert card.count("Terputus") == 2  # in the card, and in the badge beside the heading
    assert go_on not in signed_in(cast.administrator).get(page_of(batch)).content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(go_on)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.STAGED


def test_who_waits_behind_another_import_is_not_called_interrupted(
    cast: Cast, wave: Wave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    batch = staged(cast, wave, mixed(tmp_path / "b.xlsx"))
    ImportBatch.objects.filter(pk=other.pk).update(state=ImportBatch.State.APPLYING)
    monkeypatch.setattr(actions, "is_at_work", lambda one: one.pk == other.pk)
    client = signed_in(cast.staff)
    waiting_since(batch, 5, started_at=None)
    assert "Menunggu giliran" in client.get(page_of(batch)).content.decode()
    waiting_since(batch, 5, started_at=timezone.now() - timedelta(minutes=6))  # begun, and lost since
    assert "Terputus" in client.get(page_of(batch)).content.decode()


def test_the_first_rejected_rows_show_members_too(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    families = [family(key, kelurahan="Gembro") for key in "BCDEFGH"]
    people = [member(key) for key in "BCDEFGH"]
    rejected = [member("A"), member("A", "Siti", 2, birth_month=13)]
    batch = staged(cast, wave, ppls(tmp_path / "a.xlsx", [family("A"), *families], [*people, *rejected]))
    text = signed_in(cast.staff).get(page_of(batch)).content.decode()
    shown = text[text.index('id="t-ditolak"') :]
    assert "Siti" in shown
    assert "sehingga anggotanya" not in shown  # the row of the household says why
    assert "Mungkin Gembor?" in shown


def test_an_import_holds_the_whole_city_and_is_not_found_by_who_works_in_a_part_of_it(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    local = signed_in(UserFactory(area=area(PERIUK)))
    assert local.get(page_of(batch)).status_code == 404
    assert local.get(reverse("households:waves")).content.decode().count(str(batch)) == 0
    assert upload(local, wave, tmp_path / "a.xlsx").status_code == 403


def test_a_move_that_does_not_exist_is_not_found(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    assert signed_in(cast.staff).post(page_of(batch, "import_move", "hapus")).status_code == 404


def test_a_role_that_only_looks_moves_nothing(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    client = signed_in(cast.administrator)
    assert "Ajukan" not in client.get(page_of(batch)).content.decode()
    assert client.post(page_of(batch, "import_move", "ajukan")).status_code == 403
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.STAGED


def test_the_waves_show_what_was_reported_with_its_source_and_what_was_counted(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    Wave.objects.filter(pk=wave.pk).update(reported_total=52_000, reported_source="Antara News Banten, 2015")
    applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    client = signed_in(cast.staff)
    row = next(row for row in client.get(reverse("households:waves")).context["rows"] if row["wave"] == wave)
    assert (row["counted"], row["gap"]) == (2, -51_998)
    assert (
        "Antara News Banten, 2015"
        in client.get(reverse("households:wave", args=[wave.code])).content.decode()
    )


def test_a_stopped_check_can_be_resumed_from_its_page(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    with small_ppls(tmp_path / "a.xlsx").open("rb") as file:
        batch = actions.upload_batch(
            wave=wave, files=[File(file, name="a.xlsx")], by=cast.staff, in_background=False
        )
    client = signed_in(cast.staff)
    client.post(page_of(batch, "import_move", "hentikan"))
    assert "Pemeriksaan dihentikan. Berkasnya tetap ada" in client.get(page_of(batch)).content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(page_of(batch, "import_move", "lanjutkan"))
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.STAGED


def test_a_changed_row_says_what_the_registry_has_and_what_the_file_says(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    applied(cast, wave, ppls(tmp_path / "a.xlsx", [family("A")], [member("A")]))
    again = ppls(
        tmp_path / "b.xlsx", [family("A", address="Gg. Melati 14 RT 004 RW 011")], [member("A", sex=2)]
    )
    batch = staged(cast, wave, again)
    client = signed_in(cast.staff)
    text = client.get(page_of(batch)).content.decode()
    assert "Baris pertama: berubah" in text
    assert "<del>Jl. Gotong Royong No. 4</del> Gg. Melati 14" in text
    people = client.get(f"{page_of(batch, 'import_rows')}?lembar=anggota&hasil=changed").content.decode()
    assert "<del>L</del> P" in people
