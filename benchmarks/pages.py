"""The list of families as a page: against the same page by django-tables2 and django-filter, and its SQL alone."""

from __future__ import annotations

import statistics
from functools import cache

from benchmarks import city
from benchmarks.timing import NO_BUDGET, Line, medians
from benchmarks.visitor import Visitor, sql_timed
from tangerang_poverty.accounts.models import User

LIST, PEER, FRAME = "/keluarga/", "/peer/keluarga/", "/bantuan/"
TIMES_PEER = 8
REQUESTS = {LIST: 60, PEER: 20, FRAME: 60}  # in each round
REPEATS = 50


def run(rounds: int) -> list[Line]:
    city.ensure()
    visitor = Visitor(city.staff())
    taken = medians(
        {
            address: lambda a=address, n=n: [visitor.get(a) for _ in range(n)]
            for address, n in REQUESTS.items()
        },
        rounds=rounds,
    )
    ours, peer, frame = (taken[address] * 1000 / REQUESTS[address] for address in (LIST, PEER, FRAME))
    return [
        Line(
            f"list page, {city.families():,} families: {1000 / ours:.0f} and {1000 / peer:.0f} requests/s",
            ours,
            peer,
            "django-tables2 + django-filter",
            f"≥ {TIMES_PEER}× as fast",
            peer / ours >= TIMES_PEER,
            unit="ms",
        ),
        Line(
            f"… of it beyond the frame both share ({frame:.1f} ms)",
            ours - frame,
            peer - frame,
            "django-tables2 + django-filter",
            NO_BUDGET,
            True,
            unit="ms",
        ),
        Line(
            f"SQL of the list page, {city.families():,} families",
            sql_of_the_city(),
            None,
            "",
            NO_BUDGET,
            True,
            unit="ms",
        ),
    ]


@cache
def sql_of_the_city() -> float:
    """Milliseconds with nothing but the city in the registry; measured once, before it is made to grow."""
    city.ensure()
    return sql_of_a_page(city.staff())


def sql_of_a_page(user: User) -> float:
    """Median milliseconds of all the queries one list page makes together."""
    visitor = Visitor(user)
    visitor.get(LIST)
    sums = []
    for _ in range(REPEATS):
        with sql_timed() as queries:
            visitor.get(LIST)
        sums.append(sum(seconds for _, seconds in queries) * 1000)
    return statistics.median(sums)
