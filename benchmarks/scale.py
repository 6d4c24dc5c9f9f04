"""A registry of any size, written by SQL: what the list, the search and the dashboard are measured on."""

from __future__ import annotations

from django.db import connection

from households.models import ImportBatch, Wave
from tangerang_poverty.accounts.models import User

# A few names are common and many are rare, as in a real list; a number inside makes them many.
FIRST = "Siti,Budi,Ahmad,Nur,Dewi,Agus,Sri,Rina,Joko,Asep,Maman,Eka,Tuti,Hendra,Yanti,Dedi,Lina,Umar,Wati"
MIDDLE = "Abdul,Indah,Puji,Tri,Adi,Nita,Rizki,Ayu,Cahya,Surya,Mega,Bayu,Citra,Galih,Intan,Kirana,Laras"
LAST = "Hidayat,Maesaroh,Saputra,Lestari,Rahman,Kusuma,Wijaya,Susanti,Nugraha,Fitri,Sanusi,Mulyadi,Gunawan"
KELURAHAN_OF_A_CITY = 104
HOUSEHOLDS_OF_A_CITY = 55_000
AT_ONCE = 500_000


def _pick(names: str, salt: int) -> str:
    """SQL for a name that depends on the row number `n` alone; the first names of a list come more often."""
    count = names.count(",") + 1
    spread = f"((n * 7919 + {salt} * 104729::bigint) / 13 %% {count})"
    other = f"((n * 6007 + {salt} * 27644437::bigint) / 7 %% {count})"
    return f"split_part('{names}', ',', (1 + least({spread}, {other}))::int)"


def _full_name(salt: int) -> str:
    first, middle, last = _pick(FIRST, salt), _pick(MIDDLE, salt + 1), _pick(LAST, salt + 2)
    return f"{first} || ' ' || {middle} || ((n * 7 + {salt}) %% 9973) || ' ' || {last}"


def make_cities(count: int) -> None:
    """Areas of invented cities beside the real one, each with 13 kecamatan of 8 kelurahan."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO areas_area (code, name, level, parent_id, bps_code, postal_code, aliases)
            SELECT format('%%s.%%s', 40 + c / 90, lpad((1 + c %% 90)::text, 2, '0')), 'Kota ' || c,
                   'kota', NULL, (4000 + c)::text, '', '{}'
            FROM generate_series(1, %(count)s) AS c ON CONFLICT DO NOTHING;
            INSERT INTO areas_area (code, name, level, parent_id, bps_code, postal_code, aliases)
            SELECT k.code || '.' || lpad(n::text, 2, '0'), 'Kecamatan ' || n, 'kecamatan', k.code,
                   k.bps_code || lpad(n::text, 3, '0'), '', '{}'
            FROM areas_area AS k, generate_series(1, 13) AS n
            WHERE k.level = 'kota' AND k.code > '40' ON CONFLICT DO NOTHING;
            INSERT INTO areas_area (code, name, level, parent_id, bps_code, postal_code, aliases)
            SELECT k.code || '.' || (1000 + n), 'Kelurahan ' || n, 'kelurahan', k.code,
                   k.bps_code || lpad(n::text, 3, '0'), '', '{}'
            FROM areas_area AS k, generate_series(1, 8) AS n
            WHERE k.level = 'kecamatan' AND k.code > '40' ON CONFLICT DO NOTHING;
            """,
            {"count": count},
        )


def _batch() -> int:
    """An import for the rows to come from: rows added by hand would each leave an event of their history."""
    by, _ = User.objects.get_or_create(username="bench")
    batch, _ = ImportBatch.objects.get_or_create(wave=Wave.objects.get(code="PPLS2011"), uploaded_by=by)
    return batch.pk


def grow_to(households: int) -> None:
    """Add households until there are so many, the real city first; then fresh statistics.

    The roll-up triggers run as in production; the indexes are built once at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM households_household")
        there = cursor.fetchone()[0]
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for start in range(there, households, AT_ONCE):
            last = min(start + AT_ONCE, households) - 1
            cursor.execute(_INSERT, {"first": start, "last": last, "batch": _batch()})
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE households_household")
        cursor.execute("VACUUM ANALYZE households_registrycount")


def count_waves() -> None:
    """The roll-up of two waves as if every household of the registry stood in both."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            TRUNCATE households_wavecount;
            INSERT INTO households_wavecount (wave_id, area_id, rank_scale, rank_group, households, people)
            SELECT w.id, c.area_id, c.rank_scale, c.rank_group, sum(c.households), sum(c.people)
            FROM households_registrycount AS c, households_wave AS w WHERE w.code LIKE 'PPLS%'
            GROUP BY 1, 2, 3, 4
            """
        )
        cursor.execute("VACUUM ANALYZE households_wavecount")


_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'households_household' AND indexname <> 'households_household_pkey'
"""
_INSERT = f"""
    WITH k AS (
        SELECT array_agg(code ORDER BY code LIKE '36.71%%' DESC, code) AS codes
        FROM areas_area WHERE level = 'kelurahan'
    ), named AS MATERIALIZED (
        SELECT n, {_full_name(1)} AS a, {_full_name(101)} AS b, {_full_name(211)} AS c, {_full_name(307)} AS d
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    )
    INSERT INTO households_household (area_id, address, rt, rw, rank, rank_scale, rank_group, status,
                                      head_name, member_count, search_key, created_at, created_batch_id)
    SELECT k.codes[1 + ((n / {HOUSEHOLDS_OF_A_CITY}) * {KELURAHAN_OF_A_CITY}
                        + n %% {KELURAHAN_OF_A_CITY}) %% array_length(k.codes, 1)],
           'Gg. Melati ' || n %% 200, lpad((1 + n %% 12)::text, 3, '0'), lpad((1 + n %% 9)::text, 3, '0'),
           1 + n %% 40, 'percentile', 1 + (n %% 40) / 10, 'on_list',
           a, 4, lower(a || '|' || b || '|' || c || '|' || d), now(), %(batch)s
    FROM named, k
"""
