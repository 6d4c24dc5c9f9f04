"""What an import changes in rows that exist: only cells that say something, and the old row is kept for undoing.

Only what says something else than the sources said before goes on to the golden row, so that a correction made by
hand in between stays: of a wave that comes again its own record, else the newest earlier one is what they said.
"""

from __future__ import annotations

from households.imports.sql import FINENESS, Statements


def golden(statements: Statements) -> None:
    """Golden households and people that this wave may write to."""
    statements.run(
        "SELECT 1 FROM households_household WHERE id IN (SELECT household_id FROM import_touched)"
        " ORDER BY id FOR UPDATE"
    )
    statements.run(
        "SELECT 1 FROM households_person WHERE household_id IN (SELECT household_id FROM import_touched)"
        " OR id IN (SELECT person_id FROM import_person WHERE NOT is_new) ORDER BY id FOR UPDATE"
    )
    statements.table("import_household_change", HOUSEHOLD_CHANGES, key="id")
    _keep(statements, "households_household", "SELECT id FROM import_household_change")
    statements.run(UPDATE_HOUSEHOLDS)
    statements.table("import_displaced", DISPLACED, key="id")
    _keep(statements, "households_person", "SELECT id FROM import_displaced")
    statements.run(
        "UPDATE households_person SET relation = NULL WHERE id IN (SELECT id FROM import_displaced)"
    )
    statements.table("import_person_change", PERSON_CHANGES, key="id")
    _keep(statements, "households_person", "SELECT id FROM import_person_change")
    statements.run(UPDATE_PEOPLE)


def records(statements: Statements) -> None:
    """Records of this wave that the file gives again with other contents."""
    for table, ids, update in (
        ("households_householdrecord", CHANGED_HOUSEHOLD_RECORDS, UPDATE_HOUSEHOLD_RECORDS),
        ("households_personrecord", CHANGED_PERSON_RECORDS, UPDATE_PERSON_RECORDS),
    ):
        _keep(statements, table, ids)
        statements.run(update)


def identities(statements: Statements) -> None:
    """The NIK of people whose row in a list of NIK and name fills it."""
    people = (
        "SELECT person_id FROM households_stagedperson WHERE batch_id = %(batch)s AND verdict = 'changed'"
    )
    statements.run(f"SELECT 1 FROM households_person WHERE id IN ({people}) ORDER BY id FOR UPDATE")
    _keep(statements, "households_person", people)
    statements.run(
        "UPDATE households_person AS p SET nik = s.nik,"
        " identity_notes = ARRAY(SELECT jsonb_array_elements_text(s.identity_notes))"
        " FROM households_stagedperson AS s"
        " WHERE s.batch_id = %(batch)s AND s.verdict = 'changed' AND s.person_id = p.id AND p.nik IS NULL"
    )


def _keep(statements: Statements, table: str, ids: str) -> None:
    """The rows as they are now, once for each batch."""
    statements.run(
        'INSERT INTO households_replacedrow (batch_id, "table", row_id, before)'
        f" SELECT %(batch)s, '{table}', t.id, to_jsonb(t) FROM {table} AS t WHERE t.id IN ({ids})"
        " ON CONFLICT DO NOTHING"
    )


def _taken(field: str, empty: str = "''") -> str:
    """Whether a staged cell says something that this wave has not said before."""
    return f"s.{field} <> {empty} AND (r.id IS NULL OR s.{field} IS DISTINCT FROM r.{field})"


def _known(field: str) -> str:
    return f"s.{field} IS NOT NULL AND (r.id IS NULL OR s.{field} IS DISTINCT FROM r.{field})"


_RANKED = (
    "s.rank IS NOT NULL AND (r.id IS NULL OR (s.rank, s.rank_scale) IS DISTINCT FROM (r.rank, r.rank_scale))"
)
_BORN = (
    "s.birth_date IS NOT NULL AND (r.id IS NULL OR (s.birth_date, s.birth_precision)"
    " IS DISTINCT FROM (r.birth_date, r.birth_precision))"
    f" AND (g.birth_date IS NULL OR {FINENESS.format('s')} >= {FINENESS.format('g')})"
)
# What the sources said last: this wave's own record if it has one, else the one of the newest earlier wave.
_HOUSEHOLD_SAID = """
    LEFT JOIN LATERAL (
        SELECT r.* FROM households_householdrecord AS r JOIN households_wave AS w ON w.id = r.wave_id
        WHERE r.household_id = t.household_id AND (t.new_record OR r.id = t.record_id)
        ORDER BY w.reference_date DESC, r.id DESC LIMIT 1
    ) AS r ON true
"""
_PERSON_SAID = """
    LEFT JOIN LATERAL (
        SELECT r.* FROM households_personrecord AS r
        JOIN households_householdrecord AS h ON h.id = r.household_record_id
        JOIN households_wave AS w ON w.id = h.wave_id
        WHERE r.person_id = p.person_id AND (p.own_record_id IS NULL OR r.id = p.own_record_id)
        ORDER BY w.reference_date DESC, r.id DESC LIMIT 1
    ) AS r ON true
"""
# Decoded words are kept raw on the record, so a change of any raw cell lets them through.
_RETOLD = "(r.id IS NULL OR s.raw IS DISTINCT FROM r.raw)"

HOUSEHOLD_CHANGES = f"""
    SELECT * FROM (
        SELECT g.id,
               CASE WHEN {_known("area_id")} THEN s.area_id ELSE g.area_id END AS area_id,
               CASE WHEN {_taken("address")} THEN s.address ELSE g.address END AS address,
               CASE WHEN {_taken("rt")} THEN s.rt ELSE g.rt END AS rt,
               CASE WHEN {_taken("rw")} THEN s.rw ELSE g.rw END AS rw,
               CASE WHEN {_RANKED} THEN s.rank ELSE g.rank END AS rank,
               CASE WHEN {_RANKED} THEN s.rank_scale ELSE g.rank_scale END AS rank_scale,
               CASE WHEN {_RANKED} THEN s.rank_group ELSE g.rank_group END AS rank_group
        FROM import_touched AS t
        JOIN households_stagedhousehold AS s ON s.id = t.staged_id
        JOIN households_household AS g ON g.id = t.household_id
        {_HOUSEHOLD_SAID}
        WHERE t.may_write
    ) AS n WHERE EXISTS (
        SELECT 1 FROM households_household AS g WHERE g.id = n.id
          AND (g.area_id, g.address, g.rt, g.rw, g.rank, g.rank_scale, g.rank_group)
              IS DISTINCT FROM (n.area_id, n.address, n.rt, n.rw, n.rank, n.rank_scale, n.rank_group))
"""
UPDATE_HOUSEHOLDS = """
    UPDATE households_household AS g
    SET area_id = n.area_id, address = n.address, rt = n.rt, rw = n.rw, rank = n.rank, rank_scale = n.rank_scale,
        rank_group = n.rank_group
    FROM import_household_change AS n WHERE g.id = n.id
"""
# Heads who give way to the head this wave names; who they are now it does not say, unless another row does.
DISPLACED = f"""
    SELECT g.id FROM import_person AS p
    JOIN import_touched AS t ON t.household_id = p.household_id AND t.may_write
    JOIN households_stagedperson AS s ON s.id = p.staged_id AND s.relation = 1
    {_PERSON_SAID}
    JOIN households_person AS g ON g.household_id = p.household_id AND g.relation = 1 AND g.id <> p.person_id
    WHERE p.is_new OR ({_known("relation")})
"""
PERSON_CHANGES = f"""
    SELECT n.* FROM (
        SELECT g.id,
               CASE WHEN {_taken("name")} THEN s.tidy_name ELSE g.name END AS name,
               CASE WHEN {_taken("name")} THEN s.name_key ELSE g.name_key END AS name_key,
               CASE WHEN {_taken("sex")} THEN s.sex ELSE g.sex END AS sex,
               CASE WHEN {_BORN} THEN s.birth_date ELSE g.birth_date END AS birth_date,
               CASE WHEN {_BORN} THEN s.birth_precision ELSE g.birth_precision END AS birth_precision,
               CASE WHEN s.birth_place <> '' AND {_RETOLD} THEN s.birth_place ELSE g.birth_place END AS birth_place,
               CASE WHEN s.nik_usable AND {_known("nik")} THEN s.nik ELSE g.nik END AS nik,
               CASE WHEN s.kk_usable AND {_known("kk")} THEN s.kk ELSE g.kk END AS kk,
               CASE WHEN (s.nik_usable AND {_known("nik")}) OR (s.kk_usable AND {_known("kk")})
                    THEN ARRAY(SELECT jsonb_array_elements_text(s.identity_notes))::varchar(30)[]
                    ELSE g.identity_notes END AS identity_notes,
               CASE WHEN {_known("relation")} THEN s.relation ELSE g.relation END AS relation,
               CASE WHEN {_known("family_number")} THEN s.family_number ELSE g.family_number END AS family_number,
               CASE WHEN s.education <> '' AND {_RETOLD} THEN s.education ELSE g.education END AS education,
               CASE WHEN s.occupation <> '' AND {_RETOLD} THEN s.occupation ELSE g.occupation END AS occupation,
               CASE WHEN s.disability <> '' AND {_RETOLD} THEN s.disability ELSE g.disability END AS disability
        FROM import_person AS p
        JOIN import_touched AS t ON t.household_id = p.household_id AND t.may_write
        JOIN households_stagedperson AS s ON s.id = p.staged_id
        JOIN households_person AS g ON g.id = p.person_id
        {_PERSON_SAID}
        WHERE NOT p.is_new
    ) AS n JOIN households_person AS g ON g.id = n.id
    WHERE (g.name, g.sex, g.birth_date, g.birth_precision, g.birth_place, g.nik, g.kk, g.relation, g.family_number,
           g.education, g.occupation, g.disability)
       IS DISTINCT FROM
          (n.name, n.sex, n.birth_date, n.birth_precision, n.birth_place, n.nik, n.kk, n.relation, n.family_number,
           n.education, n.occupation, n.disability)
"""
UPDATE_PEOPLE = """
    UPDATE households_person AS g
    SET name = n.name, name_key = n.name_key, sex = n.sex, birth_date = n.birth_date,
        birth_precision = n.birth_precision, birth_place = n.birth_place, nik = n.nik, kk = n.kk,
        identity_notes = n.identity_notes, relation = n.relation, family_number = n.family_number,
        education = n.education, occupation = n.occupation, disability = n.disability
    FROM import_person_change AS n WHERE g.id = n.id
"""
CHANGED_HOUSEHOLD_RECORDS = """
    SELECT s.record_id FROM households_stagedhousehold AS s
    WHERE s.batch_id = %(batch)s AND s.verdict = 'changed' AND s.record_id IS NOT NULL
"""
UPDATE_HOUSEHOLD_RECORDS = """
    UPDATE households_householdrecord AS r
    SET area_id = s.area_id, address = coalesce(nullif(s.address, ''), r.address),
        rt = coalesce(nullif(s.rt, ''), r.rt), rw = coalesce(nullif(s.rw, ''), r.rw),
        head_name = coalesce(nullif(s.head_name, ''), r.head_name),
        family_count = coalesce(s.family_count, r.family_count),
        rank = coalesce(s.rank, r.rank),
        rank_scale = CASE WHEN s.rank IS NULL THEN r.rank_scale ELSE s.rank_scale END,
        rank_group = CASE WHEN s.rank IS NULL THEN r.rank_group ELSE s.rank_group END,
        raw = r.raw || s.raw
    FROM households_stagedhousehold AS s
    WHERE s.batch_id = %(batch)s AND s.verdict = 'changed' AND r.id = s.record_id
"""
CHANGED_PERSON_RECORDS = """
    SELECT s.record_id FROM households_stagedperson AS s
    WHERE s.batch_id = %(batch)s AND s.verdict = 'changed' AND s.record_id IS NOT NULL
"""
UPDATE_PERSON_RECORDS = """
    UPDATE households_personrecord AS r
    SET name = s.name, sex = coalesce(nullif(s.sex, ''), r.sex),
        birth_date = coalesce(s.birth_date, r.birth_date),
        birth_precision = CASE WHEN s.birth_date IS NULL THEN r.birth_precision ELSE s.birth_precision END,
        nik = coalesce(s.nik, r.nik), kk = coalesce(s.kk, r.kk),
        identity_errors = CASE WHEN s.nik IS NULL AND s.kk IS NULL THEN r.identity_errors
            ELSE (s.nik IS NOT NULL AND NOT s.nik_usable) OR (s.kk IS NOT NULL AND NOT s.kk_usable) END,
        relation = coalesce(s.relation, r.relation), family_number = coalesce(s.family_number, r.family_number),
        raw = r.raw || s.raw
    FROM households_stagedperson AS s
    WHERE s.batch_id = %(batch)s AND s.verdict = 'changed' AND r.id = s.record_id
"""
