"""Invented names as they are met in Tangerang: Betawi, Sundanese, Javanese, Benteng Chinese and others."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
SLOTS = 1024
NEW_SINCE = 1968  # year of birth from which the newer generation of names is usual

CULTURES = ("betawi",) * 38 + ("sunda",) * 24 + ("jawa",) * 26 + ("benteng",) * 6 + ("lain",) * 6

_ABDUL = (
    "Rohman",
    "Rahman",
    "Azis",
    "Kodir",
    "Rohim",
    "Gani",
    "Halim",
    "Karim",
    "Latif",
    "Wahid",
    "Rosid",
    "Somad",
)
_NEVER_ALONE = frozenset({"Siti", "Nur", "Nurul", "Sri", "Tri", "Dwi", "Abdul", "Muhamad", "Neng", "Ai"})
_ONE_NAME = {"old": 0.40, "new": 0.07}
_THREE_NAMES = {"old": 0.05, "new": 0.20}


@lru_cache(maxsize=1)
def _pools() -> dict[tuple[str, str, str, str], list[str]]:
    """(culture, sex, generation, place) → 1024 slots, earlier names of the file in more of them."""
    pools: dict[tuple[str, str, str, str], list[str]] = {}
    for line in (DATA / "names.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head, _, tail = line.partition(":")
        culture, sex, generation, place = head.split()
        names = tail.split()
        shares = [1 / (turn + 20) for turn in range(len(names))]
        total = sum(shares)
        slots: list[str] = []
        for name, share in zip(names, shares, strict=True):
            slots += [name] * max(1, round(SLOTS * share / total))
        pools[culture, sex, generation, place] = slots
    return pools


@lru_cache(maxsize=1)
def streets() -> tuple[str, ...]:
    """Street names that every town has."""
    lines = (DATA / "streets.csv").read_text(encoding="utf-8").split("\n")
    return tuple(line.strip().upper() for line in lines[1:] if line.strip())


def draw(rng: Random, culture: str, sex: int, born: int) -> tuple[str, ...]:
    """A person's name in upper case, part by part. `sex` 1 man, 2 woman; `born` is the year."""
    letter = "L" if sex == 1 else "P"
    generation = "new" if born >= NEW_SINCE else "old"
    if culture == "benteng":
        parts = _benteng(rng, letter, generation)
    else:
        parts = _common(rng, culture, letter, generation, born)
    return tuple(part.upper() for part in parts)


def _one(rng: Random, culture: str, letter: str, generation: str, place: str) -> str:
    pool = _pools()[culture, letter, generation, place]
    return pool[int(rng.random() * len(pool))]


def _common(rng: Random, culture: str, letter: str, generation: str, born: int) -> list[str]:
    parts = [_one(rng, culture, letter, generation, "first")]
    if culture != "lain" and letter == "P" and rng.random() < 0.12:
        parts.insert(0, "Siti")
    elif culture != "lain" and letter == "L" and born > 1978 and rng.random() < 0.14:
        parts.insert(0, "Muhamad")
    if parts[0] == "Abdul":
        parts.append(_ABDUL[int(rng.random() * len(_ABDUL))])
    chance = rng.random()
    if chance >= _ONE_NAME[generation] or (len(parts) == 1 and parts[0] in _NEVER_ALONE):
        owner = "lain" if culture == "lain" and rng.random() < 0.6 else "umum"
        parts.append(_one(rng, owner, letter, generation, "last"))
    if chance > 1 - _THREE_NAMES[generation] and len(parts) < 3:
        parts.insert(1, _one(rng, culture, letter, generation, "first"))
    return [part for place, part in enumerate(parts) if part not in parts[:place]]


def _benteng(rng: Random, letter: str, generation: str) -> list[str]:
    if generation == "old":
        count = 2 if rng.random() < 0.7 else 1
        return [
            _one(rng, "benteng", letter, "old", "first"),
            *(_one(rng, "benteng", letter, "old", "last") for _ in range(count)),
        ]
    parts = [_one(rng, "benteng", letter, "new", "first")]
    if rng.random() < 0.65:
        parts.append(_one(rng, "umum", letter, "new", "last"))
    return parts
