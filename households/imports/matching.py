"""Which golden household a staged row speaks of: by the wave's own key, then by NIK, then by KK.

Nothing is matched by name alone here: joining waves without identifiers is linkage, where people decide. Which
member a row of a known household speaks of is found in members.py.
"""

from __future__ import annotations

from households.imports.sql import Statements

ALIKE = 0.3  # trigram similarity of two name keys; below it one NIK on two names is two people
ACCEPTED = "s.batch_id = %(batch)s AND s.verdict <> 'rejected'"
HOUSEHOLD = (
    "JOIN households_stagedhousehold AS h ON h.batch_id = s.batch_id AND h.source_key = s.household_key"
)
SAME_SEX = "(s.sex = '' OR p.sex = '' OR s.sex = p.sex)"


def households(statements: Statements) -> None:
    """Sets `record` and `household` of the staged households that the registry knows."""
    statements.run(
        "UPDATE households_stagedhousehold AS s SET record_id = r.id, household_id = r.household_id"
        f" FROM households_householdrecord AS r WHERE {ACCEPTED}"
        " AND r.wave_id = %(wave)s AND r.source_key = s.source_key"
    )
    _by(statements, "nik", "(SELECT count(*) FROM households_person AS q WHERE q.nik = s.nik) = 1")
    statements.run(OTHER_NAME)
    _by(statements, "kk", "true")


def _by(statements: Statements, number: str, only: str) -> None:
    """Households whose members' numbers lead to one golden household; two rows never claim the same one."""
    statements.table(
        f"import_{number}",
        f"""
        SELECT s.id AS staged_id, h.id AS staged_household_id, p.id AS person_id, p.household_id,
               s.sheet, s."row", similarity(p.name_key, s.name_key) >= %(alike)s AND {SAME_SEX} AS alike
        FROM households_stagedperson AS s {HOUSEHOLD}
        JOIN households_person AS p ON p.{number} = s.{number}
        WHERE {ACCEPTED} AND s.{number}_usable AND h.household_id IS NULL AND h.verdict <> 'rejected' AND {only}
        """,
        alike=ALIKE,
    )
    statements.run(
        f"""
        WITH one AS (
            SELECT staged_household_id, min(household_id) AS household_id, count(*) AS members
            FROM import_{number} WHERE alike
            GROUP BY staged_household_id HAVING count(DISTINCT household_id) = 1
        ), first AS (
            SELECT DISTINCT ON (household_id) staged_household_id, household_id
            FROM one ORDER BY household_id, members DESC, staged_household_id
        )
        UPDATE households_stagedhousehold AS s SET household_id = first.household_id
        FROM first WHERE s.id = first.staged_household_id AND NOT EXISTS (
            SELECT 1 FROM households_householdrecord AS r
            WHERE r.wave_id = %(wave)s AND r.household_id = first.household_id
        ) AND NOT EXISTS (
            SELECT 1 FROM households_stagedhousehold AS o
            WHERE o.batch_id = %(batch)s AND o.household_id = first.household_id
        )
        """
    )


OTHER_NAME = """
    INSERT INTO households_stagedproblem
        (batch_id, sheet, "row", is_person, code, is_error, "column", value, message)
    SELECT %(batch)s, sheet, "row", true, 'nik_other_name', false, 'NIK', '',
           'NIK ini di registri milik orang dengan nama atau jenis kelamin lain; dicatat sebagai orang baru.'
    FROM import_nik WHERE NOT alike
"""
