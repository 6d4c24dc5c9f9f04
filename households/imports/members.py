"""Which recorded member a row of a known household speaks of; where nothing of the person agrees, none.

A file may hold only the rows that were rejected before, so "the only one left" proves nothing here: a twin is not
the other twin, and a second head not the first. Whoever is not recognised comes in as new or is told to a person.
"""

from __future__ import annotations

from households.imports.matching import ACCEPTED, ALIKE, HOUSEHOLD, SAME_SEX
from households.imports.sql import Statements

NEARLY = 0.6  # trigram similarity of one name in two spellings, where only the birth date says the same
GENERATION = 3_653  # days; father and son of one name are further apart


def people(statements: Statements) -> None:
    """Sets `record` and `person` of the members of households the registry knows."""
    known = statements.column(
        "SELECT 1 FROM households_stagedhousehold AS s"
        " WHERE s.batch_id = %(batch)s AND s.household_id IS NOT NULL LIMIT 1"
    )
    if not known:
        return
    for statement in (
        BY_NUMBER_AND_NAME,
        BY_RECORDED_NIK,
        BY_NAME_AND_BIRTH,
        BY_NUMBER,
        BY_RECORDED_NAME,
        BY_SPELLING,
        RENUMBER,
        BY_NIK,
        BY_NAME_KEY_AND_BIRTH,
        BY_NAME_KEY,
    ):
        statements.run(statement)


def _near(known: str) -> str:
    """Born within ten years of each other; where one does not say, of the same relation to the head."""
    return (
        f"coalesce(abs(s.birth_date - {known}.birth_date) <= {GENERATION},"
        f" s.relation IS NOT DISTINCT FROM {known}.relation)"
    )


_COLUMNS = "id, number, name, name_key, sex, birth_date, relation, nik"
_SET_RECORD = "UPDATE households_stagedperson AS t SET record_id = m.record_id, person_id = m.person_id FROM"
_OPEN = f"{ACCEPTED} AND s.person_id IS NULL AND h.record_id IS NOT NULL"
_FREE = "NOT EXISTS (SELECT 1 FROM households_stagedperson AS o WHERE o.batch_id = %(batch)s AND o.record_id = r.id)"
_ALIKE = "similarity(lower(r.name), s.name_key) >= {}"


def _by_number(agrees: str) -> str:
    return f"""
        {_SET_RECORD} (
            SELECT s.id, r.id AS record_id, r.person_id FROM households_stagedperson AS s {HOUSEHOLD}
            JOIN households_personrecord AS r ON r.household_record_id = h.record_id AND r.number = s.number
            WHERE {_OPEN} AND {_FREE} AND ({agrees})
        ) AS m WHERE t.id = m.id
    """


def _in_turn(columns: str, only: str) -> str:
    """The n-th row of a household with these contents is the n-th recorded with them, if `only` holds for the two.

    `times` says how often the contents occur; contents that are not known are equal to nothing.
    """

    def counted(row: str, home: str, order: str) -> str:
        window = f"PARTITION BY {home}, {', '.join(f'{row}.{column}' for column in columns.split(', '))}"
        return (
            f"row_number() OVER ({window} ORDER BY {row}.{order}) AS turn, count(*) OVER ({window}) AS times"
        )

    same = " AND ".join(f"s.{column} = r.{column}" for column in columns.split(", "))
    return f"""
        {_SET_RECORD} (
            SELECT s.id, r.id AS record_id, r.person_id
            FROM (
                SELECT h.record_id, {", ".join(f"s.{column}" for column in _COLUMNS.split(", "))},
                       {counted("s", "h.record_id", "id")}
                FROM households_stagedperson AS s {HOUSEHOLD} WHERE {_OPEN}
            ) AS s JOIN (
                SELECT r.*, {counted("r", "r.household_record_id", "number")}
                FROM households_personrecord AS r
                JOIN households_stagedhousehold AS h ON h.record_id = r.household_record_id
                WHERE h.batch_id = %(batch)s AND {_FREE}
            ) AS r ON r.household_record_id = s.record_id AND r.turn = s.turn AND {same}
            WHERE {only}
        ) AS m WHERE t.id = m.id
    """


BY_NUMBER_AND_NAME = _by_number("s.name = r.name")
BY_RECORDED_NIK = _in_turn(
    "nik", f"s.times = 1 AND r.times = 1 AND (s.number = r.number OR {_ALIKE.format(ALIKE)})"
)
BY_NAME_AND_BIRTH = _in_turn("name, birth_date", "true")
BY_NUMBER = _by_number(
    f"({_ALIKE.format(ALIKE)} AND {_near('r')}) OR (s.birth_date = r.birth_date AND s.sex = r.sex)"
)
BY_RECORDED_NAME = _in_turn("name", _near("r"))
BY_SPELLING = _in_turn(
    "birth_date, sex", f"s.number IS NULL AND s.times = 1 AND r.times = 1 AND {_ALIKE.format(NEARLY)}"
)
# Who has another number in this file than the record leaves the old one to whoever has it now; records keep theirs.
RENUMBER = f"""
    UPDATE households_stagedperson AS t SET number = NULL FROM (
        SELECT s.id FROM households_stagedperson AS s {HOUSEHOLD}
        JOIN households_personrecord AS r ON r.household_record_id = h.record_id AND r.number = s.number
        WHERE {_OPEN} AND NOT {_FREE}
    ) AS m WHERE t.id = m.id
"""

_SET_PERSON = "UPDATE households_stagedperson AS t SET person_id = m.person_id FROM"
_MATCHED = f"{ACCEPTED} AND s.person_id IS NULL AND h.record_id IS NULL AND h.household_id IS NOT NULL"
_UNCLAIMED = (
    "NOT EXISTS ("
    " SELECT 1 FROM households_stagedperson AS o WHERE o.batch_id = %(batch)s AND o.person_id = p.id)"
)
BY_NIK = f"""
    {_SET_PERSON} (
        SELECT DISTINCT ON (p.id) s.id, p.id AS person_id FROM households_stagedperson AS s {HOUSEHOLD}
        JOIN households_person AS p ON p.household_id = h.household_id AND p.nik = s.nik
        WHERE {_MATCHED} AND s.nik_usable AND similarity(p.name_key, s.name_key) >= {ALIKE} AND {SAME_SEX}
        ORDER BY p.id, s.id
    ) AS m WHERE t.id = m.id
"""


def _by_name(columns: str, only: str) -> str:
    """Golden people of the household with the same folded name, in turn."""

    def turn(row: str) -> str:
        keys = ", ".join(f"{row}.{column}" for column in columns.split(", "))
        return f"row_number() OVER (PARTITION BY {'h' if row == 's' else 'p'}.household_id, {keys} ORDER BY {row}.id)"

    same = " AND ".join(f"p.{column} = s.{column}" for column in columns.split(", "))
    return f"""
        {_SET_PERSON} (
            SELECT s.id, p.id AS person_id
            FROM (
                SELECT s.id, s.sex, s.birth_date, s.relation, s.name_key, h.household_id, {turn("s")} AS turn
                FROM households_stagedperson AS s {HOUSEHOLD} WHERE {_MATCHED}
            ) AS s JOIN (
                SELECT p.*, {turn("p")} AS turn
                FROM households_person AS p JOIN households_stagedhousehold AS h ON h.household_id = p.household_id
                WHERE h.batch_id = %(batch)s AND h.record_id IS NULL AND {_UNCLAIMED}
            ) AS p ON p.household_id = s.household_id AND p.turn = s.turn AND {same} AND {SAME_SEX}
            WHERE {only}
        ) AS m WHERE t.id = m.id
    """


BY_NAME_KEY_AND_BIRTH = _by_name("name_key, birth_date", "true")
BY_NAME_KEY = _by_name("name_key", _near("p"))
