"""Applying: who may, what it changes, what it never overwrites, and how a whole import is taken back."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from households.imports import actions, reports
from households.models import (
    Household,
    HouseholdRecord,
    ImportBatch,
    Person,
    PersonRecord,
    RegistryCount,
    ReplacedRow,
    StatusChange,
    Wave,
    WaveCount,
)
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.history import audited, changes_of
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import PersonFactory, WaveFactory
from tests.households.import_files import family, member, ppls, sheet, small_ppls, workbook
from tests.households.test_import_files import applied, staged

pytestmark = pytest.mark.django_db
NIK = "9971011204750001"


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011", reference_date=date(2011, 9, 30))


def bdt(path: Path, *rows: dict[str, Any]) -> Path:
    return workbook(path, sheet("bdt2015_person", "bdt2015_person", [{**family(), **row} for row in rows]))


def registry() -> dict[str, Any]:
    """Everything an import may touch, as plain rows."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in (Household, Person, HouseholdRecord, PersonRecord)
    } | {
        model.__name__: list(
            model._default_manager.exclude(households=0).order_by("pk").values("area", "households", "people")
        )
        for model in (WaveCount, RegistryCount)
    }


def undone(cast: Cast, batch: ImportBatch) -> ImportBatch:
    actions.request_undo(batch, by=cast.staff, reason="Berkas yang keliru")
    actions.undo(batch.pk)
    batch.refresh_from_db()
    return batch


def test_who_uploaded_or_submitted_does_not_apply(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    actions.submit_batch(batch, by=cast.second_staff)
    for user in (cast.staff, cast.second_staff):
        with pytest.raises(Refused, match="orang lain"):
            actions.request_apply(batch, by=user)
    with pytest.raises(PermissionDenied):
        actions.request_apply(batch, by=cast.officer_a)
    actions.request_apply(batch, by=cast.verifier)
    assert batch.state == ImportBatch.State.APPLYING


def test_who_may_not_any_more_when_the_worker_comes_changes_nothing(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    actions.submit_batch(batch, by=cast.staff)
    actions.request_apply(batch, by=cast.second_staff)
    User.objects.filter(pk=cast.second_staff.pk).update(is_active=False)
    actions.apply(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.applied_by) == (ImportBatch.State.SUBMITTED, None)
    assert not Household.objects.exists()
    actions.request_apply(batch, by=cast.verifier)
    actions.apply(batch.pk)
    batch.refresh_from_db()
    actions.request_undo(batch, by=cast.staff, reason="Berkas yang keliru")
    cast.staff.groups.clear()
    actions.undo(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == (ImportBatch.State.APPLIED, None)


def test_a_setting_lets_the_same_person_apply(cast: Cast, wave: Wave, tmp_path: Path, settings: Any) -> None:
    settings.IMPORT_SAME_PERSON_MAY_APPLY = True
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    actions.submit_batch(batch, by=cast.staff)
    actions.request_apply(batch, by=cast.staff)
    assert batch.applied_by == cast.staff


def test_of_two_who_apply_at_once_one_is_refused(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    actions.submit_batch(batch, by=cast.staff)
    seen_by_other = ImportBatch.objects.get(pk=batch.pk)
    actions.request_apply(batch, by=cast.second_staff)
    with pytest.raises(Refused, match="sudah berubah"):
        actions.request_apply(seen_by_other, by=cast.verifier)
    actions.apply(batch.pk)
    actions.apply(batch.pk)  # enqueued twice
    assert Household.objects.count() == 2


def test_a_wave_takes_one_import_at_a_time(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    one = staged(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    two = staged(cast, wave, ppls(tmp_path / "b.xlsx", [family("X")], [member("X")]))
    for batch in (one, two):
        actions.submit_batch(batch, by=cast.staff)
    actions.request_apply(one, by=cast.second_staff)
    with pytest.raises(Refused, match="sedang diolah"):
        actions.request_apply(two, by=cast.second_staff)


def test_the_same_rows_again_change_nothing(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    before = registry()
    batch = applied(
        cast, wave, ppls(tmp_path / "b.xlsx", [family("3671-0001", member_count="2")], [member()])
    )
    assert batch.summary["households"] == {"same": 1}
    assert registry() == before


def test_corrected_rows_change_record_and_family(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    path = ppls(tmp_path / "b.xlsx", [family(rank=1)], [member(birth_year=1970)])
    batch = applied(cast, wave, path)
    assert batch.summary["households"] == {"changed": 1}
    home = Household.objects.get(head_name="Suparman")
    assert (home.rank, home.records.get().rank, home.records.get().batch_id) == (1, 1, home.created_batch_id)
    assert home.people.get(relation=1).birth_date == date(1970, 4, 1)
    assert home.member_count == 2
    change = next(one for one in changes_of(home) if one.subject == "Keluarga")
    assert (change.action, change.by) == ("Impor diterapkan", str(cast.second_staff))


def test_an_empty_cell_never_overwrites(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    before = registry()
    path = ppls(
        tmp_path / "b.xlsx",
        [family(address="", rank="", family_count="", head_name="Suparman")],
        [member(sex="", birth_month="", birth_year="", relation=1, family_relation="")],
    )
    batch = applied(cast, wave, path)
    assert batch.summary["people"] == {"same": 1}
    assert registry() == before


def test_a_correction_by_hand_stays_when_the_source_says_the_same_again(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    home = Household.objects.get(head_name="Suparman")
    Household.objects.filter(pk=home.pk).update(address="Jl. Baru No. 1")
    applied(cast, wave, ppls(tmp_path / "b.xlsx", [family(rank=1)], [member()]))
    home.refresh_from_db()
    assert (home.address, home.rank) == ("Jl. Baru No. 1", 1)


def test_a_newer_wave_finds_the_family_by_nik_and_an_older_one_only_leaves_its_record(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    applied(cast, wave, bdt(tmp_path / "a.xlsx", member(nik=NIK, member_number=1)))
    newer = WaveFactory(code="BDT2015", reference_date=date(2015, 9, 30))
    older = WaveFactory(code="PPLS2008", reference_date=date(2008, 9, 30))
    moved = family("N-1", address="Jl. Pindah No. 2")
    applied(cast, newer, bdt(tmp_path / "b.xlsx", {**moved, **member("N-1", "Suparman W", nik=NIK, age=40)}))
    home = Household.objects.get()
    assert (home.address, home.records.count()) == ("Jl. Pindah No. 2", 2)
    assert Person.objects.get().name == "Suparman W"
    old = family("O-1", address="Jl. Lama No. 9", rank=9)
    applied(cast, older, bdt(tmp_path / "c.xlsx", {**old, **member("O-1", nik=NIK, age=33)}))
    home.refresh_from_db()
    assert (home.address, home.rank, home.records.count()) == ("Jl. Pindah No. 2", 2, 3)
    assert Person.objects.get().name == "Suparman W"


def test_a_nik_on_another_name_is_another_person(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    applied(cast, wave, bdt(tmp_path / "a.xlsx", member(nik=NIK)))
    newer = WaveFactory(code="BDT2015", reference_date=date(2015, 9, 30))
    batch = applied(
        cast, newer, bdt(tmp_path / "b.xlsx", {**family("N-1"), **member("N-1", "Yohanes Bria", nik=NIK)})
    )
    assert [(one.code, one.count) for one in reports.by_problem(batch)] == [("nik_other_name", 1)]
    assert Household.objects.count() == 2


def test_a_newer_wave_may_name_another_head(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    wife = "9971015204800002"
    rows = (member(nik=NIK), member(name="Siti Aminah", relation=2, sex=2, nik=wife))
    applied(cast, wave, bdt(tmp_path / "a.xlsx", *rows))
    newer = WaveFactory(code="BDT2015", reference_date=date(2015, 9, 30))
    widow = {**family("N-1"), **member("N-1", "Siti Aminah", 1, sex=2, nik=wife)}
    applied(cast, newer, bdt(tmp_path / "b.xlsx", widow))
    home = Household.objects.get()
    assert home.head_name == "Siti Aminah"
    assert home.people.get(name="Suparman").relation is None


def test_undo_takes_everything_back_and_lets_the_file_come_again(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    empty = registry()
    path = small_ppls(tmp_path / "a.xlsx")
    batch = undone(cast, applied(cast, wave, path))
    assert batch.state == ImportBatch.State.UNDONE
    assert registry() == empty
    applied(cast, wave, path)
    assert Household.objects.count() == 2


def test_undo_of_a_correction_puts_the_old_rows_back(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = (member(nik=NIK, member_number=1), member(name="Siti", relation=2, sex=2, nik="", member_number=2))
    applied(cast, wave, bdt(tmp_path / "a.xlsx", *rows))
    before = registry()
    changed = (
        member(nik="9971011204750002", relation=3, age=50, member_number=1),
        member(name="Siti", relation=1, sex=2, nik="", member_number=2),
        member(name="Budi", relation=3, nik="", member_number=3),
    )
    batch = applied(cast, wave, bdt(tmp_path / "b.xlsx", *[{**family(rank=80), **row} for row in changed]))
    assert Household.objects.get().head_name == "Siti"
    assert ReplacedRow.objects.filter(batch=batch).exists()
    undone(cast, batch)
    assert registry() == before
    assert not ReplacedRow.objects.exists()


def test_undo_names_everything_that_depends_on_it(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = applied(cast, wave, bdt(tmp_path / "a.xlsx", member(nik=NIK, member_number=1)))
    later = applied(
        cast, wave, bdt(tmp_path / "b.xlsx", {**member(nik=NIK, member_number=1), **family(rank=90)})
    )
    home = Household.objects.get()
    with audited(by=cast.staff, action="correct_household", note="Menurut Kartu Keluarga"):
        Household.objects.filter(pk=home.pk).update(address="Jl. Baru")
        Person.objects.filter(household=home).update(birth_place="Serang")
        PersonFactory(household=home)
        StatusChange.objects.create(
            household=home,
            kind="exit",
            reason="better_off",
            evidence="BA 1",
            effective_on=date(2011, 12, 1),
            made_by=cast.staff,
        )
    codes = {problem.code for problem in actions.undo_blockers(batch)}
    assert codes == {
        "later_changes",
        "household_corrected",
        "person_corrected",
        "person_added",
        "status_changed",
    }
    with pytest.raises(Refused, match="batalkan itu dahulu"):
        actions.request_undo(batch, by=cast.staff, reason="Berkas yang keliru")
    assert {problem.code for problem in actions.undo_blockers(later)} == {
        "household_corrected",
        "status_changed",
    }


def test_undo_is_blocked_by_the_records_of_another_wave(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = applied(cast, wave, bdt(tmp_path / "a.xlsx", member(nik=NIK)))
    newer = WaveFactory(code="BDT2015", reference_date=date(2015, 9, 30))
    later = applied(cast, newer, bdt(tmp_path / "b.xlsx", {**family("N"), **member("N", nik=NIK, age=36)}))
    assert "later_records" in {problem.code for problem in actions.undo_blockers(batch)}
    undone(cast, later)
    assert actions.undo_blockers(batch) == []


def test_undo_asks_for_a_reason_and_the_permission(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    batch = applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    with pytest.raises(Refused, match="alasan"):
        actions.request_undo(batch, by=cast.staff, reason=" ")
    with pytest.raises(PermissionDenied):
        actions.request_undo(batch, by=cast.verifier, reason="Berkas yang keliru")


def test_a_dependency_that_appears_before_the_worker_starts_keeps_the_import(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    batch = applied(cast, wave, small_ppls(tmp_path / "a.xlsx"))
    actions.request_undo(batch, by=cast.staff, reason="Berkas yang keliru")
    with audited(by=cast.staff, action="correct_household"):
        Household.objects.filter(head_name="Suparman").update(address="Jl. Baru")
    actions.undo(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == (ImportBatch.State.APPLIED, None)
    assert Household.objects.count() == 2


def test_the_commands_import_and_take_back(
    cast: Cast, wave: Wave, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small_ppls(tmp_path / "a.xlsx")
    call_command("import_wave", str(path), wave="PPLS2011", by="rina", apply=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["state"] == "applied"
    assert printed["households"] == {"new": 2}
    call_command("undo_import", printed["batch"], by="rina", reason="Berkas yang keliru")
    assert not Household.objects.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wave": "PPLS1999"}, "tidak dikenal"),
        ({"by": "siapa"}, "tidak ada"),
        ({"by": "dewi"}, "lacks accounts.upload_import"),
        ({"by": "sri.gembor"}, "lacks accounts.upload_import"),
    ],
)
def test_the_command_fails_with_a_sentence(
    cast: Cast, wave: Wave, tmp_path: Path, options: dict[str, str], message: str
) -> None:
    path = small_ppls(tmp_path / "a.xlsx")
    with pytest.raises(CommandError, match=message):
        call_command("import_wave", str(path), **{"wave": "PPLS2011", "by": "rina", **options})


def test_the_command_fails_when_nothing_can_be_applied(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    path = ppls(tmp_path / "a.xlsx", [family("A", kelurahan="?")], [member("A")])
    printed = StringIO()
    with pytest.raises(CommandError, match="tidak ada satu baris pun"):
        call_command("import_wave", str(path), wave="PPLS2011", by="rina", apply=True, stdout=printed)
    assert json.loads(printed.getvalue())["households"] == {"rejected": 1}
    assert not Household.objects.exists()


def test_a_name_in_capitals_is_written_as_people_write_it_and_kept_as_the_source_has_it(
    cast: Cast, wave: Wave, tmp_path: Path
) -> None:
    applied(
        cast,
        wave,
        ppls(tmp_path / "a.xlsx", [family(head_name="SUPARMAN")], [member(name="SUPARMAN WIJAYA")]),
    )
    person = Person.objects.get()
    assert (person.name, person.household.head_name) == ("Suparman Wijaya", "Suparman Wijaya")
    assert PersonRecord.objects.get().name == "SUPARMAN WIJAYA"
    assert HouseholdRecord.objects.get().head_name == "SUPARMAN"
