"""A spreadsheet of the past from its upload to the family that is not registered again, and back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import UserFactory, area
from tests.trainings.factories import (
    CohortFactory,
    CourseFactory,
    ProgrammeFactory,
    head_of,
    listed_family,
)
from tests.trainings.past_files import applied, book, line, post_file, signed_in, staged
from trainings.lifecycle import PastImportState
from trainings.models import Course, PastImport, PastTraining, StagedPast
from trainings.past import actions, decide
from trainings.reports.candidates import candidates
from trainings.rules import eligibility_problems

pytestmark = pytest.mark.django_db
NIK = "9971015204750001"
LAST_YEAR = timezone.localdate().year - 1


def page_of(made: PastImport, name: str = "past_import", *more: str) -> str:
    return reverse(f"trainings:{name}", args=[made.pk, *more])


def move(client: Any, made: PastImport, word: str, **data: str) -> str:
    """The page after a step."""
    answer = client.post(page_of(made, "past_move", word), data, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_from_the_upload_to_a_family_that_is_not_registered_again(cast: Cast) -> None:
    """The whole way through the pages: "not again" works from the first day."""
    cohort = CohortFactory(programme=ProgrammeFactory(), area=area())
    family = listed_family(cohort, name="Siti Aminah")
    client = signed_in(cast.staff)
    data = book(line("SITI AMINAH", year=LAST_YEAR), line("Tidak Dikenal", year=LAST_YEAR), line(name=None))
    text = client.get(post_file(client, data).url).content.decode()
    assert "Terapkan 2 baris" in text
    made = PastImport.objects.get()
    assert made.summary["findings"] == {"name": 1, "none": 1, "rejected": 1}
    assert not PastTraining.objects.exists()

    text = move(client, made, "terapkan")
    assert "Diterapkan: 1 baris cocok dengan keluarganya, 1 menunggu dicocokkan." in text
    person = head_of(family)
    row = PastTraining.objects.get(person=person)
    assert (row.household, row.family_number, row.matched_by) == (family, 1, cast.staff)

    programme = cohort.programme
    facts = candidates(programme, [person], today=timezone.localdate())[person.pk]
    [problem] = eligibility_problems(programme.eligibility, facts)
    assert f"Lulus Kue Kering tahun {LAST_YEAR}" in problem.message

    text = move(client, made, "batalkan", reason="Berkas yang keliru")
    assert "Berkas yang keliru" in text
    facts = candidates(programme, [person], today=timezone.localdate())[person.pk]
    assert eligibility_problems(programme.eligibility, facts) == []
    assert not PastTraining.objects.exists()
    assert post_file(client, data).status_code == 302  # and may come again


def test_the_rejected_rows_come_back_in_the_files_own_columns(cast: Cast) -> None:
    header = ["No", "Nama", "NIK", "Kelurahan", "Kecamatan", "Tahun", "Kursus"]
    data = book(
        [1, "Siti", NIK, "Gembor", "Periuk", 2014, "Payet"],
        [2, "Budi", NIK, "Gembro", "Periuk", 2014, "Payet"],
        [3, "Siti", NIK, "Gembor", "Periuk", 2014, "Payet"],
        header=header,
    )
    made = applied(data, by=cast.staff)
    answer = signed_in(cast.staff).post(page_of(made, "past_rejected"))
    workbook = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert workbook.sheetnames[:2] == ["Riwayat", "Riwayat (sudah ada)"]
    first, row = workbook["Riwayat"].iter_rows(values_only=True)
    assert list(first) == [*header, "Masalah"]
    assert row[:4] == ("2", "Budi", NIK, "Gembro")
    assert "Mungkin Gembor?" in row[7]
    _, same = workbook["Riwayat (sudah ada)"].iter_rows(values_only=True)
    assert same[7] == "Sudah ada: lembar Riwayat baris 2."
    logged = AccessLog.objects.get(action=AccessLog.Action.DOWNLOAD)
    assert (logged.rows, logged.with_identities) == (2, True)


def test_the_corrected_workbook_brings_only_what_was_missing(cast: Cast) -> None:
    client = signed_in(cast.staff)
    made = applied(book(line("Siti Aminah"), line("Budi Santoso", kelurahan="Gembro")), by=cast.staff)
    workbook = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.post(page_of(made, "past_rejected")).streaming_content))
    )
    sheet = workbook["Riwayat"]
    sheet["D2"] = "Gembor"
    buffer = io.BytesIO()
    workbook.save(buffer)
    post_file(client, buffer.getvalue(), "perbaikan.xlsx")
    again = PastImport.objects.get(filename="perbaikan.xlsx")
    assert again.summary["findings"] == {"none": 1}
    assert again.summary["notes"] == []


def test_unknown_courses_are_stated_and_then_made(cast: Cast) -> None:
    known = CourseFactory(name="Kue Kering")
    client = signed_in(cast.staff)
    made = staged(book(line("A B"), line("C D", course="PIJAT REFLEKSI")), by=cast.staff)
    assert "1 keterampilan baru dibuat: Pijat refleksi" in client.get(page_of(made)).content.decode()
    assert Course.objects.count() == 1
    move(client, made, "terapkan")
    assert PastTraining.objects.get(name="A B").course == known
    new = Course.objects.get(name="Pijat refleksi")
    move(client, made, "batalkan", reason="Berkas yang keliru")
    assert not Course.objects.filter(pk=new.pk).exists()
    assert Course.objects.filter(pk=known.pk).exists()


def test_a_course_that_came_with_a_file_and_is_used_since_stays(cast: Cast) -> None:
    made = applied(book(line("A B")), by=cast.staff)
    ProgrammeFactory(course=Course.objects.get())
    actions.undo(made, by=cast.staff, reason="Berkas yang keliru")
    assert Course.objects.exists()


def test_an_unknown_course_is_mapped_to_a_known_one(cast: Cast) -> None:
    known = CourseFactory(name="Kue kering")
    CourseFactory(name="Payet")
    client = signed_in(cast.staff)
    applied(book(line("A B")), by=cast.staff)
    made = staged(book(line("A B", course="Membuat kue"), line("C D")), by=cast.staff, name="dua.xlsx")
    assert made.summary["findings"] == {"none": 2}
    index = [course["key"] for course in made.courses].index("membuatkue")
    other = 1 - index
    answer = client.post(
        page_of(made, "past_courses"),
        {f"course_{index}": str(known.pk), f"course_{other}": str(known.pk)},
        follow=True,
    )
    assert "baris-baris diperiksa ulang" in answer.content.decode()
    made.refresh_from_db()
    assert made.summary["findings"] == {"same": 1, "none": 1}
    move(client, made, "terapkan")
    assert PastTraining.objects.get(name="C D").course == known
    assert Course.objects.count() == 2


def test_a_course_that_does_not_exist_cannot_be_chosen(cast: Cast) -> None:
    made = staged(book(line()), by=cast.staff)
    client = signed_in(cast.staff)
    answer = client.post(page_of(made, "past_courses"), {"course_0": "999999"}, follow=True)
    assert "Pilih keterampilan dari daftarnya." in answer.content.decode()


def test_what_has_no_row_to_take_over_is_not_applied(cast: Cast) -> None:
    made = staged(book(line(name=None)), by=cast.staff)
    client = signed_in(cast.staff)
    assert "Tidak ada baris yang dapat diterapkan." in client.get(page_of(made)).content.decode()
    assert "semuanya ditolak atau sudah ada" in move(client, made, "terapkan")
    made.refresh_from_db()
    assert made.state == PastImportState.STAGED
    assert not Course.objects.exists()


def test_a_step_taken_already_is_refused(cast: Cast) -> None:
    made = staged(book(line()), by=cast.staff)
    client = signed_in(cast.staff)
    move(client, made, "terapkan")
    assert "Keadaannya sudah berubah" in move(client, made, "terapkan")
    assert "Keadaannya sudah berubah" in move(client, made, "buang")
    assert PastTraining.objects.count() == 1


def test_taking_back_asks_for_a_reason_and_counts_what_people_did(cast: Cast) -> None:
    made = applied(book(line(), line("Budi Santoso")), by=cast.staff)
    decide.dismiss(PastTraining.objects.get(name="Budi Santoso"), by=cast.staff, reason="Tidak dikenal")
    client = signed_in(cast.staff)
    assert "termasuk 1 yang sudah diputuskan petugas" in client.get(page_of(made)).content.decode()
    assert "Tuliskan alasannya" in move(client, made, "batalkan", reason=" ")
    assert PastTraining.objects.count() == 2


def test_the_rows_of_each_finding_can_be_looked_at(cast: Cast) -> None:
    made = staged(book(line(), line(name=None)), by=cast.staff)
    client = signed_in(cast.staff)
    page = page_of(made, "past_staged")
    assert "Nama kosong." in client.get(page, {"hasil": "ditolak"}).content.decode()
    assert "Siti Aminah" in client.get(page, {"hasil": "tidak"}).content.decode()
    assert "Tidak ada baris yang sesuai" in client.get(page, {"hasil": "cocok"}).content.decode()
    assert client.get(page, {"hasil": "apa"}).status_code == 404


def test_a_nik_is_masked_on_every_page(cast: Cast) -> None:
    made = staged(book(line(nik=NIK)), by=cast.staff)
    client = signed_in(cast.staff)
    pages = [page_of(made), page_of(made, "past_staged")]
    actions.apply(made, by=cast.staff)
    row = PastTraining.objects.get()
    pages += [reverse("trainings:past_rows"), reverse("trainings:past_row", args=[row.pk])]
    for page in pages:
        assert NIK not in client.get(page).content.decode(), page


def run(path: Path, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_past_trainings", str(path), "--by", "rina", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_the_command_does_the_same(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "riwayat.xlsx"
    path.write_bytes(book(line(), line(name=None)))
    counts = run(path, "--apply")
    assert (counts["state"], counts["tidak"], counts["ditolak"]) == ("applied", 1, 1)
    assert counts["new_courses"] == ["Kue Kering"]
    assert PastTraining.objects.get().past_import.uploaded_by == cast.staff
    with pytest.raises(CommandError, match="sama sudah diunggah"):
        run(path)
    with pytest.raises(CommandError, match="tidak ditemukan"):
        run(tmp_path / "lain.xlsx")
    with pytest.raises(CommandError, match="tidak ada"):
        call_command("import_past_trainings", str(path), "--by", "siapa")


def test_the_command_says_why_nothing_was_applied(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "riwayat.xlsx"
    path.write_bytes(book(line(name=None)))
    with pytest.raises(CommandError, match="Tidak ada baris yang dapat diterapkan"):
        run(path, "--apply")


def test_a_name_longer_than_its_column_and_odd_letters_do_no_harm(cast: Cast) -> None:
    made = applied(book(line("A" * 400), line("B\\N\tC'; --")), by=cast.staff)
    assert PastTraining.objects.filter(past_import=made).count() == 2
    assert not StagedPast.objects.exists()


def test_who_may_not_is_refused_by_the_action_itself(cast: Cast) -> None:
    made = staged(book(line()), by=cast.staff)
    somebody = UserFactory(role=Role.VERIFIER)
    for act in (actions.apply, actions.discard):
        with pytest.raises(PermissionDenied):
            act(made, by=somebody)
    with pytest.raises(PermissionDenied):
        actions.undo(made, by=somebody, reason="Berkas yang keliru")
    with pytest.raises(Refused):
        actions.undo(made, by=cast.staff, reason="Berkas yang keliru")
