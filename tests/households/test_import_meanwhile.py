"""Two at once: an import is taken back while somebody corrects one of its people."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from households.actions import correct_person
from households.actions.versions import version_of
from households.imports import actions
from households.models import ImportBatch, Person
from tests.cast import Cast, make_cast
from tests.factories import WaveFactory
from tests.households.import_files import small_ppls
from tests.households.test_import_files import applied

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def batch(cast: Cast, tmp_path: Path) -> ImportBatch:
    batch = applied(cast, WaveFactory(code="PPLS2011"), small_ppls(tmp_path / "a.xlsx"))
    actions.request_undo(batch, by=cast.staff, reason="Berkas yang keliru", in_background=False)
    return batch


def wait_until_somebody_waits(whom: threading.Thread) -> None:
    while whom.is_alive():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)


def test_a_correction_on_its_way_keeps_the_import(batch: ImportBatch, cast: Cast) -> None:
    person = Person.objects.get(name="Suparman")

    def take_back() -> None:
        actions.undo(batch.pk)
        connections.close_all()

    undoing = threading.Thread(target=take_back)
    with transaction.atomic():
        correct_person(
            person,
            by=cast.staff,
            reason="menurut KTP",
            changes={"birth_place": "Serang"},
            seen=version_of(person),
            today=date(2026, 11, 24),
        )
        undoing.start()
        wait_until_somebody_waits(undoing)
    undoing.join(timeout=60)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED
    assert Person.objects.get(pk=person.pk).birth_place == "Serang"
