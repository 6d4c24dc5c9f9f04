"""Which household and which person of the first list is which of the second: the answers to linkage."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from households.sample.people import Home, Human

HEADER = ("level", "first_household", "first_person", "second_household", "second_person", "state", "reason")


def write_truth(path: Path, first: Sequence[Home], people: Iterable[Human], second: Sequence[Home]) -> None:
    """One row for every true link and for everything that stands in one list only.

    `level` household: states stay, move, merge and exit each name a household of the first list once (merge:
    and the one it joined); split and entry name a new household of the second once (split: and its origin).
    `level` person: a person of either list stands in exactly one row. Person ids are the household's id, a
    slash and the place among its members. `people` are those of the first list.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(_households(first, second))
        writer.writerows(_persons(people, second))


def _households(first: Sequence[Home], second: Sequence[Home]) -> Iterator[tuple[str, ...]]:
    for home in first:
        host = home.origin if home.state == "merge" else None
        after = host.key[1] if host else home.key[1]
        yield ("household", home.key[0], "", after, "", home.state, home.reason)
    for home in second:
        if not home.key[0]:
            before = home.origin.key[0] if home.origin else ""
            yield ("household", before, "", home.key[1], "", home.state, home.reason)


def _persons(people: Iterable[Human], second: Sequence[Home]) -> Iterator[tuple[str, ...]]:
    for human in people:
        yield _person(human)
    for home in second:
        for human in home.members:
            if not human.key[0]:
                yield _person(human)


def _person(human: Human) -> tuple[str, ...]:
    before, after = human.key
    return (
        "person",
        before.partition("/")[0],
        before,
        after.partition("/")[0],
        after,
        human.state,
        human.reason,
    )
