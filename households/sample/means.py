"""What a household lives in and owns, by its welfare, in the codes of both forms."""

from __future__ import annotations

from collections.abc import Sequence

from households.sample.people import Home

BANDS = 8  # steps of welfare between the poorest and the best off of the list
Shares = Sequence[tuple[int, int]]
Graded = tuple[tuple[int, ...], ...]


def graded(poor: Shares, better: Shares) -> Graded:
    """For each band a hundred slots of codes, moving from the shares of the poorest to the better off's.

    Both list the same codes, the shabbiest first: a household's throw then keeps its meaning over the years.
    """
    made = []
    for band in range(BANDS):
        weight = band / (BANDS - 1)
        slots: list[int] = []
        reached = 0.0
        for (code, low), (_same, high) in zip(poor, better, strict=True):
            reached += low + (high - low) * weight
            slots += [code] * (round(reached) - len(slots))
        made.append(tuple(slots))
    return tuple(made)


# PPLS form: q1, q2, q4, q6, q7, q8, q9, q10, q11
PPLS: tuple[Graded, ...] = (
    graded([(3, 24), (2, 46), (1, 30)], [(3, 10), (2, 32), (1, 58)]),
    graded([(6, 6), (4, 12), (5, 34), (7, 2), (2, 46)], [(6, 0), (4, 4), (5, 24), (7, 1), (2, 71)]),
    graded([(3, 26), (4, 4), (2, 14), (1, 56)], [(3, 3), (4, 1), (2, 5), (1, 91)]),
    graded([(2, 24), (3, 2), (1, 74)], [(2, 3), (3, 0), (1, 97)]),
    graded([(4, 16), (3, 58), (2, 16), (1, 10)], [(4, 3), (3, 45), (2, 26), (1, 26)]),
    graded([(3, 3), (2, 5), (1, 92)], [(3, 0), (2, 1), (1, 99)]),
    graded([(2, 58), (1, 42)], [(2, 22), (1, 78)]),
    graded([(3, 14), (2, 40), (1, 46)], [(3, 2), (2, 18), (1, 80)]),
    graded([(2, 52), (1, 48)], [(2, 18), (1, 82)]),
)

# BDT form, in the order of its columns from "Status bangunan"; the second number is the throw each one uses.
_OWN = graded([(3, 22), (5, 2), (2, 46), (1, 30)], [(3, 9), (5, 1), (2, 32), (1, 58)])
_LAND = graded([(3, 12), (2, 58), (1, 30)], [(3, 4), (2, 40), (1, 56)])
_FLOOR = graded([(9, 22), (6, 48), (4, 14), (2, 16)], [(9, 2), (6, 26), (4, 18), (2, 54)])
_WALL = graded([(4, 24), (3, 16), (2, 6), (1, 54)], [(4, 2), (3, 5), (2, 3), (1, 90)])
_WALL_STATE = graded([(2, 72), (1, 28)], [(2, 26), (1, 74)])
_ROOF = graded([(9, 4), (6, 12), (5, 36), (4, 44), (2, 4)], [(9, 0), (6, 4), (5, 24), (4, 60), (2, 12)])
_WATER = graded(
    [(7, 14), (6, 20), (5, 40), (4, 8), (3, 6), (2, 12)], [(7, 2), (6, 8), (5, 34), (4, 4), (3, 14), (2, 38)]
)
_LIGHT = graded([(3, 2), (2, 3), (1, 95)], [(3, 0), (2, 0), (1, 100)])
_POWER = graded([(6, 20), (1, 60), (2, 18), (3, 2)], [(6, 6), (1, 42), (2, 42), (3, 10)])
_FUEL = graded([(8, 14), (5, 18), (3, 66), (2, 2)], [(8, 1), (5, 5), (3, 84), (2, 10)])
_TOILET = graded([(4, 12), (3, 16), (2, 26), (1, 46)], [(4, 1), (3, 5), (2, 12), (1, 82)])
_BOWL = graded([(4, 4), (3, 16), (2, 10), (1, 70)], [(4, 1), (3, 4), (2, 4), (1, 91)])
_DRAIN = graded([(4, 24), (3, 22), (2, 8), (1, 46)], [(4, 5), (3, 9), (2, 6), (1, 80)])

# Chance in per cent to own a thing, at the bottom and at the top: from "tabung gas" to "kapal".
_ASSETS = (
    (1, 6), (4, 52), (0, 4), (0, 1), (0, 4), (58, 96), (4, 30), (0, 12), (22, 52), (16, 72), (0, 4),
    (0, 0), (0, 0), (0, 0), (0, 0),
)  # fmt: skip
# Chance in per cent of each programme: KKS, KIP, KIS, BPJS mandiri, Jamsostek, insurance, PKH, Rastra, KUR.
_PROGRAMMES = ((46, 12), (38, 16), (70, 36), (2, 14), (2, 16), (0, 3), (22, 4), (82, 46), (0, 4))


def band_of(home: Home) -> int:
    return int(home.welfare * BANDS)


def ppls_cells(home: Home) -> tuple[int, ...]:
    """Housing in the codes of the PPLS form, nine cells."""
    band, dice = band_of(home), home.dice
    return tuple(graded_by[band][dice[place]] for place, graded_by in enumerate(PPLS))


def bdt_housing(home: Home) -> tuple[int | None, ...]:
    """The seventeen housing cells of the BDT form; cells that do not apply stay empty."""
    band, dice = band_of(home), home.dice
    own, wall, light = _OWN[band][dice[0]], _WALL[band][dice[2]], _LIGHT[band][dice[5]]
    toilet = _TOILET[band][dice[7]]
    water = _WATER[band][dice[4]]
    return (
        own,
        1 if own == 1 and dice[9] < 70 else _LAND[band][dice[9]],
        12 + dice[10] // 3 + 4 * band + len(home.members),
        _FLOOR[band][dice[3]],
        wall,
        _WALL_STATE[band][dice[11]] if wall <= 3 else None,
        _ROOF[band][dice[1]],
        _WALL_STATE[band][dice[12]] if _ROOF[band][dice[1]] <= 7 else None,
        1 + (dice[10] > 35) + (band > 4 and dice[10] > 70),
        water,
        1 if water in (2, 4) else 2 if water == 3 else 3,
        light,
        _POWER[band][dice[13]] if light == 1 else None,
        _FUEL[band][dice[6]],
        toilet,
        _BOWL[band][dice[14]] if toilet != 4 else None,
        _DRAIN[band][dice[8]],
    )


def bdt_assets(home: Home) -> tuple[int | None, ...]:
    """The 26 cells from the gas cylinder to the family business; yes and no are 1/2 and 3/4 line by line."""
    band, dice = band_of(home), home.dice
    owned = tuple(
        (1 if yes else 2) if place % 2 == 0 else (3 if yes else 4)
        for place, (low, high) in enumerate(_ASSETS)
        for yes in ((dice[place % 20] * 7 + place * 13) % 100 < low + (high - low) * band // (BANDS - 1),)
    )
    telephones = (dice[15] * (band + 2)) // 260
    land = dice[16] < 2 + band
    return (
        *owned,
        telephones,
        2 + (dice[10] > 30) + (dice[10] > 75),
        1 if land else 2,
        20 + dice[17] * 3 if land else None,
        3 if dice[17] < 2 else 4,
        0,
        0,
        0,
        0,
        3 if dice[18] < 2 else 0,
        1 if dice[19] < 22 else 2,
    )


def bdt_programmes(home: Home) -> tuple[int, ...]:
    """Nine programmes the household takes part in, from KKS to KUR."""
    band, dice = band_of(home), home.dice
    return tuple(
        (1 if yes else 2) if place % 2 == 0 else (3 if yes else 4)
        for place, (low, high) in enumerate(_PROGRAMMES)
        for yes in ((dice[19 - place] * 3 + place * 29) % 100 < low + (high - low) * band // (BANDS - 1),)
    )
