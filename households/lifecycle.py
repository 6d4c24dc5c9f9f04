"""The moves of an import: one table of what leads from which state to which, and who may do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused

MOVED_MEANWHILE = Problem(
    "batch_moved", "Keadaan impor ini sudah berubah sejak halaman dibuka; muat ulang halamannya."
)


@dataclass(frozen=True, slots=True)
class Move:
    """One move. `needs` is None for what only the worker does; `label` is the word on its button."""

    name: str
    from_: tuple[str, ...]
    to: str
    needs: Can | None = None
    label: str = ""


_TABLE = (
    Move("begin", ("uploaded", "staging"), "staging"),
    Move("refuse", ("staging",), "refused"),
    Move("staged", ("staging",), "staged"),
    Move("stop", ("staging",), "uploaded", Can.UPLOAD_IMPORT, "Hentikan"),
    Move("submit", ("staged",), "submitted", Can.UPLOAD_IMPORT, "Ajukan untuk diterapkan"),
    Move("withdraw", ("submitted",), "staged", Can.UPLOAD_IMPORT, "Tarik pengajuan"),
    Move("apply", ("submitted",), "applying", Can.APPLY_IMPORT, "Terapkan"),
    Move("applied", ("applying",), "applied"),
    Move("hand_back", ("applying",), "submitted"),
    Move("undo", ("applied",), "undoing", Can.UNDO_IMPORT, "Batalkan impor"),
    Move("undone", ("undoing",), "undone"),
    Move("keep", ("undoing",), "applied"),
    Move("discard", ("uploaded", "staged", "submitted"), "discarded", Can.UPLOAD_IMPORT, "Buang"),
)
MOVES = {move.name: move for move in _TABLE}


def moves_from(state: str) -> list[Move]:
    """What people may do next in this state, in the order of the table."""
    return [move for move in _TABLE if move.needs and state in move.from_]


def move(batch: Any, name: str, *, by: Any = None, **values: Any) -> None:
    """Take a move and write `values` with it. Raises PermissionDenied, or Refused when the state is another by now.

    Compare-and-swap: of two who move at the same time, one row changes for the first and none for the second.
    The instance then has the new state and values. The caller opens the transaction.
    """
    step = MOVES[name]
    if step.needs is not None:
        require(by, step.needs)
    if batch.state not in step.from_:
        raise Refused(MOVED_MEANWHILE)
    changed = type(batch)._default_manager.filter(pk=batch.pk, state=batch.state)
    if not changed.update(state=step.to, **values):
        raise Refused(MOVED_MEANWHILE)
    batch.state = step.to
    for field, value in values.items():
        setattr(batch, field, value)
