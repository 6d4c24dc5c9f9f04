"""The past when two press at once, and when the process dies in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast, make_cast
from tests.factories import HouseholdFactory, PersonFactory
from tests.trainings.factories import CourseFactory, PastTrainingFactory
from tests.trainings.past_files import applied, book, line, staged
from trainings.lifecycle import PastImportState
from trainings.models import Course, PastImport, PastTraining, StagedPast
from trainings.past import actions, decide, match

pytestmark = pytest.mark.django_db(transaction=True)

# Applies an import and stops inside its transaction, when all rows are written.
WORKER = """
import sys, time
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from tangerang_poverty.accounts.models import User
from trainings.models import PastImport, PastTraining
from trainings.past import actions, match
whole = match.take_over
def take_over(past_import, *, by):
    whole(past_import, by=by)
    print(PastTraining.objects.count(), flush=True)
    time.sleep(60)
match.take_over = take_over
actions.apply(PastImport.objects.get(), by=User.objects.get(username="rina"))
"""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Runs all at the same moment; gives what was refused."""
    refused: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            act()
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return refused


def test_of_two_who_match_one_row_the_second_is_told_what_the_first_did(cast: Cast) -> None:
    row = PastTrainingFactory(name="Siti Aminah")
    one, other = (PersonFactory(household=HouseholdFactory(), name="Siti Aminah") for _ in range(2))

    def by(person: Any, user: Any) -> Callable[[], None]:
        return lambda: decide.match_by_hand(PastTraining.objects.get(pk=row.pk), person=person, by=user)

    [refused] = at_once(by(one, cast.staff), by(other, cast.second_staff))
    row.refresh_from_db()
    assert row.person in (one, other)
    assert refused == f"Baris ini sudah dicocokkan dengan Siti Aminah oleh {row.matched_by}."


def test_of_two_who_match_and_set_aside_one_row_only_one_does(cast: Cast) -> None:
    row, person = PastTrainingFactory(), PersonFactory()
    stale = [PastTraining.objects.get(pk=row.pk) for _ in range(2)]
    refused = at_once(
        lambda: decide.match_by_hand(stale[0], person=person, by=cast.staff),
        lambda: decide.dismiss(stale[1], by=cast.second_staff, reason="Tidak dikenal"),
    )
    assert len(refused) == 1


def test_two_rows_of_one_course_do_not_both_get_one_person(cast: Cast) -> None:
    rows, person = [PastTrainingFactory(), PastTrainingFactory()], PersonFactory()
    refused = at_once(
        *(lambda row=row: decide.match_by_hand(row, person=person, by=cast.staff) for row in rows)
    )
    assert len(refused) == 1
    assert PastTraining.objects.filter(person=person).count() == 1


def test_the_database_itself_refuses_the_second(cast: Cast) -> None:
    person = PersonFactory()
    PastTrainingFactory(person=person)
    with pytest.raises(IntegrityError, match="past_once_for_person"), transaction.atomic():
        PastTrainingFactory(person=person)


def test_the_same_file_at_once_is_there_once(cast: Cast) -> None:
    data = book(line())
    refused = at_once(*(lambda: staged(data, by=cast.staff) for _ in range(2)))
    assert len(refused) == 1
    assert "sudah diunggah" in refused[0]
    assert PastImport.objects.count() == StagedPast.objects.count() == 1


def test_applied_by_two_at_once_its_rows_are_there_once(cast: Cast) -> None:
    made = staged(book(line(), line("Budi Santoso")), by=cast.staff)
    refused = at_once(
        *(lambda: actions.apply(PastImport.objects.get(pk=made.pk), by=cast.staff) for _ in range(2))
    )
    assert len(refused) == 1
    assert PastTraining.objects.count() == 2


def test_two_files_with_the_same_row_at_once_bring_it_once(cast: Cast) -> None:
    CourseFactory(name="Kue Kering")
    files = [staged(book(line(), line(name)), by=cast.staff, name=f"{name}.xlsx") for name in ("Ani", "Budi")]
    refused = at_once(*(lambda made=made: actions.apply(made, by=cast.staff) for made in files))
    assert refused == []
    assert sorted(PastTraining.objects.values_list("name", flat=True)) == ["Ani", "Budi", "Siti Aminah"]
    assert Course.objects.count() == 1


def test_matching_while_the_file_is_taken_back_leaves_nothing_half_done(cast: Cast) -> None:
    made = applied(book(line()), by=cast.staff)
    row, person = PastTraining.objects.get(), PersonFactory()
    at_once(
        lambda: actions.undo(made, by=cast.staff, reason="Berkas yang keliru"),
        lambda: decide.match_by_hand(row, person=person, by=cast.second_staff),
    )
    assert not PastTraining.objects.exists()


def test_killed_in_the_middle_of_applying_nothing_is_written(cast: Cast) -> None:
    made = staged(book(line(), line("Budi Santoso")), by=cast.staff)
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"])],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "2\n"  # both rows stand in its transaction
        assert not PastTraining.objects.exists()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
    made.refresh_from_db()
    assert made.state == PastImportState.STAGED
    assert not PastTraining.objects.exists()
    assert not Course.objects.exists()
    actions.apply(made, by=cast.staff)  # waits until the server has let go of the dead one's locks
    assert PastTraining.objects.count() == 2


def test_an_error_on_the_way_leaves_the_import_as_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = staged(book(line()), by=cast.staff)

    def fail(past_import: int, *, by: int) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(match, "take_over", fail)
    with pytest.raises(RuntimeError):
        actions.apply(made, by=cast.staff)
    made.refresh_from_db()
    assert made.state == PastImportState.STAGED
    assert not Course.objects.exists()
    assert StagedPast.objects.count() == 1
