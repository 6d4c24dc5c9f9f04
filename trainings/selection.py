"""Who comes first: the order of the waiting list, in one tuple, and the words that explain a place in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from households.rules import RankScale, rank_group_label
from tangerang_poverty.kit.formats import long_datetime

_UNRANKED = 2.0  # behind every share, which is at most 1
_TOP = {RankScale.CLASS: 3, RankScale.PERCENTILE: 10, RankScale.DECILE: 10}  # groups of each scale


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits: welfare group of the family as the registry has it now, and when they were registered."""

    enrolment_id: int
    rank_scale: str
    rank_group: int | None
    registered_at: datetime  # local time, for the words


def order(waiting: Waiting) -> tuple[float, datetime, int]:
    """The poorest first, then who was registered first.

    Groups of different scales are compared by their share of the scale; a family without a rank comes last.
    """
    return (_poverty(waiting), waiting.registered_at, waiting.enrolment_id)


def ranked(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The waiting list in its order."""
    return sorted(waiting, key=order)


def explained(ordered: Sequence[Waiting]) -> list[str]:
    """For each place of the list, why it is there: "Urutan 2 dari 7: miskin, terdaftar … ."."""
    return [
        f"Urutan {place} dari {len(ordered)}: "
        f"{rank_group_label(one.rank_group, one.rank_scale).lower()}, terdaftar {long_datetime(one.registered_at)}."
        for place, one in enumerate(ordered, 1)
    ]


def _poverty(waiting: Waiting) -> float:
    if waiting.rank_group is None or waiting.rank_scale == RankScale.NONE:
        return _UNRANKED
    return waiting.rank_group / _TOP[RankScale(waiting.rank_scale)]
