"""Searching a name inside one city of a million people, as the list page asks it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from random import Random

from django.utils import timezone

from benchmarks import city, scale
from benchmarks.timing import NO_BUDGET, Line
from households.columns import page_values
from households.models import Household, Person
from households.reports.listing import ListFilters, families, similar, total
from households.views.registry import PAGE_SIZE
from tangerang_poverty.kit.pages import keyset_page

SEARCHES, PEER_SEARCHES = 200, 20
MILLISECONDS = 20


def run(rounds: int) -> list[Line]:
    city.ensure()
    count = scale.grow_city()
    words = _words(Random(1))
    for text in words[:20]:
        _ours(text)
    ours = sorted(_timed(_ours, text) for text in words)
    peer = [_timed(_icontains, text) for text in words[:PEER_SEARCHES]]
    median, late = statistics.median(ours), ours[round(len(ours) * 0.95) - 1]
    what = f"name search in a city of {count:,} households (1 million people), {SEARCHES} searches"
    return [
        Line(
            f"{what}: median",
            median,
            statistics.median(peer),
            "icontains and COUNT",
            f"≤ {MILLISECONDS} ms",
            median <= MILLISECONDS,
            unit="ms",
        ),
        Line(f"{what}: 95 of 100 within", late, None, "", NO_BUDGET, True, unit="ms"),
    ]


def _words(chance: Random) -> list[str]:
    """Names of people in the registry: one token or two, as frequent as in the list; each fifth with a slip."""
    names = list(Person.objects.order_by("pk").values_list("name", flat=True))
    words = []
    while len(words) < SEARCHES:
        tokens = [token for token in chance.choice(names).split() if len(token) > 2]
        if not tokens:
            continue
        text = " ".join(tokens[: 1 + len(words) % 2])
        words.append(_slip(text, chance) if len(words) % 5 == 4 else text)
    return words


def _slip(text: str, chance: Random) -> str:
    """One letter typed wrong."""
    at = chance.randrange(len(text))
    return text[:at] + chance.choice("aeiounrst") + text[at + 1 :]


def _timed(way: Callable[[str], None], text: str) -> float:
    start = time.perf_counter()
    way(text)
    return (time.perf_counter() - start) * 1000


def _ours(text: str) -> None:
    """Rows of the page, their number, and names alike when there is none: what the view asks."""
    user, filters = city.staff(), ListFilters(search=text)
    found = families(filters, user=user, today=timezone.localdate())
    page = keyset_page(page_values(found.for_list()), order=filters.order, size=PAGE_SIZE)
    total(filters, found, user=user)
    if not page.items:
        similar(filters, user=user)


def _icontains(text: str) -> None:
    """The usual way: a part of the head's name in any letter case, counted, page one by OFFSET."""
    found = (
        Household.objects.visible_to(city.staff())
        .filter(head_name__icontains=text)
        .select_related("area__parent")
    )
    found.count()
    list(found.order_by("area_id", "head_name", "id")[:PAGE_SIZE])
