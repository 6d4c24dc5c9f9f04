"""The table of moves of an import, and the compare-and-swap that takes one."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from households.lifecycle import MOVES, move, moves_from
from households.models import ImportBatch
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import ImportBatchFactory


def test_the_table_names_the_states_of_a_batch_and_no_others() -> None:
    named = {state for one in MOVES.values() for state in (*one.from_, one.to)}
    assert named == set(ImportBatch.State.values)


def test_every_state_but_the_last_ones_leads_somewhere() -> None:
    ends = {
        state for state in ImportBatch.State.values if not any(state in one.from_ for one in MOVES.values())
    }
    assert ends == {"refused", "undone", "discarded"}


def test_people_see_only_the_moves_that_are_theirs() -> None:
    assert [one.name for one in moves_from("submitted")] == ["withdraw", "apply", "discard"]
    assert [one.name for one in moves_from("applying")] == []


@pytest.mark.django_db
def test_a_move_writes_its_values_with_the_state(cast: Cast) -> None:
    batch = ImportBatchFactory(state="staged")
    move(batch, "discard", by=cast.staff, undo_reason="salah berkas")
    batch.refresh_from_db()
    assert (batch.state, batch.undo_reason) == ("discarded", "salah berkas")


@pytest.mark.django_db
def test_of_two_who_saw_the_same_state_the_second_is_refused(cast: Cast) -> None:
    first = ImportBatchFactory(state="staged")
    second = ImportBatch.objects.get(pk=first.pk)
    move(first, "discard", by=cast.staff)
    with pytest.raises(Refused, match="sudah berubah"):
        move(second, "submit", by=cast.staff)
    assert second.state == "staged"


@pytest.mark.django_db
def test_a_move_from_the_wrong_state_or_without_permission_changes_nothing(cast: Cast) -> None:
    batch = ImportBatchFactory(state="uploaded")
    with pytest.raises(Refused):
        move(batch, "apply", by=cast.staff)
    with pytest.raises(PermissionDenied):
        move(batch, "discard", by=cast.leadership)
    with pytest.raises(PermissionDenied):
        move(ImportBatchFactory(state="applied"), "undo", by=cast.verifier)
    batch.refresh_from_db()
    assert batch.state == "uploaded"
