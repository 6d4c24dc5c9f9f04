"""Registries far larger than the sample city: its households again and again, in the same and in other cities.

Only golden households grow, for the pages measured read nothing else of them. Copies keep the real spread of names,
addresses and ranks; the roll-up triggers run as in production.
"""

from __future__ import annotations

from django.db import connection

from benchmarks import city
from households.models import Household

CITY = 250_000  # households of the one city: a million people
CITIES = 5_000_000  # households of all cities together
KECAMATAN, KELURAHAN = 13, 8  # of an invented city; together as many kelurahan as the real one has


def grow_city() -> int:
    """The one city with a million people; gives its households."""
    wanted = round(CITY * city.scale())
    _grow(wanted, elsewhere=False)
    return wanted


def grow_cities() -> int:
    """Other cities of the size of the real one until there are five million households; gives how many."""
    wanted = round(CITIES * city.scale())
    missing = wanted - Household.objects.count()
    cities = -(-max(missing, 0) // city.families())
    with connection.cursor() as cursor:
        cursor.execute(_AREAS, {"cities": cities, "kecamatan": KECAMATAN, "kelurahan": KELURAHAN})
    _grow(wanted, elsewhere=True)
    return wanted


def second_wave() -> None:
    """The city's records once more under an earlier wave, each eleventh left out; and both waves in other cities."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS)
        cursor.execute(_WAVE_COUNTS)
        cursor.execute("VACUUM ANALYZE households_householdrecord, households_wavecount")


def _grow(wanted: int, *, elsewhere: bool) -> None:
    """Households up to `wanted`, with the indexes built once at the end, and fresh statistics."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM households_household")
        there = cursor.fetchone()[0]
        if there >= wanted:
            return
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        turn = 0
        while there < wanted:
            turn += 1
            missing = min(wanted - there, city.families())
            cursor.execute(_INSERT, {"turn": turn, "missing": missing, "elsewhere": elsewhere})
            there += cursor.rowcount
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE households_household, households_registrycount, areas_area")


_AREAS = """
    INSERT INTO areas_area (code, name, level, parent_id, bps_code, postal_code, aliases)
    SELECT format('%%s.%%s', 40 + c / 90, 10 + c %% 90), 'Kota ' || c, 'kota', NULL, (4000 + c)::text, '', '{}'
    FROM generate_series(1, %(cities)s) AS c;
    INSERT INTO areas_area (code, name, level, parent_id, bps_code, postal_code, aliases)
    SELECT k.code || '.' || lpad(n::text, 2, '0'), 'Kecamatan ' || n, 'kecamatan', k.code,
           k.bps_code || lpad(n::text, 3, '0'), '', '{}'
    FROM areas_area AS k, generate_series(1, %(kecamatan)s) AS n WHERE k.level = 'kota' AND k.code > '40';
    INSERT INTO areas_area (code, name, level, parent_id, bps_code, postal_code, aliases)
    SELECT k.code || '.' || (1000 + n), 'Kelurahan ' || n, 'kelurahan', k.code,
           k.bps_code || lpad(n::text, 3, '0'), '', '{}'
    FROM areas_area AS k, generate_series(1, %(kelurahan)s) AS n WHERE k.level = 'kecamatan' AND k.code > '40';
    ANALYZE areas_area
"""
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'households_household' AND indexname <> 'households_household_pkey'
"""
# The households with people are the imported ones; copies keep only what lists and searches read of their people.
_INSERT = """
    WITH original AS MATERIALIZED (
        SELECT * FROM households_household WHERE id IN (SELECT household_id FROM households_householdrecord)
        ORDER BY id LIMIT %(missing)s
    ), own AS (
        SELECT code, row_number() OVER (ORDER BY code) AS n FROM areas_area
        WHERE level = 'kelurahan' AND code LIKE '36.71.%%'
    ), town AS (
        SELECT code, row_number() OVER (ORDER BY code) AS n FROM areas_area WHERE level = 'kota' AND code > '40'
    ), theirs AS (
        SELECT area.code, row_number() OVER (ORDER BY area.code) AS n
        FROM areas_area AS area JOIN town ON starts_with(area.code, town.code || '.')
        WHERE area.level = 'kelurahan' AND town.n = %(turn)s
    )
    INSERT INTO households_household (area_id, address, rt, rw, rank, rank_scale, rank_group, status, head_name,
                                      member_count, search_key, created_at, created_batch_id)
    SELECT CASE WHEN %(elsewhere)s THEN theirs.code ELSE o.area_id END, o.address, o.rt, o.rw, o.rank, o.rank_scale,
           o.rank_group, o.status, o.head_name, o.member_count, o.search_key, o.created_at, o.created_batch_id
    FROM original AS o JOIN own ON own.code = o.area_id LEFT JOIN theirs ON theirs.n = own.n
"""
_RECORDS = """
    INSERT INTO households_householdrecord (wave_id, batch_id, layout, source_key, source_row, household_id, area_id,
        address, rt, rw, head_name, member_count, family_count, rank, rank_scale, rank_group, raw)
    SELECT w.id, batch_id, layout, source_key, source_row, household_id, area_id, address, rt, rw, head_name,
           member_count, family_count, rank, rank_scale, rank_group, '{}'
    FROM households_householdrecord AS r, households_wave AS w WHERE w.code = 'PPLS2008' AND r.id % 11 <> 0
"""
_WAVE_COUNTS = """
    INSERT INTO households_wavecount (wave_id, area_id, rank_scale, rank_group, households, people, helped)
    SELECT w.id, c.area_id, c.rank_scale, c.rank_group, sum(c.households), sum(c.people), 0
    FROM households_registrycount AS c, households_wave AS w
    WHERE w.code IN ('PPLS2008', 'PPLS2011') AND c.area_id NOT LIKE '36.71%' GROUP BY 1, 2, 3, 4
"""
