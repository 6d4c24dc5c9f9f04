"""Which golden household and person a staged row speaks of: by the wave's own key, then by NIK, then by KK.

Nothing is matched by name alone here: joining waves without identifiers is linkage, where people decide.
"""

from __future__ import annotations

from households.imports.sql import Statements

ALIKE = 0.3  # trigram similarity of two name keys; below it one NIK on two names is two people
_ACCEPTED = "s.batch_id = %(batch)s AND s.verdict <> 'rejected'"
_HOUSEHOLD = (
    "JOIN households_stagedhousehold AS h ON h.batch_id = s.batch_id AND h.source_key = s.household_key"
)
_SAME_SEX = "(s.sex = '' OR p.sex = '' OR s.sex = p.sex)"


def households(statements: Statements) -> None:
    """Sets `record` and `household` of the staged households that the registry knows."""
    statements.run(
        "UPDATE households_stagedhousehold AS s SET record_id = r.id, household_id = r.household_id"
        f" FROM households_householdrecord AS r WHERE {_ACCEPTED}"
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
               s.sheet, s."row", similarity(p.name_key, s.name_key) >= %(alike)s AND {_SAME_SEX} AS alike
        FROM households_stagedperson AS s {_HOUSEHOLD}
        JOIN households_person AS p ON p.{number} = s.{number}
        WHERE {_ACCEPTED} AND s.{number}_usable AND h.household_id IS NULL AND h.verdict <> 'rejected' AND {only}
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


def people(statements: Statements) -> None:
    """Sets `record` and `person` of the members of households the registry knows."""
    known = statements.column(
        "SELECT 1 FROM households_stagedhousehold AS s"
        " WHERE s.batch_id = %(batch)s AND s.household_id IS NOT NULL LIMIT 1"
    )
    if not known:
        return
    for statement in (BY_NUMBER, BY_SOURCE_NAME, BY_HEAD, BY_BIRTH, BY_NIK, BY_NAME):
        statements.run(statement)


_SET_RECORD = "UPDATE households_stagedperson AS t SET record_id = m.record_id, person_id = m.person_id FROM"
_OPEN = f"{_ACCEPTED} AND s.person_id IS NULL AND h.record_id IS NOT NULL"
_FREE = "NOT EXISTS (SELECT 1 FROM households_stagedperson AS o WHERE o.batch_id = %(batch)s AND o.record_id = r.id)"
_RECORDS = (
    "households_personrecord AS r JOIN households_stagedhousehold AS h ON h.record_id = r.household_record_id"
    f" WHERE h.batch_id = %(batch)s AND {_FREE}"
)

BY_NUMBER = f"""
    {_SET_RECORD} (
        SELECT s.id, r.id AS record_id, r.person_id FROM households_stagedperson AS s {_HOUSEHOLD}
        JOIN households_personrecord AS r ON r.household_record_id = h.record_id AND r.number = s.number
        WHERE {_OPEN}
    ) AS m WHERE t.id = m.id
"""


def _in_turn(staged: str, *, only: str = "", also: str = "true") -> str:
    """Rows without a number: the n-th with these contents (columns of `s`) is the n-th recorded with them."""
    recorded = staged.replace("s.", "r.")
    return f"""
        {_SET_RECORD} (
            SELECT s.id, r.id AS record_id, r.person_id
            FROM (
                SELECT s.id, h.record_id, {staged}, row_number() OVER (PARTITION BY h.record_id, {staged} ORDER BY s.id)
                       AS turn, count(*) OVER (PARTITION BY h.record_id, {staged}) AS times
                FROM households_stagedperson AS s {_HOUSEHOLD}
                WHERE {_OPEN} AND s.number IS NULL AND {also.format("s")}
            ) AS s JOIN (
                SELECT r.id, r.person_id, r.household_record_id, {recorded},
                       row_number() OVER (PARTITION BY r.household_record_id, {recorded} ORDER BY r.number) AS turn,
                       count(*) OVER (PARTITION BY r.household_record_id, {recorded}) AS times
                FROM {_RECORDS} AND {also.format("r")}
            ) AS r ON r.household_record_id = s.record_id AND r.turn = s.turn
              AND ({staged}) = ({recorded}) {only}
        ) AS m WHERE t.id = m.id
    """


BY_SOURCE_NAME = _in_turn("s.name")
BY_HEAD = _in_turn("s.relation", also="{}.relation = 1")
BY_BIRTH = _in_turn(
    "s.birth_date, s.sex",
    also="{}.birth_date IS NOT NULL",
    only="AND r.times = 1 AND s.times = 1",
)

_SET_PERSON = "UPDATE households_stagedperson AS t SET person_id = m.person_id FROM"
_MATCHED = f"{_ACCEPTED} AND s.person_id IS NULL AND h.record_id IS NULL AND h.household_id IS NOT NULL"
_UNCLAIMED = (
    "NOT EXISTS ("
    " SELECT 1 FROM households_stagedperson AS o WHERE o.batch_id = %(batch)s AND o.person_id = p.id)"
)
BY_NIK = f"""
    {_SET_PERSON} (
        SELECT DISTINCT ON (p.id) s.id, p.id AS person_id FROM households_stagedperson AS s {_HOUSEHOLD}
        JOIN households_person AS p ON p.household_id = h.household_id AND p.nik = s.nik
        WHERE {_MATCHED} AND s.nik_usable AND similarity(p.name_key, s.name_key) >= {ALIKE} AND {_SAME_SEX}
        ORDER BY p.id, s.id
    ) AS m WHERE t.id = m.id
"""
BY_NAME = f"""
    {_SET_PERSON} (
        SELECT s.id, p.id AS person_id
        FROM (
            SELECT s.id, s.sex, h.household_id, s.name_key,
                   row_number() OVER (PARTITION BY h.household_id, s.name_key ORDER BY s.id) AS turn
            FROM households_stagedperson AS s {_HOUSEHOLD} WHERE {_MATCHED}
        ) AS s JOIN (
            SELECT p.id, p.sex, p.household_id, p.name_key,
                   row_number() OVER (PARTITION BY p.household_id, p.name_key ORDER BY p.id) AS turn
            FROM households_person AS p JOIN households_stagedhousehold AS h ON h.household_id = p.household_id
            WHERE h.batch_id = %(batch)s AND h.record_id IS NULL AND {_UNCLAIMED}
        ) AS p ON p.household_id = s.household_id AND p.name_key = s.name_key AND p.turn = s.turn AND {_SAME_SEX}
    ) AS m WHERE t.id = m.id
"""
