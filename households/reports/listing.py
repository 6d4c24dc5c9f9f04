"""The list of families: what may be asked of it, which families answer, and how many they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, Sum

from households.models import Household, Person, RegistryCount, Wave, WaveCount
from households.models.registry import HouseholdQuerySet
from households.reports.quality import CHECKS
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.text import name_key, parse_address

COUNTED_UP_TO = 1_000  # where no roll-up answers; beyond it the page says "lebih dari 1.000"
SIMILAR_SHOWN = 10
ALIKE = 0.45  # two letters wrong in a name of two words still count as alike
SHORTEST_SIMILAR = 4  # letters; less resembles everything

SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "wilayah": ("Wilayah, lalu nama", ("area_id", "head_name", "id")),
    "nama": ("Nama kepala", ("head_name", "id")),
    "peringkat": ("Wilayah, lalu peringkat", ("area_id", "rank_order", "id")),
}


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What is asked of the list; everything may be empty. `rank` is (scale, group), group 0 = without one.

    With a wave, area and rank are meant as that wave recorded them: a figure of it opens its families.
    """

    search: str = ""
    area: Area | None = None
    rank: tuple[str, int] | None = None
    status: str = ""
    wave: Wave | None = None
    helped: bool | None = None  # a member has finished a course; None: whether or not
    quality: str = ""
    sort: str = "wilayah"

    @property
    def order(self) -> tuple[str, ...]:
        return SORTS[self.sort][1]


@dataclass(frozen=True, slots=True)
class Total:
    """How many families; `capped` when there are more than the number says."""

    number: int
    capped: bool = False


def families(filters: ListFilters, *, user: User, today: date) -> HouseholdQuerySet:
    """The families within the user's area that fit, not ordered."""
    rows: HouseholdQuerySet = Household.objects.visible_to(user)
    code = filters.area.code if filters.area else ""
    if filters.wave:
        scale, group = filters.rank or (None, 0)
        rows = rows.on_list(filters.wave, area=code, scale=scale, group=group)
    else:
        rows = rows.within(code) if code else rows
        rows = rows.ranked(*filters.rank) if filters.rank else rows
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.helped is not None:
        rows = rows.helped(filters.helped)
    if filters.quality:
        rows = rows.filter(CHECKS[filters.quality].families(today))
    return _searched(rows, filters.search) if filters.search else rows


def _searched(rows: HouseholdQuerySet, text: str) -> HouseholdQuerySet:
    """Families with a member of just this name; where there is none, those with all its words somewhere."""
    phrase = name_key(parse_address(text).street)
    if " " in phrase:
        exact = rows.filter(_search(text, phrase=phrase))
        if exact.exists():
            return exact
    return rows.filter(_search(text))


def members_found(households: Iterable[int], search: str) -> dict[int, list[str]]:
    """Who in these families the search is about, by household: the name it gives, else its words."""
    phrase = name_key(parse_address(search).street)
    if not phrase:
        return {}
    words = Q()
    for word in phrase.split():
        words |= Q(name_key__contains=word)
    people = Person.objects.filter(words, household__in=households).order_by("household", "relation", "pk")
    found: dict[int, list[str]] = {}
    exact: dict[int, list[str]] = {}
    for household, name, key in people.values_list("household", "name", "name_key"):
        found.setdefault(household, []).append(name)
        if phrase in key:
            exact.setdefault(household, []).append(name)
    return found | exact


def total(filters: ListFilters, rows: HouseholdQuerySet, *, user: User) -> Total:
    """From a roll-up when the filters allow, else counted; a search or a problem only up to a limit."""
    if filters.search or filters.quality or (filters.wave and filters.status):
        return _counted(rows)
    counts: Any
    if filters.wave is None:
        counts = RegistryCount.objects.visible_to(user)
        counts = counts.filter(status=filters.status) if filters.status else counts
        counts = counts if filters.helped is None else counts.filter(helped=filters.helped)
    elif user.area is not None and user.area.level == Area.Level.KOTA:
        counts = WaveCount.objects.visible_to(user).filter(wave=filters.wave)
    else:
        # A family may since have moved out of the user's area: the wave's roll-up would count one too many.
        return Total(rows.count())
    if filters.area:
        counts = counts.within(filters.area.code)
    if filters.rank:
        counts = counts.filter(rank_scale=filters.rank[0], rank_group=filters.rank[1])
    return Total(counts.aggregate(n=_summed(filters))["n"] or 0)


def _summed(filters: ListFilters) -> Any:
    """What to add up: in the roll-up of a wave the helped families are a column, in that of the registry a key."""
    if filters.wave is None or filters.helped is None:
        return Sum("households")
    return Sum("helped") if filters.helped else Sum("households") - Sum("helped")


def similar(filters: ListFilters, *, user: User) -> list[Household]:
    """Families with a name like the search, for when nothing fits exactly; none for a short search."""
    key = name_key(parse_address(filters.search).street)
    if len(key) < SHORTEST_SIMILAR or any(letter.isdigit() for letter in key):
        return []
    rows: HouseholdQuerySet = Household.objects.visible_to(user)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [ALIKE])
        return list(rows.resembling(key).for_list()[:SIMILAR_SHOWN])


def _counted(rows: HouseholdQuerySet) -> Total:
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Total(min(number, COUNTED_UP_TO), capped=number > COUNTED_UP_TO)


def _search(text: str, *, phrase: str = "") -> Q:
    """RT and RW must fit; each other word must stand in a member's name or in the address, or `phrase` in a name."""
    asked = parse_address(text)
    fits = Q()
    if asked.rt:
        fits &= Q(rt=asked.rt)
    if asked.rw:
        fits &= Q(rw=asked.rw)
    if phrase:
        return fits & Q(search_key__contains=phrase)
    names = set(name_key(asked.street).split())  # without the titles that stand before a name
    for word in asked.street.split():
        key = name_key(word)
        if key and names.issuperset(key.split()):
            fits &= Q(search_key__contains=key) | Q(address__icontains=word.strip(".,"))
    return fits
