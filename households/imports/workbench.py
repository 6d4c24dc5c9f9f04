"""A worker's place at a batch: its lock and its progress, over a connection beside the one that does the work.

The lock lives as long as the process: after a kill PostgreSQL frees it, and the page can tell dead from working.
Progress is committed at once, so it is seen while the transaction of the work still runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import connection

LOCK_SPACE = 36_710_001  # first key of the advisory locks of imports; the second is the batch
WRITE_EVERY = 0.5  # seconds between two writes of progress


class Stopped(Exception):
    """Raised inside the work when somebody asked to stop it; the work's transaction rolls back."""


@dataclass
class Workbench:
    """Held while a batch is worked on. `say` names the step, `tick` counts on."""

    batch_id: int
    aside: Any
    heeds_stop: bool
    total: int = 0
    written: float = 0.0

    def say(self, phase: str, *, total: int = 0) -> None:
        """A new step of `total` units begins. Raises Stopped."""
        self.total = total
        self._write(0, "phase = %s, total = %s,", phase, total)

    def tick(self, done: int) -> None:
        """`done` units of the step are finished; written at most twice a second. Raises Stopped."""
        if monotonic() - self.written >= WRITE_EVERY:
            self._write(min(done, self.total) if self.total else done, "")

    def _write(self, done: int, more: str, *values: Any) -> None:
        with self.aside.cursor() as cursor:
            cursor.execute(
                f"UPDATE households_importprogress SET {more} done = %s, updated_at = now(),"
                " started_at = coalesce(started_at, now()) WHERE batch_id = %s RETURNING stop_requested",
                [*values, done, self.batch_id],
            )
            row = cursor.fetchone()
        self.written = monotonic()
        if row and row[0] and self.heeds_stop:
            raise Stopped


@contextmanager
def at_work(batch_id: int, *, heeds_stop: bool = False) -> Iterator[Workbench | None]:
    """The workbench of a batch, or None when another worker has it."""
    aside: Any = connection.copy()
    try:
        with aside.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, batch_id])
            free = cursor.fetchone()[0]
        yield Workbench(batch_id, aside, heeds_stop) if free else None
    finally:
        with aside.cursor() as cursor:  # closing alone would free it too, but only when the server notices
            cursor.execute("SELECT pg_advisory_unlock_all()")
        aside.close()


def has_worker(batch_id: int) -> bool:
    """Whether a living process holds the batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND classid = %s AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK_SPACE, batch_id],
        )
        return bool(cursor.fetchone()[0])
