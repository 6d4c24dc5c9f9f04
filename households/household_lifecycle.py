"""The moves of a household's status: from where to where, for which reasons, and who may.

Values are those of Household.Status, StatusChange.Kind and StatusChange.Reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from tangerang_poverty.accounts.permissions import Can


@dataclass(frozen=True, slots=True)
class StatusMove:
    """One row of the table. `kind` is what the StatusChange says; the opposite move undoes it."""

    kind: str
    label: str
    from_: str
    to: str
    reasons: tuple[str, ...]
    needs: Can = Can.CHANGE_STATUS


EXIT = StatusMove(
    "exit",
    "Keluarkan dari daftar",
    from_="on_list",
    to="left",
    reasons=(
        "better_off",
        "died",
        "moved_out",
        "not_found",
        "duplicate",
        "merged",
        "refused",
        "mistake",
    ),
)
ENTRY = StatusMove(
    "entry",
    "Masukkan kembali ke daftar",
    from_="left",
    to="on_list",
    reasons=("mistake", "newly_poor", "moved_in", "proposed", "missed", "new_family", "split_off"),
)
STATUS_MOVES: tuple[StatusMove, ...] = (EXIT, ENTRY)


def open_move(status: str) -> StatusMove:
    """The move that leads on from a status; each status has exactly one."""
    return next(move for move in STATUS_MOVES if move.from_ == status)
