"""The list of families as a page: against the same page by django-tables2 and django-filter, and its SQL alone."""

from __future__ import annotations

import statistics
from functools import cache

from benchmarks import city
from benchmarks.timing import Line, medians
from benchmarks.visitor import Visitor, sql_timed

LIST, PEER = "/keluarga/", "/peer/keluarga/"
TIMES_PEER = 8
REQUESTS = {LIST: 100, PEER: 20}  # in each round
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
    ours, peer = (taken[address] * 1000 / REQUESTS[address] for address in (LIST, PEER))
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
            f"SQL of the list page, {city.families():,} families",
            sql_of_the_city(),
            None,
            "",
            "—",
            True,
            unit="ms",
        ),
    ]


@cache
def sql_of_the_city() -> float:
    """Milliseconds with nothing but the city in the registry; measured once, before it is made to grow."""
    city.ensure()
    return sql_of_a_page()


def sql_of_a_page() -> float:
    """Median milliseconds of all the queries one list page makes together."""
    visitor = Visitor(city.staff())
    visitor.get(LIST)
    sums = []
    for _ in range(REPEATS):
        with sql_timed() as queries:
            visitor.get(LIST)
        sums.append(sum(seconds for _, seconds in queries) * 1000)
    return statistics.median(sums)
