"""Triggers that keep derived columns and the roll-up of the trainings true, whatever writes."""

from __future__ import annotations

import pgtrigger

from households.models.triggers import statement_triggers

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


COHORT_COUNT_TRIGGERS = statement_triggers("cohort_count", _counts())

ATTENDED_TRIGGERS = statement_triggers(
    "sessions_attended",
    {
        "insert": _attended("SELECT enrolment_id FROM new_rows"),
        "update": _attended("SELECT enrolment_id FROM new_rows UNION ALL SELECT enrolment_id FROM old_rows"),
        "delete": _attended("SELECT enrolment_id FROM old_rows"),
    },
)
