"""States of programmes, cohorts and enrolments, and the moves between them: one table for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused


class ProgrammeState(models.TextChoices):
    DRAFT = "draft", "Rancangan"
    OPEN = "open", "Pendaftaran"
    RUNNING = "running", "Berjalan"
    CLOSED = "closed", "Selesai"


class CohortState(models.TextChoices):
    OPEN = "open", "Pendaftaran"
    RUNNING = "running", "Berjalan"
    FINISHED = "finished", "Selesai"


class EnrolmentState(models.TextChoices):
    REGISTERED = "registered", "Terdaftar"
    WAITING = "waiting", "Cadangan"
    ACCEPTED = "accepted", "Diterima"
    REFUSED = "refused", "Ditolak"
    WITHDRAWN = "withdrawn", "Mundur"
    GRADUATED = "graduated", "Lulus"
    FAILED = "failed", "Tidak lulus"


class PastImportState(models.TextChoices):
    STAGED = "staged", "Siap ditinjau"
    APPLIED = "applied", "Diterapkan"
    UNDONE = "undone", "Dibatalkan"
    DISCARDED = "discarded", "Dibuang"


HOLDING_SEAT = (
    EnrolmentState.REGISTERED,
    EnrolmentState.ACCEPTED,
    EnrolmentState.GRADUATED,
    EnrolmentState.FAILED,
)
ACTIVE = (*HOLDING_SEAT, EnrolmentState.WAITING)

MOVED_MEANWHILE = Problem(
    "moved_meanwhile", "Keadaannya sudah berubah sejak halaman dibuka; muat ulang halamannya."
)


@dataclass(frozen=True, slots=True)
class Move:
    """One move. `needs` is None for what only another move brings about; `label` is the word on its button."""

    name: str
    from_: tuple[str, ...]
    to: str
    needs: Can | None = None
    label: str = ""


def _table(*moves: Move) -> dict[str, Move]:
    return {move.name: move for move in moves}


PROGRAMME_MOVES = _table(
    Move("open", ("draft",), "open", Can.MANAGE_PROGRAMMES, "Buka pendaftaran"),
    Move("unopen", ("open",), "draft", Can.MANAGE_PROGRAMMES, "Kembalikan ke rancangan"),
    Move("start", ("open",), "running", Can.MANAGE_PROGRAMMES, "Tutup pendaftaran dan mulai"),
    Move("reopen", ("running",), "open", Can.MANAGE_PROGRAMMES, "Buka lagi pendaftaran"),
    Move("close", ("running",), "closed", Can.MANAGE_PROGRAMMES, "Selesaikan program"),
)
COHORT_MOVES = _table(
    Move("start", ("open",), "running", Can.MANAGE_SESSIONS, "Mulai pelatihan"),
    Move("finish", ("running",), "finished"),
    Move("resume", ("finished",), "running"),
)
ENROLMENT_MOVES = _table(
    Move("promote", ("waiting",), "registered"),
    Move("accept", ("registered",), "accepted", Can.VERIFY_PARTICIPANTS, "Terima"),
    Move("refuse", ("registered", "waiting"), "refused", Can.VERIFY_PARTICIPANTS, "Tolak"),
    Move("reconsider", ("accepted",), "registered", Can.VERIFY_PARTICIPANTS, "Periksa lagi"),
    Move(
        "withdraw",
        ("registered", "waiting", "accepted"),
        "withdrawn",
        Can.WITHDRAW_PARTICIPANTS,
        "Catat mundur",
    ),
    Move("graduate", ("accepted",), "graduated"),
    Move("fail", ("accepted",), "failed"),
    Move("ungraduate", ("graduated", "failed"), "accepted"),
)

PAST_MOVES = _table(
    Move("apply", ("staged",), "applied", Can.IMPORT_PAST, "Terapkan"),
    Move("discard", ("staged",), "discarded", Can.IMPORT_PAST, "Buang"),
    Move("undo", ("applied",), "undone", Can.IMPORT_PAST, "Batalkan impor"),
)


def moves_from(table: dict[str, Move], state: str) -> list[Move]:
    """What people may do next in this state, in the order of the table."""
    return [move for move in table.values() if move.needs and state in move.from_]


def take(row: Any, move: Move, *, by: Any = None, **values: Any) -> None:
    """Take a move and write `values` with it. Raises PermissionDenied, or Refused when the state is another by now.

    Compare-and-swap: of two who move at the same time, one changes the row and the other is refused. The caller
    opens the transaction; the instance then has the new state and values.
    """
    if move.needs is not None:
        require(by, move.needs)
    if row.state not in move.from_:
        raise Refused(MOVED_MEANWHILE)
    same = type(row)._default_manager.filter(pk=row.pk, state=row.state)
    if not same.update(state=move.to, **values):
        raise Refused(MOVED_MEANWHILE)
    row.state = move.to
    for name, value in values.items():
        setattr(row, name, value)
