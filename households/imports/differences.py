"""How a staged row differs from the registry, in words, for whoever reviews an import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from households.models import Household, Person, StagedHousehold, StagedPerson
from households.rules import rank_group_label
from tangerang_poverty.kit.formats import partial_date
from tangerang_poverty.kit.identifiers import mask


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that says something else than the registry; `now` is "" where the registry says nothing."""

    label: str
    now: str
    then: str


Reader = Callable[[Any], str]
_RELATIONS = dict(Person.Relation.choices)
_HOUSEHOLD: tuple[tuple[str, Reader, Reader], ...] = (
    ("Kelurahan", lambda golden: str(golden.area), lambda staged: str(staged.area or "")),
    ("Alamat", lambda golden: golden.address, lambda staged: staged.address),
    ("RT", lambda golden: golden.rt, lambda staged: staged.rt),
    ("RW", lambda golden: golden.rw, lambda staged: staged.rw),
    ("Peringkat", lambda golden: _rank(golden), lambda staged: _rank(staged)),
)
_PERSON: tuple[tuple[str, Reader, Reader], ...] = (
    ("Nama", lambda golden: golden.name, lambda staged: staged.tidy_name),
    ("Jenis kelamin", lambda golden: golden.sex, lambda staged: staged.sex),
    ("Tanggal lahir", lambda golden: _birth(golden), lambda staged: _birth(staged)),
    ("NIK", lambda golden: golden.nik or "", lambda staged: (staged.nik or "") if staged.nik_usable else ""),
    (
        "Nomor KK",
        lambda golden: golden.kk or "",
        lambda staged: (staged.kk or "") if staged.kk_usable else "",
    ),
    (
        "Hubungan",
        lambda golden: _RELATIONS.get(golden.relation, ""),
        lambda staged: _RELATIONS.get(staged.relation, ""),
    ),
)
_MASKED = {"NIK", "Nomor KK"}


def of_households(staged: Iterable[StagedHousehold]) -> dict[int, list[Difference]]:
    """Differences of each row by its pk; none for a row that is new. One query."""
    rows = list(staged)
    ids = [row.household_id for row in rows if row.household_id]
    golden = Household.objects.select_related("area").in_bulk(ids)
    return {row.pk: _between(_HOUSEHOLD, golden.get(row.household_id), row) for row in rows}


def of_people(staged: Iterable[StagedPerson]) -> dict[int, list[Difference]]:
    """Differences of each row by its pk, identifiers masked; none for a row that is new. One query."""
    rows = list(staged)
    golden = Person.objects.in_bulk([row.person_id for row in rows if row.person_id])
    return {row.pk: _between(_PERSON, golden.get(row.person_id), row) for row in rows}


def _between(fields: Iterable[tuple[str, Reader, Reader]], golden: Any, staged: Any) -> list[Difference]:
    """An empty cell never overwrites, so it is no difference."""
    if golden is None:
        return []
    found = []
    for label, read_golden, read_staged in fields:
        now, then = read_golden(golden), read_staged(staged)
        if then and then != now:
            shown = (mask(now), mask(then)) if label in _MASKED else (now, then)
            found.append(Difference(label, *shown))
    return found


def _rank(row: Any) -> str:
    return rank_group_label(row.rank_group, row.rank_scale) if row.rank is not None else ""


def _birth(row: Any) -> str:
    return partial_date(row.birth_date, row.birth_precision) if row.birth_date else ""
