"""How many seats each kelurahan gets: all the same, or by its families, by largest remainder (Hare quota)."""

from __future__ import annotations

from collections.abc import Mapping


def equal(codes: list[str], each: int) -> dict[str, int]:
    """`each` seats for every code."""
    return dict.fromkeys(codes, each)


def proportional(families: Mapping[str, int], seats: int) -> dict[str, int]:
    """`seats` shared out in proportion to `families`, adding up exactly; the largest remainders get the rest.

    Equal remainders: the kelurahan with more families first, then by code. Nobody gets a seat when there are no
    families at all. Raises ValueError for negative numbers.
    """
    total = sum(families.values())
    if seats < 0 or any(number < 0 for number in families.values()):
        raise ValueError("Neither seats nor families may be negative.")
    if not total:
        return dict.fromkeys(families, 0)
    shares = {code: divmod(seats * number, total) for code, number in families.items()}
    quotas = {code: whole for code, (whole, _) in shares.items()}
    left = seats - sum(quotas.values())
    by_remainder = sorted(shares, key=lambda code: (-shares[code][1], -families[code], code))
    for code in by_remainder[:left]:
        quotas[code] += 1
    return quotas
