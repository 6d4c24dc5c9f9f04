"""A worker killed with SIGKILL in the middle leaves nothing half done, and the work can be gone on with."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.db import connection, connections

from households.imports import actions
from households.imports.workbench import at_work
from households.models import (
    Household,
    HouseholdRecord,
    ImportBatch,
    ImportProgress,
    Person,
    StagedHousehold,
    StagedPerson,
)
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast, make_cast
from tests.factories import WaveFactory
from tests.households.import_files import family, member, ppls, small_ppls, uploaded

pytestmark = pytest.mark.django_db(transaction=True)

# A worker of its own that stops inside the transaction of the work, so that it is surely killed in the middle.
WORKER = """
import sys, time
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.MEDIA_ROOT = sys.argv[2]
from households.imports import actions, apply as applying, judge
def hang(*args, **kwargs):
    print("inside", flush=True)
    time.sleep(60)
if sys.argv[3] == "stage":
    judge.inside_file = hang
else:
    whole = applying.Statements.run
    def run(self, sql, **more):
        changed = whole(self, sql, **more)
        if sql is applying.INSERT_HOUSEHOLD_RECORDS:
            hang()
        return changed
    applying.Statements.run = run
getattr(actions, sys.argv[3])(int(sys.argv[4]))
"""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def batch(cast: Cast, tmp_path: Path) -> ImportBatch:
    return uploaded(small_ppls(tmp_path / "a.xlsx"), by=cast.staff)


@pytest.fixture
def worker(settings: Any) -> Iterator[Any]:
    started: list[subprocess.Popen[str]] = []

    def start(work: str, batch: ImportBatch) -> subprocess.Popen[str]:
        name = str(connection.settings_dict["NAME"])
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, name, str(settings.MEDIA_ROOT), work, str(batch.pk)],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def kill(process: subprocess.Popen[str], batch: ImportBatch) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    for _ in range(200):  # the server notices that its client is gone
        if not actions.is_at_work(batch):
            return
        time.sleep(0.05)
    pytest.fail("The lock of a killed worker stays.")


def test_killed_while_reading_leaves_no_rows_and_reads_again(
    batch: ImportBatch, cast: Cast, worker: Any
) -> None:
    process = worker("stage", batch)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.STAGING
    assert actions.is_at_work(batch)
    with pytest.raises(Refused, match="sedang dikerjakan"):
        actions.resume_batch(batch, by=cast.staff)
    kill(process, batch)
    assert not StagedHousehold.objects.exists()
    assert not StagedPerson.objects.exists()
    assert actions.resume_interrupted() == [batch]  # tasks of the suite run at once
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.STAGED
    assert batch.summary["people"] == {"new": 4}


def test_killed_while_applying_leaves_the_registry_as_it_was(
    batch: ImportBatch, cast: Cast, worker: Any
) -> None:
    actions.stage(batch.pk)
    batch.refresh_from_db()
    actions.submit_batch(batch, by=cast.staff)
    actions.request_apply(batch, by=cast.second_staff, in_background=False)
    process = worker("apply", batch)
    assert actions.is_at_work(batch)
    assert ImportProgress.objects.get(batch=batch).phase == "Menulis catatan gelombang"  # seen from outside
    kill(process, batch)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLYING
    for model in (Household, Person, HouseholdRecord):
        assert not model._default_manager.exists()
    actions.resume_batch(batch, by=cast.verifier)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED
    assert Household.objects.count() == 2
    assert Person.objects.count() == 4


def test_while_one_worker_is_at_it_another_leaves_it_alone(batch: ImportBatch) -> None:
    with at_work(batch.pk) as bench:
        assert bench is not None
        actions.stage(batch.pk)
        batch.refresh_from_db()
        assert batch.state == ImportBatch.State.UPLOADED
    assert not actions.is_at_work(batch)


def test_a_stopped_batch_waits_until_somebody_resumes_it(batch: ImportBatch, cast: Cast) -> None:
    actions.stop_batch(batch, by=cast.staff)
    actions.stage(batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.UPLOADED
    assert not StagedPerson.objects.exists()
    assert actions.resume_interrupted() == []
    actions.resume_batch(batch, by=cast.staff)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.STAGED


def test_two_batches_applied_at_once_find_each_other(cast: Cast, batch: ImportBatch, tmp_path: Path) -> None:
    """Two waves with the same people by NIK would both think them new, were they written side by side."""
    other = ppls(tmp_path / "b.xlsx", [family("X")], [member("X", "Marsudi")])
    second = actions.upload_batch(
        wave=WaveFactory(code="PPLS2008"),
        files=[File(io.BytesIO(other.read_bytes()), name="b.xlsx")],
        by=cast.staff,
        in_background=False,
    )
    for one in (batch, second):
        actions.stage(one.pk)
        one.refresh_from_db()
        actions.submit_batch(one, by=cast.staff)
        actions.request_apply(one, by=cast.second_staff, in_background=False)

    def work(pk: int) -> None:
        try:
            actions.apply(pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(one.pk,)) for one in (batch, second, batch)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {ImportBatch.State.APPLIED}
    assert Household.objects.count() == 3
    assert Person.objects.count() == 5
