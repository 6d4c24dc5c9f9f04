"""Taking an applied import back as a whole: what it created goes, what it changed gets its old row again."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import connection, transaction
from django.utils import timezone

from households.imports.apply import ONE_AT_A_TIME
from households.imports.sql import Statements
from households.imports.workbench import Workbench, at_work
from households.lifecycle import move
from households.models import Household, ImportBatch, Person
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import number
from tangerang_poverty.kit.problems import Problem

STEPS = 4


def undo(batch_id: int) -> None:
    """Take a batch back that was handed over for it, or whose undoing was interrupted; else do nothing.

    When something has come to depend on it meanwhile, or whoever asked may not any more, it stays applied.
    """
    with at_work(batch_id) as bench:
        if bench is None:
            return  # another worker has it
        batch = ImportBatch.objects.select_related("undone_by").get(pk=batch_id)
        if batch.state != ImportBatch.State.UNDOING or batch.undone_by is None:
            return
        if not batch.undone_by.has_perm(Can.UNDO_IMPORT.value):  # taken away while it waited
            move(batch, "keep", undone_at=None, undone_by=None, undo_reason="")
            return
        bench.say("Menunggu giliran", total=STEPS)
        with (
            transaction.atomic(),
            audited(by=batch.undone_by, action="undo_import", note=batch.undo_reason, batch=batch.pk),
            connection.cursor() as cursor,
        ):
            statements = _statements(cursor, batch)
            statements.run("SELECT pg_advisory_xact_lock(%(lock)s)", lock=ONE_AT_A_TIME)
            for lock in HELD:
                statements.run(lock)  # a correction on its way is finished before it is asked for
            if undo_blockers(batch):
                move(batch, "keep", undone_at=None, undone_by=None, undo_reason="")
                return
            _take_back(statements, bench)
            batch.files.update(is_live=False)
            move(batch, "undone", undone_at=timezone.now())


def _statements(cursor: object, batch: ImportBatch) -> Statements:
    seen = batch.summary.get("history", {})
    return Statements(
        cursor,
        batch=batch.pk,
        seen_household=seen.get("household", 0),
        seen_person=seen.get("person", 0),
    )


def undo_blockers(batch: ImportBatch) -> list[Problem]:
    """What has come to depend on an applied batch, one sentence for each kind; empty when it can be taken back."""
    found = []
    with connection.cursor() as cursor:
        statements = _statements(cursor, batch)
        for code, sql, sentence in BLOCKERS:
            count = statements.column(sql)[0]
            if count:
                found.append(Problem(code, sentence.format(number(count))))
        return found + _used_elsewhere(statements)


def _used_elsewhere(statements: Statements) -> list[Problem]:
    """What other parts of the product have tied to families and people that this import brought."""
    columns: dict[Any, list[str]] = {}
    for model in (Household, Person):
        created = f"(SELECT id FROM {model._meta.db_table} WHERE created_batch_id = %(batch)s)"
        for relation in model._meta.related_objects:
            if relation.related_model._meta.app_label != Household._meta.app_label:
                columns.setdefault(relation.related_model, []).append(f"{relation.field.column} IN {created}")
    found = []
    for model, conditions in columns.items():
        sql = f"SELECT count(*) FROM {model._meta.db_table} WHERE {' OR '.join(conditions)}"
        if count := statements.column(sql)[0]:
            what = f"{number(count)} {model._meta.verbose_name_plural}"
            found.append(Problem("used_elsewhere", f"{what} tercatat pada keluarga dari impor ini."))
    return found


def _take_back(statements: Statements, bench: Workbench) -> None:
    bench.say("Menghapus catatan impor ini", total=STEPS)
    statements.run(
        "DELETE FROM households_personrecord WHERE batch_id = %(batch)s"
        " OR household_record_id IN (SELECT id FROM households_householdrecord WHERE batch_id = %(batch)s)"
    )
    statements.run("DELETE FROM households_householdrecord WHERE batch_id = %(batch)s")
    bench.say("Menghapus anggota dan keluarga yang dibuatnya", total=STEPS)
    # Like their coming, the going of these rows is told by the batch: nobody has changed them, and copies of people
    # who never belonged in the registry are not to be kept.
    with pgtrigger.ignore("households.Household:delete_delete", "households.Person:delete_delete"):
        for model in (Person, Household):
            rows = model._default_manager.filter(created_batch=statements.params["batch"])
            rows._raw_delete(rows.db)
    bench.say("Mengembalikan isi lama", total=STEPS)
    # A head who gave way comes back only after the one who took the place has left it.
    statements.run(
        "UPDATE households_person SET relation = NULL WHERE relation = 1 AND id IN (SELECT row_id"
        " FROM households_replacedrow WHERE batch_id = %(batch)s AND \"table\" = 'households_person')"
    )
    for table, columns in RESTORED.items():
        names = ", ".join(columns)
        statements.run(
            f"UPDATE {table} AS t SET ({names}) = (SELECT {names} FROM jsonb_populate_record(t, b.before))"
            " FROM households_replacedrow AS b"
            f" WHERE b.batch_id = %(batch)s AND b.\"table\" = '{table}' AND t.id = b.row_id"
        )
    statements.run("DELETE FROM households_replacedrow WHERE batch_id = %(batch)s")
    for table in ("stagedperson", "stagedhousehold", "stagedproblem"):
        statements.run(f"DELETE FROM households_{table} WHERE batch_id = %(batch)s")


# The columns an import writes; those the triggers keep follow by themselves.
RESTORED = {
    "households_household": ("area_id", "address", "rt", "rw", "rank", "rank_scale", "rank_group"),
    "households_person": (
        "name", "name_key", "sex", "birth_date", "birth_precision", "birth_place", "nik", "kk", "identity_notes",
        "relation", "family_number", "education", "occupation", "disability",
    ),
    "households_householdrecord": (
        "area_id", "address", "rt", "rw", "head_name", "member_count", "family_count", "rank", "rank_scale",
        "rank_group", "raw",
    ),
    "households_personrecord": (
        "name", "sex", "birth_date", "birth_precision", "nik", "kk", "identity_errors", "relation", "family_number",
        "raw",
    ),
}  # fmt: skip

_TOUCHED_HOUSEHOLDS = """
    SELECT id FROM households_household WHERE created_batch_id = %(batch)s
    UNION SELECT row_id FROM households_replacedrow WHERE batch_id = %(batch)s AND "table" = 'households_household'
"""
_TOUCHED_PEOPLE = """
    SELECT id FROM households_person WHERE created_batch_id = %(batch)s
    UNION SELECT row_id FROM households_replacedrow WHERE batch_id = %(batch)s AND "table" = 'households_person'
"""
HELD = (
    f"SELECT 1 FROM households_household WHERE id IN ({_TOUCHED_HOUSEHOLDS}) ORDER BY id FOR UPDATE",
    f"SELECT 1 FROM households_person WHERE id IN ({_TOUCHED_PEOPLE}) ORDER BY id FOR UPDATE",
)
_LATER_RECORDS = """
    SELECT count(*) FROM (
        SELECT r.household_id FROM households_householdrecord AS r
        JOIN households_household AS h ON h.id = r.household_id
        WHERE h.created_batch_id = %(batch)s AND r.batch_id <> %(batch)s
        UNION SELECT p.household_id FROM households_personrecord AS r
        JOIN households_person AS p ON p.id = r.person_id
        WHERE p.created_batch_id = %(batch)s AND r.batch_id <> %(batch)s
        UNION SELECT p.household_id FROM households_person AS p
        JOIN households_household AS h ON h.id = p.household_id
        WHERE h.created_batch_id = %(batch)s AND p.created_batch_id <> %(batch)s
        UNION SELECT h.household_id FROM households_householdrecord AS h
        JOIN households_personrecord AS r ON r.household_record_id = h.id
        WHERE h.batch_id = %(batch)s AND r.batch_id <> %(batch)s
    ) AS later
"""
_LATER_CHANGES = f"""
    SELECT count(*) FROM households_replacedrow AS o WHERE o.batch_id <> %(batch)s
      AND (EXISTS (SELECT 1 FROM households_replacedrow AS m
                   WHERE m.batch_id = %(batch)s AND m."table" = o."table" AND m.row_id = o.row_id)
           OR (o."table" = 'households_household' AND o.row_id IN ({_TOUCHED_HOUSEHOLDS}))
           OR (o."table" = 'households_person' AND o.row_id IN ({_TOUCHED_PEOPLE}))
           OR (o."table" LIKE '%%record' AND (o.before ->> 'batch_id')::bigint = %(batch)s))
      AND (SELECT applied_at FROM households_importbatch WHERE id = o.batch_id)
        > (SELECT applied_at FROM households_importbatch WHERE id = %(batch)s)
"""
_BY_HAND = """
    SELECT count(DISTINCT e.pgh_obj_id) FROM households_{0}event AS e
    LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
    WHERE e.pgh_id > %(seen_{0})s AND e.pgh_obj_id IN ({1})
      AND coalesce(c.metadata ->> 'action', '') NOT IN ('apply_import', 'undo_import')
"""
_ADDED_BY_HAND = """
    SELECT count(*) FROM households_person AS p JOIN households_household AS h ON h.id = p.household_id
    WHERE h.created_batch_id = %(batch)s AND p.created_batch_id IS NULL
"""
_STATUS = f"""
    SELECT count(*) FROM households_statuschange AS s
    WHERE s.household_id IN ({_TOUCHED_HOUSEHOLDS})
      AND s.made_at > (SELECT applied_at FROM households_importbatch WHERE id = %(batch)s)
"""
BLOCKERS = (
    (
        "later_records",
        _LATER_RECORDS,
        "{} keluarga dari impor ini juga dipakai impor sesudahnya; batalkan itu dahulu.",
    ),
    (
        "later_changes",
        _LATER_CHANGES,
        "{} baris dari impor ini sudah diubah impor sesudahnya; batalkan itu dahulu.",
    ),
    (
        "household_corrected",
        _BY_HAND.format("household", _TOUCHED_HOUSEHOLDS),
        "{} keluarga dari impor ini sudah dikoreksi atau diubah statusnya.",
    ),
    (
        "person_corrected",
        _BY_HAND.format("person", _TOUCHED_PEOPLE),
        "{} anggota dari impor ini sudah dikoreksi.",
    ),
    ("person_added", _ADDED_BY_HAND, "{} anggota sudah ditambahkan ke keluarga dari impor ini."),
    ("status_changed", _STATUS, "{} perubahan status tercatat pada keluarga dari impor ini."),
)
