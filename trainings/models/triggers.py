"""Triggers that keep derived columns and the roll-up of the trainings true, whatever writes."""

from __future__ import annotations

import pgtrigger

from households.models.triggers import roll_up, statement_triggers

PROGRAMME_OF_COHORT = pgtrigger.Trigger(
    name="programme_of_cohort",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("cohort_id", "programme_id"),
    func="""
        SELECT programme_id INTO NEW.programme_id FROM trainings_cohort WHERE id = NEW.cohort_id;
        RETURN NEW;
    """,
)


def _counts() -> dict[str, str]:
    keys = "cohort_id, state, attended"
    plus = "SELECT cohort_id, state, sessions_attended > 0 AS attended, 1 AS n FROM new_rows"
    minus = "SELECT cohort_id, state, sessions_attended > 0 AS attended, -1 AS n FROM old_rows"
    return {
        event: f"""
            INSERT INTO trainings_cohortcount ({keys}, n)
            SELECT {keys}, sum(n) FROM ({source}) AS delta
            GROUP BY {keys} HAVING sum(n) <> 0 ORDER BY {keys}
            ON CONFLICT ({keys}) DO UPDATE SET n = trainings_cohortcount.n + excluded.n;
        """
        for event, source in {"insert": plus, "update": f"{plus} UNION ALL {minus}", "delete": minus}.items()
    }


def _attended(source: str) -> str:
    """How many sessions each participant of the changed rows was at; a late one counts."""
    return f"""
        UPDATE trainings_enrolment AS e SET sessions_attended = n.attended
        FROM (
            SELECT t.enrolment_id, count(a.id) FILTER (WHERE a.mark IN ('H', 'T')) AS attended
            FROM (SELECT DISTINCT enrolment_id FROM ({source}) AS s) AS t
            LEFT JOIN trainings_attendance AS a ON a.enrolment_id = t.enrolment_id
            GROUP BY t.enrolment_id
        ) AS n
        WHERE e.id = n.enrolment_id AND e.sessions_attended <> n.attended;
    """


def _helped(source: str) -> str:
    """The first year somebody of these households finished a course, in a programme or in the past.

    The households are held before they are counted, in one order: of two who write at the same time the second
    counts what the first has written, and they cannot wait for each other in a circle.
    """
    return f"""
        IF EXISTS ({source}) THEN
            PERFORM 1 FROM households_household WHERE id IN ({source}) ORDER BY id FOR NO KEY UPDATE;
            UPDATE households_household AS h SET helped_in = n.year
            FROM (
                SELECT t.household_id, least(
                    (SELECT min(p.year) FROM trainings_enrolment AS e
                     JOIN trainings_programme AS p ON p.id = e.programme_id
                     WHERE e.household_id = t.household_id AND e.state = 'graduated'),
                    (SELECT min(r.year) FROM trainings_pasttraining AS r
                     WHERE r.household_id = t.household_id AND r.state = 'matched')
                ) AS year
                FROM (SELECT DISTINCT household_id FROM ({source}) AS s) AS t
            ) AS n
            WHERE h.id = n.household_id AND h.helped_in IS DISTINCT FROM n.year;
        END IF;
    """


def _helped_by(fact: str, condition: str) -> dict[str, str]:
    """For rows that help their household while they meet a condition; rows that stay as they are move nothing."""
    after = f"SELECT {fact} FROM new_rows WHERE {condition}"
    before = f"SELECT {fact} FROM old_rows WHERE {condition}"
    changed = f"({after} EXCEPT {before}) UNION ALL ({before} EXCEPT {after})"
    return {
        event: _helped(f"SELECT household_id FROM ({source}) AS helping")
        for event, source in {"insert": after, "update": changed, "delete": before}.items()
    }


COHORT_COUNT_TRIGGERS = statement_triggers("cohort_count", _counts())

ATTENDED_TRIGGERS = statement_triggers(
    "sessions_attended",
    {
        "insert": _attended("SELECT enrolment_id FROM new_rows"),
        "update": _attended("SELECT enrolment_id FROM new_rows UNION ALL SELECT enrolment_id FROM old_rows"),
        "delete": _attended("SELECT enrolment_id FROM old_rows"),
    },
)

HELPED_BY_ENROLMENT_TRIGGERS = statement_triggers(
    "helped", _helped_by("id, household_id, programme_id", "state = 'graduated'")
)
HELPED_BY_PAST_TRIGGERS = statement_triggers(
    "helped", _helped_by("id, household_id, year", "state = 'matched'")
)
# A draft changes its year before anybody takes part; this holds whoever else changes one.
HELPED_IN_OTHER_YEAR_TRIGGER = pgtrigger.Trigger(
    name="helped_update",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
    func=_helped("""
        SELECT e.household_id FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id AND o.year <> n.year
        JOIN trainings_enrolment AS e ON e.programme_id = n.id WHERE e.state = 'graduated'
    """)
    + " RETURN NULL;",
)

PAST_COUNT_TRIGGERS = statement_triggers(
    "past_count",
    roll_up(
        "trainings_pastcount",
        keys={"year": "r.year", "area_id": "r.area_id", "state": "r.state"},
        values={"n": "1"},
    ),
)
