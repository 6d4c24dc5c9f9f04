"""Five million households in one database: the list page's SQL and the dashboard's figures of one city."""

from __future__ import annotations

import statistics
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks import city, pages, scale
from benchmarks.timing import NO_BUDGET, Line
from benchmarks.visitor import sql_timed
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.dashboard.figures import Figures, figures

SAME_TIMES, SAME_MORE = 2, 1.0  # the same SQL time: within twice, or a millisecond
MILLISECONDS = 1.0
REPEATS = 50
ROLL_UPS = ("households_wavecount", "households_registrycount")


def run(rounds: int) -> list[Line]:
    before = pages.sql_of_the_city()
    count = scale.grow_cities()
    after = pages.sql_of_a_page(_somebody_in_the_middle())
    scale.second_wave()
    return [
        Line(
            f"SQL of the list page, {count:,} families",
            after,
            before,
            f"the same at {city.families():,}",
            "the same",
            after <= max(SAME_TIMES * before, before + SAME_MORE),
            unit="ms",
        ),
        *_dashboard(count, rounds),
    ]


def _somebody_in_the_middle() -> User:
    """Staff of a city in the middle of the five million, as large as the sample city was."""
    cities = Area.objects.filter(level=Area.Level.KOTA).order_by("code")
    return city.new_staff("elsewhere", area=cities[cities.count() // 2].code)


def _dashboard(count: int, rounds: int) -> list[Line]:
    area = Area.objects.get(level=Area.Level.KOTA, code__startswith="36.71")
    found = figures(area=area, now=timezone.localtime())
    recounted = []
    for _ in range(rounds):
        with sql_timed() as queries:
            rows = _recount()
        recounted.append(queries[0][1] * 1000)
    roll_up, every = [], []
    for _ in range(REPEATS):
        with sql_timed() as queries:
            figures(area=area, now=timezone.localtime())
        roll_up.append(sum(s for sql, s in queries if any(name in sql for name in ROLL_UPS)) * 1000)
        every.append(sum(s for _, s in queries) * 1000)
    ours, wrong = statistics.median(roll_up), _differences(found, rows)
    what = f"dashboard of one city, {count:,} families in the database"
    return [
        Line(
            f"{what}: SQL of its figures",
            ours,
            statistics.median(recounted),
            "GROUP BY over the records",
            f"≤ {MILLISECONDS:.0f} ms",
            ours <= MILLISECONDS,
            unit="ms",
        ),
        Line(f"{what}: with waves and areas", statistics.median(every), None, "", NO_BUDGET, True, unit="ms"),
        Line(f"{what}: figures that differ from a recount", wrong, None, "", "0", not wrong, unit=""),
    ]


def _recount() -> list[tuple[Any, ...]]:
    """(wave, kelurahan, rank scale, rank group, families, people), counted from the records themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wave_id, area_id, rank_scale, coalesce(rank_group, 0), count(*), sum(member_count)"
            " FROM households_householdrecord WHERE area_id LIKE '36.71%%' GROUP BY 1, 2, 3, 4",
            [],
        )
        return cursor.fetchall()


def _differences(found: Figures, rows: list[tuple[Any, ...]]) -> int:
    """Figures that differ: of each kelurahan in both waves, of each rank group in each wave."""
    counted: dict[tuple[Any, ...], int] = {}
    for wave, area, scale_name, group, families, _ in rows:
        for key in ((wave, area), (wave, scale_name, group)):
            counted[key] = counted.get(key, 0) + families
    shown: dict[tuple[Any, ...], int] = {}
    assert found.before, "two waves are loaded"
    assert found.after
    for place in found.kelurahan:
        shown[found.before.pk, place.area.code] = place.before or 0
        shown[found.after.pk, place.area.code] = place.after
    for distribution in found.distributions:
        for rank in distribution.groups:
            shown[distribution.wave.pk, rank.scale, rank.group] = rank.households
    return sum(shown.get(key, 0) != counted.get(key, 0) for key in shown.keys() | counted.keys())
