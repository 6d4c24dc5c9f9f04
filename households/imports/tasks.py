"""Background work of imports, one queue so that two files are not in memory at once."""

from __future__ import annotations

from django_tasks import task

from households.imports import recovery
from households.imports.apply import apply
from households.imports.stage import stage
from households.imports.undo import undo


@task(queue_name="import")
def stage_batch(batch_id: int) -> None:
    """Reads an uploaded batch."""
    stage(batch_id)


@task(queue_name="import")
def apply_batch(batch_id: int) -> None:
    """Writes a batch to the registry."""
    recovery.attempt(apply, batch_id)


@task(queue_name="import")
def undo_batch(batch_id: int) -> None:
    """Takes a batch back."""
    recovery.attempt(undo, batch_id)
