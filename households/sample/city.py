"""Writes the sample city: two lists of invented families as spreadsheets, and the truth about who is who."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from typing import TypeVar

from households.imports.layouts import LAYOUTS
from households.sample import rows
from households.sample.life import Life
from households.sample.noise import Noise
from households.sample.people import Home, Human, Maker
from households.sample.rows import Cell, Place
from households.sample.truth import write_truth
from tangerang_poverty import areas
from tangerang_poverty.kit.spreadsheets.write import Sheet, write_xlsx

FIRST_NAME = "PPLS2008_BNBA_Kota_Tangerang.xlsx"
SECOND_NAME = "PPLS2011_BDT_Kota_Tangerang.xlsx"
TRUTH_NAME = "truth.csv"
NOTES = (
    "DATA CONTOH. Semua orang, keluarga, dan alamat di berkas ini rekaan.",
    "NIK memakai kode wilayah 99 yang tidak ada, sehingga tidak mungkin milik siapa pun.",
)

# Families are not spread evenly: kecamatan with more poor families, as a factor on each of their kelurahan.
_POORER = {
    "36.71.10": 1.7,
    "36.71.08": 1.5,
    "36.71.04": 1.3,
    "36.71.02": 1.3,
    "36.71.03": 1.2,
    "36.71.13": 0.8,
}

Progress = Callable[[str, int, int], None]
T = TypeVar("T")


@dataclass(frozen=True)
class SampleFiles:
    """What was written: the two lists, the truth, and how many households and persons each list has."""

    first: Path
    second: Path
    truth: Path
    households: tuple[int, int]
    persons: tuple[int, int]


def generate(
    out: Path, *, households: int, seed: int, noise: float, progress: Progress | None = None
) -> SampleFiles:
    """Write two lists of a city with `households` households in the first into the folder `out`.

    The second list has 52/55 as many. `noise` is the strength of mistakes (0 none, 1 usual); the same `seed`
    makes the same city at any noise. `progress(step, done, total)` is called about fifty times for each list.
    Raises ValueError for fewer than one household or a negative noise.
    """
    if households < 1 or noise < 0:
        raise ValueError("households must be at least 1 and noise at least 0")
    out.mkdir(parents=True, exist_ok=True)
    places = _places()
    chance = _stream(seed, "city")
    slots = _area_slots(places, _stream(seed, "areas"))
    maker = Maker(
        chance, lambda: slots[int(chance.random() * len(slots))], [place.kelurahan for place in places]
    )
    first = [maker.home(2008) for _ in range(households)]
    shuffle = _stream(seed, "order")
    people = _number(first, places, 0, shuffle)
    mistakes = Noise(_stream(seed, "first"), noise)
    _write_first(out / FIRST_NAME, first, places, mistakes, progress)
    before = sum(len(home.members) for home in first)
    second = Life(chance, maker).three_years(first)
    _number(second, places, 1, shuffle)
    mistakes = Noise(_stream(seed, "second"), noise)
    _write_second(out / SECOND_NAME, second, places, mistakes, progress)
    write_truth(out / TRUTH_NAME, first, people, second)
    return SampleFiles(
        out / FIRST_NAME,
        out / SECOND_NAME,
        out / TRUTH_NAME,
        (len(first), len(second)),
        (before, sum(len(home.members) for home in second)),
    )


def _stream(seed: int, name: str) -> Random:
    """Chance of its own for each purpose, so that more mistakes do not make another city."""
    return Random(f"{seed}:{name}")  # noqa: S311  (a sample, no secret)


def _places() -> list[Place]:
    """The kelurahan of the official list, in the order of their codes."""
    path = Path(next(iter(areas.__path__))) / "data" / "areas.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        official = {row["code"]: row for row in csv.DictReader(lines)}
    return [
        Place(
            code,
            row["name"].upper(),
            official[row["parent"]]["name"].upper(),
            row["bps_code"],
            row["aliases"].upper(),
        )
        for code, row in sorted(official.items())
        if row["level"] == "kelurahan"
    ]


def _area_slots(places: Sequence[Place], rng: Random) -> list[int]:
    """About twenty thousand slots of places, each kelurahan in as many as its share of the poor families."""
    weights = [rng.lognormvariate(0, 0.45) * _POORER.get(place.code[:8], 1.0) for place in places]
    total = sum(weights)
    return [at for at, weight in enumerate(weights) for _ in range(max(1, round(20_000 * weight / total)))]


def _number(homes: list[Home], places: Sequence[Place], wave: int, rng: Random) -> list[Human]:
    """Puts the households in the order of the list, gives them and their members ids, returns the members."""
    homes.sort(key=lambda home: (home.area, rng.random()))
    people = []
    for turn, home in enumerate(homes, 1):
        home.key[wave] = (
            f"9908{turn:07d}" if wave == 0 else f"{places[home.area].bps_code}{99_000_000 + turn:08d}"
        )
        for place, human in enumerate(home.members, 1):
            human.key[wave] = f"{home.key[wave]}/{place}"
        people += home.members
    return people


def _write_first(
    path: Path, homes: Sequence[Home], places: Sequence[Place], noise: Noise, progress: Progress | None
) -> None:
    """PPLS 2008: a sheet of households and a sheet of members."""
    families: list[tuple[Cell, ...]] = []
    members: list[tuple[Cell, ...]] = []
    told = _told("Menulis contoh PPLS 2008", rows.ppls(homes, places, noise), len(homes), progress)
    for family, its_members in told:
        families.append(family)
        members += its_members
    household_sheet, person_sheet = LAYOUTS["ppls2011_bnba"].forms[0]
    write_xlsx(
        path,
        [
            Sheet("RT (data contoh)", [column.header for column in household_sheet.columns], families, NOTES),
            Sheet("ART (data contoh)", [column.header for column in person_sheet.columns], members),
        ],
    )


def _write_second(
    path: Path, homes: Sequence[Home], places: Sequence[Place], noise: Noise, progress: Progress | None
) -> None:
    """PPLS 2011 as BDT persons, with the second header row such files come with."""
    columns = LAYOUTS["bdt2015_person"].sheets[0].columns
    told = _told("Menulis contoh PPLS 2011", rows.bdt(homes, places, noise), len(homes), progress)
    numbering = tuple(f"KOLOM {turn}" for turn in range(1, len(columns) + 1))
    write_xlsx(
        path,
        [
            Sheet(
                "BDT (data contoh)",
                [column.header for column in columns],
                chain([numbering], chain.from_iterable(told)),
                NOTES,
            )
        ],
    )


def _told(step: str, items: Iterator[T], total: int, progress: Progress | None) -> Iterator[T]:
    """The items, telling about fifty times how many have passed."""
    every = max(1, total // 50)
    for done, item in enumerate(items, 1):
        yield item
        if progress and (done % every == 0 or done == total):
            progress(step, done, total)
