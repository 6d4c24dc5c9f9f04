"""The sample city as rows of the two lists: PPLS 2008 by name and address, and BDT persons for PPLS 2011."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from households.imports.codebook import code_sets
from households.sample import means, schooling
from households.sample.life import AFTER, BEFORE
from households.sample.noise import Noise
from households.sample.people import HEAD, MARRIED, Home, Human

Cell = str | int | None
# Codes seen in real lists and in no edition of the code book.
_UNKNOWN_JOBS = (28, 35)
_UNKNOWN_ROOF = 8


@dataclass(frozen=True)
class Place:
    """One kelurahan as the lists name it."""

    code: str
    kelurahan: str
    kecamatan: str
    bps_code: str
    other_spelling: str


def family_relations(home: Home) -> dict[int, int]:
    """Each member's relation to the head of the own family, by the member's identity."""
    heads: dict[int, Human] = {}
    for human in home.members:
        known = heads.get(human.family)
        senior = known is None or (human.sex, human.birth) < (known.sex, known.birth)
        if human.relation == HEAD or (senior and (known is None or known.relation != HEAD)):
            heads[human.family] = human
    found = {}
    for human in home.members:
        head = heads[human.family]
        if human is head:
            found[id(human)] = 1
        elif human.family == home.head.family:
            found[id(human)] = human.relation
        elif human is head.spouse:
            found[id(human)] = 2
        else:
            found[id(human)] = 3 if human.birth[0] - head.birth[0] >= 15 else 8
    return found


@lru_cache(maxsize=8)
def _in_words(codes: str) -> dict[int, str]:
    return {int(code): words for code, words in code_sets()[codes].words.items()}


def ppls(
    homes: Sequence[Home], places: Sequence[Place], noise: Noise
) -> Iterator[tuple[tuple[Cell, ...], list[tuple[Cell, ...]]]]:
    """For each household its row of 33 cells and its members' rows of 13; columns as in `ppls2011_bnba`."""
    for home in homes:
        related = family_relations(home)
        members = [_ppls_member(home, human, related[id(human)], noise) for human in home.members]
        yield _ppls_household(home, members[0], places[home.area], noise), members


def _ppls_member(home: Home, human: Human, family_relation: int, noise: Noise) -> tuple[Cell, ...]:
    age = human.age(BEFORE)
    month, year = noise.birth_month_year(human, BEFORE)
    state = schooling.school(human, age)
    return (
        home.key[0],
        noise.name(human, age),
        human.relation,
        family_relation,
        noise.sex(human),
        month,
        year,
        "Ya" if schooling.card(human, age) & 4 else "Tidak",
        "Ya" if human.disability else "Tidak",
        "Ya" if human.illness else "Tidak",
        _in_words("PBDT2015:b4k18")[schooling.certificate(human, age)] if age >= 5 else None,
        _in_words("PBDT2015:b4k15")[state] if state is not None else None,
        _in_words("PBDT2015:b4k21")[human.job] if schooling.works(human, age) else None,
    )


def _ppls_household(home: Home, head: tuple[Cell, ...], place: Place, noise: Noise) -> tuple[Cell, ...]:
    """The household's row; `head` is the head's own row among the members."""
    key, name, _relation, _family, sex, month, year, card, disability, illness, papers, school, job = head
    human = home.head
    housing = list(means.ppls_cells(home))
    if noise.hits(0.002):
        housing[1] = _UNKNOWN_ROOF
    return (
        key,
        name,
        BEFORE - int(year or 0),
        month,
        year,
        sex,
        noise.address(home),
        "KOTA TANGERANG",
        place.kecamatan,
        _spelt(place, noise),
        home.families,
        len(home.members),
        card,
        school,
        papers,
        schooling.level_and_class(human, human.age(BEFORE))[1],
        job,
        _in_words("PBDT2015:b4k22")[human.work_status] if job else None,
        1 if home.welfare < 0.2 else 2 if home.welfare < 0.55 else 3,
        *housing,
        disability,
        illness,
        None,
        None,
        None,
    )


def _spelt(place: Place, noise: Noise) -> str:
    return place.other_spelling if place.other_spelling and noise.hits(0.3) else place.kelurahan


def bdt(homes: Iterable[Home], places: Sequence[Place], noise: Noise) -> Iterator[list[tuple[Cell, ...]]]:
    """For each household its members' rows of 101 cells; columns as in `bdt2015_person`."""
    for home in homes:
        ages = [human.age(AFTER) for human in home.members]
        typed = [noise.name(human, age) for human, age in zip(home.members, ages, strict=True)]
        shared = _household_cells(home, places[home.area], typed[0], ages, noise)
        related = family_relations(home)
        yield [
            (*shared, turn, *_member_cells(human, name, related[id(human)], noise, home.members))
            for turn, (human, name) in enumerate(zip(home.members, typed, strict=True), 1)
        ]


def _household_cells(
    home: Home, place: Place, head_name: str, ages: list[int], noise: Noise
) -> tuple[Cell, ...]:
    """The 78 cells every member's row repeats."""
    address = noise.address(home)
    woman = next(
        (
            turn
            for turn, human in enumerate(home.members)
            if human.sex == 2 and human.marital == MARRIED and 15 <= ages[turn] <= 49
        ),
        None,
    )
    married: tuple[Cell, ...] = (None, None, None)
    if woman is not None:
        hers = 16 + home.dice[14] // 10
        married = (woman + 1, hers + home.dice[15] // 15, hers)
    return (
        _short_key(home.key[1]),
        home.key[1],
        "BANTEN",
        "36",
        "KOTA TANGERANG",
        "71",
        place.kecamatan,
        place.bps_code[4:7],
        _spelt(place, noise),
        place.bps_code[7:],
        f"RT {home.rt:03d} RW {home.rw:03d}",
        address,
        head_name,
        len(home.members),
        home.families,
        *means.bdt_housing(home),
        *means.bdt_assets(home),
        *means.bdt_programmes(home),
        *married,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        min(40, 1 + int(home.welfare * 40)),
    )


def _short_key(key: str) -> str:
    """Six letters and digits that look like the short keys of the real lists."""
    number = int(key[-9:]) * 1_315_423_911 % 36**6
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, 36)
        letters += "0123456789abcdefghijklmnopqrstuvwxyz"[rest]
    return letters


def _member_cells(
    human: Human, name: str, family_relation: int, noise: Noise, others: list[Human]
) -> tuple[Cell, ...]:
    """The 22 cells of one member after the running number."""
    age = human.age(AFTER)
    level, reached = schooling.level_and_class(human, age)
    works = schooling.works(human, age)
    job: Cell = None
    if works:
        job = _UNKNOWN_JOBS[age % 2] if noise.hits(0.004) else human.job
    fertile = human.sex == 2 and human.marital == MARRIED and 15 <= age <= 49
    return (
        name,
        noise.nik(human, others) or None,
        human.relation,
        human.family,
        family_relation,
        noise.sex(human),
        noise.age(human, AFTER),
        human.marital,
        None if human.marital == 1 else 1 if human.luck < 0.8 else 0,
        1 if human.luck < 0.9 else 2,
        schooling.card(human, age),
        (1 if human.luck * 37 % 1 < 0.05 else 2) if fertile else None,
        human.disability,
        human.illness,
        schooling.school(human, age),
        level,
        reached,
        schooling.certificate(human, age) if age >= 5 else None,
        (1 if works else 2) if age >= 5 else None,
        20 + int(human.luck * 40) if works else None,
        job,
        human.work_status if works else None,
    )
