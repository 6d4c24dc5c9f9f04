"""Work that ends badly leaves a batch with a sentence and a way to go on, and never stops the next start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import OperationalError
from django.urls import reverse

from households.imports import actions, tasks
from households.imports.parse import RowParser
from households.models import Household, ImportBatch, StagedPerson
from tests.cast import Cast, make_cast
from tests.households.import_files import small_ppls, uploaded

pytestmark = pytest.mark.django_db(transaction=True)
State = ImportBatch.State


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def batch(cast: Cast, tmp_path: Path) -> ImportBatch:
    return uploaded(small_ppls(tmp_path / "a.xlsx"), by=cast.staff)


def page(client: Any, batch: ImportBatch, cast: Cast) -> str:
    client.force_login(cast.second_staff)
    return client.get(reverse("households:import_detail", args=[batch.pk])).content.decode()


def breaks(error: type[Exception]) -> Any:
    def broken(*_: Any) -> None:
        raise error("a cell nobody thought of")

    broken.__name__ = "apply"
    return broken


def submitted(batch: ImportBatch, cast: Cast) -> None:
    actions.stage(batch.pk)
    batch.refresh_from_db()
    actions.submit_batch(batch, by=cast.staff)


def test_a_row_nobody_thought_of_ends_in_a_refusal_that_names_its_place(
    batch: ImportBatch, cast: Cast, client: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(RowParser, "person", breaks(RecursionError))
    actions.stage(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.REFUSED
    assert "di lembar ppls2011_art dekat baris 2" in page(client, batch, cast)
    assert "a cell nobody thought of" in caplog.text  # with its traceback, for who looks after the server
    assert not StagedPerson.objects.exists()


def test_a_database_that_goes_away_is_not_the_files_fault(
    batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RowParser, "person", breaks(OperationalError))
    with pytest.raises(OperationalError):
        actions.stage(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.STAGING
    monkeypatch.undo()
    assert actions.resume_interrupted() == [batch]
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == (State.STAGED, 0)


def test_a_check_that_killed_its_worker_twice_is_refused_at_the_next_start(
    batch: ImportBatch, cast: Cast, client: Any
) -> None:
    ImportBatch.objects.update(state=State.STAGING, attempts=2)
    call_command("resume_work")
    batch.refresh_from_db()
    assert batch.state == State.REFUSED
    assert "unggah berkas yang sama sekali lagi" in page(client, batch, cast)
    assert not batch.files.get().is_live  # so it may come again


def test_a_file_that_cannot_be_removed_does_not_stop_the_start(
    batch: ImportBatch, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    ImportBatch.objects.update(state=State.STAGING, attempts=2)
    monkeypatch.setattr(FileSystemStorage, "delete", breaks(PermissionError))
    call_command("resume_work")
    batch.refresh_from_db()
    assert batch.state == State.REFUSED
    assert "was not taken up again" in caplog.text


@pytest.mark.parametrize(
    ("state", "back"), [(State.APPLYING, State.SUBMITTED), (State.UNDOING, State.APPLIED)]
)
def test_writing_that_killed_its_worker_twice_is_handed_back(
    batch: ImportBatch, cast: Cast, client: Any, state: str, back: str
) -> None:
    submitted(batch, cast)
    ImportBatch.objects.update(state=state, attempts=2)
    assert actions.resume_interrupted() == []
    batch.refresh_from_db()
    assert batch.state == back
    assert "Registri tidak berubah. Ulangi langkahnya" in page(client, batch, cast)


def test_applying_that_breaks_is_handed_back_and_can_be_done_again(
    batch: ImportBatch, cast: Cast, client: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    submitted(batch, cast)
    monkeypatch.setattr(tasks, "apply", breaks(ValueError))
    actions.request_apply(batch, by=cast.second_staff)
    batch.refresh_from_db()
    assert batch.state == State.SUBMITTED
    assert "Langkah terakhir tidak selesai" in page(client, batch, cast)
    assert "a cell nobody thought of" in caplog.text
    assert not Household.objects.exists()
    monkeypatch.undo()
    actions.request_apply(batch, by=cast.second_staff)
    batch.refresh_from_db()
    assert (batch.state, batch.refusal) == (State.APPLIED, [])
