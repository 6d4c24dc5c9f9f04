"""Applying: the accepted rows of a batch into records and golden rows, in one transaction and one audit context."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from households.imports import apply_changes, judge, reports
from households.imports.layouts import LAYOUTS
from households.imports.sql import Statements
from households.imports.workbench import Workbench, at_work
from households.lifecycle import move
from households.models import ImportBatch
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited

ONE_AT_A_TIME = 36_710_002  # advisory lock: two imports never write to the registry at once
STEPS = 7


def apply(batch_id: int) -> None:
    """Write a batch that was handed over for applying, or whose applying was interrupted; else do nothing.

    A kill at any moment leaves the registry as it was and the batch in the state applying, to be resumed.
    When nothing of it can be applied any more, or whoever asked may not any more, it goes back to waiting for it.
    """
    with at_work(batch_id) as bench:
        if bench is None:
            return  # another worker has it
        batch = ImportBatch.objects.select_related("wave", "applied_by").get(pk=batch_id)
        if batch.state != ImportBatch.State.APPLYING or batch.applied_by is None:
            return
        if not batch.applied_by.has_perm(Can.APPLY_IMPORT.value):  # taken away while it waited
            move(batch, "hand_back", applied_at=None, applied_by=None)
            return
        bench.say("Menunggu giliran", total=STEPS)
        with (
            transaction.atomic(),
            audited(by=batch.applied_by, action="apply_import", batch=batch.pk),
            connection.cursor() as cursor,
        ):
            statements = Statements(
                cursor,
                batch=batch.pk,
                wave=batch.wave_id,
                layout=batch.layout,
                wave_date=batch.wave.reference_date,
            )
            statements.run("SELECT pg_advisory_xact_lock(%(lock)s)", lock=ONE_AT_A_TIME)
            _write(statements, batch, bench)


def _write(statements: Statements, batch: ImportBatch, bench: Workbench) -> None:
    layout = LAYOUTS[batch.layout]
    bench.say("Membandingkan sekali lagi dengan registri", total=STEPS)
    judge.against_registry(statements.cursor, batch, layout)
    summary = {**batch.summary, **reports.counted(batch)}
    if not reports.writable(summary):
        move(batch, "hand_back", applied_at=None, applied_by=None, summary=summary)
        return
    step = 1

    def done(phase: str) -> None:
        nonlocal step
        bench.say(phase, total=STEPS)
        bench.written = 0.0
        bench.tick(step)
        step += 1

    if layout.unit == "household":
        done("Menyiapkan keluarga dan anggota")
        statements.table("import_household", HOUSEHOLDS, key="household_id")
        statements.table("import_person", PEOPLE, key="household_id")
        statements.table("import_touched", TOUCHED, key="household_id")
        done("Menulis keluarga baru")
        statements.run(INSERT_HOUSEHOLDS)
        done("Memperbarui keluarga dan anggota yang berubah")
        apply_changes.golden(statements)
        done("Menulis anggota baru")
        statements.run(INSERT_PEOPLE)
        done("Menulis catatan gelombang")
        apply_changes.records(statements)
        statements.run(INSERT_HOUSEHOLD_RECORDS)
        statements.run(INSERT_PERSON_RECORDS)
        statements.run(RECOUNT)
    else:
        done("Mengisi NIK")
        apply_changes.identities(statements)
    done("Merapikan")
    for statement in FORGET:
        statements.run(statement)
    summary["history"] = {
        name: statements.column(f"SELECT coalesce(max(pgh_id), 0) FROM households_{name}event")[0]
        for name in ("household", "person")
    }
    for table in ("household", "person", "householdrecord", "personrecord"):
        statements.run(f"ANALYZE households_{table}")  # the next page plans on what is there now
    move(batch, "applied", applied_at=timezone.now(), summary=summary)


HOUSEHOLDS = """
    SELECT s.id AS staged_id, s.source_key,
           coalesce(s.household_id, nextval(pg_get_serial_sequence('households_household', 'id'))) AS household_id,
           s.household_id IS NULL AS is_new,
           coalesce(s.record_id, nextval(pg_get_serial_sequence('households_householdrecord', 'id'))) AS record_id,
           s.record_id IS NULL AS new_record
    FROM (
        SELECT id, source_key, household_id, record_id FROM households_stagedhousehold
        WHERE batch_id = %(batch)s AND verdict <> 'rejected' ORDER BY id
    ) AS s
"""
PEOPLE = """
    SELECT s.id AS staged_id, h.household_id, h.record_id, h.is_new AS new_household, s.name, s.tidy_name,
           s.name_key, s.relation,
           s.person_id IS NULL AS is_new, s.own_record_id,
           coalesce(s.person_id, nextval(pg_get_serial_sequence('households_person', 'id'))) AS person_id,
           coalesce(s.number, greatest(h.highest, s.highest) + s.turn) AS number
    FROM (
        SELECT id, household_key, name, tidy_name, name_key, relation, number, person_id, record_id AS own_record_id,
               coalesce(max(number) OVER (PARTITION BY household_key), 0) AS highest,
               count(*) FILTER (WHERE number IS NULL AND record_id IS NULL)
                   OVER (PARTITION BY household_key ORDER BY id) AS turn
        FROM households_stagedperson WHERE batch_id = %(batch)s AND verdict <> 'rejected' ORDER BY id
    ) AS s
    JOIN (
        SELECT h.source_key, h.household_id, h.record_id, h.is_new, CASE WHEN h.new_record THEN 0 ELSE (
            SELECT coalesce(max(r.number), 0) FROM households_personrecord AS r
            WHERE r.household_record_id = h.record_id) END AS highest
        FROM import_household AS h
    ) AS h ON h.source_key = s.household_key
    ORDER BY s.id
"""
# Golden households this batch meets again. A wave older than one they already have only leaves its record.
TOUCHED = """
    SELECT h.household_id, h.staged_id, h.record_id, h.new_record, NOT EXISTS (
        SELECT 1 FROM households_householdrecord AS r JOIN households_wave AS w ON w.id = r.wave_id
        WHERE r.household_id = h.household_id AND w.reference_date > %(wave_date)s
    ) AS may_write
    FROM import_household AS h WHERE NOT h.is_new
"""
# Head, members and search key are written as the triggers would, so that these find nothing to do.
INSERT_HOUSEHOLDS = """
    INSERT INTO households_household
        (id, area_id, address, rt, rw, rank, rank_scale, rank_group, status, head_name, member_count, search_key,
         created_batch_id, created_at)
    SELECT h.household_id, s.area_id, s.address, s.rt, s.rw, s.rank, s.rank_scale, s.rank_group, 'on_list',
           coalesce(m.head_name, ''), coalesce(m.members, 0), coalesce(m.search_key, ''), %(batch)s, now()
    FROM import_household AS h
    JOIN households_stagedhousehold AS s ON s.id = h.staged_id
    LEFT JOIN (
        SELECT household_id, max(tidy_name) FILTER (WHERE relation = 1) AS head_name, count(*) AS members,
               string_agg(name_key, '|' ORDER BY person_id) AS search_key
        FROM import_person WHERE new_household GROUP BY household_id
    ) AS m ON m.household_id = h.household_id
    WHERE h.is_new ORDER BY h.household_id
"""
# A member only an older wave knows is not counted as present, and never becomes the head.
INSERT_PEOPLE = """
    INSERT INTO households_person
        (id, household_id, name, name_key, sex, birth_date, birth_precision, birth_place, nik, kk, identity_notes,
         relation, family_number, education, occupation, disability, status, created_batch_id)
    SELECT p.person_id, p.household_id, s.tidy_name, s.name_key, s.sex, s.birth_date, s.birth_precision, s.birth_place,
           CASE WHEN s.nik_usable THEN s.nik END, CASE WHEN s.kk_usable THEN s.kk END,
           ARRAY(SELECT jsonb_array_elements_text(s.identity_notes)),
           CASE WHEN s.relation = 1 AND NOT coalesce(t.may_write, true) THEN NULL ELSE s.relation END,
           coalesce(s.family_number, 1), s.education, s.occupation, s.disability,
           CASE WHEN coalesce(t.may_write, true) THEN 'present' ELSE 'moved' END, %(batch)s
    FROM import_person AS p
    JOIN households_stagedperson AS s ON s.id = p.staged_id
    LEFT JOIN import_touched AS t ON t.household_id = p.household_id
    WHERE p.is_new ORDER BY p.person_id
"""
INSERT_HOUSEHOLD_RECORDS = """
    INSERT INTO households_householdrecord
        (id, wave_id, batch_id, layout, source_key, source_row, household_id, area_id, address, rt, rw, head_name,
         member_count, family_count, rank, rank_scale, rank_group, raw)
    SELECT h.record_id, %(wave)s, %(batch)s, %(layout)s, s.source_key, s."row", h.household_id, s.area_id, s.address,
           s.rt, s.rw, coalesce(nullif(s.head_name, ''), m.head_name, ''), coalesce(m.members, 0), s.family_count,
           s.rank, s.rank_scale, s.rank_group, s.raw
    FROM import_household AS h
    JOIN households_stagedhousehold AS s ON s.id = h.staged_id
    LEFT JOIN (
        SELECT record_id, max(name) FILTER (WHERE relation = 1) AS head_name, count(*) AS members
        FROM import_person GROUP BY record_id
    ) AS m ON m.record_id = h.record_id
    WHERE h.new_record ORDER BY h.record_id
"""
INSERT_PERSON_RECORDS = """
    INSERT INTO households_personrecord
        (household_record_id, batch_id, source_row, number, person_id, name, sex, birth_date, birth_precision, nik, kk,
         identity_errors, relation, family_number, raw)
    SELECT p.record_id, %(batch)s, s."row", p.number, p.person_id, s.name, s.sex, s.birth_date, s.birth_precision,
           s.nik, s.kk, (s.nik IS NOT NULL AND NOT s.nik_usable) OR (s.kk IS NOT NULL AND NOT s.kk_usable),
           s.relation, coalesce(s.family_number, 1), s.raw
    FROM import_person AS p JOIN households_stagedperson AS s ON s.id = p.staged_id
    WHERE p.own_record_id IS NULL ORDER BY p.staged_id
"""
RECOUNT = """
    UPDATE households_householdrecord AS r SET member_count = m.members
    FROM (
        SELECT p.household_record_id, count(*) AS members FROM households_personrecord AS p
        WHERE p.household_record_id IN (SELECT record_id FROM import_household WHERE NOT new_record)
        GROUP BY p.household_record_id
    ) AS m
    WHERE r.id = m.household_record_id AND r.member_count <> m.members
"""
# What was accepted is in the registry now; what was rejected stays, with its household, to be corrected.
FORGET = (
    "DELETE FROM households_stagedperson WHERE batch_id = %(batch)s AND verdict <> 'rejected'",
    "DELETE FROM households_stagedhousehold AS s WHERE batch_id = %(batch)s AND verdict <> 'rejected' AND NOT EXISTS ("
    " SELECT 1 FROM households_stagedperson AS p"
    " WHERE p.batch_id = s.batch_id AND p.household_key = s.source_key)",
    "DELETE FROM households_stagedproblem WHERE batch_id = %(batch)s AND NOT is_error",
)
