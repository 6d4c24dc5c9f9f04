"""Judging staged rows by set-based SQL: against each other when staged, against the registry when staged and applied.

Verdicts: `new`, `changed`, `same` or `rejected`. Rows come in as new or (by their own cells) rejected, so that a
first wave is hardly written twice.
"""

from __future__ import annotations

from typing import Any

from households.imports import judge_identities, matching, members
from households.imports.layouts import Layout
from households.imports.sql import FINENESS, Statements
from households.models import ImportBatch

# Problems found by looking at the registry: judged anew when the batch is applied.
REGISTRY_CODES = ["nik_other_name", "number_recorded", "two_heads_recorded", *judge_identities.CODES]

# What the statements below join and choose by; statistics of the raw cells would take as long as all of these.
ANALYZED = {
    "stagedhousehold": "batch_id, sheet, row, source_key, verdict, record_id, household_id",
    "stagedperson": "batch_id, sheet, row, household_key, number, name_key, nik, kk, nik_usable, relation, verdict,"
    " record_id, person_id",
    "stagedproblem": "batch_id, sheet, row, is_person, is_error, code",
}

PROBLEM = (
    "INSERT INTO households_stagedproblem"
    ' (batch_id, sheet, "row", is_person, code, is_error, "column", value, message)'
)
ROW = "replace(to_char({}, 'FM999,999,999'), ',', '.')"
ACCEPTED = "s.batch_id = %(batch)s AND s.verdict <> 'rejected'"


def inside_file(cursor: Any, batch: ImportBatch, layout: Layout) -> None:
    """What only shows when all rows of the file are seen together."""
    run = Statements(cursor, batch=batch.pk, wave=batch.wave_id).run
    for table, columns in ANALYZED.items():
        run(f"ANALYZE households_{table} ({columns})")
    run(TWICE_NIK)
    if layout.unit == "person":
        return
    run(
        "UPDATE households_stagedhousehold AS s SET verdict = 'rejected' WHERE " + ACCEPTED + " AND EXISTS ("
        " SELECT 1 FROM households_stagedproblem AS e WHERE e.batch_id = s.batch_id AND e.sheet = s.sheet"
        ' AND e."row" = s."row" AND e.is_error AND NOT e.is_person)'
    )
    for statement in (NO_HOUSEHOLD, TWICE_NUMBER, TWO_HEADS, OF_REJECTED):
        run(statement)
        _reject_people(run)
    for statement in (NO_MEMBERS, NO_HEAD, TWICE_MEMBER):
        run(statement)


def against_registry(cursor: Any, batch: ImportBatch, layout: Layout) -> None:
    """Finds the record and the golden rows each staged row belongs to, and what that makes of it."""
    statements = Statements(cursor, batch=batch.pk, wave=batch.wave_id, registry=REGISTRY_CODES)
    run = statements.run
    if run("DELETE FROM households_stagedproblem WHERE batch_id = %(batch)s AND code = ANY(%(registry)s)"):
        run(
            "UPDATE households_stagedperson AS s SET verdict = 'new' WHERE s.batch_id = %(batch)s"
            " AND s.verdict = 'rejected' AND NOT EXISTS (SELECT 1 FROM households_stagedproblem AS e"
            ' WHERE e.batch_id = s.batch_id AND e.sheet = s.sheet AND e."row" = s."row" AND e.is_error AND e.is_person)'
        )
    for table, pointers in (("stagedhousehold", "household_id"), ("stagedperson", "person_id")):
        run(
            f"UPDATE households_{table} AS s SET record_id = NULL, {pointers} = NULL, verdict = 'new' WHERE {ACCEPTED}"
            f" AND (s.record_id IS NOT NULL OR s.{pointers} IS NOT NULL OR s.verdict <> 'new')"
        )
    if layout.unit == "person":
        judge_identities.judge(statements)
        _reject_people(run)
        return
    matching.households(statements)
    members.people(statements)
    for statement in (NUMBER_RECORDED, TWO_HEADS_RECORDED):
        if run(statement):
            _reject_people(run)
    for statement in (
        HOUSEHOLD_OF_RECORD,
        HOUSEHOLD_OF_REGISTRY,
        PERSON_OF_RECORD,
        PERSON_OF_REGISTRY,
        BY_MEMBERS,
    ):
        run(statement)


def _reject_people(run: Any) -> None:
    run(
        "UPDATE households_stagedperson AS s SET verdict = 'rejected' FROM households_stagedproblem AS e"
        f" WHERE {ACCEPTED} AND e.batch_id = s.batch_id AND e.sheet = s.sheet"
        ' AND e."row" = s."row" AND e.is_error AND e.is_person'
    )


TWICE_NIK = f"""
    {PROBLEM}
    SELECT %(batch)s, sheet, "row", true, 'nik_twice', false, 'NIK', '',
           'NIK ini juga dipakai orang lain di berkas ini, pertama kali di baris ' || {ROW.format("first")} || '.'
    FROM (
        SELECT s.sheet, s."row", s.id, first_value(s."row") OVER same AS first, row_number() OVER same AS place
        FROM households_stagedperson AS s
        WHERE s.batch_id = %(batch)s AND s.nik_usable
        WINDOW same AS (PARTITION BY s.nik ORDER BY s.id)
    ) AS t WHERE place > 1
"""
NO_HOUSEHOLD = f"""
    {PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", true, 'no_household', true, '', s.household_key,
           'Rumah tangga ' || s.household_key || ' tidak ada di lembar rumah tangga.'
    FROM households_stagedperson AS s
    WHERE {ACCEPTED} AND NOT EXISTS (
        SELECT 1 FROM households_stagedhousehold AS h
        WHERE h.batch_id = s.batch_id AND h.source_key = s.household_key)
"""
TWICE_NUMBER = f"""
    {PROBLEM}
    SELECT %(batch)s, sheet, "row", true, 'number_twice', true, '', number::text,
           'Nomor urut ' || number || ' dalam rumah tangga ' || household_key || ' sudah dipakai di baris '
           || {ROW.format("first")} || '.'
    FROM (
        SELECT s.sheet, s."row", s.number, s.household_key,
               first_value(s."row") OVER same AS first, row_number() OVER same AS place
        FROM households_stagedperson AS s WHERE {ACCEPTED} AND s.number IS NOT NULL
        WINDOW same AS (PARTITION BY s.household_key, s.number ORDER BY s.id)
    ) AS t WHERE place > 1
"""
TWO_HEADS = f"""
    {PROBLEM}
    SELECT %(batch)s, sheet, "row", true, 'two_heads', true, '', '1',
           'Dua kepala dalam rumah tangga ' || household_key || '; yang pertama di baris '
           || {ROW.format("first")} || '.'
    FROM (
        SELECT s.sheet, s."row", s.household_key,
               first_value(s."row") OVER same AS first, row_number() OVER same AS place
        FROM households_stagedperson AS s WHERE {ACCEPTED} AND s.relation = 1
        WINDOW same AS (PARTITION BY s.household_key ORDER BY s.id)
    ) AS t WHERE place > 1
"""
OF_REJECTED = f"""
    {PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", true, 'household_rejected', true, '', s.household_key,
           'Rumah tangga ' || s.household_key || ' ditolak (baris ' || {ROW.format('h."row"')}
           || '), sehingga anggotanya ikut ditolak.'
    FROM households_stagedperson AS s
    JOIN households_stagedhousehold AS h ON h.batch_id = s.batch_id AND h.source_key = s.household_key
    WHERE {ACCEPTED} AND h.verdict = 'rejected'
"""
NO_MEMBERS = f"""
    {PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", false, 'no_members', false, '', s.source_key,
           'Rumah tangga ' || s.source_key || ' tidak mempunyai anggota yang dapat diterima di berkas ini.'
    FROM households_stagedhousehold AS s
    WHERE {ACCEPTED} AND NOT EXISTS (
        SELECT 1 FROM households_stagedperson AS p
        WHERE p.batch_id = s.batch_id AND p.household_key = s.source_key AND p.verdict <> 'rejected')
"""
NO_HEAD = f"""
    {PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", false, 'no_head', false, '', s.source_key,
           'Rumah tangga ' || s.source_key || ' tidak mempunyai kepala di antara anggotanya di berkas ini.'
    FROM households_stagedhousehold AS s
    JOIN (
        SELECT household_key FROM households_stagedperson AS s WHERE {ACCEPTED}
        GROUP BY household_key HAVING count(*) FILTER (WHERE relation = 1) = 0
    ) AS headless ON headless.household_key = s.source_key
    WHERE {ACCEPTED}
"""
TWICE_MEMBER = f"""
    {PROBLEM}
    SELECT %(batch)s, sheet, "row", true, 'member_twice', false, '', '',
           'Orang yang sama mungkin tertulis dua kali dalam rumah tangga ' || household_key
           || '; yang pertama di baris ' || {ROW.format("first")} || '.'
    FROM (
        SELECT s.sheet, s."row", s.household_key,
               first_value(s."row") OVER same AS first, row_number() OVER same AS place
        FROM households_stagedperson AS s WHERE {ACCEPTED}
        WINDOW same AS (PARTITION BY s.household_key, s.name_key, s.birth_date, s.sex ORDER BY s.id)
    ) AS t WHERE place > 1
"""
NUMBER_RECORDED = f"""
    {PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", true, 'number_recorded', true, '', s.number::text,
           left('Nomor urut ' || s.number || ' dalam rumah tangga ' || s.household_key || ' sudah tercatat untuk '
                || r.name || '; beri nomor lain, atau koreksi orang itu di registri.', 300)
    FROM households_stagedperson AS s
    JOIN households_stagedhousehold AS h ON h.batch_id = s.batch_id AND h.source_key = s.household_key
    JOIN households_personrecord AS r ON r.household_record_id = h.record_id AND r.number = s.number
    WHERE {ACCEPTED} AND s.record_id IS NULL
"""
TWO_HEADS_RECORDED = f"""
    {PROBLEM}
    SELECT %(batch)s, s.sheet, s."row", true, 'two_heads_recorded', true, '', '1',
           left('Rumah tangga ' || s.household_key || ' sudah tercatat dengan kepala ' || r.name
                || '; hanya satu orang yang dapat menjadi kepala.', 300)
    FROM households_stagedperson AS s
    JOIN households_stagedhousehold AS h ON h.batch_id = s.batch_id AND h.source_key = s.household_key
    JOIN households_personrecord AS r ON r.household_record_id = h.record_id AND r.relation = 1
    WHERE {ACCEPTED} AND s.relation = 1 AND r.id IS DISTINCT FROM s.record_id AND NOT EXISTS (
        SELECT 1 FROM households_stagedperson AS o
        WHERE o.batch_id = s.batch_id AND o.household_key = s.household_key AND o.record_id = r.id
          AND o.verdict <> 'rejected' AND o.relation <> 1)
"""
HOUSEHOLD_OF_RECORD = f"""
    UPDATE households_stagedhousehold AS s SET verdict = CASE
        WHEN s.area_id <> r.area_id
          OR (s.address <> '' AND s.address <> r.address) OR (s.rt <> '' AND s.rt <> r.rt)
          OR (s.rw <> '' AND s.rw <> r.rw) OR (s.head_name <> '' AND s.head_name <> r.head_name)
          OR (s.family_count IS NOT NULL AND s.family_count IS DISTINCT FROM r.family_count)
          OR (s.rank IS NOT NULL AND (s.rank, s.rank_scale) IS DISTINCT FROM (r.rank, r.rank_scale))
          OR NOT r.raw @> s.raw THEN 'changed' ELSE 'same' END
    FROM households_householdrecord AS r WHERE {ACCEPTED} AND r.id = s.record_id
"""
HOUSEHOLD_OF_REGISTRY = f"""
    UPDATE households_stagedhousehold AS s SET verdict = CASE
        WHEN s.area_id <> h.area_id
          OR (s.address <> '' AND s.address <> h.address) OR (s.rt <> '' AND s.rt <> h.rt)
          OR (s.rw <> '' AND s.rw <> h.rw)
          OR (s.rank IS NOT NULL AND (s.rank, s.rank_scale) IS DISTINCT FROM (h.rank, h.rank_scale))
        THEN 'changed' ELSE 'same' END
    FROM households_household AS h WHERE {ACCEPTED} AND s.record_id IS NULL AND h.id = s.household_id
"""
_PERSON_DIFFERS = """
    {3} <> {0}.name OR (s.sex <> '' AND s.sex <> {0}.sex)
      OR (s.birth_date IS NOT NULL
          AND (s.birth_date, s.birth_precision) IS DISTINCT FROM ({0}.birth_date, {0}.birth_precision) {4})
      OR (s.nik IS NOT NULL {1} AND s.nik IS DISTINCT FROM {0}.nik)
      OR (s.kk IS NOT NULL {2} AND s.kk IS DISTINCT FROM {0}.kk)
      OR (s.relation IS NOT NULL AND s.relation IS DISTINCT FROM {0}.relation)
      OR s.family_number <> {0}.family_number
"""
# A coarser birth date is not taken over. Decoded words are asked of golden rows only: a record has them raw.
_NOT_COARSER = f"AND (p.birth_date IS NULL OR {FINENESS.format('s')} >= {FINENESS.format('p')})"
_WORDS_DIFFER = " OR ".join(
    f"(s.{field} <> '' AND s.{field} <> p.{field})" for field in ("education", "occupation", "disability")
)
PERSON_OF_RECORD = f"""
    UPDATE households_stagedperson AS s SET verdict = CASE
        WHEN {_PERSON_DIFFERS.format("r", "", "", "s.name", "")} OR NOT r.raw @> s.raw THEN 'changed' ELSE 'same' END
    FROM households_personrecord AS r WHERE {ACCEPTED} AND r.id = s.record_id
"""
PERSON_OF_REGISTRY = f"""
    UPDATE households_stagedperson AS s SET verdict = CASE
        WHEN {_PERSON_DIFFERS.format("p", "AND s.nik_usable", "AND s.kk_usable", "s.tidy_name", _NOT_COARSER)}
          OR {_WORDS_DIFFER}
        THEN 'changed' ELSE 'same' END
    FROM households_person AS p WHERE {ACCEPTED} AND s.record_id IS NULL AND p.id = s.person_id
"""
BY_MEMBERS = f"""
    UPDATE households_stagedhousehold AS s SET verdict = 'changed'
    WHERE {ACCEPTED} AND s.verdict = 'same' AND EXISTS (
        SELECT 1 FROM households_stagedperson AS p
        WHERE p.batch_id = s.batch_id AND p.household_key = s.source_key AND p.verdict IN ('new', 'changed'))
"""
